"""Where each agency's objects are expected: on its ground, or not far from it."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from cop.domain.rules.doubtful import Extent, are_doubtful, extent_of, metres_outside
from cop.picture.ground import Ground

BEYOND_KM = 500.0


@dataclass(frozen=True, slots=True)
class Doubt:
    """How far a place lies from the ground it was measured by: the agency's, or where `agency` is empty the region."""

    metres: float
    agency: str


class HomeGround:
    """The box around each agency's jurisdictions, and around them all for agencies that have none.

    Without any ground nothing is doubtful.
    """

    def __init__(self, ground: Ground | None = None, beyond_km: float = BEYOND_KM) -> None:
        self._beyond_m = beyond_km * 1000.0
        geometries: dict[str, list[shapely.Geometry]] = {}
        for one in ground.jurisdictions if ground is not None else ():
            for agency in {one.agency, ""}:
                geometries.setdefault(agency, []).append(one.geometry)
        self._extents = {
            agency: extent_of(*(float(edge) for edge in shapely.total_bounds(parts)))
            for agency, parts in geometries.items()
        }
        #: whose boxes these are, in their order: the live picture, those of the past and those that leave ask by codes
        #: of their own, and on threads of their own
        self._boxes: tuple[list[str], NDArray[np.float64]] = ([], np.empty((0, 4)))

    def doubt(self, agency: str, lat: float | None, lon: float | None) -> Doubt | None:
        """Why a place is doubtful; None if it is not, or if there is no place."""
        measured_by = agency if agency in self._extents else ""
        extent = self._extents.get(measured_by)
        if extent is None or lat is None or lon is None:
            return None
        metres = float(metres_outside(lat, lon, extent))
        return Doubt(metres, measured_by) if metres > self._beyond_m else None

    def doubtful(
        self, agencies: list[str], codes: NDArray[np.int16], lat: NDArray[np.float64], lon: NDArray[np.float64]
    ) -> NDArray[np.bool_]:
        """Which of many places are doubtful; `codes` index `agencies`."""
        if not self._extents:
            return np.zeros(lat.shape, dtype=np.bool_)
        whose, boxes = self._boxes
        if whose != agencies:
            whose = list(agencies)
            boxes = np.array([self._box(agency) for agency in whose], dtype=np.float64).reshape(-1, 4)
            self._boxes = (whose, boxes)
        return are_doubtful(lat, lon, boxes[codes], self._beyond_m)

    def _box(self, agency: str) -> Extent:
        return self._extents.get(agency) or self._extents[""]
