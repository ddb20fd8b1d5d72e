"""The embedded MQTT 3.1.1 broker: for exercises and first runs, where nobody has a broker yet."""

import asyncio
import contextlib
import ipaddress
import logging
import signal
import socket
from typing import Any

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig
from amqtt.mqtt.protocol.broker_handler import BrokerProtocolHandler
from amqtt.session import Session

_PROTOCOL_LEVEL = 4  # MQTT 3.1.1
_REFUSED_VERSION = b"\x20\x02\x00\x01"  # CONNACK, return code 1 (MQTT 3.1.1 §3.2.2.3), which MQTT 5 clients know too
_GREETING_S = 10.0
_LAST_STEPS = 20  # more than a task of amqtt needs to pass a message on
_ANONYMOUS = "amqtt.plugins.authentication.AnonymousAuthPlugin"


def serve(host: str = "127.0.0.1", port: int = 1883) -> None:
    """Serve until SIGTERM or SIGINT; prints `listening on mqtt://HOST:PORT` once clients can connect.

    Port 0 chooses a free one. Everybody is let in without a password, so only a loopback address is accepted: raises
    OSError for any other, and where the port is taken.
    """
    _check_loopback(host)
    _be_quiet()
    asyncio.run(_serve(host, port))


class ExerciseBroker(Broker):  # type: ignore[misc]  # amqtt ships no types that mypy follows
    """amqtt's broker without four of its faults (seen in 0.12.1)."""

    async def stream_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str
    ) -> None:
        """Refuse other protocol versions at once (§3.1.2.2), before amqtt reads MQTT 5 properties as 3.1.1 fields.

        amqtt reads past the packet's end then, and the client waits for ever.
        """
        with contextlib.suppress(OSError, EOFError):
            try:
                greeting = await asyncio.wait_for(_read_greeting(reader), _GREETING_S)
            except (TimeoutError, ValueError):
                writer.close()
                return
            if greeting[-1] != _PROTOCOL_LEVEL:
                writer.write(_REFUSED_VERSION)
                await writer.drain()
                writer.close()
                return
            await self._client_connected(listener_name, _Reread(reader, greeting), StreamWriterAdapter(writer))

    async def _publish_retained_messages_for_subscription(
        self, subscription: tuple[str, int], session: Session
    ) -> None:
        """A client is sent what is retained for its own subscriptions; amqtt sends what is for anybody's."""
        subscribed = self._subscriptions.get(subscription[0], ())
        if any(own.client_id == session.client_id for own, _qos in subscribed):
            await super()._publish_retained_messages_for_subscription(subscription, session)

    async def _delete_session(self, client_id: str) -> None:
        """A client that comes back before its old connection is known to be dead takes over: the old one is closed.

        amqtt leaves it open, and its last will speaks up later, when the client is long online again
        (MQTT 3.1.1 §3.1.4, MQTT-3.1.4-2).
        """
        _session, handler = self._sessions.get(client_id, (None, None))
        await super()._delete_session(client_id)
        if handler is not None:
            await handler.handle_connection_closed()
            await handler.stop()

    async def _initialize_client_session(self, *arguments: Any) -> tuple[BrokerProtocolHandler, Session]:
        """A client that says nothing for one and a half of its keep-alive is gone (§3.1.2.10); amqtt waits for ever."""
        handler, session = await super()._initialize_client_session(*arguments)
        session.keep_alive += session.keep_alive // 2
        closing: list[asyncio.Task[None]] = []

        def gone() -> None:
            closing.append(asyncio.get_running_loop().create_task(handler.handle_connection_closed()))

        handler.handle_read_timeout = gone
        return handler, session


class _Reread(StreamReaderAdapter):  # type: ignore[misc]  # as above
    """A reader that gives the first bytes, which were read already, once more."""

    def __init__(self, reader: asyncio.StreamReader, first: bytes) -> None:
        super().__init__(reader)
        self._first = first

    async def read(self, n: int = -1) -> bytes:
        """Exactly `n` bytes. Other tasks go first: amqtt handles each packet in one, and cancels them all at the end.

        From Python 3.12 on, waiting for what is there already lets no other task run.
        """
        await asyncio.sleep(0)
        try:
            return await self._read(n)
        except asyncio.IncompleteReadError:
            for _ in range(_LAST_STEPS):
                await asyncio.sleep(0)
            raise

    async def _read(self, n: int) -> bytes:
        if not self._first:
            rest: bytes = await super().read(n)
            return rest
        if n < 0:
            n = len(self._first)
        again, self._first = self._first[:n], self._first[n:]
        missing = n - len(again)
        return again + (await self._reader.readexactly(missing) if missing else b"")


async def _read_greeting(reader: asyncio.StreamReader) -> bytes:
    """The first bytes of a CONNECT packet up to its protocol level (§3.1.2). Raises ValueError if it is none."""
    read = await reader.readexactly(1)
    if read != b"\x10":
        raise ValueError("the first packet is no CONNECT")
    for _ in range(4):
        read += await reader.readexactly(1)
        if not read[-1] & 0x80:
            break
    name_length = await reader.readexactly(2)
    if name_length not in {b"\x00\x04", b"\x00\x06"}:  # "MQTT", or "MQIsdp" of MQTT 3.1
        raise ValueError("no protocol name of MQTT")
    return read + name_length + await reader.readexactly(name_length[1] + 1)


async def _serve(host: str, port: int) -> None:
    if port == 0:
        port = _free_port(host)
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    listeners = {"default": {"type": "tcp", "bind": bind, "max_connections": 0}}
    config = BrokerConfig.from_dict({"listeners": listeners, "plugins": {_ANONYMOUS: {"allow_anonymous": True}}})
    broker = ExerciseBroker(config)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await broker.start()
    except Exception as error:
        raise OSError(f"cannot listen on {bind}: {error}") from error
    print(f"listening on mqtt://{bind}", flush=True)
    await stop.wait()
    await broker.shutdown()


def _free_port(host: str) -> int:
    """amqtt does not tell which port it got for 0, so one is found first."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _check_loopback(host: str) -> None:
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise PermissionError(
            "it lets everybody in and therefore listens on this machine alone (127.0.0.1, ::1, localhost)"
        )


def _be_quiet() -> None:
    """amqtt logs each client that leaves without a word, with its stack."""
    for name in ("amqtt", "transitions"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
