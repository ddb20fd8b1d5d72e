"""Places that only a person can judge."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cop.domain.distance import distance_m
from cop.domain.rules.doubtful import are_doubtful, extent_of, metres_outside

CAROLINAS = extent_of(-82.0, 34.0, -80.0, 36.0)
FIJI = extent_of(177.0, -19.0, 182.0, -16.0)  # over the date line


def test_that_a_place_inside_is_no_metre_outside() -> None:
    assert float(metres_outside(35.0, -81.0, CAROLINAS)) == 0.0
    assert float(metres_outside(36.0, -82.0, CAROLINAS)) == 0.0


def test_that_the_barents_sea_is_far_from_the_carolinas() -> None:
    assert 6_500_000 < float(metres_outside(75.0, 37.0, CAROLINAS)) < 8_500_000


def test_that_the_way_is_measured_the_shorter_way_round() -> None:
    assert float(metres_outside(-17.0, -177.0, FIJI)) < 120_000
    assert float(metres_outside(-17.0, 183.0, FIJI)) == float(metres_outside(-17.0, -177.0, FIJI))


def test_that_doubt_begins_beyond_the_limit_and_not_where_nothing_is_known() -> None:
    lat = np.array([35.0, 40.0, 41.0, math.nan, 0.0])
    lon = np.array([-81.0, -81.0, -81.0, math.nan, 0.0])
    assert are_doubtful(lat, lon, CAROLINAS, 500_000.0).tolist() == [False, False, True, False, True]


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_that_a_doubtful_place_is_at_least_nearly_that_far_from_every_corner(lat: float, lon: float) -> None:
    outside = float(metres_outside(lat, lon, CAROLINAS))
    corners = distance_m(lat, lon, np.array([34.0, 34.0, 36.0, 36.0]), np.array([-82.0, -80.0, -82.0, -80.0]))
    assert outside <= corners.min() + 250_000 or abs(lat) > 60
    assert bool(are_doubtful(lat, lon, CAROLINAS, 500_000.0)) == (outside > 500_000.0)
