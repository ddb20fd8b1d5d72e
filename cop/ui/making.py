"""What takes longer than a blink, done beside the window: made on a thread, told where the window lives."""

import contextlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from cop.domain.disk_words import in_words

_LOG = logging.getLogger(__name__)
#: throws `Stopped` once nobody wants it any more: to be called between the steps of a long work
GoOn = Callable[[], None]


class Stopped(Exception):  # noqa: N818 - no error: somebody pressed Cancel
    """Nobody wants it any more."""


class Making(QObject):
    """Does one work on a thread of its own; afterwards says `made` with what came of it, or `failed` with why not.

    Stopped, it says nothing more. It lives until its work ends, whoever asked for it.
    """

    made = Signal(object)
    failed = Signal(str)
    _ended = Signal()
    _at_work: "set[Making]" = set()  # noqa: RUF012 - of the class: a thread must not be the last to hold its Qt object

    def __init__(self, work: Callable[[GoOn], object]) -> None:
        """`work` is given what it may call between its steps; it touches nothing of the window."""
        super().__init__()
        self._work = work
        self._stopped = threading.Event()
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)
        self._result: object = None
        self._why_not = ""

    def start(self) -> None:
        """Begin."""
        Making._at_work.add(self)
        threading.Thread(target=self._run, name="making", daemon=True).start()

    def stop(self) -> None:
        """Whatever comes of it, nobody wants to hear."""
        self._stopped.set()

    def _go_on(self) -> None:
        if self._stopped.is_set():
            raise Stopped

    def _run(self) -> None:
        try:
            self._result = self._work(self._go_on)
        except Stopped:
            pass
        except OSError as error:
            file = error.filename
            self._why_not = in_words(error, Path(str(file))) if file else (error.strerror or str(error))
        except Exception as error:  # noqa: BLE001 - at the thread's edge: logged, and said in the window
            _LOG.exception("could not be made")
            self._why_not = f"this could not be made ({type(error).__name__}); the log says more"
        with contextlib.suppress(RuntimeError):  # the application has ended meanwhile
            self._ended.emit()

    def _end(self) -> None:
        Making._at_work.discard(self)
        if self._stopped.is_set():
            return
        if self._why_not:
            self.failed.emit(self._why_not)
        else:
            self.made.emit(self._result)
