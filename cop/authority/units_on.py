"""How many units are on an incident: those that an open task for it names."""

from collections.abc import Iterable

from cop.authority.engaged import Engaged
from cop.domain.words import TASK_OVER
from cop.picture.change import Key

#: tasks in these states bring nobody: over, or not yet said
_NOBODY = TASK_OVER | {"draft"}


class UnitsOn:
    """Kept up as tasks change; `take` what `Engaged.take` looked at again."""

    def __init__(self, engaged: Engaged) -> None:
        self._engaged = engaged
        self._incident_of: dict[Key, Key] = {}
        #: incident -> task -> its unit
        self._units: dict[Key, dict[Key, Key]] = {}
        self.take(engaged.open)

    def take(self, tasks: Iterable[Key]) -> set[Key]:
        """Look at tasks that may stand differently; the incidents that they were for and are for."""
        touched: set[Key] = set()
        for key in list(tasks):
            before = self._incident_of.pop(key, None)
            if before is not None:
                touched.add(before)
                self._units[before].pop(key)
                if not self._units[before]:
                    del self._units[before]
            one = self._engaged.open.get(key)
            incident = one.incident if one is not None else None
            if one is not None and incident is not None and one.state not in _NOBODY:
                touched.add(incident)
                self._incident_of[key] = incident
                self._units.setdefault(incident, {})[key] = one.unit
        return touched

    def count(self, reports: Iterable[Key]) -> int:
        """Units on an incident, by all reports of it; one of two tasks is one."""
        return len({unit for key in reports for unit in self._units.get(key, {}).values()})
