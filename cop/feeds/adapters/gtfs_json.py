"""GTFS Realtime in JSON: the names of protobuf's own mapping in camel case, or those of the reference."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import msgspec
from google.transit import gtfs_realtime_pb2 as gtfs

from cop.feeds.adapters import readings, strict_json
from cop.feeds.adapters.gtfs_entities import NESTED, READ, SELECTORS_LIMIT, Entity, Notice, Vehicle, later, selector
from cop.feeds.message import BadMessage

Enum = str | int | None
#: what a header that does not say it means
FULL = "FULL_DATASET"


class _Trip(msgspec.Struct):
    trip_id: str | None = None
    route_id: str | None = None


class _Descriptor(msgspec.Struct):
    id: str | None = None
    label: str | None = None


class _Place(msgspec.Struct):
    latitude: float | None = None
    longitude: float | None = None
    bearing: float | None = None
    speed: float | None = None


class _Vehicular(msgspec.Struct):
    trip: _Trip | None = None
    vehicle: _Descriptor | None = None
    position: _Place | None = None
    timestamp: float | None = None


class _Span(msgspec.Struct):
    start: float | None = None
    end: float | None = None


class _Selector(msgspec.Struct):
    agency_id: str | None = None
    route_id: str | None = None
    route_type: Enum = None
    stop_id: str | None = None
    trip: _Trip | None = None


class _Translation(msgspec.Struct):
    text: str | None = None
    language: str | None = None


class _Translated(msgspec.Struct):
    translation: list[_Translation] | None = None


class _Warning(msgspec.Struct):
    active_period: list[_Span] | None = None
    informed_entity: list[_Selector] | None = None
    cause: Enum = None
    effect: Enum = None
    severity_level: Enum = None
    header_text: _Translated | None = None
    description_text: _Translated | None = None
    url: _Translated | None = None


class _JsonEntity(msgspec.Struct):
    id: str | None = None
    is_deleted: bool | None = None
    vehicle: _Vehicular | None = None
    alert: _Warning | None = None


def _camel(shape: type[msgspec.Struct], **types: Any) -> type[msgspec.Struct]:
    """The same shape with the names of protobuf's own mapping; a subclass would keep the names it inherits."""
    fields = [(one.name, types.get(one.name, one.type), None) for one in msgspec.structs.fields(shape)]
    return msgspec.defstruct(f"Camel{shape.__name__}", fields, rename="camel")


_CAMEL_TRIP = _camel(_Trip)
_CAMEL_SELECTOR = _camel(_Selector, trip=_CAMEL_TRIP | None)
_CAMEL_VEHICULAR = _camel(_Vehicular, trip=_CAMEL_TRIP | None)
_CAMEL_WARNING = _camel(_Warning, informed_entity=list[_CAMEL_SELECTOR] | None)  # type: ignore[valid-type]  # made above
_CAMEL_SHAPE = _camel(_JsonEntity, vehicle=_CAMEL_VEHICULAR | None, alert=_CAMEL_WARNING | None)


class _Header(msgspec.Struct):
    timestamp: float | None = None
    incrementality: Enum = None


class _Whole(msgspec.Struct):
    """A FeedMessage, a FeedEntity alone, or one in an envelope."""

    header: _Header | None = None
    entity: list[msgspec.Raw] | None = None
    payload: msgspec.Raw = msgspec.Raw(b"null")
    vehicle: msgspec.Raw = msgspec.Raw(b"null")
    alert: msgspec.Raw = msgspec.Raw(b"null")


# Numbers of 64 bits are texts in protobuf's own mapping.
_WHOLE = msgspec.json.Decoder(_Whole, strict=False)
_ENTITY = msgspec.json.Decoder(_JsonEntity, strict=False)
_CAMEL_ENTITY = msgspec.json.Decoder(_CAMEL_SHAPE, strict=False)
_CAMEL_WORDS = (b'"gtfsRealtimeVersion"', b'"tripId"', b'"routeId"', b'"headerText"', b'"informedEntity"')


def read(payload: bytes) -> tuple[float, str, Iterable[Callable[[], Entity]]]:
    """Time, incrementality and entities of a message in JSON. Raises BadMessage."""
    strict_json.quick(payload)  # depth and repeated keys, of all entities at once
    whole = strict_json.checked(payload, _WHOLE)
    camel = any(word in payload for word in _CAMEL_WORDS)
    header = whole.header or _Header()
    entities: Iterable[bytes]
    if whole.entity is not None:
        entities = map(bytes, whole.entity)
    elif bytes(whole.payload) != b"null":
        entities = [bytes(whole.payload)]
    elif bytes(whole.vehicle) != b"null" or bytes(whole.alert) != b"null":
        entities = [payload]
    elif whole.header is not None:
        entities = []
    else:
        raise BadMessage("no feed, entity or vehicle of GTFS Realtime")
    increments = "" if whole.header is None else _word(header.incrementality, gtfs.FeedHeader.Incrementality) or FULL
    return header.timestamp or 0.0, increments, (later(_of_camel if camel else _of_snake, one) for one in entities)


def _of_snake(encoded: bytes) -> Entity:
    return _of_json(encoded, _ENTITY)


def _of_camel(encoded: bytes) -> Entity:
    return _of_json(encoded, _CAMEL_ENTITY)


def _of_json(encoded: bytes, decoder: Any) -> Entity:
    entity: _JsonEntity = strict_json.checked(encoded, decoder)
    identity, deleted = entity.id or "", bool(entity.is_deleted)
    if entity.vehicle is not None:
        return Entity(identity, deleted, _vehicle_of_json(entity.vehicle, encoded), None)
    if entity.alert is not None:
        return Entity(identity, deleted, None, partial(_notice_of_json, entity.alert))
    return Entity(identity, deleted, None, None)


def _vehicle_of_json(said: _Vehicular, encoded: bytes) -> Vehicle:
    vehicle, trip, place = said.vehicle or _Descriptor(), said.trip or _Trip(), said.position or _Place()
    return Vehicle(
        vehicle.id or "",
        vehicle.label or "",
        trip.trip_id or "",
        trip.route_id or "",
        said.timestamp or 0.0,
        place.latitude,
        place.longitude,
        place.bearing,
        place.speed,
        lambda: _losses_of_json(encoded),
    )


def _losses_of_json(encoded: bytes) -> dict[str, str]:
    said = strict_json.quick(encoded)["vehicle"]
    left = readings.unread(said, READ | {"trip"})
    for name in sorted(NESTED):
        if isinstance(said.get(name), dict):
            inner = readings.unread(said[name], READ)
            left |= {readings.loss(f"{name}.{key}"): value for key, value in inner.items()}
    return dict(list(left.items())[:40])


def _notice_of_json(said: _Warning) -> Notice:
    selectors = []
    for one in (said.informed_entity or [])[:SELECTORS_LIMIT]:
        trip = one.trip or _Trip()
        route_type = "" if one.route_type is None else str(one.route_type)
        route = one.route_id or trip.route_id or ""
        selectors.append(selector(one.agency_id or "", route, route_type, trip.trip_id or "", one.stop_id or ""))
    return Notice(
        periods=[(one.start or 0.0, one.end or 0.0) for one in (said.active_period or [])[:SELECTORS_LIMIT]],
        selectors=selectors,
        cause=_word(said.cause, gtfs.Alert.Cause),
        effect=_word(said.effect, gtfs.Alert.Effect),
        severity=_word(said.severity_level, gtfs.Alert.SeverityLevel),
        headline=_json_translations(said.header_text),
        description=_json_translations(said.description_text),
        url=_json_translations(said.url),
    )


def _json_translations(said: _Translated | None) -> list[tuple[str, str]]:
    texts = said.translation if said is not None else None
    return [(one.text or "", one.language or "") for one in (texts or [])[:20]]


def _word(said: Enum, enum: Any) -> str:
    """The name of an enumeration's value, which JSON may give by name or by number."""
    if said is None:
        return ""
    text = str(said)
    if text.isdecimal() and len(text) < 4 and int(text) in enum.values():
        return str(enum.Name(int(text)))
    return text
