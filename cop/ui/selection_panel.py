"""The selection panel: one page for each kind of object."""

import functools

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from cop.map.palette import Palette
from cop.picture.change import Change, Key
from cop.ui import drag_out
from cop.ui.area_pages import AlertPage, ZonePage
from cop.ui.carrying import Pickup, Taken, carry
from cop.ui.desk import Desk
from cop.ui.dock import Dock
from cop.ui.incident_page import IncidentPage
from cop.ui.labels import Label
from cop.ui.object_pages import ResourcePage, UnitPage
from cop.ui.page import Page
from cop.ui.task_page import TaskPage


class SelectionPanel(Dock):
    """What is selected, wherever it was selected."""

    side = Qt.DockWidgetArea.RightDockWidgetArea
    keys = "Ctrl+5"

    assign_asked = Signal(str, str)
    send_asked = Signal(object, object)
    log_asked = Signal()
    resources_asked = Signal()
    mark_asked = Signal(str, str)
    answer_asked = Signal(str, str, str)
    cancel_asked = Signal(str, str)
    place_asked = Signal(float, float)
    zone_asked = Signal(str, str, str)

    def __init__(self, desk: Desk, palette: Palette) -> None:
        super().__init__("Selection", "selection_panel", desk, palette)
        self.content.setMinimumWidth(320)
        self.kind = ""
        self.key: Key = ("", "")
        self.incident_page = IncidentPage(desk)
        self.pages: dict[str, Page] = {
            "incident": self.incident_page,
            "unit": UnitPage(desk),
            "resource": ResourcePage(desk),
            "task": TaskPage(desk),
            "zone": ZonePage(desk),
            "alert": AlertPage(desk),
        }
        self._stack = QStackedWidget()
        nothing = QWidget()
        lines = QVBoxLayout(nothing)
        lines.setContentsMargins(14, 14, 14, 14)
        lines.addWidget(Label("Nothing is selected", "heading", wrap=True))
        lines.addWidget(
            Label("Choose an incident, a unit, a resource or a task. F1 lists the keys.", "muted", wrap=True)
        )
        lines.addStretch(1)
        self._areas: dict[str, QWidget] = {"": nothing}
        self._stack.addWidget(nothing)
        for kind, page in self.pages.items():
            area = QScrollArea()
            area.setWidget(page)
            area.setWidgetResizable(True)
            area.setFrameShape(QFrame.Shape.NoFrame)
            area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            area.setAccessibleName(f"Selected {kind}")
            self._areas[kind] = area
            self._stack.addWidget(area)
            page.assign_asked.connect(self.assign_asked)
            page.send_asked.connect(self.send_asked)
            page.log_asked.connect(self.log_asked)
            page.resources_asked.connect(self.resources_asked)
            page.mark_asked.connect(self.mark_asked)
            page.answer_asked.connect(self.answer_asked)
            page.cancel_asked.connect(self.cancel_asked)
            page.place_asked.connect(self.place_asked)
            page.zone_asked.connect(self.zone_asked)
            page.selected.connect(self.selected)
            if kind in drag_out.KINDS:
                Pickup(page.heading, functools.partial(self._taken, kind), self._carry)
                page.heading.setCursor(Qt.CursorShape.OpenHandCursor)
                page.heading.setToolTip("Drag it to another program, as a file")
        self.lines.addWidget(self._stack)

    def set_selection(self, kind: str, agency: str, object_id: str) -> None:
        """Turn to this object; a kind without a page shows nothing."""
        self.kind = kind if kind in self.pages else ""
        self.key = (agency, object_id)
        area = self._areas[self.kind]
        if isinstance(area, QScrollArea):
            area.verticalScrollBar().setValue(0)
        self._stack.setCurrentWidget(area)
        if self.kind:
            self.pages[self.kind].show_object(self.key)

    def _taken(self, kind: str, _at: QPoint) -> Taken:
        """What is shown, as far as it is there."""
        return (kind, (self.key,)) if drag_out.object_words(self.desk.picture, kind, self.key) else ("", ())

    def _carry(self, taken: Taken) -> None:
        carry(self, self.desk, self.colours, taken)

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        super().set_palette(palette)
        self.incident_page.nearest.colours = palette

    def apply(self, change: Change) -> None:
        """Redraw if the pulse concerns what is shown."""
        if self.kind and self.pages[self.kind].concerns(change):
            self.pages[self.kind].refresh()

    def refresh(self) -> None:
        """Read everything anew."""
        if self.kind:
            self.pages[self.kind].refresh()

    def tick(self) -> None:
        """Ages move."""
        if self.kind and self.in_sight():
            self.pages[self.kind].tick()
