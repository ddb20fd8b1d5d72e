"""Which units could do it: ranked, each with the words why it stands where it stands."""

from dataclasses import dataclass

from cop.domain.rules.tasking import Tasking
from cop.picture.change import Key


@dataclass(frozen=True, slots=True)
class Need:
    """What is looked for: kinds of units, or capabilities; nothing named is what fits the incident's type."""

    kinds: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    #: not offered again: already asked, or turned down
    without: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that could be sent: metres in a straight line, seconds by road as a rough guess, degrees from north.

    `void` says what its going would leave uncovered at home; empty if nothing. `why` says why it stands here.
    """

    unit: Key
    row: int
    metres: float
    seconds: float
    bearing_deg: float
    fits: bool
    tasking: Tasking
    void: str
    why: str
