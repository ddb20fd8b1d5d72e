"""(m) What stands open between agencies, kept up: 5,000 units that move each pulse, 20 hot zones, 1,000 open tasks.

Each pulse moves every unit, changes ten tasks (asked, answered, over) and two incidents of 400. Ours is all that
follows from it: which units are on two tasks, unanswered, inside a zone without a task there, which incidents look like
one. The floor tries every unit against every zone with shapely's own predicate, prepared, and does nothing else. The
row of seconds is what is done once a second beside: answers due, clauses over, grounds that are left without a unit.
Each is held against 5 ms of the thread's own time.
"""

import gc
import statistics
import time
from datetime import timedelta
from typing import Any

import numpy as np
import shapely

from benchmarks.row import Row
from benchmarks.suggest import NOW, agreed, filled, report
from cop.authority.authority import Authority
from cop.config import Config
from cop.domain.area import Zone
from cop.domain.batch import POSITION_ROW, Batch
from cop.domain.desk import Operator
from cop.domain.incident import Incident
from cop.domain.task import Answer, Task
from cop.picture.picture import Picture

_UNITS = 5_000
_ZONES = 20
_TASKS = 1_000
_INCIDENTS = 400
_PULSES = 120
_A_SECOND = 30
_METRES_PER_DEGREE = 111_320.0
_AGENCIES = tuple(f"agency-{n}" for n in range(40))


def _said(dice: np.random.Generator) -> list[Any]:
    """The zones and incidents of the scene."""
    told = []
    for n in range(_ZONES):
        lat, lon = dice.uniform(34.9, 35.6), dice.uniform(-81.5, -80.3)
        circle = shapely.Point(lon, lat).buffer(0.01, quad_segs=16)
        corners = [list(corner) for corner in circle.exterior.coords]
        geometry = {"type": "Polygon", "coordinates": [corners]}
        zone = Zone(id=f"z{n}", at=NOW, kind="hot_zone", geometry=geometry, incident_agency=_AGENCIES[0], incident="i0")
        told.append(report(_AGENCIES[0], zone))
    return [*told, *(_incident(n, 1, dice) for n in range(_INCIDENTS))]


def _incident(number: int, rev: int, dice: np.random.Generator) -> Any:
    place = {"lat": dice.uniform(34.9, 35.6), "lon": dice.uniform(-81.5, -80.3)}
    body = Incident(id=f"n{number}", at=NOW, rev=rev, type="crash", title="Crash", opened_at=NOW, **place)
    return report(_AGENCIES[number % len(_AGENCIES)], body)


def _pulse(picture: Picture, number: int, dice: np.random.Generator) -> Batch:
    """Every unit moves up to 40 m; ten tasks and two incidents change."""
    tracks = picture.tracks
    rows = np.zeros(_UNITS, dtype=POSITION_ROW)
    rows["slot"] = np.arange(_UNITS)
    metres, course = dice.uniform(0, 40, _UNITS), dice.uniform(0, 2 * np.pi, _UNITS)
    rows["lat"] = tracks.lat + metres * np.cos(course) / _METRES_PER_DEGREE
    rows["lon"] = tracks.lon + metres * np.sin(course) / _METRES_PER_DEGREE
    rows["reported_at"] = NOW.timestamp() + number / _A_SECOND
    rows["stale_at"] = rows["reported_at"] + 600
    told = [_incident(int(dice.integers(_INCIDENTS)), number + 2, dice) for _ in range(2)]
    for at in dice.integers(0, _TASKS, 5).tolist():
        owner = _AGENCIES[at % len(_AGENCIES)]
        state = ("accepted", "on_scene", "complete", "declined")[int(dice.integers(4))]
        answer = Answer(id=f"t{at}", at=NOW, rev=number + 1, requester=_AGENCIES[0], state=state, reason="busy")
        told.append(report(owner, answer))
    for at in dice.integers(0, _UNITS, 5).tolist():
        named = {"assignee_agency": _AGENCIES[at % len(_AGENCIES)], "unit": f"u{at}", "objective": "Stage"}
        task = Task(id=f"p{number}-{at}", at=NOW, asked_at=NOW, incident_agency=_AGENCIES[1], incident="n1", **named)
        told.append(report(_AGENCIES[1], task))
    return Batch(epoch=1, reports=told, positions=rows.tobytes())


def run() -> list[Row]:
    """Pulses of ours and of the floor by turns, and the seconds between them."""
    gc.disable()
    dice = np.random.default_rng(3)
    agreements = agreed(_AGENCIES)
    picture = filled(_UNITS, _AGENCIES, _TASKS, dice, agreements)
    authority = Authority(picture, Config().ground(), agreements, Operator(_AGENCIES[0], "commander"), lambda: NOW)
    first = picture.apply(Batch(epoch=1, reports=_said(dice)))
    first.moved = np.arange(_UNITS)
    authority.take(first)
    authority.standing.begin()
    authority.tick()
    zones = [shapely.geometry.shape(one.body.geometry) for one in picture.zones.values()]
    shapely.prepare(zones)
    ours, floor, seconds = [], [], []
    for number in range(_PULSES):
        change = picture.apply(_pulse(picture, number, dice))
        assert len(change.moved) == _UNITS
        now = NOW + timedelta(seconds=number / _A_SECOND)
        began = time.thread_time()
        touched = authority.engaged.take(change)
        authority.standing.take(change, now, touched=touched)
        authority.standing.standing()
        ours.append(time.thread_time() - began)
        began = time.thread_time()
        for zone in zones:
            shapely.intersects_xy(zone, picture.tracks.lon, picture.tracks.lat)
        floor.append(time.thread_time() - began)
        if number % 4 == 0:
            began = time.thread_time()
            authority.standing.tick(now + timedelta(minutes=number), touched=authority.engaged.tick())
            seconds.append(time.thread_time() - began)
    assert authority.conflicts()
    mine, bare, second = (statistics.median(one) * 1e3 for one in (ours, floor, seconds))
    worst = float(np.percentile(ours, 99)) * 1e3
    return [
        Row("m", "what stands open: a pulse, 5,000 units, 20 zones, 1,000 tasks", "ms", mine, bare, mine / bare, "≤ 2"),
        Row("m", "… ÷ 5 ms", "ms", mine, 5.0, mine / 5.0, "≤ 1"),
        Row("m", "… its 99th percentile ÷ 5 ms", "ms", worst, 5.0, worst / 5.0, ""),
        Row("m", "… once a second beside ÷ 5 ms", "ms", second, 5.0, second / 5.0, "≤ 1"),
    ]


if __name__ == "__main__":
    print(*run(), sep="\n")
