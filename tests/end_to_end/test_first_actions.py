"""The first action of each desk, from a press on one screen to the change on another."""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Mosquitto, wait_until
from tests.end_to_end.conftest import Gastonia
from tests.end_to_end.desks import DeskProcess

_OLD_DOWD_ROAD = (35.2425, -80.953)


class Story:
    """Three desks at one broker; what one test leaves, the next finds."""

    def __init__(self, make_desk: Callable[..., DeskProcess]) -> None:
        self.dispatcher = make_desk("charlotte-fire", "dispatcher")
        self.commander = make_desk("charlotte-fire", "commander")
        self.liaison = make_desk("gastonia-fd", "liaison")
        desks = (self.dispatcher, self.commander, self.liaison)
        for desk in desks:
            desk.start()
        for desk in desks:
            desk.until_online()
            desk.until(lambda seen: len(seen["units"]) == 2 and seen["resources"], "the neighbour's units")

    def ask(self, objective: str, callsign: str) -> dict[str, Any]:
        """The commander asks for a unit for the derailment; the task as the liaison's desk sees it."""
        self.commander.tell("pick_row", name="Incident queue", text="Tank car leaking")
        self.commander.tell("press", name="Assign task")
        self.commander.tell("type", name="Objective", text=objective)
        self.commander.tell("pick_row", name="Units", text=callsign)
        self.commander.tell("press", name="Request")
        seen = self.liaison.until(lambda now: _task(now, objective), f"request {objective!r}")
        return _task(seen, objective)


def _task(seen: dict[str, Any], objective: str) -> dict[str, Any]:
    return next((task for task in seen["tasks"] if task["objective"] == objective), {})


@pytest.fixture(scope="module")
def story(make_desk: Callable[..., DeskProcess], gastonia: Gastonia) -> Story:
    assert gastonia.client.is_connected()
    return Story(make_desk)


def test_that_a_dispatcher_opens_an_incident_by_right_click_and_the_others_see_it(story: Story) -> None:
    lat, lon = _OLD_DOWD_ROAD
    story.dispatcher.tell("map_menu", lat=lat, lon=lon, entry="Open incident here")
    story.dispatcher.tell("choose", name="Type", text="Hazmat")
    story.dispatcher.tell("choose", name="Priority", text="P1")
    story.dispatcher.tell("type", name="Title", text="Tank car leaking")
    story.dispatcher.tell("press", name="Open incident")
    for desk in (story.commander, story.liaison):
        seen = desk.until(lambda now: now["incidents"], "the incident")
        (incident,) = seen["incidents"]
        assert (incident["agency"], incident["type"], incident["priority"]) == ("charlotte-fire", "hazmat", 1)
        assert (round(incident["lat"], 3), round(incident["lon"], 3)) == (35.243, -80.953)
        assert incident["by"] == "dispatcher charlotte-fire"


def test_that_a_dispatcher_cannot_assign_and_the_screen_says_why(story: Story) -> None:
    story.dispatcher.tell("pick_row", name="Incident queue", text="Tank car leaking")
    with pytest.raises(AssertionError, match="Only an incident commander assigns a task"):
        story.dispatcher.tell("press", name="Assign task")


def test_that_a_commander_asks_for_anothers_unit_and_its_owner_accepts(
    story: Story, record_property: Callable[[str, object], None]
) -> None:
    task = story.ask("Decon corridor", "Hazmat 4")
    assert (task["agency"], task["assignee"], task["state"]) == ("charlotte-fire", "gastonia-fd/hazmat-4", "requested")
    story.liaison.tell("press", name="Accept: Decon corridor", within="Tasks")
    pressed = time.perf_counter()
    seen = story.commander.until(lambda now: _task(now, "Decon corridor")["state"] == "accepted", "accepted")
    record_property("seconds_from_accept_to_the_commanders_screen", round(time.perf_counter() - pressed, 3))
    assert _task(seen, "Decon corridor")["answer"]["agency"] == "gastonia-fd"


def test_that_an_owner_declines_with_a_reason_and_the_commander_reads_it(story: Story) -> None:
    story.ask("Air monitoring", "Engine 2")
    story.liaison.tell("press", name="Decline…: Air monitoring", within="Tasks")
    story.liaison.tell("press", name="Decline")
    assert any("why" in text for text in story.liaison.tell("texts"))
    story.liaison.tell("type", name="Reason", text="Below our own minimum cover")
    story.liaison.tell("press", name="Decline")
    story.commander.until(lambda now: _task(now, "Air monitoring")["state"] == "declined", "declined")
    wait_until(lambda: any("Below our own minimum cover" in text for text in story.commander.tell("texts")))


def test_that_a_liaison_marks_a_resource_and_the_other_desk_shows_it(story: Story) -> None:
    story.liaison.tell("tab", words="Resources")
    story.liaison.tell("pick_row", name="Resource board", text="Foam trailer")
    story.liaison.tell("press", name="Mark the selected resource")
    story.liaison.tell("choose", name="Availability", text="Committed")
    story.liaison.tell("set_number", name="How many are free", value=1)
    story.liaison.tell("press", name="Until")
    story.liaison.tell("press", name="Mark")
    seen = story.commander.until(lambda now: now["resources"][0].get("availability") == "committed", "the mark")
    (resource,) = seen["resources"]
    assert (resource["available"], resource["quantity"], resource["rev"]) == (1, 3, 2)
    assert resource["until"] > seen["at"]
    assert resource["by"] == "liaison gastonia-fd"


def test_that_an_action_without_a_broker_is_on_disk_survives_a_kill_and_is_sent_later(
    story: Story, broker: Mosquitto
) -> None:
    broker.stop()
    story.dispatcher.until(lambda now: now["broker"]["state"] == "offline", "offline")
    story.dispatcher.tell("press", name="Open incident")
    story.dispatcher.tell("type", name="Title", text="Bus crash on Independence")
    story.dispatcher.tell("press", name="Open incident")
    story.dispatcher.process.kill()  # type: ignore[union-attr]  # it is running
    with sqlite3.connect(story.dispatcher.data / "outbox.sqlite") as outbox:
        assert outbox.execute("SELECT count(*) FROM entry WHERE state = 'pending'").fetchone() == (1,)
    story.dispatcher.kill()
    story.dispatcher.start()
    seen = story.dispatcher.state()
    assert [one["title"] for one in seen["incidents"]] == ["Bus crash on Independence"]
    assert [one["state"] for one in seen["deliveries"]] == ["pending"]
    broker.start()
    story.commander.until(lambda now: len(now["incidents"]) == 2, "the incident said while the broker was away", 40)
    story.dispatcher.until(lambda now: now["deliveries"][0]["state"] == "sent", "sent")
