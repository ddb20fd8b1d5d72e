"""Layers, filter, bookmarks, and further map windows, under a real mouse and keyboard."""

import gc
import json
import weakref
from collections.abc import Callable
from datetime import timedelta
from typing import Literal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QInputDialog,
    QMenu,
    QScrollArea,
    QSlider,
    QToolButton,
    QTreeWidget,
)
from pytestqt.qtbot import QtBot

from cop.map.palette import Palette, contrast
from cop.map.view import MapView
from cop.picture.filter import Filter
from cop.ui.bookmarks import Bookmarks
from cop.ui.desk import Desk
from cop.ui.main_window import MainWindow
from tests import reports as r
from tests.ui.conftest import RESOURCES, Clock, MakeDesk, MakeWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def make_mapped_window(
    qtbot: QtBot, settings: QSettings, palette: Palette, clock: Clock
) -> Callable[[Desk], MainWindow]:
    """A main window that can open further maps."""

    def make(desk: Desk) -> MainWindow:
        def make_map() -> MapView:
            return MapView(desk.picture, desk.ground, RESOURCES / "region", palette, now=clock)

        window = MainWindow(desk, make_map(), palette, settings, make_map=make_map)
        window.resize(1600, 900)
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        return window

    return make


def show_layers(window: MainWindow) -> None:
    button = window.map_view.findChild(QToolButton, "map_layers")
    assert button is not None
    QTest.mouseClick(button, LEFT)


def tick(box: QCheckBox) -> None:
    QTest.mouseClick(box, LEFT, pos=QPoint(8, box.height() // 2))


def part(window: MainWindow, kind: type, name: str) -> object:
    found = window.layers_dock.findChild(kind, name)
    assert found is not None, name
    return found


def test_that_a_box_in_the_layers_dock_hides_a_layer(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    window = make_window(make_desk())
    show_layers(window)
    assert window.layers_dock.isVisible()
    tick(part(window, QCheckBox, "layer_units"))
    assert not window.map_view.layer_set.units.visible
    assert not part(window, QSlider, "opacity_units").isEnabled()
    tick(part(window, QCheckBox, "layer_units"))
    assert window.map_view.layer_set.units.visible


def test_that_layers_are_faded_and_put_higher_and_lower_by_hand(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    window = make_window(make_desk())
    show_layers(window)
    slider = part(window, QSlider, "opacity_jurisdictions")
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_PageDown)
    assert window.map_view.layer_set.jurisdictions.opacity == pytest.approx(0.9)
    before = [layer.name for layer in window.map_view.layer_set.ground.listed()]
    QTest.mouseClick(part(window, QToolButton, "lower_jurisdictions"), LEFT)
    after = [layer.name for layer in window.map_view.layer_set.ground.listed()]
    at = before.index("jurisdictions")
    assert after.index("jurisdictions") == at - 1
    assert sorted(after) == sorted(before)


def test_that_no_button_of_a_layer_is_cut_off_at_the_side_of_a_narrow_window(
    make_desk: MakeDesk, make_mapped_window: Callable[[Desk], MainWindow], qtbot: QtBot
) -> None:
    window = make_mapped_window(make_desk())
    window.maps.open_window()
    further = window.maps.windows[0]
    further.resize(700, 600)
    further.show_layers()
    qtbot.waitUntil(further.panels.layers.isVisible)
    scroll = further.panels.layers.findChild(QScrollArea)
    assert scroll is not None
    rows = scroll.widget()
    assert rows is not None
    qtbot.waitUntil(lambda: scroll.viewport().width() >= rows.minimumSizeHint().width())
    for step in further.panels.layers.findChildren(QToolButton):
        right = step.mapTo(scroll.viewport(), QPoint(step.width(), 0)).x()
        assert right <= scroll.viewport().width()


def test_that_a_box_in_the_filter_hides_units_and_show_all_brings_them_back(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    show_layers(window)
    window.layers_dock.panels.tabs.setCurrentIndex(1)
    panel = window.layers_dock.panels.filter
    tree = part(window, QTreeWidget, "map_filter")
    kinds = panel._groups["kinds"]
    kinds.setExpanded(True)
    texts = [kinds.child(row).text(0) for row in range(kinds.childCount())]
    assert texts == sorted(texts)
    engine = panel._items["kinds", "engine"]
    tree.setFocus()
    tree.setCurrentItem(engine)
    QTest.keyClick(tree, Qt.Key.Key_Space)
    assert window.map_view.filter == Filter(kinds=frozenset({"engine"}))
    assert "hidden" in panel.count.text()
    assert kinds.checkState(0) == Qt.CheckState.PartiallyChecked
    QTest.mouseClick(panel.show_all, LEFT)
    assert not window.map_view.filter
    assert engine.checkState(0) == Qt.CheckState.Checked


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_a_box_that_is_not_ticked_is_seen_as_a_box(
    make_desk: MakeDesk, make_window: MakeWindow, theme: Literal["dark", "light"]
) -> None:
    window = make_window(make_desk())
    window.set_palette_name(theme)
    show_layers(window)
    window.layers_dock.panels.tabs.setCurrentIndex(1)
    tree = part(window, QTreeWidget, "map_filter")
    item = window.layers_dock.panels.filter._items["statuses", "available"]
    item.setCheckState(0, Qt.CheckState.Unchecked)
    tree.scrollToItem(item)
    row = tree.visualItemRect(item)
    picture = tree.viewport().grab(row).toImage()
    middle = picture.height() // 2
    text_begins = 24  # what stands before it is the box
    panel = window.colours.panel
    seen = max(contrast(picture.pixelColor(x, middle).name(), panel) for x in range(text_begins))
    assert seen >= 3.0  # WCAG 2.1 §1.4.11: what is pressed


def test_that_the_group_with_the_emergency_in_it_has_a_box_too(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    window = make_window(make_desk())
    panel = window.layers_dock.panels.filter
    panel.refresh()
    panel._show("statuses", "emergency", 1, hidden=False)
    assert panel._groups["statuses"].data(0, Qt.ItemDataRole.CheckStateRole) is not None


def test_that_unticking_a_group_hides_all_of_it(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    window = make_window(make_desk())
    show_layers(window)
    window.layers_dock.panels.tabs.setCurrentIndex(1)
    panel = window.layers_dock.panels.filter
    panel._groups["agencies"].setCheckState(0, Qt.CheckState.Unchecked)
    assert window.map_view.filter.agencies == {"charlotte-fire", "gastonia-fd", "mecklenburg-ems"}


def test_that_a_group_is_filtered_at_one_go_and_half_of_it_is_seen_on_its_box(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    panel = window.layers_dock.panels.filter
    panel.refresh()
    changes: list[object] = []
    panel.changed.connect(changes.append)
    agencies = next(
        item
        for at in range(panel.tree.topLevelItemCount())
        if (item := panel.tree.topLevelItem(at)) is not None and item.text(0) == "Agency"
    )
    agencies.setCheckState(0, Qt.CheckState.Unchecked)
    assert len(changes) == 1
    assert len(window.map_view.filter.agencies) == agencies.childCount() == 3
    agencies.child(0).setCheckState(0, Qt.CheckState.Checked)
    assert agencies.checkState(0) == Qt.CheckState.PartiallyChecked
    agencies.setCheckState(0, Qt.CheckState.Checked)
    assert not window.map_view.filter


def test_that_a_hostile_agency_name_in_the_filter_is_plain_text(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    from cop.domain.agency import Agency
    from cop.domain.batch import Batch

    desk = make_desk()
    window = make_window(desk)
    evil = Agency(id="charlotte-fire", at=r.at(60), rev=99, name="<b>x</b>\n&y" * 30)
    desk.take_in(Batch(reports=[r.report("charlotte-fire", evil)]))
    show_layers(window)
    window.layers_dock.panels.tabs.setCurrentIndex(1)
    text = window.layers_dock.panels.filter._items["agencies", "charlotte-fire"].text(0)
    assert "<b>" in text
    assert "\n" not in text


def test_that_layers_and_filter_are_remembered_for_the_desk(
    make_desk: MakeDesk, make_window: MakeWindow, settings: QSettings
) -> None:
    first = make_window(make_desk())
    first.map_view.set_layer("labels", visible=False)
    first.map_view.set_layer("zones", opacity=0.4)
    first.map_view.set_filter(Filter(kinds=frozenset({"bus"})))
    first.close()
    second = make_window(make_desk())
    assert not second.map_view.layer_set.labels.visible
    assert second.map_view.layer_set.zones.opacity == pytest.approx(0.4)
    assert second.map_view.filter == Filter(kinds=frozenset({"bus"}))


_HUGE = "1" + "0" * 400


@pytest.mark.parametrize(
    "kept",
    [
        *("", "null", "[]", "{", '{"layers": 3, "filter": [1], "look": "x"}', "\x00"),
        "[" * 20_000,
        f'{{"layers": {{"live": {{"opacity": {{"units": {_HUGE}}}}}}}, "filter": {{"kinds": {_HUGE}}}}}',
        f'{{"a": [{_HUGE}, 1, 1]}}',
        '{"a": [1e12, 1e308, 3], "b": [NaN, 0, 1], "c": [0, 0, Infinity], "d": "123", "e": [1, 2]}',
        f'[{{"geometry": {_HUGE}, "map": {{"look": [{_HUGE}, NaN, 1]}}}}]',
    ],
)
def test_that_settings_that_cannot_be_read_leave_the_map_as_delivered(
    make_desk: MakeDesk, make_window: MakeWindow, settings: QSettings, kept: str
) -> None:
    for key in ("map", "map_windows", "bookmarks"):
        settings.setValue(key, kept)
    window = make_window(make_desk())
    assert not window.map_view.filter
    assert window.map_view.layer_set.units.visible
    assert not window.maps.windows
    window.maps.places()


def test_that_a_view_is_kept_under_a_name_and_gone_back_to(
    make_desk: MakeDesk, make_window: MakeWindow, settings: QSettings, qtbot: QtBot
) -> None:
    window = make_window(make_desk())
    window.map_view.show_place(35.0, -81.0, 12_000.0)
    kept = window.map_view.moves.look
    window.map_view.setFocus()
    QTest.keyClick(window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text().startswith("Keep")).trigger()
    menu.close()
    dialog = window.findChild(QInputDialog, "bookmark_dialog")
    assert dialog is not None
    dialog.setTextValue("Rail <yard> & more")
    dialog.accept()
    window.map_view.show_place(36.0, -80.0)
    window.map_view.views_asked.emit()
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    next(action for action in menu.actions() if action.text() == "Rail <yard> && more").trigger()
    menu.close()
    assert window.map_view.moves.look.is_near(kept)
    assert list(Bookmarks(settings).all()) == ["Rail <yard> & more"]


def test_that_bookmarks_have_names_and_an_end(settings: QSettings) -> None:
    from cop.map.moves import Look

    bookmarks = Bookmarks(settings)
    assert "needs a name" in bookmarks.put(" \n ", Look(0, 0, 1))
    for number in range(40):
        assert not bookmarks.put(f"view {number}", Look(number, 0, 1))
    assert "already" in bookmarks.put("one more", Look(0, 0, 1))
    assert not bookmarks.put("view 3", Look(9, 9, 9))
    bookmarks.remove("view 4")
    again = Bookmarks(settings).all()
    assert again["view 3"] == Look(9, 9, 9)
    assert len(again) == 39


def test_that_a_further_map_has_its_own_view_and_filter_and_the_desks_selection(
    make_desk: MakeDesk, make_mapped_window: Callable[[Desk], MainWindow], qtbot: QtBot
) -> None:
    desk = make_desk()
    window = make_mapped_window(desk)
    QTest.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    (further,) = window.maps.windows
    assert further.isVisible()
    further.map_view.set_filter(Filter(kinds=frozenset({"engine"})))
    further.map_view.show_place(36.0, -80.0)
    assert not window.map_view.filter
    assert not window.map_view.moves.look.is_near(further.map_view.moves.look)
    window.select("unit", "charlotte-fire", "engine-30")
    assert further.map_view.layer_set.selection.key == ("charlotte-fire", "engine-30")
    further.map_view.selected.emit("unit", "gastonia-fd", "hazmat-4")
    assert window.selection_panel.key == ("gastonia-fd", "hazmat-4")
    assert window.maps.say_on(further.map_view) == further.notice.say
    assert window.maps.say_on(window.map_view) == window.notice.say
    window.close()


def test_that_a_further_map_has_the_keys_of_the_map(
    make_desk: MakeDesk, make_mapped_window: Callable[[Desk], MainWindow], qtbot: QtBot
) -> None:
    window = make_mapped_window(make_desk())
    window.maps.open_window()
    (further,) = window.maps.windows
    further.activateWindow()
    qtbot.waitUntil(further.isActiveWindow)
    view = further.map_view
    QTest.keyClick(view, Qt.Key.Key_F)
    assert "Select a unit" in further.notice.text()
    window.select("unit", "charlotte-fire", "engine-30")
    QTest.keyClick(view, Qt.Key.Key_F)
    assert view.moves.following == ("charlotte-fire", "engine-30")
    assert window.map_view.moves.following is None
    QTest.keyClick(view, Qt.Key.Key_F)
    assert view.moves.following is None
    locked = view.moves.locked
    QTest.keyClick(view, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert view.moves.locked != locked
    with qtbot.waitSignal(view.place_asked):
        QTest.keyClick(view, Qt.Key.Key_W)
    window.close()


def test_that_a_further_map_follows_the_picture_and_says_what_the_desk_says_across_itself(
    make_desk: MakeDesk, make_mapped_window: Callable[[Desk], MainWindow], clock: Clock
) -> None:
    window = make_mapped_window(make_desk())
    window.maps.open_window()
    (further,) = window.maps.windows
    window.show_banner("The broker is away", "bad", "test")
    window.tick()
    assert further.banners.texts() == ["The broker is away"]
    window.clear_banner("test")
    window.tick()
    assert further.banners.texts() == []
    clock.now += timedelta(hours=2)
    window.tick()
    assert further.map_view.layer_set.units.stale.tolist() == window.map_view.layer_set.units.stale.tolist()
    window.close()


def test_that_further_maps_come_back_with_the_desk_and_those_closed_by_hand_do_not(
    make_desk: MakeDesk, make_mapped_window: Callable[[Desk], MainWindow], settings: QSettings, qtbot: QtBot
) -> None:
    first = make_mapped_window(make_desk())
    first.maps.open_window()
    first.maps.open_window()
    first.maps.windows[0].map_view.set_filter(Filter(kinds=frozenset({"bus"})))
    first.maps.windows[0].map_view.show_place(36.0, -80.0)
    look = first.maps.windows[0].map_view.moves.look
    first.maps.windows[1].close()
    first.close()
    assert not first.maps.windows
    second = make_mapped_window(make_desk())
    qtbot.waitUntil(lambda: bool(second.maps.windows))
    (again,) = second.maps.windows
    assert again.map_view.filter == Filter(kinds=frozenset({"bus"}))
    assert again.map_view.moves.look.is_near(look)
    again.close()
    second.close()
    assert json.loads(str(settings.value("map_windows"))) == []


def test_that_a_further_map_and_its_layers_go_with_their_window(
    make_desk: MakeDesk, make_mapped_window: Callable[[Desk], MainWindow]
) -> None:
    window = make_mapped_window(make_desk())
    window.maps.open_window()
    left = weakref.ref(window.maps.windows[0].map_view.layer_set)
    window.maps.windows[0].close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert left() is None


def test_that_keys_take_tools_and_follow_the_selected_unit(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    window = make_window(make_desk())
    window.map_view.setFocus()
    QTest.keyClick(window.map_view, Qt.Key.Key_D)
    assert window.map_view.tool is not None
    assert window.map_view.tool.name == "distance"
    QTest.keyClick(window.map_view, Qt.Key.Key_Escape)
    assert window.map_view.tool is None
    window.select("unit", "charlotte-fire", "engine-30")
    window.maps.acts(window.map_view)["follow_unit"]()
    assert window.map_view.moves.following == ("charlotte-fire", "engine-30")
    QTest.keyClick(window.map_view, Qt.Key.Key_F)
    assert window.map_view.moves.following is None
    QTest.keyClick(window.map_view, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert window.map_view.layer_set.trails.shown_unit == ("charlotte-fire", "engine-30")
    QTest.keyClick(window.map_view, Qt.Key.Key_F, Qt.KeyboardModifier.ShiftModifier)
    assert window.map_view.layer_set.trails.shown_unit is None
