"""Ground widened by metres: on a plane that touches the earth there, not in degrees."""

from itertools import product

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from cop.picture.boundaries.polygons import sound

#: so far from where the plane touches, its metres are true to 0.1 % (azimuthal equidistant: c / sin c)
_PIECE_DEG = 4.0
#: a long edge is straight in degrees, as a map of GeoJSON draws it (RFC 7946 §3.1.1), not straight on the plane
_VERTEX_EVERY_DEG = 0.05
_SEGMENTS_A_QUARTER = 8


def widened(geometry: BaseGeometry, metres: float) -> BaseGeometry:
    """All ground within so many metres of a line or polygon in WGS 84 degrees, with the polygon itself.

    True to 0.5 % of the metres, by the corners that round ends are drawn with.
    """
    edge = shapely.boundary(geometry) if shapely.get_dimensions(geometry) == 2 else geometry
    west, south, east, north = shapely.bounds(edge)
    columns = np.arange(west, max(east, west + 1e-9), _PIECE_DEG)
    rows = np.arange(south, max(north, south + 1e-9), _PIECE_DEG)
    pieces = [shapely.intersection(edge, _cell(x, y)) for x, y in product(columns, rows)]
    bands = [_band(piece, metres) for piece in pieces if not piece.is_empty]
    whole: BaseGeometry = shapely.union_all([geometry, *bands] if edge is not geometry else bands)
    return whole


def _cell(west: float, south: float) -> BaseGeometry:
    return shapely.box(west, south, west + _PIECE_DEG, south + _PIECE_DEG)


def _band(line: BaseGeometry, metres: float) -> BaseGeometry:
    import pyproj  # noqa: PLC0415 - 0.1 s for which only ground that is widened waits

    west, south, east, north = shapely.bounds(line)
    plane = pyproj.Proj(proj="aeqd", ellps="WGS84", lon_0=(west + east) / 2, lat_0=(south + north) / 2)

    def to_plane(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(plane(xy[:, 0], xy[:, 1]))

    def to_degrees(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(plane(xy[:, 0], xy[:, 1], inverse=True))

    flat = shapely.transform(shapely.segmentize(line, _VERTEX_EVERY_DEG), to_plane)
    band: BaseGeometry = shapely.transform(shapely.buffer(flat, metres, quad_segs=_SEGMENTS_A_QUARTER), to_degrees)
    west, _, east, _ = shapely.bounds(band)
    if east - west > 180.0:  # over the 180th meridian
        band = sound(np.array([band], dtype=object), "")[0][0]
    return band
