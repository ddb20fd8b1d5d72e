"""The main window: one selection, banners, layout remembered, themes, search, and the exercise's mark."""

from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

from cop.domain.batch import Batch, BrokerState, Delivered, FeedHealth
from cop.map.palette import load_palette
from cop.ui.labels import Label
from cop.ui.pulse import Pulse
from tests import reports as r
from tests.ui.conftest import CRASH, RAIL, Clock, MakeDesk, MakeWindow


def texts(widget: QWidget) -> list[str]:
    return [one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget) and one.text()]


def test_that_an_incident_chosen_in_the_queue_is_selected_everywhere(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    dock = window.incident_dock
    spot = dock.list.visualRect(dock.model.index_of(RAIL)).center()
    qtbot.mouseClick(dock.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert window.selection_panel.key == RAIL
    assert window.task_board.incident == RAIL
    assert window.dialogs.incident == RAIL
    shown = texts(window.selection_panel)
    assert "Hazmat rail derailment" in shown
    assert "rail-1 · reported by Charlotte Fire" in shown
    assert any(text.startswith("Also in jurisdiction: ") for text in shown)
    assert "14 min" in str(dock.model.index_of(RAIL).data())


def test_that_the_incident_page_says_who_leads_who_is_near_and_what_was_said(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    window.select("incident", *RAIL)
    page = window.selection_panel.incident_page
    assert page.leads.who.text() == "Charlotte Fire"
    assert [(row.name.text(), row.asked.text()) for row in page.nearest.rows if row.isVisible()] == [
        ("Engine 4", "Own"),
        ("Engine 30", "Own"),
        ("Medic 17", "Not covered"),
    ]
    qtbot.waitUntil(lambda: "Charlotte Fire, B3: Wind turns west" in texts(page))
    assert "Hazmat 4 requested from Gastonia FD — Decon corridor" in texts(page)
    assert ("Feed", "feed · cop-json") in page.source.texts()


def test_that_a_units_page_says_how_old_its_position_is_and_where_it_is_known_from(
    make_desk: MakeDesk, make_window: MakeWindow, clock: Clock
) -> None:
    window = make_window(make_desk())
    window.select("unit", "gastonia-fd", "hazmat-4")
    shown = texts(window.selection_panel)
    assert any(text.endswith("· 2 s ago") for text in shown)
    assert "feed · cop-json" in shown
    clock.now += timedelta(minutes=4)
    window.tick()
    assert "STALE 4 min: it may be elsewhere by now" in texts(window.selection_panel)


@pytest.mark.parametrize(
    ("kind", "key", "title"),
    [
        ("resource", ("gastonia-fd", "decon"), "Decon unit"),
        ("task", ("charlotte-fire", "t-triage"), "Triage"),
        ("task", ("nobody", "nothing"), "This task is gone"),
        ("incident", ("nobody", "nothing"), "This incident is gone"),
        ("unit", ("nobody", "nothing"), "This unit is not in the picture"),
        ("resource", ("nobody", "nothing"), "This resource is gone"),
        ("zone", ("nobody", "nothing"), "This zone is gone"),
        ("", ("", ""), "Nothing is selected"),
    ],
)
def test_that_each_kind_has_its_page_and_what_is_gone_is_said(
    make_desk: MakeDesk, make_window: MakeWindow, kind: str, key: tuple[str, str], title: str
) -> None:
    window = make_window(make_desk())
    for shown in (("unit", "gastonia-fd", "hazmat-4"), ("incident", *RAIL), ("task", "charlotte-fire", "t-decon")):
        window.select(*shown)
    window.select(kind, *key)
    window.tick()
    assert title in texts(window.selection_panel)
    if title.endswith(("is gone", "not in the picture")):
        page = window.selection_panel.pages[kind]
        assert not [one for one in page.findChildren(QAbstractButton) if one.isVisible()]


def test_that_markup_in_a_callsign_title_or_reason_is_shown_and_not_interpreted(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    nasty = "<b>Eng</b> & <img src=x>"
    desk = make_desk()
    window = make_window(desk)
    told = [
        r.report("gastonia-fd", r.unit("evil", callsign=nasty, status="available")),
        r.report("gastonia-fd", r.incident("evil", title=nasty, priority=1, lat=35.2, lon=-80.9)),
        r.report("charlotte-fire", r.task("evil", objective=nasty, unit="evil")),
        r.report("gastonia-fd", r.answer("evil", "declined", reason=nasty)),
    ]
    desk.take_in(Batch(epoch=1, reports=told))
    for kind, key in (
        ("unit", ("gastonia-fd", "evil")),
        ("incident", ("gastonia-fd", "evil")),
        ("task", ("charlotte-fire", "evil")),
    ):
        window.select(kind, *key)
        assert nasty in texts(window.selection_panel)
    for label in window.findChildren(QLabel):
        if "<" in label.text():
            assert label.textFormat() == Qt.TextFormat.PlainText
    for widget in window.findChildren(QWidget):
        assert "<img" not in widget.toolTip()
    window.unit_dock.refresh()
    index = window.unit_dock.model.index_of(desk.picture.tracks.row_of("gastonia-fd", "evil"))
    assert index.data() == nasty
    assert "<img" not in str(index.data(Qt.ItemDataRole.ToolTipRole))


def test_that_the_broker_being_away_is_said_across_the_window_until_it_is_back(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    desk = make_desk()
    window = make_window(desk)
    assert window.banners.texts() == []
    away = BrokerState(
        state="offline", url="mqtt://b", since=r.NOON, journal_error="disk full", outbox_error="file is locked"
    )
    desk.take_in(Batch(epoch=1, broker=away))
    at = f"{r.NOON.astimezone():%H:%M}"
    said = window.banners.texts()
    assert f"Broker not reached since {at} — positions are not updating" in said
    assert any(text.startswith(f"NOT RECORDING since {at} — disk full. ") for text in said)
    assert any(text.startswith("Actions are not leaving this desk: file is locked. ") for text in said)
    desk.take_in(Batch(epoch=1, broker=BrokerState(state="online", url="mqtt://b")))
    assert window.banners.texts() == []


def test_that_a_banner_of_the_app_stays_until_its_source_clears_it(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    window.show_banner("Feed process stopped — restarting", "bad", source="feeds")
    window.show_banner("Feed process stopped again — restarting", "bad", source="feeds")
    window.tick()
    assert window.banners.texts() == ["Feed process stopped again — restarting"]
    window.clear_banner("feeds")
    assert window.banners.texts() == []


def test_that_the_window_finds_its_layout_again_after_a_restart(
    make_desk: MakeDesk, make_window: MakeWindow, settings: QSettings
) -> None:
    first = make_window(make_desk())
    first.resize(760, 700)  # the offscreen screen is not larger
    first.feed_dock.show()
    first.resource_dock.raise_()
    first.removeDockWidget(first.selection_panel)
    first.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, first.selection_panel)
    first.selection_panel.show()
    first.unit_dock.view.setColumnWidth(0, 141)
    first.unit_dock.view.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    first.change_theme()
    first.task_board.everything.setChecked(False)
    first.close()
    assert settings.contains("state")
    second = make_window(make_desk(), size=None)
    assert second.height() == 700
    assert second.colours.name == "light"
    assert second.dockWidgetArea(second.selection_panel) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert not second.feed_dock.isHidden()
    assert not second.task_board.everything.isChecked()
    assert second.unit_dock.view.columnWidth(0) == 141
    assert second.unit_dock.model.columns[second.unit_dock.model.sort_column].heading == "Age"
    assert second.unit_dock.model.descending


def test_that_an_exercise_wears_its_badge_and_a_violet_edge_all_around(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    live = make_window(make_desk())
    assert not live.top_bar.badge.isVisible()
    window = make_window(make_desk(exercise="Steel Rail"))
    assert window.top_bar.badge.text() == "EXERCISE"
    assert window.top_bar.badge.isVisible()
    assert "EXERCISE" in window.windowTitle()
    violet = QColor(load_palette("dark").exercise)
    picture = window.grab().toImage()
    right, bottom = picture.width() - 2, picture.height() - 2
    for x, y in ((1, 1), (right, 1), (1, bottom), (right, bottom), (right, bottom // 2), (right // 2, bottom)):
        assert picture.pixelColor(x, y) == violet


def test_that_both_themes_reach_window_map_and_docks(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    window = make_window(make_desk())
    for name in ("light", "dark"):
        window.set_palette_name(name)  # type: ignore[arg-type]
        panel = QColor(load_palette(name).panel)  # type: ignore[arg-type]
        picture = window.grab().toImage()
        assert picture.pixelColor(3, 46) == panel
        low = window.incident_dock.list.mapTo(window, QPoint(20, window.incident_dock.list.height() - 20))
        assert picture.pixelColor(low) == panel


def test_that_a_unit_typed_into_the_search_is_selected_with_enter(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert window.search.hasFocus()
    qtbot.keyClicks(window.search, "hazmat")
    assert [(hit.kind, hit.text) for hit in window.search.model.hits] == [
        ("Incident", "Hazmat rail derailment"),
        ("Unit", "Hazmat 4"),
    ]
    qtbot.keyClick(window.search, Qt.Key.Key_Down)
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert (window.selection_panel.kind, window.selection_panel.key) == ("unit", ("gastonia-fd", "hazmat-4"))
    assert not window.search.popup.isVisible()
    assert window.search.text() == ""
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_F)  # what is typed next is no search any more
    assert window.search.text() == ""
    assert window.map_view.moves.following == ("gastonia-fd", "hazmat-4")


@pytest.mark.parametrize(
    ("text", "lat", "lon"),
    [("17S NU 04276 99936", 35.2425, -80.953), ("34.9, -81.1", 34.9, -81.1), ("Gastonia", 35.2621, -81.1873)],
)
def test_that_a_typed_place_comes_to_the_middle_of_the_map(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow, text: str, lat: float, lon: float
) -> None:
    window = make_window(make_desk())
    window.search.setText(text)
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    spot, view = window.map_view.view.place(lat, lon), window.map_view.view
    assert abs(spot.x() - view.width / 2) < 2
    assert abs(spot.y() - view.height / 2) < 2


def test_that_the_search_finds_actions_and_says_when_nothing_is_found(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    window.search.setText("dark or light")
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    assert window.colours.name == "light"
    window.search.setText("zzzz")
    assert window.search.nothing.isVisible()
    qtbot.keyClick(window.search, Qt.Key.Key_Return)
    qtbot.keyClick(window.search, Qt.Key.Key_Escape)
    assert window.search.text() == ""
    assert window.focusWidget() is window.map_view  # its arrows move it at once


@pytest.mark.parametrize("text", ["B3", "aa12"])
def test_that_a_cell_that_no_grid_has_is_said_to_be_one(
    make_desk: MakeDesk, make_window: MakeWindow, text: str
) -> None:
    window = make_window(make_desk())
    window.search.setText(text)
    assert "lettered grid" in window.search.nothing.text()
    window.search.setText("zzzz")
    assert window.search.nothing.text() == "Nothing found."


def test_that_feeds_in_trouble_stand_first_and_are_told_by_shape_and_words(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    dots = window.top_bar.dots
    assert dots.accessibleName() == "Feeds: 1 live, 1 silent"
    window.grab()
    assert dots.words_at(QPoint(8, 12)).startswith("Gastonia FD: silent\ngastonia (cot-xml): silent, 3 bad")
    qtbot.mouseClick(dots, Qt.MouseButton.LeftButton)
    assert window.feed_dock.isVisible()
    window.feed_dock.view.selectRow(0)
    said = window.feed_dock.detail.toPlainText()
    assert said.startswith("Gastonia FD on gastonia · cot-xml\nsilent · last message 1 min ago\n")
    assert said.endswith("     2  no XML\n     1  latitude out of range")


def test_that_a_pulse_redraws_without_losing_the_selection(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    desk = make_desk()
    window = make_window(desk)
    window.select("unit", "charlotte-fire", "engine-4")
    window.unit_dock.raise_()
    desk.take_in(r.positions_batch(("charlotte-fire", "engine-4", 35.26, -80.94, 4), epoch=1))
    window.tick()
    rows = window.unit_dock.view.selectionModel().selectedRows()
    assert [row.data() for row in rows] == ["Engine 4"]


def test_that_a_bug_in_one_batch_costs_neither_the_next_batch_nor_the_next_pulse(
    qtbot: QtBot, make_desk: MakeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[type[BaseException]] = []
    monkeypatch.setattr("sys.excepthook", lambda kind, error, trace: told.append(kind))
    desk = make_desk(filled=False)
    waiting: list[list[Batch]] = [
        [
            Batch(epoch=1, positions=b"not a row"),
            Batch(epoch=1, reports=[r.report("a", r.incident("one"))]),
        ],
        [Batch(epoch=1, reports=[r.report("a", r.incident("two"))])],
    ]
    calls = 0

    def receive() -> list[Batch]:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise RuntimeError
        return waiting.pop(0) if waiting else []

    pulse = Pulse(receive, desk)
    qtbot.waitUntil(lambda: ("a", "two") in desk.picture.incidents)
    pulse.stop()
    assert ("a", "one") in desk.picture.incidents
    assert RuntimeError in told
    assert ValueError in told


def test_that_everything_that_can_be_pressed_has_a_name(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    window = make_window(make_desk())
    window.select("incident", *RAIL)
    window.feed_dock.show()
    ours = [one for one in window.findChildren(QAbstractButton) if not one.objectName().startswith("qt_")]
    nameless = [one for one in ours if one.isVisible() and not (one.accessibleName() or one.text())]
    assert nameless == []


def test_that_every_label_is_plain_text(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    window = make_window(make_desk())
    window.select("incident", *CRASH)
    labels: list[QLabel] = window.findChildren(QLabel)
    assert len([one for one in labels if isinstance(one, Label)]) > 20
    assert [one.text() for one in labels if one.textFormat() != Qt.TextFormat.PlainText] == []


def test_that_an_action_that_the_broker_refused_is_said(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    desk = make_desk()
    window = make_window(desk)
    refused = Delivered("task", "charlotte-fire", "t-decon", "refused", "not authorised")
    desk.take_in(Batch(epoch=1, delivered=[refused]))
    assert window.notice.text() == "Not sent: not authorised."
    card = window.task_board.card(("charlotte-fire", "t-decon"))
    assert card is not None
    assert card.standing.line == "Not sent: not authorised"


def test_that_a_feed_that_fails_changes_its_mark(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    desk = make_desk()
    window = make_window(desk)
    failed = FeedHealth(feed="fire", agency="charlotte-fire", format="cop-json", state="failed")
    desk.take_in(Batch(epoch=1, health=[failed]))
    assert window.top_bar.dots.accessibleName() == "Feeds: 1 silent, 1 failed"


def test_that_the_tab_key_goes_from_the_search_over_the_bar_to_the_queue(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.search.setFocus()
    bar = window.top_bar
    chip = next(one for one in window.incident_dock.findChildren(QAbstractButton) if one.text() == "All agencies")
    for expected in (bar.dots, bar.inbox, bar.share, bar.theme, chip, window.incident_dock.list):
        qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert window.focusWidget() is expected


def test_that_a_key_brings_a_dock_to_the_front_and_the_focus_into_it(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_2, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.focusWidget() is window.unit_dock.filter)
    assert window.unit_dock.in_sight()
    assert not window.incident_dock.in_sight()


@pytest.mark.qt_log_ignore(r"This plugin does not support raise\(\)", extend=True)  # the offscreen platform
def test_that_a_dock_that_floats_in_an_exercise_wears_a_title_bar_and_the_edge(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk(exercise="Steel Rail"))
    dock = window.resource_dock
    dock.setFloating(True)
    assert dock.titleBarWidget() is None
    assert dock.content.property("edge") is True
    dock.setFloating(False)
    assert dock.titleBarWidget() is not None
    assert dock.content.property("edge") is False


def test_that_a_broker_that_is_only_being_connected_is_said_after_ten_seconds(
    make_desk: MakeDesk, make_window: MakeWindow, clock: Clock
) -> None:
    desk = make_desk()
    window = make_window(desk)
    desk.take_in(Batch(epoch=1, broker=BrokerState(state="connecting", url="mqtt://b", since=r.NOON)))
    assert window.banners.texts() == []
    clock.now += timedelta(seconds=11)
    window.tick()
    assert window.banners.texts()[0].startswith("Broker not reached since ")


def test_that_a_desk_that_starts_shows_what_is_most_urgent_once_and_never_over_a_persons_choice(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    where = window.map_view.view.left
    for _ in range(3):
        window.tick()
    assert (window.selection_panel.kind, window.selection_panel.key) == ("incident", RAIL)
    assert window.map_view.view.left == where
    window.select("", "", "")
    for _ in range(5):
        window.tick()
    assert window.selection_panel.kind == ""
    chosen = make_window(make_desk())
    chosen.select("incident", *CRASH)
    for _ in range(5):
        chosen.tick()
    assert chosen.selection_panel.key == CRASH
