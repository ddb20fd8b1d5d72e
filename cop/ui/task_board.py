"""The task board: five columns from requested to done."""

from datetime import datetime

from PySide6.QtCore import QPoint, QSettings, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from cop.domain.rules.task_moves import is_turned_down
from cop.domain.words import TASK_STATES
from cop.map.palette import Palette
from cop.picture.change import Change, Key
from cop.ui import wording
from cop.ui.board_column import BoardColumn
from cop.ui.desk import Desk
from cop.ui.dock import Dock
from cop.ui.labels import ElidedLabel, button
from cop.ui.next_candidates import NextCandidates
from cop.ui.task_card import TaskCard
from cop.ui.task_index import TaskIndex
from cop.ui.task_words import COLUMNS, Standing, standing, task_of

#: what stands first in a column: what we must answer, then what went wrong
_FIRST = {"ask": 0, "bad": 1}


class TaskBoard(Dock):
    """The tasks of one incident, or of all. What is asked of our own agency always stands there, first.

    A pulse reads and draws only the tasks that it touched. A card is dragged to the column of what its owner says next.
    """

    side = Qt.DockWidgetArea.BottomDockWidgetArea
    keys = "Ctrl+4"

    answer_asked = Signal(str, str, str)  # agency, id, state

    def __init__(self, desk: Desk, palette: Palette) -> None:
        super().__init__("Tasks", "task_board", desk, palette)
        self.incident: Key | None = None
        self._selected: Key | None = None
        self._cards: dict[Key, TaskCard] = {}
        self._standings: dict[Key, Standing] = {}
        self._index = TaskIndex(desk.picture)
        self._next = NextCandidates(desk, self)
        self._next.found.connect(lambda agency, object_id: self._say((agency, object_id)))
        self.heading = ElidedLabel("Tasks", "strong")
        self.everything = button("All incidents", "chip", name="Show the tasks of all incidents")
        self.everything.setCheckable(True)
        self.everything.setChecked(True)
        self.everything.toggled.connect(lambda _: self._lay_out(say_all=True))
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(12, 8, 12, 6)
        line.setSpacing(14)
        line.addWidget(self.heading, 1)
        line.addWidget(self.everything)
        self.columns = {name: BoardColumn(TASK_STATES[name]) for name in COLUMNS}
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(9, 0, 8, 8)
        columns.setSpacing(6)
        for column in self.columns.values():
            columns.addWidget(column, 1)
            column.more_asked.connect(self._lay_out)
        self.lines.addWidget(head)
        across = QScrollArea()
        across.setWidget(body)
        across.setWidgetResizable(True)
        across.setFrameShape(QFrame.Shape.NoFrame)
        across.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        across.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.lines.addWidget(across, 1)
        self.set_palette(palette)
        self.content.setFocusProxy(self.everything)
        self.refresh()

    def show_incident(self, key: Key | None) -> None:
        """The board turns to this incident."""
        if key != self.incident:
            self.incident = key
            if key is not None:
                self.everything.setChecked(False)
            self._lay_out(say_all=True)

    def apply(self, change: Change) -> None:
        """Cards move when a task, its answer, or what it hangs on changed."""
        touched = self._index.touched(change)
        if touched:
            self._read(touched)
            self._lay_out(touched)
        elif change.incidents:
            self._head()

    def refresh(self) -> None:
        """Every card where it belongs."""
        self._standings.clear()
        self._read(set(self.desk.picture.tasks))
        self._lay_out(say_all=True)

    def tick(self) -> None:
        """Waits and arrival times move, and what nobody answered in time turns overdue."""
        now = self.desk.now()
        late = {key for key, one in self._standings.items() if one.state == "requested" and self._is_late(key, now)}
        if late:
            self._read(late)
            self._lay_out(late)
        if self.in_sight():
            seen = {key for column in self.columns.values() for key in column.in_view()} - late
            self._read(seen)
            for key in seen:
                self._say(key)

    def card(self, key: Key) -> TaskCard | None:
        """The card of a task, if it is shown."""
        return self._cards.get(key)

    def set_selection(self, kind: str, agency: str, object_id: str) -> None:
        """Mark the selected task; turn to the selected incident."""
        self._selected = (agency, object_id) if kind == "task" else None
        for key, card in self._cards.items():
            card.select(key == self._selected)
        if kind == "incident":
            self.show_incident((agency, object_id))
        chosen = self._cards.get((agency, object_id)) if kind == "task" else None
        if chosen is not None:
            self._read({chosen.key})  # where it stood out of sight its times stood still
            self._say(chosen.key)
            self.columns[chosen.standing.column].area.ensureWidgetVisible(chosen)

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        super().set_palette(palette)
        for name, column in self.columns.items():
            column.line.setStyleSheet(f"background: {palette.task[name]}; border: none;")

    def save(self, settings: QSettings) -> None:
        """Remember whether all incidents are shown."""
        settings.setValue("task_board/everything", self.everything.isChecked())

    def restore(self, settings: QSettings) -> None:
        """All incidents, or the selected one, as it was."""
        self.everything.setChecked(bool(settings.value("task_board/everything", True, type=bool)))

    # reading and drawing

    def _read(self, keys: set[Key]) -> None:
        for key in keys:
            report = self.desk.picture.tasks.get(key)
            stands = standing(self.desk, report) if report is not None else None
            # what another agency only thinks of doing asks nobody
            if stands is None or (stands.state == "draft" and key[0] != self.desk.operator.agency):
                self._standings.pop(key, None)
                self._next.forget(key)
                continue
            known = self._standings.get(key)
            if known is not None and known.state != stands.state:
                self._next.forget(key)
            self._standings[key] = stands

    def _is_late(self, key: Key, now: datetime) -> bool:
        task = task_of(self.desk.picture.tasks[key])
        if task.answer_by is not None:
            return task.answer_by < now
        return self._standings[key].mark == "" and is_turned_down(task, "requested", now)

    def _one_incident(self) -> bool:
        return self.incident is not None and not self.everything.isChecked()

    def _lay_out(self, touched: set[Key] | None = None, *, say_all: bool = False) -> None:
        """Cards to their columns; of those that stay, the touched ones say how they stand now."""
        one_incident = self._one_incident()
        about = self.desk.picture.same.of(self.incident) if self.incident is not None else ()
        shown: dict[str, list[Standing]] = {name: [] for name in COLUMNS}
        for key, stands in self._standings.items():
            if one_incident and stands.mark != "ask":
                task = task_of(self.desk.picture.tasks[key])
                if (task.incident_agency, task.incident) not in about:
                    continue
            shown[stands.column].append(stands)
        kept: set[Key] = set()
        for name, column in self.columns.items():
            ordered = sorted(shown[name], key=_place)
            cards = []
            for one in ordered[: column.most]:
                card = self._cards.get(one.key)
                if card is None:
                    self._cards[one.key] = card = self._new_card(one)
                    self._say(one.key)
                elif say_all or (touched is not None and one.key in touched):
                    self._say(one.key)
                cards.append(card)
            kept.update(card.key for card in cards)
            column.lay_out(cards, len(ordered))
        for key in [key for key in self._cards if key not in kept]:
            card = self._cards.pop(key)
            card.hide()
            card.deleteLater()
        self._head()

    def _say(self, key: Key) -> None:
        """A card shows how its task stands, and who would be asked next."""
        card, stands = self._cards.get(key), self._standings.get(key)
        if card is not None and stands is not None:
            follows = self._next.of(key) if stands.next and not stands.pending else None
            card.say(stands, with_incident=not self._one_incident(), follows=follows)

    def _new_card(self, stands: Standing) -> TaskCard:
        reasons = [
            refusal.reason if refusal else None for refusal in map(self.desk.may, ("answer_task", "assign_task"))
        ]
        card = TaskCard(stands, refusal=reasons[0], may_not_ask=reasons[1])
        card.chosen.connect(lambda agency, object_id: self.selected.emit("task", agency, object_id))
        card.acted.connect(self._act)
        card.carried.connect(self._carried)
        card.put_down.connect(self._put_down)
        card.select(stands.key == self._selected)
        return card

    def _head(self) -> None:
        report = self.desk.picture.incidents.get(self.incident) if self.incident is not None else None
        one_incident = self._one_incident()
        if one_incident and report is not None:
            self.heading.say(f"Tasks — {wording.incident_title(report)}")
        else:
            gone = "not in the picture at this time" if self.desk.past else "this incident is gone"
            self.heading.say(f"Tasks — {gone}" if one_incident else "Tasks — all incidents")

    # what a person does

    def _act(self, agency: str, object_id: str, act: str) -> None:
        report = self.desk.picture.tasks.get((agency, object_id))
        if report is None:
            return
        if act == "offer":
            self.desk.tasks.accept_counter(report)
        elif act == "next":
            found = self._next.of(report.key)
            if found is not None and found.unit is not None:  # who stands on the button, and nobody else
                self.desk.tasks.reassign(report, found.unit)
        else:
            self.answer_asked.emit(agency, object_id, act)

    def _may_go(self, card: TaskCard, column: str) -> bool:
        """Whether our agency may say this of the task: it owns the unit, and the state may follow."""
        stands = card.standing
        return column != stands.column and column in stands.answers and self.desk.may("answer_task") is None

    def _carried(self, card: TaskCard, screen: QPoint) -> None:
        card.setCursor(Qt.CursorShape.ClosedHandCursor)
        for name, column in self.columns.items():
            may = self._may_go(card, name)
            column.mark(("here" if column.is_at(screen) else "may") if may else "")

    def _put_down(self, card: TaskCard, screen: QPoint) -> None:
        card.unsetCursor()
        meant = next((name for name, column in self.columns.items() if column.is_at(screen)), None)
        for column in self.columns.values():
            column.mark("")
        if meant is None or meant == card.standing.column:
            return
        if self._may_go(card, meant):
            self.answer_asked.emit(*card.key, meant)
        else:
            self.desk.refused.emit(self._why_not(card, meant))

    def _why_not(self, card: TaskCard, column: str) -> str:
        if (refusal := self.desk.may("answer_task")) is not None:
            return refusal.reason
        owner = task_of(self.desk.picture.tasks[card.key]).assignee_agency
        if owner != self.desk.operator.agency:
            name = wording.agency_name(self.desk.picture, owner) if owner else "its owner"
            return f"Only {name} says how far this task is."
        state, wanted = TASK_STATES.get(card.standing.state, card.standing.state), TASK_STATES[column]
        return f"A task that is {state.lower()} cannot become {wanted.lower()}."


def _place(one: Standing) -> tuple[int, float, Key]:
    """What needs somebody stands first, the longest waiting of it on top; the rest with the newest on top."""
    since = one.since.timestamp()
    return (_FIRST.get(one.mark, 2), since if one.mark else -since, one.key)
