"""The feeds at a glance: one mark an agency in the top bar, by shape and colour."""

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from cop.map.palette import Palette, colour
from cop.ui.feed_words import STATES, AgencyFeeds, badness, state_words, tally
from cop.ui.labels import tip
from cop.ui.theme import legible, sized

_GAP, _MARK = 12, 14


class FeedDots(QWidget):
    """Marks and names as far as they fit, those in trouble first; the rest counted. A click asks for the feed panel."""

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
        return QSize(90, 28)

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
            left = len(entries) - at
            rest = f"+{left} {state_words(one.state) if len({e.state for e in entries[at:]}) == 1 else 'more'}"
            room = self.width() - x - (metrics.horizontalAdvance(rest) + 8 if left > 1 else 0)
            if width > room:
                painter.setPen(muted)
                painter.drawText(QRect(x, 0, self.width() - x, self.height()), int(Qt.AlignmentFlag.AlignVCenter), rest)
                break
            wanted = self.colours.health.get(one.state, self.colours.bad)
            painter.setPen(colour(legible(wanted, self.colours.panel)))
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
