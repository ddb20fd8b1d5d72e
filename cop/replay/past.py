"""One way through the record: from what stood at a snapshot, through all that was said since, by the same intake."""

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from cop.domain.batch import Batch, BrokerState, PositionFields, TrackName
from cop.domain.report import Report, Retraction, kind_of
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import MODULES, format_of
from cop.feeds.adapters.cop_json import CopJson
from cop.feeds.intake import Intake
from cop.feeds.message import BadMessage, Feed, Message
from cop.feeds.pipe import OpenEmergency
from cop.feeds.relay import Relay
from cop.feeds.session import Received
from cop.feeds.topics import exercise_of
from cop.journal.block import Block
from cop.journal.record import BROKER, STARTED, Mark, Way
from cop.replay.event_words import Names
from cop.replay.heard import counted, moment_of, readable
from cop.replay.record import Base, Begun, Record
from cop.replay.thinning import is_alone, thinned

_LOG = logging.getLogger(__name__)
#: blocks are thinned together so many records at a time: all of a day without a snapshot would fill the memory
_AT_ONCE = 200_000
#: what was said so long before a snapshot, within so many records, tells adapters what they remember, …
_WARM_S, _WARM_RECORDS = 180.0, 60_000
#: … and where none remembers anything, which words are late
_LATE_WORDS_S = 20.0
#: so many records at a time are looked through for the next event
_STEP_RECORDS = 4_096
#: plain numbers: an enum's are looked up at a price, thousands of times a seek
_HEARD, _TAKEN, _NOTED, _RETAINED = int(Way.HEARD), int(Way.TAKEN), int(Way.NOTED), int(Mark.RETAINED)
_OWN = Feed(name="this desk", format="cop-json", topic="#")


class Part(NamedTuple):
    """What a stretch of the record brought up to `at`; `anew`: all that stood before it is over."""

    anew: bool
    at: float
    batch: Batch


class Past:
    """The past as this desk heard it. `done` is the number of the last record that was taken in, `at` its moment.

    `give_way` is called now and then in long work, and raises where that is in vain.
    """

    def __init__(self, record: Record, *, give_way: Callable[[], None] = lambda: None) -> None:
        self.done = 0
        self.at = 0.0
        #: how many records since the beginning are not there
        self.missing = 0
        self.names = Names()
        #: (number, report) of all that was believed beside positions, where that is asked for
        self.events: list[tuple[int, Report]] | None = None
        #: whether it is counted who speaks how often, where not all that was said is heard
        self.counts = True
        #: which rows of blocks are heard where not all are
        self.thin: Callable[[Sequence[Block]], list[NDArray[np.intp]]] = thinned
        self._early: list[tuple[int, Report]] | None = None
        self._record = record
        self._give_way = give_way
        self._epoch = 0
        self._number = 0
        self._begun = Begun()
        self._own = CopJson(_OWN)
        self._emergencies: dict[tuple[str, str], OpenEmergency] = {}
        self._known: dict[tuple[str, str, str], tuple[int, datetime]] = {}  # the newest revision and time
        self._broker: BrokerState | None = None
        self._slots: list[TrackName] = []  # named while warming up
        self._parts: list[Part] = []
        self._intake = self._new_intake()

    def begin(self, base: Base, upto: int, at: float) -> list[Part]:
        """The picture at a moment, when the record had come to this number: what stood, and what was said since."""
        self._parts = []
        self._stand_on(base)
        self._hear(base.after, upto, thin=True)
        return self._ended(at, health=True)

    def go_on(self, upto: int, at: float, *, thin: bool, health: bool) -> list[Part]:
        """What was said since, up to this number."""
        self._parts = []
        self._hear(self.done, upto, thin=thin)
        return self._ended(at, health=health)

    def step(self, upto: int) -> tuple[list[Part], Report | None]:
        """To the next record that tells something beside places, and what it tells; None where there is no more."""
        self._parts = []
        self.events = []
        try:
            while self.done < upto and not self.events:
                self._give_way()
                for block in self._record.blocks(self.done, min(upto, self.done + _STEP_RECORDS)):
                    self._look_through(block)
                    if self.events:
                        break
                else:
                    self.done = min(upto, self.done + _STEP_RECORDS) if not self.events else self.done
            found = self.events
        finally:
            self.events = None
        return self._ended(self.at, health=True), found[0][1] if found else None

    def hear_early(self, block: Block, rows: Iterable[int]) -> list[tuple[int, Report]]:
        """Take in records of a time to come, and tell their numbers and what of them was believed."""
        self._early, at = [], self.at
        try:
            for row in rows:
                self._number = block.first + int(row)
                self._intake.take([_received(block, int(row))], counted=True)
            return self._early
        finally:
            self._early, self.at = None, at

    def knew(self, report: Report) -> bool:
        """Whether a word as new as this one had been heard before: it is only said again."""
        body = report.body
        kind = body.kind if isinstance(body, Retraction) else kind_of(body)
        known = self._known.get((kind, *report.key))
        return known is not None and known >= (body.rev, body.at)

    def fetch(self) -> Batch | None:
        """What was taken in early."""
        return self._batch(health=False)

    @staticmethod
    def plain_sources(block: Block) -> list[int]:
        """The sources of a block whose messages mean the same whatever came before them."""
        return [number for number, source in enumerate(block.sources) if not _remembers(source.format)]

    def _stand_on(self, base: Base) -> None:
        """Begin with what stood at the base."""
        snapshot = base.snapshot
        self._begun = base.begun
        self._emergencies, self._broker, self._known = {}, None, {}
        self._epoch += 1
        stands = msgspec.structs.replace(snapshot if snapshot is not None else Batch(), epoch=self._epoch)
        self._parts.append(Part(True, base.at, stands))
        self.missing = 0
        self._note_words(stands.reports)
        self.done, self.at = base.after, base.at
        self._listen()
        if snapshot is not None:
            self._intake.resume(snapshot.health)
            self._warm_up(base)
            self._intake.resume(snapshot.health)

    def _listen(self) -> None:
        """A new intake, as when the feed process was started: it numbers its slots anew."""
        self._epoch += 1
        self._slots = []
        self._intake = self._new_intake()

    def _new_intake(self) -> Intake:
        begun = self._begun
        we_say = Relay(begun.publish, begun.reader).says if begun.publish else None
        return Intake(
            begun.feeds,
            None,
            exercise=exercise_of(begun.root),
            reader=begun.reader,
            listen=self._note_event,
            we_say=we_say,
            emergencies=self._emergencies.values(),
            clock=lambda: self.at,
            share_s=math.inf,  # what was held back then was put on record when it was taken
        )

    def _warm_up(self, base: Base) -> None:
        """Tell the adapters what they had heard before the base, as far as they remember it; nothing of it shows."""
        seconds = _WARM_S if any(_remembers(feed.format) for feed in base.begun.feeds) else _LATE_WORDS_S
        after = max(self._record.first - 1, base.after - _WARM_RECORDS, self._record.number_at(base.at - seconds))
        events, self.events = self.events, None
        for block in self._record.blocks(max(after, base.begun.number), base.after):
            self._give_way()
            rows = np.flatnonzero((block.way == Way.HEARD) & ~is_alone(block) & readable(block))
            self._pass([_received(block, row) for row in rows.tolist()], whole=True)
        self._slots = self._intake.batch(0, None, [], health=False).tracks
        while self._intake.waiting:
            self._intake.batch(0, None, [], health=False)
        self.events = events
        self.done, self.at = base.after, base.at

    def _hear(self, after: int, upto: int, *, thin: bool) -> None:
        for blocks in _together(chain.from_iterable(map(_at_starts, self._record.blocks(after, upto)))):
            self._give_way()
            chosen = self.thin(blocks) if thin else [np.arange(len(block)) for block in blocks]
            for block, rows in zip(blocks, chosen, strict=True):
                self.missing += block.first - self.done - 1
                self._take(block, rows, whole=not thin)
                self.done = block.last
        self.missing += max(0, upto - self.done)
        self.done = max(self.done, upto)

    def _look_through(self, block: Block) -> None:
        """Take a block in as far as the first event in it."""
        telling = np.flatnonzero(~is_alone(block))
        begin = 0
        for row in [*telling.tolist(), len(block)]:
            before = block.cut(block.first + begin - 1, block.first + row - 1)
            if len(before):
                self._take(before, thinned([before])[0], whole=False)
            if row < len(block):
                self._take(block.cut(block.first + row - 1, block.first + row), np.arange(1), whole=True)
            begin = row + 1
            self.done = min(block.first + row, block.last)
            if self.events:
                return

    def _take(self, block: Block, rows: NDArray[np.intp], *, whole: bool) -> None:
        """Hear these records of a block in their order; unless they are the `whole` block, all of it is counted."""
        burst: list[Received] = []
        if not whole and self.counts:
            for source, times, counts in counted(block):
                self._intake.count(block.sources[source].feed, block.sources[source].agency, times, counts)
        fine = readable(block)
        heard = rows[fine[rows]]
        for row, way in zip(heard.tolist(), block.way[heard].tolist(), strict=True):
            if way == _HEARD:
                one = _received(block, row)
                if burst and (self.events is not None or burst[0].retained != one.retained):
                    self._pass(burst, whole=whole)
                    burst = []
                burst.append(one)
                self._number = block.first + row
                continue
            self._pass(burst, whole=whole)
            burst = []
            self._number = block.first + row
            at = float(block.received_at[row])
            if way == _TAKEN:
                self._show(block.topics[block.topic[row]], block.payload(row), at)
            elif way == _NOTED:
                self._heed(block.kinds[block.kind[row]], block.payload(row), at)
        self._pass(burst, whole=whole)

    def _pass(self, burst: Sequence[Received], *, whole: bool) -> None:
        """Hear a burst; what was retained was not counted before."""
        if burst:
            self.at = burst[-1].received_at
            self._intake.take(burst, counted=not (whole or burst[0].retained))

    def _show(self, topic: str, payload: bytes, received_at: float) -> None:
        """An action of this desk: shown at once, as it was then."""
        self.at = received_at
        try:
            reports = self._own.decode(Message(topic, payload, moment_of(received_at)))
        except BadMessage as bad:
            _LOG.warning("the action of record %d cannot be read: %s", self._number, bad.reason)
            return
        for report in reports:
            self._intake.show(report)
            self._note_event(report)

    def _heed(self, kind: str, payload: bytes, at: float) -> None:
        """What the journal itself notes: where the feed process was started, and how the broker was."""
        if kind == STARTED:
            self._cut(at)
            read = Begun.read(payload, self._number, at)
            self._begun = read or msgspec.structs.replace(self._begun, fresh=False)
            self._emergencies = {(one.agency, one.unit): one for one in self._begun.emergencies}
            if self._begun.fresh:
                self._broker = None
                self._epoch += 1
                self._parts = [Part(True, at, Batch(epoch=self._epoch))]
            self._listen()
        elif kind == BROKER:
            try:
                self._broker = msgspec.json.decode(payload, type=BrokerState)
            except msgspec.MsgspecError as error:
                _LOG.warning("what was noted of the broker cannot be read: %s", error)

    def _cut(self, at: float) -> None:
        """End a part here: the slots of what follows are numbered anew."""
        batch = self._batch(health=False)
        if batch is not None:
            self._parts.append(Part(False, at, batch))

    def _ended(self, at: float, *, health: bool) -> list[Part]:
        self.at = at
        batch = self._batch(health=health)
        parts, self._parts = self._parts, []
        if batch is not None:
            parts.append(Part(False, at, batch))
        return parts

    def _batch(self, *, health: bool) -> Batch | None:
        """What the intake has by now; None if that is nothing."""
        if not (self._intake.waiting or health or self._broker is not None):
            return None
        batch = self._intake.batch(self._epoch, self._broker, [], health=health)
        self._broker = None
        names, self._slots = self._slots, []
        fields: list[PositionFields] = list(batch.fields)
        while fields and (more := self._intake.batch(self._epoch, None, [], health=False).fields):
            fields.extend(more)
        self._note_words(batch.reports)
        return msgspec.structs.replace(
            batch, tracks=[*names, *batch.tracks], fields=fields, upto=self.done, upto_at=self.at
        )

    def _note_words(self, reports: Iterable[Report]) -> None:
        """Remember who has called for help, and what things are called."""
        self.names.note(reports)
        for report in reports:
            body = report.body
            kind = body.kind if isinstance(body, Retraction) else kind_of(body)
            known = self._known.get((kind, *report.key))
            if known is None or known < (body.rev, body.at):
                self._known[kind, *report.key] = (body.rev, body.at)
            if isinstance(report.body, Unit):
                if report.body.status == "emergency" and not report.body.deleted:
                    self._emergencies[report.key] = OpenEmergency(*report.key, report.exercise)
                else:
                    self._emergencies.pop(report.key, None)

    def _note_event(self, report: Report) -> None:
        if self.events is not None and not isinstance(report.body, Position):
            self.events.append((self._number, report))
        if self._early is not None:
            self._early.append((self._number, report))


def _received(block: Block, row: int) -> Received:
    retained = bool(block.marks[row] & _RETAINED)
    return Received(block.topics[block.topic[row]], block.payload(row), float(block.received_at[row]), retained, 0, 0)


def _at_starts(block: Block) -> Iterator[Block]:
    """A block, cut where the feed process was started: what was heard before is not counted by the one after."""
    begin = block.first - 1
    for row in np.flatnonzero(block.way == _NOTED).tolist():
        if block.kinds[block.kind[row]] == STARTED:
            number = block.first + row
            yield from (piece for piece in (block.cut(begin, number - 1), block.cut(number - 1, number)) if len(piece))
            begin = number
    if begin < block.last:
        yield block.cut(begin, block.last)


def _together(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """Blocks in lists of some 200,000 records."""
    some: list[Block] = []
    for block in blocks:
        some.append(block)
        if sum(map(len, some)) >= _AT_ONCE:
            yield some
            some = []
    if some:
        yield some


@lru_cache(maxsize=256)
def _remembers(form: str) -> bool:
    """Whether what a message of this format means may depend on those before it."""
    return form not in MODULES or format_of(form).remembers
