"""What the time bar is told: from when to when, marks, gaps; and never too much of it."""

from pathlib import Path

import msgspec
import pytest

from cop.feeds.message import Feed
from cop.journal.record import CLOCK, MARK
from cop.replay.frames import Span
from tests.replay.stage import NOON, Stage


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, (Feed(name="ours", format="cop-json", topic="cop/v1/#"),))


def span_of(stage: Stage) -> Span:
    return stage.engine().look(3)


def test_that_marks_stand_at_their_time_on_one_line(stage: Stage) -> None:
    stage.wait(5.0)
    stage.mark("incident", "Smoke\n\x1b[31m <b>here</b>" + "x" * 900)
    stage.mark("nonsense", "no such kind")
    stage.journal.note(MARK, b"\xff no JSON")
    stage.journal.note(CLOCK, msgspec.json.encode({"words": "put back by 1 h"}))
    stage.wait(5.0)
    stage.stopped()
    span = span_of(stage)
    assert (span.number, span.first_at, span.last_at) == (3, NOON, NOON + 10)
    assert [(one.at, one.kind) for one in span.marks] == [(NOON + 5, "incident"), (NOON + 5, "clock")]
    assert span.marks[0].words.startswith("Smoke [31m <b>here</b>xx")
    assert len(span.marks[0].words) <= 160


def test_that_pauses_and_sudden_ends_are_gaps(stage: Stage) -> None:
    stage.wait(5.0)
    stage.stopped()
    stage.wait(100.0)
    stage.desktop_started()
    stage.wait(5.0)
    stage.hear("cop/v1/x/log/y", b"{}")
    stage.pulse()
    stage.wait(50.0)
    stage.desktop_started()  # without an end before it
    stage.wait(1.0)
    stage.feeds_started()  # at once: no gap
    span = span_of(stage)
    assert [(one.begin - NOON, one.end - NOON, one.why) for one in span.gaps] == [
        (5.0, 105.0, "COP was not running"),
        (110.0, 160.0, "COP ended unexpectedly"),
    ]


def test_that_a_day_of_many_marks_is_thinned_and_what_is_rare_stays(stage: Stage) -> None:
    for number in range(20_000):
        stage.now += 0.5
        stage.mark("task", f"task {number}")
        if number % 5_000 == 0:
            stage.mark("conflict", f"conflict {number}")
    engine = stage.engine()
    span = engine.look(1)
    assert len(span.marks) <= 4_000
    assert sum(one.kind == "conflict" for one in span.marks) == 4
    stage.wait(1.0)
    stage.mark("conflict", "the last")
    stage.pulse()
    assert engine.look(2).marks[-1].words == "the last"  # what was noted since is found
