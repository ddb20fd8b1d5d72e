"""Whatever a feed or a person says, every file of ours is whole, and says it as text alone."""

import csv
import html
import io
import json
import re
import zipfile

import gpxpy
import pytest
from lxml import etree

from cop.briefing.exports import formats
from cop.briefing.exports.csv_table import COLUMNS
from cop.briefing.exports.export import Export, Wanted
from cop.briefing.leaving import leaving
from tests import reports as r
from tests.briefing.hostile import TEXTS, occasion_saying, saying

FORMULA = re.compile(r"^\s*[=+@\-|%]")
KINDS = frozenset(COLUMNS)


def _written(form: str, text: str) -> bytes:
    occasion = occasion_saying(text)
    export = Export(leaving(saying(text), r.at(10), operation=occasion.operation), occasion, Wanted(kinds=KINDS))
    file = io.BytesIO()
    formats.write(export, form, file)
    return file.getvalue()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_that_every_file_is_whole_and_its_text_is_text(text: str) -> None:
    document = json.loads(_written("geojson", text))
    assert document["features"]
    kml = etree.fromstring(_written("kml", text))
    assert {str(one.tag).rpartition("}")[2] for one in kml.iter()} <= _KML
    for description in kml.iter("{*}description"):  # viewers take it for HTML
        shown = description.text or ""
        assert set(re.findall(r"<[^>]*>?", shown)) <= {"<b>", "</b>", "<br/>"}
        assert "$[" not in shown
        assert html.unescape(shown)
    for balloon in kml.iter("{*}BalloonStyle"):
        assert balloon.findtext("{*}text") == "$[description]"
    assert gpxpy.parse(_written("gpx", text).decode()).tracks
    assert etree.fromstring(_written("cot", text)).findall("event")
    with zipfile.ZipFile(io.BytesIO(_written("tak", text))) as package:
        manifest = etree.fromstring(package.read("MANIFEST/manifest.xml"))
        names = {one.get("zipEntry") for one in manifest.iter("Content")}
        assert names == set(package.namelist()) - {"MANIFEST/manifest.xml"}
    with zipfile.ZipFile(io.BytesIO(_written("csv-zip", text))) as archive:
        for name in archive.namelist():
            for row in csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")):
                for cell in row:
                    assert not FORMULA.match(cell) or _is_figure(cell)


def _is_figure(cell: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", cell) is not None


_KML = {
    *("kml", "Document", "Folder", "Placemark", "name", "open", "description", "ExtendedData", "Data", "value"),
    *("Style", "IconStyle", "LineStyle", "PolyStyle", "BalloonStyle", "color", "width", "text", "styleUrl"),
    *("TimeStamp", "TimeSpan", "when", "begin", "end", "Point", "LineString", "Polygon", "MultiGeometry"),
    *("outerBoundaryIs", "innerBoundaryIs", "LinearRing", "coordinates", "MultiTrack", "Track", "coord"),
}
