"""A plain MQTT client for the exercise's tests."""

from collections.abc import Callable
from types import TracebackType
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.conftest import wait_until


class Client:
    """Connects, collects what it hears, and goes; `lose` breaks the connection without a word."""

    def __init__(
        self,
        port: int,
        name: str,
        *,
        protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311,
        will: tuple[str, bytes] | None = None,
        keepalive_s: int = 30,
        user: str = "",
    ) -> None:
        self.heard: list[mqtt.MQTTMessage] = []
        self.reasons: list[str] = []
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=name, protocol=protocol, reconnect_on_failure=False
        )
        if user:
            self._client.username_pw_set(user)
        if will is not None:
            self._client.will_set(will[0], will[1], qos=1, retain=True)
        self._client.on_message = self._on_message
        self._client.on_connect = self._on_connect
        self._client.connect("127.0.0.1", port, keepalive_s)
        self._client.loop_start()

    def __enter__(self) -> "Client":
        wait_until(lambda: self.reasons, 10, "an answer to the greeting")
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def subscribe(self, topic: str, qos: int = 1) -> None:
        """Subscribe and wait until the broker has said yes."""
        done: list[int] = []
        self._client.on_subscribe = lambda _client, _user, mid, _codes, _properties: done.append(mid)
        _result, mid = self._client.subscribe(topic, qos)
        wait_until(lambda: mid in done, 10, f"subscribed to {topic}")

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Publish and wait until it is out, at QoS 1 until the broker has it."""
        self._client.publish(topic, payload, qos=qos, retain=retain).wait_for_publish(20)

    def lose(self) -> None:
        """The cable is pulled."""
        self._client.loop_stop()
        sock = self._client.socket()
        assert sock is not None
        sock.close()

    def fall_silent(self) -> None:
        """The connection stays open and says nothing more."""
        self._client.loop_stop()

    def payloads(self, topic: str) -> list[bytes]:
        """What came on one topic."""
        return [bytes(message.payload) for message in self.heard if message.topic == topic]

    def waits_for(self, condition: Callable[[], object], what: str, limit_s: float = 20.0) -> None:
        """Wait for a condition."""
        wait_until(condition, limit_s, what)

    def _on_message(self, _client: mqtt.Client, _user: Any, message: mqtt.MQTTMessage) -> None:
        self.heard.append(message)

    def _on_connect(self, _client: mqtt.Client, _user: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        self.reasons.append(str(reason))
