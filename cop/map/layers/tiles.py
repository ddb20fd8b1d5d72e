"""A raster map below everything, for people who are online; without a network it is simply not there."""

import time
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import ClassVar

from PySide6.QtCore import QObject, QRectF, QUrl, Signal
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkDiskCache, QNetworkReply, QNetworkRequest

from cop.map.layers.layer import Layer
from cop.map.palette import Palette, colour
from cop.map.tile_source import Tile, TileSource, tiles_in_view
from cop.map.viewport import Viewport

_KEPT_TILES = 512
_MOST_REQUESTS = 8
_MOST_BYTES = 4 * 1024 * 1024
_LARGEST_SIDE_PX = 1024
_TIMEOUT_MS = 10_000
#: a tile that could not be had is asked for again after this
_RETRY_S = 30.0
#: how many levels up a tile may stand in
_LEVELS_UP = 6
_USER_AGENT = b"cop/0.1 (common operating picture)"


class TileLayer(Layer):
    """Asks for the tiles in view, a few at a time; a parent stands in until one is there; errors are kept quiet."""

    name: ClassVar[str] = "tiles"
    label: ClassVar[str] = "Online map"

    def __init__(self, source: TileSource, palette: Palette, parent: QObject) -> None:
        """Everything of Qt's in here belongs to `parent` and goes with it, on the thread of the screen.

        Left to Python it could be collected on a decoder's thread, in the middle of a reply.
        """
        super().__init__(palette)
        self.source = source
        self._decoders = ThreadPoolExecutor(max_workers=2, thread_name_prefix="tile decoder")
        self.arrivals = _Arrivals(parent)
        self._tiles: OrderedDict[Tile, QPixmap] = OrderedDict()
        self._replies: dict[Tile, QNetworkReply] = {}
        self._decoding: dict[Tile, Future[None]] = {}
        self._failed_at: dict[Tile, float] = {}
        self._wanted: list[Tile] = []
        self._network = QNetworkAccessManager(parent)
        cache = QNetworkDiskCache(self._network)
        cache.setCacheDirectory(str(source.cache_folder))
        cache.setMaximumCacheSize(source.cache_mib * 1024 * 1024)
        self._network.setCache(cache)
        self.arrivals.decoded.connect(self._take_in)

    def paint(self, painter: QPainter, view: Viewport) -> None:
        tiles = tiles_in_view(self.source, view)
        self._wanted = [tile for tile in tiles if tile not in self._tiles]
        self._ask()
        for tile in tiles:
            west, _south, east, north = tile.bounds()
            corner = view.point(west, north)
            side = (east - west) / view.metres_per_pixel
            target = QRectF(round(corner.x()), round(corner.y()), 0, 0)
            target.setRight(round(corner.x() + side))
            target.setBottom(round(corner.y() + side))
            self._paint_tile(painter, tile, target)
        if self.palette.name == "dark":  # raster maps are made for paper
            shade = colour(self.palette.map_background)
            shade.setAlpha(150)
            painter.fillRect(view.rect(), shade)

    def covers(self, view: Viewport) -> bool:
        """Whether a picture, if a coarse one, is there for every tile in view."""
        return all(self._stand_in(tile) is not None for tile in tiles_in_view(self.source, view))

    def stop(self) -> None:
        """Let go of the network and wait for the decoders."""
        self._wanted = []
        for reply in list(self._replies.values()):
            reply.abort()
        wait(self._decoding.values())

    def _paint_tile(self, painter: QPainter, tile: Tile, target: QRectF) -> None:
        found = self._stand_in(tile)
        if found is None:
            return
        pixmap, levels = found
        part = pixmap.width() / 2**levels
        left = (tile.x - ((tile.x >> levels) << levels)) * part
        top = (tile.y - ((tile.y >> levels) << levels)) * part
        painter.drawPixmap(target, pixmap, QRectF(left, top, part, part))

    def _stand_in(self, tile: Tile) -> tuple[QPixmap, int] | None:
        for levels in range(min(tile.z, _LEVELS_UP) + 1):
            above = tile.parent(levels)
            pixmap = self._tiles.get(above)
            if pixmap is not None:
                self._tiles.move_to_end(above)
                return pixmap, levels
        return None

    def _ask(self) -> None:
        for tile in [tile for tile in self._replies if tile not in self._wanted]:
            self._replies[tile].abort()  # the view has gone elsewhere
        now = time.monotonic()
        for tile in self._wanted:
            if len(self._replies) >= _MOST_REQUESTS:
                return
            known = tile in self._replies or tile in self._decoding
            if not known and now - self._failed_at.get(tile, -_RETRY_S) >= _RETRY_S:
                self._request(tile)

    def _request(self, tile: Tile) -> None:
        request = QNetworkRequest(QUrl(self.source.address(tile)))
        if request.url().scheme() not in {"http", "https"}:
            self._failed_at[tile] = time.monotonic()
            return
        request.setRawHeader(b"User-Agent", _USER_AGENT)
        request.setAttribute(
            QNetworkRequest.Attribute.CacheLoadControlAttribute, QNetworkRequest.CacheLoadControl.PreferCache
        )
        request.setTransferTimeout(_TIMEOUT_MS)
        reply = self._network.get(request)
        self._replies[tile] = reply
        reply.downloadProgress.connect(
            lambda got, _total, reply=reply: reply.abort() if got > _MOST_BYTES else None  # a tile is never that large
        )
        reply.finished.connect(lambda tile=tile, reply=reply: self._received(tile, reply))

    def _received(self, tile: Tile, reply: QNetworkReply) -> None:
        self._replies.pop(tile, None)
        reply.deleteLater()
        if reply.error() == QNetworkReply.NetworkError.OperationCanceledError:
            return
        if reply.error() != QNetworkReply.NetworkError.NoError:
            self._failed_at[tile] = time.monotonic()
        else:
            content = bytes(reply.readAll().data())
            self._decoding[tile] = self._decoders.submit(_decode, tile, content, self.arrivals)
        self._ask()

    def _take_in(self, tile: Tile, image: QImage) -> None:
        self._decoding.pop(tile, None)
        if image.isNull():
            self._failed_at[tile] = time.monotonic()
            return
        self._failed_at.pop(tile, None)
        self._tiles[tile] = QPixmap.fromImage(image)
        while len(self._tiles) > _KEPT_TILES:
            self._tiles.popitem(last=False)
        self.arrivals.changed.emit()


class _Arrivals(QObject):
    """Carries decoded tiles over to the thread of the screen; `changed` says that there is something new to see."""

    decoded = Signal(object, QImage)
    changed = Signal()


def _decode(tile: Tile, content: bytes, arrivals: _Arrivals) -> None:
    """Decode a tile off the thread of the screen; what is no picture, or far too large, arrives as a null image."""
    image = QImage.fromData(content)
    if max(image.width(), image.height()) > _LARGEST_SIDE_PX:
        image = QImage()
    elif not image.isNull():
        image = image.convertToFormat(QImage.Format.Format_RGB32)
    arrivals.decoded.emit(tile, image)
