"""Where each task stands, kept until something is said that may change it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from cop.domain.report import Report
from cop.domain.rules.task_state import Standing, asked_at, expired, may_replace, standing, taken_over
from cop.domain.rules.tasking import Tasking
from cop.domain.task import Task
from cop.picture.change import Change, Key

#: what the clause that a task names comes to, at a moment; None where it names none
ByClause = Callable[[Report, datetime | None], Tasking | None]
#: whether what a giver asked at a moment went to a taker with command: incident, giver, taker, the moment
TookOver = Callable[[Key, str, str, datetime], bool]


class TaskStandings:
    """Looks at the picture's own tables, and keeps what it read until `renew` is told of a change that may move it."""

    def __init__(
        self,
        tasks: Mapping[Key, Report],
        answers: Mapping[Key, Report],
        by_clause: ByClause = lambda task, now: None,
        took_over: TookOver = lambda incident, giver, taker, asked: False,
        taken_back: Callable[[Key, datetime], bool] = lambda answer, asked: False,
    ) -> None:
        """`taken_back` tells whether an answer stood and was taken back since a moment."""
        self._tasks = tasks
        self._answers = answers
        self.by_clause = by_clause
        self.took_over = took_over
        self._taken_back = taken_back
        self._known: dict[Key, Standing] = {}
        self._left: dict[Key, Standing] = {}
        #: those that say they take the place of another agency's: command decides whether they do
        self._crossing: set[Key] = set()
        #: task -> the one whose place it says it takes, and the other way round
        self._next: dict[Key, Key] = {}
        self._claimed: dict[Key, set[Key]] = {}
        self._rings: frozenset[Key] | None = None

    def renew(self, change: Change) -> None:
        """Forget what a change may have moved: tasks, those in a line with them, what goes with command.

        For which tasks their clause comes to something else, `Commitments` tells as a change of these.
        """
        if change.commands or change.links or change.incidents:
            self._forget(self.crossing())
        if change.tasks:
            touched = self._line(change.tasks)
            for key in change.tasks:
                self._note(key)
            self._forget(self._line(touched))

    def crossing(self) -> set[Key]:
        """The tasks that words about command, and about incidents that are one, may move."""
        return self._line(self._crossing)

    def _forget(self, keys: set[Key]) -> None:
        for key in keys:
            self._known.pop(key, None)
            self._left.pop(key, None)

    def _line(self, keys: set[Key]) -> set[Key]:
        """These, and all that stand in a line with them: in their place, or they in theirs."""
        found, waiting = set(keys), list(keys)
        while waiting:
            key = waiting.pop()
            beside = {*self._claimed.get(key, ()), *((self._next[key],) if key in self._next else ())}
            waiting += beside - found
            found |= beside
        return found

    def _note(self, key: Key) -> None:
        """Whose place a task says it takes, as it is now."""
        report = self._tasks.get(key)
        replaced = _replaced_key(_task(report)) if report is not None else None
        before = self._next.get(key)
        if replaced == before:
            return
        self._rings = None
        if before is not None:
            self._claimed[before].discard(key)
            if not self._claimed[before]:
                del self._claimed[before]
            del self._next[key]
            self._crossing.discard(key)
        if replaced is not None:
            self._next[key] = replaced
            if replaced[0] != key[0]:
                self._crossing.add(key)
            self._claimed.setdefault(replaced, set()).add(key)

    def of(self, task: Report, now: datetime | None = None) -> Standing:
        """Where a task stands; nothing expires without `now`."""
        body = _task(task)
        found = self._known.get(task.key) if self._tasks.get(task.key) is task else self._read(task)
        if found is None:
            found = self._known[task.key] = self._read(task)
        if found.by_clause and now is not None and asked_at(body) > now:
            found = self._read(task, now)  # nothing is accepted before it is asked
        return expired(found, body, now)

    def answer(self, task: Report) -> Report | None:
        """What the owning agency last said to a task; nobody else's answer counts, nor a drill's to real work."""
        found = self._answers.get(_answer_key(task))
        return found if found is None or task.exercise or not found.exercise else None

    def _is_taken_back(self, task: Report) -> bool:
        return self.answer(task) is None and self._taken_back(_answer_key(task), asked_at(_task(task)))

    def replaced_by(self, task: Report) -> Report | None:
        """The task that validly took its place: of several, the one that was asked first."""
        claimed = self._claimed.get(task.key, ())
        valid = [self._tasks[key] for key in claimed if self._replaces(task, self._tasks[key])]
        return min(valid, key=lambda one: (asked_at(_task(one)), one.key), default=None)

    def replaces(self, task: Report) -> Report | None:
        """The task whose place it validly took."""
        key = _replaced_key(_task(task))
        old = self._tasks.get(key) if key is not None else None
        return old if old is not None and self._replaces(old, task) else None

    def _read(self, task: Report, now: datetime | None = None) -> Standing:
        return standing(
            task,
            self.answer(task),
            by_clause=self.by_clause(task, now),
            replaced_by=self.replaced_by(task),
            before=self._taken_over(task),
            taken_back=self._is_taken_back(task),
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
            self._left[task.key] = standing(
                task,
                self.answer(task),
                by_clause=self.by_clause(task, None),
                before=before,
                taken_back=self._is_taken_back(task),
            )

    def _replaces(self, old: Report, new: Report) -> bool:
        body = _task(old)
        incident = (body.incident_agency, body.incident)
        took_over = new.agency != old.agency and self.took_over(incident, old.agency, new.agency, asked_at(body))
        if self._rings is None:
            self._rings = _in_rings(self._next)
        return may_replace(old, new, took_over) and not (old.key in self._rings and new.key in self._rings)


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


def _answer_key(task: Report) -> Key:
    return (_task(task).assignee_agency, f"{task.agency}/{task.body.id}")


def _replaced_key(task: Task) -> Key | None:
    agency, _, object_id = task.replaces.partition("/")
    return (agency, object_id) if agency and object_id else None


def _task(report: Report) -> Task:
    assert isinstance(report.body, Task)
    return report.body
