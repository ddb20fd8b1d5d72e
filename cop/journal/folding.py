"""Rows of records become blocks: on a thread, for compression takes longer than a pulse; the rows stand meanwhile."""

from collections import deque
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from cop.journal.block import Source, make_block
from cop.journal.packing import encode
from cop.journal.record import Record
from cop.journal.volume import BlockRow

#: a block is closed when it holds so many records, or so many bytes
FULL_RECORDS, FULL_BYTES = 8_192, 4 << 20
_BEHIND = 3
#: one that was full sooner than that came at a rate at which the processor is needed for other things
_QUICKLY_FULL_S = 5.0
#: by measurement on the exercise's traffic: 15 bytes a message at 2 µs, 17 at 0.7 µs
_LEVEL, _HURRIED_LEVEL = 9, 1


@dataclass(slots=True)
class Stretch:
    """Records that will be one block: they are on disk as rows already. `begun_at` is a steady clock's, in seconds."""

    first: int
    begun_at: float
    records: list[Record] = field(default_factory=list)
    checks: bytearray = field(default_factory=bytearray)
    size: int = 0
    hash: bytes = b""

    @property
    def full(self) -> bool:
        """Whether no more should be put into it."""
        return len(self.records) >= FULL_RECORDS or self.size >= FULL_BYTES

    def add(self, records: list[Record], checks: bytes, digest: bytes) -> None:
        """Put records at its end; `digest` is that of the last."""
        self.records.extend(records)
        self.checks += checks
        self.size += sum(map(size_of, records))
        self.hash = digest


def size_of(record: Record) -> int:
    """Bytes that a record takes: senders may make topics as long as a message."""
    return len(record.payload) + len(record.topic)


Folded = tuple[BlockRow, bytes]


class Folding:
    """Folds stretches one after the other; what is done is told in their order."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None
        self._under_way: deque[Future[Folded]] = deque()

    def begin(self, stretch: Stretch, sources: Mapping[int, Source], now: float) -> None:
        """Fold a stretch, on the thread. It must not be changed any more; `sources` may only grow."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal-folding")
        hurried = len(self._under_way) >= _BEHIND or (stretch.full and now - stretch.begun_at < _QUICKLY_FULL_S)
        self._under_way.append(self._thread.submit(fold, stretch, sources, hurried=hurried))

    def done(self, *, wait: bool = False) -> list[Folded]:
        """The oldest that are folded, without a gap; all of them, where it may `wait`. Told until `forget`."""
        found: list[Folded] = []
        for future in self._under_way:
            if not (wait or future.done()):
                break
            found.append(future.result())
        return found

    @property
    def ready(self) -> bool:
        """Whether something is folded."""
        return bool(self._under_way) and self._under_way[0].done()

    def forget(self, count: int | None = None) -> None:
        """Forget the oldest so many, which are on disk now; all, where it is None."""
        for _ in range(len(self._under_way) if count is None else count):
            self._under_way.popleft().cancel()

    def close(self) -> None:
        """Let the thread end."""
        self.forget()
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)
            self._thread = None


def fold(stretch: Stretch, sources: Mapping[int, Source], *, hurried: bool = False) -> Folded:
    """A stretch as a block; `hurried`: too many wait, and more bytes are better than more of them."""
    block = make_block(stretch.first, stretch.records, sources, bytes(stretch.checks))
    said = block.said_at[~np.isnan(block.said_at)]
    row = BlockRow(
        block.first,
        block.last,
        float(block.received_at.min()),
        float(block.received_at.max()),
        float(said.min()) if len(said) else None,
        stretch.hash,
    )
    return row, encode(block, _HURRIED_LEVEL if hurried else _LEVEL)
