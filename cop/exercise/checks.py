"""Whether what a scenario refers to exists: each complaint names the key."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cop.domain.words import AVAILABILITIES, DISCIPLINES, UNIT_KINDS
from cop.exercise.inject_checks import inject_complaints, objective_complaints
from cop.exercise.injects import CONTROL_CELL
from cop.exercise.known import Known, repeated, unknown
from cop.exercise.line_checks import (
    incident_complaints,
    request_complaints,
    task_complaints,
    warning_complaints,
    zone_complaints,
)
from cop.exercise.lines import Participant, slug
from cop.exercise.tongues import FORMATS, OBJECT_FORMATS

if TYPE_CHECKING:
    from cop.exercise.scenario import Scenario


def complaints(scenario: "Scenario") -> Iterator[str]:
    """What is wrong with a scenario whose keys and types are right, one sentence each."""
    known = Known.of(scenario)
    injects = scenario.injects
    for rows, key in (
        (scenario.agencies, "agencies"),
        (scenario.all_incidents, "incidents"),
        (scenario.all_zones, "zones"),
        (scenario.all_warnings, "warnings"),
        (scenario.all_tasks, "tasks"),
        (scenario.all_requests, "requests"),
        (scenario.objectives, "objectives"),
        (injects, "injects"),
    ):
        yield from repeated(key, [row.id for row in rows])
    for index, agency in enumerate(scenario.agencies):
        yield from _agency_complaints(f"agencies[{index}] ({agency.id})", agency)
        if agency.id == CONTROL_CELL:
            yield f"agencies[{index}].id: {CONTROL_CELL!r} is the control cell's"
    timeline = known.before_injects()
    for index, incident in enumerate(scenario.incidents):
        yield from incident_complaints(f"incidents[{index}]", incident, known)
    for index, zone in enumerate(scenario.zones):
        yield from zone_complaints(f"zones[{index}]", zone, timeline)
    for index, warning in enumerate(scenario.warnings):
        yield from warning_complaints(f"warnings[{index}]", warning, known)
    for index, task in enumerate(scenario.tasks):
        yield from task_complaints(f"tasks[{index}]", task, timeline)
    for index, command in enumerate(scenario.commands):
        yield from known.agency(f"commands[{index}].agency", command.agency)
        yield from timeline.incident(f"commands[{index}].incident", command.incident)
    for index, request in enumerate(scenario.requests):
        yield from request_complaints(f"requests[{index}]", request, timeline)
    for index, line in enumerate(scenario.log):
        yield from known.agency(f"log[{index}].agency", line.agency)
        if line.incident:
            yield from timeline.incident(f"log[{index}].incident", line.incident)
    for index, silence in enumerate(scenario.silences):
        yield from known.unit(f"silences[{index}].unit", silence.agency, silence.unit)
    for index, inject in enumerate(injects):
        yield from inject_complaints(f"injects[{index}] ({inject.id})", inject, known)
    yield from _round(scenario)
    for index, objective in enumerate(scenario.objectives):
        yield from objective_complaints(f"objectives[{index}] ({objective.id})", objective, known)


def _round(scenario: "Scenario") -> Iterator[str]:
    """Injects that wait for one another will never fire."""
    before = {inject.id: inject.when.after for inject in scenario.injects if inject.when is not None}
    for first, awaited in before.items():
        seen, one = {first}, awaited
        while one in before and one not in seen:
            seen.add(one)
            one = before[one]
        if one == first:
            yield f"injects: {first!r} waits for itself (when.after)"


def _agency_complaints(where: str, agency: Participant) -> Iterator[str]:
    yield from unknown(f"{where}.format", agency.format, FORMATS)
    yield from unknown(f"{where}.resource_format", agency.resource_format, OBJECT_FORMATS)
    for discipline in agency.disciplines:
        yield from unknown(f"{where}.disciplines", discipline, DISCIPLINES)
    for group in agency.groups:
        yield from unknown(f"{where}.groups.kind", group.kind, UNIT_KINDS)
    callsigns = [callsign for group in agency.groups for callsign in group.callsigns()]
    yield from repeated(f"{where}.groups", [slug(callsign) for callsign in callsigns])
    for callsign in agency.starts:
        yield from unknown(f"{where}.starts", callsign, callsigns)
    yield from repeated(f"{where}.resources", [resource.id for resource in agency.resources])
    for resource in agency.resources:
        for availability in (resource.availability, *(step.availability for step in resource.steps)):
            yield from unknown(f"{where}.resources.{resource.id}", availability, AVAILABILITIES)
