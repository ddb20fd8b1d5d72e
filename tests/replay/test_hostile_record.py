"""A record that was damaged, altered or made to harm: said, stepped over, never shown as if nothing was wrong."""

import dataclasses
import logging
import sqlite3
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cop.domain.unit import Position
from cop.feeds.adapters import cop_json
from cop.feeds.message import Feed
from cop.journal.packing import decode, encode
from cop.journal.reading import JournalReader
from cop.journal.record import BROKER, SNAPSHOT, STARTED, Record, Way
from cop.replay.engine import Engine
from tests.replay.stage import NOON, OPERATION, Stage, Watcher, document
from tests.replay.test_engine import FEEDS, THEIRS, drive, moment


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path, FEEDS)


def broken(stage: Stage) -> sqlite3.Connection:
    """The file, to be harmed by hand."""
    stage.journal.close()
    (file,) = stage.folder.glob("*.sqlite")
    return sqlite3.connect(file, isolation_level=None)


@pytest.mark.parametrize("payload", [b"", b"\xc1", b"\x80", b"\xde\xff\xff" * 9, msgspec.msgpack.encode({"upto": -5})])
def test_that_a_snapshot_that_is_garbage_is_passed_over(
    stage: Stage, payload: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    stood = drive(stage, 30)
    stage.journal.note(SNAPSHOT, payload)
    stood.update(drive(stage, 10, snapshot_every=0))
    watcher = Watcher(stage.engine())
    with caplog.at_level(logging.ERROR):
        frames = watcher.ask("seek", at=NOON + 38)
    assert "cannot be used" in caplog.text
    assert not frames[-1].trouble
    assert document(watcher.picture, NOON + 38) == stood[NOON + 38]
    caplog.clear()


def test_that_a_snapshot_that_was_altered_is_passed_over(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stood = drive(stage, 50)
    file = broken(stage)
    (number,) = file.execute("SELECT max(number) FROM note WHERE kind = 'snapshot'").fetchone()
    (packed,) = file.execute("SELECT packed FROM content WHERE first = ?", (number,)).fetchone()
    block = decode(packed)
    harmed = dataclasses.replace(block, payloads=block.payloads.replace(b"Warehouse", b"Warehorse"))
    assert harmed.payloads != block.payloads
    file.execute("UPDATE content SET packed = ? WHERE first = ?", (encode(harmed), number))
    file.close()
    watcher = Watcher(_reopened(stage))
    with caplog.at_level(logging.ERROR):
        watcher.ask("seek", at=NOON + 45)
    assert f"record {number} cannot be used" in caplog.text
    assert document(watcher.picture, NOON + 45) == stood[NOON + 45]
    caplog.clear()


def test_that_records_that_cannot_be_read_are_said_to_be_missing(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    drive(stage, 50)
    file = broken(stage)
    first, last = file.execute("SELECT first, last FROM block ORDER BY first DESC LIMIT 1").fetchone()
    file.execute("UPDATE content SET packed = ? WHERE first = ?", (b"nonsense", first))
    file.close()
    watcher = Watcher(_reopened(stage))
    (*_, frame) = watcher.ask("seek", at=NOON + 50)
    assert f"{last - first + 1} records cannot be read" in frame.trouble
    (*_, frame) = watcher.ask("seek", at=NOON + 10)
    assert not frame.trouble
    caplog.clear()


def test_that_garbage_in_every_record_harms_nobody(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    drive(stage, 5)
    garbage: list[bytes] = [b"", b"\x00" * 100, b"{" * 5000, b'{"at":1e999}', "\ud800".encode("utf-8", "surrogatepass")]
    source = stage.journal.source("ours", THEIRS, "cop-json")
    for number, payload in enumerate(garbage):
        for way in (*Way, 77):
            for kind in ("", STARTED, BROKER, "position"):
                topic = ("", "cop/v1/x/unit/y", "cop/v1/gastonia-fd/position/z", "\x00")[number % 4]
                marks = (0, 2, 255)[number % 3]
                stage.journal.append([Record(stage.now, source, way, topic, payload, stage.now, kind, marks)])
    stage.pulse()
    stage.wait(60.0)  # a feed that failed again and again rests, as it did then
    stage.say(THEIRS, Position(id="engine-0", at=moment(65), lat=40.0, lon=-81.0))
    stage.pulse()
    watcher = Watcher(stage.engine())
    with caplog.at_level(logging.CRITICAL):
        watcher.ask("seek", at=NOON + 65)
        row = watcher.picture.tracks.row_of(THEIRS, "engine-0")
        assert watcher.picture.tracks.lat[row] == 40.0
        watcher.ask("seek", at=NOON + 1)
        watcher.play(speed=60.0)
        assert watcher.picture.tracks.lat[row] == 40.0
        assert watcher.ask("step", step=-1)[-1].event
    caplog.clear()


def test_that_an_adapter_that_breaks_stops_nothing_else(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    drive(stage, 10)
    decoded = cop_json.CopJson.decode

    def breaks(self: Any, message: Any) -> Any:
        if "engine-1" in message.topic:
            raise RuntimeError("no")
        return decoded(self, message)

    monkeypatch.setattr(cop_json.CopJson, "decode", breaks)
    watcher = Watcher(stage.engine())
    watcher.ask("seek", at=NOON + 10)
    assert watcher.picture.tracks.row_of(THEIRS, "engine-0") is not None
    assert watcher.picture.tracks.row_of(THEIRS, "engine-1") is None
    assert watcher.picture.feeds["ours"].last_bad_reason
    caplog.clear()


def test_that_a_record_without_its_beginning_says_so(tmp_path: Path) -> None:
    stage = Stage(tmp_path, (Feed(name="ours", format="cop-json", topic="cop/v1/#"),))
    drive(stage, 30)
    file = broken(stage)
    first, last, digest = file.execute("SELECT first, last, hash FROM block ORDER BY first LIMIT 1").fetchone()
    for table in ("content", "block"):
        file.execute(f"DELETE FROM {table} WHERE first = ?", (first,))
    file.execute("DELETE FROM note WHERE number <= ?", (last,))
    says = b'{"from_number": %d, "to_number": %d, "hash": "%s"}' % (first, last, digest.hex().encode())
    file.execute("INSERT INTO note VALUES (?, ?, 'dropped', ?)", (stage.journal.last, stage.now, says))
    file.close()
    watcher = Watcher(_reopened(stage))
    (*_, frame) = watcher.ask("seek", at=NOON + 1)
    (*_, frame) = watcher.ask("seek", at=NOON + 29)
    assert not frame.trouble  # a snapshot stands before it
    assert (THEIRS, "engine-1") in watcher.picture.units


def _reopened(stage: Stage) -> Engine:
    return Engine(JournalReader(stage.folder, OPERATION), clock=lambda: stage.now + 3600.0)
