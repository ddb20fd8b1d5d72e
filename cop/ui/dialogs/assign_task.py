"""Send units to an incident: those of others are asked for, or sent by the consent that their agency gave before."""

from collections.abc import Sequence
from datetime import timedelta

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from cop.domain.desk import Refusal
from cop.domain.incident import Incident
from cop.domain.task import Task
from cop.domain.unit import Unit
from cop.domain.words import INCIDENT_OVER, TASK_KINDS
from cop.map.palette import Palette
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog, MomentEdit
from cop.ui.dialogs.unit_picker import NUMBERED, UnitPicker
from cop.ui.flow_layout import FlowLayout
from cop.ui.labels import button, caption
from cop.ui.lead_words import incident_of
from cop.ui.ready_words import BY_TASK, usual
from cop.ui.tasking_words import verb

_READY = 5
_MOST_LINES = 100
_LINE = 256


class AssignTaskDialog(ActionDialog):
    """Who, where, what: filled in as far as it can be known, so that Enter sends it. The rest unfolds.

    With units it opens small; without, the nearest that may be asked is chosen and the list of all stands open.
    """

    def __init__(
        self,
        desk: Desk,
        palette: Palette,
        *,
        incident: Key | None = None,
        units: Sequence[Key] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(desk, "Assign task", "Assign", parent)
        self._ids: dict[Key, str] = {}
        self._written = ""  # the objective that was filled in, as long as nobody changed it
        self.incident = QComboBox()
        self._fill_incidents(incident)
        self.units = UnitPicker(desk, palette, self.incident.currentData())
        self.kind = QComboBox()
        for kind, words in TASK_KINDS.items():
            self.kind.addItem(words, kind)
        self.objective = QLineEdit(maxLength=_LINE, placeholderText="What they are to do")
        self.objective.setAccessibleName("Objective")
        self.ready = [button("", "chip") for _ in range(_READY)]
        objective = QWidget()
        lines = QVBoxLayout(objective)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addWidget(self.objective)
        chips = QWidget()
        flow = FlowLayout(chips)
        flow.setContentsMargins(0, 0, 0, 0)
        for chip in self.ready:
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.clicked.connect(lambda _=False, chip=chip: self._take_ready(chip.property("said")))
            flow.addWidget(chip)
        lines.addWidget(chips)
        self.row("Incident", self.incident)
        self.row("Units", self.units)
        self.row("Kind", self.kind)
        self.row("Objective", objective)
        self._build_more(desk)
        self._wire()
        if units:
            self.units.choose(units)
        else:
            self.units.choose_best()
        self._choosing = not units
        self.setMinimumWidth(700)
        self._unfold(False)
        self.objective.setFocus()
        self.objective.selectAll()

    def _build_more(self, desk: Desk) -> None:
        self.hazards = QLineEdit(maxLength=2000, placeholderText="Hazards: chlorine, wires down, …")
        self.channel = QLineEdit(maxLength=_LINE, placeholderText="Radio: talkgroup or frequency")
        self.due = MomentEdit("Due by", desk.now() + timedelta(minutes=30))
        self.checklist = QPlainTextEdit(tabChangesFocus=True, placeholderText="Checklist, a line each")
        self.note = QPlainTextEdit(tabChangesFocus=True, placeholderText="What the crews must know")
        for text in (self.checklist, self.note):
            text.setFixedHeight(46)  # two lines
        self.hazards.setAccessibleName("Hazards")
        self.channel.setAccessibleName("Radio channel")
        self.checklist.setAccessibleName("Checklist, a line each")
        self.note.setAccessibleName("Note")
        beside = (_beside(self.hazards, self.channel), _beside(self.checklist, self.note), self.due)
        self.folded: list[QWidget] = list(beside)
        for words, field in zip(("Hazards, radio", "Checklist, note", "Due"), beside, strict=True):
            self.row(words, field)
        self.more = button("More", name="More about this task, and all units")
        self.more.setCheckable(True)
        self.more.toggled.connect(self._unfold)
        self.draft = button("Save as draft")
        self.draft.clicked.connect(self._save_draft)
        self.buttons.insertWidget(0, self.more)
        self.buttons.insertWidget(1, self.draft)

    def _wire(self) -> None:
        self.units.changed.connect(self._units_changed)
        self.kind.activated.connect(lambda _: self._say_ready())
        self.incident.currentIndexChanged.connect(lambda _: self.units.set_incident(self.incident.currentData()))
        self.incident.currentIndexChanged.connect(lambda _: self._units_changed())
        for number in range(1, NUMBERED + 1):
            keys = QShortcut(QKeySequence(f"Alt+{number}"), self)
            keys.activated.connect(lambda number=number: self.units.toggle_number(number))
        self.desk.changed.connect(self._picture_changed)

    def unit(self) -> Key | None:
        """The first of the chosen units."""
        return self.units.chosen[0] if self.units.chosen else None

    def act(self) -> Refusal | None:
        """Send it: all of it is on disk, or nothing."""
        if not self.units.chosen:
            return Refusal("Choose a unit.")
        return self.desk.tasks.assign(self.tasks())

    def tasks(self, *, draft: bool = False) -> list[Task]:
        """What is to be asked, a task for each unit; whom it leans on is found when it is sent."""
        incident: Key = self.incident.currentData() or ("", "")
        checklist = [wording.one_line(one)[:_LINE] for one in self.checklist.toPlainText().splitlines()[:_MOST_LINES]]
        hazards = [wording.one_line(one)[:_LINE] for one in self.hazards.text().split(",")]
        return [
            Task(
                id=self._ids.setdefault(unit, self.desk.new_id("task")),
                at=self.desk.now(),
                kind=self.kind.currentData(),
                objective=self.objective.text().strip(),
                incident_agency=incident[0],
                incident=incident[1],
                assignee_agency=unit[0],
                unit=unit[1],
                due_at=self.due.moment(),
                hazards=tuple(one for one in hazards if one)[:50],
                channel=self.channel.text().strip(),
                checklist=tuple(one for one in checklist if one),
                note=self.note.toPlainText().strip()[:8192],
                draft=draft,
            )
            for unit in self.units.chosen
        ]

    def _save_draft(self) -> None:
        tasks = self.tasks(draft=True)
        refused = (refusal for task in tasks if (refusal := self.desk.tasks.draft(task)) is not None)
        self.close_unless(next(refused, None) if tasks else Refusal("Choose a unit."))

    def _fill_incidents(self, incident: Key | None) -> None:
        self.incident.addItem("No incident", None)
        same, incidents = self.desk.picture.same, self.desk.picture.incidents
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

    def _unfold(self, open_: bool) -> None:
        for field in self.folded:
            self.form.setRowVisible(field, open_)
        self.units.show_list(open_ or self._choosing)
        self.more.setText("Less" if open_ else "More")
        self._fit()

    def _fit(self) -> None:
        """As high as what stands in it now, at this width."""
        if (layout := self.layout()) is not None:
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(max(self.width(), self.minimumWidth())))

    def showEvent(self, event: QShowEvent) -> None:
        """Only now fonts and margins are those of the theme."""
        super().showEvent(event)
        self._fit()

    def _units_changed(self) -> None:
        """Other units, or another place: other words are ready, unless somebody wrote their own."""
        chosen = self.units.chosen
        self.go.setText(verb(self.desk, ((unit, self.units.tasking(unit)) for unit in chosen)) if chosen else "Assign")
        if self.objective.text() == self._written and (usually := self._usual()):
            kind, self._written = usually[0]
            self.kind.setCurrentIndex(self.kind.findData(kind))
            self.objective.setText(self._written)
        self._say_ready()
        self.refusal.say("")
        if self.isVisible():
            QTimer.singleShot(0, self, self._fit)  # once the lines have their words

    def _usual(self) -> tuple[tuple[str, str], ...]:
        body = incident_of(self.desk, self.incident.currentData() or ("", ""))
        return usual(body.type, [self._kind_of(unit) for unit in self.units.chosen]) if body is not None else ()

    def _kind_of(self, unit: Key) -> str:
        report = self.desk.picture.units.get(unit)
        return report.body.kind if report is not None and isinstance(report.body, Unit) else "unknown"

    def _say_ready(self) -> None:
        """The words that are ready for this kind of task."""
        kind = self.kind.currentData()
        said = [*(words for of, words in self._usual() if of == kind), *BY_TASK.get(kind, ())]
        for chip, words in zip(self.ready, [*dict.fromkeys(said), *("",) * _READY], strict=False):
            chip.setProperty("said", words)
            chip.setText(caption(words))
            chip.setAccessibleName(f"Objective: {words}")
            chip.setVisible(bool(words))

    def _take_ready(self, words: str) -> None:
        self.objective.setText(words)
        self._written = words
        self.objective.setFocus()

    def _picture_changed(self, change: object) -> None:
        """Somebody took a unit, paused a clause, or the incident is another one now: the form says so at once."""
        if getattr(change, "tasks", None) or getattr(change, "consents", None) or getattr(change, "incidents", None):
            self.units.refresh()


def _beside(*fields: QWidget) -> QWidget:
    """Two fields on one line of the form: it has to fit on a low screen."""
    both = QWidget()
    line = QHBoxLayout(both)
    line.setContentsMargins(0, 0, 0, 0)
    for field in fields:
        line.addWidget(field, 1)
    both.setFocusProxy(fields[0])
    return both
