"""The task board: five columns from requested to done."""

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from cop.domain.words import TASK_STATES
from cop.map.palette import Palette
from cop.picture.change import Change, Key
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.dock import Dock
from cop.ui.labels import ElidedLabel, Label, button
from cop.ui.task_card import TaskCard
from cop.ui.task_words import COLUMNS, Standing, standing, task_of

#: cards a column; the newest are shown, the rest counted
_MOST = 40


class TaskBoard(Dock):
    """The tasks of one incident, or of all. What is asked of our own agency always stands there, first."""

    side = Qt.DockWidgetArea.BottomDockWidgetArea
    keys = "Ctrl+4"

    answer_asked = Signal(str, str, str)  # agency, id, state

    def __init__(self, desk: Desk, palette: Palette) -> None:
        super().__init__("Tasks", "task_board", desk, palette)
        self.incident: Key | None = None
        self._selected: Key | None = None
        self._cards: dict[Key, TaskCard] = {}
        self.heading = ElidedLabel("Tasks", "strong")
        self.everything = button("All incidents", "chip", name="Show the tasks of all incidents")
        self.everything.setCheckable(True)
        self.everything.setChecked(True)
        self.everything.toggled.connect(lambda _: self.refresh())
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(12, 8, 12, 6)
        line.setSpacing(14)
        line.addWidget(self.heading, 1)
        line.addWidget(self.everything)
        self.columns = {name: _BoardColumn(TASK_STATES[name]) for name in COLUMNS}
        body = QWidget()
        columns = QHBoxLayout(body)
        columns.setContentsMargins(12, 0, 12, 8)
        columns.setSpacing(10)
        for column in self.columns.values():
            columns.addWidget(column, 1)
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
            self.refresh()

    def apply(self, change: Change) -> None:
        """Cards move when a task or its answer changed."""
        if change.tasks or change.delivered or change.incidents or change.links or change.agencies or change.units:
            self.refresh()

    def refresh(self) -> None:
        """Every card where it belongs."""
        shown: dict[str, list[Standing]] = {name: [] for name in COLUMNS}
        one_incident = self.incident is not None and not self.everything.isChecked()
        about = self.desk.picture.same.of(self.incident) if self.incident is not None else ()
        for report in self.desk.picture.tasks.values():
            task = task_of(report)
            stands = standing(self.desk, report)
            if one_incident and (task.incident_agency, task.incident) not in about and stands.mark != "ask":
                continue
            shown[stands.column].append(stands)
        kept: set[Key] = set()
        for name, column in self.columns.items():
            ordered = sorted(shown[name], key=lambda one: (one.mark != "ask", -one.since.timestamp(), one.key))
            cards = [self._card(one, with_incident=not one_incident) for one in ordered[:_MOST]]
            kept.update(card.key for card in cards)
            column.lay_out(cards, len(ordered))
        for key in [key for key in self._cards if key not in kept]:
            card = self._cards.pop(key)
            card.hide()
            card.deleteLater()
        self._head(one_incident)

    def tick(self) -> None:
        """Waits and arrival times move."""
        if not self.in_sight():
            return
        with_incident = self.incident is None or self.everything.isChecked()
        for key, card in self._cards.items():
            report = self.desk.picture.tasks.get(key)
            if report is not None:
                card.say(standing(self.desk, report), with_incident=with_incident)

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

    def _card(self, stands: Standing, *, with_incident: bool) -> TaskCard:
        card = self._cards.get(stands.key)
        if card is None:
            refusal = self.desk.may("answer_task")
            card = self._cards[stands.key] = TaskCard(stands, refusal=refusal.reason if refusal else None)
            card.chosen.connect(lambda agency, object_id: self.selected.emit("task", agency, object_id))
            card.answered.connect(self.answer_asked)
        card.say(stands, with_incident=with_incident)
        card.select(stands.key == self._selected)
        return card

    def _head(self, one_incident: bool) -> None:
        report = self.desk.picture.incidents.get(self.incident) if self.incident is not None else None
        if one_incident and report is not None:
            self.heading.say(f"Tasks — {wording.incident_title(report)}")
        else:
            self.heading.say("Tasks — this incident is gone" if one_incident else "Tasks — all incidents")


class _BoardColumn(QWidget):
    """A coloured line, heading and count, and the cards below."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.setMinimumWidth(138)  # all five on a screen of 1600
        self.line = QFrame()
        self.line.setFixedHeight(3)
        self._title = Label(title, "strong")
        self._count = Label("0", "muted")
        self._more = Label("", "muted", wrap=True)
        self._order: list[TaskCard] = []
        inside = QWidget()
        self._cards = QVBoxLayout(inside)
        self._cards.setContentsMargins(0, 0, 2, 0)
        self._cards.setSpacing(7)
        self._cards.addWidget(self._more)
        self._cards.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidget(inside)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = QHBoxLayout()
        head.setContentsMargins(2, 5, 6, 5)
        head.addWidget(self._title, 1)
        head.addWidget(self._count)
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        lines.addWidget(self.line)
        lines.addLayout(head)
        lines.addWidget(self.area, 1)

    def lay_out(self, cards: list[TaskCard], count: int) -> None:
        """These cards, in this order; `count` counts also those that are not shown."""
        self._count.setText(str(count))
        self._more.say(f"and {count - len(cards)} more" if count > len(cards) else "")
        if cards == self._order:
            return
        for card in self._order:
            self._cards.removeWidget(card)
        for place, card in enumerate(cards):
            self._cards.insertWidget(place, card)
            card.show()
        self._order = list(cards)

    def shown(self) -> list[Key]:
        """The tasks that stand here, from above."""
        return [card.key for card in self._order]
