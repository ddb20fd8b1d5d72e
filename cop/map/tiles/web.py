"""Fetches tiles over HTTP on a thread of its own: requests, disk cache and decoding never meet the screen's thread."""

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QDateTime, QObject, QThread, QTimer, QUrl, Signal, Slot
from PySide6.QtNetwork import QNetworkAccessManager, QNetworkDiskCache, QNetworkReply, QNetworkRequest

from cop.map.tile_source import Tile, TileSource
from cop.map.tiles.picture import MOST_BYTES, decoded
from cop.map.tiles.store import Answer, News, Standing

_MOST_REQUESTS = 6
_MOST_REDIRECTS = 4
_TIMEOUT_MS = 10_000
#: one lost connection is not yet being offline, and a tile that alone fails so often is a missing tile
_FAILURES_UNTIL_OFFLINE = 2
#: while offline one tile is asked for after the first, then after twice as long each time, up to the second
_PROBE_S = (3.0, 60.0)
_LONGEST_PAUSE_S = 900.0
_LONGEST_END_MS = 8000
_USER_AGENT = b"cop/0.1 (common operating picture)"

OFFLINE = "offline, showing what was kept"
PAUSED = "its server asks for a pause, showing what was kept"

_Attribute = QNetworkRequest.Attribute
_Load = QNetworkRequest.CacheLoadControl
_Error = QNetworkReply.NetworkError
#: a server that sends us somewhere else than to another web address
_NO_TILE = frozenset(
    {_Error.TooManyRedirectsError, _Error.InsecureRedirectError, _Error.ProtocolUnknownError, _Error.ContentGoneError}
)


class WebTiles:
    """The screen's end: what is wanted goes in, what came goes to `post`, which is called on the other thread."""

    def __init__(self, source: TileSource, ratio: int, turn: int, post: Callable[[Answer | News], None]) -> None:
        self._thread = QThread()
        self._thread.setObjectName("tiles")
        self._fetching = _Fetching(source, ratio, turn, post)
        self._fetching.moveToThread(self._thread)
        self._thread.started.connect(self._fetching.open)
        self._thread.start()

    def want(self, tiles: Iterable[Tile]) -> None:
        """Fetch these from now on, in this order, instead of those wanted before."""
        self._fetching.wanted.emit(list(tiles))

    def stop(self, *, waits: bool = True) -> bool:
        """Drop every request, end the thread and wait for it, which takes no time: no request can hang; False if not.

        It is waited for in any case: two threads must not have one cache.
        """
        self._fetching.ending.emit()
        return self._thread.wait(_LONGEST_END_MS)


class _Why(enum.Enum):
    """What a request is for."""

    WANTED = _Load.PreferNetwork  # fresh from the cache, else asked of the server, which may say "as you have it"
    KEPT = _Load.AlwaysCache  # the server does not answer: what there is, however old
    PROBE = _Load.AlwaysNetwork  # does it answer again?


@dataclass(slots=True)
class _Request:
    tile: Tile
    why: _Why
    dropped: bool = False
    too_large: bool = False


class _Fetching(QObject):
    """Lives on the other thread; everything of Qt's network is made, used and ended there."""

    wanted = Signal(object)
    ending = Signal()

    def __init__(self, source: TileSource, ratio: int, turn: int, post: Callable[[Answer | News], None]) -> None:
        super().__init__()
        self._source = source
        self._ratio = ratio
        self._turn = turn
        self._post = post
        self._wanted: list[Tile] = []
        self._open: dict[QNetworkReply, _Request] = {}
        self._settled: set[Tile] = set()  # answered for as long as the server does not
        self._failures = 0  # one after another
        self._errors: dict[Tile, int] = {}  # of the server, for each tile
        self._ever_heard = False
        self._trouble = ""
        self._probe_s = _PROBE_S[0]
        self._probes = 0
        self._last_failed: Tile | None = None
        self._network: QNetworkAccessManager | None = None
        self.wanted.connect(self._want)
        self.ending.connect(self._end)

    @Slot()
    def open(self) -> None:
        """The thread runs: make what belongs to it."""
        self._network = QNetworkAccessManager(self)
        self._network.setRedirectPolicy(QNetworkRequest.RedirectPolicy.NoLessSafeRedirectPolicy)
        self._network.setTransferTimeout(_TIMEOUT_MS)
        self._cache = QNetworkDiskCache(self._network)
        self._cache.setCacheDirectory(str(self._source.cache_folder))
        self._cache.setMaximumCacheSize(self._source.cache_mib * 1024 * 1024)
        self._network.setCache(self._cache)
        self._network.finished.connect(self._finished)
        self._probe = QTimer(self)
        self._probe.setSingleShot(True)
        self._probe.timeout.connect(self._ask_again)

    @Slot()
    def _end(self) -> None:
        self._wanted = []
        self._drop_all_but(())
        if self._network is not None:
            self._probe.stop()
            self._network.deleteLater()  # done before the thread ends
            self._network = None
        QThread.currentThread().quit()

    @Slot(object)
    def _want(self, tiles: list[Tile]) -> None:
        self._wanted = tiles
        self._settled.intersection_update(tiles)
        self._drop_all_but(tiles)
        self._fetch()

    def _drop_all_but(self, tiles: Iterable[Tile]) -> None:
        kept = set(tiles)
        for reply, request in list(self._open.items()):
            if request.tile not in kept and request.why is not _Why.PROBE:
                request.dropped = True
                reply.abort()  # comes back through `_finished` at once

    def _fetch(self) -> None:
        under_way = {request.tile for request in self._open.values() if request.why is not _Why.PROBE}
        for tile in self._wanted:
            if len(self._open) >= _MOST_REQUESTS:
                return
            if tile not in under_way and tile not in self._settled:
                self._request(tile, _Why.KEPT if self._trouble else _Why.WANTED)

    def _request(self, tile: Tile, why: _Why) -> None:
        if self._network is None:
            return
        request = QNetworkRequest(QUrl(self._source.address(tile, self._ratio)))
        request.setRawHeader(b"User-Agent", _USER_AGENT)
        request.setAttribute(_Attribute.CacheLoadControlAttribute, why.value)
        manual = QNetworkRequest.LoadControl.Manual  # no cookies: nobody is to know this desk again
        request.setAttribute(_Attribute.CookieLoadControlAttribute, manual)
        request.setAttribute(_Attribute.CookieSaveControlAttribute, manual)
        request.setMaximumRedirectsAllowed(_MOST_REDIRECTS)
        reply = self._network.get(request)
        self._open[reply] = _Request(tile, why)
        reply.downloadProgress.connect(self._progressed)

    @Slot("qint64", "qint64")
    def _progressed(self, got: int, _total: int) -> None:
        reply = self.sender()
        if got > MOST_BYTES and isinstance(reply, QNetworkReply) and reply in self._open:
            self._open[reply].too_large = True
            reply.abort()

    @Slot(QNetworkReply)
    def _finished(self, reply: QNetworkReply) -> None:
        request = self._open.pop(reply, None)
        reply.deleteLater()
        if request is None or (request.dropped and not request.too_large):
            return
        self._take(reply, request)
        self._fetch()

    def _take(self, reply: QNetworkReply, request: _Request) -> None:
        status = reply.attribute(_Attribute.HttpStatusCodeAttribute) or 0
        error = reply.error()
        if error == _Error.NoError:
            image = decoded(bytes(reply.readAll().data()))
            if image is None and self._network is not None:
                self._cache.remove(reply.request().url())  # a page that says it is a tile would be kept for days
            self._heard(request)
            self._answer(request.tile, Standing.HERE if image is not None else Standing.MISSING, image)
        elif request.why is _Why.KEPT:
            self._settled.add(request.tile)
            self._answer(request.tile, Standing.AWAY)
        elif request.too_large or error in _NO_TILE or (status in range(400, 500) and status not in {401, 403, 429}):
            self._heard(request)
            self._answer(request.tile, Standing.MISSING)
        else:
            self._last_failed = request.tile
            self._failed(request, reply, int(status))

    def _answer(self, tile: Tile, standing: Standing, image: object = None) -> None:
        if tile in self._wanted:
            if standing is not Standing.AWAY:
                self._wanted.remove(tile)
            self._post(Answer(self._turn, tile, standing, image))  # type: ignore[arg-type]  # a QImage or None

    def _heard(self, request: _Request) -> None:
        """The server answered, or the cache did without asking it, which says nothing of the server."""
        if request.why is _Why.KEPT:
            return
        self._failures = 0
        self._ever_heard = True
        if self._trouble and request.why is _Why.PROBE:
            self._probe_s = _PROBE_S[0]
            self._probe.stop()
            self._settled.clear()
            self._say("")

    def _failed(self, request: _Request, reply: QNetworkReply, status: int) -> None:
        self._failures += 1
        pause_s = _retry_after_s(reply)
        broken = status >= 500 and not pause_s
        if broken:
            self._errors[request.tile] = self._errors.get(request.tile, 0) + 1
        if request.why is _Why.PROBE:
            self._probe_s = min(_PROBE_S[1], 2 * self._probe_s)
        elif self._trouble:
            return  # one of several that were under way
        elif self._ever_heard and self._errors.get(request.tile, 0) >= _FAILURES_UNTIL_OFFLINE:
            self._answer(request.tile, Standing.MISSING)
            return
        elif self._failures < _FAILURES_UNTIL_OFFLINE and (broken or not status):
            if request.tile in self._wanted:  # asked once more, after the others
                self._wanted.remove(request.tile)
                self._wanted.append(request.tile)
            return
        if status in {401, 403}:
            self._say(f"refused by its server ({status})")
        else:
            self._say(PAUSED if status == 429 or pause_s else OFFLINE)
        self._probe.start(int(1000 * max(self._probe_s, min(pause_s, _LONGEST_PAUSE_S))))

    def _say(self, trouble: str) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            self._post(News(self._turn, trouble=trouble))

    @Slot()
    def _ask_again(self) -> None:
        self._probes += 1  # another each time: one of them may fail for ever
        tile = self._wanted[self._probes % len(self._wanted)] if self._wanted else self._last_failed
        if tile is not None:
            self._request(tile, _Why.PROBE)


def _retry_after_s(reply: QNetworkReply) -> float:
    """How long a server asks us to wait, in seconds or until a date (RFC 9110 §10.2.3); 0 if it does not."""
    asked = bytes(reply.rawHeader("Retry-After").data()).decode("ascii", "replace").strip()
    if not asked:
        return 0.0
    if asked.isdecimal():
        return min(float(asked[:9]), _LONGEST_PAUSE_S)
    until = QDateTime.fromString(asked.replace("GMT", "+0000"), "ddd, dd MMM yyyy hh:mm:ss t")
    if not until.isValid():
        return 0.0
    return max(0.0, QDateTime.currentDateTimeUtc().msecsTo(until) / 1000)
