"""One MQTT session on paho's external loop: connect, subscribe, receive in bursts, publish, come back.

The loop is ours because paho's reads one packet a select() and dies with an exception in a callback; here a callback
only appends to a list, and whatever fails afterwards fails outside paho. A message of QoS 1 is acknowledged by
`acknowledge`, not on receipt: the broker keeps it until it is in the journal and with the desktop.
"""

import random
import select
import ssl
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from cop.domain.batch import BrokerState
from cop.feeds.broker import Broker
from cop.feeds.connecting import Attempt, Will, in_words, make_client

_BURST = 512
_BACKOFF_S = (0.25, 20.0)
_SETTLED_AFTER_S = 5.0  # a connection that lasted so long is no failed one
_STUBBORN = 5  # after so many failed greetings even a protocol that once worked is given up
_PROTOCOLS = (MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311)
_PROTOCOL_NAMES = {MQTTProtocolVersion.MQTTv5: "MQTT 5", MQTTProtocolVersion.MQTTv311: "MQTT 3.1.1"}
#: CONNACK refusals that no retry in the other protocol version can mend, in words (MQTT 5 §3.2.2.2)
_REFUSALS = {
    0x86: "user name or password is wrong",
    0x87: "this desk is not allowed to connect",
    0x8A: "this desk is banned by the broker",
    0x85: "the broker refuses this client id",
    0x88: "the broker says that it is not available",
    0x89: "the broker says that it is busy",
}
#: What the broker kept for us comes before our own presence, said anew on each connection. A desk that does not hear
#: that takes it to be over when nothing has come for so long; and either waits so long at most, in seconds.
_QUIET_S, _LONGEST_S, _LONGEST_DEAF_S = 3.0, 300.0, 30.0
_UNSUPPORTED_VERSION, _TAKEN_OVER = 0x84, 0x8E


class Received(NamedTuple):
    """A message off the wire; `received_at` in seconds since the epoch.

    `retained` is one that may have been said long before: the broker retained it, or kept it while we were away.
    `mid` is the broker's number for it on that one `connection`, and may be another message's on the next.
    """

    topic: str
    payload: bytes
    received_at: float
    retained: bool
    qos: int
    mid: int
    connection: int = 0


class Subscription(NamedTuple):
    """A topic filter and the QoS asked for it."""

    topic: str
    qos: int


class Published(NamedTuple):
    """What became of a publish: our token, and why the broker refused it (empty if it did not)."""

    token: int
    refused: str


class Session:
    """Call `service` again and again; it never raises for anything the network does."""

    def __init__(
        self, broker: Broker, client_id: str, subscriptions: Sequence[Subscription], will: Callable[[], Will] | None
    ) -> None:
        #: counts the connections that the broker accepted
        self.connection = 0
        #: topic filters that the broker does not let this desk hear
        self.denied: frozenset[str] = frozenset()
        self.state = BrokerState(state="connecting", url=broker.shown_url(), since=datetime.now(UTC))
        self._broker = broker
        self._client_id = client_id
        self._subscriptions = subscriptions
        self._make_will = will
        self._will: Will | None = None
        self._client: mqtt.Client | None = None
        self._online = False
        self._attempt: Attempt | None = None
        self._protocol = 0  # index into _PROTOCOLS: the one that is tried, or that worked
        self._proven: int | None = None  # the one that worked
        self._online_since = 0.0
        self._catching_up = False  # whether what comes may be what the broker kept while we were away
        self._heard_at = 0.0
        self._next_try = 0.0
        self._deadline = 0.0
        self._failures = 0
        self._next_misc = 0.0
        self._received: list[Received] = []
        self._published: list[Published] = []
        self._tokens: dict[int, int] = {}

    @property
    def online(self) -> bool:
        """Whether the broker has accepted us and we have subscribed."""
        return self._online

    def sockets(self) -> tuple[list[Any], list[Any]]:
        """What to wait for: sockets to read, sockets to write."""
        sock = self._client.socket() if self._client is not None else None
        if self._client is None or sock is None:
            return [], []
        return [sock], [sock] if self._client.want_write() else []

    def service(self, timeout_s: float, also: Sequence[Any] = ()) -> list[Received]:
        """Wait at most `timeout_s` for the network or for anything in `also`, and take in what is there."""
        if self._client is None:
            self._seek()
        reads, writes = self.sockets()
        sock = reads[0] if reads else None
        pending_tls = isinstance(sock, ssl.SSLSocket) and sock.pending() > 0
        try:
            ready, writable, _ = select.select([*reads, *also], writes, [], 0 if pending_tls else timeout_s)
        except (OSError, ValueError):  # the socket was closed under us
            ready, writable = reads, []
        client = self._client
        if client is not None and sock is None:
            self._lost("the connection broke")
        elif client is not None:
            try:
                if writable:
                    client.loop_write()
                if pending_tls or sock in ready:
                    self._read_burst(client)
                self._keep(client)
            except Exception as error:  # noqa: BLE001 - paho's edge: a broken packet ends the connection, not the process
                self._lost(f"the connection broke ({type(error).__name__})")
        received, self._received = self._received, []
        return received

    def published(self) -> list[Published]:
        """What the broker has said to our publishes since the last call."""
        published, self._published = self._published, []
        return published

    def publish(self, token: int, topic: str, payload: bytes, *, qos: int, retain: bool) -> bool:
        """Hand a message to the broker; its fate comes from `published`. False if the connection does not take it.

        Raises ValueError for a topic that cannot be sent at all.
        """
        client = self._client
        if client is None or not self._online:
            return False
        try:
            # paho may acknowledge within publish() itself only for QoS 0; for QoS 1 the mid is known before the answer
            sent = client.publish(topic, payload, qos=qos, retain=retain)
        except OSError as error:
            self._lost(f"the connection broke ({type(error).__name__})")
            return False
        if sent.rc != MQTTErrorCode.MQTT_ERR_SUCCESS:
            return False
        self._tokens[sent.mid] = token
        return True

    def acknowledge(self, received: Sequence[Received]) -> None:
        """Tell the broker that these messages are safe with us; those of an earlier connection it says again."""
        for one in received:
            client = self._client
            if client is None or not self._online:
                return
            if not one.qos or one.connection != self.connection:
                continue
            try:
                client.ack(one.mid, one.qos)
            except Exception as error:  # noqa: BLE001 - paho's edge, as in service
                self._lost(f"the connection broke ({type(error).__name__})")

    def close(self) -> None:
        """Say that the desk is gone, and go."""
        client = self._client
        if client is not None and self._online:
            try:
                if self._will is not None:
                    client.publish(self._will.topic, self._will.offline, qos=1, retain=True)
                deadline = time.monotonic() + 1.0
                while client.want_write() and time.monotonic() < deadline:
                    select.select([], self.sockets()[1], [], 0.05)
                    client.loop_write()
                client.disconnect()
            except Exception:  # noqa: BLE001 - paho's edge: the broker says our last will then
                self._drop()
        self._client = None
        self._online = False

    def _seek(self) -> None:
        """Begin to connect when it is time to; take over the connection that was made."""
        attempt = self._attempt
        if attempt is None:
            if time.monotonic() >= self._next_try:
                self._connect()
        elif attempt.ended:
            self._attempt = None
            if attempt.error is None:
                self._client = attempt.client
                self._deadline = time.monotonic() + self._broker.connect_timeout_s + 2.0
            else:
                self._later(in_words(attempt.error))

    def _connect(self) -> None:
        version = _PROTOCOLS[self._protocol]
        self._set_state("connecting", "")
        # a new will each time: its revision must outgrow the last one's
        self._will = self._make_will() if self._make_will is not None else None
        try:
            client = make_client(self._broker, self._client_id, version, self._will)
        except (OSError, ValueError) as error:
            self._later(in_words(error))
            return
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        self._attempt = Attempt(client, self._broker, version)

    def _read_burst(self, client: mqtt.Client) -> None:
        """Read packets until the socket has none left, or a burst is full."""
        received = self._received
        for _ in range(_BURST):
            before = len(received)
            if client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                if self._client is client:
                    self._lost("the broker closed the connection")
                return
            if len(received) == before:
                return

    def _keep(self, client: mqtt.Client) -> None:
        now = time.monotonic()
        if now >= self._next_misc:
            self._next_misc = now + 0.5
            if client.loop_misc() != MQTTErrorCode.MQTT_ERR_SUCCESS and self._client is client:
                self._lost("the broker does not answer")
        if client.want_write():
            client.loop_write()
        if not self._online and self._client is client and now >= self._deadline:
            self._fall_back("the broker does not answer to the greeting")

    def _on_connect(self, client: mqtt.Client, _user: Any, flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if client is not self._client and self._client is not None:
            return
        if reason.is_failure:
            words = _REFUSALS.get(reason.value, str(reason))
            self._client = None
            if reason.value in _REFUSALS:
                self._later(words, state="refused")
            else:
                self._fall_back(words, unsupported=reason.value == _UNSUPPORTED_VERSION)
            return
        self._online = True
        self._online_since = time.monotonic()
        self._proven = self._protocol
        self._catching_up = bool(getattr(flags, "session_present", False))
        self._heard_at = self._online_since
        self.connection += 1
        self.denied = frozenset()
        self._tokens.clear()
        if self._subscriptions:
            client.subscribe([(one.topic, one.qos) for one in self._subscriptions])
        if self._will is not None:
            client.publish(self._will.topic, self._will.online, qos=1, retain=True)
        self._set_state("online", "")

    def _on_subscribe(
        self, client: mqtt.Client, _user: Any, _mid: int, reasons: list[ReasonCode], _properties: Any
    ) -> None:
        if client is self._client:
            answers = zip(self._subscriptions, reasons, strict=False)
            self.denied = frozenset(one.topic for one, reason in answers if reason.is_failure)

    def _on_message(self, _client: mqtt.Client, _user: Any, message: mqtt.MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        payload, retained = bytes(message.payload), message.retain
        if self._catching_up:
            self._catching_up = self._is_catching_up(topic, payload, retained=retained)
            retained |= self._catching_up
        self._received.append(
            Received(topic, payload, time.time(), retained, message.qos, message.mid, self.connection)
        )

    def _is_catching_up(self, topic: str, payload: bytes, *, retained: bool) -> bool:
        """Whether a message may still be one that the broker kept while we were away."""
        now, heard_at = time.monotonic(), self._heard_at
        self._heard_at = now
        will, online_s = self._will, now - self._online_since
        if will is not None and any(mqtt.topic_matches_sub(one.topic, will.topic) for one in self._subscriptions):
            return online_s < _LONGEST_S and (topic != will.topic or retained or payload != will.online)
        return online_s < _LONGEST_DEAF_S and now - heard_at < _QUIET_S

    def _on_publish(self, _client: mqtt.Client, _user: Any, mid: int, reason: ReasonCode, _properties: Any) -> None:
        token = self._tokens.pop(mid, None)
        if token is not None:
            refused = str(reason) if isinstance(reason, ReasonCode) and reason.is_failure else ""
            self._published.append(Published(token, refused))

    def _on_disconnect(
        self, client: mqtt.Client, _user: Any, _flags: Any, reason: ReasonCode, _properties: Any
    ) -> None:
        if client is self._client:
            if self._online and reason.value == _TAKEN_OVER:
                self._lost("another desk connects with this desk's client id")
            elif self._online:
                self._lost(f"connection lost ({reason})" if reason.is_failure else "connection lost")
            else:
                self._fall_back("the broker closed the connection at the greeting")

    def _fall_back(self, reason: str, *, unsupported: bool = False) -> None:
        """The greeting failed: perhaps the broker does not know this protocol version; try the other one next.

        Not so after one that worked: MQTT 3.1.1 begins a new session and loses what the broker keeps for the desk.
        """
        other = unsupported or self._proven != self._protocol or self._failures >= _STUBBORN
        if other:
            self._protocol = 1 - self._protocol
        self._drop()
        self._later(reason)
        if other and self._protocol == 1:
            self._next_try = time.monotonic()

    def _lost(self, reason: str) -> None:
        self._drop()
        self._later(reason)

    def _drop(self) -> None:
        client, self._client = self._client, None
        sock = client.socket() if client is not None else None
        if sock is not None:
            sock.close()

    def _later(self, reason: str, state: str = "offline") -> None:
        if self._online and time.monotonic() - self._online_since > _SETTLED_AFTER_S:
            self._failures = 0
        self._client = None
        self._online = False
        low, high = _BACKOFF_S
        wait = min(high, low * 2**self._failures) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
        self._failures = min(self._failures + 1, 10)
        self._next_try = time.monotonic() + wait
        self._set_state(state, reason)

    def _set_state(self, state: str, reason: str) -> None:
        known = self.state
        if state == "connecting" and known.state in {"offline", "refused"}:
            return  # a further try does not make the broker any more reached
        since = known.since if state == known.state else datetime.now(UTC)
        self.state = BrokerState(
            state=state,
            url=known.url,
            protocol=_PROTOCOL_NAMES[_PROTOCOLS[self._protocol]] if state == "online" else known.protocol,
            reason=reason,
            since=since,
            reconnects=known.reconnects + (state == "online" and known.state != "online" and bool(known.protocol)),
        )
