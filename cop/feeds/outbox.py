"""The outbox: an action is on disk before the button comes back up, and leaves when the broker has it.

Two processes share the file: the desktop puts, the feed process takes. SQLite in WAL mode with `synchronous=FULL`:
what `put` has returned for survives a kill and a power cut.
"""

import sqlite3
import time
from pathlib import Path
from typing import NamedTuple

from cop.domain.report import kind_of
from cop.domain.statement import Statement
from cop.feeds.adapters import cop_json
from cop.feeds.topics import KINDS, object_topic

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    agency TEXT NOT NULL,
    object_id TEXT NOT NULL,
    topic TEXT NOT NULL,
    payload BLOB NOT NULL,
    created_at REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending',
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS entry_pending ON entry (seq) WHERE state = 'pending';
"""


class Entry(NamedTuple):
    """An action that waits for the broker."""

    seq: int
    kind: str
    agency: str
    object_id: str
    topic: str
    payload: bytes
    qos: int
    retain: bool


class Outbox:
    """One file, one agency's desk, one root: `root` is the topic tree all its actions go to."""

    def __init__(self, path: Path, agency: str, root: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._agency = agency
        self._root = root
        self._connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(_SCHEMA)

    def put(self, body: Statement) -> int:
        """Write an action to disk and return its number. Raises OSError if it cannot be written."""
        kind = kind_of(body)
        topic = object_topic(self._root, self._agency, kind, body.id)
        try:
            cursor = self._connection.execute(
                "INSERT INTO entry (kind, agency, object_id, topic, payload, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                (kind, self._agency, body.id, topic, cop_json.encode(body), time.time()),
            )
        except sqlite3.Error as error:
            raise OSError(str(error)) from error
        return cursor.lastrowid or 0

    def pending(self, after: int = 0, limit: int = 200) -> list[Entry]:
        """Actions the broker does not have yet, oldest first, with numbers above `after`."""
        rows = self._connection.execute(
            "SELECT seq, kind, agency, object_id, topic, payload FROM entry"
            " WHERE state = 'pending' AND seq > ? AND substr(topic, 1, ?) = ? ORDER BY seq LIMIT ?",
            (after, len(self._root) + 1, self._root + "/", limit),
        )
        return [
            Entry(seq, kind, agency, object_id, topic, payload, *KINDS[kind])
            for seq, kind, agency, object_id, topic, payload in rows
        ]

    def pending_bodies(self) -> list[Statement]:
        """The same as statements, to be shown as pending when the desk comes back."""
        return [cop_json.decode_body(entry.kind, entry.payload) for entry in self.pending(limit=10_000)]

    def settle(self, seq: int, state: str, reason: str = "") -> None:
        """Note that the broker took (`sent`) or refused (`refused`) an action."""
        self._connection.execute("UPDATE entry SET state = ?, reason = ? WHERE seq = ?", (state, reason, seq))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
