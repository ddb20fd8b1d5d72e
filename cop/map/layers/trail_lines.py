"""The lines of trails, drawn a few hundred at a time: a frame must not wait for all."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cop.map.line_array import Floats, LineArray
from cop.map.sheet import Piece
from cop.map.viewport import Viewport
from cop.picture.trails import Trail

AGES = 8
#: with fewer lines than this in view they are smooth; with more they are drawn four times as fast
_MOST_SMOOTH = 4_000
_LINES_AT_ONCE = 800
_MARGIN_PX = 4.0


@dataclass(frozen=True, slots=True)
class DrawnTrails:
    """Trails in map metres. `ink` numbers the colours, `age` 0…AGES-1 with the oldest first."""

    trail: Trail
    led_to: NDArray[np.bool_]  # to which points a line leads from the point before
    x: Floats
    y: Floats
    ink: NDArray[np.intp]
    age: NDArray[np.intp]
    inks: tuple[QColor, ...]
    heads: NDArray[np.intp]  # the rows of the tracks that the trails lead to
    last: NDArray[np.intp]  # the newest point of each of them
    since: float
    alone: bool  # of one unit


def pieces_of(drawn: DrawnTrails, view: Viewport, place: QRectF, array: LineArray, halo: QColor) -> Iterator[Piece]:
    """What draws the lines that touch a part of a view, the oldest first: where units are now lies on top."""
    if len(drawn.x) < 2:
        return
    x, y = view.xs(drawn.x), view.ys(drawn.y)
    lines = np.column_stack((x[:-1], y[:-1], x[1:], y[1:]))
    left, right = np.minimum(x[:-1], x[1:]), np.maximum(x[:-1], x[1:])
    top, bottom = np.minimum(y[:-1], y[1:]), np.maximum(y[:-1], y[1:])

    def touch(box: QRectF) -> NDArray[np.bool_]:
        box = box.adjusted(-_MARGIN_PX, -_MARGIN_PX, _MARGIN_PX, _MARGIN_PX)
        across: NDArray[np.bool_] = (right > box.left()) & (left < box.right())
        return across & (bottom > box.top()) & (top < box.bottom())

    seen = drawn.led_to[1:] & touch(view.rect())
    smooth = int(np.count_nonzero(seen)) <= _MOST_SMOOTH
    index = np.flatnonzero(seen & touch(place))
    look = drawn.age[index + 1] * len(drawn.inks) + drawn.ink[index + 1] * AGES + drawn.age[index + 1]
    order = np.argsort(look, kind="stable")
    index, look = index[order], look[order]

    def draw(some: Floats, pen: QPen, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        painter.setPen(pen)
        array.draw(painter, some)

    if drawn.alone:
        for start in range(0, len(index), _LINES_AT_ONCE):
            yield partial(draw, lines[index[start : start + _LINES_AT_ONCE]], casing_of(halo))
    start = 0
    for end in (*(np.flatnonzero(np.diff(look)) + 1).tolist(), len(look)):
        while start < end:
            until = min(end, start + _LINES_AT_ONCE)
            pen = pen_of(drawn.inks[int(look[start]) % len(drawn.inks)], drawn.alone, smooth=smooth)
            yield partial(draw, lines[index[start:until]], pen)
            start = until


def pen_of(ink: QColor, alone: bool, *, smooth: bool = True) -> QPen:
    """A trail's line; `alone`: of one unit."""
    # a line of one pixel that is not smoothed is drawn by far the fastest
    return _pen(ink, (3.0 if alone else 1.6) if smooth else 0.0)


def casing_of(halo: QColor) -> QPen:
    """What lies below the line of one unit."""
    return _pen(halo, 5.5)


def _pen(ink: QColor, width: float) -> QPen:
    return QPen(ink, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
