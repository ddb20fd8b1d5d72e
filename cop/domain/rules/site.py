"""What lies around an incident, and who leads it: the question and the answer of `rules.lead`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from cop.domain.agreement import Term
from cop.domain.area import Jurisdiction

#: so exact a place is taken to be where its report does not say how exact it is, metres
ACCURACY_M = 30.0


@dataclass(frozen=True, slots=True)
class Site:
    """What lies under and around an incident: all that decides who leads, so that the rule needs no index.

    `inside` are the jurisdictions that cover the place, `beside` those whose line is nearer than the place is exact, on
    either side of it, `reached` those that only its zones reach. `terms` are the clauses whose ground covers the place,
    `terms_beside` and `terms_reached` likewise; clauses without ground are in none. `reached_by` says which zone
    reaches the ground of a jurisdiction (by id) or clause (by key), in words: "hot zone". `units` have an open task for
    it. `zones_active` are names, kinds and ids, in small letters, of the zones over it. `metres` are the distances of
    the nearest unit (or ground) of agencies, for "closest of".
    """

    inside: tuple[Jurisdiction, ...] = ()
    beside: tuple[Jurisdiction, ...] = ()
    reached: tuple[Jurisdiction, ...] = ()
    terms: frozenset[tuple[str, str]] = frozenset()
    terms_beside: frozenset[tuple[str, str]] = frozenset()
    terms_reached: frozenset[tuple[str, str]] = frozenset()
    units: int = 0
    zones_active: frozenset[str] = frozenset()
    metres: Mapping[str, float] = field(default_factory=dict)
    reached_by: Mapping[str | tuple[str, str], str] = field(default_factory=dict)


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
    them by a clause of equal precedence: `claims` are these. `term` is the clause that decided; None where the
    boundaries did. `decides` is who settles a contested lead. `on_line` are the jurisdictions that a line within the
    place's accuracy leaves open, `across` who would lead on its other side, if others.
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
    across: tuple[str, ...] = ()
    claims: tuple[Term, ...] = ()
    escalation: Term | None = None
    explain: Callable[[], tuple[str, ...]] = field(default=tuple, compare=False, repr=False)

    @property
    def agency(self) -> str:
        """The one that leads, the first named of several; empty if nobody does."""
        return self.agencies[0] if self.agencies else ""

    @property
    def unified(self) -> bool:
        """Whether several lead together."""
        return len(self.agencies) > 1 and not self.contested

    @property
    def reasons(self) -> tuple[str, ...]:
        """Step by step: what lies here, each clause that speaks of it and why it holds or not, what came out."""
        return self.explain()


class Decided(NamedTuple):
    """What decides: clauses of one precedence, or a jurisdiction. `by_reach`: a zone of the incident reaches it."""

    agencies: tuple[str, ...]
    claims: tuple[Term, ...] = ()
    contested: bool = False
    jurisdiction: Jurisdiction | None = None
    by_reach: bool = False
    reason: str = ""
