"""One Cursor on Target event, its attributes read and checked; what its kind makes of it stands in `cot_xml`."""

from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from lxml import etree

from cop.domain.unit import Position
from cop.feeds.adapters import cot_types, readings
from cop.feeds.message import BadMessage

_LARGEST_KNOWN = 999_998.0  # senders write 9999999.0, 9999999, 9.999999e+06 and 999999 for "unknown"
_READ_PARTS = frozenset({"track", "cop", "uid", "archive", "emergency"})
_MAX_LOSSES = 40
_MAX_PARTS = 30_000
#: Parts that are no vertices of a drawing, a bounded number of them.
_OTHER_PARTS = etree.XPath("(detail/*[not(self::link[@point or @line])])[position() <= 500]")


class Place(NamedTuple):
    """A point: degrees WGS 84, metres above the ellipsoid, metres at one sigma; None is unknown."""

    lat: float
    lon: float
    alt_m: float | None
    accuracy_m: float | None


class Event(NamedTuple):
    """One event, its attributes read and its detail's parts by name (the last one of each)."""

    element: Any
    type: str
    uid: str
    id: str
    at: datetime
    stale_at: datetime | None
    exercise: bool
    parts: dict[str, Any]

    def said(self, part: str, attribute: str) -> str:
        """An attribute of a part of the detail, empty where there is none."""
        element = self.parts.get(part)
        return element.get(attribute, "") if element is not None else ""

    def text(self, part: str) -> str:
        """The text of a part of the detail, empty where there is none."""
        element = self.parts.get(part)
        return (element.text or "").strip() if element is not None else ""

    @property
    def callsign(self) -> str:
        """What the sender calls it, empty where it says nothing."""
        return readings.name(self.said("contact", "callsign") or self.said("uid", "Droid"))


def read(element: Any, event_type: str, zone: tzinfo, *, exercise: bool) -> Event:
    """The event of an `<event>` element; `zone` holds for times without one.

    Raises BadMessage without uid or time, for a time that is none, and for a detail of more than 30,000 parts.
    """
    uid, time, stale = element.get("uid"), element.get("time"), element.get("stale")
    if not uid:
        raise BadMessage("no uid")
    if not time:
        raise BadMessage("no time")
    detail = element.find("detail")
    if detail is not None and len(detail) > _MAX_PARTS:
        raise BadMessage("more than 30,000 parts in a detail")
    return Event(
        element=element,
        type=event_type,
        uid=uid,
        id=readings.identifier(uid),
        at=readings.moment_of_text(time, zone),
        stale_at=_stale_at(stale, zone),
        exercise=exercise or _marked_as_exercise(element),
        parts={part.tag: part for part in detail} if detail is not None else {},
    )


def _stale_at(stale: str | None, zone: tzinfo) -> datetime | None:
    try:
        return readings.moment_of_text(stale, zone) if stale else None
    except BadMessage:
        return None  # what it says is still worth something without its end


def _marked_as_exercise(element: Any) -> bool:
    """`opex` says o(peration), e(xercise) or s(imulation), with a name after a hyphen; some write it into `qos`."""
    return (element.get("opex") or "o")[0] in "eEsS" or (element.get("qos") or "0")[0] in "eEsS"


def place(element: Any, *, strict: bool) -> Place | None:
    """The event's point, None where it has none: 0,0 stands for that in every kind of event.

    Raises BadMessage if `strict` and the point is no place on the globe.
    """
    point = element.find("point")
    if point is None:
        return None
    lat, lon = readings.figure(point.get("lat")), readings.figure(point.get("lon"))
    if lat is None or lon is None or not readings.on_the_globe(lat, lon):
        if strict:
            raise BadMessage("coordinates are outside the globe")
        return None
    if lat == 0.0 and lon == 0.0:
        return None
    alt_m, accuracy_m = readings.figure(point.get("hae")), readings.figure(point.get("ce"))
    return Place(
        lat,
        lon,
        readings.within(alt_m, -12_000.0, _LARGEST_KNOWN),
        readings.within(accuracy_m, 0.0, _LARGEST_KNOWN),
    )


def position(event: Event, unit: str, where: Place) -> Position:
    """The position of a unit at the event's place, with its course and speed if the event tracks."""
    speed = course = None
    track = event.parts.get("track")
    if track is not None:
        speed = readings.within(readings.figure(track.get("speed")), 0.0, 12_000.0)
        course = readings.course(readings.figure(track.get("course")))
    return Position(
        id=unit,
        at=event.at,
        lat=where.lat,
        lon=where.lon,
        alt_m=where.alt_m,
        course_deg=course,
        speed_mps=None if speed is None else abs(speed),  # "-0.00" is sent
        accuracy_m=where.accuracy_m,
    )


def losses(event: Event, *without: str) -> dict[str, str]:
    """What our vocabulary cannot hold, as it came.

    How it came about, whose side it is on, and every part of the detail that nobody reads; `without` names more
    that were read.
    """
    left = {}
    if event.element.get("how"):
        left["how"] = readings.loss(event.element.get("how"))
    if event.type.startswith("a-") and (side := cot_types.affiliation(event.type)):
        left["affiliation"] = readings.loss(side)
    for part in _OTHER_PARTS(event.element):
        if part.tag in _READ_PARTS or part.tag in without:
            continue
        name = readings.loss(part.tag)
        words = [f"{key}={value}" for key, value in part.attrib.items() if (name, key) != ("contact", "callsign")]
        if part.text and not part.text.isspace():
            words.append(part.text.strip())
        if words and (name in left or len(left) < _MAX_LOSSES):
            left[name] = readings.loss("; ".join((*((left[name],) if name in left else ()), " ".join(words))))
    return left
