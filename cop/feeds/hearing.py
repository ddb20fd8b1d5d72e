"""One agency on one feed, as it is heard: how often it speaks, how far its clock is off, how much it says."""

import math
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime

from cop.domain.batch import Voice
from cop.domain.rules import flood, rhythm, skew

#: readings of a clock: the last ones, no closer than this; and fewer over a longer time (seconds)
_RECENT, _RECENT_EVERY_S = 16, 0.35
_LONGER, _LONGER_EVERY_S = 24, 4.0
#: Readings are taken at times that keep no step with whom they hear: else of 100 units it would always be the same one.
_UNEVEN = 0.618034
_RATE_OVER_S = 10.0
#: units of which it is remembered when they said their last reading
_UNITS = 5_000


class Hearing:
    """What is known of one agency on one feed, in a bounded room whatever it says.

    `clock` is its clock as measured, read no sooner than at `next_reading`; `offset_s` by how much less its times are
    read; `flooding` whether it says more than its share, `held` how many of its messages wait for that; `topics` on how
    many topics it was heard. Times in epoch seconds, ours.
    """

    __slots__ = (
        "_first_at",
        "_flooding_since",
        "_heard_live",
        "_last_live_at",
        "_lately_per_s",
        "_limit",
        "_longer",
        "_marks",
        "_next_longer",
        "_pauses",
        "_quiet_since",
        "_recent",
        "_said",
        "_second",
        "_second_from",
        "_usual_gap_s",
        "_usual_known_s",
        "_usual_per_s",
        "agency",
        "clock",
        "flooding",
        "held",
        "last_at",
        "latency_s",
        "messages",
        "next_reading",
        "offset_s",
        "topics",
    )

    def __init__(self, agency: str) -> None:
        self.agency = agency
        self.messages = self.topics = 0
        self.last_at = 0.0
        self.clock = skew.UNKNOWN
        self.offset_s = 0.0
        self.latency_s: float | None = None
        self.flooding = False
        self.held = 0
        self._heard_live = 0
        self._first_at = self._last_live_at = 0.0
        self._pauses: list[rhythm.Pause] = []
        self._usual_gap_s: float | None = None
        self._recent: deque[skew.Lag] = deque(maxlen=_RECENT)
        self._longer: deque[skew.Lag] = deque(maxlen=_LONGER)
        self._said: dict[str, float] = {}
        self.next_reading = self._next_longer = 0.0
        self._marks: list[tuple[float, int]] = []
        self._second_from = 0.0
        self._second = 0
        self._usual_per_s = self._usual_known_s = self._lately_per_s = 0.0
        self._limit = flood.limit_per_s(None)
        self._quiet_since = self._flooding_since = 0.0

    def hear(self, received_at: float, *, retained: bool) -> None:
        """A message came. What the broker retained or kept tells nothing of how its sender speaks now."""
        self.messages += 1
        if retained:
            if not self._heard_live:
                self.last_at = received_at
            return
        pause_s = received_at - self._last_live_at
        self.last_at = self._last_live_at = received_at
        if not (-rhythm.BREATH_S < pause_s < rhythm.BREATH_S and 0.0 <= received_at - self._second_from < 1.0):
            self._begin_second(received_at, pause_s)
        self._second += 1
        if self._second > self._limit and not self.flooding:
            self._limit = self._limit_now()
        if self._second > self._limit:
            self._flood(received_at)

    def hear_many(self, times: Sequence[float], counts: Sequence[int]) -> None:
        """So many messages came at each of these times, in order."""
        for received_at, count in zip(times, counts, strict=True):
            self.hear(received_at, retained=False)
            self.messages += count - 1
            self._second += count - 1

    def read_clock(self, received_at: float, said_at: float, unit: str = "") -> bool:
        """Read its clock off a message that was not retained; whether its times are read otherwise from now on.

        `unit` is whose place it tells, empty for other words.
        """
        if 0.0 < self.next_reading - received_at < 1.0:
            return False
        self.next_reading = received_at + _RECENT_EVERY_S * (0.75 + 0.5 * (self.messages * _UNEVEN % 1.0))
        if self._recent and received_at < self._recent[-1].received_at - rhythm.BREATH_S:  # our own clock was put back
            self._recent.clear()
            self._longer.clear()
            self._said.clear()
            self.clock = self.clock._replace(since=0.0)
        lag = skew.Lag(received_at, received_at - said_at, self._is_said_again(unit, said_at))
        self._recent.append(lag)
        if received_at >= self._next_longer or self._next_longer - received_at > 2 * _LONGER_EVERY_S:
            self._next_longer = received_at + _LONGER_EVERY_S
            self._longer.append(lag)
        if len(self._recent) < 3:
            return False
        before_s = self.offset_s
        self.clock = skew.clock_of(tuple(self._recent), tuple(self._longer), self.clock)
        self.offset_s = self.clock.offset_s
        return self.offset_s != before_s

    def _is_said_again(self, unit: str, said_at: float) -> bool:
        """Whether this unit has said a later time before."""
        known_at = self._said.pop(unit, -math.inf)
        if unit:
            if len(self._said) >= _UNITS:
                del self._said[next(iter(self._said))]
            self._said[unit] = max(said_at, known_at)
        return said_at < known_at - skew.TOLERANCE_S

    def is_flooding(self, now: float) -> bool:
        """Whether it says more than its share, or has until a moment ago."""
        return self.flooding and (self.held > 0 or now - self.last_at < flood.OVER_AFTER_S)

    def is_silent(self, now: float, bound_s: float) -> bool:
        """Whether it has been silent for longer than is usual for it; `bound_s` holds until that is known."""
        return now - self.last_at > rhythm.silent_after_s(self._usual_gap_s, bound_s)

    def voice(self, now: float, bound_s: float) -> Voice:
        """How it is heard at `now`."""
        state = "silent" if self.is_silent(now, bound_s) else "flooding" if self.flooding else "live"
        return Voice(
            agency=self.agency,
            state=state,
            messages=self.messages,
            last_message_at=datetime.fromtimestamp(self.last_at, UTC) if self.last_at else None,
            per_second=self.rate(now),
            usual_gap_s=self._usual_gap_s,
            skew_s=self.clock.skew_s,
            corrected=self.clock.corrected,
            latency_s=skew.latency_s(list(self._recent)) if self._recent else self.latency_s,
        )

    def rate(self, now: float) -> float:
        """Messages a second over the last seconds; ask it about once a second."""
        self._marks, per_second = rate(self._marks, now, self.messages)
        return per_second

    def resume(self, voice: Voice) -> None:
        """Go on from what was known of it."""
        self.messages = voice.messages
        self.last_at = voice.last_message_at.timestamp() if voice.last_message_at is not None else 0.0
        self._last_live_at = self.last_at
        self._heard_live = 1 if self.last_at else 0
        self._first_at = self._second_from = self.last_at
        self._usual_gap_s = voice.usual_gap_s
        if voice.usual_gap_s is not None:
            gap = max(voice.usual_gap_s, rhythm.BREATH_S)
            self._pauses = [rhythm.Pause(self.last_at, gap)] * 3
        self.offset_s = voice.skew_s if voice.corrected and voice.skew_s is not None else 0.0
        self.clock = skew.Clock(voice.skew_s, self.offset_s)
        self.latency_s = voice.latency_s

    def _pause(self, received_at: float, pause_s: float) -> None:
        if pause_s < 0.0 or self._first_at > received_at:  # our own clock was put back
            self._first_at = received_at
            self._pauses = [one for one in self._pauses if one.ended_at <= received_at]
            return
        self._pauses = rhythm.remembered(self._pauses, rhythm.Pause(received_at, pause_s))
        self._usual_gap_s = self._usual()

    def _usual(self) -> float | None:
        spoken_s = self._last_live_at - self._first_at
        return rhythm.usual_gap_s(self._pauses, self._last_live_at, messages=self._heard_live, spoken_s=spoken_s)

    def _limit_now(self) -> float:
        known = self._usual_known_s >= flood.KNOWN_AFTER_S
        return flood.limit_per_s(self._usual_per_s if known else None, self.topics)

    def _flood(self, received_at: float) -> None:
        if not self.flooding:
            self.flooding = True
            self._flooding_since = received_at
        self._quiet_since = received_at

    def _begin_second(self, received_at: float, pause_s: float) -> None:
        """A second or more is over: what is usual is learnt from it."""
        if not self._heard_live:
            self._first_at = self._second_from = received_at
            self._heard_live = 1
            return
        seconds = max(1.0, received_at - self._second_from)
        per_s = self._second / seconds
        self._heard_live += self._second
        self._second, self._second_from = 0, received_at
        self._usual_known_s += seconds
        self._usual_per_s = flood.learnt(self._usual_per_s, per_s, seconds, self._usual_known_s)
        self._lately_per_s = flood.smoothed(self._lately_per_s, per_s, seconds)
        if flood.is_too_much(self._lately_per_s):
            self._flood(received_at)
        elif self.flooding:
            if flood.is_usual_by_now(received_at - self._flooding_since):
                self.flooding = False
            elif not flood.is_over(per_s, self._limit):
                self._quiet_since = received_at
            elif received_at - self._quiet_since >= flood.OVER_AFTER_S:
                self.flooding = False
        if not self.flooding:
            self._limit = self._limit_now()
        if not -rhythm.BREATH_S < pause_s < rhythm.BREATH_S:
            self._pause(received_at, pause_s)
        elif self._usual_gap_s is None or any(map(rhythm.is_long, self._pauses)):
            self._usual_gap_s = self._usual()  # what is usual at this hour


def rate(marks: list[tuple[float, int]], now: float, count: int) -> tuple[list[tuple[float, int]], float]:
    """What has been counted a second over the last seconds, and the marks to ask with the next time."""
    if marks and now < marks[-1][0]:
        marks = []  # our clock was put back
    marks = [*marks, (now, count)]
    while len(marks) > 2 and now - marks[0][0] > _RATE_OVER_S:
        marks = marks[1:]
    (begin, first), (end, last) = marks[0], marks[-1]
    return marks, (last - first) / (end - begin) if end - begin > 0.5 else 0.0
