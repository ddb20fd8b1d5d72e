"""The resource board: its model, its dock, and the way to its marking dialog."""

from PySide6.QtCore import QModelIndex, QObject, QSettings, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from cop.domain.report import Report
from cop.domain.resource import Resource
from cop.domain.words import AVAILABILITIES, label
from cop.map.palette import Palette, colour
from cop.picture.change import Change, Key
from cop.picture.picture import Picture
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dock import Dock
from cop.ui.labels import Label, allow, button
from cop.ui.ordered_model import Column, OrderedModel
from cop.ui.table import restore_columns, save_columns, select_row, table
from cop.ui.theme import legible
from cop.ui.unit_dock import natural


class ResourceModel(OrderedModel[Report]):
    """One row a resource, over the picture's table."""

    def __init__(self, desk: Desk, palette: Palette, parent: QObject | None = None) -> None:
        self._desk = desk
        self.colours = palette
        self._text = ""
        self._own_only = False
        picture = desk.picture
        super().__init__(
            (
                Column(
                    "Resource",
                    self._name,
                    key=lambda one: natural(self._name(one)),
                    width=86,
                ),
                Column(
                    "Agency",
                    lambda one: wording.agency_name(picture, one.agency),
                    width=82,
                ),
                Column(
                    "Type",
                    self._type,
                    colour=self._type_colour,
                    width=76,
                    hint=lambda one: "\n".join((resource_type(one), resource_place(picture, one))),
                ),
                Column(
                    "Free",
                    lambda one: free_of(body_of(one)) or "—",
                    key=lambda one: body_of(one).available,
                    width=50,
                ),
                Column("State", self._state, colour=self._state_colour, width=74),
                Column("Until", self._until, key=self._until_key, width=42),
            ),
            parent,
        )
        self.refresh()

    def ids(self) -> list[Key]:
        """The keys of the resources that pass the filter."""
        own = self._desk.operator.agency
        return [
            key
            for key, report in self._desk.picture.resources.items()
            if (not self._own_only or key[0] == own) and (not self._text or self._text in self._words(report))
        ]

    def row(self, identity: Key) -> Report:
        """The resource's report."""
        return self._desk.picture.resources[identity]

    def set_filter(self, text: str, *, own_only: bool) -> None:
        """Show only resources that hold this text in a cell, or only our own."""
        self._text, self._own_only = text.strip().casefold(), own_only
        self.refresh()

    def _words(self, report: Report) -> str:
        words = (column.text(report) for column in self.columns)
        return " ".join((*words, resource_place(self._desk.picture, report))).casefold().replace("\n", " ")

    def _name(self, report: Report) -> str:
        return wording.resource_name(body_of(report), wording.agency_name(self._desk.picture, report.agency))

    def _state(self, report: Report) -> str:
        words = wording.one_line(label(AVAILABILITIES, body_of(report).availability))
        return f"{words}, not sent yet" if self._desk.is_pending("resource", *report.key) else words

    def _state_colour(self, report: Report) -> QColor:
        p = self.colours
        wanted = {"available": p.ok, "committed": p.warn, "out_of_service": p.bad}.get(
            body_of(report).availability, p.muted
        )
        return colour(legible(wanted, p.raised))

    def _type(self, report: Report) -> str:
        """The type, and below it what there is to say of the place."""
        mark = "place?" if self._is_doubtful(report) else ""
        if resource_place(self._desk.picture, report) == wording.NOT_LOCATED:
            mark = wording.NOT_LOCATED
        return "\n".join(part for part in (resource_type(report), mark) if part)

    def _type_colour(self, report: Report) -> QColor | None:
        return colour(legible(self.colours.warn, self.colours.raised)) if self._is_doubtful(report) else None

    def _is_doubtful(self, report: Report) -> bool:
        body = body_of(report)
        return self._desk.picture.home.doubt(report.agency, body.lat, body.lon) is not None

    def _until(self, report: Report) -> str:
        until = body_of(report).until
        return wording.clock_or_date(until, self._desk.now()) if until is not None else "—"

    def _until_key(self, report: Report) -> float:
        until = body_of(report).until
        return until.timestamp() if until is not None else float("inf")


class ResourceDock(Dock):
    """The board, its filter, and for a liaison the button that marks an own resource."""

    side = Qt.DockWidgetArea.LeftDockWidgetArea
    keys = "Ctrl+3"
    short = "Res."
    counts_work = False

    mark_asked = Signal(str, str)  # agency, id

    def __init__(self, desk: Desk, palette: Palette) -> None:
        super().__init__("Resources", "resource_dock", desk, palette)
        self.content.setMinimumWidth(330)
        self.model = ResourceModel(desk, palette, self)
        self.filter = QLineEdit(placeholderText="Filter: name, agency, type, state", clearButtonEnabled=True)
        self.filter.setAccessibleName("Filter resources")
        self.filter.textChanged.connect(self._filter)
        self.own = button("Ours", "chip", name="Show our own resources only")
        self.own.setCheckable(True)
        self.own.toggled.connect(self._filter)
        self.mark = button("Mark…", "primary", name="Mark the selected resource")
        self.mark.clicked.connect(self._mark_selected)
        self.why = Label("", "muted", wrap=True)
        self.view = table(self.model, "Resource board", row_height=46)
        self.view.clicked.connect(self._chosen)
        self.view.activated.connect(self._activated)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._allow())
        head, foot = QWidget(), QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(12, 12, 12, 8)
        line.addWidget(self.filter, 1)
        line.addWidget(self.own)
        lines = QVBoxLayout(foot)
        lines.setContentsMargins(12, 10, 12, 10)
        lines.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignLeft)
        lines.addWidget(self.why)
        self.lines.addWidget(head)
        body = QHBoxLayout()
        body.setContentsMargins(8, 0, 0, 0)
        body.addWidget(self.view)
        self.lines.addLayout(body, 1)
        self.lines.addWidget(foot)
        self.content.setFocusProxy(self.filter)  # what is typed next is a name, not a key
        self.refresh()

    def apply(self, change: Change) -> None:
        """Redraw if a resource or an agency's name changed."""
        if change.resources or change.agencies or change.delivered:
            self.refresh()

    def refresh(self) -> None:
        """The board and the count in the tab."""
        self.model.refresh()
        self.say_count(len(self.desk.picture.resources))
        self._allow()

    def set_selection(self, kind: str, agency: str, object_id: str) -> None:
        """Mark the selected resource."""
        select_row(self.view, self.model, (agency, object_id) if kind == "resource" else None)

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        super().set_palette(palette)
        self.model.colours = palette
        self.model.touch()

    def save(self, settings: QSettings) -> None:
        """Remember widths and sorting."""
        save_columns(self.view, settings, "resource_dock/columns")

    def restore(self, settings: QSettings) -> None:
        """Widths and sorting as they were."""
        restore_columns(self.view, settings, "resource_dock/columns")

    def _filter(self) -> None:
        self.model.set_filter(self.filter.text(), own_only=self.own.isChecked())
        self._allow()

    def _selected_key(self) -> Key | None:
        rows = self.view.selectionModel().selectedRows()
        key: Key | None = self.model.id_at(rows[0]) if rows else None
        return key

    def _allow(self) -> None:
        reason = why_not_mark(self.desk, self._selected_key())
        allow(self.mark, reason, "Say how many can be had, and until when")
        self.why.say(reason or "")

    def _chosen(self, index: QModelIndex) -> None:
        key = self.model.id_at(index)
        if key is not None:
            self.selected.emit("resource", *key)

    def _activated(self, index: QModelIndex) -> None:
        key = self.model.id_at(index)
        if key is None:
            return
        reason = why_not_mark(self.desk, key)
        if reason is None:
            self.mark_asked.emit(*key)
        else:
            self.desk.refused.emit(reason)

    def _mark_selected(self) -> None:
        key = self._selected_key()
        if key is not None:
            self.mark_asked.emit(*key)


def why_not_mark(desk: Desk, key: Key | None) -> str | None:
    """Why this desk may not mark this resource; None if it may."""
    refusal = desk.may("mark_resource")
    if refusal is not None:
        return refusal.reason
    if key is None:
        return "Choose one of our resources to mark it."
    if key[0] != desk.operator.agency:
        return f"This resource is {wording.agency_name(desk.picture, key[0])}'s; only they mark it."
    return None


def resource_type(report: Report) -> str:
    """The NIMS type, else the kind, in words."""
    body = body_of(report)
    return wording.in_words(wording.one_line(body.nims_type)) or label({}, wording.one_line(body.kind))


def free_of(body: Resource) -> str:
    """How many can be had of how many: "8 of 20"; empty where nobody has said whether any can."""
    if body.availability == "unknown" and not body.available:
        return ""
    return f"{body.available:,} of {body.quantity:,}"


def resource_place(picture: Picture, report: Report) -> str:
    """Where a resource is, if that can be: its own place, else with its unit, else not located."""
    body = body_of(report)
    if body.lat is not None and body.lon is not None:
        return wording.doubt(picture, report.agency, body.lat, body.lon) or wording.grid(body.lat, body.lon)
    return f"with {wording.unit_callsign(picture, report.agency, body.unit)}" if body.unit else wording.NOT_LOCATED


def body_of(report: Report) -> Resource:
    """The resource that a report of the resource table tells of."""
    assert isinstance(report.body, Resource)
    return report.body
