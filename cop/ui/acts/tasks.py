"""What a person does with tasks: ask, answer, call back, turn to another unit."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from cop.authority.candidates import Need
from cop.domain.desk import Command, Refusal
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.rules import task_moves
from cop.domain.rules.task_state import Standing
from cop.domain.rules.tasking import Refused
from cop.domain.task import Answer, Basis, Task
from cop.domain.unit import Unit
from cop.domain.words import TASK_OVER
from cop.picture.change import Key

if TYPE_CHECKING:
    from cop.ui.desk import Desk

#: so many candidates are looked at for the next one
_CANDIDATES = 12


class TaskActs:
    """Every act returns None when it was taken, else the refusal, as all of the desk do."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk

    def assign(self, tasks: Sequence[Task]) -> Refusal | None:
        """Ask for units, all of them or none.

        Agreement, clause, basis, kind of unit and times are filled in here, from what we may ask of each.
        """
        return self._desk.do(self._asked(tasks))

    def cancel(self, report: Report, reason: str = "") -> Refusal | None:
        """Take our own request back."""
        report = self._newest(report)
        operator, now = self._desk.operator, self._desk.now()
        return self._desk.do(task_moves.cancel_task(operator, report, self._stands(report), reason, now))

    def answer(
        self,
        report: Report,
        state: str,
        reason: str = "",
        *,
        eta_s: int | None = None,
        offers: str = "",
        checked: Sequence[int] | None = None,
    ) -> Refusal | None:
        """Answer what is asked of one of our units; without `checked` the ticks stay as they are."""
        report = self._newest(report)
        return self._desk.do(
            task_moves.answer_task(
                self._desk.operator,
                report,
                self._desk.picture.answer_to(report),
                self._stands(report),
                state=state,
                reason=reason,
                at=self._desk.now(),
                eta_s=eta_s,
                offers=offers,
                checked=checked,
            )
        )

    def release(self, report: Report, reason: str) -> Refusal | None:
        """Call our unit back from a task, also one that a clause accepted for us."""
        return self.answer(report, "released", reason)

    def tick(self, report: Report, line: int, done: bool) -> Refusal | None:
        """Note that a line of the checklist is done, or not."""
        answer = self._desk.picture.answer_to(self._newest(report))
        ticked = set(answer.body.checked) if answer is not None and isinstance(answer.body, Answer) else set()
        state = self._stands(self._newest(report)).state
        return self.answer(report, state, checked=tuple(ticked | {line} if done else ticked - {line}))

    def reassign(self, report: Report, unit: Key, reason: str = "") -> Refusal | None:
        """Turn a task to another unit.

        Who asked asks for that one instead. Who owns the unit offers another of its own, which the asker then takes.
        """
        report = self._newest(report)
        own = self._desk.operator.agency
        if report.agency == own:
            return self._desk.do(self._turned(report, unit, reason))
        if unit[0] != own:
            return self._desk.do(Refusal("Offer one of our own units: others are asked by who needs them."))
        if self._desk.picture.tracks.row_of(*unit) is None and unit not in self._desk.picture.units:
            return self._desk.do(Refusal("That unit is not in the picture."))
        if unit[1] == _task(report).unit:
            return self._desk.do(Refusal("That unit is the one that was asked for."))
        return self.answer(report, "countered", reason, offers=unit[1])

    def accept_counter(self, report: Report) -> Refusal | None:
        """Take the unit that its owner offers instead of the one that we asked for."""
        report = self._newest(report)
        answer = self._desk.picture.answer_to(report)
        offers = answer.body.offers if answer is not None and isinstance(answer.body, Answer) else ""
        if self._stands(report).state != "countered" or not offers:
            return self._desk.do(Refusal("No other unit is offered: read their reason and ask for one."))
        return self._desk.do(self._turned(report, (_task(report).assignee_agency, offers)))

    def next_candidate(self, report: Report) -> Key | None:
        """The unit that would be asked next: of the same kind if there is one, never one that was asked already."""
        report = self._newest(report)
        task = _task(report)
        incident = (task.incident_agency, task.incident)
        without = frozenset(self._asked_already(report))
        narrow = Need(kinds=(task.unit_kind,), without=without) if task.unit_kind else None
        for need in (narrow, Need(without=without)):
            if need is None:
                continue
            for one in self._desk.authority.suggest(incident, need, limit=_CANDIDATES):
                if one.unit not in without and one.fits and not isinstance(one.tasking, Refused):
                    return one.unit
        return None

    def ask_next(self, report: Report) -> Refusal | None:
        """Ask the next candidate: the answer is overdue, or was no."""
        report = self._newest(report)
        refusal = task_moves.may_turn_elsewhere(self._desk.operator, report, self._stands(report))
        if refusal is not None:
            return self._desk.do(refusal)
        if not task_moves.is_turned_down(_task(report), self._stands(report).state, self._desk.now()):
            return self._desk.do(Refusal("Their answer may still come: wait for it, or choose another unit yourself."))
        unit = self.next_candidate(report)
        if unit is None:
            return self._desk.do(Refusal("Nobody else here could do it: choose a unit yourself, or request resources."))
        return self._desk.do(self._turned(report, unit))

    def draft(self, task: Task) -> Refusal | None:
        """Prepare a task that asks nobody yet."""
        return self._desk.do(task_moves.draft_task(self._desk.operator, task, self._desk.now()))

    def send_draft(self, report: Report) -> Refusal | None:
        """Ask what was prepared."""
        report = self._newest(report)
        refusal = task_moves.may_send_draft(self._desk.operator, report, self._stands(report))
        return self._desk.do(refusal) if refusal is not None else self.assign([_task(report)])

    def _asked(self, tasks: Sequence[Task], instead_of: Key | None = None) -> Command | Refusal:
        """Several tasks in one breath; `instead_of` is the task whose place a single one takes."""
        asked: list[Task] = []
        for task in tasks:
            decided = self._ask(task, instead_of, [(one.assignee_agency, one.unit) for one in asked])
            if isinstance(decided, Refusal):
                return self._named(task, decided) if len(tasks) > 1 else decided
            if any(_same_work(one, decided) for one in asked):
                return self._named(task, Refusal("That unit is chosen twice."))
            asked.append(decided)
        if not asked:
            return Refusal("Choose a unit.")
        return Command(asked[0], tuple(asked[1:]))

    def _ask(self, task: Task, instead_of: Key | None, beside: Sequence[Key]) -> Task | Refusal:
        desk, picture = self._desk, self._desk.picture
        unit, incident = (task.assignee_agency, task.unit), (task.incident_agency, task.incident)
        about, now = picture.same.of(incident), desk.now()
        open_tasks = sum(
            key not in (instead_of, (desk.operator.agency, task.id))
            and isinstance(other.body, Task)
            and (other.body.assignee_agency, other.body.unit) == unit
            and (other.body.incident_agency, other.body.incident) in about
            and other.body.objective == task.objective
            and picture.task_state(other, now) not in TASK_OVER
            for key, other in picture.tasks.items()
        )
        known = picture.units.get(unit)
        report = picture.incidents.get(incident)
        body = report.body if report is not None else None
        return task_moves.ask(
            desk.operator,
            task,
            desk.authority.may_task(unit, incident if body is not None else None, beside=beside, instead_of=instead_of),
            unit_known=known is not None or picture.tracks.row_of(*unit) is not None,
            open_tasks=open_tasks,
            at=now,
            unit_kind=known.body.kind if known is not None and isinstance(known.body, Unit) else "",
            basis=_basis(body) if isinstance(body, Incident) else None,
        )

    def _turned(self, report: Report, unit: Key, reason: str = "") -> Command | Refusal:
        """The same work asked of another unit, in place of the first."""
        refusal = task_moves.may_turn_elsewhere(self._desk.operator, report, self._stands(report))
        if refusal is not None:
            return refusal
        task = _task(report)
        if unit == (task.assignee_agency, task.unit):
            return Refusal("That unit is the one that was asked for.")
        instead = msgspec.structs.replace(
            task,
            id=self._desk.new_id("task"),
            draft=False,
            assignee_agency=unit[0],
            unit=unit[1],
            replaces=f"{report.agency}/{task.id}",
            reason=reason,
        )
        return self._asked([instead], instead_of=report.key)

    def _asked_already(self, report: Report) -> set[Key]:
        """The units that were asked for this work before, and those that are on the same incident already."""
        standings, now = self._desk.picture.standings, self._desk.now()
        answer = self._desk.picture.answer_to(report)
        offers = answer.body.offers if answer is not None and isinstance(answer.body, Answer) else ""
        asked = {(_task(report).assignee_agency, offers)} if offers else set()  # that one is taken, not asked for
        old: Report | None = report
        while old is not None:
            asked.add((_task(old).assignee_agency, _task(old).unit))
            old = standings.replaces(old)
        about = self._desk.picture.same.of((_task(report).incident_agency, _task(report).incident))
        for known in self._desk.picture.tasks.values():
            body = _task(known)
            if (body.incident_agency, body.incident) in about and standings.of(known, now).state not in TASK_OVER:
                asked.add((body.assignee_agency, body.unit))
        return asked

    def _named(self, task: Task, refusal: Refusal) -> Refusal:
        row = self._desk.picture.tracks.row_of(task.assignee_agency, task.unit)
        callsign = self._desk.picture.tracks.callsigns[row] if row is not None else ""
        return Refusal(f"{callsign or task.unit}: {refusal.reason}")

    def _newest(self, report: Report) -> Report:
        return self._desk.picture.tasks.get(report.key, report)

    def _stands(self, report: Report) -> Standing:
        return self._desk.picture.standings.of(report, self._desk.now())


def _basis(incident: Incident) -> Basis:
    return Basis(type=incident.type, priority=incident.priority, lat=incident.lat, lon=incident.lon)


def _same_work(first: Task, second: Task) -> bool:
    return (first.assignee_agency, first.unit, first.objective) == (
        second.assignee_agency,
        second.unit,
        second.objective,
    )


def _task(report: Report) -> Task:
    assert isinstance(report.body, Task)
    return report.body
