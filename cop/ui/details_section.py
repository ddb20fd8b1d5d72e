"""What not everybody may read about an incident: as this desk may, and under which clause."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from cop.domain.report import Report
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.dialogs.incident_details import IncidentDetailsDialog
from cop.ui.labels import Label, button


class DetailsSection(QWidget):
    """Medical and personal details, who reads them, and for our own incidents the button that writes them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._key = ("", "")
        self.medical = Label(wrap=True)
        self.personal = Label(wrap=True)
        self.shown = Label(tone="muted", wrap=True)
        self.write = button("Confidential details…")  # the page puts it beside its other buttons
        self.write.clicked.connect(lambda _=False: self._open())
        self.opened: ActionDialog | None = None
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(3)
        for part in (self.medical, self.personal, self.shown):
            lines.addWidget(part)

    def say(self, report: Report) -> None:
        """Show what this desk may read of an incident."""
        self._key = report.key
        found = self._desk.details.of(report.key)
        self.medical.say(f"Medical: {wording.paragraphs(found.medical)}" if found and found.medical else "")
        self.personal.say(f"Personal: {wording.paragraphs(found.personal)}" if found and found.personal else "")
        own = report.agency == self._desk.operator.agency
        self.shown.say(self._who_reads(report) if own else self._under(found.under) if found else "")
        self.write.setVisible(own and self._desk.may("change_incident") is None)
        self.setVisible(found is not None)

    def _open(self) -> None:
        self.opened = IncidentDetailsDialog(self._desk, self._key, self.window())
        self.opened.finished.connect(self._closed)
        self.opened.open()

    def _closed(self) -> None:
        self.opened = None

    def _who_reads(self, report: Report) -> str:
        if self._desk.details.of(report.key) is None:
            return ""
        readers = [wording.agency_name(self._desk.picture, one) for one in self._desk.details.readers(report.key)]
        return f"Also read by {', '.join(readers)}" if readers else "Read by our own desks alone"

    @staticmethod
    def _under(clauses: tuple[str, ...]) -> str:
        return f"Shown to us under {', '.join(wording.one_line(one) for one in clauses)}" if clauses else ""
