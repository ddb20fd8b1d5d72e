"""How one alert of the list is drawn."""

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QFontMetrics, QPainter

from cop.map.palette import colour
from cop.ui import wording
from cop.ui.alert_words import AlertStanding
from cop.ui.cards import LEFT, RIGHT, TEXT, Cards, draw_badge, draw_line
from cop.ui.theme import legible, sized

#: what stands on the badge, by how severe it is
_LETTERS = ("EXT", "SEV", "MOD", "MIN", "?")


class AlertCards(Cards):
    """Severity, event and until when, area, and whose word it is; what never alarms says so and has no colour."""

    def draw(self, painter: QPainter, rect: QRect, card: AlertStanding, ground: str) -> None:
        """One alert."""
        p = self.colours
        text, muted, warn = (colour(legible(one, ground)) for one in (p.text, p.muted, p.warn))
        left, right, top = rect.left() + TEXT, rect.right() - RIGHT, rect.top()
        small, large = sized(12), sized(13, bold=True)
        badge = QRectF(rect.left() + LEFT, top + 11, 31, 22)
        if card.tag:
            draw_badge(painter, badge, _LETTERS[card.rank], ground=colour(p.border), ink=colour(p.text), pixels=10)
        else:
            wears, ink = (colour(one) for one in p.priority_colours(card.rank + 1))
            draw_badge(painter, badge, _LETTERS[card.rank], ground=wears, ink=ink, pixels=10)
        corner_left = right - QFontMetrics(small).horizontalAdvance(card.when) - 2
        tone = warn if card.phase == "coming" and not card.tag else muted
        draw_line(painter, card.when, small, tone, left=corner_left, right=right, top=top + 9)
        title = f"{card.tag} · {card.event}" if card.tag else card.event
        title_tone = muted if card.tag else text
        draw_line(painter, title, large, title_tone, left=left, right=corner_left - 8, top=top + 9)
        where = card.area or card.headline
        draw_line(painter, where, small, muted, left=left, right=right, top=top + 27)
        below = card.agency if card.located else f"{card.agency} · {wording.NOT_LOCATED}"
        draw_line(painter, below, small, muted, left=left, right=right, top=top + 45)
