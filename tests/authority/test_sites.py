"""What lies under a place: the index says what shapely says of each place alone, and what is within the accuracy."""

from datetime import date

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.authority.sites import Reach, Sites
from cop.domain.agreement import Agreement, Agreements, LeadClause, Term
from cop.domain.area import Jurisdiction
from cop.domain.rules.site import ACCURACY_M
from cop.picture.ground import Ground
from tests.cases import region

_DEGREE_M = 111_320.0
_PAPER = Agreement(id="a", title="A", parties=("x",), in_force_from=date(2026, 1, 1))
_AIRPORT = next(one for one in region().jurisdictions if one.id == "clt-airport")


def _term(number: int, ground: object) -> Term:
    return Term(_PAPER, LeadClause(number=str(number), says="…", leads="x"), ground)  # type: ignore[arg-type]


def _book() -> Agreements:
    two = shapely.union_all([shapely.box(-81.3, 35.0, -81.1, 35.1), shapely.box(-80.4, 35.6, -80.2, 35.7)])
    grounds = [_AIRPORT.geometry, two, shapely.buffer(_AIRPORT.geometry, 0.01), None]
    return Agreements(_term(number, ground) for number, ground in enumerate(grounds))


@pytest.fixture(scope="module")
def sites() -> Sites:
    return Sites(region(), _book())


def _beside(geometry: shapely.Geometry, lat: float, lon: float) -> float:
    """Metres to a boundary, on a plane of which degrees are true to scale at the place."""
    scale = np.array([np.cos(np.radians(lat)) * _DEGREE_M, _DEGREE_M])
    flat = shapely.transform(shapely.boundary(geometry), lambda xy: (xy - (lon, lat)) * scale)
    return float(shapely.distance(flat, shapely.Point(0, 0)))


def test_that_many_places_are_found_as_each_alone_is(sites: Sites) -> None:
    dice = np.random.default_rng(3)
    edge = shapely.get_coordinates(shapely.segmentize(region().geometries, 0.02))
    edge = edge[dice.integers(0, len(edge), 120)] + dice.normal(0, 0.0003, (120, 2))
    lon = np.concatenate((dice.uniform(-81.6, -80.0, 80), edge[:, 0]))
    lat = np.concatenate((dice.uniform(34.5, 36.0, 80), edge[:, 1]))
    on_line = 0
    for site, x, y in zip(sites.of_many(lat, lon), lon.tolist(), lat.tolist(), strict=True):
        assert list(site.inside) == region().at(y, x)
        near = {one.id for one in region().jurisdictions if _beside(one.geometry, y, x) <= ACCURACY_M}
        assert {one.id for one in site.beside} == near
        on_line += bool(near)
        placed = {t.key for t in _book().terms if t.ground is not None and shapely.intersects_xy(t.ground, x, y)}
        assert site.terms == placed
    assert 10 < on_line < 110


def test_that_ground_of_several_parts_is_one_and_everywhere_is_in_no_site(sites: Sites) -> None:
    assert [sites.of(*place).terms for place in ((35.05, -81.2), (35.65, -80.3), (35.3, -80.7))] == [
        {("a", "1")},
        {("a", "1")},
        frozenset(),
    ]


def test_that_a_zone_reaches_ground_where_the_incident_is_not_and_says_which(sites: Sites) -> None:
    hot = Reach(shapely.Point(-80.953, 35.2425).buffer(0.011), "hot zone")
    wide = Reach(shapely.Point(-80.953, 35.2425).buffer(0.06), "evacuation area")
    site = sites.of(35.2425, -80.953, [hot, wide])
    assert "clt-airport" in {one.id for one in site.reached}
    assert not {one.id for one in site.reached} & {one.id for one in site.inside}
    assert site.terms_reached == {("a", "0")}
    assert site.terms == {("a", "2")}
    assert site.reached_by["clt-airport"] == site.reached_by["a", "0"] == "hot zone"
    assert site.reached_by["us-37071"] == "evacuation area"


def test_that_nothing_lies_anywhere_where_there_is_no_ground_at_all() -> None:
    bare = Sites(Ground([]), Agreements())
    site = bare.of(35.0, -80.0, [Reach(shapely.box(-81, 34, -79, 36), "hot zone")])
    assert (site.inside, site.beside, site.reached, site.terms) == ((), (), (), frozenset())


@given(st.floats(-89.9, 89.9), st.floats(-179.9, 179.9))
@settings(max_examples=60)
def test_that_thirty_metres_are_thirty_metres_everywhere(lat: float, lon: float) -> None:
    across = 1 / (_DEGREE_M * np.cos(np.radians(lat)))
    for metres, expected in ((29.0, 1), (31.0, 0)):
        west = lon + metres * across
        box = shapely.box(west, lat - 1.0 / _DEGREE_M, west + 5 * across, lat + 1.0 / _DEGREE_M)
        one = Jurisdiction("one", "One", "county", "law", "sheriff", box, 1.0)
        assert len(Sites(Ground([one]), Agreements()).of(lat, lon).beside) == expected
