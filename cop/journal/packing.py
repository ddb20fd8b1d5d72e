"""A block as bytes: its columns one after the other, like beside like, each compressed.

Nothing here decides what is true: digests are over contents, whatever packs them. `decode` takes bytes of any origin;
it raises ValueError for what is no block and never fills more memory than a block may.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from cop.journal.block import Block, Source

_VERSION = 1
_RECORDS_LIMIT = 1 << 20
#: what one column may come to, in bytes: a block is closed long before, but one message may have 256 MiB
_COLUMN_LIMIT = 272 << 20
_NEVER = np.int64(-(1 << 62))
_MICROS = 1e6


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    """A block on disk. A label is what many records have in common: source, topic, kind, way and marks."""

    version: int
    first: int
    count: int
    sources: list[tuple[bytes, bytes, bytes]]
    topics: bytes
    kinds: list[bytes]
    labels: bytes
    label: bytes
    received_at: bytes
    said_at: bytes
    lengths: bytes
    payloads: bytes
    checks: bytes


_DECODER = msgspec.msgpack.Decoder(_Packed)
_TOPICS = msgspec.msgpack.Decoder(Annotated[list[bytes], msgspec.Meta(max_length=_RECORDS_LIMIT)])
_ENCODER = msgspec.msgpack.Encoder()


def encode(block: Block, level: int = 9) -> bytes:
    """The bytes of a block; `level` is zstd's."""
    squeeze = zstandard.ZstdCompressor(level=level).compress
    labels, label = _labels(block)
    by_label = np.argsort(label, kind="stable")
    lengths = np.diff(block.ends, prepend=0)
    received = _micros(block.received_at)
    delay = np.where(np.isnan(block.said_at), _NEVER, received - _micros(block.said_at))
    begins = (block.ends - lengths)[by_label].tolist()
    ends = block.ends[by_label].tolist()
    payloads = block.payloads
    return _ENCODER.encode(
        _Packed(
            version=_VERSION,
            first=block.first,
            count=len(block),
            sources=[(_raw(feed), _raw(agency), _raw(form)) for feed, agency, form in block.sources],
            topics=squeeze(_ENCODER.encode([_raw(one) for one in block.topics])),
            kinds=[_raw(one) for one in block.kinds],
            labels=squeeze(_planes(labels.ravel())),
            label=squeeze(_planes(label)),
            received_at=squeeze(_planes(_steps(received))),
            said_at=squeeze(_planes(_steps(delay[by_label]))),
            lengths=squeeze(_planes(_steps(lengths[by_label]))),
            payloads=squeeze(b"".join([payloads[begin:end] for begin, end in zip(begins, ends, strict=True)])),
            checks=block.checks,
        )
    )


#: chooses, of a block whose payloads are not there (their `ends` are), records whose payloads are wanted: shape (n,)
Wanted = Callable[[Block], NDArray[np.bool_]]


def decode(packed: bytes) -> Block:
    """The block that these bytes hold. Raises ValueError if they hold none."""
    with _said_as_value_error():
        return _unpack(_DECODER.decode(packed), None)


def skim(packed: bytes, wanted: Wanted) -> Block:
    """The same, with the payloads of the wanted records alone; those of all others are empty."""
    with _said_as_value_error():
        return _unpack(_DECODER.decode(packed), wanted)


def _unpack(packed: _Packed, wanted: Wanted | None) -> Block:
    if packed.version != _VERSION:
        raise ValueError(f"a block of version {packed.version}")
    count = packed.count
    if not 0 <= count <= _RECORDS_LIMIT or not 0 < packed.first < 1 << 62:
        raise ValueError("it holds too many records")
    sources = [Source(_text(feed), _text(agency), _text(form)) for feed, agency, form in packed.sources]
    topics = [_text(one) for one in _TOPICS.decode(_unsqueeze(packed.topics))]
    kinds = [_text(one) for one in packed.kinds]
    rows_of_labels = _unsqueeze(packed.labels)
    if len(rows_of_labels) > 5 * 8 * count:
        raise ValueError("it names more than it holds")
    labels = _from_planes(rows_of_labels).reshape(-1, 5)
    _check(labels, (len(sources), len(topics), len(kinds), 256, 256))
    label = _from_planes(_unsqueeze(packed.label), count)
    _check(label[:, None], (len(labels),))
    by_label = np.argsort(label, kind="stable")
    received = np.cumsum(_from_planes(_unsqueeze(packed.received_at), count))
    delay = _scattered(np.cumsum(_from_planes(_unsqueeze(packed.said_at), count)), by_label)
    sorted_lengths = np.cumsum(_from_planes(_unsqueeze(packed.lengths), count))
    if count and (sorted_lengths.min() < 0 or sorted_lengths.max() > _COLUMN_LIMIT):
        raise ValueError("the lengths of its payloads are no lengths")
    lengths = _scattered(sorted_lengths, by_label)
    begins = _scattered(np.cumsum(sorted_lengths) - sorted_lengths, by_label)
    if int(lengths.sum()) != _size_of(packed.payloads) or len(packed.checks) not in (0, 2 * count):
        raise ValueError("its payloads do not fit its records")
    rows = labels[label]
    block = Block(
        first=packed.first,
        received_at=received / _MICROS,
        said_at=np.where(delay == _NEVER, np.nan, (received - delay) / _MICROS),
        source=rows[:, 0].astype(np.int32),
        way=rows[:, 3].astype(np.uint8),
        marks=rows[:, 4].astype(np.uint8),
        topic=rows[:, 1].astype(np.int32),
        kind=rows[:, 2].astype(np.int32),
        sources=sources,
        topics=topics,
        kinds=kinds,
        ends=np.cumsum(lengths),
        payloads=b"",
        checks=packed.checks,
    )
    stops = begins + lengths
    if wanted is not None:
        kept = wanted(block)
        begins, stops, lengths = begins[kept], stops[kept], np.where(kept, lengths, 0)
    grouped = _unsqueeze(packed.payloads) if lengths.any() else b""
    payloads = b"".join([grouped[a:b] for a, b in zip(begins.tolist(), stops.tolist(), strict=True)])
    return replace(block, ends=np.cumsum(lengths), payloads=payloads)


def _labels(block: Block) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The different (source, topic, kind, way, marks), shape (n, 5), and which of them each record has."""
    bases = (len(block.sources), len(block.topics), len(block.kinds), 256, 256)
    columns: tuple[NDArray[Any], ...] = (block.source, block.topic, block.kind, block.way, block.marks)
    key = np.zeros(len(block), dtype=np.int64)
    for column, base in zip(columns, bases, strict=True):
        key = key * max(1, base) + column
    found, label = np.unique(key, return_inverse=True)
    labels = np.empty((len(found), 5), dtype=np.int64)
    for place in range(4, -1, -1):
        found, labels[:, place] = np.divmod(found, max(1, bases[place]))
    return labels, label.astype(np.int64)


def _micros(times: NDArray[np.float64]) -> NDArray[np.int64]:
    """The whole microseconds that give these very times again; NaN as 0."""
    known = np.nan_to_num(times)
    micros = np.rint(known * _MICROS)
    for step in (1.0, -2.0):  # from 2106 on the product may round to the one beside it
        micros += step * (micros / _MICROS != known)
    return micros.astype(np.int64)


def _steps(values: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.diff(values, prepend=np.int64(0))


def _scattered(values: NDArray[np.int64], order: NDArray[np.int64]) -> NDArray[np.int64]:
    placed = np.empty_like(values)
    placed[order] = values
    return placed


def _planes(values: NDArray[np.int64]) -> bytes:
    """Integers by the place of their bytes, the low ones first, signs folded in: what is small is mostly nothing."""
    folded = ((values << 1) ^ (values >> 63)).astype("<u8")
    return folded.view(np.uint8).reshape(-1, 8).T.tobytes()


def _from_planes(planes: bytes, count: int | None = None) -> NDArray[np.int64]:
    if len(planes) % 8 or (count is not None and len(planes) != 8 * count):
        raise ValueError("a column does not fit the block")
    folded = np.ascontiguousarray(np.frombuffer(planes, dtype=np.uint8).reshape(8, -1).T).view("<u8").ravel()
    values: NDArray[np.int64] = (folded >> np.uint64(1)).astype(np.int64) ^ -(folded & np.uint64(1)).astype(np.int64)
    return values


def _check(rows: NDArray[np.int64], bases: Sequence[int]) -> None:
    if rows.size and (rows.min() < 0 or (rows >= np.array(bases)).any()):
        raise ValueError("it names what it does not hold")


def _size_of(squeezed: bytes) -> int:
    size = zstandard.get_frame_parameters(squeezed).content_size
    if not 0 <= size <= _COLUMN_LIMIT:
        raise ValueError("a column is larger than a block may be")
    return size


def _unsqueeze(squeezed: bytes) -> bytes:
    size = _size_of(squeezed)
    return zstandard.ZstdDecompressor().decompress(squeezed, max_output_size=size) if size else b""


def _raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")


@contextlib.contextmanager
def _said_as_value_error() -> Iterator[None]:
    try:
        yield
    except (zstandard.ZstdError, msgspec.MsgspecError, OverflowError, RecursionError) as error:
        raise ValueError(f"it is no block: {error}") from None
