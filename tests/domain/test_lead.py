"""Whose ground, and who leads without an agreement."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from shapely import box

from cop.domain.agreement import Agreement, Agreements, LeadClause, Term
from cop.domain.area import Jurisdiction
from cop.domain.incident import Incident
from cop.domain.rules.lead import Site, by_boundaries, who_leads
from cop.picture.ground import Ground, load_jurisdictions

_MAY = datetime(2026, 5, 1, tzinfo=UTC)
_REGION = Path(__file__).parents[2] / "resources" / "region"


@pytest.fixture(scope="module")
def ground() -> Ground:
    files = ("counties.geojson", "special_jurisdictions.geojson")
    return Ground(one for name in files for one in load_jurisdictions(_REGION / name))


def test_that_overlapping_jurisdictions_are_all_named_smallest_first(ground: Ground) -> None:
    found = ground.at(35.2425, -80.953)
    assert [one.id for one in found] == [
        "nc-highway-patrol",
        "charlotte-city",
        "charlotte-fire",
        "medic",
        "us-37119",
    ]


@pytest.mark.parametrize(
    ("kind", "leader"),
    [("hazmat", "charlotte-fire"), ("mass_casualty", "mecklenburg-ems"), ("crash", "nc-highway-patrol")],
)
def test_that_the_smallest_jurisdiction_of_the_fitting_discipline_leads(ground: Ground, kind: str, leader: str) -> None:
    lead = by_boundaries(kind, ground.at(35.2425, -80.953))
    assert lead.agency == leader
    assert lead.jurisdiction not in lead.also
    assert len(lead.also) == 4


def test_that_a_place_outside_every_boundary_has_no_leader_and_a_reason(ground: Ground) -> None:
    lead = by_boundaries("fire", ground.at(0.0, 0.0))
    assert (lead.agency, lead.jurisdiction) == ("", None)
    assert lead.reason


def test_that_a_county_is_its_sheriffs_ground(ground: Ground) -> None:
    assert ground.at(34.98, -81.2)[-1].agency == "york-sheriff"


def test_that_the_line_of_ground_that_is_nobodys_is_spoken_of_where_it_changes_who_leads() -> None:
    paper = Agreement(id="a", title="Corridor Paper", parties=("x",), in_force_from=date(2026, 1, 1))
    term = Term(paper, LeadClause(number="4", says="…", leads="patrol"), box(0, 0, 1, 1), "within 300 m of I-85")
    sheriff = Jurisdiction("county", "County", "county", "law", "sheriff", box(0, 0, 9, 9), 10.0)
    incident = Incident(id="i", at=_MAY, type="crash")
    leads = [
        who_leads(
            incident, Site(inside=(sheriff,), terms=terms, terms_beside=frozenset({term.key})), Agreements([term]), _MAY
        )
        for terms in (frozenset({term.key}), frozenset[tuple[str, str]]())
    ]
    assert [(lead.agencies, lead.across) for lead in leads] == [
        (("patrol",), ("sheriff",)),
        (("sheriff",), ("patrol",)),
    ]
    assert [[one.words for one in lead.overlaps] for lead in leads] == [
        ["within 30 m of the line of the ground within 300 m of I-85 — over it others lead"],
        ["within 30 m of the line of the ground within 300 m of I-85 — Corridor Paper §4 another leads there"],
    ]


def test_that_ground_that_only_a_zone_reaches_is_an_overlap_with_the_clause_that_speaks_of_it() -> None:
    airport = Jurisdiction("airport", "Airport", "special", "law", "airport-police", box(0, 0, 1, 1), 5.0)
    city = Jurisdiction("city", "City", "district", "fire", "city-fire", box(0, 0, 9, 9), 50.0)
    paper = Agreement(id="a", title="MOU", parties=("x",), in_force_from=date(2026, 1, 1))
    together = LeadClause(number="3.4", says="…", unified=("city-fire", "airport-police"), precedence=20)
    own = LeadClause(number="3.1", says="…", leads="city-fire", precedence=10)
    book = Agreements([Term(paper, together, airport.geometry, "the airport"), Term(paper, own)])
    site = Site(
        inside=(city,), reached=(airport,), terms_reached=frozenset({("a", "3.4")}), reached_by={"airport": "hot zone"}
    )
    lead = who_leads(Incident(id="i", at=_MAY, type="hazmat"), site, book, _MAY)
    assert lead.agencies == ("city-fire",)
    assert [(one.words, one.agencies) for one in lead.overlaps] == [
        ("Airport line crosses the hot zone — MOU §3.4 unified command", ("city-fire", "airport-police"))
    ]
    alone = who_leads(Incident(id="i", at=_MAY, type="hazmat"), site, Agreements(), _MAY)
    assert [(one.words, one.agencies) for one in alone.overlaps] == [
        ("Airport line crosses the hot zone", ("airport-police",))
    ]
