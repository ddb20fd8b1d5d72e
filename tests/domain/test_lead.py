"""Whose ground, and who leads without an agreement."""

from pathlib import Path

import pytest

from cop.domain.rules.lead import by_boundaries
from cop.picture.ground import Ground, load_jurisdictions

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
