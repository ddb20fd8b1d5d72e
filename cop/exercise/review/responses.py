"""From a request to the scene: what became of each task, by the words of who asked and of who was asked."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from cop.domain.report import Retraction
from cop.domain.task import Answer, Task
from cop.domain.words import ANSWER_STATES
from cop.exercise.review.figures import Response, Said, Told
from cop.exercise.review.scope import Scope, named, told
from cop.exercise.review.words import Key, Word
from cop.picture.names import one_line

_SAYS_WHY = frozenset({"declined", "countered", "released"})


def responses(scope: Scope) -> tuple[Response, ...]:
    """Of every task that was asked in the time reviewed, in the order in which they were asked."""
    found = (_response(scope, key) for key in scope.words.keys("task"))
    return tuple(sorted((one for one in found if one is not None), key=lambda one: (one.asked.at, one.task)))


def drafts(scope: Scope) -> list[Word]:
    """Of tasks that never became more than a draft, the newest word."""
    found = []
    for key in scope.words.keys("task"):
        words = scope.words.of("task", key)
        newest = scope.words.newest("task", key)
        if newest is not None and words and not _asked(words) and scope.within(newest.at):
            found.append(newest)
    return found


def _response(scope: Scope, key: Key) -> Response | None:
    words = scope.words.of("task", key)
    asked_words = _asked(words)
    if not asked_words:
        return None
    first = min(asked_words, key=lambda one: (_asked_at(one), one.record))
    asked = told(first, _body(first).asked_at)
    if not scope.within(asked.at):
        return None
    task = _body(asked_words[-1])
    answers = list(_answers(scope, key, task))
    answered, answer = _answered(answers)
    marks = {state: _first(answers, state) for state in ("en_route", "on_scene", "complete")}
    ended, ended_as = _ended(scope, key, words)
    by_clause = scope.by_clause.get(key, "")
    requested = key[0] != task.assignee_agency
    over = min(ended.at, scope.ends_at) if ended is not None else scope.ends_at
    expired = _is_expired(task, answered, over) and requested and not by_clause
    unit = (task.assignee_agency, task.unit)
    known = scope.words.units().get(unit)
    report = scope.picture.tasks.get(key)
    return Response(
        task=named(key),
        objective=one_line(task.objective),
        asker=key[0],
        owner=task.assignee_agency,
        unit=task.unit,
        unit_name=scope.unit_name(unit) if task.unit else "",
        unit_kind=task.unit_kind or (known.kind if known is not None else ""),
        incident=named((task.incident_agency, task.incident)),
        requested=requested,
        by_clause=by_clause,
        asked=asked,
        answered=answered,
        answer=answer,
        **marks,
        to_answer_s=_after(scope, asked, answered),
        to_en_route_s=_after(scope, asked, marks["en_route"]),
        to_on_scene_s=_after(scope, asked, marks["on_scene"]),
        waited_s=scope.elapsed(asked.at, answered.at if answered is not None else over),
        answer_by=task.answer_by,
        expired=expired,
        late=expired and answered is not None,
        unanswered=requested and not by_clause and answered is None,
        said=_said(answers),
        ended=ended,
        ended_as=ended_as,
        state=scope.picture.standings.of(report, scope.ends_at).state if report is not None else ended_as or "gone",
    )


def _asked(words: Iterable[Word]) -> list[Word]:
    """The words by which it was asked: no drafts, and none that takes it back."""
    return [one for one in words if isinstance(one.report.body, Task) and not (one.report.body.draft or _is_gone(one))]


def _is_gone(word: Word) -> bool:
    return word.report.body.deleted or isinstance(word.report.body, Retraction)


def _body(word: Word) -> Task:
    assert isinstance(word.report.body, Task)
    return word.report.body


def _asked_at(word: Word) -> datetime:
    return told(word, _body(word).asked_at).at


def _answers(scope: Scope, key: Key, task: Task) -> Iterable[Word]:
    """What the owner said to it, of the unit that was asked for."""
    for one in scope.words.of("answer", (task.assignee_agency, f"{key[0]}/{key[1]}")):
        body = one.report.body
        if not isinstance(body, Answer) or body.deleted or _state(body) not in ANSWER_STATES:
            continue
        if not (task.unit and body.unit and body.unit != task.unit):
            yield one


def _state(answer: Answer) -> str:
    return "released" if answer.state == "cancelled" else answer.state  # as systems call it that know no recall


def _answered(answers: Sequence[Word]) -> tuple[Told | None, str]:
    """When it was first answered, and what."""
    found: list[tuple[Told, int, str]] = []
    for one in answers:
        body = one.report.body
        assert isinstance(body, Answer)
        found.append((told(one, body.answered_at), body.rev, _state(body)))
    if not found:
        return None, ""
    # several words may tell of the same first answer: what it was says the earliest of them
    first = min(found, key=lambda one: (one[0].at, one[1], one[2]))
    return first[0], first[2]


def _first(answers: Iterable[Word], state: str) -> Told | None:
    found = [one for one in answers if isinstance(one.report.body, Answer) and _state(one.report.body) == state]
    return told(min(found, key=lambda one: (one.at, one.record))) if found else None


def _said(answers: Iterable[Word]) -> tuple[Said, ...]:
    """The declines, counters and releases, each with its reason; one that is only said again is one."""
    found: dict[tuple[str, str, str], Said] = {}
    for one in answers:
        body = one.report.body
        assert isinstance(body, Answer)
        if _state(body) in _SAYS_WHY:
            key = (_state(body), one_line(body.reason), body.offers)
            found.setdefault(key, Said(told=told(one), state=key[0], reason=key[1], offers=key[2]))
    return tuple(found.values())


def _ended(scope: Scope, key: Key, words: Sequence[Word]) -> tuple[Told | None, str]:
    """How its asker ended it: cancelled or taken back, given to another unit, or with the command."""
    newest = scope.words.newest("task", key)
    if newest is not None and (_is_gone(newest) or getattr(newest.report.body, "cancelled", False)):
        first = newest
        for one in reversed(words):
            if not (_is_gone(one) or getattr(one.report.body, "cancelled", False)):
                break
            first = one
        return told(first), "cancelled"
    report = scope.picture.tasks.get(key)
    if report is None:
        return None, ""
    standing = scope.picture.standings.of(report)
    if standing.state not in {"reassigned", "handed_over"} or standing.other is None:
        return None, ""
    other = scope.words.of("task", standing.other)
    return Told(at=standing.since, record=other[0].record if other else 0), standing.state


def _is_expired(task: Task, answered: Told | None, over: datetime) -> bool:
    if task.answer_by is None:
        return False
    return (answered.at if answered is not None else over) > task.answer_by


def _after(scope: Scope, asked: Told, told_: Told | None) -> float | None:
    return scope.elapsed(asked.at, told_.at) if told_ is not None else None
