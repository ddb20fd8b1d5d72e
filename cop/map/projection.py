"""Web Mercator (EPSG:3857): degrees WGS 84 outside the map, metres inside."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS_M = 6_378_137.0
#: half the side of the square world
WORLD_M = math.pi * EARTH_RADIUS_M
#: the latitude at which the world becomes a square; what lies beyond is drawn on the edge
MAX_LATITUDE = math.degrees(2.0 * math.atan(math.exp(math.pi)) - math.pi / 2.0)

Floats = NDArray[np.float64]


def to_metres(lat: ArrayLike, lon: ArrayLike) -> tuple[Floats, Floats]:
    """Degrees to metres east and north (x, y), NaN stays NaN (EPSG Guidance Note 7-2, Popular Visualisation)."""
    phi = np.radians(np.clip(np.asarray(lat, dtype=np.float64), -MAX_LATITUDE, MAX_LATITUDE))
    x = np.asarray(lon, dtype=np.float64) * (EARTH_RADIUS_M * math.pi / 180.0)
    y = EARTH_RADIUS_M * np.log(np.tan(math.pi / 4.0 + phi / 2.0))
    return x, y


def to_degrees(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Metres east and north to degrees (lat, lon); the inverse of `to_metres`."""
    lon = np.asarray(x, dtype=np.float64) * (180.0 / (math.pi * EARTH_RADIUS_M))
    lat = np.degrees(2.0 * np.arctan(np.exp(np.asarray(y, dtype=np.float64) / EARTH_RADIUS_M)) - math.pi / 2.0)
    return lat, lon


def place_to_metres(lat: float, lon: float) -> tuple[float, float]:
    """One place, degrees to metres (x, y)."""
    x, y = to_metres(lat, lon)
    return float(x), float(y)


def about(lat: float, lon: float, reach_km: float) -> tuple[float, float, float, float]:
    """West, south, east, north in map metres of a square that reaches so far from a place to each side."""
    x, y = place_to_metres(lat, lon)
    reach = reach_km * 1000.0 * stretch_at(y)
    return x - reach, y - reach, x + reach, y + reach


def place_to_degrees(x: float, y: float) -> tuple[float, float]:
    """One place, metres to degrees (lat, lon)."""
    lat, lon = to_degrees(x, y)
    return float(lat), float(lon)


def vertices_to_metres(points: NDArray[Any]) -> NDArray[Any]:
    """Vertices of shape (n, 2) as (lon, lat) degrees to (x, y) metres: what `shapely.transform` asks for."""
    x, y = to_metres(points[:, 1], points[:, 0])
    return np.column_stack((x, y))


def stretch_at(y: float) -> float:
    """How many map metres one metre on the ground takes at this northing: 1 / cos(latitude)."""
    return math.cosh(y / EARTH_RADIUS_M)
