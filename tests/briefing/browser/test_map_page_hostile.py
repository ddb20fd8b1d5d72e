"""A briefing map full of hostile words: they are read, wherever they stand, and do nothing."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import reports as r
from tests.briefing.browser.pages import occasion, write_page
from tests.briefing.browser.watching import Opens, Watched
from tests.briefing.hostile import TEXTS, occasion_saying, readable, said, saying, texts

SHORT = {name: text for name, text in TEXTS.items() if len(text) < 1000}
NAMES = list(SHORT)
#: presses every hit for each of these ids, goes over all that stands on the map, ticks every box; what popups said
_ROUND = """async (ids) => {
  const field = document.getElementById("search"), heard = [];
  const opened = () => [...document.querySelectorAll(".leaflet-popup-content")];
  const listen = () => heard.push(...opened().map((one) => one.textContent));
  for (const id of ids) {
    field.value = id;
    field.dispatchEvent(new Event("input"));
    for (const hit of [...document.querySelectorAll("#found button")]) {
      hit.click();
      heard.push(hit.textContent);
      listen();
    }
  }
  for (const one of document.querySelectorAll("#incidents button")) { one.click(); listen(); }
  for (const one of document.querySelectorAll(".leaflet-marker-icon"))
    for (const what of ["mouseover", "focus", "click", "mouseout"])
      one.dispatchEvent(new MouseEvent(what, { bubbles: true }));
  for (const box of document.querySelectorAll("#layers input, #agencies input")) { box.click(); box.click(); }
  document.getElementById("theme").click();
  const slider = document.getElementById("slider");
  slider.value = slider.min;
  slider.dispatchEvent(new Event("input"));
  return heard;
}"""
#: what there is only so much of, whatever is told
_ONCE = ("script", "style", "meta", "title", "html", "body", "noscript")
#: what hangs on which popup happens to be open, and on what stands on the map: with a handler it would be counted apart
_MAY_COME = {
    "h3",
    "h4",
    "details",
    "summary",
    "svg",
    "g",
    "path",
    "rect",
    "circle",
    "defs",
    "pattern",
    "text",
    "dl",
    "dt",
    "dd",
}
_KINDS = ("u1", "u2", "rail-1", "x", "z0", "z1", "a0")


def at_work(opened: Opens, path: Path, ends: list[str]) -> tuple[Watched, list[str]]:
    """Open it and do all that can be done with it."""
    page = opened(path)
    page.page.wait_for_selector("body [data-ready=yes]")
    heard: list[str] = page.page.evaluate(_ROUND, [f"{kind}{end}" for kind in _KINDS for end in ends])
    return page, heard


@pytest.fixture(scope="module")
def remembered() -> dict[str, int]:
    return {}


@pytest.fixture
def harmless(opened: Opens, tmp_path: Path, remembered: dict[str, int]) -> dict[str, int]:
    """What a page with harmless words is made of."""
    if not remembered:
        path = write_page(tmp_path / "harmless.html", saying("Engine", "Ladder"), about("Engine"))
        remembered.update(at_work(opened, path, ["-0", "-1"])[0].elements())
    return remembered


def about(text: str, **fields: Any) -> Any:
    return occasion_saying(text, at=r.at(60), reader="", **fields)


def judge(page: Watched, harmless: dict[str, int]) -> None:
    """Nothing ran, and what stands in the page is of the kinds that stand in one with harmless words."""
    assert page.wrongs() == []
    found = page.elements()
    assert set(found) <= {*harmless, *_MAY_COME}
    assert [found[name] for name in _ONCE] == [harmless[name] for name in _ONCE]
    # of Leaflet's own buttons
    links = page.page.evaluate("[...document.querySelectorAll('[href]')].map((one) => one.getAttribute('href'))")
    assert set(links) <= {"#", "#close"}


@pytest.mark.parametrize("part", range(4))
def test_that_every_hostile_text_is_read_and_none_of_them_runs(
    opened: Opens, harmless: dict[str, int], tmp_path: Path, part: int
) -> None:
    names = NAMES[part::4]
    some = [SHORT[name] for name in names]
    path = write_page(tmp_path / "map.html", saying(*some), about(some[0]))
    ends = [f"-{number}" for number in range(len(some))]
    page, heard = at_work(opened, path, ends)
    judge(page, harmless)
    everything = together("\n".join(heard))
    assert [name for name in names if together(readable(said(SHORT[name]))) not in everything] == []
    # and as it was said, where it may be of several lines
    assert [name for name in names if "null" not in name and together(said(SHORT[name])) not in everything] == []


@pytest.mark.parametrize("name", ["title that ends ours", "frame", "null", "long and marked up"])
def test_that_what_the_occasion_says_is_text_as_well(
    opened: Opens, harmless: dict[str, int], tmp_path: Path, name: str
) -> None:
    text = TEXTS[name]
    path = write_page(tmp_path / "map.html", saying(text), about(text))
    page, _ = at_work(opened, path, [""])
    judge(page, harmless)
    assert page.page.title().startswith(readable(said(text))[:40])
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some=st.lists(texts, min_size=2, max_size=6))
def test_that_no_text_at_all_runs(opened: Opens, harmless: dict[str, int], tmp_path: Path, some: list[str]) -> None:
    path = write_page(tmp_path / "map.html", saying(*some), about(some[0]))
    page, _ = at_work(opened, path, [f"-{number}" for number in range(len(some))])
    judge(page, harmless)


def test_that_a_search_for_a_hostile_text_finds_it(opened: Opens, tmp_path: Path) -> None:
    path = write_page(tmp_path / "map.html", saying(TEXTS["image"]), occasion(at=r.at(60)))
    page = opened(path)
    page.page.locator("#search").fill(TEXTS["image"])
    page.page.keyboard.press("Enter")
    assert TEXTS["image"] in page.page.locator(".leaflet-popup-content h3").inner_text()


def together(text: str) -> str:
    return "".join(text.split())
