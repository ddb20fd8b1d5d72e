"""What a replay needs of the record, and where one can begin: at a snapshot, or where a desk began with nothing."""

import bisect
import logging
import math
from collections.abc import Iterator
from typing import NamedTuple, Protocol

import msgspec

from cop.domain.batch import Batch
from cop.feeds.message import Feed
from cop.feeds.outlet import Outlet
from cop.feeds.pipe import OpenEmergency
from cop.feeds.topics import LIVE_ROOT
from cop.journal.block import Block
from cop.journal.record import SNAPSHOT, STARTED, Way

_LOG = logging.getLogger(__name__)
_FASTEST_PACE = 100.0
_BATCH = msgspec.msgpack.Decoder(Batch)


class Noted(Protocol):
    """A note of the journal's own; the payload of a snapshot may be left out."""

    @property
    def number(self) -> int:
        """The record's number."""

    @property
    def at(self) -> float:
        """When it was noted, epoch seconds."""

    @property
    def kind(self) -> str:
        """What it notes."""

    @property
    def payload(self) -> bytes:
        """JSON."""


class Record(Protocol):
    """All that is on record, in order, while it goes on (`cop.journal.reading.JournalReader`)."""

    @property
    def first(self) -> int:
        """The number of the first record."""

    @property
    def last(self) -> int:
        """The number of the last one."""

    @property
    def first_at(self) -> float:
        """When the first was received, epoch seconds."""

    @property
    def last_at(self) -> float:
        """When the last was."""

    @property
    def unread(self) -> list[str]:
        """What cannot be read, in words."""

    def refresh(self) -> None:
        """See what has come since."""

    def number_at(self, at: float) -> int:
        """The last record received at or before a moment; `first` - 1 before all."""

    def at_of(self, number: int) -> float:
        """When a record was received."""

    def blocks(self, after: int, upto: int) -> Iterator[Block]:
        """The records with numbers above `after`, up to `upto`."""

    def is_proven(self, number: int) -> bool:
        """Whether the block that holds a record is as it was written, by the digests beside it."""

    def notes(self, *kinds: str, since: float = -math.inf, until: float = math.inf) -> Iterator[Noted]:
        """The journal's notes of these kinds, in order."""

    def late_blocks(self, after: int, said_until: float) -> Iterator[Block]:
        """Blocks beyond a number that hold what was said at or before a moment."""


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """How a feed process was started: its feeds, its root, whose agency reads; `fresh`: its desktop knew nothing.

    `publish` tells what it wrote for others itself, `emergencies` who had called for help by then.
    """

    feeds: tuple[Feed, ...] = ()
    root: str = LIVE_ROOT
    reader: str = ""
    publish: tuple[Outlet, ...] = ()
    emergencies: tuple[OpenEmergency, ...] = ()
    fresh: bool = False
    #: how many times faster than the world an exercise was played
    pace: float = 1.0
    number: int = 0
    at: float = 0.0

    @classmethod
    def read(cls, payload: bytes, number: int, at: float) -> "Begun | None":
        """From the note of it; None for one that cannot be read."""
        try:
            read = msgspec.json.decode(payload, type=cls)
            return msgspec.structs.replace(read, number=number, at=at, pace=pace_of(read.pace))
        except msgspec.MsgspecError as error:
            _LOG.error("how the feeds were started (record %d) cannot be read: %s", number, error)
            return None


def pace_of(said: float) -> float:
    """How many times faster an exercise was played, by what is on record of it: anybody may have made the file."""
    return min(max(1.0, said), _FASTEST_PACE)


class Base(NamedTuple):
    """Where to begin: after record `after`, at `at`, with this snapshot (None: with nothing), decoding as `begun`."""

    after: int
    at: float
    snapshot: Batch | None
    begun: Begun


class Chapters:
    """The snapshots and beginnings of a record, in order; `renew` after the record has gone on."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._snapshots: list[int] = []
        self._begun: list[Begun] = []
        self._unread: set[int] = set()
        self.renew()

    def renew(self) -> None:
        """See what was noted since, and what is no longer kept."""
        self._snapshots = [note.number for note in self._record.notes(SNAPSHOT)]
        known = {one.number: one for one in self._begun}
        found = (
            known.get(note.number) or Begun.read(note.payload, note.number, note.at)
            for note in self._record.notes(STARTED)
        )
        self._begun = [one for one in found if one is not None]

    def base(self, upto: int) -> Base:
        """The last moment at or before record `upto` from which all that stood then is known.

        A snapshot that cannot be read is passed over for the one before. Before all of them it is the first record.
        """
        begun = self._begun_by(upto)
        fresh = next((one.number for one in reversed(self._begun) if one.number <= upto and one.fresh), 0)
        place = bisect.bisect_right(self._snapshots, upto)
        for number in reversed(self._snapshots[:place]):
            if number < fresh:
                break
            snapshot = self._read(number)
            if snapshot is not None and fresh <= snapshot.upto < number:
                return Base(snapshot.upto, snapshot.upto_at, snapshot, self._begun_by(snapshot.upto))
        after = max(fresh, self._record.first) - 1
        begun = self._begun_by(after) if self._begun_by(after).number else self._first_begun(begun)
        return Base(after, self._record.at_of(after + 1), None, begun)

    def is_whole(self, base: Base) -> bool:
        """Whether all that stood at a base is known: not where it only is where the record begins by now."""
        return base.snapshot is not None or any(one.fresh and one.number == base.after + 1 for one in self._begun)

    def _begun_by(self, number: int) -> Begun:
        return next((one for one in reversed(self._begun) if one.number <= number), Begun())

    def _first_begun(self, otherwise: Begun) -> Begun:
        """The note of how the feeds were started that came first; it may be gone with the oldest records."""
        return self._begun[0] if self._begun else otherwise

    def _read(self, number: int) -> Batch | None:
        if number in self._unread:
            return None
        try:
            block = next(self._record.blocks(number - 1, number), None)
            if block is not None and len(block) and _is_snapshot(block) and self._record.is_proven(number):
                batch = _BATCH.decode(block.payload(0))
                batch.position_rows()  # raises ValueError for what are no rows
                if batch.aside is not None:
                    return batch
            why: object = "it is gone, was altered, or is no snapshot"
        except (msgspec.MsgspecError, ValueError) as error:
            why = error
        _LOG.error("the snapshot of record %d cannot be used; the one before it is: %s", number, why)
        self._unread.add(number)
        return None


def _is_snapshot(block: Block) -> bool:
    """Whether a record is one of this desk's own, whatever the index of notes says of it."""
    return int(block.way[0]) == Way.NOTED and block.kinds[block.kind[0]] == SNAPSHOT
