"""Positions between two pulses: only the newest of each unit goes on to the screen."""

import itertools
from typing import Any

import numpy as np

from cop.domain.batch import POSITION_ROW, PositionFields, TrackName
from cop.domain.report import Report
from cop.domain.rules.skew import TOLERANCE_S
from cop.domain.unit import Position

_NAN = float("nan")
#: No promise of a sender that something moving stays where it is holds longer, in seconds: shown as stale then.
_LONGEST_PROMISE_S = 3600.0
#: Fields beside positions: characters kept of one unit, and units whose fields one batch brings; the next brings more.
_FIELDS_LENGTH = 2_000
#: units that are not known, of which it is remembered when their place was taken back
_TAKEN_BACK = 10_000
_FIELDS_A_BATCH = 100


class Conflation:
    """Numbers each unit once (its slot) and keeps the newest unsent position of each."""

    def __init__(self) -> None:
        self._slots: dict[tuple[str, str], int] = {}
        self._newest: dict[int, float] = {}
        self._rows: dict[int, tuple[Any, ...]] = {}
        self._names: list[TrackName] = []
        self._fields: dict[int, dict[str, str]] = {}
        self._fields_seen: dict[int, int] = {}  # a hash of what was last taken
        self._numbers = itertools.count()
        self._taken_back: dict[tuple[str, str], float] = {}  # of units that have none yet

    def __len__(self) -> int:
        """How many positions, and units with fields, wait to be taken."""
        return len(self._rows) + len(self._fields)

    def knows(self, agency: str, unit: str) -> bool:
        """Whether the unit has its number."""
        return (agency, unit) in self._slots

    def put(self, report: Report, position: Position, reported_at: float) -> None:
        """Take a position of a time (epoch seconds, by our clock).

        An older one than already seen of that unit is dropped here (the journal has it).
        """
        key = (report.agency, position.id)
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = next(self._numbers)
            if key in self._taken_back:
                self._newest[slot] = self._taken_back.pop(key)
            source = report.source
            self._names.append(
                TrackName(slot, report.agency, position.id, source.feed, source.format, source.original_id)
            )
        received_at = report.received_at.timestamp()
        newest = self._newest.get(slot, 0.0)
        if reported_at <= newest <= received_at + TOLERANCE_S:  # a time to come: our own clock was put back since
            return
        self._newest[slot] = reported_at
        if report.losses or slot in self._fields_seen:
            self._note_fields(slot, report.losses)
        alt_m, course_deg, speed_mps, accuracy_m = (
            position.alt_m,
            position.course_deg,
            position.speed_mps,
            position.accuracy_m,
        )
        self._rows[slot] = (
            slot,
            position.lat,
            position.lon,
            _NAN if alt_m is None else alt_m,
            _NAN if course_deg is None else course_deg,
            _NAN if speed_mps is None else speed_mps,
            _NAN if accuracy_m is None else accuracy_m,
            reported_at,
            received_at,
            min(_stale_at(report, reported_at), reported_at + _LONGEST_PROMISE_S),
            report.exercise,
        )

    def take_back(self, agency: str, unit: str, at: float) -> None:
        """What a unit said of its place up to `at` (epoch seconds) holds no longer, sent or not."""
        slot = self._slots.get((agency, unit))
        if slot is None:  # what it said before may come yet
            if len(self._taken_back) >= _TAKEN_BACK:
                del self._taken_back[next(iter(self._taken_back))]
            self._taken_back[agency, unit] = max(at, self._taken_back.pop((agency, unit), at))
            return
        if self._newest.get(slot, 0.0) > at:
            return
        self._newest[slot] = at
        self._rows.pop(slot, None)

    def take_fields(self) -> list[PositionFields]:
        """What positions said beside our words, as far as it is new; not all of it where many have news."""
        slots = list(itertools.islice(self._fields, _FIELDS_A_BATCH))
        return [PositionFields(slot, self._fields.pop(slot)) for slot in slots]

    def _note_fields(self, slot: int, losses: dict[str, str]) -> None:
        seen = hash(tuple(losses.items()))
        if self._fields_seen.get(slot) != seen:
            self._fields_seen[slot] = seen
            self._fields[slot] = _shortened(losses)

    def take(self) -> tuple[list[TrackName], bytes]:
        """The new names and the packed rows since the last call."""
        rows, self._rows = self._rows, {}
        # a unit whose place was taken back before it was ever told has no name to be told yet
        names = [name for name in self._names if name.slot in rows]
        self._names = [name for name in self._names if name.slot not in rows] if len(names) < len(self._names) else []
        if not rows:
            return names, b""
        return names, np.array(list(rows.values()), dtype=POSITION_ROW).tobytes()


def _shortened(fields: dict[str, str]) -> dict[str, str]:
    """As many of the fields as there is room for, and how many there were more."""
    kept: dict[str, str] = {}
    room = _FIELDS_LENGTH
    for name, value in fields.items():
        room -= len(name) + len(value)
        if room < 0:
            kept["…"] = f"{len(fields) - len(kept)} more fields; the journal has them"
            break
        kept[name] = value
    return kept


def _stale_at(report: Report, reported_at: float) -> float:
    """What no one promised anything of is stale as soon as it is said."""
    return reported_at if report.stale_at is None else report.stale_at.timestamp() - report.corrected_s
