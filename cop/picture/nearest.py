"""Which units that can be asked for are nearest to a place."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from cop.domain.distance import distance_m
from cop.domain.words import UNIT_KINDS, UNIT_STATUSES, leading_discipline, unit_discipline
from cop.picture.picture import Picture

#: roads are longer than the straight line, and a unit under lights makes about this in town
DETOUR = 1.3
SPEED_MPS = 60 / 3.6
_AVAILABLE = list(UNIT_STATUSES).index("available")
_DISCIPLINES = np.array([unit_discipline(kind) for kind in UNIT_KINDS])


@dataclass(frozen=True, slots=True)
class Near:
    """A unit near a place: its row in the tracks, metres in a straight line, seconds by road as a rough guess."""

    row: int
    metres: float
    seconds: float
    fits: bool


def nearest_units(
    picture: Picture, incident_type: str, lat: float, lon: float, *, now: datetime, limit: int, live: bool = False
) -> list[Near]:
    """Available units with a fresh position: those of the type's leading discipline first, then by distance.

    Nobody is near by a doubtful place, and nobody who only exercises is offered for `live` work.
    """
    tracks = picture.tracks
    free = tracks.present & (tracks.status == _AVAILABLE) & ~picture.stale(now) & ~np.isnan(tracks.lat)
    free &= ~tracks.doubtful
    if live:
        free &= ~tracks.exercise
    rows = np.flatnonzero(free)
    if not rows.size:
        return []
    metres = distance_m(lat, lon, tracks.lat[rows], tracks.lon[rows])
    fits: NDArray[np.bool_] = np.isin(_DISCIPLINES[tracks.kind[rows]], leading_discipline(incident_type))
    best = np.lexsort((metres, ~fits))[:limit]
    return [
        Near(int(rows[at]), float(metres[at]), float(metres[at]) * DETOUR / SPEED_MPS, bool(fits[at])) for at in best
    ]
