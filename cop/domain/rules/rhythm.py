"""How often somebody usually speaks, and from when on its silence is worth a look."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

#: what follows one another more closely than this is one saying, in seconds
BREATH_S = 1.0
#: A pause is usual for a sender that has made it so often of late …
_TIMES = 3
#: … which is: no longer ago than so many times its own length.
_FRESH = 8.0
#: A pause of hours, as at night, is usual only where it begins at about the same time of day, in seconds …
_LONG_S, _SAME_HOUR_S, _DAY_S = 3600.0, 5400.0, 86_400.0
#: … on the last days; unless a sender speaks seldom at any hour, or in pauses nearly as long as these.
_DAYS, _PAUSES_SHARE, _TIMES_LONGER = 4.0, 0.75, 10.0
#: remembered of each length (an octave of seconds)
_OF_EACH_LENGTH = 4
#: Who has said so much over so many seconds without such pauses makes none.
_MESSAGES, _SPOKEN_S = 20, 10.0
#: Silence is longer than what is usual by so much, and never shorter than this, in seconds.
_MARGIN, _FLOOR_S = 2.5, 5.0


class Pause(NamedTuple):
    """Between two messages of a sender: when the second came (epoch seconds), how many seconds after the first."""

    ended_at: float
    length_s: float


def remembered(pauses: Sequence[Pause], new: Pause) -> list[Pause]:
    """The pauses worth remembering, oldest first: the last few of each length, so that long ones are not crowded out.

    Memory is bounded: there are no more than 18 octaves between a second and two days.
    """
    octave = _octave(new.length_s)
    alike = [one for one in pauses if _octave(one.length_s) == octave]
    crowded = len(alike) >= _OF_EACH_LENGTH
    return [*(one for one in pauses if not (crowded and one is alike[0])), new]


def usual_gap_s(pauses: Iterable[Pause], last_at: float, *, messages: int, spoken_s: float) -> float | None:
    """The longest pause that is usual for a sender, judged when it last spoke; None while too little is known.

    One outage, or two, make no habit; a habit that was given up is forgotten after some times its own length. Who is
    silent every night is missed at noon all the same.
    """
    known = [one for one in pauses if last_at - one.ended_at <= _FRESH * one.length_s or _is_of_this_hour(one, last_at)]
    usual_s = _usual_of(known, messages, spoken_s)
    at_night = [one for one in known if is_long(one) and not _is_of_this_hour(one, last_at)]
    seldom = spoken_s > messages * _LONG_S / _TIMES_LONGER
    if usual_s is None or usual_s < _LONG_S or len(at_night) < _TIMES or seldom:
        return usual_s
    since = min(one.ended_at - one.length_s for one in at_night)
    by_day_s = _usual_of([one for one in known if one not in at_night], messages, spoken_s)
    if sum(one.length_s for one in known if one.ended_at > since) >= _PAUSES_SHARE * (last_at - since):
        return usual_s
    return usual_s if by_day_s is None or by_day_s > _LONG_S / _TIMES_LONGER else by_day_s


def _usual_of(pauses: Sequence[Pause], messages: int, spoken_s: float) -> float | None:
    longest = sorted((one.length_s for one in pauses), reverse=True)
    if len(longest) >= _TIMES:
        return longest[_TIMES - 1]
    if messages >= _MESSAGES and spoken_s >= _SPOKEN_S:
        return BREATH_S
    return None


def silent_after_s(usual_s: float | None, bound_s: float) -> float:
    """After how many seconds a sender is silent; `bound_s` holds until its rhythm is known."""
    return bound_s if usual_s is None else max(_FLOOR_S, _MARGIN * usual_s)


def is_long(pause: Pause) -> bool:
    """Whether a pause is usual at one time of the day and not at another."""
    return pause.length_s >= _LONG_S


def _is_of_this_hour(pause: Pause, at: float) -> bool:
    """Whether it is a long pause of the last days that began at this time of the day."""
    apart_s = (at - (pause.ended_at - pause.length_s)) % _DAY_S
    recent = at - pause.ended_at <= _DAYS * _DAY_S
    return is_long(pause) and recent and min(apart_s, _DAY_S - apart_s) <= _SAME_HOUR_S


def _octave(length_s: float) -> int:
    return int(min(max(length_s, BREATH_S), 2.0 * 86_400)).bit_length()
