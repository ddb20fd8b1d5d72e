"""What a Cursor on Target event draws, as GeoJSON: vertices in links, polylines, ellipses, ranges and bearings."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from cop.feeds.adapters import outlines, readings, strict_xml
from cop.feeds.message import BadMessage

MAX_VERTICES = 10_000
_MAX_STROKES = 500
_MAX_RINGS = 50
_MAX_RADIUS_M = 1e6

_Vertex = list[float]


def geometry(event_type: str, detail: Any, place: tuple[float, float] | None) -> tuple[dict[str, Any], str]:
    """The geometry of a drawing, route or marker, and what was left out of it.

    `place` is the event's own point, latitude first. Without anything to draw the geometry is empty: the object is
    not located. Raises BadMessage for vertices that are no figures or lie outside the globe.
    """
    strokes = _strokes(detail)
    if strokes:
        lines = [line for line, _ in strokes]
        drawn: dict[str, Any] = lines[0] if len(lines) == 1 else _together(lines)
        return drawn, "".join(dict.fromkeys(left for _, left in strokes if left))
    vertices = _vertices(link.get("point") for link in detail.iterfind("link"))
    closed = event_type.startswith("u-d-r")
    if not vertices:
        polyline = detail.find("shape/polyline")
        if polyline is not None:
            corners = polyline.iterfind("vertex")
            vertices = _vertices(f"{corner.get('lat')},{corner.get('lon')}" for corner in corners)
            closed = (polyline.get("closed") or "").lower() == "true"
    if vertices:
        may_close = closed or not event_type.startswith("b-m-r")
        return _line_or_area(vertices, closed=closed, may_close=may_close)
    if place is None:
        return {}, ""
    return _around(event_type, detail, *place), ""


def _around(event_type: str, detail: Any, lat: float, lon: float) -> dict[str, Any]:
    """What is drawn about the event's own point: an ellipse, a ray, else the point."""
    rings = [
        (major, minor, readings.figure(ring.get("angle")) or 0.0)
        for ring in islice(detail.iterfind("shape/ellipse"), _MAX_RINGS)
        if (major := readings.within(readings.figure(ring.get("major")), 0.0, _MAX_RADIUS_M)) is not None
        and (minor := readings.within(readings.figure(ring.get("minor")), 0.0, _MAX_RADIUS_M)) is not None
    ]
    if rings:
        major, minor, angle = max(rings)
        return outlines.ellipse(lat, lon, major, minor, readings.within(angle, -360.0, 360.0) or 0.0)
    if event_type.startswith("u-rb"):
        range_m = readings.within(_value(detail, "range"), 0.0, _MAX_RADIUS_M)
        bearing_deg = readings.within(_value(detail, "bearing"), -360.0, 360.0)
        if range_m is not None and bearing_deg is not None:
            end_lat, end_lon = outlines.destination(lat, lon, bearing_deg, range_m)
            if abs(end_lat) <= 90.0 and abs(end_lon) <= 180.0:
                return {"type": "LineString", "coordinates": [[lon, lat], [end_lon, end_lat]]}
    return outlines.point(lat, lon)


def _value(detail: Any, name: str) -> float | None:
    element = detail.find(name)
    return readings.figure(element.get("value")) if element is not None else None


def _strokes(detail: Any) -> list[tuple[dict[str, Any], str]]:
    """Freehand drawings: each stroke is an event of its own, as text in the attribute `line` of a link."""
    found = []
    for link in islice(detail.iterfind("link"), _MAX_STROKES):
        line = link.get("line")
        if line:
            for event in strict_xml.documents(line.encode(), "event"):
                vertices = _vertices(inner.get("point") for inner in event.iterfind("detail/link"))
                if len(vertices) > 1:
                    found.append(_line_or_area(vertices, closed=False, may_close=False))
    return found


def _together(lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "MultiLineString", "coordinates": [line["coordinates"] for line in lines]}


def _vertices(points: Iterable[str | None]) -> list[_Vertex]:
    """The vertices `lat,lon[,hae]` as GeoJSON positions, longitude first."""
    found: list[_Vertex] = []
    for point in points:
        if not point:
            continue
        parts = [readings.figure(part.strip()) for part in point.split(",", 3)[:2]]
        if len(parts) < 2 or parts[0] is None or parts[1] is None:
            raise BadMessage("a vertex is no pair of figures")
        readings.check_coordinates(parts[0], parts[1])
        found.append([parts[1], parts[0]])
    return found


def _line_or_area(vertices: list[_Vertex], *, closed: bool, may_close: bool) -> tuple[dict[str, Any], str]:
    left = ""
    if len(vertices) > MAX_VERTICES:
        step = -(-len(vertices) // (MAX_VERTICES - 1))
        left = f"every {step}th of {len(vertices)} vertices is kept"
        vertices = [*vertices[:-1:step], vertices[-1]]
    if len(vertices) == 1:
        return {"type": "Point", "coordinates": vertices[0]}, left
    ends_meet = vertices[0] == vertices[-1]
    if closed and not ends_meet:
        vertices, ends_meet = [*vertices, vertices[0]], True
    if ends_meet and may_close and len(vertices) >= 4:
        return {"type": "Polygon", "coordinates": [vertices]}, left
    return {"type": "LineString", "coordinates": vertices}, left
