"""Resource requests of all agencies: what is still missing, by when, and for a liaison the offer in one action."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QObject, QSettings, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from cop.domain.desk import Refusal
from cop.domain.report import Report
from cop.domain.rules.requests import Standing, request_of
from cop.map.palette import Palette, colour
from cop.picture.change import Change, Key
from cop.ui import wording
from cop.ui.acts.requests import urgency
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.dialogs.fill_request import FillRequestDialog
from cop.ui.dialogs.hand_over import ReasonDialog
from cop.ui.dialogs.request_resource import RequestResourceDialog
from cop.ui.dock import Dock
from cop.ui.labels import Label, allow, button
from cop.ui.ordered_model import Column, OrderedModel
from cop.ui.request_pane import RequestPane
from cop.ui.request_words import STATES, by_when, filled, for_whom, missing, summary, tone, what
from cop.ui.table import restore_columns, save_columns, select_row, table
from cop.ui.theme import legible

#: a request and how it stands
Row = tuple[Report, Standing]
#: letters of one line of a cell
_LINE = 29
_WHY_CANCEL = ("Needed no longer", "Found elsewhere", "Asked by mistake")
_WHY_DECLINE = ("None available", "Committed elsewhere", "Below our own minimum cover", "Cannot be there in time")
_WHY_WITHDRAW = ("Needed at home", "Broken down", "Crew must be relieved", "Asked for too many")


class RequestsModel(OrderedModel[Row]):
    """One row a request, the most urgent first; read from the picture with each refresh."""

    def __init__(self, desk: Desk, palette: Palette, parent: QObject | None = None) -> None:
        self._desk = desk
        self.colours = palette
        self._text = ""
        self._ours_only = False
        self._over_too = False
        self._rows: dict[Key, Row] = {}
        self.open = 0
        picture = desk.picture
        super().__init__(
            (
                Column("Needed", self._needed, width=208, hint=self._whole),
                Column("Missing", self._missing, key=lambda row: -row[1].missing, colour=self._missing_tone, width=80),
                Column("By when", self._by_when, key=self._due, colour=self._due_tone, width=72),
                Column("State", lambda row: STATES[row[1].state], width=80),
                Column("Who gives", lambda row: summary(picture, row[1]), width=120),
            ),
            parent,
        )
        self.refresh()

    def refresh(self) -> None:
        """Read how all requests stand."""
        self._rows = {report.key: (report, stands) for report, stands in self._desk.requests.standings()}
        self.open = sum(bool(stands.missing) for _, stands in self._rows.values())
        super().refresh()

    def ids(self) -> list[Key]:
        """The keys of the requests that pass the filter."""
        own = self._desk.operator.agency
        return [
            key
            for key, row in self._rows.items()
            if (self._over_too or row[1].state not in {"delivered", "cancelled"})
            and (not self._ours_only or self._is_ours(own, *row))
            and (not self._text or self._text in " ".join(column.text(row) for column in self.columns).casefold())
        ]

    def row(self, identity: Key) -> Row:
        """The request and how it stands."""
        return self._rows[identity]

    def order(self, ids: list[Any]) -> NDArray[np.intp]:
        """By urgency where the first column sorts."""
        if self.sort_column:
            return super().order(ids)
        order = sorted(range(len(ids)), key=lambda at: urgency(*self._rows[ids[at]]), reverse=self.descending)
        return np.array(order, dtype=np.intp)

    def set_filter(self, text: str, *, ours_only: bool, over_too: bool) -> None:
        """Show only those that hold this text, that we asked or are asked, or also those that are over."""
        self._text, self._ours_only, self._over_too = text.strip().casefold(), ours_only, over_too
        self.refresh()

    def stands(self, key: Key) -> Standing | None:
        """How a request stands, if it is known."""
        row = self._rows.get(key)
        return row[1] if row is not None else None

    @staticmethod
    def _is_ours(own: str, report: Report, stands: Standing) -> bool:
        return report.agency == own or own in request_of(report).asked_of or stands.of(own) is not None

    def _needed(self, row: Row) -> str:
        request = request_of(row[0])
        words = f"P{request.priority}  {what(request)}", for_whom(self._desk.picture, row[0])
        return "\n".join(wording.shortened(one, _LINE) for one in words)

    def _whole(self, row: Row) -> str:
        request = request_of(row[0])
        return "\n".join((what(request), for_whom(self._desk.picture, row[0]), wording.one_line(request.deliver_to)))

    def _missing(self, row: Row) -> str:
        return f"{missing(row[1])}\n{filled(row[1])}"

    def _by_when(self, row: Row) -> str:
        return by_when(request_of(row[0]), row[1], self._desk.now()).replace(" · ", "\n")

    def _due(self, row: Row) -> float:
        due = request_of(row[0]).needed_by
        return due.timestamp() if due is not None else float("inf")

    def _missing_tone(self, row: Row) -> QColor | None:
        return self._colour("warn" if row[1].missing or row[1].over else "ok")

    def _due_tone(self, row: Row) -> QColor | None:
        wanted = tone(row[1])
        return self._colour(wanted) if wanted else None

    def _colour(self, wanted: str) -> QColor:
        p = self.colours
        return colour(legible({"bad": p.bad, "warn": p.warn, "ok": p.ok}[wanted], p.raised))


class RequestsDock(Dock):
    """The requests on the left, the chosen one with its buttons on the right."""

    side = Qt.DockWidgetArea.BottomDockWidgetArea
    keys = "Ctrl+Shift+R"

    def __init__(self, desk: Desk, palette: Palette) -> None:
        super().__init__("Requests", "requests_dock", desk, palette)
        self.opened: ActionDialog | None = None
        self.model = RequestsModel(desk, palette, self)
        self.filter = QLineEdit(placeholderText="Filter: what, agency, incident", clearButtonEnabled=True)
        self.filter.setAccessibleName("Filter requests")
        self.filter.textChanged.connect(lambda _: self._filter())
        self.ours = button("Ours", "chip", name="Show what we ask, are asked by name, or give to")
        self.over = button("Done too", "chip", name="Show delivered and cancelled requests too")
        for chip in (self.ours, self.over):
            chip.setCheckable(True)
            chip.toggled.connect(lambda _: self._filter())
        self.ask = button("Request…", "primary", name="Request resources")
        refusal = desk.may("request_resource")
        allow(self.ask, refusal.reason if refusal else None, "Ask other agencies for resources")
        self.ask.clicked.connect(lambda _: self.request_resource())
        self.view = table(self.model, "Resource requests", row_height=46)
        self.view.clicked.connect(self._chosen)
        self.view.activated.connect(self._activated)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._say_chosen())
        self.nothing = Label("", "muted", wrap=True)
        self.pane = RequestPane(desk)
        self.pane.acted.connect(self.act)
        self.pane.incident_asked.connect(lambda *key: self.selected.emit("incident", *key))
        self._incident: Key | None = None
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(12, 8, 12, 6)
        line.addWidget(self.filter, 1)
        for part in (self.ours, self.over, self.ask):
            line.addWidget(part)
        left = QVBoxLayout()
        left.setContentsMargins(8, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(head)
        left.addWidget(self.nothing)
        left.addWidget(self.view, 1)
        self.nothing.setContentsMargins(6, 4, 6, 4)
        area = QScrollArea()
        area.setWidget(self.pane)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumWidth(240)
        area.setAccessibleName("The chosen request")
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.addLayout(left, 3)
        body.addWidget(area, 2)
        self.lines.addLayout(body, 1)
        self.content.setFocusProxy(self.filter)
        self.refresh()

    def apply(self, change: Change) -> None:
        """Redraw if a request, what is given, a resource or a name changed."""
        beside = change.resources or change.agencies or change.incidents or change.delivered
        if change.requests or (beside and self.in_sight()):
            self.refresh()

    def tick(self) -> None:
        """Times come nearer."""
        if self.in_sight():
            self.refresh()

    def refresh(self) -> None:
        """The table, the chosen request, and how many miss something in the tab."""
        self.model.refresh()
        self.say_count(self.model.open or None)
        empty = not self.model.rowCount()
        filtered = bool(self.filter.text().strip()) or self.ours.isChecked()
        self.nothing.say(("No request passes the filter." if filtered else "No open requests.") if empty else "")
        self._say_chosen()

    def set_selection(self, kind: str, agency: str, object_id: str) -> None:
        """What is asked for next is for the selected incident."""
        if kind == "incident":
            self._incident = (agency, object_id)

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        super().set_palette(palette)
        self.model.colours = palette
        self.model.touch()

    def save(self, settings: QSettings) -> None:
        """Remember widths and sorting."""
        save_columns(self.view, settings, "requests_dock/columns")

    def restore(self, settings: QSettings) -> None:
        """Widths and sorting as they were."""
        restore_columns(self.view, settings, "requests_dock/columns")

    def choose(self, key: Key) -> None:
        """Show this request, also where it is over or filtered away."""
        if not self.model.index_of(key).isValid():
            self.filter.clear()
            self.ours.setChecked(False)
            self.over.setChecked(self.over.isChecked() or key not in self.model.ids())
        select_row(self.view, self.model, key)
        self._say_chosen()

    def chosen(self) -> Key | None:
        """The chosen request."""
        rows = self.view.selectionModel().selectedRows()
        key: Key | None = self.model.id_at(rows[0]) if rows else None
        return key

    def request_resource(self, incident: Key | None = None) -> None:
        """The form that asks other agencies, for this incident or the one that was selected last."""
        refusal = self.desk.may("request_resource")
        if refusal is not None:
            self.desk.refused.emit(refusal.reason)
            return
        about = incident or self._incident
        dialog = RequestResourceDialog(self.desk, incident=about, parent=self.window())
        dialog.accepted.connect(lambda: self.choose((self.desk.operator.agency, dialog.request_id)))
        self._open(dialog)

    def act(self, act: str, agency: str, object_id: str) -> None:
        """Open the form of what is to be done with a request."""
        report = self.desk.picture.requests.get((agency, object_id))
        needed = "request_resource" if act in {"change", "cancel"} else "fill_request"
        refusal = self.desk.may(needed)
        if report is None or refusal is not None:
            self.desk.refused.emit(refusal.reason if refusal is not None else "This request is gone.")
            return
        requests, about = self.desk.requests, wording.shortened(what(request_of(report)), 200)
        if act in {"give", "more"}:
            self._open(FillRequestDialog(self.desk, report, self.window()))
        elif act == "change":
            self._open(RequestResourceDialog(self.desk, known=report, parent=self.window()))
        elif act == "cancel":
            stands = requests.standing(report)
            coming = stands.promised - stands.delivered
            warning = f"{coming:,} are promised or on the way: their owners are told." if coming else ""
            self._ask(
                ("Cancel request", "Cancel it"), lambda why: requests.cancel(report, why), about, _WHY_CANCEL, warning
            )
        elif act == "decline":
            self._ask(("Decline request", "Decline"), lambda why: requests.decline(report, why), about, _WHY_DECLINE)
        elif act == "withdraw":
            self._ask(("Withdraw", "Withdraw"), lambda why: requests.withdraw(report, why), about, _WHY_WITHDRAW)

    def _ask(
        self,
        words: tuple[str, str],
        act: Callable[[str], Refusal | None],
        about: str,
        usual: tuple[str, ...],
        warning: str = "",
    ) -> None:
        title, verb = words
        self._open(
            ReasonDialog(self.desk, title, verb, act, about=about, usual=usual, warning=warning, parent=self.window())
        )

    def _open(self, dialog: ActionDialog) -> None:
        self.opened = dialog
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self) -> None:
        self.opened = None
        self.refresh()

    def _filter(self) -> None:
        self.model.set_filter(self.filter.text(), ours_only=self.ours.isChecked(), over_too=self.over.isChecked())
        self.refresh()

    def _say_chosen(self) -> None:
        self.pane.say(self.chosen())

    def _chosen(self, index: QModelIndex) -> None:
        self._say_chosen()

    def _activated(self, index: QModelIndex) -> None:
        key = self.model.id_at(index)
        report = self.desk.picture.requests.get(key) if key is not None else None
        stands = self.model.stands(key) if key is not None else None
        if report is None or stands is None:
            return
        can = self.pane.can(report, stands)
        act = next((one for one in ("give", "more", "change") if one in can), "")
        if report.agency == self.desk.operator.agency and "change" in can:
            act = "change"
        if act:
            self.act(act, *key)
