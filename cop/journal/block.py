"""A stretch of records as columns: what is compressed together, hashed together and read together."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cop.journal.record import Record


class Source(NamedTuple):
    """Whose message it was: feed, agency, format."""

    feed: str
    agency: str
    format: str


@dataclass(frozen=True, slots=True)
class Block:
    """Columns of shape (n,); record i has the number `first` + i. Times in epoch seconds, NaN where not known.

    `source`, `topic`, `kind` index `sources`, `topics`, `kinds`. The payload of record i is
    `payloads[ends[i - 1]:ends[i]]` (from 0 for the first).
    """

    first: int
    received_at: NDArray[np.float64]
    said_at: NDArray[np.float64]
    source: NDArray[np.int32]
    way: NDArray[np.uint8]
    marks: NDArray[np.uint8]
    topic: NDArray[np.int32]
    kind: NDArray[np.int32]
    sources: list[Source]
    topics: list[str]
    kinds: list[str]
    ends: NDArray[np.int64]
    payloads: bytes

    def __len__(self) -> int:
        return len(self.received_at)

    @property
    def last(self) -> int:
        """The number of the last record; `first` - 1 if there is none."""
        return self.first + len(self) - 1

    def payload(self, index: int) -> bytes:
        """The raw bytes of one record."""
        begin = int(self.ends[index - 1]) if index else 0
        return self.payloads[begin : int(self.ends[index])]

    def record(self, index: int) -> Record:
        """One record; its source is an index into `sources`."""
        return Record(
            float(self.received_at[index]),
            int(self.source[index]),
            int(self.way[index]),
            self.topics[self.topic[index]],
            self.payload(index),
            float(self.said_at[index]),
            self.kinds[self.kind[index]],
            int(self.marks[index]),
        )

    def __iter__(self) -> Iterator[Record]:
        return map(self.record, range(len(self)))

    def cut(self, after: int, upto: int) -> "Block":
        """Those of its records whose numbers are above `after` and not above `upto`."""
        begin, end = max(0, after + 1 - self.first), max(0, min(len(self), upto + 1 - self.first))
        if (begin, end) == (0, len(self)):
            return self
        end = max(begin, end)
        start = int(self.ends[begin - 1]) if begin else 0
        stop = int(self.ends[end - 1]) if end else 0
        part: dict[str, Any] = {
            name: getattr(self, name)[begin:end]
            for name in ("received_at", "said_at", "source", "way", "marks", "topic", "kind")
        }
        return Block(
            first=self.first + begin,
            **part,
            sources=self.sources,
            topics=self.topics,
            kinds=self.kinds,
            ends=self.ends[begin:end] - start,
            payloads=self.payloads[start : max(start, stop)],
        )
