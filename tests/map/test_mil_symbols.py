"""Units in the symbols of MIL-STD-2525: every kind has one, and our marks of age and emergency are on them."""

import tomllib
from pathlib import Path

import pytest
from PySide6.QtGui import QColor

from cop.domain.words import UNIT_STATUSES
from cop.map import mil_symbols
from cop.map.glyphs import SHAPES
from cop.map.mil_symbols import MilSymbols, MilSymbolsError, load_mil_symbols, shape_codes
from cop.map.palette import RESOURCES, Palette, load_palette
from cop.map.symbol_sets import unit_drawing
from cop.map.symbols import EMERGENCY_CELL_PX, UNIT_CELL_PX, unit_symbol
from cop.picture.picture import Picture
from tests.map.conftest import ShowMap
from tests.map.golden import assert_golden
from tests.map.scenes import busy_day
from tests.map.symbol_sheets import unit_sheet
from tests.map.test_symbols import on_ground, plainly_different

SHOWN = ("patrol", "engine", "ambulance", "air_ambulance", "boat", "bus", "command_post", "drone", "other")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[MilSymbols, Path]:
    cache = tmp_path_factory.mktemp("mil")
    return load_mil_symbols(cache), cache


def test_that_every_shape_has_a_code_of_ten_letters() -> None:
    codes = shape_codes()
    assert codes.keys() >= set(SHAPES)
    assert all(len(code) == 10 and code[0] in "SE" and code[1] == "F" for code in codes.values())


def test_that_codes_say_what_the_table_for_cot_says() -> None:
    types = tomllib.loads((RESOURCES / "mappings" / "cot-types.toml").read_text(encoding="utf-8"))["types_of_kinds"]
    codes = shape_codes()
    for kind, cot in types.items():
        if codes[kind].startswith("S"):
            dimension, *function = cot.split("-")
            assert codes[kind] == f"SF{dimension}-{''.join(function)}".ljust(10, "-"), kind


def test_that_a_second_start_reads_what_the_first_drew(
    qapp: object, drawn: tuple[MilSymbols, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mil_symbols.subprocess, "run", None)
    load_mil_symbols(drawn[1])


@pytest.mark.parametrize("rest", ["", "{", '{"SFG-------": 3}', "[]", '{"SFG-------": ""}'])
def test_that_a_damaged_cache_is_drawn_anew(
    qapp: object, drawn: tuple[MilSymbols, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rest: str
) -> None:
    [kept] = drawn[1].glob("*.json")
    (tmp_path / kept.name).write_text(rest, encoding="utf-8")
    asked: list[object] = []

    def draw(codes: set[str]) -> dict[str, str]:
        asked.append(codes)
        return mil_symbols._read(kept)

    monkeypatch.setattr(mil_symbols, "_draw", draw)
    load_mil_symbols(tmp_path)
    assert len(asked) == 1
    load_mil_symbols(tmp_path)
    assert len(asked) == 1


def test_that_a_missing_package_is_named(qapp: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mil_symbols, "PACKAGE", "no_such_package")
    with pytest.raises(MilSymbolsError, match="pip install"):
        load_mil_symbols(tmp_path)


def test_that_a_package_that_draws_nonsense_is_not_used(qapp: object) -> None:
    with pytest.raises(MilSymbolsError, match="patrol"):
        MilSymbols({"patrol": "<html>", "other": '<svg xmlns="http://www.w3.org/2000/svg"/>'})


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_age_and_emergency_are_seen_on_them_too(qapp: object, drawn: tuple[MilSymbols, Path], theme: str) -> None:
    palette: Palette = load_palette(theme)  # type: ignore[arg-type]
    ink = QColor(palette.agencies[0])
    for status in UNIT_STATUSES:
        fresh, stale = (drawn[0](ink, "engine", status, stale=old, palette=palette, dpr=1.0) for old in (False, True))
        assert fresh.width() == (EMERGENCY_CELL_PX if status == "emergency" else UNIT_CELL_PX)
        assert plainly_different(on_ground(fresh, palette), on_ground(stale, palette), 25) > 60, status


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_that_they_look_as_agreed(qapp: object, drawn: tuple[MilSymbols, Path], theme: str) -> None:
    palette = load_palette(theme)  # type: ignore[arg-type]
    assert_golden(unit_sheet(palette, 1.0, SHOWN, drawn[0]), f"mil-symbols-{theme}")


def test_that_without_the_package_units_wear_ours_and_the_reason_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mil_symbols, "PACKAGE", "no_such_package")
    draw, reason = unit_drawing("mil-std-2525", tmp_path)
    assert draw is unit_symbol
    assert "milsymbol" in reason
    assert "own symbols" in reason
    assert unit_drawing("cop", tmp_path) == (unit_symbol, "")


def test_that_a_map_wears_the_set_it_is_given(
    show_map: ShowMap, picture: Picture, drawn: tuple[MilSymbols, Path]
) -> None:
    view = show_map()
    view.apply(busy_day(picture, units=5))
    before = view.grab().toImage()
    view.layer_set.units.wear(drawn[0])
    assert view.layer_set.units.draw_unit is drawn[0]
    assert view.grab().toImage() != before
