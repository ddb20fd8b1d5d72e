"""Which parts of the screen are taken, on a coarse grid."""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Box = tuple[float, float, float, float]

#: side of a cell in pixels
_CELL_PX = 6.0
#: so that what begins at a cell's edge is not reckoned to the cell before
_A_HAIR = 0.01
#: of how many of the nearest free places the lines to the symbol are looked at
_MOST_LINES = 16
#: a place to the left, above or below is taken for one to the right if it is nearer by so much
_LEFT_COST_PX, _ACROSS_COST_PX = 4.0, 2.0
#: and one that needs a line across symbols for one that is further off by so much for each step over them
_SYMBOL_COST_PX = 3.0


class LabelGrid:
    """Cells taken by symbols, and cells taken by labels; boxes are left, top, right, bottom in pixels.

    `anchor` is where a fixed point of the ground lies on the screen: the cells move with the ground, so that what found
    a place finds it again when the map is panned.
    """

    def __init__(self, width: int, height: int, anchor: tuple[float, float] = (0.0, 0.0)) -> None:
        self._size = (float(width), float(height))
        self._shift = (-anchor[0] % _CELL_PX, -anchor[1] % _CELL_PX)
        shape = (int((height + self._shift[1]) // _CELL_PX) + 1, int((width + self._shift[0]) // _CELL_PX) + 1)
        self._symbols = np.zeros(shape, dtype=np.bool_)
        self._labels = np.zeros(shape, dtype=np.bool_)
        self._kept = np.zeros(shape, dtype=np.bool_)  # free of every label, though lines may cross it
        self._table: NDArray[np.int32] | None = None

    def take_symbols(self, x: Floats, y: Floats, half_px: float) -> None:
        """Mark the squares around symbols' middles as taken."""
        self._symbols |= self._squares(x, y, half_px)
        self._table = None

    def keep_symbols(self, x: Floats, y: Floats, half_px: float) -> None:
        """Keep every label off the squares around symbols' middles, also labels that may cover other symbols."""
        self._kept |= self._squares(x, y, half_px)

    def _squares(self, x: Floats, y: Floats, half_px: float) -> NDArray[np.bool_]:
        middles = np.zeros_like(self._symbols)
        seen = (x >= 0) & (y >= 0) & (x < self._size[0]) & (y < self._size[1])
        middles[
            ((y[seen] + self._shift[1]) // _CELL_PX).astype(np.intp),
            ((x[seen] + self._shift[0]) // _CELL_PX).astype(np.intp),
        ] = True
        for _ in range(round(half_px / _CELL_PX)):  # grow by a cell to every side
            across = middles.copy()
            across[:, 1:] |= middles[:, :-1]
            across[:, :-1] |= middles[:, 1:]
            middles = across.copy()
            middles[1:] |= across[:-1]
            middles[:-1] |= across[1:]
        return middles

    def free_of_symbols(self, boxes: Floats) -> NDArray[np.bool_]:
        """Which boxes, shape (n, 4), lie in view and cover no symbol; all tested at once by a summed-area table."""
        if self._table is None:
            self._table = _summed(self._symbols)
        table = self._table
        inside = self._inside(boxes)
        shift = np.array([*self._shift, *self._shift])
        limits = np.array([*self._size, *self._size])
        left, top, right, bottom = ((np.clip(boxes, 0, limits) + shift) // _CELL_PX).astype(np.intp).T
        count = table[bottom + 1, right + 1] - table[top, right + 1] - table[bottom + 1, left] + table[top, left]
        free: NDArray[np.bool_] = inside & (count == 0)
        return free

    def is_free(self, box: Box, *, of_symbols: bool = False) -> bool:
        """Whether a box lies in view and covers no label, and no symbol if asked."""
        left, top, right, bottom = box
        if left < 0 or top < 0 or right >= self._size[0] or bottom >= self._size[1]:
            return False
        cells = self._cells(left, top, right, bottom)
        return not (self._labels[cells].any() or self._kept[cells].any() or (of_symbols and self._symbols[cells].any()))

    def try_label(self, box: Box) -> bool:
        """Take the box for a label if it lies in view and covers no other label."""
        if not self.is_free(box):
            return False
        self._labels[self._cells(*box)] = True
        return True

    def try_more(self, box: Box, wider: Box) -> bool:
        """Take what `wider` has more than the label's own box to its left or right, if nothing is there."""
        if wider[0] < 0 or wider[2] >= self._size[0]:
            return False
        rows, own = self._cells(*box)
        _, columns = self._cells(*wider)
        for strip in (slice(columns.start, own.start), slice(own.stop, columns.stop)):
            if any(taken[rows, strip].any() for taken in (self._labels, self._kept, self._symbols)):
                return False
        self._labels[rows, columns] = True
        return True

    def reserve(self, left: float, top: float, right: float, bottom: float) -> None:
        """Keep labels away from a part of the screen."""
        self._labels[self._cells(max(0.0, left), max(0.0, top), max(0.0, right), max(0.0, bottom))] = True

    def is_free_line(self, start: tuple[float, float], end: tuple[float, float]) -> bool:
        """Whether a line crosses no label."""
        return not self._labels[self._line(start, *end, _steps(start, end))].any()

    def take_line(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Keep labels away from a line."""
        self._labels[self._line(start, *end, _steps(start, end))] = True

    def nearest_free(
        self, at: tuple[float, float], size: tuple[float, float], *, clear_px: float, reach_px: float, of_symbols: bool
    ) -> tuple[float, float] | None:
        """Top left of the free place for a label nearest to a symbol, from which a line to it crosses no label.

        Its edge is no nearer than `clear_px` to the symbol's middle, and no further than `reach_px`.
        """
        (x, y), (width, height) = at, size
        rows, columns = self._cells(
            max(0.0, x - reach_px - width),
            max(0.0, y - reach_px - height),
            min(self._size[0] - 1, x + reach_px + width),
            min(self._size[1] - 1, y + reach_px + height),
        )
        taken = self._labels[rows, columns] | self._kept[rows, columns]
        if of_symbols:
            taken = taken | self._symbols[rows, columns]
        across, down = int((width + 2 * _A_HAIR) // _CELL_PX) + 1, int((height + 2 * _A_HAIR) // _CELL_PX) + 1
        if taken.shape[0] < down or taken.shape[1] < across:
            return None
        table = _summed(taken)
        count = table[down:, across:] - table[:-down, across:] - table[down:, :-across] + table[:-down, :-across]
        row, column = np.nonzero(count == 0)
        left = (column + columns.start) * _CELL_PX - self._shift[0] + _A_HAIR
        top = (row + rows.start) * _CELL_PX - self._shift[1] + _A_HAIR
        beside = np.maximum(left - x, x - left - width)
        above = np.maximum(top - y, y - top - height)
        apart = np.hypot(np.maximum(beside, 0.0), np.maximum(above, 0.0))
        possible = (apart >= clear_px) & (apart <= reach_px) & (left >= 0) & (top >= 0)
        possible &= (left + width < self._size[0]) & (top + height < self._size[1])
        chosen = np.flatnonzero(possible)
        if not chosen.size:
            return None
        cost = apart[chosen] + _LEFT_COST_PX * (left[chosen] + width < x) + _ACROSS_COST_PX * (beside[chosen] < 0)
        order = np.argsort(cost, kind="stable")
        if len(order) > _MOST_LINES:  # neighbours of a place are much like it: look at some that lie apart
            order = order[np.unique(np.geomspace(1, len(order), _MOST_LINES).astype(np.intp)) - 1]
        best, cost = chosen[order], cost[order]
        end_x = np.clip(x, left[best], left[best] + width)
        end_y = np.clip(y, top[best], top[best] + height)
        lines = self._line(at, end_x[:, None], end_y[:, None], int(reach_px / (_CELL_PX / 2)))
        # of two places about as near the one whose line crosses fewer symbols
        cost = cost + _SYMBOL_COST_PX * np.count_nonzero(self._symbols[lines], axis=1)
        cost[self._labels[lines].any(axis=1)] = np.inf
        first = int(np.argmin(cost))
        return (float(left[best[first]]), float(top[best[first]])) if np.isfinite(cost[first]) else None

    def _inside(self, boxes: Floats) -> NDArray[np.bool_]:
        width, height = self._size
        inside: NDArray[np.bool_] = (
            (boxes[:, 0] >= 0) & (boxes[:, 1] >= 0) & (boxes[:, 2] < width) & (boxes[:, 3] < height)
        )
        return inside

    def _cells(self, left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
        along, down = self._shift
        return (
            slice(int((top + down) // _CELL_PX), int((bottom + down) // _CELL_PX) + 1),
            slice(int((left + along) // _CELL_PX), int((right + along) // _CELL_PX) + 1),
        )

    def _line(
        self, start: tuple[float, float], end_x: Floats | float, end_y: Floats | float, steps: int
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The cells of a line, or of many to ends of shape (n, 1); without the end, which lies on the label itself."""
        along = np.arange(steps) / steps
        column = (((end_x - start[0]) * along + (start[0] + self._shift[0])) // _CELL_PX).astype(np.intp)
        row = (((end_y - start[1]) * along + (start[1] + self._shift[1])) // _CELL_PX).astype(np.intp)
        # a symbol may stand a little out of view
        np.minimum(np.maximum(row, 0, out=row), self._labels.shape[0] - 1, out=row)
        np.minimum(np.maximum(column, 0, out=column), self._labels.shape[1] - 1, out=column)
        return row, column


def _steps(start: tuple[float, float], end: tuple[float, float]) -> int:
    return int(math.hypot(end[0] - start[0], end[1] - start[1]) / (_CELL_PX / 2)) + 1


def nearest_point(at: tuple[float, float], box: Box) -> tuple[float, float]:
    """The point of a box that is nearest to a place outside of it."""
    return min(max(at[0], box[0]), box[2]), min(max(at[1], box[1]), box[3])


def _summed(taken: NDArray[np.bool_]) -> NDArray[np.int32]:
    table = np.zeros((taken.shape[0] + 1, taken.shape[1] + 1), dtype=np.int32)
    np.cumsum(np.cumsum(taken, axis=0, dtype=np.int32), axis=1, out=table[1:, 1:])
    return table
