"""How a connection to the broker is made: the client with its credentials and last will, and one try to connect."""

import contextlib
import errno
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MessageType, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from cop.feeds.broker import Broker

_MQTT5 = MQTTProtocolVersion.MQTTv5
#: Larger messages the broker keeps to itself (MQTT 5 §3.1.2.11.4); those above 1 MiB are counted as bad.
_MAX_PACKET_BYTES = 32 << 20


class Will(NamedTuple):
    """What the broker says for us when we are gone, retained; and what we say when we are there."""

    topic: str
    offline: bytes
    online: bytes


class Client(mqtt.Client):
    """paho's client, which pings when it is told to, and tells the answer.

    By itself it pings only after silence, and gives a broker that is gone twice the keep-alive.
    """

    on_pong: Callable[[float], None] | None = None
    _asked_at: float | None = None

    @property
    def unanswered_s(self) -> float:
        """How long an answer to a ping is overdue; 0 if none is."""
        return time.monotonic() - self._asked_at if self._asked_at is not None else 0.0

    def ping(self) -> None:
        """Ask the broker for an answer, unless one is awaited."""
        if self._asked_at is None and self._send_simple_command(MessageType.PINGREQ) == MQTTErrorCode.MQTT_ERR_SUCCESS:
            self._asked_at = time.monotonic()

    def _handle_pingresp(self) -> MQTTErrorCode:
        asked_at, self._asked_at = self._asked_at, None
        if asked_at is not None and self.on_pong is not None:
            self.on_pong(time.monotonic() - asked_at)
        return super()._handle_pingresp()


def make_client(broker: Broker, client_id: str, version: MQTTProtocolVersion, will: Will | None) -> Client:
    """A client that does not connect by itself. Raises OSError or ValueError for files that cannot be used."""
    client = Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=version,
        manual_ack=True,
        reconnect_on_failure=False,
        # MQTT 3.1.1 has no expiry: a broker forgets such a desk when its own settings say so
        clean_session=None if version == _MQTT5 else broker.session_expiry_s == 0,
    )
    client.connect_timeout = broker.connect_timeout_s
    client.max_inflight_messages_set(0)  # `Publishing` counts, by what the broker takes
    user, password = broker.credentials()
    if user:
        client.username_pw_set(user, password or None)
    if broker.address()[2]:
        files = (broker.ca_file, broker.cert_file, broker.key_file)
        ca_file, cert_file, key_file = (str(Path(one).expanduser()) if one else None for one in files)
        for file in (ca_file, cert_file, key_file):
            if file is not None:
                Path(file).open("rb").close()  # OpenSSL does not say which one it cannot read
        # with no password given, one for the key would be asked for at a terminal
        client.tls_set(ca_certs=ca_file, certfile=cert_file, keyfile=key_file, keyfile_password="")
        client.tls_insecure_set(broker.insecure)
    if will is not None:
        client.will_set(will.topic, will.offline, qos=1, retain=True)
    return client


class Attempt:
    """One try to connect, on a thread: a name that is looked up and a host that is silent may block for long."""

    def __init__(self, client: Client, broker: Broker, version: MQTTProtocolVersion) -> None:
        self.client = client
        self.error: Exception | None = None
        self._broker = broker
        self._version = version
        self._unwanted = False
        self._thread = threading.Thread(target=self._work, name="broker-connect", daemon=True)
        self._thread.start()

    @property
    def ended(self) -> bool:
        """Whether it is over, with an `error` or without."""
        return not self._thread.is_alive()

    def abandon(self) -> None:
        """Nobody waits for it any more."""
        self._unwanted = True
        if self.ended:
            close_socket(self.client)

    def _work(self) -> None:
        try:
            self._connect()
        except Exception as error:  # noqa: BLE001 - handed to the session, which says it
            self.error = error
        if self._unwanted:
            close_socket(self.client)

    def _connect(self) -> None:
        host, port, _tls = self._broker.address()
        if self._version != _MQTT5:
            self.client.connect(host, port, self._broker.keepalive_s)
            return
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it untyped
        properties.SessionExpiryInterval = self._broker.session_expiry_s
        properties.MaximumPacketSize = _MAX_PACKET_BYTES
        self.client.connect(host, port, self._broker.keepalive_s, clean_start=False, properties=properties)


def close_socket(client: mqtt.Client) -> None:
    """End a connection as a cut would: the broker says our last will."""
    sock = client.socket()
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.close()


def address_is_gone(client: mqtt.Client) -> bool:
    """Whether this computer no longer has the address that the connection was made from: it is in another network."""
    sock = client.socket()
    if not isinstance(sock, socket.socket):
        return False
    try:
        host, _port, *rest = sock.getsockname()
        with socket.socket(sock.family, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0, *rest))
    except OSError as error:
        return error.errno == errno.EADDRNOTAVAIL
    return False
