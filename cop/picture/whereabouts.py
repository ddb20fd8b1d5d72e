"""On whose ground every unit is, kept up as units move: only those that leave their cell are looked at."""

from threading import Lock

import numpy as np
import shapely
from numpy.typing import NDArray

from cop.picture.ground import Ground
from cop.picture.ground_cells import NOWHERE, GroundCells
from cop.picture.tracks import Tracks

_UNKNOWN = -1
_ON_NOBODYS = 0
_NEVER = -2  # no leaf: a row that was not looked at yet


class Whereabouts:
    """For each row of the tracks the jurisdictions that cover it, boundary included, as `Ground.at` says.

    The ground's cells are made when it is first asked: a second for 3,233 counties at full detail. A unit that moves
    within a cell that no boundary crosses costs one comparison; one in a crossed cell is tried against the boundaries
    that cross it. All but `begin` is for one thread.
    """

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._cells: GroundCells | None = None
        self._beginning = Lock()
        #: what covers a place: every set of jurisdictions met so far, by number, each as sorted indices
        self._sets: list[tuple[int, ...]] = [()]
        self._numbers: dict[tuple[int, ...], int] = {(): _ON_NOBODYS}
        self._with: dict[tuple[int, int], int] = {}
        #: leaf -> the set of all of it, of a crossed leaf that of those that do not cross it
        self._leaf_sets = np.empty(0, dtype=np.int32)
        self._leaf = np.empty(0, dtype=np.int64)
        self._set = np.empty(0, dtype=np.int32)
        #: how many places were tried against a boundary since this was made: what moving costs
        self.tried = 0

    def update(self, tracks: Tracks, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Look at the rows that moved, came, or were taken from the map; return those whose jurisdictions changed."""
        cells = self._cells or self.begin()
        self._make_room(tracks.count)
        lon, lat = tracks.lon[rows], tracks.lat[rows]
        leaf = cells.leaves(lon, lat)
        crossed = cells.crossed[leaf]
        crossed[leaf == NOWHERE] = -1
        moved = (leaf != self._leaf[rows]) | (crossed >= 0)
        if not moved.any():
            return rows[:0]
        rows, lon, lat, leaf, crossed = rows[moved], lon[moved], lat[moved], leaf[moved], crossed[moved]
        self._leaf[rows] = leaf
        found = np.full(len(rows), _ON_NOBODYS, dtype=np.int32)
        on_map = leaf != NOWHERE
        self._learn(leaf[on_map], crossed[on_map], lon[on_map], lat[on_map])
        found[on_map] = self._leaf_sets[leaf[on_map]]
        near = np.flatnonzero(crossed >= 0)
        if near.size:
            found[near] = self._try_boundaries(found[near], crossed[near], lon[near], lat[near])
        changed: NDArray[np.intp] = rows[found != self._set[rows]]
        self._set[rows] = found
        return changed

    @property
    def ready(self) -> bool:
        """Whether the cells are made: an update does not wait for them."""
        return self._cells is not None

    def of(self, row: int) -> tuple[int, ...]:
        """Indices into `ground.jurisdictions` of those that cover a row's unit, smallest jurisdiction first."""
        return self._sets[self._set[row]] if row < len(self._set) else ()

    def outside_own(self, tracks: Tracks) -> NDArray[np.bool_]:
        """Which rows looked at so far are off all ground of their agency, shape (tracks.count,).

        A unit that is not located is nowhere, and an agency without any ground has nothing to be off.
        """
        own: dict[str, set[int]] = {}
        for index, one in enumerate(self._ground.jurisdictions):
            own.setdefault(one.agency, set()).add(index)
        outside = np.zeros(tracks.count, dtype=np.bool_)
        known = np.flatnonzero((self._leaf[: tracks.count] != _NEVER) & ~np.isnan(tracks.lat[: len(self._leaf)]))
        keys = self._set[known].astype(np.int64) * max(len(tracks.agencies), 1) + tracks.agency[known]
        pairs, inverse = np.unique(keys, return_inverse=True)
        off = np.zeros(len(pairs), dtype=np.bool_)
        for at, key in enumerate(pairs.tolist()):
            number, code = divmod(key, len(tracks.agencies))
            grounds = own.get(tracks.agencies[code])
            off[at] = grounds is not None and grounds.isdisjoint(self._sets[number])
        outside[known] = off[inverse]
        return outside

    def begin(self) -> GroundCells:
        """Make the cells, unless they are made; any thread may, so that none who draws has to wait for them."""
        with self._beginning:
            if self._cells is None:
                cells = GroundCells(self._ground.geometries)
                self._leaf_sets = np.full(cells.count, _UNKNOWN, dtype=np.int32)
                self._cells = cells
            return self._cells

    def _make_room(self, count: int) -> None:
        if count > len(self._leaf):
            more = max(count, 2 * len(self._leaf)) - len(self._leaf)
            self._leaf = np.append(self._leaf, np.full(more, _NEVER, dtype=np.int64))
            self._set = np.append(self._set, np.full(more, _ON_NOBODYS, dtype=np.int32))

    def _learn(
        self,
        leaf: NDArray[np.int64],
        crossed: NDArray[np.int32],
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
    ) -> None:
        """Find what covers the leaves that nobody was in before, by the first place in each."""
        new = np.flatnonzero(self._leaf_sets[leaf] == _UNKNOWN)
        if not new.size:
            return
        leaves, first = np.unique(leaf[new], return_index=True)
        first = new[first]
        places, covering = self._ground.near(lon[first], lat[first])
        self.tried += len(first)
        split = np.flatnonzero(crossed[first] >= 0)
        crossing_place, crossing = self._crossing(crossed[first[split]])
        many = len(self._ground.jurisdictions)
        whole = ~np.isin(places * many + covering, split[crossing_place] * many + crossing)
        self._leaf_sets[leaves] = self._added(np.zeros(len(leaves), dtype=np.int32), places[whole], covering[whole])

    def _crossing(self, crossed: NDArray[np.int32]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Pairs of an index into `crossed` leaves and a jurisdiction whose boundary crosses it, in this order."""
        assert self._cells is not None
        first = self._cells.first[crossed]
        count = self._cells.first[crossed + 1] - first
        place = np.repeat(np.arange(len(crossed)), count)
        at = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
        return place, self._cells.crossing[first[place] + at]

    def _try_boundaries(
        self,
        whole: NDArray[np.int32],
        crossed: NDArray[np.int32],
        lon: NDArray[np.float64],
        lat: NDArray[np.float64],
    ) -> NDArray[np.int32]:
        """The set of each place in a crossed leaf: `whole`, and those of the crossing ones that cover it."""
        place, candidate = self._crossing(crossed)
        self.tried += len(candidate)
        covers = shapely.intersects_xy(self._ground.geometries[candidate], lon[place], lat[place])
        return self._added(whole, place[covers], candidate[covers])

    def _added(self, sets: NDArray[np.int32], place: NDArray[np.intp], more: NDArray[np.int64]) -> NDArray[np.int32]:
        """The sets with more jurisdictions in them: pairs of an index into `sets`, ascending, and what to add to it.

        The first of each place is added, then the second …: as many turns as the most have, not as many as places.
        """
        found = sets.copy()
        start = np.flatnonzero(np.diff(place, prepend=-1))
        turn = np.arange(len(place)) - np.repeat(start, np.diff(np.append(start, len(place))))
        many = len(self._ground.jurisdictions)
        for one in range(int(turn.max(initial=-1)) + 1):
            now = turn == one
            keys, inverse = np.unique(found[place[now]].astype(np.int64) * many + more[now], return_inverse=True)
            found[place[now]] = np.array([self._one_more(*divmod(key, many)) for key in keys.tolist()])[inverse]
        return found

    def _one_more(self, number: int, jurisdiction: int) -> int:
        known = self._with.get((number, jurisdiction))
        if known is None:
            jurisdictions = tuple(sorted({*self._sets[number], jurisdiction}))
            known = self._with[number, jurisdiction] = self._number(jurisdictions)
        return known

    def _number(self, jurisdictions: tuple[int, ...]) -> int:
        number = self._numbers.get(jurisdictions)
        if number is None:
            number = self._numbers[jurisdictions] = len(self._sets)
            self._sets.append(jurisdictions)
        return number
