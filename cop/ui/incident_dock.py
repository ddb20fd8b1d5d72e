"""The incident queue: its model, its cards and its dock."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtWidgets import QButtonGroup, QWidget

from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.task import Task
from cop.domain.words import INCIDENT_OVER, TASK_OVER, leading_discipline
from cop.map.palette import Palette
from cop.picture.change import Change, Key
from cop.ui import wording
from cop.ui.cards import CARD_ROLE, card_list, mark_card
from cop.ui.carrying import carry, carry_rows
from cop.ui.desk import Desk
from cop.ui.dock import Dock
from cop.ui.flow_layout import FlowLayout
from cop.ui.incident_card import Card, IncidentCards
from cop.ui.labels import Label, allow, button
from cop.ui.lead_words import leading, leading_words
from cop.ui.ordered_model import Column, Index, OrderedModel

FILTERS = (
    ("all", "All agencies"),
    ("law", "Law"),
    ("fire", "Fire"),
    ("ems", "EMS"),
    ("unassigned", "Unassigned"),
    ("mine", "Mine"),
    ("closed", "Closed"),
)


class IncidentModel(OrderedModel[Report]):
    """The queue: the most urgent first, of these the newest first. What several tell of stands in it once."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        self._desk = desk
        self._assigned: dict[Key, set[Key]] = {}
        self._mine: set[Key] = set()
        self.filter_name = "all"
        columns: tuple[Column[Report], ...] = (
            Column("Incident", lambda report: ", ".join(self._card(report).words())),
            Column("Lead", lambda report: leading_words(desk, report)),
        )
        super().__init__(columns, parent)
        self.refresh()

    def ids(self) -> list[Any]:
        """The keys of the incidents that the filter lets through."""
        self._count_tasks()
        passes = self._filter()
        return [key for key in self._desk.picture.same.leads() if passes(self._told(key))]

    def row(self, identity: Any) -> Report:
        """The incident's report; one that has just gone is still known to the picture's views until refresh."""
        return self._desk.picture.incidents[identity]

    def order(self, ids: list[Any]) -> NDArray[np.intp]:
        """By priority, then by age, the newest first; what is not live where the work is comes last."""
        reports = [self.row(one) for one in ids]
        opened = np.array([-opened_at(report).timestamp() for report in reports])
        priority = np.array([_incident(report).priority for report in reports])
        drill = np.array([bool(wording.drill(report, self._desk.exercise)) for report in reports])
        return np.lexsort((opened, priority, drill)).astype(np.intp)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Beside the texts: the whole card, for the delegate."""
        identity = self.id_at(index)
        if identity is None or identity not in self._desk.picture.incidents:
            return None
        if role == CARD_ROLE:
            return self._card(self.row(identity))
        return super().data(index, role)

    def set_filter(self, name: str) -> None:
        """Show only some: one of `FILTERS`."""
        self.filter_name = name
        self.refresh()

    def open_count(self) -> int:
        """How many incidents are not over, whatever the filter."""
        picture = self._desk.picture
        return sum(not _over(picture.incidents[key]) for key in picture.same.leads())

    def lead(self, key: Key) -> Key:
        """The incident whose card tells of this one."""
        return self._desk.picture.same.lead(key)

    def _told(self, key: Key) -> list[Report]:
        """All reports of an incident, the leading one first."""
        return [self._desk.picture.incidents[one] for one in self._desk.picture.same.of(key)]

    def _filter(self) -> Callable[[list[Report]], bool]:
        name, own = self.filter_name, self._desk.operator.agency
        if name == "closed":  # a report that is over leads only where all are
            return lambda told: _over(told[0])
        wanted: Callable[[Report], bool] = {
            "mine": lambda report: own in {report.agency, *leading(self._desk, report)} or report.key in self._mine,
            "all": lambda report: True,
        }.get(name, lambda report: leading_discipline(_incident(report).type) == name)
        if name == "unassigned":
            return lambda told: not _over(told[0]) and not self._count(told)
        return lambda told: any(not _over(report) and wanted(report) for report in told)

    def _count(self, told: list[Report]) -> int:
        """How many units have open tasks for it, under whichever of its reports."""
        return len(set().union(*(self._assigned.get(report.key, ()) for report in told)))

    def _count_tasks(self) -> None:
        self._assigned, self._mine = {}, set()
        picture, own, now = self._desk.picture, self._desk.operator.agency, self._desk.now()
        for report in picture.tasks.values():
            body = report.body
            state = picture.task_state(report, now)
            if not isinstance(body, Task) or state == "draft":
                continue
            incident = (body.incident_agency, body.incident)
            if body.unit and state not in TASK_OVER:  # a request that names no unit assigns nobody
                self._assigned.setdefault(incident, set()).add((body.assignee_agency, body.unit))
            if body.assignee_agency == own and (state not in TASK_OVER or state == "expired"):
                self._mine.add(incident)  # what nobody answered in time waits for us all the same

    def _card(self, report: Report) -> Card:
        body, picture = _incident(report), self._desk.picture
        told = self._told(report.key)
        doubt = wording.doubt(picture, report.agency, body.lat, body.lon)
        unknown = "not known" if doubt or body.lat is None else "nobody's ground"
        return Card(
            priority=body.priority,
            title=wording.incident_title(report),
            age=wording.span((self._desk.now() - opened_at(report)).total_seconds()),
            address=_where(body),
            lead=leading_words(self._desk, report) or unknown,
            assigned=self._count(told),
            sources=len(told),
            over=_over(report),
            pending=any(self._desk.is_pending("incident", *one.key) for one in told),
            doubt=doubt,
            drill=wording.drill(report, self._desk.exercise),
        )


class IncidentDock(Dock):
    """The queue, its filter chips, and the button that opens an incident."""

    side = Qt.DockWidgetArea.LeftDockWidgetArea
    keys = "Ctrl+1"
    short = "Inc."

    def __init__(self, desk: Desk, palette: Palette) -> None:
        super().__init__("Incidents", "incident_dock", desk, palette)
        self.content.setMinimumWidth(330)
        self._selected: Key | None = None
        self._marked: Key | None = None
        self.model = IncidentModel(desk, self)
        chips = QWidget()
        flow = FlowLayout(chips)
        flow.setContentsMargins(12, 12, 12, 12)
        self._chips = QButtonGroup(self)
        for name, words in FILTERS:
            chip = button(words, "chip", name=f"Show {words.lower()} incidents")
            chip.setCheckable(True)
            chip.setChecked(name == "all")
            chip.clicked.connect(lambda _=False, name=name: self._show(name))
            self._chips.addButton(chip)
            flow.addWidget(chip)
        self.list, self.cards = card_list(self.model, IncidentCards, palette, "Incident queue")
        self.list.clicked.connect(self._chosen)
        self.list.activated.connect(self._chosen)
        landing = carry_rows(self.list, self._stands, lambda taken: carry(self.list, desk, self.colours, taken))
        landing.assigned.connect(self.assigned)
        self.nothing = Label("", "muted", wrap=True)
        self.nothing.setContentsMargins(16, 12, 16, 12)
        self.open_button = button("Open incident…   Ctrl+N", name="Open incident")
        foot = QWidget()
        foot_line = FlowLayout(foot)
        foot_line.setContentsMargins(12, 10, 12, 10)
        foot_line.addWidget(self.open_button)
        refusal = desk.may("open_incident")
        allow(self.open_button, refusal.reason if refusal else None, "Or right-click on the map, at the place")
        for widget in (chips, self.nothing, self.list, foot):
            self.lines.addWidget(widget)
        self.lines.setStretch(2, 1)
        self.content.setFocusProxy(self.list)
        self.refresh()

    def first(self) -> Key | None:
        """The incident at the head of the queue as it is shown."""
        head: Key | None = self.model.id_at(self.model.index(0, 0)) if self.model.rowCount() else None
        return head

    def apply(self, change: Change) -> None:
        """Redraw if an incident, a task or an agency's name changed."""
        if change.incidents or change.links or change.tasks or change.agencies or change.delivered:
            self.refresh()

    def refresh(self) -> None:
        """The queue and the count in the tab."""
        self.model.refresh()
        if self._selected is not None and self.model.lead(self._selected) != self._marked:
            self._mark()  # another report speaks for it now: its card is another one
        self.say_count(self.model.open_count())
        if self.model.rowCount():
            self.nothing.say("")
        else:
            words = dict(FILTERS)[self.model.filter_name].lower()
            self.nothing.say("No incident is open." if self.model.filter_name == "all" else f"None under “{words}”.")

    def tick(self) -> None:
        """Ages move."""
        if self.in_sight():
            self.model.touch()

    def set_selection(self, kind: str, agency: str, object_id: str) -> None:
        """Mark the selected incident."""
        self._selected = (agency, object_id) if kind == "incident" else None
        self._mark()

    def _mark(self) -> None:
        self._marked = self.model.lead(self._selected) if self._selected is not None else None
        mark_card(self.list, self.model.index_of(self._marked) if self._marked is not None else QModelIndex())

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        super().set_palette(palette)
        self.cards.colours = palette
        self.list.viewport().update()

    def _show(self, name: str) -> None:
        self.model.set_filter(name)
        self.refresh()

    def _stands(self, index: QModelIndex) -> tuple[str, Key]:
        key = self.model.id_at(index)
        return ("incident", key) if key is not None else ("", ("", ""))

    def _chosen(self, index: QModelIndex) -> None:
        key = self.model.id_at(index)
        if key is not None:
            self.selected.emit("incident", *key)


def opened_at(report: Report) -> datetime:
    """When an incident began: as its reporter says, else when it was first told."""
    body = _incident(report)
    return body.opened_at or body.at


def _where(incident: Incident) -> str:
    """The address, else the place; that it is not located is said beside the address too."""
    address = wording.one_line(incident.address)
    place = wording.place(incident.lat, incident.lon)
    if not address:
        return place
    return f"{address} · {place}" if place == wording.NOT_LOCATED else address


def _over(report: Report) -> bool:
    return _incident(report).status in INCIDENT_OVER


def _incident(report: Report) -> Incident:
    assert isinstance(report.body, Incident)
    return report.body
