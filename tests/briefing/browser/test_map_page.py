"""The briefing map in a real browser with no network: what is on it, how one works with it, how it prints."""

from collections.abc import Iterator
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtGui import QGuiApplication

from cop.map.icons import png_of
from cop.picture.picture import Picture
from tests.briefing.browser.pages import busy_picture, occasion, write_page
from tests.briefing.browser.watching import Opens, Watched
from tests.briefing.kept_back import FRIEND, OWNER, found_in, kept_back
from tests.map import scenes

#: a name is told where it is found: the texts of all hits for it
_FOUND = """(names) => names.filter((name) => {
  const field = document.getElementById("search");
  field.value = name;
  field.dispatchEvent(new Event("input"));
  return ![...document.querySelectorAll("#found button")].some((one) => one.firstChild.textContent === name);
})"""


@pytest.fixture(scope="module")
def picture() -> Picture:
    return busy_picture()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory, qapp: QGuiApplication, picture: Picture) -> Iterator[Path]:
    """The map of the busy day on a stick whose owner likes signs."""
    folder = tmp_path_factory.mktemp("stick") / "a stick # 1 (50%) ü"
    yield write_page(folder / "briefing #1.html", picture, occasion(), ground=scenes.ground(), draw=png_of)


@pytest.fixture
def map_page(opened: Opens, file: Path) -> Watched:
    page = opened(file)
    page.page.wait_for_selector("body [data-ready=yes]")
    return page


def seek(page: Watched, text: str) -> None:
    page.page.locator("#search").fill(text)
    page.page.keyboard.press("Enter")


def popup(page: Watched) -> str:
    return page.page.locator(".leaflet-popup-content").inner_text()


def shown(page: Watched, what: str) -> int:
    """How many things of a kind stand on the map, or in crowds."""
    return int(
        page.page.evaluate(
            """(what) => document.querySelectorAll(".thing." + what).length + [...document.querySelectorAll(".crowd")]
              .reduce((sum, one) => sum + Number(one.textContent), 0)""",
            what,
        )
    )


def test_that_it_opens_from_a_stick_without_a_network_and_without_a_fault(map_page: Watched, file: Path) -> None:
    assert map_page.leavings() == []
    assert map_page.page.title() == "Operation Steel Rail · briefing map"
    assert len(file.read_bytes()) < 3_000_000
    assert map_page.wrongs() == []


def test_that_all_of_the_picture_is_on_it(map_page: Watched, picture: Picture) -> None:
    names = [
        *(report.body.callsign for report in picture.units.values()),
        *(report.body.title for report in picture.incidents.values()),
        *(report.body.name for report in picture.zones.values()),
        *(report.body.headline or report.body.event for report in picture.alerts.values()),
        *(one.name for one in scenes.ground().jurisdictions),
    ]
    assert len(names) > 250
    assert map_page.page.evaluate(_FOUND, names) == []
    text = map_page.text()
    assert [one for one, *_ in scenes.AGENCIES.values() if one not in text] == []
    for word in (
        "FOR OFFICIAL USE ONLY",
        "EXERCISE",
        "As of ",
        "Mon 01 Jun 2026",
        "18:36Z",
        "For anybody",
        "A. Rivera",
    ):
        assert word in text


def test_that_search_finds_an_incident_and_says_its_tasks_and_where_they_stand(map_page: Watched) -> None:
    seek(map_page, "hazmat rail")
    said = popup(map_page)
    for word in ("Hazmat rail", "Charlotte Fire", "Priority", "Evacuate Old Dowd Rd", "Accepted", "17S"):
        assert word in said
    seek(map_page, "nothing is called so")
    assert map_page.page.locator("#found").inner_text() == "Nothing of that name"


def test_that_boxes_hide_layers_and_agencies(map_page: Watched) -> None:
    page = map_page.page
    every = shown(map_page, "unit")
    assert every > 100
    agencies = page.locator("#agencies input")
    agencies.first.uncheck()
    fewer = shown(map_page, "unit")
    assert 0 < fewer < every
    page.locator("#no-agency").click()
    assert shown(map_page, "unit") == shown(map_page, "incident") == 0
    page.locator("#all-agencies").click()
    assert shown(map_page, "unit") == every
    assert page.locator(".thing.incident").count() == 6
    page.locator("#layers label", has_text="Incidents").locator("input").uncheck()
    assert page.locator(".thing.incident").count() == 0


def test_that_the_slider_shows_where_units_were_and_says_that_it_is_not_now(map_page: Watched) -> None:
    page = map_page.page
    seek(map_page, "Eng 11")
    page.keyboard.press("Escape")
    marker = page.locator(".thing.chosen")
    here = marker.bounding_box()
    assert here is not None
    assert page.locator("#then").is_hidden()
    slider = page.locator("#slider")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    for _ in range(5):
        page.keyboard.press("PageDown")
    assert page.locator("#then").is_visible()
    assert page.locator("#then").inner_text().startswith("Where units were at 18:")
    there = marker.bounding_box()
    assert there is not None
    assert there["x"] > here["x"] + 5
    assert there["y"] == pytest.approx(here["y"], abs=1)
    page.keyboard.press("End")
    back = marker.bounding_box()
    assert back == here
    assert page.locator("#then").is_hidden()


def test_that_it_is_worked_with_by_keyboard_alone(map_page: Watched) -> None:
    page = map_page.page
    page.keyboard.press("/")
    page.keyboard.type("MCI bus")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("MCI bus crash")
    page.keyboard.press("Enter")
    assert "MCI bus crash" in popup(map_page)
    page.locator("#layers input").first.focus()
    page.keyboard.press("Space")
    assert not page.locator("#layers input").first.is_checked()
    names = page.evaluate(
        """[...document.querySelectorAll("button, input, [tabindex='0']")].filter((one) => !(one.textContent.trim() ||
          one.ariaLabel || one.alt || one.title || (one.labels && one.labels.length))).map((one) => one.outerHTML)"""
    )
    assert names == []


def test_that_a_telephone_shows_all_of_it_without_a_sideways_scroll(opened: Opens, file: Path) -> None:
    watched = opened(file, width=360, height=720, touch=True)
    page = watched.page
    page.wait_for_selector("body [data-ready=yes]")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    place = page.locator("main").bounding_box()
    assert place is not None
    assert place["height"] > 250
    slider = page.locator("#slider").bounding_box()
    assert slider is not None
    assert slider["width"] > 100
    page.locator("#show-side").tap()
    assert page.locator("#search").is_visible()
    seek(watched, "Eng 11")
    assert "Eng 11" in popup(watched)
    for one in page.locator("header button, #time button").all():
        box = one.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 28


def test_that_paper_has_title_and_moment_and_the_marking_above_and_below_on_every_page(
    map_page: Watched, tmp_path: Path
) -> None:
    map_page.page.pdf(path=tmp_path / "map.pdf", prefer_css_page_size=True, print_background=True)
    paper = pypdfium2.PdfDocument(tmp_path / "map.pdf")
    every = "".join(page.get_textpage().get_text_range() for page in paper)
    said = together(every)
    for word in ("Operation Steel Rail", "EXERCISE", "As of Mon 01 Jun 2026", "18:36Z", "For anybody", "A. Rivera"):
        assert together(word) in said
    for title in ("Hazmat rail", "MCI bus crash", "Flood rescue", "Disturbance", "Downed lines", "Traffic control"):
        assert together(title) in said
    for page in paper:
        width, height = page.get_size()
        text = page.get_textpage()
        above = text.get_text_bounded(0, height * 0.85, width, height)
        below = text.get_text_bounded(0, 0, width, height * 0.15)
        assert [together("FOR OFFICIAL USE ONLY") in together(one) for one in (above, below)] == [True, True]
    image = paper[0].render(scale=0.5).to_numpy()
    assert image.std() > 20  # a map is on it, not an empty frame


def together(text: str) -> str:
    """Without the blanks, of which paper has others."""
    return "".join(text.split())


def test_that_the_record_and_the_theme_are_seen(opened: Opens, picture: Picture, tmp_path: Path) -> None:
    about = occasion(past="REPLAY: what this desk knew at that time; looked up later", exercise="")
    watched = opened(write_page(tmp_path / "past.html", picture, about, theme="dark"))
    page = watched.page
    assert page.locator("#past").is_visible()
    assert page.locator("#exercise").is_hidden()
    assert "looked up later" in watched.text()
    dark = page.evaluate("getComputedStyle(document.querySelector('#page')).backgroundColor")
    page.locator("#theme").click()
    assert page.evaluate("getComputedStyle(document.querySelector('#page')).backgroundColor") != dark


def test_that_its_policy_stops_what_is_put_into_it_later(unwatched: Opens, file: Path) -> None:
    watched = unwatched(file)
    tried = watched.page.evaluate(
        """async () => {
          const put = (name, what) => document.body.appendChild(Object.assign(document.createElement(name), what));
          put("script", { textContent: "window.__pwned = 1" });
          put("img", { src: "http://example.invalid/a.png" });
          put("iframe", { src: "http://example.invalid/" });
          put("div", { innerHTML: "<img src=x onerror='window.__pwned = 1'>" });
          put("link", { rel: "stylesheet", href: "http://example.invalid/a.css" });
          try { await fetch("http://example.invalid/"); return "fetched"; } catch { return "stopped"; }
        }"""
    )
    assert tried == "stopped"
    assert watched.at_the_door() == []
    assert watched.page.evaluate("window.__pwned") is None
    assert "Content Security Policy" in "".join(watched.console)


@pytest.mark.parametrize("reader", ["", "airport-police", FRIEND, OWNER])
def test_that_it_holds_nothing_that_its_reader_may_not_know(tmp_path: Path, reader: str) -> None:
    about = occasion(at=scenes.NOON.replace(year=2026, month=11, day=2, hour=12, minute=0, second=10), reader=reader)
    path = write_page(tmp_path / "map.html", kept_back(), about)
    content = path.read_bytes()
    assert found_in(content, reader) == []
    if reader != OWNER:
        assert b"positions not shown" in content
        assert "MOU §1".encode() in content
