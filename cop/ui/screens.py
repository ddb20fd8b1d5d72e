"""A screen that is unplugged takes no window with it: what would be outside of all screens comes back into view."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, QRect, QTimer
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication, QWidget

#: so much of a window's head has to be seen for a hand to take hold of it
_GRIP_WIDTH, _GRIP_HEIGHT = 120, 24
_SETTLED_MS = 300  # the system moves windows too, and tells of screens one by one


def in_view(frame: QRect, screens: Sequence[QRect]) -> QRect:
    """Where a window's frame is to be: where it is if its head can be taken hold of, else on the nearest screen.

    It is made smaller only where it is larger than that screen.
    """
    head = QRect(frame.left(), frame.top(), frame.width(), min(_GRIP_HEIGHT, frame.height()))
    for screen in screens:
        seen = head & screen
        if seen.width() >= min(_GRIP_WIDTH, frame.width()) and seen.height() >= head.height():
            return frame
    if not screens:
        return frame
    screen = min(screens, key=lambda one: _distance(frame, one))
    moved = QRect(frame)
    moved.setSize(frame.size().boundedTo(screen.size()))
    moved.moveLeft(max(screen.left(), min(frame.left(), screen.right() - moved.width() + 1)))
    moved.moveTop(max(screen.top(), min(frame.top(), screen.bottom() - moved.height() + 1)))
    return moved


class Screens(QObject):
    """Looks after all windows of the program, whenever screens come, go or change."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        application = QGuiApplication.instance()
        assert isinstance(application, QGuiApplication)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._settled.timeout.connect(self.bring_back)
        application.screenRemoved.connect(lambda _screen: self._settled.start())
        application.screenAdded.connect(self._watch)
        application.primaryScreenChanged.connect(lambda _screen: self._settled.start())
        for screen in application.screens():
            self._watch(screen)

    def bring_back(self) -> None:
        """Bring back into view what is outside of it: windows, undocked panels, dialogs."""
        screens = [one.availableGeometry() for one in QGuiApplication.screens()]
        for window in QApplication.topLevelWidgets():
            if window.isVisible() and not window.isMinimized() and not _is_passing(window):
                _bring_back(window, screens)

    def _watch(self, screen: QScreen) -> None:
        screen.availableGeometryChanged.connect(lambda _now: self._settled.start())


def _bring_back(window: QWidget, screens: Sequence[QRect]) -> None:
    frame = window.frameGeometry()
    wanted = in_view(frame, screens)
    if wanted == frame:
        return
    filled = window.windowState()
    if window.isMaximized() or window.isFullScreen():
        window.showNormal()  # what fills a screen that is gone fills the one it comes to
    if wanted.size() != frame.size():
        around = frame.size() - window.size()
        window.resize(wanted.size() - around)
    window.move(wanted.topLeft())
    window.setWindowState(filled)


def _is_passing(window: QWidget) -> bool:
    """Menus and tips go by themselves."""
    return window.windowType() in {window.windowType().Popup, window.windowType().ToolTip, window.windowType().Desktop}


def _distance(frame: QRect, screen: QRect) -> int:
    middle = frame.center()
    aside = max(screen.left() - middle.x(), 0, middle.x() - screen.right())
    above = max(screen.top() - middle.y(), 0, middle.y() - screen.bottom())
    return aside + above
