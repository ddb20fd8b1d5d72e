"""Our own JSON (`docs/formats/cop-json.md`): the topic says agency, kind and id, the payload is one statement."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec

from cop.domain.area import Alert, Zone
from cop.domain.details import IncidentDetails, details_id
from cop.domain.report import BODY_KINDS, Report, Retraction, Source
from cop.domain.statement import Identifier, Moment, ShortText, Statement
from cop.domain.unit import Position
from cop.feeds.adapters import geometries, readings, strict_json
from cop.feeds.adapters.adapter import Format
from cop.feeds.message import BadMessage, Feed, Message
from cop.feeds.topics import ObjectTopic, is_exercise, levels_of, parse_object_topic


class _Tombstone(msgspec.Struct, kw_only=True):
    """The head alone of an object that is taken back."""

    id: Identifier
    at: Moment
    rev: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    by: ShortText = ""
    deleted: bool = False


_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {
    kind: msgspec.json.Decoder(body) for kind, body in BODY_KINDS.items() if kind != "retraction"
}
#: no tombstone is longer, in bytes
_HEAD_LENGTH = 4_096
_KIND_OF_PAYLOAD = msgspec.json.Decoder(dict[str, msgspec.Raw])
_ENCODER = msgspec.json.Encoder()
_AT = re.compile(rb'"at":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)"')


def encode(body: Statement) -> bytes:
    """The payload of one statement."""
    return _ENCODER.encode(body)


def decode_body(kind: str, payload: bytes) -> Statement:
    """The statement in a payload of our own. Raises BadMessage."""
    body: Statement = strict_json.decode(payload, _DECODERS[kind])
    return body


class CopJson:
    """Decodes cop-json. Without a topic (recorded files) the payload's own `report` says what it is."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._shapes = strict_json.Shapes()
        self._stale_after = timedelta(seconds=feed.stale_after_s)

    def decode(self, message: Message) -> list[Report]:
        """One report a message; an empty payload is the owner's removal of the retained object."""
        where = parse_object_topic(message.topic) if message.topic else None
        if message.topic and where is None:
            raise BadMessage("topic is none of our tree")
        if where is None:
            where = ObjectTopic("", self._feed.agency, _payload_kind(message.payload), "")
        elif self._feed.agency and where.agency != self._feed.agency:
            raise BadMessage("agency in the topic is not this feed's agency")
        if not message.payload:
            object_id = details_id(where.to, where.id) if where.to else where.id
            return [self._report(message, where, Retraction(id=object_id, at=message.received_at, kind=where.kind))]
        body: Any = self._body(where.kind, message.payload)
        if where.id and where.id not in levels_of(body):
            raise BadMessage("id in the payload is not the topic's")
        if isinstance(body, IncidentDetails) and where.to and body.to != where.to:
            raise BadMessage("who may read it is not whom the topic names")
        losses: dict[str, str] = {}
        if isinstance(body, Zone | Alert) and body.geometry:
            geometry, left_out = geometries.checked(body.geometry)
            body = msgspec.structs.replace(body, geometry=geometry)
            if left_out:
                losses["geometry"] = left_out
        return [self._report(message, where, _in_utc(body), losses)]

    def _body(self, kind: str, payload: bytes) -> Statement:
        """The statement of that kind; a tombstone need not hold what its kind holds otherwise. Raises BadMessage."""
        try:
            if kind == "position":
                body: Statement = self._shapes.decode(payload, _DECODERS[kind])
            else:
                body = _converted(strict_json.quick(payload), kind)
        except BadMessage:
            gone = _tombstone(payload)
            if gone is None:
                raise
            return Retraction(id=gone.id, at=gone.at, rev=gone.rev, by=gone.by, kind=kind)
        if kind == "position" and body.deleted:  # where it was is no place where it is
            return Retraction(id=body.id, at=body.at, rev=body.rev, by=body.by, kind=kind)
        return body

    def _report(self, message: Message, where: ObjectTopic, body: Any, losses: dict[str, str] | None = None) -> Report:
        stale_at: datetime | None = body.at + self._stale_after if isinstance(body, Position) else None
        return Report(
            agency=where.agency,
            body=body,
            source=Source(feed=self._feed.name, format="cop-json", original_id=body.id, original_type=where.kind),
            received_at=message.received_at,
            stale_at=stale_at,
            exercise=is_exercise(message.topic),
            losses=losses or {},
        )


def _tombstone(payload: bytes) -> _Tombstone | None:
    """The head of an object that is taken back; None for anything else."""
    if len(payload) > _HEAD_LENGTH or b'"deleted"' not in payload:
        return None
    try:
        gone: _Tombstone = strict_json.converted(strict_json.quick(payload), _Tombstone)
    except BadMessage:
        return None
    return gone if gone.deleted else None


def _in_utc(body: Statement) -> Statement:
    """The body with every time in UTC, whatever offset its sender wrote. Raises BadMessage for times out of range."""
    readings.check_moment(body.at)
    if isinstance(body, Position) and body.at.tzinfo is UTC:
        return body  # the many ones have no other time
    try:
        brought = {
            name: value.astimezone(UTC)
            for name in body.__struct_fields__
            if isinstance(value := getattr(body, name), datetime) and value.tzinfo is not UTC
        }
    except OverflowError:
        raise BadMessage("time is out of range") from None
    return msgspec.structs.replace(body, **brought) if brought else body


def _converted(parsed: Any, kind: str) -> Statement:
    """A parsed payload as its statement; a geometry is passed on as it is, for to convert it copies every vertex."""
    geometry = parsed.get("geometry") if kind in ("zone", "alert") and isinstance(parsed, dict) else None
    if type(geometry) is not dict:
        return strict_json.converted(parsed, BODY_KINDS[kind])
    body = strict_json.converted({**parsed, "geometry": {}}, BODY_KINDS[kind])
    return msgspec.structs.replace(body, geometry=geometry)


def _payload_kind(payload: bytes) -> str:
    fields = strict_json.decode(payload, _KIND_OF_PAYLOAD)
    kind = strict_json.loads(bytes(fields["report"])) if "report" in fields else None
    if not isinstance(kind, str) or kind not in _DECODERS:
        raise BadMessage("no topic, and the payload does not say what it reports")
    return kind


def said_at(payload: bytes) -> float | None:
    """The time of a position, epoch seconds, cut out; None if it is not plain where it stands, or of what is gone."""
    found = _AT.findall(payload)
    if len(found) != 1 or b"\\" in payload or payload.count(b'"at"') != 1 or b'"deleted"' in payload:
        return None
    try:
        return datetime.fromisoformat(found[0].decode()).timestamp()
    except (ValueError, OverflowError):
        return None


def sniff(topic: str, payload: bytes) -> int:
    """Its own topics say it; without one, the two fields that every object has."""
    if parse_object_topic(topic) is not None:
        return 100
    begin = payload[:4096]
    return 60 if b'"report"' in begin and b'"at"' in begin and b'"id"' in begin else 0


FORMAT = Format(
    name="cop-json",
    summary="our own JSON, every kind of object",
    make=CopJson,
    split=strict_json.lines,
    sniff=sniff,
    topic="cop/v1/#",
    outbound=True,
    remembers=False,
    peek=said_at,
)
