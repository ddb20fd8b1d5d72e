"""A TCP proxy that fails in all the ways a network does: in a network without rights of root, and per connection."""

import contextlib
import selectors
import socket
import threading
import time

_CHUNK = 65_536


class Proxy:
    """Stands before a broker on 127.0.0.1. What it does is changed while it runs; `url` is where desks connect.

    `swallow_up`, `swallow_down`: bytes towards the broker, or towards the desk, vanish and nobody is told.
    `bytes_per_s`: no more than these either way (0: no limit); `delay_s`: each piece is held so long.
    """

    def __init__(self, port: int) -> None:
        self.swallow_up = False
        self.swallow_down = False
        self.bytes_per_s = 0.0
        self.delay_s = 0.0
        self.connections = 0
        self.passed_up = 0
        self._broker = port
        self._refusing = False
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._closed = False
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End every connection and take none: the cable is out, and both ends are told."""
        self._refusing = True
        self.reset()

    def mend(self) -> None:
        """All as it was."""
        self._refusing = self.swallow_up = self.swallow_down = False
        self.bytes_per_s = self.delay_s = 0.0

    def half_open(self) -> None:
        """Nothing passes either way any more, and nobody is told; a new connection is taken, and answered nothing."""
        self.swallow_up = self.swallow_down = True

    def reset(self) -> None:
        """End every connection at once, as a firewall that lost its table does."""
        pairs, self._pairs = self._pairs, []
        for sock in (one for pair in pairs for one in pair):
            with contextlib.suppress(OSError):
                # a reset, not a goodbye
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def inject(self, garbage: bytes) -> None:
        """Say something to each desk that the broker did not say."""
        for desk, _ in self._pairs:
            with contextlib.suppress(OSError):
                desk.sendall(garbage)

    def close(self) -> None:
        """End it."""
        self._closed = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.reset()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                desk, _ = self._listener.accept()
                if self._refusing:
                    desk.close()
                    continue
                try:
                    broker = socket.create_connection(("127.0.0.1", self._broker), timeout=2)
                except OSError:
                    desk.close()
                    continue
                for one in (desk, broker):
                    one.settimeout(None)
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections += 1
                self._pairs.append((desk, broker))
                threading.Thread(target=self._carry, args=(desk, broker), daemon=True).start()

    def _carry(self, desk: socket.socket, broker: socket.socket) -> None:
        with contextlib.suppress(OSError, ValueError, KeyError), selectors.DefaultSelector() as waiting:
            waiting.register(desk, selectors.EVENT_READ)
            waiting.register(broker, selectors.EVENT_READ)
            while not self._closed:
                for key, _ in waiting.select(0.5):
                    source = key.fileobj
                    assert isinstance(source, socket.socket)
                    piece = source.recv(_CHUNK if not self.bytes_per_s else max(1, int(self.bytes_per_s / 20)))
                    if not piece:
                        raise OSError
                    up = source is desk
                    if self.delay_s:
                        time.sleep(self.delay_s)
                    if self.bytes_per_s:
                        time.sleep(len(piece) / self.bytes_per_s)
                    if not (self.swallow_up if up else self.swallow_down):
                        self.passed_up += len(piece) if up else 0
                        (broker if up else desk).sendall(piece)
        for one in (desk, broker):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
