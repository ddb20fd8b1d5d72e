"""Units and incidents carried to one another with the mouse, on lists and on the map: real mouse, real drops."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QWidget
from pytestqt.qtbot import QtBot

from cop.domain.desk import Command
from cop.domain.task import Task
from cop.map.carried import MIME, Assignment, Carried, packed, put_on, unpacked
from cop.map.tools import tool_kinds
from cop.map.view import MapView
from cop.ui.dialogs.assign_task import AssignTaskDialog
from cop.ui.main_window import MainWindow
from tests.ui.conftest import CRASH, RAIL, MakeDesk, MakeWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
ENGINE, MEDIC, HAZMAT = ("charlotte-fire", "engine-4"), ("mecklenburg-ems", "medic-17"), ("gastonia-fd", "hazmat-4")


@pytest.fixture
def carried(monkeypatch: pytest.MonkeyPatch) -> list[QMimeData]:
    """What was begun to be carried: the loop of a drag belongs to the window system, which is not here."""
    begun: list[QMimeData] = []

    def begin(drag: QDrag, *_actions: object) -> Qt.DropAction:
        begun.append(packed_again(drag.mimeData()))
        return Qt.DropAction.IgnoreAction

    monkeypatch.setattr(QDrag, "exec", begin)
    return begun


def packed_again(mime: QMimeData) -> QMimeData:
    """The drag's own goes with it."""
    copy = QMimeData()
    copy.setData(MIME, mime.data(MIME))
    return copy


@pytest.fixture
def window(make_desk: MakeDesk, make_window: MakeWindow) -> MainWindow:
    """A commander's window with the derailment selected, both incidents and all units in view."""
    window = make_window(make_desk())
    window.select("incident", *RAIL)
    window.map_view.show_place(35.24, -80.95, 60_000.0)
    QApplication.processEvents()
    return window


def pull(on: QWidget, start: QPoint) -> None:
    """Press and move far enough for a drag to begin."""
    QTest.mousePress(on, LEFT, NONE, start)
    for step in (4, 12, 24):
        QTest.mouseMove(on, start + QPoint(step, 0))
    QTest.mouseRelease(on, LEFT, NONE, start + QPoint(24, 0))


def put(on: QWidget, at: QPoint, mime: QMimeData) -> bool:
    """Bring it over a widget and let go; whether it was taken."""
    link = Qt.DropAction.LinkAction
    QApplication.sendEvent(on, QDragEnterEvent(at, link, mime, LEFT, NONE))
    move = QDragMoveEvent(at, link, mime, LEFT, NONE)
    QApplication.sendEvent(on, move)
    drop = QDropEvent(QPointF(at), link, mime, LEFT, NONE, QEvent.Type.Drop)
    QApplication.sendEvent(on, drop)
    return move.isAccepted() and drop.isAccepted()


def row_of(view: QAbstractItemView, words: str) -> QPoint:
    """The middle of the row that holds these words."""
    model = view.model()
    index = next(model.index(at, 0) for at in range(model.rowCount()) if words in str(model.index(at, 0).data()))
    view.scrollTo(index)
    return view.visualRect(index).center()


def symbol(view: MapView, kind: str, key: tuple[str, str]) -> QPoint:
    """Where a symbol stands on the map's surface."""
    if kind == "incident":
        placed = view.layer_set.incidents.get(key)
        assert placed is not None
        return view.view.point(placed.x, placed.y).toPoint()
    row = view._picture.tracks.row_of(*key)
    assert row is not None
    place = view.layer_set.units.position(row)
    assert place is not None
    return view.view.point(*place).toPoint()


def surface(view: MapView) -> QWidget:
    on: QWidget = view._graphics.viewport()
    return on


def drag(
    view: MapView,
    start: QPoint,
    end: QPoint,
    *,
    held: Qt.KeyboardModifier = NONE,
    before: Callable[[], None] | None = None,
) -> None:
    """A drag on the map; `before` is done just before the mouse is let go."""
    on = surface(view)
    QTest.mouseMove(on, start)
    QTest.mousePress(on, LEFT, held, start)
    for step in range(1, 6):
        QTest.qWait(12)  # pyqtgraph takes a move at most every ten milliseconds
        at = QPointF(start + (end - start) * step / 5)
        move = QMouseEvent(QEvent.Type.MouseMove, at, QPointF(on.mapToGlobal(at)), Qt.MouseButton.NoButton, LEFT, held)
        QApplication.sendEvent(on, move)
    if before is not None:
        before()
    QTest.mouseRelease(on, LEFT, held, end)


def form(window: MainWindow) -> AssignTaskDialog:
    dialog = window.dialogs.opened
    assert isinstance(dialog, AssignTaskDialog)
    return dialog


def asked(window: MainWindow) -> tuple[list[tuple[str, str]], object]:
    """Units and incident of the form that stands open; it is closed."""
    dialog = form(window)
    found = dialog.units.chosen, dialog.incident.currentData()
    dialog.reject()
    return found


def test_that_a_unit_of_the_nearest_list_is_put_on_an_incident_card_and_sent_with_one_key(
    qtbot: QtBot, window: MainWindow, carried: list[QMimeData], sent: list[Command]
) -> None:
    row = next(one for one in window.selection_panel.incident_page.nearest.rows if one.key == MEDIC)
    pull(row.name, row.name.rect().center())
    cards = window.incident_dock.list
    assert put(cards.viewport(), row_of(cards, "MCI bus crash"), carried[0])
    dialog = form(window)
    assert dialog.units.chosen == [MEDIC]
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    body = sent[0].body
    assert isinstance(body, Task)
    assert (body.assignee_agency, body.unit) == MEDIC
    assert (body.incident_agency, body.incident) == CRASH
    assert body.objective
    assert window.dialogs.opened is None


def test_that_a_drag_from_a_name_does_not_press_it(window: MainWindow, carried: list[QMimeData]) -> None:
    row = next(one for one in window.selection_panel.incident_page.nearest.rows if one.key == MEDIC)
    pull(row.name, row.name.rect().center())
    assert len(carried) == 1
    assert window.selection_panel.kind == "incident"
    assert not row.name.isDown()


def test_that_an_incident_card_is_put_on_a_row_of_the_nearest_and_of_the_unit_table(
    window: MainWindow, carried: list[QMimeData]
) -> None:
    cards = window.incident_dock.list
    pull(cards.viewport(), row_of(cards, "MCI bus crash"))
    row = next(one for one in window.selection_panel.incident_page.nearest.rows if one.key == MEDIC)
    assert put(row, QPoint(5, 5), carried[0])
    assert asked(window) == ([MEDIC], CRASH)
    window.unit_dock.raise_()
    QApplication.processEvents()
    units = window.unit_dock.view
    assert put(units.viewport(), row_of(units, "Engine 4"), carried[0])
    assert asked(window) == ([ENGINE], CRASH)


def test_that_a_row_of_the_unit_table_is_put_on_a_symbol_of_the_map(
    window: MainWindow, carried: list[QMimeData]
) -> None:
    window.unit_dock.raise_()
    QApplication.processEvents()
    units = window.unit_dock.view
    pull(units.viewport(), row_of(units, "Engine 4"))
    view = window.map_view
    assert not put(surface(view), QPoint(40, 40), carried[0])
    assert window.dialogs.opened is None
    assert put(surface(view), symbol(view, "incident", RAIL), carried[0])
    assert asked(window) == ([ENGINE], RAIL)
    assert view.carrying.hint == ""  # nothing is carried any more


def test_that_all_ticked_units_go_along(window: MainWindow, carried: list[QMimeData]) -> None:
    rows = {one.key: one for one in window.selection_panel.incident_page.nearest.rows}
    QTest.mouseClick(rows[ENGINE].tick, LEFT, pos=QPoint(6, rows[ENGINE].tick.height() // 2))
    QTest.mouseClick(rows[MEDIC], LEFT, Qt.KeyboardModifier.ControlModifier, QPoint(3, 3))
    pull(rows[MEDIC], QPoint(3, 3))
    cards = window.incident_dock.list
    assert put(cards.viewport(), row_of(cards, "MCI bus crash"), carried[0])
    assert set(asked(window)[0]) == {ENGINE, MEDIC}


def test_that_the_selected_unit_is_drawn_to_an_incident_on_the_map_and_the_map_stays(window: MainWindow) -> None:
    view = window.map_view
    window.select("unit", *HAZMAT)
    before = view.view
    drawn = []
    start, end = symbol(view, "unit", HAZMAT), symbol(view, "incident", RAIL)
    drag(view, start, end, before=lambda: drawn.append((view.carrying.active, view.carrying.hint)))
    assert drawn == [(True, "Let go to assign HAZMAT-4 here")] or drawn == [(True, "Let go to assign Hazmat 4 here")]
    assert view.view == before
    assert asked(window) == ([HAZMAT], RAIL)


def test_that_the_selected_incident_is_drawn_to_a_unit(window: MainWindow) -> None:
    view = window.map_view
    drag(view, symbol(view, "incident", RAIL), symbol(view, "unit", HAZMAT))
    assert asked(window) == ([HAZMAT], RAIL)


def test_that_a_unit_that_is_not_selected_moves_the_map_unless_ctrl_is_held(window: MainWindow) -> None:
    view = window.map_view
    before = view.view
    drag(view, symbol(view, "unit", HAZMAT), symbol(view, "unit", HAZMAT) + QPoint(60, 0))
    assert view.view != before
    assert window.dialogs.opened is None
    view.show_place(35.24, -80.95, 60_000.0)
    held = Qt.KeyboardModifier.ControlModifier
    drag(view, symbol(view, "unit", HAZMAT), symbol(view, "incident", RAIL), held=held)
    assert asked(window) == ([HAZMAT], RAIL)


def test_that_escape_leaves_what_is_carried_and_keeps_the_selection(qtbot: QtBot, window: MainWindow) -> None:
    view = window.map_view
    window.select("unit", *HAZMAT)
    window.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    start, end = symbol(view, "unit", HAZMAT), symbol(view, "incident", RAIL)
    drag(view, start, end, before=lambda: qtbot.keyClick(view, Qt.Key.Key_Escape))
    assert window.dialogs.opened is None
    assert (window.selection_panel.kind, window.selection_panel.key) == ("unit", HAZMAT)
    assert not view.carrying.active


def test_that_a_tool_in_hand_and_a_locked_map_work_as_before(window: MainWindow) -> None:
    view = window.map_view
    window.select("unit", *HAZMAT)
    start, end = symbol(view, "unit", HAZMAT), symbol(view, "incident", RAIL)
    kind = next(one for one in tool_kinds() if one.name == "distance")
    view.take_tool(kind.make(view.layer_set.tool_context()))
    drag(view, start, end)
    assert window.dialogs.opened is None
    view.take_tool(None)
    view.show_place(35.24, -80.95, 60_000.0)
    before = view.view
    assert view.moves.locked
    drag(view, symbol(view, "unit", HAZMAT), symbol(view, "incident", RAIL))
    assert asked(window) == ([HAZMAT], RAIL)
    assert view.view == before


def test_that_a_unit_of_the_map_is_put_on_a_card_beside_it(window: MainWindow) -> None:
    view = window.map_view
    window.select("unit", *HAZMAT)
    cards = window.incident_dock.list
    card = cards.viewport().mapToGlobal(row_of(cards, "MCI bus crash"))
    drag(view, symbol(view, "unit", HAZMAT), surface(view).mapFromGlobal(card))
    assert asked(window) == ([HAZMAT], CRASH)


def test_that_units_are_put_on_incidents_alone_and_nothing_of_others_is_taken() -> None:
    units = Carried("unit", (ENGINE, MEDIC))
    assert put_on(units, "incident", RAIL) == Assignment((ENGINE, MEDIC), RAIL)
    assert put_on(units, "unit", HAZMAT) is None
    assert put_on(Carried("incident", (RAIL,)), "unit", HAZMAT) == Assignment((HAZMAT,), RAIL)
    assert put_on(units, "", ("", "")) is None
    assert unpacked(packed("unit", [ENGINE])) == Carried("unit", (ENGINE,))
    for garbage in (
        b"",
        b"\xff",
        b"{}",
        b'["unit",[]]',
        b'["zone",[["a","b"]]]',
        b'["incident",[["a","b"],["c","d"]]]',
    ):
        mime = QMimeData()
        mime.setData(MIME, garbage)
        assert unpacked(mime) is None
    text = QMimeData()
    text.setText("engine-4")
    assert unpacked(text) is None


def test_that_a_desk_that_may_not_assign_says_so_when_something_is_put_on_an_incident(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk("liaison"))
    cards = window.incident_dock.list
    put(cards.viewport(), row_of(cards, "MCI bus crash"), packed("unit", [ENGINE]))
    assert window.dialogs.opened is None
    assert window.notice.text().startswith("Only an incident commander assigns a task")
