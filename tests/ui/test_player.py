"""The player: one wish at a time, the newest first; and what comes goes to the desk of the past."""

import numpy as np
import pytest

from cop.domain.batch import Batch
from cop.replay.frames import Frame
from cop.ui.replay.player import Player
from cop.ui.replay.window import desk_of_the_past
from tests import reports as r
from tests.ui.conftest import MakeDesk
from tests.ui.scripted_past import BEGAN, NOON, ScriptedPast


@pytest.fixture
def past() -> ScriptedPast:
    return ScriptedPast()


@pytest.fixture
def player(qapp: object, past: ScriptedPast, make_desk: MakeDesk) -> Player:
    one = Player(past)
    one.attach(desk_of_the_past(make_desk(), one.now))
    one.look()
    one.beat()
    past.asked.clear()
    return one


def _sought(past: ScriptedPast) -> list[float]:
    return [fields["at"] for _, act, fields in past.asked if act == "seek"]


def test_that_of_many_wishes_while_one_is_answered_only_the_newest_is_asked_for(
    player: Player, past: ScriptedPast
) -> None:
    past.slow = True
    for back in (600, 700, 800, 900):
        player.seek(NOON - back)
    assert _sought(past) == [NOON - 600]
    assert player.wanted == NOON - 900
    past.answer()
    player.beat()
    assert _sought(past) == [NOON - 600, NOON - 900]
    past.answer()
    player.beat()
    assert (player.at, player.wanted) == (NOON - 900, None)


def test_that_no_moment_is_asked_for_that_is_not_on_record(player: Player, past: ScriptedPast) -> None:
    player.seek(BEGAN - 5000)
    player.beat()
    player.seek(NOON + 5000)
    assert _sought(past) == [BEGAN, NOON]


def test_that_the_picture_is_what_the_process_says_and_nothing_from_before(player: Player, past: ScriptedPast) -> None:
    assert player.desk is not None
    player.seek(NOON - 600)
    player.beat()
    assert player.desk.now().timestamp() == NOON - 600
    assert len(player.desk.picture.incidents) == 2
    one = r.report("charlotte-fire", r.incident("other", title="Another"))
    past._pictured = lambda at: Batch(epoch=8, reports=[one])
    player.seek(NOON - 900)
    player.beat()
    assert list(player.desk.picture.incidents) == [("charlotte-fire", "other")]
    assert player.desk.picture.units == {}
    assert np.isnan(player.desk.picture.tracks.lat[: player.desk.picture.tracks.count]).all()


def test_that_it_plays_on_after_a_seek_and_stops_at_the_end(player: Player, past: ScriptedPast) -> None:
    player.set_speed(20)
    player.seek(NOON - 600)
    player.play()
    player.beat()
    player.seek(NOON - 300)
    player.beat()
    assert past.acts()[-1] == "play"
    assert past.asked[-1][2] == {"speed": 20.0}
    past.play_on(30)
    player.beat()
    assert (player.at, player.playing) == (NOON - 270, True)
    past.play_on(270, playing=False)
    player.beat()
    assert (player.at, player.playing) == (NOON, False)


def test_that_a_frame_from_before_play_was_pressed_does_not_stop_it(player: Player, past: ScriptedPast) -> None:
    player.seek(NOON - 600)
    player.beat()
    past.slow = True
    player.play()
    past.saying.append(Frame(number=past.asked[-1][0] - 1, at=NOON - 600, batch=Batch(), playing=False))
    player.beat()
    assert player.playing


def test_that_a_step_stops_it_and_says_what_it_came_to(player: Player, past: ScriptedPast) -> None:
    said: list[str] = []
    player.stepped.connect(said.append)
    player.seek(NOON - 600)
    player.play()
    player.beat()
    player.step(1)
    player.beat()
    assert not player.playing
    assert past.acts()[-2:] == ["pause", "step"]
    assert said == ["Task Decon corridor: accepted"]


def test_that_steps_do_not_pile_up_before_a_slow_process(player: Player, past: ScriptedPast) -> None:
    past.slow = True
    for _ in range(9):
        player.step(1)
    past.answer()
    player.beat()
    assert past.acts().count("step") == 2


def test_that_a_step_that_finds_nothing_says_so(player: Player, past: ScriptedPast) -> None:
    said: list[str] = []
    player.stepped.connect(said.append)
    past.slow = True
    player.step(-1)
    past.waiting.clear()
    past.saying.append(Frame(number=past.asked[-1][0], at=NOON, batch=Batch()))
    player.beat()
    assert said == ["No event before this one"]


def test_that_a_process_that_died_is_said_and_asked_again_only_by_a_person(player: Player, past: ScriptedPast) -> None:
    player.seek(NOON - 600)
    player.play()
    player.beat()
    asked = len(past.asked)
    past.saying.append(Frame(number=asked, at=player.at, batch=Batch(), trouble="It ended unexpectedly."))
    player.beat()
    assert (player.trouble, player.playing, player.wanted) == ("It ended unexpectedly.", False, None)
    assert len(past.asked) == asked
    player.seek(NOON - 500)
    player.beat()
    assert (player.trouble, player.at) == ("", NOON - 500)


def test_that_what_is_not_whole_is_shown_and_said(player: Player, past: ScriptedPast) -> None:
    assert player.desk is not None
    past.slow = True
    player.seek(NOON - 600)
    past.waiting.clear()
    told = past._pictured(NOON)
    past.saying.append(
        Frame(number=past.asked[-1][0], at=NOON - 600, batch=told, anew=True, trouble="Not all of it is kept.")
    )
    player.beat()
    assert player.trouble == "Not all of it is kept."
    assert player.desk.picture.incidents


def test_that_other_eyes_and_hindsight_show_the_same_moment(player: Player, past: ScriptedPast) -> None:
    player.seek(NOON - 600)
    player.beat()
    player.see_as("gastonia-fd")
    player.beat()
    player.set_true(True)
    player.beat()
    assert past.asked[-1][1:] == ("seek", {"at": NOON - 600, "reader": "gastonia-fd", "as_true": True})
    player.detach()
    assert (player.reader, player.as_true, player.desk) == ("", False, None)


def test_that_a_bug_in_one_frame_does_not_keep_the_next_from_coming(
    player: Player, past: ScriptedPast, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[type[BaseException]] = []
    monkeypatch.setattr("sys.excepthook", lambda kind, *_: caught.append(kind))
    past.saying.append(Frame(number=1, at=float("nan"), batch=Batch(positions=b"not rows")))
    past.saying.append(Frame(number=1, at=NOON - 50, batch=Batch()))
    player.beat()
    assert caught
    assert player.at == NOON - 50
