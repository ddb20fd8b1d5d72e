"""Agencies that fall silent: one alarm with a strip and a sound, quiet once it was noted, over when they speak."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from cop.domain.batch import Batch, BrokerState, FeedHealth, Upset, Voice
from cop.ui.banner import Banners
from cop.ui.desk import Desk
from cop.ui.main_window import MainWindow
from tests import reports as r
from tests.ui.conftest import Clock, MakeDesk, MakeWindow

Say = Callable[..., None]
HEARD = ("charlotte-fire", "gastonia-fd", "mecklenburg-ems", "psap", "uscg")


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A desk whose feeds say nothing else."""
    made = make_desk()
    made.picture.feeds.clear()
    return made


@pytest.fixture
def window(desk: Desk, make_window: MakeWindow) -> MainWindow:
    """Its window."""
    return make_window(desk)


@pytest.fixture
def sounds(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tones of silence that were played; the inbox has its own."""
    played: list[str] = []
    monkeypatch.setattr(
        window.inbox_dock.tones, "play", lambda tone: played.append(tone) if tone == "silence" else None
    )
    return played


@pytest.fixture
def hear(desk: Desk, window: MainWindow, clock: Clock) -> Say:
    """So many seconds pass, and then these are silent, since a moment in seconds from noon."""

    def say(*silent: str, seconds: float = 1.0, since: float = -120.0, state: str = "online", **broker: Any) -> None:
        clock.now += timedelta(seconds=seconds)
        voices = [
            Voice(
                agency=one,
                state="silent" if one in silent else "live",
                messages=9,
                last_message_at=r.at(since) if one in silent else clock.now,
                usual_gap_s=20.0,
            )
            for one in HEARD
        ]
        health = FeedHealth(feed="cop", agency="", format="cop-json", state="live", messages=45, voices=voices)
        told = BrokerState(**{"state": state, "url": "mqtt://b", "since": r.at(-3600), **broker})
        desk.take_in(Batch(epoch=1, health=[health], broker=told))
        window.tick()
        QApplication.processEvents()  # a strip is shown once its window lays itself out

    return say


def buttons(banners: Banners) -> list[str]:
    """What can be pressed on the strips."""
    return [one.text() for one in banners.findChildren(QPushButton) if one.isVisible()]


def press(qtbot: QtBot, window: MainWindow, words: str) -> None:
    """Press the button of a strip."""
    found = [one for one in window.banners.findChildren(QPushButton) if one.text() == words and one.isVisible()]
    qtbot.mouseClick(found[0], Qt.MouseButton.LeftButton)


def test_that_who_falls_silent_is_told_once_with_a_sound_and_a_strip_that_stays(
    window: MainWindow, hear: Say, sounds: list[str]
) -> None:
    hear()
    assert window.banners.texts() == []
    at = f"{r.at(-120).astimezone():%H:%M}"
    for _ in range(90):
        hear("gastonia-fd")
    words = f"Gastonia FD silent since {at}, usually every 20 s. Ask them by radio or phone: their units may be"
    assert [text.startswith(words) for text in window.banners.texts()] == [True]
    assert sounds == ["silence"]
    assert window.notice.text().startswith(f"Gastonia FD silent since {at}")
    assert buttons(window.banners) == ["Noted", "Again in 10 min"]


def test_that_when_it_speaks_again_that_is_told_and_the_strip_goes(
    window: MainWindow, hear: Say, sounds: list[str]
) -> None:
    hear("gastonia-fd")
    hear(seconds=60)
    assert window.banners.texts() == []
    assert window.notice.text() == "Gastonia FD heard again after 3 min of silence."
    assert sounds == ["silence"]


def test_that_several_are_one_alarm_and_those_that_follow_soon_are_told_together(
    window: MainWindow, hear: Say, sounds: list[str]
) -> None:
    hear("gastonia-fd")
    hear("gastonia-fd", "psap", seconds=5)
    hear("gastonia-fd", "psap", "uscg", seconds=5)
    assert len(window.banners.texts()) == 1
    assert window.banners.texts()[0].startswith("3 agencies silent since ")
    assert ": Gastonia FD, Psap, Uscg. " in window.banners.texts()[0]
    assert sounds == ["silence"]
    hear("gastonia-fd", "psap", "uscg", seconds=25)
    assert sounds == ["silence"] * 2
    hear("gastonia-fd", "psap", "uscg", seconds=600)
    assert sounds == ["silence"] * 2


def test_that_what_was_noted_is_quiet_until_one_more_falls_silent(
    qtbot: QtBot, window: MainWindow, hear: Say, sounds: list[str]
) -> None:
    hear("gastonia-fd")
    press(qtbot, window, "Noted")
    assert window.banners.texts() == []
    hear("gastonia-fd", seconds=3000)
    assert window.banners.texts() == []
    hear("gastonia-fd", "psap", seconds=60)
    assert [text.startswith("Psap silent since") for text in window.banners.texts()] == [True]
    assert sounds == ["silence"] * 2
    hear(seconds=60)
    assert window.notice.text().startswith("2 agencies heard again after up to ")
    hear("gastonia-fd", seconds=60)
    assert sounds == ["silence"] * 3  # it had spoken


def test_that_what_was_put_off_comes_back(qtbot: QtBot, window: MainWindow, hear: Say, sounds: list[str]) -> None:
    hear("gastonia-fd")
    press(qtbot, window, "Again in 10 min")
    hear("gastonia-fd", seconds=590)
    assert window.banners.texts() == []
    hear("gastonia-fd", "psap", seconds=5)  # but who is new is told
    assert [text.startswith("Psap silent") for text in window.banners.texts()] == [True]
    hear("gastonia-fd", "psap", seconds=60)
    assert window.banners.texts()[0].startswith("2 agencies silent")
    assert sounds == ["silence"] * 3


def test_that_all_at_once_is_said_to_be_the_brokers_or_our_own_fault(window: MainWindow, hear: Say) -> None:
    hear(*HEARD)
    (text,) = window.banners.texts()
    assert text.startswith("All 5 agencies silent since ")
    assert "more likely the broker or the network" in text


def test_that_while_the_broker_is_away_its_strip_alone_says_so(
    window: MainWindow, hear: Say, sounds: list[str]
) -> None:
    hear("psap")
    hear(*HEARD, state="offline")
    (text,) = window.banners.texts()
    assert text.startswith("Broker not reached")
    assert sounds == ["silence"]


def test_that_a_broker_that_came_back_gives_everybody_its_usual_time(
    window: MainWindow, desk: Desk, hear: Say, sounds: list[str], clock: Clock
) -> None:
    hear(state="offline")
    clock.now += timedelta(seconds=600)
    back = BrokerState(state="online", url="mqtt://b", since=clock.now)
    voice = Voice(agency="psap", state="silent", messages=9, last_message_at=r.NOON, usual_gap_s=20.0)
    health = FeedHealth(feed="cop", agency="", format="cop-json", state="live", voices=[voice])
    desk.take_in(Batch(epoch=1, health=[health], broker=back))
    for _ in range(49):
        clock.now += timedelta(seconds=1)
        window.tick()
    assert window.banners.texts() == []
    clock.now += timedelta(seconds=2)
    window.tick()
    assert [text.startswith("Psap silent since") for text in window.banners.texts()] == [True]


def test_that_who_woke_with_the_computer_has_its_usual_time(
    window: MainWindow, desk: Desk, hear: Say, clock: Clock
) -> None:
    hear()
    clock.now += timedelta(hours=2)
    desk.take_in(Batch(epoch=1, upsets=[Upset("slept", 7200.0, clock.now.timestamp())]))
    assert window.notice.text().startswith("This computer slept for 2 h 00")
    hear(*HEARD, seconds=1, since=0.0)
    assert window.banners.texts() == []
    hear("psap", seconds=60, since=0.0)
    assert [text.startswith("Psap silent") for text in window.banners.texts()] == [True]


def test_that_an_agency_that_is_heard_elsewhere_is_named_with_the_feed_on_which_it_is_not(
    window: MainWindow, desk: Desk, hear: Say
) -> None:
    there = Voice(agency="psap", state="live", messages=9, last_message_at=r.NOON, usual_gap_s=20.0)
    cad = FeedHealth(feed="cad", agency="psap", format="eido", state="live", voices=[there])
    desk.take_in(Batch(epoch=1, health=[cad]))
    hear("psap")
    assert window.banners.texts()[0].startswith("Psap (on cop) silent since")


def test_that_a_desk_that_looks_at_the_past_is_not_alarmed(
    desk: Desk, window: MainWindow, hear: Say, sounds: list[str]
) -> None:
    desk.past = True
    hear("gastonia-fd")
    assert window.banners.texts() == []
    assert sounds == []


def test_that_hostile_names_are_shown_as_they_are(window: MainWindow, desk: Desk) -> None:
    nasty = "<b>x</b>\n\u202e" + "y" * 500
    voice = Voice(agency=nasty, state="silent", messages=9, last_message_at=r.at(-120), usual_gap_s=20.0)
    health = FeedHealth(feed="<i>f", agency="", format="cop-json", state="live", voices=[voice])
    broker = BrokerState(state="online", url="mqtt://b", since=r.at(-3600))
    desk.take_in(Batch(epoch=1, health=[health], broker=broker))
    window.tick()
    (text,) = window.banners.texts()
    assert "\n" not in text
    assert "\u202e" not in text
    assert len(text) < 200
