"""Where the docks stand around the map: as delivered, or as a person left them."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QTabBar, QTabWidget

from cop.ui.dock import Dock

#: to be raised when docks come, go or change their names: a remembered layout of another version is not used
_VERSION = 1
_LEFT_PX, _RIGHT_PX, _BOTTOM_PX = 416, 388, 240


class Layout:
    """The docks of one window. Those of a side are tabs of one another, the first in front; `hidden` starts closed."""

    def __init__(
        self, window: QMainWindow, *, left: Sequence[Dock], bottom: Sequence[Dock], right: Sequence[Dock], hidden: Dock
    ) -> None:
        self._window = window
        self._sides = {
            Qt.DockWidgetArea.LeftDockWidgetArea: tuple(left),
            Qt.DockWidgetArea.BottomDockWidgetArea: tuple(bottom),
            Qt.DockWidgetArea.RightDockWidgetArea: tuple(right),
        }
        self._hidden = hidden
        self._arranged = False
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.TopLeftCorner):
            window.setCorner(corner, Qt.DockWidgetArea.LeftDockWidgetArea)
        for corner in (Qt.Corner.BottomRightCorner, Qt.Corner.TopRightCorner):
            window.setCorner(corner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.deliver()

    @property
    def docks(self) -> tuple[Dock, ...]:
        """All of them."""
        return tuple(dock for docks in self._sides.values() for dock in docks)

    def deliver(self) -> None:
        """Put every dock where it stands as delivered."""
        for dock in self.docks:
            dock.setFloating(False)
            self._window.removeDockWidget(dock)
        for area, docks in self._sides.items():
            for at, dock in enumerate(docks):
                self._window.addDockWidget(area, dock)
                if at:
                    self._window.tabifyDockWidget(docks[at - 1], dock)
        for dock in self.docks:
            dock.setVisible(dock is not self._hidden)
        for docks in self._sides.values():
            docks[0].raise_()
        self._share_out()

    def restore(self, settings: QSettings) -> None:
        """Arrange window and docks as they were left; as delivered where nothing is remembered."""
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self._window.resize(min(1920, screen.width()), min(1080, screen.height()))
        geometry, state = settings.value("geometry"), settings.value("state")
        if isinstance(geometry, QByteArray):
            self._window.restoreGeometry(geometry)
        self._arranged = isinstance(state, QByteArray) and self._window.restoreState(state, _VERSION)
        for dock in self.docks:
            dock.restore(settings)

    def save(self, settings: QSettings) -> None:
        """Remember how they stand now."""
        settings.setValue("geometry", self._window.saveGeometry())
        settings.setValue("state", self._window.saveState(_VERSION))
        for dock in self.docks:
            dock.save(settings)
        settings.sync()

    def shown(self) -> None:
        """The window has come up: only now can docks be given their widths, and only now are there tab bars."""
        for bar in self._window.findChildren(QTabBar):
            bar.setDrawBase(False)
            bar.setExpanding(False)
        if not self._arranged:
            self._arranged = True
            self._share_out()

    def _share_out(self) -> None:
        left, bottom, right = (docks[0] for docks in self._sides.values())
        self._window.resizeDocks([left, right], [_LEFT_PX, _RIGHT_PX], Qt.Orientation.Horizontal)
        self._window.resizeDocks([bottom], [_BOTTOM_PX], Qt.Orientation.Vertical)
