"""One file of the journal: an SQLite database in WAL mode, readable by any tool while it is written.

What was committed survives the process, however it ends; `synchronous=NORMAL` may lose the last commits to a power cut,
never the file. A block's row is small and its bytes lie in a table of their own, so that blocks are found quickly.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from cop.journal.folder import day_of

VERSION = "1"
_MAGIC = b"SQLite format 3\0"  # of every SQLite file (SQLite, database file format, §1.2.1)
_LOG_MAGIC = b"\x37\x7f\x06"  # of every log beside one (the same, §4.1)
_LOCK_WAIT_S = 0.1  # the network waits meanwhile
_WAL_LIMIT = 8 << 20
_NUMBERS = 1 << 62
_NO_FILE = (0, 0)

#: times in epoch seconds; `hash` is the running digest at the last record (`cop.journal.chain`); `said_since` is the
#: earliest time that one of the records says of itself, NULL if none does
SCHEMA = """
CREATE TABLE head (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE block (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    since REAL NOT NULL,
    until REAL NOT NULL,
    said_since REAL,
    hash BLOB NOT NULL
);
CREATE TABLE content (first INTEGER PRIMARY KEY REFERENCES block (first), packed BLOB NOT NULL);
CREATE TABLE tail (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, hash BLOB NOT NULL, packed BLOB NOT NULL);
CREATE TABLE note (number INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, payload BLOB NOT NULL);
CREATE TABLE signature (
    number INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    hash BLOB NOT NULL,
    public_key BLOB NOT NULL,
    signature BLOB NOT NULL
);
"""


class Head(NamedTuple):
    """What a file says of itself. `seed` is the digest, in hexadecimal, that its first record is chained to."""

    version: str
    operation: str
    desk: str
    day: str
    first: int
    seed: str
    made_at: float


class BlockRow(NamedTuple):
    """A block as its table has it."""

    first: int
    last: int
    since: float
    until: float
    said_since: float | None
    hash: bytes


class TailRow(NamedTuple):
    """The records of one commit; `packed` is for `decode_tail`."""

    first: int
    last: int
    hash: bytes
    packed: bytes


def read_head(connection: sqlite3.Connection) -> Head:
    """Raises ValueError if it is no journal, or of a version unknown here; sqlite3.Error."""
    if not _is_plain(connection):
        raise ValueError("it is no journal")
    rows = dict(connection.execute("SELECT key, value FROM head").fetchall())
    try:
        head = Head(
            str(rows["version"]),
            str(rows["operation"]),
            str(rows["desk"]),
            str(rows["day"]),
            int(rows["first"]),
            str(rows["seed"]),
            float(rows["made_at"]),
        )
        sound = len(bytes.fromhex(head.seed)) == 32 and 1 <= head.first < _NUMBERS
    except (KeyError, ValueError, TypeError):
        sound = False
    if not sound:
        raise ValueError("it is no journal")
    if head.version != VERSION:
        raise ValueError(f"it is a journal of version {head.version[:20]}, this program reads version {VERSION}")
    return head


def _is_plain(connection: sqlite3.Connection) -> bool:
    """Whether all that is in it are rows: a view or a computed column is a program, and may never come to its end."""
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master WHERE type <> 'index'"):
        if kind != "table" or not str(sql).upper().startswith("CREATE TABLE"):
            return False
        columns = connection.execute("SELECT hidden FROM pragma_table_xinfo(?)", (name,)).fetchall()
        if any(hidden for (hidden,) in columns):
            return False
    return True


def make_volume(path: Path, head: Head) -> None:
    """Make a file that holds nothing yet; it is there whole or not at all. Raises sqlite3.Error, OSError."""
    unfinished = path.with_name(path.name + ".new")
    unfinished.unlink(missing_ok=True)
    connection = _connected(unfinished.absolute().as_uri())
    try:
        connection.execute("PRAGMA auto_vacuum=INCREMENTAL")
        connection.execute("BEGIN IMMEDIATE")
        for statement in SCHEMA.split(";\n")[:-1]:
            connection.execute(statement)
        connection.executemany(
            "INSERT INTO head VALUES (?, ?)", [(key, str(one)) for key, one in head._asdict().items()]
        )
        connection.execute("COMMIT")
    finally:
        connection.close()
    unfinished.rename(path)


def _connected(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, timeout=_LOCK_WAIT_S, isolation_level=None)


class Volume:
    """A file, open for writing. Everything raises sqlite3.Error where the disk refuses or the file is damaged."""

    def __init__(self, path: Path) -> None:
        """Open a file. Raises ValueError if it is no journal."""
        self.path = path
        # rw: a file that was taken away is not made anew by being opened
        self._connection = _connected(f"{path.absolute().as_uri()}?mode=rw")
        try:
            self.head = read_head(self._connection)  # first: nothing is written into what is no journal
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.execute(f"PRAGMA journal_size_limit={_WAL_LIMIT}")
            found = self._connection.execute("SELECT 1 FROM tail UNION ALL SELECT 1 FROM block LIMIT 1").fetchall()
        except BaseException:
            self._connection.close()
            raise
        self._used = bool(found)
        # kept open until SQLite has let go: closing any descriptor of a file gives up the locks of the whole process
        self._descriptor = os.open(path, os.O_RDONLY)
        self._file, self._size = _file_now(path)
        self._may_shrink = False
        self._log = path.with_name(path.name + "-wal")
        self._log_file, self._log_size = _file_now(self._log)

    @property
    def in_place(self) -> bool:
        """Whether file and log are still those that stand there, and nobody cut them off or overwrote the beginning."""
        return self._stands() and self._log_stands()

    def save_log(self) -> bool:
        """Where the log alone was taken away, put what it held into the file; False where that cannot be done.

        This process has it open still: nobody else would ever read it.
        """
        if not self._stands() or _file_now(self._log)[0] == self._log_file:
            return False
        with contextlib.suppress(sqlite3.Error):
            busy, _, _ = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
        return False

    def _stands(self) -> bool:
        file, size = _file_now(self.path)
        shorter = size < self._size
        self._size = max(size, self._size)
        return file == self._file and (self._may_shrink or not shorter) and self._begins_well()

    def _log_stands(self) -> bool:
        file, size = _file_now(self._log)
        if self._log_file == _NO_FILE:  # it was not there yet
            self._log_file = file
        shorter = size < min(self._log_size, _WAL_LIMIT)  # SQLite cuts it to that itself
        self._log_size = size
        return file == self._log_file and not shorter and (not size or _begin_of(self._log) == _LOG_MAGIC)

    def is_of(self, at: float) -> bool:
        """Whether a record of this moment belongs into it; a clock put back a little at midnight begins no file."""
        return self.head.day in (day_of(at), day_of(at + 3600.0))

    @property
    def is_used(self) -> bool:
        """Whether it held something when it was opened, or something was written since."""
        return self._used

    @contextlib.contextmanager
    def at_once(self) -> Iterator[None]:
        """All that is done within, or nothing."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
            self._used = True
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise

    def blocks(self) -> list[BlockRow]:
        """All its blocks, oldest first."""
        rows = self._connection.execute("SELECT first, last, since, until, said_since, hash FROM block ORDER BY first")
        return [BlockRow(*row) for row in rows]

    def last_block(self) -> BlockRow | None:
        """The newest block."""
        row = self._connection.execute(
            "SELECT first, last, since, until, said_since, hash FROM block ORDER BY first DESC LIMIT 1"
        ).fetchone()
        return BlockRow(*row) if row else None

    def content(self, first: int) -> bytes:
        """The bytes of a block. Raises ValueError if there are none."""
        row = self._connection.execute("SELECT packed FROM content WHERE first = ?", (first,)).fetchone()
        if row is None or not isinstance(row[0], bytes):
            raise ValueError("a block has no content")
        return row[0]

    def tails(self) -> list[TailRow]:
        """The rows that are in no block yet, oldest first."""
        return [TailRow(*row) for row in self._connection.execute("SELECT * FROM tail ORDER BY first")]

    def last_signed(self) -> int:
        """The number that the newest signature goes up to; 0 without any."""
        (number,) = self._connection.execute("SELECT coalesce(max(number), 0) FROM signature").fetchone()
        return int(number)

    def add_tail(self, row: TailRow) -> None:
        """Put the records of one commit on record."""
        self._connection.execute("INSERT INTO tail VALUES (?, ?, ?, ?)", row)

    def add_block(self, row: BlockRow, packed: bytes) -> None:
        """Put a block in the place of its rows."""
        self._connection.execute("INSERT INTO block VALUES (?, ?, ?, ?, ?, ?)", row)
        self._connection.execute("INSERT INTO content VALUES (?, ?)", (row.first, packed))
        self._connection.execute("DELETE FROM tail WHERE first BETWEEN ? AND ?", (row.first, row.last))

    def add_note(self, number: int, at: float, kind: str, payload: bytes) -> None:
        """Put a note in the index of notes."""
        self._connection.execute("INSERT INTO note VALUES (?, ?, ?, ?)", (number, at, kind, payload))

    def add_signature(self, number: int, at: float, digest: bytes, public_key: bytes, signature: bytes) -> None:
        """Put a signature beside the record that it goes up to."""
        row = (number, at, digest, public_key, signature)
        self._connection.execute("INSERT OR IGNORE INTO signature VALUES (?, ?, ?, ?, ?)", row)

    def drop(self, upto: int) -> None:
        """Let all blocks up to a number go, with their notes and signatures."""
        with self.at_once():
            for table in ("content", "block"):
                self._connection.execute(f"DELETE FROM {table} WHERE first <= ?", (upto,))  # noqa: S608 - our names
            for table in ("note", "signature"):
                self._connection.execute(f"DELETE FROM {table} WHERE number <= ?", (upto,))  # noqa: S608 - our names

    def sizes(self) -> dict[int, int]:
        """How many bytes each block's content takes, by its first number."""
        return dict(self._connection.execute("SELECT first, length(packed) FROM content").fetchall())

    def used_bytes(self) -> int:
        """What the file needs on the disk: pages that hold nothing any more are used again or given back."""
        pages, unused, size = (
            int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - unused) * size

    def give_back(self, pages: int) -> None:
        """Give some pages that hold nothing any more back to the disk."""
        self._may_shrink = True
        self._connection.executescript(f"PRAGMA incremental_vacuum({pages})")  # `execute` gives back one page alone

    def close(self) -> None:
        """Let the file go; an open transaction is rolled back."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()
        with contextlib.suppress(OSError):
            os.close(self._descriptor)

    def _begins_well(self) -> bool:
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        return os.read(self._descriptor, len(_MAGIC)) == _MAGIC


def _begin_of(log: Path) -> bytes:
    try:
        with log.open("rb") as file:
            return file.read(len(_LOG_MAGIC))
    except OSError:
        return b""


def _file_now(path: Path) -> tuple[tuple[int, int], int]:
    try:
        found = path.stat()
    except OSError:
        return _NO_FILE, 0
    return (found.st_dev, found.st_ino), found.st_size
