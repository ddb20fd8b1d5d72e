"""Geometries of KML (OGC 12-007r2 §10) as GeoJSON; coordinates of the wild are read as they were meant."""

from itertools import islice
from math import cos, radians, sin
from typing import Any

from cop.feeds.adapters import readings, strict_xml
from cop.feeds.adapters.outlines import point
from cop.feeds.message import BadMessage

GEOMETRIES = frozenset(
    {"Point", "LineString", "LinearRing", "Polygon", "MultiGeometry", "Model", "Track", "MultiTrack"}
)
_MULTI = {"Point": "MultiPoint", "LineString": "MultiLineString", "Polygon": "MultiPolygon"}
_NESTED = frozenset({"MultiGeometry", "MultiTrack"})
_MOST_PARTS = 1_000
_MOST_TOKENS = 60_000
_TUPLES = (2, 3)
_NO_COORDINATES = "coordinates are none of KML"


class Shape:
    """The geometry of a feature; `losses` says what was made of coordinates that are not as the standard has them."""

    def __init__(self) -> None:
        self.losses: dict[str, str] = {}

    def of(self, element: Any) -> dict[str, Any]:
        """The GeoJSON of a geometry; empty where it says no place. Raises BadMessage for coordinates that are none."""
        parts = self._parts(element)
        if not parts:
            return {}
        if len(parts) == 1:
            return parts[0]
        kinds = {part["type"] for part in parts}
        if len(kinds) == 1:
            return {"type": _MULTI[kinds.pop()], "coordinates": [part["coordinates"] for part in parts]}
        return {"type": "GeometryCollection", "geometries": parts}

    def _parts(self, element: Any) -> list[dict[str, Any]]:
        """The simple geometries of one that may hold others, at any depth."""
        found: list[dict[str, Any]] = []
        waiting = [element]
        while waiting:
            one = waiting.pop()
            kind = strict_xml.local_name(one)
            if kind in _NESTED:
                waiting += [inside for inside in reversed(one) if strict_xml.local_name(inside) in GEOMETRIES]
            elif simple := self._simple(kind, one):
                found.append(simple)
            if len(found) + len(waiting) > _MOST_PARTS:
                raise BadMessage(f"geometry has more than {_MOST_PARTS:,} parts")
        return found

    def _simple(self, kind: str, element: Any) -> dict[str, Any]:
        if kind == "Polygon":
            return self._polygon(element)
        if kind == "Model":
            return _location(element)
        places = _track(element) if kind == "Track" else self._coordinates(_said(element))
        if not places:
            return {}
        if kind == "Point" or len(places) == 1:
            return {"type": "Point", "coordinates": places[0]}
        return {"type": "LineString", "coordinates": places}

    def _polygon(self, element: Any) -> dict[str, Any]:
        outer = [self._ring(ring) for ring in strict_xml.all_at(element, "outerBoundaryIs/LinearRing")[:1]]
        if not outer or not outer[0]:
            return {}
        holes = strict_xml.all_at(element, "innerBoundaryIs/LinearRing")
        if len(holes) > _MOST_PARTS:
            raise BadMessage(f"geometry has more than {_MOST_PARTS:,} parts")
        inner = [self._ring(ring) for ring in holes]
        return {"type": "Polygon", "coordinates": [*outer, *filter(None, inner)]}

    def _ring(self, element: Any) -> list[list[float]]:
        ring = self._coordinates(_said(element))
        if ring and ring[0] != ring[-1]:
            self.losses["coordinates"] = "a ring was not closed: closed here"
            ring.append(ring[0])
        return ring

    def quad(self, element: Any) -> dict[str, Any]:
        """A gx:LatLonQuad: four corners."""
        ring = self._coordinates(_said(element))
        return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]} if ring else {}

    def _coordinates(self, text: str) -> list[list[float]]:
        """Tuples of longitude, latitude and perhaps altitude, apart from each other by white space.

        Also with blanks behind the commas, and with commas alone, which are read as Google Earth does: in threes.
        """
        if not text:
            return []
        if not text.isascii() or "_" in text:
            raise BadMessage(_NO_COORDINATES)
        commas = {one.count(",") for one in text.split()}
        if not commas <= {1, 2}:
            return self._in_the_wild(text)
        try:
            if len(commas) > 1:
                return [list(map(float, one.split(","))) for one in text.split()]
            figures = list(map(float, text.replace(",", " ").split()))
        except ValueError:
            return self._in_the_wild(text)
        size = commas.pop() + 1
        return [figures[at : at + size] for at in range(0, len(figures), size)]

    def _in_the_wild(self, text: str) -> list[list[float]]:
        words = text.replace(",", " , ").split(maxsplit=_MOST_TOKENS)
        tuples: list[list[float]] = []
        joined = False
        for word in words:
            if word == ",":
                joined = bool(tuples)
                continue
            figure = readings.figure(word)
            if figure is None:
                raise BadMessage(_NO_COORDINATES)
            if joined:
                tuples[-1].append(figure)
            else:
                tuples.append([figure])
            joined = False
        if len(tuples) == 1 and len(tuples[0]) > max(_TUPLES):
            (figures,) = tuples
            size = next((one for one in reversed(_TUPLES) if len(figures) % one == 0), 0)
            if size:
                self.losses["coordinates"] = f"not apart by white space: read {size} figures at a time"
                tuples = [figures[at : at + size] for at in range(0, len(figures), size)]
        if not all(len(one) in _TUPLES for one in tuples):
            raise BadMessage(_NO_COORDINATES)
        return tuples


def _said(element: Any) -> str:
    """The coordinates that stand in a geometry."""
    return next(((one.text or "").strip() for one in element if strict_xml.local_name(one) == "coordinates"), "")


def _track(element: Any) -> list[list[float]]:
    """The places of a gx:Track, figures apart by blanks; an empty one is a moment without a place."""
    found = []
    for one in element.iterfind("{*}coord"):
        figures = [readings.figure(word) for word in (one.text or "").split()[:3]]
        if not figures:
            continue
        if len(figures) < min(_TUPLES) or None in figures:
            raise BadMessage(_NO_COORDINATES)
        found.append([figure for figure in figures if figure is not None])
    return found


def _location(model: Any) -> dict[str, Any]:
    """Where a model stands."""
    lon, lat = (readings.figure(strict_xml.text_of(model, f"Location/{name}")) for name in ("longitude", "latitude"))
    return {} if lat is None or lon is None else point(lat, lon)


def box(element: Any) -> dict[str, Any]:
    """A LatLonBox as a polygon, turned by its rotation (degrees, counter-clockwise); empty for one that bounds nothing.

    One across the antimeridian is two.
    """
    said = {strict_xml.local_name(one): readings.figure((one.text or "").strip()) for one in islice(element, 20)}
    north, south, east, west = (said.get(name) for name in ("north", "south", "east", "west"))
    if north is None or south is None or east is None or west is None or north <= south or east == west:
        return {}
    if east < west:
        return {
            "type": "MultiPolygon",
            "coordinates": [[_corners(north, south, 180.0, west)], [_corners(north, south, east, -180.0)]],
        }
    ring = _corners(north, south, east, west)
    turn = radians(readings.within(said.get("rotation"), -360.0, 360.0) or 0.0)
    if turn:
        lat, lon = (north + south) / 2.0, (east + west) / 2.0
        narrowing = max(cos(radians(readings.within(lat, -90.0, 90.0) or 0.0)), 0.01)
        ring = [
            [
                lon + ((x - lon) * narrowing * cos(turn) - (y - lat) * sin(turn)) / narrowing,
                lat + (x - lon) * narrowing * sin(turn) + (y - lat) * cos(turn),
            ]
            for x, y in ring
        ]
    return {"type": "Polygon", "coordinates": [ring]}


def _corners(north: float, south: float, east: float, west: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]
