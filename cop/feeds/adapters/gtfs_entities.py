"""What an entity of GTFS Realtime says, whichever way it is written, and how protobuf says it."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as gtfs

from cop.feeds.adapters import readings
from cop.feeds.message import BadMessage

SELECTORS_LIMIT = 100
#: what is read of a vehicle; everything else is a loss
READ = frozenset({"position", "vehicle", "timestamp", "id", "label", "latitude", "longitude", "bearing", "speed"})
NESTED = frozenset({"trip", "vehicle", "position"})


class Vehicle(NamedTuple):
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


class Notice(NamedTuple):
    """What an Alert says, from either encoding; texts with their languages."""

    periods: list[tuple[float, float]]
    selectors: list[str]
    cause: str
    effect: str
    severity: str
    headline: list[tuple[str, str]]
    description: list[tuple[str, str]]
    url: list[tuple[str, str]]


class Entity(NamedTuple):
    """An entity: its id, whether it is deleted, and what it is; predictions, shapes and stops are neither.

    A `notice` is read when it is asked for: not every one of very many is.
    """

    id: str
    deleted: bool
    vehicle: Vehicle | None
    notice: Callable[[], Notice] | None


def read(payload: bytes) -> tuple[float, str, Iterable[Callable[[], Entity]]]:
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
    return float(feed.header.timestamp), incrementality, (later(_of_protobuf, one) for one in feed.entity)


def later(read: Callable[[Any], Entity], one: object) -> Callable[[], Entity]:
    """An entity that is read when it is asked for, so that a bad one takes no other with it."""
    return lambda: read(one)


def _of_protobuf(entity: Any) -> Entity:
    identity = _text(entity.id)
    if entity.HasField("vehicle"):
        return Entity(identity, entity.is_deleted, _vehicle_of_protobuf(entity.vehicle), None)
    if entity.HasField("alert"):
        return Entity(identity, entity.is_deleted, None, partial(_notice_of_protobuf, entity.alert))
    return Entity(identity, entity.is_deleted, None, None)


def _vehicle_of_protobuf(said: Any) -> Vehicle:
    vehicle, trip = said.vehicle, said.trip
    lat = lon = bearing = speed = None
    if said.HasField("position"):
        place = said.position
        lat, lon = round(place.latitude, 6), round(place.longitude, 6)  # they come in 32 bits
        bearing = place.bearing if place.HasField("bearing") else None
        speed = place.speed if place.HasField("speed") else None
    return Vehicle(
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
            if field.name in NESTED:
                _leave(left, f"{field.name}.", value)
        elif field.name not in READ:
            word = field.enum_type.values_by_number.get(value) if field.enum_type is not None else None
            text = word.name if word is not None else _text(value) if isinstance(value, bytes) else value
            left[prefix + field.name] = readings.loss(text)


def _notice_of_protobuf(said: Any) -> Notice:
    selectors = []
    for one in said.informed_entity[:SELECTORS_LIMIT]:
        route = one.route_id or one.trip.route_id
        type_ = str(one.route_type) if one.HasField("route_type") else ""
        selectors.append(selector(one.agency_id, route, type_, one.trip.trip_id, one.stop_id))
    return Notice(
        periods=[(float(one.start), float(one.end)) for one in said.active_period[:SELECTORS_LIMIT]],
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


def selector(agency: str, route: str, route_type: str, trip: str, stop: str) -> str:
    """Whom an alert is for, in words."""
    words = (("agency", agency), ("route", route), ("route type", route_type), ("trip", trip), ("stop", stop))
    return " ".join(f"{word} {_text(value)[:100]}" for word, value in words if value)
