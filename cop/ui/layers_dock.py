"""The dock of the main map's layers and of its filter."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from cop.map.palette import Palette
from cop.map.view import MapView
from cop.picture.change import Change
from cop.ui.desk import Desk
from cop.ui.dock import Dock
from cop.ui.filter_panel import FilterPanel
from cop.ui.labels import Label, button
from cop.ui.layers_panel import LayersPanel


class MapPanels(QWidget):
    """Layers and filter of one map, as two tabs; any map window has them."""

    def __init__(self, desk: Desk, map_view: MapView) -> None:
        super().__init__()
        self.layers = LayersPanel(map_view)
        self.filter = FilterPanel(desk, map_view)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        for panel, words in ((self.layers, "Layers"), (self.filter, "Filter units")):
            page = QWidget()
            lines = QVBoxLayout(page)
            lines.setContentsMargins(16, 10, 10, 10)
            lines.addWidget(panel)
            self.tabs.addTab(page, words)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.tabs)
        self.setFocusProxy(self.tabs)

    def refresh(self) -> None:
        """Show anew what is in sight."""
        if self.layers.isVisible():
            self.layers.refresh()
        if self.filter.isVisible():
            self.filter.refresh()


class LayersDock(Dock):
    """Comes up from the map's button; closed as delivered."""

    side = Qt.DockWidgetArea.LeftDockWidgetArea
    keys = "Ctrl+L"
    closed_as_delivered = True

    def __init__(self, desk: Desk, map_view: MapView, palette: Palette) -> None:
        super().__init__("Layers", "layers_dock", desk, palette)
        self.name = "Layers and filter: hide or show"
        self.content.setMinimumWidth(330)
        self.panels = MapPanels(desk, map_view)
        self.close_button = button("Close", "small", name="Close the layers")
        self.close_button.clicked.connect(self.hide)
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(16, 10, 12, 0)
        line.addWidget(Label("What the map shows", "muted"), 1)
        line.addWidget(self.close_button)
        self.lines.addWidget(head)
        self.lines.addWidget(self.panels, 1)
        self.content.setFocusProxy(self.panels)

    def apply(self, change: Change) -> None:
        """New agencies and kinds come with what is heard: `tick` counts them."""

    def tick(self) -> None:
        """Count anew while somebody looks."""
        if self.in_sight():
            self.panels.refresh()

    def refresh(self) -> None:
        """It has just come into sight."""
        self.panels.refresh()
