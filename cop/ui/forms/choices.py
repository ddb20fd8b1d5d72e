"""What a form can be chosen for: which form, of what, of which operational period, for whom."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from cop.briefing.forms.filling import FORMS
from cop.briefing.forms.situation import About, What
from cop.briefing.occasion import Period
from cop.domain.log import LogEntry
from cop.domain.request import ResourceRequest
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
        self._desk, self._proposed = desk, about
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
        self._fill_about()
        self.form.activated.connect(lambda _: self._choose_form())
        for box in (self.about, self.period, self.reader):
            box.activated.connect(lambda _: self.chosen.emit())

    def choice(self) -> Choice:
        """What is chosen."""
        about = self.about.currentData()
        return Choice(
            str(self.form.currentData()),
            About(*about) if about is not None else None,
            int(self.period.currentData()),
            str(self.reader.currentData()),
        )

    def show_choice(self, choice: Choice) -> None:
        """Choose this; nobody is told."""
        self.form.setCurrentIndex(max(self.form.findData(choice.form), 0))
        self._fill_about()
        for at in range(self.about.count()):
            data = self.about.itemData(at)
            if (About(*data) if data is not None else None) == choice.about:
                self.about.setCurrentIndex(at)
        self.period.setCurrentIndex(max(self.period.findData(choice.period), 0))
        self.reader.setCurrentIndex(max(self.reader.findData(choice.reader), 0))

    def show_periods(self, periods: Sequence[Period], number: int) -> None:
        """Offer these; the last one is the one that runs."""
        self.period.clear()
        for one in reversed(periods):
            words = f"{one.number} · {wording.clock(one.begins)} to {wording.clock(one.ends)}"
            self.period.addItem(f"{words}, running" if one is periods[-1] else words, one.number)
        self.period.setCurrentIndex(max(self.period.findData(number), 0))

    def _choose_form(self) -> None:
        self._fill_about()
        self.chosen.emit()

    def _fill_about(self) -> None:
        """What this form can be about; without one it is of the operation."""
        kind = FORMS[str(self.form.currentData())]
        self.about.clear()
        whole = "Each that there is" if kind.many else "The whole operation"
        self.about.addItem("A blank one" if kind.about == ("message",) else whole, None)
        for what in kind.about:
            for words, key in self._named(what):
                self.about.addItem(words, (what, *key))
                if self._proposed == (what, *key):
                    self.about.setCurrentIndex(self.about.count() - 1)
        self.about.setEnabled(self.about.count() > 1)

    def _named(self, what: What) -> Iterator[tuple[str, tuple[str, str]]]:
        picture = self._desk.picture
        found: list[tuple[str, tuple[str, str]]] = []
        if what == "incident":
            every = {key: picture.incidents[key] for key in picture.same.leads()}
            found = [(wording.incident_title(report), key) for key, report in every.items()]
        elif what == "unit":
            found = [(wording.unit_callsign(picture, *key), key) for key in picture.units]
        elif what == "request":
            found = [
                (f"{body.quantity} × {body.what}", one.key)
                for one in picture.requests.values()
                if isinstance(body := one.body, ResourceRequest)
            ]
        else:
            found = [
                (f"{wording.clock(body.at)} {body.text[:200]}", one.key)
                for one in reversed(picture.log[-_MOST:])
                if isinstance(body := one.body, LogEntry)
            ]
        words = [(wording.one_line(text), key) for text, key in found[:_MOST]]
        named = [(f"{_short(text or key[1])} · {wording.agency_name(picture, key[0])}", key) for text, key in words]
        yield from (named if what == "message" else sorted(named, key=lambda one: one[0].casefold()))

    def _others(self) -> list[tuple[str, str]]:
        picture, own = self._desk.picture, self._desk.operator.agency
        known = {*picture.agencies, *(agency for agency, _ in picture.units)} - {own}
        named = [(wording.agency_name(picture, agency), agency) for agency in known]
        return sorted(named, key=lambda one: (one[0].casefold(), one[1]))


def _short(text: str) -> str:
    return text if len(text) <= _WORDS_SHOWN else f"{text[:_WORDS_SHOWN]}…"
