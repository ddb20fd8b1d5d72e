"""Where a million points are: asked by rectangle or counted by cell, at a cost of what is asked for, not of how many.

The points stand sorted along a Z-order curve (Morton 1966), in which every cell of a quadtree is one contiguous run:
two binary searches count a cell at any zoom. Points that have left their cell since they were sorted are *loose*: few,
and looked at one by one. When they grow many, a worker sorts a copy while everybody goes on with what stands.
"""

import logging
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cop.map.ground_cells import SORTED_LEVEL, Cells, cells_over, curve_codes, level_of
from cop.map.projection import WORLD_M

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

#: fewer points than these are looked at one by one, sooner than any order would answer
_FEW = 4096
#: a change of more than one in so many leaves no order worth keeping
_BULK = 8
#: loose points are sorted in when they are more than one in so many
_LOOSE_SHARE = 32
#: kinds are counted once for each block of so many sorted points
_BLOCK = 128
#: rectangles are looked up by about so many cells a side
_LOOK_UP = 8
_MOST_PENDING = 64

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Points along the curve, as they were when they were sorted; `slot` and `code` are by row, -1: not among them."""

    rows: Rows
    codes: NDArray[np.int64]
    x: Floats
    y: Floats
    kind: NDArray[np.uint8]
    sum_x: Floats
    sum_y: Floats
    kinds: NDArray[np.int32]  # by block and kind: how many before it
    slot: NDArray[np.int32]
    code: NDArray[np.int64]

    def bounds(self, cells: Cells) -> tuple[Rows, Rows]:
        """Where the points of each cell begin and end; no cell may be finer than those of SORTED_LEVEL."""
        shift = 2 * (SORTED_LEVEL - cells.level)
        codes = cells.codes()
        return np.searchsorted(self.codes, codes << shift), np.searchsorted(self.codes, codes + 1 << shift)

    def kinds_within(self, low: Rows, high: Rows) -> NDArray[np.int64]:
        """How many of each kind lie in each run, shape (runs, kinds)."""
        first, last = -(-low // _BLOCK), high // _BLOCK
        blocks = last > first
        found = np.where(blocks[:, None], self.kinds[last] - self.kinds[np.minimum(first, last)], 0).astype(np.int64)
        ends = (np.where(blocks, first * _BLOCK, high), np.where(blocks, last * _BLOCK, high))
        for start, end in ((low, ends[0]), (ends[1], high)):
            at, owner = runs(start, end)
            count = self.kinds.shape[1]
            found += np.bincount(owner * count + self.kind[at], minlength=len(low) * count).reshape(len(low), count)
        return found


class Census:
    """What lies in each of some cells: `counts` of shape (cells,); points that stand apart are not counted."""

    def __init__(self, index: "GroundIndex", cells: Cells, order: _Sorted | None, loose: Rows | None) -> None:
        """`loose` are the points beside the order, None: all."""
        self.cells = cells
        self._index = index
        self._order = order
        some = slice(index.count) if loose is None else loose
        numbers = cells.numbers(index.x[some], index.y[some])
        counted = np.flatnonzero((numbers >= 0) & ~index.apart[some])
        self._extra: Rows = counted if loose is None else loose[counted]
        self._extra_cell = numbers[counted]
        self._low: Rows = np.empty(0, dtype=np.intp)
        self._high, self._gone_cell = self._low, self._low
        self._gone: Rows = self._low
        self.counts: Rows = np.bincount(self._extra_cell, minlength=cells.count)
        if order is not None and loose is not None:
            self._low, self._high = order.bounds(cells)
            known = loose[loose < len(order.slot)]
            gone = order.slot[known].astype(np.intp)
            gone = gone[gone >= 0]
            numbers = cells.numbers(order.x[gone], order.y[gone])
            self._gone, self._gone_cell = gone[numbers >= 0], numbers[numbers >= 0]
            self.counts += self._high - self._low - np.bincount(self._gone_cell, minlength=cells.count)

    def rows(self, wanted: Rows) -> tuple[Rows, Rows]:
        """The points of these cells, and in which cell each lies."""
        chosen = np.zeros(self.cells.count, dtype=np.bool_)
        chosen[wanted] = True
        extra = chosen[self._extra_cell]
        rows, cell = self._extra[extra], self._extra_cell[extra]
        if self._order is None:
            return rows, cell
        at, owner = runs(self._low[wanted], self._high[wanted])
        still = ~self._index.is_loose(self._order.rows[at])
        return (
            np.concatenate((self._order.rows[at[still]], rows)),
            np.concatenate((wanted[owner[still]], cell)),
        )

    def sums(self, wanted: Rows, kinds: int) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """Of each of these cells the sums of x and of y, and how many of each kind: shape (wanted, kinds)."""
        place = np.full(self.cells.count, -1, dtype=np.intp)
        place[wanted] = np.arange(len(wanted))
        sum_x, sum_y = np.zeros(len(wanted)), np.zeros(len(wanted))
        counts = np.zeros((len(wanted), kinds), dtype=np.int64)
        order = self._order
        parts = [(self._extra, self._extra_cell, 1, self._index.x, self._index.y, self._index.kind)]
        if order is not None:
            low, high = self._low[wanted], self._high[wanted]
            sum_x += order.sum_x[high] - order.sum_x[low]
            sum_y += order.sum_y[high] - order.sum_y[low]
            counts[:, : order.kinds.shape[1]] += order.kinds_within(low, high)
            parts.append((self._gone, self._gone_cell, -1, order.x, order.y, order.kind))
        for members, cell, sign, x, y, kind in parts:
            asked = place[cell] >= 0
            of, one = place[cell[asked]], members[asked]
            sum_x += sign * np.bincount(of, weights=x[one], minlength=len(wanted))
            sum_y += sign * np.bincount(of, weights=y[one], minlength=len(wanted))
            found = np.bincount(of * kinds + kind[one], minlength=counts.size)
            counts += sign * found.reshape(counts.shape)
        return sum_x, sum_y, counts


class GroundIndex:
    """Columns by row, written by their owner, who then says `changed`.

    `x`, `y` in map metres (NaN: not on the ground), `kind` (what a point counts as), `apart` (counted in no cell).
    """

    def __init__(self) -> None:
        self.count = 0
        self.x: Floats = np.empty(0)
        self.y: Floats = np.empty(0)
        self.kind: NDArray[np.uint8] = np.empty(0, dtype=np.uint8)
        self.apart: Flags = np.empty(0, dtype=np.bool_)
        self._order: _Sorted | None = None
        self._loose: Rows = np.empty(0, dtype=np.intp)
        self._loose_flags: Flags = np.empty(0, dtype=np.bool_)
        self._pending: list[Rows] = []
        self._since: list[Rows] | None = None  # what changed while the worker sorts
        self._sorting: _Sorting | None = None
        self._upheaval = False

    def grow(self, count: int) -> None:
        """Make room for so many rows."""
        if count > len(self.x):
            room = max(1024, 2 * count)
            self.x, self.y = grown(self.x, room, np.nan), grown(self.y, room, np.nan)
            self.kind, self.apart = grown(self.kind, room, 0), grown(self.apart, room, 0)
            self._loose_flags = grown(self._loose_flags, room, 0)
        self.count = max(self.count, count)

    def changed(self, rows: Rows) -> None:
        """These rows (distinct ones) have been written."""
        if rows.size * _BULK > self.count:
            self._forget()
            return
        self._pending.append(rows)
        if len(self._pending) > _MOST_PENDING:
            self._take_in()

    def is_loose(self, rows: Rows) -> Flags:
        """Which rows are looked at one by one; means something only where an order stands."""
        flags: Flags = self._loose_flags[rows]
        return flags

    def rows_within(self, west: float, south: float, east: float, north: float) -> Rows:
        """The points in a rectangle in map metres, in no order."""
        order, loose = self._asked()
        if loose is None or order is None:
            x, y = self.x[: self.count], self.y[: self.count]
        else:
            level = min(SORTED_LEVEL, level_of(max(east - west, north - south, 1.0) / _LOOK_UP))
            at, _ = runs(*order.bounds(cells_over(level, west, south, east, north)))
            rows = order.rows[at]
            loose = np.concatenate((rows[~self._loose_flags[rows]], loose))
            x, y = self.x[loose], self.y[loose]
        found: Rows = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        return found if loose is None else loose[found]

    def census(self, cells: Cells) -> Census:
        """What lies in each of these cells."""
        order, loose = self._asked()
        if order is not None and cells.level > SORTED_LEVEL:
            west, south = cells.left * cells.size_m - WORLD_M, cells.low * cells.size_m - WORLD_M
            east, north = west + cells.across * cells.size_m, south + cells.down * cells.size_m
            return Census(self, cells, None, self.rows_within(west, south, east, north))
        return Census(self, cells, order, loose)

    def settle(self) -> None:
        """Sort, and wait until it is done: for tests and benchmarks."""
        if self._sorting is None:
            self._upheaval = False
            self._take_in()
            self._start_sorting()
        if self._sorting is not None:
            self._sorting.join()
        self._take_in()

    @property
    def sorted_count(self) -> int:
        """How many points stand in order, 0 while all are looked at one by one."""
        return len(self._order.rows) if self._order is not None else 0

    def _asked(self) -> tuple[_Sorted | None, Rows | None]:
        """The order that stands, and the loose rows beside it, None: all."""
        self._take_in()
        if self._sorting is None and self.count > _FEW:
            calm, self._upheaval = not self._upheaval, False
            if (self._order is None and calm) or (
                self._order is not None and self._loose.size > max(_FEW, self.count // _LOOSE_SHARE)
            ):
                self._start_sorting()
        if self._order is None:
            return None, None
        return self._order, self._loose

    def _forget(self) -> None:
        """So much has changed that no order is worth keeping, nor the one that is being made."""
        self._upheaval = True
        self._order = None
        self._pending.clear()
        self._sorting, self._since = None, None

    def _start_sorting(self) -> None:
        self._since = []
        known = slice(self.count)
        self._sorting = _Sorting(self.x[known], self.y[known], self.kind[known], self.apart[known])
        self._sorting.start()

    def _take_in(self) -> None:
        if self._sorting is not None and not self._sorting.is_alive():
            self._adopt(self._sorting.built)
        pending, self._pending = self._pending, []
        if self._since is not None:
            self._since.extend(pending)
        if self._order is not None:
            self._loosen(self._order, pending)

    def _adopt(self, built: _Sorted | None) -> None:
        since = self._since or []
        self._sorting, self._since = None, None
        if built is None:
            self._upheaval = True  # it failed: not again at once
            return
        self._order = built
        self._loose_flags[:] = False
        self._loose = np.empty(0, dtype=np.intp)
        new = np.arange(min(len(built.slot), self.count), self.count)
        self._loosen(built, [np.flatnonzero(self.apart[: self.count]), new, *since])

    def _loosen(self, order: _Sorted, changed: list[Rows]) -> None:
        """Note which of these rows no longer stand where the order has them."""
        found = [self._loose]
        for some in changed:
            rows = some[~self._loose_flags[some]]
            known = rows[rows < len(order.slot)]
            slot = order.slot[known]
            there = slot >= 0
            same = there & (order.code[known] == curve_codes(self.x[known], self.y[known])) & ~self.apart[known]
            same[there] &= order.kind[slot[there]] == self.kind[known[there]]
            same |= ~there & np.isnan(self.x[known])
            left = np.concatenate((known[~same], rows[rows >= len(order.slot)]))
            self._loose_flags[left] = True
            found.append(left)
        if len(found) > 1:
            self._loose = np.concatenate(found)


class _Sorting(threading.Thread):
    """Sorts a copy of the points; what is written meanwhile may be read half old, half new, and is loose afterwards."""

    def __init__(self, x: Floats, y: Floats, kind: NDArray[np.uint8], apart: Flags) -> None:
        super().__init__(name="ground index")
        self._columns = x, y, kind, apart
        self.built: _Sorted | None = None

    def run(self) -> None:
        x, y, kind, apart = self._columns
        try:
            self.built = _sorted(x.copy(), y.copy(), kind.copy(), apart.copy())
        except Exception:  # noqa: BLE001  # whatever it is, the map goes on without an order
            _log.exception("the units could not be sorted by place")


def _sorted(x: Floats, y: Floats, kind: NDArray[np.uint8], apart: Flags) -> _Sorted:
    codes = curve_codes(x, y)
    codes[apart] = -1
    rows = np.flatnonzero(codes >= 0)
    rows = rows[np.argsort(codes[rows])]
    slot = np.full(len(x), -1, dtype=np.int32)
    slot[rows] = np.arange(len(rows), dtype=np.int32)
    kinds = kind[rows]
    different = int(kinds.max(initial=0)) + 1
    blocks = len(rows) // _BLOCK
    block = np.repeat(np.arange(blocks), _BLOCK)
    table = np.zeros((blocks + 1, different), dtype=np.int32)
    counted = np.bincount(block * different + kinds[: len(block)], minlength=blocks * different)
    np.cumsum(counted.reshape(blocks, different), axis=0, out=table[1:])
    sum_x, sum_y = np.zeros(len(rows) + 1), np.zeros(len(rows) + 1)
    by_x, by_y = x[rows], y[rows]
    np.cumsum(by_x, out=sum_x[1:])
    np.cumsum(by_y, out=sum_y[1:])
    return _Sorted(rows, codes[rows], by_x, by_y, kinds, sum_x, sum_y, table, slot, codes)


def runs(low: Rows, high: Rows) -> tuple[Rows, Rows]:
    """Every number of each run low ≤ n < high, one run after the other, and which run it is of."""
    lengths = high - low
    owner = np.repeat(np.arange(len(low)), lengths)
    starts = np.cumsum(lengths) - lengths
    return np.arange(int(lengths.sum())) - starts[owner] + low[owner], owner


def grown(column: NDArray[Any], room: int, empty: float) -> NDArray[Any]:
    larger = np.full(room, empty, dtype=column.dtype)
    larger[: len(column)] = column
    return larger
