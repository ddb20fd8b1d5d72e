"""The tools that measure, used by hand: real mouse and real keys."""

import math
from collections.abc import Iterator
from typing import cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from cop.domain import geodesic
from cop.domain.batch import Batch
from cop.domain.incident import Incident
from cop.map import sketch as sketching
from cop.map.layers.sketches import SketchLayer
from cop.map.measures import Measures, bearing, metric_area, metric_length, us_area, us_length
from cop.map.palette import colour, load_palette
from cop.map.projection import place_to_degrees, place_to_metres
from cop.map.sketch import Sketch
from cop.map.tools import tool_kinds
from cop.map.tools.range_rings import RangeRingsTool, read_radii
from cop.map.tools.tool import Tool
from cop.map.view import MapView
from cop.map.viewport import Viewport
from cop.picture.picture import Picture
from tests.map import scenes
from tests.map.conftest import ShowMap
from tests.map.golden import assert_golden

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
Places = tuple[geodesic.Place, ...]


def take(view: MapView, name: str) -> Tool:
    tool = next(one for one in tool_kinds() if one.name == name).make(view.layer_set.tool_context())
    view.take_tool(tool)
    return tool


def surface(view: MapView) -> QWidget:
    return cast(QWidget, view._graphics.viewport())


def hover(view: MapView, x: int, y: int) -> None:
    QTest.qWait(12)  # pyqtgraph takes a move at most every ten milliseconds
    QTest.mouseMove(surface(view), QPoint(x, y))


def click(view: MapView, x: int, y: int, button: Qt.MouseButton = LEFT) -> None:
    hover(view, x, y)
    QTest.mouseClick(surface(view), button, pos=QPoint(x, y))


def double_click(view: MapView, x: int, y: int) -> None:
    click(view, x, y)
    QTest.mouseDClick(surface(view), LEFT, pos=QPoint(x, y))
    QTest.mouseRelease(surface(view), LEFT, pos=QPoint(x, y))


def drag(view: MapView, start: QPoint, end: QPoint) -> None:
    hover(view, start.x(), start.y())
    QTest.mousePress(surface(view), LEFT, pos=start)
    for step in range(1, 6):
        at = start + (end - start) * step / 5
        hover(view, at.x(), at.y())
    QTest.mouseRelease(surface(view), LEFT, pos=end)


def place_at(view: MapView, x: float, y: float) -> geodesic.Place:
    return place_to_degrees(*view.view.metres(QPointF(x, y)))


def kept(view: MapView) -> list[Sketch]:
    return view.layer_set.sketches.kept


def figures(view: MapView, sketch: Sketch) -> list[str]:
    return [one.text for one in sketching.figures(sketch, view.layer_set.measures)]


@pytest.fixture
def crowd(picture: Picture) -> Picture:
    """A unit in the middle of the map, an incident to the east of it."""
    batch = scenes.positions(picture, [("a", "Engine 5")], np.array([35.24]), np.array([-80.9]))
    picture.apply(batch)
    spill = Incident(id="i", at=scenes.NOON, type="hazmat", priority=1, title="Spill", lat=35.24, lon=-80.8)
    picture.apply(Batch(reports=[scenes.report("a", spill)]))
    return picture


def test_that_a_distance_is_clicked_leg_by_leg_and_stays_on_the_map(show_map: ShowMap) -> None:
    view = show_map()
    tool = take(view, "distance")
    assert tool.hint.startswith("Distance")
    click(view, 200, 300)
    click(view, 400, 300)
    double_click(view, 400, 150)
    assert view.tool is None
    (sketch,) = kept(view)
    wanted = [place_at(view, 200, 300), place_at(view, 400, 300), place_at(view, 400, 150)]
    assert np.allclose(sketch.places, wanted, atol=1e-9)
    total = sum(geodesic.legs_m(wanted))
    assert total == pytest.approx(17_500, rel=0.01)  # 350 pixels of 50 m on the ground
    first, *legs = figures(view, sketch)
    assert first.startswith(f"Total {Measures().length(total)}\nLast leg ")
    assert first.endswith("000° true")
    assert len(legs) == 1  # the last leg stands with the total


def test_that_backspace_takes_a_point_back_and_enter_keeps_the_rest(show_map: ShowMap) -> None:
    view = show_map()
    take(view, "distance")
    for x in (200, 300, 400):
        click(view, x, 300)
    QTest.keyClick(view, Qt.Key.Key_Backspace)
    QTest.keyClick(view, Qt.Key.Key_Return)
    (sketch,) = kept(view)
    assert np.allclose(sketch.places, [place_at(view, 200, 300), place_at(view, 300, 300)], atol=1e-9)
    assert view.tool is None


def test_that_enter_on_too_few_points_goes_on_and_escape_leaves_nothing(show_map: ShowMap) -> None:
    view = show_map()
    take(view, "area")
    click(view, 200, 300)
    click(view, 300, 300)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert view.tool is not None
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.tool is None
    assert kept(view) == []


def test_that_the_right_button_keeps_what_is_there(show_map: ShowMap) -> None:
    view = show_map()
    take(view, "distance")
    click(view, 200, 300)
    click(view, 300, 300)
    click(view, 500, 500, RIGHT)
    assert len(kept(view)) == 1
    assert view.tool is None
    take(view, "distance")
    click(view, 500, 500, RIGHT)
    assert len(kept(view)) == 1


def test_that_the_line_to_the_cursor_is_drawn_while_measuring(show_map: ShowMap) -> None:
    view = show_map()
    view.set_layer("units", visible=False)
    take(view, "distance")
    click(view, 200, 300)
    hover(view, 600, 305)
    inked = colour(view.layer_set._palette.selection)
    image = view.grab().toImage()
    ratio = image.devicePixelRatio()
    column = [image.pixelColor(round(330 * ratio), round(y * ratio)) for y in range(290, 312)]
    assert any(abs(one.red() - inked.red()) + abs(one.blue() - inked.blue()) < 40 for one in column)


def test_that_an_area_is_geodesic_and_has_a_perimeter(show_map: ShowMap) -> None:
    view = show_map()
    take(view, "area")
    for x, y in ((200, 200), (400, 200), (400, 400)):
        click(view, x, y)
    double_click(view, 200, 400)
    (sketch,) = kept(view)
    area, perimeter = geodesic.area_and_perimeter(list(sketch.places))
    assert area == pytest.approx(10_000.0**2, rel=0.01)
    (text,) = figures(view, sketch)
    assert text == f"{Measures().area(area)}\nAround {Measures().length(perimeter)}"


def test_that_an_outline_that_crosses_itself_is_given_no_area(show_map: ShowMap) -> None:
    view = show_map()
    take(view, "area")
    for x, y in ((200, 200), (400, 400), (400, 200)):
        click(view, x, y)
    double_click(view, 200, 400)
    (sketch,) = kept(view)
    (text,) = figures(view, sketch)
    assert "crosses itself" in text


def test_that_a_bearing_snaps_to_units_and_incidents_and_names_them(show_map: ShowMap, crowd: Picture) -> None:
    view = show_map()
    take(view, "bearing")
    unit, spill = view.view.place(35.24, -80.9).toPoint(), view.view.place(35.24, -80.8).toPoint()
    click(view, unit.x() + 5, unit.y() - 4)
    click(view, spill.x() - 6, spill.y() + 5)
    assert view.tool is None
    (sketch,) = kept(view)
    assert sketch.places == ((35.24, -80.9), (35.24, -80.8))
    (text,) = figures(view, sketch)
    metres, way = geodesic.distance_and_bearing(*sketch.places)
    assert text == f"{bearing(way)} · {Measures().length(metres)}\nEngine 5 → Spill"


def test_that_a_click_beside_everything_is_the_ground(show_map: ShowMap, crowd: Picture) -> None:
    view = show_map()
    take(view, "bearing")
    unit = view.view.place(35.24, -80.9).toPoint()
    click(view, unit.x() + 25, unit.y() + 60)
    click(view, unit.x() + 25, unit.y() + 160)
    (sketch,) = kept(view)
    assert sketch.names == ("", "")
    assert sketch.places[0] == pytest.approx(place_at(view, unit.x() + 25, unit.y() + 60))


def test_that_rings_of_the_usual_radii_come_with_one_click(show_map: ShowMap) -> None:
    view = show_map()
    take(view, "rings")
    click(view, 400, 300)
    (sketch,) = kept(view)
    assert sketch.radii_m == (250.0, 500.0, 1000.0)
    assert figures(view, sketch) == ["250 m · 820 ft", "500 m · 1,640 ft", "1.00 km · 0.62 mi"]


def test_that_typed_radii_are_taken_instead(show_map: ShowMap) -> None:
    view = show_map()
    tool = take(view, "rings")
    QTest.keyClicks(view, "300 600x 1.5km")
    for _ in range(2):
        QTest.keyClick(view, Qt.Key.Key_Backspace)
    QTest.keyClicks(view, "km")
    assert "300 600x 1.5km" in tool.hint
    click(view, 400, 300)
    assert kept(view)[0].radii_m == (1500.0, 300_000.0, 600_000.0)  # figures take the unit that follows


def test_that_a_ring_can_be_dragged_out_of_its_middle(show_map: ShowMap) -> None:
    view = show_map()
    before = view.view
    take(view, "rings")
    drag(view, QPoint(400, 300), QPoint(500, 300))
    assert view.tool is None
    (sketch,) = kept(view)
    assert sketch.radii_m[0] == pytest.approx(5000.0, rel=0.01)
    assert view.view == before  # the map stayed


def test_that_rings_are_true_far_north_too() -> None:
    for radius in (100.0, 5_000.0, 500_000.0):
        ring = geodesic.circle((60.0, 10.0), radius)
        far = [geodesic.distance_and_bearing((60.0, 10.0), (lat, lon))[0] for lat, lon in ring.tolist()]
        assert np.allclose(far, radius, rtol=1e-9)


def test_that_a_measurement_is_chosen_by_a_click_and_goes_with_delete(show_map: ShowMap) -> None:
    view = show_map()
    for y in (200, 400):
        take(view, "bearing")
        click(view, 200, y)
        click(view, 600, y)
    click(view, 300, 203)
    assert view.layer_set.sketches.chosen == kept(view)[0]
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert len(kept(view)) == 1
    assert kept(view)[0].places[0] == pytest.approx(place_at(view, 200, 400))
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert len(kept(view)) == 1  # the other one was not chosen


def menu_of(view: MapView, qtbot: QtBot, at: QPoint) -> QMenu:
    QTest.mouseClick(surface(view), RIGHT, pos=at)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    return cast(QMenu, QApplication.activePopupWidget())


def test_that_the_menu_removes_one_measurement_or_all(show_map: ShowMap, qtbot: QtBot) -> None:
    view = show_map()
    for y in (200, 300, 400):
        take(view, "bearing")
        click(view, 200, y)
        click(view, 600, y)
    for words, left in (("Remove this measurement", 2), ("Clear all measurements", 0)):
        menu = menu_of(view, qtbot, QPoint(300, 300 if left else 400))
        action = next(one for one in menu.actions() if one.text() == words)
        QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
        qtbot.waitUntil(lambda left=left: len(kept(view)) == left)  # type: ignore[misc]
        qtbot.waitUntil(lambda: QApplication.activePopupWidget() is None)


def test_that_measurements_survive_zoom_and_theme_and_are_not_published(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    take(view, "rings")
    click(view, 400, 300)
    view.set_palette(load_palette("light"))
    view.show_place(10.0, 10.0)
    assert len(kept(view)) == 1
    assert not picture.zones


def test_that_escape_forgets_the_marked_place(show_map: ShowMap) -> None:
    view = show_map()
    view.mark_place(35.24, -80.9, "Here\u202e<b>", [(35.2, -80.9), (35.2, -80.8), (35.3, -80.8), (35.3, -80.9)])
    pin = view.layer_set.pin.pin
    assert pin is not None
    assert pin.text == "Here<b>"
    view.grab()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.layer_set.pin.pin is None


def test_that_no_two_tools_have_one_key() -> None:
    keys = [one.keys for one in tool_kinds() if one.keys]
    assert len(set(keys)) == len(keys)
    names = [one.name for one in tool_kinds()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("text", "unit", "radii"),
    [
        ("300 600 1.5km", "m", (1500.0, 300_000.0, 600_000.0)),
        ("300m 600m 1.5km", "m", (300.0, 600.0, 1500.0)),
        ("250, 500, 1000", "m", (250.0, 500.0, 1000.0)),
        ("1 mi", "m", (1609.344,)),
        ("1000 ft", "m", (304.8,)),
        ("1000", "ft", (304.8,)),
        ("0 -5 99999999", "km", (5000.0, 9_999_999_000.0)),
        ("", "m", ()),
        ("km", "m", ()),
    ],
)
def test_that_radii_are_read_as_people_type_them(text: str, unit: str, radii: tuple[float, ...]) -> None:
    wanted = tuple(one for one in radii if one <= 20_000_000.0)
    assert read_radii(text, unit) == pytest.approx(wanted)


@given(st.text(max_size=80))
def test_that_no_typed_radius_is_out_of_the_world(text: str) -> None:
    for radius in read_radii(text):
        assert 0.0 < radius <= 20_000_000.0


coordinates = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(
    st.sampled_from(("distance", "area", "bearing", "rings")),
    st.lists(coordinates, min_size=1, max_size=5),
    st.floats(math.log(0.05), math.log(100_000)),
)
def test_that_every_measurement_can_be_drawn_wherever_it_lies(
    qapp: object, kind: sketching.SketchKind, places: list[geodesic.Place], scale: float
) -> None:
    sketch = Sketch(kind, (places[0],), ("",), (10.0, 15_000_000.0)) if kind == "rings" else Sketch(kind, tuple(places))
    layer = SketchLayer(load_palette("dark"), Measures())
    layer.add(sketch)
    draw(layer, look_at(*places[-1], math.exp(scale)))


def look_at(lat: float, lon: float, metres_per_pixel: float, width: int = 700, height: int = 460) -> Viewport:
    x, y = place_to_metres(lat, lon)
    half = metres_per_pixel / 2
    return Viewport(x - width * half, y + height * half, metres_per_pixel, width, height)


def draw(layer: SketchLayer, view: Viewport) -> QImage:
    image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    image.fill(colour(layer.palette.map_background))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    layer.paint(painter, view)
    painter.end()
    return image


def measured() -> Iterator[Sketch]:
    yield Sketch("distance", ((35.30, -81.00), (35.33, -80.95), (35.29, -80.90), (35.31, -80.87)))
    yield Sketch("area", ((35.28, -81.00), (35.28, -80.93), (35.24, -80.92), (35.23, -81.01)))
    yield Sketch("rings", ((35.235, -80.84),), ("Spill",), (1000.0, 2000.0, 3000.0))
    yield Sketch("bearing", ((35.20, -81.00), (35.185, -80.90)), ("Engine 5", "Spill"))


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_measurements_look_as_agreed(theme: str) -> None:
    layer = SketchLayer(load_palette(theme), Measures())  # type: ignore[arg-type]  # one of the two
    for one in measured():
        layer.add(one)
    layer.chosen = layer.kept[0]
    assert_golden(draw(layer, look_at(35.255, -80.92, 60.0)), f"sketches-{theme}")


def test_that_figures_have_three_digits_and_both_systems_their_own_units() -> None:
    assert [metric_length(one) for one in (0.0, 9.4, 820.4, 999.6, 12_345.0, 1.2e6)] == [
        "0.0 m",
        "9.4 m",
        "820 m",
        "1.00 km",
        "12.3 km",
        "1,200 km",
    ]
    assert [us_length(one) for one in (2.0, 100.0, 1609.344, 16_093.44)] == ["6.6 ft", "328 ft", "1.00 mi", "10.0 mi"]
    assert [metric_area(one) for one in (820.0, 32_000.0, 12.4e6)] == ["820 m²", "3.20 ha", "12.4 km²"]
    assert [us_area(one) for one in (100.0, 32_000.0, 2_589_988.11 * 4.5)] == [
        "1,076 sq ft",
        "7.91 acres",
        "4.50 sq mi",
    ]
    assert bearing(359.7) == "000° true"
    assert Measures("us").length(1609.344) == "1.00 mi"
    assert Measures("metric").speed(10.0) == "36 km/h"


def test_that_a_tool_asks_for_its_keys_before_the_window_has_them(show_map: ShowMap) -> None:
    view = show_map()
    tool = take(view, "rings")
    assert isinstance(tool, RangeRingsTool)
    window_has_m: list[str] = []
    from PySide6.QtGui import QAction, QKeySequence

    action = QAction("Mark", view)
    action.setShortcut(QKeySequence("M"))
    action.triggered.connect(lambda: window_has_m.append("m"))
    view.addAction(action)
    QTest.keyClicks(view, "5m")
    assert tool.typed == "5m"
    assert window_has_m == []
    QTest.keyClick(view, Qt.Key.Key_Escape)
    QTest.keyClick(view, Qt.Key.Key_M)
    assert window_has_m == ["m"]
