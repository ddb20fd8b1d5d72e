"""The unit that the map follows: kept in the middle, and said on the map with its age."""

import math
from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QPointF

from cop.map.canvas import MapBox
from cop.map.corners import Corners
from cop.map.layers.incidents import age
from cop.map.layers.units import UnitLayer
from cop.map.lettering import clean
from cop.map.moves import Moves
from cop.map.projection import place_to_metres
from cop.picture.tracks import Tracks


class Following(QObject):
    """Whom to follow is said by `Moves`; this sees to it that it happens, and that it is seen."""

    def __init__(
        self,
        box: MapBox,
        moves: Moves,
        units: UnitLayer,
        tracks: Tracks,
        *,
        corners: Corners,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(moves)
        self._box = box
        self._moves = moves
        self._units = units
        self._tracks = tracks
        self._corners = corners
        self._now = now
        self._trusted = False  # whether its place could be true when following began
        moves.changed.connect(self._begin)
        corners.followed.pressed.connect(lambda: moves.follow(None))

    def go_on(self) -> None:
        """Units have moved: keep the one that is followed in the middle; one that is nowhere is followed no longer.

        From a place that could be true to one that hardly can be the map does not go: it waits where the unit was.
        """
        if self._moves.following is None:
            return
        row = self._row()
        if row is None or not self._tracks.present[row] or not math.isfinite(self._tracks.lat[row]):
            self._moves.follow(None)
            return
        if not (self._trusted and self._tracks.doubtful[row]):
            place = float(self._tracks.lat[row]), float(self._tracks.lon[row])
            self._moves.followed_is_at(*place_to_metres(*place))

    def say(self) -> None:
        """Whom the map follows, and how long ago a silent one was heard."""
        row = self._row()
        text = ""
        if row is not None:
            text = f"Following {clean(self._tracks.callsigns[row])}"
            if self._tracks.stale_at[row] <= self._now().timestamp():
                heard = datetime.fromtimestamp(float(self._tracks.reported_at[row]), UTC)
                text += f" · last heard {age(self._now() - heard)}"
            text += " · its place is doubtful" if self._tracks.doubtful[row] else ""
            text += " · hidden by filter" if self._units.filter and self._units.position(row) is None else ""
            text += "   ×"
        self._corners.say(self._corners.followed, text)

    def _begin(self) -> None:
        followed = self._moves.following is not None
        self._box.zooms_at = QPointF(self._box.width() / 2, self._box.height() / 2) if followed else None
        self._units.followed = row = self._row()
        self._trusted = row is not None and not self._tracks.doubtful[row]
        self.go_on()
        self.say()

    def _row(self) -> int | None:
        key = self._moves.following
        return self._tracks.row_of(*key) if key is not None else None
