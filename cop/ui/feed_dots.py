"""The feeds at a glance: one mark an agency in the top bar, by shape and colour."""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cop.map.palette import Palette, colour
from cop.ui.feed_words import STATES, AgencyFeeds, badness, state_words, tally
from cop.ui.labels import tip
from cop.ui.theme import legible, sized

_GAP, _MARK, _GROUP_GAP = 12, 14, 7


class FeedDots(QWidget):
    """Marks and names as far as they fit, those in trouble first; the rest counted, state by state.

    A click asks for the feed panel.
    """

    asked = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.colours = palette
        self._entries: list[AgencyFeeds] = []
        self._spots: list[tuple[QRect, AgencyFeeds]] = []
        self.setFont(sized(11))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Feeds: no feed has been heard of")

    def say(self, entries: list[AgencyFeeds]) -> None:
        """Show these feeds."""
        ordered = sorted(entries, key=lambda one: (one.state == "live", badness(one.state), one.name.casefold()))
        if ordered != self._entries:
            self._entries = ordered
            self.setAccessibleName(f"Feeds: {tally(ordered)}")
            self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(300, 28)

    def minimumSizeHint(self) -> QSize:
        """At least the count."""
        return QSize(112, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As many as fit."""
        painter = QPainter(self)
        painter.setFont(self.font())
        metrics = QFontMetrics(self.font())
        muted = colour(legible(self.colours.muted, self.colours.panel))
        self._spots = []
        x = 4
        entries = self._entries
        for at, one in enumerate(entries):
            width = _MARK + metrics.horizontalAdvance(one.name)
            rest = _counted(entries[at:])
            room = self.width() - x
            if at < len(entries) - 1:
                room -= sum(metrics.horizontalAdvance(text) + _GROUP_GAP for _, text in rest)
            if width > room:
                for state, text in rest:
                    if x + metrics.horizontalAdvance(text) > self.width():
                        break
                    painter.setPen(muted if state == "live" else self._ink(state))
                    box = QRect(x, 0, self.width() - x, self.height())
                    painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), text)
                    x += metrics.horizontalAdvance(text) + _GROUP_GAP
                break
            painter.setPen(self._ink(one.state))
            mark = STATES.get(one.state, ("", "?"))[1]
            painter.drawText(QRect(x, 0, _MARK, self.height()), int(Qt.AlignmentFlag.AlignVCenter), mark)
            painter.setPen(muted if one.state == "live" else colour(self.colours.text))
            box = QRect(x, 0, width, self.height())
            painter.drawText(box.adjusted(_MARK, 0, 2, 0), int(Qt.AlignmentFlag.AlignVCenter), one.name)
            self._spots.append((box, one))
            x += width + _GAP
        if self.hasFocus():
            painter.setPen(colour(self.colours.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _ink(self, state: str) -> QColor:
        return colour(legible(self.colours.health.get(state, self.colours.bad), self.colours.panel))

    def event(self, event: QEvent) -> bool:
        """The tooltip says what the mark under the pointer means."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), tip(self.words_at(event.pos())), self)
            return True
        return super().event(event)

    def words_at(self, pos: QPoint) -> str:
        """What stands at a point, in words."""
        for box, one in self._spots:
            if box.contains(pos):
                return f"{one.name}: {state_words(one.state)}\n{one.detail}"
        return f"Feeds: {tally(self._entries)}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click asks for the feed panel."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """So do Enter and space."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.asked.emit()
        else:
            super().keyPressEvent(event)


def _counted(entries: list[AgencyFeeds]) -> list[tuple[str, str]]:
    """What there is no room to name, state by state, the worst first: "✕ 1", "▲ 2", "+5 live"."""
    counts: dict[str, int] = {}
    for one in entries:
        counts[one.state] = counts.get(one.state, 0) + 1
    return [
        (state, f"+{count} {state_words(state)}" if len(counts) == 1 else f"{STATES.get(state, ('', '?'))[1]} {count}")
        for state, count in counts.items()
    ]
