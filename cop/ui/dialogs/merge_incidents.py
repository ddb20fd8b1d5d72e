"""Merge two incidents into one picture: choose the other one, the likely ones stand first."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from cop.domain.desk import Refusal
from cop.domain.incident import Incident
from cop.domain.words import INCIDENT_TYPES, label
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.acts.links import Likely
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.dialogs.hand_over import incident_words
from cop.ui.labels import Label
from cop.ui.ordered_model import Column, OrderedModel
from cop.ui.table import select_row, table

_FAR = 1e12


class LikelyModel(OrderedModel[Likely]):
    """The incidents that can be merged with one, those that look the same first."""

    def __init__(self, desk: Desk, incident: Key, parent: QObject | None = None) -> None:
        self._desk = desk
        self._found = {one.key: one for one in desk.links.candidates(incident)}
        self._text = ""
        super().__init__(
            (
                Column("Incident", self._title, width=290, hint=self._whole),
                Column("Away", self._away, key=_metres, width=76),
                Column("Begun apart", self._apart, key=lambda one: one.likeness.seconds, width=86),
                Column("Looks the same", self._same, width=110, hint=lambda one: one.likeness.why),
            ),
            parent,
        )
        self.refresh()

    def ids(self) -> list[Key]:
        """Those that are still in the picture and hold the filter's text."""
        known = self._desk.picture.incidents
        found = [key for key in self._found if key in known]
        return [key for key in found if not self._text or self._text in self._title(self._found[key]).casefold()]

    def row(self, identity: Key) -> Likely:
        """How like it is."""
        return self._found[identity]

    def order(self, ids: list[Any]) -> NDArray[np.intp]:
        """The likely ones first where the last column sorts, or none was chosen yet."""
        if self.sort_column not in {0, 3}:
            return super().order(ids)
        at = sorted(range(len(ids)), key=lambda one: self._found[ids[one]].likeness.order, reverse=self.descending)
        return np.array(at, dtype=np.intp)

    def set_filter(self, text: str) -> None:
        """Show only incidents whose title or agency holds this text."""
        self._text = text.strip().casefold()
        self.refresh()

    def _title(self, one: Likely) -> str:
        report = self._desk.picture.incidents[one.key]
        body = report.body
        assert isinstance(body, Incident)
        sources = len(self._desk.picture.same.of(one.key))
        who = wording.agency_name(self._desk.picture, one.key[0]) + (f", {sources} sources" if sources > 1 else "")
        title = wording.shortened(wording.incident_title(report), 40)
        age = wording.age(body.opened_at or body.at, self._desk.now())
        return f"{title} · {age}\nP{body.priority} {label(INCIDENT_TYPES, wording.one_line(body.type))} · {who}"

    def _whole(self, one: Likely) -> str:
        report = self._desk.picture.incidents[one.key]
        address = wording.one_line(getattr(report.body, "address", ""))
        return "\n".join(part for part in (wording.incident_title(report), address, one.likeness.why) if part)

    def _away(self, one: Likely) -> str:
        metres = one.likeness.metres
        if metres is None:
            return "no place"
        return f"{round(metres / 10) * 10} m" if metres < 1000 else wording.distance(metres)

    def _apart(self, one: Likely) -> str:
        return wording.span(one.likeness.seconds)

    def _same(self, one: Likely) -> str:
        if one.likeness.likely:
            return "Likely"
        return "Not by its type" if not one.likeness.compatible else "Less likely"


class MergeDialog(ActionDialog):
    """The other incident, and whether they are one and the same or only related."""

    def __init__(self, desk: Desk, incident: Key, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Merge incidents", "Merge", parent)
        self._incident = incident
        self.row("This", Label(incident_words(desk, incident), "strong", wrap=True))
        self.filter = QLineEdit(placeholderText="Filter incidents", clearButtonEnabled=True)
        self.filter.setAccessibleName("Filter incidents")
        self.model = LikelyModel(desk, incident, self)
        self.view = table(self.model, "Incidents that can be merged", row_height=42)
        self.view.setFixedHeight(244)
        self.why = Label(tone="muted", wrap=True)
        picker = QWidget()
        lines = QVBoxLayout(picker)
        lines.setContentsMargins(0, 0, 0, 0)
        for part in (self.filter, self.view, self.why):
            lines.addWidget(part)
        self.row("And", picker)
        self.relation = QComboBox()
        self.relation.addItem("One and the same: shown as one", "same")
        self.relation.addItem("Related: two that have to do with each other", "related")
        self.row("They are", self.relation)
        self.row("", Label("Both stay their agencies'. Each of the two can take it apart again.", "muted", wrap=True))
        self.setMinimumWidth(740)  # every column in full
        self.filter.textChanged.connect(self.model.set_filter)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._say_why())
        self.relation.currentIndexChanged.connect(lambda _: self._say_why())
        first = next((key for key in self.model.ids() if self.model.row(key).likeness.likely), None)
        select_row(self.view, self.model, first)
        self._say_why()
        self.view.setFocus()

    def chosen(self) -> Key | None:
        """The other incident."""
        rows = self.view.selectionModel().selectedRows()
        key: Key | None = self.model.id_at(rows[0]) if rows else None
        return key

    def act(self) -> Refusal | None:
        """Say so."""
        other = self.chosen()
        if other is None:
            return Refusal("Choose the other incident.")
        links = self.desk.links
        same = self.relation.currentData() == "same"
        return links.merge(self._incident, other) if same else links.relate(self._incident, other)

    def _say_why(self) -> None:
        key = self.chosen()
        self.go.setText("Merge" if self.relation.currentData() == "same" else "Link")
        if key is not None:
            self.why.say(f"{self.model.row(key).likeness.why}.".capitalize(), "muted")
        elif self.model.rowCount():
            self.why.say("None is chosen.", "muted")
        else:
            self.why.say("No other incident can be merged with this one by us: one of the two must be ours.", "warn")


def _metres(one: Likely) -> float:
    return one.likeness.metres if one.likeness.metres is not None else _FAR
