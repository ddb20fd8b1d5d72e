"""The main window: map in the middle, docks around it, one selection for all of them."""

import functools
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal, TypeVar

from PySide6.QtCore import QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QVBoxLayout, QWidget

from cop.domain.notation import why_not
from cop.map.palette import RESOURCES, Palette, load_palette
from cop.map.view import MapView
from cop.picture.change import Change
from cop.ui import wording
from cop.ui.actions import add_actions
from cop.ui.agreements_dock import AgreementsDock
from cop.ui.alert_dock import AlertDock
from cop.ui.banner import Banners, Notice
from cop.ui.conflicts_dock import ConflictsDock
from cop.ui.desk import Desk
from cop.ui.dialogs.opener import Dialogs
from cop.ui.dock import Dock
from cop.ui.drag_out import object_words
from cop.ui.edges import Edges, kind_words
from cop.ui.feed_dock import FeedDock
from cop.ui.files_in import FilesIn
from cop.ui.inbox_dock import InboxDock
from cop.ui.incident_dock import IncidentDock
from cop.ui.keys_dialog import KeysDialog
from cop.ui.layers_dock import LayersDock
from cop.ui.layout import Layout
from cop.ui.legend_dock import LegendDock
from cop.ui.maps import Maps
from cop.ui.near_section import NEAR
from cop.ui.news import News
from cop.ui.places import load_places
from cop.ui.proposals import Proposals
from cop.ui.requests_dock import RequestsDock
from cop.ui.resource_dock import ResourceDock
from cop.ui.search import Hit, SearchField, find, why_no_cell
from cop.ui.selection_panel import SelectionPanel
from cop.ui.share_menu import Sharing
from cop.ui.task_board import TaskBoard
from cop.ui.task_words import task_of
from cop.ui.theme import qt_palette, stylesheet, ui_font
from cop.ui.top_bar import TopBar
from cop.ui.unit_dock import UnitDock
from cop.ui.what_is_here import WhatIsHere
from cop.ui.zone_work import ZoneWork

_LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
#: so long the queue may fill before a desk that starts shows what is most urgent
_FIRST_CHOICE_AFTER_S = 3

_Dock = TypeVar("_Dock", bound=Dock)


class MainWindow(QMainWindow):
    """Listens to the desk, hands each change to map and docks, and turns what a person does into the desk's actions."""

    closed = Signal()
    palette_changed = Signal(object)  # Palette: it wears another theme

    def __init__(
        self,
        desk: Desk,
        map_view: MapView,
        palette: Palette,
        settings: QSettings,
        *,
        operation: str = "Operation Steel Rail",
        period: str = "",
        make_map: Callable[[], MapView] | None = None,
        first_docks: Sequence[Callable[[Desk, Palette], Dock]] = (),
    ) -> None:
        """`make_map` builds a further map of the same picture, for a window of its own.

        `first_docks` are those that not every desk has: they stand before the others of their side.
        """
        super().__init__()
        self.desk = desk
        self.selection = ("", "", "")
        self._first_choice_in_s = _FIRST_CHOICE_AFTER_S  # 0: somebody has chosen
        self._looked = False
        self.map_view = map_view
        self.colours = palette
        self.dialogs = Dialogs(desk, self)
        self.sharing = Sharing(desk, settings, self)
        self.sharing.seen = map_view.moves.ground_seen
        self._settings = settings
        self._operation = wording.one_line(operation)
        self._say_title()
        QApplication.setFont(ui_font())
        self.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AnimatedDocks
        )
        self.setDocumentMode(True)
        middle = QWidget()
        self._middle = QVBoxLayout(middle)  # the map, and what stands below it
        self._middle.setContentsMargins(0, 0, 0, 0)
        self._middle.setSpacing(0)
        self._middle.addWidget(map_view, 1)
        self.setCentralWidget(middle)
        self.notice = Notice(map_view)
        self.maps = Maps(map_view, desk, settings, operation=self._operation, say=self.notice.say, make_map=make_map)
        self.files_in = FilesIn(desk, self, incident=lambda: self.dialogs.incident, view=map_view)
        self._build_docks(first_docks)
        self.window_actions = self._build_actions()
        self._build_head(operation, period)
        Edges(self, desk)
        self._wire()
        self._given_theme = palette.name
        # what was chosen by hand holds for as long as the start asks for the same theme as then
        saved = settings.value("theme") if settings.value("theme_instead_of") == palette.name else None
        self.set_palette_name(saved if saved in {"dark", "light"} else palette.name)
        self.layout_of_docks.restore(settings)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self._news.say_broker()

    # for app.py

    def show_banner(self, text: str, level: str = "bad", source: str = "app") -> None:
        """Say something across the window until the same source clears it; level is `bad` or `warn`."""
        self.banners.show_banner(text, level, source, dismissable=True)

    def clear_banner(self, source: str = "app") -> None:
        """This source has nothing more to say."""
        self.banners.clear_banner(source)

    def keep_free_below_map(self, height: int) -> None:
        """So many pixels are for what comes below the map later: the map does not jump then."""
        self._middle.setContentsMargins(0, 0, 0, height)

    def put_below_map(self, widget: QWidget) -> None:
        """Give a widget a row of its own between map and docks."""
        self.keep_free_below_map(0)
        self._middle.addWidget(widget)

    def remember(self) -> QSettings:
        """Put into the settings how the window stands now."""
        self.layout_of_docks.save(self._settings)
        self.maps.save()
        return self._settings

    def say_across(self, strip: QWidget) -> None:
        """Give a strip a row of its own below the top bar."""
        self._head.addWidget(strip)

    def set_palette_name(self, name: Literal["dark", "light"]) -> None:
        """Wear a theme: windows and map."""
        self.colours = load_palette(name)
        self.dialogs.colours = self.colours
        QApplication.setPalette(qt_palette(self.colours))  # a stylesheet keeps a window's own from its dialogs
        self.setStyleSheet(stylesheet(self.colours))
        self.maps.set_palette(self.colours)
        self.top_bar.set_palette(self.colours)
        for dock in self.docks:
            dock.set_palette(self.colours)
        self.palette_changed.emit(self.colours)

    # building

    def _build_docks(self, first_docks: Sequence[Callable[[Desk, Palette], Dock]]) -> None:
        desk, palette = self.desk, self.colours
        self.docks: list[Dock] = []
        for make in first_docks:
            self._add(make(desk, palette))
        self.incident_dock = self._add(IncidentDock(desk, palette))
        self.unit_dock = self._add(UnitDock(desk, palette))
        self.resource_dock = self._add(ResourceDock(desk, palette))
        self.inbox_dock = self._add(InboxDock(desk, palette))
        self.conflicts_dock = self._add(ConflictsDock(desk, palette))
        self.agreements_dock = self._add(AgreementsDock(desk, palette))
        self.alert_dock = self._add(AlertDock(desk, palette))
        self.task_board = self._add(TaskBoard(desk, palette))
        self.requests_dock = self._add(RequestsDock(desk, palette))
        self.selection_panel = self._add(SelectionPanel(desk, palette))
        self.feed_dock = self._add(FeedDock(desk, palette))
        self.layers_dock = self._add(LayersDock(desk, self.map_view, palette))
        self._add(LegendDock(desk, palette, draw_unit=self.map_view.layer_set.units.draw_unit))
        self.layout_of_docks = Layout(self, self.docks)

    def _add(self, dock: _Dock) -> _Dock:
        """Everything that the window does with docks it does with all of these."""
        self.docks.append(dock)
        return dock

    def _build_actions(self) -> list[QAction]:
        return add_actions(
            self,
            {
                "open_incident": self.dialogs.open_incident,
                "assign_task": self._assign,
                "request_resource": self.request_resource,
                "mark_resource": self._mark,
                "write_log": self.dialogs.write_log,
                "next_request": self.next_request,
                "stop_giving": self.agreements_dock.ask_to_stop,
                "all_tasks": self.task_board.everything.toggle,
                "search": self._search,
                "clear_selection": self.clear_selection,
                "share": lambda: self.sharing.open_menu(self.window_actions, self.top_bar.share),
                "share_briefing": self.sharing.briefing,
                "share_forms": lambda: self.sharing.forms(self.dialogs.incident),
                "save_picture": self.save_picture,
                "import_file": self.files_in.open,
                "map_window": self.maps.open_window,
                **self.maps.acts(self.map_view),
                "change_theme": self.change_theme,
                "float_dock": self.float_dock,
                "default_layout": self.layout_of_docks.deliver,
                "show_keys": lambda: KeysDialog(self.window_actions, self).open(),
            },
            self.docks,
            self._show_dock,
        )

    def _build_head(self, operation: str, period: str) -> None:
        self._places = places = load_places(RESOURCES / "region" / "places.geojson")
        head = QWidget()
        self.search = SearchField(
            lambda text: find(
                self.desk, [*self.maps.places(), *places], self.window_actions, text, self.map_view.middle
            ),
            self,
            lambda text: why_not(text, self.map_view.middle) or why_no_cell(self.desk, text),
        )
        self.top_bar = TopBar(self.desk, self.search, self.colours, operation=operation, period=period)
        self.banners = Banners()
        self._news = News(self.desk, self.notice, self.banners, self.inbox_dock.tones)
        lines = self._head = QVBoxLayout(head)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self.top_bar)
        lines.addWidget(self.banners)
        self.setMenuWidget(head)

    def _wire(self) -> None:
        desk, panel, dialogs = self.desk, self.selection_panel, self.dialogs
        desk.changed.connect(self.apply)
        self.maps.selected.connect(self.select)
        self.maps.opened.connect(self._wire_map)
        self.map_view.layers_asked.connect(lambda: self._show_dock(self.layers_dock))
        self.zone_work = self._wire_map(self.map_view)
        dialogs.incident_opened.connect(lambda *key: self._select_and_show("incident", *key))
        for dock in self.docks:
            dock.selected.connect(self._select_and_show)
            dock.assigned.connect(dialogs.send)
        self.incident_dock.open_button.clicked.connect(lambda _: dialogs.open_incident())
        self.resource_dock.mark_asked.connect(dialogs.mark_resource)
        # held: a signal does not keep alive whose method it calls
        self._proposals = Proposals(desk, dialogs, self._select_and_show, self._show_request, self.notice.say)
        self.conflicts_dock.act_asked.connect(self._proposals.act)
        self.task_board.answer_asked.connect(dialogs.answer_task)
        self.inbox_dock.answer_asked.connect(dialogs.answer_task)
        self.inbox_dock.counted.connect(self.top_bar.say_requests)
        self.top_bar.say_requests(*self.inbox_dock.counts())
        panel.assign_asked.connect(dialogs.assign_task)
        panel.send_asked.connect(dialogs.send_units)
        panel.log_asked.connect(dialogs.write_log)
        panel.resources_asked.connect(self.request_resource)
        panel.mark_asked.connect(dialogs.mark_resource)
        panel.answer_asked.connect(dialogs.answer_task)
        panel.cancel_asked.connect(dialogs.cancel_task)
        panel.place_asked.connect(self.maps.show_place)
        panel.zone_asked.connect(self.zone_work.act)
        self.files_in.published.connect(lambda *key: self._select_and_show("zone", *key))
        self.search.taken.connect(self._take_hit)
        self.search.left.connect(self.map_view.setFocus)
        self.top_bar.feeds_asked.connect(lambda: self._show_dock(self.feed_dock))
        self.top_bar.inbox_asked.connect(self.next_request)
        self.top_bar.conflicts_asked.connect(lambda: self._show_dock(self.conflicts_dock))
        self.conflicts_dock.counted_ours.connect(self.top_bar.say_conflicts)
        self.top_bar.say_conflicts(*self.conflicts_dock.counts())
        self.top_bar.alerts_asked.connect(lambda: self._show_dock(self.alert_dock))
        self.top_bar.share_asked.connect(lambda: self.sharing.open_menu(self.window_actions, self.top_bar.share))
        self.top_bar.theme_asked.connect(self.change_theme)
        for number in range(1, NEAR + 1):
            keys = QShortcut(QKeySequence(str(number)), self)
            keys.activated.connect(functools.partial(self._assign, number))
        bar = self.top_bar
        left = [part for dock in self.layout_of_docks.on(_LEFT) for part in dock.stops()]
        for before, after in pairwise(
            (bar.search, bar.dots, bar.alerts, bar.conflicts, bar.inbox, bar.share, bar.theme, *left, self.map_view)
        ):
            QWidget.setTabOrder(before, after)

    def _wire_map(self, view: MapView) -> ZoneWork:
        """What is asked for on any map is asked of the desk."""
        view.open_incident_asked.connect(self.dialogs.open_incident)
        view.task_asked.connect(self.dialogs.assign_task)
        view.assigned.connect(self.dialogs.send)
        view.layer_set.authority.lead_of = self.desk.authority.lead
        view.place_asked.connect(lambda lat, lon: self.say_what_is_here(view, lat, lon))
        work = ZoneWork(self.desk, view, say=self.maps.say_on(view), incident=lambda: self.dialogs.incident)
        work.published.connect(lambda *key: self.select("zone", *key))
        self.files_in.land_on_map(view)
        return work

    def say_what_is_here(self, view: MapView, lat: float, lon: float) -> None:
        """Mark a place on its map and say what is there, in a window that stays until it is closed."""
        view.mark_place(lat, lon, "")
        panel = WhatIsHere(
            self.desk, lat, lon, measures=view.layer_set.measures, places=self._places, parent=view.window()
        )
        panel.selected.connect(self._select_and_show)
        panel.stand_beside(view, view.view.place(lat, lon))
        panel.show()

    # what arrives

    def apply(self, change: Change) -> None:
        """One pulse, or one action of ours: maps and docks redraw what changed."""
        self.maps.apply(change)
        for dock in self.docks:
            dock.apply(change)
        if change.feeds or change.tasks or change.agencies or change.alerts:
            self.top_bar.refresh()
        if change.agencies:
            self._say_title()
        self._news.take(change)

    def tick(self) -> None:
        """A second has passed."""
        self.desk.tick()
        self._news.tick()
        self.maps.tick(self.banners.texts())
        self.top_bar.tick()
        for dock in self.docks:
            dock.tick()
        self._choose_first()

    def _say_title(self) -> None:
        """For who changes between windows: whether it is an exercise, which operation, whose desk."""
        desk = self.desk
        words = ("COP", *kind_words(desk), self._operation)
        who = wording.operator_words(desk.operator, desk.picture)
        self.setWindowTitle(" — ".join(part for part in (*words, who) if part))

    # selection

    def clear_selection(self) -> None:
        """Select nothing, mark no place."""
        self.map_view.clear_mark()
        self.select("", "", "")

    def select(self, kind: str, agency: str, object_id: str) -> None:
        """One selection for map and docks; an empty kind clears it."""
        self._first_choice_in_s = 0
        self.selection = (kind, agency, object_id)
        if kind == "incident":
            self.dialogs.incident = (agency, object_id)
        for dock in self.docks:
            dock.set_selection(kind, agency, object_id)
        on_map = (kind, agency, object_id)
        if kind == "task" and (report := self.desk.picture.tasks.get((agency, object_id))) is not None:
            on_map = ("unit", task_of(report).assignee_agency, task_of(report).unit)
        self.maps.set_selection(*on_map)

    def _choose_first(self) -> None:
        """A desk that starts shows what is most urgent, once its queue had time to fill; the map stays where it is."""
        first = self.incident_dock.first()
        if self._first_choice_in_s and first is not None:
            self._first_choice_in_s -= 1
            if not self._first_choice_in_s:
                self.select("incident", *first)

    def _select_and_show(self, kind: str, agency: str, object_id: str) -> None:
        self.select(kind, agency, object_id)
        self.maps.show_object(kind, (agency, object_id))

    def _take_hit(self, hit: Hit) -> None:
        self.map_view.setFocus(Qt.FocusReason.OtherFocusReason)  # the next key is one of the map's, not a letter
        if hit.action is not None:
            hit.action.trigger()
        elif hit.place is not None:
            self.maps.go_to(hit.place)
        else:
            docks: dict[str, Dock] = {
                "Unit": self.unit_dock,
                "Incident": self.incident_dock,
                "Resource": self.resource_dock,
                "Alert": self.alert_dock,
            }
            if (dock := docks.get(hit.kind)) is not None:
                dock.show()
                dock.raise_()
            self._select_and_show(hit.kind.lower(), hit.agency, hit.id)

    # actions

    def _assign(self, number: int = 0) -> None:
        """The form for what is selected; `number`: for that one of the nearest."""
        panel = self.selection_panel
        if panel.kind == "incident":
            panel.incident_page.send(number)
        elif number:
            self.notice.say("Select an incident first: the numbers are those of its nearest units.")
        else:
            self.dialogs.assign_task(*(panel.key if panel.kind == "unit" else ("", "")))

    def _mark(self) -> None:
        panel = self.selection_panel
        self.dialogs.mark_resource(*(panel.key if panel.kind == "resource" else ("", "")))

    def request_resource(self) -> None:
        """The form that asks other agencies for resources, for the selected incident."""
        self.requests_dock.request_resource(self.dialogs.incident)

    def save_picture(self) -> None:
        """The dialog that saves the picture for another program."""
        kind, agency, object_id = self.selection
        words = object_words(self.desk.picture, kind, (agency, object_id))
        self.sharing.export(((kind, agency, object_id), words) if words and kind != "task" else None)

    def _show_request(self, kind: str, agency: str, object_id: str) -> None:
        self._show_dock(self.inbox_dock)
        self._select_and_show(kind, agency, object_id)

    def next_request(self) -> None:
        """The request to our agency whose time ends first."""
        waiting = self.inbox_dock.most_pressing()
        if waiting is None:
            self.notice.say("No request to our agency waits for an answer.")
            return
        self._show_dock(self.inbox_dock)
        self._select_and_show("task", *waiting)

    def change_theme(self) -> None:
        """From dark to light and back; remembered."""
        self.set_palette_name("light" if self.colours.name == "dark" else "dark")
        self._settings.setValue("theme", self.colours.name)
        self._settings.setValue("theme_instead_of", self._given_theme)

    def float_dock(self) -> None:
        """Take the dock that has the focus out of the window, for another screen; or put it back."""
        dock = self.layout_of_docks.float_or_dock(QApplication.focusWidget())
        if dock is None:
            self.notice.say("No panel has the focus: Ctrl+1 to Ctrl+8 put it into one.")
        else:
            self._show_dock(dock)

    def _search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def _show_dock(self, dock: Dock) -> None:
        dock.show()
        dock.raise_()
        dock.activateWindow()  # one that is undocked is a window of its own
        dock.content.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # the window itself

    def showEvent(self, event: QShowEvent) -> None:
        """Docks can be given their widths only once the window has its own."""
        super().showEvent(event)
        self.layout_of_docks.shown()
        if not self._looked:
            self._looked = True
            QTimer.singleShot(0, self.map_view.fit)  # once the map has its size
            QTimer.singleShot(0, self.maps.restore_windows)

    def closeEvent(self, event: QCloseEvent) -> None:
        """The layout is remembered."""
        self.layout_of_docks.save(self._settings)
        self.maps.close_windows()
        super().closeEvent(event)
        self.closed.emit()
