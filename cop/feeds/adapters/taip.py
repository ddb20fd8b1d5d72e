"""TAIP, the Trimble ASCII Interface Protocol: modems and trackers in vehicles (`>RPV…;ID=…;*xx<`)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import xor
from typing import NamedTuple

import msgspec

from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import clocks, parts, readings
from cop.feeds.adapters.adapter import Format, Recorded
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

#: 1 MiB of the shortest ones takes longer than a twentieth of a second beyond
_MESSAGES_LIMIT = 2_000
_LENGTH = 1024
_VEHICLES_REMEMBERED = 10_000
#: source of a fix; 9 is none
_SOURCES = {"6": "dead reckoning", "8": "degraded dead reckoning", "9": "unknown source"}
_OLD = "1"  # age: more than ten seconds
_FIXED = re.compile(
    # seconds of the day, latitude and longitude in 1e-5 degrees, mph, course, source, age
    r"PV(?P<time>\d{5})(?P<lat>[+-]\d{7})(?P<lon>[+-]\d{8})(?P<mph>\d{3})(?P<course>\d{3})(?P<source>\d)(?P<age>\d)"
)
_EVENT = re.compile(
    # the same after number of the event, GPS week and day of the week
    r"EV(?P<event>\d\d)(?P<week>\d{4})(?P<day>\d)(?P<time>\d{5})"
    r"(?P<lat>[+-]\d{7})(?P<lon>[+-]\d{8})(?P<mph>\d{3})(?P<course>\d{3})(?P<source>\d)(?P<age>\d)"
)
_LONG = re.compile(
    # milliseconds, 1e-7 degrees, feet, tenths of mph along and upward, tenths of a degree; satellites; source, age
    r"LN(?P<time>\d{8})(?P<lat>[+-]\d{9})(?P<lon>[+-]\d{10})(?P<feet>[+-]\d{8})(?P<mph>\d{4})(?P<climb>[+-]\d{4})"
    r"(?P<course>\d{4})(?P<satellites>\d\d)\d*(?P<source>\d)(?P<age>\d)"
)
_COMPACT = re.compile(
    # 1e-4 degrees
    r"CP(?P<time>\d{5})(?P<lat>[+-]\d{6})(?P<lon>[+-]\d{7})(?P<source>\d)(?P<age>\d)"
)
_ALTITUDE = re.compile(r"AL(?P<time>\d{5})(?P<feet>[+-]\d{5})(?P<climb>[+-]\d{3})(?P<source>\d)(?P<age>\d)")
_DATED = re.compile(
    # of later trackers: number of the event, day month year, hour minute second; degrees in either manner
    r"(?P<name>GP|CQ|CV|BR|US\d\d,)(?P<event>\d\d)?(?P<date>\d{6})(?P<time>\d{6})"
    r"(?:(?P<lat>[+-]\d{7})(?P<lon>[+-]\d{8})|(?P<lat_min>[+-]\d{4}\.\d{4})(?P<lon_min>[+-]\d{5}\.\d{4}))"
    r"(?P<speed>\d{3})(?P<course>\d{3})(?P<rest>.*)"
)
#: where the fix mode of a dated report stands: at once, or after inputs, satellites, battery, odometer and power
_MODE_AT = {"GP": 0, "US": 0, "CQ": 16, "CV": 16, "BR": 16}


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    kind: str = "unknown"
    units: dict[str, str] = {}
    clock_ahead_s: float = 0.0


class _Fix(NamedTuple):
    """What a message says of a moment, in our units."""

    at: datetime
    lat: float | None = None
    lon: float | None = None
    speed_mps: float | None = None
    course_deg: float | None = None
    alt_m: float | None = None
    losses: dict[str, str] | None = None


class Taip:
    """Decodes TAIP.

    Option `kind` is the kind of every unit, `units` that of single ones by id, `clock_ahead_s` how far the modems'
    clock is ahead of UTC (18 where they send GPS time).
    """

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._voice = Voice(feed, "taip")
        self._kind, self._kinds = options.kind, options.units
        if not -3600.0 <= options.clock_ahead_s <= 3600.0:
            raise ValueError(f"options of feed {feed.name}: clock_ahead_s is -3600 to 3600")
        self._ahead = timedelta(seconds=options.clock_ahead_s)
        self._feed = feed.name
        #: of each unit the last height and when it was, for it has a message of its own
        self._heights: dict[str, tuple[datetime, float | None]] = {}

    def decode(self, message: Message) -> list[Report]:
        """A position for each report that has one, and the unit when it is new. Raises BadMessage."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        said = list(_cut(message.payload.decode("latin-1")))
        if not said:
            raise BadMessage("no message of TAIP")
        return parts.of_parts(said, lambda one: self._report(message, one), limit=_MESSAGES_LIMIT)

    def _report(self, message: Message, text: str) -> list[Report]:
        if len(text) > _LENGTH:
            raise BadMessage("a message is longer than 1,024 characters")
        if not text.startswith("R"):  # queries, settings and receipts go to the vehicle
            return []
        _verify(text)
        body, *qualifiers = text[1:].split(";")
        named = dict(part.partition("=")[::2] for part in qualifiers if "=" in part)
        unit = self._unit_of(message, named)
        fix = self._fix(message, body)
        losses = dict(fix.losses or {})
        for key, value in list(named.items())[:30]:
            if key != "ID":
                losses[readings.loss(key)] = readings.loss(value)
        original = (unit, readings.loss(f"R{body[:2]}"))
        kind = self._kinds.get(unit, self._kind)
        body_of_unit = Unit(id=unit, at=fix.at, callsign=unit, kind=kind)
        reports = self._voice.unit(message, body_of_unit, lambda: losses, original=original)
        if fix.lat is None or fix.lon is None:
            if fix.alt_m is not None:
                self._remember(unit, fix.at, fix.alt_m)
            return reports
        if not readings.on_the_globe(fix.lat, fix.lon):
            raise BadMessage("coordinates are outside the globe", reports)
        height = self._heights.get(unit)
        position = Position(
            id=unit,
            at=fix.at,
            lat=fix.lat,
            lon=fix.lon,
            alt_m=fix.alt_m if fix.alt_m is not None else height[1] if height and height[0] == fix.at else None,
            course_deg=readings.course(fix.course_deg),
            speed_mps=fix.speed_mps,
        )
        return [*reports, self._voice.position(message, position, original=original, losses=dict(losses))]

    def _fix(self, message: Message, body: str) -> _Fix:
        if match := _FIXED.match(body):
            at, losses = self._moment(message, int(match["time"]))
            return _plain(match, at, losses)
        if match := _EVENT.match(body):
            at = clocks.at_week(int(match["week"]), int(match["day"]), int(match["time"])) - self._ahead
            meant = clocks.rolled_over(at, message.received_at)
            losses = {"event": match["event"]}
            if meant is not None:
                losses["week"] = "1,024 weeks were added: the receiver's count of weeks has begun anew"
            return _plain(match, meant or at, losses)
        if match := _LONG.match(body):
            at, losses = self._moment(message, int(match["time"]) / 1000.0)
            losses["satellites"] = match["satellites"]
            if int(match["climb"]):
                losses["climb_mph"] = f"{int(match['climb']) / 10}"
            return _plain(match, at, losses, scale=1e7, tenths=10.0)._replace(
                alt_m=_usable(match, round(int(match["feet"]) / 100.0 * clocks.FOOT_M, 2))
            )
        if match := _COMPACT.match(body):
            at, losses = self._moment(message, int(match["time"]))
            return _plain(match, at, losses, scale=1e4)
        if match := _ALTITUDE.match(body):
            at, losses = self._moment(message, int(match["time"]))
            return _Fix(at, alt_m=_usable(match, round(int(match["feet"]) * clocks.FOOT_M, 2)), losses=losses)
        if match := _DATED.match(body):
            return self._dated(match)
        return self._unread(message, body)

    def _dated(self, match: re.Match[str]) -> _Fix:
        """Reports of later trackers; their speed counts mph in some and km/h in others, so it is a loss."""
        day, month, year = (int(match["date"][at : at + 2]) for at in (0, 2, 4))
        if 70 <= year < 80:
            raise BadMessage("sender's clock was never set")
        calendar = clocks.calendar_day(day, month, year)
        if calendar is None:
            raise BadMessage("date is none")
        hours, minutes, seconds = (int(match["time"][at : at + 2]) for at in (0, 2, 4))
        at = clocks.at_day(calendar, hours * 3600 + minutes * 60 + seconds) - self._ahead
        losses = {"speed": f"{int(match['speed'])} of an unknown unit"} if int(match["speed"]) else {}
        if match["event"]:
            losses["event"] = match["event"]
        if match["rest"]:
            losses["rest"] = readings.loss(match["rest"])
        mode = match["rest"][_MODE_AT[match["name"][:2]] :][:1]
        if mode == "0":
            return _Fix(at, losses={**losses, "fix": "none"})
        if match["lat"]:
            lat, lon = int(match["lat"]) / 1e5, int(match["lon"]) / 1e5
        else:
            lat, lon = _minutes(match["lat_min"]), _minutes(match["lon_min"])
        if not lat and not lon:
            return _Fix(at, losses=losses)
        speed = 0.0 if not int(match["speed"]) else None
        return _Fix(at, lat, lon, speed, float(match["course"]), losses=losses)

    def _unread(self, message: Message, body: str) -> _Fix:
        """A report that nobody here can read says at least that its vehicle is there."""
        if message.retained:
            raise BadMessage("a retained message without a time that can be read")
        if not body[:2].isalpha() or not body.isprintable():
            raise BadMessage("no message of TAIP")
        losses = {
            "time": "none that can be read: the time of receipt stands for it",
            "message": readings.loss(body),
        }
        return _Fix(message.received_at, losses=losses)

    def _moment(self, message: Message, seconds: float) -> tuple[datetime, dict[str, str]]:
        """The day that puts a time of day nearest to the time of receipt; a retained message may be of any."""
        if message.retained:
            raise BadMessage("a retained position without a date")
        return clocks.nearest_day(seconds, message.received_at + self._ahead, UTC) - self._ahead, {}

    def _remember(self, unit: str, at: datetime, alt_m: float) -> None:
        if unit not in self._heights and len(self._heights) >= _VEHICLES_REMEMBERED:
            self._heights.clear()
        self._heights[unit] = (at, alt_m)

    def _unit_of(self, message: Message, named: dict[str, str]) -> str:
        """`ID=`, else the topic's last level; recordings without one have the feed's name."""
        level = message.topic.rstrip("/").rpartition("/")[2]
        return readings.identifier(readings.name(named.get("ID", "")) or level or self._feed)


def _plain(
    match: re.Match[str], at: datetime, losses: dict[str, str], *, scale: float = 1e5, tenths: float = 1.0
) -> _Fix:
    """Place, speed and course of a report, unless its age or source says that they must not be used."""
    found = match.groupdict()
    if found["age"] == "0":
        return _Fix(at, losses={**losses, "age": "not available: not used"})
    if found["age"] == _OLD:
        losses["age"] = "more than 10 s"
    if found["source"] in _SOURCES:
        losses["source"] = _SOURCES[found["source"]]
    lat, lon = int(found["lat"]) / scale, int(found["lon"]) / scale
    if not lat and not lon:
        return _Fix(at, losses={**losses, "position": "0,0: none"})
    speed = int(found["mph"]) / tenths * clocks.MPH_MPS if found.get("mph") else None
    course = int(found["course"]) / tenths if found.get("course") else None
    return _Fix(at, lat, lon, speed, course, losses=losses)


def _usable(match: re.Match[str], figure: float) -> float | None:
    return readings.within(figure, -12_000.0, 1e6) if match["age"] != "0" else None


def _minutes(text: str) -> float:
    """Degrees of ±ddmm.mmmm. Raises BadMessage for 60 minutes and more."""
    degrees, minutes = divmod(float(text[1:]), 100.0)
    if minutes >= 60.0:
        raise BadMessage("coordinates are not degrees and minutes")
    return round((degrees + minutes / 60.0) * (-1 if text[0] == "-" else 1), 7)


def _cut(text: str) -> Iterator[str]:
    """The messages between `>` and `<`; some senders leave the `<` out."""
    for piece in text.split(">", _MESSAGES_LIMIT + 1)[1:]:
        yield piece.partition("<")[0].strip()


def _verify(text: str) -> None:
    """Raises BadMessage for a wrong checksum: the exclusive or of all from `>` on.

    It is reckoned up to and with the `*` by the protocol's text, without it by some modems.
    """
    head, star, said = text.rpartition("*")
    if not star or len(said.strip()) != 2:
        return
    total = reduce(xor, f">{head}".encode("latin-1"))
    try:
        check = int(said, 16)
    except ValueError:
        raise BadMessage("checksum is none") from None
    if check not in (total, total ^ ord("*")):
        raise BadMessage("checksum is wrong")


def recorded(data: bytes) -> Iterator[Recorded]:
    """Cut a log into its lines."""
    for line in data.splitlines():
        if line.strip():
            yield Recorded(None, line)


def sniff(_topic: str, payload: bytes) -> int:
    """A `>R`, two letters and a figure or sign."""
    return 85 if _SNIFFED.match(payload[:16].lstrip()) else 0


_SNIFFED = re.compile(rb">R[A-Z]{2}[0-9+,-]")

FORMAT = Format(
    name="taip",
    summary="TAIP modems and trackers in vehicles",
    make=Taip,
    split=recorded,
    sniff=sniff,
    limits=f"{_MESSAGES_LIMIT:,} reports a message",
)
