"""Desks that were cut apart and acted all the same: when they meet they show the same, and so does who comes later."""

import random
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.briefing.state import state
from cop.domain.batch import Delivered, Settled
from cop.domain.desk import Command, Operator
from cop.domain.incident import Incident
from cop.domain.report import kind_of
from cop.domain.statement import Statement
from cop.domain.task import Task
from cop.domain.unit import Position, Unit
from cop.feeds.adapters.cop_json import encode
from cop.feeds.intake import Intake
from cop.feeds.message import Feed
from cop.feeds.session import Received
from cop.feeds.topics import KINDS, topic_of
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from cop.ui.desk import Desk
from tests import reports as r

_ROOT = "cop/v1"
_FIRE, _EMS = "charlotte-fire", "york-county-em"
_SHARED, _TASK = (_FIRE, "shared"), (_FIRE, "t-1")
_TABLES = ("incidents", "resources", "zones", "alerts", "links", "consents", "commands", "requests", "fills", "log")


class _Broker:
    """Keeps what is retained, and for who is away what was said at QoS 1."""

    def __init__(self) -> None:
        self.now = r.NOON
        self.retained: dict[str, bytes] = {}
        self.peers: list[_Peer] = []
        self.words = 0

    def publish(self, topic: str, payload: bytes, *, qos: int, retain: bool) -> None:
        """Say it to all that are there, keep it for the others."""
        self.words += bool(retain)
        if retain:
            self.retained[topic] = payload
        for peer in self.peers:
            if peer.online or qos:
                peer.inbox.append((topic, payload, False))


class _Peer:
    """A desk behind lists: what it hears waits in `inbox`, what it says in `outbox`."""

    def __init__(self, broker: _Broker, agency: str, role: str, name: str, clock_off_s: float) -> None:
        self.broker, self.agency, self.name = broker, agency, name
        self._off = timedelta(seconds=clock_off_s)
        self.online = False
        self.inbox: deque[tuple[str, bytes, bool]] = deque()
        self.outbox: deque[Statement] = deque()
        self.acted: set[tuple[str, str, str]] = set()
        self._delivered: list[Delivered] = []
        self._settles: frozenset[str] | None = None
        self.picture = Picture()
        feed = Feed(name="cop", format="cop-json", topic=f"{_ROOT}/#")
        self._intake = Intake([feed], None, exercise=None, reader=agency, clock=lambda: self.now().timestamp())
        operator = Operator(agency, role, name, name)
        self.desk = Desk(operator, self.picture, Ground([]), self._send, now=self.now)
        broker.peers.append(self)
        self.connect()

    def now(self) -> datetime:
        """By this desk's clock."""
        return self.broker.now + self._off

    def _send(self, command: Command) -> None:
        self.outbox.extend(command.bodies)
        self.acted.update((kind_of(body), self.agency, body.id) for body in command.bodies)

    def connect(self) -> None:
        """The line is there: what was kept comes, then all that is retained."""
        if self.online:
            return
        self.online = True
        self.inbox.extend((topic, payload, True) for topic, payload in sorted(self.broker.retained.items()))
        own = f"{_ROOT}/{self.agency}/"
        self._settles = frozenset(topic.removeprefix(own) for topic in self.broker.retained if topic.startswith(own))

    def cut(self) -> None:
        """The line is gone: what was on its way comes again later where it was said at QoS 1."""
        self.online = False

    def say(self, count: int) -> None:
        """So many of the words that wait leave."""
        while self.online and self.outbox and count > 0:
            count -= 1
            body = self.outbox.popleft()
            qos, retain = KINDS[kind_of(body)]
            self.broker.publish(topic_of(_ROOT, self.agency, body), encode(body), qos=qos, retain=retain)
            self._delivered.append(Delivered(kind_of(body), self.agency, body.id, "sent"))

    def place(self) -> None:
        """Its car says where it is, by this desk's clock: that tells of the agency's clock, or of several."""
        if self.online:
            body = Position(id=f"car-{self.name}", at=self.now(), lat=35.2, lon=-80.9)
            self.broker.publish(topic_of(_ROOT, self.agency, body), encode(body), qos=0, retain=False)

    def hear(self, count: int) -> None:
        """A pulse that brings so many messages."""
        burst = []
        while self.online and self.inbox and len(burst) < count:
            topic, payload, retained = self.inbox.popleft()
            burst.append(Received(topic, payload, self.now().timestamp(), retained, 1, 1))
        self._intake.take(burst)
        delivered, self._delivered = self._delivered, []
        batch = self._intake.batch(1, None, delivered, health=False)
        if self._settles is not None and not self.inbox:
            settled = Settled(kinds=sorted(KINDS), heard=sorted(self._settles))
            batch, self._settles = msgspec.structs.replace(batch, settled=settled), None
        self.desk.take_in(batch)
        self.desk.tick()

    def shows(self) -> dict[str, Any]:
        """What must be the same everywhere."""
        now = self.broker.now
        seen = state(self.picture, now)
        tables = {name: sorted((_said(one) for one in seen[name]), key=repr) for name in _TABLES}
        tasks = {f"{one['agency']}/{one['id']}": (one["state"], one["stands"]) for one in seen["tasks"]}
        units = {key: msgspec.structs.replace(one.body, role="") for key, one in self.picture.units.items()}
        standing = self.desk.command.standing(_SHARED)
        return {**tables, "tasks": tasks, "units": units, "command": repr(standing)}


def _said(entry: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in entry.items() if key not in {"received_at", "reported_at", "feed"}}


def _rename(peer: _Peer, number: int) -> None:
    report = peer.picture.incidents.get(_SHARED)
    if report is not None and isinstance(report.body, Incident):
        peer.desk.change_incident(report, msgspec.structs.replace(report.body, title=f"{peer.name} {number}"))


def _end(peer: _Peer, number: int) -> None:
    report = peer.picture.incidents.get(_SHARED)
    if report is not None and isinstance(report.body, Incident):
        peer.desk.change_incident(report, msgspec.structs.replace(report.body, status="closed"))


def _task(act: Callable[[_Peer, Any], object]) -> Callable[[_Peer, int], None]:
    def acts(peer: _Peer, number: int) -> None:
        if _TASK in peer.picture.tasks:
            act(peer, peer.picture.tasks[_TASK])

    return acts


_ACTS: tuple[Callable[[_Peer, int], object], ...] = (
    _rename,
    _end,
    _task(lambda peer, task: peer.desk.tasks.cancel(task, f"says {peer.name}")),
    _task(lambda peer, task: peer.desk.tasks.answer(task, "accepted", eta_s=300)),
    _task(lambda peer, task: peer.desk.tasks.answer(task, "declined", f"says {peer.name}")),
    _task(lambda peer, task: peer.desk.tasks.answer(task, "done")),
    lambda peer, number: peer.desk.command.take(_SHARED, name=peer.name),
    lambda peer, number: peer.desk.command.relinquish(_SHARED, f"says {peer.name}"),
    lambda peer, number: peer.desk.command.unify(_SHARED, [_EMS if peer.agency == _FIRE else _FIRE]),
    lambda peer, number: peer.desk.open_incident(
        Incident(id=f"{peer.name}-{number}", at=peer.now(), title=f"Fire {number}")
    ),
)
_STEPS = ("cut", "connect", "say", "hear", "act", "act", "wait")


def _world(offsets: Sequence[float]) -> _Broker:
    broker = _Broker()
    first = _Peer(broker, _FIRE, "commander", "ann", offsets[0])
    _Peer(broker, _FIRE, "dispatcher", "bob", offsets[1])
    third = _Peer(broker, _EMS, "commander", "cleo", offsets[2])
    first.desk.open_incident(Incident(id="shared", at=first.now(), title="Factory fire", lat=35.2, lon=-80.9))
    unit = Unit(id="engine-1", at=third.now(), rev=1, callsign="Engine 1", kind="engine", status="available")
    broker.publish(topic_of(_ROOT, _EMS, unit), encode(unit), qos=1, retain=True)
    _meet(broker, 8)
    asked = Task(
        id="t-1",
        at=first.now(),
        objective="Cover",
        assignee_agency=_EMS,
        unit="engine-1",
        incident_agency=_FIRE,
        incident="shared",
    )
    assert first.desk.tasks.assign([asked]) is None
    _meet(broker, 8)
    return broker


def _meet(broker: _Broker, seconds: int) -> None:
    for peer in broker.peers:
        peer.connect()
    for _ in range(seconds):
        broker.now += timedelta(seconds=1)
        for peer in broker.peers:
            peer.place()
            peer.say(1000)
        for peer in broker.peers:
            peer.hear(1000)


def _act_apart(chance: random.Random, waits_s: tuple[float, ...]) -> _Broker:
    """A world in which three desks acted, cut off and not, in any order; its clocks may be wrong."""
    broker = _world([chance.choice([0.0, 0.0, -1.5, 3.0, 40.0, -40.0]) for _ in range(3)])
    for number in range(chance.randint(10, 60)):
        peer, step, count = chance.choice(broker.peers), chance.choice(_STEPS), chance.randrange(10)
        broker.now += timedelta(seconds=chance.choice(waits_s))
        if chance.random() < 0.5:
            peer.place()
        if step == "act":
            chance.choice(_ACTS)(peer, number)
        elif step == "say":
            peer.say(count)
        elif step == "hear":
            peer.hear(count)
        elif step == "cut":
            peer.cut()
        elif step == "connect":
            peer.connect()
    return broker


@given(st.integers(0, 10**9).map(random.Random), st.sampled_from([(0.0, 0.2, 5.0, 400.0), (0.0, 0.2, 0.3, 1.0)]))
@settings(max_examples=30, deadline=None)
def test_that_desks_that_were_apart_show_the_same_when_they_meet_and_each_word_is_done_or_overtaken(
    qapp: object, chance: random.Random, waits_s: tuple[float, ...]
) -> None:
    broker = _act_apart(chance, waits_s)
    _meet(broker, 20)
    said = broker.words
    _meet(broker, 30)
    assert broker.words == said  # none goes on answering the other
    _Peer(broker, _EMS, "liaison", "late", 0.0)
    _meet(broker, 20)
    first, *others = (peer.shows() for peer in broker.peers)
    for name, shown in first.items():
        assert all(other[name] == shown for other in others)
    for peer in broker.peers:
        fates = [peer.picture.deliveries[key] for key in peer.acted]
        assert {one.state for one in fates} <= {"sent", "superseded"}
        assert all(one.reason for one in fates if one.state == "superseded")
