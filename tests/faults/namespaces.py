"""Networks of the tests' own: network namespaces joined by virtual cables, which can be pulled out.

Nothing of it touches the machine's own network: the namespaces have no way out, and go when the test ends.
"""

import contextlib
import ctypes
import functools
import itertools
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

_CLONE_NEWNET = 0x40000000
_IP = shutil.which("ip") or "/usr/sbin/ip"
_NUMBERS = itertools.count(1)


@functools.cache
def available() -> bool:
    """Whether namespaces and virtual cables can be made here: root, iproute2 and a kernel that lets us."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or not Path(_IP).exists():
        return False
    try:
        with contextlib.closing(Cable("probe")):
            return True
    except (subprocess.CalledProcessError, OSError):
        return False


@contextlib.contextmanager
def entered(name: str) -> Iterator[None]:
    """This thread stands in a namespace: sockets, threads and processes made here are of it."""
    libc = ctypes.CDLL(None, use_errno=True)
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    there = os.open(f"/run/netns/{name}", os.O_RDONLY)
    try:
        _set(libc, there)
        try:
            yield
        finally:
            _set(libc, home)
    finally:
        os.close(home)
        os.close(there)


def _set(libc: ctypes.CDLL, descriptor: int) -> None:
    if libc.setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Cable:
    """A broker's namespace and those of desks, each desk on a cable of its own to the broker."""

    def __init__(self, *desks: str) -> None:
        run = f"cop{os.getpid()}-{next(_NUMBERS)}"
        self.broker = f"{run}-broker"
        self._desks = {name: (f"{run}-{name}", number) for number, name in enumerate(desks, 1)}
        self._made: list[str] = []
        try:
            self._make(self.broker)
            for name in desks:
                self._make(self.namespace(name))
                self._lay(name)
        except BaseException:
            self.close()
            raise

    @property
    def desks(self) -> tuple[str, ...]:
        """The desks' names."""
        return tuple(self._desks)

    def namespace(self, desk: str) -> str:
        """The namespace in which a desk stands."""
        return self._desks[desk][0]

    def address(self, desk: str) -> str:
        """Where this desk finds the broker."""
        return f"10.213.{self._desks[desk][1]}.1"

    def cut(self, *desks: str) -> None:
        """Pull the cable out at the broker's end: packets vanish, nobody is told."""
        for desk in desks:
            _ip("-n", self.broker, "link", "set", f"to{self._desks[desk][1]}", "down")

    def mend(self, *desks: str) -> None:
        """Put it back."""
        for desk in desks:
            _ip("-n", self.broker, "link", "set", f"to{self._desks[desk][1]}", "up")

    def move(self, desk: str) -> None:
        """The desk has another address from now on, as with another network: the old connection answers no more."""
        namespace, number = self._desks[desk]
        _ip("-n", namespace, "addr", "flush", "dev", "net0")
        _ip("-n", namespace, "addr", "add", f"10.213.{number}.77/24", "dev", "net0")

    def narrow(self, desk: str, rate: str) -> None:
        """No more than this rate towards the desk (`64kbit`). Raises CalledProcessError where the kernel cannot."""
        device = f"to{self._desks[desk][1]}"
        words = ("qdisc", "add", "dev", device, "root", "tbf", "rate", rate, "burst", "4kb", "latency", "2s")
        subprocess.run([_IP, "netns", "exec", self.broker, "tc", *words], check=True, capture_output=True)

    def close(self) -> None:
        """Take all of it away."""
        for name in self._made:
            subprocess.run([_IP, "netns", "del", name], check=False, capture_output=True)
        self._made = []

    def _make(self, name: str) -> None:
        _ip("netns", "add", name)
        self._made.append(name)
        _ip("-n", name, "link", "set", "lo", "up")

    def _lay(self, desk: str) -> None:
        namespace, number = self._desks[desk]
        here = f"to{number}"
        _ip("link", "add", here, "netns", self.broker, "type", "veth", "peer", "name", "net0", "netns", namespace)
        for at, device, host in ((self.broker, here, 1), (namespace, "net0", 2)):
            _ip("-n", at, "addr", "add", f"10.213.{number}.{host}/24", "dev", device)
            _ip("-n", at, "link", "set", device, "up")


def _ip(*words: str) -> None:
    subprocess.run([_IP, *words], check=True, capture_output=True)
