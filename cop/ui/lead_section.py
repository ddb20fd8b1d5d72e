"""The section of an incident's page that says who leads there, by which clause, and why."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cop.domain.report import Report
from cop.domain.rules.lead import Lead
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.labels import Label, button
from cop.ui.lead_words import LeadWords, known_lead, lead_words
from cop.ui.page import box

_LINES = 4  # overlaps shown at once; more of them stand among the reasons


class LeadSection(QWidget):
    """A frame of lines, and the reasons step by step for who asks why."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 10, 0, 0)
        outer.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(Label("WHO LEADS HERE", "section"), 1)
        outer.addLayout(head)
        frame, lines = box()
        outer.addWidget(frame)
        self.who = Label(tone="strong", wrap=True)
        self.how = Label(tone="muted", wrap=True)
        self.clause = Label(wrap=True)
        self.says = Label(tone="muted", wrap=True)
        self.line = Label(tone="warn", wrap=True)
        self.decides = Label(tone="warn", wrap=True)
        self.also = Label(wrap=True)
        self.within = Label(tone="muted", wrap=True)
        self.overlaps = [Label(tone="warn", wrap=True) for _ in range(_LINES)]
        self.differs = Label(tone="warn", wrap=True)
        parts = (self.who, self.line, self.how, self.clause, self.says, self.decides, self.also, self.within)
        for part in (*parts, *self.overlaps, self.differs):
            lines.addWidget(part)
        self.ask_why = button("Why?", "small", name="Why does this agency lead")
        self.ask_why.setCheckable(True)
        self.ask_why.toggled.connect(lambda _: self._show_why())
        self.why = Label(wrap=True)
        self.why.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.why.setAccessibleName("Why this agency leads, step by step")
        head.addWidget(self.ask_why)
        lines.addWidget(self.why)
        self._words = LeadWords("")
        self._lead: Lead | None = None

    def say(self, report: Report) -> None:
        """Say who leads this incident now."""
        self._lead = known_lead(self._desk, report)
        words = lead_words(self._desk, report, self._lead)
        self.ask_why.setVisible(self._lead is not None)
        self._show_why()
        if words == self._words:
            return
        self._words = words
        self.who.say(words.who, "strong" if words.sure else "warn")
        self.line.say(words.line)
        self.how.say(words.how)
        self.clause.say(words.clause)
        self.says.say(words.says)
        self.decides.say(words.decides)
        self.also.say(words.also)
        self.within.say(words.within)
        for label, text in zip(self.overlaps, (*words.overlaps, *("",) * _LINES), strict=False):
            label.say(text)
        self.differs.say(words.differs)

    def _show_why(self) -> None:
        """The steps are put into words for who asks, and for nobody else."""
        if self._lead is None or not self.ask_why.isChecked():
            self.why.say("")
            return
        steps = (*(wording.one_line(one) for one in self._lead.reasons), *self._words.overlaps[_LINES:])
        self.why.say("\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1)))
