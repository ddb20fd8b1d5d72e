"""The scenario's lines as statements with their times: what would be said if nobody else spoke."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from cop.domain.agency import Agency
from cop.domain.area import Alert, Zone
from cop.domain.command import IncidentCommand, command_id
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.request import Fill, ResourceRequest
from cop.domain.resource import Resource
from cop.domain.statement import Statement
from cop.domain.task import Basis, Task
from cop.exercise.injects import IncidentChange
from cop.exercise.lines import (
    CommandLine,
    IncidentLine,
    IncidentStep,
    LogLine,
    Participant,
    RequestLine,
    ResourceLine,
    TaskLine,
    WarningLine,
    ZoneLine,
    ZoneStep,
)
from cop.exercise.roads import Place, offset
from cop.exercise.scenario import Scenario

#: simulated seconds -> the moment that is written into a statement
Moment = Callable[[float], datetime]
#: when, whose, what
Line = tuple[float, str, Statement]
#: the agency of each incident, by its id
Owners = Mapping[str, str]
_CIRCLE_POINTS = 48


def profiles(scenario: Scenario, moment: Moment) -> Iterator[Line]:
    """Who takes part."""
    for agency in scenario.speakers:
        body = Agency(
            id=agency.id,
            at=moment(0.0),
            name=agency.name,
            disciplines=agency.disciplines,
            colour=agency.colour,
            contact=agency.contact or agency.operator,
        )
        yield 0.0, agency.id, body


def resources(scenario: Scenario, moment: Moment) -> Iterator[Line]:
    """What the agencies can give, and how that changes."""
    for agency in scenario.agencies:
        for line in agency.resources:
            yield from _resource(agency, line, moment)


def opening(line: IncidentLine, moment: Moment) -> tuple[float, str, Incident]:
    """An incident as it is when it is opened."""
    lat, lon = line.place
    body = Incident(
        id=line.id,
        at=moment(line.opened_s),
        type=line.type,
        priority=line.priority,
        status=line.status,
        title=line.title,
        address=line.address,
        summary=line.summary,
        lat=lat,
        lon=lon,
        opened_at=moment(line.opened_s),
        lead=line.lead,
    )
    return line.opened_s, line.agency, body


def changed(body: Incident, step: IncidentStep | IncidentChange, at: datetime) -> Incident:
    """An incident after a change; what the change does not name stays."""
    status = step.status or body.status
    return msgspec.structs.replace(
        body,
        at=at,
        status=status,
        priority=step.priority or body.priority,
        summary=body.summary if step.summary is None else step.summary,
        closed_at=at if status == "closed" else None,
    )


def zones(lines: Sequence[ZoneLine], owners: Owners, moment: Moment) -> Iterator[Line]:
    """The areas that agencies draw, wider and narrower, and take away."""
    for line in lines:
        yield from _zone(line, owners.get(line.incident, ""), moment)


def warnings(lines: Sequence[WarningLine], moment: Moment) -> Iterator[Line]:
    """What the public is warned of; a warning ends by itself."""
    for line in lines:
        body = Alert(
            id=line.id,
            at=moment(line.at_s),
            event=line.event,
            headline=line.headline,
            description=line.description,
            instruction=line.instruction,
            area=line.area,
            status="Exercise",
            severity=line.severity,
            urgency=line.urgency,
            certainty=line.certainty,
            geometry=_polygon(list(line.points)),
            starts_at=moment(line.at_s),
            expires_at=moment(line.until_s),
        )
        yield line.at_s, line.agency, body


def task(line: TaskLine, incident: IncidentLine, unit: str, unit_kind: str, moment: Moment) -> Task:
    """A scripted request; `unit` is the asked unit's id."""
    lat, lon = incident.place
    within = line.answer_within_s
    return Task(
        id=line.id,
        at=moment(line.at_s),
        objective=line.objective,
        kind=line.kind,
        incident_agency=incident.agency,
        incident=line.incident,
        assignee_agency=line.asked,
        unit=unit,
        unit_kind=unit_kind,
        agreement=line.agreement,
        clause=line.clause,
        basis=Basis(type=incident.type, priority=incident.priority, lat=lat, lon=lon),
        asked_at=moment(line.at_s),
        answer_by=None if within is None else moment(line.at_s + within),
        due_at=None if line.due_s is None else moment(line.due_s),
        hazards=line.hazards,
        channel=line.channel,
        checklist=line.checklist,
        note=line.note,
    )


def commands(lines: Sequence[CommandLine], owners: Owners, moment: Moment) -> Iterator[Line]:
    """Who takes command of what."""
    for line in lines:
        owner, at = owners[line.incident], moment(line.at_s)
        body = IncidentCommand(
            id=command_id(owner, line.incident),
            at=at,
            incident_agency=owner,
            incident=line.incident,
            holds=True,
            commander=line.commander,
            since=at,
        )
        yield line.at_s, line.agency, body
        if line.until_s is not None:
            given_up = msgspec.structs.replace(body, at=moment(line.until_s), holds=False, commander="", since=None)
            yield line.until_s, line.agency, given_up


def requests(lines: Sequence[RequestLine], incidents: Mapping[str, IncidentLine], moment: Moment) -> Iterator[Line]:
    """What is asked for, and what agencies give towards it."""
    for line in lines:
        incident, at = incidents[line.incident], moment(line.at_s)
        request = ResourceRequest(
            id=line.id,
            at=at,
            kind=line.kind,
            what=line.what,
            quantity=line.quantity,
            priority=line.priority,
            incident_agency=incident.agency,
            incident=incident.id,
            asked_at=at,
            needed_by=None if line.needed_by_s is None else moment(line.needed_by_s),
            deliver_to=line.deliver_to,
            lat=incident.place[0],
            lon=incident.place[1],
        )
        yield line.at_s, line.agency, request
        for step in line.fills:
            at_s = line.at_s + step.after_s
            fill = Fill(
                id=line.id,
                at=moment(at_s),
                requester=line.agency,
                state=step.state,
                quantity=step.quantity,
                resource=step.resource,
                reason=step.reason,
            )
            yield at_s, step.agency, fill


def log(lines: Sequence[LogLine], owners: Owners, moment: Moment) -> Iterator[Line]:
    """What people write down. Ids hold the start, so that a second run's lines are not taken for the first's."""
    run = int(moment(0.0).timestamp())
    for index, line in enumerate(lines):
        body = LogEntry(
            id=f"log-{run}-{index:02d}",
            at=moment(line.at_s),
            text=line.text,
            to=line.to,
            incident_agency=owners.get(line.incident, ""),
            incident=line.incident,
        )
        yield line.at_s, line.agency, body


def circle(centre: Place, radius_m: float) -> dict[str, Any]:
    """A GeoJSON polygon (RFC 7946, counter-clockwise) about a place."""
    ring = [offset(centre, -360.0 * step / _CIRCLE_POINTS, radius_m) for step in range(_CIRCLE_POINTS)]
    return _polygon(ring)


def _resource(agency: Participant, line: ResourceLine, moment: Moment) -> Iterator[Line]:
    def body(at_s: float, availability: str, available: int, until_s: float | None) -> Resource:
        return Resource(
            id=line.id,
            at=moment(at_s),
            name=line.name,
            kind=line.kind,
            nims_type=line.nims_type,
            quantity=line.quantity,
            available=available,
            availability=availability,
            until=None if until_s is None else moment(until_s),
            conditions=line.conditions,
            lat=None if line.place is None else line.place[0],
            lon=None if line.place is None else line.place[1],
        )

    available = line.quantity if line.available is None else line.available
    yield 0.0, agency.id, body(0.0, line.availability, available, line.until_s)
    for step in line.steps:
        yield step.at_s, agency.id, body(step.at_s, step.availability, step.available, step.until_s)


def _zone(line: ZoneLine, owner: str, moment: Moment) -> Iterator[Line]:
    name = line.name
    for step in line.steps:
        name = step.name or name
        geometry = _outline(line, step)
        body = Zone(
            id=line.id,
            at=moment(step.at_s),
            kind=line.kind,
            name=name,
            summary=line.summary,
            geometry=geometry or {},
            incident_agency=owner,
            incident=line.incident,
            deleted=geometry is None,
        )
        yield step.at_s, line.agency, body


def _outline(line: ZoneLine, step: ZoneStep) -> dict[str, Any] | None:
    if step.radius_m is not None and line.centre is not None:
        return circle(line.centre, step.radius_m)
    if not step.points:
        return None
    if line.kind == "road_closure":
        return {"type": "LineString", "coordinates": [_coordinate(point) for point in step.points]}
    return _polygon(list(step.points))


def _polygon(ring: list[Place]) -> dict[str, Any]:
    twice_area = math.fsum(a[1] * b[0] - b[1] * a[0] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))
    if twice_area < 0:
        ring = ring[::-1]
    return {"type": "Polygon", "coordinates": [[_coordinate(point) for point in [*ring, ring[0]]]]}


def _coordinate(place: Place) -> list[float]:
    return [round(place[1], 6), round(place[0], 6)]
