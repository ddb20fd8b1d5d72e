"""Tiles kept in memory, as they came and as they are drawn."""

from collections import OrderedDict
from collections.abc import Iterable

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter

from cop.map.tile_source import Tile
from cop.map.viewport import Viewport

#: what is kept in memory beyond what is in view: some six views of 1920 × 1080
_KEPT_BYTES = 128 * 1024 * 1024
#: so many tiles are fitted in one paint; the others are scaled as they are drawn, and fitted in the next
_MOST_FITTED = 8
#: a tile enlarged far beyond its own level would fill the memory with what lies outside the view
_MOST_ENLARGED = 2


class Images:
    """Tiles in memory: those in view, and as many of the others, the last used first, as there is room for."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Tile, QImage] = OrderedDict()
        self._bytes = 0
        self._in_view: frozenset[Tile] = frozenset()

    def __contains__(self, tile: Tile) -> bool:
        return tile in self._kept

    @property
    def bytes(self) -> int:
        """What they take in memory."""
        return self._bytes

    def get(self, tile: Tile) -> QImage | None:
        """A tile, which is thereby the last used."""
        image = self._kept.get(tile)
        if image is not None:
            self._kept.move_to_end(tile)
        return image

    def keep(self, tiles: Iterable[Tile]) -> None:
        """These are in view: they stay."""
        self._in_view = frozenset(tiles)

    def add(self, tile: Tile, image: QImage) -> None:
        """One more; the longest unused go."""
        before = self._kept.pop(tile, None)
        self._bytes += image.sizeInBytes() - (before.sizeInBytes() if before is not None else 0)
        self._kept[tile] = image
        for old in list(self._kept):
            if self._bytes <= _KEPT_BYTES:
                return
            if old not in self._in_view:
                self._bytes -= self._kept.pop(old).sizeInBytes()

    def clear(self) -> None:
        """Forget all."""
        self._kept.clear()
        self._bytes = 0


class Fitted:
    """Tiles of the last paint as they were drawn, scaled and dimmed: a map that is moved draws them as they are.

    A map that is zoomed has another scale in each paint, so that nothing is kept of it until it stands.
    """

    def __init__(self) -> None:
        self._for: tuple[float, float, int] | None = None
        self._room = 0
        self._kept: dict[Tile, QImage] = {}
        self._used: dict[Tile, QImage] = {}
        self._dpr = 1.0
        self._shade = QColor()

    def fit(self, view: Viewport, shade: QColor) -> None:
        """A paint begins."""
        looks = (view.metres_per_pixel, view.dpr, shade.rgba())
        self._room = _MOST_FITTED if looks == self._for else 0
        if not self._room:
            self._kept = {}
        self._for, self._dpr, self._shade = looks, view.dpr, QColor(shade)
        self._used = {}

    def draw(self, painter: QPainter, tile: Tile, image: QImage, target: QRectF) -> None:
        """Draw a tile."""
        fitted = self._kept.get(tile)
        width, height = round(target.width() * self._dpr), round(target.height() * self._dpr)
        if fitted is not None and (fitted.width(), fitted.height()) != (width, height):
            fitted = None
        if fitted is None and self._room and max(width, height) <= _MOST_ENLARGED * image.width():
            self._room -= 1
            fitted = self._drawn(image, width, height)
        if fitted is None:
            painter.drawImage(target, image, QRectF(image.rect()))
            painter.fillRect(target, self._shade)
        else:
            self._used[tile] = fitted
            painter.drawImage(target, fitted, QRectF(fitted.rect()))

    def end(self) -> None:
        """The paint is over: what it did not use is out of view."""
        self._kept = self._used

    def clear(self) -> None:
        """Forget all: the tiles are of another map."""
        self._kept, self._used, self._for = {}, {}, None

    def _drawn(self, image: QImage, width: int, height: int) -> QImage:
        clear = image.hasAlphaChannel()
        form = QImage.Format.Format_ARGB32_Premultiplied if clear else QImage.Format.Format_RGB32
        fitted = QImage(width, height, form)
        if clear:
            fitted.fill(0)
        painter = QPainter(fitted)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(0, 0, width, height), image, QRectF(image.rect()))
        painter.fillRect(fitted.rect(), self._shade)
        painter.end()
        return fitted
