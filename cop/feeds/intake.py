"""The feed process's middle: every message that came in passes these steps, in this order.

route (which feed is it?) → journal (raw, before anything can fail) → decode (the feed's adapter) → believe (times,
exercise or live) → conflate (positions) or queue (everything else, in order) → batch.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

import msgspec
from paho.mqtt.client import topic_matches_sub

from cop.domain.batch import Batch, BrokerState, Delivered
from cop.domain.report import Report, Retraction
from cop.domain.rules.plausible import refuse_time
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import make_adapter
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.conflation import Conflation
from cop.feeds.health import FeedCounter
from cop.feeds.message import MAX_PAYLOAD_BYTES, BadMessage, Feed, Message
from cop.feeds.session import Received
from cop.feeds.topics import is_exercise, parse_object_topic

_LOG = logging.getLogger(__name__)
_ROUTES_LIMIT = 200_000
_UNITS_LIMIT = 200_000
_BACKOFF_AFTER, _BACKOFF_S = 3, (0.5, 30.0)
_NO_FEED = Feed(name="no feed", format="cop-json", topic="#")


class Recorder(Protocol):
    """What the intake needs of a journal: a number for a source, and a place for `(at, source, sent, topic, raw)`."""

    def source(self, feed: str, agency: str, form: str) -> int:
        """The number that stands for a feed, agency and format."""
        ...

    def append(self, records: Iterable[Any]) -> None:
        """Take records in."""
        ...


class _Route(NamedTuple):
    line: "_Line"
    source: int


class _Line:
    """One feed at work: its adapter, its counts, and how long it rests after repeated failures."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.counter = FeedCounter(feed)
        self.adapter: Adapter | None = None
        self.failures = 0
        self.rest_until = 0.0


class Intake:
    """Feed it bursts with `take`; get a batch with `batch`. Knows neither broker nor pipe."""

    def __init__(
        self,
        feeds: Sequence[Feed],
        recorder: Recorder | None,
        *,
        exercise: bool,
        make: Callable[[Feed], Adapter] = make_adapter,
    ) -> None:
        self._lines = [_Line(feed) for feed in feeds]
        self._stray = _Line(_NO_FEED)
        self._recorder = recorder
        self._exercise = exercise
        self._make = make
        self._routes: dict[str, _Route] = {}
        self._conflation = Conflation()
        self._reports: list[Report] = []
        self._last_words: dict[tuple[str, str], Unit] = {}
        for line in self._lines:
            line.adapter = make(line.feed)

    @property
    def waiting(self) -> int:
        """How many positions and reports the next batch will hold."""
        return len(self._conflation) + len(self._reports)

    def take(self, burst: Sequence[Received]) -> None:
        """Pass a burst through every step."""
        routes = [self._routes.get(one.topic) or self._route(one.topic) for one in burst]
        if self._recorder is not None:
            self._recorder.append(
                [
                    (one.received_at, route.source, 0, one.topic, one.payload)
                    for one, route in zip(burst, routes, strict=True)
                ]
            )
        for one, route in zip(burst, routes, strict=True):
            counter = route.line.counter
            counter.messages += 1
            counter.last_message_at = one.received_at
            try:
                for report in self._decode(route.line, one):
                    self._believe(report)
            except BadMessage as bad:
                counter.refuse(bad.reason)

    def batch(self, epoch: int, broker: BrokerState | None, delivered: list[Delivered], *, health: bool) -> Batch:
        """What came since the last batch; with the feeds' health if asked."""
        names, positions = self._conflation.take()
        reports, self._reports = self._reports, []
        now = time.time()
        lines = [*self._lines, self._stray] if self._stray.counter.messages else self._lines
        return Batch(
            epoch=epoch,
            tracks=names,
            positions=positions,
            reports=reports,
            health=[line.counter.health(now) for line in lines] if health else [],
            broker=broker,
            delivered=delivered,
        )

    def _route(self, topic: str) -> _Route:
        line = next((line for line in self._lines if topic_matches_sub(line.feed.topic, topic)), self._stray)
        feed = line.feed
        agency = feed.agency
        if not agency and (where := parse_object_topic(topic)) is not None:
            agency = where.agency
        source = self._recorder.source(feed.name, agency, feed.format) if self._recorder is not None else 0
        if len(self._routes) >= _ROUTES_LIMIT:
            self._routes.clear()  # a hostile sender may invent topics without end
        route = self._routes[topic] = _Route(line, source)
        return route

    def _decode(self, line: _Line, one: Received) -> list[Report]:
        if line is self._stray:
            raise BadMessage("no feed reads this topic")
        if len(one.payload) > MAX_PAYLOAD_BYTES:
            raise BadMessage("larger than 1 MiB")
        if is_exercise(one.topic) != self._exercise:
            raise BadMessage("a live message in an exercise" if self._exercise else "an exercise message in live work")
        if line.adapter is None:
            if time.monotonic() < line.rest_until:
                raise BadMessage("the feed rests after repeated failures")
            line.adapter = self._make(line.feed)
        received_at = datetime.fromtimestamp(one.received_at, UTC)
        try:
            reports = line.adapter.decode(Message(one.topic, one.payload, received_at, one.retained))
        except BadMessage:
            raise
        except Exception as error:
            self._fail(line, error)
            raise BadMessage(f"error of ours: {type(error).__name__}") from error
        if line.failures:
            line.failures, line.counter.failed = 0, ""
        for report in reports:
            refusal = refuse_time(report.body.at, received_at)
            if refusal:
                raise BadMessage(refusal)
        return reports

    def _fail(self, line: _Line, error: Exception) -> None:
        """The feed's edge: the one place where an unexpected error of an adapter ends."""
        _LOG.exception("feed %s failed", line.feed.name, exc_info=error)
        line.failures += 1
        line.counter.failed = f"error of ours: {type(error).__name__}"
        line.adapter = None  # its state cannot be trusted any more
        if line.failures > _BACKOFF_AFTER:
            low, high = _BACKOFF_S
            line.rest_until = time.monotonic() + min(high, low * 2 ** (line.failures - _BACKOFF_AFTER - 1))

    def _believe(self, report: Report) -> None:
        body = report.body
        if isinstance(body, Position):
            self._conflation.put(report, body)
            return
        if isinstance(body, Unit):
            key = (report.agency, body.id)
            known = self._last_words.get(key)
            if known is not None and msgspec.structs.replace(body, at=known.at) == known:
                return  # said before, word for word
            if len(self._last_words) >= _UNITS_LIMIT:
                self._last_words.clear()
            self._last_words[key] = body
        elif isinstance(body, Retraction):
            self._last_words.pop((report.agency, body.id), None)
        self._reports.append(report)
