"""The page of an incident: who leads by which clause, who could be sent, and how several are sent at once."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from cop.domain.agency import Agency
from cop.domain.agreement import Agreement, Agreements, AidClause, AnyClause, EscalateClause, LeadClause, Term
from cop.domain.area import Zone
from cop.domain.batch import Batch
from cop.domain.consent import Consent, Pause, consent_id
from cop.domain.desk import Command, Operator
from cop.domain.task import Task
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from cop.ui.desk import Desk
from cop.ui.dialogs.assign_task import AssignTaskDialog
from cop.ui.main_window import MainWindow
from cop.ui.near_section import NearRow
from cop.ui.ready_words import usual
from tests import reports as r
from tests.ui.conftest import CRASH, RAIL, Clock, MakeWindow, small_picture

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT, NONE, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
ENGINE, ENGINE_30 = ("charlotte-fire", "engine-4"), ("charlotte-fire", "engine-30")
MEDIC, HAZMAT = ("mecklenburg-ems", "medic-17"), ("gastonia-fd", "hazmat-9")
MakeAgreed = Callable[..., MainWindow]

MOU = Agreement(
    id="mou",
    title="Regional Hazmat MOU",
    parties=("charlotte-fire", "gastonia-fd", "mecklenburg-ems", "airport-police"),
    in_force_from=date(2024, 1, 1),
    in_force_until=date(2027, 12, 31),
)
HERE = shapely.box(-81.2, 35.1, -80.6, 35.4)
FIRE_LEADS = LeadClause(number="3.1", says="The fire department leads.", leads="charlotte-fire", precedence=50)
DIRECT = AidClause(
    number="4.1",
    says="Medics are sent at once.",
    giver="mecklenburg-ems",
    takers=("charlotte-fire",),
    kinds=("ambulance",),
    quantity=1,
    mode="direct",
)
ASK = AidClause(
    number="4.2",
    says="Hazmat teams are asked for.",
    giver="gastonia-fd",
    takers=("charlotte-fire",),
    mode="request",
    answer_within_min=7,
)


@pytest.fixture
def agreed(make_window: MakeWindow, clock: Clock, sent: list[Command], ground: Ground) -> MakeAgreed:
    """The window of a desk that knows these clauses, with the derailment selected."""

    def make(
        *clauses: AnyClause,
        role: str = "commander",
        where: object = HERE,
        selected: tuple[str, str] = RAIL,
        told: tuple[object, ...] = (),
    ) -> MainWindow:
        terms = [Term(MOU, one, where, "the region") for one in clauses]  # type: ignore[arg-type]
        operator = Operator(agency="charlotte-fire", role=role, name="A. Rivera")
        desk = Desk(operator, Picture(agreements=Agreements(terms)), ground, sent.append, now=clock)
        for batch in small_picture():
            desk.take_in(batch)
        free = r.unit("hazmat-9", callsign="Hazmat 9", kind="hazmat", status="available")  # hazmat-4 is asked already
        desk.take_in(Batch(epoch=1, reports=[r.report("gastonia-fd", free), *told]))  # type: ignore[list-item]
        desk.take_in(r.positions_batch((*HAZMAT, 35.26, -81.18, -2)))
        desk.authority.tick()
        window = make_window(desk)
        window.select("incident", *selected)
        return window

    return make


def row(window: MainWindow, unit: tuple[str, str]) -> NearRow:
    return next(one for one in window.selection_panel.incident_page.nearest.rows if one.key == unit)


def pills(window: MainWindow) -> dict[tuple[str, str], str]:
    rows = window.selection_panel.incident_page.nearest.rows
    return {one.key: one.asked.text() for one in rows if not one.isHidden()}


def form(window: MainWindow) -> AssignTaskDialog:
    dialog = window.dialogs.opened
    assert isinstance(dialog, AssignTaskDialog)
    return dialog


def tasks(sent: list[Command]) -> list[Task]:
    return [body for command in sent for body in command.bodies if isinstance(body, Task)]


def test_that_the_page_and_the_card_say_who_leads_by_which_clause_and_what_it_says(agreed: MakeAgreed) -> None:
    window = agreed(FIRE_LEADS)
    leads = window.selection_panel.incident_page.leads
    assert leads.who.text() == "Charlotte Fire"
    assert leads.clause.text() == "Regional Hazmat MOU §3.1 · in force until 31 Dec 2027"
    assert leads.says.text() == "“The fire department leads.”"
    assert leads.also.text().startswith("Also in jurisdiction: ")
    assert "Charlotte Fire" not in leads.also.text()
    assert "Lead: Charlotte Fire" in window.incident_dock.model.index_of(RAIL).data()


def test_that_who_asks_why_is_told_step_by_step(agreed: MakeAgreed) -> None:
    window = agreed(FIRE_LEADS)
    leads = window.selection_panel.incident_page.leads
    assert not leads.why.isVisible()
    QTest.mouseClick(leads.ask_why, LEFT)
    assert leads.why.isVisible()
    assert leads.why.text().startswith("1. ")
    assert "Regional Hazmat MOU §3.1" in leads.why.text()


def test_that_unified_command_names_both(agreed: MakeAgreed) -> None:
    both = ("charlotte-fire", "mecklenburg-ems")
    window = agreed(LeadClause(number="3.4", says="Together.", unified=both, precedence=1))
    assert (
        window.selection_panel.incident_page.leads.who.text() == "Charlotte Fire and Mecklenburg EMS — unified command"
    )
    assert "Lead: Charlotte Fire + Mecklenburg EMS" in window.incident_dock.model.index_of(RAIL).data()


def test_that_a_contested_lead_names_both_their_clauses_and_who_decides(agreed: MakeAgreed) -> None:
    other = LeadClause(number="9", says="EMS leads.", leads="mecklenburg-ems", precedence=50)
    decides = EscalateClause(number="7", says="Gastonia decides.", decides="gastonia-fd", office="Chief")
    window = agreed(FIRE_LEADS, other, decides)
    leads = window.selection_panel.incident_page.leads
    assert leads.who.text() == "Contested: Charlotte Fire or Mecklenburg EMS"
    assert leads.clause.text().count("Regional Hazmat MOU §") == 2
    assert leads.decides.text() == "⚠ Gastonia FD decides, by Regional Hazmat MOU §7 (Chief)"
    assert "Lead: contested: Charlotte Fire or Mecklenburg EMS" in window.incident_dock.model.index_of(RAIL).data()


def test_that_a_zone_that_crosses_a_line_is_said_with_the_clause_that_speaks_of_it(agreed: MakeAgreed) -> None:
    ring = [list(point) for point in shapely.Point(-80.953, 35.2425).buffer(0.03).exterior.coords]
    zone = Zone(
        id="hot",
        at=r.NOON,
        kind="hot_zone",
        incident_agency=RAIL[0],
        incident=RAIL[1],
        geometry={"type": "Polygon", "coordinates": [ring]},
    )
    window = agreed(FIRE_LEADS, told=(r.report(RAIL[0], zone),))
    overlaps = [one.text() for one in window.selection_panel.incident_page.leads.overlaps if one.isVisible()]
    assert any("airport" in text.lower() and text.startswith("⚠ Overlap: ") for text in overlaps)


def test_that_a_place_on_a_line_names_both_sides(agreed: MakeAgreed) -> None:
    on_it = r.incident("line", type="fire", lat=35.2, lon=-81.2)  # the western edge of the clause's ground
    window = agreed(told=(r.report("charlotte-fire", on_it),), selected=("charlotte-fire", "line"))
    leads = window.selection_panel.incident_page.leads
    if not leads.line.text():  # the boundaries of the region have no line there: take one that they have
        line = next(one for one in window.desk.ground.jurisdictions if one.agency == "airport-police").geometry
        lon, lat = shapely.get_coordinates(line)[0]
        moved = r.incident("line", rev=2, seconds=1, type="fire", lat=float(lat), lon=float(lon))
        window.desk.take_in(Batch(epoch=1, reports=[r.report("charlotte-fire", moved)]))
    assert leads.line.text().startswith("⚠ On the line")
    assert leads.who.property("tone") == "warn"


def test_that_a_reporter_who_says_otherwise_and_ground_of_nobody_are_said(agreed: MakeAgreed) -> None:
    told = (
        r.report("gastonia-fd", r.incident("own", type="fire", lat=35.2425, lon=-80.953, lead="gastonia-fd")),
        r.report("gastonia-fd", r.incident("sea", type="fire", lat=33.0, lon=-77.5)),
    )
    window = agreed(told=told, selected=("gastonia-fd", "own"))
    assert window.selection_panel.incident_page.leads.differs.text() == "⚠ Gastonia FD says that it leads"
    window.select("incident", "gastonia-fd", "sea")
    leads = window.selection_panel.incident_page.leads
    assert leads.who.text() in {"Nobody", "Not known"}
    assert leads.differs.text() == ""


def test_that_each_unit_wears_what_asking_for_it_would_mean_with_clause_and_reason(agreed: MakeAgreed) -> None:
    window = agreed(DIRECT, ASK)
    assert pills(window) == {ENGINE: "Own", ENGINE_30: "Own", HAZMAT: "Request", MEDIC: "Direct"}
    assert "Direct by Regional Hazmat MOU §4.1" in row(window, MEDIC).asked.accessibleDescription()
    assert "“Hazmat teams are asked for.”" in row(window, HAZMAT).asked.accessibleDescription()
    assert "answers within 7 min" in row(window, HAZMAT).asked.toolTip()
    assert not row(window, HAZMAT).why.isVisible()
    QTest.mouseClick(window.selection_panel.incident_page.nearest.ask_why, LEFT)
    assert "Request by Regional Hazmat MOU §4.2" in row(window, HAZMAT).why.text()
    assert row(window, HAZMAT).why.isVisible()


def test_that_a_clause_that_is_paused_is_no_clause_a_moment_later(agreed: MakeAgreed, clock: Clock) -> None:
    window = agreed(DIRECT, ASK)
    word = Consent(
        id=consent_id("mou", "4.1"),
        at=clock.now,
        agreement="mou",
        clause="4.1",
        state="paused",
        pauses=(Pause(since=clock.now),),
    )
    window.desk.take_in(Batch(epoch=1, reports=[r.report("mecklenburg-ems", word)]))
    clock.now += timedelta(seconds=1)
    window.tick()
    assert pills(window)[MEDIC] in {"Request", "Not covered"}


def test_that_two_keys_send_the_nearest(qtbot: QtBot, agreed: MakeAgreed, sent: list[Command]) -> None:
    window = agreed(DIRECT, ASK)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_A)
    dialog = form(window)
    assert dialog.units.chosen == [row(window, ENGINE).key]
    qtbot.keyClick(dialog.objective, Qt.Key.Key_Return)
    (task,) = tasks(sent)
    assert (task.assignee_agency, task.unit, task.incident) == (*ENGINE, RAIL[1])
    assert task.objective
    assert task.kind == "dispatch"


def test_that_a_number_opens_the_form_for_that_unit_and_alt_with_a_number_adds_one(
    qtbot: QtBot, agreed: MakeAgreed, sent: list[Command]
) -> None:
    window = agreed(DIRECT, ASK)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    order = [one.key for one in window.selection_panel.incident_page.nearest.rows if not one.isHidden()]
    qtbot.keyClick(window, Qt.Key.Key_2)
    dialog = form(window)
    assert dialog.units.chosen == [order[1]]
    assert not dialog.units.list.isVisible()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    qtbot.keyClick(dialog, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert dialog.units.chosen == [order[1], order[2]]
    assert dialog.go.text().endswith(" 2")
    qtbot.keyClick(dialog.objective, Qt.Key.Key_Return)
    assert {(one.assignee_agency, one.unit) for one in tasks(sent)} == set(order[1:3])
    assert len(sent) == 1  # in one breath: all of them or none


def test_that_several_are_ticked_and_sent_at_once(qtbot: QtBot, agreed: MakeAgreed, sent: list[Command]) -> None:
    window = agreed(DIRECT, ASK)
    page = window.selection_panel.incident_page
    for unit in (ENGINE, HAZMAT, MEDIC):
        QTest.mouseClick(row(window, unit), LEFT, CTRL, QPoint(3, 3))
    assert page.assign.text() == "Assign 3…  A"
    QTest.mouseClick(page.assign, LEFT)
    dialog = form(window)
    said = [one.happens.text() for one in dialog.units._rows]
    assert said == [
        "Our own unit: sent at once",
        "Request by Regional Hazmat MOU §4.2: Gastonia FD answers within 7 min, then the next is asked",
        "Direct by Regional Hazmat MOU §4.1: sent at once, Mecklenburg EMS is told and can recall it",
    ]
    dialog.objective.setText("Report to command")
    QTest.mouseClick(dialog.go, LEFT)
    asked = {task.unit: (task.agreement, task.clause) for task in tasks(sent)}
    assert asked == {"engine-4": ("", ""), "hazmat-9": ("mou", "4.2"), "medic-17": ("mou", "4.1")}


def test_that_shift_ticks_all_between(agreed: MakeAgreed) -> None:
    window = agreed()
    rows = [one for one in window.selection_panel.incident_page.nearest.rows if not one.isHidden()]
    QTest.mouseClick(rows[0], LEFT, CTRL, QPoint(3, 3))
    QTest.mouseClick(rows[2], LEFT, Qt.KeyboardModifier.ShiftModifier, QPoint(3, 3))
    assert window.selection_panel.incident_page.nearest.ticked() == tuple(one.key for one in rows[:3])
    window.select("incident", *CRASH)
    assert window.selection_panel.incident_page.nearest.ticked() == ()


def test_that_nobody_changes_places_under_a_hand(agreed: MakeAgreed, clock: Clock) -> None:
    window = agreed()
    nearest = window.selection_panel.incident_page.nearest
    before = [one.key for one in nearest.rows if not one.isHidden()]
    row(window, before[0]).tick.click()
    farther = r.positions_batch((*ENGINE, 35.6, -80.3, 1))
    taken = r.report(
        "gastonia-fd", r.unit("hazmat-9", rev=2, seconds=1, callsign="Hazmat 9", kind="hazmat", status="busy")
    )
    window.desk.take_in(farther)
    window.desk.take_in(Batch(epoch=1, reports=[taken]))
    clock.now += timedelta(seconds=2)
    window.tick()
    assert [one.key for one in nearest.rows if not one.isHidden()] == before
    assert not row(window, HAZMAT).asked.isEnabled()
    assert row(window, HAZMAT).why.text() == "No longer among the nearest that are free."
    nearest.untick()
    QApplication.focusWidget() and QApplication.focusWidget().clearFocus()
    window.tick()
    after = [one.key for one in nearest.rows if not one.isHidden()]
    assert HAZMAT not in after
    assert before[0] == ENGINE
    assert after[0] != ENGINE


def test_that_a_refusal_stands_in_the_form_and_nothing_is_sent(agreed: MakeAgreed, sent: list[Command]) -> None:
    window = agreed()
    QTest.mouseClick(row(window, ENGINE).asked, LEFT)
    dialog = form(window)
    dialog.objective.setText("")
    QTest.mouseClick(dialog.go, LEFT)
    assert dialog.isVisible()
    assert dialog.refusal.text() == "Say what the unit is to do."
    assert sent == []


def test_that_a_draft_asks_nobody(agreed: MakeAgreed, sent: list[Command]) -> None:
    window = agreed()
    QTest.mouseClick(row(window, HAZMAT).asked, LEFT)
    dialog = form(window)
    QTest.mouseClick(dialog.more, LEFT)
    dialog.hazards.setText("chlorine,  wires down,")
    dialog.channel.setText("TAC 3")
    dialog.checklist.setPlainText("Upwind\n\nDecon set up")
    QTest.mouseClick(dialog.draft, LEFT)
    (task,) = tasks(sent)
    assert task.draft
    assert task.hazards == ("chlorine", "wires down")
    assert task.channel == "TAC 3"
    assert task.checklist == ("Upwind", "Decon set up")
    assert window.desk.picture.task_state(window.desk.picture.tasks["charlotte-fire", task.id]) == "draft"


def test_that_a_click_in_the_list_chooses_one_unit_and_ctrl_one_more(agreed: MakeAgreed) -> None:
    window = agreed()
    window.selection_panel.incident_page.send()
    units = form(window).units
    view = units.units

    def click(words: str, held: Qt.KeyboardModifier = NONE) -> None:
        index = next(
            units.model.index(at, 1)
            for at in range(units.model.rowCount())
            if words in str(units.model.index(at, 1).data())
        )
        view.scrollTo(index)
        QTest.mouseClick(view.viewport(), LEFT, held, view.visualRect(index).center())

    assert len(units.chosen) == 1
    click("Medic 17")
    assert units.chosen == [MEDIC]  # not one more by mistake
    units.filter.setText("hazmat")
    view.setCurrentIndex(units.model.index(0, 0))
    QTest.keyClick(view, Qt.Key.Key_Space)
    assert units.chosen == [MEDIC, HAZMAT]
    shown = [units.model.index(at, 1).data() for at in range(units.model.rowCount())]
    assert shown == ["Hazmat 9", "Hazmat 4"]  # who could be sent stands first; who was asked already comes after


def test_that_words_that_somebody_wrote_are_kept_when_units_change(agreed: MakeAgreed) -> None:
    window = agreed()
    QTest.mouseClick(row(window, ENGINE).asked, LEFT)
    dialog = form(window)
    first = dialog.objective.text()
    assert first == usual("rail", ["engine"])[0][1]
    dialog.units.choose([MEDIC])
    assert dialog.objective.text() == "Triage"
    dialog.objective.setText("Meet me at the gate")
    dialog.units.choose([ENGINE])
    assert dialog.objective.text() == "Meet me at the gate"


def test_that_a_number_pressed_in_vain_says_why(qtbot: QtBot, agreed: MakeAgreed) -> None:
    window = agreed(role="liaison")
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_1)
    assert window.dialogs.opened is None
    assert window.notice.text().startswith("Only an incident commander assigns a task")
    window.select("", "", "")
    qtbot.keyClick(window, Qt.Key.Key_1)
    assert window.notice.text().startswith("Select an incident first")


def test_that_nobody_is_sent_to_an_incident_that_is_over(agreed: MakeAgreed) -> None:
    window = agreed()
    over = r.incident(RAIL[1], rev=9, seconds=1, status="closed", type="rail", lat=35.2425, lon=-80.953)
    window.desk.take_in(Batch(epoch=1, reports=[r.report(RAIL[0], over)]))
    window.dialogs.send_units((ENGINE,), RAIL)
    assert window.dialogs.opened is None
    assert window.notice.text() == "That incident is over: nobody is sent to it any more."


def test_that_names_with_markup_are_shown_as_they_are_and_widen_nothing(agreed: MakeAgreed) -> None:
    evil = "<b>Engine</b><img src=x>\u202e" + "W" * 150
    told = (
        r.report("gastonia-fd", Agency(id="gastonia-fd", at=r.NOON, name=evil)),
        r.report("gastonia-fd", r.unit("hazmat-9", rev=5, seconds=1, callsign=evil, kind="hazmat", status="available")),
    )
    hostile = LeadClause(number="<i>1", says=evil * 20, leads="gastonia-fd", precedence=1)
    window = agreed(hostile, ASK, told=told)
    page = window.selection_panel.incident_page
    page.leads.ask_why.click()
    page.nearest.ask_why.click()
    QApplication.processEvents()
    assert page.leads.who.text().startswith("<b>Engine</b>")
    for label in page.findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText
        assert "\u202e" not in label.text()
        if label.isVisible():
            assert label.mapTo(page, QPoint(0, 0)).x() + label.width() <= page.width()
    assert "<b>" not in row(window, HAZMAT).asked.toolTip()
    QTest.mouseClick(row(window, HAZMAT).asked, LEFT)
    for label in form(window).findChildren(QLabel):
        assert label.textFormat() == Qt.TextFormat.PlainText


def test_that_a_clause_that_is_used_up_by_the_first_is_none_for_the_second(
    agreed: MakeAgreed, sent: list[Command]
) -> None:
    second = r.report("mecklenburg-ems", r.unit("medic-20", callsign="Medic 20", kind="ambulance", status="available"))
    window = agreed(DIRECT, told=(second,))
    window.dialogs.send_units((MEDIC, ("mecklenburg-ems", "medic-20")), RAIL)
    dialog = form(window)
    first, other = (one.happens.text() for one in dialog.units._rows)
    assert first.startswith("Direct by Regional Hazmat MOU §4.1")
    assert not other.startswith("Direct")
    assert dialog.go.text() == "Send 2"
    QTest.mouseClick(dialog.go, LEFT)
    assert [task.clause for task in tasks(sent)] == ["4.1", ""]  # and so it is said


def test_that_the_whole_form_fits_on_a_low_screen(agreed: MakeAgreed) -> None:
    window = agreed(DIRECT, ASK)
    window.dialogs.send_units((ENGINE, ENGINE_30, HAZMAT, MEDIC), RAIL)
    dialog = form(window)
    small = dialog.height()
    QTest.mouseClick(dialog.more, LEFT)
    QApplication.processEvents()
    assert small < dialog.height() <= 728  # the smallest screen less its bar
    QTest.mouseClick(dialog.more, LEFT)
    QApplication.processEvents()
    assert dialog.height() == small
