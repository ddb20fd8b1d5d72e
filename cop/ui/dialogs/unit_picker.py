"""Choosing units in a form: who is chosen and what will come of it, the nearest by number, all others by a filter."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from cop.authority.candidates import Candidate
from cop.domain.rules.tasking import Tasking
from cop.map.palette import Palette, colour
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.flow_layout import FlowLayout
from cop.ui.labels import Label, button, caption, tip
from cop.ui.ordered_model import Column
from cop.ui.table import table
from cop.ui.tasking_words import pill, tone, what_happens, why_words
from cop.ui.theme import legible
from cop.ui.unit_dock import UnitModel

#: nobody sends more than this with one key; who means it does it twice
MOST = 30
#: the rows of three units, of which one wraps
_CHOSEN_PX = 138
#: so many of the nearest have a number of their own
NUMBERED = 6


class PickModel(UnitModel):
    """All units, those that could be sent first, in the order in which they are suggested."""

    def __init__(self, desk: Desk, palette: Palette, parent: QObject | None = None) -> None:
        self._ranks: dict[int, int] = {}
        self._far: dict[int, str] = {}
        self.chosen: set[int] = set()
        super().__init__(desk, palette, parent)
        first: Column[int] = Column("", self._mark, colour=lambda _row: self._accent(), width=24)
        away: Column[int] = Column("Away", lambda row: self._far.get(row, ""), width=104)
        self.columns = (first, *self.columns, away)
        self.sort_column = len(self.columns) - 1
        self.refresh()

    def suggest(self, candidates: Sequence[Candidate]) -> None:
        """Put these first."""
        self._ranks = {one.row: rank for rank, one in enumerate(candidates)}
        self._far = {one.row: far_words(one) for one in candidates}
        self.refresh()

    def order(self, ids: list[int]) -> NDArray[np.intp]:
        """As they are suggested, unless a heading was pressed."""
        if self.columns[self.sort_column].heading != "Away":
            return super().order(ids)
        last = len(self._ranks)
        order: NDArray[np.intp] = np.argsort(np.array([self._ranks.get(row, last) for row in ids]), kind="stable")
        return order[::-1] if self.descending else order

    def _mark(self, row: int) -> str:
        rank = self._ranks.get(row, NUMBERED)
        return "✓" if row in self.chosen else str(rank + 1) if rank < NUMBERED else ""

    def _accent(self) -> QColor:
        return colour(legible(self.colours.accent, self.colours.raised))


class UnitPicker(QWidget):
    """Who is to be sent. A click in the list chooses one unit, with Ctrl one more, with Shift all between."""

    changed = Signal()

    def __init__(self, desk: Desk, palette: Palette, incident: Key | None) -> None:
        super().__init__()
        self._desk = desk
        self._incident = incident
        self._candidates: list[Candidate] = []
        self._anchor = 0
        self.chosen: list[Key] = []
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(6)
        self.asked = Label(tone="muted", wrap=True)
        self.asked.setAccessibleName("What will happen")
        lines.addWidget(self.asked)
        self._rows: list[ChosenRow] = []
        self._all_chosen = Chosen()
        lines.addWidget(self._all_chosen)
        self._near = QWidget()
        self._chips = FlowLayout(self._near)
        self._chips.setContentsMargins(0, 0, 0, 0)
        self.chips = [button("", "chip") for _ in range(NUMBERED)]
        for place, chip in enumerate(self.chips):
            chip.setCheckable(True)
            chip.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            chip.clicked.connect(lambda _=False, place=place: self.toggle_number(place + 1))
            self._chips.addWidget(chip)
        lines.addWidget(self._near)
        self.list = QWidget()
        below = QVBoxLayout(self.list)
        below.setContentsMargins(0, 0, 0, 0)
        self.filter = QLineEdit(placeholderText="Filter units", clearButtonEnabled=True)
        self.filter.setAccessibleName("Filter units")
        self.model = PickModel(desk, palette, self)
        self.units = table(self.model, "Units")
        self.units.sortByColumn(self.model.sort_column, Qt.SortOrder.AscendingOrder)
        self.units.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.units.setFixedHeight(146)  # three whole rows: the form has to fit on a low screen
        self.units.installEventFilter(self)
        self.units.clicked.connect(self._clicked)
        self.filter.textChanged.connect(self.model.set_filter)
        below.addWidget(self.filter)
        below.addWidget(self.units)
        lines.addWidget(self.list)
        self.set_incident(incident)

    def show_list(self, shown: bool) -> None:
        """The list of all units, or the few that are near."""
        self.list.setVisible(shown)
        self._say()

    def set_incident(self, incident: Key | None) -> None:
        """It is for another incident: others are near, and other clauses hold."""
        self._incident = incident
        self._candidates = self._desk.authority.suggest(incident, limit=50) if incident is not None else []
        self.model.suggest(self._candidates)
        self._say()

    def choose(self, units: Sequence[Key]) -> None:
        """These are to be sent, and no others."""
        self.chosen = list(dict.fromkeys(units))[:MOST]
        self._say()

    def choose_best(self) -> None:
        """The first that may be asked: it is named in the form before anything is sent."""
        asked = (one.unit for one in self._candidates if pill(self._desk, one.unit, one.tasking)[0] != "Not allowed")
        self.choose([one for one in (next(asked, None),) if one is not None])

    def toggle(self, unit: Key) -> None:
        """One more, or one less."""
        kept = [one for one in self.chosen if one != unit]
        self.choose(kept if len(kept) < len(self.chosen) else [*kept, unit])

    def toggle_number(self, number: int) -> None:
        """The nearest one of this number (from 1), or not that one."""
        if number <= len(self._candidates):
            self.toggle(self._candidates[number - 1].unit)
        else:
            self._say()

    def tasking(self, unit: Key) -> Tasking:
        """What asking for a unit would mean now, beside those that are chosen before it: they use up a clause too."""
        before = self.chosen[: self.chosen.index(unit)] if unit in self.chosen else self.chosen
        return self._desk.authority.may_task(unit, self._incident, beside=before)

    def refresh(self) -> None:
        """Somebody else took a unit meanwhile, or a clause was paused: say so before it is sent."""
        self._say()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Space:
            row = self.model.id_at(self.units.currentIndex())
            if row is not None:
                self.toggle(self._desk.picture.tracks.keys[row])
            return True
        return super().eventFilter(watched, event)

    def _clicked(self, index: QModelIndex) -> None:
        row = self.model.id_at(index)
        if row is None:
            return
        keys, held = self._desk.picture.tracks.keys, QApplication.keyboardModifiers()
        if held & Qt.KeyboardModifier.ShiftModifier:
            first, last = sorted((self._anchor, index.row()))
            rows = [self.model.id_at(self.model.index(at, 0)) for at in range(first, min(last, first + MOST) + 1)]
            self.choose([*self.chosen, *(keys[one] for one in rows if one is not None)])
            return
        self._anchor = index.row()
        if held & Qt.KeyboardModifier.ControlModifier:
            self.toggle(keys[row])
        else:
            self.choose([keys[row]])

    def _say(self) -> None:
        desk = self._desk
        known = {one.unit: one for one in self._candidates}
        while len(self._rows) < len(self.chosen):
            row = ChosenRow()
            row.off.clicked.connect(lambda _=False, row=row: self.toggle(row.key))
            self._all_chosen.lines.addWidget(row)
            self._rows.append(row)
        for at, row in enumerate(self._rows):
            if at < len(self.chosen):
                unit = self.chosen[at]
                row.say(desk, unit, self.tasking(unit), known.get(unit), alone=len(self.chosen) == 1)
            row.setVisible(at < len(self.chosen))
        self.asked.say("" if self.chosen else "No unit is chosen.")
        for place, chip in enumerate(self.chips):
            there = place < len(self._candidates)
            if there:
                one = self._candidates[place]
                callsign = wording.unit_callsign(desk.picture, *one.unit)
                chip.setText(caption(f"{place + 1}  {callsign}"))
                chip.setChecked(one.unit in self.chosen)
                chip.setAccessibleName(f"Send {callsign} too")
                said = why_words(desk, one.unit, one.tasking, one.why)
                chip.setToolTip(tip(f"{far_words(one)}\n{said}\nAlt+{place + 1}"))
            chip.setVisible(there)
        self._near.setVisible(bool(self._candidates) and self.list.isHidden())
        self._all_chosen.updateGeometry()
        rows = (desk.picture.tracks.row_of(*unit) for unit in self.chosen)
        self.model.chosen = {row for row in rows if row is not None}
        self.model.touch()
        self.changed.emit()


class Chosen(QScrollArea):
    """Who is to be sent, a row each: as high as they are, up to a height from which on they are scrolled."""

    def __init__(self) -> None:
        super().__init__()
        rows = QWidget()
        self.lines = QVBoxLayout(rows)
        self.lines.setContentsMargins(0, 0, 0, 0)
        self.lines.setSpacing(6)
        self.setWidget(rows)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Units to be sent")

    def sizeHint(self) -> QSize:
        """As high as the rows need at this width."""
        self.lines.activate()
        return QSize(200, min(_CHOSEN_PX, self.lines.totalHeightForWidth(max(200, self.viewport().width()))))

    def minimumSizeHint(self) -> QSize:
        """Never squeezed: what will happen has to be read."""
        return self.sizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


class ChosenRow(QWidget):
    """One unit that is to be sent: who, how far, and what will come of it, with the clause's sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.key: Key = ("", "")
        self.name = Label(tone="strong", wrap=True)
        self.happens = Label(wrap=True)
        self.says = Label(tone="muted", wrap=True)
        self.void = Label(tone="warn", wrap=True)
        self.off = button("×", "small", name="Not this one")
        lines = QVBoxLayout()
        lines.setSpacing(1)
        for part in (self.name, self.happens, self.says, self.void):
            lines.addWidget(part)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addLayout(lines, 1)
        line.addWidget(self.off, 0, Qt.AlignmentFlag.AlignTop)

    def say(self, desk: Desk, unit: Key, tasking: Tasking, near: Candidate | None, *, alone: bool) -> None:
        """Show this unit; one that is sent alone is not taken off, but another is chosen."""
        self.key = unit
        callsign = wording.unit_callsign(desk.picture, *unit)
        owner = wording.agency_name(desk.picture, unit[0])
        self.name.say(
            " · ".join(part for part in (callsign, owner, far_words(near) if near is not None else "") if part)
        )
        self.happens.say(what_happens(desk, unit, tasking), tone(desk, unit, tasking))
        said = why_words(desk, unit, tasking, "").split("\n")[1:]
        self.says.say("\n".join(said))
        void = wording.one_line(near.void if near is not None else desk.authority.leaves_uncovered(unit))
        self.void.say(f"⚠ {void}" if void else "")
        self.off.setAccessibleName(f"Do not send {callsign}")
        self.off.setVisible(not alone)


def far_words(one: Candidate) -> str:
    """How far a unit is: "1.1 km · 2 min"."""
    return f"{wording.distance(one.metres)} · {max(1, round(one.seconds / 60))} min"
