"""A stretch of records as columns: what is compressed together, hashed together and read together."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cop.journal.record import Record

_TIME_LIMIT = 9e9  # epoch seconds, the year 2255: microseconds up to there are whole numbers of a float


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
    #: two bytes of each record's running digest (`cop.journal.chain`), to name the record where a block was altered
    checks: bytes = b""

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
            checks=self.checks[begin * 2 : end * 2],
        )


def on_record(at: float) -> float:
    """A time as it is on record: to the microsecond; NaN for one that is none, or beyond the year 2255."""
    # floats throughout: this is done twice for each message
    return (at * 1e6 + 0.5) // 1.0 / 1e6 if -_TIME_LIMIT < at < _TIME_LIMIT else math.nan


def make_block(first: int, records: Sequence[Record], sources: Mapping[int, Source], checks: bytes = b"") -> Block:
    """A block of records, whose times are `on_record`; `sources` tells what their source numbers mean."""
    received, source, way, topic, payloads, said, kind, marks = zip(*records, strict=True) if records else ((),) * 8
    used = {one: index for index, one in enumerate(dict.fromkeys(source))}
    topics = {one: index for index, one in enumerate(dict.fromkeys(topic))}
    kinds = {one: index for index, one in enumerate(dict.fromkeys(kind))}
    return Block(
        first=first,
        received_at=np.array(received, dtype=np.float64),
        said_at=np.array(said, dtype=np.float64),
        source=np.array([used[one] for one in source], dtype=np.int32),
        way=np.array(way, dtype=np.uint8),
        marks=np.array(marks, dtype=np.uint8),
        topic=np.array([topics[one] for one in topic], dtype=np.int32),
        kind=np.array([kinds[one] for one in kind], dtype=np.int32),
        sources=[sources[one] for one in used],
        topics=list(topics),
        kinds=list(kinds),
        ends=np.cumsum([len(one) for one in payloads], dtype=np.int64),
        payloads=b"".join(payloads),
        checks=checks,
    )
