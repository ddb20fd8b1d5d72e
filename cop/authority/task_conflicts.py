"""The conflicts of tasks, kept up: for each change only the tasks, units, clauses and resources that it touched."""

from collections.abc import Iterable
from datetime import datetime

from cop.authority.called import Called
from cop.authority.engaged import Engaged, Touched
from cop.authority.kept import Kept
from cop.domain.request import Fill
from cop.domain.resource import Resource
from cop.domain.rules.conflict import About
from cop.domain.rules.conflict_tasks import answer_due, lapsed, over_clause, over_resource, overdue, two_tasks
from cop.domain.rules.consents import word_about
from cop.domain.rules.open_task import OpenTask
from cop.domain.words import INCIDENT_OVER
from cop.picture.change import Change, Key
from cop.picture.picture import Picture

#: a fill in these states is a promise
_GIVEN = frozenset({"offered", "en_route", "delivered"})


class TaskConflicts:
    """Two tasks for one unit, no answer in time, consent that is over, more asked for than there is."""

    def __init__(self, picture: Picture, engaged: Engaged, *, live: bool) -> None:
        self._picture = picture
        self._engaged = engaged
        self._live = live
        self._names = Called(picture)
        self.kept = Kept()
        #: task -> when its answer is due, for those that wait for one
        self._due: dict[Key, datetime] = {}
        self._in_force: frozenset[str] = frozenset()
        self._promised: dict[Key, list[tuple[About, int, datetime]]] = {}

    def take(self, change: Change, touched: Touched, now: datetime) -> None:
        """What a pulse changed, and which tasks that touched."""
        tasks, units, clauses = set(touched.tasks), set(touched.units), set(touched.clauses)
        if change.consents:
            tasks |= {one.key for one in self._engaged.open.values() if one.clause is not None}
        if change.links:
            units.update(self._engaged.units())
        concerned = [one for key in change.incidents for one in self._engaged.for_incident(key)]
        concerned += [one for key in change.units for one in self._engaged.of_unit(key)]  # it may be called otherwise
        for one in concerned:
            tasks.add(one.key)
            units.add(one.unit)
            if one.clause is not None:
                clauses.add(one.clause)
        self._look(tasks, units, clauses, now)
        if change.requests or change.resources or touched:
            self._look_at_resources(change, touched)

    def tick(self, touched: Touched, now: datetime) -> None:
        """Answers become due, agreements end."""
        tasks = {key for key, due in self._due.items() if due <= now} | touched.tasks
        in_force = frozenset(one.id for one in self._picture.agreements.agreements if one.in_force(now))
        if in_force != self._in_force:
            ended = self._in_force ^ in_force
            self._in_force = in_force
            tasks |= {one.key for one in self._engaged.open.values() if one.task.agreement in ended}
        self._look(tasks, touched.units, touched.clauses, now)

    def renew(self, now: datetime) -> None:
        """Look at all of them: something is called otherwise."""
        self._look(self._engaged.open, set(self._engaged.units()), set(self._engaged.clauses()), now)
        for subject in self.kept.subjects():
            if subject[0] == "resource":
                self._look_at_resource((subject[1], subject[2]))

    def _look(self, tasks: Iterable[Key], units: Iterable[Key], clauses: Iterable[Key], now: datetime) -> None:
        for key in list(tasks):
            self._look_at_task(key, now)
        for unit in units:
            found = [one for one in self._engaged.of_unit(unit) if self._counts(one)] if unit[1] else []
            self.kept.put(("unit", *unit), (two_tasks(unit, found, self._picture.same.lead, self._names),))
        for clause in clauses:
            term = self._picture.agreements.term(*clause)
            open_ones = [one for one in self._engaged.on_clause(clause) if self._counts(one)]
            self.kept.put(
                ("clause", *clause), (over_clause(term, open_ones, self._names) if term is not None else None,)
            )

    def _look_at_task(self, key: Key, now: datetime) -> None:
        one = self._engaged.open.get(key)
        self._due.pop(key, None)
        if one is None or not self._counts(one):
            self.kept.put(("task", *key), ())
            return
        late = overdue(one, now, self._names)
        if late is None and one.state in {"requested", "expired"}:
            self._due[key] = answer_due(one)
        term = self._picture.agreements.term(*one.clause) if one.clause is not None else None
        consent = word_about(term, self._picture.consents) if term is not None else None
        withdrawn_at = None
        if consent is not None and (consent.state == "withdrawn" or consent.deleted):
            withdrawn_at = consent.withdrawn_at or consent.at
        self.kept.put(("task", *key), (late, lapsed(one, term, withdrawn_at, now, self._names)))

    def _counts(self, one: OpenTask) -> bool:
        """Whether it is of the work of this desk, and the incident that it is for is not over."""
        if self._live and one.exercise:
            return False
        report = self._picture.incidents.get(one.incident) if one.incident is not None else None
        return report is None or getattr(report.body, "status", "") not in INCIDENT_OVER

    def _look_at_resources(self, change: Change, touched: Touched) -> None:
        resources = self._picture.resources
        concerned = {key for key in (*change.resources, *touched.units) if key in resources or key in self._promised}
        if change.requests:
            before, self._promised = self._promised, self._promises()
            concerned |= before.keys() | self._promised.keys()
        for key in concerned:
            self._look_at_resource(key)

    def _look_at_resource(self, key: Key) -> None:
        report = self._picture.resources.get(key)
        body = report.body if report is not None else None
        found = None
        if report is not None and isinstance(body, Resource) and not (self._live and report.exercise):
            worked: list[tuple[About, int, datetime]] = [
                (("task", *one.key), 1, one.asked_at)
                for one in self._engaged.of_unit(key)
                if one.at_work and self._counts(one)
            ]
            found = over_resource(key, body, [*self._promised.get(key, ()), *worked], self._names)
        self.kept.put(("resource", *key), (found,))

    def _promises(self) -> dict[Key, list[tuple[About, int, datetime]]]:
        """What stands promised of each resource to whom; a request that was taken back frees it."""
        promised: dict[Key, list[tuple[About, int, datetime]]] = {}
        for (giver, name), report in self._picture.fills.items():
            fill = report.body
            if not isinstance(fill, Fill) or not fill.resource or fill.state not in _GIVEN or not fill.quantity:
                continue
            if self._live and report.exercise:
                continue
            requester, _, request = name.partition("/")
            asked = self._picture.requests.get((requester, request))
            if asked is None or getattr(asked.body, "cancelled", False):
                continue
            promised.setdefault((giver, fill.resource), []).append(
                (("request", requester, request), fill.quantity, fill.at)
            )
        return promised
