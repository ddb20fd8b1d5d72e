"""Who led each incident and who was in command of it, and for how long nobody was, or two."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from cop.domain.command import IncidentCommand
from cop.domain.incident import Incident
from cop.domain.rules.command import commanders
from cop.domain.words import INCIDENT_OVER
from cop.exercise.review.figures import Led, Spell, Told
from cop.exercise.review.scope import Scope, named, told
from cop.exercise.review.spells import Leading
from cop.exercise.review.words import Key, Word

_TWO = frozenset({"contested"})


def led(scope: Scope, spells: Mapping[Key, Sequence[Leading]]) -> tuple[Led, ...]:
    """Of every incident that was open in the time reviewed; what is the same is told once, by its leading report."""
    found = []
    for key in scope.words.keys("incident"):
        if scope.picture.same.lead(key) != key:
            continue
        one = _led(scope, key, spells)
        if one is not None:
            found.append(one)
    return tuple(sorted(found, key=lambda one: (one.known.at, one.incident)))


def opened(scope: Scope, key: Key) -> tuple[Told, Told | None] | None:
    """When an incident was opened, and when it was over, by its own agency's words; None where none can be read."""
    words = [one for one in scope.words.of("incident", key) if isinstance(one.report.body, Incident)]
    if not words:
        return None
    # a clock that went wrong later says the old time anew, and it is not that clock's: the word said most rightly tells
    off_s = min(abs((one.report.body.at - one.at).total_seconds()) for one in words)
    rightly = [one for one in words if abs((one.report.body.at - one.at).total_seconds()) - off_s < 1.0]
    begin = min((told(one, _body(one).opened_at) for one in rightly), key=lambda one: (one.at, one.record))
    over: Told | None = None
    for one in words:
        is_over = _body(one).status in INCIDENT_OVER or _body(one).deleted
        over = (over or told(one)) if is_over else None
    return begin, over


def _body(word: Word) -> Incident:
    assert isinstance(word.report.body, Incident)
    return word.report.body


def _led(scope: Scope, key: Key, every: Mapping[Key, Sequence[Leading]]) -> Led | None:
    times = opened(scope, key)
    if times is None:
        return None
    known, over = times
    first = scope.words.of("incident", key)[0]
    known = Told(at=max(known.at, min(first.at, known.at)), record=known.record)
    end = min(over.at if over is not None else scope.ends_at, scope.ends_at)
    if end.timestamp() < scope.begins or known.at > scope.ends_at:
        return None
    leads = _clipped(scope, _leads(every.get(key, ())), known, end, over)
    commands = _clipped(scope, _commands(scope, key, known), known, end, over)
    return Led(
        incident=named(key),
        title=scope.incident_name(key),
        agency=key[0],
        known=known,
        over=over,
        leads=leads,
        commands=commands,
        no_lead_s=_sum(leads, {"nobody"}),
        two_leads_s=_sum(leads, _TWO),
        no_command_s=_sum(commands, {"nobody"}),
        two_commands_s=_sum(commands, _TWO),
        passed=sum(before.who != after.who for before, after in itertools.pairwise(leads)),
    )


def _leads(spells: Iterable[Leading]) -> list[Spell]:
    return [Spell(what=one.what, who=one.who, why=one.why, begins=one.begins, ends=one.ends) for one in spells]


def _commands(scope: Scope, key: Key, known: Told) -> list[Spell]:
    """By every word of command about it, in the order in which they were said."""
    group = scope.same(key)
    words = [
        one
        for one in scope.words.every("command")
        if isinstance(one.report.body, IncidentCommand)
        and (one.report.body.incident_agency, one.report.body.incident) in group
    ]
    held: set[str] = set()
    times: list[tuple[datetime, Word]] = []
    for one in sorted(words, key=lambda one: (one.at, one.record)):
        times.append((_since(one, first=one.agency not in held), one))
        if getattr(one.report.body, "holds", False):
            held.add(one.agency)
    times.sort(key=lambda pair: (pair[0], pair[1].record))
    spells = [Spell(what="nobody", begins=known)]
    said: list[tuple[str, IncidentCommand]] = []
    for at, one in times:
        assert isinstance(one.report.body, IncidentCommand)
        said.append((one.agency, one.report.body))
        standing = commanders(said)
        what = "one" if standing.state == "handing_over" else standing.state
        if (what, standing.agencies) != (spells[-1].what, spells[-1].who):
            begins = Told(at=at, record=one.record)
            spells[-1] = _ending(spells[-1], begins)
            spells.append(Spell(what=what, who=standing.agencies, begins=begins))
    return spells


def _since(word: Word, *, first: bool) -> datetime:
    """When a word of command came to hold: an agency's first one may have been said long after it took command."""
    since = getattr(word.report.body, "since", None)
    return min(told(word, since).at, word.at) if first and since is not None else word.at


def _ending(spell: Spell, ends: Told) -> Spell:
    return Spell(what=spell.what, who=spell.who, why=spell.why, begins=spell.begins, ends=ends)


def _clipped(scope: Scope, spells: Sequence[Spell], known: Told, end: datetime, over: Told | None) -> tuple[Spell, ...]:
    """What of them lies between the incident's opening and its end, and in the time reviewed."""
    begin = max(known.at.timestamp(), scope.begins)
    found: list[Spell] = []
    for one in spells:
        since, until = max(one.begins.at.timestamp(), begin), one.ends.at if one.ends is not None else end
        until = min(until, end)
        if until.timestamp() <= since:
            continue
        begins = (
            one.begins if one.begins.at.timestamp() >= begin else Told(at=_moment(begin, known), record=known.record)
        )
        ends = one.ends if one.ends is not None and one.ends.at <= end else over
        found.append(
            Spell(
                what=one.what,
                who=one.who,
                why=one.why,
                begins=begins,
                ends=ends,
                seconds=scope.elapsed(begins.at, until),
            )
        )
    return tuple(found)


def _moment(at: float, known: Told) -> datetime:
    return datetime.fromtimestamp(at, known.at.tzinfo)


def _sum(spells: Iterable[Spell], of: Iterable[str]) -> float:
    wanted = frozenset(of)
    return round(sum(one.seconds for one in spells if one.what in wanted), 3)
