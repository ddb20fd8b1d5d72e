"""What a liaison reads about a clause: what is given to whom, how much of it is used, and what its giver says."""

from dataclasses import dataclass
from datetime import date, datetime

from cop.domain.agreement import EVERYONE, AidClause, ShareClause, Term
from cop.domain.consent import Consent
from cop.domain.report import Report
from cop.domain.rules.aid import kinds_words
from cop.domain.rules.claims import Claim
from cop.domain.rules.clause_times import holds_at, times_words
from cop.domain.rules.clauses import why_not
from cop.domain.rules.consents import Stop, stopped
from cop.domain.task import Task
from cop.domain.words import INCIDENT_TYPES, TASK_STATES, UNIT_KINDS, label
from cop.ui import wording
from cop.ui.desk import Desk
from cop.ui.facts import Fact

#: a unit of a task in these states is on its way or at work
_COMING = frozenset({"accepted", "en_route", "on_scene"})


@dataclass(frozen=True, slots=True)
class ClauseCard:
    """What stands on a clause's card. `tone`: ok, warn, bad or empty, of `state`."""

    badge: str
    agreement: str
    number: str
    used: str
    full: bool
    gives: str
    state: str
    tone: str

    def words(self) -> tuple[str, ...]:
        """The card as a screen reader says it."""
        mode = {"DIR": "direct", "REQ": "on request", "SHOW": "shown", "OFF": "not given now"}[self.badge]
        words = (f"{self.agreement} {self.number}", mode, self.gives, self.used, self.state)
        return tuple(one for one in words if one)


@dataclass(frozen=True, slots=True)
class Use:
    """One task that uses a clause up: its unit, for what, asked by whom, where it stands."""

    key: tuple[str, str]
    words: str
    comes: bool


def aid_of(term: Term) -> AidClause:
    """The aid clause of a term."""
    assert isinstance(term.clause, AidClause)
    return term.clause


def giver_of(term: Term) -> str:
    """Who gives aid or shows something by a clause."""
    assert isinstance(term.clause, AidClause | ShareClause)
    return term.clause.giver


def is_ours(desk: Desk, term: Term) -> bool:
    """Whether it is ours to pause."""
    return giver_of(term) == desk.operator.agency


def we_give(desk: Desk, term: Term) -> bool:
    """Whether by it we give aid."""
    return isinstance(term.clause, AidClause) and is_ours(desk, term)


def is_shown(desk: Desk, term: Term) -> bool:
    """Whether by it we show something, or something is shown to us."""
    clause, own = term.clause, desk.operator.agency
    if not isinstance(clause, ShareClause):
        return False
    return own in {clause.giver, *clause.to} or (EVERYONE in clause.to and own in term.agreement.parties)


def we_take(desk: Desk, term: Term) -> bool:
    """Whether it lets us task units of others."""
    clause = term.clause
    if not isinstance(clause, AidClause) or clause.giver == desk.operator.agency:
        return False
    own = desk.operator.agency
    return own in clause.takers or (EVERYONE in clause.takers and own in term.agreement.parties)


def uses(desk: Desk, term: Term) -> list[Use]:
    """The tasks that use a clause up now: those whose unit comes, then those that wait for an answer."""
    if not isinstance(term.clause, AidClause):
        return []
    now = desk.now()
    bound = desk.picture.commitments.bound(term, now, exercise=bool(desk.exercise))
    found = [_use(desk, one, now) for one in bound]
    return sorted(found, key=lambda one: not one.comes)


def card(desk: Desk, term: Term) -> ClauseCard:
    """What stands on the card of a clause."""
    now = desk.now()
    if isinstance(term.clause, ShareClause):
        state, tone, off = _state(desk, term, now)
        return ClauseCard(
            badge="OFF" if off else "SHOW",
            agreement=wording.one_line(term.agreement.title),
            number=f"§{wording.one_line(term.clause.number)}",
            used="",
            full=False,
            gives=shows(desk, term),
            state=state,
            tone=tone,
        )
    clause = aid_of(term)
    used = uses(desk, term)
    coming = {_unit(desk, one) for one in used if one.comes}
    waiting = sum(not one.comes for one in used)
    count = f"{len(coming)} of {clause.quantity} used" if clause.quantity is not None else f"{len(coming)} used"
    state, tone, off = _state(desk, term, now)
    return ClauseCard(
        badge="OFF" if off else "DIR" if clause.mode == "direct" else "REQ",
        agreement=wording.one_line(term.agreement.title),
        number=f"§{wording.one_line(term.clause.number)}",
        used=f"{count}, {waiting} asked" if waiting else count,
        full=clause.quantity is not None and len(coming) + waiting >= clause.quantity,
        gives=gives(desk, term),
        state=state,
        tone=tone,
    )


def gives(desk: Desk, term: Term) -> str:
    """ "2 hazmat units to Charlotte Fire", "any unit from Gastonia FD"."""
    clause = aid_of(term)
    what = wording.one_line(kinds_words(clause, clause.quantity))
    what = what[:1].upper() + what[1:]
    if we_give(desk, term):
        return f"{what} to {_takers(desk, term)}"
    return f"{what} from {wording.agency_name(desk.picture, clause.giver)}"


def shows(desk: Desk, term: Term) -> str:
    """ "Positions to 1 km, to CSX Rail"; of others "Positions exact, from Charlotte Police"."""
    what = ", ".join(filter(None, (_positions(term), _details(term))))
    if is_ours(desk, term):
        return f"{what}, to {_takers(desk, term)}"
    return f"{what}, from {wording.agency_name(desk.picture, giver_of(term))}"


def facts(desk: Desk, term: Term) -> list[Fact]:
    """All that the clause says beside its sentence, and its giver's word."""
    agreement = term.agreement
    types = ", ".join(wording.one_line(label(INCIDENT_TYPES, one)) for one in term.clause.types)
    state, tone, _ = _state(desk, term, desk.now())
    word = desk.consents.word(term)
    until = agreement.in_force_until
    return [
        ("Now", state, tone),
        ("Reason", wording.one_line(word.reason) if word is not None else ""),
        *(_shown_facts(desk, term) if isinstance(term.clause, ShareClause) else _aid_facts(desk, term)),
        ("For", types or "any incident"),
        ("Where", wording.one_line(term.ground_words)),
        ("When", times_words(term.clause.times) or "at any hour"),
        ("In force", f"{_day(agreement.in_force_from)} – {_day(until) if until is not None else 'no end'}"),
    ]


def _aid_facts(desk: Desk, term: Term) -> list[Fact]:
    clause = aid_of(term)
    minutes = f", answer within {clause.answer_within_min:g} min" if clause.answer_within_min is not None else ""
    return [
        ("Gives", gives(desk, term)),
        ("To", "" if we_give(desk, term) else _takers(desk, term)),
        ("How", "direct: sent at once, its owner is told" if clause.mode == "direct" else f"on request{minutes}"),
    ]


def _shown_facts(desk: Desk, term: Term) -> list[Fact]:
    clause = term.clause
    assert isinstance(clause, ShareClause)
    kinds = ", ".join(wording.one_line(label(UNIT_KINDS, one)) for one in clause.kinds if one != EVERYONE)
    return [
        ("Shows", ", ".join(filter(None, (_positions(term), _details(term))))),
        ("Of", wording.agency_name(desk.picture, clause.giver)),
        ("To", _takers(desk, term)),
        ("Units", kinds or "all"),
        ("Operations", ", ".join(wording.one_line(one) for one in clause.operations)),
        ("Paused", "while it is, nothing of this is shown to them" if is_ours(desk, term) else ""),
    ]


def _positions(term: Term) -> str:
    clause = term.clause
    assert isinstance(clause, ShareClause)
    late = f"Positions {clause.delay_min:g} min late"
    words = {"exact": "Positions exact", "rounded": "Positions to 1 km", "delayed": late, "none": "No positions"}
    return words[clause.positions]


def _details(term: Term) -> str:
    assert isinstance(term.clause, ShareClause)
    return f"{' and '.join(term.clause.details)} details" if term.clause.details else ""


def stop_words(desk: Desk, stop: Stop, word: Consent | None) -> str:
    """ "Paused 12:03 by A. Rivera until 13:03"."""
    now = desk.now()
    since = f" {_clock(stop.since, now)}" if stop.since.year > 1970 else ""
    by = f" by {name}" if word is not None and (name := wording.one_line(word.by)) else ""
    until = f", until {_clock(stop.until, now)}" if stop.until is not None else ""
    return f"{stop.word.capitalize()}{since}{by}{until}"


def _state(desk: Desk, term: Term, now: datetime) -> tuple[str, str, bool]:
    """What its giver says and what the calendar says, its tone, and whether nothing is given by it now."""
    until = term.agreement.in_force_until
    if not term.agreement.in_force(now):
        why = why_not(term, "unknown", now, ()).removeprefix("is ")
        return f"{why[:1].upper()}{why[1:]}", "bad", True
    word = desk.consents.word(term)
    stop = stopped(word, now)
    if stop is not None:
        pending = word is not None and desk.is_pending("consent", giver_of(term), word.id)
        return stop_words(desk, stop, word) + (", not sent yet" if pending else ""), "bad", True
    if not holds_at(term.clause.times, now):
        return f"Not at this hour: {times_words(term.clause.times)}", "warn", True
    return f"In force until {_day(until)}" if until is not None else "In force, no end", "", False


def _use(desk: Desk, claim: Claim, now: datetime) -> Use:
    body = claim.body
    picture = desk.picture
    stands = picture.standings.of(claim.task, now)
    incident: Report | None = picture.incidents.get((body.incident_agency, body.incident))
    about = wording.incident_title(incident) if incident is not None else wording.one_line(body.objective)
    parts = (
        wording.unit_callsign(picture, *claim.unit),
        f"{wording.one_line(label(TASK_STATES, stands.state)).lower()} since {_clock(stands.since, now)}",
        wording.agency_name(picture, claim.task.agency),
        wording.shortened(about, 48),
    )
    return Use(claim.task.key, " · ".join(part for part in parts if part), stands.state in _COMING)


def _unit(desk: Desk, use: Use) -> tuple[str, str]:
    body = desk.picture.tasks[use.key].body
    assert isinstance(body, Task)
    return (body.assignee_agency, body.unit)


def _takers(desk: Desk, term: Term) -> str:
    clause = term.clause
    takers = clause.to if isinstance(clause, ShareClause) else aid_of(term).takers
    if EVERYONE in takers:
        return "all parties"
    return ", ".join(wording.agency_name(desk.picture, one) for one in takers)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _clock(at: datetime, now: datetime) -> str:
    """Local time of day, with the day where it is another; a time that no clock shows is said to be one."""
    try:
        return wording.clock_or_date(at, now)
    except (OverflowError, ValueError, OSError):
        return "an impossible time"
