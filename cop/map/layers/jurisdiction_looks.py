"""What each level of jurisdiction is drawn with, and the hatches of ground that is shared and of corridors."""

import functools
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap

from cop.map.palette import Palette, colour
from cop.map.viewport import Viewport

#: level -> opacity of the fill, of the outline (0…255); districts cover what towns cover, so they are kept light
_OPACITY = {"municipal": (30, 255), "special": (34, 255), "district": (9, 120)}
#: levels of which only the line is drawn, in no agency's colour
LINES = frozenset({"county", "state"})
#: levels that lie over others by their nature: that they do is nothing to be marked
LAID_OVER = frozenset({*LINES, "corridor", "planning_zone"})
HATCH_PX = 9
_SHARED_PX = 22
#: what lies below stays readable through the stripes
_SHARED_ALPHA = 130
#: levels as people know them, the order of a list; others follow under their own name
LEVELS = {
    "state": "States",
    "county": "Counties",
    "municipal": "Cities and towns",
    "district": "Districts",
    "special": "Airports, campuses, lakes",
    "corridor": "Corridors",
    "planning_zone": "Planning zones",
}


@dataclass(frozen=True, slots=True)
class Look:
    """Pen and fill of one level in one colour; `hatched` fills have an origin on the ground."""

    pen: QPen
    brush: QBrush
    hatched: bool = False


def look_of(level: str, ink: QColor, palette: Palette, dpr: float, *, crowd: bool) -> Look:
    """How a jurisdiction of this level is drawn; in a crowd with a hairline, which is all that there is room for."""
    none = QBrush(Qt.BrushStyle.NoBrush)
    if level in LINES:
        pen = QPen(colour(palette.boundary), 1.3)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if not crowd:
            pen.setDashPattern([8, 3, 2, 3])
        return Look(_hairline(pen) if crowd else pen, none)
    if level == "corridor":
        thin = QColor(ink)
        thin.setAlpha(110)
        return Look(_hairline(QPen(thin)) if crowd else QPen(thin, 1.0), _hatch(thin.rgba(), dpr), hatched=True)
    if level == "planning_zone":
        pen = QPen(colour(palette.hot_zone), 1.4)
        if not crowd:
            pen.setDashPattern([2.2, 3.2])
        return Look(_hairline(pen) if crowd else pen, none)
    fill_alpha, line_alpha = _OPACITY.get(level, _OPACITY["special"])
    fill, line = QColor(ink), QColor(ink)
    fill.setAlpha(fill_alpha)
    line.setAlpha(line_alpha)
    return Look(_hairline(QPen(line)) if crowd else QPen(line, 1.5), QBrush(fill))


def _hairline(pen: QPen) -> QPen:
    """One pixel of the screen: the only line that Qt draws without making an area of it first."""
    thin = QPen(pen.color(), 1.0)
    thin.setCosmetic(True)
    return thin


@functools.lru_cache(maxsize=256)
def _hatch(ink: int, dpr: float) -> QBrush:
    side = round(HATCH_PX * dpr)
    tile = QPixmap(side, side)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor.fromRgba(ink), 1.3 * dpr))
    for shift in (-side, 0, side):
        painter.drawLine(QPointF(shift - 1, side + 1), QPointF(shift + side + 1, -1))
    painter.end()
    tile.setDevicePixelRatio(dpr)
    return QBrush(tile)


@functools.lru_cache(maxsize=256)
def shared_hatch(first: int, second: int, dpr: float) -> QBrush:
    """Stripes in the colours of the two who claim the same ground; they fall where a corridor's rise."""
    side = round(_SHARED_PX * dpr)
    tile = QPixmap(side, side)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for ink, offset in ((first, 0), (second, side // 2)):
        stripe = QColor.fromRgba(ink)
        stripe.setAlpha(min(stripe.alpha(), _SHARED_ALPHA))
        painter.setPen(QPen(stripe, 1.5 * dpr))
        for shift in (-2 * side, -side, 0, side):
            start = shift + offset
            painter.drawLine(QPointF(start - 1, -1), QPointF(start + side + 1, side + 1))
    painter.end()
    tile.setDevicePixelRatio(dpr)
    return QBrush(tile)


def gap_look(palette: Palette, dpr: float) -> Look:
    """Ground that is nobody's: stripes of alarm, and a broken line around however small it is."""
    ink = colour(palette.bad)
    pen = QPen(ink, 1.6)
    pen.setDashPattern([3, 2])
    return Look(pen, shared_hatch(ink.rgba(), 0, dpr), hatched=True)


def hatch_origin(view: Viewport, side_px: int = HATCH_PX) -> QPointF:
    """A hatch is nailed to the ground: it does not swim while the map is dragged."""
    origin = view.point(0.0, 0.0)
    return QPointF(origin.x() % side_px, origin.y() % side_px)


def shared_origin(view: Viewport) -> QPointF:
    """As `hatch_origin`, of the stripes of shared ground."""
    return hatch_origin(view, _SHARED_PX)
