"""A task that is not over, with where it stands: what the rules about conflicts look at."""

from dataclasses import dataclass
from datetime import datetime

from cop.domain.rules.same import End
from cop.domain.task import Task

#: a unit of a task in these states is at work on it; in the others it is only asked for
AT_WORK = frozenset({"accepted", "en_route", "on_scene"})


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that is not over: who asked for it (`key`), where it stands, and when its owner last spoke of it."""

    key: End
    task: Task
    state: str
    exercise: bool = False
    answered_at: datetime | None = None

    @property
    def asker(self) -> str:
        """The agency that asks."""
        return self.key[0]

    @property
    def owner(self) -> str:
        """The agency that is asked."""
        return self.task.assignee_agency

    @property
    def unit(self) -> End:
        """The unit that is asked for."""
        return (self.task.assignee_agency, self.task.unit)

    @property
    def incident(self) -> End | None:
        """What it is for; None if for none."""
        return (self.task.incident_agency, self.task.incident) if self.task.incident else None

    @property
    def clause(self) -> tuple[str, str] | None:
        """The clause that it leans on, agreement and number; None if on none."""
        return (self.task.agreement, self.task.clause) if self.task.agreement else None

    @property
    def asked_at(self) -> datetime:
        """When it was first asked."""
        return self.task.asked_at or self.task.at

    @property
    def at_work(self) -> bool:
        """Whether its unit is on it."""
        return self.state in AT_WORK
