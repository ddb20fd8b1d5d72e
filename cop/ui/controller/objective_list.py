"""What the exercise is to show, and how long there is for it; whether it was reached, the review tells."""

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from cop.exercise.control_words import State
from cop.exercise.objectives import Objective
from cop.exercise.scenario import Scenario
from cop.ui import wording
from cop.ui.controller.words import Named, objective_words
from cop.ui.labels import Label


class ObjectiveList(QWidget):
    """A box an objective."""

    def __init__(self, scenario: Scenario, named: Named) -> None:
        super().__init__()
        self._named = named
        self._rows: list[tuple[Objective, Label]] = []
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(7)
        for objective in scenario.objectives:
            box = QFrame()
            box.setObjectName("box")
            inner = QVBoxLayout(box)
            inner.setContentsMargins(10, 8, 10, 8)
            inner.setSpacing(2)
            inner.addWidget(Label(wording.one_line(objective.text), "strong", wrap=True))
            left = Label("", "muted", wrap=True)
            self._rows.append((objective, left))
            inner.addWidget(left)
            lines.addWidget(box)
        words = "Whether they were reached, the after-action review tells." if scenario.objectives else ""
        lines.addWidget(Label(words or "This exercise has no objectives.", "muted", wrap=True))

    def say(self, state: State | None) -> None:
        """How long there is for each."""
        t = state.t if state is not None else 0.0
        injects = state.injects if state is not None else ()
        fired = {one.id: one.t for one in injects if one.state == "fired" and one.t is not None}
        for objective, left in self._rows:
            left.say(objective_words(objective, self._named, t, fired))
