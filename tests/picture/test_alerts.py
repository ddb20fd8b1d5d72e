"""Alerts that end one another, in whatever order they come."""

from typing import Any

import hypothesis.strategies as st
from hypothesis import given, settings

from cop.domain.area import Alert, Zone
from cop.domain.batch import Batch
from cop.domain.report import Report, Retraction
from cop.picture import ended_alerts
from cop.picture.picture import Picture
from tests.reports import at, report

NWS = "nws-gsp"


def alert(alert_id: str, *, seconds: float = 0.0, **fields: Any) -> Alert:
    """An alert statement."""
    return Alert(id=alert_id, at=at(seconds), **{"event": "Tornado Warning", **fields})


def picture_of(*bodies: Alert | Retraction, agency: str = NWS, exercise: bool = False) -> Picture:
    """A picture that was told of these, in this order."""
    picture = Picture()
    for body in bodies:
        told = Report(
            agency=agency,
            body=body,
            source=report(agency, body).source,
            received_at=at(0),
            exercise=exercise,
        )
        picture.apply(Batch(reports=[told]))
    return picture


def standing(picture: Picture) -> set[str]:
    """The ids of the alerts that stand."""
    return {key[1] for key in picture.alerts}


OLD = alert("a")
UPDATE = alert("b", seconds=60, supersedes=("a",), headline="Moves east")
CANCEL = alert("c", seconds=90, cancels=("b",), headline="The storm has weakened")


def test_that_an_update_takes_the_place_of_what_it_supersedes_whichever_comes_first() -> None:
    assert standing(picture_of(OLD, UPDATE)) == {"b"}
    assert standing(picture_of(UPDATE, OLD)) == {"b"}
    assert standing(picture_of(UPDATE, OLD, UPDATE, OLD)) == {"b"}


def test_that_a_cancelled_alert_is_gone_its_cancel_is_no_alarm_and_the_log_says_so_once() -> None:
    for told in ((UPDATE, CANCEL), (CANCEL, UPDATE), (CANCEL, UPDATE, CANCEL, UPDATE)):
        picture = picture_of(*told)
        assert standing(picture) == set()
        assert [one.body.text for one in picture.log] == ["Cancelled: The storm has weakened"]
        assert picture.last_rev("alert", report(NWS, CANCEL)) == 0


def test_that_what_was_superseded_is_told_as_changed() -> None:
    picture = picture_of(OLD)
    change = picture.apply(Batch(reports=[report(NWS, UPDATE)]))
    assert change.alerts == {(NWS, "a"), (NWS, "b")}


def test_that_no_agency_ends_the_alert_of_another() -> None:
    picture = picture_of(OLD)
    picture.apply(Batch(reports=[report("somebody-else", alert("x", seconds=5, cancels=("a",)))]))
    assert standing(picture) == {"a"}


def test_that_neither_a_test_nor_an_exercise_ends_an_actual_alert() -> None:
    picture = picture_of(OLD, alert("t", seconds=5, status="Test", cancels=("a",)))
    assert standing(picture) == {"a"}
    assert [one.body.text for one in picture.log] == ["Cancelled (TEST): Tornado Warning"]
    drill = Report(agency=NWS, body=UPDATE, source=report(NWS, UPDATE).source, received_at=at(0), exercise=True)
    picture.apply(Batch(reports=[drill]))
    assert standing(picture) == {"a", "b"}


def test_that_within_an_exercise_alerts_end_one_another() -> None:
    assert standing(picture_of(OLD, UPDATE, exercise=True)) == {"b"}
    assert standing(picture_of(UPDATE, OLD, exercise=True)) == {"b"}


def test_that_an_alert_said_again_after_its_cancel_stands() -> None:
    again = alert("b", seconds=120)
    assert standing(picture_of(UPDATE, CANCEL, again)) == {"b"}
    assert standing(picture_of(again, CANCEL, UPDATE)) == {"b"}


def test_that_an_alert_that_names_itself_stands() -> None:
    assert standing(picture_of(alert("a", supersedes=("a",)))) == {"a"}


def test_that_a_cancel_that_is_taken_back_leaves_the_alert_called_off() -> None:
    taken_back = Retraction(id="c", at=at(200), kind="alert")
    assert standing(picture_of(CANCEL, taken_back, UPDATE)) == set()


def test_that_an_agency_that_ends_alerts_without_end_makes_no_other_forget() -> None:
    limit = ended_alerts._AGENCY_LIMIT
    picture = picture_of(CANCEL)
    for turn in range(3):
        many = tuple(f"{turn}-{number}" for number in range(limit))
        picture.apply(Batch(reports=[report("flood", alert(f"f{turn}", seconds=5, supersedes=many))]))
    assert len(picture.ended._ended["flood"]) == limit
    picture.apply(Batch(reports=[report(NWS, UPDATE)]))
    assert (NWS, "b") not in picture.alerts


def test_that_what_is_long_over_is_let_go_and_no_older_word_brings_it_back() -> None:
    first = alert("a", expires_at=at(7200))
    shorter = alert("a", seconds=60, expires_at=at(600))
    road = Zone(id="z", at=at(0), kind="road_closure", expires_at=at(500))
    lasting = Zone(id="y", at=at(0), kind="road_closure")
    picture = picture_of(first, shorter)
    picture.apply(Batch(reports=[report("dot", road), report("dot", lasting)]))
    assert not picture.drop_over(at(499))
    change = picture.drop_over(at(600))
    assert (change.alerts, change.zones) == ({(NWS, "a")}, {("dot", "z")})
    assert set(picture.zones) == {("dot", "y")}
    picture.apply(Batch(reports=[report(NWS, first), report("dot", road)]))
    assert standing(picture) == set()
    assert set(picture.zones) == {("dot", "y")}


_IDS = st.sampled_from(["a", "b", "c", "d"])
_WORDS = st.builds(
    lambda alert_id, rev, seconds, status, supersedes, cancels, deleted: alert(
        alert_id,
        seconds=seconds,
        rev=rev,
        status=status,
        supersedes=tuple(supersedes),
        cancels=tuple(cancels),
        deleted=deleted,
    ),
    _IDS,
    st.integers(0, 2),
    st.integers(0, 5),
    st.sampled_from(["Actual", "Actual", "Test"]),
    st.lists(_IDS, max_size=2),
    st.lists(_IDS, max_size=1),
    st.booleans(),
)


@given(st.lists(_WORDS, min_size=1, max_size=8), st.data())
@settings(deadline=None, max_examples=400)
def test_that_any_order_and_any_repetition_ends_in_the_same_picture(words: list[Alert], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(words), max_size=6))
    shuffled = data.draw(st.permutations([*words, *again]))
    first, second = picture_of(*words), picture_of(*shuffled)
    assert first.alerts == second.alerts
    assert {one.key for one in first.log} == {one.key for one in second.log}
