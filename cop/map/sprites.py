"""Sprites: many small pictures from one atlas, drawn by a single call from a NumPy array."""

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.Qt.internals import PrimitiveArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

Floats = NDArray[np.float64]

_ATLAS_WIDTH_PX = 1440
_MAX_ATLAS_HEIGHT_PX = 16_384


class Atlas:
    """Pictures on one pixmap, in shelves. `cells` has shape (n, 4): left, top, width, height in device pixels."""

    def __init__(self) -> None:
        self.pixmap = _clear_pixmap(256)
        self._cells: Floats = np.zeros((256, 4))
        self.count = 0
        self._shelves: dict[int, QPoint] = {}  # height of the shelf -> where its next picture goes
        self._bottom = 0

    @property
    def cells(self) -> Floats:
        """Where each picture lies, shape (count, 4)."""
        return self._cells[: self.count]

    @property
    def full(self) -> bool:
        """Whether it is time to start anew: pictures nobody needs any more are never taken out."""
        return self._bottom > _MAX_ATLAS_HEIGHT_PX

    def add(self, images: list[QImage]) -> range:
        """Put pictures in, return their cell numbers."""
        first = self.count
        places = [self._place(image.width(), image.height()) for image in images]
        if self._bottom > self.pixmap.height():
            self._grow_pixmap()
        painter = QPainter(self.pixmap)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        for image, place in zip(images, places, strict=True):
            painter.drawImage(place, image)
            if self.count == len(self._cells):
                self._cells = np.vstack((self._cells, np.zeros_like(self._cells)))
            self._cells[self.count] = (place.x(), place.y(), image.width(), image.height())
            self.count += 1
        painter.end()
        return range(first, self.count)

    def _place(self, width: int, height: int) -> QPoint:
        shelf = self._shelves.get(height)
        if shelf is None or shelf.x() + width > _ATLAS_WIDTH_PX:
            shelf = QPoint(0, self._bottom)
            self._bottom += height
        self._shelves[height] = shelf + QPoint(width, 0)
        return shelf

    def _grow_pixmap(self) -> None:
        larger = _clear_pixmap(max(self._bottom, 2 * self.pixmap.height()))
        painter = QPainter(larger)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawPixmap(0, 0, self.pixmap)
        painter.end()
        self.pixmap = larger


class SpriteArray:
    """The array of `QPainter.PixmapFragment` that one draw call reads; kept, so that a frame allocates nothing.

    pyqtgraph's PrimitiveArray is internal to it; this class is the only place that touches it.
    """

    def __init__(self) -> None:
        self._primitives = PrimitiveArray(QPainter.PixmapFragment, 10)
        self._capacity = 0

    def rows(self, count: int) -> Floats:
        """A view of shape (count, 10) to fill: x, y, source left, top, width, height, scales, rotation, opacity.

        x, y is the sprite's middle. Scales stand at 1, rotation at 0, opacity at 1 and are to be left alone.
        """
        if count > self._capacity:
            self._capacity = max(count, 2 * self._capacity, 256)
            self._primitives.resize(self._capacity)
            self._primitives.ndarray()[:, 6:] = (1.0, 1.0, 0.0, 1.0)
        self._primitives.resize(count)
        view: Floats = self._primitives.ndarray()
        return view

    def place(self, x: Floats, y: Floats, dpr: float) -> Floats:
        """Put a sprite's middle at each place in device independent pixels; the part to fill with their cells."""
        view = self.rows(len(x))
        np.multiply(x, dpr, out=view[:, 0])
        np.multiply(y, dpr, out=view[:, 1])
        return view[:, 2:6]

    def draw(self, painter: QPainter, pixmap: QPixmap, dpr: float) -> None:
        """Draw all rows; x and y stand in device pixels, so that no sprite is ever scaled."""
        if not len(self._primitives):
            return
        if dpr != 1.0:
            painter.save()
            painter.scale(1.0 / dpr, 1.0 / dpr)
        first, count = self._primitives.drawargs()
        painter.drawPixmapFragments(first, count, pixmap)
        if dpr != 1.0:
            painter.restore()


def _clear_pixmap(height: int) -> QPixmap:
    pixmap = QPixmap(_ATLAS_WIDTH_PX, height)
    pixmap.fill(Qt.GlobalColor.transparent)
    return pixmap
