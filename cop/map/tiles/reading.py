"""Reads tiles on threads of its own: archives, folders, and the process that draws vector tiles."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

from cop.map.tile_source import Tile
from cop.map.tiles.picture import decoded
from cop.map.tiles.store import Answer, News, Standing, StoreError, TileStore

#: an archive that could not be read, on a medium that was taken out perhaps, is tried again after the first, then after
#: twice as long each time, up to the second
_AGAIN_S = (5.0, 300.0)
#: a medium that hangs must not hold up the desk's end: its thread is left to itself
_LONGEST_END_S = 2.0

_LOG = logging.getLogger(__name__)


class Reading:
    """Each thread opens a store for itself, and reads what is wanted most and not yet being read."""

    def __init__(
        self, make: Callable[[], TileStore], turn: int, post: Callable[[Answer | News], None], *, threads: int = 2
    ) -> None:
        """`post` is called on the threads."""
        self._make = make
        self._turn = turn
        self._post = post
        self._wanted: deque[Tile] = deque()
        self._being_read: set[Tile] = set()
        self._stores: list[TileStore] = []
        self._changed = threading.Condition()
        self._ending = False
        self._threads = [
            threading.Thread(target=self._work, name=f"tiles {number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def want(self, tiles: Iterable[Tile]) -> None:
        """Read these from now on, in this order, instead of those wanted before."""
        with self._changed:
            self._wanted = deque(tile for tile in tiles if tile not in self._being_read)
            self._changed.notify_all()

    def stop(self, *, waits: bool = True) -> bool:
        """End the threads, and wait for them if it `waits`; False if one has not ended: it may still post, once."""
        with self._changed:
            self._ending = True
            self._wanted.clear()
            stores = list(self._stores)
            self._changed.notify_all()
        for store in stores:
            store.cut_short()
        deadline = time.monotonic() + _LONGEST_END_S * waits
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        again_s = _AGAIN_S[0]
        while not self._ending:
            store = self._make()
            with self._changed:
                if self._ending:
                    return
                self._stores.append(store)
            try:
                self._serve(store)
            except StoreError as error:
                self._say(News(self._turn, trouble=str(error)))
            except Exception as error:  # noqa: BLE001  # a thread that dies would leave the map waiting
                _LOG.exception("tiles cannot be read")
                self._say(News(self._turn, trouble=f"cannot be read ({type(error).__name__})"))
            finally:
                with self._changed:
                    self._stores.remove(store)
                store.close()
            with self._changed:
                self._changed.wait_for(lambda: self._ending, again_s)
            again_s = min(_AGAIN_S[1], 2 * again_s)

    def _serve(self, store: TileStore) -> None:
        """Read until the end. Raises StoreError."""
        self._say(News(self._turn, facts=store.open()))
        while (tile := self._next()) is not None:
            standing, image = Standing.AWAY, None
            try:
                content = store.read(tile)
                image = decoded(content) if content is not None else None
                standing = Standing.HERE if image is not None else Standing.MISSING
            finally:
                with self._changed:
                    self._being_read.discard(tile)
                self._say(Answer(self._turn, tile, standing, image))

    def _next(self) -> Tile | None:
        with self._changed:
            self._changed.wait_for(lambda: self._ending or self._wanted)
            if self._ending:
                return None
            tile = self._wanted.popleft()
            self._being_read.add(tile)
            return tile

    def _say(self, what: Answer | News) -> None:
        if not self._ending:
            self._post(what)
