"""What is here: opened from the map's menu or by its key, and what it says."""

from datetime import timedelta

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from cop.domain.area import Alert, Zone
from cop.domain.batch import Batch
from cop.domain.incident import Incident
from cop.map.measures import Measures
from cop.map.place_menu import PlaceMenu
from cop.picture.here import units_near
from cop.picture.picture import Picture
from cop.ui.what_is_here import WhatIsHere
from tests.map import scenes
from tests.ui.conftest import MakeDesk, MakeWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

HERE = (35.2425, -80.953)


def panel_of(qtbot: QtBot, desk: object, *, units: str = "metric") -> WhatIsHere:
    panel = WhatIsHere(desk, *HERE, measures=Measures(units))  # type: ignore[arg-type]  # a desk, and one of the words
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_that_a_place_is_told_in_every_notation_and_each_can_be_copied(qtbot: QtBot, make_desk: MakeDesk) -> None:
    panel = panel_of(qtbot, make_desk())
    said = dict(panel.notations())
    assert said["USNG"] == "17S NU 04276 99936"
    assert said["Minutes"] == "35° 14.550′ N 80° 57.180′ W"
    assert said["UTM"] == "17S 504276 m E 3899936 m N"
    copy = next(one for one in panel.findChildren(QPushButton) if one.accessibleName() == "Copy UTM")
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == said["UTM"]


def test_that_no_way_is_told_to_what_stands_at_the_place_itself(qtbot: QtBot, make_desk: MakeDesk) -> None:
    desk = make_desk(filled=False)
    here = np.array([HERE[0]]), np.array([HERE[1]])
    desk.take_in(scenes.positions(desk.picture, [("a", "here")], *here, at=desk.now()))
    (_, text), *_ = panel_of(qtbot, desk).units.texts()
    assert text.startswith("at this place\n")


@pytest.mark.parametrize("across", [0.02, 0.3, 0.7, 0.98])
def test_that_the_panel_stands_beside_its_place_and_whole_on_the_screen(
    qtbot: QtBot, make_desk: MakeDesk, across: float
) -> None:
    panel = panel_of(qtbot, make_desk(filled=False))
    over = QWidget()
    qtbot.addWidget(over)
    screen = over.screen().availableGeometry()
    over.setGeometry(screen)
    at = QPointF(across * screen.width(), 0.5 * screen.height())
    panel.stand_beside(over, at)
    assert screen.left() <= panel.x()
    assert panel.x() + panel.width() <= screen.right() + 1
    assert not panel.geometry().contains(over.mapToGlobal(at.toPoint()))


def test_that_near_units_say_distance_bearing_and_how_old_they_are(qtbot: QtBot, make_desk: MakeDesk) -> None:
    desk = make_desk(filled=False)
    picture, now = desk.picture, desk.now()
    keys = [("a", "near"), ("a", "far"), ("a", "old")]
    lat, lon = np.array([HERE[0] + 0.01, HERE[0] + 0.1, HERE[0]]), np.array([HERE[1], HERE[1], HERE[1] + 0.02])
    desk.take_in(scenes.positions(picture, keys, lat, lon, at=now, stale_after_s=np.array([60.0, 60.0, -600.0])))
    texts = panel_of(qtbot, desk).units.texts()
    assert [name for name, _ in texts] == ["near", "old", "far"]
    assert "1.11 km · 000° true N" in texts[0][1]
    assert "STALE" in texts[1][1]
    assert "090° true E" in texts[1][1]
    assert "STALE" not in texts[0][1]


def test_that_what_covers_the_place_is_told_and_what_is_over_is_not(qtbot: QtBot, make_desk: MakeDesk) -> None:
    desk = make_desk(filled=False)
    now = desk.now()
    around, elsewhere = scenes.square(*HERE, 0.01), scenes.square(36.0, -80.0, 0.01)
    beside = {"type": "LineString", "coordinates": [[HERE[1] + 0.0005, 35.2], [HERE[1] + 0.0005, 35.3]]}
    crossed = {"type": "Polygon", "coordinates": [[[-81, 35], [-80.9, 35.5], [-80.9, 35], [-81, 35.5], [-81, 35]]]}
    bodies = [
        Zone(id="in", at=now, kind="hot_zone", name="Hot <b>zone</b>", geometry=around),
        Zone(id="out", at=now, kind="staging", name="Staging", geometry=elsewhere),
        Zone(id="over", at=now, kind="staging", name="Old", geometry=around, expires_at=now - timedelta(minutes=1)),
        Zone(id="road", at=now, kind="road_closure", name="I-85 closed", geometry=beside),
        Zone(id="bad", at=now, kind="perimeter", name="Bad", geometry={"type": "Polygon", "coordinates": "x"}),
        Zone(id="bow", at=now, kind="perimeter", name="Bow", geometry=crossed),
        Alert(id="a", at=now, event="Tornado Warning", severity="Extreme", geometry=around),
        Incident(id="i", at=now, type="hazmat", priority=1, title="Spill", lat=HERE[0] + 0.01, lon=HERE[1]),
        Incident(id="j", at=now, type="hazmat", priority=1, title="Far", lat=HERE[0] + 0.1, lon=HERE[1]),
    ]
    desk.take_in(Batch(reports=[scenes.report("a", body, now) for body in bodies]))
    panel = panel_of(qtbot, desk)
    names = [name for name, _ in panel.areas.texts()]
    assert set(names) == {"Tornado Warning", "Hot <b>zone</b>", "I-85 closed", "Bow"}  # "Bow" crosses itself
    assert panel.incidents.texts() == [("P1 Spill", "1.11 km · 000° true N")]
    with qtbot.waitSignal(panel.selected) as asked:
        panel.incidents.press(0)
    assert asked.args == ["incident", "a", "i"]


@pytest.mark.parametrize(("lat", "lon"), [(89.99, 10.0), (0.0, 180.0), (-80.5, -180.0)])
def test_that_the_ends_of_the_world_are_places_too(qtbot: QtBot, make_desk: MakeDesk, lat: float, lon: float) -> None:
    panel = WhatIsHere(make_desk(), lat, lon, measures=Measures())
    qtbot.addWidget(panel)
    assert panel.notations()
    assert panel.ground.texts() == []


def test_that_units_beyond_the_date_line_are_near(make_desk: MakeDesk) -> None:
    picture = Picture()
    picture.apply(scenes.positions(picture, [("a", "u"), ("a", "v")], np.array([0.0, 0.0]), np.array([-179.9, 170.0])))
    assert [picture.tracks.keys[row][1] for row, _ in units_near(picture, 0.0, 179.9, 5)] == ["u", "v"]


def test_that_the_map_menu_and_the_key_ask_what_is_here(
    qtbot: QtBot, make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    surface = window.map_view._graphics.viewport()
    QTest.mouseClick(surface, Qt.MouseButton.RightButton, pos=QPoint(200, 200))
    menu = window.map_view.findChild(PlaceMenu)
    assert menu is not None
    action = next(one for one in menu.actions() if one.text().startswith("What is here"))
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    panel = window.findChild(WhatIsHere)
    assert panel is not None
    assert panel.isVisible()
    assert window.map_view.layer_set.pin.pin is not None
    QTest.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    window.map_view.setFocus()
    QTest.keyClick(window.map_view, Qt.Key.Key_W)
    assert any(one.isVisible() for one in window.findChildren(WhatIsHere))
