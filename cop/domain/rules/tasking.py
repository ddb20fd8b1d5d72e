"""Whether a unit may be tasked: directly, by asking its owner, or not at all."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cop.domain.agreement import AidClause, Term
from cop.domain.consent import Consent
from cop.domain.desk import Operator
from cop.domain.rules.actions import may
from cop.domain.rules.aid import gives_kind, is_between, kinds_words, why_not_for
from cop.domain.rules.consents import keeps_out
from cop.domain.task import Basis
from cop.domain.words import UNIT_KINDS, label

#: how long a request waits for its answer where no clause says
ANSWER_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Direct:
    """It may be sent at once: it is our own, or its owner gave consent in advance by `term`."""

    reason: str
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Its owner is asked. `term` covers the request; without one nothing obliges them to consider it."""

    reason: str
    term: Term | None = None
    answer_within: timedelta = ANSWER_WITHIN

    @property
    def covered(self) -> bool:
        """Whether a clause speaks of this."""
        return self.term is not None


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not be tasked, for this reason."""

    reason: str
    term: Term | None = None


Tasking = Direct | Request | Refused


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be sent: a unit as the picture knows it, or any of that kind. `has_task`: it is on this very task."""

    agency: str
    unit: str = ""
    kind: str = "unknown"
    status: str = "unknown"
    known: bool = True
    exercise: bool = False
    has_task: bool = False


@dataclass(frozen=True, slots=True)
class Commitments:
    """What is given already. `consent` finds a giver's word, `bound` the units bound by a clause at this moment."""

    consent: Callable[[Term], Consent | None] = lambda term: None
    bound: Callable[[Term], Collection[tuple[str, str]]] = lambda term: ()
    #: those of them that another agency has
    taken: Callable[[Term], Collection[tuple[str, str]]] = lambda term: ()
    #: why a clause does not speak of an incident at a moment; who asks often may remember it
    why_not: Callable[[Term, Basis | None, datetime], str] = why_not_for
    #: what people call an agency
    called: Callable[[str], str] = str


def may_task(
    operator: Operator,
    wanted: Wanted,
    basis: Basis | None,
    terms: Iterable[Term],
    commitments: Commitments,
    *,
    at: datetime,
    live: bool = True,
) -> Tasking:
    """Whether an operator may send a unit to an incident (`basis`; None: to none), by which clause, or why not.

    `terms` are clauses in any order: those that speak of somebody else change nothing.
    """
    refusal = may(operator, "assign_task")
    if refusal is not None:
        return Refused(refusal.reason)
    why = why_never(wanted, live=live) if operator.agency else "This desk speaks for no agency."
    if why:
        return Refused(why)
    return by_agreement(operator.agency, wanted, basis, terms, commitments, at=at)


def why_never(wanted: Wanted, *, live: bool = True) -> str:
    """What no agreement helps against; empty if there is nothing."""
    if not wanted.agency or not wanted.unit:
        return "Nobody is asked yet: choose a unit."
    if not wanted.known:
        return "That unit is not in the picture."
    if wanted.exercise and live:
        return "That unit only exercises: it does not come to live work."
    if wanted.status == "out_of_service":
        return "That unit is out of service."
    if wanted.has_task:
        return "That unit already has this task for this incident."
    return ""


def by_agreement(
    taker: str,
    wanted: Wanted,
    basis: Basis | None,
    terms: Iterable[Term],
    commitments: Commitments,
    *,
    at: datetime,
) -> Direct | Request:
    """How an agency gets a unit from its owner: its own, by a direct clause, by a covered request, or without a clause.

    Direct goes before request; of several clauses that of the lowest key counts. Without a clause the reason says what
    kept the nearest one out.
    """
    if wanted.agency == taker:
        return Direct("our own unit")
    covered: Request | None = None
    missed: list[tuple[int, tuple[str, str], str]] = []
    for term in sorted((one for one in terms if is_between(one, wanted.agency, taker)), key=lambda one: one.key):
        clause = term.clause
        assert isinstance(clause, AidClause)
        far, why = _why_not(term, wanted, basis, commitments, at)
        if why:
            missed.append((far, term.key, f"{term.words} {why}"))
        elif clause.mode == "direct":
            return Direct(_given(term, clause, commitments), term)
        elif covered is None:
            minutes = clause.answer_within_min
            within = timedelta(minutes=minutes) if minutes is not None else ANSWER_WITHIN
            covered = Request(_given(term, clause, commitments), term, within)
    if covered is not None:
        return covered
    return Request(min(missed)[2] if missed else "no agreement covers this: its owner is asked")


def _why_not(
    term: Term, wanted: Wanted, basis: Basis | None, commitments: Commitments, at: datetime
) -> tuple[int, str]:
    """How far a clause is from applying (0: only its quantity is missing), and why it does not; empty if it does."""
    clause = term.clause
    assert isinstance(clause, AidClause)
    if not gives_kind(clause, wanted.kind):
        return 3, f"gives {kinds_words(clause)}, not {label(UNIT_KINDS, wanted.kind).lower()}"
    why = commitments.why_not(term, basis, at)
    if why:
        return 2, why
    stop = keeps_out(commitments.consent(term), at, "")  # as every desk will read what is sent now
    if stop is not None:
        return 1, f"is {stop.word} by {commitments.called(clause.giver)}"
    if (wanted.agency, wanted.unit) in commitments.taken(term):
        return 0, "has given this unit to another agency already"
    others = [one for one in commitments.bound(term) if one != (wanted.agency, wanted.unit)]
    if clause.quantity is not None and len(others) >= clause.quantity:
        return 0, f"gives {kinds_words(clause, clause.quantity)}; {_all_of(clause.quantity)} committed"
    return 0, ""


def _given(term: Term, clause: AidClause, commitments: Commitments) -> str:
    if clause.quantity is None:
        return f"{term.words} gives {kinds_words(clause)}"
    left = max(0, clause.quantity - len(commitments.bound(term)))
    return f"{term.words} gives {kinds_words(clause, clause.quantity)}; {left} left"


def _all_of(quantity: int) -> str:
    return {1: "it is", 2: "both are"}.get(quantity, "all are")
