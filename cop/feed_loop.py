"""What runs in the feed process: session → adapters → journal → batch → pipe, and outbox → session.

It knows no Qt, and hostile input that kills a parser kills only this. A message of QoS 1 is acknowledged to the broker
when it is in the journal and its batch has gone through the pipe: whatever dies before, the broker says it again.
"""

import contextlib
import gc
import logging
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec

from cop import __version__
from cop.domain.agency import Presence
from cop.domain.batch import BrokerState, Upset
from cop.domain.rules import upset
from cop.feeds import clocks
from cop.feeds.adapters import cop_json
from cop.feeds.connecting import Will
from cop.feeds.intake import Intake
from cop.feeds.memory import BrokersMemory
from cop.feeds.outbox import Entry
from cop.feeds.pipe import NETWORK, NEWS, QUIT, FeedSetup, Recording, note_in
from cop.feeds.relay import Relay
from cop.feeds.sending import Sender
from cop.feeds.session import Received, Session, Subscription
from cop.feeds.topics import exercise_of, object_topic
from cop.journal.journal import Journal
from cop.journal.record import BROKER, CLOCK, STARTED, STOPPED, Record, Way

_LOG = logging.getLogger(__name__)
_PULSE_S = 1 / 30
_HEALTH_S = 1.0
_OUTBOX_S = 0.5
_COMMIT_S = 0.2
_RETRY_S = 1.0
_CLOCKS_S = 0.5
_NO_TOKEN = -1
_OBJECTS_BETWEEN_COLLECTIONS = 300_000

_ENCODER = msgspec.msgpack.Encoder()


def run(pipe: Connection, setup: FeedSetup, epoch: int) -> None:
    """The feed process: returns when the desktop says so or is gone."""
    collect_seldom()
    _Loop(pipe, setup, epoch).run()


def collect_seldom() -> None:
    """Let the garbage collector look rarely: messages hold no cycles, and one of 1 MiB would have it look ten times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 10, 10)


class _Loop:
    def __init__(self, pipe: Connection, setup: FeedSetup, epoch: int) -> None:
        self._pipe = pipe
        self._epoch = epoch
        operator = setup.operator
        self._journal = _journal_of(setup.journal) if setup.journal is not None else None
        self._note_start(setup)
        self._acted = False
        self._journal_error = ""
        self._journal_retry_at = 0.0
        self._own_source = self._journal.source("this desk", operator.agency, "cop-json") if self._journal else 0
        relay = Relay(setup.publish, operator.agency, setup.agreements, operation=setup.operation)
        self._relay = relay if setup.publish else None
        listen, we_say = (self._relay.take, self._relay.says) if self._relay is not None else (None, None)
        self._intake = Intake(
            setup.feeds,
            self._journal,
            exercise=exercise_of(setup.root),
            reader=operator.agency,
            listen=listen,
            we_say=we_say,
            emergencies=setup.emergencies,
        )
        subscriptions = [Subscription(feed.topic, feed.qos) for feed in setup.feeds]
        self._session = Session(setup.broker, setup.client_id, subscriptions, _Presences(setup).will)
        self._memory = BrokersMemory(setup.root, operator.agency, [feed.topic for feed in setup.feeds])
        self._clocks = clocks.look()
        self._upsets: list[Upset] = []
        self._sender = Sender(setup, self._session, self._note_taken, self._note_said)
        self._writer = _Writer(pipe)
        self._unacknowledged: list[Received] = []
        self._last_broker: BrokerState | None = None
        self._noted_broker = ("", "")
        self._outbox_news = True
        self._quit = False

    def run(self) -> None:
        try:
            self._work()
        finally:
            self._end()

    def _work(self) -> None:
        next_pulse = next_health = next_outbox = next_commit = 0.0
        while not self._quit:
            self._look_at_clocks()
            now = time.monotonic()
            wait = 0.0 if self._intake.held else max(0.0, min(next_pulse, next_health, next_outbox) - now)
            burst = self._session.service(wait, also=[self._pipe])
            self._hear_desktop()
            self._memory.hear(burst, self._session.connection, self._session.will)
            if burst or self._intake.held:
                taken = self._intake.take(burst)
                self._unacknowledged.extend(one for one in taken if one.qos)
            now = time.monotonic()
            if self._acted or now >= next_commit:
                self._commit(now)
                next_commit = now + _COMMIT_S
            self._sender.settle()  # after the commit: what is settled here is on record
            if self._outbox_news or self._sender.due or now >= next_outbox:
                self._outbox_news = False
                self._sender.send()
                next_outbox = now + _OUTBOX_S
            if self._relay is not None and self._session.online:
                self._relay.flush(self._publish)
            health = now >= next_health
            if (now >= next_pulse or (self._unacknowledged and not burst)) and self._flush(health=health):
                next_pulse = now + _PULSE_S
                if health:
                    next_health = now + _HEALTH_S
            elif now >= next_pulse:
                next_pulse = now + 0.005  # the desktop still reads the last batch: wait, and conflate meanwhile
                if self._intake.full:
                    _LOG.error("the desktop does not read; what it has not seen the broker keeps for it")
                    self._quit = True

    def _publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> bool:
        """Say something for the relay; what became of it only the outbox's own actions ask."""
        taken = self._session.publish(_NO_TOKEN, topic, payload, qos=qos, retain=retain)
        if taken:
            self._note_said(topic, payload, "")
        return taken

    def _flush(self, *, health: bool) -> bool:
        """Hand a batch to the desktop; False while it still reads the one before."""
        if self._writer.gone:
            self._quit = True
            return False
        self._note_broker()
        if self._writer.busy:
            return False
        if self._unacknowledged:  # what this batch lets be acknowledged is on record before
            self._commit(time.monotonic())
        self._session.acknowledge(self._writer.done())
        self._intake.deny(self._session.denied)
        state = msgspec.structs.replace(self._session.state, outbox_error=self._sender.trouble, **self._of_record())
        broker = state if state != self._last_broker or health else None
        settled = self._memory.settled(self._session.denied)
        told = self._sender.delivered or self._upsets or settled
        if not (self._intake.waiting or health or told or broker or self._unacknowledged):
            return True
        self._last_broker = state
        delivered, self._sender.delivered = self._sender.delivered, []
        batch = self._intake.batch(self._epoch, broker, delivered, health=health)
        if self._journal is not None:
            batch = msgspec.structs.replace(batch, upto=self._journal.last, upto_at=self._journal.last_at)
        if settled is not None or self._upsets:
            upsets, self._upsets = self._upsets, []
            batch = msgspec.structs.replace(batch, settled=settled, upsets=upsets)
        held, self._unacknowledged = self._unacknowledged, []
        self._writer.write(_ENCODER.encode(batch), held)
        return True

    def _of_record(self) -> dict[str, Any]:
        """What `BrokerState` says of the journal."""
        journal = self._journal
        if journal is None:
            return {"recorded": False}
        return {
            "record": journal.file,
            "signed": journal.is_signed,
            "left_aside": journal.left_aside,
            "journal_error": self._journal_error,
            "unsigned": journal.key_error,
        }

    def _hear_desktop(self) -> None:
        try:
            while self._pipe.poll():
                said = self._pipe.recv_bytes()
                self._outbox_news |= said == NEWS
                self._quit |= said == QUIT
                if said == NETWORK:
                    self._session.try_now()
                if (note := note_in(said)) is not None and self._journal is not None:
                    self._journal.note(note.kind, note.payload)
        except (EOFError, OSError):
            self._quit = True

    def _look_at_clocks(self) -> None:
        """Find out that this computer slept, or that its clock was set; after a sleep no connection can be trusted."""
        before = self._clocks
        if time.monotonic() - before.running < _CLOCKS_S:
            return
        self._clocks = clocks.look()
        for one in upset.upsets(before, self._clocks):
            self._upsets.append(one)
            if one.kind == "slept":
                self._session.renew(upset.in_words(one))
            if self._journal is not None:
                told = {"what": one.kind, "seconds": round(one.seconds, 3), "words": upset.in_words(one)}
                self._journal.note(CLOCK, msgspec.json.encode(told))

    def _note_start(self, setup: FeedSetup) -> None:
        """Put on record what a replay needs to hear as this process does."""
        if self._journal is None:
            return
        begun = {
            "feeds": setup.feeds,
            "root": setup.root,
            "operation": setup.operation,
            "operator": setup.operator,
            "reader": setup.operator.agency,
            "publish": setup.publish,
            "emergencies": setup.emergencies,
            "pace": setup.pace,
            "version": __version__,
            "fresh": self._epoch == 1,
        }
        self._journal.note(STARTED, msgspec.json.encode(begun, enc_hook=str))

    def _note_broker(self) -> None:
        state = self._session.state
        if self._journal is not None and (state.state, state.reason) != self._noted_broker:
            self._noted_broker = (state.state, state.reason)
            self._journal.note(BROKER, msgspec.json.encode(state))

    def _note_taken(self, entry: Entry) -> None:
        self._note_action(Way.TAKEN, entry.topic, entry.payload, entry.kind)

    def _note_said(self, topic: str, payload: bytes, kind: str) -> None:
        self._note_action(Way.SAID, topic, payload, kind)

    def _note_action(self, way: Way, topic: str, payload: bytes, kind: str) -> None:
        if self._journal is not None:
            self._journal.append([Record(time.time(), self._own_source, way, topic, payload, kind=kind)])
            self._acted = True

    def _commit(self, now: float) -> None:
        """Write the journal; where it cannot be written the desk goes on, and says so."""
        if self._journal is None or now < self._journal_retry_at:
            return
        try:
            self._journal.commit()
            self._journal_error = ""
            self._acted = False
            self._sender.are_recorded()
        except OSError as error:
            _LOG.warning("the journal cannot be written: %s", error)
            self._journal_error = str(error)
            self._journal_retry_at = now + _RETRY_S

    def _end(self) -> None:
        with contextlib.ExitStack() as ending:  # whatever fails, the rest is closed all the same; last in, first done
            ending.callback(self._sender.close)
            if self._journal is not None:
                ending.enter_context(contextlib.suppress(OSError))
                ending.callback(self._journal.close)
                ending.callback(self._journal.note, STOPPED, b"{}")
            ending.callback(self._intake.close)  # what is held is on record all the same
            ending.callback(self._writer.close)
            ending.callback(self._session.close)


def _journal_of(recording: Recording) -> Journal:
    return Journal(
        Path(recording.folder),
        recording.operation,
        desk=recording.desk,
        key_file=recording.key_file,
        keep_days=recording.keep_days,
        keep_mb=recording.keep_mb,
    )


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


class _Presences:
    """The desk's presence: said now, and for us by the broker when we are gone."""

    def __init__(self, setup: FeedSetup) -> None:
        self._operator = setup.operator
        self._topic = object_topic(setup.root, setup.operator.agency, "presence", setup.operator.desk)
        self._rev = 0

    def will(self) -> Will:
        """A new pair, above every earlier one also where the clock was put back."""
        now = datetime.now(UTC)
        self._rev = max(self._rev + 2, int(now.timestamp() * 1000))
        return Will(self._topic, self._body(now, self._rev + 1, online=False), self._body(now, self._rev, online=True))

    def _body(self, now: datetime, rev: int, *, online: bool) -> bytes:
        operator = self._operator
        return cop_json.encode(
            Presence(
                id=operator.desk,
                at=now,
                rev=rev,
                by=operator.name,
                online=online,
                operator=operator.name,
                role=operator.role,
            )
        )
