"""Objectives that are limits: no answer, no time without a lead, no conflict may take longer."""

from collections.abc import Callable, Mapping

from cop.exercise.objectives import Objective
from cop.exercise.review.figures import Told
from cop.exercise.review.scope import Scope, key_in
from cop.exercise.review.steps import Parts, after, clock, is_for, unit_words
from cop.exercise.review.words import Key

#: whether it was held to (None: cannot be told), why, and the records that say so
Limit = tuple[bool | None, str, tuple[int, ...]]


def _answered(scope: Scope, objective: Objective, incident: Key | None, parts: Parts, start: Told) -> Limit:
    asked = [
        one
        for one in parts.responses
        if one.requested
        and not one.by_clause
        and after(start, one.asked)
        and is_for(scope, incident, one.incident)
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
            f"{len(slow)} of {len(asked)} waited longer than {limit}; longest: {unit_words(scope, worst)} for "
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


def _lead(scope: Scope, objective: Objective, incident: Key | None, parts: Parts, start: Told) -> Limit:
    chosen = [led for led in parts.led if incident is None or key_in(led.incident) in scope.same(incident)]
    by_agreements = {"nobody": "no lead", "contested": "two leads"}
    spells = [
        (f"{led.title}: {by_agreements[spell.what]}", spell)
        for led in chosen
        for spell in led.leads
        if spell.what in by_agreements
    ]
    # nobody in command yet is another objective; two who both say that they are is none but this
    spells += [
        (f"{led.title}: two claimed command", spell)
        for led in chosen
        for spell in led.commands
        if spell.what == "contested"
    ]
    return _longest(scope, objective, start, [(words, spell.begins, spell.ends) for words, spell in spells])


def _conflicts(scope: Scope, objective: Objective, incident: Key | None, parts: Parts, start: Told) -> Limit:
    about = scope.same(incident) if incident is not None else frozenset()
    tasks = {one.task for one in parts.responses if is_for(scope, incident, one.incident)}
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


def _longest(scope: Scope, objective: Objective, start: Told, found: list[tuple[str, Told, Told | None]]) -> Limit:
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


LIMITS: Mapping[str, Callable[[Scope, Objective, Key | None, Parts, Told], Limit]] = {
    "answered": _answered,
    "lead": _lead,
    "conflicts": _conflicts,
}
