"""Archives of tiles, written here: MBTiles and PMTiles of pictures and of vector tiles."""

import gzip
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from cop.map.tile_source import Tile

WHOLE = (-180.0, -85.0, 180.0, 85.0)


def write_mbtiles(path: Path, tiles: Mapping[Tile, bytes], **metadata: str) -> Path:
    """An archive; rows count from the south."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("CREATE TABLE metadata (name text, value text)")
        file.execute("CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        file.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
        file.executemany(
            "INSERT INTO tiles VALUES (?, ?, ?, ?)",
            [(tile.z, tile.x, (1 << tile.z) - 1 - tile.y, content) for tile, content in tiles.items()],
        )
        file.commit()
    return path


def write_pmtiles(path: Path, tiles: Mapping[Tile, bytes], kind: TileType = TileType.PNG, **header: Any) -> Path:
    """An archive as the library's own writer makes it."""
    packed = kind is TileType.MVT
    with path.open("wb") as file:
        writer = Writer(file)
        for tile in sorted(tiles, key=lambda one: zxy_to_tileid(one.z, one.x, one.y)):
            content = tiles[tile]
            writer.write_tile(zxy_to_tileid(tile.z, tile.x, tile.y), gzip.compress(content) if packed else content)
        told = {
            "tile_type": kind,
            "tile_compression": Compression.GZIP if packed else Compression.NONE,
            "min_lon_e7": -1_800_000_000,
            "min_lat_e7": -850_000_000,
            "max_lon_e7": 1_800_000_000,
            "max_lat_e7": 850_000_000,
            "center_zoom": 0,
            "center_lon_e7": 0,
            "center_lat_e7": 0,
            **header,
        }
        writer.finalize(told, {"attribution": "&copy; archive", "vector_layers": [{"id": "water", "fields": {}}]})
    return path


def vector_tile(ring: list[tuple[int, int]], layer: str = "water") -> bytes:
    """A tile of one polygon in 4096 units (Mapbox Vector Tile 2.1, §4), uncompressed."""
    commands, x, y = [9], 0, 0  # one MoveTo
    for index, (to_x, to_y) in enumerate(ring):
        if index == 1:
            commands.append((len(ring) - 1) << 3 | 2)  # LineTo the rest
        commands += [_zigzag(to_x - x), _zigzag(to_y - y)]
        x, y = to_x, to_y
    commands.append(15)  # ClosePath
    feature = _field(3, 3) + _field(4, b"".join(_varint(one) for one in commands))
    return _field(3, _field(15, 2) + _field(1, layer.encode()) + _field(2, feature) + _field(5, 4096))


def vector_mbtiles(path: Path, tiles: Mapping[Tile, bytes]) -> Path:
    """An MBTiles archive of vector tiles of the layer "water"."""
    packed = {tile: gzip.compress(content) for tile, content in tiles.items()}
    levels = [tile.z for tile in tiles]
    layers = json.dumps({"vector_layers": [{"id": "water", "fields": {}}]})
    return write_mbtiles(
        path, packed, name="x", format="pbf", minzoom=str(min(levels)), maxzoom=str(max(levels)), json=layers
    )


def _zigzag(number: int) -> int:
    return (number << 1) ^ (number >> 63)


def _varint(number: int) -> bytes:
    out = b""
    while number > 0x7F:
        out += bytes([number & 0x7F | 0x80])
        number >>= 7
    return out + bytes([number])


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value
