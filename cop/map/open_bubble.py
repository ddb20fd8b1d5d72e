"""What becomes of a bubble that is pointed at: its list opens, or the map shows its units apart."""

from collections.abc import Callable
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtWidgets import QWidget

from cop.map.cluster_list import ClusterList
from cop.map.layers.units import UnitLayer
from cop.map.moves import Bounds
from cop.map.palette import Palette
from cop.map.viewport import Viewport
from cop.picture.picture import Picture

Rows = NDArray[np.intp]

#: units of a spot no larger than this (metres of the map) stay on top of one another at any zoom
_ONE_SPOT_M = 5.0
#: so much is shown at least: nearer there is nothing to see on any map
_LEAST_SHOWN_M = 100.0
_CANNOT_PART = "They all stand on one spot: zooming does not part them."


class OpenBubble(QObject):
    """The list of one bubble at a time; `chosen` names a unit out of it."""

    chosen = Signal(str, str)  # agency, unit

    def __init__(
        self,
        over: QWidget,
        units: UnitLayer,
        picture: Picture,
        now: Callable[[], datetime],
        show_bounds: Callable[[Bounds], None],
    ) -> None:
        """`show_bounds` lets the map show all of a rectangle in map metres."""
        super().__init__(over)
        self._over = over
        self._units = units
        self._picture = picture
        self._now = now
        self._show_bounds = show_bounds
        self._palette: Palette | None = None
        self._list: ClusterList | None = None

    @property
    def list(self) -> ClusterList:
        """The list, made when it is first asked for: a start does without."""
        if self._list is None:
            self._list = ClusterList(self._over, self._picture, self._now)
            self._list.chosen.connect(self._choose)
            self._list.zoom_asked.connect(self._zoom)
            if self._palette is not None:
                self._list.set_palette(self._palette)
        return self._list

    def open(self, bubble: int, view: Viewport) -> None:
        """List who is in a bubble."""
        x, y, radius = self._units.bubbles(view)[bubble].tolist()
        rows = self._units.members(bubble)
        self.list.show_units(rows, QRectF(x - radius, y - radius, 2 * radius, 2 * radius))

    def zoom_into(self, at: QPointF, view: Viewport) -> bool:
        """Show the units of the bubble at a point apart; False if there is none."""
        bubble = self._units.bubble_at(at, view) if self._units.visible else None
        if bubble is None:
            return False
        if not self.list.isVisible():  # a double click's first has opened it
            self.open(bubble, view)
        self._zoom()
        return True

    def put_away(self) -> None:
        """Close the list."""
        if self._list is not None:
            self._list.put_away()

    def tick(self) -> None:
        """A second has passed."""
        if self._list is not None:
            self._list.tick()

    def set_palette(self, palette: Palette) -> None:
        """Wear a theme."""
        self._palette = palette
        if self._list is not None:
            self._list.set_palette(palette)

    def _choose(self, agency: str, unit: str) -> None:
        self.list.put_away()
        self.chosen.emit(agency, unit)

    def _zoom(self) -> None:
        rows = self.list.rows[np.isfinite(self._units.index.x[self.list.rows])]
        if not rows.size:
            self.list.say("None of them is on the map any more.")
            return
        x, y = self._units.index.x[rows], self._units.index.y[rows]
        west, south, east, north = float(x.min()), float(y.min()), float(x.max()), float(y.max())
        if max(east - west, north - south) <= _ONE_SPOT_M:
            self.list.say(_CANNOT_PART)
            return
        self.list.put_away()
        spare_x, spare_y = (max(0.0, _LEAST_SHOWN_M - size) / 2 for size in (east - west, north - south))
        self._show_bounds((west - spare_x, south - spare_y, east + spare_x, north + spare_y))
