"""What this desk measured on the map: lines, areas, rings and bearings that stay until they are cleared."""

from collections import deque
from typing import ClassVar

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from cop.map import sketch as sketching
from cop.map.layers.layer import Layer
from cop.map.measures import Measures
from cop.map.palette import Palette
from cop.map.sketch import Figure, Sketch
from cop.map.viewport import Viewport

_REACH_PX = 8.0
#: the eldest goes when there are more: nobody clears what was measured a day ago
_MOST = 100


class SketchLayer(Layer):
    """The desk's own: not published, not part of the picture. A click chooses one, Delete removes it."""

    name: ClassVar[str] = "sketches"
    label: ClassVar[str] = "Measurements"

    def __init__(self, palette: Palette, measures: Measures) -> None:
        super().__init__(palette)
        self._measures = measures
        self._kept: deque[tuple[Sketch, list[Figure]]] = deque(maxlen=_MOST)
        self.chosen: Sketch | None = None

    @property
    def kept(self) -> list[Sketch]:
        """Everything measured, the newest last."""
        return [one for one, _ in self._kept]

    def add(self, sketch: Sketch) -> None:
        """Keep what was measured; hidden measurements are shown again: who measures wants to see it."""
        self._kept.append((sketch, sketching.figures(sketch, self._measures)))
        self.visible = True

    def remove(self, sketch: Sketch) -> None:
        """Take one away."""
        for kept in [one for one in self._kept if one[0] == sketch]:
            self._kept.remove(kept)
        if self.chosen == sketch:
            self.chosen = None

    def clear(self) -> None:
        """Take all away."""
        self._kept.clear()
        self.chosen = None

    def at(self, point: QPointF, view: Viewport) -> Sketch | None:
        """The measurement whose line lies within 8 px of a point of the screen, the newest first."""
        if not self.visible:
            return None
        return next(
            (one for one in reversed(self.kept) if sketching.reach_px(one, point, view) <= _REACH_PX),
            None,
        )

    def paint(self, painter: QPainter, view: Viewport) -> None:
        taken: list[QRectF] = []
        for one, figures in reversed(self._kept):
            sketching.draw(painter, view, one, figures, self.palette, taken=taken, chosen=one == self.chosen)
