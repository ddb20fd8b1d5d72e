"""The triangles of alerts: where they stand, and which of them."""

import numpy as np
import pytest
import shapely
from shapely.geometry import box

from cop.domain.area import Alert
from cop.domain.rules.alarm import SEVERITIES
from cop.map.palette import Palette
from cop.map.symbols import ALERT_CELL_PX
from cop.map.viewport import Viewport
from cop.map.zone_looks import MARK_CELL_PX, alert_look, mark_of, mark_places, zone_look
from tests.map.scenes import NOON

#: 1000 × 800 pixels, 10 metres each, its lower left corner at 0, 0
VIEW = Viewport(0.0, 8000.0, 10.0, 1000, 800)
NONE = np.empty((0, 2))
LOOK = alert_look(Alert(id="a", at=NOON, event="Flood", severity="Severe"), exercise=False)


def test_that_an_area_wears_its_triangle_inside_and_in_view() -> None:
    places = mark_places(LOOK, NONE, box(1000, 1000, 5000, 5000), VIEW)
    assert places.tolist() == [[3000.0, 3000.0]]
    [[x, y]] = mark_places(LOOK, NONE, box(-90_000, 2000, 2000, 90_000), VIEW).tolist()
    assert 0 < x < 2000 < y < 8000


def test_that_a_ring_wears_it_on_the_ring_not_in_its_hole() -> None:
    ring = box(1000, 1000, 7000, 7000).difference(box(2500, 2500, 5500, 5500))
    [place] = mark_places(LOOK, NONE, ring, VIEW)
    assert shapely.contains_xy(ring, *place)


@pytest.mark.parametrize("area", [box(1000, 1000, 1500, 7000), box(20_000, 0, 30_000, 9000)], ids=["thin", "elsewhere"])
def test_that_what_is_thin_or_out_of_view_wears_none(area: shapely.Geometry) -> None:
    assert not len(mark_places(LOOK, NONE, area, VIEW))


def test_that_a_crossed_line_of_an_area_stops_nothing() -> None:
    bow = shapely.Polygon([(0, 0), (8000, 8000), (8000, 0), (0, 8000)])
    assert len(mark_places(LOOK, NONE, bow, VIEW)) == 1


def test_that_points_wear_theirs_and_zones_none_within() -> None:
    points = np.array([[10.0, 20.0]])
    assert mark_places(LOOK, points, shapely.Point(10, 20), VIEW) is points
    assert not len(mark_places(zone_look("perimeter"), NONE, box(1000, 1000, 5000, 5000), VIEW))


def test_that_each_severity_and_each_test_wears_a_triangle_of_its_own(qapp: object, palette: Palette) -> None:
    looks = [
        alert_look(Alert(id="a", at=NOON, event="E", severity=severity, status=status), exercise=False)
        for status in ("Actual", "Test")
        for severity in SEVERITIES
    ]
    drawn = [mark_of(look, palette, 1.0) for look in looks]
    assert {one.width() for one in drawn} == {ALERT_CELL_PX}
    assert len({bytes(one.constBits()) for one in drawn}) >= 2 * len(SEVERITIES) - 1
    assert mark_of(zone_look("road_closure"), palette, 1.0).width() == MARK_CELL_PX
