"""This computer's own clock is set, forward or back, while the desk works."""

import os
from pathlib import Path

import pytest

from tests.faults.scene import Scene

_LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
false_time = pytest.mark.skipif(not _LIBRARIES, reason="a clock that is set for one process needs Debian's faketime")


@pytest.mark.long
@false_time
@pytest.mark.parametrize(("step", "words"), [("+3600", "forward by an hour"), ("-600", "back by ten minutes")])
def test_that_a_clock_that_is_set_is_told_and_loses_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, step: str, words: str
) -> None:
    clock = scene.folder / "clock"
    clock.write_text("+0")
    broker = scene.mosquitto()
    desk, neighbour = scene.desk(broker.url, start=False), scene.neighbour(broker.port)
    with monkeypatch.context() as false:
        for name, value in (
            ("LD_PRELOAD", str(_LIBRARIES[0])),
            ("FAKETIME_TIMESTAMP_FILE", str(clock)),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("DONT_FAKE_MONOTONIC", "1"),
        ):
            false.setenv(name, value)
        desk.begin()
    assert "LD_PRELOAD" not in os.environ
    desk.until_state("online")
    scene.before(desk, neighbour)
    for _ in range(10):
        neighbour.positions(5)
        scene.let_pass(0.5)
    scene.begins()
    clock.write_text(step)
    desk.act(2)
    try:
        desk.until(lambda: desk.upsets, "told", 15)
        scene.noticed()
    except pytest.fail.Exception:
        pass
    for _ in range(20):
        neighbour.positions(5)
        neighbour.report()
        scene.let_pass(0.5)
    scene.until_quiet()
    scene.over()
    told = "; ".join(f"“{one}”" for one in [*desk.upsets, *desk.said]) or "nothing to be seen"
    row = scene.row(f"This computer's clock is set {words}", seen=told)
    assert row.positions[0] == row.reports[0] == 0
