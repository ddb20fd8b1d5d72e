"""Background maps on the map: what stands in, what is said, and what never touches the screen's thread."""

import itertools
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from cop.map.layers.choice import OneOf
from cop.map.layers.tiles import TileLayer
from cop.map.palette import load_palette
from cop.map.projection import WORLD_M
from cop.map.stack import LayerStack
from cop.map.tile_source import Tile, TileSource, plain, tiles_in_view
from cop.map.tiles import images, web
from cop.map.tiles.arrivals import Running
from cop.map.tiles.folder import TileFolder
from cop.map.view import MapView
from cop.map.viewport import Viewport
from tests.map.golden import _pixels, assert_golden
from tests.map.tile_server import Reply, TileServer, encoded, picture_of

VIEW = Viewport(-9_020_000.0, 4_200_000.0, 60.0, 400, 300)
MakeLayer = Callable[..., TileLayer]


@pytest.fixture
def server() -> Iterator[TileServer]:
    running = TileServer()
    yield running
    running.stop()


@pytest.fixture
def make_layer(qapp: object, tmp_path: Path) -> Iterator[MakeLayer]:
    made: list[TileLayer] = []
    parent = QObject()

    def make(*sources: str | TileSource, theme: str = "light") -> TileLayer:
        told = [TileSource(one, "© somebody", tmp_path / "tiles") if isinstance(one, str) else one for one in sources]
        made.append(TileLayer(told, load_palette(theme), parent))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for layer in made:
        layer.stop()
    parent.deleteLater()
    QCoreApplication.sendPostedEvents(parent, QEvent.Type.DeferredDelete)


def painted(layer: TileLayer, view: Viewport = VIEW) -> QImage:
    image = QImage(round(view.width * view.dpr), round(view.height * view.dpr), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(view.dpr)
    image.fill(QColor("#000000"))
    painter = QPainter(image)
    layer.paint(painter, view)
    painter.end()
    return image


def is_full(layer: TileLayer, view: Viewport = VIEW) -> bool:
    """Paint, and see whether the four corners and the middle are green."""
    image = painted(layer, view)
    right, bottom = image.width() - 2, image.height() - 2
    places = [(1, 1), (right, 1), (1, bottom), (right, bottom), (right // 2, bottom // 2)]
    return all(image.pixelColor(x, y).name() == "#00ff00" for x, y in places)


def everything_answered(layer: TileLayer) -> bool:
    painted(layer)
    return bool(layer._asked == [] or layer.state_words) and not set(layer._wanted()) - layer._away


def test_that_tiles_fill_the_view(qtbot: QtBot, server: TileServer, make_layer: MakeLayer) -> None:
    layer = make_layer(server.url)
    assert not layer.covers(VIEW)
    qtbot.waitUntil(lambda: is_full(layer))
    wanted = {f"/{tile.z}/{tile.x}/{tile.y}.png" for tile in tiles_in_view(layer.sources[0], VIEW)}
    assert set(server.asked) == wanted
    assert len(server.asked) == len(wanted)
    assert {one["User-Agent"] for one in server.headers} == {"cop/0.1 (common operating picture)"}
    assert layer.covers(VIEW)
    painted(layer)
    assert layer._wanted() == []  # what is there is not asked for again
    assert layer.state_words == ""


def test_that_no_tile_is_fetched_read_from_the_cache_or_decoded_on_the_screens_thread(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, set[int]] = {"decoded": set(), "read": set(), "prepared": set(), "finished": set()}

    class Cache(web.QNetworkDiskCache):  # type: ignore[misc, name-defined]
        def data(self, url: object) -> object:
            seen["read"].add(threading.get_native_id())
            return super().data(url)

        def prepare(self, meta: object) -> object:
            seen["prepared"].add(threading.get_native_id())
            return super().prepare(meta)

    def decoding(content: bytes) -> QImage | None:
        seen["decoded"].add(threading.get_native_id())
        return decoded(content)

    def taking(self: object, *args: object) -> None:
        seen["finished"].add(threading.get_native_id())
        taken(self, *args)

    decoded, taken = web.decoded, web._Fetching._take
    monkeypatch.setattr(web, "QNetworkDiskCache", Cache)
    monkeypatch.setattr(web, "decoded", decoding)
    monkeypatch.setattr(web._Fetching, "_take", taking)
    for _start in range(2):  # the second finds the first one's tiles on the disk
        layer = make_layer(server.url)
        qtbot.waitUntil(lambda layer=layer: is_full(layer))
        layer.stop()
    assert all(seen.values()), seen
    here = threading.get_native_id()
    assert all(here not in threads for threads in seen.values()), seen


def test_that_the_disk_cache_serves_the_next_start_without_the_server(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer
) -> None:
    first = make_layer(server.url)
    qtbot.waitUntil(lambda: is_full(first))
    first.stop()
    asked = len(server.asked)
    server.stop()
    second = make_layer(server.url)
    qtbot.waitUntil(lambda: is_full(second))
    assert len(server.asked) == asked


def test_that_a_coarser_tile_stands_in_until_the_finer_one_is_there(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer
) -> None:
    layer = make_layer(server.url)
    qtbot.waitUntil(lambda: is_full(layer))
    server.answer = lambda _: Reply(404)
    nearer = Viewport(VIEW.left + 6000, VIEW.top - 6000, 15.0, 400, 300)
    assert is_full(layer, nearer)


def test_that_finer_tiles_stand_in_while_the_view_goes_farther_away(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer
) -> None:
    layer = make_layer(server.url)
    wide = Viewport(VIEW.left, VIEW.top, 30.0, 1600, 1200)  # two levels nearer than `farther`, on more ground
    qtbot.waitUntil(lambda: is_full(layer, wide))
    server.gate.clear()
    farther = Viewport(VIEW.left + 6000, VIEW.top - 6000, 120.0, 250, 150)
    assert is_full(layer, farther)


def test_that_the_right_part_of_the_coarser_tile_stands_in(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer
) -> None:
    whole = QImage(256, 256, QImage.Format.Format_RGB32)
    whole.fill(QColor("#0000ff"))
    painter = QPainter(whole)
    painter.fillRect(128, 0, 128, 128, QColor("#00ff00"))  # the north-eastern quarter
    painter.end()
    content = encoded(whole)
    server.answer = lambda path: Reply(content=content) if path == "/1/0/0.png" else Reply(404)
    layer = make_layer(server.url)
    half = WORLD_M / 256  # metres a pixel at level 1 are WORLD_M / 256
    coarse = Viewport(-WORLD_M, WORLD_M, half, 256, 256)
    qtbot.waitUntil(lambda: painted(layer, coarse).pixelColor(10, 250).name() == "#0000ff")
    fine = Viewport(-WORLD_M / 2, WORLD_M, half / 2, 256, 256)  # level 2, column 1, row 0
    image = painted(layer, fine)
    assert image.pixelColor(10, 10).name() == image.pixelColor(245, 245).name() == "#00ff00"


def test_that_beyond_the_nearest_level_the_last_one_is_enlarged(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer, tmp_path: Path
) -> None:
    layer = make_layer(TileSource(server.url, "", tmp_path, most_zoom=10))
    qtbot.waitUntil(lambda: is_full(layer, Viewport(VIEW.left, VIEW.top, 0.5, 400, 300)))
    assert {path.split("/")[1] for path in server.asked} == {"10"}
    assert layer.covers(Viewport(VIEW.left, VIEW.top, 0.5, 400, 300))


@pytest.mark.parametrize(
    ("tile_px", "dpr", "level"), [(256, 1.0, "11"), (512, 1.0, "10"), (256, 2.0, "12"), (512, 2.0, "11")]
)
def test_that_the_level_fits_the_tiles_size_and_the_screens_dots(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer, tmp_path: Path, tile_px: int, dpr: float, level: str
) -> None:
    server.answer = lambda _: Reply(content=picture_of("#00ff00", tile_px))
    layer = make_layer(TileSource(server.url, "", tmp_path, tile_px=tile_px))
    view = Viewport(VIEW.left, VIEW.top, 2 * WORLD_M / 256 / 2**11, 400, 300, dpr)
    qtbot.waitUntil(lambda: is_full(layer, view))
    assert {path.split("/")[1] for path in server.asked} == {level}


def test_that_a_source_with_sharp_tiles_is_asked_for_them_on_a_screen_of_many_dots(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer
) -> None:
    server.answer = lambda _: Reply(content=picture_of("#00ff00", 512))
    layer = make_layer(server.url.replace(".png", "{r}.png"))
    view = Viewport(VIEW.left, VIEW.top, 2 * WORLD_M / 256 / 2**11, 400, 300, 2.0)
    qtbot.waitUntil(lambda: is_full(layer, view))
    assert all(path.startswith("/11/") and path.endswith("@2x.png") for path in server.asked)


# what is said


def test_that_missing_tiles_are_counted_once_marked_and_not_asked_for_again(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer
) -> None:
    layer = make_layer(server.url)
    gone = {f"/{tile.z}/{tile.x}/{tile.y}.png" for tile in tiles_in_view(layer.sources[0], VIEW)[:3]}
    server.answer = lambda path: Reply(404) if path in gone else Reply(content=picture_of("#00ff00"))
    said: list[str] = []
    layer.arrivals.said.connect(lambda: said.append(layer.state_words))
    qtbot.waitUntil(lambda: painted(layer) is not None and layer.state_words != "")
    assert said == ["Map: 3 tiles missing here"]
    asked = len(server.asked)
    painted(layer)
    qtbot.wait(100)
    assert len(server.asked) == asked
    assert said == ["Map: 3 tiles missing here"]
    assert layer.state_line == "© somebody · Map: 3 tiles missing here"
    assert not layer.covers(VIEW)


def test_that_being_offline_is_said_once_shows_what_was_kept_and_ends_by_itself(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "_PROBE_S", (0.05, 0.1))
    stale = {"Cache-Control": "public", "Expires": "Thu, 01 Jan 2015 00:00:00 GMT"}
    server.answer = lambda _: Reply(content=picture_of("#00ff00"), headers=stale)
    first = make_layer(server.url)
    qtbot.waitUntil(lambda: is_full(first))
    first.stop()
    server.stop()
    layer = make_layer(server.url)
    said: list[str] = []
    layer.arrivals.said.connect(lambda: said.append(layer.state_words))
    qtbot.waitUntil(lambda: is_full(layer) and layer.state_words != "")
    elsewhere = Viewport(VIEW.left + 500_000, VIEW.top, 60.0, 400, 300)
    painted(layer, elsewhere)
    qtbot.wait(200)
    assert said == ["Map: offline, showing what was kept"]
    again = TileServer(server.port)
    try:
        qtbot.waitUntil(lambda: is_full(layer, elsewhere))
        qtbot.waitUntil(lambda: said == ["Map: offline, showing what was kept", ""])
    finally:
        layer.stop()
        again.stop()


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(500), "Map: offline, showing what was kept"),
        (Reply(503), "Map: offline, showing what was kept"),
        (Reply(503, headers={"Retry-After": "2"}), "Map: its server asks for a pause, showing what was kept"),
        (Reply(429), "Map: its server asks for a pause, showing what was kept"),
        (Reply(403), "Map: refused by its server (403)"),
        (Reply(401), "Map: refused by its server (401)"),
        (Reply(0), "Map: offline, showing what was kept"),
    ],
)
def test_that_a_server_in_trouble_is_left_alone_and_said_so_once(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer, reply: Reply, words: str
) -> None:
    server.answer = lambda _: reply
    layer = make_layer(server.url)
    said: list[str] = []
    layer.arrivals.said.connect(lambda: said.append(layer.state_words))
    qtbot.waitUntil(lambda: everything_answered(layer))
    asked = len(server.asked)
    assert asked <= 2 * web._MOST_REQUESTS + 2
    qtbot.wait(300)
    assert len(server.asked) == asked
    assert said == [words]


def test_that_a_server_that_says_nothing_is_as_good_as_none(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "_TIMEOUT_MS", 100)
    server.gate.clear()
    layer = make_layer(server.url)
    qtbot.waitUntil(lambda: painted(layer) is not None and layer.state_words == "Map: offline, showing what was kept")


@pytest.mark.parametrize("which", [0, -1])
def test_that_a_tile_for_which_alone_the_server_fails_is_a_missing_tile(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer, monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    monkeypatch.setattr(web, "_PROBE_S", (0.05, 0.1))
    layer = make_layer(server.url)
    large = Viewport(VIEW.left, VIEW.top, 60.0, 1200, 900)
    bad = tiles_in_view(layer.sources[0], large)[which]
    path = f"/{bad.z}/{bad.x}/{bad.y}.png"
    server.answer = lambda asked: Reply(500) if asked == path else Reply(content=picture_of("#00ff00"))
    qtbot.waitUntil(lambda: painted(layer, large) is not None and layer.state_words == "Map: 1 tile missing here")


def test_that_a_server_is_not_asked_before_the_time_it_gave(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "_PROBE_S", (0.02, 0.02))
    first = time.monotonic()
    asked_at: list[float] = []

    def answer(_path: str) -> Reply:
        asked_at.append(time.monotonic())
        busy = time.monotonic() - first < 0.9
        return Reply(503, headers={"Retry-After": "1"}) if busy else Reply(content=picture_of("#00ff00"))

    server.answer = answer
    layer = make_layer(server.url)
    qtbot.waitUntil(lambda: is_full(layer))
    pause = max(later - before for before, later in itertools.pairwise(asked_at))
    assert pause > 0.8


@pytest.mark.parametrize(
    "reply",
    [
        Reply(content=b""),
        Reply(204),
        Reply(content=b"<html>Please log in</html>", headers={"Content-Type": "text/html"}),
        Reply(content=b"<svg xmlns='http://www.w3.org/2000/svg' width='256' height='256'/>"),
        Reply(content=b"\x89PNG\r\n\x1a\n" + b"\0" * 50),
        Reply(302, headers={"Location": "file:///etc/passwd"}),
        Reply(302, headers={"Location": "/again.png"}),
        Reply(endless=True),
    ],
    ids=["empty", "no content", "page", "svg", "broken", "to a file", "in a circle", "endless"],
)
def test_that_an_answer_that_is_no_picture_is_a_missing_tile(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer, reply: Reply
) -> None:
    server.answer = lambda _: reply
    layer = make_layer(server.url)
    wanted = len(tiles_in_view(layer.sources[0], VIEW))
    qtbot.waitUntil(lambda: everything_answered(layer), timeout=15_000)
    assert layer.state_words == f"Map: {wanted} tiles missing here"
    assert not layer.covers(VIEW)


def test_that_a_page_in_a_tiles_place_is_not_kept(qtbot: QtBot, server: TileServer, make_layer: MakeLayer) -> None:
    server.answer = lambda _: Reply(content=b"<html>Please log in</html>")
    first = make_layer(server.url)
    qtbot.waitUntil(lambda: everything_answered(first))
    first.stop()
    server.answer = lambda _: Reply(content=picture_of("#00ff00"))
    second = make_layer(server.url)
    qtbot.waitUntil(lambda: is_full(second))


@pytest.mark.parametrize("side", [3000, 60_000])
def test_that_a_huge_picture_is_never_decoded(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer, side: int
) -> None:
    huge = bytearray(picture_of("#ff0000", 64))
    huge[16:24] = side.to_bytes(4, "big") * 2  # the width and height that a PNG says of itself
    server.answer = lambda _: Reply(content=bytes(huge))
    layer = make_layer(server.url)
    qtbot.waitUntil(lambda: everything_answered(layer))
    assert not layer.covers(VIEW)


def test_that_a_tile_as_the_cache_has_it_is_not_sent_again(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer
) -> None:
    tagged = {"ETag": '"one"', "Cache-Control": "no-cache"}
    server.answer = lambda _: Reply(content=picture_of("#00ff00"), headers=tagged)
    first = make_layer(server.url)
    qtbot.waitUntil(lambda: is_full(first))
    first.stop()
    before = len(server.asked)
    server.answer = lambda _: Reply(304, headers=tagged)
    second = make_layer(server.url)
    qtbot.waitUntil(lambda: is_full(second))
    assert {one.get("If-None-Match") for one in server.headers[before:]} == {'"one"'}


def test_that_the_cache_stays_within_its_size(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer, tmp_path: Path
) -> None:
    noise = QImage(random.Random(4).randbytes(256 * 256 * 4), 256, 256, QImage.Format.Format_RGB32)
    content = encoded(noise)
    assert len(content) > 60_000
    server.answer = lambda _: Reply(content=content)
    layer = make_layer(TileSource(server.url, "", tmp_path / "tiles", cache_mib=1))
    for step in range(8):
        view = Viewport(VIEW.left + 40_000 * step, VIEW.top, 30.0, 600, 600)
        qtbot.waitUntil(lambda view=view: painted(layer, view) is not None and layer.covers(view))
    layer.stop()
    assert len(server.asked) * len(content) > 3 * 1024 * 1024
    assert sum(file.stat().st_size for file in (tmp_path / "tiles").rglob("*") if file.is_file()) < 1.2 * 1024 * 1024


def test_that_few_requests_run_at_once_and_those_no_longer_wanted_are_dropped(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer
) -> None:
    server.gate.clear()
    layer = make_layer(server.url)
    large = Viewport(VIEW.left, VIEW.top, 60.0, 1920, 1080)
    painted(layer, large)
    qtbot.waitUntil(lambda: server.at_once == web._MOST_REQUESTS)
    elsewhere = Viewport(VIEW.left + 900_000, VIEW.top, 60.0, 400, 300)
    painted(layer, elsewhere)
    qtbot.waitUntil(lambda: len(server.asked) > web._MOST_REQUESTS)
    server.gate.set()
    qtbot.waitUntil(lambda: is_full(layer, elsewhere))
    assert len(server.asked) == web._MOST_REQUESTS + len(tiles_in_view(layer.sources[0], elsewhere))


def test_that_memory_is_bounded_by_what_is_in_view_and_a_limit(monkeypatch: pytest.MonkeyPatch, qapp: object) -> None:
    monkeypatch.setattr(images, "_KEPT_BYTES", 10 * 256 * 1024)
    kept = images.Images()
    in_view = [Tile(9, x, 0) for x in range(12)]
    kept.keep(in_view)
    for tile in [*in_view, *(Tile(9, x, 1) for x in range(200))]:
        kept.add(tile, QImage(256, 256, QImage.Format.Format_RGB32))
    assert all(tile in kept for tile in in_view)
    assert kept.bytes <= 13 * 256 * 1024


# choosing among several


def test_that_one_of_several_maps_or_none_is_shown_and_the_choice_is_remembered(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer, tmp_path: Path
) -> None:
    server.answer = lambda path: Reply(content=picture_of("#00ff00" if path.startswith("/b/") else "#ff0000"))
    base = server.url.removesuffix("/{z}/{x}/{y}.png")
    sources = [
        TileSource(f"{base}/{name}/{{z}}/{{x}}/{{y}}", f"© {name}", tmp_path / name, name=name) for name in ("a", "b")
    ]
    layer = make_layer(*sources)
    assert (layer.chosen, layer.state_line) == ("a", "© a")
    qtbot.waitUntil(lambda: painted(layer).pixelColor(200, 150).name() == "#ff0000")
    said: list[str] = []
    layer.arrivals.said.connect(lambda: said.append(layer.state_line))
    layer.choose("b")
    qtbot.waitUntil(lambda: is_full(layer))
    layer.choose(None)
    assert painted(layer).pixelColor(200, 150).name() == "#000000"
    assert not layer.covers(VIEW)
    assert said == ["© b", ""]
    with pytest.raises(KeyError):
        layer.choose("c")
    (choice,) = layer.choices()
    assert isinstance(choice, OneOf)
    assert (choice.values, choice.chosen()) == ((("", "None"), ("a", "a"), ("b", "b")), "")
    choice.choose("b")
    assert (layer.chosen, choice.chosen()) == ("b", "b")
    choice.choose("")
    other = make_layer(*sources)
    LayerStack([other]).restore(LayerStack([layer]).state())
    assert other.chosen is None
    LayerStack([other]).restore({"choices": {"tiles": {"map": "b"}}})
    assert other.chosen == "b"
    for gone in (["gone"], "gone", None):
        LayerStack([other]).restore({"choices": {"tiles": {"map": gone}}})
    assert other.chosen == "b"


# beginning and ending


def test_that_a_map_that_closes_while_tiles_load_leaves_no_thread_and_does_no_harm(
    qtbot: QtBot, server: TileServer, tmp_path: Path
) -> None:
    """Hundreds of times, at whatever moment, stopped or simply gone."""
    before = threading.active_count()
    for turn in range(300):
        parent = QObject()
        folder = tmp_path / str(turn % 7)
        layer = TileLayer(TileSource(server.url, "", folder), load_palette("dark"), parent)
        painted(layer)
        for _ in range(turn % 5):
            QCoreApplication.processEvents()
            QThread.msleep(1)
        if turn % 3:
            layer.stop()
        parent.deleteLater()
        QCoreApplication.sendPostedEvents(parent, QEvent.Type.DeferredDelete)
        assert layer._loading.one is None
    qtbot.waitUntil(lambda: threading.active_count() <= before + 8)  # the server's own
    assert Running.hung == []


def test_that_two_maps_share_what_is_kept(qtbot: QtBot, server: TileServer, make_layer: MakeLayer) -> None:
    """A second window, side by side, with the same folder."""
    first, second = make_layer(server.url), make_layer(server.url)
    for step in range(6):
        view = Viewport(VIEW.left + 20_000 * step, VIEW.top, 30.0, 500, 500)
        qtbot.waitUntil(lambda view=view: is_full(first, view) & is_full(second, view))
    first.stop()
    assert is_full(second, view)


def test_that_a_stopped_map_goes_on_when_it_is_painted_again(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer
) -> None:
    layer = make_layer(server.url)
    server.gate.clear()
    painted(layer)
    qtbot.waitUntil(lambda: server.at_once > 0)
    layer.stop()
    server.gate.set()
    qtbot.waitUntil(lambda: is_full(layer))


# on the map


def test_that_the_map_says_who_made_the_tiles_and_hides_its_own_roads_below_them(
    qtbot: QtBot, server: TileServer, tmp_path: Path, show_map: Callable[..., MapView]
) -> None:
    view = show_map(tiles=[TileSource(server.url, "© somebody", tmp_path / "tiles")])
    credit = view.findChild(object, "map_attribution")
    assert credit.text() == "© somebody"
    assert credit.isVisible()
    lowest = view.layer_set.listed()[0]
    assert (lowest.name, lowest.label, lowest.visible) == ("tiles", "Background map", True)
    # the dark theme dims the green of the tiles, which is still far from its own ground
    qtbot.waitUntil(lambda: view.grab().toImage().pixelColor(400, 60).green() > 90)
    view.set_layer("tiles", visible=False)
    assert not credit.isVisible()
    qtbot.waitUntil(lambda: view.grab().toImage().pixelColor(400, 60).green() < 60)


def chequered(path: str) -> Reply:
    """A tile that names itself by a cross in its own grey."""
    _, _z, x, y = path.removesuffix(".png").split("/")
    image = QImage(256, 256, QImage.Format.Format_RGB32)
    image.fill(QColor("#e8e4da") if (int(x) + int(y)) % 2 else QColor("#d8e2d4"))
    painter = QPainter(image)
    painter.setPen(QColor("#8a8578"))
    painter.drawLine(0, 0, 255, 255)
    painter.drawLine(0, 255, 255, 0)
    painter.end()
    return Reply(content=encoded(image))


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_golden_stand_ins_a_missing_tile_and_being_offline(
    qtbot: QtBot, server: TileServer, tmp_path: Path, show_map: Callable[..., MapView], theme: str
) -> None:
    finest = [tile for tile in _in_golden_view() if tile.z == 11]
    gone = {f"/{tile.z}/{tile.x}/{tile.y}.png" for tile in finest[:2]}
    broken = threading.Event()

    def answer(path: str) -> Reply:
        if broken.is_set():
            return Reply(500)
        return Reply(404) if path in gone else chequered(path)

    server.answer = answer
    view = show_map(
        tiles=[TileSource(server.url, "© somebody", tmp_path / "tiles")],
        region=Path("resources/region").resolve(),
    )
    view.set_palette(load_palette(theme))  # type: ignore[arg-type]
    tiles = view.layer_set.tiles
    assert tiles is not None
    qtbot.waitUntil(lambda: view.grab() is not None and tiles.state_words == "Map: 2 tiles missing here")
    assert_golden(view.grab().toImage(), f"tiles-missing-{theme}")
    broken.set()
    view.show_place(35.24, -80.7, 12_000.0)  # nearer, and half of it never seen
    qtbot.waitUntil(lambda: view.grab() is not None and tiles.state_words.startswith("Map: offline"))
    qtbot.waitUntil(lambda: view.grab() is not None and not set(tiles._wanted()) - tiles._away)
    assert_golden(view.grab().toImage(), f"tiles-offline-{theme}")


def _in_golden_view() -> list[Tile]:
    source = TileSource("http://localhost/{z}/{x}/{y}", "", Path())
    x, y = -9_005_739.0, 4_197_000.0
    side = 40_000.0 * 1.2245
    view = Viewport(x - side / 2, y + side * 0.375, side / 800, 800, 600)
    return tiles_in_view(source, view)


# the tiles of a view


@given(st.floats(-WORLD_M, WORLD_M), st.floats(-WORLD_M, WORLD_M), st.floats(0.1, 100_000), st.sampled_from([1.0, 2.0]))
def test_that_the_tiles_in_view_cover_it(x: float, y: float, metres_per_pixel: float, dpr: float) -> None:
    source = TileSource("http://localhost/{z}/{x}/{y}", "", Path())
    view = Viewport(x, y, metres_per_pixel, 300, 200, dpr)
    tiles = tiles_in_view(source, view)
    assert 1 <= len(tiles) <= 60
    edges = [tile.bounds() for tile in tiles]
    west, south, east, north = (max(-WORLD_M, min(WORLD_M, edge)) for edge in view.bounds())
    assert min(edge[0] for edge in edges) <= west + 1e-3
    assert min(edge[1] for edge in edges) <= south + 1e-3
    assert max(edge[2] for edge in edges) >= east - 1e-3
    assert max(edge[3] for edge in edges) >= north - 1e-3


def test_that_a_map_that_begins_far_nearer_than_the_view_is_not_asked_for_thousands_of_tiles(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer, tmp_path: Path
) -> None:
    layer = make_layer(TileSource(server.url, "", tmp_path, least_zoom=12, name="Town"))
    painted(layer, Viewport(-WORLD_M, WORLD_M, 40_000.0, 1000, 1000))
    qtbot.waitUntil(lambda: layer.state_words == "Map: Town has nothing here at this scale")
    assert server.asked == []


def test_that_a_tile_lies_inside_its_parent_and_holds_its_children() -> None:
    tile = Tile(12, 1123, 1616)
    west, south, east, north = tile.bounds()
    outer = tile.parent(3).bounds()
    assert outer[0] <= west < east <= outer[2]
    assert outer[1] <= south < north <= outer[3]
    assert {child.parent() for child in tile.children()} == {tile}
    assert tile.children()[0].bounds()[3] == pytest.approx(north)
    assert tile.children()[3].bounds()[1] == pytest.approx(south)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ('&copy; <a href="https://example.org/c">Map makers</a> contributors', "© Map makers contributors"),
        ("© plain", "© plain"),
        ("a<br>b &amp; c\u202e", "ab & c"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("<" * 5000, ""),
    ],
)
def test_that_an_attribution_is_shown_as_plain_text(markup: str, text: str) -> None:
    shown = plain(markup)
    assert "<" not in shown or not text
    assert not text or shown == text
    assert len(shown) <= 160


# what is drawn


def wavy() -> bytes:
    """A tile with something at every pixel, the same at its edges as its neighbours have."""
    image = QImage(256, 256, QImage.Format.Format_RGB32)
    image.fill(QColor("#00ff00"))
    painter = QPainter(image)
    for step in range(0, 256, 16):
        painter.fillRect(step, 0, 8, 256, QColor("#00cc00"))
    painter.end()
    return encoded(image)


@pytest.mark.parametrize("dpr", [1.0, 1.25, 1.5, 2.0])
def test_that_no_hair_shows_between_two_tiles(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer, dpr: float
) -> None:
    layer = make_layer(server.url)
    for metres in (60.0, 47.3, 38.2):
        view = Viewport(VIEW.left, VIEW.top, metres, 400, 300, dpr)
        qtbot.waitUntil(lambda view=view: painted(layer, view) is not None and layer.covers(view))
        for _turn in range(3):  # scaled as it is drawn, then as it was fitted
            image = painted(layer, view)
            assert {image.pixelColor(x, y).name() for x in range(image.width()) for y in (9, 200)} == {"#00ff00"}
            assert {image.pixelColor(x, y).name() for x in (9, 200) for y in range(image.height())} == {"#00ff00"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_that_a_map_that_is_moved_looks_as_one_that_is_drawn_anew(
    qtbot: QtBot, server: TileServer, make_layer: MakeLayer, theme: str
) -> None:
    content = wavy()
    server.answer = lambda _: Reply(content=content)
    layer = make_layer(server.url, theme=theme)
    wide = Viewport(VIEW.left - 3000, VIEW.top + 3000, 50.0, 600, 500)
    qtbot.waitUntil(lambda: painted(layer, wide) is not None and layer.covers(wide))
    for step in range(12):
        view = Viewport(VIEW.left + 50.0 * step, VIEW.top - 100.0 * step, 50.0, 400, 300)
        moved = painted(layer, view)
    assert len(layer._fitted._kept) == len(tiles_in_view(layer.sources[0], view))
    layer._fitted.clear()
    fresh = painted(layer, view)
    assert np.abs(_pixels(moved).astype(int) - _pixels(fresh)).max() <= 40


def test_that_every_piece_that_stands_in_is_dimmed(qtbot: QtBot, server: TileServer, make_layer: MakeLayer) -> None:
    layer = make_layer(server.url, theme="dark")
    qtbot.waitUntil(lambda: painted(layer) is not None and layer.covers(VIEW))
    server.gate.clear()
    dimmed = painted(layer).pixelColor(200, 150).name()
    assert dimmed != "#00ff00"
    for metres in (15.0, 30.0, 120.0, 240.0):
        view = Viewport(VIEW.left + 9000, VIEW.top - 9000, metres, 400, 300)
        image = painted(layer, view)
        seen = {image.pixelColor(x, y).name() for x in range(0, 400, 7) for y in range(0, 300, 7)}
        assert seen <= {dimmed, "#000000"}
        assert dimmed in seen


def test_that_leaving_a_map_on_a_medium_that_hangs_does_not_hold_up_the_screen(
    qtbot: QtBot, tmp_path: Path, make_layer: MakeLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads, answers, waited = threading.Event(), threading.Event(), []

    def read(_self: object, _tile: Tile) -> bytes:
        reads.set()
        answers.wait()
        return picture_of("red")

    real = threading.Thread.join
    monkeypatch.setattr(TileFolder, "read", read)
    monkeypatch.setattr(threading.Thread, "join", lambda self, limit=None: (waited.append(limit), real(self, limit)))
    layer = make_layer(TileSource(f"file://{tmp_path}/{{z}}/{{x}}/{{y}}.png", "", tmp_path / "tiles"))
    try:
        painted(layer)
        qtbot.waitUntil(reads.is_set)
        layer.choose(None)
        assert not any(waited)
        assert [one.name for one in threading.enumerate() if one.name.startswith("tiles ")]
    finally:
        answers.set()
    layer.stop()
    assert not [one.name for one in threading.enumerate() if one.name.startswith("tiles ")]
    assert Running.hung == []
