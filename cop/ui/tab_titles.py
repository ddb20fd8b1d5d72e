"""Tabs that can be read in any window: where they have no room they lose counts that ask for nothing, then letters."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QMainWindow, QTabBar

from cop.ui.dock import Dock
from cop.ui.labels import restyle, tip
from cop.ui.theme import TAB_PADDING, TAB_PIXELS, sized

#: how much is left out of titles (as `Dock.title` counts it), and whether the tabs stand tight
_STEPS = ((0, False), (1, False), (1, True), (2, True), (3, True))


class TabTitles(QObject):
    """Looks after the tab bars of a window's docks. They come and go, and Qt makes new ones as it pleases."""

    def __init__(self, window: QMainWindow, docks: Sequence[Dock]) -> None:
        super().__init__(window)
        self._window = window
        self._docks = tuple(docks)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)  # once for all that one event changed
        self._soon.timeout.connect(self.fit)
        for dock in self._docks:
            dock.counted_anew.connect(self._soon.start)
            dock.visibilityChanged.connect(lambda _: self._soon.start())
            dock.dockLocationChanged.connect(lambda _: self._soon.start())

    def fit(self) -> None:
        """Give every tab a title that it has room for, all of one bar alike."""
        for bar in self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            bar.setDrawBase(False)
            bar.setExpanding(False)
            bar.installEventFilter(self)
            titled = {dock.windowTitle(): dock for dock in self._docks}
            docks = [titled.get(bar.tabText(at)) for at in range(bar.count())]
            known = [dock for dock in docks if dock is not None]
            if len(known) > 1 and bar.isVisible():
                self._fit(bar, known)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A side became wider or narrower."""
        if event.type() == QEvent.Type.Resize:
            self._soon.start()
        return super().eventFilter(watched, event)

    def _fit(self, bar: QTabBar, docks: list[Dock]) -> None:
        room = bar.width()
        short, tight = next((step for step in _STEPS if _needed(docks, *step) <= room), _STEPS[-1])
        low = self._window.dockWidgetArea(docks[0]) == Qt.DockWidgetArea.BottomDockWidgetArea
        for name, wanted in (("tight", tight), ("low", low)):
            if bar.property(name) != wanted:
                restyle(bar, name, wanted)
                QApplication.sendEvent(bar, QEvent(QEvent.Type.StyleChange))  # else its tabs keep their sizes
        for at, dock in enumerate(docks):
            dock.shorten_title(short)
            bar.setTabToolTip(at, tip(f"{dock.title(0)} ({dock.keys})"))


def _needed(docks: Sequence[Dock], short: int, tight: bool) -> int:
    """Pixels of the tabs of these docks; the widest one may be the one in front, which is bold."""
    pixels = TAB_PIXELS[tight]
    plain, bold = QFontMetrics(sized(pixels)), QFontMetrics(sized(pixels, bold=True))
    titles = [dock.title(short) for dock in docks]
    widths = [plain.horizontalAdvance(title) for title in titles]
    more = max(bold.horizontalAdvance(title) - width for title, width in zip(titles, widths, strict=True))
    return sum(widths) + more + (2 * TAB_PADDING[tight] + 1) * len(docks)  # the style rounds each up
