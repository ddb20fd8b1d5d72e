"""Tiles that a page carries: those over the ground, up to a level, from files alone, and nothing that is no picture."""

from pathlib import Path

import pytest

from cop.map.tile_source import TileSource
from cop.map.tiles.basemap import Basemap
from cop.map.tiles.carried import carried_tiles
from cop.map.tiles.store import StoreError

_PNG = b"\x89PNG\r\n\x1a\n" + b"tile"
_BOX = (-81.0, 35.1, -80.7, 35.4)


def _folder(tmp_path: Path, content: bytes = _PNG, most: int = 9) -> TileSource:
    for z in range(most + 1):
        for x in range(1 << z) if z < 4 else range((1 << z) * 135 // 512, (1 << z) * 142 // 512 + 1):
            for y in range(1 << z) if z < 4 else range((1 << z) * 198 // 512, (1 << z) * 204 // 512 + 1):
                file = tmp_path / str(z) / str(x) / f"{y}.png"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
    url = f"{tmp_path.as_uri()}/{{z}}/{{x}}/{{y}}.png"
    return TileSource.of(Basemap(name="Survey", url=url, attribution="Ours"), tmp_path / "cache")


def test_that_the_tiles_over_the_ground_are_carried_up_to_the_level(tmp_path: Path) -> None:
    tiles = carried_tiles(_folder(tmp_path), _BOX, 9)
    assert {z for z, _, _ in tiles.images} == {7, 8, 9}
    assert (9, 140, 202) in tiles.images
    assert tiles.attribution == "Ours"
    assert len(tiles.images) < 30
    assert max(z for z, _, _ in carried_tiles(_folder(tmp_path), _BOX, 8).images) == 8


def test_that_what_is_no_picture_is_not_carried(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no tiles"):
        carried_tiles(_folder(tmp_path, b"<script>alert(1)</script>"), _BOX, 9)


def test_that_an_online_map_of_which_nothing_was_kept_gives_none_and_is_not_asked(tmp_path: Path) -> None:
    source = TileSource.of(Basemap(name="Web", url="https://tiles.invalid/{z}/{x}/{y}.png"), tmp_path / "cache")
    with pytest.raises(StoreError, match="no tiles"):
        carried_tiles(source, _BOX, 10)


def test_that_an_archive_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    file = tmp_path / "x.mbtiles"
    file.write_bytes(b"SQLite format 3\0garbage")
    with pytest.raises(StoreError):
        carried_tiles(TileSource.of(Basemap(name="A", kind="mbtiles", file=str(file)), tmp_path), _BOX, 10)


def test_that_who_wants_the_page_no_more_ends_the_reading(tmp_path: Path) -> None:
    class NotWantedError(Exception):
        pass

    def no_more() -> None:
        raise NotWantedError

    with pytest.raises(NotWantedError):
        carried_tiles(_folder(tmp_path), _BOX, 9, go_on=no_more)
