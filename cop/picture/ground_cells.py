"""The ground in cells: in most of them all places have the same jurisdictions; boundaries cross the others."""

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: fine cells along a side of a coarse one
_SPLIT = 8
#: no finer than this, degrees: some fifty metres
_FINEST_DEG = 0.0005
#: so many fine cells' sides may boundaries be long; more would be memory without end
_MOST_PIECES = 400_000
_MOST_COARSE = 1 << 22
#: boundaries are widened by a millimetre: what lies upon one lies in one of its cells, whatever was rounded
_SLACK_DEG = 1e-8
NOWHERE = -1


class GroundCells:
    """A coarse grid over all boundaries; each of its cells that a boundary crosses is split into 8 × 8 fine ones.

    A leaf, coarse or fine, has a number from 0 to `count` − 1; beyond all boundaries there is no leaf, `NOWHERE`.
    `crossed` numbers the leaves that boundaries cross, −1 for the others; of crossed leaf n the boundaries are those of
    the geometries `crossing[first[n]:first[n + 1]]`.
    """

    def __init__(self, geometries: NDArray[np.object_]) -> None:
        starts, ends, owners = _segments(geometries)
        longest = np.abs(ends - starts).max(axis=1, initial=0.0)
        bounds = shapely.total_bounds(geometries) if len(starts) else np.zeros(4)
        self._west, self._south = float(bounds[0]) - _SLACK_DEG, float(bounds[1]) - _SLACK_DEG
        width, height = float(bounds[2]) - self._west, float(bounds[3]) - self._south
        fine = max(_FINEST_DEG, float(longest.sum()) / _MOST_PIECES, np.sqrt(width * height / _MOST_COARSE) / _SPLIT)
        fine = max(fine, max(width, height) / 1e6)
        self._per_deg = 1.0 / fine
        self._columns = self._cell(width + self._west + _SLACK_DEG, self._west) // _SPLIT + 1 if len(starts) else 0
        self._rows = self._cell(height + self._south + _SLACK_DEG, self._south) // _SPLIT + 1 if len(starts) else 0
        cells, crossing = self._crossed_by(starts, ends, owners, longest * self._per_deg)
        fine_columns = self._columns * _SPLIT
        row, column = np.divmod(cells, max(fine_columns, 1))
        coarse, inverse = np.unique((row // _SPLIT) * self._columns + column // _SPLIT, return_inverse=True)
        #: coarse cell -> its first fine leaf, or −1: it is a leaf itself
        self._split = np.full(self._rows * self._columns, -1, dtype=np.int32)
        coarse_leaves = self._rows * self._columns
        self._split[coarse] = coarse_leaves + np.arange(len(coarse)) * _SPLIT * _SPLIT
        self.count = coarse_leaves + len(coarse) * _SPLIT * _SPLIT
        leaves = coarse_leaves + inverse * _SPLIT * _SPLIT + (row % _SPLIT) * _SPLIT + column % _SPLIT
        order = np.lexsort((crossing, leaves))
        crossed, first = np.unique(leaves[order], return_index=True)
        self.crossing: Ints = crossing[order]
        self.first: Ints = np.append(first, len(leaves))
        self.crossed = np.full(max(self.count, 1), -1, dtype=np.int32)
        self.crossed[crossed] = np.arange(len(crossed))

    def leaves(self, lon: Floats, lat: Floats) -> Ints:
        """The leaf of each place; `NOWHERE` beyond all boundaries, and where there is no place (NaN)."""
        with np.errstate(invalid="ignore"):
            x = np.floor((lon - self._west) * self._per_deg)
            y = np.floor((lat - self._south) * self._per_deg)
            inside = (x >= 0) & (y >= 0) & (x < self._columns * _SPLIT) & (y < self._rows * _SPLIT)
        if not inside.all():
            found = np.full(lon.shape, NOWHERE, dtype=np.int64)
            found[inside] = self._leaves(x[inside], y[inside])
            return found
        return self._leaves(x, y)

    @property
    def nbytes(self) -> int:
        """Bytes of memory it takes."""
        return self._split.nbytes + self.crossed.nbytes + self.crossing.nbytes + self.first.nbytes

    def _leaves(self, x: Floats, y: Floats) -> Ints:
        column, row = x.astype(np.int64), y.astype(np.int64)
        coarse = (row // _SPLIT) * self._columns + column // _SPLIT
        split = self._split[coarse]
        fine = split + (row % _SPLIT) * _SPLIT + column % _SPLIT
        return np.where(split < 0, coarse, fine)

    def _cell(self, degrees: float, origin: float) -> int:
        return int(np.floor((degrees - origin) * self._per_deg))

    def _crossed_by(self, starts: Floats, ends: Floats, owners: Ints, sides: Floats) -> tuple[Ints, Ints]:
        """Pairs of a fine cell and a geometry whose boundary crosses it, or may: none is missing.

        Each segment is cut into pieces no longer than a cell; of a piece all cells that its box touches are taken.
        """
        pieces = np.floor(sides).astype(np.int64) + 1
        segment = np.repeat(np.arange(len(starts)), pieces)
        step = np.arange(len(segment)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        direction = (ends - starts)[segment] / pieces[segment, None]
        from_ = starts[segment] + direction * step[:, None]
        to = from_ + direction
        origin = np.array([self._west, self._south])
        low = np.floor((np.minimum(from_, to) - _SLACK_DEG - origin) * self._per_deg).astype(np.int64)
        high = np.floor((np.maximum(from_, to) + _SLACK_DEG - origin) * self._per_deg).astype(np.int64)
        low, fine_columns = np.maximum(low, 0), self._columns * _SPLIT
        keys: list[Ints] = []
        geometries = max(int(owners.max(initial=0)) + 1, 1)
        for across in range(3):  # a piece no longer than a cell lies in two by two of them, with its slack in three
            for up in range(3):
                x, y = low[:, 0] + across, low[:, 1] + up
                touched = (x <= high[:, 0]) & (y <= high[:, 1])
                key = (y[touched] * fine_columns + x[touched]) * geometries + owners[segment[touched]]
                keys.append(key[np.diff(key, prepend=-1) != 0])  # most pieces lie where the one before them does
        cells, crossing = np.divmod(np.unique(np.concatenate(keys)), geometries)
        return cells, crossing


def _segments(geometries: NDArray[np.object_]) -> tuple[Floats, Floats, Ints]:
    """Every boundary's segments: start and end, shape (n, 2), and the index of the geometry they bound."""
    parts, part_owner = shapely.get_parts(geometries, return_index=True)
    rings, ring_owner = shapely.get_rings(parts, return_index=True)
    coordinates, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    return coordinates[:-1][same], coordinates[1:][same], part_owner[ring_owner[ring[1:][same]]]
