"""Blocks and rows as bytes: they come back as they were, and bytes of any origin harm nothing."""

import math
import tracemalloc

import msgspec
import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.journal.block import Block, Source, make_block, on_record
from cop.journal.chain import GENESIS, digests, first_altered, link_all
from cop.journal.packing import decode, encode, skim
from cop.journal.record import Record
from cop.journal.tail import decode_tail, encode_tail
from tests.journal.writing import NOON

_SOURCES = {3: Source("buses", "cats-transit", "hfp"), 8: Source("", "", ""), 9: Source("ü", "учения", "x")}
_TIMES = st.floats(-8.9e9, 8.9e9).map(on_record)
_RECORDS = st.lists(
    st.builds(
        Record,
        _TIMES,
        st.sampled_from(list(_SOURCES)),
        st.integers(0, 255),
        st.sampled_from(["", "a/b", "ünï"]) | st.text(max_size=6),
        st.binary(max_size=40),
        _TIMES | st.just(math.nan),
        st.sampled_from(["", "position", "bad"]),
        st.integers(0, 255),
    ),
    max_size=40,
)


def _same(one: Block, other: Block) -> bool:
    def rows(block: Block) -> list[str]:
        return [repr(record._replace(source=0)) + repr(block.sources[record.source]) for record in block]

    return rows(one) == rows(other) and (one.first, one.checks) == (other.first, other.checks)


@settings(deadline=None)
@given(_RECORDS, st.integers(1, 1 << 60))
def test_that_any_records_come_back_as_they_were_and_with_the_same_digests(records: list[Record], first: int) -> None:
    block = make_block(first, records, _SOURCES, b"ab" * len(records))
    again = decode(encode(block))
    assert _same(block, again)
    assert list(digests(block, GENESIS)) == list(digests(again, GENESIS))
    if records:
        tail = decode_tail(encode_tail(first, records, _SOURCES, b"ab" * len(records)))
        assert _same(block, tail)
        linked, checks = link_all(records, first, GENESIS, _SOURCES)
        assert (linked, len(checks)) == (list(digests(block, GENESIS))[-1], 2 * len(records))


@settings(deadline=None)
@given(_RECORDS, st.data())
def test_that_skimming_leaves_out_the_payloads_that_are_not_wanted_and_nothing_else(
    records: list[Record], data: st.DataObject
) -> None:
    block = make_block(1, records, _SOURCES)
    wanted = np.array(data.draw(st.lists(st.booleans(), min_size=len(records), max_size=len(records))), dtype=np.bool_)
    sizes: list[list[int]] = []

    def choose(seen: Block) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        sizes.append(np.diff(seen.ends, prepend=0).tolist())
        return wanted

    skimmed = skim(encode(block), choose)
    left_out = [one if keep else one._replace(payload=b"") for one, keep in zip(records, wanted.tolist(), strict=True)]
    assert _same(skimmed, make_block(1, left_out, _SOURCES))
    assert sizes == [[len(one.payload) for one in records]]


def _block(count: int = 500) -> Block:
    records = [
        Record(NOON + n, 3, 0, f"bus/{n % 9}", b'{"lat":35.%06d}' % (n * 17), NOON + n - 0.25, "position", 2)
        for n in range(count)
    ]
    checks = b"".join(one[:2] for one in digests(make_block(1, records, _SOURCES), GENESIS))
    return make_block(1, records, _SOURCES, checks)


def test_that_the_first_altered_record_of_a_block_is_found() -> None:
    block = _block()
    assert first_altered(block, GENESIS) is None
    at = int(block.ends[122]) + 3
    payloads = block.payloads[:at] + b"!" + block.payloads[at + 1 :]
    parts = {name: getattr(block, name) for name in Block.__slots__}
    assert first_altered(Block(**{**parts, "payloads": payloads}), GENESIS) == 124


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_that_bytes_changed_anywhere_are_refused_or_are_a_block(data: st.DataObject) -> None:
    """A block, a row: never another error, and no crash."""
    block = _block(60)
    tail = encode_tail(1, list(block), {0: _SOURCES[3]}, block.checks)
    packed, read = data.draw(st.sampled_from([(encode(block), decode), (tail, decode_tail)]))
    spoiled = bytearray(packed)
    for _ in range(data.draw(st.integers(1, 4))):
        spoiled[data.draw(st.integers(0, len(spoiled) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(spoiled[: data.draw(st.integers(0, len(spoiled)))])
    for one in (bytes(spoiled), cut):
        try:
            found = read(one)
        except ValueError:
            continue
        assert len(list(found)) == len(found)
        assert found.cut(found.first, found.last - 1) is not None


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_that_garbage_is_refused(garbage: bytes) -> None:
    for read in (decode, decode_tail):
        with pytest.raises(ValueError):
            read(garbage)


def test_that_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zstandard.ZstdCompressor(level=19).compress(b"\0" * (300 << 20))
    fields = list(msgspec.msgpack.decode(encode(_block(5))))
    for place, part in enumerate(fields):
        if isinstance(part, bytes):
            fields[place] = bomb
    tracemalloc.start()
    for packed in (msgspec.msgpack.encode(fields), bomb):
        for read in (decode, decode_tail):
            with pytest.raises(ValueError):
                read(packed)
    assert tracemalloc.get_traced_memory()[1] < 8 << 20
    tracemalloc.stop()


def test_that_indices_that_point_nowhere_are_refused() -> None:
    fields = list(msgspec.msgpack.decode(encode(_block(5))))
    columns = np.zeros((8, 5), np.uint8)
    columns[0] = 200
    fields[7] = zstandard.compress(columns.tobytes())
    with pytest.raises(ValueError, match="names what it does not hold"):
        decode(msgspec.msgpack.encode(fields))


@settings(deadline=None)
@given(st.floats(-8.9e9, 8.9e9))
def test_that_any_time_comes_back_to_the_very_bit(at: float) -> None:
    times = [on_record(at), on_record(-at), math.nan, on_record(NOON + at / 9e9)]
    records = [Record(one, 3, 0, "", b"", other) for one in times[:2] for other in times]
    block = make_block(1, records, _SOURCES)
    again = decode(encode(block))
    assert repr(again.received_at.tolist()) == repr(block.received_at.tolist())
    assert repr(again.said_at.tolist()) == repr(block.said_at.tolist())
    assert abs(times[0] - at) <= (1e-6 if abs(at) < 4e9 else 4e-6)
