"""APRS: amateur radio's stations, objects and messages, from APRS-IS or a radio; gliders of the Open Glider Network.

Written from *APRS Protocol Reference*, version 1.0.1, with the addenda 1.1 and 1.2 where they say more.
"""

import hashlib
import re
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

import msgspec

from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import aprs_packets, aprs_places, clocks, nmea_sentences, parts, readings
from cop.feeds.adapters.adapter import Format, Recorded
from cop.feeds.adapters.aprs_packets import Packet
from cop.feeds.adapters.aprs_places import Place
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

#: 1 MiB of the shortest ones takes longer than a twentieth of a second beyond
_PACKETS_LIMIT = 1_200
_HEARD_REMEMBERED = 20_000
_STATIONS_REMEMBERED = 20_000
#: the same packet comes by several ways; APRS-IS forgets it after as long
_COPIES_COME_WITHIN = timedelta(seconds=30)
_TIME = re.compile(r"(\d\d)(\d\d)(\d\d)([zh/])")
_PERMANENT = "111111z"
_NO_TIME = "no time in the packet: the time of receipt stands for it"
_OBJECT = re.compile(r"([ -~]{9})([*_])(?=\d{6}[zh/])")
#: as some write it: the name not filled up to nine, the place with the data type of a station before it
_BENT_OBJECT = re.compile(r"([ -~]{1,8}?)([*_])(?=\d{6}[zh/])")
_ITEM = re.compile(r"([ -~]{3,9}?)([!_])")
_GLIDER = re.compile(r"\bid([0-9A-Fa-f]{2})([0-9A-Fa-f]{6})\b")
_NUMBERED = re.compile(r"\{([^\s{}]{1,5})\}?[^\s{}]{0,5}$")
_RECEIPTS = re.compile(r"(?:ack|rej)[^\s]{1,5}")
_TELEMETRY_WORDS = ("PARM.", "UNIT.", "EQNS.", "BITS.")
#: losses that make a unit news when they change
_NEWS = ("comment", "weather")
_SILENT = frozenset("?{,<[%#*")


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    kind: str = "unknown"
    units: dict[str, str] = {}


class _Named(NamedTuple):
    """Who or what a packet tells of.

    Anybody may name an object as they like, also by another station's callsign, so an object's id is none of a station.
    """

    name: str
    id: str
    is_object: bool

    @classmethod
    def of_station(cls, callsign: str) -> "_Named":
        return cls(callsign, readings.identifier(callsign), is_object=False)

    @classmethod
    def of_object(cls, name: str) -> "_Named":
        return cls(name, readings.identifier(f"object {name}"), is_object=True)


class _Station(NamedTuple):
    """What is known of a station or object beside its place, for each of its packets says a part of it."""

    kind: str | None = None
    status: str = "unknown"
    words: tuple[tuple[str, str], ...] = ()


class Aprs:
    """Decodes APRS. Option `kind` is the kind of units whose symbol says none, `units` that of single ones by name."""

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._voice = Voice(feed, "aprs")
        self._words = Vocabulary(feed, "aprs")
        self._zone = readings.zone_of(feed)
        self._kind, self._kinds = options.kind, options.units
        # Two generations: when the young one is full it becomes the old one, so the memory has a bound.
        self._young: dict[bytes, datetime] = {}
        self._old: dict[bytes, datetime] = {}
        self._stations: dict[str, _Station] = {}

    def decode(self, message: Message) -> list[Report]:
        """What each packet says; a copy of a packet that came by another way says nothing. Raises BadMessage."""
        payload = message.payload
        if not payload and message.topic:
            return []  # a retained message was cleared
        said = list(islice(aprs_packets.packets(payload), _PACKETS_LIMIT + 1))
        if not said:
            raise BadMessage("no packet of APRS")
        return parts.of_parts(said, lambda one: self._line(message, one), limit=_PACKETS_LIMIT)

    def _line(self, message: Message, line: bytes) -> list[Report]:
        if line[:1] == b"#":
            return []  # the server's own words
        if message.retained:
            raise BadMessage("a retained packet: none says its day")
        packet = aprs_packets.read(line)
        # Mic-E says its place and status in the destination, so that is a part of what is said.
        copy = hashlib.blake2b(
            f"{packet.source}>{packet.destination}:{packet.text}".encode("latin-1"), digest_size=12
        ).digest()
        if self._heard(copy, message.received_at):
            return []
        reports = self._packet(message, packet)
        if len(self._young) >= _HEARD_REMEMBERED:
            self._old, self._young = self._young, {}
        self._young[copy] = message.received_at
        return reports

    def _heard(self, copy: bytes, now: datetime) -> bool:
        before = self._young.get(copy) or self._old.get(copy)
        return before is not None and abs(now - before) < _COPIES_COME_WITHIN

    def _packet(self, message: Message, packet: Packet, *, inner: bool = False) -> list[Report]:
        text = packet.text
        kind, body = text[:1], text[1:]
        if kind in "!=":
            return self._position(message, packet, aprs_places.plain_or_compressed(body), "")
        if kind in "/@":
            return self._position(message, packet, aprs_places.plain_or_compressed(body[7:]), body[:7])
        if kind in "`'\x1c\x1d":
            return self._position(message, packet, aprs_places.mic_e(packet.destination, body), "")
        if kind == ";":
            return self._object(message, packet, body)
        if kind == ")":
            return self._item(message, packet, body)
        if kind == ":":
            return self._text(message, packet, body)
        if kind == ">":
            return self._status(message, packet, body)
        if kind == "}" and not inner:  # heard by another system: what is inside counts
            return self._packet(message, aprs_packets.line(body), inner=True)
        if kind == "$" and not body.startswith("ULTW"):
            return self._receiver(message, packet)
        if kind in "_$" or text.startswith("T#"):
            name = "telemetry" if kind == "T" else "weather"
            return self._unlocated(message, packet, {name: readings.loss(body)})
        if kind in _SILENT:
            return []
        at = text.find("!", 0, 40)
        if at > 0:  # a text before the place, as some digipeaters put it
            return self._position(message, packet, aprs_places.plain_or_compressed(text[at + 1 :]), "")
        raise BadMessage("data type is none of APRS")

    def _position(self, message: Message, packet: Packet, place: Place, time: str) -> list[Report]:
        at, losses = self._moment(message, time)
        return self._placed(message, packet, place, _Named.of_station(packet.source), at=at, losses=losses)

    def _object(self, message: Message, packet: Packet, body: str) -> list[Report]:
        match = _OBJECT.match(body) or _BENT_OBJECT.match(body)
        if match is None or not match[1].strip():
            raise BadMessage("no object of APRS")
        name, time, rest = match[1].strip(), body[match.end() : match.end() + 7], body[match.end() + 7 :]
        at, losses = self._moment(message, time)
        if match[2] == "_":
            return self._gone(message, packet, name, at)
        place = aprs_places.plain_or_compressed(rest.lstrip("!="))
        return self._placed(message, packet, place, _Named.of_object(name), at=at, losses=losses)

    def _item(self, message: Message, packet: Packet, body: str) -> list[Report]:
        match = _ITEM.match(body)
        if match is None or not match[1].strip():
            raise BadMessage("no item of APRS")
        at, losses = self._moment(message, "")
        if match[2] == "_":
            return self._gone(message, packet, match[1].strip(), at)
        place = aprs_places.plain_or_compressed(body[match.end() :])
        return self._placed(message, packet, place, _Named.of_object(match[1].strip()), at=at, losses=losses)

    def _gone(self, message: Message, packet: Packet, name: str, at: datetime) -> list[Report]:
        unit = _Named.of_object(name).id
        self._voice.forget(unit)
        gone = Retraction(id=unit, at=at, kind="unit", by=packet.source)
        return [self._voice.report(message, gone, original=(name, packet.text[:1]))]

    def _placed(
        self, message: Message, packet: Packet, place: Place, who: "_Named", *, at: datetime, losses: dict[str, str]
    ) -> list[Report]:
        """The unit of a place, and its position where it has one."""
        for key, value in place.losses:
            losses[key] = readings.loss(value)
        comment = _readable(place.rest)
        if comment:
            losses["comment"] = readings.loss(comment)
        glider = _GLIDER.search(place.rest)
        kind = self._kind_of(place.symbol)
        if glider is not None:
            flags = int(glider[1], 16)
            kind = self._words.find("aircraft_kinds", str(flags >> 2 & 0x0F)) or kind
            if flags & 0xC0:
                losses["no-tracking"] = "the pilot asks not to be tracked"
        if kind is None and place.symbol:
            losses["symbol"] = readings.loss(place.symbol)
        # Of a glider the comment is figures that change with each packet: no news.
        word = {} if glider is not None else {key: losses[key] for key in _NEWS if key in losses}
        status = self._words.word("unit_statuses", place.word) if place.word else None
        by = packet.source if who.is_object else ""
        emergency = "!EMERGENCY!" in place.rest.upper()
        reports = self._unit(
            message,
            packet,
            who,
            at,
            by=by,
            kind=kind,
            status=status,
            words=word,
            losses=losses,
            emergency=emergency,
            anew=_NEWS,
        )
        if place.lat is None or place.lon is None:
            return reports
        position = Position(
            id=who.id,
            at=at,
            lat=place.lat,
            lon=place.lon,
            alt_m=place.alt_m,
            course_deg=place.course_deg,
            speed_mps=place.speed_mps,
            accuracy_m=place.accuracy_m,
            by=by,
        )
        kept = {key: value for key, value in losses.items() if key in ("time", "time as sent", "fix", "no-tracking")}
        original = (who.name, packet.text[:1])
        return [*reports, self._voice.position(message, position, original=original, losses=kept)]

    def _text(self, message: Message, packet: Packet, body: str) -> list[Report]:
        """A message or bulletin; receipts and the words for telemetry are none."""
        addressee, colon, text = body[:9].strip(), body[9:10], body[10:]
        if colon != ":" or not addressee:
            raise BadMessage("no message of APRS")
        if _RECEIPTS.fullmatch(text.strip()) or text.startswith(_TELEMETRY_WORDS):
            return []
        match = _NUMBERED.search(text[-12:])
        number = match[1] if match is not None else ""
        if match is not None:
            text = text[: len(text) - len(match[0])]
        words = readings.prose(_readable(text))
        if not words:
            return []
        at, losses = self._moment(message, "")
        losses["to"] = readings.loss(addressee)
        # A message without a number is known by its words and the minute that it came in.
        name = number or f"{int(at.timestamp()) // 60}-{zlib.crc32(text.encode('latin-1')):08x}"
        entry = LogEntry(
            id=readings.identifier(f"{packet.source}-{addressee}-{name}"), at=at, by=packet.source, text=words
        )
        return [self._voice.report(message, entry, original=(packet.source, ":"), losses=losses)]

    def _status(self, message: Message, packet: Packet, body: str) -> list[Report]:
        timed = _TIME.match(body) is not None
        words = _readable(body[7:] if timed else body)
        return self._unlocated(message, packet, {"status": readings.loss(words)}, time=body[:7] if timed else "")

    def _receiver(self, message: Message, packet: Packet) -> list[Report]:
        """A satellite receiver's own sentence, as simple trackers send it."""
        sentence = nmea_sentences.parse(packet.text.strip())
        epoch = nmea_sentences.read(sentence) if sentence is not None else None
        if epoch is None or epoch.seconds is None:
            return []
        if epoch.day is not None:
            at = clocks.at_day(epoch.day, epoch.seconds)
        else:
            at = clocks.nearest_day(epoch.seconds, message.received_at)
        place = Place(
            epoch.lat if epoch.located else None,
            epoch.lon if epoch.located else None,
            "",
            "",
            accuracy_m=epoch.accuracy_m,
            course_deg=epoch.course_deg,
            speed_mps=epoch.speed_mps,
            alt_m=epoch.alt_m,
        )
        return self._placed(message, packet, place, _Named.of_station(packet.source), at=at, losses={})

    def _unlocated(self, message: Message, packet: Packet, said: dict[str, str], *, time: str = "") -> list[Report]:
        at, losses = self._moment(message, time)
        return self._unit(message, packet, _Named.of_station(packet.source), at, words=said, losses=losses)

    def _unit(
        self,
        message: Message,
        packet: Packet,
        who: "_Named",
        at: datetime,
        *,
        words: dict[str, str],
        losses: dict[str, str],
        by: str = "",
        kind: str | None = None,
        status: str | None = None,
        emergency: bool = False,
        anew: tuple[str, ...] = (),
    ) -> list[Report]:
        """The unit with all that its packets said of it so far; what this one leaves out, and is not `anew`, stays."""
        unit_id = who.id
        known = self._stations.get(unit_id, _Station())
        if unit_id not in self._stations and len(self._stations) >= _STATIONS_REMEMBERED:
            self._stations.clear()  # a hostile sender may invent stations without end
        known = self._stations[unit_id] = _Station(
            kind or known.kind,
            status or known.status,
            tuple({**{key: value for key, value in known.words if key not in anew}, **words}.items()),
        )
        unit = Unit(
            id=unit_id,
            at=at,
            by=by,
            callsign=readings.name(who.name),
            kind=self._kinds.get(readings.identifier(who.name)) or known.kind or self._kind,
            status="emergency" if emergency else known.status,
        )
        original = (who.name, packet.text[:1])
        return self._voice.unit(
            message, unit, lambda: {**dict(known.words), **losses}, beside=known.words, original=original
        )

    def _kind_of(self, symbol: str) -> str | None:
        """The kind that a symbol says: `/` is the first table, everything else the second with an overlay."""
        if len(symbol) != 2:
            return None
        table = "/" if symbol[0] == "/" else "\\"
        return self._words.find("unit_kinds", f"{table}{'^' if symbol[1].isupper() else ''}{symbol[1]}")

    def _moment(self, message: Message, text: str) -> tuple[datetime, dict[str, str]]:
        """When: a day of the month or a time of day, nearest to the time of receipt; without one, that itself."""
        match = _TIME.fullmatch(text)
        if match is None or text == _PERMANENT:
            losses = {"time": _NO_TIME}
            if text:
                losses["time as sent"] = readings.loss(text)
            return message.received_at, losses
        first, second, third = (int(figure) for figure in match.groups()[:3])
        try:
            if match[4] == "h":
                _check(first < 24 and second < 60 and third < 61)
                return clocks.nearest_day(first * 3600 + second * 60 + third, message.received_at), {}
            _check(second < 24 and third < 60)
            seconds = second * 3600 + third * 60
            if match[4] == "z":
                return clocks.nearest_month(first, seconds, message.received_at), {}
            return clocks.nearest_month(first, seconds, message.received_at, self._zone), {}
        except BadMessage:
            return message.received_at, {"time": _NO_TIME, "time as sent": readings.loss(text)}


def _check(holds: bool) -> None:
    if not holds:
        raise BadMessage("time of day is out of range")


def _readable(text: str) -> str:
    """A text as people wrote it: most send UTF-8 today."""
    try:
        return text.encode("latin-1").decode("utf-8").strip()
    except UnicodeDecodeError:
        return text.strip()


def recorded(data: bytes) -> Iterator[Recorded]:
    """Cut a recording into packets: lines of APRS-IS, frames in KISS, frames a line each."""
    for one in aprs_packets.packets(data):
        yield Recorded(None, one)


def sniff(_topic: str, payload: bytes) -> int:
    """`CALL>DESTINATION,…:` and one of the data types; or a frame of AX.25 with its callsigns."""
    head = payload[:200]
    if _SNIFFED.match(head):
        return 85
    frame = head[2:] if head[:1] == b"\xc0" else head
    if len(frame) > 16 and frame[0] >= 0x80 and b"\x03\xf0" in frame[14:72]:
        return 70 if not any(byte & 1 for byte in frame[:6]) else 0
    return 0


_SNIFFED = re.compile(
    rb"[A-Za-z0-9]{1,9}(?:-[A-Za-z0-9]{1,2})?>[A-Z0-9]{1,9}(?:-[0-9]{1,2})?(?:,[A-Za-z0-9*,-]+)?:[^\s]"
)

FORMAT = Format(
    name="aprs",
    summary="APRS of amateur radio, and gliders of the OGN",
    make=Aprs,
    split=recorded,
    sniff=sniff,
    limits=f"{_PACKETS_LIMIT:,} packets a message",
)
