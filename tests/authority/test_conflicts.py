"""The list of conflicts: each comes and goes with what causes it, and keeping it up is finding it afresh."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.authority.authority import Authority
from cop.authority.home_cover import COVERED_FOR, UNCOVERED_FOR
from cop.domain.agency import Agency
from cop.domain.agreement import Agreement, Agreements, AidClause, Term
from cop.domain.area import Zone
from cop.domain.batch import Batch, RefusedWord
from cop.domain.command import IncidentCommand, command_id
from cop.domain.consent import Consent, consent_id
from cop.domain.desk import Operator
from cop.domain.incident import Link
from cop.domain.report import Retraction
from cop.domain.request import Fill, ResourceRequest
from cop.domain.task import Basis
from cop.picture.change import Change, Key
from tests import reports as r
from tests.authority.desk import FIRE, Told, ground

OURS, THEIRS, THIRD = "charlotte-fire", "gastonia-fd", "mecklenburg-ems"


def agreed(*, quantity: int | None = None, until: date | None = None) -> Agreements:
    clause = AidClause(number="3.1", says="…", giver=THEIRS, takers=(OURS,), mode="direct", quantity=quantity)
    agreement = Agreement(
        id="mou",
        title="Fire MOU",
        parties=(OURS, THEIRS),
        in_force_from=date(2026, 1, 1),
        in_force_until=until,
        clauses=(clause,),
    )
    return Agreements([Term(agreement, clause)])


# ---- tasks ----


def test_that_a_unit_on_two_tasks_stands_until_one_is_over() -> None:
    told = Told()
    told.incident()
    other = told.incident(name="i2", lat=35.4)
    unit = told.unit(THEIRS, "e1", 35.2, -81.2)
    first, second = told.task(OURS, "t1", unit), told.task(THIRD, "t2", unit, other, asked_at=r.at(30))
    told.answer(THEIRS, first, "accepted")
    told.answer(THEIRS, second, "accepted")
    found = told.authority.conflicts()
    assert [one.kind for one in found] == ["two_tasks"]
    assert (found[0].owner, found[0].since) == (THEIRS, r.at(30))
    told.answer(THEIRS, second, "released", rev=2)
    assert told.kinds() == []


def test_that_two_tasks_are_one_once_their_incidents_are_linked() -> None:
    told = Told()
    told.incident()
    other = told.incident(THIRD, "i2", lat=35.4)
    unit = told.unit(THEIRS, "e1", 35.2, -81.2)
    told.task(OURS, "t1", unit)
    told.task(THIRD, "t2", unit, other)
    assert told.kinds() == ["two_tasks"]
    told.say(OURS, Link(id="l", at=r.NOON, first="charlotte-fire/i1", second="mecklenburg-ems/i2"))
    assert told.kinds() == []


def test_that_a_task_for_an_incident_that_is_over_keeps_nobody_in_conflict() -> None:
    told = Told()
    told.incident()
    other = told.incident(name="i2", lat=35.4)
    unit = told.unit(THEIRS, "e1", 35.2, -81.2)
    told.task(OURS, "t1", unit)
    told.task(OURS, "t2", unit, other)
    assert told.kinds() == ["two_tasks"]
    told.incident(name="i2", rev=2, status="closed")
    assert told.kinds() == []


def test_that_a_drills_task_is_no_conflict_of_live_work() -> None:
    told = Told()
    told.incident()
    unit = told.unit(THEIRS, "e1", 35.2, -81.2)
    told.task(OURS, "t1", unit, answer_by=r.at(60))
    told.say(OURS, r.task("t2", assignee_agency=THEIRS, unit="e1", incident="drill"), exercise=True)
    assert told.kinds() == []


def test_that_nobodys_answer_is_overdue_by_the_clock_and_goes_with_the_answer() -> None:
    told = Told()
    told.incident()
    task = told.task(OURS, "t1", told.unit(THEIRS, "e1", 35.2, -81.2), answer_by=r.at(120))
    assert told.after(119).kinds() == []
    assert told.after(121).kinds() == ["overdue"]
    told.answer(THEIRS, task, "declined", reason="busy")
    assert told.kinds() == []


def test_that_an_overdue_request_goes_with_its_cancelling() -> None:
    told = Told()
    told.incident()
    task = told.task(OURS, "t1", ("x", "u"))
    assert told.after(301).kinds() == ["overdue"]
    told.task(OURS, task[1], ("x", "u"), rev=2, cancelled=True)
    assert told.kinds() == []


def leaning(told: Told, name: str = "t1", unit: str = "e1", **fields: object) -> Key:
    told.unit(THEIRS, unit, 35.2, -81.2)
    basis = Basis(type="structure_fire", lat=35.2, lon=-80.8)
    clause = {"agreement": "mou", "clause": "3.1", "basis": basis, "unit_kind": "engine"}
    return told.task(OURS, name, (THEIRS, unit), **{**clause, **fields})


def test_that_a_unit_at_work_by_a_clause_is_told_of_when_consent_is_withdrawn_or_the_agreement_ends() -> None:
    for agreements, later in ((agreed(), False), (agreed(until=date(2026, 11, 2)), True)):
        told = Told(agreements)
        told.incident()
        task = leaning(told)
        assert told.picture.task_state(told.picture.tasks[task], told.now) == "accepted"
        assert told.after(10).kinds() == []
        if later:
            told.after(13 * 3600)
        else:
            word = {"agreement": "mou", "clause": "3.1", "state": "withdrawn", "withdrawn_at": r.at(5)}
            told.say(THEIRS, Consent(id=consent_id("mou", "3.1"), at=r.at(5), rev=1, **word))
        assert "lapsed" in told.kinds()
        told.answer(THEIRS, task, "accepted", seconds=14 * 3600)
        assert "lapsed" not in told.kinds()


def test_that_who_waits_beyond_the_quantity_of_a_clause_stands_with_the_giver() -> None:
    told = Told(agreed(quantity=1))
    told.incident()
    leaning(told, "t1", "e1")
    second = leaning(told, "t2", "e2", asked_at=r.at(5))
    assert told.kinds() == ["over_committed"]
    told.incident(status="closed", rev=2)
    assert told.kinds() == []
    told.incident(rev=3)
    assert told.kinds() == ["over_committed"]
    told.answer(THEIRS, second, "declined", reason="no more")
    assert told.kinds() == []


def test_that_more_of_a_resource_given_than_there_is_stands_until_some_is_taken_back() -> None:
    told = Told()
    told.say(THEIRS, r.resource("beds", quantity=5))
    for name in ("r1", "r2"):
        told.say(OURS, ResourceRequest(id=name, at=r.NOON, rev=1, what="beds", quantity=3))
        told.say(THEIRS, Fill(id=name, at=r.NOON, rev=1, requester=OURS, quantity=3, resource="beds"))
    assert told.kinds() == ["over_committed"]
    told.say(THEIRS, Fill(id="r2", at=r.NOON, rev=2, requester=OURS, quantity=3, resource="beds", state="withdrawn"))
    assert told.kinds() == []
    told.say(THEIRS, Fill(id="r2", at=r.NOON, rev=3, requester=OURS, quantity=3, resource="beds"))
    told.say(OURS, ResourceRequest(id="r1", at=r.NOON, rev=2, what="beds", quantity=3, cancelled=True))
    assert told.kinds() == []


# ---- incidents ----


def test_that_two_that_look_like_one_stand_until_somebody_who_may_says_what_they_are() -> None:
    for relation in ("same", "split", "related"):
        told = Told()
        told.incident()
        told.incident(THIRD, "x", lat=35.201)
        assert told.kinds() == ["same_incident"]
        link = {"first": "charlotte-fire/i1", "second": "mecklenburg-ems/x", "relation": relation}
        told.say("nobody", Link(id="l", at=r.NOON, **link))
        assert told.kinds() == ["same_incident"]
        told.say(THIRD, Link(id="l", at=r.NOON, **link))
        assert told.kinds() == []


def test_that_many_of_one_event_are_a_line_each_and_not_one_for_each_pair() -> None:
    told = Told()
    told.incident()
    for number in range(1, 9):
        told.incident(f"agency-{number}", "x", lat=35.2 + number / 1e5, opened_at=r.at(number))
    assert len(told.kinds()) == 8


def test_that_two_no_longer_look_like_one_when_one_moves_away_or_is_over() -> None:
    told = Told()
    told.incident()
    told.incident(THIRD, "x", lat=35.201)
    told.incident(THIRD, "x", rev=2, lat=35.3)
    assert told.kinds() == []
    told.incident(THIRD, "x", rev=3, lat=35.201)
    assert told.kinds() == ["same_incident"]
    told.incident(rev=2, status="closed")
    assert told.kinds() == []


def test_that_two_who_claim_command_stand_until_one_gives_way() -> None:
    told = Told()
    told.incident()
    word = {"incident_agency": FIRE[0], "incident": FIRE[1]}
    for agency in (OURS, THIRD):
        told.say(agency, IncidentCommand(id=command_id(*FIRE), at=r.NOON, rev=1, holds=True, since=r.NOON, **word))
    assert told.kinds() == ["two_leads"]
    told.say(THIRD, IncidentCommand(id=command_id(*FIRE), at=r.NOON, rev=2, **word))
    assert told.kinds() == []


# ---- hot zones ----


def test_that_a_unit_inside_a_hot_zone_stands_until_it_leaves_or_has_a_task_there() -> None:
    told = Told()
    told.incident()
    told.hot_zone()
    told.picture.tracks.pace = 50.0  # in and out in seconds, and no jump
    unit = told.unit(THEIRS, "e1", 35.2, -80.7)
    assert told.kinds() == []
    told.place(unit, 35.2, -80.8, seconds=5)
    found = told.authority.conflicts()
    assert [(one.kind, one.owner, one.since) for one in found] == [("in_hot_zone", THEIRS, r.NOON)]
    told.place(unit, 35.2, -80.7, seconds=10)
    assert told.kinds() == []
    told.place(unit, 35.2, -80.8, seconds=15)
    task = told.task(OURS, "t1", unit)
    assert told.kinds() == ["in_hot_zone"]
    told.answer(THEIRS, task, "on_scene")
    assert told.kinds() == []
    told.answer(THEIRS, task, "complete", rev=2)
    assert told.kinds() == ["in_hot_zone"]


def test_that_a_task_elsewhere_is_no_task_there() -> None:
    told = Told()
    told.incident()
    elsewhere, inside = told.incident(name="i2", lat=35.4), told.incident(name="i3", lat=35.205)
    unit = told.unit(THEIRS, "e1", 35.2, -80.8)
    told.hot_zone()
    told.answer(THEIRS, told.task(OURS, "t1", unit, elsewhere), "accepted")
    assert told.kinds() == ["in_hot_zone"]
    told.answer(THEIRS, told.task(OURS, "t2", unit, inside), "accepted")
    assert told.kinds() == ["two_tasks"]


def test_that_a_zone_counts_while_it_holds() -> None:
    told = Told()
    told.unit(THEIRS, "e1", 35.2, -80.8)
    told.hot_zone(starts_at=r.at(60), expires_at=r.at(120))
    assert told.kinds() == []
    assert told.after(61).kinds() == ["in_hot_zone"]
    assert told.after(121).kinds() == []


def test_that_a_zone_that_is_drawn_anew_or_taken_back_is_looked_at_anew() -> None:
    told = Told()
    told.unit(THEIRS, "e1", 35.2, -80.8)
    told.hot_zone()
    assert told.kinds() == ["in_hot_zone"]
    told.hot_zone(rev=1, west=-80.7)
    assert told.kinds() == []
    told.hot_zone(rev=2)
    assert told.kinds() == ["in_hot_zone"]
    told.say("charlotte-fire", Retraction(id="hot", at=r.at(60), kind="zone", rev=3))
    assert told.kinds() == []


@pytest.mark.parametrize("fields", [{"kind": "facility"}, {"exercise": True}])
def test_that_no_crew_no_conflict(fields: dict[str, object]) -> None:
    told = Told()
    told.hot_zone()
    told.unit(THEIRS, "e1", 35.2, -80.8, **fields)
    assert told.kinds() == []


def test_that_other_kinds_of_zones_are_no_hot_zones() -> None:
    told = Told()
    around = {"type": "Polygon", "coordinates": [[[-81, 35], [-80, 35], [-80, 36], [-81, 35]]]}
    told.say(OURS, Zone(id="p", at=r.NOON, kind="perimeter", geometry=around))
    told.unit(THEIRS, "e1", 35.2, -80.8)
    assert told.kinds() == []


@pytest.mark.parametrize(
    "geometry",
    [
        {},
        {"type": "Nonsense"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Polygon", "coordinates": [[["a", "b"], [1, 1], [2, 2], [0, 0]]]},
        {"type": "LineString", "coordinates": [[-80.81, 35.19], [-80.79, 35.21]]},
        {"type": "Polygon", "coordinates": [[[float("nan"), 0], [1, 1], [1, 0], [float("nan"), 0]]]},
        {"type": "GeometryCollection", "geometries": 5},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},  # crosses itself
    ],
)
def test_that_a_drawing_that_is_no_ground_harms_nobody(geometry: dict[str, object]) -> None:
    told = Told()
    told.unit(THEIRS, "e1", 35.2, -80.8)
    told.hot_zone("bad", geometry=geometry)
    assert told.kinds() == []
    told.hot_zone()
    assert told.kinds() == ["in_hot_zone"]


# ---- cover at home ----


def test_that_a_ground_without_a_ready_unit_is_told_after_a_while_and_without_flicker() -> None:
    told = Told()
    told.unit(OURS, "e1", 35.2, -80.8, stale_s=10_000)
    told.after(1)
    told.say(OURS, r.unit("e1", rev=2, kind="engine", status="busy"))
    hold, release = UNCOVERED_FOR.total_seconds(), COVERED_FOR.total_seconds()
    assert told.after(2).kinds() == []
    assert told.after(1 + hold).kinds() == []
    assert told.after(3 + hold).kinds() == ["coverage_void"]
    told.say(OURS, r.unit("e1", rev=3, kind="engine", status="available"))
    assert told.after(4 + hold).kinds() == ["coverage_void"]
    told.say(OURS, r.unit("e1", rev=4, kind="engine", status="busy"))
    assert told.after(5 + hold).kinds() == ["coverage_void"]
    assert told.authority.conflicts()[0].since == r.at(2)
    told.say(OURS, r.unit("e1", rev=5, kind="engine", status="available"))
    told.after(6 + hold)
    assert told.after(7 + hold + release).kinds() == []


def test_that_a_unit_that_is_away_covers_nothing_and_one_without_a_place_does() -> None:
    told = Told()
    unit = told.unit(OURS, "e1", 35.2, -81.2, stale_s=10_000)  # on the ground of others
    told.say(OURS, r.unit("h1", kind="hazmat", status="available"))
    told.after(1)
    found = told.after(200).authority.conflicts()
    assert [one.key for one in found] == [("coverage_void", OURS, "engine")]
    told.place(unit, 35.2, -80.8, seconds=201)
    told.after(202)
    assert told.after(240).kinds() == []


def test_that_what_nobody_ever_called_ready_is_not_missed() -> None:
    told = Told()
    told.unit(OURS, "e1", 35.2, -80.8, status="unknown")
    told.unit(OURS, "bus", 35.2, -80.8, kind="bus", status="busy")
    told.after(1)
    assert told.after(1000).kinds() == []


# ---- refused words ----


def test_that_refused_words_of_one_fault_are_one_line_for_an_hour() -> None:
    told = Told()
    words = [RefusedWord("task", THIRD, f"t{n}", "x", "dispatcher", "wrong hands", r.at(n)) for n in range(3)]
    told.authority.take(told.picture.apply(Batch(epoch=1, refusals=words)))
    found = told.authority.conflicts()
    assert [(one.kind, one.since) for one in found] == [("refused_word", r.NOON)]
    assert found[0].words == "3 tasks in Mecklenburg EMS's name were not taken: wrong hands"
    assert told.after(3601).kinds() == ["refused_word"]
    assert told.after(3700).kinds() == []


# ---- the list ----


def test_that_what_is_set_aside_stays_last_and_comes_back_when_there_is_more_to_it() -> None:
    told = Told()
    told.incident()
    told.task(OURS, "late", ("x", "u"))
    told.hot_zone()
    for number in range(5):
        told.unit(OURS, f"e{number}", 35.2, -80.8, kind="utility", status="busy")
    told.after(301)
    standing = told.authority.standing
    first = told.authority.conflicts()[0]
    assert (first.kind, standing.counts().all, standing.counts().ours) == ("in_hot_zone", 2, 2)
    before = standing.version
    standing.set_aside(first.key, "A. Rivera", told.now)
    assert standing.version > before
    assert told.authority.conflicts()[-1] == first
    assert standing.counts().all == 1
    noted = standing.noted(first.key)
    assert noted is not None
    assert (noted.by, noted.at) == ("A. Rivera", told.now)
    told.unit(OURS, "e9", 35.2, -80.8, kind="utility", status="busy")
    assert told.authority.conflicts()[0].key == first.key
    assert standing.counts().all == 2


def test_that_what_was_set_aside_can_be_brought_back_and_is_forgotten_once_settled() -> None:
    told = Told()
    told.incident()
    task = told.task(OURS, "late", ("x", "u"))
    told.after(301)
    standing = told.authority.standing
    key = told.authority.conflicts()[0].key
    standing.set_aside(key, "A", told.now)
    standing.bring_back(key)
    assert standing.counts().all == 1
    standing.set_aside(key, "A", told.now)
    told.answer("x", task, "accepted")
    assert told.kinds() == []
    told.answer("x", task, "declined", rev=2)
    told.task(OURS, "late", ("x", "v"), rev=2, asked_at=r.at(1))
    told.after(1000)
    assert standing.noted(key) is None
    standing.set_aside(("no", "such"), "A", told.now)


def test_that_a_new_name_is_taken_over_within_a_second() -> None:
    told = Told()
    told.hot_zone()
    told.unit(THEIRS, "e1", 35.2, -80.8)
    told.say(THEIRS, Agency(id=THEIRS, at=r.NOON, name="City of Gastonia"))
    told.after(1)
    assert "City of Gastonia" in told.authority.conflicts()[0].words


def test_that_the_version_stands_still_while_nothing_changes() -> None:
    told = Told()
    told.hot_zone()
    unit = told.unit(THEIRS, "e1", 35.2, -80.8)
    told.after(1)
    before = told.authority.standing.version
    told.place(unit, 35.2001, -80.8, seconds=2)
    told.after(3)
    assert told.authority.standing.version == before
    assert told.authority.conflicts() is told.authority.conflicts()


# ---- keeping it up is finding it afresh ----

_UNITS = tuple((agency, name) for agency in (OURS, THEIRS) for name in ("u1", "u2"))
_INCIDENTS = ((OURS, "i1"), (THEIRS, "i2"), (THIRD, "i3"))
_TASKS = tuple((agency, name) for agency in (OURS, THIRD) for name in ("t1", "t2"))
_LATS = st.sampled_from([35.2, 35.2005, 35.205, 35.3])
_LONS = st.sampled_from([-80.8, -80.8005, -80.7, -81.2])
_SECONDS = st.integers(0, 900)
_OPS = st.one_of(
    st.tuples(st.just("place"), st.sampled_from(_UNITS), _LATS, _LONS),
    st.tuples(st.just("unit"), st.sampled_from(_UNITS), st.sampled_from(["available", "busy", "returning"])),
    st.tuples(st.just("gone"), st.sampled_from(_UNITS)),
    st.tuples(
        st.just("incident"),
        st.sampled_from(_INCIDENTS),
        _LATS,
        st.sampled_from(["crash", "medical", "hazmat", "unknown"]),
        st.sampled_from(["open", "closed"]),
        _SECONDS,
    ),
    st.tuples(
        st.just("task"),
        st.sampled_from(_TASKS),
        st.sampled_from(_UNITS),
        st.sampled_from(_INCIDENTS),
        _SECONDS,
        st.sampled_from(["", "mou"]),
        st.booleans(),
        st.sampled_from(["", "charlotte-fire/t1", "mecklenburg-ems/t2"]),
    ),
    st.tuples(
        st.just("answer"),
        st.sampled_from(_TASKS),
        st.sampled_from(_UNITS),
        st.sampled_from(["accepted", "declined", "on_scene", "complete", "released"]),
    ),
    st.tuples(
        st.just("link"), st.sampled_from(_INCIDENTS), st.sampled_from(_INCIDENTS), st.sampled_from(["same", "split"])
    ),
    st.tuples(
        st.just("zone"),
        st.sampled_from(["z1", "z2"]),
        st.sampled_from(_INCIDENTS),
        _LONS,
        st.one_of(st.none(), _SECONDS),
    ),
    st.tuples(st.just("command"), st.sampled_from(_INCIDENTS), st.sampled_from([OURS, THIRD]), st.booleans()),
    st.tuples(st.just("consent"), st.sampled_from(["given", "withdrawn"]), _SECONDS),
    st.tuples(
        st.just("fill"), st.sampled_from(["r1", "r2"]), st.integers(0, 4), st.sampled_from(["offered", "withdrawn"])
    ),
    st.tuples(st.just("clock"), st.integers(1, 400)),
)


def _do(told: Told, number: int, op: tuple) -> None:  # type: ignore[type-arg]
    rev = number + 1
    match op:
        case ("place", unit, lat, lon):
            told.place(unit, lat, lon, seconds=number)
        case ("unit", unit, status):
            told.say(unit[0], r.unit(unit[1], rev=rev, kind="engine", status=status))
        case ("gone", unit):
            told.say(unit[0], Retraction(id=unit[1], at=r.at(number), rev=rev, kind="unit"))
        case ("incident", key, lat, kind, status, opened):
            told.incident(*key, rev=rev, lat=lat, type=kind, status=status, opened_at=r.at(opened))
        case ("task", key, unit, incident, asked, agreement, cancelled, replaces):
            fields = {"asked_at": r.at(asked), "answer_by": r.at(asked + 60), "replaces": replaces}
            if agreement:
                fields |= {"agreement": agreement, "clause": "3.1", "basis": Basis(type="crash"), "unit_kind": "engine"}
            told.task(key[0], key[1], unit, incident, rev=rev, cancelled=cancelled, **fields)
        case ("answer", task, unit, state):
            told.answer(unit[0], task, state, rev=rev, reason="so")
        case ("link", first, second, relation):
            ends = {"first": "/".join(first), "second": "/".join(second)}
            told.say(first[0], Link(id="l", at=r.NOON, rev=rev, relation=relation, **ends))
        case ("zone", name, incident, west, ends):
            told.hot_zone(name, incident=incident, west=west - 0.005, rev=rev, expires_at=r.at(ends) if ends else None)
        case ("command", incident, agency, holds):
            named = {"incident_agency": incident[0], "incident": incident[1], "holds": holds, "since": r.NOON}
            told.say(agency, IncidentCommand(id=command_id(*incident), at=r.NOON, rev=rev, **named))
        case ("consent", state, at):
            word = {"agreement": "mou", "clause": "3.1", "state": state, "withdrawn_at": r.at(at)}
            told.say(THEIRS, Consent(id=consent_id("mou", "3.1"), at=r.at(at), rev=rev, **word))
        case ("fill", name, quantity, state):
            told.say(OURS, ResourceRequest(id=name, at=r.NOON, rev=rev, what="beds", quantity=4))
            given = {"requester": OURS, "quantity": quantity, "resource": "beds", "state": state}
            told.say(THEIRS, Fill(id=name, at=r.NOON, rev=rev, **given))
        case ("clock", seconds):
            told.after((told.now - r.NOON).total_seconds() + seconds)


def _everything(told: Told) -> Change:
    """A change that names all of a picture."""
    picture = told.picture
    return Change(
        moved=np.arange(picture.tracks.count),
        units=set(picture.tracks.keys),
        incidents=set(picture.incidents),
        resources=set(picture.resources),
        tasks=set(picture.tasks),
        zones=set(picture.zones),
        links=set(picture.links),
        consents=set(picture.consents),
        commands=set(picture.commands),
        requests=set(picture.requests),
        refusals=len(picture.refusals),
    )


def _told_of(authority: Authority) -> set[tuple[object, ...]]:
    """What stands, but for since when: who comes later does not know since when a unit stands in a zone."""
    return {
        (one.key, one.owner, one.words, one.about, one.proposal)
        for one in authority.conflicts()
        if one.kind != "coverage_void"
    }


@settings(max_examples=300, deadline=None)
@given(st.lists(_OPS, max_size=25))
def test_that_keeping_it_up_is_finding_it_afresh(ops: list) -> None:  # type: ignore[type-arg]
    agreements = agreed(quantity=1)
    told = Told(agreements)
    told.say(THEIRS, r.resource("beds", quantity=5))
    for number, op in enumerate(ops):
        _do(told, number, op)
    told.authority.tick()
    fresh = Authority(told.picture, ground(), agreements, Operator(OURS, "commander"), lambda: told.now)
    fresh.standing.begin()
    fresh.take(_everything(told))
    fresh.tick()
    assert _told_of(told.authority) == _told_of(fresh)
    kept, anew = (one.standing._cover.at_home(told.now) for one in (told.authority, fresh))
    assert kept == anew


def test_that_since_is_never_later_than_now() -> None:
    told = Told()
    told.hot_zone()
    told.unit(THEIRS, "e1", 35.2, -80.8)
    told.place((THEIRS, "e1"), 35.2, -80.8, seconds=90_000)  # a clock ahead of ours
    assert all(one.since <= told.now for one in told.authority.conflicts())
