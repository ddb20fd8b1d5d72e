"""What a page holds of movement and of shared ground: small, and nothing of it wrong."""

from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cop.briefing.exports.export import Export, Wanted
from cop.briefing.exports.things import ways
from cop.briefing.leaving import leaving
from cop.briefing.page import trails as page_trails
from cop.briefing.page.order import PageOrder
from cop.briefing.page.shared_ground import overlaps
from cop.briefing.page.trails import trails
from cop.domain.agency import Agency
from cop.domain.area import Zone, ZoneForm
from cop.domain.batch import Batch
from cop.domain.zone_forms import geometry_of
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from tests import reports as r
from tests.briefing.browser.pages import busy_picture, occasion
from tests.briefing.test_page import REGION, Album, page_of, told_by
from tests.map import scenes


@pytest.fixture(scope="module")
def export() -> Export:
    about = occasion()
    leaves = leaving(busy_picture(), about.at, own="charlotte-fire")
    return Export(leaves, about, Wanted(kinds=frozenset({"unit"}), since=about.at.timestamp() - 3600))


def read(told: dict[str, Any]) -> np.ndarray:
    """Seconds before the moment, latitude and longitude of each point, as the page's script reads them."""
    return np.cumsum(np.array(told["points"]).reshape(-1, 3), axis=0) / [1, 1e5, 1e5]


def test_that_a_trail_in_a_page_is_the_trail_to_a_metre(export: Export) -> None:
    found = trails(export)
    assert len(found) > 150
    for told in found[::20]:
        trail = export.leaving.trail((told["agency"], told["id"]), export.wanted.since)
        table = read(told)
        assert np.abs(table[:, 0] - (trail.at - export.at.timestamp())).max() <= 0.5
        assert np.abs(table[:, 1] - trail.lat).max() < 1e-5
        assert np.abs(table[:, 2] - trail.lon).max() < 1e-5
        assert [0, *told["parted"]] == np.flatnonzero(~trail.joined).tolist()


@settings(max_examples=12, deadline=None)
@given(most=st.integers(100, 5000))
def test_that_of_too_many_points_the_newest_of_each_unit_stays_and_no_gap_is_closed(export: Export, most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_trails, "MOST_POINTS", most)
        found = trails(export)
    points = sum(len(way.trail.at) for way in ways(export))
    for told in found[::40]:
        trail = export.leaving.trail((told["agency"], told["id"]), export.wanted.since)
        table = read(told)
        step = -(-points // most)
        kept = list(range(len(trail.at) - 1, -1, -step))[::-1]
        assert np.abs(table[:, 0] - (trail.at[kept] - export.at.timestamp())).max() <= 0.5
        gaps = list(accumulate((~trail.joined).tolist()))
        parted = [place for place, (a, b) in enumerate(pairwise(kept), start=1) if gaps[a] != gaps[b]]
        assert told["parted"] == parted


def test_that_ground_of_two_of_one_discipline_is_marked_with_both() -> None:
    order = PageOrder(draw=Album(), ground=scenes.ground(), region=REGION)
    found = overlaps(order, Picture())
    assert found
    by_name = {one.name: one for one in order.ground.jurisdictions}
    for one in found:
        first, second = (by_name[name] for name in one["names"])
        assert first.discipline == second.discipline
        assert first.agency != second.agency
        assert {first.level, second.level}.isdisjoint({"county", "state", "corridor", "planning_zone"})
    assert overlaps(PageOrder(draw=Album(), ground=Ground(()), region=REGION), Picture()) == []


def test_that_a_drawn_grid_brings_its_cells_and_agencies_say_how_they_are_reached() -> None:
    form = ZoneForm(shape="grid", points=((-81.0, 35.3), (-80.9, 35.2)), columns=4, rows=3)
    zone = Zone(id="g", at=scenes.NOON, rev=1, kind="reference_grid", form=form, geometry=geometry_of(form))
    agency = Agency(id="york-sheriff", at=scenes.NOON, rev=1, name="York", contact="803 555 0100")
    picture = Picture()
    picture.apply(Batch(epoch=1, reports=[r.report("york-sheriff", zone), r.report("york-sheriff", agency)]))
    told = told_by(page_of(picture))
    assert told["objects"]["zone"][0]["cells"] == [-81.0, 35.2, -80.9, 35.3, 4, 3]
    assert told["agencies"][0]["contact"] == "803 555 0100"
