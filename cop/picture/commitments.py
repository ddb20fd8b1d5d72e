"""Which tasks lean on which clause, whether it accepts them, and what of it is bound, kept up as things change."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cop.domain.agreement import AidClause, Term
from cop.domain.consent import Consent
from cop.domain.report import Report
from cop.domain.rules.claims import Claim, changed_since, crowded_out, stands_if_leaning, why_not_by_own_words
from cop.domain.rules.consents import stopped, word_about
from cop.domain.rules.task_state import standing
from cop.domain.rules.tasking import Direct, Request
from cop.domain.task import Task
from cop.domain.words import TASK_OVER
from cop.picture.change import Change, Key

if TYPE_CHECKING:
    from cop.picture.picture import Picture

#: by so much may the clock of who asks be ahead of ours
CLOCKS_DIFFER = timedelta(minutes=1)
#: agreement, clause, and whether for an exercise: what is practised uses up nothing
_Clause = tuple[str, str, bool]


@dataclass(slots=True)
class _Book:
    """What is known of one clause: the tasks that name it, what it comes to for each, and those that use it up."""

    tasks: set[Key] = field(default_factory=set)
    results: dict[Key, Direct | Request] = field(default_factory=dict)
    leaning: list[Claim] = field(default_factory=list)


class Commitments:
    """Reads the picture's tables; `take` tells it what changed, before anybody asks."""

    def __init__(self, picture: "Picture") -> None:
        self._picture = picture
        self._books: dict[_Clause, _Book] = {}
        self._clause_of: dict[Key, _Clause] = {}
        #: ("unit" or "incident", key) -> the tasks with a clause that speak of it
        self._about: dict[tuple[str, Key], set[Key]] = {}
        self._named_by: dict[Key, tuple[tuple[str, Key], ...]] = {}
        self._replacing: dict[Key, Key] = {}
        self._own_words: dict[Key, str] = {}
        #: when the unit of each task was free again; a change tells of all tasks in whose line that may be another
        self._freed: dict[Key, datetime | None] = {}
        #: what each claim came to, and what it was judged by
        self._judged: dict[Key, tuple[tuple[object, ...], Direct | Request]] = {}
        #: kind of each unit that a task names, and whether it only exercises, as last looked at
        self._kinds: dict[Key, object] = {}

    def take(self, change: Change) -> set[Key]:
        """Work out anew what a pulse changed; the tasks for which their clause comes to something else now."""
        stale = self._renew(change.tasks)
        if not self._books:
            return set()
        if change.commands or change.links or (change.incidents and self._picture.commands):
            # they decide which task validly took another's place
            stale.update(self._clause_of[old] for old in self._replacing.values() if old in self._clause_of)
        for agreement, clause in {_clause_named(key[1]) for key in change.consents}:
            stale.update(((agreement, clause, False), (agreement, clause, True)))
        for kind, keys in (("unit", change.units), ("incident", change.incidents)):
            for key in keys if len(keys) < len(self._about) else [key for named, key in self._about if named == kind]:
                tasks = self._about.get((kind, key), ()) if key in keys else ()
                if tasks and (kind != "unit" or self._is_another(key)):
                    stale.update(self._clause_of[task] for task in tasks)
        return {key for at in stale if at in self._books for key in self._work_out(at)}

    def by_clause(self, task: Report, now: datetime | None = None) -> Direct | Request | None:
        """What the clause that a task names comes to for it; None where it names none.

        With `now`, what says that it is asked later than that is accepted only as far as clocks differ, and never while
        the giver gives nothing.
        """
        at = self._clause_of.get(task.key)
        result = self._books[at].results.get(task.key) if at is not None else None
        asked = getattr(task.body, "asked_at", None)
        if now is None or asked is None or asked <= now or not isinstance(result, Direct) or result.term is None:
            return result
        word = word_about(result.term, self._picture.consents, live=not task.exercise)
        if asked - now <= CLOCKS_DIFFER and stopped(word, now) is None:
            return result
        return Request("says that it is asked later than now")

    def bound(self, term: Term, at: datetime, *, exercise: bool = False) -> list[Claim]:
        """The tasks that use up a clause at a moment, in the order in which they were asked.

        Whoever leans on a direct clause does so until it is over; a request that nobody answered in time binds nothing.
        """
        book = self._books.get((*term.key, exercise))
        if book is None:
            return []
        is_request = isinstance(term.clause, AidClause) and term.clause.mode == "request"
        return [
            one
            for one in book.leaning
            if (one.ends is None or one.ends > at)
            and not (is_request and self._picture.task_state(one.task, at) == "expired")
        ]

    def standing(self, term: Term, at: datetime, *, exercise: bool = False) -> list[Claim]:
        """The tasks that a clause has accepted and that are not over: what a pause leaves as it is."""
        bound = self.bound(term, at, exercise=exercise)
        return [one for one in bound if isinstance(self.by_clause(one.task), Direct)]

    def doubt(self, task: Report) -> str:
        """What its owner is to be told of an accepted task: that the incident is no longer as the asker saw it."""
        result = self.by_clause(task)
        if not isinstance(result, Direct) or result.term is None:
            return ""
        body = task.body
        assert isinstance(body, Task)
        incident = self._picture.incidents.get((body.incident_agency, body.incident))
        return changed_since(Claim(task), result.term, incident)

    def _renew(self, keys: Iterable[Key]) -> set[_Clause]:
        """Tasks, or the answers to them, have changed, or they are gone: the clauses that are concerned."""
        concerned: set[_Clause] = set()
        starts: list[Key] = []
        for key in keys:
            self._forget(key, concerned)
            task = self._picture.tasks.get(key)
            body = task.body if task is not None else None
            starts += self._replaces(key, body.replaces if isinstance(body, Task) else "")
            if task is None or not isinstance(body, Task) or not body.agreement:
                continue
            at = (body.agreement, body.clause, task.exercise)
            self._clause_of[key] = at
            self._books.setdefault(at, _Book()).tasks.add(key)
            self._named_by[key] = (
                ("unit", (body.assignee_agency, body.unit)),
                ("incident", (body.incident_agency, body.incident)),
            )
            for name in self._named_by[key]:
                self._about.setdefault(name, set()).add(key)
            concerned.add(at)
        return concerned | self._behind(starts)

    def _forget(self, key: Key, concerned: set[_Clause]) -> None:
        before = self._clause_of.pop(key, None)
        self._own_words.pop(key, None)
        self._freed.pop(key, None)
        self._judged.pop(key, None)
        for about in self._named_by.pop(key, ()):
            self._about[about].discard(key)
            if not self._about[about]:
                del self._about[about]
                self._kinds.pop(about[1], None)
        if before is not None:
            concerned.add(before)
            self._books[before].tasks.discard(key)
            if not self._books[before].tasks:
                del self._books[before]

    def _replaces(self, key: Key, name: str) -> tuple[Key, ...]:
        """Note whose place a task takes; the tasks that are looked at again with it."""
        agency, _, task = name.partition("/")
        before = self._replacing.pop(key, key)
        if task:
            self._replacing[key] = (agency, task)
        return (before, self._replacing.get(key, key))

    def _is_another(self, unit: Key) -> bool:
        """Whether a unit is no longer of the kind that was looked at: units say something every few seconds."""
        report = self._picture.units.get(unit)
        found = (getattr(report.body, "kind", ""), report.exercise) if report is not None else None
        known = self._kinds.get(unit, ())
        self._kinds[unit] = found
        return found != known

    def _behind(self, keys: Iterable[Key]) -> set[_Clause]:
        """The clauses of tasks, and of those whose place they took, one after another."""
        found: set[_Clause] = set()
        seen: set[Key] = set()
        for start in keys:
            at: Key | None = start
            while at is not None and at not in seen:
                seen.add(at)
                if at in self._clause_of:
                    found.add(self._clause_of[at])
                at = self._replacing.get(at)
        return found

    def _work_out(self, at: _Clause) -> set[Key]:
        """What a clause comes to for each task that names it; those for which that is something else than before."""
        book, picture = self._books[at], self._picture
        before = book.results
        term = picture.agreements.term(at[0], at[1])
        why_not = {key: self._why_not(Claim(picture.tasks[key]), term) for key in book.tasks}
        leaning = [
            Claim(picture.tasks[key], self._freed_at(picture.tasks[key])) for key, why in why_not.items() if not why
        ]
        book.leaning = sorted(leaning, key=lambda one: one.order)
        book.results = {key: Request(why) for key, why in why_not.items() if why}
        if term is not None and isinstance(term.clause, AidClause):
            late = crowded_out(leaning, term.clause.quantity)
            consent = word_about(term, picture.consents, live=not at[2])
            for one in leaning:
                book.results[one.task.key] = self._judge(one, term, consent, late=one.task.key in late)
        return {key for key, result in book.results.items() if _differ(before.get(key), result)}

    def _judge(self, claim: Claim, term: Term, consent: Consent | None, *, late: bool) -> Direct | Request:
        """What the clause comes to for one that leans on it; nothing is weighed again that is as it was."""
        unit = self._picture.units.get(claim.unit)
        incident = self._picture.incidents.get((claim.body.incident_agency, claim.body.incident))
        by = (claim.task, unit, incident, consent, late)
        known = self._judged.get(claim.task.key)
        if known is None or any(one is not other for one, other in zip(known[0], by, strict=True)):
            result = stands_if_leaning(claim, term, consent, late=late, unit=unit, incident=incident)
            known = self._judged[claim.task.key] = (by, result)
        return known[1]

    def _why_not(self, claim: Claim, term: Term | None) -> str:
        """Why a task does not lean on the clause that it names: by its own words, which stay the same."""
        key = claim.task.key
        if key not in self._own_words:
            self._own_words[key] = why_not_by_own_words(claim, term)
        return self._own_words[key]

    def _freed_at(self, task: Report) -> datetime | None:
        """When the unit of a task was free again; None while it is bound.

        Where the same unit goes on with a task that took this one's place, it is bound until that one is over.
        """
        known, standings = self._freed, self._picture.standings
        line = []
        while task.key not in known:
            line.append(task.key)
            by = standings.replaced_by(task)
            if by is None or unit_of(by) != unit_of(task):
                stands = standing(task, standings.answer(task), replaced_by=by)
                known[task.key] = stands.since if stands.state in TASK_OVER else None
            else:
                task = by
        known.update(dict.fromkeys(line, known[task.key]))
        return known[task.key]


def _differ(before: Direct | Request | None, now: Direct | Request) -> bool:
    return before is not now and before != now


def unit_of(task: Report) -> Key:
    """The unit that a task asks for."""
    assert isinstance(task.body, Task)
    return (task.body.assignee_agency, task.body.unit)


def _clause_named(consent: str) -> tuple[str, str]:
    agreement, _, clause = consent.partition("~")
    return agreement, clause
