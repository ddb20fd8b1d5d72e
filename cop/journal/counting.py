"""How much of what is on record: per agency, format, feed and kind."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from cop.journal.block import Block
from cop.journal.record import Way


class Count(NamedTuple):
    """How much one agency said of one kind in one format on one feed, first and last received in epoch seconds."""

    agency: str
    format: str
    feed: str
    kind: str
    records: int
    payload_bytes: int
    heard: int
    said: int
    first_at: float
    last_at: float


def count(blocks: Iterable[Block]) -> list[Count]:
    """Of these blocks, sorted by agency, format, feed and kind."""
    sums: dict[tuple[str, str, str, str], Count] = {}
    for block in blocks:
        if not len(block):
            continue
        sizes = np.diff(block.ends, prepend=0)
        keys, which = np.unique(block.source.astype(np.int64) * len(block.kinds) + block.kind, return_inverse=True)
        for n, key in enumerate(keys.tolist()):
            source, kind = block.sources[key // len(block.kinds)], block.kinds[key % len(block.kinds)]
            chosen = which == n
            at, way = block.received_at[chosen], block.way[chosen]
            one = Count(
                source.agency,
                source.format,
                source.feed,
                kind,
                int(chosen.sum()),
                int(sizes[chosen].sum()),
                int((way == Way.HEARD).sum()),
                int((way == Way.SAID).sum()),
                float(at.min()),
                float(at.max()),
            )
            key_words = (one.agency, one.format, one.feed, one.kind)
            before = sums.get(key_words)
            sums[key_words] = one if before is None else _added(before, one)
    return [sums[key] for key in sorted(sums)]


def _added(one: Count, other: Count) -> Count:
    return one._replace(
        records=one.records + other.records,
        payload_bytes=one.payload_bytes + other.payload_bytes,
        heard=one.heard + other.heard,
        said=one.said + other.said,
        first_at=min(one.first_at, other.first_at),
        last_at=max(one.last_at, other.last_at),
    )
