"""What some may not know is in no file that leaves for them, nor can text of a feed become anything but text there."""

import csv
import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from lxml import etree, html

from cop.briefing.exports.export import Export, Wanted
from cop.briefing.exports.formats import FORMATS, write
from cop.briefing.leaving import leaving
from tests import reports as r
from tests.briefing.hostile import TEXTS, occasion_saying, saying, texts
from tests.briefing.kept_back import FRIEND, HIDDEN, MEDICAL, OURS, OWNER, PLACES, digits, found_in, kept_back, secrets

OTHER = "airport-police"


def written(export: Export, form: str) -> list[tuple[str, bytes]]:
    """The files of a product, those within it apart: what is packed cannot be searched."""
    to = io.BytesIO()
    write(export, form, to)
    content = to.getvalue()
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return [(form, content)]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return [(name, parts.read(name)) for name in parts.namelist()]


def everything(form: str) -> Wanted:
    return Wanted(kinds=frozenset({"unit"} if form == "csv" else FORMATS[form].kinds))


@pytest.mark.parametrize("reader", ["", OTHER, FRIEND, OWNER])
@pytest.mark.parametrize("form", FORMATS)
def test_that_no_file_holds_what_its_reader_may_not_know(form: str, reader: str) -> None:
    leaves = leaving(kept_back(), r.at(10), reader=reader, own=OURS)
    export = Export(leaves, occasion_saying("x", reader=reader), everything(form))
    assert [(name, found) for name, content in written(export, form) if (found := found_in(content, reader))] == []


def test_that_what_is_looked_for_is_found_where_it_may_be() -> None:
    leaves = leaving(kept_back(), r.at(10), reader=OURS, own=OURS)
    export = Export(leaves, occasion_saying("x", reader=OURS), everything("geojson"))
    [(_, content)] = written(export, "geojson")
    assert set(digits()) <= {one for one in secrets("") if one.encode() in content}
    assert leaves.picture.details
    assert MEDICAL in str(leaves.picture.details)
    assert len(leaves.trail(HIDDEN).at) > 1
    assert len(PLACES) == 3


def as_html(text: str) -> set[str]:
    return {one.tag for one in html.fromstring(f"<div>{text}</div>").iter() if isinstance(one.tag, str)}


def judge(form: str, name: str, content: bytes) -> None:
    """A file is well formed, and what its reader takes for markup or for a formula came from us."""
    suffix = name.rpartition(".")[2]
    assert ".." not in name
    assert not name.startswith("/")
    if suffix in {"kml", "gpx", "cot", "xml"}:
        tree = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
        assert b"<!DOCTYPE" not in content
        for one in tree.iter("{http://www.opengis.net/kml/2.2}description"):
            assert as_html(one.text or "") <= {"div", "b", "br"}
        for one in tree.iter("{http://www.opengis.net/kml/2.2}href"):
            assert not (one.text or "").startswith(("http", "javascript", "data", "file"))
    elif suffix == "geojson":
        json.loads(content)
    elif suffix == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), strict=True))
        assert len({len(row) for row in rows}) == 1
        for cell in (cell for row in rows for cell in row):
            if cell[:1] in set("=+-@\t\r"):
                float(cell)  # a formula would be run when the table is opened
    else:
        assert form in {"kmz", "tak"}


@pytest.mark.parametrize("form", FORMATS)
def test_that_no_text_of_a_feed_becomes_markup_or_a_formula_in_a_file(form: str) -> None:
    for text in TEXTS.values():
        leaves = leaving(saying(text), r.at(60))
        export = Export(leaves, occasion_saying(text, reader=""), everything(form))
        for name, content in written(export, form):
            judge(form, name, content)


@settings(max_examples=25, deadline=None)
@given(texts)
def test_that_no_text_at_all_does(text: str) -> None:
    leaves = leaving(saying(text), r.at(60))
    for form in ("kml", "csv-zip", "cot", "gpx", "geojson"):
        export = Export(leaves, occasion_saying(text, reader=""), everything(form))
        for name, content in written(export, form):
            judge(form, name, content)
