"""One task on the board."""

from typing import NamedTuple

from PySide6.QtCore import QElapsedTimer, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

from cop.ui import wording
from cop.ui.flow_layout import FlowLayout
from cop.ui.labels import Label, allow, caption, restyle, tip
from cop.ui.next_candidates import Next
from cop.ui.task_words import Standing, answer_verb

#: letters of one line of text
_MOST = 60
#: a card that came under the mouse by itself takes no press for so long: it was meant for another
_HOLD_OFF_MS = 600


class _Press(NamedTuple):
    """A button: what it does, what stands on it, why it may not."""

    act: str
    words: str
    refusal: str | None = None


class TaskCard(QFrame):
    """Objective, who it is asked of, how it stands; the owner answers on it, the asker turns elsewhere.

    The acts are states that an owner answers, `next` (ask the next candidate) and `offer` (take what is offered
    instead). It is dragged to another column with the mouse; `carried` and `put_down` tell where, in screen pixels.
    """

    chosen = Signal(str, str)  # agency, id
    acted = Signal(str, str, str)  # agency, id, act
    carried = Signal(object, QPoint)  # the card
    put_down = Signal(object, QPoint)

    def __init__(self, standing: Standing, *, refusal: str | None, may_not_ask: str | None = None) -> None:
        """`refusal`: why this desk may not answer; `may_not_ask`: why it may not ask others."""
        super().__init__()
        self.setObjectName("card")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.key = standing.key
        self._refusal = refusal
        self._may_not_ask = may_not_ask
        self._pressed_at: QPointF | None = None
        self._lifted = False
        self._came = QElapsedTimer()
        self._presses: tuple[_Press, ...] | None = None
        self._by_act: dict[str, QPushButton] = {}
        self._selected = False
        self._objective = Label(tone="strong", wrap=True)
        self._who = Label(tone="muted", wrap=True)
        self._incident = Label(tone="muted", wrap=True)
        self._line = Label(tone="muted", wrap=True)
        self._unsent = Label(tone="warn", wrap=True)
        self._buttons = QWidget()
        self._flow = FlowLayout(self._buttons)
        self._flow.setContentsMargins(0, 5, 0, 1)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(9, 7, 9, 7)
        lines.setSpacing(2)
        for part in (self._objective, self._who, self._incident, self._line, self._unsent, self._buttons):
            lines.addWidget(part)
        self.standing = standing
        self.say(standing, with_incident=False)

    def say(self, standing: Standing, *, with_incident: bool, follows: Next | None = None) -> None:
        """Show how the task stands now; `follows` is who would be asked next, where that is known."""
        self.standing = standing
        # no text of another agency pushes the buttons out of sight; the selection panel has it whole
        self._objective.say(wording.shortened(standing.objective, _MOST))
        self._who.say(wording.shortened(standing.who, _MOST))
        incident = standing.incident if with_incident or standing.mark == "ask" else ""
        self._incident.say(wording.shortened(incident, _MOST))
        self._line.say(wording.shortened(standing.line, _MOST), standing.tone)
        self._line.setToolTip(tip(standing.line) if len(standing.line) > _MOST else "")
        self._unsent.say("● not sent yet" if standing.pending else "")
        name = f"Task: {standing.words()}"
        if name != self.accessibleName():
            self.setAccessibleName(name)
        self._offer(follows)
        self._mark()

    def select(self, selected: bool) -> None:
        """Wear the frame of the selected one, or not."""
        if selected != self._selected:
            self._selected = selected
            self._mark()

    def buttons(self) -> dict[str, QPushButton]:
        """The buttons that stand on it, by what they do."""
        return dict(self._by_act)

    def hold_off(self) -> None:
        """It has come under the mouse by itself."""
        self._came.start()

    def _mark(self) -> None:
        mark = "selected" if self._selected and self.standing.mark != "ask" else self.standing.mark
        if mark != self.property("mark"):
            restyle(self, "mark", mark)

    def _offered(self, follows: Next | None) -> tuple[_Press, ...]:
        stands = self.standing
        if stands.pending:
            return ()
        if stands.mark == "ask":  # the later answers stand in the selection panel, and other offers in the inbox
            wanted = [one for one in ("accepted", "declined") if one in stands.answers]
            return tuple(_Press(one, answer_verb(one), self._refusal) for one in wanted)
        presses = []
        if stands.recall and "released" in stands.answers:
            presses.append(_Press("released", answer_verb("released"), self._refusal))
        if stands.offer:
            presses.append(_Press("offer", f"Take {wording.shortened(stands.offer, 24)} instead", self._may_not_ask))
        if stands.next and follows is not None:
            nobody = None if follows.unit is not None else "Nobody else here could do it."
            presses.append(_Press("next", follows.words, self._may_not_ask or nobody))
        return tuple(presses)

    def _offer(self, follows: Next | None) -> None:
        presses = self._offered(follows)
        if presses == self._presses:
            return
        self._presses = presses
        self._by_act.clear()
        while (item := self._flow.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for place, press in enumerate(presses):
            look = "small_primary" if place == 0 and press.refusal is None else "small"
            one = _Fitting(press.words, look, f"{press.words}: {self.standing.objective}")
            self._by_act[press.act] = one
            allow(one, press.refusal, press.words)
            one.clicked.connect(lambda _=False, act=press.act: self._pressed(act))
            self._flow.addWidget(one)
        self._buttons.setVisible(bool(presses))

    def _pressed(self, act: str) -> None:
        if not self._came.isValid() or self._came.elapsed() >= _HOLD_OFF_MS:
            self.acted.emit(*self.key, act)

    # mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click selects the task, when the button is let go; a drag carries it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed_at = event.position()
            event.accept()
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carried, once it has been moved far enough to be meant."""
        if self._pressed_at is not None and event.buttons() & Qt.MouseButton.LeftButton:
            far = (event.position() - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
            self._lifted = self._lifted or far
            if self._lifted:
                self.carried.emit(self, event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Put down in a column, or clicked."""
        if event.button() != Qt.MouseButton.LeftButton or self._pressed_at is None:
            super().mouseReleaseEvent(event)
            return
        lifted, self._pressed_at, self._lifted = self._lifted, None, False
        if lifted:
            self.put_down.emit(self, event.globalPosition().toPoint())
        else:
            self.chosen.emit(*self.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and space select it too."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.chosen.emit(*self.key)
            return
        super().keyPressEvent(event)


class _Fitting(QPushButton):
    """A button that never widens its card: a line for the unit, one for its agency, each cut where it must be."""

    def __init__(self, words: str, look: str, name: str) -> None:
        super().__init__(caption(words.replace(", ", "\n", 1)))
        self.setProperty("look", look)
        self.setProperty("narrow", True)
        self.setAutoDefault(False)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """A few letters at least."""
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words, cut with an ellipsis where they must be."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        room = self.style().subElementRect(QStyle.SubElement.SE_PushButtonContents, option, self).width()
        option.text = "\n".join(self._fitted(line, room, at == 0) for at, line in enumerate(self.text().split("\n")))
        QStylePainter(self).drawControl(QStyle.ControlElement.CE_PushButton, option)

    def _fitted(self, line: str, room: int, verb_first: bool) -> str:
        """The line in so many pixels: whom it is about is the last to go, before it the verb."""
        metrics = self.fontMetrics()
        _, _, whom = line.partition(" ")
        if verb_first and whom and metrics.horizontalAdvance(line) > room >= metrics.horizontalAdvance(whom):
            return whom
        return metrics.elidedText(line, Qt.TextElideMode.ElideRight, room)
