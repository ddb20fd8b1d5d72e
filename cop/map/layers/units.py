"""Units: shape by discipline, fill by agency, ring by status, tick by heading; the stale and the doubtful faded."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from cop.domain.agency import Agency
from cop.domain.words import UNIT_KINDS, UNIT_STATUSES
from cop.map.glyphs import shape_of
from cop.map.layers.layer import Layer
from cop.map.palette import Palette, agency_colour
from cop.map.projection import to_metres
from cop.map.sprites import Atlas, SpriteArray
from cop.map.symbols import DIRECTIONS, TICK_RADIUS_PX, heading_tick, unit_symbol
from cop.map.viewport import Viewport
from cop.picture.change import Change
from cop.picture.filter import Filter
from cop.picture.picture import Picture

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

#: slower than this a course says nothing
MOVING_MPS = 0.5
_MARGIN_PX = 30.0
_EMERGENCY = list(UNIT_STATUSES).index("emergency")
_STATUSES = tuple(UNIT_STATUSES)
_KINDS = tuple(UNIT_KINDS)
_MANY_UNITS = 512
#: what a unit wears beside kind and status, as bits of its look
_STALE, _DOUBTFUL, _EXERCISE, _MARK_BITS = 1, 2, 4, 3
#: with more units than this in view their symbols cover one another and headings could not be read: they are left out
_CROWD = 3000
#: unit vectors of the drawn directions, x to the right, y downwards
_ANGLES = 2.0 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
_TICK_X = TICK_RADIUS_PX * np.sin(_ANGLES)
_TICK_Y = -TICK_RADIUS_PX * np.cos(_ANGLES)


class UnitLayer(Layer):
    """Columns beside those of the tracks: `x`, `y` in map metres (NaN: not located or gone), one sprite cell a unit."""

    name: ClassVar[str] = "units"
    label: ClassVar[str] = "Units"

    def __init__(
        self, picture: Picture, palette: Palette, now: Callable[[], datetime], *, exercise: bool = False
    ) -> None:
        super().__init__(palette)
        self._picture = picture
        self._now = now
        self._exercise = exercise  # where all is an exercise no unit is marked as one
        self._atlas = Atlas()
        self._sprites = SpriteArray()
        self._ticks = SpriteArray()
        self._dpr = 1.0
        self._cell_of: dict[int, int] = {}  # packed look -> cell
        self._first_tick = np.empty(0, dtype=np.int32)  # by agency: the cell of its tick to the north
        #: rank in the pile: stale below, the rest, emergencies on top
        self._rank: NDArray[np.uint8] = np.empty(0, dtype=np.uint8)
        self._x: Floats = np.empty(0)
        self._y: Floats = np.empty(0)
        self._cell: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._heading: NDArray[np.int16] = np.empty(0, dtype=np.int16)  # counts DIRECTIONS; -1: rests or unknown
        self._stale: NDArray[np.bool_] = np.empty(0, dtype=np.bool_)
        self._marks: NDArray[np.uint8] = np.empty(0, dtype=np.uint8)  # _DOUBTFUL, _EXERCISE
        self._count = 0
        #: grows with every change: what was reckoned from this layer is out of date
        self.revision = 0
        self._seen: tuple[object, Rows, Floats, Floats] | None = None
        self.filter = Filter()
        self._refresh_all()

    @property
    def stale(self) -> NDArray[np.bool_]:
        """Which units are drawn as stale, shape (count,)."""
        return self._stale[: self._count]

    def set_filter(self, chosen: Filter) -> None:
        """Leave these units out from now on."""
        self.filter = chosen
        self._refresh_all()

    @property
    def shown_count(self) -> int:
        """How many located units are on the map, in view or not."""
        return int(np.count_nonzero(np.isfinite(self._x[: self._count])))

    @property
    def hidden_count(self) -> int:
        """How many located units the filter leaves out."""
        tracks = self._picture.tracks
        return int(np.count_nonzero(tracks.present & np.isfinite(tracks.lat))) - self.shown_count

    def set_palette(self, palette: Palette) -> None:
        super().set_palette(palette)
        self._start_atlas()

    def apply(self, change: Change) -> bool:
        if change.agencies:
            self._start_atlas()
            return True
        if not (change.moved.size or change.units):
            return False
        self._make_room()
        if len(change.units) > _MANY_UNITS:
            self._refresh_all()
            return True
        described = [row for key in change.units if (row := self._picture.tracks.row_of(*key)) is not None]
        if change.moved.size:
            self._place(change.moved)
            stale = self._picture.tracks.stale_at[change.moved] <= self._now().timestamp()
            other = (stale != self._stale[change.moved]) | (self._marks_of(change.moved) != self._marks[change.moved])
            described.extend(change.moved[other].tolist())
        self._describe(np.array(described, dtype=np.intp))
        self.revision += 1
        return True

    def tick(self) -> bool:
        self._make_room()
        if self._atlas.full:
            self._start_atlas()
            return True
        stale = self._picture.tracks.stale(self._now().timestamp())
        changed = np.flatnonzero(stale != self.stale)
        if not changed.size:
            return False
        self._describe(changed)
        self.revision += 1
        return True

    def visible_units(self, view: Viewport) -> tuple[Rows, Floats, Floats]:
        """Rows in view, the topmost last, and where they stand in pixels."""
        key = (view, self.revision)
        if self._seen is not None and self._seen[0] == key:
            return self._seen[1:]
        count = self._count
        x, y = view.xs(self._x[:count]), view.ys(self._y[:count])
        inside = (x > -_MARGIN_PX) & (x < view.width + _MARGIN_PX) & (y > -_MARGIN_PX) & (y < view.height + _MARGIN_PX)
        rows = np.flatnonzero(inside)
        # within a rank the southern one lies on top: nearby sprites follow each other, which the memory likes too
        pile = (self._rank[rows].astype(np.uint16) << 14) | (y[rows] + _MARGIN_PX).astype(np.uint16)
        rows = rows[np.argsort(pile, kind="stable")]
        self._seen = (key, rows, x[rows], y[rows])
        return self._seen[1:]

    def position(self, row: int) -> tuple[float, float] | None:
        """Where a unit stands in map metres, None if it is not drawn."""
        if row >= self._count or not np.isfinite(self._x[row]):
            return None
        return float(self._x[row]), float(self._y[row])

    def moving(self, rows: Rows) -> NDArray[np.bool_]:
        """Which of these units wear a heading."""
        moving: NDArray[np.bool_] = (self._heading[rows] >= 0) & ~self._stale[rows]
        return moving

    def near(self, point: QPointF, view: Viewport, reach_px: float) -> list[int]:
        """Rows whose symbol's middle lies within reach of a point on the screen, the nearest first."""
        rows, x, y = self.visible_units(view)
        distance = np.hypot(x - point.x(), y - point.y())
        order = np.argsort(distance, kind="stable")
        return [int(row) for row in rows[order[: np.count_nonzero(distance <= reach_px)]]]

    def paint(self, painter: QPainter, view: Viewport) -> None:
        if view.dpr != self._dpr:
            self._dpr = view.dpr
            self._start_atlas()
        rows, x, y = self.visible_units(view)
        moving = np.flatnonzero(self.moving(rows))
        if moving.size and len(rows) <= _CROWD:
            heading = self._heading[rows[moving]]
            fragments = self._ticks.rows(len(moving))
            fragments[:, 0] = (x[moving] + _TICK_X[heading]) * view.dpr
            fragments[:, 1] = (y[moving] + _TICK_Y[heading]) * view.dpr
            first = self._first_tick[self._picture.tracks.agency[rows[moving]]]
            fragments[:, 2:6] = self._atlas.cells[first + heading]
            self._ticks.draw(painter, self._atlas.pixmap, view.dpr)
        fragments = self._sprites.rows(len(rows))
        np.multiply(x, view.dpr, out=fragments[:, 0])
        np.multiply(y, view.dpr, out=fragments[:, 1])
        fragments[:, 2:6] = self._atlas.cells[self._cell[rows]]
        self._sprites.draw(painter, self._atlas.pixmap, view.dpr)

    def _make_room(self) -> None:
        count = self._picture.tracks.count
        if count > len(self._x):
            room = max(1024, 2 * count)
            self._x, self._y = _grown(self._x, room, np.nan), _grown(self._y, room, np.nan)
            self._cell, self._heading = _grown(self._cell, room, 0), _grown(self._heading, room, -1)
            self._rank, self._stale = _grown(self._rank, room, 1), _grown(self._stale, room, 0)
            self._marks = _grown(self._marks, room, 0)
        if count > self._count:
            new = np.arange(self._count, count)
            self._count = count
            self._place(new)
            self._describe(new)

    def _start_atlas(self) -> None:
        """Draw every symbol anew: theme, screen or an agency's colour changed."""
        self._atlas = Atlas()
        self._cell_of.clear()
        self._first_tick = np.empty(0, dtype=np.int32)
        self._refresh_all()

    def _refresh_all(self) -> None:
        self._make_room()
        rows = np.arange(self._count)
        self._place(rows)
        self._describe(rows)
        self.revision += 1

    def _place(self, rows: Rows) -> None:
        """Where units stand and head; a course is drawn only of a unit that moves."""
        tracks = self._picture.tracks
        x, y = to_metres(tracks.lat[rows], tracks.lon[rows])
        self._x[rows], self._y[rows] = x, y
        course = tracks.course_deg[rows]
        moving = (tracks.speed_mps[rows] > MOVING_MPS) & np.isfinite(course)
        turn = np.rint(np.where(moving, course, 0.0) * (DIRECTIONS / 360.0)) % DIRECTIONS
        self._heading[rows] = np.where(moving, turn, -1)

    def _describe(self, rows: Rows) -> None:
        """What units look like, and whether they are there at all."""
        if not rows.size:
            return
        tracks = self._picture.tracks
        self._draw_ticks(len(tracks.agencies))
        x = to_metres(tracks.lat[rows], tracks.lon[rows])[0]
        self._x[rows] = np.where(tracks.present[rows] & ~self.filter.hidden(self._picture, rows), x, np.nan)
        stale = tracks.stale_at[rows] <= self._now().timestamp()
        self._stale[rows] = stale
        self._marks[rows] = marks = self._marks_of(rows)
        looks = (
            (tracks.agency[rows].astype(np.int64) << 8 | tracks.kind[rows]) << 8 | tracks.status[rows]
        ) << _MARK_BITS | (marks | stale)
        different, which = np.unique(looks, return_inverse=True)
        self._cell[rows] = self._cells_of(different.tolist())[which]
        alarming = (tracks.status[rows] == _EMERGENCY) & ((marks & _EXERCISE) == 0)
        self._rank[rows] = np.where(alarming, 2, np.where(stale | (marks > 0), 0, 1))

    def _marks_of(self, rows: Rows) -> NDArray[np.uint8]:
        tracks = self._picture.tracks
        marks: NDArray[np.uint8] = tracks.doubtful[rows] * np.uint8(_DOUBTFUL)
        return marks if self._exercise else marks | tracks.exercise[rows] * np.uint8(_EXERCISE)

    def _cells_of(self, looks: list[int]) -> NDArray[np.int32]:
        missing = [look for look in looks if look not in self._cell_of]
        if missing:
            self._cell_of.update(zip(missing, self._atlas.add([self._symbol(look) for look in missing]), strict=True))
        return np.array([self._cell_of[look] for look in looks], dtype=np.int32)

    def _symbol(self, look: int) -> QImage:
        marks, look = look & (1 << _MARK_BITS) - 1, look >> _MARK_BITS
        agency = self._picture.tracks.agencies[look >> 16]
        profile = self._picture.agencies.get(agency)
        disciplines = profile.body.disciplines if profile is not None and isinstance(profile.body, Agency) else ()
        return unit_symbol(
            agency_colour(self._picture, agency, self.palette),
            shape_of(_KINDS[(look >> 8) & 0xFF], disciplines),
            _STATUSES[look & 0xFF],
            stale=bool(marks & _STALE),
            doubtful=bool(marks & _DOUBTFUL),
            exercise=bool(marks & _EXERCISE),
            palette=self.palette,
            dpr=self._dpr,
        )

    def _draw_ticks(self, agencies: int) -> None:
        for code in range(len(self._first_tick), agencies):
            ink = agency_colour(self._picture, self._picture.tracks.agencies[code], self.palette)
            ticks = [heading_tick(ink, direction, self.palette, self._dpr) for direction in range(DIRECTIONS)]
            self._first_tick = np.append(self._first_tick, np.int32(self._atlas.add(ticks).start))


def _grown(column: NDArray[Any], room: int, empty: float) -> NDArray[Any]:
    grown = np.full(room, empty, dtype=column.dtype)
    grown[: len(column)] = column
    return grown
