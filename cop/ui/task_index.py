"""Which tasks may look different after a change: asked each pulse, so that nothing else is drawn anew."""

from cop.domain.task import Task
from cop.picture.change import Change, Key
from cop.picture.picture import Picture

#: what tasks hang on: ("unit", agency, id), ("incident", …), ("clause", agreement, number), ("line", agency, task) …
_Mark = tuple[str, str, str]


class TaskIndex:
    """Tasks by unit, incident, clause, and by the tasks whose place they take; kept up by `touched`."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._marked: dict[_Mark, set[Key]] = {}
        self._marks: dict[Key, tuple[_Mark, ...]] = {}
        for key in picture.tasks:
            self._note(key)

    def touched(self, change: Change) -> set[Key]:
        """The tasks that are new, gone, changed, or hang on something that is."""
        before = self._along(change.tasks)
        for key in change.tasks:
            self._note(key)
        if change.agencies or change.consents or change.commands or change.links:
            return before | set(self._marks) | change.tasks
        found = change.tasks | before | self._along(change.tasks)
        found |= self._of("unit", change.units) | self._of("incident", change.incidents)
        for kind, agency, object_id in change.delivered:
            if kind == "task":
                found.add((agency, object_id))
            elif kind == "answer":
                found |= self._marked.get(("answer", agency, object_id), set())
        return found

    def _of(self, kind: str, keys: set[Key]) -> set[Key]:
        if len(keys) > len(self._marked):
            return {
                task for mark, tasks in self._marked.items() if mark[0] == kind and mark[1:] in keys for task in tasks
            }
        return {task for key in keys for task in self._marked.get((kind, *key), ())}

    def _along(self, keys: set[Key]) -> set[Key]:
        """Those that lean on the same clause, or stand in one line of tasks that took each other's place."""
        found, ahead = set(keys), list(keys)
        while ahead:
            for mark in self._marks.get(ahead.pop(), ()):
                if mark[0] in {"line", "clause"}:
                    new = self._marked[mark] - found
                    found |= new
                    ahead += new if mark[0] == "line" else ()
        return found

    def _note(self, key: Key) -> None:
        for mark in self._marks.pop(key, ()):
            self._marked[mark].discard(key)
            if not self._marked[mark]:
                del self._marked[mark]
        report = self._picture.tasks.get(key)
        if report is None or not isinstance(report.body, Task):
            return
        task = report.body
        marks: list[_Mark] = [
            ("unit", task.assignee_agency, task.unit),
            ("incident", task.incident_agency, task.incident),
            ("answer", task.assignee_agency, task.id),
            ("line", *key),
        ]
        if task.agreement:
            marks.append(("clause", task.agreement, task.clause))
        if task.replaces:
            agency, _, replaced = task.replaces.partition("/")
            marks.append(("line", agency, replaced))
        self._marks[key] = tuple(marks)
        for mark in marks:
            self._marked.setdefault(mark, set()).add(key)
