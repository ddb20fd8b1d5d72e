"""What was said about an incident, newest first: log entries, and what the picture's objects tell of themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cop.domain.area import Zone
from cop.domain.incident import Incident, Link
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.domain.rules.same import SAME, ends_of, speaks_for
from cop.domain.rules.task_state import asked_at
from cop.domain.task import Answer
from cop.domain.words import INCIDENT_STATUSES, TASK_STATES, label
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.command_words import command_log
from cop.ui.desk import Desk
from cop.ui.task_words import person, state_words, task_of
from cop.ui.zone_words import zone_name

_MOST = 30


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log."""

    at: datetime
    text: str


def lines_of(desk: Desk, incident: Report) -> list[Line]:
    """The newest lines about an incident."""
    picture = desk.picture
    about = picture.same.of(incident.key)  # what is said about the same incident is said about this one
    lines = [line for one in about for line in _own(desk, picture.incidents[one])]
    lines.extend(_merged(desk, about))
    for report in picture.log:
        entry = report.body
        if isinstance(entry, LogEntry) and (entry.incident_agency, entry.incident) in about:
            who = f", {entry.by}" if entry.by else ""
            lines.append(Line(entry.at, f"{wording.agency_name(picture, report.agency)}{who}: {entry.text}"))
    for report in picture.zones.values():
        zone = report.body
        if isinstance(zone, Zone) and (zone.incident_agency, zone.incident) in about:
            by = zone.by or wording.agency_name(picture, report.agency)
            lines.append(Line(zone.at, f"{zone_name(zone)} set by {by}"))
            if zone.expires_at is not None and zone.expires_at <= desk.now():
                lines.append(Line(zone.expires_at, f"{zone_name(zone)} ended by itself"))
    for report in picture.tasks.values():
        if (task_of(report).incident_agency, task_of(report).incident) in about:
            lines.extend(_task(desk, report))
    lines.extend(Line(at, words) for at, words in command_log(desk, about))
    lines.extend(Line(at, passed.words) for at, passed in desk.passed_leads if passed.incident in about)
    lines.sort(key=lambda line: line.at, reverse=True)
    return [Line(line.at, wording.one_line(line.text)) for line in lines[:_MOST]]


def _merged(desk: Desk, about: Sequence[Key]) -> Iterator[Line]:
    """Who said of two of these that they are the same, and when."""
    picture = desk.picture
    for report in picture.links.values():
        link = report.body
        if not isinstance(link, Link) or link.relation != SAME or not speaks_for(report.agency, link):
            continue
        ends = ends_of(link)
        if ends is not None and set(ends) <= set(about):
            first, second = (f"“{wording.incident_title(picture.incidents[end])}”" for end in ends)
            yield Line(
                link.at, f"{first} and {second} are the same, says {wording.agency_name(picture, report.agency)}"
            )


def _own(desk: Desk, incident: Report) -> list[Line]:
    body = incident.body
    assert isinstance(body, Incident)
    name = wording.agency_name(desk.picture, incident.agency)
    lines = [Line(body.opened_at or body.at, f"Incident opened by {name}")]
    if body.rev > 1 and body.at != body.opened_at:
        lines.append(Line(body.at, f"{label(INCIDENT_STATUSES, body.status)}, P{body.priority}, says {name}"))
    return lines


def _task(desk: Desk, report: Report) -> list[Line]:
    """Who asked, what its owner said, and how it ended: each with its time, who said it and in which role."""
    picture, task = desk.picture, task_of(report)
    if task.draft:
        return []
    stands = picture.standings.of(report, desk.now())
    unit = wording.unit_callsign(picture, task.assignee_agency, task.unit) if task.unit else "Any unit"
    replaced = picture.standings.replaces(report)
    taken_over = replaced is not None and replaced.agency != report.agency
    if taken_over:
        asked = f"{unit} goes on under {wording.agency_name(picture, report.agency)} — {task.objective}"
    elif task.assignee_agency:
        asked = f"{unit} requested from {wording.agency_name(picture, task.assignee_agency)} — {task.objective}"
    else:
        asked = f"{task.objective} requested, of nobody yet"
    lines = [Line(asked_at(task), asked)]
    answered = picture.answer_to(report)
    if answered is not None and isinstance(answered.body, Answer):
        answer = answered.body
        reason = f": {answer.reason}" if answer.reason else ""
        by = person(answer.by, answer.role)
        lines.append(Line(answer.at, f"{unit} {label(TASK_STATES, answer.state).lower()}{reason}{by}"))
    elif stands.by_clause and stands.term is not None:
        lines.append(Line(stands.since, f"{unit} accepted by {stands.term.words}"))
    if task.cancelled:
        reason = f": {task.reason}" if task.reason else ""
        whom = unit if task.unit else task.objective
        lines.append(Line(task.at, f"Request for {whom} cancelled{reason}{person(task.by, task.role)}"))
    elif stands.state in {"reassigned", "handed_over", "expired"}:
        line, _ = state_words(picture, report, stands, desk.now())
        words = "no answer in time" if stands.state == "expired" else line
        lines.append(Line(stands.since, f"{unit} {words}"))
    return lines
