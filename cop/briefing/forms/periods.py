"""The operational periods of an operation (ICS): from the first moment on record, by the clock on the wall.

A period ends where the next one begins. Over the night in which clocks are set it is an hour longer or shorter.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import partial

from cop.briefing.occasion import Period
from cop.journal.moments import moment

#: day and night, where nothing else is said
USUAL = (time(6), time(18))
_DAY_MIN = 24 * 60
_SPAN = re.compile(
    r"(?<!\d)([01]?\d|2[0-3])[:.]?([0-5]\d)\s*(?:h|hrs)?\s*(?:-|–|—|to)\s*([01]?\d|2[0-3])[:.]?([0-5]\d)(?!\d)"
)
#: what nobody prints: a record is of days, a clock that was set wrong may make it of decades
_LONGEST = timedelta(days=400)


def turns_of(words: str) -> tuple[time, ...]:
    """The times of day at which periods begin, by what is said of one of them: "OP 2 · 14:00–22:00".

    Where the day is no multiple of its length, the rest of the day is the other one. Without times it is `USUAL`.
    """
    found = _SPAN.search(words)
    if found is None:
        return USUAL
    hour, minute, until_hour, until_minute = map(int, found.groups())
    begins, ends = hour * 60 + minute, until_hour * 60 + until_minute
    lasts = (ends - begins) % _DAY_MIN or _DAY_MIN
    every = range(0, _DAY_MIN, lasts) if _DAY_MIN % lasts == 0 and lasts >= 60 else (0, lasts)
    minutes = sorted({(begins + one) % _DAY_MIN for one in every})
    return tuple(time(*divmod(one, 60)) for one in minutes)


def periods(first: datetime, last: datetime, *, zone: tzinfo | None = None, words: str = "") -> list[Period]:
    """The periods from `first` to the one that holds `last`; `zone` None is this computer's.

    The first begins with the record itself, whatever the hour.
    """
    last = min(max(first, last), first + _LONGEST)
    found: list[Period] = []
    begins = first
    for turn in _turns(first, zone, turns_of(words)):
        found.append(Period(number=len(found) + 1, begins=begins, ends=turn))
        if turn > last:
            break
        begins = turn
    return found


def chosen(
    first: datetime,
    last: datetime,
    *,
    number: int = 0,
    begins: str = "",
    ends: str = "",
    zone: tzinfo | None = None,
    words: str = "",
) -> Period:
    """The period that was asked for: by its number, by its bounds as typed, or (neither) the one that holds `last`.

    Raises ValueError, in words, for a number that there is none of, and for bounds that are no times.
    """
    every = periods(first, last, zone=zone, words=words)
    if begins or ends:
        holding = every[-1] if not number else _numbered(every, number)
        typed = partial(moment, first_at=first.timestamp(), last_at=last.timestamp(), zone=zone)
        since = _moment(typed(begins)) if begins else first
        until = _moment(typed(ends, end=True)) if ends else max(last, since)
        if until < since:
            raise ValueError("the operational period ends before it begins")
        return Period(number=number or holding.number, begins=since, ends=until)
    return _numbered(every, number) if number else every[-1]


def _numbered(every: list[Period], number: int) -> Period:
    if not 1 <= number <= len(every):
        many = "one operational period" if len(every) == 1 else f"{len(every)} operational periods"
        raise ValueError(f"there is no operational period {number}: the record holds {many}")
    return every[number - 1]


def _turns(first: datetime, zone: tzinfo | None, of_day: tuple[time, ...]) -> Iterator[datetime]:
    """The moments after `first` at which a period ends and the next begins."""
    day = first.astimezone(zone).date()
    latest = first
    while True:
        for turn in of_day:
            at = _on_the_wall(day, turn, zone)
            if at > latest:  # a time that a clock set forward leaves out is an hour later: never before the last one
                latest = at
                yield at
        day += timedelta(days=1)


def _on_the_wall(day: date, turn: time, zone: tzinfo | None) -> datetime:
    local = datetime.combine(day, turn)
    return (local.replace(tzinfo=zone) if zone is not None else local.astimezone()).astimezone(UTC)


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
