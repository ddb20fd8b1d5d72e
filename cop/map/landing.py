"""Where what is carried with the mouse can be put down: on lists and on the map alike."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from cop.map.carried import Carried, put_on, unpacked
from cop.picture.change import Key

#: where it is over a widget (None: not any more), what is carried, whether it can be put down there
Mark = Callable[[QPoint | None, Carried | None, bool], None]


class Landing(QObject):
    """Takes what is put on a widget: `stands` says which object is at a point of it."""

    assigned = Signal(object)  # Assignment

    def __init__(
        self, on: QWidget, stands: Callable[[QPoint], tuple[str, Key]], mark: Mark = lambda _at, _carried, _lands: None
    ) -> None:
        """`mark` shows where it would land."""
        super().__init__(on)
        self._stands = stands
        self._mark = mark
        on.setAcceptDrops(True)
        on.installEventFilter(self)

    def take(self, carried: Carried, at: QPoint) -> bool:
        """Whether it could be put down at this point of the widget; then it was."""
        meant = put_on(carried, *self._stands(at))
        self._mark(None, None, False)
        if meant is not None:
            self.assigned.emit(meant)
        return meant is not None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DragLeave:
            self._mark(None, None, False)
            return False
        if not isinstance(event, QDropEvent):  # enter and move are kinds of it
            return False
        carried = unpacked(event.mimeData())
        if carried is None:
            return False
        at = event.position().toPoint()
        lands = put_on(carried, *self._stands(at)) is not None
        if lands or event.type() == QEvent.Type.DragEnter:  # who does not take it in is not told where it goes on to
            event.setDropAction(Qt.DropAction.LinkAction)
            event.accept()
        else:
            event.ignore()
        if event.type() == QEvent.Type.Drop:
            self.take(carried, at)
        else:
            self._mark(at, carried, lands)
        return True


def landing_below(at: QPoint) -> tuple[Landing, QPoint] | None:
    """The landing under a point of the screen, and the point in its own widget."""
    widget = QApplication.widgetAt(at)
    while widget is not None:
        landing = widget.findChild(Landing, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if landing is not None:
            return landing, widget.mapFromGlobal(at)
        widget = widget.parentWidget()
    return None
