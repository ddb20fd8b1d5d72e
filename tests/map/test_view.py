"""The map under a real mouse and keyboard."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsView, QLabel, QMenu, QToolButton
from pytestqt.qtbot import QtBot

from cop.domain.area import Zone
from cop.domain.batch import Batch
from cop.domain.incident import Incident
from cop.domain.unit import Unit
from cop.map import coordinates
from cop.map.palette import load_palette
from cop.map.projection import place_to_degrees, to_degrees
from cop.map.view import MapView
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from tests.map.scenes import NOON, REGION, busy_day, positions, report

ShowMap = Callable[..., MapView]
#: what the offscreen platform says of every popup
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def surface(view: MapView) -> QGraphicsView:
    graphics = view.findChild(QGraphicsView)
    assert graphics is not None
    return graphics


def under(view: MapView, point: QPoint) -> tuple[float, float]:
    """Map metres under a point of the screen."""
    return view.view.metres(QPointF(point))


def drag(view: MapView, start: QPoint, end: QPoint) -> None:
    on = surface(view).viewport()
    QTest.mouseMove(on, start)
    QTest.mousePress(on, LEFT, pos=start)
    for step in range(1, 6):
        QTest.mouseMove(on, start + (end - start) * step / 5)
        QTest.qWait(12)  # pyqtgraph takes a move at most every ten milliseconds
    QTest.mouseRelease(on, LEFT, pos=end)


def wheel(view: MapView, at: QPoint, notches: int) -> None:
    on = surface(view).viewport()
    event = QWheelEvent(
        QPointF(at),
        QPointF(on.mapToGlobal(at)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(on, event)


def put_unit(view: MapView, picture: Picture, at: QPoint, unit: str = "u", callsign: str = "Adam 12") -> None:
    lat, lon = place_to_degrees(*under(view, at))
    view.apply(picture.apply(Batch(reports=[report("a", Unit(id=unit, at=NOON, callsign=callsign))])))
    view.apply(picture.apply(positions(picture, [("a", unit)], np.array([lat]), np.array([lon]))))


def put_incident(view: MapView, picture: Picture, at: QPoint) -> None:
    lat, lon = place_to_degrees(*under(view, at))
    body = Incident(id="i", at=NOON, type="fire", priority=1, title="Fire", lat=lat, lon=lon)
    view.apply(picture.apply(Batch(reports=[report("a", body)])))


def open_menu(view: MapView, qtbot: QtBot, at: QPoint) -> QMenu:
    QTest.mouseClick(surface(view).viewport(), RIGHT, pos=at)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(qtbot: QtBot, menu: QMenu, text: str) -> None:
    """Choose an entry with the mouse, as a person does."""
    action = next(one for one in menu.actions() if one.text().startswith(text))
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)


def test_that_a_drag_moves_the_ground_with_the_hand(show_map: ShowMap) -> None:
    view = show_map()
    start, end = QPoint(300, 200), QPoint(420, 290)
    grabbed = under(view, start)
    scale = view.view.metres_per_pixel
    drag(view, start, end)
    assert under(view, end) == pytest.approx(grabbed, abs=scale)
    assert view.view.metres_per_pixel == scale


@pytest.mark.parametrize("notches", [1, -2])
def test_that_the_wheel_zooms_and_keeps_what_lies_under_the_cursor(show_map: ShowMap, notches: int) -> None:
    view = show_map()
    at = QPoint(130, 450)
    before, scale = under(view, at), view.view.metres_per_pixel
    wheel(view, at, notches)
    assert (view.view.metres_per_pixel < scale) == (notches > 0)
    assert under(view, at) == pytest.approx(before, abs=0.01 * scale)


def test_that_the_wheel_cannot_zoom_out_of_the_world(show_map: ShowMap) -> None:
    view = show_map()
    for _ in range(100):
        wheel(view, QPoint(10, 10), 5)
    nearest = view.view.metres_per_pixel
    for _ in range(100):
        wheel(view, QPoint(10, 10), -5)
    assert 0.01 < nearest < 1
    assert 50_000 < view.view.metres_per_pixel < 100_000
    view.grab()


def test_that_a_double_click_zooms_in_at_the_cursor(show_map: ShowMap) -> None:
    view = show_map()
    at = QPoint(600, 150)
    before, scale = under(view, at), view.view.metres_per_pixel
    on = surface(view).viewport()
    QTest.mouseClick(on, LEFT, pos=at)
    QTest.mouseDClick(on, LEFT, pos=at)
    QTest.mouseRelease(on, LEFT, pos=at)
    assert view.view.metres_per_pixel == pytest.approx(scale / 2)
    assert under(view, at) == pytest.approx(before, abs=0.01 * scale)


def test_that_a_resize_keeps_middle_and_scale(show_map: ShowMap) -> None:
    view = show_map()
    middle, scale = under(view, QPoint(400, 300)), view.view.metres_per_pixel
    view.resize(1000, 420)
    QApplication.processEvents()
    assert under(view, QPoint(500, 210)) == pytest.approx(middle, abs=scale)
    assert view.view.metres_per_pixel == scale


@pytest.mark.parametrize("offset", [QPoint(0, 0), QPoint(9, -8)])
def test_that_a_click_near_a_unit_selects_it(show_map: ShowMap, qtbot: QtBot, picture: Picture, offset: QPoint) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(200, 200))
    with qtbot.waitSignal(view.selected) as heard:
        QTest.mouseClick(surface(view).viewport(), LEFT, pos=QPoint(200, 200) + offset)
    assert heard.args == ["unit", "a", "u"]


def test_that_a_click_on_the_label_selects_its_unit(show_map: ShowMap, qtbot: QtBot, picture: Picture) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(200, 200))
    view.grab()
    with qtbot.waitSignal(view.selected) as heard:
        QTest.mouseClick(surface(view).viewport(), LEFT, pos=QPoint(245, 200))
    assert heard.args == ["unit", "a", "u"]


def test_that_a_click_means_the_incident_before_the_unit(show_map: ShowMap, qtbot: QtBot, picture: Picture) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(200, 200))
    put_incident(view, picture, QPoint(206, 200))
    with qtbot.waitSignal(view.selected) as heard:
        QTest.mouseClick(surface(view).viewport(), LEFT, pos=QPoint(200, 200))
    assert heard.args == ["incident", "a", "i"]


def test_that_a_click_on_nothing_says_so(show_map: ShowMap, qtbot: QtBot, picture: Picture) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(200, 200))
    with qtbot.waitSignal(view.selected) as heard:
        QTest.mouseClick(surface(view).viewport(), LEFT, pos=QPoint(200, 240))
    assert heard.args == ["", "", ""]


def test_that_a_drag_selects_nothing(show_map: ShowMap, qtbot: QtBot, picture: Picture) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(200, 200))
    with qtbot.assertNotEmitted(view.selected):
        drag(view, QPoint(200, 200), QPoint(300, 260))


def test_that_a_click_on_its_outline_selects_a_zone(show_map: ShowMap, qtbot: QtBot, picture: Picture) -> None:
    view = show_map()
    corners = [QPoint(100, 100), QPoint(300, 100), QPoint(300, 300), QPoint(100, 300), QPoint(100, 100)]
    ring = [list(reversed(place_to_degrees(*under(view, corner)))) for corner in corners]
    zone = Zone(id="z", at=NOON, geometry={"type": "Polygon", "coordinates": [ring]})
    view.apply(picture.apply(Batch(reports=[report("a", zone)])))
    with qtbot.waitSignal(view.selected) as heard:
        QTest.mouseClick(surface(view).viewport(), LEFT, pos=QPoint(302, 200))
    assert heard.args == ["zone", "a", "z"]


def test_that_a_hidden_layer_is_neither_drawn_nor_hit(show_map: ShowMap, qtbot: QtBot, picture: Picture) -> None:
    view = show_map()
    below_chips = QRect(0, 60, 800, 540)  # above it stands what is not shown
    bare = view.grab(below_chips).toImage()
    put_unit(view, picture, QPoint(200, 200))
    assert view.grab(below_chips).toImage() != bare
    view.set_layer("units", visible=False)
    assert view.grab(below_chips).toImage() == bare
    with qtbot.waitSignal(view.selected) as heard:
        QTest.mouseClick(surface(view).viewport(), LEFT, pos=QPoint(200, 200))
    assert heard.args == ["", "", ""]
    with pytest.raises(KeyError):
        view.set_layer("nowhere", visible=True)


def test_that_an_incident_is_asked_for_where_the_menu_was_opened(show_map: ShowMap, qtbot: QtBot) -> None:
    view = show_map()
    at = QPoint(510, 330)
    lat, lon = place_to_degrees(*under(view, at))
    menu = open_menu(view, qtbot, at)
    with qtbot.waitSignal(view.open_incident_asked) as heard:
        choose(qtbot, menu, "Open incident here")
    assert heard.args == pytest.approx([lat, lon], abs=1e-9)


def test_that_the_grid_reference_goes_to_the_clipboard(show_map: ShowMap, qtbot: QtBot) -> None:
    view = show_map()
    view.show_place(35.2425, -80.953)
    menu = open_menu(view, qtbot, QPoint(400, 300))
    choose(qtbot, menu, "Copy USNG")
    assert QGuiApplication.clipboard().text() == "17S NU 04276 99936"


def test_that_the_menu_of_a_unit_asks_for_it(show_map: ShowMap, qtbot: QtBot, picture: Picture) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(200, 200))
    menu = open_menu(view, qtbot, QPoint(205, 205))
    with qtbot.waitSignal(view.task_asked) as heard:
        choose(qtbot, menu, "Assign task to Adam 12")
    assert heard.args == ["a", "u"]


def test_that_a_callsign_with_markup_or_an_ampersand_stands_in_the_menu_as_it_came(
    show_map: ShowMap, qtbot: QtBot, picture: Picture
) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(200, 200), callsign="<b>B&O</b>\tX")
    menu = open_menu(view, qtbot, QPoint(200, 200))
    assert "Select <b>B&&O</b> X · a" in [action.text() for action in menu.actions()]
    menu.close()


def test_that_the_menu_key_opens_the_menu_in_the_middle(show_map: ShowMap, qtbot: QtBot) -> None:
    view = show_map()
    lat, lon = place_to_degrees(*under(view, QPoint(400, 300)))
    QApplication.sendEvent(view, QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    with qtbot.waitSignal(view.open_incident_asked) as heard:
        choose(qtbot, menu, "Open incident here")
    assert heard.args == pytest.approx([lat, lon], abs=1e-6)


def test_that_the_keyboard_pans_and_zooms(show_map: ShowMap) -> None:
    view = show_map()
    middle, scale = under(view, QPoint(400, 300)), view.view.metres_per_pixel
    QTest.keyClick(view, Qt.Key.Key_Right)
    QTest.keyClick(view, Qt.Key.Key_Up)
    x, y = under(view, QPoint(400, 300))
    assert x > middle[0]
    assert y > middle[1]
    QTest.keyClick(view, Qt.Key.Key_Left)
    QTest.keyClick(view, Qt.Key.Key_Down)
    assert under(view, QPoint(400, 300)) == pytest.approx(middle, abs=scale / 100)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.view.metres_per_pixel < scale
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert view.view.metres_per_pixel == pytest.approx(scale)


def test_that_escape_selects_nothing(show_map: ShowMap, qtbot: QtBot) -> None:
    view = show_map()
    with qtbot.waitSignal(view.selected) as heard:
        QTest.keyClick(view, Qt.Key.Key_Escape)
    assert heard.args == ["", "", ""]


@pytest.mark.parametrize(("name", "closer"), [("map_zoom_in", True), ("map_zoom_out", False)])
def test_that_the_buttons_zoom(show_map: ShowMap, name: str, closer: bool) -> None:
    view = show_map()
    scale = view.view.metres_per_pixel
    button = view.findChild(QToolButton, name)
    assert button is not None
    assert button.accessibleName()
    QTest.mouseClick(button, LEFT)
    assert (view.view.metres_per_pixel < scale) == closer


def test_that_home_shows_all_incidents_and_then_the_region(
    show_map: ShowMap, picture: Picture, whole_ground: Ground
) -> None:
    view = show_map(region=REGION, ground=whole_ground)
    view.apply(busy_day(picture))
    QTest.keyClick(view, Qt.Key.Key_Home)
    placed = [(one.body.lat, one.body.lon) for one in picture.incidents.values() if isinstance(one.body, Incident)]
    assert all(view.view.rect().contains(view.view.place(*place)) for place in placed)
    near = view.view.metres_per_pixel
    QTest.keyClick(view, Qt.Key.Key_Home)
    towns = [one.geometry.centroid for one in whole_ground.jurisdictions if one.level == "municipal"]
    assert all(view.view.rect().contains(view.view.place(town.y, town.x)) for town in towns)
    assert view.view.metres_per_pixel != near


def test_that_the_layers_button_asks_for_the_layers(show_map: ShowMap, qtbot: QtBot) -> None:
    view = show_map()
    button = view.findChild(QToolButton, "map_layers")
    assert button is not None
    with qtbot.waitSignal(view.layers_asked):
        QTest.mouseClick(button, LEFT)


def test_that_the_readout_follows_the_cursor_and_falls_back_to_the_middle(show_map: ShowMap, qtbot: QtBot) -> None:
    view = show_map()
    view.show_place(35.2425, -80.953, 40_000.0)
    readout = view.findChild(QLabel, "map_readout")
    assert readout is not None
    assert readout.text().startswith("17S NU 04276 99936 · 35.24250° N 80.95300° W · 1 : ")
    assert readout.textFormat() == Qt.TextFormat.PlainText
    on = surface(view).viewport()
    QTest.mouseMove(on, QPoint(700, 100))
    lat, lon = place_to_degrees(*under(view, QPoint(700, 100)))
    qtbot.waitUntil(lambda: f"{lat:.5f}° N {-lon:.5f}° W" in readout.text())
    QApplication.sendEvent(on, QEvent(QEvent.Type.Leave))
    assert "35.24250° N" in readout.text()


@pytest.mark.parametrize("width", [240, 330, 420, 800])
def test_that_the_readout_leaves_out_what_the_map_has_no_room_for_and_cuts_nothing(
    show_map: ShowMap, width: int
) -> None:
    view = show_map()
    view.resize(width, 500)
    view.show_place(35.2425, -80.953, 40_000.0)
    readout = view.findChild(QLabel, "map_readout")
    assert readout is not None
    whole = f"17S NU 04276 99936 · 35.24250° N 80.95300° W · {coordinates.scale(view.view.scale)}"
    assert readout.text() in {" · ".join(whole.split(" · ")[:count]) for count in (1, 2, 3)}
    assert view.rect().contains(readout.geometry())
    assert readout.fontMetrics().horizontalAdvance(readout.text()) < readout.width()
    assert width < 800 or readout.text() == whole


@pytest.mark.parametrize("width", [330, 620, 1200])
def test_that_a_long_hint_stands_whole_on_a_narrow_map_and_under_no_button(show_map: ShowMap, width: int) -> None:
    view = show_map()
    view.resize(width, 500)
    corners = view._corners
    corners.say(corners.filtered, "200 units, 121 hidden by filter")
    corners.say(
        corners.hint,
        "radius 800 m · 2,625 ft, 2.01 km² · 496 acres · drag middle or rim · Enter publishes, Esc gives up",
    )
    hint = corners.hint.geometry()
    assert view.rect().contains(hint)
    assert not hint.intersects(corners.buttons.geometry())
    assert not hint.intersects(corners.filtered.geometry())
    inside = hint.adjusted(10, 0, -10, 0)
    wrapped = corners.hint.fontMetrics().boundingRect(inside, Qt.TextFlag.TextWordWrap, corners.hint.text())
    assert wrapped.height() <= hint.height()
    corners.say(corners.hint, "Esc ends")
    assert corners.hint.height() == 26


def test_that_a_selection_from_outside_is_drawn_and_not_echoed(
    show_map: ShowMap, qtbot: QtBot, picture: Picture
) -> None:
    view = show_map()
    view.set_layer("labels", visible=False)  # a label keeps the place that it was given while its unit was selected
    put_unit(view, picture, QPoint(200, 200))
    before = view.grab().toImage()
    with qtbot.assertNotEmitted(view.selected):
        view.set_selection("unit", "a", "u")
    assert view.grab().toImage() != before
    view.set_selection("", "", "")
    assert view.grab().toImage() == before
    view.set_selection("unit", "never", "heard of")
    view.grab()


def test_that_the_shown_place_lies_in_the_middle_at_the_asked_width(show_map: ShowMap) -> None:
    view = show_map()
    view.show_place(35.0, -81.0, 8000.0)
    assert place_to_degrees(*under(view, QPoint(400, 300))) == pytest.approx((35.0, -81.0), abs=1e-6)
    west, south, east, _ = view.view.bounds()
    (lat, _), (_, east_lon) = place_to_degrees(west, south), place_to_degrees(east, south)
    across = np.radians(east_lon - place_to_degrees(west, south)[1]) * 6_378_137.0 * np.cos(np.radians(35.0))
    assert across == pytest.approx(8000.0, rel=1e-3)
    assert lat < 35.0


def test_that_a_second_without_messages_moves_only_what_ages(show_map: ShowMap, picture: Picture) -> None:
    time = [NOON]
    view = show_map(now=lambda: time[0])
    put_unit(view, picture, QPoint(200, 200))
    fresh = view.grab().toImage()
    time[0] += timedelta(seconds=30)
    view.tick()
    assert view.grab().toImage() == fresh
    time[0] += timedelta(seconds=40)
    view.tick()
    assert view.grab().toImage() != fresh


def test_that_moving_units_leave_the_ground_as_it_was_drawn(
    show_map: ShowMap, picture: Picture, whole_ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = show_map(region=REGION, ground=whole_ground)
    view.apply(busy_day(picture))
    view.grab()
    drawn = []
    paint = view.layer_set.basemap.paint
    monkeypatch.setattr(view.layer_set.basemap, "paint", lambda *args: (drawn.append(1), paint(*args)))
    put_unit(view, picture, QPoint(200, 200))
    view.grab()
    assert not drawn
    view.show_place(35.0, -81.0)
    view.grab()
    assert drawn


def test_that_both_themes_can_be_worn_in_turn(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    put_unit(view, picture, QPoint(200, 200))
    dark = view.grab().toImage()
    view.set_palette(load_palette("light"))
    light = view.grab().toImage()
    assert dark.pixelColor(400, 300).lightness() < 60 < 200 < light.pixelColor(400, 300).lightness()
    view.set_palette(load_palette("dark"))
    assert view.grab().toImage() == dark


def test_that_a_picture_as_large_as_a_state_is_taken_in_at_once(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    random = np.random.default_rng(2)
    units = [("a", f"u{index}") for index in range(3000)]
    lat, lon = to_degrees(
        *np.array([under(view, QPoint(int(x), int(y))) for x, y in random.uniform(0, 600, (3000, 2))]).T
    )
    view.layer_set.units.clustered = False
    view.apply(picture.apply(positions(picture, units, lat, lon, course=45.0, speed=10.0)))
    image = view.grab().toImage()
    assert view.layer_set.units.shown_count == 3000
    assert image.pixelColor(300, 300) != image.pixelColor(780, 580)


def test_that_no_zones_name_is_left_below_a_readout_that_has_grown(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    west, south = place_to_degrees(*under(view, QPoint(60, 595)))[::-1]
    east, north = place_to_degrees(*under(view, QPoint(340, 420)))[::-1]
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    area = Zone(id="z", at=NOON, name="Staging", kind="staging", geometry={"type": "Polygon", "coordinates": [ring]})
    view.apply(picture.apply(Batch(reports=[report("a", area)])))
    view._corners.say(view._corners.readout, "short")
    view._corners.readout.resize(40, 26)
    view._corners.place()
    view.grab()
    (before,) = view.layer_set.zones.names
    view._say_where()
    view.grab()
    (after,) = view.layer_set.zones.names
    readout = view._corners.readout.geometry()
    assert before.intersects(readout)
    assert not after.intersects(readout)
