"""What the liaison sees of what is shown to whom, and the key that stops giving in any panel."""

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cop.domain.agreement import Agreement, Agreements, AidClause, ShareClause, Term
from cop.domain.consent import Consent
from cop.domain.desk import Command
from cop.ui.dialogs.stop_giving import StopGivingDialog
from cop.ui.main_window import MainWindow
from tests.ui.conftest import MakeDesk, MakeWindow

FIRE, FD, EMS = "charlotte-fire", "gastonia-fd", "mecklenburg-ems"
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
Open = Callable[..., MainWindow]


@pytest.fixture
def open_window(make_desk: MakeDesk, make_window: MakeWindow, qtbot: QtBot) -> Open:
    """The window of a desk with one aid clause and four share clauses, its agreements in front."""

    def make(role: str = "liaison", agency: str = FD) -> MainWindow:
        clauses = (
            AidClause(number="1", says="Two engines.", giver=FD, takers=(FIRE,), kinds=("engine",), quantity=2),
            ShareClause(number="10", says="Roughly.", giver=FD, to=(FIRE, EMS), positions="rounded"),
            ShareClause(number="2", says="Late.", giver=FD, to=("*",), positions="delayed", delay_min=5),
            ShareClause(number="3", says="<b>All</b>.", giver=EMS, to=(FD,), details=("medical", "personal")),
            ShareClause(number="4", says="Not to us.", giver=EMS, to=(FIRE,), positions="none"),
        )
        paper = Agreement(
            id="p", title="Regional MOU", parties=(FIRE, FD, EMS), in_force_from=date(2026, 1, 1), clauses=clauses
        )
        window = make_window(make_desk(role, agency, agreements=Agreements([Term(paper, one) for one in clauses])))
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        QTest.keyClick(window, Qt.Key.Key_9, CTRL)
        return window

    return make


def test_that_what_is_shown_stands_beside_what_is_given_ours_first(open_window: Open) -> None:
    dock = open_window().agreements_dock
    assert [one.text() for one in dock.sides.values()] == ["We give 1", "We take 0", "Shown 3"]
    QTest.mouseClick(dock.shown, Qt.MouseButton.LeftButton)
    cards = [dock.model.card(dock.model.id_at(dock.model.index(row, 0))) for row in range(3)]
    assert [one.gives for one in cards] == [
        "Positions 5 min late, to all parties",
        "Positions to 1 km, to Charlotte Fire, Mecklenburg EMS",
        "Positions exact, medical and personal details, from Mecklenburg EMS",
    ]
    assert {one.badge for one in cards} == {"SHOW"}
    assert dict(dock.pane.facts.texts())["To"] == "all parties"
    assert dock.stop.isHidden()  # that is about aid


def test_that_a_key_pauses_what_we_show_and_not_what_others_show(open_window: Open, sent: list[Command]) -> None:
    dock = open_window().agreements_dock
    QTest.mouseClick(dock.shown, Qt.MouseButton.LeftButton)
    dock.list.setFocus()
    dock.list.setCurrentIndex(dock.model.index(2, 0))
    assert dock.pane.foot.isHidden()
    QTest.keyClick(dock.list, Qt.Key.Key_P)
    assert sent == []
    dock.list.setCurrentIndex(dock.model.index(0, 0))
    assert dock.pane.buttons["all"].isHidden()  # that is about aid too
    QTest.keyClick(dock.list, Qt.Key.Key_P)
    assert isinstance(sent[0].body, Consent)
    assert (sent[0].body.clause, sent[0].body.state) == ("2", "paused")
    assert dock.model.card(("p", "2")).badge == "OFF"
    assert "nothing of this is shown" in dict(dock.pane.facts.texts())["Paused"]


def test_that_a_key_of_the_window_stops_giving_after_one_more_press(
    open_window: Open, sent: list[Command], qtbot: QtBot
) -> None:
    window = open_window()
    dock = window.agreements_dock
    QTest.mouseClick(dock.shown, Qt.MouseButton.LeftButton)
    window.agreements_dock.hide()
    window.map_view.setFocus()
    QTest.keyClick(window.map_view, Qt.Key.Key_G, CTRL | SHIFT)
    assert isinstance(dock.opened, StopGivingDialog)
    assert sent == []
    QTest.keyClick(dock.opened, Qt.Key.Key_Escape)
    assert (sent, dock.opened) == ([], None)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window.map_view, Qt.Key.Key_G, CTRL | SHIFT)
    assert dock.opened is not None
    QTest.keyClick(dock.opened, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert [(one.clause, one.state) for one in sent[0].bodies if isinstance(one, Consent)] == [("1", "paused")]
    assert dock.isVisible()  # what stopped can be seen
    assert "We give nothing now" in dock.count.text()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window.map_view, Qt.Key.Key_G, CTRL | SHIFT)
    assert dock.opened is None
    assert window.notice.text() == "Nothing is given now."


def test_that_a_role_that_may_not_stop_giving_is_told_before_any_form(open_window: Open) -> None:
    window = open_window("dispatcher")
    QTest.keyClick(window.map_view, Qt.Key.Key_G, CTRL | SHIFT)
    assert window.agreements_dock.opened is None
    assert "pauses what is given" in window.notice.text()
