"""The controller's dock over what an exercise says of itself: a clock, injects, agencies by hand, what happened."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cop.domain.batch import Batch
from cop.domain.task import Task
from cop.domain.unit import Unit
from cop.exercise.control import Control
from cop.exercise.control_words import (
    Act,
    Acts,
    Pause,
    Presence,
    State,
    control_topic,
    read_act,
    read_order,
    written,
)
from cop.exercise.controls import SILENT_S, UNANSWERED_S, Controls
from cop.exercise.scenario import Scenario
from cop.exercise.simulation import Simulation
from cop.map.palette import Palette, load_palette
from cop.replay.frames import TimeMark
from cop.ui.controller_dock import ControllerDock
from cop.ui.desk import Desk
from cop.ui.labels import Label
from cop.ui.theme import stylesheet, ui_font
from cop.ui.time_line import TimeLine
from cop.ui.time_marks import KINDS
from tests import reports as r
from tests.exercise.plays import NOON
from tests.exercise.small import small
from tests.exercise.test_injects import inject
from tests.ui.conftest import MakeDesk

_HOSTILE = "<img src=x onerror=1><b>Bridge</b>"
_INJECTS = (
    inject(
        'at_s = 300\nnotes = "Who asks?"\nsilent_units = [{ agency = "fire", units = ["Engine 1"], for_s = 240 }]',
        "radio",
        "Engine 1's radio fails",
    )
    + inject('when = { after = "radio", wait_s = 60 }\nmessages = [{ text = "Where is Engine 1?" }]', "ask", "Who asks")
    + inject(f"messages = [{{ text = '{_HOSTILE}' }}]", "hand", _HOSTILE)
    + "\n[[objectives]]\nid = 'o'\ntext = 'Hazmat on scene within 15 min'\nmeasure = 'on_scene'\n"
    + "kinds = ['hazmat']\nincident = 'rail'\nwithin_s = 900\n"
)


class Stage:
    """A dock, and an exercise that says what a test wants."""

    def __init__(self, desk: Desk, palette: Palette, settings: QSettings) -> None:
        self.desk = desk
        self.scenario: Scenario = small(_INJECTS)
        self.now = 1_000.0
        self.controls = Controls(lambda: self.now)
        self.controls.say_trouble("")
        self.notes: list[tuple[str, bytes]] = []
        self.records = True  # whether there is a feed process to take a note
        self.settings = settings
        self.dock = self.make(palette)
        self.window: QMainWindow | None = None
        self._n = 0

    def make(self, palette: Palette) -> ControllerDock:
        """A dock of this exercise."""
        return ControllerDock(
            self.desk,
            palette,
            scenario=self.scenario,
            controls=self.controls,
            note=self._take_note,
            settings=self.settings,
        )

    def _take_note(self, kind: str, pack: Callable[[], bytes]) -> bool:
        if self.records:
            self.notes.append((kind, pack()))
        return self.records

    def say(self, **what: Any) -> None:
        """The exercise says how it stands, as it does each second."""
        states = [{"id": one.id, **({"due_t": one.at_s} if one.at_s else {})} for one in self.scenario.injects]
        for _ in range(1 if self._n else 2):  # the first may be what the broker has kept
            self._n += 1
            state = {"run": "r", "n": self._n, "at": self.desk.now(), "name": "small", "injects": states, **what}
            self._hear("state", msgspec.convert(state, State))
        self.dock.look()

    def act(self, *acts: str, **what: Any) -> None:
        """The exercise says what has happened."""
        found = [msgspec.convert({"at": self.desk.now(), "t": 10.0, "act": one, **what}, Act) for one in acts]
        self._hear("acts", Acts(run="r", acts=tuple(found)))
        self.dock.look()

    def pass_s(self, seconds: float) -> None:
        """So many seconds without a word."""
        self.now += seconds
        self.dock.look()

    def orders(self) -> list[Any]:
        """What was ordered since the last call."""
        return [read_order(payload) for payload in self.controls.fetch()]

    def button(self, name: str) -> QPushButton:
        """A button in sight by its accessible name."""
        found = [one for one in self.dock.findChildren(QPushButton) if one.isVisible() and one.accessibleName() == name]
        assert found, (name, [one.accessibleName() for one in self.dock.findChildren(QPushButton) if one.isVisible()])
        return found[0]

    def press(self, name: str) -> None:
        """Click it."""
        QTest.mouseClick(self.button(name), Qt.MouseButton.LeftButton)

    def _hear(self, kind: Any, word: msgspec.Struct) -> None:
        self.controls.hear(control_topic("small", kind), written(word))


@pytest.fixture
def stage(qtbot: QtBot, make_desk: MakeDesk, palette: Palette, settings: QSettings) -> Stage:
    """A shown dock."""
    one = Stage(make_desk("liaison", "exercise-control", exercise="Small"), palette, settings)
    window = one.window = QMainWindow()
    window.setFont(ui_font())
    window.setStyleSheet(stylesheet(palette))
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, one.dock)
    window.setCentralWidget(QWidget())
    window.resize(900, 800)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.resizeDocks([one.dock], [428], Qt.Orientation.Horizontal)
    return one


def test_that_before_the_exercise_is_heard_nothing_can_be_ordered(stage: Stage) -> None:
    assert stage.dock.time.text() == "–:––"
    assert "Waiting to hear" in stage.dock.trouble.text()
    for name in ("Start or pause the exercise", "Fire now: Engine 1's radio fails", "Speed 2×"):
        assert not stage.button(name).isEnabled()


def test_that_what_the_broker_has_kept_is_shown_but_not_taken_for_an_exercise_that_runs(stage: Stage) -> None:
    kept = State(run="r", n=7, at=r.NOON, name="small", t=100.0)
    stage.controls.hear(control_topic("small", "state"), written(kept))
    stage.dock.look()
    assert stage.dock.time.text() == "1:40"
    assert "Waiting to hear" in stage.dock.trouble.text()
    assert stage.dock.trouble.property("tone") == "muted"  # each start begins so
    assert not stage.dock.go.isEnabled()


def test_that_the_clock_runs_with_the_exercise_and_stands_with_it(stage: Stage) -> None:
    stage.say(t=125.0, rate=2.0, duration_s=900.0)
    assert (stage.dock.time.text(), stage.dock.standing.text()) == ("2:05", "Running 2× · of 15:00")
    stage.pass_s(1.0)
    assert stage.dock.time.text() == "2:07"
    stage.pass_s(30.0)
    # nobody knows how late it is now
    assert (stage.dock.time.text(), stage.dock.standing.text()) == ("2:05", "Where it was last heard")
    assert "last heard 31 s ago" in stage.dock.trouble.text()
    stage.say(t=140.0, paused=True)
    stage.pass_s(1.0)
    assert (stage.dock.time.text(), stage.dock.go.text()) == ("2:20", "Go on")


def test_that_start_pause_and_speed_are_ordered_and_shown_only_once_they_are_so(stage: Stage) -> None:
    stage.say(paused=True)
    stage.press("Start the exercise")
    assert [type(one).__name__ for one in stage.orders()] == ["Resume"]
    assert stage.dock.go.text() == "Start"
    stage.say(t=1.0)
    assert stage.dock.go.text() == "Pause"
    stage.press("Pause the exercise")
    stage.press("Speed 4×")
    pause, rate = stage.orders()
    assert (type(pause).__name__, rate.rate, rate.run) == ("Pause", 4.0, "r")
    assert stage.dock.rates[1.0].isChecked()
    stage.say(t=2.0, rate=4.0)
    assert stage.dock.rates[4.0].isChecked()


def test_that_an_inject_is_fired_only_after_it_was_asked_in_its_row(stage: Stage) -> None:
    stage.say(t=120.0)
    row = stage.dock.injects["radio"]
    assert (row.when.text(), row.standing.text()) == ("At 5:00", "in 3:00")
    assert "Radio silent: Engine 1, for 4 min" in row.does.text()
    stage.press("Fire now: Engine 1's radio fails")
    assert stage.orders() == []
    assert row.property("mark") == "ask"
    stage.press("Cancel")
    assert row.property("mark") == ""
    stage.press("Fire now: Engine 1's radio fails")
    stage.press("Fire: Engine 1's radio fails")
    (order,) = stage.orders()
    assert (type(order).__name__, order.inject) == ("Fire", "radio")
    stage.say(t=121.0, injects=[{"id": "radio", "state": "fired", "t": 121.0, "by": "hand"}])
    assert row.standing.text() == "Fired 2:01 · by hand"
    assert not row.fire_button.isVisible()


def test_that_enter_pressed_out_of_habit_does_not_fire(stage: Stage, qtbot: QtBot) -> None:
    stage.say(t=1.0)
    stage.dock.activateWindow()
    stage.press("Leave out: Engine 1's radio fails")
    qtbot.waitUntil(stage.dock.injects["radio"].no.hasFocus)
    QTest.keyClick(stage.dock.injects["radio"].no, Qt.Key.Key_Space)
    assert stage.orders() == []
    assert stage.dock.injects["radio"].property("mark") == ""


def test_that_a_question_in_a_row_ends_when_the_inject_fires_by_itself(stage: Stage) -> None:
    stage.say(t=299.0)
    stage.press("Fire now: Engine 1's radio fails")
    stage.say(t=300.0, injects=[{"id": "radio", "state": "fired", "t": 300.0, "by": "time"}])
    row = stage.dock.injects["radio"]
    assert not row.yes.isVisible()
    assert row.property("mark") == ""


def test_that_a_refusal_is_shown_and_an_order_that_nobody_answers_too(stage: Stage) -> None:
    stage.say(t=1.0)
    stage.press("Pause the exercise")
    (order,) = stage.orders()
    stage.say(t=2.0, results=[{"id": order.id, "refused": "the exercise stands already"}])
    assert stage.dock.trouble.text() == "Pause: the exercise stands already"
    stage.press("Speed 2×")
    for _ in range(int(UNANSWERED_S) + 2):
        stage.now += 1.0
        stage.say(t=3.0)
    assert stage.dock.trouble.text() == "Speed 2×: no answer: it may not have been heard"


def test_that_an_exercise_that_falls_silent_or_says_goodbye_is_missed_and_nothing_is_ordered(stage: Stage) -> None:
    stage.say(t=5.0)
    assert stage.dock.go.isEnabled()
    stage.pass_s(SILENT_S + 1)
    assert "not there" in stage.dock.trouble.text()
    assert not stage.dock.go.isEnabled()
    stage.say(t=6.0)
    stage._hear("presence", Presence(run="r", online=False))
    stage.dock.look()
    assert not stage.dock.go.isEnabled()
    stage._hear("presence", Presence(run="r", online=True))
    stage.say(t=7.0)
    assert stage.dock.trouble.text() == ""
    stage._hear("presence", Presence(run="r2", online=True))
    stage.dock.look()
    assert not stage.dock.go.isEnabled()  # started again: nothing is known of that run yet
    stage._hear("presence", Presence(run="r", online=True))
    stage.controls.say_trouble("nothing listens at the broker's address")
    stage.dock.look()
    assert "nothing listens" in stage.dock.trouble.text()
    assert stage.controls.order(Pause, "Pause") == "nothing listens at the broker's address"


def test_that_an_agency_is_taken_over_and_answers_by_hand(stage: Stage) -> None:
    police = stage.dock.agencies["police"]
    stage.press("Agencies")
    stage.say(t=5.0)
    stage.press("Take over City Police")
    (order,) = stage.orders()
    assert (type(order).__name__, order.agency) == ("TakeOver", "police")
    assert police.hand is None
    ask = Task(
        id="t-1",
        at=r.NOON - timedelta(seconds=102),
        rev=1,
        by="Reyes",
        role="commander",
        objective=_HOSTILE,
        assignee_agency="police",
        unit="adam-1",
        asked_at=r.NOON - timedelta(seconds=102),
    )
    stage.desk.take_in(Batch(reports=[r.report("fire", ask)]))
    stage.say(t=6.0, taken_over=["police"])
    assert police.standing.text() == "By hand · 1 to answer"
    (box,) = police.requests.boxes.values()
    assert box.title.textFormat() == Qt.TextFormat.PlainText
    assert "<b>Bridge</b>" in box.title.text()
    assert box.about.text().endswith("waits 1:42")
    assert not box.buttons["declined"].isEnabled()
    QTest.mouseClick(box.buttons["accepted"], Qt.MouseButton.LeftButton)
    QTest.keyClicks(box.why, "No crew")
    QTest.mouseClick(box.buttons["declined"], Qt.MouseButton.LeftButton)
    accepted, declined = stage.orders()
    assert (accepted.agency, accepted.asker, accepted.task, accepted.state) == ("police", "fire", "t-1", "accepted")
    assert (declined.state, declined.reason) == ("declined", "No crew")
    stage.press("Give back City Police")
    assert [type(one).__name__ for one in stage.orders()] == ["GiveBack"]
    stage.say(t=7.0)
    assert police.hand is None


def test_that_agencies_by_hand_stand_above_the_others(stage: Stage) -> None:
    def order() -> list[str]:
        rows = stage.dock.agencies
        return sorted(rows, key=lambda one: rows[one].mapTo(stage.dock, QPoint(0, 0)).y())

    stage.press("Agencies")
    stage.say(t=5.0)
    as_in_the_file = list(stage.dock.agencies)
    last = as_in_the_file[-1]
    QTest.qWait(0)
    assert order() == as_in_the_file
    stage.say(t=6.0, taken_over=[last])
    QTest.qWait(0)
    assert order() == [last, *as_in_the_file[:-1]]
    stage.say(t=7.0)
    QTest.qWait(0)
    assert order() == as_in_the_file


def test_that_units_are_sent_and_messages_are_written_by_hand(stage: Stage) -> None:
    stage.press("Agencies")
    adam = Unit(id="adam-1", at=r.NOON, rev=1, callsign="Adam 1", kind="patrol", status="available")
    stage.desk.take_in(Batch(reports=[r.report("police", adam)]))
    stage.say(t=6.0, taken_over=["police"])
    units = stage.dock.agencies["police"].units
    assert units.unit.currentText() == "Adam 1"
    units.status.setCurrentIndex(units.status.findData("on_scene"))
    stage.press("Say the unit's status")
    units.place.setEditText("somewhere")
    stage.press("Send the unit there")
    assert units.trouble.isVisible()
    units.place.setEditText("35.2425 -80.953")
    stage.press("Send the unit there")
    QTest.keyClicks(units.text, "Bridge is closed.")
    QTest.keyClick(units.text, Qt.Key.Key_Return)
    status, move, write = stage.orders()
    assert (status.unit, status.status) == ("adam-1", "on_scene")
    assert (move.unit, round(move.lat, 4), round(move.lon, 3)) == ("adam-1", 35.2425, -80.953)
    assert (write.agency, write.text) == ("police", "Bridge is closed.")
    assert units.text.text() == ""


def test_that_the_control_cell_writes_to_whom_it_wants(stage: Stage) -> None:
    stage.say(t=6.0)
    stage.dock.message.to.setCurrentIndex(stage.dock.message.to.findData("county"))
    QTest.keyClicks(stage.dock.message.text, "Real rain: take care.")
    stage.press("Write the message")
    (order,) = stage.orders()
    assert (order.agency, order.text, order.to) == ("exercise-control", "Real rain: take care.", ("county",))


def test_that_what_happened_is_listed_and_put_on_record_once(stage: Stage, palette: Palette, qtbot: QtBot) -> None:
    stage.say(t=10.0)
    stage.act("started", "paused")
    stage.act("started", "paused")
    kinds = [kind for kind, _ in stage.notes]
    assert kinds == ["control", "mark", "control", "mark"]
    acts = [read_act(payload) for kind, payload in stage.notes if kind == "control"]
    assert [act.act for act in acts if act is not None] == ["started", "paused"]
    mark = json.loads(stage.notes[1][1])
    assert (mark["kind"], mark["words"]) == ("control", "Started")
    stage.act("started", "paused", "taken_over", agency="police")
    stage.press("So far")
    lines = [words.text() for _time, words in stage.dock.history.rows if words.text()]
    assert lines[0] == "Taken over: City Police"
    before = len(stage.notes)
    again = stage.make(palette)  # the desk was started again
    qtbot.addWidget(again)
    again.look()
    assert len(stage.notes) == before


def test_that_what_nobody_could_take_is_put_on_record_as_soon_as_somebody_can(stage: Stage) -> None:
    stage.records = False
    stage.act("started", "paused")
    assert stage.notes == []
    stage.records = True
    stage.dock.look()
    assert [kind for kind, _ in stage.notes] == ["control", "mark", "control", "mark"]


def test_that_what_happened_long_ago_is_on_record_but_no_news_on_the_bar(stage: Stage) -> None:
    old = Act(at=r.NOON - timedelta(hours=1), t=5.0, act="fired", inject="radio", by="time", words="Radio")
    stage._hear("acts", Acts(run="r", acts=(old,)))
    stage.dock.look()
    assert [kind for kind, _ in stage.notes] == ["control"]


def test_that_hostile_titles_and_words_stay_words(stage: Stage) -> None:
    stage.say(t=10.0)
    row = stage.dock.injects["hand"]
    assert row.title.textFormat() == Qt.TextFormat.PlainText
    assert row.title.text() == _HOSTILE
    assert _HOSTILE in row.does.text()
    stage.act("wrote", agency="police", words=_HOSTILE)
    assert stage.dock.history.rows[0][1].textFormat() == Qt.TextFormat.PlainText
    stage.controls.hear(control_topic("small", "state"), b'{"run": "r", "n": 1e99}')
    stage.controls.hear(control_topic("small", "acts"), b"\xff" * 100)
    stage.dock.look()
    assert stage.dock.time.text() == "0:10"


def test_that_the_objectives_say_within_what_time(stage: Stage) -> None:
    stage.say(t=240.0)
    words = [one.text() for one in stage.dock.objectives.findChildren(Label)]
    assert words[:2] == ["Hazmat on scene within 15 min", "Until 14:00 · 10:00 left"]
    stage.say(t=841.0)
    assert "time is over" in stage.dock.objectives.findChildren(Label)[1].text()


def test_that_the_dock_says_what_the_exercise_itself_says(stage: Stage) -> None:
    sim = Simulation(stage.scenario, base=NOON)
    control = Control(sim, "r2", 1)
    for t in (1.0, 310.0):
        sim.until(t)
        for said in control.all(t):
            stage.controls.hear(said.topic, said.payload)
    stage.dock.look()
    assert stage.dock.injects["radio"].standing.text() == "Fired 5:00 · by time"
    assert stage.dock.injects["ask"].standing.text() == "in 0:50"
    assert stage.dock.windowTitle() == "Controller 2"


def test_that_the_time_bar_has_a_sign_and_an_ink_for_each_kind_of_mark(qtbot: QtBot, palette: Palette) -> None:
    line = TimeLine(palette, follows=True)
    qtbot.addWidget(line)
    line.resize(800, 40)
    marks = [TimeMark(1000.0 + 100.0 * at, kind, "", "", "words") for at, kind in enumerate(KINDS)]
    line.show_span(900.0, 2000.0, marks, [])
    line.show_length(900.0, 2000.0)
    assert len(line.groups()) == len(KINDS)
    assert not line.grab().isNull()


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_nothing_in_the_dock_is_cut_off(stage: Stage, theme: str, qtbot: QtBot) -> None:
    stage.dock.set_palette(load_palette(theme))  # type: ignore[arg-type]
    stage.say(t=10.0)
    shown = [one for one in stage.dock.findChildren(QPushButton) if one.isVisible()]
    qtbot.waitUntil(lambda: all(one.width() >= one.sizeHint().width() for one in shown))
