"""(o) Bytes a message on disk, of what the exercise's agencies say in a quarter of an hour: files, whole, at the end.

Time is the simulation's; each message comes a few milliseconds after it was said. The row's floor is what is allowed.
"""

import random
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.row import Row
from cop.exercise.feeds import feeds
from cop.exercise.scenario import load_scenario
from cop.exercise.simulation import Simulation
from cop.feeds.intake import Intake
from cop.feeds.session import Received
from cop.journal.journal import Journal
from cop.journal.record import Record

_SECONDS, _COMMIT_S, _ALLOWED = 900.0, 0.1, 25.0
_NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


class _Kept:
    """What the intake puts on record."""

    def __init__(self) -> None:
        self.sources: list[tuple[str, str, str]] = []
        self.records: list[Record] = []

    def source(self, feed: str, agency: str, form: str) -> int:
        self.sources.append((feed, agency, form))
        return len(self.sources) - 1

    def append(self, records: Iterable[Any]) -> None:
        self.records += [Record(*one) for one in records]


def heard() -> _Kept:
    """Steel Rail's traffic as the intake puts it on record."""
    scenario, kept, rng = load_scenario("steel-rail"), _Kept(), random.Random(1)
    now = [_NOON.timestamp()]
    intake = Intake(feeds(scenario), kept, exercise="steel-rail", clock=lambda: now[0])
    said = Simulation(scenario, base=_NOON).until(_SECONDS)
    begin = now[0]
    arrivals = sorted((begin + max(0.0, one.t) + rng.expovariate(200.0), n) for n, one in enumerate(said))
    for at, number in arrivals:
        one, now[0] = said[number], at
        intake.take([Received(one.topic, one.payload, at, False, one.qos, 0, 0)])
        if number % 1_000 == 0:
            intake.batch(1, None, [], health=False)
    return kept


def on_disk(kept: _Kept, records: Sequence[Record]) -> int:
    """The bytes of the files that hold these records, written as they came."""
    now = [0.0]
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder), "Steel Rail", clock=lambda: now[0], steady=lambda: now[0])
        numbers = [journal.source(*one) for one in kept.sources]
        due = 0.0
        for one in records:
            journal.append([one._replace(source=numbers[one.source])])
            now[0] = one.received_at
            if now[0] >= due:
                journal.commit()
                due = now[0] + _COMMIT_S
        journal.close()
        return sum(path.stat().st_size for path in Path(folder).iterdir())


def run() -> list[Row]:
    """Positions alone, then everything."""
    kept = heard()
    places = [one for one in kept.records if one.kind == "position"]
    rows = []
    for what, records, limit in (("position ", places, "≤ 1.0"), ("", kept.records, "")):
        each = on_disk(kept, records) / len(records)
        raw = sum(len(one.payload) for one in records) / len(records)
        heading = f"journal on disk, a {what}message of {raw:.0f} bytes"
        rows.append(Row("o", heading, "bytes", each, _ALLOWED, each / _ALLOWED, limit))
    return rows


if __name__ == "__main__":
    for row in run():
        print(row)
