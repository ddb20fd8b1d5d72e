"""The drawing surface: a ViewBox in Web Mercator metres, and the one item on it that paints the layers."""

from collections.abc import Callable
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from cop.map.glide import Glide
from cop.map.projection import WORLD_M
from cop.map.viewport import Viewport

#: map metres a pixel at the nearest and the farthest
_NEAREST = 0.05
_FARTHEST = 2 * WORLD_M / 512
#: one notch of the wheel (120 eighths of a degree)
_NOTCH = 1.35


class MapBox(pg.ViewBox):  # type: ignore[misc]  # pyqtgraph has no types
    """Keeps middle and metres a pixel through every resize; drag pans, wheel zooms at the cursor, no axes, no menu."""

    clicked = Signal(object)  # QPointF: the left button, once
    double_clicked = Signal(object)
    menu_asked = Signal(object)  # QPointF: the right button
    dragged = Signal(object)  # QPointF: a drag that `takes_drag` took has come here
    dropped = Signal(object)  # QPointF: and has ended here
    view_changed = Signal()
    moved_by_hand = Signal(bool)  # mouse, wheel or finger moved the map; whether it was more than a zoom

    def __init__(self) -> None:
        super().__init__(border=None, lockAspect=True, enableMenu=False, defaultPadding=0.0)
        self.disableAutoRange()
        self._middle = (0.0, 0.0)
        self._metres_per_pixel = 100.0
        self._drag_taken = False
        self.glide = Glide(self._pan_by_hand, self)
        #: whether a left drag from this point is somebody else's; else it moves the map
        self.takes_drag: Callable[[QPointF], bool] = lambda _at: False
        #: the same of the mouse alone (a finger moves the map), and whether Ctrl was held
        self.carries: Callable[[QPointF, bool], bool] = lambda _at, _held: False
        #: what a wheel or pinch zooms at, in pixels; None: what lies under it
        self.zooms_at: QPointF | None = None

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the view in map metres."""
        return self._middle

    @property
    def metres_per_pixel(self) -> float:
        """Map metres a pixel."""
        return self._metres_per_pixel

    def viewport(self, dpr: float) -> Viewport:
        """What is in view now."""
        width, height = max(1, round(self.width())), max(1, round(self.height()))
        left = self._middle[0] - width / 2 * self._metres_per_pixel
        top = self._middle[1] + height / 2 * self._metres_per_pixel
        return Viewport(left, top, self._metres_per_pixel, width, height, dpr)

    def look_at(self, x: float, y: float, metres_per_pixel: float | None = None) -> None:
        """Put a place in map metres into the middle."""
        self._middle = (max(-WORLD_M, min(WORLD_M, x)), max(-WORLD_M, min(WORLD_M, y)))
        if metres_per_pixel is not None:
            self._metres_per_pixel = max(_NEAREST, min(_FARTHEST, metres_per_pixel))
        self._show()

    def show_bounds(self, west: float, south: float, east: float, north: float, *, margin_px: float = 24) -> None:
        """Show all of a rectangle in map metres."""
        across = max(1.0, self.width() - 2 * margin_px)
        down = max(1.0, self.height() - 2 * margin_px)
        scale = max((east - west) / across, (north - south) / down)
        self.look_at((west + east) / 2, (south + north) / 2, scale)

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Enlarge by a factor; what lies under `at` (pixels; the middle if None) stays where it is."""
        view = self.viewport(1.0)
        at = QPointF(view.width / 2, view.height / 2) if at is None else at
        x, y = view.metres(at)
        scale = max(_NEAREST, min(_FARTHEST, self._metres_per_pixel / factor))
        away_x, away_y = at.x() - view.width / 2, at.y() - view.height / 2
        self.look_at(x - away_x * scale, y + away_y * scale, scale)

    def pan(self, right_px: float, down_px: float) -> None:
        """Move the view over the ground."""
        x, y = self._middle
        self.look_at(x + right_px * self._metres_per_pixel, y - down_px * self._metres_per_pixel)

    def _show(self) -> None:
        view = self.viewport(1.0)
        west, south, east, north = view.bounds()
        self.setRange(xRange=(west, east), yRange=(south, north), padding=0.0, disableAutoRange=False)
        self.view_changed.emit()

    def resizeEvent(self, event: Any) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_middle"):  # pyqtgraph resizes while it is being built
            self._show()

    def wheelEvent(self, event: Any, axis: int | None = None) -> None:
        self.glide.stop()
        at = event.pos() if self.zooms_at is None else self.zooms_at
        self.zoom(_NOTCH ** (event.delta() / 120), at)
        self.moved_by_hand.emit(False)
        event.accept()

    def mousePressEvent(self, event: Any) -> None:
        self.glide.stop()
        super().mousePressEvent(event)

    def mouseDragEvent(self, event: Any, axis: int | None = None) -> None:
        if event.button() not in {Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton}:
            event.ignore()
            return
        event.accept()
        if event.isStart():
            down = QPointF(event.buttonDownPos())
            self.begin_drag(down, left=event.button() == Qt.MouseButton.LeftButton, held=event.modifiers())
        self.drag_on(QPointF(event.lastPos()), QPointF(event.pos()))
        if event.isFinish():
            self.end_drag(QPointF(event.pos()))

    def mouseClickEvent(self, event: Any) -> None:
        event.accept()
        at = QPointF(event.pos())
        if event.button() == Qt.MouseButton.RightButton:
            self.menu_asked.emit(at)
        elif event.button() == Qt.MouseButton.LeftButton:
            (self.double_clicked if event.double() else self.clicked).emit(at)

    # what mouse and fingers do alike

    def begin_drag(self, at: QPointF, *, left: bool = True, held: Qt.KeyboardModifier | None = None) -> None:
        """A drag begins: the map's, or somebody else's; `held` are the keys held with the mouse, None for a finger."""
        self.glide.stop()
        self._drag_taken = left and self.takes_drag(at)
        if left and not self._drag_taken and held is not None:
            self._drag_taken = self.carries(at, bool(held & Qt.KeyboardModifier.ControlModifier))

    def drag_on(self, before: QPointF, at: QPointF) -> None:
        """A drag has come on."""
        if self._drag_taken:
            self.dragged.emit(at)
        else:
            self.glide.feel(at)
            self._pan_by_hand(before.x() - at.x(), before.y() - at.y())

    def end_drag(self, at: QPointF) -> None:
        """A drag has ended."""
        if self._drag_taken:
            self._drag_taken = False
            self.dropped.emit(at)
        else:
            self.glide.let_go()

    def pinch(self, before: QPointF, at: QPointF, factor: float) -> None:
        """Two fingers."""
        self.glide.stop()
        self.pan(before.x() - at.x(), before.y() - at.y())
        self.zoom(factor, at)
        self.moved_by_hand.emit(True)

    def tap(self, at: QPointF, *, double: bool) -> None:
        """One finger, shortly."""
        self.glide.stop()
        (self.double_clicked if double else self.clicked).emit(at)

    def press_long(self, at: QPointF) -> None:
        """One finger, for long."""
        self.menu_asked.emit(at)

    def _pan_by_hand(self, right_px: float, down_px: float) -> None:
        self.pan(right_px, down_px)
        self.moved_by_hand.emit(True)


class Canvas(QGraphicsItem):
    """Paints the ground from a picture kept until the view changes, and on top of it what lives.

    So a pulse in which units move costs the units, not the ground.
    """

    def __init__(
        self,
        box: MapBox,
        *,
        paint_ground: Callable[[QPainter, Viewport], None],
        paint_live: Callable[[QPainter, Viewport], None],
    ) -> None:
        super().__init__(box)
        self._box = box
        self._paint_ground = paint_ground
        self._paint_live = paint_live
        self._ground: QPixmap | None = None
        self._ground_view: Viewport | None = None
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        box.view_changed.connect(self.redraw)

    def redraw(self) -> None:
        """Paint again, with the ground as it was if the view is the same."""
        self.update()

    def redraw_ground(self) -> None:
        """Paint again, the ground too."""
        self._ground_view = None
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self._box.rect())

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        view = self._box.viewport(painter.device().devicePixelRatioF())
        if self._ground is None or view != self._ground_view:
            self._ground = self._drawn_ground(view)
            self._ground_view = view
        painter.drawPixmap(0, 0, self._ground)
        self._paint_live(painter, view)

    def _drawn_ground(self, view: Viewport) -> QPixmap:
        size = (round(view.width * view.dpr), round(view.height * view.dpr))
        ground = self._ground
        if ground is None or (ground.width(), ground.height()) != size:
            ground = QPixmap(*size)
        ground.setDevicePixelRatio(view.dpr)
        painter = QPainter(ground)
        try:
            self._paint_ground(painter, view)
        finally:
            painter.end()  # one left open would take the whole process with it
        return ground
