"""ADS-B as readsb, dump1090, tar1090 and the services behind them write it: JSON of aircraft, of one, and of traces.

Sources: readsb, "JSON output formats"; ADSBx version 2 API, field descriptions; RTCA DO-260B.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

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
AIRCRAFT_LIMIT = 2_500
_ADDRESS = re.compile(r"~?[0-9a-f]{6}")
_MILLISECONDS_FROM = 1e11
_LONG_AGO_S = 7 * 86_400.0
_GEOMETRIC_ALTITUDE = 8
_LARGE = 2_000
#: navigation accuracy category of a position -> metres within which it lies in 95 % of cases (DO-260B table 2-70)
_ACCURACY_M = {1: 18_520.0, 2: 7_408.0, 3: 3_704.0, 4: 1_852.0, 5: 926.0, 6: 555.6, 7: 185.2, 8: 92.6, 9: 30.0}
_ACCURACY_M |= {10: 10.0, 11: 3.0}
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
    nac_p: float | None = None
    mlat: Any = None
    tisb: Any = None
    last: _LastPosition | None = msgspec.field(name="lastPosition", default=None)


class _Now(msgspec.Struct):
    now: float | None = None


_AIRCRAFT = msgspec.json.Decoder(_Aircraft, strict=False)
_NOW = msgspec.json.Decoder(_Now)


class AdsB:
    """Decodes JSON of readsb and its kin. Option `units` is the kind of single aircraft by address."""

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._voice = Voice(feed, "adsb")
        self._words = AircraftWords(feed, kind=options.kind, kinds=options.units)
        self._shapes = strict_json.Shapes()
        self._limit = most_of(feed, AIRCRAFT_LIMIT)

    def decode(self, message: Message) -> list[Report]:
        """The unit of every aircraft, when it changed, and its position where it has one. Raises BadMessage."""
        payload = message.payload
        if not payload and message.topic:
            return []  # a retained message was cleared
        if len(payload) < _LARGE and payload[:1] == b"{" and not _holds_a_list(payload):
            one = self._shapes.decode(payload, _AIRCRAFT)
            return self._aircraft(message, one.now, one, lambda: strict_json.loads(payload))
        said = strict_json.quick(payload)
        if isinstance(said, list):
            return self._list(message, None, said)
        if not isinstance(said, dict):
            raise BadMessage("no aircraft")
        if "trace" in said:
            return self._trace(message, said)
        listed = said.get("aircraft", said.get("ac"))
        if isinstance(listed, list):
            return self._list(message, _number(said.get("now")), listed)
        if "ac" in said or "aircraft" in said:
            return []  # null where the service knows none
        return self._listed(message, None, said)

    def _list(self, message: Message, now: float | None, listed: list[Any]) -> list[Report]:
        return of_parts(listed, partial(self._listed, message, now), limit=self._limit)

    def _listed(self, message: Message, now: float | None, fields: Any) -> list[Report]:
        try:
            one = msgspec.convert(fields, _Aircraft, strict=False)
        except msgspec.ValidationError as error:
            raise BadMessage(strict_json.validation_reason(error)) from None
        return self._aircraft(message, now if now is not None else one.now, one, lambda: fields)

    def _aircraft(
        self, message: Message, now: float | None, one: _Aircraft, fields: Callable[[], dict[str, Any]]
    ) -> list[Report]:
        address = _address(one.hex)
        made_at = _moment(now, message)
        squawk = one.squawk if isinstance(one.squawk, str) or one.squawk is None else f"{one.squawk:04d}"
        status, meaning = self._words.status(squawk, one.emergency)
        unit = Unit(
            id=address,
            at=_before(made_at, one.seen) or made_at,
            callsign=_callsign(one.flight) or readings.name(one.r) or address,
            kind=self._words.kind(address, one.category, one.t),
            status=status,
        )
        original = (address, one.type or "")

        def losses() -> dict[str, str]:
            said = {key: value for key, value in fields().items() if value not in ([], {}, "", "none")}
            left = readings.unread(said, _READ if unit.callsign == one.r else _READ - {"r"})
            if meaning:
                left["emergency"] = meaning
            if one.last is not None and one.last.seen_pos is None and one.last.age is None:
                left["lastPosition"] = f"of unknown age: {readings.loss(said['lastPosition'])}"[:256]
            if address.startswith("~"):
                left["hex"] = "not an ICAO address"
            if now is None:
                left["now"] = _NO_TIME
            return left

        beside = (one.r, one.t, meaning)
        reports = self._voice.unit(message, unit, losses, beside=beside, original=original)
        try:
            position = self._position(message, one, address, made_at)
        except BadMessage as bad:
            raise BadMessage(bad.reason, reports) from None  # who calls for help is heard, wherever that is
        return [*reports, position] if position is not None else reports

    def _position(self, message: Message, one: _Aircraft, address: str, made_at: datetime) -> Report | None:
        lat, lon, age_s = one.lat, one.lon, one.seen_pos
        losses = {}
        if lat is None or lon is None:
            return self._last_position(message, one, address, made_at)
        if age_s is None:
            losses["seen_pos"] = "not said: the place may be older"
        at = _before(made_at, age_s or 0.0)
        if at is None:
            raise BadMessage("the age of a position is out of range")
        readings.check_coordinates(lat, lon)
        alt_m = None
        if one.alt_geom is not None:
            alt_m = readings.within(one.alt_geom * FOOT_M, -12_000.0, 1e6)
        elif isinstance(one.alt_baro, float | int):
            alt_m = readings.within(one.alt_baro * FOOT_M, -12_000.0, 1e6)
            losses["alt_baro"] = "height by air pressure"
        if isinstance(one.alt_baro, str):
            losses["alt_baro"] = readings.loss(one.alt_baro)
        accuracy_m = _ACCURACY_M.get(int(one.nac_p)) if one.nac_p is not None and 0 < one.nac_p < 12 else None
        if one.mlat or one.tisb:
            for source, derived in (("mlat", one.mlat), ("tisb", one.tisb)):
                if isinstance(derived, list) and "lat" in derived:
                    accuracy_m = None  # the category is the transponder's, the place is not
                    losses["position"] = source
        speed_mps = None if one.gs is None else readings.within(one.gs * KNOT_MPS, 0.0, 12_000.0)
        position = Position(
            id=address,
            at=at,
            lat=lat,
            lon=lon,
            alt_m=alt_m,
            course_deg=readings.course(one.track),
            speed_mps=speed_mps,
            accuracy_m=accuracy_m,
        )
        return self._voice.position(message, position, original=(address, one.type or ""), losses=losses)

    def _last_position(self, message: Message, one: _Aircraft, address: str, made_at: datetime) -> Report | None:
        """Where it was when it last had a position. What it flies now belongs to another place, so it is a loss."""
        last = one.last
        if last is None or last.lat is None or last.lon is None:
            return None
        age_s = last.seen_pos if last.seen_pos is not None else last.age
        at = _before(made_at, age_s) if age_s is not None else None
        if at is None:
            return None  # nobody knows how old it is
        readings.check_coordinates(last.lat, last.lon)
        losses = {"position": "lastPosition"}
        for name in ("alt_baro", "alt_geom", "gs", "track"):
            if (value := getattr(one, name)) is not None:
                losses[name] = readings.loss(value)
        position = Position(id=address, at=at, lat=last.lat, lon=last.lon)
        return self._voice.position(message, position, original=(address, one.type or ""), losses=losses)

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
            at=_moment(ends, message),
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


def _holds_a_list(payload: bytes) -> bool:
    return b'"aircraft"' in payload or b'"ac"' in payload or b'"trace"' in payload


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


def _moment(now: float | None, message: Message) -> datetime:
    """When the message was made: seconds, or milliseconds as the version 2 API has them. Raises BadMessage."""
    if now is None:
        if message.retained:
            raise BadMessage("a retained message without a time")
        return message.received_at
    return readings.moment_of_seconds(now / 1000.0 if now >= _MILLISECONDS_FROM else now)


def _before(made_at: datetime, age_s: float | None) -> datetime | None:
    """So many seconds before; None for no age, and for one that nobody can have meant."""
    if age_s is None or not 0.0 <= age_s <= _LONG_AGO_S:
        return None
    return made_at - timedelta(seconds=age_s)


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
