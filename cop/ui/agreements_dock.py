"""What we give, take and show by agreements now: how much of it is used, and how it is paused and withdrawn.

In the list: `P` pauses a clause or resumes it, `H` pauses it for an hour, `Del` withdraws it, `G` leads to the words by
which a withdrawn one is given again. `Stop giving` pauses all aid at once; what is shown goes on
until its clause is paused.
"""

from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from cop.domain.agreement import AidClause, ShareClause, Term
from cop.domain.rules.consents import stopped
from cop.map.palette import Palette
from cop.picture.change import Change
from cop.ui.agreement_card import ClauseCards
from cop.ui.agreement_pane import AgreementPane
from cop.ui.agreement_words import ClauseCard, card, is_ours, is_shown, we_give, we_take
from cop.ui.cards import CARD_ROLE, card_list
from cop.ui.desk import Desk
from cop.ui.dialogs.stop_giving import StopGivingDialog
from cop.ui.dock import Dock
from cop.ui.labels import Label, allow, button, rule
from cop.ui.ordered_model import Column, Index, OrderedModel

#: agreement and number of a clause
ClauseKey = tuple[str, str]
#: what stands in the list together: aid that we give, aid that we take, and what we and others show
_SIDES = {"give": we_give, "take": we_take, "show": is_shown}
_NAMES = {"give": "We give", "take": "We take", "show": "Shown"}
_HOUR = timedelta(hours=1)
_KEYS = {Qt.Key.Key_P: "pause", Qt.Key.Key_H: "hour", Qt.Key.Key_Delete: "withdraw", Qt.Key.Key_G: "give"}


class ClauseModel(OrderedModel[Term]):
    """The clauses of one side, ours first, by agreement and number."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        self._desk = desk
        self._side = "give"
        known = desk.picture.agreements.terms
        self._terms = {one.key: one for one in known if isinstance(one.clause, AidClause | ShareClause)}
        super().__init__((Column("Clause", lambda term: ", ".join(card(desk, term).words())),), parent)
        self.refresh()

    def show_side(self, side: str) -> None:
        """Show what we "give", "take", or what is to "show"."""
        self._side = side
        self.refresh()

    def ids(self) -> list[ClauseKey]:
        """The keys of the clauses of this side."""
        return self.of_side(self._side)

    def of_side(self, side: str) -> list[ClauseKey]:
        """The keys of the clauses of one side."""
        return [key for key, term in self._terms.items() if _SIDES[side](self._desk, term)]

    def row(self, identity: ClauseKey) -> Term:
        """The clause."""
        return self._terms[identity]

    def order(self, ids: list[Any]) -> NDArray[np.intp]:
        """As they stand in the papers; of what is shown, what we show first."""
        others = [not is_ours(self._desk, self._terms[one]) for one in ids]
        return np.array(sorted(range(len(ids)), key=lambda at: (others[at], _in_paper(ids[at]))), dtype=np.intp)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Beside the words: the whole card, for the delegate."""
        identity = self.id_at(index)
        if identity is not None and role == CARD_ROLE:
            return self.card(identity)
        return super().data(index, role)

    def card(self, identity: ClauseKey) -> ClauseCard:
        """What stands on its card."""
        return card(self._desk, self._terms[identity])


class AgreementsDock(Dock):
    """The clauses of one side, the one that is read below them, and one button that stops giving at once."""

    side = Qt.DockWidgetArea.LeftDockWidgetArea
    keys = "Ctrl+9"
    short = "Agr."
    closed_as_delivered = True

    def __init__(self, desk: Desk, palette: Palette) -> None:
        super().__init__("Agreements", "agreements_dock", desk, palette)
        self.content.setMinimumWidth(330)
        self.model = ClauseModel(desk, self)
        self.sides = {side: button(name, "chip") for side, name in _NAMES.items()}
        self.give, self.take, self.shown = self.sides.values()
        for one in self.sides.values():
            one.setCheckable(True)
            one.setAutoExclusive(True)
        self.give.setChecked(True)
        for side, one in self.sides.items():
            one.toggled.connect(lambda on, side=side: self._turn_side(side) if on else None)
        self.stop = button("Stop giving", "small", name="Stop giving anything to anybody, at once")
        self.stop.clicked.connect(lambda _: self.stop_giving())
        self.resume = button("Resume all", "small", name="Resume all that is paused")
        self.resume.clicked.connect(lambda _: self.desk.consents.resume_all())
        self.close_button = button("Close", "small", name="Close the agreements")
        self.close_button.clicked.connect(self.hide)
        self.count = Label("", "muted", wrap=True)
        head = QWidget()
        lines = QVBoxLayout(head)
        lines.setContentsMargins(12, 10, 12, 8)
        sides, all_of_it = QHBoxLayout(), QHBoxLayout()
        for part in self.sides.values():
            sides.addWidget(part)
        sides.addStretch(1)
        sides.addWidget(self.close_button)
        all_of_it.addWidget(self.count, 1)
        for part in (self.resume, self.stop):
            all_of_it.addWidget(part, 0, Qt.AlignmentFlag.AlignRight)
        lines.addLayout(sides)
        lines.addLayout(all_of_it)
        self.list, self.cards = card_list(self.model, ClauseCards, palette, "Clauses")
        self.list.installEventFilter(self)
        self.list.selectionModel().currentChanged.connect(self._turned_to)
        self.pane = AgreementPane()
        self.pane.act_asked.connect(self.act)
        self.pane.words_said.connect(self._give_again)
        self.pane.task_chosen.connect(lambda agency, task: self.selected.emit("task", agency, task))
        halves = QSplitter(Qt.Orientation.Vertical)
        halves.setChildrenCollapsible(False)
        halves.addWidget(self.list)
        halves.addWidget(self.pane)
        halves.setStretchFactor(0, 1)
        halves.setStretchFactor(1, 1)
        self.list.setMinimumHeight(142)  # two of them
        for widget in (head, rule(), halves):
            self.lines.addWidget(widget)
        self.lines.setStretch(2, 1)
        self.content.setFocusProxy(self.list)
        self.opened: StopGivingDialog | None = None
        self.refresh()

    def apply(self, change: Change) -> None:
        """Read anew what a pulse changed, while somebody looks."""
        concerned = change.consents or change.tasks or change.agencies or change.incidents
        if (concerned or change.delivered) and self.in_sight():
            self.refresh()

    def tick(self) -> None:
        """Pauses end, clauses begin and end by the clock, requests lapse."""
        if self.in_sight():
            self.refresh()

    def refresh(self) -> None:
        """List, counts and the clause that is read."""
        self.model.refresh()
        given = [self.model.row(key) for key in self.model.of_side("give")]
        stops = [stopped(self.desk.consents.word(term), self.desk.now()) for term in given]
        paused = sum(one is not None and not one.withdrawn for one in stops)
        withdrawn = sum(one is not None and one.withdrawn for one in stops)
        for side, one in self.sides.items():
            many = len(self.model.of_side(side))
            one.setText(f"{_NAMES[side]} {many}")
            one.setAccessibleName(
                f"{'What is shown' if side == 'show' else f'What {_NAMES[side].lower()}'}: {many} clauses"
            )
        self._count(len(given), paused, withdrawn)
        refusal = self.desk.may("pause_clause")
        allow(self.stop, self._why_not_stop(), "Pause all that we give (Ctrl+Shift+G)")
        allow(self.resume, refusal.reason if refusal is not None else None)
        self.resume.setVisible(paused > 0 and self.give.isChecked())
        self.stop.setVisible(paused + withdrawn < len(given) and self.give.isChecked())
        self._read()

    def _count(self, given: int, paused: int, withdrawn: int) -> None:
        off = " · ".join(
            words
            for words in (f"{paused} paused" if paused else "", f"{withdrawn} withdrawn" if withdrawn else "")
            if words
        )
        if not self.desk.picture.agreements.terms:
            self.count.say("No agreement is loaded: every task to another agency is a request.", "muted")
        elif self.give.isChecked() and not given:
            self.count.say("We give nothing by agreement.", "muted")
        elif self.give.isChecked() and given and paused + withdrawn == given:
            self.count.say(f"We give nothing now: {off}", "bad")
        elif self.give.isChecked() and not off:
            self.count.say("All of it is given now.", "muted")
        elif self.shown.isChecked():
            self.count.say("What we show to others, and they to us.", "muted")
        else:
            self.count.say(off if self.give.isChecked() else "", "warn")

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        super().set_palette(palette)
        self.cards.colours = palette
        self.list.viewport().update()

    def stop_giving(self) -> None:
        """Pause all that we give, in one action."""
        self.desk.consents.stop_giving()

    def ask_to_stop(self) -> None:
        """The same by a key of the whole window: one more press, then the list shows what has stopped."""
        why = self._why_not_stop()
        if why is not None:
            self.desk.refused.emit(why)
            return
        self.opened = StopGivingDialog(self.desk, self.window())
        self.opened.accepted.connect(self._stopped)
        self.opened.finished.connect(self._closed)
        self.opened.open()

    def _closed(self) -> None:
        self.opened = None

    def _stopped(self) -> None:
        self.give.setChecked(True)
        self.show()
        self.raise_()
        self.refresh()

    def _why_not_stop(self) -> str | None:
        refusal = self.desk.may("pause_clause")
        if refusal is not None:
            return refusal.reason
        words = [self.desk.consents.word(term) for term in self.desk.consents.given()]
        given = any(stopped(word, self.desk.now()) is None for word in words)
        return None if given else "Nothing is given now."

    def act(self, act: str) -> None:
        """Do with the clause that is read what a button or a key asks for; what may not be done says why."""
        term, acts = self.pane.term, self.desk.consents
        if term is None or not is_ours(self.desk, term):
            return
        if act == "pause":
            acts.pause(term)
        elif act == "hour":
            acts.pause(term, _HOUR)
        elif act == "resume":
            acts.resume(term)
        elif act == "withdraw":
            acts.withdraw(term)
        elif act == "all":
            acts.pause_agreement(term.agreement.id)
        self._read()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the list."""
        if watched is self.list and isinstance(event, QKeyEvent) and not event.modifiers() and event.key() in _KEYS:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()  # before the window's own letters
                return True
            if event.type() == QEvent.Type.KeyPress:
                if not event.isAutoRepeat():
                    self._pressed(_KEYS[Qt.Key(event.key())])
                return True
        return super().eventFilter(watched, event)

    def _pressed(self, act: str) -> None:
        if act == "give":
            if self.pane.may("give"):
                self.pane.words.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        if act == "pause" and self.pane.may("resume"):
            act = "resume"
        self.act(act)

    def _give_again(self, words: str) -> None:
        term = self.pane.term
        if term is not None and self.desk.consents.give_again(term, words) is None:
            self.pane.words.clear()
            self.list.setFocus()

    def _turn_side(self, side: str) -> None:
        self.model.show_side(side)
        self.refresh()

    def _turned_to(self, index: QModelIndex, _before: QModelIndex) -> None:
        self._read()

    def _read(self) -> None:
        """The clause that is current; the first, where none is."""
        index = self.list.currentIndex()
        if not index.isValid() and self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(0, 0))  # which reads it
            return
        key = self.model.id_at(index)
        self.pane.say(self.desk, self.model.row(key) if key is not None else None)


def _in_paper(key: ClauseKey) -> tuple[str, list[tuple[int, str]]]:
    """The order of the paper: §4.10 comes after §4.9."""
    parts = key[1].replace("§", "").split(".")
    return key[0], [(int(part), "") if part.isdecimal() and len(part) < 10 else (1 << 40, part) for part in parts]
