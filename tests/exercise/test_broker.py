"""The embedded broker, through a real client."""

import signal
import socket

import pytest
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from cop.exercise.broker import serve
from tests.conftest import wait_until
from tests.exercise.clients import Client
from tests.exercise.conftest import EmbeddedBroker


def test_that_it_says_where_it_listens_and_ends_quietly_when_told_to(embedded: EmbeddedBroker) -> None:
    assert embedded.said == f"listening on mqtt://127.0.0.1:{embedded.port}"
    with Client(embedded.port, "a") as client:
        client.publish("t", b"1")
        code, errors = embedded.end(signal.SIGTERM)
    assert (code, errors) == (0, "")


def test_that_a_retained_message_reaches_who_comes_later_and_an_empty_one_takes_it_away(
    embedded: EmbeddedBroker,
) -> None:
    with Client(embedded.port, "a") as first, Client(embedded.port, "b") as second:
        for index in range(300):
            first.publish(f"r/{index}", b"x" * 300, retain=True)
        first.publish("r/7", b"", retain=True)
        second.subscribe("r/#")
        wait_until(lambda: len(second.heard) == 299, what="all that is retained")
        assert all(message.retain for message in second.heard)
        assert second.payloads("r/7") == []
        second.heard.clear()
        second.subscribe("r/#")  # once more: the broker sends it again (MQTT 3.1.1 §3.8.4)
        wait_until(lambda: len(second.heard) == 299, what="all that is retained, again")


def test_that_nobody_is_sent_what_is_retained_for_others(embedded: EmbeddedBroker) -> None:
    with Client(embedded.port, "a") as first:
        first.subscribe("r/#")
        first.publish("r/1", b"x", retain=True)
        with Client(embedded.port, "b") as second:
            second.subscribe("mark")
            second.publish("mark", b"1")
            wait_until(lambda: second.payloads("mark"), what="the mark")
            assert second.payloads("r/1") == []


def test_that_qos_1_messages_arrive_once_and_in_order(embedded: EmbeddedBroker) -> None:
    with Client(embedded.port, "a") as first, Client(embedded.port, "b") as second:
        second.subscribe("q/#", 1)
        sent = [b"%d" % index for index in range(500)]
        for payload in sent:
            first.publish("q/1", payload)
        wait_until(lambda: len(second.heard) >= 500, what="all of them")
        assert second.payloads("q/1") == sent
        assert {message.qos for message in second.heard} == {1}


def test_that_the_last_will_speaks_for_a_client_that_is_cut_off_and_stays(embedded: EmbeddedBroker) -> None:
    with Client(embedded.port, "watcher") as watcher:
        watcher.subscribe("presence/#")
        cut = Client(embedded.port, "cut", will=("presence/cut", b"gone"))
        with cut:
            cut.publish("presence/cut", b"here", retain=True)
            wait_until(lambda: watcher.payloads("presence/cut") == [b"here"], what="here")
            cut.lose()
            wait_until(lambda: watcher.payloads("presence/cut") == [b"here", b"gone"], what="gone")
        with Client(embedded.port, "late") as late:
            late.subscribe("presence/#")
            wait_until(lambda: late.payloads("presence/cut") == [b"gone"], what="still gone")


def test_that_a_client_that_says_nothing_more_is_gone_after_its_keep_alive(embedded: EmbeddedBroker) -> None:
    with Client(embedded.port, "watcher") as watcher:
        watcher.subscribe("presence/#")
        silent = Client(embedded.port, "silent", will=("presence/silent", b"gone"), keepalive_s=1)
        with silent:
            silent.fall_silent()
            wait_until(lambda: watcher.payloads("presence/silent") == [b"gone"], what="the last will")


def test_that_a_client_that_comes_back_takes_over_and_its_old_will_cannot_speak_later(
    embedded: EmbeddedBroker,
) -> None:
    with Client(embedded.port, "watcher") as watcher:
        watcher.subscribe("presence/#")
        old = Client(embedded.port, "desk", will=("presence/desk", b"gone"))
        with old:
            old.fall_silent()
            with Client(embedded.port, "desk", will=("presence/desk", b"gone")) as new:
                wait_until(lambda: watcher.payloads("presence/desk") == [b"gone"], what="the old connection's will")
                new.publish("presence/desk", b"here", retain=True)
                old.lose()
                new.publish("presence/mark", b"1")
                wait_until(lambda: watcher.payloads("presence/mark"), what="the mark")
                assert watcher.payloads("presence/desk") == [b"gone", b"here"]


def test_that_what_a_client_says_just_before_it_leaves_is_not_lost(embedded: EmbeddedBroker) -> None:
    with Client(embedded.port, "watcher") as watcher:
        watcher.subscribe("last")
        connect = b"\x10\x10\x00\x04MQTT\x04\x02\x00\x1e\x00\x04last"
        publish = b"\x30\x09\x00\x04last" + b"wrd"
        with socket.create_connection(("127.0.0.1", embedded.port), timeout=5) as line:
            line.sendall(connect)
            assert line.recv(4) == b"\x20\x02\x00\x00"
            line.sendall(publish * 20 + b"\xe0\x00")
        wait_until(lambda: len(watcher.heard) == 20, what="all last words")


@pytest.mark.parametrize("size", [1 << 20, 10 << 20])
def test_that_large_payloads_pass_whole(embedded: EmbeddedBroker, size: int) -> None:
    with Client(embedded.port, "a") as first, Client(embedded.port, "b") as second:
        second.subscribe("big")
        first.publish("big", b"x" * size, retain=True)
        wait_until(lambda: second.heard, what="the large message")
        assert len(second.heard[0].payload) == size


def test_that_an_mqtt_5_client_is_told_at_once_that_only_3_1_1_is_spoken(embedded: EmbeddedBroker) -> None:
    greeting = _mqtt_5_greeting()
    with socket.create_connection(("127.0.0.1", embedded.port), timeout=5) as line:
        line.sendall(greeting)
        assert line.recv(100) == b"\x20\x02\x00\x01"
        assert line.recv(100) == b""
    client = Client(embedded.port, "five", protocol=MQTTProtocolVersion.MQTTv5, will=("w", b"gone"))
    with client:
        assert client.reasons == ["Unsupported protocol version"]


@pytest.mark.parametrize("garbage", [b"GET / HTTP/1.1\r\n\r\n", b"\x10\xff\xff\xff\xff\xff\xff", b"\x00" * 50, b"\x10"])
def test_that_garbage_at_the_door_harms_nobody(embedded: EmbeddedBroker, garbage: bytes) -> None:
    with socket.create_connection(("127.0.0.1", embedded.port), timeout=5) as line:
        line.sendall(garbage)
    with Client(embedded.port, "a") as client:
        client.subscribe("t")
        client.publish("t", b"1")
        wait_until(lambda: client.payloads("t") == [b"1"], what="our own message")
    assert embedded.end() == (0, "")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::", "example.org", ""])
def test_that_it_listens_on_this_machine_alone(host: str) -> None:
    with pytest.raises(PermissionError, match="this machine alone"):
        serve(host, 0)


def test_that_a_port_that_is_taken_is_an_error_with_its_address(embedded: EmbeddedBroker) -> None:
    with pytest.raises(OSError, match=str(embedded.port)):
        serve("127.0.0.1", embedded.port)


def _mqtt_5_greeting() -> bytes:
    """A CONNECT with a session expiry, which a 3.1.1 broker would take for the length of a client id."""
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = 3600
    body = b"\x00\x04MQTT\x05\x02\x00\x14" + properties.pack() + b"\x00\x01a"  # type: ignore[no-untyped-call]
    return bytes([0x10, len(body)]) + body
