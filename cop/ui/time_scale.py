"""Where the hours and days stand on a stretch of time, in local time, over changes of the clocks too."""

from datetime import UTC, datetime
from typing import NamedTuple

_DAY_S = 86_400
#: seconds between two labels
_STEPS = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, _DAY_S, 2 * _DAY_S, 7 * _DAY_S)
_MOST_SAMPLES = 400


class Tick(NamedTuple):
    """A label of the scale: the moment (epoch seconds) and how it is called."""

    at: float
    words: str


def local(at: float) -> datetime:
    """A moment in the time of this place."""
    return datetime.fromtimestamp(at, UTC).astimezone()


def offset_s(at: float) -> float:
    """How far local time is ahead of UTC at a moment."""
    offset = local(at).utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def near_a_change(at: float) -> bool:
    """Whether the clocks are changed within an hour of a moment: a time of day alone may be two then."""
    return not offset_s(at - 3600) == offset_s(at) == offset_s(at + 3600)


def clock_words(at: float, *, seconds: bool = True) -> str:
    """The local time of day; with the zone's name where the clocks are just being changed: "01:30:00 EST"."""
    here = local(at)
    words = f"{here:%H:%M:%S}" if seconds else f"{here:%H:%M}"
    return f"{words} {here:%Z}" if near_a_change(at) else words


def date_words(at: float, *, year: bool = False) -> str:
    """ "Mon 1 Jun", or "Mon 1 Jun 2026"."""
    here = local(at)
    return f"{here:%a} {here.day} {here:%b}" + (f" {here:%Y}" if year else "")


def zulu_words(at: float, *, seconds: bool = True) -> str:
    """ "18:22:08 Z"."""
    there = datetime.fromtimestamp(at, UTC)
    return f"{there:%H:%M:%S} Z" if seconds else f"{there:%H:%M} Z"


def moment_words(at: float) -> str:
    """A moment in full: "Mon 1 Jun 14:22:08 · 18:22:08 Z"."""
    return f"{date_words(at)} {clock_words(at)} · {zulu_words(at)}"


def ticks(begin: float, end: float, most: int) -> list[Tick]:
    """At most so many labels between two moments, at round local times; at midnight the day."""
    length = end - begin
    if length <= 0 or most < 1:
        return []
    step = next((one for one in _STEPS if length / one <= most), 0)
    if not step:
        weeks = -(-length // (7 * _DAY_S * most))
        step = int(7 * _DAY_S * weeks)
    samples = min(_MOST_SAMPLES, int(length // _DAY_S) + 2)
    offsets = {offset_s(begin + length * one / (samples - 1)) for one in range(samples)}
    found = []
    for offset in offsets:
        at = -((begin + offset) // -step) * step - offset
        while at <= end:
            if offset_s(at) == offset:
                found.append(Tick(at, _words(at, step)))
            at += step
    return sorted(found)


def _words(at: float, step: int) -> str:
    here = local(at)
    if step >= _DAY_S or (here.hour, here.minute, here.second) == (0, 0, 0):
        return f"{here.day} {here:%b}"
    return clock_words(at, seconds=step < 60)
