"""The lines of an exercise's file: who takes part, what happens, who asks whom for what.

Times are seconds from the start; in what an inject brings they count from the moment at which it fires.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from cop.domain.statement import Identifier, Latitude, Longitude

LatLon = tuple[Latitude, Longitude]
Priority = Annotated[int, msgspec.Meta(ge=1, le=5)]
Colour = Annotated[str, msgspec.Meta(pattern=r"^#[0-9a-fA-F]{6}$")]


class Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every key of the file is known; a misspelt one is an error."""


class Street(Strict, frozen=True, kw_only=True):
    """A line that units may use and that the region's roads do not have."""

    name: str
    points: Annotated[tuple[LatLon, ...], msgspec.Meta(min_length=2)]


class Area(Strict, frozen=True, kw_only=True):
    """Where a group works: within `radius_m` of `near`, or a jurisdiction, lake or river by its name."""

    jurisdiction: str = ""
    near: LatLon | None = None
    radius_m: Annotated[float, msgspec.Meta(gt=0)] = 3_000.0
    water: str = ""


class Group(Strict, frozen=True, kw_only=True):
    """Units of one kind. `callsign` holds `{n}` where the number goes; `numbers` or `count` from `first` on."""

    kind: str
    callsign: str
    count: Annotated[int, msgspec.Meta(ge=0, le=500)] = 0
    first: int = 1
    numbers: Annotated[tuple[int, ...], msgspec.Meta(max_length=500)] = ()
    motion: Literal["road", "river", "lake", "circle", "parked"] = "road"
    crew: int | None = None
    capabilities: tuple[str, ...] = ()
    area: Area | None = None

    def callsigns(self) -> Iterator[str]:
        """The callsigns of the group's units, in order."""
        for number in self.numbers or range(self.first, self.first + self.count):
            yield self.callsign.replace("{n}", str(number))


class ResourceStep(Strict, frozen=True, kw_only=True):
    """What a resource's owner says of it from some time on."""

    at_s: float
    availability: str
    available: int
    until_s: float | None = None


class ResourceLine(Strict, frozen=True, kw_only=True):
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


class Participant(Strict, frozen=True, kw_only=True):
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


class IncidentStep(Strict, frozen=True, kw_only=True):
    """How an incident changes at some time; what is not given stays as it was."""

    at_s: float
    status: str | None = None
    priority: Priority | None = None
    summary: str | None = None


class IncidentLine(Strict, frozen=True, kw_only=True):
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


class ZoneStep(Strict, frozen=True, kw_only=True):
    """A zone's outline from some time on: a circle about the zone's `centre`, or points; neither takes it away."""

    at_s: float
    name: str | None = None
    radius_m: float | None = None
    points: tuple[LatLon, ...] = ()


class ZoneLine(Strict, frozen=True, kw_only=True):
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


class WarningLine(Strict, frozen=True, kw_only=True):
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


class AnswerStep(Strict, frozen=True, kw_only=True):
    """What the asked agency says, so many seconds after the request."""

    after_s: Annotated[float, msgspec.Meta(ge=0)]
    state: str
    reason: str = ""
    offers: str = ""  # the callsign that a counter offers instead


class TaskLine(Strict, frozen=True, kw_only=True):
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


class CommandLine(Strict, frozen=True, kw_only=True):
    """An agency takes command of an incident, in the person of `commander`, and gives it up at `until_s`."""

    at_s: float
    agency: str
    incident: str
    commander: str
    until_s: float | None = None


class FillStep(Strict, frozen=True, kw_only=True):
    """What an agency gives towards a request, so many seconds after it."""

    after_s: Annotated[float, msgspec.Meta(ge=0)]
    agency: str
    quantity: Annotated[int, msgspec.Meta(ge=0)] = 0
    state: Literal["offered", "en_route", "delivered", "declined", "withdrawn"] = "offered"
    resource: str = ""
    reason: str = ""


class RequestLine(Strict, frozen=True, kw_only=True):
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


class LogLine(Strict, frozen=True, kw_only=True):
    """A log line that an agency writes at some time."""

    at_s: float
    agency: str
    text: str
    incident: str = ""
    to: tuple[str, ...] = ()


class Silence(Strict, frozen=True, kw_only=True):
    """A unit that stops to report, as a dead radio does."""

    agency: str
    unit: str
    after_s: float


def slug(callsign: str) -> str:
    """A callsign as an id: "Engine 30" -> "engine-30"."""
    return re.sub(r"[^a-z0-9]+", "-", callsign.lower()).strip("-")
