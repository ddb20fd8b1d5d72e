"""Where an exercise is played: its units, its time, its voices; what the timeline, injects and a hand all do there."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from cop.domain.incident import Incident
from cop.domain.report import kind_of
from cop.domain.statement import Statement
from cop.domain.task import Answer, Task
from cop.domain.unit import Unit
from cop.exercise import script
from cop.exercise.cast import Assignment, Player, Region, cast
from cop.exercise.clockwork import Clockwork
from cop.exercise.conditions import Ids
from cop.exercise.consents import consents_of
from cop.exercise.course import Course
from cop.exercise.injects import IncidentChange
from cop.exercise.lines import IncidentLine, IncidentStep, TaskLine
from cop.exercise.neighbours import Neighbours
from cop.exercise.roads import Place
from cop.exercise.scenario import Scenario
from cop.exercise.tasking import Tasking
from cop.exercise.tongues import tongue
from cop.exercise.voices import OPERATOR, Key, Voices


class Stage:
    """All of a scenario's agencies, and what they can be made to do. `base` is the moment of real second 0."""

    def __init__(self, scenario: Scenario, seed: int, *, base: datetime, rate: float, resources: Path) -> None:
        self.scenario = scenario
        self.base = base
        self._seed = seed
        self._written_base = base  # the script's times are reckoned from here; what is said has those of its moment
        self.clock = Clockwork(rate)
        consented = consents_of(resources / "agreements")
        self.course = Course(lambda: self.clock.now, consented)
        self.voices = Voices(scenario, now=lambda: self.clock.now, moment=self.moment, listen=self.course.hear)
        self.players = cast(scenario, seed, Region.load(resources / "region", scenario))
        self.units = {(player.agency.id, player.id): player for player in self.players}
        self._callsigns = {(player.agency.id, player.callsign): player for player in self.players}
        self.incidents = {line.id: line for line in scenario.all_incidents}
        self.owners = {line.id: line.agency for line in scenario.all_incidents}
        self.places: dict[tuple[str, str], Place] = {(i.agency, i.id): i.place for i in scenario.all_incidents}
        self.scripted = {(line.agency, line.id) for line in scenario.all_tasks}
        #: desks of people by agency, and agencies that the controller plays
        self.desks: dict[str, set[str]] = {}
        self.by_hand: set[str] = set()
        self.is_opening = True  # what units are is said once, after all of it is settled
        self._lines_written = 0
        self.tasking = Tasking(
            schedule=self.clock.at,
            now=lambda: self.clock.now,
            say=self._say_answer,
            show=self.show,
            staffed=self.is_staffed,
            spare=self._spare,
            consented=consented,
            by_hand=self.by_hand.__contains__,
        )
        self.neighbours = Neighbours(
            {agency.id: agency for agency in scenario.agencies},
            schedule=self.clock.at,
            now=lambda: self.clock.now,
            say=self.say,
            staffed=lambda agency: self.is_staffed(agency) or agency in self.by_hand,
            seed=seed,
        )

    @property
    def ids(self) -> Ids:
        """By what its incidents and units are known."""
        return Ids(
            {line.id: (line.agency, line.id) for line in self.incidents.values()},
            {key: player.id for key, player in self._callsigns.items()},
            {key: player.kind for key, player in self.units.items()},
        )

    def moment(self) -> datetime:
        """What clocks show now: they go on while the exercise stands."""
        return _whole_ms(self.base + timedelta(seconds=self.clock.real))

    def moment_at(self, second: float) -> datetime:
        """What clocks show, or will, at a second of the exercise; what lies before the start keeps real seconds."""
        return _whole_ms(self.base + timedelta(seconds=second if second < 0 else self.clock.real_at(second)))

    def written(self, second: float) -> datetime:
        """A second as the script writes it into a statement, before anybody knows how fast time will pass."""
        return self._written_base + timedelta(seconds=second)

    def is_staffed(self, agency: str) -> bool:
        """Whether people sit at a desk of the agency."""
        return bool(self.desks.get(agency))

    def plays_itself(self, agency: str) -> bool:
        """Whether the agency's units do what they do of themselves: the controller does not play it."""
        return agency not in self.by_hand

    def unit(self, agency: str, callsign: str) -> Player:
        """A unit by its callsign."""
        return self._callsigns[agency, callsign]

    def units_of(self, agency: str) -> list[Player]:
        """An agency's units."""
        return [player for player in self.players if player.agency.id == agency]

    # saying

    def say(self, agency: str, body: Statement) -> bool:
        """Say something now; False where people have taken that object over."""
        return self.voices.say(agency, body)

    def play(self, lines: Iterable[script.Line], *, from_s: float | None = None) -> None:
        """Say each object's last word of before now, now, and the later ones when they are due.

        At the opening (`from_s` None) the earlier words keep their time; in an inject all is reckoned from `from_s`.
        """
        latest: dict[Key, tuple[str, Statement]] = {}
        for second, agency, body in lines:
            due = second + (from_s or 0.0)
            if second > 0.0:
                self.clock.at(due, lambda agency=agency, body=body: self.say(agency, self.in_time(body)))  # type: ignore[misc]  # the default binds
            else:
                latest[agency, kind_of(body), body.id] = (agency, body)
        for agency, body in latest.values():
            if not body.deleted:
                self.voices.say(agency, self.in_time(body), as_of_then=from_s is None)

    def in_time(self, body: Statement) -> Statement:
        """A statement of the script with the times that hold now: the pace may have changed since it was written."""
        times = {name: getattr(body, name) for name in body.__struct_fields__}
        moved = {
            name: self.moment_at((value - self._written_base).total_seconds())
            for name, value in times.items()
            if isinstance(value, datetime)
        }
        return msgspec.structs.replace(body, **moved)

    def open_incident(self, line: IncidentLine, *, from_s: float = 0.0, opening: bool = False) -> None:
        """An incident, when it is due, and how it goes on."""
        second, agency, body = script.opening(line, lambda s: self.written(s + from_s))
        steps = [step for step in line.steps if step.at_s <= 0.0]
        for step in steps if second <= 0.0 else ():
            body = script.changed(body, step, self.written(step.at_s + from_s))
        self.play([(second, agency, body)], from_s=None if opening else from_s)
        for step in line.steps[len(steps) if second <= 0.0 else 0 :]:
            self.clock.at(step.at_s + from_s, lambda step=step: self.change_incident(line.id, step))  # type: ignore[misc]  # the default binds

    def change_incident(self, incident: str, step: IncidentStep | IncidentChange) -> bool:
        """Say an incident anew; False where it is not there, or people's."""
        agency = self.owners[incident]
        body = self.voices.said.get((agency, "incident", incident))
        if not isinstance(body, Incident) or body.deleted:
            return False
        return self.say(agency, script.changed(body, step, self.moment()))

    def show(self, player: Player) -> None:
        """Say what a unit is and does, where its agency's format does not say it with each position."""
        speech = tongue(player.agency.format)
        if self.is_opening or (speech is not None and speech.has_words):
            return
        body = Unit(
            id=player.id,
            at=self.moment(),
            callsign=player.callsign,
            kind=player.kind,
            capabilities=player.capabilities,
            status=player.says_status or player.status,
            crew=player.crew,
        )
        self.say(player.agency.id, body)

    def next_line(self) -> str:
        """The id of a log line of injects and hands; it holds the start, as those of the script."""
        self._lines_written += 1
        return f"log-{int(self._written_base.timestamp())}-c{self._lines_written:03d}"

    # requests

    def ask(self, line: TaskLine, *, from_s: float = 0.0) -> None:
        """A scripted request, when it is due; `from_s` is the second from which its own are reckoned."""
        line = self._with_ids(line, from_s)
        if line.at_s > self.clock.now or from_s:
            self.clock.at(line.at_s, lambda: self._ask(line))
            return
        spoken = [step for step in line.answers if line.at_s + step.after_s <= 0.0]
        assignment = self._assignment(line)
        self.voices.say(line.agency, assignment.task, as_of_then=True)
        self.tasking.script(assignment, len(spoken))
        if spoken:
            last = spoken[-1]
            at = self.moment_at(line.at_s + last.after_s)
            said = Answer(
                id=line.id, at=at, requester=line.agency, state=last.state, reason=last.reason, offers=last.offers
            )
            self.voices.say(line.asked, said, as_of_then=True)

    def assign(self, requester: str, task: Task, earlier: Answer | None) -> None:
        """A request that somebody made."""
        assignment = Assignment(
            requester=requester,
            task=task,
            player=self.units.get((task.assignee_agency, task.unit)),
            place=self.places.get((task.incident_agency, task.incident)),
            rng=self._dice(f"{requester}/{task.id}"),
            state=earlier.state if earlier is not None else "requested",
            by_people=earlier is not None and earlier.by != OPERATOR,
        )
        self.tasking.take(assignment)

    def _ask(self, line: TaskLine) -> None:
        assignment = self._assignment(line)
        self.say(line.agency, assignment.task)
        self.tasking.script(assignment, 0)

    def _assignment(self, line: TaskLine) -> Assignment:
        player = self._callsigns[line.asked, line.unit]
        incident = self.incidents[line.incident]
        body = self.in_time(script.task(line, incident, player.id, player.kind, self.written))
        assert isinstance(body, Task)
        return Assignment(
            requester=line.agency,
            task=body,
            player=player,
            place=self.places[incident.agency, line.incident],
            rng=self._dice(line.id),
            script=line,
        )

    def _with_ids(self, line: TaskLine, from_s: float) -> TaskLine:
        """The line with the ids of the units that counters offer, not their callsigns, and its times moved."""
        answers = (
            msgspec.structs.replace(step, offers=self._callsigns[line.asked, step.offers].id) if step.offers else step
            for step in line.answers
        )
        due_s = None if line.due_s is None else line.due_s + from_s
        return msgspec.structs.replace(line, answers=tuple(answers), at_s=line.at_s + from_s, due_s=due_s)

    def _say_answer(self, answer: Answer, owner: str) -> None:
        eta_s = None if answer.eta_s is None else round(answer.eta_s / self.clock.rate)
        self.say(owner, msgspec.structs.replace(answer, eta_s=eta_s))

    def _spare(self, player: Player) -> Player | None:
        """Another unit of the same agency and kind that is free."""
        alike: Sequence[Player] = [
            one for one in self.players if one.agency is player.agency and one.kind == player.kind
        ]
        return next((one for one in alike if one.status == "available" and one.assignment is None), None)

    def _dice(self, what: str) -> random.Random:
        return random.Random(f"{self._seed}/task/{what}")  # noqa: S311 - a game's dice, no secret


def _whole_ms(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
