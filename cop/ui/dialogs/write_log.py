"""Write a line for the record."""

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from cop.domain.desk import Refusal
from cop.domain.log import LogEntry
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.labels import Label


class WriteLogDialog(ActionDialog):
    """One entry, about an incident where one is selected."""

    def __init__(self, desk: Desk, incident: Key | None, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Write in the log", "Write", parent)
        self._incident = incident or ("", "")
        self._id = desk.new_id("log")
        report = desk.picture.incidents.get(incident) if incident is not None else None
        self.row("About", Label(wording.incident_title(report) if report is not None else "No incident", wrap=True))
        self.text = QPlainTextEdit(tabChangesFocus=True, placeholderText="What was said, seen or decided")
        self.text.setFixedHeight(96)
        self.row("Entry", self.text)
        self.text.setFocus()

    def act(self) -> Refusal | None:
        """Put it on record."""
        agency, incident = self._incident
        text = self.text.toPlainText().strip()[:8192]
        entry = LogEntry(id=self._id, at=self.desk.now(), text=text, incident_agency=agency, incident=incident)
        return self.desk.write_log(entry)
