"""Trails: where units have been, in whichever order it was said."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.domain.batch import POSITION_ROW, Batch, TrackName
from cop.domain.report import Retraction
from cop.picture.picture import Picture
from cop.picture.trails import Trail, Trails
from tests.reports import NOON, at, report, unit

KEY = ("charlotte-fire", "e1")
START = NOON.timestamp()


def said(
    seconds: float,
    lat: float = 35.2,
    lon: float = -80.8,
    *,
    speed: float = 10.0,
    course: float = 90.0,
    promise: float = 30.0,
) -> tuple[float, ...]:
    """A position: seconds after noon, place, speed, course, and for how long it is promised to be fresh."""
    return (seconds, lat, lon, speed, course, promise)


def rows_of(*positions: tuple[float, ...]) -> np.ndarray:
    rows = np.zeros(len(positions), dtype=POSITION_ROW)
    for row, (seconds, lat, lon, speed, course, promise) in zip(rows, positions, strict=True):
        row["lat"], row["lon"], row["speed_mps"], row["course_deg"] = lat, lon, speed, course
        row["reported_at"] = row["received_at"] = START + seconds
        row["stale_at"] = START + seconds + promise
    return rows


def trails_of(*positions: tuple[float, ...], capacity: int = 10_000) -> Trails:
    """One unit's positions, each in a batch of its own."""
    trails = Trails(capacity)
    for one in positions:
        trails.record(np.array([0]), [KEY], rows_of(one), np.array([False]))
    return trails


def times(trail: Trail) -> list[float]:
    return [round(float(one) - START, 3) for one in trail.at]


def same(first: Trail, second: Trail) -> bool:
    return all(np.array_equal(one, other, equal_nan=True) for one, other in zip(first, second, strict=True))


POSITIONS = st.lists(
    st.builds(
        said,
        st.one_of(st.integers(0, 200).map(float), st.floats(0, 200)),
        st.sampled_from([35.2, 35.2001, 35.21]),
        speed=st.sampled_from([0.0, 0.2, 8.0, 30.0, np.nan]),
        course=st.sampled_from([0.0, 80.0, 100.0, 359.0, np.nan]),
        promise=st.sampled_from([np.nan, -5.0, 3.0, 10.0, 60.0]),
    ),
    min_size=1,
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(POSITIONS, st.randoms(use_true_random=False))
def test_that_positions_in_any_order_any_number_of_times_make_the_same_trail(
    positions: list[tuple[float, ...]], random: Any
) -> None:
    other = [*positions, *random.sample(positions, len(positions) // 2)]
    random.shuffle(other)
    assert same(trails_of(*positions).of(KEY), trails_of(*other).of(KEY))


@settings(max_examples=100, deadline=None)
@given(POSITIONS)
def test_that_a_trail_is_in_time_order_and_made_of_what_was_said(positions: list[tuple[float, ...]]) -> None:
    trail = trails_of(*positions).of(KEY)
    assert list(trail.at) == sorted(trail.at)
    told = {(START + one[0], round(one[1], 6)) for one in positions}
    assert {(t, round(lat, 6)) for t, lat in zip(trail.at.tolist(), trail.lat.tolist(), strict=True)} <= told
    # nowhere is it unknown for longer than was promised, and joined all the same
    for index in np.flatnonzero(trail.joined):
        before = [one for one in positions if one[0] < trail.at[index] - START + 30.0]
        reach = max(one[0] + (one[5] if one[5] > 0 else 60.0) for one in before)
        assert trail.at[index] - START <= np.ceil(reach) + 1


def test_that_a_unit_under_way_leaves_a_point_every_five_seconds_and_one_at_rest_every_thirty() -> None:
    driving = trails_of(*(said(second, 35.2 + second * 1e-4) for second in range(60)))
    assert times(driving.of(KEY)) == [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55]
    parked = trails_of(*(said(second, speed=0.0) for second in range(60)))
    assert times(parked.of(KEY)) == [0, 30]


def test_that_a_turn_is_kept_between_two_points() -> None:
    trail = trails_of(said(0, course=90), said(1, course=90), said(2, course=180), said(3, course=180)).of(KEY)
    assert times(trail) == [0, 2]


def test_that_a_silence_longer_than_the_promise_is_no_line() -> None:
    trail = trails_of(said(0), said(20), said(40), said(100), said(120)).of(KEY)
    assert trail.joined.tolist() == [False, True, True, False, True]


def test_that_what_is_thinned_out_still_says_that_the_unit_was_heard() -> None:
    # a point each second, each good for three: those between the kept ones bridge the half minute
    parked = trails_of(*(said(second, speed=0.0, promise=3.0) for second in range(61))).of(KEY)
    assert times(parked) == [0, 30, 60]
    assert parked.joined.tolist() == [False, True, True]
    silent = trails_of(*(said(second, speed=0.0, promise=3.0) for second in (0, 1, 2, 30, 31))).of(KEY)
    assert silent.joined.tolist() == [False, False]


def test_that_a_late_position_takes_its_place_in_the_trail() -> None:
    trail = trails_of(said(0, 35.0), said(40, 35.04), said(20, 35.02)).of(KEY)
    assert times(trail) == [0, 20, 40]
    assert trail.lat.tolist() == [35.0, 35.02, 35.04]
    assert trail.joined.tolist() == [False, True, True]


def test_that_the_oldest_points_make_room_and_how_far_back_it_reaches_is_known() -> None:
    trails = trails_of(*(said(10.0 * index) for index in range(250)), capacity=100)
    assert trails.count == 100
    assert times(trails.of(KEY)) == [10.0 * index for index in range(150, 250)]
    assert trails.reaches_back_to == START + 1500
    assert trails_of(said(0)).reaches_back_to is None


def test_that_with_very_many_units_points_come_further_apart_and_memory_stays_bounded() -> None:
    trails = Trails(40_000)
    many = 20_000
    keys = [("a", f"u{index}") for index in range(many)]
    for second in range(0, 60, 2):
        rows = rows_of(*([said(second)] * 1))
        batch = np.repeat(rows, many)
        trails.record(np.arange(many), keys, batch, np.zeros(many, dtype=bool))
    assert trails.count <= 40_000
    assert times(trails.of(keys[7])) == [20, 40]  # every 20 s, the first has made room


def test_that_places_that_can_hardly_be_are_not_in_the_trail() -> None:
    trails = Trails()
    for one, doubtful in ((said(0, 35.0), False), (said(10, 0.0), True), (said(20, 35.1), False)):
        trails.record(np.array([0]), [KEY], rows_of(one), np.array([doubtful]))
    trail = trails.of(KEY)
    assert trail.lat.tolist() == [35.0, 35.1]


def test_that_garbage_makes_no_points() -> None:
    trails = Trails()
    bad = [said(np.nan), said(np.inf), said(-1e12), said(1e12), said(0, np.nan), said(0, 35.0, np.inf)]
    for one in bad:
        trails.record(np.array([0]), [KEY], rows_of(one), np.array([False]))
    assert trails.count == 0
    odd = said(0, speed=-3.0, course=1e30, promise=np.inf)
    assert len(trails_of(odd, said(9, speed=1e9, course=-1.0)).of(KEY).at) == 2


def test_that_the_trails_of_many_units_are_those_of_each() -> None:
    trails = Trails()
    keys = [("a", f"u{index}") for index in range(5)]
    for second, row in itertools.product(range(0, 100, 7), range(5)):
        trails.record(np.array([row]), keys, rows_of(said(second, 35 + row)), np.array([False]))
    wanted = trails.numbers_of_rows(np.array([1, 3, 99_999]))
    together = trails.of_many(wanted, START + 20, START + 100, 10_000)
    for key in (keys[1], keys[3]):
        alone, number = trails.of(key, START + 20), trails.number_of(key)
        assert together.at[together.unit == number].tolist() == alone.at.tolist()
        assert together.joined[together.unit == number].tolist() == alone.joined.tolist()
    assert set(together.unit.tolist()) == {1, 3}
    assert not (trails.of_many(wanted, START, START + 50, 10_000).at > START + 50).any()
    assert not len(Trails().of(KEY).at)


def picture_of(*places: tuple[float, float]) -> Picture:
    """A unit that was told of and stood at these (seconds, latitude)."""
    picture = Picture()
    picture.apply(Batch(reports=[report(KEY[0], unit(KEY[1]))]))
    for seconds, lat in places:
        move(picture, seconds, lat)
    return picture


def move(picture: Picture, seconds: float, lat: float) -> None:
    rows = rows_of(said(seconds, lat, promise=600.0))
    picture.apply(Batch(tracks=[TrackName(0, *KEY, "feed", "cop-json")], positions=rows.tobytes()))


def test_that_the_picture_keeps_trails_also_of_positions_that_came_late() -> None:
    picture = picture_of((0, 35.0), (60, 35.2), (30, 35.1))
    assert picture.tracks.lat.tolist() == [35.2]
    assert picture.trails.of(KEY).lat.tolist() == [35.0, 35.1, 35.2]


@pytest.mark.parametrize("kind", ["unit", "position"])
def test_that_what_a_unit_says_after_it_was_taken_back_is_not_joined_to_what_was_before(kind: str) -> None:
    picture = picture_of((0, 35.0), (20, 35.01))
    picture.apply(Batch(reports=[report(KEY[0], Retraction(id=KEY[1], at=at(30), kind=kind), received_s=30)]))
    move(picture, 40, 35.02)
    move(picture, 60, 35.03)
    assert picture.trails.of(KEY).joined.tolist() == [False, True, False, True]


@pytest.mark.parametrize("phase", [0, 5, 13, 25])
@pytest.mark.parametrize("rhythm", [5, 10, 30, 60])
def test_that_trails_of_very_many_have_no_more_points_than_asked_whatever_the_units_rhythm(
    phase: int, rhythm: int
) -> None:
    trails = Trails()
    many = 300
    keys = [("a", f"u{index}") for index in range(many)]
    for second in range(phase, 900, rhythm):
        batch = np.repeat(rows_of(said(second, promise=2.0 * rhythm)), many)
        trails.record(np.arange(many), keys, batch, np.zeros(many, dtype=bool))
    numbers = trails.numbers_of_rows(np.arange(many))
    for most in (100_000, 9_000, 1_500, 200):
        trail = trails.of_many(numbers, START, START + 900, most)
        assert len(trail.at) <= most
        if most > 900 / rhythm * many:
            assert len(trail.at) == len(range(phase, 900, rhythm)) * many
        if most >= 9_000:  # nobody was silent, so nothing is broken but where each begins
            assert np.count_nonzero(~trail.joined) == many
        if most >= 1_500:
            assert len(trail.at) >= many
