"""Write what not everybody may read about an incident of ours."""

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from cop.domain.desk import Refusal
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.labels import Label

_MOST = 8192


class IncidentDetailsDialog(ActionDialog):
    """Medical and personal, kept apart: each goes to those alone whom a clause of an agreement names."""

    def __init__(self, desk: Desk, incident: Key, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Confidential details", "Save", parent)
        self._incident = incident
        report = desk.picture.incidents.get(incident)
        known = desk.details.of(incident)
        self.row("About", Label(wording.incident_title(report) if report is not None else "No incident", wrap=True))
        self.medical = self._text("Patients, injuries, exposure", known.medical if known is not None else "")
        self.personal = self._text("Names, phone numbers, addresses", known.personal if known is not None else "")
        self.row("Medical", self.medical)
        self.row("Personal", self.personal)
        self.row(
            "", Label("Only our own desks read this, and agencies to whom an agreement shows it.", "muted", wrap=True)
        )
        self.medical.setFocus()

    @staticmethod
    def _text(hint: str, text: str) -> QPlainTextEdit:
        edit = QPlainTextEdit(text, tabChangesFocus=True, placeholderText=hint)
        edit.setFixedHeight(76)
        return edit

    def act(self) -> Refusal | None:
        """Say it to those who may read it."""
        medical, personal = (edit.toPlainText().strip()[:_MOST] for edit in (self.medical, self.personal))
        return self.desk.details.tell(self._incident, medical=medical, personal=personal)
