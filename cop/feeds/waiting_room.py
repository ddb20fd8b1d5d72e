"""Reports that wait until their sender's clock is known, a bounded number of them."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import NamedTuple

from cop.domain.report import Report
from cop.domain.unit import Position
from cop.feeds.hearing import Hearing
from cop.feeds.routing import Line

#: reports, bytes of the messages that said them, and how long one waits for a clock, in seconds
_PLACES, _BYTES = 5_000, 32 << 20
_LONGEST_WAIT_S = 600.0
#: ... for one that is known: it may just have been changed
_WAIT_S = 30.0
#: ... of words: a call for help is not kept from anybody for a clock
_WORDS_WAIT_S = 10.0
_LOOK_EVERY_S = 1.0


class Waiting(NamedTuple):
    """A report that waits, of which line and agency, received when (epoch seconds), and its size in bytes."""

    line: Line
    hearing: Hearing
    report: Report
    received_at: float
    size: int
    retained: bool


class WaitingRoom:
    """Where reports wait in order of their coming. What leaves without having been let in is refused."""

    def __init__(self) -> None:
        self._waiting: deque[Waiting] = deque()
        self._bytes = 0
        self._looked_at = 0.0

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, one: Waiting) -> list[Waiting]:
        """Let a report wait; returns those for which there is no room any more, the oldest."""
        self._waiting.append(one)
        self._bytes += one.size
        out = []
        while len(self._waiting) > _PLACES or self._bytes > _BYTES:
            out.append(self._first())
        return out

    def of(self, hearing: Hearing) -> list[Waiting]:
        """The clock of this one is known: what waited for it leaves."""
        return self._leave(lambda one: one.hearing is hearing)

    def over(self, now: float) -> Iterator[Waiting]:
        """Those that have waited for too long leave."""
        if self._waiting and abs(now - self._looked_at) >= _LOOK_EVERY_S:
            self._looked_at = now
            yield from self._leave(lambda one: now - one.received_at > _longest_s(one))

    def _leave(self, goes: Callable[[Waiting], bool]) -> list[Waiting]:
        going = [one for one in self._waiting if goes(one)]
        if going:
            self._waiting = deque(one for one in self._waiting if not goes(one))
            self._bytes -= sum(one.size for one in going)
        return going

    def _first(self) -> Waiting:
        one = self._waiting.popleft()
        self._bytes -= one.size
        return one


def _longest_s(one: Waiting) -> float:
    if not isinstance(one.report.body, Position):
        return _WORDS_WAIT_S
    return _LONGEST_WAIT_S if one.hearing.clock.skew_s is None else _WAIT_S
