"""A state document read back is the picture it was written from; anything else is refused in words."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.briefing.state import state
from cop.briefing.state_reading import picture_of, whose_state
from cop.domain.area import Zone
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


_NEVER, _LAST = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"


@pytest.mark.parametrize("at", [_NEVER, _LAST, "9999-12-31T23:59:59Z", "2026-11-02T12:00:00"])
@pytest.mark.parametrize("named", ["at", "units.reported_at", "incidents.reported_at", "tasks.received_at"])
def test_that_times_with_which_nobody_can_reckon_are_refused(named: str, at: str) -> None:
    whole = json.loads(_document())
    table, _, key = named.rpartition(".")
    (whole[table][0] if table else whole)[key] = at
    with pytest.raises(ValueError, match="no state of a desk"):
        picture_of(json.dumps(whole).encode())


@pytest.mark.parametrize(("key", "value"), [("lat", 1e308), ("lon", -181), ("lat", "nan"), ("speed_mps", "inf")])
def test_that_a_place_that_is_none_is_refused(key: str, value: object) -> None:
    whole = json.loads(_document())
    whole["units"][0][key] = value
    with pytest.raises(ValueError, match="none on the globe"):
        picture_of(json.dumps(whole).encode())


@pytest.mark.parametrize("coordinates", ["x", [[[None, None]]], [[[1e308, 1e308], [0, 0], [1, 1], [1e308, 1e308]]]])
def test_that_an_outline_that_is_none_is_refused(coordinates: object) -> None:
    zone = Zone(id="z", at=r.at(0), geometry={"type": "Polygon", "coordinates": coordinates})
    picture = Picture()
    picture.apply(Batch(epoch=1, reports=[r.report("city", zone)]))
    with pytest.raises(ValueError, match="geometry cannot be read"):
        picture_of(json.dumps(state(picture, r.at(30.0))).encode())


def test_that_one_word_of_another_time_does_not_make_a_desks_state_unreadable() -> None:
    end = datetime.max.replace(tzinfo=UTC)  # feeds let that in
    picture = Picture()
    odd = r.incident("i1", opened_at=end, closed_at=end)
    picture.apply(Batch(epoch=1, reports=[r.report("city", odd), r.report("city", r.task("t", answer_by=end))]))
    again, at = picture_of(json.dumps(state(picture, r.at(30.0))).encode())
    assert set(again.incidents) == {("city", "i1")}
    assert set(again.tasks) == {("city", "t")}
    assert at == r.at(30.0)


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
