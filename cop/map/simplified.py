"""Very many shapes, each drawn with as many vertices as one can see: fewer the farther out, without gaps between."""

import contextlib
import logging
import math
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from cop.map.layers.paths import Indexes, Rings

_log = logging.getLogger(__name__)

Shapes = NDArray[np.object_]

#: what can be painted whole in any view is not simplified
_FEW_VERTICES = 20_000
#: tolerance of the finest level in map metres; each further one is twice as coarse
_FINEST_M = 6.25
_MOST_LEVELS = 14


class Behind:
    """One thread that works behind the screen's, one thing after the other, and lets that have the machine first."""

    def __init__(self) -> None:
        self._thread: ThreadPoolExecutor | None = None

    def submit(self, work: Callable[..., None], *what: object) -> Future[None]:
        """Do this when all that was submitted before is done."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="boundaries", initializer=_step_back)
        return self._thread.submit(work, *what)

    def stop(self) -> None:
        """Begin nothing more of what was submitted."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown(wait=False, cancel_futures=True)


def _step_back() -> None:
    with contextlib.suppress(OSError, AttributeError):  # where threads have no priority of their own, so be it
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


@dataclass(frozen=True, slots=True)
class Detail:
    """All shapes at one level of detail: as drawn, and (perhaps finer) as geometry."""

    tolerance_m: float
    rings: Rings
    shapes: Shapes


class Simplified:
    """Shapes in map metres at every level of detail, each made in a thread when it is first asked for.

    `groups` are those that were drawn as neighbours: shapes of the same group that meet go on meeting. Levels are made
    by `shapely.coverage_simplify`, which keeps shared edges shared; where shapes of a group overlap, the edges that
    they do not share are simplified each for itself.
    """

    def __init__(
        self, shapes: Shapes, groups: Indexes, behind: Behind, ready: Callable[[], None] = lambda: None
    ) -> None:
        """`ready` is called in the thread `behind` when a level that was asked for is there."""
        self._groups = groups
        self._ready = ready
        self._levels: dict[int, Detail] = {-1: Detail(0.0, Rings.of_shapes(shapes, groups), shapes)}
        self._rough: dict[int, Detail] = {}
        self._making: dict[int, Future[None]] = {}
        self._behind = behind

    @property
    def few(self) -> bool:
        """Whether there is so little of it that no level but the full one is worth making."""
        return len(self.full.rings.xy) <= _FEW_VERTICES

    @property
    def full(self) -> Detail:
        """Every vertex."""
        return self._levels[-1]

    def detail(self, metres_per_pixel: float, *, make: bool = True) -> Detail:
        """The best that is there now for this many map metres a pixel of the screen; what would fit better is made."""
        level = self._level(metres_per_pixel)
        there = self._levels.get(level)
        if there is not None:
            return there
        if make and level not in self._making:
            if not self._making:  # something must stand in, and for so much the full shapes would take seconds
                self._sketch(level, self.full)
            self._making[level] = self._behind.submit(self._make, level)
        rough = self._rough.get(level)
        if rough is not None:
            return rough
        at_hand = {**self._rough, **self._levels}  # a copy: the thread adds to both
        finer = max(one for one in at_hand if one < level)
        coarser = min((one for one in at_hand if one > level), default=None)
        return at_hand[coarser] if coarser is not None and coarser - level < level - finer else at_hand[finer]

    def settle(self) -> None:
        """Wait for all that was asked for."""
        for one in list(self._making.values()):
            one.result()

    def _level(self, metres_per_pixel: float) -> int:
        if self.few or metres_per_pixel < _FINEST_M:
            return -1
        return min(_MOST_LEVELS - 1, math.floor(math.log2(metres_per_pixel / _FINEST_M)))

    def _make(self, level: int) -> None:
        try:
            tolerance = _FINEST_M * 2**level
            finer = self._levels[max(one for one in tuple(self._levels) if one < level)]
            if level not in self._rough:
                self._sketch(level, finer)
                self._ready()
            shapes = simplified(finer.shapes, self._groups, tolerance)
            rings = Rings.of_shapes(shapes, self._groups, least_m=tolerance)
            self._levels[level] = Detail(tolerance, rings, shapes)
            self._rough.pop(level)
            self._ready()
        except Exception:  # noqa: BLE001  # whatever it is, the map goes on with more vertices
            _log.exception("boundaries could not be simplified to %.0f m", _FINEST_M * 2**level)

    def _sketch(self, level: int, finer: Detail) -> None:
        tolerance = _FINEST_M * 2**level
        self._rough[level] = Detail(tolerance, finer.rings.snapped(tolerance, self._groups), finer.shapes)


def simplified(shapes: Shapes, groups: Indexes, tolerance_m: float) -> Shapes:
    """Shapes with fewer vertices; those of a group that share an edge share it still."""
    result = shapes.copy()
    areas = np.isin(shapely.get_type_id(shapes), (3, 6)) & ~shapely.is_empty(shapes)
    for group in np.unique(groups[areas]):
        members = np.flatnonzero(areas & (groups == group))
        try:
            result[members] = shapely.coverage_simplify(shapes[members], tolerance_m)
        except shapely.errors.GEOSException:
            _log.warning("some boundaries are drawn in full: they could not be simplified together", exc_info=True)
    return result
