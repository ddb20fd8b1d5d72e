"""A row of usual choices: one press of the mouse, or a letter and then a number."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from cop.ui import wording
from cop.ui.flow_layout import FlowLayout
from cop.ui.labels import Label, allow, button, restyle

#: letters of a choice that stand on its button
_MOST = 34
#: pixels: so that the first choices of several rows stand below each other
_HEAD = 68


class ChoiceRow(QWidget):
    """What it does, the letter that leads to it, and up to nine numbered choices.

    `armed` says that a number now chooses here. The choices stay where they are until others are given.
    """

    chosen = Signal(int)  # from 0

    def __init__(self, words: str, letter: str) -> None:
        super().__init__()
        self.letter = letter
        self.words = words
        self.armed = False
        self._texts: tuple[str, ...] | None = None
        self._refusal: str | None = None
        self.buttons: list[QPushButton] = []
        self._head = Label(f"{words}  {letter}", "muted")
        self._head.setContentsMargins(0, 4, 4, 4)
        self._head.setMinimumWidth(_HEAD)
        self._flow = FlowLayout(self, gap=5)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._flow.addWidget(self._head)

    def offer(self, texts: Sequence[str], refusal: str | None = None) -> None:
        """These choices; `refusal` is why this desk may take none of them."""
        self.setVisible(bool(texts))
        if (tuple(texts), refusal) == (self._texts, self._refusal):
            return
        self._texts, self._refusal = tuple(texts), refusal
        while (item := self._flow.takeAt(1)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.buttons = []
        for at, text in enumerate(texts):
            one = button(f"{at + 1}  {wording.shortened(text, _MOST)}", "small", name=f"{self.words}: {text}")
            one.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys where they are: in the list
            allow(one, refusal, text if len(text) > _MOST else "")
            one.clicked.connect(lambda _=False, at=at: self.chosen.emit(at))
            self._flow.addWidget(one)
            self.buttons.append(one)

    def arm(self, armed: bool) -> None:
        """A number chooses here now, or no longer."""
        if armed != self.armed:
            self.armed = armed
            restyle(self._head, "tone", "armed" if armed else "muted")

    def choose(self, number: int) -> bool:
        """The number of a choice was pressed, from 1; whether there is one."""
        if not self.isHidden() and 1 <= number <= len(self.buttons):
            self.buttons[number - 1].click()
            return True
        return False
