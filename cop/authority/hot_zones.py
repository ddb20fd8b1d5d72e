"""Who is inside a hot zone without a task there, kept up: of the units only those that moved are looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from cop.authority.called import Called
from cop.authority.engaged import Engaged, Touched
from cop.authority.kept import Kept
from cop.domain.area import Zone
from cop.domain.incident import Incident
from cop.domain.rules.conflict_places import in_hot_zone
from cop.picture.change import Change, Key
from cop.picture.names import one_line
from cop.picture.picture import Picture
from cop.picture.tracks import KIND_CODES

_HOT = "hot_zone"
_MOST_VERTICES = 20_000
#: no crew sits in these
_UNMANNED = tuple(KIND_CODES[kind] for kind in ("facility", "sensor", "drone"))
_NOBODY = np.empty(0, dtype=np.intp)


@dataclass(slots=True)
class _Hot:
    """A hot zone that holds now: its ground, and since when which rows of the tracks are seen inside."""

    zone: Zone
    geometry: BaseGeometry
    bounds: tuple[float, float, float, float]
    inside: NDArray[np.bool_]
    since: dict[int, datetime]
    exercise: bool


class HotZones:
    """`take` each change, `tick` each second: zones begin and end by the clock."""

    def __init__(self, picture: Picture, engaged: Engaged, *, live: bool) -> None:
        self._picture = picture
        self._engaged = engaged
        self._live = live
        self._names = Called(picture)
        self.kept = Kept()
        self._zones: dict[Key, _Hot] = {}
        #: (zone, agency) where a line of the list may be another now
        self._stale: set[tuple[Key, str]] = set()

    def take(self, change: Change, touched: Touched, now: datetime) -> None:
        """What a pulse changed."""
        for key in change.zones:
            self._read(key, now)
        if self._zones:
            rows = change.moved
            if change.units:
                known = (self._picture.tracks.row_of(*key) for key in change.units)
                rows = np.union1d(rows, np.array([row for row in known if row is not None], dtype=np.intp))
            if rows.size:
                self._move(rows, now)
            if change.units or touched.units or change.incidents or change.links:
                self._touch(change, touched)
        self._say()

    def tick(self, touched: Touched, now: datetime) -> None:
        """Zones begin and end."""
        for key, report in self._picture.zones.items():
            body = report.body
            if isinstance(body, Zone) and body.kind == _HOT and (key in self._zones) != _holds(body, now):
                self._read(key, now)
        if touched.units:
            self._touch(Change(), touched)
        self._say()

    def renew(self) -> None:
        """Say all of them again: something is called otherwise."""
        for key, hot in self._zones.items():
            self._stale.update((key, agency) for agency in self._agencies(hot))
        self._say()

    def _read(self, key: Key, now: datetime) -> None:
        """A zone came, changed, begins, or is over."""
        before = self._zones.pop(key, None)
        if before is not None:
            self._stale.update((key, agency) for agency in self._agencies(before))
        report = self._picture.zones.get(key)
        zone = report.body if report is not None else None
        if report is None or not isinstance(zone, Zone) or zone.kind != _HOT or not _holds(zone, now):
            return
        if self._live and report.exercise:
            return
        geometry = before.geometry if before is not None and before.zone.geometry == zone.geometry else None
        geometry = geometry or _ground_of(zone.geometry)
        if geometry is None:
            return
        shapely.prepare(geometry)
        tracks = self._picture.tracks
        hot = _Hot(zone, geometry, geometry.bounds, np.zeros(tracks.count, dtype=np.bool_), {}, report.exercise)
        self._zones[key] = hot
        self._place(key, hot, np.arange(tracks.count), now)
        if before is not None:
            hot.since.update({row: before.since.get(row, at) for row, at in hot.since.items()})

    def _move(self, rows: NDArray[np.intp], now: datetime) -> None:
        for key, hot in self._zones.items():
            self._place(key, hot, rows, now)

    def _place(self, key: Key, hot: _Hot, rows: NDArray[np.intp], now: datetime) -> None:
        """Which of these rows are inside now, and which were."""
        tracks = self._picture.tracks
        if len(hot.inside) < tracks.count:
            grown = np.zeros(max(tracks.count, 2 * len(hot.inside)), dtype=np.bool_)
            grown[: len(hot.inside)] = hot.inside
            hot.inside = grown
        lon, lat = tracks.lon[rows], tracks.lat[rows]
        west, south, east, north = hot.bounds
        near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        is_in = np.zeros(len(rows), dtype=np.bool_)
        if near.size:
            is_in[near] = shapely.intersects_xy(hot.geometry, lon[near], lat[near]) & self._counts(rows[near], hot)
        changed = np.flatnonzero(is_in != hot.inside[rows])
        for at in changed.tolist():
            row = int(rows[at])
            if is_in[at]:
                hot.since[row] = _seen(float(tracks.reported_at[row]), now)
            else:
                hot.since.pop(row, None)
            self._stale.add((key, tracks.keys[row][0]))
        hot.inside[rows[changed]] = is_in[changed]

    def _counts(self, rows: NDArray[np.intp], hot: _Hot) -> NDArray[np.bool_]:
        tracks = self._picture.tracks
        counts: NDArray[np.bool_] = (
            tracks.present[rows] & ~tracks.doubtful[rows] & ~np.isin(tracks.kind[rows], _UNMANNED)
        )
        if self._live:
            counts &= ~tracks.exercise[rows]
        return counts

    def _agencies(self, hot: _Hot) -> set[str]:
        return {self._picture.tracks.keys[row][0] for row in hot.since}

    def _touch(self, change: Change, touched: Touched) -> None:
        """Units that are inside have other tasks or other names, or an incident moved into a zone or out of it."""
        for key, hot in self._zones.items():
            if change.links or not change.incidents.isdisjoint(self._incidents_of(hot)):
                self._stale.update((key, agency) for agency in self._agencies(hot))
                continue
            for unit in self._units(hot):
                if unit in touched.units or unit in change.units:
                    self._stale.add((key, unit[0]))

    def _incidents_of(self, hot: _Hot) -> set[Key]:
        """The incidents that the units inside work for."""
        return {
            one.incident for unit in self._units(hot) for one in self._engaged.of_unit(unit) if one.incident is not None
        }

    def _units(self, hot: _Hot) -> Iterable[Key]:
        keys = self._picture.tracks.keys
        return (keys[row] for row in hot.since)

    def _say(self) -> None:
        for key, agency in self._stale:
            hot = self._zones.get(key)
            found = {}
            if hot is not None:
                keys = self._picture.tracks.keys
                found = {
                    keys[row]: at
                    for row, at in hot.since.items()
                    if keys[row][0] == agency and not self._has_task_there(keys[row], hot)
                }
            name = one_line(hot.zone.name) if hot is not None else ""
            words = f"the hot zone “{name[:40]}”" if name else "a hot zone"
            self.kept.put(("zone", *key, agency), in_hot_zone(key, agency, found, zone_name=words, names=self._names))
        self._stale.clear()

    def _has_task_there(self, unit: Key, hot: _Hot) -> bool:
        """Whether it is at work for the zone's incident, or for one that lies inside."""
        same = self._picture.same
        of_zone = (hot.zone.incident_agency, hot.zone.incident)
        for one in self._engaged.of_unit(unit):
            if not one.at_work or one.incident is None or (self._live and one.exercise):
                continue
            if hot.zone.incident and (one.incident == of_zone or one.incident in same.of(of_zone)):
                return True
            report = self._picture.incidents.get(one.incident)
            body = report.body if report is not None else None
            if not isinstance(body, Incident) or body.lat is None or body.lon is None:
                continue
            if bool(shapely.intersects_xy(hot.geometry, body.lon, body.lat)):
                return True
        return False


def _holds(zone: Zone, now: datetime) -> bool:
    return (zone.starts_at is None or zone.starts_at <= now) and (zone.expires_at is None or zone.expires_at > now)


def _seen(reported_at: float, now: datetime) -> datetime:
    """Since when it is inside, as far as it was told: its own time, unless its clock is ahead of ours."""
    if not np.isfinite(reported_at) or reported_at > now.timestamp():
        return now
    return datetime.fromtimestamp(reported_at, UTC)


def _ground_of(geometry: dict[str, Any]) -> BaseGeometry | None:
    """A drawing as ground that one can be inside; None if it is none. What crosses itself is taken as it is drawn."""
    try:
        read = shape(geometry)
        if read.is_empty or shapely.get_dimensions(read) < 2 or shapely.get_num_coordinates(read) > _MOST_VERTICES:
            return None
        vertices = shapely.get_coordinates(read)
        if not np.isfinite(vertices).all():
            return None
        shapely.intersects_xy(read, *vertices[0])
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, shapely.errors.ShapelyError):
        return None  # the feeds validate; what still gets here is drawn nowhere either
    return read
