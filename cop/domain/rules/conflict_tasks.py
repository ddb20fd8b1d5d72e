"""Conflicts of tasks: two for one unit, no answer, consent that is over, more asked for than there is."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from cop.domain.agreement import Agreement, AidClause, Term
from cop.domain.resource import Resource
from cop.domain.rules.conflict import About, Conflict, Proposal
from cop.domain.rules.open_task import OpenTask
from cop.domain.rules.same import End
from cop.domain.rules.tasking import ANSWER_WITHIN


class Names(Protocol):
    """What things are called, on one line."""

    def agency(self, agency: str) -> str:
        """The agency's name."""

    def unit(self, unit: End) -> str:
        """The unit's callsign."""

    def incident(self, incident: End) -> str:
        """The incident's title."""


def of_task(one: OpenTask) -> About:
    """The task, as a conflict names what it is about."""
    return ("task", *one.key)


def two_tasks(unit: End, tasks: Iterable[OpenTask], same: Callable[[End], End], names: Names) -> Conflict | None:
    """One unit, and tasks for more than one incident; several for the same incident are one piece of work.

    `tasks` are the unit's open ones; `same` gives for an incident the one that speaks for all its reports. Who has to
    act: the owner, who answers or calls back the later one; the asker where it asked for all of them itself.
    """
    first_for: dict[End, OpenTask] = {}
    for one in _asked_first(tasks):
        if one.at_work or one.state == "requested":
            first_for.setdefault(same(one.incident) if one.incident is not None else ("task", "/".join(one.key)), one)
    found = list(first_for.values())
    if len(found) < 2:
        return None
    later = found[-1]
    askers = {one.asker for one in found}
    owner = later.asker if len(askers) == 1 else unit[0]
    if later.asker == owner:
        proposal = Proposal(f"Cancel “{_what(later)}”", "cancel_task", (of_task(later),))
    elif later.state == "requested":
        proposal = Proposal(f"Answer {names.agency(later.asker)}", "answer", (of_task(later),))
    else:
        proposal = Proposal(f"Call back from “{_what(later)}”", "call_back", (of_task(later),))
    doing = "is on" if sum(one.at_work for one in found) > 1 else "is wanted for"
    listed = " and ".join(_for_what(one, names) for one in found[:3]) + (" …" if len(found) > 3 else "")
    count = {2: "two", 3: "three"}.get(len(found), str(len(found)))
    return Conflict(
        key=("two_tasks", *unit),
        kind="two_tasks",
        owner=owner,
        words=f"{names.unit(unit)} ({names.agency(unit[0])}) {doing} {count} tasks: {listed}",
        about=(("unit", *unit), *(of_task(one) for one in found)),
        since=found[1].asked_at,
        proposal=proposal,
    )


def answer_due(one: OpenTask) -> datetime:
    """When an answer is due: as the task says, else after the usual time."""
    return one.task.answer_by or one.asked_at + ANSWER_WITHIN


def overdue(one: OpenTask, now: datetime, names: Names) -> Conflict | None:
    """A request that nobody answered in time; who asked has to look elsewhere."""
    if one.state not in {"requested", "expired"} or not one.owner or one.owner == one.asker or now < answer_due(one):
        return None
    asked = names.unit(one.unit) if one.task.unit else "a unit"
    return Conflict(
        key=("overdue", *one.key),
        kind="overdue",
        owner=one.asker,
        words=f"{names.agency(one.owner)} has not answered {names.agency(one.asker)}: {asked} for {_work(one, names)}",
        about=(of_task(one), ("unit", *one.unit)) if one.task.unit else (of_task(one),),
        since=answer_due(one),
        proposal=Proposal("Ask the next", "ask_next", (of_task(one),)),
    )


def ended_at(agreement: Agreement) -> datetime | None:
    """The first moment at which an agreement is no longer in force; None if it has no end."""
    if agreement.in_force_until is None:
        return None
    return datetime.combine(agreement.in_force_until + timedelta(days=1), time(0), ZoneInfo(agreement.zone))


def lapsed(
    one: OpenTask, term: Term | None, withdrawn_at: datetime | None, now: datetime, names: Names
) -> Conflict | None:
    """A unit at work by a clause that no longer holds; what its owner has said since settles it.

    `term` is the clause that the task leans on, `withdrawn_at` when its giver withdrew it, if it did.
    """
    if term is None or not one.at_work:
        return None
    ends = [end for end in (ended_at(term.agreement), withdrawn_at) if end is not None and end <= now]
    if not ends:
        return None
    since = min(ends)
    if one.asked_at >= since or (one.answered_at is not None and one.answered_at >= since):
        return None
    how = "was withdrawn" if since == withdrawn_at else "is over"
    return Conflict(
        key=("lapsed", *one.key),
        kind="lapsed",
        owner=one.owner,
        words=f"{names.unit(one.unit)} ({names.agency(one.owner)}) works for {names.agency(one.asker)} under "
        f"{term.words}, which {how}: {_work(one, names)}",
        about=(of_task(one), ("unit", *one.unit)),
        since=since,
        proposal=Proposal("Call back", "call_back", (of_task(one),)),
    )


def over_clause(term: Term, tasks: Iterable[OpenTask], names: Names) -> Conflict | None:
    """More asked for under a clause than it gives, and the giver has not said yes to the rest."""
    clause = term.clause
    if not isinstance(clause, AidClause) or clause.quantity is None:
        return None
    open_ones = [one for one in _asked_first(tasks) if one.at_work or one.state == "requested"]
    beyond = [one for one in open_ones if one.state == "requested"] if len(open_ones) > clause.quantity else []
    if not beyond:
        return None
    first = beyond[0]
    return Conflict(
        key=("over_committed", "clause", *term.key),
        kind="over_committed",
        owner=clause.giver,
        words=f"{len(open_ones)} asked for under {term.words}, which gives {clause.quantity}: "
        f"{names.agency(first.asker)} waits for {names.agency(clause.giver)}",
        about=tuple(of_task(one) for one in open_ones),
        since=first.asked_at,
        proposal=Proposal(f"Answer {names.agency(first.asker)}", "answer", (of_task(first),)),
    )


def over_resource(
    key: End, resource: Resource, given: Sequence[tuple[About, int, datetime]], names: Names
) -> Conflict | None:
    """More of a resource promised than there is. `given` is to what it is given, how many, and when that was said."""
    total = sum(quantity for _, quantity, _ in given)
    if total <= resource.quantity or not given:
        return None
    ordered = sorted(given, key=lambda one: (one[2], one[0]))
    so_far, since = 0, ordered[-1][2]
    for _, quantity, at in ordered:
        so_far += quantity
        if so_far > resource.quantity:
            since = at
            break
    about: About = ("resource", *key)
    return Conflict(
        key=("over_committed", "resource", *key),
        kind="over_committed",
        owner=key[0],
        words=f"{total:,} of {names.agency(key[0])}'s {resource.name or resource.id} are promised; "
        f"there are {resource.quantity:,}",
        about=(about, *(one for one, _, _ in ordered)),
        since=since,
        proposal=Proposal("Show the resource", "show", (about,)),
    )


def _asked_first(tasks: Iterable[OpenTask]) -> list[OpenTask]:
    return sorted(tasks, key=lambda one: (one.asked_at, one.key))


def _what(one: OpenTask) -> str:
    words = one.task.objective
    return words if len(words) <= 40 else f"{words[:39].rstrip()}…"


def _for_what(one: OpenTask, names: Names) -> str:
    return f"“{_what(one)}” for {names.agency(one.asker)}"


def _work(one: OpenTask, names: Names) -> str:
    where = f", {names.incident(one.incident)}" if one.incident is not None else ""
    return f"“{_what(one)}”{where}"
