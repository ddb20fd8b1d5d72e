"""Conflicts of one sort, kept up: what stands, and whether that has changed."""

from collections.abc import Iterable, Sequence

from cop.domain.rules.conflict import Conflict

Subject = tuple[str, ...]


class Kept:
    """Conflicts by what they were found at (a unit, a task, a pair of incidents); `version` grows when any changes."""

    def __init__(self) -> None:
        self.version = 0
        self._at: dict[Subject, tuple[Conflict, ...]] = {}

    def put(self, subject: Subject, found: Sequence[Conflict | None]) -> None:
        """What is found at a subject now, in place of what was."""
        now = tuple(one for one in found if one is not None)
        if now != self._at.get(subject, ()):
            self.version += 1
            if now:
                self._at[subject] = now
            else:
                del self._at[subject]

    def forget(self, subjects: Iterable[Subject]) -> None:
        """There is nothing more at these."""
        for subject in list(subjects):
            self.put(subject, ())

    def subjects(self) -> list[Subject]:
        """Where something was found."""
        return list(self._at)

    def all(self) -> Iterable[Conflict]:
        """All that stand, in no order."""
        return (one for found in self._at.values() for one in found)
