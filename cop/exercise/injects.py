"""What the controller of an exercise puts in its way: injects, each at a time, on a condition, or by hand alone.

    [[injects]]
    id = "radio-30"
    title = "Engine 30's radio fails"
    notes = "Who notices, and what do they do about it?"           # for the controller's eyes
    at_s = 300
    silent_units = [{ agency = "charlotte-fire", units = ["Engine 30"], for_s = 240 }]

    [[injects]]
    id = "second-car"
    title = "A second car leaks"
    when = { on_scene = { incident = "inc-0417", count = 3, kinds = ["engine", "hazmat"] }, wait_s = 60 }
    messages = [{ agency = "railway", text = "Car 14 is losing pressure.", to = ["charlotte-fire"] }]
    changes = [{ incident = "inc-0417", priority = 1, summary = "Two cars leak." }]

What happens counts its seconds from the moment at which the inject fires: an incident's `opened_s = 0` is then,
a warning's `until_s = 3600` an hour later. `for_s` left out: until the end.
"""

from typing import Annotated, Literal

import msgspec

from cop.domain.statement import Identifier, Latitude, Longitude
from cop.exercise.lines import IncidentLine, Priority, RequestLine, Strict, TaskLine, WarningLine, ZoneLine

Seconds = Annotated[float, msgspec.Meta(gt=0, le=7 * 86_400)]
Place = tuple[Latitude, Longitude]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]

#: the agency in whose name the control cell writes
CONTROL_CELL = "exercise-control"


class IncidentReaches(Strict, frozen=True, kw_only=True):
    """An incident is said to be of a status."""

    id: str
    status: str


class TaskReaches(Strict, frozen=True, kw_only=True):
    """A task comes to a state. What is left empty may be anything: who asks, who is asked, which unit (callsign)."""

    state: str
    asker: str = ""
    agency: str = ""
    unit: str = ""
    incident: str = ""


class Arrives(Strict, frozen=True, kw_only=True):
    """A unit (callsign) has come to where it was asked, or sent by hand; to an incident, if one is named."""

    agency: str
    unit: str
    incident: str = ""


class Unanswered(Strict, frozen=True, kw_only=True):
    """A request for a unit has had no answer for so long; by whom, to whom and for what, where that is said."""

    for_s: Seconds
    asker: str = ""
    agency: str = ""
    incident: str = ""


class OnScene(Strict, frozen=True, kw_only=True):
    """So many units have said that they are on scene at an incident: of these kinds and agencies, where it is said."""

    incident: str
    count: Annotated[int, msgspec.Meta(ge=1)] = 1
    kinds: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()


class Condition(Strict, frozen=True, kw_only=True):
    """One of these, and `wait_s` seconds more. `after` is the id of another inject that has fired."""

    after: str = ""
    incident: IncidentReaches | None = None
    task: TaskReaches | None = None
    arrives: Arrives | None = None
    unanswered: Unanswered | None = None
    on_scene: OnScene | None = None
    wait_s: Annotated[float, msgspec.Meta(ge=0, le=7 * 86_400)] = 0.0


class MessageLine(Strict, frozen=True, kw_only=True):
    """A log line of an agency, or of the control cell where none is named; `to` nobody is to everybody."""

    text: Text
    agency: str = CONTROL_CELL
    to: tuple[str, ...] = ()
    incident: str = ""


class SilentUnits(Strict, frozen=True, kw_only=True):
    """Radios that fail: these units (callsigns) say nothing for so long."""

    agency: str
    units: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    for_s: Seconds | None = None


class FeedFault(Strict, frozen=True, kw_only=True):
    """What goes wrong with all that an agency says.

    silent: nothing comes, its line stays up. flood: `per_second` positions more. garbage: its positions cannot be
    read. clock: it says `clock_s` more than the time. disconnected: the broker has lost it, and says so.
    """

    agency: str
    fault: Literal["silent", "flood", "garbage", "clock", "disconnected"]
    for_s: Seconds | None = None
    per_second: Annotated[int, msgspec.Meta(ge=1, le=5_000)] = 500
    clock_s: Annotated[float, msgspec.Meta(ge=-86_400, le=86_400)] = 0.0


class InjectedIncident(IncidentLine, frozen=True, kw_only=True):
    """A new incident. A false one is taken back after `retracted_s`, as if it had never been."""

    retracted_s: Seconds | None = None


class IncidentChange(Strict, frozen=True, kw_only=True):
    """What its agency says anew of an incident; what is not given stays."""

    incident: str
    status: str | None = None
    priority: Priority | None = None
    summary: str | None = None


class WrongPlace(Strict, frozen=True, kw_only=True):
    """A unit (callsign) says that it is somewhere else, while it goes on where it is."""

    agency: str
    unit: str
    place: Place
    for_s: Seconds | None = None


class WrongStatus(Strict, frozen=True, kw_only=True):
    """A unit (callsign) says a status that is not true."""

    agency: str
    unit: str
    status: str
    for_s: Seconds | None = None


class ResourceChange(Strict, frozen=True, kw_only=True):
    """What its owner says anew of a resource: gone, as delivered; for so long, or until the end."""

    agency: str
    resource: Identifier
    availability: str = "out_of_service"
    available: Annotated[int, msgspec.Meta(ge=0)] = 0
    conditions: str | None = None
    for_s: Seconds | None = None


class Breakdown(Strict, frozen=True, kw_only=True):
    """Units (callsigns) that can go no further: they stand, are out of service, and leave what they were asked."""

    agency: str
    units: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    reason: Text = "Broken down"
    for_s: Seconds | None = None


class Inject(Strict, frozen=True, kw_only=True):
    """One inject: at `at_s`, or `when` a condition holds, or, with neither, by the controller's hand alone."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    notes: Annotated[str, msgspec.Meta(max_length=2_000)] = ""
    at_s: Annotated[float, msgspec.Meta(ge=0)] | None = None
    when: Condition | None = None
    messages: tuple[MessageLine, ...] = ()
    silent_units: tuple[SilentUnits, ...] = ()
    feeds: tuple[FeedFault, ...] = ()
    incidents: tuple[InjectedIncident, ...] = ()
    changes: tuple[IncidentChange, ...] = ()
    wrong_places: tuple[WrongPlace, ...] = ()
    wrong_statuses: tuple[WrongStatus, ...] = ()
    zones: tuple[ZoneLine, ...] = ()
    warnings: tuple[WarningLine, ...] = ()
    resources: tuple[ResourceChange, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()
    tasks: tuple[TaskLine, ...] = ()
    requests: tuple[RequestLine, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing would happen."""
        return not any(
            (
                *(self.messages, self.silent_units, self.feeds, self.incidents, self.changes, self.wrong_places),
                *(self.wrong_statuses, self.zones, self.warnings, self.resources, self.breakdowns),
                *(self.tasks, self.requests),
            )
        )
