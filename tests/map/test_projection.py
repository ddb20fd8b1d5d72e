"""Degrees to map metres and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from cop.map.projection import (
    MAX_LATITUDE,
    WORLD_M,
    place_to_degrees,
    place_to_metres,
    stretch_at,
    to_degrees,
    to_metres,
)

LATITUDES = st.floats(-MAX_LATITUDE, MAX_LATITUDE)
LONGITUDES = st.floats(-180, 180)


@given(arrays(np.float64, 20, elements=LATITUDES), arrays(np.float64, 20, elements=LONGITUDES))
def test_that_a_place_comes_back_from_metres_as_it_went(lat: np.ndarray, lon: np.ndarray) -> None:
    back_lat, back_lon = to_degrees(*to_metres(lat, lon))
    assert np.allclose(back_lat, lat, atol=1e-9)
    assert np.allclose(back_lon, lon, atol=1e-9)


def test_that_the_example_of_the_epsg_guidance_note_is_met() -> None:
    # EPSG Guidance Note 7-2, Popular Visualisation Pseudo-Mercator: 24°22'54.433"N 100°20'00"W
    x, y = place_to_metres(24 + 22 / 60 + 54.433 / 3600, -100 - 20 / 60)
    assert x == pytest.approx(-11169055.58, abs=0.01)
    assert y == pytest.approx(2800000.00, abs=0.01)


def test_that_the_world_is_a_square() -> None:
    assert place_to_metres(MAX_LATITUDE, 180.0) == pytest.approx((WORLD_M, WORLD_M))


def test_that_the_poles_lie_on_the_edge_and_not_at_infinity() -> None:
    assert place_to_metres(90.0, 0.0)[1] == pytest.approx(WORLD_M)
    assert place_to_metres(-90.0, 0.0)[1] == pytest.approx(-WORLD_M)


def test_that_a_unit_without_a_place_gets_none() -> None:
    x, y = to_metres([np.nan, 35.0], [np.nan, -80.0])
    assert np.isnan(x[0])
    assert np.isnan(y[0])
    assert np.isfinite([x[1], y[1]]).all()


@given(LATITUDES)
def test_that_the_stretch_is_one_over_the_cosine_of_the_latitude(lat: float) -> None:
    _, y = place_to_metres(lat, 0.0)
    assert stretch_at(y) * np.cos(np.radians(lat)) == pytest.approx(1.0, rel=1e-9)
    assert place_to_degrees(0.0, y)[0] == pytest.approx(lat, abs=1e-9)
