"""What could give away through another's eyes what that agency was never shown."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cop.domain.details import IncidentDetails
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.report import Retraction
from cop.domain.task import Task
from cop.domain.unit import Position
from cop.picture.earlier import EARLIER_ROW
from tests.replay.stage import NOON, OWN, Stage, Watcher
from tests.replay.test_eyes import FEEDS, GIVER, READER, drive, moment, share

WHO: dict[str, Any] = {"rev": 1, "by": "Test", "role": "commander"}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, FEEDS)


@pytest.mark.parametrize("clause", [{"positions": "none"}, {"positions": "rounded"}, {"positions": "delayed"}])
def test_that_where_a_unit_was_before_is_told_of_no_unit_that_is_not_shown_as_it_is(
    stage: Stage, clause: dict[str, Any]
) -> None:
    drive(stage, 30)
    if clause["positions"] == "delayed":
        clause = {**clause, "delay_min": 1}
    watcher = Watcher(stage.engine(agreements=share(**clause)))
    (frame,) = [one for one in watcher.ask("seek", at=NOON + 26, reader=READER) if one.batch.aside is not None]
    assert frame.batch.aside is not None
    earlier = np.frombuffer(frame.batch.aside.earlier, dtype=EARLIER_ROW)
    named = {name.slot: name.unit for name in frame.batch.tracks}
    assert {named[row] for row in earlier["row"].tolist()} == {"ladder"}
    # both drive the same way: those of the ladder are there once, in spans of ten seconds
    assert len(earlier) == len(set(np.floor(earlier["at"] / 10.0).tolist()))


def _says_what_is_not_for_all(stage: Stage) -> None:
    """Drafts, details and messages for others; each second one thing."""
    bodies = [
        Incident(id="i", at=moment(1), title="Spill", **WHO),
        Task(id="t", at=moment(2), objective="SECRET draft", assignee_agency=GIVER, unit="engine", draft=True, **WHO),
        IncidentDetails(id="i", at=moment(3), to=GIVER, medical="SECRET", **WHO),
        LogEntry(id="l", at=moment(4), text="SECRET words", to=(GIVER,), **WHO),
        Task(
            id="t",
            at=moment(5),
            objective="SECRET draft",
            assignee_agency=GIVER,
            unit="engine",
            draft=True,
            deleted=True,
            **{**WHO, "rev": 2},
        ),
        Incident(id="j", at=moment(6), title="Smoke", **WHO),
    ]
    for body in bodies:
        stage.wait(1.0)
        stage.act(body)
        stage.pulse()


def test_that_messages_to_others_are_not_shown(stage: Stage) -> None:
    _says_what_is_not_for_all(stage)
    stage.act(LogEntry(id="m", at=moment(6), text="To all", **WHO))
    stage.act(LogEntry(id="n", at=moment(6), text="To York", to=(READER,), **WHO))
    stage.snapshot()
    stage.wait(1.0)
    watcher = Watcher(stage.engine())
    for at in (NOON + 5.5, NOON + 7):
        watcher.ask("seek", at=at, reader=READER)
        assert "SECRET" not in repr(watcher.frames)
    assert {one.body.id for one in watcher.picture.log} == {"m", "n"}
    watcher.ask("seek", at=NOON + 7, reader=GIVER)
    assert {one.body.id for one in watcher.picture.log} == {"l", "m"}


def test_that_steps_go_by_what_the_reader_was_not_told(stage: Stage) -> None:
    _says_what_is_not_for_all(stage)
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=NOON + 1.5, reader=READER)
    on = watcher.ask("step", step=1)[-1]
    assert ("Smoke" in on.event, on.at) == (True, NOON + 6)
    back = watcher.ask("step", step=-1)[-1]
    assert ("Spill" in back.event, back.at) == (True, NOON + 1)
    assert "SECRET" not in repr(watcher.frames)
    watcher.ask("seek", at=NOON + 1.5, reader="")
    assert "SECRET draft" in watcher.ask("step", step=1)[-1].event


def test_that_a_draft_that_is_taken_back_is_not_called_by_its_name(stage: Stage) -> None:
    stage.wait(1.0)
    stage.act(Task(id="t", at=moment(1), objective="SECRET", assignee_agency=GIVER, unit="engine", draft=True, **WHO))
    stage.wait(1.0)
    stage.say(OWN, Retraction(id="t", at=moment(2), kind="task"))
    stage.pulse()
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=NOON + 0.5, reader=READER)
    assert not watcher.ask("step", step=1)[-1].event


def test_that_what_was_heard_later_is_listed_for_whom_it_was_shown_alone(stage: Stage) -> None:
    drive(stage, 10)
    stage.wait(60.0)
    stage.say(GIVER, Position(id="engine", at=moment(20), lat=36.0, lon=-81.0))
    stage.say(OWN, Position(id="ladder", at=moment(20), lat=36.0, lon=-81.0))
    late: list[Any] = [
        IncidentDetails(id="i", at=moment(20), to=GIVER, medical="x", **WHO),
        LogEntry(id="l", at=moment(20), text="x", to=(GIVER,), **WHO),
        Task(id="t", at=moment(20), objective="x", assignee_agency=GIVER, unit="engine", draft=True, **WHO),
    ]
    for body in late:
        stage.say("cmpd", body)
    stage.pulse()
    watcher = Watcher(stage.engine(agreements=share(positions="none")))
    frame = watcher.ask("seek", at=NOON + 30, reader=READER, as_true=True)[-1]
    assert [(one.kind, one.agency) for one in frame.late] == [("position", OWN)]
    frame = watcher.ask("seek", at=NOON + 30, reader="", as_true=True)[-1]
    assert {one.kind for one in frame.late} == {"position", "log", "task"}
