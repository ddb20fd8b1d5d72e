"""When clauses hold: hours over midnight, days, changes of the clocks, and the days of the agreement."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.domain.agreement import Agreement, LeadClause, Term, Times
from cop.domain.rules.clause_times import holds_at, moment_of, next_turn, times_words
from cop.domain.rules.clauses import is_due, why_not

_NEW_YORK = "America/New_York"
_ZONES = (_NEW_YORK, "UTC", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns")
_NIGHT = Times(begins=time(22), ends=time(6), zone=_NEW_YORK)

walls = st.times().map(lambda one: one.replace(second=0, microsecond=0))
times = st.builds(
    Times,
    days=st.lists(st.sampled_from(["mon", "tue", "sat", "sun"]), max_size=4, unique=True).map(tuple),
    begins=walls,
    ends=walls,
    zone=st.sampled_from(_ZONES),
)
moments = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


def _new_york(*when: int) -> datetime:
    return datetime(*when, tzinfo=ZoneInfo(_NEW_YORK))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ((2026, 11, 2, 21, 59), False),
        ((2026, 11, 2, 22, 0), True),
        ((2026, 11, 3, 5, 59), True),
        ((2026, 11, 3, 6, 0), False),
    ],
)
def test_that_a_night_goes_over_midnight(when: tuple[int, ...], holds: bool) -> None:
    assert holds_at(_NIGHT, _new_york(*when)) is holds


def test_that_the_hours_after_midnight_belong_to_the_day_on_which_they_began() -> None:
    saturday = Times(days=("sat",), begins=time(22), ends=time(6), zone=_NEW_YORK)
    assert holds_at(saturday, _new_york(2026, 11, 8, 3))  # Sunday
    assert not holds_at(saturday, _new_york(2026, 11, 7, 3))  # Saturday


def test_that_a_day_without_hours_lasts_to_its_end() -> None:
    monday = Times(days=("mon",), zone=_NEW_YORK)
    found = [holds_at(monday, _new_york(2026, 11, day, 23, 59)) for day in (1, 2, 3)]
    assert found == [False, True, False]
    assert not holds_at(monday, _new_york(2026, 11, 3))


def test_that_an_hour_that_is_skipped_begins_when_the_clock_leaps_over_it() -> None:
    assert moment_of(datetime.combine(date(2026, 3, 8), time(2, 30)), _NEW_YORK) == datetime(2026, 3, 8, 7, tzinfo=UTC)
    until = Times(begins=time(1), ends=time(2, 30), zone=_NEW_YORK)
    assert holds_at(until, datetime(2026, 3, 8, 6, 59, tzinfo=UTC))
    assert not holds_at(until, datetime(2026, 3, 8, 7, tzinfo=UTC))


def test_that_an_hour_that_comes_twice_ends_the_first_time_and_does_not_come_back() -> None:
    until = Times(begins=time(22), ends=time(1, 30), zone=_NEW_YORK)
    half_past_one = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    held = [holds_at(until, half_past_one + timedelta(minutes=step)) for step in (-1, 0, 31, 59, 61)]
    assert held == [True, False, False, False, False]


@given(st.sampled_from(_ZONES), walls, walls, moments)
def test_that_two_clauses_that_adjoin_on_paper_share_out_every_moment(
    zone: str, one: time, other: time, at: datetime
) -> None:
    first, second = Times(begins=one, ends=other, zone=zone), Times(begins=other, ends=one, zone=zone)
    if one != other:
        assert holds_at(first, at) != holds_at(second, at)


@given(times, moments, st.integers(0, 3 * 24 * 60))
def test_that_nothing_changes_between_two_turns(clause_times: Times, at: datetime, minutes: int) -> None:
    term = _term(clause_times)
    turn = next_turn(term, at)
    later = at + timedelta(minutes=minutes)
    if turn is None or later < turn:
        assert is_due(term, at) == is_due(term, later)


def test_that_both_days_of_an_agreement_are_in_force_by_its_own_clock() -> None:
    term = _term(Times())
    edges = (_new_york(2026, 6, 1), _new_york(2027, 7, 1))
    found = [is_due(term, edge + timedelta(seconds=step)) for edge in edges for step in (-1, 0)]
    assert found == [False, True, True, False]
    assert [next_turn(term, edge - timedelta(seconds=1)) for edge in edges] == list(edges)


def test_that_why_not_says_what_is_in_the_way() -> None:
    term = _term(_NIGHT)
    noon = _new_york(2026, 11, 2, 12)
    assert why_not(term, "medical", noon, ()) == "speaks of hazmat, not of medical"
    assert why_not(term, "hazmat", noon, ()) == "holds 22:00–06:00 (America/New_York) alone"
    assert why_not(term, "hazmat", _new_york(2026, 11, 2, 23), ()) == ""
    assert why_not(term, "hazmat", _new_york(2028, 1, 1), ()) == "is over: in force until 30 Jun 2027"
    assert why_not(term, "hazmat", _new_york(2026, 1, 1), ()) == "is not in force before 01 Jun 2026"


def test_that_times_read_as_people_write_them() -> None:
    assert times_words(Times()) == ""
    assert times_words(Times(days=("sun", "sat"), zone="UTC")) == "Sat, Sun (UTC)"
    assert times_words(Times(days=("fri",), begins=time(8), ends=time(8), zone="UTC")) == "Fri 08:00–08:00 (UTC)"


def _term(clause_times: Times) -> Term:
    clause = LeadClause(number="1", says="…", types=("hazmat",), leads="x", times=clause_times)
    paper = Agreement(
        id="a",
        title="A",
        parties=("x",),
        in_force_from=date(2026, 6, 1),
        in_force_until=date(2027, 6, 30),
        zone=_NEW_YORK,
        clauses=(clause,),
    )
    return Term(paper, clause)
