"""The marks of the time bar: what is worth finding again, gathered where there is no room for each."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from cop.replay.frames import Gap, TimeMark
from cop.ui import wording
from cop.ui.time_scale import clock_words, date_words

#: kinds, the most serious first: sign and name
KINDS = {
    "incident": ("◆", "Incident"),
    "alert": ("▲", "Alert"),
    "conflict": ("✕", "Conflict"),
    "task": ("■", "Task"),
    "control": ("▸", "Exercise control"),
    "clock": ("○", "Clock"),
}
_SERIOUS = list(KINDS)
_NAMED = 8
_WORDS = 90


class Group(NamedTuple):
    """Marks that stand together: the moment of the first, and all of them in order."""

    at: float
    marks: tuple[TimeMark, ...]

    @property
    def kind(self) -> str:
        """The most serious kind among them."""
        return min((one.kind for one in self.marks), key=_seriousness)


def _seriousness(kind: str) -> int:
    return _SERIOUS.index(kind) if kind in KINDS else len(_SERIOUS)


def in_order(marks: Sequence[TimeMark]) -> list[TimeMark]:
    """What can be shown of them, by time; gaps are shown as such."""
    return sorted((one for one in marks if one.kind in KINDS), key=lambda one: one.at)


def gathered(marks: Sequence[TimeMark], begin: float, end: float, apart_s: float) -> list[Group]:
    """Marks (`in_order`) between two moments; those less than so many seconds after the first of a group join it."""
    groups = []
    at = bisect_left(marks, begin, key=lambda one: one.at)
    stop = bisect_right(marks, end, key=lambda one: one.at)
    while at < stop:
        first = marks[at].at
        following = max(at + 1, bisect_left(marks, first + apart_s, at, stop, key=lambda one: one.at))
        groups.append(Group(first, tuple(marks[at:following])))
        at = following
    return groups


def group_words(group: Group) -> str:
    """Each mark with its time, a line each; the rest counted."""
    lines = [date_words(group.at)]
    for one in group.marks[:_NAMED]:
        name = KINDS.get(one.kind, ("", one.kind))[1]
        said = wording.shortened(wording.one_line(one.words), _WORDS)
        lines.append(f"{clock_words(one.at)}  {name}{f': {said}' if said else ''}")
    if len(group.marks) > _NAMED:
        lines.append(f"… and {len(group.marks) - _NAMED} more")
    return "\n".join(lines)


def gap_words(gap: Gap) -> str:
    """ "Nothing on record 14:02:10 to 14:07:00: the disk was full"."""
    why = wording.shortened(wording.one_line(gap.why), _WORDS)
    return f"Nothing on record {clock_words(gap.begin)} to {clock_words(gap.end)}{f': {why}' if why else ''}"
