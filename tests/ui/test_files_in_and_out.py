"""Files dropped on the window and objects dragged out of it: real drops, real mouse."""

import json
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDrag, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget
from pytestqt.qtbot import QtBot

from cop.domain.agreement import Agreements, Term
from cop.domain.area import Zone, ZoneForm
from cop.domain.batch import Batch
from cop.domain.desk import Command
from cop.domain.zone_forms import geometry_of
from cop.map.carried import MIME, unpacked
from cop.map.tools.look_through import LookThroughTool
from cop.ui.boundaries_dialog import BoundariesDialog
from cop.ui.drag_out import GEOJSON_MIME, KML_MIME, carried_out
from cop.ui.import_dialog import ImportDialog
from cop.ui.main_window import MainWindow
from tests import reports as r
from tests.ui.conftest import RAIL, MakeDesk, MakeWindow
from tests.ui.test_export_dialog import CLAUSE, PAPER

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
RING = [[-80.95, 35.24], [-80.93, 35.24], [-80.93, 35.26], [-80.95, 35.24]]
ZONE = ("charlotte-fire", "z1")


@pytest.fixture
def window(make_desk: MakeDesk, make_window: MakeWindow) -> MainWindow:
    return make_window(make_desk(agreements=Agreements([Term(PAPER, CLAUSE)])))


def file_with(path: Path, *features: tuple[str, dict[str, Any]], **more: Any) -> Path:
    """A GeoJSON file of named geometries."""
    found = [{"type": "Feature", "geometry": one, "properties": {"name": name, **more}} for name, one in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": found}), encoding="utf-8")
    return path


def polygon(ring: list[list[float]] = RING) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring]}


def drop(on: QWidget, mime: QMimeData) -> bool:
    """Bring it over a widget and let go; whether it was taken."""
    at, copy = QPoint(200, 100), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(at, copy, mime, LEFT, NONE)
    QApplication.sendEvent(on, enter)
    event = QDropEvent(QPointF(at), copy, mime, LEFT, NONE, QEvent.Type.Drop)
    event.ignore()
    QApplication.sendEvent(on, event)
    return enter.isAccepted() and event.isAccepted()


def of_file(path: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    return mime


def opened(window: MainWindow, qtbot: QtBot, rows: int) -> ImportDialog:
    """The dialog, once the file is read."""
    dialog = window.files_in.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.rows.rowCount() == rows, timeout=5000)
    return dialog


def surface(window: MainWindow) -> QWidget:
    view = window.map_view.findChild(QGraphicsView)
    assert view is not None
    return view.viewport()


def texts(dialog: ImportDialog, column: int) -> list[str]:
    return [dialog.rows.index(row, column).data() for row in range(dialog.rows.rowCount())]


@pytest.mark.parametrize("on_map", [False, True])
def test_that_a_file_dropped_on_the_window_or_its_map_is_opened(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, on_map: bool
) -> None:
    file = file_with(tmp_path / "plume.geojson", ("Plume", polygon()))
    assert drop(surface(window) if on_map else window, of_file(file))
    dialog = opened(window, qtbot, 1)
    assert texts(dialog, 0) == ["Plume"]
    dialog.close()


def test_that_what_is_chosen_is_published_for_its_incident_in_one_breath(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, sent: list[Command]
) -> None:
    window.select("incident", *RAIL)
    line = {"type": "LineString", "coordinates": RING[:2]}
    point = {"type": "Point", "coordinates": RING[0]}
    file = file_with(tmp_path / "day.geojson", ("Plume", polygon()), ("I-485", line), ("Decon", point))
    window.files_in.open(file)
    dialog = opened(window, qtbot, 3)
    assert dialog.holds.text() == "GeoJSON: 1 area, 1 line, 1 point"
    assert texts(dialog, 2) == ["Perimeter", "Closure", "Staging area"]
    assert dialog.go.text() == "Publish 2 zones"  # a point is asked for
    name, decon = dialog.rows.index(0, 0), dialog.rows.index(2, 0)
    dialog.rows.setData(name, "Plume 15:00")
    dialog.rows.setData(decon, Qt.CheckState.Checked, Qt.ItemDataRole.CheckStateRole)
    dialog.radius.setValue(150)
    assert texts(dialog, 0)[0] == "Plume 15:00"
    dialog.go.click()
    assert len(sent) == 1
    zones = [one for one in sent[0].bodies if isinstance(one, Zone)]
    assert [(one.name, one.kind, one.incident) for one in zones] == [
        ("Plume 15:00", "perimeter", RAIL[1]),
        ("I-485", "road_closure", RAIL[1]),
        ("Decon", "staging_area", RAIL[1]),
    ]
    assert zones[2].form is not None
    assert (zones[2].form.shape, zones[2].form.radius_m) == ("circle", 150.0)
    assert zones[0].summary == "From the file day.geojson"
    assert zones[0].expires_at is not None
    assert window.selection == ("zone", "charlotte-fire", zones[0].id)
    assert window.files_in.dialog is None


def test_that_what_is_ticked_is_seen_on_the_map_until_the_file_is_closed(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    line = {"type": "LineString", "coordinates": RING[:2]}
    window.files_in.open(file_with(tmp_path / "day.geojson", ("Plume", polygon()), ("I-485", line)))
    dialog = opened(window, qtbot, 2)
    tool = window.map_view.tool
    assert isinstance(tool, LookThroughTool)
    assert [one.kind for one in tool.shown] == ["perimeter", "road_closure"]
    before = window.map_view.grab().toImage()
    dialog.list.selectRow(1)
    dialog.kinds.setCurrentIndex(dialog.kinds.findData("hot_zone"))
    assert [(one.kind, one.looked_at) for one in tool.shown] == [("hot_zone", False), ("hot_zone", True)]
    assert window.map_view.grab().toImage() != before
    dialog.none.click()
    assert tool.shown == []
    dialog.close()
    assert window.map_view.tool is None


def test_that_which_comes_first_is_asked_and_nothing_is_published_before(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, sent: list[Command]
) -> None:
    file = file_with(tmp_path / "turned.geojson", ("Plume", polygon([[y, x] for x, y in RING])))
    window.files_in.open(file)
    dialog = opened(window, qtbot, 1)
    assert dialog.form.isRowVisible(dialog.order)
    dialog.go.click()
    assert "latitude or longitude" in dialog.refusal.text()
    assert not sent
    dialog.order.setCurrentIndex(1)
    dialog.go.click()
    [zone] = sent[0].bodies
    assert isinstance(zone, Zone)
    assert zone.geometry == polygon()


def test_that_a_file_of_nothing_is_refused_in_words_and_markup_stays_text(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "bad.kml").write_text("<!DOCTYPE x [<!ENTITY a 'b'>]><kml>&a;</kml>")
    window.files_in.open(tmp_path / "bad.kml")
    dialog = window.files_in.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: "This is no KML" in dialog.holds.text(), timeout=5000)
    assert dialog.act() is not None
    assert drop(dialog, of_file(file_with(tmp_path / "good.json", ("<b>Hot</b>", polygon()))))
    assert texts(opened(window, qtbot, 1), 0) == ["<b>Hot</b>"]
    dialog.close()


def test_that_a_role_that_draws_no_zones_is_told_so_at_once(make_desk: MakeDesk, make_window: MakeWindow) -> None:
    window = make_window(make_desk(role="liaison"))
    window.files_in.open()
    assert window.files_in.dialog is None
    assert "zone" in window.notice.text()


def test_that_boundaries_are_checked_and_copied_for_the_settings(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = file_with(tmp_path / "districts.geojson", ("North", polygon()), ("South", polygon()), GEOID="1")
    document = json.loads(path.read_text())
    document["features"][1]["properties"]["GEOID"] = "2"
    path.write_text(json.dumps(document))
    dialog = BoundariesDialog(window.desk, path, window)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.id.count() == 2, timeout=5000)
    qtbot.waitUntil(lambda: "needs" in dialog.found.text() or "no property" in dialog.found.text(), timeout=5000)
    assert not dialog.go.isEnabled()
    dialog.agency.setCurrentText("charlotte-fire")
    dialog.discipline.setCurrentIndex(dialog.discipline.findData("fire"))
    dialog.level.setCurrentText("district")
    qtbot.waitUntil(dialog.go.isEnabled, timeout=5000)
    assert dialog.found.text() == "A desk that starts with these lines reads 2 jurisdictions."
    dialog.go.click()
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0] == "[[map.boundaries]]"
    assert {'id = "GEOID"', 'agency_is = "charlotte-fire"', 'level_is = "district"'} <= set(lines)


def test_that_a_unit_is_dragged_out_as_a_file_and_still_assigns(window: MainWindow) -> None:
    mime = carried_out(window.desk, "unit", (("charlotte-fire", "engine-4"),))
    assert unpacked(mime) is not None
    [url] = mime.urls()
    assert url.fileName() == "Engine 4.kml"
    assert Path(url.toLocalFile()).read_bytes() == bytes(mime.data(KML_MIME).data())
    document = json.loads(bytes(mime.data(GEOJSON_MIME).data()))
    ids = [one["id"] for one in document["features"]]
    assert ids == ["unit/charlotte-fire/engine-4", "trail/charlotte-fire/engine-4"]
    assert mime.text().startswith("Engine 4\t35.25000, -80.95000\n")
    assert not drop(window, mime)  # it is no file that somebody brings


def test_that_no_more_is_dragged_out_than_anybody_may_know(window: MainWindow) -> None:
    mime = carried_out(window.desk, "unit", (("mecklenburg-ems", "medic-9"),))
    for form in mime.formats():
        if form not in {MIME, "text/uri-list"}:
            content = bytes(mime.data(form).data())
            assert b"35.243" not in content
            assert b"MOU" in content
    assert "place withheld (MOU" in mime.text()


def test_that_a_selected_zone_is_dragged_out_by_its_name(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    form = ZoneForm(shape="circle", points=((-80.95, 35.24),), radius_m=500.0)
    zone = Zone(id=ZONE[1], at=r.at(0), kind="hot_zone", name="Hot/zone", form=form, geometry=geometry_of(form))
    window.desk.take_in(Batch(epoch=1, reports=[r.report(ZONE[0], zone)]))
    window.select("zone", *ZONE)
    QApplication.processEvents()
    begun: list[tuple[list[str], bytes]] = []

    def begin(drag: QDrag, *_actions: object) -> Qt.DropAction:
        mime = drag.mimeData()
        begun.append(([url.fileName() for url in mime.urls()], bytes(mime.data(GEOJSON_MIME).data())))
        return Qt.DropAction.CopyAction  # another program took it

    monkeypatch.setattr(QDrag, "exec", begin)
    on_record: list[str] = []
    window.desk.left.connect(on_record.append)
    heading = window.selection_panel.pages["zone"].heading
    start = QPoint(10, 8)
    QTest.mousePress(heading, LEFT, NONE, start)
    for step in (4, 12, 24):
        QTest.mouseMove(heading, start + QPoint(step, 0))
    QTest.mouseRelease(heading, LEFT, NONE, start + QPoint(24, 0))
    [(names, content)] = begun
    assert names == ["Hot-zone.kml"]
    assert json.loads(content)["features"][0]["id"] == "zone/charlotte-fire/z1"
    assert on_record == ["Hot/zone, dragged to another program for Anyone"]
