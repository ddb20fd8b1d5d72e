"""The lettered reference grid on the map: its lines, and as many names of cells as can be read."""

import math

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from cop.domain.area import ZoneForm
from cop.domain.lettered_grid import bounds_of, column_name
from cop.map.lettering import Script, draw_haloed, text_width
from cop.map.palette import Palette, colour
from cop.map.projection import to_metres
from cop.map.viewport import Viewport

#: a cell this large on the screen wears its name; smaller ones are named along the edges
_NAMED_FROM_PX = 46.0
#: lines closer than this are a grey ground and no grid
_LINES_FROM_PX = 6.0
_HEADING_ROOM_PX = 20.0
_CELL_PX = 13
_HEADING_PX = 12
_PAD = 5.0


def paint_grid(painter: QPainter, view: Viewport, form: ZoneForm, palette: Palette) -> list[QRectF]:
    """Lines of a grid and, within what is seen of it, the names of its cells or of its columns and rows.

    What those names take, in pixels: nothing else is to be written over them.
    """
    columns, rows = form.columns or 1, form.rows or 1
    west, south, east, north = bounds_of(form)
    x, y = to_metres([north - row * (north - south) / rows for row in range(rows + 1)], [west] * (rows + 1))
    tops = view.ys(y).tolist()
    x, _ = to_metres([0.0, 0.0], [west, east])
    left, right = view.xs(x).tolist()
    lefts = [left + column * (right - left) / columns for column in range(columns + 1)]
    seen = QRectF(left, tops[0], right - left, tops[-1] - tops[0]).intersected(view.rect())
    if seen.isEmpty():
        return []
    wide, high = (right - left) / columns, (tops[-1] - tops[0]) / rows
    first, last = _range(seen.left(), seen.right(), left, wide, columns)
    top, bottom = _rows_in(tops, seen)
    if min(wide, high) >= _LINES_FROM_PX:
        lines = [QLineF(one, seen.top(), one, seen.bottom()) for one in lefts[first : last + 2]]
        lines += [QLineF(seen.left(), one, seen.right(), one) for one in tops[top : bottom + 2]]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # they are upright and level
        for ink, width in ((palette.label_halo, 2.6), (palette.label, 1.0)):
            pen = QPen(colour(ink), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
            painter.setOpacity(0.75)
            painter.setPen(pen)
            painter.drawLines(lines)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setOpacity(1.0)
    taken: list[QRectF] = []
    script = Script(_CELL_PX, palette.label, palette.label_halo, bold=True)
    if min(wide, high) >= _NAMED_FROM_PX:
        for row in range(top, bottom + 1):
            for column in range(first, last + 1):
                cell = QRectF(lefts[column], tops[row], wide, tops[row + 1] - tops[row]).intersected(seen)
                _write(painter, cell, f"{column_name(column)}{row + 1}", script, taken)
        return taken
    script = Script(_HEADING_PX, palette.label, palette.label_halo, bold=True)
    _paint_headings(painter, seen, (lefts, first, last), (tops, top, bottom), script)
    taken.append(QRectF(seen.left(), max(0.0, seen.top() - _HEADING_ROOM_PX), seen.width(), _HEADING_ROOM_PX))
    taken.append(QRectF(max(0.0, seen.left() - _HEADING_ROOM_PX), seen.top(), _HEADING_ROOM_PX, seen.height()))
    return taken


def _paint_headings(
    painter: QPainter,
    seen: QRectF,
    across: tuple[list[float], int, int],
    down: tuple[list[float], int, int],
    script: Script,
) -> None:
    """Letters along the upper edge, numbers along the left one; where they are too many, every second, fifth …"""
    lefts, first, last = across
    tops, top, bottom = down
    wide, high = lefts[1] - lefts[0], (tops[-1] - tops[0]) / (len(tops) - 1)
    every, every_row = _thinned(wide, _HEADING_ROOM_PX + 6), _thinned(high, _HEADING_ROOM_PX)
    for column in range(first - first % every, last + 1, every):
        if column >= first:
            name = column_name(column)
            x = (lefts[column] + lefts[column + 1] - text_width(name, _HEADING_PX, True)) / 2
            draw_haloed(painter, QPointF(x, seen.top() - 4 if seen.top() > 24 else seen.top() + 15), name, script)
    for row in range(top - top % every_row, bottom + 1, every_row):
        if row >= top:
            name = str(row + 1)
            width = text_width(name, _HEADING_PX, True)
            x = seen.left() - width - 5 if seen.left() > width + 10 else seen.left() + 4
            draw_haloed(painter, QPointF(x, (tops[row] + tops[row + 1]) / 2 + 5), name, script)


def _write(painter: QPainter, cell: QRectF, name: str, script: Script, taken: list[QRectF]) -> None:
    """The name in the upper left corner of what is seen of a cell, where it has room."""
    width = text_width(name, script.pixels, True)
    if cell.width() >= width + 2 * _PAD and cell.height() >= script.pixels + _PAD:
        taken.append(QRectF(cell.left(), cell.top(), width + 2 * _PAD, script.pixels + _PAD))
        draw_haloed(painter, cell.topLeft() + QPointF(_PAD, script.pixels + _PAD - 1), name, script)


def _range(low: float, high: float, start: float, step: float, count: int) -> tuple[int, int]:
    first = max(0, min(count - 1, math.floor((low - start) / step)))
    return first, max(first, min(count - 1, math.ceil((high - start) / step) - 1))


def _rows_in(tops: list[float], seen: QRectF) -> tuple[int, int]:
    rows = [row for row in range(len(tops) - 1) if tops[row + 1] > seen.top() and tops[row] < seen.bottom()]
    return (rows[0], rows[-1]) if rows else (0, 0)


def _thinned(step_px: float, room_px: float) -> int:
    """Every how many of them has room."""
    return next((every for every in (1, 2, 5, 10, 20, 50, 100, 200, 500) if every * step_px >= room_px), 1000)
