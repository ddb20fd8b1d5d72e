"""The bar under the map: in live work one slim row that leads into the past, in the past all that one does there."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from cop.map.palette import Palette
from cop.replay.frames import Span
from cop.ui import wording
from cop.ui.labels import ElidedCombo, ElidedLabel, Label, button, caption, restyle, tip
from cop.ui.layout import TIME_BAR_HEIGHT
from cop.ui.replay.player import SPEEDS
from cop.ui.time_line import TimeLine
from cop.ui.time_scale import clock_words, date_words, zulu_words

#: below these widths the words of the past are shortened
_NARROW_PX, _NARROWEST_PX = 760, 660
#: from this width on there is room for long names
_WIDE_PX = 1000
_WORDS_PX = 160
_TRUTH = ("As known", "As it was")


class TimeBar(QWidget):
    """Shows what it is told and tells what is asked; it holds no state of the past itself."""

    went = Signal(float)  # to this moment, epoch seconds
    stepped = Signal(int)  # to the event before (-1) or the next (1)
    play_asked = Signal()
    speed_asked = Signal(float)
    truth_asked = Signal(bool)
    reader_asked = Signal(str)
    live_asked = Signal()
    late_chosen = Signal(str, str, str)  # kind, agency, id of what was heard later

    def __init__(self, palette: Palette, *, past: bool, alone: bool = False) -> None:
        """`alone`: there is no present to go back to."""
        super().__init__()
        self.setObjectName("time_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Time")
        self._past = past
        self._alone = alone
        self._moment = (0.0, 0.0)
        self._readers: list[tuple[str, str]] = []
        self._late: list[tuple[str, tuple[str, str, str]]] = []
        self.line = TimeLine(palette, follows=past)
        self.line.asked.connect(self.went)
        self.back = button(
            "◀◀", "bar", name="To the event before", hint=f"To the event before ({',' if past else 'Ctrl+H'})"
        )
        self.back.clicked.connect(lambda: self.stepped.emit(-1))
        self.play = button("▶", "bar", name="Play")
        self.play.clicked.connect(self.play_asked)
        self.on = button("▶▶", "bar", name="To the next event", hint="To the next event (.)")
        self.on.clicked.connect(lambda: self.stepped.emit(1))
        self.speed = QComboBox()
        self.speed.addItems([f"{one}×" for one in SPEEDS])
        self.speed.setAccessibleName("Speed")
        self.speed.setToolTip(tip("How many times as fast as it was (Ctrl+Up, Ctrl+Down)"))
        self.speed.activated.connect(lambda at: self.speed_asked.emit(float(SPEEDS[at])))
        self.clock = Label(tone="strong")
        self.clock.setAccessibleName("Time shown")
        self.ago = Label(tone="muted")
        self.said = ElidedLabel(tone="warn")
        self.late = button("", "small")
        self.late.hide()
        self.late.clicked.connect(self._show_late)
        self.truth = QComboBox()
        self.truth.addItems(list(_TRUTH))
        self.truth.setAccessibleName("As it was known then, or as it was")
        self.truth.setToolTip(tip("As it was known at this time, or as it was: with what was heard only later"))
        self.truth.activated.connect(lambda at: self.truth_asked.emit(bool(at)))
        self.reader = ElidedCombo()
        self.reader.setAccessibleName("Seen by")
        self.reader.setToolTip(tip("Through whose eyes: what that agency was given to see"))
        self.reader.activated.connect(lambda at: self.reader_asked.emit(self._readers[at][0]))
        self.live = QPushButton("● LIVE")
        self.live.setProperty("look", "live")
        self.live.setAutoDefault(False)
        self.live.clicked.connect(self.live_asked)
        restyle(self.live, "lit", not past)
        self.live.setAccessibleName("Back to LIVE" if past else "This is live")
        self.live.setToolTip(tip("Back to the present (Ctrl+H)" if past else "This is the present"))
        (self._lay_out_past if past else self._lay_out_live)()
        self.live.setVisible(not alone)
        self.set_palette(palette)

    def _lay_out_live(self) -> None:
        self.setFixedHeight(TIME_BAR_HEIGHT)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 0, 8, 0)
        line.setSpacing(6)
        self.live.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for part in (self.back, self.play):
            line.addWidget(part)
        self.play.setToolTip(tip("Play from ten minutes ago"))
        self.play.setAccessibleName("Play from ten minutes ago")
        line.addWidget(self.line, 1)
        line.addWidget(self.live)
        absent: tuple[QWidget, ...] = (self.on, self.speed, self.clock, self.ago, self.said, self.late, self.truth)
        for one in (*absent, self.reader):
            one.setParent(self)
            one.hide()

    def _lay_out_past(self) -> None:
        lines = QVBoxLayout(self)
        lines.setContentsMargins(8, 3, 8, 5)
        lines.setSpacing(2)
        lines.addWidget(self.line)
        row = QHBoxLayout()
        row.setSpacing(4)
        for part in (self.back, self.play, self.on, self.speed):
            row.addWidget(part)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.clock)
        words.addWidget(self.ago)
        words.setContentsMargins(4, 0, 2, 0)
        row.addLayout(words)
        row.addWidget(self.said, 1)
        for part in (self.late, self.truth, self.reader, self.live):
            row.addWidget(part)
        lines.addLayout(row)

    # what is shown

    def show_span(self, span: Span, last_at: float) -> None:
        """All that is on record; `last_at` is its end by now."""
        if span.last_at:
            self.line.show_span(span.first_at, max(span.last_at, last_at), span.marks, span.gaps)

    def show_live(self, now: float) -> None:
        """The present is at the end of the line."""
        if self.line.last_at:
            self.line.show_length(self.line.first_at, now)
            self.line.show_moment(self.line.last_at)

    def show_past(self, at: float, now: float, *, wanted: float | None = None) -> None:
        """The moment that is looked at, and how far back it is."""
        if self.line.last_at and now > self.line.last_at:
            self.line.show_length(self.line.first_at, now)
        self.line.show_moment(at, wanted)
        self._moment = (at, now)
        self._say_moment()

    def _say_moment(self) -> None:
        at, now = self._moment
        narrow = self.width() < _NARROW_PX
        day = date_words(at, year=not narrow)
        if self.width() < _NARROWEST_PX:
            day = day.partition(" ")[2]  # the day of the week goes first
        self.clock.say(f"{clock_words(at)}  {day}")
        ago = f" · {wording.span(now - at)} ago" if now - at >= 1 else " · now"
        self.ago.say(zulu_words(at, seconds=not narrow) + ("" if self._alone else ago))

    def show_pace(self, *, playing: bool, speed: float) -> None:
        """Whether it plays, and how fast."""
        words = "Pause" if playing else "Play"
        if self.play.accessibleName() != words:
            self.play.setText("❚❚" if playing else "▶")
            self.play.setAccessibleName(words)
            self.play.setToolTip(tip(f"{words} (Space)"))
        if speed in SPEEDS:
            self.speed.setCurrentIndex(SPEEDS.index(int(speed)))

    def show_truth(self, *, as_true: bool) -> None:
        """Whether what was heard later is shown."""
        self.truth.setCurrentIndex(int(as_true))

    def show_readers(self, readers: Sequence[tuple[str, str]], chosen: str) -> None:
        """Through whose eyes it can be seen: (agency or empty for our own, name)."""
        if list(readers) != self._readers:
            self._readers = list(readers)
            self.reader.clear()
            self.reader.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            self.reader.addItems([f"Seen by {wording.shortened(wording.one_line(name), 30)}" for _, name in readers])
        places = [agency for agency, _ in self._readers]
        if chosen in places:
            self.reader.setCurrentIndex(places.index(chosen))

    def show_late(self, late: Sequence[tuple[str, tuple[str, str, str]]]) -> None:
        """What is shown and was heard only later: words, and which object."""
        self._late = list(late)
        self.late.setVisible(bool(late))
        self._say_late()

    def _say_late(self) -> None:
        narrow = self.width() < _NARROWEST_PX
        words = f"{len(self._late)} {'later' if narrow else 'heard later'}"
        self.said.setVisible(not (narrow and self._late))
        if self.late.text() != words:
            self.late.setText(words)
            self.late.setAccessibleName(f"{len(self._late)} heard later than this moment: show the list")

    def has_room(self) -> bool:
        """Whether there is room for words on it."""
        return not self.said.isHidden() and self.said.width() >= _WORDS_PX

    def say(self, text: str) -> None:
        """What a step came to; said aloud too."""
        text = wording.one_line(text)
        if text != self.said.text():
            self.said.say(text)
            if text and QAccessible.isActive():
                QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        self.line.set_palette(palette)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow bar says less."""
        super().resizeEvent(event)
        if self._past:
            self.reader.setMaximumWidth(230 if self.width() >= _WIDE_PX else 132)
            self._say_moment()
            self._say_late()

    def _show_late(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for words, key in self._late[:40]:
            action = menu.addAction(caption(words))
            action.triggered.connect(lambda _=False, key=key: self.late_chosen.emit(*key))
        if len(self._late) > 40:
            menu.addAction(f"… and {len(self._late) - 40} more").setEnabled(False)
        menu.popup(self.late.mapToGlobal(QPoint(0, -menu.sizeHint().height())))
