"""From the drawing to the published zone, and what a page lets one do with it."""

from datetime import timedelta

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QGraphicsView, QLabel, QMenu, QPushButton

from cop.domain.agency import Agency
from cop.domain.area import Zone, ZoneForm
from cop.domain.batch import Batch, Delivered
from cop.domain.desk import Command
from cop.domain.words import ZONE_KINDS
from cop.domain.zone_forms import geometry_of
from cop.map.tools.change_zone import ChangeZoneTool
from cop.map.tools.draw_zone import DrawZoneTool
from cop.map.zone_sketch import cell_size_m
from cop.ui.desk import Desk
from cop.ui.dialogs.draw_zone import DrawZoneDialog, EndZoneDialog
from cop.ui.incident_log import lines_of
from cop.ui.main_window import MainWindow
from cop.ui.search import find
from cop.ui.zone_news import ZoneNews
from tests import reports as r
from tests.ui.conftest import RAIL, Clock, MakeDesk, MakeWindow

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CIRCLE = ZoneForm(shape="circle", points=((-80.953, 35.2425),), radius_m=1000.0)
GRID = ZoneForm(shape="grid", points=((-81.0, 35.2), (-80.9, 35.3)), columns=5, rows=5)


def put(desk: Desk, agency: str = "charlotte-fire", **fields: object) -> Zone:
    told: dict[str, object] = {"id": "z", "at": r.NOON, "rev": 3, "kind": "hot_zone", "name": "Hot zone 1 km"}
    told |= {"form": CIRCLE, **fields}
    zone = Zone(geometry=told.pop("geometry", None) or geometry_of(told["form"]), **told)  # type: ignore[arg-type]
    desk.take_in(Batch(epoch=1, reports=[r.report(agency, zone)]))
    return zone


def click(window: MainWindow, *points: tuple[int, int]) -> None:
    graphics = window.map_view.findChild(QGraphicsView)
    assert graphics is not None
    on = graphics.viewport()
    for x, y in points:
        QTest.mouseMove(on, QPoint(x, y))
        QTest.qWait(12)
        QTest.mouseClick(on, LEFT, NONE, QPoint(x, y))


def button(window: MainWindow, name: str) -> QPushButton:
    return next(one for one in window.findChildren(QPushButton) if name in {one.text(), one.accessibleName()})


def zone_of(command: Command) -> Zone:
    assert isinstance(command.body, Zone)
    return command.body


def draw_circle(window: MainWindow) -> DrawZoneDialog:
    window.map_view.show_place(35.2425, -80.953, 8_000.0)
    window.maps.take_tool("draw_circle")
    click(window, (300, 300), (380, 300))
    dialog = window.zone_work.dialog
    assert dialog is not None
    return dialog


def test_that_a_drawn_circle_is_named_and_published_for_the_selected_incident(
    make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command], clock: Clock
) -> None:
    desk = make_desk("dispatcher")
    window = make_window(desk)
    window.select("incident", *RAIL)
    dialog = draw_circle(window)
    assert not dialog.isModal()
    assert isinstance(window.map_view.tool, ChangeZoneTool)
    QTest.keyClicks(dialog.name, "Hot zone")
    QTest.mouseClick(dialog.go, LEFT)
    (command,) = sent
    zone = zone_of(command)
    assert (zone.kind, zone.name, zone.incident_agency, zone.incident) == ("hot_zone", "Hot zone", *RAIL)
    assert zone.expires_at == clock.now + ZONE_KINDS["hot_zone"].lasts
    assert zone.form is not None
    assert zone.geometry == geometry_of(zone.form)
    assert window.map_view.tool is None
    assert (window.selection_panel.kind, window.selection_panel.key) == ("zone", ("charlotte-fire", zone.id))
    assert desk.is_pending("zone", "charlotte-fire", zone.id)


def test_that_figures_and_the_map_keep_in_step_while_the_dialog_is_open(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    window = make_window(make_desk())
    dialog = draw_circle(window)
    tool = window.map_view.tool
    assert isinstance(tool, ChangeZoneTool)
    dialog.metres.setValue(700)
    assert tool.form.radius_m == 700.0
    QTest.keyClick(window.map_view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert dialog.drawn_form == tool.form
    assert round(tool.form.radius_m or 0) == dialog.metres.value() != 700
    dialog.kinds.setCurrentIndex(dialog.kinds.findData("perimeter"))
    assert tool.kind == "perimeter"


def test_that_another_kind_proposes_another_end_but_keeps_one_set_by_hand(
    make_desk: MakeDesk, make_window: MakeWindow, clock: Clock
) -> None:
    dialog = draw_circle(make_window(make_desk()))
    dialog.kinds.setCurrentIndex(dialog.kinds.findData("perimeter"))
    assert dialog.ends.moment() == clock.now + ZONE_KINDS["perimeter"].lasts
    dialog.ends.edit.setDateTime(dialog.ends.edit.dateTime().addSecs(3600))
    dialog.kinds.setCurrentIndex(dialog.kinds.findData("cold_zone"))
    assert dialog.ends.moment() == clock.now + ZONE_KINDS["perimeter"].lasts + timedelta(hours=1)
    QTest.mouseClick(dialog.ends.known, LEFT)
    assert dialog.ends.moment() is None


def test_that_a_drawing_is_given_up_from_the_map_and_from_the_dialog(
    make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    window = make_window(make_desk())
    dialog = draw_circle(window)
    QTest.mouseClick(next(one for one in dialog.findChildren(QPushButton) if one.text() == "Cancel"), LEFT)
    assert (window.map_view.tool, window.zone_work.dialog) == (None, None)
    draw_circle(window)
    QTest.keyClick(window.map_view, Qt.Key.Key_Escape)
    assert (window.map_view.tool, window.zone_work.dialog) == (None, None)
    assert not sent


def test_that_a_liaison_is_told_who_draws(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    desk = make_desk("liaison")
    window = make_window(desk)
    refused: list[str] = []
    desk.refused.connect(refused.append)
    window.maps.take_tool("draw_area")
    assert window.map_view.tool is None
    assert refused == ["Only a dispatcher or incident commander draws a zone; this desk is signed in as liaison."]


def test_that_the_maps_menu_begins_a_zone_where_it_was_opened(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    window = make_window(make_desk())
    window.map_view.show_place(35.1, -80.6, 8_000.0)
    middle = window.map_view.rect().center()
    keyboard = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(window.map_view, QContextMenuEvent(keyboard, middle, window.map_view.mapToGlobal(middle)))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    entry = next(one for one in menu.actions() if one.text().startswith("Draw circle here"))
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(entry).center())
    tool = window.map_view.tool
    assert isinstance(tool, DrawZoneTool)
    assert tool.points == [(pytest.approx(-80.6, abs=1e-3), pytest.approx(35.1, abs=1e-3))]
    window.map_view.take_tool(None)


def test_that_moved_points_are_published_by_enter_with_the_next_revision(
    make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    desk = make_desk()
    put(desk, summary="Level A only")
    window = make_window(desk)
    window.select("zone", "charlotte-fire", "z")
    QTest.mouseClick(button(window, "Move points"), LEFT)
    tool = window.map_view.tool
    assert isinstance(tool, ChangeZoneTool)
    tool.set_form(msgspec.structs.replace(CIRCLE, radius_m=1300.0))
    QTest.keyClick(window.map_view, Qt.Key.Key_Return)
    (command,) = sent
    zone = zone_of(command)
    assert (zone.id, zone.rev, zone.summary, zone.form and zone.form.radius_m) == ("z", 4, "Level A only", 1300.0)
    assert window.map_view.tool is None


def test_that_words_are_changed_in_the_dialog_and_the_shape_stays(
    make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    desk = make_desk()
    put(desk, incident_agency=RAIL[0], incident=RAIL[1])
    window = make_window(desk)
    window.select("zone", "charlotte-fire", "z")
    QTest.mouseClick(button(window, "Change zone"), LEFT)
    dialog = window.zone_work.dialog
    assert dialog is not None
    assert (dialog.kind, dialog.name.text(), dialog.metres.value()) == ("hot_zone", "Hot zone 1 km", 1000)
    assert dialog.ends.moment() is None  # it had no end: none is put into its mouth
    dialog.name.selectAll()
    QTest.keyClicks(dialog.name, "Exclusion zone")
    QTest.mouseClick(dialog.go, LEFT)
    zone = zone_of(sent[0])
    assert (zone.name, zone.form, zone.incident, zone.rev) == ("Exclusion zone", CIRCLE, RAIL[1], 4)


def test_that_what_another_desk_said_meanwhile_is_told_and_not_overwritten(
    make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    desk = make_desk()
    put(desk)
    window = make_window(desk)
    window.select("zone", "charlotte-fire", "z")
    QTest.mouseClick(button(window, "Change zone"), LEFT)
    dialog = window.zone_work.dialog
    assert dialog is not None
    put(desk, rev=4, by="B. Jones", name="Hot zone 2 km")
    assert "(B. Jones) has changed this zone meanwhile" in dialog.refusal.text()
    QTest.mouseClick(dialog.go, LEFT)
    assert not sent
    assert "meanwhile" in dialog.refusal.text()
    dialog.reject()


def test_that_another_agencys_zone_cannot_be_touched_and_the_page_says_whose_it_is(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    desk = make_desk()
    put(desk, agency="york-county-em")
    profile = Agency(id="york-county-em", at=r.NOON, name="York County EM")
    desk.take_in(Batch(epoch=1, reports=[r.report("york-county-em", profile)]))
    window = make_window(desk)
    window.select("zone", "york-county-em", "z")
    page = window.selection_panel.pages["zone"]
    assert not any(button(window, name).isEnabled() for name in ("Change zone", "Move points", "End zone…"))
    assert "This zone is York County EM's; only they change it." in [one.text() for one in page.findChildren(QLabel)]


def test_that_a_zone_is_ended_after_one_question(
    make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    desk = make_desk()
    put(desk)
    window = make_window(desk)
    window.select("zone", "charlotte-fire", "z")
    QTest.mouseClick(button(window, "End zone…"), LEFT)
    asked = next(one for one in window.findChildren(QDialog) if isinstance(one, EndZoneDialog))
    assert not sent
    QTest.mouseClick(asked.go, LEFT)
    (command,) = sent
    assert (command.body.deleted, command.body.rev) == (True, 4)
    assert not desk.picture.zones


def test_that_an_hour_more_is_added_to_the_end_or_to_now_where_it_is_over(
    make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command], clock: Clock
) -> None:
    desk = make_desk()
    ends = clock.now + timedelta(minutes=10)
    put(desk, expires_at=ends)
    window = make_window(desk)
    window.select("zone", "charlotte-fire", "z")
    QTest.mouseClick(button(window, "One hour more"), LEFT)
    assert zone_of(sent[0]).expires_at == ends + timedelta(hours=1)
    clock.now += timedelta(hours=1, minutes=30)
    assert desk.extend_zone(("charlotte-fire", "z")) is None
    assert zone_of(sent[1]).expires_at == clock.now + timedelta(hours=1)


def test_that_more_time_does_not_move_a_zone_whose_form_says_other_than_its_place(
    make_desk: MakeDesk, sent: list[Command], clock: Clock
) -> None:
    desk = make_desk()
    place = geometry_of(ZoneForm(shape="circle", points=((-80.5, 35.0),), radius_m=500.0))
    put(desk, geometry=place, expires_at=clock.now + timedelta(hours=1))
    assert desk.extend_zone(("charlotte-fire", "z")) is None
    assert (zone_of(sent[0]).geometry, zone_of(sent[0]).form) == (place, None)


def test_that_a_zone_that_ends_by_itself_is_said_once_and_stands_in_the_incidents_log(
    make_desk: MakeDesk, clock: Clock
) -> None:
    desk = make_desk()
    put(desk, expires_at=clock.now + timedelta(seconds=30), incident_agency=RAIL[0], incident=RAIL[1])
    news = ZoneNews(desk)
    assert news.tick() == ""
    clock.now += timedelta(seconds=31)
    words = news.tick()
    assert words.startswith("Hot zone 1 km (Charlotte Fire) ended by itself ")
    assert news.tick() == ""
    lines = lines_of(desk, desk.picture.incidents[RAIL])
    assert any(line.text == "Hot zone 1 km ended by itself" for line in lines)


def test_that_a_refused_publish_leaves_the_shape_in_hand(
    make_desk: MakeDesk, make_window: MakeWindow, clock: Clock
) -> None:
    window = make_window(make_desk())
    dialog = draw_circle(window)
    clock.now += timedelta(hours=5)
    QTest.mouseClick(dialog.go, LEFT)
    assert "in the past" in dialog.refusal.text()
    assert isinstance(window.map_view.tool, ChangeZoneTool)
    dialog.reject()


def test_that_a_grid_takes_cells_of_a_size_that_can_be_said(
    make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command]
) -> None:
    window = make_window(make_desk())
    window.map_view.show_place(35.2425, -80.953, 8_000.0)
    window.maps.take_tool("draw_grid")
    click(window, (200, 150), (500, 400))
    dialog = window.zone_work.dialog
    assert dialog is not None
    assert [dialog.kinds.itemData(at) for at in range(dialog.kinds.count())] == ["reference_grid"]
    dialog.cell.setValue(500)
    QTest.mouseClick(dialog.go, LEFT)
    form = zone_of(sent[0]).form
    assert form is not None
    across, down = cell_size_m(form)
    assert (across, down) == (pytest.approx(500, rel=0.01), pytest.approx(500, rel=0.01))


def test_that_a_cell_is_found_by_its_name(make_desk: MakeDesk) -> None:
    desk = make_desk()
    put(desk, kind="reference_grid", form=GRID, name="Search grid")
    hit = find(desk, [], [], "b3")[0]
    assert (hit.kind, hit.text) == ("Cell", "B3 of Search grid")
    assert hit.place is not None
    assert (hit.place.lat, hit.place.lon) == (pytest.approx(35.25), pytest.approx(-80.97))
    assert not [one for one in find(desk, [], [], "Z9") if one.kind == "Cell"]


def test_that_what_is_not_sent_yet_is_said_on_the_page(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    desk = make_desk()
    put(desk)
    window = make_window(desk)
    window.select("zone", "charlotte-fire", "z")
    assert desk.extend_zone(("charlotte-fire", "z")) is not None  # no end
    put(desk, rev=4, expires_at=r.NOON + timedelta(hours=2))
    assert desk.extend_zone(("charlotte-fire", "z")) is None
    page = window.selection_panel.pages["zone"]
    assert "● not sent yet" in [one.text() for one in page.findChildren(QLabel)]
    desk.take_in(Batch(epoch=1, delivered=[Delivered("zone", "charlotte-fire", "z", "sent")]))
    assert "● not sent yet" not in [one.text() for one in page.findChildren(QLabel)]


@pytest.mark.parametrize("way", ["dialog", "points"])
def test_that_ones_own_publishing_is_not_told_as_another_desks(
    make_desk: MakeDesk, make_window: MakeWindow, sent: list[Command], way: str
) -> None:
    desk = make_desk()
    put(desk)
    window = make_window(desk)
    if way == "dialog":
        window.zone_work.act("change", "charlotte-fire", "z")
        dialog = window.zone_work.dialog
        assert dialog is not None
        QTest.mouseClick(dialog.go, LEFT)
    else:
        window.zone_work.act("points", "charlotte-fire", "z")
        QTest.keyClick(window.map_view, Qt.Key.Key_Return)
    assert len(sent) == 1
    assert "Another desk" not in window.notice.text()


def test_that_one_zone_after_the_other_is_taken_in_hand_and_watched(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    desk = make_desk()
    put(desk)
    put(desk, id="y")
    window = make_window(desk)
    work = window.zone_work
    work.act("points", "charlotte-fire", "z")
    work.act("change", "charlotte-fire", "y")
    assert work.dialog is not None
    put(desk, id="y", rev=4, by="B. Jones")
    assert "(B. Jones) has changed this zone meanwhile" in work.dialog.refusal.text()
    work.act("change", "charlotte-fire", "z")
    assert [dialog.key[1] for dialog in window.findChildren(DrawZoneDialog) if dialog.isVisible()] == ["z"]
    work.dialog.reject()


def test_that_a_mistaken_key_does_not_lose_what_is_drawn_or_written(
    make_desk: MakeDesk, make_window: MakeWindow
) -> None:
    desk = make_desk()
    put(desk)
    window = make_window(desk)
    dialog = draw_circle(window)
    QTest.keyClicks(dialog.name, "Hot zone")
    QTest.keyClick(window.map_view, Qt.Key.Key_D)
    window.maps.take_tool("distance")
    assert dialog.isVisible()
    assert isinstance(window.map_view.tool, ChangeZoneTool)
    assert "finish it, or give it up with Esc" in window.notice.text()
    dialog.reject()
    window.maps.take_tool("draw_area")
    click(window, (300, 300), (380, 300))
    window.maps.take_tool("draw_area")
    assert isinstance(window.map_view.tool, DrawZoneTool)
    assert len(window.map_view.tool.points) == 2
    window.map_view.take_tool(None)
    window.maps.take_tool("distance")
    assert window.map_view.tool is not None
    assert window.map_view.tool.name == "distance"
