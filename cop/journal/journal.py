"""The journal's writing side: every message received and every action, raw bytes, in the order they came.

One file a day (UTC) and operation, chained to one another (`cop.journal.chain`). Each commit writes a row of the newest
records; a full block, or one that is a minute old, takes the place of its rows.
"""

import json
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from cop.domain.disk_words import in_words
from cop.journal.block import on_record
from cop.journal.chain import GENESIS, link_all
from cop.journal.faults import damage_in_words, is_damaged
from cop.journal.folder import FolderLock, day_of, file_of, files_of
from cop.journal.folding import Folding, Stretch
from cop.journal.record import DROPPED, GAP, SNAPSHOT, Record, Way
from cop.journal.recovery import Standing, salvaged, standing_of
from cop.journal.retention import Retention
from cop.journal.seal import Seal
from cop.journal.sources import Sources, as_text
from cop.journal.tail import encode_tail
from cop.journal.volume import VERSION, Head, TailRow, Volume, make_volume
from cop.journal.waiting import Loss, Waiting

_LOG = logging.getLogger(__name__)
_FOLD_AFTER_S = 60.0
_PAGES_AT_AN_END = 8_192
#: of what is said of damaged files so many characters are kept
_ASIDE_WORDS = 400
_RETAIN_EVERY_S, _RETAIN_MORE_AFTER_S = 60.0, 2.0
#: by senders' times a clock of ours that was set wrong is known: nothing is let go of by it
_AGREE_S = 3_600.0
#: what waits for a disk that refuses: records, bytes
_WAITING_LIMIT = (200_000, 128 << 20)
_FIELDS = len(Record._fields)
_DEFAULTS = tuple(Record._field_defaults.values())


class Journal:
    """Appends in memory, writes in batches: `append`, `append`, …, `commit`.

    Making one and everything but `commit` and `close` never touches the disk. What could not be written waits, and
    the file is opened anew with each `commit` until it can be; a file that is damaged is left where it is, and another
    is begun. Beyond `waiting` (records, bytes) the oldest are lost, actions last, and a GAP note says so. Numbers are
    known once the file was opened. `clock` is the time of day in epoch seconds, `steady` never jumps.
    """

    def __init__(
        self,
        folder: Path,
        operation: str,
        *,
        desk: str = "",
        key_file: str = "",
        keep_days: float = 0.0,
        keep_mb: float = 0.0,
        waiting: tuple[int, int] = _WAITING_LIMIT,
        clock: Callable[[], float] = time.time,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self.operation = operation
        self._desk = desk
        self._seal = Seal(key_file, steady)
        self._retention = Retention(folder, operation, keep_days, keep_mb)
        self._retain_at = 0.0
        self._agreeing = 0  # how many more senders' clocks agree with ours than do not, lately
        self._clock, self._steady = clock, steady
        self._lock = FolderLock()
        self._waiting = Waiting(*waiting)
        self._sources = Sources()
        self._own = self.source("the journal", "", "")
        self._volume: Volume | None = None
        self._numbered = False
        self._written, self._digest = 0, GENESIS
        self._last_at = 0.0
        self._since = 0.0  # the first that this process put on record
        self._stretch: Stretch | None = None
        self._folding = Folding()
        self._attempt: tuple[int, bytes] | None = None
        self._begin_anew = False
        #: the files that were found damaged, and why
        self.left_aside = ""

    def source(self, feed: str, agency: str, form: str) -> int:
        """The number that stands for a feed, agency and format in records."""
        return self._sources.number(feed, agency, form)

    def append(self, records: Iterable[Sequence[Any]]) -> None:
        """Take records in (`Record`, or its first five fields); they are on disk after the next `commit`."""
        taken = []
        for one in records:
            at, source, way, topic, payload, said_at, kind, marks = one if len(one) == _FIELDS else (*one, *_DEFAULTS)
            if not topic.isascii():
                topic = as_text(topic)
            received_at = on_record(at)
            if received_at != received_at:  # noqa: PLR0124 - NaN, which no clock of ours says
                received_at = 0.0
            said_at = on_record(said_at)
            if said_at == said_at and way == Way.HEARD:  # noqa: PLR0124 - it is not NaN
                self._agreeing += 1 if abs(received_at - said_at) < _AGREE_S else -1
            taken.append(Record(received_at, source, way, topic, payload, said_at, kind, marks))
            self._last_at = received_at
        self._waiting.add(taken)

    def note(self, kind: str, payload: bytes) -> None:
        """Put a note of the journal's own on record (`cop.journal.record`)."""
        if kind == SNAPSHOT and not self._numbered:
            return  # it says up to which record it goes, and numbers are not known yet
        self.append([Record(self._clock(), self._own, Way.NOTED, "", payload, kind=kind)])

    @property
    def key_error(self) -> str:
        """Why the record is not signed though a key is configured; empty is well."""
        return self._seal.error

    @property
    def is_signed(self) -> bool:
        """Whether the record is signed."""
        return self._seal.signs

    @property
    def file(self) -> str:
        """The file that records go to now; empty while none can be used."""
        return self._volume.path.name if self._volume is not None else ""

    @property
    def last(self) -> int:
        """The number of the newest record that was appended; 0 while numbers are not known."""
        return self._written + self._waiting.lost_numbers + len(self._waiting) if self._numbered else 0

    @property
    def last_at(self) -> float:
        """When it was received, epoch seconds."""
        return self._last_at

    def commit(self) -> None:
        """Write what was appended. Raises OSError, in words, if the disk refuses: it waits for the next `commit`."""
        try:
            self._commit()
        except (sqlite3.Error, OSError, ValueError) as error:
            why = in_words(error, self.folder)
            # one that was just made and cannot be written is not what is wrong
            if self._volume is not None and self._volume.is_used and is_damaged(error, self._volume.path):
                self._leave_aside(self._volume.path, error)
            self._let_go()
            if self._waiting.forget_beyond(why):
                self._attempt = None  # what was to be written is not what waits now
            raise OSError(why) from error

    def close(self) -> None:
        """Write the rest, fold it, and close. Raises OSError if the disk refuses."""
        try:
            self.commit()
            self._finish_or_leave_aside()
        except (sqlite3.Error, ValueError) as error:
            raise OSError(in_words(error, self.folder)) from error
        finally:
            self._let_go()
            self._folding.close()
            self._lock.leave()

    def _finish_or_leave_aside(self) -> None:
        """Fold and sign; what is damaged is found out here at the latest, and a file begun that says so."""
        if (volume := self._volume) is not None:
            try:
                self._finish(volume)
            except (sqlite3.Error, ValueError) as error:
                if not is_damaged(error, volume.path):
                    raise
                self._leave_aside(volume.path, error)
                self._let_go()
                self.commit()

    def _commit(self) -> None:
        now = self._clock()
        if not self._waiting and not (self._volume is not None and self._due()):
            return
        volume = self._ready(now)
        while self._waiting:
            self._write(volume, now)
        if self._due():
            self._write(volume, now)
        if self._stretch_is_old():
            self._close_stretch()
        if self._retention.asked and self._steady() >= self._retain_at:
            self._let_old_go(volume, now)

    def _let_old_go(self, volume: Volume, now: float) -> None:
        """Let the oldest go, where they are too old or too many: the chain says so before it is done."""
        self._retain_at = self._steady() + _RETAIN_EVERY_S
        going = self._retention.next(volume, now if self._agreeing > 0 else None)
        self._agreeing = 0
        if going is None:
            return
        self.note(DROPPED, json.dumps(going.says()).encode())
        while self._waiting:
            self._write(volume, now)
        with volume.at_once():  # a note that anybody could have added lets nobody take records away
            sealed = self._seal.put(volume, self._written, self._digest, now, soon=True)
        if sealed:
            self._seal.stands_at(self._written)
        if self._retention.carry_out(going, volume):
            self._retain_at = self._steady() + _RETAIN_MORE_AFTER_S

    def _due(self) -> bool:
        """Whether there is something to be done though nothing waits."""
        retain = self._retention.asked and self._steady() >= self._retain_at
        return self._folding.ready or self._stretch_is_old() or retain or self._seal.is_due(self._written)

    def _stretch_is_old(self) -> bool:
        return self._stretch is not None and self._steady() - self._stretch.begun_at >= _FOLD_AFTER_S

    def _write(self, volume: Volume, now: float) -> None:
        """Write the next records, as many as go into one block, and what else is due, all or nothing."""
        loss = self._waiting.loss
        if loss is not None or self._waiting.snapshot_is_next:
            self._close_stretch()
        if loss is not None:
            first, piece = self._written + self._waiting.lost_numbers, [self._gap_note(loss, now)]
        else:
            first, piece = self._written + 1, self._waiting.next_piece(self._stretch)
        last, digest, checks = first + len(piece) - 1, self._digest, bytearray()
        if piece:
            digest, checks = link_all(piece, first, self._digest, self._sources.meaning)
            self._attempt = (last, digest)
        folded = self._folding.done()
        with volume.at_once():
            for row, packed in folded:
                volume.add_block(row, packed)
            if piece:
                volume.add_tail(
                    TailRow(first, last, digest, encode_tail(first, piece, self._sources.meaning, bytes(checks)))
                )
                for number, one in enumerate(piece, start=first):
                    if one.way == Way.NOTED:
                        kept = b"" if one.kind == SNAPSHOT else one.payload
                        volume.add_note(number, one.received_at, one.kind, kept)
            sealed = self._seal.put(volume, max(last, self._written), digest, now)
        self._folding.forget(len(folded))
        if sealed:
            self._seal.stands_at(max(last, self._written))
        if piece:
            self._is_written(last)
            self._written, self._digest = last, digest
            self._put(first, piece, bytes(checks), digest)

    def _is_written(self, last: int) -> None:
        """What waited up to a number is on disk."""
        if self._waiting.loss is not None:
            self._waiting.loss_is_written()
        else:
            self._waiting.are_written(last - self._written)

    def _put(self, first: int, piece: list[Record], checks: bytes, digest: bytes) -> None:
        """Put what is on disk now into the stretch that will be a block."""
        if self._stretch is None:
            self._stretch = Stretch(first, self._steady())
            self._since = self._since or piece[0].received_at
        self._stretch.add(piece, checks, digest)
        if self._stretch.full or piece[-1].kind == SNAPSHOT:
            self._close_stretch()

    def _close_stretch(self) -> None:
        if self._stretch is not None:
            self._folding.begin(self._stretch, self._sources.meaning, self._steady())
            self._stretch = None

    def _gap_note(self, loss: Loss, now: float) -> Record:
        says = loss.says(self._written + 1, self._written + self._waiting.lost_numbers)
        return Record(on_record(now), self._own, Way.NOTED, "", json.dumps(says).encode(), kind=GAP)

    def _ready(self, now: float) -> Volume:
        """The file that a record of now belongs into, open."""
        volume = self._volume
        if volume is not None and not volume.in_place:
            if not volume.save_log():
                error = ValueError("it was taken away, replaced or overwritten while it was written")
                self._leave_aside(volume.path, error)
            self._let_go()
            volume = None
        if volume is None:
            volume = self._open(now)
        return volume if volume.is_of(now) or not self._waiting else self._turn(volume, now)

    def _open(self, now: float) -> Volume:
        """Go on where the newest file ends; begin another where there is none, or none that can be used."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._lock.take(self.folder)
        self._seal.load()
        self._forget_open()
        if not self._numbered:
            self._waiting.begin_numbers()
        names = files_of(self.folder, self.operation)
        if names and not self._begin_anew:
            path = names[-1].path
            try:
                volume = Volume(path)
            except (sqlite3.Error, ValueError) as error:
                if not is_damaged(error, path):
                    raise
                self._leave_aside(path, error)
            else:
                if self._goes_on(volume):
                    return volume
        self._numbered = True
        return self._begin(now)

    def _goes_on(self, volume: Volume) -> bool:
        """Whether a file can be gone on with; if so, it is open. Raises OSError if it is not this desk's."""
        try:
            if volume.head.desk != self._desk:
                whose = volume.head.desk[:80]
                raise OSError(f"{self.folder} holds the journal of desk {whose!r}")  # noqa: TRY301 - closed below
            standing = standing_of(volume)
            self._take_up(standing)
        except (sqlite3.Error, ValueError) as error:
            volume.close()
            if not is_damaged(error, volume.path):
                raise
            self._leave_aside(volume.path, error)
            self._forget_open()
            return False
        except BaseException:
            volume.close()
            raise
        self._volume = volume
        return True

    def _take_up(self, standing: Standing) -> None:
        """Go on with the chain as the file has it. Raises ValueError if it is not what this process wrote."""
        if self._numbered and (standing.last, standing.digest) != (self._written, self._digest):
            if (standing.last, standing.digest) != self._attempt:
                raise ValueError("it is not the file that was written before")
            # the last commit is on disk, though the disk refused to say so
            self._is_written(standing.last)
        self._numbered = True
        self._written, self._digest = standing.last, standing.digest
        self._seal.stands_at(standing.signed, soon=True)
        for tail, digest in zip(standing.tails, standing.hashes, strict=True):
            numbers = [self.source(*one) for one in tail.sources]
            records = [one._replace(source=numbers[one.source]) for one in tail]
            if self._stretch is not None and tail.first != self._stretch.first + len(self._stretch.records):
                self._close_stretch()
            if records[0].kind == SNAPSHOT:
                self._close_stretch()
            self._put(tail.first, records, tail.checks, digest)

    def _begin(self, now: float) -> Volume:
        """Begin a new file, chained to the one before."""
        day = day_of(now)
        while True:
            first = self._written + max(1, self._waiting.lost_numbers)
            path = file_of(self.folder, self.operation, day, first)
            if not path.exists():
                break
            self._leave_aside(path, ValueError("it is not whole"))  # never written over, whatever it is
            self._waiting.skip_number()
        head = Head(VERSION, self.operation, self._desk, day, first, self._digest.hex(), now)
        make_volume(path, head)
        self._volume = Volume(path)
        self._begin_anew, self._since = False, 0.0
        return self._volume

    def _turn(self, volume: Volume, now: float) -> Volume:
        """Another day: finish the file and begin the next."""
        self._finish(volume)
        self._let_go()
        if not volume.is_used:
            volume.path.unlink()  # it never held anything, and the next has its number
        return self._begin(now)

    def _finish(self, volume: Volume) -> None:
        """Put everything into blocks, and sign."""
        self._close_stretch()
        folded = self._folding.done(wait=True)
        with volume.at_once():
            for row, packed in folded:
                volume.add_block(row, packed)
            if self._seal.put(volume, self._written, self._digest, self._clock(), soon=True):
                self._seal.stands_at(self._written)
        self._folding.forget(len(folded))
        volume.give_back(_PAGES_AT_AN_END)

    def _leave_aside(self, path: Path, error: Exception) -> None:
        """A file is left where it is, as it is; another is begun beside it, and a note will say so."""
        why = damage_in_words(error, path)
        _LOG.error("%s is left as it is: %s", path.name, why)
        self.left_aside = "; ".join(part for part in (self.left_aside, f"{path.name}: {why}") if part)[-_ASIDE_WORDS:]
        now, begin = self._clock(), 0.0
        if not self._numbered:
            self._written, self._digest, begin = salvaged(files_of(self.folder, self.operation))
            self._numbered = True
        self._begin_anew = True
        self._waiting.leave_aside(path.name, why, begin or self._since or now, now)

    def _forget_open(self) -> None:
        """What is in no block yet is read from the file anew."""
        self._stretch = None
        self._folding.forget()

    def _let_go(self) -> None:
        """Let the file go; an open transaction is rolled back."""
        if self._volume is not None:
            self._volume.close()
            self._volume = None
