"""How a connection to the broker is made: the client with its credentials and last will, and one try to connect."""

import socket
import ssl
import threading
from pathlib import Path
from typing import NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
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


def make_client(broker: Broker, client_id: str, version: MQTTProtocolVersion, will: Will | None) -> mqtt.Client:
    """A client that does not connect by itself. Raises OSError or ValueError for files that cannot be used."""
    client = mqtt.Client(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        protocol=version,
        manual_ack=True,
        reconnect_on_failure=False,
        clean_session=None if version == _MQTT5 else True,
    )
    client.connect_timeout = broker.connect_timeout_s
    client.max_inflight_messages_set(200)
    user, password = broker.credentials()
    if user:
        client.username_pw_set(user, password or None)
    if broker.address()[2]:
        files = (broker.ca_file, broker.cert_file, broker.key_file)
        ca_file, cert_file, key_file = (str(Path(one).expanduser()) if one else None for one in files)
        client.tls_set(ca_certs=ca_file, certfile=cert_file, keyfile=key_file)
        client.tls_insecure_set(broker.insecure)
    if will is not None:
        client.will_set(will.topic, will.offline, qos=1, retain=True)
    return client


class Attempt:
    """One try to connect, on a thread: a name that is looked up and a host that is silent may block for long."""

    def __init__(self, client: mqtt.Client, broker: Broker, version: MQTTProtocolVersion) -> None:
        self.client = client
        self.error: Exception | None = None
        self._broker = broker
        self._version = version
        self._thread = threading.Thread(target=self._work, name="broker-connect", daemon=True)
        self._thread.start()

    @property
    def ended(self) -> bool:
        """Whether it is over, with an `error` or without."""
        return not self._thread.is_alive()

    def _work(self) -> None:
        try:
            self._connect()
        except Exception as error:  # noqa: BLE001 - handed to the session, which says it
            self.error = error

    def _connect(self) -> None:
        host, port, _tls = self._broker.address()
        if self._version != _MQTT5:
            self.client.connect(host, port, self._broker.keepalive_s, clean_start=MQTT_CLEAN_START_FIRST_ONLY)
            return
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho leaves it untyped
        properties.SessionExpiryInterval = self._broker.session_expiry_s
        properties.MaximumPacketSize = _MAX_PACKET_BYTES
        self.client.connect(host, port, self._broker.keepalive_s, clean_start=False, properties=properties)


def in_words(error: Exception) -> str:
    """Why a connection was not made, for people."""
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or error}"
    if isinstance(error, TimeoutError):
        return "no answer from the broker's address"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens at the broker's address"
    if isinstance(error, socket.gaierror):
        return f"the broker's name is not found ({error.strerror or error})"
    return str(error) or type(error).__name__
