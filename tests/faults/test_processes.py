"""Processes die or sleep: the feed process, the desktop, the whole desk."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import wait_until
from tests.faults.desk import Taken
from tests.faults.scene import Scene

_ROOT = Path(__file__).parents[2]
_ACTIONS = 40


def test_that_a_killed_feed_process_is_said_and_started_again(scene: Scene) -> None:
    _broker, desk, neighbour = scene.usual()
    scene.begins()
    desk.signal(signal.SIGKILL)
    desk.act(2)
    neighbour.report(3)
    for number in range(3):
        neighbour.log(f"said while it was dead {number}")
    desk.until_says("Feed process stopped")
    scene.noticed()
    desk.until_silent()
    scene.over()
    neighbour.positions(5)
    scene.until_quiet()
    row = scene.row("Feed process killed (kill −9)", remark="the newest position of each unit comes again")
    assert row.reports[0] == 0


@pytest.mark.long
def test_that_a_feed_process_killed_again_and_again_loses_no_action(scene: Scene) -> None:
    _broker, desk, neighbour = scene.usual()
    scene.begins()
    for _ in range(4):
        desk.act(2)
        neighbour.report(2)
        neighbour.log("in between")
        desk.signal(signal.SIGKILL)
        desk.until_says("Feed process stopped")
        desk.until_state("online")
    scene.over()
    scene.until_quiet()
    row = scene.row("Feed process killed four times, actions in between")
    assert row.reports[0] == 0


@pytest.mark.long
def test_that_a_feed_process_that_hangs_is_replaced(scene: Scene) -> None:
    _broker, desk, neighbour = scene.usual()
    scene.begins()
    desk.signal(signal.SIGSTOP)
    desk.act(2)
    neighbour.report(3)
    neighbour.log("said while it hung")
    desk.until_says("Feed process stopped", limit_s=60)
    scene.noticed()
    desk.until_silent(60)
    scene.over()
    neighbour.positions(5)
    scene.until_quiet()
    row = scene.row("Feed process hangs (SIGSTOP)")
    assert row.reports[0] == 0


@pytest.mark.long
def test_that_a_desk_that_slept_wakes_to_all_that_was_said(scene: Scene) -> None:
    _broker, desk, neighbour = scene.usual()
    desk.act(2)
    scene.begins()
    desk.signal(signal.SIGSTOP)  # and nobody pulses: the desktop sleeps too
    neighbour.positions(20)
    neighbour.report(5)
    neighbour.log("said while the desk slept")
    wait_until(lambda: any(b'"online":false' in payload for _topic, payload in neighbour.heard), 30, "given up")
    desk.signal(signal.SIGCONT)
    scene.mended()
    desk.act(2)
    desk.until(lambda: any(one.state == "online" and one.reconnects for one in desk.states), "back", 30)
    scene.over()
    scene.until_quiet()
    row = scene.row("The desk sleeps for longer than the broker waits (lid closed), and wakes")
    assert row.reports[0] == 0


@pytest.mark.parametrize("online", [True, False])
def test_that_a_desktop_killed_in_the_middle_of_actions_loses_none_of_them(scene: Scene, online: bool) -> None:
    broker = scene.mosquitto()
    neighbour = scene.neighbour(broker.port)
    folder = scene.folder / "killed"
    if not online:
        broker.kill()
    scene.begins()
    program = [sys.executable, "-m", "tests.faults.acting_desk", str(folder), broker.url]
    desktop = subprocess.Popen(program, stdout=subprocess.PIPE, cwd=_ROOT)
    scene.ends(desktop.kill)
    assert desktop.stdout is not None
    said = [json.loads(desktop.stdout.readline()) for _ in range(_ACTIONS)]
    desktop.kill()
    said += [json.loads(line) for line in desktop.stdout if line.endswith(b"\n")]
    desktop.wait()
    desktop.stdout.close()
    if not online:
        broker.start()
    scene.mended()
    began = time.monotonic()
    desk = scene.desk(broker.url, folder=folder)
    desk.taken += [
        Taken("incident", "charlotte-fire", one["id"], one["topic"], one["payload"].encode()) for one in said
    ]
    scene.over()
    neighbour.report()
    scene.until_quiet()
    assert len(said) >= _ACTIONS
    assert began
    scene.row(
        f"Desktop killed (kill −9) in the middle of actions, {'connected' if online else 'while the broker is away'}",
        seen="started again, it shows what had not left as pending, and sends it",
    )
