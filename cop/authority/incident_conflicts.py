"""The conflicts of incidents, kept up: pairs that look like one, and who claims to lead."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from cop.authority.called import Called
from cop.authority.kept import Kept
from cop.domain.incident import Incident, Link
from cop.domain.rules.conflict_incidents import (
    NEAR_M,
    WITHIN,
    Told,
    look_like_one,
    same_incident,
    two_commands,
    two_leads,
)
from cop.domain.rules.lead import Lead
from cop.domain.rules.same import ends_of, speaks_for
from cop.domain.words import INCIDENT_OVER
from cop.picture.change import Change, Key
from cop.picture.picture import Picture

#: degrees of latitude that hold `NEAR_M`, with room
_NEAR_DEG = NEAR_M / 111_000.0 * 1.05


class IncidentConflicts:
    """Compares an incident that changed with those near it, and asks anew who leads it."""

    def __init__(self, picture: Picture, *, live: bool, lead: Callable[[Key], Lead | None]) -> None:
        self._picture = picture
        self._live = live
        self._lead = lead
        self._names = Called(picture)
        self.kept = Kept()
        self._told: dict[Key, Told] = {}
        self._places = _Places()
        #: incident -> those that look like it, linked or not
        self._alike: dict[Key, set[Key]] = {}
        #: pairs that one of the two agencies has said something about
        self._judged: set[frozenset[Key]] = set()

    def take(self, change: Change, moved_leads: Iterable[Key]) -> None:
        """What a pulse changed, and the incidents whose lead is another now."""
        again: set[Key] = set()
        for key in change.incidents:
            again |= self._tell(key)
        if change.links:
            self._judge()
            again |= set(self._alike)
        for key in again:
            self._look_alike(key)
        leads = {*change.incidents, *moved_leads}
        if change.commands or change.links:
            leads |= self._picture.commanding.touched(change)
        if change.links:
            leads.update((subject[1], subject[2]) for subject in self.kept.subjects() if subject[0] == "lead")
        for key in leads:
            self._look_at_leads(key)

    def look_at_leads(self, keys: Iterable[Key]) -> None:
        """Ask anew who leads these."""
        for key in keys:
            self._look_at_leads(key)

    def renew(self) -> None:
        """Look at all of them: something is called otherwise."""
        for key in self._alike:
            self._look_alike(key)
        for subject in self.kept.subjects():
            if subject[0] == "lead":
                self._look_at_leads((subject[1], subject[2]))

    def contested(self) -> list[Key]:
        """The incidents that two claim to lead."""
        return [(subject[1], subject[2]) for subject in self.kept.subjects() if subject[0] == "lead"]

    def _tell(self, key: Key) -> set[Key]:
        """Take over what is said of an incident now; the ones whose pairs that may have changed."""
        before = self._alike.pop(key, set())
        for other in before:
            self._alike[other].discard(key)
            if not self._alike[other]:
                del self._alike[other]
        told = self._read(key)
        if told is None:
            self._told.pop(key, None)
            self._places.remove(key)
            return {key, *before}
        self._told[key] = told
        assert told.incident.lat is not None
        assert told.incident.lon is not None
        alike = set()
        for other in self._places.near(told.incident.lat, told.incident.lon, told.opened.timestamp()):
            if other != key and look_like_one(told, self._told[other]):
                alike.add(other)
                self._alike.setdefault(other, set()).add(key)
        if alike:
            self._alike[key] = alike
        self._places.put(key, told.incident.lat, told.incident.lon, told.opened.timestamp())
        return {key, *before, *alike}

    def _read(self, key: Key) -> Told | None:
        report = self._picture.incidents.get(key)
        body = report.body if report is not None else None
        if report is None or not isinstance(body, Incident) or body.status in INCIDENT_OVER:
            return None
        if body.lat is None or body.lon is None or (self._live and report.exercise):
            return None
        if self._picture.home.doubt(report.agency, body.lat, body.lon) is not None:
            return None
        return Told(key, body, report.exercise)

    def _look_alike(self, key: Key) -> None:
        """An incident is held against the first told that looks like it, so that many of one event are few lines."""
        told = self._told.get(key)
        if told is None:
            self.kept.put(("alike", *key), ())
            return
        mine = (told.opened, key)
        alike = sorted(
            (self._told[one] for one in self._alike.get(key, ())), key=lambda other: (other.opened, other.key)
        )
        earlier = (other for other in alike if (other.opened, other.key) < mine)
        found = next((other for other in earlier if self._open(other.key, key)), None)
        self.kept.put(("alike", *key), (same_incident(found, told, self._names) if found is not None else None,))

    def _open(self, first: Key, second: Key) -> bool:
        """Whether nobody who may has said yet what the two are to each other."""
        ones, others = self._picture.same.of(first), self._picture.same.of(second)
        if second in ones:
            return False
        return not any(frozenset((one, other)) in self._judged for one in ones for other in others)

    def _judge(self) -> None:
        self._judged = set()
        for report in self._picture.links.values():
            if isinstance(report.body, Link) and speaks_for(report.agency, report.body):
                ends = ends_of(report.body)
                if ends is not None and (not report.exercise or not self._live):
                    self._judged.add(frozenset(ends))

    def _look_at_leads(self, key: Key) -> None:
        report = self._picture.incidents.get(key)
        body = report.body if report is not None else None
        if report is None or not isinstance(body, Incident) or body.status in INCIDENT_OVER:
            self.kept.put(("lead", *key), ())
            return
        if (self._live and report.exercise) or self._picture.same.lead(key) != key:
            self.kept.put(("lead", *key), ())
            return
        lead = self._lead(key)
        standing = self._picture.commanding.standing(key)
        self.kept.put(
            ("lead", *key), (two_commands(key, standing, lead, self._names), two_leads(key, body, lead, self._names))
        )


class _Places:
    """Where and when the incidents are, in columns, so that one is held against all in one step."""

    def __init__(self) -> None:
        self._at: dict[Key, int] = {}
        self._keys: list[Key | None] = []
        self._free: list[int] = []
        self._columns: NDArray[np.float64] = np.full((3, 256), np.nan)

    def put(self, key: Key, lat: float, lon: float, opened: float) -> None:
        """Note one, in place of what was noted of it."""
        at = self._at.get(key)
        if at is None:
            if self._free:
                at = self._free.pop()
                self._keys[at] = key
            else:
                at = len(self._keys)
                self._keys.append(key)
                if at == self._columns.shape[1]:
                    self._columns = np.concatenate((self._columns, np.full_like(self._columns, np.nan)), axis=1)
            self._at[key] = at
        self._columns[:, at] = (lat, lon, opened)

    def remove(self, key: Key) -> None:
        """It is over, or has no place."""
        at = self._at.pop(key, None)
        if at is not None:
            self._keys[at] = None
            self._columns[:, at] = np.nan
            self._free.append(at)

    def near(self, lat: float, lon: float, opened: float) -> list[Key]:
        """Those that may be near enough in place and time, generously."""
        lats, lons, times = self._columns[:, : len(self._keys)]
        wide = _NEAR_DEG / max(np.cos(np.radians(lat)), 0.01)
        east = np.abs((lons - lon + 180.0) % 360.0 - 180.0)
        close = (np.abs(lats - lat) <= _NEAR_DEG) & (east <= wide)
        close &= np.abs(times - opened) <= WITHIN.total_seconds()
        return [key for at in np.flatnonzero(close).tolist() if (key := self._keys[at]) is not None]
