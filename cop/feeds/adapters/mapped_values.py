"""What a value of theirs is in our units: figures, times and places that a mapping names the form of."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, tzinfo
from math import degrees, pi, sqrt
from types import MappingProxyType
from typing import Any, NamedTuple

import mgrs
import shapely

from cop.feeds.adapters import geometries, readings
from cop.feeds.message import BadMessage

_SPEEDS = {"mps": 1.0, "kmh": 1 / 3.6, "mph": 0.44704, "knots": 1852 / 3600, "fps": 0.3048}
_LENGTHS = {"m": 1.0, "ft": 0.3048, "km": 1000.0, "mi": 1609.344, "nmi": 1852.0, "yd": 0.9144}
_TURNS = {"deg": 1.0, "rad": degrees(1.0), "mil": 360 / 6400, "1e-1 deg": 0.1, "1e-2 deg": 0.01}
_DEGREES = {"deg": 1.0, "1e-7 deg": 1e-7, "1e-6 deg": 1e-6, "1e-5 deg": 1e-5, "rad": 180.0 / pi, "1e-3 min": 1 / 60_000}
_DDMM = "ddmm.mmmm"
#: the units that a field's figures may come in, and what one of each is in ours
UNITS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "speed_mps": _SPEEDS,
        "alt_m": _LENGTHS,
        "accuracy_m": _LENGTHS,
        "radius_m": _LENGTHS,
        "course_deg": _TURNS,
        "lat": {**_DEGREES, _DDMM: 1.0},
        "lon": {**_DEGREES, _DDMM: 1.0},
    }
)
PLACE_FORMS = ("lat,lon", "lon,lat", "geojson", "wkt", "mgrs")
TIME_FORMS = ("auto", "iso", "epoch_s", "epoch_ms", "epoch_us")
_EPOCHS = {"epoch_s": 1.0, "epoch_ms": 1e-3, "epoch_us": 1e-6}
_SYMBOLS = str.maketrans(dict.fromkeys("°º˚'′’\"″”:,;", " "))
_HEMISPHERES = {"N": 1.0, "E": 1.0, "S": -1.0, "W": -1.0}
_GRID = re.compile(r"[0-9]{1,2}[C-HJ-NP-X][A-HJ-NP-Z]{2}([0-9]{0,10})")
_PAIR = re.compile(r"[\s,;]+")
_POINT = re.compile(r"(?:SRID=4326;)?\s*POINT\s*(?:Z|M|ZM)?\s*\(\s*([^()]{1,120})\)\s*", re.IGNORECASE)
_MGRS = mgrs.MGRS()
#: a moment whose day, hour, minute and second all differ, to try a pattern on
_TRIED = datetime(2027, 11, 23, 14, 56, 37, tzinfo=UTC)


class Place(NamedTuple):
    """Degrees WGS 84, latitude first, and how far off the form itself may be."""

    lat: float
    lon: float
    accuracy_m: float | None = None


def figure(value: Any) -> float | None:
    """A finite figure, also in a text; None for anything else."""
    if isinstance(value, bool):
        return None
    found: float | None = None
    if isinstance(value, int | float):
        try:
            found = float(value)
        except OverflowError:
            return None
    elif isinstance(value, str):
        found = readings.figure(value.strip())
    return found if found is not None and -1e300 < found < 1e300 else None


def angle(value: Any, unit: str, field: str) -> float | None:
    """Degrees of latitude or longitude: a figure in its unit, or degrees, minutes and seconds in a text."""
    said = figure(value)
    if said is None:
        return _sexagesimal(value, field) if isinstance(value, str) and len(value) <= 40 else None
    if unit == _DDMM:
        whole = int(abs(said) / 100)
        minutes = abs(said) - 100 * whole
        return (whole + minutes / 60) * (-1.0 if said < 0 else 1.0) if minutes < 60 else None
    return said * UNITS[field][unit]


def _sexagesimal(text: str, field: str) -> float | None:
    """`35° 13' 37.2" N`, `N35 13.62`, `-80:50:35`."""
    said = text.upper().translate(_SYMBOLS)
    letters = [letter for letter in said if letter in _HEMISPHERES]
    if len(letters) > 1 or (letters and (letters[0] in "NS") != (field == "lat")):
        return None
    if letters:
        said = said.replace(letters[0], " ")
    parts = [readings.figure(part) for part in said.split()]
    if not 1 <= len(parts) <= 3:
        return None
    found = 0.0
    for number, part in enumerate(parts):
        if part is None or (number and not 0 <= part < 60):
            return None
        found += abs(part) / 60**number
    negative = said.lstrip().startswith("-")
    if negative and letters:
        return None
    return -found if negative else found * (_HEMISPHERES[letters[0]] if letters else 1.0)


def moment(value: Any, form: str, zone: tzinfo) -> datetime | None:
    """A time in its form; None for what is none. `auto` reads ISO 8601 and seconds, ms or µs by their size."""
    try:
        if form in _EPOCHS:
            seconds = figure(value)
            return None if seconds is None else readings.moment_of_seconds(seconds * _EPOCHS[form])
        if form in ("auto", "iso"):
            seconds = figure(value) if form == "auto" else None
            if seconds is not None and abs(seconds) >= 1e8:  # less is a date such as 20260504
                scale = 1.0 if abs(seconds) < 1e11 else 1e-3 if abs(seconds) < 1e14 else 1e-6
                return readings.moment_of_seconds(seconds * scale)
            return readings.moment_of_text(value.strip(), zone) if isinstance(value, str) else None
        if not isinstance(value, str | int) or len(text := str(value).strip()) > 100:
            return None
        at = datetime.strptime(text, form)  # noqa: DTZ007 - the zone comes next, where the pattern has none
        at = (at.replace(tzinfo=zone) if at.tzinfo is None else at).astimezone(UTC)
        readings.check_moment(at)
    except (BadMessage, ValueError, OverflowError):
        return None
    return at


def check_time_form(form: str) -> None:
    """Raises ValueError for a form of times that nothing can be read by, in words for who wrote it."""
    if form in TIME_FORMS:
        return
    if "%" not in form:
        raise ValueError(
            f"{form!r} is no form of times: {', '.join(TIME_FORMS)}, or a pattern such as %m/%d/%Y %H:%M:%S"
        )
    try:
        text = _TRIED.strftime(form)
        read = datetime.strptime(text, form)  # noqa: DTZ007 - only whether it can be read is asked
    except ValueError:
        raise ValueError(f"{form!r} is no pattern of times (such as %m/%d/%Y %H:%M:%S)") from None
    if (read.year % 100, read.month, read.day) != (27, 11, 23):
        raise ValueError(f"the pattern {form!r} holds no whole date: year, month and day are needed")


def place(value: Any, form: str) -> Place | None:
    """A place in its form; without one, a GeoJSON point or position, or WKT. None for what is none."""
    if isinstance(value, dict):
        value = value.get("coordinates") if value.get("type") == "Point" else None
        form = "lon,lat"
    if isinstance(value, list):
        return _pair(value[:2], form if form in ("lat,lon", "lon,lat") else "lon,lat")
    if not isinstance(value, str) or len(value) > 200:
        return None
    if form == "mgrs":
        return _grid_place(value)
    if point := _POINT.fullmatch(value.strip()):
        return _pair(point[1].split()[:2], "lon,lat")
    if form in ("lat,lon", "lon,lat"):
        return _pair(_PAIR.split(value.strip().strip("()[]"))[:2], form)
    return None


def _pair(pair: list[Any], form: str) -> Place | None:
    first, second = map(figure, pair) if len(pair) == 2 else (None, None)
    if first is None or second is None:
        return None
    return Place(first, second) if form == "lat,lon" else Place(second, first)


def _grid_place(text: str) -> Place | None:
    """A square of the military or US national grid: its middle, and half its diagonal as accuracy."""
    square = "".join(text.upper().split())
    match = _GRID.fullmatch(square)
    if match is None or len(match[1]) % 2 or len(match[1]) < 4:
        return None  # of a square of ten kilometres and more nobody makes a place
    side_m = 10.0 ** (5 - len(match[1]) // 2)
    middle = square if side_m == 1.0 else _middle(square, match[1])
    try:
        lat, lon = _MGRS.toLatLon(middle.encode())
    except (mgrs.core.MGRSError, ValueError):
        return None
    return Place(lat, lon, None if side_m == 1.0 else side_m / sqrt(2.0))


def _middle(square: str, digits: str) -> str:
    half = len(digits) // 2
    fill = "5".ljust(5 - half, "0")
    return f"{square[: len(square) - len(digits)]}{digits[:half]}{fill}{digits[half:]}{fill}"


def geometry(value: Any) -> tuple[dict[str, Any], str] | None:
    """A GeoJSON geometry, feature's or not, or WKT; and what was left out of it. None for what is none.

    Raises BadMessage for one that is wrong (`geometries.checked`).
    """
    if isinstance(value, str):
        if len(value) > 2_000_000:
            return None
        try:
            value = shapely.geometry.mapping(shapely.from_wkt(value.rpartition(";")[2]))
        except (shapely.errors.ShapelyError, ValueError, TypeError, AttributeError):
            return None
        value = {"type": value.get("type"), "coordinates": _lists(value.get("coordinates"))}
    if isinstance(value, dict) and value.get("type") == "Feature":
        value = value.get("geometry")
    return geometries.checked(value) if isinstance(value, dict) else None


def _lists(coordinates: Any) -> Any:
    return [_lists(one) for one in coordinates] if isinstance(coordinates, tuple | list) else coordinates


def scaled(field: str, unit: str) -> Callable[[Any], float | None]:
    """What reads a field's figures in a unit."""
    if field in ("lat", "lon"):
        return lambda value: angle(value, unit, field)
    scale = UNITS[field][unit]

    def read(value: Any) -> float | None:
        said = figure(value)
        return None if said is None else said * scale

    return read
