"""Which aid clauses speak of a unit for an incident, and why one does not."""

from datetime import datetime

import shapely

from cop.domain.agreement import EVERYONE, AidClause, Term
from cop.domain.rules import clauses
from cop.domain.task import Basis
from cop.domain.words import UNIT_KINDS, label


def is_between(term: Term, giver: str, taker: str) -> bool:
    """Whether by this clause the one gives aid to the other; both must be parties of the agreement."""
    clause = term.clause
    if not isinstance(clause, AidClause) or clause.giver != giver or giver == taker:
        return False
    parties = term.agreement.parties
    return giver in parties and taker in parties and (taker in clause.takers or EVERYONE in clause.takers)


def gives_kind(clause: AidClause, kind: str) -> bool:
    """Whether units of this kind are given."""
    return not clause.kinds or kind in clause.kinds or EVERYONE in clause.kinds


def why_not_for(term: Term, basis: Basis | None, at: datetime) -> str:
    """Why a clause does not speak of an incident at a moment, in words that follow its name; empty if it does.

    Of a task without an incident speaks a clause alone that says neither type nor ground.
    """
    clause = term.clause
    if basis is None:
        if clause.types or term.ground is not None:
            return "speaks of incidents, and this is for none"
        return clauses.why_not(term, "unknown", at, ())
    if term.ground is not None and (basis.lat is None or basis.lon is None):
        return f"speaks of {term.ground_words}, and where this is, is not known"
    here = {term.key} if term.ground is not None and is_on_ground(term, basis) else ()
    return clauses.why_not(term, basis.type, at, here)


def is_on_ground(term: Term, basis: Basis) -> bool:
    """Whether a place lies on the ground of a clause, its edge included."""
    if term.ground is None:
        return True
    if basis.lat is None or basis.lon is None:
        return False
    return bool(shapely.intersects_xy(term.ground, basis.lon, basis.lat))


def kinds_words(clause: AidClause, count: int | None = None) -> str:
    """What is given: "2 hazmat units", "engine or ladder units", "any unit"."""
    kinds = [label(UNIT_KINDS, one).lower() for one in clause.kinds if one != EVERYONE]
    if len(kinds) > 3:
        kinds = [*kinds[:2], f"{len(kinds) - 2} other kinds of"]
    what = " or ".join(filter(None, (", ".join(kinds[:-1]), kinds[-1] if kinds else "")))
    if EVERYONE in clause.kinds or not what:
        return "any unit" if count is None else f"{count} {'unit' if count == 1 else 'units'}"
    named = f"{what} {'unit' if count == 1 else 'units'}"
    return named if count is None else f"{count} {named}"
