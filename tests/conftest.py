"""What every room's tests may use: real brokers, and conditions waited for instead of slept on."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_DEFAULT_LIMIT_S = 20.0


class Mosquitto:
    """A Mosquitto of the test's own, which can be stopped and started again on its port."""

    def __init__(self, folder: Path, settings: str = "allow_anonymous true\n") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self._config = folder / f"mosquitto-{self.port}.conf"
        # as root it would change to a user who cannot read the test's folder
        user = "user root\n" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
        self._config.write_text(
            f"{user}listener {self.port} 127.0.0.1\n{settings}"
            "max_queued_messages 0\npersistence false\nlog_type error\n"
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it listens."""
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self._process = subprocess.Popen([program, "-c", str(self._config)], stderr=subprocess.DEVNULL)

        def listens() -> bool:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return True
            return False

        wait_until(listens)

    def stop(self) -> None:
        """Stop it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def wait_until(condition: Callable[[], object], limit_s: float = _DEFAULT_LIMIT_S, what: str = "") -> None:
    """Wait for a condition; fail if it does not come true within the limit."""
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.01)
    pytest.fail(f"not within {limit_s:.0f} s: {what or getattr(condition, '__name__', condition)}")


@pytest.fixture
def mosquitto(tmp_path: Path) -> Iterator[Mosquitto]:
    """A running Mosquitto of this test's own."""
    broker = Mosquitto(tmp_path)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def until() -> Callable[..., None]:
    """`until(condition, limit_s, what)`: wait for a condition."""
    return wait_until
