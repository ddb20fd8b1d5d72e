"""What is let go of: the oldest first, told in the chain, so that the rest can be proved whole."""

import json
import os
from pathlib import Path

from cop.journal.folder import files_of
from cop.journal.journal import Journal
from cop.journal.record import DROPPED, Record, Way
from cop.journal.verifying import verify
from tests.journal.writing import NOON, Clock, on_record

_DAY = 86_400.0


def _days(folder: Path, count: int, *, keep_days: float = 0.0, keep_mb: float = 0.0, off: float = 0.0) -> Clock:
    """A journal of so many days, a few blocks each; `off` is how far our clock is ahead of all others at the end."""
    clock, steady = Clock(), Clock(0.0)
    journal = Journal(folder, "Live", keep_days=keep_days, keep_mb=keep_mb, clock=clock, steady=steady)
    source = journal.source("f", "a", "x")
    for day in range(count):
        ahead = off if day == count - 1 else 0.0
        for n in range(6):
            clock.now = NOON + day * _DAY + n * 70.0 + ahead
            steady.now += 70.0
            rough = os.urandom(20_000)
            journal.append([Record(clock.now, source, Way.HEARD, "t", rough, clock.now - ahead, "position")])
            journal.commit()
    for _ in range(200):  # what is to be done is done in parts
        steady.now += 2.0
        clock.now += 0.1
        journal.append([Record(clock.now, source, Way.HEARD, "t", b"", clock.now - off, "position")])
        journal.commit()
    journal.close()
    return clock


def _notes(folder: Path) -> list[dict[str, object]]:
    return [json.loads(one.payload) for _, one in on_record(folder) if one.kind == DROPPED]


def test_that_nothing_is_let_go_of_unless_asked(tmp_path: Path) -> None:
    _days(tmp_path, 4)
    assert len(files_of(tmp_path, "Live")) == 4
    assert _notes(tmp_path) == []


def test_that_what_is_too_old_goes_whole_files_first_and_the_rest_can_be_proved(tmp_path: Path) -> None:
    clock = _days(tmp_path, 5, keep_days=2.5)
    records = on_record(tmp_path)
    assert records[0][1].received_at >= NOON + 2 * _DAY - 600
    assert records[0][1].received_at >= clock.now - 2 * _DAY - 600
    assert [one.day for one in files_of(tmp_path, "Live")] == ["2026-05-06", "2026-05-07", "2026-05-08"]
    notes = _notes(tmp_path)
    assert {one["why"] for one in notes} == {"age"}
    assert notes[-1]["to_number"] == records[0][0] - 1
    verdict = verify(tmp_path)
    assert verdict.whole, verdict.faults


def test_that_what_is_too_much_goes_the_oldest_blocks_first(tmp_path: Path) -> None:
    _days(tmp_path, 4, keep_mb=0.35)
    assert sum(path.stat().st_size for path in tmp_path.glob("*.sqlite*")) < 450_000
    records = on_record(tmp_path)
    numbers = [number for number, _ in records]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    assert records[-1][1].received_at > NOON + 3 * _DAY
    assert {one["why"] for one in _notes(tmp_path)} == {"size"}
    assert verify(tmp_path).whole, verify(tmp_path).faults


def test_that_a_clock_set_a_year_ahead_lets_nothing_go(tmp_path: Path) -> None:
    _days(tmp_path, 4, keep_days=30.0, off=365 * _DAY)
    assert _notes(tmp_path) == []
    assert on_record(tmp_path)[0][0] == 1


def test_that_one_file_that_is_too_large_loses_its_oldest_blocks_and_gives_no_reader_holes(tmp_path: Path) -> None:
    _days(tmp_path, 1, keep_mb=0.06)
    assert len(files_of(tmp_path, "Live")) == 1
    records = on_record(tmp_path)
    assert records[0][0] > 1
    assert verify(tmp_path).whole, verify(tmp_path).faults
