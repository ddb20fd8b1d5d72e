"""The past through another agency's eyes: what it was shown by the clauses and consents as they stood then.

What is shown late is taken from the same past, so much earlier. What was not shown is not in what comes out, nor how
our own feeds were: theirs we do not know.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import numpy as np

from cop.domain.agreement import Agreements, ShareClause
from cop.domain.batch import POSITION_ROW, Aside, Batch, PositionFields, TrackName
from cop.domain.consent import Consent
from cop.domain.details import IncidentDetails
from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction
from cop.domain.rules.newer import is_newer
from cop.domain.rules.seen_by import SeenBy
from cop.domain.rules.share import ROUNDED_M, Sharing, Shown, rounded_place
from cop.domain.task import Task
from cop.picture.earlier import EARLIER_ROW
from cop.replay.frames import Late
from cop.replay.heard import moment_of, within_calendar
from cop.replay.past import Part, Past
from cop.replay.record import Chapters, Record

Unit = tuple[str, str]
_OPEN = Shown()
#: what is shown late is looked at so often, in seconds of the past
_AGAIN_S = 0.5


class Eyes:
    """One reader's. `behind` makes a past of its own for what is shown late."""

    def __init__(self, reader: str, agreements: Agreements, operation: str, *, behind: Callable[[], "Behind"]) -> None:
        self._reader = reader
        self._agreements = agreements
        self._operation = operation
        self._new_behind = behind
        self._givers = {term.clause.giver for term in agreements.terms if isinstance(term.clause, ShareClause)}
        self._epoch_of_theirs = 0
        self._begin(0)

    def _begin(self, epoch: int) -> None:
        self._epoch = epoch
        self._consents: dict[Unit, Report] = {}
        self._seen_by = SeenBy(Sharing(self._agreements, self._consents), self._reader, self._operation)
        self._tasks: set[Unit] = set()
        #: messages to others, and units whose places are not shown now
        self._not_ours: set[Unit] = set()
        self._hidden: set[Unit] = set()
        #: the past's slots of the part at work, and ours, which hold through all parts
        self._theirs: dict[int, TrackName] = {}
        self._ours: dict[Unit, int] = {}
        self._names: list[TrackName] = []
        #: units that are shown late, and by how much; of each delay the past that is so much behind
        self._late: dict[Unit, float] = {}
        self._behind: dict[float, Behind] = {}

    def see(self, parts: Sequence[Part], at: float) -> list[Part]:
        """These parts as the reader saw them."""
        seen = [self._part(part, at) for part in parts]
        if (rows := self._due(at)) and seen:
            last = seen[-1]
            batch = msgspec.structs.replace(
                last.batch, tracks=[*last.batch.tracks, *self._names], positions=last.batch.positions + _packed(rows)
            )
            self._names = []
            seen[-1] = last._replace(batch=batch)
        return seen

    def _part(self, part: Part, at: float) -> Part:
        batch = part.batch
        if part.anew:
            self._begin(batch.epoch)
            self._theirs = {}
        if batch.epoch != self._epoch_of_theirs:
            self._theirs = {}
        self._epoch_of_theirs = batch.epoch
        self._theirs.update((name.slot, name) for name in batch.tracks)
        reports = [report for report in batch.reports if self._is_shown(report)]
        rows, exact = self._places(batch, at)
        names, self._names = self._names, []
        aside = batch.aside
        return part._replace(
            batch=Batch(
                epoch=self._epoch,
                upto=batch.upto,
                upto_at=batch.upto_at,
                tracks=names,
                positions=_packed(rows),
                fields=[PositionFields(exact[one.slot], one.fields) for one in batch.fields if one.slot in exact],
                reports=reports,
                aside=self._aside(aside, exact) if aside is not None else None,
            )
        )

    def _is_shown(self, report: Report) -> bool:
        """Whether the reader gets a word at all; what later words depend on is noted."""
        body, own = report.body, report.agency == self._reader
        self._seen_by.note(report)
        if isinstance(body, Consent):
            known = self._consents.get(report.key)
            if known is None or is_newer(body, known.body):
                self._consents[report.key] = report
        elif isinstance(body, Task):
            if (body.draft or body.deleted) and not own and report.key not in self._tasks:
                return False
            self._tasks.add(report.key)
            return True
        elif isinstance(body, LogEntry) and not self.may_hear_of(report):
            self._not_ours.add(report.key)
        return self.may_hear_of(report)

    def may_hear_of(self, report: Report) -> bool:
        """Whether words about what a report tells are for the reader; of a task it never saw none is."""
        body = report.body
        if report.agency == self._reader:
            return True
        if isinstance(body, IncidentDetails):
            return body.to == self._reader
        if isinstance(body, LogEntry):
            return not body.to or self._reader in body.to
        if isinstance(body, Task):
            return not body.draft and (not body.deleted or report.key in self._tasks)
        if isinstance(body, Retraction):
            return self._may_hear_of_the_end(body, report.key)
        return True

    def _may_hear_of_the_end(self, body: Retraction, key: Unit) -> bool:
        if body.kind == "details":
            return body.id.startswith(f"{self._reader}~")
        if body.kind == "position":
            return key in self._ours
        return (body.kind != "task" or key in self._tasks) and (body.kind != "log" or key not in self._not_ours)

    def late(self, late: Sequence[Late]) -> list[Late]:
        """Of what was heard later, what the reader is shown: no word about what it never got."""
        return [one for one in late if self._is_shown_late(one)]

    def _is_shown_late(self, late: Late) -> bool:
        key = (late.agency, late.id)
        if late.agency == self._reader:
            return True
        if late.kind == "position":
            return key in self._ours and key not in self._late and key not in self._hidden
        if late.kind == "task":
            return key in self._tasks
        return late.kind != "details" and (late.kind != "log" or key not in self._not_ours)

    def _aside(self, aside: Aside, exact: Mapping[int, int]) -> Aside:
        """What a picture remembers, without what the reader was never shown; where units were, in our slots."""
        shown = [one for one in aside.gone if self._is_shown(one.word)]
        heard = [one for one in aside.heard if one[0] not in {"details", "log", "task"} or one[1] == self._reader]
        earlier = np.frombuffer(aside.earlier, dtype=EARLIER_ROW)
        earlier = earlier[np.isin(earlier["row"], list(exact))].copy()
        earlier["row"] = [exact[row] for row in earlier["row"].tolist()]
        return msgspec.structs.replace(aside, gone=shown, heard=heard, refusals=[], earlier=earlier.tobytes())

    def _places(self, batch: Batch, at: float) -> tuple[list[tuple[Any, ...]], dict[int, int]]:
        """The rows that are shown, in our slots; and of those shown as they are, their slot -> ours."""
        rows: list[tuple[Any, ...]] = []
        exact: dict[int, int] = {}
        moment = moment_of(within_calendar(at))
        for row in batch.position_rows().tolist():
            name = self._theirs.get(row[0])
            if name is None:
                continue
            unit = (name.agency, name.unit)
            shown = self._shown(name, row, moment)
            if shown.delay:
                self._late[unit] = shown.delay.total_seconds()
                continue
            self._late.pop(unit, None)
            if shown.hidden:
                self._hidden.add(unit)
                continue
            self._hidden.discard(unit)
            ours = self._slot(name)
            rows.append(_placed(row, ours, rounded=shown.rounded))
            if not shown.rounded:
                exact[row[0]] = ours
        return rows, exact

    def _shown(self, name: TrackName, row: tuple[Any, ...], moment: datetime) -> Shown:
        if name.agency == self._reader or (name.agency not in self._givers and not self._agreements.incomplete):
            return _OPEN
        return self._seen_by.of_place(name.agency, name.unit, row[1], row[2], moment)

    def _slot(self, name: TrackName) -> int:
        unit = (name.agency, name.unit)
        slot = self._ours.get(unit)
        if slot is None:
            slot = self._ours[unit] = len(self._ours)
            self._names.append(msgspec.structs.replace(name, slot=slot))
        return slot

    def _due(self, at: float) -> list[tuple[Any, ...]]:
        """Of units that are shown late where they were then, as far as that is new."""
        rows: list[tuple[Any, ...]] = []
        moment = moment_of(within_calendar(at))
        for delay in sorted(set(self._late.values())):
            if delay not in self._behind:
                self._behind[delay] = self._new_behind()
            for name, row in self._behind[delay].go_to(at - delay):
                if self._late.get((name.agency, name.unit)) != delay:
                    continue
                shown = self._shown(name, row, moment)
                if not shown.hidden:
                    rows.append(_placed(row, self._slot(name), rounded=shown.rounded))
        return rows


class Behind:
    """The same past, some time behind: where each unit was then."""

    def __init__(self, record: Record, chapters: Chapters, past: Past) -> None:
        self._record = record
        self._chapters = chapters
        self._past = past
        self._at: float | None = None
        self._epoch = 0
        self._names: dict[int, TrackName] = {}

    def go_to(self, at: float) -> list[tuple[TrackName, tuple[Any, ...]]]:
        """The rows that are new at a moment; a later one each time."""
        past, before = self._past, self._at
        if before is not None and at - before < _AGAIN_S:
            return []
        self._at = at
        upto = self._record.number_at(at)
        if before is None:
            if upto < self._record.first:
                self._at = None
                return []
            parts = past.begin(self._chapters.base(upto), upto, at)
        elif upto > past.done:
            parts = past.go_on(upto, at, thin=True, health=False)
        else:
            return []
        found: dict[Unit, tuple[TrackName, tuple[Any, ...]]] = {}
        for part in parts:
            if part.anew:
                found.clear()
            if part.batch.epoch != self._epoch:
                self._epoch, self._names = part.batch.epoch, {}
            self._names.update((name.slot, name) for name in part.batch.tracks)
            for row in part.batch.position_rows().tolist():
                name = self._names.get(row[0])
                if name is not None:
                    found[name.agency, name.unit] = (name, row)
        return list(found.values())


def _placed(row: tuple[Any, ...], slot: int, *, rounded: bool) -> tuple[Any, ...]:
    """A row in our slot; a rounded one says no more than the square of a kilometre (`share.rounded`)."""
    if not rounded:
        return (slot, *row[1:])
    _slot, lat, lon, _alt, _course, _speed, accuracy_m, *times = row
    nan = float("nan")
    lat, lon = rounded_place(lat, lon)
    accuracy_m = max(accuracy_m if accuracy_m == accuracy_m else 0.0, ROUNDED_M * 0.5**0.5)  # noqa: PLR0124 - NaN alone is not itself
    return (slot, lat, lon, nan, nan, nan, accuracy_m, *times)


def _packed(rows: Sequence[tuple[Any, ...]]) -> bytes:
    return np.array(rows, dtype=POSITION_ROW).tobytes() if rows else b""
