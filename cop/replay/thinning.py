"""Which records of a stretch must be heard again: of messages that say one unit's place and nothing else, the newest.

Of each topic the first stays too: what takes a unit's place back finds it known, as it was then.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cop.journal.block import Block
from cop.journal.record import Mark, Way


def is_alone(block: Block) -> NDArray[np.bool_]:
    """Which records say one unit's place and nothing else, and when that was: shape (n,)."""
    marked = block.marks & (Mark.ALONE | Mark.RETAINED) == Mark.ALONE  # what was retained is counted otherwise
    alone: NDArray[np.bool_] = marked & (block.way == Way.HEARD) & ~np.isnan(block.said_at)
    return alone


def thinned(blocks: Sequence[Block]) -> list[NDArray[np.intp]]:
    """Of each block the rows that must be heard, in order; of equal times the first one counts, as in the picture."""
    if not blocks:
        return []
    numbers: dict[str, int] = {}
    columns = []
    for number, block in enumerate(blocks):
        of_topic = np.array([numbers.setdefault(topic, len(numbers)) for topic in block.topics], dtype=np.intp)
        rows = np.flatnonzero(is_alone(block))
        columns.append((np.full(len(rows), number), rows, of_topic[block.topic[rows]], block.said_at[rows]))
    place, row, topic, said_at = (np.concatenate(column) for column in zip(*columns, strict=True))
    kept = np.zeros(len(row), dtype=np.bool_)
    if len(row):
        order = np.lexsort((-np.arange(len(row)), said_at, topic))  # of each topic the newest last, of these the first
        sorted_topic = topic[order]
        kept[order[np.append(sorted_topic[1:] != sorted_topic[:-1], True)]] = True
        kept[np.unique(topic, return_index=True)[1]] = True
    found = []
    for number, block in enumerate(blocks):
        heard = ~is_alone(block)
        heard[row[(place == number) & kept]] = True
        found.append(np.flatnonzero(heard))
    return found
