"""The place that somebody asked to see: it stays marked until Escape or the next one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from cop.map.layers.layer import Layer
from cop.map.lettering import clean, map_font, text_width
from cop.map.palette import Palette, colour
from cop.map.projection import Floats, place_to_metres, to_metres
from cop.map.viewport import Viewport

_RING_PX = 13.0
_ARM_PX = 24.0
_TEXT_PX = 12
#: a cell of the grid that is larger than this on the screen has its outline shown, up to far beyond the view
_LEAST_CELL_PX, _LARGEST_CELL_PX = 10.0, 20_000.0


@dataclass(frozen=True, slots=True)
class Pin:
    """A place in map metres, what it is called, and the corners (n, 2) of the cell that was named, if it was one."""

    x: float
    y: float
    text: str
    corners: Floats


class PinLayer(Layer):
    """A cross with an open middle, above everything: it hides nothing of what stands there."""

    name: ClassVar[str] = "pin"
    label: ClassVar[str] = "Marked place"
    listed: ClassVar[bool] = False

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette)
        self.pin: Pin | None = None

    def mark(self, lat: float, lon: float, text: str, cell: Sequence[tuple[float, float]] = ()) -> None:
        """Mark a place instead of the one before; `cell` are the corners (lat, lon) of the grid cell it is one of."""
        x, y = to_metres([corner[0] for corner in cell], [corner[1] for corner in cell])
        self.pin = Pin(*place_to_metres(lat, lon), clean(text, 60), np.column_stack((x, y)))

    def paint(self, painter: QPainter, view: Viewport) -> None:
        pin = self.pin
        if pin is None:
            return
        at = view.point(pin.x, pin.y)
        if len(pin.corners):
            self._paint_cell(painter, view, pin.corners)
        if not view.rect().adjusted(-_ARM_PX, -_ARM_PX, _ARM_PX, _ARM_PX).contains(at):
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for ink, width in ((self.palette.label_halo, 6.0), (self.palette.accent, 2.6)):
            painter.setPen(QPen(colour(ink), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
            painter.drawEllipse(at, _RING_PX, _RING_PX)
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                way = QPointF(dx, dy)
                painter.drawLine(at + way * (_RING_PX - 5), at + way * _ARM_PX)
        if pin.text:
            self._paint_text(painter, view, at, pin.text)

    def _paint_cell(self, painter: QPainter, view: Viewport, corners: Floats) -> None:
        xs, ys = view.xs(corners[:, 0]), view.ys(corners[:, 1])
        if _LEAST_CELL_PX < float(np.ptp(xs)) < _LARGEST_CELL_PX:
            fill = colour(self.palette.accent)
            fill.setAlpha(36)
            painter.setPen(QPen(colour(self.palette.accent), 1.6))
            painter.setBrush(fill)
            painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]))

    def _paint_text(self, painter: QPainter, view: Viewport, at: QPointF, text: str) -> None:
        width = text_width(text, _TEXT_PX, True) + 14
        left = min(max(at.x() - width / 2, 4.0), max(4.0, view.width - width - 4))
        below = at.y() + _ARM_PX + 4
        top = below if below + 22 < view.height else at.y() - _ARM_PX - 26
        box = QRectF(round(left), round(top), width, 22)
        painter.setPen(QPen(colour(self.palette.accent), 1.0))
        painter.setBrush(colour(self.palette.control))
        painter.drawRoundedRect(box, 4, 4)
        painter.setFont(map_font(_TEXT_PX, bold=True))
        painter.setPen(colour(self.palette.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine, text)
