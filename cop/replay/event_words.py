"""What a step came to, in the field's words, on one short line: whose, what, which, and how it is now."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cop.domain.agency import Agency, Presence
from cop.domain.area import Alert, Zone
from cop.domain.command import IncidentCommand
from cop.domain.consent import Consent
from cop.domain.details import IncidentDetails
from cop.domain.incident import Incident, Link
from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction
from cop.domain.request import Fill, ResourceRequest
from cop.domain.resource import Resource
from cop.domain.task import Answer, Task
from cop.domain.unit import Unit
from cop.domain.words import AVAILABILITIES, INCIDENT_STATUSES, INCIDENT_TYPES, TASK_STATES, UNIT_STATUSES, label
from cop.picture.names import one_line, spelled_out

_LENGTH = 120
_NAMES_LIMIT = 100_000


class Names:
    """What agencies and objects were called, by the last words about them."""

    def __init__(self) -> None:
        self._agencies: dict[str, str] = {}
        self._objects: dict[tuple[str, str, str], str] = {}

    def note(self, reports: Iterable[Report]) -> None:
        """Remember the names in these reports."""
        if len(self._objects) > _NAMES_LIMIT:
            self._objects.clear()
        for report in reports:
            body = report.body
            if isinstance(body, Agency):
                self._agencies[report.agency] = body.name
            elif isinstance(body, Unit):
                self._objects["unit", *report.key] = body.callsign
            elif isinstance(body, Incident):
                self._objects["incident", *report.key] = body.title or label(INCIDENT_TYPES, body.type)
            elif isinstance(body, Task):
                self._objects["task", *report.key] = body.objective
            elif isinstance(body, ResourceRequest):
                self._objects["request", *report.key] = body.what
            elif isinstance(body, Resource | Zone):
                self._objects["resource" if isinstance(body, Resource) else "zone", *report.key] = body.name

    def agency(self, agency: str) -> str:
        """What an agency calls itself, else its id in words."""
        return one_line(self._agencies.get(agency, "")) or spelled_out(agency)

    def called(self, kind: str, agency: str, object_id: str) -> str:
        """What an object is called, else its id."""
        return one_line(self._objects.get((kind, agency, object_id), "")) or one_line(object_id)


def event_words(report: Report, names: Names) -> str:
    """The words for what a report says, bounded: text of a feed is anything."""
    body: Any = report.body
    says = _SAYS.get(type(body))
    what = says(report, body, names) if says is not None else f"{type(body).__name__} {body.id}"
    if body.deleted and not isinstance(body, Retraction):
        what += " taken back"
    line = one_line(f"{names.agency(report.agency)}: {what}")
    return line if len(line) <= _LENGTH else line[: _LENGTH - 1] + "…"


def _unit(report: Report, body: Unit, names: Names) -> str:
    return f"unit {one_line(body.callsign) or body.id} {_lower(UNIT_STATUSES, body.status)}"


def _incident(report: Report, body: Incident, names: Names) -> str:
    return f"incident {body.title or label(INCIDENT_TYPES, body.type)} {_lower(INCIDENT_STATUSES, body.status)}"


def _task(report: Report, body: Task, names: Names) -> str:
    unit = names.called("unit", body.assignee_agency, body.unit)
    does = "cancels" if body.cancelled else "drafts" if body.draft else "asks"
    return f"{does} {unit}, {names.agency(body.assignee_agency)}: {body.objective}"


def _answer(report: Report, body: Answer, names: Names) -> str:
    task = names.called("task", body.requester, body.id)
    return f"{_lower(TASK_STATES, body.state)} – {task}, asked by {names.agency(body.requester)}"


def _command(report: Report, body: IncidentCommand, names: Names) -> str:
    where = names.called("incident", body.incident_agency, body.incident)
    return f"{'has command of' if body.holds else 'is not in command of'} {where}"


def _fill(report: Report, body: Fill, names: Names) -> str:
    what = names.called("request", body.requester, body.id)
    return f"{body.state.replace('_', ' ')} {body.quantity} – {what}, for {names.agency(body.requester)}"


def _retraction(report: Report, body: Retraction, names: Names) -> str:
    if body.kind == "position":
        return f"place of unit {names.called('unit', *report.key)} taken back"
    return f"{body.kind} {names.called(body.kind, *report.key)} taken back"


def _lower(table: Mapping[str, str], word: str) -> str:
    return label(table, word).lower()


_SAYS: dict[type, Callable[[Report, Any, Names], str]] = {
    Unit: _unit,
    Incident: _incident,
    Task: _task,
    Answer: _answer,
    IncidentCommand: _command,
    Fill: _fill,
    Retraction: _retraction,
    Resource: lambda _report, body, _names: f"{body.name or body.id} {_lower(AVAILABILITIES, body.availability)}",
    Zone: lambda _report, body, _names: f"zone {body.name or body.kind}",
    Link: lambda _report, body, names: f"{_both(body, names)}: {body.relation} incident",
    Alert: lambda _report, body, _names: f"alert: {body.headline or body.event}",
    LogEntry: lambda _report, body, _names: f"“{body.text[:_LENGTH]}”",
    Agency: lambda _report, body, _names: "says who it is",
    Presence: lambda _report, body, _names: f"desk {body.id} {'online' if body.online else 'offline'}",
    Consent: lambda _report, body, _names: f"{body.agreement}, clause {body.clause}: {body.state}",
    ResourceRequest: lambda _report, body, _names: (
        f"{'no longer needs' if body.cancelled else 'needs'} {body.quantity} {body.what}"
    ),
    IncidentDetails: lambda report, body, names: (
        f"details of {names.called('incident', report.agency, body.id)} for {names.agency(body.to)}"
    ),
}


def _both(body: Link, names: Names) -> str:
    return " and ".join(names.called("incident", *one.partition("/")[::2]) for one in (body.first, body.second))
