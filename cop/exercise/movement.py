"""How units move: beats (where they wander), and the motion of one unit in steps of its report interval."""

import itertools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import shapely
from shapely.geometry.base import BaseGeometry

from cop.exercise.roads import Network, Place, course_deg, distance_m, offset

#: cruising speed by kind of unit, metres a second: lowest, highest
SPEEDS_MPS: dict[str, tuple[float, float]] = {
    "patrol": (11.0, 19.0),
    "motorcycle": (12.0, 20.0),
    "k9": (11.0, 17.0),
    "engine": (10.0, 15.0),
    "ladder": (9.0, 13.0),
    "hazmat": (10.0, 14.0),
    "rescue": (10.0, 15.0),
    "arff": (10.0, 16.0),
    "chief": (11.0, 17.0),
    "ambulance": (11.0, 18.0),
    "bus": (8.0, 12.0),
    "boat": (8.0, 12.0),
    "helicopter": (28.0, 30.0),
    "air_ambulance": (28.0, 30.0),
    "drone": (8.0, 11.0),
    "aircraft": (75.0, 95.0),
    "person": (0.8, 1.5),
    "utility": (9.0, 14.0),
}
_ORDINARY_MPS = (9.0, 14.0)
_HURRY = 1.5
_HIGHEST_MPS = 30.0
#: metres above the ellipsoid of those that fly
ALTITUDES_M: dict[str, float] = {"helicopter": 430.0, "air_ambulance": 480.0, "drone": 290.0, "aircraft": 1500.0}
_CIRCLE_STEP_DEG = 8.0


class Beat(Protocol):
    """Where a unit wanders while nobody asks for it, and how it gets to where it is asked."""

    def home(self) -> Place:
        """Where it begins."""
        ...

    def onward(self) -> list[Place]:
        """The next piece of its round."""
        ...

    def way_to(self, here: Place, there: Place) -> list[Place]:
        """The places to pass, the last one being where it is asked."""
        ...

    def way_back(self, here: Place) -> list[Place]:
        """The places to pass until its round goes on."""
        ...


class Parked:
    """Stays where it is put, and goes straight over the network when it is asked."""

    def __init__(self, place: Place, network: Network | None) -> None:
        self._place = place
        self._network = network

    def home(self) -> Place:
        """Where it is put."""
        return self._place

    def onward(self) -> list[Place]:
        """Nowhere."""
        return []

    def way_to(self, here: Place, there: Place) -> list[Place]:
        """Over the network, the last metres across."""
        return _over(self._network, here, there)

    def way_back(self, here: Place) -> list[Place]:
        """To where it was put."""
        return _over(self._network, here, self._place)


class Round:
    """Wanders over the nodes of a network, turning back where the beat ends."""

    def __init__(self, network: Network, nodes: Sequence[int], rng: random.Random) -> None:
        self._network = network
        self._rng = rng
        self._beat = _largest_piece(network, nodes)
        self._node = rng.choice(sorted(self._beat))
        self._before = self._node

    def home(self) -> Place:
        """A node chosen by the seed."""
        return self._network.nodes[self._node]

    def onward(self) -> list[Place]:
        """The next node: straight on or off at a junction; back only from a dead end."""
        inside = [node for node in self._network.neighbours(self._node) if node in self._beat]
        forward = [node for node in inside if node != self._before]
        chosen = self._rng.choice(forward) if forward else self._before
        self._before, self._node = self._node, chosen
        return [self._network.nodes[chosen]]

    def way_to(self, here: Place, there: Place) -> list[Place]:
        """Over the network, the last metres across."""
        return _over(self._network, here, there)

    def way_back(self, here: Place) -> list[Place]:
        """To the nearest node of the beat."""
        self._node = self._before = self._network.nearest(here, sorted(self._beat))
        return _over(self._network, here, self._network.nodes[self._node])


class Sailing:
    """Crosses a lake from point to point, never over land."""

    def __init__(self, water: BaseGeometry, rng: random.Random) -> None:
        self._water = water
        self._rng = rng
        shapely.prepare(water)
        first = water.representative_point()
        self._place: Place = (first.y, first.x)
        for _ in range(rng.randrange(4, 9)):  # boats begin apart
            self._place = self._next()

    def home(self) -> Place:
        """A point on the water chosen by the seed."""
        return self._place

    def onward(self) -> list[Place]:
        """A point that can be reached in a straight line over water."""
        self._place = self._next()
        return [self._place]

    def way_to(self, here: Place, there: Place) -> list[Place]:
        """Straight; by trailer where that is over land."""
        return [there]

    def way_back(self, here: Place) -> list[Place]:
        """Straight to where the round was left."""
        return [self._place]

    def _next(self) -> Place:
        west, south, east, north = self._water.bounds
        for _ in range(400):
            lat, lon = self._rng.uniform(south, north), self._rng.uniform(west, east)
            leg = shapely.LineString([(self._place[1], self._place[0]), (lon, lat)])
            if leg.length > 0.005 and self._water.contains(leg):
                return (lat, lon)
        return self._place


class Circling:
    """Flies a circle about a place; asked elsewhere, it circles there."""

    def __init__(self, centre: Place, radius_m: float, rng: random.Random) -> None:
        self._home = self._centre = centre
        self._radius_m = radius_m
        self._bearing = rng.uniform(0.0, 360.0)

    def home(self) -> Place:
        """A point of the circle chosen by the seed."""
        return offset(self._centre, self._bearing, self._radius_m)

    def onward(self) -> list[Place]:
        """The next point of the circle, clockwise."""
        self._bearing = (self._bearing + _CIRCLE_STEP_DEG) % 360.0
        return [offset(self._centre, self._bearing, self._radius_m)]

    def way_to(self, here: Place, there: Place) -> list[Place]:
        """Straight to the nearest point of the circle about the place."""
        self._centre = there
        self._bearing = course_deg(there, here)
        return [offset(there, self._bearing, self._radius_m)]

    def way_back(self, here: Place) -> list[Place]:
        """Straight to the nearest point of its own circle."""
        return self.way_to(here, self._home)


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a unit is and how it moves; `course_deg` is None for one that has not moved yet."""

    place: Place
    speed_mps: float
    course_deg: float | None
    alt_m: float | None


class Motion:
    """One unit's way. Deterministic: the same beat and the same steps give the same fixes."""

    def __init__(self, kind: str, beat: Beat, rng: random.Random, *, waits: bool = False) -> None:
        lowest, highest = SPEEDS_MPS.get(kind, _ORDINARY_MPS)
        self._cruise_mps = rng.uniform(lowest, highest)
        self._beat = beat
        self._flies = isinstance(beat, Circling)
        self._alt_m = ALTITUDES_M.get(kind)
        self._way: list[Place] = []
        self._course: float | None = None
        self._speed_mps = 0.0
        self._hurry = False
        self._on_round = not waits
        self.place = beat.home()
        self.paused = False
        self.bound_for: Place | None = None
        self.arrived = False  # it was asked somewhere and has been there since

    def fix(self) -> Fix:
        """The fix of this moment."""
        return Fix(self.place, self._speed_mps, self._course, self._alt_m)

    def put(self, place: Place) -> None:
        """Stand at a place from the beginning, until asked."""
        self.place = place
        self._way = []
        self._on_round = False

    def go(self, there: Place) -> float:
        """Set out for a place where it will stop (or circle); the way's length in metres."""
        self.bound_for = there
        self.arrived = False
        self._way = self._beat.way_to(self.place, there)
        self._hurry = True
        self._on_round = False
        return self.left_m()

    def release(self) -> None:
        """Go back to the round."""
        self.bound_for = None
        self.arrived = False
        self._way = self._beat.way_back(self.place)
        self._hurry = False
        self._on_round = True

    def left_m(self) -> float:
        """Metres of the way that lie ahead."""
        points = [self.place, *self._way]
        return sum(distance_m(a, b) for a, b in itertools.pairwise(points))

    @property
    def pace_mps(self) -> float:
        """Metres a second while under way."""
        return min(self._cruise_mps * (_HURRY if self._hurry else 1.0), max(_HIGHEST_MPS, self._cruise_mps))

    def step(self, seconds: float) -> None:
        """Move on for so long."""
        budget = self.pace_mps * seconds
        done = 0.0
        if self.paused and self.bound_for is None and not self._flies:
            budget = 0.0
        idle = 0
        while budget > 0.0:
            if not self._way:
                self._way = self._more()
                idle += 1
                if not self._way or idle > 50:
                    break
            ahead = distance_m(self.place, self._way[0])
            if ahead <= budget:
                if ahead > 0.5:
                    self._course = course_deg(self.place, self._way[0])
                self.place = self._way.pop(0)
                budget -= ahead
                done += ahead
                self.arrived = self.arrived or (self.bound_for is not None and not self._way)
            else:
                self._course = course_deg(self.place, self._way[0])
                self.place = offset(self.place, self._course, budget)
                done += budget
                budget = 0.0
        self._speed_mps = done / seconds if seconds > 0 and not math.isclose(done, 0.0) else 0.0

    def _more(self) -> list[Place]:
        if self._on_round or (self._flies and self.bound_for is not None):
            return self._beat.onward()
        return []


def _over(network: Network | None, here: Place, there: Place) -> list[Place]:
    if network is None:
        return [there]
    nodes = network.route(network.nearest(here), network.nearest(there))
    return [*(network.nodes[node] for node in nodes), there]


def _largest_piece(network: Network, nodes: Sequence[int]) -> frozenset[int]:
    """The largest connected piece of some nodes. Raises ValueError if there are none."""
    if not nodes:
        raise ValueError("no road in the beat")
    left = set(nodes)
    best: set[int] = set()
    while left:
        first = min(left)
        piece, edge = {first}, [first]
        while edge:
            for other in network.neighbours(edge.pop()):
                if other in left and other not in piece:
                    piece.add(other)
                    edge.append(other)
        left -= piece
        if len(piece) > len(best):
            best = piece
    return frozenset(best)
