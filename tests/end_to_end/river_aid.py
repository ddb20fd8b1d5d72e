"""An agreement of three neighbours, written here from nothing, what they have, and their desks at one broker."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from cop.domain.agency import Agency
from cop.domain.statement import Statement
from cop.domain.unit import Position, Unit
from cop.feeds.adapters.cop_json import encode
from tests.conftest import wait_until
from tests.end_to_end.desks import DeskProcess

ROOT = "cop/v1"
FIRE, GASTONIA, AIRPORT = "charlotte-fire", "gastonia-fd", "airport-police"
#: in the Charlotte Fire District, 3 km beside the airport's property
OLD_DOWD_ROAD = (35.2425, -80.953)

AGREEMENT = """
id = "river-aid"
title = "River aid"
parties = ["charlotte-fire", "gastonia-fd", "airport-police"]
in_force_from = 2026-01-01

[[signatories]]
party = "gastonia-fd"
name = "J. Ruiz"
office = "Fire Chief"
on = 2025-12-01

[[clauses]]
number = "1"
kind = "lead"
says = "Charlotte Fire leads hazardous materials in its district."
types = ["hazmat"]
area = { jurisdiction = "charlotte-fire" }
leads = "charlotte-fire"
precedence = 10

[[clauses]]
number = "2.1"
kind = "aid"
says = "Gastonia lends engines and hazmat units when Charlotte Fire asks; its chief answers within five minutes."
giver = "gastonia-fd"
takers = ["charlotte-fire"]
kinds = ["engine", "hazmat"]
mode = "request"
answer_within_min = 5

[[clauses]]
number = "2.2"
kind = "aid"
says = "One rescue of Gastonia goes at once, to whichever of the two needs it first."
giver = "gastonia-fd"
takers = ["charlotte-fire", "airport-police"]
kinds = ["rescue"]
quantity = 1
mode = "direct"

[[clauses]]
number = "3"
kind = "aid"
says = "The airport sends one crash tender to a hazmat incident of Charlotte Fire at once."
types = ["hazmat"]
giver = "airport-police"
takers = ["charlotte-fire"]
kinds = ["arff"]
quantity = 1
mode = "direct"

[[clauses]]
number = "4"
kind = "escalate"
says = "Where two claim the lead, the county's emergency management decides."
decides = "charlotte-fire"
office = "Duty chief"
contact = "704 555 0117"

[[clauses]]
number = "5"
kind = "share"
says = "Gastonia shows its neighbours where its units are."
giver = "gastonia-fd"
to = ["charlotte-fire", "airport-police"]
positions = "exact"
"""

#: agency -> its name, its disciplines, its units: callsign, kind, place
_NEIGHBOURS: dict[str, tuple[str, str, dict[str, tuple[str, str, float, float]]]] = {
    FIRE: ("Charlotte Fire", "fire", {}),
    GASTONIA: (
        "Gastonia FD",
        "fire",
        {
            "hazmat-4": ("Hazmat 4", "hazmat", 35.262, -81.18),
            "engine-2": ("Engine 2", "engine", 35.25, -81.1),
            "engine-5": ("Engine 5", "engine", 35.255, -81.12),
            "engine-7": ("Engine 7", "engine", 35.257, -81.14),
            "rescue-1": ("Rescue 1", "rescue", 35.26, -81.16),
            "rescue-2": ("Rescue 2", "rescue", 35.261, -81.17),
        },
    ),
    AIRPORT: (
        "Airport Police",
        "law",
        {
            "crash-1": ("Crash 1", "arff", 35.218, -80.945),
            "crash-2": ("Crash 2", "arff", 35.216, -80.944),
        },
    ),
}


class Wire:
    """Everything that is said below the root, as it came, and a hand that can say anything there."""

    def __init__(self, port: int) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="wire", protocol=mqtt.MQTTv5)
        self.client.max_queued_messages_set(0)
        self.client.on_message = lambda _client, _given, message: self.heard.append((message.topic, message.payload))
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        wait_until(self.client.is_connected)
        self.client.subscribe(f"{ROOT}/#", qos=1)

    def say(self, topic: str, body: Statement | bytes, *, retain: bool = True) -> None:
        """Publish below the root."""
        payload = body if isinstance(body, bytes) else encode(body)
        self.client.publish(f"{ROOT}/{topic}", payload, qos=1, retain=retain).wait_for_publish(10)

    def first(self, topic: str) -> bytes:
        """The first that was said there."""
        return next(payload for at, payload in self.heard if at == f"{ROOT}/{topic}" and payload)

    def last(self, topic: str) -> bytes:
        """The last that was said there: what the broker keeps for who comes later."""
        return next(payload for at, payload in reversed(self.heard) if at == f"{ROOT}/{topic}")

    def introduce(self) -> None:
        """The neighbours, and their units with their places."""
        now = datetime.now(UTC)
        for agency, (name, discipline, units) in _NEIGHBOURS.items():
            self.say(f"{agency}/profile", Agency(id=agency, at=now, rev=1, name=name, disciplines=(discipline,)))
            for unit, (callsign, kind, _, _) in units.items():
                said = Unit(id=unit, at=now, rev=1, callsign=callsign, kind=kind, status="available")
                self.say(f"{agency}/unit/{unit}", said)
        self.place_units()

    def place_units(self) -> None:
        """Where the units are, said anew: on a slow machine it would grow old."""
        now = datetime.now(UTC)
        for agency, (_, _, units) in _NEIGHBOURS.items():
            for unit, (_, _, lat, lon) in units.items():
                self.say(f"{agency}/position/{unit}", Position(id=unit, at=now, lat=lat, lon=lon))

    def close(self) -> None:
        """Go."""
        self.client.disconnect()
        self.client.loop_stop()


class Neighbours:
    """A commander of Charlotte Fire, a liaison of Gastonia, a commander of the airport; what one test leaves, the next
    finds."""

    def __init__(self, make_desk: Callable[..., DeskProcess], wire: Wire, papers: Path) -> None:
        (papers / "river-aid.toml").write_text(AGREEMENT)
        agreed = f'[agreements]\nfolders = ["{papers}"]\n'
        self.wire = wire
        self.fire = make_desk(FIRE, "commander", agreed)
        self.gastonia = make_desk(GASTONIA, "liaison", agreed)
        self.airport = make_desk(AIRPORT, "commander", agreed)
        self.desks = (self.fire, self.gastonia, self.airport)
        wire.introduce()
        for desk in self.desks:
            desk.start()
        for desk in self.desks:
            desk.until_online()
            desk.until(lambda seen: len(seen["units"]) == 8 and len(seen["agencies"]) >= 3, "the neighbours' units")

    def everywhere(self, condition: Callable[[dict[str, Any]], object], what: str) -> dict[str, Any]:
        """Wait until all desks' pictures are so; the picture of the first."""
        seen = [desk.until(condition, what, 40) for desk in self.desks]
        return seen[0]

    def alike(self) -> dict[str, str]:
        """Wait until all desks read the same of every task and of command; where each task stands."""
        seen: list[dict[str, Any]] = []

        def so() -> bool:
            seen[:] = [read(desk.state()) for desk in self.desks]
            return all(one == seen[0] for one in seen)

        wait_until(so, 40, "the same on all desks")
        return {name: stands[0] for name, stands in seen[0]["tasks"].items()}

    def show(self, title: str) -> None:
        """Everybody selects this incident."""
        for desk in self.desks:
            desk.tell("tab", words="Incidents")
            desk.tell("pick_row", name="Incident queue", text=title)


def read(seen: dict[str, Any]) -> dict[str, Any]:
    """What all desks must have alike: where each task stands and by whose word, who says what of command."""
    return {
        "tasks": {
            f"{one['agency']}/{one['id']}": (one["state"], one["stands"]["agency"], one["stands"]["by_clause"])
            for one in seen["tasks"]
        },
        "commands": sorted((one["agency"], one["id"], one["rev"]) for one in seen["commands"]),
        "consents": sorted((one["agency"], one["id"], one["rev"]) for one in seen["consents"]),
    }


def task_of(seen: dict[str, Any], objective: str, unit: str = "", agency: str = "") -> dict[str, Any]:
    """The newest task of this objective, for this unit and by this agency if they are named; empty if there is none."""
    found = [
        one
        for one in seen["tasks"]
        if one["objective"] == objective
        and (not unit or one["assignee"].endswith(f"/{unit}"))
        and (not agency or one["agency"] == agency)
    ]
    return max(found, key=lambda one: str(one["asked_at"]), default={})


def is_so(objective: str, state: str, unit: str = "", agency: str = "") -> Callable[[dict[str, Any]], bool]:
    """The condition that such a task stands so."""
    return lambda seen: bool(task_of(seen, objective, unit, agency).get("state") == state)
