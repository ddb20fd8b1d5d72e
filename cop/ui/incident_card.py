"""How one incident of the queue is drawn."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QFontMetrics, QPainter

from cop.map.palette import colour
from cop.ui.cards import LEFT, RIGHT, TEXT, Cards, draw_badge, draw_line
from cop.ui.theme import legible, sized


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on a card of the queue.

    `doubt`: why its place can hardly be true; `drill`: that it is not live; `sources`: how many reports tell of it.
    """

    priority: int
    title: str
    age: str
    address: str
    lead: str
    assigned: int
    over: bool = False
    pending: bool = False
    doubt: str = ""
    drill: str = ""
    sources: int = 1

    def words(self) -> tuple[str, ...]:
        """The card as a screen reader says it."""
        state = "closed" if self.over else self.state()
        parts = (
            f"P{self.priority}",
            self.drill + self.title,
            self.address,
            self.doubt,
            f"Lead: {self.lead}",
            state,
            self.told(),
            self.age,
            "not sent yet" if self.pending else "",
        )
        return tuple(part for part in parts if part)

    def told(self) -> str:
        """That more than one agency tells of it."""
        return f"{self.sources} sources" if self.sources > 1 else ""

    def state(self) -> str:
        """How many units work on it."""
        return f"{self.assigned} assigned" if self.assigned else "unassigned"


class IncidentCards(Cards):
    """Badge, title and age, address, who leads and how many are assigned."""

    def draw(self, painter: QPainter, rect: QRect, card: Card, ground: str) -> None:
        """One incident."""
        p = self.colours
        text, muted, warn, bad = (colour(legible(one, ground)) for one in (p.text, p.muted, p.warn, p.bad))
        left, right, top = rect.left() + TEXT, rect.right() - RIGHT, rect.top()
        small, bold, large = sized(12), sized(12, bold=True), sized(13, bold=True)
        badge = QRectF(rect.left() + LEFT, top + 11, 31, 22)
        if card.drill:  # an incident that is not live wears no priority's colour
            draw_badge(painter, badge, f"P{card.priority}", ground=colour(p.exercise), ink=colour(p.exercise_text))
        else:
            wears, ink = (colour(one) for one in p.priority_colours(card.priority))
            draw_badge(painter, badge, f"P{card.priority}", ground=wears, ink=ink)
        corner, tone = (
            ("not sent yet", warn) if card.pending else (f"closed · {card.age}" if card.over else card.age, muted)
        )
        corner_left = right - QFontMetrics(small).horizontalAdvance(corner) - 2
        draw_line(painter, corner, small, tone, left=corner_left, right=right, top=top + 9)
        draw_line(painter, card.drill + card.title, large, text, left=left, right=corner_left - 8, top=top + 9)
        where, tone = (card.doubt, warn) if card.doubt else (card.address, muted)
        told = card.told()
        told_left = right - QFontMetrics(small).horizontalAdvance(told) - 2 if told else right
        draw_line(painter, told, small, text, left=told_left, right=right, top=top + 27)
        draw_line(painter, where, small, tone, left=left, right=told_left - 8 if told else right, top=top + 27)
        lead = f"Lead: {card.lead}"
        end = f" · {card.state()}"
        end_width = QFontMetrics(bold if not card.assigned else small).horizontalAdvance(end) + 2
        free = left + min(QFontMetrics(bold).horizontalAdvance(lead) + 2, right - left - end_width)
        draw_line(painter, lead, bold, muted, left=left, right=free, top=top + 45)
        if card.assigned or card.over:
            draw_line(painter, end, small, muted, left=free, right=right, top=top + 45)
        else:
            draw_line(painter, end, bold, bad, left=free, right=right, top=top + 45)
