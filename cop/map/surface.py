"""What a map is drawn on, and the ways of a hand to it: mouse, wheel, fingers, and what stands on its corners."""

from abc import abstractmethod

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QVBoxLayout, QWidget

from cop.map.canvas import Canvas, MapBox
from cop.map.corners import Corners
from cop.map.projection import place_to_degrees
from cop.map.touch import Fingers
from cop.map.viewport import Viewport


class Surface(QWidget):
    """An empty map: it can be moved and zoomed, and shows what `_paint_ground` and `_paint_live` paint."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._cursor: QPointF | None = None
        self._box = MapBox()
        self._canvas = Canvas(self._box, paint_ground=self._paint_ground, paint_live=self._paint_live)
        self._graphics = pg.GraphicsView(self, background=None)
        self._graphics.setCentralItem(self._box)
        self._graphics.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # the canvas fills every pixel: nothing else has to paint a background or to keep one
        self._graphics.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        self._graphics.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        surface = self._graphics.viewport()
        surface.setAutoFillBackground(False)
        surface.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        surface.setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        surface.installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._graphics)
        self._corners = Corners(self)
        self._corners.covered.connect(self._canvas.redraw_ground)
        self._fingers = Fingers(self._box, self)
        self._graphics.scene().sigMouseMoved.connect(self._move_cursor)

    @property
    def view(self) -> Viewport:
        """What the map shows now."""
        return self._box.viewport(self.devicePixelRatioF())

    @property
    def pointed(self) -> tuple[float, float]:
        """Latitude and longitude under the cursor; of the middle where it is not over the map."""
        return self.middle if self._cursor is None else place_to_degrees(*self.view.metres(self._cursor))

    @property
    def middle(self) -> tuple[float, float]:
        """Latitude and longitude of the middle of the map."""
        return place_to_degrees(*self._box.middle)

    @abstractmethod
    def _paint_ground(self, painter: QPainter, view: Viewport) -> None:
        """What lies still; kept until `redraw_ground`, or another view."""

    @abstractmethod
    def _paint_live(self, painter: QPainter, view: Viewport) -> None:
        """What moves, above it."""

    @abstractmethod
    def _cursor_moved(self) -> None:
        """The cursor stands elsewhere over the map, or has left it."""

    @abstractmethod
    def _turn(self, forward: bool) -> None:
        """The mouse's side buttons: to the view before, or after."""

    def _redraw(self, ground: bool, live: bool) -> None:
        if ground:
            self._canvas.redraw_ground()
        elif live:
            self._canvas.redraw()

    def _move_cursor(self, at: QPointF) -> None:
        self._cursor = at
        self._cursor_moved()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._cursor = None
            self._cursor_moved()
        elif event.type() == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            turns = {Qt.MouseButton.BackButton: False, Qt.MouseButton.ForwardButton: True}
            if (forward := turns.get(event.button())) is not None:
                self._turn(forward)
                return True
        return self._fingers.take(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.width() > 1:
            self._graphics.resize(self.size())
        self._corners.place()
