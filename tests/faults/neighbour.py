"""A neighbouring agency and witness: it says positions and reports, and notes what it hears of every desk's actions."""

import contextlib
import itertools
from datetime import UTC, datetime

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.statement import Statement
from cop.domain.unit import Position
from cop.feeds.adapters.cop_json import encode
from cop.feeds.topics import topic_of
from tests.conftest import wait_until
from tests.faults import namespaces
from tests.faults.desk import ROOT

AGENCY = "gastonia-fd"
_UNITS = 5
_NAMES = itertools.count(1)


class Neighbour:
    """It stands at the broker itself: no fault of a desk's network is one of its own."""

    def __init__(
        self,
        port: int,
        host: str = "127.0.0.1",
        *,
        agency: str = AGENCY,
        namespace: str = "",
        user: str = "",
        password: str = "",
        v5: bool = True,
    ) -> None:
        self.agency = agency
        self.heard: set[tuple[str, bytes]] = set()
        self.positions_said: list[bytes] = []
        self.reports_said: list[bytes] = []
        self.said_ids: list[str] = []
        self.lines_said: set[str] = set()
        self.places: dict[str, tuple[float, float]] = {}
        self._count = 0
        self._listening = False
        self.client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"neighbour-{next(_NAMES)}",
            protocol=MQTTProtocolVersion.MQTTv5 if v5 else MQTTProtocolVersion.MQTTv311,
            clean_session=None if v5 else False,
        )
        if user:
            self.client.username_pw_set(user, password)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = self._on_connect
        self.client.on_subscribe = self._on_subscribe
        self.client.on_message = lambda _c, _u, message: self.heard.add((message.topic, bytes(message.payload)))
        kept: dict[str, object] = {}
        if v5:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = 600
            kept = {"clean_start": False, "properties": properties}
        with namespaces.entered(namespace) if namespace else contextlib.nullcontext():
            self.client.connect(host, port, 60, **kept)
            self.client.loop_start()
        wait_until(lambda: self._listening, what="the neighbour listens")

    def _on_subscribe(self, *_: object) -> None:
        self._listening = True

    def _on_connect(self, client: mqtt.Client, *_: object) -> None:
        client.subscribe(f"{ROOT}/#", 1)

    def position(self, lat: float, lon: float, unit: str = "engine-0", at: datetime | None = None) -> None:
        """Say a place (QoS 0, as positions are)."""
        body = Position(id=unit, at=at or datetime.now(UTC), lat=lat, lon=lon)
        payload = encode(body)
        said = self.client.publish(f"{ROOT}/{self.agency}/position/{unit}", payload, qos=0, retain=True)
        if said.rc == mqtt.MQTT_ERR_SUCCESS:
            self.positions_said.append(payload)
            self.places[unit] = (lat, lon)

    def positions(self, count: int) -> None:
        """So many positions of five units, each another place."""
        for _ in range(count):
            self._count += 1
            step = self._count / 10_000
            self.position(round(35.2 + step, 6), round(-81.2 + step, 6), f"engine-{self._count % _UNITS}")

    def report(self, count: int = 1, title: str = "Crash") -> None:
        """So many incidents (QoS 1); what the broker does not take now it is told when it is back."""
        for _ in range(count):
            self._count += 1
            body = Incident(id=f"n-{self._count}", at=datetime.now(UTC), rev=1, title=f"{title} {self._count}")
            payload = encode(body)
            self.client.publish(f"{ROOT}/{self.agency}/incident/{body.id}", payload, qos=1, retain=True)
            self.reports_said.append(payload)
            self.said_ids.append(body.id)

    def log(self, text: str) -> None:
        """A line of the log (QoS 1, not retained: who is away hears it from the broker's queue or never)."""
        self._count += 1
        entry = LogEntry(id=f"l-{self._count}", at=datetime.now(UTC), rev=1, text=text)
        self.lines_said.add(entry.id)
        payload = encode(entry)
        self.client.publish(f"{ROOT}/{self.agency}/log/{entry.id}", payload, qos=1)
        self.reports_said.append(payload)

    def say_for(self, agency: str, body: Statement) -> None:
        """Say a word of another agency's own system; it is not counted."""
        self.client.publish(topic_of(ROOT, agency, body), encode(body), qos=1, retain=True).wait_for_publish(10)

    def say(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Say anything below the root, and wait until the broker has it."""
        self.client.publish(f"{ROOT}/{topic}", payload, qos=qos, retain=retain).wait_for_publish(10)

    def close(self) -> None:
        """Go."""
        self.client.disconnect()
        self.client.loop_stop()
