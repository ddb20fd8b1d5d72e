"""Fingers on the map."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from cop.map.view import MapView
from cop.picture.picture import Picture
from tests.map.test_view import put_unit, surface, under

ShowMap = Callable[..., MapView]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(scope="module")
def screen(qapp: QApplication) -> QPointingDevice:
    """A touch screen."""
    return QTest.createTouchDevice(QInputDevice.DeviceType.TouchScreen)


def tap(view: MapView, screen: QPointingDevice, at: QPoint) -> None:
    on = surface(view).viewport()
    QTest.touchEvent(on, screen).press(0, at, on).commit()
    QTest.touchEvent(on, screen).release(0, at, on).commit()


def test_that_one_finger_moves_the_map(show_map: ShowMap, screen: QPointingDevice) -> None:
    view = show_map()
    on = surface(view).viewport()
    before = under(view, QPoint(400, 300))
    QTest.touchEvent(on, screen).press(0, QPoint(400, 300), on).commit()
    for x in (380, 340, 300):
        QTest.touchEvent(on, screen).move(0, QPoint(x, 300), on).commit()
    QTest.touchEvent(on, screen).release(0, QPoint(300, 300), on).commit()
    # the way until it was known to be a drag is not lost
    assert under(view, QPoint(300, 300)) == pytest.approx(before)
    assert view.moves.locked


def test_that_two_fingers_zoom_about_what_lies_between_them(show_map: ShowMap, screen: QPointingDevice) -> None:
    view = show_map()
    on = surface(view).viewport()
    scale, between = view.view.metres_per_pixel, under(view, QPoint(400, 300))
    QTest.touchEvent(on, screen).press(0, QPoint(350, 300), on).commit()
    QTest.touchEvent(on, screen).move(0, QPoint(350, 300), on).press(1, QPoint(450, 300), on).commit()
    QTest.touchEvent(on, screen).move(0, QPoint(300, 300), on).move(1, QPoint(500, 300), on).commit()
    QTest.touchEvent(on, screen).release(0, QPoint(300, 300), on).release(1, QPoint(500, 300), on).commit()
    assert view.view.metres_per_pixel == pytest.approx(scale / 2, rel=1e-3)
    assert under(view, QPoint(400, 300)) == pytest.approx(between, rel=1e-6)


def test_that_a_tap_selects_what_stands_there(
    show_map: ShowMap, picture: Picture, screen: QPointingDevice, qtbot: QtBot
) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(200, 200))
    with qtbot.waitSignal(view.selected) as told:
        tap(view, screen, QPoint(200, 200))
    assert told.args == ["unit", "a", "u"]


def test_that_two_taps_zoom_in(show_map: ShowMap, screen: QPointingDevice) -> None:
    view = show_map()
    scale = view.view.metres_per_pixel
    tap(view, screen, QPoint(300, 300))
    tap(view, screen, QPoint(302, 301))
    assert view.view.metres_per_pixel == pytest.approx(scale / 2)


def test_that_a_long_press_opens_the_menu_of_the_place(
    show_map: ShowMap, screen: QPointingDevice, qtbot: QtBot
) -> None:
    view = show_map()
    on = surface(view).viewport()
    QTest.touchEvent(on, screen).press(0, QPoint(300, 300), on).commit()
    view._fingers._long.timeout.emit()  # its time is over
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    menu.close()
    QTest.touchEvent(on, screen).release(0, QPoint(300, 300), on).commit()


def test_that_a_finger_left_over_from_a_pinch_neither_drags_nor_taps(
    show_map: ShowMap, screen: QPointingDevice, qtbot: QtBot
) -> None:
    view = show_map()
    on = surface(view).viewport()
    told: list[object] = []
    view.selected.connect(lambda *args: told.append(args))
    QTest.touchEvent(on, screen).press(0, QPoint(350, 300), on).commit()
    QTest.touchEvent(on, screen).move(0, QPoint(350, 300), on).press(1, QPoint(450, 300), on).commit()
    QTest.touchEvent(on, screen).move(0, QPoint(350, 300), on).release(1, QPoint(450, 300), on).commit()
    before = view.view
    QTest.touchEvent(on, screen).move(0, QPoint(100, 100), on).commit()
    QTest.touchEvent(on, screen).release(0, QPoint(100, 100), on).commit()
    assert view.view == before
    assert not told


def test_that_fingers_do_to_a_tool_what_the_mouse_does(show_map: ShowMap, screen: QPointingDevice) -> None:
    from cop.map.tools.tool import Tool

    class Noting(Tool):
        """Writes down what it is told."""

        name = label = "noting"
        told: list[str]

        def click(self, at: QPointF, view: object) -> None:
            self.told.append("click")

        def takes_drag(self, at: QPointF, view: object) -> bool:
            return True

        def drag(self, at: QPointF, view: object) -> None:
            self.told.append("drag")

        def drop(self, at: QPointF, view: object) -> None:
            self.told.append("drop")

    view = show_map()
    tool = Noting(view._palette)
    tool.told = told = []
    view.take_tool(tool)
    before = view.view
    tap(view, screen, QPoint(300, 300))
    on = surface(view).viewport()
    QTest.touchEvent(on, screen).press(0, QPoint(300, 300), on).commit()
    QTest.touchEvent(on, screen).move(0, QPoint(350, 300), on).commit()
    QTest.touchEvent(on, screen).release(0, QPoint(350, 300), on).commit()
    assert told[0] == "click"
    assert told[-1] == "drop"
    assert "drag" in told
    assert view.view == before
    assert view.cursor().shape() != Qt.CursorShape.WaitCursor
