"""How one conflict of the list is drawn, and the button on it."""

from PySide6.QtCore import QAbstractItemModel, QElapsedTimer, QEvent, QObject, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QCursor, QFont, QFontMetrics, QMouseEvent, QPainter, QPen, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyleOptionViewItem, QWidget

from cop.map.palette import Palette, colour
from cop.ui.cards import CARD_ROLE, LEFT, RIGHT, TEXT, Cards, draw_badge, draw_line
from cop.ui.conflict_words import ConflictCard
from cop.ui.ordered_model import Index
from cop.ui.theme import legible, sized, text_on

_LINES = 3
_LINE = 16
_HEIGHT = 9 + 18 + _LINES * _LINE + 32
_BUTTON = 22
#: a card that came under the mouse by itself takes no press for so long: it was meant for another
HOLD_OFF_MS = 600


class ConflictCards(Cards):
    """Kind, age, the words on up to three lines, whose it is to settle, and the button that settles it."""

    acted = Signal(object)  # the conflict's key: its button was pressed

    def __init__(self, palette: Palette, parent: QObject) -> None:
        super().__init__(palette, parent)
        self._pressed: object = None
        #: whether the mouse last went down on a button: then the card itself was not meant
        self.on_button = False
        self._moved = QElapsedTimer()

    def hold_off(self) -> None:
        """Cards have moved under the mouse by themselves."""
        self._moved.start()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All cards are of one height."""
        return QSize(200, _HEIGHT)

    def draw(self, painter: QPainter, rect: QRect, card: ConflictCard, ground: str) -> None:
        """One conflict."""
        p = self.colours
        text, muted = (colour(legible(one, ground)) for one in (p.text, p.muted))
        body = muted if card.noted else text
        left, right, top = rect.left() + TEXT, rect.right() - RIGHT, rect.top()
        small, bold = sized(12), sized(13, bold=True)
        badge = QRectF(rect.left() + LEFT, top + 11, 33, 22)
        wears = p.border if card.noted else {"bad": p.bad, "warn": p.warn, "accent": p.accent}[card.tone]
        ink = text_on(wears, "#ffffff")
        draw_badge(painter, badge, card.badge, ground=colour(wears), ink=colour(ink), pixels=10)
        corner = right - QFontMetrics(small).horizontalAdvance(card.age) - 2
        draw_line(painter, card.age, small, muted, left=corner, right=right, top=top + 9)
        draw_line(painter, card.title, bold, body, left=left, right=corner - 8, top=top + 9)
        draw_lines(painter, card.text, small, body, QRect(left, top + 29, right - left, _LINES * _LINE))
        foot = top + 29 + _LINES * _LINE
        button = self.button_rect(rect, card)
        whose = card.noted or card.owner
        tone = colour(legible(p.accent, ground)) if card.ours and not card.noted else muted
        end = button.left() - 8 if button.isValid() else right
        draw_line(
            painter, whose, sized(12, bold=card.ours and not card.noted), tone, left=left, right=end, top=foot + 3
        )
        if button.isValid():
            self._draw_button(painter, button, card, ground)

    @staticmethod
    def button_rect(rect: QRect, card: ConflictCard) -> QRect:
        """Where the button of a card stands; an invalid rectangle if it has none."""
        if not card.act:
            return QRect()
        most = max(0, rect.width() - TEXT - RIGHT - 90)
        width = min(QFontMetrics(sized(12, bold=True)).horizontalAdvance(card.act) + 22, most)
        return QRect(rect.right() - RIGHT - width, rect.bottom() - 7 - _BUTTON, width, _BUTTON)

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """The button is pressed when the mouse goes down and up on it, and no card has slipped under it meanwhile."""
        if not isinstance(event, QMouseEvent) or event.button() not in {
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.NoButton,
        }:
            return super().editorEvent(event, model, option, index)
        card = index.data(CARD_ROLE)
        identity = model.id_at(index) if card is not None else None  # type: ignore[attr-defined]  # one of ours
        on_button = card is not None and self.button_rect(option.rect, card).contains(event.position().toPoint())
        if event.type() == QEvent.Type.MouseMove:
            view = self.parent()
            if isinstance(view, QWidget):
                view.update()
            return False
        if event.type() == QEvent.Type.MouseButtonPress:
            held_off = self._moved.isValid() and self._moved.elapsed() < HOLD_OFF_MS
            self._pressed = identity if on_button and not held_off else None
            self.on_button = on_button
            return on_button
        if event.type() == QEvent.Type.MouseButtonRelease:
            pressed, self._pressed = self._pressed, None
            if on_button and pressed is not None and pressed == identity:
                self.acted.emit(identity)
            return on_button
        return bool(on_button)

    def _draw_button(self, painter: QPainter, rect: QRect, card: ConflictCard, ground: str) -> None:
        p = self.colours
        view = self.parent()
        over = isinstance(view, QWidget) and rect.contains(view.mapFromGlobal(QCursor.pos()))
        line = colour(legible(p.accent, ground))
        painter.setPen(QPen(line, 1.0))
        painter.setBrush(colour(p.accent) if over else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        font = sized(12, bold=True)
        painter.setFont(font)
        painter.setPen(colour(p.accent_text) if over else line)
        words = QFontMetrics(font).elidedText(card.act, Qt.TextElideMode.ElideRight, rect.width() - 14)
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), words)


def draw_lines(painter: QPainter, text: str, font: QFont, tone: QColor, room: QRect) -> None:
    """Plain text over as many lines as there is room for, the last one cut with an ellipsis where it must be."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    metrics = QFontMetrics(font)
    most = max(1, room.height() // _LINE)
    painter.setFont(font)
    painter.setPen(tone)
    layout.beginLayout()
    for number in range(most):
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(room.width())
        start, length = line.textStart(), line.textLength()
        shown = text[start : start + length]
        if number == most - 1 and start + length < len(text):
            shown = metrics.elidedText(text[start:], Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(QPointF(room.left(), room.top() + number * _LINE + metrics.ascent()), shown.rstrip())
    layout.endLayout()
