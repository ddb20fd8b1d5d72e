"""An exercise as data: who takes part, what happens, who asks whom for what. Times are seconds from the start."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from cop.domain.statement import Identifier, Latitude, Longitude
from cop.domain.words import (
    ANSWER_STATES,
    AVAILABILITIES,
    DISCIPLINES,
    INCIDENT_STATUSES,
    INCIDENT_TYPES,
    TASK_KINDS,
    UNIT_KINDS,
)
from cop.exercise.tongues import FORMATS, OBJECT_FORMATS

RESOURCES = Path(__file__).resolve().parents[2] / "resources"

LatLon = tuple[Latitude, Longitude]
Priority = Annotated[int, msgspec.Meta(ge=1, le=5)]
Colour = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}$")]


class ScenarioError(ValueError):
    """A scenario that cannot be played; says which file and which key."""


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every key of the file is known; a misspelt one is an error."""


class Street(_Strict, frozen=True, kw_only=True):
    """A line that units may use and that the region's roads do not have."""

    name: str
    points: Annotated[tuple[LatLon, ...], msgspec.Meta(min_length=2)]


class Area(_Strict, frozen=True, kw_only=True):
    """Where a group works: within `radius_m` of `near`, or a jurisdiction, lake or river by its name."""

    jurisdiction: str = ""
    near: LatLon | None = None
    radius_m: Annotated[float, msgspec.Meta(gt=0)] = 3_000.0
    water: str = ""


class Group(_Strict, frozen=True, kw_only=True):
    """Units of one kind. `callsign` holds `{n}` where the number goes; `numbers` or `count` from `first` on."""

    kind: str
    callsign: str
    count: Annotated[int, msgspec.Meta(ge=0, le=500)] = 0
    first: int = 1
    numbers: tuple[int, ...] = ()
    motion: Literal["road", "river", "lake", "circle", "parked"] = "road"
    crew: int | None = None
    capabilities: tuple[str, ...] = ()
    area: Area | None = None

    def callsigns(self) -> Iterator[str]:
        """The callsigns of the group's units, in order."""
        for number in self.numbers or range(self.first, self.first + self.count):
            yield self.callsign.format(n=number)


class ResourceStep(_Strict, frozen=True, kw_only=True):
    """What a resource's owner says of it from some time on."""

    at_s: float
    availability: str
    available: int
    until_s: float | None = None


class ResourceLine(_Strict, frozen=True, kw_only=True):
    """A resource at the start of the exercise, and how its availability changes."""

    id: Identifier
    name: str
    kind: str
    nims_type: str = ""
    quantity: Annotated[int, msgspec.Meta(ge=0)] = 1
    available: int | None = None
    availability: str = "available"
    until_s: float | None = None
    conditions: str = ""
    place: LatLon | None = None
    steps: tuple[ResourceStep, ...] = ()


class Participant(_Strict, frozen=True, kw_only=True):
    """An agency of the exercise. `starts` places units by callsign, where they wait until they are asked.

    Its units speak `format`, its resources `resource_format`.
    """

    id: Identifier
    name: str
    disciplines: tuple[str, ...]
    colour: Colour
    contact: str = ""
    format: str = "cop-json"
    resource_format: str = "cop-json"
    operator: str = ""
    area: Area = Area()
    groups: tuple[Group, ...] = ()
    starts: dict[str, LatLon] = {}
    resources: tuple[ResourceLine, ...] = ()


class IncidentStep(_Strict, frozen=True, kw_only=True):
    """How an incident changes at some time; what is not given stays as it was."""

    at_s: float
    status: str | None = None
    priority: Priority | None = None
    summary: str | None = None


class IncidentLine(_Strict, frozen=True, kw_only=True):
    """An incident of one agency, opened at `opened_s` (before the start if negative).

    `same_as` is the id of another agency's incident that it turned out to be the same as, where `format` can say so.
    """

    id: Identifier
    agency: str
    type: str
    priority: Priority
    title: str
    address: str
    place: LatLon
    opened_s: float
    summary: str = ""
    status: str = "open"
    lead: str = ""
    format: str = "cop-json"
    same_as: str = ""
    steps: tuple[IncidentStep, ...] = ()


class ZoneStep(_Strict, frozen=True, kw_only=True):
    """A zone's outline from some time on: a circle about the zone's `centre`, or points; neither takes it away."""

    at_s: float
    name: str | None = None
    radius_m: float | None = None
    points: tuple[LatLon, ...] = ()


class ZoneLine(_Strict, frozen=True, kw_only=True):
    """A zone that an agency draws, for an incident or none. `kind` road_closure is a line, every other a polygon."""

    id: Identifier
    agency: str
    incident: str = ""
    kind: str
    name: str
    summary: str = ""
    format: str = "cop-json"
    centre: LatLon | None = None
    steps: Annotated[tuple[ZoneStep, ...], msgspec.Meta(min_length=1)]


class WarningLine(_Strict, frozen=True, kw_only=True):
    """A warning of the public, from `at_s` until it ends by itself at `until_s`; `points` are its area's outline."""

    id: Identifier
    agency: str
    event: str
    headline: str
    description: str = ""
    instruction: str = ""
    area: str
    severity: Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"] = "Unknown"
    urgency: Literal["Immediate", "Expected", "Future", "Past", "Unknown"] = "Unknown"
    certainty: Literal["Observed", "Likely", "Possible", "Unlikely", "Unknown"] = "Unknown"
    at_s: float
    until_s: float
    points: Annotated[tuple[LatLon, ...], msgspec.Meta(min_length=3)]
    format: str = "cop-json"


class AnswerStep(_Strict, frozen=True, kw_only=True):
    """What the asked agency says, so many seconds after the request."""

    after_s: Annotated[float, msgspec.Meta(ge=0)]
    state: str
    reason: str = ""
    offers: str = ""  # the callsign that a counter offers instead


class TaskLine(_Strict, frozen=True, kw_only=True):
    """A scripted request. After the last answer things take their course, unless `hold` keeps it as it is."""

    id: Identifier
    at_s: float
    agency: str
    asked: str
    unit: str
    objective: str
    incident: str
    kind: str = "custom"
    agreement: str = ""
    clause: str = ""
    note: str = ""
    hazards: tuple[str, ...] = ()
    channel: str = ""
    checklist: tuple[str, ...] = ()
    due_s: float | None = None
    answer_within_s: float | None = None
    answers: tuple[AnswerStep, ...] = ()
    hold: bool = False


class CommandLine(_Strict, frozen=True, kw_only=True):
    """An agency takes command of an incident, in the person of `commander`."""

    at_s: float
    agency: str
    incident: str
    commander: str


class FillStep(_Strict, frozen=True, kw_only=True):
    """What an agency gives towards a request, so many seconds after it."""

    after_s: Annotated[float, msgspec.Meta(ge=0)]
    agency: str
    quantity: Annotated[int, msgspec.Meta(ge=0)] = 0
    state: Literal["offered", "en_route", "delivered", "declined", "withdrawn"] = "offered"
    resource: str = ""
    reason: str = ""


class RequestLine(_Strict, frozen=True, kw_only=True):
    """A request for resources."""

    id: Identifier
    at_s: float
    agency: str
    incident: str
    kind: str
    what: str
    quantity: Annotated[int, msgspec.Meta(ge=1)]
    priority: Annotated[int, msgspec.Meta(ge=1, le=5)] = 3
    needed_by_s: float | None = None
    deliver_to: str = ""
    fills: tuple[FillStep, ...] = ()


class LogLine(_Strict, frozen=True, kw_only=True):
    """A log line that an agency writes at some time."""

    at_s: float
    agency: str
    text: str
    incident: str = ""
    to: tuple[str, ...] = ()


class Silence(_Strict, frozen=True, kw_only=True):
    """A unit that stops to report, as a dead radio does."""

    agency: str
    unit: str
    after_s: float


class Scenario(_Strict, frozen=True, kw_only=True):
    """A whole exercise. `centre` is where its map opens."""

    name: Identifier
    title: str
    place: str
    centre: LatLon
    duration_s: float
    streets: tuple[Street, ...] = ()
    agencies: tuple[Participant, ...]
    incidents: tuple[IncidentLine, ...]
    zones: tuple[ZoneLine, ...] = ()
    warnings: tuple[WarningLine, ...] = ()
    tasks: tuple[TaskLine, ...] = ()
    commands: tuple[CommandLine, ...] = ()
    requests: tuple[RequestLine, ...] = ()
    log: tuple[LogLine, ...] = ()
    silences: tuple[Silence, ...] = ()


def load_scenario(name: str, resources: Path = RESOURCES) -> Scenario:
    """Read `exercises/<name>.toml`. Raises ScenarioError that names the file and the key."""
    path = resources / "exercises" / f"{name}.toml"
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name) or not path.is_file():
        known = ", ".join(names(resources)) or "none"
        raise ScenarioError(f"there is no exercise {name!r}; there are: {known}")
    return read(path.read_bytes(), path.name)


def names(resources: Path = RESOURCES) -> list[str]:
    """The exercises that there are."""
    return sorted(path.stem for path in (resources / "exercises").glob("*.toml"))


def read(document: bytes, file: str) -> Scenario:
    """Decode a scenario and check that what it refers to exists. Raises ScenarioError."""
    try:
        scenario = msgspec.toml.decode(document, type=Scenario)
    except (msgspec.DecodeError, ValueError) as error:
        raise ScenarioError(f"{file}: {error}") from None
    for complaint in _complaints(scenario):
        raise ScenarioError(f"{file}: {complaint}")
    return scenario


def slug(callsign: str) -> str:
    """A callsign as an id: "Engine 30" -> "engine-30"."""
    return re.sub(r"[^a-z0-9]+", "-", callsign.lower()).strip("-")


def _complaints(scenario: Scenario) -> Iterator[str]:
    agencies = {agency.id for agency in scenario.agencies}
    incidents = {incident.id for incident in scenario.incidents}
    units = {(a.id, callsign) for a in scenario.agencies for group in a.groups for callsign in group.callsigns()}
    for rows, key in (
        (scenario.agencies, "agencies"),
        (scenario.incidents, "incidents"),
        (scenario.zones, "zones"),
        (scenario.warnings, "warnings"),
        (scenario.tasks, "tasks"),
        (scenario.requests, "requests"),
    ):
        yield from _repeated(key, [row.id for row in rows])
    for index, agency in enumerate(scenario.agencies):
        yield from _agency_complaints(f"agencies[{index}] ({agency.id})", agency)
    for index, incident in enumerate(scenario.incidents):
        where = f"incidents[{index}]"
        yield from _unknown(f"{where}.agency", incident.agency, agencies)
        yield from _unknown(f"{where}.type", incident.type, INCIDENT_TYPES)
        yield from _unknown(f"{where}.format", incident.format, OBJECT_FORMATS)
        if incident.same_as:
            yield from _unknown(f"{where}.same_as", incident.same_as, incidents)
        for status in (incident.status, *(step.status for step in incident.steps if step.status is not None)):
            yield from _unknown(f"{where}.status", status, INCIDENT_STATUSES)
    for index, zone in enumerate(scenario.zones):
        yield from _unknown(f"zones[{index}].agency", zone.agency, agencies)
        yield from _unknown(f"zones[{index}].format", zone.format, OBJECT_FORMATS)
        if zone.incident:
            yield from _unknown(f"zones[{index}].incident", zone.incident, incidents)
        if zone.centre is None and any(step.radius_m is not None for step in zone.steps):
            yield f"zones[{index}].centre is missing, and a step has a radius_m"
    for index, warning in enumerate(scenario.warnings):
        yield from _unknown(f"warnings[{index}].agency", warning.agency, agencies)
        yield from _unknown(f"warnings[{index}].format", warning.format, OBJECT_FORMATS)
    for index, task in enumerate(scenario.tasks):
        where = f"tasks[{index}]"
        yield from _unknown(f"{where}.agency", task.agency, agencies)
        yield from _unknown(f"{where}.incident", task.incident, incidents)
        if (task.asked, task.unit) not in units:
            yield f"{where}.unit: {task.asked} has no unit {task.unit!r}"
        yield from _unknown(f"{where}.kind", task.kind, TASK_KINDS)
        for step in task.answers:
            yield from _unknown(f"{where}.answers.state", step.state, ANSWER_STATES)
            if step.offers and (task.asked, step.offers) not in units:
                yield f"{where}.answers.offers: {task.asked} has no unit {step.offers!r}"
    for index, command in enumerate(scenario.commands):
        yield from _unknown(f"commands[{index}].agency", command.agency, agencies)
        yield from _unknown(f"commands[{index}].incident", command.incident, incidents)
    for index, request in enumerate(scenario.requests):
        yield from _unknown(f"requests[{index}].agency", request.agency, agencies)
        yield from _unknown(f"requests[{index}].incident", request.incident, incidents)
        for fill in request.fills:
            yield from _unknown(f"requests[{index}].fills.agency", fill.agency, agencies)
    for index, line in enumerate(scenario.log):
        yield from _unknown(f"log[{index}].agency", line.agency, agencies)
        if line.incident:
            yield from _unknown(f"log[{index}].incident", line.incident, incidents)
    for index, silence in enumerate(scenario.silences):
        if (silence.agency, silence.unit) not in units:
            yield f"silences[{index}].unit: {silence.agency} has no unit {silence.unit!r}"


def _agency_complaints(where: str, agency: Participant) -> Iterator[str]:
    yield from _unknown(f"{where}.format", agency.format, FORMATS)
    yield from _unknown(f"{where}.resource_format", agency.resource_format, OBJECT_FORMATS)
    for discipline in agency.disciplines:
        yield from _unknown(f"{where}.disciplines", discipline, DISCIPLINES)
    for group in agency.groups:
        yield from _unknown(f"{where}.groups.kind", group.kind, UNIT_KINDS)
    callsigns = [callsign for group in agency.groups for callsign in group.callsigns()]
    yield from _repeated(f"{where}.groups", [slug(callsign) for callsign in callsigns])
    for callsign in agency.starts:
        yield from _unknown(f"{where}.starts", callsign, callsigns)
    yield from _repeated(f"{where}.resources", [resource.id for resource in agency.resources])
    for resource in agency.resources:
        for availability in (resource.availability, *(step.availability for step in resource.steps)):
            yield from _unknown(f"{where}.resources.{resource.id}", availability, AVAILABILITIES)


def _unknown(where: str, word: str, known: object) -> Iterator[str]:
    if word not in known:  # type: ignore[operator]  # any container of words
        yield f"{where}: {word!r} is not known"


def _repeated(where: str, ids: Sequence[str]) -> Iterator[str]:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            yield f"{where}: {one!r} stands twice"
        seen.add(one)
