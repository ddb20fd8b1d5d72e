"""Where a task stands, in the words of the board."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cop.domain.report import Report
from cop.domain.rules.task_state import NEXT_ANSWERS
from cop.domain.task import Answer, Task
from cop.domain.words import TASK_STATES, label
from cop.picture.change import Key
from cop.picture.picture import Picture
from cop.ui import wording
from cop.ui.desk import Desk

#: the board's columns; a declined or countered task stands under Requested until the asker looks elsewhere
COLUMNS = ("requested", "accepted", "en_route", "on_scene", "complete")
_COLUMN_OF = {"declined": "requested", "countered": "requested", "cancelled": "complete"}
_VERBS = {"accepted": "Accept", "declined": "Decline…", "countered": "Counter…", "complete": "Done"}


@dataclass(frozen=True, slots=True)
class Standing:
    """A task as the board shows it. `mark` is `ask` (we must answer), `bad` (turned down, or not sent), or empty."""

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

    def words(self) -> str:
        """The card as a screen reader says it."""
        unsent = "not sent yet" if self.pending else ""
        return ", ".join(part for part in (self.objective, self.who, self.incident, self.line, unsent) if part)


def standing(desk: Desk, report: Report) -> Standing:
    """How a task stands now."""
    picture, now = desk.picture, desk.now()
    task = task_of(report)
    state = picture.task_state(report)
    answered = picture.answer_to(report)
    answer = answered.body if answered is not None and isinstance(answered.body, Answer) else None
    since = task.at if state in {"requested", "cancelled"} or answer is None else answer.at
    ours = task.assignee_agency == desk.operator.agency
    refused = _refused(desk, report)
    pending = desk.is_pending("task", *report.key) or (
        ours and desk.is_pending("answer", task.assignee_agency, task.id)
    )
    line, tone, mark = _line(state, answer, since, now)
    if state == "requested" and not task.assignee_agency:
        line = f"nobody asked yet · {wording.waiting((now - since).total_seconds())}"
    if ours and state == "requested":
        line, tone, mark = f"asks us · waiting {wording.waiting((now - since).total_seconds())}", "warn", "ask"
    if refused:
        line, tone, mark = f"Not sent: {refused}", "bad", "bad"
    incident = picture.incidents.get((task.incident_agency, task.incident))
    return Standing(
        key=report.key,
        column=_COLUMN_OF.get(state, state if state in COLUMNS else "requested"),
        state=state,
        objective=wording.one_line(task.objective),
        who=asked_of(picture, task),
        line=line,
        since=since,
        mark=mark,
        tone=tone,
        pending=pending,
        answers=NEXT_ANSWERS.get(state, ()) if ours else (),
        incident=wording.incident_title(incident) if incident is not None else "",
    )


def inbox(desk: Desk) -> list[Report]:
    """The requests to our agency that nobody has answered yet, the longest waiting first."""
    own = desk.operator.agency
    waiting = [
        report
        for report in desk.picture.tasks.values()
        if isinstance(report.body, Task)
        and report.body.assignee_agency == own
        and desk.picture.task_state(report) == "requested"
    ]
    return sorted(waiting, key=lambda report: (report.body.at, report.key))


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


def _line(state: str, answer: Answer | None, since: datetime, now: datetime) -> tuple[str, str, str]:
    passed = (now - since).total_seconds()
    reason = wording.one_line(answer.reason) if answer is not None else ""
    if state == "requested":
        return f"awaiting consent {wording.waiting(passed)}", "muted", ""
    if state in {"declined", "countered"}:
        words = label(TASK_STATES, state)
        return (f"{words}: {reason}" if reason else f"{words}, no reason given"), "bad", "bad"
    if state == "on_scene":
        return f"{wording.span(passed)} on task", "muted", ""
    if state == "complete":
        return f"closed {wording.clock(since)}", "muted", ""
    if state == "cancelled":
        return f"cancelled {wording.clock(since)}", "muted", ""
    if answer is not None and answer.eta_s is not None:
        left = (answer.at + timedelta(seconds=answer.eta_s) - now).total_seconds()
        return (f"ETA {wording.span(left)}" if left > 0 else f"{wording.span(-left)} past its ETA"), "muted", ""
    return f"{label(TASK_STATES, state).lower()} since {wording.clock(since)}", "muted", ""


def _refused(desk: Desk, report: Report) -> str:
    for kind, agency in (("task", report.agency), ("answer", task_of(report).assignee_agency)):
        delivered = desk.picture.deliveries.get((kind, agency, report.body.id))
        if agency == desk.operator.agency and delivered is not None and delivered.state == "refused":
            return wording.one_line(delivered.reason) or "refused by the broker"
    return ""
