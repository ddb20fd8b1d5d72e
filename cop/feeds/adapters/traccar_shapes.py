"""The three shapes of a tracker's position in JSON: Traccar's, OsmAnd's and flespi's."""

from typing import Any

import msgspec

Time = str | float | None


class Attributes(msgspec.Struct):
    """What a tracker says beside its place, of which only the alarm is read."""

    alarm: Any = None


class Fix(msgspec.Struct):
    """Traccar's Position."""

    deviceId: int | str | None = None  # noqa: N815 - Traccar's name
    fixTime: Time = None  # noqa: N815 - as above
    deviceTime: Time = None  # noqa: N815 - as above
    serverTime: Time = None  # noqa: N815 - as above
    valid: bool | None = None
    outdated: bool | None = None
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    speed: float | None = None
    course: float | None = None
    accuracy: float | None = None
    attributes: Attributes | None = None


class Device(msgspec.Struct):
    """Traccar's Device."""

    id: int | str | None = None
    uniqueId: int | str | None = None  # noqa: N815 - Traccar's name
    name: str | None = None
    category: str | None = None


class Event(msgspec.Struct):
    """Traccar's Event."""

    type: str | None = None
    eventTime: Time = None  # noqa: N815 - Traccar's name
    attributes: Attributes | None = None


class Coordinates(msgspec.Struct):
    """OsmAnd's coordinates; -1 is unknown."""

    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = None
    speed: float | None = None
    heading: float | None = None
    accuracy: float | None = None


class Location(msgspec.Struct):
    """OsmAnd's location."""

    timestamp: Time = None
    coords: Coordinates | None = None
    mock: bool | None = None
    extras: Attributes | list[Any] | None = None


class Track(Fix):
    """Any of the shapes: a pair of position and device, a position alone, OsmAnd's, flespi's."""

    position: Fix | None = None
    device: Device | None = None
    event: Event | str | None = None
    location: Location | list[Location] | None = None
    device_id: int | str | None = None
    ident: int | str | None = None
    timestamp: Time = None
    fix_timestamp: Time = msgspec.field(name="position.timestamp", default=None)
    flespi_lat: float | None = msgspec.field(name="position.latitude", default=None)
    flespi_lon: float | None = msgspec.field(name="position.longitude", default=None)
    flespi_alt: float | None = msgspec.field(name="position.altitude", default=None)
    flespi_speed: float | None = msgspec.field(name="position.speed", default=None)
    flespi_course: float | None = msgspec.field(name="position.direction", default=None)
    flespi_valid: bool | None = msgspec.field(name="position.valid", default=None)
    flespi_name: str | None = msgspec.field(name="device.name", default=None)
    flespi_alarm: Any = msgspec.field(name="alarm.event", default=None)
    flespi_trigger: Any = msgspec.field(name="alarm.event.trigger", default=None)
    flespi_sos: Any = msgspec.field(name="custom.SOS", default=None)


TRACK = msgspec.json.Decoder(Track)
TRACKS = msgspec.json.Decoder(list[msgspec.Raw])
