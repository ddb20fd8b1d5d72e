"""The ground that needs no network: water, roads, county and state lines, places."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from shapely.geometry.base import BaseGeometry

from cop.map.layers.layer import Layer
from cop.map.layers.paths import path_of, projected
from cop.map.lettering import Script, clean, draw_haloed, map_font, text_width
from cop.map.palette import Palette, colour
from cop.map.viewport import Viewport
from cop.picture.features import read_features

#: road class -> width in pixels at 1 : 200,000, grows as one zooms in
_ROAD_WIDTHS = {"motorway": 3.4, "trunk": 2.0}
#: place class -> (largest n of "1 : n" at which it is named, font size in pixels)
_PLACES = {"city": (2_500_000, 13), "town": (700_000, 12)}
_OTHER_PLACES = (250_000, 11)


@dataclass(frozen=True, slots=True)
class _Place:
    name: str
    x: float
    y: float
    largest_scale: int
    font_px: int


class BasemapLayer(Layer):
    """Draws places, roads, water and state lines of a region folder (`*.geojson`); a missing file is left out."""

    name: ClassVar[str] = "basemap"
    label: ClassVar[str] = "Base map"

    def __init__(self, region: Path, palette: Palette, *, counties: bool = True) -> None:
        """`counties`: with their lines; without, where another layer draws them as somebody's ground."""
        super().__init__(palette)
        water = _features(region / "water.geojson")
        self._lakes = [path_of(geometry) for geometry, _ in water if geometry.area > 0]
        self._rivers = [path_of(geometry) for geometry, _ in water if not geometry.area]
        self._roads: dict[str, list[QPainterPath]] = {}
        self._road_names: list[tuple[str, BaseGeometry]] = []
        for geometry, properties in _features(region / "roads.geojson"):
            kind = str(properties.get("road_class", "trunk"))
            self._roads.setdefault(kind, []).append(path_of(geometry))
            self._road_names.append((clean(str(properties.get("name", "")), 12), geometry))
        grounds = [
            (geometry, str(properties.get("state", "")))
            for geometry, properties in _features(region / "counties.geojson")
        ]
        self._county_lines, self._state_lines = _lines(grounds, counties=counties)
        self._places = [_place(geometry, properties) for geometry, properties in _features(region / "places.geojson")]
        self._places.sort(key=lambda place: -place.largest_scale)
        self.extent = _extent([geometry for geometry, _ in grounds], [one for _, one in self._road_names])

    def paint(self, painter: QPainter, view: Viewport) -> None:
        to_pixels = view.transform()
        zoom = max(0.55, min(3.0, (200_000 / view.scale) ** 0.4))
        water = colour(self.palette.water)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(water)
        for lake in self._lakes:
            painter.drawPath(to_pixels.map(lake))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(water, 3.0 * zoom))
        for river in self._rivers:
            painter.drawPath(to_pixels.map(river))
        county = _pen(colour(self.palette.boundary), 1.3)
        county.setDashPattern([8, 3, 2, 3])
        painter.setPen(county)
        painter.drawPath(to_pixels.map(self._county_lines))
        state = _pen(colour(self.palette.state_boundary), 2.0)
        state.setDashPattern([9, 3, 2, 3, 2, 3])
        painter.setPen(state)
        painter.drawPath(to_pixels.map(self._state_lines))
        self._paint_roads(painter, view, zoom)

    def _paint_roads(self, painter: QPainter, view: Viewport, zoom: float) -> None:
        to_pixels = view.transform()
        seen = view.rect().adjusted(-20, -20, 20, 20)
        looks = (
            ("trunk", self.palette.road, self.palette.road_casing),
            ("motorway", self.palette.motorway, self.palette.motorway_casing),
        )
        for kind, ink, casing in looks:
            # each for itself: a stroke of all at once takes the square of the time
            paths = [to_pixels.map(path) for path in self._roads.get(kind, ())]
            paths = [path for path in paths if path.boundingRect().intersects(seen)]
            width = _ROAD_WIDTHS[kind] * zoom
            for pen in (_pen(colour(casing), width + 1.8), _pen(colour(ink), width)):
                painter.setPen(pen)
                for path in paths:
                    painter.drawPath(path)

    def paint_names(self, painter: QPainter, view: Viewport, taken: list[QRectF]) -> None:
        """Place names and road numbers: above the jurisdictions, so that no fill dims them, and clear of `taken`."""
        for place in self._places:
            if view.scale > place.largest_scale:
                continue
            dot = view.point(place.x, place.y)
            width = text_width(place.name, place.font_px)
            box = QRectF(dot.x() - 4, dot.y() - 9, width + 14, 18)
            if not box.intersects(view.rect()) or _clashes(box, taken):
                continue
            taken.append(box)
            painter.setPen(QPen(colour(self.palette.label_halo), 1.5))
            painter.setBrush(colour(self.palette.place))
            painter.drawEllipse(dot, 3.2, 3.2)
            script = Script(place.font_px, self.palette.place, self.palette.label_halo)
            draw_haloed(painter, dot + QPointF(7, 0.36 * place.font_px), place.name, script)
        self._paint_road_numbers(painter, view, taken)

    def _paint_road_numbers(self, painter: QPainter, view: Viewport, taken: list[QRectF]) -> None:
        if view.scale > 400_000:
            return
        font = map_font(10, bold=True)
        painter.setFont(font)
        window = shapely.box(*view.bounds(-24))
        for name, road in self._road_names:
            seen = shapely.intersection(road, window)
            if not name or seen.is_empty or seen.length < 150 * view.metres_per_pixel:
                continue
            for fraction in (0.5, 0.3, 0.7):
                middle = shapely.line_interpolate_point(_longest(seen), fraction, normalized=True)
                at = view.point(middle.x, middle.y)
                width = text_width(name, 10, bold=True) + 8
                box = QRectF(at.x() - width / 2, at.y() - 7.5, width, 15)
                if _clashes(box, taken):
                    continue
                taken.append(box)
                painter.setPen(QPen(colour(self.palette.place), 1))
                painter.setBrush(colour(self.palette.map_background))
                painter.drawRoundedRect(box, 3, 3)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, name)
                break


def _clashes(box: QRectF, taken: list[QRectF]) -> bool:
    return any(box.intersects(other) for other in taken)


def _features(path: Path) -> list[tuple[BaseGeometry, dict[str, Any]]]:
    """Geometries of a GeoJSON file (RFC 7946) in map metres, with their properties."""
    if not path.exists():
        return []
    return [(projected(one.geometry), one.properties) for one in read_features(path)]


def _place(geometry: BaseGeometry, properties: dict[str, Any]) -> _Place:
    largest_scale, font_px = _PLACES.get(str(properties.get("place_class")), _OTHER_PLACES)
    return _Place(clean(str(properties.get("name", ""))), geometry.x, geometry.y, largest_scale, font_px)


def _lines(grounds: list[tuple[BaseGeometry, str]], *, counties: bool) -> tuple[QPainterPath, QPainterPath]:
    """County lines if they are asked for, each once, and the lines where two states meet."""
    rings = [shapely.boundary(geometry) for geometry, _ in grounds] if counties else []
    county_lines = shapely.line_merge(shapely.union_all(rings)) if rings else shapely.Point()
    states = sorted({state for _, state in grounds})
    whole = [shapely.union_all([geometry for geometry, state in grounds if state == one]) for one in states]
    shared = [
        shapely.intersection(shapely.boundary(first), shapely.buffer(second, 60.0))
        for index, first in enumerate(whole)
        for second in whole[index + 1 :]
    ]
    return path_of(county_lines), path_of(shapely.union_all(shared) if shared else shapely.Point())


def _extent(*groups: list[BaseGeometry]) -> tuple[float, float, float, float] | None:
    """West, south, east, north in map metres of the first group that is not empty."""
    for group in groups:
        if group:
            west, south, east, north = shapely.total_bounds(group)
            return float(west), float(south), float(east), float(north)
    return None


def _longest(line: BaseGeometry) -> BaseGeometry:
    return max(shapely.get_parts(line), key=lambda part: part.length)


def _pen(ink: QColor, width: float) -> QPen:
    return QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin)
