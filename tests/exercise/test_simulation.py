"""The exercise as a function of time: repeatable, readable by our adapters, within its own tree, and it answers."""

from collections import Counter
from datetime import timedelta

import msgspec
import pytest

from cop.domain.agency import Presence
from cop.domain.command import IncidentCommand, command_id
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.request import Fill, ResourceRequest
from cop.domain.resource import Resource
from cop.domain.task import Answer, Task
from cop.domain.unit import Position, Unit
from cop.exercise.simulation import OPERATOR, Published, Simulation
from cop.feeds.topics import parse_object_topic
from tests.exercise.plays import NOON, ROOT, Listener, say, simulation, words


def request(unit: str = "adam-203", agency: str = "charlotte-pd", task_id: str = "task-desk", **fields: object) -> Task:
    """What a commander's desk asks."""
    base: dict[str, object] = {
        "objective": "Close the ramp",
        "incident_agency": "charlotte-fire",
        "incident": "inc-0417",
        "by": "Chief Reyes",
    }
    return Task(id=task_id, at=NOON, rev=1, assignee_agency=agency, unit=unit, **{**base, **fields})  # type: ignore[arg-type]


def online(agency_desk: str = "desk-7", *, here: bool = True, rev: int = 1) -> Presence:
    """A desk signs in or out."""
    return Presence(id=agency_desk, at=NOON, rev=rev, by="Sgt. Alvarez", online=here, role="liaison")


def answers(messages: list[Published], agency: str = "charlotte-pd", task: str = "task-desk") -> list[Answer]:
    """What an agency said to a task."""
    end = f"~{task}"
    return [
        msgspec.json.decode(message.payload, type=Answer)
        for message in messages
        if message.topic.startswith(f"{ROOT}/{agency}/answer/") and message.topic.endswith(end)
    ]


def test_that_the_same_seed_gives_the_same_messages_however_time_is_cut() -> None:
    whole = simulation(seed=5).until(180)
    pieces = simulation(seed=5)
    cut = [message for t in (0.0, 0.3, 7.0, 7.0, 60.5, 180.0) for message in pieces.until(t)]
    assert whole == cut
    assert len(whole) > 15_000
    assert [message.t for message in whole] == sorted(message.t for message in whole)


def test_that_another_seed_gives_another_course() -> None:
    assert simulation(seed=1).until(10) != simulation(seed=2).until(10)


def test_that_another_start_changes_times_alone() -> None:
    later = NOON + timedelta(hours=3)
    first, second = simulation().until(30), simulation(base=later).until(30)
    places = [message for message in first if "/position/" in message.topic]
    assert [message.topic for message in first if "/log/" not in message.topic] == [
        message.topic for message in second if "/log/" not in message.topic
    ]
    moved = dict(zip([m.payload for m in first], [m.payload for m in second], strict=True))
    for message in places:
        a = msgspec.json.decode(message.payload, type=Position)
        b = msgspec.json.decode(moved[message.payload], type=Position)
        assert (a.lat, a.lon) == (b.lat, b.lon)
        assert b.at - a.at == timedelta(hours=3)


def test_that_every_message_decodes_to_its_agency_and_to_a_unit_of_the_cast() -> None:
    sim, listener = simulation(), Listener()
    units = {(player.agency.id, player.id) for player in sim.players}
    kinds: Counter[str] = Counter()
    for message in sim.until(120):
        reports = listener.decode(message)
        # a radio's name is news once
        assert reports or not message.payload or b'"nodeinfo"' in message.payload
        for report in reports:
            kinds[type(report.body).__name__] += 1
            assert report.exercise
            if isinstance(report.body, Unit | Position):
                assert report.key in units
    assert listener.formats == {
        *("cop-json", "cot-xml", "tak-protobuf", "owntracks", "meshtastic", "taip", "hfp", "ais", "adsb"),
        *("cap", "edxl-have", "eido", "json", "wzdx"),
    }
    assert {"Position", "Unit", "Incident", "Resource", "Task", "Answer", "Zone", "Agency", "LogEntry"} <= set(kinds)


def test_that_after_twenty_five_seconds_the_picture_is_whole() -> None:
    sim, listener = simulation(), Listener()
    picture = listener.take(sim.until(25))
    assert len(picture.units) == 225
    assert len({agency for agency, _unit in picture.units}) >= 12
    assert len(picture.agencies) == len(sim.scenario.speakers)
    assert len(picture.resources) == 61  # the hospital that speaks EDXL-HAVE stands for itself too
    assert len(picture.incidents) == 8
    assert len(picture.alerts) == 1
    assert [report.body.relation for report in picture.links.values()] == ["same"]  # type: ignore[union-attr]
    assert len(picture.zones) >= 5
    assert len(picture.log) >= 5
    states = Counter(picture.task_state(task) for task in picture.tasks.values())
    assert states["requested"] >= 2
    assert states["accepted"] >= 1
    assert states["en_route"] >= 2
    assert states["on_scene"] >= 2
    assert states["complete"] >= 1
    assert states["declined"] >= 1
    unnamed = [key for key, report in picture.units.items() if report.body.callsign in {"", key[1]}]  # type: ignore[union-attr]
    unknown = [key for key, report in picture.units.items() if report.body.kind == "unknown"]  # type: ignore[union-attr]
    assert (unnamed, unknown) == ([], [])


def test_that_the_story_goes_on_for_twenty_minutes() -> None:
    sim, listener = simulation(), Listener()
    picture = listener.take(words(sim.until(1200)))
    statuses = {key[1]: report.body.status for key, report in picture.incidents.items()}  # type: ignore[union-attr]
    assert statuses["inc-0417"] == "contained"
    assert statuses["inc-0402"] == "closed"
    assert picture.zones["charlotte-fire", "zone-hot"].body.name == "Hot zone 500 m"  # type: ignore[union-attr]
    assert ("nc-highway-patrol", "zone-i85") not in picture.zones
    reasons = [report.body.reason for report in picture.answers.values() if report.body.state == "declined"]  # type: ignore[union-attr]
    assert reasons
    assert all(reasons)
    assert picture.task_state(picture.tasks["charlotte-fire", "task-decon"]) == "requested"
    assert sum(picture.task_state(task) == "complete" for task in picture.tasks.values()) >= 5


def test_that_nothing_is_said_outside_the_exercises_tree_and_each_agency_keeps_to_its_own() -> None:
    sim = simulation()
    for message in sim.until(300):
        assert message.topic.startswith("exercise/steel-rail/")
        where = parse_object_topic(message.topic)
        if where is not None:
            assert (where.root, where.agency) == (ROOT, message.agency)


def test_that_some_units_fall_silent() -> None:
    sim = simulation()
    sim.until(60)
    late = {message.topic for message in sim.until(120)}
    assert f"{ROOT}/charlotte-pd/position/adam-226" in late
    assert f"{ROOT}/charlotte-pd/position/adam-227" not in late


def test_that_a_faster_exercise_reports_as_often_by_the_clock_and_stamps_by_the_clock() -> None:
    fast = simulation(rate=10.0)
    fast.until(0)
    said = fast.until(600)  # one minute by the clock
    engine = [message for message in said if message.topic == f"{ROOT}/charlotte-fire/position/engine-1"]
    assert 29 <= len(engine) <= 31
    last = msgspec.json.decode(engine[-1].payload, type=Position)
    assert timedelta(seconds=57) <= last.at - NOON <= timedelta(seconds=60)


def test_that_a_faster_exercise_gives_arrival_times_by_the_clock() -> None:
    def eta_s(rate: float) -> int | None:
        said = answers(simulation(rate=rate).until(60), "charlotte-fire", "task-attack")
        return said[-1].eta_s

    slow, fast = eta_s(1.0), eta_s(4.0)
    assert slow and fast
    assert fast == pytest.approx(slow / 4, rel=0.2)


def test_that_most_units_are_free_at_any_time() -> None:
    sim = simulation()
    for t in (10, 300, 900):
        sim.until(t)
        statuses = Counter(player.status for player in sim.players)
        assert statuses["available"] > 0.55 * len(sim.players)
        assert statuses["busy"] > 5


def test_that_a_request_from_a_desk_is_answered_and_the_unit_drives_there() -> None:
    sim = simulation(seed=1)
    sim.until(30)
    say(sim, "charlotte-fire", "task", request())
    assert answers(sim.until(33)) == []
    said = answers(sim.until(1500))
    assert [answer.state for answer in said] == ["accepted", "en_route", "on_scene", "complete"]
    assert [answer.rev for answer in said] == [1, 2, 3, 4]
    assert said[1].eta_s
    assert all(answer.requester == "charlotte-fire" for answer in said)
    assert said[0].at <= NOON + timedelta(seconds=30 + 12.1)


def test_that_the_driving_unit_is_at_the_incident_when_it_says_so() -> None:
    sim = simulation(seed=1)
    sim.until(30)
    say(sim, "charlotte-fire", "task", request())
    player = next(player for player in sim.players if player.id == "adam-203")
    t = 30.0
    while not any(answer.state == "on_scene" for answer in answers(sim.until(t))):
        t += 2.0
        assert t < 2_000
    place = next(incident.place for incident in sim.scenario.incidents if incident.id == "inc-0417")
    lat, lon = player.motion.place
    assert abs(lat - place[0]) < 0.002
    assert abs(lon - place[1]) < 0.002
    assert player.status == "on_scene"


def test_that_what_cannot_be_given_is_declined_with_a_reason() -> None:
    sim = simulation()
    sim.until(30)
    say(sim, "mecklenburg-ems", "task", request(unit="adam-999"))
    said = answers(sim.until(60))
    assert [answer.state for answer in said] == ["declined"]
    assert "no such unit" in said[0].reason


def test_that_for_a_committed_unit_its_owner_offers_another_of_its_kind() -> None:
    sim = simulation()
    sim.until(30)
    say(sim, "mecklenburg-ems", "task", request(unit="adam-214"))
    [said] = answers(sim.until(60))
    assert said.state == "countered"
    assert "is committed" in said.reason
    offered = next(player for player in sim.players if player.id == said.offers)
    assert (offered.agency.id, offered.kind, offered.status) == ("charlotte-pd", "patrol", "available")


def test_that_a_unit_taken_over_under_another_command_goes_on_where_it_was() -> None:
    sim = simulation(seed=1)
    sim.until(30)
    say(sim, "charlotte-fire", "task", request())
    before = answers(sim.until(60))[-1].state
    assert before in {"accepted", "en_route"}
    adopted = request(task_id="task-adopted", replaces="charlotte-fire/task-desk")
    say(sim, "gastonia-fd", "task", adopted)
    sim.until(61)
    player = next(player for player in sim.players if player.id == "adam-203")
    assert player.assignment is not None
    assert (player.assignment.requester, player.assignment.task.id) == ("gastonia-fd", "task-adopted")
    said = sim.until(600)
    assert not answers(said)
    assert answers(said, task="task-adopted")


def test_that_a_unit_of_a_task_that_went_to_another_unit_is_free_again() -> None:
    sim = simulation(seed=1)
    sim.until(30)
    say(sim, "charlotte-fire", "task", request())
    sim.until(60)
    instead = request(unit="adam-204", task_id="task-instead", replaces="charlotte-fire/task-desk")
    say(sim, "charlotte-fire", "task", instead)
    player = next(player for player in sim.players if player.id == "adam-203")
    assert (player.assignment, player.status) == (None, "available")


def test_that_an_unstaffed_agency_acknowledges_command_that_is_offered_to_it_and_no_withdrawn_offer() -> None:
    sim = simulation()
    sim.until(30)
    offer = IncidentCommand(
        id=command_id("charlotte-fire", "inc-0417"),
        at=NOON,
        rev=7,
        by="Chief Reyes",
        incident_agency="charlotte-fire",
        incident="inc-0417",
        holds=True,
        offered_to="gastonia-fd",
    )
    topic = f"{ROOT}/gastonia-fd/command/{offer.id}"

    def taken() -> list[IncidentCommand]:
        said = [message for message in sim.until(sim.now + 30) if message.topic == topic]
        return [msgspec.json.decode(message.payload, type=IncidentCommand) for message in said]

    say(sim, "charlotte-fire", "command", offer)
    say(sim, "charlotte-fire", "command", msgspec.structs.replace(offer, rev=8, offered_to=""))
    assert not taken()
    say(sim, "charlotte-fire", "command", msgspec.structs.replace(offer, rev=9))
    [word] = taken()
    assert (word.holds, word.taken_from, word.taken_rev, word.role) == (True, "charlotte-fire", 9, "commander")


def test_that_agencies_give_of_what_they_have_towards_a_request_and_no_more_than_is_asked() -> None:
    sim = simulation()
    sim.until(30)
    wanted = ResourceRequest(id="req-1", at=NOON, rev=1, by="Chief Reyes", kind="team", what="Teams", quantity=3)
    say(sim, "charlotte-fire", "request", wanted)
    fills = [
        msgspec.json.decode(message.payload, type=Fill)
        for message in sim.until(120)
        if message.topic.endswith("/fill/charlotte-fire~req-1")
    ]
    assert 1 <= len(fills) <= 3
    assert sum(fill.quantity for fill in fills) <= 3
    assert {fill.requester for fill in fills} == {"charlotte-fire"}


def test_that_by_seed_some_requests_are_declined_and_most_are_not() -> None:
    def declined(seed: int) -> set[str]:
        sim = simulation(seed)
        sim.until(30)
        units = [player.id for player in sim.players if player.agency.id == "mecklenburg-ems"]
        for unit in units:
            task = request(unit=unit, agency="mecklenburg-ems", task_id=f"task-{unit}")
            say(sim, "charlotte-fire", "task", task)
        said = sim.until(60)
        first = {unit: answers(said, "mecklenburg-ems", f"task-{unit}")[0].state for unit in units}
        assert {"accepted", "declined"} <= set(first.values()) <= {"accepted", "declined", "countered"}
        refused = {unit for unit, state in first.items() if state == "declined"}
        assert len(refused) < len(units) / 2
        return refused

    assert declined(1) == declined(1)
    assert declined(1) != declined(4)


def test_that_a_cancelled_request_sends_the_unit_back_and_is_not_answered_again() -> None:
    sim = simulation(seed=1)
    sim.until(30)
    say(sim, "charlotte-fire", "task", request())
    assert answers(sim.until(50))[-1].state == "en_route"
    say(sim, "charlotte-fire", "task", request(cancelled=True))
    assert answers(sim.until(900)) == []
    player = next(player for player in sim.players if player.id == "adam-203")
    assert player.assignment is None
    assert player.motion.bound_for is None


def test_that_an_agency_whose_desk_is_staffed_is_left_to_its_people_until_they_go() -> None:
    sim = simulation(seed=1)
    sim.until(30)
    say(sim, "charlotte-pd", "presence", online())
    say(sim, "charlotte-fire", "task", request())
    assert answers(sim.until(120)) == []
    say(sim, "charlotte-pd", "presence", online(here=False, rev=2))
    assert answers(sim.until(150))[0].state in {"accepted", "declined"}


def test_that_the_simulations_own_presence_is_no_staffed_desk() -> None:
    sim = simulation(seed=1)
    say(sim, "charlotte-pd", "presence", online("exercise"))
    sim.until(30)
    say(sim, "charlotte-fire", "task", request())
    assert answers(sim.until(60))


def test_that_a_persons_answer_is_obeyed_and_not_overruled() -> None:
    sim = simulation(seed=1)
    sim.until(30)
    say(sim, "charlotte-pd", "presence", online())
    say(sim, "charlotte-fire", "task", request())
    sim.until(40)
    said_before = Answer(
        id="task-desk", at=NOON, rev=1, by="Sgt. Alvarez", requester="charlotte-fire", state="en_route"
    )
    say(sim, "charlotte-pd", "answer", said_before)
    player = next(player for player in sim.players if player.id == "adam-203")
    assert player.status == "en_route"
    assert player.motion.bound_for is not None
    assert answers(sim.until(1500)) == []
    assert player.status == "on_scene"
    decline = msgspec.structs.replace(said_before, rev=2, state="declined", reason="Needed here")
    say(sim, "charlotte-pd", "answer", decline)
    assert player.assignment is None


def test_that_a_scripted_request_to_a_staffed_agency_waits_for_its_people() -> None:
    sim = simulation()
    say(sim, "charlotte-pd", "presence", online())
    assert answers(sim.until(60), task="task-evacuate") == []
    say(sim, "charlotte-pd", "presence", online(here=False, rev=2))
    assert answers(sim.until(200), task="task-evacuate")


def test_that_an_agencys_own_script_goes_on_when_its_desk_is_staffed() -> None:
    sim = simulation()
    say(sim, "charlotte-fire", "presence", online())
    said = answers(sim.until(60), "charlotte-fire", "task-attack")
    assert [answer.state for answer in said] == ["accepted", "en_route"]


def test_that_a_resource_marked_by_a_person_is_not_overwritten() -> None:
    sim = simulation()
    topic = f"{ROOT}/cats-transit/resource/cats-evac"
    first = next(message for message in sim.until(1) if message.topic == topic)
    body = msgspec.json.decode(first.payload, type=Resource)
    mine = msgspec.structs.replace(body, rev=body.rev + 1, by="Liaison", availability="out_of_service", available=0)
    say(sim, "cats-transit", "resource", mine)
    assert not [message for message in sim.until(400) if message.topic == topic]
    assert topic not in sim.retained


def test_that_an_untouched_resource_changes_by_the_script() -> None:
    sim = simulation()
    topic = f"{ROOT}/cats-transit/resource/cats-evac"
    said = [message for message in sim.until(400) if message.topic == topic]
    assert [msgspec.json.decode(message.payload, type=Resource).available for message in said] == [16, 6]


def test_that_an_incident_closed_by_a_person_stays_closed() -> None:
    sim = simulation()
    sim.until(20)
    topic = f"{ROOT}/charlotte-fire/incident/inc-0417"
    known = msgspec.json.decode(sim.retained[topic].payload, type=Incident)
    closed = msgspec.structs.replace(known, rev=known.rev + 1, by="Chief Reyes", status="closed")
    say(sim, "charlotte-fire", "incident", closed)
    assert not [message for message in sim.until(600) if message.topic == topic]


def replay(first: Simulation, second: Simulation) -> None:
    """A second run hears what the broker kept of the first."""
    for message in first.retained.values():
        second.hear(message.topic, message.payload, NOON)


def test_that_a_second_run_goes_on_with_the_revisions_and_clears_what_it_has_not_said_yet() -> None:
    first, second, listener = simulation(), simulation(base=NOON + timedelta(hours=1)), Listener()
    listener.take(words(first.until(700)))
    assert ("charlotte-fire", "task-relief") in listener.picture.tasks
    replay(first, second)
    picture = listener.take(words(second.until(1)))
    assert ("charlotte-fire", "task-relief") not in picture.tasks
    assert ("campus-police", "inc-0419") not in picture.incidents
    assert picture.task_state(picture.tasks["charlotte-fire", "task-command"]) == "on_scene"
    assert picture.incidents["charlotte-fire", "inc-0417"].body.status == "active"  # type: ignore[union-attr]
    picture = listener.take(words(second.until(25)))
    assert ("campus-police", "inc-0419") in picture.incidents
    assert picture.task_state(picture.tasks["charlotte-fire", "task-attack"]) == "en_route"


def test_that_a_second_run_takes_up_what_a_desk_had_asked_the_first() -> None:
    second = simulation(seed=1)
    say(second, "charlotte-fire", "task", request())
    said_before = Answer(id="task-desk", at=NOON, rev=2, by=OPERATOR, requester="charlotte-fire", state="en_route")
    say(second, "charlotte-pd", "answer", said_before)
    said = answers(second.until(1500))
    assert [answer.state for answer in said] == ["on_scene", "complete"]
    assert said[0].rev == 3


def test_that_a_desk_that_joins_is_told_the_log_so_far() -> None:
    sim = simulation()
    before = [message for message in sim.until(50) if "/log/" in message.topic]
    say(sim, "charlotte-pd", "presence", online())
    again = [message for message in sim.until(50) if "/log/" in message.topic]
    assert [message.payload for message in again] == [message.payload for message in before]
    assert msgspec.json.decode(again[0].payload, type=LogEntry).text == "Incident opened by Charlotte Fire"


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff\xfe", b'{"id": 1}', b"[" * 5000, b'{"report":"task"}'])
def test_that_garbage_on_the_line_is_not_heard(payload: bytes) -> None:
    sim = simulation()
    sim.until(5)
    for topic in (f"{ROOT}/charlotte-pd/task/x", f"{ROOT}/x", "exercise", f"{ROOT}/charlotte-pd/presence/exercise"):
        sim.hear(topic, payload, NOON)
    assert sim.until(10)
