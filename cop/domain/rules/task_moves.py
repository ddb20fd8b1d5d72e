"""What each desk may do with a task. Every function returns what is to be said, or a refusal that says why.

Each agency writes its own word alone: the asker its task, the owner its answer (`rules.task_state` reads both).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from cop.domain.agreement import AidClause
from cop.domain.desk import Command, Operator, Refusal
from cop.domain.report import Report
from cop.domain.rules.actions import may
from cop.domain.rules.task_state import CLOSED, MOVES, NEXT_ANSWERS, ONGOING, Standing, asked_at
from cop.domain.rules.tasking import ANSWER_WITHIN, Refused, Request, Tasking
from cop.domain.task import Answer, Basis, Task, work_of
from cop.domain.words import ANSWER_STATES, TASK_STATES, label

#: a task is turned to somebody else from these states; see `is_turned_down` for `requested`
TURNED_DOWN = frozenset({"expired", "declined", "countered", "released"})


def is_turned_down(task: Task, state: str, now: datetime) -> bool:
    """Whether its asker may look for somebody else: the answer was no, or it is overdue.

    A task that names no end of waiting never expires; after the usual time it is overdue all the same.
    """
    if state == "requested" and task.answer_by is None:
        return now >= asked_at(task) + ANSWER_WITHIN
    return state in TURNED_DOWN


def ask(
    operator: Operator,
    task: Task,
    tasking: Tasking,
    *,
    unit_known: bool,
    open_tasks: int,
    at: datetime,
    unit_kind: str = "",
    basis: Basis | None = None,
) -> Task | Refusal:
    """The task as it is asked: with the clause that it leans on, on what basis, and until when it waits.

    Also what is sent directly has an end of waiting: where the clause turns out not to hold, it is a request.
    """
    refusal = may(operator, "assign_task")
    if refusal is not None:
        return refusal
    if not unit_known:
        return Refusal("That unit is not in the picture.")
    if not task.objective.strip():
        return Refusal("Say what the unit is to do.")
    if open_tasks:
        return Refusal("That unit already has this task for this incident.")
    if isinstance(tasking, Refused):
        return Refusal(tasking.reason)
    term = tasking.term
    own = task.assignee_agency == operator.agency
    return msgspec.structs.replace(
        task,
        at=at,
        rev=task.rev + 1 if task.draft else 1,
        by=operator.name,
        draft=False,
        agreement=term.agreement.id if term is not None else "",
        clause=term.clause.number if term is not None else "",
        basis=basis,
        unit_kind=unit_kind,
        asked_at=at,
        answer_by=None if own else at + answer_within(tasking),
    )


def answer_within(tasking: Tasking) -> timedelta:
    """How long what is asked on these terms waits for its answer."""
    if isinstance(tasking, Request):
        return tasking.answer_within
    clause = tasking.term.clause if tasking.term is not None else None
    minutes = clause.answer_within_min if isinstance(clause, AidClause) else None
    return timedelta(minutes=minutes) if minutes is not None else ANSWER_WITHIN


def draft_task(operator: Operator, task: Task, at: datetime) -> Command | Refusal:
    """A task that is prepared and asks nobody yet."""
    refusal = may(operator, "draft_task")
    if refusal is not None:
        return refusal
    if not task.objective.strip():
        return Refusal("Say what the unit is to do.")
    return Command(msgspec.structs.replace(task, at=at, rev=1, by=operator.name, draft=True, asked_at=None))


def may_send_draft(operator: Operator, draft: Report, stands: Standing) -> Refusal | None:
    """Whether a draft may be sent by this desk; None if so."""
    refusal = may(operator, "assign_task") or _not_ours(operator, draft, "send")
    if refusal is None and stands.state != "draft":
        refusal = Refusal(f"This is no draft any more: it is {_words(stands.state)}.")
    return refusal


def cancel_task(operator: Operator, task: Report, stands: Standing, reason: str, at: datetime) -> Command | Refusal:
    """The agency that asked takes its request back.

    Its revision stands above what another desk of the agency may be saying in this second: who calls a crew back is
    not overruled by a word that did not know of it.
    """
    refusal = may(operator, "cancel_task") or _not_ours(operator, task, "cancel") or _closed(stands)
    if refusal is not None:
        return refusal
    return Command(
        msgspec.structs.replace(
            task.body, cancelled=True, reason=reason.strip(), at=at, rev=task.body.rev + 2, by=operator.name
        )
    )


def answer_task(
    operator: Operator,
    task: Report,
    known: Report | None,
    stands: Standing,
    *,
    state: str,
    at: datetime,
    reason: str = "",
    eta_s: int | None = None,
    offers: str = "",
    checked: Sequence[int] | None = None,
) -> Command | Refusal:
    """The owner of the unit answers; a decline, a counter and a release say why.

    Without `checked` the ticks stay as they are. The state in which it stands may be said again while somebody is on
    it: with another arrival time, another tick.
    """
    refusal = may(operator, "answer_task")
    if refusal is not None:
        return refusal
    body = task.body
    assert isinstance(body, Task)
    if not body.assignee_agency:
        return Refusal("Nobody is asked yet: assign a unit to the incident instead.")
    if body.assignee_agency != operator.agency:
        return Refusal(f"This is asked of {body.assignee_agency}; only they answer.")
    refusal = _closed(stands)
    if refusal is not None:
        return refusal
    again = state == stands.state and state in ONGOING
    if state not in ANSWER_STATES or not (again or state in NEXT_ANSWERS.get(stands.state, ())):
        return Refusal(f"A task that is {_words(stands.state)} cannot become {_words(state)}.")
    move = MOVES[stands.state].get(state)
    if move is not None and move.says_why and not reason.strip() and not offers:
        return Refusal("Say why: the commander needs a reason to look elsewhere.")
    if checked is not None and any(not 0 <= line < len(body.checklist) for line in checked):
        return Refusal("That line is not on the checklist.")
    before = known.body if known is not None and isinstance(known.body, Answer) else None
    kept = before.checked if before is not None else ()
    return Command(
        Answer(
            id=body.id,
            at=at,
            rev=before.rev + 1 if before is not None else 1,
            by=operator.name,
            requester=task.agency,
            state=state,
            unit=body.unit,
            work=work_of(body),
            answered_at=(before.answered_at or before.at) if before is not None else at,
            reason=reason.strip(),
            eta_s=eta_s if eta_s is not None or not again else _still_to_go(before, at),
            offers=offers,
            checked=tuple(sorted(set(checked))) if checked is not None else kept,
        )
    )


def may_turn_elsewhere(operator: Operator, task: Report, stands: Standing) -> Refusal | None:
    """Whether the asker may ask for another unit instead; None if so."""
    refusal = may(operator, "assign_task") or _not_ours(operator, task, "ask for another unit")
    return refusal or _closed(stands)


def _still_to_go(before: Answer | None, at: datetime) -> int | None:
    if before is None or before.eta_s is None:
        return None
    return max(0, round(before.eta_s - (at - before.at).total_seconds()))


def _not_ours(operator: Operator, task: Report, doing: str) -> Refusal | None:
    if task.agency == operator.agency:
        return None
    return Refusal(f"This task is {task.agency}'s; only they {doing}{'' if doing.endswith('unit') else ' it'}.")


def _closed(stands: Standing) -> Refusal | None:
    if stands.state not in CLOSED:
        return None
    if stands.state == "cancelled":
        return Refusal("The request was cancelled by the agency that asked.")
    if stands.state == "handed_over":
        return Refusal(f"This task was handed over with command: it is {stands.agency}'s now.")
    if stands.state == "reassigned":
        return Refusal("Another task took the place of this one.")
    return Refusal("This task is done.")


def _words(state: str) -> str:
    return label(TASK_STATES, state).lower()
