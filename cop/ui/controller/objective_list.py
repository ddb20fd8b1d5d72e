"""What the exercise is to show, and how long there is for it; whether it was reached, the review tells."""

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from cop.exercise.scenario import Scenario
from cop.ui import wording
from cop.ui.controller.words import Named, objective_words
from cop.ui.labels import Label


class ObjectiveList(QWidget):
    """A box an objective."""

    def __init__(self, scenario: Scenario, named: Named) -> None:
        super().__init__()
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
            inner.addWidget(Label(wording.one_line(objective_words(objective, named)).capitalize(), "muted", wrap=True))
            lines.addWidget(box)
        words = "Whether they were reached, the after-action review tells." if scenario.objectives else ""
        lines.addWidget(Label(words or "This exercise has no objectives.", "muted", wrap=True))
