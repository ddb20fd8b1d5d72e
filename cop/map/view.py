"""The live map: layers on a canvas, mouse and keyboard, and what stands on its corners."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyqtgraph as pg
import shapely
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QHideEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QVBoxLayout, QWidget

from cop.map import coordinates
from cop.map.canvas import Canvas, MapBox
from cop.map.controls import MapButtons, MapChip, ScaleBar
from cop.map.layer_set import LayerSet
from cop.map.layers.basemap import BasemapLayer
from cop.map.layers.paths import projected
from cop.map.palette import Palette
from cop.map.place_menu import MenuLine, PlaceMenu, Standing
from cop.map.projection import place_to_degrees, place_to_metres, stretch_at
from cop.map.tile_source import TileSource
from cop.map.tools.tool import Tool
from cop.map.viewport import Viewport
from cop.picture.change import Change
from cop.picture.filter import Filter
from cop.picture.ground import Ground
from cop.picture.picture import Picture

_STEP = 1.6
_PAN_PX = 120.0
_EDGE_PX = 14
#: the least that "show all incidents" shows, in map metres
_LEAST_FIT_M = 20_000.0
_CAROLINAS = (-9_130_000.0, 4_110_000.0, -8_880_000.0, 4_300_000.0)


class MapView(QWidget):
    """Shows the picture on the ground. Told once a pulse what changed (`apply`) and once a second to age (`tick`)."""

    selected = Signal(str, str, str)  # kind ("unit", "incident", "zone", "alert", "" for nothing), agency, id
    open_incident_asked = Signal(float, float)  # lat, lon
    task_asked = Signal(str, str)  # agency, unit
    layers_changed = Signal()  # what is shown, how strongly, in which order, or what the filter hides
    layers_asked = Signal()  # the button that shows the layers was pressed
    tool_changed = Signal(object)  # the Tool in hand, None for none

    def __init__(
        self,
        picture: Picture,
        ground: Ground,
        region: Path,
        palette: Palette,
        *,
        tiles: TileSource | None = None,
        exercise: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`exercise`: all the work is one, so that nothing need be marked as not live."""
        super().__init__()
        self._picture = picture
        self._palette = palette
        self._now = now
        self._cursor: QPointF | None = None
        self._tool: Tool | None = None
        self._fitted_to = ""
        self.layer_set = LayerSet(
            picture,
            ground,
            region,
            palette,
            now=now,
            exercise=exercise,
            tiles=tiles,
            reserved=self._corners,
            parent=self,
        )
        self._home = _home(ground, self.layer_set.basemap)
        self._build()
        self.set_palette(palette)

    def _build(self) -> None:
        self.setObjectName("map")
        self.setAccessibleName("Map")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._box = MapBox()
        self._canvas = Canvas(self._box, paint_ground=self.layer_set.paint_ground, paint_live=self._paint_live)
        self._graphics = pg.GraphicsView(self, background=None)
        self._graphics.setCentralItem(self._box)
        self._graphics.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # the canvas fills every pixel: nothing else has to paint a background or to keep one
        self._graphics.setCacheMode(QGraphicsView.CacheModeFlag.CacheNone)
        self._graphics.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self._graphics.viewport().setAutoFillBackground(False)
        self._graphics.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._graphics.viewport().installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._graphics)
        self._readout = MapChip(self, "map_readout")
        self._hint = MapChip(self, "map_hint")
        self._attribution = MapChip(self, "map_attribution")
        self._scale_bar = ScaleBar(self)
        self._buttons = MapButtons(self)
        self._buttons.pressed.connect(self._press)
        self._box.takes_drag = self._takes_drag
        self._box.clicked.connect(self._click)
        self._box.double_clicked.connect(self._double_click)
        self._box.menu_asked.connect(self._right_click)
        self._box.dragged.connect(lambda at: self._tool.drag(at, self.view) if self._tool is not None else None)
        self._box.dropped.connect(lambda at: self._tool.drop(at, self.view) if self._tool is not None else None)
        self._box.view_changed.connect(self._view_changed)
        self._graphics.scene().sigMouseMoved.connect(self._move_cursor)
        tiles = self.layer_set.tiles
        self._attribution.say(tiles.source.attribution if tiles is not None else "")
        self._attribution.setVisible(tiles is not None)
        if tiles is not None:
            tiles.arrivals.changed.connect(self._canvas.redraw_ground)

    # what the desk tells the map

    def apply(self, change: Change) -> None:
        """Redraw what a pulse changed."""
        self._redraw(*self.layer_set.apply(change))

    def tick(self) -> None:
        """A second has passed: staleness and ages move without messages."""
        self._redraw(*self.layer_set.tick())

    def set_selection(self, kind: str, agency: str, id: str) -> None:  # noqa: A002  # the wire's word
        """Select an object from outside; nothing is emitted. The kind "" selects nothing."""
        self.layer_set.select(kind, (agency, id))
        self._canvas.redraw()

    def show_place(self, lat: float, lon: float, metres_across: float = 10_000.0) -> None:
        """Put a place into the middle and show so many metres of ground across."""
        x, y = place_to_metres(lat, lon)
        self._box.look_at(x, y, metres_across * stretch_at(y) / max(1, self.width()))

    def show_area(self, kind: str, agency: str, id: str) -> None:  # noqa: A002  # the wire's word
        """Bring a zone or an alert into view, whole; nothing happens if it has no area or is in view already."""
        bounds = self.layer_set.zones.bounds((kind, agency, id))
        if bounds is None:
            return
        west, south, east, north = self.view.bounds(-_EDGE_PX)
        if not (west <= bounds[0] and south <= bounds[1] and bounds[2] <= east and bounds[3] <= north):
            spare = max(0.0, _LEAST_FIT_M - max(bounds[2] - bounds[0], bounds[3] - bounds[1])) / 2
            wider = (bounds[0] - spare, bounds[1] - spare, bounds[2] + spare, bounds[3] + spare)
            self._box.show_bounds(*wider, margin_px=60)

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        self._palette = palette
        self.layer_set.set_palette(palette)
        if self._tool is not None:
            self._tool.set_palette(palette)
        for part in (self._readout, self._attribution, self._hint, self._scale_bar, self._buttons):
            part.set_palette(palette)
        self._say_where()
        self._canvas.redraw_ground()

    def fit(self) -> None:
        """Show all incidents but those of doubtful place; where there are none, or they are shown, the region."""
        placed = [one for one in self.layer_set.incidents.placed() if not one.doubtful]
        if placed and self._fitted_to != "incidents":
            xs, ys = [one.x for one in placed], [one.y for one in placed]
            spare_x = max(0.0, _LEAST_FIT_M - (max(xs) - min(xs))) / 2
            spare_y = max(0.0, _LEAST_FIT_M - (max(ys) - min(ys))) / 2
            west, east = min(xs) - spare_x, max(xs) + spare_x
            self._box.show_bounds(west, min(ys) - spare_y, east, max(ys) + spare_y, margin_px=80)
            self._fitted_to = "incidents"
        else:
            self._box.show_bounds(*self._home)
            self._fitted_to = "region"

    # layers and tools

    def set_layer(self, name: str, *, visible: bool | None = None, opacity: float | None = None) -> None:
        """Show, hide or fade (0…1) a layer. Raises KeyError if there is none of this name."""
        layer = {layer.name: layer for layer in self.layer_set.listed()}[name]
        before = (layer.visible, layer.opacity)
        layer.visible = layer.visible if visible is None else visible
        layer.opacity = layer.opacity if opacity is None else opacity
        if (layer.visible, layer.opacity) != before:
            if layer is self.layer_set.tiles:
                self._attribution.setVisible(layer.visible)
            self._canvas.redraw_ground()
            self.layers_changed.emit()

    def arrange_layers(self, names: list[str]) -> None:
        """Put layers into this order, the lowest first; the ground stays below what lives on it."""
        for stack in (self.layer_set.ground, self.layer_set.live):
            stack.arrange([name for name in names if stack.named(name) is not None])
        self._canvas.redraw_ground()
        self.layers_changed.emit()

    @property
    def filter(self) -> Filter:
        """Which units are left out."""
        return self.layer_set.units.filter

    def set_filter(self, chosen: Filter) -> None:
        """Leave these units out from now on."""
        if chosen != self.filter:
            self.layer_set.units.set_filter(chosen)
            self._canvas.redraw()
            self.layers_changed.emit()

    @property
    def tool(self) -> Tool | None:
        """The tool in hand."""
        return self._tool

    def take_tool(self, tool: Tool | None) -> None:
        """Take a tool in hand instead of the one before; None: none. The map keeps no tool that was put down."""
        before, self._tool = self._tool, None
        if before is not None:
            before.put_down()
            before.deleteLater()
        if tool is not None:
            tool.setParent(self)
            tool.set_palette(self._palette)
            tool.changed.connect(self._tool_changed)
            tool.finished.connect(lambda tool=tool: self.take_tool(None) if self._tool is tool else None)
            self._tool = tool
        self._graphics.viewport().setCursor(tool.cursor if tool is not None else Qt.CursorShape.ArrowCursor)
        self._tool_changed()
        self.tool_changed.emit(tool)

    def _tool_changed(self) -> None:
        self._hint.say(self._tool.hint if self._tool is not None else "")
        self._place_parts()
        self._canvas.redraw()

    @property
    def view(self) -> Viewport:
        """What the map shows now."""
        return self._box.viewport(self.devicePixelRatioF())

    # painting

    def _paint_live(self, painter: QPainter, view: Viewport) -> None:
        self.layer_set.paint_live(painter, view)
        if self._tool is not None:
            self._tool.paint(painter, view)

    def _corners(self) -> list[QRectF]:
        """What stands on the map's corners: nothing is to be written below it."""
        parts = (self._buttons, self._readout, self._hint, self._scale_bar, self._attribution)
        return [QRectF(part.geometry()) for part in parts if part.isVisible()]

    def _redraw(self, ground: bool, live: bool) -> None:
        if ground:
            self._canvas.redraw_ground()
        elif live:
            self._canvas.redraw()

    # mouse and keyboard

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._cursor = None
            self._say_where()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self._tool is not None and self._tool.key(event):
            return
        if self._tool is not None and key == Qt.Key.Key_Escape:
            self.take_tool(None)
            return
        pans = {
            Qt.Key.Key_Left: (-_PAN_PX, 0.0),
            Qt.Key.Key_Right: (_PAN_PX, 0.0),
            Qt.Key.Key_Up: (0.0, -_PAN_PX),
            Qt.Key.Key_Down: (0.0, _PAN_PX),
        }
        if key in pans:
            self._box.pan(*pans[Qt.Key(key)])
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self._press("zoom_in")
        elif key in {Qt.Key.Key_Minus, Qt.Key.Key_Underscore}:
            self._press("zoom_out")
        elif key in {Qt.Key.Key_0, Qt.Key.Key_Home}:
            self._press("fit")
        elif key == Qt.Key.Key_Escape:
            self._choose("", "", "")
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:  # the mouse's own way is the canvas's click
            self._open_menu(QPointF(self.view.width / 2, self.view.height / 2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._fitted_to and self.width() > 1:
            self._graphics.resize(self.size())
            self._box.show_bounds(*self._home)
            self._fitted_to = "region"
        self._place_parts()

    def _place_parts(self) -> None:
        """Put everything on the map's corners where it belongs."""
        below = self.height() - _EDGE_PX
        self._buttons.move(self.width() - self._buttons.width() - _EDGE_PX, _EDGE_PX)
        self._readout.move(_EDGE_PX, below - 26)
        self._scale_bar.move(self.width() - self._scale_bar.width() - _EDGE_PX, below - self._scale_bar.height())
        self._attribution.move(self._scale_bar.x() - self._attribution.width() - _EDGE_PX, below - 26)
        self._hint.move((self.width() - self._hint.width()) // 2, _EDGE_PX)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self.layer_set.tiles is not None:
            self.layer_set.tiles.stop()

    def _press(self, name: str) -> None:
        if name == "zoom_in":
            self._box.zoom(_STEP)
        elif name == "zoom_out":
            self._box.zoom(1 / _STEP)
        elif name == "fit":
            self.fit()
        else:
            self.layers_asked.emit()

    def _takes_drag(self, at: QPointF) -> bool:
        return self._tool is not None and self._tool.takes_drag(at, self.view)

    def _click(self, at: QPointF) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self._tool is not None:
            self._tool.click(at, self.view)
        else:
            self._choose(*self.layer_set.pointing.object_at(at, self.view))

    def _double_click(self, at: QPointF) -> None:
        if self._tool is not None:
            self._tool.double_click(at, self.view)
        else:
            self._box.zoom(2.0, at)

    def _right_click(self, at: QPointF) -> None:
        if self._tool is not None:
            self._tool.right_click(at, self.view)
        else:
            self._open_menu(at)

    def _choose(self, kind: str, agency: str, object_id: str) -> None:
        self.set_selection(kind, agency, object_id)
        self.selected.emit(kind, agency, object_id)

    def _move_cursor(self, at: QPointF) -> None:
        self._cursor = at
        self._say_where()
        if self._tool is not None:
            self._tool.hover(at, self.view)

    def _view_changed(self) -> None:
        self._fitted_to = self._fitted_to and "elsewhere"
        self._scale_bar.set_scale(self.view.ground_metres_per_pixel)
        self._say_where()

    def _say_where(self) -> None:
        view = self.view
        at = self._cursor if self._cursor is not None else QPointF(view.width / 2, view.height / 2)
        lat, lon = place_to_degrees(*view.metres(at))
        parts = [coordinates.usng(lat, lon), coordinates.degrees(lat, lon), coordinates.scale(view.scale)]
        self._readout.say(" · ".join(part for part in parts if part))

    # menus

    def _open_menu(self, at: QPointF) -> None:
        menu = PlaceMenu(self, self._menu_groups(at))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.mapToGlobal(at.toPoint()))

    def _menu_groups(self, at: QPointF) -> list[list[MenuLine]]:
        lat, lon = place_to_degrees(*self.view.metres(at))
        grid = coordinates.usng(lat, lon)
        here = [
            MenuLine("Open incident here…", lambda: self.open_incident_asked.emit(lat, lon)),
            MenuLine(
                f"Copy USNG  {grid}" if grid else "Copy USNG (none this far north or south)",
                lambda: QGuiApplication.clipboard().setText(grid),
                enabled=bool(grid),
            ),
        ]
        return [here, *(self._lines_of(one) for one in self.layer_set.pointing.standing_at(at, self.view))]

    def _lines_of(self, one: Standing) -> list[MenuLine]:
        lines = [MenuLine(f"Select {one.text}", lambda: self._choose(one.kind, one.agency, one.id))]
        if one.kind == "unit":
            lines.append(MenuLine(f"Assign task to {one.text}…", lambda: self.task_asked.emit(one.agency, one.id)))
        return lines


def _home(ground: Ground, basemap: BasemapLayer) -> tuple[float, float, float, float]:
    """What the map shows first: the towns of the region, else all of it. West, south, east, north in map metres."""
    towns = [projected(one.geometry) for one in ground.jurisdictions if one.level == "municipal"]
    if towns:
        west, south, east, north = shapely.total_bounds(towns)
        return float(west), float(south), float(east), float(north)
    return basemap.extent or _CAROLINAS
