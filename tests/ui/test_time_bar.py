"""The time bar: what its scale says over changes of the clocks, what its line asks for, how it looks."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from cop.map.palette import load_palette
from cop.replay.frames import Span, TimeMark
from cop.ui import theme
from cop.ui.theme import qt_palette, stylesheet
from cop.ui.time_bar import TimeBar
from cop.ui.time_line import TimeLine
from cop.ui.time_marks import KINDS, gap_words, gathered, group_words, in_order
from cop.ui.time_scale import clock_words, moment_words, ticks
from tests.map.golden import assert_golden
from tests.ui.scripted_past import BEGAN, NOON, a_gap, crowded_marks

_SPAN = Span(number=1, first_at=BEGAN, last_at=NOON, marks=crowded_marks(), gaps=[a_gap()])


@pytest.fixture(autouse=True)
def clock_of_charlotte(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same font everywhere, and a place where clocks are changed."""
    monkeypatch.setattr(theme, "_FAMILIES", ("DejaVu Sans",))
    theme._family.cache_clear()
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()
    theme._family.cache_clear()


def _utc(*parts: int) -> float:
    return datetime(*parts, tzinfo=UTC).timestamp()  # type: ignore[misc,arg-type]  # parts of a date


# scale


def test_that_the_hours_stand_right_when_clocks_are_set_back() -> None:
    begin, end = _utc(2026, 11, 1, 3), _utc(2026, 11, 1, 10)
    assert [words for _, words in ticks(begin, end, 8)] == [
        "23:00",
        "1 Nov",
        "01:00 EDT",
        "01:00 EST",
        "02:00",
        "03:00",
        "04:00",
        "05:00",
    ]


def test_that_the_hour_that_is_left_out_stands_nowhere() -> None:
    begin, end = _utc(2026, 3, 8, 4), _utc(2026, 3, 8, 10)
    words = [one.words for one in ticks(begin, end, 8)]
    assert words == ["23:00", "8 Mar", "01:00 EST", "03:00 EDT", "04:00", "05:00", "06:00"]


def test_that_several_days_are_told_apart_by_their_names() -> None:
    assert [one.words for one in ticks(_utc(2026, 10, 30, 2), _utc(2026, 11, 3, 12), 6)] == [
        "30 Oct",
        "31 Oct",
        "1 Nov",
        "2 Nov",
        "3 Nov",
    ]


def test_that_a_time_that_comes_twice_says_which_one_it_is() -> None:
    assert clock_words(_utc(2026, 11, 1, 5, 30)) == "01:30:00 EDT"
    assert clock_words(_utc(2026, 11, 1, 6, 30)) == "01:30:00 EST"
    assert moment_words(_utc(2026, 6, 1, 18, 22, 8)) == "Mon 1 Jun 14:22:08 · 18:22:08 Z"


@given(
    begin=st.floats(_utc(2020, 1, 1), _utc(2035, 1, 1)),
    length=st.floats(1.0, 400 * 86_400.0),
    most=st.integers(1, 30),
)
def test_that_a_scale_is_in_order_within_its_stretch_and_never_crowded(begin: float, length: float, most: int) -> None:
    found = ticks(begin, begin + length, most)
    times = [one.at for one in found]
    assert times == sorted(set(times))
    assert all(begin <= at <= begin + length for at in times)
    assert len(times) <= most + 3  # an hour that comes twice, and the ends


# marks


def test_that_crowded_marks_are_gathered_and_none_is_lost() -> None:
    marks = in_order(crowded_marks())
    groups = gathered(marks, BEGAN, NOON, 120.0)
    assert [one for group in groups for one in group.marks] == marks
    assert len(groups) < len(marks) == len(crowded_marks()) - 1  # a kind that nobody knows is left out
    assert all(second.at - first.at >= 120.0 for first, second in pairwise(groups))
    assert {group.kind for group in groups} <= set(KINDS)


def test_that_a_group_names_the_first_marks_and_counts_the_rest() -> None:
    group = gathered(in_order(crowded_marks()), BEGAN + 2300, BEGAN + 2900, 600.0)[0]
    lines = group_words(group).splitlines()
    assert lines[1].endswith("Incident: MCI — bus crash")
    assert lines[-1] == "… and 5 more"
    assert gap_words(a_gap()).endswith("the disk was full")


# line


@pytest.fixture
def line(qtbot: QtBot) -> TimeLine:
    one = TimeLine(load_palette("dark"), follows=True)
    one.resize(800, one.height())
    qtbot.addWidget(one)
    one.show_span(BEGAN, NOON, crowded_marks(), [a_gap()])
    one.show_moment(NOON - 840)
    one.show()
    return one


def _asked(line: TimeLine) -> list[float]:
    asked: list[float] = []
    line.asked.connect(asked.append)
    return asked


@pytest.mark.parametrize(
    ("key", "goal"),
    [
        (Qt.Key.Key_Left, NOON - 900),
        (Qt.Key.Key_Right, NOON - 780),
        (Qt.Key.Key_PageDown, NOON - 1440),
        (Qt.Key.Key_PageUp, NOON - 240),
        (Qt.Key.Key_Home, BEGAN),
        (Qt.Key.Key_End, NOON),
    ],
)
def test_that_keys_move_it_as_they_move_any_slider(line: TimeLine, key: Qt.Key, goal: float) -> None:
    asked = _asked(line)
    QTest.keyClick(line, key)
    assert asked == [goal]


def test_that_a_key_goes_on_from_where_it_is_about_to_be(line: TimeLine) -> None:
    asked = _asked(line)
    line.show_moment(NOON - 840, NOON - 3000)
    QTest.keyClick(line, Qt.Key.Key_Left)
    assert asked == [NOON - 3060]


def test_that_control_and_arrows_go_from_mark_to_mark(line: TimeLine) -> None:
    asked = _asked(line)
    line.show_moment(BEGAN + 400)
    QTest.keyClick(line, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(line, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert asked == [BEGAN + 1500, BEGAN + 300]


def test_that_no_key_leads_beyond_what_is_on_record(line: TimeLine) -> None:
    asked = _asked(line)
    line.show_moment(NOON - 10)
    QTest.keyClick(line, Qt.Key.Key_PageUp)
    line.show_moment(BEGAN + 10)
    QTest.keyClick(line, Qt.Key.Key_PageDown)
    assert asked == [NOON, BEGAN]


def test_that_a_screen_reader_hears_a_slider_and_its_time(line: TimeLine) -> None:
    spoken = QAccessible.queryAccessibleInterface(line)
    assert spoken.role() == QAccessible.Role.Slider
    assert spoken.text(QAccessible.Text.Name) == "Time line"
    assert spoken.text(QAccessible.Text.Description) == moment_words(NOON - 840)
    assert line.value() == round(NOON - 840 - BEGAN)


def test_that_a_click_on_a_mark_goes_to_its_very_moment(line: TimeLine) -> None:
    asked = _asked(line)
    x = round(line.x_of(BEGAN + 300))
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(x + 2, 10))
    assert asked == [BEGAN + 300]


@pytest.mark.qt_log_ignore(r"This plugin does not support raise\(\)", extend=True)  # of the tooltip, offscreen
def test_that_dragging_asks_for_each_moment_in_the_past_and_for_the_last_one_in_the_present(line: TimeLine) -> None:
    for follows, times in ((True, 3), (False, 1)):
        line.follows = follows
        asked = _asked(line)
        QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=QPoint(60, 10))
        for x in (200, 300):
            QTest.mouseMove(line, QPoint(x, 10))
        QTest.mouseRelease(line, Qt.MouseButton.LeftButton, pos=QPoint(300, 10))
        assert len(asked) == times
        assert asked[-1] == pytest.approx(line.at_x(300))
        line.asked.disconnect()


def test_that_the_wheel_shows_less_of_it_around_the_pointer_and_marks_come_apart(line: TimeLine) -> None:
    before = line.at_x(300)
    crowded = len(line.groups())
    for _ in range(6):
        wheel = QWheelEvent(
            QPointF(300, 10),
            QPointF(300, 10),
            QPoint(),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(line, wheel)
    assert line.at_x(300) == pytest.approx(before, abs=1.0)
    assert line.at_x(800) - line.at_x(0) < 1200
    line.show_moment(BEGAN + 2600)  # what is shown follows the moment
    assert 0 <= line.x_of(BEGAN + 2600) <= 800
    assert crowded


def test_that_a_long_operation_comes_up_with_its_last_hours_and_the_wheel_leads_to_all(qtbot: QtBot) -> None:
    line = TimeLine(load_palette("dark"), follows=True)
    qtbot.addWidget(line)
    line.resize(600, line.height())
    line.show_span(NOON - 20 * 86_400, NOON, [], [])
    assert line.at_x(0) == pytest.approx(NOON - 12 * 3600)
    line.zoom(1 / 1000, NOON)
    assert line.at_x(0) == NOON - 20 * 86_400


def test_that_what_is_pointed_at_is_said_with_its_time(line: TimeLine) -> None:
    assert "Alert: Flash <b>Flood</b> Warning" in line.words_at(line.x_of(BEGAN + 1500))
    assert "the disk was full" in line.words_at(line.x_of(BEGAN + 4300))
    assert line.words_at(line.x_of(BEGAN + 700)) == moment_words(line.at_x(line.x_of(BEGAN + 700)))


def test_that_hostile_marks_are_plain_and_short(line: TimeLine) -> None:
    hostile = TimeMark(BEGAN + 50, "alert", "x", "y", "<img src=x onerror=1>\n\u202e" + "A" * 5000)
    line.show_span(BEGAN, NOON, [hostile], [])
    words = line.words_at(line.x_of(BEGAN + 50))
    assert "\u202e" not in words
    assert len(words) < 200
    line.grab()


def test_that_a_record_of_nothing_asks_for_nothing(qtbot: QtBot) -> None:
    line = TimeLine(load_palette("dark"), follows=True)
    qtbot.addWidget(line)
    line.resize(300, line.height())
    line.show()
    asked = _asked(line)
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(100, 10))
    QTest.keyClick(line, Qt.Key.Key_Home)
    assert asked == []
    line.grab()


# bar


def test_that_the_bar_says_the_moment_by_both_clocks_and_how_far_back_it_is(qtbot: QtBot) -> None:
    bar = TimeBar(load_palette("dark"), past=True)
    qtbot.addWidget(bar)
    bar.resize(1100, bar.sizeHint().height())
    bar.show()
    bar.show_span(_SPAN, NOON)
    bar.show_past(NOON - 840, NOON)
    assert bar.clock.text().endswith("2026")
    assert bar.ago.text().endswith("Z · 14 min ago")
    bar.show_pace(playing=True, speed=20)
    assert (bar.play.accessibleName(), bar.speed.currentText()) == ("Pause", "20×")


@pytest.mark.parametrize("past", [True, False])
def test_that_every_part_of_the_bar_is_named_and_reached_by_keys(qtbot: QtBot, past: bool) -> None:
    bar = TimeBar(load_palette("dark"), past=past)
    qtbot.addWidget(bar)
    bar.show()
    parts = [
        one for one in bar.findChildren(QWidget) if one.isVisible() and one.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert all(one.accessibleName() for one in parts)
    assert len(parts) == (8 if past else 3)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_that_the_bar_looks_as_agreed(qtbot: QtBot, name: Literal["dark", "light"]) -> None:
    palette = load_palette(name)
    QApplication.setPalette(qt_palette(palette))
    board = QWidget()
    qtbot.addWidget(board)
    board.setStyleSheet(stylesheet(palette))
    lines = QVBoxLayout(board)
    live, there = TimeBar(palette, past=False), TimeBar(palette, past=True)
    for bar in (live, there):
        bar.show_span(_SPAN, NOON)
        lines.addWidget(bar)
    live.show_live(NOON)
    there.show_past(NOON - 840, NOON, wanted=NOON - 2000)
    there.show_pace(playing=True, speed=10)
    there.show_readers([("", "us"), ("gastonia-fd", "Gastonia FD")], "gastonia-fd")
    there.show_late([("Medic 9 (Mecklenburg EMS): said 13:40:00, heard 13:49:00", ("unit", "m", "9"))])
    there.say("Task Decon corridor: accepted")
    board.resize(1000, board.sizeHint().height())
    board.show()
    QApplication.processEvents()
    assert_golden(board.grab().toImage(), f"time-bar-{name}")
