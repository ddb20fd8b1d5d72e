"""A screen that is unplugged, and a network that changes."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QObject, QPoint, QRect, Qt, Signal
from PySide6.QtNetwork import QNetworkInformation
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from cop.ui import network, screens
from cop.ui.network import watch_network
from cop.ui.screens import Screens, in_view
from tests.ui.conftest import MakeDesk, MakeWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # the offscreen platform

_LEFT, _RIGHT = QRect(0, 0, 1920, 1040), QRect(1920, 0, 2560, 1400)
_numbers = st.integers(-6000, 6000)
_sizes = st.integers(150, 4000)


def test_that_a_window_that_can_be_taken_hold_of_stays_where_it_is() -> None:
    for frame in (QRect(100, 100, 800, 600), QRect(1800, 900, 800, 600), QRect(-600, 0, 800, 600)):
        assert in_view(frame, [_LEFT, _RIGHT]) == frame


def test_that_a_window_of_a_screen_that_is_gone_comes_to_the_nearest_in_its_size() -> None:
    assert in_view(QRect(2400, 200, 800, 600), [_LEFT]) == QRect(1120, 200, 800, 600)
    assert in_view(QRect(2400, 200, 2560, 1400), [_LEFT]) == QRect(0, 0, 1920, 1040)
    assert in_view(QRect(100, -300, 800, 600), [_LEFT]) == QRect(100, 0, 800, 600)  # its head above the edge
    assert in_view(QRect(100, 1030, 800, 600), [_LEFT]) == QRect(100, 440, 800, 600)
    assert in_view(QRect(5, 5, 10, 10), []) == QRect(5, 5, 10, 10)


@given(_numbers, _numbers, _sizes, _sizes, st.lists(st.sampled_from([_LEFT, _RIGHT]), min_size=1, unique_by=QRect.left))
def test_that_whatever_comes_back_is_in_view_and_then_stays(
    x: int, y: int, width: int, height: int, plugged: list[QRect]
) -> None:
    once = in_view(QRect(x, y, width, height), plugged)
    assert in_view(once, plugged) == once
    assert any((once & screen).width() >= 120 for screen in plugged)


def test_that_windows_undocked_panels_and_dialogs_come_back_when_their_screen_goes(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens, "_SETTLED_MS", 0)
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    window = make_window(make_desk(), (700, 500))
    keeper = Screens(window)
    dock, dialog = window.unit_dock, QDialog(window)
    qtbot.addWidget(dialog)
    dock.setFloating(True)
    dialog.show()
    whole = application.primaryScreen().availableGeometry()
    gone = QPoint(whole.right() + 500, 100)  # on a screen to the right
    for one in (window, dock, dialog):
        one.move(gone)
    assert not whole.intersects(window.frameGeometry())
    application.screenRemoved.emit(application.primaryScreen())
    for one in (window, dock, dialog):
        qtbot.waitUntil(lambda one=one: whole.contains(one.frameGeometry().topLeft()))  # type: ignore[misc]
    before = window.pos()
    keeper.bring_back()
    assert window.pos() == before


def test_that_a_window_that_filled_a_screen_fills_the_one_it_comes_to(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    window = make_window(make_desk(), (700, 500))
    window.setGeometry(5000, 0, 700, 500)
    window.setWindowState(Qt.WindowState.WindowMaximized)
    window.setGeometry(5000, 0, 700, 500)  # as on a screen that is gone
    Screens(window).bring_back()
    assert window.isMaximized()
    assert application.primaryScreen().availableGeometry().contains(window.frameGeometry().topLeft())


class _Network(QObject):
    """What a system tells of its networks."""

    reachabilityChanged = Signal(QNetworkInformation.Reachability)  # noqa: N815 - Qt's name
    transportMediumChanged = Signal(QNetworkInformation.TransportMedium)  # noqa: N815 - Qt's name


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Callable[[], _Network]:
    found = _Network()
    monkeypatch.setattr(QNetworkInformation, "loadDefaultBackend", lambda: True)
    monkeypatch.setattr(QNetworkInformation, "instance", lambda: found)
    monkeypatch.setattr(network, "_CALM_MS", 0)
    return lambda: found


def test_that_a_network_that_is_back_or_another_is_told_once_it_is_calm(
    qtbot: QtBot, told: Callable[[], _Network]
) -> None:
    calls: list[int] = []
    parent = QObject()
    watch_network(lambda: calls.append(1), parent)
    system = told()
    for now in (
        QNetworkInformation.Reachability.Local,
        QNetworkInformation.Reachability.Site,
        QNetworkInformation.Reachability.Online,
    ):
        system.reachabilityChanged.emit(now)
    qtbot.waitUntil(lambda: calls == [1])
    system.transportMediumChanged.emit(QNetworkInformation.TransportMedium.Cellular)
    qtbot.waitUntil(lambda: calls == [1, 1])


def test_that_a_network_that_is_gone_asks_for_nothing(qtbot: QtBot, told: Callable[[], _Network]) -> None:
    calls: list[int] = []
    parent = QObject()
    watch_network(lambda: calls.append(1), parent)
    told().reachabilityChanged.emit(QNetworkInformation.Reachability.Disconnected)
    told().reachabilityChanged.emit(QNetworkInformation.Reachability.Online)
    qtbot.waitUntil(lambda: bool(calls))
    assert calls == [1]


def test_that_a_system_that_tells_nothing_of_its_networks_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QNetworkInformation, "loadDefaultBackend", lambda: False)
    assert watch_network(lambda: None, QObject()) is None
