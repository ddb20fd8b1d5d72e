"""Where the map looks: by hand, by itself while nobody has touched it, after a unit, back and forth."""

import math
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal

from cop.map.canvas import MapBox
from cop.map.projection import WORLD_M, place_to_degrees
from cop.picture.change import Key

#: west, south, east, north in map metres
Bounds = tuple[float, float, float, float]

#: a view that stood so long is one to come back to
_SETTLED_MS = 700
_MOST_VIEWS = 50
#: the least that "show all incidents" shows, in map metres
_LEAST_FIT_M = 20_000.0
_FIT_MARGIN_PX = 80.0
_AREA_MARGIN_PX = 60.0
#: what is nearer to the map's edge than this is not well in view
_EDGE_PX = 30.0


class Look(NamedTuple):
    """The middle of a view in map metres, and map metres a pixel."""

    x: float
    y: float
    metres_per_pixel: float

    def is_near(self, other: "Look") -> bool:
        """Whether nobody would tell the two apart."""
        reach = 4 * self.metres_per_pixel
        alike = abs(self.metres_per_pixel / other.metres_per_pixel - 1) < 0.02
        return alike and abs(self.x - other.x) < reach and abs(self.y - other.y) < reach


def look_of(kept: object) -> Look | None:
    """A look as remembered in the settings, within the world; None for what is none."""
    if not isinstance(kept, list) or len(kept) != 3:
        return None
    try:
        x, y, scale = (float(part) for part in kept)
    except (TypeError, ValueError, OverflowError):
        return None
    if not (math.isfinite(x) and math.isfinite(y) and math.isfinite(scale) and scale > 0):
        return None
    return Look(max(-WORLD_M, min(WORLD_M, x)), max(-WORLD_M, min(WORLD_M, y)), scale)


class Moves(QObject):
    """The map fits itself to the incidents once, and again when other ones are there, until a hand moves it.

    From then on it is locked: it goes only where somebody sends it. `changed` says that lock, following, or the views
    to go back to are others now.
    """

    changed = Signal()

    def __init__(self, box: MapBox, home: Bounds, incidents: Callable[[], Bounds | None], parent: QObject) -> None:
        """`home` is the region; `incidents` tells what holds all incidents to be shown, None if there are none."""
        super().__init__(parent)
        self._box = box
        self._home = home
        self._incidents = incidents
        self.locked = False
        self.following: Key | None = None
        self._fitted_to = ""
        self._before: list[Look] = []
        self._after: list[Look] = []
        self._settled: Look | None = None
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLED_MS)
        self._settling.timeout.connect(self._settle)
        box.view_changed.connect(self._view_changed)
        box.moved_by_hand.connect(self.by_hand)

    @property
    def look(self) -> Look:
        """Where the map looks now."""
        return Look(*self._box.middle, self._box.metres_per_pixel)

    def ground_seen(self) -> Bounds:
        """The ground that is in view: west, south, east, north in degrees."""
        west, south, east, north = self._box.viewport(1.0).bounds()
        (south, west), (north, east) = place_to_degrees(west, south), place_to_degrees(east, north)
        return west, south, east, north

    def go(self, look: Look) -> None:
        """Look there, because somebody asked for it; what was followed is followed no longer."""
        self.follow(None)
        self._box.glide.stop()
        self._settle()
        self._box.look_at(*look)
        self._settle()
        self._lock(True)

    def begin_as(self, other: "Moves") -> None:
        """Look where another map looks, and stay there as firmly as that one."""
        self.go(other.look)
        self._lock(other.locked)

    def go_to(self, bounds: Bounds) -> None:
        """Show all of a rectangle, because somebody asked for it."""
        self.go(self.look)
        self._box.show_bounds(*bounds, margin_px=_AREA_MARGIN_PX)

    def by_hand(self, moved: bool = True) -> None:
        """A hand moved the map: it stays there. Only a zoom goes on following."""
        if moved:
            self.follow(None)
        self._lock(True)

    # fitting

    def live_at(self, home: Bounds) -> None:
        """Begin with this ground, and come back to it, instead of the region's."""
        self._home = home

    def begin(self) -> None:
        """The map has its size for the first time: show the region."""
        if not self._fitted_to:
            self._box.show_bounds(*self._home)
            self._fitted_to = "region"
            self._settled = self.look

    def fit(self) -> None:
        """Show all incidents; where there are none, or they are what is shown, the region."""
        self.follow(None)
        incidents = self._incidents()
        if incidents is not None and self._fitted_to != "incidents":
            self._show(incidents)
        else:
            self._box.show_bounds(*self._home)
            self._fitted_to = "region"

    def incidents_changed(self) -> None:
        """Other incidents are there than before: show them all, unless the map is locked or shows them already."""
        incidents = self._incidents()
        if self.locked or self.following is not None or incidents is None:
            return
        west, south, east, north = self._box.viewport(1.0).bounds(-_EDGE_PX)
        if not (west <= incidents[0] and south <= incidents[1] and incidents[2] <= east and incidents[3] <= north):
            self._show(incidents)

    def toggle_lock(self) -> None:
        """Keep the map where it is; or let it show all incidents by itself again, from now on."""
        self._lock(not self.locked)
        if not self.locked and (incidents := self._incidents()) is not None:
            self._show(incidents)

    def _show(self, bounds: Bounds) -> None:
        west, south, east, north = bounds
        spare_x = max(0.0, _LEAST_FIT_M - (east - west)) / 2
        spare_y = max(0.0, _LEAST_FIT_M - (north - south)) / 2
        self._box.show_bounds(
            west - spare_x, south - spare_y, east + spare_x, north + spare_y, margin_px=_FIT_MARGIN_PX
        )
        self._fitted_to = "incidents"

    def _lock(self, locked: bool) -> None:
        if locked != self.locked:
            self.locked = locked
            self.changed.emit()

    # following

    def follow(self, key: Key | None) -> None:
        """Keep a unit in the middle until a hand moves the map; None: nobody."""
        if key != self.following:
            self.following = key
            self.changed.emit()

    def followed_is_at(self, x: float, y: float) -> None:
        """The unit that is followed stands here, in map metres."""
        if (x, y) != self._box.middle:
            self._box.look_at(x, y)

    # back and forth

    @property
    def can_go_back(self) -> bool:
        """Whether there is a view before this one."""
        return bool(self._before)

    @property
    def can_go_forward(self) -> bool:
        """Whether one has gone back from a later view."""
        return bool(self._after)

    def back(self) -> None:
        """The view before this one."""
        self._settle()
        self._leaf(self._before, self._after)

    def forward(self) -> None:
        """The view that one has gone back from."""
        self._settle()
        self._leaf(self._after, self._before)

    def _leaf(self, there: list[Look], here: list[Look]) -> None:
        if not there:
            return
        self.follow(None)
        self._box.glide.stop()
        here.append(self.look)
        self._settled = there.pop()
        self._box.look_at(*self._settled)
        self._lock(True)
        self.changed.emit()

    def _view_changed(self) -> None:
        self._fitted_to = self._fitted_to and "elsewhere"
        if self.following is None:
            self._settling.start()

    def _settle(self) -> None:
        """The view has stood for a while: the one that stood before it can be gone back to."""
        self._settling.stop()
        if self._settled is not None and self.look.is_near(self._settled):
            return
        if self._settled is not None:
            self._before.append(self._settled)
            del self._before[:-_MOST_VIEWS]
            self._after.clear()
        self._settled = self.look
        self.changed.emit()
