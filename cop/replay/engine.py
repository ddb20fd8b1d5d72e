"""The past as a machine: seek, play, step; in comes what is asked, out come frames. Knows no process and no clock but
the journal's, apart from whether the record is still being written.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator

import msgspec

from cop.domain.agreement import Agreements
from cop.domain.batch import Batch, Been
from cop.domain.report import Report
from cop.journal.record import STARTED, STOPPED
from cop.replay.ahead import CLOCK_BACK_S, Ahead
from cop.replay.event_words import event_words
from cop.replay.eyes import Behind, Eyes
from cop.replay.frames import Ask, Frame, Late, Said, Span
from cop.replay.heard import within_calendar
from cop.replay.hindsight import Hindsight, words_of_cut
from cop.replay.past import Part, Past
from cop.replay.record import Chapters, Record
from cop.replay.span import Bar
from cop.replay.trailing import Trailing

_LOG = logging.getLogger(__name__)
_SPEEDS = (0.1, 60.0)
#: faster than this, or after a pause, what was said is thinned as for a seek
_THIN_FROM = 8.0
_HEALTH_S = 1.0
_REFRESH_S = 0.5
#: a record to which nothing was added for so long is at its end
_WRITTEN_WITHIN_S = 15.0
_NOT_WHOLE = "The oldest records are no longer kept: what stood before {} and was not said again is not shown."
_HOLES = "{} record{} cannot be read or {} lost: what was said in {} may be missing here."


class Overtaken(Exception):  # noqa: N818 - nobody waits for it any more: no error
    """The desktop has asked for another moment meanwhile."""


class Engine:
    """Answers asks, and between them goes on where it plays. `at` is the moment shown, epoch seconds.

    `is_overtaken` is asked in the middle of long work: whether another moment is wanted by now.
    """

    def __init__(
        self,
        record: Record,
        *,
        agency: str = "",
        agreements: Agreements | None = None,
        operation: str = "",
        is_overtaken: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.at = 0.0
        self.playing = False
        self._record = record
        self._agency = agency
        self._agreements = agreements or Agreements()
        self._operation = operation
        self._is_overtaken = is_overtaken
        self._clock = clock
        self._chapters = Chapters(record)
        self._past = self._another_past()
        self._bar = Bar(record)
        self._ahead = Ahead(record)
        self._eyes: Eyes | None = None
        self._hindsight: Hindsight | None = None
        self._reader, self._as_true = "", False
        self._ready = False
        self._number = 0
        self._speed = 1.0
        self._health_at = self._refreshed_at = 0.0
        self._not_whole = ""
        self._unread = 0
        self._epoch = 0  # of the last batch
        self._late: list[Late] = []  # of the last frame
        self._trailing: Iterator[Been | None] | None = None

    def look(self, number: int) -> Span:
        """What there is to be seen."""
        self._record.refresh()
        return self._bar.span(number)

    def answer(self, ask: Ask) -> list[Said]:
        """The frames that answer an ask; raises Overtaken where nobody waits for them any more."""
        self.playing = False
        self._number = ask.number
        ready = self._ready and (ask.reader, ask.as_true) == (self._reader, self._as_true)
        self._reader, self._as_true = ask.reader, ask.as_true
        frames: list[Frame] = []
        if ask.act == "seek" or not ready or (ask.at and ask.at != self.at and ask.act == "play"):
            frames = self._seek(ask.at or self.at)
        if ask.act == "play":
            self._speed = min(max(ask.speed, _SPEEDS[0]), _SPEEDS[1])
            self.playing = True
        elif ask.act == "step":
            frames = self._step_on(frames) if ask.step > 0 else self._step_back()
        if not frames:
            frames = [self._nothing_new()]
        return [msgspec.structs.replace(one, playing=self.playing) for one in frames]

    def stop(self) -> None:
        """Something went wrong: the next ask begins anew."""
        self.playing = self._ready = False
        self._trailing = None

    @property
    def looks_back(self) -> bool:
        """Whether there is more to be found of where units had been."""
        return self._trailing is not None

    def look_back(self) -> list[Said]:
        """A little of that work; where a stretch is known, the frame that tells it."""
        if self._trailing is None:
            return []
        try:
            been = next(self._trailing)
        except (StopIteration, Overtaken):
            self._trailing = None
        except Exception:  # noqa: BLE001 - the moment itself is shown all the same
            self._trailing = None
            _LOG.exception("where units had been cannot be told")
        else:
            if been is not None:
                frame = self._nothing_new()
                return [msgspec.structs.replace(frame, batch=msgspec.structs.replace(frame.batch, been=been))]
        return []

    def go_on(self, elapsed_s: float) -> list[Said]:
        """Where it plays: what was said in the time that went by since, as much faster as it is played."""
        if not self.playing:
            return []
        target = self.at + elapsed_s * self._speed
        self._ahead.go_to(self._past.done)
        next_at = self._ahead.next_at()
        if next_at is None and self._has_gone_on():
            next_at = self._ahead.next_at()
        if next_at is None:
            return [self._at_the_end(target)]
        if next_at < self.at - CLOCK_BACK_S:
            target = next_at  # our own clock was put back here
        upto = self._ahead.until(target)
        if upto >= self._record.last and not self._goes_on():
            target = min(target, self._record.at_of(upto))
        many = self._speed >= _THIN_FROM or upto - self._past.done > 1_000
        health = abs(target - self._health_at) >= _HEALTH_S
        if health:
            self._health_at = target
        frames = self._framed(self._past.go_on(upto, target, thin=many, health=health), target)
        return [*(frames or [self._nothing_new()])]

    def _has_gone_on(self) -> bool:
        """Whether more was recorded since, asked for now and then."""
        now = self._clock()
        if abs(now - self._refreshed_at) < _REFRESH_S:
            return False
        self._refreshed_at = now
        last = self._record.last
        self._record.refresh()
        self._chapters.renew()
        return self._record.last > last

    def _at_the_end(self, target: float) -> Frame:
        """Nothing more is on record: the end, or as far as this desk has come by now."""
        last_at = self._record.at_of(self._record.last)
        if self._goes_on():
            self._speed = 1.0
            self.at = max(self.at, min(target, self._clock()))
        else:
            self.at = max(self.at, min(target, last_at))
            self.playing = self.at < last_at
        return self._nothing_new()

    def _nothing_new(self) -> Frame:
        batch = Batch(epoch=self._epoch)  # another would end what the slots stand for
        return Frame(
            number=self._number,
            at=self.at,
            batch=batch,
            playing=self.playing,
            late=self._late,
            trouble=self._trouble(),
        )

    def _goes_on(self) -> bool:
        """Whether the record is still being written."""
        if self._clock() - self._record.at_of(self._record.last) >= _WRITTEN_WITHIN_S:
            return False
        last = None
        for last in self._record.notes(STARTED, STOPPED):  # noqa: B007 - the last is what is asked for
            pass
        return last is None or last.kind != STOPPED

    def _seek(self, at: float) -> list[Frame]:
        """The picture at a moment."""
        self._record.refresh()
        self._chapters.renew()
        at = within_calendar(min(max(at, self._record.first_at), max(self._record.last_at, self._record.first_at)))
        return self._seek_to(max(self._record.number_at(at), self._record.first), at)

    def _seek_to(self, upto: int, at: float) -> list[Frame]:
        """The picture when the record had come to this number."""
        self._ready = False
        self._trailing = None
        self._eyes = self._another_eyes()
        self._hindsight = Hindsight(self._record) if self._as_true else None
        base = self._chapters.base(upto)
        parts = self._past.begin(base, upto, at)
        since = time.strftime("%d %b %H:%M UTC", time.gmtime(base.at))
        self._not_whole = "" if self._chapters.is_whole(base) else _NOT_WHOLE.format(since)
        self._unread = self._unread_after(upto) if self._record.unread else 0
        self._health_at = at
        frames = self._framed(parts, at)
        self._trailing = iter(
            Trailing(
                self._record,
                self._chapters,
                self._another_past,
                self._another_eyes,
                upto=upto,
                at=at,
                units=sum(len(frame.batch.tracks) for frame in frames),
            )
        )
        self._ready = True
        return frames

    def _unread_after(self, number: int) -> int:
        """How many records directly beyond one cannot be read: they may be of before the moment shown."""
        following = next((block.first for block in self._record.blocks(number, self._record.last)), None)
        return (following if following is not None else self._record.last + 1) - number - 1

    def _another_past(self) -> Past:
        return Past(self._record, give_way=self._give_way)

    def _another_eyes(self) -> Eyes | None:
        """Those of the agency that is to see it, None for our own."""
        if not self._reader or self._reader == self._agency:
            return None
        return Eyes(
            self._reader,
            self._agreements,
            self._operation,
            behind=lambda: Behind(self._record, self._chapters, self._another_past()),
        )

    def _trouble(self) -> str:
        """What of the past cannot be shown, though some of it can."""
        lost = self._past.missing + self._unread
        many = ("s", "were", "them") if lost > 1 else ("", "was", "it")
        words = [self._not_whole, _HOLES.format(f"{lost:,}", *many) if lost else ""]
        if self._hindsight is not None and self._hindsight.cut_at:
            words.append(words_of_cut(self._hindsight.cut_at))
        return " ".join(filter(None, words))

    def _framed(self, parts: Iterable[Part], at: float) -> list[Frame]:
        """Parts as frames: as the reader sees them, with what was true and not known yet, where that is wanted."""
        parts = list(parts)
        late: list[Late] = []
        if self._hindsight is not None:
            batch, late = self._hindsight.at(self._past, at)
            if batch is not None:
                parts.append(Part(False, at, batch))
        if self._eyes is not None:
            parts, late = self._eyes.see(parts, at), self._eyes.late(late)
        self.at, self._late = at, late
        if parts:
            self._epoch = parts[-1].batch.epoch
        trouble = self._trouble()
        return [
            Frame(
                number=self._number,
                at=part.at,
                batch=part.batch,
                anew=part.anew,
                playing=self.playing,
                late=late if place == len(parts) - 1 else [],
                trouble=trouble if place == len(parts) - 1 else "",
            )
            for place, part in enumerate(parts)
        ]

    def _step_on(self, before: list[Frame]) -> list[Frame]:
        """To the next event beyond what was taken in."""
        self._record.refresh()
        self._chapters.renew()
        parts, event = self._past.step(self._record.last)
        at = self._record.at_of(self._past.done) if self._past.done >= self._record.first else self.at
        frames = [*before, *self._framed(parts, at)]
        while event is not None and not self._is_told(event):
            parts, event = self._past.step(self._record.last)
            at = self._record.at_of(self._past.done)
            frames += self._framed(parts, at)
        if event is not None and frames:
            frames[-1] = msgspec.structs.replace(frames[-1], event=event_words(event, self._past.names))
        return frames

    def _step_back(self) -> list[Frame]:
        """To the last event before the one that was taken in last."""
        self._record.refresh()
        self._chapters.renew()
        end = self._past.done - 1
        while end >= self._record.first:
            base = self._chapters.base(end)
            searching = self._another_past()
            searching.events = []
            searching.begin(base, end, self.at)
            told = next((one for one in reversed(searching.events) if self._is_told(one[1])), None)
            if told is not None:
                number, event = told
                frames = self._seek_to(number, self._record.at_of(number))
                words = event_words(event, self._past.names)
                return [*frames[:-1], msgspec.structs.replace(frames[-1], event=words)]
            end = base.after
        return []

    def _is_told(self, event: Report) -> bool:
        """Whether whoever's eyes these are was told of an event."""
        return self._eyes is None or self._eyes.may_hear_of(event)

    def _give_way(self) -> None:
        if self._is_overtaken():
            raise Overtaken
