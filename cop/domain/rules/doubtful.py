"""Whether a place can be believed unseen: one far from the ground of its agency only a person can judge."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cop.domain.distance import distance_m

Floats = NDArray[np.float64]


class Extent(NamedTuple):
    """The box around somebody's ground, degrees WGS 84; `middle` is a longitude, the box goes `half` to either side."""

    middle: float
    half: float
    south: float
    north: float


def extent_of(west: float, south: float, east: float, north: float) -> Extent:
    """A box from its edges."""
    return Extent((west + east) / 2, (east - west) / 2, south, north)


def metres_outside(lat: ArrayLike, lon: ArrayLike, boxes: ArrayLike) -> Floats:
    """How far places lie outside of boxes (`Extent`, or rows of such): 0 inside, NaN where there is no place.

    Measured to the nearest latitude and longitude of the box, the shorter way round the globe: within a few hundredths
    of the true distance where it matters, a few hundred kilometres away.
    """
    lat, lon = np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64)
    middle, half, south, north = np.moveaxis(np.asarray(boxes, dtype=np.float64), -1, 0)
    east_of_middle = (lon - middle + 180.0) % 360.0 - 180.0
    nearest_lon = lon - east_of_middle + np.clip(east_of_middle, -half, half)
    return distance_m(lat, lon, np.clip(lat, south, north), nearest_lon)


def are_doubtful(lat: ArrayLike, lon: ArrayLike, boxes: ArrayLike, beyond_m: float) -> NDArray[np.bool_]:
    """Which places lie more than `beyond_m` metres outside of their boxes; one that is not located is not doubtful."""
    lat, lon = np.asarray(lat, dtype=np.float64), np.asarray(lon, dtype=np.float64)
    boxes = np.broadcast_to(np.asarray(boxes, dtype=np.float64), (*lat.shape, 4))
    # most places lie inside, and seeing that is far cheaper than measuring
    outside = (lat < boxes[..., 2]) | (lat > boxes[..., 3]) | (np.abs(lon - boxes[..., 0]) > boxes[..., 1])
    doubtful = np.zeros(lat.shape, dtype=np.bool_)
    if outside.any():
        doubtful[outside] = metres_outside(lat[outside], lon[outside], boxes[outside]) > beyond_m
    return doubtful
