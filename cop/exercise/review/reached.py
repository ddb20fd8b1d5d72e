"""Which objectives were met: each measured by words and spells on record, with why and by which records."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from cop.exercise.objectives import Objective
from cop.exercise.review.figures import Reached, Told
from cop.exercise.review.held import LIMITS
from cop.exercise.review.led import opened
from cop.exercise.review.scope import Scope
from cop.exercise.review.steps import STEPS, Parts, Step, clock
from cop.exercise.review.words import Key
from cop.picture.names import one_line

__all__ = ["Parts", "clock", "reached"]


def reached(scope: Scope, objectives: Iterable[Objective], parts: Parts) -> tuple[Reached, ...]:
    """Each objective in its order."""
    return tuple(_reached(scope, one, parts) for one in objectives)


def _reached(scope: Scope, objective: Objective, parts: Parts) -> Reached:
    incident = _incident(scope, objective.incident)
    if objective.incident and incident is None:
        return _unknown(objective, f"incident {one_line(objective.incident)} is not on record")
    start = _start(scope, objective, incident, parts)
    if start is None:
        return _unknown(objective, f"the record does not tell when inject {one_line(objective.after)} was fired")
    due_s = scope.time.second(start.at.timestamp()) + objective.within_s
    due_at = scope.time.moment(due_s)
    over = scope.ends >= due_at
    due = datetime.fromtimestamp(due_at, UTC) if due_at < 32_503_680_000 else None
    limit = clock(objective.within_s)
    if objective.measure in LIMITS:
        met, why, records = LIMITS[objective.measure](scope, objective, incident, parts, start)
        return Reached(objective=objective, met=met, why=why, counts_from=start, due=due, records=records)
    steps = sorted(STEPS[objective.measure](scope, objective, incident, parts, start), key=lambda one: one.told.at)
    total, found = 0, None
    counted: list[Step] = []
    for step in steps:
        total += step.many
        counted.append(step)
        if total >= objective.count:
            found = step
            break
    records = tuple(sorted({one.told.record for one in counted if one.told.record}))
    if found is None:
        what = f"{total} of {objective.count}" if objective.count > 1 else "not done"
        missing = f"{what} by the end of the record"
        met = False if over else None
        words = f"{missing} (limit {limit})" if over else f"{missing}, which ends before the {limit} were up"
        said = f"; {_list(counted)}" if counted else ""
        return Reached(objective=objective, met=met, why=words + said, counts_from=start, due=due, records=records)
    took_s = scope.elapsed(start.at, found.told.at)
    met = took_s <= objective.within_s
    words = f"after {clock(took_s)} (limit {limit}): {_list(counted)}"
    return Reached(
        objective=objective,
        met=met,
        why=words,
        counts_from=start,
        due=due,
        reached=found.told,
        took_s=took_s,
        records=records,
    )


def _unknown(objective: Objective, why: str) -> Reached:
    return Reached(objective=objective, met=None, why=why)


def _list(steps: Sequence[Step]) -> str:
    words = [step.words for step in steps]
    return ", ".join(words[:6]) + (f" and {len(words) - 6} more" if len(words) > 6 else "")


def _incident(scope: Scope, named: str) -> Key | None:
    """The incident of that id (or "agency/id") in the record."""
    if not named:
        return None
    keys = scope.words.keys("incident")
    exact = [key for key in keys if key[1] == named or f"{key[0]}/{key[1]}" == named]
    # formats that make an id of their own out of it hold it in theirs
    loose = exact or [key for key in keys if named and named.lower() in key[1].lower()]
    return loose[0] if loose else None


def _start(scope: Scope, objective: Objective, incident: Key | None, parts: Parts) -> Told | None:
    if objective.after:
        return parts.fired.get(objective.after)
    if incident is not None and (times := opened(scope, incident)) is not None:
        return times[0]
    return parts.start
