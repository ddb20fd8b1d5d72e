"""Whether the condition of an inject holds."""

from collections.abc import Mapping

from cop.exercise.course import Asked, Course
from cop.exercise.injects import Condition, OnScene, TaskReaches, Unanswered

#: a float's error in a sum of seconds must not make a second look after its time
_HARDLY_S = 1e-6


class Ids:
    """The ids by which what a scenario names is said: incidents with their agency, units by their callsign."""

    def __init__(
        self,
        incidents: Mapping[str, tuple[str, str]],
        units: Mapping[tuple[str, str], str],
        kinds: Mapping[tuple[str, str], str],
    ) -> None:
        """`units`: (agency, callsign) -> id; `kinds`: (agency, id) -> kind."""
        self.incidents, self.units, self.kinds = incidents, units, kinds


def holds(condition: Condition, course: Course, ids: Ids, *, fired: frozenset[str], now: float) -> bool:
    """Whether it does, at second `now`; `fired` are the injects that have."""
    if condition.after:
        return condition.after in fired
    if condition.incident is not None:
        return course.incidents.get(ids.incidents[condition.incident.id]) == condition.incident.status
    if condition.task is not None:
        return any(_is_meant(one, condition.task, ids) for one in course.asked.values())
    if condition.arrives is not None:
        arrives = condition.arrives
        unit = ids.units[arrives.agency, arrives.unit]
        return any(
            (agency, one) == (arrives.agency, unit) and arrives.incident in ("", incident)
            for agency, one, incident in course.arrived
        )
    if condition.unanswered is not None:
        return any(_waits(one, condition.unanswered, now) for one in course.waiting())
    return condition.on_scene is not None and _are_on_scene(condition.on_scene, course, ids)


def _is_meant(asked: Asked, wanted: TaskReaches, ids: Ids) -> bool:
    unit = ids.units[wanted.agency, wanted.unit] if wanted.unit else ""
    task, asker = asked.task, asked.asker
    return (
        asked.state == wanted.state
        and wanted.asker in ("", asker)
        and wanted.agency in ("", task.assignee_agency)
        and unit in ("", task.unit)
        and wanted.incident in ("", task.incident)
    )


def _waits(asked: Asked, wanted: Unanswered, now: float) -> bool:
    return (
        now - asked.since_s >= wanted.for_s - _HARDLY_S
        and wanted.asker in ("", asked.asker)
        and wanted.agency in ("", asked.task.assignee_agency)
        and wanted.incident in ("", asked.task.incident)
    )


def _are_on_scene(wanted: OnScene, course: Course, ids: Ids) -> bool:
    units = {
        asked.unit
        for asked in course.on_scene(ids.incidents[wanted.incident])
        if (not wanted.agencies or asked.unit[0] in wanted.agencies)
        and (not wanted.kinds or ids.kinds.get(asked.unit, asked.task.unit_kind) in wanted.kinds)
    }
    return len(units) >= wanted.count
