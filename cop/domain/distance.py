"""How far it is from one place to another."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

_EARTH_RADIUS_M = 6_371_008.8


def distance_m(lat: ArrayLike, lon: ArrayLike, lats: ArrayLike, lons: ArrayLike) -> NDArray[np.float64]:
    """Great-circle metres, degrees WGS 84, one to many or pair by pair; NaN stays NaN (haversine, mean sphere)."""
    first, second = np.radians(lat), np.radians(lats)
    half = np.sin((second - first) / 2) ** 2
    turn = np.radians(np.asarray(lons, dtype=np.float64) - np.asarray(lon, dtype=np.float64))
    half = half + np.cos(first) * np.cos(second) * np.sin(turn / 2) ** 2
    metres: NDArray[np.float64] = 2 * _EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    return metres
