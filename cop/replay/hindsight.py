"""What was true at a moment and heard only later: such reports are shown where they belong in time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np

from cop.domain.batch import Batch
from cop.domain.report import Report, Retraction, kind_of
from cop.journal.record import Way
from cop.replay.frames import Late
from cop.replay.past import Past
from cop.replay.record import Record
from cop.replay.thinning import is_alone

#: what is heard so soon after it was said is not late, in seconds
LATE_S = 5.0
_LATE_LIMIT = 500
#: in a record of many hours what was said before a moment and heard after it is looked for so long, in seconds
_LOOK_S = 0.3
_ROWS_LIMIT = 20_000
#: what no list and no map shows: that it came late tells nobody anything
_SEEN_NOWHERE = frozenset({"presence"})


class Hindsight:
    """Looks ahead in the record from where a past has come to; `cut_at`: no further than to there (0: to its end)."""

    def __init__(self, record: Record, clock: Callable[[], float] = time.monotonic) -> None:
        self.cut_at = 0.0
        self._record = record
        self._clock = clock
        self._said_until = -np.inf
        self._late: dict[tuple[str, str, str], tuple[int, Late]] = {}

    def at(self, past: Past, at: float) -> tuple[Batch | None, list[Late]]:
        """What is to be added at a moment, and all that was not known yet by then."""
        for key, (number, _late) in list(self._late.items()):
            if number <= past.done:
                del self._late[key]
        if at > self._said_until:
            self._look(past, at)
            self._said_until = at
        late = sorted((one for _number, one in self._late.values()), key=lambda one: one.said_at)
        return past.fetch(), late[-_LATE_LIMIT:]

    def _look(self, past: Past, at: float) -> None:
        deadline, left = self._clock() + _LOOK_S, _ROWS_LIMIT
        for block in self._record.late_blocks(past.done, at):
            said = block.said_at
            wanted = (said <= at) & (said > self._said_until) & (block.way == Way.HEARD)
            wanted &= np.arange(block.first, block.last + 1) > past.done
            wanted &= is_alone(block) | np.isin(block.source, past.plain_sources(block))
            rows = np.flatnonzero(wanted)
            left -= len(rows)
            for number, report in past.hear_early(block, rows):
                self._note(past, number, report)
            if left <= 0 or self._clock() > deadline:
                self.cut_at = float(block.received_at[-1])
                return

    def _note(self, past: Past, number: int, report: Report) -> None:
        said_at, heard_at = report.reported_at.timestamp(), report.received_at.timestamp()
        if heard_at - said_at < LATE_S or past.knew(report):
            return
        body = report.body
        kind = body.kind if isinstance(body, Retraction) else kind_of(body)
        late = Late(kind, report.agency, body.id, said_at, heard_at)
        if kind in _SEEN_NOWHERE:
            return
        known = self._late.get((kind, *report.key))
        if known is None or known[1].said_at < said_at:
            self._late[kind, *report.key] = (number, late)


def words_of_cut(cut_at: float) -> str:
    """What is said where it has not looked through all that came later."""
    moment = datetime.fromtimestamp(cut_at, UTC)
    return f"Later reports are taken into account up to {moment:%d %b %H:%M} UTC only."
