"""The live map: layers on a canvas, mouse and keyboard, and what stands on its corners."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pyqtgraph as pg
import shapely
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QHideEvent, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QGraphicsView, QMenu, QVBoxLayout, QWidget

from cop.map import coordinates
from cop.map.canvas import Canvas, MapBox
from cop.map.controls import MapButtons, MapChip, ScaleBar
from cop.map.layers.basemap import BasemapLayer
from cop.map.layers.incidents import IncidentLayer
from cop.map.layers.jurisdictions import JurisdictionLayer
from cop.map.layers.labels import LabelLayer
from cop.map.layers.layer import Layer
from cop.map.layers.paths import projected
from cop.map.layers.selection import SelectionLayer
from cop.map.layers.tiles import TileLayer
from cop.map.layers.units import UnitLayer
from cop.map.layers.zones import ZoneLayer
from cop.map.palette import Palette, colour
from cop.map.place_menu import PlaceMenu
from cop.map.pointing import Pointing
from cop.map.projection import place_to_degrees, place_to_metres, stretch_at
from cop.map.tile_source import TileSource
from cop.map.viewport import Viewport
from cop.picture.change import Change
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
    layers_changed = Signal()

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
        self._cursor: QPointF | None = None
        self._fitted_to = ""
        self._tiles = TileLayer(tiles, palette, self) if tiles is not None else None
        self._basemap = BasemapLayer(region, palette)
        self._jurisdictions = JurisdictionLayer(picture, ground, palette, self._named_places)
        self._zones = ZoneLayer(picture, palette, now, exercise=exercise, reserved=self._corners)
        self._units = UnitLayer(picture, palette, now, exercise=exercise)
        self._incidents = IncidentLayer(picture, palette, now, exercise=exercise)
        self._selection = SelectionLayer(
            picture, palette, zones=self._zones, units=self._units, incidents=self._incidents
        )
        self._labels = LabelLayer(picture, self._units, self._incidents, palette, reserved=self._corners)
        self._pointing = Pointing(
            picture, zones=self._zones, units=self._units, incidents=self._incidents, labels=self._labels
        )
        self._ground_layers: list[Layer] = [self._basemap, self._jurisdictions, self._zones]
        if self._tiles is not None:
            self._ground_layers.insert(0, self._tiles)
            self._tiles.arrivals.changed.connect(lambda: self._redraw(ground=True, live=False))
        self._live_layers: list[Layer] = [self._selection, self._units, self._incidents, self._labels]
        self._home = _home(ground, self._basemap)
        self._build()
        self.set_palette(palette)

    def _build(self) -> None:
        self.setObjectName("map")
        self.setAccessibleName("Map")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._box = MapBox()
        self._canvas = Canvas(self._box, paint_ground=self._paint_ground, paint_live=self._paint_live)
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
        self._attribution = MapChip(self, "map_attribution")
        self._scale_bar = ScaleBar(self)
        self._buttons = MapButtons(self)
        self._buttons.pressed.connect(self._press)
        self._box.clicked.connect(self._click)
        self._box.double_clicked.connect(lambda at: self._box.zoom(2.0, at))
        self._box.menu_asked.connect(self._open_menu)
        self._box.view_changed.connect(self._view_changed)
        self._graphics.scene().sigMouseMoved.connect(self._move_cursor)
        self._attribution.say(self._tiles.source.attribution if self._tiles is not None else "")
        self._attribution.setVisible(self._tiles is not None)

    # what the desk tells the map

    def apply(self, change: Change) -> None:
        """Redraw what a pulse changed."""
        ground = [layer.apply(change) for layer in self._ground_layers]
        live = [layer.apply(change) for layer in self._live_layers]
        self._redraw(ground=any(ground), live=any(live))

    def tick(self) -> None:
        """A second has passed: staleness and ages move without messages."""
        ground = [layer.tick() for layer in self._ground_layers]
        live = [layer.tick() for layer in self._live_layers]
        self._redraw(ground=any(ground), live=any(live))

    def set_selection(self, kind: str, agency: str, id: str) -> None:  # noqa: A002  # the wire's word
        """Select an object from outside; nothing is emitted. The kind "" selects nothing."""
        self._selection.select(kind, (agency, id))
        self._incidents.selected = (agency, id) if kind == "incident" else None
        self._labels.selected_unit = self._picture.tracks.row_of(agency, id) if kind == "unit" else None
        self._canvas.redraw()

    def show_place(self, lat: float, lon: float, metres_across: float = 10_000.0) -> None:
        """Put a place into the middle and show so many metres of ground across."""
        x, y = place_to_metres(lat, lon)
        self._box.look_at(x, y, metres_across * stretch_at(y) / max(1, self.width()))

    def show_area(self, kind: str, agency: str, id: str) -> None:  # noqa: A002  # the wire's word
        """Bring a zone or an alert into view, whole; nothing happens if it has no area or is in view already."""
        bounds = self._zones.bounds((kind, agency, id))
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
        for layer in (*self._ground_layers, *self._live_layers):
            layer.set_palette(palette)
        for part in (self._readout, self._attribution, self._scale_bar, self._buttons):
            part.set_palette(palette)
        self._say_where()
        self._canvas.redraw_ground()

    def fit(self) -> None:
        """Show all incidents but those of doubtful place; where there are none, or they are shown, the region."""
        placed = [one for one in self._incidents.placed() if not one.doubtful]
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

    def set_layer_visible(self, name: str, visible: bool) -> None:
        """Show or hide a layer. Raises KeyError if there is none of this name."""
        layer = {layer.name: layer for layer in self._toggled()}[name]
        if layer.visible != visible:
            layer.visible = visible
            if layer is self._tiles:
                self._attribution.setVisible(visible)
            self._canvas.redraw_ground()
            self.layers_changed.emit()

    def layers(self) -> list[tuple[str, str, bool]]:
        """Name, label and whether it is shown, of each layer that can be hidden, the lowest first."""
        return [(layer.name, layer.label, layer.visible) for layer in self._toggled()]

    @property
    def view(self) -> Viewport:
        """What the map shows now."""
        return self._box.viewport(self.devicePixelRatioF())

    def _toggled(self) -> list[Layer]:
        return [layer for layer in (*self._ground_layers, *self._live_layers) if layer is not self._selection]

    # painting

    def _paint_ground(self, painter: QPainter, view: Viewport) -> None:
        painter.fillRect(view.rect(), colour(self._palette.map_background))
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        tiled = self._tiles is not None and self._tiles.visible
        for layer in self._ground_layers:
            # a full raster map has better roads and lakes than ours
            doubled = layer is self._basemap and tiled and self._tiles is not None and self._tiles.covers(view)
            if layer.visible and not doubled:
                layer.paint(painter, view)
        named = self._zones.names if self._zones.visible else []
        self._basemap.taken = list(named)
        if self._basemap.visible and not tiled:
            self._basemap.paint_names(painter, view, named)
        if self._jurisdictions.visible:
            self._jurisdictions.paint_names(painter, view)

    def _paint_live(self, painter: QPainter, view: Viewport) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for layer in self._live_layers:
            if layer.visible:
                layer.paint(painter, view)

    def _named_places(self) -> list[QRectF]:
        return [*self._basemap.taken, *self._corners()]

    def _corners(self) -> list[QRectF]:
        """What stands on the map's corners: nothing is to be written below it."""
        parts = (self._buttons, self._readout, self._scale_bar, self._attribution)
        return [QRectF(part.geometry()) for part in parts if part.isVisible()]

    def _redraw(self, *, ground: bool, live: bool) -> None:
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
        self._buttons.move(self.width() - self._buttons.width() - _EDGE_PX, _EDGE_PX)
        self._readout.move(_EDGE_PX, self.height() - 26 - _EDGE_PX)
        self._scale_bar.move(
            self.width() - self._scale_bar.width() - _EDGE_PX, self.height() - self._scale_bar.height() - _EDGE_PX
        )
        self._attribution.move(
            self._scale_bar.x() - self._attribution.width() - _EDGE_PX, self.height() - 26 - _EDGE_PX
        )

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if self._tiles is not None:
            self._tiles.stop()

    def _press(self, name: str) -> None:
        if name == "zoom_in":
            self._box.zoom(_STEP)
        elif name == "zoom_out":
            self._box.zoom(1 / _STEP)
        elif name == "fit":
            self.fit()
        else:
            self.open_layers()

    def _click(self, at: QPointF) -> None:
        self._choose(*self._pointing.object_at(at, self.view))

    def _choose(self, kind: str, agency: str, object_id: str) -> None:
        self.set_selection(kind, agency, object_id)
        self.selected.emit(kind, agency, object_id)

    def _move_cursor(self, at: QPointF) -> None:
        self._cursor = at
        self._say_where()

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
        lat, lon = place_to_degrees(*self.view.metres(at))
        grid = coordinates.usng(lat, lon)
        menu = PlaceMenu(self, grid, self._pointing.standing_at(at, self.view))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.open_chosen.connect(lambda: self.open_incident_asked.emit(lat, lon))
        menu.copy_chosen.connect(lambda: QGuiApplication.clipboard().setText(grid))
        menu.selected.connect(self._choose)
        menu.task_chosen.connect(self.task_asked)
        menu.popup(self.mapToGlobal(at.toPoint()))

    def open_layers(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("map_layers_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, label, visible in self.layers():
            action = menu.addAction(label)
            action.setCheckable(True)
            action.setChecked(visible)
            action.toggled.connect(lambda on, name=name: self.set_layer_visible(name, on))
        button = self._buttons.buttons["layers"]
        menu.popup(button.mapToGlobal(QPoint(button.width() - menu.sizeHint().width(), button.height() + 4)))


def _home(ground: Ground, basemap: BasemapLayer) -> tuple[float, float, float, float]:
    """What the map shows first: the towns of the region, else all of it. West, south, east, north in map metres."""
    towns = [projected(one.geometry) for one in ground.jurisdictions if one.level == "municipal"]
    if towns:
        west, south, east, north = shapely.total_bounds(towns)
        return float(west), float(south), float(east), float(north)
    return basemap.extent or _CAROLINAS
