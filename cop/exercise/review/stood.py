"""Which conflicts stood, for how long, and how they ended."""

from collections.abc import Iterable
from datetime import datetime

from cop.domain.rules.conflict import About
from cop.exercise.review.figures import Stood, Told
from cop.exercise.review.scope import Scope
from cop.exercise.review.spells import Standing
from cop.picture.names import one_line

#: the words of what a conflict is about are looked up in these kinds
_SAID = frozenset({"task", "incident", "zone", "resource", "request", "link", "command"})


def stood(scope: Scope, found: Iterable[Standing]) -> tuple[Stood, ...]:
    """Those of the time reviewed, in the order in which they arose."""
    conflicts: dict[tuple[str, tuple[About, ...], datetime], Stood] = {}
    for standing in found:
        one = _stood(scope, standing)
        if one is None:
            continue
        key = (one.kind, one.about, one.begins.at)
        known = conflicts.get(key)
        # told together with others for a while, and then alone again: it stood all the time
        if known is None or (known.ends is not None and (one.ends is None or one.ends.at > known.ends.at)):
            conflicts[key] = one
    return tuple(sorted(conflicts.values(), key=lambda one: (one.begins.at, one.words)))


def _stood(scope: Scope, one: Standing) -> Stood | None:
    conflict = one.conflict
    since = min(conflict.since, one.seen.at)
    until = min(one.ends.at, scope.ends_at) if one.ends is not None else scope.ends_at
    if until.timestamp() < scope.begins or since > scope.ends_at:
        return None
    begins = max(since.timestamp(), scope.begins)
    begun = Told(at=since if begins == since.timestamp() else one.seen.at, record=one.seen.record)
    ends = one.ends if one.ends is not None and one.ends.at <= scope.ends_at else None
    records = {number for about in conflict.about if (number := _newest(scope, about))}
    records.update(number for number in (begun.record, ends.record if ends is not None else 0) if number)
    return Stood(
        kind=conflict.kind,
        owner=conflict.owner,
        words=one_line(conflict.words),
        about=conflict.about,
        begins=begun,
        ends=ends,
        seconds=scope.elapsed(begun.at, until),
        ended_by=one.ended_by if ends is not None else "",
        records=tuple(sorted(records)),
    )


def _newest(scope: Scope, about: About) -> int:
    kind, agency, object_id = about
    word = scope.words.newest(kind, (agency, object_id)) if kind in _SAID else None
    return word.record if word is not None else 0
