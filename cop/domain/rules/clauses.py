"""Whether a clause of an agreement speaks of a case: in force, at this hour, of this type of incident, on this ground.

One place for all kinds of clauses: who leads, whom one may task, who decides, what is shown.
"""

from collections.abc import Collection
from datetime import datetime
from zoneinfo import ZoneInfo

from cop.domain.agreement import Term
from cop.domain.rules.clause_times import holds_at, times_words
from cop.domain.words import INCIDENT_TYPES, is_of_type, label


def is_due(term: Term, at: datetime) -> bool:
    """Whether the agreement is in force at a moment, and the clause holds at this hour."""
    return term.agreement.in_force(at) and holds_at(term.clause.times, at)


def is_about(term: Term, incident_type: str) -> bool:
    """Whether a clause speaks of incidents of this type; one without types speaks of all."""
    types = term.clause.types
    return not types or any(is_of_type(incident_type, wanted) for wanted in types)


def covers(term: Term, grounds: Collection[tuple[str, str]]) -> bool:
    """Whether the ground of a clause is among those that cover a place (`Site.terms`); one without ground is."""
    return term.ground is None or term.key in grounds


def applies(term: Term, incident_type: str, at: datetime, grounds: Collection[tuple[str, str]]) -> bool:
    """Whether a clause speaks of an incident of this type at a place that these clauses' grounds cover, at a moment."""
    return covers(term, grounds) and is_about(term, incident_type) and is_due(term, at)


def why_not(term: Term, incident_type: str, at: datetime, grounds: Collection[tuple[str, str]]) -> str:
    """Why a clause does not apply, in words that follow its name; empty if it does."""
    agreement, clause = term.agreement, term.clause
    if not agreement.in_force(at):
        return _out_of_force(term, at)
    if not is_about(term, incident_type):
        named = ", ".join(label(INCIDENT_TYPES, one).lower() for one in clause.types)
        return f"speaks of {named}, not of {label(INCIDENT_TYPES, incident_type).lower()}"
    if not covers(term, grounds):
        return f"speaks of {term.ground_words}, and that is not here"
    if not holds_at(clause.times, at):
        return f"holds {times_words(clause.times)} alone"
    return ""


def _out_of_force(term: Term, at: datetime) -> str:
    agreement = term.agreement
    until = agreement.in_force_until
    if until is not None and at.astimezone(ZoneInfo(agreement.zone)).date() > until:
        return f"is over: in force until {until:%d %b %Y}"
    return f"is not in force before {agreement.in_force_from:%d %b %Y}"
