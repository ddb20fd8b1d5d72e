"""What the tools that measure have in common: places clicked one after the other, and a line to the cursor."""

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPainter

from cop.domain.geodesic import Place
from cop.map import sketch as sketching
from cop.map.sketch import Sketch, SketchKind
from cop.map.tools.context import Spot, ToolContext
from cop.map.tools.tool import Tool
from cop.map.viewport import Viewport


class MeasuringTool(Tool):
    """Collects places; Backspace takes the last back, Enter or a double click keeps what is measured on the map."""

    kind: SketchKind
    #: how many places make a result, and after how many it is complete by itself
    least = 2
    most = 1000

    def __init__(self, context: ToolContext) -> None:
        super().__init__(context.palette)
        self.context = context
        self.spots: list[Spot] = []
        self._cursor: Spot | None = None

    def click(self, at: QPointF, view: Viewport) -> None:
        self._add(self.context.spot(at, view))

    def double_click(self, at: QPointF, view: Viewport) -> None:
        """Its first click has set the last place."""
        self._keep()

    def right_click(self, at: QPointF, view: Viewport) -> None:
        """As in every drawing program: what is there is kept, then the tool is put down."""
        if len(self.spots) >= self.least:
            self._keep()
        else:
            self.finished.emit()

    def hover(self, at: QPointF, view: Viewport) -> None:
        self._cursor = self.context.spot(at, view)
        self.changed.emit()

    def key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Backspace:
            if self.spots:
                self.spots.pop()
                self.changed.emit()
            return True
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._keep()
            return True
        return False

    def paint(self, painter: QPainter, view: Viewport) -> None:
        spots = [*self.spots, self._cursor] if self._cursor is not None else self.spots
        if spots:
            sketch = self.sketch(spots)
            said = sketching.figures(sketch, self.context.measures)
            sketching.draw(painter, view, sketch, said, self.palette, taken=[])

    def sketch(self, spots: list[Spot]) -> Sketch:
        """What these places make, without those set twice."""
        places: list[Place] = []
        names: list[str] = []
        for spot in spots:
            if not places or places[-1] != (spot.lat, spot.lon):
                places.append((spot.lat, spot.lon))
                names.append(spot.name)
        return Sketch(self.kind, tuple(places), tuple(names))

    def _add(self, spot: Spot) -> None:
        before = self.spots[-1] if self.spots else None
        if before is None or (before.lat, before.lon) != (spot.lat, spot.lon):
            self.spots.append(spot)
        if len(self.spots) >= self.most:
            self._keep()
        else:
            self.changed.emit()

    def _keep(self) -> None:
        """Leave the result on the map; with too few places there is none, and the tool goes on."""
        if len(self.spots) >= self.least:
            self.context.sketches.add(self.sketch(self.spots))
            self.finished.emit()
