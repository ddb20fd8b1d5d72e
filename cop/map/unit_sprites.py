"""What units look like, drawn once for each look and kept: which cell of the atlas shows which."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPixmap

from cop.domain.agency import Agency
from cop.domain.words import UNIT_KINDS, UNIT_STATUSES
from cop.map.glyphs import shape_of
from cop.map.palette import Palette, agency_colour
from cop.map.sprites import Atlas, Floats
from cop.map.symbols import DIRECTIONS, TICK_RADIUS_PX, UnitDrawing, heading_tick, unit_symbol
from cop.picture.picture import Picture

Rows = NDArray[np.intp]

_STATUSES = tuple(UNIT_STATUSES)
_KINDS = tuple(UNIT_KINDS)
#: what a unit wears beside kind and status, as bits of its look
STALE, DOUBTFUL, EXERCISE, _MARK_BITS = 1, 2, 4, 3
#: ticks are numbered below all looks: agency by agency, direction by direction
_FIRST_TICK = -1
#: where a heading stands from its symbol's middle, by direction, x to the right, y downwards
_ANGLES = 2.0 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
TICK_X = TICK_RADIUS_PX * np.sin(_ANGLES)
TICK_Y = -TICK_RADIUS_PX * np.cos(_ANGLES)


class UnitSprites:
    """A look is a number made of agency, kind, status and marks; its cell stays the same when it is drawn anew."""

    def __init__(self, picture: Picture, palette: Palette) -> None:
        self._picture = picture
        self._palette = palette
        self._atlas = Atlas()
        self._cell_of: dict[int, int] = {}  # look or tick -> cell, in the order of the cells
        self._first_tick = np.empty(0, dtype=np.int32)  # by agency: the cell of its tick to the north
        self.dpr = 1.0
        #: the set of symbols that units wear
        self.draw: UnitDrawing = unit_symbol

    @property
    def pixmap(self) -> QPixmap:
        """All of them."""
        return self._atlas.pixmap

    @property
    def places(self) -> Floats:
        """Where each cell lies on the pixmap, shape (cells, 4)."""
        return self._atlas.cells

    @property
    def full(self) -> bool:
        """Whether it is time to forget them all: looks nobody wears any more are never taken out."""
        return self._atlas.full

    def draw_anew(self, palette: Palette, dpr: float) -> None:
        """Draw every look again, in its cell: theme, screen or an agency changed."""
        self._palette, self.dpr = palette, dpr
        self._atlas = Atlas()
        if self._cell_of:
            self._atlas.add([self._drawn(one) for one in self._cell_of])

    def forget(self) -> None:
        """Start with no look at all."""
        self._atlas = Atlas()
        self._cell_of.clear()
        self._first_tick = np.empty(0, dtype=np.int32)

    def cells(self, rows: Rows, marks: NDArray[np.uint8]) -> NDArray[np.int32]:
        """The cell of each of these units, wearing these marks."""
        tracks = self._picture.tracks
        looks = (
            (tracks.agency[rows].astype(np.int64) << 8 | tracks.kind[rows]) << 8 | tracks.status[rows]
        ) << _MARK_BITS | marks
        different, which = np.unique(looks, return_inverse=True)
        numbers = different.tolist()
        self._add([look for look in numbers if look not in self._cell_of])
        cells: NDArray[np.int32] = np.array([self._cell_of[look] for look in numbers], dtype=np.int32)[which]
        return cells

    def ticks(self, agencies: NDArray[np.int16], directions: NDArray[np.int16]) -> NDArray[np.int32]:
        """The cell of the heading of each unit, by its agency's number and its direction."""
        for agency in range(len(self._first_tick), len(self._picture.tracks.agencies)):
            first = _FIRST_TICK - agency * DIRECTIONS
            cell = self._add([first - direction for direction in range(DIRECTIONS)])
            self._first_tick = np.append(self._first_tick, np.int32(cell))
        cells: NDArray[np.int32] = self._first_tick[agencies] + directions
        return cells

    def _add(self, looks: list[int]) -> int:
        """Draw new looks; the cell of the first."""
        added = self._atlas.add([self._drawn(look) for look in looks]) if looks else range(0)
        self._cell_of.update(zip(looks, added, strict=True))
        return added.start

    def _drawn(self, look: int) -> QImage:
        if look < 0:
            agency, direction = divmod(_FIRST_TICK - look, DIRECTIONS)
            ink = agency_colour(self._picture, self._picture.tracks.agencies[agency], self._palette)
            return heading_tick(ink, direction, self._palette, self.dpr)
        marks, look = look & (1 << _MARK_BITS) - 1, look >> _MARK_BITS
        agency_id = self._picture.tracks.agencies[look >> 16]
        profile = self._picture.agencies.get(agency_id)
        disciplines = profile.body.disciplines if profile is not None and isinstance(profile.body, Agency) else ()
        return self.draw(
            agency_colour(self._picture, agency_id, self._palette),
            shape_of(_KINDS[(look >> 8) & 0xFF], disciplines),
            _STATUSES[look & 0xFF],
            stale=bool(marks & STALE),
            doubtful=bool(marks & DOUBTFUL),
            exercise=bool(marks & EXERCISE),
            palette=self._palette,
            dpr=self.dpr,
        )
