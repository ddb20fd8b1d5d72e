"""Where a batch's positions belong: from the feed process's slots to the rows of the tracks."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from cop.domain.batch import Batch, Been
from cop.picture.change import Change
from cop.picture.home import HomeGround
from cop.picture.tracks import Tracks
from cop.picture.trail_points import PLACES, POINT
from cop.picture.trails import Trails


class Placing:
    """Puts positions onto tracks and trails. `row_of` finds or makes the row of a unit; slots hold for one epoch."""

    def __init__(self, tracks: Tracks, trails: Trails, home: HomeGround, row_of: Callable[[str, str], int]) -> None:
        self._tracks = tracks
        self._trails = trails
        self._home = home
        self._row_of = row_of
        self._rows: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        #: row -> what its newest position said that our words cannot hold
        self.fields: dict[int, dict[str, str]] = {}
        self.epoch = 0

    def take(self, batch: Batch, change: Change) -> None:
        """Place what a pulse brought; a feed process that started again numbers its slots anew."""
        if batch.epoch != self.epoch:
            self.epoch = batch.epoch
            self._rows = np.empty(0, dtype=np.intp)
        if batch.tracks:
            self._name(batch, change)
        if len(batch.positions):
            self._place(batch, change)
        if batch.been is not None:
            self._look_back(batch.been)
        if batch.aside is not None:
            self._tracks.earlier.adopt(batch.aside.earlier, self._rows)
            self._judge(self._rows[self._rows >= 0])
        self.judge_renamed()
        for one in batch.fields:
            row = int(self._rows[one.slot]) if 0 <= one.slot < len(self._rows) else -1
            if one.fields and row >= 0:
                self.fields[row] = one.fields
            else:
                self.fields.pop(row, None)

    def judge_renamed(self) -> None:
        """Which of those that became another kind stand where they can hardly be: it goes at another speed."""
        if self._tracks.renamed:
            self._judge(np.fromiter(self._tracks.renamed, dtype=np.intp))
            self._tracks.renamed.clear()

    def forget(self) -> None:
        """No slot is known, and nothing said beside a position."""
        self._rows = np.empty(0, dtype=np.intp)
        self.fields.clear()

    def _name(self, batch: Batch, change: Change) -> None:
        highest = max(name.slot for name in batch.tracks)
        if highest >= len(self._rows):
            grown = np.full(max(1024, 2 * (highest + 1)), -1, dtype=np.intp)
            grown[: len(self._rows)] = self._rows
            self._rows = grown
        for name in batch.tracks:
            row = self._row_of(name.agency, name.unit)
            self._tracks.names[row] = name
            self._rows[name.slot] = row
            change.units.add((name.agency, name.unit))

    def _place(self, batch: Batch, change: Change) -> None:
        positions = batch.position_rows()
        slots = positions["slot"]
        named = (slots >= 0) & (slots < len(self._rows))  # no position without a name moves another's unit
        rows = self._rows[slots[named]]
        rows, positions = rows[rows >= 0], positions[named][rows >= 0]
        tracks = self._tracks
        moved = change.moved = tracks.place(rows, positions)
        away = self._home.doubtful(tracks.agencies, tracks.agency[rows], positions["lat"], positions["lon"])
        # nothing follows from a place that was taken back, or where no unit of its agency can be
        tells = ~(away | (positions["reported_at"] <= tracks.gone_at[rows]))
        tracks.earlier.note(rows[tells], positions[tells])
        fastest_mps = tracks.fastest_mps(rows)
        jumped = tracks.earlier.jumped(rows, positions, fastest_mps)
        if len(moved) == len(rows):
            tracks.doubt(moved, away, jumped)
        else:
            self._judge(rows)  # where one is that a late word told of may be believed by it, or no longer
        # also what is late: it was there all the same
        self._trails.record(rows, tracks.keys, positions, away | jumped, fastest_mps=fastest_mps)

    def _look_back(self, been: Been) -> None:
        """Take over where units have been, apart from where none of their agencies can be."""
        points = np.frombuffer(been.points, dtype=POINT)
        codes = {agency: code for code, agency in enumerate(dict.fromkeys(agency for agency, _unit in been.units))}
        of_unit = np.array([codes[agency] for agency, _unit in been.units], dtype=np.int16)
        lat, lon = points["lat"] / PLACES, points["lon"] / PLACES
        away = self._home.doubtful(list(codes), of_unit[points["unit"]], lat, lon)
        self._trails.adopt(been.units, points[~away], been.partings)

    def _judge(self, rows: NDArray[np.intp]) -> None:
        """Anew, where these units stand."""
        tracks = self._tracks
        where = tracks.places(rows)
        away = self._home.doubtful(tracks.agencies, tracks.agency[rows], where["lat"], where["lon"])
        tracks.doubt(rows, away, tracks.earlier.jumped(rows, where, tracks.fastest_mps(rows)))
