"""What feeds may say: endless, empty, marked up, right to left, placeless; a person can still work with it."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from cop.domain.agency import Agency
from cop.domain.batch import Batch
from cop.domain.report import Report
from cop.ui.main_window import MainWindow
from tests import reports as r
from tests.ui.conftest import RAIL, MakeDesk, MakeWindow

TEXTS = {
    "endless": "W" * 250,
    "long": "Engine company of the north-eastern mutual aid district " * 5,
    "lines": "one\ntwo\r\n\tthree\x00\x07four",
    "right to left": "\u202eevil\u202c وحدة الإطفاء",
    "emoji": "🚒👩🏽‍🚒 Ladder 🇺🇸",
    "combining": "Z\u0351\u036b\u0343a\u0334\u0300l\u0357g\u033fo" * 20,
    "markup": "<h1>Eng</h1> & <img src='file:///etc/passwd'>",
    "ampersands": "&File &&x",
    "empty": "",
    "unseen": "\u202e\u200b \x00",
}
US = "charlotte-fire"


def hostile(text: str) -> list[Report]:
    """The text in every place where a feed can put one, on objects of which none has a place."""
    return [
        r.report("evil", Agency(id="evil", at=r.at(0), name=text)),
        r.report("evil", r.unit("u", callsign=text, kind=text, status="available", crew=3)),
        r.report("evil", r.incident("i", title=text, address=text, summary=text, type=text, priority=1)),
        r.report("evil", r.resource("x", name=text, kind=text, nims_type=text, availability=text)),
        r.report("evil", r.task("t", objective=text, note=text, assignee_agency=US, unit="engine-30")),
        r.report(US, r.task("t2", objective=text, assignee_agency="evil", unit="u")),
        r.report("evil", r.answer("t2", "declined", reason=text)),
    ]


def docks_widths(window: MainWindow) -> list[int]:
    return [dock.width() for dock in window.docks if dock.isVisible()] + [window.top_bar.width(), window.width()]


@pytest.mark.parametrize("name", TEXTS)
def test_that_no_text_of_a_feed_moves_a_dock_or_makes_one_scroll_sideways(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, name: str
) -> None:
    desk = make_desk()
    window = make_window(desk, (1366, 728))
    before = docks_widths(window)
    desk.take_in(Batch(epoch=1, reports=hostile(TEXTS[name])))
    desk.take_in(r.positions_batch(("evil", "u", 35.2425, -80.953, 0), epoch=2))
    for kind, key in (
        ("incident", RAIL),
        ("unit", ("evil", "u")),
        ("incident", ("evil", "i")),
        ("resource", ("evil", "x")),
        ("task", ("evil", "t")),
        ("task", (US, "t2")),
    ):
        window.select(kind, *key)
        window.tick()
        window.grab()
        panel = window.selection_panel
        assert docks_widths(window) == before, kind
        assert panel.pages[kind].isVisible()
        assert panel.pages[kind].minimumSizeHint().width() <= panel.width(), kind


@pytest.mark.parametrize("name", TEXTS)
def test_that_every_object_is_called_something(make_desk: MakeDesk, make_window: MakeWindow, name: str) -> None:
    desk = make_desk()
    window = make_window(desk)
    desk.take_in(Batch(epoch=1, reports=hostile(TEXTS[name])))
    window.unit_dock.refresh()
    window.resource_dock.refresh()
    unit = window.unit_dock.model.index_of(desk.picture.tracks.row_of("evil", "u"))
    resource = window.resource_dock.model.index_of(("evil", "x"))
    for index in (unit, unit.siblingAtColumn(1), resource, resource.siblingAtColumn(1)):
        text = index.data()
        assert text.strip()
        assert text.isprintable()
    window.select("incident", "evil", "i")
    assert window.selection_panel.incident_page.heading.text().strip()
    window.select("unit", "evil", "u")
    assert window.selection_panel.pages["unit"].heading.text().strip()


def test_that_what_has_no_place_is_in_the_lists_and_says_so(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    desk = make_desk()
    window = make_window(desk)
    desk.take_in(Batch(epoch=1, reports=hostile("Lost")))
    view = window.map_view.view
    index = window.incident_dock.model.index_of(("evil", "i"))
    qtbot.mouseClick(
        window.incident_dock.list.viewport(),
        Qt.MouseButton.LeftButton,
        pos=window.incident_dock.list.visualRect(index).center(),
    )
    assert window.selection_panel.key == ("evil", "i")
    assert "not located" in window.selection_panel.incident_page.below.text()
    assert window.map_view.view == view


def test_that_a_unit_found_by_search_is_in_view_in_its_table(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    desk = make_desk()
    many = [r.report("gastonia-fd", r.unit(f"g{at}", callsign=f"Gaston {at}")) for at in range(200)]
    desk.take_in(Batch(epoch=1, reports=many))
    window = make_window(desk)
    window.search.setText("gaston 173")
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    dock = window.unit_dock
    row = desk.picture.tracks.row_of("gastonia-fd", "g173")
    assert dock.in_sight()
    assert dock.view.viewport().rect().contains(dock.view.visualRect(dock.model.index_of(row)).center())
    window.incident_dock.raise_()
    window.select("unit", "gastonia-fd", "g12")
    dock.raise_()
    row = desk.picture.tracks.row_of("gastonia-fd", "g12")
    assert dock.view.viewport().rect().contains(dock.view.visualRect(dock.model.index_of(row)).center())


@pytest.mark.parametrize("name", TEXTS)
def test_that_no_text_pushes_the_buttons_of_a_request_out_of_sight(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, name: str
) -> None:
    desk = make_desk()
    window = make_window(desk)
    desk.take_in(Batch(epoch=1, reports=hostile(TEXTS[name])))
    card = window.task_board.card(("evil", "t"))
    assert card is not None
    assert card.buttons()
    qtbot.waitUntil(lambda: card.height() >= card.minimumSizeHint().height())
    assert card.heightForWidth(110) <= 260
