"""When a clause holds: by the days of its agreement, and by its days and hours on the wall clock of its zone.

An hour begins when the wall clock first shows it: one that is skipped in spring begins when the clock leaps over it,
one that comes twice in autumn begins the first time. So clauses that adjoin on paper adjoin on every day of the year.
"""

from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cop.domain.agreement import Agreement, Term, Times

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)
_ALWAYS = Times()
#: days on which an hour is looked for: a week has each of them, and one may just be over
_AHEAD = 9


def holds_at(times: Times, at: datetime) -> bool:
    """Whether hours of a clause hold at a moment: from their beginning on, and no longer at their end."""
    if not times.days and times.begins == times.ends:
        return True
    today = at.astimezone(ZoneInfo(times.zone)).date()
    # the day after as well: where the clocks go back over midnight, it has begun before the day is over
    return any(begins <= at < ends for begins, ends in _spans(times, today - _DAY, 3))


def next_turn(term: Term, at: datetime) -> datetime | None:
    """The next moment after `at` at which a clause may begin or cease to hold; None if no clock changes it.

    There may be moments among them at which nothing changes, but nothing changes between them.
    """
    agreement, times = term.agreement, term.clause.times
    turns = [moment_of(datetime.combine(day, time(0)), agreement.zone) for day in _edges(agreement)]
    if times.days or times.begins != times.ends:
        today = at.astimezone(ZoneInfo(times.zone)).date()
        turns += [edge for span in _spans(times, today - _DAY, _AHEAD) for edge in span]
    return min((turn for turn in turns if turn > at), default=None)


def times_words(times: Times) -> str:
    """Days and hours as people write them: "Mon, Tue 22:00–06:00 (America/New_York)"; empty if always."""
    if times == _ALWAYS or (not times.days and times.begins == times.ends):
        return ""
    days = ", ".join(day.capitalize() for day in _DAYS if day in times.days)
    hours = "" if times.begins == times.ends == time(0) else f"{times.begins:%H:%M}–{times.ends:%H:%M}"
    return f"{' '.join(part for part in (days, hours) if part)} ({times.zone})"


@lru_cache(maxsize=4096)
def moment_of(wall: datetime, zone: str) -> datetime:
    """The first moment, in UTC, at which the wall clock of a zone shows this hour or has leapt over it."""
    there = ZoneInfo(zone)
    first = wall.replace(tzinfo=there, fold=0).astimezone(UTC)
    if first.astimezone(there).replace(tzinfo=None) == wall:
        return first
    before = wall.replace(tzinfo=there, fold=1).astimezone(UTC)
    while first - before > timedelta(seconds=1):  # the clock leaps somewhere between these two
        middle = before + timedelta(seconds=(first - before) // timedelta(seconds=2))
        if middle.astimezone(there).replace(tzinfo=None) >= wall:
            first = middle
        else:
            before = middle
    return first


def _spans(times: Times, first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Beginning and end of the hours that begin on these days."""
    over_midnight = times.ends <= times.begins
    for number in range(days):
        day = first + number * _DAY
        if times.days and _DAYS[day.weekday()] not in times.days:
            continue
        last = day + _DAY if over_midnight else day
        yield (
            moment_of(datetime.combine(day, times.begins), times.zone),
            moment_of(datetime.combine(last, times.ends), times.zone),
        )


def _edges(agreement: Agreement) -> Iterator[date]:
    """The days on which an agreement begins to be in force, and no longer is."""
    until = agreement.in_force_until
    if agreement.in_force_from.year > MINYEAR:
        yield agreement.in_force_from
    if until is not None and until.year < MAXYEAR:
        yield until + _DAY
