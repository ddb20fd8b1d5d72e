"""ICS forms as web pages, in a real browser: nothing runs, nothing is asked for, every word is there to be read."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings

from cop.briefing import lettering
from cop.briefing.forms.as_html import as_html
from cop.briefing.forms.filling import FORMS, fill, subjects
from cop.briefing.forms.form import Form
from tests import reports as r
from tests.briefing.browser.watching import Opens
from tests.briefing.form_text import ground_of
from tests.briefing.hostile import TEXTS, as_name, occasion_saying, reports_saying, said, saying, texts
from tests.briefing.kept_back import FRIEND, OURS, OWNER, found_in, kept_back

#: all that a form's page is made of
ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "section", "p", "span", "h1", "h2", "div", "table", "caption"),
    *("colgroup", "col", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "img"),
}


def every_form(text: str) -> Iterator[Form]:
    """Each form of a picture that says this everywhere; for the operation, and for the first subject of each kind."""
    text = said(text)
    ground = ground_of(saying(text), at=r.at(60), operation=text, exercise=text, classification=text, past=text)
    for name in FORMS:
        yield from fill(name, ground)
        for about in {about.what: about for about, _ in reversed(subjects(name, ground))}.values():
            yield from fill(name, ground, about=about)


def page_of(folder: Path, forms: list[Form], text: str) -> Path:
    path = folder / "forms.html"
    path.write_bytes(as_html(forms, occasion_saying(text), author=said(text)))
    return path


def one_line_of(text: str) -> str:
    return "".join(text.split())


def judge(opened: Opens, path: Path, words: list[str]) -> None:
    page = opened(path)
    found = page.elements()
    # `meta content` and data: images are ours; anything with an address or a handler would be a name with a blank
    assert {name for name in found if " " not in name} <= ELEMENTS
    assert {name for name in found if " " in name} <= {"img src data:"}
    assert page.wrongs() == []
    readable = one_line_of(page.text())
    assert [one for one in words if one_line_of(lettering.readable(one)) not in readable] == []


def test_that_no_text_of_a_feed_runs_or_becomes_markup_on_a_form(opened: Opens, tmp_path: Path) -> None:
    forms = [form for name, text in TEXTS.items() if len(text) < 1000 for form in every_form(text)]
    assert {form.name for form in forms} == set(FORMS)
    short = [said(text) for name, text in TEXTS.items() if len(text) < 1000 and name != "unseen"]
    judge(opened, page_of(tmp_path, forms, TEXTS["title that ends ours"]), short)


@pytest.mark.parametrize("name", ["title that ends ours", "comment", "long"])
def test_that_what_the_occasion_says_is_text_as_well(opened: Opens, tmp_path: Path, name: str) -> None:
    text = TEXTS[name]
    judge(opened, page_of(tmp_path, list(every_form(text))[:2], text), [])


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some=texts, other=texts)
def test_that_no_text_at_all_does(opened: Opens, tmp_path: Path, some: str, other: str) -> None:
    forms = [*every_form(some), *every_form(other)]
    judge(opened, page_of(tmp_path, forms, some), [])


@pytest.mark.parametrize("reader", ["", "airport-police", FRIEND, OWNER])
def test_that_no_form_tells_what_its_reader_may_not_know(reader: str) -> None:
    picture = kept_back()
    ground = ground_of(picture, at=r.at(10), reader=reader)
    for name in FORMS:
        forms = list(fill(name, ground))
        for about, _ in subjects(name, ground):
            forms += fill(name, ground, about=about)
        content = as_html(forms) + msgspec.json.encode(forms)
        assert found_in(content, reader) == [], name


def test_that_the_names_of_objects_are_what_feeds_may_call_them() -> None:
    assert {one.agency for one in reports_saying(TEXTS["image"])} == {OURS, as_name(TEXTS["image"])}
