"""One clause, all of it, and what a person may do with it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from cop.domain.agreement import Term
from cop.domain.rules.consents import stopped
from cop.ui import wording
from cop.ui.agreement_words import facts, is_ours, uses, we_give
from cop.ui.desk import Desk
from cop.ui.facts import Facts
from cop.ui.flow_layout import FlowLayout
from cop.ui.labels import Label, NameButton, allow, button

#: so many tasks that use a clause up are listed
_MOST_USES = 8


class AgreementPane(QWidget):
    """Reads the picture each time it is told to `say`; what is pressed here is a signal."""

    act_asked = Signal(str)  # pause, hour, resume, withdraw, all
    words_said = Signal(str)  # why a withdrawn clause is given again
    task_chosen = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.term: Term | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName("The clause")
        inside = QWidget()
        inside.setObjectName("dock")
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(14, 12, 14, 8)
        lines.setSpacing(6)
        self.heading = Label("", "strong", wrap=True)
        self.says = Label("", wrap=True)
        self.says.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.used = Label("", "section")
        self.uses = [NameButton() for _ in range(_MOST_USES)]
        self.more = Label("", "muted")
        self.facts = Facts()
        for part in (self.heading, self.says, self.used, *self.uses, self.more, self.facts):
            if part in {self.used, self.facts}:
                lines.addSpacing(4)
            lines.addWidget(part)
        lines.addStretch(1)
        for at, one in enumerate(self.uses):
            one.clicked.connect(lambda _=False, at=at: self.task_chosen.emit(*self._tasks[at]))
        self._tasks: list[tuple[str, str]] = []
        scroll.setWidget(inside)
        outer.addWidget(scroll, 1)
        outer.addWidget(self._foot())
        self.foot.hide()

    def _foot(self) -> QWidget:
        self.foot = QWidget()
        lines = QVBoxLayout(self.foot)
        lines.setContentsMargins(14, 8, 14, 10)
        lines.setSpacing(6)
        self.buttons = {
            "resume": button("Resume  P", "primary", name="Resume this clause"),
            "pause": button("Pause  P", "primary", name="Pause this clause until it is resumed"),
            "hour": button("Pause 1 h  H", name="Pause this clause for an hour"),
            "withdraw": button("Withdraw  Del", name="Withdraw this clause"),
            "all": button("Pause agreement", name="Pause all that we give by this agreement"),
        }
        row = QWidget()
        flow = FlowLayout(row)
        for act, one in self.buttons.items():
            one.clicked.connect(lambda _=False, act=act: self.act_asked.emit(act))
            flow.addWidget(one)
        self.again = QWidget()
        line = QHBoxLayout(self.again)
        line.setContentsMargins(0, 0, 0, 0)
        self.words = QLineEdit(placeholderText="Why it is given again, who decided", maxLength=256)
        self.words.setAccessibleName("Why it is given again, and who decided that")
        self.give = button("Give again", "primary", name="Give this clause again")
        self.give.clicked.connect(lambda _: self.words_said.emit(self.words.text()))
        self.words.returnPressed.connect(lambda: self.words_said.emit(self.words.text()))
        line.addWidget(self.words, 1)
        line.addWidget(self.give)
        self.why = Label("", "muted", wrap=True)
        for part in (row, self.again, self.why):
            lines.addWidget(part)
        return self.foot

    def say(self, desk: Desk, term: Term | None) -> None:
        """Show this clause as it stands now; nothing where there is none."""
        if self.term is None or term is None or self.term.key != term.key:
            self.words.clear()
        self.term = term
        self.foot.setVisible(term is not None and is_ours(desk, term))
        if term is None:
            self.heading.say("")
            self.says.say("Choose a clause to read it.")
            self.facts.say([])
            self._say_uses(desk, None)
            return
        self.heading.say(wording.one_line(term.words))
        self.says.say(f"“{wording.breakable(wording.paragraphs(term.clause.says))}”")
        self.facts.say(facts(desk, term))
        self._say_uses(desk, term)
        self._allow(desk, term)

    def may(self, act: str) -> bool:
        """Whether this can be pressed now."""
        one = self.give if act == "give" else self.buttons[act]
        return self.term is not None and not self.foot.isHidden() and not one.isHidden() and one.isEnabled()

    def _say_uses(self, desk: Desk, term: Term | None) -> None:
        found = uses(desk, term) if term is not None else []
        self._tasks = [one.key for one in found]
        self.used.say("USED NOW" if found else "")
        for at, one in enumerate(self.uses):
            one.setVisible(at < len(found))
            if at < len(found):
                one.say(found[at].words)
                one.setAccessibleName(f"Task: {found[at].words}")
        self.more.say(f"and {len(found) - _MOST_USES} more" if len(found) > _MOST_USES else "")

    def _allow(self, desk: Desk, term: Term) -> None:
        word = desk.consents.word(term)
        stop = stopped(word, desk.now())
        withdrawn = stop is not None and stop.withdrawn
        paused = stop is not None and not withdrawn
        shown = {
            "resume": paused,
            "pause": stop is None,
            "hour": stop is None,
            "withdraw": not withdrawn,
            "all": stop is None and we_give(desk, term),
        }
        refusals = {
            "withdraw": desk.may("withdraw_clause"),
            **dict.fromkeys(("resume", "pause", "hour", "all"), desk.may("pause_clause")),
        }
        for act, one in self.buttons.items():
            refusal = refusals[act]
            one.setVisible(shown[act])
            allow(one, refusal.reason if refusal is not None else None)
        refusal = desk.may("withdraw_clause")
        self.again.setVisible(withdrawn)
        allow(self.give, refusal.reason if refusal is not None else None)
        self.words.setEnabled(refusal is None)
        self.why.say(refusal.reason if refusal is not None else "")
