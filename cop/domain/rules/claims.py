"""Tasks that lean on a clause: whether it accepts them, the same on every desk.

A task names its clause, when it was asked, and the incident as its asker saw it. All of that is a claim. Every desk
holds it against its own agreements, the giver's word and what the owner says of the unit; what does not hold is a
request.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from cop.domain.agreement import AidClause, Term
from cop.domain.consent import Consent
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.rules.aid import gives_kind, is_between, kinds_words, why_not_for
from cop.domain.rules.consents import keeps_out
from cop.domain.rules.tasking import Direct, Request
from cop.domain.task import Basis, Task
from cop.domain.unit import Unit
from cop.domain.words import UNIT_KINDS, label

#: a task whose last word is so much later than when it was asked leans on nothing any more
_OLDEST = timedelta(days=366)
_FAR = float("inf")
_Counted = TypeVar("_Counted", str, tuple[str, str])


@dataclass(frozen=True, slots=True)
class Claim:
    """A task that names a clause. `ends` is when its unit was free again; None while it is bound."""

    task: Report
    ends: datetime | None = None

    @property
    def body(self) -> Task:
        """The task itself."""
        assert isinstance(self.task.body, Task)
        return self.task.body

    @property
    def order(self) -> tuple[datetime, str, str]:
        """Who asked first comes first."""
        return (self.body.asked_at or self.body.at, *self.task.key)

    @property
    def unit(self) -> tuple[str, str]:
        """The unit that it asks for."""
        return (self.body.assignee_agency, self.body.unit)

    @property
    def name(self) -> str:
        """As a giver lists it among those that stand."""
        return claim_name(self.task)


def claim_name(task: Report) -> str:
    """A task as a giver lists it among those that stand: "agency/task/unit"."""
    return f"{task.agency}/{task.body.id}/{getattr(task.body, 'unit', '')}"


def why_not_by_own_words(claim: Claim, term: Term | None) -> str:
    """Why a task does not lean on the clause that it names, by what it says itself; empty if it does.

    What leans on a clause uses up its quantity until it is over, whether or not the clause accepts it.
    """
    task = claim.body
    if term is None:
        return f"names a clause that is not in our agreements ({task.agreement} §{task.clause})"
    clause = term.clause
    if not isinstance(clause, AidClause) or not is_between(term, task.assignee_agency, claim.task.agency):
        return f"{term.words} gives {claim.task.agency} nothing of {task.assignee_agency}'s"
    if task.draft or not task.unit:
        return "nobody is asked yet"
    if task.asked_at is None:
        return "does not say when it was asked"
    if not task.at - _OLDEST <= task.asked_at <= task.at:
        return "the moment at which it was asked cannot be true"
    if not gives_kind(clause, task.unit_kind):
        return f"{term.words} gives {kinds_words(clause)}, not {label(UNIT_KINDS, task.unit_kind).lower()}"
    why = why_not_for(term, _basis(task), task.asked_at)
    return f"{term.words} {why}" if why else ""


def crowded_out(claims: Iterable[Claim], quantity: int | None) -> frozenset[tuple[str, str]]:
    """The keys of those that come later than the quantity of their clause, or for a unit that somebody else has.

    Of claims that lean on one clause, those open when one was asked count before it, accepted or not: units, not tasks,
    for a unit with two tasks of one asker is one unit. Who asked first comes first.
    """
    most = quantity if quantity is not None else _FAR
    late: set[tuple[str, str]] = set()
    bound: Counter[tuple[str, str]] = Counter()
    #: unit -> who was given it, how often
    given: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    ending: list[tuple[float, tuple[str, str], str]] = []
    for claim in sorted(claims, key=lambda one: one.order):
        asked, unit, asker = claim.order[0].timestamp(), claim.unit, claim.task.agency
        while ending and ending[0][0] <= asked:
            _, free, taker = heapq.heappop(ending)
            _count_down(bound, free)
            if taker:
                _count_down(given[free], taker)
        has_it = given[unit]
        in_time = set(has_it) <= {asker} and (asker in has_it or len(bound) - (unit in bound) < most)
        if in_time:
            has_it[asker] += 1
        else:
            late.add(claim.task.key)
        bound[unit] += 1
        ends = claim.ends.timestamp() if claim.ends is not None else _FAR
        heapq.heappush(ending, (ends, unit, asker if in_time else ""))
    return frozenset(late)


def _count_down(counted: Counter[_Counted], one: _Counted) -> None:
    counted[one] -= 1
    if not counted[one]:
        del counted[one]


def stands_if_leaning(
    claim: Claim, term: Term, consent: Consent | None, *, late: bool, unit: Report | None, incident: Report | None
) -> Direct | Request:
    """What the clause comes to for a task that leans on it by its own words: Direct if it accepts it, else Request.

    `consent` is the giver's word, `late` says that it is `crowded_out`, `unit` and `incident` are what their owners say
    of them.
    """
    task, clause = claim.body, term.clause
    assert isinstance(clause, AidClause) and task.asked_at is not None
    stop = keeps_out(consent, task.asked_at, claim.name)
    if stop is not None:
        before = stop.since > task.asked_at
        return Request(f"{term.words} was {stop.word} before {'this came' if before else 'this was asked'}")
    if late:
        given = kinds_words(clause, clause.quantity)
        return Request(f"{term.words} gives {given}, and others asked before, or for the same unit")
    why = _not_as_claimed(claim, term, unit, incident)
    if why:
        return Request(why)
    if clause.mode == "request":
        return Request(f"asked under {term.words}", term)
    return Direct(f"accepted by {term.words}", term)


def changed_since(claim: Claim, term: Term, incident: Report | None) -> str:
    """What the owner of a unit is told beside an accepted task: that the incident is no longer as its asker saw it."""
    task = claim.body
    body = incident.body if incident is not None else None
    if not isinstance(body, Incident) or task.asked_at is None:
        return ""
    why = why_not_for(term, seen(body), task.asked_at)
    return f"{term.words} {why}; the incident has changed since it was asked" if why else ""


def seen(incident: Incident) -> Basis:
    """An incident as the basis of a task."""
    return Basis(type=incident.type, priority=incident.priority, lat=incident.lat, lon=incident.lon)


def _basis(task: Task) -> Basis | None:
    """What a clause is held against; what is said of an incident that is not named could be held against nothing."""
    return (task.basis or Basis()) if task.incident else None


def _not_as_claimed(claim: Claim, term: Term, unit: Report | None, incident: Report | None) -> str:
    """What speaks against the claim in the words of others: of the unit's owner, and of the incident's."""
    task, clause = claim.body, term.clause
    assert isinstance(clause, AidClause) and task.asked_at is not None
    if unit is None or not isinstance(unit.body, Unit):
        return "its unit is not in the picture"
    if unit.exercise and not claim.task.exercise:
        return "its unit only exercises"
    if not gives_kind(clause, unit.body.kind):
        return f"{term.words} gives {kinds_words(clause)}, and this is {label(UNIT_KINDS, unit.body.kind).lower()}"
    if not task.incident:
        return ""
    if incident is None or not isinstance(incident.body, Incident):
        return "its incident is not in the picture"
    if incident.exercise and not claim.task.exercise:
        return "its incident is an exercise"
    if incident.body.at > task.asked_at:
        return ""  # it may have been as the asker says: the owner is told that it is so no longer (`changed_since`)
    why = why_not_for(term, seen(incident.body), task.asked_at)
    return f"the incident is not what the task says: {term.words} {why}" if why else ""
