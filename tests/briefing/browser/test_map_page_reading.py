"""The briefing map as one reads it: names, references, what is hidden until it is asked for, the first printed page."""

import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtGui import QGuiApplication

from cop.domain.place_words import usng
from cop.map.icons import png_of
from tests.briefing.browser.pages import busy_picture, occasion, write_page
from tests.briefing.browser.watching import Opens, Watched
from tests.map import scenes

#: squares of all names on the map that stand over another, by what they say
_OVER = """() => {
  const names = [...document.querySelectorAll(".plate")].map((one) => [one.textContent, one.getBoundingClientRect()]);
  const touch = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  return names.flatMap(([a, here], at) =>
    names.slice(at + 1).filter(([, there]) => touch(here, there)).map(([b]) => a + " / " + b));
}"""
_PLACES = [
    (35.2271, -80.8431),
    (-33.9, 18.4),
    (60.4, 5.3),
    (78.2, 15.6),
    (0.0, 0.0),
    (-0.0000001, 179.99999),
    (51.5, -0.1),
]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, qapp: QGuiApplication) -> Iterator[Path]:
    dark = functools.partial(png_of, theme="dark")
    path = tmp_path_factory.mktemp("map") / "map.html"
    yield write_page(path, busy_picture(), occasion(), ground=scenes.ground(), draw=png_of, draw_dark=dark)


@pytest.fixture
def map_page(opened: Opens, file: Path) -> Watched:
    page = opened(file)
    page.page.wait_for_selector("body [data-ready=yes]")
    page.page.wait_for_selector(".plate.incident")
    return page


@pytest.mark.parametrize("width", [1280, 390])
def test_that_no_name_stands_over_another_and_incidents_are_named(opened: Opens, file: Path, width: int) -> None:
    watched = opened(file, width=width, height=800)
    watched.page.wait_for_selector(".plate.incident")
    assert watched.page.evaluate(_OVER) == []
    incidents = watched.page.locator(".plate.incident").all_inner_texts()
    assert len(incidents) >= watched.page.locator(".thing.incident").count() - 1
    assert any(one.startswith("P1 Hazmat rail") for one in incidents)


def test_that_its_grid_references_are_those_of_the_desk(map_page: Watched) -> None:
    for lat, lon in _PLACES:
        map_page.page.evaluate(
            "([lat, lon]) => { map_briefing.setView([lat, lon], 15, { animate: false }); }", [lat, lon]
        )
        map_page.page.evaluate("([lat, lon]) => map_briefing.fire('click', { latlng: L.latLng(lat, lon) })", [lat, lon])
        said = map_page.page.locator(".leaflet-popup-content").last.inner_text()  # the one before fades away
        assert usng(lat, lon, 4) in re.sub(r"\s+", " ", said), (lat, lon, said)


def test_that_each_theme_shows_its_own_symbols_and_only_these(map_page: Watched) -> None:
    seen = """() => [...document.querySelectorAll(".thing img")].filter((one) => one.offsetWidth)
      .reduce((sum, one) => { sum[one.className] = (sum[one.className] || 0) + 1; return sum; }, {})"""
    light = map_page.page.evaluate(seen)
    map_page.page.locator("#theme").click()
    dark = map_page.page.evaluate(seen)
    assert set(light) == {"in-light"}
    assert set(dark) == {"in-dark"}


def test_that_a_place_that_was_read_out_is_found_by_its_degrees(map_page: Watched) -> None:
    map_page.page.locator("#search").fill("35.2271, -80.8431")
    map_page.page.keyboard.press("Enter")
    said = map_page.page.locator(".leaflet-popup-content").inner_text()
    assert "Whose ground" in said
    assert "35.22710° N" in said
    map_page.page.keyboard.press("Escape")
    map_page.page.locator(".leaflet-popup-content").wait_for(state="detached")


def test_that_the_first_printed_page_holds_map_title_moment_and_legend_and_the_next_the_tasks(
    map_page: Watched, tmp_path: Path
) -> None:
    map_page.page.locator("#theme").click()  # a dark screen prints on light paper
    map_page.page.pdf(path=tmp_path / "map.pdf", prefer_css_page_size=True, print_background=True, format="A4")
    paper = pypdfium2.PdfDocument(tmp_path / "map.pdf")
    pages = ["".join(page.get_textpage().get_text_range().split()) for page in paper]
    for words in (
        "Operation Steel Rail",
        "EXERCISE",
        "As of Mon",
        "Not live",
        "Hot zone",
        "Patrol car",
        "P1 Hazmat rail",
    ):
        assert "".join(words.split()) in pages[0], words
    assert "EvacuateOldDowdRd" in "".join(pages[1:])
    image = paper[0].render(scale=0.5).to_numpy()
    assert image.mean() > 200  # paper, not night
    assert image[60:300].std() > 15  # and a map on it
