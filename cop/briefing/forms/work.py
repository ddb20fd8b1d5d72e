"""A task as forms tell of it: what was asked of whom, and when its unit was asked for, went, came and was released."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cop.briefing.forms.said import Said
from cop.domain.report import Report, Retraction
from cop.domain.rules.task_state import asked_at
from cop.domain.task import Answer, Task
from cop.domain.words import TASK_OVER, TASK_STATES
from cop.picture.change import Key
from cop.picture.picture import Picture

#: a unit of a task in these states is at work on it
AT_WORK = frozenset({"accepted", "en_route", "on_scene"})
#: a unit of a task in these states has left it
_LEFT = frozenset({"complete", "released", "cancelled", "reassigned"})


@dataclass(frozen=True)
class Work:
    """One task. `moments` are when it first came into each state that is known, `why` what was given as the reason.

    `gone`: it was taken back from the picture; how it stands is what was said last.
    """

    report: Report
    task: Task
    state: str
    since: datetime
    why: str
    moments: Mapping[str, datetime]
    eta: datetime | None = None
    gone: bool = False

    @property
    def key(self) -> Key:
        """The asking agency and the task's id."""
        return self.report.key

    @property
    def unit(self) -> Key:
        """The unit that was asked for."""
        return (self.task.assignee_agency, self.task.unit)

    @property
    def incident(self) -> Key | None:
        """What it is for; None for no incident."""
        return (self.task.incident_agency, self.task.incident) if self.task.incident else None

    @property
    def asked_at(self) -> datetime:
        """When it was first asked, by our clock."""
        return asked_at(self.task) - timedelta(seconds=self.report.corrected_s)

    @property
    def is_open(self) -> bool:
        """Whether it is not over."""
        return self.state not in TASK_OVER

    @property
    def is_at_work(self) -> bool:
        """Whether its unit is on it."""
        return self.state in AT_WORK

    @property
    def arrived(self) -> datetime | None:
        """When its unit was on the scene."""
        return self.moments.get("on_scene")

    @property
    def left(self) -> datetime | None:
        """When its unit, having been at work on it, was free of it again."""
        was_at_work = any(one in self.moments for one in AT_WORK)
        return self.since if self.state in _LEFT and (was_at_work or self.state in {"complete", "released"}) else None


def works(picture: Picture, said: Said, begins: datetime, at: datetime) -> tuple[Work, ...]:
    """Every task that was open in the period; what nobody was asked yet (a draft) is none."""
    words = {one.key: one for one in said.of(Task) if not one.body.deleted}  # in order: the last word stays
    gone_at = {one.key: one.reported_at for one in said.of(Task) if one.body.deleted}
    gone_at |= {one.key: one.reported_at for one in said.of(Retraction) if getattr(one.body, "kind", "") == "task"}
    answers: dict[tuple[str, str, str], list[Report]] = {}
    for one in [*picture.answers.values(), *said.of(Answer)]:
        body = one.body
        if isinstance(body, Answer) and not body.deleted:
            answers.setdefault((one.agency, body.requester, body.id), []).append(one)
    found = []
    for key in words.keys() | picture.tasks.keys():
        report = picture.tasks.get(key) or words[key]
        body = report.body
        if not isinstance(body, Task) or body.draft:
            continue
        given = sorted(answers.get((body.assignee_agency, *key), ()), key=lambda one: (one.reported_at, one.body.rev))
        work = (
            _standing(picture, report, body, given, at)
            if key in picture.tasks
            else _gone(report, body, given, gone_at.get(key))
        )
        if work.is_open or work.since >= begins:
            found.append(work)
    return tuple(sorted(found, key=lambda one: (one.asked_at, one.key)))


def _standing(picture: Picture, report: Report, task: Task, given: list[Report], at: datetime) -> Work:
    stands = picture.standings.of(report, at)
    moments = _moments(given, task)
    answer = picture.answer_to(report)
    # the word's own time, by our clock: what its sender's clock says may lie in another period
    whose = next((one for one in (answer, report) if one is not None and one.body.at == stands.since), None)
    since = whose.reported_at if whose is not None else stands.since
    moments.setdefault(stands.state, since)
    eta = _eta(answer) if stands.state in AT_WORK else None
    return Work(report, task, stands.state, since, stands.reason, moments, eta)


def _gone(report: Report, task: Task, given: list[Report], gone_at: datetime | None) -> Work:
    """One that was taken back: over as its owner said last, else cancelled by that."""
    last = given[-1].body if given else None
    moments = _moments(given, task)
    if isinstance(last, Answer) and last.state in TASK_OVER and not task.cancelled:
        return Work(report, task, last.state, given[-1].reported_at, last.reason, moments, gone=True)
    since = gone_at if gone_at is not None and not task.cancelled else report.reported_at
    return Work(report, task, "cancelled", since, task.reason, moments, gone=True)


def _moments(given: Iterable[Report], task: Task) -> dict[str, datetime]:
    moments: dict[str, datetime] = {}
    for one in given:
        body = one.body
        if isinstance(body, Answer) and body.state in TASK_STATES and (not body.unit or body.unit == task.unit):
            moments.setdefault(body.state, one.reported_at)
    return moments


def _eta(answer: Report | None) -> datetime | None:
    body = answer.body if answer is not None else None
    if answer is None or not isinstance(body, Answer) or body.eta_s is None:
        return None
    return answer.reported_at + timedelta(seconds=body.eta_s)
