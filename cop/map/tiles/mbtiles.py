"""MBTiles: a SQLite file of tiles (MBTiles 1.3, https://github.com/mapbox/mbtiles-spec). Rows count from the south."""

import contextlib
import math
import sqlite3
import time
from pathlib import Path

from cop.map.projection import WORLD_M, place_to_metres
from cop.map.tile_source import Tile
from cop.map.tiles.picture import MOST_BYTES
from cop.map.tiles.store import Facts, StoreError

#: an archive whose tables are a trap is left after this
_LONGEST_READ_S = 5.0
_STEPS_BETWEEN_LOOKS = 20_000
_METADATA_ROWS = 200
_METADATA_CHARACTERS = 4000
#: archives of the whole world end here or a little beyond; Web Mercator ends at 85.0511 degrees
_WORLDS_END = 84.9


class MBTiles:
    """Reads one archive, and never writes: neither into it nor beside it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: sqlite3.Connection | None = None
        self._deadline = math.inf

    def open(self) -> Facts:
        """Raises StoreError."""
        try:
            # immutable: no lock, no journal, nothing made beside a file that may lie on a read-only medium
            file = sqlite3.connect(
                f"{self._path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self._file = file
            file.text_factory = lambda text: text.decode(errors="replace")
            file.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
            file.set_progress_handler(lambda: time.monotonic() > self._deadline, _STEPS_BETWEEN_LOOKS)
            self._deadline = time.monotonic() + _LONGEST_READ_S
            file.execute("PRAGMA trusted_schema = OFF")
            metadata = {
                name: value[:_METADATA_CHARACTERS]
                for name, value in file.execute("SELECT name, value FROM metadata LIMIT ?", (_METADATA_ROWS,))
                if isinstance(name, str) and isinstance(value, str)
            }
            least, most = _zoom(metadata.get("minzoom")), _zoom(metadata.get("maxzoom"))
            if least is None or most is None:
                least, most = file.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
            file.execute("SELECT zoom_level, tile_column, tile_row, tile_data FROM tiles LIMIT 1").fetchone()
        except (sqlite3.Error, OSError, ValueError) as error:  # ValueError: words that are no UTF-8
            raise StoreError(f"{self._path.name} cannot be read ({error})") from error
        if metadata.get("format") in {"pbf", "mvt", "mlt"}:
            raise StoreError(f'{self._path.name} holds vector tiles: it needs kind = "vector" and a style')
        return Facts(_bounds(metadata.get("bounds", "")), _zoom(least), _zoom(most), metadata.get("attribution", ""))

    def read(self, tile: Tile) -> bytes | None:
        """Raises StoreError where the archive cannot be read; a tile that is damaged or far too large is none."""
        if self._file is None:
            return None
        self._deadline = time.monotonic() + _LONGEST_READ_S
        try:
            found = self._file.execute(
                "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
                (tile.z, tile.x, (1 << tile.z) - 1 - tile.y),
            ).fetchone()
        except sqlite3.DataError:
            return None  # larger than the limit
        except (sqlite3.Error, ValueError) as error:
            raise StoreError(f"{self._path.name} cannot be read ({error})") from error
        return found[0] if found is not None and isinstance(found[0], bytes) else None

    def cut_short(self) -> None:
        """End a query that is under way."""
        self._deadline = -math.inf
        with contextlib.suppress(sqlite3.Error):
            if self._file is not None:
                self._file.interrupt()

    def close(self) -> None:
        """Close the file."""
        file, self._file = self._file, None
        if file is not None:
            file.close()


def _zoom(value: object) -> int | None:
    try:
        level = int(value)  # type: ignore[call-overload]  # whatever stands in the file
    except (TypeError, ValueError, OverflowError):
        return None
    return level if 0 <= level <= 24 else None


def _bounds(text: str) -> tuple[float, float, float, float] | None:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return metres_bounds(west, south, east, north)


def metres_bounds(west: float, south: float, east: float, north: float) -> tuple[float, float, float, float] | None:
    """Degrees to map metres; None where they bound nothing."""
    if not (-180.0 <= west < east <= 180.0 and -90.0 <= south < north <= 90.0):
        return None
    left, bottom = place_to_metres(south, west)
    right, top = place_to_metres(north, east)
    bottom, top = -WORLD_M if south < -_WORLDS_END else bottom, WORLD_M if north > _WORLDS_END else top
    return (left, bottom, right, top) if bottom < top else None
