"""Tiles of a background map for a page that carries them: those over some ground, up to a zoom, as they stand in files.

Nothing is fetched for it: of an online map it takes what this desk has kept.
"""

import math
from collections.abc import Callable, Iterator

from PySide6.QtCore import QUrl
from PySide6.QtNetwork import QNetworkDiskCache

from cop.briefing.page.order import Tiles
from cop.map.projection import WORLD_M, place_to_metres
from cop.map.tile_source import Tile, TileSource
from cop.map.tiles.loading import store_of
from cop.map.tiles.store import StoreError

#: so many bytes in all: a page that no mail program takes helps nobody
MOST_BYTES = 60_000_000
_MOST_TILES = 4_000
_BEGINS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")

#: west, south, east, north in degrees
Box = tuple[float, float, float, float]


def carried_tiles(
    source: TileSource, box: Box, zoom: int, *, theme: str = "light", go_on: Callable[[], None] = lambda: None
) -> Tiles:
    """The tiles over a box up to a level (of 256 pixels), the coarse ones first, as many as there is room for.

    Raises StoreError where the map gives none at all, and what `go_on` raises. On any thread.
    """
    images: dict[tuple[int, int, int], bytes] = {}
    attribution, room = source.attribution, MOST_BYTES
    with _Reader(source, theme) as reader:
        source = reader.source
        attribution = source.attribution
        for tile in _over(source, box, zoom):
            go_on()
            content = reader.read(tile)
            if content is None or not _is_picture(content):
                continue
            room -= len(content)
            if room < 0 or len(images) >= _MOST_TILES:
                break
            images[tile.z, tile.x, tile.y] = content
    if not images:
        raise StoreError("there are no tiles of this map here")
    return Tiles(images, attribution, source.tile_px)


class _Reader:
    """Reads a source's tiles from its archive, its folder, or what was kept of it."""

    def __init__(self, source: TileSource, theme: str) -> None:
        self.source = source
        self._online = source.kind == "xyz" and not source.url.startswith("file:")
        self._store = None if self._online else store_of(source, theme, 1)
        self._cache: QNetworkDiskCache | None = None

    def __enter__(self) -> "_Reader":
        if self._store is None:
            self._cache = QNetworkDiskCache()
            self._cache.setCacheDirectory(str(self.source.cache_folder))
            return self
        facts = self._store.open()
        self.source = self.source.informed(
            bounds=facts.bounds,
            least_zoom=facts.least_zoom,
            most_zoom=facts.most_zoom,
            attribution=facts.attribution,
        )
        return self

    def __exit__(self, *_how: object) -> None:
        if self._store is not None:
            self._store.close()

    def read(self, tile: Tile) -> bytes | None:
        """A tile as it stands in a file."""
        if self._store is not None:
            return self._store.read(tile)
        assert self._cache is not None
        kept = self._cache.data(QUrl(self.source.address(tile)))
        return bytes(kept.readAll().data()) if kept is not None else None


def _is_picture(content: bytes) -> bool:
    return content.startswith(_BEGINS) or content[8:12] == b"WEBP"


def _over(source: TileSource, box: Box, zoom: int) -> Iterator[Tile]:
    """The tiles over a box, level by level, from a little above the one at which a few cover it."""
    (x0, x1), (y0, y1) = (
        (float(one) for one in ends)
        for ends in zip(place_to_metres(box[1], box[0]), place_to_metres(box[3], box[2]), strict=True)
    )
    if source.bounds is not None:
        x0, y0 = max(x0, source.bounds[0]), max(y0, source.bounds[1])
        x1, y1 = min(x1, source.bounds[2]), min(y1, source.bounds[3])
    if not (x0 < x1 and y0 < y1):
        return
    finest = min(source.most_zoom, zoom - (1 if source.tile_px == 512 else 0))
    coarse = math.floor(math.log2(2 * WORLD_M / max(x1 - x0, y1 - y0)))
    for z in range(max(source.least_zoom, min(coarse, finest) - 2), finest + 1):
        side = 2 * WORLD_M / (1 << z)
        last = (1 << z) - 1
        columns = range(max(0, math.floor((x0 + WORLD_M) / side)), min(last, math.floor((x1 + WORLD_M) / side)) + 1)
        rows = range(max(0, math.floor((WORLD_M - y1) / side)), min(last, math.floor((WORLD_M - y0) / side)) + 1)
        for y in rows:
            for x in columns:
                yield Tile(z, x, y)
