"""Where each task stands, kept until something is said that may change it."""

from collections.abc import Callable, Mapping
from datetime import datetime

from cop.domain.report import Report
from cop.domain.rules.task_state import Standing, asked_at, expired, standing, taken_over
from cop.domain.rules.tasking import Tasking
from cop.domain.task import Task
from cop.picture.change import Change, Key
from cop.picture.task_lines import TaskLines, TookOver

#: what the clause that a task names comes to, at a moment; None where it names none
ByClause = Callable[[Report, datetime | None], Tasking | None]


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
        self._taken_back = taken_back
        self._known: dict[Key, Standing] = {}
        self._left: dict[Key, Standing] = {}
        self._lines = TaskLines(tasks, took_over)

    def renew(self, change: Change) -> set[Key]:
        """Forget what a change may have moved: tasks, those in a line with them, what goes with command; return these.

        For which tasks their clause comes to something else, `Commitments` tells as a change of these.
        """
        moved = self._lines.renew(change)
        for key in moved:
            self._known.pop(key, None)
            self._left.pop(key, None)
        return moved

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
        claimed = self._lines.claimants(task)
        return min(claimed, key=lambda one: (asked_at(_task(one)), one.key), default=None)

    def replaces(self, task: Report) -> Report | None:
        """The task whose place it validly took."""
        return self._lines.replaced(task)

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


def _answer_key(task: Report) -> Key:
    return (_task(task).assignee_agency, f"{task.agency}/{task.body.id}")


def _task(report: Report) -> Task:
    assert isinstance(report.body, Task)
    return report.body
