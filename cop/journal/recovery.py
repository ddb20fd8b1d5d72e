"""Where a file ends: what a writer must know to go on with the chain after a kill, or beside a file that is damaged."""

import contextlib
import sqlite3
from pathlib import Path
from typing import NamedTuple

from cop.journal.block import Block
from cop.journal.chain import GENESIS, digests
from cop.journal.folder import FileName
from cop.journal.packing import decode
from cop.journal.tail import decode_tail
from cop.journal.volume import Volume


class Standing(NamedTuple):
    """The last record's number and digest, and the rows that are in no block yet. `signed` is the last one signed."""

    last: int
    digest: bytes
    tails: list[Block]
    hashes: list[bytes]
    signed: int


def standing_of(volume: Volume) -> Standing:
    """Raises ValueError where the end of the file is not as it was written; sqlite3.Error."""
    last, digest = volume.head.first - 1, bytes.fromhex(volume.head.seed)
    newest = volume.last_block()
    if newest is not None:
        block = decode(volume.content(newest.first))
        if (block.first, block.last) != (newest.first, newest.last):
            raise ValueError("its last block is not as it was written")
        last, digest = newest.last, newest.hash
    tails, hashes = [], []
    for row in volume.tails():
        tail = decode_tail(row.packed)
        for running in digests(tail, digest):
            digest = running
        if (tail.first, tail.last) != (row.first, row.last) or row.first <= last or digest != row.hash:
            raise ValueError("its newest records are not as they were written")
        last = row.last
        tails.append(tail)
        hashes.append(digest)
    return Standing(last, digest, tails, hashes, volume.last_signed())


def salvaged(names: list[FileName]) -> tuple[int, bytes, float]:
    """What is known of a chain whose newest file is damaged: a number above all in it, a digest, when it was begun.

    Where the file does not tell, its size does: no record takes less than a byte.
    """
    newest = names[-1]
    with contextlib.suppress(OSError, ValueError, sqlite3.Error):
        return _read(newest.path)
    before = max((one.first for one in names), default=1) - 1
    return before + max(1, _size(newest.path)), GENESIS, 0.0


def _read(path: Path) -> tuple[int, bytes, float]:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=0.1)
    try:
        rows = connection.execute(
            "SELECT last, hash FROM block UNION ALL SELECT last, hash FROM tail ORDER BY last DESC LIMIT 1"
        ).fetchall()
        (made_at,) = connection.execute("SELECT value FROM head WHERE key = 'made_at'").fetchone()
        last, digest = rows[0]
        if not isinstance(last, int) or not isinstance(digest, bytes) or len(digest) != 32:
            raise ValueError("no end is to be found")
        return last, digest, float(made_at)
    except (IndexError, TypeError):
        raise ValueError("no end is to be found") from None
    finally:
        connection.close()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
