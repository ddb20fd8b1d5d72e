"""What happened in a period, line by line, for the forms that tell it: who did what, when, and why."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from cop.briefing.forms.blocks import agencies, agency, incident_name, lines, short, unit_name
from cop.briefing.forms.situation import Situation
from cop.domain.area import Alert, Zone
from cop.domain.command import IncidentCommand
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction, kind_of
from cop.domain.request import Fill, ResourceRequest
from cop.domain.task import Answer, Task
from cop.domain.unit import Unit
from cop.domain.words import INCIDENT_STATUSES, TASK_STATES, label, zone_label
from cop.picture.change import Key
from cop.picture.names import called, one_line


class Line(NamedTuple):
    """One line: when it was said, by whom, of which incident (None: of none), what."""

    at: datetime
    agency: str
    incident: Key | None
    words: str
    unit: Key | None = None


def activity(ground: Situation, incident: Key | None = None, unit: Key | None = None) -> list[Line]:
    """The lines of the period in order of time; of one incident, or of what was asked of one unit, alone."""
    wanted = ground.picture.same.lead(incident) if incident is not None else None
    found = []
    for line in _lines(ground):
        if unit is not None and line.unit != unit:
            continue
        if wanted is None or (line.incident is not None and ground.picture.same.lead(line.incident) == wanted):
            found.append(line)
    return found


def rows(ground: Situation, told: list[Line]) -> tuple[tuple[str, str], ...]:
    """Lines as rows of a table: date and time, who and what."""
    return tuple((short(ground, one.at), f"{agency(ground, one.agency)}: {one.words}") for one in told)


def _lines(ground: Situation) -> Iterator[Line]:
    tasks = {one.key: one.task for one in ground.works}
    for report in ground.said.of(Task):
        assert isinstance(report.body, Task)
        tasks.setdefault(report.key, report.body)
    was: dict[tuple[str, Key], str] = {}
    for report in ground.said.words:
        says = _SAYS.get(type(report.body))
        if says is None:
            continue
        found = says(ground, report, report.body, tasks)
        if found is None:
            continue
        # what is said again, with another revision and no other words, happened once
        key = (kind_of(report.body), _about(report))
        if key[0] != "log" and was.get(key) == found.words:
            continue
        was[key] = found.words
        yield found


def _about(report: Report) -> Key:
    requester = getattr(report.body, "requester", "")
    return (report.agency, f"{requester}/{report.body.id}")


def _log(ground: Situation, report: Report, body: LogEntry, tasks: dict[Key, Task]) -> Line:
    to = f" (to {agencies(ground, body.to)})" if body.to else ""
    about = (body.incident_agency, body.incident) if body.incident else None
    return Line(report.reported_at, report.agency, about, lines(body.text) + to)


def _incident(ground: Situation, report: Report, body: Incident, tasks: dict[Key, Task]) -> Line:
    words = f"{incident_name(ground, report.key) if not body.title else one_line(body.title)}: "
    words += "taken back" if body.deleted else label(INCIDENT_STATUSES, body.status).lower()
    words += f", priority {body.priority}" if not body.deleted else ""
    summary = lines(body.summary)
    return Line(report.reported_at, report.agency, report.key, f"{words}. {summary}" if summary else words)


def _task(ground: Situation, report: Report, body: Task, tasks: dict[Key, Task]) -> Line | None:
    if body.draft:
        return None
    unit = (body.assignee_agency, body.unit)
    does = "takes back the request of" if body.deleted else "cancels" if body.cancelled else "asks for"
    under = _under(ground, body) if does == "asks for" else ""
    why = f" — {lines(body.reason)}" if body.reason else ""
    words = f"{does} {unit_name(ground, unit)} ({agency(ground, unit[0])}): {one_line(body.objective)}{under}{why}"
    return Line(report.reported_at, report.agency, _incident_of(body), words, unit)


def _answer(ground: Situation, report: Report, body: Answer, tasks: dict[Key, Task]) -> Line:
    task = tasks.get((body.requester, body.id))
    unit = (report.agency, body.unit or (task.unit if task is not None else ""))
    state = "answer taken back" if body.deleted else label(TASK_STATES, body.state).lower()
    named = unit_name(ground, unit) if unit[1] else ""
    what = one_line(task.objective) if task is not None else called("", body.id)
    why = f" — {lines(body.reason)}" if body.reason else ""
    offers = f"; offers {unit_name(ground, (report.agency, body.offers))}" if body.offers else ""
    asked_by = f", asked by {agency(ground, body.requester)}" if body.requester != report.agency else ""
    words = f"{named or 'request'} {state}: {what}{asked_by}{why}{offers}"
    return Line(report.reported_at, report.agency, _incident_of(task) if task is not None else None, words, unit)


def _zone(ground: Situation, report: Report, body: Zone, tasks: dict[Key, Task]) -> Line:
    name = one_line(body.name)
    kind = zone_label(body.kind)
    words = f"{one_line(kind)}{f' “{name}”' if name else ''} {'lifted' if body.deleted else 'set'}"
    about = (body.incident_agency, body.incident) if body.incident else None
    return Line(report.reported_at, report.agency, about, words)


def _alert(ground: Situation, report: Report, body: Alert, tasks: dict[Key, Task]) -> Line:
    what = "Alert taken back" if body.deleted else "Alert called off" if body.cancels else "Alert"
    words = f"{what}: {one_line(body.headline) or one_line(body.event)}"
    return Line(report.reported_at, report.agency, None, words)


def _command(ground: Situation, report: Report, body: IncidentCommand, tasks: dict[Key, Task]) -> Line:
    about = (body.incident_agency, body.incident)
    who = f" ({one_line(body.commander)})" if body.commander else ""
    if body.offered_to:
        does = f"offers command to {agency(ground, body.offered_to)}"
    elif body.declined_from and not body.holds:
        does = f"declines command from {agency(ground, body.declined_from)}"
    else:
        does = f"has command{who}" if body.holds and not body.deleted else "is not in command"
    with_ = f" with {agencies(ground, body.with_agencies)}" if body.with_agencies else ""
    why = f" — {lines(body.reason)}" if body.reason else ""
    return Line(report.reported_at, report.agency, about, f"{does}{with_}: {incident_name(ground, about)}{why}")


def _request(ground: Situation, report: Report, body: ResourceRequest, tasks: dict[Key, Task]) -> Line:
    no = body.cancelled or body.deleted
    why = f" — {lines(body.reason)}" if body.reason else ""
    words = f"{'no longer requests' if no else 'requests'} {body.quantity} × {one_line(body.what)}{why}"
    return Line(
        report.reported_at, report.agency, (body.incident_agency, body.incident) if body.incident else None, words
    )


def _fill(ground: Situation, report: Report, body: Fill, tasks: dict[Key, Task]) -> Line:
    asked = ground.picture.requests.get((body.requester, body.id))
    request = asked.body if asked is not None else None
    what = one_line(request.what) if isinstance(request, ResourceRequest) else called("", body.id)
    state = body.state.replace("_", " ")
    many = f" {body.quantity}" if body.quantity else ""
    why = f" — {lines(body.reason)}" if body.reason else ""
    about = None
    if isinstance(request, ResourceRequest) and request.incident:
        about = (request.incident_agency, request.incident)
    return Line(
        report.reported_at, report.agency, about, f"{state}{many}: {what}, for {agency(ground, body.requester)}{why}"
    )


def _unit(ground: Situation, report: Report, body: Unit, tasks: dict[Key, Task]) -> Line | None:
    if body.status != "emergency" or body.deleted:
        return None
    return Line(report.reported_at, report.agency, None, f"EMERGENCY of {unit_name(ground, report.key)}", report.key)


def _retraction(ground: Situation, report: Report, body: Retraction, tasks: dict[Key, Task]) -> Line | None:
    if body.kind not in {"incident", "task", "zone", "request"}:
        return None
    task = tasks.get(report.key) if body.kind == "task" else None
    what = one_line(task.objective) if task is not None else called("", body.id)
    about = report.key if body.kind == "incident" else _incident_of(task) if task is not None else None
    return Line(report.reported_at, report.agency, about, f"{body.kind} taken back: {what}")


def _incident_of(task: Task) -> Key | None:
    return (task.incident_agency, task.incident) if task.incident else None


def _under(ground: Situation, task: Task) -> str:
    if not task.agreement:
        return ""
    term = ground.picture.agreements.term(task.agreement, task.clause)
    words = term.words if term is not None else f"{task.agreement} §{task.clause}"
    return f", under {one_line(words)}"


_SAYS: dict[type, Callable[[Situation, Report, Any, dict[Key, Task]], Line | None]] = {
    LogEntry: _log,
    Incident: _incident,
    Task: _task,
    Answer: _answer,
    Zone: _zone,
    Alert: _alert,
    IncidentCommand: _command,
    ResourceRequest: _request,
    Fill: _fill,
    Unit: _unit,
    Retraction: _retraction,
}
