"""Make this machine able to run a command of the Makefile.

`python -m setup.prepare environment|run|test|faults|brokers`: quiet and offline when nothing is missing. Missing Debian
packages are installed where we are root, else the one command that installs them is printed; the command goes on if
what it cannot do without is there.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from setup import environment, operating_system
from setup.setup_error import SetupError


@dataclass(frozen=True, slots=True)
class Lack:
    """What the system still has to bring for a purpose."""

    libraries: frozenset[str]
    programs: frozenset[str]
    font: bool

    def __bool__(self) -> bool:
        return bool(self.libraries or self.programs or self.font)

    def __str__(self) -> str:
        libraries = sorted(self.libraries)
        words = [f"{libraries[0]} and {len(libraries) - 1} more libraries"] if len(libraries) > 3 else libraries
        return ", ".join([*words, *sorted(self.programs), *(["a font"] if self.font else [])])


def lack(purpose: str) -> Lack:
    """Everything of use for the purpose that is not there."""
    libraries = operating_system.missing_libraries(
        (*operating_system.OFFSCREEN, *operating_system.WINDOW), _qt_folder()
    )
    tests = purpose in {"test", "faults", "brokers"}
    programs = operating_system.missing_programs() if tests else set()
    programs |= operating_system.missing_extras(purpose)
    if tests:
        libraries |= operating_system.missing_for_vector_tiles(_qt_folder())
        libraries |= operating_system.missing_for_browser(_qt_folder())
    return Lack(frozenset(libraries), frozenset(programs), font=not operating_system.has_font())


def hindrance(purpose: str, lacking: Lack) -> Lack:
    """The part of a lack that the purpose cannot do without: a window may be missing where there is no display."""
    must = (
        operating_system.OFFSCREEN
        if purpose == "run" and not os.environ.get("DISPLAY")
        else operating_system.OFFSCREEN + operating_system.WINDOW
    )
    programs = lacking.programs - set(operating_system.EXTRAS.get(purpose, ()))
    return Lack(frozenset(operating_system.missing_libraries(must, _qt_folder())), programs, font=False)


def provide(lacking: Lack) -> None:
    """Install the Debian packages that bring what is missing, or print the command that would."""
    names, unknown = operating_system.packages(lacking.libraries, lacking.programs, font=lacking.font)
    if unknown:
        print(f"Not on this machine, and no package is known that brings it: {', '.join(unknown)}")
    if not names:
        return
    if shutil.which("apt-get") is None:
        print(f"Not on this machine: {lacking}. Please install it; Debian's packages are {' '.join(names)}")
        return
    if os.geteuid() != 0:
        print(f"Not on this machine: {lacking}. This command installs it:")
        print(f"  sudo apt-get update && sudo apt-get install --no-install-recommends {' '.join(names)}")
        return
    print(f"Installing {len(names)} Debian packages: {' '.join(names)} ...", flush=True)
    _apt_get("update")
    with _no_service_starts():
        _apt_get("install", "--yes", "--no-install-recommends", *names)


def main(purpose: str) -> int:
    """Prepare for one purpose; 0 if the command can go on."""
    try:
        environment.ensure()
        if purpose == "environment":
            return 0
        lacking = lack(purpose)
        if not lacking:
            return 0
        provide(lacking)
        still = hindrance(purpose, lack(purpose))
    except SetupError as error:
        print(f"Set-up stopped: {error}")
        return 1
    if still:
        print(f"Set-up stopped: this cannot be done without {still}")
    return 1 if still else 0


def _qt_folder() -> Path:
    found = sorted(environment.VENV.glob("lib/python3*/site-packages/PySide6"))
    if not found and sys.platform == "linux":
        raise SetupError("PySide6 is not in .venv; `make clean` and try again")
    return found[0] if found else environment.VENV


@contextlib.contextmanager
def _no_service_starts() -> Iterator[None]:
    """Debian's packages start their servers at once, unless a policy says no: the tests start their own."""
    if operating_system.POLICY.exists():  # somebody has said already what may start
        yield
        return
    operating_system.POLICY.write_text("#!/bin/sh\nexit 101\n")
    operating_system.POLICY.chmod(0o755)
    try:
        yield
    finally:
        operating_system.POLICY.unlink(missing_ok=True)


def _apt_get(*words: str) -> None:
    quiet = ("-qq", "-o", "DPkg::Lock::Timeout=120", "-o", "Dpkg::Use-Pty=0")
    settings = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(["apt-get", *quiet, *words], check=False, capture_output=True, text=True, env=settings)
    if done.returncode != 0:
        print(f"{done.stdout}{done.stderr}\napt-get {words[0]} failed; its own words are above")


if __name__ == "__main__":
    if sys.argv[1:] not in (["environment"], ["run"], ["test"], ["faults"], ["brokers"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
