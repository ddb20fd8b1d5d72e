"""GTFS Realtime: vehicles and service alerts of public transport, as protobuf or as JSON (reference version 2.0)."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec
from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as gtfs

from cop.domain.area import Alert
from cop.domain.report import Report, Retraction
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import parts, readings, strict_json
from cop.feeds.adapters.adapter import Format, Recorded
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

_ENTITIES_REMEMBERED = 100_000
_TOPICS_REMEMBERED = 1_000
_SELECTORS_LIMIT = 100
#: a clock that says less was never set
_SET_S = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
_HEADER_TIME = "no time of its own: that of the whole message stands for it"
_NO_TIME = "no time in the message: the time of receipt stands for it"
_FULL = "FULL_DATASET"

Enum = str | int | None


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    kind: str = "vehicle"
    routes: dict[str, str] = {}
    units: dict[str, str] = {}
    language: str = "en"


class _Vehicle(NamedTuple):
    """What a VehiclePosition says, from either encoding. `losses` are found out only where the unit is news."""

    id: str
    label: str
    trip: str
    route: str
    timestamp: float
    lat: float | None
    lon: float | None
    bearing: float | None
    speed: float | None
    losses: Callable[[], dict[str, str]]


class _Notice(NamedTuple):
    """What an Alert says, from either encoding; texts with their languages."""

    periods: list[tuple[float, float]]
    selectors: list[str]
    cause: str
    effect: str
    severity: str
    headline: list[tuple[str, str]]
    description: list[tuple[str, str]]
    url: list[tuple[str, str]]


class _Entity(NamedTuple):
    id: str
    deleted: bool
    vehicle: _Vehicle | None
    notice: _Notice | None


class GtfsRt:
    """Decodes GTFS Realtime.

    Option `kind` is what vehicles are, `routes` what those of a route are, `units` what single ones are, `language`
    which of the languages of an alert is shown.
    """

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._voice = Voice(feed, "gtfs-rt")
        self._words = Vocabulary(feed, "gtfs-rt")
        self._kind, self._routes, self._kinds = options.kind, options.routes, options.units
        self._language = options.language.casefold()
        self._said: readings.LastWords[Alert] = readings.LastWords()
        #: entity -> what it was, for an entity that is deleted says no more than its id
        self._entities: dict[str, tuple[str, str]] = {}
        #: topic -> the alerts of its last full data set, and when
        self._alerts: dict[str, tuple[float, frozenset[str]]] = {}

    def decode(self, message: Message) -> list[Report]:
        """Unit, when it changed, and position of every vehicle; alerts that are new or changed; what is gone."""
        payload = message.payload
        if not payload and message.topic:
            return []  # a retained message was cleared
        if payload.lstrip()[:1] == b"{":
            sent, increments, entities = _read_json(payload)
        else:
            sent, increments, entities = _read_protobuf(payload)
        alerts: set[str] = set()
        others = 0

        def read(encoded: Callable[[], _Entity]) -> list[Report]:
            nonlocal others
            entity = encoded()
            if entity.deleted:
                return self._gone(message, sent, entity)
            if entity.vehicle is not None:
                others += 1
                return self._vehicle(message, sent, entity, entity.vehicle)
            if entity.notice is not None:
                alerts.add(readings.identifier(entity.id))
                return self._alert(message, sent, entity, entity.notice)
            others += 1
            return []  # predictions, shapes and stops: nothing of ours

        reports = parts.of_parts(entities, read)
        if increments == _FULL and not others and sent:
            reports += self._ended(message, sent, frozenset(alerts))
        return reports

    def _vehicle(self, message: Message, sent: float, entity: _Entity, said: _Vehicle) -> list[Report]:
        name = said.id or said.label or entity.id or said.trip
        if not name:
            raise BadMessage("nobody says which vehicle")
        unit_id = readings.identifier(name)
        at, why = _moment(message, said.timestamp, sent)
        unit = Unit(
            id=unit_id,
            at=at,
            callsign=readings.name(said.label or name),
            kind=self._kinds.get(unit_id) or self._routes.get(said.route) or self._kind,
        )
        original = (name, "vehicle")
        noted = {"timestamp": why} if why else {}
        reports = self._voice.unit(
            message, unit, lambda: {**said.losses(), **noted}, beside=(said.trip, said.route), original=original
        )
        if entity.id:
            self._remember(entity.id, ("unit", unit_id))
        lat, lon = said.lat, said.lon
        if lat is None or lon is None or (lat == 0.0 and lon == 0.0):
            return reports
        if not readings.on_the_globe(lat, lon):
            raise BadMessage("coordinates are outside the globe", reports)
        position = Position(
            id=unit_id,
            at=at,
            lat=lat,
            lon=lon,
            course_deg=readings.course(said.bearing),
            speed_mps=readings.within(said.speed, 0.0, 12_000.0),
        )
        reports.append(self._voice.position(message, position, original=original, losses=noted))
        return reports

    def _alert(self, message: Message, sent: float, entity: _Entity, said: _Notice) -> list[Report]:
        at, why = _moment(message, 0.0, sent)
        identity = readings.identifier(entity.id)
        starts, ends = _period(said.periods, at.timestamp())
        losses = {"timestamp": why} if why == _NO_TIME else {}
        headline, description = self._chosen(said.headline), self._chosen(said.description)
        for name, texts, chosen in (
            ("header", said.headline, headline),
            ("description", said.description, description),
        ):
            for text, language in texts[:10]:
                if text != chosen:
                    losses[readings.loss(f"{name}.{language}")] = readings.loss(text)
        if said.cause:
            losses["cause"] = readings.loss(said.cause)
        if said.url:
            losses["url"] = readings.loss(self._chosen(said.url))
        if len(said.periods) > 1:
            losses["active_period"] = readings.loss(said.periods)
        alert = Alert(
            id=identity,
            at=at,
            event=self._words.word("effects", said.effect, "Service alert"),
            headline=readings.name(headline),
            description=readings.prose(description),
            area=readings.prose(", ".join(said.selectors)),
            severity=self._words.word("severities", said.severity, "Unknown"),
            starts_at=starts,
            expires_at=ends,
        )
        self._remember(entity.id, ("alert", identity))
        if not self._said.is_news(identity, at, msgspec.structs.replace(alert, at=_EVER), message.received_at):
            return []
        return [self._voice.report(message, alert, original=(entity.id, "alert"), stale_at=ends, losses=losses)]

    def _gone(self, message: Message, sent: float, entity: _Entity) -> list[Report]:
        known = self._entities.pop(entity.id, None)
        if known is None:
            return []
        return [self._retraction(message, sent, *known)]

    def _ended(self, message: Message, sent: float, alerts: frozenset[str]) -> list[Report]:
        """A full data set of alerts alone (or empty) ends those of the one before that it no longer has."""
        before_at, before = self._alerts.get(message.topic, (0.0, frozenset()))
        if sent < before_at or (not alerts and not before):
            return []
        if len(self._alerts) >= _TOPICS_REMEMBERED:
            self._alerts.clear()
        self._alerts[message.topic] = (sent, alerts)
        return [self._retraction(message, sent, "alert", identity) for identity in sorted(before - alerts)]

    def _retraction(self, message: Message, sent: float, kind: str, identity: str) -> Report:
        if kind == "unit":
            self._voice.forget(identity)
        else:
            self._said.forget(identity)
        at, _why = _moment(message, 0.0, sent)
        return self._voice.report(message, Retraction(id=identity, at=at, kind=kind), original=(identity, kind))

    def _remember(self, entity: str, what: tuple[str, str]) -> None:
        if len(self._entities) >= _ENTITIES_REMEMBERED:
            self._entities.clear()  # a hostile sender may invent entities without end
        self._entities[entity] = what

    def _chosen(self, texts: list[tuple[str, str]]) -> str:
        """The text of the option's language, else the one without a language, else the first."""
        for text, language in texts:
            if language.casefold().partition("-")[0] == self._language or language.casefold() == self._language:
                return text
        plain = (text for text, language in texts if not language)
        return next(plain, texts[0][0] if texts else "")


_EVER = datetime(2000, 1, 1, tzinfo=UTC)


def _moment(message: Message, own: float, whole: float) -> tuple[datetime, str]:
    """The vehicle's time, else the whole message's, else that of receipt; and what stands for it. Raises BadMessage."""
    if own >= _SET_S:
        return readings.moment_of_seconds(own), ""
    if whole >= _SET_S:
        return readings.moment_of_seconds(whole), _HEADER_TIME
    if message.retained:
        raise BadMessage("a retained message without a time")
    return message.received_at, _NO_TIME


def _period(periods: list[tuple[float, float]], now: float) -> tuple[datetime | None, datetime | None]:
    """The period that holds now, else the next one to come, else the last one; 0 is an open end."""
    if not periods:
        return None, None
    current = [one for one in periods if one[0] <= now and (not one[1] or now < one[1])]
    coming = [one for one in periods if one[0] > now]
    start, end = current[0] if current else min(coming) if coming else max(periods, key=lambda one: one[1])
    return (
        readings.moment_of_seconds(start) if start else None,
        readings.moment_of_seconds(end) if end else None,
    )


# --- protobuf ---------------------------------------------------------------------------------------------------------


def _read_protobuf(payload: bytes) -> tuple[float, str, Iterable[Callable[[], _Entity]]]:
    """Time, incrementality and entities of a FeedMessage. Raises BadMessage."""
    feed = gtfs.FeedMessage()
    try:
        feed.ParseFromString(payload)
        version = feed.header.gtfs_realtime_version
    except DecodeError:
        raise BadMessage("neither GTFS Realtime nor JSON") from None
    if not 1 <= len(version) <= 8 or not version[:1].isdigit():
        raise BadMessage("neither GTFS Realtime nor JSON")
    incrementality = gtfs.FeedHeader.Incrementality.Name(feed.header.incrementality)
    return float(feed.header.timestamp), incrementality, (_later(_of_protobuf, one) for one in feed.entity)


def _later(read: Callable[[Any], _Entity], one: object) -> Callable[[], _Entity]:
    return lambda: read(one)


def _of_protobuf(entity: Any) -> _Entity:
    identity = _text(entity.id)
    if entity.HasField("vehicle"):
        return _Entity(identity, entity.is_deleted, _vehicle_of_protobuf(entity.vehicle), None)
    if entity.HasField("alert"):
        return _Entity(identity, entity.is_deleted, None, _notice_of_protobuf(entity.alert))
    return _Entity(identity, entity.is_deleted, None, None)


def _vehicle_of_protobuf(said: Any) -> _Vehicle:
    vehicle, trip = said.vehicle, said.trip
    lat = lon = bearing = speed = None
    if said.HasField("position"):
        place = said.position
        lat, lon = round(place.latitude, 6), round(place.longitude, 6)  # they come in 32 bits
        bearing = place.bearing if place.HasField("bearing") else None
        speed = place.speed if place.HasField("speed") else None
    return _Vehicle(
        _text(vehicle.id),
        _text(vehicle.label),
        _text(trip.trip_id),
        _text(trip.route_id),
        float(said.timestamp),
        lat,
        lon,
        bearing,
        speed,
        lambda: _losses_of_protobuf(said),
    )


def _losses_of_protobuf(said: Any) -> dict[str, str]:
    """Every field that is set and that nobody read, those of trip and vehicle too."""
    left: dict[str, str] = {}
    _leave(left, "", said)
    return left


def _leave(left: dict[str, str], prefix: str, part: Any) -> None:
    for field, value in part.ListFields():
        if field.message_type is not None:
            if field.name in _NESTED:
                _leave(left, f"{field.name}.", value)
        elif field.name not in _READ:
            word = field.enum_type.values_by_number.get(value) if field.enum_type is not None else None
            text = word.name if word is not None else _text(value) if isinstance(value, bytes) else value
            left[prefix + field.name] = readings.loss(text)


_NESTED = frozenset({"trip", "vehicle", "position"})
_READ = frozenset({"position", "vehicle", "timestamp", "id", "label", "latitude", "longitude", "bearing", "speed"})


def _notice_of_protobuf(said: Any) -> _Notice:
    selectors = []
    for one in said.informed_entity[:_SELECTORS_LIMIT]:
        route = one.route_id or one.trip.route_id
        type_ = str(one.route_type) if one.HasField("route_type") else ""
        selectors.append(_selector(one.agency_id, route, type_, one.trip.trip_id, one.stop_id))
    return _Notice(
        periods=[(float(one.start), float(one.end)) for one in said.active_period[:_SELECTORS_LIMIT]],
        selectors=selectors,
        cause=gtfs.Alert.Cause.Name(said.cause) if said.HasField("cause") else "",
        effect=gtfs.Alert.Effect.Name(said.effect) if said.HasField("effect") else "",
        severity=gtfs.Alert.SeverityLevel.Name(said.severity_level) if said.HasField("severity_level") else "",
        headline=_translations(said.header_text.translation),
        description=_translations(said.description_text.translation),
        url=_translations(said.url.translation),
    )


def _translations(texts: Any) -> list[tuple[str, str]]:
    return [(_text(one.text), _text(one.language)) for one in texts[:20]]


def _text(text: str | bytes) -> str:
    """A text as it came; proto2 lets pass what is no UTF-8, as bytes."""
    return text if isinstance(text, str) else text.decode("utf-8", "replace")


def _selector(agency: str, route: str, route_type: str, trip: str, stop: str) -> str:
    words = (("agency", agency), ("route", route), ("route type", route_type), ("trip", trip), ("stop", stop))
    return " ".join(f"{word} {_text(value)[:100]}" for word, value in words if value)


# --- JSON: the names of protobuf's own mapping in camel case, or those of the reference -------------------------------


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


def _read_json(payload: bytes) -> tuple[float, str, Iterable[Callable[[], _Entity]]]:
    """Time, incrementality and entities of a message in JSON. Raises BadMessage."""
    whole = strict_json.decode(payload, _WHOLE)
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
    increments = "" if whole.header is None else _word(header.incrementality, gtfs.FeedHeader.Incrementality) or _FULL
    return header.timestamp or 0.0, increments, (_later(_of_camel if camel else _of_snake, one) for one in entities)


def _of_snake(encoded: bytes) -> _Entity:
    return _of_json(encoded, _ENTITY)


def _of_camel(encoded: bytes) -> _Entity:
    return _of_json(encoded, _CAMEL_ENTITY)


def _of_json(encoded: bytes, decoder: Any) -> _Entity:
    entity: _JsonEntity = strict_json.decode(encoded, decoder)
    # Entity and vehicle both have an `id`, and each is called `vehicle`; any other key stands once.
    if strict_json.flat_keys_repeat(encoded.replace(b'"id"', b"", 2).replace(b'"vehicle"', b"", 2)):
        strict_json.loads(encoded)
    identity, deleted = entity.id or "", bool(entity.is_deleted)
    if entity.vehicle is not None:
        return _Entity(identity, deleted, _vehicle_of_json(entity.vehicle, encoded), None)
    if entity.alert is not None:
        return _Entity(identity, deleted, None, _notice_of_json(entity.alert))
    return _Entity(identity, deleted, None, None)


def _vehicle_of_json(said: _Vehicular, encoded: bytes) -> _Vehicle:
    vehicle, trip, place = said.vehicle or _Descriptor(), said.trip or _Trip(), said.position or _Place()
    return _Vehicle(
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
    said = strict_json.loads(encoded)["vehicle"]
    left = readings.unread(said, _READ | {"trip"})
    for name in sorted(_NESTED):
        if isinstance(said.get(name), dict):
            inner = readings.unread(said[name], _READ)
            left |= {readings.loss(f"{name}.{key}"): value for key, value in inner.items()}
    return dict(list(left.items())[:40])


def _notice_of_json(said: _Warning) -> _Notice:
    selectors = []
    for one in (said.informed_entity or [])[:_SELECTORS_LIMIT]:
        trip = one.trip or _Trip()
        route_type = "" if one.route_type is None else str(one.route_type)
        route = one.route_id or trip.route_id or ""
        selectors.append(_selector(one.agency_id or "", route, route_type, trip.trip_id or "", one.stop_id or ""))
    return _Notice(
        periods=[(one.start or 0.0, one.end or 0.0) for one in (said.active_period or [])[:_SELECTORS_LIMIT]],
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


def recorded(data: bytes) -> Iterator[Recorded]:
    """Cut a recorded file: JSON a line or one message, protobuf one message."""
    if data.lstrip()[:1] == b"{":
        yield from strict_json.lines(data)
    else:
        yield Recorded(None, data)


def sniff(_topic: str, payload: bytes) -> int:
    """The version in the header; of JSON without one, the words of an entity."""
    if (
        payload[:1] == b"\n"
        and payload[2:3] == b"\n"
        and payload[4:8] in (b"1.0\x10", b"2.0\x10", b"2.0\x18", b"1.0\x12")
    ):
        return 95
    head = payload[:4096]
    if b'"gtfs_realtime_version"' in head or b'"gtfsRealtimeVersion"' in head:
        return 95
    words = (b'"trip_update"', b'"tripUpdate"', b'"trip_id"', b'"tripId"')
    if b'"vehicle"' in head and any(word in head for word in words):
        return 75
    return 70 if b'"informed_entity"' in head or b'"informedEntity"' in head else 0


FORMAT = Format(
    name="gtfs-rt",
    summary="GTFS Realtime vehicles and alerts (protobuf, JSON)",
    make=GtfsRt,
    split=recorded,
    sniff=sniff,
)
