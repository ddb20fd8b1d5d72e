"""Ships as Digitraffic (Fintraffic) publishes them: JSON on `vessels-v2/<mmsi>/location` and `…/metadata`.

Sources: Digitraffic, "Marine traffic" (MQTT, REST and WebSocket forms); the figures are those of ITU-R M.1371-5.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import msgspec

from cop.domain.report import Report
from cop.domain.rules.plausible import refuse_time
from cop.domain.unit import Position
from cop.feeds.adapters import readings, strict_json
from cop.feeds.adapters.adapter import Format, Recorded
from cop.feeds.adapters.ais_vessels import Vessel, Vessels
from cop.feeds.adapters.clocks import KNOT_MPS
from cop.feeds.adapters.parts import most_of, of_parts
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

#: of one message; measured so that it takes no more than about 50 ms
VESSELS_LIMIT = 2_000
_TOPICS_REMEMBERED = 100_000
_MILLISECONDS_FROM = 1e11
_HIGH_ACCURACY_M = 10.0
_NO_FIX = {61: "typed in by hand", 62: "dead reckoning"}
_WORKS_NOT = 63
_LARGEST_MMSI = (1 << 30) - 1
_LOCATION_READ = frozenset(
    {
        *("mmsi", "time", "timestampExternal", "lat", "lon", "sog", "cog", "heading", "navStat", "posAcc", "timestamp"),
        *("raim", "rot"),
    }
)
_METADATA_READ = frozenset({"mmsi", "timestamp", "name", "type", "shipType", "draught", "eta"})


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    """None."""


class _Location(msgspec.Struct):
    time: float | None = None
    timestampExternal: float | None = None  # noqa: N815 - their name
    timestamp: float | None = None
    lat: float | None = None
    lon: float | None = None
    sog: float | None = None
    cog: float | None = None
    heading: float | None = None
    navStat: int | None = None  # noqa: N815 - as above
    posAcc: bool | None = None  # noqa: N815 - as above
    rot: float | None = None
    raim: bool | None = None


class _Metadata(msgspec.Struct):
    timestamp: float | None = None
    name: str | None = None
    type: int | str | None = None
    shipType: int | None = None  # noqa: N815 - as above
    draught: float | None = None
    eta: int | None = None


class _Geometry(msgspec.Struct):
    coordinates: list[float] | None = None


class _Feature(msgspec.Struct):
    mmsi: int | None = None
    geometry: _Geometry | None = None
    properties: Any = None


class _Addressed(msgspec.Struct):
    mmsi: int | None = None


class _Whose(NamedTuple):
    mmsi: int
    what: str


_LOCATION = msgspec.json.Decoder(_Location)
_METADATA = msgspec.json.Decoder(_Metadata)


class DigitrafficAis:
    """Decodes Digitraffic's ships: where they are, what they are called."""

    def __init__(self, feed: Feed) -> None:
        readings.options_of(feed, _Options)
        self._voice = Voice(feed, "digitraffic-ais")
        self._vessels = Vessels(feed)
        self._shapes = strict_json.Shapes()
        self._topics: dict[str, _Whose | None] = {}
        self._limit = most_of(feed, VESSELS_LIMIT)

    def decode(self, message: Message) -> list[Report]:
        """Position and unit of a location, the unit of metadata that changed it. Raises BadMessage."""
        payload, topic = message.payload, message.topic
        if not payload and topic:
            return []  # a retained message was cleared
        whose = self._topics[topic] if topic in self._topics else self._topic(topic)
        if whose is not None and whose.what == "location":
            location = self._shapes.decode(payload, _LOCATION)
            return self._location(message, whose.mmsi, location, payload)
        if whose is not None and whose.what == "metadata":
            metadata = self._shapes.decode(payload, _METADATA)
            return self._metadata(message, whose.mmsi, metadata, payload)
        said = strict_json.quick(payload)
        if topic.endswith("/status"):
            return []  # how the service is, and since when
        return self._any(message, whose.mmsi if whose is not None else None, said)

    def _topic(self, topic: str) -> _Whose | None:
        """Whose a topic is: `vessels-v2/<mmsi>/location`, in version 1 `vessels/<mmsi>/locations`."""
        levels = topic.split("/")
        whose = None
        if len(levels) >= 3 and levels[-3] in ("vessels-v2", "vessels") and _is_mmsi(levels[-2]):
            whose = _Whose(int(levels[-2]), levels[-1] if levels[-3] == "vessels-v2" else "")
        if len(self._topics) >= _TOPICS_REMEMBERED:
            self._topics.clear()
        self._topics[topic] = whose
        return whose

    def _any(self, message: Message, mmsi: int | None, said: Any) -> list[Report]:
        """One of the forms that say themselves what and whose they are; REST gives many at a time."""
        many = said.get("features") if isinstance(said, dict) else said
        if isinstance(many, list):
            return of_parts(many, partial(self._one, message, None), limit=self._limit)
        return self._one(message, mmsi, said)

    def _one(self, message: Message, mmsi: int | None, said: Any) -> list[Report]:
        if not isinstance(said, dict):
            raise BadMessage("no ship")
        kind = said.get("type")
        if kind in ("VESSEL_LOCATION", "VESSEL_METADATA"):
            return self._one(message, mmsi, _without_wrapper(said))
        if kind == "STATUS" or said.keys() <= {"updated", "status"}:
            return []
        whose = mmsi if mmsi is not None else _mmsi(said)
        if kind == "Feature":
            return self._feature(message, whose, said)
        if "lat" in said or "navStat" in said:
            return self._location(message, whose, _converted(said, _Location), said)
        return self._metadata(message, whose, _converted(said, _Metadata), said)

    def _feature(self, message: Message, mmsi: int | None, said: dict[str, Any]) -> list[Report]:
        """GeoJSON: longitude first; `timestampExternal` is the time, `timestamp` the UTC second of the fix."""
        feature = _converted(said, _Feature)
        if not isinstance(feature.properties, dict):
            raise BadMessage("a ship without properties")
        location = _converted(feature.properties, _Location)
        place = feature.geometry.coordinates if feature.geometry is not None else None
        if place is not None and len(place) >= 2:
            location.lon, location.lat = place[:2]
        if mmsi is None:
            mmsi = _mmsi(feature.properties)
        return self._location(message, mmsi, location, feature.properties)

    def _location(
        self, message: Message, mmsi: int | None, said: _Location, fields: bytes | dict[str, Any]
    ) -> list[Report]:
        vessel = self._vessel(mmsi)
        at = _moment(said.time if said.time is not None else said.timestampExternal, message)
        if said.navStat is not None and 0 <= said.navStat <= 15:
            vessel.navigates(said.navStat)
        original = (vessel.id, "location")
        second = int(said.timestamp) if said.timestamp is not None and 60 <= said.timestamp <= _WORKS_NOT else None
        lat, lon = said.lat, said.lon
        is_fix = lat is not None and lon is not None and second != _WORKS_NOT

        def losses() -> dict[str, str]:
            left = readings.unread(_fields(fields), _LOCATION_READ)
            if second == _WORKS_NOT:
                left["timestamp"] = f"positioning system inoperative, at {lat}, {lon}"
            return {**vessel.losses, **left}

        reports = self._voice.unit(
            message, vessel.unit(at), losses, beside=vessel.version, original=original, exercise=vessel.test
        )
        # 91 and 181 are no position
        if not is_fix or lat is None or lon is None or lat == 91.0 or lon == 181.0:
            return reports
        if not readings.on_the_globe(lat, lon):
            raise BadMessage("coordinates are outside the globe", reports)
        left_out = {}
        if said.heading is not None and 0.0 <= said.heading < 360.0:
            left_out["heading"] = f"{said.heading:g}"
        if said.rot is not None and 0.0 < abs(said.rot) < 128.0:
            left_out["rot"] = f"{said.rot:g}"
        if said.raim:
            left_out["raim"] = "True"
        if said.sog == 102.2:
            left_out["sog"] = "102.2 knots or more"
        if second in _NO_FIX:
            left_out["timestamp"] = _NO_FIX[second]
        position = Position(
            id=vessel.id,
            at=at,
            lat=lat,
            lon=lon,
            course_deg=said.cog if said.cog is not None and 0.0 <= said.cog < 360.0 else None,
            speed_mps=said.sog * KNOT_MPS if said.sog is not None and 0.0 <= said.sog < 102.25 else None,
            accuracy_m=_HIGH_ACCURACY_M if said.posAcc else None,
        )
        reports.append(
            self._voice.position(message, position, original=original, exercise=vessel.test, losses=left_out)
        )
        return reports

    def _metadata(
        self, message: Message, mmsi: int | None, said: _Metadata, fields: bytes | dict[str, Any]
    ) -> list[Report]:
        vessel = self._vessel(mmsi)
        at = _moment(said.timestamp, message)
        left = readings.unread(_fields(fields), _METADATA_READ)
        left = {key: value for key, value in left.items() if value not in ("", "0")}
        if said.draught:
            left["draught"] = f"{said.draught / 10.0:g} m"
        if said.eta and (eta := _eta(said.eta)):
            left["eta"] = eta
        number = said.type if isinstance(said.type, int) else said.shipType
        ship_type = number if number is not None and 0 <= number <= 255 else None
        vessel.describe(at, "metadata", name=said.name, ship_type=ship_type, left=left)
        return self._voice.unit(
            message,
            vessel.unit(at),
            lambda: dict(vessel.losses),
            beside=vessel.version,
            original=(vessel.id, "metadata"),
            exercise=vessel.test,
        )

    def _vessel(self, mmsi: int | None) -> Vessel:
        if mmsi is None:
            raise BadMessage("neither topic nor message says whose it is")
        if not 0 < mmsi <= _LARGEST_MMSI:
            raise BadMessage("no MMSI")
        return self._vessels.of(mmsi)


def _without_wrapper(said: dict[str, Any]) -> dict[str, Any]:
    """What a message of the WebSocket service wraps."""
    inner = said.get("data")
    if not isinstance(inner, dict) or inner.get("type") in ("VESSEL_LOCATION", "VESSEL_METADATA"):
        raise BadMessage("no ship")
    return inner


def _converted(said: dict[str, Any], shape: type[Any]) -> Any:
    try:
        return msgspec.convert(said, shape)
    except msgspec.ValidationError as error:
        raise BadMessage(strict_json.validation_reason(error)) from None


def _fields(fields: bytes | dict[str, Any]) -> dict[str, Any]:
    said = strict_json.quick(fields) if isinstance(fields, bytes) else fields
    return said if isinstance(said, dict) else {}


def _is_mmsi(level: str) -> bool:
    return level.isascii() and level.isdigit() and len(level) <= 10


def _mmsi(said: dict[str, Any]) -> int | None:
    mmsi: int | None = _converted(said, _Addressed).mmsi
    return mmsi


def _moment(said: float | None, message: Message) -> datetime:
    """A time of theirs: of locations seconds, of metadata and of the older forms milliseconds. Raises BadMessage."""
    if said is None:
        raise BadMessage("no time")
    at = readings.moment_of_seconds(said / 1000.0 if said >= _MILLISECONDS_FROM else said)
    if refusal := refuse_time(at, message.received_at):
        raise BadMessage(refusal)  # before anything of it is remembered
    return at


def _eta(packed: int) -> str:
    """Month, day, hour and minute in the twenty bits of AIS; empty where they say none."""
    month, day, hour, minute = packed >> 16, packed >> 11 & 31, packed >> 6 & 31, packed & 63
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return ""
    time = f" {hour:02d}:{minute:02d} UTC" if hour < 24 and minute < 60 else ""
    return f"{month:02d}-{day:02d}{time}"


def recorded(data: bytes) -> Iterator[Recorded]:
    """Cut a recording into messages: lines of `topic payload` (as `mosquitto_sub -v` writes them), or of payloads."""
    rows = [row for row in data.splitlines() if row.strip()]
    if not rows or not rows[0].startswith((b"vessels", b"/vessels")):
        yield from strict_json.lines(data)
        return
    for row in rows:
        topic, _, payload = row.partition(b" ")
        yield Recorded(topic.decode(errors="replace"), payload.strip(), None)


def sniff(topic: str, payload: bytes) -> int:
    """Its topics, or the words that no other format of ships has."""
    head = payload[:4096]
    if head.lstrip()[:1] not in (b"{", b"[") and not head.startswith(b"vessels-v2/"):
        return 0
    if "vessels-v2/" in topic or head.startswith(b"vessels-v2/"):
        return 95
    if b'"VESSEL_LOCATION"' in head or b'"VESSEL_METADATA"' in head:
        return 95
    if b'"navStat"' in head and b'"sog"' in head:
        return 85
    return 80 if b'"callSign"' in head and (b'"posType"' in head or b'"destination"' in head) else 0


FORMAT = Format(
    name="digitraffic-ais",
    summary="ships of Digitraffic, Finland (JSON)",
    make=DigitrafficAis,
    split=recorded,
    sniff=sniff,
    topic="vessels-v2/#",
    limits=f"{VESSELS_LIMIT:,} ships a message",
)
