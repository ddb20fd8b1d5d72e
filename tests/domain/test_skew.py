"""How far a sender's clock is off is told by its messages, whatever the way does to them."""

import math
import random
from collections import deque
from collections.abc import Callable, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.domain.rules.skew import BEHIND_S, TOLERANCE_S, UNKNOWN, Clock, Lag, clock_of, latency_s, own_clock_s

_START = 1_790_000_000.0

#: when a message was truly said (seconds from the start), what its sender's clock added, how long it took
_Said = tuple[float, float, float]


def _heard(said: Iterable[_Said]) -> list[Lag]:
    """The messages of one unit in the order in which they come."""
    lags, newest = [], -math.inf
    for one in sorted(Lag(_START + at + way, way - error) for at, error, way in said):
        said_at = one.received_at - one.lag_s
        lags.append(one._replace(again=said_at < newest - TOLERANCE_S))
        newest = max(newest, said_at)
    return lags


def _clock(lags: Iterable[Lag], before: Clock = UNKNOWN) -> Clock:
    """The clock after all of these, read one by one as a desk does."""
    return _clocks(lags, before)[-1]


def _clocks(lags: Iterable[Lag], before: Clock = UNKNOWN) -> list[Clock]:
    recent: deque[Lag] = deque(maxlen=16)
    longer: deque[Lag] = deque(maxlen=24)
    clocks = [before]
    for lag in lags:
        recent.append(lag)
        if not longer or lag.received_at - longer[-1].received_at >= 4.0:
            longer.append(lag)
        clocks.append(clock_of(tuple(recent), tuple(longer), clocks[-1]))
    return clocks


def _said(
    seconds: float, every: float, error: Callable[[float], float], way: Callable[[float], float], begin: float = 0.0
) -> list[_Said]:
    times = [begin + n * every for n in range(int(seconds / every))]
    return [(at, error(at), way(at)) for at in times]


@settings(deadline=None)
@given(
    error=st.one_of(st.floats(3.5, 80_000), st.sampled_from([3600.0, 43_200.0])),
    every=st.floats(0.4, 60.0),
    jitter_s=st.floats(0.0, 1.2),
    seed=st.integers(0, 1000),
)
def test_that_a_clock_that_is_ahead_is_known_by_its_messages_whatever_jitter_they_have(
    error: float, every: float, jitter_s: float, seed: int
) -> None:
    draw = random.Random(seed)
    clock = _clock(_heard(_said(max(30.0, 20 * every), every, lambda _: error, lambda _: draw.uniform(0, jitter_s))))
    assert clock.corrected
    assert clock.offset_s == pytest.approx(error, abs=jitter_s + 1.0)
    assert clock.offset_s <= error + 1e-6  # never made older than the quickest of them was


@settings(deadline=None)
@given(error=st.floats(-80_000, -12.0), every=st.floats(0.4, 30.0), seed=st.integers(0, 1000))
def test_that_what_was_always_late_may_be_delayed_and_is_measured_and_read_as_it_was_said(
    error: float, every: float, seed: int
) -> None:
    draw = random.Random(seed)
    lags = _heard(_said(max(150.0, 40 * every), every, lambda _: error, lambda _: draw.uniform(0.0, 0.5)))
    clocks = _clocks(lags)
    assert clocks[-1].skew_s == pytest.approx(error, abs=1.5)
    assert not any(one.corrected for one in clocks)


@settings(deadline=None)
@given(
    delay_s=st.one_of(st.floats(12.0, 40_000.0), st.sampled_from([1800.0, 3600.0])),
    silent_s=st.floats(0.0, 100.0),
    every=st.floats(0.4, 10.0),
)
def test_that_a_relay_that_begins_to_delay_by_any_time_is_no_clock(
    delay_s: float, silent_s: float, every: float
) -> None:
    """What it delays comes after all that came before: no time is said again, however even the delay."""
    said = _said(60.0, every, lambda _: 0.0, lambda _: 0.2)
    late = _said(60.0 + 30 * every, every, lambda _: 0.0, lambda _: delay_s, begin=60.0 + silent_s)
    assert not any(one.corrected for one in _clocks(_heard([*said, *late])))


@settings(deadline=None)
@given(error=st.floats(-40_000, -120.0), every=st.floats(0.4, 4.0))
def test_that_a_clock_that_is_set_back_while_it_is_heard_is_known_once_it_was_steady_for_long(
    error: float, every: float
) -> None:
    lags = _heard(_said(260.0, every, lambda at: 0.0 if at < 30.0 else error, lambda _: 0.3))
    assert _clock(lags).offset_s == pytest.approx(error, abs=1.5)


@settings(deadline=None)
@given(error=st.floats(1.0 - BEHIND_S, TOLERANCE_S), seed=st.integers(0, 1000))
def test_that_a_clock_that_is_nearly_right_is_left_alone(error: float, seed: int) -> None:
    draw = random.Random(seed)
    clock = _clock(_heard(_said(200.0, 1.0, lambda _: error, lambda _: draw.expovariate(4.0))))
    assert not clock.corrected


@settings(deadline=None)
@given(
    error=st.one_of(st.just(0.0), st.floats(5.0, 4000.0)),
    cut_s=st.floats(20.0, 900.0),
    flushed_in_s=st.floats(0.5, 12.0),
    every=st.floats(0.5, 5.0),
)
def test_that_what_was_buffered_is_no_clock_that_steps(
    error: float, cut_s: float, flushed_in_s: float, every: float
) -> None:
    """A cut, then all that was kept comes within seconds, and after it what is said now."""

    def way(at: float) -> float:
        if not 60.0 <= at < 60.0 + cut_s:
            return 0.2
        return 60.0 + cut_s - at + 0.2 + flushed_in_s * (at - 60.0) / cut_s

    clocks = _clocks(_heard(_said(cut_s + 120.0, every, lambda _: error, way)))
    known = [one.offset_s for one in clocks[int(50.0 / every) :]]
    assert max(known) - min(known) <= 1.0
    assert known[-1] == pytest.approx(error, abs=1.0)


@settings(deadline=None)
@given(delay_s=st.floats(5.0, 300.0), lasting_s=st.floats(5.0, 55.0))
def test_that_a_way_that_is_slow_for_a_while_makes_no_clock_wrong(delay_s: float, lasting_s: float) -> None:
    def way(at: float) -> float:
        return 0.2 + (delay_s if 60.0 <= at < 60.0 + lasting_s else 0.0)

    clocks = _clocks(_heard(_said(200.0, 1.0, lambda _: 0.0, way)))
    assert not any(one.corrected for one in clocks)


@settings(deadline=None)
@given(wild=st.floats(-80_000, 80_000), seed=st.integers(0, 1000), error=st.sampled_from([0.0, 600.0, -3600.0]))
def test_that_a_few_units_with_clocks_of_their_own_move_nobody_elses(wild: float, seed: int, error: float) -> None:
    draw = random.Random(seed)
    said = _said(400.0, 1.0, lambda _: wild if draw.random() < 0.04 else error, lambda _: draw.uniform(0.0, 0.5))
    offset_s = _clock([one._replace(again=False) for one in _heard(said)]).offset_s  # each said its own times in order
    assert offset_s == pytest.approx(max(0.0, error), abs=1.6)


@settings(deadline=None, max_examples=20)
@given(a_day_s=st.floats(-60.0, 60.0))
def test_that_a_clock_that_drifts_is_followed(a_day_s: float) -> None:
    """From 10 min ahead, by up to a minute a day, looked at every 10 s for 10 h."""
    rate = a_day_s / 86_400.0
    lags = _heard(_said(36_000.0, 10.0, lambda at: 600.0 + rate * at, lambda _: 0.2))
    assert _clock(lags).offset_s == pytest.approx(600.0 + rate * 36_000.0, abs=1.5)


@pytest.mark.parametrize("every", [0.5, 1.0, 10.0, 60.0])
@pytest.mark.parametrize(
    ("before", "after"), [(600.0, 0.0), (3600.0, 0.0), (0.0, 3600.0), (0.0, -3600.0), (43_200.0, 0.0), (0.0, -43_200.0)]
)
def test_that_a_clock_that_steps_is_followed_within_seconds_or_some_messages(
    before: float, after: float, every: float
) -> None:
    lags = _heard(_said(40 * every + 60.0, every, lambda at: before if at < 20 * every + 30 else after, lambda _: 0.3))
    clocks = _clocks(lags)
    stepped = int((20 * every + 30) / every)
    assert clocks[stepped].offset_s == pytest.approx(before, abs=1.0)
    assert clocks[stepped + max(6, int(7 / every))].offset_s == pytest.approx(after, abs=1.0)


def test_that_one_message_alone_says_nothing_of_a_clock() -> None:
    assert _clock([Lag(_START, -600.0)]) == UNKNOWN
    burst = [Lag(_START + n / 100, -600.0) for n in range(50)]
    assert _clock(burst) == UNKNOWN


def test_that_latency_is_what_the_half_takes_beyond_the_quickest() -> None:
    lags = [Lag(_START + n, -600.0 + (0.1, 0.5, 0.9)[n % 3]) for n in range(15)]
    assert latency_s(lags) == pytest.approx(0.4)
    assert latency_s([]) is None


@given(
    ours=st.floats(3.0, 50_000).flatmap(lambda s: st.sampled_from([s, -s])),
    noise=st.lists(st.floats(-0.9, 0.9), min_size=3, max_size=9),
)
def test_that_where_most_agencies_are_off_by_the_same_it_is_our_clock(ours: float, noise: list[float]) -> None:
    skews = [-ours + one for one in noise]
    assert own_clock_s([*skews, 0.0, 4000.0][: 2 * len(noise) - 1]) == pytest.approx(ours, abs=1.0)
    assert own_clock_s(skews[:2]) is None


def test_that_agencies_that_differ_among_themselves_say_nothing_of_our_clock() -> None:
    assert own_clock_s([0.1, -0.2, 600.0, 0.3]) is None
    assert own_clock_s([600.0, -30.0, 3600.0, 7.0]) is None
    assert own_clock_s([600.0, 600.1, 0.0, 0.0, 0.1]) is None
