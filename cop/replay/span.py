"""What the time bar shows: from when to when there is a record, what is worth finding in it, and where it has gaps."""

import math
from typing import Any

import msgspec

from cop.journal.record import CLOCK, GAP, MARK, STARTED, STOPPED
from cop.picture.names import one_line
from cop.replay.frames import Gap, Span, TimeMark
from cop.replay.heard import within_calendar
from cop.replay.record import Noted, Record

#: the bar has no more places than this; of marks of one kind in one of them the first stands for all
_PLACES = 1_000
_MARKS_LIMIT = 4_000
_WORDS_LENGTH = 160
#: a pause in the record as short as that is no gap: the feed process was started again, in seconds
_SHORT_S = 3.0
_NOT_RUNNING, _ENDED = "COP was not running", "COP ended unexpectedly"
_ANY = msgspec.json.Decoder(dict[str, Any])


class Bar:
    """Reads the notes of a record once, and later only what was noted since."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._marks: list[TimeMark] = []
        self._gaps: list[Gap] = []
        self._read_to = 0
        self._since = -math.inf
        self._stopped_at: float | None = None

    def span(self, number: int) -> Span:
        """As it is now."""
        record = self._record
        for note in record.notes(MARK, GAP, CLOCK, STARTED, STOPPED, since=self._since):
            if note.number > self._read_to:
                self._read_to = note.number
                self._since = min(note.at, max(self._since, note.at - 3600.0))
                self._take(note)
        if record.last < record.first:
            return Span(number=number, first_at=0.0, last_at=0.0)
        first_at, last_at = within_calendar(record.first_at), within_calendar(record.last_at)
        self._marks = [one for one in self._marks if one.at >= first_at]
        self._gaps = [one for one in self._gaps if one.end >= first_at]
        return Span(
            number=number,
            first_at=first_at,
            last_at=last_at,
            marks=_spread(self._marks, first_at, last_at),
            gaps=self._gaps[-_PLACES:],
        )

    def _take(self, note: Noted) -> None:
        if note.kind == STOPPED:
            self._stopped_at = note.at
            return
        if note.kind == STARTED:
            self._begun(note)
            return
        try:
            said = _ANY.decode(note.payload)
        except msgspec.MsgspecError:
            said = {}
        words = one_line(str(said.get("words") or said.get("why") or "")[:1_000])[:_WORDS_LENGTH]
        if note.kind == GAP:
            begin, end = _time(said.get("begin"), note.at), _time(said.get("end"), note.at)
            self._gaps.append(Gap(min(begin, end), max(begin, end), words or "it could not be recorded"))
        elif note.kind == CLOCK:
            self._marks.append(TimeMark(note.at, "clock", "", "", words or "this computer's clock was changed"))
        else:
            of = {name: one_line(str(said.get(name, ""))[:256]) for name in ("kind", "agency", "id")}
            if of["kind"] in ("incident", "task", "alert", "conflict", "control"):
                self._marks.append(TimeMark(note.at, **of, words=words))

    def _begun(self, note: Noted) -> None:
        stopped_at, self._stopped_at = self._stopped_at, None
        if note.number <= self._record.first:
            return
        begin = self._record.at_of(note.number - 1)
        why = _ENDED if stopped_at is None else _NOT_RUNNING
        if note.at - begin >= _SHORT_S:
            self._gaps.append(Gap(begin, note.at, why))


def _time(said: Any, otherwise: float) -> float:
    return float(said) if isinstance(said, int | float) and math.isfinite(said) else otherwise


def _spread(marks: list[TimeMark], first_at: float, last_at: float) -> list[TimeMark]:
    """The marks, or where they are too many the first of each kind at each place of the bar."""
    if len(marks) <= _MARKS_LIMIT:
        return list(marks)
    step = max(last_at - first_at, 1.0) / _PLACES
    kept: dict[tuple[str, int], TimeMark] = {}
    for mark in marks:
        kept.setdefault((mark.kind, int((mark.at - first_at) / step)), mark)
    return list(kept.values())
