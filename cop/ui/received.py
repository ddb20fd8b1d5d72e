"""What a message said that no word of ours holds: its fields as they came."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cop.ui import wording
from cop.ui.labels import Label, button, caption

#: as many fields are shown at once; the rest at a press
_AT_ONCE = 6


class Received(QWidget):
    """Field by field, "name: value", as plain text; hidden where nothing was lost."""

    def __init__(self, title: str = "As received") -> None:
        super().__init__()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 12, 0, 0)
        self._lines.setSpacing(4)
        self._lines.addWidget(Label(title.upper(), "section"))
        self._fields: list[Label] = []
        self._said: dict[str, str] = {}
        self._all = False
        self.more = button("", "small")
        self.more.clicked.connect(self._turn)
        self._lines.addWidget(self.more, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def say(self, fields: Mapping[str, str], *, collapse: bool = False) -> None:
        """Show these fields; `collapse` where they are another object's than before."""
        if fields == self._said and not collapse:
            return
        self._said = dict(fields)
        self._all = self._all and not collapse
        self._show()

    def texts(self) -> list[str]:
        """What is shown."""
        return [field.text() for field in self._fields if not field.isHidden()]

    def _turn(self) -> None:
        self._all = not self._all
        self._show()

    def _show(self) -> None:
        shown = list(self._said.items())
        hidden = len(shown) - _AT_ONCE
        if not self._all:
            shown = shown[:_AT_ONCE] if hidden > 0 else shown
        while len(self._fields) < len(shown):
            field = Label(wrap=True)
            field.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._lines.insertWidget(1 + len(self._fields), field)
            self._fields.append(field)
        for place, field in enumerate(self._fields):
            name, value = shown[place] if place < len(shown) else ("", "")
            field.say(wording.breakable(wording.one_line(f"{name}: {value}")) if place < len(shown) else "")
        words = "Show fewer" if self._all else f"Show all {len(self._said)} fields"
        self.more.setText(caption(words))
        self.more.setAccessibleName(f"{words} as received")
        self.more.setVisible(hidden > 0)
        self.setVisible(bool(self._said))
