"""What a form can be chosen for: which form, of what, of which operational period, for whom."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from cop.briefing.forms.filling import FORMS
from cop.briefing.forms.situation import About
from cop.briefing.occasion import Period
from cop.domain.rules.share import NOBODY_NAMED
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.forms.filled import Choice
from cop.ui.labels import ElidedCombo, Label

#: of each kind so many are offered; a picture holds any number of log entries
_MOST = 2_000
_WORDS_SHOWN = 60


class Choices(QWidget):
    """Four lists in a row; `chosen` says that a person chose otherwise."""

    chosen = Signal()

    def __init__(self, desk: Desk, *, about: About | None = None) -> None:
        """`about`: what is proposed, where the form can be of it."""
        super().__init__()
        self._desk = desk
        self.form, self.about, self.period, self.reader = (ElidedCombo() for _ in range(4))
        for kind in FORMS.values():
            self.form.addItem(f"ICS {kind.name}  {kind.title}", kind.name)
        self.period.addItem("The one that runs", 0)
        own = desk.operator.agency
        self.reader.addItem("Anyone", NOBODY_NAMED)
        for name, agency in self._others():
            self.reader.addItem(name, agency)
        self.reader.addItem(f"Our own people ({wording.agency_name(desk.picture, own)})", own)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        named = (("Form", self.form, 5), ("About", self.about, 5), ("Operational period", self.period, 4))
        for column, (words, box, share) in enumerate((*named, ("For whom", self.reader, 3))):
            label = Label(words, "muted")
            label.setBuddy(box)
            box.setAccessibleName(words)
            box.setMaxVisibleItems(20)
            grid.addWidget(label, 0, column)
            grid.addWidget(box, 1, column)
            grid.setColumnStretch(column, share)
        self.show_subjects([(about, about.id)] if about is not None else [], about)
        for box in (self.form, self.about, self.period, self.reader):
            box.activated.connect(lambda _: self.chosen.emit())

    def choice(self) -> Choice:
        """What is chosen."""
        return Choice(
            str(self.form.currentData()),
            self._about(self.about.currentIndex()),
            int(self.period.currentData()),
            str(self.reader.currentData()),
        )

    def show_choice(self, choice: Choice) -> None:
        """Choose this; nobody is told."""
        self.form.setCurrentIndex(max(self.form.findData(choice.form), 0))
        for at in range(self.about.count()):
            if self._about(at) == choice.about:
                self.about.setCurrentIndex(at)
        self.period.setCurrentIndex(max(self.period.findData(choice.period), 0))
        self.reader.setCurrentIndex(max(self.reader.findData(choice.reader), 0))

    def _about(self, at: int) -> About | None:
        data = self.about.itemData(at)
        return About(*data) if data is not None else None

    def show_periods(self, periods: Sequence[Period], number: int) -> None:
        """Offer these; the last one is the one that runs."""
        self.period.clear()
        for one in reversed(periods):
            words = f"{one.number} · {wording.clock(one.begins)} to {wording.clock(one.ends)}"
            self.period.addItem(f"{words}, running" if one is periods[-1] else words, one.number)
        self.period.setCurrentIndex(max(self.period.findData(number), 0))

    def show_subjects(self, subjects: Sequence[tuple[About, str]], about: About | None) -> None:
        """Offer what this form can be about; without one it is of the operation."""
        kind = FORMS[str(self.form.currentData())]
        self.about.clear()
        whole = "Each that there is" if kind.many else "The whole operation"
        self.about.addItem("A blank one" if kind.about == ("message",) else whole, None)
        for one, words in subjects[:_MOST]:
            self.about.addItem(_short(wording.one_line(words)), tuple(one))
            if one == about:
                self.about.setCurrentIndex(self.about.count() - 1)
        self.about.setEnabled(self.about.count() > 1)

    def _others(self) -> list[tuple[str, str]]:
        picture, own = self._desk.picture, self._desk.operator.agency
        known = {*picture.agencies, *(agency for agency, _ in picture.units)} - {own}
        named = [(wording.agency_name(picture, agency), agency) for agency in known]
        return sorted(named, key=lambda one: (one[0].casefold(), one[1]))


def _short(text: str) -> str:
    return text if len(text) <= _WORDS_SHOWN else f"{text[:_WORDS_SHOWN]}…"
