"""Counts say how much of what is on record."""

from hypothesis import given
from hypothesis import strategies as st

from cop.journal.block import Source
from cop.journal.counting import count
from cop.journal.record import Record, Way
from tests.journal.blocks import block_of

_SOURCES = [Source("bus", "cats-transit", "hfp"), Source("own", "charlotte-fire", "cop-json")]


@given(
    st.lists(
        st.tuples(
            st.floats(0, 1e9), st.integers(0, 1), st.sampled_from(Way), st.binary(max_size=3), st.sampled_from("ab")
        )
    ),
    st.integers(1, 5),
)
def test_that_each_record_is_counted_once_whatever_the_blocks(
    said: list[tuple[float, int, Way, bytes, str]], size: int
) -> None:
    records = [Record(at, source, way, "t", payload, kind=kind) for at, source, way, payload, kind in said]
    found = count(block_of(records[n : n + size], _SOURCES, n + 1) for n in range(0, len(records), size))
    expected = {}
    for key in sorted({(*_SOURCES[one.source], one.kind) for one in records}):
        of_key = [one for one in records if (*_SOURCES[one.source], one.kind) == key]
        expected[key] = (
            len(of_key),
            sum(len(one.payload) for one in of_key),
            sum(one.way == Way.HEARD for one in of_key),
            sum(one.way == Way.SAID for one in of_key),
            min(one.received_at for one in of_key),
            max(one.received_at for one in of_key),
        )
    assert {(one.feed, one.agency, one.format, one.kind): one[4:] for one in found} == expected
