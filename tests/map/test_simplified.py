"""Rings and their levels of detail: fewer vertices, no gaps, nothing that vanishes."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF
from shapely.geometry.base import BaseGeometry

from cop.map.layers.paths import Rings, path_of
from cop.map.simplified import Behind, Simplified, simplified
from cop.map.viewport import Viewport


def patchwork(columns: int, rows: int, *, side: float = 10_000.0, bends: int = 60) -> np.ndarray:
    """Neighbours with crooked common lines, as shapes in metres."""

    def bent(one: tuple[float, float], other: tuple[float, float], seed: int) -> list[tuple[float, float]]:
        t = np.linspace(0, 1, bends)
        wave = 0.04 * side * np.sin(7 * t * np.pi + seed) * np.sin(t * np.pi) + 30.0 * np.sin(t * 300.0)
        wave[[0, -1]] = 0.0
        along = np.subtract(other, one)
        across = np.array([-along[1], along[0]]) / np.hypot(*along)
        return [tuple(np.add(one, along * step) + across * away) for step, away in zip(t, wave, strict=True)]

    def corner(x: int, y: int) -> tuple[float, float]:
        return x * side, y * side

    shapes: list[BaseGeometry] = []
    for x in range(columns):
        for y in range(rows):
            south = bent(corner(x, y), corner(x + 1, y), 3 * x + y)
            east = bent(corner(x + 1, y), corner(x + 1, y + 1), 5 * x + y + 5)
            north = bent(corner(x, y + 1), corner(x + 1, y + 1), 3 * x + y + 1)[::-1]
            west = bent(corner(x, y), corner(x, y + 1), 5 * x + y)[::-1]
            shapes.append(shapely.Polygon([*south[:-1], *east[:-1], *north[:-1], *west[:-1]]))
    return np.array(shapes, dtype=object)


def test_that_neighbours_stay_neighbours_when_they_are_simplified() -> None:
    shapes = patchwork(4, 4)
    assert shapely.coverage_is_valid(shapes)
    few = simplified(shapes, np.zeros(len(shapes), np.intp), 400.0)
    assert shapely.get_num_coordinates(few).sum() < 0.3 * shapely.get_num_coordinates(shapes).sum()
    assert shapely.coverage_is_valid(few)
    together = shapely.union_all(few)
    assert together.geom_type == "Polygon"
    assert not together.interiors


def test_that_an_overlap_leaves_no_gap_between_its_neighbours() -> None:
    shapes = np.append(patchwork(3, 3), shapely.box(4_000, 4_000, 17_000, 17_000))
    few = simplified(shapes, np.zeros(len(shapes), np.intp), 400.0)
    assert not shapely.union_all(few[:9]).interiors


def test_that_a_line_and_an_empty_shape_among_areas_are_no_trouble() -> None:
    shapes = np.append(patchwork(2, 1), [shapely.LineString([(0, 0), (5, 5)]), shapely.Polygon()])
    few = simplified(shapes, np.zeros(len(shapes), np.intp), 100.0)
    assert few[2].geom_type == "LineString"
    assert shapely.is_empty(few[3])
    rings = Rings.of_shapes(few)
    assert set(rings.of) == {0, 1, 2}


def test_that_a_level_is_made_behind_while_another_stands_in() -> None:
    told: list[int] = []
    shapes = patchwork(10, 10)
    behind = Behind()
    outlines = Simplified(shapes, np.zeros(len(shapes), np.intp), behind, ready=lambda: told.append(1))
    assert not outlines.few
    outlines.detail(500.0)
    outlines.settle()
    made = outlines.detail(500.0)
    assert told
    assert 250.0 < made.tolerance_m <= 500.0
    assert len(made.rings.xy) < 0.3 * len(outlines.full.rings.xy)
    assert shapely.coverage_is_valid(made.shapes)
    assert outlines.detail(1.0) is outlines.full
    # the nearest that is there, and nothing is made of it
    assert outlines.detail(900.0, make=False) is made
    behind.stop()


def test_that_few_vertices_are_drawn_as_they_are_at_every_scale() -> None:
    outlines = Simplified(patchwork(2, 2), np.zeros(4, np.intp), Behind())
    assert outlines.few
    assert outlines.detail(10_000.0) is outlines.full


def test_that_specks_go_but_no_shape_vanishes() -> None:
    town = shapely.box(0, 0, 1_000, 1_000)
    island = shapely.box(2_000, 0, 2_010, 10)
    rings = Rings.of_shapes([shapely.MultiPolygon([town, island]), island], least_m=100.0)
    assert rings.of.tolist() == [0, 1]
    assert rings.bounds[0].tolist() == [0, 0, 1_000, 1_000]


def test_that_a_common_line_is_drawn_once_for_its_group() -> None:
    west, east = shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)
    together = Rings.of_shapes([west, east], np.array([0, 0]))
    assert together.joined.sum() == 8
    assert together.once.sum() == 7
    apart = Rings.of_shapes([west, east], np.array([0, 1]))
    assert apart.once.sum() == 8


def test_that_snapped_neighbours_meet() -> None:
    rings = Rings.of_shapes(patchwork(3, 3), np.zeros(9, np.intp))
    rough = rings.snapped(500.0)
    assert len(rough.xy) < len(rings.xy) / 2
    shared = {tuple(one) for one in rough.xy[rough.start[0] : rough.start[1]].tolist()} & {
        tuple(one) for one in rough.xy[rough.start[1] : rough.start[2]].tolist()
    }
    assert len(shared) > 5


@pytest.mark.parametrize(
    "shape",
    [
        shapely.Polygon(),
        shapely.Point(3, 4),
        shapely.MultiPolygon(),
        shapely.GeometryCollection([shapely.GeometryCollection([shapely.Point(1, 1)])]),
        shapely.from_wkt("LINESTRING (0 0, inf 1)"),
    ],
)
def test_that_what_cannot_be_drawn_is_an_empty_path(shape: BaseGeometry) -> None:
    assert path_of(shape).isEmpty()


def test_that_holes_in_a_collection_in_a_collection_stay_holes() -> None:
    ring = shapely.box(0, 0, 10, 10).difference(shapely.box(4, 4, 6, 6))
    path = path_of(shapely.GeometryCollection([shapely.GeometryCollection([ring])]))
    view = Viewport(0, 10, 1.0, 10, 10)
    assert path.boundingRect() == QRectF(0, 0, 10, 10)
    assert path.contains(view.rect().topLeft() / 2 + view.rect().center() / 5)
    assert not path.contains(view.rect().center())


@settings(max_examples=60, deadline=None)
@given(
    points=st.lists(st.tuples(st.integers(-400, 500), st.integers(-400, 500)), min_size=3, max_size=60),
)
def test_that_leaving_out_what_lies_outside_changes_nothing_inside(points: list[tuple[int, int]]) -> None:
    """The same places of the view are inside and outside, whatever the ring does around it."""
    xy = np.array([*points, points[0]], dtype=np.float64)
    rings = Rings.of_vertices(xy, np.array([0, len(xy)]), np.zeros(1, np.intp))
    view = Viewport(0.0, 100.0, 1.0, 100, 100)
    whole = rings.path(np.array([0]), view, None)
    cut = rings.path(np.array([0]), view, view.rect())
    assert cut.elementCount() <= whole.elementCount()
    for x in np.linspace(0.37, 99.63, 9):
        for y in np.linspace(0.41, 99.59, 9):
            at = QRectF(x, y, 0, 0).topLeft()
            assert whole.contains(at) == cut.contains(at)
