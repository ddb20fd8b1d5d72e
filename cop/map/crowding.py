"""Which symbols would cover one another beyond reading, and how they are put together.

Reckoned in pixels of the ground, from its own corner: moving the view changes nothing, zooming does. A cell with more
symbols than fit into it is put together unseen; the symbols of the others are looked at one by one. Two that touch stay
two, as long as each can be told; one that hides another does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cop.map.ground_cells import Cells, cells_over, level_of
from cop.map.ground_index import Census, GroundIndex, runs

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Counts = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: cells are at least so wide and less than twice as wide
_CELL_PX = 48.0
#: how wide a unit's symbol is
_SYMBOL_PX = 28.0
#: a cell is full when its symbols, side by side, would cover it so many times over
_FULL = 1.5
#: of two symbols nearer than this the upper one hides the lower
_HIDDEN_PX = 11.0
#: of three or more symbols nearer than this none can be read
_UNREADABLE_PX = 18.0
#: what was put together comes apart only when it is so many times as far apart, or a cell as empty: no flicker
_STAY = 1.25
#: up to how many of a bubble wear this radius
_RADII: tuple[tuple[float, float], ...] = ((10, 15.0), (100, 17.0), (1000, 19.0), (np.inf, 21.0))
LARGEST_RADIUS_PX = _RADII[-1][1]
#: least space between two bubbles, and between a bubble and a symbol's middle
_GAP_PX = 4.0
_CLEAR_OF_SYMBOL_PX = 9.0
_CLEAR_OF_INCIDENT_PX = 20.0
#: what lies so far outside of what is asked for is reckoned with
_MARGIN_PX = 144.0
_ROUNDS = 12
#: more than this many members are not worth a look at each one's newest place
_FEW_MEMBERS = 20_000


@dataclass(frozen=True, slots=True)
class Crowd:
    """Bubbles, and the rows of the units that stay symbols, within `bounds` (map metres; beyond, nothing is known).

    `x`, `y` are the bubbles' middles in map metres, `kinds` their members by kind, shape (bubbles, kinds). Members are
    `rows` (of bubble `row_of`) and whatever lies in `full` cells (of bubble `full_of`).
    """

    bounds: tuple[float, float, float, float]
    metres_per_pixel: float
    cells: Cells
    x: Floats
    y: Floats
    kinds: Counts
    radius_px: Floats
    symbols: Rows
    rows: Rows
    row_of: Rows
    full: Rows
    full_of: Rows
    #: those rows that are too near to others, not those that a bubble would cover: what `_STAY` holds for
    crowded: Rows

    @property
    def counts(self) -> Counts:
        """How many units each bubble holds."""
        counts: Counts = self.kinds.sum(axis=1)
        return counts

    def holds_for(self, bounds: tuple[float, float, float, float], metres_per_pixel: float) -> bool:
        """Whether these are the bubbles of this part of the ground, seen from this near."""
        inside = all(have <= want for have, want in zip(self.bounds[:2], bounds[:2], strict=True))
        inside = inside and all(want <= have for have, want in zip(self.bounds[2:], bounds[2:], strict=True))
        return inside and metres_per_pixel == self.metres_per_pixel

    def at(self, x: float, y: float) -> int | None:
        """The number of the bubble that covers a place in map metres."""
        if not len(self.x):
            return None
        beyond = np.hypot(self.x - x, self.y - y) / self.metres_per_pixel - self.radius_px
        nearest = int(beyond.argmin())
        return nearest if beyond[nearest] <= 1.0 else None

    def members(self, bubble: int, index: GroundIndex) -> Rows:
        """The rows of one bubble's units, those in its cells as they are now."""
        rows = self.rows[self.row_of == bubble]
        full = self.full[self.full_of == bubble]
        if full.size:
            there = index.census(self.cells).rows(full)[0]
            # who has come into a full cell since is still drawn where it was counted
            rows = np.union1d(rows, there[~np.isin(there, self.symbols) & ~np.isin(there, self.rows)])
        still: Rows = rows[~np.isnan(index.x[rows]) & ~index.apart[rows]]
        return still


def crowd(
    index: GroundIndex,
    bounds: tuple[float, float, float, float],
    metres_per_pixel: float,
    *,
    kinds: int,
    before: Crowd | None = None,
    avoid: Sequence[tuple[float, float]] = (),
) -> Crowd:
    """Put together what cannot be read; `before` is how it was at this zoom, `avoid` are places that stay free."""
    margin = _MARGIN_PX * metres_per_pixel
    west, south, east, north = bounds
    cells = cells_over(
        level_of(_CELL_PX * metres_per_pixel), west - margin, south - margin, east + margin, north + margin
    )
    before = before if before is not None and before.metres_per_pixel == metres_per_pixel else None
    census = index.census(cells)
    is_full = _full_cells(census, metres_per_pixel, before)
    full = np.flatnonzero(is_full)
    full_u, full_v, full_kinds = _sums(census, full, kinds, index)
    full_u, full_v = full_u / metres_per_pixel, full_v / metres_per_pixel
    rows, cell = census.rows(np.flatnonzero((census.counts > 0) & ~is_full))
    u, v = index.x[rows] / metres_per_pixel, index.y[rows] / metres_per_pixel
    close = _unreadable(rows, u, v, before)
    member = np.flatnonzero(close)
    group, groups = _grouped(cells, rows[member], cell[member], index)

    owner, weight, middle_u, middle_v = _together(
        np.concatenate((census.counts[full], np.bincount(group, minlength=groups))),
        np.concatenate((full_u, _totals(u[member], group, groups))),
        np.concatenate((full_v, _totals(v[member], group, groups))),
    )
    bubble_of = np.full(len(rows), -1, dtype=np.intp)
    bubble_of[member] = owner[len(full) + group]
    lone = weight == 1  # whatever it was near to went to a bubble that does not reach so far
    bubble_of[member[lone[bubble_of[member]]]] = -1
    _cover(bubble_of, (u, v), np.flatnonzero(~lone), weight, (middle_u, middle_v))

    number = np.cumsum(~lone) - 1
    inside = np.flatnonzero(bubble_of >= 0)
    full_of, row_of = number[owner[: len(full)]], number[bubble_of[inside]]
    by_kind = np.zeros((int((~lone).sum()), kinds), dtype=np.int64)
    np.add.at(by_kind, full_of, full_kinds)
    np.add.at(by_kind, (row_of, index.kind[rows[inside]]), 1)
    radius, count = radius_of(by_kind.sum(axis=1)), by_kind.sum(axis=1)
    sum_u, sum_v = (
        _totals(full_sum, full_of, len(count)) + _totals(row_sum[inside], row_of, len(count))
        for full_sum, row_sum in ((full_u, u), (full_v, v))
    )
    middle_u, middle_v = _beside(
        sum_u / count, sum_v / count, radius, np.array(avoid, dtype=np.float64).reshape(-1, 2) / metres_per_pixel
    )
    return Crowd(
        bounds,
        metres_per_pixel,
        cells,
        middle_u * metres_per_pixel,
        middle_v * metres_per_pixel,
        by_kind,
        radius,
        symbols=rows[bubble_of < 0],
        rows=rows[inside],
        row_of=row_of,
        full=full,
        full_of=full_of,
        crowded=np.sort(rows[close]),
    )


def radius_of(counts: Counts) -> Floats:
    """The radius of bubbles of so many units, in pixels."""
    limits = np.array([limit for limit, _ in _RADII])
    radii: Floats = np.array([radius for _, radius in _RADII])[np.searchsorted(limits, counts, side="right")]
    return radii


def pairs_within(u: Floats, v: Floats, reach: float) -> tuple[Rows, Rows, Floats]:
    """All pairs of points nearer than reach: the two numbers (the lower first) and the distance."""
    column, row = np.floor(u / reach).astype(np.int64), np.floor(v / reach).astype(np.int64)
    key = column << 32 | row + 2**31
    order = np.argsort(key, kind="stable")
    sorted_keys = key[order]
    firsts, seconds = [], []
    for across, down in ((0, 0), (0, 1), (1, -1), (1, 0), (1, 1)):
        wanted = sorted_keys + (across << 32) + down
        low = np.searchsorted(sorted_keys, wanted, side="left")
        high = np.searchsorted(sorted_keys, wanted, side="right")
        if not across and not down:
            low = np.arange(1, len(order) + 1)  # of one's own square those that come later
        second, first = runs(low, high)
        firsts.append(order[first])
        seconds.append(order[second])
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    distance = np.hypot(u[first] - u[second], v[first] - v[second])
    near = distance < reach
    first, second = first[near], second[near]
    return np.minimum(first, second), np.maximum(first, second), distance[near]


def _totals(values: Floats, of: Rows, count: int) -> Floats:
    """The sum of the values of each one."""
    totals: Floats = np.bincount(of, weights=values, minlength=count).astype(np.float64)
    return totals


def _full_cells(census: Census, metres_per_pixel: float, before: Crowd | None) -> Flags:
    """Which cells hold more symbols than could be read in them."""
    side = census.cells.size_m / metres_per_pixel
    most = max(4.0, _FULL * side * side / _SYMBOL_PX**2)
    full = census.counts > most
    if before is not None and before.full.size:
        known = before.cells
        column = before.full % known.across + known.left - census.cells.left
        row = before.full // known.across + known.low - census.cells.low
        there = (column >= 0) & (row >= 0) & (column < census.cells.across) & (row < census.cells.down)
        were = row[there] * census.cells.across + column[there]
        full[were] |= census.counts[were] > most / _STAY
    result: Flags = full
    return result


def _sums(census: Census, full: Rows, kinds: int, index: GroundIndex) -> tuple[Floats, Floats, Counts]:
    """Sums of the full cells; of few members from where they stand now, not where they stood in order."""
    sum_x, sum_y, table = census.sums(full, kinds)
    if 0 < census.counts[full].sum() <= _FEW_MEMBERS:
        rows, cell = census.rows(full)
        place = np.searchsorted(full, cell)
        sum_x = _totals(index.x[rows], place, len(full))
        sum_y = _totals(index.y[rows], place, len(full))
    return sum_x, sum_y, table


def _unreadable(rows: Rows, u: Floats, v: Floats, before: Crowd | None) -> Flags:
    """Which symbols cannot be read, with those nearest to them."""
    first, second, distance = pairs_within(u, v, _UNREADABLE_PX * _STAY)
    was = np.zeros(len(rows), dtype=np.bool_)
    if before is not None:
        was = np.isin(rows, before.crowded)
    reach = np.where(was[first] & was[second], _STAY, 1.0)
    hidden = distance < _HIDDEN_PX * reach
    near = distance < _UNREADABLE_PX * reach
    neighbours = np.bincount(first[near], minlength=len(rows)) + np.bincount(second[near], minlength=len(rows))
    crowded = neighbours >= 2
    crowded[first[hidden]] = True
    crowded[second[hidden]] = True
    close = crowded.copy()
    with_first, with_second = near & crowded[first], near & crowded[second]
    close[second[with_first]] = True
    close[first[with_second]] = True
    return close


def _grouped(cells: Cells, rows: Rows, cell: Rows, index: GroundIndex) -> tuple[Rows, int]:
    """Rows by the quarter of the cell that they stand in: the number of each one's group, and how many there are."""
    half = cells.size_m / 2
    east = np.floor(index.x[rows] / half).astype(np.int64) & 1
    north = np.floor(index.y[rows] / half).astype(np.int64) & 1
    quarters, group = np.unique(cell * 4 + north * 2 + east, return_inverse=True)
    return group.astype(np.intp), len(quarters)


def _together(weight: Counts, sum_u: Floats, sum_v: Floats) -> tuple[Rows, Counts, Floats, Floats]:
    """Join bubbles that would touch, the nearest two first, until none do.

    Whose each one is now, and of those that remain how many units and the mean, numbered anew.
    """
    owner = np.arange(len(weight))
    for _ in range(_ROUNDS):
        u, v, radius = sum_u / weight, sum_v / weight, radius_of(weight)
        first, second, distance = pairs_within(u, v, 2 * LARGEST_RADIUS_PX + _GAP_PX)
        touch = distance < radius[first] + radius[second] + _GAP_PX
        first, second, distance = first[touch], second[touch], distance[touch]
        if not first.size:
            break
        order = np.lexsort((second, first, distance))
        nearest = np.full(len(weight), -1, dtype=np.intp)
        ends = np.stack((first[order], second[order]), axis=1).ravel()[::-1]
        nearest[ends] = np.stack((second[order], first[order]), axis=1).ravel()[::-1]
        one = np.flatnonzero((nearest >= 0) & (nearest[nearest] == np.arange(len(nearest))))
        into = np.arange(len(weight))
        into[one] = np.minimum(one, nearest[one])
        left, into = np.unique(into, return_inverse=True)
        owner = into[owner]
        weight = np.bincount(into, weights=weight, minlength=len(left)).astype(np.int64)
        sum_u = _totals(sum_u, into, len(left))
        sum_v = _totals(sum_v, into, len(left))
    return owner, weight, sum_u / weight, sum_v / weight


def _cover(
    bubble_of: Rows, at: tuple[Floats, Floats], bubbles: Rows, weight: Counts, middles: tuple[Floats, Floats]
) -> None:
    """Put symbols that a bubble would cover into the nearest one."""
    alone = np.flatnonzero(bubble_of < 0)
    if not (alone.size and bubbles.size):
        return
    radius = radius_of(weight[bubbles]) + _CLEAR_OF_SYMBOL_PX
    first, second, distance = pairs_within(
        np.concatenate((middles[0][bubbles], at[0][alone])),
        np.concatenate((middles[1][bubbles], at[1][alone])),
        LARGEST_RADIUS_PX + _CLEAR_OF_SYMBOL_PX,
    )
    mixed = (first < len(bubbles)) & (second >= len(bubbles))
    first, second, distance = first[mixed], second[mixed] - len(bubbles), distance[mixed]
    covers = distance < radius[first]
    first, second, distance = first[covers], second[covers], distance[covers]
    order = np.lexsort((first, distance))[::-1]  # the nearest is written last
    bubble_of[alone[second[order]]] = bubbles[first[order]]


def _beside(u: Floats, v: Floats, radius: Floats, avoid: Floats) -> tuple[Floats, Floats]:
    """Move bubbles off the incidents that would hide them, to where no other stands if there is such a place."""
    if not (len(u) and len(avoid)):
        return u, v
    u, v = u.copy(), v.copy()
    reach = LARGEST_RADIUS_PX + _CLEAR_OF_INCIDENT_PX
    first, second, distance = pairs_within(np.append(u, avoid[:, 0]), np.append(v, avoid[:, 1]), reach)
    mixed = np.flatnonzero((first < len(u)) & (second >= len(u)))
    for at in mixed[np.lexsort((second[mixed], first[mixed]))]:
        one, incident = int(first[at]), avoid[second[at] - len(u)]
        wanted = radius[one] + _CLEAR_OF_INCIDENT_PX
        away_u, away_v = u[one] - incident[0], v[one] - incident[1]
        if np.hypot(away_u, away_v) >= wanted:
            continue
        straight = np.arctan2(away_v, away_u) if distance[at] > 0.5 else -np.pi / 2
        angles = straight + np.pi / 6 * np.array([0, 1, -1, 2, -2, 3, -3, 4, -4, 5, -5, 6])
        places = incident + wanted * np.column_stack((np.cos(angles), np.sin(angles)))
        beside = (np.abs(u - u[one]) < 3 * reach) & (np.abs(v - v[one]) < 3 * reach)
        beside[one] = False
        others = np.column_stack((u, v, radius))[beside]
        clear = (
            np.hypot(places[:, None, 0] - others[:, 0], places[:, None, 1] - others[:, 1]) >= others[:, 2] + radius[one]
        )
        of_incidents = np.hypot(places[:, None, 0] - avoid[:, 0], places[:, None, 1] - avoid[:, 1]) >= wanted - 0.5
        free = clear.all(axis=1) & of_incidents.all(axis=1)
        u[one], v[one] = places[int(np.argmax(free))]
    return u, v
