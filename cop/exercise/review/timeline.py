"""What happened, in order: incidents, injects, tasks and answers, command, leads passed, alarms, zones, gaps."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from cop.domain.area import Alert, Zone
from cop.domain.incident import Incident, Link
from cop.domain.log import LogEntry
from cop.domain.words import INCIDENT_STATUSES, TASK_STATES, label, zone_label
from cop.exercise.control_words import Act
from cop.exercise.review.figures import Entry, Led, Quiet, Response, Stood, Supply, Told
from cop.exercise.review.quiet import Deaf
from cop.exercise.review.scope import Scope, named, told
from cop.picture.names import one_line

_LENGTH = 160
_ACTS = {
    "started": "Exercise started",
    "continued": "Exercise went on",
    "ended": "Exercise ended",
    "paused": "Exercise paused",
    "resumed": "Exercise resumed",
    "rate": "Speed changed",
    "fired": "Inject fired",
    "skipped": "Inject left out",
    "taken_over": "Played by hand from here",
    "given_back": "Plays by itself again",
}
#: what an agency said or did by the controller's hand
_BY_HAND = frozenset({"answered", "status", "moved", "wrote"})


def timeline(
    scope: Scope,
    *,
    responses: Iterable[Response],
    supplies: Iterable[Supply],
    led: Iterable[Led],
    conflicts: Iterable[Stood],
    silences: Iterable[Quiet],
    acts: Iterable[tuple[int, Act]],
    deaf: Iterable[Deaf],
    titles: Mapping[str, str],
) -> tuple[Entry, ...]:
    """Every line of the time reviewed."""
    found = [
        *_incidents(scope),
        *(line for one in responses for line in _of_task(scope, one)),
        *(line for one in supplies for line in _of_supply(scope, one)),
        *(line for one in led for line in _of_lead(scope, one)),
        *(_of_conflict(one) for one in conflicts),
        *(_of_silence(scope, one) for one in silences),
        *_zones(scope),
        *_alerts(scope),
        *_links(scope),
        *_messages(scope),
        *(_of_act(scope, number, act, titles) for number, act in acts),
        *(line for one in deaf for line in _of_deaf(one)),
    ]
    kept = [one for one in found if scope.within(one.at)]
    return tuple(sorted(kept, key=lambda one: (one.at, one.records, one.words)))


def _entry(told_: Told, kind: str, words: str, *, agency: str = "", incident: str = "", about: str = "") -> Entry:
    line = one_line(words)
    line = line if len(line) <= _LENGTH else line[: _LENGTH - 1] + "…"
    records = (told_.record,) if told_.record else ()
    return Entry(at=told_.at, kind=kind, words=line, agency=agency, incident=incident, about=about, records=records)


def _incidents(scope: Scope) -> Iterator[Entry]:
    for key in scope.words.keys("incident"):
        status, priority, first = "", 0, True
        for word in scope.words.of("incident", key):
            body = word.report.body
            if not isinstance(body, Incident):
                yield _entry(told(word), "incident", f"{scope.incident_name(key)}: taken back", agency=key[0])
                continue
            if (body.status, body.priority) == (status, priority) and not first:
                continue
            what = f"priority {body.priority}" if body.status == status else label(INCIDENT_STATUSES, body.status)
            moment = told(word, body.opened_at) if first and body.opened_at is not None else told(word)
            words = f"{one_line(body.title) or scope.incident_name(key)}: {what.lower()}"
            words += f", priority {body.priority}" if first else ""
            yield _entry(moment, "incident", words, agency=key[0], incident=named(key), about=named(key))
            status, priority, first = body.status, body.priority, False


def _of_task(scope: Scope, one: Response) -> Iterator[Entry]:
    unit = f"{one.unit_name} ({scope.name(one.owner)})" if one.unit_name else scope.name(one.owner)
    about = {"incident": one.incident, "about": one.task}
    asks = "asks for" if one.requested else "sends"
    by = f" – accepted by {one.by_clause}" if one.by_clause else ""
    yield _entry(
        one.asked, "task", f"{scope.name(one.asker)} {asks} {unit}: {one.objective}{by}", agency=one.asker, **about
    )
    said_at = {said.told.at for said in one.said}
    if one.answered is not None and one.answered.at not in said_at and one.answer not in {"en_route", "on_scene"}:
        words = f"{unit}: {label(TASK_STATES, one.answer).lower()} – {one.objective}"
        yield _entry(one.answered, "answer", words, agency=one.owner, **about)
    for said in one.said:
        offers = f", offers {scope.unit_name((one.owner, said.offers))}" if said.offers else ""
        why = f": {said.reason}" if said.reason else ""
        words = f"{unit}: {label(TASK_STATES, said.state).lower()}{offers} – {one.objective}{why}"
        yield _entry(said.told, "answer", words, agency=one.owner, **about)
    for state, moment in (("en_route", one.en_route), ("on_scene", one.on_scene), ("complete", one.complete)):
        if moment is not None:
            words = f"{unit}: {label(TASK_STATES, state).lower()} – {one.objective}"
            yield _entry(moment, "answer", words, agency=one.owner, **about)
    if one.expired and one.answer_by is not None:
        words = f"No answer in time from {unit}: {one.objective}"
        yield _entry(Told(at=one.answer_by, record=0), "overdue", words, agency=one.owner, **about)
    if one.ended is not None:
        words = f"{label(TASK_STATES, one.ended_as)}: {unit}, {one.objective}"
        yield _entry(one.ended, "task", words, agency=one.asker, **about)


def _of_supply(scope: Scope, one: Supply) -> Iterator[Entry]:
    about = {"incident": one.incident, "about": one.request}
    words = f"{scope.name(one.asker)} needs {one.wanted} × {one.what}"
    yield _entry(one.asked, "request", words, agency=one.asker, **about)
    for given in one.given:
        if given.offered is not None:
            words = f"{scope.name(given.agency)} gives {given.quantity} × {one.what}"
            yield _entry(given.offered, "request", words, agency=given.agency, **about)
        if given.arrived is not None:
            words = f"{scope.name(given.agency)}: {given.delivered} × {one.what} delivered"
            yield _entry(given.arrived, "request", words, agency=given.agency, **about)


def _of_lead(scope: Scope, one: Led) -> Iterator[Entry]:
    for before, after in itertools.pairwise(one.leads):
        words = f"Lead of {one.title} passes from {_who(scope, before.who)} to {_who(scope, after.who)}"
        words += ", contested" if after.what == "contested" else ""
        yield _entry(after.begins, "lead", f"{words}: {after.why}", incident=one.incident, about=one.incident)
    for spell in one.commands:
        if spell.who or spell is not one.commands[0]:
            together = {"unified": " together", "contested": ", contested"}.get(spell.what, "")
            words = f"{_who(scope, spell.who)} in command of {one.title}{together}"
            yield _entry(spell.begins, "command", words, incident=one.incident, about=one.incident)


def _who(scope: Scope, who: Sequence[str]) -> str:
    return " and ".join(scope.name(one) for one in who) or "nobody"


def _of_conflict(one: Stood) -> Entry:
    return _entry(one.begins, "conflict", one.words, agency=one.owner)


def _of_silence(scope: Scope, one: Quiet) -> Entry:
    minutes = f"{one.real_s:.0f} s"
    words = f"{scope.name(one.agency)} silent on {one.feed} for {minutes} (usually at most {one.usual_gap_s:.0f} s)"
    return _entry(one.begins, "silence", words, agency=one.agency)


def _zones(scope: Scope) -> Iterator[Entry]:
    for key in scope.words.keys("zone"):
        known = False
        for word in scope.words.of("zone", key):
            body = word.report.body
            gone = body.deleted or not isinstance(body, Zone)
            if gone and not known:
                continue
            name = one_line(getattr(body, "name", "")) or zone_label(getattr(body, "kind", "")) if not gone else key[1]
            what = "taken away" if gone else "changed" if known else "drawn"
            about = named((getattr(body, "incident_agency", ""), getattr(body, "incident", "")))
            words = f"{scope.name(key[0])}: zone {name} {what}"
            yield _entry(told(word), "zone", words, agency=key[0], incident=about, about=named(key))
            known = not gone


def _alerts(scope: Scope) -> Iterator[Entry]:
    for word in scope.words.every("alert"):
        body = word.report.body
        if isinstance(body, Alert):
            what = "calls off" if body.cancels or body.deleted else "warns"
            words = f"{scope.name(word.agency)} {what}: {body.headline or body.event}"
            yield _entry(told(word), "alert", words, agency=word.agency)


def _links(scope: Scope) -> Iterator[Entry]:
    for word in scope.words.every("link"):
        body = word.report.body
        if isinstance(body, Link) and not body.deleted:
            ends = [one.partition("/")[::2] for one in (body.first, body.second)]
            names = " and ".join(scope.incident_name((agency, one)) for agency, one in ends)
            said = "are one" if body.relation == "same" else f"are {one_line(body.relation)}"
            words = f"{scope.name(word.agency)}: {names} {said}"
            yield _entry(told(word), "link", words, agency=word.agency, incident=body.first)


def _messages(scope: Scope) -> Iterator[Entry]:
    for word in scope.words.every("log"):
        body = word.report.body
        if isinstance(body, LogEntry):
            to = f" to {', '.join(scope.name(one) for one in body.to)}" if body.to else ""
            about = named((body.incident_agency, body.incident))
            words = f"{scope.name(word.agency)}{to}: {body.text}"
            yield _entry(told(word), "message", words, agency=word.agency, incident=about, about=",".join(body.to))


def _of_act(scope: Scope, number: int, act: Act, titles: Mapping[str, str]) -> Entry:
    words = _ACTS.get(act.act, "Controller")
    what = titles.get(act.inject, act.inject) or (scope.name(act.agency) if act.agency else "")
    rate = f"{act.rate:g} ×" if act.rate is not None else ""
    by = {"time": "by time", "condition": "by its condition", "hand": "by hand"}[act.by] if act.inject else ""
    rest = ", ".join(filter(None, (what, rate, by, act.words)))
    kind = "inject" if act.inject else "control"
    said = f"{words}: {rest}" if rest else words
    agency = act.agency if act.act in _BY_HAND else ""
    return _entry(Told(at=act.at, record=number), kind, said, agency=agency, about=act.inject)


def _of_deaf(one: Deaf) -> Iterator[Entry]:
    begin = Told(at=datetime.fromtimestamp(one.begin, UTC), record=one.records[0] if one.records else 0)
    yield _entry(begin, "gap", f"From here {one.why}, for {one.end - one.begin:.0f} s")
