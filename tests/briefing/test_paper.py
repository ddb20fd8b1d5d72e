"""Forms on paper: what can be read on the pages, that they look as agreed, and that nothing said can stop them."""

import time
from collections.abc import Iterator
from typing import Any

import lxml.html
import msgspec
import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.briefing import lettering
from cop.briefing.forms.as_html import as_html
from cop.briefing.forms.as_pdf import as_pdf
from cop.briefing.forms.filling import FORMS, fill
from cop.briefing.forms.form import Box, Column, Form, Row, Signature, Sketch, Table
from cop.briefing.forms.sketch import sketch
from cop.briefing.occasion import Occasion
from cop.briefing.paper import Section, pdf
from cop.briefing.pdf_pages import pixels, sizes, text
from cop.briefing.ruled import Listing, Words
from cop.domain.desk import Operator
from cop.map.palette import RESOURCES
from tests import reports as r
from tests.briefing.busy_hour import RAIL, busy_ground
from tests.briefing.hostile import TEXTS

HOSTILE = tuple(TEXTS.values())
HEAD = Row(
    boxes=(
        Box(number="1", label="Incident Name", text="Derailment", share=0.5),
        Box(number="2", label="Operational Period", text="Period 2\nFrom 06:00 to 18:00", share=0.5),
    )
)
PLAIN = {
    *("html", "head", "meta", "title", "style", "body", "section", "h1", "h2", "div", "span", "p"),
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tr", "th", "td"),
}
OCCASION = Occasion(
    operation="Steel Rail",
    at=r.NOON,
    made_at=r.NOON,
    operator=Operator(agency="charlotte-fire", role="commander", name="Reyes", desk="d"),
    exercise="Steel Rail",
    past="REPLAY: what this desk knew at that time; looked up later",
)


@pytest.fixture(autouse=True)
def clock_of_charlotte(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def made(*parts: Any, name: str = "204", **fields: Any) -> Form:
    signed = Signature(label="9. Prepared by", name="Reyes", position="Planning", at="01/01/2026 12:00 UTC")
    return Form(
        **{"name": name, "title": "Assignment List", "parts": (HEAD, *parts), "signatures": (signed,), **fields}
    )


def listed(*rows: tuple[str, ...], **fields: Any) -> Table:
    columns = (Column(heading="Resource", share=0.3), Column(heading="Work", share=0.7))
    return Table(**{"number": "5", "label": "Resources Assigned", "columns": columns, "rows": rows, **fields})


def words_of(document: bytes) -> list[str]:
    return [" ".join(page.split()) for page in text(document)]


def test_that_a_long_list_goes_on_under_its_headings_with_all_its_rows_and_numbered_pages() -> None:
    rows = [(f"Engine {number}.", f"Work of {number}. " * (number % 7 + 1)) for number in range(400)]
    pages = words_of(as_pdf(made(listed(*rows), marking="CUI"), OCCASION))
    assert len(pages) > 5
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
        for each in ("1. Incident Name", "Derailment", "Period 2", "5. Resources Assigned", "Resource Work", "ICS 204"):
            assert each in page, (number, each)
        assert page.count("CUI") == 2
        assert page.count("EXERCISE · Steel Rail") == 2
        assert page.count("REPLAY") == 2
        assert "Reyes" in page
    assert sum("(continued)" in page for page in pages) == len(pages) - 1
    whole = " ".join(pages)
    assert all(f"Engine {number}." in whole for number in range(400))


@pytest.mark.parametrize("where", ["box", "cell", "label", "heading", "signature", "marking", "note", "title"])
def test_that_a_text_of_a_megabyte_stops_no_form(where: str) -> None:
    long = "long words " * 100_000
    form = made(
        Row(boxes=(Box(label="x", text=long if where == "box" else "x"),)),
        listed((long if where == "cell" else "", "x")),
    )
    if where == "label":
        form = made(Row(boxes=(Box(label=long, text="x", share=0.001), Box(label=long))))
    elif where == "heading":
        form = made(Table(label=long, columns=tuple(Column(heading=long) for _ in range(16)), rows=(("x",) * 16,)))
    elif where == "signature":
        form = msgspec.structs.replace(form, signatures=(Signature(name=long, position=long, at=long, label=long),) * 6)
    elif where in {"marking", "note", "title"}:
        form = msgspec.structs.replace(form, **{where: long})
    document = as_pdf(form, msgspec.structs.replace(OCCASION, exercise=long, past=long))
    assert 1 <= len(sizes(document)) < 40
    if where in {"box", "cell"}:
        assert "more characters are not printed" in " ".join(words_of(document))


def test_that_ten_thousand_characters_in_a_cell_are_all_printed_over_pages() -> None:
    said = " ".join(f"word{number}" for number in range(1500))
    for part in (listed(("Engine 4", said)), Row(boxes=(Box(label="Instructions", text=said), Box(label="b")))):
        document = as_pdf(made(part))
        assert len(sizes(document)) > 1
        found = " ".join(words_of(document)).split()
        assert all(f"word{number}" in found for number in range(1500))


@given(
    st.lists(st.text(st.characters(), max_size=300), min_size=4, max_size=4),
    st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=3, max_size=3),
    st.integers(-5, 300),
)
@settings(max_examples=40, deadline=None)
def test_that_whatever_is_written_there_is_a_page(texts: list[str], shares: list[float], blank: int) -> None:
    columns = tuple(Column(heading=texts[0], share=one) for one in shares)
    form = made(
        Row(boxes=tuple(Box(label=texts[0], text=texts[1], share=one, lines=blank) for one in shares)),
        Table(label=texts[1], columns=columns, rows=((texts[2],), tuple(texts[:3])), blank=blank),
        Sketch(label=texts[3], png=texts[3].encode("utf-8", "replace"), share_of_page=shares[0]),
        note=texts[3],
        marking=texts[2],
    )
    assert len(sizes(as_pdf(form, msgspec.structs.replace(OCCASION, past=texts[0])))) >= 1
    as_html(form, OCCASION).decode()


def test_that_characters_without_a_letter_are_boxes_and_what_steers_is_not_printed() -> None:
    document = as_pdf(made(Row(boxes=(Box(label="x", text="a🔥b\ud800c \u202eevil\x00\x1b[2J d\u2028e ÄÖé Ω ☐ −"),))))
    (page,) = words_of(document)
    assert "a□b□c evil[2J d e ÄÖé Ω ☐ −" in page


def test_that_markup_is_printed_as_it_was_said() -> None:
    said = [one for one in HOSTILE if one.isascii() and one.isprintable() and len(one) < 90]
    assert len(said) > 3
    form = made(*(Row(boxes=(Box(label="said", text=one),)) for one in said))
    page = " ".join(words_of(as_pdf(form)))
    assert all(" ".join(one.split()) in page for one in said)


def test_that_the_same_form_gives_the_same_bytes_and_tells_nothing_of_the_machine() -> None:
    form = made(listed(("a", "b")))
    document = as_pdf(form, OCCASION, author="Charlotte Fire")
    assert document == as_pdf(form, OCCASION, author="Charlotte Fire")
    with pypdfium2.PdfDocument(document) as opened:
        told = opened.get_metadata_dict(skip_empty=True)
    at = f"D:{r.NOON:%Y%m%d%H%M%S}Z"
    assert told == {
        "Title": "Assignment List (ICS 204)",
        "Subject": "Assignment List (ICS 204)",
        "Author": "Charlotte Fire",
        "Creator": "COP",
        "Producer": "COP",
        "CreationDate": at,
        "ModDate": at,
    }


def test_that_a_plan_of_several_forms_numbers_all_its_pages() -> None:
    forms = [made(listed(("a", "b"))), made(Sketch(label="Map"), name="201", landscape=True)]
    document = as_pdf(forms, OCCASION)
    first, second = words_of(document)
    assert "IAP Page 1 of 2" in first
    assert "Page 1 of 1" in first
    assert "All forms: page 2 of 2" in second
    (wide, high), (other_wide, other_high) = sizes(document)
    assert wide < high
    assert other_wide > other_high


def test_that_empty_rows_are_there_to_be_written_into_but_need_no_page_of_their_own() -> None:
    assert len(sizes(as_pdf(made(listed(blank=6))))) == 1
    rows = [("Engine", "Work")] * 29
    assert len(sizes(as_pdf(made(listed(*rows, blank=60))))) == len(sizes(as_pdf(made(listed(*rows)))))


def test_that_a_long_note_stands_whole_at_the_end() -> None:
    note = " ".join(f"clause{number}" for number in range(300))
    found = " ".join(words_of(as_pdf(made(note=note)))).split()
    assert all(f"clause{number}" in found for number in range(300))


@pytest.mark.parametrize("png", [b"\x89PNG\r\n\x1a\nrubbish", b"GIF89a", b"\x00" * 100])
def test_that_a_sketch_that_is_none_says_so(png: bytes) -> None:
    assert "The sketch could not be read." in words_of(as_pdf(made(Sketch(label="Map", png=png))))[0]


def test_that_a_sketch_shows_the_incident_and_is_empty_where_no_place_is_known() -> None:
    ground = busy_ground()
    png = sketch(ground, RESOURCES / "region", RAIL)
    assert png.startswith(b"\x89PNG")
    assert len(png) < 150_000
    with_it, without = (as_pdf(made(Sketch(label="Map", png=one))) for one in (png, b""))
    assert pixels(with_it, 0, 0.3).content != pixels(without, 0, 0.3).content
    assert sketch(ground, None, ("nobody", "nothing")) == b""


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp", "Zs")) | st.just(" "), max_size=200))
@settings(deadline=None)
def test_that_breaking_lines_loses_no_letter_and_none_is_too_wide(said: str) -> None:
    room = 60.0
    broken = lettering.lines(said, 8, room)
    kept = "".join(lettering.plain(said).split())
    assert "".join("".join(broken).split()) == kept
    assert all(lettering.width(one, 8) <= room + 1e-6 or len(one) == 1 for one in broken)


def test_that_what_is_no_form_has_numbered_pages_too() -> None:
    rows = [(str(number), "said") for number in range(200)]
    story = [Words("Review", 14, bold=True), Listing("Timeline", [("No.", 1), ("What", 4)], rows)]
    document = pdf([Section(story, size="a4")], title="Review")
    assert sizes(document)[0] == pytest.approx((595.3, 841.9), abs=0.1)
    assert len(sizes(document)) > 3


def test_that_a_page_for_browsers_asks_for_nothing_and_runs_nothing() -> None:
    form = made(listed(*((one, one) for one in HOSTILE)), Row(boxes=tuple(Box(label=one, text=one) for one in HOSTILE)))
    page = as_html(msgspec.structs.replace(form, marking=HOSTILE[0], note=HOSTILE[-1]), OCCASION).decode()
    tree = lxml.html.fromstring(page)
    assert "default-src 'none'" in tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert {one.tag for one in tree.iter() if isinstance(one.tag, str)} <= PLAIN
    assert {name for one in tree.iter() for name in one.attrib} <= {
        *("lang", "charset", "http-equiv", "content", "name", "class", "scope", "aria-label")
    }


@pytest.mark.parametrize("name", list(FORMS))
def test_that_every_form_of_a_busy_hour_is_a_document_and_a_page(name: str) -> None:
    forms = fill(name, busy_ground())
    pages = words_of(as_pdf(forms, OCCASION))
    assert all(f"ICS {name}" in page for page in pages)
    assert f"(ICS {name})".encode() in as_html(forms, OCCASION)
