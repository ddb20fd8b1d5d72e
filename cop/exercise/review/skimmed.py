"""A long record read once: all words, and of the places of units no more than a review can look at."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cop.journal.block import Block
from cop.journal.reading import JournalReader
from cop.journal.record import Mark, Way
from cop.replay.thinning import is_alone

#: so many places are decoded in all, of each of the two ways in which they are said
PLACES = 120_000
_SAMPLES = 5


class Skimmed:
    """The record of a walk: `blocks` gives what `go_through` has come to, with the payloads that are needed alone.

    `places_s`: of messages that say one unit's place and nothing else, the first in so many seconds is heard of each
    unit; of other formats' places every `one_in`-th message.
    """

    def __init__(self, record: JournalReader) -> None:
        self.record = record
        self.places_s, self.one_in = _thinning(record)
        self._topics: dict[str, int] = {}
        self._due = np.full(1024, -np.inf)
        self._passed = 0
        self._block: Block | None = None
        #: which rows of the block at hand are heard, and its first number
        self._heard: NDArray[np.bool_] = np.zeros(0, dtype=np.bool_)
        self._heard_from = 0

    @property
    def first(self) -> int:
        """The number of the first record."""
        return self.record.first

    @property
    def last(self) -> int:
        """The number of the last one."""
        return self.record.last

    def go_through(self, after: int, upto: int) -> Iterator[Block]:
        """Block by block; while one is given, `blocks` gives it, or parts of it."""
        for block in self.record.skimmed(after, upto, self._wanted):
            if (self._heard_from, len(self._heard)) != (block.first, len(block)):
                self._wanted(block)  # it came whole
            self._block = block
            yield block.cut(after, upto)

    def blocks(self, after: int, upto: int) -> Iterator[Block]:
        """As the journal's reader: of the block at hand, or any others, whole."""
        block = self._block
        if block is not None and after + 1 >= block.first and upto <= block.last:
            yield block.cut(after, upto)
        else:
            yield from self.record.blocks(after, upto)

    def heard(self, blocks: Sequence[Block]) -> list[NDArray[np.intp]]:
        """Of each block the rows that are to be heard (`Past.thin`)."""
        return [np.flatnonzero(self._of(block)) for block in blocks]

    def __getattr__(self, name: str) -> object:
        """All else is the record's own."""
        return getattr(self.record, name)

    def _of(self, block: Block) -> NDArray[np.bool_]:
        known = self._block
        if known is None or block.first < known.first or block.last > known.last:
            return np.ones(len(block), dtype=np.bool_)
        return self._heard[block.first - known.first : block.last + 1 - known.first]

    def _wanted(self, block: Block) -> NDArray[np.bool_]:
        """Whose payloads are unpacked, and heard; asked once of each block, since it remembers what is due."""
        self._heard_from, self._heard = block.first, self._choose(block)
        return self._heard

    def _choose(self, block: Block) -> NDArray[np.bool_]:
        alone = is_alone(block)
        heard = ~alone
        self._choose_alone(block, np.flatnonzero(alone), heard)
        if self.one_in > 1 and "position" in block.kinds:
            plain = (block.kind == block.kinds.index("position")) & heard & (block.way == Way.HEARD)
            plain &= (block.marks & (Mark.RETAINED | Mark.ALONE) == 0) & (np.diff(block.ends, prepend=0) > 0)
            rows = np.flatnonzero(plain)
            heard[rows[(self._passed + np.arange(len(rows))) % self.one_in != 0]] = False
            self._passed += len(rows)
        return heard

    def _choose_alone(self, block: Block, rows: NDArray[np.intp], heard: NDArray[np.bool_]) -> None:
        numbers = [self._topics.setdefault(topic, len(self._topics)) for topic in block.topics]
        while len(self._topics) > len(self._due):
            self._due = np.append(self._due, np.full(len(self._due), -np.inf))
        topic = np.array(numbers, dtype=np.intp)[block.topic[rows]]
        at = block.received_at[rows]
        off = (at >= self._due[topic]) | (at < self._due[topic] - 2 * self.places_s - 1.0)  # the clock was put back
        for row, one, moment in zip(rows[off].tolist(), topic[off].tolist(), at[off].tolist(), strict=True):
            if moment >= self._due[one] or moment < self._due[one] - 2 * self.places_s - 1.0:
                heard[row] = True
                self._due[one] = moment + self.places_s


def _thinning(record: JournalReader) -> tuple[float, int]:
    """How many seconds apart places are heard, and one in how many of those in other formats, by some samples."""
    count, span_s = record.last - record.first + 1, record.last_at - record.first_at
    if count <= PLACES or not math.isfinite(span_s):
        return 0.0, 1
    looked = alone = plain = 0
    topics: set[str] = set()
    for sample in range(_SAMPLES):
        number = record.first + count * (2 * sample + 1) // (2 * _SAMPLES)
        block = next(record.skimmed(number - 1, number, lambda block: np.zeros(len(block), dtype=np.bool_)), None)
        if block is None:
            continue
        of_one = is_alone(block)
        looked += len(block)
        alone += int(of_one.sum())
        topics.update(block.topics[one] for one in np.unique(block.topic[of_one]).tolist())
        if "position" in block.kinds:
            plain += int((~of_one & (block.kind == block.kinds.index("position"))).sum())
    if not looked:
        return 0.0, 1
    places_s = len(topics) * span_s / PLACES if count * alone / looked > PLACES else 0.0
    return max(1.0, places_s) if places_s else 0.0, max(1, math.ceil(count * plain / looked / PLACES))
