"""What is asked of our agency and waits for us, in words: requests, what was sent in our name, offers of command."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from cop.authority.travel import Floats
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.rules.tasking import ANSWER_WITHIN
from cop.domain.task import Task
from cop.domain.words import INCIDENT_TYPES, TASK_KINDS, UNIT_KINDS, UNIT_STATUSES, label
from cop.picture.change import Key
from cop.ui import wording
from cop.ui.answer_time import NEAR, AnswerTime, answer_time
from cop.ui.desk import Desk
from cop.ui.snoozes import Item

#: a request waits for an answer until its asker takes it back: a unit that comes late is a unit that comes
_WAITS = frozenset({"requested", "expired"})
_AVAILABLE = list(UNIT_STATUSES).index("available")
_KINDS = list(UNIT_KINDS)


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the inbox. `item` is its kind (`task`, `direct`, `command`, `request`), agency and id.

    `direct` was sent by agreement, in our name: it is told, and stands until somebody notes it. `priority` is that of
    the incident, 0 if none is known. `answer` is None where no time runs.
    """

    item: Item
    what: str
    who: str
    about: str
    since: datetime
    priority: int = 0
    answer: AnswerTime | None = None
    pending: bool = False
    snoozed_until: datetime | None = None

    @property
    def needs_answer(self) -> bool:
        """Whether somebody waits for our word."""
        return self.item[0] != "direct"

    @property
    def is_overdue(self) -> bool:
        """Whether the time for an answer is over."""
        return self.answer is not None and self.answer.pressure == "over"

    @property
    def ends(self) -> datetime:
        """When an answer is due; it does not move with the clock, so that nobody changes places by waiting."""
        if self.answer is None:
            return self.since + ANSWER_WITHIN
        return self.since + timedelta(seconds=round(self.answer.passed_s + self.answer.left_s))

    def back_at(self, now: datetime) -> datetime | None:
        """When one that is put off is back at the latest: with the last of its time; None where no time runs."""
        if self.answer is None:
            return None
        whole = self.answer.passed_s + self.answer.left_s
        return now + timedelta(seconds=self.answer.left_s - min(NEAR.total_seconds(), whole / 4))

    def corner(self) -> str:
        """The time that runs."""
        if self.pending:
            return "● not sent yet"
        if self.snoozed_until is not None and not self.is_overdue:
            return f"snoozed until {wording.clock(self.snoozed_until)}"
        if self.answer is not None:
            return self.answer.left()
        return "sent by agreement" if not self.needs_answer else f"since {wording.clock(self.since)}"

    def tone(self) -> str:
        """How the corner looks."""
        if self.answer is not None and self.snoozed_until is None:
            return self.answer.tone
        return "bad" if self.is_overdue else "muted"

    def words(self) -> tuple[str, ...]:
        """The line as a screen reader says it."""
        priority = f"P{self.priority}" if self.priority else ""
        return tuple(part for part in (self.what, self.who, priority, self.about, self.corner()) if part)


@dataclass(frozen=True, slots=True)
class Instead:
    """A unit of ours that could be offered in place of the one asked for, and what stands on its button."""

    unit: str
    words: str


def asked_of_task(desk: Desk, report: Report) -> Asked | None:
    """The line of a task that another agency (or we ourselves) asked of us; None if it does not wait for us."""
    task, own, picture = report.body, desk.operator.agency, desk.picture
    if not isinstance(task, Task) or task.assignee_agency != own:
        return None
    stands = picture.standings.of(report, desk.now())
    state = stands.state
    direct = state == "accepted" and stands.by_clause
    if not direct and state not in _WAITS:
        return None
    now = desk.now()
    incident = picture.incidents.get((task.incident_agency, task.incident))
    body = incident.body if incident is not None else None
    asker = wording.agency_name(picture, report.agency)
    unit = wording.unit_callsign(picture, own, task.unit) if task.unit else "any unit of ours"
    answer = None if direct else answer_time(task, now)
    return Asked(
        item=("direct" if direct else "task", *report.key),
        what=wording.drill(report, desk.exercise) + (wording.one_line(task.objective) or label(TASK_KINDS, task.kind)),
        who=f"{asker} sent {unit}" if direct else f"{asker} asks for {unit}",
        about=wording.incident_title(incident) if incident is not None else "",
        since=task.asked_at or task.at,
        priority=body.priority if isinstance(body, Incident) else (task.basis.priority if task.basis else 0),
        answer=answer,
        pending=desk.is_pending("answer", own, task.id),
    )


def ordered(items: Iterable[Asked]) -> list[Asked]:
    """Whose time ends first stands first; then what was only told, then what was put off and has time left."""
    return sorted(items, key=lambda one: (_is_quiet(one), not one.needs_answer, one.ends, one.since, one.item))


def count_words(lines: Collection[Asked]) -> str:
    """ "3 wait for our answer · ⚠ 1 overdue · 1 snoozed · 1 sent by agreement"."""
    waiting = [one for one in lines if one.needs_answer]
    overdue = sum(one.is_overdue for one in waiting)
    snoozed = sum(_is_quiet(one) for one in waiting)
    told = len(lines) - len(waiting)
    parts = (
        f"{len(waiting)} wait for our answer" if len(waiting) != 1 else "1 waits for our answer",
        f"⚠ {overdue} overdue" if overdue else "",
        f"{snoozed} snoozed" if snoozed else "",
        f"{told} sent by agreement" if told else "",
    )
    return " · ".join(part for part in parts if part) if lines else "Nothing waits for our answer."


def aged(one: Asked, task: Task | None, now: datetime, snoozed_until: datetime | None) -> Asked:
    """The same line at a later moment."""
    answer = answer_time(task, now) if task is not None and one.answer is not None else one.answer
    return replace(one, answer=answer, snoozed_until=snoozed_until)


def way_words(desk: Desk, task: Task) -> str:
    """How far the asked unit is from the incident: "12 km · 16 min"; why nobody knows, where that is so."""
    place = incident_place(desk, task)
    if place is None:
        return "the incident has no place"
    row = desk.picture.tracks.row_of(task.assignee_agency, task.unit)
    if row is None or np.isnan(desk.picture.tracks.lat[row]):
        return "where the unit is, is not known"
    metres, seconds = _reach(desk, np.array([row]), place)
    stale = bool(desk.picture.tracks.stale_at[row] <= desk.now().timestamp())
    age = wording.span(desk.now().timestamp() - float(desk.picture.tracks.reported_at[row]))
    return way(float(metres[0]), float(seconds[0])) + (f" · ▲ its place is {age} old" if stale else "")


def way(metres: float, seconds: float) -> str:
    """Kilometres in a straight line and minutes of travel: "6.4 km · 8 min"."""
    return f"{wording.distance(metres)} · {max(1, round(seconds / 60))} min"


def incident_words(desk: Desk, task: Task) -> str:
    """What it is for: priority, title, type and address."""
    report = desk.picture.incidents.get((task.incident_agency, task.incident))
    if report is None or not isinstance(report.body, Incident):
        return "none named" if not task.incident else "not in our picture"
    body, title = report.body, wording.incident_title(report)
    kind = label(INCIDENT_TYPES, body.type)
    place = wording.one_line(body.address) or wording.place(body.lat, body.lon)
    parts = (f"P{body.priority} {title}", kind if kind.casefold() != title.casefold() else "", place)
    return " · ".join(part for part in parts if part)


def incident_place(desk: Desk, task: Task) -> tuple[float, float] | None:
    """Where its incident is now, else where the asker saw it; degrees WGS 84."""
    report = desk.picture.incidents.get((task.incident_agency, task.incident))
    body = report.body if report is not None else None
    if isinstance(body, Incident) and body.lat is not None and body.lon is not None:
        return body.lat, body.lon
    if task.basis is not None and task.basis.lat is not None and task.basis.lon is not None:
        return task.basis.lat, task.basis.lon
    return None


def clause_words(desk: Desk, task: Task) -> tuple[str, str]:
    """The clause that a task leans on, and its sentence; both empty where it names none."""
    if not task.clause and not task.agreement:
        return "", ""
    term = desk.picture.agreements.term(task.agreement, task.clause)
    if term is None:
        named = " ".join(part for part in (task.agreement, f"§{task.clause}" if task.clause else "") if part)
        return wording.one_line(named), "This agreement is not among ours."
    return wording.one_line(term.words), wording.one_line(term.clause.says)


def instead_of(desk: Desk, task: Task, *, limit: int = 3) -> list[Instead]:
    """Our own available units that could go in its place: of the same kind first, then the nearest."""
    tracks, own = desk.picture.tracks, desk.operator.agency
    free = tracks.present & (tracks.status == _AVAILABLE) & (tracks.agency == tracks.agency_code(own))
    if not desk.exercise:
        free = free & ~tracks.exercise
    asked = tracks.row_of(own, task.unit)
    rows = np.array([row for row in np.flatnonzero(free) if row != asked], dtype=np.intp)
    if not rows.size:
        return []
    place = incident_place(desk, task)
    known = ~np.isnan(tracks.lat[rows]) & ~tracks.doubtful[rows]
    metres, seconds = np.full(rows.size, np.inf), np.full(rows.size, np.inf)
    if place is not None:
        metres[known], seconds[known] = _reach(desk, rows[known], place)
    kind = tracks.kind[asked] if asked is not None else _KINDS.index(task.unit_kind) if task.unit_kind in _KINDS else -1
    found = []
    for at in np.lexsort((seconds, tracks.kind[rows] != kind))[:limit]:
        unit = tracks.keys[rows[at]][1]
        callsign = wording.unit_callsign(desk.picture, own, unit)
        located = bool(np.isfinite(seconds[at]))
        words = f"{callsign} · {way(float(metres[at]), float(seconds[at]))}" if located else callsign
        found.append(Instead(unit, words))
    return found


def _reach(desk: Desk, rows: NDArray[np.intp], place: tuple[float, float]) -> tuple[Floats, Floats]:
    """Metres and seconds of travel to a place, of rows of the tracks."""
    return desk.authority.suggestions.router.reach(desk.picture.tracks, rows, *place)


def _is_quiet(one: Asked) -> bool:
    return one.snoozed_until is not None and not one.is_overdue


def key_of(item: Item) -> Key:
    """The object that an item is about."""
    return item[1:]
