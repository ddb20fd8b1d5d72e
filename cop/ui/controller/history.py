"""What has happened in an exercise so far, the newest on top."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from cop.exercise.control_words import Act
from cop.ui.controller.words import Named, act_words, second_words
from cop.ui.labels import Label

_MOST = 100


class History(QWidget):
    """A line an act: the exercise's time, and the words."""

    def __init__(self, named: Named) -> None:
        super().__init__()
        self._named = named
        self._shown: tuple[Act, ...] | None = None
        self.rows: list[tuple[Label, Label]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 4, 0, 4)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnStretch(1, 1)
        self.none = Label("Nothing yet.", "muted")
        self._grid.addWidget(self.none, 0, 0, 1, 2)

    def say(self, acts: Sequence[Act]) -> None:
        """Show these, if they are others."""
        latest = tuple(reversed(acts[-_MOST:]))
        if latest == self._shown:
            return
        self._shown = latest
        self.none.setVisible(not latest)
        while len(self.rows) < len(latest):
            row = Label("", "muted"), Label("", wrap=True)
            for column, part in enumerate(row):
                self._grid.addWidget(part, len(self.rows) + 1, column)
            self.rows.append(row)
        for at, (time, words) in enumerate(self.rows):
            act = latest[at] if at < len(latest) else None
            time.say(second_words(act.t) if act is not None else "")
            words.say(act_words(act, self._named) if act is not None else "")
