"""Where the map looks, and who moves it."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from cop.domain.batch import Batch
from cop.domain.incident import Incident
from cop.domain.unit import Unit
from cop.map.palette import contrast, load_palette
from cop.map.projection import about
from cop.map.tools.draw_zone import DrawZoneTool
from cop.map.view import MapView
from cop.picture.filter import Filter
from cop.picture.picture import Picture
from tests.map.scenes import NOON, positions, report
from tests.map.test_view import LEFT, drag, put_unit, surface, wheel

ShowMap = Callable[..., MapView]
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def put_incident(view: MapView, picture: Picture, name: str, lat: float, lon: float) -> None:
    body = Incident(id=name, at=NOON, title=name, lat=lat, lon=lon)
    view.apply(picture.apply(Batch(reports=[report("a", body)])))


def move_unit(view: MapView, picture: Picture, lat: float, lon: float, *, seconds: int) -> None:
    at = NOON + timedelta(seconds=seconds)
    view.apply(picture.apply(positions(picture, [("a", "u")], np.array([lat]), np.array([lon]), at=at)))


def press(view: MapView, name: str) -> None:
    button = view.findChild(QToolButton, f"map_{name}")
    assert button is not None
    QTest.mouseClick(button, LEFT)


def chip(view: MapView, name: str) -> QLabel:
    found = view.findChild(QLabel, f"map_{name}")
    assert found is not None
    return found


def test_that_a_map_comes_back_to_its_exercises_ground_where_that_is_said(show_map: ShowMap) -> None:
    view = show_map()
    view.moves.live_at(about(35.2245, -80.849, 1.6))
    view.moves.fit()
    view.settle()
    assert view.view.rect().contains(view.view.place(35.2245 + 1.5 / 111.32, -80.849))
    assert not view.view.rect().contains(view.view.place(35.2245 + 3.5 / 111.32, -80.849))


def test_that_the_map_shows_new_incidents_by_itself_until_a_hand_moves_it(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    view.moves.toggle_lock()  # showing a place had locked it
    put_incident(view, picture, "one", 35.6, -80.9)
    assert view.view.rect().contains(view.view.place(35.6, -80.9))
    wheel(view, QPoint(300, 300), 1)
    assert view.moves.locked
    before = view.view
    put_incident(view, picture, "two", 34.2, -80.9)
    assert view.view == before


@pytest.mark.parametrize("hand", ["wheel", "drag", "key", "button", "click"])
def test_that_any_hand_on_the_map_locks_it(show_map: ShowMap, hand: str) -> None:
    view = show_map()
    view.moves.toggle_lock()
    if hand == "wheel":
        wheel(view, QPoint(300, 300), 1)
    elif hand == "drag":
        drag(view, QPoint(400, 300), QPoint(300, 260))
    elif hand == "key":
        QTest.keyClick(view, Qt.Key.Key_Left)
    elif hand == "click":
        QTest.mouseClick(surface(view).viewport(), LEFT, pos=QPoint(300, 300))
    else:
        press(view, "zoom_in")
    assert view.moves.locked


def test_that_incidents_in_view_do_not_move_the_map(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    view.moves.toggle_lock()
    before = view.view
    put_incident(view, picture, "one", 35.24, -80.9)
    assert view.view == before


def test_that_new_words_about_known_incidents_do_not_move_the_map(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    view.moves.toggle_lock()
    put_incident(view, picture, "one", 35.6, -80.9)
    view.moves._box.look_at(0.0, 0.0)  # as if something but a hand had moved it
    body = Incident(id="one", at=NOON + timedelta(minutes=1), rev=2, title="other words", lat=35.6, lon=-80.9)
    before = view.view
    view.apply(picture.apply(Batch(reports=[report("a", body)])))
    assert view.view == before


def test_that_the_lock_shows_its_state_and_unlocking_shows_all_incidents(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    lock = view.findChild(QToolButton, "map_lock")
    assert lock is not None
    assert view.moves.locked  # a place was shown because somebody asked for it
    assert "stays where you put it" in lock.toolTip()
    put_incident(view, picture, "one", 36.4, -80.9)
    assert not view.view.rect().contains(view.view.place(36.4, -80.9))
    press(view, "lock")
    assert "by itself" in lock.accessibleDescription()
    assert not view.moves.locked
    assert view.view.rect().contains(view.view.place(36.4, -80.9))
    press(view, "lock")
    assert view.moves.locked


def test_that_one_goes_back_to_earlier_views_and_forth_again(show_map: ShowMap) -> None:
    view = show_map()
    first = view.moves.look
    view.show_place(35.0, -81.0, 10_000.0)
    second = view.moves.look
    view.show_place(36.0, -80.0, 20_000.0)
    third = view.moves.look
    view.moves.back()
    assert view.moves.look.is_near(second)
    view.moves.back()
    assert view.moves.look.is_near(first)
    view.moves.forward()
    view.moves.forward()
    assert view.moves.look.is_near(third)
    assert not view.moves.can_go_forward


def test_that_a_new_way_forgets_the_views_one_came_back_from(show_map: ShowMap) -> None:
    view = show_map()
    view.show_place(35.0, -81.0)
    view.moves.back()
    assert view.moves.can_go_forward
    view.show_place(34.0, -80.0)
    view.moves.back()
    view.show_place(33.0, -80.0)
    assert not view.moves.can_go_forward


def test_that_views_passed_in_a_drag_are_none_to_go_back_to(show_map: ShowMap) -> None:
    view = show_map()
    first = view.moves.look
    drag(view, QPoint(500, 300), QPoint(200, 300))
    wheel(view, QPoint(300, 300), 2)
    view.moves.back()
    assert view.moves.look.is_near(first)


@pytest.mark.parametrize("turn", [Qt.MouseButton.BackButton, Qt.MouseButton.ForwardButton])
def test_that_the_mouses_side_buttons_go_back_and_forth(show_map: ShowMap, turn: Qt.MouseButton) -> None:
    view = show_map()
    first = view.moves.look
    view.show_place(35.0, -81.0)
    second = view.moves.look
    if turn == Qt.MouseButton.ForwardButton:
        view.moves.back()
    on = surface(view).viewport()
    at = QPointF(300, 300)
    QApplication.sendEvent(
        on,
        QMouseEvent(QEvent.Type.MouseButtonPress, at, on.mapToGlobal(at), turn, turn, Qt.KeyboardModifier.NoModifier),
    )
    assert view.moves.look.is_near(first if turn == Qt.MouseButton.BackButton else second)


def test_that_a_followed_unit_stays_in_the_middle_until_a_hand_moves_the_map(
    show_map: ShowMap, picture: Picture
) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(100, 100))
    view.moves.follow(("a", "u"))
    assert "Following Adam 12" in chip(view, "followed").text()
    picture.tracks.pace = 100.0  # it does not jump
    move_unit(view, picture, 35.5, -80.5, seconds=10)
    middle = view.view.place(35.5, -80.5)
    assert abs(middle.x() - 400) <= 1
    assert abs(middle.y() - 300) <= 1
    drag(view, QPoint(400, 300), QPoint(300, 260))
    assert view.moves.following is None
    before = view.view
    move_unit(view, picture, 35.6, -80.4, seconds=20)
    assert view.view == before
    assert chip(view, "followed").isHidden()


def test_that_zooming_goes_on_following_and_zooms_at_the_unit(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(100, 100))
    view.moves.follow(("a", "u"))
    wheel(view, QPoint(700, 500), 2)
    assert view.moves.following == ("a", "u")
    at = view.view.place(*_place(picture))
    assert abs(at.x() - 400) <= 1
    assert abs(at.y() - 300) <= 1


def test_that_following_says_when_the_unit_was_last_heard(show_map: ShowMap, picture: Picture) -> None:
    now = [NOON]
    view = show_map(now=lambda: now[0])
    put_unit(view, picture, QPoint(100, 100))
    view.moves.follow(("a", "u"))
    now[0] += timedelta(minutes=4)
    view.tick()
    assert "last heard 4 min" in chip(view, "followed").text()


def test_that_a_unit_that_is_taken_back_is_followed_no_longer(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(100, 100))
    view.moves.follow(("a", "u"))
    gone = Unit(id="u", at=NOON + timedelta(minutes=1), rev=9, deleted=True)
    view.apply(picture.apply(Batch(reports=[report("a", gone)])))
    assert view.moves.following is None


def test_that_a_press_on_the_chip_ends_following(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(100, 100))
    view.moves.follow(("a", "u"))
    QTest.mouseClick(chip(view, "followed"), LEFT)
    assert view.moves.following is None


def test_that_the_filter_says_on_the_map_how_many_it_hides(show_map: ShowMap, picture: Picture, qtbot: QtBot) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(100, 100), "u", "Adam 12")
    put_unit(view, picture, QPoint(300, 300), "v", "Adam 13")
    view.apply(picture.apply(Batch(reports=[report("a", Unit(id="v", at=NOON, rev=2, kind="bus"))])))
    view.set_filter(Filter(kinds=frozenset({"bus"})))
    said = chip(view, "filtered")
    assert said.text() == "2 units, 1 hidden by filter"
    assert said.isVisible()
    edge = said.grab().toImage().pixelColor(said.width() // 2, 0)
    assert contrast(edge.name(), load_palette("dark").warn) < 1.5  # it warns: somebody may look for who is hidden
    with qtbot.waitSignal(view.layers_asked):
        QTest.mouseClick(said, LEFT)
    view.set_filter(Filter())
    assert said.isHidden()


def _place(picture: Picture) -> tuple[float, float]:
    row = picture.tracks.row_of("a", "u")
    return float(picture.tracks.lat[row]), float(picture.tracks.lon[row])


def test_that_a_map_with_a_tool_in_hand_goes_nowhere_by_itself(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(100, 100))
    view.moves.toggle_lock()
    view.moves.follow(("a", "u"))
    view.take_tool(DrawZoneTool(view.layer_set.tool_context()))
    assert view.moves.following is None
    QTest.mouseClick(surface(view), LEFT, pos=QPoint(300, 300))
    before = view.view
    put_incident(view, picture, "far", 33.0, -78.0)
    move_unit(view, picture, 34.5, -79.5, seconds=10)
    assert view.view == before


def test_that_the_map_does_not_run_after_a_followed_unit_to_a_place_that_can_hardly_be_true(
    show_map: ShowMap, picture: Picture
) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(100, 100))
    view.moves.follow(("a", "u"))
    before = view.view
    change = picture.apply(
        positions(picture, [("a", "u")], np.array([0.0]), np.array([0.0]), at=NOON + timedelta(seconds=9))
    )
    picture.tracks.doubt(np.array([0]), np.array([True]), np.array([False]))
    view.apply(change)
    view.tick()
    assert view.view == before
    assert "its place is doubtful" in chip(view, "followed").text()
    view.moves.follow(None)
    view.moves.follow(("a", "u"))  # somebody asks for it nevertheless
    assert view.view != before


def test_that_what_is_not_shown_at_all_and_a_selected_unit_that_is_hidden_are_said_on_the_map(
    show_map: ShowMap, picture: Picture
) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(100, 100))
    said = chip(view, "filtered")
    view.set_layer("units", visible=False)
    view.set_layer("zones", visible=False)
    assert said.text() == "not shown: units, zones and alerts"
    view.restore(view.state())
    assert said.isVisible()
    view.set_layer("units", visible=True)
    view.set_layer("zones", visible=True)
    assert said.isHidden()
    view.set_filter(Filter(agencies=frozenset({"a"})))
    assert said.text() == "1 units, 1 hidden by filter"
    view.set_selection("unit", "a", "u")
    assert said.text() == "1 units, 1 hidden by filter · the selected one too"
    view.moves.follow(("a", "u"))
    assert "hidden by filter" in chip(view, "followed").text()
