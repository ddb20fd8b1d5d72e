"""Boundaries come as GeoJSON, zipped shapefiles and KML, from people who know nothing of us."""

import zipfile
from pathlib import Path

import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cop.config import ConfigError, load
from cop.domain.area import Jurisdiction
from cop.picture.boundaries import source
from cop.picture.boundaries.shapefiles import parts_to_features
from cop.picture.boundaries.source import Boundaries
from cop.picture.ground import Ground, load_ground
from tests.picture.boundary_samples import (
    HOLE,
    SQUARE,
    feet,
    geojson,
    kml,
    kml_polygon,
    polygon,
    said,
    shapefile_parts,
    write_zip,
)

_STATE_PLANE = pyproj.CRS.from_epsg(2264).to_wkt("WKT1_ESRI").encode()


def read(file: Path, **keys: str) -> tuple[list[Jurisdiction], list[str]]:
    """A fire service's file."""
    wanted = {"id": "DIST_ID", "name": "NAMELSAD", "agency_is": "rural-fd", "discipline_is": "fire", **keys}
    return source.load(Boundaries(file=str(file), level_is="district", **wanted))  # type: ignore[arg-type]


def test_that_a_zipped_shapefile_in_feet_lies_where_its_prj_says(tmp_path: Path) -> None:
    parts = shapefile_parts([[feet(SQUARE), feet(HOLE)], [feet(SQUARE)]], ["Mint Hill", "Stallings"], prj=_STATE_PLANE)
    (mint_hill, stallings), remarks = read(write_zip(tmp_path / "districts.zip", parts))
    assert (mint_hill.id, mint_hill.name, mint_hill.level, mint_hill.discipline) == (
        "1",
        "Mint Hill",
        "district",
        "fire",
    )
    assert mint_hill.agency == "rural-fd"
    assert mint_hill.geometry.bounds == pytest.approx((-81.0, 35.0, -80.9, 35.1), abs=1e-5)
    assert len(mint_hill.geometry.interiors) == 1
    assert stallings.area_km2 == pytest.approx(101.4, abs=0.5)
    assert remarks == []


def test_that_a_shapefile_without_an_archive_is_read_with_what_lies_beside_it(tmp_path: Path) -> None:
    parts = shapefile_parts([[SQUARE]], ["Żółta Góra"], encoding="cp1250", cpg=b"windows-1250", prj=b"")
    for suffix, content in parts.items():
        (tmp_path / f"D.{suffix.upper() if suffix == 'dbf' else suffix}").write_bytes(content)
    ((one,), _) = read(tmp_path / "D.shp")
    assert one.name == "Żółta Góra"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_that_names_are_read_where_no_cpg_says_their_encoding(tmp_path: Path, encoding: str) -> None:
    parts = shapefile_parts([[SQUARE]], ["Doña Ana"], encoding=encoding)
    ((one,), _) = read(write_zip(tmp_path / "a.zip", parts))
    assert one.name == "Doña Ana"


def test_that_null_shapes_and_torn_rings_are_named_by_their_number(tmp_path: Path) -> None:
    bow_tie = [(-81.0, 35.0), (-80.9, 35.1), (-80.9, 35.0), (-81.0, 35.1), (-81.0, 35.0)]
    parts = shapefile_parts([[SQUARE], None, [bow_tie]], ["a", "b", "c"])
    found, remarks = read(write_zip(tmp_path / "d.zip", parts))
    assert [one.id for one in found] == ["1", "3"]
    assert shapely.is_valid(found[1].geometry)
    assert found[1].geometry.area == pytest.approx(0.005)
    assert remarks == ["d.zip, feature 2: no geometry, left out", "d.zip, feature 3: self-intersection, repaired"]


def test_that_of_several_layers_one_must_be_named(tmp_path: Path) -> None:
    file = write_zip(tmp_path / "gis.zip", shapefile_parts([[SQUARE]], ["Fire"]), "fire")
    write_zip(file, shapefile_parts([[SQUARE]], ["Police"]), "police")
    with pytest.raises(ValueError, match=r"gis\.zip: holds several layers.*fire, police"):
        read(file)
    ((one,), _) = read(file, layer="Police")
    assert one.name == "Police"
    with pytest.raises(ValueError, match="no layer 'ems'"):
        read(file, layer="ems")


def test_that_a_shapefile_in_feet_without_a_prj_is_refused(tmp_path: Path) -> None:
    file = write_zip(tmp_path / "d.zip", shapefile_parts([[feet(SQUARE)]], ["a"]))
    with pytest.raises(ValueError, match=r"d\.zip, feature 1: x 1.*no place in degrees.*\.prj"):
        read(file)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04nothing", "no zip archive"),
        (b"", "no zip archive"),
    ],
)
def test_that_what_is_no_archive_is_named(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "d.zip"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=rf"d\.zip.*{words}"):
        read(file)


def test_that_an_archive_that_would_grow_beyond_measure_is_not_unpacked(tmp_path: Path) -> None:
    file = write_zip(tmp_path / "bomb.zip", shapefile_parts([[SQUARE]], ["a"]))
    content = bytearray(file.read_bytes())
    at = content.rindex(b"PK\x01\x02", 0, content.index(b"gis/districts.shp", content.index(b"PK\x01\x02")))
    content[at + 24 : at + 28] = (0xF0000000).to_bytes(4, "little")
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"bomb\.zip: gis/districts\.shp would grow to 3,840 MiB"):
        read(file)


def test_that_the_promise_of_an_entry_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "bomb.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("d.shp", bytes(20_000_000))
        archive.writestr("d.dbf", b"\0")
    content = bytearray(file.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = (64).to_bytes(4, "little")
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"bomb\.zip"):
        read(file)


_WHOLE = shapefile_parts([[SQUARE, HOLE], [SQUARE]], ["a", "b"])


@given(st.sampled_from(["shp", "dbf"]), st.integers(0, 400), st.binary(min_size=0, max_size=12), st.booleans())
def test_that_no_broken_shapefile_does_more_than_be_refused(part: str, at: int, new: bytes, cut: bool) -> None:
    whole = _WHOLE[part]
    broken = whole[:at] + new + (b"" if cut else whole[at + len(new) :])
    try:
        parts_to_features({f".{suffix}": broken if suffix == part else one for suffix, one in _WHOLE.items()}, "x.zip")
    except ValueError as error:
        assert "x.zip" in str(error)


def test_that_a_coordinate_that_is_no_number_is_named(tmp_path: Path) -> None:
    parts = shapefile_parts([[SQUARE], [[(-81.0, 35.0), (-81.0, float("nan")), *SQUARE[2:]]]], ["a", "b"])
    with pytest.raises(ValueError, match=r"d\.zip, feature 2: a coordinate is no number"):
        read(write_zip(tmp_path / "d.zip", parts))


def test_that_kml_is_read_with_its_holes_folders_and_own_words(tmp_path: Path) -> None:
    own = '<ExtendedData><Data name="station"><value>Engine 7</value></Data></ExtendedData>'
    schema = '<ExtendedData><SchemaData><SimpleData name="DIST_ID">D9</SimpleData></SchemaData></ExtendedData>'
    both = f"<MultiGeometry>{kml_polygon(SQUARE, HOLE)}{kml_polygon([(x + 1, y) for x, y in SQUARE])}</MultiGeometry>"
    file = tmp_path / "districts.kml"
    file.write_text(
        kml(
            f"<name>Mint &amp; Hill</name>{own}{both}",
            f"<name>Stallings</name>{schema}{kml_polygon(SQUARE)}",
            "<name>Station</name><Point><coordinates>-80,35</coordinates></Point>",
        )
    )
    found, remarks = source.load(
        Boundaries(file=str(file), id="name", agency="name", level="folder", discipline_is="fire")
    )
    assert [(one.id, one.agency, one.level) for one in found] == [
        ("Mint & Hill", "mint-hill", "district"),
        ("Stallings", "Stallings", "district"),
    ]
    assert len(shapely.get_rings(shapely.get_parts(found[0].geometry))) == 3
    assert remarks == ["districts.kml, feature 3: no polygon, left out"]
    with zipfile.ZipFile(tmp_path / "districts.kmz", "w") as archive:
        archive.writestr("files/other.kml", kml())
        archive.writestr("doc.kml", file.read_bytes())
    again, _ = source.load(
        Boundaries(file=str(tmp_path / "districts.kmz"), id="name", agency="name", level="folder", discipline_is="fire")
    )
    assert [one.geometry for one in again] == [one.geometry for one in found]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<gpx/>", "no KML"),
        ("not xml", "no KML"),
        (kml(before='<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/hostname">]>'), "document type"),
        (kml(before="<!DOCTYPE kml>"), "document type"),
        (kml(kml_polygon([(1, 2), (3, 4)])), "feature 1: its ring makes no polygon"),
        (kml(kml_polygon(SQUARE), kml_polygon(SQUARE).replace("-81.0,35.0,120", "east,35")), "feature 2: its coordin"),
        (kml("<Polygon><innerBoundaryIs/></Polygon>"), "0 outer boundaries"),
        ("<kml>" * 5000 + "</kml>" * 5000, "no KML"),
    ],
)
def test_that_hostile_and_broken_kml_is_refused_by_name(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "x.kml"
    file.write_text(text)
    with pytest.raises(ValueError, match=rf"x\.kml.*{words}"):
        read(file)


def test_that_entities_upon_entities_are_not_expanded(tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 9 if n else "ha"}">' for n in range(12))
    file = tmp_path / "laugh.kml"
    file.write_text(kml("<name>&l11;</name>", before=f"<!DOCTYPE kml [{laughs}]>"))
    with pytest.raises(ValueError, match=r"laugh\.kml"):
        read(file)


def test_that_a_ring_over_the_180th_meridian_is_cut_there(tmp_path: Path) -> None:
    ring = [(179.0, 51.0), (-179.0, 51.0), (-179.0, 53.0), (179.0, 53.0), (179.0, 51.0)]
    beyond = [(179.0, 61.0), (181.0, 61.0), (181.0, 63.0), (179.0, 63.0), (179.0, 61.0)]
    file = geojson(tmp_path / "isles.geojson", (said("near"), polygon(ring)), (said("beyond"), polygon(beyond)))
    ground = load_ground([Boundaries(file=str(file))])
    for lat, name in ((52.0, "near"), (62.0, "beyond")):
        assert [one.id for lon in (179.5, -179.5) for one in ground.at(lat, lon)] == [name, name]
        assert not ground.at(lat, 0.0)
    assert ground.remarks == ("isles.geojson, features 1, 2: crosses the 180th meridian, cut there",)


def test_that_a_map_of_the_whole_world_is_not_cut(tmp_path: Path) -> None:
    world = [(-180.0, -90.0), (180.0, -90.0), (180.0, 90.0), (-180.0, 90.0), (-180.0, -90.0)]
    ground = load_ground([Boundaries(file=str(geojson(tmp_path / "w.geojson", (said("world"), polygon(world)))))])
    assert ground.at(0.0, 0.0)
    assert ground.remarks == ()


def test_that_geojson_in_feet_is_read_by_its_crs_and_refused_without(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::2264"}}
    square = polygon(feet(SQUARE))
    file = geojson(tmp_path / "feet.geojson", (said("mint"), square), crs=crs)
    assert load_ground([Boundaries(file=str(file))]).at(35.05, -80.95)
    with pytest.raises(ValueError, match=r"feet\.geojson, feature 1: x 1"):
        load_ground([Boundaries(file=str(geojson(file, (said("mint"), square))))])
    wrong = {"type": "name", "properties": {"name": "EPSG:123456"}}
    with pytest.raises(ValueError, match=r"feet\.geojson: its coordinate system is not known"):
        load_ground([Boundaries(file=str(geojson(file, (said("mint"), square), crs=wrong)))])


def test_that_heights_nulls_and_collections_in_geojson_do_no_harm(tmp_path: Path) -> None:
    high = {"type": "Polygon", "coordinates": [[[x, y, 100.0] for x, y in SQUARE]]}
    mixed = {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [0, 0]}, polygon(SQUARE)]}
    point = {"type": "Point", "coordinates": [0, 0]}
    file = tmp_path / "d.geojson"
    geojson(file, (None, None), (said("a"), high), (said("b"), mixed), (said("c"), point))
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    ground = load_ground([Boundaries(file=str(file))])
    assert sorted(one.id for one in ground.at(35.05, -80.95)) == ["a", "b"]
    assert not any(shapely.has_z(one.geometry) for one in ground.jurisdictions)
    assert ground.remarks == (
        "d.geojson, feature 1: no geometry, left out",
        "d.geojson, feature 4: no polygon, left out",
    )


def test_that_a_broken_geometry_is_named_by_its_number(tmp_path: Path) -> None:
    file = geojson(tmp_path / "d.geojson", (said("a"), polygon(SQUARE)), (said("b"), {"type": "Polygon"}))
    with pytest.raises(ValueError, match=r"d\.geojson, feature 2"):
        load_ground([Boundaries(file=str(file))])


def test_that_features_of_one_id_are_one_jurisdiction_or_an_error(tmp_path: Path) -> None:
    east = [(x + 0.1, y) for x, y in SQUARE]
    file = geojson(tmp_path / "d.geojson", (said("a"), polygon(SQUARE)), (said("a"), polygon(east)))
    (one,) = load_ground([Boundaries(file=str(file))]).jurisdictions
    assert one.geometry.bounds == pytest.approx((-81.0, 35.0, -80.8, 35.1))
    assert one.area_km2 == pytest.approx(203, abs=1)
    geojson(file, (said("a"), polygon(SQUARE)), (said("a", agency="b-fd"), polygon(east)))
    with pytest.raises(ValueError, match=r"d\.geojson, features 1 and 2: both have the id 'a'"):
        load_ground([Boundaries(file=str(file))])


def test_that_two_files_may_use_the_same_ids(tmp_path: Path) -> None:
    files = [
        geojson(tmp_path / f"{kind}.geojson", (said("1", discipline=kind), polygon(SQUARE))) for kind in ("fire", "ems")
    ]
    ground = load_ground(Boundaries(file=str(one)) for one in files)
    assert sorted(one.id for one in ground.jurisdictions) == ["1", "ems:1"]


def test_that_their_words_become_ours(tmp_path: Path) -> None:
    properties = {"ID": 7.0, "Name": " Mint Hill ", "LEVEL": "Fire District", "DISCIPLINE": "FD", "AGENCY": "MHVFD"}
    file = geojson(tmp_path / "d.geojson", (properties, polygon(SQUARE)))
    words = {"FD": "fire", "MHVFD": "mint-hill-vfd", "Fire District": "district"}
    (one,) = load_ground([Boundaries(file=str(file), words=words)]).jurisdictions
    assert (one.id, one.name, one.level, one.discipline, one.agency) == (
        "7",
        "Mint Hill",
        "district",
        "fire",
        "mint-hill-vfd",
    )
    with pytest.raises(ValueError, match=r"feature 1: discipline 'fd' is none of law, fire.*words"):
        load_ground([Boundaries(file=str(file))])


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        ({"name": None}, "its 'name' is empty"),
        ({"level": ""}, "its 'level' is empty"),
        ({"agency": ""}, "its 'agency' is empty"),
    ],
)
def test_that_what_a_boundary_lacks_is_said_with_its_number(
    tmp_path: Path, missing: dict[str, str], words: str
) -> None:
    file = geojson(tmp_path / "d.geojson", (said("a"), polygon(SQUARE)), ({**said("b"), **missing}, polygon(SQUARE)))
    with pytest.raises(ValueError, match=rf"d\.geojson, feature 2: {words}"):
        load_ground([Boundaries(file=str(file))])


def test_that_the_properties_there_are_and_the_key_to_set_are_named(tmp_path: Path) -> None:
    file = geojson(tmp_path / "d.geojson", ({"OBJECTID": 3, "STNAME": "x"}, polygon(SQUARE)))
    with pytest.raises(ValueError, match=r"no property 'id'; it has OBJECTID, STNAME.*`id` in \[\[map\.boundaries\]\]"):
        load_ground([Boundaries(file=str(file))])


def test_that_settings_name_files_and_their_columns_and_leave_the_region_out(tmp_path: Path) -> None:
    write_zip(tmp_path / "d.zip", shapefile_parts([[SQUARE]], ["Mint Hill"]))
    settings = tmp_path / "cop.toml"
    settings.write_text(
        f"[[map.boundaries]]\nfile = '{tmp_path / 'd.zip'}'\nid = 'DIST_ID'\nname = 'NAMELSAD'\n"
        "agency_is = 'mint-hill-vfd'\ndiscipline_is = 'fire'\nlevel_is = 'district'\n"
    )
    ground = load(settings).ground()
    assert [one.name for one in ground.jurisdictions] == ["Mint Hill"]
    settings.write_text(settings.read_text().replace("DIST_ID", "NUMBER"))
    with pytest.raises(ConfigError, match=r"map\.boundaries.*d\.zip, feature 1.*'NUMBER'"):
        load(settings).ground()


def test_that_no_ground_is_a_ground_too() -> None:
    assert Ground([]).at(0.0, 0.0) == []


_SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
_OTHERS = [
    one
    for folder in ("geojson-boundaries", "kml")
    for one in sorted((_SAMPLES / folder).glob("*.*"))
    if one.suffix in {".geojson", ".kml"}
]


@pytest.mark.skipif(not _OTHERS, reason="the folder ../shared/samples is not here")
def test_that_files_of_others_are_read_or_refused_by_name() -> None:
    found: dict[str, int] = {}
    for file in _OTHERS:
        try:
            jurisdictions, _ = source.load(
                Boundaries(file=str(file), id="name", agency_is="x", level_is="municipal", discipline_is="law")
            )
        except ValueError as error:
            assert file.name in str(error)
        else:
            found[file.stem] = len(jurisdictions)
            assert all(shapely.is_valid(one.geometry) for one in jurisdictions)
    names = ("cth-alameda", "cth-california-counties", "cth-dane-county-municipalities", "cth-vermont-counties")
    assert [found[one] for one in names] == [17, 58, 62, 14]
    assert found["kmlsamples"] == 9
    assert "billion" not in found
