"""The lines that units move along, as a network: roads, streets, rivers."""

import heapq
import itertools
import json
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Place = tuple[float, float]
"""Latitude and longitude, degrees WGS 84."""

METRES_A_DEGREE = 111_320.0
_SPACING_DEG = 0.004  # nodes at most some 400 m apart, so that a beat can end between two junctions
_SNAP_DEG = 1e-5
_JOIN_M = 3_000.0


def distance_m(a: Place, b: Place) -> float:
    """Metres between two places, on a local plane: good to a percent below 100 km."""
    mean = math.radians((a[0] + b[0]) / 2)
    return math.hypot(a[0] - b[0], (a[1] - b[1]) * math.cos(mean)) * METRES_A_DEGREE


def course_deg(a: Place, b: Place) -> float:
    """Degrees true, clockwise from north, from one place to another on a local plane."""
    mean = math.radians((a[0] + b[0]) / 2)
    return math.degrees(math.atan2((b[1] - a[1]) * math.cos(mean), b[0] - a[0])) % 360.0


def offset(place: Place, course: float, metres: float) -> Place:
    """The place that lies so many metres away in that direction (degrees true)."""
    north, east = math.cos(math.radians(course)) * metres, math.sin(math.radians(course)) * metres
    return (
        place[0] + north / METRES_A_DEGREE,
        place[1] + east / (METRES_A_DEGREE * math.cos(math.radians(place[0]))),
    )


class Network:
    """Lines cut at their crossings and joined where an end lies near another line.

    `nodes` are places, in the order of the file; `joined` names the short links that the files do not have.
    """

    def __init__(self, lines: Iterable[BaseGeometry]) -> None:
        noded = shapely.segmentize(shapely.union_all(list(lines), grid_size=_SNAP_DEG), _SPACING_DEG)
        self.nodes: list[Place] = []
        self.joined: list[tuple[int, int]] = []
        self._edges: list[list[tuple[int, float]]] = []
        numbers: dict[Place, int] = {}
        for line in shapely.get_parts(noded):
            known = [self._number((float(lat), float(lon)), numbers) for lon, lat in shapely.get_coordinates(line)]
            for first, second in itertools.pairwise(known):
                self._link(first, second)
        self._columns: NDArray[np.float64] = np.array(self.nodes, dtype=np.float64)
        self._join_loose_ends()

    def neighbours(self, node: int) -> list[int]:
        """The nodes one step away, in a fixed order."""
        return [other for other, _length in self._edges[node]]

    def nearest(self, place: Place, among: Sequence[int] | None = None) -> int:
        """The node nearest to a place, of all or of some."""
        columns = self._columns if among is None else self._columns[list(among)]
        found = int(np.argmin(self._distances(place, columns)))
        return found if among is None else among[found]

    def within(self, area: BaseGeometry) -> list[int]:
        """The nodes inside an area (x = longitude)."""
        inside = shapely.contains_xy(area, self._columns[:, 1], self._columns[:, 0])
        return [int(node) for node in np.flatnonzero(inside)]

    def within_m(self, place: Place, metres: float) -> list[int]:
        """The nodes no farther from a place than so many metres."""
        return [int(node) for node in np.flatnonzero(self._distances(place, self._columns) <= metres)]

    def route(self, start: int, end: int) -> list[int]:
        """The shortest way, both ends included (Dijkstra); empty if there is none."""
        best: dict[int, float] = {start: 0.0}
        before: dict[int, int] = {}
        queue = [(0.0, start)]
        while queue:
            length, node = heapq.heappop(queue)
            if node == end:
                return self._walk_back(before, start, end)
            if length > best[node]:
                continue
            for other, step in self._edges[node]:
                reached = length + step
                if reached < best.get(other, math.inf):
                    best[other], before[other] = reached, node
                    heapq.heappush(queue, (reached, other))
        return []

    def _walk_back(self, before: dict[int, int], start: int, end: int) -> list[int]:
        way = [end]
        while way[-1] != start:
            way.append(before[way[-1]])
        return way[::-1]

    def _number(self, place: Place, numbers: dict[Place, int]) -> int:
        place = (round(place[0], 6), round(place[1], 6))
        number = numbers.get(place)
        if number is None:
            number = numbers[place] = len(self.nodes)
            self.nodes.append(place)
            self._edges.append([])
        return number

    def _link(self, first: int, second: int) -> None:
        if first == second or any(other == second for other, _length in self._edges[first]):
            return
        length = distance_m(self.nodes[first], self.nodes[second])
        self._edges[first].append((second, length))
        self._edges[second].append((first, length))

    def _join_loose_ends(self) -> None:
        """Link each dead end to the nearest node that cannot be reached within the joining distance."""
        for end in [node for node, edges in enumerate(self._edges) if len(edges) == 1]:
            near = self._reach(end, 2 * _JOIN_M)
            distances = self._distances(self.nodes[end], self._columns)
            distances[list(near)] = math.inf
            other = int(np.argmin(distances))
            if distances[other] <= _JOIN_M:
                self._link(end, other)
                self.joined.append((end, other))

    def _reach(self, start: int, metres: float) -> set[int]:
        best: dict[int, float] = {start: 0.0}
        queue = [(0.0, start)]
        while queue:
            length, node = heapq.heappop(queue)
            for other, step in self._edges[node]:
                reached = length + step
                if reached <= metres and reached < best.get(other, math.inf):
                    best[other] = reached
                    heapq.heappush(queue, (reached, other))
        return set(best)

    @staticmethod
    def _distances(place: Place, columns: NDArray[np.float64]) -> NDArray[np.float64]:
        east = (columns[:, 1] - place[1]) * math.cos(math.radians(place[0]))
        distances: NDArray[np.float64] = np.hypot(columns[:, 0] - place[0], east) * METRES_A_DEGREE
        return distances


def load_lines(
    path: Path, *, wanted: Callable[[dict[str, object]], bool] = lambda _properties: True
) -> list[BaseGeometry]:
    """The LineStrings of a GeoJSON file (RFC 7946) whose properties are wanted."""
    document = json.loads(path.read_text(encoding="utf-8"))
    return [
        shapely.geometry.shape(feature["geometry"])
        for feature in document["features"]
        if feature["geometry"]["type"] == "LineString" and wanted(feature["properties"])
    ]


def load_named_area(path: Path, name: str) -> BaseGeometry:
    """The polygon of that name in a GeoJSON file. Raises KeyError if there is none."""
    document = json.loads(path.read_text(encoding="utf-8"))
    for feature in document["features"]:
        if feature["properties"].get("name") == name and feature["geometry"]["type"] in {"Polygon", "MultiPolygon"}:
            return shapely.make_valid(shapely.geometry.shape(feature["geometry"]))
    raise KeyError(name)
