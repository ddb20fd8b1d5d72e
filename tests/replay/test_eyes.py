"""The past through another agency's eyes, and with what was true and heard later."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from cop.domain.agency import Presence
from cop.domain.agreement import Agreement, Agreements, ShareClause, Term
from cop.domain.consent import Consent, Pause, consent_id
from cop.domain.details import IncidentDetails
from cop.domain.incident import Incident
from cop.domain.task import Task
from cop.domain.unit import Position, Unit
from cop.feeds.message import Feed
from tests.replay.stage import NOON, OWN, Stage, Watcher, document

FEEDS = (Feed(name="ours", format="cop-json", topic="cop/v1/#"),)
GIVER, READER = "gastonia-fd", "york-fd"


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(NOON + seconds, UTC)


def share(**clause: Any) -> Agreements:
    """An agreement of one clause: what Gastonia shows to York."""
    given = ShareClause(number="1", says="As written.", giver=GIVER, to=(READER,), **clause)
    mou = Agreement(
        id="mou", title="MOU", parties=(GIVER, READER, OWN), in_force_from=date(2020, 1, 1), clauses=(given,)
    )
    return Agreements([Term(mou, given)])


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, FEEDS)


def drive(stage: Stage, seconds: int, *, snapshots: bool = True) -> None:
    """Gastonia's engine and our ladder move by 0.01 degrees a second."""
    begin = stage.now - NOON
    for second in range(1, seconds + 1):
        stage.wait(1.0)
        t = begin + second
        if second == 1:
            stage.say(GIVER, Unit(id="engine", at=moment(t), rev=1, kind="engine", callsign="Engine 2"))
        for agency, unit in ((GIVER, "engine"), (OWN, "ladder")):
            body = Position(id=unit, at=moment(t - 0.1), lat=35.0 + t / 100, lon=-81.0, course_deg=90.0)
            stage.say(agency, body)
        if snapshots and second % 25 == 0:
            stage.snapshot()
        stage.pulse()


def seen(watcher: Watcher, agency: str, unit: str) -> dict[str, Any]:
    """How a unit stands in what was replayed."""
    units = document(watcher.picture, watcher.frames[-1].at)["units"]
    return next((one for one in units if (one["agency"], one["unit"]) == (agency, unit)), {})


def test_that_a_hidden_place_is_nowhere_in_what_is_shown(stage: Stage) -> None:
    drive(stage, 60)
    watcher = Watcher(stage.engine(agreements=share(positions="none")))
    watcher.ask("seek", at=NOON + 40, reader=READER)
    watcher.play(until=NOON + 55, speed=5.0)
    assert seen(watcher, OWN, "ladder")["lat"] == pytest.approx(35.55, abs=0.02)
    assert "lat" not in seen(watcher, GIVER, "engine")
    assert seen(watcher, GIVER, "engine")["said"]["callsign"] == "Engine 2"
    for frame in watcher.frames:
        named = {name.slot: name.agency for name in frame.batch.tracks}
        assert GIVER not in named.values()
    watcher.ask("seek", at=NOON + 40, reader="")
    assert "lat" in seen(watcher, GIVER, "engine")


def test_that_the_giver_sees_its_own_and_others_what_no_clause_speaks_of(stage: Stage) -> None:
    drive(stage, 30)
    watcher = Watcher(stage.engine(agreements=share(positions="none")))
    for reader in (GIVER, "cmpd"):
        watcher.ask("seek", at=NOON + 30, reader=reader)
        assert seen(watcher, GIVER, "engine")["lat"] == pytest.approx(35.30)


def test_that_a_rounded_place_says_no_more_than_its_square(stage: Stage) -> None:
    drive(stage, 30)
    watcher = Watcher(stage.engine(agreements=share(positions="rounded")))
    watcher.ask("seek", at=NOON + 30, reader=READER)
    engine = seen(watcher, GIVER, "engine")
    assert engine["lat"] == pytest.approx(35.30, abs=0.006)
    assert engine["lat"] != 35.30
    assert engine["accuracy_m"] > 700
    assert "course_deg" not in engine


def test_that_a_late_place_is_where_the_unit_was_then_after_a_seek_and_while_it_plays(stage: Stage) -> None:
    drive(stage, 200)
    watcher = Watcher(stage.engine(agreements=share(positions="delayed", delay_min=1.0)))
    watcher.ask("seek", at=NOON + 130, reader=READER)
    assert seen(watcher, GIVER, "engine")["lat"] == pytest.approx(35.70)
    watcher.play(until=NOON + 160, speed=5.0)
    assert seen(watcher, GIVER, "engine")["lat"] == pytest.approx(36.00, abs=0.02)
    assert seen(watcher, OWN, "ladder")["lat"] == pytest.approx(36.60, abs=0.02)
    watcher.ask("seek", at=NOON + 30, reader=READER)
    assert "lat" not in seen(watcher, GIVER, "engine")


def test_that_what_is_paused_is_hidden_from_then_on(stage: Stage) -> None:
    drive(stage, 20)
    pause = Consent(
        id=consent_id("mou", "1"),
        at=moment(20),
        rev=1,
        by="Chief",
        role="commander",
        agreement="mou",
        clause="1",
        state="paused",
        pauses=(Pause(since=moment(20)),),
    )
    stage.say(GIVER, pause)
    drive(stage, 20)
    watcher = Watcher(stage.engine(agreements=share(positions="exact")))
    watcher.ask("seek", at=NOON + 19, reader=READER)
    assert "lat" in seen(watcher, GIVER, "engine")
    watcher.ask("seek", at=NOON + 35, reader=READER)
    assert "lat" not in seen(watcher, GIVER, "engine")


def test_that_drafts_and_details_for_others_are_not_shown(stage: Stage) -> None:
    stage.wait(1.0)
    who: dict[str, Any] = {"at": moment(1), "rev": 1, "by": "Test", "role": "commander"}
    stage.act(Incident(id="i", title="Spill", **who))
    for number, draft in enumerate((True, False)):
        stage.act(Task(id=f"t{number}", objective="Close it", assignee_agency=GIVER, unit="engine", draft=draft, **who))
    for reader in (READER, GIVER):
        stage.act(IncidentDetails(id="i", to=reader, medical=f"for {reader}", **who))
    stage.snapshot()
    stage.wait(5.0)
    stage.pulse()
    watcher = Watcher(stage.engine())
    for at in (NOON + 1, NOON + 6):
        watcher.ask("seek", at=at, reader=READER)
        assert set(watcher.picture.tasks) == {(OWN, "t1")}
        assert set(watcher.picture.details) == {(OWN, f"{READER}~i")}
        assert not any(f"for {GIVER}" in repr(frame) for frame in watcher.frames)
        assert watcher.picture.feeds == {}
    watcher.ask("seek", at=NOON + 6, reader=OWN)
    assert len(watcher.picture.tasks) == 2
    assert len(watcher.picture.details) == 2


def test_that_what_was_true_and_heard_later_is_shown_where_it_belongs(stage: Stage) -> None:
    drive(stage, 30)
    stage.wait(30.0)
    stage.say(GIVER, Position(id="engine", at=moment(45), lat=39.0, lon=-81.0))
    stage.say(GIVER, Incident(id="late", at=moment(40), rev=1, title="Smoke", by="x", role="dispatcher"))
    stage.say(GIVER, Presence(id="desk", at=moment(40), online=True))  # stands in no list
    stage.pulse()
    drive(stage, 10, snapshots=False)
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=NOON + 50)
    assert seen(watcher, GIVER, "engine")["lat"] == pytest.approx(35.30)
    assert not watcher.frames[-1].late
    watcher.ask("seek", at=NOON + 50, as_true=True)
    assert seen(watcher, GIVER, "engine")["lat"] == pytest.approx(39.0)
    assert (GIVER, "late") in watcher.picture.incidents
    late = {(one.kind, one.id): (one.said_at - NOON, one.heard_at - NOON) for one in watcher.frames[-1].late}
    assert late == {("position", "engine"): (45.0, 60.0), ("incident", "late"): (40.0, 60.0)}
    watcher.play(until=NOON + 65, speed=5.0)  # by then it was known
    assert not watcher.frames[-1].late
    watcher.ask("seek", at=NOON + 42, as_true=True)
    assert [(one.kind, one.id) for one in watcher.frames[-1].late] == [("incident", "late")]
    assert seen(watcher, GIVER, "engine")["lat"] == pytest.approx(35.30)
