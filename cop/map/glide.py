"""The map goes on gliding for a moment when it is let go of in motion."""

import math
import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, Qt, QTimer

_FRAME_MS = 16
#: the motion that counts is that of the last moments before the hand let go
_REMEMBERED_S = 0.12
#: fewer or quicker samples than this are a jerk, not a throw
_LEAST_SAMPLES, _LEAST_SPAN_S = 3, 0.02
_LEAST_SPEED_PX_S, _MOST_SPEED_PX_S = 150.0, 6000.0
#: the speed falls to 1/e in this time
_FALL_S = 0.28
_STOP_BELOW_PX_S = 25.0


class Glide(QObject):
    """Told where the hand is while it drags; when it lets go, calls `pan(right_px, down_px)` until all is at rest."""

    def __init__(
        self,
        pan: Callable[[float, float], None],
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._pan = pan
        self._clock = clock
        self._samples: deque[tuple[float, QPointF]] = deque(maxlen=32)
        self._speed = QPointF()
        self._moved_at = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._move)

    @property
    def gliding(self) -> bool:
        """Whether the map is still in motion by itself."""
        return self._timer.isActive()

    def stop(self) -> None:
        """Stand still: the hand is back."""
        self._timer.stop()
        self._samples.clear()

    def feel(self, at: QPointF) -> None:
        """The hand is here, in pixels."""
        self._samples.append((self._clock(), QPointF(at)))

    def let_go(self) -> None:
        """The hand is gone: glide on if it was in motion."""
        now = self._clock()
        recent = [(when, at) for when, at in self._samples if now - when <= _REMEMBERED_S]
        self._samples.clear()
        if len(recent) < _LEAST_SAMPLES or recent[-1][0] - recent[0][0] < _LEAST_SPAN_S:
            return
        speed = (recent[-1][1] - recent[0][1]) / (recent[-1][0] - recent[0][0])
        size = math.hypot(speed.x(), speed.y())
        if size < _LEAST_SPEED_PX_S:
            return
        self._speed = speed * min(1.0, _MOST_SPEED_PX_S / size)
        self._moved_at = now
        self._timer.start()

    def _move(self) -> None:
        now = self._clock()
        passed, self._moved_at = max(0.0, now - self._moved_at), now
        slower = math.exp(-passed / _FALL_S)
        way = self._speed * (_FALL_S * (1.0 - slower))
        self._speed *= slower
        self._pan(-way.x(), -way.y())
        if math.hypot(self._speed.x(), self._speed.y()) < _STOP_BELOW_PX_S:
            self._timer.stop()
