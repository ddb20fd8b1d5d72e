"""Whose ground a place is, and who leads there where no agreement says otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass

from cop.domain.area import Jurisdiction
from cop.domain.words import leading_discipline


@dataclass(frozen=True, slots=True)
class Lead:
    """Who leads, why, and who else has jurisdiction; `agency` is empty where nobody fits."""

    agency: str
    jurisdiction: Jurisdiction | None
    reason: str
    also: tuple[Jurisdiction, ...]


def who_leads(incident_type: str, ground: Sequence[Jurisdiction]) -> Lead:
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
        return Lead("", None, "nobody's ground in our boundaries", tuple(ground))
    return Lead(first.agency, first, reason, tuple(g for g in ground if g is not first))
