"""Geometries of others: checked, and thinned where nobody could draw them."""

import math
import re
from typing import Any

import pytest
from shapely.geometry import shape

from cop.feeds.adapters import geometries
from cop.feeds.message import BadMessage

_METRES_A_DEGREE = 111_195.0


def shore(count: int, lon: float = -80.8, radius: float = 0.1) -> list[list[float]]:
    """A ring of many small bays around a place in Charlotte."""
    ring = [
        [
            lon + (radius + 0.0005 * math.sin(turn * 400)) * math.cos(turn),
            35.2 + (radius + 0.0005 * math.sin(turn * 400)) * math.sin(turn),
        ]
        for turn in (2 * math.pi * number / count for number in range(count))
    ]
    return [*ring, ring[0]]


def test_that_a_thinned_outline_lies_no_further_off_than_it_says() -> None:
    whole = {"type": "Polygon", "coordinates": [shore(20_000), shore(9_000, radius=0.03)]}
    thinned, said = geometries.checked(whole)
    before, after = shape(whole), shape(thinned)
    assert len(thinned["coordinates"]) == 2
    assert sum(map(len, thinned["coordinates"])) <= geometries.MAX_VERTICES
    metres = int(re.search(r"more than (\d+) m away", said)[1])  # type: ignore[index]
    assert before.hausdorff_distance(after) * _METRES_A_DEGREE <= metres < 200
    assert after.area == pytest.approx(before.area, rel=0.01)


def test_that_parts_too_small_to_be_seen_are_counted_when_they_go() -> None:
    island = [[-80.0, 35.0], [-79.99999, 35.0], [-80.0, 35.00001], [-80.0, 35.0]]
    thinned, said = geometries.checked({"type": "MultiPolygon", "coordinates": [[shore(20_000)], [island]]})
    assert len(thinned["coordinates"]) == 1
    assert "1 of 2 parts are smaller and left out" in said


def test_that_a_hole_goes_with_its_polygon_and_not_before_it() -> None:
    hole = [[-80.8, 35.2], [-80.79999, 35.2], [-80.8, 35.20001], [-80.8, 35.2]]
    thinned, _ = geometries.checked({"type": "MultiPolygon", "coordinates": [[shore(20_000), hole], [shore(50)]]})
    assert [len(polygon) for polygon in thinned["coordinates"]] == [1, 1]


@pytest.mark.parametrize(
    "coordinates",
    [
        [[number / 1000, number % 2 * 0.001 * number / 1000] for number in range(60_000)],
        [[number * 37 % 120, number * 53 % 80] for number in range(60_000)],
        [[-80.8, 35.2]] * 60_000,
    ],
    ids=["zigzag", "noise", "one place"],
)
def test_that_any_line_is_thinned_or_said_to_be_too_much(coordinates: list[Any]) -> None:
    thinned, said = geometries.checked({"type": "LineString", "coordinates": coordinates})
    assert said
    assert len(thinned.get("coordinates", [])) <= geometries.MAX_VERTICES


def test_that_many_points_are_thinned_to_places_of_their_own() -> None:
    points = [[-80.8 + number % 300 / 1e4, 35.2 + number // 300 / 1e4] for number in range(30_000)]
    thinned, said = geometries.checked({"type": "MultiPoint", "coordinates": points})
    assert "of 30000 vertices" in said
    assert 2_000 < len(thinned["coordinates"]) <= geometries.MAX_VERTICES
    assert all(point in points for point in thinned["coordinates"][:50])


def test_that_a_collection_is_checked_part_by_part() -> None:
    point = {"type": "Point", "coordinates": [-80.84, 35.22], "crs": "none of RFC 7946"}
    line = {"type": "LineString", "coordinates": [[-80.84, 35.22], [-80.83, 35.23]]}
    collection = {"type": "GeometryCollection", "geometries": [point, line]}
    checked, said = geometries.checked(collection)
    assert checked["geometries"] == [{"type": "Point", "coordinates": [-80.84, 35.22]}, line]
    assert said == ""


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "GeometryCollection", "geometries": [{"type": "GeometryCollection", "geometries": []}]},
        {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [181, 0]}]},
        {"type": "GeometryCollection", "geometries": {}},
        {"type": "GeometryCollection", "geometries": [None]},
        {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [0, 0]}] * 1_001},
        {"type": "Point", "coordinates": [math.nan, 1.0]},
        {"type": "Point", "coordinates": [True, 1.0]},
        {"type": "Point", "coordinates": [10**400, 1]},
        {"type": ["Point"], "coordinates": [0, 1]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [0, 0.1]]]},
    ],
)
def test_that_what_is_no_geometry_is_refused(geometry: dict[str, Any]) -> None:
    with pytest.raises(BadMessage):
        geometries.checked(geometry)


def test_that_of_polygons_beyond_number_the_largest_stay_and_the_rest_is_counted() -> None:
    def square(west: float, corners: int) -> list[list[list[float]]]:
        ring = [[west + 0.0001 * step, 35.0 + 0.001 * (step % 2)] for step in range(corners)]
        return [[*ring, ring[0]]]

    many = [square(-80.0, 3) for _ in range(geometries.MAX_MEMBERS)]
    large = square(-81.0, 40)
    kept, left_out = geometries.checked({"type": "MultiPolygon", "coordinates": [*many, large, *many]})
    assert any(polygon[0][0] == [-81.0, 35.0] for polygon in kept["coordinates"])
    assert "4,001 of 8,001 parts" in left_out
    with pytest.raises(BadMessage):
        geometries.checked({"type": "MultiPolygon", "coordinates": [*many, "no polygon", *many]})
