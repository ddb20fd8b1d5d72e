"""Where labels hang from their symbols: beside them, or at the end of a leader line; who had a place keeps it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cop.map.layers.label_grid import Box, Floats, LabelGrid, nearest_point
from cop.map.viewport import Viewport

#: the sides in the order of choice, and the number of a label that a leader line ties to its symbol
RIGHT, LEFT, BELOW, ABOVE, LED = range(5)
#: how far a leader line reaches from the symbol's middle
_REACH_PX, _REACH_OF_MUST_PX = 72.0, 100.0
#: for how many of those that must be named a place is looked for far away: it takes time, and there may be hundreds
_MOST_FAR = 16
#: a label comes back from its leader line's end when there has been room beside its symbol for so long
_BACK_AFTER_S = 1.5
#: of each bin of this size only the most important unit is tried, so that a crowd costs no more than a few
_BIN_PX = (48.0, 22.0)
_MOST_TRIED = 600

Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Hung:
    """Where a label's top left hangs from its symbol's middle, in pixels."""

    side: int
    dx: float
    dy: float
    width: float
    height: float
    #: since when one that is led could hang beside its symbol, NaN: it could not
    room_since: float = float("nan")

    def box(self, x: float, y: float) -> Box:
        """Left, top, right, bottom where the symbol stands at x, y."""
        return x + self.dx, y + self.dy, x + self.dx + self.width, y + self.dy + self.height


@dataclass(frozen=True, slots=True)
class Wanted:
    """Labels to be placed, the most important first: symbols' middles, labels' sizes, room that symbols need."""

    x: Floats
    y: Floats
    sizes: Floats  # (n, 2)
    clear: Floats
    before: Sequence[Hung | None]
    #: these are named even over other symbols
    must: bool = False


class LabelLayout:
    """Places labels one after the other on a grid of what is taken. `leaders` bounds how many lines are looked for."""

    def __init__(self, grid: LabelGrid, now: float, leaders: int = 0) -> None:
        self.grid = grid
        self._now = now
        self.leaders = leaders
        self._far = _MOST_FAR

    def place(self, wanted: Wanted) -> Iterator[tuple[int, Hung]]:
        """The index of each label that found a place, and the place."""
        offsets = _offsets(wanted.sizes[:, 0], wanted.sizes[:, 1], wanted.clear)  # (n, 4, 2)
        corners = offsets + np.column_stack((wanted.x, wanted.y))[:, None, :]
        boxes = np.concatenate((corners, corners + wanted.sizes[:, None, :]), axis=2)  # (n, 4, 4)
        free = self.grid.free_of_symbols(boxes.reshape(-1, 4)).reshape(-1, 4)
        tried = free.any(axis=1) | wanted.must | (self.leaders > 0)
        for index in np.flatnonzero(tried).tolist():
            hung = self._one(wanted, index, offsets[index], boxes[index], free[index])
            if hung is not None:
                yield index, hung

    def widen(self, hung: Hung, x: float, y: float, by: float) -> Hung | None:
        """The label with room for a second part, away from its symbol and over no other; None if there is none."""
        away = hung.side == LEFT or (hung.side == LED and hung.dx + hung.width <= 0)
        wider = Hung(hung.side, hung.dx - by * away, hung.dy, hung.width + by, hung.height, room_since=hung.room_since)
        box = wider.box(x, y)
        return wider if self.grid.try_more(hung.box(x, y), box) else None

    def _one(self, wanted: Wanted, index: int, offsets: Floats, boxes: Floats, free: NDArray[np.bool_]) -> Hung | None:
        known = wanted.before[index]
        width, height = wanted.sizes[index].tolist()
        at = (float(wanted.x[index]), float(wanted.y[index]))
        sides = sorted(range(4), key=lambda side: known is None or known.side != side)
        beside = next((side for side in sides if free[side] and self.grid.is_free(tuple(boxes[side]))), None)
        if known is not None and known.side == LED:
            since = float("nan") if beside is None else known.room_since if known.room_since > 0 else self._now
            kept = Hung(LED, known.dx, known.dy, width, height, since)
            if not self._now - since > _BACK_AFTER_S and self._take_led(kept, at, float(wanted.clear[index])):
                return kept
        if beside is not None:
            self.grid.try_label(tuple(boxes[beside]))
            return Hung(beside, float(offsets[beside, 0]), float(offsets[beside, 1]), width, height)
        if self.leaders > 0:
            self.leaders -= 1
            reach = _REACH_OF_MUST_PX if wanted.must else _REACH_PX
            led = self._led(at, (width, height), float(wanted.clear[index]), reach, of_symbols=True)
            if led is not None:
                return led
        if not wanted.must:
            return None
        for side in sides:
            if self.grid.try_label(tuple(boxes[side])):
                return Hung(side, float(offsets[side, 0]), float(offsets[side, 1]), width, height)
        if self._far <= 0:
            return None
        self._far -= 1
        return self._led(at, (width, height), float(wanted.clear[index]), 3 * _REACH_OF_MUST_PX, of_symbols=False)

    def _led(
        self, at: tuple[float, float], size: tuple[float, float], clear: float, reach: float, *, of_symbols: bool
    ) -> Hung | None:
        corner = self.grid.nearest_free(at, size, clear_px=clear + 4.0, reach_px=reach, of_symbols=of_symbols)
        if corner is None:
            return None
        led = Hung(LED, corner[0] - at[0], corner[1] - at[1], *size)
        self.grid.try_label(led.box(*at))
        self.grid.take_line(at, nearest_point(at, led.box(*at)))
        return led

    def _take_led(self, hung: Hung, at: tuple[float, float], clear: float) -> bool:
        """Take the place at the end of the leader line once more, if it is still one."""
        box = hung.box(*at)
        end = nearest_point(at, box)
        if (end[0] - at[0]) ** 2 + (end[1] - at[1]) ** 2 < clear**2:
            return False
        if not (self.grid.is_free(box, of_symbols=True) and self.grid.is_free_line(at, end)):
            return False
        self.grid.try_label(box)
        self.grid.take_line(at, end)
        return True


def _offsets(width: Floats, height: Floats, clear: Floats) -> Floats:
    """Top left of a label to the right of, left of, below and above a symbol's middle, shape (n, 4, 2)."""
    right = np.column_stack((clear, -height / 2))
    left = np.column_stack((-clear - width, -height / 2))
    below = np.column_stack((-width / 2, clear - 1))
    above = np.column_stack((-width / 2, 1 - clear - height))
    return np.stack((right, left, below, above), axis=1)


def worth_a_try(view: Viewport, x: Floats, y: Floats, importance: NDArray[np.uint8], among: Rows) -> Rows:
    """Which of the symbols numbered in `among` to try, the most important (least number) first: one of each bin."""
    order = among[np.argsort(importance[among], kind="stable")]
    if not order.size:
        return order
    # the bins lie still on the ground, so that panning makes no other choice
    origin = view.point(0.0, 0.0)
    across = ((x[order] - origin.x()) // _BIN_PX[0]).astype(np.intp)
    down = ((y[order] - origin.y()) // _BIN_PX[1]).astype(np.intp)
    across -= across.min()
    bins = (down - down.min()) * (int(across.max()) + 1) + across
    best = np.full(int(bins.max()) + 1, -1, dtype=np.intp)
    # of the same bin the last one written, the first in order, stays
    best[bins[::-1]] = np.arange(len(order))[::-1]
    tried: Rows = order[np.sort(best[best >= 0])[:_MOST_TRIED]]
    return tried
