"""What every source of tiles can do, and what it answers."""

import enum
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtGui import QImage

from cop.map.tile_source import Tile


class Standing(enum.Enum):
    """How it stands with a tile that was asked for."""

    HERE = "here"
    MISSING = "missing"  # its source has none, or what it has is no picture
    AWAY = "away"  # its source cannot be reached now; it will be asked again


@dataclass(frozen=True, slots=True)
class Answer:
    """A tile that was asked for; `image` is there where it is HERE. `turn` is which choice of map it was asked by."""

    turn: int
    tile: Tile
    standing: Standing
    image: QImage | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What an archive says of itself. Bounds: west, south, east, north in map metres."""

    bounds: tuple[float, float, float, float] | None = None
    least_zoom: int | None = None
    most_zoom: int | None = None
    attribution: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """Something of a source as a whole: its facts once it is open, or why it gives nothing now ("" once it does)."""

    turn: int
    facts: Facts | None = None
    trouble: str = ""


class StoreError(Exception):
    """A source that gives no tile at all; the text says why, for the map's corner."""


class TileStore(Protocol):
    """A source that is read where waiting is allowed: opened, read and closed on one worker thread."""

    def open(self) -> Facts:
        """Get ready. Raises StoreError."""

    def read(self, tile: Tile) -> bytes | None:
        """A tile's picture as it stands in a file, None if there is none. Raises StoreError."""

    def cut_short(self) -> None:
        """From another thread: let a reading that is under way end soon, in whatever way."""

    def close(self) -> None:
        """Let go of everything."""
