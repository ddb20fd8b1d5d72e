"""The newest records, between two blocks: each commit writes a row of them, quickly; a block takes their place."""

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec
import zstandard

from cop.journal.block import Block, Source, make_block
from cop.journal.record import Record

_LIMIT = 288 << 20
_LEVEL = 1
_MANY = msgspec.Meta(max_length=1 << 16)  # a row holds what one block has room for at most


class _Tail(msgspec.Struct, frozen=True, array_like=True):
    first: int
    sources: Annotated[dict[int, tuple[str, str, str]], _MANY]
    records: Annotated[list[Record], _MANY]
    checks: bytes


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Tail)
_COMPRESSOR = zstandard.ZstdCompressor(level=_LEVEL)


def encode_tail(first: int, records: Sequence[Record], sources: Mapping[int, Source], checks: bytes) -> bytes:
    """The row's bytes: self-contained, as a block is. Raises ValueError for text that is no text."""
    used = {number: tuple(sources[number]) for number in {one.source for one in records}}
    return _COMPRESSOR.compress(_ENCODER.encode((first, used, records, checks)))


def decode_tail(packed: bytes) -> Block:
    """The row as a block. Raises ValueError if it is none."""
    try:
        size = zstandard.get_frame_parameters(packed).content_size
        if not 0 < size <= _LIMIT:
            raise ValueError("it is larger than a row may be")
        tail = _DECODER.decode(zstandard.ZstdDecompressor().decompress(packed, max_output_size=size))
        if tail.first < 1 or not tail.records or len(tail.checks) != 2 * len(tail.records):
            raise ValueError("it does not hold what it says")
        sources = {number: Source(*source) for number, source in tail.sources.items()}
        return make_block(tail.first, tail.records, sources, tail.checks)
    except (zstandard.ZstdError, msgspec.MsgspecError, OverflowError, KeyError, RecursionError) as error:
        raise ValueError(f"it is no row of records: {error}") from None
