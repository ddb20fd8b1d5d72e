"""Operational periods: from the first moment on record, by the clock on the wall, also where that is set."""

import itertools
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.briefing.forms.periods import chosen, periods, turns_of

EAST = ZoneInfo("America/New_York")
_ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("America/New_York", "UTC", "Australia/Lord_Howe", "Asia/Kathmandu", "Europe/Berlin")]
)


def _local(*at: int) -> datetime:
    return datetime(*at, tzinfo=EAST).astimezone(UTC)


def test_that_the_first_period_begins_with_the_record_and_ends_at_the_next_change_of_shift() -> None:
    first, last = _local(2026, 11, 22, 16, 29), _local(2026, 11, 23, 7, 0)
    one, two, three = periods(first, last, zone=EAST)
    assert (one.number, one.begins, one.ends) == (1, first, _local(2026, 11, 22, 18, 0))
    assert (two.begins, two.ends) == (one.ends, _local(2026, 11, 23, 6, 0))
    assert (three.number, three.begins, three.ends) == (3, two.ends, _local(2026, 11, 23, 18, 0))


@pytest.mark.parametrize(
    ("words", "turns"),
    [
        ("", (6, 18)),
        ("OP 2", (6, 18)),
        ("OP 2 · 14:00–22:00", (6, 14, 22)),
        ("0700-1900", (7, 19)),
        ("Period 3, 08:00 to 18:00", (8, 18)),
        ("20:00-20:00", (20,)),
    ],
)
def test_that_what_a_desk_calls_its_period_sets_the_changes_of_shift(words: str, turns: tuple[int, ...]) -> None:
    assert turns_of(words) == tuple(time(hour) for hour in turns)


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 7), 11), ((2026, 10, 31), 13), ((2026, 6, 1), 12)])
def test_that_a_night_in_which_clocks_are_set_still_ends_at_six_on_the_wall(
    day: tuple[int, int, int], hours: int
) -> None:
    begins = _local(*day, 18, 0)
    night = periods(begins, begins, zone=EAST)[0]
    assert night.ends.astimezone(EAST).hour == 6
    assert night.ends - night.begins == timedelta(hours=hours)


def test_that_a_change_of_shift_that_no_clock_showed_makes_no_empty_period() -> None:
    # half past two does not come on that night
    found = periods(_local(2026, 3, 7, 20, 0), _local(2026, 3, 9, 0, 0), zone=EAST, words="02:30-14:30")
    assert all(one.begins < one.ends for one in found)
    assert [one.ends.astimezone(EAST).strftime("%d %H:%M") for one in found] == ["08 03:30", "08 14:30", "09 02:30"]


@given(
    first=st.integers(0, 365 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    lasts=st.integers(0, 10 * 24 * 60),
    zone=_ZONES,
    words=st.sampled_from(["", "OP 1 00:00-08:00", "05:30–17:30", "02:00-03:00", "23:59-00:59"]),
)
def test_that_periods_follow_each_other_without_gap_or_overlap(
    first: datetime, lasts: int, zone: ZoneInfo, words: str
) -> None:
    last = first + timedelta(minutes=lasts)
    found = periods(first, last, zone=zone, words=words)
    assert found[0].begins == first
    assert found[-1].begins <= last < found[-1].ends
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    for one, after in itertools.pairwise(found):
        assert one.begins < one.ends == after.begins
    assert chosen(first, last, zone=zone, words=words) == found[-1]


def test_that_a_period_is_chosen_by_its_number_or_its_bounds() -> None:
    first, last = _local(2026, 11, 22, 16, 29), _local(2026, 11, 23, 7, 0)
    assert chosen(first, last, number=2, zone=EAST).begins == _local(2026, 11, 22, 18, 0)
    typed = chosen(first, last, begins="17:00", ends="2026-11-22T20:00", zone=EAST)
    assert (typed.begins, typed.ends) == (_local(2026, 11, 22, 17, 0), _local(2026, 11, 22, 20, 0))
    assert chosen(first, last, number=2, ends="21:00", zone=EAST).number == 2


@pytest.mark.parametrize(
    "asked", [{"number": 4}, {"number": -1}, {"begins": "noon"}, {"begins": "20:00", "ends": "17:00"}]
)
def test_that_a_period_that_there_is_none_of_is_refused_in_words(asked: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"period|time"):
        chosen(_local(2026, 11, 22, 16, 29), _local(2026, 11, 23, 7, 0), zone=EAST, **asked)


def test_that_a_clock_that_was_wrong_by_decades_makes_no_endless_list() -> None:
    assert len(periods(datetime(1971, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC), zone=EAST)) < 1000
