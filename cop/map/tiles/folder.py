"""Tiles as files in folders: an XYZ template that begins with file:///."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from cop.map.tile_source import Tile, TileSource
from cop.map.tiles.picture import MOST_BYTES
from cop.map.tiles.store import Facts, StoreError


class TileFolder:
    """Reads one picture a tile."""

    def __init__(self, source: TileSource) -> None:
        self._source = source

    def open(self) -> Facts:
        """Raises StoreError if not even the folder is there."""
        fixed = unquote(urlsplit(self._source.url).path).partition("{")[0]
        folder = Path(fixed) if fixed.endswith("/") else Path(fixed).parent
        try:
            there = folder.is_dir()
        except OSError as error:
            raise StoreError(f"the folder {folder} cannot be read ({error.strerror})") from error
        if not there:
            raise StoreError(f"there is no folder {folder}")
        return Facts()

    def read(self, tile: Tile) -> bytes | None:
        """A file that cannot be read is none."""
        try:
            with Path(unquote(urlsplit(self._source.address(tile)).path)).open("rb") as file:
                return file.read(MOST_BYTES + 1)
        except (OSError, ValueError):
            return None

    def cut_short(self) -> None:
        """A read of a file ends by itself."""

    def close(self) -> None:
        """Nothing is kept open."""
