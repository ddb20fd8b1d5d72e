"""(l) Who could be sent: 50,000 units ranked for an incident, beside the bare distance of the same columns.

The picture holds 50,000 units of 60 agencies all over a region, four fifths of them available, most of them moving, 500
open tasks, and 40 agreements of 20 clauses. Ours is the whole answer: fit, status, travel with the way they head,
consent by agency and kind (worked out anew each time, as after a second), what their going leaves uncovered, and the
words. The floor computes the haversine of all rows and picks the nearest six by `argpartition`. Every other row holds
our time against the 20 ms that a person does not notice. Times are the thread's own: what else runs on the machine is
not measured.
"""

import gc
import itertools
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np

from benchmarks.row import Row
from cop.authority.authority import Authority
from cop.authority.candidates import Need
from cop.config import Config
from cop.domain.agreement import Agreement, Agreements, AidClause, Term
from cop.domain.batch import POSITION_ROW, Batch, TrackName
from cop.domain.desk import Operator
from cop.domain.distance import distance_m
from cop.domain.incident import Incident
from cop.domain.report import Report, Source
from cop.domain.task import Task
from cop.domain.unit import Unit
from cop.picture.picture import Picture

_UNITS = 50_000
_AGENCIES = 60
_TASKS = 500
_TURNS = 40
_KINDS = ("engine", "ladder", "hazmat", "rescue", "ambulance", "patrol", "utility", "bus")
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
_SOURCE = Source(feed="bench", format="cop-json")


def report(agency: str, body: object) -> Report:
    """A report of the benchmark's feed."""
    return Report(agency=agency, body=body, source=_SOURCE, received_at=NOW)


def filled(
    units: int, agencies: tuple[str, ...], tasks: int, dice: np.random.Generator, agreements: Agreements | None = None
) -> Picture:
    """A picture of so many units about the region, with so many open tasks for one incident and another."""
    picture = Picture(agreements=agreements)
    kinds, free = dice.integers(0, len(_KINDS), units), dice.random(units) < 0.8
    told = [
        report(
            agencies[n % len(agencies)],
            Unit(
                id=f"u{n}",
                at=NOW,
                callsign=f"Unit {n}",
                kind=_KINDS[kinds[n]],
                status="available" if free[n] else "on_scene",
                capabilities=("foam", "decon") if n % 50 == 0 else (),
            ),
        )
        for n in range(units)
    ]
    for n in range(2):
        place = {"lat": 35.2 + n / 10, "lon": -80.9 - n / 10}
        told.append(report(agencies[0], Incident(id=f"i{n}", at=NOW, type="structure_fire", title="Fire", **place)))
    for n in range(tasks):
        owner = agencies[n % len(agencies)]
        named = {"assignee_agency": owner, "unit": f"u{n}", "incident_agency": agencies[0], "incident": f"i{n % 2}"}
        told.append(report(agencies[0], Task(id=f"t{n}", at=NOW, asked_at=NOW, objective="Attack", **named)))
    names = [TrackName(n, agencies[n % len(agencies)], f"u{n}", "bench", "cop-json", f"u{n}") for n in range(units)]
    rows = np.zeros(units, dtype=POSITION_ROW)
    rows["slot"] = np.arange(units)
    rows["lat"], rows["lon"] = dice.uniform(34.8, 35.7, units), dice.uniform(-81.6, -80.2, units)
    rows["alt_m"] = rows["accuracy_m"] = np.nan
    rows["course_deg"], rows["speed_mps"] = dice.uniform(0, 360, units), dice.uniform(0, 25, units)
    rows["reported_at"] = rows["received_at"] = NOW.timestamp() - 5
    rows["stale_at"] = NOW.timestamp() + 3600
    picture.apply(Batch(epoch=1, reports=told, tracks=names, positions=rows.tobytes()))
    return picture


def agreed(agencies: tuple[str, ...]) -> Agreements:
    """40 agreements of 20 aid clauses each: who gives which kinds to everybody, every other one directly."""
    terms = []
    for n in range(40):
        clauses = tuple(
            AidClause(
                number=str(m),
                says="Aid as agreed.",
                giver=agencies[(n + 3 * m) % len(agencies)],
                takers=("*",),
                kinds=(_KINDS[m % len(_KINDS)],),
                types=("fire",),
                quantity=10 + m,
                mode="direct" if m % 2 else "request",
            )
            for m in range(20)
        )
        agreement = Agreement(
            id=f"mou-{n}", title=f"MOU {n}", parties=agencies, in_force_from=date(2026, 1, 1), clauses=clauses
        )
        terms += [Term(agreement, clause) for clause in clauses]
    return Agreements(terms)


def _median_s(work: Callable[[], object]) -> float:
    spent = []
    for _ in range(_TURNS):
        began = time.thread_time()
        work()
        spent.append(time.thread_time() - began)
    return statistics.median(spent)


def run() -> list[Row]:
    """Ours, and the floor, by turns."""
    gc.disable()
    agencies = tuple(f"agency-{n}" for n in range(_AGENCIES))
    agreements = agreed(agencies)
    picture = filled(_UNITS, agencies, _TASKS, np.random.default_rng(5), agreements)
    operator = Operator(agencies[1], "commander", "Bench")
    seconds = itertools.count()
    clock = lambda: NOW + timedelta(seconds=next(seconds))  # noqa: E731 - what was worked out holds for a second
    authority = Authority(picture, Config().ground(), agreements, operator, clock)
    incident, need = (agencies[0], "i0"), Need(kinds=("hazmat",), capabilities=("decon",))
    assert len(authority.suggest(incident)) == len(authority.suggest(incident, need)) == 6
    tracks = picture.tracks

    def bare() -> object:
        metres = distance_m(35.2, -80.9, tracks.lat, tracks.lon)
        return np.argpartition(metres, 6)[:6]

    found = []
    for what, work in (
        ("who could be sent, of 50,000 units", lambda: authority.suggest(incident)),
        ("… of one kind, or with a capability", lambda: authority.suggest(incident, need)),
    ):
        mine, floor = _median_s(work), _median_s(bare)
        found.append(Row("l", f"{what}, ÷ the bare nearest", "ms", mine * 1e3, floor * 1e3, mine / floor, "≤ 8"))
        found.append(Row("l", f"{what}, ÷ 20 ms", "ms", mine * 1e3, 20.0, mine * 1e3 / 20.0, "≤ 1"))
    return found


if __name__ == "__main__":
    print(*run(), sep="\n")
