"""One inject in the controller's list: what it is, how far, and the two things that can be done with it."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from cop.exercise.control_words import InjectState
from cop.exercise.injects import Inject
from cop.ui import wording
from cop.ui.controller.words import Named, does_words, standing_words, when_words
from cop.ui.labels import Label, allow, button, restyle

#: what is done with an inject
Do = Callable[[Inject], object]
#: a question that was not answered for so long is taken back
_ASKS_MS = 8_000


class InjectRow(QFrame):
    """Its place in the list never changes: what is pressed is what was read."""

    def __init__(self, inject: Inject, named: Named, fire: Do, skip: Do) -> None:
        super().__init__()
        self.setObjectName("card")
        self.inject = inject
        self._state: InjectState | None = None
        self._asks: Do | None = None
        self._fire, self._skip = fire, skip
        self._refusal: str | None = None
        title = wording.one_line(inject.title)
        self.setAccessibleName(f"Inject: {title}")
        self.title = Label(title, "strong", wrap=True)
        self.standing = Label("", "muted")
        self.when = Label(wording.one_line(when_words(inject, named)), "muted", wrap=True)
        self.does = Label("\n".join(does_words(inject, named)), wrap=True)
        self.notes = Label(wording.one_line(inject.notes), "muted", wrap=True)
        self.notes.setVisible(bool(inject.notes))
        self.fire_button = button("Fire now", "small", name=f"Fire now: {title}")
        self.skip_button = button("Leave out", "small", name=f"Leave out: {title}")
        self.question = Label("", "warn", wrap=True)
        self.yes = button("", "small_primary")
        self.no = button("Cancel", "small")
        head, self._acts, self._ask = QHBoxLayout(), QWidget(), QWidget()
        head.addWidget(self.title, 1)
        head.addWidget(self.standing)
        acts, ask = QHBoxLayout(self._acts), QHBoxLayout(self._ask)
        for line in (acts, ask):
            line.setContentsMargins(0, 4, 0, 0)
        acts.addWidget(self.fire_button)
        acts.addWidget(self.skip_button)
        acts.addStretch(1)
        ask.addWidget(self.question, 1)
        ask.addWidget(self.yes)
        ask.addWidget(self.no)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(10, 8, 10, 8)
        lines.setSpacing(3)
        lines.addLayout(head)
        for part in (self.when, self.does, self.notes, self._acts, self._ask):
            lines.addWidget(part)
        self._ask.hide()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._take_back)
        self.fire_button.clicked.connect(lambda _: self._put("Fire it now, for all who take part?", "Fire", self._fire))
        self.skip_button.clicked.connect(lambda _: self._put("Leave it out of this exercise?", "Leave out", self._skip))
        self.yes.clicked.connect(lambda _: self._answered())
        self.no.clicked.connect(lambda _: self._take_back())

    def show_state(self, state: InjectState | None, t: float, refusal: str | None) -> None:
        """How far it is at second `t`; `refusal` is why nothing can be ordered now."""
        said = state.state if state is not None else "waiting"
        if self._state is None or state is None or said != self._state.state:
            self._take_back()
            restyle(self.title, "tone", "muted" if said in ("fired", "skipped") else "strong")
            self.does.setVisible(said not in ("fired", "skipped"))
            self.when.setVisible(said not in ("fired", "skipped"))
            self.notes.setVisible(bool(self.inject.notes) and said != "skipped")
        self._state, self._refusal = state, refusal
        tone = {"fired": "ok", "due": "warn"}.get(said, "muted")
        self.standing.say(standing_words(self.inject, state, t), tone)
        self._acts.setVisible(said != "fired" and self._asks is None)
        self.skip_button.setVisible(said != "skipped")
        allow(self.fire_button, refusal)
        allow(self.skip_button, refusal)
        allow(self.yes, refusal)

    def _put(self, question: str, yes: str, then: Do) -> None:
        """Ask in the row itself: nothing else waits for the answer."""
        self._asks = then
        self.question.say(question)
        self.yes.setText(yes)
        self.yes.setAccessibleName(f"{yes}: {wording.one_line(self.inject.title)}")
        self._acts.hide()
        self._ask.show()
        restyle(self, "mark", "ask")
        self.no.setFocus()  # Enter, pressed out of habit, must not fire
        self._patience.start(_ASKS_MS)

    def _answered(self) -> None:
        then = self._asks
        self._take_back()
        if then is not None and self._refusal is None:
            then(self.inject)

    def _take_back(self) -> None:
        if self._asks is None:
            return
        self._asks = None
        self._patience.stop()
        self._ask.hide()
        self._acts.setVisible(self._state is None or self._state.state != "fired")
        restyle(self, "mark", "")
