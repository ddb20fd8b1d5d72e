"""The journal: every message received and every action, raw bytes, in the order they came.

SQLite in WAL mode: readable by any tool while it is written, whole after a kill at any moment. What was committed
survives the process; `synchronous=NORMAL` may lose the last commits to a power cut, never the file.
"""

import contextlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

_SOURCES_LIMIT = 10_000
_LOCK_WAIT_S = 0.1  # the network waits meanwhile

_SCHEMA = """
CREATE TABLE IF NOT EXISTS source (
    id INTEGER PRIMARY KEY,
    feed TEXT NOT NULL,
    agency TEXT NOT NULL,
    format TEXT NOT NULL,
    UNIQUE (feed, agency, format)
);
CREATE TABLE IF NOT EXISTS record (
    id INTEGER PRIMARY KEY,
    received_at REAL NOT NULL,
    source INTEGER NOT NULL REFERENCES source (id),
    sent INTEGER NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL
);
"""


class Record(NamedTuple):
    """One line of the journal: time of receipt in epoch seconds, source number, 1 if we said it, topic, raw bytes."""

    received_at: float
    source: int
    sent: int
    topic: str
    payload: bytes


class Count(NamedTuple):
    """How much one agency said in one format, first and last heard in epoch seconds."""

    agency: str
    format: str
    feed: str
    records: int
    payload_bytes: int
    sent: int
    first_at: float
    last_at: float


class Journal:
    """Appends in memory, writes in batches: `append`, `append`, …, `commit`.

    Making one and everything but `commit` never touches the disk. What could not be written waits, and the file is
    opened anew with each `commit` until it can be: a full disk, a folder not there yet, a file that was taken away.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waiting: list[Record] = []
        self._waiting_bytes = 0
        self._sources: dict[tuple[str, str, str], int] = {}
        self._connection: sqlite3.Connection | None = None
        self._numbers: dict[int, int] = {}  # our number of a source -> its number in the file
        self._file: tuple[int, int] = (0, 0)

    def source(self, feed: str, agency: str, form: str) -> int:
        """The number that stands for a feed, agency and format in records."""
        key = (feed, agency, form)
        number = self._sources.get(key)
        if number is None:
            if len(self._sources) >= _SOURCES_LIMIT and agency:  # senders may invent agencies: the topic still says it
                return self.source(feed, "", form)
            number = self._sources[key] = len(self._sources)
        return number

    def note(self, kind: str, payload: bytes) -> None:
        """Put a note of the journal's own on record (`cop.journal.record`)."""

    @property
    def last(self) -> int:
        """The number of the newest record that was appended."""
        return 0

    @property
    def last_at(self) -> float:
        """When it was received, epoch seconds."""
        return 0.0

    def append(self, records: Iterable[Record]) -> None:
        """Take records in; they are on disk after the next `commit`."""
        before = len(self._waiting)
        self._waiting.extend(records)
        self._waiting_bytes += sum(len(one[4]) for one in self._waiting[before:])

    def commit(self) -> None:
        """Write what was appended. Raises OSError if the disk refuses: the records stay for the next `commit`."""
        if not self._waiting:
            return
        try:
            connection = self._open()
            self._write(connection)
        except (sqlite3.Error, ValueError) as error:
            self._close()
            raise OSError(f"{self.path.name}: {error}") from error
        self._waiting.clear()
        self._waiting_bytes = 0

    def forget_waiting(self, beyond: int, beyond_bytes: int = 1 << 62) -> int:
        """Drop the oldest records that could not be written beyond these many; return how many were dropped."""
        surplus = max(0, len(self._waiting) - beyond)
        left = self._waiting_bytes - sum(len(one[4]) for one in self._waiting[:surplus])
        while left > beyond_bytes:
            left -= len(self._waiting[surplus][4])
            surplus += 1
        del self._waiting[:surplus]
        self._waiting_bytes = left
        return surplus

    def close(self) -> None:
        """Write the rest and close."""
        try:
            self.commit()
        finally:
            self._close()

    def _open(self) -> sqlite3.Connection:
        """The file, opened if it is not open, or no longer the one that stands there."""
        if self._connection is not None and self._file_now() != self._file:
            self._close()
        if self._connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(self.path, timeout=_LOCK_WAIT_S, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.executescript(_SCHEMA)
            self._numbers = {}
            self._file = self._file_now()
        return self._connection

    def _file_now(self) -> tuple[int, int]:
        try:
            found = self.path.stat()
        except OSError:
            return (0, 0)
        return (found.st_dev, found.st_ino)

    def _write(self, connection: sqlite3.Connection) -> None:
        numbers = dict(self._numbers)
        connection.execute("BEGIN IMMEDIATE")
        for source in list(self._sources.items())[len(numbers) :]:
            key, ours = source
            connection.execute("INSERT OR IGNORE INTO source (feed, agency, format) VALUES (?, ?, ?)", key)
            (numbers[ours],) = connection.execute(
                "SELECT id FROM source WHERE (feed, agency, format) = (?, ?, ?)", key
            ).fetchone()
        connection.executemany(
            "INSERT INTO record (received_at, source, sent, topic, payload) VALUES (?, ?, ?, ?, ?)",
            [(at, numbers[source], sent, topic, payload) for at, source, sent, topic, payload in self._waiting],
        )
        connection.execute("COMMIT")
        self._numbers = numbers

    def _close(self) -> None:
        """Let the file go; an open transaction is rolled back."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()


def counts(path: Path) -> list[Count]:
    """Records per agency and format, in the file as it is now. Raises OSError if it is no journal."""
    if not path.is_file():
        raise FileNotFoundError(f"{path} is no file")
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5.0)
        try:
            rows = connection.execute(
                "SELECT agency, format, feed, count(*), coalesce(sum(length(payload)), 0), sum(sent),"
                " min(received_at), max(received_at) FROM record JOIN source ON source.id = record.source"
                " GROUP BY source.id ORDER BY agency, format, feed"
            ).fetchall()
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise OSError(f"{path} is no journal: {error}") from error
    return [Count(*row) for row in rows]
