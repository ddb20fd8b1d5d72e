"""Three agencies at one broker, with one agreement: who leads, whom one may send, and whose word counts."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cop.domain.consent import Consent, consent_id
from cop.domain.task import Basis, Task
from tests.conftest import Mosquitto, wait_until
from tests.end_to_end.desks import DeskProcess
from tests.end_to_end.river_aid import (
    AIRPORT,
    FIRE,
    GASTONIA,
    OLD_DOWD_ROAD,
    Neighbours,
    Wire,
    is_so,
    read,
    task_of,
)

CAR, CLOUD = "Tank car leaking", "Chlorine over the runway"
INBOX, QUEUE, CONFLICTS = "Requests to us", "Incident queue", "Conflicts"


@pytest.fixture(scope="module")
def wire(broker: Mosquitto) -> Iterator[Wire]:
    one = Wire(broker.port)
    yield one
    one.close()


@pytest.fixture(scope="module")
def story(make_desk: Callable[..., DeskProcess], wire: Wire, tmp_path_factory: pytest.TempPathFactory) -> Neighbours:
    return Neighbours(make_desk, wire, tmp_path_factory.mktemp("agreements"))


@pytest.fixture(autouse=True)
def fresh_places(wire: Wire) -> None:
    wire.place_units()


def open_hazmat(desk: DeskProcess, title: str) -> None:
    desk.tell("tab", words="Incidents")
    desk.tell("map_menu", lat=OLD_DOWD_ROAD[0], lon=OLD_DOWD_ROAD[1], entry="Open incident here")
    desk.tell("choose", name="Type", text="Hazmat")
    desk.tell("choose", name="Priority", text="P1")
    desk.tell("type", name="Title", text=title)
    desk.tell("press", name="Open incident")


def turn_to(desk: DeskProcess, objective: str) -> None:
    """The request is read in the inbox, by hand."""
    desk.tell("tab", words="Inbox")
    desk.until_line(INBOX, objective)
    desk.tell("pick_row", name=INBOX, text=objective)
    desk.until_reads(objective)


def say_yes(desk: DeskProcess, said: Callable[[dict[str, Any]], object]) -> None:
    """Enter; once more where the inbox says that this one has just come up, and is to be read first."""
    desk.until(lambda now: said(now) or desk.tell("key", key="Return"), "a yes from the inbox")


def prepare(desk: DeskProcess, callsign: str, objective: str, button: str) -> None:
    """All but the last press: the pill of a unit was pressed, and the form says what is to be done."""
    desk.tell("press", name=f"{button} {callsign}")
    desk.tell("type", name="Objective", text=objective)


def until_incidents(desk: DeskProcess, count: int) -> None:
    desk.until(lambda _: desk.tell("rows", name=QUEUE) == count, f"{count} in the queue")


def test_that_every_desk_says_who_leads_by_which_clause(story: Neighbours) -> None:
    open_hazmat(story.fire, CAR)
    for desk in story.desks:
        desk.until_line(QUEUE, CAR)
    story.show(CAR)
    for desk in story.desks:
        desk.until_reads("Charlotte Fire")
        desk.until_reads("River aid §1 · in force until it is ended")
        desk.until_reads("“Charlotte Fire leads hazardous materials in its district.”")


def test_that_a_unit_is_asked_for_in_two_actions_another_is_offered_and_taken_in_one(story: Neighbours) -> None:
    fire, gastonia = story.fire, story.gastonia
    assert fire.tell("words_on", name="Request Hazmat 4") == "Request"
    actions = [fire.tell("press", name="Request Hazmat 4"), fire.tell("key", key="Return")]
    seen = gastonia.until(lambda now: now["tasks"], "the request")
    (asked,) = seen["tasks"]
    assert len(actions) <= 2
    assert (asked["state"], asked["assignee"], asked["agreement"], asked["clause"]) == (
        "requested",
        "gastonia-fd/hazmat-4",
        "river-aid",
        "2.1",
    )
    assert (asked["role"], asked["basis"]["type"], asked["basis"]["priority"]) == ("commander", "hazmat", 1)
    objective = asked["objective"]
    turn_to(gastonia, objective)
    gastonia.until_reads("Charlotte Fire asks for Hazmat 4")
    gastonia.tell("press", name="Instead: Engine 2*")
    fire.tell("tab", words="Tasks")
    fire.until(is_so(objective, "countered"), "countered")
    fire.tell("press", name=f"Take Engine 2 instead: {objective}")
    # its owner offered it: nobody has to say yes once more
    story.everywhere(is_so(objective, "accepted", "engine-2"), "the offered unit accepted")
    seen = story.everywhere(is_so(objective, "reassigned", "hazmat-4"), "the first one given up")
    assert task_of(seen, objective, "engine-2")["replaces"] == f"{FIRE}/{asked['id']}"
    gastonia.tell("tab", words="Tasks")
    gastonia.tell("carry_card", objective=objective, column="accepted", to="en_route")
    story.everywhere(is_so(objective, "en_route", "engine-2"), "Engine 2 on its way")


def test_that_after_a_no_the_next_candidate_is_asked_in_one_press(story: Neighbours) -> None:
    fire, gastonia = story.fire, story.gastonia
    prepare(fire, "Engine 5", "Foam line", "Request")
    fire.tell("key", key="Return")
    turn_to(gastonia, "Foam line")
    for key in ("D", "1"):
        gastonia.tell("key", key=key)
    fire.until(is_so("Foam line", "declined"), "declined")
    fire.until_reads("No crew")
    fire.tell("press", name="Ask Engine 7, Gastonia FD: Foam line")
    story.everywhere(is_so("Foam line", "requested", "engine-7"), "the next one asked")
    turn_to(gastonia, "Foam line")
    say_yes(gastonia, is_so("Foam line", "accepted", "engine-7"))
    seen = story.everywhere(is_so("Foam line", "accepted", "engine-7"), "accepted")
    assert task_of(seen, "Foam line", "engine-7")["stands"]["agency"] == GASTONIA
    assert task_of(seen, "Foam line", "engine-5")["state"] == "reassigned"


def test_that_consent_given_in_advance_is_accepted_at_once_everywhere_up_to_its_quantity(story: Neighbours) -> None:
    fire, airport = story.fire, story.airport
    assert fire.tell("words_on", name="Assign Crash 1") == "Direct"
    prepare(fire, "Crash 1", "Foam attack", "Assign")
    fire.tell("key", key="Return")
    seen = story.everywhere(is_so("Foam attack", "accepted"), "accepted by the clause")
    sent = task_of(seen, "Foam attack")
    assert (sent["stands"]["by_clause"], sent["answer"]) == (True, None)
    turn_to(airport, "Foam attack")
    airport.until_reads("Charlotte Fire sent Crash 1")
    # one is all that the clause gives: on the asker's screen, and for who claims otherwise
    fire.until(lambda _: fire.tell("words_on", name="Request Crash 2") == "Not covered", "no second one by the clause")
    now = datetime.now(UTC)
    lat, lon = OLD_DOWD_ROAD
    second = Task(
        id="second",
        at=now,
        rev=1,
        by="CAD",
        role="system",
        objective="Foam reserve",
        incident_agency=FIRE,
        incident=sent["incident"],
        assignee_agency=AIRPORT,
        unit="crash-2",
        unit_kind="arff",
        agreement="river-aid",
        clause="3",
        basis=Basis(type="hazmat", priority=1, lat=lat, lon=lon),
        asked_at=now,
        answer_by=now + timedelta(minutes=5),
    )
    story.wire.say(f"{FIRE}/task/second", second)
    seen = story.everywhere(is_so("Foam reserve", "requested"), "a request like any other")
    assert "others asked before" in task_of(seen, "Foam reserve")["stands"]["why"]


def test_that_an_owner_recalls_what_was_sent_in_its_name(story: Neighbours) -> None:
    fire, airport = story.fire, story.airport
    turn_to(airport, "Foam attack")
    for key in ("R", "1"):
        airport.tell("key", key=key)
    seen = story.everywhere(is_so("Foam attack", "released"), "recalled")
    assert task_of(seen, "Foam attack")["stands"]["agency"] == AIRPORT
    fire.until_reads("Recalled by its owner: Needed at home")
    # what was a request when it was asked stays one
    assert story.alike()[f"{FIRE}/second"] == "requested"
    turn_to(airport, "Foam reserve")
    for key in ("D", "1"):
        airport.tell("key", key=key)
    story.everywhere(is_so("Foam reserve", "declined"), "declined")


def test_that_a_clause_withdrawn_in_one_action_gives_nothing_more_at_once(story: Neighbours) -> None:
    fire, gastonia = story.fire, story.gastonia
    assert fire.tell("words_on", name="Request Hazmat 4") == "Request"
    before = story.alike()
    gastonia.tell("shortcut", keys="Ctrl+9")
    gastonia.tell("pick_row", name="Clauses", text="§2.1")
    gastonia.tell("press", name="Withdraw this clause")
    fire.until(lambda _: fire.tell("words_on", name="Request Hazmat 4") == "Not covered", "not covered any more")
    assert story.alike() == before  # what stood stays
    gastonia.tell("press", name="Close the agreements")


def test_that_command_is_handed_over_with_its_tasks_and_an_old_word_brings_nothing_back(story: Neighbours) -> None:
    fire, airport = story.fire, story.airport
    open_before = {name for name, state in story.alike().items() if state in {"accepted", "en_route"}}
    assert len(open_before) == 2
    fire.tell("press", name="Take command")
    story.everywhere(lambda now: now["commands"], "Charlotte Fire in command")
    fire.tell("press", name="Hand over…")
    fire.tell("choose", name="To", text="Airport Police")
    fire.tell("type", name="Reason", text="The cloud drifts over the runway")
    fire.tell("press", name="Offer command")
    turn_to(airport, "Take over command")
    airport.until_reads("Charlotte Fire hands command over to us")
    say_yes(airport, lambda now: len(now["commands"]) == 2)
    seen = story.everywhere(is_so("Foam line", "accepted", agency=AIRPORT), "taken over")
    where = story.alike()
    assert {name for name, state in where.items() if state == "handed_over"} == open_before
    adopted = {one["replaces"]: one for one in seen["tasks"] if one["agency"] == AIRPORT}
    assert set(adopted) == open_before
    assert sorted(one["state"] for one in adopted.values()) == ["accepted", "en_route"]
    assert {one["stands"]["agency"] for one in adopted.values()} == {GASTONIA}
    for desk in story.desks:
        desk.until_reads("Airport Police is in command")
    # the word by which Charlotte Fire took command, sent again
    topic = f"{FIRE}/command/{FIRE}~{task_of(seen, 'Foam line', agency=AIRPORT)['incident']}"
    before = [read(desk.state()) for desk in story.desks]
    stands = story.wire.last(topic)
    story.wire.say(topic, story.wire.first(topic))
    for desk in story.desks:
        desk.until_line(CONFLICTS, "command in Charlotte Fire's name was not taken: an old word sent again")
    assert [read(desk.state()) for desk in story.desks] == before
    # nor for who comes later: its agency says again what stands
    wait_until(lambda: json.loads(story.wire.last(topic)) == json.loads(stands), 20, "what stands on the broker")


@pytest.mark.parametrize(
    ("topic", "fields", "reason"),
    [
        (
            f"{GASTONIA}/task/foreign",
            {"agency": FIRE, "role": "commander"},
            "it says that it comes from charlotte-fire",
        ),
        (f"{FIRE}/task/by-role", {"agency": FIRE, "role": "dispatcher"}, "dispatcher may not say a task"),
        (f"{FIRE}/task/no-role", {"agency": FIRE}, "a task that does not say in which role it was said"),
    ],
)
def test_that_a_task_of_wrong_hands_is_refused_with_its_reason_on_every_screen(
    story: Neighbours, topic: str, fields: dict[str, Any], reason: str
) -> None:
    before = story.alike()
    task = Task(
        id=topic.rpartition("/")[2],
        at=datetime.now(UTC),
        rev=1,
        by="Mallory",
        objective="Send everything",
        assignee_agency=GASTONIA,
        unit="hazmat-4",
        **fields,
    )
    story.wire.say(topic, task)
    for desk in story.desks:
        desk.until_reads(reason)  # said at once
        desk.until_line(CONFLICTS, reason)  # and told until somebody has seen it
    assert story.alike() == before
    story.wire.say(topic, b"")


def test_that_nobody_gives_in_anothers_name(story: Neighbours) -> None:
    before = [read(desk.state()) for desk in story.desks]
    consent = Consent(
        id=consent_id("river-aid", "2.1"),
        at=datetime.now(UTC),
        rev=99,
        by="A. Whitlock",
        role="commander",
        agency=FIRE,
        agreement="river-aid",
        clause="2.1",
        state="given",
    )
    story.wire.say(f"{FIRE}/consent/{consent.id}", consent)
    for desk in story.desks:
        desk.until_line(CONFLICTS, "it speaks of what gastonia-fd gives; only they pause or withdraw it")
    assert story.fire.tell("words_on", name="Request Hazmat 4") == "Not covered"
    after = [read(desk.state()) for desk in story.desks]
    assert [one["tasks"] for one in after] == [one["tasks"] for one in before]


def test_that_two_incidents_become_one_picture_from_the_page_and_two_again(story: Neighbours) -> None:
    fire, airport = story.fire, story.airport
    open_hazmat(airport, CLOUD)
    for desk in story.desks:
        desk.tell("tab", words="Incidents")
        desk.until_line(QUEUE, CLOUD)
    airport.tell("pick_row", name=QUEUE, text=CLOUD)
    airport.tell("press", name="Merge with another incident")
    airport.until_reads("At the same place")
    airport.tell("key", key="Return")
    for desk in story.desks:
        until_incidents(desk, 1)
    assert {one["agency"] for one in fire.state()["incidents"]} == {FIRE, AIRPORT}  # each keeps its own
    fire.tell("pick_row", name=QUEUE, text="2 sources")
    fire.tell("press", name="Unlink*")
    for desk in story.desks:
        until_incidents(desk, 2)


@pytest.mark.parametrize(
    ("units", "stands"),
    [
        # one unit comes to one of them: who asked first has it, the other asks its owner
        (("Rescue 1", "Rescue 1"), [("accepted", True), ("requested", False)]),
        (("Rescue 1", "Rescue 2"), [("accepted", True), ("requested", False)]),
    ],
)
def test_that_two_commanders_who_act_in_the_same_second_leave_all_desks_alike(
    story: Neighbours, units: tuple[str, str], stands: list[tuple[str, bool]]
) -> None:
    words = [f"Search {title} with {unit}" for title, unit in zip(("train", "hangar"), units, strict=True)]
    both = ((story.fire, CAR, units[0], words[0]), (story.airport, CLOUD, units[1], words[1]))
    for desk, title, unit, objective in both:
        desk.tell("pick_row", name=QUEUE, text=title)
        desk.tell("press", name="Assign task")
        desk.tell("pick_row", name="Units", text=unit)
        desk.tell("type", name="Objective", text=objective)
    for desk, *_ in both:
        desk.begin("key", key="Return")
    for desk, *_ in both:
        desk.done()
    story.everywhere(lambda now: all(task_of(now, objective) for objective in words), "what both commanders asked")
    story.alike()
    seen = story.gastonia.state()
    asked = [task_of(seen, objective) for objective in words]
    assert sorted((one["state"], one["stands"]["by_clause"]) for one in asked) == stands
    if units[0] == units[1]:
        for desk in story.desks:
            desk.until_line(CONFLICTS, "Two tasks for one unit", "Rescue 1")
    for one in asked:  # the owner settles it
        turn_to(story.gastonia, one["objective"])
        for key in ("R" if one["state"] == "accepted" else "D", "1"):
            story.gastonia.tell("key", key=key)
    over = {"accepted": "released", "requested": "declined"}
    for one in asked:
        story.everywhere(is_so(one["objective"], over[one["state"]]), "settled by the owner")


def test_that_what_was_pressed_is_sent_though_the_desk_was_killed_at_once(story: Neighbours) -> None:
    fire = story.fire
    prepare(fire, "Hazmat 4", "Plug the leak", "Request")
    feeds = fire.tell("feed_pid")
    os.kill(feeds, signal.SIGSTOP)  # nothing leaves the desk any more
    fire.tell("key", key="Return")
    fire.kill()
    os.kill(feeds, signal.SIGKILL)
    assert not task_of(story.gastonia.state(), "Plug the leak")
    fire.start()
    fire.until_online()
    seen = story.gastonia.until(is_so("Plug the leak", "requested"), "what was pressed before the kill", 40)
    assert task_of(seen, "Plug the leak")["by"] == "commander charlotte-fire"
    story.alike()
