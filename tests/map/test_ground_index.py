"""The index of points on the ground answers like one that looks at every point."""

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cop.map import ground_index
from cop.map.ground_cells import FINEST_LEVEL, SORTED_LEVEL, Cells, cells_over, level_of
from cop.map.ground_index import GroundIndex
from cop.map.projection import WORLD_M

_MIDDLE = (-9_005_000.0, 4_200_000.0)


def filled(count: int, seed: int = 1, spread_m: float = 20_000.0) -> GroundIndex:
    random = np.random.default_rng(seed)
    index = GroundIndex()
    index.grow(count)
    rows = np.arange(count)
    index.x[rows] = random.normal(_MIDDLE[0], spread_m, count)
    index.y[rows] = random.normal(_MIDDLE[1], spread_m, count)
    index.kind[rows] = random.integers(0, 7, count)
    index.changed(rows)
    return index


def within(index: GroundIndex, bounds: tuple[float, float, float, float]) -> list[int]:
    west, south, east, north = bounds
    x, y = index.x[: index.count], index.y[: index.count]
    return np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north)).tolist()


def assert_census(index: GroundIndex, cells: Cells) -> None:
    """Counts, sums, kinds and rows are those of a look at each point."""
    x, y = index.x[: index.count], index.y[: index.count]
    there = ~np.isnan(x) & ~index.apart[: index.count]
    side = cells.size_m
    column = np.floor((x[there] + WORLD_M) / side).astype(int) - cells.left
    row = np.floor((y[there] + WORLD_M) / side).astype(int) - cells.low
    inside = (column >= 0) & (column < cells.across) & (row >= 0) & (row < cells.down)
    of = row[inside] * cells.across + column[inside]
    rows = np.flatnonzero(there)[inside]
    census = index.census(cells)
    assert census.counts.tolist() == np.bincount(of, minlength=cells.count).tolist()
    wanted = np.flatnonzero(census.counts)
    found, cell = census.rows(wanted)
    assert sorted(zip(found.tolist(), cell.tolist(), strict=True)) == sorted(
        zip(rows.tolist(), of.tolist(), strict=True)
    )
    sum_x, _, kinds = census.sums(wanted, 8)
    # the sums may be those of where a point stood in its cell of the order
    coarse = 2 * WORLD_M / 2**SORTED_LEVEL
    assert np.allclose(
        sum_x, np.bincount(of, weights=x[rows], minlength=cells.count)[wanted], atol=coarse * len(rows) + 1
    )
    assert kinds.tolist() == [np.bincount(index.kind[rows[of == one]], minlength=8).tolist() for one in wanted.tolist()]


class IndexMachine(RuleBasedStateMachine):
    """Points come, move, change, leave, stand apart; the order is made in the background at any time."""

    @initialize(count=st.integers(50, 400), seed=st.integers(0, 9))
    def fill(self, count: int, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.index = filled(count, seed, spread_m=400.0)
        self.index.settle()

    def _some(self, share: float) -> np.ndarray:
        return np.flatnonzero(self.random.random(self.index.count) < share)

    @rule(share=st.sampled_from([0.0, 0.02, 0.05, 0.6]), by=st.sampled_from([3.0, 90.0, 3000.0]))
    def move(self, share: float, by: float) -> None:
        rows = self._some(share)
        self.index.x[rows] += self.random.normal(0, by, len(rows))
        self.index.y[rows] += self.random.normal(0, by, len(rows))
        self.index.changed(rows)

    @rule(share=st.sampled_from([0.02, 0.05]))
    def leave_and_come_back(self, share: float) -> None:
        gone, back = self._some(share), self._some(share)
        self.index.x[gone] = self.index.y[gone] = np.nan
        self.index.changed(gone)
        self.index.x[back], self.index.y[back] = self.random.normal(_MIDDLE[0], 300.0, len(back)), _MIDDLE[1]
        self.index.changed(back)

    @rule(share=st.sampled_from([0.02, 0.05]))
    def change_kind(self, share: float) -> None:
        rows = self._some(share)
        self.index.kind[rows] = self.random.integers(0, 7, len(rows))
        self.index.changed(rows)

    @rule(share=st.sampled_from([0.02, 0.05]))
    def stand_apart_or_not(self, share: float) -> None:
        rows = self._some(share)
        self.index.apart[rows] = ~self.index.apart[rows]
        self.index.changed(rows)

    @rule(more=st.integers(1, 60))
    def grow(self, more: int) -> None:
        before = self.index.count
        self.index.grow(before + more)
        rows = np.arange(before, before + more)
        self.index.x[rows], self.index.y[rows] = self.random.normal(_MIDDLE[0], 300.0, more), _MIDDLE[1]
        self.index.changed(rows)

    @rule()
    def settle(self) -> None:
        self.index.settle()
        assert self.index.sorted_count

    @rule()
    def start_sorting(self) -> None:
        if self.index._sorting is None:
            self.index._take_in()
            self.index._start_sorting()

    @invariant()
    def answers_like_a_look_at_each(self) -> None:
        if not hasattr(self, "index"):
            return
        x, y = _MIDDLE[0] + self.random.normal(0, 200), _MIDDLE[1] + self.random.normal(0, 200)
        size = float(self.random.choice([30.0, 300.0, 4000.0]))
        bounds = (x - size, y - size, x + size, y + size)
        assert sorted(self.index.rows_within(*bounds).tolist()) == within(self.index, bounds)
        assert_census(self.index, cells_over(int(self.random.integers(10, 21)), *bounds))


IndexMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
TestIndexUnderChange = IndexMachine.TestCase


def test_that_a_large_index_is_sorted_by_a_worker_and_answers_the_same_meanwhile() -> None:
    index = filled(20_000)
    bounds = (_MIDDLE[0] - 3000, _MIDDLE[1] - 3000, _MIDDLE[0] + 3000, _MIDDLE[1] + 3000)
    expected = within(index, bounds)
    assert sorted(index.rows_within(*bounds).tolist()) == expected
    assert index.sorted_count == 0  # all of it has just changed
    assert sorted(index.rows_within(*bounds).tolist()) == expected
    index.settle()
    assert index.sorted_count == 20_000
    assert sorted(index.rows_within(*bounds).tolist()) == expected


def test_that_what_moves_while_the_worker_sorts_is_found_where_it_is() -> None:
    index = filled(20_000)
    index._upheaval = False
    index.rows_within(0, 0, 1, 1)
    assert index._sorting is not None
    moved = np.arange(0, 20_000, 40)
    index.x[moved] += 50_000.0
    index.changed(moved)
    index.settle()
    bounds = (_MIDDLE[0] + 30_000, _MIDDLE[1] - 9000, _MIDDLE[0] + 90_000, _MIDDLE[1] + 9000)
    assert sorted(index.rows_within(*bounds).tolist()) == within(index, bounds)


def test_that_many_loose_points_are_sorted_in() -> None:
    index = filled(200_000)
    index.settle()
    moved = np.arange(0, 200_000, 20)
    index.x[moved] += 500.0
    index.changed(moved)
    index.rows_within(0, 0, 1, 1)
    assert index._loose.size > 9000
    index.settle()
    assert not index._loose.size
    assert index.sorted_count == 200_000


def test_that_an_error_while_sorting_leaves_the_answers_right(monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    index = filled(9_000)

    def fail(*_columns: object) -> None:
        raise MemoryError

    monkeypatch.setattr(ground_index, "_sorted", fail)
    index.settle()
    bounds = (_MIDDLE[0] - 3000, _MIDDLE[1] - 3000, _MIDDLE[0] + 3000, _MIDDLE[1] + 3000)
    assert sorted(index.rows_within(*bounds).tolist()) == within(index, bounds)
    assert "sorted by place" in caplog.text


@pytest.mark.parametrize("level", [0, 1, 12, SORTED_LEVEL, SORTED_LEVEL + 1, FINEST_LEVEL])
def test_that_every_level_counts_every_point_once(level: int) -> None:
    index = filled(500, spread_m=3.0 if level > SORTED_LEVEL else 20_000.0)
    index.settle()
    x, y = index.x[:500], index.y[:500]
    cells = cells_over(level, x.min(), y.min(), x.max(), y.max())
    if cells.count < 1_000_000:
        assert index.census(cells).counts.sum() == 500


def test_that_places_beyond_the_edge_of_the_world_are_in_its_last_cells() -> None:
    index = GroundIndex()
    index.grow(3)
    index.x[:3], index.y[:3] = [WORLD_M + 9e6, -WORLD_M - 9e6, np.nan], [0.0, WORLD_M * 2, 0.0]
    index.changed(np.arange(3))
    for _ in range(2):
        assert index.census(cells_over(3, -WORLD_M, -WORLD_M, WORLD_M, WORLD_M)).counts.sum() == 2
        index.settle()


def test_that_cells_are_as_small_as_asked_and_not_smaller() -> None:
    for size in (0.01, 1.0, 76.0, 77.0, 1234.5, 1e9):
        level = level_of(size)
        assert 2 * WORLD_M / 2**level >= size or level == 0
        assert 2 * WORLD_M / 2 ** (level + 1) < size or level == FINEST_LEVEL
