"""What a click on a bubble opens, by mouse and by keyboard."""

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QGraphicsView, QLabel, QTableView
from pytestqt.qtbot import QtBot

from cop.domain.batch import Batch
from cop.domain.unit import Unit
from cop.map.cluster_list import ClusterList
from cop.map.view import MapView
from cop.picture.picture import Picture
from tests.map.scenes import NOON, positions, report

ShowMap = Callable[..., MapView]

_NO_KEYS = Qt.KeyboardModifier.NoModifier


def crowd(
    view: MapView, picture: Picture, names: dict[str, str], *, spread_m: float = 150.0, stale_after_s: float = 60.0
) -> None:
    """Units by id and callsign, all about the middle of the map."""
    keys = [("cms-pd" if number % 3 else "cms-fire", unit) for number, unit in enumerate(names)]
    bodies = [
        report(agency, Unit(id=unit, at=NOON, callsign=names[unit], kind="engine", status="available"))
        for agency, unit in keys
    ]
    view.apply(picture.apply(Batch(reports=bodies)))
    angle = np.linspace(0, 2 * np.pi, len(names), endpoint=False)
    lat, lon = 35.24 + spread_m / 111_000 * np.sin(angle), -80.9 + spread_m / 91_000 * np.cos(angle)
    view.apply(picture.apply(positions(picture, keys, lat, lon, stale_after_s=stale_after_s)))


def eight(view: MapView, picture: Picture) -> None:
    crowd(view, picture, {f"u{number}": f"Engine {number + 4}" for number in range(8)})


def surface(view: MapView):
    canvas = view.findChild(QGraphicsView)
    assert canvas is not None
    return canvas.viewport()


def click_bubble(view: MapView, number: int = 0) -> QPoint:
    x, y, _ = view.layer_set.units.bubbles(view.view)[number]
    at = QPoint(round(x), round(y))
    QTest.mouseClick(surface(view), Qt.MouseButton.LeftButton, _NO_KEYS, at)
    return at


def listed(opened: ClusterList) -> list[str]:
    return [opened.model.index(row, 0).data() for row in range(opened.model.rowCount())]


@pytest.fixture
def view(show_map: ShowMap, picture: Picture) -> MapView:
    shown = show_map()
    eight(shown, picture)
    return shown


@pytest.fixture
def opened(view: MapView, qtbot: QtBot) -> ClusterList:
    click_bubble(view)
    qtbot.waitUntil(view.bubble.list.isVisible)
    return view.bubble.list


def test_that_a_click_on_a_bubble_lists_its_units_by_name(opened: ClusterList) -> None:
    assert listed(opened) == [f"Engine {number}" for number in range(4, 12)]  # 9 before 10
    words = [label.text() for label in opened.findChildren(QLabel)]
    assert "8 units · 2 agencies" in words
    assert "8 available" in words
    assert opened.zoom.hasFocus()


def test_that_the_list_stands_whole_on_the_map_and_beside_its_bubble(view: MapView, opened: ClusterList) -> None:
    x, y, _ = view.layer_set.units.bubbles(view.view)[0]
    assert view.rect().contains(opened.geometry())
    assert not opened.geometry().contains(QPoint(round(x), round(y)))


@pytest.mark.parametrize("width", [800, 1100])
def test_that_beside_its_bubble_the_agency_has_all_the_width_that_is_left(
    view: MapView, opened: ClusterList, width: int
) -> None:
    opened.put_away()
    view.resize(width, 600)
    click_bubble(view)
    table = opened.findChild(QTableView)
    assert table is not None
    shown = [table.columnWidth(column) for column in range(5) if not table.isColumnHidden(column)]
    assert sum(shown) == table.viewport().width()
    assert table.columnWidth(1) == max(shown)


def test_that_what_a_narrow_column_cuts_is_told_in_full_as_plain_text(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    crowd(view, picture, {"u1": "<b>Engine</b> of a very long name", "u2": "Engine 2", "u3": "Engine 3"})
    click_bubble(view)
    model = view.bubble.list.model
    hints = [model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole) for row in range(3)]
    assert "<span>&lt;b&gt;Engine&lt;/b&gt; of a very long name</span>" in hints


def test_that_the_table_keeps_the_rules_of_models(opened: ClusterList) -> None:
    QAbstractItemModelTester(opened.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    opened.narrow.setText("1")
    assert listed(opened) == ["Engine 10", "Engine 11"]


def test_that_enter_zooms_to_all_of_them(view: MapView, opened: ClusterList) -> None:
    QTest.keyClick(opened.zoom, Qt.Key.Key_Return)
    assert not opened.isVisible()
    assert view.layer_set.units.bubbles(view.view).size == 0
    assert len(view.layer_set.units.visible_units(view.view)[0]) == 8
    assert view.hasFocus()


def test_that_a_double_click_zooms_to_all_of_them(view: MapView) -> None:
    x, y, _ = view.layer_set.units.bubbles(view.view)[0]
    at = QPoint(round(x), round(y))
    QTest.mouseClick(surface(view), Qt.MouseButton.LeftButton, _NO_KEYS, at)
    QTest.mouseDClick(surface(view), Qt.MouseButton.LeftButton, _NO_KEYS, at)
    QTest.mouseRelease(surface(view), Qt.MouseButton.LeftButton, _NO_KEYS, at)
    assert view.layer_set.units.bubbles(view.view).size == 0
    assert not view.bubble.list.isVisible()


def test_that_typing_narrows_and_enter_selects_the_first(view: MapView, opened: ClusterList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.selected) as chosen:
        QTest.keyClick(opened.zoom, "e")  # from here on the field has the keyboard
        assert opened.narrow.hasFocus()
        QTest.keyClicks(opened.narrow, "ngine 9")
        assert listed(opened) == ["Engine 9"]
        QTest.keyClick(opened.narrow, Qt.Key.Key_Return)
    assert chosen.args == ["unit", "cms-pd", "u5"]
    assert not opened.isVisible()
    # what is selected is in no bubble any more
    row = view._picture.tracks.row_of("cms-pd", "u5")
    assert row in view.layer_set.units.visible_units(view.view)[0].tolist()
    view.layer_set.units.bubbles(view.view)
    assert [len(view.layer_set.units.members(0))] == [7]


def test_that_arrows_and_enter_select_a_name(view: MapView, opened: ClusterList, qtbot: QtBot) -> None:
    with qtbot.waitSignal(view.selected) as chosen:
        QTest.keyClick(opened.zoom, Qt.Key.Key_Down)
        QTest.keyClick(opened.table, Qt.Key.Key_Down)
        QTest.keyClick(opened.table, Qt.Key.Key_Return)
    assert chosen.args == ["unit", "cms-pd", "u1"]


def test_that_a_click_on_a_name_selects_it(view: MapView, opened: ClusterList, qtbot: QtBot) -> None:
    place = opened.table.visualRect(opened.model.index(2, 0)).center()
    with qtbot.waitSignal(view.selected) as chosen:
        QTest.mouseClick(opened.table.viewport(), Qt.MouseButton.LeftButton, _NO_KEYS, place)
    assert chosen.args == ["unit", "cms-pd", "u2"]


def test_that_escape_closes_the_list_and_gives_the_keyboard_back(view: MapView, opened: ClusterList) -> None:
    QTest.keyClick(opened.narrow, Qt.Key.Key_Escape)
    assert not opened.isVisible()
    assert view.hasFocus()


def test_that_a_click_beside_the_list_closes_it(view: MapView, opened: ClusterList) -> None:
    corner = QPoint(view.width() - 60, view.height() - 90)
    assert not opened.geometry().contains(corner)
    QTest.mouseClick(surface(view), Qt.MouseButton.LeftButton, _NO_KEYS, corner)
    assert not opened.isVisible()


def test_that_units_on_one_spot_are_said_not_to_part_and_stay_listed(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    crowd(view, picture, {f"u{number}": f"E{number}" for number in range(5)}, spread_m=0.5)
    before = view.view
    click_bubble(view)
    QTest.mouseClick(view.bubble.list.zoom, Qt.MouseButton.LeftButton)
    assert view.bubble.list.isVisible()
    assert "one spot" in view.bubble.list.said.text()
    assert view.view == before


def test_that_hostile_names_are_plain_text_on_one_line(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    hostile = {"u1": "<b>Engine</b><img src=file:///etc/passwd>", "u2": "a\n\nb\u202eevil", "u3": "x" * 500}
    crowd(view, picture, hostile)
    click_bubble(view)
    names = listed(view.bubble.list)
    assert "<b>Engine</b><img src=file:///etc/passwd>" in names
    assert "a bevil" in names
    assert all("\n" not in name and len(name) <= 60 for name in names)
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in view.bubble.list.findChildren(QLabel))


def test_that_stale_units_are_counted_and_said(show_map: ShowMap, picture: Picture) -> None:
    time = [NOON]
    view = show_map(now=lambda: time[0])
    eight(view, picture)
    click_bubble(view)
    assert view.bubble.list.model.index(0, 4).data() == "< 10 s"
    time[0] = NOON + timedelta(minutes=4)
    view.tick()
    assert view.bubble.list.model.index(0, 4).data() == "4 min · stale"
    assert "8 units · 2 agencies · 8 stale" in [label.text() for label in view.bubble.list.findChildren(QLabel)]
    view.bubble.list.narrow.setText("stale")
    assert view.bubble.list.model.rowCount() == 8


def test_that_ten_thousand_units_open_as_one_list(show_map: ShowMap, picture: Picture) -> None:
    view = show_map()
    crowd(view, picture, {f"u{number}": f"E{number}" for number in range(10_000)}, spread_m=40.0)
    click_bubble(view)
    assert view.bubble.list.model.rowCount() == 10_000
    assert listed(view.bubble.list)[:3] == ["E0", "E1", "E2"]
    view.bubble.list.narrow.setText("e999")
    assert len(listed(view.bubble.list)) == 11


def test_that_a_unit_above_a_bubble_is_hit_and_an_incident_before_both(view: MapView, picture: Picture) -> None:
    x, y, _ = view.layer_set.units.bubbles(view.view)[0]
    at = QPointF(x, y)
    pointing = view.layer_set.pointing
    assert pointing.object_at(at, view.view) == ("cluster", "", "0")
    view.set_layer("units", visible=False)
    assert pointing.object_at(at, view.view)[0] == ""
    view.set_layer("units", visible=True)
    view.set_selection("unit", "cms-pd", "u1")
    row = picture.tracks.row_of("cms-pd", "u1")
    assert row is not None
    place = view.layer_set.units.position(row)
    assert place is not None
    assert pointing.object_at(view.view.point(*place), view.view) == ("unit", "cms-pd", "u1")


def test_that_in_the_list_no_letter_is_a_shortcut_of_the_window(opened: ClusterList, qtbot: QtBot) -> None:
    pressed: list[bool] = []
    from PySide6.QtGui import QKeySequence, QShortcut

    shortcut = QShortcut(QKeySequence("E"), opened.window())
    shortcut.activated.connect(lambda: pressed.append(True))
    QTest.keyClick(opened.window().windowHandle(), Qt.Key.Key_E)
    assert not pressed
    qtbot.waitUntil(lambda: opened.narrow.text() == "e")
