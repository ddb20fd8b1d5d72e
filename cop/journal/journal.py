"""The journal: every message received and every action, raw bytes, in the order they came.

SQLite in WAL mode: readable by any tool while it is written, whole after a kill at any moment. What was committed
survives the process; `synchronous=NORMAL` may lose the last commits to a power cut, never the file.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

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
    """Appends in memory, writes in batches: `append`, `append`, …, `commit`. Raises OSError if the disk refuses."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._waiting: list[Record] = []
        self._sources: dict[tuple[str, str, str], int] = {}
        try:
            self._connection = sqlite3.connect(path, timeout=5.0, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.executescript(_SCHEMA)
            for number, feed, agency, form in self._connection.execute("SELECT id, feed, agency, format FROM source"):
                self._sources[feed, agency, form] = number
        except sqlite3.Error as error:
            raise OSError(f"{path.name}: {error}") from error

    def source(self, feed: str, agency: str, form: str) -> int:
        """The number that stands for a feed, agency and format in records."""
        key = (feed, agency, form)
        number = self._sources.get(key)
        if number is None:
            try:
                cursor = self._connection.execute(
                    "INSERT INTO source (feed, agency, format) VALUES (?, ?, ?)", (feed, agency, form)
                )
            except sqlite3.Error as error:
                raise OSError(f"{self.path.name}: {error}") from error
            number = self._sources[key] = cursor.lastrowid or 0
        return number

    def append(self, records: Iterable[Record]) -> None:
        """Take records in; they are on disk after the next `commit`."""
        self._waiting.extend(records)

    def commit(self) -> None:
        """Write what was appended. On an error the records stay and are tried again with the next commit."""
        if not self._waiting:
            return
        execute = self._connection.execute
        try:
            execute("BEGIN")
            self._connection.executemany(
                "INSERT INTO record (received_at, source, sent, topic, payload) VALUES (?, ?, ?, ?, ?)", self._waiting
            )
            execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                execute("ROLLBACK")
            raise OSError(f"{self.path.name}: {error}") from error
        self._waiting.clear()

    def forget_waiting(self, beyond: int) -> int:
        """Drop the oldest records that could not be written beyond this many; return how many were dropped."""
        surplus = max(0, len(self._waiting) - beyond)
        del self._waiting[:surplus]
        return surplus

    def close(self) -> None:
        """Write the rest and close."""
        try:
            self.commit()
        finally:
            self._connection.close()


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
