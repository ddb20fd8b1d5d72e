"""The zones that people drew, as ground: which of them reach where an incident is not, and which are active over it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from cop.authority.sites import Reach
from cop.domain.area import Zone
from cop.domain.words import zone_label
from cop.picture.change import Key
from cop.picture.ground import Ground
from cop.picture.picture import Picture

#: zones in which an incident does something to the ground, the worst first; others are places to work from
_REACHING = ("hot_zone", "warm_zone", "evacuation", "perimeter")
#: no clock brings it
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Drawn:
    zone: Zone
    exercise: bool
    incident: Key | None
    names: frozenset[str]
    ground: BaseGeometry

    def holds(self, now: datetime) -> bool:
        starts, ends = self.zone.starts_at, self.zone.expires_at
        return (starts is None or starts <= now) and (ends is None or now < ends)


class DrawnZones:
    """Looks at the picture's zones when they change. `wanted` are the names that clauses ask to be active."""

    def __init__(self, picture: Picture, ground: Ground, wanted: frozenset[str]) -> None:
        self._picture = picture
        self._wanted = frozenset(name.casefold() for name in wanted)
        #: a planning zone is meant by its id and by its name alike
        self._alike: dict[str, frozenset[str]] = {}
        for one in ground.jurisdictions:
            if one.level == "planning_zone":
                names = frozenset((one.id.casefold(), one.name.casefold()))
                self._alike.update(dict.fromkeys(names, names))
        self._drawn: dict[Key, _Drawn] = {}
        self._of_incident: dict[Key, set[Key]] = {}
        self._active: set[Key] = set()
        self.take(picture.zones)

    def take(self, zones: Iterable[Key]) -> tuple[bool, set[Key]]:
        """Look at zones that are new, changed or gone: whether clauses ask for one, for which incidents."""
        asked_for, incidents = False, set()
        for key in list(zones):
            for one in (self._leave(key), self._come(key)):
                if one is not None:
                    asked_for = asked_for or not self._wanted.isdisjoint(one.names)
                    incidents |= {one.incident} if one.incident is not None else set()
        return asked_for, incidents

    def reaches(self, incident: Iterable[Key], now: datetime) -> list[Reach]:
        """The ground of the zones of an incident, by all its reports, the worst zones first."""
        keys = sorted({zone for key in incident for zone in self._of_incident.get(key, ())})
        if not keys:
            return []
        mine = self._picture.incidents
        drills = {mine[key].exercise for key in incident if key in mine}
        found = [one for one in map(self._drawn.__getitem__, keys) if one.holds(now) and one.exercise in drills]
        found = [one for one in found if one.zone.kind in _REACHING]
        found.sort(key=lambda one: _REACHING.index(one.zone.kind))
        return [Reach(one.ground, zone_label(one.zone.kind).lower()) for one in found]

    def active(self, lat: float, lon: float, now: datetime, *, exercise: bool) -> frozenset[str]:
        """Names, in small letters, of the zones over a place that clauses ask for."""
        if not self._active:
            return frozenset()
        over = [one for one in map(self._drawn.__getitem__, self._active) if one.holds(now)]
        return frozenset(
            name
            for one in over
            if one.exercise == exercise and bool(shapely.intersects_xy(one.ground, lon, lat))
            for name in one.names
        )

    def turns_at(self, now: datetime) -> datetime:
        """The next moment at which a zone begins or ends to hold."""
        edges = (edge for one in self._drawn.values() for edge in (one.zone.starts_at, one.zone.expires_at))
        return min((edge for edge in edges if edge is not None and edge > now), default=NEVER)

    def _leave(self, key: Key) -> _Drawn | None:
        before = self._drawn.pop(key, None)
        self._active.discard(key)
        if before is not None and before.incident is not None:
            zones = self._of_incident[before.incident]
            zones.discard(key)
            if not zones:
                del self._of_incident[before.incident]
        return before

    def _come(self, key: Key) -> _Drawn | None:
        report = self._picture.zones.get(key)
        body = report.body if report is not None else None
        if report is None or not isinstance(body, Zone):
            return None
        names = frozenset(name.casefold() for name in (body.kind, body.name, body.id) if name)
        names |= frozenset(alike for name in names for alike in self._alike.get(name, ()))
        asked_for = not self._wanted.isdisjoint(names)
        # a zone that names no agency means an incident of the agency that drew it
        incident = (body.incident_agency or report.agency, body.incident) if body.incident else None
        if not asked_for and (incident is None or body.kind not in _REACHING):
            return None
        ground = _ground(body)
        if ground is None:
            return None
        one = self._drawn[key] = _Drawn(body, report.exercise, incident, names, ground)
        if incident is not None:
            self._of_incident.setdefault(incident, set()).add(key)
        if asked_for:
            self._active.add(key)
        return one


def _ground(zone: Zone) -> BaseGeometry | None:
    """What a zone covers; None where a feed's geometry is none, or has no inside."""
    try:
        with np.errstate(invalid="ignore"):  # what is no number is looked for below
            read = shape(zone.geometry)
        corners = shapely.get_coordinates(read)
        if not (np.abs(corners) <= 360.0).all():
            return None
        read = read if read.is_valid else shapely.make_valid(read)
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
        return None
    if not read.area > 0.0:
        return None
    shapely.prepare(read)
    return read
