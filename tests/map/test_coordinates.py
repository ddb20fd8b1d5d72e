"""Coordinates as people read them out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.map import coordinates


def test_that_usng_is_spaced_as_it_is_read_out() -> None:
    # the Washington Monument, the example of FGDC-STD-011-2001
    zone, square, easting, northing = coordinates.usng(38.889469, -77.035258).split(" ")
    assert (zone, square) == ("18S", "UJ")
    assert abs(int(easting) - 23480) < 30
    assert abs(int(northing) - 6480) < 30


def test_that_a_single_digit_zone_keeps_its_zero() -> None:
    assert coordinates.usng(10.0, -179.0).startswith("01P ")


@given(st.floats(-90, 90), st.floats(-180, 180))
def test_that_any_place_has_a_grid_reference_or_none(lat: float, lon: float) -> None:
    text = coordinates.usng(lat, lon)
    assert text == "" or [len(part) for part in text.split(" ")] == [3, 2, 5, 5]


@pytest.mark.parametrize("place", [(float("nan"), 0.0), (89.0, 0.0), (-85.0, 10.0)])
def test_that_there_is_no_grid_reference_where_the_grid_ends(place: tuple[float, float]) -> None:
    assert coordinates.usng(*place) == ""


def test_that_degrees_name_their_hemispheres() -> None:
    assert coordinates.degrees(35.2425, -80.953) == "35.24250° N 80.95300° W"
    assert coordinates.degrees(-1.5, 2.25) == "1.50000° S 2.25000° E"


@pytest.mark.parametrize(
    ("denominator", "text"), [(178_400, "1 : 180,000"), (912, "1 : 910"), (1_249_000, "1 : 1,200,000"), (7, "1 : 7")]
)
def test_that_a_scale_is_rounded_to_two_digits(denominator: float, text: str) -> None:
    assert coordinates.scale(denominator) == text


@given(st.floats(0.01, 1e8))
def test_that_the_scale_bar_takes_more_than_a_third_of_its_room(metres: float) -> None:
    assert 0.399 * metres <= coordinates.round_length(metres) <= metres * 1.000001


def test_that_lengths_are_said_in_metres_and_kilometres() -> None:
    assert [coordinates.length(metres) for metres in (0.5, 500.0, 1000.0, 20_000.0)] == [
        "0.5 m",
        "500 m",
        "1 km",
        "20 km",
    ]
