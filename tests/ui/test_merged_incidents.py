"""What several agencies report stands in the queue once, and is found under each of its reports."""

from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cop.domain.batch import Batch
from cop.domain.incident import Link
from cop.domain.report import Report, Retraction
from cop.domain.task import Task
from cop.map.palette import Palette
from cop.ui.cards import CARD_ROLE
from cop.ui.desk import Desk
from cop.ui.dialogs.assign_task import AssignTaskDialog
from cop.ui.incident_dock import IncidentModel
from cop.ui.ordered_model import OrderedModel
from cop.ui.search import find
from tests import reports as r
from tests.ui.conftest import RAIL, MakeDesk, MakeWindow

GAS = ("gaston-911", "g-1")
SMELL = ("meck-911", "m-1")
_GAS = {"type": "hazmat", "title": "Gas odor", "opened_at": r.at(-60), "lat": 35.24, "lon": -81.0}
_SMELL = {"type": "fire", "title": "Chemical smell", "opened_at": r.at(-90), "lat": 35.25, "lon": -80.96}


def gas(**fields: object) -> Report:
    return r.report(GAS[0], r.incident(GAS[1], **{"priority": 2, **_GAS, **fields}))


def smell(**fields: object) -> Report:
    return r.report(SMELL[0], r.incident(SMELL[1], **{"priority": 3, "summary": "Callers on 5th", **_SMELL, **fields}))


def link(agency: str = SMELL[0], relation: str = "same", first: str = "/".join(SMELL)) -> Report:
    return r.report(agency, Link(id="l", at=r.at(0), first=first, second="/".join(GAS), relation=relation))


def told(desk: Desk, *reports: Report) -> None:
    desk.take_in(Batch(reports=list(reports)))


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    one = make_desk(filled=False)
    told(one, gas(), smell(), link())
    return one


@pytest.fixture
def queue(desk: Desk, watched: Callable[[OrderedModel[Report]], OrderedModel[Report]]) -> IncidentModel:
    model = IncidentModel(desk)
    watched(model)
    return model


def keys(model: IncidentModel) -> list[tuple[str, str]]:
    return [model.id_at(model.index(row, 0)) for row in range(model.rowCount())]


def test_that_two_reports_of_one_incident_are_one_card_with_the_words_of_the_more_urgent(queue: IncidentModel) -> None:
    assert keys(queue) == [GAS]
    card = queue.data(queue.index(0, 0), CARD_ROLE)
    assert (card.title, card.priority, card.sources) == ("Gas odor", 2, 2)
    assert "2 sources" in card.words()
    assert queue.open_count() == 1


def test_that_a_link_taken_back_makes_two_cards_again(desk: Desk, queue: IncidentModel) -> None:
    told(desk, r.report(SMELL[0], Retraction(id="l", at=r.at(5), kind="link")))
    queue.refresh()
    assert keys(queue) == [GAS, SMELL]
    assert queue.open_count() == 2


def test_that_the_card_lasts_as_long_as_one_report_is_not_over(desk: Desk, queue: IncidentModel) -> None:
    told(desk, gas(rev=2, status="closed"))
    queue.refresh()
    assert keys(queue) == [SMELL]
    told(desk, smell(rev=2, status="closed"))
    queue.refresh()
    assert keys(queue) == []
    assert queue.open_count() == 0
    queue.set_filter("closed")
    assert keys(queue) == [GAS]


def test_that_the_filters_ask_all_reports_of_an_incident(desk: Desk, queue: IncidentModel) -> None:
    told(desk, gas(rev=2, type="traffic"))
    for name in ("law", "fire", "unassigned"):
        queue.set_filter(name)
        assert keys(queue) == [GAS], name
    told(desk, r.report(SMELL[0], r.task("t", incident_agency=SMELL[0], incident=SMELL[1])))
    queue.refresh()
    assert keys(queue) == []
    queue.set_filter("all")
    assert queue.data(queue.index(0, 0), CARD_ROLE).assigned == 1


def test_that_the_card_of_the_selected_incident_stays_marked_when_another_report_leads(
    qtbot: QtBot, desk: Desk, make_window: MakeWindow
) -> None:
    window = make_window(desk)
    window.select("incident", *SMELL)
    dock = window.incident_dock
    assert dock.model.id_at(dock.list.currentIndex()) == GAS
    told(desk, smell(rev=2, priority=1))
    assert dock.model.id_at(dock.list.currentIndex()) == SMELL
    told(desk, r.report(SMELL[0], Retraction(id="l", at=r.at(5), kind="link")))
    assert dock.model.id_at(dock.list.currentIndex()) == SMELL
    assert dock.windowTitle() == "Incidents 2"
    qtbot.keyClick(dock.list, Qt.Key.Key_Down)
    qtbot.keyClick(dock.list, Qt.Key.Key_Return)
    assert window.selection_panel.key == GAS


def test_that_the_page_shows_the_other_report_and_turns_to_it(
    qtbot: QtBot, desk: Desk, make_window: MakeWindow
) -> None:
    window = make_window(desk)
    window.select("incident", *GAS)
    page = window.selection_panel.incident_page
    assert "2 sources" in page.above.text()
    (row,) = page.also_reported.rows()
    assert row.name.text() == "Chemical smell"
    assert "Callers on 5th" in row.text.text()
    assert "1 min ago" in row.text.text()
    qtbot.mouseClick(row.name, Qt.MouseButton.LeftButton)
    assert window.selection_panel.key == SMELL
    assert [one.name.text() for one in page.also_reported.rows()] == ["Gas odor"]


def test_that_a_third_partys_word_is_shown_and_joins_nothing(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    desk = make_desk(filled=False)
    told(desk, gas(), smell(), link("gastonia-fd"))
    window = make_window(desk)
    window.select("incident", *GAS)
    page = window.selection_panel.incident_page
    assert window.incident_dock.windowTitle() == "Incidents 2"
    assert page.also_reported.isHidden()
    (row,) = page.linked.rows()
    assert "Gastonia FD" in row.why.text()
    assert "neither is theirs" in row.why.text()


@pytest.mark.parametrize(
    ("relation", "on_the_smell", "on_the_gas"),
    [
        ("related", "Related to this", "Related to this"),
        ("parent", "A part of this", "This is a part of it"),
        ("split", "Split from this", "Split from this"),
        ("caused_by", "Caused by", "Caused by"),
    ],
)
def test_that_other_relations_stand_on_the_page_alone(
    make_desk: MakeDesk, make_window: MakeWindow, relation: str, on_the_smell: str, on_the_gas: str
) -> None:
    desk = make_desk(filled=False)
    told(desk, gas(), smell(), link(relation=relation))
    window = make_window(desk)
    page = window.selection_panel.incident_page
    for key, why in ((SMELL, on_the_smell), (GAS, on_the_gas)):
        window.select("incident", *key)
        assert [one.why.text() for one in page.linked.rows()] == [why]
    assert window.incident_dock.windowTitle() == "Incidents 2"


def test_that_an_incident_that_is_not_known_yet_is_named_and_cannot_be_pressed(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    desk = make_desk(filled=False)
    told(desk, smell(), link())
    window = make_window(desk)
    window.select("incident", *SMELL)
    (row,) = window.selection_panel.incident_page.linked.rows()
    assert "not known here" in row.name.text()
    assert not row.name.isEnabled()
    told(desk, gas())
    assert window.selection_panel.incident_page.linked.isHidden()
    assert window.selection_panel.incident_page.also_reported.rows()


def test_that_both_reports_are_found_by_the_search(desk: Desk) -> None:
    found = {hit.text: hit.detail for hit in find(desk, [], [], "m") if hit.kind == "Incident"}
    assert found["Chemical smell"] == "same as Gas odor"
    assert [hit.id for hit in find(desk, [], [], "gas odor")] == [GAS[1]]


def test_that_the_tasks_and_the_log_of_one_report_are_those_of_the_other(desk: Desk, make_window: MakeWindow) -> None:
    told(desk, r.report(SMELL[0], r.task("t", incident_agency=SMELL[0], incident=SMELL[1])))
    window = make_window(desk)
    window.select("incident", *GAS)
    assert window.task_board.card((SMELL[0], "t")) is not None
    log = [line.text for line in window.selection_panel.incident_page._log]
    assert any("Decon corridor" in text for text in log)
    assert sum("opened by" in text for text in log) == 2
    assert "“Chemical smell” and “Gas odor” are the same, says Meck 911" in log


def test_that_a_unit_is_not_asked_twice_for_one_incident_under_two_reports(make_desk: MakeDesk) -> None:
    desk = make_desk()
    told(desk, gas(), link(RAIL[0], first="/".join(RAIL)))
    again = Task(
        id="t-2",
        at=desk.now(),
        objective="Decon corridor",
        assignee_agency="gastonia-fd",
        unit="hazmat-4",
        incident_agency=GAS[0],
        incident=GAS[1],
    )
    refused = desk.tasks.assign([again])
    assert refused is not None
    assert "already" in refused.reason


def test_that_a_task_is_for_the_report_that_was_chosen(qtbot: QtBot, desk: Desk, palette: Palette) -> None:
    dialog = AssignTaskDialog(desk, palette, incident=SMELL)
    qtbot.addWidget(dialog)
    assert dialog.incident.currentData() == SMELL
    assert [dialog.incident.itemText(at) for at in range(dialog.incident.count())] == [
        "No incident",
        "P2  Gas odor  (2 sources)",
        "P3  Chemical smell  (2 sources)",
    ]
    other = AssignTaskDialog(desk, palette)
    qtbot.addWidget(other)
    assert other.incident.count() == 2


def test_that_a_drill_is_not_hidden_behind_a_live_incident(make_desk: MakeDesk) -> None:
    desk = make_desk(filled=False)
    told(desk, gas(), msgspec.structs.replace(smell(), exercise=True), link())
    model = IncidentModel(desk)
    assert keys(model) == [GAS, SMELL]
