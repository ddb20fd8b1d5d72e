"""Which parts of the screen are taken, on a coarse grid."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: side of a cell in pixels
_CELL_PX = 6.0


class LabelGrid:
    """Cells taken by symbols, and cells taken by labels; boxes are left, top, right, bottom in pixels."""

    def __init__(self, width: int, height: int) -> None:
        self._size = (float(width), float(height))
        shape = (int(height // _CELL_PX) + 1, int(width // _CELL_PX) + 1)
        self._symbols = np.zeros(shape, dtype=np.bool_)
        self._labels = np.zeros(shape, dtype=np.bool_)

    def take_symbols(self, x: Floats, y: Floats, half_px: float) -> None:
        """Mark the squares around symbols' middles as taken."""
        middles = np.zeros_like(self._symbols)
        seen = (x >= 0) & (y >= 0) & (x < self._size[0]) & (y < self._size[1])
        middles[(y[seen] // _CELL_PX).astype(np.intp), (x[seen] // _CELL_PX).astype(np.intp)] = True
        for _ in range(round(half_px / _CELL_PX)):  # grow by a cell to every side
            across = middles.copy()
            across[:, 1:] |= middles[:, :-1]
            across[:, :-1] |= middles[:, 1:]
            middles = across.copy()
            middles[1:] |= across[:-1]
            middles[:-1] |= across[1:]
        self._symbols |= middles

    def free_of_symbols(self, boxes: Floats) -> NDArray[np.bool_]:
        """Which boxes, shape (n, 4), lie in view and cover no symbol; all tested at once by a summed-area table."""
        table = np.zeros((self._symbols.shape[0] + 1, self._symbols.shape[1] + 1), dtype=np.int32)
        np.cumsum(np.cumsum(self._symbols, axis=0, dtype=np.int32), axis=1, out=table[1:, 1:])
        inside = self._inside(boxes)
        limits = np.array([*self._size, *self._size])
        left, top, right, bottom = (np.clip(boxes, 0, limits) // _CELL_PX).astype(np.intp).T
        count = table[bottom + 1, right + 1] - table[top, right + 1] - table[bottom + 1, left] + table[top, left]
        free: NDArray[np.bool_] = inside & (count == 0)
        return free

    def try_label(self, box: tuple[float, float, float, float]) -> bool:
        """Take the box for a label if it lies in view and covers no other label."""
        left, top, right, bottom = box
        if left < 0 or top < 0 or right >= self._size[0] or bottom >= self._size[1]:
            return False
        cells = _cells(left, top, right, bottom)
        if self._labels[cells].any():
            return False
        self._labels[cells] = True
        return True

    def reserve(self, left: float, top: float, right: float, bottom: float) -> None:
        """Keep labels away from a part of the screen."""
        self._labels[_cells(max(0.0, left), max(0.0, top), max(0.0, right), max(0.0, bottom))] = True

    def _inside(self, boxes: Floats) -> NDArray[np.bool_]:
        width, height = self._size
        inside: NDArray[np.bool_] = (
            (boxes[:, 0] >= 0) & (boxes[:, 1] >= 0) & (boxes[:, 2] < width) & (boxes[:, 3] < height)
        )
        return inside


def _cells(left: float, top: float, right: float, bottom: float) -> tuple[slice, slice]:
    return (
        slice(int(top // _CELL_PX), int(bottom // _CELL_PX) + 1),
        slice(int(left // _CELL_PX), int(right // _CELL_PX) + 1),
    )
