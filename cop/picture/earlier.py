"""Where each unit was before: what tells a unit that moved from one that jumped."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cop.domain.distance import distance_m
from cop.domain.rules.doubtful import METRES_A_DEGREE, NOISE_M, Floats, have_jumped, uncertain_m, within_reach

Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

#: of each span of so many seconds the first place is kept, of as many spans in which the unit was heard
SPAN_S, SPANS = 10.0, 4
#: well below what two right reports of one unit may lie apart
_NOISE_DEGREES = np.float32(NOISE_M / METRES_A_DEGREE * 0.9)
#: one remembered place as it is written down; a row of the tracks, degrees WGS 84, metres, epoch seconds
EARLIER_ROW = np.dtype([("row", "<i4"), ("lat", "<f4"), ("lon", "<f4"), ("accuracy_m", "<f4"), ("at", "<f8")])


class Jump(NamedTuple):
    """So far in so many seconds."""

    metres: float
    seconds: float


class Earlier:
    """The first place of each of the last spans of time.

    The same reports in any order leave the same. That they lie some seconds apart keeps a unit that reports ten times a
    second from being believed the quicker. Columns of shape (capacity, SPANS), `_head` being the latest; places are a
    metre coarse, which is far less than what is asked of them.
    """

    def __init__(self, capacity: int) -> None:
        self._head = np.zeros(capacity, dtype=np.uint8)
        self._at = np.full((capacity, SPANS), np.nan)
        self._lat, self._lon, self._accuracy_m = (
            np.full((capacity, SPANS), np.nan, dtype=np.float32) for _ in ("lat", "lon", "accuracy_m")
        )

    @property
    def bytes_a_track(self) -> int:
        """Bytes of the columns for one track."""
        columns = (self._at, self._lat, self._lon, self._accuracy_m)
        return self._head.itemsize + SPANS * sum(one.itemsize for one in columns)

    def grow(self, capacity: int) -> None:
        """Make room for so many rows."""
        longer = Earlier(capacity)
        for name, column in vars(self).items():
            getattr(longer, name)[: len(column)] = column
        vars(self).update(vars(longer))

    def forget(self, rows: "Rows | slice | int") -> None:
        """Nothing is known of where these were: their places were taken back."""
        for column in (self._at, self._lat, self._lon):
            column[rows] = np.nan

    def note(self, rows: Rows, positions: NDArray[Any]) -> None:
        """Remember positions (`POSITION_ROW` records), one a row, rows distinct; newer or older than what is known."""
        at = positions["reported_at"]
        newest = self._at[rows, self._head[rows]]
        # of the span that is being filled the first is kept: nothing to do, as nearly always
        new = np.flatnonzero(~((np.floor(at / SPAN_S) == np.floor(newest / SPAN_S)) & (at >= newest)))
        new = new[np.isfinite(at[new]) & np.isfinite(positions["lat"][new]) & np.isfinite(positions["lon"][new])]
        if not new.size:
            return
        follows = ~(at[new] <= newest[new])  # NaN: the first of all
        following, late = new[follows], new[~follows]
        column = self._oldest(rows[following])
        self._head[rows[following]] = column
        self._put(rows[following], column, positions[following])
        if late.size:
            self._insert(rows[late], positions[late])

    def jumped(self, rows: Rows, positions: NDArray[Any], fastest_mps: Floats) -> Flags:
        """Which positions can hardly follow from where the units were before, or were after; what is there is noted."""
        lat, lon = (positions[name].astype(np.float32)[:, None] for name in ("lat", "lon"))
        off = np.abs(self._lat[rows] - lat)
        off += np.abs(self._lon[rows] - lon)
        # within noise of all that is known, as most are: nothing needs to be asked of their speed
        unsure = np.flatnonzero((off > _NOISE_DEGREES).any(axis=1))
        jumped = np.zeros(len(rows), dtype=np.bool_)
        if unsure.size:
            reached, known, _ = self._reached(rows[unsure], positions[unsure], fastest_mps[unsure])
            jumped[unsure] = have_jumped(reached, known)
        return jumped

    def last_jump(self, row: int, position: NDArray[Any], fastest_mps: float) -> Jump | None:
        """The way that is too far, as the unit's reports tell it: between two that followed on each other."""
        (reached,), (known,), (order,) = self._reached(np.array([row]), position.reshape(1), np.array([fastest_mps]))
        if not (known & ~reached).any():
            return None
        before = int(np.argmax(known & ~reached))  # the latest of them
        ends = [(float(self._at[row, at]), float(self._lat[row, at]), float(self._lon[row, at])) for at in order]
        after = [end for end, is_known in zip(ends[:before], known, strict=False) if is_known]
        reported_at, lat, lon = (float(position[name].item()) for name in ("reported_at", "lat", "lon"))
        to = after[-1] if after else (reported_at, lat, lon)
        return Jump(float(distance_m(*ends[before][1:], *to[1:])), to[0] - ends[before][0])

    def _reached(self, rows: Rows, positions: NDArray[Any], fastest_mps: Floats) -> tuple[Flags, Flags, Rows]:
        """Of each position which earlier ones are within reach, which there are; and in which columns, latest first."""
        order = np.argsort(-self._at[rows], axis=1, kind="stable")  # NaN is last
        at, lat, lon, accuracy_m = (
            np.take_along_axis(column[rows], order, axis=1)
            for column in (self._at, self._lat, self._lon, self._accuracy_m)
        )
        seconds = positions["reported_at"][:, None] - at
        uncertain = uncertain_m(accuracy_m) + uncertain_m(positions["accuracy_m"])[:, None]
        here = positions["lat"][:, None], positions["lon"][:, None]
        reached = within_reach(here, (lat, lon), seconds=seconds, uncertain_m=uncertain, mps=fastest_mps[:, None])
        return reached, ~np.isnan(at) & (seconds != 0), order

    def _put(self, rows: Rows, column: NDArray[Any], positions: NDArray[Any]) -> None:
        self._at[rows, column] = positions["reported_at"]
        self._lat[rows, column], self._lon[rows, column] = positions["lat"], positions["lon"]
        self._accuracy_m[rows, column] = positions["accuracy_m"]

    def _oldest(self, rows: Rows) -> Rows:
        """The columns that make room: empty ones first."""
        oldest: Rows = np.argmin(np.nan_to_num(self._at[rows], nan=-np.inf), axis=1)
        return oldest

    def _insert(self, rows: Rows, positions: NDArray[Any]) -> None:
        """Those that came late: in the span to which they belong, where that is still remembered."""
        at, kept = positions["reported_at"], self._at[rows]
        span, spans = np.floor(at / SPAN_S), np.floor(kept / SPAN_S)
        same = spans == span[:, None]
        is_same = same.any(axis=1)
        column = np.where(is_same, same.argmax(axis=1), self._oldest(rows))
        each = np.arange(len(rows))
        takes = np.where(is_same, at < kept[each, column], ~(span <= spans[each, column]))
        self._put(rows[takes], column[takes], positions[takes])

    # for a picture that is to be made again

    def packed(self, count: int) -> bytes:
        """All that is remembered of the first `count` rows, as `EARLIER_ROW` records."""
        rows, spans = np.nonzero(~np.isnan(self._at[:count]))
        records = np.empty(len(rows), dtype=EARLIER_ROW)
        records["row"], records["at"] = rows, self._at[rows, spans]
        records["lat"], records["lon"] = self._lat[rows, spans], self._lon[rows, spans]
        records["accuracy_m"] = self._accuracy_m[rows, spans]
        return records.tobytes()

    def adopt(self, packed: bytes, row_of: NDArray[np.intp]) -> None:
        """Remember what another picture had `packed`; `row_of` names the row here of each row there, -1 for none.

        Raises ValueError where these are no such records.
        """
        records = np.frombuffer(packed, dtype=EARLIER_ROW)
        records = records[(records["row"] >= 0) & (records["row"] < len(row_of))]
        rows = row_of[records["row"]]
        records, rows = records[rows >= 0], rows[rows >= 0]
        self.forget(row_of[row_of >= 0])
        order = np.lexsort((-records["at"], rows))
        records, rows = records[order], rows[order]
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        column = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
        rows, column, records = rows[column < SPANS], column[column < SPANS], records[column < SPANS]
        self._head[rows] = 0
        self._at[rows, column] = records["at"]
        self._lat[rows, column], self._lon[rows, column] = records["lat"], records["lon"]
        self._accuracy_m[rows, column] = records["accuracy_m"]
