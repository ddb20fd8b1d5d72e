"""What runs in the feed process: session → journal → adapters → batch → pipe, and outbox → session.

It knows no Qt, and hostile input that kills a parser kills only this. A message of QoS 1 is acknowledged to the broker
when it is in the journal and its batch has gone through the pipe: whatever dies before, the broker says it again.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from cop.domain.agency import Presence
from cop.domain.batch import BrokerState, Delivered
from cop.feeds.adapters import cop_json
from cop.feeds.connecting import Will
from cop.feeds.intake import Intake
from cop.feeds.outbox import Outbox
from cop.feeds.pipe import NEWS, QUIT, FeedSetup
from cop.feeds.session import Received, Session, Subscription
from cop.feeds.topics import exercise_of, object_topic
from cop.journal.journal import Journal, Record

_LOG = logging.getLogger(__name__)
_PULSE_S = 1 / 30
_HEALTH_S = 1.0
_OUTBOX_S = 0.5
_COMMIT_S = 0.2
_UNWRITTEN_LIMIT = 200_000

_ENCODER = msgspec.msgpack.Encoder()


def run(pipe: Connection, setup: FeedSetup, epoch: int) -> None:
    """The feed process: returns when the desktop says so or is gone."""
    _Loop(pipe, setup, epoch).run()


class _Loop:
    def __init__(self, pipe: Connection, setup: FeedSetup, epoch: int) -> None:
        self._pipe = pipe
        self._epoch = epoch
        self._journal_error = ""
        self._journal = self._open_journal(setup.journal)
        self._outbox = Outbox(Path(setup.outbox), setup.operator.agency, setup.root)
        self._intake = Intake(setup.feeds, self._journal, exercise=exercise_of(setup.root))
        own_source = self._journal.source("this desk", setup.operator.agency, "cop-json") if self._journal else 0
        self._own_source = own_source
        subscriptions = [Subscription(feed.topic, feed.qos) for feed in setup.feeds]
        self._session = Session(setup.broker, setup.client_id, subscriptions, lambda: _will(setup))
        self._writer = _Writer(pipe)
        self._unacknowledged: list[Received] = []
        self._delivered: list[Delivered] = []
        self._in_flight: dict[int, Delivered] = {}
        self._connection = 0
        self._last_broker: BrokerState | None = None
        self._outbox_news = True
        self._quit = False

    def run(self) -> None:
        next_pulse = next_health = next_outbox = next_commit = 0.0
        while not self._quit:
            now = time.monotonic()
            wait = max(0.0, min(next_pulse, next_health, next_outbox) - now)
            burst = self._session.service(wait, also=[self._pipe])
            self._hear_desktop()
            if burst:
                self._intake.take(burst)
                self._unacknowledged.extend(one for one in burst if one.qos)
            now = time.monotonic()
            if self._unacknowledged or now >= next_commit:
                self._commit()
                next_commit = now + _COMMIT_S
            if self._outbox_news or now >= next_outbox:
                self._send_outbox()
                next_outbox = now + _OUTBOX_S
            self._settle()
            health = now >= next_health
            if (now >= next_pulse or (self._unacknowledged and not burst)) and self._flush(health=health):
                next_pulse = now + _PULSE_S
                if health:
                    next_health = now + _HEALTH_S
            elif now >= next_pulse:
                next_pulse = now + 0.005  # the desktop still reads the last batch: wait, and conflate meanwhile
        self._end()

    def _flush(self, *, health: bool) -> bool:
        """Hand a batch to the desktop; False while it still reads the one before."""
        if self._writer.gone:
            self._quit = True
            return False
        if self._writer.busy:
            return False
        self._session.acknowledge(self._writer.done())
        state = msgspec.structs.replace(self._session.state, journal_error=self._journal_error)
        broker = state if state != self._last_broker or health else None
        if not (self._intake.waiting or health or self._delivered or broker or self._unacknowledged):
            return True
        self._last_broker = state
        delivered, self._delivered = self._delivered, []
        batch = self._intake.batch(self._epoch, broker, delivered, health=health)
        held, self._unacknowledged = self._unacknowledged, []
        self._writer.write(_ENCODER.encode(batch), held)
        return True

    def _hear_desktop(self) -> None:
        try:
            while self._pipe.poll():
                said = self._pipe.recv_bytes()
                self._outbox_news |= said == NEWS
                self._quit |= said == QUIT
        except (EOFError, OSError):
            self._quit = True

    def _send_outbox(self) -> None:
        self._outbox_news = False
        connection = self._session.state.reconnects
        if connection != self._connection:  # what the old connection did not confirm is said again on this one
            self._connection = connection
            self._in_flight.clear()
        if not self._session.online:
            return
        after = max(self._in_flight, default=0)
        for entry in self._outbox.pending(after=after):
            if not self._session.publish(entry.seq, entry.topic, entry.payload, qos=entry.qos, retain=entry.retain):
                return
            self._in_flight[entry.seq] = Delivered(entry.kind, entry.agency, entry.object_id, "sent")
            if self._journal is not None:
                self._journal.append([Record(time.time(), self._own_source, 1, entry.topic, entry.payload)])

    def _settle(self) -> None:
        for fate in self._session.published():
            entry = self._in_flight.pop(fate.token, None)
            if entry is None:
                continue
            state = "refused" if fate.refused else "sent"
            self._outbox.settle(fate.token, state, fate.refused)
            self._delivered.append(Delivered(entry.kind, entry.agency, entry.id, state, fate.refused))

    def _commit(self) -> None:
        if self._journal is None:
            return
        try:
            self._journal.commit()
            self._journal_error = ""
        except OSError as error:
            self._journal_error = str(error)
            self._journal.forget_waiting(_UNWRITTEN_LIMIT)

    def _open_journal(self, path: str) -> Journal | None:
        if not path:
            return None
        try:
            return Journal(Path(path))
        except OSError as error:
            self._journal_error = str(error)
            return None

    def _end(self) -> None:
        self._session.close()
        self._writer.close()
        if self._journal is not None:
            with contextlib.suppress(OSError):
                self._journal.close()
        self._outbox.close()


class _Writer:
    """Writes one batch at a time to the pipe, on a thread: a slow desktop never stops the network loop."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._wake = threading.Event()
        self._batch: bytes | None = None
        self._held: Sequence[Received] = ()
        self._done: list[Received] = []
        self._closed = False
        self.gone = False
        self._thread = threading.Thread(target=self._work, name="pipe-writer", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether a batch is still being written."""
        return self._batch is not None

    def write(self, batch: bytes, held: Sequence[Received]) -> None:
        """Write a batch; `held` are the messages to be acknowledged once it is through."""
        self._held = held
        self._batch = batch
        self._wake.set()

    def done(self) -> list[Received]:
        """The messages whose batches are through since the last call; call only while not busy."""
        done, self._done = self._done, []
        return done

    def close(self) -> None:
        """Let the thread end."""
        self._closed = True
        self._wake.set()
        self._thread.join(1.0)

    def _work(self) -> None:
        while not self._closed:
            self._wake.wait()
            self._wake.clear()
            if self._batch is None:
                continue
            try:
                self._pipe.send_bytes(self._batch)
            except (OSError, ValueError):
                self.gone = True
            self._done.extend(self._held)
            self._batch = None


def _will(setup: FeedSetup) -> Will:
    """The desk's presence: said now, and for us by the broker when we are gone."""
    operator = setup.operator
    now = datetime.now(UTC)
    rev = int(now.timestamp() * 1000)

    def presence(rev: int, *, online: bool) -> bytes:
        body = Presence(
            id=operator.desk,
            at=now,
            rev=rev,
            by=operator.name,
            online=online,
            operator=operator.name,
            role=operator.role,
        )
        return cop_json.encode(body)

    topic = object_topic(setup.root, operator.agency, "presence", operator.desk)
    return Will(topic, presence(rev + 1, online=False), presence(rev, online=True))
