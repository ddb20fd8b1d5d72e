"""Units: shape by kind, fill by agency, ring by status, tick by heading; the stale and the doubtful faded.

Where symbols would cover one another beyond reading, a bubble stands for them.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from cop.domain.words import UNIT_STATUSES
from cop.map.crowding import Crowd, crowd
from cop.map.ground_index import GroundIndex, grown
from cop.map.layers.choice import SWITCH, Choice, OneOf
from cop.map.layers.clusters import BubbleSprites, kinds_among, kinds_of
from cop.map.layers.layer import Layer
from cop.map.palette import Palette
from cop.map.projection import to_metres
from cop.map.sprites import SpriteArray
from cop.map.symbols import DIRECTIONS, UnitDrawing
from cop.map.unit_sprites import DOUBTFUL, EXERCISE, TICK_X, TICK_Y, UnitSprites
from cop.map.viewport import Viewport
from cop.picture.change import Change
from cop.picture.filter import Filter
from cop.picture.picture import Picture

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

#: slower than this a course says nothing
MOVING_MPS = 0.5
_MARGIN_PX = 30.0
_EMERGENCY = list(UNIT_STATUSES).index("emergency")
#: with more units than this in view their symbols cover one another and headings could not be read: they are left out
_CROWD = 3000
#: units that move join and leave bubbles no more often than this: what flickers cannot be read
_REGROUP_S = 0.5
#: bubbles are made so far beyond the view, so that moving it needs no new ones at once
_AROUND_PX = 128.0
_MOST_AVOIDED = 100


class UnitLayer(Layer):
    """Columns beside those of the tracks: where units stand (`GroundIndex`), one sprite cell a unit.

    A frame costs what is seen, a pulse what it changed, however many units there are.
    """

    name: ClassVar[str] = "units"
    label: ClassVar[str] = "Units"

    def __init__(
        self,
        picture: Picture,
        palette: Palette,
        now: Callable[[], datetime],
        *,
        exercise: bool = False,
        clustered: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clustered`: whether bubbles stand for units that cover one another."""
        super().__init__(palette)
        self._picture = picture
        self._now = now
        self._clock = clock
        self._exercise = exercise  # where all is an exercise no unit is marked as one
        self._looks = UnitSprites(picture, palette)
        self._bubble_sprites = BubbleSprites(picture, palette)
        self._sprites = SpriteArray()
        self._ticks = SpriteArray()
        self.index = GroundIndex()
        #: rank in the pile: stale below, the rest, emergencies on top
        self._rank: NDArray[np.uint8] = np.empty(0, dtype=np.uint8)
        self._cell: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._heading: NDArray[np.int16] = np.empty(0, dtype=np.int16)  # counts DIRECTIONS; -1: rests or unknown
        self._stale: Flags = np.empty(0, dtype=np.bool_)
        self._marks: NDArray[np.uint8] = np.empty(0, dtype=np.uint8)  # DOUBTFUL, EXERCISE
        self._filtered: Flags = np.empty(0, dtype=np.bool_)  # the filter leaves it out
        self._hidden: Flags = np.empty(0, dtype=np.bool_)  # and it would be on the map but for that
        self._count = 0
        #: how many units are on the map, in view or not, and how many more would be but for the filter
        self.shown_count = self.hidden_count = 0
        #: grows with every change: what was reckoned from this layer is out of date
        self.revision = 0
        #: grows when other units stand as symbols than before
        self.grouping = 0
        self._seen: tuple[object, Rows, Floats, Floats] | None = None
        self._clustered = clustered
        self._crowd: Crowd | None = None
        self._grouped_at = 0.0
        self._behind = self._regroup = False
        self._apart: Rows | None = None
        self._selected: int | None = None
        self._followed: int | None = None
        #: places in map metres that bubbles keep off: what is drawn above them
        self.avoid: Callable[[], Sequence[tuple[float, float]]] = tuple
        self.filter = Filter()
        self._refresh_all()

    @property
    def stale(self) -> Flags:
        """Which units are drawn as stale, shape (count,)."""
        return self._stale[: self._count]

    @property
    def clustered(self) -> bool:
        """Whether bubbles stand for units that cover one another."""
        return self._clustered

    @clustered.setter
    def clustered(self, clustered: bool) -> None:
        self._clustered = clustered
        self._crowd = None
        self.grouping += 1
        self.revision += 1

    def choices(self) -> list[Choice]:
        def group(value: str) -> None:
            self.clustered = bool(value)

        return [OneOf("grouped", "Group crowded units", SWITCH, lambda: "on" if self._clustered else "", group)]

    @property
    def selected(self) -> int | None:
        """The row of the unit that is selected: it is in no bubble."""
        return self._selected

    @selected.setter
    def selected(self, row: int | None) -> None:
        before, self._selected = self._selected, row
        self._pin(before, row)

    @property
    def followed(self) -> int | None:
        """The row of the unit that the map follows: it is in no bubble."""
        return self._followed

    @followed.setter
    def followed(self, row: int | None) -> None:
        before, self._followed = self._followed, row
        self._pin(before, row)

    def set_filter(self, chosen: Filter) -> None:
        """Leave these units out from now on."""
        self.filter = chosen
        filtered = chosen.hidden(self._picture, np.arange(self._count))
        rows = np.flatnonzero(filtered != self._filtered[: self._count])
        self._filtered[rows] = filtered[rows]
        self._place(rows)
        self.revision += 1

    @property
    def draw_unit(self) -> UnitDrawing:
        """The set of symbols that units wear."""
        return self._looks.draw

    def wear(self, draw_unit: UnitDrawing) -> None:
        """Show units in another set of symbols from now on."""
        self._looks.draw = draw_unit
        self._draw_anew(self._looks.dpr)

    def set_palette(self, palette: Palette) -> None:
        super().set_palette(palette)
        self._draw_anew(self._looks.dpr)

    def apply(self, change: Change) -> bool:
        if not (change.moved.size or change.units or change.agencies):
            return False
        self._make_room()
        if change.agencies:
            self._draw_anew(self._looks.dpr)
            if self.filter.disciplines:  # whose discipline that of a unit of no known kind is
                self.set_filter(self.filter)
        tracks = self._picture.tracks
        described = [row for key in change.units if (row := tracks.row_of(*key)) is not None]
        if change.moved.size:
            self._place(change.moved)
            stale = tracks.stale_at[change.moved] <= self._now().timestamp()
            other = (stale != self._stale[change.moved]) | (self._marks_of(change.moved) != self._marks[change.moved])
            described.extend(change.moved[other].tolist())
        if described:
            self._describe(np.unique(np.array(described, dtype=np.intp)))
        self._behind = True
        self.revision += 1
        return True

    def tick(self) -> bool:
        self._make_room()
        if self._looks.full:
            self._looks.forget()
            self._refresh_all()
            return True
        stale = self._picture.tracks.stale(self._now().timestamp())
        changed = np.flatnonzero(stale != self.stale)
        if changed.size:
            self._describe(changed)
        elif not (self._clustered and self._behind):
            return False
        self._regroup = self._regroup or self._behind or bool(changed.size)
        self.revision += 1
        return True

    def visible_units(self, view: Viewport) -> tuple[Rows, Floats, Floats]:
        """Rows of the symbols in view, the topmost last, and where they stand in pixels; none that is in a bubble."""
        around = self._crowd_for(view)
        key = (view, self.revision, self.grouping)
        if self._seen is not None and self._seen[0] == key:
            return self._seen[1:]
        if around is None:
            rows = self.index.rows_within(*view.bounds(_MARGIN_PX))
        else:
            rows = np.concatenate((around.symbols, self._apart_rows()))
        x, y = view.xs(self.index.x[rows]), view.ys(self.index.y[rows])
        inside = (x > -_MARGIN_PX) & (x < view.width + _MARGIN_PX) & (y > -_MARGIN_PX) & (y < view.height + _MARGIN_PX)
        rows, x, y = rows[inside], x[inside], y[inside]
        # within a rank the southern one lies on top: nearby sprites follow each other, which the memory likes too
        pile = (self._rank[rows].astype(np.uint16) << 14) | (y + _MARGIN_PX).astype(np.uint16)
        order = np.argsort(pile, kind="stable")
        self._seen = (key, rows[order], x[order], y[order])
        return self._seen[1:]

    def position(self, row: int) -> tuple[float, float] | None:
        """Where a unit stands in map metres, None if it is not on the map; one in a bubble stands where it is."""
        if row >= self._count or not np.isfinite(self.index.x[row]):
            return None
        return float(self.index.x[row]), float(self.index.y[row])

    def moving(self, rows: Rows) -> Flags:
        """Which of these units wear a heading."""
        moving: Flags = (self._heading[rows] >= 0) & ~self._stale[rows]
        return moving

    def near(self, point: QPointF, view: Viewport, reach_px: float) -> list[int]:
        """Rows whose symbol's middle lies within reach of a point on the screen, the nearest first."""
        if self._clustered:
            rows, x, y = self.visible_units(view)
        else:
            east, north = view.metres(point)
            reach_m = reach_px * view.metres_per_pixel
            rows = self.index.rows_within(east - reach_m, north - reach_m, east + reach_m, north + reach_m)
            x, y = view.xs(self.index.x[rows]), view.ys(self.index.y[rows])
        distance = np.hypot(x - point.x(), y - point.y())
        near = np.flatnonzero(distance <= reach_px)
        order = np.lexsort((-self._rank[rows[near]].astype(np.intp), distance[near]))
        return [int(row) for row in rows[near[order]]]

    def bubbles(self, view: Viewport) -> Floats:
        """Middles and radii of the bubbles that are drawn, in pixels, shape (bubbles, 3)."""
        around = self._crowd_for(view) if self.visible else None
        if around is None:
            return np.empty((0, 3))
        return np.column_stack((view.xs(around.x), view.ys(around.y), around.radius_px))

    def bubble_at(self, point: QPointF, view: Viewport) -> int | None:
        """The number of the bubble at a point on the screen."""
        around = self._crowd_for(view) if self.visible else None
        return around.at(*view.metres(point)) if around is not None else None

    def members(self, bubble: int) -> Rows:
        """The rows of the units in a bubble, as it is drawn now."""
        if self._crowd is None or bubble >= len(self._crowd.x):
            return np.empty(0, dtype=np.intp)
        return self._crowd.members(bubble, self.index)

    def paint(self, painter: QPainter, view: Viewport) -> None:
        if view.dpr != self._looks.dpr:
            self._draw_anew(view.dpr)
        around = self._crowd_for(view)
        if around is not None:
            self._bubble_sprites.paint(painter, view, around)
        rows, x, y = self.visible_units(view)
        moving = np.flatnonzero(self.moving(rows))
        if moving.size and len(rows) <= _CROWD:
            heading = self._heading[rows[moving]]
            cells = self._looks.ticks(self._picture.tracks.agency[rows[moving]], heading)
            self._ticks.place(x[moving] + TICK_X[heading], y[moving] + TICK_Y[heading], view.dpr)[:] = (
                self._looks.places[cells]
            )
            self._ticks.draw(painter, self._looks.pixmap, view.dpr)
        self._sprites.place(x, y, view.dpr)[:] = self._looks.places[self._cell[rows]]
        self._sprites.draw(painter, self._looks.pixmap, view.dpr)

    def _crowd_for(self, view: Viewport) -> Crowd | None:
        """The bubbles of a view, made anew if they no longer hold; None where there are to be none."""
        if not self._clustered:
            return None
        known, now = self._crowd, self._clock()
        due = self._regroup or (self._behind and now - self._grouped_at >= _REGROUP_S)
        if known is None or due or not known.holds_for(view.bounds(), view.metres_per_pixel):
            self._crowd = known = crowd(
                self.index,
                view.bounds(_AROUND_PX),
                view.metres_per_pixel,
                kinds=kinds_among(len(self._picture.tracks.agencies)),
                before=known,
                avoid=[*self.avoid(), *self._places_apart()],
            )
            self._grouped_at = now
            self._behind = self._regroup = False
            self.grouping += 1
        return known

    def _apart_rows(self) -> Rows:
        """The units that are in no bubble whatever stands around them."""
        if self._apart is None:
            self._apart = np.flatnonzero(self.index.apart[: self._count])
        return self._apart

    def _places_apart(self) -> list[tuple[float, float]]:
        """Where units stand that would lie above a bubble; of very many no bubble can keep off."""
        rows = self._apart_rows()[:_MOST_AVOIDED]
        places = zip(self.index.x[rows].tolist(), self.index.y[rows].tolist(), strict=True)
        return [place for place in places if np.isfinite(place[0])]

    def _pin(self, *rows: int | None) -> None:
        """Note anew which of these are in no bubble."""
        known = np.unique(np.array([row for row in rows if row is not None and row < self._count], dtype=np.intp))
        if known.size:
            self._set_apart(known)
            self.index.changed(known)
            self.revision += 1

    def _set_apart(self, rows: Rows) -> None:
        apart = self._picture.tracks.status[rows] == _EMERGENCY
        for pinned in (self._selected, self._followed):
            apart |= rows == (-1 if pinned is None else pinned)
        if (apart != self.index.apart[rows]).any():
            self.index.apart[rows] = apart
            self._apart, self._regroup = None, True

    def _make_room(self) -> None:
        count = self._picture.tracks.count
        if count > len(self._cell):
            room = max(1024, 2 * count)
            self._cell, self._heading = grown(self._cell, room, 0), grown(self._heading, room, -1)
            self._rank, self._stale = grown(self._rank, room, 1), grown(self._stale, room, 0)
            self._marks, self._filtered = grown(self._marks, room, 0), grown(self._filtered, room, 0)
            self._hidden = grown(self._hidden, room, 0)
        if count > self._count:
            self.index.grow(count)
            new = np.arange(self._count, count)
            self._count = count
            self._describe(new)

    def _draw_anew(self, dpr: float) -> None:
        """Theme, screen or an agency's colour changed: every look is drawn again, no unit is looked at."""
        self._looks.draw_anew(self.palette, dpr)
        self._bubble_sprites.draw_anew(self.palette, dpr)
        self._make_room()
        self.revision += 1

    def _refresh_all(self) -> None:
        self._make_room()
        self._describe(np.arange(self._count))
        self.revision += 1

    def _place(self, rows: Rows) -> None:
        """Where units stand and head, if they are there at all; a course is drawn only of a unit that moves."""
        tracks = self._picture.tracks
        x, y = to_metres(tracks.lat[rows], tracks.lon[rows])
        there = np.isfinite(x) & np.isfinite(y) & tracks.present[rows]
        hidden = there & self._filtered[rows]
        self.hidden_count += int(np.count_nonzero(hidden)) - int(np.count_nonzero(self._hidden[rows]))
        self._hidden[rows] = hidden
        shown, before = there & ~hidden, np.isfinite(self.index.x[rows])
        self.shown_count += int(np.count_nonzero(shown)) - int(np.count_nonzero(before))
        self._regroup = self._regroup or bool((shown != before).any())
        self.index.x[rows], self.index.y[rows] = np.where(shown, x, np.nan), np.where(shown, y, np.nan)
        course = tracks.course_deg[rows]
        moving = (tracks.speed_mps[rows] > MOVING_MPS) & np.isfinite(course)
        turn = np.rint(np.where(moving, course, 0.0) * (DIRECTIONS / 360.0)) % DIRECTIONS
        self._heading[rows] = np.where(moving, turn, -1)
        self.index.changed(rows)

    def _describe(self, rows: Rows) -> None:
        """What units look like and count as, and whether they are there at all."""
        if not rows.size:
            return
        tracks = self._picture.tracks
        self._filtered[rows] = self.filter.hidden(self._picture, rows)
        stale = tracks.stale_at[rows] <= self._now().timestamp()
        self._stale[rows] = stale
        self._marks[rows] = marks = self._marks_of(rows)
        self._cell[rows] = self._looks.cells(rows, marks | stale)
        emergency = tracks.status[rows] == _EMERGENCY
        alarming = emergency & ((marks & EXERCISE) == 0)
        self._rank[rows] = np.where(alarming, 2, np.where(stale | (marks > 0), 0, 1))
        self.index.kind[rows] = kinds_of(tracks.agency[rows], stale | (marks & DOUBTFUL > 0))
        self._set_apart(rows)
        self._place(rows)

    def _marks_of(self, rows: Rows) -> NDArray[np.uint8]:
        tracks = self._picture.tracks
        marks: NDArray[np.uint8] = tracks.doubtful[rows] * np.uint8(DOUBTFUL)
        return marks if self._exercise else marks | tracks.exercise[rows] * np.uint8(EXERCISE)
