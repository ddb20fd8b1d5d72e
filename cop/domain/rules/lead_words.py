"""Why somebody leads, in sentences: what lies here, each clause looked at, what came out."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from cop.domain.agreement import Agreements, Conditions, LeadClause, Term
from cop.domain.area import Jurisdiction
from cop.domain.incident import Incident
from cop.domain.rules.clauses import is_about, why_not
from cop.domain.rules.lead_clauses import lead_clause, leaders, unmet
from cop.domain.rules.site import ACCURACY_M, Decided, Lead, Overlap, Site
from cop.domain.words import INCIDENT_TYPES, label


def reason(incident_type: str, site: Site, decided: Decided, on_line: Sequence[Jurisdiction]) -> str:
    """Why it is they, in a few words."""
    claims = decided.claims
    if not claims:
        said = decided.reason
    elif decided.contested:
        said = f"contested: clauses of equal precedence name others, {_and(term.words for term in claims)}"
    elif decided.by_reach:
        said = _crosses(claims[0], site)
    else:
        said = f"{label(INCIDENT_TYPES, incident_type).lower()} {_in(_ground(claims[0], site))}"
        said += "".join(f", {one}" for one in _conditions(lead_clause(claims[0]).when))
        said += _closest(lead_clause(claims[0]), site)
    return f"{said}; {_line(on_line)}" if on_line else said


def overlaps(site: Site, speaking: Sequence[Term], decided: Decided, across: tuple[str, ...]) -> tuple[Overlap, ...]:
    """Ground of others that zones reach or a line leaves open, with the clause that speaks of it.

    `across` lead on the other side of the line, if others do.
    """
    found: list[Overlap] = []
    agencies, told = decided.agencies, {term.key for term in decided.claims}
    for one in site.reached:
        term = next((t for t in speaking if t.ground is one.geometry and t.key not in told), None)
        if one.agency in agencies and term is None:
            continue
        words = f"{one.name} line crosses the {site.reached_by.get(one.id, 'zone')}"
        if term is None:
            found.append(Overlap(words, (one.agency,), one))
        else:
            told.add(term.key)
            found.append(Overlap(f"{words} — {_calls_for(term)}", leaders(lead_clause(term), site.metres), one, term))
    lines = [one.geometry for one in site.beside]
    for term in speaking:
        if term.key in told:
            if across and term.key in site.terms_beside and not any(term.ground is line for line in lines):
                words = f"within {ACCURACY_M:.0f} m of {_line_of(term, site)} — over it others lead"
                found.append(Overlap(words, across, None, term))
            continue
        if term.key in site.terms_reached:
            words = f"the {site.reached_by.get(term.key, 'zone')} reaches {_ground(term, site)} — {_calls_for(term)}"
        else:
            words = f"within {ACCURACY_M:.0f} m of {_line_of(term, site)} — {_calls_for(term)}"
        found.append(Overlap(words, leaders(lead_clause(term), site.metres), None, term))
    return tuple(found)


def steps(incident: Incident, site: Site, agreements: Agreements, at: datetime, lead: Lead) -> tuple[str, ...]:
    """All that was looked at, in order."""
    return tuple(_steps(incident, site, agreements, at, lead))


def _steps(incident: Incident, site: Site, agreements: Agreements, at: datetime, lead: Lead) -> Iterator[str]:
    yield f"{label(INCIDENT_TYPES, incident.type)}, priority {incident.priority}, at {at:%Y-%m-%d %H:%M} UTC."
    if site.inside:
        yield f"The place lies inside {_and(one.name for one in site.inside)}, the smallest first."
    else:
        yield "The place lies inside no jurisdiction that we know."
    if lead.on_line:
        yield f"It is {_line(lead.on_line)}: a place is known to {ACCURACY_M:.0f} m."
    for one in site.reached:
        yield f"The {site.reached_by.get(one.id, 'zone')} reaches {one.name}."
    speaking = [term for term in agreements.terms if isinstance(term.clause, LeadClause)]
    about = [term for term in speaking if is_about(term, incident.type)]
    touching = site.terms | site.terms_beside | site.terms_reached
    near = [term for term in about if term.ground is None or term.key in touching]
    near.sort(key=lambda term: (lead_clause(term).precedence, term.key))
    for term in near:
        yield _of_clause(term, incident, site, at, lead)
    for amount, what in ((len(about) - len(near), "ground elsewhere"), (len(speaking) - len(about), "other incidents")):
        if amount:
            yield f"{amount} lead {'clause speaks' if amount == 1 else 'clauses speak'} of {what}."
    if not speaking:
        yield "No agreement says who leads."
    if not lead.claims:
        yield f"No clause applies, so the boundaries decide: {lead.reason}."
    elif lead.contested:
        yield f"These claim it with the same precedence: {_and(term.words for term in lead.claims)}."
        if lead.escalation is not None:
            yield f"{lead.escalation.words} says who decides: {lead.escalation.clause.says}"
        else:
            yield "No one clause says who decides."
    else:
        yield f"So {lead.claims[0].words} decides."


def _of_clause(term: Term, incident: Incident, site: Site, at: datetime, lead: Lead) -> str:
    clause = lead_clause(term)
    name = f"{term.words} ({_precedence(clause)})"
    decides = any(term is one for one in lead.claims)
    off_place = term.ground is not None and term.key not in site.terms
    held_against = {term.key} if off_place else site.terms
    against = why_not(term, incident.type, at, held_against) or unmet(clause.when, incident, site)
    if against:
        return f"{name} does not hold: {against}."
    if decides:
        return f"{name} decides: {clause.says}"
    if off_place:
        if term.key not in site.terms_reached:
            return f"{name} would hold over {_line_of(term, site)}, {ACCURACY_M:.0f} m or less from here."
        if not clause.unified:
            return f"{name} speaks of {_ground(term, site)}, which only a zone reaches: the place decides who leads."
        if set(clause.unified).isdisjoint(lead.agencies):
            return f"{name} is a unified command without those who lead at the place."
        return f"{name} is reached by a zone, but what decides at the place goes before it."
    return f"{name} holds, but one of lower precedence goes before it."


def _precedence(clause: LeadClause) -> str:
    return f"precedence {clause.precedence}"


def _conditions(when: Conditions) -> Iterator[str]:
    if when.priority_at_least is not None:
        yield f"priority {when.priority_at_least} or more urgent" if when.priority_at_least > 1 else "priority 1"
    if when.more_units_than is not None:
        yield f"more than {when.more_units_than} units"
    if when.zone_active:
        yield f"{when.zone_active} active"


def _closest(clause: LeadClause, site: Site) -> str:
    if not clause.closest_of:
        return ""
    metres = site.metres.get(leaders(clause, site.metres)[0])
    return (
        f", the closest of {len(clause.closest_of)}"
        if metres is not None
        else ", the first named, no distance is known"
    )


def _calls_for(term: Term) -> str:
    clause = lead_clause(term)
    what = "unified command" if clause.unified else "the closest leads" if clause.closest_of else "another leads there"
    return f"{term.words} {what}"


def _crosses(term: Term, site: Site) -> str:
    return f"the {site.reached_by.get(term.key, 'zone')} crosses {_line_of(term, site)}"


def _ground(term: Term, site: Site) -> str:
    """The name of the jurisdiction that a clause speaks of, else its ground in the words of the agreement."""
    if term.ground is not None:
        for one in (*site.inside, *site.reached, *site.beside):
            if one.geometry is term.ground:
                return one.name
    return term.ground_words


def _line_of(term: Term, site: Site) -> str:
    ground = _ground(term, site)
    return f"the line of {'the ground ' if ground.startswith(('within ', 'inside ')) else ''}{ground}"


def _in(ground: str) -> str:
    """As one says that something is there: "in York County", but "within 300 m of I-85", "everywhere"."""
    first = ground.partition(" ")[0]
    return ground if first in {"within", "inside", "everywhere"} else f"in {ground}"


def _line(on_line: Sequence[Jurisdiction]) -> str:
    return f"on the line of {_and(one.name for one in on_line)}"


def _and(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
