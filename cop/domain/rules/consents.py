"""A giver's word about its clauses: pause, resume, withdraw, give again; and what that makes of who leans on one.

Nothing here widens what an agreement gives: the most that a word can do is to leave its text as it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cop.domain.agreement import Agreements, AidClause, ShareClause, Term
from cop.domain.consent import Consent, Pause, consent_id
from cop.domain.desk import Command, Operator, Refusal
from cop.domain.report import Report
from cop.domain.rules.actions import may
from cop.domain.statement import Statement

#: a word keeps this many pauses; of more the oldest are drawn together, with what lies between them
KEPT_PAUSES = 40
#: and of each this many tasks that stood by the clause when it began
KEPT_STANDING = 200
#: by so much may the clocks of who asks and who gives differ
_CLOCKS_DIFFER = timedelta(minutes=1)
#: of what nobody says since when it is so
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stop:
    """A clause does not hold: since when, until when (None: nobody knows), and whether it was withdrawn."""

    since: datetime
    until: datetime | None = None
    withdrawn: bool = False

    @property
    def word(self) -> str:
        """ "paused" or "withdrawn"."""
        return "withdrawn" if self.withdrawn else "paused"


def word_about(term: Term, consents: Mapping[tuple[str, str], Report], *, live: bool = False) -> Consent | None:
    """What the giver of a clause says about it; what others say counts for nothing, nor, `live`, what a drill says."""
    if not isinstance(term.clause, AidClause | ShareClause):
        return None
    found = consents.get((term.clause.giver, consent_id(*term.key)))
    body = found.body if found is not None and not (live and found.exercise) else None
    return body if isinstance(body, Consent) and (body.agreement, body.clause) == term.key else None


def is_of_giver(report: Report | None, agreements: Agreements) -> bool:
    """Whether it is a giver's word about a clause of these agreements: there are no more of them than clauses."""
    body = report.body if report is not None else None
    if report is None or not isinstance(body, Consent):
        return False
    term = agreements.term(body.agreement, body.clause)
    giver = getattr(term.clause, "giver", "") if term is not None else ""
    return report.key == (giver, consent_id(body.agreement, body.clause))


def stopped(consent: Consent | None, at: datetime) -> Stop | None:
    """What keeps a clause from holding at a moment; None if nothing does.

    A word that contradicts itself is read as the narrower: a pause that ends before it begins has no end.
    """
    if consent is None:
        return None
    if consent.state == "withdrawn" or consent.deleted:
        since = consent.withdrawn_at or (consent.at if consent.deleted else _ALWAYS)
        if since <= at:
            return Stop(since, withdrawn=True)
    if consent.state == "paused" and not consent.pauses:
        return Stop(_ALWAYS)
    over = [one for one in consent.pauses if one.since <= at and ((end := _end(one)) is None or at < end)]
    if not over:
        return None
    ends = [_end(one) for one in over]
    until = None if None in ends else max(end for end in ends if end is not None)
    return Stop(min(one.since for one in over), until)


def keeps_out(consent: Consent | None, asked_at: datetime, claim: str) -> Stop | None:
    """What of the giver's word keeps a task out that says it was asked then; `claim` is "agency/task/unit".

    Whoever writes `asked_at` could write any time. So a stop that began later keeps out as well what its giver did not
    know to stand when it began: a task that was sent after a pause, and says it was asked before, stays outside. And
    what it did know to stand is not kept out by a clock that is behind.
    """
    stop = stopped(consent, asked_at)
    if consent is None or (stop is not None and not _stood(consent, asked_at, claim)):
        return stop
    later = [one for one in consent.pauses if one.since > asked_at]
    unknown = [one for one in later if one.standing is not None and claim not in one.standing]
    if not unknown:
        return None
    first = min(unknown, key=lambda one: one.since)
    return Stop(first.since, _end(first), withdrawn=consent.withdrawn_at == first.since)


def _stood(consent: Consent, asked_at: datetime, claim: str) -> bool:
    """Whether the giver knew a task to stand that was asked, by another clock, just after the clause was stopped."""
    over = [one for one in consent.pauses if one.since <= asked_at and ((end := _end(one)) is None or asked_at < end)]
    listed = all(one.standing and claim in one.standing and asked_at - one.since <= _CLOCKS_DIFFER for one in over)
    withdrawn = consent.deleted or consent.state == "withdrawn"
    told = not withdrawn or any(one.since == consent.withdrawn_at for one in over)
    return bool(over) and listed and told and not consent.deleted


def _end(pause: Pause) -> datetime | None:
    return pause.until if pause.until is None or pause.until >= pause.since else None


# ---- what a desk does ----


def pause(
    operator: Operator,
    term: Term,
    known: Consent | None,
    at: datetime,
    *,
    standing: Iterable[str] = (),
    until: datetime | None = None,
    reason: str = "",
) -> Command | Refusal:
    """The giver stops giving for a while: until a moment, or until it says more. What stands stays."""
    refusal = _not_ours(operator, "pause_clause", term)
    if refusal is not None:
        return refusal
    if until is not None and until <= at:
        return Refusal("Until-when is in the past.")
    if _is_withdrawn(known):
        return Refusal(f"{term.words} is withdrawn already.")
    stop = stopped(known, at)
    if stop is not None and stop.until == until:
        return Refusal(f"{term.words} is paused already.")
    stands = _listed(standing)
    pauses = [*_so_far(known, at, stands), Pause(since=at, until=until, standing=stands)]
    return Command(_word(operator, term, known, at, state="paused", pauses=pauses, reason=reason))


def resume(
    operator: Operator, term: Term, known: Consent | None, at: datetime, *, standing: Iterable[str] = ()
) -> Command | Refusal:
    """The giver gives again what it had paused; what stands is what the clause has accepted and is not over."""
    refusal = _not_ours(operator, "pause_clause", term)
    if refusal is not None:
        return refusal
    if _is_withdrawn(known):
        return Refusal(f"{term.words} is withdrawn: give it again in words.")
    if stopped(known, at) is None:
        return Refusal(f"{term.words} is not paused.")
    return Command(_word(operator, term, known, at, state="given", pauses=_so_far(known, at, _listed(standing))))


def withdraw(
    operator: Operator,
    term: Term,
    known: Consent | None,
    at: datetime,
    *,
    standing: Iterable[str] = (),
    reason: str = "",
) -> Command | Refusal:
    """The giver takes a clause back, until it gives it again in words."""
    refusal = _not_ours(operator, "withdraw_clause", term)
    if refusal is not None:
        return refusal
    if _is_withdrawn(known):
        return Refusal(f"{term.words} is withdrawn already.")
    stands = _listed(standing)
    pauses = [*_so_far(known, at, stands), Pause(since=at, standing=stands)]
    word = _word(operator, term, known, at, state="withdrawn", pauses=pauses, reason=reason, withdrawn_at=at)
    return Command(word)


def give_again(
    operator: Operator, term: Term, known: Consent | None, at: datetime, *, words: str, standing: Iterable[str] = ()
) -> Command | Refusal:
    """The giver takes a withdrawal back, and says why: that stands in the record."""
    refusal = _not_ours(operator, "withdraw_clause", term)
    if refusal is not None:
        return refusal
    if known is None or not _is_withdrawn(known):
        return Refusal(f"{term.words} is not withdrawn.")
    if not words.strip():
        return Refusal("Say why it is given again, and who decided that.")
    since = known.withdrawn_at or (known.at if known.deleted else _ALWAYS)
    pauses = _so_far(known, at, _listed(standing))
    if not any(one.since <= since for one in pauses):
        pauses.append(Pause(since=since, until=at))
    return Command(_word(operator, term, known, at, state="given", pauses=pauses, reason=words.strip()))


def all_at_once(decided: Iterable[Command | Refusal], nothing: str) -> Command | Refusal:
    """Several words in one breath; what has nothing to change stays out. Refused where none is left, saying `nothing`,
    or why, where a role may do none of it.
    """
    bodies: list[Statement] = []
    refusals: set[str] = set()
    for one in decided:
        if isinstance(one, Command):
            bodies.extend(one.bodies)
        else:
            refusals.add(one.reason)
    if bodies:
        return Command(bodies[0], tuple(bodies[1:]))
    return Refusal(refusals.pop() if len(refusals) == 1 else nothing)


def given_by(agency: str, agreements: Agreements) -> list[Term]:
    """The aid clauses by which an agency gives, in their order."""
    return [one for one in agreements.terms if isinstance(one.clause, AidClause) and one.clause.giver == agency]


def bounded(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Pauses in the order of their beginning, no more than `KEPT_PAUSES`: the oldest that are over become one.

    The one holds from the first's beginning to the last's end: what was given between them is given no longer, and of
    what was asked before, only what stood at both beginnings stands.
    """
    ordered = sorted(pauses, key=lambda one: one.since)
    while len(ordered) > KEPT_PAUSES:
        first, second, *rest = ordered
        first_end, second_end = _end(first), _end(second)
        until = None if first_end is None or second_end is None else max(first_end, second_end)
        ordered = [Pause(since=first.since, until=until, standing=_in_both(first.standing, second.standing)), *rest]
    return tuple(ordered)


def _in_both(first: tuple[str, ...] | None, second: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if first is None or second is None:
        return None if first is second else ()
    return tuple(one for one in first if one in second)


def _not_ours(operator: Operator, action: str, term: Term) -> Refusal | None:
    refusal = may(operator, action)
    if refusal is not None:
        return refusal
    if not isinstance(term.clause, AidClause | ShareClause):
        return Refusal(f"{term.words} gives nothing: there is nothing to pause or withdraw.")
    if term.clause.giver != operator.agency:
        return Refusal(f"{term.words} is given by {term.clause.giver}; only they pause or withdraw it.")
    return None


def _is_withdrawn(known: Consent | None) -> bool:
    return known is not None and (known.state == "withdrawn" or known.deleted)


def _pauses(known: Consent | None) -> tuple[Pause, ...]:
    """The pauses of a word; one that says only "paused" has been so for ever."""
    if known is None:
        return ()
    if known.state == "paused" and not known.pauses:
        return (Pause(since=_ALWAYS),)
    return known.pauses


def _so_far(known: Consent | None, at: datetime, standing: tuple[str, ...]) -> list[Pause]:
    """The pauses up to a moment: those that last are over by then, those to come stay as they are.

    What stood and is over by now needs no list any more.
    """
    kept = []
    for one in _pauses(known):
        listed = one.standing if one.standing is None else _in_both(one.standing, standing)
        end = _end(one)
        runs = one.since <= at and (end is None or end > at)
        kept.append(Pause(since=one.since, until=at if runs else one.until, standing=listed))
    return kept


def _listed(standing: Iterable[str]) -> tuple[str, ...]:
    """Those that stand; what has no room in the word is asked again, in an order that is the same everywhere."""
    return tuple(sorted(standing)[:KEPT_STANDING])


def _word(
    operator: Operator,
    term: Term,
    known: Consent | None,
    at: datetime,
    *,
    state: str,
    pauses: list[Pause],
    reason: str = "",
    withdrawn_at: datetime | None = None,
) -> Consent:
    return Consent(
        id=consent_id(*term.key),
        at=at,
        rev=known.rev + 1 if known is not None else 1,
        by=operator.name,
        agreement=term.agreement.id,
        clause=term.clause.number,
        state=state,  # type: ignore[arg-type]  # one of the three
        withdrawn_at=withdrawn_at,
        pauses=bounded(pauses),
        reason=reason,
    )
