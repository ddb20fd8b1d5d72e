"""The pictures of `docs/map.md`: the app's own windows over the tests' busy day. Run: `python -m tests.portraits`."""

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QFont
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

from cop.domain.desk import Operator
from cop.domain.incident import Incident
from cop.map.palette import load_palette
from cop.map.tools import tool_kinds
from cop.map.view import MapView
from cop.picture.filter import Filter
from cop.picture.picture import Picture
from cop.ui.desk import Desk
from cop.ui.main_window import MainWindow
from tests.map.scenes import NOON, REGION, busy_day, ground

FOLDER = Path(__file__).parents[1] / "docs" / "images"
_LEFT = Qt.MouseButton.LeftButton


class Sitter:
    """One desk's window, and a hand for it."""

    def __init__(self, folder: Path, theme: str) -> None:
        picture, palette = Picture(), load_palette(theme)  # type: ignore[arg-type]
        self.desk = Desk(
            Operator(agency="charlotte-fire", role="commander", name="Battalion 3"),
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
        self.window.apply(busy_day(picture, 200))
        self.map.show_place(35.24, -80.90, 62_000.0)
        self.window.tick()
        self.settle()

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

    def portrait(self, name: str, part: QWidget | None = None) -> None:
        """Keep a picture of the window or of a part of it."""
        self.settle()
        assert (part or self.window).grab().save(str(FOLDER / f"map-{name}.png"))


def crowd(sitter: Sitter) -> None:
    """Bubbles, and the list of one."""
    sitter.map.show_place(35.24, -80.86, 75_000.0)
    sitter.settle()
    units = sitter.map.layer_set.units
    bubbles = units.bubbles(sitter.map.view)
    fullest = int(np.argmax([len(units.members(at)) for at in range(len(bubbles))]))
    sitter.click((int(bubbles[fullest][0]), int(bubbles[fullest][1])))
    sitter.portrait("crowd")
    sitter.map.bubble.put_away()


def layers(sitter: Sitter) -> None:
    """The layers panel, the filter's line, the legend."""
    sitter.window._show_dock(sitter.window.layers_dock)
    sitter.map.set_filter(Filter(agencies=frozenset({"nc-highway-patrol", "sc-highway-patrol"})))
    legend = next(dock for dock in sitter.window.docks if dock.objectName() == "legend_dock")
    sitter.window._show_dock(legend)
    sitter.portrait("layers")
    sitter.map.set_filter(Filter())
    legend.hide()
    sitter.window.layers_dock.hide()


def measures(sitter: Sitter) -> None:
    """Distance, range rings and the grid."""
    sitter.map.show_place(35.24, -80.93, 22_000.0)
    sitter.map.set_layer("grid", visible=True)
    sitter.settle()
    rail = next(
        (report.body.lat, report.body.lon)
        for report in sitter.desk.picture.incidents.values()
        if isinstance(report.body, Incident) and report.body.type == "hazmat"
    )
    at = sitter.map.view.place(*rail)  # type: ignore[arg-type]
    sitter.take("rings")
    QTest.keyClicks(sitter.map, "1km 2km 4km")
    sitter.click((int(at.x()), int(at.y())))
    sitter.map.take_tool(None)
    sitter.take("distance")
    sitter.click(
        (int(at.x()), int(at.y())), (int(at.x()) + 190, int(at.y()) - 60), (int(at.x()) + 330, int(at.y()) + 40)
    )
    QTest.keyClick(sitter.map, Qt.Key.Key_Return)
    sitter.map.take_tool(None)
    sitter.portrait("measures")
    sitter.map.set_layer("grid", visible=False)
    sitter.map.remove_sketch(None)


def zones(sitter: Sitter) -> None:
    """A circle that has just been drawn, and its dialog."""
    sitter.map.show_place(35.245, -80.95, 14_000.0)
    sitter.settle()
    middle = QPointF(sitter.map.width() / 2, sitter.map.height() / 2).toPoint()
    sitter.take("draw_circle")
    sitter.click((middle.x() - 60, middle.y()), (middle.x() + 60, middle.y() + 20))
    QTest.qWait(50)
    dialog = QApplication.activeWindow()
    sitter.portrait("zones")
    if dialog is not None and dialog is not sitter.window:
        dialog.close()
    sitter.map.take_tool(None)


def main() -> None:
    """Take them all."""
    import tempfile

    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setFont(QFont("DejaVu Sans", 9))
    with tempfile.TemporaryDirectory() as folder:
        dark, light = Sitter(Path(folder), "dark"), Sitter(Path(folder), "light")
        crowd(dark)
        layers(dark)
        measures(light)
        zones(light)
        for one in (dark, light):
            one.window.close()


if __name__ == "__main__":
    main()
