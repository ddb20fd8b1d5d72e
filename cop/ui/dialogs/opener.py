"""Which dialog an action opens; where the desk may not do it, the reason is said at once and no dialog opens."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from cop.domain.words import INCIDENT_OVER
from cop.map.carried import Assignment
from cop.map.palette import Palette, load_palette
from cop.picture.change import Key
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.dialogs.assign_task import AssignTaskDialog
from cop.ui.dialogs.decline import DeclineDialog
from cop.ui.dialogs.mark_resource import MarkResourceDialog
from cop.ui.dialogs.open_incident import OpenIncidentDialog
from cop.ui.dialogs.write_log import WriteLogDialog
from cop.ui.lead_words import incident_of
from cop.ui.resource_dock import why_not_mark


class Dialogs(QObject):
    """Opens the dialogs of one window. `incident` is the last one selected: what a new task or log entry is about."""

    incident_opened = Signal(str, str)  # agency, id

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self.colours: Palette = load_palette("dark")
        self.incident: Key | None = None
        self.opened: ActionDialog | None = None

    def open_incident(self, lat: float | None = None, lon: float | None = None) -> None:
        """Open an incident, at a place of the map if one was clicked."""
        if self._allowed("open_incident"):
            dialog = OpenIncidentDialog(self._desk, lat=lat, lon=lon, parent=self._window)
            key = (self._desk.operator.agency, dialog.incident_id)
            dialog.accepted.connect(lambda: self.incident_opened.emit(*key))
            self._open(dialog)

    def assign_task(self, agency: str = "", unit: str = "") -> None:
        """Ask for this unit, or for one still to be chosen, for the incident that was selected last."""
        known = incident_of(self._desk, self.incident) if self.incident is not None else None
        about = self.incident if known is not None and known.status not in INCIDENT_OVER else None
        self.send_units(((agency, unit),) if unit else (), about)

    def send(self, meant: Assignment) -> None:
        """The form for what was put on one another."""
        self.send_units(meant.units, meant.incident)

    def send_units(self, units: Sequence[Key], incident: Key | None) -> None:
        """A form filled in for these units and this incident, to be sent with Enter; no units: the nearest."""
        known = incident_of(self._desk, incident) if incident is not None else None
        if incident is not None and (known is None or known.status in INCIDENT_OVER):
            self._desk.refused.emit("That incident is over: nobody is sent to it any more.")
        elif self._allowed("assign_task"):
            self._open(AssignTaskDialog(self._desk, self.colours, incident=incident, units=units, parent=self._window))

    def answer_task(self, agency: str, object_id: str, state: str) -> None:
        """Answer a request; declining and countering ask for the reason first."""
        report = self._desk.picture.tasks.get((agency, object_id))
        if report is None or not self._allowed("answer_task"):
            return
        if state in {"declined", "countered", "released"}:
            self._open(DeclineDialog(self._desk, report, state, self._window))
        else:
            self._desk.tasks.answer(report, state)

    def cancel_task(self, agency: str, object_id: str) -> None:
        """Take our own request back."""
        report = self._desk.picture.tasks.get((agency, object_id))
        if report is not None:
            self._desk.tasks.cancel(report)

    def mark_resource(self, agency: str, object_id: str) -> None:
        """Mark one of our resources."""
        report = self._desk.picture.resources.get((agency, object_id))
        reason = why_not_mark(self._desk, report.key if report is not None else None)
        if reason is not None:
            self._desk.refused.emit(reason)
        elif report is not None:
            self._open(MarkResourceDialog(self._desk, report, self._window))

    def write_log(self) -> None:
        """Write in the log."""
        if self._allowed("write_log"):
            self._open(WriteLogDialog(self._desk, self.incident, self._window))

    def _allowed(self, action: str) -> bool:
        refusal = self._desk.may(action)
        if refusal is not None:
            self._desk.refused.emit(refusal.reason)
        return refusal is None

    def _open(self, dialog: ActionDialog) -> None:
        self.opened = dialog
        dialog.finished.connect(self._closed)
        dialog.open()

    def _closed(self) -> None:
        self.opened = None
