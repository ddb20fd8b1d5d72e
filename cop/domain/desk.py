"""Who sits at a desk, and what a desk may say."""

from dataclasses import dataclass

from cop.domain.statement import Statement


@dataclass(frozen=True, slots=True)
class Operator:
    """A person at a desk: for which agency, in which role."""

    agency: str
    role: str
    name: str = ""
    desk: str = "desk"


@dataclass(frozen=True, slots=True)
class Command:
    """An action that the rules allow: what our agency will say, as one object of its own.

    `also` is said in the same breath: all of it is on disk, or nothing.
    """

    body: Statement
    also: tuple[Statement, ...] = ()

    @property
    def bodies(self) -> tuple[Statement, ...]:
        """All that is said, in order."""
        return (self.body, *self.also)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An action that the rules do not allow, and why, in the field's words."""

    reason: str
