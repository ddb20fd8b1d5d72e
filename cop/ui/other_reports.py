"""A section of an incident's page: other reports beside it, each of which can be turned to."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cop.ui.labels import Label, NameButton, button
from cop.ui.page import box
from cop.ui.same_words import Other, shown


class OtherReports(QWidget):
    """The section's title and a frame of rows; not there at all where nobody else tells of it."""

    chosen = Signal(str, str)  # agency, incident
    unlink_asked = Signal(str, str)  # agency, incident

    def __init__(self, title: str) -> None:
        super().__init__()
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 12, 0, 0)
        lines.setSpacing(6)
        lines.addWidget(Label(title.upper(), "section"))
        frame, self._lines = box()
        self._lines.setSpacing(8)
        self._more = Label(tone="muted")
        self._lines.addWidget(self._more)
        lines.addWidget(frame)
        self._rows: list[_Row] = []

    def say(self, others: list[Other]) -> None:
        """Show these."""
        told, more = shown(others)
        while len(self._rows) < len(told):
            row = _Row()
            row.name.clicked.connect(lambda _=False, row=row: self.chosen.emit(*row.key))
            row.unlink.clicked.connect(lambda _=False, row=row: self.unlink_asked.emit(*row.key))
            self._lines.insertWidget(len(self._rows), row)
            self._rows.append(row)
        for at, row in enumerate(self._rows):
            if at < len(told):
                row.say(told[at])
            row.setVisible(at < len(told))
        self._more.say(more)
        self.setVisible(bool(told))

    def rows(self) -> list["_Row"]:
        """What is shown."""
        return [row for row in self._rows if not row.isHidden()]


class _Row(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.key = ("", "")
        self.why = Label(tone="muted", wrap=True)
        self.name = NameButton()
        self.text = Label(tone="muted", wrap=True)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(1)
        lines.addWidget(self.why)
        lines.addWidget(self.name, 0, Qt.AlignmentFlag.AlignLeft)
        lines.addWidget(self.text)
        self.unlink = button("Unlink", "small")
        lines.addWidget(self.unlink, 0, Qt.AlignmentFlag.AlignLeft)

    def say(self, other: Other) -> None:
        """Show this report."""
        self.key = other.key
        self.why.say(other.why)
        self.name.say(other.name)
        self.name.setEnabled(other.known)
        self.name.setAccessibleName(f"Show {other.name}, {other.why}")
        self.text.say("\n".join(other.lines))
        self.unlink.setVisible(other.parts)
        self.unlink.setAccessibleName(f"Unlink {other.name}")
