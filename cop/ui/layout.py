"""Where the docks stand around the map: as delivered, or as a person left them."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QPoint, QSettings, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow, QTabWidget, QWidget

from cop.ui.dock import Dock
from cop.ui.tab_titles import TabTitles

#: to be raised when docks come, go or change their names: a remembered layout of another version is not used
_VERSION = 4
#: each side's width or height as delivered, and the most of a small window's that it takes
_WIDTHS = {
    Qt.DockWidgetArea.LeftDockWidgetArea: (428, 0.29),
    Qt.DockWidgetArea.RightDockWidgetArea: (388, 0.25),
}
_HEIGHTS = {Qt.DockWidgetArea.BottomDockWidgetArea: (280, 0.3)}
#: how far an undocked panel stands from its place, to be seen as one
_OUT = QPoint(48, 32)
#: what the time bar of live work takes below the map
TIME_BAR_HEIGHT = 33
_SIDES = (*_WIDTHS, *_HEIGHTS)


class Layout:
    """The docks of one window. Those of a side are tabs of one another, the first in front."""

    def __init__(self, window: QMainWindow, docks: Sequence[Dock]) -> None:
        self._window = window
        self._docks = tuple(docks)
        self._arranged = False
        self._titles = TabTitles(window, docks)
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.TopLeftCorner):
            window.setCorner(corner, Qt.DockWidgetArea.LeftDockWidgetArea)
        for corner in (Qt.Corner.BottomRightCorner, Qt.Corner.TopRightCorner):
            window.setCorner(corner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.deliver()

    def on(self, side: Qt.DockWidgetArea) -> list[Dock]:
        """The docks of one side as delivered, the first in front."""
        return [dock for dock in self._docks if dock.side == side]

    def deliver(self) -> None:
        """Put every dock where it stands as delivered."""
        for dock in self._docks:
            dock.setFloating(False)
            self._window.removeDockWidget(dock)
        for side in _SIDES:
            docks = self.on(side)
            for at, dock in enumerate(docks):
                self._window.addDockWidget(side, dock)
                if at:
                    self._window.tabifyDockWidget(docks[at - 1], dock)
        for dock in self._docks:
            dock.setVisible(not dock.closed_as_delivered)
        for side in _SIDES:
            for dock in self.on(side)[:1]:
                dock.raise_()
        self._share_out()

    def float_or_dock(self, focused: QWidget | None) -> Dock | None:
        """Take the dock that holds this widget out of the window, or put it back; None if none does."""
        dock = next((one for one in self._docks if focused is not None and one.isAncestorOf(focused)), None)
        if dock is not None:
            dock.setFloating(not dock.isFloating())
            if dock.isFloating():
                dock.move(dock.pos() + _OUT)
        return dock

    def restore(self, settings: QSettings) -> None:
        """Arrange window and docks as they were left; as delivered where nothing is remembered."""
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self._window.resize(min(1920, screen.width()), min(1080, screen.height()))
        geometry, state = settings.value("geometry"), settings.value("state")
        if isinstance(geometry, QByteArray):
            self._window.restoreGeometry(geometry)
        self._arranged = isinstance(state, QByteArray) and self._window.restoreState(state, _VERSION)
        for dock in self._docks:
            dock.restore(settings)

    def save(self, settings: QSettings) -> None:
        """Remember how they stand now."""
        settings.setValue("geometry", self._window.saveGeometry())
        settings.setValue("state", self._window.saveState(_VERSION))
        for dock in self._docks:
            dock.save(settings)
        settings.sync()

    def shown(self) -> None:
        """The window has come up: only now can docks be given their widths, and only now are there tab bars."""
        self._titles.fit()
        if not self._arranged:
            self._arranged = True
            self._share_out()

    def _share_out(self) -> None:
        for sides, room, orientation in (
            (_WIDTHS, self._window.width(), Qt.Orientation.Horizontal),
            (_HEIGHTS, self._window.height(), Qt.Orientation.Vertical),
        ):
            first = {
                dock: min(pixels, round(most * room))
                for side, (pixels, most) in sides.items()
                for dock in self.on(side)[:1]
            }
            self._window.resizeDocks(list(first), list(first.values()), orientation)
