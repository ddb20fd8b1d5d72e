"""PMTiles, version 3: one file of tiles with its own index (https://github.com/protomaps/PMTiles/blob/main/spec/v3)."""

import contextlib
import functools
import gzip
import json
import zlib
from pathlib import Path
from typing import Any, BinaryIO

from pmtiles.tile import (
    Compression,
    Entry,
    HeaderDict,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from cop.map.tile_source import Tile
from cop.map.tiles.mbtiles import metres_bounds
from cop.map.tiles.picture import MOST_BYTES
from cop.map.tiles.store import Facts, StoreError

_HEADER_BYTES = 127
#: the root and three levels of leaves: as many as readers follow (specification §4)
_LEVELS = 4
_MOST_INDEX_BYTES = 4 * 1024 * 1024
_MOST_UNPACKED_BYTES = 32 * 1024 * 1024
_KEPT_DIRECTORIES = 64
_PICTURES = frozenset({TileType.PNG, TileType.JPEG, TileType.WEBP, TileType.UNKNOWN})


class PMTiles:
    """Reads one archive from a file; parts of its index are kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO | None = None
        self._header: HeaderDict | None = None
        self._directory = functools.lru_cache(maxsize=_KEPT_DIRECTORIES)(self._read_directory)

    def open(self) -> Facts:
        """Raises StoreError."""
        try:
            self._file = self._path.open("rb")
            self._header = header = deserialize_header(self._bytes(0, _HEADER_BYTES, _HEADER_BYTES))
            self._directory(header["root_offset"], header["root_length"])
            metadata = self._metadata(header)
        except Exception as error:  # whatever a damaged header makes the library raise
            raise StoreError(f"{self._path.name} cannot be read ({_why(error)})") from error
        if header["tile_type"] not in _PICTURES:
            raise StoreError(f'{self._path.name} holds vector tiles: it needs kind = "vector" and a style')
        corners = (header[key] / 1e7 for key in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7"))
        least, most = header["min_zoom"], header["max_zoom"]
        plausible = 0 <= least <= most <= 24
        return Facts(
            bounds=metres_bounds(*corners),
            least_zoom=least if plausible else None,
            most_zoom=most if plausible else None,
            attribution=str(metadata.get("attribution", "")),
        )

    def read(self, tile: Tile) -> bytes | None:
        """Raises StoreError where the index is damaged."""
        if self._header is None:
            return None
        try:
            found = self._entry(self._header, zxy_to_tileid(tile.z, tile.x, tile.y))
            if found is None or found.length > MOST_BYTES:
                return None
            content = self._bytes(self._header["tile_data_offset"] + found.offset, found.length, MOST_BYTES)
        except Exception as error:  # whatever a damaged index makes the library raise
            raise StoreError(f"{self._path.name} cannot be read ({_why(error)})") from error
        packed = self._header["tile_compression"] is Compression.GZIP
        with contextlib.suppress(ValueError, zlib.error):
            return _unpacked(content, MOST_BYTES) if packed else content
        return None

    def cut_short(self) -> None:
        """A read of a file ends by itself."""

    def close(self) -> None:
        """Close the file."""
        self._directory.cache_clear()
        if self._file is not None:
            self._file.close()
        self._file = self._header = None

    def _entry(self, header: HeaderDict, tile_id: int) -> Entry | None:
        offset, length = header["root_offset"], header["root_length"]
        for _level in range(_LEVELS):
            found = find_tile(self._directory(offset, length), tile_id)
            if found is None or found.run_length > 0:
                return found
            offset, length = header["leaf_directory_offset"] + found.offset, found.length
        return None

    def _read_directory(self, offset: int, length: int) -> list[Entry]:
        packed = self._bytes(offset, length, _MOST_INDEX_BYTES)
        if self._header is not None and self._header["internal_compression"] is Compression.NONE:
            packed = gzip.compress(packed, 1)  # the library takes it in no other way
        _unpacked(packed, _MOST_UNPACKED_BYTES)  # it would unpack without end
        return deserialize_directory(packed)

    def _metadata(self, header: HeaderDict) -> dict[str, Any]:
        content = self._bytes(header["metadata_offset"], header["metadata_length"], _MOST_INDEX_BYTES)
        if header["internal_compression"] is Compression.GZIP:
            content = _unpacked(content, _MOST_UNPACKED_BYTES)
        with contextlib.suppress(ValueError, RecursionError):
            metadata = json.loads(content)
            return metadata if isinstance(metadata, dict) else {}
        return {}

    def _bytes(self, offset: int, length: int, most: int) -> bytes:
        if self._file is None or not 0 < length <= most:
            raise ValueError("its index is damaged")
        self._file.seek(offset)
        content = self._file.read(length)
        if len(content) < length:
            raise ValueError("it ends too soon")
        return content


def _unpacked(packed: bytes, most: int) -> bytes:
    """Gzip unpacked, one member. Raises ValueError if that is more than `most` bytes or not all of it."""
    unpacking = zlib.decompressobj(wbits=31)
    content = unpacking.decompress(packed, most)
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("a part of it is damaged")
    return content


def _why(error: Exception) -> str:
    return str(error) or type(error).__name__
