"""Which tasks stand in a line, each in the place of the one before: as they say it, and as far as it may count.

A line is followed over what counts alone: to claim the place of another agency's task joins nothing, unless command
went over. So nobody can lengthen somebody else's line, or close it into a ring.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from cop.domain.report import Report
from cop.domain.rules.task_state import asked_at, may_replace
from cop.domain.task import Task
from cop.picture.change import Change, Key

#: whether what a giver asked at a moment went to a taker with command: incident, giver, taker, the moment
TookOver = Callable[[Key, str, str, datetime], bool]
#: in a line of more tasks than anybody ever turned from one unit to the next, none takes another's place
_LONGEST = 500


class TaskLines:
    """Looks at the picture's own tasks; `renew` tells it what changed, before anybody asks."""

    def __init__(self, tasks: Mapping[Key, Report], took_over: TookOver) -> None:
        self._tasks = tasks
        self._took_over = took_over
        #: task -> the one whose place it says it takes; and the other way round, by who says it
        self._next: dict[Key, Key] = {}
        self._claimed: dict[Key, dict[str, set[Key]]] = {}
        #: task, another agency that claims its place -> whether it went to that one with command
        self._went: dict[tuple[Key, str], bool] = {}
        self._line_of: dict[Key, frozenset[Key]] = {}
        self._too_long: set[Key] = set()
        self._in_ring: dict[Key, bool] = {}

    def renew(self, change: Change) -> set[Key]:
        """Take in a change; the tasks that may stand differently by it: those that changed, and all in line with them.

        Both lines count, as they were and as they are.
        """
        crossed = change.commands or change.links or change.incidents
        groups = set(self._went) if crossed and self._went else set()
        if not change.tasks and not groups:
            return set()
        said = {key: old for key in change.tasks if (old := self._said(key)) != self._next.get(key)}
        starts = {*change.tasks, *(one for key, old in said.items() for one in (old, self._next.get(key)) if one)}
        moved = self._lines(starts)
        for key, old in said.items():
            self._note(key, old)
        groups |= {(key, agency) for key in starts for agency in self._claimed.get(key, ()) if agency != key[0]}
        groups = {(key, agency) for key, agency in groups if agency in self._claimed.get(key, ())}
        passed = [one for one in groups if self._goes(one) != self._went.get(one, False)]
        ends = {end for old, agency in passed for end in (old, *self._claimed[old][agency])}
        moved |= self._lines(ends)
        self._went.update({one: not self._went.get(one, False) for one in passed})
        self._went.update(dict.fromkeys(groups - self._went.keys(), False))
        if passed or said:
            self._too_long.clear()
            self._in_ring.clear()
            for key in moved:
                self._line_of.pop(key, None)
            moved |= self._lines(starts | ends)
        return moved

    def claimants(self, task: Report) -> list[Report]:
        """The tasks that validly take the place of this one."""
        if task.key not in self._claimed or self._line(task.key) is None:
            return []
        named = [
            self._tasks[key]
            for agency, keys in self._claimed[task.key].items()
            if agency == task.agency or self._went.get((task.key, agency))
            for key in keys
        ]
        return [one for one in named if self._counts(task, one)]

    def replaced(self, task: Report) -> Report | None:
        """The task whose place this one validly takes."""
        key = self._over(task.key)
        old = self._tasks.get(key) if key is not None else None
        if old is None or self._line(task.key) is None or not self._counts(old, task):
            return None
        return old

    def _counts(self, old: Report, new: Report) -> bool:
        in_ring = self._is_in_ring(old.key) and self._is_in_ring(new.key)
        return not in_ring and may_replace(old, new, self._went.get((old.key, new.agency), False))

    def _said(self, key: Key) -> Key | None:
        report = self._tasks.get(key)
        if report is None or not isinstance(report.body, Task):
            return None
        agency, _, object_id = report.body.replaces.partition("/")
        return (agency, object_id) if agency and object_id else None

    def _note(self, key: Key, replaced: Key | None) -> None:
        """Whose place a task says it takes from now on."""
        before = self._next.get(key)
        if before is not None:
            del self._next[key]
            claimed = self._claimed[before]
            claimed[key[0]].discard(key)
            if not claimed[key[0]]:
                del claimed[key[0]]
                self._went.pop((before, key[0]), None)
            if not claimed:
                del self._claimed[before]
        if replaced is not None:
            self._next[key] = replaced
            self._claimed.setdefault(replaced, {}).setdefault(key[0], set()).add(key)

    def _goes(self, group: tuple[Key, str]) -> bool:
        """Whether a task went to another agency with command."""
        (giver, _), taker = group
        old = self._tasks.get(group[0])
        if old is None or not isinstance(old.body, Task):
            return False
        return self._took_over((old.body.incident_agency, old.body.incident), giver, taker, asked_at(old.body))

    def _over(self, key: Key) -> Key | None:
        """Whose place a task takes, as far as command allows."""
        old = self._next.get(key)
        return old if old is not None and (old[0] == key[0] or self._went.get((old, key[0]))) else None

    def _beside(self, key: Key) -> Iterator[Key]:
        for agency, keys in self._claimed.get(key, {}).items():
            if agency == key[0] or self._went.get((key, agency)):
                yield from keys
        if (old := self._over(key)) is not None:
            yield old

    def _lines(self, keys: Iterable[Key]) -> set[Key]:
        """These, and all that stand in a line with them; of a line that is too long for one, these alone."""
        found: set[Key] = set()
        for key in keys:
            if key not in found:
                found |= self._line(key) or {key}
        return found

    def _line(self, start: Key) -> frozenset[Key] | None:
        """All that stand in a line with a task; None if that is too long for one."""
        if start in self._line_of:
            return self._line_of[start]
        found, waiting = {start}, [start]
        while waiting:
            key = waiting.pop()
            if key in self._too_long or len(found) > _LONGEST:
                self._too_long |= found
                return None
            for one in self._beside(key):
                if one not in found:
                    found.add(one)
                    waiting.append(one)
                    if len(found) > _LONGEST:
                        break
        line = frozenset(found)
        if len(line) > 1:
            self._line_of.update(dict.fromkeys(line, line))
        return line

    def _is_in_ring(self, start: Key) -> bool:
        """Whether tasks say in a ring that each takes the next one's place: then none of them does, and all stand."""
        if start not in self._in_ring:
            path: dict[Key, int] = {}
            key: Key | None = start
            while key is not None and key not in path and key not in self._in_ring:
                path[key] = len(path)
                key = self._over(key)
            first = path[key] if key is not None and key in path else len(path)
            self._in_ring.update({one: place >= first for one, place in path.items()})
        return self._in_ring[start]
