"""Rings of equal distance around a place: how far a plume, a search or a perimeter may reach."""

import re
from typing import ClassVar

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

from cop.domain import geodesic
from cop.map import sketch as sketching
from cop.map.measures import FOOT_M, MILE_M, metric_length, us_length
from cop.map.sketch import Sketch
from cop.map.tools.context import Spot, ToolContext
from cop.map.tools.tool import Tool
from cop.map.viewport import Viewport

_METRIC = (250.0, 500.0, 1000.0)
_US = (1000 * FOOT_M, 0.5 * MILE_M, MILE_M)
_UNITS_M = {"m": 1.0, "km": 1000.0, "ft": FOOT_M, "mi": MILE_M}
_RADIUS = re.compile(r"(?<![0-9.])([0-9]{1,8}(?:\.[0-9]{0,3})?)(?![0-9.]) {0,2}(km|mi|ft|m)?")
_TYPED = re.compile(r"[0-9a-z., ]")
_LONGEST_TYPED = 60
_MOST_RINGS = 8
#: half way around the world: beyond it a ring is one around the other side
_LONGEST_M = 20_000_000.0
_LEAST_DRAG_PX = 6.0


class RangeRingsTool(Tool):
    """Click the middle for the rings shown; type other radii before; or drag one ring out from its middle."""

    name: ClassVar[str] = "rings"
    label: ClassVar[str] = "Range rings"

    def __init__(self, context: ToolContext) -> None:
        super().__init__(context.palette)
        self.context = context
        self.typed = ""
        self._cursor: Spot | None = None
        self._middle: Spot | None = None
        self._dragged_m = 0.0

    @property
    def radii_m(self) -> tuple[float, ...]:
        """The radii that a click would draw."""
        if self._middle is not None:
            return (self._dragged_m,)
        us = self.context.measures.choice == "us"
        return read_radii(self.typed, "ft" if us else "m") or (_US if us else _METRIC)

    @property
    def hint(self) -> str:
        if self._middle is not None:
            return "Let go where the ring is to be"
        say = us_length if self.context.measures.choice == "us" else metric_length
        said = ", ".join(say(radius) for radius in self.radii_m)
        if self.typed:
            return f"Radii: {self.typed}▏ = {said} · click the middle · Esc ends"
        return f"Rings of {said}: type others · click the middle, or drag a ring out · Esc ends"

    def wants(self, event: QKeyEvent) -> bool:
        return super().wants(event) or _is_typed(event)

    def key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Backspace:
            self.typed = self.typed[:-1]
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            if self._cursor is not None:
                self._keep(self._cursor)
        elif _is_typed(event):
            self.typed = (self.typed + event.text().lower())[:_LONGEST_TYPED]
        else:
            return False
        self.changed.emit()
        return True

    def click(self, at: QPointF, view: Viewport) -> None:
        self._keep(self.context.spot(at, view))

    def hover(self, at: QPointF, view: Viewport) -> None:
        self._cursor = self.context.spot(at, view)
        self.changed.emit()

    def takes_drag(self, at: QPointF, view: Viewport) -> bool:
        self._middle, self._dragged_m = self.context.spot(at, view), 0.0
        return True

    def drag(self, at: QPointF, view: Viewport) -> None:
        if self._middle is None:
            return
        away = view.place(self._middle.lat, self._middle.lon) - at
        edge = self.context.spot(at, view)
        far = abs(away.x()) + abs(away.y()) >= _LEAST_DRAG_PX
        between = geodesic.distance_and_bearing((self._middle.lat, self._middle.lon), (edge.lat, edge.lon))[0]
        self._dragged_m = min(between, _LONGEST_M) if far else 0.0
        self.changed.emit()

    def drop(self, at: QPointF, view: Viewport) -> None:
        self.drag(at, view)
        middle = self._middle
        if middle is not None and self._dragged_m > 0.0:
            self._keep(middle)
        self._middle = None
        self.changed.emit()

    def paint(self, painter: QPainter, view: Viewport) -> None:
        middle = self._middle or self._cursor
        if middle is not None:
            sketch = self._sketch(middle)
            sketching.draw(
                painter, view, sketch, sketching.figures(sketch, self.context.measures), self.palette, taken=[]
            )

    def _sketch(self, middle: Spot) -> Sketch:
        radii = tuple(radius for radius in self.radii_m if radius > 0.0)
        return Sketch("rings", ((middle.lat, middle.lon),), (middle.name,), radii)

    def _keep(self, middle: Spot) -> None:
        self.context.sketches.add(self._sketch(middle))
        self.finished.emit()


def read_radii(text: str, unit: str = "m") -> tuple[float, ...]:
    """Radii that a person typed, in metres, the shortest first: "300 600 1.5km", "1 mi"; () if there are none.

    A figure without a unit has that of the next figure that names one, else `unit`.
    """
    read = _RADIUS.findall(text.lower()[:_LONGEST_TYPED])
    radii: set[float] = set()
    for figure, named in reversed(read):
        unit = named or unit
        metres = float(figure) * _UNITS_M[unit]
        if 0.0 < metres <= _LONGEST_M:
            radii.add(metres)
    return tuple(sorted(radii)[:_MOST_RINGS])


def _is_typed(event: QKeyEvent) -> bool:
    with_control = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    return not with_control and bool(_TYPED.fullmatch(event.text().lower()))
