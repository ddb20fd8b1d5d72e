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
        if not x.size:
            return
        rows, columns = self._symbols.shape
        reach = round(half_px / _CELL_PX)
        steps = np.arange(-reach, reach + 1)
        down = np.clip((y // _CELL_PX).astype(np.intp)[:, None] + steps, 0, rows - 1)
        across = np.clip((x // _CELL_PX).astype(np.intp)[:, None] + steps, 0, columns - 1)
        self._symbols[down[:, :, None], across[:, None, :]] = True

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
        cells = (
            slice(int(top // _CELL_PX), int(bottom // _CELL_PX) + 1),
            slice(int(left // _CELL_PX), int(right // _CELL_PX) + 1),
        )
        if self._labels[cells].any():
            return False
        self._labels[cells] = True
        return True

    def _inside(self, boxes: Floats) -> NDArray[np.bool_]:
        width, height = self._size
        inside: NDArray[np.bool_] = (
            (boxes[:, 0] >= 0) & (boxes[:, 1] >= 0) & (boxes[:, 2] < width) & (boxes[:, 3] < height)
        )
        return inside
