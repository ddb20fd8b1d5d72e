"""Whether a place can be believed unseen: one far from the ground of its agency only a person can judge."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cop.domain.distance import distance_m

Floats = NDArray[np.float64]
#: latitudes and longitudes
Places = tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]


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


# places that are too far from where the unit was


#: metres a second that no unit of a kind goes faster than; 70 m/s is 250 km/h
_FASTEST_MPS = {
    **dict.fromkeys(("aircraft", "unknown"), 400.0),
    **dict.fromkeys(("helicopter", "air_ambulance"), 120.0),
    **dict.fromkeys(("train", "drone"), 100.0),
    **dict.fromkeys(("boat", "vessel", "ferry"), 45.0),
}
#: of a vehicle with wheels, and of a person in one; a post or a sensor may be carried in one
_FASTEST_ON_GROUND_MPS = 70.0
#: how far two right reports of one unit may lie apart whatever the time between them: fixes are noisy, times rounded
NOISE_M, _ROUNDED_S = 1_000.0, 5.0
#: more than that no unit is believed to err by its own word
_WORST_ACCURACY_M = 50_000.0
#: rather more than there are
METRES_A_DEGREE = 111_300.0


def fastest_mps(kind: str) -> float:
    """How fast a unit of this kind can go; one whose kind is not known may fly."""
    return _FASTEST_MPS.get(kind, _FASTEST_ON_GROUND_MPS)


def within_reach(
    here: Places, there: Places, *, seconds: Floats, mps: Floats, uncertain_m: Floats | float = 0.0
) -> NDArray[np.bool_]:
    """Whether a unit that goes no faster than `mps` can have been at both places within these seconds, either first.

    All arrays broadcast to one shape. `uncertain_m` is how far both places
    together may be wrong by their sender's word. False where one of them is not known.
    """
    reach = NOISE_M + uncertain_m + mps * (np.abs(seconds) + _ROUNDED_S)
    north, east = np.abs(there[0] - here[0]), np.abs(there[1] - here[1])
    near: NDArray[np.bool_] = (north + east) * METRES_A_DEGREE <= reach  # that is more than the way: most are near
    far = np.nonzero(~near & ~np.isnan(north) & ~np.isnan(reach))
    if far[0].size:
        ends = [np.broadcast_to(one, near.shape)[far] for one in (*here, *there)]
        near[far] = distance_m(*ends) <= np.broadcast_to(reach, near.shape)[far]
    return near


def uncertain_m(accuracy_m: ArrayLike) -> Floats:
    """How far a place may be wrong by its sender's word, as far as that is believed; 0 where nothing was said."""
    said = np.asarray(accuracy_m, dtype=np.float64)
    return np.clip(np.where(said > 0, said, 0.0), 0.0, _WORST_ACCURACY_M)


def have_jumped(reached: NDArray[np.bool_], known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which places are doubtful, by whether each of the earlier ones of the unit is within reach: shape (n, earlier).

    The earlier ones stand latest first. A place is believed when most of them could have led to it, or half of them
    and the earliest: so one that jumps is doubtful until it has gone on from there for some reports, and one that comes
    back is believed at once. The order in which they came has no part in it.
    """
    agree, count = np.count_nonzero(reached & known, axis=1), np.count_nonzero(known, axis=1)
    earliest = reached[np.arange(len(known)), known.shape[1] - 1 - known[:, ::-1].argmax(axis=1)]
    jumped: NDArray[np.bool_] = (2 * agree < count) | ((2 * agree == count) & (count > 0) & ~earliest)
    return jumped
