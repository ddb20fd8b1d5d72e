"""Tiles kept in memory."""

from collections import OrderedDict
from collections.abc import Iterable

from PySide6.QtGui import QImage

from cop.map.tile_source import Tile

#: what is kept in memory beyond what is in view: some six views of 1920 × 1080
_KEPT_BYTES = 128 * 1024 * 1024


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
