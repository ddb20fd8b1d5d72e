"""Desks on a broker of their own, and an agency that publishes."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from cop.domain.agency import Agency
from cop.domain.resource import Resource
from cop.domain.statement import Statement
from cop.domain.unit import Position, Unit
from cop.feeds.adapters.cop_json import encode
from tests.conftest import Mosquitto, wait_until
from tests.end_to_end.desks import DeskProcess

ROOT = "cop/v1"


class Gastonia:
    """A neighbour with two units and a resource, who publishes like any agency."""

    def __init__(self, port: int) -> None:
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="gastonia", protocol=mqtt.MQTTv5)
        self.client.max_queued_messages_set(0)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        wait_until(self.client.is_connected)

    def say(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = True) -> mqtt.MQTTMessageInfo:
        """Publish below the root."""
        return self.client.publish(f"{ROOT}/{topic}", payload, qos=qos, retain=retain)

    def introduce(self) -> None:
        """Profile, units with their places, resources."""
        now = datetime.now(UTC)
        hazmat = Unit(id="hazmat-4", at=now, rev=1, callsign="Hazmat 4", kind="hazmat", status="available")
        engine = Unit(id="engine-2", at=now, rev=1, callsign="Engine 2", kind="engine", status="available")
        bodies: list[tuple[str, Statement]] = [
            ("profile", Agency(id="gastonia-fd", at=now, rev=1, name="Gastonia FD", disciplines=("fire",))),
            ("unit/hazmat-4", hazmat),
            ("unit/engine-2", engine),
            ("position/hazmat-4", Position(id="hazmat-4", at=now, lat=35.262, lon=-81.18)),
            ("position/engine-2", Position(id="engine-2", at=now, lat=35.25, lon=-81.1)),
            (
                "resource/foam-trailer",
                Resource(
                    id="foam-trailer",
                    at=now,
                    rev=1,
                    name="Foam trailer",
                    kind="trailer",
                    quantity=3,
                    available=3,
                    availability="available",
                ),
            ),
        ]
        for topic, body in bodies:
            self.say(f"gastonia-fd/{topic}", encode(body)).wait_for_publish(10)

    def close(self) -> None:
        """Go."""
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """One Mosquitto for the whole story."""
    one = Mosquitto(tmp_path_factory.mktemp("broker"))
    one.start()
    yield one
    one.stop()


@pytest.fixture(scope="module")
def gastonia(broker: Mosquitto) -> Iterator[Gastonia]:
    """The neighbour, introduced."""
    agency = Gastonia(broker.port)
    agency.introduce()
    yield agency
    agency.close()


@pytest.fixture
def desk_of(mosquitto: Mosquitto, tmp_path: Path) -> Iterator[Callable[..., DeskProcess]]:
    """`desk_of(agency=…, role=…, feeds=…)`: a desk on this test's own broker, not started yet."""
    made: list[DeskProcess] = []

    def make(*, agency: str, role: str, feeds: str = "") -> DeskProcess:
        folder = tmp_path / f"desk-{len(made)}"
        made.append(DeskProcess(folder, broker=mosquitto.url, agency=agency, role=role, feeds=feeds))
        return made[-1]

    yield make
    for desk in made:
        desk.close()


@pytest.fixture(scope="module")
def make_desk(broker: Mosquitto, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., DeskProcess]]:
    """`make_desk(agency, role, feeds=…)`: a desk as a process, not started yet."""
    made: list[DeskProcess] = []

    def make(agency: str, role: str, feeds: str = "") -> DeskProcess:
        folder: Path = tmp_path_factory.mktemp(f"{agency}-{role}")
        made.append(DeskProcess(folder, broker=broker.url, agency=agency, role=role, feeds=feeds))
        return made[-1]

    yield make
    for desk in made:
        desk.close()
