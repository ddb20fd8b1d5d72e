"""What must be seen of a window from across the room: that it is an exercise, that it shows the past."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QMainWindow

from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.labels import Label

#: pixels: as in the stylesheet
_EXERCISE, _REPLAY = 4, 7


def kind_words(desk: Desk) -> tuple[str, str]:
    """What a window of this desk says of itself in its title, before all else; empty where it is live work."""
    return ("REPLAY" if desk.past else "", "EXERCISE" if desk.exercise else "")


def badges(desk: Desk) -> tuple[Label, Label]:
    """The same words as they stand in a window's bar; hidden where they are not so."""
    replay, exercise = (Label() for _ in range(2))
    replay.setObjectName("replay_badge")
    exercise.setObjectName("exercise_badge")
    for badge, words in zip((replay, exercise), kind_words(desk), strict=True):
        badge.setText(words)
        if not words:
            badge.hide()
    return replay, exercise


def say_time(badge: Label, desk: Desk) -> None:
    """The time that a window of the past shows, in its badge."""
    if desk.past:
        badge.setText(f"REPLAY {wording.clock(desk.now(), seconds=True)}")


class Edges(QObject):
    """Frames all around a window: violet for an exercise, amber and thicker, inside it, for the past."""

    def __init__(self, window: QMainWindow, desk: Desk) -> None:
        super().__init__(window)
        self._window = window
        self._frames: list[tuple[QFrame, int]] = []
        inset = 0
        for name, width, wanted in (
            ("window_edge", _EXERCISE, bool(desk.exercise)),
            ("replay_edge", _REPLAY, desk.past),
        ):
            if wanted:
                frame = QFrame(window)
                frame.setObjectName(name)
                frame.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
                self._frames.append((frame, inset))
                inset += width
        if self._frames:
            window.setContentsMargins(inset, inset, inset, inset)
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """They go all around whatever size the window has."""
        if watched is self._window and isinstance(event, QResizeEvent):
            for frame, inset in self._frames:
                frame.setGeometry(self._window.rect().adjusted(inset, inset, -inset, -inset))
                frame.raise_()
        return False
