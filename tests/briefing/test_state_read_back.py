"""A state document read back is the picture it was written from; anything else is refused in words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.briefing.state import state
from cop.briefing.state_reading import picture_of, whose_state
from cop.domain.batch import Batch
from cop.picture.picture import Picture
from tests import reports as r


def _document() -> bytes:
    picture = Picture()
    picture.apply(
        Batch(
            epoch=1,
            reports=[
                r.report("city", r.unit("e1", kind="engine")),
                r.report("city", r.incident("i1")),
                r.report("city", r.task("t1", incident="i1", incident_agency="city")),
            ],
        )
    )
    picture.apply(r.positions_batch(("city", "e1", 35.2, -80.9, 0.0)))
    return json.dumps(state(picture, r.at(30.0))).encode()


def test_that_a_state_document_read_back_says_the_same() -> None:
    document = _document()
    picture, at = picture_of(document)
    said, again = json.loads(document), state(picture, at)
    for kind in ("units", "incidents", "tasks"):
        assert again[kind] == said[kind]


@pytest.mark.parametrize(
    "damaged",
    [b"", b"null", b"[]", b"{}", b'{"at": 5}', b'{"at": "2026-01-01T00:00:00"}', b"\xff", b"[" * 100_000],
)
def test_that_what_is_no_state_is_refused_in_words(damaged: bytes) -> None:
    with pytest.raises(ValueError, match="no state of a desk"):
        picture_of(damaged)


@given(st.data())
def test_that_a_damaged_state_is_read_or_refused_and_never_breaks(data: st.DataObject) -> None:
    document = bytearray(_document())
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(document) - 1))
        document[place] = data.draw(st.integers(0, 255))
    try:
        whose_state(bytes(document))
        picture_of(bytes(document))
    except ValueError:
        pass
