"""Every layer of one map, built for one another, and what a point among them means."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QPainter, QRegion

from cop.map.layers.authority import AuthorityLayer
from cop.map.layers.basemap import BasemapLayer
from cop.map.layers.grid import GridLayer
from cop.map.layers.incidents import IncidentLayer
from cop.map.layers.jurisdictions import JurisdictionLayer
from cop.map.layers.labels import LabelLayer
from cop.map.layers.layer import Layer
from cop.map.layers.pin import PinLayer
from cop.map.layers.resources import ResourceLayer
from cop.map.layers.selection import SelectionLayer
from cop.map.layers.sketches import SketchLayer
from cop.map.layers.tiles import TileLayer
from cop.map.layers.trails import TrailLayer
from cop.map.layers.units import UnitLayer
from cop.map.layers.zones import ZoneLayer
from cop.map.measures import Measures
from cop.map.palette import Palette, colour
from cop.map.pointing import Pointing
from cop.map.stack import LayerStack
from cop.map.tile_source import TileSource
from cop.map.tools.context import ToolContext
from cop.map.viewport import Viewport
from cop.picture.change import Change, Key
from cop.picture.ground import Ground
from cop.picture.picture import Picture


class LayerSet:
    """`ground` is painted when the view changes, `live` at each pulse that changes it, above the ground."""

    def __init__(
        self,
        picture: Picture,
        ground: Ground,
        region: Path,
        palette: Palette,
        *,
        now: Callable[[], datetime],
        exercise: bool,
        tiles: Sequence[TileSource],
        reserved: Callable[[], list[QRectF]],
        parent: QObject,
        measures: Measures | None = None,
    ) -> None:
        """`reserved` are the places that stand above the map: nothing is written below them."""
        self._palette = palette
        self._picture = picture
        self._reserved = reserved
        self.tiles = TileLayer(tiles, palette, parent) if tiles else None
        counties = not any(one.level == "county" for one in ground.jurisdictions)
        self.basemap = BasemapLayer(region, palette, counties=counties)
        self.jurisdictions = JurisdictionLayer(picture, ground, palette, parent)
        self.authority = AuthorityLayer(picture, ground, palette)
        self.zones = ZoneLayer(picture, palette, now, exercise=exercise, reserved=reserved)
        self.units = UnitLayer(picture, palette, now, exercise=exercise, clustered=True)
        self.incidents = IncidentLayer(picture, palette, now, exercise=exercise)
        self.resources = ResourceLayer(picture, palette, now, exercise=exercise, reserved=reserved)
        self.selection = SelectionLayer(
            picture,
            palette,
            zones=self.zones,
            units=self.units,
            incidents=self.incidents,
            resources=self.resources,
        )
        self.measures = measures or Measures()
        self.labels = LabelLayer(
            picture,
            self.units,
            self.incidents,
            palette,
            reserved=lambda: [*reserved(), *self.trails.names],
            now=now,
            measures=self.measures,
        )
        self.trails = TrailLayer(picture, self.units, palette, now, reserved=reserved, measures=self.measures)
        # a bubble stands beside the incident that lies above it, and under no label
        self.units.avoid = lambda: [(one.x, one.y) for one in self.incidents.placed() if self.incidents.visible]
        self.labels.bubbles = lambda view: np.vstack((self.units.bubbles(view), self.resources.standing(view)))
        self.sketches = SketchLayer(palette, self.measures)
        self.pin = PinLayer(palette)
        lowest: list[Layer] = [self.tiles] if self.tiles is not None else []
        self.grid = GridLayer(palette)
        self.ground = LayerStack([*lowest, self.basemap, self.jurisdictions, self.authority, self.grid, self.zones])
        self.live = LayerStack(
            [
                self.selection,
                self.trails,
                self.resources,
                self.units,
                self.incidents,
                self.labels,
                self.sketches,
                self.pin,
            ]
        )
        self.pointing = Pointing(
            picture,
            zones=self.zones,
            units=self.units,
            incidents=self.incidents,
            labels=self.labels,
            resources=self.resources,
        )

    def listed(self) -> list[Layer]:
        """Every layer that a person hides, fades and reorders, the lowest first."""
        return [*self.ground.listed(), *self.live.listed()]

    def state(self) -> dict[str, Any]:
        """What a person arranged, as plain values for the settings."""
        return {"ground": self.ground.state(), "live": self.live.state()}

    def restore(self, state: dict[str, Any]) -> None:
        """Arrange it as it was; what cannot be read stays as delivered."""
        for name, stack in (("ground", self.ground), ("live", self.live)):
            if isinstance(known := state.get(name), dict):
                stack.restore(known)

    def stop(self) -> None:
        """The map is out of sight: let go of network and threads. They begin again when it is painted."""
        self.jurisdictions.stop()
        if self.tiles is not None:
            self.tiles.stop()

    def tool_context(self) -> ToolContext:
        """What a tool that is taken in hand now is given."""
        return ToolContext(self._palette, self._picture, self.pointing, self.sketches, self.measures)

    def set_palette(self, palette: Palette) -> None:
        """Wear another theme."""
        self._palette = palette
        self.ground.set_palette(palette)
        self.live.set_palette(palette)

    def apply(self, change: Change) -> tuple[bool, bool]:
        """Take in what a pulse changed; whether the ground and whether what lives on it looks different."""
        return self.ground.apply(change), self.live.apply(change)

    def tick(self) -> tuple[bool, bool]:
        """A second has passed; whether the ground and whether what lives on it looks different."""
        return self.ground.tick(), self.live.tick()

    def select(self, kind: str, key: Key) -> bool:
        """Show what is selected; the kind "" selects nothing. Whether the ground looks different now."""
        self.selection.select(kind, key)
        self.incidents.selected = key if kind == "incident" else None
        self.resources.selected = key if kind == "resource" else None
        self.labels.selected_unit = self._picture.tracks.row_of(*key) if kind == "unit" else None
        self.units.selected = self.labels.selected_unit
        self.trails.selected = key if kind == "unit" else None
        return self.authority.select(kind, key) and self.authority.visible

    def paint_ground(self, painter: QPainter, view: Viewport) -> None:
        """All that lies still, and its names above it."""
        painter.fillRect(view.rect(), colour(self._palette.map_background))
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        # a full background map has better roads, lakes and names than ours; where it has a hole, ours are needed
        bare = self.tiles.uncovered(view) if self.tiles is not None else QRegion(view.rect().toRect())
        self.ground.paint(painter, view, within={self.basemap: bare})
        taken = self._reserved()
        if self.zones.visible:
            taken.extend(self.zones.names)
        self.ground.paint_names(painter, view, taken, skip=self.basemap if bare.isEmpty() else None)

    def paint_live(self, painter: QPainter, view: Viewport) -> None:
        """All that moves."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.live.paint(painter, view)
