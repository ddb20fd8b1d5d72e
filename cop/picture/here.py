"""What is at a place and near it: units, incidents, zones and alerts, the nearest first."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from cop.domain.area import Alert, Zone
from cop.domain.distance import distance_m
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.words import INCIDENT_OVER
from cop.picture.change import Key
from cop.picture.picture import Picture

_DEGREE_M = 111_320.0
#: closed roads and marks have no inside: whoever is so near to one is told of it
_BESIDE_M = 100.0


@dataclass(frozen=True, slots=True)
class NearIncident:
    """An incident and how far it is; of what several report the one that speaks for it."""

    key: Key
    report: Report
    metres: float


def units_near(picture: Picture, lat: float, lon: float, limit: int) -> list[tuple[int, float]]:
    """Rows of the nearest units that are on the map, stale ones too, with their metres; none of doubtful place."""
    tracks = picture.tracks
    east = (np.asarray(tracks.lon) - lon + 180.0) % 360.0 - 180.0
    flat = (np.asarray(tracks.lat) - lat) ** 2 + (east * np.cos(np.radians(lat))) ** 2
    flat = np.where(tracks.present & ~tracks.doubtful & np.isfinite(flat), flat, np.inf)
    # near a pole the flat measure orders badly, so a few more are asked than are told
    few = min(4 * limit, len(flat))
    if not few:
        return []
    rows = np.argpartition(flat, few - 1)[:few]
    rows = rows[np.isfinite(flat[rows])]
    metres = distance_m(lat, lon, tracks.lat[rows], tracks.lon[rows])
    order = np.argsort(metres, kind="stable")[:limit]
    return [(int(rows[at]), float(metres[at])) for at in order]


def incidents_near(picture: Picture, lat: float, lon: float, within_m: float) -> list[NearIncident]:
    """Incidents that are not over, within so many metres."""
    placed = [
        (key, report, report.body.lat, report.body.lon)
        for key, report in picture.incidents.items()
        if isinstance(report.body, Incident)
        and report.body.lat is not None
        and report.body.lon is not None
        and report.body.status not in INCIDENT_OVER
        and picture.same.lead(key) == key
    ]
    if not placed:
        return []
    metres = distance_m(lat, lon, [one[2] for one in placed], [one[3] for one in placed])
    return [
        NearIncident(placed[at][0], placed[at][1], float(metres[at]))
        for at in np.argsort(metres, kind="stable")
        if metres[at] <= within_m
    ]


@dataclass
class Areas:
    """Zones and alerts that cover one place. Each geometry is read once, and again only when its object changes."""

    lat: float
    lon: float
    _known: dict[tuple[str, Key], tuple[Report, bool]] = field(default_factory=dict)

    def covering(self, picture: Picture) -> list[tuple[str, Report]]:
        """("zone" or "alert", report) of each that covers the place, or whose line or mark is within 100 m."""
        tables = {"alert": picture.alerts, "zone": picture.zones}
        found: list[tuple[str, Report]] = []
        known: dict[tuple[str, Key], tuple[Report, bool]] = {}
        for kind, table in tables.items():
            for key, report in table.items():
                before = self._known.get((kind, key))
                covers = before[1] if before is not None and before[0] is report else self._covers(report)
                known[kind, key] = (report, covers)
                if covers:
                    found.append((kind, report))
        self._known = known
        return found

    def _covers(self, report: Report) -> bool:
        body = report.body
        geometry = body.geometry if isinstance(body, Zone | Alert) else None
        if not geometry:
            return False
        try:
            read = shape(geometry)
            return _distance_m(read, self.lat, self.lon) <= (0.0 if read.area > 0.0 else _BESIDE_M)
        except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
            return False  # a geometry of a feed that is none covers nothing


def _distance_m(geometry: BaseGeometry, lat: float, lon: float) -> float:
    """Metres from a geometry, 0 inside; right near to it, which is where it matters."""
    if geometry.area > 0.0 and not geometry.is_valid:
        geometry = shapely.make_valid(geometry)
    point = shapely.Point(lon, lat)
    if geometry.intersects(point):
        return 0.0
    squeeze = float(np.cos(np.radians(lat)))
    flat = shapely.transform(geometry, lambda xy: (xy - (lon, lat)) * (squeeze * _DEGREE_M, _DEGREE_M))
    return float(flat.distance(shapely.Point(0.0, 0.0)))
