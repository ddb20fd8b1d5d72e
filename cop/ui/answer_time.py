"""How long a request has waited for its answer, and how much of its time is left."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from cop.domain.rules.tasking import ANSWER_WITHIN
from cop.domain.task import Task
from cop.ui import wording

#: calm, half of its time is used, or all of it
Pressure = Literal["calm", "soon", "over"]
#: what stands before the words, so that no colour says it alone
MARKS: dict[Pressure, str] = {"calm": "", "soon": "▲ ", "over": "⚠ "}
TONES: dict[Pressure, str] = {"calm": "muted", "soon": "warn", "over": "bad"}
#: a request is said to be near its end for so long before it, or for a quarter of its time where that is less
NEAR = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class AnswerTime:
    """A wait in seconds: `passed_s` since it was asked, `left_s` until its time is over (below zero after that)."""

    passed_s: float
    left_s: float

    @property
    def pressure(self) -> Pressure:
        """How urgent an answer is."""
        if self.left_s <= 0:
            return "over"
        return "soon" if self.passed_s >= self.left_s else "calm"

    @property
    def near_its_end(self) -> bool:
        """Whether the last of its time runs, or none is left."""
        whole = self.passed_s + self.left_s
        return self.left_s <= min(NEAR.total_seconds(), whole / 4)

    @property
    def mark(self) -> str:
        """The sign before the words; empty while there is time."""
        return MARKS[self.pressure]

    @property
    def tone(self) -> str:
        """The look of the words."""
        return TONES[self.pressure]

    def awaiting(self) -> str:
        """For who asked: "awaiting consent 1:42", then what is left, then since when it is overdue."""
        waits = f"awaiting consent {wording.waiting(self.passed_s)}"
        if self.pressure == "over":
            return f"{self.mark}no answer · overdue {wording.waiting(-self.left_s)}"
        return f"{self.mark}{waits} · {wording.waiting(self.left_s)} left" if self.pressure == "soon" else waits

    def left(self) -> str:
        """For who is asked: "3:18 left", or since when it is overdue."""
        if self.pressure == "over":
            return f"{self.mark}overdue {wording.waiting(-self.left_s)}"
        return f"{self.mark}{wording.waiting(self.left_s)} left"


def answer_time(task: Task, now: datetime) -> AnswerTime:
    """How a task's wait stands at `now`; one that names no end waits as long as is usual without a clause."""
    asked = task.asked_at or task.at
    until = task.answer_by or asked + ANSWER_WITHIN
    return AnswerTime(max(0.0, (now - asked).total_seconds()), (until - now).total_seconds())
