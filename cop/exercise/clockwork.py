"""The time of an exercise: seconds that pass as fast as the controller says, or stand, over real seconds that go on.

What happens in the exercise is due at one of its seconds; what goes on by itself, as a radio that says where it is,
beats in real ones. Pure of any clock: `run_to` is told how late it is.
"""

import heapq
import itertools
import math
from collections.abc import Callable

#: what it gives back is nobody's business
Event = Callable[[], object]


class Clockwork:
    """Two queues of events, run in the order of real time. `now` is the exercise's second, `real` the real one."""

    def __init__(self, rate: float = 1.0) -> None:
        self.now = 0.0
        self.real = 0.0
        self.rate = rate
        self.paused = False
        self.after_each: Event = lambda: None
        self._anchor = (0.0, 0.0)  # a real second and the exercise's at it, from which both are reckoned
        self._events: list[tuple[float, int, Event]] = []
        self._beats: list[tuple[float, int, Event]] = []
        self._order = itertools.count()

    def at(self, second: float, event: Event) -> None:
        """Do this at a second of the exercise."""
        heapq.heappush(self._events, (second, next(self._order), event))

    def beat(self, real: float, event: Event) -> None:
        """Do this at a real second, whether the exercise stands or not."""
        heapq.heappush(self._beats, (real, next(self._order), event))

    def run_to(self, real: float) -> None:
        """Do what is due up to and including a real second, in order."""
        while True:
            due = math.inf if self.paused or not self._events else self.real_at(self._events[0][0])
            beat = self._beats[0][0] if self._beats else math.inf
            if min(due, beat) > real:
                break
            self.real = max(self.real, min(due, beat))
            if due <= beat:
                second, _, event = heapq.heappop(self._events)
                self.now = max(self.now, second)
            else:
                _, _, event = heapq.heappop(self._beats)
                self.now = max(self.now, self._second())
            event()
            self.after_each()
        self.real = max(self.real, real)
        self.now = max(self.now, self._second())

    def run_until(self, second: float) -> None:
        """Do what is due up to and including a second of the exercise; nothing more comes of it while it stands."""
        if not self.paused:
            self.run_to(self.real_at(second))
            self.now = max(self.now, second)

    def real_at(self, second: float) -> float:
        """The real second at which it is so late in the exercise; while it stands: if it went on now."""
        real, now = (self.real, self.now) if self.paused else self._anchor
        return real + (second - now) / self.rate

    def pause(self) -> None:
        """Stand."""
        self._hold()
        self.paused = True

    def resume(self) -> None:
        """Go on."""
        self._hold()
        self.paused = False

    def set_rate(self, rate: float) -> None:
        """Go on faster, or slower, from here."""
        self._hold()
        self.rate = rate

    def _hold(self) -> None:
        self._anchor = (self.real, self.now)

    def _second(self) -> float:
        real, now = self._anchor
        return now if self.paused else now + (self.real - real) * self.rate
