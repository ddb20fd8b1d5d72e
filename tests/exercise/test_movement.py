"""Units keep to their ground, move as fast as such units do, and go where they are asked."""

import itertools
import random

import pytest
import shapely

from cop.exercise.movement import Circling, Motion, Parked, Round
from cop.exercise.roads import Network, course_deg, distance_m, load_lines, load_named_area, offset
from cop.exercise.scenario import RESOURCES
from tests.exercise.plays import simulation, steel_rail

_REGION = RESOURCES / "region"
_CROSS = [
    shapely.LineString([(-81.0, 35.0), (-80.9, 35.0)]),
    shapely.LineString([(-80.95, 34.95), (-80.95, 35.05)]),
]


def test_that_lines_are_joined_where_they_cross_and_the_way_leads_over_the_crossing() -> None:
    network = Network(_CROSS)
    west, north = network.nearest((35.0, -81.0)), network.nearest((35.05, -80.95))
    way = [network.nodes[node] for node in network.route(west, north)]
    assert min(distance_m(place, (35.0, -80.95)) for place in way) < 5.0
    assert sum(distance_m(a, b) for a, b in itertools.pairwise(way)) == pytest.approx(4560 + 5566, rel=0.02)


def test_that_every_part_of_the_regions_roads_can_be_reached_from_every_other() -> None:
    network = Network(load_lines(_REGION / "roads.geojson"))
    assert all(network.route(0, node) for node in range(1, len(network.nodes), 50))


def test_that_units_stay_on_roads_and_boats_on_water() -> None:
    sim = simulation()
    scenario = steel_rail()
    roads = load_lines(_REGION / "roads.geojson")
    streets = [shapely.LineString([(lon, lat) for lat, lon in street.points]) for street in scenario.streets]
    network = Network([*roads, *streets])
    links = [shapely.LineString([network.nodes[node][::-1] for node in pair]) for pair in network.joined]
    near_road = shapely.union_all([*roads, *streets, *links]).buffer(0.001)  # some 100 m
    lake = load_named_area(_REGION / "water.geojson", "Lake Norman").buffer(0.001)
    river = shapely.union_all(load_lines(_REGION / "water.geojson")).buffer(0.001)
    motions = {
        (agency.id, callsign): group.motion
        for agency in scenario.agencies
        for group in agency.groups
        for callsign in group.callsigns()
    }
    grounds = {"road": near_road, "lake": lake, "river": river}
    checked = 0
    for t in range(0, 900, 60):
        sim.until(t)
        for player in sim.players:
            ground = grounds.get(motions[player.agency.id, player.callsign])
            placed = player.callsign in player.agency.starts
            if ground is None or placed or player.assignment is not None or player.motion.bound_for is not None:
                continue
            lat, lon = player.motion.place
            assert shapely.intersects_xy(ground, lon, lat) or _on_the_way_back(player.motion), (player.callsign, t)
            checked += 1
    assert checked > 2_000


def test_that_most_units_move_and_none_faster_than_such_a_unit_can() -> None:
    sim = simulation()
    sim.until(2)
    before = {player.id: player.motion.place for player in sim.players}
    sim.until(62)
    moved = {player.id: distance_m(before[player.id], player.motion.place) for player in sim.players}
    assert sum(metres > 50 for metres in moved.values()) > 120
    for player in sim.players:
        assert moved[player.id] <= 62 * (95.0 if player.kind == "aircraft" else 30.0), player.callsign


def test_that_a_unit_that_is_asked_goes_there_stops_and_comes_back_to_its_beat() -> None:
    network = Network(_CROSS)
    beat = Round(network, network.within_m((35.0, -80.99), 2_000), random.Random(1))
    motion = Motion("engine", beat, random.Random(2))
    there = (35.045, -80.949)
    assert motion.go(there) > 5_000
    for _ in range(2_000):
        motion.step(2.0)
    assert motion.arrived
    assert motion.place == there
    assert motion.fix().speed_mps == 0.0
    motion.release()
    for _ in range(2_000):
        motion.step(2.0)
    assert distance_m(motion.place, (35.0, -80.99)) < 2_500
    assert motion.fix().speed_mps > 0


def test_that_a_helicopter_that_is_asked_arrives_and_circles_there() -> None:
    motion = Motion("helicopter", Circling((35.2, -80.9), 1_000, random.Random(1)), random.Random(2))
    motion.go((35.3, -80.8))
    for _ in range(600):
        motion.step(2.0)
    assert motion.arrived
    assert distance_m(motion.place, (35.3, -80.8)) == pytest.approx(1_000, rel=0.1)
    assert 25.0 < motion.fix().speed_mps <= 30.0
    assert motion.fix().alt_m is not None


def test_that_a_parked_unit_stays_and_a_paused_one_waits() -> None:
    parked = Motion("command_post", Parked((35.0, -80.9), None), random.Random(1))
    parked.step(100.0)
    assert parked.place == (35.0, -80.9)
    network = Network(_CROSS)
    beat = Round(network, range(len(network.nodes)), random.Random(1))
    patrol = Motion("patrol", beat, random.Random(2))
    home = patrol.place
    patrol.paused = True
    patrol.step(60.0)
    assert patrol.place == home
    patrol.paused = False
    patrol.step(60.0)
    assert patrol.place != home


@pytest.mark.parametrize("bearing", [0.0, 45.0, 135.0, 270.0, 359.0])
def test_that_course_and_offset_agree(bearing: float) -> None:
    here = (35.2, -80.9)
    there = offset(here, bearing, 1_000.0)
    assert distance_m(here, there) == pytest.approx(1_000.0, rel=1e-3)
    assert abs((course_deg(here, there) - bearing + 180) % 360 - 180) < 0.2


def _on_the_way_back(motion: Motion) -> bool:
    """Released from an incident, a unit crosses the last metres to the road as it came."""
    return motion.left_m() > 500
