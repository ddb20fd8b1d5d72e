"""What an agency shows to whom: the share clauses, applied to everything that a desk sends out.

Without a clause positions are shown as they are, and what is medical or personal is shown to nobody. Clauses that name
a party go before those that speak of everyone; of several that speak of the same party the strictest counts, and what
a pause or a withdrawal takes back is not shown at all: taking back never shows more. While an agreement cannot be
applied, nothing leaves that any could speak of: it may be the one that says no.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import shapely

from cop.domain.agreement import EVERYONE, Agreements, ShareClause, Term
from cop.domain.details import IncidentDetails
from cop.domain.report import Report
from cop.domain.rules.clauses import is_about, is_due
from cop.domain.rules.consents import stopped, word_about
from cop.domain.unit import Position

#: who gets what no clause speaks of: people outside of every agreement
NOBODY_NAMED = ""
#: a rounded place is the middle of a square of so many metres
ROUNDED_M = 1000.0
_DEGREE_M = 111_320.0


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown: whether at all, how exact, how late, and which kinds of details; `terms` say so."""

    hidden: bool = False
    rounded: bool = False
    delay: timedelta = timedelta(0)
    details: frozenset[str] = frozenset()
    terms: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be shown: a unit of a kind, or an incident of a type, and where it is."""

    unit_kind: str = ""
    incident_type: str = ""
    lat: float | None = None
    lon: float | None = None


class Sharing:
    """The share clauses, and what their givers say of them from day to day: (giver, `consent_id`) -> report."""

    def __init__(self, agreements: Agreements, consents: Mapping[tuple[str, str], Report]) -> None:
        self._terms = [(term, term.clause) for term in agreements.terms if isinstance(term.clause, ShareClause)]
        self._incomplete = agreements.incomplete
        self._consents = consents

    def shown_to(self, party: str, giver: str, case: Case, at: datetime, *, operation: str = "") -> Shown:
        """What `giver` shows of this to `party`, an agency; `NOBODY_NAMED` is whoever reads what is open to all."""
        if giver == party:
            return Shown(details=frozenset({"medical", "personal"}))
        if self._incomplete:
            return Shown(hidden=True)
        speaking = [
            (term, clause)
            for term, clause in self._terms
            if clause.giver == giver
            and (party in clause.to or EVERYONE in clause.to)
            and _speaks_of(term, clause, case, at, operation)
        ]
        named = [one for one in speaking if party in one[1].to]
        shown = Shown()
        for place, (term, clause) in enumerate(named or speaking):
            one = _by(term, clause, self._consents, at)
            shown = _strictest(shown, one) if place else one
        return shown

    def parties(self, giver: str) -> list[str]:
        """Who is named in the share clauses of an agency, or is party to an agreement in which it shares with all."""
        found: set[str] = set()
        for term, clause in self._terms:
            if clause.giver == giver:
                found.update(term.agreement.parties if EVERYONE in clause.to else clause.to)
        return sorted(found - {giver, EVERYONE})


def as_shown(report: Report, shown: Shown) -> Report | None:
    """A report as this reader may have it; None for one that is not shown. The delay is for who sends it."""
    body = report.body
    if isinstance(body, Position):
        if shown.hidden:
            return None
        return msgspec.structs.replace(report, body=rounded(body)) if shown.rounded else report
    if isinstance(body, IncidentDetails):
        kept = {kind: getattr(body, kind) if kind in shown.details else "" for kind in ("medical", "personal")}
        if not any(kept.values()):
            return None
        under = tuple(term.words for term in shown.terms)
        return msgspec.structs.replace(report, body=msgspec.structs.replace(body, **kept, under=under))
    return report


def rounded(position: Position) -> Position:
    """The middle of the square of one kilometre that it lies in; how it moves is not told."""
    lat, lon = rounded_place(position.lat, position.lon)
    accuracy = max(position.accuracy_m or 0.0, ROUNDED_M * math.sqrt(0.5))
    return msgspec.structs.replace(
        position, lat=lat, lon=lon, accuracy_m=accuracy, alt_m=None, course_deg=None, speed_mps=None
    )


def rounded_place(lat: float, lon: float) -> tuple[float, float]:
    """The middle of the square of one kilometre that a place lies in, degrees WGS 84."""
    step = ROUNDED_M / _DEGREE_M
    lat = round(min(90.0, max(-90.0, (math.floor(lat / step) + 0.5) * step)), 5)
    # a row of squares shares its width, so that the same place always falls into the same square
    step /= max(0.01, math.cos(math.radians(lat)))
    lon = min(180.0, max(-180.0, (math.floor(lon / step) + 0.5) * step))
    return lat, round(lon, 5)


def _speaks_of(term: Term, clause: ShareClause, case: Case, at: datetime, operation: str) -> bool:
    if clause.operations and operation not in clause.operations:
        return False
    # of a unit whose kind nobody has said yet every clause speaks: it may be the one that is not to be shown
    if clause.kinds and case.unit_kind not in {"", "unknown", *clause.kinds}:
        return False
    if case.incident_type and not is_about(term, case.incident_type):
        return False
    if not is_due(term, at):
        return False
    if term.ground is None:
        return True
    if case.lat is None or case.lon is None:
        return False
    return bool(shapely.intersects_xy(term.ground, case.lon, case.lat))


def _by(term: Term, clause: ShareClause, consents: Mapping[tuple[str, str], Report], at: datetime) -> Shown:
    if stopped(word_about(term, consents), at) is not None:
        return Shown(hidden=True, terms=(term,))
    return Shown(
        hidden=clause.positions == "none",
        rounded=clause.positions == "rounded",
        delay=timedelta(minutes=clause.delay_min) if clause.positions == "delayed" else timedelta(0),
        details=frozenset(clause.details),
        terms=(term,),
    )


def _strictest(before: Shown, more: Shown) -> Shown:
    return Shown(
        hidden=before.hidden or more.hidden,
        rounded=before.rounded or more.rounded,
        delay=max(before.delay, more.delay),
        details=before.details & more.details,
        terms=(*before.terms, *more.terms),
    )
