"""Symbols: each kind has a glyph of its own, and nothing is told by colour alone."""

import re
import xml.etree.ElementTree as ElementTree
from itertools import combinations
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QColor, QImage, QPainter

from cop.domain.rules.alarm import SEVERITIES
from cop.domain.words import AVAILABILITIES, DISCIPLINES, INCIDENT_TYPES, UNIT_KINDS, UNIT_STATUSES
from cop.map import symbols
from cop.map.glyphs import RESOURCE_KINDS, SHAPES, incident_glyph, resource_glyph, shape_of, unit_glyph
from cop.map.palette import RESOURCES, Palette, contrast, load_palette, readable
from cop.map.symbol_frames import STATUS_SIGNS
from cop.map.symbols import (
    DIRECTIONS,
    SHAPE_PX,
    alert_symbol,
    heading_tick,
    incident_symbol,
    resource_symbol,
    unit_symbol,
)
from tests.map.colour_vision import DEFICIENCIES, Deficiency, simulated

Theme = Literal["dark", "light"]
THEMES: tuple[Theme, ...] = ("dark", "light")
FILES = sorted(path for path in (RESOURCES / "symbols").glob("*/*.svg") if path.parent.name != "control")

#: of 324 pixels of a glyph so many must plainly differ between two kinds
_PLAINLY = 24


def pixels(image: QImage) -> np.ndarray:
    """Red, green, blue, opacity, shape (height, width, 4), 0…255."""
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : 4 * image.width()].reshape(image.height(), image.width(), 4).astype(int)


def on_ground(image: QImage, palette: Palette) -> QImage:
    """The symbol on the ground of the map."""
    ground = QImage(image.size(), QImage.Format.Format_RGB32)
    ground.fill(QColor(palette.map_background))
    painter = QPainter(ground)
    painter.drawImage(0, 0, image)
    painter.end()
    return ground


def plainly_different(first: QImage, second: QImage, by: int = 60) -> int:
    """How many pixels differ plainly in brightness: what remains when all colours are gone."""
    greys = [pixels(one)[..., :3] @ (0.299, 0.587, 0.114) for one in (first, second)]
    if greys[0].shape != greys[1].shape:
        return max(greys[0].size, greys[1].size)
    return int((np.abs(greys[0] - greys[1]) > by).sum())


def in_one_ink(palette: Palette) -> Palette:
    """The theme as it would be if there were one colour for every status and every priority."""
    grey = "#8a8a8a"
    return Palette(
        **{
            **{name: getattr(palette, name) for name in palette.__dataclass_fields__},
            "status": dict.fromkeys(palette.status, grey),
            "priority": dict.fromkeys(palette.priority, grey),
            "priority_text": dict.fromkeys(palette.priority_text, "#ffffff"),
            "hot_zone": grey,
            "zone": grey,
            "muted": grey,
        }
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_that_a_glyph_keeps_to_the_grid_and_has_no_hair_lines(path: Path) -> None:
    drawing = ElementTree.parse(path).getroot()
    assert drawing.get("viewBox") == "0 0 24 24"
    widths = [float(part.get("stroke-width", "9")) for part in drawing]
    assert min(widths) >= 1.5
    assert not re.search(r"<(text|image|style|script|use)|href", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_that_a_glyph_lies_within_its_field(qapp: object, path: Path) -> None:
    from PySide6.QtCore import QRectF
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(96, 96, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    renderer = QSvgRenderer(str(path))
    assert renderer.isValid()
    renderer.render(painter, QRectF(16, 16, 64, 64))
    painter.end()
    opacity = pixels(image)[..., 3]
    assert opacity[16:80, 16:80].sum() / opacity.sum() > 0.99
    assert (opacity[16:80, 16:80] > 128).mean() > 0.035, "too little ink to be seen"


def test_that_every_kind_and_type_has_a_drawing_and_every_drawing_is_used() -> None:
    drawn = {(path.parent.name, path.stem) for path in FILES}
    wanted = {("unit", kind) for kind in UNIT_KINDS if kind != "unknown"}
    wanted |= {("discipline", one) for one in DISCIPLINES if one not in UNIT_KINDS}
    wanted |= {("incident", one) for one in INCIDENT_TYPES} | {("resource", one) for one in RESOURCE_KINDS}
    wanted |= {("alert", severity.lower()) for severity in SEVERITIES}
    assert drawn == wanted


def test_that_no_two_units_wear_glyphs_that_could_be_mixed_up(qapp: object) -> None:
    glyphs = {shape: pixels(unit_glyph(shape, round(SHAPE_PX), "#ffffff"))[..., 3] for shape in SHAPES}
    for (first, one), (second, other) in combinations(glyphs.items(), 2):
        assert (np.abs(one - other) > 128).sum() >= _PLAINLY, f"{first} looks like {second}"


def test_that_no_two_incidents_wear_glyphs_that_could_be_mixed_up(qapp: object) -> None:
    glyphs = {one: pixels(incident_glyph(one, round(SHAPE_PX), "#ffffff"))[..., 3] for one in INCIDENT_TYPES}
    for (first, one), (second, other) in combinations(glyphs.items(), 2):
        assert (np.abs(one - other) > 128).sum() >= _PLAINLY, f"{first} looks like {second}"


def test_that_an_unknown_kind_wears_the_glyph_of_its_agency() -> None:
    assert shape_of("hovercraft", ("ems", "fire")) == "ems"
    assert shape_of("unknown", ("no such", "utility")) == "utility"
    assert shape_of("unknown") == "other"
    assert {shape_of(kind) for kind in UNIT_KINDS} <= set(SHAPES)


def test_that_a_resource_of_unknown_kind_still_has_a_glyph(qapp: object) -> None:
    plain = pixels(resource_glyph("unknown", 17, "#ffffff"))
    assert (pixels(resource_glyph("<b>hover</b>/../../craft", 17, "#ffffff")) == plain).all()
    assert (pixels(resource_glyph("bus", 17, "#ffffff")) == pixels(unit_glyph("bus", 17, "#ffffff"))).all()
    assert (pixels(resource_glyph("personnel", 17, "#ffffff")) == pixels(resource_glyph("team", 17, "#ffffff"))).all()


def test_that_every_status_has_a_sign_of_its_own() -> None:
    assert set(STATUS_SIGNS) == set(UNIT_STATUSES)
    assert len(set(STATUS_SIGNS.values())) == len(UNIT_STATUSES)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("stale", [False, True])
def test_that_statuses_are_told_apart_without_any_colour(qapp: object, theme: Theme, stale: bool) -> None:
    palette = in_one_ink(load_palette(theme))
    drawn = {
        status: on_ground(
            unit_symbol(QColor("#8a8a8a"), "patrol", status, stale=stale, palette=palette, dpr=1.0), palette
        )
        for status in UNIT_STATUSES
    }
    for (first, one), (second, other) in combinations(drawn.items(), 2):
        assert plainly_different(one, other, 20 if stale else 40) >= 8, f"{first} looks like {second}"


@pytest.mark.parametrize("theme", THEMES)
def test_that_priorities_availabilities_and_severities_are_told_apart_without_any_colour(
    qapp: object, theme: Theme
) -> None:
    palette = in_one_ink(load_palette(theme))
    ink = QColor("#8a8a8a")
    families = (
        [incident_symbol("fire", one, selected=False, palette=palette, dpr=1.0) for one in (1, 2, 3, 4, 5)],
        [resource_symbol(ink, "beds", one, palette=palette, dpr=1.0) for one in AVAILABILITIES],
        [
            alert_symbol(one, quiet=quiet, palette=palette, dpr=1.0)
            for quiet in (False, True)
            for one in SEVERITIES
            if not (quiet and one == "Severe")  # of tests it is all one: they alarm nobody
        ],
    )
    for family in families:
        for one, other in combinations([on_ground(symbol, palette) for symbol in family], 2):
            assert plainly_different(one, other, 40) >= 6


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_that_statuses_are_told_apart_with_fewer_colours(qapp: object, theme: Theme, deficiency: Deficiency) -> None:
    palette = load_palette(theme)
    drawn = {
        status: simulated(
            on_ground(
                unit_symbol(QColor(palette.agencies[0]), "patrol", status, stale=False, palette=palette, dpr=1.0),
                palette,
            ),
            deficiency,
        )
        for status in UNIT_STATUSES
    }
    for (first, one), (second, other) in combinations(drawn.items(), 2):
        assert plainly_different(one, other, 30) >= 8, f"{first} looks like {second}"


@pytest.mark.parametrize("theme", THEMES)
def test_that_a_stale_unit_never_looks_like_a_fresh_one(qapp: object, theme: Theme) -> None:
    palette = load_palette(theme)
    for status in UNIT_STATUSES:
        fresh, stale = (
            on_ground(
                unit_symbol(QColor(palette.agencies[0]), "engine", status, stale=old, palette=palette, dpr=1.0), palette
            )
            for old in (False, True)
        )
        assert plainly_different(fresh, stale, 25) > 60, status


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.sampled_from(THEMES))
def test_that_any_agency_stands_out_from_its_disc_in_its_own_hue(wanted: str, theme: Theme) -> None:
    disc = load_palette(theme).symbol_disc
    worn = readable(wanted, disc)
    assert contrast(worn, disc) >= 3.0
    before, after = QColor(wanted), QColor(worn)
    if before.hslSaturationF() > 0.25 and 0.1 < before.lightnessF() < 0.9:
        apart = abs(before.hslHueF() - after.hslHueF())
        assert min(apart, 1 - apart) < 0.03


@pytest.mark.parametrize("theme", THEMES)
def test_that_every_frame_stands_out_from_the_map_and_every_sign_from_its_ground(theme: Theme) -> None:
    palette = load_palette(theme)
    for status, ring in palette.status.items():
        assert contrast(ring, palette.symbol_disc) >= 2.4, status
    for agency in palette.agencies:
        assert contrast(readable(agency, palette.symbol_disc), palette.symbol_disc) >= 3.0
    for priority in ("1", "2", "3", "4", "5"):
        assert contrast(palette.priority[priority], palette.priority_text[priority]) >= 3.0


def test_that_headings_of_many_agencies_of_one_colour_are_drawn_once(qapp: object, palette: Palette) -> None:
    ink = QColor("#123457")
    drawn = symbols._heading_tick.cache_info().misses
    first = [heading_tick(ink, direction, palette, 1.0) for direction in range(DIRECTIONS)]
    again = [heading_tick(QColor(ink), direction, palette, 1.0) for direction in range(DIRECTIONS)]
    assert symbols._heading_tick.cache_info().misses - drawn == DIRECTIONS
    assert first == again
    again[0].fill(0)  # whoever has one may do with it what they like
    assert heading_tick(ink, 0, palette, 1.0) == first[0]
