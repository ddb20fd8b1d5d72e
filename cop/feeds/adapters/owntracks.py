"""OwnTracks: phones and trackers that publish JSON on `owntracks/<user>/<device>` (OwnTracks Booklet, "JSON")."""

from typing import NamedTuple

import msgspec

from cop.domain.area import Zone
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import outlines, readings, strict_json
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

_LEVELS_BELOW_DEVICE = frozenset(
    {"event", "waypoint", "waypoints", "lwt", "info", "cmd", "step", "beacon", "dump", "status", "request", "response"}
)
#: Types that say nothing about where somebody is.
_CONTROL = frozenset(
    {"beacon", "cmd", "configuration", "dump", "lwt", "request", "status", "steps", "waypoints", "response", "tours"}
)
_LOCATION_READ = frozenset({"_type", "lat", "lon", "tst", "acc", "alt", "cog", "vel", "tid", "topic"})
_TOPICS_REMEMBERED = 100_000


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    kind: str = "unknown"
    units: dict[str, str] = {}


class _Head(msgspec.Struct):
    type: str = msgspec.field(name="_type")


class _Fix(msgspec.Struct):
    type: str = msgspec.field(name="_type")
    lat: float | None = None
    lon: float | None = None
    tst: float | None = None
    created_at: float | None = None
    acc: float | None = None
    alt: float | None = None
    cog: float | None = None
    vel: float | None = None
    tid: str | None = None
    topic: str | None = None


class _Transition(msgspec.Struct):
    event: str
    tst: float
    desc: str = ""
    lat: float | None = None
    lon: float | None = None
    acc: float | None = None
    tid: str | None = None
    topic: str | None = None


class _Waypoint(msgspec.Struct):
    desc: str
    tst: float
    lat: float | None = None
    lon: float | None = None
    rad: float | None = None
    rid: str | None = None
    tid: str | None = None
    topic: str | None = None


class _Card(msgspec.Struct):
    name: str | None = None
    tid: str | None = None
    topic: str | None = None


# Some trackers send figures as texts ("rad": "50"), so the decoders take both.
_HEAD = msgspec.json.Decoder(_Head)
_FIX = msgspec.json.Decoder(_Fix, strict=False)
_TRANSITION = msgspec.json.Decoder(_Transition, strict=False)
_WAYPOINT = msgspec.json.Decoder(_Waypoint, strict=False)
_CARD = msgspec.json.Decoder(_Card, strict=False)


class _Device(NamedTuple):
    unit: str
    original_id: str
    device: str


class OwnTracks:
    """Decodes OwnTracks.

    Option `kind` is the kind of every unit, `units` that of single ones by id or by `<user>/<device>`.
    """

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._voice = Voice(feed, "owntracks")
        self._kind, self._kinds = options.kind, options.units
        self._shapes = strict_json.Shapes()
        self._devices: dict[str, _Device] = {}
        self._names: dict[str, str] = {}

    def decode(self, message: Message) -> list[Report]:
        """Position and, when it changed, unit of a location; log line of a transition; zone of a waypoint."""
        payload = message.payload
        if not payload and message.topic:
            return []  # a retained message was cleared
        if b'"location"' in payload:  # the many: read in one pass
            fix = self._shapes.decode(payload, _FIX)
            if fix.type == "location":
                return self._location(message, fix)
        kind = strict_json.decode(payload, _HEAD).type
        if kind not in _CONTROL and strict_json.flat_keys_repeat(payload):
            strict_json.loads(payload)  # nested objects may share keys; this one tells
        if kind == "transition":
            return self._transition(message)
        if kind == "waypoint":
            return self._waypoint(message)
        if kind == "card":
            return self._card(message)
        if kind == "encrypted":
            raise BadMessage("encrypted")
        if kind not in _CONTROL:
            raise BadMessage("_type is none of OwnTracks")
        return []

    def _location(self, message: Message, fix: _Fix) -> list[Report]:
        if fix.lat is None or fix.lon is None:
            raise BadMessage("a location without coordinates")
        readings.check_coordinates(fix.lat, fix.lon)
        device = self._device(message.topic, fix)
        seconds = fix.tst if fix.tst is not None else fix.created_at
        if seconds is not None:
            at = readings.moment_of_seconds(seconds)
        elif message.retained:
            raise BadMessage("a retained location without a time")
        else:
            at = message.received_at
        vel = readings.within(fix.vel, 0.0, 43_200.0)
        position = Position(
            id=device.unit,
            at=at,
            lat=fix.lat,
            lon=fix.lon,
            alt_m=readings.within(fix.alt, -12_000.0, 1e6),
            course_deg=readings.course(fix.cog),
            speed_mps=None if vel is None else vel / 3.6,
            accuracy_m=readings.within(fix.acc, 0.0, 1e7),
        )
        callsign = self._names.get(device.unit) or readings.name(fix.tid) or device.device
        kind = self._kinds.get(device.unit) or self._kinds.get(device.original_id) or self._kind

        def losses() -> dict[str, str]:
            read = _LOCATION_READ if callsign == fix.tid else _LOCATION_READ - {"tid"}
            left = readings.unread(strict_json.quick(message.payload), read)
            if seconds is None:
                left["tst"] = "no time in the message: the time of receipt stands for it"
            return left

        unit = Unit(id=device.unit, at=at, callsign=callsign, kind=kind)
        original = (device.original_id, "location")
        return [
            *self._voice.unit(message, unit, losses, original=original),
            self._voice.position(message, position, original=original),
        ]

    def _transition(self, message: Message) -> list[Report]:
        said = strict_json.decode(message.payload, _TRANSITION)
        device = self._device(message.topic, said)
        at = readings.moment_of_seconds(said.tst)
        who = self._names.get(device.unit) or readings.name(said.tid) or device.device
        verb = {"enter": "entered", "leave": "left"}.get(said.event, readings.name(said.event)) or "changed"
        entry = LogEntry(
            id=readings.identifier(f"{device.unit}-{int(said.tst)}-{said.event}"),
            at=at,
            by=who,
            text=f"{who} {verb} {readings.name(said.desc) or 'a region'}",
        )
        original = (device.original_id, "transition")
        reports = [self._voice.report(message, entry, original=original)]
        if said.lat is not None and said.lon is not None:
            readings.check_coordinates(said.lat, said.lon)
            accuracy_m = readings.within(said.acc, 0.0, 1e7)
            position = Position(id=device.unit, at=at, lat=said.lat, lon=said.lon, accuracy_m=accuracy_m)
            reports.append(self._voice.position(message, position, original=original))
        return reports

    def _waypoint(self, message: Message) -> list[Report]:
        said = strict_json.decode(message.payload, _WAYPOINT)
        at = readings.moment_of_seconds(said.tst)
        # A region is known by its own id; whose it is only tells regions without one apart.
        named = message.topic or said.topic or said.tid
        device = self._device(message.topic, said) if named else _Device("waypoint", "", "")
        if said.lat is None or said.lon is None:
            return []  # a radio beacon without a place
        readings.check_coordinates(said.lat, said.lon)
        radius_m = readings.within(said.rad, 0.0, 200_000.0) or 0.0
        zone = Zone(
            id=readings.identifier(said.rid or f"{device.unit}-{int(said.tst)}"),
            at=at,
            kind="region" if radius_m else "marker",
            name=readings.name(said.desc),
            geometry=outlines.circle(said.lat, said.lon, radius_m),
        )
        losses = {"rad": readings.loss(said.rad)} if said.rad is not None else None
        return [self._voice.report(message, zone, original=(device.original_id, "waypoint"), losses=losses)]

    def _card(self, message: Message) -> list[Report]:
        # A card has no time of its own, so it is no report: its name goes with the device's next location.
        card = strict_json.decode(message.payload, _CARD)
        called = readings.name(card.name)
        if called and (message.topic or card.topic or card.tid):
            if len(self._names) >= _TOPICS_REMEMBERED:
                self._names.clear()
            self._names[self._device(message.topic, card).unit] = called
        return []

    def _device(self, topic: str, said: _Fix | _Transition | _Waypoint | _Card) -> _Device:
        """From the message's topic; in recordings without topics from the payload's own, then from the tracker id."""
        topic = topic or said.topic or ""
        if not topic:
            if not said.tid:
                raise BadMessage("no topic, and the payload does not say whose it is")
            return _Device(readings.identifier(said.tid), readings.loss(said.tid), readings.name(said.tid))
        known = self._devices.get(topic)
        if known is None:
            if len(self._devices) >= _TOPICS_REMEMBERED:
                self._devices.clear()
            known = self._devices[topic] = _device_of(topic)
        return known


def _device_of(topic: str) -> _Device:
    levels = topic.split("/")
    if "owntracks" in levels:
        below = levels[levels.index("owntracks") + 1 :]
    else:  # `pubTopicBase` may be anything that ends in user and device
        below = (levels[:-1] if levels[-1] in _LEVELS_BELOW_DEVICE else levels)[-2:]
    if len(below) < 2 or not below[0] or not below[1]:
        raise BadMessage("topic names no user and device")
    user, device = below[:2]
    return _Device(readings.identifier_of(user, device), readings.loss(f"{user}/{device}"), readings.name(device))


def sniff(topic: str, payload: bytes) -> int:
    """`_type` is its own; other trackers use the word too, so the topic tells more."""
    if b'"_type"' not in payload[:4096]:
        return 0
    return 95 if "owntracks" in topic else 85


FORMAT = Format(
    name="owntracks",
    summary="OwnTracks phones and trackers (JSON)",
    make=OwnTracks,
    split=strict_json.lines,
    sniff=sniff,
    topic="owntracks/#",
)
