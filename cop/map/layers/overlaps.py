"""Where the grounds of two agencies of one discipline overlap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from cop.domain.area import Jurisdiction
from cop.map.layers.jurisdiction_looks import LAID_OVER
from cop.map.layers.paths import Indexes
from cop.map.simplified import Shapes

#: lines that were drawn apart by less than this (map metres) are one line: what lies between them is no ground
_SLIVER_M = 30.0
#: with more than this the map would be nothing but hatches, and who drew the boundaries has another problem
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ground of two jurisdictions, by their indexes."""

    first: int
    second: int
    ground: BaseGeometry


def overlaps(jurisdictions: Sequence[Jurisdiction], shapes: Shapes) -> list[Overlap]:
    """Ground that two agencies of one discipline both call theirs, the largest first; `shapes` in map metres.

    Counties, states, corridors and planning zones are left out: that they lie over others is what they are for.
    """
    asked = np.array([one.level not in LAID_OVER for one in jurisdictions], dtype=np.bool_)
    asked &= np.isin(shapely.get_type_id(shapes), (3, 6)) & shapely.is_valid(shapes)
    chosen = np.flatnonzero(asked)
    if len(chosen) < 2:
        return []
    first, second = shapely.STRtree(shapes[chosen]).query(shapes[chosen])
    first, second = chosen[first], chosen[second]
    kinds = numbered(one.discipline for one in jurisdictions)[1]
    agencies = numbered(one.agency for one in jurisdictions)[1]
    apart = (first < second) & (kinds[first] == kinds[second]) & (agencies[first] != agencies[second])
    first, second = first[apart], second[apart]
    # neighbours only touch: the cheap question first
    inside = shapely.relate_pattern(shapes[first], shapes[second], "T********")
    first, second = first[inside][:_MOST], second[inside][:_MOST]
    found = [
        Overlap(int(one), int(other), ground)
        for one, other, ground in zip(first, second, _shared(shapes[first], shapes[second]), strict=True)
        if not shapely.is_empty(shapely.buffer(ground, -_SLIVER_M / 2))
    ]
    return sorted(found, key=lambda one: -one.ground.area)


def numbered(words: Iterable[str]) -> tuple[list[str], Indexes]:
    """The different words in order, and the number of each one's word.

    `np.unique` does the same, and loads all of `numpy.ma` for it: a start has no time for that.
    """
    said = list(words)
    different = sorted(set(said))
    number = {word: place for place, word in enumerate(different)}
    return different, np.array([number[word] for word in said], dtype=np.intp)


def overlapping(shapes: Shapes, groups: Indexes) -> np.ndarray:
    """Which shapes are no good neighbours in their group: they overlap another, or their common line differs."""
    result = np.ones(len(shapes), dtype=np.bool_)
    areas = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    for group in set(groups[areas].tolist()):
        members = np.flatnonzero(areas & (groups == group))
        try:
            result[members] = ~shapely.is_empty(shapely.coverage_invalid_edges(shapes[members]))
        except shapely.errors.GEOSException:
            continue
    return result


def _shared(first: Shapes, second: Shapes) -> Shapes:
    both = np.empty(len(first), dtype=object)
    for index in range(len(first)):
        try:
            both[index] = shapely.intersection(first[index], second[index])
        except shapely.errors.GEOSException:
            both[index] = shapely.Polygon()
    return both
