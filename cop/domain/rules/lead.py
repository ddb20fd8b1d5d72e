"""Who leads an incident, under which clause, and who else has jurisdiction there.

The rule, in one sentence: of the lead clauses that apply at the place, the one of the lowest precedence counts, and
without one the smallest jurisdiction of the fitting discipline leads. Where an incident's zones cross the line of
ground that a clause puts under *unified* command, that clause counts as well, if it goes before what decides at the
place and one of those who lead there is of its command.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from cop.domain.agreement import Agreements, EscalateClause, Term
from cop.domain.area import Jurisdiction
from cop.domain.incident import Incident
from cop.domain.rules import lead_words
from cop.domain.rules.clauses import covers, is_about, is_due
from cop.domain.rules.lead_clauses import lead_clause, lead_terms, leaders, unmet
from cop.domain.rules.site import ACCURACY_M, Decided, Lead, Overlap, Site
from cop.domain.words import leading_discipline

__all__ = ["ACCURACY_M", "Lead", "Overlap", "Site", "by_boundaries", "who_leads"]


def who_leads(incident: Incident, site: Site, agreements: Agreements, at: datetime) -> Lead:
    """The clause of the lowest precedence that applies decides; without one, the boundaries (`by_boundaries`)."""
    decided = _decide(incident, site, agreements, at)
    agencies, claims = decided.agencies, decided.claims
    first = claims[0] if claims else None
    contested = decided.contested
    escalation, decides = _escalation(incident.type, site, agreements, at, claims) if contested else (None, "")
    across: tuple[str, ...] = ()
    on_line: tuple[Jurisdiction, ...] = ()
    if site.beside or site.terms_beside:
        on_line, across = _over_the_line(incident, site, agreements, at, decided)
    overlaps: tuple[Overlap, ...] = ()
    if site.reached or site.terms_reached or site.terms_beside:
        speaking = _speaking(incident, site, agreements, at)
        overlaps = lead_words.overlaps(site, speaking, decided, across)
    also = tuple([one for one in site.inside if one.agency not in agencies])

    def explain() -> tuple[str, ...]:
        return lead_words.steps(incident, site, agreements, at, lead)

    lead = Lead(
        agencies,
        lead_words.reason(incident.type, site, decided, on_line),
        first,
        decided.jurisdiction,
        contested,
        decides,
        also,
        overlaps,
        on_line,
        across,
        claims,
        escalation,
        explain,
    )
    return lead


def by_boundaries(incident_type: str, ground: Sequence[Jurisdiction]) -> Lead:
    """The smallest jurisdiction of the fitting discipline leads, else the smallest of any.

    `ground` holds the jurisdictions over the place, in any order; planning zones give no authority.
    """
    decided = _by_ground(incident_type, ground)
    also = tuple(one for one in ground if one.agency not in decided.agencies)
    return Lead(decided.agencies, decided.reason, jurisdiction=decided.jurisdiction, also=also)


def _decide(incident: Incident, site: Site, agreements: Agreements, at: datetime) -> Decided:
    speaking = lead_terms(agreements, incident.type)
    here = _lowest(speaking.of(site.terms), incident, site, at)
    decided = _named(here, site) if here else _by_ground(incident.type, site.inside)
    if not site.terms_reached:
        return decided
    together = [
        term
        for term in speaking.within(site.terms_reached)
        if not set(decided.agencies).isdisjoint(lead_clause(term).unified)
        and (not here or lead_clause(term).precedence < lead_clause(here[0]).precedence)
    ]
    reached = _lowest(together, incident, site, at)
    return _named(reached, site)._replace(by_reach=True) if reached else decided


def _lowest(ordered: Iterable[Term], incident: Incident, site: Site, at: datetime) -> tuple[Term, ...]:
    """Of clauses of this type and ground, in order, those of the lowest precedence that hold."""
    found: list[Term] = []
    for term in ordered:
        clause = lead_clause(term)
        if found and clause.precedence > lead_clause(found[0]).precedence:
            break
        if is_due(term, at) and not unmet(clause.when, incident, site) and leaders(clause, site.metres):
            found.append(term)
    return tuple(found)


def _named(claims: tuple[Term, ...], site: Site) -> Decided:
    """Whom clauses of equal precedence name; contested if not all name the same."""
    named = [leaders(lead_clause(term), site.metres) for term in claims]
    contested = any(set(one) != set(named[0]) for one in named[1:])
    agencies = tuple(dict.fromkeys(agency for one in named for agency in one)) if contested else named[0]
    return Decided(agencies, claims, contested)


def _by_ground(incident_type: str, ground: Sequence[Jurisdiction]) -> Decided:
    discipline = leading_discipline(incident_type)
    first: Jurisdiction | None = None
    fits = False
    for one in ground:
        if not one.agency or one.level == "planning_zone":
            continue
        fitting = one.discipline == discipline
        if first is None or (not fitting, one.area_km2, one.id) < (not fits, first.area_km2, first.id):
            first, fits = one, fitting
    if first is None:
        return Decided((), reason="nobody's ground in our boundaries")
    named = discipline.replace("_", " ")
    reason = (
        f"smallest {named} jurisdiction here" if fits else f"no {named} jurisdiction here; the smallest of the others"
    )
    return Decided((first.agency,), jurisdiction=first, reason=reason)


def _over_the_line(
    incident: Incident, site: Site, agreements: Agreements, at: datetime, decided: Decided
) -> tuple[tuple[Jurisdiction, ...], tuple[str, ...]]:
    """The jurisdictions on whose line the place lies, and who would lead on the other side if others do."""
    beside = tuple(one for one in site.beside if one.agency and one.level != "planning_zone")
    near = {one.id for one in site.beside}
    here = {one.id for one in site.inside}
    terms = site.terms ^ site.terms_beside
    other = Site(
        inside=tuple(one for one in site.inside if one.id not in near)
        + tuple(one for one in site.beside if one.id not in here),
        terms=terms,
        terms_reached=(site.terms_reached | site.terms) - terms if site.reached_by else frozenset(),
        units=site.units,
        zones_active=site.zones_active,
        metres=site.metres,
    )
    there = _decide(incident, other, agreements, at)
    on_line = beside
    if len(beside) == 1:  # one line with nothing beside it: whose ground it is without this one
        without = [one for one in site.inside if one.id not in near and one.agency and one.level != "planning_zone"]
        next_to = there.jurisdiction or _by_ground(incident.type, without).jurisdiction
        on_line = beside if next_to is None or next_to.id in near else (*beside, next_to)
    return on_line, there.agencies if set(there.agencies) != set(decided.agencies) else ()


def _escalation(
    incident_type: str, site: Site, agreements: Agreements, at: datetime, claims: tuple[Term, ...]
) -> tuple[Term | None, str]:
    """The clause that says who decides, and who: of an agreement that claims, else of any. None if they disagree."""
    claiming = {term.agreement.id for term in claims}
    found = [t for t in _escalate_terms(agreements, incident_type) if covers(t, site.terms) and is_due(t, at)]
    own = [term for term in found if term.agreement.id in claiming]
    chosen = own or found
    deciders = {term.clause.decides for term in chosen if isinstance(term.clause, EscalateClause)}
    return (chosen[0], deciders.pop()) if len(deciders) == 1 else (None, "")


def _speaking(incident: Incident, site: Site, agreements: Agreements, at: datetime) -> list[Term]:
    """Lead clauses whose ground the incident only touches, and that would count there."""
    near = site.terms_reached | site.terms_beside
    found = lead_terms(agreements, incident.type).within(near)
    return [term for term in found if is_due(term, at) and not unmet(lead_clause(term).when, incident, site)]


@lru_cache(maxsize=512)
def _escalate_terms(agreements: Agreements, incident_type: str) -> tuple[Term, ...]:
    return tuple(t for t in agreements.terms if isinstance(t.clause, EscalateClause) and is_about(t, incident_type))
