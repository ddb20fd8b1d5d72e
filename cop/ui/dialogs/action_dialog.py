"""What all dialogs share: a form, the reason of a refusal beside the button, and no way to block the window."""

from abc import abstractmethod
from datetime import UTC, datetime

from PySide6.QtCore import QDateTime, Qt
from PySide6.QtWidgets import QCheckBox, QDateTimeEdit, QDialog, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from cop.domain.desk import Refusal
from cop.ui.desk import Desk
from cop.ui.labels import Label, button


class ActionDialog(QDialog):
    """A form with one action. It closes when the action was taken; a refusal stays beside the button, in words."""

    def __init__(self, desk: Desk, title: str, verb: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.setWindowTitle(f"EXERCISE — {title}" if desk.exercise else title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(480)
        self.setProperty("edge", bool(desk.exercise))
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.form.setHorizontalSpacing(16)
        self.form.setVerticalSpacing(10)
        self.refusal = Label(tone="bad", wrap=True)
        self.refusal.setAccessibleName("Refused because")
        self.refusal.hide()
        self.go = button(verb, "primary")
        self.go.setDefault(True)
        self.go.clicked.connect(self.attempt)
        self.cancel = button("Cancel")
        self.cancel.clicked.connect(self.reject)
        #: what a dialog of more than one button puts its own into, from the left
        self.buttons = QHBoxLayout()
        line = QHBoxLayout()
        line.addLayout(self.buttons)
        line.addWidget(self.refusal, 1)
        line.addStretch(0)
        line.addWidget(self.cancel)
        line.addWidget(self.go)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(20, 18, 20, 16)
        lines.setSpacing(14)
        lines.addWidget(Label(title, "heading"))
        lines.addLayout(self.form)
        lines.addStretch(1)
        lines.addLayout(line)

    @abstractmethod
    def act(self) -> Refusal | None:
        """Do it; the refusal if it was not taken."""

    def row(self, words: str, field: QWidget) -> None:
        """One line of the form; the field wears the same name for screen readers."""
        if not field.accessibleName():
            field.setAccessibleName(words)
        name = Label(words, "muted")
        name.setBuddy(field)
        if not isinstance(field, Label):
            name.setContentsMargins(0, 2, 0, 0)  # on one line with the text inside the field's frame
        self.form.addRow(name, field)

    def attempt(self) -> None:
        """The button: close if it was taken, else say why not."""
        self.close_unless(self.act())

    def close_unless(self, refusal: Refusal | None) -> None:
        """Close if it was taken, else say why not."""
        if refusal is None:
            self.accept()
            return
        self.refusal.say(refusal.reason)
        self.refusal.setAccessibleDescription(refusal.reason)
        self.adjustSize()


class MomentEdit(QWidget):
    """A time that may be left open. Shown in local time, read as UTC."""

    def __init__(self, words: str, proposed: datetime, *, checked: bool = False) -> None:
        super().__init__()
        self.setAccessibleName(words)
        self.known = QCheckBox(words)
        self.edit = QDateTimeEdit(QDateTime.fromSecsSinceEpoch(int(proposed.timestamp())))
        self.edit.setDisplayFormat("ddd d MMM HH:mm")
        self.edit.setCalendarPopup(True)
        self.edit.setAccessibleName(f"{words}, time")
        self.edit.setEnabled(checked)
        self.known.setChecked(checked)
        self.known.toggled.connect(self.edit.setEnabled)
        self.setFocusProxy(self.known)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.known)
        line.addWidget(self.edit, 1)

    def moment(self) -> datetime | None:
        """The chosen time, aware UTC, to the minute; None if left open."""
        if not self.known.isChecked():
            return None
        seconds = self.edit.dateTime().toSecsSinceEpoch()
        return datetime.fromtimestamp(seconds - seconds % 60, UTC)
