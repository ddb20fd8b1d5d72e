"""Which units that can be asked for are nearest to a place."""

import numpy as np
import pytest

from cop.domain.batch import Batch
from cop.picture.nearest import distance_m, nearest_units
from cop.picture.picture import Picture
from tests.reports import NOON, at, positions_batch, report, unit

LAT, LON = 35.2425, -80.953


@pytest.fixture
def picture() -> Picture:
    """Engines, an ambulance and a busy engine, from near to far; one engine has never said where it is."""
    picture = Picture()
    told = (
        ("charlotte-fire", unit("far", kind="engine", status="available")),
        ("charlotte-fire", unit("near", kind="engine", status="available")),
        ("charlotte-fire", unit("busy", kind="engine", status="on_scene")),
        ("charlotte-fire", unit("lost", kind="engine", status="available")),
        ("mecklenburg-ems", unit("medic", kind="ambulance", status="available")),
    )
    picture.apply(Batch(epoch=1, reports=[report(agency, body) for agency, body in told]))
    picture.apply(
        positions_batch(
            ("charlotte-fire", "busy", LAT, LON, 0),
            ("mecklenburg-ems", "medic", LAT, LON + 0.001, 0),
            ("charlotte-fire", "near", LAT, LON + 0.01, 0),
            ("charlotte-fire", "far", LAT, LON + 0.3, 0),
        )
    )
    return picture


def ids(picture: Picture, **wanted: int) -> list[str]:
    near = nearest_units(picture, "rail", LAT, LON, now=NOON, limit=wanted.get("limit", 9))
    return [picture.tracks.keys[one.row][1] for one in near]


def test_that_the_distance_is_that_on_the_sphere() -> None:
    metres = distance_m(35.0, -81.0, np.array([35.0, 36.0]), np.array([-81.0, -81.0]))
    assert metres == pytest.approx([0.0, 111_195.0], abs=1.0)


def test_that_fitting_units_come_first_and_then_the_nearer_ones(picture: Picture) -> None:
    assert ids(picture) == ["near", "far", "medic"]
    assert ids(picture, limit=2) == ["near", "far"]


def test_that_a_unit_whose_position_is_stale_is_not_offered(picture: Picture) -> None:
    assert nearest_units(picture, "rail", LAT, LON, now=at(3600), limit=9) == []


def test_that_the_time_is_that_of_a_detour_in_town(picture: Picture) -> None:
    near = nearest_units(picture, "rail", LAT, LON, now=NOON, limit=1)[0]
    assert near.metres == pytest.approx(908, abs=1)
    assert near.seconds == pytest.approx(near.metres * 1.3 * 3.6 / 60)
    assert near.fits
