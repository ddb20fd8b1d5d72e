"""One task on the board."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from cop.ui import wording
from cop.ui.flow_layout import FlowLayout
from cop.ui.labels import Label, allow, button, restyle
from cop.ui.task_words import Standing, answer_verb

#: letters of one line of text
_MOST = 60


class TaskCard(QFrame):
    """Objective, who it is asked of, how it stands; for the owner also the buttons that answer."""

    chosen = Signal(str, str)  # agency, id
    answered = Signal(str, str, str)  # agency, id, state

    def __init__(self, standing: Standing, *, refusal: str | None) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.key = standing.key
        self._refusal = refusal
        self._states: tuple[str, ...] | None = None
        self._by_answer: dict[str, QPushButton] = {}
        self._selected = False
        self._objective = Label(tone="strong", wrap=True)
        self._who = Label(tone="muted", wrap=True)
        self._incident = Label(tone="muted", wrap=True)
        self._line = Label(tone="muted", wrap=True)
        self._unsent = Label(tone="warn", wrap=True)
        self._buttons = QWidget()
        self._flow = FlowLayout(self._buttons)
        self._flow.setContentsMargins(0, 5, 0, 1)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(9, 7, 9, 7)
        lines.setSpacing(2)
        for part in (self._objective, self._who, self._incident, self._line, self._unsent, self._buttons):
            lines.addWidget(part)
        self.standing = standing
        self.say(standing, with_incident=False)

    def say(self, standing: Standing, *, with_incident: bool) -> None:
        """Show how the task stands now."""
        self.standing = standing
        # no text of another agency pushes the buttons out of sight; the selection panel has it whole
        self._objective.say(wording.shortened(standing.objective, _MOST))
        self._who.say(wording.shortened(standing.who, _MOST))
        incident = standing.incident if with_incident or standing.mark == "ask" else ""
        self._incident.say(wording.shortened(incident, _MOST))
        self._line.say(wording.shortened(standing.line, 2 * _MOST), standing.tone)
        self._unsent.say("● not sent yet" if standing.pending else "")
        self.setAccessibleName(f"Task: {standing.words()}")
        self._offer(standing.answers)
        self._mark()

    def select(self, selected: bool) -> None:
        """Wear the frame of the selected one, or not."""
        if selected != self._selected:
            self._selected = selected
            self._mark()

    def buttons(self) -> dict[str, QPushButton]:
        """The buttons that stand on it, by the answer they give."""
        return dict(self._by_answer)

    def _mark(self) -> None:
        mark = "selected" if self._selected and self.standing.mark != "ask" else self.standing.mark
        if mark != self.property("mark"):
            restyle(self, "mark", mark)

    def _offer(self, states: tuple[str, ...]) -> None:
        # only what waits for us has buttons here; the later answers stand in the selection panel
        shown = tuple(one for one in states if one != "countered") if self.standing.state == "requested" else ()
        if shown == self._states:
            return
        self._states = shown
        self._by_answer.clear()
        while (item := self._flow.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for place, state in enumerate(shown):
            verb = answer_verb(state)
            one = button(verb, "small_primary" if place == 0 else "small", name=f"{verb} {self.standing.objective}")
            self._by_answer[state] = one
            allow(one, self._refusal)
            one.clicked.connect(lambda _=False, state=state: self.answered.emit(*self.key, state))
            self._flow.addWidget(one)
        self._buttons.setVisible(bool(shown))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click selects the task."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(*self.key)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and space select it too."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.chosen.emit(*self.key)
            return
        super().keyPressEvent(event)
