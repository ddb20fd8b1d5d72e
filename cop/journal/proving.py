"""Where a stretch of records is not as it was recorded: the first record that was altered, removed, inserted or moved.

Two bytes of each record's digest stand beside it. The first record whose digest does not begin with them is where the
stretch was changed (but for one chance in 65,536, that it is one later); how, is found by trying.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Literal, NamedTuple

from cop.journal.block import Block
from cop.journal.chain import CHECK_BYTES, digests, label, link

Change = Literal["altered", "removed", "inserted", "reordered"]
_SURE = 4  # so many records in a row that fit again are no chance


class Place(NamedTuple):
    """A record: its number, when it was received (epoch seconds), on which topic; of a note, its kind."""

    number: int
    at: float
    topic: str


class Changed(NamedTuple):
    """How a stretch was changed, and the index of the first record in which it shows.

    `other`, if not below 0, is the index at which the record stands now that stood there.
    """

    change: Change
    at: int
    other: int = -1


def place_of(block: Block, index: int) -> Place:
    """One record of a block."""
    topic, kind = block.topics[block.topic[index]], block.kinds[block.kind[index]]
    return Place(block.first + index, float(block.received_at[index]), topic or f"note {kind!r}")


def running(block: Block, before: bytes) -> list[bytes]:
    """The digest at each record of a block."""
    return list(digests(block, before))


def first_unfit(block: Block, found: Sequence[bytes]) -> int | None:
    """The index of the first record whose digest does not begin with its check; None if all do."""
    checks = b"".join([one[:CHECK_BYTES] for one in found])
    if checks == block.checks:
        return None
    pairs = (checks[n] == block.checks[n] for n in range(min(len(checks), len(block.checks))))
    same = next((n for n, fits in enumerate(pairs) if not fits), min(len(checks), len(block.checks)))
    return min(same // CHECK_BYTES, len(block) - 1)


def how_changed(block: Block, before: bytes, index: int, expected: int) -> Changed:
    """What was done at a record that does not fit; `expected` is how many records the block should hold."""
    if len(block) < expected:
        return Changed("removed", index)
    if len(block) > expected:
        return Changed("inserted", index)
    rest = range(index + 1, len(block))
    for other in rest:
        for checks_from in (index, -1):  # the records alone were moved, or their checks with them
            order = chain([other], (index if n == other else n for n in rest))
            if _fits(block, before, index, order, checks_from=checks_from):
                return Changed("reordered", index, other)
    return Changed("altered", index)


def _fits(block: Block, before: bytes, index: int, order: Iterable[int], *, checks_from: int) -> bool:
    """Whether the records in this order, from `index` on, fit their checks again, as far as one need look.

    The checks are those from `checks_from` on; below 0, each record brought its own along.
    """
    digest, seen = before, 0
    for step, one in enumerate(order):
        digest = _digest(block, digest, index + step, one)
        at = one if checks_from < 0 else checks_from + step
        if digest[:CHECK_BYTES] != block.checks[CHECK_BYTES * at : CHECK_BYTES * (at + 1)]:
            return False
        seen += 1
        if seen == _SURE:
            return True
    return seen > 0


def _digest(block: Block, before: bytes, index: int, one: int) -> bytes:
    """The digest of a record as if it stood at another place."""
    return link(
        before,
        block.first + index,
        float(block.received_at[one]),
        float(block.said_at[one]),
        int(block.way[one]),
        int(block.marks[one]),
        label(block.sources[block.source[one]], block.topics[block.topic[one]], block.kinds[block.kind[one]]),
        block.payload(one),
    )
