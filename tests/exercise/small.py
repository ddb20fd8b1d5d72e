"""A small exercise: three agencies, few units, one incident; and whatever injects a test gives it."""

from cop.exercise.scenario import Scenario, read
from cop.exercise.simulation import Simulation
from tests.exercise.plays import NOON

ROOT = "exercise/small/v1"
START = """
name = "small"
title = "Small exercise"
place = "Charlotte"
centre = [35.2425, -80.953]
duration_s = 900

[[agencies]]
id = "fire"
name = "City Fire"
disciplines = ["fire"]
colour = "#e5302b"
resources = [{ id = "foam", name = "Foam", kind = "equipment", quantity = 4, available = 3 }]
[[agencies.groups]]
kind = "engine"
callsign = "Engine {n}"
count = 3
motion = "parked"
area = { near = [35.2424, -80.9425] }
[[agencies.groups]]
kind = "hazmat"
callsign = "Hazmat {n}"
count = 1
motion = "parked"
area = { near = [35.2205, -80.889] }

[[agencies]]
id = "police"
name = "City Police"
disciplines = ["law"]
colour = "#3c81f5"
[[agencies.groups]]
kind = "patrol"
callsign = "Adam {n}"
count = 3
motion = "parked"
area = { near = [35.2465, -80.938] }

[[agencies]]
id = "county"
name = "County Sheriff"
disciplines = ["law"]
colour = "#7c5cab"
format = "taip"
[[agencies.groups]]
kind = "patrol"
callsign = "County {n}"
count = 2
motion = "parked"
area = { near = [35.25, -80.95] }

[[incidents]]
id = "rail"
agency = "fire"
type = "rail"
priority = 2
title = "Derailment"
address = "Old Dowd Road"
place = [35.2425, -80.953]
opened_s = -60
steps = [{ at_s = 200, status = "active", summary = "Two cars burn." }]

[[tasks]]
id = "task-close"
at_s = 30
agency = "fire"
asked = "police"
unit = "Adam 1"
objective = "Close the road"
incident = "rail"
answers = [{ after_s = 10, state = "accepted" }, { after_s = 20, state = "en_route" }]

[[log]]
at_s = 100
agency = "fire"
text = "Water supply is established."
"""


def small(injects: str = "") -> Scenario:
    """The exercise with these injects."""
    return read((START + injects).encode(), "small.toml")


def play(injects: str = "", *, rate: float = 1.0, seed: int = 1) -> Simulation:
    """Played from noon."""
    return Simulation(small(injects), seed, base=NOON, rate=rate)
