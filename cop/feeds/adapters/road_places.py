"""Where road events lie, in the notations of their publishers, as GeoJSON (longitude first)."""

from typing import Any

import numpy as np

from cop.feeds.adapters import readings
from cop.feeds.adapters.outlines import point
from cop.feeds.message import BadMessage

MOST_VERTICES = 20_000
_LONGEST_FIGURE = 6  # letters, of five bits each
_OUTSIDE = 1e9


def of_figures(lat: float | None, lon: float | None) -> list[float] | None:
    """A position; None where a figure is missing, or both are 0, as publishers write what they do not know.

    One outside the globe is kept, for its event is refused then.
    """
    if lat is None or lon is None or (lat == 0.0 and lon == 0.0):
        return None
    return [lon, lat]


def of_pair(pair: Any) -> list[float] | None:
    """A position written as latitude and longitude: `[35.2, -80.8]`, `"35.2,-80.8"` or `"35.2 -80.8"`."""
    if isinstance(pair, str):
        pair = [readings.figure(part) for part in pair.replace(",", " ").split(maxsplit=2)]
    if not isinstance(pair, list) or len(pair) != 2:
        return None
    if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in pair):
        return None
    return of_figures(*(float(part) if abs(part) < _OUTSIDE else _OUTSIDE for part in pair))


def of_ends(*ends: list[float] | None) -> dict[str, Any]:
    """The places that an event names: a point, or the two ends of a way that nobody described. Empty for none."""
    known = list({tuple(end): end for end in ends if end is not None}.values())
    if not known:
        return {}
    return point(known[0][1], known[0][0]) if len(known) == 1 else {"type": "MultiPoint", "coordinates": known}


def of_polyline(text: str) -> dict[str, Any]:
    """A line in Google's encoded polyline algorithm format, five decimals. Empty for a text that is none."""
    if not text or not text.isascii():
        return {}
    bits = np.frombuffer(text.encode(), np.uint8).astype(np.int64) - 63
    last = np.flatnonzero(bits < 32)  # of each figure
    if bits.min() < 0 or bits.max() >= 64 or not len(last) or last[-1] != len(bits) - 1 or len(last) % 2:
        return {}
    first = np.concatenate(([0], last[:-1] + 1))
    lengths = last - first + 1
    if lengths.max() > _LONGEST_FIGURE or not 2 <= len(last) // 2 <= MOST_VERTICES:
        return {}
    shifts = 5 * (np.arange(len(bits)) - np.repeat(first, lengths))
    values = np.add.reduceat((bits & 31) << shifts, first)
    steps = np.where(values & 1, ~(values >> 1), values >> 1).reshape(-1, 2)
    vertices = np.cumsum(steps, axis=0)[:, ::-1] / 1e5
    return {"type": "LineString", "coordinates": vertices.tolist()}


def of_pos_list(text: str, size: int = 2) -> list[list[float]]:
    """The vertices of a gml:posList or georss:line: latitude before longitude, `size` figures each.

    Raises BadMessage for figures that are none, or no line.
    """
    if text.isascii() and "_" not in text:
        try:
            figures = [float(one) for one in text.split()]
        except ValueError:
            figures = []
        if len(figures) >= 2 * size and not len(figures) % size:
            return [[lon, lat] for lat, lon in zip(figures[::size], figures[1::size], strict=True)]
    raise BadMessage("geometry has a position that is no place on the globe")


def of_wkt(text: str) -> dict[str, Any]:
    """A POINT or LINESTRING in well-known text (ISO 19125-1), longitude first. Empty for anything else.

    Raises BadMessage for one whose figures are none.
    """
    kind, bracket, rest = text.strip().partition("(")
    inside, closed, after = rest.partition(")")
    if not bracket or not closed or after.strip():
        return {}
    vertices = [[readings.figure(part) for part in one.split()[:2]] for one in inside.split(",")[: MOST_VERTICES + 1]]
    if len(vertices) > MOST_VERTICES or any(len(one) != 2 or None in one for one in vertices):
        raise BadMessage("geometry has a position that is no place on the globe")
    named = kind.strip().upper().removesuffix(" Z")
    if named == "POINT" and len(vertices) == 1:
        return {"type": "Point", "coordinates": vertices[0]}
    return {"type": "LineString", "coordinates": vertices} if named == "LINESTRING" else {}


def of_geojson(geometry: Any) -> dict[str, Any]:
    """A GeoJSON geometry as it came; empty where there is none, or a point that is 0, 0."""
    if not isinstance(geometry, dict) or geometry.get("coordinates") in ([0, 0], [0.0, 0.0, 0.0], []):
        return {}
    return geometry
