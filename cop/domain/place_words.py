"""A place written in each of the notations that people say on the radio."""

import functools
import math
from typing import TYPE_CHECKING

import mgrs

if TYPE_CHECKING:
    from pyproj import Proj

_MGRS = mgrs.MGRS()
#: outside these latitudes the grid is polar and its letters stand for something else
NORTHERNMOST, SOUTHERNMOST = 84.0, -80.0
_AT_EQUATOR_DEG = 1e-6
#: bands of eight degrees from 80° south; the last is twelve degrees high
BANDS = "CDEFGHJKLMNPQRSTUVWX"


def usng(lat: float, lon: float, digits: int = 5) -> str:
    """US National Grid, spaced (FGDC-STD-011-2001): "17S NV 05214 99187"; empty near the poles.

    `digits` of easting and of northing: 5 is a metre, 4 ten metres … 0 the square of 100 km.
    """
    if not (math.isfinite(lat) and math.isfinite(lon)) or not SOUTHERNMOST <= lat <= NORTHERNMOST:
        return ""
    lat = _off_equator(lat)
    text = _MGRS.toMGRS(lat, (lon + 180.0) % 360.0 - 180.0, MGRSPrecision=digits)
    text = text.decode("ascii") if isinstance(text, bytes) else str(text)
    head = len(text) - 2 * digits
    zone, square, figures = text[: head - 2], text[head - 2 : head], text[head:]
    return f"{zone.strip().zfill(3)} {square} {figures[:digits]} {figures[digits:]}".strip()


def degrees(lat: float, lon: float) -> str:
    """Decimal degrees with hemispheres: "35.24250° N 80.95300° W"."""
    return f"{abs(lat):.5f}° {_north(lat)} {abs(lon):.5f}° {_east(lon)}"


def ddm(lat: float, lon: float) -> str:
    """Degrees and decimal minutes, as aircraft and boats say it: "35° 14.550′ N 80° 57.180′ W"."""
    return f"{_minutes(lat)} {_north(lat)} {_minutes(lon)} {_east(lon)}"


def dms(lat: float, lon: float) -> str:
    """Degrees, minutes and seconds: "35° 14′ 33.0″ N 80° 57′ 10.8″ W"."""
    return f"{_seconds(lat)} {_north(lat)} {_seconds(lon)} {_east(lon)}"


def utm(lat: float, lon: float) -> str:
    """UTM with the zone's band, whole metres: "17S 504276 m E 3899936 m N"; empty near the poles."""
    grid = usng(lat, lon, 0)
    if not grid:
        return ""
    lat = _off_equator(lat)
    east, north = utm_projection(int(grid[:2]), south=grid[2] < "N")(lon, lat)
    return f"{grid[:3]} {math.floor(east + 0.001):06d} m E {math.floor(north + 0.001):07d} m N"


@functools.lru_cache(maxsize=128)
def utm_projection(zone: int, *, south: bool) -> "Proj":
    """The projection of a UTM zone, WGS 84; called with (lon, lat), `inverse=True` with (easting, northing)."""
    from pyproj import Proj  # noqa: PLC0415  # 0.1 s that no start of the desk has to wait for

    return Proj(proj="utm", zone=zone, ellps="WGS84", south=south)


def band_of(lat: float) -> str:
    """The letter of the band of eight degrees; empty near the poles."""
    if not SOUTHERNMOST <= lat <= NORTHERNMOST:
        return ""
    return BANDS[min(len(BANDS) - 1, int((lat - SOUTHERNMOST) // 8))]


def _off_equator(lat: float) -> float:
    """What is south of the equator by less than can be written is on it: else it falls into a square that is not."""
    return 0.0 if -_AT_EQUATOR_DEG < lat < 0.0 else lat


def _north(lat: float) -> str:
    return "N" if lat >= 0 else "S"


def _east(lon: float) -> str:
    return "E" if lon >= 0 else "W"


def _minutes(value: float) -> str:
    whole, thousandths = divmod(round(abs(value) * 60_000), 60_000)
    return f"{whole}° {thousandths / 1000:06.3f}′"


def _seconds(value: float) -> str:
    minutes, tenths = divmod(round(abs(value) * 36_000), 600)
    whole, minutes = divmod(minutes, 60)
    return f"{whole}° {minutes:02d}′ {tenths / 10:04.1f}″"
