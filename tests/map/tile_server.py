"""A tile server on this machine that does what it is told: serves, fails, lies, or says nothing at all."""

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QColor, QImage


def picture_of(colour: str, side: int = 256, form: str = "PNG") -> bytes:
    """A picture of one colour."""
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return encoded(image, form)


def encoded(image: QImage, form: str = "PNG") -> bytes:
    """A picture's bytes."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, form)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


@dataclass
class Reply:
    """What is answered to one request. `status` 0: the connection is closed without a word."""

    status: int = 200
    content: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    endless: bool = False


class TileServer:
    """Serves what `answer` says for a path, and notes who asked for what."""

    def __init__(self, port: int = 0) -> None:
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Callable[[str], Reply] = lambda _: Reply(content=picture_of("#00ff00"))
        self.gate = threading.Event()  # what it answers waits for this
        self.gate.set()
        self.at_once = self.most_at_once = 0
        self._counting = threading.Lock()
        server = self

        class Answering(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with server._counting:
                    server.asked.append(self.path)
                    server.headers.append(dict(self.headers))
                    server.at_once += 1
                    server.most_at_once = max(server.most_at_once, server.at_once)
                try:
                    server.gate.wait(30)
                    with contextlib.suppress(ConnectionError):  # the asker may have gone elsewhere
                        self._reply(server.answer(self.path))
                finally:
                    with server._counting:
                        server.at_once -= 1

            def _reply(self, reply: Reply) -> None:
                if not reply.status:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                headers = {"Content-Type": "image/png", "Cache-Control": "max-age=3600", **reply.headers}
                if not reply.endless:
                    headers["Content-Length"] = str(len(reply.content))
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.content)
                while reply.endless:
                    self.wfile.write(b"\0" * 65536)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, *args: object) -> None:
                """Connections that the desk dropped."""

        self._http = Quiet(("127.0.0.1", port), Answering)
        self.port = self._http.server_port
        self.url = f"http://127.0.0.1:{self.port}/{{z}}/{{x}}/{{y}}.png"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close it; whatever waits is let go."""
        self.gate.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def wait_for(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Wait off the screen's thread until something holds."""
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.01)
    return condition()
