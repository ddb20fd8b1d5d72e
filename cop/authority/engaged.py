"""Which units are asked for or at work, by the tasks that stand open: kept up as tasks and answers change."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from cop.domain.task import Task
from cop.domain.words import TASK_OVER
from cop.picture.change import Change, Key
from cop.picture.picture import Picture

#: a unit of a task in these states is at work on it; in the others it is only asked for
AT_WORK = frozenset({"accepted", "en_route", "on_scene"})


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that is not over, who asked for it, and where it stands."""

    key: Key
    task: Task
    state: str
    exercise: bool

    @property
    def unit(self) -> Key:
        """The unit that is asked for."""
        return (self.task.assignee_agency, self.task.unit)

    @property
    def incident(self) -> Key:
        """What it is for."""
        return (self.task.incident_agency, self.task.incident)

    @property
    def clause(self) -> Key | None:
        """The clause that it leans on, agreement and number; None if on none."""
        return (self.task.agreement, self.task.clause) if self.task.agreement else None

    @property
    def asked_at(self) -> datetime:
        """When it was first asked."""
        return self.task.asked_at or self.task.at


class Engaged:
    """The open tasks by unit and by clause. `take` says which tasks may stand differently after a change."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self.open: dict[Key, OpenTask] = {}
        self._of_unit: dict[Key, set[Key]] = {}
        self._on_clause: dict[Key, set[Key]] = {}
        #: task -> the clause that it names, whatever became of it: one that is over makes room for others
        self._clause_of: dict[Key, Key] = {}
        #: task -> those that say they take its place
        self._replacing: dict[Key, set[Key]] = {}
        self._replaced: dict[Key, Key] = {}
        self._busy: NDArray[np.bool_] | None = None
        self._read(picture.tasks)

    def take(self, change: Change, *, now: datetime | None = None) -> set[Key]:
        """Look at what changed; the tasks that were looked at again."""
        touched = set(change.tasks)
        if change.consents:
            touched |= {key for keys in self._on_clause.values() for key in keys}
        if change.commands:
            touched |= set(self._replacing)
        for key in change.tasks:
            touched |= self._beside(key)
        self._read(touched)
        for key in change.tasks:  # as it is said now
            also = self._beside(key) - touched
            self._read(also)
            touched |= also
        if change.units or touched:
            self._busy = None
        return touched

    def look_again(self, keys: Iterable[Key]) -> None:
        """The clock has moved some of these on."""
        self._read(keys)
        self._busy = None

    def of_unit(self, unit: Key) -> list[OpenTask]:
        """The open tasks of a unit, the first asked first."""
        return self._sorted(self._of_unit.get(unit, ()))

    def on_clause(self, clause: Key) -> list[OpenTask]:
        """The open tasks that lean on a clause, the first asked first."""
        return self._sorted(self._on_clause.get(clause, ()))

    def units(self) -> Iterator[Key]:
        """The units that some open task names."""
        return iter(self._of_unit)

    def clauses(self) -> Iterator[Key]:
        """The clauses that some open task leans on."""
        return (clause for clause, keys in self._on_clause.items() if keys)

    def busy(self) -> NDArray[np.bool_]:
        """Which rows of the tracks are at work on a task, whatever their status says yet; shape (tracks.count,)."""
        tracks = self._picture.tracks
        if self._busy is None or len(self._busy) != tracks.count:
            self._busy = np.zeros(tracks.count, dtype=np.bool_)
            for unit, keys in self._of_unit.items():
                if any(self.open[key].state in AT_WORK for key in keys):
                    row = tracks.row_of(*unit)
                    if row is not None:
                        self._busy[row] = True
        return self._busy

    def _sorted(self, keys: Iterable[Key]) -> list[OpenTask]:
        return sorted((self.open[key] for key in keys if key in self.open), key=lambda one: (one.asked_at, one.key))

    def _beside(self, key: Key) -> set[Key]:
        """Tasks whose standing may hang on this one's."""
        beside = set(self._on_clause.get(self._clause_of.get(key, ("", "")), ()))
        if key in self._replaced:
            beside.add(self._replaced[key])
        return beside

    def _read(self, keys: Iterable[Key]) -> None:
        for key in list(keys):
            self._forget(key)
            report = self._picture.tasks.get(key)
            body = report.body if report is not None else None
            if report is None or not isinstance(body, Task):
                continue
            if body.replaces:
                agency, _, task = body.replaces.partition("/")
                self._replaced[key] = (agency, task)
                self._replacing.setdefault((agency, task), set()).add(key)
            if body.agreement:
                self._clause_of[key] = (body.agreement, body.clause)
            state = self._picture.task_state(report)
            if state in TASK_OVER and state != "expired":
                continue
            one = self.open[key] = OpenTask(key, body, state, report.exercise)
            if body.unit:
                self._of_unit.setdefault(one.unit, set()).add(key)
            if one.clause is not None:
                self._on_clause.setdefault(one.clause, set()).add(key)

    def _forget(self, key: Key) -> None:
        replaced = self._replaced.pop(key, None)
        if replaced is not None:
            _leave(self._replacing, replaced, key)
        self._clause_of.pop(key, None)
        known = self.open.pop(key, None)
        if known is not None:
            _leave(self._of_unit, known.unit, key)
            if known.clause is not None:
                _leave(self._on_clause, known.clause, key)


def _leave(index: dict[Key, set[Key]], under: Key, key: Key) -> None:
    kept = index.get(under)
    if kept is not None:
        kept.discard(key)
        if not kept:
            del index[under]
