"""Where a background map comes from, and how the world is cut into tiles."""

import dataclasses
import math
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from cop.map.lettering import clean
from cop.map.projection import WORLD_M
from cop.map.tiles.address import address
from cop.map.tiles.basemap import Basemap, Kind
from cop.map.viewport import Viewport

#: more than this in one view would be a mistake: an archive that begins far nearer than the view
_MOST_IN_VIEW = 600
#: the nearest level of each kind, where nobody says another
_MOST_ZOOM: dict[Kind, int] = {"xyz": 19, "mbtiles": 24, "pmtiles": 24, "vector": 20}


@dataclass(frozen=True, slots=True)
class TileSource:
    """A background map: an XYZ service ("slippy map"), an archive, or vector tiles drawn by a style.

    `attribution` is shown, as the licence asks. `bounds` (west, south, east, north in map metres) is where there are
    tiles at all; None: everywhere. Zoom levels that are None are the source's own.
    """

    url: str
    attribution: str
    cache_folder: Path
    cache_mib: int = 256
    least_zoom: int = 0
    most_zoom: int = 19
    tile_px: int = 256
    kind: Kind = "xyz"
    name: str = "Online map"
    basemap: Basemap | None = None
    bounds: tuple[float, float, float, float] | None = None

    @classmethod
    def of(cls, basemap: Basemap, cache_folder: Path) -> "TileSource":
        """A background map as the settings tell it."""
        return cls(
            url=basemap.url,
            attribution=plain(basemap.attribution),
            cache_folder=cache_folder,
            cache_mib=basemap.cache_mb,
            least_zoom=basemap.least_zoom or 0,
            most_zoom=basemap.most_zoom if basemap.most_zoom is not None else _MOST_ZOOM[basemap.kind],
            tile_px=basemap.tile_px or (512 if basemap.kind == "vector" else 256),
            kind=basemap.kind,
            name=clean(basemap.name, 60),
            basemap=basemap,
        )

    @property
    def sharp(self) -> bool:
        """Whether it has pictures of twice the pixels for screens of twice the dots."""
        return self.kind == "vector" or "{r}" in self.url

    def shade(self, theme: str) -> float:
        """How much of a dark theme's own ground lies over it, 0…1: most raster maps are made for paper."""
        if theme != "dark" or (self.basemap is not None and (self.basemap.dark or self.basemap.style_dark)):
            return 0.0
        return self.basemap.dim if self.basemap is not None else 0.6

    def address(self, tile: "Tile", ratio: int = 1) -> str:
        """The URL of a tile."""
        return address(self.url, tile.z, tile.x, tile.y, ratio=ratio)

    def informed(
        self,
        *,
        bounds: tuple[float, float, float, float] | None,
        least_zoom: int | None,
        most_zoom: int | None,
        attribution: str,
    ) -> "TileSource":
        """The same source with what its archive says; the settings' own word goes first."""
        told = self.basemap
        least = told.least_zoom if told is not None and told.least_zoom is not None else least_zoom
        most = told.most_zoom if told is not None and told.most_zoom is not None else most_zoom
        return dataclasses.replace(
            self,
            bounds=bounds,
            attribution=self.attribution or plain(attribution),
            least_zoom=self.least_zoom if least is None else least,
            most_zoom=self.most_zoom if most is None else most,
        )


@dataclass(frozen=True, slots=True)
class Tile:
    """Zoom level, column from the antimeridian, row from the north: the world is 2^z tiles wide and high."""

    z: int
    x: int
    y: int

    def parent(self, levels: int = 1) -> "Tile":
        """The tile that covers this one, some levels up."""
        return Tile(self.z - levels, self.x >> levels, self.y >> levels)

    def children(self) -> "tuple[Tile, Tile, Tile, Tile]":
        """The four tiles one level down, row by row."""
        z, x, y = self.z + 1, 2 * self.x, 2 * self.y
        return Tile(z, x, y), Tile(z, x + 1, y), Tile(z, x, y + 1), Tile(z, x + 1, y + 1)

    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in map metres."""
        side = 2 * WORLD_M / 2**self.z
        west, north = self.x * side - WORLD_M, WORLD_M - self.y * side
        return west, north - side, west + side, north


def tiles_in_view(source: TileSource, view: Viewport) -> list[Tile]:
    """The tiles that cover a view at the level that fits its scale, the middle ones first.

    None where the source has nothing, and none where its least level is so near that the view would need hundreds.
    """
    dots = 1.0 if source.sharp else view.dpr  # a sharp tile shows the same ground with more pixels
    exact = math.log2(2 * WORLD_M / (source.tile_px * view.metres_per_pixel / dots))
    z = max(source.least_zoom, min(source.most_zoom, round(exact)))
    side = 2 * WORLD_M / (1 << z)
    west, south, east, north = view.bounds()
    if source.bounds is not None:
        west, south = max(west, source.bounds[0]), max(south, source.bounds[1])
        east, north = min(east, source.bounds[2]), min(north, source.bounds[3])
        if west >= east or south >= north:
            return []
        east, south = east - side * 1e-9, south + side * 1e-9  # an area that ends with a tile does not need the next
    columns = range(_index(west + WORLD_M, side, z), _index(east + WORLD_M, side, z) + 1)
    rows = range(_index(WORLD_M - north, side, z), _index(WORLD_M - south, side, z) + 1)
    if len(columns) * len(rows) > _MOST_IN_VIEW:
        return []
    middle_x = (columns.start + columns.stop - 1) / 2
    middle_y = (rows.start + rows.stop - 1) / 2
    tiles = [Tile(z, x, y) for y in rows for x in columns]
    return sorted(tiles, key=lambda tile: abs(tile.x - middle_x) + abs(tile.y - middle_y))


def reaches_beyond(source: TileSource, view: Viewport) -> bool:
    """Whether a view shows ground for which the source has no tiles."""
    if source.bounds is None:
        return False
    west, south, east, north = view.bounds()
    return west < source.bounds[0] or south < source.bounds[1] or east > source.bounds[2] or north > source.bounds[3]


def plain(markup: str) -> str:
    """An attribution as plain text: providers give them as HTML with links."""
    reading = _Text(convert_charrefs=True)
    reading.feed(markup[:2000])
    reading.close()
    return clean("".join(reading.parts), 160)


class _Text(HTMLParser):
    """Keeps what is no markup."""

    def __init__(self, *, convert_charrefs: bool) -> None:
        super().__init__(convert_charrefs=convert_charrefs)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _index(metres: float, side: float, z: int) -> int:
    return max(0, min((1 << z) - 1, math.floor(metres / side)))
