"""Ask other agencies for resources, or change what was asked: after ICS-213RR."""

from datetime import datetime, timedelta

from PySide6.QtCore import QDateTime
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QSpinBox, QWidget

from cop.domain.desk import Refusal
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.request import ResourceRequest
from cop.domain.resource import Resource
from cop.domain.rules.requests import request_of
from cop.domain.words import INCIDENT_OVER
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog, MomentEdit
from cop.ui.dialogs.hand_over import agencies

_MOST = 200


class RequestResourceDialog(ActionDialog):
    """What, how many, by when, for which incident, delivered where, asked of whom."""

    def __init__(
        self, desk: Desk, *, incident: Key | None = None, known: Report | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            desk,
            "Change request" if known is not None else "Request resources",
            "Change" if known is not None else "Request",
            parent,
        )
        self._known = known
        self._several: tuple[str, ...] = ()  # the list names one agency or all; several that were asked stay so
        self.request_id = known.body.id if known is not None else desk.new_id("request")
        before = request_of(known) if known is not None else None
        if before is not None:
            incident = (before.incident_agency, before.incident)
        self.what = QComboBox(editable=True)
        edit = QLineEdit(maxLength=256)
        self.what.setLineEdit(edit)
        edit.setPlaceholderText("What is needed: type, or choose what others have")
        for words, kinds in _kinds(desk):
            self.what.addItem(words, kinds)
        self.what.setCurrentIndex(-1)
        self.quantity = QSpinBox(minimum=1, maximum=1_000_000, value=1)
        self.quantity.lineEdit().setTextMargins(8, 0, 0, 0)  # in line with the other fields
        self.priority = QComboBox()
        for number, words in enumerate(("Life safety", "Urgent", "Routine", "When possible", "Last"), 1):
            self.priority.addItem(f"P{number}  {words}", number)
        self.incident = QComboBox()
        self.incident.addItem("No incident", ("", ""))
        self.due = MomentEdit("Needed by", desk.now() + timedelta(hours=2), checked=before is None)
        self.deliver = QLineEdit(maxLength=256, placeholderText="Where to: staging area, address, whom to report to")
        self.of = agencies(desk, incident or ("", ""))
        self.of.insertItem(0, "All agencies", "")
        self.of.setCurrentIndex(0)
        self.note = QPlainTextEdit(tabChangesFocus=True, placeholderText="What they must know: type, crew, hours")
        self.note.setFixedHeight(58)
        self._fill_incidents(incident)
        self.row("What", self.what)
        self.row("How many", self.quantity)
        self.row("Priority", self.priority)
        self.row("By when", self.due)
        self.row("Incident", self.incident)
        self.row("Deliver to", self.deliver)
        self.row("Asked of", self.of)
        self.row("Note", self.note)
        self.setMinimumWidth(540)
        self.priority.setCurrentIndex(2)
        self.incident.currentIndexChanged.connect(lambda _: self._propose_place())
        if before is not None:
            self._show(before)
        else:
            self._propose_place()
            self.priority.setCurrentIndex(self._priority() - 1)
        self.what.setFocus()

    def act(self) -> Refusal | None:
        """Ask, or ask for something else."""
        before = request_of(self._known) if self._known is not None else None
        incident: Key = self.incident.currentData() or ("", "")
        kind, nims_type = self._kind()
        known = self.desk.picture.incidents.get(incident)
        body = known.body if known is not None else None
        place = (body.lat, body.lon) if isinstance(body, Incident) else (None, None)
        asked_of = self.of.currentData() or ""
        request = ResourceRequest(
            id=self.request_id,
            at=self.desk.now(),
            kind=kind,
            nims_type=nims_type,
            what=self.what.currentText().strip(),
            quantity=self.quantity.value(),
            priority=int(self.priority.currentData()),
            incident_agency=incident[0],
            incident=incident[1],
            needed_by=self._needed_by(before),
            deliver_to=self.deliver.text().strip(),
            lat=place[0],
            lon=place[1],
            asked_of=(asked_of,) if asked_of else self._several,
            note=self.note.toPlainText().strip()[:8192],
        )
        if self._known is None:
            return self.desk.requests.ask(request)
        return self.desk.requests.change(self._known, request)

    def _needed_by(self, before: ResourceRequest | None) -> datetime | None:
        """The time that was said stays as it was to the second, unless another is chosen."""
        moment = self.due.moment()
        if before is not None and before.needed_by is not None and moment is not None:
            same = moment == before.needed_by.replace(second=0, microsecond=0)
            return before.needed_by if same else moment
        return moment

    def _kind(self) -> tuple[str, str]:
        at = self.what.findText(self.what.currentText())
        return self.what.itemData(at) if at >= 0 else ("unknown", "")

    def _fill_incidents(self, incident: Key | None) -> None:
        same, incidents = self.desk.picture.same, self.desk.picture.incidents
        keys = dict.fromkeys(same.leads())
        if incident in incidents:
            keys[incident] = None
        for key in sorted(keys, key=lambda one: (getattr(incidents[one].body, "priority", 5), one)):
            body = incidents[key].body
            if isinstance(body, Incident) and (body.status not in INCIDENT_OVER or key == incident):
                self.incident.addItem(f"P{body.priority}  {wording.incident_title(incidents[key])}", key)
                if key == incident:
                    self.incident.setCurrentIndex(self.incident.count() - 1)

    def _propose_place(self) -> None:
        """Where the incident is, for as long as nobody wrote something else."""
        report = self.desk.picture.incidents.get(self.incident.currentData() or ("", ""))
        body = report.body if report is not None else None
        address = wording.one_line(body.address)[:256] if isinstance(body, Incident) else ""
        if not self.deliver.isModified():
            self.deliver.setText(address)

    def _priority(self) -> int:
        report = self.desk.picture.incidents.get(self.incident.currentData() or ("", ""))
        body = report.body if report is not None else None
        return body.priority if isinstance(body, Incident) else 3

    def _show(self, before: ResourceRequest) -> None:
        self.what.setCurrentIndex(-1)
        self.what.setEditText(before.what)
        self.quantity.setValue(before.quantity)
        self.priority.setCurrentIndex(before.priority - 1)
        self.deliver.setText(before.deliver_to)
        self.deliver.setModified(True)
        self.note.setPlainText(before.note)
        if before.needed_by is not None:
            self.due.known.setChecked(True)
            self.due.edit.setDateTime(QDateTime.fromSecsSinceEpoch(int(before.needed_by.timestamp())))
        if len(before.asked_of) > 1:
            self._several = before.asked_of
            self.of.setItemText(0, f"The same {len(before.asked_of)} agencies")
        elif before.asked_of:
            self.of.setCurrentIndex(max(0, self.of.findData(before.asked_of[0])))


def _kinds(desk: Desk) -> list[tuple[str, tuple[str, str]]]:
    """What others have, by its words: kind and NIMS type."""
    found: dict[str, tuple[str, str]] = {}
    own = desk.operator.agency
    for (agency, _), report in sorted(desk.picture.resources.items()):
        body = report.body
        if agency == own or not isinstance(body, Resource) or len(found) >= _MOST:
            continue
        words = wording.in_words(wording.one_line(body.nims_type)) or wording.one_line(body.name)
        if words:
            found.setdefault(wording.shortened(words, 80), (body.kind, body.nims_type))
    return sorted(found.items(), key=lambda one: one[0].casefold())
