"""Two clauses that name different leads for one incident, and neither goes before the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from cop.authority.problem import listed
from cop.domain.agreement import Agreement, LeadClause, Term, Times
from cop.domain.rules.clause_times import holds_at, moment_of
from cop.domain.rules.lead_clauses import lead_clause
from cop.domain.words import is_of_type

#: ground shared by less than this is how lines were drawn: 100 square metres
_LEAST_KM2 = 0.0001
_KM2_PER_SQUARE_DEGREE = 111.32**2
#: weeks that stand for the others: one in winter, one in summer, where clocks differ
_WEEKS = (date(2026, 1, 12), date(2026, 7, 13))


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two lead clauses of equal precedence. `lat`, `lon` is a place of both, None where they hold everywhere."""

    first: Term
    second: Term
    types: tuple[str, ...]
    area_km2: float | None
    lat: float | None
    lon: float | None


def contradictions(terms: Sequence[Term]) -> Iterator[Contradiction]:
    """Pairs of clauses that can both apply to one incident at one moment and name others, in the order of their keys.

    Conditions keep no two apart: each of them only says that an incident is grave enough, so both can hold.
    """
    leads = sorted((term for term in terms if isinstance(term.clause, LeadClause)), key=lambda term: term.key)
    by_precedence: dict[int, list[Term]] = {}
    for term in leads:
        by_precedence.setdefault(lead_clause(term).precedence, []).append(term)
    shared: dict[tuple[int, int], BaseGeometry | None] = {}
    for _, group in sorted(by_precedence.items()):
        for first, second in combinations(group, 2):
            if _names(first) == _names(second):
                continue
            types = shared_types(first, second)
            if types is None or not _days_meet(first.agreement, second.agreement):
                continue
            if not hours_meet(first.clause.times, second.clause.times):
                continue
            if first.ground is None and second.ground is None:
                yield Contradiction(first, second, types, None, None, None)
                continue
            key = (id(first.ground), id(second.ground))
            if key not in shared:
                shared[key] = _shared(first.ground, second.ground)
            ground = shared[key]
            if ground is not None:
                inside = shapely.point_on_surface(ground)
                yield Contradiction(first, second, types, rough_km2(ground), inside.y, inside.x)


def leads_words(term: Term) -> str:
    """Whom a lead clause names."""
    clause = lead_clause(term)
    if clause.leads:
        return f"{clause.leads} leads"
    if clause.unified:
        return f"{listed(clause.unified, last='and')} lead together"
    return f"the closest of {listed(clause.closest_of)} leads"


def km2_words(area: float) -> str:
    """An area as people read it."""
    return f"{area:,.0f} km²" if area >= 100 else f"{area:.3g} km²"


def rough_km2(ground: BaseGeometry) -> float:
    """Square kilometres, good to a percent below the size of a state."""
    _, south, _, north = shapely.bounds(ground)
    return float(shapely.area(ground) * np.cos(np.radians((south + north) / 2)) * _KM2_PER_SQUARE_DEGREE)


def shared_types(first: Term, second: Term) -> tuple[str, ...] | None:
    """The incident types of which both speak, the narrower of each two; empty is all types, None is none."""
    ours, theirs = first.clause.types, second.clause.types
    if not ours or not theirs:
        return ours or theirs
    found = {a if is_of_type(a, b) else b for a in ours for b in theirs if is_of_type(a, b) or is_of_type(b, a)}
    return tuple(sorted(found)) or None


def hours_meet(first: Times, second: Times) -> bool:
    """Whether there is a moment at which the hours of both hold: one of them begins while the other holds."""
    if _always(first) or _always(second):
        return True
    return _begins_within(first, second) or _begins_within(second, first)


def _begins_within(times: Times, other: Times) -> bool:
    days = [monday + timedelta(days=number) for monday in _WEEKS for number in range(9)]
    begun = [moment_of(datetime.combine(day, times.begins), times.zone) for day in days if _is_on(times, day)]
    return any(holds_at(other, moment) for moment in begun)


def _is_on(times: Times, day: date) -> bool:
    return not times.days or day.strftime("%a").lower() in times.days


def _always(times: Times) -> bool:
    return not times.days and times.begins == times.ends


def _names(term: Term) -> tuple[str, frozenset[str]]:
    """Whom a clause names, in which way; in a unified command the order says nothing."""
    clause = lead_clause(term)
    if clause.closest_of:
        return ("closest", frozenset(clause.closest_of))
    return ("leads", frozenset(clause.unified or (clause.leads,)))


def _days_meet(first: Agreement, second: Agreement) -> bool:
    last_a, last_b = first.in_force_until or date.max, second.in_force_until or date.max
    return first.in_force_from <= last_b and second.in_force_from <= last_a


def _shared(first: BaseGeometry | None, second: BaseGeometry | None) -> BaseGeometry | None:
    """The ground of both, None if it is less than drawing makes."""
    if first is None or second is None or first is second:
        return first if second is None else second
    if not shapely.intersects(first, second):
        return None
    ground: BaseGeometry = shapely.intersection(first, second)
    return ground if rough_km2(ground) >= _LEAST_KM2 else None
