"""One line of the inbox in full, and what can be said to it."""

from dataclasses import dataclass, field
from typing import Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from cop.ui import wording
from cop.ui.choice_row import ChoiceRow
from cop.ui.facts import Fact, Facts
from cop.ui.inbox_words import Asked, Instead
from cop.ui.labels import Label, allow, button
from cop.ui.snoozes import MINUTES, Item

#: letters of one line of another agency's text
_MOST = 160
#: the rows of choices, by what they do
Act = Literal["decline", "recall", "counter", "snooze"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the pane shows of one line: `yes` is the word on the button that says yes.

    `refusal` is why this desk may not say yes, `refusal_of_no` why not no. `said_so_far` changes when the asker changed
    what it asks; a yes to the old is none to the new.
    """

    asked: Asked
    facts: tuple[Fact, ...]
    yes: str
    refusal: str | None = None
    refusal_of_no: str | None = None
    reasons: tuple[str, ...] = ()
    instead: tuple[Instead, ...] = ()
    may_snooze: bool = True
    said_so_far: object = field(default=None)


class InboxPane(QWidget):
    """Stands still: it shows another line only when a person turned to it, or had answered the one before."""

    yes_said = Signal()
    reason_given = Signal(str)  # empty: in own words
    offered = Signal(str)  # the unit; empty: in own words
    put_off = Signal(int)  # minutes
    show_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.item: Item | None = None
        self.is_empty = True
        self._sheet: Sheet | None = None
        self._offers: tuple[Instead, ...] = ()
        self.heading = Label(tone="strong", wrap=True)
        self.who = Label(wrap=True)
        self.time = Label(tone="muted", wrap=True)
        self.facts = Facts()
        self.note = Label(tone="warn", wrap=True)
        inside = QWidget()
        lines = QVBoxLayout(inside)
        lines.setContentsMargins(0, 2, 6, 2)
        lines.addWidget(self.facts)
        lines.addStretch(1)
        self._area = QScrollArea()
        self._area.setWidget(inside)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setMinimumHeight(56)
        self._area.setAccessibleName("What is asked")
        self.yes = button("", "primary")
        self.yes.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.yes.clicked.connect(lambda _: self.yes_said.emit())
        self.show_button = button("Show  V", "small", name="Show it on the map and in the selection")
        self.show_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_button.clicked.connect(lambda _: self.show_asked.emit())
        first = QHBoxLayout()
        first.addWidget(self.yes, 1)
        first.addWidget(self.show_button)
        self.rows: dict[Act, ChoiceRow] = {
            "decline": ChoiceRow("Decline", "D"),
            "recall": ChoiceRow("Recall", "R"),
            "counter": ChoiceRow("Instead", "C"),
            "snooze": ChoiceRow("Snooze", "S"),
        }
        self.rows["decline"].chosen.connect(self._reason_chosen)
        self.rows["recall"].chosen.connect(self._reason_chosen)
        self.rows["counter"].chosen.connect(self._offer_chosen)
        self.rows["snooze"].chosen.connect(lambda at: self.put_off.emit(MINUTES[at]))
        self._lines = outer = QVBoxLayout(self)
        outer.setContentsMargins(14, 10, 12, 10)
        outer.setSpacing(4)
        for part in (self.heading, self.who, self.time):
            outer.addWidget(part)
        outer.addWidget(self._area, 1)
        outer.addWidget(self.note)
        outer.addLayout(first)
        for row in self.rows.values():
            outer.addWidget(row)
        self.say_nothing("Nothing waits for our answer.")

    def minimumSizeHint(self) -> QSize:
        """High enough for all buttons at its width, and some lines of what is asked."""
        return QSize(300, self._lines.minimumHeightForWidth(max(300, self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Narrower means that the buttons need more lines."""
        super().resizeEvent(event)
        self.updateGeometry()

    @property
    def armed(self) -> Act | None:
        """The row in which a number chooses now."""
        return next((act for act, row in self.rows.items() if row.armed), None)

    def say(self, sheet: Sheet) -> bool:
        """Show this; whether it is another line, or asks for something else than it did."""
        before = self._sheet
        new = before is None or before.asked.item != sheet.asked.item
        changed = not new and before is not None and before.said_so_far != sheet.said_so_far
        self._sheet, asked = sheet, sheet.asked
        self.item, self.is_empty = asked.item, False
        self.heading.say(wording.breakable(wording.shortened(asked.what, _MOST)))
        self.who.say(wording.breakable(wording.shortened(asked.who, _MOST)))
        self.time.say(asked.corner(), asked.tone())
        self.facts.say(sheet.facts)
        if new or changed:
            self.disarm()
            self.note.say("They have changed what they ask: read it anew." if changed else sheet.refusal or "")
            self._area.verticalScrollBar().setValue(0)
        self.yes.setText(f"{sheet.yes}   Enter")
        self.yes.setAccessibleName(f"{sheet.yes}: {asked.what}")
        allow(self.yes, sheet.refusal)
        direct = asked.item[0] == "direct"
        is_task = asked.item[0] in {"task", "direct"}
        other = (*sheet.reasons, "Other…") if is_task else sheet.reasons  # the form for own words is of tasks
        self.rows["decline"].offer(() if direct else other, sheet.refusal_of_no)
        self.rows["recall"].offer(other if direct else (), sheet.refusal_of_no)
        if new or changed:  # no unit moves to another number while somebody reads
            self._offers = sheet.instead
            offers = (*(one.words for one in self._offers), "Other…") if asked.item[0] == "task" else ()
            self.rows["counter"].offer(offers, sheet.refusal)
        self.rows["snooze"].offer([f"{minutes} min" for minutes in MINUTES] if sheet.may_snooze else ())
        for part in (self.yes, self.show_button):
            part.show()
        return new or changed

    def say_gone(self, words: str) -> None:
        """What stood here was settled elsewhere; nothing can be pressed, and no other line takes its place."""
        self._settle(self.heading.text(), words)

    def say_nothing(self, words: str) -> None:
        """Nothing is chosen."""
        self._settle("", words)
        self.is_empty = True

    def arm(self, act: Act) -> bool:
        """Let a number choose in this row; whether it has choices."""
        row = self.rows[act]
        if row.isHidden() or not row.buttons or not row.buttons[0].isEnabled():
            return False
        self.disarm()
        row.arm(True)
        self.note.say(f"{row.words}: press 1 to {len(row.buttons)}. Esc goes back.")
        return True

    def disarm(self) -> None:
        """A number chooses nothing."""
        if self.armed is not None:
            self.note.say("")
        for row in self.rows.values():
            row.arm(False)

    def press(self, number: int) -> bool:
        """A number was pressed; whether it chose something."""
        act = self.armed
        return act is not None and self.rows[act].choose(number)

    def words(self) -> str:
        """All that stands here, as a screen reader says it when a line is turned to."""
        facts = ", ".join(f"{name} {value}" for name, value in self.facts.texts())
        said = ". ".join(part for part in (self.who.text(), self.heading.text(), self.time.text(), facts) if part)
        return said.replace("\u200b", "")

    def _settle(self, heading: str, words: str) -> None:
        self.disarm()
        self.item, self._sheet, self.is_empty = None, None, False
        self.heading.say(heading)
        self.who.say(words)
        self.time.say("")
        self.facts.say(())
        self.note.say("")
        for part in (self.yes, self.show_button, *self.rows.values()):
            part.hide()

    def _reason_chosen(self, at: int) -> None:
        if self._sheet is not None:
            self.reason_given.emit(self._sheet.reasons[at] if at < len(self._sheet.reasons) else "")

    def _offer_chosen(self, at: int) -> None:
        if self._sheet is not None:
            self.offered.emit(self._offers[at].unit if at < len(self._offers) else "")
