"""The chain: each record's digest holds the digest of the one before, so that none can be changed and stay unseen.

digest(n) = SHA-256(digest(n - 1) + canonical bytes of record n), from `GENESIS` on, over the borders of blocks and
files. The canonical bytes say everything of a record, its number too, and nothing of how it is packed: how records are
cut into blocks and compressed changes no digest. A block's hash is the digest of its last record.

A GAP note stands in the place of the records that were lost: it has the number of the last of them, and its payload
says which (`from_number` to `to_number`). Nowhere else is a number left out.
"""

import hashlib
import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from cop.journal.block import Block, Source
from cop.journal.record import Record

#: the digest before record 1 of a desk's operation
GENESIS = hashlib.sha256(b"COP journal, version 1").digest()
#: how many bytes of a record's digest stand beside it in its block
CHECK_BYTES = 2

# number, received_at, said_at, way, marks, length of the label, length of the payload
_HEAD = struct.Struct(">QddBBII")


#: whose labels are remembered: a hostile sender's many and long topics must not fill the memory
_REMEMBERED, _REMEMBERED_LENGTH = 16_384, 256


def label(source: Source, topic: str, kind: str) -> bytes:
    """What many records have in common: source, topic and kind, each with its length, so that no two read the same."""
    return _label(source, topic, kind) if len(topic) > _REMEMBERED_LENGTH else _remembered_label(source, topic, kind)


def _label(source: Source, topic: str, kind: str) -> bytes:
    parts = [text.encode("utf-8", "surrogatepass") for text in (*source, topic, kind)]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


_remembered_label = lru_cache(maxsize=_REMEMBERED)(_label)


def link(  # noqa: PLR0917 - the fields of a record, in their order; one call a message
    digest: bytes, number: int, received_at: float, said_at: float, way: int, marks: int, named: bytes, payload: bytes
) -> bytes:
    """The digest of a record, from the one before. `named` is its `label`; times as they are on record."""
    said_at = said_at if said_at == said_at else math.nan  # noqa: PLR0124 - one NaN for all
    head = _HEAD.pack(number, received_at, said_at, way, marks, len(named), len(payload))
    return hashlib.sha256(digest + head + named + payload).digest()


def link_all(
    records: Sequence[Record], first: int, before: bytes, sources: Mapping[int, Source]
) -> tuple[bytes, bytearray]:
    """The digest of the last of these records, and the checks of all; `sources` tells what their numbers mean."""
    digest, checks = before, bytearray()
    pack, sha256 = _HEAD.pack, hashlib.sha256
    for number, (received_at, source, way, topic, payload, said_at, kind, marks) in enumerate(records, start=first):
        named = (_remembered_label if len(topic) <= _REMEMBERED_LENGTH else _label)(sources[source], topic, kind)
        head = pack(number, received_at, said_at, way, marks, len(named), len(payload))
        digest = sha256(b"".join((digest, head, named, payload))).digest()
        checks += digest[:CHECK_BYTES]
    return digest, checks


def digests(block: Block, before: bytes) -> Iterator[bytes]:
    """The running digest at each record of a block; `before` is that of the record before its first."""
    digest = before
    names = (block.sources, block.topics, block.kinds)
    columns = (block.received_at, block.said_at, block.way, block.marks, block.source, block.topic, block.kind)
    rows = zip(*(column.tolist() for column in columns), [0, *block.ends.tolist()], block.ends.tolist(), strict=False)
    sources, topics, kinds = names
    for number, (received, said, way, marks, source, topic, kind, begin, end) in enumerate(rows, start=block.first):
        named = label(sources[source], topics[topic], kinds[kind])
        digest = link(digest, number, received, said, way, marks, named, block.payloads[begin:end])
        yield digest


def first_altered(block: Block, before: bytes) -> int | None:
    """The number of the first record whose digest does not begin with its check; None if all do."""
    for index, digest in enumerate(digests(block, before)):
        if digest[:CHECK_BYTES] != block.checks[index * CHECK_BYTES : (index + 1) * CHECK_BYTES]:
            return block.first + index
    return None
