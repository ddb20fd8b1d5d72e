"""SBS-1 BaseStation: lines of comma-separated values of one aircraft each, as receivers write them on port 30003.

Sources: Kinetic Avionic, "SBS-1 Socket Data Format" (BaseStation); dump1090 and readsb, which write 22 fields.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import NamedTuple

import msgspec

from cop.domain.report import Report
from cop.domain.rules.plausible import refuse_time
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import readings
from cop.feeds.adapters.adapter import Format, Recorded
from cop.feeds.adapters.aircraft_words import AircraftWords
from cop.feeds.adapters.clocks import FOOT_M, KNOT_MPS
from cop.feeds.adapters.parts import most_of, of_parts
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

#: of one message; measured so that it takes no more than about 50 ms
LINES_LIMIT = 4_000
_AIRCRAFT_REMEMBERED = 50_000
_LINE_LENGTH = 1_024
#: how long a velocity or a height holds beside a position of another line
_HOLDS = timedelta(seconds=10)
_ROWS = re.compile(rb"[\r\n\0]+")
_ADDRESS = re.compile(r"~?[0-9A-Fa-f]{6}")
_DAY = re.compile(r"([0-9]{4})[/-]([0-9]{2})[/-]([0-9]{2})")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?")
#: how many fields a line has at least
_FIELDS = {"MSG": 22, "SEL": 11, "ID": 11, "AIR": 10, "STA": 11, "CLK": 10}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_SET = ("-1", "1")
_NO_TIME = "none in the line: the time of receipt stands for it"


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    kind: str = "aircraft"
    units: dict[str, str] = {}


class _Line(NamedTuple):
    """A line that can be read: whose, of which kind, and when."""

    message: Message
    address: str
    kind: str
    at: datetime


class _Aircraft:
    """What the lines of one address said so far."""

    __slots__ = (
        "alt_m",
        "alt_m_at",
        "calls",
        "callsign",
        "course_deg",
        "on_ground",
        "said",
        "speed_mps",
        "squawk",
        "squawk_at",
        "velocity_at",
    )

    def __init__(self) -> None:
        self.callsign = self.squawk = self.on_ground = ""
        self.calls = False
        #: what our vocabulary cannot hold
        self.said: dict[str, str] = {}
        self.squawk_at = self.velocity_at = self.alt_m_at = _LONG_AGO
        self.speed_mps: float | None = None
        self.course_deg: float | None = None
        self.alt_m: float | None = None

    def hear(self, fields: list[str], at: datetime) -> None:
        """What a MSG line says holds from then on; an older one takes nothing back."""
        if fields[10]:
            self.callsign = readings.name(fields[10].strip("@")) or self.callsign
        if fields[11] and at >= self.alt_m_at:
            feet = readings.figure(fields[11])
            self.alt_m = None if feet is None else readings.within(feet * FOOT_M, -12_000.0, 1e6)
            self.alt_m_at = at
        if (fields[12] or fields[13]) and at >= self.velocity_at:
            knots = readings.figure(fields[12])
            self.speed_mps = None if knots is None else readings.within(knots * KNOT_MPS, 0.0, 12_000.0)
            self.course_deg = readings.course(readings.figure(fields[13]))
            self.velocity_at = at
        if at >= self.squawk_at:  # an older call is over, or known
            if fields[17]:
                self.squawk, self.squawk_at = readings.name(fields[17][:8]), at
                self.calls = False
            if fields[19] in _SET:
                self.calls, self.squawk_at = True, at
        for name, field in (("vertical_rate", 16), ("alert", 18), ("spi", 20)):
            if fields[field] not in ("", "0"):
                self.said[name] = readings.loss(fields[field])
            elif fields[field]:
                self.said.pop(name, None)
        if fields[21]:
            self.on_ground = "ground" if fields[21] in _SET else ""

    def position(self, address: str, at: datetime, lat: float, lon: float) -> Position:
        """Where it is, with velocity and height of other lines that are not too old for that."""
        fresh = abs(at - self.velocity_at) <= _HOLDS
        return Position(
            id=address,
            at=at,
            lat=lat,
            lon=lon,
            alt_m=self.alt_m if abs(at - self.alt_m_at) <= _HOLDS else None,
            course_deg=self.course_deg if fresh else None,
            speed_mps=self.speed_mps if fresh else None,
        )


class Sbs:
    """Decodes BaseStation lines; each says a little of an aircraft. Option `units` is the kind of single aircraft."""

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._voice = Voice(feed, "sbs")
        self._words = AircraftWords(feed, kind=options.kind, kinds=options.units)
        self._zone = readings.zone_of(feed)
        self._aircraft: dict[str, _Aircraft] = {}
        self._limit = most_of(feed, LINES_LIMIT)

    def decode(self, message: Message) -> list[Report]:
        """The unit of a line, when what is known of it changed, and its position where the line has one."""
        payload = message.payload
        if not payload and message.topic:
            return []  # a retained message was cleared
        rows = _ROWS.split(payload.strip(), maxsplit=self._limit + 1)
        if len(rows) == 1:
            return self._line(message, rows[0])
        return of_parts(rows, partial(self._line, message), limit=self._limit)

    def _line(self, message: Message, row: bytes) -> list[Report]:
        if not row.strip():
            return []
        if len(row) > _LINE_LENGTH:
            raise BadMessage("a line is longer than BaseStation's are")
        fields = [field.strip() for field in row.decode("ascii", "replace").split(",")]
        kind = fields[0]
        if kind not in _FIELDS:
            raise BadMessage("no line of BaseStation")
        if kind in ("STA", "CLK"):
            return []  # what the receiver's own list does, and its clock
        if len(fields) < 5 or not _ADDRESS.fullmatch(fields[4]):
            raise BadMessage("no address of an aircraft")
        address = fields[4].lower()
        try:
            at = self._moment(fields, message)
        except BadMessage as bad:
            raise BadMessage(bad.reason, self._call_for_help(message, address, fields)) from None
        known = self._known(address)
        if kind == "MSG":
            return self._transmission(_Line(message, address, f"MSG,{fields[1]}"[:16], at), known, fields)
        if kind != "AIR":
            known.callsign = readings.name(fields[10]) or known.callsign
        return self._unit(_Line(message, address, kind, at), known)

    def _transmission(self, line: _Line, known: _Aircraft, fields: list[str]) -> list[Report]:
        known.hear(fields, line.at)
        reports = self._unit(line, known)
        if not fields[14] and not fields[15]:
            return reports
        lat, lon = readings.figure(fields[14]), readings.figure(fields[15])
        if lat is None or lon is None or not readings.on_the_globe(lat, lon):
            raise BadMessage("coordinates are outside the globe, or none", reports)
        if lat == 0.0 and lon == 0.0:
            return reports  # some receivers write zeros for what they do not know
        position = known.position(line.address, line.at, lat, lon)
        losses = {"alt": "height by air pressure"} if position.alt_m is not None else {}
        if known.on_ground:
            losses["on_ground"] = known.on_ground
        original = (line.address, line.kind)
        return [*reports, self._voice.position(line.message, position, original=original, losses=losses)]

    def _call_for_help(self, message: Message, address: str, fields: list[str]) -> list[Report]:
        """Of a line that is cut short or has no time: a code of emergency in its place is heard all the same."""
        squawk = fields[17] if len(fields) > 17 else ""
        if message.retained or self._words.status(squawk, None)[0] != "emergency":
            return []
        known = self._known(address)
        known.squawk, known.squawk_at = squawk, message.received_at
        return self._unit(_Line(message, address, "MSG", message.received_at), known, unreadable=True)

    def _known(self, address: str) -> _Aircraft:
        known = self._aircraft.get(address)
        if known is None:
            if len(self._aircraft) >= _AIRCRAFT_REMEMBERED:
                del self._aircraft[next(iter(self._aircraft))]
            known = self._aircraft[address] = _Aircraft()
        return known

    def _unit(self, line: _Line, known: _Aircraft, *, unreadable: bool = False) -> list[Report]:
        address = line.address
        status, meaning = self._words.status(known.squawk, "general" if known.calls else None)
        unit = Unit(
            id=address,
            at=line.at,
            callsign=known.callsign or address,
            kind=self._words.kind(address, None, None),
            status=status,
        )

        def losses() -> dict[str, str]:
            left = dict(known.said)
            if known.squawk:
                left["squawk"] = known.squawk
            if meaning:
                left["emergency"] = meaning
            if address.startswith("~"):
                left["hex"] = "not an ICAO address"
            if unreadable or line.at is line.message.received_at:
                left["time"] = _NO_TIME
            return left

        return self._voice.unit(line.message, unit, losses, beside=meaning, original=(address, line.kind))

    def _moment(self, fields: list[str], message: Message) -> datetime:
        """When the receiver took it from the air, by its own clock; else when it was logged.

        Raises BadMessage for a time that cannot be read or believed, before anything of the line is remembered, and
        for a line whose fields do not stand in their places.
        """
        if len(fields) < _FIELDS[fields[0]]:
            raise BadMessage("a line has fewer fields than BaseStation's")
        if any(fields[22:]):  # somewhere a comma too many: a course would be read as a latitude
            raise BadMessage("a line has more fields than BaseStation's")
        for day, time in ((6, 7), (8, 9)):
            if fields[day] or fields[time]:
                at = _moment(fields[day], fields[time], self._zone)
                if refusal := refuse_time(at, message.received_at):
                    raise BadMessage(refusal)
                return at
        if message.retained:
            raise BadMessage("a retained line without a time")
        return message.received_at


def _moment(day: str, time: str, zone: tzinfo) -> datetime:
    said = _DAY.fullmatch(day)
    if said is None or not _TIME.fullmatch(time):
        raise BadMessage("date and time are none")
    return readings.moment_of_text(f"{said[1]}-{said[2]}-{said[3]}T{time}", zone)


def recorded(data: bytes) -> Iterator[Recorded]:
    """Cut a recording into lines; each was received when it was logged, by the receiver's own clock."""
    for row in _ROWS.split(data):
        if row.strip():
            yield Recorded(None, row, _logged_at(row))


def _logged_at(row: bytes) -> datetime | None:
    fields = row[:_LINE_LENGTH].decode("ascii", "replace").split(",")
    try:
        return _moment(fields[8].strip(), fields[9].strip(), UTC).replace(tzinfo=None)
    except (BadMessage, IndexError):
        return None


_SNIFFED = re.compile(rb"(?:MSG,[1-8],|(?:SEL|ID|AIR|STA|CLK),,)[0-9-]*,[0-9-]*,(?:~?[0-9A-Fa-f]{6})?,")


def sniff(topic: str, payload: bytes) -> int:
    """A line of one of the six kinds, and an address in its fifth field."""
    return 90 if _SNIFFED.match(payload[:200].lstrip()) else 0


FORMAT = Format(
    name="sbs",
    summary="SBS-1 BaseStation lines of ADS-B receivers (port 30003)",
    make=Sbs,
    split=recorded,
    sniff=sniff,
    topic="sbs/#",
    limits=f"{LINES_LIMIT:,} lines a message",
)
