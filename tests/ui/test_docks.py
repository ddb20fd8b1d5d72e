"""Docks: each is wired once, stands on its side, and comes up with its keys."""

import importlib
import pkgutil

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QStyle, QTabBar
from pytestqt.qtbot import QtBot

import cop.ui
from cop.domain.words import UNIT_STATUSES
from cop.ui.controller_dock import ControllerDock
from cop.ui.dock import Dock
from cop.ui.main_window import MainWindow
from tests.ui.conftest import MakeDesk, MakeWindow


def test_that_every_dock_there_is_stands_in_the_window_on_its_side(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    for found in pkgutil.walk_packages(cop.ui.__path__, "cop.ui."):
        importlib.import_module(found.name)
    written = {one for one in Dock.__subclasses__() if one.__module__.startswith("cop.ui.")}
    written.remove(ControllerDock)  # it stands in the window of an exercise's controller alone
    window = make_window(make_desk())
    assert {type(dock) for dock in window.docks} == written
    for dock in window.docks:
        assert window.dockWidgetArea(dock) == dock.side
        assert dock.isHidden() == dock.closed_as_delivered


def test_that_every_dock_has_keys_of_its_own_that_show_it(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert len({dock.keys for dock in window.docks}) == len(window.docks)
    for dock in window.docks:
        pressed = QKeySequence(dock.keys)[0]
        qtbot.keyClick(window, pressed.key(), pressed.keyboardModifiers())
        qtbot.waitUntil(dock.in_sight)
        focused = QApplication.focusWidget()
        assert focused is not None
        assert dock.isAncestorOf(focused)


def test_that_no_word_of_a_status_is_cut_in_the_list_of_units(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    window = make_window(make_desk())
    view = window.unit_dock.view
    status = [column.heading for column in window.unit_dock.model.columns].index("Status")
    room = view.columnWidth(status) - 2 * (view.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin) + 1)
    words = {word for label in UNIT_STATUSES.values() for word in label.split()}
    assert {word for word in words if view.fontMetrics().horizontalAdvance(word) > room} == set()


@pytest.mark.parametrize("size", [(1366, 728), (1600, 900), (1920, 1040)])
def test_that_the_docks_leave_room_for_the_map_in_a_small_window(
    make_desk: MakeDesk, make_window: MakeWindow, size: tuple[int, int]
) -> None:
    window = make_window(make_desk(), size)
    assert window.map_view.width() >= 0.44 * window.width()
    assert window.map_view.height() >= 0.6 * window.height()


@pytest.mark.qt_log_ignore(r"This plugin does not support raise\(\)", extend=True)  # the offscreen platform
def test_that_the_dock_in_focus_is_taken_out_of_the_window_and_put_back_by_key(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    modifiers = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    window.map_view.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_D, modifiers)
    assert "Ctrl+1" in window.notice.text()
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    for floating in (True, False):
        qtbot.waitUntil(window.unit_dock.isActiveWindow)
        qtbot.keyClick(window.unit_dock.view, Qt.Key.Key_D, modifiers)
        assert window.unit_dock.isFloating() == floating
        assert window.unit_dock.isVisible()


@pytest.mark.parametrize("size", [(1366, 768), (1600, 900), (1920, 1080)])
@pytest.mark.parametrize("opened", [(), ("Ctrl+9",), ("Ctrl+9", "Ctrl+7", "Ctrl+L")])
def test_that_every_tab_can_be_read_whatever_is_open_beside_it(
    qtbot: QtBot,
    make_desk: MakeDesk,
    make_window: MakeWindow,
    size: tuple[int, int],
    opened: tuple[str, ...],
) -> None:
    window = make_window(make_desk(), size)
    for keys in opened:
        pressed = QKeySequence(keys)[0]
        qtbot.keyClick(window, pressed.key(), pressed.keyboardModifiers())
    (bar,) = (one for one in tab_bars(window) if one.tabText(0).startswith("Inc"))
    assert bar.count() == 5 + len(opened)
    qtbot.waitUntil(lambda: bar.sizeHint().width() <= bar.width())
    assert all(bar.tabToolTip(at) for at in range(bar.count()))


def test_that_a_title_gives_up_the_numbers_that_ask_for_nothing_first(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk(), (1366, 768))
    window.agreements_dock.show()
    (bar,) = (one for one in tab_bars(window) if one.tabText(0).startswith("Inc"))
    qtbot.waitUntil(lambda: bar.tabText(1) == "Units")
    assert bar.tabText(0) == "Incidents 2"
    assert bar.tabToolTip(1) == "<span>Units 5 (Ctrl+2)</span>"
    window.resize(1920, 1080)
    window.resizeDocks([window.incident_dock], [600], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: bar.tabText(1) == "Units 5")


def test_that_the_window_as_delivered_has_no_line_beside_its_tabs(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    window.layout_of_docks.deliver()
    qtbot.waitUntil(lambda: all(not one.drawBase() for one in tab_bars(window)))


def tab_bars(window: MainWindow) -> list[QTabBar]:
    """The bars between which docks are chosen."""
    bars = window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return [one for one in bars if one.isVisible() and one.count() > 1]
