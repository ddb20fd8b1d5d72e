"""The live map: layers on a canvas, mouse and keyboard, and what stands on its corners."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import shapely
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QKeyEvent, QPainter, QResizeEvent

from cop.map import coordinates
from cop.map.carrying import Carrying
from cop.map.following import Following
from cop.map.hand import Hand
from cop.map.layer_set import LayerSet
from cop.map.layers.basemap import BasemapLayer
from cop.map.layers.paths import projected
from cop.map.left_out import left_out
from cop.map.measures import Measures
from cop.map.moves import Bounds, Look, Moves
from cop.map.open_bubble import OpenBubble
from cop.map.palette import Palette
from cop.map.place_menu import PlaceMenus
from cop.map.projection import place_to_degrees, place_to_metres, stretch_at
from cop.map.sketch import Sketch
from cop.map.surface import Surface
from cop.map.tile_source import TileSource
from cop.map.tools.tool import Tool
from cop.map.viewport import Viewport
from cop.picture.change import Change, Key
from cop.picture.filter import Filter, filter_of
from cop.picture.ground import Ground
from cop.picture.picture import Picture

_STEP = 1.6
_PAN_PX = 120.0
_EDGE_PX = 14
#: the least that is shown around an area that somebody chose, in map metres
_LEAST_AREA_M = 20_000.0
_CAROLINAS = (-9_130_000.0, 4_110_000.0, -8_880_000.0, 4_300_000.0)


class MapView(Surface):
    """Shows the picture on the ground. Told once a pulse what changed (`apply`) and once a second to age (`tick`)."""

    selected = Signal(str, str, str)  # kind ("unit", "incident", "zone", "alert", "" for nothing), agency, id
    open_incident_asked = Signal(float, float)  # lat, lon
    task_asked = Signal(str, str)  # agency, unit
    assigned = Signal(object)  # Assignment: units were put on an incident, or it on a unit
    place_asked = Signal(float, float)  # lat, lon: what is here?
    draw_zone_asked = Signal(str, float, float)  # shape, lat, lon: draw a zone that begins here
    layers_changed = Signal()  # what is shown, how strongly, in which order, or what the filter hides
    layers_asked = Signal()  # the button that shows the layers was pressed
    tools_asked = Signal()  # the button that shows the tools was pressed
    views_asked = Signal()  # the button that shows bookmarks and earlier views was pressed
    tool_changed = Signal(object)  # the Tool in hand, None for none

    def __init__(
        self,
        picture: Picture,
        ground: Ground,
        region: Path,
        palette: Palette,
        *,
        tiles: Sequence[TileSource] = (),
        exercise: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        measures: Measures | None = None,
    ) -> None:
        """`exercise`: all the work is one, so that nothing need be marked as not live."""
        super().__init__()
        self._picture = picture
        self._palette = palette
        self._now = now
        self._incidents: set[Key] = set()
        self.layer_set = LayerSet(
            picture,
            ground,
            region,
            palette,
            now=now,
            exercise=exercise,
            tiles=tiles,
            reserved=self._taken_places,
            parent=self,
            measures=measures,
        )
        self._build(_home(ground, self.layer_set.basemap))
        self.set_palette(palette)

    def _build(self, home: Bounds) -> None:
        self.setObjectName("map")
        self.setAccessibleName("Map")
        self.moves = Moves(self._box, home, self._incident_bounds, self)
        self._following = Following(
            self._box,
            self.moves,
            self.layer_set.units,
            self._picture.tracks,
            corners=self._corners,
            now=self._now,
        )
        self._menus = PlaceMenus(self, self.layer_set)
        self._corners.scale_bar.set_units(self.layer_set.measures.choice)
        self.hand = Hand(self)
        surface = self._graphics.viewport()
        self.carrying = Carrying(
            surface, self.layer_set, self._picture, self._palette, view=lambda: self.view, parent=self
        )
        self.bubble = OpenBubble(self, self.layer_set.units, self._picture, self._now, self.moves.go_to)
        self._wire()
        self.layer_set.jurisdictions.news.changed.connect(self._canvas.redraw_ground)
        self.layer_set.trails.again = lambda: QTimer.singleShot(0, self, self._canvas.redraw)
        tiles = self.layer_set.tiles
        if tiles is not None:
            tiles.arrivals.changed.connect(self._canvas.redraw_ground)
            tiles.arrivals.said.connect(self._say_whose_map)
            self._say_whose_map()

    def _wire(self) -> None:
        box, hand, corners = self._box, self.hand, self._corners
        box.takes_drag = lambda at: hand.takes_drag(at, self.view)
        box.clicked.connect(self._click)
        box.double_clicked.connect(self._double_click)
        box.menu_asked.connect(self._right_click)
        carrying = self.carrying
        box.carries = lambda at, held: hand.tool is None and carrying.takes_drag(at, held=held)
        box.dragged.connect(lambda at: carrying.drag(at) if carrying.active else hand.drag(at, self.view))
        box.dropped.connect(lambda at: carrying.drop(at) if carrying.active else hand.drop(at, self.view))
        carrying.changed.connect(self._hand_changed)
        carrying.assigned.connect(self.assigned)
        box.view_changed.connect(self._view_changed)
        hand.changed.connect(self._hand_changed)
        hand.taken.connect(self.tool_changed)
        self.moves.changed.connect(lambda: corners.buttons.show_lock(self.moves.locked))
        self.bubble.chosen.connect(lambda agency, unit: self._choose("unit", agency, unit))
        corners.buttons.pressed.connect(self._press)
        corners.filtered.pressed.connect(self.layers_asked)
        menus = self._menus
        menus.selected.connect(self._choose)
        menus.open_incident_asked.connect(self.open_incident_asked)
        menus.place_asked.connect(self.place_asked)
        menus.draw_zone_asked.connect(self.draw_zone_asked)
        menus.task_asked.connect(self.task_asked)
        menus.follow_asked.connect(lambda *unit: self.moves.follow(unit))
        menus.trail_asked.connect(self.show_trail)
        menus.sketch_removed.connect(self.remove_sketch)

    # what the desk tells the map

    def apply(self, change: Change) -> None:
        """Redraw what a pulse changed."""
        self._redraw(*self.layer_set.apply(change))
        if change.incidents or change.links:
            self._watch_incidents()
        self._following.go_on()
        if self.filter:
            self._say_filtered()

    def tick(self) -> None:
        """A second has passed: staleness and ages move without messages."""
        self._redraw(*self.layer_set.tick())
        self.bubble.tick()
        self._following.say()

    def set_selection(self, kind: str, agency: str, id: str) -> None:  # noqa: A002  # the wire's word
        """Select an object from outside; nothing is emitted. The kind "" selects nothing."""
        ground = self.layer_set.select(kind, (agency, id))
        self._say_filtered()
        self._redraw(ground, live=True)

    def show_place(self, lat: float, lon: float, metres_across: float = 10_000.0) -> None:
        """Put a place into the middle and show so many metres of ground across."""
        x, y = place_to_metres(lat, lon)
        self.moves.go(Look(x, y, metres_across * stretch_at(y) / max(1, self.width())))

    def show_area(self, kind: str, agency: str, id: str) -> None:  # noqa: A002  # the wire's word
        """Bring a zone or an alert into view, whole; nothing happens if it has no area or is in view already."""
        bounds = self.layer_set.zones.bounds((kind, agency, id))
        if bounds is None:
            return
        west, south, east, north = self.view.bounds(-_EDGE_PX)
        if not (west <= bounds[0] and south <= bounds[1] and bounds[2] <= east and bounds[3] <= north):
            spare = max(0.0, _LEAST_AREA_M - max(bounds[2] - bounds[0], bounds[3] - bounds[1])) / 2
            self.moves.go_to((bounds[0] - spare, bounds[1] - spare, bounds[2] + spare, bounds[3] + spare))

    def set_zone_aside(self, key: Key | None) -> None:
        """Show this zone faint while it is changed by hand; None: none."""
        self.layer_set.zones.set_aside(("zone", *key) if key is not None else None)
        self._canvas.redraw_ground()

    def show_trail(self, agency: str, unit: str, hours: float = 10.0) -> None:
        """Show where a unit has been in the last hours, whatever else is selected; no unit: as it was before."""
        self.layer_set.trails.show_unit((agency, unit) if unit else None, hours)
        self._canvas.redraw()
        self.layers_changed.emit()

    def settle(self) -> None:
        """Let the next painting show all there is, sharp, whatever time it takes: before a picture of it is kept."""
        self.layer_set.jurisdictions.settle()
        self._canvas.redraw_ground()

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        self._palette = palette
        self.layer_set.set_palette(palette)
        self.hand.set_palette(palette)
        self.carrying.set_palette(palette)
        self.bubble.set_palette(palette)
        self._corners.set_palette(palette)
        self._say_where()
        self._canvas.redraw_ground()

    def fit(self) -> None:
        """Show all incidents but those of doubtful place; where there are none, or they are shown, the region."""
        self.moves.fit()

    # layers and tools

    def set_layer(self, name: str, *, visible: bool | None = None, opacity: float | None = None) -> None:
        """Show, hide or fade (0…1) a layer. Raises KeyError if there is none of this name."""
        layer = {layer.name: layer for layer in self.layer_set.listed()}[name]
        before = (layer.visible, layer.opacity)
        layer.visible = layer.visible if visible is None else visible
        layer.opacity = layer.opacity if opacity is None else opacity
        if (layer.visible, layer.opacity) != before:
            if layer is self.layer_set.tiles:
                self._say_whose_map()
            self.redraw_layers()

    def _say_whose_map(self) -> None:
        tiles = self.layer_set.tiles
        shown = tiles is not None and tiles.visible
        self._corners.say(self._corners.attribution, tiles.state_line if tiles is not None and shown else "")

    def arrange_layers(self, names: list[str]) -> None:
        """Put layers into this order, the lowest first; the ground stays below what lives on it."""
        for stack in (self.layer_set.ground, self.layer_set.live):
            stack.arrange([name for name in names if stack.named(name) is not None])
        self.redraw_layers()

    def redraw_layers(self) -> None:
        """An option of a layer is another now: draw all anew, and let the desk remember it."""
        self.layer_set.labels.relayout()
        self._say_filtered()
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
            self.layer_set.labels.relayout()
            self._say_filtered()
            self._canvas.redraw()
            self.layers_changed.emit()

    def state(self) -> dict[str, Any]:
        """What a person arranged on this map, as plain values for the settings."""
        chosen = self.filter
        hidden = {name: sorted(getattr(chosen, name)) for name in chosen.__struct_fields__}
        return {"layers": self.layer_set.state(), "filter": hidden, "look": list(self.moves.look)}

    def restore(self, state: dict[str, Any]) -> None:
        """Arrange it as it was; what cannot be read stays as delivered. Where it looked is not restored."""
        layers, hidden = state.get("layers"), state.get("filter")
        if isinstance(layers, dict):
            self.layer_set.restore(layers)
        if isinstance(hidden, dict):
            self.set_filter(filter_of(hidden))
        self.redraw_layers()

    @property
    def tool(self) -> Tool | None:
        """The tool in hand."""
        return self.hand.tool

    def take_tool(self, tool: Tool | None) -> None:
        """Take a tool in hand instead of the one before; None: none."""
        if tool is not None:
            self.moves.by_hand()  # a map that moved by itself would put the next point somewhere else
        self.hand.take(tool)

    def remove_sketch(self, sketch: Sketch | None) -> None:
        """Take one measurement off the map; None: all of them."""
        if sketch is None:
            self.layer_set.sketches.clear()
        else:
            self.layer_set.sketches.remove(sketch)
        self._canvas.redraw()

    def mark_place(self, lat: float, lon: float, text: str, cell: Sequence[tuple[float, float]] = ()) -> None:
        """Mark a place until the next one or Escape; `cell`: the corners (lat, lon) of the grid cell that it is."""
        self.layer_set.pin.mark(lat, lon, text, cell)
        self._canvas.redraw()

    def clear_mark(self) -> None:
        """Mark no place."""
        self.layer_set.pin.pin = None
        self._canvas.redraw()

    # painting

    def _paint_ground(self, painter: QPainter, view: Viewport) -> None:
        self.layer_set.paint_ground(painter, view)

    def _paint_live(self, painter: QPainter, view: Viewport) -> None:
        self.layer_set.paint_live(painter, view)
        self.hand.paint(painter, view)
        self.carrying.paint(painter, view)

    def _taken_places(self) -> list[QRectF]:
        return self._corners.taken()

    # mouse and keyboard

    def _turn(self, forward: bool) -> None:
        if forward:
            self.moves.forward()
        else:
            self.moves.back()

    def event(self, event: QEvent) -> bool:
        """What the tool in hand has a use for is its, not a shortcut of the window's."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and (self.hand.wants(event) or self.carrying.wants(event))
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self.carrying.wants(event):
            self.carrying.leave()
            return
        if self.hand.key(event):
            return
        pans = {
            Qt.Key.Key_Left: (-_PAN_PX, 0.0),
            Qt.Key.Key_Right: (_PAN_PX, 0.0),
            Qt.Key.Key_Up: (0.0, -_PAN_PX),
            Qt.Key.Key_Down: (0.0, _PAN_PX),
        }
        if key in pans and event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier:
            self._box.glide.stop()
            self._box.pan(*pans[Qt.Key(key)])
            self.moves.by_hand()
        elif key in {Qt.Key.Key_Plus, Qt.Key.Key_Equal}:
            self._press("zoom_in")
        elif key in {Qt.Key.Key_Minus, Qt.Key.Key_Underscore}:
            self._press("zoom_out")
        elif key in {Qt.Key.Key_0, Qt.Key.Key_Home}:
            self._press("fit")
        elif key == Qt.Key.Key_Delete and self.layer_set.sketches.chosen is not None:
            self.remove_sketch(self.layer_set.sketches.chosen)
        elif key == Qt.Key.Key_Escape:
            self.clear_mark()
            self._choose("", "", "")
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        event.accept()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:  # the mouse's own way is the canvas's click
            self._menus.open(QPointF(self.view.width / 2, self.view.height / 2), self.view)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.width() > 1:
            self.moves.begin()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._box.glide.stop()
        self.carrying.leave()
        self.layer_set.stop()

    def _press(self, name: str) -> None:
        if name in {"zoom_in", "zoom_out"}:
            self._box.glide.stop()
            self._box.zoom(_STEP if name == "zoom_in" else 1 / _STEP)
            self.moves.by_hand(moved=False)
            return
        {
            "fit": self.fit,
            "lock": self.moves.toggle_lock,
            "layers": self.layers_asked.emit,
            "tools": self.tools_asked.emit,
            "views": self.views_asked.emit,
        }[name]()

    def _click(self, at: QPointF) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.bubble.put_away()
        self.moves.by_hand(moved=False)  # who points at something is looking at it
        if not self.hand.click(at, self.view):
            found = self.layer_set.pointing.object_at(at, self.view)
            if found[0] == "cluster":
                self.bubble.open(int(found[2]), self.view)
                return
            stands = found[0] in {"unit", "incident"}
            sketch = self.layer_set.sketches.chosen = None if stands else self.layer_set.sketches.at(at, self.view)
            if sketch is None:
                self._choose(*found)
            self._canvas.redraw()

    def _double_click(self, at: QPointF) -> None:
        if not self.hand.double_click(at, self.view) and not self.bubble.zoom_into(at, self.view):
            self._box.zoom(2.0, at)
            self.moves.by_hand(moved=False)

    def _right_click(self, at: QPointF) -> None:
        if not self.hand.right_click(at, self.view):
            self._menus.open(at, self.view)

    def _choose(self, kind: str, agency: str, object_id: str) -> None:
        self.set_selection(kind, agency, object_id)
        self.selected.emit(kind, agency, object_id)

    def _cursor_moved(self) -> None:
        self._say_where()
        if self._cursor is not None:
            self.hand.hover(self._cursor, self.view)

    # what the corners say

    def _view_changed(self) -> None:
        self._corners.scale_bar.set_scale(self.view.ground_metres_per_pixel)
        self._say_where()

    def _say_where(self) -> None:
        view = self.view
        at = self._cursor if self._cursor is not None else QPointF(view.width / 2, view.height / 2)
        lat, lon = place_to_degrees(*view.metres(at))
        cell = self.layer_set.zones.cell_at(lat, lon)
        parts = [cell, coordinates.usng(lat, lon), coordinates.degrees(lat, lon), coordinates.scale(view.scale)]
        self._corners.say_where([part for part in parts if part])

    def _hand_changed(self) -> None:
        self._corners.say(self._corners.hint, self.hand.hint or self.carrying.hint)
        self._graphics.viewport().setCursor(self.hand.cursor)
        self._canvas.redraw()

    def _say_filtered(self) -> None:
        self._corners.say(self._corners.filtered, left_out(self.layer_set, self._picture.tracks))

    # fitting

    def _incident_bounds(self) -> Bounds | None:
        placed = [one for one in self.layer_set.incidents.placed() if not one.doubtful]
        if not placed:
            return None
        xs, ys = [one.x for one in placed], [one.y for one in placed]
        return min(xs), min(ys), max(xs), max(ys)

    def _watch_incidents(self) -> None:
        there = {one.key for one in self.layer_set.incidents.placed()}
        if there != self._incidents:
            self._incidents = there
            self.moves.incidents_changed()


def _home(ground: Ground, basemap: BasemapLayer) -> Bounds:
    """What the map shows first: the towns of the region, else all of it."""
    towns = [projected(one.geometry) for one in ground.jurisdictions if one.level == "municipal"]
    if towns:
        west, south, east, north = shapely.total_bounds(towns)
        return float(west), float(south), float(east), float(north)
    return basemap.extent or _CAROLINAS
