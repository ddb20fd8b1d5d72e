"""The liaison's agreements: what is given and taken, how much of it is used, and how it is stopped."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from cop.domain.agreement import Agreement, Agreements, AidClause, Term
from cop.domain.batch import Batch
from cop.domain.consent import Consent, consent_id
from cop.domain.desk import Command, Operator
from cop.domain.report import Report, Retraction
from cop.domain.rules.tasking import Direct, Refused, Request
from cop.domain.task import Basis
from cop.map.palette import Palette, load_palette
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from cop.ui.agreements_dock import AgreementsDock
from cop.ui.desk import Desk
from cop.ui.ordered_model import OrderedModel
from tests import reports as r
from tests.ui.conftest import RAIL, Clock, small_picture

HAZMAT, ENGINE, LADDER = ("hazmat", "4.2"), ("hazmat", "4.10"), ("hazmat", "4.9")
FIRE, FD, EMS = "charlotte-fire", "gastonia-fd", "mecklenburg-ems"


def terms() -> list[Term]:
    """Gastonia gives hazmat units directly; Charlotte Fire engines directly, ladders when asked."""
    clauses = (
        AidClause(
            number="4.2",
            says="Gastonia FD gives two hazmat units.",
            giver=FD,
            takers=(FIRE, EMS),
            kinds=("hazmat",),
            types=("rail", "hazmat"),
            quantity=2,
            mode="direct",
        ),
        AidClause(
            number="4.10", says="An engine.", giver=FIRE, takers=(FD,), kinds=("engine",), quantity=3, mode="direct"
        ),
        AidClause(number="4.9", says="A <b>ladder</b>.", giver=FIRE, takers=("*",), kinds=("ladder",)),
    )
    paper = Agreement(
        id="hazmat",
        title="Regional Hazmat MOU",
        parties=(FIRE, FD, EMS),
        in_force_from=date(2026, 1, 1),
        in_force_until=date(2027, 12, 31),
        clauses=clauses,
    )
    return [Term(paper, clause) for clause in clauses]


def asks(task_id: str = "d1", *, seconds: float = -10.0, unit: str = "hazmat-4", by: str = FIRE) -> Report:
    """A task that leans on §4.2."""
    return r.report(
        by,
        r.task(
            task_id,
            seconds=seconds,
            agreement="hazmat",
            clause="4.2",
            unit=unit,
            unit_kind="hazmat",
            incident_agency=RAIL[0],
            incident=RAIL[1],
            basis=Basis(type="rail"),
            asked_at=r.at(seconds),
        ),
    )


Make = Callable[..., tuple[Desk, AgreementsDock]]


@pytest.fixture
def make(qtbot: QtBot, clock: Clock, sent: list[Command], ground: Ground, palette: Palette) -> Make:
    """A desk with the agreements, and the dock over it, shown."""

    windows: list[QMainWindow] = []

    def made(
        agency: str = FD, role: str = "liaison", *told: Report, agreements: Any = None
    ) -> tuple[Desk, AgreementsDock]:
        picture = Picture(agreements=Agreements(terms()) if agreements is None else agreements)
        desk = Desk(Operator(agency=agency, role=role, name="A. Rivera"), picture, ground, sent.append, now=clock)
        for batch in small_picture():
            desk.take_in(batch)
        desk.take_in(Batch(reports=[*told]))
        dock = AgreementsDock(desk, palette)
        desk.changed.connect(dock.apply)
        window = QMainWindow()
        windows.append(window)  # it would take the dock along
        window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
        window.resize(420, 800)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        QApplication.processEvents()
        return desk, dock

    return made


def press(dock: AgreementsDock, key: Qt.Key) -> None:
    """A key in the list."""
    dock.list.setFocus()
    QTest.keyClick(dock.list, key)
    QApplication.processEvents()


def shown(dock: AgreementsDock, key: tuple[str, str]) -> str:
    """What a screen reader says of a card."""
    return ", ".join(dock.model.card(key).words())


def test_that_each_side_shows_its_clauses_in_the_order_of_the_paper(
    make: Make,
    watched: Callable[[OrderedModel], OrderedModel],  # type: ignore[type-arg]
) -> None:
    _, dock = make(FIRE)
    watched(dock.model)
    assert [dock.model.id_at(dock.model.index(row, 0)) for row in range(2)] == [LADDER, ENGINE]
    assert (dock.give.text(), dock.take.text()) == ("We give 2", "We take 1")
    QTest.mouseClick(dock.take, Qt.MouseButton.LeftButton)
    assert [dock.model.id_at(dock.model.index(row, 0)) for row in range(dock.model.rowCount())] == [HAZMAT]
    assert dock.pane.heading.text() == "Regional Hazmat MOU §4.2"
    assert dock.pane.foot.isHidden()  # it is not ours to pause


def test_that_a_clause_says_how_much_of_it_is_used_by_whom_and_for_what(make: Make) -> None:
    _, dock = make(FD, "liaison", asks())
    assert "1 of 2 used" in shown(dock, HAZMAT)
    use = dock.pane.uses[0].text()
    for words in ("Hazmat 4", "Charlotte Fire", "Hazmat rail derailment", "accepted"):
        assert words in use
    chosen: list[tuple[str, ...]] = []
    dock.selected.connect(lambda *which: chosen.append(which))
    QTest.mouseClick(dock.pane.uses[0], Qt.MouseButton.LeftButton)
    assert chosen == [("task", FIRE, "d1")]


def test_that_one_key_pauses_and_every_desk_obeys_for_what_is_asked_after_it(make: Make, sent: list[Command]) -> None:
    desk, dock = make(FD, "liaison", asks())
    press(dock, Qt.Key.Key_P)
    word = sent[-1].body
    assert isinstance(word, Consent)
    assert (word.state, word.id) == ("paused", consent_id(*HAZMAT))
    assert word.pauses[-1].standing == (f"{FIRE}/d1/hazmat-4",)
    assert "Paused" in shown(dock, HAZMAT)
    assert "A. Rivera" in shown(dock, HAZMAT)
    assert desk.picture.task_state(desk.picture.tasks[FIRE, "d1"]) == "accepted"  # what stood stays
    desk.take_in(Batch(reports=[asks("d2", seconds=5)]))
    assert desk.picture.task_state(desk.picture.tasks[FIRE, "d2"]) == "requested"
    press(dock, Qt.Key.Key_P)
    assert isinstance(sent[-1].body, Consent)
    assert sent[-1].body.state == "given"


def test_that_a_pause_for_an_hour_ends_by_itself(make: Make, clock: Clock) -> None:
    desk, dock = make()
    press(dock, Qt.Key.Key_H)
    assert "until" in shown(dock, HAZMAT)
    clock.now += timedelta(minutes=61)
    dock.tick()
    assert "In force" in shown(dock, HAZMAT)
    assert dock.pane.may("pause")
    assert desk.consents.resume(terms()[0]) is not None  # nothing is left to resume


def test_that_what_is_withdrawn_is_given_again_in_words_alone(make: Make, sent: list[Command]) -> None:
    desk, dock = make()
    refused: list[str] = []
    desk.refused.connect(refused.append)
    press(dock, Qt.Key.Key_Delete)
    assert "Withdrawn" in shown(dock, HAZMAT)
    count = len(sent)
    press(dock, Qt.Key.Key_P)
    assert len(sent) == count
    press(dock, Qt.Key.Key_G)
    assert QApplication.focusWidget() is dock.pane.words
    QTest.keyClick(dock.pane.words, Qt.Key.Key_Return)
    assert refused[-1].startswith("Say why")
    QTest.keyClicks(dock.pane.words, "Repaired, Chief Boyd")
    QTest.mouseClick(dock.pane.give, Qt.MouseButton.LeftButton)
    assert isinstance(sent[-1].body, Consent)
    assert (sent[-1].body.state, sent[-1].body.reason) == ("given", "Repaired, Chief Boyd")
    assert "In force" in shown(dock, HAZMAT)


def test_that_one_button_stops_giving_anything_in_one_breath(make: Make, sent: list[Command]) -> None:
    desk, dock = make(FIRE)
    QTest.mouseClick(dock.stop, Qt.MouseButton.LeftButton)
    assert len(sent) == 1
    assert [getattr(one, "state", "") for one in sent[0].bodies] == ["paused", "paused"]
    assert dock.count.text().startswith("We give nothing now")
    assert not dock.stop.isVisible()
    QTest.mouseClick(dock.resume, Qt.MouseButton.LeftButton)
    assert [getattr(one, "state", "") for one in sent[1].bodies] == ["given", "given"]
    assert desk.consents.resume_all() is not None


def test_that_a_dispatcher_reads_and_does_not_pause(make: Make, sent: list[Command]) -> None:
    desk, dock = make(FD, "dispatcher")
    refused: list[str] = []
    desk.refused.connect(refused.append)
    assert not dock.pane.may("pause")
    assert not dock.stop.isEnabled()
    assert "liaison" in dock.stop.accessibleDescription()
    press(dock, Qt.Key.Key_P)
    assert not sent
    assert "signed in as dispatcher" in refused[-1]


def test_that_a_taker_does_not_pause_what_it_takes(make: Make, sent: list[Command]) -> None:
    desk, dock = make(FIRE)
    QTest.mouseClick(dock.take, Qt.MouseButton.LeftButton)
    press(dock, Qt.Key.Key_P)
    assert not sent
    assert desk.consents.pause(terms()[0]) is not None


def test_that_markup_in_an_agreement_is_text(make: Make) -> None:
    _, dock = make(FIRE)
    assert dock.pane.says.text().replace("\u200b", "") == "“A <b>ladder</b>.”"
    assert dock.pane.says.textFormat() == Qt.TextFormat.PlainText


def test_that_without_agreements_it_says_what_holds(make: Make) -> None:
    _, dock = make(FD, "liaison", agreements=Agreements())
    assert "every task to another agency is a request" in dock.count.text()
    press(dock, Qt.Key.Key_P)
    press(dock, Qt.Key.Key_Delete)


def test_that_both_themes_are_worn(make: Make) -> None:
    _, dock = make()
    light = load_palette("light")
    dock.set_palette(light)
    assert dock.cards.colours is light


def test_that_a_word_that_somebody_emptied_is_said_again_by_its_giver_alone(make: Make, sent: list[Command]) -> None:
    desk, dock = make()
    press(dock, Qt.Key.Key_P)
    gone = r.report(FD, Retraction(id=consent_id(*HAZMAT), at=r.at(50), kind="consent"), received_s=50)
    desk.take_in(Batch(reports=[gone]))
    assert len(sent) == 2
    assert isinstance(sent[1].body, Consent)
    assert (sent[1].body.state, sent[1].body.rev) == ("paused", 2)
    others, _ = make(FIRE, "liaison", r.report(FD, sent[1].body))
    others.take_in(Batch(reports=[gone]))
    assert len(sent) == 2
    assert others.picture.consents[FD, consent_id(*HAZMAT)].body == sent[1].body


def test_that_the_commander_is_told_directly_request_or_why_not(make: Make) -> None:
    desk, _ = make(FIRE, "commander", r.report(FD, r.unit("hazmat-5", kind="hazmat", status="available")))
    unit = (FD, "hazmat-4")
    first = desk.authority.may_task(unit, RAIL)
    assert isinstance(first, Direct)
    assert first.reason == "Regional Hazmat MOU §4.2 gives 2 hazmat units; 2 left"
    beside = [(FD, "hazmat-5"), (FD, "hazmat-6")]
    third = desk.authority.may_task(unit, RAIL, beside=beside)
    assert isinstance(third, Request)
    assert third.reason == "Regional Hazmat MOU §4.2 gives 2 hazmat units; both are committed"
    desk.take_in(Batch(reports=[r.report(FD, r.unit("hazmat-4", rev=2, kind="hazmat", status="out_of_service"))]))
    assert isinstance(desk.authority.may_task(unit, RAIL), Refused)
    assert isinstance(desk.authority.mode_of(unit, RAIL), Direct)  # whoever asks about agreements alone
    assert desk.authority.modes(RAIL)(FD, "engine").reason == "Regional Hazmat MOU §4.2 gives hazmat units, not engine"


def test_that_a_dispatcher_sends_nobody(make: Make) -> None:
    desk, _ = make(FIRE, "dispatcher")
    refused = desk.authority.may_task((FD, "hazmat-4"), RAIL)
    assert isinstance(refused, Refused)
    assert "Only an incident commander assigns a task" in refused.reason


def test_that_a_unit_is_swapped_for_another_within_the_quantity(make: Make, sent: list[Command]) -> None:
    others = [r.report(FD, r.unit(f"hazmat-{n}", kind="hazmat", status="available")) for n in (5, 6)]
    desk, _ = make(FIRE, "commander", *others, asks(), asks("d2", unit="hazmat-5", seconds=-9))
    assert isinstance(desk.authority.may_task((FD, "hazmat-6"), RAIL), Request)
    assert isinstance(desk.authority.may_task((FD, "hazmat-6"), RAIL, instead_of=(FIRE, "d1")), Direct)
    assert desk.tasks.reassign(desk.picture.tasks[FIRE, "d1"], (FD, "hazmat-6")) is None
    swapped = desk.picture.tasks[FIRE, sent[-1].body.id]
    states = [desk.picture.task_state(one) for one in (desk.picture.tasks[FIRE, "d1"], swapped)]
    assert states == ["reassigned", "accepted"]
