"""The lead clauses that speak of a type of incident, in the order in which they count, and their conditions."""

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from cop.domain.agreement import Agreements, Conditions, LeadClause, Term
from cop.domain.incident import Incident
from cop.domain.rules.clauses import is_about
from cop.domain.rules.site import Site


class Ranked:
    """The lead clauses that speak of a type, in order: by precedence, then by agreement and number."""

    def __init__(self, terms: Iterable[Term]) -> None:
        ordered = sorted(terms, key=lambda term: (lead_clause(term).precedence, term.key))
        self._everywhere = [(rank, term) for rank, term in enumerate(ordered) if term.ground is None]
        self._only_everywhere = [term for _, term in self._everywhere]
        self._placed = {term.key: (rank, term) for rank, term in enumerate(ordered) if term.ground is not None}

    def of(self, grounds: Collection[tuple[str, str]]) -> list[Term]:
        """Those whose ground is among these, and those that hold everywhere."""
        placed = self._placed
        found = [placed[key] for key in grounds if key in placed]
        if not found:
            return self._only_everywhere
        found += self._everywhere
        found.sort()
        return [term for _, term in found]

    def within(self, grounds: Collection[tuple[str, str]]) -> list[Term]:
        """Those whose ground is among these."""
        return [term for _, term in sorted(self._placed[key] for key in grounds if key in self._placed)]


@lru_cache(maxsize=512)
def lead_terms(agreements: Agreements, incident_type: str) -> Ranked:
    """The lead clauses that speak of incidents of a type, or of a wider one."""
    return Ranked(t for t in agreements.terms if isinstance(t.clause, LeadClause) and is_about(t, incident_type))


def unmet(when: Conditions, incident: Incident, site: Site) -> str:
    """Which condition of a lead clause does not hold, in words; empty if all do."""
    if when.priority_at_least is not None and incident.priority > when.priority_at_least:
        return f"it asks for priority {when.priority_at_least} or more urgent, this is priority {incident.priority}"
    if when.more_units_than is not None and site.units <= when.more_units_than:
        return f"it asks for more than {when.more_units_than} units, {site.units} are on it"
    if when.zone_active and when.zone_active.casefold() not in site.zones_active:
        return f"no zone {when.zone_active} is drawn over the place now"
    return ""


def leaders(clause: LeadClause, metres: Mapping[str, float]) -> tuple[str, ...]:
    """Whom a clause names; of "closest of" the nearest, and of equally near or unknown ones the first named."""
    if clause.leads:
        return (clause.leads,)
    if clause.unified:
        return tuple(dict.fromkeys(clause.unified))
    if not clause.closest_of:
        return ()
    far = float("inf")
    return (min(clause.closest_of, key=lambda agency: metres.get(agency, far)),)


def lead_clause(term: Term) -> LeadClause:
    """The clause of a term that is known to be of who leads."""
    assert isinstance(term.clause, LeadClause)
    return term.clause
