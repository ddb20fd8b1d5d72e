"""The legend: every sign of the map with what it means."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from cop.map.legend import SAMPLE_PX, Legend, Section
from cop.map.palette import Palette
from cop.map.symbols import UnitDrawing, unit_symbol
from cop.picture.change import Change
from cop.ui.desk import Desk
from cop.ui.dock import Dock
from cop.ui.labels import Label, button

_COLUMNS = 2
#: the tallest samples are those of units in emergency; the others stand closer
_ROW_PX = 44


class LegendDock(Dock):
    """Made from the tables that the map is drawn with, when it first comes into sight."""

    side = Qt.DockWidgetArea.RightDockWidgetArea
    keys = "Ctrl+8"
    closed_as_delivered = True

    def __init__(self, desk: Desk, palette: Palette, *, draw_unit: UnitDrawing = unit_symbol) -> None:
        super().__init__("Legend", "legend_dock", desk, palette)
        self.content.setMinimumWidth(340)
        self._draw_unit = draw_unit
        self._stale = True
        self.close_button = button("Close", "small", name="Close the legend")
        self.close_button.clicked.connect(self.hide)
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(14, 10, 12, 6)
        line.addWidget(Label("What the signs on the map mean", "muted", wrap=True), 1)
        line.addWidget(self.close_button)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName("Legend of the map")
        self.lines.addWidget(head)
        self.lines.addWidget(self.area, 1)
        self.content.setFocusProxy(self.area)

    def apply(self, change: Change) -> None:
        """An agency has come, or has another name or colour: it is said within a second, however many come at once."""
        self._stale = self._stale or bool(change.agencies)

    def tick(self) -> None:
        """Say what has come in the last second; to make all signs anew takes three frames."""
        if self._stale and self.isVisible():
            self.refresh()

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        super().set_palette(palette)
        self._let_go()

    def refresh(self) -> None:
        """Make it, if there is none yet for this theme and these agencies."""
        if not self._stale:
            return
        self._stale = False
        kept = self.area.verticalScrollBar().value()
        legend = Legend(self.desk.picture, self.colours, self.devicePixelRatioF(), draw_unit=self._draw_unit)
        page = QWidget()
        page.setObjectName("dock")
        lines = QVBoxLayout(page)
        lines.setContentsMargins(14, 4, 10, 14)
        lines.setSpacing(2)
        for section in legend.sections():
            self._add_section(lines, section)
        lines.addStretch(1)
        self.area.setWidget(page)
        self.area.verticalScrollBar().setValue(kept)

    def _let_go(self) -> None:
        self._stale = True
        if self.isVisible():
            self.refresh()

    def _add_section(self, lines: QVBoxLayout, section: Section) -> None:
        title = Label(section.title.upper(), "section")
        title.setContentsMargins(0, 12, 0, 2)
        lines.addWidget(title)
        if section.note:
            lines.addWidget(Label(section.note, "muted", wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(0)
        rows = -(-len(section.entries) // _COLUMNS)
        for at, entry in enumerate(section.entries):
            row, column = at % rows, at // rows
            image = entry.draw()
            image.setDevicePixelRatio(self.devicePixelRatioF())
            sample = QLabel()
            sample.setPixmap(QPixmap.fromImage(image))
            sample.setFixedSize(SAMPLE_PX, max(_ROW_PX, round(image.deviceIndependentSize().height())))
            sample.setAlignment(Qt.AlignmentFlag.AlignCenter)
            text = Label(entry.text, wrap=True)
            text.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(sample, row, 2 * column)
            grid.addWidget(text, row, 2 * column + 1)
        for column in range(_COLUMNS):
            grid.setColumnStretch(2 * column + 1, 1)
        lines.addLayout(grid)
