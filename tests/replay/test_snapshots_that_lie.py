"""Snapshots are a desk's own word on record: nobody who edits a file afterwards tells what was seen then."""

import dataclasses
import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from cop.domain.batch import Batch
from cop.feeds.message import Feed
from cop.journal.block import Block
from cop.journal.chain import digests
from cop.journal.packing import decode, encode
from cop.journal.reading import JournalReader
from cop.journal.tail import decode_tail, encode_tail
from cop.replay.engine import Engine
from tests.replay.stage import NOON, OPERATION, Stage, Watcher, document
from tests.replay.test_engine import drive


def _lying(block: Block, before: bytes) -> tuple[Block, bytes]:
    """Everybody at 0° N instead, check and hash made anew."""
    snapshot = msgspec.msgpack.decode(block.payload(0), type=Batch)
    rows = snapshot.position_rows().copy()
    rows["lat"] = 0.0
    lie = msgspec.msgpack.encode(msgspec.structs.replace(snapshot, positions=rows.tobytes()))
    changed = dataclasses.replace(block, payloads=lie, ends=np.array([len(lie)]))
    digest = list(digests(changed, before))[-1]
    return dataclasses.replace(changed, checks=digest[:2]), digest


def _with_its_hash(file: sqlite3.Connection) -> None:
    rows = file.execute("SELECT b.first, b.hash, c.packed FROM block b JOIN content c USING (first) ORDER BY 1")
    stretches = rows.fetchall()
    (number,) = file.execute("SELECT max(number) FROM note WHERE kind = 'snapshot'").fetchone()
    place = [first for first, _, _ in stretches].index(number)
    changed, digest = _lying(decode(stretches[place][2]), stretches[place - 1][1])
    file.execute("UPDATE content SET packed = ? WHERE first = ?", (encode(changed), number))
    file.execute("UPDATE block SET hash = ? WHERE first = ?", (digest, number))


def _and_what_came_before_it_taken_away(file: sqlite3.Connection) -> None:
    _with_its_hash(file)
    (number,) = file.execute("SELECT max(number) FROM note WHERE kind = 'snapshot'").fetchone()
    for table in ("content", "block"):
        file.execute(f"DELETE FROM {table} WHERE first < ?", (number,))


def _in_the_tail(file: sqlite3.Connection) -> None:
    number, hash_, packed = file.execute(
        "SELECT first, hash, packed FROM tail WHERE first = (SELECT max(number) FROM note WHERE kind = 'snapshot')"
    ).fetchone()
    block = decode_tail(packed)
    changed, _ = _lying(block, hash_)
    row = encode_tail(number, list(changed), dict(enumerate(changed.sources)), changed.checks)
    file.execute("UPDATE tail SET packed = ? WHERE first = ?", (row, number))


def _a_message_called_one(file: sqlite3.Connection) -> None:
    number = next(
        block.first + index
        for (packed,) in file.execute("SELECT packed FROM content ORDER BY first DESC").fetchall()
        for block in [decode(packed)]
        for index, one in enumerate(block)
        if one.topic == "not/read"
    )
    file.execute("INSERT INTO note VALUES (?, ?, 'snapshot', X'')", (number, NOON + 45))


@pytest.mark.parametrize(
    "change", [_with_its_hash, _and_what_came_before_it_taken_away, _in_the_tail, _a_message_called_one]
)
def test_that_no_snapshot_is_believed_that_is_not_in_the_chain(
    tmp_path: Path, change: Callable[[sqlite3.Connection], None]
) -> None:
    stage = Stage(tmp_path, (Feed(name="ours", format="cop-json", topic="#"),))
    stood = drive(stage, 45)
    far = stage.picture.snapshot().batch()
    rows = far.position_rows().copy()
    rows["lat"] = 0.0
    lie = msgspec.structs.replace(far, positions=rows.tobytes(), upto=stage.journal.last, upto_at=stage.now)
    stage.hear("not/read", msgspec.msgpack.encode(lie))
    stood.update(drive(stage, 3, snapshot_every=0))
    stage.pulse()
    if change is _in_the_tail:
        stage.snapshot()
    else:
        stage.stopped()
        stage.journal.close()
    file = sqlite3.connect(next(tmp_path.glob("*.sqlite")), isolation_level=None)
    change(file)
    file.close()
    watcher = Watcher(Engine(JournalReader(tmp_path, OPERATION), agency=stage.agency, clock=lambda: stage.now + 3600.0))
    watcher.ask("seek", at=NOON + 48)
    assert not any((frame.batch.position_rows()["lat"] == 0.0).any() for frame in watcher.frames)
    if change is not _and_what_came_before_it_taken_away:
        assert document(watcher.picture, NOON + 48)["units"] == stood[NOON + 48]["units"]
