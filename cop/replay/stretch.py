"""Where units had been over a stretch of the record, however long: what is written into a file.

The same messages go through the same steps as when they are played; of those that say one unit's place and nothing else
the first of some seconds alone.
"""

from cop.domain.batch import Been
from cop.picture.picture import Picture
from cop.picture.trails import CAPACITY, SLOT_S
from cop.replay.past import Past
from cop.replay.recall import Recall
from cop.replay.trailing import FirstOfSpans

#: of what a unit says within a step the newest place is heard alone: as a part of the time that places lie apart
_STEP = 0.4
_COARSER = (1, 2, 4, 6, 12, 24, 60, 120, 360, 720)


def spacing(units: int, seconds: float) -> float:
    """How far apart the places of each of so many units are kept over so many seconds, that there is room for all."""
    for coarser in _COARSER:
        if units * seconds / (SLOT_S * coarser) <= CAPACITY / 2:  # a turn is kept beside the first of each span
            break
    return float(SLOT_S * coarser)


def been(recall: Recall, begin: float, end: float, *, units: int) -> list[Been]:
    """Where units had been from one moment to another (epoch seconds), for a picture to `apply`, the earlier first.

    More than one where all that was known ended in between: the feed process had been started anew.
    """
    record = recall.record
    begin = max(begin, record.first_at)
    last = record.number_at(end)
    start = min(max(record.number_at(begin), record.first), last)
    base = recall.chapters.base(start)
    past = Past(record)
    picture = Picture(pace=base.begun.pace)
    parts = past.begin(base, start, begin)
    span_s = spacing(units, end - begin)
    past.thin = FirstOfSpans(span_s)
    moment = begin
    found: list[Been] = []
    while True:
        for part in parts:
            if part.anew:
                found += _kept(picture, begin)
                picture.forget()
            picture.apply(part.batch)
        if past.done >= last or moment >= end:
            break
        moment = min(moment + _STEP * span_s, end)
        upto = min(record.number_at(moment), last) if moment < end else last
        parts = past.go_on(upto, moment, thin=True, health=False) if upto > past.done else []
    return found + _kept(picture, begin)


def _kept(picture: Picture, since: float) -> list[Been]:
    kept = picture.trails.kept(since)
    points = kept.points()
    return [Been(kept.keys, points.tobytes(), kept.partings)] if len(points) else []
