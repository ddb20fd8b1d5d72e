"""What an applied batch changed: all that layers and tables need to redraw."""

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from cop.domain.batch import Upset

Key = tuple[str, str]


@dataclass(slots=True)
class Change:
    """`moved` are rows of the tracks; the rest are keys (agency, id) of objects that are new, changed or gone.

    `tasks` are also those that may stand differently by what was said of others.
    """

    moved: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, dtype=np.intp))
    units: set[Key] = field(default_factory=set)
    incidents: set[Key] = field(default_factory=set)
    resources: set[Key] = field(default_factory=set)
    tasks: set[Key] = field(default_factory=set)
    zones: set[Key] = field(default_factory=set)
    links: set[Key] = field(default_factory=set)
    alerts: set[Key] = field(default_factory=set)
    agencies: set[str] = field(default_factory=set)
    presence: set[Key] = field(default_factory=set)
    consents: set[Key] = field(default_factory=set)
    #: words about consent that somebody took back: they stand, but who comes later does not hear them
    taken_back: set[Key] = field(default_factory=set)
    commands: set[Key] = field(default_factory=set)
    requests: set[Key] = field(default_factory=set)
    feeds: set[str] = field(default_factory=set)
    log: int = 0
    refusals: int = 0
    #: kind, agency, id of what an old word was sent again of: the broker keeps that one now, not the one that stands
    overtaken: set[tuple[str, str, str]] = field(default_factory=set)
    broker: bool = False
    #: what happened to this computer: it slept, its clock was set
    upsets: list[Upset] = field(default_factory=list)
    delivered: set[tuple[str, str, str]] = field(default_factory=set)

    def then(self, later: "Change") -> "Change":
        """This change and a later one as one: whoever is told looks at what stands after both."""
        joined = Change(moved=np.union1d(self.moved, later.moved).astype(np.intp))
        for one in fields(self):
            first, second = getattr(self, one.name), getattr(later, one.name)
            if isinstance(first, set):
                setattr(joined, one.name, first | second)
            elif isinstance(first, bool):
                setattr(joined, one.name, first or second)
            elif isinstance(first, int | list):
                setattr(joined, one.name, first + second)
        return joined

    def __bool__(self) -> bool:
        return bool(
            self.moved.size
            or self.units
            or self.incidents
            or self.resources
            or self.tasks
            or self.zones
            or self.links
            or self.alerts
            or self.agencies
            or self.presence
            or self.consents
            or self.taken_back
            or self.commands
            or self.requests
            or self.feeds
            or self.log
            or self.refusals
            or self.broker
            or self.upsets
            or self.delivered
        )
