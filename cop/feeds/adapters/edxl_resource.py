"""One ResourceInformation of an EDXL-RM message: what is asked for or given, and its schedule (EDXL-RM 1.0 §3.3)."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from itertools import islice
from typing import Any, NamedTuple

from cop.feeds.adapters import edxl, readings, strict_xml
from cop.feeds.adapters.readings import Bounds, Place
from cop.feeds.message import BadMessage

_MOST, _MOST_STOPS = 40, 8
_MOST_COUNTED = 1_000_000
#: where on its schedule a resource is, not where it will be or was asked to
_IS_THERE = ("Current", "ActualArrival", "ActualReturnArrival", "BeginAvailable")
#: until when it stays as it is
_ENDS = (
    *("EndAvailable", "EstimatedReturnArrival", "RequestedReturnArrival"),
    *("EstimatedReturnDeparture", "RequestedReturnDeparture"),
)
_READ = frozenset(
    {"ResourceInfoElementID", "ResponseInformation", "Resource", "AssignmentInformation", "ScheduleInformation"}
)
_READ_OF_RESOURCE = frozenset(
    {"ResourceID", "Name", "Description", "TypeStructure", "TypeInfo", "ResourceStatus", "SpecialRequirements"}
)
_READ_OF_TYPE = frozenset({"Resource", "Kind", "MinimumCapabilities"})
_READ_OF_STATUS = frozenset({"DeploymentStatus", "Availability"})
_READ_OF_ASSIGNMENT = frozenset({"Quantity", "AnticipatedFunction", "Restrictions"})


class _Stop(NamedTuple):
    """One line of a resource's schedule."""

    kind: str
    at: datetime | None
    where: str
    place: Place


class Item(NamedTuple):
    """What one ResourceInformation says, empty where it says nothing; `words` name it, `answer` says how it is met."""

    number: str
    id: str
    name: str
    plain: str
    called: str
    kind: str
    type: str
    quantity: int
    words: str
    answer: str
    response: str
    deployment: str
    availability: str
    until: datetime | None
    place: Place
    note: str
    stops: tuple[_Stop, ...]
    losses: dict[str, str]

    def when(self, kind: str) -> datetime | None:
        """The time of a line of the schedule."""
        return next((stop.at for stop in self.stops if stop.kind == kind and stop.at is not None), None)

    def has(self, kind: str) -> bool:
        """Whether such a line stands in the schedule."""
        return any(stop.kind == kind for stop in self.stops)


def item(element: Any, zone: tzinfo, bounds: Bounds | None) -> Item:
    """What an element ResourceInformation says; `zone` holds for times without one."""

    def said(path: str) -> str:
        return strict_xml.text_of(element, path)

    losses = strict_xml.unread(element, _READ)
    for below, read in (
        ("Resource", _READ_OF_RESOURCE),
        ("Resource/TypeInfo", _READ_OF_TYPE),
        ("Resource/ResourceStatus", _READ_OF_STATUS),
        ("AssignmentInformation", _READ_OF_ASSIGNMENT),
    ):
        if (found := next(iter(strict_xml.all_at(element, below)), None)) is not None:
            losses |= strict_xml.unread(found, read)
    schedule = strict_xml.all_at(element, "ScheduleInformation")
    stops = tuple(_stop(stop, zone, bounds, losses) for stop in schedule[:_MOST_STOPS])
    if len(schedule) > _MOST_STOPS:
        losses["ScheduleInformation"] = f"{len(schedule)} lines, {_MOST_STOPS} are read"
    name = readings.name(said("Resource/Name"))
    called = readings.name(said("Resource/TypeInfo/Resource"))
    kind = readings.name(said("Resource/TypeInfo/Kind"))
    least = readings.name(said("Resource/TypeInfo/MinimumCapabilities"))
    of_type = readings.name(said("Resource/TypeStructure/Value"))
    identity = said("Resource/ResourceID")
    quantity, many = _quantity(element)
    response, reason = said("ResponseInformation/ResponseType"), said("ResponseInformation/ResponseReason")
    code = said("ResponseInformation/ReasonCode/Value")
    description = readings.name(said("Resource/Description"))
    plain = name or called or description or of_type or "resource"
    beside = ", ".join(filter(None, (of_type if of_type != plain else "", least)))
    if name and identity and identity not in name:
        beside = readings.name(identity) + (f", {beside}" if beside else "")
    words = f"{many} {plain}" if many else plain
    given = f"{words} ({readings.name(identity)})" if identity and identity not in name else words
    place = next((stop.place for kind in _IS_THERE for stop in stops if stop.kind == kind and _is_said(stop)), Place())
    if place.doubt:
        losses["place"] = readings.loss(place.doubt)
    return Item(
        number=said("ResourceInfoElementID"),
        id=identity,
        name=name,
        plain=plain,
        called=called,
        kind=kind,
        type=of_type,
        quantity=quantity,
        words=f"{words} ({beside})" if beside else words,
        answer=readings.name(": ".join(filter(None, (given, ", ".join(filter(None, (code, reason))))))),
        response=response,
        deployment=readings.name(said("Resource/ResourceStatus/DeploymentStatus/Value")),
        availability=readings.name(said("Resource/ResourceStatus/Availability")),
        until=next((at for ends in _ENDS for stop in stops if stop.kind == ends and (at := stop.at)), None),
        place=place,
        note="\n".join(line for line in _note(element, stops) if line != plain),
        stops=stops,
        losses=losses,
    )


def contacts(element: Any) -> Iterator[str]:
    """Who stands behind a message, a line each: role, name, place."""
    for contact in strict_xml.all_at(element, "ContactInformation")[:_MOST]:
        where = _where(next(iter(strict_xml.all_at(contact, "ContactLocation")), None))
        who = strict_xml.text_of(contact, "ContactDescription")
        role = strict_xml.text_of(contact, "ContactRole")
        people = " ".join(islice(filter(None, (text.strip() for text in _below(contact))), _MOST))
        line = ", ".join(filter(None, (who, where, people)))
        if line or role:
            yield readings.name(": ".join(filter(None, (role, line))))


def _below(contact: Any) -> Iterator[str]:
    for more in strict_xml.all_at(contact, "AdditionalContactInformation")[:_MOST]:
        yield from more.itertext()
    for radio in strict_xml.all_at(contact, "Radio")[:_MOST]:
        yield from radio.itertext()


def _quantity(element: Any) -> tuple[int, str]:
    """How many, as a figure for counting and as words: `MeasuredQuantity` is so much of a unit, not so many."""
    text = readings.name(strict_xml.text_of(element, "AssignmentInformation/Quantity/QuantityText"))
    if text:
        figure = readings.figure(text)
        if figure is not None and figure.is_integer() and 0 <= figure <= _MOST_COUNTED:
            return int(figure), f"{int(figure)} ×"
        return 1, text
    amount = strict_xml.text_of(element, "AssignmentInformation/Quantity/MeasuredQuantity/Amount")
    unit = strict_xml.text_of(element, "AssignmentInformation/Quantity/MeasuredQuantity/UnitOfMeasure/Value")
    return 1, readings.name(" ".join(filter(None, (amount, unit))))


def _stop(element: Any, zone: tzinfo, bounds: Bounds | None, losses: dict[str, str]) -> _Stop:
    kind = readings.name(strict_xml.text_of(element, "ScheduleType"))
    when = strict_xml.text_of(element, "DateTime")
    try:
        at = readings.moment_of_text(when, zone) if when else None
    except BadMessage:  # the rest of the message is worth something without it
        at = None
        losses["DateTime"] = readings.loss(f"{kind}: {when}")
    location = next(iter(strict_xml.all_at(element, "Location")), None)
    place = edxl.place_below(location, bounds) if location is not None else Place()
    return _Stop(kind, at, _where(location), place)


def _is_said(stop: _Stop) -> bool:
    return stop.place.lat is not None or bool(stop.place.doubt)


def _where(location: Any) -> str:
    """A place in words, with its coordinates as they stand there."""
    if location is None:
        return ""
    point = next(location.iter("{*}pos"), None)
    figures = " ".join((point.text or "").split()) if point is not None else ""
    described = strict_xml.text_of(location, "LocationDescription")
    words = ", ".join(filter(None, (described, edxl.address_below(location))))
    return readings.name(f"{words} ({figures})" if words and figures else words or figures)


def _note(element: Any, stops: tuple[_Stop, ...]) -> Iterator[str]:
    for label, path in (
        ("", "Resource/Description"),
        ("for", "AssignmentInformation/AnticipatedFunction"),
        ("restrictions", "AssignmentInformation/Restrictions"),
        ("requires", "Resource/SpecialRequirements"),
        ("status", "Resource/ResourceStatus/DeploymentStatus/Value"),
        ("availability", "Resource/ResourceStatus/Availability"),
    ):
        text = strict_xml.text_of(element, path)
        if text:
            yield f"{label}: {text}" if label else text
    for stop in stops:
        time = stop.at.isoformat(timespec="minutes").replace("+00:00", "Z") if stop.at is not None else ""
        yield " ".join(filter(None, (stop.kind, time, f"at {stop.where}" if stop.where else "")))
