"""How often somebody usually speaks, and from when on its silence is worth a look."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

#: what follows one another more closely than this is one saying, in seconds
BREATH_S = 1.0
#: A pause is usual for a sender that has made it so often of late …
_TIMES = 3
#: … which is: no longer ago than so many times its own length.
_FRESH = 8.0
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

    One outage, or two, make no habit; a habit that was given up is forgotten after some times its own length.
    """
    fresh = sorted((p.length_s for p in pauses if last_at - p.ended_at <= _FRESH * p.length_s), reverse=True)
    if len(fresh) >= _TIMES:
        return fresh[_TIMES - 1]
    if messages >= _MESSAGES and spoken_s >= _SPOKEN_S:
        return BREATH_S
    return None


def silent_after_s(usual_s: float | None, bound_s: float) -> float:
    """After how many seconds a sender is silent; `bound_s` holds until its rhythm is known."""
    return bound_s if usual_s is None else max(_FLOOR_S, _MARGIN * usual_s)


def _octave(length_s: float) -> int:
    return int(min(max(length_s, BREATH_S), 2.0 * 86_400)).bit_length()
