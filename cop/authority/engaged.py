"""Which units are asked for or at work, by the tasks that stand open: kept up as tasks and answers change."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cop.domain.rules.open_task import OpenTask
from cop.domain.task import Task
from cop.domain.words import TASK_OVER
from cop.picture.change import Change, Key
from cop.picture.picture import Picture


@dataclass(slots=True)
class Touched:
    """What was looked at again: tasks, and the units, clauses and incidents that they name or named before."""

    tasks: set[Key] = field(default_factory=set)
    units: set[Key] = field(default_factory=set)
    clauses: set[Key] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.tasks)


class Declined(NamedTuple):
    """A unit that its owner did not send, since when, and why."""

    unit: Key
    since: datetime
    reason: str


class Engaged:
    """The open tasks by unit and by clause. `take` each change, `tick` each second."""

    def __init__(self, picture: Picture, now: Callable[[], datetime]) -> None:
        self._picture = picture
        self._now = now
        self.open: dict[Key, OpenTask] = {}
        self._of_unit: dict[Key, set[Key]] = {}
        self._on_clause: dict[Key, set[Key]] = {}
        self._for_incident: dict[Key, set[Key]] = {}
        #: incident -> task -> the unit that was turned down for it, when, and why
        self._declined: dict[Key, dict[Key, Declined]] = {}
        self._declined_at: dict[Key, Key] = {}
        #: task -> the next moment at which the clock alone moves it
        self._due: dict[Key, datetime] = {}
        self._busy: NDArray[np.bool_] | None = None
        self._read(picture.tasks, Touched())

    def take(self, change: Change) -> Touched:
        """Look at what changed."""
        touched = Touched()
        if change.tasks:
            self._read(change.tasks, touched)
        if touched or change.units:
            self._busy = None
        return touched

    def tick(self) -> Touched:
        """Look at those that the clock has moved on."""
        now = self._now()
        touched = Touched()
        self._read([key for key, at in self._due.items() if at < now], touched)
        if touched:
            self._busy = None
        return touched

    def of_unit(self, unit: Key) -> list[OpenTask]:
        """The open tasks of a unit, the first asked first."""
        return self._sorted(self._of_unit.get(unit, ()))

    def on_clause(self, clause: Key) -> list[OpenTask]:
        """The open tasks that lean on a clause, the first asked first."""
        return self._sorted(self._on_clause.get(clause, ()))

    def for_incident(self, incident: Key) -> list[OpenTask]:
        """The open tasks for an incident by this report of it, the first asked first."""
        return self._sorted(self._for_incident.get(incident, ()))

    def declined_for(self, incident: Key) -> Iterable[Declined]:
        """The units whose owners turned a task for this incident down."""
        return self._declined.get(incident, {}).values()

    def units(self) -> Iterator[Key]:
        """The units that some open task names."""
        return iter(self._of_unit)

    def clauses(self) -> Iterator[Key]:
        """The clauses that some open task leans on."""
        return iter(self._on_clause)

    def busy(self) -> NDArray[np.bool_]:
        """Which rows of the tracks are at work on a task, whatever their status says yet; shape (tracks.count,)."""
        tracks = self._picture.tracks
        if self._busy is None or len(self._busy) != tracks.count:
            self._busy = np.zeros(tracks.count, dtype=np.bool_)
            for unit, keys in self._of_unit.items():
                if any(self.open[key].at_work for key in keys) and (row := tracks.row_of(*unit)) is not None:
                    self._busy[row] = True
        return self._busy

    def _sorted(self, keys: Iterable[Key]) -> list[OpenTask]:
        return sorted((self.open[key] for key in keys), key=lambda one: (one.asked_at, one.key))

    def _read(self, keys: Iterable[Key], touched: Touched) -> None:
        now = self._now()
        for key in list(keys):
            self._note(self._forget(key), touched)
            touched.tasks.add(key)
            report = self._picture.tasks.get(key)
            body = report.body if report is not None else None
            if report is None or not isinstance(body, Task):
                continue
            standing = self._picture.standings.of(report, now)
            state = standing.state
            ahead = [at for at in (body.asked_at, body.answer_by) if at is not None and at >= now]
            if ahead:
                self._due[key] = min(ahead)
            if state == "draft" or (state in TASK_OVER and state != "expired"):
                if state == "declined" and body.incident:
                    unit, incident = (body.assignee_agency, body.unit), (body.incident_agency, body.incident)
                    self._declined.setdefault(incident, {})[key] = Declined(unit, standing.since, standing.reason)
                    self._declined_at[key] = incident
                continue
            answer = self._picture.answer_to(report)
            answered_at = answer.body.at if answer is not None else None
            one = self.open[key] = OpenTask(key, body, state, report.exercise, answered_at)
            self._of_unit.setdefault(one.unit, set()).add(key)
            if one.clause is not None:
                self._on_clause.setdefault(one.clause, set()).add(key)
            if one.incident is not None:
                self._for_incident.setdefault(one.incident, set()).add(key)
            self._note(one, touched)

    @staticmethod
    def _note(one: OpenTask | None, touched: Touched) -> None:
        if one is not None:
            touched.units.add(one.unit)
            if one.clause is not None:
                touched.clauses.add(one.clause)

    def _forget(self, key: Key) -> OpenTask | None:
        self._due.pop(key, None)
        incident = self._declined_at.pop(key, None)
        if incident is not None:
            del self._declined[incident][key]
            if not self._declined[incident]:
                del self._declined[incident]
        known = self.open.pop(key, None)
        if known is not None:
            _leave(self._of_unit, known.unit, key)
            if known.clause is not None:
                _leave(self._on_clause, known.clause, key)
            if known.incident is not None:
                _leave(self._for_incident, known.incident, key)
        return known


def _leave(index: dict[Key, set[Key]], under: Key, key: Key) -> None:
    kept = index.get(under)
    if kept is not None:
        kept.discard(key)
        if not kept:
            del index[under]
