"""Where a task stands: read from what the asker, the owner and the clauses say, the same on every desk.

Each rule is a function of the newest statements, whatever the order in which they came; `now` decides expiry alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal, NamedTuple

from cop.domain.agreement import Term
from cop.domain.report import Report
from cop.domain.rules.tasking import Direct, Tasking
from cop.domain.task import Answer, Task, work_of
from cop.domain.words import ANSWER_STATES, TASK_STATES, label

Whose = Literal["asker", "owner", "clause", "clock", "commander"]


class Move(NamedTuple):
    """Who may bring a task into a state, and whether they must say why."""

    whose: Whose
    says_why: bool = False


_ACCEPT, _DECLINE, _COUNTER = Move("owner"), Move("owner", says_why=True), Move("owner", says_why=True)
_RELEASE = Move("owner", says_why=True)
_ENDS = {"cancelled": Move("asker"), "reassigned": Move("asker"), "handed_over": Move("commander")}
_ASKED = {"accepted": _ACCEPT, "declined": _DECLINE, "countered": _COUNTER, **_ENDS}
_STEPS = {"en_route": Move("owner"), "on_scene": Move("owner"), "complete": Move("owner")}

#: state -> states that may follow, and who brings them about; a state without followers is the end
MOVES: Mapping[str, Mapping[str, Move]] = MappingProxyType(
    {
        "draft": {"requested": Move("asker"), "cancelled": Move("asker")},
        "requested": {**_ASKED, "expired": Move("clock")},
        "expired": _ASKED,  # a late acceptance still counts: a unit that comes is a unit that comes
        "countered": {"accepted": _ACCEPT, "declined": _DECLINE, "countered": _COUNTER, **_ENDS},
        "accepted": {**_STEPS, "released": _RELEASE, "countered": _COUNTER, **_ENDS},
        "en_route": {
            "on_scene": _STEPS["on_scene"],
            "complete": _STEPS["complete"],
            "released": _RELEASE,
            "countered": _COUNTER,
            **_ENDS,
        },
        "on_scene": {"complete": _STEPS["complete"], "released": _RELEASE, **_ENDS},
        "declined": {"accepted": _ACCEPT, **_ENDS},
        "released": {"accepted": _ACCEPT, **_ENDS},
        "complete": {},
        "cancelled": {},
        "reassigned": {},
        "handed_over": {},
    }
)

#: what an owner may say next, by where the task stands
NEXT_ANSWERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {state: tuple(to for to, move in moves.items() if move.whose == "owner") for state, moves in MOVES.items()}
)
#: somebody is on it: what its owner may say again with other particulars, an arrival time, a tick
ONGOING = frozenset({"accepted", "en_route", "on_scene"})
#: states that no word of another unit's owner, nor of the clock, leads out of
CLOSED = frozenset(state for state, moves in MOVES.items() if not moves)
_UNDER_WAY = frozenset({"en_route", "on_scene", "complete"})
_CHANGED = "what is asked was changed after the answer"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a task stands, since when, and by whose word: `agency`, the person `by` and its `role`.

    Where no word says it, `agency` is empty and `why` tells: the clock, a clause. `reason` is what the word itself
    gives. `term` is the clause that accepted it (`by_clause`), or that it was asked under. `late`: answered after
    `answer_by`. `other` is the task that took its place, or whose place it took where its state comes from that.
    """

    state: str
    since: datetime
    agency: str = ""
    by: str = ""
    role: str = ""
    reason: str = ""
    why: str = ""
    term: Term | None = None
    by_clause: bool = False
    late: bool = False
    other: tuple[str, str] | None = None


def standing(
    task: Report,
    answer: Report | None = None,
    *,
    by_clause: Tasking | None = None,
    replaced_by: Report | None = None,
    before: Standing | None = None,
    taken_back: bool = False,
    now: datetime | None = None,
) -> Standing:
    """Where a task stands.

    `answer` is the owner's newest word to it, `by_clause` what the clause that it names comes to, `replaced_by` the
    task that validly took its place, `before` what it takes over from the one whose place it took (`taken_over`).
    `taken_back`: its owner had answered, and took that back, which gives nothing that it had not given. Without `now`
    nothing expires.
    """
    body = _task(task)
    if body.cancelled:
        return _of_asker("cancelled", task)
    if body.draft:  # what was answered cannot become what nobody was asked: its owner must see it end
        return _of_asker("cancelled" if answer is not None else "draft", task)
    said = _said(task, answer)
    if replaced_by is not None and (said is None or said.state != "complete"):
        other = _task(replaced_by)
        return Standing(
            state="reassigned" if replaced_by.agency == task.agency else "handed_over",
            since=other.asked_at or other.at,
            agency=replaced_by.agency,
            by=other.by,
            role=other.role,
            reason=other.reason,
            other=replaced_by.key,
        )
    if said is not None:
        return said
    found = _unanswered(task, by_clause, before)
    if answer is not None or taken_back:  # the owner has spoken, if of something else: no clause does any more
        why = _why_no_answer(body, _answer(answer)) if answer is not None else "the answer was taken back: asked anew"
        found = Standing("requested", asked_at(body), task.agency, body.by, body.role, why=why)
    return expired(found, body, now)


def expired(waiting: Standing, task: Task, now: datetime | None) -> Standing:
    """The same, or, for a request whose answer is overdue at `now`, that it has expired."""
    if waiting.state != "requested" or now is None or task.answer_by is None or now <= task.answer_by:
        return waiting
    return replace(waiting, state="expired", since=task.answer_by, agency="", by="", role="")


def asked_at(task: Task) -> datetime:
    """When it was first asked."""
    return task.asked_at or task.at


def may_replace(old: Report, new: Report, took_over: bool) -> bool:
    """Whether a task that says so takes another's place: its own asker's, or of who took over command (`took_over`).

    Who took over may so take what stands for the same incident, and nothing else of the asker's.
    """
    before, after = _task(old), _task(new)
    if after.draft or old.key == new.key or old.exercise != new.exercise:
        return False
    if new.agency == old.agency:
        return True
    return took_over and (before.incident_agency, before.incident) == (after.incident_agency, after.incident)


def taken_over(new: Report, old: Report, left: Standing, answer: Report | None) -> Standing | None:
    """What a task takes over from the one whose place it took, until its owner says more; None if nothing.

    `left` is how the old one stood apart from that. The same work of the same unit goes on as it stood; a unit that
    its owner offered instead is accepted. Anything else is asked anew: consent to one thing is none to another.
    """
    before, after = _task(old), _task(new)
    if before.assignee_agency != after.assignee_agency or left.state in {"cancelled", "draft", "requested", "expired"}:
        return None
    offer = _answer(answer).offers if answer is not None else ""
    if work_of(before) != work_of(after):
        return None
    if left.state == "countered" and offer and offer == after.unit:
        return replace(left, state="accepted", why="offered by its owner", reason="", other=old.key)
    if before.unit != after.unit or (new.agency == old.agency and left.state not in ONGOING):
        return None
    return replace(left, other=old.key)


def _unanswered(task: Report, by_clause: Tasking | None, before: Standing | None) -> Standing:
    """How a task stands to which its owner has said nothing."""
    if before is not None:
        return before
    body = _task(task)
    asked = asked_at(body)
    if isinstance(by_clause, Direct) and by_clause.term is not None:
        words = f"accepted by {by_clause.term.words}"
        return Standing("accepted", asked, why=words, term=by_clause.term, by_clause=True)
    if body.unit and body.assignee_agency == task.agency:
        return Standing("accepted", asked, task.agency, body.by, body.role, why="our own unit")
    term = by_clause.term if by_clause is not None else None
    why = by_clause.reason if by_clause is not None else ""
    return Standing("requested", asked, task.agency, body.by, body.role, why=why, term=term)


def _of_asker(state: str, task: Report) -> Standing:
    body = _task(task)
    return Standing(state, body.at, task.agency, body.by, body.role, reason=body.reason)


def _said(task: Report, answer: Report | None) -> Standing | None:
    """What the owner's word makes of it; None where there is none that an owner can say of this unit."""
    if answer is None:
        return None
    asked, body = _task(task), _answer(answer)
    state = "released" if body.state == "cancelled" else body.state  # as systems call it that know no recall
    if (state in TASK_STATES and state not in ANSWER_STATES) or _is_of_another_unit(asked, body):
        return None
    why = ""
    if body.work and body.work != work_of(asked):
        if state not in _UNDER_WAY:
            return None
        why = _CHANGED  # where the unit is stays true, whatever is asked of it now
    late = asked.answer_by is not None and (body.answered_at or body.at) > asked.answer_by
    return Standing(state, body.at, answer.agency, body.by, body.role, reason=body.reason, why=why, late=late)


def _is_of_another_unit(task: Task, answer: Answer) -> bool:
    return bool(task.unit and answer.unit and answer.unit != task.unit)


def _why_no_answer(task: Task, answer: Answer) -> str:
    if _is_of_another_unit(task, answer):
        return f"the answer was for {answer.unit}: asked anew"
    if answer.work and answer.work != work_of(task):
        return f"{_CHANGED}: asked anew"
    return f"its owner cannot say “{label(TASK_STATES, answer.state)}”"


def _task(report: Report) -> Task:
    assert isinstance(report.body, Task)
    return report.body


def _answer(report: Report) -> Answer:
    assert isinstance(report.body, Answer)
    return report.body
