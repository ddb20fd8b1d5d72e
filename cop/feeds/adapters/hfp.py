"""HSL high-frequency positioning: buses, trams, trains, metro and ferries over MQTT (Digitransit, "HFP", v1 and v2)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import readings, strict_json
from cop.feeds.adapters.adapter import Format, Recorded
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

_KINDS = {
    "bus": "bus",
    "ubus": "bus",
    "robot": "bus",
    "tram": "tram",
    "train": "train",
    "metro": "train",
    "ferry": "ferry",
}
_EVENTS = frozenset(
    {
        *("vp", "due", "arr", "dep", "ars", "pde", "pas", "wait", "doo", "doc"),
        *("tlr", "tla", "da", "dout", "ba", "bout", "vja", "vjout"),
    }
)
_TOPICS_REMEMBERED = 100_000


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    kind: str = "unknown"
    kinds: dict[str, str] = {}


class _Event(msgspec.Struct):
    tst: str | None = None
    tsi: float | None = None
    lat: float | None = None
    long: float | None = None
    spd: float | None = None
    hdg: float | None = None
    desi: str | None = None
    oper: int | None = None
    veh: int | None = None
    loc: str | None = None
    # The journey: a new one makes the unit news.
    route: str | None = None
    dir: str | int | None = None
    oday: str | None = None
    start: str | None = None


_DECODER = msgspec.json.Decoder(dict[str, _Event])
_READ = frozenset({"tst", "tsi", "lat", "long", "spd", "hdg", "desi", "oper", "veh", "loc"})


class _Vehicle(NamedTuple):
    unit: str
    original_id: str
    number: str
    kind: str


class Hfp:
    """Decodes HFP. Option `kinds` says what a mode of the topic is, `kind` what a vehicle without a topic is."""

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._voice = Voice(feed, "hfp")
        self._kind = options.kind
        self._kinds = {**_KINDS, **options.kinds}
        self._shapes = strict_json.Shapes()
        self._vehicles: dict[str, _Vehicle] = {}

    def decode(self, message: Message) -> list[Report]:
        """The vehicle's position if it has one, and the unit when its words changed."""
        said = self._shapes.decode(message.payload, _DECODER)
        if len(said) != 1:
            raise BadMessage("not exactly one event in a message")
        name, event = next(iter(said.items()))
        if name.lower() not in _EVENTS:
            raise BadMessage("event is none of HFP")
        if event.tst is not None:
            at = readings.moment_of_text(event.tst, UTC)
        elif event.tsi is not None:
            at = readings.moment_of_seconds(event.tsi)
        else:
            raise BadMessage("no time")
        vehicle = self._vehicle(message.topic, event)
        original = (vehicle.original_id, name.upper())
        line = readings.name(event.desi)
        unit = Unit(id=vehicle.unit, at=at, callsign=readings.name(f"{line} {vehicle.number}"), kind=vehicle.kind)
        reports = self._voice.unit(
            message,
            unit,
            lambda: readings.unread(strict_json.quick(message.payload)[name], _READ),
            beside=(event.desi, event.route, event.dir, event.oday, event.start),
            original=original,
        )
        if event.lat is None or event.long is None:
            return reports  # the last fix stands, with its own age
        readings.check_coordinates(event.lat, event.long)
        # by odometer or by hand, not by satellite
        losses = {"loc": readings.loss(event.loc)} if event.loc is not None and event.loc != "GPS" else None
        position = Position(
            id=vehicle.unit,
            at=at,
            lat=event.lat,
            lon=event.long,
            course_deg=readings.course(event.hdg),
            speed_mps=readings.within(event.spd, 0.0, 12_000.0),
        )
        reports.append(self._voice.position(message, position, original=original, losses=losses))
        return reports

    def _vehicle(self, topic: str, event: _Event) -> _Vehicle:
        """Operator and vehicle of the topic; the payload's `oper` may be another one that runs the line for it."""
        if not topic:
            if event.oper is None or event.veh is None:
                raise BadMessage("no topic, and the payload does not say which vehicle")
            operator, vehicle = str(event.oper), str(event.veh)
            return _Vehicle(readings.identifier(f"{operator}-{vehicle}"), f"{operator}/{vehicle}", vehicle, self._kind)
        known = self._vehicles.get(topic)
        if known is None:
            if len(self._vehicles) >= _TOPICS_REMEMBERED:
                self._vehicles.clear()  # topics hold the next stop, so there are many for each vehicle
            known = self._vehicles[topic] = self._vehicle_of(topic)
        return known

    def _vehicle_of(self, topic: str) -> _Vehicle:
        levels = topic.split("/")
        try:
            at = levels.index("hfp")
            # v1 has no level for the event: …/hfp/v2/<journey>/<temporal>/<event>/<mode>/<operator>/<vehicle>/…
            mode, operator, vehicle = levels[at + {"v1": 4, "v2": 5}[levels[at + 1]] :][:3]
        except (ValueError, KeyError, IndexError):
            raise BadMessage("topic is none of HFP") from None
        if not operator or not vehicle:
            raise BadMessage("topic names no operator and vehicle")
        return _Vehicle(
            unit=readings.identifier_of(operator, vehicle),
            original_id=readings.loss(f"{operator}/{vehicle}"),
            number=readings.name(vehicle.lstrip("0")) or "0",
            kind=self._kinds.get(mode) or readings.name(mode) or self._kind,
        )


def recorded(data: bytes) -> Iterator[Recorded]:
    """Cut a recording into messages: lines of `[receive time] topic payload`, or of payloads alone."""
    rows = [row for row in data.splitlines() if row.strip()]
    if not rows or rows[0].lstrip().startswith(b"{"):
        yield from strict_json.lines(data)
        return
    for row in rows:
        head, brace, body = row.partition(b" {")
        time, topic = b"", head.strip()
        if not topic.startswith(b"/") and b" " in topic:
            time, topic = topic.split(b" ", 1)  # the topic itself may hold spaces
        yield Recorded(topic.decode(errors="replace"), brace.lstrip() + body, _receipt(time.decode(errors="replace")))


def _receipt(text: str) -> datetime | None:
    try:
        return readings.moment_of_text(text, UTC)
    except BadMessage:
        return None


def sniff(topic: str, payload: bytes) -> int:
    """An object of one event under its short name; surer on its topics."""
    told = payload[:16].lstrip()[:1] == b"{" and any(b'"%s"' % name in payload[:16] for name in _SNIFFED)
    return (95 if "/hfp/v" in topic else 80) if told else 0


_SNIFFED = tuple(name.upper().encode() for name in sorted(_EVENTS))

FORMAT = Format(
    name="hfp",
    summary="HSL high-frequency positioning (JSON)",
    make=Hfp,
    split=recorded,
    sniff=sniff,
    topic="/hfp/v2/journey/ongoing/vp/#",
)
