"""Seek, play, step over a record that a desk made: what was shown then is shown again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cop.domain.agency import Agency
from cop.domain.incident import Incident
from cop.domain.report import Retraction
from cop.domain.unit import Position, Unit
from cop.feeds.message import Feed
from cop.replay.engine import Engine, Overtaken
from cop.replay.frames import Ask
from tests.replay.stage import NOON, OWN, Stage, Watcher, document

FEEDS = (Feed(name="ours", format="cop-json", topic="cop/v1/#", silent_after_s=60.0),)
THEIRS = "gastonia-fd"


def moment(seconds: float) -> datetime:
    """So many seconds after noon."""
    return datetime.fromtimestamp(NOON + seconds, UTC)


def place(unit: str, seconds: float, lat: float = 35.2, **more: Any) -> Position:
    return Position(id=unit, at=moment(seconds), lat=lat, lon=-81.0, **more)


def unit(unit_id: str, seconds: float, *, rev: int = 1, **more: Any) -> Unit:
    return Unit(id=unit_id, at=moment(seconds), rev=rev, callsign=unit_id.title(), **more)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, FEEDS)


def drive(stage: Stage, seconds: int, *, units: int = 3, snapshot_every: int = 20) -> dict[float, dict[str, Any]]:
    """Units move each second, one changes its status now and then; what stood at each second."""
    stood = {}
    stage.say(THEIRS, Agency(id=THEIRS, at=moment(0), rev=1, name="Gastonia FD"))
    begin = stage.now - NOON
    for second in range(seconds):
        stage.wait(1.0)
        t = begin + second + 1
        for number in range(units):
            stage.say(THEIRS, place(f"engine-{number}", t - 0.2, 35.0 + number + second / 1000))
        if second % 7 == 3:
            status = ("available", "en_route", "on_scene")[second // 7 % 3]
            stage.say(THEIRS, unit("engine-1", t - 0.1, rev=int(t), status=status))
        if second == 11:
            stage.act(Incident(id="i-1", at=moment(t), rev=1, title="Warehouse", by="Test", role="commander"))
        if snapshot_every and second % snapshot_every == snapshot_every - 1:
            stage.snapshot()
        stage.pulse()
        stood[stage.now] = document(stage.picture, stage.now)
    return stood


def test_that_each_moment_is_shown_as_it_was(stage: Stage) -> None:
    stood = drive(stage, 70)
    watcher = Watcher(stage.engine())
    for at in (NOON + 70, NOON + 3, NOON + 41, NOON + 40, NOON + 12, NOON + 69):
        frames = watcher.ask("seek", at=at)
        assert frames[0].anew
        assert frames[-1].at == at
        assert not frames[-1].trouble
        assert document(watcher.picture, at) == stood[at]


def test_that_playing_comes_to_the_same_as_seeking(stage: Stage) -> None:
    stood = drive(stage, 50)
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=NOON + 5)
    for at in (NOON + 8.0, NOON + 30.0, NOON + 50.0):
        watcher.play(until=at, speed=4.0)
        assert watcher.frames[-1].at == pytest.approx(at)
        assert document(watcher.picture, at) == stood[at]


def test_that_the_end_is_said_once_it_is_reached(stage: Stage) -> None:
    stood = drive(stage, 10)
    stage.stopped()
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=NOON + 2)
    watcher.play(speed=60.0)
    assert not watcher.frames[-1].playing
    assert document(watcher.picture, NOON + 10) == stood[NOON + 10]


def test_that_a_record_that_goes_on_is_followed(stage: Stage) -> None:
    drive(stage, 5)
    engine = stage.engine(clock=lambda: stage.now)
    watcher = Watcher(engine)
    watcher.ask("seek", at=NOON + 5)
    watcher.ask("play", speed=1.0)
    for second in range(6, 12):
        stage.wait(1.0)
        stage.say(THEIRS, place("engine-0", second, 36.0 + second))
        stage.pulse()
        watcher.take(engine.go_on(1.0))
        watcher.take(engine.go_on(0.02))
    assert engine.playing
    assert watcher.frames[-1].at == pytest.approx(stage.now, abs=1.0)
    row = watcher.picture.tracks.row_of(THEIRS, "engine-0")
    assert watcher.picture.tracks.lat[row] == pytest.approx(36.0 + 11, abs=1.5)


def test_that_a_step_goes_from_event_to_event_and_says_what_it_was(stage: Stage) -> None:
    drive(stage, 40)
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=NOON + 5)
    words = [watcher.ask("step", step=1)[-1] for _ in range(4)]
    assert [frame.event for frame in words] == [
        "Gastonia FD: unit Engine-1 en route",
        "Charlotte Fire: incident Warehouse open",
        "Gastonia FD: unit Engine-1 on scene",
        "Gastonia FD: unit Engine-1 available",
    ]
    back = [watcher.ask("step", step=-1)[-1] for _ in range(3)]
    assert [frame.event for frame in back] == [frame.event for frame in words[2::-1]]
    assert [frame.at for frame in back] == [frame.at for frame in words[2::-1]]
    assert watcher.picture.units[THEIRS, "engine-1"].body.status == "en_route"  # type: ignore[union-attr]


def test_that_a_step_beyond_the_last_event_comes_to_the_end(stage: Stage) -> None:
    stood = drive(stage, 9)
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=NOON + 5)
    (*_, last) = watcher.ask("step", step=1)
    assert not last.event
    assert document(watcher.picture, NOON + 9) == stood[NOON + 9]


def test_that_a_place_taken_back_stays_away_though_older_places_are_left_out(stage: Stage) -> None:
    stage.wait(10.0)
    for second, body in enumerate(
        (place("a", 1), Retraction(id="a", at=moment(5), kind="position"), place("a", 3), place("a", 4))
    ):
        stage.wait(1.0)
        payload = body if not isinstance(body, Retraction) else place("a", 5, deleted=True)
        stage.say(THEIRS, unit("a", 0, rev=second + 1, status="available"))
        stage.say(THEIRS, payload)
        stage.pulse()
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=stage.now)
    assert document(watcher.picture, stage.now) == document(stage.picture, stage.now)
    assert "lat" not in document(watcher.picture, stage.now)["units"][0]


def test_that_a_desktop_that_began_anew_begins_anew_in_the_past_too(stage: Stage) -> None:
    drive(stage, 10)
    stage.stopped()
    stage.wait(100.0)
    stage.desktop_started()
    stage.say(THEIRS, unit("late", 110, status="busy"))
    stage.pulse()
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=NOON + 9)
    assert (OWN, "i-1") not in watcher.picture.incidents
    assert len(watcher.picture.tracks.keys) == 3
    watcher.play(speed=60.0)
    assert any(frame.anew for frame in watcher.frames[3:])
    assert set(watcher.picture.units) == {(THEIRS, "late")}
    watcher.ask("seek", at=NOON + 50)
    assert (THEIRS, "engine-1") in watcher.picture.units
    watcher.ask("seek", at=stage.now)
    assert set(watcher.picture.units) == {(THEIRS, "late")}


def test_that_feeds_that_were_started_again_go_on_in_the_same_picture(stage: Stage) -> None:
    drive(stage, 10)
    stage.feeds_started()
    stood = drive(stage, 10, snapshot_every=0)
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=NOON + 20)
    assert document(watcher.picture, NOON + 20) == stood[NOON + 20]
    watcher.ask("seek", at=NOON + 4)
    watcher.play(speed=10.0)
    assert document(watcher.picture, NOON + 20) == stood[NOON + 20]


def test_that_feeds_are_counted_as_they_were(stage: Stage) -> None:
    drive(stage, 45)
    stage.pulse(health=True)
    live = stage.picture.feeds["ours"]
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=stage.now)
    then = watcher.picture.feeds["ours"]
    assert (then.state, then.messages, then.bad) == (live.state, live.messages, live.bad)
    assert then.last_message_at == live.last_message_at
    (voice,) = (one for one in then.voices if one.agency == THEIRS)
    assert voice.messages == next(one for one in live.voices if one.agency == THEIRS).messages


def test_that_the_broker_is_told_as_it_was(stage: Stage) -> None:
    stage.broker("online")
    drive(stage, 5)
    stage.broker("offline")
    drive(stage, 5)
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=NOON + 3)
    assert watcher.picture.broker is not None
    assert watcher.picture.broker.state == "online"
    watcher.ask("seek", at=NOON + 8)
    assert watcher.picture.broker.state == "offline"


def test_that_a_clock_put_back_is_followed_as_it_was(stage: Stage) -> None:
    drive(stage, 10)
    stage.now -= 3600.0
    drive(stage, 10, snapshot_every=0)
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=NOON + 8)
    # what stands under a time is what was put there last: the way back is step by step
    for _ in range(3):  # who says anew what was said under a later time has said something
        watcher.ask("step", step=-1)
        if watcher.frames[-1].at == NOON + 4:
            break
    assert watcher.frames[-1].at == NOON + 4
    watcher.play(speed=1.0, pulse_s=0.5)
    shown = [frame.at for frame in watcher.frames]
    assert min(shown) < NOON - 3500
    assert len(shown) > 20  # nothing is rushed through
    assert document(watcher.picture, stage.now) == document(stage.picture, stage.now)


def test_that_a_new_moment_overtakes_the_one_that_is_worked_on(stage: Stage) -> None:
    drive(stage, 10)
    asked = []

    def is_overtaken() -> bool:
        asked.append(1)
        return len(asked) == 1

    engine = stage.engine(is_overtaken=is_overtaken)
    with pytest.raises(Overtaken):
        engine.answer(Ask(number=1, act="seek", at=NOON + 5))
    watcher = Watcher(engine)
    watcher.ask("play", at=NOON + 6)  # what was begun and not ended is not gone on from
    assert watcher.frames[0].anew
    assert watcher.frames[-1].at == NOON + 6


def test_that_an_empty_record_and_times_outside_of_it_are_answered(stage: Stage, tmp_path: Path) -> None:
    drive(stage, 5)
    engine: Engine = stage.engine()
    watcher = Watcher(engine)
    assert watcher.ask("seek", at=0.0)[-1].at == engine.look(9).first_at
    assert watcher.ask("seek", at=1e12)[-1].at == engine.look(9).last_at
    assert watcher.ask("step", step=-1)[-1].at <= NOON + 5
    assert timedelta(0) < timedelta(seconds=engine.look(9).last_at - engine.look(9).first_at)


def test_that_a_message_in_parts_is_whole_after_a_seek_between_them(tmp_path: Path) -> None:
    payloads = Path(__file__).parents[1] / "feeds" / "payloads" / "ais"
    first, second = (payloads / "static-two-parts.txt").read_bytes().splitlines()
    stage = Stage(tmp_path, (Feed(name="ships", format="ais", topic="ais/#", agency="uscg"),))
    stage.wait(5.0)
    stage.hear("ais/raw", first)
    stage.snapshot()
    stage.wait(1.0)
    stage.hear("ais/raw", second)
    stage.pulse()
    assert stage.picture.units
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=stage.now)
    assert document(watcher.picture, stage.now) == document(stage.picture, stage.now)
