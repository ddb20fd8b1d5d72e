"""Whether what the lines of a scenario refer to exists: the timeline's, and those that an inject brings."""

from collections.abc import Iterator

from cop.domain.words import ANSWER_STATES, INCIDENT_STATUSES, INCIDENT_TYPES, TASK_KINDS
from cop.exercise.known import Known, unknown
from cop.exercise.lines import IncidentLine, RequestLine, TaskLine, WarningLine, ZoneLine
from cop.exercise.tongues import OBJECT_FORMATS


def incident_complaints(where: str, incident: IncidentLine, known: Known) -> Iterator[str]:
    """What is wrong with an incident."""
    yield from known.agency(f"{where}.agency", incident.agency)
    yield from unknown(f"{where}.type", incident.type, INCIDENT_TYPES)
    yield from unknown(f"{where}.format", incident.format, OBJECT_FORMATS)
    if incident.same_as:
        yield from known.incident(f"{where}.same_as", incident.same_as)
    for status in (incident.status, *(step.status for step in incident.steps if step.status is not None)):
        yield from unknown(f"{where}.status", status, INCIDENT_STATUSES)


def zone_complaints(where: str, zone: ZoneLine, known: Known) -> Iterator[str]:
    """What is wrong with a zone."""
    yield from known.agency(f"{where}.agency", zone.agency)
    yield from unknown(f"{where}.format", zone.format, OBJECT_FORMATS)
    if zone.incident:
        yield from known.incident(f"{where}.incident", zone.incident)
    if zone.centre is None and any(step.radius_m is not None for step in zone.steps):
        yield f"{where}.centre is missing, and a step has a radius_m"


def warning_complaints(where: str, warning: WarningLine, known: Known) -> Iterator[str]:
    """What is wrong with a warning of the public."""
    yield from known.agency(f"{where}.agency", warning.agency)
    yield from unknown(f"{where}.format", warning.format, OBJECT_FORMATS)


def task_complaints(where: str, task: TaskLine, known: Known) -> Iterator[str]:
    """What is wrong with a scripted request for a unit."""
    yield from known.agency(f"{where}.agency", task.agency)
    yield from known.incident(f"{where}.incident", task.incident)
    yield from known.unit(f"{where}.unit", task.asked, task.unit)
    yield from unknown(f"{where}.kind", task.kind, TASK_KINDS)
    for step in task.answers:
        yield from unknown(f"{where}.answers.state", step.state, ANSWER_STATES)
        if step.offers:
            yield from known.unit(f"{where}.answers.offers", task.asked, step.offers)


def request_complaints(where: str, request: RequestLine, known: Known) -> Iterator[str]:
    """What is wrong with a request for resources."""
    yield from known.agency(f"{where}.agency", request.agency)
    yield from known.incident(f"{where}.incident", request.incident)
    for fill in request.fills:
        yield from known.agency(f"{where}.fills.agency", fill.agency)
