"""Which objectives were met: each measured by words and spells on record, with why and by which records."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from cop.domain.area import Alert, Zone
from cop.domain.incident import Incident, Link
from cop.domain.request import Fill
from cop.domain.resource import Resource
from cop.domain.words import INCIDENT_STATUSES, UNIT_KINDS, label, zone_label
from cop.exercise.objectives import Objective
from cop.exercise.review.figures import Led, Reached, Response, Stood, Supply, Told
from cop.exercise.review.led import opened
from cop.exercise.review.scope import Scope, key_in, told
from cop.exercise.review.supplies import fills_of
from cop.exercise.review.words import Key, Word
from cop.picture.names import one_line


class Parts(NamedTuple):
    """What objectives are measured by; `fired`: inject -> the moment at which it was fired."""

    responses: Sequence[Response]
    supplies: Sequence[Supply]
    led: Sequence[Led]
    conflicts: Sequence[Stood]
    fired: Mapping[str, Told]
    start: Told


class Step(NamedTuple):
    """Something that brings an objective nearer: when, by how many, and what in words."""

    told: Told
    many: int
    words: str


def reached(scope: Scope, objectives: Iterable[Objective], parts: Parts) -> tuple[Reached, ...]:
    """Each objective in its order."""
    return tuple(_reached(scope, one, parts) for one in objectives)


def clock(seconds: float) -> str:
    """A duration as people say it: 45 s, 3 min 5 s, 1 h 4 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


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
    if objective.measure in _LIMITS:
        met, why, records = _LIMITS[objective.measure](scope, objective, incident, parts, start)
        return Reached(objective=objective, met=met, why=why, counts_from=start, due=due, records=records)
    steps = sorted(_STEPS[objective.measure](scope, objective, incident, parts, start), key=lambda one: one.told.at)
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
        words = missing if over else f"{missing}, which ends before the {limit} were up"
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


def _for(scope: Scope, incident: Key | None, named: str) -> bool:
    return incident is None or key_in(named) in scope.same(incident)


def _fits(scope: Scope, objective: Objective, agency: str, unit: str, kind: str) -> bool:
    if objective.agencies and agency not in objective.agencies:
        return False
    known = scope.words.units().get((agency, unit))
    if objective.kinds and kind not in objective.kinds and (known is None or known.kind not in objective.kinds):
        return False
    able = {one.casefold() for one in known.capabilities} if known is not None else set()
    return all(one.casefold() in able for one in objective.capabilities)


def _after(start: Told, moment: Told) -> bool:
    return moment.at >= start.at


def _on_scene(scope: Scope, objective: Objective, incident: Key | None, parts: Parts, _start: Told) -> list[Step]:
    found: dict[Key, Step] = {}
    for one in parts.responses:
        if one.on_scene is None or not _for(scope, incident, one.incident):
            continue
        if _fits(scope, objective, one.owner, one.unit, one.unit_kind):
            step = Step(one.on_scene, 1, _unit_words(scope, one))
            known = found.get((one.owner, one.unit))
            if known is None or step.told.at < known.told.at:
                found[one.owner, one.unit] = step
    return list(found.values())


def _tasked(scope: Scope, objective: Objective, incident: Key | None, parts: Parts, _start: Told) -> list[Step]:
    found: dict[Key, Step] = {}
    for one in parts.responses:
        if _for(scope, incident, one.incident) and _fits(scope, objective, one.owner, one.unit, one.unit_kind):
            found.setdefault((one.owner, one.unit or one.task), Step(one.asked, 1, _unit_words(scope, one)))
    return list(found.values())


def _unit_words(scope: Scope, one: Response) -> str:
    return f"{one.unit_name or label(UNIT_KINDS, one.unit_kind)} ({scope.name(one.owner)})"


def _requested(scope: Scope, objective: Objective, incident: Key | None, parts: Parts, _start: Told) -> list[Step]:
    return [
        Step(one.asked, one.wanted, f"{one.wanted} × {one.what} asked for by {scope.name(one.asker)}")
        for one in _wanted(scope, objective, incident, parts)
    ]


def _wanted(scope: Scope, objective: Objective, incident: Key | None, parts: Parts) -> list[Supply]:
    return [
        one
        for one in parts.supplies
        if _for(scope, incident, one.incident) and (not objective.kinds or one.kind in objective.kinds)
    ]


def _delivered(scope: Scope, objective: Objective, incident: Key | None, parts: Parts, _start: Told) -> list[Step]:
    steps: list[Step] = []
    for supply in _wanted(scope, objective, incident, parts):
        come: dict[str, int] = {}
        for word in fills_of(scope, key_in(supply.request)):
            body = word.report.body
            assert isinstance(body, Fill)
            if objective.agencies and word.agency not in objective.agencies:
                continue
            there = body.quantity if body.state == "delivered" else min(body.delivered, body.quantity)
            more = there - come.get(word.agency, 0)
            if more > 0:
                come[word.agency] = there
                steps.append(Step(told(word), more, f"{more} × {supply.what} by {scope.name(word.agency)}"))
    return steps


def _command(scope: Scope, objective: Objective, incident: Key | None, parts: Parts, _start: Told) -> list[Step]:
    return [
        Step(spell.begins, 1, f"{' and '.join(scope.name(one) for one in spell.who)} in command")
        for led in parts.led
        if incident is None or key_in(led.incident) in scope.same(incident)
        for spell in led.commands
        if spell.who and (not objective.agencies or set(spell.who) & set(objective.agencies))
    ]


def _zone(scope: Scope, objective: Objective, incident: Key | None, _parts: Parts, start: Told) -> list[Step]:
    found = []
    for key in scope.words.keys("zone"):
        for word in scope.words.of("zone", key):
            body = word.report.body
            if not isinstance(body, Zone) or body.deleted or (objective.kinds and body.kind not in objective.kinds):
                continue
            if objective.agencies and word.agency not in objective.agencies:
                continue
            about = (body.incident_agency, body.incident)
            if incident is not None and about not in scope.same(incident):
                continue
            if _after(start, told(word)) or not objective.after:
                name = one_line(body.name) or zone_label(body.kind)
                found.append(Step(told(word), 1, f"{name}, by {scope.name(word.agency)}"))
                break
    return found


def _warned(scope: Scope, objective: Objective, _incident: Key | None, _parts: Parts, start: Told) -> list[Step]:
    found = []
    for word in scope.words.every("alert"):
        body = word.report.body
        if not isinstance(body, Alert) or body.deleted or body.cancels:
            continue
        if objective.agencies and word.agency not in objective.agencies:
            continue
        if _after(start, told(word)):
            found.append(Step(told(word), 1, f"{one_line(body.headline or body.event)}, by {scope.name(word.agency)}"))
    return found


def _available(scope: Scope, objective: Objective, _incident: Key | None, _parts: Parts, start: Told) -> list[Step]:
    """How many were said to be available at once rises and falls: the first moment at which there were enough."""
    now: dict[Key, int] = {}
    words = [
        (word, word.report.body)
        for word in scope.words.every("resource")
        if isinstance(word.report.body, Resource)
        and (not objective.kinds or word.report.body.kind in objective.kinds)
        and (not objective.agencies or word.agency in objective.agencies)
    ]
    for word, body in sorted(words, key=lambda one: (one[0].at, one[0].record)):
        there = body.availability == "available" and not body.deleted
        now[word.report.key] = body.available if there else 0
        total = sum(now.values())
        if total >= objective.count:
            at = max(word.at, start.at)
            return [Step(Told(at=at, record=word.record), total, f"{total} available")]
    return []


def _linked(scope: Scope, _objective: Objective, incident: Key | None, _parts: Parts, start: Told) -> list[Step]:
    found = []
    for word in scope.words.every("link"):
        body = word.report.body
        if not isinstance(body, Link) or body.deleted or body.relation != "same":
            continue
        ends = {key_in(body.first), key_in(body.second)}
        if incident is None or incident in ends or ends & scope.same(incident):
            found.append(Step(told(word), 1, f"{' = '.join(scope.incident_name(one) for one in sorted(ends))}"))
    return found


def _status(scope: Scope, objective: Objective, incident: Key | None, _parts: Parts, start: Told) -> list[Step]:
    keys = scope.same(incident) if incident is not None else scope.words.keys("incident")
    words: list[Word] = [word for key in keys for word in scope.words.of("incident", key)]
    found = [
        Step(told(word), 1, f"{label(INCIDENT_STATUSES, word.report.body.status)}, by {scope.name(word.agency)}")
        for word in words
        if isinstance(word.report.body, Incident)
        and word.report.body.status == objective.status
        and (not objective.agencies or word.agency in objective.agencies)
        and (_after(start, told(word)) or not objective.after)
    ]
    return sorted(found, key=lambda one: one.told.at)[:1]


_Steps = Callable[[Scope, Objective, Key | None, Parts, Told], list[Step]]
_STEPS: Mapping[str, _Steps] = {
    "on_scene": _on_scene,
    "tasked": _tasked,
    "requested": _requested,
    "delivered": _delivered,
    "command": _command,
    "zone": _zone,
    "warned": _warned,
    "available": _available,
    "linked": _linked,
    "status": _status,
}
_Limit = tuple[bool | None, str, tuple[int, ...]]


def _answered(scope: Scope, objective: Objective, incident: Key | None, parts: Parts, start: Told) -> _Limit:
    asked = [
        one
        for one in parts.responses
        if one.requested
        and not one.by_clause
        and _after(start, one.asked)
        and _for(scope, incident, one.incident)
        and (not objective.agencies or one.owner in objective.agencies)
    ]
    slow = [one for one in asked if one.waited_s > objective.within_s]
    records = tuple(
        sorted({told_.record for one in slow or asked for told_ in (one.asked, one.answered) if told_ is not None})
    )
    limit = clock(objective.within_s)
    if slow:
        worst = max(slow, key=lambda one: one.waited_s)
        answered = (
            f"answered after {clock(worst.waited_s)}" if worst.answered else f"no answer in {clock(worst.waited_s)}"
        )
        words = (
            f"{len(slow)} of {len(asked)} waited longer than {limit}; longest: {_unit_words(scope, worst)} for "
            f"“{worst.objective}”, {answered}"
        )
        return False, words, records
    if not asked:
        return None, "nothing was asked", ()
    answers = [one.to_answer_s for one in asked if one.to_answer_s is not None]
    waits = sum(one.answered is None and one.ended is None for one in asked)
    words = f"{len(answers)} of {len(asked)} answered"
    words += f", the slowest after {clock(max(answers))} (limit {limit})" if answers else ""
    if waits:
        return (
            None,
            f"{words}; {waits} had no answer yet, and less than {limit} to wait, when the record ended",
            records,
        )
    return True, words, records


def _lead(scope: Scope, objective: Objective, incident: Key | None, parts: Parts, start: Told) -> _Limit:
    spells = [
        (led, spell)
        for led in parts.led
        if incident is None or key_in(led.incident) in scope.same(incident)
        for spell in led.leads
        if spell.what in {"nobody", "contested"}
    ]
    return _longest(
        scope,
        objective,
        start,
        [(f"{led.title}: {_two(spell.what)}", spell.begins, spell.ends) for led, spell in spells],
    )


def _two(what: str) -> str:
    return "no lead" if what == "nobody" else "two leads"


def _conflicts(scope: Scope, objective: Objective, incident: Key | None, parts: Parts, start: Told) -> _Limit:
    about = scope.same(incident) if incident is not None else frozenset()
    tasks = {one.task for one in parts.responses if _for(scope, incident, one.incident)}
    chosen = [
        one
        for one in parts.conflicts
        if (not objective.kinds or one.kind in objective.kinds)
        and (not objective.agencies or one.owner in objective.agencies)
        and (
            incident is None
            or any(
                (kind == "incident" and (agency, name) in about) or (kind == "task" and f"{agency}/{name}" in tasks)
                for kind, agency, name in one.about
            )
        )
    ]
    return _longest(scope, objective, start, [(one.words, one.begins, one.ends) for one in chosen])


def _longest(scope: Scope, objective: Objective, start: Told, found: list[tuple[str, Told, Told | None]]) -> _Limit:
    """Whether none of these stretches, from the start on, was longer than it may be."""
    limit = clock(objective.within_s)
    lengths = [
        (scope.elapsed(max(begins.at, start.at), ends.at if ends is not None else scope.ends_at), words, begins, ends)
        for words, begins, ends in found
    ]
    lengths = [one for one in lengths if one[0] > 0.0]
    if not lengths:
        return True, f"none at all (limit {limit})", ()
    over = [one for one in lengths if one[0] > objective.within_s]
    seconds, words, _begins, ends = max(lengths, key=lambda one: one[0])
    stands = "" if ends is not None else ", and it stood when the record ended"
    records = tuple(sorted({one.record for _, _, a, b in over or lengths for one in (a, b) if one is not None}))
    said = f"{len(over)} of {len(lengths)} longer than {limit}; " if over else ""
    return not over, f"{said}the longest {clock(seconds)} (limit {limit}): {words}{stands}", records


_LIMITS: Mapping[str, Callable[[Scope, Objective, Key | None, Parts, Told], _Limit]] = {
    "answered": _answered,
    "lead": _lead,
    "conflicts": _conflicts,
}
