"""The simulated agencies on the wire, on the embedded broker and on Mosquitto."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from cop.domain.agency import Presence
from cop.domain.task import Answer, Task
from cop.exercise.agencies import run
from cop.exercise.feeds import feeds
from cop.exercise.scenario import ScenarioError
from cop.feeds.adapters.cop_json import encode
from tests.conftest import Mosquitto, wait_until
from tests.exercise.clients import Client
from tests.exercise.conftest import EmbeddedBroker
from tests.exercise.plays import ROOT, steel_rail

_PLAY = "from cop.exercise.agencies import run; run('{url}', 'steel-rail')"


@contextmanager
def playing(url: str, **how: Any) -> Iterator[None]:
    """The exercise, running."""
    stop = threading.Event()
    play = threading.Thread(target=run, args=(url, "steel-rail"), kwargs={"stop": stop, **how})
    play.start()
    try:
        yield
    finally:
        stop.set()
        play.join(20)
        assert not play.is_alive()


def ask(client: Client, task_id: str, unit: str = "gaston-33", agency: str = "gaston-sheriff") -> None:
    """A commander of Charlotte Fire asks for a unit."""
    task = Task(
        id=task_id,
        at=datetime.now(UTC),
        rev=1,
        by="Chief Reyes",
        objective="Close the ramp",
        incident_agency="charlotte-fire",
        incident="inc-0417",
        assignee_agency=agency,
        unit=unit,
    )
    client.publish(f"{ROOT}/charlotte-fire/task/{task_id}", encode(task), retain=True)


def states(client: Client, task_id: str, agency: str = "gaston-sheriff") -> list[str]:
    """What the agency has answered so far."""
    said = client.payloads(f"{ROOT}/{agency}/answer/charlotte-fire~{task_id}")
    return [msgspec.json.decode(payload, type=Answer).state for payload in said]


def staffed(client: Client, rev: int, *, here: bool, agency: str = "gaston-sheriff") -> None:
    """A person's desk of that agency signs in or out."""
    word = Presence(id="desk-7", at=datetime.now(UTC), rev=rev, by="Dep. Moss", online=here, role="liaison")
    client.publish(f"{ROOT}/{agency}/presence/desk-7", encode(word), retain=True)


def test_that_on_the_embedded_broker_agencies_answer_until_a_desk_of_theirs_is_staffed(
    embedded: EmbeddedBroker,
) -> None:
    with Client(embedded.port, "desk") as desk:
        desk.subscribe(f"{ROOT}/#")
        with playing(embedded.url, rate=4.0):
            wait_until(lambda: desk.payloads(f"{ROOT}/gaston-sheriff/presence/exercise"), what="the agencies")
            ask(desk, "task-1")
            wait_until(lambda: states(desk, "task-1"), what="an answer")
            assert states(desk, "task-1")[0] in {"accepted", "declined"}
            staffed(desk, 1, here=True)
            ask(desk, "task-2", unit="gaston-34")
            ask(desk, "task-3", unit="union-41", agency="union-sheriff")
            wait_until(lambda: states(desk, "task-3", "union-sheriff"), what="the other agency's answer")
            answered = len(states(desk, "task-1"))
            ask(desk, "task-4", unit="union-42", agency="union-sheriff")
            wait_until(lambda: states(desk, "task-4", "union-sheriff"), what="one more answer of the other agency")
            assert states(desk, "task-2") == []
            assert len(states(desk, "task-1")) == answered
            staffed(desk, 2, here=False)
            wait_until(lambda: states(desk, "task-2"), what="an answer after the desk has gone")
        presence = f"{ROOT}/gaston-sheriff/presence/exercise"
        wait_until(lambda: not msgspec.json.decode(desk.payloads(presence)[-1], type=Presence).online, what="goodbye")


def test_that_on_mosquitto_every_agency_speaks_in_its_formats_on_its_feeds_topics(mosquitto: Mosquitto) -> None:
    with Client(mosquitto.port, "desk") as desk, playing(mosquitto.url):
        for feed in feeds(steel_rail()):
            desk.subscribe(feed.topic)
        desk.subscribe("exercise/steel-rail/#")

        def spoken() -> bool:
            topics = [message.topic for message in list(desk.heard)]
            prefixes = [feed.topic.split("/+/")[0].removesuffix("#") for feed in feeds(steel_rail())]
            return all(any(topic.startswith(prefix) for topic in topics) for prefix in prefixes)

        wait_until(spoken, what="every feed")
        units = {message.topic for message in list(desk.heard) if "/unit/" in message.topic}
        assert len(units) > 180


def test_that_a_broker_that_lost_its_memory_is_told_again(mosquitto: Mosquitto) -> None:
    with playing(mosquitto.url):
        with Client(mosquitto.port, "before") as before:
            before.subscribe(f"{ROOT}/+/resource/+")
            before.subscribe("exercise/steel-rail/edxl-have/#")
            wait_until(lambda: len({m.topic for m in list(before.heard)}) == 60, what="all resources")
        mosquitto.stop()
        mosquitto.start()
        with Client(mosquitto.port, "after") as after:
            after.subscribe(f"{ROOT}/+/resource/+")
            after.subscribe("exercise/steel-rail/edxl-have/#")
            wait_until(lambda: len({m.topic for m in list(after.heard)}) == 60, what="all resources again", limit_s=30)


def test_that_a_second_run_goes_on_with_the_first_ones_revisions(mosquitto: Mosquitto) -> None:
    topic = f"{ROOT}/charlotte-fire/incident/inc-0417"
    with Client(mosquitto.port, "desk") as desk:
        desk.subscribe(topic)
        with playing(mosquitto.url):
            wait_until(lambda: len(desk.payloads(topic)) == 1, what="the first run")
        with playing(mosquitto.url):
            wait_until(lambda: len(desk.payloads(topic)) == 2, what="the second run")
        assert [msgspec.json.decode(payload)["rev"] for payload in desk.payloads(topic)] == [1, 2]


def test_that_it_waits_for_a_broker_that_is_not_there_yet(mosquitto: Mosquitto) -> None:
    mosquitto.stop()
    with playing(mosquitto.url):
        mosquitto.start()
        with Client(mosquitto.port, "desk") as desk:
            desk.subscribe(f"{ROOT}/+/profile")
            wait_until(lambda: len(desk.heard) == len(steel_rail().speakers), what="all profiles")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)])
def test_that_every_agency_is_seen_to_go_however_the_exercise_ends(
    mosquitto: Mosquitto, number: signal.Signals, code: int
) -> None:
    with Client(mosquitto.port, "desk") as desk:
        desk.subscribe(f"{ROOT}/+/presence/exercise")

        def present() -> int:
            last = {message.topic: bytes(message.payload) for message in list(desk.heard)}
            return sum(msgspec.json.decode(payload, type=Presence).online for payload in last.values())

        play = subprocess.Popen([sys.executable, "-c", _PLAY.format(url=mosquitto.url)])
        try:
            wait_until(lambda: present() == len(steel_rail().speakers), what="all agencies")
            play.send_signal(number)
            assert play.wait(20) == code
        finally:
            play.kill()
        wait_until(lambda: present() == 0, what="none of them")


def test_that_positions_are_kept_for_a_while_only(mosquitto: Mosquitto) -> None:
    with Client(mosquitto.port, "desk", protocol=MQTTProtocolVersion.MQTTv5) as desk:
        desk.subscribe(f"{ROOT}/charlotte-pd/position/+")
        with playing(mosquitto.url):
            wait_until(lambda: desk.heard, what="a position")
        with Client(mosquitto.port, "late", protocol=MQTTProtocolVersion.MQTTv5) as late:
            late.subscribe(f"{ROOT}/charlotte-pd/position/+")
            wait_until(lambda: late.heard, what="a position that the broker kept")
            expiry = getattr(late.heard[0].properties, "MessageExpiryInterval", 0)
            assert 0 < expiry <= 300


def test_that_it_ends_after_its_time(mosquitto: Mosquitto) -> None:
    run(mosquitto.url, "steel-rail", duration_s=0.2)


def test_that_an_unknown_exercise_or_a_url_of_no_broker_is_refused() -> None:
    with pytest.raises(ScenarioError):
        run("mqtt://127.0.0.1:1", "tin-rail", duration_s=0.1)
    with pytest.raises(ValueError, match="mqtt://"):
        run("http://127.0.0.1", "steel-rail", duration_s=0.1)


def test_that_each_feed_has_a_name_of_its_own_and_its_agency() -> None:
    found = feeds(steel_rail())
    assert len({feed.name for feed in found}) == len(found)
    assert len({feed.agency for feed in found}) == len(steel_rail().speakers)
    assert all(feed.topic.startswith("exercise/steel-rail/") for feed in found)
