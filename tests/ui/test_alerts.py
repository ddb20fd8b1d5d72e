"""Alerts on the screen: their list, their page, what is said aloud of them."""

from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cop.domain.area import Alert
from cop.domain.batch import Batch
from cop.domain.report import Report
from cop.ui.alert_dock import AlertModel
from cop.ui.alert_news import AlertNews
from cop.ui.desk import Desk
from cop.ui.labels import Label
from tests import reports as r
from tests.ui.conftest import Clock, MakeDesk, MakeWindow

NWS = "nws-gsp"
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[-81.0, 35.1], [-80.8, 35.1], [-80.8, 35.3], [-81.0, 35.3], [-81.0, 35.1]]],
}


def alert(alert_id: str, *, seconds: float = 0.0, **fields: Any) -> Alert:
    """A severe alert for an hour."""
    given = {"event": "Tornado Warning", "severity": "Extreme", "expires_at": r.at(3600), **fields}
    return Alert(id=alert_id, at=r.at(seconds), **given)


def tell(desk: Desk, *bodies: Alert, exercise: bool = False, losses: dict[str, str] | None = None) -> None:
    """The desk hears of these alerts in one batch."""
    reports = [
        Report(
            agency=NWS,
            body=body,
            source=r.report(NWS, body).source,
            received_at=r.NOON,
            exercise=exercise,
            losses=losses or {},
        )
        for body in bodies
    ]
    desk.take_in(Batch(epoch=1, reports=reports))


def listed(model: AlertModel) -> list[str]:
    """The ids in the list, from above."""
    return [model.id_at(model.index(row, 0))[1] for row in range(model.rowCount())]


def test_that_the_list_keeps_qts_rules_and_its_order_while_alerts_come_and_go(
    watched: Any, make_desk: MakeDesk, clock: Clock
) -> None:
    desk = make_desk()
    model = AlertModel(desk)
    watched(model)
    tell(
        desk,
        alert("minor", severity="Minor"),
        alert("test", status="Test"),
        alert("coming", starts_at=r.at(600)),
        alert("old", seconds=-60),
        alert("new"),
    )
    model.refresh()
    assert listed(model) == ["new", "old", "minor", "coming", "test"]
    tell(desk, alert("c", seconds=5, cancels=("old",)), alert("u", seconds=5, supersedes=("minor",), severity="Minor"))
    model.refresh()
    assert listed(model) == ["new", "u", "coming", "test"]
    clock.now = r.at(3600)
    model.refresh()
    assert listed(model) == []


def test_that_the_top_bar_counts_alerts_and_opens_their_list_by_mouse_and_by_key(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, clock: Clock
) -> None:
    desk = make_desk()
    window = make_window(desk)
    assert window.top_bar.alerts.isHidden()
    tell(desk, alert("a", geometry=SQUARE), alert("b", status="Exercise"))
    assert window.top_bar.alerts.text() == "1 alert"
    assert window.top_bar.alerts.property("severe") is True
    assert "some are severe" in window.top_bar.alerts.accessibleName()
    qtbot.mouseClick(window.top_bar.alerts, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.alert_dock.in_sight)
    assert window.alert_dock.windowTitle() == "Alerts 2"
    assert window.alert_dock.count.text() == "1 actual · 1 exercise or test"
    tell(desk, alert("c", seconds=1, cancels=("a",)))
    assert window.top_bar.alerts.text() == "1 exercise alert"
    assert window.top_bar.alerts.property("severe") is False
    clock.now = r.at(3601)
    window.tick()
    assert window.top_bar.alerts.isHidden()
    assert window.alert_dock.count.text() == "No alert is in force."


def test_that_an_alert_chosen_in_the_list_has_its_page_and_is_brought_into_view(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    desk = make_desk()
    window = make_window(desk)
    window.map_view.show_place(40.0, -90.0, 10_000.0)
    tell(
        desk,
        alert(
            "a",
            geometry=SQUARE,
            headline="Take cover",
            instruction="Go to\nthe basement.\n\n* Now",
            area="Mecklenburg",
            urgency="Immediate",
            certainty="Observed",
        ),
        losses={"parameters.VTEC": "/O.NEW/", "<b>scope</b>": "<i>Public</i>"},
    )
    window._show_dock(window.alert_dock)
    qtbot.mouseClick(
        window.alert_dock.list.viewport(),
        Qt.MouseButton.LeftButton,
        pos=window.alert_dock.list.visualRect(window.alert_dock.model.index(0, 0)).center(),
    )
    page = window.selection_panel.pages["alert"]
    assert window.selection_panel.kind == "alert"
    said = [one.text() for one in page.findChildren(Label) if one.isVisible()]
    assert page.heading.text() == "Tornado Warning"
    for text in ("Take cover", "Go to the basement.\n\n* Now", "Mecklenburg", "Immediate", "Observed"):
        assert text in said
    assert page.received.texts() == ["parameters.VTEC: /O.NEW/", "<b>scope</b>: <i>Public</i>"]
    assert all(one.textFormat() == Qt.TextFormat.PlainText for one in page.findChildren(Label))
    assert window.map_view.view.rect().contains(window.map_view.view.place(35.2, -80.9))


def test_that_the_page_of_a_test_says_that_it_is_none_and_one_without_an_outline_that_it_is_not_located(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    desk = make_desk()
    window = make_window(desk)
    tell(desk, alert("a", status="Test"))
    window.select("alert", NWS, "a")
    page = window.selection_panel.pages["alert"]
    said = [one.text() for one in page.findChildren(Label) if one.isVisible()]
    assert "TEST — this is not an actual alert" in said
    assert any(text.startswith("not located") for text in said)


def test_that_an_alert_that_goes_while_it_is_selected_says_so(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    desk = make_desk()
    window = make_window(desk)
    tell(desk, alert("a"))
    window.select("alert", NWS, "a")
    tell(desk, alert("c", seconds=9, cancels=("a",), headline="All clear"))
    assert window.selection_panel.pages["alert"].heading.text() == "This alert is gone"
    assert "Cancelled: All clear" in window.alert_dock.cancelled.text()


def test_that_an_alert_is_found_by_search(qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow) -> None:
    desk = make_desk()
    window = make_window(desk)
    tell(desk, alert("a", event="Civil Danger Warning", geometry=SQUARE))
    window.search.setText("civil danger")
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert (window.selection_panel.kind, window.selection_panel.key) == ("alert", (NWS, "a"))


def test_that_a_click_in_its_area_selects_it(qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow) -> None:
    desk = make_desk(filled=False)
    window = make_window(desk)
    tell(desk, alert("a", geometry=SQUARE))
    window.map_view.show_place(35.2, -80.9, 40_000.0)
    at = window.map_view.view.place(35.12, -80.9)
    assert window.map_view.layer_set.pointing.object_at(at, window.map_view.view) == ("alert", NWS, "a")
    standing = window.map_view.layer_set.pointing.standing_at(at, window.map_view.view)
    assert [(one.kind, one.text) for one in standing] == [("alert", "Tornado Warning")]


def news(desk: Desk) -> tuple[AlertNews, list[str]]:
    """What would be said aloud, pulse by pulse."""
    teller, said = AlertNews(desk), []
    desk.changed.connect(lambda change: said.append(teller.take(change)))
    return teller, said


def test_that_new_severe_alerts_are_said_once_and_updates_only_when_they_are_worse(make_desk: MakeDesk) -> None:
    desk = make_desk(filled=False)
    _teller, said = news(desk)
    tell(desk, alert("a", severity="Severe", area="Gaston"))
    tell(desk, alert("b", seconds=5, severity="Severe", supersedes=("a",)))
    tell(desk, alert("c", seconds=9, severity="Extreme", supersedes=("b",)))
    assert [bool(one) for one in said] == [True, False, True]
    assert said[0].startswith("Tornado Warning — NWS Gsp: Severe, Gaston, until ")


def test_that_what_does_not_alarm_is_not_said(make_desk: MakeDesk) -> None:
    desk = make_desk(filled=False)
    _teller, said = news(desk)
    tell(desk, alert("t", status="Test"), alert("m", severity="Moderate"), alert("o", expires_at=r.at(-1)))
    tell(desk, alert("e"), exercise=True)
    assert not any(said)


def test_that_in_an_exercise_an_actual_alert_alarms(make_desk: MakeDesk) -> None:
    desk = make_desk(filled=False, exercise="Steel Rail")
    _teller, said = news(desk)
    tell(desk, alert("a"), exercise=True)
    assert said[0]


def test_that_many_alerts_at_once_are_one_sentence_and_a_cancelled_one_is_told(make_desk: MakeDesk) -> None:
    desk = make_desk(filled=False)
    teller, said = news(desk)
    tell(desk, *(alert(f"a{number}") for number in range(40)))
    assert said[0].startswith("40 severe alerts, the first: ")
    assert "\n" not in said[0]
    tell(desk, alert("c", seconds=5, cancels=("a7",)))
    assert said[1] == "No longer in force: Tornado Warning (NWS Gsp)"
    assert len(teller._told) == 39


def test_that_an_alert_that_ends_by_itself_is_let_go_without_a_word(make_desk: MakeDesk, clock: Clock) -> None:
    desk = make_desk(filled=False)
    teller, said = news(desk)
    tell(desk, alert("a"))
    clock.now = r.at(3600) + timedelta(hours=2)
    desk.let_go()
    assert desk.picture.alerts == {}
    assert said[1:] == [""]
    assert teller._told == {}


@pytest.mark.parametrize("width", [1150, 1366])
def test_that_the_top_bar_of_a_narrow_window_keeps_alerts_and_requests(
    make_desk: MakeDesk, make_window: MakeWindow, width: int
) -> None:
    desk = make_desk()
    window = make_window(desk, (width, 728))
    tell(desk, alert("a"))
    bar = window.top_bar
    for part in (bar.alerts, bar.inbox, bar.clock, bar.chip):
        assert part.isVisible()
        assert part.geometry().right() <= bar.width()
        assert part.width() >= part.sizeHint().width() - 2
