"""What the columns of a block tell without decoding: who was heard when, and which times can be times at all."""

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from cop.journal.block import Block
from cop.journal.record import Mark, Way

#: messages of one sender are counted together that came within so many seconds
_TOGETHER_S = 0.5
#: no record of ours is from before 1970 or after the year 3000
_TIMES_S = (0.0, 32_503_680_000.0)


def readable(block: Block) -> NDArray[np.bool_]:
    """Which records bear a time of receipt that can be one: a file may have been made by anybody."""
    low, high = _TIMES_S
    fine: NDArray[np.bool_] = (block.received_at >= low) & (block.received_at < high)
    return fine


def counted(block: Block) -> Iterator[tuple[int, list[float], list[int]]]:
    """For each source, when it was heard and how often then; without what the broker had retained."""
    wanted = (block.way == Way.HEARD) & (block.marks & Mark.RETAINED == 0) & readable(block)
    sources, times = block.source[wanted], block.received_at[wanted]
    for source in np.unique(sources).tolist():
        heard = times[sources == source]
        begins = np.flatnonzero(np.diff(np.floor(heard / _TOGETHER_S), prepend=np.nan) != 0)
        counts = np.diff(np.append(begins, len(heard)))
        yield source, heard[begins + counts - 1].tolist(), counts.tolist()


def within_calendar(at: float) -> float:
    """The nearest time to one of a record that can be one; NaN is the first."""
    low, high = _TIMES_S
    return min(max(low, at), high - 1.0)


def moment_of(at: float) -> datetime:
    """A time of receipt as aware UTC."""
    return datetime.fromtimestamp(at, UTC)
