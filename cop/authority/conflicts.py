"""What stands open between agencies, kept up as the picture changes: one list, until each is settled."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from cop.authority.engaged import Engaged, Touched
from cop.authority.home_cover import HomeCover
from cop.authority.hot_zones import HotZones
from cop.authority.incident_conflicts import IncidentConflicts
from cop.authority.refused_words import RefusedWords
from cop.authority.task_conflicts import TaskConflicts
from cop.domain.rules.conflict import Conflict
from cop.domain.rules.conflict_order import is_ours, order
from cop.domain.rules.lead import Lead
from cop.picture.change import Change, Key
from cop.picture.picture import Picture
from cop.picture.whereabouts import Whereabouts

ConflictKey = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Noted:
    """A conflict that somebody at this desk set aside: it stays in the list, quietly, until there is more to it."""

    by: str
    at: datetime
    conflict: Conflict


@dataclass(frozen=True, slots=True)
class Counts:
    """How many stand open and were not set aside, and how many of these are ours to settle."""

    all: int
    ours: int


class Conflicts:
    """`take` each change, `tick` each second, then `standing` tells what is open; `version` grows when that changes."""

    def __init__(
        self,
        picture: Picture,
        engaged: Engaged,
        whereabouts: Whereabouts,
        *,
        own: str,
        live: bool,
        lead: Callable[[Key], Lead | None],
    ) -> None:
        self._picture = picture
        self._own = own
        self._tasks = TaskConflicts(picture, engaged, live=live)
        self._incidents = IncidentConflicts(picture, live=live, lead=lead)
        self._zones = HotZones(picture, engaged, live=live)
        self._cover = HomeCover(picture, engaged, whereabouts, live=live)
        self._refused = RefusedWords(picture)
        self._kept = tuple(one.kept for one in (self._tasks, self._incidents, self._zones, self._cover, self._refused))
        self._noted: dict[ConflictKey, Noted] = {}
        self._noted_changes = 0
        self._renamed = False
        self._read_at = -1
        self._standing: list[Conflict] = []

    @property
    def version(self) -> int:
        """Grows with each change of what `standing` tells."""
        return self._noted_changes + sum(one.version for one in self._kept)

    def begin(self) -> None:
        """Make what takes a second on large ground now, and not beside the screen."""
        self._cover.begin()

    def take(self, change: Change, now: datetime, *, touched: Touched, moved_leads: Iterable[Key] = ()) -> None:
        """What a pulse changed, which tasks that touched, and the incidents whose lead is another now."""
        self._tasks.take(change, touched, now)
        self._incidents.take(change, moved_leads)
        self._zones.take(change, touched, now)
        self._cover.take(change)
        self._refused.take(change, now)
        self._renamed = self._renamed or bool(change.agencies)

    def tick(self, now: datetime, *, touched: Touched, moved_leads: Iterable[Key] = ()) -> None:
        """A second has passed: answers are due, clauses end, zones begin, grounds are left."""
        self._tasks.tick(touched, now)
        self._incidents.look_at_leads({*self._incidents.contested(), *moved_leads})
        self._zones.tick(touched, now)
        if self._renamed:
            self._renamed = False
            self._tasks.renew(now)
            self._incidents.renew()
            self._zones.renew()
            self._cover.renew()
            self._refused.renew(now)
        self._cover.tick(now)
        self._refused.tick(now)

    def forget(self) -> None:
        """Nothing is set aside."""
        self._noted.clear()
        self._noted_changes += 1

    def standing(self) -> list[Conflict]:
        """All that is open, the most urgent first, ours before others'; what was set aside comes last."""
        if self._read_at != self.version:
            found = {one.key: one for kept in self._kept for one in kept.all()}
            self._noted = {key: one for key, one in self._noted.items() if key in found and not _grew(one, found[key])}
            self._standing = sorted(found.values(), key=lambda one: order(one, self._own, noted=one.key in self._noted))
            self._read_at = self.version
        return self._standing

    def counts(self) -> Counts:
        """For the top bar."""
        open_ones = [one for one in self.standing() if one.key not in self._noted]
        return Counts(len(open_ones), sum(is_ours(one, self._own) for one in open_ones))

    def set_aside(self, key: ConflictKey, by: str, now: datetime) -> None:
        """Somebody here has taken note: it need not stand out any longer. Other desks see it as before."""
        conflict = next((one for one in self.standing() if one.key == key), None)
        if conflict is not None:
            self._noted[key] = Noted(by, now, conflict)
            self._noted_changes += 1

    def bring_back(self, key: ConflictKey) -> None:
        """It stands out again."""
        if self._noted.pop(key, None) is not None:
            self._noted_changes += 1

    def noted(self, key: ConflictKey) -> Noted | None:
        """Who set it aside, and when; None if nobody did."""
        return self._noted.get(key)


def _grew(noted: Noted, now: Conflict) -> bool:
    """Whether there is more to it than what was set aside."""
    return not set(now.about) <= set(noted.conflict.about)
