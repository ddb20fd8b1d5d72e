"""`[[map.basemap]]` and the addresses of tiles: what is right, and what is refused with key and file."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.config import Config, ConfigError, load
from cop.map.tile_source import Tile, TileSource
from cop.map.tiles.address import address, quadkey, template_problem
from tests.map.tile_archives import write_mbtiles, write_pmtiles


def loaded(tmp_path: Path, text: str) -> Config:
    file = tmp_path / "cop.toml"
    file.write_text(text)
    return load(file)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("url = 'ftp://h/{z}/{x}/{y}'", "url: 'ftp://h/{z}/{x}/{y}' does not begin with"),
        ("url = 'https:///{z}/{x}/{y}'", "names no host"),
        ("url = 'https://h/{z}/{x}'", "lacks {z}, {x} or {y}"),
        ("url = 'https://h/{z}/{x}/{y}/{key}'", "{key} is no part"),
        ("url = ''", "does not begin with"),
        ("file = 'x'", "file: tiles in a folder"),
        ("kind = 'mbtiles'", "file: is missing"),
        ("kind = 'mbtiles'\nfile = 'gone.mbtiles'", "file: gone.mbtiles: No such file"),
        ("kind = 'mbtiles'\nfile = 'TEXT'", "is not an MBTiles file"),
        ("kind = 'pmtiles'\nfile = 'TEXT'", "is not a PMTiles (version 3) file"),
        ("kind = 'pmtiles'\nurl = 'https://h/a.pmtiles'", "url: pmtiles is read from a file"),
        ("kind = 'vector'\nfile = 'TEXT'", "style: is missing"),
        ("kind = 'vector'\nstyle = 'gone.json'", "style: gone.json: No such file"),
        ("kind = 'vector'\nstyle_light = 'gone.json'", "style: is missing"),
        ("kind = 'vector'\nstyle = 'gone.json'\nfile = 'TEXT'", "is not an MBTiles or a PMTiles (version 3) file"),
        ("url = 'https://h/{z}/{x}/{y}'\nleast_zoom = 9\nmost_zoom = 3", "least_zoom: 9 is above"),
        ("url = 'https://h/{z}/{x}/{y}'\ntile_px = 300", "tile_px"),
        ("kind = 'geotiff'\nfile = 'x'", "kind"),
        ("colour = 'red'", "colour"),
    ],
)
def test_that_a_wrong_background_map_is_refused_with_key_and_file(tmp_path: Path, lines: str, said: str) -> None:
    (tmp_path / "text").write_text("no archive at all")
    lines = lines.replace("TEXT", str(tmp_path / "text"))
    with pytest.raises(ConfigError, match=re.escape(said)) as refused:
        loaded(tmp_path, f"[[map.basemap]]\nname = 'Town'\n{lines}")
    assert "cop.toml" in str(refused.value)


def test_that_the_online_map_of_old_comes_first_and_names_are_not_given_twice(tmp_path: Path) -> None:
    old = "[map]\ntiles_url = 'https://h/{z}/{x}/{y}'\ntiles_attribution = '© h'\ntiles_cache_mb = 7\n"
    more = "[[map.basemap]]\nname = '%s'\nurl = 'https://i/{z}/{x}/{y}'\n"
    config = loaded(tmp_path, old + more % "other")
    assert [(one.name, one.cache_mb) for one in config.map.basemaps()] == [("Online map", 7), ("other", 500)]
    for same in (old + more % "Online map", 2 * (more % "a")):
        with pytest.raises(ConfigError, match="two background maps have this name"):
            loaded(tmp_path, same)
    with pytest.raises(ConfigError, match="tiles_url"):
        loaded(tmp_path, "[map]\ntiles_url = 'https://h/'")
    assert Config().map.basemaps() == ()


def test_that_each_kind_is_read_from_the_settings(tmp_path: Path) -> None:
    write_mbtiles(tmp_path / "a.mbtiles", {})
    write_pmtiles(tmp_path / "a.pmtiles", {Tile(0, 0, 0): b"x"})
    config = loaded(
        tmp_path,
        f"""
        [[map.basemap]]
        name = "Aerial"
        kind = "mbtiles"
        file = "{tmp_path}/a.mbtiles"
        dark = true
        [[map.basemap]]
        name = "Paper"
        kind = "pmtiles"
        file = "{tmp_path}/a.pmtiles"
        dim = 0.2
        [[map.basemap]]
        name = "Web"
        url = "https://{{s}}.example.org/{{z}}/{{x}}/{{-y}}{{r}}.png?key=abc"
        tile_px = 512
        most_zoom = 14
        attribution = "&copy; <b>us</b>"
        """,
    )
    aerial, paper, web = (TileSource.of(one, tmp_path) for one in config.map.basemaps())
    assert (aerial.shade("dark"), paper.shade("dark"), web.shade("dark"), web.shade("light")) == (0.0, 0.2, 0.6, 0.0)
    assert (web.tile_px, web.most_zoom, web.attribution, web.sharp) == (512, 14, "© us", True)
    assert web.address(Tile(3, 1, 1), 2) == "https://c.example.org/3/1/6@2x.png?key=abc"


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("https://h/{z}/{x}/{y}.png", "https://h/3/5/2.png"),
        ("https://h/{z}/{x}/{-y}.png", "https://h/3/5/5.png"),
        ("https://h/{q}.jpg", "https://h/121.jpg"),
        ("https://h/{quadkey}.jpg", "https://h/121.jpg"),
        ("https://h/{z}/{x}/{y}{r}", "https://h/3/5/2"),
        ("https://{s}.h/{z}/{x}/{y}", "https://b.h/3/5/2"),
        ("https://h/{z}/{x}/{y}?key=a%20b&x={x}", "https://h/3/5/2?key=a%20b&x=5"),
    ],
)
def test_that_every_part_of_a_template_is_filled_in(template: str, filled: str) -> None:
    assert template_problem(template) == ""
    assert address(template, 3, 5, 2) == filled


@given(st.integers(0, 24).flatmap(lambda z: st.tuples(st.just(z), *[st.integers(0, 2**z - 1)] * 2)))
def test_that_a_quadkey_has_a_digit_a_level_and_begins_with_its_parents(tile: tuple[int, int, int]) -> None:
    z, x, y = tile
    key = quadkey(z, x, y)
    assert len(key) == z
    assert set(key) <= set("0123")
    if z:
        assert key[:-1] == quadkey(z - 1, x >> 1, y >> 1)


@given(st.text(max_size=60))
def test_that_any_text_is_a_template_or_refused_in_words(text: str) -> None:
    problem = template_problem(text)
    assert isinstance(problem, str)
    if not problem:
        assert address(text, 3, 1, 2)
