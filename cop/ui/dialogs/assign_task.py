"""Ask for a unit."""

from datetime import timedelta

from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from cop.domain.desk import Refusal
from cop.domain.incident import Incident
from cop.domain.task import Task
from cop.domain.words import INCIDENT_OVER
from cop.map.palette import Palette
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog, MomentEdit
from cop.ui.labels import Label
from cop.ui.table import select_row, table
from cop.ui.unit_dock import UnitModel


class AssignTaskDialog(ActionDialog):
    """Incident, unit, objective, due, note. A unit of another agency is asked for, never taken."""

    def __init__(
        self,
        desk: Desk,
        palette: Palette,
        *,
        incident: Key | None = None,
        unit: Key | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk, "Assign task", "Assign", parent)
        self.task_id = desk.new_id("task")
        self.incident = QComboBox()
        self.incident.addItem("No incident", None)
        same, incidents = desk.picture.same, desk.picture.incidents
        keys = dict.fromkeys(same.leads())  # what several report is offered once, beside the report that was chosen
        if incident in incidents:
            keys[incident] = None
        for key in sorted(keys, key=lambda one: getattr(incidents[one].body, "priority", 5)):
            body, others = incidents[key].body, len(same.of(key)) - 1
            if isinstance(body, Incident) and body.status not in INCIDENT_OVER:
                told = f"  ({1 + others} sources)" if others else ""
                self.incident.addItem(f"P{body.priority}  {wording.incident_title(incidents[key])}{told}", key)
                if key == incident:
                    self.incident.setCurrentIndex(self.incident.count() - 1)
        self.objective = QLineEdit(maxLength=256, placeholderText="What the unit is to do")
        self.filter = QLineEdit(placeholderText="Filter units", clearButtonEnabled=True)
        self.filter.setAccessibleName("Filter units")
        self.model = UnitModel(desk, palette, self)
        self.units = table(self.model, "Units")
        self.units.setFixedHeight(222)  # five whole rows
        self.asked = Label(tone="warn", wrap=True)
        picker = QWidget()
        lines = QVBoxLayout(picker)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.filter)
        lines.addWidget(self.units)
        lines.addWidget(self.asked)
        self.due = MomentEdit("Due by", desk.now() + timedelta(minutes=30))
        self.note = QPlainTextEdit(tabChangesFocus=True, placeholderText="What its crew must know")
        self.note.setFixedHeight(58)
        self.row("Incident", self.incident)
        self.row("Objective", self.objective)
        self.row("Unit", picker)
        self.row("Due", self.due)
        self.row("Note", self.note)
        self.setMinimumWidth(560)
        self.filter.textChanged.connect(self.model.set_filter)
        self.units.selectionModel().selectionChanged.connect(lambda *_: self._say_whose())
        if unit is not None:
            select_row(self.units, self.model, desk.picture.tracks.row_of(*unit))
        self._say_whose()
        self.objective.setFocus()

    def unit(self) -> Key | None:
        """The chosen unit."""
        rows = self.units.selectionModel().selectedRows()
        row = self.model.id_at(rows[0]) if rows else None
        return self.desk.picture.tracks.keys[row] if row is not None else None

    def act(self) -> Refusal | None:
        """Ask for it."""
        unit = self.unit()
        if unit is None:
            return Refusal("Choose a unit.")
        incident: Key = self.incident.currentData() or ("", "")
        asked = Task(
            id=self.task_id,
            at=self.desk.now(),
            objective=self.objective.text().strip(),
            incident_agency=incident[0],
            incident=incident[1],
            assignee_agency=unit[0],
            unit=unit[1],
            due_at=self.due.moment(),
            note=self.note.toPlainText().strip()[:8192],
        )
        return self.desk.tasks.assign([asked])

    def _say_whose(self) -> None:
        unit = self.unit()
        own = unit is not None and unit[0] == self.desk.operator.agency
        self.go.setText("Request" if unit is not None and not own else "Assign")
        if unit is None:
            self.asked.say("No unit is chosen.", "muted")
            return
        callsign = wording.unit_callsign(self.desk.picture, *unit)
        name = wording.agency_name(self.desk.picture, unit[0])
        if own:
            self.asked.say(f"{callsign} is our own unit.", "muted")
        else:
            self.asked.say(f"{callsign} is {name}'s: they are asked, and accept or decline.", "warn")
