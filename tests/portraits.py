"""The pictures of the map's page, and those on agreements, replay and forms: the app's own windows over a busy day.

`make screenshots` names the files.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import msgspec
import numpy as np
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

from cop.authority.reading import load_agreements
from cop.domain.batch import Batch
from cop.domain.desk import Operator
from cop.domain.incident import Incident
from cop.domain.report import Report, Source
from cop.domain.task import Basis, Task
from cop.domain.unit import Unit
from cop.map.palette import RESOURCES, load_palette
from cop.map.tools import tool_kinds
from cop.map.view import MapView
from cop.picture.change import Change
from cop.picture.filter import Filter
from cop.picture.picture import Picture
from cop.replay.frames import Span
from cop.ui.desk import Desk
from cop.ui.main_window import MainWindow
from cop.ui.replay.replays import Replays
from tests.map.scenes import NOON, REGION, busy_day, ground
from tests.ui.scripted_past import BEGAN, ScriptedPast, a_gap, crowded_marks
from tests.ui.scripted_past import NOON as ITS_NOON

_LEFT = Qt.MouseButton.LeftButton


class Sitter:
    """One desk's window, and a hand for it."""

    def __init__(self, folder: Path, theme: str, agency: str = "charlotte-fire", role: str = "commander") -> None:
        agreements, _ = load_agreements([RESOURCES / "agreements"], ground(), REGION)
        picture, palette = Picture(agreements=agreements), load_palette(theme)  # type: ignore[arg-type]
        self.desk = Desk(
            Operator(agency=agency, role=role, name="Battalion 3"),
            picture,
            ground(),
            lambda _command: None,
            exercise="Steel Rail",
            now=lambda: NOON,
        )
        view = MapView(picture, self.desk.ground, REGION, palette, now=lambda: NOON, exercise=True)
        settings = QSettings(str(folder / f"{theme}.ini"), QSettings.Format.IniFormat)
        settings.clear()
        self.window = MainWindow(self.desk, view, palette, settings, operation="Operation Steel Rail")
        self.window.resize(1600, 900)
        self.window.show()
        QApplication.processEvents()
        self.tell(busy_day(picture, 200))
        self.map.show_place(35.24, -80.90, 62_000.0)
        self.window.tick()
        self.settle()

    def tell(self, change: Change) -> None:
        """What a pulse changed."""
        self.desk.authority.take(change)
        self.desk.changed.emit(change)

    @property
    def map(self) -> MapView:
        """The map."""
        return self.window.map_view

    @property
    def surface(self) -> QWidget:
        """Where the mouse works."""
        graphics = self.map.findChild(QGraphicsView)
        assert graphics is not None
        return graphics.viewport()

    def take(self, name: str) -> None:
        """Take a tool."""
        kind = next(kind for kind in tool_kinds() if kind.name == name)
        self.map.take_tool(kind.make(self.map.layer_set.tool_context()))

    def click(self, *points: tuple[int, int]) -> None:
        """Click on these points of the map, one after the other."""
        for x, y in points:
            QTest.mouseMove(self.surface, QPoint(x, y))
            QTest.qWait(20)
            QTest.mouseClick(self.surface, _LEFT, pos=QPoint(x, y))
            QTest.qWait(20)

    def settle(self) -> None:
        """Let everything come to rest."""
        for _ in range(12):
            QApplication.processEvents()
            QTest.qWait(15)
        self.map.settle()


def crowd(sitter: Sitter) -> None:
    """Bubbles, and the list of one."""
    sitter.map.show_place(35.24, -80.86, 75_000.0)
    sitter.settle()
    units = sitter.map.layer_set.units
    bubbles = units.bubbles(sitter.map.view)
    fullest = int(np.argmax([len(units.members(at)) for at in range(len(bubbles))]))
    sitter.click((int(bubbles[fullest][0]), int(bubbles[fullest][1])))


def layers(sitter: Sitter) -> None:
    """The layers panel, the filter's line, the legend."""
    sitter.window._show_dock(sitter.window.layers_dock)
    sitter.map.set_filter(Filter(agencies=frozenset({"nc-highway-patrol", "sc-highway-patrol"})))
    sitter.window._show_dock(next(dock for dock in sitter.window.docks if dock.objectName() == "legend_dock"))


def measures(sitter: Sitter) -> None:
    """Distance, range rings and the grid."""
    sitter.map.show_place(35.24, -80.93, 22_000.0)
    sitter.map.set_layer("grid", visible=True)
    sitter.settle()
    rail = sitter.desk.picture.incidents["charlotte-fire", "i1"].body
    assert isinstance(rail, Incident)
    at = sitter.map.view.place(rail.lat or 0.0, rail.lon or 0.0).toPoint()
    sitter.take("rings")
    QTest.keyClicks(sitter.map, "1km 2km 4km")
    sitter.click((at.x(), at.y()))
    sitter.map.take_tool(None)
    sitter.take("distance")
    sitter.click((at.x(), at.y()), (at.x() + 260, at.y() - 120), (at.x() + 360, at.y() + 90))
    QTest.keyClick(sitter.map, Qt.Key.Key_Return)
    sitter.map.take_tool(None)


def zones(sitter: Sitter) -> None:
    """A circle that has just been drawn."""
    sitter.map.show_place(35.245, -80.95, 14_000.0)
    sitter.settle()
    x, y = sitter.map.width() // 2, sitter.map.height() // 2
    sitter.take("draw_circle")
    sitter.click((x - 60, y), (x + 60, y + 20))


def replay(sitter: Sitter) -> QWidget:
    """The past in the place of the live window, a quarter of an hour back, while a unit calls for help."""
    now, later = NOON.timestamp(), NOON.timestamp() - ITS_NOON
    past = ScriptedPast(lambda _at: Batch(epoch=1))
    marks = [msgspec.structs.replace(one, at=one.at + later) for one in crowded_marks()]
    gap = msgspec.structs.replace(a_gap(), begin=a_gap().begin + later, end=a_gap().end + later)
    past.span = Span(number=0, first_at=BEGAN + later, last_at=now + 900, marks=marks, gaps=[gap])
    sitter.desk.now = lambda: NOON + timedelta(minutes=15)

    def make_maps(desk: Desk) -> Callable[[], MapView]:
        return lambda: MapView(desk.picture, desk.ground, REGION, load_palette("dark"), now=desk.now, exercise=True)

    sitter.window.select("incident", "charlotte-fire", "i1")
    replays = Replays(sitter.window, lambda: past, make_maps, operation="Operation Steel Rail")
    player = replays.player
    player.look()
    player.beat()
    window = replays.go(now)
    player.beat()
    change = busy_day(window.desk.picture, 200)
    window.desk.authority.take(change)
    window.desk.changed.emit(change)
    window.select("incident", "charlotte-fire", "i1")
    window.tick()
    unit = next(key for key in sitter.desk.picture.tracks.keys if key[0] == "mecklenburg-ems")
    body = Unit(id=unit[1], at=NOON, rev=99, callsign="Medic 17", kind="ambulance", status="emergency")
    source = Source(feed="region", format="cop-json", original_id=body.id, original_type="unit")
    told = Report(agency=unit[0], body=body, source=source, received_at=NOON, exercise=True)
    sitter.tell(sitter.desk.picture.apply(Batch(epoch=1, reports=[told])))
    return window


def _asked(number: int, objective: str, unit: str, clause: str, waited_s: float) -> Report:
    asked = NOON - timedelta(seconds=waited_s)
    rail = Basis(type="hazmat", priority=1, lat=35.2425, lon=-80.953)
    task = Task(
        id=f"ask-{number}",
        at=asked,
        rev=1,
        by="Battalion Chief Reyes",
        role="commander",
        objective=objective,
        kind="dispatch",
        incident_agency="charlotte-fire",
        incident="i1",
        assignee_agency="mecklenburg-ems",
        unit=unit,
        unit_kind="ambulance",
        agreement="regional-hazmat-mou" if clause else "",
        clause=clause,
        basis=rail,
        asked_at=asked,
        answer_by=asked + timedelta(minutes=5),
        hazards=("Chlorine", "Diesel fire"),
        channel="MED 5",
        note="Come by Wilkinson Blvd from the west: the wind turns.",
    )
    source = Source(feed="region", format="cop-json", original_id=task.id, original_type="task")
    return Report(agency="charlotte-fire", body=task, source=source, received_at=asked, exercise=True)


def inbox(sitter: Sitter) -> None:
    """What others ask of Mecklenburg EMS."""
    units = [key[1] for key in sitter.desk.picture.tracks.keys if key[0] == "mecklenburg-ems"]
    asked = (("Stand by for entry team", "", 205.0), ("Rehab at staging", "", 96.0), ("Triage at gate 2", "2.4", 21.0))
    told = [_asked(number, what, units[number], clause, s) for number, (what, clause, s) in enumerate(asked)]
    sitter.tell(sitter.desk.picture.apply(Batch(epoch=1, reports=told)))
    sitter.window._show_dock(sitter.window.inbox_dock)


def agreements(sitter: Sitter) -> None:
    """What Charlotte Fire gives and takes."""
    sitter.window._show_dock(sitter.window.agreements_dock)


def forms(sitter: Sitter) -> QWidget:
    """A form that is being corrected."""
    window = sitter.window.sharing.forms(("charlotte-fire", "i1"))
    window.resize(1320, 860)
    while not window.is_settled:
        QTest.qWait(20)
    field = window.editor.fields[2, 0]
    field.setFocus()
    field.setPlainText(f"{field.toPlainText()}\nWind turns west at 15:00: staging moves to Harlee Avenue.")
    QTest.qWait(400)
    while not window.is_settled:
        QTest.qWait(20)
    return window


#: name of a picture -> theme, agency, role, and what is arranged for it
_PICTURES = {
    "map-crowd": ("dark", "charlotte-fire", "commander", crowd),
    "map-layers": ("dark", "charlotte-fire", "commander", layers),
    "map-measures": ("light", "charlotte-fire", "commander", measures),
    "map-zones": ("light", "charlotte-fire", "commander", zones),
    "inbox": ("dark", "mecklenburg-ems", "dispatcher", inbox),
    "agreements": ("light", "charlotte-fire", "liaison", agreements),
    "replay": ("dark", "charlotte-fire", "commander", replay),
    "forms": ("dark", "charlotte-fire", "commander", forms),
}


def main() -> None:
    """Take the pictures that are asked for."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setFont(QFont("DejaVu Sans", 9))
    with tempfile.TemporaryDirectory() as folder:
        for file in map(Path, sys.argv[1:]):
            theme, agency, role, arrange = _PICTURES[file.stem]
            sitter = Sitter(Path(folder), theme, agency, role)
            window = arrange(sitter) or sitter.window
            sitter.settle()
            assert window.grab().save(str(file))
            sitter.window.close()


if __name__ == "__main__":
    main()
