"""Decline or counter a request, with the reason that the asker needs."""

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from cop.domain.desk import Refusal
from cop.domain.report import Report
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.labels import Label
from cop.ui.task_words import task_of

_REASONS = ("No crew", "Committed elsewhere", "Out of service", "Below our own minimum cover", "Not suited to the task")


class DeclineDialog(ActionDialog):
    """The reason: one of the usual ones, or in own words."""

    def __init__(self, desk: Desk, task: Report, state: str = "declined", parent: QWidget | None = None) -> None:
        counter = state == "countered"
        super().__init__(
            desk, "Counter request" if counter else "Decline request", "Counter" if counter else "Decline", parent
        )
        self._task, self._state = task, state
        body = task_of(task)
        asker = wording.agency_name(desk.picture, task.agency)
        unit = wording.unit_callsign(desk.picture, body.assignee_agency, body.unit)
        self.row("Request", Label(f"{asker} asks for {unit}: {wording.one_line(body.objective)}", wrap=True))
        self.reason = QComboBox(editable=True)
        if not counter:
            self.reason.addItems(_REASONS)
        self.reason.setCurrentIndex(-1)
        edit = QLineEdit()
        self.reason.setLineEdit(edit)
        edit.setMaxLength(1024)
        edit.setPlaceholderText("What you offer instead" if counter else "Why not: choose or type")
        self.row("Offer" if counter else "Reason", self.reason)
        self.reason.setFocus()

    def act(self) -> Refusal | None:
        """Say so to the asker."""
        return self.desk.tasks.answer(self._task, self._state, self.reason.currentText().strip())
