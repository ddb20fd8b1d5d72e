"""An exercise on this machine alone: the embedded broker and the simulated agencies, each in a process of its own."""

import contextlib
import subprocess
import sys


class NotStarted(Exception):  # noqa: N818 - named for what happened
    """The embedded broker did not come up."""


def start_here(name: str, *, rate: float, seed: int, running: contextlib.ExitStack, paused: bool = False) -> str:
    """Start both, to be ended by `running`; the URL of the broker. `paused`: for a controller. Raises NotStarted."""
    broker = _spawn(["broker", "--port", "0", "--with-parent"], running)
    url = _first_line(broker).removeprefix("listening on ")
    if not url.startswith("mqtt://"):
        raise NotStarted("the embedded broker did not start")
    how = ["--rate", str(rate), "--seed", str(seed), *(["--paused"] if paused else [])]
    _spawn(["exercise", name, "--broker", url, *how, "--with-parent"], running)
    return url


def _spawn(arguments: list[str], running: contextlib.ExitStack) -> subprocess.Popen[bytes]:
    """Start one of our own commands; it ends when we end, however we end: it watches its standard input."""
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own commands
        [sys.executable, "-m", "cop", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    running.callback(_end, process)
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _first_line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode("utf-8", "replace").strip()
