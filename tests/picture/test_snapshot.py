"""A snapshot makes the same picture: what stands, what is gone, and what later words do to it."""

from typing import Any

import hypothesis.strategies as st
import msgspec
import numpy as np
from hypothesis import given, settings

from cop.briefing.state import state
from cop.domain.area import Alert
from cop.domain.batch import Batch, BrokerState
from cop.domain.command import IncidentCommand, command_id
from cop.domain.consent import Consent, Pause, consent_id
from cop.domain.incident import Link
from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction
from cop.picture.change import Change
from cop.picture.picture import Picture
from tests.picture.test_task_standings import CITY, CLAUSE, COUNTY, GIVER, PACT, TERM
from tests.reports import answer, at, incident, positions_batch, report, task, unit

from cop.domain.agreement import Agreements  # isort: skip

_AGENCIES = st.sampled_from([CITY, GIVER, COUNTY])
_IDS = st.sampled_from(["a", "b"])
_TIMES = st.integers(0, 9)
_REVS = st.integers(1, 4)
_YES = st.booleans()


@st.composite
def _bodies(draw: st.DrawFn) -> Any:
    one, seconds, rev, flag = draw(_IDS), draw(_TIMES), draw(_REVS), draw(_YES)
    when: dict[str, Any] = {"at": at(seconds), "rev": rev, "by": draw(st.sampled_from(["ann", "bob"]))}
    kind = draw(st.sampled_from(["unit", "incident", "task", "answer", "alert", "log", "link", "command", "consent"]))
    if draw(st.integers(0, 5)) == 0:
        named = draw(st.sampled_from(["unit", "incident", "task", "answer", "alert", "position"]))
        return Retraction(id=one, kind=named, **when)
    if kind == "unit":
        return unit(one, rev=rev, seconds=seconds, kind="engine", deleted=flag and rev == 4)
    if kind == "incident":
        words = {"title": "", "summary": ""} if flag else {"title": f"Fire {rev}", "summary": "Smoke"}
        return incident(one, rev=rev, seconds=seconds, type="fire", deleted=rev == 4 and not flag, **words)
    if kind == "task":
        clause = {"agreement": "mou", "clause": "4.2", "unit_kind": "engine"} if flag else {}
        told = {
            "assignee_agency": GIVER,
            "unit": one,
            "incident_agency": CITY,
            "incident": "a",
            "asked_at": at(seconds),
        }
        replaces = {"replaces": f"{CITY}/b"} if rev == 3 and one == "a" else {}
        return task(one, rev=rev, seconds=seconds, **told, **clause, **replaces)
    if kind == "answer":
        return answer(one, draw(st.sampled_from(["accepted", "declined", "complete"])), rev=rev, seconds=seconds)
    if kind == "alert":
        ends = {"supersedes": ("a",)} if flag else {"cancels": ("b",)} if rev == 2 else {}
        return Alert(id=one, event="Flood", headline=f"Flood {rev}", **when, **ends)
    if kind == "log":
        return LogEntry(id=f"{one}{rev}", text="words", **when)
    if kind == "link":
        return Link(id=one, first=f"{CITY}/a", second=f"{GIVER}/b", deleted=flag, **when)
    if kind == "command":
        return IncidentCommand(id=command_id(CITY, "a"), incident_agency=CITY, incident="a", holds=flag, **when)
    paused = (Pause(since=at(seconds)),) if flag else ()
    consent = {"agreement": PACT.id, "clause": CLAUSE.number, "state": "paused" if flag else "given"}
    return Consent(id=consent_id(PACT.id, CLAUSE.number), pauses=paused, **consent, **when)


@st.composite
def _batches(draw: st.DrawFn) -> Batch:
    if draw(st.integers(0, 3)) == 0:
        claims = draw(
            st.lists(st.tuples(_AGENCIES, _IDS, st.just(35.0), st.floats(-81, -80), _TIMES), min_size=1, max_size=3)
        )
        return positions_batch(*claims)
    reports = []
    for _ in range(draw(st.integers(1, 4))):
        said = report(draw(_AGENCIES), draw(_bodies()), received_s=draw(st.integers(0, 20)))
        reports.append(msgspec.structs.replace(said, exercise=draw(st.integers(0, 4)) == 0))
    return Batch(epoch=1, reports=reports)


def _picture() -> Picture:
    return Picture(agreements=Agreements([TERM]))


def _seen(picture: Picture) -> dict[str, Any]:
    """All that can be told of a picture, whatever the order in which it came to be."""
    told = state(picture, at(30))
    told.pop("deliveries")
    told["refusals"] = len(told["refusals"])
    for name, value in told.items():
        if isinstance(value, list) and name != "log":
            told[name] = sorted(value, key=repr)
    told["same"] = sorted(picture.same.of(key) for key in picture.incidents)
    told["command"] = {key: picture.commanding.standing(key) for key in picture.incidents}
    told["bound"] = [claim.task.key for claim in picture.commitments.bound(TERM, at(30))]
    told["gone"] = {key: (gone.word.body, gone.at) for key, gone in picture.gone.items()}
    return told


def _through_the_wire(picture: Picture) -> Batch:
    return msgspec.msgpack.decode(picture.snapshot().packed(), type=Batch)


@given(before=st.lists(_batches(), max_size=8), after=st.lists(_batches(), max_size=4))
@settings(deadline=None, max_examples=300)
def test_that_a_snapshot_makes_the_same_picture_and_later_words_do_the_same_to_it(
    before: list[Batch], after: list[Batch]
) -> None:
    lived = _picture()
    for batch in before:
        lived.apply(batch)
    made = _picture()
    made.apply(_through_the_wire(lived))
    assert _seen(made) == _seen(lived)
    for batch in after:
        lived.apply(batch)
        made.apply(msgspec.structs.replace(batch, epoch=2))
    assert _seen(made) == _seen(lived)


@given(before=st.lists(_batches(), max_size=6), other=st.lists(_batches(), max_size=6))
@settings(deadline=None, max_examples=200)
def test_that_a_picture_that_forgot_is_as_good_as_a_new_one(before: list[Batch], other: list[Batch]) -> None:
    lived, used = _picture(), _picture()
    for batch in before:
        lived.apply(batch)
    for batch in other:
        used.apply(batch)
    there = {key for table in (used.incidents, used.tasks, used.alerts) for key in table}
    change = used.forget()
    assert there <= change.incidents | change.tasks | change.alerts
    assert _seen(used) == _seen(_picture())
    used.apply(_through_the_wire(lived))
    assert _seen(used) == _seen(lived)


def test_that_a_snapshot_says_up_to_which_record_it_holds() -> None:
    picture = _picture()
    picture.apply(Batch(upto=7, upto_at=1.5))
    picture.apply(Batch(reports=[report(CITY, unit("a"))]))  # an action of our own: not on record yet
    batch = _through_the_wire(picture)
    assert (batch.upto, batch.upto_at) == (7, 1.5)


def test_that_a_unit_taken_back_before_a_snapshot_is_not_brought_back_by_an_older_place() -> None:
    lived = _picture()
    lived.apply(positions_batch((CITY, "a", 35.0, -80.0, 5)))
    lived.apply(Batch(epoch=1, reports=[_gone("unit", "a", seconds=8)]))
    made = _picture()
    made.apply(_through_the_wire(lived))
    late = positions_batch((CITY, "a", 36.0, -80.0, 7), epoch=2)
    assert made.apply(late).moved.size == 0
    assert not made.tracks.present[made.tracks.row(CITY, "a")]


def test_that_forgetting_tells_of_every_unit_and_leaves_no_trail() -> None:
    picture = _picture()
    picture.apply(positions_batch((CITY, "a", 35.0, -80.0, 5), (GIVER, "b", 35.0, -80.0, 5)))
    change = picture.forget()
    assert change.units == {(CITY, "a"), (GIVER, "b")}
    assert isinstance(change, Change)
    assert picture.trails.count == 0
    assert np.isnan(picture.tracks.lat).all()


def _gone(kind: str, object_id: str, *, seconds: float) -> Report:
    return report(CITY, Retraction(id=object_id, at=at(seconds), kind=kind), received_s=seconds + 1)


def test_that_a_unit_that_was_forgotten_is_as_unknown_as_a_new_one() -> None:
    gone = report("charlotte-fire", Retraction(id="a", at=at(5), kind="unit"), received_s=5)
    picture = _picture()
    picture.apply(positions_batch(("charlotte-fire", "a", 35.0, -80.0, 1)))
    picture.forget()
    assert picture.tracks.row_of("charlotte-fire", "a") is None
    for batch in (Batch(epoch=7, reports=[gone]), Batch(epoch=7, reports=[report("charlotte-fire", unit("a"))])):
        picture.apply(batch)
    assert ("charlotte-fire", "a") in picture.units


#: what tells of a picture apart from its tables, by how a snapshot and `forget` know of it. A name that is not here has
#: to be thought about: is it in the snapshot, is it emptied, or is it read from what is?
_GIVEN = {  # when it was made: no word changes it
    *("home", "agreements", "tracks.pace", "trails._capacity", "heard._agreements", "heard._tasks"),
    *("_placing._tracks", "_placing._trails", "_placing._home", "_placing._row_of"),
    *("same._incidents", "same._links", "commanding._words", "commanding._incidents", "commanding._same"),
    *("standings._tasks", "standings._answers", "standings.by_clause", "standings._taken_back", "standings._lines"),
    *("standings._lines._tasks", "standings._lines._took_over", "commitments._picture"),
    *("asking._requests", "asking._fills"),
    *("tracks", "trails", "tracks.earlier", "_placing", "same", "commanding", "standings", "commitments", "asking"),
    *("heard", "ended", "words", "_said_to"),
}
_TOLD = {  # in the snapshot, and emptied
    *("units", "incidents", "resources", "tasks", "answers", "zones", "links", "alerts", "presence", "consents"),
    *("commands", "requests", "fills", "details", "agencies", "log", "feeds", "broker", "refusals", "gone"),
    *("upto", "upto_at", "heard._heard", "ended._ended", "ended._count", "words._worded", "words._wordless"),
    *("_placing.fields", "tracks.callsigns", "tracks.names"),
    *(f"tracks.{name}" for name in ("kind", "status", "present", "exercise", "doubtful", "jumped", "gone_at")),
    *(f"tracks.{name}" for name in ("lat", "lon", "alt_m", "course_deg", "speed_mps", "accuracy_m")),
    *(f"tracks.{name}" for name in ("reported_at", "received_at", "stale_at")),
    *(f"tracks.earlier.{name}" for name in ("_at", "_lat", "_lon", "_accuracy_m")),
}
_READ_FROM_IT = {  # worked out anew from what a snapshot tells, and emptied
    *("_log_seen", "_said_to._keys", "same._groups", "asking._by_request", "asking._said"),
    *(f"commanding.{name}" for name in ("_by_incident", "_standings", "_took_over")),
    *("standings._known", "standings._left"),
    *(f"standings._lines.{name}" for name in ("_next", "_claimed", "_went", "_line_of", "_too_long", "_in_ring")),
    *(f"commitments.{name}" for name in ("_books", "_clause_of", "_about", "_named_by", "_replacing", "_own_words")),
    *(f"commitments.{name}" for name in ("_freed", "_judged", "_kinds")),
}
_OF_THIS_DESK = {  # emptied, and not in the snapshot: another desk, or the past, has its own
    *("deliveries", "in_full", "_placing.epoch", "_placing._rows"),
    *(f"trails.{name}" for name in ("_ring", "_written", "_claimed", "_keys", "_numbers", "_number_of_row")),
    *(f"trails.{name}" for name in ("_moving", "_resting", "_fastest_mps", "_partings", "revision")),
}
_STAYS = {  # rows stay theirs, in whatever order they came; which incident a word that is gone was about tells nothing
    "commanding._about",
    *("tracks.count", "tracks.keys", "tracks.agencies", "tracks.agency", "tracks._rows", "tracks._agency_codes"),
    *("tracks._forgotten", "tracks.renamed", "tracks.earlier._head"),
}


def _parts(picture: Picture) -> dict[str, Any]:
    """Every attribute of a picture and of what it holds, columns of the tracks as one each."""
    found: dict[str, Any] = {}

    def look_into(one: object, path: str) -> None:
        for name, value in vars(one).items():
            if (path, name) == ("tracks.", "_columns"):
                found.update((f"tracks.{column}", values[: picture.tracks.count]) for column, values in value.items())
                continue
            found[path + name] = value
            ours = type(value).__module__.startswith("cop.picture")
            if (
                ours
                and type(value).__name__ not in {"HomeGround", "Picture"}
                and path + name not in {"_placing._tracks", "_placing._trails", "commanding._same"}
            ):
                look_into(value, f"{path}{name}.")

    look_into(picture, "")
    return found


def test_that_snapshot_and_forget_know_of_everything_that_a_picture_holds() -> None:
    thought_of = _GIVEN | _TOLD | _READ_FROM_IT | _OF_THIS_DESK | _STAYS
    assert set(_parts(_picture())) == thought_of


def _plain(value: Any) -> Any:
    """A value in which the order in which things came to be plays no part, nor a place kept for nothing."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in sorted(value.items(), key=repr) if one or not isinstance(one, dict)}
    if isinstance(value, set | frozenset):
        return sorted(value, key=repr)
    return value


@given(before=st.lists(_batches(), max_size=8))
@settings(deadline=None, max_examples=150)
def test_that_part_by_part_a_snapshot_tells_all_and_nothing_is_left_in_a_picture_that_forgot(
    before: list[Batch],
) -> None:
    lived, made, new = _picture(), _picture(), _parts(_picture())
    for batch in before:
        lived.apply(batch)
    lived.apply(Batch(epoch=1, upto=9, upto_at=9.5, in_full=3, broker=BrokerState(state="online", url="mqtt://here")))
    made.apply(_through_the_wire(lived))
    told, known = _parts(lived), _parts(made)
    parts = {name for name in _TOLD | _READ_FROM_IT if not name.startswith(("tracks.", "_placing."))}
    for name in parts & _TOLD:
        assert _plain(known[name]) == _plain(told[name]), name
    lived.forget()
    left = _parts(lived)
    for name in parts:
        assert _plain(left[name]) == _plain(new[name]), name
    assert not (lived.deliveries or lived.in_full)
    assert not lived.position_fields
    assert not lived.trails.count


def test_that_a_word_by_a_corrected_clock_says_so_after_a_snapshot_too() -> None:
    lived, made = _picture(), _picture()
    said = msgspec.structs.replace(report(CITY, incident("a", seconds=5)), corrected_s=3600.0)
    lived.apply(Batch(reports=[said]))
    made.apply(_through_the_wire(lived))
    assert made.incidents[CITY, "a"].corrected_s == 3600.0
    assert made.incidents[CITY, "a"].reported_at == lived.incidents[CITY, "a"].reported_at


def test_that_a_unit_that_jumped_is_doubtful_for_the_same_reason_after_a_snapshot() -> None:
    lived, made = _picture(), _picture()
    for number, (lat, seconds) in enumerate([(35.0, 0), (35.0, 12), (35.0, 24), (37.0, 30)]):
        lived.apply(positions_batch((CITY, "a", lat, -80.0, seconds), epoch=number))
    made.apply(_through_the_wire(lived))
    assert lived.tracks.jump(0) is not None
    assert made.tracks.jump(0) == lived.tracks.jump(0)


def test_that_a_unit_that_comes_back_after_a_snapshot_is_of_the_source_that_it_was() -> None:
    lived, made = _picture(), _picture()
    lived.apply(positions_batch((CITY, "a", 35.0, -80.0, 5)))
    lived.apply(Batch(epoch=1, reports=[_gone("unit", "a", seconds=8)]))
    made.apply(_through_the_wire(lived))
    assert not made.tracks.present.any()
    for picture in (lived, made):
        picture.apply(Batch(epoch=2, reports=[report(CITY, unit("a", rev=2, seconds=9))]))
    assert _seen(made) == _seen(lived)


def test_that_a_unit_of_a_kind_that_was_taken_back_is_as_doubtful_after_a_snapshot() -> None:
    lived = _picture()
    lived.apply(Batch(epoch=1, reports=[report(CITY, unit("a", kind="engine"))]))
    lived.apply(Batch(epoch=1, reports=[_gone("unit", "a", seconds=0)]))
    for seconds, lon in ((1, -80.375), (2, -80.34375)):
        lived.apply(positions_batch((CITY, "a", 35.0, lon, seconds)))
    made = _picture()
    made.apply(_through_the_wire(lived))
    assert made.tracks.doubtful.tolist() == lived.tracks.doubtful.tolist() == [True]
