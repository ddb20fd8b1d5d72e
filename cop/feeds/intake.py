"""The feed process's middle: every message that came in passes these steps, in this order.

route (which feed is it?) → hold (of a sender that floods) → decode (the feed's adapter) → journal (raw, with what it
was; decoded or not) → believe (times, exercise or live) → conflate (positions) or queue (everything else, in order)
→ batch.
"""

import logging
import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime

import msgspec

from cop.domain.batch import Batch, BrokerState, Delivered, FeedHealth
from cop.domain.report import Report, Retraction, kind_of
from cop.domain.rules import skew
from cop.domain.unit import Position
from cop.feeds import cot_uids
from cop.feeds.adapters import MODULES, format_of, make_adapter
from cop.feeds.adapters.adapter import Adapter, Recalls
from cop.feeds.believing import Believing, TooEarly
from cop.feeds.holding import Holding
from cop.feeds.message import BadMessage, Feed, Message, NotTheirs
from cop.feeds.pipe import OpenEmergency
from cop.feeds.routing import NOTHING, SEVERAL, Line, Recorder, Route, Routes
from cop.feeds.session import Received
from cop.feeds.waiting_room import Waiting, WaitingRoom

_LOG = logging.getLogger(__name__)
#: what may wait for a desktop that does not read, in bytes of the messages that said it
_WAITING_LIMIT = 256 << 20
_BACKOFF_AFTER, _BACKOFF_S = 3, (0.5, 30.0)
#: what a report weighs beside its share of the message, in bytes
_REPORT_OVERHEAD = 64
#: what one `take` gives to those who flood: half a pulse, in seconds
_SHARE_S = 1 / 60
#: words kept of senders whose corrected clock may just have been put right, in case they were
_DOUBTED = 500

#: `cop.journal.record`, which this room does not know: the way of what is heard, and its marks
_HEARD, _RETAINED, _ALONE = 0, 1, 2
_NAN = math.nan
#: time of receipt, source, way, topic, raw bytes, the sender's time, kind, marks: a `Record` of the journal
_Row = tuple[float, int, int, str, bytes, float, str, int]


def _remembers(feed: Feed) -> bool:
    """Whether a feed's format remembers; what nobody has written down may."""
    return feed.format not in MODULES or format_of(feed.format).remembers


class Intake:
    """Feed it bursts with `take`; get a batch with `batch`. Knows neither broker nor pipe.

    `exercise` is the name of the exercise that this desk plays, None in live work; `reader` is its agency. `listen`
    hears every report that is believed. `we_say` knows of which agencies this desk itself writes for TAK: what comes
    back of these is an echo. `emergencies` are those that stand in the picture when the process is started again.
    `clock` tells our time in epoch seconds. One `take` gives `share_s` to the messages of those who flood, by
    `effort`, a clock of seconds; with an infinite share nobody is held back.
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
        share_s: float = _SHARE_S,
        effort: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._routes = Routes(feeds, recorder, exercise, _remembers)
        self._recorder = recorder
        self._make = make
        self._we_say = we_say
        self._clock = clock
        self._effort = effort
        self._share_s = share_s
        self._holding = Holding()
        self._believing = Believing(reader, listen)
        self._in_full = 0  # records since the last batch that a replay has to read one by one
        self._room = WaitingRoom()
        self._doubted: deque[Waiting] = deque(maxlen=_DOUBTED)
        self._recalled = tuple(emergencies)
        for line in self._routes.lines:
            line.adapter = self._adapter_of(line.feed)

    @property
    def waiting(self) -> int:
        """How many positions, reports and refusals the next batch will hold."""
        return self._believing.waiting

    @property
    def held(self) -> int:
        """How many messages of senders that flood are still to be taken: `take` again soon."""
        return len(self._holding)

    @property
    def full(self) -> bool:
        """Whether so many reports wait for the desktop that no more should be taken."""
        return self._believing.waiting_bytes > _WAITING_LIMIT

    def resume(self, health: Sequence[FeedHealth]) -> None:
        """Go on from what a snapshot says of the feeds: counts, rhythms, clocks."""
        known = {one.feed: one for one in health}
        for line in [*self._routes.lines, self._routes.stray]:
            if (before := known.get(line.feed.name)) is not None:
                line.counter.resume(before)

    def show(self, report: Report) -> None:
        """Pass on what this desk itself did, judged by nobody: replay shows it as the desk did."""
        self._believing.show(report)

    def count(self, feed: str, agency: str, times: Sequence[float], counts: Sequence[int]) -> None:
        """Note messages that need not be decoded, so many at each of these times (epoch seconds, in order)."""
        for line in [*self._routes.lines, self._routes.stray]:
            if line.feed.name == feed and times:
                line.counter.messages += sum(counts)
                line.counter.last_message_at = times[-1]
                line.counter.hearing(agency).hear_many(times, counts)

    def take(self, burst: Sequence[Received], *, counted: bool = False) -> list[Received]:
        """Pass a burst through every step; returns what was taken, which of those who flood may be less, or more.

        Whatever happens, every message is with the journal when it is returned, in the order in which it was taken.
        What was `counted` before is not counted again.
        """
        rows: list[_Row] = []
        taken: list[Received] = []
        begin, reached = self._effort(), 0
        route_of, holding, holds = self._routes.of, self._holding, self._share_s != math.inf
        try:
            for one in burst:
                route = route_of(one.topic)
                counter, hearing = route.line.counter, route.hearing
                if not counted:
                    counter.messages += 1
                    counter.last_message_at = one.received_at
                    hearing.hear(one.received_at, retained=one.retained)
                reached += 1
                if holds and (hearing.flooding or hearing.held) and not route.refusal:
                    overtaken = holding.put(route, one)
                    if overtaken is not None:
                        earlier, said_at = overtaken
                        counter.overtaken += 1
                        rows.append(_row(route, earlier, said_at, "position", _plain(route, earlier, said_at)))
                        taken.append(earlier)
                else:
                    self._take_one(route, one, rows)
                    taken.append(one)
            while holding and (holding.over or self._effort() - begin < self._share_s):
                route, one = holding.next()
                self._take_one(route, one, rows)
                taken.append(one)
        finally:
            if self._recorder is not None:
                rows += [_row(self._routes.of(one.topic), one, _NAN, "", 0) for one in burst[reached:]]
                self._recorder.append(rows)
        if burst and self._room:
            self._refuse_late(burst[-1].received_at)
        return taken

    def close(self) -> list[Received]:
        """Take what is still held; returns it."""
        self._share_s = math.inf
        return self.take([])

    def deny(self, topics: AbstractSet[str]) -> None:
        """Note which feeds the broker does not let this desk hear, by their topic filters."""
        for line in self._routes.lines:
            line.counter.denied = line.feed.topic in topics

    def batch(self, epoch: int, broker: BrokerState | None, delivered: list[Delivered], *, health: bool) -> Batch:
        """What came since the last batch; with the feeds' health if asked."""
        now = self._clock()
        self._refuse_late(now)
        names, positions, fields, reports, refusals = self._believing.fetch(now)
        in_full, self._in_full = self._in_full, 0
        stray = self._routes.stray
        lines = [*self._routes.lines, stray] if stray.counter.messages else self._routes.lines
        if broker is not None:
            broker = msgspec.structs.replace(broker, clock_off_s=self._own_clock_off_s())
        return Batch(
            epoch=epoch,
            tracks=names,
            positions=positions,
            fields=fields,
            reports=reports,
            health=[line.counter.health(now) for line in lines] if health else [],
            broker=broker,
            delivered=delivered,
            refusals=refusals,
            in_full=in_full,
        )

    def _own_clock_off_s(self) -> float | None:
        """How far our own clock is off by what the agencies say, each counted once."""
        skews = {
            hearing.agency: hearing.clock.skew_s
            for line in self._routes.lines
            for hearing in line.counter.hearings
            if hearing.clock.skew_s is not None
        }
        return skew.own_clock_s(list(skews.values()))

    def _adapter_of(self, feed: Feed) -> Adapter:
        """A new adapter, told who is in an emergency: it must not take the next word of such a unit for its end."""
        adapter = self._make(feed)
        if isinstance(adapter, Recalls):
            for one in self._recalled:
                if one.agency == feed.agency and not self._believing.is_known(one.agency, one.unit):
                    adapter.recall(one.unit, exercise=one.exercise)
            for unit, exercise in self._believing.emergencies(feed.agency):
                adapter.recall(unit, exercise=exercise)
        return adapter

    def _take_one(self, route: Route, one: Received, rows: list[_Row]) -> None:
        """Decode a message, note it for the journal, and take what can be believed of it."""
        line, counter = route.line, route.line.counter
        said_at, kind, marks = _NAN, "bad", 0
        try:
            refusal = route.refusal
            if not refusal and (line.adapter is None or len(one.payload) > line.feed.max_bytes):
                refusal = self._barred(line, one)
            if not refusal:
                reports, refusal = self._decode(route, one)
                if reports:
                    said_at = reports[0].body.at.timestamp()
                    refusal = self._believe(route, one, reports, said_at) or refusal
                if line.failures:
                    line.failures, counter.failed = 0, ""
                if not refusal:
                    kind = _kind_of(reports) if reports else ""
                    marks = _marks(route, one, reports, said_at, kind) if reports else 0
        except Exception as error:  # noqa: BLE001 - the feed's edge: see _fail
            self._fail(line, error, one.received_at)
            refusal = f"error of ours: {type(error).__name__}"
        finally:
            if one.retained:
                marks |= _RETAINED
            if kind != "bad" and not marks & _ALONE:
                self._in_full += 1
            rows.append((one.received_at, route.source, _HEARD, one.topic, one.payload, said_at, kind, marks))
        if refusal:
            counter.refuse(refusal)

    def _barred(self, line: Line, one: Received) -> str:
        """Why a message is not even looked at; empty if it is."""
        if len(one.payload) > line.feed.max_bytes:
            return line.feed.too_large
        if line.adapter is None:
            if 0.0 < line.rest_until - one.received_at <= _BACKOFF_S[1]:
                return "the feed rests after repeated failures"
            line.adapter = self._adapter_of(line.feed)
        return ""

    def _decode(self, route: Route, one: Received) -> tuple[Sequence[Report], str]:
        """The reports that a message makes, and why it, or a part of it, makes none."""
        adapter, offset_s = route.line.adapter, route.hearing.offset_s
        assert adapter is not None
        # a sender's times are read by the sender's clock: what is ours is told by it
        received_at = datetime.fromtimestamp(one.received_at + offset_s, UTC)
        reports: Sequence[Report]
        refusal = ""
        try:
            reports = adapter.decode(Message(one.topic, one.payload, received_at, one.retained))
        except NotTheirs as echo:
            ours = self._we_say is not None and self._we_say(echo.agency)
            return [], "" if ours else echo.reason
        except BadMessage as bad:
            reports, refusal = bad.reports, bad.reason
        if reports and not one.retained and not 0.0 < route.hearing.next_reading - one.received_at < 1.0:
            self._read_clock(route, one, reports[0], received_at)
        if offset_s:
            heard_at = datetime.fromtimestamp(one.received_at, UTC)
            reports = [msgspec.structs.replace(report, received_at=heard_at) for report in reports]
        return reports, refusal

    def _read_clock(self, route: Route, one: Received, report: Report, received_at: datetime) -> None:
        """Read the sender's clock off a message; where it is known now, or another, what waited for that is taken."""
        at = report.body.at
        if at is received_at or at == received_at:
            return  # the message names no time
        hearing = route.hearing
        if not hearing.agency:
            return  # those beyond how many are told apart, each with a clock of its own
        said_at = at.timestamp()
        lag_s = one.received_at - said_at
        if not isinstance(report.body, Position) and lag_s > skew.TOLERANCE_S - hearing.offset_s:
            return  # what a word tells of may be long ago; where a unit is, is told at once
        unit = report.body.id if isinstance(report.body, Position) else ""
        if -skew.WILDEST_S <= lag_s <= skew.WILDEST_S and hearing.read_clock(one.received_at, said_at, unit):
            self._clock_known(route)

    def _clock_known(self, route: Route) -> None:
        """A sender's times are read otherwise from now on."""
        hearing, line = route.hearing, route.line
        doubted = [one for one in self._doubted if one.hearing is hearing]
        self._doubted = deque((one for one in self._doubted if one.hearing is not hearing), _DOUBTED)
        for one in [*self._room.of(hearing), *doubted]:
            self._let_in(one)
        if line.remembers:  # what it has in mind is by another clock
            line.adapter = self._adapter_of(line.feed)

    def _let_in(self, one: Waiting) -> None:
        """Take what has waited, as it can be taken now."""
        try:
            self._believing.take(
                one.line, one.hearing, one.report, one.size, one.received_at, retained=one.retained, waits=False
            )
        except BadMessage as bad:
            one.line.counter.refuse(bad.reason)
        except Exception as error:  # noqa: BLE001 - the feed's edge: see _fail
            self._fail(one.line, error, one.received_at)

    def _refuse_late(self, now: float) -> None:
        for one in self._room.over(now):
            self._let_in(one)

    def _believe(self, route: Route, one: Received, reports: Sequence[Report], said_at: float) -> str:
        """Take each report of a message; returns why the last that cannot be taken cannot."""
        line, hearing = route.line, route.hearing
        # each report's share of the message's size: the others stand in it too
        size = len(one.payload) // len(reports) + _REPORT_OVERHEAD
        refusal = ""
        for report in reports:
            if self._is_echo(report):
                continue
            try:
                self._believing.take(line, hearing, report, size, one.received_at, retained=one.retained)
            except TooEarly:
                for left_over in self._room.put(Waiting(line, hearing, report, one.received_at, size, one.retained)):
                    self._let_in(left_over)
            except BadMessage as bad:
                refusal = bad.reason  # what else the message says may be good: some put many units into one
            if hearing.offset_s and not isinstance(report.body, Position):
                raw_s = one.received_at - said_at
                if abs(raw_s) <= skew.BEHIND_S < raw_s + hearing.offset_s:  # late, unless it is right again
                    self._doubted.append(Waiting(line, hearing, report, one.received_at, size, one.retained))
        return refusal

    def _is_echo(self, report: Report) -> bool:
        """Whether a report is what this desk wrote for TAK, come back: it would make a second unit of one."""
        owner = cot_uids.agency_of(report.source.original_id)
        return bool(owner) and self._we_say is not None and self._we_say(owner)

    def _fail(self, line: Line, error: Exception, now: float) -> None:
        """The feed's edge: the one place where an unexpected error of an adapter ends."""
        _LOG.exception("feed %s failed", line.feed.name, exc_info=error)
        line.failures += 1
        line.counter.failed = f"error of ours: {type(error).__name__}"
        line.adapter = None  # its state cannot be trusted any more
        if line.failures > _BACKOFF_AFTER:
            low, high = _BACKOFF_S
            line.rest_until = now + min(high, low * 2 ** min(10, line.failures - _BACKOFF_AFTER - 1))


def _row(route: Route, one: Received, said_at: float, kind: str, marks: int) -> _Row:
    """What the journal notes of a message."""
    marks |= _RETAINED if one.retained else 0
    return (one.received_at, route.source, _HEARD, one.topic, one.payload, said_at, kind, marks)


def _kind_of(reports: Sequence[Report]) -> str:
    """The kind of all these reports, "mixed" for several."""
    if len(reports) == 1 and type(reports[0].body) is Position:
        return "position"
    kinds = {one.body.kind if isinstance(one.body, Retraction) else kind_of(one.body) for one in reports}
    return kinds.pop() if len(kinds) == 1 else "mixed"


def _marks(route: Route, one: Received, reports: Sequence[Report], said_at: float, kind: str) -> int:
    """The mark of a message that says a unit's place and nothing else, on a topic that speaks of that unit alone."""
    report = reports[0]
    if kind != "position" or len(reports) > 1:
        if len({report.body.id for report in reports}) > 1 or kind not in ("", "position", "unit", "mixed"):
            route.unit = SEVERAL
        return 0
    if route.unit != report.body.id:
        route.unit = report.body.id if route.unit == NOTHING else SEVERAL
        if route.unit == SEVERAL:
            return 0
    if route.line.remembers or report.losses or not isinstance(report.body, Position):
        return 0
    return _plain(route, one, said_at)


def _plain(route: Route, one: Received, said_at: float) -> int:
    """The mark of a message whose time can be compared as it stands: its sender's clock is right."""
    return _ALONE if not route.hearing.offset_s and said_at <= one.received_at + skew.TOLERANCE_S else 0
