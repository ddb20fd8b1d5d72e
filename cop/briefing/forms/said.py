"""What was said in an operational period: from the journal, or, where there is none, from the picture that stands.

The journal also holds what is gone from the picture: tasks that were taken back, lines beyond the log's length.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import msgspec
import numpy as np

from cop.briefing.leaving import Leaving
from cop.domain.batch import Batch
from cop.domain.details import IncidentDetails
from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction, kind_of
from cop.domain.resource import Resource
from cop.domain.task import Answer, Task
from cop.domain.unit import Unit
from cop.exercise.review.skimmed import Skimmed
from cop.picture.change import Key
from cop.picture.picture import Picture
from cop.picture.tables import key_of
from cop.replay.heard import within_calendar
from cop.replay.past import Past
from cop.replay.recall import Recall

#: so much of the record at a time: of units that are heard beside others, their first place is known as exactly
_STRIDE_S = 30.0
_LONGER_THAN_ANY_S = 1e12
_ANY_TIME = datetime(1970, 1, 1, tzinfo=UTC)
#: of what a unit says of itself, forms tell this alone
_TOLD_STATUSES = frozenset({"emergency", "on_scene"})
#: what no form tells of
_UNTOLD = frozenset({"presence", "details", "consent", "link", "profile"})


@dataclass(frozen=True, slots=True)
class Said:
    """Every word that was new in the period, by the time it was said; copies and words of the same count once.

    `first_heard` are the units that were not known when it began, and when they were first heard. `units` is what each
    unit said of itself last, also one that is gone. `whole` tells whether all this comes from the journal: the picture
    alone knows newest words only.
    """

    words: tuple[Report, ...] = ()
    first_heard: dict[Key, datetime] = field(default_factory=dict)
    units: dict[Key, Unit] = field(default_factory=dict)
    whole: bool = False

    def of(self, kind: type) -> Iterator[Report]:
        """Those of one kind, in order."""
        return (one for one in self.words if isinstance(one.body, kind))


def said_of(picture: Picture, begins: datetime, ends: datetime) -> Said:
    """What the picture still knows of a period: the newest words, heard in it."""
    tables = (picture.table(kind) for kind in _TABLES)
    reports = [one for table in tables for one in table.values()] + picture.log
    words = [one for one in reports if begins <= one.received_at <= ends]
    tracks = picture.tracks
    heard = {one.key: one.received_at for one in words if isinstance(one.body, Unit)}
    rows = np.flatnonzero(tracks.present & (tracks.received_at >= begins.timestamp()))
    for row, at in zip(rows.tolist(), tracks.received_at[rows].tolist(), strict=True):
        key = tracks.keys[row]
        if key not in picture.units and at <= ends.timestamp():
            heard[key] = datetime.fromtimestamp(at, UTC)
    return Said(_in_order(words), heard)


def said_in(recall: Recall, begins: datetime, ends: datetime, *, give_way: Callable[[], None] = lambda: None) -> Said:
    """What this desk heard in a period, walking through its journal; `give_way` is called now and then."""
    record = recall.record
    start, end = max(begins.timestamp(), record.first_at), min(ends.timestamp(), record.last_at)
    if end < start or ends < begins:
        return Said(whole=True)
    walk = _Walk(recall, start, give_way, from_the_first=begins.timestamp() <= record.first_at)
    walk.go(record.last if end >= record.last_at else record.number_at(end))
    return Said(_in_order(walk.words), walk.heard, walk.units, whole=True)


def told(said: Said, leaves: Leaving) -> Said:
    """Of what was said, what the reader of a product may have: as `cop.briefing.leaving` does with a picture."""
    if leaves.whole:
        return said
    reader = leaves.reader
    kept = [one for one in said.words if _is_told(one, reader)]
    tasks = {one.key for one in kept if isinstance(one.body, Task)} | set(leaves.picture.tasks)
    kept = [one for one in kept if _is_of_these(one, tasks, reader)]
    units = leaves.picture.units
    heard = {key: at for key, at in said.first_heard.items() if key in units or key not in leaves.held_back}
    return Said(tuple(kept), heard, said.units, said.whole)


def is_new(report: Report, known: dict[tuple[str, Key], tuple[int, datetime]]) -> bool:
    """Whether a word was not known yet; it is from now on."""
    body = report.body
    kind = body.kind if isinstance(body, Retraction) else kind_of(body)
    key, word = (kind, key_of(report)), (body.rev, body.at)
    if key in known and known[key] >= word:
        return False
    known[key] = word
    return True


class _Walk:
    """One way through the journal."""

    def __init__(self, recall: Recall, start: float, give_way: Callable[[], None], *, from_the_first: bool) -> None:
        record = recall.record
        self.words: list[Report] = []
        self.heard: dict[Key, datetime] = {}
        self.units: dict[Key, Unit] = {}
        self._known: dict[tuple[str, Key], tuple[int, datetime]] = {}
        self._was: dict[tuple[str, Key], object] = {}
        self._slots: dict[tuple[int, int], Key] = {}
        self._there: set[Key] = set()
        self._give_way = give_way
        # of those that say one unit's place and nothing else the first is heard: when the unit came
        self._skimmed = Skimmed(record)
        self._skimmed.places_s, self._skimmed.one_in = _LONGER_THAN_ANY_S, 1
        self._past = Past(self._skimmed, give_way=give_way)  # type: ignore[arg-type]  # all else is the record's own
        self._past.thin = self._skimmed.heard
        # of a period that begins with the record, all that the record holds is new
        upto = record.first - 1 if from_the_first else max(record.number_at(start), record.first)
        if from_the_first:
            self._past.events = []
        for part in self._past.begin(recall.chapters.base(max(upto, record.first)), upto, start):
            self._note_units(part.batch, self._there.add)
            for report in part.batch.reports:
                self._stood(report)
        self._listen()

    def go(self, upto: int) -> None:
        """All that was heard up to this record."""
        for block in self._skimmed.go_through(self._past.done, upto):
            self._give_way()
            steps = np.floor(np.nan_to_num(block.received_at) / _STRIDE_S)
            for row in [*np.flatnonzero(np.diff(steps)).tolist(), len(block) - 1]:
                at = within_calendar(float(block.received_at[row]))
                for part in self._past.go_on(block.first + row, at, thin=True, health=False):
                    self._take_units(part.batch)
                self._listen()

    def _stood(self, report: Report) -> None:
        if isinstance(report.body, Unit):
            self._there.add(report.key)
            self.units[report.key] = report.body
        is_new(report, self._known)
        self._is_other(report)

    def _listen(self) -> None:
        """Take in what was believed since, beside places."""
        for _number, report in self._past.events or ():
            if kind_of(report.body) in _UNTOLD or not is_new(report, self._known) or not self._is_other(report):
                continue
            if isinstance(report.body, Unit):
                if report.body.deleted:
                    continue
                self._hear(report.key, report.received_at)
                self.units[report.key] = report.body
                if report.body.status not in _TOLD_STATUSES:
                    continue
            self.words.append(report)
        self._past.events = []

    def _is_other(self, report: Report) -> bool:
        """Whether an object is other than it was: what is said every minute, and says the same, is no news."""
        body = report.body
        if isinstance(body, LogEntry | Retraction):
            return True
        now: object = msgspec.structs.replace(body, at=_ANY_TIME, rev=0, by="", role="", signature=None)
        if isinstance(body, Unit):
            now = (body.deleted, body.status, body.kind)
        elif isinstance(body, Resource):
            now = (body.deleted, body.kind, body.quantity, body.available, body.availability)
        key = (kind_of(body), key_of(report))
        was, self._was[key] = self._was.get(key), now
        return was != now

    def _note_units(self, batch: Batch, take: Callable[[Key], None]) -> None:
        for name in batch.tracks:
            self._slots[batch.epoch, name.slot] = (name.agency, name.unit)
        for slot in batch.position_rows()["slot"].tolist() if batch.positions else ():
            key = self._slots.get((batch.epoch, slot))
            if key is not None:
                take(key)

    def _take_units(self, batch: Batch) -> None:
        self._note_units(batch, lambda key: None)
        if not batch.positions:
            return
        rows = batch.position_rows()
        for slot, at in zip(rows["slot"].tolist(), rows["received_at"].tolist(), strict=True):
            key = self._slots.get((batch.epoch, slot))
            if key is not None:
                self._hear(key, datetime.fromtimestamp(at, UTC))

    def _hear(self, unit: Key, at: datetime) -> None:
        if unit not in self._there and (unit not in self.heard or at < self.heard[unit]):
            self.heard[unit] = at


def _in_order(words: Iterable[Report]) -> tuple[Report, ...]:
    return tuple(sorted(words, key=_order))


def _order(report: Report) -> tuple[datetime, str, str, str, int]:
    return (report.reported_at, report.agency, kind_of(report.body), report.body.id, report.body.rev)


def _is_told(report: Report, reader: str) -> bool:
    body, own = report.body, report.agency == reader
    if isinstance(body, IncidentDetails):
        return False
    if isinstance(body, Task):
        return not body.draft or own
    if isinstance(body, LogEntry):
        return not body.to or own or reader in body.to
    return True


def _is_of_these(report: Report, tasks: set[Key], reader: str) -> bool:
    """An answer, and the taking back of a task, tell of the task: of one that is not told they are not either."""
    body = report.body
    if isinstance(body, Answer):
        return (body.requester, body.id) in tasks
    return not (isinstance(body, Retraction) and body.kind == "task" and report.agency != reader) or report.key in tasks


_TABLES = ("unit", "incident", "resource", "task", "answer", "zone", "alert", "command", "request", "fill")

__all__ = ["Said", "is_new", "said_in", "said_of", "told"]
