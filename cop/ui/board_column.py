"""One column of the task board."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from cop.picture.change import Key
from cop.ui.labels import Label, button, restyle
from cop.ui.task_card import TaskCard

#: cards that are shown at first, and with each press for more
SHOWN_AT_FIRST = 40
#: the least width of a column with cards, so that all five stand beside each other on a screen of 1366; and without
_FILLED_PX, _EMPTY_PX = 115, 72


class BoardColumn(QWidget):
    """A coloured line, heading and count, and the cards below; those beyond `most` are shown when asked for."""

    more_asked = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.setMinimumWidth(_EMPTY_PX)
        self.most = SHOWN_AT_FIRST
        self.line = QFrame()
        self.line.setFixedHeight(3)
        self._title = Label(title, "strong")
        self._count = Label("0", "muted")
        self.more = button("", "small")
        self.more.hide()
        self.more.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # it never widens the column
        self.more.clicked.connect(self._show_more)
        self._order: list[TaskCard] = []
        inside = QWidget()
        self._cards = QVBoxLayout(inside)
        self._cards.setContentsMargins(0, 0, 2, 0)
        self._cards.setSpacing(7)
        self._cards.addWidget(self.more)
        self._cards.addStretch(1)
        self.area = QScrollArea()
        self.area.setObjectName("board_area")
        self.area.setWidget(inside)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = QHBoxLayout()
        head.setContentsMargins(2, 5, 6, 5)
        head.addWidget(self._title, 1)
        head.addWidget(self._count)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self.line)
        lines.addLayout(head)
        lines.addWidget(self.area, 1)

    def lay_out(self, cards: list[TaskCard], count: int) -> None:
        """These cards, in this order; `count` counts also those that are not shown."""
        self._count.say(str(count))
        left = count - len(cards)
        if left:
            self.more.setText(f"{min(left, SHOWN_AT_FIRST)} more of {left}")
            self.more.setAccessibleName(f"{self._title.text()}: show {self.more.text()}")
        self.more.setVisible(bool(left))
        if cards == self._order:
            return
        kept = set(cards)
        for card in self._order:
            if card not in kept:
                self._cards.removeWidget(card)
        pairs = enumerate(zip(self._order, cards, strict=False))
        moved_from = next((at for at, (was, now) in pairs if was is not now), min(len(self._order), len(cards)))
        for place, card in enumerate(cards):
            item = self._cards.itemAt(place)
            if item is not None and item.widget() is card:
                continue
            self._cards.removeWidget(card)
            self._cards.insertWidget(place, card)
            card.show()
        self._order = list(cards)
        self.setMinimumWidth(_FILLED_PX if cards else _EMPTY_PX)
        if self.area.underMouse():
            for card in cards[moved_from:]:
                card.hold_off()

    def shown(self) -> list[Key]:
        """The tasks that stand here, from above."""
        return [card.key for card in self._order]

    def in_view(self) -> list[Key]:
        """Of these, the tasks whose cards are not scrolled away."""
        top = self.area.verticalScrollBar().value()
        bottom = top + self.area.viewport().height()
        return [card.key for card in self._order if card.y() < bottom and card.y() + card.height() > top]

    def is_at(self, screen: QPoint) -> bool:
        """Whether a place on the screen lies in it."""
        return self.rect().contains(self.mapFromGlobal(screen))

    def mark(self, how: str) -> None:
        """While a card is carried: `may` be put here, `here` it would be; empty: nothing of that."""
        if how != (self.area.property("drop") or ""):
            restyle(self.area, "drop", how)

    def _show_more(self) -> None:
        self.most += SHOWN_AT_FIRST
        self.more_asked.emit()
