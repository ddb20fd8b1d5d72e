"""What changed: two changes as one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cop.picture.change import Change

_ROWS = st.lists(st.integers(0, 9), unique=True)
_KEYS = st.sets(st.tuples(st.just("a"), st.sampled_from("xyz")))


@st.composite
def _changes(draw: st.DrawFn) -> Change:
    return Change(
        moved=np.array(draw(_ROWS), dtype=np.intp),
        units=draw(_KEYS),
        tasks=draw(_KEYS),
        log=draw(st.integers(0, 3)),
        broker=draw(st.booleans()),
    )


@given(first=_changes(), later=_changes())
def test_that_two_changes_as_one_name_all_that_either_named(first: Change, later: Change) -> None:
    joined = first.then(later)
    assert set(joined.moved.tolist()) == {*first.moved.tolist(), *later.moved.tolist()}
    assert joined.moved.dtype == np.intp
    assert joined.units == first.units | later.units
    assert joined.tasks == first.tasks | later.tasks
    assert joined.log == first.log + later.log
    assert joined.broker == (first.broker or later.broker)
    assert bool(joined) == (bool(first) or bool(later))
