"""What anybody who may say something can try: topics as long as messages, times of other centuries."""

import sqlite3
from pathlib import Path

import pytest

from cop.journal.journal import Journal
from cop.journal.packing import _COLUMN_LIMIT
from cop.journal.record import Record, Way
from cop.journal.verifying import verify
from tests.journal.writing import NOON, Clock, on_record

_LONGEST_TOPIC, _LARGEST_MESSAGE = 65_535, 268_435_455  # MQTT 5, 1.5.4 and 2.1.4


def _journal(folder: Path, waiting: tuple[int, int] = (10_000, 128 << 20)) -> Journal:
    return Journal(folder, "", waiting=waiting, clock=Clock(), steady=Clock(0.0))


def _shout(journal: Journal, count: int, first: int = 0) -> None:
    source = journal.source("f", "a", "cop-json")
    journal.append(
        Record(NOON, source, Way.HEARD, f"{n:05d}/".ljust(_LONGEST_TOPIC, "x"), b"x")
        for n in range(first, first + count)
    )


def test_that_topics_as_long_as_they_may_be_fill_no_block_beyond_what_can_be_read(tmp_path: Path) -> None:
    journal = _journal(tmp_path)
    for first in range(0, 640, 64):
        _shout(journal, 64, first)
        journal.commit()
    journal.close()
    verdict = verify(tmp_path)
    assert (verdict.whole, verdict.records) == (True, 640)
    assert max(map(len, verdict.text().splitlines())) < 300
    assert len(on_record(tmp_path)) == 640
    file = sqlite3.connect(next(tmp_path.glob("*.sqlite")))
    lengths = [last - first + 1 for first, last in file.execute("SELECT first, last FROM block")]
    file.close()
    assert max(lengths) <= 128  # 8 MiB of topics


def test_that_topics_that_wait_for_a_disk_are_bounded_as_messages_are(tmp_path: Path) -> None:
    (tmp_path / "no-folder").write_bytes(b"")
    journal = _journal(tmp_path / "no-folder", waiting=(1_000, 10 * _LONGEST_TOPIC))
    _shout(journal, 100)
    with pytest.raises(OSError, match="folder"):
        journal.commit()
    assert len(journal._waiting) <= 10


def test_that_the_largest_message_there_can_be_comes_back_with_what_stands_in_its_block() -> None:
    assert _LARGEST_MESSAGE + (8 << 20) <= _COLUMN_LIMIT
