"""Times as people type them find the moment they mean."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.journal.moments import iso, moment

_CHARLOTTE = ZoneInfo("America/New_York")
_FIRST = datetime(2026, 11, 22, 13, 0, tzinfo=UTC).timestamp()  # 08:00 in Charlotte
_LAST = datetime(2026, 11, 22, 23, 30, tzinfo=UTC).timestamp()  # 18:30


def _read(text: str, *, end: bool = False, first_at: float = _FIRST, last_at: float = _LAST) -> datetime:
    return datetime.fromtimestamp(
        moment(text, first_at=first_at, last_at=last_at, end=end, zone=_CHARLOTTE), UTC
    ).replace(microsecond=0)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-22T14:30Z", "2026-11-22T14:30"),
        ("2026-11-22T14:30:05.25+02:00", "2026-11-22T12:30:05"),
        ("2026-11-22T14:30", "2026-11-22T19:30"),
        ("2026-11-22 14:30:10", "2026-11-22T19:30:10"),
        ("20261122T143000Z", "2026-11-22T14:30"),
        ("2026-11-22", "2026-11-22T05:00"),
        ("14:30", "2026-11-22T19:30"),
        ("9:05", "2026-11-22T14:05"),
        ("14:30:07", "2026-11-22T19:30:07"),
        ("14:30Z", "2026-11-22T14:30"),
        (" 07:00 ", "2026-11-22T12:00"),  # an hour before the first record is that morning, not the next
        ("19:00", "2026-11-23T00:00"),
    ],
)
def test_that_a_time_is_read_in_every_form(text: str, utc: str) -> None:
    assert _read(text) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["", "noon", "25:00", "14:61", "2026-13-01T00:00", "14", "1e9", "٣", "99999-01-01", "::"]
)
def test_that_what_is_no_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="say it as 2026-11-22T14:30"):
        moment(text, first_at=_FIRST, last_at=_LAST)


def test_that_a_day_as_an_end_is_all_of_it() -> None:
    assert _read("2026-11-22", end=True) == datetime(2026, 11, 23, 4, 59, 59, tzinfo=UTC)


def test_that_an_hour_the_clocks_went_through_twice_begins_at_the_first_and_ends_with_the_second() -> None:
    assert _read("2026-11-01T01:30") == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert _read("2026-11-01T01:30", end=True) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


def test_that_a_time_of_day_that_was_there_twice_needs_its_day() -> None:
    with pytest.raises(ValueError, match="2 days that are on record: say the day"):
        _read("14:30", last_at=_LAST + 86_400)
    assert _read("19:30", last_at=_LAST + 86_400) == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


@given(st.integers(0, 4_000_000_000_000_000))
def test_that_a_time_said_is_read_back_to_the_microsecond(microseconds: int) -> None:
    at = microseconds / 1e6
    read = moment(iso(at), first_at=0.0, last_at=0.0, zone=timezone(timedelta(hours=-5)))
    assert abs(read - at) < 2e-6


@pytest.mark.parametrize("at", [float("nan"), float("inf"), -1e300, 1e18])
def test_that_a_time_no_calendar_knows_is_said_as_none(at: float) -> None:
    assert iso(at) == ""
