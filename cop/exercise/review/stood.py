"""Which conflicts stood, for how long, and how they ended."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from cop.domain.rules.conflict import About
from cop.exercise.review.figures import Response, Stood, Told
from cop.exercise.review.scope import Scope
from cop.exercise.review.spells import Standing
from cop.picture.names import one_line

#: the words of what a conflict is about are looked up in these kinds
_SAID = frozenset({"task", "incident", "zone", "resource", "request", "link", "command"})


#: what stood no longer than that when the desk began to hear, one word after the other, was none
_CATCHING_UP_S = 5.0


def stood(
    scope: Scope, found: Iterable[Standing], responses: Iterable[Response], began: Iterable[float]
) -> tuple[Stood, ...]:
    """Those of the time reviewed, in the order in which they arose; `began` is when the desk began to hear anew.

    What looked unanswered until the answer was heard stood until that was said.
    """
    answered = {one.task: one.answered for one in responses if one.answered is not None}
    starts = sorted(began)
    conflicts: dict[tuple[str, tuple[About, ...], datetime], Stood] = {}
    for standing in found:
        one = _stood(scope, standing)
        if one is None or _is_of_the_start(standing, starts):
            continue
        if one.kind == "overdue" and (told := answered.get(_task_of(one))) is not None:
            if told.at <= one.begins.at:
                continue
            one = _until(scope, one, told)
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


def _is_of_the_start(one: Standing, starts: list[float]) -> bool:
    """Whether it was there only while the desk heard, one after the other, what stood when it began."""
    if one.ends is None:
        return False
    return any(one.seen.at.timestamp() - at >= 0 and one.ends.at.timestamp() - at <= _CATCHING_UP_S for at in starts)


def _task_of(one: Stood) -> str:
    return next((f"{agency}/{object_id}" for kind, agency, object_id in one.about if kind == "task"), "")


def _until(scope: Scope, one: Stood, answered: Told) -> Stood:
    if one.ends is not None and one.ends.at <= answered.at:
        return one
    records = tuple(sorted({*one.records, answered.record} - {0}))
    seconds = scope.elapsed(one.begins.at, answered.at)
    return msgspec.structs.replace(one, ends=answered, seconds=seconds, records=records)
