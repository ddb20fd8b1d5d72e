"""A review: all figures of a record, or of a stretch of it."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from cop.domain.agreement import Agreements
from cop.domain.incident import Incident
from cop.exercise.control_words import CONTROL, Act, read_act
from cop.exercise.objectives import Objective
from cop.exercise.review import figures
from cop.exercise.review.by_agency import by_agency
from cop.exercise.review.figures import Load, Quiet, Response, Review, Stretch, Told
from cop.exercise.review.index import indexed
from cop.exercise.review.led import led
from cop.exercise.review.limits import cannot_tell
from cop.exercise.review.pace import ExerciseTime
from cop.exercise.review.quiet import Deaf, deaf_times, heard_silence
from cop.exercise.review.reached import Parts, reached
from cop.exercise.review.responses import responses
from cop.exercise.review.scope import Scope, named
from cop.exercise.review.stood import stood
from cop.exercise.review.supplies import supplies
from cop.exercise.review.timeline import timeline
from cop.exercise.review.unseen import unseen
from cop.exercise.review.walk import Walk
from cop.exercise.scenario import Scenario
from cop.journal.record import BROKER, STARTED, STOPPED
from cop.picture.ground import Ground
from cop.picture.home import HomeGround
from cop.replay.recall import Recall

_LOADS = 120


def review(
    recall: Recall,
    *,
    ground: Ground,
    agreements: Agreements,
    scenario: Scenario | None = None,
    objectives: Sequence[Objective] | None = None,
    begins: float | None = None,
    ends: float | None = None,
    home: HomeGround | None = None,
    goes_on: Callable[[float], None] = lambda share: None,
) -> Review:
    """The figures of a record from `begins` to `ends` (epoch seconds; all of it without them).

    `scenario` is the exercise that it is of, whose `objectives` are looked at unless others are given. `goes_on` is
    told now and then which share of the work is done. Raises ValueError for a record that holds nothing.
    """
    record = recall.record
    if record.last < record.first:
        raise ValueError("nothing is on record")
    walk = Walk(recall, ground=ground, agreements=agreements, home=home, until=ends, goes_on=goes_on)
    walk.go()
    begin = max(begins, walk.first_at) if begins is not None else walk.first_at
    acts = [(note.number, act) for note in record.notes(CONTROL) if (act := read_act(note.payload)) is not None]
    acts = list({act: (number, act) for number, act in reversed(acts)}.values())[::-1]
    time = ExerciseTime(_paces(walk, acts, scenario))
    first = _first_word(walk, begin, begins)
    scope = Scope(walk.words, walk.picture, time, first, walk.last_at, walk.by_clause)
    deaf = deaf_times(record.notes(STARTED, STOPPED, BROKER), walk.first_at, walk.last_at)
    chosen = objectives if objectives is not None else scenario.objectives if scenario is not None else ()
    found = _put_together(
        scope, walk, agreements, scenario=scenario, objectives=chosen, acts=acts, deaf=deaf, begin=begin
    )
    return msgspec.structs.replace(found, index=indexed(found, walk.words, record))


def _first_word(walk: Walk, begin: float, begins: float | None) -> float:
    """When the oldest of what is still told of was said: an incident may be older than the record of it."""
    if begins is not None:
        return begin
    found = [begin]
    for word in walk.words.every("incident"):
        body = word.report.body
        if isinstance(body, Incident):
            found.append((body.opened_at or body.at).timestamp())
    for kind in ("task", "request"):
        every = walk.words.every(kind)
        found += [(getattr(word.report.body, "asked_at", None) or word.at).timestamp() for word in every]
    return min(found)


def _put_together(
    scope: Scope,
    walk: Walk,
    agreements: Agreements,
    *,
    scenario: Scenario | None,
    objectives: Sequence[Objective],
    acts: Sequence[tuple[int, Act]],
    deaf: Sequence[Deaf],
    begin: float,
) -> Review:
    recall, record = walk.recall, walk.recall.record
    whose = recall.whose
    answers = responses(scope)
    wanted = supplies(scope)
    leads = led(scope, walk.leads.of)
    began = [walk.first_at, *(note.at for note in record.notes(STARTED))]
    conflicts = stood(scope, [*walk.conflicts.over, *walk.conflicts.open.values()], answers, began)
    silences = _silences(walk, deaf, begin, scope.ends)
    parts = Parts(answers, wanted, leads, conflicts, _fired(acts), _start(scope, walk))
    titles = {one.id: one.title for one in scenario.injects} if scenario is not None else {}
    incidents = {named(key): scope.incident_name(key) for key in walk.words.keys("incident")}
    agencies = {key[0] for key in walk.words.keys("incident")}
    agencies |= {one for answer in answers for one in (answer.asker, answer.owner)}
    agencies |= set(walk.picture.agencies) | {one.agency for one in silences}
    return Review(
        operation=whose.operation,
        desk=whose.operator.desk,
        agency=whose.operator.agency,
        operator=whose.operator.name,
        exercise=whose.exercise,
        title=scenario.title if scenario is not None else whose.exercise,
        begins=datetime.fromtimestamp(begin, UTC),
        ends=scope.ends_at,
        first=walk.first,
        last=walk.last,
        records=walk.last - walk.first + 1,
        paces=scope.time.stretches,
        look_s=walk.look_s,
        places_s=walk.skimmed.places_s,
        names={agency: scope.name(agency) for agency in sorted(agencies) if agency},
        incidents=incidents,
        objectives=reached(scope, objectives, parts),
        timeline=timeline(
            scope,
            responses=answers,
            supplies=wanted,
            led=leads,
            conflicts=conflicts,
            silences=silences,
            acts=acts,
            deaf=deaf,
            titles=titles,
        ),
        responses=answers,
        agencies=by_agency(scope, answers),
        supplies=wanted,
        led=leads,
        conflicts=conflicts,
        silences=silences,
        unseen=unseen(scope, agreements, answers, walk.refused, walk.refused_words, operation=whose.operation),
        load=_load(answers, leads, conflicts, begin, scope.ends),
        cannot_tell=cannot_tell(record, recall.chapters, deaf, begin, scope.ends),
    )


def _paces(walk: Walk, acts: Sequence[tuple[int, Act]], scenario: Scenario | None) -> list[Stretch]:
    """How time passed in the exercise: by the controller's acts, else by the pace that the record begins with."""
    pace = walk.recall.whose.pace
    if not walk.recall.whose.exercise:
        return [Stretch(at=datetime.fromtimestamp(walk.first_at, UTC), second=0.0, pace=1.0)]
    found: list[Stretch] = []
    running = pace
    for _number, act in sorted(acts, key=lambda one: one[1].at):
        if act.act in {"started", "continued", "resumed", "rate"}:
            running = act.rate if act.rate is not None else running
        now = 0.0 if act.act in {"paused", "ended"} else running
        if act.act == "rate" and found and found[-1].pace == 0.0:
            now = 0.0  # a speed chosen while it stands holds from when it goes on
        if act.act in {"started", "continued", "resumed", "rate", "paused", "ended"}:
            found.append(Stretch(at=act.at, second=act.t, pace=now))
    if found:
        return found
    return [Stretch(at=_second_zero(walk, scenario, pace), second=0.0, pace=pace)]


def _second_zero(walk: Walk, scenario: Scenario | None, pace: float) -> datetime:
    """When the exercise began, by what its incidents say of when they were opened; else where the record begins."""
    zeros = []
    for line in scenario.incidents if scenario is not None else ():
        for word in walk.words.of("incident", (line.agency, line.id)):
            body = word.report.body
            if isinstance(body, Incident) and body.opened_at is not None:
                since = line.opened_s if line.opened_s < 0 else line.opened_s / pace
                zeros.append(body.opened_at.timestamp() - since)
                break
    return datetime.fromtimestamp(statistics.median(zeros) if zeros else walk.first_at, UTC)


def _start(scope: Scope, walk: Walk) -> Told:
    stretches = scope.time.stretches
    at = stretches[0].at if stretches else datetime.fromtimestamp(walk.first_at, UTC)
    return Told(at=at, record=walk.first)


def _fired(acts: Iterable[tuple[int, Act]]) -> Mapping[str, Told]:
    found: dict[str, Told] = {}
    for number, act in acts:
        if act.act == "fired" and act.inject:
            found.setdefault(act.inject, Told(at=act.at, record=number))
    return found


def _silences(walk: Walk, deaf: Sequence[Deaf], begin: float, end: float) -> tuple[Quiet, ...]:
    found = []
    for one in walk.rhythms.pauses:
        heard_s = heard_silence(one, deaf)
        if not heard_s or one.end < begin or one.begin > end:
            continue
        found.append(
            Quiet(
                feed=one.feed,
                agency=one.agency,
                usual_gap_s=round(one.usual_s, 3),
                begins=Told(at=datetime.fromtimestamp(one.begin, UTC), record=one.begin_record),
                ends=Told(at=datetime.fromtimestamp(one.end, UTC), record=one.end_record) if one.end_record else None,
                real_s=round(heard_s, 3),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.begins.at, one.feed, one.agency)))


def _load(
    answers: Sequence[Response],
    leads: Sequence[figures.Led],
    conflicts: Sequence[figures.Stood],
    begin: float,
    end: float,
) -> tuple[Load, ...]:
    """At so many moments, evenly over the time reviewed."""
    step = max((end - begin) / _LOADS, 1e-3)
    moments = [datetime.fromtimestamp(begin + step * number, UTC) for number in range(_LOADS + 1)]
    waits = [
        (one.asked.at, _first_of(one.answered, one.ended)) for one in answers if one.requested and not one.by_clause
    ]
    works = [
        (moved[0], _first_of(one.complete, one.ended, *(said.told for said in one.said if said.state == "released")))
        for one in answers
        if (moved := sorted(told.at for told in (one.en_route, one.on_scene) if told is not None))
    ]
    open_ = [(one.known.at, one.over.at if one.over is not None else None) for one in leads]
    stands = [(one.begins.at, one.ends.at if one.ends is not None else None) for one in conflicts]
    return tuple(
        Load(
            at=at,
            waiting=_count(waits, at),
            at_work=_count(works, at),
            incidents=_count(open_, at),
            conflicts=_count(stands, at),
        )
        for at in moments
    )


def _first_of(*told: Told | None) -> datetime | None:
    return min((one.at for one in told if one is not None), default=None)


def _count(spans: Iterable[tuple[datetime, datetime | None]], at: datetime) -> int:
    return sum(begin <= at and (end is None or at < end) for begin, end in spans)
