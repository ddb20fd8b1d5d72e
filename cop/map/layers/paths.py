"""Shapely geometry as Qt paths, in map metres."""

from collections.abc import Iterator

import shapely
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPolygonF
from shapely.geometry.base import BaseGeometry

from cop.map.projection import vertices_to_metres


def projected(geometry: BaseGeometry) -> BaseGeometry:
    """Geometry in degrees (x = longitude) as geometry in map metres."""
    return shapely.transform(geometry, vertices_to_metres)


def path_of(geometry: BaseGeometry) -> QPainterPath:
    """Polygons as closed rings (holes by the odd-even rule), lines as open ones, points left out."""
    path = QPainterPath()
    for coordinates, closed in _rings(geometry):
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in coordinates]))
        if closed:
            path.closeSubpath()
    return path


def _rings(geometry: BaseGeometry) -> Iterator[tuple[list[tuple[float, float]], bool]]:
    for part in shapely.get_parts(geometry):
        if part.geom_type == "Polygon":
            for ring in (part.exterior, *part.interiors):
                yield shapely.get_coordinates(ring).tolist(), True
        elif part.geom_type in {"LineString", "LinearRing"}:
            yield shapely.get_coordinates(part).tolist(), part.geom_type == "LinearRing"
        elif part.geom_type == "GeometryCollection":
            yield from _rings(part)
