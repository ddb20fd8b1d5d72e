"""The disk fails: full, read-only, locked, spoiled, gone. The desk goes on, says that nothing is recorded, recovers."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.brokers import Mosquitto
from tests.faults.desk import FaultDesk
from tests.faults.neighbour import Neighbour
from tests.faults.scene import Scene


def _can_mount() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("mount") is not None


small_disk = pytest.mark.skipif(not _can_mount(), reason="a small disk of the test's own needs root")


def _mount(scene: Scene, folder: Path, megabytes: int) -> None:
    folder.mkdir(parents=True)
    size = f"size={megabytes}m"
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "cop-test", str(folder)], check=False)
    if done.returncode != 0:
        pytest.skip("no small disk can be mounted here")
    scene.ends(lambda: subprocess.run(["umount", "--lazy", str(folder)], check=False))


def _fill(folder: Path) -> Path:
    filler = folder / "other people's files"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    return filler


def _start(scene: Scene) -> tuple[Mosquitto, Neighbour]:
    broker = scene.mosquitto()
    return broker, scene.neighbour(broker.port)


def _databases(desk: FaultDesk) -> list[Path]:
    files = [one for one in desk.records.rglob("*") if one.is_file()]
    return [one for one in files if one.open("rb").read(15) == b"SQLite format 3"]


def _trouble(desk: FaultDesk) -> bool:
    return desk.picture.broker is not None and bool(desk.picture.broker.journal_error)


def _through(scene: Scene, desk: FaultDesk, neighbour: Neighbour, mend: Callable[[], object]) -> None:
    """The journal cannot be written; the desk works all the same; then it can."""
    neighbour.positions(10)
    neighbour.report(2)
    desk.act(2)
    desk.until(lambda: _trouble(desk), f"said; there was {desk.said}", 20)
    scene.noticed()
    desk.until(lambda: desk.settled() and not scene.misplaced(desk, neighbour), "works all the same")
    mend()
    scene.mended()
    neighbour.positions(5)
    desk.until(lambda: not _trouble(desk), "recorded again", 20)
    scene.over()
    neighbour.report()
    scene.until_quiet()
    desk.feeds.stop()


@small_disk
def test_that_a_full_disk_stops_the_record_and_not_the_desk(scene: Scene) -> None:
    broker, neighbour = _start(scene)
    folder = scene.folder / "desk-1"
    _mount(scene, folder / "journal", 3)
    desk = scene.desk(broker.url, folder=folder)
    scene.before(desk, neighbour)
    filler = _fill(folder / "journal")
    scene.begins()
    _through(scene, desk, neighbour, filler.unlink)
    scene.row("Disk of the journal full")


@small_disk
def test_that_an_action_that_cannot_be_written_is_refused_at_once(scene: Scene) -> None:
    broker, neighbour = _start(scene)
    folder = scene.folder / "desk-1"
    _mount(scene, folder, 4)
    desk = scene.desk(broker.url, folder=folder)
    scene.before(desk, neighbour)
    filler = _fill(folder)
    scene.begins()
    for _ in range(40):
        desk.act()
        if desk.refused:
            break
    scene.noticed()
    neighbour.positions(5)
    assert desk.refused
    filler.unlink()
    scene.mended()
    desk.act(2)
    desk.until(lambda: not desk.words(), "all is well", 20)
    scene.over()
    neighbour.report()
    scene.until_quiet()
    desk.feeds.stop()
    scene.row(
        "Disk of the whole desk full (journal and outbox)",
        seen=f"“{desk.refused[0]}”",
        remark="such an action was never taken: the person is told at the button",
    )


@small_disk
def test_that_a_read_only_folder_stops_the_record_and_not_the_desk(scene: Scene) -> None:
    broker, neighbour = _start(scene)
    folder = scene.folder / "desk-1" / "journal"
    _mount(scene, folder, 3)
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    desk = scene.desk(broker.url, folder=folder.parent)
    scene.begins()
    _through(scene, desk, neighbour, lambda: subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True))
    scene.row("Folder of the journal read-only from the start, then writable")


def test_that_a_locked_journal_waits_and_loses_nothing(scene: Scene) -> None:
    _broker, desk, neighbour = scene.usual()
    with contextlib.closing(sqlite3.connect(_databases(desk)[0], isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        scene.begins()
        _through(scene, desk, neighbour, lambda: other.execute("ROLLBACK"))
    row = scene.row("Journal locked by another program")
    assert row.positions[0] == row.reports[0] == 0


def test_that_a_spoiled_journal_is_left_as_it_is_and_the_record_goes_on_elsewhere(scene: Scene) -> None:
    _broker, desk, neighbour = scene.usual()
    (file,) = _databases(desk)
    scene.begins()
    with file.open("r+b") as spoiled:
        spoiled.write(os.urandom(file.stat().st_size))
    for extra in desk.records.glob(f"{file.name}-*"):
        extra.write_bytes(os.urandom(1_000))
    neighbour.positions(10)
    desk.act(2)
    desk.until(lambda: _trouble(desk) or len(_databases(desk)) > 0, "said, or begun anew", 20)
    scene.noticed()
    desk.until(lambda: desk.settled() and not scene.misplaced(desk, neighbour), "works all the same")
    desk.until(lambda: not _trouble(desk), "recorded again", 20)
    scene.over()
    scene.until_quiet()
    desk.feeds.stop()
    scene.row(
        "Journal's file overwritten with rubbish while in use",
        remark="the file is left aside as it is and named in the log; the record goes on in a new one",
    )


def test_that_a_removed_folder_is_made_again(scene: Scene) -> None:
    _broker, desk, neighbour = scene.usual()
    scene.begins()
    shutil.rmtree(desk.records)
    neighbour.positions(10)
    neighbour.report(3)
    desk.act(2)
    scene.until_quiet()
    desk.until(lambda: desk.records.is_dir() and _databases(desk), "recorded again", 20)
    scene.over()
    neighbour.positions(5)
    scene.until_quiet()
    desk.feeds.stop()
    scene.row("Folder of the journal removed", remark="what was in the removed files is gone with them")


def test_that_a_folder_in_the_journals_place_is_said(scene: Scene) -> None:
    broker, neighbour = _start(scene)
    folder = scene.folder / "desk-1"
    folder.mkdir()
    (folder / "journal").write_text("a file stands where the folder should")
    desk = scene.desk(broker.url, folder=folder)
    scene.begins()
    _through(scene, desk, neighbour, (folder / "journal").unlink)
    scene.row("A file stands where the journal's folder should be")


def test_that_a_locked_outbox_is_said_and_what_waits_in_it_leaves_afterwards(scene: Scene) -> None:
    _broker, desk, neighbour = scene.usual()
    desk.act(2)
    with contextlib.closing(sqlite3.connect(desk.folder / "outbox.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        scene.begins()
        neighbour.positions(5)
        # the desktop waits a second for it: this action is refused, not lost
        desk.act()
        refused = list(desk.refused)
        assert "another program keeps the file locked" in refused[0]
        scene.noticed()
        other.execute("ROLLBACK")
    scene.mended()
    desk.until_silent()
    scene.over()
    desk.act()
    neighbour.report()
    scene.until_quiet()
    said = refused[0].replace(str(desk.folder.parent), "…")
    scene.row("Outbox locked by another program", remark=f"an action meanwhile: “{said}”")
