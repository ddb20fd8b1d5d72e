"""(w) The after-action review of a day, page and all, beside reading the columns of its records alone, and a minute.

The day of (s), 500 units that say each second where they are; a day of the exercise's agencies in all their formats,
a quarter of an hour again and again.
"""

import math
import random
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np

from benchmarks.row import Row
from benchmarks.seek import repeat, write_day
from cop.briefing.occasion import Occasion
from cop.briefing.review_leaving import told_to
from cop.briefing.review_page import as_page
from cop.config import load
from cop.exercise.feeds import feeds
from cop.exercise.review.review import review
from cop.exercise.scenario import load_scenario
from cop.exercise.simulation import Simulation
from cop.feeds.intake import Intake
from cop.feeds.session import Received
from cop.feeds.topics import exercise_root
from cop.journal.journal import Journal
from cop.journal.reading import JournalReader
from cop.journal.record import STARTED
from cop.replay.recall import Recall

_LIMIT_S, _QUARTER_S, _QUARTERS = 60.0, 900.0, 96
_BEGIN = datetime(2026, 11, 2, 0, 0, 0, tzinfo=UTC)


def run() -> list[Row]:
    """Seconds for each day: beside the columns of its records, and beside what it may take."""
    rows = []
    for what, write in (("500 units a second", write_day), ("an exercise's agencies", _write_exercise)):
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder))
            floor = _columns(Path(folder))
            seconds, records = _review(Path(folder))
        day = f"review of a day of {what}, {records / 1e6:.1f} M records"
        rows.append(Row("w", f"{day}, beside its columns", "s", seconds, floor, seconds / floor, ""))
        rows.append(Row("w", "the same beside a minute", "s", seconds, _LIMIT_S, seconds / _LIMIT_S, "≤ 1"))
    return rows


def _columns(folder: Path) -> float:
    """Seconds to read who was heard when, and nothing that was said."""
    record = JournalReader(folder)
    begin = time.perf_counter()
    count = sum(len(block) for block in record.skimmed(0, record.last, lambda block: np.zeros(len(block), np.bool_)))
    elapsed = time.perf_counter() - begin
    assert count == record.last
    record.close()
    return elapsed


def _review(folder: Path) -> tuple[float, int]:
    """Seconds from the file to the page."""
    begin = time.perf_counter()
    recall = Recall(folder)
    whose = recall.whose
    config = msgspec.structs.replace(load(None), root=whose.root)
    ground = config.ground()
    agreements, _ = config.load_agreements(ground)
    scenario = load_scenario(whose.exercise) if whose.exercise else None
    figures = review(recall, ground=ground, agreements=agreements, scenario=scenario)
    told = told_to(figures, agreements, reader=whose.operator.agency, own=whose.operator.agency)
    occasion = Occasion(operation=whose.operation, at=figures.ends, made_at=figures.ends, operator=whose.operator)
    page = as_page(told, occasion)
    elapsed = time.perf_counter() - begin
    recall.close()
    assert figures.records > 100_000 and len(page) > 10_000
    return elapsed, figures.records


def _write_exercise(folder: Path) -> None:
    """A quarter of an hour by the intake and the writer, and the rest of the day from it."""
    scenario, chance = load_scenario("steel-rail"), random.Random(1)
    now = _BEGIN.timestamp()
    journal = Journal(folder, "exercise", clock=lambda: now, steady=lambda: now)
    heard = feeds(scenario)
    whose = {"agency": "charlotte-fire", "role": "commander", "name": "Bench", "desk": "bench"}
    root = exercise_root(scenario.name)
    begun = {"feeds": heard, "root": root, "reader": "charlotte-fire", "operator": whose, "fresh": True}
    journal.note(STARTED, msgspec.json.encode(begun))
    intake = Intake(heard, journal, exercise=scenario.name, share_s=math.inf, clock=lambda: now)
    said = Simulation(scenario, base=_BEGIN).until(_QUARTER_S)
    arrivals = sorted((now + max(0.0, one.t) + chance.expovariate(200.0), place) for place, one in enumerate(said))
    for count, (at, place) in enumerate(arrivals):
        one, now = said[place], at
        intake.take([Received(one.topic, one.payload, at, False, one.qos, 0)])
        if count % 1_000 == 0:
            journal.commit()
            intake.batch(1, None, [], health=False)
    journal.close()
    repeat(folder, "exercise", _QUARTERS, _QUARTER_S)
