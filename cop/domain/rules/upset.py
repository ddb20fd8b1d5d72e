"""What two looks at this computer's clocks tell: it slept, its clock was set, or nothing."""

from typing import NamedTuple

from cop.domain.batch import Upset

#: Who looks each second and finds so much gone has not been running: asleep, stopped, or held up by all else.
_STOOD_STILL_S = 15.0
_SLEPT_S = 2.0
#: what a clock may be off after a sleep, when it is read from a chip that counts seconds, and by ordinary drift
_SET_S, _DRIFT = 2.0, 0.001


class Sample(NamedTuple):
    """One look at three clocks, in seconds: the time of day, one that stands in sleep, and one that never stands.

    Where a system has no clock that stands in sleep, the last two are the same.
    """

    wall: float
    running: float
    elapsed: float


def upsets(before: Sample, after: Sample) -> list[Upset]:
    """What happened between two looks that were at most a few seconds apart while this computer was running."""
    elapsed = after.elapsed - before.elapsed
    running = after.running - before.running
    found = []
    slept = elapsed - running >= _SLEPT_S or elapsed >= _STOOD_STILL_S
    if slept:
        found.append(Upset("slept", elapsed, after.wall))
    moved = after.wall - before.wall - elapsed
    if abs(moved) >= _SET_S + (_DRIFT * elapsed if slept else 0.0):
        found.append(Upset("clock", moved, after.wall))
    return found


def in_words(upset: Upset) -> str:
    """What happened, in the middle of a sentence."""
    span = _span(abs(upset.seconds))
    if upset.kind == "slept":
        return f"this computer slept for {span}"
    return f"this computer's clock was set {'forward' if upset.seconds > 0 else 'back'} by {span}"


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 2:
        return f"{round(seconds)} s"
    hours, minutes_of_hour = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes_of_hour} min" if hours else f"{minutes + (rest >= 30)} min"
