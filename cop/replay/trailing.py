"""Where units had been before a moment that was sought: looked up beside the work, the newest first.

The same messages go through the same steps as when it is played, but of those that say one unit's place and nothing
else the first of some seconds alone: a trail keeps no more.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cop.domain.batch import Been
from cop.journal.block import Block
from cop.picture.picture import Picture
from cop.picture.trails import SLOT_S
from cop.replay.eyes import Eyes
from cop.replay.past import Past
from cop.replay.record import Chapters, Record
from cop.replay.thinning import is_alone

#: so far back, and the part of it that is looked up first
BACK_S, _FIRST_S = 600.0, 120.0
#: so many seconds of the record at a time: between two, whatever is asked has its turn
_STRIDE_S = 2.0
#: places are heard so many at most; with many units they lie further apart for it, and then reach less far back
_MOST_PLACES = 200_000
_COARSER = (1, 2, 4, 6)


class Trailing:
    """Looks back from record `upto`, received by `at`, at which there were so many `units`.

    `another_past` and `another_eyes` make those that it looks with: the ones that show the moment go on meanwhile.
    """

    def __init__(
        self,
        record: Record,
        chapters: Chapters,
        another_past: Callable[[], Past],
        another_eyes: Callable[[], Eyes | None],
        *,
        upto: int,
        at: float,
        units: int,
    ) -> None:
        self._record = record
        self._chapters = chapters
        self._another_past = another_past
        self._another_eyes = another_eyes
        self._upto = upto
        self._at = at
        self._span_s, self._back_s = bounds(units)

    def __iter__(self) -> Iterator[Been | None]:
        """A stretch as soon as it is known, None after each piece of work until then."""
        for begin, end in ((min(_FIRST_S, self._back_s), 0.0), (self._back_s, _FIRST_S)):
            if begin > end and self._at - end > self._record.first_at:
                yield from self._stretch(self._at - begin, self._at - end)

    def _stretch(self, begin: float, end: float) -> Iterator[Been | None]:
        """From one moment to another."""
        record = self._record
        last = min(record.number_at(end), self._upto) if end < self._at else self._upto
        start = min(max(record.number_at(begin), record.first), last)
        base = self._chapters.base(start)
        past, eyes = self._another_past(), self._another_eyes()
        picture = Picture(pace=base.begun.pace)
        parts = past.begin(base, start, begin)
        past.thin = FirstOfSpans(self._span_s)
        moment = begin
        while True:
            for part in eyes.see(parts, moment) if eyes is not None else parts:
                if part.anew:
                    picture.forget()
                picture.apply(part.batch)
            yield None
            if past.done >= last or moment >= end:
                break
            moment = min(moment + _STRIDE_S, end)
            upto = min(record.number_at(moment), last) if moment < end else last
            parts = past.go_on(upto, moment, thin=True, health=False) if upto > past.done else []
        yield _been(picture, begin)


class FirstOfSpans:
    """Chooses, of messages that say one unit's place and nothing else, the first of each topic in each span of time.

    As `thinning.thinned`, but it goes on from one list of blocks to the next.
    """

    def __init__(self, span_s: float) -> None:
        self._span_s = span_s
        self._topics: dict[str, int] = {}
        self._said: set[tuple[int, int]] = set()

    def __call__(self, blocks: Sequence[Block]) -> list[NDArray[np.intp]]:
        """Of each block the rows that must be heard, in order."""
        return [self._chosen(block) for block in blocks]

    def _chosen(self, block: Block) -> NDArray[np.intp]:
        alone = is_alone(block)
        rows = np.flatnonzero(alone)
        of_topic = np.array([self._topics.setdefault(one, len(self._topics)) for one in block.topics], dtype=np.int64)
        topic, span = of_topic[block.topic[rows]], (block.said_at[rows] // self._span_s).astype(np.int64)
        order = np.lexsort((rows, block.said_at[rows], span, topic))
        topic, span = topic[order], span[order]
        new = np.flatnonzero((np.diff(topic, prepend=-1) != 0) | (np.diff(span, prepend=0) != 0))
        heard = ~alone
        for place, pair in zip(new.tolist(), zip(topic[new].tolist(), span[new].tolist(), strict=True), strict=True):
            if pair not in self._said:
                self._said.add(pair)
                heard[rows[order[place]]] = True
        return np.flatnonzero(heard)


def bounds(units: int) -> tuple[float, float]:
    """How far apart places are looked up, and how far back, both in seconds."""
    for coarser in _COARSER:
        span_s = float(SLOT_S * coarser)
        if units * BACK_S / span_s <= _MOST_PLACES:
            return span_s, BACK_S
    return span_s, _MOST_PLACES / units * span_s


def _been(picture: Picture, since: float) -> Been | None:
    kept = picture.trails.kept(since)
    points = kept.points()
    if not len(points):
        return None
    return Been(kept.keys, points.tobytes(), kept.partings)
