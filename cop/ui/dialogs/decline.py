"""Decline, counter or recall, with the reason that the asker needs."""

from typing import NamedTuple

from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from cop.domain.desk import Refusal
from cop.domain.report import Report
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.inbox_words import instead_of
from cop.ui.labels import Label
from cop.ui.reasons import DECLINE, RECALL
from cop.ui.task_words import task_of

#: so many of our own units are offered to choose from
_OFFERED = 12


class _Words(NamedTuple):
    title: str
    verb: str
    reasons: tuple[str, ...]


_WORDS = {
    "declined": _Words("Decline request", "Decline", DECLINE),
    "countered": _Words("Counter request", "Counter", ()),
    "released": _Words("Recall unit", "Recall", RECALL),
}


class DeclineDialog(ActionDialog):
    """The reason: one of the usual ones, or in own words. A counter may name another unit of ours."""

    def __init__(self, desk: Desk, task: Report, state: str = "declined", parent: QWidget | None = None) -> None:
        words = _WORDS[state]
        super().__init__(desk, words.title, words.verb, parent)
        self._task, self._state = task, state
        body = task_of(task)
        asker = wording.agency_name(desk.picture, task.agency)
        unit = wording.unit_callsign(desk.picture, body.assignee_agency, body.unit) if body.unit else "any unit"
        self.row("Request", Label(f"{asker} asks for {unit}: {wording.one_line(body.objective)}", wrap=True))
        counter = state == "countered"
        self.unit = QComboBox()
        self.unit.addItem("No unit: in words", "")
        for one in instead_of(desk, body, limit=_OFFERED) if counter else ():
            self.unit.addItem(one.words, one.unit)
        if counter:
            self.row("Unit instead", self.unit)
        self.reason = QComboBox(editable=True)
        self.reason.addItems(words.reasons)
        self.reason.setCurrentIndex(-1)
        edit = QLineEdit()
        self.reason.setLineEdit(edit)
        edit.setMaxLength(1024)
        edit.setPlaceholderText("What you offer instead, or why" if counter else "Why: choose or type")
        self.row("Words" if counter else "Reason", self.reason)
        self.reason.setFocus()

    def act(self) -> Refusal | None:
        """Say so to the asker."""
        offers = self.unit.currentData() if self._state == "countered" else ""
        return self.desk.tasks.answer(self._task, self._state, self.reason.currentText().strip(), offers=offers)
