"""The ground in square cells: a quadtree over the whole Web Mercator world, whose cells stand along a curve."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cop.map.projection import WORLD_M

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

#: cells a side of the world in which points stand sorted, as a power of two: 76 m
SORTED_LEVEL = 19
#: the finest cells that can be counted: 0.3 m
FINEST_LEVEL = 27

_SPREAD = np.zeros(1024, dtype=np.int64)
for _bit in range(10):
    _SPREAD |= (np.arange(1024, dtype=np.int64) >> _bit & 1) << (2 * _bit)


@dataclass(frozen=True, slots=True)
class Cells:
    """A rectangle of the ground's cells of one level; a cell of it is numbered row by row from the south-west."""

    level: int
    left: int
    low: int
    across: int
    down: int

    @property
    def size_m(self) -> float:
        """The side of a cell in map metres."""
        return 2 * WORLD_M / 2.0**self.level

    @property
    def count(self) -> int:
        """How many cells these are."""
        return self.across * self.down

    def numbers(self, x: Floats, y: Floats) -> Rows:
        """In which cell each place in map metres lies, -1: in none of these; NaN lies in none."""
        column, row = _steps(x, self.level) - self.left, _steps(y, self.level) - self.low
        inside = (column >= 0) & (row >= 0) & (column < self.across) & (row < self.down) & ~np.isnan(x)
        numbers: Rows = np.where(inside, row * self.across + column, -1).astype(np.intp)
        return numbers

    def codes(self) -> NDArray[np.int64]:
        """The place of each cell on the curve, among the cells of its level; shape (count,)."""
        columns = np.arange(self.left, self.left + self.across)
        rows = np.arange(self.low, self.low + self.down)
        return (_spread(rows)[:, None] << 1 | _spread(columns)[None, :]).ravel()


def level_of(size_m: float) -> int:
    """The level of the smallest cells whose side is at least so many map metres."""
    return max(0, min(FINEST_LEVEL, math.floor(math.log2(2 * WORLD_M / size_m))))


def cells_over(level: int, west: float, south: float, east: float, north: float) -> Cells:
    """The cells of a level that a rectangle in map metres touches."""
    level = max(0, min(FINEST_LEVEL, level))
    left, low, right, top = _steps(np.array([west, south, east, north]), level).tolist()
    return Cells(level, left, low, right - left + 1, top - low + 1)


def _steps(metres: Floats, level: int) -> NDArray[np.int64]:
    """How many cells of a level lie between the world's edge and a place; exact: sides are halved, never rounded.

    What is beyond the edge is in the last cell; NaN must be told apart by the caller.
    """
    steps = np.floor((metres + WORLD_M) * (2.0**level / (2 * WORLD_M)))
    steps = np.clip(np.where(np.isnan(steps), 0.0, steps), 0.0, 2.0**level - 1)
    result: NDArray[np.int64] = steps.astype(np.int64)
    return result


def curve_codes(x: Floats, y: Floats) -> NDArray[np.int64]:
    """The place of each point on the curve, -1: not on the ground."""
    codes = _spread(_steps(x, SORTED_LEVEL)) | _spread(_steps(y, SORTED_LEVEL)) << 1
    codes[np.isnan(x)] = -1
    return codes


def _spread(steps: NDArray[np.int64]) -> NDArray[np.int64]:
    """A free bit before each of the 20 bits."""
    spread: NDArray[np.int64] = _SPREAD[steps & 1023] | _SPREAD[steps >> 10] << 20
    return spread
