"""Fingers on the map: one moves it, two zoom it, a tap clicks, a long press opens the menu."""

import math
from typing import Protocol

from PySide6.QtCore import QEvent, QObject, QPointF, QTimer
from PySide6.QtGui import QEventPoint, QTouchEvent

_LONG_PRESS_MS = 600
_TAP_REACH_PX = 12.0
_DOUBLE_TAP_MS = 350
_TOUCHES = frozenset({QEvent.Type.TouchBegin, QEvent.Type.TouchUpdate, QEvent.Type.TouchEnd, QEvent.Type.TouchCancel})


class Touched(Protocol):
    """What fingers do to the map; all points in pixels."""

    def tap(self, at: QPointF, *, double: bool) -> None:
        """A click."""

    def press_long(self, at: QPointF) -> None:
        """What the right button does."""

    def begin_drag(self, at: QPointF) -> None:
        """One finger begins to move from here."""

    def drag_on(self, before: QPointF, at: QPointF) -> None:
        """It has moved."""

    def end_drag(self, at: QPointF) -> None:
        """It was lifted."""

    def pinch(self, before: QPointF, at: QPointF, factor: float) -> None:
        """Two fingers: what lay under their middle before lies under it now, enlarged by a factor."""


class Fingers(QObject):
    """Turns touch events into what is done to a map."""

    def __init__(self, on: Touched, parent: QObject) -> None:
        super().__init__(parent)
        self._on = on
        self._started: QPointF | None = None
        self._last = QPointF()
        self._dragging = False
        self._pinched: tuple[QPointF, float] | None = None
        self._spent = False  # two fingers were down: what follows until all are lifted is no tap
        self._tapped_at = QPointF()
        self._since_tap = QTimer(self)
        self._since_tap.setSingleShot(True)
        self._since_tap.setInterval(_DOUBLE_TAP_MS)
        self._long = QTimer(self)
        self._long.setSingleShot(True)
        self._long.setInterval(_LONG_PRESS_MS)
        self._long.timeout.connect(self._held)

    def take(self, event: QEvent) -> bool:
        """Whether it was a touch; then it is dealt with."""
        if event.type() not in _TOUCHES or not isinstance(event, QTouchEvent):
            return False
        event.accept()
        if event.type() == QEvent.Type.TouchCancel:
            self._forget()
            return True
        down = [point.position() for point in event.points() if point.state() != QEventPoint.State.Released]
        if len(down) >= 2:
            self._two(down[0], down[1])
        elif len(down) == 1:
            self._one(down[0])
        else:
            self._none()
        return True

    def _two(self, first: QPointF, second: QPointF) -> None:
        middle = (first + second) / 2
        apart = max(1.0, math.hypot(first.x() - second.x(), first.y() - second.y()))
        self._end_drag()
        self._long.stop()
        self._started, self._spent = None, True
        if self._pinched is not None:
            before, before_apart = self._pinched
            self._on.pinch(before, middle, apart / before_apart)
        self._pinched = (middle, apart)

    def _one(self, at: QPointF) -> None:
        if self._spent:  # the second finger was lifted: the first one waits to be lifted too
            self._pinched = None
            return
        if self._started is None:
            self._started = self._last = at
            self._long.start()
            return
        moved = at - self._started
        if not self._dragging and math.hypot(moved.x(), moved.y()) > _TAP_REACH_PX:
            self._dragging = True
            self._long.stop()
            self._on.begin_drag(self._started)
        if self._dragging:
            self._on.drag_on(self._last, at)
            self._last = at

    def _none(self) -> None:
        at, dragging, spent = self._started, self._dragging, self._spent
        self._end_drag()
        self._forget()
        if at is None or dragging or spent:
            return
        way = at - self._tapped_at
        double = self._since_tap.isActive() and math.hypot(way.x(), way.y()) < 2 * _TAP_REACH_PX
        self._tapped_at = at
        self._since_tap.start()
        self._on.tap(at, double=double)

    def _end_drag(self) -> None:
        if self._dragging:
            self._dragging = False
            self._on.end_drag(self._last)

    def _held(self) -> None:
        if self._started is not None and not self._dragging:
            at, self._spent = self._started, True
            self._on.press_long(at)

    def _forget(self) -> None:
        self._end_drag()
        self._long.stop()
        self._started, self._pinched, self._spent = None, None, False
