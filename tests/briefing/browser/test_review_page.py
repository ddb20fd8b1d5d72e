"""A review in a real browser: nothing runs, nothing is asked for, and every figure leads to its record."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from cop.briefing.occasion import Occasion
from cop.briefing.review_leaving import Told
from cop.briefing.review_page import as_page
from cop.exercise.review.figures import Review
from tests.briefing.browser.watching import Opens
from tests.briefing.hostile import TEXTS, occasion_saying, said
from tests.exercise.review import busy
from tests.replay.stage import OPERATOR, OWN

ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "section", "nav", "footer", "p", "span", "b"),
    *("h1", "h2", "h3", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "ul", "ol", "li", "dl", "dt"),
    *("dd", "details", "summary", "code", "strong", "br", "button", "script", "img", "a"),
}


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Review:
    folder = tmp_path_factory.mktemp("record")
    busy.write(folder)
    return busy.review_of(folder)


def page_of(folder: Path, review: Review, occasion: Occasion | None = None) -> Path:
    path = folder / "review.html"
    at = datetime(2026, 11, 2, 13, tzinfo=UTC)
    occasion = occasion or Occasion(operation="Rail", at=at, made_at=at, operator=OPERATOR)
    path.write_bytes(as_page(Told(review=review, reader=OWN, whole=False, kept_back=("a draft",)), occasion, zone=UTC))
    return path


def test_that_no_text_of_a_feed_runs_or_becomes_markup_in_a_review(
    opened: Opens, tmp_path: Path, review: Review
) -> None:
    for name in ("script that ends ours", "attribute", "jinja", "style that ends ours", "half a character", "long"):
        text = TEXTS[name]
        page = opened(page_of(tmp_path, busy.saying(review, said(text)), occasion_saying(text)))
        found = page.elements()
        assert {one for one in found if " " not in one} <= ELEMENTS, name
        assert page.wrongs() == [], name


def test_that_a_list_is_put_in_order_by_a_click_and_again(opened: Opens, tmp_path: Path, review: Review) -> None:
    page = opened(page_of(tmp_path, review)).page
    table = page.locator("#responses table").nth(1)
    column = [head.strip() for head in table.locator("thead th").all_text_contents()].index("After")
    waits = {one.task: one.waited_s for one in review.responses}
    button = table.locator("thead th").nth(column).locator("button")
    button.click()
    assert table.locator("thead th").nth(column).get_attribute("aria-sort") == "ascending"
    order = [
        float(row.get_attribute("data-v") or 0) for row in table.locator(f"tbody td:nth-child({column + 1})").all()
    ]
    assert order == sorted(waits.values())
    button.press("Enter")
    order = [
        float(row.get_attribute("data-v") or 0) for row in table.locator(f"tbody td:nth-child({column + 1})").all()
    ]
    assert order == sorted(waits.values(), reverse=True)


def test_that_a_record_beside_a_figure_leads_to_its_line(opened: Opens, tmp_path: Path, review: Review) -> None:
    page = opened(page_of(tmp_path, review)).page
    link = page.locator("#reached a.rec").first
    number = (link.text_content() or "").replace(",", "")
    assert link.get_attribute("href") == f"#r{number}"
    line = page.locator(f"#r{number}")
    found = next(one for one in review.index if one.record == int(number))
    assert found.at.isoformat(timespec="seconds")[:19] in (line.text_content() or "")


def test_that_it_can_be_read_without_its_script(opened: Opens, tmp_path: Path, review: Review) -> None:
    path = page_of(tmp_path, review)
    text = path.read_text("utf-8")
    bare = tmp_path / "bare.html"
    bare.write_text(text[: text.index("<script>")] + "</body></html>", "utf-8")
    page = opened(bare)
    words = page.text()
    assert all(one.objective.text in words for one in review.objectives)
    assert "1 of 4" in words and "Held for our own calls" in words
