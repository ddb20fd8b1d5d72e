"""The hand-made cases of whom one may ask (`tests/domain/cases/README.md`): the answer, and how the task stands."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from cop.authority.modes import Modes
from cop.domain.agreement import AidClause, Term
from cop.domain.batch import Batch
from cop.domain.consent import Consent
from cop.domain.desk import Command, Operator
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.rules import consents
from cop.domain.rules.claims import seen
from cop.domain.rules.consents import word_about
from cop.domain.rules.tasking import Direct, Refused, Request, Tasking
from cop.domain.statement import Statement
from cop.domain.task import Answer, Task
from cop.domain.unit import Unit
from cop.picture.picture import Picture
from tests.cases import Case, agreements_of, cases
from tests.reports import report

INCIDENT = ("reporter", "case")


@pytest.mark.parametrize(("file", "case"), cases("task"), ids=lambda one: one.id if isinstance(one, Case) else one)
def test_that_one_may_ask_as_a_chief_would_say(file: str, case: Case) -> None:
    asked: dict[str, Any] = {}
    incident: Incident | None = None
    for rev, step in enumerate(case.steps(), 1):
        asked = {**asked, **step.task}
        told = Happening(file, step, asked, rev, incident)
        incident = told.incident
        answer = told.may_task()
        shown = f"{step.words}\n{answer}"
        expect = step.expect
        assert _kind(answer) == expect["answer"], shown
        assert "clause" not in expect or (" ".join(answer.term.key) if answer.term else "") == expect["clause"], shown
        assert expect.get("says", "") in answer.reason, shown
        if "within_min" in expect:
            assert isinstance(answer, Request)
            assert answer.answer_within == timedelta(minutes=expect["within_min"]), shown
        assert told.bound_states() == expect.get("bound", told.bound_states()), shown
        if not isinstance(answer, Refused):
            told.send(answer)
            comes = "accepted" if isinstance(answer, Direct) else "requested"
            assert told.state("sent") == expect.get("stands", comes), shown
            told.claim_all()
            assert answer.term is not None or comes == "accepted" or told.accepted_claims() == [], shown
            assert isinstance(answer, Direct) or told.accepted_claims() == [], shown
        if "race" in expect:
            assert told.race() == {expect["race"]}, shown


class Happening:
    """One step of a case, as a picture has it."""

    def __init__(self, file: str, step: Case, asked: dict[str, Any], rev: int, before: Incident | None) -> None:
        self.agreements = agreements_of(file)
        self.step, self.asked, self.at = step, asked, step.at
        self.by, self.of = asked["by"], asked["of"]
        self.incident = Incident(id="case", at=self.at - timedelta(hours=1), rev=1, title=step.id, **step.incident)
        if before is not None and seen(before) != seen(self.incident):  # it has changed since what is bound was asked
            self.incident = msgspec.structs.replace(self.incident, at=self.at - timedelta(seconds=30), rev=rev)
        self.before = seen(before) if before is not None else seen(self.incident)
        self.picture = Picture(agreements=self.agreements)
        self._say(INCIDENT[0], self.incident)
        self._say(self.of, self._unit(asked["unit"]), exercise=asked.get("exercise", False))
        for number, one in enumerate(asked.get("bound", ())):
            self._bind(number, one)
        for one in asked.get("consent", ()):
            self._consent(one)

    def may_task(self) -> Tasking:
        """What the desk is told."""
        operator = Operator(agency=self.by, role=self.asked.get("role", "commander"), name="Chief")
        modes = Modes(self.picture, self.agreements, operator, live=True)
        return modes.may_task((self.of, self.asked["unit"]), INCIDENT, self.at)

    def send(self, answer: Tasking) -> None:
        """The task, on these terms."""
        self._say(self.by, self._task("sent", self.by, self.asked["unit"], answer.term, self.at))

    def claim_all(self) -> None:
        """The same, naming each clause in turn, whether or not it applies: what a careless or a hostile desk says."""
        for number, term in enumerate(self.agreements.terms):
            self._say(self.by, self._task(f"claim-{number}", self.by, self.asked["unit"], term, self.at))

    def accepted_claims(self) -> list[str]:
        """Those of them that some clause took."""
        return [
            key[1] for key in self.picture.tasks if key[1].startswith("claim-") and self.state(key[1]) == "accepted"
        ]

    def state(self, task: str) -> str:
        """Where a task of the asker stands."""
        return self.picture.task_state(self.picture.tasks[self.by, task], self.at)

    def bound_states(self) -> list[str]:
        """Where those stand that were asked before."""
        tasks = sorted((key[1], one) for key, one in self.picture.tasks.items() if key[1].startswith("bound-"))
        return [self.picture.task_state(one, self.at) for _, one in tasks]

    def race(self) -> set[str]:
        """How the other's task stands, in whichever order both words come."""
        other = self.asked["race"]
        at = self.at + timedelta(seconds=other["seconds_later"])
        unit = report(self.of, self._unit(other["unit"]))
        answer = self.may_task()
        ours = report(self.by, self._task("ours", self.by, self.asked["unit"], answer.term, self.at))
        theirs = report(other["by"], self._task("theirs", other["by"], other["unit"], answer.term, at))
        found = set()
        for told in itertools.permutations((unit, ours, theirs)):
            picture = Picture(agreements=self.agreements)
            kept = [one for key, one in self.picture.tasks.items() if key[1].startswith("bound-")]
            first = [*self.picture.incidents.values(), *self.picture.units.values(), *kept]
            picture.apply(Batch(reports=first))
            for one in told:
                picture.apply(Batch(reports=[one]))
            assert picture.task_state(picture.tasks[self.by, "ours"]) == "accepted"
            found.add(picture.task_state(picture.tasks[other["by"], "theirs"]))
        return found

    def _bind(self, number: int, one: dict[str, Any]) -> None:
        by = one.get("by", self.by)
        at = self.at - timedelta(minutes=one.get("minutes_ago", 15))
        self._say(self.of, self._unit(one["unit"]))
        task = self._task(f"bound-{number}", by, one["unit"], self._term(one["clause"]), at)
        self._say(by, msgspec.structs.replace(task, basis=self.before))
        if "answer" in one:
            said = at + timedelta(minutes=1)
            self._say(self.of, Answer(id=task.id, at=said, rev=1, requester=by, state=one["answer"], unit=one["unit"]))

    def _consent(self, one: dict[str, Any]) -> None:
        """What the giver did, as its desk would have said it."""
        term = self._term(one["clause"])
        assert isinstance(term.clause, AidClause)
        at = self.at - timedelta(minutes=one["minutes_ago"])
        operator = Operator(agency=term.clause.giver, role="liaison", name="Liaison")
        known = word_about(term, self.picture.consents)
        standing = [claim.name for claim in self.picture.commitments.standing(term, at)]
        match one["did"]:
            case "pause":
                until = at + timedelta(minutes=one["for_min"]) if "for_min" in one else None
                said = consents.pause(operator, term, known, at, standing=standing, until=until)
            case "resume":
                said = consents.resume(operator, term, known, at, standing=standing)
            case "withdraw":
                said = consents.withdraw(operator, term, known, at, standing=standing)
            case _:
                said = consents.give_again(operator, term, known, at, standing=standing, words="Chief says so")
        assert isinstance(said, Command), said
        assert isinstance(said.body, Consent)
        self._say(one.get("by", term.clause.giver), said.body)

    def _task(self, task_id: str, by: str, unit: str, term: Term | None, at: datetime) -> Task:
        return Task(
            id=task_id,
            at=at,
            rev=1,
            by="Chief",
            role="commander",
            objective="Come",
            incident_agency=INCIDENT[0],
            incident=INCIDENT[1],
            assignee_agency=self.of,
            unit=unit,
            unit_kind=self.asked["kind"],
            agreement=term.agreement.id if term is not None else "",
            clause=term.clause.number if term is not None else "",
            basis=seen(self.incident),
            asked_at=at,
        )

    def _unit(self, unit: str) -> Unit:
        status = self.asked.get("status", "available")
        return Unit(
            id=unit, at=self.at - timedelta(days=1), rev=1, callsign=unit, kind=self.asked["kind"], status=status
        )

    def _term(self, clause: str) -> Term:
        term = self.agreements.term(*clause.split(" ", 1))
        assert term is not None, clause
        return term

    def _say(self, agency: str, body: Statement, *, exercise: bool = False) -> None:
        said: Report = msgspec.structs.replace(report(agency, body), exercise=exercise)
        self.picture.apply(Batch(reports=[said]))


def _kind(answer: Tasking) -> str:
    if isinstance(answer, Direct):
        return "direct"
    if isinstance(answer, Refused):
        return "refused"
    return "request" if answer.covered else "not covered"
