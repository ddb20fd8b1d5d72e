"""Two brokers, brokers without memory, and desks that were away: nothing said is lost."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from cop.domain.batch import Settled
from cop.domain.log import LogEntry
from cop.feeds import memory, places
from cop.feeds.adapters.cop_json import encode
from cop.feeds.broker import Broker
from cop.feeds.connecting import Will, close_socket
from cop.feeds.memory import BrokersMemory
from cop.feeds.places import Places
from cop.feeds.refusals import Words
from cop.feeds.session import Received, Session, Subscription
from cop.feeds.topics import KINDS
from cop.journal.record import Way
from tests.conftest import Mosquitto, wait_until
from tests.feeds.test_feed_process import Desk, _on_record
from tests.reports import at, incident

_ROOT = "cop/v1"


class Witness:
    """A client of its own that hears all and can speak."""

    def __init__(self, broker: Mosquitto) -> None:
        self.heard: list[tuple[str, bytes]] = []
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="witness", protocol=mqtt.MQTTv5)
        self.client.on_message = lambda _client, _user, one: self.heard.append((one.topic, bytes(one.payload)))
        subscribed: list[int] = []
        self.client.on_subscribe = lambda *_: subscribed.append(1)
        self.client.connect("127.0.0.1", broker.port)
        self.client.loop_start()
        wait_until(self.client.is_connected)
        self.client.subscribe(f"{_ROOT}/#", 1)
        wait_until(lambda: subscribed)

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish."""
        self.client.publish(f"{_ROOT}/{topic}", payload, qos=1, retain=retain).wait_for_publish(10)

    def revisions(self, name: str) -> list[int]:
        """Of an incident, as they came."""
        return [
            int(payload.partition(b'"rev":')[2].partition(b",")[0])
            for topic, payload in self.heard
            if topic.endswith(f"/incident/{name}")
        ]

    def close(self) -> None:
        """Go."""
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Mosquitto]:
    broker = Mosquitto(tmp_path)
    broker.start()
    yield broker
    broker.stop()


def _place(desk: Desk) -> tuple[str, int, int]:
    broker = desk.picture.broker
    return (broker.state, broker.place, broker.brokers) if broker is not None else ("", 0, 0)


def test_that_of_two_brokers_killed_in_turns_no_action_is_lost_or_out_of_order(
    tmp_path: Path, mosquitto: Mosquitto, second: Mosquitto
) -> None:
    desk = Desk(tmp_path / "desk", Broker(url=mosquitto.url, also=(second.url,)))
    desk.feeds.start()
    brokers, revs = [mosquitto, second], dict.fromkeys(("i1", "i2"), 0)

    def act() -> None:
        for name in revs:
            revs[name] += 1
            desk.outbox.put(incident(name, rev=revs[name]))
        desk.feeds.notify()
        desk.pulse()

    def stand() -> bool:
        return all(witness.revisions(name)[-1:] == [rev] for name, rev in revs.items())

    try:
        desk.until(lambda: _place(desk) == ("online", 1, 2))
        for place in (1, 2, 1, 2):
            here, there = brokers[place - 1], brokers[2 - place]
            witness = Witness(here)
            for _ in range(3):
                act()
            desk.until(lambda: desk.outbox.pending() == [], what="said at this one")
            wait_until(stand)
            act()
            here.stop()
            act()
            witness.close()
            desk.until(lambda: _place(desk)[0] == "online" and _place(desk)[1] != place, what="the other one")  # noqa: B023 - called here
            here.start()
            assert desk.picture.broker is not None
            assert desk.picture.broker.url == there.url
        desk.until(lambda: desk.outbox.pending() == [])
        witness = Witness(mosquitto)
        wait_until(stand, what="the last words stand")
        witness.close()
        assert _place(desk) == ("online", 1, 2)
        desk.feeds.stop()
        for name, rev in revs.items():
            said = [
                json.loads(one.payload)["rev"] for one in _on_record(desk) if one.way == Way.SAID and name in one.topic
            ]
            assert said == sorted(said)
            assert set(said) == set(range(1, rev + 1))
    finally:
        desk.close()


def test_that_it_stays_where_it_is_until_that_fails_and_says_of_each_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_BACKOFF_S", (1.0, 16.0))
    two = Places(Broker(url="mqtt://a", also=("mqtt://b:1884",)))
    two.reached()
    two.lasted()
    two.failed(Words("gone", "Look."), refused=False, stay=True)
    assert two.here.url == "mqtt://a:1883"  # a hiccup: the session is kept there
    two.failed(Words("still gone", "Look."), refused=False)
    assert (two.number, two.here.url) == (2, "mqtt://b:1884")
    two.failed(Words("wrong password", "Ask."), refused=True)
    assert two.number == 1
    assert two.words() == Words("a:1883: still gone; b:1884: wrong password", "Look. Ask.")
    assert not two.refused
    two.failed(Words("banned", "Ask."), refused=True)
    assert two.refused
    two.reached()
    assert two.words() == Words("")


def test_that_the_wait_grows_with_each_round_and_not_with_each_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_BACKOFF_S", (1.0, 16.0))
    monkeypatch.setattr(places, "random", SimpleNamespace(uniform=lambda _low, _high: 1.0))
    monkeypatch.setattr(places, "time", SimpleNamespace(monotonic=lambda: 0.0))
    three = Places(Broker(url="mqtt://a", also=("mqtt://b", "mqtt://c")))
    waits = []
    for _ in range(18):
        three.failed(Words("gone"), refused=False)
        waits.append(three.next_try)
    assert waits[2::3] == [1.0, 2.0, 4.0, 8.0, 16.0, 16.0]
    assert {*waits[0::3], *waits[1::3]} == {1.0}
    three.at_once()
    assert three.next_try == 0.0


def test_that_each_broker_is_signed_in_at_as_the_first_unless_it_names_somebody() -> None:
    settings = Broker(url="mqtt://ann:p%40ss@a", also=("mqtts://b", "mqtt://bea:other@c"), keepalive_s=9)
    assert [(one.shown_url(), one.credentials()) for one in settings.each()] == [
        ("mqtt://a:1883", ("ann", "p@ss")),
        ("mqtts://b:8883", ("ann", "p@ss")),
        ("mqtt://c:1883", ("bea", "other")),
    ]
    assert {one.keepalive_s for one in settings.each()} == {9}


# who was away


class Away:
    """A session that a test drives."""

    def __init__(self, url: str, version: int) -> None:
        self.session = Session(
            Broker(url=url), "away", [Subscription(f"{_ROOT}/#", 1)], lambda: Will("w", b"off", b"on")
        )
        self.session.places.here.protocol = 0 if version == 5 else 1
        self.received: list[Received] = []

    def until(self, condition: Callable[[], object]) -> None:
        """Work until it holds."""

        def reached() -> object:
            burst = self.session.service(0.01)
            self.received += burst
            self.session.acknowledge(burst)
            return condition()

        wait_until(reached)


@pytest.mark.parametrize("version", [5, 4])
@pytest.mark.parametrize("killed", [True, False])
def test_that_what_was_said_while_a_desk_was_away_arrives_in_order(
    mosquitto: Mosquitto, version: int, killed: bool
) -> None:
    first = Away(mosquitto.url, version)
    first.until(lambda: first.session.online)
    first.until(lambda: first.session.state.protocol == ("MQTT 5" if version == 5 else "MQTT 3.1.1"))
    for _ in range(20):
        first.session.service(0.01)  # subscribed
    if killed:
        assert first.session._client is not None
        close_socket(first.session._client)
    else:
        first.session.close()
    witness = Witness(mosquitto)
    for number in range(50):
        witness.say(f"ems/log/l{number}", str(number).encode())
    witness.close()
    again = Away(mosquitto.url, version)  # another process: it remembers nothing
    again.until(lambda: len([one for one in again.received if "/log/" in one.topic]) == 50)
    told = [one for one in again.received if "/log/" in one.topic]
    assert [one.payload for one in told] == [str(number).encode() for number in range(50)]
    assert all(one.retained for one in told)  # said before: no news of now
    again.session.close()


@pytest.mark.parametrize("how", ["killed", "restarted"])
def test_that_what_was_said_while_the_desktop_was_away_is_in_its_picture(
    tmp_path: Path, mosquitto: Mosquitto, how: str
) -> None:
    witness = Witness(mosquitto)
    first = Desk(tmp_path / "desk", Broker(url=mosquitto.url))
    first.feeds.start()
    first.until_state("online")
    first.until(lambda: first.picture.presence)
    if how == "killed":
        assert first.feeds.pid is not None
        os.kill(first.feeds.pid, signal.SIGKILL)
    first.close()
    for number in range(10):
        entry = LogEntry(id=f"l{number}", at=at(number), text=f"line {number}")
        witness.say(f"york-county-em/log/l{number}", encode(entry))
    again = Desk(tmp_path / "desk", Broker(url=mosquitto.url))
    again.feeds.start()
    try:
        again.until(lambda: len(again.picture.log) == 10)
        assert [one.body.id for one in again.picture.log] == [f"l{number}" for number in range(10)]
    finally:
        again.close()
        witness.close()


# what a broker remembers


class Listening(Desk):
    """A desk that keeps what it was told of its broker's memory."""

    def __init__(self, folder: Path, broker: Broker) -> None:
        super().__init__(folder, broker)
        self.settled: list[Settled] = []

    def pulse(self) -> None:
        for batch in self.feeds.receive():
            self.picture.apply(batch)
            if batch.settled is not None:
                self.settled.append(batch.settled)


def test_that_a_broker_that_lost_its_memory_is_told_from_one_that_has_it(tmp_path: Path, mosquitto: Mosquitto) -> None:
    desk = Listening(tmp_path / "desk", Broker(url=mosquitto.url))
    desk.feeds.start()
    try:
        desk.until(lambda: desk.settled)
        desk.outbox.put(incident("i1"))
        desk.feeds.notify()
        desk.until(lambda: desk.outbox.pending() == [])
        assert desk.feeds.pid is not None
        os.kill(desk.feeds.pid, signal.SIGKILL)
        desk.until(lambda: len(desk.settled) == 2)
        assert "incident/i1" in desk.settled[1].heard
        mosquitto.stop()
        mosquitto.start()  # without persistence: it has forgotten
        desk.until(lambda: len(desk.settled) == 3)
        assert [one.heard for one in desk.settled[::2]] == [["presence/desk-1"]] * 2
        assert set(desk.settled[2].kinds) == set(KINDS)
    finally:
        desk.close()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What time it is for the memory."""
    moment = [100.0]
    monkeypatch.setattr(memory, "time", SimpleNamespace(monotonic=lambda: moment[0]))
    return moment


_WILL = Will(f"{_ROOT}/fire/presence/d", b"off", b"on")


def _message(topic: str, payload: bytes = b"{}", *, retained: bool = True, connection: int = 1) -> Received:
    return Received(f"{_ROOT}/{topic}", payload, 0.0, retained, 1, 1, connection)


def test_that_the_memory_is_told_once_when_all_has_come(now: list[float]) -> None:
    told = BrokersMemory(_ROOT, "fire", [f"{_ROOT}/#"])
    told.hear([_message("fire/incident/i1"), _message("ems/incident/i2")], 1, _WILL)
    now[0] += 60
    assert told.settled(()) is None  # our own presence has not come back
    told.hear([_message("fire/presence/d", b"on", retained=False)], 1, _WILL)
    found = told.settled(())
    assert found is not None
    assert found.heard == ["incident/i1", "presence/d"]
    assert told.settled(()) is None
    told.hear([], 2, _WILL)
    told.hear([_message("fire/presence/d", b"on", retained=False, connection=2)], 2, _WILL)
    told.hear([_message("fire/incident/i3", connection=2)], 2, _WILL)  # a broker that keeps no order
    assert told.settled(()) is None
    now[0] += 3
    found = told.settled(())
    assert found is not None
    assert found.heard == ["incident/i3", "presence/d"]


def test_that_an_agency_that_never_rests_does_not_keep_the_memory_from_being_told(now: list[float]) -> None:
    told = BrokersMemory(_ROOT, "fire", [f"{_ROOT}/#"])
    told.hear([_message("fire/presence/d", b"on", retained=False)], 1, _WILL)
    for _ in range(30):
        now[0] += 0.1
        told.hear([_message("fire/position/e1", retained=False)], 1, _WILL)
    assert told.settled(()) is not None


def test_that_only_what_the_broker_lets_us_hear_can_be_missed(now: list[float]) -> None:
    told = BrokersMemory(_ROOT, "fire", [f"{_ROOT}/+/incident/+", f"{_ROOT}/+/task/+", f"{_ROOT}/+/presence/+"])
    told.hear([_message("fire/presence/d", b"on", retained=False)], 1, _WILL)
    now[0] += 3
    found = told.settled({f"{_ROOT}/+/task/+"})
    assert found is not None
    assert sorted(found.kinds) == ["incident", "presence"]
