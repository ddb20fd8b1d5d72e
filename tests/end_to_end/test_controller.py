"""An exercise with its controller at one desk and a participant at another: real processes, a real broker."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cop.domain.task import Task
from cop.exercise.control_words import CONTROL, Act, read_act
from cop.exercise.scenario import load_scenario
from cop.feeds.adapters.cop_json import encode
from cop.journal.reading import JournalReader
from tests.conftest import Mosquitto, wait_until
from tests.end_to_end.desks import DeskProcess
from tests.exercise.clients import Client
from tests.exercise.plays import ROOT

_SCENARIO = load_scenario("steel-rail")
#: an inject that brings an incident, and an agency that plays no part in it
_INJECT = next(one for one in _SCENARIO.injects if one.incidents)
_TAKEN = next(one for one in _SCENARIO.agencies if one.id == "gaston-sheriff")


@contextmanager
def exercise(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """`cop exercise` as people start it, waiting for its controller."""
    play = subprocess.Popen([sys.executable, "-m", "cop", "exercise", "steel-rail", "--broker", url, "--paused"])
    try:
        yield play
    finally:
        play.kill()
        play.wait()


def incidents(state: dict[str, Any]) -> set[tuple[str, str]]:
    """The incidents of a desk's picture."""
    return {(one["agency"], one["id"]) for one in state["incidents"]}


def answered(state: dict[str, Any], task: str) -> str:
    """Where a task stands at a desk."""
    return next((str(one["state"]) for one in state["tasks"] if one["id"] == task), "")


def acts(folder: Path) -> list[Act]:
    """What a desk's journal holds of the controller's acts."""
    found = [read_act(bytes(record.payload)) for record in JournalReader(folder).notes(CONTROL)]
    return [one for one in found if one is not None]


@pytest.fixture
def desks(mosquitto: Mosquitto, tmp_path: Path) -> Iterator[tuple[DeskProcess, DeskProcess]]:
    """The controller's desk and a participant's, started."""
    made = [
        DeskProcess(
            tmp_path / name,
            broker=mosquitto.url,
            agency="charlotte-fire",
            role="commander",
            options={"exercise": "steel-rail", **more},
        )
        for name, more in (("control", {"controller": True}), ("fire", {}))
    ]
    for desk in made:
        desk.start()
    yield made[0], made[1]
    for desk in made:
        desk.close()


def test_that_a_controller_starts_fires_and_answers_by_hand_and_survives_the_death_of_either(
    mosquitto: Mosquitto, desks: tuple[DeskProcess, DeskProcess]
) -> None:
    controller, participant = desks
    false = (_INJECT.incidents[0].agency, _INJECT.incidents[0].id)
    with exercise(mosquitto.url) as play:
        for desk in desks:
            desk.until_online()
        controller.until_reads("Paused", 40)
        participant.until(
            lambda seen: ("charlotte-fire", "inc-0417") in incidents(seen), "what there is at the start", 40
        )
        controller.tell("press", name="Start the exercise")
        controller.until_reads("Running 1×")

        controller.tell("press", name=f"Fire now: {_INJECT.title}")
        controller.tell("press", name=f"Fire: {_INJECT.title}")
        participant.until(lambda seen: false in incidents(seen), "the incident that the inject brings")
        controller.until_reads("by hand")

        controller.tell("press", name="Agencies")
        controller.tell("press", name=f"Take over {_TAKEN.name}")
        controller.until_reads("By hand")
        with Client(mosquitto.port, "asker") as asker:
            now = datetime.now(UTC)
            task = Task(
                id="task-hand",
                at=now,
                rev=1,
                by="Chief Reyes",
                role="commander",
                objective="Close the ramp",
                incident_agency="charlotte-fire",
                incident="inc-0417",
                assignee_agency=_TAKEN.id,
                unit="gaston-33",
                asked_at=now,
            )
            asker.publish(f"{ROOT}/charlotte-fire/task/task-hand", encode(task), retain=True)
        controller.until_reads("Gaston 33: Close the ramp")
        participant.until(lambda seen: answered(seen, "task-hand") == "requested", "the request")
        controller.tell("press", name="Accept: Gaston 33, Close the ramp")
        participant.until(lambda seen: answered(seen, "task-hand") == "accepted", "the answer by hand")
        assert not [words for words in participant.tell("texts") if "Taken over" in words or "Inject" in words]

        controller.kill()
        controller.start()
        controller.until_reads("Running 1×", 40)
        controller.tell("press", name="Agencies")
        controller.until_reads("By hand")
        play.kill()
        play.wait()
        controller.until_reads("The exercise is not there.")
    with exercise(mosquitto.url):
        controller.until_reads("Running 1×", 30)
        controller.tell("press", name="Pause the exercise")
        controller.until_reads("Paused")
        controller.tell("press", name="So far")
        controller.until_reads("Continued after it was cut off")
        journal = controller.data / "journal"
        wait_until(lambda: "paused" in [act.act for act in acts(journal)][2:], 20, "all of it on record")
    found = acts(journal)
    kinds = [act.act for act in found]
    for act in ("started", "resumed", "fired", "taken_over", "answered", "continued"):
        assert kinds.count(act) == 1, (act, kinds)
    assert next(act for act in found if act.act == "fired").inject == _INJECT.id
    assert acts(participant.data / "journal") == []
