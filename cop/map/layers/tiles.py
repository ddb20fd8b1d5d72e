"""A background map below everything: tiles from a server, an archive or a style; one of several, or none."""

import queue
import time
import weakref
from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QRegion

from cop.map.layers.choice import Choice, OneOf
from cop.map.layers.layer import Layer
from cop.map.lettering import Script, clean, draw_haloed, text_width
from cop.map.palette import Palette, colour
from cop.map.tile_source import Tile, TileSource, reaches_beyond, tiles_in_view
from cop.map.tiles.arrivals import Arrivals, Running
from cop.map.tiles.images import Fitted, Images
from cop.map.tiles.loading import start_loading
from cop.map.tiles.store import Answer, Facts, News, Standing
from cop.map.viewport import Viewport

#: a tile that its source does not have is asked for again after this
_MISSING_S = 600.0
#: how many levels up a tile may stand in, and how many down
_LEVELS_UP = 8
_LEVELS_DOWN = 2
#: how often what came is taken in: while something is on its way, and while nothing is
_LOOK_MS = 33
_GLANCE_MS = 500
#: a mark smaller than this would be noise
_LEAST_MARK_PX = 90.0
_MARK = "no tile"


class TileLayer(Layer):
    """Shows the map chosen among `sources`. A coarser or finer tile stands in until one is there.

    Reading, fetching, decoding and drawing of tiles happen on other threads; they put what comes into a queue, and a
    timer of the screen's thread takes it out. What is wrong is said once, in `state_words`, never for each tile.
    """

    name: ClassVar[str] = "tiles"
    label: ClassVar[str] = "Background map"

    def __init__(self, sources: TileSource | Sequence[TileSource], palette: Palette, parent: QObject) -> None:
        """The first source is the one shown. `parent` owns what is of Qt's; the threads end with it at the latest."""
        super().__init__(palette)
        self.sources: tuple[TileSource, ...] = (sources,) if isinstance(sources, TileSource) else tuple(sources)
        #: the chosen source with what its archive says of itself; None: none is shown
        self.source: TileSource | None = self.sources[0] if self.sources else None
        self.arrivals = Arrivals(parent)
        self.arrivals.attend.timeout.connect(self._attend)
        self.arrivals.look.timeout.connect(self._look)
        self._came: queue.SimpleQueue[Answer | News] = queue.SimpleQueue()
        self._loading = Running()
        self._turn = 0
        self._ratio = 1
        self._images = Images()
        self._fitted = Fitted()
        self._view: Viewport | None = None
        self._in_view: list[Tile] = []
        self._beyond = False
        self._asked: list[Tile] = []
        self._missing_until: dict[Tile, float] = {}
        self._away: set[Tile] = set()
        self._trouble = ""
        self._said = ""
        parent.destroyed.connect(self._loading.stop)
        weakref.finalize(self, self._loading.stop)

    # choosing

    @property
    def chosen(self) -> str | None:
        """The name of the source that is shown."""
        return self.source.name if self.source is not None else None

    def choose(self, name: str | None) -> None:
        """Show another source, or none. Raises KeyError if there is none of this name."""
        source = {one.name: one for one in self.sources}[name] if name is not None else None
        if (source.name if source is not None else None) != self.chosen:
            self.source = source
            self._begin_anew()

    def choices(self) -> list[Choice]:
        """Which of several maps, or none."""
        if len(self.sources) < 2:
            return []
        values = (("", "None"), *((one.name, one.name) for one in self.sources))
        return [OneOf("map", "Map", values, lambda: self.chosen or "", lambda name: self.choose(name or None))]

    @property
    def attribution(self) -> str:
        """Whose map it is, as plain text; empty where none is shown."""
        return self.source.attribution if self.source is not None else ""

    @property
    def state_words(self) -> str:
        """What is wrong with the map in view, one short line, empty if nothing is. `arrivals.said` tells of another."""
        return self._said

    @property
    def state_line(self) -> str:
        """Attribution and what is wrong, for the map's corner."""
        return " · ".join(part for part in (self.attribution, self.state_words) if part)

    def set_palette(self, palette: Palette) -> None:
        """A map with a style for each theme is drawn anew."""
        before, self.palette = self.palette, palette
        told = self.source.basemap if self.source is not None else None
        if told is not None and palette.name != before.name and told.style_path("dark") != told.style_path("light"):
            self._begin_anew()

    def stop(self) -> None:
        """End every thread and wait for it. The next paint starts them again."""
        self._loading.stop()
        self._rest()

    def _rest(self) -> None:
        self._turn += 1  # what is still in the queue, or put into it by a thread that ends, is nobody's
        self._asked = []
        self.arrivals.rest()

    # painting

    def paint(self, painter: QPainter, view: Viewport) -> None:
        if self.source is None:
            self._note([], view)
            return
        tiles = tiles_in_view(self.source, view)
        self._note(tiles, view)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # it would draw a hair between two tiles
        shade = colour(self.palette.map_background)
        shade.setAlphaF(self.source.shade(self.palette.name))
        self._fitted.fit(view, shade)
        unseen: list[QRectF] = []
        for tile in tiles:
            target = _target(tile, view)
            image = self._images.get(tile)
            if image is not None:
                self._fitted.draw(painter, tile, image, target)
            elif not self._paint_stand_in(painter, tile, target, shade) and tile in self._missing_until:
                unseen.append(target)
        self._fitted.end()
        self._mark(painter, unseen)

    def covers(self, view: Viewport) -> bool:
        """Whether a picture, if a coarse one, is there for every part of the view."""
        if self.source is None or reaches_beyond(self.source, view):
            return False
        tiles = tiles_in_view(self.source, view)
        return bool(tiles) and all(self._is_covered(tile) for tile in tiles)

    def uncovered(self, view: Viewport) -> QRegion:
        """Where there is no picture, not even a coarse one: there our own ground is needed."""
        region = QRegion(view.rect().toRect())
        if self.source is not None and self.visible:
            for tile in tiles_in_view(self.source, view):
                if self._is_covered(tile):
                    region -= _target(tile, view).toRect()
        return region

    def _is_covered(self, tile: Tile) -> bool:
        return self._stand_in(tile) is not None or all(child in self._images for child in tile.children())

    def _paint_stand_in(self, painter: QPainter, tile: Tile, target: QRectF, shade: QColor) -> bool:
        """Draw what stands in for a tile; whether there was anything."""
        found = self._stand_in(tile)
        if found is not None:
            image, levels = found
            part = image.width() / 2**levels
            left = (tile.x - ((tile.x >> levels) << levels)) * part
            top = (tile.y - ((tile.y >> levels) << levels)) * part
            painter.drawImage(target, image, QRectF(left, top, part, part))
            painter.fillRect(target, shade)
        return self._paint_children(painter, tile, target, shade, _LEVELS_DOWN) or found is not None

    def _paint_children(self, painter: QPainter, tile: Tile, target: QRectF, shade: QColor, levels: int) -> bool:
        """Finer tiles, left from before the view went farther away, over whatever is coarser."""
        painted = False
        middle = QPointF(round(target.center().x()), round(target.center().y()))
        halves_x = ((target.left(), middle.x()), (middle.x(), target.right()))
        halves_y = ((target.top(), middle.y()), (middle.y(), target.bottom()))
        for index, child in enumerate(tile.children()):
            (left, right), (top, bottom) = halves_x[index % 2], halves_y[index // 2]
            quarter = QRectF(left, top, right - left, bottom - top)
            image = self._images.get(child)
            if image is not None:
                painter.drawImage(quarter, image, QRectF(image.rect()))
                painter.fillRect(quarter, shade)
                painted = True
            elif levels > 1:
                painted = self._paint_children(painter, child, quarter, shade, levels - 1) or painted
        return painted

    def _stand_in(self, tile: Tile) -> tuple[QImage, int] | None:
        for levels in range(min(tile.z, _LEVELS_UP) + 1):
            image = self._images.get(tile.parent(levels))
            if image is not None:
                return image, levels
        return None

    def _mark(self, painter: QPainter, unseen: list[QRectF]) -> None:
        """Where the source has nothing: our own ground below, and a faint word that this is all."""
        ink = colour(self.palette.place)
        ink.setAlpha(70)
        painter.setPen(QPen(ink, 1.0, Qt.PenStyle.DotLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for target in unseen:
            painter.drawRect(target.adjusted(0.5, 0.5, -0.5, -0.5))
        for target in unseen:
            if target.width() >= _LEAST_MARK_PX:
                at = QPointF(target.right() - text_width(_MARK, 10) - 8, target.bottom() - 8)
                draw_haloed(painter, at, _MARK, Script(10, self.palette.place, self.palette.label_halo))

    # loading

    def _note(self, tiles: list[Tile], view: Viewport) -> None:
        """Remember what is in view; it is asked for after the paint, not in it."""
        self._view, self._in_view = view, tiles
        self._images.keep(tiles)
        self._beyond = self.source is not None and not tiles
        wanted_ratio = 2 if self.source is not None and self.source.sharp and view.dpr > 1.25 else 1
        if wanted_ratio != self._ratio:
            self._ratio = wanted_ratio
            self._forget()
        if not self.arrivals.attend.isActive():
            self.arrivals.attend.start()

    def _wanted(self) -> list[Tile]:
        now = time.monotonic()
        return [
            tile for tile in self._in_view if tile not in self._images and now >= self._missing_until.get(tile, 0.0)
        ]

    def _attend(self) -> None:
        """Ask for what the last paint lacked."""
        wanted = self._wanted()
        if wanted and self.source is not None and self._loading.one is None:
            self._loading.one = start_loading(
                self.source, theme=self.palette.name, ratio=self._ratio, turn=self._turn, post=self._came.put
            )
        if wanted != self._asked and self._loading.one is not None:
            self._asked = wanted
            self._loading.one.want(wanted)
        self._judge()
        if self._loading.one is not None:
            self.arrivals.look_every(_LOOK_MS if set(wanted) - self._away else _GLANCE_MS)

    def _look(self) -> None:
        """Take in what came since the last look."""
        new = False
        while True:
            try:
                came = self._came.get_nowait()
            except queue.Empty:
                break
            if came.turn == self._turn:
                self._take_in(came)
                new = True
        if new:
            self.arrivals.changed.emit()
            self._attend()

    def _take_in(self, came: Answer | News) -> None:
        if isinstance(came, News):
            self._trouble = clean(came.trouble, 120)  # a file's name or a library's words may stand in it
            if not came.trouble:
                self._away.clear()
            if came.facts is not None:
                self._learn(came.facts)
        elif came.image is not None:
            self._images.add(came.tile, came.image)
            self._missing_until.pop(came.tile, None)
            self._away.discard(came.tile)
        elif came.standing is Standing.MISSING:
            self._missing_until[came.tile] = time.monotonic() + _MISSING_S
        else:
            self._away.add(came.tile)

    def _learn(self, facts: Facts) -> None:
        if self.source is None:
            return
        told = self.source.informed(
            bounds=facts.bounds,
            least_zoom=facts.least_zoom,
            most_zoom=facts.most_zoom,
            attribution=facts.attribution,
        )
        if told != self.source:
            self.source = told
            if self._view is not None:  # what lies outside its bounds is not missing
                self._in_view = tiles_in_view(told, self._view)
            self.arrivals.said.emit()

    def _judge(self) -> None:
        """Find the words; while tiles are on their way nothing new is said of those that are missing."""
        missing = sum(tile in self._missing_until and tile not in self._images for tile in self._in_view)
        loading = set(self._wanted()) - self._away
        if self.source is None or not self.visible:
            words = ""
        elif self._trouble:
            words = f"Map: {self._trouble}"
        elif self._beyond:
            words = f"Map: {self.source.name} has nothing here at this scale"
        elif missing and not loading:
            words = f"Map: {missing} tile{'s' if missing > 1 else ''} missing here"
        elif missing:
            words = self._said
        else:
            words = ""
        if words != self._said:
            self._said = words
            self.arrivals.said.emit()

    def _begin_anew(self) -> None:
        self._forget()
        self._trouble = ""
        self.arrivals.said.emit()
        self.arrivals.changed.emit()

    def _forget(self) -> None:
        """Everything loaded is of another map."""
        self._loading.leave()
        self._rest()
        self._images.clear()
        self._fitted.clear()
        self._missing_until.clear()
        self._away.clear()


def _target(tile: Tile, view: Viewport) -> QRectF:
    """Where a tile lies on the screen, edge to edge with its neighbours."""
    west, _south, east, north = tile.bounds()
    corner = view.point(west, north)
    side = (east - west) / view.metres_per_pixel
    left, top = round(corner.x()), round(corner.y())
    return QRectF(left, top, round(corner.x() + side) - left, round(corner.y() + side) - top)
