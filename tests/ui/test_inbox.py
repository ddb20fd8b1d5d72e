"""The inbox: what is asked of us, answered by keys alone, and nothing said by accident."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QSettings, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cop.domain.agreement import Agreement, Agreements, AidClause, Term
from cop.domain.batch import Batch
from cop.domain.command import IncidentCommand, command_id
from cop.domain.desk import Command
from cop.domain.request import Fill, ResourceRequest
from cop.domain.task import Answer
from cop.ui.desk import Desk
from cop.ui.dialogs.action_dialog import ActionDialog
from cop.ui.inbox_dock import InboxDock
from cop.ui.main_window import MainWindow
from cop.ui.reasons import DECLINE
from cop.ui.tones import Tone, Tones
from tests import reports as r
from tests.ui.conftest import CRASH, RAIL, Clock, MakeDesk, MakeWindow
from tests.ui.test_hostile_texts import TEXTS, hostile

US = "charlotte-fire"
STAGE = ("task", "mecklenburg-ems", "t-stage")


def ask(
    desk: Desk, task_id: str, *, asked_s: float = 0, within_s: float = 300, asker: str = "gastonia-fd", **fields: object
) -> tuple[str, str, str]:
    """Another agency asks us; seconds after noon."""
    given = {
        "objective": f"Stand by {task_id}",
        "assignee_agency": US,
        "unit": "engine-4",
        "incident_agency": RAIL[0],
        "incident": RAIL[1],
        "asked_at": r.at(asked_s),
        "answer_by": r.at(asked_s + within_s),
        **fields,
    }
    desk.take_in(Batch(epoch=1, reports=[r.report(asker, r.task(task_id, seconds=asked_s, **given))]))
    return ("task", asker, task_id)


def shown(dock: InboxDock) -> list[str]:
    model = dock.model
    return [model.id_at(model.index(row, 0))[2] for row in range(model.rowCount())]


def said(sent: list[Command]) -> list[tuple[str, str, str]]:
    bodies = [one.body for one in sent]
    return [(one.id, one.state, one.reason or one.offers) for one in bodies if isinstance(one, Answer)]


def pass_time(window: MainWindow, clock: Clock, seconds: float) -> None:
    clock.now += timedelta(seconds=seconds)
    window.tick()


@pytest.fixture
def open_inbox(qtbot: QtBot, make_window: MakeWindow, clock: Clock) -> Callable[[Desk], MainWindow]:
    """The window with the keys in its inbox, as Ctrl+I puts them there, and a moment to read."""

    def come_up(desk: Desk, size: tuple[int, int] = (1600, 900)) -> MainWindow:
        window = make_window(desk, size)
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        window.map_view.setFocus()
        qtbot.keyClick(window, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(window.inbox_dock.list.hasFocus)
        clock.now += timedelta(seconds=1)
        return window

    return come_up


def press(qtbot: QtBot, window: MainWindow, *keys: Qt.Key | str) -> None:
    """Press keys where the focus is, as a person does."""
    for one in keys:
        focused = QApplication.focusWidget()
        assert focused is not None
        if isinstance(one, str):
            qtbot.keyClicks(focused, one)
        else:
            qtbot.keyClick(focused, one)


ENTER, DOWN, UP = Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Up


def test_that_requests_stand_in_the_order_in_which_their_time_ends_and_tell_who_asks_what_for_which_unit(
    make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow]
) -> None:
    desk = make_desk("liaison")
    ask(desk, "new", asked_s=-5)
    ask(
        desk,
        "old",
        asked_s=-200,
        objective="Pump the underpass",
        hazards=("downed lines",),
        channel="TAC-7",
        due_at=r.at(1500),
        note="From the north",
    )
    window = open_inbox(desk)
    dock = window.inbox_dock
    assert shown(dock) == ["old", "t-stage", "new"]
    ask(desk, "short", asked_s=0, within_s=60)
    assert shown(dock) == ["short", "old", "t-stage", "new"]
    desk.take_in(Batch(epoch=1, reports=[r.report("gastonia-fd", r.task("short", rev=2, cancelled=True))]))
    assert dock.windowTitle() == "Inbox 3"
    assert window.top_bar.inbox.text() == "3 requests"
    assert dock.pane.heading.text() == "Pump the underpass"
    assert dock.pane.who.text() == "Gastonia FD asks for Engine 4"
    assert dock.pane.time.text() == "▲ 1:39 left" or dock.pane.time.text() == "▲ 1:40 left"
    facts = dict(dock.pane.facts.texts())
    assert facts["Incident"].startswith("P1 Hazmat rail derailment · Rail accident")
    assert facts["Way"] == "900 m · 1 min"
    assert facts["Unit is"] == "Available"
    assert facts["Hazards"] == "downed lines"
    assert facts["Channel"] == "TAC-7"
    assert facts["Wanted"].startswith("by ")
    assert facts["Note"] == "From the north"
    index = dock.model.index_of(("task", "gastonia-fd", "old"))
    name = dock.model.data(index, Qt.ItemDataRole.AccessibleTextRole)
    assert "Pump the underpass, Gastonia FD asks for Engine 4, P1, Hazmat rail derailment, ▲" in name


def test_that_what_the_going_of_the_unit_would_leave_uncovered_is_told(
    make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow]
) -> None:
    desk = make_desk("liaison")
    ask(desk, "one", asked_s=-200)
    dock = open_inbox(desk).inbox_dock
    assert dict(dock.pane.facts.texts())["At home"] == "nothing left uncovered"
    busy = r.unit("engine-30", callsign="Engine 30", kind="engine", status="busy", rev=5)
    desk.take_in(Batch(epoch=1, reports=[r.report(US, busy)]))
    dock.tick()
    assert dict(dock.pane.facts.texts())["At home"] == "⚠ last available engine of Charlotte Fire"


def test_that_ten_requests_are_worked_through_by_keys_alone(
    qtbot: QtBot,
    make_desk: MakeDesk,
    open_inbox: Callable[[Desk], MainWindow],
    sent: list[Command],
    clock: Clock,
) -> None:
    desk = make_desk("dispatcher", agency=US)
    for number in range(9):
        ask(desk, f"r{number}", asked_s=-290 + number)
    window = open_inbox(desk)
    steps: list[tuple[Qt.Key | str, ...]] = [(ENTER,), ("d", "1"), ("c", "1"), (ENTER,), ("d", "3")] * 2
    for keys in steps:
        press(qtbot, window, *keys)
        clock.now += timedelta(seconds=5)
    # the wish for another unit of ours is answered with the one that is nearest and of its kind
    assert said(sent) == [
        ("r0", "accepted", ""),
        ("r1", "declined", DECLINE[0]),
        ("r2", "countered", "engine-30"),
        ("r3", "accepted", ""),
        ("r4", "declined", DECLINE[2]),
        ("r5", "accepted", ""),
        ("r6", "declined", DECLINE[0]),
        ("r7", "countered", "engine-30"),
        ("r8", "accepted", ""),
        ("t-stage", "declined", DECLINE[2]),
    ]
    assert shown(window.inbox_dock) == []
    assert window.inbox_dock.pane.who.text() == "Nothing else waits for our answer."
    assert not window.top_bar.inbox.isVisible()


def test_that_one_press_of_the_mouse_declines_with_its_reason(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow], sent: list[Command]
) -> None:
    window = open_inbox(make_desk("liaison"))
    dock = window.inbox_dock
    qtbot.mouseClick(dock.pane.rows["decline"].buttons[1], Qt.MouseButton.LeftButton)
    assert said(sent) == [("t-stage", "declined", "Committed elsewhere")]
    assert dock.list.hasFocus()


def test_that_a_second_press_at_once_does_not_accept_the_next_request(
    qtbot: QtBot,
    make_desk: MakeDesk,
    open_inbox: Callable[[Desk], MainWindow],
    sent: list[Command],
    clock: Clock,
) -> None:
    desk = make_desk("liaison")
    ask(desk, "second", asked_s=-5)
    window = open_inbox(desk)
    press(qtbot, window, ENTER, ENTER)
    qtbot.mouseClick(window.inbox_dock.pane.yes, Qt.MouseButton.LeftButton)
    assert [one[0] for one in said(sent)] == ["t-stage"]
    assert "read it" in window.inbox_dock.pane.note.text()
    clock.now += timedelta(seconds=1)
    press(qtbot, window, ENTER)
    assert [one[0] for one in said(sent)] == ["t-stage", "second"]


def test_that_a_key_that_is_held_down_is_pressed_once(
    qtbot: QtBot,
    make_desk: MakeDesk,
    open_inbox: Callable[[Desk], MainWindow],
    sent: list[Command],
    clock: Clock,
) -> None:
    desk = make_desk("liaison")
    ask(desk, "second", asked_s=-5)
    window = open_inbox(desk)
    press(qtbot, window, ENTER)
    clock.now += timedelta(seconds=5)
    again = QKeyEvent(QEvent.Type.KeyPress, ENTER, Qt.KeyboardModifier.NoModifier, "\r", True)
    QApplication.sendEvent(window.inbox_dock.list, again)
    assert [one[0] for one in said(sent)] == ["t-stage"]


def test_that_what_arrives_moves_neither_the_keys_nor_what_they_speak_of(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow], sent: list[Command]
) -> None:
    desk = make_desk("liaison")
    window = open_inbox(desk)
    dock = window.inbox_dock
    for number in range(20):  # all of them waited longer, so all of them go above it
        ask(desk, f"older{number}", asked_s=-250 + number)
    assert shown(dock)[-1] == "t-stage"
    assert dock.pane.item == STAGE
    assert dock.model.id_at(dock.list.currentIndex()) == STAGE
    assert dock.list.hasFocus()
    press(qtbot, window, ENTER)
    assert said(sent) == [("t-stage", "accepted", "")]


def test_that_an_inbox_that_said_that_nothing_waits_turns_to_what_comes_and_lets_it_be_read_first(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow], sent: list[Command], clock: Clock
) -> None:
    desk = make_desk("liaison", filled=False)
    window = open_inbox(desk)
    assert window.inbox_dock.pane.who.text() == "Nothing waits for our answer."
    item = ask(desk, "first", asked_s=0)
    assert window.inbox_dock.pane.item == item
    press(qtbot, window, ENTER)
    assert sent == []
    clock.now += timedelta(seconds=1)
    press(qtbot, window, ENTER)
    assert said(sent) == [("first", "accepted", "")]


def test_that_nothing_takes_the_focus_when_a_request_arrives(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    desk = make_desk("liaison")
    window = make_window(desk)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.search.setFocus()
    ask(desk, "new", asked_s=-5)
    assert QApplication.focusWidget() is window.search
    assert not window.inbox_dock.in_sight()  # it stays behind the queue of incidents


def test_that_a_request_that_was_taken_back_says_so_and_no_other_takes_its_place(
    qtbot: QtBot,
    make_desk: MakeDesk,
    open_inbox: Callable[[Desk], MainWindow],
    sent: list[Command],
    clock: Clock,
) -> None:
    desk = make_desk("liaison")
    ask(desk, "second", asked_s=-5)
    window = open_inbox(desk)
    dock = window.inbox_dock
    back = r.task(STAGE[2], rev=9, assignee_agency=US, unit="engine-30", cancelled=True, objective="Stage")
    desk.take_in(Batch(epoch=1, reports=[r.report(STAGE[1], back)]))
    assert dock.pane.who.text() == "Settled: cancelled by Mecklenburg EMS."
    assert not dock.pane.yes.isVisible()
    press(qtbot, window, ENTER, "d", "1")
    assert said(sent) == []
    press(qtbot, window, DOWN)
    assert dock.pane.item == ("task", "gastonia-fd", "second")
    press(qtbot, window, ENTER)
    assert said(sent) == [("second", "accepted", "")]


def test_that_a_request_that_was_changed_is_to_be_read_anew(
    qtbot: QtBot,
    make_desk: MakeDesk,
    open_inbox: Callable[[Desk], MainWindow],
    sent: list[Command],
    clock: Clock,
) -> None:
    desk = make_desk("liaison")
    window = open_inbox(desk)
    changed = r.task(STAGE[2], rev=9, assignee_agency=US, unit="engine-4", objective="Enter the hot zone")
    desk.take_in(Batch(epoch=1, reports=[r.report(STAGE[1], changed)]))
    assert window.inbox_dock.pane.heading.text() == "Enter the hot zone"
    assert "changed" in window.inbox_dock.pane.note.text()
    press(qtbot, window, ENTER)
    assert said(sent) == []
    clock.now += timedelta(seconds=2)
    press(qtbot, window, ENTER)
    assert said(sent) == [("t-stage", "accepted", "")]


def test_that_other_letters_and_lone_numbers_do_nothing_in_the_inbox(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow], sent: list[Command]
) -> None:
    desk = make_desk("commander")
    ask(desk, "second", asked_s=-5)
    window = open_inbox(desk)
    press(qtbot, window, "1", "2", "p", "x")
    assert sent == []
    assert window.inbox_dock.pane.item == STAGE
    press(qtbot, window, "d")
    assert window.inbox_dock.pane.armed == "decline"
    press(qtbot, window, Qt.Key.Key_Escape, "1")
    assert sent == []
    assert window.inbox_dock.pane.item == STAGE
    press(qtbot, window, "d", DOWN, "1")  # a letter that was pressed for one is not for the next
    assert sent == []


def test_that_on_a_button_of_the_inbox_the_letters_are_its_own_and_enter_presses_that_button(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow], sent: list[Command], clock: Clock
) -> None:
    desk = make_desk("commander")
    ask(desk, "second", asked_s=-5)
    window = open_inbox(desk)
    window.select("incident", *RAIL)
    rows = window.inbox_dock.pane.rows
    qtbot.waitUntil(rows["decline"].buttons[2].isVisible)
    rows["decline"].buttons[2].setFocus()
    press(qtbot, window, "1")  # elsewhere it sends the nearest unit
    assert sent == []
    assert window.dialogs.opened is None
    press(qtbot, window, ENTER)
    assert said(sent) == [("t-stage", "declined", DECLINE[2])]
    clock.now += timedelta(seconds=1)
    qtbot.waitUntil(rows["decline"].buttons[0].isVisible)
    rows["decline"].buttons[0].setFocus()
    press(qtbot, window, "d", "2")
    assert said(sent)[1:] == [("second", "declined", DECLINE[1])]


def test_that_own_words_are_asked_for_in_a_form(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow], sent: list[Command]
) -> None:
    window = open_inbox(make_desk("liaison"))
    rows = window.inbox_dock.pane.rows
    press(qtbot, window, "d", str(len(rows["decline"].buttons)))
    assert isinstance(window.dialogs.opened, ActionDialog)
    assert sent == []


def test_that_a_role_that_may_not_answer_reads_why(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow], sent: list[Command]
) -> None:
    window = open_inbox(make_desk("system"))
    pane = window.inbox_dock.pane
    assert not pane.yes.isEnabled()
    assert "answers a request" in pane.yes.toolTip()
    press(qtbot, window, ENTER, "d", "1")
    assert sent == []
    assert "answers a request" in window.notice.text()


def test_that_a_snoozed_request_stays_listed_and_comes_back(
    qtbot: QtBot,
    make_desk: MakeDesk,
    open_inbox: Callable[[Desk], MainWindow],
    clock: Clock,
    heard: list[Tone],
) -> None:
    desk = make_desk("liaison")
    ask(desk, "second", asked_s=-5, within_s=900)
    ask(desk, "third", asked_s=-1, within_s=900)
    window = open_inbox(desk)
    dock = window.inbox_dock
    press(qtbot, window, DOWN, "s", "1")
    assert shown(dock) == ["t-stage", "third", "second"]
    assert "snoozed until" in dock.model.data(dock.model.index(2, 0))
    assert "1 snoozed" in dock.count.text()
    assert window.top_bar.inbox.text() == "3 requests"
    assert dock.pane.item == ("task", "gastonia-fd", "third")
    heard.clear()
    pass_time(window, clock, 121)
    assert shown(dock) == ["t-stage", "second", "third"]
    assert heard == ["asked"]


def test_that_nothing_overdue_is_put_off_and_a_snooze_ends_with_the_last_minute(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow], clock: Clock
) -> None:
    desk = make_desk("liaison")
    ask(desk, "short", asked_s=-100)  # until 200 s after noon
    window = open_inbox(desk)
    dock = window.inbox_dock
    press(qtbot, window, "s", "3")  # ten minutes
    assert shown(dock)[-1] == "short"
    pass_time(window, clock, 140)
    assert shown(dock)[0] == "short"
    dock.list.setCurrentIndex(dock.model.index(0, 0))
    assert not dock.pane.rows["snooze"].isVisible()
    pass_time(window, clock, 100)
    assert dock.pane.time.text().startswith("⚠ overdue")
    assert not dock.pane.rows["snooze"].isVisible()
    assert "⚠" in window.top_bar.inbox.text()
    assert "⚠ 1 overdue" in dock.count.text() or "⚠ 2 overdue" in dock.count.text()


def test_that_the_inbox_survives_a_restart_with_what_was_put_off(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow], settings: QSettings, clock: Clock
) -> None:
    desk = make_desk("liaison")
    ask(desk, "second", asked_s=-5, within_s=900)
    window = open_inbox(desk)
    press(qtbot, window, DOWN, "s", "2")
    qtbot.mouseClick(window.inbox_dock.sound, Qt.MouseButton.LeftButton)
    window.close()
    again = open_inbox(desk).inbox_dock
    assert shown(again) == ["t-stage", "second"]
    assert "snoozed until" in again.model.data(again.model.index(1, 0))
    assert again.tones.muted
    assert again.sound.text() == "Sound off"


# what was sent in our name


@pytest.fixture
def by_agreement() -> Agreements:
    """Gastonia may send one of our engines without asking."""
    clause = AidClause(
        number="4.1", says="Gastonia FD may send one engine.", giver=US, takers=("gastonia-fd",), mode="direct"
    )
    agreement = Agreement(
        id="mou", title="Regional MOU", parties=(US, "gastonia-fd"), in_force_from=date(2020, 1, 1), clauses=(clause,)
    )
    return Agreements([Term(agreement, clause)])


def direct(desk: Desk, task_id: str = "sent") -> tuple[str, str, str]:
    ask(desk, task_id, asked_s=-3, agreement="mou", clause="4.1", unit_kind="engine")
    return ("direct", "gastonia-fd", task_id)


def test_that_what_was_sent_in_our_name_stands_there_until_it_is_noted(
    qtbot: QtBot,
    make_desk: MakeDesk,
    open_inbox: Callable[[Desk], MainWindow],
    by_agreement: Agreements,
    sent: list[Command],
) -> None:
    desk = make_desk("liaison", agreements=by_agreement)
    item = direct(desk)
    window = open_inbox(desk)
    dock = window.inbox_dock
    assert shown(dock) == ["t-stage", "sent"]
    assert window.top_bar.inbox.text() == "1 request"
    press(qtbot, window, DOWN)
    assert dock.pane.item == item
    assert dock.pane.yes.text() == "Noted   Enter"
    assert dict(dock.pane.facts.texts())["Clause"] == "Regional MOU §4.1: Gastonia FD may send one engine."
    assert not dock.pane.rows["decline"].isVisible()
    press(qtbot, window, ENTER)
    assert said(sent) == [("sent", "accepted", "")]
    assert shown(dock) == ["t-stage"]


def test_that_what_was_sent_in_our_name_is_recalled_with_a_reason(
    qtbot: QtBot,
    make_desk: MakeDesk,
    open_inbox: Callable[[Desk], MainWindow],
    by_agreement: Agreements,
    sent: list[Command],
) -> None:
    desk = make_desk("liaison", agreements=by_agreement)
    direct(desk)
    window = open_inbox(desk)
    press(qtbot, window, DOWN, "r", "1")
    assert said(sent) == [("sent", "released", "Needed at home")]
    assert shown(window.inbox_dock) == ["t-stage"]


# what is heard


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Tone]:
    """The tones that were asked for."""
    tones: list[Tone] = []
    monkeypatch.setattr(Tones, "play", lambda self, tone: tones.append(tone))
    return tones


def test_that_a_request_is_heard_when_it_comes_and_again_when_its_time_nears_its_end(
    make_desk: MakeDesk, make_window: MakeWindow, clock: Clock, heard: list[Tone]
) -> None:
    desk = make_desk("liaison", filled=False)
    window = make_window(desk)
    assert heard == []
    ask(desk, "one", asked_s=0)
    assert heard == ["asked"]
    pass_time(window, clock, 200)
    assert heard == ["asked"]
    pass_time(window, clock, 45)
    assert heard == ["asked", "near_end"]
    pass_time(window, clock, 60)
    assert heard == ["asked", "near_end"]


def test_that_tones_are_played_by_the_machines_player_and_never_while_muted(qtbot: QtBot, tmp_path: Path) -> None:
    player, log = tmp_path / "player", tmp_path / "played"
    player.write_text(f'#!/bin/sh\nhead -c 4 "$1" >> {log}\necho "$1" >> {log}\n', encoding="utf-8")
    player.chmod(0o755)
    tones = Tones(player=[str(player)])
    tones.play("asked")
    qtbot.waitUntil(lambda: log.exists() and log.read_text(encoding="utf-8").endswith("asked.wav\n"))
    assert log.read_text(encoding="utf-8").startswith("RIFF")
    assert tones.lack() == ""
    qtbot.waitUntil(lambda: not tones.is_sounding())
    tones.muted = True
    tones.play("near_end")
    assert not tones.is_sounding()


def test_that_a_player_that_fails_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    player = tmp_path / "broken"
    player.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    player.chmod(0o755)
    tones = Tones(player=[str(player)])
    tones.play("asked")
    qtbot.waitUntil(lambda: "broken could not play" in tones.lack())
    missing = Tones(player=[str(tmp_path / "nowhere")])
    missing.play("asked")
    qtbot.waitUntil(lambda: "nowhere could not play" in missing.lack())
    assert "beeps" in Tones(player=[]).lack()


# many, and hostile


def cut_off(dock: InboxDock) -> list[str]:
    """The buttons that do not stand in the dock as a whole."""
    buttons = [dock.pane.yes, *(one for row in dock.pane.rows.values() for one in row.buttons if one.isVisible())]
    assert len(buttons) > 5
    corners = {one.text(): one.mapTo(dock, QPoint(one.width(), one.height())) for one in buttons}
    return [text for text, corner in corners.items() if not dock.rect().contains(corner)]


def test_that_forty_requests_at_once_keep_the_model_sound_and_the_buttons_in_sight(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow]
) -> None:
    desk = make_desk("liaison")
    window = open_inbox(desk, (1366, 728))
    dock = window.inbox_dock
    tester = QAbstractItemModelTester(dock.model, QAbstractItemModelTester.FailureReportingMode.Warning)
    for number in range(40):
        ask(desk, f"r{number}", asked_s=-number * 7)
    dock.tick()
    assert len(shown(dock)) == 41
    qtbot.waitUntil(lambda: cut_off(dock) == [])
    del tester


@pytest.mark.parametrize("name", TEXTS)
def test_that_no_text_of_another_agency_hides_the_buttons_of_the_inbox(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow], name: str
) -> None:
    desk = make_desk("liaison")
    desk.take_in(Batch(epoch=1, reports=hostile(TEXTS[name])))
    text = TEXTS[name]
    ask(
        desk,
        "worst",
        asked_s=-280,
        asker="evil",
        objective=text,
        note=text,
        hazards=(text[:200],) * 9,
        channel=text[:200],
        clause=text[:200],
    )
    window = open_inbox(desk, (1366, 728))
    dock, width = window.inbox_dock, window.inbox_dock.width()
    assert dock.pane.item == ("task", "evil", "worst")
    qtbot.waitUntil(lambda: cut_off(dock) == [])
    assert dock.width() == width <= 0.3 * window.width()


def test_that_the_incident_of_a_request_is_shown_by_a_key(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow]
) -> None:
    window = open_inbox(make_desk("liaison"))
    window.select("incident", *CRASH)
    window.inbox_dock.list.setFocus()
    press(qtbot, window, "v")
    assert (window.selection_panel.kind, window.selection_panel.key) == ("task", STAGE[1:])


def test_that_other_work_of_the_unit_is_told_before_it_is_promised_again(
    make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow]
) -> None:
    desk = make_desk("liaison")
    ask(desk, "one", asked_s=-200)
    own = r.task("own", objective="Fire attack", assignee_agency=US, unit="engine-4")
    desk.take_in(Batch(epoch=1, reports=[r.report(US, own), r.report(US, r.answer("own", "en_route", requester=US))]))
    dock = open_inbox(desk).inbox_dock
    dock.tick()
    assert dict(dock.pane.facts.texts())["Unit is"] == "Available · ⚠ at work: Fire attack (en route)"


def test_that_what_a_unit_sent_in_our_name_has_left_uncovered_is_told(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow], by_agreement: Agreements
) -> None:
    desk = make_desk("liaison", agreements=by_agreement)
    busy = r.unit("engine-30", callsign="Engine 30", kind="engine", status="busy", rev=5)
    desk.take_in(Batch(epoch=1, reports=[r.report(US, busy)]))
    direct(desk)
    window = open_inbox(desk)
    press(qtbot, window, DOWN)
    facts = dict(window.inbox_dock.pane.facts.texts())
    assert facts["At home"] == "⚠ last available engine of Charlotte Fire"


def test_that_command_that_is_handed_to_us_is_taken_or_declined_here(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow], sent: list[Command], clock: Clock
) -> None:
    desk = make_desk("commander")
    word = IncidentCommand(
        id=command_id(*CRASH),
        at=r.at(-90),
        rev=2,
        incident_agency=CRASH[0],
        incident=CRASH[1],
        holds=True,
        commander="L. Ortiz",
        since=r.at(-600),
        offered_to=US,
        reason="Fire leads the work now",
    )
    desk.take_in(Batch(epoch=1, reports=[r.report(CRASH[0], word)]))
    window = open_inbox(desk)
    pane = window.inbox_dock.pane
    assert pane.who.text() == "Mecklenburg EMS hands command over to us"
    assert dict(pane.facts.texts())["Reason"] == "Fire leads the work now"
    assert dict(pane.facts.texts())["With it come"] == "1 open task of theirs"
    press(qtbot, window, ENTER)
    assert isinstance(sent[0].body, IncidentCommand)
    assert sent[0].body.holds
    assert [one for one in shown(window.inbox_dock) if one == CRASH[1]] == []


def test_that_a_request_for_resources_is_filled_or_declined_here(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow], sent: list[Command], clock: Clock
) -> None:
    desk = make_desk("liaison")
    trailers = r.resource("foam", name="Foam trailer", quantity=2, available=2, availability="available", rev=2)
    desk.take_in(Batch(epoch=1, reports=[r.report(US, trailers)]))
    for number, seconds in (("rr", -500), ("rr2", -400)):
        wanted = ResourceRequest(id=number, at=r.at(seconds), what="Foam trailer", quantity=3, asked_of=(US,))
        desk.take_in(Batch(epoch=1, reports=[r.report("gastonia-fd", wanted)]))
    window = open_inbox(desk)
    pane = window.inbox_dock.pane
    assert pane.heading.text() == "3 × Foam trailer"
    assert pane.yes.text() == "Offer 2 × Foam trailer   Enter"
    press(qtbot, window, ENTER)
    clock.now += timedelta(seconds=2)
    assert isinstance(sent[0].body, Fill)
    assert (sent[0].body.id, sent[0].body.state, sent[0].body.quantity) == ("rr", "offered", 2)
    press(qtbot, window, "d", "1")
    assert isinstance(sent[1].body, Fill)
    assert (sent[1].body.id, sent[1].body.state) == ("rr2", "declined")
    assert shown(window.inbox_dock) == ["t-stage"]


def test_that_no_key_offers_what_only_is_of_the_same_kind(
    qtbot: QtBot, make_desk: MakeDesk, open_inbox: Callable[[Desk], MainWindow], sent: list[Command]
) -> None:
    desk = make_desk("liaison")
    monitors = r.resource("mon", name="Remote air monitors", kind="equipment", available=4, availability="available")
    corridor = r.resource("decon", name="Ambulance strike team", kind="team", available=1, availability="available")
    told = [r.report(US, monitors), r.report(US, corridor)]
    for number, kind, what in (
        ("rr", "equipment", "Absorbent booms"),
        ("rr2", "team", "Door-to-door teams, two persons each"),
    ):
        wanted = ResourceRequest(id=number, at=r.at(-500), what=what, kind=kind, quantity=3, asked_of=(US,))
        told.append(r.report("gastonia-fd", wanted))
    desk.take_in(Batch(epoch=1, reports=told))
    window = open_inbox(desk)
    pane = window.inbox_dock.pane
    for _ in range(2):
        assert "Offer" not in pane.yes.text()
        assert not pane.yes.isEnabled()
        press(qtbot, window, ENTER)
        assert sent == []
        window.inbox_dock.list.setCurrentIndex(window.inbox_dock.model.index(1, 0))
