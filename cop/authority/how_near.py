"""How near agencies are to a place: by their nearest unit that is free, else by their ground."""

from datetime import datetime

import numpy as np
import shapely

from cop.domain.agreement import Agreements, LeadClause
from cop.domain.distance import distance_m
from cop.domain.rules.clauses import is_about
from cop.domain.words import UNIT_STATUSES
from cop.picture.ground import Ground
from cop.picture.picture import Picture

_DEGREE_M = 111_320.0
_AVAILABLE = list(UNIT_STATUSES).index("available")


class HowNear:
    """Measures for "closest of" alone: where no clause says it, nothing is measured."""

    def __init__(self, picture: Picture, ground: Ground, agreements: Agreements) -> None:
        self._picture = picture
        self._ground = ground
        self._terms = [t for t in agreements.terms if isinstance(t.clause, LeadClause) and t.clause.closest_of]

    def metres(self, incident_type: str, lat: float, lon: float, now: datetime, *, exercise: bool) -> dict[str, float]:
        """Metres of each agency that a clause for this type names; an agency without unit or ground has none."""
        clauses = [term.clause for term in self._terms if is_about(term, incident_type)]
        agencies = {one for clause in clauses if isinstance(clause, LeadClause) for one in clause.closest_of}
        if not agencies:
            return {}
        found = self._of_units(agencies, lat, lon, now, exercise=exercise)
        for agency in agencies - set(found):
            metres = self._to_ground(agency, lat, lon)
            if metres is not None:
                found[agency] = metres
        return found

    def _of_units(
        self, agencies: set[str], lat: float, lon: float, now: datetime, *, exercise: bool
    ) -> dict[str, float]:
        tracks = self._picture.tracks
        codes = {code: agency for code, agency in enumerate(tracks.agencies) if agency in agencies}
        free = tracks.present & (tracks.status == _AVAILABLE) & ~tracks.doubtful & ~np.isnan(tracks.lat)
        free &= np.isin(tracks.agency, list(codes)) & ~self._picture.stale(now)
        if not exercise:
            free &= ~tracks.exercise
        rows = np.flatnonzero(free)
        metres = distance_m(lat, lon, tracks.lat[rows], tracks.lon[rows])
        owners = tracks.agency[rows]
        return {agency: float(metres[owners == code].min()) for code, agency in codes.items() if (owners == code).any()}

    def _to_ground(self, agency: str, lat: float, lon: float) -> float | None:
        """Metres to an agency's nearest ground, 0 on it: right near by, a few hundredths off far away."""
        own = [one.geometry for one in self._ground.jurisdictions if one.agency == agency]
        if not own:
            return None
        squeeze = float(np.cos(np.radians(lat)))
        flat = shapely.transform(own, lambda xy: (xy - (lon, lat)) * (squeeze * _DEGREE_M, _DEGREE_M))
        return float(shapely.distance(flat, shapely.Point(0.0, 0.0)).min())
