"""Whether a unit may be tasked: directly, by asking its owner, or not at all."""

from dataclasses import dataclass
from datetime import timedelta

from cop.domain.agreement import Term

#: how long a request waits for its answer where no clause says
ANSWER_WITHIN = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Direct:
    """It may be sent at once: it is our own, or its owner gave consent in advance by `term`."""

    reason: str
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Its owner is asked. `term` covers the request; without one nothing obliges them to consider it."""

    reason: str
    term: Term | None = None
    answer_within: timedelta = ANSWER_WITHIN

    @property
    def covered(self) -> bool:
        """Whether a clause speaks of this."""
        return self.term is not None


@dataclass(frozen=True, slots=True)
class Refused:
    """It may not be tasked, for this reason."""

    reason: str
    term: Term | None = None


Tasking = Direct | Request | Refused
