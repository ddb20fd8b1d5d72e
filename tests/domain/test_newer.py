"""Which word counts: the same on every desk, whatever the order of arrival."""

import functools
import itertools
from datetime import UTC, datetime

import hypothesis.strategies as st
from hypothesis import given

from cop.domain.rules.newer import is_counted, is_newer, revision_of_time
from cop.domain.rules.plausible import refuse_time
from cop.domain.unit import Unit
from tests.reports import at, unit

_UNITS = st.builds(
    lambda rev, seconds, by, status: unit("u", rev=rev, seconds=seconds, by=by, status=status),
    st.integers(0, 2),
    st.integers(0, 2).map(float),
    st.sampled_from(["", "ann", "bob"]),
    st.sampled_from(["available", "busy"]),
)


@given(st.lists(_UNITS, min_size=1, max_size=4))
def test_that_the_order_of_arrival_does_not_choose_the_winner(words: list[Unit]) -> None:
    def later(known: Unit, said: Unit) -> Unit:
        return said if is_newer(said, known) else known

    winners = {functools.reduce(later, order) for order in itertools.permutations(words)}
    assert len(winners) == 1


def test_that_the_higher_revision_wins_over_the_later_clock() -> None:
    assert is_newer(unit("u", rev=2, seconds=0), unit("u", rev=1, seconds=500))
    assert not is_newer(unit("u", rev=1, seconds=0), unit("u", rev=1, seconds=0))


def test_that_a_report_from_the_future_is_refused_and_a_slightly_fast_clock_is_not() -> None:
    assert refuse_time(at(301), at(0))
    assert not refuse_time(at(299), at(0))
    assert not refuse_time(at(-1e6), at(0))


def test_that_a_time_before_the_century_is_a_clock_that_was_never_set() -> None:
    assert refuse_time(at(-1e9), at(0))
    assert refuse_time(datetime(1, 1, 1, tzinfo=UTC), at(0))


def test_that_only_a_counted_revision_is_one_for_people() -> None:
    assert [is_counted(revision) for revision in (0, 1, 4_711, revision_of_time(at(0)))] == [False, True, True, False]
