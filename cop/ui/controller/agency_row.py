"""One agency in the controller's list; when it is taken over, what its people would have: requests, units, a pen."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from cop.exercise.control_words import AnswerTask, GiveBack, MoveUnit, SetStatus, TakeOver, Write
from cop.exercise.lines import Participant
from cop.ui import wording
from cop.ui.controller.requests_by_hand import Request, RequestsByHand
from cop.ui.controller.units_by_hand import UnitsByHand
from cop.ui.desk import Desk
from cop.ui.labels import Label, allow, button, restyle

#: gives an order of a kind, called so: its parts
Order = Callable[..., None]


class AgencyRow(QFrame):
    """Take it over, and give it back."""

    def __init__(self, desk: Desk, agency: Participant, order: Order) -> None:
        super().__init__()
        self.setObjectName("card")
        self.agency = agency
        self.name = wording.one_line(agency.name)
        self.setAccessibleName(f"Agency: {self.name}")
        self._order = order
        self._desk = desk
        self.is_taken = False
        self.title = Label(self.name, "strong", wrap=True)
        self.standing = Label("", "warn")
        self.take = button("Take over", "small", name=f"Take over {self.name}")
        self.take.clicked.connect(lambda _: self._turn())
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.standing)
        head.addWidget(self.take)
        self.hand: QWidget | None = None
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(10, 7, 10, 7)
        self._lines.setSpacing(4)
        self._lines.addLayout(head)

    def show_state(self, is_taken: bool, requests: Sequence[Request], refusal: str | None) -> None:
        """Whether the controller plays it, and what is asked of it."""
        waiting = sum(state in ("requested", "expired") for _report, _task, state in requests)
        if is_taken != self.is_taken:
            self.is_taken = is_taken
            self.take.setText("Give back" if is_taken else "Take over")
            self.take.setAccessibleName(f"{self.take.text()} {self.name}")
            restyle(self, "mark", "selected" if is_taken else "")
            self._open() if is_taken else self._shut()
        asked = f"{waiting} to answer" if waiting else ""
        words = " · ".join(part for part in ("By hand" if is_taken else "", asked) if part)
        self.standing.say(words, "warn" if is_taken else "muted")
        allow(self.take, refusal)
        if self.hand is not None:
            self.requests.offer(requests, refusal)
            self.units.refresh(refusal)

    def _turn(self) -> None:
        kind, words = (GiveBack, "Give back") if self.is_taken else (TakeOver, "Take over")
        self._order(kind, f"{words} {self.name}", agency=self.agency.id)

    def _open(self) -> None:
        self.hand = QWidget()
        lines = QVBoxLayout(self.hand)
        lines.setContentsMargins(0, 2, 0, 2)
        lines.setSpacing(6)
        self.requests = RequestsByHand(self._desk, self._answer)
        self.units = UnitsByHand(
            self._desk, self.agency.id, self.name, status=self._status, move=self._move, write=self._write
        )
        lines.addWidget(self.requests)
        lines.addWidget(self.units)
        self._lines.addWidget(self.hand)
        self.hand.show()

    def _shut(self) -> None:
        if self.hand is not None:
            self.hand.hide()
            self.hand.deleteLater()
            self.hand = None

    def _answer(self, words: str, **what: Any) -> None:
        self._order(AnswerTask, words, agency=self.agency.id, **what)

    def _status(self, words: str, **what: Any) -> None:
        self._order(SetStatus, words, agency=self.agency.id, **what)

    def _move(self, words: str, **what: Any) -> None:
        self._order(MoveUnit, words, agency=self.agency.id, **what)

    def _write(self, words: str, **what: Any) -> None:
        self._order(Write, words, agency=self.agency.id, **what)
