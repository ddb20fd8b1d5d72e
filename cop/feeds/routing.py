"""Which feed reads a topic, in whose name, and what the topic has spoken of."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from cop.feeds.adapters.adapter import Adapter
from cop.feeds.health import FeedCounter
from cop.feeds.hearing import Hearing
from cop.feeds.message import Feed
from cop.feeds.topics import exercise_of, fits, parse_object_topic, specificity

_ROUTES_LIMIT = 200_000
_TOPIC_LENGTH = 1024
_NO_FEED = Feed(name="no feed", format="cop-json", topic="#")

#: of what a topic has spoken: of nothing yet, of one unit alone (its id), of several or of something else
NOTHING, SEVERAL = "", "/"


class Recorder(Protocol):
    """What the intake needs of a journal: a number for a source, and a place for `Record`s."""

    def source(self, feed: str, agency: str, form: str) -> int:
        """The number that stands for a feed, agency and format."""
        ...

    def append(self, records: Any) -> None:
        """Take records in."""
        ...


class Line:
    """One feed at work: its adapter, its counts, and how long it rests after repeated failures (epoch seconds).

    `remembers`: what a message means may depend on those before it.
    """

    def __init__(self, feed: Feed, *, remembers: bool = True) -> None:
        self.feed = feed
        self.remembers = remembers
        self.counter = FeedCounter(feed)
        self.adapter: Adapter | None = None
        self.failures = 0
        self.rest_until = 0.0


class Route:
    """Where a topic's messages go: `refusal` says why nowhere. `unit` is what it has spoken of (`NOTHING` …)."""

    __slots__ = ("hearing", "line", "refusal", "source", "unit")

    def __init__(self, line: Line, hearing: Hearing, source: int, refusal: str) -> None:
        self.line = line
        self.hearing = hearing
        self.source = source
        self.refusal = refusal
        self.unit = NOTHING


class Routes:
    """The routes of all topics that were heard, a bounded number of them."""

    def __init__(
        self,
        feeds: Sequence[Feed],
        recorder: Recorder | None,
        exercise: str | None,
        remembers: Callable[[Feed], bool],
    ) -> None:
        self.lines = [Line(feed, remembers=remembers(feed)) for feed in feeds]
        self.stray = Line(_NO_FEED)
        by_specificity = sorted(self.lines, key=lambda line: specificity(line.feed.topic))
        self._by_specificity = [(line.feed.topic.split("/"), line) for line in by_specificity]
        self._recorder = recorder
        self._exercise = exercise
        self._known: dict[str, Route] = {}

    def __len__(self) -> int:
        return len(self._known)

    def of(self, topic: str) -> Route:
        """The route of a topic."""
        return self._known.get(topic) or self._new(topic)

    def _new(self, topic: str) -> Route:
        levels = topic.split("/")
        line = next((line for wanted, line in self._by_specificity if fits(wanted, levels)), self.stray)
        feed = line.feed
        agency = feed.agency
        if not agency and (where := parse_object_topic(topic)) is not None:
            agency = where.agency
        source = self._recorder.source(feed.name, agency, feed.format) if self._recorder is not None else 0
        route = Route(line, line.counter.hearing(agency), source, self._refusal(line, topic))
        route.hearing.topics += 1
        if len(topic) <= _TOPIC_LENGTH:
            if len(self._known) >= _ROUTES_LIMIT:
                self._known.clear()  # a hostile sender may invent topics without end
            self._known[topic] = route
        return route

    def _refusal(self, line: Line, topic: str) -> str:
        if line is self.stray:
            return "no feed reads this topic"
        if len(topic) > _TOPIC_LENGTH:
            return "topic is longer than 1,024 characters"
        exercise = exercise_of(topic)
        if exercise == self._exercise:
            return ""
        if self._exercise is None:
            return "an exercise message in live work"
        return "a live message in an exercise" if exercise is None else "a message of another exercise"
