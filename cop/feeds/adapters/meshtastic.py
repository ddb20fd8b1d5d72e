"""Meshtastic: LoRa mesh radios whose gateways publish JSON on `msh/<region>/2/json/<channel>/<gateway>`."""

import json
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from cop.domain.area import Zone
from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import clocks, outlines, readings, strict_json
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.meshtastic_packets import (
    BROADCAST,
    FIX,
    FULL_PRECISION,
    NAMING,
    PACKET,
    WAYPOINT,
    Fix,
    Packet,
    accuracy_of,
    course_of,
    node_of,
    number_of,
    payload_of,
    place_of,
)
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

_SPEEDS = {"km/h": clocks.KMH_MPS, "m/s": 1.0}
#: Types that say nothing about a unit's place, name or words; those that are said *to* the mesh are none of its own.
_SILENT = frozenset(
    {"neighborinfo", "traceroute", "paxcounter", "remotehardware", "sendtext", "sendposition", "maprep", "routing"}
)
_ENVELOPE_READ = frozenset({"from", "to", "id", "type", "payload", "timestamp", "sender"})
_POSITION_READ = frozenset(
    {
        *("latitude_i", "longitude_i", "altitude", "time", "timestamp"),
        *("latitudeI", "longitudeI"),
    }
)
#: a packet on the air has some 230 bytes; its JSON some hundreds
_LONGEST = 16 * 1024
_NODES_REMEMBERED = 100_000
_PACKETS_REMEMBERED = 20_000
#: a clock that says less was never set
_SET_S = datetime(2000, 1, 1, tzinfo=UTC).timestamp()


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    kind: str = "unknown"
    units: dict[str, str] = {}
    ground_speed: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError for a unit of speed that nobody knows."""
        if self.ground_speed not in ("", *_SPEEDS):
            raise ValueError(f"ground_speed is one of {', '.join(_SPEEDS)}, or empty")


class _Node(NamedTuple):
    """What is known of a node beside its place: names and role of its node info, figures of its telemetry."""

    callsign: str = ""
    kind: str | None = None
    words: tuple[tuple[str, str], ...] = ()


class Meshtastic:
    """Decodes Meshtastic JSON.

    Option `kind` is the kind of every unit, `units` that of single ones by node id, `ground_speed` the unit of speed.
    """

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._voice = Voice(feed, "meshtastic")
        self._words = Vocabulary(feed, "meshtastic")
        self._kind, self._kinds = options.kind, options.units
        self._speed = _SPEEDS.get(options.ground_speed)
        self._shapes = strict_json.Shapes()
        self._nodes: dict[str, _Node] = {}
        # Two generations: when the young one is full it becomes the old one, so the memory has a bound.
        self._young: set[tuple[str, int | str]] = set()
        self._old: set[tuple[str, int | str]] = set()

    def decode(self, message: Message) -> list[Report]:
        """Unit and position of a position, unit of a node info or telemetry, log line of a text, zone of a waypoint.

        The same packet, as further gateways heard it, gives nothing.
        """
        payload = message.payload
        if (not payload and message.topic) or "/stat/" in message.topic:
            return []  # a retained message was cleared; a gateway came or went
        if len(payload) > _LONGEST:
            raise BadMessage("larger than 16 KiB: no packet of a mesh radio")
        packet = self._shapes.decode(payload, PACKET)
        kind = packet.type
        if kind in _SILENT or not kind:
            return []
        node, guessed = node_of(packet, message.topic)
        if packet.id and self._heard((node, packet.id)):
            return []
        if kind == "position":
            reports = self._position(message, packet, node, guessed)
        elif kind == "nodeinfo":
            reports = self._node_info(message, packet, node)
        elif kind == "telemetry":
            reports = self._telemetry(message, packet, node)
        elif kind in ("text", "detection"):
            reports = self._text(message, packet, node)
        elif kind == "waypoint":
            reports = self._waypoint(message, packet, node)
        else:
            raise BadMessage("type is none of Meshtastic")
        if packet.id:
            self._remember((node, packet.id))  # only now: a copy that cannot be used must not hide one that can
        return reports

    def _position(self, message: Message, packet: Packet, node: str, guessed: bool) -> list[Report]:
        fix = strict_json.decode(bytes(packet.payload), FIX)
        at, why = _moment_of_fix(fix, packet, message)
        said: dict[str, str] = {}
        if why:
            said["time"] = why
        if guessed:
            said["from"] = "not said: the gateway that published stands for the node"
        speed = fix.ground_speed if fix.ground_speed is not None else fix.speed_camel
        track = fix.ground_track if fix.ground_track is not None else fix.track_camel
        bits = fix.precision_bits if fix.precision_bits is not None else fix.precision_camel
        if speed is not None and self._speed is None:
            said["ground_speed"] = readings.loss(speed)
        course = course_of(track)
        if track is not None and course is None:
            said["ground_track"] = readings.loss(track)
        original = (node, "position")
        # A unit's words are ordered by the gateway's clock, as in its other packets: the node's own may differ from it.
        heard_at = _moment_or(packet, at)
        reports = self._unit(message, packet, node, heard_at, read=_POSITION_READ, said=said)
        place = place_of(fix)
        if place is None:
            return reports
        if bits is not None and bits != FULL_PRECISION:
            said["precision_bits"] = readings.loss(bits)
        position = Position(
            id=node,
            at=at,
            lat=place[0],
            lon=place[1],
            alt_m=readings.within(fix.altitude, -12_000.0, 1e6),
            course_deg=course,
            speed_mps=None if self._speed is None else readings.within(_times(speed, self._speed), 0.0, 12_000.0),
            accuracy_m=accuracy_of(bits, place[0]),
        )
        return [*reports, self._voice.position(message, position, original=original, losses=said)]

    def _node_info(self, message: Message, packet: Packet, node: str) -> list[Report]:
        card = strict_json.decode(bytes(packet.payload), NAMING)
        at, _why = _moment(packet, message)
        known = self._nodes.get(node, _Node())
        long = readings.name(card.longname or card.longname_camel)
        short = readings.name(card.shortname or card.shortname_camel)
        role = str(card.role) if card.role is not None else None
        words = dict(known.words)
        if long and short:
            words["shortname"] = short
        self._know(node, _Node(long or short or known.callsign, self._words.find("unit_kinds", role), _few(words)))
        read = frozenset({"id", "longname", "longName"} | (set() if long else {"shortname", "shortName"}))
        return self._unit(message, packet, node, at, read=read)

    def _telemetry(self, message: Message, packet: Packet, node: str) -> list[Report]:
        figures = strict_json.loads(bytes(packet.payload))
        if not isinstance(figures, dict):
            raise BadMessage("payload of telemetry is no object")
        at, _why = _moment(packet, message)
        known = self._nodes.get(node, _Node())
        words = dict(known.words) | readings.unread(figures, frozenset({"time"}))
        self._know(node, known._replace(words=_few(words)))
        return self._unit(message, packet, node, at, read=frozenset(figures))

    def _text(self, message: Message, packet: Packet, node: str) -> list[Report]:
        said = strict_json.loads(bytes(packet.payload))
        # A text that happens to be JSON itself is published as that JSON.
        text = said.get("text") if isinstance(said, dict) and isinstance(said.get("text"), str) else said
        words = readings.prose(text if isinstance(text, str) else json.dumps(text, ensure_ascii=False))
        if not words or text == {}:
            return []
        at, why = _moment(packet, message)
        losses = {"time": why} if why else {}
        if packet.to is not None and number_of(packet.to) not in (BROADCAST, None):
            losses["to"] = readings.loss(packet.to)
        number = readings.loss(packet.id) if packet.id else str(int(at.timestamp()))
        entry = LogEntry(
            id=readings.identifier(f"{node}-{number}"),
            at=at,
            by=self._nodes.get(node, _Node()).callsign or node,
            text=words,
        )
        return [self._voice.report(message, entry, original=(node, packet.type), losses=losses)]

    def _waypoint(self, message: Message, packet: Packet, node: str) -> list[Report]:
        said = strict_json.decode(bytes(packet.payload), WAYPOINT)
        at, why = _moment(packet, message)
        identity = readings.identifier(f"waypoint-{readings.loss(said.id)}")
        original = (readings.loss(said.id), "waypoint")
        losses = {"time": why} if why else {}
        if said.expire == 1:  # so the apps take one back
            gone = Retraction(id=identity, at=at, kind="zone")
            return [self._voice.report(message, gone, original=original, losses=losses)]
        place = place_of(said)
        if place is None:
            raise BadMessage("a waypoint without a place")
        ends = said.expire is not None and said.expire >= _SET_S
        losses |= readings.unread(payload_of(packet), frozenset(_WAYPOINT_READ))
        zone = Zone(
            id=identity,
            at=at,
            by=self._nodes.get(node, _Node()).callsign or node,
            kind="marker",
            name=readings.name(said.name),
            summary=readings.prose(said.description),
            geometry=outlines.point(*place),
            expires_at=readings.moment_of_seconds(said.expire) if ends and said.expire is not None else None,
        )
        return [self._voice.report(message, zone, original=original, losses=losses)]

    def _unit(
        self,
        message: Message,
        packet: Packet,
        node: str,
        at: datetime,
        *,
        read: frozenset[str],
        said: dict[str, str] | None = None,
    ) -> list[Report]:
        known = self._nodes.get(node, _Node())
        unit = Unit(
            id=node,
            at=at,
            callsign=known.callsign or node,
            kind=self._kinds.get(node) or known.kind or self._kind,
        )

        def losses() -> dict[str, str]:
            packet_left = readings.unread(strict_json.loads(message.payload), _ENVELOPE_READ)
            return {**dict(known.words), **packet_left, **readings.unread(payload_of(packet), read), **(said or {})}

        return self._voice.unit(message, unit, losses, beside=known.words, original=(node, packet.type))

    def _know(self, node: str, what: _Node) -> None:
        if node not in self._nodes and len(self._nodes) >= _NODES_REMEMBERED:
            self._nodes.clear()  # a hostile sender may invent nodes without end
        self._nodes[node] = what

    def _heard(self, packet: tuple[str, int | str]) -> bool:
        return packet in self._young or packet in self._old

    def _remember(self, packet: tuple[str, int | str]) -> None:
        if len(self._young) >= _PACKETS_REMEMBERED:
            self._old, self._young = self._young, set()
        node, number = packet
        if not isinstance(number, str) or len(number) <= readings.SHORT:
            self._young.add((node, number))


_WAYPOINT_READ = ("id", "name", "description", "expire", "latitude_i", "longitude_i", "latitudeI", "longitudeI")


def _few(words: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(words.items())[:40]


def _moment(packet: Packet, message: Message) -> tuple[datetime, str]:
    """When the gateway received the packet, else when we did; and why, where it is ours. Raises BadMessage."""
    if packet.timestamp is not None and packet.timestamp >= _SET_S:
        return readings.moment_of_seconds(packet.timestamp), ""
    if message.retained:
        raise BadMessage("a retained message without a time")
    return message.received_at, "no time in the message: the time of receipt stands for it"


def _moment_or(packet: Packet, at: datetime) -> datetime:
    """When the gateway received the packet; where it says none, `at`."""
    try:
        said = packet.timestamp or 0.0
        return readings.moment_of_seconds(said) if said >= _SET_S else at
    except BadMessage:
        return at


def _moment_of_fix(fix: Fix, packet: Packet, message: Message) -> tuple[datetime, str]:
    """When the fix was taken, else when the packet was received.

    `timestamp` of the payload is the receiver's own time of the fix and only sent where a node is set to; `time` may be
    the clock when the packet left, so the earlier of the two holds.
    """
    said = [one for one in (fix.time, fix.timestamp) if one is not None and one >= _SET_S]
    if said:
        return readings.moment_of_seconds(min(said)), ""
    at, why = _moment(packet, message)
    return at, why or "no time of the fix: the gateway's time of receipt stands for it"


def _times(figure: float | None, factor: float) -> float | None:
    return None if figure is None else figure * factor


def sniff(topic: str, payload: bytes) -> int:
    """Its topics are its own; without one, a type beside a payload with its words."""
    head = payload[:4096]
    if b'"payload"' not in head or b'"type"' not in head:
        return 0
    if "/2/json/" in topic and topic.rpartition("/")[2].startswith("!"):
        return 95
    words = (b'"latitude_i"', b'"latitudeI"', b'"longname"', b'"air_util_tx"', b'"hop_start"')
    if any(word in head for word in words):
        return 85
    return 60 if b'"sender"' in head and b'"from"' in head and b'"!' in head else 0


FORMAT = Format(
    name="meshtastic",
    summary="Meshtastic mesh radios (JSON)",
    make=Meshtastic,
    split=strict_json.lines,
    sniff=sniff,
    topic="msh/+/2/json/#",
    limits="16 KiB a message",
)
