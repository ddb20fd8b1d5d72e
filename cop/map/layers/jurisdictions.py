"""Whose ground is what: every jurisdiction as fill and outline in its agency's colour, so that overlaps show."""

from typing import ClassVar

import numpy as np
import shapely
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap
from shapely.geometry.base import BaseGeometry

from cop.domain.area import Jurisdiction
from cop.map.layers.layer import Layer
from cop.map.layers.paths import path_of, projected
from cop.map.lettering import Script, clean, draw_haloed, text_width
from cop.map.palette import Palette, agency_colour, colour
from cop.map.viewport import Viewport
from cop.picture.change import Change
from cop.picture.ground import Ground
from cop.picture.picture import Picture

#: level -> opacity of the fill, of the outline (0…255); districts cover what towns cover, so they are kept light
_OPACITY = {"municipal": (30, 255), "special": (34, 255), "district": (9, 120)}
_HATCH_PX = 9
_SPACING_PX = 3.0
_OWN_NAME_ALPHA = "a5"
#: level -> font size of the name in pixels
_NAME_SIZES = {"county": 13, "municipal": 11}
_OTHER_NAME_SIZE = 10
#: level -> the largest n of "1 : n" at which it is named: farther out the towns' own names say enough
_NAMED_TO = {"county": 1_500_000, "municipal": 150_000, "corridor": 80_000}
_OTHERS_NAMED_TO = 180_000
_MOST_ANCHORS = 6


class JurisdictionLayer(Layer):
    """Counties by name alone (the basemap has their lines); corridors hatched, planning zones dotted."""

    name: ClassVar[str] = "jurisdictions"
    label: ClassVar[str] = "Jurisdictions"

    def __init__(self, picture: Picture, ground: Ground, palette: Palette) -> None:
        super().__init__(palette)
        self._picture = picture
        # largest first, so that the small ones lie on top
        self._jurisdictions: list[Jurisdiction] = list(reversed(ground.jurisdictions))
        self._shapes = np.array([projected(one.geometry) for one in self._jurisdictions], dtype=object)
        self._paths = [path_of(one) for one in self._shapes]
        self._names = [clean(one.name, 60).upper() for one in self._jurisdictions]

    def apply(self, change: Change) -> bool:
        return bool(change.agencies)

    def paint(self, painter: QPainter, view: Viewport) -> None:
        to_pixels = view.transform()
        for one, path in zip(self._jurisdictions, self._paths, strict=True):
            if one.level == "county":
                continue
            ink = agency_colour(self._picture, one.agency, self.palette)
            self._paint_one(painter, view, one.level, to_pixels.map(path), ink)

    def _paint_one(self, painter: QPainter, view: Viewport, level: str, path: QPainterPath, ink: QColor) -> None:
        if not path.boundingRect().intersects(view.rect()):
            return
        fill_alpha, line_alpha = _OPACITY.get(level, _OPACITY["special"])
        if level == "corridor":
            thin = QColor(ink)
            thin.setAlpha(110)
            painter.setPen(QPen(thin, 1.0))
            painter.setBrush(_hatch(thin, view))
            painter.setBrushOrigin(_hatch_origin(view))
        elif level == "planning_zone":
            pen = QPen(colour(self.palette.hot_zone), 1.4)
            pen.setDashPattern([2.2, 3.2])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        else:
            fill, line = QColor(ink), QColor(ink)
            fill.setAlpha(fill_alpha)
            line.setAlpha(line_alpha)
            painter.setPen(QPen(line, 1.5))
            painter.setBrush(fill)
        painter.drawPath(path)

    def paint_names(self, painter: QPainter, view: Viewport, taken: list[QRectF]) -> None:
        """Names in spaced capitals, each inside the part of its ground that is in view, none over another."""
        west, south, east, north = view.bounds(-16)
        if west >= east or south >= north:
            return
        seen = shapely.clip_by_rect(self._shapes, west, south, east, north)
        boxes = shapely.bounds(seen)
        counties_first = sorted(range(len(self._names)), key=lambda index: self._jurisdictions[index].level != "county")
        for index in counties_first:
            largest = _NAMED_TO.get(self._jurisdictions[index].level, _OTHERS_NAMED_TO)
            if view.scale <= largest and not seen[index].is_empty:
                room = (boxes[index, 2] - boxes[index, 0]) / view.metres_per_pixel
                half_width = self._name_width(index) / 2 * view.metres_per_pixel
                anchors = [view.point(x, y) for x, y in self._anchors(index, seen[index], half_width)]
                self._paint_name(painter, view, index, anchors=anchors, room=room, taken=taken)

    def _anchors(self, index: int, seen: BaseGeometry, half_width: float) -> list[tuple[float, float]]:
        """Where a name may stand, the best first: whole inside what is seen, off special grounds, near the middle."""
        west, south, east, north = seen.bounds
        across, down = np.meshgrid(np.linspace(west, east, 7)[1:-1], np.linspace(south, north, 7)[1:-1])
        middle = shapely.centroid(seen)
        x, y = np.append(middle.x, across.ravel()), np.append(middle.y, down.ravel())
        inside = shapely.contains_xy(seen, x, y)
        if not inside.any():
            point = shapely.point_on_surface(seen)
            return [(point.x, point.y)]
        x, y = x[inside], y[inside]
        smaller = [
            shape
            for one, shape in zip(self._jurisdictions[index + 1 :], self._shapes[index + 1 :], strict=True)
            if one.level == "special"
        ]
        wrong = ~(shapely.contains_xy(seen, x - half_width, y) & shapely.contains_xy(seen, x + half_width, y))
        for ground in smaller:
            wrong |= shapely.contains_xy(ground, x, y)
        order = np.lexsort((np.hypot(x - middle.x, y - middle.y), wrong))
        return [(float(x[place]), float(y[place])) for place in order[:_MOST_ANCHORS]]

    def _name_width(self, index: int) -> float:
        pixels = _NAME_SIZES.get(self._jurisdictions[index].level, _OTHER_NAME_SIZE)
        return text_width(self._names[index], pixels, bold=True) + _SPACING_PX * len(self._names[index])

    def _paint_name(
        self, painter: QPainter, view: Viewport, index: int, *, anchors: list[QPointF], room: float, taken: list[QRectF]
    ) -> None:
        one = self._jurisdictions[index]
        pixels = _NAME_SIZES.get(one.level, _OTHER_NAME_SIZE)
        text = self._names[index]
        width = self._name_width(index)
        if width > room + 24:
            return
        for anchor, step in ((anchor, step) for anchor in anchors for step in (0, -1, 1)):
            box = QRectF(anchor.x() - width / 2, anchor.y() + 20 * step - pixels, width, 1.6 * pixels)
            if not view.rect().adjusted(4, 4, -4, -4).contains(box) or any(box.intersects(other) for other in taken):
                continue
            taken.append(box)
            ink = self.palette.region_name
            if one.level == "planning_zone":
                ink = self.palette.hot_zone + _OWN_NAME_ALPHA
            elif one.level != "county":
                ink = agency_colour(self._picture, one.agency, self.palette).name() + _OWN_NAME_ALPHA
            script = Script(pixels, ink, self.palette.label_halo[:7] + "5a", bold=True, spacing_px=_SPACING_PX)
            draw_haloed(painter, QPointF(box.left(), box.top() + 1.15 * pixels), text, script)
            return


def _hatch(ink: QColor, view: Viewport) -> QBrush:
    side = round(_HATCH_PX * view.dpr)
    tile = QPixmap(side, side)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink, 1.3 * view.dpr))
    for shift in (-side, 0, side):
        painter.drawLine(QPointF(shift - 1, side + 1), QPointF(shift + side + 1, -1))
    painter.end()
    tile.setDevicePixelRatio(view.dpr)
    return QBrush(tile)


def _hatch_origin(view: Viewport) -> QPointF:
    """The hatch is nailed to the ground: it does not swim while the map is dragged."""
    origin = view.point(0.0, 0.0)
    return QPointF(origin.x() % _HATCH_PX, origin.y() % _HATCH_PX)
