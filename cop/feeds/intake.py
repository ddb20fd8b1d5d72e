"""The feed process's middle: every message that came in passes these steps, in this order.

route (which feed is it?) → journal (raw, before anything can fail) → decode (the feed's adapter) → believe (times,
exercise or live) → conflate (positions) or queue (everything else, in order) → batch.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

import msgspec
from paho.mqtt.client import topic_matches_sub

from cop.domain.area import Alert, Zone
from cop.domain.batch import Batch, BrokerState, Delivered, RefusedWord
from cop.domain.details import IncidentDetails
from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction, kind_of
from cop.domain.rules.known_words import unknown_words
from cop.domain.rules.newer import revision_of_time
from cop.domain.rules.plausible import refuse_time
from cop.domain.statement import Statement
from cop.domain.unit import Position, Unit
from cop.feeds import cot_uids
from cop.feeds.adapters import make_adapter
from cop.feeds.adapters.adapter import Adapter, Recalls
from cop.feeds.authorship import WrongHands, author_of
from cop.feeds.census import Census
from cop.feeds.conflation import Conflation
from cop.feeds.health import FeedCounter
from cop.feeds.message import BadMessage, Feed, Message, NotTheirs
from cop.feeds.pipe import OpenEmergency
from cop.feeds.session import Received
from cop.feeds.topics import exercise_of, levels_of, parse_object_topic, specificity

_LOG = logging.getLogger(__name__)
_ROUTES_LIMIT = 200_000
_TOPIC_LENGTH = 1024
#: what may wait for a desktop that does not read, in bytes of the messages that said it
_WAITING_LIMIT = 256 << 20
_BACKOFF_AFTER, _BACKOFF_S = 3, (0.5, 30.0)
#: what a report weighs beside its share of the message, in bytes
_REPORT_OVERHEAD = 64
#: refused words that wait for the desktop: it shows the last of them, and who floods us with such gains nothing
_REFUSALS_LIMIT = 100
_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_REPORT_ENCODER = msgspec.msgpack.Encoder()
_REPORT_DECODER = msgspec.msgpack.Decoder(Report)
_NO_FEED = Feed(name="no feed", format="cop-json", topic="#")


#: revision and time of a unit's newest words, and what they are: body, losses, whether it is in an exercise
_Words = tuple[tuple[int, datetime], tuple[Unit, dict[str, str], bool]]


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
    refusal: str


class _Line:
    """One feed at work: its adapter, its counts, and how long it rests after repeated failures."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.counter = FeedCounter(feed)
        self.adapter: Adapter | None = None
        self.failures = 0
        self.rest_until = 0.0


class Intake:
    """Feed it bursts with `take`; get a batch with `batch`. Knows neither broker nor pipe.

    `exercise` is the name of the exercise that this desk plays, None in live work; `reader` is its agency. `listen`
    hears every report that is believed. `we_say` knows of which agencies this desk itself writes for TAK: what comes
    back of these is an echo. `emergencies` are those that stand in the picture when the process is started again.
    `clock` tells our time in epoch seconds.
    """

    def __init__(
        self,
        feeds: Sequence[Feed],
        recorder: Recorder | None,
        *,
        exercise: str | None,
        reader: str = "",
        make: Callable[[Feed], Adapter] = make_adapter,
        listen: Callable[[Report], None] | None = None,
        we_say: Callable[[str], bool] | None = None,
        emergencies: Iterable[OpenEmergency] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._lines = [_Line(feed) for feed in feeds]
        self._by_specificity = sorted(self._lines, key=lambda line: specificity(line.feed.topic))
        self._stray = _Line(_NO_FEED)
        self._recorder = recorder
        self._exercise = exercise
        self._reader = reader
        self._make = make
        self._listen = listen
        self._we_say = we_say
        self._clock = clock
        self._routes: dict[str, _Route] = {}
        self._conflation = Conflation()
        self._reports: list[Report] = []
        self._refusals: deque[RefusedWord] = deque(maxlen=_REFUSALS_LIMIT)
        self._waiting_bytes = 0
        self._census = Census()
        # no more of both than the census admits
        self._last_words: dict[tuple[str, str], _Words] = {}
        self._revisions: dict[tuple[str, str, str], tuple[int, datetime]] = {}
        self._recalled = tuple(emergencies)
        for line in self._lines:
            line.adapter = self._adapter_of(line.feed)

    @property
    def waiting(self) -> int:
        """How many positions, reports and refusals the next batch will hold."""
        return len(self._conflation) + len(self._reports) + len(self._refusals)

    @property
    def full(self) -> bool:
        """Whether so many reports wait for the desktop that no more should be taken."""
        return self._waiting_bytes > _WAITING_LIMIT

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
            line = route.line
            counter = line.counter
            counter.messages += 1
            counter.last_message_at = one.received_at
            try:
                if route.refusal:
                    counter.refuse(route.refusal)
                else:
                    self._pass_on(line, one)
            except BadMessage as bad:
                counter.refuse(bad.reason)
            except Exception as error:  # noqa: BLE001 - the feed's edge: see _fail
                self._fail(line, error)
                counter.refuse(f"error of ours: {type(error).__name__}")

    def deny(self, topics: AbstractSet[str]) -> None:
        """Note which feeds the broker does not let this desk hear, by their topic filters."""
        for line in self._lines:
            line.counter.denied = line.feed.topic in topics

    def batch(self, epoch: int, broker: BrokerState | None, delivered: list[Delivered], *, health: bool) -> Batch:
        """What came since the last batch; with the feeds' health if asked."""
        names, positions = self._conflation.take()
        reports, self._reports, self._waiting_bytes = self._reports, [], 0
        refusals = list(self._refusals)
        self._refusals.clear()
        now = self._clock()
        for key in self._census.leave_over(now):
            self._revisions.pop(key, None)
        lines = [*self._lines, self._stray] if self._stray.counter.messages else self._lines
        return Batch(
            epoch=epoch,
            tracks=names,
            positions=positions,
            fields=self._conflation.take_fields(),
            reports=reports,
            health=[line.counter.health(now) for line in lines] if health else [],
            broker=broker,
            delivered=delivered,
            refusals=refusals,
        )

    def _adapter_of(self, feed: Feed) -> Adapter:
        """A new adapter, told who is in an emergency: it must not take the next word of such a unit for its end."""
        adapter = self._make(feed)
        if isinstance(adapter, Recalls):
            for one in self._recalled:
                if one.agency == feed.agency and (one.agency, one.unit) not in self._last_words:
                    adapter.recall(one.unit, exercise=one.exercise)
            for (agency, unit), (_, (body, _, exercise)) in self._last_words.items():
                if agency == feed.agency and body.status == "emergency":
                    adapter.recall(unit, exercise=exercise)
        return adapter

    def _route(self, topic: str) -> _Route:
        fitting = (line for line in self._by_specificity if topic_matches_sub(line.feed.topic, topic))
        line = next(fitting, self._stray)
        feed = line.feed
        agency = feed.agency
        if not agency and (where := parse_object_topic(topic)) is not None:
            agency = where.agency
        source = self._recorder.source(feed.name, agency, feed.format) if self._recorder is not None else 0
        route = _Route(line, source, self._refusal(line, topic))
        if len(topic) <= _TOPIC_LENGTH:
            if len(self._routes) >= _ROUTES_LIMIT:
                self._routes.clear()  # a hostile sender may invent topics without end
            self._routes[topic] = route
        return route

    def _refusal(self, line: _Line, topic: str) -> str:
        if line is self._stray:
            return "no feed reads this topic"
        if len(topic) > _TOPIC_LENGTH:
            return "topic is longer than 1,024 characters"
        exercise = exercise_of(topic)
        if exercise == self._exercise:
            return ""
        if self._exercise is None:
            return "an exercise message in live work"
        return "a live message in an exercise" if exercise is None else "a message of another exercise"

    def _pass_on(self, line: _Line, one: Received) -> None:
        """Decode a message and take what can be believed of it. Raises BadMessage if that is nothing."""
        feed = line.feed
        if len(one.payload) > feed.max_bytes:
            raise BadMessage(feed.too_large)
        if line.adapter is None:
            if time.monotonic() < line.rest_until:
                raise BadMessage("the feed rests after repeated failures")
            line.adapter = self._adapter_of(line.feed)
        received_at = datetime.fromtimestamp(one.received_at, UTC)
        refused: BadMessage | None = None
        reports: Sequence[Report]
        try:
            reports = line.adapter.decode(Message(one.topic, one.payload, received_at, one.retained))
        except NotTheirs as echo:
            if self._we_say is not None and self._we_say(echo.agency):
                return
            raise
        except BadMessage as bad:
            reports, refused = bad.reports, bad
        # each report's share of the message's size: the others stand in it too
        size = len(one.payload) // max(1, len(reports)) + _REPORT_OVERHEAD
        for report in reports:
            if self._is_echo(report):
                continue
            try:
                self._believe(line, report, size)
            except BadMessage as bad:
                refused = bad  # what else the message says may be good: some senders put many units into one
        if line.failures:
            line.failures, line.counter.failed = 0, ""
        if refused is not None:
            raise refused

    def _is_echo(self, report: Report) -> bool:
        """Whether a report is what this desk wrote for TAK, come back: it would make a second unit of one."""
        owner = cot_uids.agency_of(report.source.original_id)
        return bool(owner) and self._we_say is not None and self._we_say(owner)

    def _fail(self, line: _Line, error: Exception) -> None:
        """The feed's edge: the one place where an unexpected error of an adapter ends."""
        _LOG.exception("feed %s failed", line.feed.name, exc_info=error)
        line.failures += 1
        line.counter.failed = f"error of ours: {type(error).__name__}"
        line.adapter = None  # its state cannot be trusted any more
        if line.failures > _BACKOFF_AFTER:
            low, high = _BACKOFF_S
            line.rest_until = time.monotonic() + min(high, low * 2 ** (line.failures - _BACKOFF_AFTER - 1))

    def _believe(self, line: _Line, report: Report, size: int) -> None:
        body = report.body
        refusal = refuse_time(body.at, report.received_at)
        if refusal:
            raise BadMessage(refusal)
        if isinstance(body, Position):
            if not self._conflation.knows(report.agency, body.id):
                self._census.admit(report.agency, "position", body.id, 0)
            self._conflation.put(report, body)
            if self._listen is not None:
                self._listen(report)
            return
        kind = body.kind if isinstance(body, Retraction) else kind_of(body)
        try:
            author_of(report)
        except WrongHands as wrong:
            whose = (report.agency, body.id, body.by, body.role)
            self._refusals.append(RefusedWord(kind, *whose, wrong.reason, report.received_at))
            raise BadMessage(f"wrong hands: {wrong.reason}") from None
        if isinstance(body, IncidentDetails) and self._reader not in {"", body.to, report.agency}:
            raise BadMessage("details that are for another agency: the broker should not let this desk read them")
        if report.source.format != "cop-json" and kind not in ("unit", "position"):
            body = msgspec.structs.replace(body, rev=revision_of_time(body.at))
            report = msgspec.structs.replace(report, body=body)
        _check_passage(report)
        if isinstance(body, Retraction) or body.deleted:
            self._revisions.pop((report.agency, kind, _name(body)), None)
            if kind in ("unit", "position"):
                self._conflation.take_back(report.agency, body.id, body.at.timestamp())
            if kind != "position":  # a unit's slot is for ever
                self._census.leave(report.agency, kind, _name(body))
        elif not isinstance(body, LogEntry):  # the picture keeps the last lines only
            self._census.admit(report.agency, kind, _name(body), size)
            if isinstance(body, Alert | Zone):
                ends = body.expires_at.timestamp() if body.expires_at is not None else None
                self._census.ends(report.agency, kind, body.id, ends)
            if report.source.format == "cop-json":  # the other formats count no revisions
                self._check_revision((report.agency, kind, _name(body)), body.rev, body.at)
        if isinstance(body, Unit):
            key = (report.agency, body.id)
            words = (msgspec.structs.replace(body, at=_NO_TIME), report.losses, report.exercise)
            newest, said = self._last_words.get(key, ((body.rev, body.at), None))
            if (body.rev, body.at) < newest:
                return  # late; the words of now may have been said before it, and are not said again
            self._last_words[key] = (body.rev, body.at), words
            if said == words:
                return  # said before, word for word
        for what, word in unknown_words(body):
            line.counter.note_unmapped(what, word)
        if isinstance(body, Retraction) or body.deleted:
            self._last_words.pop((report.agency, body.id), None)
        self._reports.append(report)
        self._waiting_bytes += size
        if self._listen is not None:
            self._listen(report)

    def _check_revision(self, key: tuple[str, str, str], rev: int, at: datetime) -> None:
        """Raises BadMessage for a later word with a lower revision: the picture takes none, and it must be seen.

        So speaks a system that was installed anew and counts from 1 again.
        """
        known = self._revisions.get(key)
        if known is not None and rev < known[0]:
            if at > known[1]:
                raise BadMessage("rev went back: a later word with a lower revision is not taken")
            return
        self._revisions[key] = (rev, at)


def _name(body: Statement) -> str:
    """The name of an object among those of its kind and agency: what is said to others names them too."""
    return levels_of(body)[0]


def _check_passage(report: Report) -> None:
    """Raises BadMessage for a report that the desktop could not read: it would take the whole batch for broken.

    msgspec checks a struct's ranges when it decodes one, not when an adapter makes one.
    """
    try:
        _REPORT_DECODER.decode(_REPORT_ENCODER.encode(report))
    except (msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        _LOG.warning("feed %s made a report that cannot be used: %s", report.source.feed, error)
        raise BadMessage("error of ours: the report it makes is out of range") from None
