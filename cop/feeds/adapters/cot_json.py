"""Cursor on Target events as JSON: XML's elements and attributes as members (pycot, xml-js), and CloudTAK's GeoJSON."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any

from cop.domain.report import Report
from cop.feeds.adapters import cot_event, cot_meaning, geometries, parts, readings, strict_json
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.cot_event import Detail, Event, Part
from cop.feeds.adapters.cot_meaning import Meaning
from cop.feeds.message import BadMessage, Feed, Message
from cop.feeds.topics import is_exercise

_Options = cot_meaning.Options

_MAX_EVENTS = 500
_MAX_ELEMENTS = 16_000
_MAX_POSITIONS = 30_000
#: of one element; an element in XML has no more than 500 attributes
_MAX_MEMBERS = 2_000
_LONGEST_STALE_MS = 366 * 86_400_000
_LARGEST = 1e12
_Object = dict[str, Any]
#: Where libraries that turn XML into JSON put an element's attributes and its text.
_ATTRIBUTES, _TEXTS = ("_attributes", "$"), ("_text", "#text", "_")
#: Properties of CloudTAK's features that stand for an element of another name.
_ELEMENTS = {
    "chat": "__chat",
    "flow": "_flow-tags_",
    "geofence": "__geofence",
    "group": "__group",
    "links": "link",
    "milsym": "__milsym",
    "video": "__video",
}
#: Properties that are an attribute of an element: element, attribute.
_ATTRIBUTE_OF = {
    "bearing": ("bearing", "value"),
    "callsign": ("contact", "callsign"),
    "course": ("track", "course"),
    "droid": ("uid", "Droid"),
    "icon": ("usericon", "iconsetpath"),
    "range": ("range", "value"),
    "slope": ("track", "slope"),
    "speed": ("track", "speed"),
}
_POINT = ("lat", "lon", "hae", "ce")
_HEAD = ("access", "how", "opex", "qos")
_READ_PROPERTIES = frozenset({"center", "stale", "start", "time", "type", "archived", "remarks", *_HEAD})
_NOBODY = "UNKNOWN"  # what CloudTAK writes for no callsign
#: What the types of calls mean where the event does not say it in words.
_CALLS = {"b-a-g": "Geo-fence Breached", "b-a-o-tbl": "911 Alert", "b-a-o-pan": "Ring The Bell"}


class CotJson:
    """Decodes events as JSON; its options are those of every encoding of these events (`cot_meaning.Options`)."""

    def __init__(self, feed: Feed) -> None:
        self._meaning = Meaning(feed, "cot-json")
        self._zone = readings.zone_of(feed)
        self._most = parts.most_of(feed, _MAX_EVENTS)
        self._elements = parts.most_of(feed, _MAX_ELEMENTS)
        self._positions = parts.most_of(feed, _MAX_POSITIONS)

    def recall(self, unit: str, *, exercise: bool) -> None:
        """This unit was in an emergency, and is until it is said to be over."""
        self._meaning.recall(unit, exercise=exercise)

    def decode(self, message: Message) -> list[Report]:
        """What one event says, or several of a list or collection; of several, a bad one is refused alone."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        payload = message.payload
        if payload.count(b"{") > self._elements or payload.count(b"[") > self._positions:
            raise BadMessage("more elements or positions than a message may have")
        said = strict_json.quick(payload)
        several = _several(said)
        if several is None:
            return self._reports(message, said)
        return parts.of_parts(several, partial(self._reports, message), limit=self._most)

    def _reports(self, message: Message, said: Any) -> list[Report]:
        if not isinstance(said, dict):
            raise BadMessage("an event is no JSON object")
        if said.get("type") == "Feature":
            event = self._of_feature(message, said)
        else:
            inner = said.get("event", said)
            if not isinstance(inner, dict):
                raise BadMessage("an event is no JSON object")
            event = self._of_members(message, inner)
        return self._meaning.reports(message, event) if event is not None else []

    def _of_members(self, message: Message, said: _Object) -> Event | None:
        """The event of XML's members, as `cot_event.of_element` makes it of the XML. Raises BadMessage."""
        event_type, uid = _text(_member(said, "type")), _text(_member(said, "uid"))
        time, start, stale = (_text(_member(said, name)) for name in ("time", "start", "stale"))
        if not cot_event.is_object(event_type):
            return None
        if not uid:
            raise BadMessage("no uid")
        if not time:
            raise BadMessage("no time")
        place, misplaced = None, False
        if isinstance(point := said.get("point"), dict):
            place, misplaced = cot_event.place_of(*(_figure(_member(point, name)) for name in _POINT))
        detail = said.get("detail")
        if not isinstance(detail, dict):
            detail = {}
        track, ours, remarks = _last(detail, "track"), _last(detail, "cop"), detail.get("remarks")
        callsign = _member(_last(detail, "contact"), "callsign") or _member(_last(detail, "uid"), "Droid")
        at = readings.moment_of_text(time, self._zone)
        return Event(
            type=event_type or "",
            uid=uid,
            id=cot_event.identifier(uid),
            at=at,
            stale_at=cot_event.stale_of_text(stale, self._zone) if stale else None,
            exercise=_exercise(message, said),
            place=place,
            misplaced=misplaced,
            callsign=readings.name(_text(callsign)),
            speed_mps=cot_event.speed_of(_figure(_member(track, "speed"))),
            course_deg=readings.course(_figure(_member(track, "course"))),
            kind=readings.name(_text(_member(ours, "kind"))),
            status=readings.name(_text(_member(ours, "status"))),
            remarks=_remarks(remarks) if remarks else "",
            detail=Detail(later=partial(_opened_members, said)),
            starts_at=cot_event.start_of_text(start, self._zone, at) if start else None,
        )

    def _of_feature(self, message: Message, said: _Object) -> Event | None:
        """The event of a CloudTAK feature. Raises BadMessage."""
        properties, geometry = said.get("properties"), said.get("geometry")
        if not isinstance(properties, dict):
            raise BadMessage("a feature has no properties")
        event_type = said_type if isinstance(said_type := properties.get("type"), str) else ""
        if not cot_event.is_object(event_type):
            return None
        uid = _text(said.get("id"))
        if not uid:
            raise BadMessage("no uid")
        time, start, stale = (properties.get(name) for name in ("time", "start", "stale"))
        if isinstance(time, str):
            at = readings.moment_of_text(time, self._zone)
        elif time is not None:
            raise BadMessage("time is not ISO 8601")
        elif message.retained:
            raise BadMessage("a retained event without a time")
        else:
            at = message.received_at
        stale_at = None
        if isinstance(stale, str):
            stale_at = cot_event.stale_of_text(stale, self._zone)
        elif isinstance(stale, int) and not isinstance(stale, bool) and 0 <= stale <= _LONGEST_STALE_MS:
            stale_at = at + timedelta(milliseconds=stale)
        place, misplaced = _place(properties, geometry)
        ours, remarks = _last(properties, "cop"), properties.get("remarks")
        return Event(
            type=event_type,
            uid=uid,
            id=cot_event.identifier(uid),
            at=at,
            stale_at=stale_at,
            exercise=_exercise(message, properties),
            place=place,
            misplaced=misplaced,
            callsign=readings.name(_callsign(properties) or _text(properties.get("droid"))),
            speed_mps=cot_event.speed_of(_figure(properties.get("speed"))),
            course_deg=readings.course(_figure(properties.get("course"))),
            kind=readings.name(_text(_member(ours, "kind"))),
            status=readings.name(_text(_member(ours, "status"))),
            remarks=remarks.strip() if isinstance(remarks, str) else "",
            detail=Detail(later=partial(_opened_feature, said, properties, event_type)),
            drawn=_drawn(geometry),
            starts_at=cot_event.start_of_text(start, self._zone, at) if isinstance(start, str) else None,
        )


def _exercise(message: Message, head: _Object) -> bool:
    opex, qos = (_text(_member(head, name)) for name in ("opex", "qos"))
    return is_exercise(message.topic) or cot_event.marked_as_exercise(opex, qos)


def _member(element: _Object, name: str) -> Any:
    """An attribute of an element, wherever its library put it."""
    if name in element:
        return element[name]
    for holder in _ATTRIBUTES:
        if isinstance(inner := element.get(holder), dict):
            return inner.get(name)
    return element.get(f"@{name}")


def _last(detail: _Object, tag: str) -> _Object:
    """The last element of a name; one without attributes if there is none."""
    found = detail.get(tag)
    if isinstance(found, list):
        found = found[-1] if found else None
    return found if isinstance(found, dict) else {}


def _remarks(value: Any) -> str:
    last = value[-1] if isinstance(value, list) else value
    return (_part("remarks", last).text or "").strip()


def _callsign(properties: _Object) -> str | None:
    said = _text(properties.get("callsign"))
    return None if said == _NOBODY else said


def _opened_members(said: _Object) -> tuple[Part, Part]:
    head = _part("event", {key: value for key, value in said.items() if key not in ("point", "detail")})
    return head, Part("detail", {}, None, _children(said.get("detail")))


def _opened_feature(said: _Object, properties: _Object, event_type: str) -> tuple[Part, Part]:
    children = [*_of_properties(properties), *_of_kind(event_type, properties)]
    if properties.get("time") is None:
        children.append(Part("time", {}, "no time in the message: the time of receipt stands for it"))
    if (path := _text(said.get("path"))) not in (None, "/"):
        children.append(Part("path", {}, path))
    head = {name: text for name in _HEAD if (text := _text(properties.get(name)))}
    return Part("event", head), Part("detail", {}, None, children)


def _several(said: Any) -> list[Any] | None:
    """The events of a payload that may hold several; None for one alone."""
    if isinstance(said, list):
        return said
    if isinstance(said, dict):
        inner = said.get("features" if said.get("type") == "FeatureCollection" else "event")
        if isinstance(inner, list):
            return inner
    return None


def _text(value: Any) -> str | None:
    """A JSON value as XML would have it."""
    if value is None or type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, int | float) else None


def _part(tag: str, value: Any) -> Part:
    """An element: of a JSON object the scalars are its attributes, all else its children."""
    if not isinstance(value, dict):
        return Part(tag, {}, _text(value))
    attrib: dict[str, str] = {}
    text: str | None = None
    children: list[Part] = []
    for key, inner in islice(value.items(), _MAX_MEMBERS):
        if key in _ATTRIBUTES and isinstance(inner, dict):
            several = islice(inner.items(), _MAX_MEMBERS)
            attrib.update((name, one) for name, each in several if (one := _text(each)) is not None)
        elif isinstance(inner, dict | list):
            children += _elements(key, inner)
        elif (one := _text(inner)) is not None:
            if key in _TEXTS:
                text = one
            else:
                attrib[key.removeprefix("@")] = one
    return Part(tag, attrib, text, children)


def _elements(tag: str, value: Any) -> Iterator[Part]:
    """The elements of one name, a bounded number of them."""
    for one in islice(value, _MAX_ELEMENTS) if isinstance(value, list) else (value,):
        yield _part(tag, one)


def _children(detail: Any) -> list[Part]:
    """The parts of a detail, which has no attributes of its own: a scalar in it is an element's text."""
    if not isinstance(detail, dict):
        return []
    return list(islice((part for tag, value in detail.items() for part in _elements(tag, value)), _MAX_ELEMENTS))


def _of_properties(properties: _Object) -> list[Part]:
    """The parts of the detail that a feature's properties stand for."""
    found: dict[str, Part] = {}
    for key, (tag, attribute) in _ATTRIBUTE_OF.items():
        text = _callsign(properties) if key == "callsign" else _text(properties.get(key))
        if text is not None:
            found.setdefault(tag, Part(tag, {})).attrib[attribute] = text
    several: list[Part] = []
    for key, value in islice(properties.items(), _MAX_ELEMENTS):
        tag = _ELEMENTS.get(key, key)
        if key in _ATTRIBUTE_OF or key in _READ_PROPERTIES or value is None or value in ({}, []):
            continue
        if isinstance(value, dict) and tag in found:
            found[tag].attrib.update(_part(tag, value).attrib)
        else:
            several += _elements(tag, value)
    if properties.get("archived") is True:
        several.append(Part("archive", {}))
    if isinstance(remarks := properties.get("remarks"), str):
        several.append(Part("remarks", {}, remarks))
    return [*found.values(), *several]


def _of_kind(event_type: str, properties: _Object) -> list[Part]:
    """What a feature's type alone says: that somebody calls for help, or takes it back."""
    if "emergency" in properties or not event_type.startswith("b-a"):
        return []
    text = _callsign(properties)
    if event_type.startswith("b-a-o-can"):
        return [Part("emergency", {"cancel": "true"}, text)]
    return [Part("emergency", {"type": _CALLS[event_type]}, text)] if event_type in _CALLS else []


def _place(properties: _Object, geometry: Any) -> tuple[cot_event.Place | None, bool]:
    """A feature's point: its geometry if that is one, else its centre."""
    if isinstance(geometry, dict) and geometry.get("type") == "Point":
        point = geometry.get("coordinates")
    else:
        point = properties.get("center")
    if point is None:
        return None, False
    if not isinstance(point, list) or len(point) < 2:
        return None, True
    lon, lat, alt_m = (_figure(one) for one in (*point[:2], point[2] if len(point) > 2 else None))
    return cot_event.place_of(lat, lon, alt_m, None)


def _figure(value: Any) -> float | None:
    """A figure, which some write as a text."""
    if type(value) is float:
        return value
    if isinstance(value, str):
        return readings.figure(value)
    return float(value) if isinstance(value, int) and abs(value) <= _LARGEST and not isinstance(value, bool) else None


def _drawn(geometry: Any) -> tuple[_Object, str] | None:
    """What a feature draws; None for a point, about which its type may draw something. Raises BadMessage."""
    if not isinstance(geometry, dict) or geometry.get("type") in (None, "Point"):
        return None
    return geometries.checked({**geometry, "coordinates": _flat(geometry.get("coordinates"))})


def _flat(coordinates: Any) -> Any:
    """Positions without their heights, which may be null."""
    if not isinstance(coordinates, list) or not coordinates:
        return coordinates
    if isinstance(coordinates[0], list):
        return [_flat(one) for one in coordinates]
    return coordinates[:2]


def sniff(_topic: str, payload: bytes) -> int:
    """What CloudTAK's features have beside each other, or an event's members."""
    begin = payload[:4096]
    if begin.lstrip()[:1] not in (b"{", b"["):
        return 0
    if b'"Feature"' in begin and b'"how"' in begin and (b'"callsign"' in begin or b'"stale"' in begin):
        return 85
    return 85 if b'"uid"' in begin and b'"stale"' in begin and b'"type"' in begin else 0


FORMAT = Format(
    name="cot-json",
    summary="Cursor on Target as JSON (pycot, xml-js) and as GeoJSON (CloudTAK)",
    make=CotJson,
    split=strict_json.lines,
    sniff=sniff,
    topic="tak/#",
    limits="500 events a message, 16,000 elements, 30,000 positions, 4,000 deletions an event",
)
