"""On whose ground units are, kept up as they move, is what asking for each of them would say."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from cop.config import Config
from cop.domain.area import Jurisdiction
from cop.picture.ground import Ground
from cop.picture.tracks import Tracks
from cop.picture.whereabouts import Whereabouts


def jurisdiction(name: str, geometry: shapely.Geometry, agency: str = "") -> Jurisdiction:
    """A jurisdiction as large as it is."""
    return Jurisdiction(name, name, "district", "fire", agency or name, geometry, geometry.area * 10_000)


def tracks_at(*places: tuple[float, float], agency: str = "a") -> Tracks:
    """A unit at each (lat, lon)."""
    tracks = Tracks(4)
    for number, place in enumerate(places):
        put(tracks, tracks.row(agency, str(number)), place)
    return tracks


def put(tracks: Tracks, row: int, place: tuple[float, float]) -> None:
    tracks.lat[row], tracks.lon[row] = place


def every(tracks: Tracks) -> NDArray[np.intp]:
    return np.arange(tracks.count)


def asked(ground: Ground, tracks: Tracks) -> list[tuple[int, ...]]:
    """What asking the ground for each unit says."""
    numbers = {one.id: index for index, one in enumerate(ground.jurisdictions)}
    places = zip(tracks.lat.tolist(), tracks.lon.tolist(), strict=True)
    return [tuple(numbers[one.id] for one in ground.at(lat, lon)) if lat == lat else () for lat, lon in places]


def kept(whereabouts: Whereabouts, tracks: Tracks) -> list[tuple[int, ...]]:
    return [whereabouts.of(row) for row in range(tracks.count)]


_TWO = Ground(
    [
        jurisdiction("west", shapely.box(-81, 35, -80, 36)),
        jurisdiction("east", shapely.box(-80, 35, -79, 36)),
        jurisdiction("lake", shapely.box(-80.6, 35.2, -80.2, 35.6)),
    ]
)

_GRID = st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, -1.0, -0.0005, 0.0005])
_NUMBER = st.one_of(_GRID, st.floats(-3, 3), st.floats(-90, 90))
_PLACE = st.one_of(st.tuples(_NUMBER, st.one_of(_NUMBER, st.floats(-540, 540))), st.just((np.nan, np.nan)))


@st.composite
def _grounds(draw: st.DrawFn) -> Ground:
    """Boxes, triangles and rings with holes, often edge upon edge and one in another."""
    found = []
    for number in range(draw(st.integers(0, 6))):
        corners = [(draw(_GRID), draw(_GRID)) for _ in range(3)]
        west, south = corners[0]
        width, height = draw(st.sampled_from([0.25, 1.0, 2.0])), draw(st.sampled_from([0.0004, 0.5, 1.0]))
        shape = shapely.box(west, south, west + width, south + height)
        match draw(st.sampled_from(["box", "triangle", "ring"])):
            case "triangle":
                triangle = shapely.Polygon(corners)
                shape = triangle if triangle.area > 1e-6 else shape
            case "ring":
                shape = shape.difference(shape.centroid.buffer(min(width, height) / 4))
        found.append(jurisdiction(f"j{number}", shape))
    return Ground(found)


@settings(max_examples=300, deadline=None)
@given(_grounds(), st.lists(st.lists(_PLACE, min_size=1, max_size=6), min_size=1, max_size=4))
@example(_TWO, [[(90.0, 180.0), (-90.0, -180.0), (35.5, -80.0), (np.nan, np.nan)], [(35.5, -80.0), (36.0, -79.0)]])
def test_that_kept_and_asked_are_the_same_wherever_units_go(
    ground: Ground, moves: list[list[tuple[float, float]]]
) -> None:
    tracks = Tracks(2)
    whereabouts = Whereabouts(ground)
    known: list[tuple[int, ...]] = []
    for places in moves:
        rows = [tracks.row("a", str(number)) for number in range(len(places))]
        for row, place in zip(rows, places, strict=True):
            put(tracks, row, place)
        known += [()] * (tracks.count - len(known))
        changed = whereabouts.update(tracks, np.array(rows))
        now = kept(whereabouts, tracks)
        assert now == asked(ground, tracks)
        assert changed.tolist() == [row for row in rows if now[row] != known[row]]
        known = now


def test_that_in_the_exercise_s_region_ten_thousand_units_are_where_asking_says() -> None:
    ground = Config().ground()
    west, south, east, north = shapely.total_bounds(ground.geometries)
    dice = np.random.default_rng(4)
    tracks = tracks_at(*zip(dice.uniform(south, north, 2_000), dice.uniform(west, east, 2_000), strict=True))
    whereabouts = Whereabouts(ground)
    for _ in range(4):
        whereabouts.update(tracks, every(tracks))
        assert kept(whereabouts, tracks) == asked(ground, tracks)
        tracks.lat[:] += dice.normal(0, 0.002, tracks.count)
        tracks.lon[:] += dice.normal(0, 0.002, tracks.count)


def test_that_a_corner_where_a_hundred_meet_is_told_apart() -> None:
    around = np.linspace(0, 2 * np.pi, 101)
    wedges = [
        shapely.Polygon([(0, 0), (np.cos(start), np.sin(start)), (np.cos(end), np.sin(end))])
        for start, end in pairwise(around)
    ]
    ground = Ground([jurisdiction(f"w{number:03}", one) for number, one in enumerate(wedges)])
    tracks = tracks_at((0.0, 0.0), (0.0001, 0.0001), (0.3, 0.3))
    whereabouts = Whereabouts(ground)
    whereabouts.update(tracks, every(tracks))
    assert [len(one) for one in kept(whereabouts, tracks)] == [100, len(asked(ground, tracks)[1]), 1]
    assert kept(whereabouts, tracks) == asked(ground, tracks)


def test_that_units_that_stay_in_their_cell_are_not_looked_at() -> None:
    tracks = tracks_at((35.3011, -80.9011), (35.3011, -79.5011))
    whereabouts = Whereabouts(_TWO)
    assert whereabouts.update(tracks, every(tracks)).tolist() == [0, 1]
    tried = whereabouts.tried
    tracks.lat[:] += 0.0001
    assert whereabouts.update(tracks, every(tracks)).tolist() == []
    assert whereabouts.tried == tried


def test_that_a_cell_somebody_was_in_is_known_to_those_who_come_later() -> None:
    tracks = tracks_at((35.3011, -80.9011))
    whereabouts = Whereabouts(_TWO)
    whereabouts.update(tracks, every(tracks))
    tried = whereabouts.tried
    put(tracks, tracks.row("a", "late"), (35.3012, -80.9012))
    assert whereabouts.update(tracks, np.array([1])).tolist() == [1]
    assert whereabouts.tried == tried


def test_that_a_unit_whose_position_is_taken_back_is_on_nobody_s_ground() -> None:
    tracks = tracks_at((35.3, -80.9))
    whereabouts = Whereabouts(_TWO)
    whereabouts.update(tracks, every(tracks))
    tracks.unplace(0, 10.0)
    assert whereabouts.update(tracks, every(tracks)).tolist() == [0]
    assert whereabouts.of(0) == ()


def test_that_those_off_their_own_ground_are_known() -> None:
    tracks = tracks_at((35.3, -80.9), (35.3, -79.5), (10.0, 10.0), (np.nan, np.nan), agency="west")
    put(tracks, tracks.row("guest", "g"), (35.3, -79.5))
    whereabouts = Whereabouts(_TWO)
    assert not whereabouts.outside_own(tracks).any()  # nothing is known yet
    whereabouts.update(tracks, every(tracks))
    assert whereabouts.outside_own(tracks).tolist() == [False, True, True, False, False]
    tracks.row("west", "new")
    assert whereabouts.outside_own(tracks).tolist() == [False, True, True, False, False, False]


def test_that_one_is_off_its_ground_only_where_there_is_one() -> None:
    assert not _TWO.is_off_own("west", 35.3, -80.9)
    assert _TWO.is_off_own("west", 35.3, -79.5)
    assert not _TWO.is_off_own("guest", 35.3, -79.5)


@pytest.mark.parametrize("ground", [Ground([]), _TWO])
def test_that_without_ground_or_units_nothing_happens(ground: Ground) -> None:
    whereabouts = Whereabouts(ground)
    assert whereabouts.update(Tracks(), np.empty(0, dtype=np.intp)).tolist() == []
    assert whereabouts.of(7) == ()
    tracks = tracks_at((80.0, 20.0))
    assert whereabouts.update(tracks, every(tracks)).tolist() == []
    assert not whereabouts.outside_own(tracks).any()


def test_that_the_cells_of_long_and_far_boundaries_stay_few() -> None:
    world = [jurisdiction(f"r{lat}", shapely.box(-180, lat, 180, lat + 1)) for lat in range(-90, 90)]
    whereabouts = Whereabouts(Ground(world))
    assert whereabouts.begin().nbytes < 100e6
