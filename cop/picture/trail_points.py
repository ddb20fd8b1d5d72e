"""One point of a trail: where a unit was, as small as it can be kept."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: up to here a unit rests, in decimetres a second; the highest speed that fits, and none at all
_REST_DMPS, _FASTEST_DMPS, NO_SPEED = 5, 4094, 4095
#: a turn by more than this is kept too; the sector of a unit at rest, and of one of unknown course
_SECTOR_DEG, REST, _NO_COURSE = 45.0, 9, 8
#: a promise to report again only in hours is no reason to draw a straight line
_LONGEST_PROMISE_S = 3600.0
#: how long a position without a promise counts
_UNPROMISED_S = 60.0
PLACES = 1e7

POINT = np.dtype(
    [
        ("unit", "<i4"),
        ("at", "<f8"),  # epoch seconds, the sender's
        ("lat", "<i4"),  # 1e-7 degrees
        ("lon", "<i4"),
        ("sector_speed", "<u2"),  # sector << 12 | decimetres a second
        ("until", "<u4"),  # epoch seconds: until then its sender promised to be heard again
    ]
)


def points_of(positions: NDArray[Any]) -> NDArray[Any]:
    """Positions as points; which unit's they are is written later."""
    points = np.zeros(len(positions), dtype=POINT)
    at = positions["reported_at"]
    points["at"] = at
    points["lat"] = np.rint(positions["lat"] * PLACES)
    points["lon"] = np.rint(positions["lon"] * PLACES)
    stale_at = positions["stale_at"]
    promised = np.where(stale_at > at, stale_at - at, _UNPROMISED_S)  # NaN: no promise
    points["until"] = np.ceil(at + np.minimum(promised, _LONGEST_PROMISE_S))
    known = np.isfinite(positions["speed_mps"])
    speed = np.clip(np.rint(np.where(known, positions["speed_mps"], 0.0) * 10.0), 0, _FASTEST_DMPS).astype(np.uint16)
    course = positions["course_deg"]
    turned = np.where(np.isfinite(course), course, 0.0) % 360.0 // _SECTOR_DEG
    sector = np.where(np.isfinite(course), turned, _NO_COURSE)
    sector = np.where(known & (speed <= _REST_DMPS), REST, sector).astype(np.uint16)
    points["sector_speed"] = sector << 12 | np.where(known, speed, NO_SPEED).astype(np.uint16)
    return points


def columns_of(room: int) -> dict[str, NDArray[Any]]:
    """Columns and not records: what is asked for most, whose points these are and from when, is read in one sweep."""
    return {name: np.zeros(room, dtype=POINT[name]) for name in POINT.names or ()}
