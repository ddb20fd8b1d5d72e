"""Mosquitto as the tests need it: with or without a memory, with limits, rules, certificates; frozen, not killed."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from tests.conftest import wait_until
from tests.faults import namespaces


def free_port() -> int:
    """A port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """One broker of a test's own on 127.0.0.1, or on every address of a namespace of the test's own."""

    def __init__(
        self, folder: Path, settings: str = "allow_anonymous true\n", *, namespace: str = "", memory: bool = False
    ) -> None:
        self.port = free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self._namespace = namespace
        self._process: subprocess.Popen[bytes] | None = None
        self._config = folder / f"mosquitto-{self.port}.conf"
        store = folder / f"store-{self.port}"
        store.mkdir(parents=True)
        kept = f"persistence true\npersistence_location {store}/\nautosave_on_changes true\nautosave_interval 1\n"
        host = "" if namespace else " 127.0.0.1"
        queue = "" if "max_queued" in settings else "max_queued_messages 0\n"
        self._config.write_text(
            f"{'user root' if os.geteuid() == 0 else ''}\nlistener {self.port}{host}\n{settings}"
            f"{queue}{kept if memory else 'persistence false' + chr(10)}log_type error\n"
        )

    def start(self) -> "Mosquitto":
        """Start it and wait until it listens."""
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        with self._there():
            self._process = subprocess.Popen([program, "-c", str(self._config)], stderr=subprocess.DEVNULL)
            wait_until(self._listens, what="Mosquitto listens")
        return self

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in order: it writes down what it keeps."""
        self._end(signal.SIGTERM)

    def freeze(self) -> None:
        """It stays there, and does nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def rewrite(self, old: str, new: str) -> None:
        """Change its settings; they hold from the next start on."""
        text = self._config.read_text()
        assert old in text
        self._config.write_text(text.replace(old, new))

    def close(self) -> None:
        """End it whatever state it is in."""
        self._end(signal.SIGKILL)

    def _end(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait()
            self._process = None

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def _there(self) -> contextlib.AbstractContextManager[None]:
        return namespaces.entered(self._namespace) if self._namespace else contextlib.nullcontext()
