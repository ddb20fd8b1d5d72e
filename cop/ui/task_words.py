"""Where a task stands, in the words of the board."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cop.domain.report import Report
from cop.domain.rules import task_state
from cop.domain.rules.task_moves import is_turned_down
from cop.domain.rules.task_state import CLOSED, NEXT_ANSWERS, ONGOING
from cop.domain.task import Answer, Task
from cop.domain.words import ROLES, TASK_STATES, label
from cop.picture.change import Key
from cop.picture.picture import Picture
from cop.ui import wording
from cop.ui.answer_time import MARKS, answer_time
from cop.ui.desk import Desk

#: the board's columns; who was turned down stands under Requested until the asker looks elsewhere
COLUMNS = ("requested", "accepted", "en_route", "on_scene", "complete")
_COLUMN_OF = {
    **dict.fromkeys(("draft", "declined", "countered", "expired", "released"), "requested"),
    **dict.fromkeys(("cancelled", "reassigned", "handed_over"), "complete"),
}
_VERBS = {
    "accepted": "Accept",
    "declined": "Decline…",
    "countered": "Counter…",
    "complete": "Done",
    "released": "Recall…",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A task as the board shows it. `mark` is `ask` (we must answer), `bad` (turned down, or not sent), or empty.

    `said` is who brought it there, in which role, when; `recall`: it was accepted for us, and we can call back;
    `next`: we asked, and may turn to the next candidate; `offer`: the unit that we are offered instead.
    """

    key: Key
    column: str
    state: str
    objective: str
    who: str
    line: str
    since: datetime
    mark: str = ""
    tone: str = "muted"
    pending: bool = False
    answers: tuple[str, ...] = ()
    incident: str = ""
    said: str = ""
    clause: str = ""
    recall: bool = False
    next: bool = False
    offer: str = ""

    def words(self) -> str:
        """The card as a screen reader says it."""
        unsent = "not sent yet" if self.pending else ""
        return ", ".join(part for part in (self.objective, self.who, self.incident, self.line, unsent) if part)


def standing(desk: Desk, report: Report) -> Standing:
    """How a task stands now."""
    picture, now = desk.picture, desk.now()
    task = task_of(report)
    stands = picture.standings.of(report, now)
    state = stands.state
    answered = picture.answer_to(report)
    answer = answered.body if answered is not None and isinstance(answered.body, Answer) else None
    ours = task.assignee_agency == desk.operator.agency
    asked_us = ours and report.agency != desk.operator.agency
    asked_by_us = report.agency == desk.operator.agency
    refused = _refused(desk, report)
    pending = desk.is_pending("task", *report.key) or (
        ours and desk.is_pending("answer", task.assignee_agency, task.id)
    )
    line, tone = state_words(picture, report, stands, now, ours=asked_us)
    turned_down = asked_by_us and is_turned_down(task, state, now)
    mark = "bad" if turned_down else ""
    if ours and state in {"requested", "expired"}:
        tone, mark = (tone if tone == "bad" else "warn"), "ask"
    if refused:
        line, tone, mark = f"Not sent: {refused}", "bad", "bad"
    incident = picture.incidents.get((task.incident_agency, task.incident))
    offers = answer.offers if answer is not None and state == "countered" else ""
    return Standing(
        key=report.key,
        column=_COLUMN_OF.get(state, state if state in COLUMNS else "requested"),
        state=state,
        objective=wording.one_line(task.objective),
        who=asked_of(picture, task),
        line=line,
        since=stands.since,
        mark=mark,
        tone=tone,
        pending=pending,
        answers=NEXT_ANSWERS.get(state, ()) if ours else (),
        incident=wording.incident_title(incident) if incident is not None else "",
        said=said_by(picture, stands, now),
        clause=clause_words(picture, report, stands),
        recall=asked_us and stands.by_clause and state in ONGOING,
        next=turned_down,
        offer=wording.unit_callsign(picture, task.assignee_agency, offers) if offers and asked_by_us else "",
    )


def state_words(
    picture: Picture, report: Report, stands: task_state.Standing, now: datetime, *, ours: bool = False
) -> tuple[str, str]:
    """One line for any state, with its timer, and the tone in which it is said; `ours`: we are asked."""
    task, state = task_of(report), stands.state
    reason = wording.one_line(stands.reason)
    because = f": {reason}" if reason else ""
    passed = (now - stands.since).total_seconds()
    at = wording.clock_or_date(stands.since, now)
    if state == "requested":
        return _waits(task, now, ours=ours)
    if state == "expired":
        asks = "asks us · " if ours else ""
        return f"{MARKS['over']}{asks}no answer · overdue {wording.waiting(passed)}", "bad"
    if state == "draft":
        return "draft · asks nobody yet", "muted"
    if state == "countered":
        offer = _offer(picture, report)
        return f"Offers {offer} instead{because}" if offer else _turned("Countered", reason), "bad"
    if state == "declined":
        return _turned("Declined", reason), "bad"
    if state == "released":
        return f"Recalled by its owner{because}", "bad"
    if state == "cancelled":
        return f"cancelled {at}{because}", "muted"
    if state in {"reassigned", "handed_over"}:
        return f"{_passed_on(picture, stands)} {at}{because}", "muted"
    if state == "complete":
        return f"closed {at}", "muted"
    if state == "accepted" and stands.by_clause and stands.term is not None:
        words = wording.one_line(stands.term.words)
        return f"sent by {words} · you can recall it" if ours else f"accepted by {words}", "muted"
    late = " · answered late" if stands.late and state in ONGOING else ""
    if state == "on_scene":
        return f"{wording.span(passed)} on task{late}", "muted"
    return f"{_arrives(picture, report, stands, now)}{late}", "muted"


def said_by(picture: Picture, stands: task_state.Standing, now: datetime) -> str:
    """Who brought it where it stands: "A. Rivera, dispatcher, Gastonia FD · 14:05"."""
    at = wording.clock_or_date(stands.since, now)
    if not stands.agency:
        words = wording.one_line(stands.why) or ("by the clock" if stands.state == "expired" else "")
        return f"{words} · {at}" if words else at
    role = ROLES.get(stands.role, wording.one_line(stands.role)).lower()
    who = (wording.one_line(stands.by), role, wording.agency_name(picture, stands.agency))
    return f"{', '.join(part for part in who if part)} · {at}"


def person(by: str, role: str) -> str:
    """Who said it, behind a line of the log: " (A. Rivera, dispatcher)"."""
    known = ", ".join(part for part in (wording.one_line(by), ROLES.get(role, wording.one_line(role)).lower()) if part)
    return f" ({known})" if known else ""


def clause_words(picture: Picture, report: Report, stands: task_state.Standing) -> str:
    """The clause that the task leans on and what comes of it: "Regional Hazmat MOU §4.2 · holds"."""
    task = task_of(report)
    if stands.term is not None:
        words = wording.one_line(stands.term.words)
    elif task.clause:
        known = picture.agreements.term(task.agreement, task.clause)
        named = wording.one_line(f"{task.agreement} §{task.clause}".strip())
        words = wording.one_line(known.words) if known is not None else f"{named} (not in our agreements)"
    else:
        return ""
    if stands.by_clause:
        return f"{words} · consent given in advance"
    why = wording.one_line(stands.why)
    if why == f"asked under {words}":
        return f"{words} · on request"
    return f"{words} · {why}" if why else words


def inbox(desk: Desk) -> list[Report]:
    """The requests to our agency that nobody has answered yet, in time or not, the longest waiting first."""
    own, now = desk.operator.agency, desk.now()
    waiting = [
        report
        for report in desk.picture.tasks.values()
        if isinstance(report.body, Task)
        and report.body.assignee_agency == own
        and desk.picture.task_state(report, now) in {"requested", "expired"}
    ]
    return sorted(waiting, key=lambda report: (task_state.asked_at(task_of(report)), report.key))


def asked_of(picture: Picture, task: Task) -> str:
    """Who is asked: "Hazmat 4 · Gastonia FD"; an agency may be asked for any unit, and a bare request asks nobody."""
    owner = wording.agency_name(picture, task.assignee_agency) if task.assignee_agency else "no agency named"
    if not task.unit:
        return f"any unit · {owner}" if task.assignee_agency else "no unit, no agency named"
    return f"{wording.unit_callsign(picture, task.assignee_agency, task.unit)} · {owner}"


def answer_verb(state: str) -> str:
    """What stands on the button that gives this answer."""
    return _VERBS.get(state) or label(TASK_STATES, state)


def task_of(report: Report) -> Task:
    """The task that a report of the task table tells of."""
    assert isinstance(report.body, Task)
    return report.body


def may_cancel(desk: Desk, report: Report) -> bool:
    """Whether the request is our own, and not over."""
    return report.agency == desk.operator.agency and desk.picture.task_state(report, desk.now()) not in CLOSED


def _waits(task: Task, now: datetime, *, ours: bool) -> tuple[str, str]:
    if not task.assignee_agency:
        passed = (now - task_state.asked_at(task)).total_seconds()
        return f"nobody asked yet · {wording.waiting(passed)}", "muted"
    wait = answer_time(task, now)
    if ours:
        return f"{wait.mark}asks us · waiting {wording.waiting(wait.passed_s)}", wait.tone
    return wait.awaiting(), wait.tone


def _turned(word: str, reason: str) -> str:
    return f"{word}: {reason}" if reason else f"{word}, no reason given"


def _offer(picture: Picture, report: Report) -> str:
    answered = picture.answer_to(report)
    offers = answered.body.offers if answered is not None and isinstance(answered.body, Answer) else ""
    return wording.unit_callsign(picture, task_of(report).assignee_agency, offers) if offers else ""


def _passed_on(picture: Picture, stands: task_state.Standing) -> str:
    """Where the work went: to another unit, or to who commands now."""
    if stands.state == "handed_over":
        return f"handed over to {wording.agency_name(picture, stands.agency)}"
    other = picture.tasks.get(stands.other) if stands.other is not None else None
    if other is None:
        return "reassigned"
    body = task_of(other)
    unit = wording.unit_callsign(picture, body.assignee_agency, body.unit) if body.unit else "another"
    return f"reassigned to {unit}"


def _arrives(picture: Picture, report: Report, stands: task_state.Standing, now: datetime) -> str:
    """When the unit comes, as its owner says; else since when it stands so."""
    of = picture.tasks.get(stands.other) if stands.other is not None else report  # said to the task that it replaces
    answered = picture.answer_to(of if of is not None else report)
    answer = answered.body if answered is not None and isinstance(answered.body, Answer) else None
    if answer is not None and answer.state == stands.state and answer.eta_s is not None:
        left = (answer.at + timedelta(seconds=answer.eta_s) - now).total_seconds()
        return f"ETA {wording.span(left)}" if left > 0 else f"{wording.span(-left)} past its ETA"
    words = label(TASK_STATES, stands.state).lower()
    why = f" ({wording.one_line(stands.why)})" if stands.why else ""
    return f"{words} since {wording.clock(stands.since)}{why}"


def _refused(desk: Desk, report: Report) -> str:
    for kind, agency in (("task", report.agency), ("answer", task_of(report).assignee_agency)):
        delivered = desk.picture.deliveries.get((kind, agency, report.body.id))
        if agency == desk.operator.agency and delivered is not None and delivered.state == "refused":
            return wording.one_line(delivered.reason) or "refused by the broker"
    return ""
