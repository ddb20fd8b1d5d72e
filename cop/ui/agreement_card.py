"""How one clause of the list of agreements is drawn."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from cop.map.palette import colour
from cop.ui.agreement_words import ClauseCard
from cop.ui.cards import LEFT, RIGHT, TEXT, Cards, draw_badge, draw_line
from cop.ui.theme import legible, sized, text_on


class ClauseCards(Cards):
    """Mode, clause and how much of it is used; what is given to whom; what its giver and the calendar say."""

    def draw(self, painter: QPainter, rect: QRect, card: ClauseCard, ground: str) -> None:
        """One clause."""
        p = self.colours
        left, right, top = rect.left() + TEXT, rect.right() - RIGHT, rect.top()
        small, large = sized(12), sized(13, bold=True)
        not_now = p.bad if card.tone == "bad" else p.muted
        wears = {"DIR": p.ok, "SHOW": p.ok, "REQ": p.warn}.get(card.badge, not_now)
        badge = QRectF(rect.left() + LEFT, top + 11, 34, 22)
        ink = colour(text_on(wears, "#ffffff"))
        draw_badge(painter, badge, card.badge, ground=colour(wears), ink=ink, pixels=10 if len(card.badge) < 4 else 9)
        text, muted = (colour(legible(one, ground)) for one in (p.text, p.muted))
        corner = right - QFontMetrics(small).horizontalAdvance(card.used) - 2
        full = colour(legible(p.warn, ground))
        draw_line(painter, card.used, small, full if card.full else muted, left=corner, right=right, top=top + 9)
        # the number is what people cite: the title gives way
        metrics = QFontMetrics(large)
        room = corner - 14 - metrics.horizontalAdvance(card.number) - left
        title = metrics.elidedText(card.agreement, Qt.TextElideMode.ElideRight, max(24, room))
        draw_line(painter, f"{title} {card.number}", large, text, left=left, right=corner - 4, top=top + 9)
        draw_line(painter, card.gives, small, text, left=left, right=right, top=top + 28)
        tones = {"ok": p.ok, "warn": p.warn, "bad": p.bad}
        tone = colour(legible(tones.get(card.tone, p.muted), ground))
        draw_line(painter, card.state, small, tone, left=left, right=right, top=top + 46)
