"""A desk without its window: feed process, outbox, journal, picture and rules, and every word that it would show."""

import contextlib
import os
import re
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cop.domain.batch import BrokerState
from cop.domain.desk import Command, Operator
from cop.domain.incident import Incident
from cop.domain.report import kind_of
from cop.feed_process import FeedProcess
from cop.feeds.adapters.cop_json import encode
from cop.feeds.broker import Broker
from cop.feeds.message import Feed
from cop.feeds.outbox import Outbox
from cop.feeds.pipe import FeedSetup, Recording
from cop.feeds.topics import topic_of
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from cop.ui import broker_words
from cop.ui.desk import Desk
from tests.conftest import wait_until
from tests.faults import namespaces, on_record

ROOT = "cop/v1"
OPERATION = "Live operation"
_PEOPLE = {"commander": "Ann", "dispatcher": "Bob", "liaison": "Cleo"}
_WHEN = re.compile(r" since \d\d:\d\d(:\d\d)?")
_WHERE = re.compile(r"(127\.0\.0\.1|10\.213\.\d+\.1):\d+")


class Taken(NamedTuple):
    """An action that the desk said it had taken: what goes out for it."""

    kind: str
    agency: str
    id: str
    topic: str
    payload: bytes


class FaultDesk:
    """`act()` takes actions as a person would; `said` are the distinct lines that stood across the window, in order.

    `namespace` is where its feed process runs; empty is the machine's own network.
    """

    def __init__(
        self,
        folder: Path,
        broker: Broker,
        *,
        agency: str = "charlotte-fire",
        role: str = "commander",
        name: str = "desk-1",
        feeds: tuple[Feed, ...] = (),
        namespace: str = "",
        recording: bool = True,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.operator = Operator(agency, role, _PEOPLE[role], name)
        self.outbox = Outbox(folder / "outbox.sqlite", agency, ROOT)
        self.records = folder / "journal"
        journal = Recording(folder=str(self.records), operation=OPERATION, desk=name) if recording else None
        self.feeds = FeedProcess(
            FeedSetup(
                broker=broker,
                feeds=feeds or (Feed(name="cop", format="cop-json", topic=f"{ROOT}/#"),),
                operator=self.operator,
                root=ROOT,
                journal=journal,
                outbox=str(folder / "outbox.sqlite"),
                client_id=broker.client_id or f"test-{name}",
                operation=OPERATION,
            )
        )
        self.picture = Picture()
        self.desk = Desk(self.operator, self.picture, Ground([]), self._send, operation=OPERATION)
        self.taken: list[Taken] = []
        self.confirmed: set[tuple[str, bytes]] = set()
        self.refused: list[str] = []
        self.said: list[str] = []
        self.states: list[BrokerState] = []
        self.closed = False
        self._tick_at = 0.0
        self._namespace = namespace
        self._count = 0
        #: what the computer itself went through, in the desk's words
        self.upsets: list[str] = []
        self.desk.refused.connect(self.refused.append)
        self.desk.changed.connect(
            lambda change: self.upsets.extend(broker_words.upset_words(one) for one in change.upsets)
        )

    def start(self) -> "FaultDesk":
        """Start it and wait until the broker has it."""
        self.begin()
        self.until_state("online")
        return self

    def begin(self) -> None:
        """Start it."""
        with self._there():
            self.feeds.start()

    def pulse(self) -> None:
        """One beat of the window: what came, and what it would say of it."""
        if self.closed:
            return
        with self._there():
            batches = self.feeds.receive()
        for batch in batches:
            self.desk.take_in(batch)
            if batch.broker is not None:
                self.states.append(batch.broker)
        if time.monotonic() >= self._tick_at:
            self._tick_at = time.monotonic() + 0.5
            self.desk.tick()
        for line in self.words():
            if line not in self.said:
                self.said.append(line)

    def words(self) -> list[str]:
        """What stands across the window now, without the time of day."""
        broker = self.picture.broker
        lines = [broker_words.broker_banner(broker, datetime.now(UTC))]
        if broker is not None:
            lines += [
                broker_words.not_recording(broker.journal_error, None),
                broker_words.outbox_words(broker.outbox_error),
                broker_words.clock_words(broker.clock_off_s),
            ]
        return [_WHERE.sub("one of them", _WHEN.sub("", line)) for line in lines if line]

    def act(self, count: int = 1) -> None:
        """Open so many incidents."""
        for _ in range(count):
            self._count += 1
            body = Incident(
                id=f"{self.operator.desk}-act-{self._count}", at=datetime.now(UTC), title=f"Fire {self._count}"
            )
            self.desk.open_incident(body)

    def until(self, condition: Callable[[], object], what: str = "", limit_s: float = 30.0) -> None:
        """Wait for a condition, pulse by pulse."""

        def reached() -> object:
            self.pulse()
            return condition()

        wait_until(reached, limit_s, what)

    def until_state(self, state: str, limit_s: float = 30.0) -> None:
        """Wait until the broker is in this state for the desk."""
        self.until(lambda: self.picture.broker is not None and self.picture.broker.state == state, state, limit_s)

    def until_given_up(self, limit_s: float = 40.0) -> None:
        """Wait until the connection that stands now is no longer held for one."""
        seen = len(self.states)
        self.until(lambda: any(one.state != "online" for one in self.states[seen:]), "given up", limit_s)

    def until_says(self, *words: str, limit_s: float = 30.0) -> None:
        """Wait until one line across the window holds all these words."""
        self.until(
            lambda: any(all(word in line for word in words) for line in self.words()),
            f"{words} said; there was {self.said}",
            limit_s,
        )

    def until_silent(self, limit_s: float = 30.0) -> None:
        """Wait until nothing stands across the window any more."""
        self.until(lambda: not self.words(), f"all is well; there is {self.words()}", limit_s)

    def settled(self) -> bool:
        """Whether each action has left, or is said to be refused."""
        return self.closed or not self.outbox.pending()

    def waiting(self) -> set[tuple[str, bytes]]:
        """What waits in its outbox."""
        return set() if self.closed else {(one.topic, one.payload) for one in self.outbox.pending(limit=100_000)}

    def fate(self, one: Taken) -> str:
        """What the desk says of an action: pending, sent, refused …"""
        delivered = self.picture.deliveries.get((one.kind, one.agency, one.id))
        return delivered.state if delivered is not None else ""

    def unanswered(self, known: set[tuple[str, bytes]]) -> list[Taken]:
        """Actions that were taken, that are not among the known, and that the desk does not own to as refused."""
        known = known | self.confirmed
        return [
            one
            for one in self.taken
            if (one.topic, one.payload) not in known and self.fate(one) not in {"refused", "superseded"}
        ]

    def place(self, unit: str, agency: str = "gastonia-fd") -> tuple[float, float] | None:
        """Where a unit stands in the picture."""
        tracks = self.picture.tracks
        row = tracks.row_of(agency, unit)
        return (float(tracks.lat[row]), float(tracks.lon[row])) if row is not None else None

    def recorded(self) -> set[bytes]:
        """The payloads that the journal holds as heard."""
        return on_record.heard(self.records, OPERATION)

    def signal(self, number: int) -> None:
        """Send its feed process a signal."""
        assert self.feeds.pid is not None
        os.kill(self.feeds.pid, number)

    def close(self) -> None:
        """End it."""
        if self.closed:
            return
        self.closed = True
        if self.feeds.pid is not None:
            with contextlib.suppress(OSError):
                os.kill(self.feeds.pid, signal.SIGCONT)
        self.feeds.stop()
        self.outbox.close()

    def _send(self, command: Command) -> None:
        self.outbox.put(*command.bodies)
        agency = self.operator.agency
        for body in command.bodies:
            self.taken.append(Taken(kind_of(body), agency, body.id, topic_of(ROOT, agency, body), encode(body)))
        self.feeds.notify()

    def _there(self) -> contextlib.AbstractContextManager[None]:
        return namespaces.entered(self._namespace) if self._namespace else contextlib.nullcontext()
