"""The main window: map in the middle, docks around it, one selection for all of them."""

from typing import Literal

from PySide6.QtCore import QByteArray, QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QFrame, QMainWindow, QTabWidget, QVBoxLayout, QWidget

from cop.domain.incident import Incident
from cop.domain.resource import Resource
from cop.map.palette import RESOURCES, Palette, load_palette
from cop.map.view import MapView
from cop.picture.change import Change, Key
from cop.ui import feed_words, wording
from cop.ui.actions import add_actions
from cop.ui.banner import Banners, Notice
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.dialogs.assign_task import AssignTaskDialog
from cop.ui.dialogs.decline import DeclineDialog
from cop.ui.dialogs.mark_resource import MarkResourceDialog
from cop.ui.dialogs.open_incident import OpenIncidentDialog
from cop.ui.dialogs.write_log import WriteLogDialog
from cop.ui.dock import Dock
from cop.ui.feed_dock import FeedDock
from cop.ui.incident_dock import IncidentDock
from cop.ui.keys_dialog import KeysDialog
from cop.ui.leads import Leads
from cop.ui.places import load_places
from cop.ui.resource_dock import ResourceDock, why_not_mark
from cop.ui.search import Hit, SearchField, find
from cop.ui.selection_panel import SelectionPanel
from cop.ui.task_board import TaskBoard
from cop.ui.task_words import inbox, task_of
from cop.ui.theme import qt_palette, stylesheet, ui_font
from cop.ui.top_bar import TopBar
from cop.ui.unit_dock import UnitDock

_STATE_VERSION = 1
_CONNECTING_S = 10.0


class MainWindow(QMainWindow):
    """Listens to the desk, hands each change to map and docks, and turns what a person does into the desk's actions."""

    def __init__(
        self,
        desk: Desk,
        map_view: MapView,
        palette: Palette,
        settings: QSettings,
        *,
        operation: str = "Operation Steel Rail",
        period: str = "",
    ) -> None:
        super().__init__()
        self.desk = desk
        self.map_view = map_view
        self.colours = palette
        self.incident: Key | None = None  # the last one selected: what A and L are about
        self._settings = settings
        self._leads = Leads(desk.ground)
        self.setWindowTitle(f"COP — {'EXERCISE — ' if desk.exercise else ''}{wording.one_line(operation)}")
        self.setFont(ui_font())
        self.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AnimatedDocks
        )
        self.setDocumentMode(True)
        self.setCentralWidget(map_view)
        self._build_docks()
        self.window_actions = self._build_actions()
        self._build_head(operation, period)
        self.notice = Notice(map_view)
        self._edge: QFrame | None = None
        if desk.exercise:
            self._edge = QFrame(self)
            self._edge.setObjectName("window_edge")
            self._edge.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            self.setContentsMargins(4, 4, 4, 4)
        self._default_layout()
        self._wire()
        saved = settings.value("theme")
        self.set_palette_name(saved if saved in {"dark", "light"} else palette.name)
        self._restore()
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self._say_broker()

    # for app.py

    def show_banner(self, text: str, level: str = "bad", source: str = "app") -> None:
        """Say something across the window until the same source clears it; level is `bad` or `warn`."""
        self.banners.show_banner(text, level, source, dismissable=source == "bug")

    def clear_banner(self, source: str = "app") -> None:
        """This source has nothing more to say."""
        self.banners.clear_banner(source)

    def set_palette_name(self, name: Literal["dark", "light"]) -> None:
        """Wear a theme: windows and map."""
        self.colours = load_palette(name)
        self.setPalette(qt_palette(self.colours))
        self.setStyleSheet(stylesheet(self.colours))
        self.map_view.set_palette(self.colours)
        self.top_bar.set_palette(self.colours)
        for dock in self.docks:
            dock.set_palette(self.colours)

    # building

    def _build_docks(self) -> None:
        desk, palette = self.desk, self.colours
        self.incident_dock = IncidentDock(desk, self._leads, palette)
        self.unit_dock = UnitDock(desk, palette)
        self.resource_dock = ResourceDock(desk, palette)
        self.task_board = TaskBoard(desk, palette)
        self.selection_panel = SelectionPanel(desk, self._leads, palette)
        self.feed_dock = FeedDock(desk, palette)
        self.docks: tuple[Dock, ...] = (
            self.incident_dock,
            self.unit_dock,
            self.resource_dock,
            self.task_board,
            self.selection_panel,
            self.feed_dock,
        )
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.TopLeftCorner):
            self.setCorner(corner, Qt.DockWidgetArea.LeftDockWidgetArea)
        for corner in (Qt.Corner.BottomRightCorner, Qt.Corner.TopRightCorner):
            self.setCorner(corner, Qt.DockWidgetArea.RightDockWidgetArea)

    def _default_layout(self) -> None:
        areas = Qt.DockWidgetArea
        for dock in self.docks:
            dock.setFloating(False)
            self.removeDockWidget(dock)
        for dock in (self.incident_dock, self.unit_dock, self.resource_dock):
            self.addDockWidget(areas.LeftDockWidgetArea, dock)
        self.addDockWidget(areas.BottomDockWidgetArea, self.task_board)
        self.addDockWidget(areas.BottomDockWidgetArea, self.feed_dock)
        self.addDockWidget(areas.RightDockWidgetArea, self.selection_panel)
        self.tabifyDockWidget(self.incident_dock, self.unit_dock)
        self.tabifyDockWidget(self.unit_dock, self.resource_dock)
        self.tabifyDockWidget(self.task_board, self.feed_dock)
        for dock in self.docks:
            dock.show()
        self.feed_dock.hide()
        self.incident_dock.raise_()
        self.resizeDocks([self.incident_dock, self.selection_panel], [400, 372], Qt.Orientation.Horizontal)
        self.resizeDocks([self.task_board], [214], Qt.Orientation.Vertical)

    def _build_actions(self) -> list:  # type: ignore[type-arg]
        return add_actions(
            self,
            {
                "open_incident": self.open_incident,
                "assign_task": self.assign_task,
                "request_resource": self.request_resource,
                "mark_resource": self._mark_selected,
                "write_log": self.write_log,
                "next_request": self.next_request,
                "all_tasks": self.task_board.everything.toggle,
                "search": self._search,
                "clear_selection": lambda: self.select("", "", ""),
                "show_incidents": lambda: self._show_dock(self.incident_dock),
                "show_units": lambda: self._show_dock(self.unit_dock),
                "show_resources": lambda: self._show_dock(self.resource_dock),
                "show_tasks": lambda: self._show_dock(self.task_board),
                "show_selection": lambda: self._show_dock(self.selection_panel),
                "show_feeds": lambda: self._show_dock(self.feed_dock),
                "fit_map": self.map_view.fit,
                "change_theme": self.change_theme,
                "default_layout": self._default_layout,
                "show_keys": lambda: KeysDialog(self.window_actions, self).open(),
            },
        )

    def _build_head(self, operation: str, period: str) -> None:
        places = load_places(RESOURCES / "region" / "places.geojson")
        head = QWidget()
        self.search = SearchField(lambda text: find(self.desk, places, self.window_actions, text), self)
        self.top_bar = TopBar(self.desk, self.search, self.colours, operation=operation, period=period)
        self.banners = Banners()
        lines = QVBoxLayout(head)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self.top_bar)
        lines.addWidget(self.banners)
        self.setMenuWidget(head)

    def _wire(self) -> None:
        desk, panel = self.desk, self.selection_panel
        desk.changed.connect(self.apply)
        desk.refused.connect(self.notice.say)
        self.map_view.selected.connect(self.select)
        self.map_view.open_incident_asked.connect(self.open_incident)
        self.map_view.task_asked.connect(self.assign_task)
        for dock in self.docks:
            dock.selected.connect(self._select_and_show)
        self.incident_dock.open_button.clicked.connect(lambda: self.open_incident())
        self.resource_dock.mark_asked.connect(self.mark_resource)
        self.task_board.answer_asked.connect(self.answer_task)
        panel.assign_asked.connect(self.assign_task)
        panel.log_asked.connect(self.write_log)
        panel.resources_asked.connect(self.request_resource)
        panel.mark_asked.connect(self.mark_resource)
        panel.answer_asked.connect(self.answer_task)
        panel.cancel_asked.connect(self.cancel_task)
        panel.place_asked.connect(self._show_place)
        self.search.taken.connect(self._take_hit)
        self.top_bar.feeds_asked.connect(lambda: self._show_dock(self.feed_dock))
        self.top_bar.inbox_asked.connect(self.next_request)
        self.top_bar.theme_asked.connect(self.change_theme)

    # what arrives

    def apply(self, change: Change) -> None:
        """One pulse, or one action of ours: map and docks redraw what changed."""
        self.map_view.apply(change)
        for dock in self.docks:
            dock.apply(change)
        if change.feeds or change.tasks or change.agencies:
            self.top_bar.refresh()
        if change.broker:
            self._say_broker()
        for key in change.delivered:
            delivered = self.desk.picture.deliveries[key]
            if delivered.state == "refused":
                self.notice.say(f"Not sent: {wording.one_line(delivered.reason) or 'refused by the broker'}.")

    def tick(self) -> None:
        """A second has passed."""
        self.map_view.tick()
        self.top_bar.tick()
        for dock in self.docks:
            dock.tick()
        self._say_broker()

    def _say_broker(self) -> None:
        broker = self.desk.picture.broker
        text = feed_words.broker_banner(broker)
        if broker is not None and broker.state == "connecting" and broker.since is not None:
            seconds = (self.desk.now() - broker.since).total_seconds()
            text = (
                f"Broker not reached since {wording.clock(broker.since)} — positions are not updating"
                if seconds > _CONNECTING_S
                else ""
            )
        if text:
            self.banners.show_banner(text, "bad", "broker")
        else:
            self.banners.clear_banner("broker")
        error = wording.one_line(broker.journal_error) if broker is not None else ""
        if error:
            self.banners.show_banner(f"Journal cannot be written — nothing is on record: {error}", "bad", "journal")
        else:
            self.banners.clear_banner("journal")

    # selection

    def select(self, kind: str, agency: str, object_id: str) -> None:
        """One selection for map and docks; an empty kind clears it."""
        if kind == "incident":
            self.incident = (agency, object_id)
        for dock in self.docks:
            dock.set_selection(kind, agency, object_id)
        on_map = (kind, agency, object_id)
        if kind == "task" and (report := self.desk.picture.tasks.get((agency, object_id))) is not None:
            on_map = ("unit", task_of(report).assignee_agency, task_of(report).unit)
        elif kind == "resource":
            on_map = ("", "", "")
        self.map_view.set_selection(*on_map)

    def _select_and_show(self, kind: str, agency: str, object_id: str) -> None:
        self.select(kind, agency, object_id)
        where = self._where(kind, (agency, object_id))
        if where is not None:
            self.map_view.show_place(*where)

    def _where(self, kind: str, key: Key) -> tuple[float, float] | None:
        picture = self.desk.picture
        if kind == "unit" and (row := picture.tracks.row_of(*key)) is not None:
            lat, lon = float(picture.tracks.lat[row]), float(picture.tracks.lon[row])
            return (lat, lon) if lat == lat else None  # NaN: never located
        table = {"incident": picture.incidents, "resource": picture.resources}.get(kind, {})
        report = table.get(key)
        body = report.body if report is not None else None
        if isinstance(body, Incident | Resource) and body.lat is not None and body.lon is not None:
            return body.lat, body.lon
        return None

    def _take_hit(self, hit: Hit) -> None:
        if hit.action is not None:
            hit.action.trigger()
        elif hit.place is not None:
            self.map_view.show_place(hit.place.lat, hit.place.lon, hit.place.metres_across)
        else:
            self._select_and_show(hit.kind.lower(), hit.agency, hit.id)
            dock = {"Unit": self.unit_dock, "Incident": self.incident_dock, "Resource": self.resource_dock}[hit.kind]
            dock.raise_()

    def _show_place(self, lat: float, lon: float) -> None:
        self.map_view.show_place(lat, lon)

    # actions

    def open_incident(self, lat: float | None = None, lon: float | None = None) -> None:
        """The dialog that opens an incident, at a place of the map if one was clicked."""
        if self._allowed("open_incident"):
            self._open(OpenIncidentDialog(self.desk, lat=lat, lon=lon, parent=self))

    def assign_task(self, agency: str = "", unit: str = "") -> None:
        """The dialog that asks for a unit: this one, else the selected one, else any."""
        if not self._allowed("assign_task"):
            return
        wanted: Key | None = (agency, unit) if unit else None
        if wanted is None and self.selection_panel.kind == "unit":
            wanted = self.selection_panel.key
        self._open(AssignTaskDialog(self.desk, self.colours, incident=self.incident, unit=wanted, parent=self))

    def answer_task(self, agency: str, object_id: str, state: str) -> None:
        """Answer a request; declining and countering ask for the reason first."""
        report = self.desk.picture.tasks.get((agency, object_id))
        if report is None or not self._allowed("answer_task"):
            return
        if state in {"declined", "countered"}:
            self._open(DeclineDialog(self.desk, report, state, self))
        else:
            self.desk.answer_task(report, state)

    def cancel_task(self, agency: str, object_id: str) -> None:
        """Take our own request back."""
        report = self.desk.picture.tasks.get((agency, object_id))
        if report is not None:
            self.desk.cancel_task(report)

    def mark_resource(self, agency: str, object_id: str) -> None:
        """The dialog that marks one of our resources."""
        report = self.desk.picture.resources.get((agency, object_id))
        reason = why_not_mark(self.desk, report.key if report is not None else None)
        if report is None or reason is not None:
            self.notice.say(reason or "That resource is not in the picture.")
            return
        self._open(MarkResourceDialog(self.desk, report, self))

    def request_resource(self) -> None:
        """The resource board, showing what is available."""
        self._show_dock(self.resource_dock)
        self.resource_dock.filter.setText("available")

    def write_log(self) -> None:
        """The dialog that writes in the log."""
        if self._allowed("write_log"):
            self._open(WriteLogDialog(self.desk, self.incident, self))

    def next_request(self) -> None:
        """The longest waiting request to our agency."""
        waiting = inbox(self.desk)
        if not waiting:
            self.notice.say("No request to our agency waits for an answer.")
            return
        self._show_dock(self.task_board)
        self._select_and_show("task", *waiting[0].key)

    def change_theme(self) -> None:
        """From dark to light and back; remembered."""
        self.set_palette_name("light" if self.colours.name == "dark" else "dark")
        self._settings.setValue("theme", self.colours.name)

    def _mark_selected(self) -> None:
        panel = self.selection_panel
        if panel.kind == "resource":
            self.mark_resource(*panel.key)
        else:
            self.notice.say(why_not_mark(self.desk, None) or "")

    def _search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _allowed(self, action: str) -> bool:
        refusal = self.desk.may(action)
        if refusal is not None:
            self.notice.say(refusal.reason)
        return refusal is None

    def _open(self, dialog: ActionDialog) -> None:
        self.dialog = dialog
        dialog.open()

    def _show_dock(self, dock: Dock) -> None:
        dock.show()
        dock.raise_()
        first = dock.content.nextInFocusChain()
        (first if first is not None and dock.content.isAncestorOf(first) else dock.content).setFocus()

    # the window itself

    def _restore(self) -> None:
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(min(1920, screen.width()), min(1080, screen.height()))
        geometry, state = self._settings.value("geometry"), self._settings.value("state")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        if isinstance(state, QByteArray):
            self.restoreState(state, _STATE_VERSION)
        for dock in self.docks:
            dock.restore(self._settings)

    def save_layout(self) -> None:
        """Remember the window as it is now."""
        self._settings.setValue("geometry", self.saveGeometry())
        self._settings.setValue("state", self.saveState(_STATE_VERSION))
        for dock in self.docks:
            dock.save(self._settings)
        self._settings.sync()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The layout is remembered."""
        self.save_layout()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The exercise's edge goes all around."""
        super().resizeEvent(event)
        if self._edge is not None:
            self._edge.setGeometry(self.rect())
            self._edge.raise_()
