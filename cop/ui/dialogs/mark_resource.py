"""Mark a resource of our own agency."""

from datetime import timedelta

from PySide6.QtWidgets import QComboBox, QSpinBox, QWidget

from cop.domain.desk import Refusal
from cop.domain.report import Report
from cop.domain.words import AVAILABILITIES
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog, MomentEdit
from cop.ui.labels import Label
from cop.ui.resource_dock import body_of, resource_type


class MarkResourceDialog(ActionDialog):
    """Available, committed or out of service; how many; until when."""

    def __init__(self, desk: Desk, known: Report, parent: QWidget | None = None) -> None:
        super().__init__(desk, "Mark resource", "Mark", parent)
        self._key = known.key
        body = body_of(known)
        self.row("Resource", Label(f"{wording.resource_name(body)} · {resource_type(known)}", wrap=True))
        self.availability = QComboBox()
        for word in ("available", "committed", "out_of_service"):
            self.availability.addItem(AVAILABILITIES[word], word)
        self.availability.setCurrentIndex(max(0, self.availability.findData(body.availability)))
        self.available = QSpinBox(maximum=body.quantity, value=min(body.available, body.quantity))
        self.available.setSuffix(f"  of {body.quantity}")
        self.available.lineEdit().setTextMargins(8, 0, 0, 0)  # in line with the other fields
        self.until = MomentEdit("Until", body.until or desk.now() + timedelta(hours=4), checked=body.until is not None)
        self.row("Availability", self.availability)
        self.row("How many are free", self.available)
        self.row("Until when", self.until)
        self.availability.currentIndexChanged.connect(self._none_when_out)
        self.availability.setFocus()

    def act(self) -> Refusal | None:
        """Say so to everybody."""
        known = self.desk.picture.resources.get(self._key)
        if known is None:
            return Refusal("This resource has just been taken out of the picture by its owner.")
        return self.desk.mark_resource(
            known,
            availability=str(self.availability.currentData()),
            available=self.available.value(),
            until=self.until.moment(),
        )

    def _none_when_out(self) -> None:
        if self.availability.currentData() == "out_of_service":
            self.available.setValue(0)
