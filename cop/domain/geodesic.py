"""Lengths, bearings and areas on the ellipsoid, WGS 84 (Karney 2013, by PROJ). PROJ is loaded when first asked."""

import functools
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pyproj import Geod

#: a place as (latitude, longitude), degrees
Place = tuple[float, float]
Floats = NDArray[np.float64]

#: a drawn geodesic has a vertex at least every so many metres: bent as on the map, and never by more than a pixel
_VERTEX_EVERY_M = 20_000.0
_MOST_VERTICES = 400


@functools.cache
def _geod() -> "Geod":
    from pyproj import Geod  # noqa: PLC0415  # 0.1 s that no start of the desk has to wait for

    return Geod(ellps="WGS84")


def distance_and_bearing(start: Place, end: Place) -> tuple[float, float]:
    """Metres along the shortest line, and its bearing at the start, degrees 0…360 from true north."""
    azimuth, _, metres = _geod().inv(start[1], start[0], end[1], end[0])
    return float(metres), float(azimuth) % 360.0


def destination(start: Place, bearing_deg: float, metres: float) -> Place:
    """Where one comes to, so far in this direction."""
    lon, lat, _ = _geod().fwd(start[1], start[0], bearing_deg, metres)
    return float(lat), float(lon)


def legs_m(places: list[Place]) -> list[float]:
    """The length of each leg between places in order, metres."""
    return [distance_and_bearing(start, end)[0] for start, end in pairwise(places)]


def area_and_perimeter(places: list[Place]) -> tuple[float, float]:
    """Square metres within a ring of places, and metres around it; the ring need not be closed, either way round.

    A ring that crosses itself has no true area: what this says of one is the difference of its parts.
    """
    if len(places) < 2:
        return 0.0, 0.0
    area, perimeter = _geod().polygon_area_perimeter([lon for _, lon in places], [lat for lat, _ in places])
    return abs(float(area)), float(perimeter)


def line(start: Place, end: Place) -> Floats:
    """The shortest line as vertices of shape (n, 2), latitude and longitude, close enough to be drawn."""
    metres, _ = distance_and_bearing(start, end)
    between = min(_MOST_VERTICES, int(metres / _VERTEX_EVERY_M))
    inner = _geod().npts(start[1], start[0], end[1], end[0], between) if between else []
    return np.array([start, *((lat, lon) for lon, lat in inner), end], dtype=np.float64)


def circle(centre: Place, radius_m: float, vertices: int = 181) -> Floats:
    """Every place so far from a centre, as a closed ring of shape (n, 2), latitude and longitude, clockwise from north.

    In Web Mercator this is no circle: far from the equator and for long radii it is an egg.
    """
    azimuths = np.linspace(0.0, 360.0, vertices)
    lon, lat, _ = _geod().fwd(
        np.full(vertices, centre[1]), np.full(vertices, centre[0]), azimuths, np.full(vertices, radius_m)
    )
    return np.column_stack((np.asarray(lat), np.asarray(lon)))
