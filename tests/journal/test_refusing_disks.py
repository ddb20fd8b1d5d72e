"""The disk refuses, or a file is damaged: the record goes on when it can, says what it lost, and damages nothing."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cop.journal.folder import files_of
from cop.journal.journal import Journal
from cop.journal.record import GAP, SNAPSHOT, Record, Way
from cop.journal.verifying import verify
from tests.journal.writing import NOON, Clock, on_record, say


def test_that_records_wait_while_the_file_is_locked_and_are_written_afterwards(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "Live")
    say(journal, 1)
    journal.commit()
    other = sqlite3.connect(_newest(tmp_path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    say(journal, 1)
    with pytest.raises(OSError, match="another program keeps the file locked"):
        journal.commit()
    other.execute("ROLLBACK")
    other.close()
    journal.commit()
    journal.close()
    assert [number for number, _ in on_record(tmp_path)] == [1, 2]
    assert verify(tmp_path).whole


def test_that_a_folder_that_cannot_be_made_costs_no_record_once_it_can(tmp_path: Path) -> None:
    folder = tmp_path / "not-a-folder-yet"
    folder.write_text("")
    journal = Journal(folder, "Live")
    say(journal, 1)
    with pytest.raises(OSError, match="a file stands where the folder should be"):
        journal.commit()
    folder.unlink()
    journal.close()
    assert len(on_record(folder)) == 1


_FULL = """
import pathlib, resource, sys
from cop.journal.journal import Journal
from cop.journal.record import Record
j = Journal(pathlib.Path(sys.argv[1]), "Live"); s = j.source("f", "a", "x")
j.append([Record(1.0, s, 0, "t", b"x")]); j.commit()
unlimited = resource.RLIM_INFINITY
import os; rough = os.urandom(400_000)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, unlimited))
j.append([Record(2.0, s, 0, "t", rough)])
for _ in range(3):
    try:
        j.commit()
    except OSError as error:
        print("said", error)
resource.setrlimit(resource.RLIMIT_FSIZE, (unlimited, unlimited))
j.append([Record(3.0, s, 0, "t", b"x")]); j.close()
"""


def test_that_a_full_disk_is_said_and_nothing_is_lost_when_there_is_room_again(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _FULL, str(tmp_path)], capture_output=True, text=True, check=True)
    assert [line[:4] for line in done.stdout.splitlines()] == ["said"] * 3, done.stdout
    assert "full" in done.stdout
    assert [(number, one.received_at) for number, one in on_record(tmp_path)] == [(1, 1.0), (2, 2.0), (3, 3.0)]
    assert verify(tmp_path).whole


def test_that_what_waits_is_bounded_the_oldest_goes_and_a_note_says_what_was_lost(tmp_path: Path) -> None:
    clock = Clock()
    journal = Journal(tmp_path, "Live", waiting=(10, 1 << 20), clock=clock, steady=clock)
    say(journal, 3)
    journal.commit()
    lock = sqlite3.connect(_newest(tmp_path), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    action = Record(NOON + 50, journal.source("this desk", "a", "cop-json"), Way.TAKEN, "t/task", b"an action")
    for second in range(0, 100, 5):
        say(journal, 5, NOON + second)
        if second == 50:
            journal.append([action])
        with pytest.raises(OSError, match="locked"):
            journal.commit()
    last = journal.last  # the action has a number anew whenever it is the oldest
    lock.close()
    clock.now += 100
    journal.close()
    records = on_record(tmp_path)
    assert [number for number, _ in records] == [1, 2, 3, *range(last - 10, last + 1)]
    gap = records[3][1]
    assert gap.kind == GAP
    told = json.loads(gap.payload)
    assert (told["from_number"], told["to_number"], told["records"]) == (4, last - 10, 91)
    assert (told["begin"], "locked" in told["why"]) == (NOON, True)
    assert [one.payload for _, one in records if one.way == Way.TAKEN] == [b"an action"]
    assert verify(tmp_path).whole, verify(tmp_path).faults


def test_that_what_waits_is_bounded_in_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "journal"
    folder.write_text("")
    journal = Journal(folder, "Live", waiting=(1_000, 5_500))
    say(journal, 10, payload=b"x" * 1_000)
    with pytest.raises(OSError):
        journal.commit()
    folder.unlink()
    journal.close()
    assert [one.received_at - NOON for _, one in on_record(folder) if one.kind != GAP] == [5, 6, 7, 8, 9]
    assert verify(folder).whole


def _overwrite(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4_096)
        file.write(b"\xa5" * (size - 4_096))


def _overwrite_head(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(b"\xa5" * 4_096)


def _truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(5_000)


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _replace_by_text(path: Path) -> None:
    path.unlink()
    path.write_text("not a database" * 1_000)


_DAMAGES = [_overwrite, _overwrite_head, _truncate, _empty, _replace_by_a_folder, _replace_by_text]


@pytest.mark.parametrize("damage", _DAMAGES)
def test_that_a_file_damaged_between_two_runs_is_left_as_it_is_and_another_is_begun(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    journal = Journal(tmp_path, "Live")
    say(journal, 40)
    journal.note(SNAPSHOT, b"picture")
    journal.close()
    path = _newest(tmp_path)
    damage(path)
    before = path.read_bytes() if path.is_file() else b""
    journal = Journal(tmp_path, "Live")
    say(journal, 2, NOON + 100)
    journal.close()
    assert (path.read_bytes() if path.is_file() else b"") == before
    after = [one for _, one in on_record(tmp_path) if one.received_at >= NOON + 100]
    assert after[0].kind == GAP
    assert path.name in json.loads(after[0].payload)["why"]
    assert [one.received_at - NOON for one in after if one.kind != GAP] == [100, 101]


@pytest.mark.parametrize("damage", [*_DAMAGES, Path.unlink])
def test_that_a_file_damaged_while_it_is_written_is_left_aside_and_numbers_go_on(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    journal = Journal(tmp_path, "Live")
    say(journal, 40)
    journal.commit()
    path = _newest(tmp_path)
    for suffix in ("-wal", "-shm"):  # what was committed may still be there, and would be read
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    damage(path)
    say(journal, 2, NOON + 100)
    for _ in range(4):
        try:
            journal.commit()
            break
        except OSError:
            continue
    say(journal, 1, NOON + 200)
    journal.close()
    newest = _newest(tmp_path)
    assert newest != path
    with sqlite3.connect(newest) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    records = on_record(newest)
    if damage is _overwrite:  # seen when a damaged page is needed, at the next block at the latest
        assert records[0][1].kind == GAP
    else:
        assert [number for number, _ in records] == [41, 42, 43, 44]
        assert [one.kind for _, one in records] == [GAP, "position", "position", "position"]
    assert verify(newest).whole, verify(newest).faults


def test_that_a_file_that_cannot_be_written_at_its_first_word_is_not_begun_again_and_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "Live")
    source = journal.source("f", "a", "x")
    journal.append([Record(NOON, source, 0, "t", "no bytes")])  # type: ignore[list-item]  # an error of ours
    for _ in range(10):
        with pytest.raises((OSError, TypeError)):
            journal.commit()
    assert len(files_of(tmp_path, "Live")) <= 1


def test_that_a_folder_that_nobody_may_write_is_said() -> None:
    journal = Journal(Path("/proc/cop-journal"), "Live")
    say(journal, 1)
    with pytest.raises(OSError, match="/proc"):
        journal.commit()


def _newest(folder: Path) -> Path:
    return files_of(folder, "Live")[-1].path
