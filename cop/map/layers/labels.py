"""Callsigns and incident labels: none over another, the important ones first, and steady from pulse to pulse."""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from cop.domain.words import UNIT_STATUSES
from cop.map.layers.incidents import IncidentLayer
from cop.map.layers.label_grid import LabelGrid
from cop.map.layers.layer import Layer
from cop.map.layers.units import UnitLayer
from cop.map.lettering import CALLSIGN_PX, INCIDENT_PX, Chip, Chips, chip_size, clean
from cop.map.palette import Palette
from cop.map.viewport import Viewport
from cop.picture.change import Change, Key
from cop.picture.picture import Picture

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

#: most callsigns on one screen (more than a person reads), and most that are tried for it
_MOST_CALLSIGNS = 160
_MOST_TRIED = 600
#: of each bin of this size only the most important unit is tried, so that a crowd costs no more than a few
_BIN_PX = (48.0, 22.0)
#: the same for incidents, the most urgent and the newest first
_MOST_INCIDENT_LABELS = 60
_MOST_INCIDENTS_TRIED = 240
_RELAYOUT_S = 0.5
_EMERGENCY = list(UNIT_STATUSES).index("emergency")
#: half the square of a symbol that no callsign may cover
_UNIT_CORE_PX = 12.0
_INCIDENT_CORE_PX = 15.0
#: from the symbol's middle to the label's edge
_CLEAR_OF_UNIT_PX = 18.0
_CLEAR_OF_EMERGENCY_PX = 26.0
_CLEAR_OF_INCIDENT_PX = 21.0
#: order of importance; incidents come after the selected unit
_RANK_SELECTED, _RANK_EMERGENCY, _RANK_MOVING, _RANK_REST, _RANK_STALE = 0, 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class _Label:
    """A chip, and where its top left hangs from its symbol's middle, in pixels."""

    chip: Chip
    dx: float
    dy: float


class LabelLayer(Layer):
    """Lays out greedily: selected, incidents, emergencies, the moving, the rest; who had a label keeps it.

    A callsign covers no other unit's symbol; only the selected unit, incidents and emergencies may, because they
    have to be named.
    """

    name: ClassVar[str] = "labels"
    label: ClassVar[str] = "Labels"

    def __init__(
        self,
        picture: Picture,
        units: UnitLayer,
        incidents: IncidentLayer,
        palette: Palette,
        *,
        reserved: Callable[[], list[QRectF]] = list,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(palette)
        self._picture = picture
        self._units = units
        self._incidents = incidents
        self._reserved = reserved
        self._clock = clock
        self._chips = Chips(palette)
        self._unit_labels: dict[int, _Label] = {}
        self._incident_labels: dict[Key, _Label] = {}
        self._laid_out_for: tuple[object, ...] = ()
        self._due_at = 0.0
        self.selected_unit: int | None = None

    def set_palette(self, palette: Palette) -> None:
        super().set_palette(palette)
        self._chips.set_palette(palette)
        self.relayout()

    def apply(self, change: Change) -> bool:
        if change.units or change.incidents or change.links:
            self.relayout()
        return False  # units and incidents say themselves that they look different

    def relayout(self) -> None:
        """Lay out anew at the next paint."""
        self._laid_out_for = ()

    def boxes(self, view: Viewport) -> tuple[dict[int, QRectF], dict[Key, QRectF]]:
        """Where the labels of units (by row) and of incidents stand on the screen."""
        units = {
            row: QRectF(x, y, self._unit_labels[row].chip.width, self._unit_labels[row].chip.height)
            for row, x, y in self._standing(view)
        }
        return units, self._incident_boxes(view)

    def paint(self, painter: QPainter, view: Viewport) -> None:
        state = (
            view,
            self._units.visible,
            self._incidents.visible,
            self._incidents.revision,
            self._incidents.selected,
            self.selected_unit,
        )
        if state != self._laid_out_for or self._clock() >= self._due_at:
            self._lay_out(view)
            self._laid_out_for = state
            self._due_at = self._clock() + _RELAYOUT_S
        for row, x, y in self._standing(view):
            painter.drawPixmap(round(x), round(y), self._unit_labels[row].chip.pixmap)
        for key, box in self._incident_boxes(view).items():
            painter.drawPixmap(box.topLeft().toPoint(), self._incident_labels[key].chip.pixmap)

    def _incident_boxes(self, view: Viewport) -> dict[Key, QRectF]:
        boxes = {}
        for key, one in self._incident_labels.items():
            placed = self._incidents.get(key)
            if placed is not None:
                at = view.point(placed.x, placed.y)
                boxes[key] = QRectF(at.x() + one.dx, at.y() + one.dy, one.chip.width, one.chip.height)
        return boxes

    def _standing(self, view: Viewport) -> list[tuple[int, float, float]]:
        """Row and top left of each callsign that stands.

        Units have moved since the layout: of two labels that have run into each other the less important one is
        left out until they part.
        """
        hung = [(row, one, at) for row, one in self._unit_labels.items() if (at := self._units.position(row))]
        if not hung:
            return []
        fixed = [(box.left(), box.top(), box.right(), box.bottom()) for box in self._incident_boxes(view).values()]
        corners = np.array([(at[0], at[1], one.dx, one.dy, one.chip.width, one.chip.height) for _, one, at in hung])
        left = view.xs(corners[:, 0]) + corners[:, 2]
        top = view.ys(corners[:, 1]) + corners[:, 3]
        boxes = np.vstack(
            (np.array(fixed).reshape(-1, 4), np.column_stack((left, top, left + corners[:, 4], top + corners[:, 5])))
        )
        across = boxes[:, None, 0] < boxes[None, :, 2]
        down = boxes[:, None, 1] < boxes[None, :, 3]
        both: NDArray[np.bool_] = across & across.T & down & down.T
        clash = np.asarray(np.tril(both, -1).any(axis=1))
        stands = np.flatnonzero(~clash[len(fixed) :])
        return [(hung[index][0], left[index], top[index]) for index in stands]

    def _lay_out(self, view: Viewport) -> None:
        grid = LabelGrid(view.width, view.height)
        for box in self._reserved():
            grid.reserve(box.left(), box.top(), box.right(), box.bottom())
        rows, x, y = self._units.visible_units(view)
        if not self._units.visible:
            rows, x, y = rows[:0], x[:0], y[:0]
        if self._incidents.visible:
            placed = self._incidents.placed()
            points = [view.point(one.x, one.y) for one in placed]
            middles = np.array([(point.x(), point.y()) for point in points]).reshape(-1, 2)
            grid.take_symbols(middles[:, 0], middles[:, 1], _INCIDENT_CORE_PX)
        grid.take_symbols(x, y, _UNIT_CORE_PX)
        before, self._unit_labels = self._unit_labels, {}
        ranks = self._ranks(rows)
        selected = np.flatnonzero(rows == (-1 if self.selected_unit is None else self.selected_unit))
        self._lay_out_units(grid, rows[selected], x[selected], y[selected], before=before, dpr=view.dpr, must=True)
        self._lay_out_incidents(grid, view)
        ranks[selected] = _RANK_SELECTED
        crowd = np.flatnonzero(ranks == _RANK_EMERGENCY)[:_MOST_CALLSIGNS]
        self._lay_out_units(grid, rows[crowd], x[crowd], y[crowd], before=before, dpr=view.dpr, must=True)
        rest = self._tried(rows, x, y, ranks=ranks, before=before)
        self._lay_out_units(grid, rows[rest], x[rest], y[rest], before=before, dpr=view.dpr, must=False)

    def _ranks(self, rows: Rows) -> NDArray[np.uint8]:
        emergency = self._picture.tracks.status[rows] == _EMERGENCY
        ranks = np.where(self._units.moving(rows), _RANK_MOVING, _RANK_REST)
        ranks = np.where(self._units.stale[rows], _RANK_STALE, ranks)
        return np.where(emergency, _RANK_EMERGENCY, ranks).astype(np.uint8)

    def _tried(self, rows: Rows, x: Floats, y: Floats, *, ranks: NDArray[np.uint8], before: dict[int, _Label]) -> Rows:
        """The units worth a try, the most important first: one of each bin, who had a label before the others."""
        had = np.zeros(self._picture.tracks.count, dtype=np.bool_)
        had[list(before)] = True
        importance = ranks * np.uint8(2) + ~had[rows]
        order = np.argsort(importance, kind="stable")
        order = order[ranks[order] > _RANK_EMERGENCY]
        columns = int(x.max(initial=0.0) // _BIN_PX[0]) + 2
        bins = (y[order] // _BIN_PX[1] + 2).astype(np.intp) * columns + (x[order] // _BIN_PX[0] + 1).astype(np.intp)
        best = np.full(int(bins.max(initial=0)) + 1, -1, dtype=np.intp)
        best[bins[::-1]] = np.arange(len(order))[
            ::-1
        ]  # of the same bin the last one written, the first in order, stays
        tried: Rows = order[np.sort(best[best >= 0])[:_MOST_TRIED]]
        return tried

    def _lay_out_units(
        self, grid: LabelGrid, rows: Rows, x: Floats, y: Floats, *, before: dict[int, _Label], dpr: float, must: bool
    ) -> None:
        if not rows.size:
            return
        tracks = self._picture.tracks
        texts = [clean(tracks.callsigns[row], 18) for row in rows]
        sizes = np.array([chip_size(text, pixels=CALLSIGN_PX, bold=False) for text in texts])
        clear = np.where(tracks.status[rows] == _EMERGENCY, _CLEAR_OF_EMERGENCY_PX, _CLEAR_OF_UNIT_PX)
        offsets = _offsets(sizes[:, 0], sizes[:, 1], clear)  # (n, 4, 2)
        corners = offsets + np.column_stack((x, y))[:, None, :]
        boxes = np.concatenate((corners, corners + sizes[:, None, :]), axis=2)  # (n, 4, 4)
        free = grid.free_of_symbols(boxes.reshape(-1, 4)).reshape(len(rows), 4)
        for index in range(len(rows)) if must else np.flatnonzero(free.any(axis=1)):
            if len(self._unit_labels) >= _MOST_CALLSIGNS:
                return
            row = int(rows[index])
            known = before.get(row)
            sides = sorted(range(4), key=lambda side: (not free[index, side], not _same(known, offsets[index, side])))
            for side in sides:
                if (must or free[index, side]) and grid.try_label(tuple(boxes[index, side])):
                    chip = self._chips.callsign(texts[index], dpr)
                    self._unit_labels[row] = _Label(chip, *offsets[index, side].tolist())
                    break

    def _lay_out_incidents(self, grid: LabelGrid, view: Viewport) -> None:
        before, self._incident_labels = self._incident_labels, {}
        if not self._incidents.visible:
            return
        room = view.rect()
        named = (
            one
            for one in reversed(self._incidents.placed())
            if one.echo_of is None or one.key == self._incidents.selected
        )
        seen = (one for one in named if room.contains(view.point(one.x, one.y)))
        tried = list(itertools.islice(seen, _MOST_INCIDENTS_TRIED))
        if not tried:
            return
        texts = [self._incidents.text(one) for one in tried]
        sizes = np.array([chip_size(text, pixels=INCIDENT_PX, bold=True) for text in texts])
        middles = np.column_stack(
            (view.xs(np.array([one.x for one in tried])), view.ys(np.array([one.y for one in tried])))
        )
        offsets = _offsets(sizes[:, 0], sizes[:, 1], np.full(len(tried), _CLEAR_OF_INCIDENT_PX))  # (n, 4, 2)
        corners = offsets + middles[:, None, :]
        boxes = np.concatenate((corners, corners + sizes[:, None, :]), axis=2)  # (n, 4, 4)
        free = grid.free_of_symbols(boxes.reshape(-1, 4)).reshape(len(tried), 4)
        for index, one in enumerate(tried):
            if len(self._incident_labels) >= _MOST_INCIDENT_LABELS:
                return
            known = before.get(one.key)
            sides = sorted(range(4), key=lambda side: (not _same(known, offsets[index, side]), not free[index, side]))
            for side in sides:
                if grid.try_label(tuple(boxes[index, side])):
                    # what is not live where the work is has no priority's colour
                    chip = self._chips.incident(texts[index], 5 if one.exercise else one.priority, view.dpr)
                    self._incident_labels[one.key] = _Label(chip, *offsets[index, side].tolist())
                    break


def _offsets(width: Floats, height: Floats, clear: Floats) -> Floats:
    """Top left of a label to the right of, left of, below and above a symbol's middle, shape (n, 4, 2)."""
    right = np.column_stack((clear, -height / 2))
    left = np.column_stack((-clear - width, -height / 2))
    below = np.column_stack((-width / 2, clear - 1))
    above = np.column_stack((-width / 2, 1 - clear - height))
    return np.stack((right, left, below, above), axis=1)


def _same(known: _Label | None, offset: Floats) -> bool:
    return known is not None and abs(known.dx - offset[0]) < 1.0 and abs(known.dy - offset[1]) < 1.0
