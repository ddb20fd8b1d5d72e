"""Ground for which nobody leads: by no boundary at all, or by none of the fitting discipline, and by no clause."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from cop.authority.contradictions import rough_km2
from cop.domain.agreement import Conditions, LeadClause, Term
from cop.domain.area import Jurisdiction
from cop.domain.rules.clauses import is_about
from cop.domain.words import INCIDENT_TYPES, leading_discipline
from cop.picture.gaps import find
from cop.picture.ground import Ground

_LEAST_KM2 = 0.01
_PLANNING = "planning_zone"


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Ground on which nobody leads incidents of these types.

    `discipline` empty: nobody's in any. Otherwise no jurisdiction of this discipline is there and no clause says who
    leads: the smallest of the others does, `instead` names some of these agencies, the one with most of it first.
    `share` is the part of all ground that it is.
    """

    discipline: str
    types: tuple[str, ...]
    area_km2: float
    share: float
    lat: float
    lon: float
    instead: tuple[str, ...]
    geometry: BaseGeometry


def uncovered(terms: Sequence[Term], ground: Ground, at: datetime) -> Iterator[Uncovered]:
    """Largest first within what is nobody's, then by discipline; seconds for thousands of detailed polygons.

    Only clauses that hold at all hours without a condition cover ground: what holds at times leaves it at others.
    """
    own = [one for one in ground.jurisdictions if one.level != _PLANNING and one.agency]
    if not own:
        return
    covering = [term for term in terms if _always_leads(term) and term.agreement.in_force(at)]
    whole = shapely.union_all([one.geometry for one in own])
    whole_km2 = rough_km2(whole)
    yield from _nobodys(own, covering, whole_km2)
    for discipline in sorted({leading_discipline(one) for one in INCIDENT_TYPES}):
        of_it = [one.geometry for one in own if one.discipline == discipline]
        rest = shapely.difference(whole, shapely.union_all(of_it)) if of_it else whole
        found: dict[tuple[float, float, float], Uncovered] = {}
        lefts: dict[tuple[tuple[str, str], ...], BaseGeometry | None] = {}
        for kind in INCIDENT_TYPES:
            if leading_discipline(kind) != discipline or kind == "unknown":
                continue
            by = [term for term in covering if is_about(term, kind)]
            keys = tuple(term.key for term in by)
            if keys not in lefts:
                lefts[keys] = _without(rest, by)
            left = lefts[keys]
            if left is None or rough_km2(left) < _LEAST_KM2:
                continue
            one = _of(discipline, (kind,), left, whole_km2, ())
            key = (round(one.area_km2, 3), round(one.lat, 4), round(one.lon, 4))
            same = found.get(key)
            if same is None:
                same = replace(one, types=(), instead=_instead(left, own))
            found[key] = replace(same, types=(*same.types, kind))
        yield from found.values()


def _nobodys(own: Sequence[Jurisdiction], covering: Sequence[Term], whole_km2: float) -> Iterator[Uncovered]:
    everything = [replace(one, discipline="any", level=one.id) for one in own]
    of_all = [term for term in covering if not term.clause.types]
    for gap in find(everything, least_km2=_LEAST_KM2).found:
        left = _without(gap.geometry, of_all) if gap.kind == "gap" else None
        if left is not None and rough_km2(left) >= _LEAST_KM2:
            yield _of("", (), left, whole_km2, ())


def _of(
    discipline: str, types: tuple[str, ...], left: BaseGeometry, whole_km2: float, instead: tuple[str, ...]
) -> Uncovered:
    area = rough_km2(left)
    parts = shapely.get_parts(left)
    inside = shapely.point_on_surface(parts[int(np.argmax(shapely.area(parts)))])
    return Uncovered(discipline, types, area, min(1.0, area / whole_km2), inside.y, inside.x, instead, left)


def _without(ground: BaseGeometry, terms: Sequence[Term]) -> BaseGeometry | None:
    """What clauses leave of it; None if nothing."""
    if any(term.ground is None for term in terms):
        return None
    left: BaseGeometry = ground
    if terms:
        left = shapely.difference(ground, shapely.union_all([term.ground for term in terms]))
    return None if left.is_empty else left


def _always_leads(term: Term) -> bool:
    clause = term.clause
    if not isinstance(clause, LeadClause) or clause.when != Conditions():
        return False
    return not clause.times.days and clause.times.begins == clause.times.ends


def _instead(left: BaseGeometry, own: Sequence[Jurisdiction]) -> tuple[str, ...]:
    """Agencies with ground there, the one with most of it first: a jurisdiction counts whole if its middle is there."""
    geometries = np.array([one.geometry for one in own], dtype=object)
    middles = shapely.point_on_surface(geometries)
    shapely.prepare(left)
    there = shapely.intersects(left, middles)
    if not there.any():
        there = shapely.intersects(left, geometries)
    areas: dict[str, float] = {}
    for index in np.flatnonzero(there).tolist():
        areas[own[index].agency] = areas.get(own[index].agency, 0.0) + own[index].area_km2
    return tuple(agency for agency, _ in sorted(areas.items(), key=lambda pair: (-pair[1], pair[0])))
