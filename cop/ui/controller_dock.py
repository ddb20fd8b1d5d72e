"""The controller's dock: an exercise's time, its injects, its agencies, and what has happened so far."""

from collections.abc import Sequence
from math import isinf
from typing import Any

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from cop.exercise.control_words import Fire, Pause, Resume, SetRate, Skip, State, Write
from cop.exercise.controls import Controls, Heard
from cop.exercise.injects import CONTROL_CELL, Inject
from cop.exercise.scenario import Scenario
from cop.map.palette import Palette
from cop.picture.change import Change
from cop.ui import wording
from cop.ui.controller.agency_row import AgencyRow
from cop.ui.controller.history import History
from cop.ui.controller.inject_row import InjectRow
from cop.ui.controller.message_form import MessageForm
from cop.ui.controller.objective_list import ObjectiveList
from cop.ui.controller.on_record import ActsOnRecord, Note
from cop.ui.controller.requests_by_hand import open_requests
from cop.ui.controller.words import Named, rate_words, second_words
from cop.ui.desk import Desk
from cop.ui.dock import Dock
from cop.ui.labels import Label, allow, button, caption, restyle
from cop.ui.theme import sized

_LOOKS_EVERY_MS = 250
#: the speeds that are offered: faster, nobody at a desk could follow
RATES = (0.5, 1.0, 2.0, 4.0)
_NOT_THERE = "The exercise is not there."
_NOT_HEARD_YET = "Waiting to hear from the exercise. If it does not run, start it: it goes on from where it was."


class ControllerDock(Dock):
    """Everything here is asked of the running exercise and shown as it says it stands, never as it was wished."""

    side = Qt.DockWidgetArea.LeftDockWidgetArea
    keys = "Ctrl+Shift+X"
    short = "Control"

    def __init__(
        self, desk: Desk, palette: Palette, *, scenario: Scenario, controls: Controls, note: Note, settings: QSettings
    ) -> None:
        super().__init__("Controller", "controller_dock", desk, palette)
        self.content.setMinimumWidth(330)
        self._scenario, self._controls = scenario, controls
        self._named = named = Named(scenario)
        self._record = ActsOnRecord(desk, note, settings, named.agencies)
        self._heard: Heard | None = None
        self._told: tuple[str, str] | None = None
        self._first: set[str] = set()  # the agencies that stand above the others
        self.time = Label("–:––")
        self.time.setFont(sized(26, bold=True))
        self.time.setAccessibleName("Time of the exercise")
        self.standing = Label("", "muted", wrap=True)
        self.go = button("Start", "primary", name="Start or pause the exercise")
        self.go.clicked.connect(lambda _: self._turn())
        self.rates = {rate: button(rate_words(rate), "chip", name=f"Speed {rate_words(rate)}") for rate in RATES}
        self.trouble = Label("", "bad", wrap=True)
        self.injects = {inject.id: InjectRow(inject, named, self._fire, self._skip) for inject in scenario.injects}
        self.agencies = {one.id: AgencyRow(desk, one, self.order) for one in scenario.agencies}
        self.message = MessageForm(desk, scenario, self._write)
        self.history = History(named)
        self.objectives = ObjectiveList(scenario, named)
        self._build()
        timer = QTimer(self)
        timer.timeout.connect(self.look)
        timer.start(_LOOKS_EVERY_MS)
        self.look()

    def look(self) -> None:
        """Show how the exercise stands now."""
        heard = self._heard = self._controls.look()
        self._record.take(heard.acts)
        state, refusal = heard.state, self._refusal(heard)
        self._say_time(heard)
        self._say_trouble(heard)
        allow(self.go, refusal)
        for rate, one in self.rates.items():
            allow(one, refusal)
            one.setChecked(state is not None and state.rate == rate)
        if not self.in_sight():
            self.say_count(_to_come(state))
            return
        known = {one.id: one for one in state.injects} if state is not None else {}
        t = state.t if state is not None else 0.0
        for key, row in self.injects.items():
            row.show_state(known.get(key), t, refusal)
        waiting = _to_come(state)
        self.say_count(waiting)
        self._say_pages(waiting or 0, len(state.taken_over) if state is not None else 0)
        self.message.allow(refusal)
        self.history.say(heard.acts)
        self.objectives.say(state)
        self._say_agencies(state, refusal)

    def apply(self, change: Change) -> None:
        """What is asked of an agency by hand may be new."""
        if self.in_sight() and (change.tasks or change.incidents):
            self._say_agencies(self._heard.state if self._heard else None, self._refusal(self._heard))

    def refresh(self) -> None:
        """The dock has come into sight."""
        self.look()

    def order(self, kind: Any, words: str, **what: Any) -> None:
        """Give an order; why it could not be given, or came to nothing, is said here."""
        why = self._controls.order(kind, words, **what)
        self._told = (words, why) if why else None
        self.look()

    def _build(self) -> None:
        head = QWidget()
        lines = QVBoxLayout(head)
        lines.setContentsMargins(14, 12, 14, 8)
        lines.setSpacing(6)
        top = QHBoxLayout()
        top.addWidget(self.time)
        top.addStretch(1)
        top.addWidget(self.go)
        speeds = QHBoxLayout()
        speeds.setSpacing(5)
        speeds.addWidget(self.standing, 1)
        group = QButtonGroup(self)
        for rate, one in self.rates.items():
            one.setCheckable(True)
            group.addButton(one)
            one.clicked.connect(lambda _=False, rate=rate: self.order(SetRate, f"Speed {rate_words(rate)}", rate=rate))
            speeds.addWidget(one)
        lines.addLayout(top)
        lines.addLayout(speeds)
        lines.addWidget(self.trouble)
        self.pages = QStackedWidget()
        self.page_buttons = {}
        tabs = QHBoxLayout()
        tabs.setContentsMargins(14, 0, 14, 8)
        tabs.setSpacing(5)
        chips = QButtonGroup(self)
        pages: tuple[tuple[str, Sequence[QWidget]], ...] = (
            ("Injects", [*self.injects.values(), self.message]),
            ("Agencies", list(self.agencies.values())),
            ("Objectives", [self.objectives]),
            ("So far", [self.history]),
        )
        for name, parts in pages:
            chip = button(name, "chip")
            chip.setCheckable(True)
            chips.addButton(chip)
            page = _page(parts)
            self.pages.addWidget(page)
            chip.clicked.connect(lambda _=False, page=page: self.pages.setCurrentWidget(page))
            if name == "Agencies":
                self._agency_page = page
            self.page_buttons[name] = chip
            tabs.addWidget(chip)
        tabs.addStretch(1)
        self.page_buttons["Injects"].setChecked(True)
        self.lines.addWidget(head)
        self.lines.addLayout(tabs)
        self.lines.addWidget(self.pages, 1)
        self.content.setFocusProxy(self.go)

    def _say_time(self, heard: Heard) -> None:
        state = heard.state
        if state is None:
            self.time.say("–:––")
            self.standing.say("")
            return
        runs = heard.is_there and not state.paused and not state.ended
        t = state.t + min(heard.age_s, 2.0) * state.rate if runs and heard.age_s < 60 else state.t
        self.time.say(second_words(t))
        begun = state.t > 0.0
        self.go.setText("Pause" if not state.paused else ("Go on" if begun else "Start"))
        self.go.setAccessibleName(f"{self.go.text()} the exercise")
        look = "primary" if state.paused else ""
        if self.go.property("look") != look:
            restyle(self.go, "look", look)
        if not heard.is_there and not state.ended:
            self.standing.say("Where it was last heard", "muted" if isinf(heard.age_s) else "bad")
            return
        words = "Ended" if state.ended else "Paused" if state.paused else f"Running {rate_words(state.rate)}"
        of = f" · of {second_words(state.duration_s)}" if state.duration_s else ""
        self.standing.say(f"{words}{of}", "warn" if state.paused or state.ended else "ok")

    def _say_trouble(self, heard: Heard) -> None:
        tone = "bad"
        if heard.trouble:
            words = f"The broker is not reached: {heard.trouble}"
        elif heard.state is not None and heard.state.ended:
            words = "This exercise has ended."
        elif isinf(heard.age_s):  # each start begins so, for a second: no alarm
            words, tone = _NOT_HEARD_YET, "muted"
        elif not heard.is_there:
            old = f" It was last heard {wording.span(heard.age_s)} ago." if heard.age_s < 86_400 else ""
            words = f"{_NOT_THERE}{old} It goes on from there when it is started again."
        else:
            told = [f"{words}: {why}" for words, why in heard.refused[-1:]]
            words = told[0] if told else ""
        if self._told is not None and not words:
            words = f"{self._told[0]}: {self._told[1]}"
        self.trouble.say(wording.one_line(words), tone)

    def _refusal(self, heard: Heard | None) -> str | None:
        if heard is None or not heard.can_order:
            return (heard.trouble if heard is not None else "") or _NOT_THERE
        return None

    def _say_pages(self, injects: int, taken: int) -> None:
        counts = {"Injects": injects, "Agencies": taken}
        for name, chip in self.page_buttons.items():
            words = f"{name} {counts[name]}" if counts.get(name) else name
            if chip.text() != caption(words):
                chip.setText(caption(words))

    def _say_agencies(self, state: State | None, refusal: str | None) -> None:
        taken = set(state.taken_over) if state is not None else set()
        requests = open_requests(self.desk)
        for key, row in self.agencies.items():
            row.show_state(key in taken, requests.get(key, ()), refusal)
        self._place_agencies(taken)

    def _place_agencies(self, taken: set[str]) -> None:
        """Those by hand come first: a request that waits for the controller's answer is not searched for."""
        if taken == self._first:
            return
        more, self._first = taken - self._first, taken
        rows = sorted(self.agencies.items(), key=lambda one: one[0] not in taken)
        inner = self._agency_page.widget()
        lines = inner.layout() if inner is not None else None
        assert isinstance(lines, QVBoxLayout)
        for place, (_, row) in enumerate(rows):
            if lines.indexOf(row) != place:
                lines.removeWidget(row)
                lines.insertWidget(place, row)
        if more:
            self._agency_page.verticalScrollBar().setValue(0)

    def _turn(self) -> None:
        state = self._heard.state if self._heard is not None else None
        if state is not None:
            self.order(Resume if state.paused else Pause, self.go.text())

    def _fire(self, inject: Inject) -> None:
        self.order(Fire, f"Fire “{self._named.inject(inject.id)}”", inject=inject.id)

    def _skip(self, inject: Inject) -> None:
        self.order(Skip, f"Leave out “{self._named.inject(inject.id)}”", inject=inject.id)

    def _write(self, text: str, to: tuple[str, ...]) -> None:
        self.order(Write, "Message of the control cell", agency=CONTROL_CELL, text=text, to=to)


def _to_come(state: State | None) -> int | None:
    """How many injects have neither fired nor been left out; None where nobody knows."""
    return None if state is None else sum(one.state in ("waiting", "due") for one in state.injects)


def _page(parts: Sequence[QWidget]) -> QScrollArea:
    inner = QWidget()
    lines = QVBoxLayout(inner)
    lines.setContentsMargins(14, 0, 14, 12)
    lines.setSpacing(7)
    for part in parts:
        lines.addWidget(part)
    lines.addStretch(1)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inner)
    return area
