"""How each kind of background map is loaded."""

from collections.abc import Callable, Iterable
from typing import Protocol

from cop.map.tile_source import Tile, TileSource
from cop.map.tiles.folder import TileFolder
from cop.map.tiles.reading import Reading
from cop.map.tiles.store import Answer, News, TileStore


class Loading(Protocol):
    """Tiles on their way, on other threads than the screen's."""

    def want(self, tiles: Iterable[Tile]) -> None:
        """Load these from now on, in this order, instead of those wanted before."""

    def stop(self, *, waits: bool = True) -> bool:
        """End every thread, and wait for it if it `waits`; False if one has not ended, as where a read hangs."""


def start_loading(
    source: TileSource, *, theme: str, ratio: int, turn: int, post: Callable[[Answer | News], None]
) -> Loading:
    """Begin to load a source; `post` is called on the threads that load. What a kind needs is imported here."""
    if source.kind == "xyz" and not source.url.startswith("file:"):
        from cop.map.tiles.web import WebTiles  # noqa: PLC0415  # a desk without an online map starts without it

        return WebTiles(source, ratio, turn, post)
    return Reading(lambda: store_of(source, theme, ratio), turn, post, threads=1 if source.kind == "vector" else 2)


def store_of(source: TileSource, theme: str, ratio: int) -> TileStore:
    """What reads a source that is no service on the network."""
    if source.kind == "xyz" or source.basemap is None:
        return TileFolder(source)
    if source.kind == "mbtiles":
        from cop.map.tiles.mbtiles import MBTiles  # noqa: PLC0415  # as above

        return MBTiles(source.basemap.path)
    if source.kind == "pmtiles":
        from cop.map.tiles.pmtiles_archive import PMTiles  # noqa: PLC0415  # as above

        return PMTiles(source.basemap.path)
    from cop.map.tiles.vector_tiles import VectorTiles  # noqa: PLC0415  # as above

    return VectorTiles(source, theme, ratio)
