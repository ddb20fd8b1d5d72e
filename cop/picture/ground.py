"""Whose ground is this: jurisdictions with a spatial index."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from cop.domain.area import Jurisdiction
from cop.picture.boundaries.source import Boundaries, load


class Ground:
    """The jurisdictions, smallest first; queries take WGS 84 degrees.

    `remarks` tell in words what had to be done to their boundaries when they were read.
    """

    def __init__(self, jurisdictions: Iterable[Jurisdiction], remarks: Sequence[str] = ()) -> None:
        self.jurisdictions = sorted(jurisdictions, key=lambda one: (one.area_km2, one.id))
        self.remarks = tuple(remarks)
        #: the geometries in the order of `jurisdictions`, prepared: for the thread that made them alone
        self.geometries: NDArray[np.object_] = np.array([one.geometry for one in self.jurisdictions], dtype=object)
        shapely.prepare(self.geometries)
        self._tree = shapely.STRtree(self.geometries)
        self._agencies = frozenset(one.agency for one in self.jurisdictions)

    def at(self, lat: float, lon: float) -> list[Jurisdiction]:
        """Every jurisdiction that covers the place, boundary included, smallest first."""
        hits = self.near(np.array([lon]), np.array([lat]))[1]
        return [self.jurisdictions[index] for index in hits]

    def is_off_own(self, agency: str, lat: float, lon: float) -> bool:
        """Whether an agency that has ground of its own has none at this place."""
        return agency in self._agencies and all(one.agency != agency for one in self.at(lat, lon))

    def near(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Which jurisdictions cover which of many places: pairs of indices, place and jurisdiction, in that order."""
        places, found = self._tree.query(shapely.points(lon, lat))
        covers = shapely.intersects_xy(self.geometries[found], lon[places], lat[places])
        places, found = places[covers], found[covers]
        order = np.lexsort((found, places))
        return places[order], found[order]


def load_jurisdictions(path: Path) -> list[Jurisdiction]:
    """Read a file of boundaries; properties as in `resources/region/README.md`.

    Raises OSError if it cannot be read, ValueError, naming the file, if it holds no such features.
    """
    return load(Boundaries(file=str(path)))[0]


def load_ground(sources: Iterable[Boundaries]) -> Ground:
    """The ground of several files; where two files use an id for different things, the later's is `<file>:<id>`.

    Raises OSError, ValueError as `load_jurisdictions`.
    """
    jurisdictions: dict[str, Jurisdiction] = {}
    remarks: list[str] = []
    for source in sources:
        found, said = load(source)
        remarks += said
        stem = Path(source.file).stem
        for one in found:
            key = one.id if one.id not in jurisdictions else f"{stem}:{one.id}"
            if key in jurisdictions:
                raise ValueError(f"{source.file}: the id {one.id!r} was read before, from a file of the same name")
            jurisdictions[key] = one if key == one.id else replace(one, id=key)
    return Ground(jurisdictions.values(), remarks)
