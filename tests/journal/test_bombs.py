"""Files made to eat memory or time: few bytes on the disk that are many when they are read."""

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import zstandard

from cop.journal.reading import _BYTES_KEPT, JournalReader
from cop.journal.verifying import verify
from tests.journal.histories import Desk, three_days

_MEMORY = 2 << 30


@pytest.fixture
def written(tmp_path: Path) -> Path:
    desk: Desk = three_days(tmp_path / "journal")
    desk.close()
    return tmp_path / "journal"


def _newest(folder: Path) -> sqlite3.Connection:
    file = max(folder.glob("*.sqlite"), key=lambda one: int(one.name.split(".")[-2]))
    return sqlite3.connect(file, isolation_level=None)


def _view(table: str, columns: str) -> Callable[[sqlite3.Connection], None]:
    def change(file: sqlite3.Connection) -> None:
        file.execute(f"ALTER TABLE {table} RENAME TO another")
        endless = "WITH RECURSIVE one(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM one)"
        file.execute(f"CREATE VIEW {table} AS {endless} SELECT {columns} FROM one")

    return change


def _computed(file: sqlite3.Connection) -> None:
    file.execute("DROP TABLE content")
    file.execute("CREATE TABLE content (first INTEGER PRIMARY KEY, packed BLOB AS (zeroblob(900000000)) VIRTUAL)")
    file.execute("INSERT INTO content (first) SELECT first FROM block")


def _beyond_numbers(file: sqlite3.Connection) -> None:
    file.execute("UPDATE head SET value = '99999999999999999999999' WHERE key = 'first'")


@pytest.mark.parametrize(
    "change",
    [
        _view("head", "x AS key, x AS value"),
        _view("block", "x AS first, x AS last, 0.0 AS since, 0.0 AS until, NULL AS said_since, x'00' AS hash"),
        _view("note", "x AS number, 0.0 AS at, 'mark' AS kind, x'00' AS payload"),
        _computed,
        _beyond_numbers,
    ],
)
def test_that_a_file_that_is_a_program_is_no_journal(
    written: Path, change: Callable[[sqlite3.Connection], None]
) -> None:
    file = _newest(written)
    change(file)
    file.close()
    assert any("it is no journal" in one.what for one in verify(written).faults)
    reader = JournalReader(written)
    assert sum(map(len, reader.blocks(0, 1 << 60))) > 0
    assert any("it is no journal" in one for one in reader.unread)
    reader.close()


def _bomb_of_rows(count: int, first: int, size: int) -> list[tuple[int, bytes]]:
    """Rows of the tail that hold a message of so many zeros each."""
    rows = []
    for number in range(first, first + count):
        record = (1.0, 0, 0, "t", bytes(size), float("nan"), "", 0)
        packed = msgspec.msgpack.encode((number, {0: ("f", "a", "x")}, [record], b"ab"))
        rows.append((number, zstandard.compress(packed, 19)))
    return rows


def test_that_rows_that_are_much_larger_than_on_disk_are_not_all_kept(written: Path) -> None:
    file = _newest(written)
    (last,) = file.execute("SELECT max(last) FROM block").fetchone()
    for number, packed in _bomb_of_rows(12, last + 1, 16 << 20):
        file.execute("INSERT INTO tail VALUES (?, ?, ?, ?)", (number, number, bytes(32), packed))
    file.close()
    reader = JournalReader(written)
    assert reader.last == last + 12
    assert sum(len(one.payloads) for one in reader._rows.values()) <= _BYTES_KEPT
    reader.close()


_DECODES = "import resource, sys\nfrom pathlib import Path\nfrom {room} import {name} as decode\n" + (
    "resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))\n"
    "try:\n    decode(Path(sys.argv[1]).read_bytes())\nexcept ValueError as error:\n    print(error)\n"
)


@pytest.mark.parametrize("where", ["topics", "labels", "records", "sources"])
def test_that_many_small_things_are_counted_before_they_are_made(tmp_path: Path, where: str) -> None:
    empty = zstandard.compress(b"")
    size = 200 << 20
    if where in ("topics", "labels"):
        topics = b"\xdd" + size.to_bytes(4, "big") + b"\xc4\x00" * (size // 2) if where == "topics" else b"\x90"
        labels = bytes(size) if where == "labels" else b""
        fields = [1, 1, 0, [], zstandard.compress(topics), [], zstandard.compress(labels), *[empty] * 5, b""]
        room, name, packed = "cop.journal.packing", "decode", msgspec.msgpack.encode(fields)
    else:
        many = b"\xdd" + (1 << 24).to_bytes(4, "big") + b"\x98\xcb" + bytes(8) + b"\x00\x00\xa0\xc4\x00\xc0\xa0\x00"
        lots = b"\xdf" + (1 << 24).to_bytes(4, "big") + b"\x00\x93\xa0\xa0\xa0" * (1 << 24)
        inside = b"\x94\x01\x80" + many + b"\xc4\x00" if where == "records" else b"\x94\x01" + lots + b"\x90\xc4\x00"
        room, name, packed = "cop.journal.tail", "decode_tail", zstandard.compress(inside)
    (tmp_path / "bomb").write_bytes(packed)
    code = _DECODES.format(room=room, name=name, memory=_MEMORY)
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "bomb")], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.strip()
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < _MEMORY >> 10
