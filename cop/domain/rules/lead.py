"""Who leads an incident, under which clause, and who else has jurisdiction there."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cop.domain.agreement import Agreements, Term
from cop.domain.area import Jurisdiction
from cop.domain.incident import Incident
from cop.domain.words import leading_discipline

#: so exact a place is taken to be where its report does not say how exact it is, metres
ACCURACY_M = 30.0


@dataclass(frozen=True, slots=True)
class Site:
    """What lies under and around an incident: all that decides who leads, so that the rule needs no index.

    `inside` are the jurisdictions that cover the place, `beside` those whose line is nearer than the place is exact,
    `reached` those that only its zones reach. `terms` are the clauses whose ground covers the place, `terms_beside` and
    `terms_reached` likewise. `metres` are the distances of the nearest unit (or seat) of agencies, for "closest of".
    """

    inside: tuple[Jurisdiction, ...] = ()
    beside: tuple[Jurisdiction, ...] = ()
    reached: tuple[Jurisdiction, ...] = ()
    terms: frozenset[tuple[str, str]] = frozenset()
    terms_beside: frozenset[tuple[str, str]] = frozenset()
    terms_reached: frozenset[tuple[str, str]] = frozenset()
    units: int = 0
    zones_active: frozenset[str] = frozenset()
    metres: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Ground of somebody else that the incident touches, in words, and the clause that speaks of it."""

    words: str
    agencies: tuple[str, ...]
    jurisdiction: Jurisdiction | None = None
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads, why, and who else has jurisdiction.

    `agencies` is empty where nobody leads, one agency, or several: in unified command, or, when `contested`, each of
    them by a clause of equal precedence. `term` is the clause that decided; None where the boundaries did. `decides` is
    who settles a contested lead. `on_line` are the jurisdictions that a line within the place's accuracy leaves open.
    """

    agencies: tuple[str, ...]
    reason: str
    term: Term | None = None
    jurisdiction: Jurisdiction | None = None
    contested: bool = False
    decides: str = ""
    also: tuple[Jurisdiction, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    on_line: tuple[Jurisdiction, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def agency(self) -> str:
        """The one that leads, the first named of several; empty if nobody does."""
        return self.agencies[0] if self.agencies else ""

    @property
    def unified(self) -> bool:
        """Whether several lead together."""
        return len(self.agencies) > 1 and not self.contested


def who_leads(incident: Incident, site: Site, agreements: Agreements, at: datetime) -> Lead:
    """The clause of the lowest precedence that applies decides; without one, the boundaries (`by_boundaries`)."""
    return by_boundaries(incident.type, site.inside)


def by_boundaries(incident_type: str, ground: Sequence[Jurisdiction]) -> Lead:
    """The smallest jurisdiction of the fitting discipline leads, else the smallest of any.

    `ground` holds the jurisdictions over the place, in any order; planning zones give no authority.
    """
    discipline = leading_discipline(incident_type)
    ordered = sorted((g for g in ground if g.agency and g.level != "planning_zone"), key=lambda g: (g.area_km2, g.id))
    fitting = [g for g in ordered if g.discipline == discipline]
    if fitting:
        first, reason = fitting[0], f"smallest {discipline.replace('_', ' ')} jurisdiction here"
    elif ordered:
        first, reason = ordered[0], f"no {discipline.replace('_', ' ')} jurisdiction here; the smallest of the others"
    else:
        return Lead((), "nobody's ground in our boundaries", also=tuple(ground))
    also = tuple(g for g in ground if g is not first)
    return Lead((first.agency,), reason, jurisdiction=first, also=also)
