"""A further map in a window of its own, for another screen: its own view, layers and filter, the desk's selection."""

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from cop.map.palette import Palette
from cop.map.view import MapView
from cop.ui import wording
from cop.ui.banner import Banners, Notice
from cop.ui.desk import Desk
from cop.ui.edges import Edges, badges, kind_words, say_time
from cop.ui.labels import Label
from cop.ui.layers_dock import MapPanels
from cop.ui.theme import stylesheet

_SIZE = (1280, 800)
_PANEL_PX = 360


class MapWindow(QMainWindow):
    """A map, what the window says across it, and its layers at its side. F11 fills the screen, Ctrl+W closes."""

    closed = Signal(object)  # itself

    def __init__(self, number: int, desk: Desk, map_view: MapView, palette: Palette, operation: str) -> None:
        super().__init__()
        self.number = number
        self.map_view = map_view
        self._desk = desk
        self.setObjectName(f"map_window_{number}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        words = ("COP", *kind_words(desk), f"Map {number}", operation)
        self.setWindowTitle(" — ".join(word for word in words if word))
        self.resize(*_SIZE)
        self.setCentralWidget(map_view)
        self.panels = MapPanels(desk, map_view)
        self._panel = QDockWidget("Layers")
        self._panel.setObjectName("map_window_layers")
        self._panel.setWidget(self.panels)
        self.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self._panel)
        self.resizeDocks([self._panel], [_PANEL_PX], Qt.Orientation.Horizontal)
        self._panel.hide()
        self._panel.visibilityChanged.connect(lambda shown: self.panels.refresh() if shown else None)
        self.notice = Notice(map_view)
        self.banners = Banners()
        self._clock = Label()
        self._clock.setObjectName("clock")
        self._clock.setProperty("past", desk.past)
        self._badges = badges(desk)
        self.setMenuWidget(self._head(operation))
        Edges(self, desk)
        map_view.layers_asked.connect(self.show_layers)
        self.add_action("Layers of the map", "Ctrl+L", self.show_layers)
        self.add_action("Fill the screen", "F11", self.fill_screen)
        self.add_action("Close the window", "Ctrl+W", self.close)
        self.set_palette(palette)
        self.tick()

    def add_action(self, words: str, keys: str, act: object) -> None:
        """Bind keys in this window alone."""
        action = QAction(words, self)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _=False: act())  # type: ignore[operator]  # QWidget.close returns a bool
        self.addAction(action)

    def set_palette(self, palette: Palette) -> None:
        """Wear a theme."""
        self.setStyleSheet(stylesheet(palette))
        self.map_view.set_palette(palette)

    def say_banners(self, said: Sequence[str]) -> None:
        """What the desk's window says across itself is said here too: a wall must not show old places as fresh."""
        for text in self.banners.texts():
            if text not in said:
                self.banners.clear_banner(text)
        for text in said:
            if text not in self.banners.texts():
                self.banners.show_banner(text, "bad", text)

    def tick(self) -> None:
        """A second has passed."""
        self.map_view.tick()
        self._clock.setText(wording.clock(self._desk.now(), seconds=True))
        say_time(self._badges[0], self._desk)
        if self._panel.isVisible():
            self.panels.refresh()

    def show_layers(self) -> None:
        """Show or hide the layers at the side."""
        self._panel.setVisible(not self._panel.isVisible())

    def fill_screen(self) -> None:
        """Fill the screen, or be a window again."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def geometry_state(self) -> str:
        """Where it stands, for the settings."""
        return bytes(self.saveGeometry().toBase64().data()).decode("ascii")

    def restore_geometry_state(self, state: str) -> None:
        """Stand where it stood."""
        self.restoreGeometry(QByteArray.fromBase64(state.encode("ascii", "ignore")))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closed by hand: it is not opened again at the next start."""
        super().closeEvent(event)
        self.closed.emit(self)

    def _head(self, operation: str) -> QWidget:
        head, bar = QWidget(), QWidget()
        bar.setObjectName("top_bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.setFixedHeight(36)
        line = QHBoxLayout(bar)
        line.setContentsMargins(14, 0, 14, 0)
        line.setSpacing(12)
        for badge in self._badges:
            line.addWidget(badge, 0, Qt.AlignmentFlag.AlignVCenter)
        title = Label(operation)
        title.setObjectName("operation")
        line.addWidget(title)
        line.addWidget(Label(f"Map {self.number}", "muted"))
        line.addStretch(1)
        line.addWidget(self._clock)
        lines = QVBoxLayout(head)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(bar)
        lines.addWidget(self.banners)
        return head
