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
    journal._connection.execute("PRAGMA busy_timeout=10")
    source = journal.source("f", "a", "cop-json")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    journal.append([Record(1.0, source, 0, "t", b"x")])
    with pytest.raises(OSError, match="locked"):
        journal.commit()
    other.execute("ROLLBACK")
    other.close()
    journal.commit()
    assert counts(path)[0].records == 1
    journal.close()


def test_that_a_file_that_is_no_journal_is_said_to_be_none(tmp_path: Path) -> None:
    wrong = tmp_path / "notes.txt"
    wrong.write_text("not a database" * 100)
    with pytest.raises(OSError, match="no journal"):
        counts(wrong)
    with pytest.raises(OSError, match=r"notes\.txt"):
        Journal(wrong)
