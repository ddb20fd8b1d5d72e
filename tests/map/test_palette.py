"""The themes: complete, well-formed, readable."""

import tomllib
from typing import Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.domain.agency import Agency
from cop.domain.batch import Batch
from cop.domain.words import DISCIPLINES, TASK_STATES, UNIT_STATUSES
from cop.map.palette import RESOURCES, Palette, agency_colour, colour, contrast, load_palette, readable
from cop.picture.picture import Picture
from tests.map.scenes import NOON, report

THEMES: tuple[Literal["dark", "light"], ...] = ("dark", "light")
HEX = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@pytest.mark.parametrize("name", THEMES)
def test_that_a_theme_has_a_colour_for_every_word(name: Literal["dark", "light"]) -> None:
    palette = load_palette(name)
    assert set(palette.status) == set(UNIT_STATUSES)
    assert set(palette.task) == set(TASK_STATES)
    assert set(palette.discipline) == set(DISCIPLINES)
    assert set(palette.priority) == set(palette.priority_text) == {"1", "2", "3", "4", "5"}


@pytest.mark.parametrize("name", THEMES)
def test_that_text_can_be_read_on_its_ground(name: Literal["dark", "light"]) -> None:
    palette = load_palette(name)
    for ground in (palette.window, palette.panel, palette.raised):
        assert contrast(palette.text, ground) >= 7.0
        assert contrast(palette.muted, ground) >= 4.5
    for ink in (palette.ok, palette.warn, palette.bad, palette.accent):
        assert contrast(ink, palette.panel) >= 3.0
    assert contrast(palette.accent_text, palette.accent) >= 4.5
    for priority in range(1, 7):
        assert contrast(*palette.priority_colours(priority)) >= 4.5


@pytest.mark.parametrize("name", THEMES)
def test_that_rings_stand_out_from_the_map(name: Literal["dark", "light"]) -> None:
    palette = load_palette(name)
    for ground in (palette.symbol_disc, palette.map_background):
        faint = {status: ink for status, ink in palette.status.items() if contrast(ink, ground) < 2.5}
        assert not faint


def test_that_a_malformed_colour_is_refused() -> None:
    table = tomllib.loads((RESOURCES / "themes" / "dark.toml").read_text(encoding="utf-8"))
    for wrong in ("red", "#12345", "#12345g", ""):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"name": "dark", **table, "window": wrong}, Palette)


def test_that_the_last_pair_of_digits_is_the_opacity() -> None:
    one = colour("#11223380")
    assert (one.red(), one.green(), one.blue(), one.alpha()) == (0x11, 0x22, 0x33, 0x80)
    with pytest.raises(ValueError, match="no colour"):
        colour("blue")


def test_that_an_agency_wears_the_colour_of_its_profile(palette: Palette) -> None:
    picture = Picture()
    before = agency_colour(picture, "a", palette)
    assert before == agency_colour(Picture(), "a", palette)
    picture.apply(Batch(reports=[report("a", Agency(id="profile", at=NOON, name="A", colour="#ff8800"))]))
    assert agency_colour(picture, "a", palette).name() == "#ff8800"


@given(HEX, st.sampled_from(["#131d27", "#ffffff"]))
def test_that_no_agency_can_ask_for_a_colour_that_cannot_be_seen(wanted: str, ground: str) -> None:
    assert contrast(readable(wanted, ground), ground) >= 3.0


def test_that_an_unknown_priority_wears_the_least_urgent_colour(palette: Palette) -> None:
    assert palette.priority_colours(9) == palette.priority_colours(5)
    assert palette.status_colour("lunch") == palette.status["unknown"]
