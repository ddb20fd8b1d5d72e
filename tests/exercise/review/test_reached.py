"""Objectives: met, not met, or not to be told; each of them by the words that are on record."""

from pathlib import Path

import pytest

from cop.domain.area import Alert, Zone
from cop.domain.incident import Link
from cop.domain.request import Fill, ResourceRequest
from cop.domain.resource import Resource
from cop.exercise.objectives import Objective
from cop.exercise.review.figures import Reached
from tests.exercise.review.told import INCIDENT, OTHERS, THEIRS, Record, goal, reviewed
from tests.replay.stage import OWN


@pytest.fixture
def record(tmp_path: Path) -> Record:
    made = Record(tmp_path)
    made.incident(10)
    return made


def reach(record: Record, objective: Objective, end: float = 1000) -> Reached:
    record.end(end)
    (one,) = reviewed(record.folder, objectives=[objective]).objectives
    return one


def test_that_units_on_scene_in_time_meet_it(record: Record) -> None:
    record.unit(THEIRS, "hazmat-4", 11, kind="hazmat", capabilities=("Decon",))
    record.unit(OTHERS, "adam-1", 12, kind="patrol")
    record.ask(20, owner=OTHERS, unit="adam-1")
    record.answer(30, "on_scene", owner=OTHERS)
    record.ask(40, task="t-2", unit="hazmat-4")
    record.answer(400, "on_scene", task="t-2")
    one = reach(record, goal("on_scene", 600, incident=INCIDENT, kinds=("hazmat",), capabilities=("decon",)))
    assert (one.met, one.took_s) == (True, 390) and one.records and one.counts_from is not None
    assert "Hazmat-4" in one.why


def test_that_later_than_the_limit_is_not_met(record: Record) -> None:
    record.ask(20)
    record.answer(400, "on_scene")
    one = reach(record, goal("on_scene", 300, incident=INCIDENT))
    assert (one.met, one.took_s) == (False, 390)


def test_that_a_record_that_ends_before_the_limit_does_not_tell(record: Record) -> None:
    record.ask(20)
    one = reach(record, goal("on_scene", 3600, incident=INCIDENT), end=100)
    assert one.met is None and "ends before" in one.why


def test_that_one_unit_of_two_is_not_two(record: Record) -> None:
    record.ask(20)
    record.answer(30, "on_scene")
    record.answer(40, "on_scene")
    one = reach(record, goal("on_scene", 300, incident=INCIDENT, count=2))
    assert one.met is False and one.why.startswith("1 of 2")


def test_that_the_slowest_answer_decides(record: Record) -> None:
    record.ask(20)
    record.answer(50, "accepted")
    record.ask(60, task="t-2", owner=OTHERS, unit="adam-1")
    record.answer(500, "declined", task="t-2", owner=OTHERS, reason="No")
    slow = reach(record, goal("answered", 300))
    assert slow.met is False and "1 of 2 waited longer" in slow.why
    (quick,) = reviewed(record.folder, objectives=[goal("answered", 300, agencies=(THEIRS,))]).objectives
    assert quick.met is True


def test_that_a_request_of_the_last_minute_decides_nothing(record: Record) -> None:
    record.ask(20)
    record.answer(50, "accepted")
    record.ask(990, task="t-2")
    assert reach(record, goal("answered", 300)).met is None


def test_that_command_zone_warning_link_status_and_resources_are_measured(record: Record) -> None:
    record.command(130, OWN)
    about = {"incident_agency": OWN, "incident": INCIDENT}
    record.say(OWN, record.word(Zone, "z-1", 200, kind="evacuation", name="Evacuate", **about))
    record.say(OTHERS, record.word(Alert, "a-1", 210, event="Evacuation", headline="Leave now"))
    record.say(OWN, record.word(Link, "k-1", 220, first=f"{OWN}/{INCIDENT}", second=f"{THEIRS}/i-9", role="dispatcher"))
    request = {"what": "Foam", "kind": "equipment", "quantity": 4, "role": "commander", **about}
    record.say(OWN, record.word(ResourceRequest, "r-1", 230, **request))
    given = {"requester": OWN, "role": "liaison"}
    record.say(THEIRS, record.word(Fill, "r-1", 300, quantity=4, state="delivered", **given))
    record.say(
        THEIRS, record.word(Resource, "b-1", 310, name="Beds", kind="beds", available=12, availability="available")
    )
    record.incident(400, status="contained")
    goals = (
        goal("command", 150, incident=INCIDENT),
        goal("zone", 300, incident=INCIDENT, kinds=("evacuation",)),
        goal("warned", 300, incident=INCIDENT),
        goal("linked", 300, incident=INCIDENT),
        goal("requested", 300, incident=INCIDENT, count=4),
        goal("delivered", 300, incident=INCIDENT, count=4, kinds=("equipment",)),
        goal("available", 400, kinds=("beds",), count=10),
        goal("status", 400, incident=INCIDENT, status="contained"),
        goal("status", 400, incident=INCIDENT, status="closed"),
        goal("tasked", 100, incident=INCIDENT),
    )
    record.end(1000)
    found = reviewed(record.folder, objectives=goals).objectives
    assert [one.met for one in found] == [True] * 8 + [False, False]
    assert [one.took_s for one in found[:6]] == [120, 190, 200, 210, 220, 290]
    assert all(one.records for one in found[:8])


def test_that_cots_are_no_sandbags(record: Record) -> None:
    about = {"incident_agency": OWN, "incident": INCIDENT, "kind": "equipment", "role": "commander"}
    given = {"requester": OWN, "role": "liaison", "state": "delivered"}
    record.say(OWN, record.word(ResourceRequest, "r-1", 130, what="Sandbags, filled", quantity=400, **about))
    record.say(OWN, record.word(ResourceRequest, "r-2", 140, what="Cots", quantity=380, **about))
    record.say(THEIRS, record.word(Fill, "r-1", 200, quantity=300, **given))
    record.say(THEIRS, record.word(Fill, "r-2", 210, quantity=380, **given))
    record.end(1000)
    asked = goal("requested", 300, incident=INCIDENT, count=401, kinds=("equipment",), what="sandbags")
    come = goal("delivered", 300, incident=INCIDENT, count=400, kinds=("equipment",), what="sandbags")
    found = reviewed(record.folder, objectives=(asked, come)).objectives
    assert [one.met for one in found] == [False, False]
    assert "Cots" not in found[1].why
    assert "300 of 400" in found[1].why


def test_that_an_inject_that_is_not_on_record_decides_nothing(record: Record) -> None:
    one = reach(record, goal("status", 60, after="radio", status="closed"))
    assert one.met is None and "radio" in one.why


def test_that_the_time_counts_from_the_inject(tmp_path: Path) -> None:
    record = Record(tmp_path, root="exercise/drill/v1", pace=2.0)
    record.control(0, "started", 0.0, rate=2.0)
    record.incident(10)
    record.control(100, "fired", 200.0, inject="second", by="time")
    record.incident(130, status="contained")
    one = reach(record, goal("status", 90, after="second", incident=INCIDENT, status="contained"))
    assert (one.met, one.took_s) == (True, 60)


def test_that_leads_and_conflicts_are_held_to_their_limits(record: Record) -> None:
    record.ask(20, answer_by=record.at(80))
    record.answer(300, "accepted")
    record.end(1000)
    goals = [
        goal("conflicts", 100),
        goal("conflicts", 400, kinds=("overdue",), incident=INCIDENT),
        goal("conflicts", 10, kinds=("two_leads",)),
        goal("lead", 60, incident=INCIDENT),
    ]
    found = reviewed(record.folder, objectives=goals).objectives
    assert [one.met for one in found] == [False, True, True, False]
    assert found[0].records and "no lead" in found[3].why


def test_that_two_who_claim_command_are_no_one_lead(record: Record) -> None:
    record.incident(10)
    record.command(20, OWN)
    record.command(40, THEIRS)
    record.end(1000)
    one = reach(record, goal("lead", 600, incident=INCIDENT))
    assert one.met is False
    assert "2 of 2" in one.why  # nobody's ground, and two in command of it


def test_that_an_incident_that_is_not_on_record_is_said(record: Record) -> None:
    assert reach(record, goal("command", 60, incident="inc-99")).met is None
