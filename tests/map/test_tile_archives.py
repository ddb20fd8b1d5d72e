"""Background maps from archives and folders, hostile ones too."""

import gzip
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pmtiles.tile import Compression, TileType
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from cop.map.projection import WORLD_M
from cop.map.tile_source import Tile, TileSource, tiles_in_view
from cop.map.tiles import mbtiles, reading
from cop.map.tiles.basemap import Basemap
from cop.map.tiles.folder import TileFolder
from cop.map.tiles.mbtiles import MBTiles
from cop.map.tiles.picture import MOST_BYTES, decoded
from cop.map.tiles.pmtiles_archive import PMTiles
from cop.map.tiles.store import Facts, StoreError, TileStore
from cop.map.viewport import Viewport
from tests.map.test_tiles import MakeLayer, is_full, make_layer, painted
from tests.map.tile_archives import write_mbtiles, write_pmtiles
from tests.map.tile_server import picture_of

__all__ = ["make_layer"]

#: level 2 of the world, 4 × 4 tiles on the screen
WORLD = Viewport(-WORLD_M, WORLD_M, 2 * WORLD_M / 1024, 1024, 1024)
ALL = [Tile(2, x, y) for x in range(4) for y in range(4)]


def source_of(path: Path, kind: str, **told: Any) -> TileSource:
    return TileSource.of(Basemap(name="archive", kind=kind, file=str(path), **told), Path())  # type: ignore[arg-type]


def names(tiles: list[Tile]) -> dict[Tile, bytes]:
    """A picture for each tile whose colour tells which it is."""
    return {tile: picture_of(QColor(50 * tile.x, 50 * tile.y, 99).name(), 64) for tile in tiles}


ARCHIVES = [("mbtiles", write_mbtiles), ("pmtiles", write_pmtiles)]


@pytest.mark.parametrize(("kind", "write"), ARCHIVES)
def test_that_each_tile_of_an_archive_lies_where_it_belongs(
    qtbot: QtBot, tmp_path: Path, make_layer: MakeLayer, kind: str, write: Callable[..., Path]
) -> None:
    layer = make_layer(source_of(write(tmp_path / "a", names(ALL)), kind, tile_px=256))
    qtbot.waitUntil(lambda: painted(layer, WORLD) is not None and layer.covers(WORLD))
    image = painted(layer, WORLD)
    for tile in ALL:
        seen = image.pixelColor(256 * tile.x + 100, 256 * tile.y + 100)
        assert (seen.red(), seen.green()) == (50 * tile.x, 50 * tile.y)
    assert layer.state_words == ""


@pytest.mark.parametrize(("kind", "write"), ARCHIVES)
def test_that_archives_are_read_and_decoded_on_threads_of_their_own(
    qtbot: QtBot,
    tmp_path: Path,
    make_layer: MakeLayer,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    write: Callable[..., Path],
) -> None:
    seen: set[str] = set()

    def watched(name: str, of: type) -> None:
        real = getattr(of, name)

        def wrapped(self: object, *args: object) -> object:
            seen.add(f"{name} {'here' if threading.current_thread() is threading.main_thread() else 'away'}")
            return real(self, *args)

        monkeypatch.setattr(of, name, wrapped)

    for name in ("open", "read", "close"):
        watched(name, MBTiles if kind == "mbtiles" else PMTiles)

    def decoding(content: bytes) -> QImage | None:
        seen.add(f"decoded {'here' if threading.current_thread() is threading.main_thread() else 'away'}")
        return decoded(content)

    monkeypatch.setattr(reading, "decoded", decoding)
    layer = make_layer(source_of(write(tmp_path / "a", names(ALL)), kind))
    qtbot.waitUntil(lambda: painted(layer, WORLD) is not None and layer.covers(WORLD))
    layer.stop()
    assert seen == {"open away", "read away", "decoded away", "close away"}


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_that_the_picture_formats_of_archives_can_be_read(
    qtbot: QtBot, tmp_path: Path, make_layer: MakeLayer, form: str
) -> None:
    path = write_mbtiles(tmp_path / "a", {tile: picture_of("#00ff00", 256, form) for tile in ALL})
    layer = make_layer(source_of(path, "mbtiles"))
    qtbot.waitUntil(lambda: painted(layer, WORLD) is not None and layer.covers(WORLD))
    assert painted(layer, WORLD).pixelColor(500, 500).green() > 245  # JPEG rounds


def test_that_an_archive_says_whose_it_is_where_it_ends_and_how_near_it_goes(
    qtbot: QtBot, tmp_path: Path, make_layer: MakeLayer
) -> None:
    west = [tile for tile in ALL if tile.x < 2]
    told = {
        "attribution": '<a href="x">&copy; county</a>',
        "bounds": "-180,-85.06,0,85.06",
        "minzoom": "2",
        "maxzoom": "2",
        "format": "png",
    }
    layer = make_layer(source_of(write_mbtiles(tmp_path / "a", names(west), **told), "mbtiles"))
    said: list[str] = []
    layer.arrivals.said.connect(lambda: said.append(layer.state_words))
    qtbot.waitUntil(lambda: painted(layer, WORLD) is not None and layer.attribution == "© county")
    near = Viewport(-WORLD_M, WORLD_M, WORLD_M / 4096, 600, 400)
    qtbot.waitUntil(lambda: painted(layer, near) is not None and layer.covers(near))  # level 2, enlarged
    qtbot.waitUntil(lambda: painted(layer, WORLD) is not None and layer._wanted() == [])
    assert set(said) == {""}  # nothing is missing where nothing is said to be
    assert not layer.covers(WORLD)
    assert {tile.x for tile in tiles_in_view(layer.source, WORLD)} == {0, 1}  # type: ignore[arg-type]


def test_that_the_settings_word_on_attribution_and_levels_goes_before_the_archives(
    qtbot: QtBot, tmp_path: Path, make_layer: MakeLayer
) -> None:
    path = write_mbtiles(tmp_path / "a", names(ALL), attribution="theirs", minzoom="0", maxzoom="2")
    layer = make_layer(source_of(path, "mbtiles", attribution="ours", most_zoom=1))
    qtbot.waitUntil(
        lambda: painted(layer, WORLD) is not None and layer.source.bounds is None and not layer._came.qsize()
    )  # type: ignore[union-attr]
    assert layer.attribution == "ours"
    assert {tile.z for tile in tiles_in_view(layer.source, WORLD)} == {1}  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "write"), ARCHIVES)
def test_that_tiles_an_archive_lacks_are_said_to_be_missing(
    qtbot: QtBot, tmp_path: Path, make_layer: MakeLayer, kind: str, write: Callable[..., Path]
) -> None:
    layer = make_layer(source_of(write(tmp_path / "a", names(ALL[2:])), kind))
    said: list[str] = []
    layer.arrivals.said.connect(lambda: said.append(layer.state_words))
    qtbot.waitUntil(lambda: painted(layer, WORLD) is not None and layer.state_words != "")
    assert layer.state_words == "Map: 2 tiles missing here"
    assert said.count("Map: 2 tiles missing here") == 1


def test_that_an_archive_on_a_medium_that_comes_back_is_read_again(
    qtbot: QtBot, tmp_path: Path, make_layer: MakeLayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_AGAIN_S", (0.02, 0.05))
    layer = make_layer(source_of(tmp_path / "a", "mbtiles"))
    qtbot.waitUntil(lambda: painted(layer, WORLD) is not None and layer.state_words.startswith("Map: a cannot be read"))
    write_mbtiles(tmp_path / "b", {tile: picture_of("#00ff00") for tile in ALL}).rename(tmp_path / "a")
    qtbot.waitUntil(lambda: is_full(layer, WORLD) and layer.state_words == "")


def test_that_a_folder_of_pictures_is_read(qtbot: QtBot, tmp_path: Path, make_layer: MakeLayer) -> None:
    for tile in ALL:
        file = tmp_path / "of tiles" / str(tile.z) / str(tile.x) / f"{tile.y}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(picture_of("#00ff00"))
    url = f"{(tmp_path / 'of tiles').as_uri()}/{{z}}/{{x}}/{{y}}.png"
    layer = make_layer(TileSource(url, "", tmp_path))
    qtbot.waitUntil(lambda: is_full(layer, WORLD))
    with pytest.raises(StoreError, match="no folder"):
        TileFolder(TileSource(url.replace("of%20tiles", "gone"), "", tmp_path)).open()


# hostile archives


def test_that_an_archive_is_neither_changed_nor_written_beside(tmp_path: Path) -> None:
    path = write_mbtiles(tmp_path / "a.mbtiles", names(ALL))
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode = WAL")
    before = (path.read_bytes(), sorted(tmp_path.iterdir()))
    store = MBTiles(path)
    store.open()
    assert store.read(ALL[0]) is not None
    store.close()
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before


@pytest.mark.parametrize(
    "schema",
    [
        "CREATE TABLE other (x)",
        "CREATE TABLE metadata (name, value); CREATE TABLE tiles (x)",
        "CREATE TABLE metadata (name, value); CREATE VIEW tiles AS SELECT 1 AS zoom_level",
        "CREATE TABLE metadata (x); CREATE TABLE tiles (zoom_level, tile_column, tile_row, tile_data)",
    ],
)
def test_that_a_database_that_is_no_archive_is_refused_in_words(tmp_path: Path, schema: str) -> None:
    with closing(sqlite3.connect(tmp_path / "a.mbtiles")) as file:
        file.executescript(schema)
    with pytest.raises(StoreError, match=r"a\.mbtiles cannot be read"):
        MBTiles(tmp_path / "a.mbtiles").open()


def test_that_an_archive_whose_tables_never_end_is_left_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mbtiles, "_LONGEST_READ_S", 0.1)
    endless = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n) SELECT i, i, i, i FROM n"
    with closing(sqlite3.connect(tmp_path / "a")) as file:
        file.execute("CREATE TABLE metadata (name, value)")
        file.execute(f"CREATE VIEW tiles (zoom_level, tile_column, tile_row, tile_data) AS {endless} WHERE i < 0")
    with pytest.raises(StoreError, match="interrupted"):
        MBTiles(tmp_path / "a").open()


@pytest.mark.parametrize(
    "content", [b"x" * (MOST_BYTES + 1), b"", b"\x1f\x8b" + b"x" * 100, picture_of.__doc__.encode()]
)
@pytest.mark.parametrize(("kind", "write"), ARCHIVES)
def test_that_a_damaged_or_huge_tile_is_none(
    tmp_path: Path, content: bytes, kind: str, write: Callable[..., Path]
) -> None:
    store: TileStore = (MBTiles if kind == "mbtiles" else PMTiles)(write(tmp_path / "a", {Tile(0, 0, 0): content}))
    try:
        store.open()
        assert decoded(store.read(Tile(0, 0, 0)) or b"") is None
    except StoreError:
        pass  # PMTiles has no tile without bytes
    finally:
        store.close()


def test_that_text_and_numbers_in_a_tiles_place_are_none(tmp_path: Path) -> None:
    path = write_mbtiles(tmp_path / "a", {Tile(0, 0, 0): "text", Tile(1, 0, 0): 7})  # type: ignore[dict-item]
    store = MBTiles(path)
    store.open()
    assert store.read(Tile(0, 0, 0)) is store.read(Tile(1, 0, 0)) is None
    store.close()


@pytest.mark.parametrize(
    ("bounds", "levels"),
    [("nan,nan,nan,nan", "x"), ("10,0,-10,5", "99"), ("1,2,3", "-4"), ("a,b,c,d", "1e400"), ("0,90,1,91", "")],
)
def test_that_impossible_bounds_and_levels_are_not_believed(tmp_path: Path, bounds: str, levels: str) -> None:
    path = write_mbtiles(tmp_path / "a", names(ALL), bounds=bounds, minzoom=levels, maxzoom=levels)
    store = MBTiles(path)
    assert store.open() == Facts(None, 2, 2, "")
    store.close()


@pytest.mark.parametrize(("kind", "write"), ARCHIVES)
def test_that_vector_tiles_are_told_from_pictures(tmp_path: Path, kind: str, write: Callable[..., Path]) -> None:
    more: dict[str, Any] = {"format": "pbf"} if kind == "mbtiles" else {"kind": TileType.MVT}
    path = write(tmp_path / "a", {Tile(0, 0, 0): b"x"}, **more)
    with pytest.raises(StoreError, match='kind = "vector"'):
        (MBTiles if kind == "mbtiles" else PMTiles)(path).open()


def test_that_an_index_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    path = write_pmtiles(tmp_path / "a", names(ALL))
    content = bytearray(path.read_bytes())
    bomb = gzip.compress(b"\xff" * (64 * 1024 * 1024))
    content[8:24] = len(content).to_bytes(8, "little") + len(bomb).to_bytes(8, "little")
    path.write_bytes(bytes(content) + bomb)
    with pytest.raises(StoreError, match="damaged"):
        PMTiles(path).open()


def test_that_an_index_that_is_not_packed_is_read_too(tmp_path: Path) -> None:
    path = write_pmtiles(tmp_path / "a", names(ALL))
    content = bytearray(path.read_bytes())
    offset, length = (int.from_bytes(content[at : at + 8], "little") for at in (8, 16))
    root = gzip.decompress(content[offset : offset + length])
    content[8:24] = len(content).to_bytes(8, "little") + len(root).to_bytes(8, "little")
    content[32:40] = (0).to_bytes(8, "little")  # no metadata
    content[97] = Compression.NONE.value
    path.write_bytes(bytes(content) + root)
    store = PMTiles(path)
    with pytest.raises(StoreError):
        store.open()  # metadata must be there
    content[32:40] = (2).to_bytes(8, "little")
    path.write_bytes(bytes(content) + root)
    store = PMTiles(path)
    store.open()
    assert store.read(ALL[0]) == names(ALL)[ALL[0]]
    store.close()


WHOLE = {kind: b"" for kind, _write in ARCHIVES}


@pytest.mark.parametrize(("kind", "write"), ARCHIVES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spoilt=st.data())
def test_that_a_spoilt_archive_gives_a_tile_none_or_a_reason_and_nothing_else(
    tmp_path: Path, kind: str, write: Callable[..., Path], spoilt: st.DataObject
) -> None:
    if not WHOLE[kind]:
        tiles = {tile: picture_of("#00ff00", 16) for tile in ALL}
        WHOLE[kind] = write(tmp_path / "whole", tiles).read_bytes()
    content = bytearray(WHOLE[kind])
    most = len(content) - 1
    places = st.one_of(st.integers(0, most), st.integers(0, min(most, 400)))
    for place, value in spoilt.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=12)):
        content[place] = value
    path = tmp_path / "spoilt"
    path.write_bytes(bytes(content[: spoilt.draw(st.one_of(st.just(most + 1), st.integers(0, most)))]))
    store: TileStore = (MBTiles if kind == "mbtiles" else PMTiles)(path)
    try:
        facts = store.open()
        assert facts.least_zoom is None or 0 <= facts.least_zoom <= 24
        for tile in ALL:
            found = store.read(tile)
            assert found is None or isinstance(found, bytes)
            decoded(found or b"")
    except StoreError as error:
        assert str(error)
    finally:
        store.close()


@given(st.binary(max_size=400))
def test_that_no_bytes_break_the_decoder(content: bytes) -> None:
    decoded(content)
    decoded(b"\x89PNG\r\n\x1a\n" + content)
    decoded(b"GIF89a" + content)
    decoded(b"RIFF" + content[:4] + b"WEBPVP8 " + content[4:])
