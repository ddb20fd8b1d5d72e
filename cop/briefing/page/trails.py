"""Where units had been, as a page holds it: small, for a slider that moves thousands of units."""

import math
from typing import Any

import numpy as np

from cop.briefing.exports.export import Export
from cop.briefing.exports.things import Way, ways

#: of the whole page; of more every second, third … is left out, the newest of each unit never
MOST_POINTS = 150_000
_STEPS = 1e5  # of a degree: a metre


def trails(export: Export) -> list[dict[str, Any]]:
    """Each unit's `points`, oldest first: seconds before the moment, latitude and longitude (1e-5 degrees), one after
    the other, each as the difference to the one before; `parted` are those that nothing is known to join to it.
    """
    every = list(ways(export))
    step = max(1, math.ceil(sum(len(way.trail.at) for way in every) / MOST_POINTS))
    return [_told(way, step, export.at.timestamp()) for way in every]


def _told(way: Way, step: int, at_s: float) -> dict[str, Any]:
    trail = way.trail
    kept = np.arange((len(trail.at) - 1) % step, len(trail.at), step)
    # a gap between two that are kept is a gap, wherever it lies between them
    gaps = np.cumsum(~np.asarray(trail.joined, dtype=np.bool_))
    parted = np.flatnonzero(np.diff(gaps[kept])) + 1
    table = np.column_stack((trail.at[kept] - at_s, trail.lat[kept] * _STEPS, trail.lon[kept] * _STEPS))
    whole = np.rint(table).astype(np.int64)
    differences = np.diff(whole, axis=0, prepend=np.zeros((1, 3), dtype=np.int64))
    return {"agency": way.agency, "id": way.unit, "points": differences.ravel().tolist(), "parted": parted.tolist()}
