"""Who would lead, and how one would get a unit, step by step: `cop agreement explain`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import shapely

from cop.authority.how_near import HowNear
from cop.authority.metres import widened
from cop.authority.problem import listed, shown
from cop.authority.sites import Reach, Sites
from cop.domain.agreement import Agreements, AidClause, Term
from cop.domain.incident import Incident
from cop.domain.rules.aid import gives_kind, is_between, kinds_words, why_not_for
from cop.domain.rules.lead import Lead, Site, who_leads
from cop.domain.rules.tasking import Commitments, Direct, Wanted, by_agreement
from cop.domain.task import Basis
from cop.domain.words import UNIT_KINDS, label
from cop.picture.ground import Ground
from cop.picture.picture import Picture


@dataclass(frozen=True, slots=True)
class Asked:
    """A unit that an agency would like to have from another: any of this kind."""

    taker: str
    giver: str
    kind: str


@dataclass(frozen=True, slots=True)
class Case:
    """An incident that might be. `hot_zone_m` is drawn around it, `units` are on it, `metres` how near agencies are."""

    type: str
    lat: float
    lon: float
    at: datetime
    priority: int = 3
    units: int = 0
    hot_zone_m: float = 0.0
    zones_active: tuple[str, ...] = ()
    metres: Mapping[str, float] = field(default_factory=dict)


def explain(case: Case, ground: Ground, agreements: Agreements, asked: Sequence[Asked] = ()) -> Iterator[str]:
    """Lines to read: each step, who leads, who else has a word there, and how each unit would be got."""
    incident = Incident(id="case", at=case.at, type=case.type, priority=case.priority, lat=case.lat, lon=case.lon)
    lead = who_leads(incident, _site(case, ground, agreements), agreements, case.at)
    for number, step in enumerate(lead.reasons, 1):
        yield f"{number:>3}. {shown(step, 400)}"
    yield ""
    yield from _conclusion(lead)
    for one in asked:
        yield ""
        yield from _tasking(one, case, agreements)


def _site(case: Case, ground: Ground, agreements: Agreements) -> Site:
    place = shapely.Point(case.lon, case.lat)
    reaches = [Reach(widened(place, case.hot_zone_m), "hot zone")] if case.hot_zone_m else []
    site = Sites(ground, agreements).of(case.lat, case.lon, reaches)
    far = HowNear(Picture(), ground, agreements)
    metres = far.metres(case.type, case.lat, case.lon, case.at, exercise=False)
    active = frozenset(one.casefold() for one in case.zones_active)
    return replace(site, units=case.units, zones_active=active, metres={**metres, **case.metres})


def _conclusion(lead: Lead) -> Iterator[str]:
    if not lead.agencies:
        yield f"Nobody leads: {lead.reason}"
    elif lead.contested:
        yield f"Contested: {listed(lead.agencies, last='and')} — {shown(lead.reason, 300)}"
        yield f"  {lead.decides} decides" if lead.decides else "  no one clause says who decides"
    else:
        how = "lead together" if lead.unified else "leads"
        yield f"{listed(lead.agencies, last='and')} {how} — {shown(lead.reason, 300)}"
    if lead.term is not None:
        yield from _cited(lead.term)
    if lead.across:
        yield f"  On the other side of the line: {listed(lead.across, last='and')}"
    if lead.also:
        also = dict.fromkeys(f"{one.agency or 'nobody'} ({one.name})" for one in lead.also)
        yield f"  Also in jurisdiction: {listed(also, last='and')}"
    for overlap in lead.overlaps:
        yield f"  Overlap: {shown(overlap.words, 300)}"


def _cited(term: Term) -> Iterator[str]:
    until = term.agreement.in_force_until
    yield f"  {shown(term.words)}{f' · in force until {until:%d %b %Y}' if until else ''}"
    yield f"  “{shown(term.clause.says, 1000)}”"


def _tasking(one: Asked, case: Case, agreements: Agreements) -> Iterator[str]:
    kind = label(UNIT_KINDS, one.kind).lower()
    yield f"{one.taker} would like a unit of {one.giver}: {kind}"
    basis = Basis(type=case.type, priority=case.priority, lat=case.lat, lon=case.lon)
    for term in agreements.terms:
        if is_between(term, one.giver, one.taker):
            clause = term.clause
            assert isinstance(clause, AidClause)
            why = "" if gives_kind(clause, one.kind) else f"gives {kinds_words(clause)}, not this kind"
            why = why or why_not_for(term, basis, case.at)
            yield f"  {shown(term.words)} {shown(why, 300) or f'speaks of it: {clause.mode}'}."
    wanted = Wanted(one.giver, "any", one.kind, "available")
    found = by_agreement(one.taker, wanted, basis, agreements.terms, Commitments(), at=case.at)
    if isinstance(found, Direct):
        yield f"  Direct — {shown(found.reason, 300)}"
    else:
        minutes = found.answer_within.total_seconds() / 60
        mode = f"Request, to be answered within {minutes:g} min" if found.covered else "Not covered"
        yield f"  {mode} — {shown(found.reason, 300)}"
    if found.term is not None:
        yield from _cited(found.term)
    yield "  (units bound by a clause now, and pauses, are known to a desk alone)"
