"""The briefing map of a desk, made on a thread of what leaves it."""

import functools
from collections.abc import Sequence
from pathlib import Path

from cop.briefing.leaving import Leaving
from cop.briefing.occasion import Occasion
from cop.briefing.page.backdrop import first_view
from cop.briefing.page.order import PageOrder, Tiles
from cop.map.icons import png_of
from cop.map.tile_source import TileSource
from cop.map.tiles.carried import Box, carried_tiles
from cop.map.tiles.store import StoreError
from cop.picture.ground import Ground
from cop.ui.making import GoOn
from cop.ui.share_dialog import Order


class PageMaker:
    """Makes pages; called on a thread, it looks at nothing of the desk's but what cannot change."""

    def __init__(
        self, ground: Ground, region: Path, sources: Sequence[TileSource] = (), seen: Box | None = None
    ) -> None:
        """`sources` are the background maps, `seen` is the ground for which they are carried (degrees)."""
        self._ground = ground
        self._region = region
        self._sources = sources
        self._seen = seen

    def __call__(self, leaves: Leaving, occasion: Occasion, order: Order, go_on: GoOn) -> bytes:
        """The page. Raises Stopped, and OSError where the region or the background map cannot be read."""
        from cop.briefing.page.page import briefing_page  # noqa: PLC0415 - folium takes a while: not on the window's thread

        return briefing_page(
            leaves,
            occasion,
            PageOrder(
                draw=png_of,
                draw_dark=functools.partial(png_of, theme="dark"),
                ground=self._ground,
                region=self._region,
                kinds=order.kinds,
                trails_s=order.trails_s,
                theme=order.theme,
                tiles=self._tiles(leaves, order, go_on),
                go_on=go_on,
            ),
        )

    def _tiles(self, leaves: Leaving, order: Order, go_on: GoOn) -> Tiles | None:
        number, _, zoom = order.background.partition("/")
        if not zoom:
            return None
        source = self._sources[int(number)]
        box = self._seen or first_view(leaves.picture, self._ground)
        try:
            return carried_tiles(source, box, int(zoom), theme=order.theme, go_on=go_on)
        except StoreError as error:
            raise OSError(f"{source.name}: {error}") from error
