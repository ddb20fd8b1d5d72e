"""Many straight lines in one draw call."""

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QLineF
from PySide6.QtGui import QPainter

Floats = NDArray[np.float64]


class LineArray:
    """The array of `QLineF` that one draw call reads; kept, so that a frame allocates nothing.

    pyqtgraph's PrimitiveArray is internal to it; beside `sprites` this is the only place that touches it.
    """

    def __init__(self) -> None:
        self._primitives = PrimitiveArray(QLineF, 4)
        self._capacity = 0

    def draw(self, painter: QPainter, lines: Floats) -> None:
        """Draw lines of shape (n, 4), x and y of both ends in pixels, with the painter's pen."""
        if not len(lines):
            return
        if len(lines) > self._capacity:
            self._capacity = max(len(lines), 2 * self._capacity, 256)
            self._primitives.resize(self._capacity)
        self._primitives.resize(len(lines))
        self._primitives.ndarray()[:] = lines
        painter.drawLines(*self._primitives.drawargs())
