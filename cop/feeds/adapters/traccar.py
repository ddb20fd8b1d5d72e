"""GPS trackers by way of a server or an app: Traccar's forwarded positions, OsmAnd's JSON, flespi's messages."""

from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import clocks, parts, readings, strict_json
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.traccar_shapes import (
    TRACK,
    TRACKS,
    Attributes,
    Coordinates,
    Device,
    Event,
    Location,
    Time,
    Track,
)
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

#: 1 MiB of the smallest ones takes longer than a twentieth of a second beyond
_TRACKS_LIMIT = 1_000
_CALLS_REMEMBERED = 10_000
#: a clock that says less was never set (Traccar sends 1970 where there never was a fix)
_NEVER_SET = datetime(2000, 1, 1, tzinfo=UTC)
_NOWHERE = None, None
_MILLISECONDS = 1e11  # seconds would not be as many before the year 5000
_READ = frozenset(
    {
        *("position.latitude", "position.longitude", "position.altitude", "position.speed", "position.direction"),
        *("latitude", "longitude", "altitude", "speed", "course", "heading", "accuracy"),
        *("fixTime", "deviceTime", "deviceId", "device_id", "ident", "timestamp", "position.timestamp"),
        *("valid", "outdated", "position.valid", "mock"),  # said where they are not as they should be
    }
)
_NESTED = frozenset({"attributes", "battery", "activity", "extras", "event", "device", "coords"})
_DEVICE_READ = frozenset({"id", "uniqueId", "name", "category"})


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    kind: str = "unknown"
    units: dict[str, str] = {}
    emergency_lasts_s: float = 900.0


class _Said(NamedTuple):
    """What any of the shapes says, in our units."""

    unit: str
    callsign: str
    shape: str
    heard_at: datetime
    fix_at: datetime
    place: tuple[float | None, float | None]
    alt_m: float | None
    course_deg: float | None
    speed_mps: float | None
    accuracy_m: float | None
    calls_for_help: bool
    category: str | None
    losses: dict[str, str]


class Traccar:
    """Decodes Traccar, OsmAnd and flespi.

    Option `kind` is the kind of every unit, `units` that of single ones by id, `emergency_lasts_s` how long a call for
    help holds that nobody takes back.
    """

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._voice = Voice(feed, "traccar")
        self._words = Vocabulary(feed, "traccar")
        self._zone = readings.zone_of(feed)
        self._kind, self._kinds = options.kind, options.units
        if not 0.0 <= options.emergency_lasts_s <= 7 * 86_400.0:
            raise ValueError(f"options of feed {feed.name}: emergency_lasts_s is 0 to 604800")
        self._lasts = timedelta(seconds=options.emergency_lasts_s)
        self._shapes = strict_json.Shapes()
        self._calls: dict[str, datetime] = {}
        self._recalled: set[str] = set()

    def recall(self, unit: str, *, exercise: bool) -> None:
        """This unit called for help; nobody knows when, so the call holds from the next that is heard of it."""
        self._recalled.add(unit)

    def decode(self, message: Message) -> list[Report]:
        """Unit, when it changed, and position of every track in the message. Raises BadMessage."""
        payload = message.payload
        if not payload and message.topic:
            return []  # a retained message was cleared
        if payload.lstrip()[:1] == b"[":
            tracks = strict_json.decode(payload, TRACKS)
            return parts.of_parts(map(bytes, tracks), lambda one: self._track(message, one), limit=_TRACKS_LIMIT)
        return self._track(message, payload)

    def _track(self, message: Message, payload: bytes) -> list[Report]:
        track = self._shapes.decode(payload, TRACK)
        if isinstance(track.location, list):
            return parts.of_parts(
                track.location,
                lambda one: self._reports(message, payload, self._osmand(track, one, message)),
                limit=100,
            )
        if track.location is not None:
            said = self._osmand(track, track.location, message)
        elif track.ident is not None:
            said = self._flespi(track, message)
        else:
            said = self._position(track, message)
        return self._reports(message, payload, said)

    def _reports(self, message: Message, payload: bytes, said: _Said) -> list[Report]:
        original = (said.unit, said.shape)
        unit_id = readings.identifier(said.unit)
        status = "emergency" if self._calling(unit_id, said, message.received_at) else "unknown"
        unit = Unit(
            id=unit_id,
            at=said.heard_at,
            callsign=said.callsign or readings.name(said.unit),
            kind=self._kinds.get(unit_id) or self._kind_of(said.category),
            status=status,
        )
        reports = self._voice.unit(message, unit, lambda: _losses(payload, said), original=original)
        lat, lon = said.place
        if lat is None or lon is None or (lat == 0 and lon == 0):
            return reports
        if not readings.on_the_globe(lat, lon):  # who calls for help is heard, wherever that is
            raise BadMessage("coordinates are outside the globe", reports)
        position = Position(
            id=unit_id,
            at=said.fix_at,
            lat=lat,
            lon=lon,
            alt_m=said.alt_m,
            course_deg=said.course_deg,
            speed_mps=said.speed_mps,
            accuracy_m=said.accuracy_m,
        )
        reports.append(self._voice.position(message, position, original=original, losses=said.losses))
        return reports

    def _kind_of(self, category: str | None) -> str:
        return self._words.word("unit_kinds", category, self._kind) if category else self._kind

    def _calling(self, unit: str, said: _Said, received_at: datetime) -> bool:
        """Whether the unit calls for help: the alarm stands in one position only and nothing takes it back."""
        heard_at = min(said.heard_at, received_at)  # a clock ahead of ours would call for ever
        if unit in self._recalled:
            self._recalled.discard(unit)
            self._calls[unit] = heard_at
        called_at = self._calls.get(unit)
        if said.calls_for_help:
            if called_at is None and len(self._calls) >= _CALLS_REMEMBERED:
                self._calls.clear()
            self._calls[unit] = max(called_at or heard_at, heard_at)
            return True
        if called_at is None:
            return False
        if heard_at - called_at < self._lasts:
            return True
        del self._calls[unit]
        return False

    def _position(self, track: Track, message: Message) -> _Said:
        """Traccar: knots; an outdated position is the last one over again and keeps its own time."""
        fix = track.position or track
        device = track.device or Device()
        event = track.event if isinstance(track.event, Event) else Event()
        if (fix is track and fix.latitude is None and fix.fixTime is None) and not (track.event or device.uniqueId):
            raise BadMessage("no position of Traccar, OsmAnd or flespi")
        who = next((one for one in (device.uniqueId, fix.deviceId, device.id) if one is not None and one != ""), None)
        if who is None:
            raise BadMessage("no device")
        fix_at, device_at, server_at, event_at = map(
            self._moment, (fix.fixTime, fix.deviceTime, fix.serverTime, event.eventTime)
        )
        losses: dict[str, str] = {}
        heard_at = device_at or fix_at or event_at or server_at
        if heard_at is None:
            heard_at = _now(message, losses, "fixTime")
        place = fix.latitude, fix.longitude
        if fix.valid is False:
            place = _NOWHERE
            losses["valid"] = "False"
        if fix.outdated:
            losses["outdated"] = "True"
            if fix_at is None:
                place = _NOWHERE  # the last place over again, and nobody says since when
        alarms = [
            one.alarm for one in (fix.attributes, event.attributes) if one is not None and isinstance(one.alarm, str)
        ]
        if alarms:
            losses["alarm"] = readings.loss(", ".join(alarms))
        if fix_at is None and None not in place and "fixTime" not in losses:
            losses["fixTime"] = "no time of the fix: that of the device or server stands for it"
        return _Said(
            unit=str(who),
            callsign=readings.name(device.name),
            shape="position",
            heard_at=heard_at,
            fix_at=fix_at or heard_at,
            place=place,
            alt_m=readings.within(fix.altitude or None, -12_000.0, 1e6),  # 0.0 is what a position without one has
            course_deg=readings.course(fix.course),
            speed_mps=_speed(fix.speed, clocks.KNOT_MPS),
            accuracy_m=readings.within(fix.accuracy or None, 0.0, 1e7),  # as above
            calls_for_help=any(self._is_call(word) for alarm in alarms for word in alarm.split(",")[:20]),
            category=device.category,
            losses=losses,
        )

    def _osmand(self, track: Track, location: Location, message: Message) -> _Said:
        """OsmAnd and the like: metres per second, and -1 for what is unknown."""
        if track.device_id is None or track.device_id == "":
            raise BadMessage("no device")
        at = location.coords or Coordinates()
        losses: dict[str, str] = {}
        heard_at = self._moment(location.timestamp) or _now(message, losses, "timestamp")
        if location.mock:
            losses["mock"] = "True"
        alarm = location.extras.alarm if isinstance(location.extras, Attributes) else None
        altitude = at.altitude if at.altitude != -1 else None
        return _Said(
            unit=str(track.device_id),
            callsign="",
            shape="location",
            heard_at=heard_at,
            fix_at=heard_at,
            place=(at.latitude, at.longitude),
            alt_m=readings.within(altitude, -12_000.0, 1e6),
            course_deg=readings.within(at.heading, 0.0, 360.0),
            speed_mps=_speed(at.speed, 1.0),
            accuracy_m=readings.within(at.accuracy, 0.0, 1e7),
            calls_for_help=isinstance(alarm, str) and self._is_call(alarm),
            category=None,
            losses=losses,
        )

    def _flespi(self, track: Track, message: Message) -> _Said:
        """flespi: km/h, seconds since the epoch."""
        if track.ident is None or track.ident == "":
            raise BadMessage("no device")
        losses: dict[str, str] = {}
        heard_at = self._moment(track.timestamp) or _now(message, losses, "timestamp")
        place = track.flespi_lat, track.flespi_lon
        if track.flespi_valid is False:
            place = _NOWHERE
            losses["position.valid"] = "False"
        return _Said(
            unit=str(track.ident),
            callsign=readings.name(track.flespi_name),
            shape="message",
            heard_at=heard_at,
            fix_at=self._moment(track.fix_timestamp) or heard_at,
            place=place,
            alt_m=readings.within(track.flespi_alt, -12_000.0, 1e6),
            course_deg=readings.course(track.flespi_course),
            speed_mps=_speed(track.flespi_speed, clocks.KMH_MPS),
            accuracy_m=None,
            calls_for_help=any(
                one in (True, 1) for one in (track.flespi_alarm, track.flespi_trigger, track.flespi_sos)
            ),
            category=None,
            losses=losses,
        )

    def _is_call(self, alarm: str) -> bool:
        return self._words.find("alarms", alarm) == "emergency"

    def _moment(self, said: Time) -> datetime | None:
        """A time as text, seconds or milliseconds; None for none and for a clock that was never set."""
        if said is None or said == "":
            return None
        if isinstance(said, str):
            at = readings.moment_of_text(said, self._zone) if not said.startswith("1970-") else _NEVER_SET
        else:
            seconds = said / 1000.0 if said >= _MILLISECONDS else said
            at = readings.moment_of_seconds(seconds) if seconds >= _NEVER_SET.timestamp() else _NEVER_SET
        return at if at > _NEVER_SET else None


def _now(message: Message, losses: dict[str, str], field: str) -> datetime:
    if message.retained:
        raise BadMessage("a retained position without a time")
    losses[field] = "no time in the message: the time of receipt stands for it"
    return message.received_at


def _speed(figure: float | None, factor: float) -> float | None:
    return None if figure is None else readings.within(figure * factor, 0.0, 12_000.0)


def _losses(payload: bytes, said: _Said) -> dict[str, str]:
    fields = strict_json.quick(payload)
    left = _left(fields, frozenset({"position", "location"}))
    location = fields.get("location")
    for inner in (fields.get("position"), location if isinstance(location, dict) else None):
        if isinstance(inner, dict):
            left |= _left(inner, frozenset())
            if isinstance(inner.get("coords"), dict):
                left |= readings.unread(inner["coords"], _READ)
    return {**dict(list(left.items())[:40]), **said.losses}


def _left(fields: dict[str, Any], apart: frozenset[str]) -> dict[str, str]:
    """What nobody read of an object, the objects in it one by one."""
    left = readings.unread(fields, _READ | _NESTED | apart)
    for name in sorted(_NESTED - {"coords"}):
        if isinstance(fields.get(name), dict):
            inner = readings.unread(fields[name], _DEVICE_READ if name == "device" else frozenset())
            left |= {readings.loss(f"{name}.{key}"): value for key, value in inner.items() if value not in ("{}", "[]")}
    return left


def sniff(topic: str, payload: bytes) -> int:
    """The words of one of the three shapes; none of them is at home on a topic of its own."""
    head = payload[:4096]
    if head.lstrip()[:1] not in (b"{", b"["):
        return 0
    if b'"fixTime"' in head or (b'"deviceTime"' in head and b'"latitude"' in head):
        return 90
    if b'"ident"' in head and (b'"position.' in head or b'"timestamp"' in head):
        return 85
    if b'"location"' in head and b'"coords"' in head:
        return 85
    return 60 if "traccar" in topic and b'"device' in head else 0


FORMAT = Format(
    name="traccar",
    summary="GPS trackers: Traccar, OsmAnd, flespi (JSON)",
    make=Traccar,
    split=strict_json.lines,
    sniff=sniff,
    topic="traccar/#",
    limits=f"{_TRACKS_LIMIT:,} positions a message",
)
