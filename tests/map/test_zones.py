"""Drawn areas, from whatever a feed says."""

import random
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from cop.domain.area import Alert, Zone
from cop.domain.batch import Batch
from cop.map.layers.zones import ZoneLayer
from cop.map.palette import load_palette
from cop.map.projection import place_to_metres
from cop.map.viewport import Viewport
from cop.picture.picture import Picture
from tests.map import scenes
from tests.map.scenes import NOON, report

pytestmark = pytest.mark.usefixtures("qapp")
X, Y = place_to_metres(35.0, -80.0)
VIEW = Viewport(X - 4000, Y + 3000, 20.0, 400, 300)
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[-80.01, 34.99], [-79.99, 34.99], [-79.99, 35.01], [-80.01, 35.01], [-80.01, 34.99]]],
}


class Clock:
    """The time, to be moved by hand."""

    time: datetime = NOON

    def __call__(self) -> datetime:
        return self.time


def layer_with(*bodies: Zone | Alert, clock: Clock | None = None) -> ZoneLayer:
    picture = Picture()
    layer = ZoneLayer(picture, load_palette("dark"), clock or Clock())
    layer.apply(picture.apply(Batch(reports=[report("a", body) for body in bodies])))
    return layer


def ink(layer: ZoneLayer) -> int:
    """How many pixels the layer paints."""
    image = QImage(VIEW.width, VIEW.height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(0, 0, 0, 0))
    painter = QPainter(image)
    layer.paint(painter, VIEW)
    painter.end()
    return sum(image.pixelColor(x, y).alpha() > 0 for x in range(VIEW.width) for y in range(VIEW.height))


def test_that_a_zone_is_drawn_and_leaves_with_its_last_word() -> None:
    picture = Picture()
    layer = ZoneLayer(picture, load_palette("dark"), Clock())
    assert layer.apply(picture.apply(Batch(reports=[report("a", Zone(id="z", at=NOON, geometry=SQUARE))])))
    assert ink(layer) > 5000
    gone = Zone(id="z", at=NOON, rev=1, deleted=True)
    assert layer.apply(picture.apply(Batch(reports=[report("a", gone)])))
    assert ink(layer) == 0


def test_that_of_a_flood_of_areas_the_least_important_are_drawn_as_thin_lines() -> None:
    small = [[-80.03, 34.99], [-80.02, 34.99], [-80.02, 35.0], [-80.03, 35.0], [-80.03, 34.99]]
    perimeter = Zone(id="p", at=NOON, kind="perimeter", geometry={"type": "Polygon", "coordinates": [small]})
    hot = [Zone(id=f"hot{number}", at=NOON, kind="hot_zone", geometry=SQUARE) for number in range(400)]
    without, alone = ink(layer_with(*hot)), ink(layer_with(perimeter))
    assert ink(layer_with(perimeter, *hot[:-1])) == without + alone
    outline = ink(layer_with(perimeter, *hot)) - without
    assert 0 < outline < alone / 4


def test_that_zones_of_before_the_map_was_built_are_drawn() -> None:
    picture = Picture()
    picture.apply(Batch(reports=[report("a", Zone(id="z", at=NOON, geometry=SQUARE))]))
    assert ink(ZoneLayer(picture, load_palette("dark"), Clock())) > 5000


def test_that_a_zone_whose_time_is_over_leaves_without_a_message() -> None:
    clock = Clock()
    layer = layer_with(Zone(id="z", at=NOON, geometry=SQUARE, expires_at=NOON + timedelta(minutes=5)), clock=clock)
    assert not layer.tick()
    clock.time = NOON + timedelta(minutes=6)
    assert layer.tick()
    assert ink(layer) == 0


def test_that_an_alert_shows_its_area_and_one_without_an_area_shows_nothing() -> None:
    assert ink(layer_with(Alert(id="x", at=NOON, event="Flood", geometry=SQUARE))) > 5000
    assert ink(layer_with(Alert(id="x", at=NOON, event="Flood"))) == 0


def test_that_a_click_on_the_outline_means_the_zone_and_one_inside_does_not() -> None:
    layer = layer_with(Zone(id="z", at=NOON, geometry=SQUARE))
    edge = VIEW.place(35.0, -79.99)
    assert layer.at(edge + QPointF(3, 0), VIEW) == ("zone", "a", "z")
    assert layer.at(VIEW.place(35.0, -80.0), VIEW) is None


ROAD = {"type": "LineString", "coordinates": [[-80.01, 35.0], [-79.99, 35.0]]}


def test_that_a_click_anywhere_along_a_closed_road_means_it() -> None:
    layer = layer_with(Zone(id="z", at=NOON, kind="road_closure", geometry=ROAD))
    assert layer.at(VIEW.place(35.0, -80.0) + QPointF(0, 4), VIEW) == ("zone", "a", "z")
    assert layer.at(VIEW.place(35.0, -80.0) + QPointF(0, 30), VIEW) is None


def test_that_a_point_is_drawn_as_a_mark_that_can_be_clicked() -> None:
    place = {"type": "Point", "coordinates": [-80.0, 35.0]}
    layer = layer_with(Zone(id="z", at=NOON, kind="marker", geometry=place))
    assert ink(layer) > 60
    assert layer.at(VIEW.place(35.0, -80.0) + QPointF(7, 5), VIEW) == ("zone", "a", "z")
    drawn = layer.drawn(("zone", "a", "z"))
    assert drawn is not None
    assert len(drawn[1]) == 1


def test_that_a_click_inside_an_alerts_area_means_the_smallest_alert_there() -> None:
    wide = scenes.square(35.0, -80.0, 0.5)
    county = Alert(id="county", at=NOON, event="Heat Advisory", geometry=wide)
    town = Alert(id="town", at=NOON, event="Tornado Warning", geometry=SQUARE)
    layer = layer_with(county, town)
    assert layer.at(VIEW.place(35.0, -80.0), VIEW) == ("alert", "a", "town")
    assert layer.at(VIEW.place(35.02, -80.0), VIEW) == ("alert", "a", "county")
    assert layer.at(VIEW.place(34.99, -80.0), VIEW) == ("alert", "a", "town")


def loudest(layer: ZoneLayer) -> int:
    """The strongest opacity that the layer paints anywhere on the square's left edge."""
    image = QImage(VIEW.width, VIEW.height, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    painter = QPainter(image)
    layer.paint(painter, VIEW)
    painter.end()
    edge = VIEW.place(35.0, -80.01).toPoint()
    return max(image.pixelColor(edge.x() + x, edge.y() + y).alpha() for x in range(-3, 4) for y in range(-20, 21))


def test_that_what_is_to_come_is_drawn_fainter_until_it_begins() -> None:
    clock = Clock()
    layer = layer_with(Zone(id="z", at=NOON, geometry=SQUARE, starts_at=NOON + timedelta(hours=1)), clock=clock)
    assert loudest(layer) < 160
    assert not layer.tick()
    clock.time = NOON + timedelta(hours=1)
    assert layer.tick()
    assert loudest(layer) > 200


def test_that_an_alert_that_does_not_alarm_has_no_colour_of_its_own() -> None:
    def colourful(layer: ZoneLayer) -> bool:
        image = QImage(VIEW.width, VIEW.height, QImage.Format.Format_ARGB32)
        image.fill(QColor(0, 0, 0))
        painter = QPainter(image)
        layer.paint(painter, VIEW)
        painter.end()
        seen = (image.pixelColor(x, y) for x in range(VIEW.width) for y in range(VIEW.height))
        return any(one.saturation() > 120 and one.value() > 120 for one in seen)

    actual = Alert(id="x", at=NOON, event="Tornado Warning", severity="Extreme", geometry=SQUARE)
    drill = Alert(id="x", at=NOON, event="Tornado Warning", severity="Extreme", status="Exercise", geometry=SQUARE)
    assert colourful(layer_with(actual))
    assert not colourful(layer_with(drill))


def test_that_no_name_lies_over_another() -> None:
    many = [Zone(id=f"z{n}", at=NOON, name=f"Zone number {n}", kind="road_closure", geometry=ROAD) for n in range(30)]
    layer = layer_with(*many)
    ink(layer)
    assert len(layer.names) == 1


def test_that_a_hot_zone_is_red() -> None:
    layer = layer_with(Zone(id="z", at=NOON, kind="hot_zone", geometry=SQUARE))
    image = QImage(VIEW.width, VIEW.height, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0))
    painter = QPainter(image)
    layer.paint(painter, VIEW)
    painter.end()
    inside = image.pixelColor(200, 150)
    assert inside.red() > 2 * inside.green()


HOSTILE: list[Any] = [
    {},
    {"type": "Polygon"},
    {"type": "Polygon", "coordinates": []},
    {"type": "Polygon", "coordinates": [[]]},
    {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
    {"type": "Polygon", "coordinates": [[["a", "b"], [1, 1], [2, 2], [3, 3]]]},
    {"type": "Polygon", "coordinates": [[[1e308, 1e308], [1, 1], [2, 2], [1e308, 1e308]]]},
    {"type": "Polygon", "coordinates": [[[float("nan"), 0], [1, 1], [2, 0], [float("nan"), 0]]]},
    {"type": "Polygon", "coordinates": {"0": 1}},
    {"type": "Banana", "coordinates": [0, 0]},
    {"type": ["Polygon"], "coordinates": None},
    {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": []}]},
    {"type": "Point", "coordinates": [-80.0, 35.0]},
    {"type": "LineString", "coordinates": [[-80.0, 35.0]]},
    {"type": "LineString", "coordinates": [[-80.0 + index * 1e-6, 35.0] for index in range(30_000)]},
]


@pytest.mark.parametrize("geometry", HOSTILE)
def test_that_geometry_that_cannot_be_drawn_is_left_out(geometry: Any) -> None:
    good = Zone(id="good", at=NOON, geometry=SQUARE)
    layer = layer_with(Zone(id="bad", at=NOON, geometry=geometry), good)
    assert ink(layer) > 5000


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["type", "coordinates", "x"]), inner),
    max_leaves=12,
)
KINDS = st.sampled_from(["Point", "LineString", "Polygon", "MultiPolygon", "MultiLineString", "GeometryCollection"])


@given(KINDS, JSON)
def test_that_no_geometry_brings_the_map_down(kind: str, coordinates: Any) -> None:
    layer_with(Zone(id="z", at=NOON, geometry={"type": kind, "coordinates": coordinates, "geometries": coordinates}))


def test_that_an_outline_that_crosses_itself_is_drawn_as_it_was_said() -> None:
    # to mend one of a few hundred random corners takes minutes, and the map with it
    chance = random.Random(7)
    ring = [[-80.0 + chance.uniform(-0.01, 0.01), 35.0 + chance.uniform(-0.01, 0.01)] for _ in range(400)]
    tangled = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    layer = layer_with(Zone(id="z", at=NOON, kind="perimeter", name="Tangle", geometry=tangled))
    drawn = layer.drawn(("zone", "a", "z"))
    assert drawn is not None
    assert drawn[0].elementCount() == 401
    assert ink(layer) > 100


@pytest.mark.parametrize(
    "narrow",
    [
        [[-80.01, 35.0], [-79.99, 35.0], [-80.0, 35.0], [-80.01, 35.0]],
        [[-80.01, 34.99], [-79.99, 35.01], [-80.01, 34.99], [-80.01, 34.99]],
        [[-80.01, 89.0], [-79.99, 90.0], [-80.0, 87.0], [-80.01, 89.0]],
    ],
)
def test_that_an_area_as_narrow_as_a_line_is_drawn_as_one_and_can_be_clicked(narrow: Any) -> None:
    # all of it at the world's edge, as everything beyond 85° is, is as narrow
    y = VIEW.top if narrow[0][1] < 85 else place_to_metres(90.0, 0.0)[1] + 3000
    view = Viewport(VIEW.left, y, VIEW.metres_per_pixel, VIEW.width, VIEW.height)
    layer = layer_with(Zone(id="z", at=NOON, name="Thin", geometry={"type": "Polygon", "coordinates": [narrow]}))
    image = QImage(view.width, view.height, QImage.Format.Format_ARGB32_Premultiplied)
    painter = QPainter(image)
    layer.paint(painter, view)
    painter.end()
    assert layer.names
    assert layer.at(view.place(*reversed(narrow[0])), view) == ("zone", "a", "z")
