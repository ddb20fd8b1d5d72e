"""Every unit's newest position, in NumPy columns: one row a unit, keyed by agency and unit."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from cop.domain.batch import POSITION_ROW, TrackName, UnitAside
from cop.domain.rules.doubtful import fastest_mps
from cop.domain.words import UNIT_KINDS, UNIT_STATUSES
from cop.picture.earlier import Earlier, Jump

KIND_CODES = {kind: code for code, kind in enumerate(UNIT_KINDS)}
_FASTEST_MPS = np.array([fastest_mps(kind) for kind in UNIT_KINDS])
STATUS_CODES = {status: code for code, status in enumerate(UNIT_STATUSES)}
#: our own clock was put back where what is known is later than what comes now by more than this, in seconds
_CLOCK_SET_BACK_S = 60.0
_KINDS, _STATUSES = tuple(KIND_CODES), tuple(STATUS_CODES)

_COLUMNS: tuple[tuple[str, type, float], ...] = (
    ("lat", np.float64, np.nan),
    ("lon", np.float64, np.nan),
    ("alt_m", np.float32, np.nan),
    ("course_deg", np.float32, np.nan),
    ("speed_mps", np.float32, np.nan),
    ("accuracy_m", np.float32, np.nan),
    ("reported_at", np.float64, np.nan),
    ("received_at", np.float64, np.nan),
    ("stale_at", np.float64, np.nan),
    ("gone_at", np.float64, np.nan),
    ("agency", np.int16, 0),
    ("kind", np.uint8, 0),
    ("status", np.uint8, 0),
    ("present", np.bool_, True),
    ("exercise", np.bool_, False),
    ("doubtful", np.bool_, False),
    ("jumped", np.bool_, False),
)
_WHERE = ("lat", "lon", "alt_m", "course_deg", "speed_mps", "accuracy_m", "reported_at", "received_at", "stale_at")


class Tracks:
    """Columns of shape (count,). `lat`, `lon` in degrees WGS 84, NaN while not located; times in epoch seconds.

    `agency` indexes `agencies`; `kind` and `status` index the tables of `cop.domain.words`. A row is never moved:
    a row index stays valid for the life of the picture. A retracted unit's row has `present` False; what it said up to
    `gone_at` does not bring it back. `doubtful` are those whose place can hardly be true, `jumped` those of them that
    are too far from where they were. `earlier` says where that was; `renamed` are rows that became another kind.
    """

    def __init__(self, capacity: int = 1024, *, pace: float = 1.0) -> None:
        self.count = 0
        self.keys: list[tuple[str, str]] = []
        self.callsigns: list[str] = []
        self.names: list[TrackName | None] = []
        self.agencies: list[str] = []
        self._rows: dict[tuple[str, str], int] = {}
        self._forgotten: set[int] = set()
        self._agency_codes: dict[str, int] = {}
        self._columns: dict[str, NDArray[Any]] = {
            name: np.full(capacity, empty, dtype=kind) for name, kind, empty in _COLUMNS
        }
        self.earlier = Earlier(capacity)
        self.renamed: set[int] = set()
        #: how many times faster than in the world time passes in what is played: units go so much faster
        self.pace = pace

    def __getattr__(self, name: str) -> NDArray[Any]:
        """A column's filled part, as a view."""
        try:
            column: NDArray[Any] = self.__dict__["_columns"][name]
        except KeyError:
            raise AttributeError(name) from None
        return column[: self.count]

    def row_of(self, agency: str, unit: str) -> int | None:
        """The row of a unit, or None if it was never heard of, or not since all was forgotten."""
        row = self._rows.get((agency, unit))
        return None if row in self._forgotten else row

    def row(self, agency: str, unit: str) -> int:
        """The row of a unit, made if it is new."""
        key = (agency, unit)
        row = self._rows.get(key)
        if row is None:
            row = self.count
            if row == len(self._columns["lat"]):
                self._grow()
            self._rows[key] = row
            self.keys.append(key)
            self.callsigns.append(unit)
            self.names.append(None)
            self.count += 1
            self._columns["agency"][row] = self.agency_code(agency)
        elif row in self._forgotten:
            self._forgotten.discard(row)
            self._columns["present"][row] = True
        return row

    def agency_code(self, agency: str) -> int:
        """The number that stands for an agency in the `agency` column."""
        code = self._agency_codes.get(agency)
        if code is None:
            code = self._agency_codes[agency] = len(self.agencies)
            self.agencies.append(agency)
        return code

    def place(self, rows: NDArray[np.intp], positions: NDArray[Any]) -> NDArray[np.intp]:
        """Write positions (`POSITION_ROW` records, one a row, rows distinct) where they are newer; return the rows.

        Newer is by the sender's time; an equal time keeps what is there. Without a promise it is stale at once.
        """
        columns = self._columns
        reported_at = positions["reported_at"]
        # NaN (never placed, never gone) compares False: newer. A time that has not come yet counts for nothing: our own
        # clock was put back, and nobody stands still until it is that late again.
        now = positions["received_at"] + _CLOCK_SET_BACK_S
        known_at, gone_at = columns["reported_at"][rows], columns["gone_at"][rows]
        newer = ~(((reported_at <= known_at) & (known_at <= now)) | ((reported_at <= gone_at) & (gone_at <= now)))
        moved: NDArray[np.intp] = rows[newer]
        fresh = positions[newer]
        for name in ("lat", "lon", "alt_m", "course_deg", "speed_mps", "accuracy_m"):
            columns[name][moved] = fresh[name]
        for name in ("reported_at", "received_at", "exercise"):
            columns[name][moved] = fresh[name]
        unpromised = np.isnan(fresh["stale_at"])
        columns["stale_at"][moved] = np.where(unpromised, fresh["reported_at"], fresh["stale_at"])
        columns["present"][moved] = True
        return moved

    def doubt(self, rows: NDArray[np.intp], away: NDArray[np.bool_], jumped: NDArray[np.bool_]) -> None:
        """Note which of these units are too far from their ground, or from where they were (`rules.doubtful`)."""
        self._columns["doubtful"][rows] = away | jumped
        self._columns["jumped"][rows] = jumped

    def fastest_mps(self, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """How fast units of their kinds can go."""
        fastest: NDArray[np.float64] = _FASTEST_MPS[self.kind[rows]] * self.pace
        return fastest

    def jump(self, row: int) -> Jump | None:
        """How far in which time a unit jumped; None where its place is believed, or is doubtful for another reason."""
        if not self._columns["jumped"][row]:
            return None
        rows = np.array([row], dtype=np.intp)
        return self.earlier.last_jump(row, self.places(rows), float(self.fastest_mps(rows)[0]))

    def places(self, rows: NDArray[np.intp]) -> NDArray[Any]:
        """Where these units are, as far as a jump is judged by it: `POSITION_ROW` records, one a row."""
        records = np.zeros(len(rows), dtype=POSITION_ROW)
        for name in ("lat", "lon", "accuracy_m", "reported_at"):
            records[name] = self._columns[name][rows]
        return records

    def describe(self, row: int, *, callsign: str, kind: str, status: str) -> None:
        """Write what a unit is into its row; words outside our tables are drawn as unknown."""
        self.callsigns[row] = callsign or self.keys[row][1]
        code = KIND_CODES.get(kind, 0)
        if code != self._columns["kind"][row]:
            self._columns["kind"][row] = code
            self.renamed.add(row)
        self._columns["status"][row] = STATUS_CODES.get(status, 0)
        if not self._columns["present"][row]:
            self._columns["gone_at"][row] = np.nan
            self._columns["present"][row] = True

    def remove(self, row: int, at: float) -> None:
        """A unit retracted at `at` leaves the map; its row stays, so that nothing else changes its number."""
        self._columns["present"][row] = False
        self.unplace(row, at)  # one that is named again comes back to where it says then that it is

    def unplace(self, row: int, at: float) -> None:
        """Where a unit is was taken back at `at`: it is there, not located."""
        self._leave_behind(row, at)
        for name in _WHERE:
            self._columns[name][row] = np.nan
        for name in ("doubtful", "jumped", "exercise"):  # of the place alone
            self._columns[name][row] = False

    def empty(self) -> None:
        """Nothing is known of any unit; the rows stay theirs."""
        for name, _kind, unknown in _COLUMNS:
            if name != "agency":
                self._columns[name][: self.count] = unknown
        self._columns["present"][: self.count] = False
        self._forgotten = set(range(self.count))
        self.earlier.forget(slice(None))
        self.renamed.clear()
        self.callsigns[:] = [unit for _agency, unit in self.keys]
        self.names[:] = [None] * self.count

    def left(self, row: int) -> UnitAside:
        """What a snapshot has to remember of a unit that was taken back, or whose place was."""
        kind, status = _KINDS[self.kind[row]], _STATUSES[self.status[row]]
        there, gone_at = bool(self.present[row]), float(self.gone_at[row])
        return UnitAside(*self.keys[row], gone_at, there, self.callsigns[row], kind, status, bool(self.exercise[row]))

    def leave(self, one: UnitAside) -> None:
        """A unit as a snapshot remembers it."""
        row = self.row(one.agency, one.unit)
        self.describe(row, callsign=one.callsign, kind=one.kind, status=one.status)
        for name in ("gone_at", "present", "exercise"):
            self._columns[name][row] = getattr(one, name)

    def stale(self, now: float) -> NDArray[np.bool_]:
        """Which tracks are older than their sender's promise at `now` (epoch seconds); never located is not stale."""
        stale_at: NDArray[Any] = self._columns["stale_at"][: self.count]
        result: NDArray[np.bool_] = stale_at <= now
        return result

    @property
    def bytes_a_track(self) -> int:
        """Bytes of the columns for one track."""
        return sum(column.itemsize for column in self._columns.values()) + self.earlier.bytes_a_track

    def _leave_behind(self, row: int, at: float) -> None:
        columns = self._columns
        columns["gone_at"][row] = np.nanmax([at, columns["gone_at"][row], columns["reported_at"][row]])
        self.earlier.forget(row)

    def _grow(self) -> None:
        for name, _kind, empty in _COLUMNS:
            old = self._columns[name]
            new = np.full(2 * len(old), empty, dtype=old.dtype)
            new[: len(old)] = old
            self._columns[name] = new
        self.earlier.grow(len(new))
