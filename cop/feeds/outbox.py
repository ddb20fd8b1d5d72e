"""The outbox: an action is on disk before the button comes back up, and leaves when the broker has it.

Two processes share the file: the desktop puts, the feed process takes. SQLite in WAL mode with `synchronous=FULL`:
what `put` has returned for survives a kill and a power cut.
"""

import contextlib
import json
import logging
import sqlite3
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from cop.domain.disk_words import in_words
from cop.domain.report import kind_of
from cop.domain.statement import Statement
from cop.feeds.adapters import cop_json
from cop.feeds.message import BadMessage
from cop.feeds.topics import KINDS, topic_of

_LOG = logging.getLogger(__name__)
#: so long a hand waits for a file that another program keeps locked
_BUSY_S = 1.0

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
    reason TEXT NOT NULL DEFAULT '',
    recorded INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS entry_pending ON entry (seq) WHERE state = 'pending';
"""


class Entry(NamedTuple):
    """An action that waits for the broker; whether the journal has it."""

    seq: int
    kind: str
    agency: str
    object_id: str
    topic: str
    payload: bytes
    qos: int
    retain: bool
    recorded: bool = False


class Outbox:
    """One file, one agency's desk, one root: `root` is the topic tree all its actions go to.

    Every method raises OSError if the file cannot be read or written; `busy_s` is how long it waits for the other
    process.
    """

    def __init__(self, path: Path, agency: str, root: str, *, busy_s: float = _BUSY_S) -> None:
        self._path = path
        self._agency = agency
        self._root = root
        with self._said_as_os_error():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = sqlite3.connect(path, timeout=busy_s, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=FULL")
            self._connection.executescript(_SCHEMA)
            with contextlib.suppress(sqlite3.OperationalError):  # it has it: only files of earlier versions do not
                self._connection.execute("ALTER TABLE entry ADD COLUMN recorded INTEGER NOT NULL DEFAULT 0")
            self._connection.execute("SELECT recorded FROM entry LIMIT 1")

    def put(self, *bodies: Statement) -> int:
        """Write an action to disk, all that it says or nothing, and return the number of the last.

        Raises ValueError for one that no desk would read (a text too long, a figure out of range).
        """
        rows = [self._row(body) for body in bodies]
        with self._said_as_os_error(), self._at_once():
            for row in rows:
                cursor = self._connection.execute(
                    "INSERT INTO entry (kind, agency, object_id, topic, payload, created_at) VALUES (?, ?, ?, ?, ?, ?)",
                    row,
                )
        return cursor.lastrowid or 0

    def _row(self, body: Statement) -> tuple[str, str, str, str, bytes, float]:
        kind = kind_of(body)
        payload = cop_json.encode(body)
        try:
            cop_json.decode_body(kind, payload)
        except BadMessage as bad:
            raise ValueError(bad.reason) from None
        return (
            kind,
            self._agency,
            body.id,
            topic_of(self._root, self._agency, body),
            payload,
            time.time(),
        )

    def pending(self, after: int = 0, limit: int = 200) -> list[Entry]:
        """Actions the broker does not have yet, oldest first, with numbers above `after`.

        Those of another agency or root wait for its desk, those of a kind unknown here for a later version.
        """
        with self._said_as_os_error():
            rows = self._connection.execute(
                "SELECT seq, kind, agency, object_id, topic, payload, recorded FROM entry"
                " WHERE state = 'pending' AND seq > ? AND agency = ? AND substr(topic, 1, ?) = ?"
                " AND kind IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?",
                (after, self._agency, len(self._root) + 1, self._root + "/", json.dumps(list(KINDS)), limit),
            ).fetchall()
        return [
            Entry(seq, kind, agency, object_id, topic, payload, *KINDS[kind], bool(recorded))
            for seq, kind, agency, object_id, topic, payload, recorded in rows
        ]

    def pending_bodies(self) -> list[Statement]:
        """The same as statements, to be shown as pending when the desk comes back; one that is broken is left out."""
        bodies = []
        for entry in self.pending(limit=10_000):
            try:
                bodies.append(cop_json.decode_body(entry.kind, entry.payload))
            except BadMessage as bad:
                _LOG.warning("action %d in %s cannot be read: %s", entry.seq, self._path.name, bad.reason)
        return bodies

    def settle(self, seq: int, state: str, reason: str = "") -> None:
        """Note that the broker took (`sent`) or refused (`refused`) an action."""
        with self._said_as_os_error():
            self._connection.execute("UPDATE entry SET state = ?, reason = ? WHERE seq = ?", (state, reason, seq))

    def note_recorded(self, seqs: Iterable[int]) -> None:
        """Note that the journal has these actions."""
        with self._said_as_os_error():
            self._connection.executemany("UPDATE entry SET recorded = 1 WHERE seq = ?", [(seq,) for seq in seqs])

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextlib.contextmanager
    def _at_once(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    @contextlib.contextmanager
    def _said_as_os_error(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise OSError(in_words(error, self._path)) from error
