"""Nothing is left behind when a desktop is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import wait_until

_ROOT = Path(__file__).parents[2]


def _descendants(pid: int) -> set[int]:
    try:
        children = {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    except OSError:
        return set()
    return children.union(*(_descendants(child) for child in children))


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads Linux's /proc")
def test_that_feed_process_broker_and_agencies_end_when_the_desktop_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    journal = tmp_path / "cop" / "exercise-steel-rail" / "charlotte-fire-commander" / "journal"
    desktop = subprocess.Popen(
        [sys.executable, "-m", "cop", "run", "--offscreen"], cwd=_ROOT, stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: journal.exists() and len(_descendants(desktop.pid)) >= 3, 60, "all its processes up")
        started = _descendants(desktop.pid)
        os.kill(desktop.pid, signal.SIGKILL)
        desktop.wait()
        wait_until(lambda: not any(_alive(one) for one in started), what="all of them gone")
    finally:
        desktop.kill()
        desktop.wait()
