"""Forms and geometries: both say the same, whatever a hand or another agency's desk makes of them."""

import json
import math
from typing import Any

import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from cop.domain import geodesic
from cop.domain.area import Zone, ZoneForm
from cop.domain.zone_forms import BadForm, drawn, fits, form_of, geometry_of, moved, refusal_of, size_of
from tests.reports import at

CHARLOTTE = (-80.953, 35.2425)
SQUARE = ((-81.0, 35.0), (-80.9, 35.0), (-80.9, 35.1), (-81.0, 35.1))

numbers = st.floats(allow_nan=True, allow_infinity=True)
lon, lat = st.floats(-180, 180) | numbers, st.floats(-90, 90) | numbers
near = st.tuples(st.floats(-80.96, -80.90), st.floats(35.2, 35.3))
forms = st.builds(
    ZoneForm,
    shape=st.sampled_from(["polygon", "circle", "corridor", "line", "grid"]),
    points=st.lists(st.tuples(lon, lat) | near, max_size=12).map(tuple),
    radius_m=st.none() | st.floats(1, 20_000) | numbers,
    width_m=st.none() | st.floats(1, 5_000) | numbers,
    columns=st.none() | st.integers(-3, 800),
    rows=st.none() | st.integers(-3, 1200),
)


def test_that_a_circles_every_vertex_is_its_radius_away() -> None:
    geometry = geometry_of(ZoneForm(shape="circle", points=(CHARLOTTE,), radius_m=1000.0))
    (ring,) = geometry["coordinates"]
    assert len(ring) >= 65
    assert ring[0] == ring[-1]
    for x, y in ring:
        metres, _ = geodesic.distance_and_bearing((35.2425, -80.953), (y, x))
        assert metres == pytest.approx(1000.0, abs=0.05)


def test_that_a_corridor_is_as_wide_as_it_says_in_metres_on_the_ground() -> None:
    form = ZoneForm(shape="corridor", points=((-81.0, 60.0), (-80.9, 60.0)), width_m=500.0)
    west, south, east, north = drawn(form).bounds
    assert geodesic.distance_and_bearing((south, -80.95), (north, -80.95))[0] == pytest.approx(500, abs=3)
    assert (west, east) == pytest.approx((-81.0, -80.9), abs=0.001)
    area, _ = size_of(form)
    assert area == pytest.approx(500 * geodesic.distance_and_bearing((60, -81), (60, -80.9))[0], rel=0.01)


def test_that_an_area_is_said_counterclockwise_whichever_way_it_was_drawn() -> None:
    for points in (SQUARE, SQUARE[::-1], (*SQUARE, SQUARE[0])):
        (ring,) = geometry_of(ZoneForm(shape="polygon", points=points))["coordinates"]
        assert shapely.LinearRing(ring).is_ccw
        assert ring[0] == ring[-1]
        assert len(ring) == 5


@pytest.mark.parametrize(
    ("form", "why"),
    [
        (ZoneForm(shape="polygon", points=(SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3])), "crosses itself"),
        (ZoneForm(shape="polygon", points=(*SQUARE[:2], SQUARE[0])), "three points"),
        (ZoneForm(shape="circle", points=(CHARLOTTE,)), "needs a radius"),
        (ZoneForm(shape="circle", points=(CHARLOTTE,), radius_m=math.inf), "needs a radius"),
        (ZoneForm(shape="circle", points=((0.0, 89.9),), radius_m=30_000.0), "pole"),
        (ZoneForm(shape="circle", points=((179.99, 10.0),), radius_m=30_000.0), "180° meridian"),
        (ZoneForm(shape="corridor", points=(SQUARE[0], SQUARE[2])), "needs a width"),
        (ZoneForm(shape="corridor", points=(SQUARE[0], SQUARE[0]), width_m=10.0), "two points"),
        (ZoneForm(shape="corridor", points=((-120.0, 35.0), (-60.0, 35.0)), width_m=10.0), "2,000 km"),
        (ZoneForm(shape="line", points=(SQUARE[0],)), "two points"),
        (ZoneForm(shape="line", points=((-179.0, 0.0), (179.0, 0.0))), "180° meridian"),
        (ZoneForm(shape="line", points=((0.0, 0.0), (0.0, 91.0))), "no place on the globe"),
        (ZoneForm(shape="grid", points=(SQUARE[0], SQUARE[2])), "columns"),
        (ZoneForm(shape="grid", points=(SQUARE[0], SQUARE[2]), columns=702, rows=999), "10,000 cells"),
        (ZoneForm(shape="grid", points=(SQUARE[0], SQUARE[1]), columns=3, rows=3), "opposite corners"),
        (ZoneForm(shape="line", points=()), "points"),
    ],
)
def test_that_what_is_no_shape_on_the_ground_is_refused_with_its_reason(form: ZoneForm, why: str) -> None:
    with pytest.raises(BadForm, match=why):
        geometry_of(form)
    assert why in refusal_of(form)


@given(form=forms)
@example(form=ZoneForm(shape="line", points=((0.0, 90.0), (1.0, 90.0))))  # two longitudes of one place
@settings(max_examples=400, deadline=None)
def test_that_any_form_is_a_valid_finite_geometry_or_refused_in_words(form: ZoneForm) -> None:
    try:
        geometry = geometry_of(form)
    except BadForm as bad:
        assert str(bad).endswith(".")
        return
    read = shape(geometry)
    assert read.is_valid
    assert not read.is_empty
    json.dumps(geometry, allow_nan=False)
    points = shapely.get_coordinates(read)
    assert (abs(points) <= (180.0, 90.0)).all()
    assert fits(form, geometry)
    area, around = size_of(form)
    assert area >= 0
    assert around > 0


def test_that_a_zone_is_changed_by_its_form_where_that_fits_else_by_its_points() -> None:
    form = ZoneForm(shape="circle", points=(CHARLOTTE,), radius_m=1000.0)
    zone = Zone(id="z", at=at(0), geometry=geometry_of(form), form=form)
    assert form_of(zone) == form
    other = Zone(id="z", at=at(0), geometry={"type": "Polygon", "coordinates": [[*SQUARE, SQUARE[0]]]}, form=form)
    assert form_of(other) == ZoneForm(shape="polygon", points=SQUARE)
    line = Zone(id="z", at=at(0), geometry={"type": "LineString", "coordinates": [[0, 0], [0, 0], [1, 1]]})
    assert form_of(line) == ZoneForm(shape="line", points=((0.0, 0.0), (1.0, 1.0)))


@pytest.mark.parametrize(
    "geometry",
    [
        {},
        {"type": "Point", "coordinates": [0, 0]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [9, 0], [9, 9], [0, 0]], [[6, 1], [7, 1], [7, 2], [6, 1]]]},
        {"type": "MultiPolygon", "coordinates": [[[[0, 0], [9, 0], [9, 9], [0, 0]]]]},
        {"type": "Polygon", "coordinates": "none"},
        {"type": 7},
        {"type": "LineString", "coordinates": [[0, 0], [float("nan"), 1]]},
    ],
)
def test_that_what_no_hand_can_change_has_no_form(geometry: dict[str, Any]) -> None:
    form = ZoneForm(shape="circle", points=(CHARLOTTE,), radius_m=1000.0)
    assert form_of(Zone(id="z", at=at(0), geometry=geometry, form=form)) is None


def test_that_a_moved_form_stays_on_the_globe() -> None:
    form = ZoneForm(shape="line", points=((179.0, 89.0), (170.0, 80.0)))
    assert moved(form, 5.0, 5.0).points == ((180.0, 90.0), (175.0, 85.0))


def test_that_a_tangle_that_would_keep_a_desk_busy_for_minutes_is_no_corridor() -> None:
    tangle = tuple((-81.2 + 0.0003 * index, 35.2 + 0.02 * (index % 2)) for index in range(2_000))
    form = ZoneForm(shape="corridor", points=tangle, width_m=20_000.0)
    square = {"type": "Polygon", "coordinates": [[*map(list, SQUARE), list(SQUARE[0])]]}
    assert refusal_of(form) == "A corridor has at most 200 points."
    by_hand = form_of(Zone(id="z", at=at(0), kind="closure", geometry=square, form=form))
    assert by_hand == ZoneForm(shape="polygon", points=SQUARE)
