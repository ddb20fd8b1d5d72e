"""Outlines that formats give by centre and radius, as GeoJSON."""

from functools import lru_cache
from math import cos, floor, pi, radians, sin
from typing import Any

_METRES_A_DEGREE = 111_195.0  # of a great circle on the mean sphere


def point(lat: float, lon: float) -> dict[str, Any]:
    """A GeoJSON point (RFC 7946 §3.1.2)."""
    return {"type": "Point", "coordinates": [lon, lat]}


def circle(lat: float, lon: float, radius_m: float, *, corners: int = 48) -> dict[str, Any]:
    """A circle as GeoJSON; a point for a radius of 0 or where no polygon would fit."""
    reach = radius_m / _METRES_A_DEGREE
    if _is_too_wide(lat, lon, reach):
        return point(lat, lon)
    width = reach / cos(radians(lat))
    # To seven decimals; round() takes most of the time of reading an alert.
    east, north = lon * 1e7 + 0.5, lat * 1e7 + 0.5
    width, reach = width * 1e7, reach * 1e7
    ring = [[floor(east - width * aside) / 1e7, floor(north + reach * ahead) / 1e7] for ahead, aside in _turn(corners)]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def ellipse(
    lat: float, lon: float, major_m: float, minor_m: float, angle_deg: float, *, corners: int = 48
) -> dict[str, Any]:
    """An ellipse as GeoJSON polygon (RFC 7946 §3.1.6).

    `major_m` and `minor_m` are half axes, `angle_deg` turns the major one clockwise from north. A point for no
    extent, near a pole or across the antimeridian, where the flat reckoning does not hold.
    """
    reach = max(major_m, minor_m) / _METRES_A_DEGREE
    if _is_too_wide(lat, lon, reach):
        return point(lat, lon)
    to_east, to_north = sin(radians(angle_deg)), cos(radians(angle_deg))
    # To seven decimals, as above; the minor axis to the left: counter-clockwise.
    along, across = major_m / _METRES_A_DEGREE * 1e7, -minor_m / _METRES_A_DEGREE * 1e7
    narrowing = cos(radians(lat))
    along_east, across_east = along * to_east / narrowing, across * to_north / narrowing
    along_north, across_north = along * to_north, -across * to_east
    east, north = lon * 1e7 + 0.5, lat * 1e7 + 0.5
    ring = [
        [
            floor(east + along_east * ahead + across_east * aside) / 1e7,
            floor(north + along_north * ahead + across_north * aside) / 1e7,
        ]
        for ahead, aside in _turn(corners)
    ]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def _is_too_wide(lat: float, lon: float, reach: float) -> bool:
    """Whether an outline of that reach in degrees has no extent, or comes too near a pole or the antimeridian."""
    fits = abs(lat) + reach < 89.0 and abs(lon) + reach / cos(radians(abs(lat) + reach)) < 180.0  # NaN does not
    return not reach or not fits


@lru_cache(maxsize=16)
def _turn(corners: int) -> tuple[tuple[float, float], ...]:
    """Cosine and sine of the corners of a circle."""
    angles = [2.0 * pi * corner / corners for corner in range(corners)]
    return tuple((cos(angle), sin(angle)) for angle in angles)


def destination(lat: float, lon: float, bearing_deg: float, range_m: float) -> tuple[float, float]:
    """Where a bearing (true) and a range lead to, latitude first; flat reckoning, good to some tens of kilometres."""
    reach = range_m / _METRES_A_DEGREE
    north, east = reach * cos(radians(bearing_deg)), reach * sin(radians(bearing_deg))
    return lat + north, lon + east / max(cos(radians(lat)), 0.01)
