"""Who may do what with a task, and where it stands by what each of them says."""

from datetime import timedelta

import msgspec
import pytest

from cop.domain.agreement import Agreement, AidClause, Term
from cop.domain.desk import Command, Operator, Refusal
from cop.domain.report import Report
from cop.domain.rules.task_moves import answer_task, ask, cancel_task, draft_task, may_send_draft, may_turn_elsewhere
from cop.domain.rules.task_state import CLOSED, MOVES, NEXT_ANSWERS, Standing, may_replace, standing, taken_over
from cop.domain.rules.tasking import Direct, Refused, Request
from cop.domain.task import Answer, Task, work_of
from cop.domain.words import ANSWER_STATES, TASK_STATES
from tests.reports import NOON, answer, at, report, task

COMMANDER = Operator("charlotte-fire", "commander", "Bob")
DISPATCHER = Operator("charlotte-fire", "dispatcher", "Ann")
OWNER = Operator("gastonia-fd", "dispatcher", "Dan")
CLAUSE = AidClause(number="4.2", says="…", giver="gastonia-fd", takers=("charlotte-fire",), answer_within_min=3)
PACT = Agreement(
    id="mou",
    title="Hazmat MOU",
    parties=("gastonia-fd", "charlotte-fire"),
    in_force_from=NOON.date(),
    clauses=(CLAUSE,),
)
TERM = Term(PACT, CLAUSE)
DIRECT, ASKED = Direct("by clause", TERM), Request("not covered")


def refused(decided: object) -> str:
    assert isinstance(decided, Refusal), decided
    return decided.reason


def said(decided: Command | Refusal) -> Answer:
    assert isinstance(decided, Command), decided
    assert isinstance(decided.body, Answer)
    return decided.body


def asked(**fields: object) -> Report:
    return report("charlotte-fire", task("t1", asked_at=at(0), **fields))


def answered(state: str, **fields: object) -> Report:
    return report("gastonia-fd", answer("t1", state, **{"seconds": 60, **fields}))  # type: ignore[arg-type]


def stands(state: str, **fields: object) -> Standing:
    return Standing(state, at(0), **fields)  # type: ignore[arg-type]


def test_that_only_a_commander_assigns_and_a_dispatcher_is_told_so() -> None:
    reason = refused(ask(DISPATCHER, task("t1"), ASKED, unit_known=True, open_tasks=0, at=at(1)))
    assert reason == "Only an incident commander assigns a task; this desk is signed in as dispatcher."
    body = ask(COMMANDER, task("t1"), ASKED, unit_known=True, open_tasks=0, at=at(1))
    assert isinstance(body, Task)
    assert (body.by, body.at, body.rev, body.asked_at) == ("Bob", at(1), 1, at(1))
    assert "drafts a task" in refused(draft_task(DISPATCHER, task("t1"), at(1)))


@pytest.mark.parametrize(
    ("changed", "tasking", "known", "tasks", "why"),
    [
        ({}, ASKED, False, 0, "not in the picture"),
        ({"objective": " "}, ASKED, True, 0, "Say what"),
        ({}, ASKED, True, 1, "already"),
        ({}, Refused("Gastonia FD has withdrawn §4.2."), True, 0, "withdrawn §4.2"),
    ],
)
def test_that_what_cannot_be_asked_is_refused_in_words(
    changed: dict[str, str], tasking: Request | Refused, known: bool, tasks: int, why: str
) -> None:
    wanted = task("t1", **changed)
    assert why in refused(ask(COMMANDER, wanted, tasking, unit_known=known, open_tasks=tasks, at=at(0)))


def test_that_what_is_asked_names_its_clause_and_waits_as_long_as_that_says() -> None:
    def of(tasking: Direct | Request, agency: str = "gastonia-fd") -> Task:
        wanted = task("t1", assignee_agency=agency)
        body = ask(COMMANDER, wanted, tasking, unit_known=True, open_tasks=0, at=at(0), unit_kind="hazmat")
        assert isinstance(body, Task)
        return body

    direct = of(DIRECT)
    assert (direct.agreement, direct.clause, direct.unit_kind) == ("mou", "4.2", "hazmat")
    assert direct.answer_by == at(180)  # where the clause turns out not to hold, it is a request as any other
    assert of(Request("", TERM, timedelta(minutes=7))).answer_by == at(420)
    assert (of(ASKED).clause, of(ASKED).answer_by) == ("", at(300))
    assert of(Direct("our own"), "charlotte-fire").answer_by is None


def test_that_only_the_owner_answers_and_only_the_asker_cancels() -> None:
    stranger, theirs = Operator("csx-rail", "dispatcher", "Eve"), Operator("gastonia-fd", "commander")
    waits = stands("requested")
    assert "gastonia-fd" in refused(answer_task(stranger, asked(), None, waits, state="accepted", at=at(1)))
    assert "charlotte-fire" in refused(cancel_task(theirs, asked(), waits, "", at(1)))
    decided = cancel_task(COMMANDER, asked(), waits, "wind turned", at(1))
    assert isinstance(decided, Command)
    assert isinstance(decided.body, Task)
    assert (decided.body.cancelled, decided.body.reason) == (True, "wind turned")
    assert decided.body.rev > msgspec.structs.replace(asked().body, rev=2).rev  # above what another desk says meanwhile


def test_that_nobody_cancels_or_answers_what_is_over() -> None:
    for state in CLOSED:
        over = stands(state, agency="york-county-em")
        assert refused(cancel_task(COMMANDER, asked(), over, "", at(1)))
        assert refused(answer_task(OWNER, asked(), None, over, state="accepted", at=at(1)))
        assert refused(may_turn_elsewhere(COMMANDER, asked(), over))
    handed = stands("handed_over", agency="york-county-em")
    assert "york-county-em's now" in refused(cancel_task(COMMANDER, asked(), handed, "", at(1)))


@pytest.mark.parametrize("state", ["declined", "countered", "released"])
def test_that_who_refuses_says_why(state: str) -> None:
    before = stands("accepted" if state == "released" else "requested")
    assert "why" in refused(answer_task(OWNER, asked(), None, before, state=state, reason=" ", at=at(1)))
    assert said(answer_task(OWNER, asked(), None, before, state=state, reason="No crew", at=at(1))).reason == "No crew"


def test_that_a_unit_offered_instead_is_reason_enough() -> None:
    counter = said(answer_task(OWNER, asked(), None, stands("requested"), state="countered", at=at(1), offers="l-3"))
    assert (counter.state, counter.offers) == ("countered", "l-3")


@pytest.mark.parametrize("before", sorted(MOVES))
def test_that_states_follow_each_other_as_the_table_says(before: str) -> None:
    for state in ANSWER_STATES:
        decided = answer_task(OWNER, asked(), None, stands(before), state=state, reason="so", at=at(1))
        again = state == before and before in {"accepted", "en_route", "on_scene"}
        assert isinstance(decided, Command) == (state in NEXT_ANSWERS[before] or again)


def test_that_every_state_has_its_moves_and_leads_to_known_states() -> None:
    assert set(MOVES) == set(TASK_STATES)
    assert {to for moves in MOVES.values() for to in moves} <= set(TASK_STATES)


def test_that_an_answer_names_what_it_speaks_of_and_when_it_was_first_given() -> None:
    first = said(answer_task(OWNER, asked(), None, stands("requested"), state="accepted", at=at(1), eta_s=600))
    assert (first.unit, first.work, first.answered_at) == ("hazmat-4", work_of(task("t1")), at(1))
    known = report("gastonia-fd", first)
    second = said(answer_task(OWNER, asked(), known, stands("accepted"), state="en_route", at=at(60)))
    assert (second.rev, second.answered_at, second.eta_s) == (2, at(1), None)
    again = said(answer_task(OWNER, asked(), known, stands("accepted"), state="accepted", at=at(60)))
    assert again.eta_s == 541  # said again for another reason: it arrives when it was to arrive


def test_that_ticks_stay_until_the_owner_says_others() -> None:
    listed = asked(checklist=("Vent", "Dam"))
    ticked = said(
        answer_task(OWNER, listed, None, stands("accepted", by_clause=True), state="accepted", at=at(1), checked=(1, 1))
    )
    assert ticked.checked == (1,)
    moved = answer_task(OWNER, listed, report("gastonia-fd", ticked), stands("accepted"), state="on_scene", at=at(2))
    assert said(moved).checked == (1,)
    wrong = answer_task(OWNER, listed, None, stands("accepted"), state="accepted", at=at(1), checked=(2,))
    assert "not on the checklist" in refused(wrong)


def test_that_a_draft_asks_nobody_until_a_commander_sends_it() -> None:
    drafted = draft_task(COMMANDER, task("t1"), at(1))
    assert isinstance(drafted, Command)
    draft = report("charlotte-fire", drafted.body)
    assert standing(draft, by_clause=DIRECT).state == "draft"
    assert "assigns" in refused(may_send_draft(DISPATCHER, draft, standing(draft)))
    assert may_send_draft(COMMANDER, draft, standing(draft)) is None
    assert "no draft any more" in refused(may_send_draft(COMMANDER, asked(), stands("requested")))
    body = drafted.body
    assert isinstance(body, Task)
    sent = ask(COMMANDER, body, ASKED, unit_known=True, open_tasks=0, at=at(60))
    assert isinstance(sent, Task)
    assert (sent.draft, sent.rev, sent.asked_at) == (False, 2, at(60))


def test_that_a_request_expires_and_a_late_acceptance_still_counts() -> None:
    waits = asked(answer_by=at(300))
    assert standing(waits, now=at(300)).state == "requested"
    over = standing(waits, now=at(301))
    assert (over.state, over.since, over.agency) == ("expired", at(300), "")
    late = standing(waits, answered("accepted", seconds=400), now=at(401))
    assert (late.state, late.late) == ("accepted", True)
    in_time = standing(waits, answered("en_route", seconds=400, answered_at=at(200)), now=at(401))
    assert (in_time.state, in_time.late) == ("en_route", False)


def test_that_what_a_clause_accepts_is_accepted_until_its_owner_says_otherwise() -> None:
    accepted = standing(asked(), by_clause=DIRECT, now=at(9999))
    assert (accepted.state, accepted.by_clause, accepted.agency) == ("accepted", True, "")
    assert accepted.why == "accepted by Hazmat MOU §4.2"
    recalled = standing(asked(), answered("released", by="Dan", reason="Fire at home"), by_clause=DIRECT)
    assert (recalled.state, recalled.by, recalled.reason) == ("released", "Dan", "Fire at home")
    paused = standing(asked(), by_clause=Request("§4.2 was paused before this was asked"))
    assert (paused.state, paused.why) == ("requested", "§4.2 was paused before this was asked")


def test_that_no_clause_brings_back_what_its_owner_recalled_when_the_asker_changes_the_task() -> None:
    recalled = answered("released", work=work_of(task("t1")), reason="Fire at home")
    changed = asked(objective="Something else")
    found = standing(changed, recalled, by_clause=DIRECT)
    assert (found.state, found.by_clause) == ("requested", False)
    assert "changed after the answer" in found.why


def test_that_consent_for_one_unit_or_one_work_is_none_for_another() -> None:
    yes = answered("accepted", unit="hazmat-4", work=work_of(task("t1")))
    assert standing(asked(), yes).state == "accepted"
    other = standing(asked(unit="ladder-1"), yes)
    assert (other.state, other.why) == ("requested", "the answer was for hazmat-4: asked anew")
    assert standing(asked(incident="another"), yes).state == "requested"
    there = answered("on_scene", unit="hazmat-4", work=work_of(task("t1")))
    assert standing(asked(incident="another"), there).state == "on_scene"  # where it is stays true


def test_that_an_owner_moves_a_task_only_as_owners_may_and_other_words_are_shown_as_said() -> None:
    for state in ("handed_over", "reassigned", "draft", "expired"):
        found = standing(asked(), answered(state))
        assert found.state == "requested"
        assert "cannot say" in found.why
    assert standing(asked(), answered("cancelled")).state == "released"
    assert standing(asked(), answered("levitating")).state == "levitating"
    assert standing(asked(), answered("complete")).state == "complete"  # whatever stood before: their system says so


def test_that_our_own_unit_needs_nobodys_consent() -> None:
    own = report("charlotte-fire", task("t1", assignee_agency="charlotte-fire", unit="engine-4"))
    assert standing(own).state == "accepted"
    anybody = report("charlotte-fire", task("t1", assignee_agency="charlotte-fire", unit=""))
    assert standing(anybody).state == "requested"


def new(agency: str = "charlotte-fire", **fields: object) -> Report:
    given = {"asked_at": at(100), "replaces": "charlotte-fire/t1", **fields}
    return report(agency, task("t2", **given))


def test_that_only_the_asker_and_who_took_over_command_put_a_task_in_anothers_place() -> None:
    assert may_replace(asked(), new(unit="hazmat-5"), took_over=False)
    assert not may_replace(asked(), new("york-county-em"), took_over=False)
    assert may_replace(asked(), new("york-county-em"), took_over=True)
    assert not may_replace(asked(), new("york-county-em", incident="another"), took_over=True)
    assert not may_replace(asked(), new(draft=True), took_over=True)


def test_that_a_task_whose_place_was_taken_says_by_whom() -> None:
    moved = standing(asked(), answered("accepted"), replaced_by=new(by="Bob", role="commander"))
    assert (moved.state, moved.since, moved.by, moved.other) == ("reassigned", at(100), "Bob", ("charlotte-fire", "t2"))
    assert standing(asked(), replaced_by=new("york-county-em")).state == "handed_over"
    assert standing(asked(), answered("complete"), replaced_by=new()).state == "complete"  # it was done before
    assert standing(asked(cancelled=True), replaced_by=new()).state == "cancelled"


def test_that_work_goes_on_under_another_command_as_it_stood() -> None:
    for state in ("accepted", "en_route", "on_scene", "declined", "countered", "released"):
        told = answered(state)
        before = taken_over(new("york-county-em"), asked(), standing(asked(), told), told)
        assert before is not None
        assert standing(new("york-county-em"), before=before).state == state
    direct = taken_over(new("york-county-em"), asked(), standing(asked(), by_clause=DIRECT), None)
    assert direct is not None
    assert direct.by_clause


def test_that_nothing_but_the_same_work_of_the_same_unit_is_taken_over() -> None:
    yes = answered("accepted")
    for other in (new("york-county-em", unit="ladder-1"), new("york-county-em", objective="Dam"), new(kind="stage")):
        assert taken_over(other, asked(), standing(asked(), yes), yes) is None
    called_back = standing(asked(cancelled=True), yes)
    assert taken_over(new("york-county-em"), asked(cancelled=True), called_back, yes) is None
    no = answered("declined")
    assert (
        taken_over(new(), asked(), standing(asked(), no), no) is None
    )  # asked again of the same unit: it answers anew


def test_that_a_unit_which_its_owner_offered_is_accepted_when_the_asker_takes_it() -> None:
    offer = answered("countered", offers="ladder-1", by="Dan")
    left = standing(asked(), offer)
    taken = taken_over(new(unit="ladder-1"), asked(), left, offer)
    assert taken is not None
    assert (taken.state, taken.by, taken.why) == ("accepted", "Dan", "offered by its owner")
    assert taken_over(new(unit="engine-9"), asked(), left, offer) is None
    assert taken_over(new(unit="ladder-1", objective="Dam"), asked(), left, offer) is None
