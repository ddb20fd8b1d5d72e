"""What is exported can be read back and gives the same: each format over pictures that nobody thought of."""

import csv
import io
import itertools
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import gpxpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from cop.briefing.exports import csv_table, text
from cop.briefing.exports.csv_cells import guarded, unguarded
from cop.briefing.exports.export import Wanted
from cop.briefing.exports.formats import FORMATS
from cop.briefing.exports.kml import object_name
from cop.briefing.imports.ground import drawn
from cop.briefing.imports.reading import read_bytes
from cop.briefing.state import state
from cop.domain.area import Alert, Zone
from cop.domain.batch import Batch
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.domain.unit import Position, Unit
from cop.feeds.adapters.kml import Kml
from cop.feeds.cot_uids import agency_of, uid_of
from cop.feeds.message import Feed, Message
from cop.picture.picture import Picture
from tests import reports as r
from tests.briefing.exported import export, written
from tests.feeds.payloads import adapter_of

IDS = st.text("abcdefghij0123456789-_.~ é", min_size=1, max_size=12).filter(str.strip)
AGENCIES = st.sampled_from(["charlotte-fire", "gastonia.pd", "n_c/x".replace("/", "-")])
WILD = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    ["=cmd|' /C calc'!A0", "<b>&amp;</b>", "]]>", "$[name]", 'a"b,c\r\nd', ";=1+1", "'quoted", "\ufeff", "-5", "12"]
)
LATS = st.floats(-89.0, 89.0).map(lambda one: round(one, 7) + 0.0)
LONS = st.floats(-179.0, 179.0).map(lambda one: round(one, 7) + 0.0)
PLACES = st.tuples(LONS, LATS).map(list)


def _square(lon: float, lat: float, side: float = 0.01) -> list[list[float]]:
    return [
        [round(x, 7), round(y, 7)]
        for x, y in ((lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side), (lon, lat))
    ]


GEOMETRIES = st.one_of(
    PLACES.map(lambda one: {"type": "Polygon", "coordinates": [_square(*one)]}),
    PLACES.map(
        lambda one: {
            "type": "Polygon",
            "coordinates": [_square(*one), _square(one[0] + 0.003, one[1] + 0.003, 0.002)[::-1]],
        }
    ),
    PLACES.map(
        lambda one: {"type": "MultiPolygon", "coordinates": [[_square(*one)], [_square(one[0] + 0.1, one[1] + 0.1)]]}
    ),
    st.lists(st.tuples(st.floats(-80, 80).map(lambda x: round(x, 7) + 0.0), LATS).map(list), min_size=2, max_size=6)
    .filter(lambda some: all(a != b for a, b in itertools.pairwise(some)))
    .map(lambda some: {"type": "LineString", "coordinates": some}),
)


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """A picture with some of everything, its words whatever a feed may say."""
    told: list[Report] = []
    places = []
    for agency, unit in draw(st.sets(st.tuples(AGENCIES, IDS), max_size=4)):
        if draw(st.booleans()):
            kind, status = draw(st.sampled_from([("engine", "available"), ("k9", "on_scene"), ("odd kind", "busy")]))
            told.append(r.report(agency, r.unit(unit, callsign=draw(WILD), kind=kind, status=status)))
        seconds = draw(st.integers(-500, -20))
        if draw(st.booleans()):
            lat, lon = draw(LATS), draw(LONS)
            places += [(agency, unit, lat, lon, seconds), (agency, unit, round(lat + 0.001, 7), lon, seconds + 20)]
    for agency, name in draw(st.sets(st.tuples(AGENCIES, IDS), max_size=2)):
        place = {"lat": draw(LATS), "lon": draw(LONS)} if draw(st.booleans()) else {}
        words: dict[str, Any] = {"title": draw(WILD), "summary": draw(WILD), "opened_at": r.at(-900), **place}
        told.append(r.report(agency, r.incident(name, type="fire", priority=draw(st.integers(1, 5)), **words)))
        told.append(r.report(agency, r.task(f"t{name}", objective=draw(WILD), note=draw(WILD), checklist=("a", "b"))))
        told.append(r.report(agency, r.answer(f"t{name}", "declined", reason=draw(WILD))))
        told.append(r.report(agency, r.resource(name, name=draw(WILD), conditions=draw(WILD), quantity=3)))
        told.append(r.report(agency, LogEntry(id=name, at=r.at(-5), text=draw(WILD.filter(bool)), by=draw(WILD))))
    for agency, name in draw(st.sets(st.tuples(AGENCIES, IDS), max_size=3)):
        ends = draw(st.none() | st.just(r.at(900)))
        zone = Zone(
            id=name,
            at=r.at(-60),
            kind=draw(st.sampled_from(["hot_zone", "road_closure", "drawn"])),
            name=draw(WILD),
            summary=draw(WILD),
            geometry=draw(GEOMETRIES),
            starts_at=draw(st.none() | st.just(r.at(-60))),
            expires_at=ends,
        )
        told.append(r.report(agency, zone))
    told.append(r.report("nws", Alert(id="a1", at=r.at(-9), event="Flood", headline=draw(WILD))))
    picture = Picture()
    picture.apply(r.positions_batch(*places[::2]))
    picture.apply(r.positions_batch(*places[1::2], epoch=2))
    picture.apply(Batch(epoch=2, reports=told))
    return picture


def _objects(picture: Picture) -> dict[str, dict[str, Any]]:
    """All that stands, by the key that files name it by."""
    whole = state(picture, r.at(0))
    lists = {"unit": "units", "incident": "incidents", "resource": "resources", "zone": "zones", "alert": "alerts"}
    return {
        f"{kind}/{one['agency']}/{one['unit'] if kind == 'unit' else one['id']}": one
        for kind, name in lists.items()
        for one in whole[name]
    }


def _place(one: dict[str, Any]) -> list[float] | None:
    return [round(one["lon"], 7), round(one["lat"], 7)] if "lat" in one else None


@given(pictures())
@settings(max_examples=30, deadline=None)
def test_that_geojson_read_back_has_the_same_objects_fields_and_places(picture: Picture) -> None:
    document = json.loads(written(export(picture, r.at(0)), "geojson"))
    features = {one["id"]: one for one in document["features"]}
    objects = _objects(picture)
    assert set(features) == set(objects)
    for key, one in objects.items():
        properties = features[key]["properties"]
        assert properties.pop("kind_of_object") == key.partition("/")[0]
        drawn_as = features[key]["geometry"]
        assert drawn_as == (one.get("geometry") or (None if _place(one) is None else _point(one)))
        fields = {name: value for name, value in one.items() if name not in {"lat", "lon", "geometry"}}
        assert json.dumps(properties) == json.dumps(fields)


def _point(one: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Point", "coordinates": _place(one)}


@pytest.mark.parametrize("form", ["kml", "kmz"])
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_that_kml_read_back_has_the_same_objects_fields_and_places(form: str, data: st.DataObject) -> None:
    picture = data.draw(pictures())
    content = written(export(picture, r.at(0)), form)
    objects = _objects(picture)
    by_name = {object_name(*key.split("/")): (key, one) for key, one in objects.items()}
    found = {one.fields["id"] if "id" not in one.fields else _xml_id(content, n): one for n, one in _features(content)}
    told = {name: one for name, one in found.items() if name in by_name}
    assert set(told) == set(by_name)
    for name, one in told.items():
        key, entry = by_name[name]
        fields = {name: value for name, value in entry.items() if name not in {"lat", "lon", "geometry"}}
        expected = {name: text.legal(value) for name, value in text.flattened(fields)}
        read = {name: value for name, value in one.fields.items() if name in expected or name not in {"id"}}
        assert read.pop("kind_of_object") == key.partition("/")[0]
        assert expected == {name: value for name, value in read.items() if name in expected}
        if _place(entry) is not None:
            assert one.geometry == {"type": "Point", "coordinates": _place(entry)}
        elif entry.get("geometry"):
            assert one.geometry == entry["geometry"]
        else:
            assert one.geometry == {}


def _features(content: bytes) -> list[tuple[int, Any]]:
    try:
        return list(enumerate(read_bytes(content).features))
    except ValueError as error:
        assert "nothing that stands" in str(error)
        return []


def _xml_id(content: bytes, number: int) -> str:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = archive.read("doc.kml")
    return str(list(etree.fromstring(content).iter("{*}Placemark"))[number].get("id"))


@given(pictures())
@settings(max_examples=25, deadline=None)
def test_that_the_adapter_of_a_desk_reads_our_kml_as_zones_where_we_drew_them(picture: Picture) -> None:
    content = written(export(picture, r.at(0), wanted=Wanted(kinds=frozenset({"zone"}))), "kml")
    reports = Kml(Feed(name="kml", format="kml", topic="#", agency="other")).decode(Message("kml/x", content, r.at(1)))
    zones = [one for one in picture.zones.values() if isinstance(one.body, Zone)]
    assert len(reports) == len(zones)
    by_summary = {one.body.id: one.body for one in reports}
    for zone in zones:
        read = by_summary[object_name("zone", *zone.key)]
        assert isinstance(read, Zone)
        body = zone.body
        assert isinstance(body, Zone)
        assert read.geometry == body.geometry
        assert (read.starts_at, read.expires_at) == (body.starts_at, body.expires_at)


@given(pictures())
@settings(max_examples=25, deadline=None)
def test_that_what_is_drawn_of_our_own_file_lies_where_it_lay(picture: Picture) -> None:
    content = written(export(picture, r.at(0), wanted=Wanted(kinds=frozenset({"zone"}))), "geojson")
    if not picture.zones:
        return
    found = {
        (one.feature.fields["agency"], one.feature.fields["id"]): one for one in drawn(read_bytes(content).features)
    }
    for key, zone in picture.zones.items():
        body = zone.body
        assert isinstance(body, Zone)
        assert found[key].geometry == body.geometry
        assert found[key].wrong == ""
        assert found[key].feature.ends == body.expires_at


@given(pictures(), st.booleans())
@settings(max_examples=30, deadline=None)
def test_that_csv_read_back_has_the_same_rows(picture: Picture, for_excel: bool) -> None:
    kinds = frozenset(csv_table.COLUMNS) - {"trail"}
    what = export(picture, r.at(0), wanted=Wanted(kinds=kinds, for_excel=for_excel), operation="=Op", exercise="Rail")
    whole = state(picture, r.at(0))
    lists = {"unit": "units", "log": "log", **{kind: f"{kind}s" for kind in kinds - {"unit", "log"}}}
    with zipfile.ZipFile(io.BytesIO(written(what, "csv-zip"))) as archive:
        for kind in kinds:
            content = archive.read(f"{csv_table.NAMES[kind]}.csv")
            assert content.startswith(b"\xef\xbb\xbf") == for_excel
            header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
            entries = {(one["agency"], one["unit" if kind == "unit" else "id"]): one for one in whole[lists[kind]]}
            assert len(rows) == len(entries)
            assert len(set(header)) == len(header)
            for row in rows:
                cells = dict(zip(header, row, strict=True))
                entry = entries.pop((cells["agency"], unguarded(cells["unit" if kind == "unit" else "id"])))
                assert unguarded(cells["file_operation"]) == "=Op"
                assert cells["file_exercise"] == "EXERCISE: Rail"
                for column in csv_table.COLUMNS[kind]:
                    value = text.at(entry, column)
                    cell = cells[csv_table.heading(column)]
                    if isinstance(value, float | int):
                        assert (json.loads(cell) if isinstance(value, bool) else float(cell)) == pytest.approx(
                            value, abs=1e-7
                        )
                    else:
                        assert unguarded(cell) == text.words(value)


@settings(deadline=None)
@given(WILD | st.text("=+-@;'\t\r\n |%a ", max_size=20))
def test_that_no_cell_is_a_formula_and_each_is_read_back_as_it_was(said: str) -> None:
    cell = guarded(said)
    assert unguarded(cell) == said
    for part in cell.replace("\t", ";").replace("\r", ";").replace("\n", ";").split(";"):
        assert part.lstrip()[:1] not in {"=", "+", "-", "@", "|", "%", "＝"} or not part.strip()


@given(pictures())
@settings(max_examples=25, deadline=None)
def test_that_gpx_read_back_has_the_same_trails(picture: Picture) -> None:
    wanted = Wanted(kinds=frozenset({"trail", "incident"}))
    read = gpxpy.parse(written(export(picture, r.at(0), wanted=wanted), "gpx").decode())
    now = r.at(0).timestamp()
    known = {f"trail/{key[0]}/{key[1]}": picture.trails.of(key, 0.0, now) for key in picture.tracks.keys}
    trails = {name: one for name, one in known.items() if len(one.at)}
    assert {one.description for one in read.tracks} == set(trails)
    for track in read.tracks:
        trail = trails[str(track.description)]
        points = [point for segment in track.segments for point in segment.points]
        assert [round(one.latitude, 7) for one in points] == [round(one, 7) for one in trail.lat.tolist()]
        assert [round(one.longitude, 7) for one in points] == [round(one, 7) for one in trail.lon.tolist()]
        assert [one.time for one in points] == [datetime.fromtimestamp(one, UTC) for one in trail.at.tolist()]
        assert sum(not joined for joined in trail.joined.tolist()) == len(track.segments)
    located = {f"incident/{one['agency']}/{one['id']}" for one in state(picture, r.at(0))["incidents"] if "lat" in one}
    assert {one.description for one in read.waypoints} == located


@pytest.mark.parametrize("form", ["cot", "tak"])
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_that_cot_read_back_by_a_desk_has_the_same_units_where_they_are(form: str, data: st.DataObject) -> None:
    picture = data.draw(pictures())
    content = written(export(picture, r.at(0), wanted=Wanted(kinds=frozenset({"unit"}))), form)
    adapters = {agency: adapter_of("cot-xml", agency=agency) for agency in {one[0] for one in picture.tracks.keys}}
    found: dict[tuple[str, str], dict[type, Any]] = {}
    for event in _events(content):
        owner = agency_of(str(etree.fromstring(event).get("uid")))
        for one in adapters[owner].decode(Message("tak", event, r.at(10))):
            found.setdefault((one.agency, one.source.original_id), {})[type(one.body)] = one.body
    units = [one for one in state(picture, r.at(0))["units"] if one.get("lat", 0.0)]
    assert len(found) == len(units)
    for one in units:
        read = found[one["agency"], uid_of("unit", one["agency"], one["unit"], exercise=False)]
        assert read[Position].lat == pytest.approx(one["lat"], abs=1e-6)
        assert read[Position].lon == pytest.approx(one["lon"], abs=1e-6)
        said = one.get("said", {})
        if Unit in read:
            assert read[Unit].kind == said.get("kind", "unknown")
            assert read[Unit].status == said.get("status", "unknown")


def _events(content: bytes) -> list[bytes]:
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [archive.read(name) for name in archive.namelist() if name.endswith(".cot")]
    return [etree.tostring(one) for one in etree.fromstring(content)]


@pytest.mark.parametrize("form", FORMATS)
def test_that_an_empty_picture_is_a_whole_file_in_every_format(form: str) -> None:
    content = written(export(Picture(), r.at(0)), form)
    assert content
