"""TAK protocol version 1: Cursor on Target events in protobuf (TAK Product Center, protocol.txt and .proto files)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from itertools import islice
from typing import Any

from google.protobuf import unknown_fields
from google.protobuf.message import DecodeError
from takproto.proto import TakMessage

from cop.domain.report import Report
from cop.feeds.adapters import cot_event, cot_meaning, cot_xml, parts, readings, strict_xml
from cop.feeds.adapters.adapter import Format, Recorded
from cop.feeds.adapters.cot_event import Detail, Event, Part
from cop.feeds.adapters.cot_layouts import Layouts
from cop.feeds.adapters.cot_meaning import Meaning
from cop.feeds.message import BadMessage, Feed, Message
from cop.feeds.topics import is_exercise

_Options = cot_meaning.Options

_MAGIC = 0xBF
_MESH_HEADER = b"\xbf\x01\xbf"
_VARINT_GOES_ON = 0x80
_LONGEST_VARINT = 10
_MOST_FIELDS_NAMED = 40
_SHORT_FRAGMENT = 512
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_MS = 7_258_118_400_000  # the year 2200
#: Typed parts of a detail: field, the element it stands for, its attributes.
_TYPED = (
    ("contact", "contact", ("endpoint", "callsign")),
    ("group", "__group", ("name", "role")),
    ("precisionLocation", "precisionlocation", ("geopointsrc", "altsrc")),
    ("status", "status", ("battery",)),
    ("takv", "takv", ("device", "platform", "os", "version")),
    ("track", "track", ("speed", "course")),
)
_HEAD = ("how", "access", "qos", "opex")


class TakProtobuf:
    """Decodes TAK protocol version 1 in both framings, and the XML that such networks fall back to (version 0)."""

    def __init__(self, feed: Feed) -> None:
        self._meaning = Meaning(feed, "tak-protobuf")
        self._zone = readings.zone_of(feed)
        self._layouts = Layouts()
        self._most = parts.most_of(feed, cot_xml.MAX_EVENTS)

    def recall(self, unit: str, *, exercise: bool) -> None:
        """This unit was in an emergency, and is until it is said to be over."""
        self._meaning.recall(unit, exercise=exercise)

    def decode(self, message: Message) -> list[Report]:
        """What one event says, or several of a stream; a bad one of those does not take the others along."""
        payload = message.payload
        if not payload and message.topic:
            return []  # a retained message was cleared
        if payload.startswith(_MESH_HEADER):
            return self._reports(message, payload[len(_MESH_HEADER) :])
        if payload[:1] == b"\xbf":
            if payload[2:3] == b"\xbf" and payload[1] < _VARINT_GOES_ON:  # no TakMessage begins with that byte
                raise BadMessage("another version of the TAK protocol")
            framed = [body for _, body in islice(_stream(payload), self._most + 1)]
            return parts.of_parts(framed, partial(self._reports, message), limit=self._most)
        if payload.lstrip()[:1] == b"<":
            return cot_xml.of_payload(self._meaning, self._layouts, message, self._zone, self._most)
        raise BadMessage("no header of the TAK protocol")

    def _reports(self, message: Message, body: bytes | None) -> list[Report]:
        """What one message says; None stands for one that is cut off."""
        if body is None:
            raise BadMessage("a message is cut off")
        tak = TakMessage()
        try:
            tak.ParseFromString(body)
        except DecodeError:
            raise BadMessage("not a TakMessage of TAK protocol version 1") from None
        if not tak.HasField("cotEvent"):
            if not tak.HasField("takControl"):
                raise BadMessage("a message says nothing")
            return []  # which versions a client reads
        event = _event(tak.cotEvent, exercise=is_exercise(message.topic))
        return self._meaning.reports(message, event) if event is not None else []


def _event(said: Any, *, exercise: bool) -> Event | None:
    """The event of a `CotEvent`; None for talk among clients. Raises BadMessage."""
    event_type: str = said.type
    if not cot_event.is_object(event_type):
        return None
    if not said.uid:
        raise BadMessage("no uid")
    if not said.sendTime:
        raise BadMessage("no time")
    detail = said.detail
    extra = _children(detail.xmlDetail) if detail.xmlDetail else ()
    callsign, droid, speed, course, kind, status, remarks = cot_event.hot_words(extra)
    speed_mps, course_deg = readings.figure(speed), readings.figure(course)
    tags = {part.tag for part in extra}
    if callsign is None and detail.HasField("contact") and "contact" not in tags:
        callsign = detail.contact.callsign
    if detail.HasField("track") and "track" not in tags:
        speed_mps, course_deg = detail.track.speed, detail.track.course
    place, misplaced = cot_event.place_of(said.lat, said.lon, said.hae, said.ce)
    starts_at = _stale_at(said.startTime) if said.startTime > said.sendTime else None
    return Event(
        type=event_type,
        uid=said.uid,
        id=cot_event.identifier(said.uid),
        at=_moment(said.sendTime),
        stale_at=_stale_at(said.staleTime),
        exercise=exercise or cot_event.marked_as_exercise(said.opex, said.qos),
        place=place,
        misplaced=misplaced,
        callsign=readings.name(callsign or droid),
        speed_mps=cot_event.speed_of(speed_mps),
        course_deg=readings.course(course_deg),
        kind=readings.name(kind),
        status=readings.name(status),
        remarks=remarks,
        detail=Detail(later=partial(_opened, said, extra, tags)),
        starts_at=starts_at,
    )


def _opened(said: Any, extra: Sequence[Any], tags: set[str]) -> tuple[Part, Part]:
    """The event's own attributes, and typed parts and those of `xmlDetail` as one detail: of a name, the XML holds."""
    head = {name: value for name in _HEAD if (value := getattr(said, name))}
    if numbers := sorted({field.field_number for field in unknown_fields.UnknownFieldSet(said)}):
        head["fields"] = ", ".join(map(str, numbers[:_MOST_FIELDS_NAMED]))
    typed = []
    for name, tag, attributes in _TYPED:
        if said.detail.HasField(name) and tag not in tags:
            field = getattr(said.detail, name)
            attrib = {one: str(value) for one in attributes if (value := getattr(field, one)) != ""}
            typed.append(Part(tag, attrib))
    return Part("event", head), Part("detail", {}, None, [*typed, *extra])


def _children(fragment: str) -> Sequence[Any]:
    """The elements of an XML fragment without a root. Raises BadMessage."""
    return _short_children(fragment) if len(fragment) <= _SHORT_FRAGMENT else _parsed(fragment)


def _parsed(fragment: str) -> Sequence[Any]:
    root = strict_xml.document(f"<detail>{fragment}</detail>".encode())
    if len(root) == 1 and root[0].tag == "detail":
        root = root[0]  # some senders leave it in
    if len(root) > cot_event.MAX_PARTS:
        raise BadMessage("more than 25,000 parts in a detail")
    return tuple(root)


#: Most units say the same in it each time.
_short_children = lru_cache(maxsize=4_096)(_parsed)


def _moment(milliseconds: int) -> datetime:
    if milliseconds > _LATEST_MS:
        raise BadMessage("time is out of range")
    at = _EPOCH + timedelta(milliseconds=milliseconds)
    readings.check_moment(at)
    return at


def _stale_at(milliseconds: int) -> datetime | None:
    try:
        return _moment(milliseconds) if milliseconds else None
    except BadMessage:
        return None  # what it says is still worth something without its end


def _stream(payload: bytes) -> Iterator[tuple[int, bytes | None]]:
    """The messages of a stream, each behind its length, and where each ends; None, and no more, for one cut off."""
    end, size = 0, len(payload)
    while end < size:
        begin = end + 1
        length = 0
        for count, byte in enumerate(payload[begin : begin + _LONGEST_VARINT], 1):
            length |= (byte & 0x7F) << 7 * (count - 1)
            if byte < _VARINT_GOES_ON:
                begin += count
                break
        else:
            begin = size + 1  # a length without an end
        if payload[end] != _MAGIC or begin + length > size:
            yield size, None
            return
        end = begin + length
        yield end, payload[begin:end]


def split(data: bytes) -> Iterator[Recorded]:
    """A recorded stream, message by message; one mesh message or one XML event is a file of its own."""
    if data[:1] != b"\xbf" or data.startswith(_MESH_HEADER):
        yield Recorded(None, data)
        return
    begin = 0
    for end, _ in _stream(data):
        yield Recorded(None, data[begin:end])
        begin = end


def sniff(_topic: str, payload: bytes) -> int:
    """The mesh header, or a length that leads to the end or to the next message, behind which a field begins."""
    if payload.startswith(_MESH_HEADER):
        return 95
    if payload[:1] != b"\xbf":
        return 0
    _, first = next(_stream(payload))
    return 85 if first is not None and first[:1] in (b"\x0a", b"\x12") else 0


FORMAT = Format(
    name="tak-protobuf",
    summary="TAK protocol version 1 (protobuf), mesh and stream",
    make=TakProtobuf,
    split=split,
    sniff=sniff,
    topic="tak/#",
    limits="500 messages of a stream a payload, 25,000 parts a detail, 4,000 deletions an event",
)
