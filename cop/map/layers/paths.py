"""Shapely geometry as Qt paths; and very many rings as arrays, from which the paths of what is in view are cut."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph.functions as qt_arrays
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath
from shapely.geometry.base import BaseGeometry

from cop.map.projection import vertices_to_metres
from cop.map.viewport import Viewport

Floats = NDArray[np.float64]
Indexes = NDArray[np.intp]
Bounds = tuple[float, float, float, float]

#: what shapely calls them; those from the fourth on are of many parts
_LINE, _LINEAR_RING, _POLYGON, _MANY = 1, 2, 3, 4
#: shapely holds Python's lock while it copies vertices: a few shapes at a time, so that no frame waits for it
_AT_A_TIME = 64
#: lines end this far outside of what is painted
_MARGIN_PX = 12.0


def projected(geometry: BaseGeometry) -> BaseGeometry:
    """Geometry in degrees (x = longitude) as geometry in map metres."""
    return shapely.transform(geometry, vertices_to_metres)


def path_of(geometry: BaseGeometry) -> QPainterPath:
    """Polygons as closed rings (holes by the odd-even rule), lines as open ones, points left out."""
    rings = Rings.of_shapes([geometry])
    return _path(rings.xy[:, 0], rings.xy[:, 1], rings.joined) if len(rings) else QPainterPath()


@dataclass(frozen=True, slots=True)
class Rings:
    """The rings and lines of many shapes, one after the other, in map metres.

    `xy` has shape (n, 2). Ring r has the vertices `start[r]` … `start[r + 1] - 1` and belongs to shape `of[r]`; its
    `bounds[r]` are west, south, east, north. `joined` says for each vertex whether a line leads on to the next one,
    `once` the same but of each line that several shapes share for one of them only.
    """

    xy: Floats
    start: Indexes
    of: Indexes
    bounds: Floats
    joined: NDArray[np.bool_]
    once: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.of)

    @classmethod
    def of_shapes(
        cls, shapes: Sequence[BaseGeometry] | NDArray[np.object_], groups: Indexes | None = None, least_m: float = 0.0
    ) -> "Rings":
        """Cut shapes into rings; of a shape only the largest ring and those at least `least_m` across are kept.

        `groups`: which shapes belong together, so that lines which two of them share are known.
        """
        shapes = np.asarray(shapes, dtype=object)
        pieces = [_cut(shapes[at : at + _AT_A_TIME], at) for at in range(0, len(shapes), _AT_A_TIME)]
        if not any(len(of) for _, _, of in pieces):
            return cls.of_vertices(np.empty((0, 2)), np.zeros(1, np.intp), np.empty(0, np.intp), groups)
        xy = np.concatenate([piece[0] for piece in pieces])
        lengths = np.concatenate([piece[1] for piece in pieces])
        of = np.concatenate([piece[2] for piece in pieces])
        rings = cls.of_vertices(xy, np.concatenate(([0], np.cumsum(lengths))), of, groups)
        return rings.without_specks(least_m, groups) if least_m > 0 else rings

    @classmethod
    def of_vertices(cls, xy: Floats, start: Indexes, of: Indexes, groups: Indexes | None = None) -> "Rings":
        """Rings from their vertices; no ring is empty."""
        joined = np.ones(len(xy), dtype=np.bool_)
        joined[start[1:] - 1] = False
        if not len(of):
            return cls(xy, start, of, np.empty((0, 4)), joined, joined)
        least, most = np.minimum.reduceat(xy, start[:-1]), np.maximum.reduceat(xy, start[:-1])
        once = joined
        if groups is not None:
            once = _first_of_each(xy, joined, np.repeat(groups[of], np.diff(start)))
        return cls(xy, start, of, np.hstack((least, most)), joined, once)

    def without_specks(self, least_m: float, groups: Indexes | None = None) -> "Rings":
        """Without rings that are smaller than this, but for the largest of each shape: none vanishes."""
        size = (self.bounds[:, 2:] - self.bounds[:, :2]).max(axis=1)
        largest_last = np.lexsort((size, self.of))
        last = np.append(np.diff(self.of[largest_last]) != 0, True)
        kept = size >= least_m
        kept[largest_last[last]] = True
        if kept.all():
            return self
        chosen = np.flatnonzero(kept)
        lengths = np.diff(self.start)[chosen]
        at = self._vertices(chosen)
        return Rings.of_vertices(self.xy[at], np.concatenate(([0], np.cumsum(lengths))), self.of[chosen].copy(), groups)

    def snapped(self, step_m: float, groups: Indexes | None = None) -> "Rings":
        """Rings drawn coarsely, at once: every vertex on a grid, so that neighbours still meet; some may overlap."""
        if not len(self):
            return self
        cell = np.round(self.xy / step_m)
        new = np.ones(len(cell), dtype=np.bool_)
        new[1:] = (cell[1:] != cell[:-1]).any(axis=1)
        new[self.start[:-1]] = True
        lengths = np.add.reduceat(new, self.start[:-1].astype(np.intp), dtype=np.intp)
        start = np.concatenate(([0], np.cumsum(lengths)))
        return Rings.of_vertices(cell[new] * step_m, start, self.of, groups).without_specks(step_m, groups)

    def seen(self, bounds: Bounds) -> Indexes:
        """Which rings touch a rectangle (west, south, east, north in map metres)."""
        west, south, east, north = bounds
        box = self.bounds
        return np.flatnonzero((box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south))

    def lengths(self, rings: Indexes) -> Indexes:
        """How many vertices each of these rings has."""
        return self.start[rings + 1] - self.start[rings]

    def weight(self, rings: Indexes) -> int:
        """How many vertices these rings have together."""
        return int(self.lengths(rings).sum())

    def path(self, rings: Indexes, view: Viewport, within: QRectF | None, *, once: bool = False) -> QPainterPath:
        """These rings in pixels; what lies outside of `within` (pixels) is drawn with as few vertices as will do.

        Without `within` none is left out: dashes begin where they always do.

        `once`: only the lines, and one that several shapes share but once; else closed rings that can be filled.
        """
        if not len(rings):
            return QPainterPath()
        at = self._vertices(rings)
        x = (self.xy[at, 0] - view.left) / view.metres_per_pixel
        y = (view.top - self.xy[at, 1]) / view.metres_per_pixel
        joined = (self.once if once else self.joined)[at]
        if within is None:
            return _path(x, y, joined)
        kept = _needed(x, y, self.joined[at], within.adjusted(-_MARGIN_PX, -_MARGIN_PX, _MARGIN_PX, _MARGIN_PX))
        return _path(x[kept], y[kept], joined[kept])

    def _vertices(self, rings: Indexes) -> Indexes:
        lengths = self.lengths(rings)
        ends = np.cumsum(lengths)
        at: Indexes = np.arange(ends[-1]) + np.repeat(self.start[rings] - (ends - lengths), lengths)
        return at


def _cut(shapes: NDArray[np.object_], first: int) -> tuple[Floats, Indexes, Indexes]:
    """Vertices, length of each ring, shape of each ring; the rings of a shape stand together."""
    parts, of = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) >= _MANY).any():  # collections may hold collections
        parts, above = shapely.get_parts(parts, return_index=True)
        of = of[above]
    kinds = shapely.get_type_id(parts)
    polygons, lines = kinds == _POLYGON, (kinds == _LINE) | (kinds == _LINEAR_RING)
    rings, ring_of = shapely.get_rings(parts[polygons], return_index=True)
    pieces = np.concatenate((rings, parts[lines]))
    owners = np.concatenate((of[polygons][ring_of], of[lines]))
    order = np.argsort(owners, kind="stable")
    xy, index = shapely.get_coordinates(pieces[order], return_index=True)
    lengths = np.bincount(index, minlength=len(pieces)).astype(np.intp)
    # what has a vertex in no place cannot be drawn
    broken = np.zeros(len(pieces), dtype=np.bool_)
    broken[index[~np.isfinite(xy).all(axis=1)]] = True
    usable = ~broken & (lengths > 1)
    return xy[usable[index]], lengths[usable], (owners[order] + first)[usable]


def _first_of_each(xy: Floats, joined: NDArray[np.bool_], group: Indexes) -> NDArray[np.bool_]:
    """For each line from a vertex to the next: whether no earlier one of its group joins the same two places."""
    with np.errstate(over="ignore"):
        words = np.ascontiguousarray(xy).view(np.uint64) * np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)
        place = words[:, 0] ^ words[:, 1] >> np.uint64(29)
        place = (place ^ place >> np.uint64(32)) * np.uint64(0xD6E8FEB86659FD93)
        line = place[:-1] + place[1:] + group[:-1].astype(np.uint64) * np.uint64(0xA0761D6478BD642F)
    drawn = np.flatnonzero(joined[:-1])
    _, first = np.unique(line[drawn], return_index=True)
    result = np.zeros(len(xy), dtype=np.bool_)
    result[drawn[first]] = True
    return result


def _needed(x: Floats, y: Floats, joined: NDArray[np.bool_], within: QRectF) -> NDArray[np.bool_]:
    """Leaves out the vertices in the middle of a run that lies wholly on one side outside of a rectangle."""
    side = np.where(x < within.left(), 1, np.where(x > within.right(), 2, 0))
    side = np.where(side > 0, side, np.where(y < within.top(), 3, np.where(y > within.bottom(), 4, 0)))
    kept = np.ones(len(x), dtype=np.bool_)
    same = (side[1:] == side[:-1]) & (side[1:] > 0) & joined[:-1]
    kept[1:-1] = ~(same[1:] & same[:-1])
    return kept


def _path(x: Floats, y: Floats, joined: NDArray[np.bool_]) -> QPainterPath:
    path: QPainterPath = qt_arrays.arrayToQPath(x, y, connect=joined.astype(np.int32), finiteCheck=False)
    return path
