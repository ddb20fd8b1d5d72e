"""Places that only a person can judge."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from cop.domain.distance import distance_m
from cop.domain.rules.doubtful import (
    are_doubtful,
    extent_of,
    fastest_mps,
    have_jumped,
    metres_outside,
    uncertain_m,
    within_reach,
)
from cop.domain.words import UNIT_KINDS

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


def reached(*ways: str) -> NDArray[np.bool_]:
    """A row a word: `y` within reach, `n` not, the latest earlier place first."""
    return np.array([[letter == "y" for letter in way.ljust(4, "-")] for way in ways])


def known(*ways: str) -> NDArray[np.bool_]:
    """Which earlier places there are."""
    return np.array([[letter != "-" for letter in way.ljust(4, "-")] for way in ways])


@pytest.mark.parametrize(
    ("way", "jumped"),
    [
        ("", False),  # nothing is known of it but this
        ("n", True),
        ("nnnn", True),
        ("yn", True),  # the second from there: no more than what stands against it
        ("-yn", True),
        ("-ny", False),
        ("ynn", True),
        ("yyn", False),  # the third: it has gone on from there
        ("yynn", True),
        ("yyyn", False),
        ("ny", False),  # it came back
        ("nyyy", False),
        ("nnyy", False),
        ("nyny", False),
        ("ynyn", True),  # two that say they are one
    ],
)
def test_that_a_place_is_believed_when_most_earlier_ones_lead_to_it(way: str, jumped: bool) -> None:
    assert have_jumped(reached(way), known(way)).tolist() == [jumped]


def test_that_what_flies_may_go_faster_than_what_drives_and_that_an_unknown_unit_may_fly() -> None:
    speeds = [fastest_mps(kind) for kind in ("engine", "train", "helicopter", "aircraft")]
    assert speeds == sorted(set(speeds))
    assert fastest_mps("unknown") == fastest_mps("aircraft")
    assert fastest_mps("boat") < fastest_mps("engine")
    assert all(0 < fastest_mps(kind) < 1000 for kind in UNIT_KINDS)


def reach(kilometres: float, seconds: float, kind: str = "engine", *accuracies_m: float) -> bool:
    """Whether a unit can have gone so far north in so many seconds."""
    here, there = ((np.array([lat]), np.array([-81.0])) for lat in (35.0, 35.0 + kilometres * 1000 / 111_195))
    uncertain = float(sum(uncertain_m(one) for one in accuracies_m))
    mps = np.array([fastest_mps(kind)])
    return bool(within_reach(here, there, seconds=np.array([seconds]), mps=mps, uncertain_m=uncertain)[0])


def test_that_412_km_in_5_s_is_out_of_reach_of_everything_and_a_kilometre_of_noise_of_nothing() -> None:
    assert not any(reach(412.0, 5.0, kind) for kind in UNIT_KINDS)
    assert all(reach(0.9, 0.0, kind) for kind in UNIT_KINDS)


def test_that_the_way_back_in_time_is_as_long() -> None:
    assert reach(40.0, 600.0)
    assert reach(40.0, -600.0)
    assert not reach(80.0, 600.0)
    assert reach(70.0, 600.0, "helicopter")


def test_that_a_place_that_is_not_exact_is_not_held_to_be_but_no_word_excuses_any_distance() -> None:
    assert not reach(9.0, 1.0)
    assert reach(9.0, 1.0, "engine", 5_000.0, 4_000.0)
    assert not reach(412.0, 1.0, "engine", math.inf, 1e12)
    assert uncertain_m([math.nan, -5.0, 8.0]).tolist() == [0.0, 0.0, 8.0]


def test_that_the_date_line_is_no_jump_and_that_what_is_not_known_is_not_within_reach() -> None:
    lat, mps = np.array([-17.0, -17.0]), np.array([45.0, 45.0])
    here, there = (lat, np.array([179.999, 179.0])), (lat, np.array([-179.999, math.nan]))
    assert within_reach(here, there, seconds=np.array([60.0, 60.0]), mps=mps).tolist() == [True, False]
