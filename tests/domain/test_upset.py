"""A computer that slept, or whose clock was set, is told by its clocks alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.domain.rules.upset import Sample, in_words, upsets

_START = Sample(1_750_000_000.0, 5_000.0, 9_000.0)
_usual = st.floats(0.0, 5.0)
_slew = st.floats(-0.5, 0.5)


def _after(start: Sample, ran: float, slept: float = 0.0, set_by: float = 0.0) -> Sample:
    return Sample(start.wall + ran + slept + set_by, start.running + ran, start.elapsed + ran + slept)


def _told(before: Sample, after: Sample) -> list[tuple[str, int]]:
    return [(one.kind, round(one.seconds)) for one in upsets(before, after)]


@given(st.lists(st.tuples(_usual, _slew), max_size=50))
def test_that_a_computer_that_runs_and_whose_clock_is_kept_right_tells_nothing(
    steps: list[tuple[float, float]],
) -> None:
    now = _START
    for ran, slewed in steps:
        after = _after(now, ran, set_by=slewed)
        assert upsets(now, after) == []
        now = after


@given(_usual, st.floats(3.0, 1e7), st.floats(-1.0, 1.0))
def test_that_a_sleep_is_told_and_nothing_else(ran: float, slept: float, chip: float) -> None:
    """A clock that counts seconds brings the time of day back within one."""
    (one,) = upsets(_START, _after(_START, ran, slept, chip))
    assert one.kind == "slept"
    assert one.seconds == pytest.approx(ran + slept)


@given(_usual, st.one_of(st.floats(2.1, 1e8), st.floats(-1e8, -2.1)))
def test_that_a_clock_that_was_set_is_told_and_nothing_else(ran: float, set_by: float) -> None:
    (one,) = upsets(_START, _after(_START, ran, set_by=set_by))
    assert one.kind == "clock"
    assert one.seconds == pytest.approx(set_by, abs=1e-3)


@given(_usual, st.floats(60.0, 1e6), st.one_of(st.floats(1e5, 1e7), st.floats(-1e7, -1e5)))
def test_that_both_at_once_are_both_told(ran: float, slept: float, set_by: float) -> None:
    assert [one.kind for one in upsets(_START, _after(_START, ran, slept, set_by))] == ["slept", "clock"]


@given(st.floats(16.0, 1e7))
def test_that_a_process_that_was_stopped_has_slept_too(stood: float) -> None:
    """So looks a sleep where a system's clocks go on in it, and a virtual machine that was paused."""
    (one,) = upsets(_START, _after(_START, stood))
    assert one.kind == "slept"
    assert one.seconds == pytest.approx(stood)


def test_that_the_moment_it_was_found_out_is_told() -> None:
    after = _after(_START, 1.0, 1740.0)
    assert upsets(_START, after)[0].at == after.wall


@pytest.mark.parametrize(
    ("ran", "slept", "set_by", "words"),
    [
        (1.0, 1739.0, 0.0, "this computer slept for 29 min"),
        (0.0, 45.0, 0.0, "this computer slept for 45 s"),
        (0.0, 9 * 3600.0 + 120, 0.0, "this computer slept for 9 h 2 min"),
        (1.0, 0.0, 3600.0, "this computer's clock was set forward by 1 h 0 min"),
        (1.0, 0.0, -90.0, "this computer's clock was set back by 90 s"),
    ],
)
def test_that_it_is_said_in_words(ran: float, slept: float, set_by: float, words: str) -> None:
    assert [in_words(one) for one in upsets(_START, _after(_START, ran, slept, set_by))] == [words]
