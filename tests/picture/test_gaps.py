"""Nobody's ground, and ground that is two agencies', are found."""

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cop.config import Config
from cop.domain.area import Jurisdiction
from cop.picture.gaps import Finding, find

_KM2 = 111.32**2 * float(np.cos(np.radians(35.0)))


def district(name: str, geometry: shapely.Geometry, **more: str) -> Jurisdiction:
    """A fire district, unless said otherwise, of an agency of its own."""
    words = {"level": "district", "discipline": "fire", "agency": f"{name}-fd", **more}
    return Jurisdiction(name, name, **words, geometry=geometry, area_km2=geometry.area)


def ring_around(hole: shapely.Geometry, side: float = 0.4) -> list[Jurisdiction]:
    """Four districts that fill a square around (-81, 35) but for a hole."""
    quarters = {
        "nw": shapely.box(-81 - side, 35, -81, 35 + side),
        "ne": shapely.box(-81, 35, -81 + side, 35 + side),
        "sw": shapely.box(-81 - side, 35 - side, -81, 35),
        "se": shapely.box(-81, 35 - side, -81 + side, 35),
    }
    return [district(name, one.difference(hole)) for name, one in quarters.items()]


def told(found: tuple[Finding, ...]) -> list[tuple[str, list[str]]]:
    return [(one.kind, sorted(near.id for near in one.jurisdictions)) for one in found]


def test_that_a_hole_and_an_overlap_are_found_with_size_place_and_neighbours() -> None:
    hole = shapely.box(-81.05, 35.02, -80.97, 35.06)
    extra = district("extra", shapely.box(-81.5, 34.9, -81.35, 34.95))
    findings = find([*ring_around(hole), extra])
    assert told(findings.found) == [("gap", ["ne", "nw"]), ("overlap", ["extra", "sw"])]
    gap, overlap = findings.found
    assert gap.area_km2 == pytest.approx(0.08 * 0.04 * _KM2, rel=0.01)
    assert shapely.intersects_xy(hole, gap.lon, gap.lat)
    assert (gap.discipline, gap.level, overlap.discipline, overlap.level) == ("fire", "", "fire", "district")
    assert overlap.geometry.equals(shapely.box(-81.4, 34.9, -81.35, 34.95))
    assert findings.slivers.count == 0


def test_that_slivers_are_counted_and_dust_is_not() -> None:
    # 0.0001° by 0.04°: four hectares; 0.00001° by 0.0001°: ten square metres; 1e-9° wide: nothing at all
    for width, height, listed, counted in ((1e-4, 0.04, 1, 0), (1e-5, 1e-4, 0, 1), (1e-9, 0.04, 0, 0)):
        findings = find(ring_around(shapely.box(-81.2, 35.1, -81.2 + width, 35.1 + height)))
        assert (len(findings.found), findings.slivers.count) == (listed, counted)
    findings = find(ring_around(shapely.box(-81.2, 35.1, -81.1999, 35.14)), least_km2=0.5)
    assert (len(findings.found), findings.slivers.count) == (0, 1)
    assert findings.slivers.area_km2 == pytest.approx(1e-4 * 0.04 * _KM2, rel=0.02)


def test_that_a_lake_is_nobody_s_until_somebody_has_it_and_its_island() -> None:
    lake = shapely.Point(-81, 35).buffer(0.1)
    island = shapely.Point(-81, 35).buffer(0.02)
    shores = ring_around(lake)
    assert told(find(shores).found) == [("gap", ["ne", "nw", "se", "sw"])]
    with_island = [*shores, district("island", island)]
    (water,) = find(with_island).found
    assert water.area_km2 == pytest.approx((lake.area - island.area) * _KM2, rel=0.01)
    assert "island" in {one.id for one in water.jurisdictions}
    assert told(find([*with_island, district("marine", lake.difference(island))]).found) == []
    police = district("lake-police", lake, discipline="law")
    assert told(find([*with_island, police]).found) == [("gap", ["island", "ne", "nw", "se", "sw"])]


def test_that_a_hole_within_an_island_is_one_gap_and_not_two() -> None:
    lake, island, pond = (shapely.Point(-81, 35).buffer(radius) for radius in (0.2, 0.1, 0.05))
    jurisdictions = [*ring_around(lake), district("island", island.difference(pond))]
    found = find(jurisdictions).found
    assert [one.geometry.area for one in found] == pytest.approx([lake.area - island.area, pond.area])


def test_that_another_level_fills_a_hole_and_a_planning_zone_does_not() -> None:
    hole = shapely.box(-81.05, 35.02, -80.97, 35.06)
    districts = ring_around(hole)
    town = district("town", hole, level="municipal")
    assert told(find([*districts, town]).found) == []
    assert told(find([*districts, town], level="district").found) == [("gap", ["ne", "nw"])]
    assert len(find([*districts, district("zone", hole, level="planning_zone")]).found) == 1


@pytest.mark.parametrize(("width", "found"), [(0.0002, 1), (0.002, 0)])
def test_that_a_strip_between_neighbours_is_found_though_it_is_open(width: float, found: int) -> None:
    west, east = shapely.box(-81.2, 35, -81, 35.2), shapely.box(-81 + width, 35, -80.8, 35.2)
    gaps = find([district("west", west), district("east", east)]).found
    assert told(gaps) == [("gap", ["east", "west"])] * found
    if found:
        assert gaps[0].area_km2 == pytest.approx(0.2 * width * _KM2, rel=0.02)
        assert -81 < gaps[0].lon < -81 + width
    joined = district("west", west.union(shapely.box(-81.1, 34.9, -80.8, 35)))
    assert len(find([joined, district("east", east)]).found) == found  # the strip is a bay of what they cover together


def test_that_a_bay_of_one_and_a_corner_of_two_are_no_gaps() -> None:
    bay = shapely.box(-81.2, 35, -81, 35.2).difference(shapely.box(-81.1, 35.05, -81.0998, 35.2))
    assert find([district("bay", bay)], least_km2=0.0).found == ()
    corner = [district("a", shapely.box(-81.2, 35, -81, 35.2)), district("b", shapely.box(-81, 35.2, -80.8, 35.4))]
    assert find(corner, least_km2=0.0).found == ()


def test_that_what_a_ring_road_encloses_is_no_gap() -> None:
    road = shapely.Point(-81, 35).buffer(0.2).difference(shapely.Point(-81, 35).buffer(0.19))
    patrol = district("patrol", road, level="corridor", discipline="law")
    assert find([patrol]).found == ()
    town = district("town", shapely.box(-81.3, 34.7, -81, 35.3), level="municipal", discipline="law")
    assert told(find([patrol, town]).found) == [("gap", ["patrol", "town"])]


def test_that_a_town_in_its_county_is_by_design_and_two_towns_on_one_ground_are_not() -> None:
    county = district("county", shapely.box(-82, 34, -80, 36), level="county", discipline="law")
    town = district("town", shapely.box(-81.1, 35, -81, 35.1), level="municipal", discipline="law")
    rival = district("rival", shapely.box(-81.05, 35, -80.9, 35.1), level="municipal", discipline="law")
    ours_too = district("annex", shapely.box(-81.1, 35, -81, 35.05), level="municipal", discipline="law")
    assert told(find([county, town]).found) == []
    assert told(find([county, town, rival]).found) == [("overlap", ["rival", "town"])]
    assert told(find([county, town, rival], discipline="fire").found) == []
    same = Jurisdiction("annex", "annex", "municipal", "law", "town-fd", ours_too.geometry, 1.0)
    assert told(find([county, town, same]).found) == []


def test_that_one_within_another_and_the_same_twice_overlap() -> None:
    outer, inner = shapely.box(-81.1, 35, -81, 35.1), shapely.box(-81.06, 35.04, -81.04, 35.06)
    assert told(find([district("a", outer), district("b", inner)]).found) == [("overlap", ["a", "b"])]
    assert told(find([district("a", outer), district("b", outer)]).found) == [("overlap", ["a", "b"])]


def test_that_the_exercise_s_region_has_the_overlaps_that_it_has() -> None:
    ground = Config().ground()
    found = find(ground.jurisdictions).found
    assert told(found) == [
        ("overlap", ["charlotte-city", "huntersville"]),
        ("overlap", ["charlotte-city", "matthews"]),
        ("overlap", ["nc-highway-patrol", "transit-corridor"]),
    ]
    assert [one.area_km2 for one in found] == sorted((one.area_km2 for one in found), reverse=True)
    assert find([]).found == ()


def test_that_ground_enclosed_by_districts_that_meet_in_corners_alone_is_nobodys() -> None:
    squares = [shapely.box(x, y, x + 0.1, y + 0.1) for x, y in ((-80.1, 35), (-80, 35.1), (-79.9, 35), (-80, 34.9))]
    (gap,) = find([district(f"d{number}", square) for number, square in enumerate(squares)]).found
    assert gap.kind == "gap"
    assert gap.geometry.equals(shapely.box(-80, 35, -79.9, 35.1))
    assert len(gap.jurisdictions) == 4
    assert find([district(f"d{number}", square) for number, square in enumerate(squares[:3])]).found == ()


_SIDE = 12
_CELL = 0.05


@settings(max_examples=60, deadline=None)
@example([(4, 5, 7, 1, False), (7, 0, 3, 1, False), (4, 1, 3, 6, False), (10, 1, 1, 6, False)])
@given(st.lists(st.tuples(*[st.integers(0, _SIDE - 2)] * 2, *[st.integers(1, 7)] * 2, st.booleans()), max_size=9))
def test_that_the_areas_are_those_of_a_raster(drawn: list[tuple[int, int, int, int, bool]]) -> None:
    count = np.zeros((_SIDE + 2, _SIDE + 2), dtype=int)
    jurisdictions = []
    for number, (x, y, width, height, hollow) in enumerate(drawn):
        right, top = min(x + width, _SIDE), min(y + height, _SIDE)
        cells = np.zeros_like(count)
        cells[y + 1 : top + 1, x + 1 : right + 1] = 1
        if hollow:
            cells[y + 2 : top, x + 2 : right] = 0
        squares = [
            shapely.box(column * _CELL, row * _CELL, (column + 1) * _CELL, (row + 1) * _CELL)
            for row, column in np.argwhere(cells).tolist()
        ]
        jurisdictions.append(district(f"d{number}", shapely.union_all(squares)))
        count += cells
    findings = find(jurisdictions)
    outside = {(0, 0)}
    edge = [(0, 0)]
    while edge:
        row, column = edge.pop()
        for next_ in ((row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)):
            if next_ not in outside and min(next_) >= 0 and max(next_) < _SIDE + 2 and not count[next_]:
                outside.add(next_)
                edge.append(next_)
    holes = int((count == 0).sum()) - len(outside)
    pairs = int((count * (count - 1) // 2).sum())
    area = {
        kind: sum(one.geometry.area for one in findings.found if one.kind == kind) / _CELL**2
        for kind in ("gap", "overlap")
    }
    assert area["gap"] == pytest.approx(holes, abs=1e-6)
    assert area["overlap"] == pytest.approx(pairs, abs=1e-6)
    assert findings.slivers.count == 0
