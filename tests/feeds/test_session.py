"""What a session does with brokers that are slow, silent, broken or of bad intent."""

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from cop.feeds import catching_up, places
from cop.feeds.broker import Broker
from cop.feeds.connecting import Will
from cop.feeds.session import Received, Session, Subscription
from tests.conftest import wait_until
from tests.feeds.stub_broker import CONNACK_5, CONNECT, PUBACK, PUBLISH, SUBSCRIBE, Line, Packet, StubBroker

Serve = Callable[[Line, int], None]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_BACKOFF_S", (0.001, 0.01))


@pytest.fixture
def stub() -> Iterator[Callable[[Serve], StubBroker]]:
    made: list[StubBroker] = []

    def make(serve: Serve) -> StubBroker:
        made.append(StubBroker(serve))
        return made[-1]

    yield make
    for one in made:
        one.close()


class Client:
    """A session and what it brought."""

    def __init__(self, url: str, *topics: str) -> None:
        broker = Broker(url=url, connect_timeout_s=0.2)
        subscriptions = [Subscription(topic, 1) for topic in topics or ("cop/v1/#",)]
        self.session = Session(broker, "test", subscriptions, lambda: Will("w", b"off", b"on"))
        self.received: list[Received] = []

    def until(self, condition: Callable[[], object], what: str = "") -> None:
        def reached() -> object:
            self.received.extend(self.session.service(0.01))
            return condition()

        wait_until(reached, what=what)


def _greet(line: Line, *codes: int) -> Iterator[Packet]:
    """Accept a client and its subscriptions; the packets after them."""
    for packet in line.packets():
        if packet.kind == CONNECT:
            line.say(CONNACK_5)
        elif packet.kind == SUBSCRIBE:
            line.grant(packet, *(codes or (1,)))
            yield packet
        else:
            yield packet


def test_that_a_message_is_never_acknowledged_on_another_connection_than_its_own(
    quick: None, stub: Callable[[Serve], StubBroker]
) -> None:
    acknowledged: list[tuple[int, int]] = []
    told = threading.Event()

    def serve(line: Line, number: int) -> None:
        for packet in _greet(line):
            if packet.kind == SUBSCRIBE:
                line.publish("cop/v1/a/log/l", b"first" if number == 1 else b"second", mid=7)
                if number == 1:
                    return
            elif packet.kind == PUBACK:
                acknowledged.append((number, packet.mid))
                told.set()

    client = Client(stub(serve).url)
    client.until(lambda: [one.payload for one in client.received] == [b"first", b"second"])
    first, second = client.received
    assert first.mid == second.mid == 7
    client.session.acknowledge([first])
    client.until(lambda: client.session.online)
    time_out = time.monotonic() + 0.2  # nothing is to come: the second acknowledgement below would hide a first one
    client.until(lambda: time.monotonic() > time_out)
    assert acknowledged == []
    client.session.acknowledge([first, second])
    client.until(told.is_set)
    assert acknowledged == [(2, 7)]


@pytest.mark.parametrize(("resumed", "expected"), [(True, [True, True, False]), (False, [False, False, False])])
def test_that_what_the_broker_kept_while_we_were_away_may_have_been_said_long_before(
    stub: Callable[[Serve], StubBroker], resumed: bool, expected: list[bool]
) -> None:
    """It comes before our own presence, which is said anew on each connection."""

    def serve(line: Line, _number: int) -> None:
        for packet in line.packets():
            if packet.kind == CONNECT:
                line.say(b"\x20\x03" + bytes([resumed]) + b"\x00\x00")
                line.publish("ais/1", b"kept", mid=1)
            elif packet.kind == SUBSCRIBE:
                line.grant(packet, 1, 1)
                line.publish("w", b"off", mid=2)
            elif packet.kind == PUBLISH:
                line.publish("w", b"on", mid=3)
                line.publish("ais/1", b"new", mid=4)

    client = Client(stub(serve).url, "ais/#", "w")
    client.until(lambda: len(client.received) == 4)
    kept, off, _on, new = client.received
    assert [kept.payload, off.payload, new.payload] == [b"kept", b"off", b"new"]
    assert [kept.retained, off.retained, new.retained] == expected


def test_that_a_desk_which_does_not_hear_itself_takes_the_broker_at_its_silence(
    stub: Callable[[Serve], StubBroker], monkeypatch: pytest.MonkeyPatch
) -> None:
    def serve(line: Line, _number: int) -> None:
        for packet in line.packets():
            if packet.kind == CONNECT:
                line.say(b"\x20\x03\x01\x00\x00")
            elif packet.kind == SUBSCRIBE:
                line.grant(packet, 1)
                line.publish("ais/1", b"kept", mid=1)
            elif packet.kind == PUBACK:
                line.publish("ais/1", b"new", mid=2)

    client = Client(stub(serve).url, "ais/#")
    client.until(lambda: client.received)
    monkeypatch.setattr(catching_up, "_QUIET_S", 0.0)
    client.session.acknowledge(client.received)
    client.until(lambda: len(client.received) > 1)
    assert [one.retained for one in client.received[:2]] == [True, False]


def test_that_a_broker_that_accepts_and_never_answers_is_said_and_tried_again(
    quick: None, stub: Callable[[Serve], StubBroker]
) -> None:
    levels: list[int] = []

    def serve(line: Line, _number: int) -> None:
        levels.extend(packet.level for packet in line.packets())

    broker = stub(serve)
    client = Client(broker.url)
    client.until(lambda: client.session.state.state == "offline")
    assert "does not answer to the greeting" in client.session.state.reason
    client.until(lambda: len(levels) >= 2)
    assert levels[:2] == [5, 4]  # perhaps it knows only the older version


def test_that_a_name_that_takes_long_to_look_up_stops_nothing_and_is_said(
    quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_on = threading.Event()

    def slow(*_arguments: object, **_more: object) -> None:
        go_on.wait(30)
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    client = Client("mqtt://broker.invalid")
    for _ in range(5):
        client.session.service(0.0)
    assert client.session.state.state == "connecting"  # and the calls came back
    go_on.set()
    client.until(lambda: client.session.state.state == "offline")
    assert client.session.state.reason == "the broker's name is not found (Name or service not known)"
    assert "Check the name in url" in client.session.state.advice


def test_that_no_bytes_a_broker_sends_end_the_session(quick: None, stub: Callable[[Serve], StubBroker]) -> None:
    chance = random.Random(11)
    rounds = 150

    def garbage() -> bytes:
        kind = chance.randrange(16) << 4 | chance.randrange(16)
        body = chance.randbytes(chance.randrange(40))
        length = len(body) if chance.random() < 0.7 else chance.randrange(128)
        return bytes([kind, length]) + body if chance.random() < 0.9 else chance.randbytes(30)

    def serve(line: Line, number: int) -> None:
        if number > rounds:
            for packet in _greet(line):
                if packet.kind == SUBSCRIBE:
                    line.publish("cop/v1/a/log/l", b"at last", mid=1)
            return
        for _packet in line.packets():
            if number % 2:
                line.say(CONNACK_5)
            for _ in range(chance.randrange(1, 6)):
                line.say(garbage())
            return

    client = Client(stub(serve).url)
    client.until(lambda: any(one.payload == b"at last" for one in client.received))
    for one in client.received:
        client.session.acknowledge([one])


def test_that_after_a_protocol_that_worked_a_broken_greeting_does_not_begin_a_new_session(
    quick: None, stub: Callable[[Serve], StubBroker]
) -> None:
    levels: list[int] = []

    def serve(line: Line, number: int) -> None:
        for packet in line.packets():
            if packet.kind == CONNECT:
                levels.append(packet.level)
                if number == 2:
                    return
                line.say(CONNACK_5)
            elif packet.kind == SUBSCRIBE and number == 1:
                return

    client = Client(stub(serve).url)
    client.until(lambda: len(levels) == 3 and client.session.online)
    assert levels == [5, 5, 5]


def test_that_a_broker_that_says_it_does_not_know_the_version_is_spoken_to_in_the_other(
    quick: None, stub: Callable[[Serve], StubBroker]
) -> None:
    levels: list[int] = []

    def serve(line: Line, number: int) -> None:
        for packet in line.packets():
            if packet.kind == CONNECT:
                levels.append(packet.level)
                if number == 1:
                    line.say(CONNACK_5)
                    return
                line.say(b"\x20\x02\x00\x01" if packet.level == 5 else b"\x20\x02\x00\x00")

    client = Client(stub(serve).url)
    client.until(lambda: client.session.state.protocol == "MQTT 3.1.1")
    assert levels == [5, 5, 4]


def test_that_a_subscription_the_broker_refuses_is_known(stub: Callable[[Serve], StubBroker]) -> None:
    def serve(line: Line, _number: int) -> None:
        for _packet in _greet(line, 1, 0x87):
            pass

    client = Client(stub(serve).url, "cop/v1/#", "secret/#")
    client.until(lambda: client.session.denied)
    assert client.session.denied == {"secret/#"}


def test_that_a_broker_that_throws_us_out_again_and_again_is_not_hammered(
    quick: None, stub: Callable[[Serve], StubBroker]
) -> None:
    def serve(line: Line, _number: int) -> None:
        for _packet in _greet(line):
            line.say(b"\xe0\x02\x8e\x00")  # DISCONNECT: session taken over
            return

    broker = stub(serve)
    client = Client(broker.url)
    client.until(lambda: broker.connections >= 4)
    assert client.session.places._failures >= 3
    client.until(lambda: client.session.state.state == "offline")
    assert "client id" in client.session.state.reason


def test_that_a_socket_that_dies_under_the_greeting_is_let_go_and_made_anew(
    quick: None, stub: Callable[[Serve], StubBroker]
) -> None:
    def serve(line: Line, _number: int) -> None:
        for _packet in _greet(line):
            pass

    client = Client(stub(serve).url)
    client.until(lambda: client.session.online)
    assert client.session._client is not None
    client.session._client._sock_close()  # as paho does by itself when a write fails
    client.until(lambda: client.session.state.reconnects == 1)


def test_that_what_was_published_and_not_confirmed_is_told_from_what_was(
    quick: None, stub: Callable[[Serve], StubBroker]
) -> None:
    def serve(line: Line, _number: int) -> None:
        for packet in _greet(line):
            if packet.kind == PUBLISH and b"yes" in packet.body:
                line.take(packet)

    client = Client(stub(serve).url)
    client.until(lambda: client.session.online)
    assert client.session.publish(1, "cop/v1/a/log/l", b"no", qos=1, retain=False)
    assert client.session.publish(2, "cop/v1/a/log/l", b"yes", qos=1, retain=False)
    settled: list[int] = []

    def told() -> bool:
        settled.extend(one.token for one in client.session.published())
        return bool(settled)

    client.until(told)
    assert settled == [2]
    with pytest.raises(ValueError, match="wildcards"):
        client.session.publish(3, "cop/v1/#", b"", qos=1, retain=False)
