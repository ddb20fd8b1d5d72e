"""One MQTT connection of a simulated agency: MQTT 5, else 3.1.1; comes back by itself; last will as its presence.

The loop is external: `tend` and `service` are called again and again from one thread, so nothing here needs a lock.
"""

import random
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from cop.exercise.simulation import Published
from cop.feeds.broker import Broker

_VERSIONS = (MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311)
_KEEPALIVE_S = 20
_GREETING_S = 4.0
_BACKOFF_S = (0.25, 5.0)
_BURST = 256


class Presence(NamedTuple):
    """What is said, retained, while connected, and what the broker says when the connection breaks."""

    topic: str
    online: bytes
    offline: bytes


class Link:
    """A connection with its subscriptions and presence. `fresh` is set at each new one; `refusal` says why not."""

    def __init__(
        self, broker: Broker, name: str, *, filters: Sequence[str] = (), presence: Callable[[], Presence] | None = None
    ) -> None:
        self.online = False
        self.fresh = False
        self.refusal = ""
        self.heard: list[tuple[str, bytes]] = []
        self._broker = broker
        self._name = name
        self._filters = filters
        self._make_presence = presence
        self._presence: Presence | None = None
        self._goodbye: mqtt.MQTTMessageInfo | None = None
        self._client: mqtt.Client | None = None
        self._version = 0
        self._next_try = 0.0
        self._deadline = 0.0
        self._next_misc = 0.0
        self._failures = 0
        self._is_cut = False

    @property
    def version(self) -> int:
        """Which protocol is spoken or tried: 0 is MQTT 5, 1 is 3.1.1. Given to other links, it saves them a refusal."""
        return self._version

    @version.setter
    def version(self, version: int) -> None:
        if self._client is None:
            self._version = version

    def socket(self) -> Any | None:
        """The socket to wait for, if there is one."""
        return self._client.socket() if self._client is not None else None

    def cut(self, is_cut: bool) -> None:
        """Break the connection without a word, and stay away while this is so: the last will speaks."""
        if is_cut and not self._is_cut:
            self._drop()
        elif self._is_cut and not is_cut:
            self._next_try = 0.0
        self._is_cut = is_cut

    def tend(self) -> None:
        """Connect if it is time to; keep the connection alive if there is one."""
        if self._is_cut:
            return
        now = time.monotonic()
        client = self._client
        if client is None:
            if now >= self._next_try:
                self._connect(now)
            return
        if not self.online and now >= self._deadline:
            self._fall_back("no answer to the greeting")
            return
        if now >= self._next_misc:
            self._next_misc = now + 0.5
            if client.loop_misc() != MQTTErrorCode.MQTT_ERR_SUCCESS and self._client is client:
                self._lost("the broker does not answer")
                return
        if client.want_write():
            client.loop_write()

    def service(self) -> None:
        """Read what has arrived; call it when the socket is readable."""
        client = self._client
        for _ in range(_BURST):
            if client is None or self._client is not client or client.socket() is None:
                return
            before = len(self.heard)
            if client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                if self._client is client:
                    self._lost("the broker closed the connection")
                return
            if len(self.heard) == before:
                return

    def publish(self, message: Published) -> None:
        """Hand a message to the broker. A position is dropped while the line is offline or blocked: the next comes."""
        client = self._client
        if client is None or not self.online or (message.qos == 0 and client.want_write()):
            return
        properties = None
        if message.expiry_s and _VERSIONS[self._version] == MQTTProtocolVersion.MQTTv5:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]  # paho leaves it untyped
            properties.MessageExpiryInterval = message.expiry_s
        client.publish(message.topic, message.payload, qos=message.qos, retain=message.retain, properties=properties)

    def beat(self) -> None:
        """Say our presence again, unchanged: an agency without moving units is heard of all the same."""
        if self._client is not None and self.online and self._presence is not None:
            self._client.publish(self._presence.topic, self._presence.online, qos=1, retain=True)

    def say_goodbye(self) -> None:
        """Say that we go; `leaving` until the broker has it."""
        if self._client is not None and self.online and self._presence is not None:
            self._goodbye = self._client.publish(self._presence.topic, self._presence.offline, qos=1, retain=True)

    @property
    def leaving(self) -> bool:
        """Whether the broker has yet to acknowledge the goodbye."""
        return self.online and self._goodbye is not None and not self._goodbye.is_published()

    def close(self) -> None:
        """Go."""
        client = self._client
        if client is not None and self.online:
            client.on_disconnect = None
            client.disconnect()
        self._drop()

    def _connect(self, now: float) -> None:
        broker, version = self._broker, _VERSIONS[self._version]
        host, port, tls = broker.address()
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"{self._name}-{random.getrandbits(32):08x}",
            protocol=version,
            reconnect_on_failure=False,
            clean_session=None if version == MQTTProtocolVersion.MQTTv5 else True,
        )
        client.connect_timeout = broker.connect_timeout_s
        user, password = broker.credentials()
        if user:
            client.username_pw_set(user, password or None)
        if tls:
            client.tls_set(ca_certs=broker.ca_file or None)
        if self._make_presence is not None:
            self._presence = self._make_presence()  # anew each time: its revision must outgrow the last will's
            client.will_set(self._presence.topic, self._presence.offline, qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_disconnect = self._on_disconnect
        try:
            client.connect(host, port, _KEEPALIVE_S)
        except (OSError, ValueError) as error:
            self._later(str(error))
            return
        self._client = client
        self._deadline = now + _GREETING_S

    def _on_connect(self, client: mqtt.Client, _user: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if reason.is_failure:
            self._fall_back(str(reason))
            return
        self.online = self.fresh = True
        self.refusal = ""
        self._failures = 0
        if self._filters:
            client.subscribe([(one, 1) for one in self._filters])
        if self._presence is not None:
            client.publish(self._presence.topic, self._presence.online, qos=1, retain=True)

    def _on_message(self, _client: mqtt.Client, _user: Any, message: mqtt.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            return
        self.heard.append((topic, bytes(message.payload)))

    def _on_disconnect(
        self, client: mqtt.Client, _user: Any, _flags: Any, reason: ReasonCode, _properties: Any
    ) -> None:
        if client is not self._client:
            return
        if self.online:
            self._lost(str(reason))
        else:
            self._fall_back("the broker closed the connection at the greeting")

    def _fall_back(self, reason: str) -> None:
        """Perhaps the broker does not know this protocol version: try the other one, at once the first time."""
        self._version = 1 - self._version
        self._drop()
        self._later(reason)
        if self._version == 1:
            self._next_try = 0.0

    def _lost(self, reason: str) -> None:
        self._drop()
        self._later(reason)

    def _drop(self) -> None:
        client, self._client = self._client, None
        self.online = False
        sock = client.socket() if client is not None else None
        if sock is not None:
            sock.close()

    def _later(self, reason: str) -> None:
        low, high = _BACKOFF_S
        self.refusal = reason
        self._next_try = time.monotonic() + min(high, low * 2**self._failures)
        self._failures = min(self._failures + 1, 8)
