"""Where units have been: thinned points of every unit in one bounded ring, in whichever order they came."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cop.domain.rules.doubtful import fastest_mps as fastest_of
from cop.domain.rules.doubtful import within_reach
from cop.picture.trail_points import NO_SPEED, PLACES, POINT, REST, columns_of, points_of

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Key = tuple[str, str]

#: 225 units that move for 10 hours, or 50,000 for about an hour, one point being 26 bytes
CAPACITY = 2**21
#: of what a unit says within so many seconds the first point is kept, moving or at rest; with more units than this
#: in the ring, of twice as many seconds, and so on
SLOT_S, _REST_SLOT_S = 5, 30
_UNITS_AT_FULL_RATE = 5_000
#: seconds since the epoch from which on no time is plausible (the year 2096)
_NEVER = 4e9
_MOST_PARTINGS = 20
#: of so many slots one is drawn, where there are very many units: every half minute
_COARSEST = 6
_MOST_SPANS = 2_000
#: of a unit of which nothing else is known
_FASTEST_MPS = fastest_of("unknown")

#: of each unit the slot that is being filled, by its beginning: one for the moving and one for the resting points
_SLOT = np.dtype([("slot", "<u4"), ("at", "<f8"), ("index", "<i4"), ("sectors", "<u2")])


class Trail(NamedTuple):
    """Points in time order, shape (n,), one unit after the other if there are many; degrees WGS 84, epoch seconds.

    `joined`: it was known where the unit was all the way from the point before; where not, there is no line.
    `speed_mps` is NaN where it was not said. `unit` is the trails' own number of the unit.
    """

    unit: NDArray[np.int32]
    at: Floats
    lat: Floats
    lon: Floats
    speed_mps: Floats
    joined: Flags


class Kept(NamedTuple):
    """What is to be written down: keys by number, points (oldest first, `POINT` records), when units' places were
    taken back. `points` copies them; it may be asked for on another thread while more are recorded on this one.
    """

    keys: list[Key]
    points: Callable[[], NDArray[Any]]
    partings: dict[int, list[float]]


class Trails:
    """Fed with every position; the same positions in any order make the same trails.

    Of each span of some seconds the first point is kept, and the first of each new direction: what is kept does not
    hang on the order of arrival. The oldest points make room for new ones.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._ring = columns_of(min(4096, capacity))
        #: grows with every change
        self.revision = 0
        self._written = 0  # all points ever; the next stands at this number modulo the capacity
        self._claimed = 0  # the same with those that are just being written
        self._keys: list[Key] = []
        self._numbers: dict[Key, int] = {}
        self._number_of_row: NDArray[np.int32] = np.full(1024, -1, dtype=np.int32)
        self._moving = np.zeros(1024, dtype=_SLOT)
        self._resting = np.zeros(1024, dtype=_SLOT)
        self._fastest_mps = np.full(1024, _FASTEST_MPS, dtype=np.float32)
        self._partings: dict[int, list[float]] = {}

    def forget(self) -> None:
        """Know of no unit where it has been."""
        revision = self.revision
        self.__init__(self._capacity)  # type: ignore[misc]  # all of its state is made there
        self.revision = revision + 1

    @property
    def count(self) -> int:
        """How many points there are."""
        return min(self._written, self._capacity)

    @property
    def reaches_back_to(self) -> float | None:
        """When the oldest point was reported, epoch seconds, if older ones had to make room; None if none had."""
        if self._written <= self._capacity:
            return None
        return float(self._ring["at"][self._written % self._capacity])

    def number_of(self, key: Key) -> int | None:
        """The trails' own number of a unit, None if it has none."""
        return self._numbers.get(key)

    def numbers_of_rows(self, rows: NDArray[np.intp]) -> NDArray[np.int32]:
        """The trails' own numbers of rows of the tracks, -1 for none."""
        known = rows[rows < len(self._number_of_row)]
        numbers = np.full(len(rows), -1, dtype=np.int32)
        numbers[rows < len(self._number_of_row)] = self._number_of_row[known]
        return numbers

    def record(
        self,
        rows: NDArray[np.intp],
        keys: list[Key],
        positions: NDArray[Any],
        doubtful: Flags,
        *,
        fastest_mps: Floats | None = None,
    ) -> None:
        """Note positions (`POSITION_ROW` records), one a row of the tracks, which `keys` names; no doubtful one.

        Between two of them that are too far apart for `fastest_mps`, one a row, no way is known.
        """
        lat, lon, at = positions["lat"], positions["lon"], positions["reported_at"]
        usable = ~doubtful & np.isfinite(lat) & np.isfinite(lon) & (at > 0) & (at < _NEVER)
        if not usable.all():
            rows, positions = rows[usable], positions[usable]
            fastest_mps = fastest_mps[usable] if fastest_mps is not None else None
        if len(rows):
            numbers = self._numbered(rows, keys)
            if fastest_mps is not None:
                self._fastest_mps[numbers] = fastest_mps
            self._note(numbers, points_of(positions))

    def part(self, key: Key, at: float) -> None:
        """A unit's place was taken back at `at` (epoch seconds): what comes after is not joined to what was before."""
        number = self._numbers.get(key)
        if number is not None:
            self.revision += 1
            partings = self._partings.setdefault(number, [])
            if at not in partings:
                partings.append(at)
                partings.sort()
                del partings[:-_MOST_PARTINGS]

    def of(self, key: Key, since: float = 0.0, until: float = math.inf) -> Trail:
        """One unit's trail from `since` to `until`."""
        number = self._numbers.get(key, -1)
        found = np.flatnonzero(self._ring["unit"][: self.count] == number)
        at = self._ring["at"][found]
        return self._trail(self._points_at(found[(at >= since) & (at <= until)]))

    def of_many(self, numbers: NDArray[np.int32], since: float, until: float, most: int) -> Trail:
        """The trails of these units from `since` to `until`, of `most` points at most.

        Where there are more, they come further apart, but never so far that a line between two says what nobody
        knows; where there are more still, the trails are shorter.
        """
        local = np.full(len(self._keys) + 1, -1, dtype=np.int64)  # the last stands for a number of -1
        local[numbers] = np.arange(len(numbers))
        local[-1] = -1
        at = self._ring["at"][: self.count]
        found = np.flatnonzero((at >= since) & (at <= until))
        found = found[local[self._ring["unit"][found]] >= 0]
        every = min(_COARSEST, -(-len(found) // most))
        spans = max(1, most // max(1, len(numbers)))
        if (
            every == _COARSEST and until - spans * every * SLOT_S > since
        ):  # no need to look at what there is no room for
            since = until - spans * every * SLOT_S
            found = found[at[found] >= since]
        if every > self._coarser():  # else they are so far apart already
            found = found[self._first_of_each(found, local, since, every * SLOT_S)]
        if len(found) > most:
            at = self._ring["at"][found]
            found = found[at > np.partition(at, len(at) - most - 1)[len(at) - most - 1]]
        return self._trail(self._points_at(found), spared_s=every * SLOT_S if every > 1 else 0)

    def _first_of_each(self, found: Numbers, local: Numbers, since: float, span_s: float) -> Numbers:
        """Of points in order of arrival the first of each unit in each span of time, without sorting them."""
        span = ((self._ring["at"][found] - since) // span_s).astype(np.int64)
        spans = int(span.max(initial=0)) + 1
        if spans > _MOST_SPANS:  # somebody's clock is far ahead
            span, spans = np.minimum(span, _MOST_SPANS - 1), _MOST_SPANS
        place = local[self._ring["unit"][found]] * spans + span
        first = np.full(int(place.max(initial=-1)) + 1, -1, dtype=np.int64)
        first[place[::-1]] = np.arange(len(found))[::-1]  # the last one written stays
        return first[first >= 0]

    def kept(self, since: float) -> "Kept":
        """All that is known from `since` on, to be written down; nothing is copied yet but the names."""
        partings = {number: list(times) for number, times in self._partings.items()}
        ring, first, end = self._ring, self._written - self.count, self._written

        def points() -> NDArray[Any]:
            copied = self._copied(ring, first, end)
            if ring is self._ring:  # what came meanwhile has taken the place of the oldest
                copied = copied[max(0, self._claimed - self._capacity - first) :]
            return copied[copied["at"] >= since]

        return Kept(list(self._keys), points, partings)

    def adopt(self, keys: list[Key], points: NDArray[Any], partings: dict[int, list[float]]) -> None:
        """Put what an earlier run of the desk had kept before what is known now. Raises ValueError, IndexError."""
        if points.dtype != POINT or (len(points) and not 0 <= points["unit"].min() <= points["unit"].max() < len(keys)):
            raise ValueError("points of units that are not named")
        own = self._copied(self._ring, self._written - self.count, self._written)
        begin = self._written % self._capacity if self._written > self._capacity else 0
        numbers = np.array([self._number(key) for key in keys], dtype=np.int32)
        before = points[max(0, len(points) - (self._capacity - len(own))) :].copy()
        before["unit"] = numbers[before["unit"]]
        for slots in (self._moving, self._resting):
            slots["index"] = (slots["index"] - begin) % self._capacity + len(before)
        count = len(before) + len(own)
        self._ring = columns_of(min(self._capacity, max(4096, 2 * count)))
        for name, column in self._ring.items():  # in one sweep: two million points would hold up the screen
            column[: len(before)], column[len(before) : count] = before[name], own[name]
        self._written = self._claimed = count
        self.revision += 1
        for number, times in partings.items():
            for at in times[-_MOST_PARTINGS:]:
                self.part(keys[number], at)

    def _note(self, unit: NDArray[np.int32], points: NDArray[Any]) -> None:
        points["unit"] = unit
        coarser = self._coarser()
        rests = points["sector_speed"] >> 12 == REST
        wanted = np.ones(len(points), dtype=np.bool_)
        for slots, these, span in (
            (self._moving, ~rests, SLOT_S * coarser),
            (self._resting, rests, _REST_SLOT_S * coarser),
        ):
            chosen = np.flatnonzero(these)
            if chosen.size:
                wanted[chosen] = self._not_said(slots, points[chosen], span)
        self._append(points[wanted], rests[wanted], coarser)

    def _coarser(self) -> int:
        """How many times longer slots are than with few units."""
        return 1 << max(0, math.ceil(math.log2(max(1, len(self._keys)) / _UNITS_AT_FULL_RATE)))

    def _not_said(self, slots: NDArray[Any], points: NDArray[Any], span: int) -> Flags:
        """Which points are not thinned out; what those that are promised is noted with a point of their slot."""
        known = slots[points["unit"]]
        kept = self._points_at(known["index"] % len(self._ring["unit"]))
        here = (known["slot"] == _slot(points, span)) & (kept["unit"] == points["unit"])
        here &= (kept["at"] == known["at"]) & (known["sectors"] >> (points["sector_speed"] >> 12) & 1 > 0)
        again = points["at"] == known["at"]
        for name in ("lat", "lon", "sector_speed"):
            again &= points[name] == kept[name]
        said: Flags = here & ((points["at"] > known["at"]) | again)
        index = known["index"][said]
        np.maximum.at(self._ring["until"], index, points["until"][said])
        return ~said

    def _append(self, points: NDArray[Any], rests: Flags, coarser: int) -> None:
        if not len(points):
            return
        points, rests = points[-self._capacity :], rests[-self._capacity :]
        self._make_room(len(points))
        index = (self._written + np.arange(len(points))) % self._capacity
        self._claimed = self._written + len(points)  # before anything is written over: see `kept`
        self._put(index, points)
        self._written += len(points)
        self.revision += 1
        for slots, these, span in (
            (self._moving, ~rests, SLOT_S * coarser),
            (self._resting, rests, _REST_SLOT_S * coarser),
        ):
            chosen = points[these]
            unit = chosen["unit"]
            slot = _slot(chosen, span)
            known = slots[unit]
            same = known["slot"] == slot
            # a late point belongs to a slot that was left: the one being filled goes on being filled
            current = same | (slot > known["slot"])
            later = current & (~same | (chosen["at"] >= known["at"]))
            bit = np.uint16(1) << (chosen["sector_speed"] >> 12)
            slots["sectors"][unit[current]] = (np.where(same, known["sectors"], 0) | bit)[current]
            slots["slot"][unit[current]] = slot[current]
            slots["at"][unit[later]] = chosen["at"][later]
            slots["index"][unit[later]] = index[these][later]

    def _make_room(self, more: int) -> None:
        needed = min(self._capacity, self._written + more)
        filled = len(self._ring["unit"])
        if needed > filled:
            grown = columns_of(min(self._capacity, 2 * needed))
            for name, column in self._ring.items():
                grown[name][:filled] = column
            self._ring = grown

    def _points_at(self, index: NDArray[Any]) -> NDArray[Any]:
        points = np.empty(len(index), dtype=POINT)
        for name, column in self._ring.items():
            points[name] = column[index]
        return points

    def _put(self, index: NDArray[Any], points: NDArray[Any]) -> None:
        for name, column in self._ring.items():
            column[index] = points[name]

    def _copied(self, ring: dict[str, NDArray[Any]], first: int, end: int) -> NDArray[Any]:
        """The points from number `first` to before `end`, the first to have come first."""
        points = np.empty(end - first, dtype=POINT)
        begin = first % self._capacity
        straight = min(len(points), self._capacity - begin)
        for name, column in ring.items():
            points[name][:straight] = column[begin : begin + straight]
            points[name][straight:] = column[: len(points) - straight]
        return points

    def _numbered(self, rows: NDArray[np.intp], keys: list[Key]) -> NDArray[np.int32]:
        highest = int(rows.max())
        if highest >= len(self._number_of_row):
            grown = np.full(2 * (highest + 1), -1, dtype=np.int32)
            grown[: len(self._number_of_row)] = self._number_of_row
            self._number_of_row = grown
        numbers = self._number_of_row[rows]
        for row in rows[numbers < 0].tolist():
            self._number_of_row[row] = self._number(keys[row])
        return self._number_of_row[rows] if (numbers < 0).any() else numbers

    def _number(self, key: Key) -> int:
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._keys)
            self._keys.append(key)
            if number == len(self._moving):
                self._moving, self._resting = (np.resize(one, 2 * number) for one in (self._moving, self._resting))
                self._fastest_mps = np.resize(self._fastest_mps, 2 * number)
                self._fastest_mps[number:] = _FASTEST_MPS
                for slots in (self._moving, self._resting):
                    slots[number:] = 0
        return number

    def _trail(self, points: NDArray[Any], spared_s: float = 0.0) -> Trail:
        """Sort, thin out what came late and was said already, and see what is joined to what."""
        points = points[np.lexsort((points["at"], points["unit"]))]
        if (
            len(points) > 1
            and ((points["at"][1:] == points["at"][:-1]) & (points["unit"][1:] == points["unit"][:-1])).any()
        ):
            points = points[np.lexsort([points[name] for name in ("sector_speed", "lon", "lat", "at", "unit")])]
        unit, at, sector = points["unit"], points["at"], points["sector_speed"] >> 12
        rests = sector == REST
        # of each unit and slot: what was promised in it is held from its first point on
        held = np.zeros(len(points), dtype=np.int64)
        keep = np.zeros(len(points), dtype=np.bool_)
        for these, span in ((~rests, SLOT_S), (rests, _REST_SLOT_S)):
            chosen = np.flatnonzero(these)
            if not chosen.size:
                continue
            slot = (unit[chosen].astype(np.int64) << 36) | (at[chosen] // span).astype(np.int64) << 4
            starts = np.flatnonzero(np.diff(slot, prepend=-1))
            held[chosen[starts]] = np.maximum.reduceat(points["until"][chosen], starts)
            keep[chosen[np.unique(slot | sector[chosen], return_index=True)[1]]] = True
        base = np.cumsum(np.diff(unit, prepend=-1) != 0).astype(np.int64) << 34  # so that no unit's reaches the next's
        reach = np.maximum.accumulate(held + base) - base
        joined = np.zeros(len(points), dtype=np.bool_)
        joined[1:] = (unit[1:] == unit[:-1]) & (reach[:-1] + spared_s >= at[1:])
        unit, at, joined, points = unit[keep], at[keep], joined[keep], points[keep]
        for number in self._partings.keys() & set(np.unique(unit).tolist()) if self._partings else ():
            partings = self._partings[number]
            low, high = np.searchsorted(unit, (number, number + 1))
            for after in np.searchsorted(at[low:high], partings, side="right").tolist() if high > low else ():
                if after < high - low:
                    joined[low + after] = False
        speed = (points["sector_speed"] & 0xFFF).astype(np.float64)
        speed[speed == NO_SPEED] = np.nan
        lat, lon = points["lat"] / PLACES, points["lon"] / PLACES
        joined[1:] &= within_reach(
            (lat[:-1], lon[:-1]), (lat[1:], lon[1:]), seconds=np.diff(at), mps=self._fastest_mps[unit[1:]]
        )
        return Trail(unit, at, lat, lon, speed / 10.0, joined)


def _slot(points: NDArray[Any], span: int) -> NDArray[np.uint32]:
    """When the spans begin that points lie in; so that those of different lengths are in order too."""
    slot: NDArray[np.uint32] = (points["at"] // span * span).astype(np.uint32)
    return slot
