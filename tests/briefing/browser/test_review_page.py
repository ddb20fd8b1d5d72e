"""The after-action review in a real browser with no network: it is read, sorted and printed, and no word of it runs."""

from datetime import UTC
from pathlib import Path

import msgspec
import pypdfium2
import pytest

from cop.briefing import lettering
from cop.briefing.pdf_pages import text
from cop.briefing.review_leaving import Told, told_to
from cop.briefing.review_page import as_page
from cop.briefing.review_paper import as_paper
from cop.domain.details import IncidentDetails
from cop.domain.log import LogEntry
from cop.exercise.review.figures import Review
from tests import reports as r
from tests.briefing.browser.watching import Opens, Watched
from tests.briefing.hostile import TEXTS, occasion_saying, said
from tests.briefing.kept_back import DRAFT, FOR_ONE, HIDDEN, MEDICAL, PERSONAL, PLACES, digits
from tests.exercise.review import busy
from tests.exercise.review.told import INCIDENT, OTHERS, THEIRS
from tests.replay.stage import OWN

SHORT = {name: said(text) for name, text in TEXTS.items() if len(text) < 1000}
#: lists whose lines belong to the record, not to what was said in it
_ONE = {"paces", "load", "index"}
#: presses all that can be pressed
_ROUND = """() => {
  document.querySelectorAll("details").forEach((one) => { one.open = true; });
  document.querySelectorAll("th button, summary").forEach((one) => { one.click(); one.click(); });
  document.querySelectorAll("nav a").forEach((one) => one.click());
}"""


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Review:
    folder = tmp_path_factory.mktemp("record")
    busy.write(folder)
    return busy.review_of(folder)


def page_of(folder: Path, review: Review, text: str, *, reader: str = OWN) -> Path:
    told = told_to(review, busy.CLAUSES, reader=reader, own=OWN) if reader != OWN else whole(review)
    path = folder / "review.html"
    path.write_bytes(as_page(told, occasion_saying(text, at=r.NOON, reader=reader), zone=UTC))
    return path


def whole(review: Review) -> Told:
    return Told(review=review, reader=OWN, whole=True)


def together(text: str) -> str:
    return "".join(text.split())


def pressed(opened: Opens, path: Path) -> Watched:
    page = opened(path)
    page.page.evaluate(_ROUND)
    return page


def test_that_it_is_read_sorted_and_printed(opened: Opens, tmp_path: Path, review: Review) -> None:
    page = pressed(opened, page_of(tmp_path, review, "FOUO"))
    assert page.wrongs() == []
    page.page.pdf(path=tmp_path / "review.pdf", prefer_css_page_size=True, print_background=True)
    paper = pypdfium2.PdfDocument(tmp_path / "review.pdf")
    words = together("".join(one.get_textpage().get_text_range() for one in paper))
    for one in review.objectives:
        assert together(one.objective.text) in words
    narrow = opened(page_of(tmp_path, review, "FOUO"), width=360, height=720, touch=True)
    assert narrow.page.evaluate("document.documentElement.scrollWidth") <= 360


def side_by_side(review: Review, every: list[str]) -> Review:
    """One review with some lines of each list for each text: a page for each would take minutes."""
    said_so = [busy.saying(review, text) for text in every]
    lists = [name for name in review.__struct_fields__ if name not in _ONE and isinstance(getattr(review, name), tuple)]
    fields = {name: tuple(one for each in said_so for one in getattr(each, name)[:2]) for name in lists}
    return msgspec.structs.replace(said_so[0], **fields)


def test_that_no_word_of_a_record_runs_or_becomes_markup(opened: Opens, tmp_path: Path, review: Review) -> None:
    usual = set(pressed(opened, page_of(tmp_path, review, "FOUO")).elements())
    for begin in range(3):
        every = list(SHORT.values())[begin::3]
        page = pressed(opened, page_of(tmp_path, side_by_side(review, every), every[0]))
        assert page.wrongs() == []
        found = page.elements()
        assert set(found) <= usual
        assert (found["script"], found["style"], found["title"]) == (1, 1, 1)
        words = together(page.text())
        assert [text for text in every if together(lettering.readable(text)) not in words] == []
        links = page.page.evaluate("[...document.querySelectorAll('[href]')].map((one) => one.getAttribute('href'))")
        assert all(one.startswith("#") for one in links)


@pytest.mark.parametrize("name", ["long", "long and marked up"])
def test_that_an_endless_word_widens_nothing(opened: Opens, tmp_path: Path, review: Review, name: str) -> None:
    page = pressed(opened, page_of(tmp_path, busy.saying(review, TEXTS[name]), TEXTS[name], reader=OTHERS))
    assert page.wrongs() == []
    assert page.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("reader", ["", OTHERS])
def test_that_details_places_and_words_to_others_are_in_no_review_for_others(tmp_path: Path, reader: str) -> None:
    record = busy.write(tmp_path)
    lat, lon = PLACES[HIDDEN]
    for second in range(3610, 3640, 10):
        record.place(THEIRS, "engine-2", second, lat=lat, lon=lon)
    to = {"to": OWN, "medical": MEDICAL, "personal": PERSONAL}
    record.say(OWN, record.word(IncidentDetails, INCIDENT, 3650, **to))
    record.say(OWN, record.word(LogEntry, "l-9", 3655, text=FOR_ONE, to=(THEIRS,)))
    record.ask(3660, task="t-9", objective=DRAFT, unit="engine-9", draft=True)
    record.end(3700)
    told = told_to(busy.review_of(tmp_path), busy.CLAUSES, reader=reader, own=OWN)
    occasion = occasion_saying("x", at=r.NOON, reader=reader)
    paper = " ".join(text(as_paper(told, occasion)))
    made = as_page(told, occasion) + paper.encode() + msgspec.json.encode(told.review)
    assert [one for one in (MEDICAL, PERSONAL, FOR_ONE, DRAFT, *digits()) if one.encode() in made] == []
    ours = as_page(whole(busy.review_of(tmp_path)), occasion).decode()
    assert FOR_ONE in ours and DRAFT in ours
