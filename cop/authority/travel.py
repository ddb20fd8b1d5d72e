"""How long units need to a place: a rough guess by the straight line, until a router takes its seat."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cop.domain.distance import distance_m
from cop.domain.words import UNIT_KINDS
from cop.picture.tracks import Tracks

Floats = NDArray[np.float64]

#: roads are longer than the straight line, and a unit under lights makes about this in town
DETOUR = 1.3
SPEED_MPS = 60 / 3.6
#: what flies goes straight, and faster; what floats is slower
_FLYING = frozenset({"helicopter", "air_ambulance", "aircraft", "drone"})
_FLYING_MPS = {"helicopter": 60.0, "air_ambulance": 60.0, "aircraft": 90.0, "drone": 15.0}
_FLOATING_MPS = {"boat": 9.0, "ferry": 9.0, "vessel": 6.0}
#: until the crew has taken the call it goes on as it went, and to turn round in traffic takes about so long
CALL_S = 45.0
TURN_S = 40.0
#: what is slower than this stands, whatever its course says
MOVING_MPS = 2.0


def _seconds_a_metre(kind: str) -> float:
    if kind in _FLYING:
        return 1.0 / _FLYING_MPS[kind]
    return DETOUR / _FLOATING_MPS.get(kind, SPEED_MPS)


_SECONDS_A_METRE = np.array([_seconds_a_metre(kind) for kind in UNIT_KINDS])


class Router(Protocol):
    """Says how long units need to a place. The seam for one that knows roads."""

    def reach(self, tracks: Tracks, rows: NDArray[np.intp], lat: float, lon: float) -> tuple[Floats, Floats]:
        """Metres in a straight line and seconds of travel for these rows, both of shape (rows,)."""


class StraightLine:
    """Straight line × detour at a kind's usual speed; one that heads away goes on until it has the call, and turns."""

    def reach(self, tracks: Tracks, rows: NDArray[np.intp], lat: float, lon: float) -> tuple[Floats, Floats]:
        """As `Router.reach`."""
        lats, lons = tracks.lat[rows], tracks.lon[rows]
        metres = distance_m(lat, lon, lats, lons)
        ahead = metres.copy()
        turning = np.zeros(len(rows))
        speed = tracks.speed_mps[rows]
        moving = np.flatnonzero(speed >= MOVING_MPS)  # NaN is not
        if moving.size:
            course = tracks.course_deg[rows[moving]].astype(np.float64)
            towards = np.cos(np.radians(course - bearing_deg(lats[moving], lons[moving], lat, lon)))
            towards = np.nan_to_num(towards)  # a course that nobody said
            # not past the place: who is there is there
            ahead[moving] = np.maximum(metres[moving] - speed[moving] * CALL_S * towards, 0.0)
            turning[moving] = TURN_S * (1.0 - towards) / 2.0
            turning[moving[np.isnan(course)]] = 0.0
        return metres, ahead * _SECONDS_A_METRE[tracks.kind[rows]] + turning


def bearing_deg(lat: Floats, lon: Floats, to_lat: float, to_lon: float) -> Floats:
    """The direction from places to one place, degrees from north, on a plane about that place: good for a region."""
    east = ((to_lon - lon + 180.0) % 360.0 - 180.0) * np.cos(np.radians((lat + to_lat) / 2))
    bearing: Floats = np.degrees(np.arctan2(east, to_lat - lat)) % 360.0
    return bearing
