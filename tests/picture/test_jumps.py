"""Units that jump: doubtful until they go on from there, believed again when they come back."""

import itertools
import math
from typing import Any

import hypothesis.strategies as st
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings

from cop.domain.batch import POSITION_ROW, Batch, TrackName
from cop.domain.report import Retraction
from cop.picture.earlier import SPAN_S, SPANS, Earlier
from cop.picture.picture import Picture
from tests.reports import at, report, unit

KEY = ("charlotte-fire", "engine-4")
HERE, FAR = (35.2, -80.8), (38.9, -80.8)  # 411 km


def said(seconds: float, place: tuple[float, float], accuracy_m: float = math.nan) -> Batch:
    """One position, on a slot that is named each time."""
    row = np.zeros(1, dtype=POSITION_ROW)
    row["lat"], row["lon"] = place
    row["accuracy_m"] = accuracy_m
    for name in ("alt_m", "course_deg", "speed_mps"):
        row[name] = math.nan
    row["reported_at"], row["received_at"] = at(seconds).timestamp(), at(9000).timestamp()
    row["stale_at"] = row["reported_at"] + 60.0
    return Batch(epoch=1, tracks=[TrackName(0, *KEY, "feed", "cop-json")], positions=row.tobytes())


def picture_of(*claims: tuple[Any, ...], kind: str = "engine") -> Picture:
    """A picture that heard of one unit, and of these places of it in this order."""
    picture = Picture()
    picture.apply(Batch(epoch=1, reports=[report(KEY[0], unit(KEY[1], kind=kind))]))
    for claim in claims:
        picture.apply(said(*claim))
    return picture


def is_doubtful(picture: Picture) -> bool:
    """Whether the unit stands at a doubtful place."""
    row = picture.tracks.row_of(*KEY)
    assert row is not None
    assert bool(picture.tracks.doubtful[row]) == bool(picture.tracks.jumped[row])
    assert (picture.tracks.jump(row) is not None) == bool(picture.tracks.jumped[row])
    return bool(picture.tracks.doubtful[row])


def doubts(*claims: tuple[Any, ...], kind: str = "engine") -> list[bool]:
    """Of each claim whether the unit is doubtful after it."""
    picture = picture_of(kind=kind)
    found = []
    for claim in claims:
        picture.apply(said(*claim))
        found.append(is_doubtful(picture))
    return found


def test_that_a_unit_that_jumps_400_km_is_doubtful_and_says_how_far_in_which_time() -> None:
    picture = picture_of((0, HERE), (5, HERE), (12, FAR))
    assert is_doubtful(picture)
    jump = picture.tracks.jump(0)
    assert jump is not None
    assert (round(jump.metres / 1000), jump.seconds) == (411, 12.0)
    assert picture.tracks.lat[0] == FAR[0]  # what was said is shown, as what it is


def test_that_it_is_believed_when_it_goes_on_from_there_and_the_jump_is_told_the_same_meanwhile() -> None:
    assert doubts(*((10 * n, HERE) for n in range(4)), *((40 + 10 * n, FAR) for n in range(4))) == [
        *([False] * 4),
        *([True] * 2),
        *([False] * 2),
    ]
    picture = picture_of((0, HERE), (10, HERE), (20, FAR), (30, FAR))
    jump = picture.tracks.jump(0)
    assert jump is not None
    assert jump.seconds == 10.0


def test_that_one_that_comes_back_is_believed_at_once() -> None:
    assert doubts((0, HERE), (10, HERE), (20, FAR), (30, HERE), (40, HERE)) == [False, False, True, False, False]


def test_that_ten_reports_in_a_second_are_no_better_proof_than_one() -> None:
    assert all(doubts((0, HERE), (10, HERE), (20, HERE), *((25 + n / 10, FAR) for n in range(20)))[3:])


def test_that_two_units_of_one_name_are_not_believed_the_further_one() -> None:
    claims = [(10 * n, HERE if n % 2 == 0 else FAR) for n in range(12)]
    assert doubts(*claims)[5::2] == [True] * 4


def test_that_who_was_silent_long_enough_may_be_anywhere_in_reach() -> None:
    assert doubts((0, HERE), (10, HERE), (20, HERE), (7200, FAR)) == [False] * 4
    assert doubts((0, HERE), (10, HERE), (20, HERE), (1800, FAR))[-1]  # by train, its tracker off: 231 m/s


def test_that_the_kind_decides_whenever_it_is_told() -> None:
    claims = ((0, (35.0, -80.8)), (100, (35.2, -80.8)))  # 22 km in 100 s
    assert not is_doubtful(picture_of(*claims, kind="aircraft"))
    assert is_doubtful(picture_of(*claims, kind="ambulance"))
    picture = Picture()
    for claim in claims:
        picture.apply(said(*claim))
    assert not is_doubtful(picture)
    picture.apply(Batch(epoch=1, reports=[report(KEY[0], unit(KEY[1], kind="ambulance"))]))
    assert is_doubtful(picture)


def test_that_a_unit_whose_place_was_taken_back_starts_anew() -> None:
    picture = picture_of((0, HERE), (10, HERE))
    picture.apply(Batch(epoch=1, reports=[report(KEY[0], Retraction(id=KEY[1], at=at(15), kind="position"))]))
    picture.apply(said(20, FAR))
    picture.apply(said(12, HERE))  # late, and of what was taken back
    assert not is_doubtful(picture)


def test_that_a_late_word_may_take_the_doubt_away() -> None:
    picture = picture_of((0, HERE), (2000, (37.0, -80.8)))
    assert is_doubtful(picture)
    picture.apply(said(1990, (37.0, -80.8)))
    assert is_doubtful(picture)
    picture.apply(said(1980, (37.0, -80.8)))
    assert not is_doubtful(picture)


def test_that_no_trail_is_drawn_across_a_jump_also_when_it_is_believed() -> None:
    picture = picture_of(*((10 * n, HERE) for n in range(4)), *((40 + 10 * n, FAR) for n in range(8)))
    assert not is_doubtful(picture)
    trail = picture.trails.of(KEY)
    across = np.abs(np.diff(trail.lat)) > 1.0
    assert across.any()
    assert not trail.joined[1:][across].any()


@st.composite
def _claims(draw: st.DrawFn) -> list[tuple[float, tuple[float, float], float]]:
    moments = draw(st.lists(st.integers(0, 900), min_size=1, max_size=12, unique=True))
    places = st.sampled_from([HERE, FAR, (35.21, -80.8), (36.0, -80.0), (-17.0, 179.9), (-17.0, -179.9)])
    return [(one / 10, draw(places), draw(st.sampled_from([math.nan, 5.0, 60_000.0]))) for one in moments]


@given(claims=_claims(), order=st.randoms(use_true_random=False), kind=st.sampled_from(["engine", "aircraft"]))
@settings(deadline=None, max_examples=400)
def test_that_the_same_reports_in_any_order_end_in_the_same_doubt(claims: Any, order: Any, kind: str) -> None:
    shuffled = list(claims)
    order.shuffle(shuffled)
    first, second = picture_of(*claims, kind=kind), picture_of(*shuffled, kind=kind)
    assert is_doubtful(first) == is_doubtful(second)
    assert first.tracks.jump(0) == second.tracks.jump(0)


@given(claims=_claims(), after=_claims())
@settings(deadline=None, max_examples=200)
def test_that_a_picture_made_from_a_snapshot_doubts_the_same_and_goes_on_doubting_the_same(
    claims: Any, after: Any
) -> None:
    lived, made = picture_of(*claims), Picture()
    made.apply(msgspec.msgpack.decode(lived.snapshot().packed(), type=Batch))
    assert (is_doubtful(made), made.tracks.jump(0)) == (is_doubtful(lived), lived.tracks.jump(0))
    for claim in after:
        lived.apply(said(*claim))
        made.apply(msgspec.structs.replace(said(*claim), epoch=2))
        assert (is_doubtful(made), made.tracks.jump(0)) == (is_doubtful(lived), lived.tracks.jump(0))


def test_that_a_picture_that_forgot_doubts_nothing() -> None:
    picture = picture_of((0, HERE), (10, HERE), (20, FAR))
    picture.forget()
    picture.apply(said(30, HERE))
    assert not is_doubtful(picture)


@given(moments=st.lists(st.integers(0, 2000), min_size=1, max_size=30, unique=True))
def test_that_of_the_last_spans_the_first_place_is_kept_whatever_the_order(moments: list[int]) -> None:
    earlier = Earlier(1)
    for moment in moments:
        row = np.zeros(1, dtype=POSITION_ROW)
        row["reported_at"] = moment
        earlier.note(np.array([0]), row)
    spans = [list(group) for _, group in itertools.groupby(sorted(moments), key=lambda one: one // SPAN_S)]
    kept = np.sort(np.frombuffer(earlier.packed(1), dtype=[("row", "<i4"), ("xyz", "<f4", 3), ("at", "<f8")])["at"])
    assert kept.tolist() == [float(min(group)) for group in spans[-SPANS:]]


@pytest.mark.parametrize("bad", [b"\0" * 5, b"\0" * 23])
def test_that_what_is_no_memory_is_refused(bad: bytes) -> None:
    with pytest.raises(ValueError, match="buffer size"):
        Earlier(4).adopt(bad, np.array([0, 1]))


def test_that_memories_of_rows_that_nobody_named_are_left_out() -> None:
    first, second = Earlier(4), Earlier(4)
    row = np.zeros(4, dtype=POSITION_ROW)
    row["reported_at"] = 5.0
    first.note(np.arange(4), row)
    second.adopt(first.packed(4), np.array([2, -1]))
    assert len(second.packed(4)) == len(first.packed(4)) // 4


def test_that_an_exercise_that_is_played_faster_has_faster_units() -> None:
    claims = ((0, (35.0, -80.8)), (100, (35.2, -80.8)))  # 22 km in 100 s
    picture = Picture(pace=10.0)
    picture.apply(Batch(epoch=1, reports=[report(KEY[0], unit(KEY[1], kind="engine"))]))
    for claim in claims:
        picture.apply(said(*claim))
    assert not is_doubtful(picture)
    assert is_doubtful(picture_of(*claims))
