"""Trails of the past: after a seek units have been where they had been, by the same words as when it was played."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cop.domain.batch import Batch, Been
from cop.domain.unit import Unit
from cop.picture.home import HomeGround
from cop.picture.picture import Picture
from cop.picture.trail_points import POINT
from cop.picture.trails import SLOT_S, Trail
from cop.replay.engine import Engine, Overtaken
from cop.replay.trailing import BACK_S, bounds
from tests.replay.stage import NOON, Stage, Watcher
from tests.replay.test_engine import FEEDS, THEIRS, moment, place
from tests.replay.test_eyes import GIVER, READER, share

ENGINE = (THEIRS, "engine-0")


def drive(stage: Stage, seconds: int, *, snapshot_every: int = 120, agency: str = THEIRS) -> None:
    """Two units go north each second; the words of one come in pairs, the older after the newer."""
    for second in range(1, seconds + 1):
        stage.wait(1.0)
        for number in range(2):
            t = second - 0.2 - (1.0 if number and second % 2 else -1.0 if number and second > 1 else 0.0)
            if number == 0 or t > 0:
                moves = place(f"engine-{number}", min(t, second), 35.0 + number + t / 10_000, speed_mps=11.0)
                stage.say(agency, moves)
        if second % 7 == 3:
            stage.say(agency, Unit(id="engine-1", at=moment(second), rev=second, status="available"))
        if second % snapshot_every == 0:
            stage.snapshot()
        stage.pulse()


def sought(stage: Stage, at: float, **given: Any) -> Watcher:
    """A picture after a seek, and all that was looked up after it."""
    watcher = Watcher(stage.engine(**given))
    watcher.ask("seek", at=at)
    look_back(watcher)
    return watcher


def look_back(watcher: Watcher) -> None:
    while watcher.engine.looks_back:
        watcher.take(watcher.engine.look_back())


def slots(trail: Trail, since: float) -> list[int]:
    """In which spans of five seconds there is a point."""
    return sorted({int(at // SLOT_S) for at in trail.at if at >= since})


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, FEEDS)


@pytest.mark.parametrize("snapshot_every", [120, 10_000])
def test_that_a_trail_after_a_seek_is_that_after_playing_there(stage: Stage, snapshot_every: int) -> None:
    drive(stage, 900, snapshot_every=snapshot_every)
    at = NOON + 880
    played = Watcher(stage.engine())
    played.ask("seek", at=NOON + 1)
    played.play(until=at, speed=5.0)
    found = sought(stage, at)
    since = at - BACK_S + SLOT_S
    for key in (ENGINE, (THEIRS, "engine-1")):
        theirs, ours = played.picture.trails.of(key, since), found.picture.trails.of(key, since)
        assert slots(ours, since) == slots(theirs, since)
        assert ours.joined[1:].all()
        assert float(ours.at.max()) <= at
        assert np.interp(theirs.at, ours.at, ours.lat) == pytest.approx(theirs.lat, abs=1e-6)


def test_that_of_one_who_reports_each_second_the_very_same_points_are_kept(stage: Stage) -> None:
    drive(stage, 400)
    found = sought(stage, NOON + 390)
    ours, lived = found.picture.trails.of(ENGINE), stage.picture.trails.of(ENGINE, until=NOON + 390)
    assert ours.at.tolist()[:-1] == pytest.approx(lived.at.tolist()[: len(ours.at) - 1])
    assert len(ours.at) >= 390 / SLOT_S


def test_that_no_unit_moves_by_where_it_had_been_and_no_later_word_is_in_it(stage: Stage) -> None:
    drive(stage, 300)
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=NOON + 200)
    row = watcher.picture.tracks.row_of(*ENGINE)
    before = watcher.picture.tracks.lat[row].item(), len(watcher.frames)
    look_back(watcher)
    assert watcher.picture.tracks.lat[row].item() == before[0]
    told = watcher.frames[before[1] :]
    assert told
    for frame in told:
        assert not frame.anew
        assert not frame.batch.positions
        assert not frame.batch.reports
        assert frame.at == NOON + 200
        assert frame.batch.been is not None
        points = np.frombuffer(frame.batch.been.points, dtype=POINT)
        assert points["at"].max() <= NOON + 200


def test_that_what_was_looked_up_for_one_moment_is_dropped_at_another(stage: Stage) -> None:
    drive(stage, 500)
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=NOON + 490)
    watcher.take(watcher.engine.look_back())
    watcher.ask("seek", at=NOON + 60)
    look_back(watcher)
    assert float(watcher.picture.trails.of(ENGINE).at.max()) <= NOON + 60


def test_that_another_wish_ends_the_looking_and_not_the_engine(stage: Stage) -> None:
    drive(stage, 300)
    wanted: list[str] = []
    engine: Engine = stage.engine(is_overtaken=lambda: bool(wanted))
    watcher = Watcher(engine)
    watcher.ask("seek", at=NOON + 290)
    wanted.append("another")
    assert engine.look_back() == []
    assert not engine.looks_back
    with pytest.raises(Overtaken):
        watcher.ask("seek", at=NOON + 100)
    wanted.clear()
    watcher.ask("seek", at=NOON + 100)
    look_back(watcher)
    assert len(watcher.picture.trails.of(ENGINE).at) > 15


def test_that_it_plays_on_while_trails_are_looked_up(stage: Stage) -> None:
    drive(stage, 700)
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=NOON + 650)
    watcher.ask("play", speed=1.0)
    while watcher.engine.looks_back:
        watcher.take(watcher.engine.look_back())
        watcher.take(watcher.engine.go_on(0.1))
    trail = watcher.picture.trails.of(ENGINE)
    assert watcher.frames[-1].at > NOON + 660
    assert slots(trail, NOON + 60) == list(range(int((NOON + 60) // SLOT_S), int(trail.at.max() // SLOT_S) + 1))


def test_that_a_place_that_was_taken_back_parts_the_trail_of_the_past_too(stage: Stage) -> None:
    for second in range(1, 60):
        stage.wait(1.0)
        stage.say(THEIRS, Unit(id="engine-0", at=moment(second), rev=second))
        where = place("engine-0", second - 0.2, 35.0 + second / 10_000, speed_mps=11.0)
        stage.say(THEIRS, where if second != 30 else place("engine-0", second - 0.2, deleted=True))
        stage.pulse()
    found, lived = sought(stage, stage.now).picture.trails.of(ENGINE), stage.picture.trails.of(ENGINE)
    assert (~found.joined[1:]).sum() == (~lived.joined[1:]).sum() == 1


def test_that_a_doubtful_place_on_record_is_in_no_trail() -> None:
    class Home(HomeGround):
        def doubtful(self, agencies: Any, codes: Any, lat: Any, lon: Any) -> Any:
            return np.asarray(lat) > 40.0

    points = np.zeros(2, dtype=POINT)
    points["at"], points["lat"] = [NOON, NOON + 9], [350_000_000, 500_000_000]
    picture = Picture(Home())
    picture.apply(Batch(been=Been([ENGINE], points.tobytes())))
    assert picture.trails.of(ENGINE).lat.tolist() == [35.0]


def test_that_through_anothers_eyes_trails_show_no_more_than_was_shown(stage: Stage) -> None:
    drive(stage, 400, agency=GIVER)
    key = (GIVER, "engine-0")
    for clause in ({"positions": "none"}, {"positions": "rounded"}, {"positions": "delayed", "delay_min": 1.0}, {}):
        agreements = share(**clause)
        played, found = (Watcher(stage.engine(agreements=agreements)) for _ in range(2))
        played.ask("seek", at=NOON + 1, reader=READER)
        played.play(until=NOON + 390, speed=20.0)
        found.ask("seek", at=NOON + 390, reader=READER)
        look_back(found)
        theirs, ours = played.picture.trails.of(key), found.picture.trails.of(key)
        shown = clause.get("positions")
        assert bool(len(ours.at)) == bool(len(theirs.at)) == (shown != "none"), clause
        assert all(key not in frame.batch.been.units for frame in found.frames if frame.batch.been) or shown != "none"
        if shown == "rounded":
            assert set(ours.lat.tolist()) <= set(theirs.lat.tolist())
        if shown == "delayed":
            assert float(ours.at.max()) <= NOON + 330.5


def test_that_with_very_many_units_places_lie_further_apart_and_never_too_many_are_heard() -> None:
    for units in (1, 500, 1_600, 5_000, 20_000, 1_000_000):
        span_s, back_s = bounds(units)
        assert SLOT_S <= span_s <= 30.0
        assert units * back_s / span_s <= 200_000
    assert bounds(500) == (SLOT_S, BACK_S)
    assert bounds(0) == (SLOT_S, BACK_S)
