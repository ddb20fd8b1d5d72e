"""The conflicts: their list and its dock."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from cop.domain.rules.conflict import Conflict
from cop.domain.rules.conflict_order import is_ours
from cop.map.palette import Palette
from cop.picture.change import Change
from cop.ui.cards import CARD_ROLE, card_list
from cop.ui.conflict_card import ConflictCards
from cop.ui.conflict_words import ConflictCard, card_of, counted, shown_of
from cop.ui.desk import Desk
from cop.ui.dock import Dock
from cop.ui.labels import Label, allow, button, caption
from cop.ui.ordered_model import Column, Index, OrderedModel

ConflictKey = tuple[str, ...]
_NOTHING = "Nothing stands open."


class ConflictModel(OrderedModel[Conflict]):
    """All that stands open: ours first, the most urgent first; what was set aside last."""

    def __init__(self, desk: Desk, parent: QObject | None = None) -> None:
        self._desk = desk
        self._own_only = False
        self._standing: dict[ConflictKey, Conflict] = {}
        columns: tuple[Column[Conflict], ...] = (
            Column("Conflict", lambda conflict: ", ".join(card_of(desk, conflict).words())),
        )
        super().__init__(columns, parent)
        self.refresh()

    def ids(self) -> list[ConflictKey]:
        """The keys of what stands open."""
        own = self._desk.operator.agency
        found = self._desk.authority.conflicts()
        self._standing = {one.key: one for one in found if not self._own_only or is_ours(one, own)}
        return list(self._standing)

    def row(self, identity: ConflictKey) -> Conflict:
        """The conflict."""
        return self._standing[identity]

    def order(self, ids: list[ConflictKey]) -> NDArray[np.intp]:
        """As they stand."""
        return np.arange(len(ids))

    def set_filter(self, *, own_only: bool) -> None:
        """Only ours, or all."""
        self._own_only = own_only
        self.refresh()

    def card(self, identity: ConflictKey) -> ConflictCard:
        """What stands on its card."""
        return card_of(self._desk, self._standing[identity])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Beside the words: the whole card, for the delegate."""
        identity = self.id_at(index)
        if identity is None or identity not in self._standing:
            return None
        return self.card(identity) if role == CARD_ROLE else super().data(index, role)


class ConflictsDock(Dock):
    """What stands open between agencies, each with one button that settles it.

    A click or Enter shows it, Space does what its button says, Delete sets it aside for this desk or brings it back.
    `act_asked` gives the `Proposal` to whoever knows how to do it.
    """

    side = Qt.DockWidgetArea.LeftDockWidgetArea
    keys = "Ctrl+Shift+C"
    short = "Conf."

    act_asked = Signal(object)  # cop.domain.rules.conflict.Proposal
    counted_ours = Signal(int, str)  # how many are ours, and all of it in words

    def __init__(self, desk: Desk, palette: Palette) -> None:
        super().__init__("Conflicts", "conflicts_dock", desk, palette)
        self.content.setMinimumWidth(330)
        self._seen = -1
        self.model = ConflictModel(desk, self)
        self.count = Label("", "muted", wrap=True)
        self.own = button("Ours", "chip", name="Show only what is ours to settle")
        self.own.setCheckable(True)
        self.own.toggled.connect(lambda on: self._filter(own_only=on))
        self.list, cards = card_list(self.model, ConflictCards, palette, "Conflicts")
        assert isinstance(cards, ConflictCards)
        self.cards = cards
        self.cards.acted.connect(self._act)
        self.list.clicked.connect(lambda index: None if self.cards.on_button else self._chosen(index))
        self.list.installEventFilter(self)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._allow())
        self.settle = button("", "primary")
        self.settle.clicked.connect(lambda _: self._act(self._current()))
        self.whose = Label("", "muted", wrap=True)
        self.aside = button("Set aside", "small")
        self.aside.clicked.connect(lambda _: self._set_aside(self._current()))
        head, self.foot = QWidget(), QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(12, 10, 12, 8)
        line.addWidget(self.count, 1)
        line.addWidget(self.own)
        below = QHBoxLayout(self.foot)
        below.setContentsMargins(12, 8, 12, 10)
        below.addWidget(self.settle)
        below.addWidget(self.whose, 1)
        below.addStretch(0)
        below.addWidget(self.aside)
        for widget in (head, self.list, self.foot):
            self.lines.addWidget(widget)
        self.lines.setStretch(1, 1)
        self.content.setFocusProxy(self.list)
        self.refresh()

    def apply(self, change: Change) -> None:
        """Redraw if the list is another one, or somebody is called otherwise."""
        if self.desk.authority.standing.version != self._seen or change.agencies:
            self.refresh()

    def tick(self) -> None:
        """Ages move, and the clock brings conflicts of its own."""
        if self.desk.authority.standing.version != self._seen:
            self.refresh()
        elif self.in_sight():
            self.list.viewport().update()

    def refresh(self) -> None:
        """The list, and the count in the tab."""
        standing = self.desk.authority.standing
        current = self._current()
        if self._seen != standing.version and self.list.underMouse():
            self.cards.hold_off()
        self.model.refresh()
        self._seen = standing.version
        if current is not None and self.list.currentIndex() != (at := self.model.index_of(current)) and at.isValid():
            self.list.setCurrentIndex(at)
        counts = standing.counts()
        aside = len(standing.standing()) - counts.all
        self.say_count(counts.all)
        self.counted_ours.emit(*self.counts())
        quiet = f" · {aside} set aside" if aside else ""
        self.count.say(
            f"{counts.ours} ours · {counts.all - counts.ours} of others{quiet}" if counts.all else _NOTHING + quiet
        )
        self._allow()

    def counts(self) -> tuple[int, str]:
        """How many are ours to settle, and of how many."""
        counts = self.desk.authority.standing.counts()
        return counts.ours, counted(counts)

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        super().set_palette(palette)
        self.cards.colours = palette
        self.list.viewport().update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter shows, Space settles, Delete sets aside: on the card where the keyboard is."""
        if watched is self.list and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._chosen(self.list.currentIndex())
                return True
            if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
                self._act(self._current())
                return True
            if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and not event.isAutoRepeat():
                self._set_aside(self._current())
                return True
        return super().eventFilter(watched, event)

    def _current(self) -> ConflictKey | None:
        key: ConflictKey | None = self.model.id_at(self.list.currentIndex())
        return key

    def _filter(self, *, own_only: bool) -> None:
        self.model.set_filter(own_only=own_only)
        self._allow()

    def _allow(self) -> None:
        key = self._current()
        self.foot.setVisible(key is not None)
        if key is None:
            return
        card = self.model.card(key)
        self.settle.setVisible(bool(card.act))
        self.settle.setText(caption(card.act))
        self.settle.setAccessibleName(card.act)
        allow(self.settle, None, "Space")
        self.whose.say("" if card.act else f"For {card.owner} to settle")
        back = bool(card.noted)
        self.aside.setText("Bring back" if back else "Set aside")
        allow(self.aside, None, "Delete: it stands last, quietly, for this desk alone")

    def _chosen(self, index: QModelIndex) -> None:
        key = self.model.id_at(index)
        about = shown_of(self.model.row(key)) if key is not None else None
        if about is not None:
            self.selected.emit(*about)

    def _act(self, key: ConflictKey | None) -> None:
        if key is None:
            return
        conflict = self.model.row(key)
        if conflict.proposal is not None and self.model.card(key).act:
            self.act_asked.emit(conflict.proposal)

    def _set_aside(self, key: ConflictKey | None) -> None:
        if key is None:
            return
        standing = self.desk.authority.standing
        if standing.noted(key) is None:
            standing.set_aside(key, self.desk.operator.name, self.desk.now())
        else:
            standing.bring_back(key)
        self.refresh()
