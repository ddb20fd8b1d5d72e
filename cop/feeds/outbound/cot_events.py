"""Events of Cursor on Target 2.0, element by element as TAK clients read them (MITRE, Event-PUBLIC.xsd)."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from lxml import etree

from cop.domain import words
from cop.domain.flat import rfc3339
from cop.domain.report import Report
from cop.domain.statement import Statement
from cop.domain.unit import Position, Unit
from cop.feeds import cot_uids
from cop.feeds.adapters import cot_types
from cop.feeds.adapters.cot_extension import EXERCISE_PREFIX
from cop.feeds.outbound import Outgoing

MARKER = "b-m-p-s-m"
DRAWING = "u-d-f"
_CHAT = "b-t-f"
_ATOM = "a-f-"
_VEHICLE = "G-E-V-C"
_EMERGENCY_SUFFIX = "-9-1-1"
_EVERYBODY = "All Chat Rooms"
_UNKNOWN = "9999999.0"
_MACHINE, _PERSON = "m-g", "h-g-i-g-o"
#: How long what has no end of its own is shown without another word.
_HOLDS = timedelta(hours=24)
_FIX_HOLDS = timedelta(minutes=1)
_DELETION_HOLDS = timedelta(hours=1)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OPAQUE, _TRANSLUCENT = 0xFF, 0x40

_Place = tuple[float, float]  # latitude first


class Known(NamedTuple):
    """What was last heard of a unit."""

    words: Unit | None = None
    fix: Position | None = None
    stale_at: datetime | None = None
    calls: bool = False


class Shape(NamedTuple):
    """One part of a geometry: a point, a line, or a ring that ends where it began."""

    places: list[_Place]
    is_area: bool = False
    holes: int = 0


class Drawn(NamedTuple):
    """What is said of an object that stands on the map: to people, and in our extension to those who know it."""

    kind: str
    callsign: str
    remarks: str
    colour: int
    stale_at: datetime
    ours: dict[str, str]
    text: str
    starts_at: datetime | None = None
    exercise: bool = False


def position(report: Report, said: Unit | None, fix: Position, stale_at: datetime | None) -> Outgoing:
    """A unit where it was: the event's time is the fix's, so that words that are news do not make the place fresh."""
    said = said or Unit(id=fix.id, at=fix.at)
    event, detail = _event(
        report,
        uid_of(report, "unit"),
        _type_of(said.kind),
        how=_MACHINE,
        at=fix.at,
        stale_at=max(stale_at or fix.at + _FIX_HOLDS, fix.at + timedelta(milliseconds=1)),
        place=(fix.lat, fix.lon),
        figures=(fix.alt_m, fix.accuracy_m),
    )
    _contact(report, detail, said.callsign or fix.id)
    figures = {"speed": fix.speed_mps, "course": fix.course_deg}
    track = {name: _figure(value) for name, value in figures.items() if value is not None}
    if track:
        etree.SubElement(detail, "track", track)
    etree.SubElement(detail, "cop", _legal({"kind": said.kind, "status": said.status, "agency": report.agency}))
    said_so = (words.label(words.UNIT_KINDS, said.kind), words.label(words.UNIT_STATUSES, said.status), report.agency)
    etree.SubElement(detail, "remarks").text = _text(" · ".join(said_so))
    return Outgoing(fix.id, _bytes(event))


def emergency(report: Report, known: Known, *, calls: bool) -> Outgoing:
    """A unit calls for help, or no longer does; TAK clients show it until it is taken back."""
    unit_id, said, fix = report.body.id, known.words, known.fix
    at = max(report.body.at, said.at if said is not None else report.body.at)
    uid = uid_of(report, "unit")
    event, detail = _event(
        report,
        uid + _EMERGENCY_SUFFIX,
        "b-a-o-tbl" if calls else "b-a-o-can",
        how=_PERSON,
        at=at,
        stale_at=held_until(report),
        place=(fix.lat, fix.lon) if fix is not None else None,
        figures=(fix.alt_m, fix.accuracy_m) if fix is not None else (None, None),
    )
    callsign = (said.callsign if said is not None else "") or unit_id
    _contact(report, detail, f"{callsign}-Alert")
    kind = said.kind if said is not None else "unknown"
    etree.SubElement(detail, "link", uid=_text(uid), type=_type_of(kind), relation="p-p")
    state = {"type": "911 Alert"} if calls else {"cancel": "true"}
    etree.SubElement(detail, "emergency", state).text = _text(_called(report, callsign))
    # Whoever reads our extension takes place and words from the unit's own event, with their own times.
    etree.SubElement(detail, "cop", _legal({"report": "unit", "agency": report.agency, "kind": kind}))
    return Outgoing(unit_id + _EMERGENCY_SUFFIX, _bytes(event))


def part(report: Report, drawn: Drawn, shape: Shape, number: int) -> Outgoing:
    """A marker for a point, a drawing of link points for a line or an area."""
    is_point = len(shape.places) == 1
    event, detail = _start(report, drawn, MARKER if is_point else DRAWING, number, _middle(shape.places))
    remarks = drawn.remarks
    if is_point:
        etree.SubElement(detail, "color", argb=_argb(_OPAQUE, drawn.colour))
        icon = f"COT_MAPPING_SPOTMAP/{MARKER}/{_argb(_OPAQUE, drawn.colour)}"
        etree.SubElement(detail, "usericon", iconsetpath=icon)
    else:
        for lat, lon in shape.places:
            etree.SubElement(detail, "link", point=f"{_degrees(lat)},{_degrees(lon)}")
        etree.SubElement(detail, "strokeColor", value=_argb(_OPAQUE, drawn.colour))
        etree.SubElement(detail, "strokeWeight", value="3.0")
        etree.SubElement(detail, "labels_on", value="true")
    if shape.is_area:
        etree.SubElement(detail, "fillColor", value=_argb(_TRANSLUCENT, drawn.colour))
    if shape.holes:
        remarks = lines(remarks, "It has openings, which are not drawn.")
    etree.SubElement(detail, "remarks").text = _text(lines(remarks, report.agency))
    return Outgoing(_part_of(report.body.id, number), _bytes(event))


def chat(report: Report, drawn: Drawn) -> Outgoing:
    """What has no place goes to everybody as a chat."""
    event, detail = _start(report, drawn, _CHAT, 0, None)
    sender = _text(uid_of(report, drawn.kind))
    chat = etree.SubElement(
        detail,
        "__chat",
        parent="RootContactGroup",
        groupOwner="false",
        messageId=sender,
        chatroom=_EVERYBODY,
        id=_EVERYBODY,
        senderCallsign=_text(report.agency),
    )
    etree.SubElement(chat, "chatgrp", uid0=sender, uid1=_EVERYBODY, id=_EVERYBODY)
    remarks = etree.SubElement(detail, "remarks", source=sender, to=_EVERYBODY, time=rfc3339(report.body.at))
    remarks.text = _text(_called(report, lines(drawn.callsign, drawn.remarks), always=drawn.exercise))
    return Outgoing(report.body.id, _bytes(event))


def _start(report: Report, drawn: Drawn, event_type: str, number: int, place: _Place | None) -> tuple[Any, Any]:
    """An event with what all that is shown has: its callsign, and our extension."""
    event, detail = _event(
        report,
        _part_of(uid_of(report, drawn.kind), number),
        event_type,
        how=_PERSON,
        at=report.body.at,
        start=drawn.starts_at,
        stale_at=drawn.stale_at,
        place=place,
        exercise=drawn.exercise,
    )
    _contact(report, detail, drawn.callsign, exercise=drawn.exercise)
    attributes = {"report": drawn.kind, "agency": report.agency, **drawn.ours}
    ours = etree.SubElement(detail, "cop", _legal({name: value for name, value in attributes.items() if value}))
    ours.text = _text(drawn.text) or None
    return event, detail


def deletion(report: Report, kind: str, object_id: str, number: int) -> Outgoing:
    """An object is taken back: the link names it, as clients ask for."""
    uid = _part_of(uid_of(report, kind, object_id), number)
    event, detail = _event(
        report,
        f"{uid}.deleted",
        "t-x-d-d",
        how=_PERSON,
        at=report.body.at,
        stale_at=max(report.received_at, report.body.at) + _DELETION_HOLDS,
        place=None,
    )
    linked = "a-f-G" if kind == "unit" else MARKER
    etree.SubElement(detail, "link", uid=_text(uid), type=linked, relation="none")
    etree.SubElement(detail, "__forcedelete")
    etree.SubElement(detail, "cop", _legal({"report": kind, "agency": report.agency}))
    return Outgoing(_part_of(object_id, number), _bytes(event))


def _event(
    report: Report,
    uid: str,
    event_type: str,
    *,
    how: str,
    at: datetime,
    stale_at: datetime,
    place: _Place | None,
    figures: tuple[float | None, float | None] = (None, None),
    start: datetime | None = None,
    exercise: bool = False,
) -> tuple[Any, Any]:
    """An `<event>` with its point (0,0 stands for none), and its still empty detail."""
    marking = {"opex": "e"} if report.exercise or exercise else {}
    event = etree.Element(
        "event",
        version="2.0",
        uid=_text(uid),
        type=event_type,
        how=how,
        **marking,
        time=rfc3339(at),
        start=rfc3339(start or at),
        stale=rfc3339(stale_at),
    )
    lat, lon = place or (0.0, 0.0)
    hae, ce = (_UNKNOWN if one is None else _figure(one) for one in figures)
    etree.SubElement(event, "point", lat=_degrees(lat), lon=_degrees(lon), hae=hae, ce=ce, le=_UNKNOWN)
    return event, etree.SubElement(event, "detail")


def _contact(report: Report, detail: Any, callsign: str, *, exercise: bool = False) -> None:
    etree.SubElement(detail, "contact", callsign=_text(_called(report, callsign, always=exercise)))


def _called(report: Report, callsign: str, *, always: bool = False) -> str:
    return EXERCISE_PREFIX + callsign if report.exercise or always else callsign


def uid_of(report: Report, kind: str, object_id: str = "") -> str:
    """One object's uid for good: no two agencies, kinds, or exercise and live work share one."""
    return cot_uids.uid_of(kind, report.agency, object_id or report.body.id, exercise=report.exercise)


def _part_of(name: str, number: int) -> str:
    return f"{name}.{number + 1}" if number else name


def _type_of(kind: str) -> str:
    return _ATOM + cot_types.TYPES_OF_KINDS.get(kind, _VEHICLE)


def held_until(report: Report) -> datetime:
    """When something that has no end of its own is no longer shown, unless it is said again."""
    return max(report.received_at, report.body.at) + _HOLDS


def times_of(body: Statement) -> dict[str, str]:
    """From when to when, where that is said: the event's own end only says how long it is shown."""
    moments = {name: getattr(body, name) for name in ("starts_at", "expires_at")}
    return {name: rfc3339(moment) for name, moment in moments.items() if moment is not None}


def shapes_of(geometry: dict[str, Any]) -> Iterator[Shape]:
    """The parts of a GeoJSON geometry that was checked when it came in."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates") or []
    if kind == "Point":
        yield Shape(_places([coordinates]))
    elif kind == "MultiPoint":
        for position in coordinates:
            yield Shape(_places([position]))
    elif kind == "LineString":
        yield Shape(_places(coordinates))
    elif kind == "MultiLineString":
        for line in coordinates:
            yield Shape(_places(line))
    elif kind == "Polygon":
        yield Shape(_places(coordinates[0]), is_area=True, holes=len(coordinates) - 1)
    elif kind == "MultiPolygon":
        for rings in coordinates:
            yield Shape(_places(rings[0]), is_area=True, holes=len(rings) - 1)
    elif kind == "GeometryCollection":
        for part in geometry.get("geometries") or []:
            yield from shapes_of(part)


def _places(positions: list[Any]) -> list[_Place]:
    return [(position[1], position[0]) for position in positions]


def _middle(places: list[_Place]) -> _Place:
    """The middle of what the places span: where clients put the label."""
    lats, lons = zip(*places, strict=True)
    return (min(lats) + max(lats)) / 2.0, (min(lons) + max(lons)) / 2.0


def _argb(alpha: int, colour: int) -> str:
    """A colour as clients write it: a signed figure of 32 bits."""
    return str((alpha << 24 | colour) - (1 << 32 if alpha & 0x80 else 0))


def _degrees(value: float) -> str:
    return f"{value:.7f}"  # a centimetre


def _figure(value: float) -> str:
    return repr(round(float(value), 3))


def lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _text(text: str) -> str:
    """A text without what XML cannot hold at all; lxml escapes the rest."""
    return _NOT_XML.sub(" ", text)


def _legal(attributes: dict[str, str]) -> dict[str, str]:
    return {name: _text(value) for name, value in attributes.items()}


def _bytes(event: Any) -> bytes:
    payload: bytes = etree.tostring(event, xml_declaration=True, encoding="UTF-8", standalone=True)
    return payload
