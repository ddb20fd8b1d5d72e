"""Files that anybody may have made: read, or refused in words; never believed, never the end of the desk."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from cop.briefing.imports import reading
from cop.briefing.imports.feature import BadFile
from cop.briefing.imports.ground import Drawn, as_circle, drawn, looks_turned
from cop.briefing.imports.reading import read, read_bytes
from cop.briefing.imports.zones import Choice, command
from cop.domain.area import Zone
from cop.domain.desk import Command, Operator, Refusal
from tests import reports as r

REGION = (-81.5, 34.8, -80.4, 35.7)
RING = [[-80.95, 35.24], [-80.94, 35.24], [-80.94, 35.25], [-80.95, 35.24]]
COMMANDER = Operator(agency="charlotte-fire", role="commander", name="A. Rivera")


def geojson(*geometries: Any, **properties: Any) -> bytes:
    """A collection of these geometries."""
    features = [{"type": "Feature", "geometry": one, "properties": properties} for one in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def kml(inside: str) -> bytes:
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inside}</Document></kml>'.encode()


def only(content: bytes) -> Drawn:
    """The one thing of a file as it would be drawn."""
    [one] = drawn(read_bytes(content).features)
    return one


GPX = """<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">
<wpt lat="35.2" lon="-80.9"><name>Command post</name></wpt>
<rte><name>Detour</name><rtept lat="35.2" lon="-80.9"/><rtept lat="35.3" lon="-80.8"/></rte>
<trk><name>Engine 4</name><trkseg><trkpt lat="35.2" lon="-80.9"/><trkpt lat="35.21" lon="-80.9"/></trkseg>
<trkseg><trkpt lat="35.3" lon="-80.9"/><trkpt lat="35.31" lon="-80.9"/></trkseg></trk></gpx>"""


def test_that_gpx_gives_points_routes_and_each_segment_of_a_track() -> None:
    found = drawn(read_bytes(GPX.encode()).features)
    assert [(one.name, one.what, one.kind) for one in found] == [
        ("Command post", "point", "staging_area"),
        ("Detour", "line", "road_closure"),
        ("Engine 4 (1 of 2)", "line", "road_closure"),
        ("Engine 4 (2 of 2)", "line", "road_closure"),
    ]
    assert found[1].form is not None
    assert found[1].form.points == ((-80.9, 35.2), (-80.8, 35.3))


def test_that_a_point_becomes_a_circle_of_the_chosen_radius() -> None:
    one = as_circle(drawn(read_bytes(GPX.encode()).features)[0], 150.0)
    assert one.form is not None
    assert (one.form.shape, one.form.radius_m, one.form.points) == ("circle", 150.0, ((-80.9, 35.2),))
    assert one.wrong == ""


def test_that_kml_of_google_earth_is_read_with_its_words_as_text_and_its_times() -> None:
    coordinates = " ".join(f"{x},{y},0" for x, y in RING)
    one = only(
        kml(
            f"<Placemark><name>Hot &lt;b&gt;zone</name><description><![CDATA[<p>Stay<br>out <script>x</script></p>]]>"
            f"</description><TimeSpan><begin>2026-11-02T12:00:00Z</begin><end>2026-11-02T18:00:00Z</end></TimeSpan>"
            f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{coordinates}</coordinates></LinearRing>"
            f"</outerBoundaryIs></Polygon></Placemark>"
        )
    )
    assert one.name == "Hot <b>zone"
    assert "script" not in one.feature.summary
    assert one.feature.summary.startswith("Stay")
    assert (one.feature.begins, one.feature.ends) == (r.at(0), r.at(6 * 3600))
    assert one.form is not None


def test_that_an_outline_that_crosses_itself_is_repaired_and_says_so() -> None:
    bow = [[-81.0, 35.0], [-80.9, 35.1], [-80.9, 35.0], [-81.0, 35.1], [-81.0, 35.0]]
    one = only(geojson(polygon(bow)))
    assert one.wrong == ""
    assert shape(one.geometry).is_valid
    assert any("repaired" in remark for remark in one.remarks)


def test_that_openings_and_several_parts_stay() -> None:
    outer = [[-81.0, 35.0], [-80.9, 35.0], [-80.9, 35.1], [-81.0, 35.1], [-81.0, 35.0]]
    hole = [[-80.97, 35.03], [-80.97, 35.05], [-80.95, 35.05], [-80.95, 35.03], [-80.97, 35.03]]
    one = only(geojson(polygon(outer, hole)))
    assert one.form is None
    assert one.geometry == polygon(outer, hole)
    two = only(geojson({"type": "MultiPolygon", "coordinates": [[outer], [[[x + 1, y] for x, y in outer]]]}))
    assert two.form is None
    assert two.geometry["type"] == "MultiPolygon"


@pytest.mark.parametrize("east", [190.0, -170.0])
def test_that_an_area_across_the_antimeridian_is_cut_there(east: float) -> None:
    one = only(geojson(polygon([[170.0, 10.0], [east, 10.0], [east, 20.0], [170.0, 20.0], [170.0, 10.0]])))
    assert one.geometry["type"] == "MultiPolygon"
    assert sorted(part.bounds[0] for part in shape(one.geometry).geoms) == [-180.0, 170.0]
    assert shape(one.geometry).area == pytest.approx(200.0)


@pytest.mark.parametrize(
    ("ring", "turned"),
    [
        (RING, False),
        ([[y, x] for x, y in RING], True),  # 35, -80: a place as well, but far from here
        ([[y, x] for x, y in [[139.7, 35.6], [139.8, 35.6], [139.8, 35.7], [139.7, 35.6]]], True),  # no place at all
        ([[10.0, 50.0], [10.1, 50.0], [10.1, 50.1], [10.0, 50.0]], False),  # far away, and so it is turned
    ],
)
def test_that_latitude_before_longitude_is_found_out(ring: Any, turned: bool) -> None:
    features = read_bytes(geojson(polygon(ring))).features
    assert looks_turned(features, REGION) is turned
    if turned:
        [one] = drawn(features, turned=True)
        assert one.geometry == polygon([[y, x] for x, y in ring])


HOSTILE = {
    "empty": b"",
    "garbage": bytes(range(256)) * 40,
    "text": b"hello",
    "deep": b"[" * 100_000,
    "deep geojson": b'{"type":"FeatureCollection","features":' + b"[" * 5_000,
    "no features": b'{"type":"FeatureCollection","features":{}}',
    "nothing in it": geojson(),
    "another system": b'{"type":"FeatureCollection","crs":{"properties":{"name":"EPSG:2264"}},"features":[{}]}',
    "laughs": b'<!DOCTYPE kml [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><kml><Placemark>&b;</Placemark></kml>',
    "outside": b'<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml><Placemark><name>&a;</name></Placemark></kml>',
    "html": b"<html><body>404</body></html>",
    "no kml": b"<svg/>",
    "half": kml("<Placemark>")[:-20],
    "archive": b"PK\x03\x04" + b"\0" * 500,
    "gpx with laughs": b'<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "x">]><gpx>&a;</gpx>',
    "many": geojson(*[{"type": "Point", "coordinates": [0, 0]}] * 5_001),
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_that_what_is_no_such_file_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(BadFile, match=r"\w+.*\.$"):
        read_bytes(content)


def test_that_an_archive_that_grows_without_end_is_refused_before_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST_BYTES", 1 << 20)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", b" " * (64 << 20))
    with pytest.raises(BadFile, match="too large"):
        read_bytes(bomb.getvalue())


def test_that_a_file_of_a_hundred_megabytes_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "huge.kml").open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(BadFile, match="100 MB"):
        read(tmp_path / "huge.kml")


SHAPES: dict[str, Any] = {
    "none": None,
    "no type": {"coordinates": [1, 2]},
    "text": {"type": "Point", "coordinates": ["1", "2"]},
    "beyond": {"type": "Point", "coordinates": [1000.0, 2.0]},
    "open": polygon(RING[:3]),
    "one place": {"type": "LineString", "coordinates": [[1.0, 2.0]]},
    "the same place": {"type": "LineString", "coordinates": [[1.0, 2.0], [1.0, 2.0]]},
    "flat": polygon([[0, 0], [1, 1], [2, 2], [0, 0]]),
    "empty": {"type": "MultiPolygon", "coordinates": []},
    "a collection in a collection": {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection"}]},
    "line over the edge": {"type": "LineString", "coordinates": [[179.0, 1.0], [-179.0, 1.0]]},
    "list": {"type": "Polygon", "coordinates": [[None]]},
}


@pytest.mark.parametrize("geometry", SHAPES.values(), ids=SHAPES)
def test_that_a_shape_that_is_none_says_why_and_the_others_are_drawn(geometry: Any) -> None:
    found = drawn(read_bytes(geojson(geometry, polygon(RING))).features)
    assert found[-1].wrong == ""
    assert all(one.wrong for one in found[:-1])
    assert len(found) == 2


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_that_a_damaged_file_is_read_or_refused_and_never_breaks(data: st.DataObject) -> None:
    whole = data.draw(
        st.sampled_from([GPX.encode(), geojson(polygon(RING), name="x"), kml("<Placemark><Point/></Placemark>")])
    )
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        features = read_bytes(bytes(content)).features
    except BadFile:
        return
    looks_turned(features, REGION)
    for one in drawn(features):
        assert one.wrong or one.geometry


def test_that_all_that_is_chosen_is_drawn_in_one_breath_by_the_rule_of_the_desk() -> None:
    some = drawn(
        read_bytes(geojson(polygon(RING), {"type": "LineString", "coordinates": RING[:2]}, name="River")).features
    )
    ids = iter(["z1", "z2"])
    choice = Choice(incident=("charlotte-fire", "i1"), expires_at=r.at(3600), summary="From river.kml")
    decided = command(COMMANDER, some, choice, r.at(0), lambda: next(ids))
    assert isinstance(decided, Command)
    first, second = decided.bodies
    assert isinstance(first, Zone)
    assert isinstance(second, Zone)
    assert (first.id, first.kind, first.name, first.incident, first.by) == (
        "z1",
        "perimeter",
        "River",
        "i1",
        "A. Rivera",
    )
    assert (second.kind, second.geometry["type"]) == ("road_closure", "LineString")
    assert first.expires_at == r.at(3600)


def test_that_one_that_cannot_be_drawn_or_a_role_that_may_not_refuses_all() -> None:
    some = drawn(read_bytes(geojson(polygon(RING), {"type": "Point", "coordinates": [999, 0]})).features)
    refused = command(COMMANDER, some, Choice(), r.at(0), lambda: "z")
    assert isinstance(refused, Refusal)
    liaison = Operator(agency="charlotte-fire", role="liaison")
    assert isinstance(command(liaison, some[:1], Choice(), r.at(0), lambda: "z"), Refusal)
    assert isinstance(command(COMMANDER, [], Choice(), r.at(0), lambda: "z"), Refusal)
    assert isinstance(command(COMMANDER, some[:1] * 201, Choice(), r.at(0), lambda: "z"), Refusal)
    ended = command(COMMANDER, some[:1], Choice(expires_at=r.at(-1)), r.at(0), lambda: "z")
    assert isinstance(ended, Refusal)
