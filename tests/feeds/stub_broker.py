"""A broker that does what a test tells it: bytes on a socket, no more."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple

CONNACK_5 = b"\x20\x03\x00\x00\x00"
CONNACK_3 = b"\x20\x02\x00\x00"
CONNECT, PUBLISH, PUBACK, SUBSCRIBE = 0x10, 0x30, 0x40, 0x80


class Packet(NamedTuple):
    """A packet that the client sent: its type, its flags and what follows the length."""

    kind: int
    flags: int
    body: bytes

    @property
    def level(self) -> int:
        """The protocol level of a CONNECT: 5 or 4."""
        return self.body[6]

    @property
    def mid(self) -> int:
        """The packet identifier of a PUBACK, a SUBSCRIBE, or of a PUBLISH of QoS 1."""
        at = 2 + int.from_bytes(self.body[:2], "big") if self.kind == PUBLISH else 0
        return int.from_bytes(self.body[at : at + 2], "big")


class Line:
    """One connection of a client."""

    def __init__(self, sock: socket.socket) -> None:
        self.socket = sock

    def packets(self) -> Iterator[Packet]:
        """What the client says, until it goes."""
        with contextlib.suppress(OSError, EOFError):
            while True:
                first = self._exactly(1)[0]
                length = shift = 0
                while True:
                    byte = self._exactly(1)[0]
                    length |= (byte & 127) << shift
                    shift += 7
                    if not byte & 128:
                        break
                yield Packet(first & 0xF0, first & 0x0F, self._exactly(length))

    def say(self, data: bytes) -> None:
        """Send bytes; a client that is gone does not mind."""
        with contextlib.suppress(OSError):
            self.socket.sendall(data)

    def publish(self, topic: str, payload: bytes, mid: int) -> None:
        """Send a message of QoS 1, MQTT 5."""
        body = len(topic).to_bytes(2, "big") + topic.encode() + mid.to_bytes(2, "big") + b"\x00" + payload
        assert len(body) < 128
        self.say(bytes([0x32, len(body)]) + body)

    def grant(self, packet: Packet, *codes: int) -> None:
        """Answer a SUBSCRIBE, MQTT 5."""
        self.say(bytes([0x90, 3 + len(codes)]) + packet.body[:2] + b"\x00" + bytes(codes))

    def take(self, packet: Packet) -> None:
        """Answer a PUBLISH of QoS 1."""
        self.say(b"\x40\x02" + packet.mid.to_bytes(2, "big"))

    def _exactly(self, count: int) -> bytes:
        read = b""
        while len(read) < count:
            got = self.socket.recv(count - len(read))
            if not got:
                raise EOFError
            read += got
        return read


class StubBroker:
    """`serve(line, number)` is called for each connection, on a thread; numbers count from 1."""

    def __init__(self, serve: Callable[[Line, int], None]) -> None:
        self._serve = serve
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"mqtt://127.0.0.1:{self._listener.getsockname()[1]}"
        self.connections = 0
        self._lines: list[Line] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """End all connections."""
        for sock in (self._listener, *(line.socket for line in self._lines)):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self.connections += 1
                self._lines.append(Line(sock))
                threading.Thread(target=self._work, args=(self._lines[-1], self.connections), daemon=True).start()

    def _work(self, line: Line, number: int) -> None:
        self._serve(line, number)
        with contextlib.suppress(OSError):
            line.socket.shutdown(socket.SHUT_RDWR)
        line.socket.close()
