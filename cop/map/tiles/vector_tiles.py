"""Vector tiles drawn by a MapLibre style, in a process of their own; needs the extra `cop[vector]`."""

import importlib.util
import json
import multiprocessing
import os
from multiprocessing.connection import Connection

from cop.map.lettering import clean
from cop.map.tile_source import Tile, TileSource
from cop.map.tiles.store import Facts, StoreError
from cop.map.tiles.vector_process import draw

_LONGEST_START_S = 30.0
_LONGEST_TILE_S = 20.0
#: a tile that kills the process is left out; so many one after another, and it is the process
_MOST_DEATHS = 3
#: the first needs no screen, the second takes the one that the desk has
_PLATFORMS = ("surfaceless", "")


class VectorTiles:
    """Asks the process for one tile after another; a new one is started for one that died or hangs."""

    def __init__(self, source: TileSource, theme: str, ratio: int) -> None:
        self._source = source
        self._theme = theme
        self._ratio = ratio
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None
        self._platforms = [os.environ["EGL_PLATFORM"]] if os.environ.get("EGL_PLATFORM") else list(_PLATFORMS)
        self._deaths = 0
        self._ending = False

    def open(self) -> Facts:
        """Raises StoreError: without mapli, without EGL, with a style that cannot be used."""
        if importlib.util.find_spec("mapli") is None:
            raise StoreError("vector maps need the extra: pip install 'cop[vector]'")
        while True:
            reason = self._start()
            if not reason:
                return Facts()
            self.close()
            if self._ending or len(self._platforms) == 1:
                raise StoreError(f"the vector map cannot be drawn ({clean(reason, 120)})")
            self._platforms.pop(0)

    def read(self, tile: Tile) -> bytes | None:
        """Raises StoreError when the process died again and again."""
        if self._ending:
            return None
        if self._pipe is None and (reason := self._start()):
            raise StoreError(f"the vector map cannot be drawn ({clean(reason, 120)})")
        assert self._pipe is not None
        asked = {"z": tile.z, "x": tile.x, "y": tile.y, "tile_size": self._source.tile_px, "pixel_ratio": self._ratio}
        if self._source.tile_px == 256 and tile.z == 0:
            return None  # MapLibre's levels are those of tiles of 512 pixels: the smaller have none so far out
        try:
            self._pipe.send_bytes(json.dumps(asked).encode())
            if not self._pipe.poll(_LONGEST_TILE_S):
                raise TimeoutError
            answer = self._pipe.recv_bytes()
        except (OSError, EOFError) as error:
            self.close()
            self._deaths += 1
            if self._deaths >= _MOST_DEATHS and not self._ending:
                raise StoreError("the vector map cannot be drawn (its process ends again and again)") from error
            return None
        self._deaths = 0
        return answer[1:] if answer.startswith(b"+") else None

    def cut_short(self) -> None:
        """Kill the process: it holds nothing that could be lost."""
        self._ending = True
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """End the process and wait for its end."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if process is not None:
            process.kill()
            process.join()
        if pipe is not None:
            pipe.close()

    def _start(self) -> str:
        """Start the process; why it cannot draw, empty if it can."""
        basemap = self._source.basemap
        if basemap is None:
            return "it has no style"
        style = str(basemap.style_path(self._theme))
        archive = str(basemap.path) if basemap.file else ""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=draw, args=(theirs, style, archive, self._platforms[0], basemap.network), name="cop-map", daemon=True
        )
        process.start()
        theirs.close()
        self._process, self._pipe = process, ours
        if self._ending:  # it was cut short while this began
            process.kill()
        try:
            answer = ours.recv_bytes() if ours.poll(_LONGEST_START_S) else b"!it does not start"
        except (OSError, EOFError):
            answer = b"!its process ended"
        return "" if answer.startswith(b"+") else answer[1:].decode(errors="replace")
