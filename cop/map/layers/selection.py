"""What the operator has selected: a halo, and lines between a unit and the incidents it was asked for."""

from typing import ClassVar

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from cop.domain.task import Task
from cop.domain.words import TASK_OVER
from cop.map.layers.incidents import IncidentLayer
from cop.map.layers.layer import Layer
from cop.map.layers.resources import ResourceLayer
from cop.map.layers.units import UnitLayer
from cop.map.layers.zones import ZoneLayer
from cop.map.palette import Palette, colour
from cop.map.viewport import Viewport
from cop.picture.change import Change, Key
from cop.picture.picture import Picture

_HALO_UNIT_PX = 21.0
_HALO_INCIDENT_PX = 25.0
_HALO_MARK_PX = 13.0


class SelectionLayer(Layer):
    """Drawn below units and incidents, so that it hides none of them."""

    name: ClassVar[str] = "selection"
    label: ClassVar[str] = "Selection"
    listed: ClassVar[bool] = False

    def __init__(
        self,
        picture: Picture,
        palette: Palette,
        *,
        zones: ZoneLayer,
        units: UnitLayer,
        incidents: IncidentLayer,
        resources: ResourceLayer,
    ) -> None:
        super().__init__(palette)
        self._picture = picture
        self._zones = zones
        self._units = units
        self._incidents = incidents
        self._resources = resources
        self.kind = ""
        self.key: Key = ("", "")
        self._partners: list[tuple[str, Key]] = []

    def select(self, kind: str, key: Key) -> None:
        """Select an object; the kind "" selects nothing."""
        self.kind, self.key = kind, key
        self._partners = self._find_partners()

    def apply(self, change: Change) -> bool:
        if not change.tasks and not change.links:
            return False
        before, self._partners = self._partners, self._find_partners()
        return before != self._partners

    def paint(self, painter: QPainter, view: Viewport) -> None:
        ink = colour(self.palette.selection)
        if self.kind in {"zone", "alert"}:
            self._paint_outline(painter, view, ink)
            return
        at = self._point(view, self.kind, self.key)
        if at is None:
            return
        pen = QPen(ink, 2.0)
        pen.setDashPattern([1.0, 2.5])
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        for kind, key in self._partners:
            other = self._point(view, kind, key)
            if other is not None:
                painter.drawLine(at, other)
        fill = QColor(ink)
        fill.setAlpha(46)
        painter.setPen(QPen(ink, 2.6))
        painter.setBrush(fill)
        radius = _HALO_INCIDENT_PX if self.kind == "incident" else _HALO_UNIT_PX
        painter.drawEllipse(at, radius, radius)

    def _paint_outline(self, painter: QPainter, view: Viewport, ink: QColor) -> None:
        drawn = self._zones.drawn((self.kind, *self.key))
        if drawn is None:
            return
        outline, points = drawn
        wide = QColor(ink)
        wide.setAlpha(120)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(wide, 6.0))
        painter.drawPath(view.transform().map(outline))
        painter.setPen(QPen(ink, 2.6))
        for x, y in points:
            painter.drawEllipse(view.point(x, y), _HALO_MARK_PX, _HALO_MARK_PX)

    def _point(self, view: Viewport, kind: str, key: Key) -> QPointF | None:
        if kind == "incident":
            placed = self._incidents.get(key)
            return view.point(placed.x, placed.y) if placed is not None else None
        if kind == "resource":
            place = self._resources.position(key)
            return view.point(*place) if place is not None else None
        if kind == "unit":
            row = self._picture.tracks.row_of(*key)
            place = self._units.position(row) if row is not None else None
            return view.point(*place) if place is not None else None
        return None

    def _find_partners(self) -> list[tuple[str, Key]]:
        """Incidents that the selected unit, or units that the selected incident, has an open task with."""
        found: set[tuple[str, Key]] = set()
        about = self._picture.same.of(self.key) if self.kind == "incident" else ()
        for report in self._picture.tasks.values():
            task = report.body
            if not isinstance(task, Task) or task.draft or self._picture.task_state(report) in TASK_OVER:
                continue
            unit, incident = (task.assignee_agency, task.unit), (task.incident_agency, task.incident)
            if self.kind == "unit" and unit == self.key:
                found.add(("incident", incident))
            elif incident in about:
                found.add(("unit", unit))
        return sorted(found)
