"""Whether a sender is silent is judged by how it usually speaks."""

import random
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.domain.rules.rhythm import Pause, remembered, silent_after_s, usual_gap_s

_START = 1_790_000_000.0


def _learnt(gaps: Iterable[float]) -> tuple[float | None, list[Pause]]:
    """What is usual after these gaps between messages."""
    pauses: list[Pause] = []
    at, messages = _START, 1
    for gap in gaps:
        at, messages = at + gap, messages + 1
        if gap >= 1.0:
            pauses = remembered(pauses, Pause(at, gap))
    return usual_gap_s(pauses, at, messages=messages, spoken_s=at - _START), pauses


def test_that_nothing_is_usual_before_it_was_heard_some_times() -> None:
    assert _learnt([])[0] is None
    assert _learnt([3600.0, 3600.0])[0] is None
    assert _learnt([0.1] * 15)[0] is None
    assert silent_after_s(None, 60.0) == 60.0


@pytest.mark.parametrize(
    ("gap", "fine_s", "silent_s"), [(0.1, 4.0, 10.0), (30.0, 60.0, 100.0), (3600.0, 7000.0, 9500.0)]
)
def test_that_who_speaks_seldom_may_be_quiet_for_longer(gap: float, fine_s: float, silent_s: float) -> None:
    usual, _ = _learnt([gap] * 200)
    assert fine_s < silent_after_s(usual, 60.0) < silent_s


@settings(deadline=None)
@given(gap=st.floats(1.0, 4000.0), jitter=st.floats(0.0, 0.5), seed=st.integers(0, 1000))
def test_that_jitter_raises_no_alarm(gap: float, jitter: float, seed: int) -> None:
    draw = random.Random(seed)
    gaps = [gap * draw.uniform(1.0 - jitter, 1.0 + jitter) for _ in range(100)]
    usual, _ = _learnt(gaps[:20])
    assert all(one < silent_after_s(usual, 60.0) for one in gaps[20:])


@settings(deadline=None)
@given(gap=st.floats(1.0, 600.0), outage=st.floats(2.0, 50.0), when=st.integers(0, 30))
def test_that_an_outage_makes_no_habit(gap: float, outage: float, when: int) -> None:
    gaps = [gap] * 40
    gaps[when] = gap * outage
    gaps[min(39, when + 7)] = gap * outage
    assert _learnt(gaps)[0] == pytest.approx(gap)


@settings(deadline=None)
@given(before=st.floats(1.0, 1000.0), after=st.floats(1.0, 1000.0))
def test_that_a_change_of_habits_is_learnt(before: float, after: float) -> None:
    many = int(10 * max(before, after) / after) + 10
    assert _learnt([before] * 50 + [after] * many)[0] == pytest.approx(after)


def test_that_bursts_of_many_units_are_no_rhythm_of_their_own() -> None:
    """Twenty units within seconds, twice a minute."""
    usual, _ = _learnt(([1.1] * 19 + [9.0]) * 20)
    assert usual == pytest.approx(9.0)


@settings(deadline=None)
@given(st.lists(st.floats(1.0, 1e7), max_size=400))
def test_that_memory_is_bounded_whatever_a_sender_does(gaps: list[float]) -> None:
    usual, pauses = _learnt(gaps)
    assert len(pauses) <= 18 * 4
    assert usual is None or 1.0 <= usual <= 1e7


@pytest.mark.parametrize("night_h", [5.0, 8.0, 12.0])
def test_that_who_is_silent_every_night_is_missed_by_day_and_not_at_night(night_h: float) -> None:
    pauses: list[Pause] = []
    for night in range(5):
        pauses = remembered(pauses, Pause(_START + night * 86_400.0 + night_h * 3600.0, night_h * 3600.0))
    evening, morning = _START + 5 * 86_400.0, _START + 4 * 86_400.0 + night_h * 3600.0
    for at in (evening, evening - 1800.0, evening + 1800.0):  # no night begins on the minute
        assert usual_gap_s(pauses, at, messages=10_000, spoken_s=4e5) == pytest.approx(night_h * 3600.0)
    for at in (morning, morning + 3 * 3600.0, evening - 3 * 3600.0):
        assert usual_gap_s(pauses, at, messages=10_000, spoken_s=4e5) == 1.0
