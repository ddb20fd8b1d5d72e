"""A real broker for the measurements, and a publisher that costs it as little as possible."""

import contextlib
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def mosquitto() -> Iterator[int]:
    """Run Mosquitto on a free port, without limits on what it queues."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "mosquitto.conf"
        settings.write_text(
            f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 0\nmax_inflight_messages 0\n"
            "log_type error\n"
        )
        broker = subprocess.Popen(["mosquitto", "-c", str(settings)], stderr=subprocess.DEVNULL)
        try:
            _wait_for(port)
            yield port
        finally:
            broker.terminate()
            broker.wait()


def _wait_for(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError("Mosquitto does not listen")


class Publisher:
    """MQTT 3.1.1 on a bare socket: packets are made before the clock starts."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        client_id = b"bench-publisher"
        variable = b"\x00\x04MQTT\x04\x02\x00\x00" + struct.pack("!H", len(client_id)) + client_id
        self._socket.sendall(b"\x10" + _length(len(variable)) + variable)
        if self._socket.recv(4)[3:4] != b"\x00":
            raise RuntimeError("Mosquitto refuses the publisher")

    def send(self, packets: bytes) -> None:
        """Send packets made by `packet`."""
        self._socket.sendall(packets)

    def close(self) -> None:
        """Say goodbye."""
        self._socket.sendall(b"\xe0\x00")
        self._socket.close()


def packet(topic: str, payload: bytes) -> bytes:
    """A PUBLISH packet of QoS 0 (MQTT 3.1.1 §3.3)."""
    name = topic.encode()
    body = struct.pack("!H", len(name)) + name + payload
    return b"\x30" + _length(len(body)) + body


def _length(number: int) -> bytes:
    """Remaining length (MQTT 3.1.1 §2.2.3)."""
    encoded = bytearray()
    while True:
        number, digit = divmod(number, 128)
        encoded.append(digit | (0x80 if number else 0))
        if not number:
            return bytes(encoded)
