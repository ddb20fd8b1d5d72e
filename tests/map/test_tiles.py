"""Raster tiles, from a real server on this machine."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QBuffer, QCoreApplication, QEvent, QIODevice, QObject
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from cop.map.layers.tiles import TileLayer
from cop.map.palette import load_palette
from cop.map.projection import WORLD_M
from cop.map.tile_source import Tile, TileSource, tiles_in_view
from cop.map.view import MapView
from cop.map.viewport import Viewport

VIEW = Viewport(-9_020_000.0, 4_200_000.0, 60.0, 400, 300)


def picture_of(colour: str, side: int = 256) -> bytes:
    """A PNG of one colour."""
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


class TileServer:
    """Serves what `answer` says for a path, and notes who asked for what."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.answer: Callable[[str], tuple[int, bytes]] = lambda _: (200, picture_of("#00ff00"))
        server = self

        class Answering(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                server.agents.add(self.headers.get("User-Agent", ""))
                status, content = server.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", "image/png")
                self.send_header("Cache-Control", "max-age=3600")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                with contextlib.suppress(ConnectionError):  # the asker may have gone elsewhere
                    self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self._http.server_port}/{{z}}/{{x}}/{{y}}.png"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


@pytest.fixture
def server() -> Iterator[TileServer]:
    running = TileServer()
    yield running
    running.stop()


@pytest.fixture
def make_layer(qapp: object, tmp_path: Path) -> Iterator[Callable[[str], TileLayer]]:
    made: list[TileLayer] = []
    parent = QObject()

    def make(url: str) -> TileLayer:
        made.append(TileLayer(TileSource(url, "© somebody", tmp_path / "tiles"), load_palette("light"), parent))
        return made[-1]

    yield make
    for layer in made:
        layer.stop()
    parent.deleteLater()
    QCoreApplication.sendPostedEvents(parent, QEvent.Type.DeferredDelete)


def painted(layer: TileLayer, view: Viewport = VIEW) -> QImage:
    image = QImage(view.width, view.height, QImage.Format.Format_RGB32)
    image.fill(QColor("#000000"))
    painter = QPainter(image)
    layer.paint(painter, view)
    painter.end()
    return image


def is_full(layer: TileLayer, view: Viewport = VIEW) -> bool:
    """Paint, and see whether the four corners and the middle are green."""
    image = painted(layer, view)
    corners = [(1, 1), (view.width - 2, 1), (1, view.height - 2), (view.width - 2, view.height - 2)]
    return all(image.pixelColor(x, y).name() == "#00ff00" for x, y in (*corners, (view.width // 2, view.height // 2)))


def test_that_tiles_fill_the_view(qtbot: QtBot, server: TileServer, make_layer: Callable[[str], TileLayer]) -> None:
    layer = make_layer(server.url)
    assert not layer.covers(VIEW)
    qtbot.waitUntil(lambda: is_full(layer))
    wanted = {f"/{tile.z}/{tile.x}/{tile.y}.png" for tile in tiles_in_view(layer.source, VIEW)}
    assert set(server.asked) == wanted
    assert len(server.asked) == len(wanted)
    assert server.agents == {"cop/0.1 (common operating picture)"}
    assert layer.covers(VIEW)
    painted(layer)
    assert not layer._replies  # what is there is not asked for again


def test_that_the_disk_cache_serves_the_next_start_without_the_server(
    qtbot: QtBot, server: TileServer, make_layer: Callable[[str], TileLayer]
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
    qtbot: QtBot, server: TileServer, make_layer: Callable[[str], TileLayer]
) -> None:
    layer = make_layer(server.url)
    qtbot.waitUntil(lambda: is_full(layer))
    server.answer = lambda _: (404, b"")
    nearer = Viewport(VIEW.left + 6000, VIEW.top - 6000, 15.0, 400, 300)
    assert is_full(layer, nearer)


def test_that_the_right_part_of_the_coarser_tile_stands_in(
    qtbot: QtBot, server: TileServer, make_layer: Callable[[str], TileLayer]
) -> None:
    whole = QImage(256, 256, QImage.Format.Format_RGB32)
    whole.fill(QColor("#0000ff"))
    painter = QPainter(whole)
    painter.fillRect(128, 0, 128, 128, QColor("#00ff00"))  # the north-eastern quarter
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    whole.save(buffer, "PNG")
    content = bytes(buffer.data().data())
    server.answer = lambda path: (200, content) if path == "/1/0/0.png" else (404, b"")
    layer = make_layer(server.url)
    half = WORLD_M / 256  # metres a pixel at level 1 are WORLD_M / 256
    coarse = Viewport(-WORLD_M, WORLD_M, half, 256, 256)
    qtbot.waitUntil(lambda: painted(layer, coarse).pixelColor(10, 250).name() == "#0000ff")
    fine = Viewport(-WORLD_M / 2, WORLD_M, half / 2, 256, 256)  # level 2, column 1, row 0
    image = painted(layer, fine)
    assert image.pixelColor(10, 10).name() == image.pixelColor(245, 245).name() == "#00ff00"


@pytest.mark.parametrize("content", [b"", b"<html>no tile</html>", b"\x89PNG\r\n\x1a\n" + b"\0" * 50])
def test_that_an_answer_that_is_no_picture_is_left_out(
    qtbot: QtBot, server: TileServer, make_layer: Callable[[str], TileLayer], content: bytes
) -> None:
    server.answer = lambda _: (200, content)
    layer = make_layer(server.url)
    wanted = len(tiles_in_view(layer.source, VIEW))
    qtbot.waitUntil(lambda: painted(layer) is not None and len(set(server.asked)) == wanted)
    layer.stop()
    assert not layer.covers(VIEW)


def test_that_a_huge_picture_is_left_out(
    qtbot: QtBot, server: TileServer, make_layer: Callable[[str], TileLayer]
) -> None:
    huge = picture_of("#ff0000", 3000)
    server.answer = lambda _: (200, huge)
    layer = make_layer(server.url)
    wanted = len(tiles_in_view(layer.source, VIEW))
    qtbot.waitUntil(lambda: painted(layer) is not None and len(set(server.asked)) == wanted and not layer._decoding)
    assert not layer.covers(VIEW)


def test_that_without_a_network_the_map_is_quiet_and_does_not_ask_again_at_once(
    qtbot: QtBot, server: TileServer, make_layer: Callable[[str], TileLayer]
) -> None:
    server.stop()
    layer = make_layer(server.url)
    wanted = len(tiles_in_view(layer.source, VIEW))
    qtbot.waitUntil(lambda: painted(layer) is not None and len(layer._failed_at) == wanted)
    painted(layer)
    assert not layer._replies


def test_that_only_web_addresses_are_asked(make_layer: Callable[[str], TileLayer], tmp_path: Path) -> None:
    layer = make_layer(f"file://{tmp_path}/{{z}}/{{x}}/{{y}}.png")
    painted(layer)
    assert not layer._replies


def test_that_the_map_says_who_made_the_tiles_and_hides_its_own_roads_below_them(
    qtbot: QtBot, server: TileServer, tmp_path: Path, show_map: Callable[..., MapView]
) -> None:
    view = show_map(tiles=TileSource(server.url, "© somebody", tmp_path / "tiles"))
    credit = view.findChild(object, "map_attribution")
    assert credit.text() == "© somebody"
    assert credit.isVisible()
    lowest = view.layer_set.listed()[0]
    assert (lowest.name, lowest.label, lowest.visible) == ("tiles", "Online map", True)
    # the dark theme dims the green of the tiles, which is still far from its own ground
    qtbot.waitUntil(lambda: view.grab().toImage().pixelColor(400, 60).green() > 90)
    view.set_layer("tiles", visible=False)
    assert not credit.isVisible()
    qtbot.waitUntil(lambda: view.grab().toImage().pixelColor(400, 60).green() < 60)


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


def test_that_a_tile_lies_inside_its_parent() -> None:
    tile = Tile(12, 1123, 1616)
    west, south, east, north = tile.bounds()
    outer = tile.parent(3).bounds()
    assert outer[0] <= west < east <= outer[2]
    assert outer[1] <= south < north <= outer[3]
