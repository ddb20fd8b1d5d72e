"""A message of the control cell, to all who take part or to one agency."""

from collections.abc import Callable

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from cop.exercise.scenario import Scenario
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.labels import ElidedCombo, Label, allow, button


class MessageForm(QFrame):
    """What no inject foresaw."""

    def __init__(self, desk: Desk, scenario: Scenario, write: Callable[[str, tuple[str, ...]], None]) -> None:
        super().__init__()
        self.setObjectName("box")
        self._write_now = write
        self.text = QLineEdit()
        self.text.setPlaceholderText("Message of exercise control")
        self.text.setAccessibleName("Message of exercise control")
        self.to = ElidedCombo()
        self.to.setAccessibleName("To whom")
        self.to.addItem("To everybody", "")
        for agency in scenario.agencies:
            self.to.addItem(f"To {wording.one_line(agency.name)}", agency.id)
        self.write = button("Write", "small", name="Write the message")
        self.write.clicked.connect(lambda _: self._say())
        self.text.returnPressed.connect(self._say)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(10, 8, 10, 8)
        lines.setSpacing(5)
        below = QHBoxLayout()
        below.addWidget(self.to, 1)
        below.addWidget(self.write)
        lines.addWidget(Label("EXERCISE CONTROL WRITES", "section"))
        lines.addWidget(self.text)
        lines.addLayout(below)
        self.setVisible(bool(scenario.injects))  # else the control cell takes no part

    def allow(self, refusal: str | None) -> None:
        """Whether it can be written now."""
        allow(self.write, refusal)

    def _say(self) -> None:
        text = self.text.text().strip()
        if text and self.write.isEnabled():
            to = self.to.currentData()
            self._write_now(text[:2000], (to,) if to else ())
            self.text.clear()
