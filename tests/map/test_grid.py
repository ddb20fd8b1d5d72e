"""The reference grid: its lines lie where the grid says, and what is written on them can be read."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtGui import QImage, QPainter

from cop.domain.place_words import usng
from cop.map.grid_lines import GridPart, degree_grid, degree_step, grid_step, national_grid, zone_boxes
from cop.map.layers.grid import GridLayer
from cop.map.palette import Palette, colour, load_palette
from cop.map.projection import place_to_metres, to_degrees
from cop.map.stack import LayerStack
from cop.map.viewport import Viewport
from tests.map.golden import assert_golden

CHARLOTTE = (35.24, -80.9)


def look(lat: float, lon: float, metres_per_pixel: float, width: int = 800, height: int = 500) -> Viewport:
    x, y = place_to_metres(lat, lon)
    return Viewport(
        x - width / 2 * metres_per_pixel, y + height / 2 * metres_per_pixel, metres_per_pixel, width, height
    )


def part_of(view: Viewport) -> GridPart:
    return national_grid(view.bounds(), grid_step(view.ground_metres_per_pixel))


def painted(layer: GridLayer, view: Viewport) -> QImage:
    image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    image.fill(colour(layer.palette.map_background))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    layer.paint(painter, view)
    layer.paint_names(painter, view, [])
    painter.end()
    return image


places = st.tuples(st.floats(-79.0, 83.0), st.floats(-179.0, 179.0))


@settings(deadline=None, max_examples=60)
@given(places, st.sampled_from((0.2, 2.0, 20.0, 150.0)))
def test_that_the_references_change_at_the_lines_and_nowhere_else(
    place: tuple[float, float], metres_per_pixel: float
) -> None:
    view = look(*place, metres_per_pixel * math.cos(math.radians(place[0])))
    part = part_of(view)
    for line in part.lines:
        if not line.rank:
            continue
        at = max(0, len(line.vertices) // 2 - 1)
        x, y = (line.vertices[at] + line.vertices[at + 1]) / 2  # not on the edge of the zone
        lat, lon = (float(one) for one in to_degrees(x, y))
        aside = 0.4 * part.step / 111_000  # degrees, less than half a cell
        for sign in (1, -1):
            reading = usng(
                lat + (0 if line.upright else sign * aside * 0.5),
                lon + (sign * aside * 0.5 / math.cos(math.radians(lat)) if line.upright else 0),
            )
            if not reading or len(reading.split(" ")) < 4:
                continue
            zone, _, east, north = reading.split(" ")
            if int(zone[:2]) != int(usng(lat, lon)[:2]):
                continue
            figure = int(east if line.upright else north)
            apart = (figure - line.figure + 50_000) % 100_000 - 50_000
            assert abs(apart) <= part.step * 0.45
            assert (apart >= -1 - part.step / 1000) == (sign > 0) or abs(apart) <= 1 + part.step / 1000


def test_that_lines_end_where_their_zone_ends() -> None:
    view = look(35.0, -78.0, 20.0)  # -78° parts zones 17 and 18
    edge = place_to_metres(35.0, -78.0)[0]
    for line in part_of(view).lines:
        if line.rank:
            xs = line.vertices[:, 0]
            assert xs.max() <= edge + 1e-3 or xs.min() >= edge - 1e-3


def test_that_norway_and_svalbard_have_zones_of_their_own_width() -> None:
    boxes = dict(zone_boxes())
    assert (boxes["31V"][0], boxes["31V"][2], boxes["32V"][0], boxes["32V"][2]) == (0.0, 3.0, 3.0, 12.0)
    assert (boxes["33X"][0], boxes["33X"][2]) == (9.0, 21.0)
    assert not {"32X", "34X", "36X"} & set(boxes)
    for name, (west, south, east, north) in boxes.items():
        assert usng((south + north) / 2, (west + east) / 2, 0)[:3] == name


@given(st.floats(0.05, 150_000.0))
def test_that_lines_are_never_a_hatching(metres_per_pixel: float) -> None:
    step = grid_step(metres_per_pixel)
    assert step == 0 or step / metres_per_pixel >= 60
    assert degree_step(metres_per_pixel) * 30.9 / metres_per_pixel >= 90 or metres_per_pixel > 30_000


@settings(deadline=None, max_examples=80)
@given(
    st.floats(-85.0, 85.0),
    st.floats(-180.0, 180.0),
    st.floats(math.log(0.05), math.log(150_000.0)),
    st.sampled_from(("usng", "degrees")),
)
def test_that_every_view_of_the_world_has_lines_and_no_writing_over_another(
    qapp: object, lat: float, lon: float, log_scale: float, mode: str
) -> None:
    layer = GridLayer(load_palette("dark"))
    layer.choose(mode)
    view = look(lat, lon, math.exp(log_scale))
    painted(layer, view)
    boxes = [box for _, box in layer.names]
    assert not any(first.intersects(second) for first, second in itertools.combinations(boxes, 2))


def test_that_a_short_pan_draws_the_same_lines(palette: Palette) -> None:
    layer = GridLayer(palette)
    view = look(*CHARLOTTE, 10.0)
    first = layer._part_for(view)
    near = Viewport(view.left + 500, view.top, 10.0, view.width, view.height)
    assert layer._part_for(near) is first
    assert layer._part_for(look(36.0, -81.0, 10.0)) is not first


def test_that_the_chosen_lines_are_remembered(palette: Palette) -> None:
    layer = GridLayer(palette)
    (choice,) = layer.choices()
    choice.choose("degrees")  # type: ignore[union-attr]  # it is one of several
    other = GridLayer(palette)
    LayerStack([other]).restore(LayerStack([layer]).state())
    assert other.mode == "degrees"
    LayerStack([other]).restore({"choices": {"grid": {"mode": 7}}})
    assert other.mode == "degrees"
    assert not other.visible


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(
    ("name", "lat", "lon", "metres_per_pixel", "mode"),
    [
        ("world", 35.0, -60.0, 40_000.0, "usng"),
        ("squares", 36.0, -78.2, 900.0, "usng"),
        ("10km", 35.24, -80.9, 80.0, "usng"),
        ("100m", 35.24, -80.9, 1.2, "usng"),
        ("degrees", 35.24, -80.9, 80.0, "degrees"),
    ],
)
def test_that_the_grid_looks_as_it_should(
    theme: str, name: str, lat: float, lon: float, metres_per_pixel: float, mode: str
) -> None:
    layer = GridLayer(load_palette(theme))  # type: ignore[arg-type]  # one of the two
    layer.choose(mode)
    assert_golden(painted(layer, look(lat, lon, metres_per_pixel)), f"grid-{name}-{theme}")
    assert layer.names


def test_that_degrees_are_cut_evenly() -> None:
    part = degree_grid(look(*CHARLOTTE, 80.0).bounds(), 300)
    assert {line.figure % 300 for line in part.lines} == {0}
