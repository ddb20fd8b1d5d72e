"""Areas that somebody drew: hot zones, perimeters, staging areas, closed roads; and the areas of alerts."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import numpy as np
import shapely
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from cop.domain.area import Alert, Zone
from cop.domain.report import Report
from cop.domain.words import label as word_label
from cop.map.layers.layer import Layer
from cop.map.layers.paths import path_of, projected
from cop.map.lettering import Script, clean, draw_haloed, text_width
from cop.map.palette import Palette, colour
from cop.map.viewport import Viewport
from cop.picture.change import Change, Key
from cop.picture.picture import Picture

#: a drawing with more vertices than this is no drawing
_MOST_VERTICES = 20_000
_ALARMING = frozenset({"hot_zone", "hot", "exclusion", "evacuation"})


@dataclass(frozen=True, slots=True)
class _Drawn:
    kind: str
    name: str
    geometry: BaseGeometry
    path: QPainterPath
    expires_at: datetime | None


class ZoneLayer(Layer):
    """Each zone as outline, light fill and name; a hot zone red and dashed. What cannot be read is left out."""

    name: ClassVar[str] = "zones"
    label: ClassVar[str] = "Zones and alerts"

    def __init__(self, picture: Picture, palette: Palette, now: Callable[[], datetime]) -> None:
        super().__init__(palette)
        self._picture = picture
        self._now = now
        self._zones: dict[Key, _Drawn] = {}
        self._alerts: dict[Key, _Drawn] = {}
        self._shown: list[_Drawn] = []
        for key in picture.zones:
            self._take(self._zones, key, picture.zones.get(key))
        for key in picture.alerts:
            self._take(self._alerts, key, picture.alerts.get(key))
        self.tick()

    def apply(self, change: Change) -> bool:
        for key in change.zones:
            self._take(self._zones, key, self._picture.zones.get(key))
        for key in change.alerts:
            self._take(self._alerts, key, self._picture.alerts.get(key))
        if not (change.zones or change.alerts):
            return False
        self.tick()
        return True

    def tick(self) -> bool:
        """A zone whose time is over leaves the map by itself."""
        now = self._now()
        alive = [
            one
            for one in (*self._alerts.values(), *self._zones.values())
            if one.expires_at is None or one.expires_at > now
        ]
        changed = alive != self._shown
        self._shown = alive
        return changed

    def at(self, point: QPointF, view: Viewport, reach_px: float = 6.0) -> Key | None:
        """The zone whose outline lies within reach of a point on the screen."""
        place = shapely.Point(*view.metres(point))
        near = [
            (shapely.distance(shapely.boundary(one.geometry), place), key)
            for key, one in self._zones.items()
            if one in self._shown
        ]
        if not near:
            return None
        distance, key = min(near)
        return key if distance <= reach_px * view.metres_per_pixel else None

    def outline(self, key: Key) -> QPainterPath | None:
        """A zone's outline in map metres."""
        drawn = self._zones.get(key)
        return drawn.path if drawn is not None else None

    def bounds(self, key: Key) -> tuple[float, float, float, float] | None:
        """West, south, east, north of a zone in map metres."""
        drawn = self._zones.get(key)
        return tuple(drawn.geometry.bounds) if drawn is not None else None

    def paint(self, painter: QPainter, view: Viewport) -> None:
        to_pixels = view.transform()
        for one in self._shown:
            path = to_pixels.map(one.path)
            if not path.boundingRect().adjusted(-80, -30, 80, 30).intersects(view.rect()):
                continue
            written = self.palette.hot_zone if one.kind in _ALARMING else self.palette.zone
            ink = colour(written)
            fill = QColor(ink)
            fill.setAlpha(34)
            pen = QPen(ink, 2.0)
            if one.kind in _ALARMING or one.kind == "alert":
                pen.setDashPattern([4.0, 3.0] if one.kind in _ALARMING else [1.5, 3.0])
            painter.setPen(pen)
            painter.setBrush(fill if one.geometry.area else Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
            if one.name:
                box = path.boundingRect()
                at = QPointF(box.center().x() - text_width(one.name, 12) / 2, box.bottom() - 8)
                draw_haloed(painter, at, one.name, Script(12, written, self.palette.label_halo))

    def _take(self, table: dict[Key, _Drawn], key: Key, report: Report | None) -> None:
        drawn = _drawn(report) if report is not None else None
        if drawn is None:
            table.pop(key, None)
        else:
            table[key] = drawn


def _drawn(report: Report) -> _Drawn | None:
    body = report.body
    if isinstance(body, Zone):
        geometry, kind, name = body.geometry, body.kind, body.name or word_label({}, body.kind)
    elif isinstance(body, Alert):
        geometry, kind, name = body.geometry or {}, "alert", body.event
    else:
        return None
    try:
        read = shape(geometry)
        if read.is_empty or shapely.get_num_coordinates(read) > _MOST_VERTICES:
            return None
        vertices = shapely.get_coordinates(read)
        if not (np.isfinite(vertices).all() and (np.abs(vertices) <= (180.0, 90.0)).all()):
            return None
        metres = projected(shapely.make_valid(shapely.force_2d(read)))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        return None  # the feeds validate; what still gets here is counted there, and cannot be drawn
    if not all(math.isfinite(part) for part in metres.bounds):
        return None
    return _Drawn(kind, clean(name), metres, path_of(metres), body.expires_at)
