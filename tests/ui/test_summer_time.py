"""Both changes of the clock in New York: times on screen are local and unmistakable, everything else is UTC."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.domain.batch import Batch
from cop.domain.incident import Incident
from cop.domain.rules.upset import Sample, upsets
from cop.ui import wording
from tests import reports as r
from tests.ui.conftest import Clock, MakeDesk

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be set on this system")

_SPRING, _AUTUMN = datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="module")
def in_new_york() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "America/New_York")
        time.tzset()
        yield
    time.tzset()


def _minutes(change: datetime, minutes: float) -> datetime:
    return change + timedelta(minutes=minutes)


def test_that_the_hour_that_is_left_out_is_left_out_on_screen() -> None:
    assert [wording.clock(_minutes(_SPRING, one)) for one in (-1, 0, 1)] == ["01:59", "03:00", "03:01"]
    assert wording.age(_minutes(_SPRING, -1), _minutes(_SPRING, 1)) == "2 min ago"


def test_that_the_hour_that_comes_twice_is_told_apart_on_screen() -> None:
    shown = [wording.clock(_minutes(_AUTUMN, one)) for one in (-61, -60, -1, 0, 59, 60)]
    assert shown == ["00:59", "01:00 EDT", "01:59 EDT", "01:00 EST", "01:59 EST", "02:00"]
    assert wording.clock(_AUTUMN, seconds=True) == "01:00:00 EST"
    assert wording.clock_or_date(_AUTUMN, _AUTUMN + timedelta(days=2)) == "01 Nov 01:00 EST"


@given(st.sampled_from([_SPRING, _AUTUMN]), st.integers(-600, 600), st.integers(-600, 600))
def test_that_no_two_moments_of_such_a_night_look_the_same(change: datetime, one: int, other: int) -> None:
    first, second = _minutes(change, one), _minutes(change, other)
    assert (wording.clock(first) == wording.clock(second)) == (one == other)


@given(st.sampled_from([_SPRING, _AUTUMN]), st.floats(0.0, 3.0))
def test_that_a_change_of_summer_time_is_no_clock_that_was_set(change: datetime, passed: float) -> None:
    wall = change.timestamp() - passed / 2
    assert upsets(Sample(wall, 5.0, 7.0), Sample(wall + passed, 5.0 + passed, 7.0 + passed)) == []


@pytest.mark.parametrize("change", [_SPRING, _AUTUMN])
def test_that_what_is_newest_and_how_old_it_is_does_not_change_with_the_clock(
    make_desk: MakeDesk, clock: Clock, change: datetime
) -> None:
    desk = make_desk(filled=False)
    for number, minutes in enumerate((-20, 10, -5)):  # the last one is late
        body = Incident(id="i1", at=_minutes(change, minutes), rev=1, title="I", summary=f"said at {minutes}")
        clock.now = _minutes(change, minutes + number)
        desk.take_in(Batch(epoch=1, reports=[r.report("charlotte-fire", body)]))
    stands = desk.picture.incidents["charlotte-fire", "i1"]
    assert getattr(stands.body, "summary", "") == "said at 10"
    assert wording.age(stands.body.at, _minutes(change, 75)) == "1 h 05 ago"
