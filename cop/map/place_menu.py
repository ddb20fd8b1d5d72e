"""The menu of a place on the map: what can be done here, and what stands here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from cop.map import coordinates
from cop.map.layer_set import LayerSet
from cop.map.lettering import clean
from cop.map.pointing import Standing
from cop.map.projection import place_to_degrees
from cop.map.viewport import Viewport


@dataclass(frozen=True, slots=True)
class MenuLine:
    """One line of the menu. `words` may hold text from feeds."""

    words: str
    act: Callable[[], object]
    enabled: bool = True


class PlaceMenu(QMenu):
    """Groups of lines, parted by separators; built for one place."""

    def __init__(self, parent: QWidget, groups: Sequence[Sequence[MenuLine]]) -> None:
        super().__init__(parent)
        self.setObjectName("map_place_menu")
        for group in groups:
            if not self.isEmpty():
                self.addSeparator()
            for line in group:
                action = self.addAction(clean(line.words, 90).replace("&", "&&"))  # a single one would mark a key
                action.setEnabled(line.enabled)
                action.triggered.connect(lambda _checked=False, line=line: line.act())


class PlaceMenus(QObject):
    """Opens the menu of a place; its signals say what was chosen."""

    selected = Signal(str, str, str)  # kind, agency, id
    open_incident_asked = Signal(float, float)  # lat, lon
    place_asked = Signal(float, float)  # lat, lon: what is here?
    draw_zone_asked = Signal(str, float, float)  # shape, lat, lon
    task_asked = Signal(str, str)  # agency, unit
    follow_asked = Signal(str, str)  # agency, unit
    trail_asked = Signal(str, str, float)  # agency, unit, hours; no unit: hide the trail that was asked for
    sketch_removed = Signal(object)  # Sketch; None: all of them

    def __init__(self, over: QWidget, layers: LayerSet) -> None:
        super().__init__(over)
        self._over = over
        self._layers = layers

    def open(self, at: QPointF, view: Viewport) -> None:
        """The menu of a point of the screen."""
        lat, lon = place_to_degrees(*view.metres(at))
        standing = self._layers.pointing.standing_at(at, view)
        groups = [self._here(lat, lon), self._sketches(at, view), *(self._of(one) for one in standing)]
        menu = PlaceMenu(self._over, [group for group in groups if group])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._over.mapToGlobal(at.toPoint()))

    def _here(self, lat: float, lon: float) -> list[MenuLine]:
        grid = coordinates.usng(lat, lon)
        return [
            MenuLine("Open incident here…", lambda: self.open_incident_asked.emit(lat, lon)),
            MenuLine("What is here…", lambda: self.place_asked.emit(lat, lon)),
            MenuLine("Draw area here…", lambda: self.draw_zone_asked.emit("polygon", lat, lon)),
            MenuLine("Draw circle here…", lambda: self.draw_zone_asked.emit("circle", lat, lon)),
            MenuLine(
                f"Copy USNG  {grid}" if grid else "Copy USNG (none this far north or south)",
                lambda: QGuiApplication.clipboard().setText(grid),
                enabled=bool(grid),
            ),
        ]

    def _sketches(self, at: QPointF, view: Viewport) -> list[MenuLine]:
        sketches = self._layers.sketches
        here = sketches.at(at, view)
        lines = []
        if here is not None:
            lines.append(MenuLine("Remove this measurement", lambda: self.sketch_removed.emit(here)))
        if sketches.kept:
            lines.append(MenuLine("Clear all measurements", lambda: self.sketch_removed.emit(None)))
        return lines

    def _of(self, one: Standing) -> list[MenuLine]:
        of = (one.agency, one.id)
        lines = [MenuLine(f"Select {one.text}", lambda: self.selected.emit(one.kind, *of))]
        if one.kind == "unit":
            lines.append(MenuLine(f"Assign task to {one.text}…", lambda: self.task_asked.emit(*of)))
            lines.append(MenuLine(f"Follow {one.text}", lambda: self.follow_asked.emit(*of)))
            lines.append(MenuLine(f"Trail of {one.text}, last 15 min", lambda: self.trail_asked.emit(*of, 0.25)))
            lines.append(MenuLine(f"Trail of {one.text}, 10 h", lambda: self.trail_asked.emit(*of, 10.0)))
            if self._layers.trails.shown_unit == of:
                lines.append(MenuLine("Hide trail", lambda: self.trail_asked.emit("", "", 0.0)))
        return lines
