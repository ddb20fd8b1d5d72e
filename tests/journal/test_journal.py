"""What was written is there: after a kill, beside a reader, on a disk that refuses."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cop.journal.journal import Journal, Record, counts


def _write(path: Path, count: int) -> None:
    journal = Journal(path)
    source = journal.source("exercise", "charlotte-fire", "cop-json")
    journal.append([Record(1000.0 + n, source, 0, "cop/v1/a/unit/u", bytes([n % 256]) * 10) for n in range(count)])
    journal.commit()
    journal.close()


def test_that_raw_bytes_come_back_in_the_order_they_came(tmp_path: Path) -> None:
    _write(tmp_path / "journal.sqlite", 300)
    with sqlite3.connect(tmp_path / "journal.sqlite") as connection:
        rows = connection.execute("SELECT payload, received_at FROM record ORDER BY id").fetchall()
    assert rows == [(bytes([n % 256]) * 10, 1000.0 + n) for n in range(300)]


def test_that_counts_are_kept_per_agency_and_format_over_several_runs(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    _write(path, 3)
    _write(path, 2)
    journal = Journal(path)
    journal.append([Record(2000.0, journal.source("bus", "cats-transit", "hfp"), 0, "hfp", b"{}")])
    journal.append([Record(2001.0, journal.source("this desk", "charlotte-fire", "cop-json"), 1, "t", b"{}")])
    journal.close()
    found = [(one.agency, one.format, one.feed, one.records, one.sent) for one in counts(path)]
    assert found == [
        ("cats-transit", "hfp", "bus", 1, 0),
        ("charlotte-fire", "cop-json", "exercise", 5, 0),
        ("charlotte-fire", "cop-json", "this desk", 1, 1),
    ]


def test_that_a_killed_writer_leaves_every_committed_record_and_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    program = (
        "import sys, pathlib\nfrom cop.journal.journal import Journal, Record\n"
        "j = Journal(pathlib.Path(sys.argv[1])); s = j.source('f', 'a', 'cop-json')\n"
        "for n in range(10**9):\n"
        "    j.append([Record(float(n), s, 0, 't', b'x' * 100)] * 50); j.commit(); print((n + 1) * 50, flush=True)\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout is not None
    committed = 0
    for _ in range(20):
        committed = int(writer.stdout.readline())
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    assert sum(one.records for one in counts(path)) >= committed
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_that_records_wait_while_the_file_is_locked_and_are_written_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    source = journal.source("f", "a", "cop-json")
    journal.append([Record(0.0, source, 0, "t", b"x")])
    journal.commit()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    journal.append([Record(1.0, source, 0, "t", b"x")])
    with pytest.raises(OSError, match="locked"):
        journal.commit()
    other.execute("ROLLBACK")
    other.close()
    journal.commit()
    assert counts(path)[0].records == 2
    journal.close()


def test_that_a_journal_taken_away_is_begun_anew_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    for number, agency in enumerate(["a", "b"]):
        journal.append([Record(float(number), journal.source("f", agency, "cop-json"), 0, "t", b"x")])
    journal.commit()
    for file in tmp_path.glob("journal.sqlite*"):
        file.unlink()
    journal.append([Record(2.0, journal.source("f", "b", "cop-json"), 0, "t", b"y")])
    journal.close()
    assert [(one.agency, one.records) for one in counts(path)] == [("b", 1)]


def test_that_a_folder_that_cannot_be_written_costs_no_record_once_it_can(tmp_path: Path) -> None:
    folder = tmp_path / "not-a-folder-yet"
    folder.write_text("")
    journal = Journal(folder / "journal.sqlite")
    journal.append([Record(1.0, journal.source("f", "a", "cop-json"), 0, "t", b"x")])
    with pytest.raises(OSError):
        journal.commit()
    folder.unlink()
    journal.commit()
    assert counts(journal.path)[0].records == 1
    journal.close()


def test_that_a_full_disk_is_said_and_nothing_is_lost_when_there_is_room_again(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, resource\nfrom cop.journal.journal import Journal, Record\n"
        "j = Journal(pathlib.Path(sys.argv[1]))\n"
        "j.append([Record(1.0, j.source('f', 'a', 'cop-json'), 0, 't', b'x')]); j.commit()\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))\n"
        "j.append([Record(2.0, j.source('f', 'b', 'cop-json'), 0, 't', b'x' * 300_000)])\n"
        "try:\n    j.commit()\nexcept OSError as error:\n    print('said', error)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\n"
        "j.append([Record(3.0, j.source('f', 'b', 'cop-json'), 0, 't', b'x')]); j.close()\n"
    )
    path = tmp_path / "journal.sqlite"
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("said journal.sqlite: ")
    assert [(one.agency, one.records) for one in counts(path)] == [("a", 1), ("b", 2)]


def test_that_what_waits_for_a_disk_is_bounded_in_bytes_and_the_oldest_goes_first(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    source = journal.source("f", "a", "cop-json")
    journal.append([Record(float(n), source, 0, "t", b"x" * 1000) for n in range(10)])
    assert journal.forget_waiting(8, 5_500) == 5
    assert journal.forget_waiting(8, 5_500) == 0
    journal.close()
    assert (counts(journal.path)[0].records, counts(journal.path)[0].first_at) == (5, 5.0)


def test_that_agencies_invented_without_end_do_not_fill_the_table_of_sources(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite")
    numbers = {journal.source("f", f"a{n}", "cop-json") for n in range(10_500)}
    assert len(numbers) == 10_001
    journal.close()


def test_that_a_file_that_is_no_journal_is_said_to_be_none(tmp_path: Path) -> None:
    wrong = tmp_path / "notes.txt"
    wrong.write_text("not a database" * 100)
    with pytest.raises(OSError, match="no journal"):
        counts(wrong)
    journal = Journal(wrong)
    journal.append([Record(1.0, journal.source("f", "a", "cop-json"), 0, "t", b"x")])
    with pytest.raises(OSError, match=r"notes\.txt"):
        journal.commit()
    assert wrong.read_text() == "not a database" * 100
