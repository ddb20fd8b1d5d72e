"""Places far from the ground of their agency."""

import numpy as np
from shapely import box

from cop.domain.area import Jurisdiction
from cop.domain.batch import Batch
from cop.domain.report import Retraction
from cop.picture.ground import Ground
from cop.picture.home import HomeGround
from cop.picture.picture import Picture
from tests.reports import at, positions_batch, report, unit


def ground(agency: str, west: float, south: float) -> Jurisdiction:
    """A ground of one degree by one."""
    return Jurisdiction(agency, agency, "municipal", "law", agency, box(west, south, west + 1, south + 1), 10_000.0)


HOME = HomeGround(Ground([ground("charlotte-pd", -81.0, 35.0), ground("honolulu-pd", -158.0, 21.0)]), 500.0)


def test_that_an_agency_with_ground_is_measured_by_its_own_and_one_without_by_all_of_it() -> None:
    assert HOME.doubt("charlotte-pd", 35.5, -80.5) is None
    assert HOME.doubt("charlotte-pd", 21.5, -157.5) is not None
    doubt = HOME.doubt("charlotte-pd", 75.0, 37.0)
    assert doubt is not None
    assert (doubt.agency, round(doubt.metres, -6)) == ("charlotte-pd", 7_000_000.0)
    assert HOME.doubt("nobody", 30.0, -120.0) is None  # between the two, as far as a box can tell
    far = HOME.doubt("nobody", 75.0, 37.0)
    assert far is not None
    assert far.agency == ""


def test_that_without_ground_and_without_a_place_nothing_is_doubtful() -> None:
    assert HomeGround().doubt("a", 75.0, 37.0) is None
    assert HOME.doubt("charlotte-pd", None, None) is None
    picture = Picture()
    picture.apply(positions_batch(("a", "u", 75.0, 37.0, 0)))
    assert not picture.tracks.doubtful.any()


def test_that_units_are_doubtful_from_the_fix_that_is_far_to_the_fix_that_is_not() -> None:
    picture = Picture(HOME)
    picture.apply(positions_batch(("charlotte-pd", "a", 35.2, -80.9, 0), ("charlotte-pd", "b", 0.0, 0.0, 0)))
    assert picture.tracks.doubtful.tolist() == [False, True]
    picture.apply(positions_batch(("charlotte-pd", "a", 75.0, 37.0, 9), ("charlotte-pd", "b", 35.2, -80.9, 9), epoch=2))
    assert picture.tracks.doubtful.tolist() == [True, False]
    picture.apply(positions_batch(("late-agency", "c", 75.0, 37.0, 9), epoch=3))
    assert picture.tracks.doubtful.tolist() == [True, False, True]


def test_that_a_position_taken_back_is_no_longer_doubtful() -> None:
    picture = Picture(HOME)
    picture.apply(positions_batch(("charlotte-pd", "a", 75.0, 37.0, 0)))
    picture.apply(Batch(epoch=1, reports=[report("charlotte-pd", unit("a"))]))
    picture.apply(Batch(epoch=1, reports=[report("charlotte-pd", Retraction(id="a", at=at(5), kind="position"))]))
    assert not picture.tracks.doubtful.any()


def test_that_many_are_judged_as_one_by_one() -> None:
    random = np.random.default_rng(1)
    lat, lon = random.uniform(-90, 90, 300), random.uniform(-180, 180, 300)
    codes = random.integers(0, 3, 300).astype(np.int16)
    agencies = ["charlotte-pd", "nobody", "honolulu-pd"]
    many = HOME.doubtful(agencies, codes, lat, lon).tolist()
    alone = [HOME.doubt(agencies[code], *place) is not None for code, *place in zip(codes, lat, lon, strict=True)]
    assert many == alone


def test_that_a_picture_of_the_past_over_the_same_ground_moves_nobody_from_home_in_the_live_one() -> None:
    live, past = Picture(HOME), Picture(HOME)
    live.apply(positions_batch(("charlotte-pd", "u", 35.5, -80.5, 0), ("honolulu-pd", "v", 21.5, -157.5, 0)))
    past.apply(positions_batch(("honolulu-pd", "v", 21.5, -157.5, 0), ("charlotte-pd", "u", 35.5, -80.5, 0)))
    past.apply(positions_batch(("nobody", "w", 21.5, -157.5, 0)))
    assert past.tracks.doubtful.sum() == 0
    live.apply(positions_batch(("charlotte-pd", "u", 35.5, -80.5, 1), ("honolulu-pd", "v", 21.5, -157.5, 1)))
    assert live.tracks.doubtful.sum() == 0
