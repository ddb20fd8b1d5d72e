"""The alerts: their list and its dock."""

from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QModelIndex, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.map.palette import Palette
from cop.picture.change import Change, Key
from cop.picture.picture import CANCELLED
from cop.ui import wording
from cop.ui.alert_card import AlertCards
from cop.ui.alert_words import AlertStanding, importance, phase_of, standing_alerts, standing_of, tag
from cop.ui.cards import CARD_ROLE, card_list, mark_card
from cop.ui.desk import Desk
from cop.ui.dock import Dock
from cop.ui.labels import Label, button
from cop.ui.ordered_model import Column, Index, OrderedModel

#: what was cancelled is told for so long below the list, the last of it
_CANCELLED_FOR = timedelta(hours=1)
_MOST_CANCELLED = 3


class AlertModel(OrderedModel[Report]):
    """Those that may alarm first, those in force before those to come, the most severe first, of these the newest."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        self._desk = desk
        columns: tuple[Column[Report], ...] = (
            Column("Alert", lambda report: ", ".join(standing_of(desk, report).words())),
        )
        super().__init__(columns, parent)
        self.refresh()

    def ids(self) -> list[Key]:
        """The keys of the alerts whose time is not over."""
        return [report.key for report in standing_alerts(self._desk)]

    def row(self, identity: Key) -> Report:
        """The alert's report."""
        return self._desk.picture.alerts[identity]

    def order(self, ids: list[Key]) -> NDArray[np.intp]:
        """As the class says."""
        reports = [self.row(one) for one in ids]
        quiet, phase, severity = np.array([importance(self._desk, one) for one in reports]).T
        said = np.array([-one.reported_at.timestamp() for one in reports])
        return np.lexsort((said, severity, phase, quiet)).astype(np.intp)

    def card(self, identity: Key) -> AlertStanding:
        """What stands on its card."""
        return standing_of(self._desk, self.row(identity))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Beside the words: the whole card, for the delegate."""
        identity = self.id_at(index)
        if identity is None or identity not in self._desk.picture.alerts:
            return None
        return self.card(identity) if role == CARD_ROLE else super().data(index, role)


class AlertDock(Dock):
    """The alerts that stand, and what was cancelled lately; comes up from the top bar."""

    side = Qt.DockWidgetArea.LeftDockWidgetArea
    keys = "Ctrl+7"
    closed_as_delivered = True

    def __init__(self, desk: Desk, palette: Palette) -> None:
        super().__init__("Alerts", "alert_dock", desk, palette)
        self.content.setMinimumWidth(330)
        self._phases: list[str] = []
        self.model = AlertModel(desk, self)
        self.count = Label("", "muted", wrap=True)
        self.close_button = button("Close", "small", name="Close the list of alerts")
        self.close_button.clicked.connect(self.hide)
        self.list, self.cards = card_list(self.model, AlertCards, palette, "Alerts")
        self.list.clicked.connect(self._chosen)
        self.list.activated.connect(self._chosen)
        self.cancelled = Label("", "muted", wrap=True)
        self.cancelled.setContentsMargins(16, 10, 16, 10)
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(12, 10, 12, 8)
        line.addWidget(self.count, 1)
        line.addWidget(self.close_button)
        for widget in (head, self.list, self.cancelled):
            self.lines.addWidget(widget)
        self.lines.setStretch(1, 1)
        self.content.setFocusProxy(self.list)
        self.refresh()

    def apply(self, change: Change) -> None:
        """Redraw if an alert or an agency's name changed."""
        if change.alerts or change.agencies:
            self.refresh()

    def refresh(self) -> None:
        """The list, and the count in the tab."""
        self._phases = self._phases_now()
        self.model.refresh()
        standing = standing_alerts(self.desk)
        count = len(standing)
        self.say_count(count)
        alarming = sum(not tag(self.desk, report) for report in standing)
        quiet = (
            f" · {count - alarming} {'test or draft' if self.desk.exercise else 'exercise or test'}"
            if count > alarming
            else ""
        )
        meant = "of this exercise" if self.desk.exercise else "actual"
        self.count.say(f"{alarming} {meant}{quiet}" if count else "No alert is in force.")
        self.cancelled.say("\n".join(self._cancelled()))

    def tick(self) -> None:
        """What is over goes, what was to come is in force."""
        if self._phases_now() != self._phases:
            self.refresh()

    def _phases_now(self) -> list[str]:
        return [phase_of(self.desk, report) for report in self.desk.picture.alerts.values()]

    def set_selection(self, kind: str, agency: str, object_id: str) -> None:
        """Mark the selected alert."""
        mark_card(self.list, self.model.index_of((agency, object_id)) if kind == "alert" else QModelIndex())

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        super().set_palette(palette)
        self.cards.colours = palette
        self.list.viewport().update()

    def _cancelled(self) -> list[str]:
        """The last lines of the log that tell of cancelled alerts, the newest first."""
        since = self.desk.now() - _CANCELLED_FOR
        entries = [
            report
            for report in self.desk.picture.log
            if report.body.id.startswith(CANCELLED) and report.reported_at > since
        ]
        entries.sort(key=lambda report: report.reported_at, reverse=True)
        return [
            wording.shortened(wording.one_line(f"{wording.clock(one.reported_at)} {one.body.text}"), 160)
            for one in entries[:_MOST_CANCELLED]
            if isinstance(one.body, LogEntry)
        ]

    def _chosen(self, index: QModelIndex) -> None:
        key = self.model.id_at(index)
        if key is not None:
            self.selected.emit("alert", *key)
