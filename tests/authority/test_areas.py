"""The ground that clauses speak of: where it lies, how far it reaches in metres, and why there is none."""

import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import Point, box

from cop.authority.metres import widened
from cop.authority.reading import ReadFile
from tests.authority.paper import HEAD, LEAD, polygon_file, read, region, said

_GEOD = Geod(ellps="WGS84")


def placed(area: str, areas: str = "", folder: Path | None = None) -> ReadFile:
    """A file whose one clause speaks of an area."""
    return read(HEAD + areas + LEAD + f"area = {area}\n", folder)


def covers(file: ReadFile, lat: float, lon: float) -> bool:
    (term,) = file.terms
    return bool(shapely.intersects_xy(term.ground, lon, lat))


@pytest.mark.parametrize(
    ("area", "words", "inside", "outside"),
    [
        ('"city"', "City", (35.4, -80.7), (35.4, -81.2)),
        ('"City"', "City", (35.4, -80.7), (35.4, -81.2)),
        ('{ jurisdiction = "port" }', "Airport", (35.25, -81.05), (35.4, -80.7)),
        ('{ agency = "west-fire" }', "the ground of west-fire", (35.4, -81.2), (35.4, -80.7)),
        (
            '{ inside_all = ["city", "port"] }',
            "the ground shared by City and Airport",
            (35.25, -80.95),
            (35.25, -81.05),
        ),
        ('{ inside_any = ["city", "west"] }', "City or West", (35.1, -81.4), (35.6, -81.0)),
        ('{ jurisdiction = "city", but_not = ["port"] }', "City, but not Airport", (35.4, -80.7), (35.25, -80.95)),
        (
            '{ jurisdiction = "port", within_m = 1000 }',
            "Airport and 1,000 m around it",
            (35.305, -81.0),
            (35.311, -81.0),
        ),
        ('{ jurisdiction = "epz" }', "Plant", (35.1, -80.9), (35.3, -80.9)),
    ],
)
def test_that_an_area_is_the_ground_it_says(
    area: str, words: str, inside: tuple[float, float], outside: tuple[float, float]
) -> None:
    file = placed(area)
    assert file.problems == ()
    assert file.terms[0].ground_words == words
    assert covers(file, *inside)
    assert not covers(file, *outside)
    assert shapely.is_prepared(file.terms[0].ground)


def test_that_areas_are_made_of_areas_and_called_by_their_titles() -> None:
    areas = """
    [[areas]]
    id = "field"
    title = "the field"
    inside_all = ["both", "port"]
    [[areas]]
    id = "both"
    inside_any = ["city", "west"]
    [[areas]]
    id = "rest"
    inside_any = ["both"]
    but_not = ["field", "epz"]
    """
    file = placed('"rest"', areas)
    assert file.problems == ()
    assert file.terms[0].ground_words == "City or West, but not the field and Plant"
    assert covers(file, 35.4, -80.9)
    assert not covers(file, 35.25, -81.05)
    assert not covers(file, 35.1, -80.9)


def test_that_clauses_of_one_jurisdiction_share_its_geometry() -> None:
    file = read(HEAD + LEAD + 'area = "city"\n' + LEAD.replace("3.1", "3.2") + 'area = { jurisdiction = "City" }\n')
    first, second = (term.ground for term in file.terms)
    assert first is second


def test_that_a_road_reaches_so_many_metres_to_both_sides(tmp_path: Path) -> None:
    file = placed('{ along_road = "I-85", within_m = 400 }', folder=region(tmp_path))
    for bearing in (0.0, 180.0):
        for lon in (-80.99, -80.75, -80.6):
            near = _GEOD.fwd(lon, 35.25, bearing, 397.0)
            far = _GEOD.fwd(lon, 35.25, bearing, 403.0)
            assert covers(file, near[1], near[0])
            assert not covers(file, far[1], far[0])


@given(
    st.floats(-65, 65),
    st.floats(-170, 170),
    st.floats(50, 20_000),
    st.floats(0.01, 3.0),
    st.floats(0, 360),
)
@settings(max_examples=40, deadline=None)
def test_that_metres_are_metres_wherever_on_earth(
    lat: float, lon: float, metres: float, length_deg: float, bearing: float
) -> None:
    line = shapely.LineString([(lon, lat), (lon + length_deg, lat)])
    ground = widened(line, metres)
    shapely.prepare(ground)
    for along in (0.0, 0.5, 1.0):
        x = lon + along * length_deg
        inside = _GEOD.fwd(x, lat, bearing, metres * 0.985)
        assert shapely.intersects_xy(ground, inside[0], inside[1])
    north = _GEOD.fwd(lon + length_deg / 2, lat, 0.0 if lat > 0 else 180.0, metres * 1.01)
    # seen from the pole a parallel is nearer at its side than its own bearing says: not on short lines
    if length_deg < 0.5:
        assert not shapely.intersects_xy(ground, north[0], north[1])


def test_that_ground_as_wide_as_a_country_is_widened_by_the_same_metres_everywhere() -> None:
    ground = widened(box(-120, 30, -75, 48), 10_000.0)
    for lon, lat, bearing in (
        (-120, 39, 270.0),
        (-75, 39, 90.0),
        (-97.5, 30, 180.0),
        (-97.5, 48, 0.0),
        (-83.2, 30, 180.0),
    ):
        near, far = (_GEOD.fwd(lon, lat, bearing, metres) for metres in (9_900.0, 10_100.0))
        assert shapely.intersects_xy(ground, near[0], near[1])
        assert not shapely.intersects_xy(ground, far[0], far[1])


def test_that_ground_on_the_180th_meridian_stays_there() -> None:
    ground = widened(Point(179.99, -17.0), 5_000.0)
    assert shapely.area(ground) == pytest.approx(math.pi * 25.0 / 111.3**2 / math.cos(math.radians(17)), rel=0.03)
    assert shapely.intersects_xy(ground, np.array([179.97, -179.98]), np.array([-17.0, -17.0])).all()


def test_that_a_zone_file_is_read_beside_the_agreement(tmp_path: Path) -> None:
    ring = [[-80.9, 35.1], [-80.8, 35.1], [-80.8, 35.2], [-80.9, 35.2], [-80.9, 35.1]]
    (tmp_path / "zones").mkdir()
    polygon_file(tmp_path / "zones" / "epz.geojson", ring)
    file = placed('{ zone_file = "zones/epz.geojson" }', folder=tmp_path)
    assert file.problems == ()
    assert covers(file, 35.15, -80.85)
    assert not covers(file, 35.25, -80.85)


@pytest.mark.parametrize(
    ("area", "expected"),
    [
        ('"citty"', 'there is neither an area nor a jurisdiction "citty"'),
        ('"Springfield"', '2 jurisdictions are called "Springfield": say the id, s1 or s2'),
        ('{ jurisdiction = "Cty" }', 'there is no jurisdiction "Cty" in the boundaries; did you mean "City"?'),
        ('{ agency = "city-fir" }', '"city-fir" has no ground in the boundaries of its own; did you mean "city-fire"?'),
        ('{ agency = "state" }', "but planning zones: name the zone as jurisdiction"),
        (
            "{}",
            "one of jurisdiction, agency, zone_file, along_road, inside_all or inside_any; here nothing is said",
        ),
        ('{ jurisdiction = "city", agency = "air" }', "here jurisdiction and agency are said"),
        ('{ within_m = 100, but_not = ["city"] }', "here nothing is said"),
        ('{ along_road = "I-85" }', "a road has no ground without within_m"),
        (
            '{ along_road = "I-58", within_m = 50 }',
            'no road "I-58" in the region\'s roads.geojson; did you mean "I-85"?',
        ),
        ('{ inside_all = ["city"] }', "name two or more"),
        ('{ inside_all = ["city", "west"] }', "City and West share no ground"),
        ('{ jurisdiction = "port", but_not = ["city", "west"] }', "but_not takes all of its ground away"),
        ('{ jurisdiction = "city", but_not = ["moon"] }', 'there is neither an area nor a jurisdiction "moon"'),
        ('{ jurisdiction = "city", within_m = -1 }', "within_m must be at least 0"),
        ('{ jurisdiction = "city", within_m = nan }', "within_m must be at least 0"),
        ('{ jurisdiction = "city", colour = "red" }', '"colour" is no key that can stand here'),
        ('{ zone_file = "none.geojson" }', "none.geojson cannot be read"),
        ('{ zone_file = "../x.geojson" }', "a zone file lies beside the agreement"),
        ('{ zone_file = "/etc/passwd" }', "a zone file lies beside the agreement"),
        ('{ zone_file = "c:\\\\x.geojson" }', "a zone file lies beside the agreement"),
        ('{ zone_file = "a\\u0000.geojson" }', "a zone file lies beside the agreement"),
        ('{ zone_file = "x.shp" }', "a zone file is GeoJSON"),
        ('{ zone_file = "bow.geojson" }', "self-intersection"),
        ('{ zone_file = "metres.geojson" }', "is no place in degrees"),
        ('{ zone_file = "line.geojson" }', "no polygon"),
        ('{ zone_file = "empty.geojson" }', "empty.geojson has no polygon"),
        ('{ zone_file = "junk.geojson" }', "is no GeoJSON FeatureCollection"),
        ("3", "area is 3; it must be text in quotes or a table"),
    ],
)
def test_that_an_area_without_ground_is_told_in_words(area: str, expected: str, tmp_path: Path) -> None:
    region(tmp_path)
    polygon_file(tmp_path / "bow.geojson", [[-81.0, 35.0], [-80.9, 35.1], [-80.9, 35.0], [-81.0, 35.1], [-81.0, 35.0]])
    polygon_file(tmp_path / "metres.geojson", [[4e5, 1e5], [5e5, 1e5], [5e5, 2e5], [4e5, 1e5]])
    polygon_file(tmp_path / "empty.geojson")
    (tmp_path / "line.geojson").write_bytes((tmp_path / "roads.geojson").read_bytes())
    (tmp_path / "junk.geojson").write_bytes(b"\x00\xff{")
    file = placed(area, folder=tmp_path)
    assert file.terms == ()
    (told,) = said(file)
    assert told.startswith("mou.toml:14: §3.1: ")
    assert expected in told


def test_that_areas_that_are_made_of_one_another_are_refused() -> None:
    areas = '[[areas]]\nid = "a"\ninside_any = ["b"]\n[[areas]]\nid = "b"\ninside_any = ["city", "a"]\n'
    told = said(placed('"c"', '[[areas]]\nid = "c"\ninside_any = ["a"]\n' + areas))
    assert [one.split(":")[1] for one in told] == ["10", "13"]
    assert "the area is made of itself: a → b → a" in told[0]


def test_that_an_area_without_ground_is_told_once_where_it_stands() -> None:
    areas = '[[areas]]\nid = "b"\ninside_any = ["a"]\n[[areas]]\nid = "a"\njurisdiction = "moon"\n'
    clauses = [LEAD.replace("3.1", f"3.{number}") for number in (1, 2, 3)]
    text = f'{clauses[0]}area = "a"\n{clauses[1]}area = "b"\n{clauses[2]}area = {{ inside_any = ["b"] }}\n'
    assert said(read(HEAD + areas + text)) == ['mou.toml:12: there is no jurisdiction "moon" in the boundaries']


def test_that_a_chain_of_very_many_areas_is_followed_in_any_order() -> None:
    links = [f'[[areas]]\nid = "a{n}"\ninside_any = ["a{n + 1}"]\n' for n in range(1000)]
    links.append('[[areas]]\nid = "a1000"\njurisdiction = "city"\n')
    for order in (links, links[::-1]):
        file = placed('"a0"', "".join(order))
        assert file.problems == ()
        assert covers(file, 35.4, -80.7)
