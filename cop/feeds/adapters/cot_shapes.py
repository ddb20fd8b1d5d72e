"""What a Cursor on Target event draws, as GeoJSON: vertices in links, polylines, ellipses, ranges and bearings."""

from collections.abc import Sequence
from itertools import islice
from typing import Annotated, Any

import msgspec

from cop.feeds.adapters import geometries, outlines, readings, strict_xml
from cop.feeds.message import BadMessage

_MAX_STROKES = 500
_MAX_RINGS = 50
_MAX_RADIUS_M = 1e6

_Vertex = list[float]


class _PlainVertex(msgspec.Struct, array_like=True, gc=False):
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]
    lon: Annotated[float, msgspec.Meta(ge=-180, le=180)]


_PLAIN = msgspec.json.Decoder(list[_PlainVertex])


def geometry(event_type: str, detail: Any, place: tuple[float, float] | None) -> tuple[dict[str, Any], str]:
    """The geometry of a drawing, route or marker, and what was left out of it.

    `place` is the event's own point, latitude first. Without anything to draw the geometry is empty: the object is
    not located. Raises BadMessage for vertices that are no figures or lie outside the globe.
    """
    strokes = _strokes(detail)
    if strokes:
        lines = [_vertices(stroke) for stroke in strokes]
        if len(lines) == 1:
            return _bounded({"type": "LineString", "coordinates": lines[0]}, len(lines[0]))
        return _bounded({"type": "MultiLineString", "coordinates": lines}, sum(map(len, lines)))
    points = [point for link in detail.iterfind("link") if (point := link.get("point"))]
    closed = event_type.startswith("u-d-r")
    if not points:
        polyline = detail.find("shape/polyline")
        if polyline is not None:
            points = [f"{corner.get('lat')},{corner.get('lon')}" for corner in polyline.iterfind("vertex")]
            closed = (polyline.get("closed") or "").lower() == "true"
    if points:
        may_close = closed or not event_type.startswith("b-m-r")
        return _bounded(_line_or_area(_vertices(points), closed=closed, may_close=may_close), len(points))
    if place is None:
        return {}, ""
    return _around(event_type, detail, *place), ""


def _bounded(drawn: dict[str, Any], count: int) -> tuple[dict[str, Any], str]:
    return geometries.checked(drawn) if count > geometries.MAX_VERTICES else (drawn, "")


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


def _strokes(detail: Any) -> list[list[str]]:
    """Freehand drawings: each stroke is an event of its own, as text in the attribute `line` of a link."""
    found = []
    lines = (line for link in detail.iterfind("link") if (line := link.get("line")))
    for line in islice(lines, _MAX_STROKES):
        for event in strict_xml.documents(line.encode(errors="replace"), "event"):
            points = [point for inner in event.iterfind("detail/link") if (point := inner.get("point"))]
            if len(points) > 1:
                found.append(points)
    return found


def _vertices(points: Sequence[str]) -> list[_Vertex]:
    """The vertices `lat,lon[,hae]` as GeoJSON positions, longitude first. Raises BadMessage."""
    together = f"[[{'],['.join(points)}]]"
    if together.count("[") == len(points) + 1:
        try:  # plainly written ones, all at once
            return [[one.lon, one.lat] for one in _PLAIN.decode(together)]
        except (msgspec.MsgspecError, UnicodeEncodeError):
            pass
    found: list[_Vertex] = []
    for point in points:
        parts = [readings.figure(part.strip()) for part in point.split(",", 3)[:2]]
        if len(parts) < 2 or parts[0] is None or parts[1] is None:
            raise BadMessage("a vertex is no pair of figures")
        readings.check_coordinates(parts[0], parts[1])
        found.append([parts[1], parts[0]])
    return found


def _line_or_area(vertices: list[_Vertex], *, closed: bool, may_close: bool) -> dict[str, Any]:
    if len(vertices) == 1:
        return {"type": "Point", "coordinates": vertices[0]}
    ends_meet = vertices[0] == vertices[-1]
    if closed and not ends_meet:
        vertices, ends_meet = [*vertices, vertices[0]], True
    if ends_meet and may_close and len(vertices) >= 4:
        return {"type": "Polygon", "coordinates": [vertices]}
    return {"type": "LineString", "coordinates": vertices}
