"""Outlines that formats give by centre and radius, as GeoJSON."""

from math import cos, pi, radians, sin
from typing import Any

_METRES_A_DEGREE = 111_195.0  # of a great circle on the mean sphere


def point(lat: float, lon: float) -> dict[str, Any]:
    """A GeoJSON point (RFC 7946 §3.1.2)."""
    return {"type": "Point", "coordinates": [lon, lat]}


def circle(lat: float, lon: float, radius_m: float) -> dict[str, Any]:
    """A circle as GeoJSON; a point for a radius of 0 or where no polygon would fit."""
    return ellipse(lat, lon, radius_m, radius_m, 0.0)


def ellipse(
    lat: float, lon: float, major_m: float, minor_m: float, angle_deg: float, *, corners: int = 48
) -> dict[str, Any]:
    """An ellipse as GeoJSON polygon (RFC 7946 §3.1.6).

    `major_m` and `minor_m` are half axes, `angle_deg` turns the major one clockwise from north. A point for no
    extent, near a pole or across the antimeridian, where the flat reckoning does not hold.
    """
    reach = max(major_m, minor_m) / _METRES_A_DEGREE
    if not reach or abs(lat) + reach >= 89.0 or abs(lon) + reach / cos(radians(abs(lat) + reach)) >= 180.0:
        return point(lat, lon)
    to_east, to_north = sin(radians(angle_deg)), cos(radians(angle_deg))
    narrowing = cos(radians(lat))
    ring = []
    for corner in range(corners):
        along = major_m * cos(2.0 * pi * corner / corners) / _METRES_A_DEGREE
        across = -minor_m * sin(2.0 * pi * corner / corners) / _METRES_A_DEGREE  # to the left: counter-clockwise
        east, north = along * to_east + across * to_north, along * to_north - across * to_east
        ring.append([round(lon + east / narrowing, 7), round(lat + north, 7)])
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def destination(lat: float, lon: float, bearing_deg: float, range_m: float) -> tuple[float, float]:
    """Where a bearing (true) and a range lead to, latitude first; flat reckoning, good to some tens of kilometres."""
    reach = range_m / _METRES_A_DEGREE
    north, east = reach * cos(radians(bearing_deg)), reach * sin(radians(bearing_deg))
    return lat + north, lon + east / max(cos(radians(lat)), 0.01)
