"""The line of time itself: a slider over all that is on record, with what is worth finding again on it."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QSlider, QToolTip

from cop.map.palette import Palette, colour
from cop.replay.frames import Gap, TimeMark
from cop.ui.labels import tip
from cop.ui.theme import legible, sized
from cop.ui.time_marks import Group, gap_words, gathered, group_words, in_order
from cop.ui.time_scale import moment_words, ticks

#: pixels
_LONGEST_S = 2**31 - 1
_HEIGHT, _RAIL_Y, _MARK, _EDGE, _APART = 30, 10, 9, 8, 32
_LABEL_EVERY = 74
#: seconds: a key's step, the page keys' step, the narrowest and (as it comes up) the widest stretch that is shown
_STEP_S, _PAGE_S, _NARROWEST_S, _AT_FIRST_S = 60.0, 600.0, 60.0, 12 * 3600.0
_ZOOM = 1.4


class _View(NamedTuple):
    begin: float
    end: float


class TimeLine(QSlider):
    """All that is on record from left to right. Clicked, dragged or moved by keys, it asks for a moment.

    Arrow keys a minute, page keys ten, Home and End the first and the last moment; with Ctrl the arrows go from mark to
    mark. The wheel shows less of it, or more. `follows` asks for each moment while it is dragged, not only for the
    last.
    """

    asked = Signal(float)

    def __init__(self, palette: Palette, *, follows: bool) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.colours = palette
        self.follows = follows
        self.first_at = self.last_at = 0.0
        self.at = 0.0
        self.wanted: float | None = None
        self.marks: list[TimeMark] = []
        self.gaps: list[Gap] = []
        self._view = _View(0.0, 0.0)
        self._zoomed = False
        self._groups: list[tuple[float, Group]] = []
        self._gathered_for: object = None
        self._held: float | None = None
        self._hovered: float | None = None
        self.setObjectName("time_line")
        self.setAccessibleName("Time line")
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(120)
        self.setMouseTracking(True)
        self.setSingleStep(int(_STEP_S))
        self.setPageStep(int(_PAGE_S))
        self.setFont(sized(10))

    # what is shown

    def show_span(self, first_at: float, last_at: float, marks: Sequence[TimeMark], gaps: Sequence[Gap]) -> None:
        """All that is on record, from when to when."""
        self.marks, self.gaps = in_order(marks), list(gaps)
        self._gathered_for = None
        self.show_length(first_at, last_at)

    def show_length(self, first_at: float, last_at: float) -> None:
        """It goes on: the end is later now."""
        at_the_end = self._view.end >= self.last_at
        length = self._view.end - self._view.begin
        self.first_at, self.last_at = first_at, max(first_at, last_at)
        if not self._zoomed:
            self._view = _View(max(first_at, self.last_at - _AT_FIRST_S), self.last_at)
        elif at_the_end:
            self._view = _View(max(first_at, self.last_at - length), self.last_at)
        # a clock of ours that was set to another century is on record, too: Qt counts no further than that
        self.setRange(0, min(max(1, round(self.last_at - first_at)), _LONGEST_S))
        self.update()

    def show_moment(self, at: float, wanted: float | None = None) -> None:
        """Where it stands, and where it is about to go."""
        self.at, self.wanted = at, wanted
        goal = wanted if wanted is not None else at
        view = self._view
        if self._held is None and view.end > view.begin and not view.begin <= goal <= view.end:
            self._show_from(goal - (view.end - view.begin) / 2)
        self.setValue(min(max(0, round(goal - self.first_at)), _LONGEST_S))
        self.setAccessibleDescription(moment_words(goal) if goal else "")
        self.update()

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        self.colours = palette
        self.update()

    def sizeHint(self) -> QSize:
        """One slim row."""
        return QSize(400, _HEIGHT)

    # where things are

    def x_of(self, at: float) -> float:
        """Where a moment stands, in pixels from the left."""
        view = self._view
        return _EDGE + (at - view.begin) / max(1e-3, view.end - view.begin) * (self.width() - 2 * _EDGE)

    def at_x(self, x: float) -> float:
        """The moment that stands there, of those on record."""
        view = self._view
        at = view.begin + (x - _EDGE) / max(1, self.width() - 2 * _EDGE) * (view.end - view.begin)
        return min(max(at, self.first_at), self.last_at)

    def groups(self) -> list[tuple[float, Group]]:
        """The marks in view with their places, gathered where they are crowded."""
        view, width = self._view, self.width()
        apart_s = _APART / max(1, width - 2 * _EDGE) * (view.end - view.begin)
        # from a fixed grid on: no group changes only because time goes on
        wanted = (round(view.begin / max(apart_s, 1e-3)), round(apart_s, 3), len(self.marks), width)
        if wanted != self._gathered_for:
            self._gathered_for = wanted
            self._groups = [(0.0, one) for one in gathered(self.marks, self.first_at, self.last_at, apart_s)]
        return [(x, one) for _, one in self._groups if _EDGE - 1 <= (x := self.x_of(one.at)) <= width]

    def group_at(self, x: float) -> Group | None:
        """The marks under the pointer."""
        near = [(abs(x - place), group) for place, group in self.groups() if -_MARK <= x - place <= _APART - 4]
        return min(near, key=lambda one: one[0])[1] if near else None

    def words_at(self, x: float) -> str:
        """What stands at a place, in words."""
        group = self.group_at(x)
        at = self.at_x(x)
        gap = next((one for one in self.gaps if one.begin <= at <= one.end), None)
        return "\n".join(
            part
            for part in (
                group_words(group) if group is not None else moment_words(at),
                gap_words(gap) if gap is not None else "",
            )
            if part
        )

    def _show_from(self, begin: float) -> None:
        length = self._view.end - self._view.begin
        begin = min(max(begin, self.first_at), max(self.first_at, self.last_at - length))
        self._view = _View(begin, min(begin + length, max(self.last_at, begin + length)))
        self.update()

    def zoom(self, factor: float, around: float) -> None:
        """Show so many times less (or, below 1, more) of it; this moment stays where it is."""
        view = self._view
        whole = max(1.0, self.last_at - self.first_at)
        length = min(max((view.end - view.begin) / factor, min(_NARROWEST_S, whole)), whole)
        part = (around - view.begin) / max(1e-3, view.end - view.begin)
        self._zoomed = True
        begin = min(max(around - part * length, self.first_at), self.last_at - length)
        self._view = _View(begin, begin + length)
        self.update()

    # mouse and keyboard

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Where it is pressed is where it goes; on a mark, to that mark."""
        if event.button() != Qt.MouseButton.LeftButton or not self.last_at:
            return
        group = self.group_at(event.position().x())
        self._hold(group.at if group is not None else self.at_x(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Dragged, it follows; else it says what stands there."""
        x = event.position().x()
        self._hovered = x
        if self._held is not None:
            self._hold(self.at_x(x))
            QToolTip.showText(event.globalPosition().toPoint(), tip(moment_words(self._held)), self)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go: that is the moment."""
        if event.button() == Qt.MouseButton.LeftButton and self._held is not None:
            at, self._held = self._held, None
            if not self.follows:
                self.asked.emit(at)
            self.update()

    def _hold(self, at: float) -> None:
        if at != self._held:
            self._held = at
            if self.follows:
                self.asked.emit(at)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is pointed at."""
        self._hovered = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Less of it, or more; sideways along it."""
        turned, sideways = event.angleDelta().y(), event.angleDelta().x()
        if turned:
            self.zoom(_ZOOM ** (turned / 120), self.at_x(event.position().x()))
        elif sideways:
            self._zoomed = True
            self._show_from(self._view.begin - sideways / 120 * 0.1 * (self._view.end - self._view.begin))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """As sliders do, in minutes."""
        from_here = self.wanted if self.wanted is not None else self.at or self.last_at
        by = {
            Qt.Key.Key_Left: -_STEP_S,
            Qt.Key.Key_Down: -_STEP_S,
            Qt.Key.Key_Right: _STEP_S,
            Qt.Key.Key_Up: _STEP_S,
            Qt.Key.Key_PageUp: _PAGE_S,
            Qt.Key.Key_PageDown: -_PAGE_S,
        }
        key = event.key()
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if control and key in {Qt.Key.Key_Left, Qt.Key.Key_Right}:
            self._to_mark(from_here, forward=key == Qt.Key.Key_Right)
        elif key in by and not control:
            self._ask(from_here + by[Qt.Key(key)])
        elif key == Qt.Key.Key_Home:
            self._ask(self.first_at)
        elif key == Qt.Key.Key_End:
            self._ask(self.last_at)
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus}:
            self.zoom(1 / _ZOOM if key == Qt.Key.Key_Minus else _ZOOM, from_here)
        else:
            event.ignore()

    def _ask(self, at: float) -> None:
        if self.last_at:
            self.asked.emit(min(max(at, self.first_at), self.last_at))

    def _to_mark(self, from_here: float, *, forward: bool) -> None:
        times = sorted({one.at for one in self.marks})
        if forward:
            at = next((one for one in times if one > from_here + 0.5), None)
        else:
            at = next((one for one in reversed(times) if one < from_here - 0.5), None)
        if at is not None:
            self._ask(at)

    def event(self, event: QEvent) -> bool:
        """The tooltip says what stands under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            if self.last_at:
                QToolTip.showText(event.globalPos(), tip(self.words_at(event.pos().x())), self)
            return True
        return super().event(event)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rail, the hours below it, gaps, marks, and where it stands."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        p = self.colours
        if self.hasFocus():
            painter.setPen(colour(p.accent))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        if not self.last_at:
            painter.setPen(colour(legible(p.muted, p.panel)))
            painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), "Nothing on record yet")
            return
        here = self._held if self._held is not None else self.wanted if self.wanted is not None else self.at
        self._paint_rail(painter, here)
        self._paint_scale(painter)
        self._paint_gaps(painter)
        self._paint_marks(painter)
        self._paint_knob(painter, here)

    def _paint_rail(self, painter: QPainter, here: float) -> None:
        p = self.colours
        left, right = self.x_of(max(self.first_at, self._view.begin)), self.x_of(min(self.last_at, self._view.end))
        middle = min(max(self.x_of(here), left), right)
        painter.setPen(Qt.PenStyle.NoPen)
        for begin, end, wanted in ((left, middle, p.muted), (middle, right, p.border)):
            painter.setBrush(colour(wanted))
            painter.drawRoundedRect(QRectF(begin, _RAIL_Y - 1.5, max(0.0, end - begin), 3), 1.5, 1.5)

    def _paint_scale(self, painter: QPainter) -> None:
        painter.setFont(self.font())
        ink = colour(legible(self.colours.muted, self.colours.panel))
        metrics = QFontMetrics(self.font())
        end = -1e9
        view = self._view
        for at, words in ticks(view.begin, view.end, max(1, self.width() // _LABEL_EVERY)):
            x, width = self.x_of(at), metrics.horizontalAdvance(words)
            left = min(max(2.0, x - width / 2), self.width() - width - 2.0)
            painter.setPen(ink)
            painter.drawLine(QPointF(x, _RAIL_Y + 4), QPointF(x, _RAIL_Y + 7))
            if left > end + 6:
                painter.drawText(QPointF(left, _HEIGHT - 3.0), words)
                end = left + width

    def _paint_gaps(self, painter: QPainter) -> None:
        ink = colour(self.colours.bad)
        for gap in self.gaps:
            begin, end = self.x_of(gap.begin), self.x_of(gap.end)
            if end < 0 or begin > self.width():
                continue
            box = QRectF(begin, _RAIL_Y - 5, max(3.0, end - begin), 10)
            painter.setPen(QPen(ink, 1))
            painter.setBrush(colour(self.colours.panel))
            painter.drawRect(box)
            painter.setBrush(QBrush(ink, Qt.BrushStyle.BDiagPattern))
            painter.drawRect(box)

    def _paint_marks(self, painter: QPainter) -> None:
        p = self.colours
        inks = {
            "incident": legible(p.bad, p.panel),
            "alert": legible(p.warn, p.panel),
            "conflict": p.text,
            "task": legible(p.accent, p.panel),
            "control": legible(p.exercise, p.panel),
            "clock": legible(p.muted, p.panel),
        }
        count_font = sized(9, bold=True)
        for x, group in self.groups():
            _paint_sign(painter, group.kind, QPointF(x, _RAIL_Y), colour(inks[group.kind]), colour(p.panel))
            if len(group.marks) > 1:
                painter.setFont(count_font)
                words = str(len(group.marks)) if len(group.marks) < 100 else "99+"
                width = QFontMetrics(count_font).horizontalAdvance(words)
                box = QRectF(x + 6, _RAIL_Y - 6, width + 2, 12)
                painter.fillRect(box, colour(p.panel))
                painter.setPen(colour(p.text))
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)

    def _paint_knob(self, painter: QPainter, here: float) -> None:
        p = self.colours
        if self._hovered is not None and self._held is None:
            painter.setPen(QPen(colour(p.muted), 1, Qt.PenStyle.DotLine))
            painter.drawLine(QPointF(self._hovered, 1), QPointF(self._hovered, _RAIL_Y + 8))
        x = self.x_of(here)
        if not -_EDGE <= x <= self.width() + _EDGE:
            return
        ink = colour(p.replay if self.follows or self._held is not None else p.text)
        painter.setPen(QPen(ink, 2))
        painter.drawLine(QPointF(x, 2), QPointF(x, _RAIL_Y + 8))
        painter.setPen(QPen(colour(p.panel), 1))
        # hollow while the picture is still on its way there
        painter.setBrush(colour(p.panel) if self.wanted is not None else ink)
        if self.wanted is not None:
            painter.setPen(QPen(ink, 2))
        painter.drawEllipse(QPointF(x, _RAIL_Y), 5, 5)


def _paint_sign(painter: QPainter, kind: str, at: QPointF, ink: QColor, ground: QColor) -> None:
    """One mark, told apart by its shape alone."""
    half = _MARK / 2
    x, y = at.x(), at.y()
    painter.setPen(QPen(ground, 1))
    painter.setBrush(ink)
    if kind == "incident":
        painter.drawPolygon(
            [QPointF(x, y - half - 1), QPointF(x + half + 1, y), QPointF(x, y + half + 1), QPointF(x - half - 1, y)]
        )
    elif kind == "alert":
        painter.drawPolygon(
            QPolygonF([QPointF(x, y - half - 1), QPointF(x + half + 1, y + half), QPointF(x - half - 1, y + half)])
        )
    elif kind == "task":
        painter.drawRect(QRectF(x - half + 0.5, y - half + 0.5, _MARK - 1, _MARK - 1))
    elif kind == "conflict":
        for pen in (QPen(ground, 5), QPen(ink, 2.4)):
            painter.setPen(pen)
            painter.drawLine(QPointF(x - 3.5, y - 3.5), QPointF(x + 3.5, y + 3.5))
            painter.drawLine(QPointF(x - 3.5, y + 3.5), QPointF(x + 3.5, y - 3.5))
    elif kind == "control":
        painter.drawPolygon([QPointF(x - half, y - half), QPointF(x + half + 1, y), QPointF(x - half, y + half)])
    else:
        painter.setPen(QPen(ink, 1.6))
        painter.setBrush(ground)
        painter.drawEllipse(at, half - 0.5, half - 0.5)
