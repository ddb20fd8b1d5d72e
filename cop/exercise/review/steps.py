"""What brings an objective nearer: each word on record that does, when, by how much, and for whom."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from cop.domain.area import Alert, Zone
from cop.domain.incident import Incident, Link
from cop.domain.request import Fill
from cop.domain.resource import Resource
from cop.domain.words import INCIDENT_STATUSES, UNIT_KINDS, label, zone_label
from cop.exercise.objectives import Objective
from cop.exercise.review.figures import Led, Response, Stood, Supply, Told
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


def clock(seconds: float) -> str:
    """A duration as people say it: 45 s, 3 min 5 s, 1 h 4 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"


def is_for(scope: Scope, incident: Key | None, named: str) -> bool:
    return incident is None or key_in(named) in scope.same(incident)


def _fits(scope: Scope, objective: Objective, agency: str, unit: str, kind: str) -> bool:
    if objective.agencies and agency not in objective.agencies:
        return False
    known = scope.words.units().get((agency, unit))
    if objective.kinds and kind not in objective.kinds and (known is None or known.kind not in objective.kinds):
        return False
    able = {one.casefold() for one in known.capabilities} if known is not None else set()
    return all(one.casefold() in able for one in objective.capabilities)


def after(start: Told, moment: Told) -> bool:
    return moment.at >= start.at


def _on_scene(scope: Scope, objective: Objective, incident: Key | None, parts: Parts, _start: Told) -> list[Step]:
    found: dict[Key, Step] = {}
    for one in parts.responses:
        if one.on_scene is None or not is_for(scope, incident, one.incident):
            continue
        if _fits(scope, objective, one.owner, one.unit, one.unit_kind):
            step = Step(one.on_scene, 1, unit_words(scope, one))
            known = found.get((one.owner, one.unit))
            if known is None or step.told.at < known.told.at:
                found[one.owner, one.unit] = step
    return list(found.values())


def _tasked(scope: Scope, objective: Objective, incident: Key | None, parts: Parts, _start: Told) -> list[Step]:
    found: dict[Key, Step] = {}
    for one in parts.responses:
        if is_for(scope, incident, one.incident) and _fits(scope, objective, one.owner, one.unit, one.unit_kind):
            found.setdefault((one.owner, one.unit or one.task), Step(one.asked, 1, unit_words(scope, one)))
    return list(found.values())


def unit_words(scope: Scope, one: Response) -> str:
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
        if is_for(scope, incident, one.incident)
        and (not objective.kinds or one.kind in objective.kinds)
        and objective.what.casefold() in one.what.casefold()
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
            if after(start, told(word)) or not objective.after:
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
        if after(start, told(word)):
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
        and (after(start, told(word)) or not objective.after)
    ]
    return sorted(found, key=lambda one: one.told.at)[:1]


_Steps = Callable[[Scope, Objective, Key | None, Parts, Told], list[Step]]
STEPS: Mapping[str, _Steps] = {
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
