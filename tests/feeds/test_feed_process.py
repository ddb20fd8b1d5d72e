"""The feed process at work: real processes, a real broker, real faults."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
import trustme
from paho.mqtt.enums import CallbackAPIVersion

from cop.domain.batch import BrokerState
from cop.domain.desk import Operator
from cop.domain.log import LogEntry
from cop.feed_process import FeedProcess
from cop.feeds.adapters.cop_json import encode
from cop.feeds.broker import Broker
from cop.feeds.message import Feed
from cop.feeds.outbox import Outbox
from cop.feeds.pipe import FeedSetup
from cop.journal.journal import counts
from cop.picture.picture import Picture
from tests.conftest import Mosquitto, wait_until
from tests.reports import at, incident

_ROOT = "cop/v1"
_OWN = ("charlotte-fire", "i1")


class Desk:
    """A desk without a window: the feed process, the outbox and a picture."""

    def __init__(self, folder: Path, broker: Broker, name: str = "desk-1") -> None:
        folder.mkdir(exist_ok=True)
        operator = Operator("charlotte-fire", "commander", "Ann", name)
        self.journal = folder / "journal.sqlite"
        self.outbox = Outbox(folder / "outbox.sqlite", operator.agency, _ROOT)
        self.feeds = FeedProcess(
            FeedSetup(
                broker=broker,
                feeds=(Feed(name="cop", format="cop-json", topic=f"{_ROOT}/#"),),
                operator=operator,
                root=_ROOT,
                journal=str(self.journal),
                outbox=str(folder / "outbox.sqlite"),
                client_id=f"test-{name}",
            )
        )
        self.picture = Picture()
        self.states: list[BrokerState] = []

    def pulse(self) -> None:
        for batch in self.feeds.receive():
            change = self.picture.apply(batch)
            if change.broker and self.picture.broker is not None:
                self.states.append(self.picture.broker)

    def until(self, condition: Callable[[], object], what: str = "") -> None:
        def reached() -> object:
            self.pulse()
            return condition()

        wait_until(reached, what=what)

    def until_state(self, state: str) -> None:
        self.until(lambda: self.picture.broker is not None and self.picture.broker.state == state, what=state)

    def close(self) -> None:
        self.feeds.stop()
        self.outbox.close()


@pytest.fixture
def desk(tmp_path: Path, mosquitto: Mosquitto) -> Iterator[Desk]:
    one = Desk(tmp_path / "desk", Broker(url=mosquitto.url))
    one.feeds.start()
    one.until_state("online")
    yield one
    one.close()


@pytest.fixture
def agency(mosquitto: Mosquitto) -> Iterator[mqtt.Client]:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="agency", protocol=mqtt.MQTTv5)
    client.connect("127.0.0.1", mosquitto.port)
    client.loop_start()
    wait_until(client.is_connected)
    yield client
    client.disconnect()
    client.loop_stop()


def _say(client: mqtt.Client, topic: str, payload: bytes, *, qos: int = 1, retain: bool = True) -> None:
    client.publish(f"{_ROOT}/{topic}", payload, qos=qos, retain=retain).wait_for_publish(10)


def test_that_an_action_is_sent_marked_sent_and_in_the_journal_both_ways(desk: Desk) -> None:
    desk.outbox.put(incident("i1"))
    desk.feeds.notify()
    desk.until(lambda: _OWN in desk.picture.incidents)
    desk.until(lambda: desk.picture.deliveries)
    assert desk.picture.deliveries["incident", "charlotte-fire", "i1"].state == "sent"
    assert desk.outbox.pending() == []
    desk.feeds.stop()
    by_feed = {one.feed: one for one in counts(desk.journal)}
    assert by_feed["this desk"].sent == 1
    assert by_feed["cop"].records >= 2  # the echo of the incident and our own presence


def test_that_a_killed_feed_process_is_seen_started_again_and_nothing_acknowledged_is_lost(
    desk: Desk, agency: mqtt.Client
) -> None:
    first = desk.feeds.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    desk.until_state("stopped")
    _say(agency, "york-county-em/incident/flood", encode(incident("flood")))
    _say(
        agency,
        "york-county-em/log/l1",
        encode(LogEntry(id="l1", at=at(0), text="said while you were away")),
        retain=False,
    )
    desk.until_state("online")
    assert desk.feeds.pid != first
    desk.until(lambda: ("york-county-em", "flood") in desk.picture.incidents)
    desk.until(lambda: [one.body.id for one in desk.picture.log] == ["l1"], what="the log line that was not retained")


def test_that_a_broker_that_goes_and_comes_back_is_seen_and_waiting_actions_then_leave(
    desk: Desk, mosquitto: Mosquitto
) -> None:
    mosquitto.stop()
    desk.until_state("offline")
    desk.outbox.put(incident("i1"))
    desk.feeds.notify()
    mosquitto.start()
    desk.until_state("online")
    desk.until(lambda: _OWN in desk.picture.incidents)
    assert desk.picture.broker is not None
    assert desk.picture.broker.reconnects == 2


def test_that_presence_turns_offline_by_last_will_when_the_process_is_killed_and_online_again(
    desk: Desk, agency: mqtt.Client
) -> None:
    heard: list[bytes] = []
    agency.on_message = lambda _client, _user, message: heard.append(message.payload)
    agency.subscribe(f"{_ROOT}/charlotte-fire/presence/desk-1", 1)
    wait_until(lambda: any(b'"online":true' in one for one in heard))
    assert desk.feeds.pid is not None
    os.kill(desk.feeds.pid, signal.SIGKILL)
    wait_until(lambda: b'"online":false' in heard[-1], what="last will")
    desk.until_state("online")
    wait_until(lambda: b'"online":true' in heard[-1], what="online again")
    assert desk.picture.presence["charlotte-fire", "desk-1"]
    desk.until(lambda: getattr(desk.picture.presence["charlotte-fire", "desk-1"].body, "online", False))


def test_that_a_wrong_password_is_said_in_words(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    passwords.write_text("")
    guarded = Mosquitto(tmp_path, f"allow_anonymous false\npassword_file {passwords}\n")
    guarded.start()
    desk = Desk(tmp_path / "desk", Broker(url=guarded.url, user="ann", password="wrong"))
    desk.feeds.start()
    try:
        desk.until_state("refused")
        assert desk.picture.broker is not None
        assert desk.picture.broker.reason in {"this desk is not allowed to connect", "user name or password is wrong"}
    finally:
        desk.close()
        guarded.stop()


def test_that_tls_with_our_own_authority_connects_and_a_strangers_certificate_is_refused(tmp_path: Path) -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    stranger.cert_pem.write_to_path(tmp_path / "stranger.pem")
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(tmp_path / "key.pem")
    issued.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    files = f"cafile {tmp_path}/ca.pem\ncertfile {tmp_path}/cert.pem\nkeyfile {tmp_path}/key.pem\n"
    guarded = Mosquitto(tmp_path, f"allow_anonymous true\n{files}")
    guarded.start()
    url = guarded.url.replace("mqtt:", "mqtts:")
    trusting = Desk(tmp_path / "trusting", Broker(url=url, ca_file=str(tmp_path / "ca.pem")), "trusting")
    doubting = Desk(tmp_path / "doubting", Broker(url=url, ca_file=str(tmp_path / "stranger.pem")), "doubting")
    try:
        for desk in (trusting, doubting):
            desk.feeds.start()
        trusting.until_state("online")
        doubting.until_state("offline")
        assert doubting.picture.broker is not None
        assert doubting.picture.broker.reason.startswith("TLS:")
    finally:
        trusting.close()
        doubting.close()
        guarded.stop()


def test_that_a_broker_that_knows_only_mqtt_3_1_1_is_spoken_to_in_it(tmp_path: Path) -> None:
    broker = subprocess.Popen(
        [sys.executable, "-m", "cop", "broker", "--port", "0", "--with-parent"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert broker.stdout is not None
    url = broker.stdout.readline().removeprefix("listening on ").strip()
    desk = Desk(tmp_path / "desk", Broker(url=url))
    desk.feeds.start()
    try:
        desk.until_state("online")
        assert desk.picture.broker is not None
        assert desk.picture.broker.protocol == "MQTT 3.1.1"
        desk.outbox.put(incident("i1"))
        desk.feeds.notify()
        desk.until(lambda: _OWN in desk.picture.incidents)
    finally:
        desk.close()
        broker.communicate(timeout=10)  # closes its standard input: it ends by itself


def test_that_an_action_the_brokers_rules_do_not_allow_comes_back_as_refused(tmp_path: Path) -> None:
    rules = tmp_path / "acl"
    rules.write_text("topic read cop/v1/#\ntopic readwrite cop/v1/charlotte-fire/presence/#\n")
    guarded = Mosquitto(tmp_path, f"allow_anonymous true\nacl_file {rules}\n")
    guarded.start()
    desk = Desk(tmp_path / "desk", Broker(url=guarded.url))
    desk.feeds.start()
    try:
        desk.until_state("online")
        desk.outbox.put(incident("i1"))
        desk.feeds.notify()
        desk.until(lambda: desk.picture.deliveries)
        (delivered,) = desk.picture.deliveries.values()
        assert (delivered.state, desk.outbox.pending()) == ("refused", [])
        assert delivered.reason
    finally:
        desk.close()
        guarded.stop()


def test_that_the_process_ends_by_itself_when_its_desktop_is_gone(desk: Desk) -> None:
    pid = desk.feeds.pid
    assert pid is not None
    assert desk.feeds._pipe is not None
    desk.feeds._pipe.close()

    def ended() -> bool:
        process = desk.feeds._process
        return process is not None and not process.is_alive()

    wait_until(ended)
    desk.feeds._pipe = None


def test_that_a_desk_that_does_not_read_does_not_lose_the_connection_or_a_report(
    desk: Desk, agency: mqtt.Client
) -> None:
    text = "x" * 4000
    for number in range(400):  # far more than the pipe holds
        _say(agency, f"york-county-em/incident/i{number}", encode(incident(f"i{number}", summary=text)), qos=1)
    desk.until(lambda: len(desk.picture.incidents) == 400)
    assert [state.state for state in desk.states if state.state != "online"] in ([], ["connecting"])
