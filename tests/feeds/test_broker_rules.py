"""The broker's rules as docs/broker.md gives them: nobody writes another's words, nobody reads another's details."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from cop.feeds.topics import KINDS, object_topic
from tests.conftest import Mosquitto, wait_until

_PAGE = (Path(__file__).parents[2] / "docs" / "broker.md").read_text(encoding="utf-8")
ROOT = "cop/v1"


class Agency:
    """A client that signed in as an agency and hears all that the broker lets it."""

    def __init__(self, name: str, port: int, client_id: str = "") -> None:
        self.heard: set[str] = set()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id or name, protocol=mqtt.MQTTv5)
        self.client.username_pw_set(name)
        self.client.on_message = lambda _client, _data, message: self.heard.add(message.topic)
        self.subscribed = False
        self.client.on_subscribe = lambda *_: setattr(self, "subscribed", True)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        wait_until(self.client.is_connected)
        self.client.subscribe(f"{ROOT}/#", 1)
        wait_until(lambda: self.subscribed)

    def say(self, topic: str) -> None:
        """Publish."""
        self.client.publish(topic, b"{}", qos=1, retain=True).wait_for_publish(10)

    def close(self) -> None:
        """Go."""
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A Mosquitto with the rules of the page."""
    rules = tmp_path / "acl"
    [block] = re.findall(r"```\n(# /etc/mosquitto/cop.acl: .*?)```", _PAGE, re.DOTALL)
    rules.write_text(block)
    broker = Mosquitto(tmp_path, f"allow_anonymous true\nacl_file {rules}\n")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def agencies(broker: Mosquitto) -> Iterator[list[Agency]]:
    """A fire department, a hospital, and a railway."""
    found = [Agency(name, broker.port) for name in ("charlotte-fire", "medical-center", "csx-rail")]
    yield found
    for one in found:
        one.close()


def test_that_the_rules_let_every_agency_read_all_but_what_is_for_another_and_write_its_own_alone(
    broker: Mosquitto, agencies: list[Agency]
) -> None:
    fire, hospital, railway = agencies
    open_topics = {object_topic(ROOT, "charlotte-fire", kind, "x1") for kind in KINDS if kind != "details"}
    details = object_topic(ROOT, "charlotte-fire", "details", "x1", to="medical-center")
    stolen = object_topic(ROOT, "charlotte-fire", "task", "stolen")
    for topic in (*open_topics, details):
        fire.say(topic)
    for one in (fire, hospital, railway):
        wait_until(lambda one=one: open_topics <= one.heard)  # type: ignore[misc]  # the default binds the agency
    thief = Agency("csx-rail", broker.port, "thief")  # Mosquitto 2.0.11 may end the connection of who is denied
    with contextlib.suppress(RuntimeError):
        thief.say(stolen)
    thief.close()
    last = object_topic(ROOT, "csx-rail", "incident", "last")
    railway.say(last)  # what was to come came before it
    for one in (fire, hospital, railway):
        wait_until(lambda one=one: last in one.heard)  # type: ignore[misc]  # as above
        assert stolen not in one.heard
    assert details in hospital.heard
    assert details not in railway.heard
