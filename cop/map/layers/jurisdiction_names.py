"""Names of jurisdictions: inside the part of the ground that is in view, and where they were while that will do."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter
from shapely.geometry.base import BaseGeometry

from cop.domain.area import Jurisdiction
from cop.map.layers.jurisdiction_looks import LINES
from cop.map.lettering import Script, clean, draw_haloed, text_width
from cop.map.palette import Palette
from cop.map.simplified import Shapes
from cop.map.viewport import Viewport

_SPACING_PX = 3.0
_OWN_NAME_ALPHA = "a5"
#: level -> font size of the name in pixels
_NAME_SIZES = {"state": 14, "county": 13, "municipal": 11}
_OTHER_NAME_SIZE = 10
#: level -> the largest n of "1 : n" at which it is named: farther out the towns' own names say enough
_NAMED_TO = {"state": 12_000_000, "county": 1_500_000, "municipal": 150_000, "corridor": 80_000}
_OTHERS_NAMED_TO = 180_000
_MOST_ANCHORS = 6
_OVERHANG_PX = 24.0
#: the farthest that a scale may have changed for a name to stay where it was
_SAME_SCALE = 1.5
#: with more shapes than this a frame looks for new places for so long and no longer
_FEW, _BUDGET_S = 100, 0.004
_MOST_NAMES = 400


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a name stands: the middle of its line in map metres, and the scale at which it was put there."""

    x: float
    y: float
    metres_per_pixel: float


class JurisdictionNames:
    """Places names, the widest level first, the large before the small."""

    def __init__(self, jurisdictions: Sequence[Jurisdiction], shapes: Shapes) -> None:
        self._jurisdictions = jurisdictions
        self._names = [clean(one.name, 60).upper() for one in jurisdictions]
        #: what is written where the whole name would run into the neighbour's ground
        self._short = [
            name.removesuffix(" COUNTY") if one.level == "county" else name
            for name, one in zip(self._names, jurisdictions, strict=True)
        ]
        self._bounds: NDArray[np.float64] = shapely.bounds(shapes).reshape(-1, 4)
        self._largest = np.array([_NAMED_TO.get(one.level, _OTHERS_NAMED_TO) for one in jurisdictions])
        order = {"state": 0, "county": 1}
        self._order = np.array([order.get(one.level, 2) for one in jurisdictions])
        self._special = np.array([one.level == "special" for one in jurisdictions], dtype=np.bool_)
        self._places: dict[int, _Place] = {}
        #: whether the next painting takes the time that it takes
        self.patient = False
        self._nowhere: set[int] = set()
        self._nowhere_in: Viewport | None = None

    def paint(
        self,
        painter: QPainter,
        view: Viewport,
        taken: list[QRectF],
        *,
        shapes: Shapes,
        shown: NDArray[np.bool_],
        inks: NDArray[np.uint32],
        palette: Palette,
    ) -> bool:
        """Write what has room; False if there are more places to be looked for in the next frame."""
        west, south, east, north = view.bounds(-16)
        if west >= east or south >= north or not len(self._names):
            return True
        box = self._bounds
        seen = shown & (self._largest >= view.scale)
        seen &= (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
        wide = (np.minimum(box[:, 2], east) - np.maximum(box[:, 0], west)) / view.metres_per_pixel
        chosen = np.flatnonzero(seen & (wide > 8.0))
        chosen = chosen[np.lexsort((chosen, self._order[chosen]))]
        if view != self._nowhere_in or len(self._names) <= _FEW:
            self._nowhere.clear()
            self._nowhere_in = view
        crowd = _Taken(taken)
        hurried = len(self._names) > _FEW and not self.patient
        self.patient = False
        until = time.perf_counter() + (_BUDGET_S if hurried else math.inf)
        written = 0
        done = True
        for index in chosen.tolist():
            pixels = _NAME_SIZES.get(self._jurisdictions[index].level, _OTHER_NAME_SIZE)
            name = self._names[index]
            width = _name_width(name, pixels)
            if width > wide[index]:
                name = self._short[index]
                width = _name_width(name, pixels)
            if width > wide[index] + _OVERHANG_PX:
                continue
            place = self._places.get(index)
            spot = self._stays(place, view, crowd, width, pixels) if place is not None else None
            if spot is None and index not in self._nowhere:
                if time.perf_counter() > until:
                    done = False
                    continue
                spot = self._found(index, view, crowd, shapes, width=width, pixels=pixels)
                if spot is None:
                    self._nowhere.add(index)
            if spot is not None:
                crowd.add(spot)
                ink = self._colour(index, inks, palette)
                script = Script(pixels, ink, palette.label_halo[:7] + "5a", bold=True, spacing_px=_SPACING_PX)
                draw_haloed(painter, QPointF(spot.left(), spot.top() + 1.15 * pixels), name, script)
                written += 1
                if written >= _MOST_NAMES:
                    break
        return done

    def _stays(self, place: _Place, view: Viewport, crowd: "_Taken", width: float, pixels: int) -> QRectF | None:
        """The box of a name that can stand where it stood."""
        if not 1 / _SAME_SCALE < view.metres_per_pixel / place.metres_per_pixel < _SAME_SCALE:
            return None
        box = _box(view.point(place.x, place.y), width, pixels)
        return box if crowd.has_room(box, view) else None

    def _found(
        self, index: int, view: Viewport, crowd: "_Taken", shapes: Shapes, *, width: float, pixels: int
    ) -> QRectF | None:
        """The box of a name at a place where it has room now; the place is kept."""
        try:
            seen = shapely.clip_by_rect(shapes[index], *view.bounds(-16))
        except shapely.errors.GEOSException:
            return None
        if seen.is_empty or (seen.bounds[2] - seen.bounds[0]) / view.metres_per_pixel + _OVERHANG_PX < width:
            return None
        for x, y in self._anchors(index, seen, shapes, width / 2 * view.metres_per_pixel):
            for step in (0, -1, 1):
                at = view.point(x, y) + QPointF(0, 20 * step)
                box = _box(at, width, pixels)
                if crowd.has_room(box, view):
                    self._places[index] = _Place(*view.metres(at), view.metres_per_pixel)
                    return box
        return None

    def _anchors(self, index: int, seen: BaseGeometry, shapes: Shapes, half_width: float) -> list[tuple[float, float]]:
        """Where a name may stand, the best first: whole inside what is seen, off special grounds, near the middle."""
        west, south, east, north = seen.bounds
        across, down = np.meshgrid(np.linspace(west, east, 7)[1:-1], np.linspace(south, north, 7)[1:-1])
        middle = shapely.centroid(seen)
        x, y = np.append(middle.x, across.ravel()), np.append(middle.y, down.ravel())
        shapely.prepare(seen)
        inside = shapely.contains_xy(seen, x, y)
        if not inside.any():
            point = shapely.point_on_surface(seen)
            return [(point.x, point.y)]
        x, y = x[inside], y[inside]
        wrong = ~(shapely.contains_xy(seen, x - half_width, y) & shapely.contains_xy(seen, x + half_width, y))
        box = self._bounds
        near = (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
        near[: index + 1] = False  # the smaller ones come later
        for other in np.flatnonzero(near & self._special)[:20]:
            wrong |= shapely.contains_xy(shapes[other], x, y)
        order = np.lexsort((np.hypot(x - middle.x, y - middle.y), wrong))
        return [(float(x[place]), float(y[place])) for place in order[:_MOST_ANCHORS]]

    def _colour(self, index: int, inks: NDArray[np.uint32], palette: Palette) -> str:
        level = self._jurisdictions[index].level
        if level in LINES:
            return palette.region_name
        if level == "planning_zone":
            return palette.hot_zone + _OWN_NAME_ALPHA
        return QColor.fromRgba(int(inks[index])).name() + _OWN_NAME_ALPHA


class _Taken:
    """Places where nothing may be written, as one array: very many names are tried against very many."""

    def __init__(self, boxes: list[QRectF]) -> None:
        self._boxes = boxes
        self._edges = np.empty((len(boxes) + 64, 4))
        self._count = 0
        for box in boxes:
            self._put(box)

    def add(self, box: QRectF) -> None:
        """This place is taken now."""
        self._boxes.append(box)
        self._put(box)

    def has_room(self, box: QRectF, view: Viewport) -> bool:
        """Whether a box lies in view and over none that is taken."""
        if not view.rect().adjusted(4, 4, -4, -4).contains(box):
            return False
        edges = self._edges[: self._count]
        over = (edges[:, 0] < box.right()) & (edges[:, 2] > box.left())
        over &= (edges[:, 1] < box.bottom()) & (edges[:, 3] > box.top())
        return not over.any()

    def _put(self, box: QRectF) -> None:
        if self._count == len(self._edges):
            self._edges = np.concatenate((self._edges, np.empty_like(self._edges)))
        self._edges[self._count] = (box.left(), box.top(), box.right(), box.bottom())
        self._count += 1


def _name_width(name: str, pixels: int) -> float:
    return text_width(name, pixels, bold=True) + _SPACING_PX * len(name)


def _box(middle: QPointF, width: float, pixels: int) -> QRectF:
    return QRectF(middle.x() - width / 2, middle.y() - pixels, width, 1.6 * pixels)
