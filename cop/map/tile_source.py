"""Where raster tiles come from, and how the world is cut into them."""

import math
from dataclasses import dataclass
from pathlib import Path

from cop.map.projection import WORLD_M
from cop.map.viewport import Viewport


@dataclass(frozen=True, slots=True)
class TileSource:
    """An XYZ service ("slippy map"): `url` holds {z}, {x}, {y}; `attribution` is shown, as the licence asks."""

    url: str
    attribution: str
    cache_folder: Path
    cache_mib: int = 256
    least_zoom: int = 0
    most_zoom: int = 19
    tile_px: int = 256

    def address(self, tile: "Tile") -> str:
        """The URL of a tile."""
        return self.url.replace("{z}", str(tile.z)).replace("{x}", str(tile.x)).replace("{y}", str(tile.y))


@dataclass(frozen=True, slots=True)
class Tile:
    """Zoom level, column from the antimeridian, row from the north: the world is 2^z tiles wide and high."""

    z: int
    x: int
    y: int

    def parent(self, levels: int = 1) -> "Tile":
        """The tile that covers this one, some levels up."""
        return Tile(self.z - levels, self.x >> levels, self.y >> levels)

    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in map metres."""
        side = 2 * WORLD_M / 2**self.z
        west, north = self.x * side - WORLD_M, WORLD_M - self.y * side
        return west, north - side, west + side, north


def tiles_in_view(source: TileSource, view: Viewport) -> list[Tile]:
    """The tiles that cover a view at the level that fits its scale, the middle ones first."""
    exact = math.log2(2 * WORLD_M / (source.tile_px * view.metres_per_pixel / view.dpr))
    z = max(source.least_zoom, min(source.most_zoom, round(exact)))
    side = 2 * WORLD_M / (1 << z)
    west, south, east, north = view.bounds()
    columns = range(_index(west + WORLD_M, side, z), _index(east + WORLD_M, side, z) + 1)
    rows = range(_index(WORLD_M - north, side, z), _index(WORLD_M - south, side, z) + 1)
    middle_x = (columns.start + columns.stop - 1) / 2
    middle_y = (rows.start + rows.stop - 1) / 2
    tiles = [Tile(z, x, y) for y in rows for x in columns]
    return sorted(tiles, key=lambda tile: abs(tile.x - middle_x) + abs(tile.y - middle_y))


def _index(metres: float, side: float, z: int) -> int:
    return max(0, min((1 << z) - 1, math.floor(metres / side)))
