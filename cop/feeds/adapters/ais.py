"""AIS: ships, what they are and where (ITU-R M.1371-5), in the VDM and VDO sentences of receivers (IEC 61162-1)."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

import msgspec
from pyais.bit_vector import bit_vector
from pyais.messages import MSG_CLASS, to_lat_lon

from cop.domain.area import Zone
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.domain.rules.plausible import refuse_time
from cop.domain.unit import Position
from cop.feeds.adapters import ais_sentences, readings
from cop.feeds.adapters.adapter import Format, Recorded
from cop.feeds.adapters.ais_sentences import Assembly, Sentences
from cop.feeds.adapters.ais_vessels import Vessel, Vessels
from cop.feeds.adapters.clocks import KNOT_MPS
from cop.feeds.adapters.parts import most_of, of_parts
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

#: of one message; measured so that the slowest kind of them takes no more than about 50 ms
LINES_LIMIT = 1_000
_TENTH_KNOT_MPS = KNOT_MPS / 10.0
#: a fix this long "after" its receipt is a station's clock behind the ship's, not a fix of a minute ago
_CLOCKS_DIFFER_S = 5
_SECONDS = tuple(timedelta(seconds=second) for second in range(60))
#: half the diagonal of the cell of 1/10 minute by 1/10 minute that a position of type 27 is rounded to
_LONG_RANGE_ACCURACY_M = 131.0
_HIGH_ACCURACY_M = 10.0
#: a marker is said again when it moves further than its own satellite positions scatter
_MARKER_MOVED_DEG = 0.001
_MARKERS_REMEMBERED = 20_000
#: lines, and sentences that follow each other without an end of line (a tag block ends in a checksum as well)
_ROWS = re.compile(rb"[\r\n\0]+|(?<=\*[0-9A-Fa-f]{2})(?=!|\\[a-z]:)")
_TYPES = {letter: (letter - 48 if letter < 96 else letter - 56) for letter in (*range(48, 88), *range(96, 120))}
_TYPE_NAMES = tuple(map(str, range(64)))
_DEGREES = tuple(map(str, range(360)))
_NO_TIME = {"time": "none beside the sentence: the time of receipt stands for it"}
_WORKS_NOT = 63
#: what a second above 60 says of a position
_NO_FIX = {61: "typed in by hand", 62: "dead reckoning", _WORKS_NOT: "positioning system inoperative"}


class _Fix(msgspec.Struct):
    """Where a message says that its sender is; 91 and 181 degrees are nowhere. `second` is that of the fix in UTC."""

    lat: float
    lon: float
    speed_mps: float | None
    course_deg: float | None
    second: int | None
    accuracy_m: float | None
    alt_m: float | None
    losses: dict[str, str]


class _Heard(msgspec.Struct):
    """A whole message: `at` is when it was heard, `beside` the losses of what stood beside the sentence."""

    message: Message
    at: datetime
    number: int
    bits: bit_vector
    beside: dict[str, str]


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    """None."""


class _Marker(NamedTuple):
    """What was last said of an aid to navigation or a base station, and the message that says the same again."""

    bits: bit_vector
    lat: float
    lon: float
    name: str
    summary: str


class Ais:
    """Decodes AIS sentences, one or many a message; a message of several sentences may come in several payloads."""

    def __init__(self, feed: Feed) -> None:
        readings.options_of(feed, _Options)
        self._voice = Voice(feed, "ais")
        self._sentences = Sentences(readings.zone_of(feed))
        self._assembly = Assembly()
        self._vessels = Vessels(feed)
        self._limit = most_of(feed, LINES_LIMIT)
        self._markers: dict[int, _Marker] = {}
        #: number of bits that are read, and who reads them, by type
        self._readers: dict[int, tuple[int, Callable[[_Heard], list[Report]]]] = {
            **dict.fromkeys((1, 2, 3), (145, self._class_a)),
            4: (134, self._base_station),
            5: (240, self._static),
            9: (134, self._aircraft),
            12: (78, self._text),
            14: (46, self._text),
            18: (139, self._class_b),
            19: (271, self._extended),
            21: (270, self._aid),
            24: (48, self._static),
            27: (95, self._long_range),
        }

    def decode(self, message: Message) -> list[Report]:
        """Positions and units of ships, zones of aids to navigation and base stations, log lines of safety texts."""
        payload = message.payload
        whole = ais_sentences.alone(payload)
        if whole is not None:
            return self._said(message, whole[0], whole[1], None, _NO_TIME)
        if not payload and message.topic:
            return []  # a retained message was cleared
        if payload.count(b"!") == 1 and b"\n" not in payload and b"\r" not in payload:
            return self._row(message, payload)
        rows = _ROWS.split(payload.strip(), maxsplit=self._limit + 1)
        return of_parts(rows, partial(self._row, message), limit=self._limit)

    def _row(self, message: Message, row: bytes) -> list[Report]:
        part = self._sentences.read(row)
        if part is None:
            return []
        said = self._assembly.add(message.topic, part, message.received_at)
        if said is None:
            return []
        beside = {"station": readings.loss(said.station)} if said.station else {}
        if said.at is None:
            beside.update(_NO_TIME)
        return self._said(message, said.payload, said.fill_bits, said.at, beside)

    def _said(
        self, message: Message, payload: bytes, fill_bits: int, at: datetime | None, beside: dict[str, str]
    ) -> list[Report]:
        """What a whole message says; `beside` are the losses of what stood beside it."""
        if not payload:
            return []
        number = _TYPES[payload[0]]
        reader = self._readers.get(number)
        if reader is None:
            return []
        if at is None:
            if message.retained:
                raise BadMessage("a retained sentence without a time")
            at = message.received_at
        elif refusal := refuse_time(at, message.received_at):
            raise BadMessage(refusal)  # before anything of it is remembered
        bits = bit_vector(payload, fill_bits)
        if len(bits) < reader[0]:
            raise BadMessage("a payload is too short for its type")
        return reader[1](_Heard(message, at, number, bits, beside))

    def _class_a(self, heard: _Heard) -> list[Report]:
        """Types 1, 2, 3."""
        bits = heard.bits.get(8, 135)  # MMSI, status, rate of turn and the block
        vessel = self._vessel(bits >> 105)
        vessel.navigates(bits >> 101 & 0xF)
        return self._located(heard, vessel, _block(bits))

    def _class_b(self, heard: _Heard) -> list[Report]:
        """Type 18."""
        bits = heard.bits.get(8, 131)  # MMSI, eight bits for later use and the block
        return self._located(heard, self._vessel(bits >> 101), _block(bits))

    def _extended(self, heard: _Heard) -> list[Report]:
        """Type 19: class B with name and type of ship."""
        words: Any = MSG_CLASS[19].from_vector(heard.bits)
        vessel = self._vessel(words.mmsi)
        vessel.describe(heard.at, "19", name=words.shipname, ship_type=heard.bits.get(263, 8), left=_unread(words))
        return self._located(heard, vessel, _block(heard.bits.get(46, 93)))

    def _aircraft(self, heard: _Heard) -> list[Report]:
        """Type 9: an aircraft of search and rescue; whole knots, and metres."""
        said: Any = MSG_CLASS[9].from_vector(heard.bits)
        fix = _Fix(
            said.lat,
            said.lon,
            said.speed * KNOT_MPS if said.speed < 1023 else None,
            said.course if said.course < 360 else None,
            said.second,
            _HIGH_ACCURACY_M if said.accuracy else None,
            float(said.alt) if said.alt < 4095 else None,
            {},
        )
        return self._located(heard, self._vessel(said.mmsi), fix)

    def _long_range(self, heard: _Heard) -> list[Report]:
        """Type 27: for satellites; whole knots and degrees, tenths of a minute."""
        said: Any = MSG_CLASS[27].from_vector(heard.bits)
        fix = _Fix(
            said.lat,
            said.lon,
            said.speed * KNOT_MPS if said.speed < 63 else None,
            said.course if said.course < 360 else None,
            None,
            _LONG_RANGE_ACCURACY_M,
            None,
            {"latency": "the fix is older than 5 s"} if said.gnss else {},
        )
        vessel = self._vessel(said.mmsi)
        vessel.navigates(int(said.status))
        return self._located(heard, vessel, fix)

    def _located(self, heard: _Heard, vessel: Vessel, fix: _Fix) -> list[Report]:
        """The unit where it is news, and the position where there is one."""
        lat, lon, second = fix.lat, fix.lon, fix.second
        original = (vessel.id, _TYPE_NAMES[heard.number])
        test = vessel.test
        reports = self._words(heard, vessel, fix)
        if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0) or second == _WORKS_NOT:
            return reports
        position = Position(
            id=vessel.id,
            at=_moment_of_fix(heard.at, second),
            lat=lat,
            lon=lon,
            alt_m=fix.alt_m,
            course_deg=fix.course_deg,
            speed_mps=fix.speed_mps,
            accuracy_m=fix.accuracy_m,
        )
        reports.append(
            self._voice.position(heard.message, position, original=original, exercise=test, losses=fix.losses)
        )
        return reports

    def _static(self, heard: _Heard) -> list[Report]:
        """Types 5 and 24 (two halves): name, call sign, type of ship, voyage."""
        bits, whole = heard.bits, heard.number == 5
        half = 0 if whole else bits.get(38, 2)
        if not whole and (half > 1 or len(bits) < (160, 132)[half]):
            raise BadMessage("half of type 24 is none, or too short")
        words: Any = MSG_CLASS[heard.number].from_vector(bits)
        ship_type = None
        if whole or half == 1:
            ship_type = bits.get(232 if whole else 40, 8)
        vessel = self._vessel(words.mmsi)
        vessel.describe(
            heard.at,
            "5" if whole else f"24{'AB'[half]}",
            name=words.shipname if half == 0 else None,
            ship_type=ship_type,
            # what stands at the end of a short one is half a figure
            left=_unread(words) if not whole or len(bits) >= 422 else {},
        )
        return self._words(heard, vessel)

    def _words(self, heard: _Heard, vessel: Vessel, fix: _Fix | None = None) -> list[Report]:
        """The unit, where what is known of it is news."""

        def losses() -> dict[str, str]:
            left = {**vessel.losses, **heard.beside}
            if fix is not None:
                if heard.number != 19:  # of which the ship's own losses hold it all
                    left.update(_unread(MSG_CLASS[heard.number].from_vector(heard.bits)))
                if fix.second == _WORKS_NOT and readings.on_the_globe(fix.lat, fix.lon):
                    left["second"] = f"positioning system inoperative, at {fix.lat}, {fix.lon}"
            return left

        return self._voice.unit(
            heard.message,
            vessel.unit(heard.at),
            losses,
            beside=vessel.version,
            original=(vessel.id, _TYPE_NAMES[heard.number]),
            exercise=vessel.test,
        )

    def _text(self, heard: _Heard) -> list[Report]:
        """Types 12 (addressed) and 14 (to all): safety-related texts; that of a distress transmitter is its state."""
        bits, number = heard.bits, heard.number
        start = 72 if number == 12 else 40
        vessel = self._vessel(bits.get(8, 30))
        text = readings.prose(bits.get_str(start, (len(bits) - start) // 6 * 6).partition("@")[0])
        vessel.says(text)
        reports = self._words(heard, vessel) if vessel.distress else []
        if not text:
            return reports
        to = f"to {bits.get(40, 30):09d}: " if number == 12 else ""
        entry = LogEntry(
            id=f"{vessel.id}-{number}-{int(heard.at.timestamp())}",
            at=heard.at,
            by=vessel.callsign,
            text=f"{vessel.callsign}: {to}{text}",
        )
        original = (vessel.id, _TYPE_NAMES[number])
        reports.append(self._voice.report(heard.message, entry, original=original, exercise=vessel.test))
        return reports

    def _aid(self, heard: _Heard) -> list[Report]:
        """Type 21: an aid to navigation, which is no vessel; whether a buoy is off its place is part of its summary."""
        known = self._markers.get(heard.bits.get(8, 30))
        if known is not None and known.bits == heard.bits:
            return []  # word for word what it said before
        aid: Any = MSG_CLASS[21].from_vector(heard.bits)
        name = aid.name.partition("@")[0]
        more = (aid.name_ext or "").partition("@")[0]
        summary = [self._vessels.aid(int(aid.aid_type))]
        if aid.virtual_aid:
            summary.append("virtual: nothing stands there")
        if aid.off_position and aid.second < 60:
            summary.append("off position")
        called = readings.name(name + more if len(name) == 20 else f"{name} {more}")
        return self._marker(heard, aid, "aid_to_navigation", called, "; ".join(filter(None, summary)))

    def _base_station(self, heard: _Heard) -> list[Report]:
        """Type 4: a base station on the shore."""
        base: Any = MSG_CLASS[4].from_vector(heard.bits)
        return self._marker(heard, base, "base_station", f"AIS base station {base.mmsi:09d}", "")

    def _marker(self, heard: _Heard, seen: Any, kind: str, name: str, summary: str) -> list[Report]:
        """The zone if it is news: most of them say the same every few seconds for ever."""
        lat, lon = seen.lat, seen.lon
        if not readings.on_the_globe(lat, lon):
            return []
        known = self._markers.get(seen.mmsi)
        if known is None and len(self._markers) >= _MARKERS_REMEMBERED:
            del self._markers[next(iter(self._markers))]
        if known is not None and (known.name, known.summary) == (name, summary):
            moved_deg = max(abs(known.lat - lat), abs(known.lon - lon))
            if moved_deg < _MARKER_MOVED_DEG:
                self._markers[seen.mmsi] = known._replace(bits=heard.bits)
                return []
        self._markers[seen.mmsi] = _Marker(heard.bits, lat, lon, name, summary)
        zone = Zone(
            id=f"{seen.mmsi:09d}",
            at=heard.at,
            kind=kind,
            name=name,
            summary=summary,
            geometry={"type": "Point", "coordinates": [lon, lat]},
        )
        original = (zone.id, _TYPE_NAMES[heard.number])
        losses = {**_unread(seen), **heard.beside}
        return [self._voice.report(heard.message, zone, original=original, losses=losses)]

    def _vessel(self, mmsi: int) -> Vessel:
        if not mmsi:
            raise BadMessage("MMSI 0 is nobody's")
        return self._vessels.of(mmsi)


def _block(bits: int) -> _Fix:
    """What types 1, 2, 3, 18 and 19 say in the same 93 bits, here the last ones of `bits`: speed, accuracy, place,

    course, heading and second.

    Most of all messages are of these types, and reading the rest of them would take twice as long.
    """
    lon, lat = bits >> 54 & 0xFFFFFFF, bits >> 27 & 0x7FFFFFF
    speed, course, heading, second = bits >> 83 & 0x3FF, bits >> 15 & 0xFFF, bits >> 6 & 0x1FF, bits & 0x3F
    losses = {}
    if heading < 360:
        losses["heading"] = _DEGREES[heading]
    if speed == 1022:
        losses["speed"] = "102.2 knots or more"
    if second > 60:
        losses["second"] = _NO_FIX[second]
    return _Fix(
        to_lat_lon(lat if lat < 0x4000000 else lat - 0x8000000),
        to_lat_lon(lon if lon < 0x8000000 else lon - 0x10000000),
        speed * _TENTH_KNOT_MPS if speed < 1023 else None,
        course / 10.0 if course < 3600 else None,
        second,
        _HIGH_ACCURACY_M if bits >> 82 & 1 else None,
        None,
        losses,
    )


def _moment_of_fix(heard_at: datetime, second: int | None) -> datetime:
    """When the fix was: AIS says the UTC second alone, so it is the last such second before the time of receipt.

    Where the ship's second seems to lie just ahead, the two clocks differ, and the time of receipt stands.
    """
    if second is None or second > 59:
        return heard_at
    late = (heard_at.second - second) % 60
    if late >= 60 - _CLOCKS_DIFFER_S:
        return heard_at
    return (heard_at.replace(microsecond=0) if heard_at.microsecond else heard_at) - _SECONDS[late]


_READ = frozenset(
    {
        *("msg_type", "mmsi", "lat", "lon", "course", "speed", "second", "heading", "accuracy", "alt", "status"),
        *("shipname", "ship_type", "partno", "aid_type", "name", "name_ext", "off_position", "virtual_aid", "gnss"),
        *("year", "month", "day", "hour", "minute", "full_name"),
        # how the radio channel is shared, and what the message holds for later: nothing about the ship
        *("radio", "repeat", "spare_1", "spare_2", "reserved_1", "reserved_2", "cs", "display", "dsc", "band", "msg22"),
        *("assigned", "raim", "dte", "ais_version", "vendorid", "model", "serial"),
    }
)
_TURNS = {127: "to starboard, more than 5° in 30 s", -127: "to port, more than 5° in 30 s"}
_SAYS_NOTHING = frozenset({"", "0", "0.0", "False", "None", "@", "b''"})


def _unread(said: Any) -> dict[str, str]:
    """The losses of a decoded message, without what it leaves unsaid."""
    left = {}
    for key, value in said.asdict(enum_as_int=True).items():
        if key in _READ or value is None:
            continue
        text = _TURNS.get(int(value), "") if key == "turn" and abs(value) > 126 else readings.loss(value)
        if text not in _SAYS_NOTHING:
            left[key] = text
    if said.msg_type == 5 and said.month:
        left["eta"] = f"{said.month:02d}-{said.day:02d} {said.hour:02d}:{said.minute:02d} UTC"
    return left


def recorded(data: bytes) -> Iterator[Recorded]:
    """Cut a log into its lines; each keeps the time beside it, which is its time of receipt as well."""
    for line in _ROWS.split(data):
        if b"!" not in line and b"\\" not in line:
            continue  # headings and comments
        yield Recorded(None, line.strip(), ais_sentences.received_at(line))


def sniff(topic: str, payload: bytes) -> int:
    """A VDM or VDO sentence of any talker; less sure where a receiver of satellites speaks on the same line."""
    head = payload[:4096]
    if not _SNIFFED.search(head):
        return 0
    return 65 if b"$G" in head else 95


_SNIFFED = re.compile(rb"![A-Z][A-Z0-9]VD[MO],[1-9],[1-9],")

FORMAT = Format(
    name="ais",
    summary="AIS sentences of ships (NMEA 0183 AIVDM/AIVDO, tag blocks)",
    make=Ais,
    split=recorded,
    sniff=sniff,
    topic="ais/#",
    limits=f"{LINES_LIMIT:,} sentences a message",
)
