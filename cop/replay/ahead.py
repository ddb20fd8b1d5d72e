"""The record read ahead: what comes next, as the past goes on, without asking for every pulse anew."""

import math
from collections import deque

import numpy as np

from cop.journal.block import Block
from cop.replay.record import Record

_RECORDS_AHEAD = 4_096
#: our own clock was put back where the next record is older than this, in seconds
CLOCK_BACK_S = 2.0


class Ahead:
    """The records beyond `done`, in order."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._blocks: deque[Block] = deque()
        self._done = 0

    def go_to(self, done: int) -> None:
        """Read on from beyond this record."""
        if done != self._done:
            self._done = done
            self._blocks.clear()

    def next_at(self) -> float | None:
        """When the next record was received; None at the end of what is known to be there."""
        block = self._next()
        return float(block.received_at[0]) if block is not None else None

    def until(self, at: float) -> int:
        """The number of the last record before one that was received after `at`, or before a clock that was put back.

        Not much further than it has read by now, whatever comes then: ask again.
        """
        before = math.nan
        while (block := self._next()) is not None:
            received = block.received_at
            stops = np.flatnonzero((received > at) | (np.diff(received, prepend=before) < -CLOCK_BACK_S))
            end = int(stops[0]) if stops.size else len(block)
            self._done = block.first + end - 1
            self._blocks.popleft()
            if end < len(block):
                self._blocks.appendleft(block.cut(self._done, block.last))
                break
            before = float(received[-1])
        return self._done

    def _next(self) -> Block | None:
        if not self._blocks:
            read = self._record.blocks(self._done, min(self._record.last, self._done + _RECORDS_AHEAD))
            self._blocks.extend(block for block in read if len(block))
        return self._blocks[0] if self._blocks else None
