"""Blocks for the tests, of records as they stand in a list."""

from collections.abc import Sequence

import numpy as np

from cop.journal.block import Block, Source
from cop.journal.record import Record


def block_of(records: Sequence[Record], sources: Sequence[Source], first: int = 1) -> Block:
    """These records as columns."""
    topics = list(dict.fromkeys(one.topic for one in records))
    kinds = list(dict.fromkeys(one.kind for one in records))
    return Block(
        first=first,
        received_at=np.array([one.received_at for one in records], float),
        said_at=np.array([one.said_at for one in records], float),
        source=np.array([one.source for one in records], np.int32),
        way=np.array([one.way for one in records], np.uint8),
        marks=np.array([one.marks for one in records], np.uint8),
        topic=np.array([topics.index(one.topic) for one in records], np.int32),
        kind=np.array([kinds.index(one.kind) for one in records], np.int32),
        sources=list(sources),
        topics=topics,
        kinds=kinds,
        ends=np.cumsum([len(one.payload) for one in records], dtype=np.int64),
        payloads=b"".join(one.payload for one in records),
    )
