"""How far a sender's clock is from ours, read off its messages, and when to read its times by that much less.

A message is heard later than it was said, never before: what is heard `lag_s` after the sender's own time tells of a
clock that is behind by no more than that, or ahead by no less than its negative. So the quickest of a sender's
messages tell of its clock, and a lag below zero is proof. A long lag may be a long way as well as a clock that is
behind: a feed that is delayed on purpose, by minutes or by an hour, looks just like it. It is taken for a clock only
where units say times that they have said before, which no delay does (`docs/adr/0032-whose-clock-is-wrong.md`).
"""

import math
import operator
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

#: A clock that is ahead by more than this is corrected, in seconds.
TOLERANCE_S = 2.0
#: A clock that seems behind by less may be a long way: nothing is made to look fresher than it may be.
BEHIND_S = 10.0
#: No clock is wrong by more than half a day or the farthest time zone; such a time is nonsense.
WILDEST_S = 14.5 * 3600.0
#: How many readings, over how many seconds, make a clock's difference constant.
ENOUGH, SPAN_S = 5, 5.0
#: ... where the clock is right again, or wrong by whole half hours: no chance comes so near.
_SURE = 3
#: so many readings of units that say times anew prove that a clock was set back
_PROOF = 3
#: ... where the clock seems behind by any other amount.
_MANY, _LONG_S = 20, 60.0
#: Messages that tell the same lag are no further apart; wider ones count where the lag itself is much larger.
_WIDTHS_S = (1.5, 5.0, 20.0)
_WIDTH_SHARE = 0.1
#: The quickest messages are so large a part: what few senders say with clocks of their own moves nobody else's.
_PART = 0.4
_STEADY_PART = 0.8
#: A corrected clock goes on being read by the same amount while it keeps to it, in seconds.
_STEADY_S = 1.0
_HALF_HOUR_S, _NEAR_S = 1800.0, 3.0
#: Our own clock is the wrong one where so many agencies agree.
_AGENCIES = 3


class Lag(NamedTuple):
    """How long after its sender's time a message was heard, and when that was: epoch seconds, seconds.

    `again`: its unit had said a later time before, so the clock was set back meanwhile, or it comes out of order.
    """

    received_at: float
    lag_s: float
    again: bool = False


class Clock(NamedTuple):
    """A sender's clock: `skew_s` is how far it is ahead of ours (negative: behind), None until measured.

    `offset_s` is by how much less its times are read, 0.0 where they are taken as they are: also where it only seems
    behind and may be delayed. What was heard before
    `since` (epoch seconds) tells of it no longer: it was set since.
    """

    skew_s: float | None = None
    offset_s: float = 0.0
    since: float = 0.0

    @property
    def corrected(self) -> bool:
        """Whether its times are read otherwise than they were said."""
        return self.offset_s != 0.0


UNKNOWN = Clock()
_by_lag = operator.attrgetter("lag_s")


def quickest_s(
    lags: Sequence[Lag], *, part: float = _PART, widths: Sequence[float] = _WIDTHS_S, span_s: float = SPAN_S
) -> float | None:
    """The lag of the quickest messages that agree with one another; None if too few do, or within too short a time."""
    ordered = sorted(lags, key=_by_lag)
    needed = max(ENOUGH, math.ceil(len(ordered) * part))
    for width in widths:
        for begin in range(len(ordered) - needed + 1):
            low = ordered[begin].lag_s
            if width > widths[0] and width > abs(low) * _WIDTH_SHARE:
                continue
            end = bisect_right(ordered, low + width, key=_by_lag)
            if end - begin < needed:
                continue
            alike = [one.received_at for one in ordered[begin:end]]
            if max(alike) - min(alike) >= span_s:
                return low
    return None


def clock_of(recent: Sequence[Lag], longer: Sequence[Lag], before: Clock = UNKNOWN) -> Clock:
    """What a sender's clock shows, from its last messages and from fewer over a longer time, each in order of receipt.

    Where they tell nothing new, or what a delay could do as well, `before` holds on.
    """
    recent = [one for one in recent if one.received_at >= before.since]
    longer = [one for one in longer if one.received_at >= before.since]
    if (step := _step(recent, before)) is not None:
        return _read(step.lag_s, before, recent)._replace(since=step.received_at)
    lag_s = quickest_s(recent)
    if lag_s is None:
        return before
    if lag_s <= BEHIND_S and (not before.corrected or -lag_s > before.offset_s - _STEADY_S):
        return _read(lag_s, before, recent)
    if lag_s > BEHIND_S and abs(lag_s + before.offset_s) <= _STEADY_S:
        return before  # behind, as it was
    steady_s = _steady_s(longer)
    return before if steady_s is None else _read(steady_s, before, longer)


def latency_s(lags: Sequence[Lag]) -> float | None:
    """How long the half of the messages takes beyond the quickest; None where that is not known."""
    quick_s = quickest_s(lags)
    if quick_s is None:
        return None
    beyond = sorted(one.lag_s - quick_s for one in lags if one.lag_s >= quick_s)
    return beyond[len(beyond) // 2]


def own_clock_s(skews: Sequence[float]) -> float | None:
    """How far our own clock is ahead (negative: behind), where most agencies seem off by the same amount; else None."""
    if len(skews) < _AGENCIES:
        return None
    middle = sorted(skews)[len(skews) // 2]
    alike = sum(abs(one - middle) <= TOLERANCE_S for one in skews)
    return -middle if abs(middle) > TOLERANCE_S and alike >= _AGENCIES and 2 * alike > len(skews) else None


def _read(lag_s: float, before: Clock, heard: Sequence[Lag]) -> Clock:
    """The clock that this lag tells of, read off what was `heard`."""
    skew_s = -lag_s
    if before.corrected and abs(skew_s - before.offset_s) <= _STEADY_S:
        return before
    behind = skew_s < -BEHIND_S and _is_proven(lag_s, heard)
    return Clock(skew_s, skew_s if skew_s > TOLERANCE_S or behind else 0.0, before.since)


def _is_proven(lag_s: float, heard: Sequence[Lag]) -> bool:
    """Whether what was heard with this lag says times anew: else an old place would be shown as a fresh one."""
    width_s = _WIDTHS_S[0]
    return sum(one.again for one in heard if lag_s - width_s <= one.lag_s <= lag_s + width_s) >= _PROOF


def _step(recent: Sequence[Lag], before: Clock) -> Lag | None:
    """The lag that the last few messages agree on, and since when, if that tells of a clock that was set."""
    low, high = math.inf, -math.inf
    count = 0
    for one in reversed(recent):
        if max(high, one.lag_s) - min(low, one.lag_s) > _WIDTHS_S[0]:
            break
        low, high, count = min(one.lag_s, low), max(one.lag_s, high), count + 1
    alike = recent[len(recent) - count :]
    if count < _SURE or alike[-1].received_at - alike[0].received_at < SPAN_S:
        return None
    if abs(low + before.offset_s) <= TOLERANCE_S:
        return None  # as it was
    is_right = before.corrected and abs(low) <= TOLERANCE_S
    half_hours = round(low / _HALF_HOUR_S)
    by_hours = half_hours != 0 and abs(low - _HALF_HOUR_S * half_hours) <= _NEAR_S
    sure = is_right or (count >= ENOUGH and (by_hours or low < -before.offset_s))
    return Lag(alike[0].received_at, low) if sure else None


def _steady_s(longer: Sequence[Lag]) -> float | None:
    """The lag of a clock that is behind: the same for so many messages and so long that it is no way."""
    if len(longer) < _MANY:
        return None
    return quickest_s(longer[-_MANY:], part=_STEADY_PART, widths=_WIDTHS_S[:1], span_s=_LONG_S)
