"""What a briefing map is to hold, and how it is to look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cop.briefing.exports.looks import Draw
from cop.picture.ground import Ground

#: what can be asked for
KINDS = frozenset({"units", "incidents", "resources", "zones", "alerts", "jurisdictions", "log"})
#: a tile by zoom, column and row (Web Mercator, rows from the north)
Tile = tuple[int, int, int]


def _go_on() -> None:
    """Nobody wants it to end early."""


@dataclass(frozen=True, slots=True)
class Tiles:
    """A background of raster tiles: their bytes (PNG, JPEG or WebP), whose they are, how many pixels wide one is."""

    images: Mapping[Tile, bytes]
    attribution: str = ""
    tile_px: int = 256


@dataclass(frozen=True, slots=True)
class PageOrder:
    """A page as it was asked for. `draw` makes the symbol of a look as a PNG, as the live map draws it.

    `draw_dark` makes those of the dark theme; without it the light ones are shown in both. `trails_s` is from how many
    seconds before the moment trails are; 0 is none. `go_on` is called now and then and raises where nobody wants the
    page any more.
    """

    draw: Draw
    ground: Ground
    region: Path
    draw_dark: Draw | None = None
    kinds: frozenset[str] = KINDS
    trails_s: float = 3600.0
    theme: str = "light"
    tiles: Tiles | None = None
    go_on: Callable[[], None] = field(default=_go_on)
