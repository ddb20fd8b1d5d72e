"""ADS-B as readsb, dump1090, tar1090 and the services behind them write it: JSON of aircraft, of one, and of traces.

Sources: readsb, "JSON output formats"; ADSBx version 2 API, field descriptions; RTCA DO-260B.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

import msgspec

from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import readings, strict_json
from cop.feeds.adapters.adapter import Format, Recorded
from cop.feeds.adapters.aircraft_words import AircraftWords
from cop.feeds.adapters.clocks import FOOT_M, KNOT_MPS
from cop.feeds.adapters.parts import most_of, of_parts
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

#: of one message; measured so that it takes no more than about 50 ms
AIRCRAFT_LIMIT = 1_600
_ADDRESS = re.compile(r"~?[0-9a-f]{6}")
_MILLISECONDS_FROM = 1e11
_LONG_AGO_S = 7 * 86_400.0
_GEOMETRIC_ALTITUDE = 8
_SAYINGS_REMEMBERED = 20_000
_LARGE = 2_000
#: navigation accuracy category of a position -> metres within which it lies in 95 % of cases (DO-260B table 2-70)
_ACCURACY_M = {1: 18_520.0, 2: 7_408.0, 3: 3_704.0, 4: 1_852.0, 5: 926.0, 6: 555.6, 7: 185.2, 8: 92.6, 9: 30.0}
_ACCURACY_M |= {10: 10.0, 11: 3.0}
Shape = TypeVar("Shape")
_READ = frozenset(
    {
        *("now", "hex", "flight", "r", "lat", "lon", "alt_baro", "alt_geom", "gs", "track", "seen", "seen_pos"),
        *("lastPosition", "nac_p", "type"),
        *("messages", "rssi"),  # counted and measured at the receiver, and different each time
    }
)
_NO_TIME = "no time in the message: the time of receipt stands for it"


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    kind: str = "aircraft"
    units: dict[str, str] = {}


class _LastPosition(msgspec.Struct):
    lat: float | None = None
    lon: float | None = None
    seen_pos: float | None = None
    age: float | None = None


class _Aircraft(msgspec.Struct):
    hex: str | None = None
    now: float | None = None
    flight: str | None = None
    r: str | None = None
    t: str | None = None
    category: str | None = None
    type: str | None = None
    squawk: str | int | None = None
    emergency: str | None = None
    lat: float | None = None
    lon: float | None = None
    alt_baro: float | str | None = None
    alt_geom: float | None = None
    gs: float | None = None
    track: float | None = None
    seen: float | None = None
    seen_pos: float | None = None
    nac_p: int | None = None
    mlat: Any = None
    tisb: Any = None
    last: _LastPosition | None = msgspec.field(name="lastPosition", default=None)


class _Short(_Aircraft):
    aircraft: list[_Aircraft] | None = None
    ac: list[_Aircraft] | None = None


class _Now(msgspec.Struct):
    now: float | None = None


class _Known(NamedTuple):
    """What an aircraft is, from the texts that it says of itself over and over."""

    address: str
    callsign: str
    kind: str
    status: str
    meaning: str


_SHORT = msgspec.json.Decoder(_Short, strict=False)
_NOW = msgspec.json.Decoder(_Now)


class AdsB:
    """Decodes JSON of readsb and its kin. Option `units` is the kind of single aircraft by address."""

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._voice = Voice(feed, "adsb")
        self._words = AircraftWords(feed, kind=options.kind, kinds=options.units)
        self._shapes = strict_json.Shapes()
        self._known: dict[tuple[object, ...], _Known] = {}
        self._limit = most_of(feed, AIRCRAFT_LIMIT)

    def decode(self, message: Message) -> list[Report]:
        """The unit of every aircraft, when it changed, and its position where it has one. Raises BadMessage."""
        payload = message.payload
        if not payload and message.topic:
            return []  # a retained message was cleared
        if len(payload) < _LARGE:
            try:
                short = self._shapes.decode(payload, _SHORT)
            except BadMessage:
                pass  # it may be a list, or one of many may be bad
            else:
                if short.hex is not None:
                    return self._aircraft(message, short.now, short, lambda: dict(strict_json.loads(payload)))
                if short.aircraft is not None or short.ac is not None:
                    return self._few(message, short)
        return self._any(message, strict_json.quick(payload))

    def _few(self, message: Message, short: _Short) -> list[Report]:
        """A short list, in which every aircraft can be read."""
        key = "aircraft" if short.aircraft is not None else "ac"

        def read(numbered: tuple[int, _Aircraft]) -> list[Report]:
            number, one = numbered
            now = short.now if short.now is not None else one.now
            return self._aircraft(message, now, one, lambda: dict(strict_json.loads(message.payload)[key][number]))

        return of_parts(enumerate(short.aircraft or short.ac or ()), read)

    def _any(self, message: Message, said: Any) -> list[Report]:
        """A trace, a long list, or what is written in an unusual way."""
        if isinstance(said, dict) and "trace" in said:
            return self._trace(message, said)
        now = None
        if isinstance(said, dict):
            now = _converted(said, _Now).now
            if "hex" in said:
                said = [said]
            elif "aircraft" not in said and "ac" not in said:
                raise BadMessage("no aircraft")
            else:
                said = said.get("aircraft", said.get("ac")) or []  # null where the service knows none
        if not isinstance(said, list):
            raise BadMessage("no aircraft")

        def read(fields: Any) -> list[Report]:
            listed = _converted(fields, _Aircraft)
            return self._aircraft(message, now if now is not None else listed.now, listed, lambda: dict(fields))

        return of_parts(said, read, limit=self._limit)

    def _aircraft(
        self, message: Message, now: float | None, one: _Aircraft, fields: Callable[[], dict[str, Any]]
    ) -> list[Report]:
        said = (one.hex, one.flight, one.r, one.t, one.category, one.squawk, one.emergency)
        known = self._known.get(said)
        if known is None:
            known = self._know(one)
            if len(self._known) >= _SAYINGS_REMEMBERED:
                self._known.clear()
            self._known[said] = known
        address = known.address
        made_s = _seconds(now, message)
        seen_s = one.seen
        unit = Unit(
            id=address,
            at=readings.moment_of_seconds(made_s - seen_s if seen_s and 0.0 <= seen_s <= _LONG_AGO_S else made_s),
            callsign=known.callsign,
            kind=known.kind,
            status=known.status,
        )

        def losses() -> dict[str, str]:
            said = {key: value for key, value in fields().items() if value not in ([], {}, "", "none")}
            left = readings.unread(said, _READ if known.callsign == one.r else _READ - {"r"})
            if known.meaning:
                left["emergency"] = known.meaning
            if one.last is not None and one.last.seen_pos is None and one.last.age is None:
                left["lastPosition"] = readings.loss(f"of unknown age: {said.get('lastPosition', '')}")
            if address.startswith("~"):
                left["hex"] = "not an ICAO address"
            if now is None:
                left["now"] = _NO_TIME
            return left

        original = (address, one.type or "")
        reports = self._voice.unit(message, unit, losses, beside=(one.r, one.t, known.meaning), original=original)
        try:
            if one.lat is not None and one.lon is not None:
                reports.append(self._position(message, one, original, made_s, one.lat, one.lon))
            elif one.last is not None:
                reports += self._last_position(message, one, one.last, original, made_s)
        except BadMessage as bad:
            raise BadMessage(bad.reason, reports) from None  # who calls for help is heard, wherever that is
        return reports

    def _know(self, one: _Aircraft) -> _Known:
        address = _address(one.hex)
        squawk = one.squawk if isinstance(one.squawk, str) or one.squawk is None else f"{one.squawk:04d}"
        status, meaning = self._words.status(squawk, one.emergency)
        return _Known(
            address,
            _callsign(one.flight) or readings.name(one.r) or address,
            self._words.kind(address, one.category, one.t),
            status,
            meaning,
        )

    def _position(
        self, message: Message, one: _Aircraft, original: tuple[str, str], made_s: float, *place: float
    ) -> Report:
        lat, lon = place
        age_s = one.seen_pos
        losses = {}
        if age_s is None:
            losses["seen_pos"] = "not said: the place may be older"
            age_s = 0.0
        elif not 0.0 <= age_s <= _LONG_AGO_S:
            raise BadMessage("the age of a position is out of range")
        if not (-90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0):
            raise BadMessage("coordinates are outside the globe")
        alt_m = None
        if one.alt_geom is not None:
            alt_m = readings.within(one.alt_geom * FOOT_M, -12_000.0, 1e6)
        elif isinstance(one.alt_baro, float):
            alt_m = readings.within(one.alt_baro * FOOT_M, -12_000.0, 1e6)
            losses["alt_baro"] = "height by air pressure"
        if isinstance(one.alt_baro, str):
            losses["alt_baro"] = readings.loss(one.alt_baro)
        accuracy_m = _ACCURACY_M.get(one.nac_p) if one.nac_p else None
        if one.mlat or one.tisb:
            for source, derived in (("mlat", one.mlat), ("tisb", one.tisb)):
                if isinstance(derived, list) and "lat" in derived:
                    accuracy_m = None  # the category is the transponder's, the place is not
                    losses["position"] = source
        speed_mps = None if one.gs is None else readings.within(one.gs * KNOT_MPS, 0.0, 12_000.0)
        position = Position(
            id=original[0],
            at=readings.moment_of_seconds(made_s - age_s),
            lat=lat,
            lon=lon,
            alt_m=alt_m,
            course_deg=readings.course(one.track),
            speed_mps=speed_mps,
            accuracy_m=accuracy_m,
        )
        return self._voice.position(message, position, original=original, losses=losses)

    def _last_position(
        self, message: Message, one: _Aircraft, last: _LastPosition, original: tuple[str, str], made_s: float
    ) -> list[Report]:
        """Where it was when it last had a position. What it flies now belongs to another place, so it is a loss."""
        age_s = last.seen_pos if last.seen_pos is not None else last.age
        if last.lat is None or last.lon is None or age_s is None:
            return []  # nobody knows where, or how long ago
        if not 0.0 <= age_s <= _LONG_AGO_S:
            raise BadMessage("the age of a position is out of range")
        readings.check_coordinates(last.lat, last.lon)
        losses = {"position": "lastPosition"}
        for name in ("alt_baro", "alt_geom", "gs", "track"):
            if (value := getattr(one, name)) is not None:
                losses[name] = f"{value:g}" if isinstance(value, float) else readings.loss(value)
        position = Position(id=original[0], at=readings.moment_of_seconds(made_s - age_s), lat=last.lat, lon=last.lon)
        return [self._voice.position(message, position, original=original, losses=losses)]

    def _trace(self, message: Message, said: dict[str, Any]) -> list[Report]:
        """Where one aircraft was, point by point; times are seconds after the trace's own."""
        address = _address(said.get("icao"))
        begun, points = _number(said.get("timestamp")), said["trace"]
        if begun is None or not isinstance(points, list):
            raise BadMessage("a trace without a time or without points")
        flight, ends = None, begun
        for point in points[: self._limit]:
            if isinstance(point, list) and point:
                ends = max(ends, begun + (_number(point[0]) or 0.0))
                details = point[8] if len(point) > 8 and isinstance(point[8], dict) else {}
                flight = details.get("flight", flight)
        registration = said.get("r") if isinstance(said.get("r"), str) else None
        designator = said.get("t") if isinstance(said.get("t"), str) else None
        called = _callsign(flight if isinstance(flight, str) else None)
        unit = Unit(
            id=address,
            at=readings.moment_of_seconds(ends),
            callsign=called or readings.name(registration) or address,
            kind=self._words.kind(address, None, designator),
        )
        original = (address, "trace")
        reports = self._voice.unit(
            message,
            unit,
            lambda: readings.unread(said, frozenset({"icao", "timestamp", "trace"})),
            beside=(registration, designator, ""),
            original=original,
        )

        def read(point: Any) -> list[Report]:
            position, losses = _point(address, begun, point)
            return [self._voice.position(message, position, original=original, losses=losses)]

        try:
            return [*reports, *of_parts(points, read, limit=self._limit)]
        except BadMessage as bad:
            raise BadMessage(bad.reason, [*reports, *bad.reports]) from None


def _point(address: str, begun: float, point: Any) -> tuple[Position, dict[str, str]]:
    """One point of a trace: seconds, latitude, longitude, feet or "ground", knots, track, flags, and more."""
    if not isinstance(point, list) or len(point) < 3:
        raise BadMessage("a point of a trace is none")
    seconds, lat, lon = map(_number, point[:3])
    if seconds is None or lat is None or lon is None:
        raise BadMessage("a point of a trace has no time or place")
    readings.check_coordinates(lat, lon)
    rest: list[Any] = [*point[3:11], *(None,) * 8]
    altitude, speed, track, flags, _, details, _, geometric = rest[:8]
    losses = {}
    on_ground = altitude == "ground"
    height_ft = _number(geometric)
    if height_ft is None and isinstance(details, dict):
        height_ft = _number(details.get("alt_geom"))
    if height_ft is None and (pressure_ft := _number(altitude)) is not None:
        height_ft = pressure_ft
        if not (isinstance(flags, int) and flags & _GEOMETRIC_ALTITUDE):
            losses["alt_baro"] = "height by air pressure"
    if on_ground:
        losses["alt_baro"] = "ground"
        if (heading := _number(track)) is not None:
            losses["heading"] = readings.loss(heading)  # on the ground it is where the nose points
    speed = _number(speed)
    return Position(
        id=address,
        at=readings.moment_of_seconds(begun + seconds),
        lat=lat,
        lon=lon,
        alt_m=None if height_ft is None else readings.within(height_ft * FOOT_M, -12_000.0, 1e6),
        course_deg=None if on_ground else readings.course(_number(track)),
        speed_mps=None if speed is None else readings.within(speed * KNOT_MPS, 0.0, 12_000.0),
    ), losses


def _address(said: Any) -> str:
    address = said.strip().lower() if isinstance(said, str) and len(said) < 32 else ""
    if not _ADDRESS.fullmatch(address):
        raise BadMessage("hex is no address of an aircraft")
    return address


def _callsign(flight: str | None) -> str:
    """Eight places, filled up with blanks; at signs where the transponder has none."""
    return readings.name(flight.strip(" @")) if flight else ""


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _seconds(now: float | None, message: Message) -> float:
    """When the message was made: seconds, or milliseconds as the version 2 API has them. Raises BadMessage."""
    if now is None:
        if message.retained:
            raise BadMessage("a retained message without a time")
        return message.received_at.timestamp()
    return now / 1000.0 if now >= _MILLISECONDS_FROM else now


def _converted(fields: Any, shape: type[Shape]) -> Shape:
    try:
        return msgspec.convert(fields, shape, strict=False)
    except msgspec.ValidationError as error:
        raise BadMessage(strict_json.validation_reason(error)) from None


def recorded(data: bytes) -> Iterator[Recorded]:
    """Cut a recording into messages, one a line where each is an object; each was received when it was made."""
    for one in strict_json.lines(data):
        try:
            now = _NOW.decode(one.payload).now
            at = None if now is None else readings.moment_of_seconds(now / 1000.0 if now >= _MILLISECONDS_FROM else now)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, BadMessage):
            at = None
        yield Recorded(None, one.payload, at)


_SNIFFED = (
    b'"seen_pos"',
    b'"alt_baro"',
    b'"rssi"',
    b'"gs"',
    b'"squawk"',
    b'"mlat"',
    b'"adsb_icao',
    b'"flight"',
    b'"seen"',
)


def sniff(topic: str, payload: bytes) -> int:
    """An address and the words of receivers beside it, or a trace."""
    head = payload[:4096]
    if head.lstrip()[:1] not in (b"{", b"["):
        return 0
    if b'"hex"' in head and sum(word in head for word in _SNIFFED) >= 2:
        return 90
    if b'"icao"' in head and b'"trace"' in head:
        return 90
    return 70 if "adsb" in topic and (b'"aircraft"' in head or b'"ac"' in head) else 0


FORMAT = Format(
    name="adsb",
    summary="ADS-B: aircraft of readsb, dump1090, ADSBx and adsb.fi (JSON)",
    make=AdsB,
    split=recorded,
    sniff=sniff,
    topic="adsb/#",
    limits=f"{AIRCRAFT_LIMIT:,} aircraft, or points of a trace, a message",
)
