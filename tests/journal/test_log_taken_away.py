"""What SQLite keeps beside a file is part of it: a cleaner that takes it away costs no record."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cop.journal.journal import Journal
from cop.journal.verifying import verify
from tests.journal.writing import Clock, on_record, say


def _beside(folder: Path, suffix: str) -> Path:
    return next(folder.glob(f"*.sqlite-{suffix}"))


def _as_killed(folder: Path, to: Path) -> Path:
    """What a kill at this moment leaves on the disk."""
    shutil.copytree(folder, to)
    return to


@pytest.mark.parametrize("suffixes", [["wal"], ["shm"], ["wal", "shm"]])
def test_that_a_log_that_is_taken_away_is_saved_at_the_next_commit(tmp_path: Path, suffixes: list[str]) -> None:
    journal = Journal(tmp_path / "journal", "", clock=Clock(), steady=Clock(0.0))
    for _ in range(5):
        say(journal, 10)
        journal.commit()
    for suffix in suffixes:
        _beside(journal.folder, suffix).unlink()
    say(journal, 10)
    journal.commit()
    killed = _as_killed(journal.folder, tmp_path / "killed")
    verdict = verify(killed)
    assert (verdict.whole, verdict.records, len(on_record(killed))) == (True, 60, 60)
    journal.close()
    assert verify(journal.folder).records == 60


def _cut_off(log: Path) -> None:
    os.truncate(log, 5_000)


def _overwritten(log: Path) -> None:
    log.write_bytes(bytes(log.stat().st_size))


@pytest.mark.parametrize("damage", [_cut_off, _overwritten])
def test_that_a_log_that_is_damaged_while_it_is_written_is_said_and_another_file_begun(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    journal = Journal(tmp_path / "journal", "", clock=Clock(), steady=Clock(0.0))
    for _ in range(5):
        say(journal, 10)
        journal.commit()
    damage(_beside(journal.folder, "wal"))
    say(journal, 10)
    journal.commit()
    journal.close()
    verdict = verify(journal.folder)
    assert not verdict.whole
    assert verdict.head is not None
    assert verdict.head.number == 61  # the note of what happened, and then what was said
    assert "says why the record breaks off before it" in verdict.text()
