"""Roles and ownership: what is allowed, and that a refusal says why."""

import pytest

from cop.domain.desk import Command, Operator, Refusal
from cop.domain.rules import actions
from tests.reports import answer, at, incident, report, resource, task

DISPATCHER = Operator("charlotte-fire", "dispatcher", "Ann")
COMMANDER = Operator("charlotte-fire", "commander", "Bob")
LIAISON = Operator("gastonia-fd", "liaison", "Cat")
OWNER = Operator("gastonia-fd", "dispatcher", "Dan")


def refused(decided: Command | Refusal) -> str:
    assert isinstance(decided, Refusal), decided
    return decided.reason


def allowed(decided: Command | Refusal) -> Command:
    assert isinstance(decided, Command), decided
    return decided


@pytest.mark.parametrize("action", sorted(actions.ALLOWED))
def test_that_a_role_outside_the_table_is_refused_with_both_roles_named(action: str) -> None:
    outsider = Operator("charlotte-fire", "visitor", "Eve")
    refusal = actions.may(outsider, action)
    assert refusal is not None
    assert "visitor" in refusal.reason


def test_that_only_a_commander_assigns_and_a_dispatcher_is_told_so() -> None:
    asked = task("t1")
    reason = refused(actions.assign_task(DISPATCHER, asked, unit_known=True, open_tasks=0, at=at(1)))
    assert reason == "Only an incident commander assigns a task; this desk is signed in as dispatcher."
    command = allowed(actions.assign_task(COMMANDER, asked, unit_known=True, open_tasks=0, at=at(1)))
    assert (command.body.by, command.body.at, command.body.rev) == ("Bob", at(1), 1)


def test_that_a_unit_nobody_heard_of_or_a_task_without_words_is_not_asked_for() -> None:
    assert "not in the picture" in refused(
        actions.assign_task(COMMANDER, task("t1"), unit_known=False, open_tasks=0, at=at(0))
    )
    assert "Say what" in refused(
        actions.assign_task(COMMANDER, task("t1", objective=" "), unit_known=True, open_tasks=0, at=at(0))
    )
    assert "already" in refused(actions.assign_task(COMMANDER, task("t1"), unit_known=True, open_tasks=1, at=at(0)))


def test_that_an_incident_needs_a_title_and_gets_its_time() -> None:
    assert "title" in refused(actions.open_incident(DISPATCHER, incident("i", title=" "), at(0)))
    assert allowed(actions.open_incident(DISPATCHER, incident("i"), at(7))).body.at == at(7)


def test_that_only_the_agency_that_reported_an_incident_changes_it() -> None:
    known = report("york-county-em", incident("i", rev=4))
    assert "york-county-em" in refused(actions.change_incident(COMMANDER, known, incident("i"), at(0)))
    own = report("charlotte-fire", incident("i", rev=4))
    assert allowed(actions.change_incident(COMMANDER, own, incident("i"), at(0))).body.rev == 5


def test_that_only_the_owner_answers_and_only_the_asker_cancels() -> None:
    asked = report("charlotte-fire", task("t1", assignee_agency="gastonia-fd"))
    stranger = Operator("csx-rail", "dispatcher", "Eve")
    assert "gastonia-fd" in refused(actions.answer_task(stranger, asked, None, state="accepted", reason="", at=at(1)))
    assert "charlotte-fire" in refused(actions.cancel_task(Operator("gastonia-fd", "commander"), asked, at(1)))
    assert getattr(allowed(actions.cancel_task(COMMANDER, asked, at(1))).body, "cancelled", False)


def test_that_a_decline_needs_a_reason_and_states_follow_each_other() -> None:
    asked = report("charlotte-fire", task("t1", assignee_agency="gastonia-fd"))
    assert "why" in refused(actions.answer_task(OWNER, asked, None, state="declined", reason=" ", at=at(1)))
    assert "cannot become" in refused(actions.answer_task(OWNER, asked, None, state="complete", reason="", at=at(1)))
    first = allowed(actions.answer_task(OWNER, asked, None, state="accepted", reason="", at=at(1)))
    known = report("gastonia-fd", first.body)
    second = allowed(actions.answer_task(OWNER, asked, known, state="en_route", reason="", at=at(2), eta_s=180))
    assert (second.body.rev, getattr(second.body, "eta_s", None)) == (2, 180)
    done = report("gastonia-fd", answer("t1", "complete"))
    assert "cannot become" in refused(actions.answer_task(OWNER, asked, done, state="accepted", reason="", at=at(3)))


def test_that_a_cancelled_request_is_not_answered() -> None:
    asked = report("charlotte-fire", task("t1", assignee_agency="gastonia-fd", cancelled=True))
    assert "cancelled" in refused(actions.answer_task(OWNER, asked, None, state="accepted", reason="", at=at(1)))


def test_that_a_liaison_marks_only_the_own_agencys_resources_within_their_number() -> None:
    known = report("gastonia-fd", resource("foam-1", quantity=3, rev=2))
    marks = {"availability": "committed", "available": 1, "until": at(3600), "at": at(0)}
    command = allowed(actions.mark_resource(LIAISON, known, **marks))  # type: ignore[arg-type]
    assert (command.body.rev, getattr(command.body, "available", None)) == (3, 1)
    other = report("csx-rail", resource("crane"))
    assert "csx-rail" in refused(actions.mark_resource(LIAISON, other, **marks))  # type: ignore[arg-type]
    assert "3 in all" in refused(
        actions.mark_resource(LIAISON, known, availability="available", available=4, until=None, at=at(0))
    )
    assert "past" in refused(
        actions.mark_resource(LIAISON, known, availability="available", available=1, until=at(-1), at=at(0))
    )
    assert "signed in as incident commander" in refused(
        actions.mark_resource(Operator("gastonia-fd", "commander"), known, **marks)  # type: ignore[arg-type]
    )
