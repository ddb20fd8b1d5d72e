"""Where each task stands, kept until something is said that may change it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from cop.domain.report import Report
from cop.domain.rules.task_state import Standing, asked_at, expired, may_replace, standing, taken_over
from cop.domain.rules.tasking import Tasking
from cop.domain.task import Task
from cop.picture.change import Key

#: what the clause that a task names comes to; None where it names none
ByClause = Callable[[Report], Tasking | None]
#: whether an agency took over command of an incident: taker, giver, incident
TookOver = Callable[[str, str, Key], bool]


class TaskStandings:
    """Looks at the picture's own tables; `renew` when a task, an answer, a consent or a word of command came."""

    def __init__(
        self,
        tasks: Mapping[Key, Report],
        answers: Mapping[Key, Report],
        by_clause: ByClause = lambda task: None,
        took_over: TookOver = lambda taker, giver, incident: False,
    ) -> None:
        self._tasks = tasks
        self._answers = answers
        self.by_clause = by_clause
        self.took_over = took_over
        self._known: dict[Key, Standing] = {}
        self._left: dict[Key, Standing] = {}
        #: task -> the tasks that say that they take its place
        self._claimed: dict[Key, list[Key]] | None = None
        self._rings: frozenset[Key] = frozenset()

    def renew(self) -> None:
        """Something was said that tasks are read from."""
        self._known.clear()
        self._left.clear()
        self._claimed = None

    def of(self, task: Report, now: datetime | None = None) -> Standing:
        """Where a task stands; nothing expires without `now`."""
        if self._tasks.get(task.key) is not task:  # another word of it than the newest
            found = self._read(task)
        else:
            known = self._known.get(task.key)
            found = known if known is not None else self._known.setdefault(task.key, self._read(task))
        return expired(found, _task(task), now)

    def answer(self, task: Report) -> Report | None:
        """What the owning agency last said to a task; nobody else's answer counts."""
        return self._answers.get((_task(task).assignee_agency, f"{task.agency}/{task.body.id}"))

    def replaced_by(self, task: Report) -> Report | None:
        """The task that validly took its place: of several, the one that was asked first."""
        claimed = self._claims().get(task.key, ())
        valid = [self._tasks[key] for key in claimed if self._replaces(task, self._tasks[key])]
        return min(valid, key=lambda one: (asked_at(_task(one)), one.key), default=None)

    def replaces(self, task: Report) -> Report | None:
        """The task whose place it validly took."""
        key = _replaced_key(_task(task))
        old = self._tasks.get(key) if key is not None else None
        return old if old is not None and self._replaces(old, task) else None

    def _read(self, task: Report) -> Standing:
        return standing(
            task,
            self.answer(task),
            by_clause=self.by_clause(task),
            replaced_by=self.replaced_by(task),
            before=self._taken_over(task),
        )

    def _taken_over(self, task: Report) -> Standing | None:
        """What it takes over: from the one whose place it took, which may have taken it over itself."""
        line = [task]
        while (old := self.replaces(line[-1])) is not None:
            line.append(old)
            if old.key in self._left:
                break
        for new, old in zip(line[-2::-1], line[:0:-1], strict=True):
            self._leave(old)
            before = taken_over(new, old, self._left[old.key], self.answer(old))
            if new is task:
                return before
            self._leave(new, before)
        return None

    def _leave(self, task: Report, before: Standing | None = None) -> None:
        """How a task stands apart from another that took its place."""
        if task.key not in self._left:
            self._left[task.key] = standing(task, self.answer(task), by_clause=self.by_clause(task), before=before)

    def _replaces(self, old: Report, new: Report) -> bool:
        body = _task(old)
        incident = (body.incident_agency, body.incident)
        took_over = new.agency != old.agency and self.took_over(new.agency, old.agency, incident)
        self._claims()
        return may_replace(old, new, took_over) and not (old.key in self._rings and new.key in self._rings)

    def _claims(self) -> dict[Key, list[Key]]:
        if self._claimed is None:
            self._claimed = {}
            next_of: dict[Key, Key] = {}
            for key, report in self._tasks.items():
                replaced = _replaced_key(_task(report))
                if replaced is not None:
                    next_of[key] = replaced
                    self._claimed.setdefault(replaced, []).append(key)
            self._rings = _in_rings(next_of)
        return self._claimed


def _in_rings(next_of: Mapping[Key, Key]) -> frozenset[Key]:
    """The tasks that say in a ring that each takes the next one's place: then none of them does, and all stand."""
    found: set[Key] = set()
    done: set[Key] = set()
    for start in next_of:
        path: dict[Key, int] = {}
        key: Key | None = start
        while key is not None and key not in done and key not in path:
            path[key] = len(path)
            key = next_of.get(key)
        if key is not None and key in path:
            found.update(list(path)[path[key] :])
        done.update(path)
    return frozenset(found)


def _replaced_key(task: Task) -> Key | None:
    agency, _, object_id = task.replaces.partition("/")
    return (agency, object_id) if agency and object_id else None


def _task(report: Report) -> Task:
    assert isinstance(report.body, Task)
    return report.body
