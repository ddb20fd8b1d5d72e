"""Messages of senders that flood, held back until the others have been heard: in order, and nothing of it lost.

Where a topic speaks of one unit alone and says its place again and again, the newest stands for those that wait, before
anything is decoded. Everything else waits for its turn. Nothing is dropped: beyond what may wait it is taken at once.
"""

from collections import deque
from collections.abc import Callable

from cop.domain.rules.skew import TOLERANCE_S
from cop.feeds.adapters import MODULES, format_of
from cop.feeds.routing import NOTHING, SEVERAL, Route
from cop.feeds.session import Received

#: how much may wait: messages, bytes
_MESSAGES, _BYTES = 20_000, 64 << 20


class _Place:
    """A message in its queue; where it says a unit's place alone, when that was said (epoch seconds)."""

    __slots__ = ("one", "route", "said_at")

    def __init__(self, route: Route, one: Received, said_at: float | None) -> None:
        self.route = route
        self.one = one
        self.said_at = said_at


class Holding:
    """A queue for each sender that floods; they come in turn."""

    def __init__(self) -> None:
        self._queues: dict[int, deque[_Place]] = {}
        self._last: dict[str, _Place] = {}  # of each topic what still may be overtaken
        self._count = self._bytes = 0

    def __len__(self) -> int:
        return self._count

    @property
    def over(self) -> bool:
        """Whether more waits than may."""
        return self._count > _MESSAGES or self._bytes > _BYTES

    def put(self, route: Route, one: Received) -> tuple[Received, float] | None:
        """Let a message wait; returns the older position that need not be decoded, this one or one that waited."""
        said_at = _peek(route, one)
        known = self._last.get(one.topic)
        if said_at is not None and known is not None and known.said_at is not None:
            if said_at <= known.said_at:
                return one, said_at
            earlier, earlier_at = known.one, known.said_at
            self._bytes += len(one.payload) - len(earlier.payload)
            known.one, known.said_at = one, said_at
            return earlier, earlier_at
        place = _Place(route, one, said_at)
        self._last[one.topic] = place
        self._queues.setdefault(id(route.hearing), deque()).append(place)
        self._count += 1
        self._bytes += len(one.payload)
        route.hearing.held += 1
        return None

    def next(self) -> tuple[Route, Received]:
        """The message whose turn it is."""
        key, queue = next(iter(self._queues.items()))
        place = queue.popleft()
        del self._queues[key]
        if queue:
            self._queues[key] = queue  # the others first
        if self._last.get(place.one.topic) is place:
            del self._last[place.one.topic]
        self._count -= 1
        self._bytes -= len(place.one.payload)
        place.route.hearing.held -= 1
        return place.route, place.one


_PEEKS: dict[str, Callable[[bytes], float | None] | None] = {}


def _peek(route: Route, one: Received) -> float | None:
    """When a position was said on a topic that speaks of one unit alone; None for anything else."""
    if route.line.remembers or route.unit in (NOTHING, SEVERAL):
        return None
    form = route.line.feed.format
    if form not in _PEEKS:
        _PEEKS[form] = format_of(form).peek if form in MODULES else None
    peek = _PEEKS[form]
    said_at = peek(one.payload) if peek is not None else None
    if said_at is None or said_at - route.hearing.offset_s > one.received_at + TOLERANCE_S:
        return None  # of a time to come it is judged in its turn whether it is taken: no true place is left out for it
    return said_at
