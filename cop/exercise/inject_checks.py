"""Whether what injects and objectives refer to exists, and whether they can be played and measured."""

from collections.abc import Collection, Iterator

from cop.domain.words import ANSWER_STATES, AVAILABILITIES, INCIDENT_STATUSES, UNIT_KINDS, UNIT_STATUSES, ZONE_KINDS
from cop.exercise.injects import Condition, Inject
from cop.exercise.known import Known, unknown
from cop.exercise.line_checks import (
    incident_complaints,
    request_complaints,
    task_complaints,
    warning_complaints,
    zone_complaints,
)
from cop.exercise.objectives import Objective

#: measures that speak of one incident
_OF_AN_INCIDENT = frozenset({"lead", "command", "status", "linked"})
_OF_UNITS = frozenset({"on_scene", "tasked"})
_OF_RESOURCES = frozenset({"requested", "delivered", "available"})


def inject_complaints(where: str, inject: Inject, known: Known) -> Iterator[str]:
    """What is wrong with an inject."""
    if inject.is_empty:
        yield f"{where}: nothing happens"
    if inject.at_s is not None and inject.when is not None:
        yield f"{where}: at_s and when; it is one of them, or neither"
    if inject.when is not None:
        yield from _condition_complaints(f"{where}.when", inject.when, known)
    yield from _saying_complaints(where, inject, known)
    yield from _unit_complaints(where, inject, known)
    for incident in inject.incidents:
        yield from incident_complaints(f"{where}.incidents", incident, known)
        if incident.retracted_s is not None and incident.format != "cop-json":
            yield f"{where}.incidents.retracted_s: only what is said in cop-json can be taken back"
    for zone in inject.zones:
        yield from zone_complaints(f"{where}.zones", zone, known)
    for warning in inject.warnings:
        yield from warning_complaints(f"{where}.warnings", warning, known)
    for task in inject.tasks:
        yield from task_complaints(f"{where}.tasks", task, known)
    for request in inject.requests:
        yield from request_complaints(f"{where}.requests", request, known)


def _saying_complaints(where: str, inject: Inject, known: Known) -> Iterator[str]:
    """What is wrong with what is written, what is said anew of incidents and resources, and with feeds that fail."""
    for message in inject.messages:
        yield from known.speaker(f"{where}.messages.agency", message.agency)
        for agency in message.to:
            yield from known.agency(f"{where}.messages.to", agency)
        if message.incident:
            yield from known.incident(f"{where}.messages.incident", message.incident)
    for fault in inject.feeds:
        yield from known.agency(f"{where}.feeds.agency", fault.agency)
        if fault.fault == "clock" and not fault.clock_s:
            yield f"{where}.feeds.clock_s is missing"
    for change in inject.changes:
        yield from known.incident(f"{where}.changes.incident", change.incident)
        if change.status is not None:
            yield from unknown(f"{where}.changes.status", change.status, INCIDENT_STATUSES)
        if change.status is None and change.priority is None and change.summary is None:
            yield f"{where}.changes: nothing of {change.incident!r} changes"
    for resource in inject.resources:
        yield from unknown(f"{where}.resources.availability", resource.availability, AVAILABILITIES)
        if (resource.agency, resource.resource) not in known.resources:
            yield f"{where}.resources.resource: {resource.agency} has no resource {resource.resource!r}"


def _unit_complaints(where: str, inject: Inject, known: Known) -> Iterator[str]:
    """What is wrong with what befalls units."""
    for silence in inject.silent_units:
        for unit in silence.units:
            yield from known.unit(f"{where}.silent_units.units", silence.agency, unit)
    for breakdown in inject.breakdowns:
        for unit in breakdown.units:
            yield from known.unit(f"{where}.breakdowns.units", breakdown.agency, unit)
    for place in inject.wrong_places:
        yield from known.unit(f"{where}.wrong_places.unit", place.agency, place.unit)
    for status in inject.wrong_statuses:
        yield from known.unit(f"{where}.wrong_statuses.unit", status.agency, status.unit)
        yield from unknown(f"{where}.wrong_statuses.status", status.status, UNIT_STATUSES)


def _condition_complaints(where: str, when: Condition, known: Known) -> Iterator[str]:
    named = [one for one in ("after", "incident", "task", "arrives", "unanswered", "on_scene") if getattr(when, one)]
    if len(named) != 1:
        yield f"{where}: one condition, not {', '.join(named) or 'none'}"
    if when.after:
        yield from unknown(f"{where}.after", when.after, known.injects)
    if when.incident is not None:
        yield from known.incident(f"{where}.incident.id", when.incident.id)
        yield from unknown(f"{where}.incident.status", when.incident.status, INCIDENT_STATUSES)
    if when.task is not None:
        yield from unknown(f"{where}.task.state", when.task.state, ("requested", "cancelled", *ANSWER_STATES))
        if when.task.unit:
            yield from known.unit(f"{where}.task.unit", when.task.agency, when.task.unit)
    for key in ("task", "unanswered"):
        asked = getattr(when, key)
        for part in ("asker", "agency"):
            if asked is not None and getattr(asked, part):
                yield from known.agency(f"{where}.{key}.{part}", getattr(asked, part))
        if asked is not None and asked.incident:
            yield from known.incident(f"{where}.{key}.incident", asked.incident)
    if when.arrives is not None:
        yield from known.unit(f"{where}.arrives.unit", when.arrives.agency, when.arrives.unit)
        if when.arrives.incident:
            yield from known.incident(f"{where}.arrives.incident", when.arrives.incident)
    if when.on_scene is not None:
        yield from known.incident(f"{where}.on_scene.incident", when.on_scene.incident)
        for kind in when.on_scene.kinds:
            yield from unknown(f"{where}.on_scene.kinds", kind, UNIT_KINDS)
        for agency in when.on_scene.agencies:
            yield from known.agency(f"{where}.on_scene.agencies", agency)


def objective_complaints(where: str, objective: Objective, known: Known) -> Iterator[str]:
    """What is wrong with an objective: what it names, and whether its measure can be taken."""
    measure = objective.measure
    if objective.incident:
        yield from known.incident(f"{where}.incident", objective.incident)
    elif measure in _OF_AN_INCIDENT:
        yield f"{where}.incident is missing"
    if objective.after:
        yield from unknown(f"{where}.after", objective.after, known.injects)
    for agency in objective.agencies:
        yield from known.agency(f"{where}.agencies", agency)
    for word in objective.capabilities:
        yield from unknown(f"{where}.capabilities", word, known.capabilities)
    kinds: Collection[str] = objective.kinds
    if measure in _OF_UNITS:
        kinds = UNIT_KINDS
    elif measure in _OF_RESOURCES:
        kinds = known.resource_kinds
    elif measure == "zone":
        kinds = {*ZONE_KINDS, *known.zone_kinds}
    for kind in objective.kinds:
        yield from unknown(f"{where}.kinds", kind, kinds)
    if objective.what and measure not in {"requested", "delivered"}:
        yield f"{where}.what: {measure!r} is not measured on requests for resources"
    if measure == "status":
        yield from unknown(f"{where}.status", objective.status, INCIDENT_STATUSES)
