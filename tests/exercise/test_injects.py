"""What injects do, and when: at their time, when their condition holds, by hand; each once."""

from typing import Any

import msgspec
import pytest

from cop.domain.task import Answer, Task
from cop.exercise.feeds import feeds
from cop.exercise.injecting import NotDone
from cop.exercise.simulation import Published, Simulation
from cop.feeds.adapters import make_adapter
from cop.feeds.adapters.cop_json import encode
from cop.feeds.message import BadMessage, Message
from tests.exercise.plays import NOON
from tests.exercise.small import ROOT, play, small

_WRITES = 'messages = [{ text = "Now." }]'


def inject(body: str, name: str = "one", title: str = "One") -> str:
    """An inject with this in it."""
    return f'\n[[injects]]\nid = "{name}"\ntitle = "{title}"\n{body}\n'


def fired(sim: Simulation) -> dict[str, float]:
    """When each inject fired that has."""
    return {one.id: one.t for one in sim.injecting.states() if one.state == "fired" and one.t is not None}


def of(messages: list[Published], kind: str, agency: str = "") -> list[dict[str, Any]]:
    """The bodies of a kind in our own format."""
    return [
        msgspec.json.decode(one.payload)
        for one in messages
        if f"/v1/{agency or one.agency}/{kind}/" in one.topic and one.payload
    ]


def ask(
    sim: Simulation, name: str = "task-desk", agency: str = "police", unit: str = "adam-2", by: str = "Reyes"
) -> None:
    """A commander of City Fire asks for a unit."""
    task = Task(
        id=name,
        at=NOON,
        rev=1,
        by="Reyes",
        objective="Evacuate",
        incident_agency="fire",
        incident="rail",
        assignee_agency=agency,
        unit=unit,
    )
    sim.hear(f"{ROOT}/fire/task/{name}", encode(task), NOON)


def answer(sim: Simulation, state: str, name: str = "task-desk", agency: str = "police", rev: int = 5) -> None:
    """A person of the asked agency answers."""
    said = Answer(id=name, at=NOON, rev=rev, by="Sgt. Alvarez", requester="fire", state=state)
    sim.hear(f"{ROOT}/{agency}/answer/fire~{name}", encode(said), NOON)


def test_that_an_inject_fires_at_its_time_once() -> None:
    sim = play(inject(f"at_s = 50\n{_WRITES}"))
    assert not of(sim.until(49.9), "log", "exercise-control")
    said = of(sim.until(50), "log", "exercise-control")
    assert [one["text"] for one in said] == ["Now."]
    assert said[0]["at"] == "2026-11-02T12:00:50Z"
    assert not of(sim.until(400), "log", "exercise-control")
    assert [act.act for act in sim.acts] == ["started", "fired"]
    assert sim.acts[1].by == "time"


def test_that_one_that_has_neither_time_nor_condition_waits_for_the_hand() -> None:
    sim = play(inject(_WRITES))
    sim.until(500)
    assert not fired(sim)
    sim.fire("one")
    assert of(sim.until(500), "log", "exercise-control")
    assert fired(sim) == {"one": 500.0}
    with pytest.raises(NotDone, match="fired already"):
        sim.fire("one")
    with pytest.raises(NotDone, match="no inject"):
        sim.fire("two")


def test_that_one_that_was_left_out_does_not_fire_by_itself_but_can_be_fired() -> None:
    sim = play(inject(f"at_s = 50\n{_WRITES}"))
    sim.skip("one")
    sim.until(300)
    assert not fired(sim)
    sim.fire("one")
    assert fired(sim) == {"one": 300.0}
    with pytest.raises(NotDone):
        sim.skip("one")


def test_that_one_waits_for_another_and_not_for_one_that_was_left_out() -> None:
    chain = (
        inject(f"at_s = 50\n{_WRITES}", "first")
        + inject(f'when = {{ after = "first", wait_s = 20 }}\n{_WRITES}', "second")
        + inject(f'when = {{ after = "second" }}\n{_WRITES}', "third")
    )
    sim = play(chain)
    sim.until(60)
    assert [(one.id, one.state, one.due_t) for one in sim.injecting.states()][1:] == [
        ("second", "due", 70.0),
        ("third", "waiting", None),
    ]
    sim.until(500)
    assert fired(sim) == {"first": 50.0, "second": 70.0, "third": 70.0}
    other = play(chain)
    other.skip("first")
    other.until(500)
    assert not fired(other)


def test_that_one_that_is_due_can_still_be_left_out() -> None:
    sim = play(inject(f'when = {{ incident = {{ id = "rail", status = "active" }}, wait_s = 60 }}\n{_WRITES}'))
    sim.until(230)
    sim.skip("one")
    sim.until(600)
    assert not fired(sim)


def test_that_an_incidents_status_lets_one_fire_whoever_says_it() -> None:
    when = inject(f'when = {{ incident = {{ id = "rail", status = "active" }} }}\n{_WRITES}')
    by_script = play(when)
    by_script.until(600)
    assert fired(by_script) == {"one": 200.0}
    by_people = play(when)
    body = of(by_people.until(40), "incident")[0]
    body |= {"status": "active", "rev": 9, "by": "Chief Reyes"}
    by_people.hear(f"{ROOT}/fire/incident/rail", msgspec.json.encode(body), NOON)
    assert fired(by_people) == {"one": 40.0}


def test_that_a_tasks_state_lets_one_fire() -> None:
    when = 'when = {{ task = {{ agency = "police", unit = "Adam 1", state = "{}" }} }}\n'
    sim = play(
        inject(when.format("requested") + _WRITES, "asked") + inject(when.format("en_route") + _WRITES, "under-way")
    )
    sim.until(300)
    assert fired(sim) == {"asked": 30.0, "under-way": 50.0}


def test_that_an_arrival_and_units_on_scene_let_one_fire() -> None:
    arrival = 'arrives = { agency = "police", unit = "Adam 1", incident = "rail" }'
    sim = play(
        inject(f"when = {{ {arrival} }}\n{_WRITES}", "there")
        + inject(f'when = {{ on_scene = {{ incident = "rail", count = 2 }} }}\n{_WRITES}', "two")
        + inject(f'when = {{ on_scene = {{ incident = "rail", kinds = ["hazmat"] }} }}\n{_WRITES}', "hazmat")
    )
    sim.until(50)
    while not fired(sim) and sim.now < 500:
        sim.until(sim.now + 2)
    assert list(fired(sim)) == ["there"]
    assert 60 < fired(sim)["there"] < 500
    ask(sim)
    answer(sim, "accepted")
    answer(sim, "on_scene", rev=6)
    assert list(fired(sim)) == ["there", "two"]
    ask(sim, "task-hazmat", "fire", "hazmat-1")
    answer(sim, "on_scene", "task-hazmat", "fire")
    assert list(fired(sim)) == ["there", "two", "hazmat"]


def test_that_a_request_that_waits_too_long_lets_one_fire_and_one_that_was_answered_does_not() -> None:
    when = inject(f'when = {{ unanswered = {{ agency = "police", for_s = 90 }} }}\n{_WRITES}')
    sim = play(when)
    sim.take_over("police")
    sim.until(29)
    assert not fired(sim)
    sim.until(400)
    assert fired(sim) == {"one": 120.0}
    answered = play(when)
    answered.until(400)
    assert not fired(answered)
    by_people = play(when)
    by_people.take_over("police")
    by_people.until(60)
    answer(by_people, "declined", "task-close")
    by_people.until(400)
    assert not fired(by_people)


def test_that_conditions_do_not_depend_on_how_time_is_cut() -> None:
    injects = inject(f'when = {{ on_scene = {{ incident = "rail" }}, wait_s = 5 }}\n{_WRITES}')
    whole = play(injects)
    messages = whole.until(600)
    pieces = play(injects)
    cut = [message for t in (0.0, 33.3, 34.0, 210.7, 599.0, 600.0) for message in pieces.until(t)]
    assert fired(whole) == fired(pieces)
    assert messages == cut


def test_that_a_radio_falls_silent_and_comes_back() -> None:
    sim = play(inject('at_s = 20\nsilent_units = [{ agency = "fire", units = ["Engine 1"], for_s = 30 }]'))
    sim.until(20)
    spoken = {message.topic.rpartition("/")[2] for message in sim.until(49) if "/position/" in message.topic}
    assert "engine-1" not in spoken
    assert {"engine-2", "adam-1"} <= spoken
    assert any(message.topic.endswith("position/engine-1") for message in sim.until(54))


def test_that_a_silent_agency_says_later_what_it_could_not_say_and_its_positions_are_lost() -> None:
    sim = play(inject('at_s = 90\nfeeds = [{ agency = "fire", fault = "silent", for_s = 30 }]'))
    sim.until(90)
    assert sim.is_mute("fire")
    assert not sim.is_cut("fire")
    quiet = sim.until(119.9)
    assert {message.agency for message in quiet} == {"county", "police"}
    after = sim.until(121)
    assert [one["text"] for one in of(after, "log", "fire")] == ["Water supply is established."]
    assert len([one for one in after if one.topic.endswith("position/engine-1")]) <= 1
    assert not sim.is_mute("fire")


def test_that_a_cut_connection_is_the_wires_to_break() -> None:
    sim = play(inject('at_s = 10\nfeeds = [{ agency = "county", fault = "disconnected", for_s = 30 }]'))
    sim.until(11)
    assert sim.is_cut("county")
    assert {message.agency for message in sim.until(30)} == {"fire", "police"}
    sim.until(41)
    assert not sim.is_cut("county")


def test_that_a_flooding_agency_says_so_many_positions_more() -> None:
    sim = play(inject('at_s = 10\nfeeds = [{ agency = "police", fault = "flood", per_second = 300, for_s = 5 }]'))
    sim.until(10)
    flooded = [message for message in sim.until(15) if message.agency == "police"]
    assert 1_400 < len(flooded) < 1_600
    assert len([message for message in sim.until(20) if message.agency == "police"]) < 20


@pytest.mark.parametrize("agency", ["police", "county"])
def test_that_garbage_can_be_read_by_no_adapter_and_nothing_of_it_is_kept(agency: str) -> None:
    sim = play(inject(f'at_s = 10\nfeeds = [{{ agency = "{agency}", fault = "garbage", for_s = 20 }}]'))
    sim.until(10.5)
    adapters = {one.topic: make_adapter(one) for one in feeds(sim.scenario)}
    noise = [message for message in sim.until(29) if message.agency == agency]
    assert len(noise) > 10
    for message in noise:
        if "/unit/" in message.topic:
            continue  # what the dispatch system says of its units is not the radio's
        assert not message.retain
        adapter = next(a for topic, a in adapters.items() if message.topic.startswith(topic.split("+")[0].rstrip("#")))
        with pytest.raises(BadMessage):
            adapter.decode(Message(message.topic, message.payload, NOON))
    assert any("/position/" in one.topic or "taip" in one.topic for one in noise)


def test_that_a_clock_goes_wrong_for_all_that_an_agency_says() -> None:
    sim = play(inject('at_s = 10\nfeeds = [{ agency = "fire", fault = "clock", clock_s = -600, for_s = 100 }]'))
    sim.until(10)
    said = sim.until(105)
    for kind in ("position", "log"):
        bodies = of(said, kind, "fire")
        assert bodies
        assert all(one["at"] < "2026-11-02T11:52" for one in bodies)
    assert all(one["at"] > "2026-11-02T12:00" for one in of(said, "position", "police"))
    assert all(one["at"] > "2026-11-02T12:01" for one in of(sim.until(130)[20:], "position", "fire"))


def test_that_an_incident_comes_goes_on_and_is_taken_back() -> None:
    false = """at_s = 40
[[injects.incidents]]
id = "false"
agency = "police"
type = "fire"
priority = 1
title = "Fire at the terminal"
address = "Terminal"
place = [35.22, -80.94]
opened_s = 0
retracted_s = 60
steps = [{ at_s = 20, summary = "Callers see smoke." }]"""
    sim = play(inject(false))
    sim.until(39)
    opened = of(sim.until(45), "incident", "police")
    assert [(one["title"], one["opened_at"], one["rev"]) for one in opened] == [
        ("Fire at the terminal", "2026-11-02T12:00:40Z", 1)
    ]
    changed = of(sim.until(65), "incident", "police")
    assert [(one["summary"], one.get("status", "open")) for one in changed] == [("Callers see smoke.", "open")]
    gone = sim.until(101)
    topic = f"{ROOT}/police/incident/false"
    last = [message for message in gone if message.topic == topic]
    assert msgspec.json.decode(last[0].payload)["deleted"] is True
    assert last[1].payload == b""
    assert topic not in sim.retained


def test_that_a_change_by_an_inject_stays_when_the_timeline_goes_on() -> None:
    sim = play(inject('at_s = 100\nchanges = [{ incident = "rail", priority = 1, summary = "Chlorine leaks." }]'))
    changed = of(sim.until(101), "incident", "fire")[-1]
    assert (changed["priority"], changed["summary"]) == (1, "Chlorine leaks.")
    later = of(sim.until(201), "incident", "fire")[-1]
    assert (later["priority"], later["status"], later["summary"]) == (1, "active", "Two cars burn.")


def test_that_a_unit_says_a_wrong_place_and_status_while_the_truth_goes_on() -> None:
    sim = play(
        inject(
            'at_s = 20\nwrong_places = [{ agency = "fire", unit = "Engine 1", place = [34.0, -79.0], for_s = 30 }]\n'
            'wrong_statuses = [{ agency = "fire", unit = "Engine 1", status = "emergency", for_s = 30 }]'
        )
    )
    true = of(sim.until(19), "position", "fire")[0]
    sim.until(20)
    wrong = [one for one in of(sim.until(48), "position", "fire") if one["id"] == "engine-1"]
    assert {(one["lat"], one["lon"]) for one in wrong} == {(34.0, -79.0)}
    assert sim.stage.unit("fire", "Engine 1").status != "emergency"
    after = sim.until(56)
    right = [one for one in of(after, "position", "fire") if one["id"] == "engine-1"][-1]
    assert abs(right["lat"] - true["lat"]) < 0.2
    assert [one["status"] for one in of(after, "unit", "fire") if one["id"] == "engine-1"][-1:] != ["emergency"]


def test_that_a_unit_breaks_down_on_its_way_and_its_owner_recalls_it() -> None:
    sim = play(
        inject(
            'when = { task = { agency = "police", unit = "Adam 1", state = "en_route" }, wait_s = 5 }\n'
            'breakdowns = [{ agency = "police", units = ["Adam 1"], reason = "Flat tyre", for_s = 100 }]'
        )
    )
    said = sim.until(58)
    answers = of(said, "answer", "police")
    assert [(one["state"], one.get("reason", "")) for one in answers][-1] == ("released", "Flat tyre")
    assert [one["status"] for one in of(said, "unit", "police") if one["id"] == "adam-1"][-1] == "out_of_service"
    player = sim.stage.unit("police", "Adam 1")
    there = player.motion.place
    sim.until(150)
    assert player.motion.place == there
    sim.until(160)
    assert player.status == "available"


def test_that_a_resource_is_gone_and_comes_back() -> None:
    sim = play(
        inject(
            'at_s = 30\nresources = [{ agency = "fire", resource = "foam", conditions = "Pump failed", for_s = 60 }]'
        )
    )
    gone = of(sim.until(31), "resource", "fire")[-1]
    assert (gone["availability"], gone["available"], gone["conditions"]) == ("out_of_service", 0, "Pump failed")
    assert gone["until"] == "2026-11-02T12:01:30Z"
    back = of(sim.until(95), "resource", "fire")[-1]
    assert (back["availability"], back["available"], back.get("conditions", "")) == ("available", 3, "")
    assert back["rev"] == 3


def test_that_zones_warnings_tasks_and_requests_count_from_the_moment_at_which_the_inject_fires() -> None:
    body = """
[[injects.zones]]
id = "closure"
agency = "police"
incident = "rail"
kind = "road_closure"
name = "Old Dowd Road closed"
steps = [{ at_s = 0, points = [[35.24, -80.95], [35.25, -80.96]] }, { at_s = 60 }]
[[injects.warnings]]
id = "shelter"
agency = "fire"
event = "Shelter in place"
headline = "Close windows"
area = "Within 1 km"
at_s = 10
until_s = 3600
points = [[35.24, -80.95], [35.25, -80.96], [35.25, -80.94]]
[[injects.tasks]]
id = "task-more"
at_s = 5
agency = "police"
asked = "fire"
unit = "Engine 2"
objective = "Foam"
incident = "rail"
answer_within_s = 120
answers = [{ after_s = 10, state = "declined", reason = "No foam" }]
[[injects.requests]]
id = "req-buses"
at_s = 20
agency = "police"
incident = "rail"
kind = "bus"
what = "Buses"
quantity = 4
"""
    sim = play(inject(body))
    sim.until(100)
    sim.fire("one")
    said = sim.until(200)
    zones = of(said, "zone", "police")
    assert [one.get("deleted", False) for one in zones] == [False, True]
    assert zones[0]["geometry"]["type"] == "LineString"
    warning = of(said, "alert", "fire")[0]
    assert (warning["starts_at"], warning["expires_at"]) == ("2026-11-02T12:01:50Z", "2026-11-02T13:01:40Z")
    task = of(said, "task", "police")[0]
    assert (task["asked_at"], task["answer_by"]) == ("2026-11-02T12:01:45Z", "2026-11-02T12:03:45Z")
    assert [(one["state"], one["at"]) for one in of(said, "answer", "fire")] == [("declined", "2026-11-02T12:01:55Z")]
    assert of(said, "request", "police")[0]["asked_at"] == "2026-11-02T12:02:00Z"


def test_that_what_people_have_changed_an_inject_does_not_overwrite() -> None:
    sim = play(inject('at_s = 50\nchanges = [{ incident = "rail", priority = 1 }]'))
    body = of(sim.until(40), "incident")[0]
    sim.hear(f"{ROOT}/fire/incident/rail", msgspec.json.encode(body | {"rev": 9, "by": "Chief Reyes"}), NOON)
    assert not of(sim.until(60), "incident", "fire")
    assert fired(sim) == {"one": 50.0}


def test_that_the_control_cell_stands_in_the_scenario_only_with_injects() -> None:
    assert [one.id for one in small().speakers] == ["fire", "police", "county"]
    assert [one.topic for one in feeds(small(inject(_WRITES)))][-1].startswith("exercise/small/")
    assert any("exercise-control" in one.topic for one in feeds(small(inject(_WRITES))))
