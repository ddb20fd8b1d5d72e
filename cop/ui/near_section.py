"""The section of an incident's page that lists who could be sent: nearest first, each with what asking would mean."""

import functools

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from cop.authority.candidates import Candidate
from cop.domain.rules.tasking import Refused
from cop.map.carried import Carried
from cop.map.landing import Landing
from cop.map.palette import Palette
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.carrying import Pickup, Taken, carry
from cop.ui.desk import Desk
from cop.ui.labels import ElidedLabel, Label, NameButton, allow, button, restyle, rule, tip
from cop.ui.tasking_words import pill, what_happens, why_words

#: as many as there are keys for, and as fit beside the rest of the page
NEAR = 6
_GONE = "No longer among the nearest that are free."


class NearSection(QWidget):
    """Candidates; several can be ticked and sent at once. While a hand is on the list nobody changes places in it."""

    asked = Signal(object)  # the keys of units, to be sent
    selected = Signal(str, str, str)
    assigned = Signal(object)  # Assignment: something was put on a unit
    ticked_changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.colours: Palette | None = None
        self._incident: Key = ("", "")
        self._last = 0
        self._candidates: list[Candidate] = []
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        head = QHBoxLayout()
        head.addWidget(Label("NEAREST CAPABLE UNITS", "section"), 1)
        self.ask_why = button("Why?", "small", name="Why these units, in this order")
        self.ask_why.setCheckable(True)
        self.ask_why.toggled.connect(lambda _: self._show_why())
        head.addWidget(self.ask_why)
        lines.addLayout(head)
        self.rows = [NearRow(desk, number) for number in range(1, NEAR + 1)]
        for place, row in enumerate(self.rows):
            row.asked.clicked.connect(lambda _=False, row=row: self.asked.emit((row.key,)))
            row.name.clicked.connect(lambda _=False, row=row: self.selected.emit("unit", *row.key))
            row.tick.clicked.connect(lambda _=False, place=place: self._ticked(place))
            row.pressed.connect(lambda how, place=place: self._pressed(place, how))
            row.landing.assigned.connect(self.assigned)
            for part in (row, row.name):
                Pickup(part, functools.partial(self._taken, row), self._carry)
            lines.addWidget(row)
        self.none = Label(tone="muted", wrap=True)
        lines.addWidget(self.none)

    def say(self, incident: Key, candidates: list[Candidate], *, nobody: str = "", refusal: str | None = None) -> None:
        """Show who could be sent to an incident; `nobody`: why there is none, `refusal`: why this desk sends nobody."""
        if incident != self._incident:
            self._incident = incident
            self.untick()
            self._candidates = []
        self._candidates = self._in_place(candidates)
        found = {one.unit for one in candidates}
        for row, candidate in zip(self.rows, self._candidates, strict=False):
            row.say(candidate, refusal or (None if candidate.unit in found else _GONE), self.ask_why.isChecked())
        for row in self.rows[len(self._candidates) :]:
            row.clear()
        self.none.say("" if self._candidates else nobody)
        self.ask_why.setVisible(bool(self._candidates))

    def ticked(self) -> tuple[Key, ...]:
        """The units that are ticked, in their order."""
        return tuple(row.key for row in self.rows if not row.isHidden() and row.tick.isChecked())

    def untick(self) -> None:
        """Tick none."""
        for row in self.rows:
            row.tick.setChecked(False)
        self.ticked_changed.emit()

    def ask(self, number: int) -> None:
        """As if the button of this row, from 1, were pressed; where it cannot be, why."""
        row = self.rows[number - 1]
        if row.isHidden():
            self._desk.refused.emit("Nobody stands at that place of the list.")
        elif row.asked.isEnabled():
            self.asked.emit((row.key,))
        else:
            self._desk.refused.emit(row.asked.accessibleDescription())

    def _in_place(self, candidates: list[Candidate]) -> list[Candidate]:
        """The new ones; while the mouse, the focus or a tick is on the list each keeps the place that it had.

        Who is about to press a button must not get another unit under the cursor.
        """
        ticked = self.ticked()
        focus = QApplication.focusWidget()
        held = ticked or self.underMouse() or (focus is not None and self.isAncestorOf(focus))
        if not self._candidates or not held:
            return candidates[:NEAR]
        fresh = {one.unit: one for one in candidates}
        return [fresh.get(one.unit, one) for one in self._candidates]

    def _show_why(self) -> None:
        for row in self.rows:
            row.show_why(self.ask_why.isChecked())

    def _ticked(self, place: int) -> None:
        """A tick box was clicked; with Shift all between the last one and this."""
        if QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._range(place)
        self._last = place
        self.ticked_changed.emit()

    def _pressed(self, place: int, how: Qt.KeyboardModifier) -> None:
        """A row was clicked beside its buttons: with Ctrl or Shift that ticks, as in every list."""
        if how & Qt.KeyboardModifier.ShiftModifier:
            self._range(place)
        elif how & Qt.KeyboardModifier.ControlModifier:
            self.rows[place].tick.toggle()
        else:
            return
        self._last = place
        self.ticked_changed.emit()

    def _range(self, place: int) -> None:
        first, last = sorted((self._last, place))
        for row in self.rows[first : last + 1]:
            row.tick.setChecked(row.tick.isEnabled() and not row.isHidden())

    def _taken(self, row: "NearRow", _at: QPoint) -> Taken:
        """What goes along when a row is carried away: all that are ticked, if it is one of them."""
        ticked = self.ticked()
        return "unit", ticked if row.key in ticked else ((row.key,) if row.asked.isEnabled() else ())

    def _carry(self, taken: Taken) -> None:
        if self.colours is not None:
            carry(self, self._desk, self.colours, taken)


class NearRow(QWidget):
    """A unit that could be sent: who, whose, how far, the button that asks for it, and what its going leaves behind."""

    pressed = Signal(object)  # the modifiers of a click beside the buttons

    def __init__(self, desk: Desk, number: int) -> None:
        super().__init__()
        self._desk = desk
        self._number = number
        self._why_words = self._refusal = ""
        self.key: Key = ("", "")
        self.tick = QCheckBox()
        self.name = NameButton()
        self.agency = ElidedLabel(tone="muted")
        self.far = Label()
        self.asked = button("Request", "request")
        self.asked.setFixedWidth(88)
        self.void = Label(tone="warn", wrap=True)
        self.why = Label(tone="muted", wrap=True)
        line = QHBoxLayout()
        line.setContentsMargins(0, 5, 0, 5)
        line.setSpacing(7)
        who = QVBoxLayout()
        who.setSpacing(1)
        who.addWidget(self.name, 0, Qt.AlignmentFlag.AlignLeft)
        who.addWidget(self.agency)
        line.addWidget(self.tick)
        line.addLayout(who, 1)
        line.addWidget(self.far)
        line.addWidget(self.asked)
        below = QVBoxLayout()
        below.setContentsMargins(26, 0, 0, 0)
        below.setSpacing(2)
        for words in (self.void, self.why):
            words.setContentsMargins(0, 0, 0, 4)
            below.addWidget(words)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addLayout(line)
        lines.addLayout(below)
        lines.addWidget(rule())
        self.landing = Landing(self, lambda _at: ("unit", self.key), self._mark)
        self.hide()

    def say(self, candidate: Candidate, refusal: str | None, why: bool) -> None:
        """Show this unit; `refusal`: why it cannot be asked for now."""
        desk = self._desk
        if candidate.unit != self.key:
            self.tick.setChecked(False)
        self.key = candidate.unit
        callsign = wording.unit_callsign(desk.picture, *self.key)
        self.name.say(callsign)
        self.name.setAccessibleName(f"Show {callsign}")
        self.agency.say(wording.agency_name(desk.picture, self.key[0]))
        self.far.say(f"{wording.distance(candidate.metres)} · {max(1, round(candidate.seconds / 60))} min")
        tasking = candidate.tasking
        words, look = pill(desk, self.key, tasking)
        if self.asked.property("look") != look or self.asked.text() != words:
            self.asked.setText(words)
            restyle(self.asked, "look", look)
        self.asked.setAccessibleName(f"{'Assign' if words in {'Own', 'Direct'} else 'Request'} {callsign}")
        void = wording.one_line(candidate.void)
        self.void.say(f"⚠ {void}" if void else "")
        self._why_words = why_words(desk, self.key, tasking, candidate.why)
        if refusal is None and isinstance(tasking, Refused):
            refusal = what_happens(desk, self.key, tasking)
        hint = "\n".join(part for part in (self._why_words, self.void.text(), f"Key {self._number}") if part)
        allow(self.asked, refusal, hint)
        self.tick.setEnabled(refusal is None)
        if refusal is not None:
            self.tick.setChecked(False)
        self.tick.setAccessibleName(f"Tick {callsign}, to send several at once")
        self.tick.setToolTip(tip(f"Tick {callsign}, to send several at once"))
        self.far.setToolTip(tip(self._why_words))
        self._refusal = refusal or "" if isinstance(tasking, Refused) or refusal == _GONE else ""
        self.show_why(why)
        self.show()

    def clear(self) -> None:
        """Nobody stands here."""
        self.key = ("", "")
        self.tick.setChecked(False)
        self.hide()

    def show_why(self, asked: bool) -> None:
        """Say why it stands here for who asked; why it cannot be had is said unasked."""
        self.why.say(self._why_words if asked else self._refusal)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(event.modifiers())
        event.accept()

    def _mark(self, _at: QPoint | None, _carried: Carried | None, lands: bool) -> None:
        if bool(self.name.property("landing")) != lands:
            restyle(self.name, "landing", lands)
