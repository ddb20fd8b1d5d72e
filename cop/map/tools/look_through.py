"""Shapes that are not published yet, as they would look: seen on the map before they are said."""

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPainterPath, QPen, QPolygonF
from shapely.geometry.base import BaseGeometry

from cop.map.layers.paths import projected
from cop.map.palette import Palette, colour
from cop.map.tools.tool import Tool
from cop.map.viewport import Viewport
from cop.map.zone_looks import fill_of, pen_of, zone_look

_POLYGON, _MULTIPOLYGON = 3, 6


class Shape(NamedTuple):
    """A shape in degrees (x = longitude), the kind of zone that it would be, whether it is the one looked at."""

    geometry: BaseGeometry
    kind: str
    looked_at: bool = False


class LookThroughTool(Tool):
    """Shows shapes until it is put down; it takes no key, and no click means anything."""

    name: ClassVar[str] = "look_through"
    label: ClassVar[str] = "Looking through a file"
    cursor: ClassVar[Qt.CursorShape] = Qt.CursorShape.ArrowCursor

    def __init__(self, palette: Palette) -> None:
        super().__init__(palette)
        self._shapes: list[tuple[list[NDArray[np.float64]], Shape]] = []

    @property
    def hint(self) -> str:
        """How many there are, and that nobody else sees them."""
        count = len(self._shapes)
        return f"{count} shape{'s' if count > 1 else ''} of a file, not published yet" if count else ""

    @property
    def shown(self) -> list[Shape]:
        """What is shown."""
        return [shape for _, shape in self._shapes]

    def show(self, shapes: Sequence[Shape]) -> None:
        """Show these instead of those before."""
        self._shapes = [(_rings(one.geometry), one) for one in shapes]
        self.changed.emit()

    def wants(self, event: QKeyEvent) -> bool:
        """No key is its own."""
        return False

    def right_click(self, at: QPointF, view: Viewport) -> None:
        """They stay until the file is closed."""

    def paint(self, painter: QPainter, view: Viewport) -> None:
        for rings, shape in sorted(self._shapes, key=lambda one: one[1].looked_at):
            look = zone_look(shape.kind)
            path = QPainterPath()
            is_area = shapely.get_type_id(shape.geometry) in (_POLYGON, _MULTIPOLYGON)
            for ring in rings:
                places = zip(view.xs(ring[:, 0]).tolist(), view.ys(ring[:, 1]).tolist(), strict=True)
                path.addPolygon(QPolygonF([QPointF(x, y) for x, y in places]))
            painter.setBrush(fill_of(look, self.palette) if is_area else Qt.BrushStyle.NoBrush)
            if shape.looked_at:
                painter.strokePath(path, QPen(colour(self.palette.selection), look.width + 5.0))
            painter.setPen(pen_of(look, self.palette))
            painter.drawPath(path)


def _rings(geometry: BaseGeometry) -> list[NDArray[np.float64]]:
    """Its rings and lines in map metres, each of shape (n, 2)."""
    ground = projected(geometry)
    parts = shapely.get_rings(ground) if geometry.area else shapely.get_parts(ground)
    return [shapely.get_coordinates(one) for one in parts]
