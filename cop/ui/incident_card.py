"""How one incident of the queue is drawn."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from cop.map.palette import Palette, colour
from cop.ui.labels import tip
from cop.ui.theme import legible, sized

_HEIGHT = 71
_LEFT, _TEXT, _RIGHT = 12, 52, 12
_ALIGN = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card of the queue."""

    priority: int
    title: str
    age: str
    address: str
    lead: str
    assigned: int
    over: bool = False
    pending: bool = False

    def words(self) -> tuple[str, ...]:
        """The card as a screen reader says it."""
        state = "closed" if self.over else self.state()
        unsent = ("not sent yet",) if self.pending else ()
        return (f"P{self.priority}", self.title, self.address, f"Lead: {self.lead}", state, self.age, *unsent)

    def state(self) -> str:
        """How many units work on it."""
        return f"{self.assigned} assigned" if self.assigned else "unassigned"


class IncidentCards(QStyledItemDelegate):
    """Draws a card: badge, title and age, address, who leads and how many are assigned. Plain text only."""

    def __init__(self, palette: Palette, role: int, parent: QObject) -> None:
        super().__init__(parent)
        self.colours = palette
        self._role = role

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All cards are of one height."""
        return QSize(200, _HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """One card."""
        card = index.data(self._role)
        if not isinstance(card, Card):
            return
        p = self.colours
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        ground = p.raised if selected or state & QStyle.StateFlag.State_MouseOver else p.panel
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, colour(ground))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colour(p.border))
        if selected:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height() - 1), colour(p.accent))
        self._badge(painter, QRectF(rect.left() + _LEFT, rect.top() + 11, 31, 22), card)
        text, muted, warn, bad = (colour(legible(one, ground)) for one in (p.text, p.muted, p.warn, p.bad))
        left, right = rect.left() + _TEXT, rect.right() - _RIGHT
        corner, tone = (
            ("not sent yet", warn) if card.pending else (f"closed · {card.age}" if card.over else card.age, muted)
        )
        small, bold, large = sized(12), sized(12, bold=True), sized(13, bold=True)
        corner_width = QFontMetrics(small).horizontalAdvance(corner) + 2
        _line(painter, corner, small, tone, left=right - corner_width, right=right, top=rect.top() + 9)
        _line(
            painter,
            card.title,
            large,
            text,
            left=left,
            right=right - corner_width - 8,
            top=rect.top() + 9,
        )
        _line(painter, card.address, small, muted, left=left, right=right, top=rect.top() + 27)
        lead = f"Lead: {card.lead}"
        end = f" · {card.state()}"
        end_width = QFontMetrics(bold if not card.assigned else small).horizontalAdvance(end) + 2
        lead_width = min(QFontMetrics(bold).horizontalAdvance(lead) + 2, right - left - end_width)
        _line(painter, lead, bold, muted, left=left, right=left + lead_width, top=rect.top() + 45)
        free = left + lead_width
        if card.assigned or card.over:
            _line(painter, end, small, muted, left=free, right=right, top=rect.top() + 45)
        else:
            _line(painter, end, bold, bad, left=free, right=right, top=rect.top() + 45)
        painter.restore()

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """The whole card as a tooltip, for what was cut off."""
        card = index.data(self._role)
        if not isinstance(card, Card):
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), tip("\n".join(card.words())), view)
        return True

    def _badge(self, painter: QPainter, rect: QRectF, card: Card) -> None:
        ground, text = (colour(one) for one in self.colours.priority_colours(card.priority))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, 3, 3)
        painter.setPen(text)
        painter.setFont(sized(12, bold=True))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, f"P{card.priority}")


def _line(painter: QPainter, text: str, font: QFont, tone: QColor, *, left: int, right: int, top: int) -> None:
    painter.setFont(font)
    painter.setPen(tone)
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, right - left))
    painter.drawText(QRect(left, top, max(0, right - left), metrics.height() + 2), int(_ALIGN), shown)
