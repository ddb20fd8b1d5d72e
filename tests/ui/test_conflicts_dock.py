"""The dock of conflicts: what it lists, what its buttons and keys do, what it never lets through."""

import dataclasses
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from cop.authority.conflicts import Counts
from cop.domain.area import Zone
from cop.domain.batch import Batch
from cop.domain.desk import Command
from cop.domain.log import LogEntry
from cop.domain.task import Task
from cop.map.palette import Palette, load_palette
from cop.ui.cards import CARD_ROLE
from cop.ui.conflict_words import counted
from cop.ui.conflicts_dock import ConflictsDock
from cop.ui.desk import Desk
from tests import reports as r
from tests.ui.conftest import RAIL, Clock, MakeDesk, MakeWindow, small_picture

MakeDock = Callable[..., ConflictsDock]


@pytest.fixture
def make_dock(qtbot: QtBot, make_desk: MakeDesk, palette: Palette, clock: Clock) -> MakeDock:
    """A shown dock over a desk that has a hot zone with our engine in it, and requests that nobody answered."""

    made: list[QMainWindow] = []

    def make(agency: str = "charlotte-fire", *, more: int = 0) -> ConflictsDock:
        desk = make_desk(agency=agency, filled=False)
        fill(desk, more)
        clock.now = r.at(400)
        desk.authority.tick()
        dock = ConflictsDock(desk, palette)
        desk.changed.connect(dock.apply)
        window = QMainWindow()
        window.addDockWidget(dock.side, dock)
        qtbot.addWidget(window)
        window.resize(360, 800)
        with qtbot.waitExposed(window):
            window.show()
        made.append(window)
        return dock

    return make


def fill(desk: Desk, more: int) -> None:
    """The small picture of the other tests, and what makes conflicts of it."""
    for batch in small_picture():
        desk.take_in(batch)
    ring = [[-80.96, 35.235], [-80.94, 35.235], [-80.94, 35.255], [-80.96, 35.255], [-80.96, 35.235]]
    geometry = {"type": "Polygon", "coordinates": [ring]}
    zone = Zone(id="hot", at=r.NOON, kind="hot_zone", geometry=geometry, incident_agency=RAIL[0], incident=RAIL[1])
    told = [r.report("charlotte-fire", zone)]
    told += [r.report("charlotte-fire", r.task(f"more-{n}", unit=f"e{n}", seconds=-n)) for n in range(more)]
    desk.take_in(Batch(epoch=1, reports=told))


def kinds(dock: ConflictsDock) -> list[str]:
    return [dock.model.row(dock.model.id_at(dock.model.index(at, 0))).kind for at in range(dock.model.rowCount())]


def press_button(dock: ConflictsDock, at: int) -> None:
    """Press the button on a card with the mouse."""
    index = dock.model.index(at, 0)
    rect = dock.cards.button_rect(dock.list.visualRect(index), index.data(CARD_ROLE))
    assert rect.isValid()
    QTest.mouseClick(dock.list.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


def test_that_ours_come_first_and_are_counted(make_dock: MakeDock, watched: Callable[..., object]) -> None:
    dock = make_dock()
    watched(dock.model)
    assert kinds(dock) == ["in_hot_zone", "overdue", "in_hot_zone", "overdue"]
    assert dock.count.text() == "2 ours · 2 of others"
    assert dock.windowTitle() == "Conflicts 4"
    dock.own.click()
    assert kinds(dock) == ["in_hot_zone", "overdue"]


def test_that_the_button_on_a_card_asks_for_the_proposed_action(make_dock: MakeDock, qtbot: QtBot) -> None:
    dock = make_dock()
    with qtbot.waitSignal(dock.act_asked) as asked:
        press_button(dock, 0)
    assert asked.args[0].act == "order_out"
    with qtbot.waitSignal(dock.act_asked) as asked:
        press_button(dock, 1)
    assert (asked.args[0].act, asked.args[0].about[0][2]) == ("ask_next", "t-decon")


def test_that_a_click_beside_the_button_shows_it_and_does_nothing(make_dock: MakeDock, qtbot: QtBot) -> None:
    dock = make_dock()
    asked: list[object] = []
    dock.act_asked.connect(asked.append)
    with qtbot.waitSignal(dock.selected) as shown:
        place = dock.list.visualRect(dock.model.index(0, 0)).topLeft() + QPoint(60, 30)
        QTest.mouseClick(dock.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shown.args == ["unit", "charlotte-fire", "engine-4"]
    assert not asked


def test_that_the_button_shows_nothing_on_the_map(make_dock: MakeDock) -> None:
    dock = make_dock()
    shown: list[object] = []
    dock.selected.connect(lambda *about: shown.append(about))
    press_button(dock, 0)
    assert not shown


def test_that_what_is_others_to_settle_has_no_button(make_dock: MakeDock, qtbot: QtBot) -> None:
    dock = make_dock()
    card = dock.model.index(2, 0).data(CARD_ROLE)
    assert (card.act, card.owner) == ("", "Mecklenburg EMS")
    dock.list.setCurrentIndex(dock.model.index(2, 0))
    assert dock.settle.isHidden()
    assert dock.whose.text() == "For Mecklenburg EMS to settle"
    with qtbot.assertNotEmitted(dock.act_asked):
        QTest.keyClick(dock.list, Qt.Key.Key_Space)


def test_that_keys_show_settle_and_set_aside(make_dock: MakeDock, qtbot: QtBot) -> None:
    dock = make_dock()
    dock.list.setFocus()
    dock.list.setCurrentIndex(dock.model.index(0, 0))
    with qtbot.waitSignal(dock.selected):
        QTest.keyClick(dock.list, Qt.Key.Key_Return)
    with qtbot.waitSignal(dock.act_asked):
        QTest.keyClick(dock.list, Qt.Key.Key_Space)
    key = dock.model.id_at(dock.model.index(0, 0))
    QTest.keyClick(dock.list, Qt.Key.Key_Delete)
    assert dock.model.id_at(dock.model.index(3, 0)) == key
    assert dock.model.index(3, 0).data(CARD_ROLE).noted.startswith("noted by A. Rivera")
    assert "1 set aside" in dock.count.text()
    dock.list.setCurrentIndex(dock.model.index_of(key))
    assert dock.aside.text() == "Bring back"
    dock.aside.click()
    assert dock.model.id_at(dock.model.index(0, 0)) == key


def test_that_the_button_below_settles_the_chosen_one(make_dock: MakeDock, qtbot: QtBot) -> None:
    dock = make_dock()
    dock.list.setCurrentIndex(dock.model.index(1, 0))
    assert dock.settle.text() == "Ask the next"
    with qtbot.waitSignal(dock.act_asked):
        dock.settle.click()


def test_that_a_press_meant_for_another_card_does_nothing(make_dock: MakeDock, qtbot: QtBot) -> None:
    dock = make_dock()
    dock.cards.hold_off()
    with qtbot.assertNotEmitted(dock.act_asked):
        press_button(dock, 0)


def test_that_a_press_that_ends_on_another_card_does_nothing(make_dock: MakeDock, qtbot: QtBot) -> None:
    dock = make_dock()
    places = []
    for at in (0, 1):
        index = dock.model.index(at, 0)
        places.append(dock.cards.button_rect(dock.list.visualRect(index), index.data(CARD_ROLE)).center())
    with qtbot.assertNotEmitted(dock.act_asked):
        QTest.mousePress(dock.list.viewport(), Qt.MouseButton.LeftButton, pos=places[0])
        QTest.mouseRelease(dock.list.viewport(), Qt.MouseButton.LeftButton, pos=places[1])


def test_that_the_other_mouse_button_settles_nothing(make_dock: MakeDock, qtbot: QtBot) -> None:
    dock = make_dock()
    index = dock.model.index(0, 0)
    rect = dock.cards.button_rect(dock.list.visualRect(index), index.data(CARD_ROLE))
    with qtbot.assertNotEmitted(dock.act_asked):
        QTest.mouseClick(dock.list.viewport(), Qt.MouseButton.RightButton, pos=rect.center())


def test_that_an_answer_takes_a_conflict_off_the_list_and_the_chosen_one_stays_chosen(make_dock: MakeDock) -> None:
    dock = make_dock(more=3)
    chosen = dock.model.id_at(dock.model.index(2, 0))
    dock.list.setCurrentIndex(dock.model.index(2, 0))
    before = dock.model.rowCount()
    dock.desk.take_in(Batch(epoch=1, reports=[r.report("gastonia-fd", r.answer("t-decon", "accepted"))]))
    assert dock.model.rowCount() == before - 1
    assert dock.model.id_at(dock.list.currentIndex()) == chosen


def test_that_ages_move_and_new_ones_come_by_the_clock(make_dock: MakeDock, clock: Clock) -> None:
    dock = make_dock()
    before = dock.model.index(0, 0).data(CARD_ROLE).age
    clock.now = r.at(1000)
    dock.desk.authority.tick()
    dock.tick()
    assert dock.model.index(0, 0).data(CARD_ROLE).age != before


def test_that_hostile_words_are_shown_as_they_are(make_dock: MakeDock) -> None:
    dock = make_dock()
    nasty = "<b>Run</b>\n\u202e" + "x" * 240
    told = [r.report("charlotte-fire", r.task("bad", objective=nasty[:256], asked_at=r.at(0)))]
    dock.desk.take_in(Batch(epoch=1, reports=told))
    cards = [dock.model.index(at, 0).data(CARD_ROLE) for at in range(dock.model.rowCount())]
    card = next(one for one in cards if "Run" in one.text)
    assert "<b>Run</b>" in card.text
    assert "\n" not in card.text
    assert "\u202e" not in card.text
    dock.grab()


def test_that_a_screen_reader_hears_the_whole_card(make_dock: MakeDock) -> None:
    dock = make_dock()
    said = dock.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said.startswith("In a hot zone, Engine 4 (Charlotte Fire) is inside a hot zone")
    assert said.endswith("to settle it: Order out")
    assert dock.list.accessibleName() == "Conflicts"


def test_that_both_themes_are_worn(make_dock: MakeDock) -> None:
    dock = make_dock(more=5)
    dark = dock.grab().toImage()
    dock.set_palette(load_palette("light"))
    assert dock.grab().toImage() != dark


def test_that_the_top_bar_has_words_for_how_many() -> None:
    assert counted(Counts(0, 0)) == ""
    assert counted(Counts(1, 0)) == "1 conflict"
    assert counted(Counts(12, 3)) == "12 conflicts, 3 ours"
    assert counted(Counts(2, 2)) == "2 conflicts, ours"


def test_that_the_top_bar_shows_conflicts_that_are_ours_and_opens_the_list(
    make_desk: MakeDesk, make_window: MakeWindow, clock: Clock, qtbot: QtBot
) -> None:
    desk = make_desk(filled=False)
    window = make_window(desk)
    assert window.top_bar.conflicts.isHidden()
    fill(desk, 0)
    clock.now = r.at(400)
    window.tick()
    assert window.top_bar.conflicts.text() == "4 conflicts, 2 ours"
    assert not window.conflicts_dock.in_sight()
    QTest.mouseClick(window.top_bar.conflicts, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.conflicts_dock.in_sight)


def test_that_conflicts_of_others_alone_are_not_in_the_top_bar(
    make_desk: MakeDesk, make_window: MakeWindow, clock: Clock
) -> None:
    desk = make_desk(agency="nc-highway-patrol", filled=False)
    window = make_window(desk)
    fill(desk, 0)
    clock.now = r.at(400)
    window.tick()
    assert window.conflicts_dock.windowTitle() == "Conflicts 4"
    assert window.top_bar.conflicts.isHidden()


def test_that_moving_over_the_list_asks_for_nothing(make_dock: MakeDock, qtbot: QtBot) -> None:
    dock = make_dock()
    view = dock.list.viewport()
    with qtbot.assertNotEmitted(dock.act_asked):
        for at in range(4):
            place = QPointF(dock.list.visualRect(dock.model.index(at, 0)).center())
            none = Qt.MouseButton.NoButton
            event = QMouseEvent(
                QMouseEvent.Type.MouseMove, place, view.mapToGlobal(place), none, none, Qt.KeyboardModifier.NoModifier
            )
            view.event(event)


def test_that_an_order_to_leave_a_hot_zone_is_said_here_and_heard_by_the_units_agency(
    make_desk: MakeDesk, make_window: MakeWindow, clock: Clock, sent: list[Command]
) -> None:
    windows = []
    for name in ("A. Rivera", "B. Moss"):
        desk = make_desk(filled=False)
        desk.operator = dataclasses.replace(desk.operator, name=name)
        fill(desk, 0)
        windows.append(make_window(desk))
    clock.now = r.at(400)
    ours, beside = windows
    ours.tick()
    QTest.mouseClick(ours.top_bar.conflicts, Qt.MouseButton.LeftButton)
    at = kinds(ours.conflicts_dock).index("in_hot_zone")
    ours.conflicts_dock.list.setCurrentIndex(ours.conflicts_dock.model.index(at, 0))
    QTest.keyClick(ours.conflicts_dock.list, Qt.Key.Key_Space)
    entry = sent[-1].body
    assert isinstance(entry, LogEntry)
    assert (entry.to, entry.incident_agency, entry.incident) == (("charlotte-fire",), *RAIL)
    assert ours.notice.text() == "Written in the log for Charlotte Fire: Engine 4, move out. Tell the crew by radio."
    beside.desk.take_in(Batch(epoch=1, reports=[r.report("charlotte-fire", entry, received_s=400)]))
    assert beside.notice.text().startswith("Charlotte Fire, A. Rivera: Engine 4 is inside")


def test_that_old_lines_and_those_for_others_are_no_news(
    make_desk: MakeDesk, make_window: MakeWindow, clock: Clock
) -> None:
    window = make_window(make_desk())
    window.notice.hide()
    for number, (to, seconds) in enumerate(((("gastonia-fd",), 0), ((), 0), (("charlotte-fire",), -900))):
        line = LogEntry(id=f"n{number}", at=r.at(seconds), text="Move out", to=to, by="B3")
        window.desk.take_in(Batch(epoch=1, reports=[r.report("gastonia-fd", line)]))
    assert window.notice.text() == ""
    many = [LogEntry(id=f"m{one}", at=r.at(0), text=f"<b>{one}</b>", to=("charlotte-fire",)) for one in range(4)]
    window.desk.take_in(Batch(epoch=1, reports=[r.report("gastonia-fd", one) for one in many]))
    assert window.notice.text() == "Gastonia FD: <b>0</b>\nGastonia FD: <b>1</b>\nand 2 more in the log"


def test_that_whom_asking_the_next_has_asked_is_said_and_selected(
    make_desk: MakeDesk, make_window: MakeWindow, clock: Clock, sent: list[Command]
) -> None:
    desk = make_desk(filled=False)
    fill(desk, 0)
    window = make_window(desk)
    clock.now = r.at(400)
    free = r.unit("hazmat-9", callsign="Hazmat 9", kind="hazmat", status="available")
    desk.take_in(Batch(epoch=1, reports=[r.report("charlotte-fire", free)]))
    desk.take_in(r.positions_batch(("charlotte-fire", "hazmat-9", 35.3, -80.85, 395)))
    window.tick()
    QTest.mouseClick(window.top_bar.conflicts, Qt.MouseButton.LeftButton)
    dock = window.conflicts_dock
    dock.list.setCurrentIndex(dock.model.index(kinds(dock).index("overdue"), 0))
    QTest.keyClick(dock.list, Qt.Key.Key_Space)
    asked = sent[-1].body
    assert isinstance(asked, Task)
    assert asked.replaces
    assert window.notice.text() == "Asked instead: Hazmat 9, Charlotte Fire."
    assert window.selection_panel.key == ("charlotte-fire", asked.id)
