"""One Cursor on Target event, whatever encoding it came in; what its kind makes of it stands in `cot_meaning`."""

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from cop.domain.unit import Position
from cop.feeds.adapters import cot_types, readings
from cop.feeds.message import BadMessage

MAX_PARTS = 25_000
#: Conversations between TAK clients and servers, file transfers, receipts of chats: never objects.
_NEVER_OBJECTS = ("t-x-c-", "t-x-takp", "t-x-m-", "b-f-t", "b-t-f-d", "b-t-f-r", "b-t-f-p", "b-t-f-s", "y-")
_LARGEST_KNOWN = 999_998.0  # senders write 9999999.0, 9999999, 9.999999e+06 and 999999 for "unknown"
_READ_PARTS = frozenset({"track", "cop", "uid", "archive", "emergency"})
#: Attributes of an event that are kept as they came; `fields` are those of TAK protocol that a later schema added.
_MARKINGS = ("access", "caveat", "releasableTo", "fields")
_MAX_LOSSES = 39  # and one that says that there are more
_MAX_OTHER_PARTS = 64
_MAX_ATTRIBUTES = 100
_LONGEST_IDENTIFIER = 128
#: e(xercise), s(imulation); senders write capitals as well
_EXERCISE = ("e", "E", "s", "S")

_identifier = lru_cache(maxsize=20_000)(readings.identifier)


class Part:
    """A part of a detail that did not come as XML: of an lxml element, what is asked of one."""

    __slots__ = ("attrib", "children", "tag", "text")

    def __init__(
        self, tag: str, attrib: dict[str, str], text: str | None = None, children: tuple[Any, ...] | list[Any] = ()
    ) -> None:
        self.tag, self.attrib, self.text, self.children = tag, attrib, text, children

    def get(self, attribute: str, default: str | None = None) -> str | None:
        """An attribute."""
        return self.attrib.get(attribute, default)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.children)

    def __len__(self) -> int:
        return len(self.children)

    def iterfind(self, path: str) -> Iterator[Any]:
        """The parts below that a path of names leads to (`shape/ellipse`)."""
        name, _, below = path.partition("/")
        for child in self.children:
            if child.tag == name:
                if below:
                    yield from child.iterfind(below)
                else:
                    yield child

    def find(self, path: str) -> Any:
        """The first of these, None if there is none."""
        return next(self.iterfind(path), None)


NO_DETAIL = Part("detail", {})


class Detail:
    """An event's detail, and the event's own attributes as they came."""

    __slots__ = ("_both", "_later", "_parts")

    def __init__(
        self, head: Any = None, element: Any = None, *, later: Callable[[], tuple[Any, Any]] | None = None
    ) -> None:
        """Both are lxml elements or `Part`s; `later` gives them when they are first asked for."""
        self._both = (head, element)
        self._later = later
        self._parts: dict[str, Any] | None = None

    def _opened(self) -> tuple[Any, Any]:
        if self._later is not None:
            self._both, self._later = self._later(), None
        return self._both

    @property
    def head(self) -> Any:
        """What holds the event's attributes."""
        return self._opened()[0]

    @property
    def element(self) -> Any:
        """The detail itself; one without parts where the event has none."""
        return self._opened()[1]

    @property
    def parts(self) -> dict[str, Any]:
        """The detail's parts by name, the last one of each."""
        if self._parts is None:
            self._parts = {part.tag: part for part in self.element}
        return self._parts

    def said(self, part: str, attribute: str) -> str:
        """An attribute of a part, empty where there is none."""
        element = self.parts.get(part)
        return element.get(attribute, "") if element is not None else ""

    def text(self, part: str) -> str:
        """The text of a part, empty where there is none."""
        element = self.parts.get(part)
        return (element.text or "").strip() if element is not None else ""


class Place(NamedTuple):
    """A point: degrees WGS 84, metres above the ellipsoid, metres at one sigma; None is unknown."""

    lat: float
    lon: float
    alt_m: float | None
    accuracy_m: float | None


class Event(NamedTuple):
    """One event: what every message of a moving unit holds, and the detail with all the rest."""

    type: str
    uid: str
    id: str
    at: datetime
    stale_at: datetime | None
    exercise: bool
    place: Place | None
    #: it has a point, which is no place on the globe
    misplaced: bool
    callsign: str
    speed_mps: float | None
    course_deg: float | None
    #: our own words for what it is and does
    kind: str
    status: str
    remarks: str
    detail: Detail
    #: a geometry that the encoding itself holds, and what was left out of it
    drawn: tuple[dict[str, Any], str] | None = None
    #: from when on it holds, where that is later than its time
    starts_at: datetime | None = None


#: What an event's texts are, in this order: element and attribute.
TEXTS = (
    *(("event", name) for name in ("type", "uid", "time", "start", "stale", "opex", "qos")),
    *(("event/point", name) for name in ("lat", "lon", "hae", "ce")),
    ("event/detail/contact", "callsign"),
    ("event/detail/uid", "Droid"),
    ("event/detail/track", "speed"),
    ("event/detail/track", "course"),
    ("event/detail/cop", "kind"),
    ("event/detail/cop", "status"),
)


def is_object(event_type: str | None) -> bool:
    """Whether events of this type are about the world, not talk among clients. Raises BadMessage without a type."""
    if not event_type:
        raise BadMessage("no type")
    return not event_type.startswith(_NEVER_OBJECTS)


def of_element(element: Any, zone: tzinfo, *, exercise: bool) -> Event | None:
    """The event of an `<event>` element; None for talk among clients. `zone` holds for times without one.

    Raises BadMessage without type, uid or time, for a time that is none, and for a detail of more than 25,000 parts.
    """
    get = element.get
    event_type = get("type")
    if not is_object(event_type):
        return None
    point, detail = None, NO_DETAIL
    for child in element:
        tag = child.tag
        if tag == "point" and point is None:
            point = child
        elif tag == "detail" and detail is NO_DETAIL:
            detail = child
            if len(detail) > MAX_PARTS:
                raise BadMessage("more than 25,000 parts in a detail")
    callsign, droid, speed, course, kind, status, remarks = hot_words(detail)
    return of_texts(
        (
            *(event_type, get("uid"), get("time"), get("start"), get("stale"), get("opex"), get("qos")),
            *(
                (None,) * 4
                if point is None
                else (point.get("lat"), point.get("lon"), point.get("hae"), point.get("ce"))
            ),
            *(callsign, droid, speed, course, kind, status),
        ),
        zone,
        exercise=exercise,
        has_point=point is not None,
        detail=Detail(element, detail),
        remarks=remarks,
    )


def hot_words(detail: Any) -> tuple[str | None, str | None, str | None, str | None, str | None, str | None, str]:
    """Of a detail what every message of a moving unit holds: callsign, droid, speed, course, kind, status, remarks."""
    contact = uid = track = ours = remarks = None
    for part in detail:
        tag = part.tag
        if tag == "contact":
            contact = part
        elif tag == "track":
            track = part
        elif tag == "uid":
            uid = part
        elif tag == "cop":
            ours = part
        elif tag == "remarks":
            remarks = part
    return (
        contact.get("callsign") if contact is not None else None,
        uid.get("Droid") if uid is not None else None,
        *((None, None) if track is None else (track.get("speed"), track.get("course"))),
        *((None, None) if ours is None else (ours.get("kind"), ours.get("status"))),
        (remarks.text or "").strip() if remarks is not None else "",
    )


def of_texts(
    texts: tuple[str | None, ...], zone: tzinfo, *, exercise: bool, has_point: bool, detail: Detail, remarks: str
) -> Event:
    """The event of what XML says of it, in the order of `TEXTS`. Raises BadMessage."""
    event_type, uid, time, start, stale, opex, qos, lat, lon, hae, ce, *words = texts
    callsign, droid, speed, course, kind, status = words
    if not uid:
        raise BadMessage("no uid")
    if not time:
        raise BadMessage("no time")
    figure = readings.figure
    place, misplaced = None, False
    if has_point:
        place, misplaced = place_of(figure(lat), figure(lon), figure(hae), figure(ce))
    at = readings.moment_of_text(time, zone)
    return Event(
        event_type or "",
        uid,
        identifier(uid),
        at,
        stale_of_text(stale, zone) if stale else None,
        exercise or marked_as_exercise(opex, qos),
        place,
        misplaced,
        readings.name(callsign or droid),
        speed_of(figure(speed)) if speed else None,
        readings.course(figure(course)) if course else None,
        readings.name(kind) if kind else "",
        readings.name(status) if status else "",
        remarks,
        detail,
        None,
        None if start is None or start == time else start_of_text(start, zone, at),
    )


def identifier(uid: str) -> str:
    """The id of an object for its uid. Raises BadMessage for an empty one."""
    return _identifier(uid) if len(uid) <= _LONGEST_IDENTIFIER else readings.identifier(uid)


def stale_of_text(stale: str, zone: tzinfo) -> datetime | None:
    """When an event goes stale; None where that is no time: what it says is still worth something without its end."""
    try:
        return readings.moment_of_text(stale, zone)
    except BadMessage:
        return None


def start_of_text(start: str, zone: tzinfo, at: datetime) -> datetime | None:
    """From when on an event of that time holds; None where that is no later, or no time."""
    starts_at = stale_of_text(start, zone)
    return starts_at if starts_at is not None and starts_at > at else None


def marked_as_exercise(opex: str | None, qos: str | None) -> bool:
    """Whether `opex` says e(xercise) or s(imulation), which some write into `qos`.

    A name may follow after a hyphen; the words of `qos` itself begin with a digit.
    """
    return (opex is not None and opex.startswith(_EXERCISE)) or (qos is not None and qos.startswith(_EXERCISE))


def place_of(
    lat: float | None, lon: float | None, alt_m: float | None, accuracy_m: float | None
) -> tuple[Place | None, bool]:
    """The place of a point, and whether it is no place on the globe; 0,0 stands for none in every kind of event."""
    if lat is None or lon is None or not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
        return None, True
    if lat == 0.0 and lon == 0.0:
        return None, False
    if alt_m is not None and not -12_000.0 <= alt_m <= _LARGEST_KNOWN:
        alt_m = None
    if accuracy_m is not None and not 0.0 <= accuracy_m <= _LARGEST_KNOWN:
        accuracy_m = None
    return Place(lat, lon, alt_m, accuracy_m), False


def speed_of(speed: float | None) -> float | None:
    """A speed in m/s if it is one; "-0.00" is sent."""
    return abs(speed) if speed is not None and 0.0 <= speed <= 12_000.0 else None


def position(event: Event, unit: str, where: Place) -> Position:
    """The position of a unit at the event's place, with its course and speed if the event tracks."""
    return Position(
        id=unit,
        at=event.at,
        lat=where.lat,
        lon=where.lon,
        alt_m=where.alt_m,
        course_deg=event.course_deg,
        speed_mps=event.speed_mps,
        accuracy_m=where.accuracy_m,
    )


def losses(event: Event, *without: str) -> dict[str, str]:
    """What our vocabulary cannot hold, as it came.

    How it came about, who may see it, whose side it is on, and every part of the detail that nobody reads; `without`
    names more that were read.
    """
    left = {}
    head = event.detail.head
    if head.get("how"):
        left["how"] = readings.loss(head.get("how"))
    for marking in _MARKINGS:
        if head.get(marking, "Undefined") not in ("Undefined", ""):
            left[marking] = readings.loss(head.get(marking))
    if event.misplaced:
        left["point"] = "no place on the globe"
    if event.type.startswith("a-") and (side := cot_types.affiliation(event.type)):
        left["affiliation"] = readings.loss(side)
    rest: dict[str, str] = {}
    room, more = _MAX_LOSSES - len(left), False
    for number, part in enumerate(_no_vertices(event.detail.element)):
        tag = part.tag
        said = rest.get(tag)
        if tag in _READ_PARTS or tag in without or (said is not None and len(said) > readings.SHORT):
            continue
        if number >= _MAX_OTHER_PARTS or (said is None and len(rest) >= room):
            more = True
            break
        # An element's attributes are looked up by name, each from the first one on: of thousands that takes seconds.
        names = islice(part.attrib, _MAX_ATTRIBUTES)
        words = [f"{name}={part.get(name)}" for name in names if (tag, name) != ("contact", "callsign")]
        if part.text and not part.text.isspace():
            words.append(part.text.strip())
        if words:
            rest[tag] = " ".join(words) if said is None else f"{said}; {' '.join(words)}"
    left.update((readings.loss(tag), readings.loss(words)) for tag, words in rest.items())
    if more:
        left["more"] = "what else the detail holds is not kept"
    return left


def _no_vertices(detail: Any) -> Iterator[Any]:
    for part in detail:
        if part.tag != "link" or not (part.get("point") or part.get("line")):
            yield part
