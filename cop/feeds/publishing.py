"""What this desk publishes on one connection: no more at once than the broker takes, and what became of it."""

from typing import Any, NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from cop.feeds import refusals

_AT_ONCE = 200
_HEADER_BYTES = 16  # what a PUBLISH has beside its topic and payload, at most


class Published(NamedTuple):
    """What became of a publish: our token, and why the broker refused it (empty if it did not).

    A refusal that is not `final` may be over the next moment.
    """

    token: int
    refused: str
    final: bool = True


class Publishing:
    """Of one session; `begin` with each connection."""

    def __init__(self) -> None:
        self._published: list[Published] = []
        self._tokens: dict[int, int] = {}
        self._at_once = _AT_ONCE
        self._largest = 0  # bytes of a packet, 0 for any

    def begin(self, properties: Any) -> None:
        """A connection was accepted with these properties (MQTT 5 §3.2.2.3); what waited for an answer gets none."""
        self._tokens.clear()
        self._at_once = min(_AT_ONCE, getattr(properties, "ReceiveMaximum", _AT_ONCE))
        self._largest = getattr(properties, "MaximumPacketSize", 0)

    def publish(self, client: mqtt.Client, token: int, topic: str, payload: bytes, *, qos: int, retain: bool) -> bool:
        """Hand a message to the broker; False if the connection does not take it now.

        Raises ValueError for one that cannot be sent at all (its topic, its size), OSError where the connection breaks.
        """
        if qos and len(self._tokens) >= self._at_once:
            return False
        if self._largest and len(topic.encode()) + len(payload) + _HEADER_BYTES > self._largest:
            raise ValueError(f"it is larger than the {self._largest:,} bytes that the broker takes")
        # paho may acknowledge within publish() itself only for QoS 0; for QoS 1 the mid is known before the answer
        sent = client.publish(topic, payload, qos=qos, retain=retain)
        if sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return False
        if qos:
            self._tokens[sent.mid] = token
        else:
            self._published.append(Published(token, ""))  # nobody answers to it
        return True

    def take(self, mid: int, reason: ReasonCode, properties: Any) -> None:
        """The broker has answered a publish."""
        token = self._tokens.pop(mid, None)
        if token is None:
            return
        if isinstance(reason, ReasonCode) and reason.is_failure:
            self._published.append(Published(token, *refusals.of_action(reason.value, properties)))
        else:
            self._published.append(Published(token, ""))

    def published(self) -> list[Published]:
        """What became of our publishes since the last call."""
        published, self._published = self._published, []
        return published
