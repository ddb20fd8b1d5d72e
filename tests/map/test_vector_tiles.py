"""Vector tiles drawn by a MapLibre style, in the process that does it; needs `mapli` and Mesa's EGL."""

import functools
import importlib.util
import json
import multiprocessing
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pmtiles.tile import TileType
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from cop.map.layers.tiles import TileLayer
from cop.map.palette import load_palette
from cop.map.projection import WORLD_M
from cop.map.tile_source import Tile, TileSource
from cop.map.tiles import vector_tiles
from cop.map.tiles.basemap import Basemap, basemap_problem
from cop.map.tiles.store import StoreError
from cop.map.tiles.style import StyleError, prepared_style
from cop.map.tiles.vector_tiles import VectorTiles
from cop.map.viewport import Viewport
from tests.map.test_tiles import MakeLayer, make_layer, painted
from tests.map.tile_archives import vector_mbtiles, vector_tile, write_pmtiles
from tests.map.tile_server import Reply, TileServer, wait_for

__all__ = ["make_layer"]

#: land in the east, water in the west half of the world
WORLD = vector_tile([(0, 0), (2048, 0), (2048, 4096), (0, 4096)])
VIEW = Viewport(-WORLD_M, WORLD_M, 2 * WORLD_M / 1024, 1024, 1024)
LETTERS = {"text-field": "HELLO", "text-font": ["Nobody's"]}


@functools.cache
def reason_not_to_draw() -> str:
    """Why this machine can draw no vector tiles; empty if it can."""
    if importlib.util.find_spec("mapli") is None:
        return "mapli is not installed"
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_try, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        return str(ours.recv_bytes(), "utf-8") if ours.poll(60) else "it does not start"
    except EOFError:
        return "its process ends"
    finally:
        process.kill()
        process.join()


def _try(pipe: Any) -> None:
    import mapli

    os.environ["EGL_PLATFORM"] = "surfaceless"
    try:
        mapli.RenderPool()
    except mapli.MapliError as error:
        pipe.send_bytes(str(error).encode())
    else:
        pipe.send_bytes(b"")


@pytest.fixture
def drawing() -> None:
    """Skips where nothing can be drawn."""
    if reason := reason_not_to_draw():
        pytest.skip(reason)


def style(water: str = "#0000ff", land: str = "#00ff00", **more: Any) -> dict[str, Any]:
    return {
        "version": 8,
        "sources": {"map": {"type": "vector", "url": "https://tiles.example.org/world.json"}},
        "layers": [
            {"id": "land", "type": "background", "paint": {"background-color": land}},
            {
                "id": "water",
                "type": "fill",
                "source": "map",
                "source-layer": "water",
                "paint": {"fill-color": water, "fill-antialias": False},
            },
        ],
        **more,
    }


def written(path: Path, content: Any) -> str:
    path.write_text(json.dumps(content))
    return str(path)


def basemap(tmp_path: Path, told: dict[str, Any] | None = None, **more: Any) -> Basemap:
    archive = tmp_path / "world.mbtiles"
    if not archive.exists():
        vector_mbtiles(archive, {Tile(0, 0, 0): WORLD})
    chosen = {"style": written(tmp_path / "style.json", told or style()), "file": str(archive), **more}
    return Basemap(name="Streets", kind="vector", **chosen)


def source(told: Basemap) -> TileSource:
    return TileSource.of(told, Path())


@pytest.fixture
def opened(tmp_path: Path, drawing: None) -> Iterator[VectorTiles]:
    store = VectorTiles(source(basemap(tmp_path)), "light", 1)
    store.open()
    yield store
    store.close()


@pytest.mark.parametrize("kind", ["mbtiles", "pmtiles"])
def test_that_vector_tiles_are_drawn_by_their_style_at_every_level(
    drawing: None, qtbot: QtBot, tmp_path: Path, make_layer: MakeLayer, kind: str
) -> None:
    archive = tmp_path / f"a.{kind}"
    if kind == "mbtiles":
        vector_mbtiles(archive, {Tile(0, 0, 0): WORLD})
    else:
        write_pmtiles(archive, {Tile(0, 0, 0): WORLD}, TileType.MVT)
    told = basemap(tmp_path, file=str(archive))
    assert basemap_problem(told) == ""
    layer = make_layer(source(told))
    qtbot.waitUntil(lambda: painted(layer, VIEW) is not None and layer.covers(VIEW), timeout=30_000)
    image = painted(layer, VIEW)
    assert (image.pixelColor(200, 500).name(), image.pixelColor(800, 500).name()) == ("#0000ff", "#00ff00")
    near = Viewport(-1000.0, 1000.0, 2.0, 1024, 700)  # far beyond the archive's own level
    qtbot.waitUntil(lambda: painted(layer, near) is not None and layer.covers(near), timeout=30_000)
    image = painted(layer, near)
    assert (image.pixelColor(400, 300).name(), image.pixelColor(600, 300).name()) == ("#0000ff", "#00ff00")
    assert layer.state_words == ""


def test_that_each_theme_has_its_style_and_is_not_dimmed(
    drawing: None, qtbot: QtBot, tmp_path: Path, make_layer: MakeLayer
) -> None:
    told = basemap(
        tmp_path,
        style="",
        style_light=written(tmp_path / "light.json", style("#0000ff")),
        style_dark=written(tmp_path / "dark.json", style("#000022")),
    )
    assert basemap_problem(told) == ""
    layer = make_layer(source(told), theme="light")
    qtbot.waitUntil(lambda: painted(layer, VIEW).pixelColor(200, 500).name() == "#0000ff", timeout=30_000)
    layer.set_palette(load_palette("dark"))
    qtbot.waitUntil(lambda: painted(layer, VIEW).pixelColor(200, 500).name() == "#000022", timeout=30_000)


def test_that_a_screen_of_many_dots_gets_as_many(
    drawing: None, qtbot: QtBot, tmp_path: Path, make_layer: MakeLayer
) -> None:
    layer = make_layer(source(basemap(tmp_path)))
    view = Viewport(VIEW.left, VIEW.top, VIEW.metres_per_pixel, 1024, 1024, 2.0)
    qtbot.waitUntil(lambda: painted(layer, view) is not None and layer.covers(view), timeout=30_000)
    assert {image.width() for image in layer._images._kept.values()} == {1024}


def test_that_missing_fonts_cost_their_letters_alone(drawing: None, tmp_path: Path) -> None:
    told = style(glyphs="fonts/{fontstack}/{range}.pbf", sprite="sprites/nobody")
    told["layers"].append(
        {"id": "names", "type": "symbol", "source": "map", "source-layer": "water", "layout": LETTERS}
    )
    store = VectorTiles(source(basemap(tmp_path, told)), "light", 1)
    store.open()
    try:
        content = store.read(Tile(1, 0, 0))
        assert content is not None
        assert QImage.fromData(content).pixelColor(5, 5).name() == "#0000ff"
    finally:
        store.close()


def test_that_a_tile_that_kills_the_process_costs_that_tile(
    opened: VectorTiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert opened.read(Tile(1, 0, 0))
    first = opened._process
    assert first is not None
    first.kill()
    first.join()
    assert opened.read(Tile(1, 0, 0)) is None
    assert opened.read(Tile(1, 0, 0))
    assert opened._process is not first


def test_that_a_process_that_ends_again_and_again_is_said_to(
    opened: VectorTiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(*_args: object) -> None:
        raise EOFError

    for _death in range(2):
        monkeypatch.setattr(opened._pipe, "recv_bytes", deaf)
        assert opened.read(Tile(1, 0, 0)) is None
        opened._start()
    monkeypatch.setattr(opened._pipe, "recv_bytes", deaf)
    with pytest.raises(StoreError, match="again and again"):
        opened.read(Tile(1, 0, 0))


def test_that_a_process_that_hangs_is_ended(opened: VectorTiles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_tiles, "_LONGEST_TILE_S", 0.0)
    process = opened._process
    assert process is not None
    assert opened.read(Tile(1, 0, 0)) is None
    assert not process.is_alive()


def test_that_a_map_that_closes_while_a_tile_is_drawn_leaves_no_process(
    drawing: None, qtbot: QtBot, tmp_path: Path, make_layer: MakeLayer
) -> None:
    told = basemap(tmp_path)
    for wait_ms in (0, 20, 100, 300, 600):
        layer = make_layer(source(told))
        painted(layer, VIEW)
        qtbot.wait(10 + wait_ms)
        layer.stop()
    assert wait_for(lambda: not [one for one in multiprocessing.active_children() if one.name == "cop-map"])
    assert not [one for one in threading.enumerate() if one.name.startswith("tiles ")]


@pytest.mark.parametrize("network", [False, True])
def test_that_nothing_of_a_style_reaches_the_network_without_leave(
    drawing: None, qtbot: QtBot, tmp_path: Path, make_layer: MakeLayer, network: bool
) -> None:
    server = TileServer()
    try:
        # nothing in the style names the server, but its source's own description does
        told = style()
        inner = {"tilejson": "3.0.0", "tiles": [server.url], "maxzoom": 2}
        told["sources"]["map"]["url"] = (tmp_path / "inner.json").as_uri()
        written(tmp_path / "inner.json", inner)
        server.answer = lambda _: Reply(content=WORLD)
        plain = basemap(tmp_path, told, file="", network=network)
        assert basemap_problem(plain) == ""
        layer = make_layer(source(plain))
        qtbot.waitUntil(lambda: painted(layer, VIEW) is not None and layer._wanted() == [], timeout=30_000)
        assert bool(server.asked) == network
        assert layer.covers(VIEW) == network
    finally:
        server.stop()


# where nothing can be drawn


def test_that_without_the_extra_the_map_says_how_to_get_it(
    qtbot: QtBot, tmp_path: Path, make_layer: MakeLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_tiles.importlib.util, "find_spec", lambda _name: None)
    layer: TileLayer = make_layer(source(basemap(tmp_path)))
    said: list[str] = []
    layer.arrivals.said.connect(lambda: said.append(layer.state_words))
    qtbot.waitUntil(lambda: painted(layer, VIEW) is not None and layer.state_words != "")
    assert said == ["Map: vector maps need the extra: pip install 'cop[vector]'"]
    assert not layer.covers(VIEW)  # so our own basemap stays


def test_that_without_egl_the_map_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mapli")
    monkeypatch.setenv("EGL_PLATFORM", "x11")
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(StoreError, match=r"cannot be drawn \(no graphics to draw with"):
        VectorTiles(source(basemap(tmp_path)), "light", 1).open()


# styles


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 7}, "version 8"),
        ({"sources": []}, "no sources"),
        ({"layers": None}, "no layers"),
        ({"sources": {"a": 3}}, "source 'a'"),
        ({"glyphs": 5}, "no address"),
        ({"glyphs": "https://fonts.example.org/{fontstack}/{range}.pbf"}, "fonts.example.org"),
        ({"sprite": [{"id": "a", "url": "http://sprites.example.org/a"}]}, "sprites.example.org"),
        ({"sources": {"a": {"type": "raster", "tiles": ["https://a.example.org/{z}/{x}/{y}"]}}}, "a.example.org"),
        ({"sources": {"a": {"type": "geojson", "data": "HTTPS://b.example.org/x"}}}, "b.example.org"),
        ({"sources": {"a": {"type": "raster", "url": "pmtiles://https://c.example.org/x"}}}, "c.example.org"),
        ({"sources": {"a": {"type": "raster", "url": "mapbox://d"}}}, "mapbox://d"),
    ],
)
def test_that_a_style_that_cannot_be_used_is_refused_with_key_and_file(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    told = basemap(tmp_path, {**style(), **change})
    problem = basemap_problem(told)
    assert problem.startswith(f"style: {tmp_path / 'style.json'}: ")
    assert said in problem


def test_that_a_style_may_ask_the_network_where_the_settings_say_so(tmp_path: Path) -> None:
    told = style(glyphs="https://fonts.example.org/{fontstack}/{range}.pbf")
    assert basemap_problem(basemap(tmp_path, told, network=True)) == ""


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"version": 8}'])
def test_that_a_file_that_is_no_style_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "style.json").write_bytes(content)
    with pytest.raises(StyleError):
        prepared_style(tmp_path / "style.json", None, network=False)


def test_that_a_styles_files_are_those_beside_it(tmp_path: Path) -> None:
    told = style(glyphs="fonts/{fontstack}/{range}.pbf", sprite="sprite")
    told["sources"]["roads"] = {"type": "geojson", "data": "roads.geojson"}
    written(tmp_path / "style.json", told)
    vector_mbtiles(tmp_path / "a.mbtiles", {Tile(0, 0, 0): WORLD})
    ready = prepared_style(tmp_path / "style.json", tmp_path / "a.mbtiles", network=False)
    assert ready["sources"]["map"]["url"] == f"mbtiles://{tmp_path}/a.mbtiles"
    assert ready["sources"]["roads"]["data"] == f"file://{tmp_path}/roads.geojson"
    assert ready["glyphs"] == f"kept://{tmp_path}/fonts/{{fontstack}}/{{range}}.pbf"
    assert ready["sprite"] == f"kept://{tmp_path}/sprite"
