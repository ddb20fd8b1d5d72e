"""RabbitMQ with its MQTT plugin, and NATS with MQTT: the tests' own processes, with folders and ports of their own."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from tests.conftest import wait_until
from tests.faults.brokers import free_port

_RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
_STARTS_WITHIN_S = 90.0


class OtherBroker:
    """A broker on 127.0.0.1 that keeps its folder when it is killed and started again."""

    name = ""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._processes: list[subprocess.Popen[bytes]] = []

    @classmethod
    def installed(cls) -> bool:
        """Whether it is on this machine."""
        raise NotImplementedError

    def start(self) -> "OtherBroker":
        """Start it and wait until it listens."""
        self._launch()
        wait_until(self._listens, _STARTS_WITHIN_S, f"{self.name} listens")
        return self

    def kill(self) -> None:
        """End it as a crash would."""
        for process in reversed(self._processes):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._processes = []

    def _launch(self) -> None:
        raise NotImplementedError

    def _run(self, *words: str, settings: dict[str, str] | None = None) -> None:
        with (self.folder / "output.txt").open("ab") as output:
            self._processes.append(
                subprocess.Popen(
                    words,
                    stdout=output,
                    stderr=output,
                    cwd=self.folder,
                    env={**os.environ, **(settings or {})},
                    start_new_session=True,
                )
            )

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


class RabbitMQ(OtherBroker):
    """Debian's 3.10 with the plugin `rabbitmq_mqtt`."""

    name = "RabbitMQ"

    @classmethod
    def installed(cls) -> bool:
        """Whether Debian's package is there."""
        return _RABBITMQ.exists() and shutil.which("epmd") is not None

    def _launch(self) -> None:
        (self.folder / "enabled_plugins").write_text("[rabbitmq_mqtt].\n")
        (self.folder / "rabbitmq.conf").write_text(
            "listeners.tcp = none\n"
            f"mqtt.listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            "mqtt.allow_anonymous = true\nmqtt.default_user = guest\nmqtt.default_pass = guest\n"
            "mqtt.subscription_ttl = 3600000\nmqtt.prefetch = 100\nlog.file.level = error\n"
        )
        names = str(free_port())
        # its own registry of names: Debian's would go on running, on every address
        self._run("epmd", "-address", "127.0.0.1", "-port", names)
        settings = {
            "HOME": str(self.folder),
            "ERL_EPMD_PORT": names,
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"cop{self.port}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "store"),
            "RABBITMQ_LOG_BASE": str(self.folder / "logs"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }
        self._run(str(_RABBITMQ), settings=settings)


class Nats(OtherBroker):
    """Debian's 2.9 with JetStream, which its MQTT needs."""

    name = "NATS"

    @classmethod
    def installed(cls) -> bool:
        """Whether Debian's package is there."""
        return _nats() is not None

    def _launch(self) -> None:
        settings = self.folder / "nats.conf"
        settings.write_text(
            f'server_name: cop\nlisten: "127.0.0.1:{free_port()}"\n'
            f'jetstream {{ store_dir: "{self.folder / "store"}" }}\n'
            f'mqtt {{ listen: "127.0.0.1:{self.port}", ack_wait: "5s", max_ack_pending: 1000 }}\n'
        )
        program = _nats()
        assert program is not None
        self._run(program, "--config", str(settings))


def _nats() -> str | None:
    return shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin")
