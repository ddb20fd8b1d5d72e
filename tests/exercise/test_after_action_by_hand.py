"""What the review says of each ready exercise is what its raw messages say, computed by hand."""

import functools
import tempfile
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from cop.config import Config
from cop.domain.desk import Operator
from cop.exercise.control_words import CONTROL, written
from cop.exercise.feeds import feeds
from cop.exercise.review.figures import AgencyTimes, Review
from cop.exercise.review.review import review
from cop.feeds.intake import Intake
from cop.feeds.session import Received
from cop.feeds.topics import exercise_root
from cop.journal.journal import Journal
from cop.journal.record import STARTED
from cop.replay.recall import Recall
from tests.exercise.plays import NOON
from tests.exercise.test_exercises import RATE, READY, by_hand, course

_EACH = pytest.mark.parametrize("name", READY)
_OPERATOR = Operator(name="Test", role="commander", agency="charlotte-fire", desk="desk-1")
#: stamps are in whole milliseconds of the world
_EXACT_S = 0.001 * RATE + 0.001
_MEASURED_BY_WORDS = {"on_scene", "tasked", "answered", "requested", "delivered", "command", "zone", "warned"}
_MEASURED_BY_WORDS |= {"available", "linked", "status"}


@functools.cache
def reviewed(name: str) -> Review:
    """The review of the course, from a journal that was kept of it as a desk keeps one."""
    played, settings = course(name), Config()
    ground = settings.ground()
    agreements, problems = settings.load_agreements(ground)
    assert not [one for one in problems if one.severity == "error"]
    with tempfile.TemporaryDirectory() as folder:
        _record(name, Path(folder))
        recall = Recall(Path(folder), played.scenario.title)
        said = review(recall, ground=ground, agreements=agreements, scenario=played.scenario)
        recall.close()
    return said


def _record(name: str, folder: Path) -> None:
    """All that was said into a journal, through the intake, at the times at which it was said."""
    played = course(name)
    base = NOON.timestamp()
    now = [base]
    root = exercise_root(name)
    journal = Journal(folder, played.scenario.title, desk="desk-1", clock=lambda: now[0], steady=lambda: now[0] - base)
    begun = {"feeds": feeds(played.scenario), "root": root, "reader": _OPERATOR.agency, "operator": _OPERATOR}
    journal.note(STARTED, msgspec.json.encode({**begun, "fresh": True, "pace": RATE}))
    intake = Intake(
        feeds(played.scenario),
        journal,
        exercise=name,
        reader=_OPERATOR.agency,
        clock=lambda: now[0],
        effort=lambda: now[0] - base,
    )
    acts = list(played.acts)
    pulse = base
    for one in played.messages:
        now[0] = base + max(0.0, one.t) / RATE
        while acts and acts[0].t <= one.t:
            journal.note(CONTROL, written(acts.pop(0)))
        intake.take([Received(one.topic, one.payload, now[0], False, 0, 0)])
        if now[0] - pulse > 0.5:
            pulse = now[0]
            intake.batch(1, None, [], health=False)
            journal.commit()
    now[0] = base + played.scenario.duration_s / RATE
    intake.batch(1, None, [], health=True)
    journal.commit()
    journal.close()


@_EACH
def test_that_each_task_was_asked_answered_and_reached_when_the_messages_say(name: str) -> None:
    hand, said = by_hand(name), reviewed(name)
    assert {tuple(one.task.split("/", 1)) for one in said.responses} == set(hand.tasks)
    for one in said.responses:
        asker, _, task_id = one.task.partition("/")
        task = hand.tasks[asker, task_id]
        assert (one.owner, one.unit, one.requested) == (task.owner, task.unit, task.is_request), one.task
        for figure, at in (
            (one.to_answer_s, task.answered),
            (one.to_en_route_s, task.en_route),
            (one.to_on_scene_s, task.on_scene),
        ):
            took = task.after(at)
            assert figure == (took if took is None else pytest.approx(took, abs=_EXACT_S)), one.task
        assert [(why.state, why.reason) for why in one.said] == task.said_no, one.task


@_EACH
def test_that_the_middle_times_of_each_agency_are_those_of_its_messages(name: str) -> None:
    hand, said = by_hand(name), {one.agency: one for one in reviewed(name).agencies}
    assert set(said) == set(hand.agencies)
    for agency, figures in hand.agencies.items():
        told: AgencyTimes = said[agency]
        for what in ("to_answer", "to_en_route", "to_on_scene"):
            times = getattr(told, what)
            assert times.count == len(getattr(figures, what)), (agency, what)
            middle = figures.median(what)
            assert times.median_s == (middle if middle is None else pytest.approx(middle, abs=_EXACT_S)), (agency, what)
        assert sorted(told.declined) == sorted(f"{asker}/{task}" for asker, task, _why in figures.declined), agency


@_EACH
def test_that_objectives_are_met_or_not_as_the_messages_say(name: str) -> None:
    hand = by_hand(name)
    compared = 0
    for one in reviewed(name).objectives:
        if one.objective.measure not in _MEASURED_BY_WORDS:
            continue
        expected = hand.objectives[one.objective.id]
        assert one.met == expected.met, (one.objective.id, one.why)
        if one.took_s is not None and expected.took_s is not None:
            assert one.took_s == pytest.approx(expected.took_s, abs=_EXACT_S), (one.objective.id, one.why)
        if one.reached is not None:
            assert one.records, one.objective.id
        compared += 1
    assert compared >= 8


@_EACH
def test_that_the_time_in_which_nobody_or_two_commanded_is_that_of_the_words_of_command(name: str) -> None:
    hand, said = by_hand(name), reviewed(name)
    compared = 0
    for one in said.led:
        agency, _, incident = one.incident.partition("/")
        if (agency, incident) not in hand.nobody_commands_s:
            continue  # of another format: nobody takes command of it in its words
        compared += 1
        assert one.no_command_s == pytest.approx(hand.nobody_commands_s[agency, incident], abs=4 * _EXACT_S), incident
        assert one.two_commands_s == pytest.approx(hand.two_command_s[agency, incident], abs=4 * _EXACT_S), incident
    assert compared >= 6


@_EACH
def test_that_feeds_that_an_inject_silenced_were_silent_from_their_last_message_to_their_next(name: str) -> None:
    played, hand, said = course(name), by_hand(name), reviewed(name)
    silenced = {
        fault.agency
        for inject in played.scenario.injects
        for fault in inject.feeds
        if fault.fault in {"silent", "disconnected"}
    }
    assert silenced
    for agency in silenced:
        form = next(one.format for one in played.scenario.agencies if one.id == agency)
        told = [one for one in said.silences if one.feed == f"{agency} {form}"]
        pauses = hand.pauses[agency, form]
        assert len(told) == len(pauses) == 1, (agency, told, pauses)
        begin, end = (NOON + timedelta(seconds=at / RATE) for at in pauses[0] if at is not None)
        assert abs(told[0].begins.at - begin) < timedelta(seconds=0.01)
        assert told[0].ends is not None
        assert abs(told[0].ends.at - end) < timedelta(seconds=0.01)
