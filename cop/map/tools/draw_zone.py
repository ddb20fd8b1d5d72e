"""Draw a zone by hand: corners of an area, a line or a corridor; the middle and rim of a circle; a lettered grid."""

import math
from typing import ClassVar

import msgspec
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter

from cop.domain.area import ZoneForm
from cop.domain.words import ZoneShape
from cop.domain.zone_forms import MOST_COURSE_POINTS, MOST_POINTS, refusal_of
from cop.map import zone_sketch
from cop.map.coordinates import round_length
from cop.map.tools.context import ToolContext
from cop.map.tools.tool import Tool
from cop.map.viewport import Viewport

_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_CONTROL = Qt.KeyboardModifier.ControlModifier
_CLOSES_PX = 10.0
_LEAST_DRAG_PX = 5.0
#: a corridor begins so wide on the screen, rounded to metres that one can say
_WIDTH_PX = 30.0
_LONGEST_TYPED = 7
_MOST_CELLS_ACROSS = 12
_NAMES = {
    "polygon": "Area",
    "circle": "Circle",
    "corridor": "Corridor",
    "line": "Line",
    "grid": "Lettered grid",
}
_LEAST = {"polygon": 3, "circle": 2, "corridor": 2, "line": 2, "grid": 2}


class DrawZoneTool(Tool):
    """Collects points until the shape is whole. Nothing of it is published: `drawn` carries it to who asks the rest."""

    drawn = Signal(object)  # ZoneForm
    given_up = Signal()

    name: ClassVar[str] = "draw_zone"
    label: ClassVar[str] = "Draw zone"

    def __init__(
        self, context: ToolContext, shape: ZoneShape = "polygon", *, first: tuple[float, float] | None = None
    ) -> None:
        """`first` is the first corner or the middle, (longitude, latitude), where it is known already."""
        super().__init__(context.palette)
        self.context = context
        self.shape: ZoneShape = shape
        self.points: list[tuple[float, float]] = [first] if first is not None else []
        self.typed = ""
        self._taken_back: list[tuple[float, float]] = []
        self._cursor: QPointF | None = None
        self._place: tuple[float, float] | None = None
        self._width_m = 0.0
        self._refused = ""
        self._dragging = False
        self._done = False

    @property
    def hint(self) -> str:
        if self._refused:
            return f"{self._refused} Backspace takes the last point back · Esc gives up"
        return f"{_NAMES[self.shape]}: {self._next_step()} · Esc gives up"

    @property
    def unfinished(self) -> bool:
        return len(self.points) > 1

    def form(self, *, with_cursor: bool = True) -> ZoneForm | None:
        """What is drawn so far, with the place under the cursor as the next point; None for nothing."""
        points = list(self.points)
        if with_cursor and self._place is not None and (not points or points[-1] != self._place):
            points.append(self._place)
        if not points:
            return None
        typed = float(self.typed) if self.typed and self.typed != "." else 0.0
        if self.shape == "circle":
            rim = zone_sketch.metres_between(points[0], points[-1]) if len(points) > 1 else 0.0
            return ZoneForm(shape="circle", points=(points[0],), radius_m=typed or rim or None)
        if self.shape == "corridor":
            return ZoneForm(shape="corridor", points=tuple(points), width_m=typed or self._width_m or None)
        if self.shape == "grid":
            return _with_square_cells(ZoneForm(shape="grid", points=(points[0], points[-1]), columns=1, rows=1))
        return ZoneForm(shape=self.shape, points=tuple(points))

    # mouse

    def click(self, at: QPointF, view: Viewport) -> None:
        place = zone_sketch.lon_lat(at, view)
        self._note_cursor(at, view)
        if self._closes(at, view):
            self._finish()
            return
        self._add(place, view)
        if self.shape in {"circle", "grid"} and len(self.points) >= _LEAST[self.shape]:
            self._finish()

    def double_click(self, at: QPointF, view: Viewport) -> None:
        """Its first click has set the last corner."""
        self._finish()

    def right_click(self, at: QPointF, view: Viewport) -> None:
        """As in every drawing program: what is whole is done, what is not is given up."""
        if len(self.points) >= _LEAST[self.shape]:
            self._finish()
        else:
            self.finished.emit()

    def hover(self, at: QPointF, view: Viewport) -> None:
        self._note_cursor(at, view)
        self.changed.emit()

    def takes_drag(self, at: QPointF, view: Viewport) -> bool:
        """A circle and a grid can be pulled open; a drag while corners are set moves the map."""
        self._dragging = self.shape in {"circle", "grid"}
        if self._dragging and not self.points:
            self._add(zone_sketch.lon_lat(at, view), view)
        return self._dragging

    def drag(self, at: QPointF, view: Viewport) -> None:
        self.hover(at, view)

    def drop(self, at: QPointF, view: Viewport) -> None:
        self._note_cursor(at, view)
        self._dragging = False
        if self.points and zone_sketch.apart(zone_sketch.on_screen(self.points[0], view), at) >= _LEAST_DRAG_PX:
            self._add(zone_sketch.lon_lat(at, view), view)
            self._finish()

    # keys

    def wants(self, event: QKeyEvent) -> bool:
        control = bool(event.modifiers() & _CONTROL)
        undoes = control and event.key() in {Qt.Key.Key_Z, Qt.Key.Key_Y}
        return super().wants(event) or undoes or self._is_typed(event)

    def key(self, event: QKeyEvent) -> bool:
        control, shift = (bool(event.modifiers() & one) for one in (_CONTROL, Qt.KeyboardModifier.ShiftModifier))
        if event.key() in _ENTER:
            self._finish()
        elif control and (event.key() == Qt.Key.Key_Y or (event.key() == Qt.Key.Key_Z and shift)):
            self._again()
        elif event.key() == Qt.Key.Key_Backspace or (control and event.key() == Qt.Key.Key_Z):
            self._take_back()
        elif self._is_typed(event):
            self.typed = (self.typed + event.text())[:_LONGEST_TYPED]
        else:
            return False
        self.changed.emit()
        return True

    def put_down(self) -> None:
        """Whatever took it out of the hand: what was drawn and not finished is given up."""
        if not self._done:
            self._done = True
            self.given_up.emit()

    def paint(self, painter: QPainter, view: Viewport) -> None:
        form = self.form()
        if form is None:
            return
        if self.shape in {"circle", "grid"} or len(form.points) >= _LEAST[self.shape]:
            zone_sketch.paint_form(painter, view, form, self.palette, "")
        else:
            zone_sketch.paint_form(painter, view, msgspec.structs.replace(form, shape="line"), self.palette, "")
        set_points = [
            zone_sketch.Handle("point", index, zone_sketch.on_screen(point, view))
            for index, point in enumerate(self.points)
        ]
        first = set_points[0] if set_points and self._cursor is not None and self._closes(self._cursor, view) else None
        zone_sketch.paint_handles(painter, set_points, self.palette, first)
        if self._cursor is not None and self.points:
            zone_sketch.paint_words(painter, view, self._cursor, self._leg_words(), self.palette)

    # what happens

    def _add(self, place: tuple[float, float], view: Viewport) -> None:
        if self.points and self.points[-1] == place:
            return
        most = MOST_COURSE_POINTS if self.shape == "corridor" else MOST_POINTS
        if len(self.points) >= most:
            self._refused = f"{_NAMES[self.shape]}: at most {most:,} points."
            return
        self.points.append(place)
        self._taken_back.clear()
        self._refused = ""
        self.changed.emit()

    def _take_back(self) -> None:
        self._refused = ""
        if self.typed:
            self.typed = self.typed[:-1]
        elif self.points:
            self._taken_back.append(self.points.pop())

    def _again(self) -> None:
        if self._taken_back:
            self.points.append(self._taken_back.pop())
            self._refused = ""

    def _finish(self) -> None:
        """Hand over what is drawn, if it is a shape; else say what is missing and go on."""
        if self._done:
            return
        sized = self.shape == "circle" and bool(self.typed)
        by_cursor = self.shape in {"circle", "grid"} and len(self.points) == 1 and not sized
        form = self.form(with_cursor=by_cursor)
        if form is None or (len(self.points) < _LEAST[self.shape] and not sized and not by_cursor):
            self.changed.emit()
            return
        self._refused = refusal_of(form)
        if self._refused:
            if self.shape in {"circle", "grid"} and len(self.points) > 1:
                del self.points[1:]
            self.changed.emit()
            return
        self._done = True
        self.drawn.emit(form)
        self.finished.emit()

    def _note_cursor(self, at: QPointF, view: Viewport) -> None:
        self._cursor, self._place = QPointF(at), zone_sketch.lon_lat(at, view)
        if self.shape == "corridor" and (not self.points or not self._width_m):
            self._width_m = max(1.0, round_length(_WIDTH_PX * view.ground_metres_per_pixel))

    def _closes(self, at: QPointF, view: Viewport) -> bool:
        if self.shape != "polygon" or len(self.points) < _LEAST["polygon"]:
            return False
        return zone_sketch.apart(zone_sketch.on_screen(self.points[0], view), at) <= _CLOSES_PX

    def _is_typed(self, event: QKeyEvent) -> bool:
        """Digits say a circle's radius or a corridor's width in metres."""
        if event.modifiers() & (_CONTROL | Qt.KeyboardModifier.AltModifier) or not self.points:
            return False
        text = event.text()
        figure = text in set("0123456789") or (text == "." and "." not in self.typed)
        return bool(text) and figure and self.shape in {"circle", "corridor"}

    # words

    def _next_step(self) -> str:
        if self.shape == "circle":
            if not self.points:
                return "press on the middle and pull, or click the middle"
            if self.typed:
                return f"radius {self.typed}▏ m · Enter ends"
            return "click where the rim is to be, or type the radius in metres"
        if self.shape == "grid":
            return "pull from one corner to the other, or click both" if not self.points else "click the other corner"
        wide = ""
        if self.shape == "corridor" and self.points:
            wide = f" · {self.typed}▏ m wide" if self.typed else " · type its width in metres"
        if len(self.points) < _LEAST[self.shape]:
            return ("click the first corner" if not self.points else "click the next one") + wide
        form = self.form(with_cursor=False)
        size = zone_sketch.size_words(form, self.context.measures) if form is not None else ""
        return f"{size or 'lines cross'}{wide} · Enter ends, Backspace takes back"

    def _leg_words(self) -> str:
        form = self.form()
        if form is None or self._place is None:
            return ""
        if self.shape == "circle":
            return self.context.measures.length(form.radius_m or 0.0)
        if self.shape == "grid":
            return zone_sketch.size_words(form, self.context.measures)
        return self.context.measures.length(zone_sketch.metres_between(self.points[-1], self._place))


def _with_square_cells(form: ZoneForm) -> ZoneForm:
    """A grid of cells that are nearly square on the ground: twelve along its longer side, to begin with."""
    across, down = zone_sketch.cell_size_m(form)
    longer = max(across, down)
    if not longer or not math.isfinite(longer):
        return form
    side = longer / _MOST_CELLS_ACROSS
    return msgspec.structs.replace(form, columns=max(1, round(across / side)), rows=max(1, round(down / side)))
