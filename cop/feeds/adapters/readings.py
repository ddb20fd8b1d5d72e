"""What several formats need to bring figures, times, names and texts of a message within our vocabulary's ranges."""

import hashlib
import re
from datetime import UTC, datetime, tzinfo
from typing import Any, Generic, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from cop.domain.rules.plausible import refuse_time
from cop.feeds.message import BadMessage, Feed

SHORT, LONG = 256, 65_536
_CUT = " … [cut]"
_UNITS_REMEMBERED = 100_000
_EARLIEST, _LATEST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_EARLIEST_S, _LATEST_S = _EARLIEST.timestamp(), _LATEST.timestamp()
_IDENTIFIER = re.compile(r"[^/+#\x00-\x1f]{1,128}")
_NOT_IN_IDENTIFIERS = re.compile(r"[/+#\x00-\x1f]")
_FIGURE_LENGTH = 40

Words = TypeVar("Words")
Options = TypeVar("Options")


def on_the_globe(lat: float, lon: float) -> bool:
    """Whether degrees WGS 84 are a place; infinity and NaN are none."""
    return -90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0


def check_coordinates(lat: float, lon: float) -> None:
    """Raises BadMessage for degrees that are no place on the globe."""
    if not on_the_globe(lat, lon):
        raise BadMessage("coordinates are outside the globe")


class Bounds(NamedTuple):
    """The ground on which a feed's places lie (option `bounds`), degrees WGS 84; `west` may lie east of `east`."""

    south: float
    west: float
    north: float
    east: float

    def check(self) -> None:
        """Raises ValueError for what bounds no ground."""
        if not (on_the_globe(self.south, self.west) and on_the_globe(self.north, self.east)) or self.south > self.north:
            raise ValueError("bounds are [south, west, north, east] in degrees")

    def hold(self, lat: float, lon: float) -> bool:
        """Whether a place lies on the ground."""
        across = self.west > self.east  # the ground crosses the antimeridian
        in_width = lon >= self.west or lon <= self.east if across else self.west <= lon <= self.east
        return self.south <= lat <= self.north and in_width

    def doubt(self, lat: float, lon: float) -> str:
        """Why a place is not believed, and what was probably meant; empty for a place on the ground."""
        if self.hold(lat, lon):
            return ""
        said = f"place outside the feed's bounds: {lat:.7g}, {lon:.7g}"
        for why, meant in (
            ("sign of the longitude lost", (lat, -lon)),
            ("latitude and longitude swapped", (lon, lat)),
            ("swapped, and the sign lost", (lon, -lat)),
        ):
            if self.hold(*meant):
                return f"{said} ({why}?)"
        return said


class Place(NamedTuple):
    """Where something is, degrees WGS 84, or None with the `doubt` that keeps it from being located, if any."""

    lat: float | None = None
    lon: float | None = None
    doubt: str = ""


def place(lat: float | None, lon: float | None, bounds: Bounds | None = None) -> Place:
    """A place as a message gives it: not located where it is no place on the globe, or outside the feed's bounds."""
    if lat is None or lon is None:
        return Place()
    if not on_the_globe(lat, lon):
        return Place(doubt=f"place outside the globe: {lat:.7g}, {lon:.7g}")
    doubt = bounds.doubt(lat, lon) if bounds is not None else ""
    return Place(doubt=doubt) if doubt else Place(lat, lon)


def within(value: float | None, low: float, high: float) -> float | None:
    """The value if it lies in the range; outside it, infinite or NaN it is unknown."""
    return value if value is not None and low <= value <= high else None


def course(degrees: float | None) -> float | None:
    """A course in 0…360; senders that count from -180 to 180 are read as well."""
    if degrees is None or not -360.0 <= degrees <= 360.0:
        return None
    return degrees if degrees >= 0.0 else degrees + 360.0


def figure(text: str | None) -> float | None:
    """A decimal figure in a text; None if it is none. Python's own liberties (1_000, other scripts) are refused."""
    if text is None or len(text) > _FIGURE_LENGTH or "_" in text or not text.isascii():
        return None
    try:
        return float(text)
    except ValueError:
        return None


def moment_of_seconds(seconds: float) -> datetime:
    """Seconds since the epoch as aware UTC. Raises BadMessage outside 1980 to 2200."""
    if not _EARLIEST_S <= seconds <= _LATEST_S:
        raise BadMessage("time is out of range")
    return datetime.fromtimestamp(seconds, UTC)


def moment_of_text(text: str, zone: tzinfo) -> datetime:
    """An ISO 8601 time as aware UTC; `zone` holds where the text names none. Raises BadMessage."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is not UTC:
            at = (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadMessage("time is not ISO 8601") from None
    check_moment(at)
    return at


def check_moment(at: datetime) -> None:
    """Raises BadMessage for an aware time outside 1980 to 2200."""
    if not _EARLIEST <= at <= _LATEST:
        raise BadMessage("time is out of range")


def identifier(text: str) -> str:
    """An id that fits a topic level: forbidden characters become %2F and the like, what is too long ends in its hash.

    So `a/1` and `a-1` are two objects. Raises BadMessage for an empty text.
    """
    if _IDENTIFIER.fullmatch(text):
        return text
    if not text:
        raise BadMessage("an id is empty")
    encoded = _NOT_IN_IDENTIFIERS.sub(lambda found: f"%{ord(found[0]):02X}", text[:129])
    if len(encoded) > 128:
        encoded = f"{encoded[:95]}~{hashlib.sha256(text.encode()).hexdigest()[:32]}"
    return encoded


def identifier_of(first: str, second: str) -> str:
    """An id of two words of one name, `first-second`; `first%2Fsecond` where nobody could tell where the first ends."""
    return identifier(f"{first}/{second}" if "-" in first else f"{first}-{second}")


def name(text: str | None) -> str:
    """A name for the screen: one line, cut at 256 characters, nothing that turns the writing direction."""
    if not text:
        return ""
    text = text[:SHORT]
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else " " for letter in text)
    return text.strip()


def prose(text: str) -> str:
    """A text of several lines, cut at 65,536 characters (and says so), without characters that steer."""
    return _readable(text if len(text) <= LONG else text[: LONG - len(_CUT)] + _CUT).strip()


def loss(value: object) -> str:
    """Something that our vocabulary cannot hold, as text of bounded length."""
    text = value if isinstance(value, str) else str(value)
    return _readable(text if len(text) <= SHORT else text[: SHORT - 1] + "…")


def _readable(text: str) -> str:
    if text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable():
        return text
    return "".join(letter if letter.isprintable() or letter in "\n\t" else " " for letter in text)


def options_of(feed: Feed, shape: type[Options]) -> Options:
    """The feed's options in the shape that its format knows. Raises ValueError for an unknown or mistyped one."""
    try:
        return msgspec.convert(dict(feed.options), shape)
    except msgspec.ValidationError as error:
        raise ValueError(f"options of feed {feed.name}: {error}") from None


def zone_of(feed: Feed) -> tzinfo:
    """The feed's time zone. Raises ValueError if nobody knows it."""
    if feed.zone == "UTC":  # a bare machine may lack the zone files
        return UTC
    try:
        return ZoneInfo(feed.zone)
    except (OSError, ValueError, KeyError):
        raise ValueError(f"feed {feed.name}: no time zone {feed.zone}") from None


class LastWords(Generic[Words]):
    """What a feed last said of each unit, so that a unit is reported when it changes and not with each position."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[datetime, Words]] = {}

    def get(self, unit: str) -> Words | None:
        """The last words about a unit, None if there are none."""
        said = self._said.get(unit)
        return said[1] if said is not None else None

    def is_news(self, unit: str, at: datetime, words: Words, received_at: datetime) -> bool:
        """Whether these words are new, and not older than the last ones. If so, they are remembered.

        Words of a time to come are news, but not remembered: nobody will believe them (`rules.plausible`), and they
        must not silence the true ones.
        """
        said = self._said.get(unit)
        if said is not None:
            if at < said[0]:
                return False
            if said[1] == words:
                if at <= received_at:  # what comes later and is older must not take back what was said again
                    self._said[unit] = (at, words)
                return False
        if refuse_time(at, received_at):
            return True
        if said is None and len(self._said) >= _UNITS_REMEMBERED:
            self._said.clear()  # a hostile sender may invent units without end; the others are just said again
        self._said[unit] = (at, words)
        return True

    def forget(self, unit: str) -> None:
        """The next words about this unit are news."""
        self._said.pop(unit, None)


def unread(fields: dict[str, Any], read: frozenset[str]) -> dict[str, str]:
    """The losses of a JSON object: every field that nobody read, at most 40 of them."""
    left = [key for key, value in fields.items() if key not in read and value is not None]
    return {loss(key): loss(fields[key]) for key in left[:40]}
