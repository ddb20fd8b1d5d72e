"""One MQTT session on paho's external loop: connect, subscribe, receive in bursts, publish, come back.

The loop is ours because paho's reads one packet a select() and dies with an exception in a callback; here a callback
only appends to a list, and whatever fails afterwards fails outside paho. A message of QoS 1 is acknowledged by
`acknowledge`, not on receipt: the broker keeps it until it is in the journal and with the desktop.
"""

import select
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.enums import MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from cop.domain.batch import BrokerState
from cop.feeds import refusals, unreached
from cop.feeds.broker import Broker
from cop.feeds.catching_up import CatchingUp
from cop.feeds.connecting import Attempt, Client, Will, address_is_gone, close_socket, make_client
from cop.feeds.places import Places
from cop.feeds.publishing import Published, Publishing
from cop.feeds.pulse_of_line import PulseOfLine
from cop.feeds.refusals import NOTHING, Words

_BURST = 512
_SETTLED_AFTER_S = 5.0  # a connection that lasted so long is no failed one
_STUBBORN = 5  # after so many failed greetings even a protocol that once worked is given up
_EACH_TIME = 2  # after so many connections that did not last
_PROTOCOLS = (MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311)
_PROTOCOL_NAMES = {MQTTProtocolVersion.MQTTv5: "MQTT 5", MQTTProtocolVersion.MQTTv311: "MQTT 3.1.1"}

_PROTOCOL_ERROR = 0x82


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


class Session:
    """Call `service` again and again; it never raises for anything the network does."""

    def __init__(
        self, broker: Broker, client_id: str, subscriptions: Sequence[Subscription], will: Callable[[], Will] | None
    ) -> None:
        #: counts the connections that a broker accepted
        self.connection = 0
        #: topic filters that the broker does not let this desk hear
        self.denied: frozenset[str] = frozenset()
        #: what was said of us on this connection
        self.will: Will | None = None
        #: whether the last connection was ended from the other side, and when it ended (monotonic seconds)
        self.hung_up, self.ended_at = False, 0.0
        self.places = Places(broker)
        count = len(self.places.all)
        self.state = BrokerState(state="connecting", url=self.places.here.url, brokers=count, since=datetime.now(UTC))
        self._client_id = client_id
        self._subscriptions = subscriptions
        self._make_will = will
        self._client: Client | None = None
        self._online = False
        self._attempt: Attempt | None = None
        self._online_since = 0.0
        self._catching_up = CatchingUp([one.topic for one in subscriptions])
        self._pulse = PulseOfLine()
        self._deadline = 0.0
        self._tls_words = ""  # what paho logged of TLS at the greeting
        self._received: list[Received] = []
        self._publishing = Publishing()

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
            self._gone(unreached.CLOSED)
        elif client is not None:
            try:
                if writable:
                    client.loop_write()
                if pending_tls or sock in ready:
                    self._read_burst(client, sock)
                self._keep(client)
            except Exception as error:  # noqa: BLE001 - paho's edge: a broken packet ends the connection, not the process
                self._broke(error)
        received, self._received = self._received, []
        return received

    def published(self) -> list[Published]:
        """What the broker has said to our publishes since the last call."""
        return self._publishing.published()

    def publish(self, token: int, topic: str, payload: bytes, *, qos: int, retain: bool) -> bool:
        """Hand a message to the broker; its fate comes from `published`. False if the connection does not take it now.

        Raises ValueError for one that cannot be sent at all: its topic, or larger than the broker takes.
        """
        if self._client is None or not self._online:
            return False
        try:
            return self._publishing.publish(self._client, token, topic, payload, qos=qos, retain=retain)
        except OSError as error:
            self._broke(error)
            return False

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
                self._broke(error)

    def renew(self, reason: str) -> None:
        """Make the connection anew at once: `reason` tells why what there is cannot be trusted."""
        self._let_go(reason)
        self._say_state("connecting", Words(reason))

    def try_now(self) -> None:
        """The network may be another: connect without waiting, or ask the broker at once whether it is still there."""
        if self._online and self._client is not None:
            self._pulse.ask_now(self._client)
        elif self._attempt is None and self._client is None:
            self.places.at_once()

    def close(self) -> None:
        """Say that the desk is gone, and go."""
        client = self._client
        if client is not None and self._online:
            try:
                if self.will is not None:
                    client.publish(self.will.topic, self.will.offline, qos=1, retain=True)
                deadline = time.monotonic() + 1.0
                while client.want_write() and time.monotonic() < deadline:
                    select.select([], self.sockets()[1], [], 0.05)
                    client.loop_write()
                client.disconnect()
            except Exception:  # noqa: BLE001 - paho's edge: the broker says our last will then
                self._drop()
        self._client = None
        self._online = False

    # making a connection

    def _seek(self) -> None:
        """Begin to connect when it is time to; take over the connection that was made."""
        attempt = self._attempt
        if attempt is None:
            if time.monotonic() >= self.places.next_try:
                self._connect()
        elif attempt.ended:
            self._attempt = None
            broker = self.places.here.broker
            if attempt.error is None:
                self._client = attempt.client
                self._deadline = time.monotonic() + broker.connect_timeout_s + 2.0
            else:
                self._later(unreached.in_words(attempt.error, tls=broker.address()[2]))

    def _connect(self) -> None:
        place = self.places.here
        version = _PROTOCOLS[place.protocol]
        # a new will each time: its revision must outgrow the last one's
        self.will = self._make_will() if self._make_will is not None else None
        try:
            client = make_client(place.broker, self._client_id, version, self.will)
        except (OSError, ValueError) as error:
            self._later(unreached.of_files(error))
            return
        self._tls_words = ""
        client.on_log = self._on_log
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        self._attempt = Attempt(client, place.broker, version)

    def _read_burst(self, client: Client, sock: Any) -> None:
        """Read packets until the socket has none left, or a burst is full."""
        if not self._online and type(sock) is socket.socket and unreached.is_tls(sock.recv(2, socket.MSG_PEEK)):
            self._drop()
            self._later(unreached.TLS_PORT)
            return
        self._pulse.heard()
        received = self._received
        for _ in range(_BURST):
            before = len(received)
            if client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS:
                if self._client is client:
                    self._gone(unreached.CLOSED)
                return
            if len(received) == before:
                return

    def _keep(self, client: Client) -> None:
        if client.want_write():
            client.loop_write()
        if not self._online:
            if self._client is client and time.monotonic() >= self._deadline:
                self._fall_back(unreached.NO_GREETING)
            return
        if self._pulse.is_due():
            if client.loop_misc() != MQTTErrorCode.MQTT_ERR_SUCCESS and self._client is client:
                self._lost(self._pulse.silent)
            elif (silent := self._pulse.feel(client)) is not None:
                self._lost(silent)
            elif address_is_gone(client):
                self.renew("this computer is in another network")
            elif self.state.round_trip_s != self._pulse.round_trip_s:
                self._say_state("online", self._pulse.words())

    def _on_log(self, _client: Any, _user: Any, _level: int, words: str) -> None:
        if "SSL" in words:
            self._tls_words = words

    def _on_connect(self, client: mqtt.Client, _user: Any, flags: Any, reason: ReasonCode, properties: Any) -> None:
        if client is not self._client and self._client is not None:
            return
        if reason.is_failure:
            words = refusals.of_broker(reason.value, properties)
            if refusals.is_for_people(reason.value):
                self._drop()
                self._later(words, refused=True)
            else:
                unsupported = reason.value == refusals.UNSUPPORTED_VERSION
                self._fall_back(words, unsupported=unsupported, quiet=unsupported)
            return
        assert isinstance(client, Client)
        client.on_log = None  # paho would word every packet for it
        self._online = True
        self._online_since = time.monotonic()
        self.places.reached()
        self._catching_up.begin(self.will, resumed=bool(getattr(flags, "session_present", False)))
        self._pulse = PulseOfLine(client.keepalive)
        client.on_pong = self._pulse.answered
        self._publishing.begin(properties)
        self.connection += 1
        self.denied = frozenset()
        if self._subscriptions:
            client.subscribe([(one.topic, one.qos) for one in self._subscriptions])
        if self.will is not None:
            client.publish(self.will.topic, self.will.online, qos=1, retain=True)
        self._say_state("online", NOTHING)

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
        payload = bytes(message.payload)
        retained = message.retain
        if self._catching_up.on:
            retained |= self._catching_up.is_kept(topic, payload, retained=retained)
        self._received.append(
            Received(topic, payload, time.time(), retained, message.qos, message.mid, self.connection)
        )

    def _on_publish(self, _client: mqtt.Client, _user: Any, mid: int, reason: ReasonCode, properties: Any) -> None:
        self._publishing.take(mid, reason, properties)

    def _on_disconnect(self, client: mqtt.Client, _user: Any, flags: Any, reason: ReasonCode, properties: Any) -> None:
        if client is not self._client:
            return
        if not self._online:
            self._gone(unreached.CLOSED)
        elif not flags.is_disconnect_packet_from_server and reason.value == _PROTOCOL_ERROR:  # in paho's eyes
            self._lost(unreached.UNREADABLE)
        elif flags.is_disconnect_packet_from_server and reason.value:
            self._lost(refusals.of_broker(reason.value, properties), refused=refusals.is_for_people(reason.value))
        else:
            self._lost(unreached.CLOSED)

    # losing it

    def _fall_back(self, words: Words, *, unsupported: bool = False, quiet: bool = False) -> None:
        """The greeting failed: perhaps the broker does not know this protocol version; try the other one next.

        Not so after one that worked: what the broker keeps for the desk it keeps for the session in that one.
        """
        place = self.places.here
        other = unsupported or place.proven != place.protocol or place.failures >= _STUBBORN
        if other:
            place.protocol = 1 - place.protocol
        self._drop()
        again = other and place.protocol == 1
        self._later(words, stay=again, quiet=again and quiet)
        if again:
            self.places.next_try = time.monotonic()

    def _broke(self, error: Exception) -> None:
        self._gone(Words(f"the connection broke ({type(error).__name__})", "It is tried again by itself."))

    def _gone(self, words: Words) -> None:
        """The connection is over, or the greeting."""
        if self._online:
            self._lost(words)
        else:
            self._fall_back(unreached.at_greeting(self.places.here.broker, self._tls_words), quiet=True)

    def _lost(self, words: Words, *, refused: bool = False) -> None:
        self.hung_up, self.ended_at = words is not PulseOfLine.silent, time.monotonic()
        self._drop()
        self._later(words, refused=refused)

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            close_socket(client)

    def _let_go(self, reason: str) -> None:
        attempt, self._attempt = self._attempt, None
        if attempt is not None:
            attempt.abandon()
        self._drop()
        self._online = self.hung_up = False
        self.places.at_once()

    def _later(self, words: Words, *, refused: bool = False, stay: bool = False, quiet: bool = False) -> None:
        lasted = self._online and time.monotonic() - self._online_since > _SETTLED_AFTER_S
        if lasted:
            self.places.lasted()
        elif self._online and words is unreached.CLOSED and self.places.here.failures >= _EACH_TIME:
            words = unreached.CLOSED_EACH_TIME
        self._client = None
        self._online = False
        self.places.failed(words, refused=refused, stay=stay or (lasted and not refused))
        if quiet and self.state.state == "connecting":
            return  # the other protocol version is tried at once: nobody need be alarmed by that
        self._say_state("refused" if self.places.refused else "offline", self.places.words())

    def _say_state(self, state: str, words: Words) -> None:
        known, online = self.state, state == "online"
        place = self.places.here
        self.state = BrokerState(
            state=state,
            url=place.url if online else known.url,
            protocol=_PROTOCOL_NAMES[_PROTOCOLS[place.protocol]] if online else known.protocol,
            reason=words.reason,
            advice=words.advice,
            place=self.places.number if online else known.place,
            brokers=known.brokers,
            since=known.since if online == (known.state == "online") else datetime.now(UTC),
            reconnects=known.reconnects + (online and known.state != "online" and bool(known.protocol)),
            round_trip_s=self._pulse.round_trip_s if online else None,
        )
