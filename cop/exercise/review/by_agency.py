"""How each agency answered and how its units came: how many, median, 90th percentile, slowest."""

import math
import statistics
from collections.abc import Iterable, Sequence

from cop.exercise.review.figures import AgencyTimes, Response, Times, Told
from cop.exercise.review.scope import Scope


def by_agency(scope: Scope, every: Iterable[Response]) -> tuple[AgencyTimes, ...]:
    """Of all agencies that were asked, or had tasks of their own, by name."""
    of: dict[str, list[Response]] = {}
    for one in every:
        of.setdefault(one.owner, []).append(one)
    return tuple(
        sorted((_times_of(scope, agency, mine) for agency, mine in of.items()), key=lambda one: (one.name, one.agency))
    )


def _times_of(scope: Scope, agency: str, mine: Sequence[Response]) -> AgencyTimes:
    asked = [one for one in mine if one.requested]
    had_to = [one for one in asked if not one.by_clause]

    def tasks(chosen: Iterable[Response]) -> tuple[str, ...]:
        return tuple(one.task for one in chosen)

    return AgencyTimes(
        agency=agency,
        name=scope.name(agency),
        requests=len(asked),
        own_tasks=len(mine) - len(asked),
        to_answer=times([(one.to_answer_s, one.task, one.asked, one.answered) for one in had_to]),
        to_en_route=times([(one.to_en_route_s, one.task, one.asked, one.en_route) for one in mine]),
        to_on_scene=times([(one.to_on_scene_s, one.task, one.asked, one.on_scene) for one in mine]),
        by_clause=tasks(one for one in asked if one.by_clause),
        declined=tasks(one for one in asked if any(said.state == "declined" for said in one.said)),
        countered=tasks(one for one in asked if any(said.state == "countered" for said in one.said)),
        expired=tasks(one for one in asked if one.expired),
        unanswered=tasks(one for one in asked if one.unanswered),
    )


def times(found: Iterable[tuple[float | None, str, Told, Told | None]]) -> Times:
    """What durations come to; each with its task and the two moments that it lies between."""
    known = [(one, task, begin, end) for one, task, begin, end in found if one is not None and end is not None]
    if not known:
        return Times()
    known.sort(key=lambda one: (one[0], one[1]))
    seconds = [one[0] for one in known]
    slowest = known[-1]
    return Times(
        count=len(known),
        median_s=round(statistics.median(seconds), 3),
        p90_s=percentile(seconds, 0.9),
        slowest_s=slowest[0],
        slowest=slowest[1],
        records=tuple(sorted({record for _, _, begin, end in known for record in (begin.record, end.record)})),
    )


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest of these ordered values that such a share of them does not exceed (nearest rank)."""
    return ordered[max(0, math.ceil(share * len(ordered) - 1e-9) - 1)]
