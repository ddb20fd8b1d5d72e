"""What is written along a trail: times where there is room, gaps, and the key of the speeds."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from cop.map.lettering import Script, draw_haloed, map_font, text_width
from cop.map.line_array import Floats
from cop.map.palette import Palette, colour

#: from slow to fast: told apart by lightness alone, so that no colour vision is needed (dark theme: brighter is faster)
RAMPS = {
    "dark": ("#4a68b8", "#5f8fc9", "#84b3bd", "#b5c98f", "#e3d95c", "#fff59a"),
    "light": ("#7fa8d6", "#5a86c4", "#50699f", "#5b4f6e", "#5c3340", "#3d1412"),
}
_KMH, _MPH = 1 / 3.6, 1609.344 / 3600
#: where one colour ends and the next begins
_BOUNDS = {"mph": (5, 15, 30, 45, 60), "km/h": (10, 25, 50, 75, 100)}

#: minutes between times along a trail: the smallest that leaves room
_STEPS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 240)
_APART_PX = 110.0
_MOST_MARKS = 40
_MARK_PX = 11
_KEY_PX = 11
_SWATCH_PX = (34.0, 8.0)


@dataclass(frozen=True, slots=True)
class Mark:
    """A time on a trail: where, what is written there, and whether above it: beside it where it runs up or down."""

    x: float
    y: float
    text: str
    above: bool

    @property
    def box(self) -> QRectF:
        """Where it stands."""
        across = text_width(self.text, _MARK_PX)
        if self.above:
            return QRectF(self.x - across / 2 - 4, self.y - 21, across + 8, 24)
        return QRectF(self.x - 4, self.y - 8, across + 14, 16)


def unit_of(metric: bool) -> str:
    """In which unit speeds are coloured."""
    return "km/h" if metric else "mph"


def bounds_mps(unit: str) -> Floats:
    """Where one colour ends and the next begins, in metres a second, shape (5,)."""
    return np.array(_BOUNDS[unit]) * (_KMH if unit == "km/h" else _MPH)


def times_along(at: Floats, x: Floats, y: Floats, joined: np.ndarray, inside: QRectF) -> list[Mark]:
    """Times of one trail in pixels, at round minutes, none where it was not known where the unit was."""
    if len(at) < 2:
        return []
    length = float(np.hypot(np.diff(x), np.diff(y))[joined[1:]].sum())
    offset = datetime.fromtimestamp(float(at[-1]), UTC).astimezone().utcoffset()
    shift = offset.total_seconds() if offset is not None else 0.0
    minutes = (at[-1] - at[0]) / 60.0
    room = max(1.0, min(_MOST_MARKS, length / _APART_PX))
    step = 60.0 * next((one for one in _STEPS_MIN if minutes / one <= room), _STEPS_MIN[-1])
    due = np.arange(np.ceil((at[0] + shift) / step) * step - shift, at[-1], step)
    after = np.searchsorted(at, due, side="left")
    due, after = due[joined[after]], after[joined[after]]
    share = (due - at[after - 1]) / np.maximum(at[after] - at[after - 1], 1e-9)
    xs = x[after - 1] + share * (x[after] - x[after - 1])
    ys = y[after - 1] + share * (y[after] - y[after - 1])
    level = np.abs(x[after] - x[after - 1]) > np.abs(y[after] - y[after - 1])
    marks: list[Mark] = []
    for one, left, top, above in zip(due.tolist(), xs.tolist(), ys.tolist(), level.tolist(), strict=True):
        mark = Mark(left, top, clock(one), above)
        if inside.contains(mark.box) and not any(mark.box.intersects(other.box) for other in marks):
            marks.append(mark)
    return marks


def clock(at: float) -> str:
    """A moment as the clock on the wall says it: "14:02"."""
    return f"{datetime.fromtimestamp(at, UTC).astimezone():%H:%M}"


def paint_marks(painter: QPainter, marks: list[Mark], palette: Palette) -> list[QRectF]:
    """A dot and a time for each; where they stand."""
    script = Script(_MARK_PX, palette.label, palette.label_halo)
    painter.setPen(QPen(colour(palette.label_halo), 1.5))
    painter.setBrush(colour(palette.label))
    boxes = []
    for mark in marks:
        painter.drawEllipse(QPointF(mark.x, mark.y), 3.2, 3.2)
        box = mark.box
        draw_haloed(
            painter,
            QPointF(box.left() + (4 if mark.above else 11), mark.y - 8 if mark.above else mark.y + 4),
            mark.text,
            script,
        )
        boxes.append(box)
    return boxes


def paint_ends(painter: QPainter, ends: list[tuple[float, float]], palette: Palette) -> None:
    """Open circles where the trail breaks off and where it begins again."""
    painter.setPen(QPen(colour(palette.label), 1.5))
    painter.setBrush(colour(palette.map_background))
    for x, y in ends:
        painter.drawEllipse(QPointF(x, y), 3.4, 3.4)


def key_box(height: int, unit: str, taken: list[QRectF]) -> QRectF:
    """Where the key of the speeds stands: at the left, above what stands in the corner."""
    return _above(height, text_width(unit, _KEY_PX) + len(RAMPS["dark"]) * _SWATCH_PX[0] + 36, 36.0, taken)


def paint_reach(painter: QPainter, height: int, minutes: float, palette: Palette, taken: list[QRectF]) -> QRectF:
    """Say that the trails of so many units do not reach as far back as was asked; where that stands."""
    text = f"Many units: trails of the last {minutes:.0f} min" if minutes >= 1 else "Too many units for trails"
    box = _above(height, text_width(text, _KEY_PX) + 20, 24.0, taken)
    _paint_ground(painter, box, palette)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
    return box


def _above(height: int, across: float, down: float, taken: list[QRectF]) -> QRectF:
    box = QRectF(14, height - 14 - down, across, down)
    for part in sorted(taken, key=lambda part: -part.top()):
        if part.intersects(box):
            box.moveBottom(part.top() - 8)
    return box


def _paint_ground(painter: QPainter, box: QRectF, palette: Palette) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour(palette.control))
    painter.drawRoundedRect(box, 6, 6)
    painter.setFont(map_font(_KEY_PX))
    painter.setPen(colour(palette.text))


def paint_key(painter: QPainter, box: QRectF, unit: str, palette: Palette) -> None:
    """Which colour stands for which speed."""
    _paint_ground(painter, box, palette)
    painter.drawText(QPointF(box.left() + 10, box.center().y() + 4), unit)
    left = box.left() + 20 + text_width(unit, _KEY_PX)
    width, height = _SWATCH_PX
    for index, ink in enumerate(RAMPS[palette.name]):
        painter.fillRect(QRectF(left + index * width, box.top() + 8, width, height), colour(ink))
    for index, bound in enumerate(_BOUNDS[unit], start=1):
        text = str(bound)
        middle = left + index * width
        painter.drawText(QPointF(middle - text_width(text, _KEY_PX) / 2, box.top() + 29), text)
