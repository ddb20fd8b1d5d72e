"""The embedded broker as a process of its own."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

_SERVE = "from cop.exercise.broker import serve; serve('127.0.0.1', {port})"


class EmbeddedBroker:
    """`serve` in a process; `url` is what it says it listens on."""

    def __init__(self, port: int = 0) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SERVE.format(port=port)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.said = self._process.stdout.readline().strip()
        self.url = self.said.removeprefix("listening on ")
        self.port = int(self.url.rpartition(":")[2])

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send it a signal; its exit code and what it wrote on standard error."""
        self._process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            _out, errors = self._process.communicate(timeout=15)
            return self._process.returncode, errors
        self._process.kill()
        self._process.communicate()
        return -9, "did not end"


@pytest.fixture
def embedded() -> Iterator[EmbeddedBroker]:
    """A running embedded broker of this test's own."""
    broker = EmbeddedBroker()
    yield broker
    broker.end()
