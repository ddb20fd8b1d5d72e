"""Which units stand on the map, where, and how they look."""

from datetime import timedelta

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication
from shapely import box

from cop.domain.area import Jurisdiction
from cop.domain.batch import Batch
from cop.domain.report import Retraction
from cop.domain.unit import Unit
from cop.map.glyphs import shape_of
from cop.map.layers.units import UnitLayer
from cop.map.palette import Palette, load_palette
from cop.map.projection import place_to_metres
from cop.map.viewport import Viewport
from cop.picture.ground import Ground
from cop.picture.home import HomeGround
from cop.picture.picture import Picture
from tests.map.scenes import NOON, positions, report


def around(lat: float, lon: float) -> Viewport:
    """400 × 300 pixels, 10 metres each, a place in the middle."""
    x, y = place_to_metres(lat, lon)
    return Viewport(x - 2000, y + 1500, 10.0, 400, 300)


class Clock:
    """The time, to be moved by hand."""

    def __init__(self) -> None:
        self.time = NOON

    def __call__(self):
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def layer(qapp: QApplication, picture: Picture, palette: Palette, clock: Clock) -> UnitLayer:
    return UnitLayer(picture, palette, clock)


VIEW = around(35.0, -80.0)


def drawn(layer: UnitLayer) -> QImage:
    image = QImage(VIEW.width, VIEW.height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(0, 0, 0))
    painter = QPainter(image)
    layer.paint(painter, VIEW)
    painter.end()
    return image


def ink(image: QImage, x: int, y: int, reach: int = 26) -> int:
    """How many pixels near a place are not black."""
    part = image.copy(x - reach, y - reach, 2 * reach, 2 * reach)
    return sum(part.pixelColor(i, j).lightness() > 8 for i in range(part.width()) for j in range(part.height()))


def test_that_a_unit_stands_where_it_says(layer: UnitLayer, picture: Picture) -> None:
    layer.apply(picture.apply(positions(picture, [("a", "u")], np.array([35.0]), np.array([-80.0]))))
    image = drawn(layer)
    assert ink(image, 200, 150) > 500
    assert ink(image, 60, 60) == 0


def test_that_a_unit_moves_with_its_report(layer: UnitLayer, picture: Picture) -> None:
    layer.apply(picture.apply(positions(picture, [("a", "u")], np.array([35.0]), np.array([-80.0]))))
    east = -80.0 + np.degrees(1000 / 6_378_137.0)
    moved = positions(picture, [("a", "u")], np.array([35.0]), np.array([east]), at=NOON + timedelta(seconds=1))
    assert layer.apply(picture.apply(moved))
    image = drawn(layer)
    assert ink(image, 200, 150) == 0
    assert ink(image, 300, 150) > 500


def test_that_a_unit_without_a_position_is_not_drawn(layer: UnitLayer, picture: Picture) -> None:
    layer.apply(picture.apply(Batch(reports=[report("a", Unit(id="u", at=NOON, callsign="U"))])))
    assert layer.visible_units(VIEW)[0].size == 0
    drawn(layer)


def test_that_a_retracted_unit_leaves_the_map_and_comes_back_with_a_newer_word(
    layer: UnitLayer, picture: Picture
) -> None:
    layer.apply(picture.apply(positions(picture, [("a", "u")], np.array([35.0]), np.array([-80.0]))))
    layer.apply(picture.apply(Batch(reports=[report("a", Retraction(id="u", at=NOON, kind="unit"))])))
    assert layer.visible_units(VIEW)[0].size == 0
    back = positions(picture, [("a", "u")], np.array([35.0]), np.array([-80.0]), at=NOON + timedelta(seconds=5))
    layer.apply(picture.apply(back))
    assert layer.visible_units(VIEW)[0].tolist() == [0]


def test_that_a_unit_grows_stale_without_any_message(layer: UnitLayer, picture: Picture, clock: Clock) -> None:
    layer.apply(picture.apply(positions(picture, [("a", "u")], np.array([35.0]), np.array([-80.0]))))
    fresh = drawn(layer)
    assert not layer.tick()
    clock.time += timedelta(seconds=61)
    assert layer.tick()
    assert drawn(layer) != fresh


def test_that_a_new_position_makes_a_stale_unit_fresh_again(layer: UnitLayer, picture: Picture, clock: Clock) -> None:
    place = (np.array([35.0]), np.array([-80.0]))
    layer.apply(picture.apply(positions(picture, [("a", "u")], *place)))
    fresh = drawn(layer)
    clock.time += timedelta(seconds=61)
    layer.tick()
    layer.apply(picture.apply(positions(picture, [("a", "u")], *place, at=clock.time)))
    assert not layer.stale[0]
    assert drawn(layer) == fresh


def test_that_a_position_that_arrives_stale_is_drawn_stale(layer: UnitLayer, picture: Picture) -> None:
    unit = [("a", "u")]
    layer.apply(picture.apply(positions(picture, unit, np.array([35.0]), np.array([-80.0]), stale_after_s=60.0)))
    late = positions(
        picture, unit, np.array([35.0]), np.array([-80.0]), at=NOON + timedelta(seconds=1), stale_after_s=-30.0
    )
    layer.apply(picture.apply(late))
    assert layer.stale[0]


@pytest.mark.parametrize(("speed", "course", "headed"), [(10.0, 90.0, True), (0.3, 90.0, False), (10.0, np.nan, False)])
def test_that_only_a_moving_unit_with_a_course_wears_a_heading(
    layer: UnitLayer, picture: Picture, speed: float, course: float, headed: bool
) -> None:
    batch = positions(picture, [("a", "u")], np.array([35.0]), np.array([-80.0]), course=course, speed=speed)
    layer.apply(picture.apply(batch))
    assert layer.moving(np.array([0])).tolist() == [headed]
    assert (ink(drawn(layer), 219, 150, reach=3) > 12) == headed


def test_that_a_heading_points_where_the_unit_goes(layer: UnitLayer, picture: Picture) -> None:
    for seconds, (course, x, y) in enumerate([(0, 200, 129), (90, 221, 150), (180, 200, 171), (270, 179, 150)]):
        batch = positions(
            picture,
            [("a", "u")],
            np.array([35.0]),
            np.array([-80.0]),
            course=course,
            speed=9.0,
            at=NOON + timedelta(seconds=seconds),
        )
        layer.apply(picture.apply(batch))
        assert ink(drawn(layer), x, y, reach=2) > 6


def test_that_a_new_status_changes_the_symbol_at_once(layer: UnitLayer, picture: Picture) -> None:
    layer.apply(picture.apply(positions(picture, [("a", "u")], np.array([35.0]), np.array([-80.0]))))
    looks = []
    for rev, status in enumerate(("available", "on_scene", "emergency", "out_of_service")):
        body = Unit(id="u", at=NOON, rev=rev, callsign="U", kind="engine", status=status)
        assert layer.apply(picture.apply(Batch(reports=[report("a", body)])))
        looks.append(drawn(layer))
    assert all(first != second for index, first in enumerate(looks) for second in looks[index + 1 :])


def test_that_an_emergency_lies_on_top_and_a_stale_unit_below(layer: UnitLayer, picture: Picture) -> None:
    units = [("a", "alarm"), ("a", "old"), ("a", "fresh")]
    reports = [
        report("a", Unit(id=unit, at=NOON, status="emergency" if unit == "alarm" else "available")) for _, unit in units
    ]
    layer.apply(picture.apply(Batch(reports=reports)))
    batch = positions(picture, units, np.full(3, 35.0), np.full(3, -80.0), stale_after_s=np.array([60.0, -1.0, 60.0]))
    layer.apply(picture.apply(batch))
    assert [picture.tracks.keys[row][1] for row in layer.visible_units(VIEW)[0]] == ["old", "fresh", "alarm"]


def test_that_only_units_in_view_are_drawn_however_many_there_are(layer: UnitLayer, picture: Picture) -> None:
    random = np.random.default_rng(1)
    units = [("a", f"u{index}") for index in range(5000)]
    lat, lon = random.uniform(34, 36, 5000), random.uniform(-81, -79, 5000)
    layer.apply(picture.apply(positions(picture, units, lat, lon)))
    rows, x, y = layer.visible_units(VIEW)
    expected_x, expected_y = zip(*(VIEW.place(*place).toTuple() for place in zip(lat, lon, strict=True)), strict=True)
    inside = [
        row
        for row, (px, py) in enumerate(zip(expected_x, expected_y, strict=True))
        if -30 < px < VIEW.width + 30 and -30 < py < VIEW.height + 30
    ]
    assert sorted(rows.tolist()) == inside
    assert np.allclose(x, np.array(expected_x)[rows])
    assert np.allclose(y, np.array(expected_y)[rows])


def test_that_the_nearest_unit_is_found_first(layer: UnitLayer, picture: Picture) -> None:
    step = np.degrees(100 / 6_378_137.0)  # ten pixels
    units = [("a", "far"), ("a", "near"), ("a", "away")]
    lon = np.array([-80.0 + step, -80.0, -80.0 + 9 * step])
    layer.apply(picture.apply(positions(picture, units, np.full(3, 35.0), lon)))
    assert layer.near(QPointF(202, 150), VIEW, 14.0) == [1, 0]


def test_that_another_theme_redraws_the_symbols(layer: UnitLayer, picture: Picture) -> None:
    layer.apply(picture.apply(positions(picture, [("a", "u")], np.array([35.0]), np.array([-80.0]))))
    before = drawn(layer)
    layer.set_palette(load_palette("light"))
    assert drawn(layer) != before


def test_that_a_unit_of_unknown_kind_wears_the_shape_of_its_agency() -> None:
    assert shape_of("unknown", ("ems", "fire")) == "ems"
    assert shape_of("hovercraft") == "other"
    assert shape_of("engine", ("law",)) == "engine"
    assert shape_of("air_ambulance") == "air_ambulance"


def test_that_a_unit_of_doubtful_place_is_not_drawn_like_one_that_is_trusted(
    qapp: QApplication, palette: Palette, clock: Clock
) -> None:
    ground = Ground([Jurisdiction("a", "a", "municipal", "law", "a", box(-80.5, 34.5, -79.5, 35.5), 1.0)])
    picture = Picture(HomeGround(ground))
    layer = UnitLayer(picture, palette, clock)
    here = positions(picture, [("a", "u")], np.array([35.0]), np.array([-80.0]))
    layer.apply(picture.apply(here))
    trusted = drawn(layer)
    away = positions(picture, [("a", "u")], np.array([0.0]), np.array([0.0]), at=NOON + timedelta(seconds=1))
    layer.apply(picture.apply(away))
    assert layer.visible_units(around(0.0, 0.0))[0].tolist() == [0]
    moved = layer._cell[0]
    back = positions(picture, [("a", "u")], np.array([35.0]), np.array([-80.0]), at=NOON + timedelta(seconds=2))
    layer.apply(picture.apply(back))
    assert layer._cell[0] != moved
    assert drawn(layer) == trusted


def test_that_a_unit_that_only_exercises_is_marked_where_the_work_is_live(
    qapp: QApplication, picture: Picture, palette: Palette, clock: Clock
) -> None:
    batch = positions(picture, [("a", "u")], np.array([35.0]), np.array([-80.0]))
    rows = batch.position_rows().copy()
    live, playing = UnitLayer(picture, palette, clock), UnitLayer(picture, palette, clock, exercise=True)
    rows["exercise"] = True
    change = picture.apply(Batch(tracks=batch.tracks, positions=rows.tobytes()))
    for layer in (live, playing):
        layer.apply(change)
    assert drawn(live) != drawn(playing)
