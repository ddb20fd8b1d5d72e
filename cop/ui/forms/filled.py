"""A form filled from the desk's picture and its journal: what is taken at once, and what is made of it beside."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from cop.briefing.forms.began import began
from cop.briefing.forms.filling import fill, subjects
from cop.briefing.forms.form import Form
from cop.briefing.forms.periods import chosen, periods
from cop.briefing.forms.said import Said, said_in, said_of
from cop.briefing.forms.situation import About, leads_of, situation
from cop.briefing.forms.sketch import WITH_SKETCH, with_sketch
from cop.briefing.leaving import leaving
from cop.briefing.occasion import Occasion, Period
from cop.briefing.taken import Taken
from cop.picture.picture import Picture
from cop.replay.recall import Recall
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.leaving_words import held_back
from cop.ui.making import GoOn


@dataclass(frozen=True, slots=True)
class Choice:
    """Which form, of what, of which period (0: the one that runs), for whom."""

    form: str
    about: About | None
    period: int
    reader: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What came of it; `periods` and `subjects` can be chosen, `held_back` is what the reader does not get."""

    choice: Choice
    sheets: tuple[Form, ...]
    occasion: Occasion
    periods: tuple[Period, ...]
    subjects: tuple[tuple[About, str], ...]
    held_back: tuple[str, ...]


def filling(
    desk: Desk,
    choice: Choice,
    *,
    classification: str = "",
    period: str = "",
    journal: Path | None = None,
    region: Path | None = None,
) -> Callable[[GoOn], Filled]:
    """What fills a form from the picture of this moment, on another thread."""
    occasion = _occasion(desk, choice.reader, classification, period)
    leads, sites = leads_of(desk.picture, desk.authority.lead, desk.authority.site)
    taken, at, own = Taken(desk.picture), desk.now(), desk.operator.agency

    def work(go_on: GoOn) -> Filled:
        whole = taken.picture()
        go_on()
        leaves = leaving(whole, at, reader=choice.reader, own=own, operation=occasion.operation)
        go_on()
        words = _Words(whole, at, period, journal, occasion.operation)
        said, its_period, every = words.of(choice.period, go_on)
        of_period = msgspec.structs.replace(occasion, period=its_period)
        ground = situation(leaves, of_period, its_period, said, leads=leads, sites=sites)
        known = subjects(choice.form, ground)
        about = choice.about if any(one == choice.about for one, _ in known) else None
        if choice.form == WITH_SKETCH:
            go_on()
            ground = with_sketch(ground, region, about)
        sheets = tuple(fill(choice.form, ground, about=about))
        return Filled(
            replace(choice, about=about), sheets, of_period, every, tuple(known), tuple(held_back(leaves, whole))
        )

    return work


@dataclass(frozen=True, slots=True)
class _Words:
    """What was said up to a moment: in the journal where there is one, else what the picture still knows."""

    picture: Picture
    at: datetime
    period: str
    journal: Path | None
    operation: str

    def of(self, number: int, go_on: GoOn) -> tuple[Said, Period, tuple[Period, ...]]:
        """The words of a period, the period, and all that there are."""
        with contextlib.ExitStack() as open_files:
            recall = None
            if self.journal is not None:
                with contextlib.suppress(OSError, ValueError):  # none yet, or none that tells whose it is
                    recall = Recall(self.journal, self.operation)
                    open_files.callback(recall.close)
            first = began(self.picture, self.at)
            if recall is not None:
                first = min(datetime.fromtimestamp(recall.record.first_at, UTC), self.at)
            every = tuple(periods(first, self.at, words=self.period))
            period = chosen(first, self.at, number=min(number, len(every)), words=self.period)
            until = min(period.ends, self.at)
            if recall is not None:
                return said_in(recall, period.begins, until, give_way=go_on), period, every
            return said_of(self.picture, period.begins, until), period, every


def _occasion(desk: Desk, reader: str, classification: str, period: str) -> Occasion:
    seen = desk.seen_otherwise or "what this desk knew at that time"
    return Occasion(
        operation=desk.operation,
        at=desk.now(),
        made_at=datetime.now(UTC) if desk.past else desk.now(),
        operator=desk.operator,
        exercise=desk.exercise,
        classification=wording.one_line(classification),
        past=f"REPLAY: {seen}; looked up later" if desk.past else "",
        reader=reader,
        period_words=period,
    )
