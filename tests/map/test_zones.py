"""Drawn areas, from whatever a feed says."""

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
    assert layer.at(edge + QPointF(3, 0), VIEW) == ("a", "z")
    assert layer.at(VIEW.place(35.0, -80.0), VIEW) is None


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
