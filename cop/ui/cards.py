"""Lists of cards: the incident queue and the alerts."""

from abc import abstractmethod
from typing import Any, Protocol

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from cop.map.palette import Palette, colour
from cop.ui.carrying import LANDING
from cop.ui.labels import tip
from cop.ui.ordered_model import OrderedModel
from cop.ui.table import let_go
from cop.ui.theme import sized

#: the role under which a model gives the whole card
CARD_ROLE = int(Qt.ItemDataRole.UserRole) + 1
#: pixels: a card's height, and where its badge and its text begin and end
_HEIGHT = 71
LEFT, TEXT, RIGHT = 12, 52, 12
_ALIGN = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_Index = QModelIndex | QPersistentModelIndex


class Card(Protocol):
    """What a model gives for a card."""

    def words(self) -> tuple[str, ...]:
        """The card as a screen reader says it."""


class Cards(QStyledItemDelegate):
    """Draws one card, in plain text only; a subclass says what stands on it."""

    def __init__(self, palette: Palette, parent: QObject) -> None:
        super().__init__(parent)
        self.colours = palette

    @abstractmethod
    def draw(self, painter: QPainter, rect: QRect, card: Any, ground: str) -> None:
        """What stands on the card; `ground` is the colour below it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """All cards are of one height."""
        return QSize(200, _HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """One card."""
        card = index.data(CARD_ROLE)
        if card is None:
            return
        p = self.colours
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        lands = option.widget is not None and option.widget.property(LANDING) == index.row()
        ground = p.raised if selected or lands or state & QStyle.StateFlag.State_MouseOver else p.panel
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(rect, colour(ground))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colour(p.border))
        if selected:
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height() - 1), colour(p.accent))
        self.draw(painter, rect, card, ground)
        if lands:
            painter.setPen(colour(p.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(0, 0, -1, -2))
        painter.restore()

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        """The whole card as a tooltip, for what was cut off."""
        card = index.data(CARD_ROLE)
        if card is None:
            return super().helpEvent(event, view, option, index)
        QToolTip.showText(event.globalPos(), tip("\n".join(card.words())), view)
        return True


def card_list(model: OrderedModel[Any], cards: type[Cards], palette: Palette, name: str) -> tuple[QListView, Cards]:
    """A list of cards over a model, and what draws them."""
    view = _List()
    view.setModel(model)
    delegate = cards(palette, view)
    view.setItemDelegate(delegate)
    view.setMouseTracking(True)
    view.setUniformItemSizes(True)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
    view.setAccessibleName(name)
    return view, delegate


def mark_card(view: QListView, index: QModelIndex) -> None:
    """Mark one card, or none where the index is invalid."""
    if index.isValid():
        view.setCurrentIndex(index)
    else:
        view.clearSelection()
        view.selectionModel().clearCurrentIndex()


def draw_line(painter: QPainter, text: str, font: QFont, tone: QColor, *, left: int, right: int, top: int) -> None:
    """One line of plain text, cut with an ellipsis where it does not fit."""
    painter.setFont(font)
    painter.setPen(tone)
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, right - left))
    painter.drawText(QRect(left, top, max(0, right - left), metrics.height() + 2), int(_ALIGN), shown)


def draw_badge(painter: QPainter, rect: QRectF, text: str, *, ground: QColor, ink: QColor, pixels: int = 12) -> None:
    """A few letters on a coloured ground."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, 3, 3)
    painter.setPen(ink)
    painter.setFont(sized(pixels, bold=True))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


class _List(QListView):
    def rowsAboutToBeRemoved(self, parent: _Index, first: int, last: int) -> None:
        let_go(self, first, last)
        super().rowsAboutToBeRemoved(parent, first, last)
