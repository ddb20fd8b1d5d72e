"""Change a drawn zone by its handles: points, edges, a circle's rim, a corridor's side, a grid's corners."""

from typing import ClassVar

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter

from cop.domain.area import ZoneForm
from cop.domain.zone_forms import MOST_POINTS, moved, refusal_of
from cop.map import zone_sketch
from cop.map.tools.context import ToolContext
from cop.map.tools.tool import Tool
from cop.map.viewport import Viewport
from cop.map.zone_sketch import Handle

_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_CONTROL = Qt.KeyboardModifier.ControlModifier
_REACH_PX = 10.0
_ON_IT_PX = 6.0
_MOST_STEPS = 500


class ChangeZoneTool(Tool):
    """Holds a form that is always a shape on the ground: a change that would make it none is taken back in words.

    `form_changed` at every step; Enter is `confirmed`; out of the hand without it is `given_up`.
    """

    form_changed = Signal(object)  # ZoneForm
    confirmed = Signal(object)  # ZoneForm
    given_up = Signal()

    name: ClassVar[str] = "change_zone"
    label: ClassVar[str] = "Move points"
    cursor: ClassVar[Qt.CursorShape] = Qt.CursorShape.ArrowCursor

    def __init__(self, context: ToolContext, form: ZoneForm, kind: str, *, verb: str = "publishes") -> None:
        super().__init__(context.palette)
        self.context = context
        self.form = form
        self.kind = kind
        self._verb = verb
        self._steps = [form]
        self._step = 0
        self._held: Handle | None = None
        self._held_from: tuple[ZoneForm, QPointF] | None = None
        self._hot: Handle | None = None
        self._chosen: int | None = None
        self._refused = ""
        self._done = False
        #: whether a dialog asks the rest meanwhile: what is written there would go with the tool
        self.described = False

    @property
    def hint(self) -> str:
        if self._refused:
            return self._refused
        size = zone_sketch.size_words(self.form, self.context.measures)
        how = {
            "circle": "drag middle or rim",
            "grid": "drag corners",
        }.get(self.form.shape, "drag a point, click a ring for one more")
        return f"{size} · {how} · Enter {self._verb}, Esc gives up"

    @property
    def unfinished(self) -> bool:
        return self.described or len(self._steps) > 1

    def set_form(self, form: ZoneForm) -> None:
        """Take a form that was typed elsewhere, as one more step."""
        if form != self.form:
            self._note(form)

    def set_kind(self, kind: str) -> None:
        """Wear the look of another kind of zone."""
        self.kind = kind
        self.changed.emit()

    # mouse

    def click(self, at: QPointF, view: Viewport) -> None:
        handle = self._handle(at, view)
        self._refused = ""
        self._chosen = handle.index if handle is not None and handle.kind == "point" else None
        if handle is not None and handle.kind == "edge":
            self._insert(handle, at, view)
        self.changed.emit()

    def right_click(self, at: QPointF, view: Viewport) -> None:
        """Removes the point under it; anywhere else it does nothing, so that no work is lost by it."""
        handle = self._handle(at, view)
        if handle is not None and handle.kind == "point":
            self._remove(handle.index)
        self.changed.emit()

    def hover(self, at: QPointF, view: Viewport) -> None:
        hot = self._handle(at, view)
        if hot != self._hot:
            self._hot = hot
            self.changed.emit()

    def takes_drag(self, at: QPointF, view: Viewport) -> bool:
        """A handle, or the whole where it is taken hold of inside; beside it the map moves."""
        self._held = self._handle(at, view)
        if self._held is None and not zone_sketch.holds(self.form, at, view, _ON_IT_PX):
            return False
        if self._held is not None and self._held.kind == "edge" and len(self.form.points) >= MOST_POINTS:
            return False
        self._held_from = (self.form, QPointF(at))
        self._refused = ""
        return True

    def drag(self, at: QPointF, view: Viewport) -> None:
        if self._held_from is None:
            return
        before, start = self._held_from
        if self._held is not None:
            self.form = zone_sketch.with_handle_at(before, self._held, at, view)
        else:
            (lon, lat), (lon2, lat2) = zone_sketch.lon_lat(start, view), zone_sketch.lon_lat(at, view)
            self.form = moved(before, lon2 - lon, lat2 - lat)
        self.changed.emit()

    def drop(self, at: QPointF, view: Viewport) -> None:
        if self._held_from is None:
            return
        self.drag(at, view)
        form, (before, _) = self.form, self._held_from
        if self._held is not None and self._held.kind in {"point", "edge"}:
            self._chosen = self._held.index + (self._held.kind == "edge")
        self._held, self._held_from = None, None
        self.form = before
        self._note(form)

    # keys

    def wants(self, event: QKeyEvent) -> bool:
        undoes = bool(event.modifiers() & _CONTROL) and event.key() in {Qt.Key.Key_Z, Qt.Key.Key_Y}
        return super().wants(event) or undoes

    def key(self, event: QKeyEvent) -> bool:
        control, shift = (bool(event.modifiers() & one) for one in (_CONTROL, Qt.KeyboardModifier.ShiftModifier))
        if event.key() in _ENTER:
            self._confirm()
        elif control and (event.key() == Qt.Key.Key_Y or (event.key() == Qt.Key.Key_Z and shift)):
            self._go(self._step + 1)
        elif control and event.key() == Qt.Key.Key_Z:
            self._go(self._step - 1)
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            over = self._hot.index if self._hot is not None and self._hot.kind == "point" else None
            index = self._chosen if self._chosen is not None else over
            if index is None:
                self._refused = "Click a point first, then Delete removes it."
            else:
                self._remove(index)
        else:
            return False
        self.changed.emit()
        return True

    def put_down(self) -> None:
        """Out of the hand without Enter: nothing changes."""
        if not self._done:
            self._done = True
            self.given_up.emit()

    def let_go(self) -> None:
        """Put it down because somebody else has used what it made; nothing is given up."""
        self._done = True
        self.finished.emit()

    def paint(self, painter: QPainter, view: Viewport) -> None:
        zone_sketch.paint_form(painter, view, self.form, self.palette, self.kind)
        handles = zone_sketch.handles_of(self.form, view)
        chosen = next((one for one in handles if one.kind == "point" and one.index == self._chosen), None)
        zone_sketch.paint_handles(painter, handles, self.palette, self._hot or chosen)
        if self._held_from is not None and handles:
            words = zone_sketch.size_words(self.form, self.context.measures)
            at = handles[-1].at if self._held is None else _same(handles, self._held).at
            zone_sketch.paint_words(painter, view, at, words, self.palette)

    # what happens

    def _handle(self, at: QPointF, view: Viewport) -> Handle | None:
        near = [(zone_sketch.apart(one.at, at), one) for one in reversed(zone_sketch.handles_of(self.form, view))]
        return min((pair for pair in near if pair[0] <= _REACH_PX), key=lambda pair: pair[0], default=(0.0, None))[1]

    def _insert(self, handle: Handle, at: QPointF, view: Viewport) -> None:
        if len(self.form.points) >= MOST_POINTS:
            self._refused = f"A zone has at most {MOST_POINTS:,} points."
            return
        self._note(zone_sketch.with_handle_at(self.form, handle, at, view))
        self._chosen = handle.index + 1

    def _remove(self, index: int) -> None:
        left = zone_sketch.without_point(self.form, index) if index < len(self.form.points) else None
        if left is None:
            self._refused = "No point can be removed: too few would be left."
            return
        self._chosen = None
        self._note(left)

    def _note(self, form: ZoneForm) -> None:
        """One more step that can be undone, if it leaves a shape."""
        refusal = refusal_of(form)
        self._refused = f"Taken back: {refusal[0].lower()}{refusal[1:]}" if refusal else ""
        if not refusal and form != self.form:
            self._steps = [*self._steps[: self._step + 1], form][-_MOST_STEPS:]
            self._step = len(self._steps) - 1
            self.form = form
            self.form_changed.emit(form)
        self.changed.emit()

    def _go(self, step: int) -> None:
        self._refused = ""
        if 0 <= step < len(self._steps):
            self._step, self.form, self._chosen = step, self._steps[step], None
            self.form_changed.emit(self.form)

    def _confirm(self) -> None:
        if not self._done:
            self.confirmed.emit(self.form)


def _same(handles: list[Handle], held: Handle) -> Handle:
    """Where the handle in hand is now; an edge's has become the point after it."""
    kind, index = ("point", held.index + 1) if held.kind == "edge" else (held.kind, held.index)
    return next((one for one in handles if (one.kind, one.index) == (kind, index)), handles[-1])
