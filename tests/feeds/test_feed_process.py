"""The feed process at work: real processes, a real broker, real faults."""

import json
import os
import signal
import subprocess
import sys
import time
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
from cop.feeds.pipe import FeedSetup, Recording
from cop.journal.reading import JournalReader
from cop.journal.record import BROKER, STARTED, STOPPED, Record, Way
from cop.picture.picture import Picture
from tests.conftest import Mosquitto, wait_until
from tests.feeds.stub_broker import CONNACK_5, CONNECT, PUBLISH, SUBSCRIBE, Line, StubBroker
from tests.reports import at, incident

_ROOT = "cop/v1"
_OWN = ("charlotte-fire", "i1")


class Desk:
    """A desk without a window: the feed process, the outbox and a picture."""

    def __init__(self, folder: Path, broker: Broker, name: str = "desk-1", key_file: str = "") -> None:
        folder.mkdir(exist_ok=True)
        operator = Operator("charlotte-fire", "commander", "Ann", name)
        self.journal = folder / "journal"
        self.outbox = Outbox(folder / "outbox.sqlite", operator.agency, _ROOT)
        self.feeds = FeedProcess(
            FeedSetup(
                broker=broker,
                feeds=(Feed(name="cop", format="cop-json", topic=f"{_ROOT}/#"),),
                operator=operator,
                root=_ROOT,
                journal=Recording(folder=str(self.journal), operation="Live", desk="desk", key_file=key_file),
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


def _on_record(desk: Desk) -> list[Record]:
    try:
        reader = JournalReader(desk.journal)
    except OSError:  # not begun yet
        return []
    try:
        return [one for block in reader.blocks(0, reader.last) for one in block]
    finally:
        reader.close()


def _taken(desk: Desk) -> list[str]:
    return [json.loads(one.payload)["id"] for one in _on_record(desk) if one.way == Way.TAKEN]


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
    records = _on_record(desk)
    ours = [(one.way, one.kind) for one in records if one.way in (Way.TAKEN, Way.SAID)]
    assert ours == [(Way.TAKEN, "incident"), (Way.SAID, "incident")]
    heard = [one.topic for one in records if one.way == Way.HEARD]
    assert f"{_ROOT}/charlotte-fire/incident/i1" in heard


def test_that_an_action_taken_while_the_broker_is_away_is_on_record_at_once_and_only_once(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    desk = Desk(tmp_path / "desk", Broker(url=mosquitto.url))
    mosquitto.stop()
    try:
        for count in (1, 2):  # the second start finds the first action waiting still
            desk.outbox.put(incident(f"i{count}"))
            desk.feeds.start()
            desk.until(lambda: len(_taken(desk)) >= count)  # noqa: B023 - called here
            desk.feeds.stop()
        assert _taken(desk) == ["i1", "i2"]
        assert not [one for one in _on_record(desk) if one.way == Way.SAID]
    finally:
        mosquitto.start()
        desk.close()


def test_that_a_key_that_is_not_there_is_said_and_the_record_goes_on(tmp_path: Path, mosquitto: Mosquitto) -> None:
    desk = Desk(tmp_path / "desk", Broker(url=mosquitto.url), key_file=str(tmp_path / "desk.pem"))
    desk.feeds.start()
    try:
        desk.until(lambda: desk.picture.broker is not None and desk.picture.broker.unsigned)
        assert desk.picture.broker is not None
        assert "desk.pem" in desk.picture.broker.unsigned
        assert not desk.picture.broker.journal_error
        desk.until(lambda: desk.picture.broker is not None and desk.picture.broker.record)
        assert (desk.journal / desk.picture.broker.record).exists()
        assert not desk.picture.broker.signed
    finally:
        desk.close()
    assert _on_record(desk)


def test_that_start_end_and_every_change_of_the_broker_are_on_record(desk: Desk, mosquitto: Mosquitto) -> None:
    mosquitto.stop()
    desk.until_state("offline")
    mosquitto.start()
    desk.until_state("online")
    desk.feeds.stop()
    notes = [one for one in _on_record(desk) if one.way == Way.NOTED]
    assert notes[0].kind == STARTED
    begun = json.loads(notes[0].payload)
    assert (begun["fresh"], begun["reader"], begun["feeds"][0]["topic"]) == (True, "charlotte-fire", f"{_ROOT}/#")
    assert begun["pace"] == 1.0
    states = [json.loads(one.payload)["state"] for one in notes if one.kind == BROKER]
    assert [one for one in states if one in ("online", "offline")] == ["online", "offline", "online"]
    assert notes[-1].kind == STOPPED


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
    assert desk.picture.broker.reconnects == 1


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
        assert "password" in desk.picture.broker.reason
        assert "Check user and password" in desk.picture.broker.advice
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
        assert "an authority that this desk does not know" in doubting.picture.broker.reason
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
        assert [one.state for one in desk.states if one.state != "online"] in ([], ["connecting"])
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


def test_that_the_process_ends_by_itself_when_its_desktop_is_killed(tmp_path: Path, mosquitto: Mosquitto) -> None:
    program = (
        "import sys, pathlib, time\nfrom cop.feeds.broker import Broker\n"
        "from tests.feeds.test_feed_process import Desk\n"
        "if __name__ == '__main__':\n"
        "    desk = Desk(pathlib.Path(sys.argv[1]), Broker(url=sys.argv[2]))\n"
        "    desk.feeds.start()\n    desk.until_state('online')\n    print(desk.feeds.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    script = tmp_path / "desktop.py"
    script.write_text(program)
    desktop = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "desk"), mosquitto.url],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert desktop.stdout is not None
    pid = int(desktop.stdout.readline())
    desktop.kill()
    desktop.wait()
    desktop.stdout.close()
    wait_until(lambda: not _runs(pid), what="the feed process ends")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] != "Z"
    except OSError:
        return False


def test_that_a_desk_that_does_not_read_does_not_lose_the_connection_or_a_report(
    desk: Desk, agency: mqtt.Client
) -> None:
    text = "x" * 4000
    for number in range(400):  # far more than the pipe holds
        _say(agency, f"york-county-em/incident/i{number}", encode(incident(f"i{number}", summary=text)), qos=1)
    desk.until(lambda: len(desk.picture.incidents) == 400)
    assert [state.state for state in desk.states if state.state != "online"] in ([], ["connecting"])


def test_that_a_process_stopped_in_the_middle_of_a_batch_stops_no_screen(desk: Desk, agency: mqtt.Client) -> None:
    text = "x" * 8000
    pid = desk.feeds.pid
    assert pid is not None
    waiting = [
        agency.publish(f"{_ROOT}/york-county-em/incident/i{n}", encode(incident(f"i{n}", summary=text)), qos=0)
        for n in range(400)
    ]
    for one in waiting:
        one.wait_for_publish(10)
    for _ in range(10):  # somewhere in there a batch is only half in the pipe
        os.kill(pid, signal.SIGSTOP)
        begin = time.monotonic()
        desk.pulse()
        assert time.monotonic() - begin < 5.0  # a read that waits for the rest would never come back
        os.kill(pid, signal.SIGCONT)
        desk.pulse()
    desk.until(lambda: len(desk.picture.incidents) == 400)


def test_that_an_action_whose_answer_the_connection_lost_is_said_again_word_for_word(tmp_path: Path) -> None:
    said: list[tuple[int, bytes]] = []

    def serve(line: Line, number: int) -> None:
        for packet in line.packets():
            if packet.kind == CONNECT:
                line.say(CONNACK_5)
            elif packet.kind == SUBSCRIBE:
                line.grant(packet, 1)
            elif packet.kind == PUBLISH and b"/incident/" in packet.body:
                said.append((number, packet.body[packet.body.index(b"{") :]))
                if number == 1:
                    return  # it has it, and is gone before it says so
                line.take(packet)
            elif packet.kind == PUBLISH:
                line.take(packet)

    stub = StubBroker(serve)
    desk = Desk(tmp_path / "desk", Broker(url=stub.url))
    desk.feeds.start()
    try:
        desk.outbox.put(incident("i1"))
        desk.outbox.put(incident("i2"))
        desk.until(lambda: len(desk.picture.deliveries) == 2)
        first = [payload for number, payload in said if number == 1]
        again = [payload for number, payload in said if number == 2]
        assert again[: len(first)] == first
        assert len(again) == 2
        assert desk.outbox.pending() == []
    finally:
        desk.close()
        stub.close()


def test_that_no_action_is_lost_or_out_of_order_while_broker_and_feed_process_come_and_go(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    desk = Desk(tmp_path / "desk", Broker(url=mosquitto.url, session_expiry_s=0))
    desk.feeds.start()
    try:
        desk.until_state("online")
        revs = 0
        for fault in ("broker", "process", "broker", "process", "broker"):
            for _ in range(5):
                revs += 1
                desk.outbox.put(incident("i1", rev=revs))
                desk.feeds.notify()
            desk.pulse()
            if fault == "broker":
                mosquitto.stop()
                mosquitto.start()
            elif desk.feeds.pid is not None:
                os.kill(desk.feeds.pid, signal.SIGKILL)
        desk.until(lambda: desk.outbox.pending() == [], what="every action has left")
        desk.until_state("online")
        desk.feeds.stop()
        records = _on_record(desk)
        assert {json.loads(one.payload)["rev"] for one in records if one.way == Way.TAKEN} == set(range(1, revs + 1))
        said = [json.loads(one.payload)["rev"] for one in records if one.way == Way.SAID]
        assert set(said) == set(range(1, revs + 1))
        assert said[-1] == revs
    finally:
        desk.close()


def test_that_a_journal_that_cannot_be_written_is_said_the_desk_goes_on_and_it_recovers(
    tmp_path: Path, mosquitto: Mosquitto, agency: mqtt.Client
) -> None:
    desk = Desk(tmp_path / "desk", Broker(url=mosquitto.url))
    desk.journal.write_text("a file stands in the folder's place")
    desk.feeds.start()
    try:
        desk.until_state("online")
        for number in range(60):  # more than the broker sends without an acknowledgement
            _say(agency, f"york-county-em/incident/i{number}", encode(incident(f"i{number}")))
        desk.until(lambda: len(desk.picture.incidents) == 60)
        assert desk.picture.broker is not None
        assert desk.picture.broker.journal_error
        desk.journal.unlink()
        desk.until(lambda: desk.picture.broker is not None and not desk.picture.broker.journal_error)
        desk.feeds.stop()
        heard = [one.topic for one in _on_record(desk) if one.way == Way.HEARD and "york-county-em" in one.topic]
        assert len(heard) == 60
    finally:
        desk.close()


def test_that_an_outbox_that_cannot_be_read_is_said_the_desk_goes_on_and_it_recovers(
    tmp_path: Path, mosquitto: Mosquitto, agency: mqtt.Client
) -> None:
    desk = Desk(tmp_path / "desk", Broker(url=mosquitto.url))
    desk.outbox.close()
    box = tmp_path / "desk" / "outbox.sqlite"
    for file in (tmp_path / "desk").glob("outbox.sqlite*"):
        file.unlink()
    box.write_text("not a database" * 100)
    desk.feeds.start()
    try:
        desk.until_state("online")
        desk.until(lambda: desk.picture.broker is not None and "not a database" in desk.picture.broker.outbox_error)
        pid = desk.feeds.pid
        _say(agency, "york-county-em/incident/i1", encode(incident("i1")))
        desk.until(lambda: ("york-county-em", "i1") in desk.picture.incidents)
        box.unlink()
        desk.outbox = Outbox(box, "charlotte-fire", _ROOT)
        desk.outbox.put(incident("i1"))
        desk.until(lambda: desk.picture.deliveries)
        assert desk.picture.broker is not None
        desk.until(lambda: desk.picture.broker is not None and not desk.picture.broker.outbox_error)
        assert desk.feeds.pid == pid
    finally:
        desk.close()


def test_that_a_feed_the_broker_does_not_let_us_hear_is_not_taken_for_a_quiet_one(tmp_path: Path) -> None:
    def serve(line: Line, _number: int) -> None:
        for packet in line.packets():
            if packet.kind == CONNECT:
                line.say(CONNACK_5)
            elif packet.kind == SUBSCRIBE:
                line.grant(packet, 0x87)

    stub = StubBroker(serve)
    desk = Desk(tmp_path / "desk", Broker(url=stub.url))
    desk.feeds.start()
    try:
        desk.until(lambda: "cop" in desk.picture.feeds and desk.picture.feeds["cop"].state == "failed")
        assert "does not let this desk hear it" in desk.picture.feeds["cop"].last_bad_reason
    finally:
        desk.close()
        stub.close()
