"""Where boundaries leave ground to nobody, and where they give it to two of one kind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from cop.domain.area import Jurisdiction

#: below this a finding is the noise of drawing: a hectare
LEAST_KM2 = 0.01
#: below this it is the noise of arithmetic: a square metre
_DUST_KM2 = 1e-6
_KM2_PER_SQUARE_DEGREE = 111.32**2
#: planning zones give no authority: they neither fill a hole nor stand in anybody's way
_NO_AUTHORITY = "planning_zone"

#: half the width, degrees, up to which a strip between neighbours that is open at its ends is a gap: 50 m in all
_STRIP_DEG = 0.00025
#: smaller strips are what any coast has
_LEAST_STRIP_KM2 = 0.001
_TOUCHING_DEG = 1e-6
#: a corridor encloses what is not its own: a ring road a town
_ENCLOSES = "corridor"

Kind = Literal["gap", "overlap"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Ground that is nobody's in a discipline ("gap"), or two agencies' at one level ("overlap").

    `lat`, `lon` is a place within it, degrees; `area_km2` is measured on the ellipsoid. `jurisdictions` are those
    around a gap, by size, or the two that overlap. `level` is empty for a gap: there no level has anybody.
    """

    kind: Kind
    discipline: str
    level: str
    area_km2: float
    lat: float
    lon: float
    jurisdictions: tuple[Jurisdiction, ...]
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Slivers:
    """What was too small to be listed: how many, and how much of it in all."""

    count: int = 0
    area_km2: float = 0.0


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found, largest first."""

    found: tuple[Finding, ...]
    slivers: Slivers


def find(
    jurisdictions: Iterable[Jurisdiction], *, discipline: str = "", level: str = "", least_km2: float = LEAST_KM2
) -> Findings:
    """Gaps and overlaps, of one discipline and one level or of all; seconds for thousands of detailed polygons.

    A gap is a hole in what all jurisdictions of a discipline cover together: a town's enclave is not nobody's where
    the county is there. So is a strip of up to 50 m between neighbours that is open at its ends. With `level` only
    those of this level count. An overlap is ground that two agencies hold in one discipline at one level: that a town
    lies in its county is by design.
    """
    chosen = [
        one
        for one in jurisdictions
        if discipline in ("", one.discipline) and level in ("", one.level) and one.level != _NO_AUTHORITY
    ]
    found = [
        *(gap for group in _groups(chosen, by_level=False) for gap in _gaps(group, least_km2)),
        *(overlap for group in _groups(chosen, by_level=True) for overlap in _overlaps(group)),
    ]
    listed = [one for one in found if one.area_km2 >= least_km2]
    small = [one.area_km2 for one in found if _DUST_KM2 <= one.area_km2 < least_km2]
    listed.sort(key=lambda one: (-one.area_km2, one.lat, one.lon))
    return Findings(tuple(listed), Slivers(len(small), sum(small)))


def _groups(jurisdictions: Sequence[Jurisdiction], *, by_level: bool) -> list[list[Jurisdiction]]:
    groups: dict[tuple[str, str], list[Jurisdiction]] = {}
    for one in jurisdictions:
        groups.setdefault((one.discipline, one.level if by_level else ""), []).append(one)
    return list(groups.values())


def _copies(group: Sequence[Jurisdiction]) -> NDArray[np.object_]:
    """Geometries of our own: those of a ground are prepared, and only one thread at a time may ask a prepared one."""
    copies: NDArray[np.object_] = shapely.force_2d(np.array([one.geometry for one in group], dtype=object))
    return copies


def _gaps(group: Sequence[Jurisdiction], least_km2: float) -> list[Finding]:
    geometries = _copies(group)
    whole = _together(geometries)
    holes = _holes(whole)
    strips = _strips(whole, max(least_km2, _LEAST_STRIP_KM2))
    ground = np.append(holes, strips)
    around: list[list[int]] = [[] for _ in ground]
    near = shapely.STRtree(geometries).query(ground, predicate="dwithin", distance=_TOUCHING_DEG)
    for one, neighbour in near.T.tolist():
        around[one].append(neighbour)
    return [
        _finding("gap", one, [group[index] for index in sorted(indices)], level="")
        for number, (one, indices) in enumerate(zip(ground, around, strict=True))
        if any(group[index].level != _ENCLOSES for index in indices) and (number < len(holes) or len(indices) > 1)
    ]


def _strips(whole: BaseGeometry, least_km2: float) -> NDArray[np.object_]:
    """Narrow ground that the union nearly encloses: between two neighbours, open at an end, and in bays of any one."""
    filled = shapely.union_all(shapely.polygons(shapely.get_exterior_ring(shapely.get_parts(whole))))
    closed = shapely.buffer(shapely.buffer(filled, _STRIP_DEG, quad_segs=2), -_STRIP_DEG, quad_segs=2)
    strips: NDArray[np.object_] = shapely.get_parts(shapely.difference(closed, filled))
    return strips[_rough_km2(strips) >= least_km2]


def _holes(whole: BaseGeometry) -> NDArray[np.object_]:
    """What the parts of a union enclose, without the islands in it: these, and what they enclose, have owners."""
    parts = shapely.get_parts(whole)
    rings = [ring for part in parts for ring in shapely.get_rings(part)[1:]]
    shells = shapely.polygons(shapely.get_exterior_ring(parts))
    holes: NDArray[np.object_] = np.array(
        [*(shapely.polygons(rings) if rings else []), *_between(shells)], dtype=object
    )
    holes = holes[_rough_km2(holes) > _DUST_KM2]
    islands: dict[int, list[int]] = {}
    for hole, island in shapely.STRtree(shells).query(holes, predicate="contains").T.tolist():
        islands.setdefault(hole, []).append(island)
    for hole, inside in islands.items():
        holes[hole] = shapely.difference(holes[hole], shapely.union_all(shells[inside]))
    return holes[_rough_km2(holes) > _DUST_KM2]


def _between(shells: NDArray[np.object_]) -> list[BaseGeometry]:
    """What parts enclose that meet one another in corners alone: to a union these are no ring."""
    first, second = shapely.STRtree(shells).query(shells, predicate="touches")
    touching: dict[int, list[int]] = {}
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        touching.setdefault(one, []).append(other)
    enclosed: list[BaseGeometry] = []
    while touching:
        chain: set[int] = set()
        edge = [next(iter(touching))]
        while edge:
            one = edge.pop()
            chain.add(one)
            edge.extend(touching.pop(one, ()))
        west, south, east, north = shapely.total_bounds(shells[list(chain)])
        frame = shapely.box(west - 1.0, south - 1.0, east + 1.0, north + 1.0)
        rest = shapely.get_parts(shapely.difference(frame, shapely.union_all(shells[list(chain)])))
        enclosed.extend(rest[shapely.bounds(rest)[:, 0] >= west])
    return enclosed


def _together(geometries: NDArray[np.object_]) -> BaseGeometry:
    """The union. What is drawn without fault, edge upon edge, needs no search for crossings: a fourth of the time."""
    faulty = ~shapely.is_empty(shapely.coverage_invalid_edges(geometries))
    return shapely.union(shapely.coverage_union_all(geometries[~faulty]), shapely.union_all(geometries[faulty]))


def _overlaps(group: Sequence[Jurisdiction]) -> list[Finding]:
    geometries = _copies(group)
    agencies = np.array([one.agency for one in group], dtype=object)
    first, second = shapely.STRtree(geometries).query(geometries, predicate="intersects")
    pairs = (first < second) & (agencies[first] != agencies[second])
    first, second = first[pairs], second[pairs]
    shapely.prepare(geometries)
    interior = ~shapely.touches(geometries[first], geometries[second])
    first, second = first[interior], second[interior]
    shared = shapely.intersection(geometries[first], geometries[second])
    large = _rough_km2(shared) > _DUST_KM2
    return [
        _finding("overlap", _surface(one), [group[a], group[b]], level=group[a].level)
        for one, a, b in zip(shared[large], first[large], second[large], strict=True)
    ]


def _rough_km2(geometries: NDArray[np.object_]) -> NDArray[np.float64]:
    bounds = shapely.bounds(geometries).reshape(-1, 4)
    middle = np.cos(np.radians((bounds[:, 1] + bounds[:, 3]) / 2))
    areas: NDArray[np.float64] = np.nan_to_num(shapely.area(geometries) * middle)
    return areas * _KM2_PER_SQUARE_DEGREE


def _surface(geometry: BaseGeometry) -> BaseGeometry:
    """Without the lines along which the two only touch."""
    parts = shapely.get_parts(geometry)
    parts = parts[shapely.area(parts) > 0.0]
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _finding(kind: Kind, ground: BaseGeometry, around: Sequence[Jurisdiction], *, level: str) -> Finding:
    import pyproj  # noqa: PLC0415 - no start of the desk waits for it

    inside = shapely.point_on_surface(ground)
    area_m2, _ = pyproj.Geod(ellps="WGS84").geometry_area_perimeter(shapely.orient_polygons(ground))
    return Finding(
        kind=kind,
        discipline=around[0].discipline,
        level=level,
        area_km2=abs(area_m2) / 1e6,
        lat=float(inside.y),
        lon=float(inside.x),
        jurisdictions=tuple(around),
        geometry=ground,
    )
