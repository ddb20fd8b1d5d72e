"""The one place where data meets the screen: a timer that takes what the feed process sent and hands it to the desk."""

import sys
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from cop.domain.batch import Batch
from cop.ui.desk import Desk

PULSE_MS = 33


class Pulse(QObject):
    """About 30 times a second: everything received since the last time, in order, into the picture.

    `receive` must not block. A bug in it, or in what one batch sets off, goes to the excepthook and costs that
    batch alone: the timer goes on.
    """

    def __init__(self, receive: Callable[[], list[Batch]], desk: Desk, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._receive = receive
        self._desk = desk
        self._timer = QTimer(self)
        self._timer.setInterval(PULSE_MS)
        self._timer.timeout.connect(self.beat)
        self._timer.start()

    def beat(self) -> None:
        """One pulse."""
        try:
            batches = self._receive()
        except Exception:  # noqa: BLE001 - the excepthook logs and shows any bug; the next pulse must still come
            sys.excepthook(*sys.exc_info())
            return
        for batch in batches:
            try:
                self._desk.take_in(batch)
            except Exception:  # noqa: BLE001 - as above: the batches behind this one must still come through
                sys.excepthook(*sys.exc_info())

    def stop(self) -> None:
        """No more pulses: the window closes."""
        self._timer.stop()
