"""Once through a record: every word, who leads and what is in conflict at each look, who speaks and who is silent.

The same messages pass the same steps as when they were heard (`cop.replay`); the picture is looked at now and then.
"""

import functools
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from cop.authority.authority import Authority
from cop.domain.agreement import Agreements
from cop.domain.batch import RefusedWord
from cop.domain.desk import Operator
from cop.domain.report import Report, Retraction, kind_of
from cop.domain.rules.tasking import Direct
from cop.domain.unit import Unit
from cop.exercise.review.figures import Told
from cop.exercise.review.quiet import Rhythms
from cop.exercise.review.skimmed import Skimmed
from cop.exercise.review.spells import ConflictSpells, EndedBy, LeadSpells
from cop.exercise.review.words import Words
from cop.journal.block import Block
from cop.journal.record import Mark
from cop.picture.change import Change, Key
from cop.picture.ground import Ground
from cop.picture.home import HomeGround
from cop.picture.picture import Picture
from cop.replay.event_words import event_words
from cop.replay.heard import readable, within_calendar
from cop.replay.past import Part, Past
from cop.replay.recall import Recall

#: the picture is looked at so often (seconds of the record), and no more than so many times
_LOOK_S, _LOOKS = 0.5, 4_000
_BAD_KEPT = 200


@dataclass(slots=True)
class Refused:
    """Messages of a feed that were refused: how many, and the records of the first of them; the reasons are counted."""

    count: int = 0
    records: list[int] = field(default_factory=list)
    reasons: dict[str, int] = field(default_factory=dict)


class Walk:
    """One way through a record from its beginning. `go` does it; then its parts are read."""

    def __init__(
        self,
        recall: Recall,
        *,
        ground: Ground,
        agreements: Agreements,
        home: HomeGround | None = None,
        until: float | None = None,
        goes_on: Callable[[float], None] = lambda share: None,
    ) -> None:
        """`until` is the last moment, epoch seconds; `goes_on` is told now and then which share is done, 0–1."""
        self.recall = recall
        record = recall.record
        self.first, self.first_at = record.first, within_calendar(record.first_at)
        self.last_at = within_calendar(record.last_at)
        self.last = record.last
        if until is not None and until < self.last_at:
            self.last_at = max(until, self.first_at)
            self.last = max(record.number_at(self.last_at), record.first)
        self.look_s = max(_LOOK_S, (self.last_at - self.first_at) / _LOOKS)
        self.words = Words()
        self.rhythms = Rhythms()
        self.refused: dict[str, Refused] = {}
        self.refused_words: list[RefusedWord] = []
        #: tasks that a clause had accepted when they were asked, and which; its incident may be gone by the end
        self.by_clause: dict[Key, str] = {}
        self.picture = Picture(home, agreements, pace=recall.whose.pace)
        self.at = datetime.fromtimestamp(self.first_at, UTC)
        self._operator = recall.whose.operator
        self.authority = self._another_authority(ground, agreements, self._operator)
        self.leads = LeadSpells(self.picture, self.authority)
        self.conflicts = ConflictSpells(self.authority)
        self.skimmed = Skimmed(record)
        self._ended_by = EndedBy()
        self._changes: list[Change] = []
        self._touched: set[Key] = set()
        self._words_about: dict[Key, int] = {}
        self._goes_on = goes_on

    def go(self) -> None:
        """From the first record to the last."""
        past = Past(self.skimmed)  # type: ignore[arg-type]  # what is not named there is the record's own
        past.thin = self.skimmed.heard
        past.events, past.counts = [], False
        self._note_base(past)
        number, looked = 0, self.first_at
        for block in self.skimmed.go_through(self.first - 1, self.last):
            self.rhythms.hear(block)
            self._note_bad(block)
            for piece in _pieces(block, self.look_s):
                at = within_calendar(float(piece.received_at[-1]))
                looked = self._wait(looked, within_calendar(float(piece.received_at[0])), number)
                self._go_on(past, piece, at)
                number = piece.last
                if abs(at - looked) >= self.look_s:
                    self._look(at, number)
                    looked = at
            self._goes_on((block.last - self.first + 1) / max(1, self.last - self.first + 1))
        self._look(self.last_at, number)
        self.rhythms.end(self.last_at)
        for line in self._health(past):
            self.refused.setdefault(line[0], Refused()).reasons = line[1]

    def _another_authority(self, ground: Ground, agreements: Agreements, operator: Operator) -> Authority:
        live = not self.recall.whose.exercise
        return Authority(self.picture, ground, agreements, operator, lambda: self.at, live=live)

    def _note_base(self, past: Past) -> None:
        """What stood before the first record, where a snapshot says so."""
        base = self.recall.chapters.base(self.first)
        self._take(past.begin(base, self.first - 1 if base.after < self.first else base.after, self.first_at))
        past.events = []

    def _wait(self, looked: float, until: float, number: int) -> float:
        """Nothing is on record for a while: the clock alone moves things."""
        while until - looked > 2 * self.look_s:
            looked += self.look_s
            self._look(looked, number)
        return looked

    def _go_on(self, past: Past, piece: Block, at: float) -> None:
        parts = past.go_on(piece.last, at, thin=True, health=False)
        self.at = datetime.fromtimestamp(at, UTC)
        for number, report in past.events or ():
            retained = bool(piece.marks[number - piece.first] & Mark.RETAINED) if piece.first <= number else False
            self._note(past, number, report, retained=retained)
        past.events = []
        self._take(parts)

    def _note(self, past: Past, number: int, report: Report, *, retained: bool) -> None:
        body = report.body
        self.words.note(number, report, retained=retained)
        kind = body.kind if isinstance(body, Retraction) else kind_of(body)
        if isinstance(body, Unit):
            self._ended_by.note(kind, report.key, number, "")
            return
        past.names.note((report,))
        words = event_words(report, past.names)
        self._ended_by.note(kind, report.key, number, words)
        if kind == "answer":
            self._ended_by.note("task", (getattr(body, "requester", ""), body.id), number, words)
        if kind == "incident":
            self._words_about[report.key] = number

    def _take(self, parts: list[Part]) -> None:
        for part in parts:
            if part.anew:
                self._see()
                self._changes = [self.picture.forget()]
                self.authority.forget()
            self._changes.append(self.picture.apply(part.batch))
            self.refused_words += part.batch.refusals

    def _see(self) -> None:
        """Who leads and what is in conflict by all that changed."""
        change = functools.reduce(Change.then, self._changes, Change())
        self._changes = []
        passed = self.authority.take(change)
        for key in change.tasks:
            report = self.picture.tasks.get(key)
            result = self.picture.commitments.by_clause(report) if report is not None else None
            if isinstance(result, Direct) and result.term is not None:
                self.by_clause.setdefault(key, result.term.words)
        self._touch(change, [one.incident for one in passed])

    def _touch(self, change: Change, passed: list[Key]) -> None:
        if change.incidents or change.links:
            self._touched |= self.picture.same.touched(change)
        self._touched.update(passed)

    def _look(self, at: float, number: int) -> None:
        """The picture as it is now."""
        self.at = datetime.fromtimestamp(within_calendar(at), UTC)
        self._see()
        self._touch(Change(), [one.incident for one in self.authority.tick()])
        told = Told(at=self.at, record=number)
        for key in self._touched:
            self.leads.look(Told(at=self.at, record=self._words_about.get(key, number)), [key])
        self.conflicts.look(told, self._ended_by)
        self._touched.clear()
        self._words_about.clear()
        self._ended_by.clear()

    def _note_bad(self, block: Block) -> None:
        if "bad" not in block.kinds:
            return
        for row in np.flatnonzero(block.kind == block.kinds.index("bad")).tolist():
            one = self.refused.setdefault(block.sources[block.source[row]].feed, Refused())
            one.count += 1
            if len(one.records) < _BAD_KEPT:
                one.records.append(block.first + row)

    @staticmethod
    def _health(past: Past) -> Iterator[tuple[str, dict[str, int]]]:
        """Of each feed why messages were refused."""
        parts = past.go_on(past.done, past.at, thin=False, health=True)
        for part in parts:
            for one in part.batch.health:
                if one.bad_reasons:
                    yield one.feed, one.bad_reasons


def _pieces(block: Block, look_s: float) -> Iterator[Block]:
    """A block cut where looks fall; a clock put back is such a place too."""
    fine = np.where(readable(block), block.received_at, np.nan)
    steps = np.floor(fine / look_s)
    cuts = np.flatnonzero(np.diff(steps) != 0) + 1
    bounds = [0, *(one for one in cuts.tolist() if not np.isnan(steps[one])), len(block)]
    for begin, end in itertools.pairwise(bounds):
        if end > begin:
            yield block.cut(block.first + begin - 1, block.first + end - 1)
