"""One file of the journal, open for reading: beside the process that writes it, and where it is damaged in part.

No statement stays open between two calls, so that the writer's WAL can always be emptied. A file may have been made by
anybody: every row is checked before it is used, and what cannot be read is told in words and left out.
"""

import contextlib
import functools
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cop.journal.block import Block
from cop.journal.packing import Wanted, decode, skim
from cop.journal.tail import decode_tail
from cop.journal.volume import BlockRow, Head, TailRow, read_head

_LOCK_WAIT_S = 2.0
_NUMBERS = 1 << 62
_BLOCK = "SELECT first, last, since, until, said_since, hash FROM block"
_TAIL = "SELECT first, last, hash, packed FROM tail"
_NOTE = "SELECT number, at, kind, payload FROM note"
_SIGNATURE = "SELECT number, at, hash, public_key, signature FROM signature"
_NOTES, _SIGNATURES = "the index of notes", "the signatures"


class NoteRow(NamedTuple):
    """A note as the index of notes has it."""

    number: int
    at: float
    kind: str
    payload: bytes


class SignatureRow(NamedTuple):
    """A signature as its table has it."""

    number: int
    at: float
    hash: bytes
    public_key: bytes
    signature: bytes


class OpenVolume:
    """A file and the index of its blocks, as it was at the last `refresh`.

    `unread` says what could not be read, each with the number of the record from which on, 0 where it is not known.
    """

    def __init__(self, path: Path) -> None:
        """Raises OSError if it cannot be read, or is no journal; FileNotFoundError where it is only being made."""
        self.path = path
        self.unread: dict[str, int] = {}
        self.rows: list[BlockRow] = []
        self._columns: tuple[NDArray[np.int64], NDArray[np.float64]] | None = None
        self._connection, self.head = _opened(path)
        self._file = _file_now(path)
        self.refresh()

    @property
    def in_place(self) -> bool:
        """Whether the file is still the one that stands there."""
        return _file_now(self.path) == self._file

    def close(self) -> None:
        """Let the file go."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()

    def refresh(self) -> None:
        """See what was written and what was let go of since."""
        oldest = self._row(f"{_BLOCK} ORDER BY first LIMIT 1")
        kept = [one for one in self.rows if oldest is not None and one.first >= oldest[0]]
        news = self._block_rows(kept[-1].last if kept else 0)
        if news or len(kept) != len(self.rows):
            self.rows = kept + news
            self._columns = None

    @property
    def columns(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Of its blocks the numbers (first, last), shape (n, 2), and the times (since, until, said_since), (n, 3)."""
        if self._columns is None:
            numbers = np.array([one[:2] for one in self.rows], dtype=np.int64).reshape(-1, 2)
            times = [(one.since, one.until, np.nan if one.said_since is None else one.said_since) for one in self.rows]
            self._columns = numbers, np.array(times, dtype=np.float64).reshape(-1, 3)
        return self._columns

    def block_at(self, number: int) -> BlockRow | None:
        """The block that holds a record, or else the first one after it."""
        numbers = self.columns[0]
        place = int(np.searchsorted(numbers[:, 1], number))
        return self.rows[place] if place < len(self.rows) else None

    def content(self, row: BlockRow, wanted: Wanted | None = None) -> Block | None:
        """A block; None where it is gone, or cannot be read. Where some records are `wanted`, payloads of these."""
        block = self.unpacked(row, wanted)
        if block is not None and block.last != row.last:
            self._cannot(f"records {row.first}–{row.last}", f"there are {len(block)} of them", row.first)
            return None
        return block

    def unpacked(self, row: BlockRow, wanted: Wanted | None = None) -> Block | None:
        """The same, however many records it holds."""
        packed = self.packed(row)
        if packed is None:
            return None
        return self._sound(row, decode if wanted is None else functools.partial(skim, wanted=wanted), packed)

    def packed(self, row: BlockRow) -> bytes | None:
        """A block's bytes; None where they are gone, or cannot be read."""
        what = f"records {row.first}–{row.last}"
        found = self._row("SELECT packed FROM content WHERE first = ?", (row.first,), what, row.first)
        return found[0] if found is not None and type(found[0]) is bytes else None

    def tail_at(self, number: int) -> TailRow | None:
        """The row of the tail that holds a record, or else the first one after it."""
        found = self._row(f"{_TAIL} WHERE last >= ? ORDER BY first LIMIT 1", (number,), f"records from {number} on")
        return _tail_row(found) if found is not None else None

    def stretch_before(self, number: int) -> BlockRow | TailRow | None:
        """The block, or row of the tail, that ends before a record; the last one that does."""
        tail = self._row(f"{_TAIL} WHERE last < ? ORDER BY first DESC LIMIT 1", (number,), f"records before {number}")
        if tail is not None and (found := _tail_row(tail)) is not None:
            return found
        place = int(np.searchsorted(self.columns[0][:, 1], number))
        return self.rows[place - 1] if place else None

    def tails(self) -> list[TailRow]:
        """The rows that are in no block yet, the newest first."""
        found: list[TailRow] = []
        for row in self._all(f"{_TAIL} ORDER BY first DESC", (), "the newest records"):
            if (tail := _tail_row(row)) is not None:
                found.append(tail)
            else:
                self._cannot(f"the row of records from {row[0]} on", "it is none", row[0] if _is_number(row[0]) else 0)
        return found

    def last_tail(self) -> TailRow | None:
        """The newest row of the tail."""
        found = self._row(f"{_TAIL} ORDER BY first DESC LIMIT 1")
        return _tail_row(found) if found is not None else None

    def tail_content(self, row: TailRow) -> Block | None:
        """A row's records; None where they cannot be read."""
        block = self.tail_unpacked(row)
        if block is not None and block.last != row.last:
            self._cannot(f"records {row.first}–{row.last}", f"there are {len(block)} of them", row.first)
            return None
        return block

    def tail_unpacked(self, row: TailRow) -> Block | None:
        """The same, however many records it holds."""
        return self._sound(row, decode_tail, row.packed)

    def notes(self, kinds: Sequence[str], since: float, until: float) -> list[NoteRow]:
        """The notes of these kinds (all, if none is named) in this time, in their order."""
        marks = ",".join("?" * len(kinds))
        of_kind = f" AND kind IN ({marks})" if kinds else ""
        rows = self._all(
            f"{_NOTE} WHERE at BETWEEN ? AND ?{of_kind} ORDER BY number",
            (_finite(since), _finite(until), *kinds),
            _NOTES,
        )
        return [NoteRow(*row) for row in rows if is_note(row)]

    def last_notes(self, kind: str, until: float) -> Iterator[NoteRow]:
        """The notes of a kind up to a time, the newest first."""
        below = _NUMBERS
        while True:
            row = self._row(
                f"{_NOTE} WHERE kind = ? AND at <= ? AND number < ? ORDER BY number DESC LIMIT 1",
                (kind, _finite(until), below),
                _NOTES,
            )
            if row is None or not is_note(row):
                return
            yield NoteRow(*row)
            below = row[0]

    def tell_missing(self, row: BlockRow) -> None:
        """Put on `unread` that a block's bytes are not there, unless more is known of it already."""
        what = f"records {row.first}–{row.last}"
        if not any(one.startswith(f"{what} ") for one in self.unread):
            self._cannot(what, "they are missing")

    def signatures(self) -> tuple[int, SignatureRow | None]:
        """How many there are, and the newest."""
        count = self._row("SELECT count(*) FROM signature", (), _SIGNATURES)
        rows = self._all(f"{_SIGNATURE} ORDER BY number DESC LIMIT 1", (), _SIGNATURES)
        return (int(count[0]) if count else 0), next((SignatureRow(*row) for row in rows if is_signature(row)), None)

    def size(self) -> int:
        """Its bytes on the disk, with what stands beside it."""
        beside = (self.path, self.path.with_name(self.path.name + "-wal"))
        return sum(one.stat().st_size for one in beside if one.exists())

    def notes_between(self, after: int, upto: int) -> list[tuple[Any, ...]]:
        """The index of notes above a number up to another, as it is."""
        return self._all(f"{_NOTE} WHERE number > ? AND number <= ? ORDER BY number", (after, upto), _NOTES)

    def signatures_between(self, after: int, upto: int) -> list[tuple[Any, ...]]:
        """The signatures above a number up to another, as they are."""
        return self._all(f"{_SIGNATURE} WHERE number > ? AND number <= ? ORDER BY number", (after, upto), _SIGNATURES)

    def strays(self) -> list[tuple[int, str]]:
        """What belongs to no block, or stands there twice: numbers and words."""
        found = self._all("SELECT first FROM content WHERE first NOT IN (SELECT first FROM block)", (), "the contents")
        strays = [(first, "a block's records are there without its row") for (first,) in found if _is_number(first)]
        for table, key in (("block", "first"), ("content", "first"), ("tail", "first"), ("note", "number")):
            twice = self._all(
                f"SELECT min({key}) FROM {table} GROUP BY {key} HAVING count(*) > 1 LIMIT 1",  # noqa: S608 - our names
                (),
                f"the table {table}",
            )
            strays.extend(
                (key if _is_number(key) else 0, f"inserted: it is twice in the table {table}") for (key,) in twice
            )
        return strays

    def holds(self, number: int) -> bool:
        """Whether a record is still there, in a block or in the tail."""
        held = "SELECT 1 FROM {} WHERE first <= ? AND last >= ? LIMIT 1"
        return any(self._row(held.format(table), (number, number)) is not None for table in ("block", "tail"))

    def newest(self) -> tuple[list[TailRow], int]:
        """The rows that are in no block, the oldest first; the highest number that is spoken of; `refresh`.

        All of one moment: the writer may go on.
        """
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("BEGIN")
        rows = self.tails()
        highest = self._row(
            "SELECT max(coalesce((SELECT max(number) FROM note), 0), coalesce((SELECT max(number) FROM signature), 0))"
        )
        self.refresh()
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("COMMIT")
        return rows[::-1], highest[0] if highest is not None and _is_number(highest[0]) else 0

    def _sound(self, row: BlockRow | TailRow, read: Callable[[bytes], Block], packed: bytes) -> Block | None:
        """The records that a row speaks of; None where they are none."""
        try:
            block = read(packed)
        except (ValueError, TypeError) as error:
            self._cannot(f"records {row.first}–{row.last}", error, row.first)
            return None
        if block.first != row.first or not len(block):
            others = f"{block.first}–{block.last} stand in their place"
            self._cannot(f"records {row.first}–{row.last}", others, row.first)
            return None
        return block

    def _block_rows(self, after: int) -> list[BlockRow]:
        """From both ends to where the file is damaged: what lies between two damaged pages is not found."""
        rows: dict[int, BlockRow] = {}
        for order in ("ASC", "DESC"):
            try:
                for row in self._connection.execute(f"{_BLOCK} WHERE first > ? ORDER BY first {order}", (after,)):
                    if _is_block(row):
                        rows[row[0]] = BlockRow(*row)
                    else:
                        self._cannot(f"the row of the block of record {row[0]}", "it is none", row[0])
                break
            except sqlite3.Error as error:
                self._cannot("a part of the table of blocks", error)
        found: list[BlockRow] = []
        for first in sorted(rows):
            if found and first <= found[-1].last:
                self._cannot(f"records {first}–{rows[first].last}", "another block holds some of them too", first)
            else:
                found.append(rows[first])
        return found

    def _row(
        self, statement: str, values: Sequence[Any] = (), what: str = "a part", number: int = 0
    ) -> tuple[Any, ...] | None:
        rows = self._all(statement, values, what, number)
        return rows[0] if rows else None

    def _all(self, statement: str, values: Sequence[Any], what: str, number: int = 0) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            self._cannot(what, error, number)
            return []

    def _cannot(self, what: str, why: object, number: int = 0) -> None:
        self.unread.setdefault(f"{what} of {self.path.name}: {why}", number)


def connected(path: Path) -> sqlite3.Connection:
    """A connection that cannot write. Raises OSError, sqlite3.Error."""
    if not path.is_file():
        raise FileNotFoundError(f"{path} is no file")
    address = f"{path.resolve().as_uri()}?mode=ro"
    connection = sqlite3.connect(address, uri=True, timeout=_LOCK_WAIT_S, isolation_level=None)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        wal = path.with_name(path.name + "-wal")
        if wal.exists() and wal.stat().st_size:
            raise
        # on a medium that cannot be written at all: nobody writes it, and SQLite need not make its files beside it
        connection = sqlite3.connect(f"{address}&immutable=1", uri=True, isolation_level=None)
    return connection


def _opened(path: Path) -> tuple[sqlite3.Connection, Head]:
    try:
        connection = connected(path)
        try:
            begun = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            head = read_head(connection) if begun else None
        except BaseException:
            connection.close()
            raise
    except (sqlite3.Error, ValueError) as error:
        raise OSError(f"{path} is no journal that can be read: {error}") from error
    if head is None:
        connection.close()
        raise FileNotFoundError(f"{path} is no journal yet")
    return connection, head


def _file_now(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)


def _finite(at: float) -> float:
    return min(max(at, -1e300), 1e300)


def _is_number(value: object) -> bool:
    return type(value) is int and 0 < value < _NUMBERS


def _is_time(value: object) -> bool:
    return type(value) is float or type(value) is int


def _is_block(row: tuple[Any, ...]) -> bool:
    first, last, since, until, said_since, hash_ = row
    return (
        _is_number(first)
        and _is_number(last)
        and first <= last
        and _is_time(since)
        and _is_time(until)
        and (said_since is None or _is_time(said_since))
        and type(hash_) is bytes
    )


def _tail_row(row: tuple[Any, ...]) -> TailRow | None:
    first, last, hash_, packed = row
    sound = _is_number(first) and _is_number(last) and first <= last and type(hash_) is bytes and type(packed) is bytes
    return TailRow(*row) if sound else None


def is_note(row: tuple[Any, ...]) -> bool:
    """Whether a row can be one of the index of notes."""
    number, at, kind, payload = row
    return _is_number(number) and _is_time(at) and type(kind) is str and type(payload) is bytes


def is_signature(row: tuple[Any, ...]) -> bool:
    """Whether a row can be a signature's."""
    number, at, hash_, public_key, signature = row
    return _is_number(number) and _is_time(at) and all(type(one) is bytes for one in (hash_, public_key, signature))
