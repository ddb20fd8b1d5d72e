"""The exercise as a function of time: what every agency says, in order. Knows no clock and no network.

`until(t)` says what is said up to `t`; `hear` takes in what others say. The same scenario, seed and hearing give the
same messages.
"""

import heapq
import itertools
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from cop.domain.agency import Presence
from cop.domain.command import IncidentCommand
from cop.domain.incident import Incident
from cop.domain.report import Report, Retraction, kind_of
from cop.domain.request import ResourceRequest
from cop.domain.statement import Statement
from cop.domain.task import Answer, Task
from cop.domain.unit import Position, Unit
from cop.exercise import script
from cop.exercise.cast import Assignment, Player, Region, cast
from cop.exercise.consents import consents_of
from cop.exercise.feeds import STALE_S
from cop.exercise.lines import TaskLine
from cop.exercise.neighbours import Neighbours
from cop.exercise.roads import Place
from cop.exercise.scenario import RESOURCES, Scenario
from cop.exercise.tasking import Tasking
from cop.exercise.tongues import foreign_root, object_tongue, tongue
from cop.feeds.adapters.cop_json import CopJson, encode
from cop.feeds.message import BadMessage, Feed, Message
from cop.feeds.topics import KINDS, exercise_root, object_topic, topic_of

#: who speaks in the simulation's statements (`by`); anybody else is a person at a desk
OPERATOR = "exercise"
#: the desk under which a simulated agency is present
DESK = "exercise"
INTERVAL_S = 2.0
_POSITION_EXPIRY_S = 300
_HEARD = ("unit", "resource", "incident", "zone", "task", "answer", "presence", "command", "request", "fill")
_RESET = frozenset({"incident", "zone", "task", "answer", "command", "request", "fill"})
#: who of an agency says what: people bind people, machines tell what happens
_ROLES = {
    "task": "commander",
    "answer": "dispatcher",
    "command": "commander",
    "request": "commander",
    "fill": "liaison",
}
_FIRST_ROUND_S = (30.0, 240.0)
_STATUS_MEAN_S = {"available": 260.0, "busy": 60.0}

Key = tuple[str, str, str]


class Published(msgspec.Struct, frozen=True):
    """One message to publish at simulated second `t`, by `agency`; `expiry_s` as in MQTT 5 §3.3.2.3.3, 0 is never."""

    t: float
    agency: str
    topic: str
    payload: bytes
    qos: int
    retain: bool
    expiry_s: int = 0


class Simulation:
    """All agencies of a scenario. `base` is the moment of simulated second 0, `rate` how fast seconds pass."""

    def __init__(
        self, scenario: Scenario, seed: int = 1, *, base: datetime, rate: float = 1.0, resources: Path = RESOURCES
    ) -> None:
        self.scenario = scenario
        self.base = base
        self.root = exercise_root(scenario.name)
        self._foreign_root = foreign_root(scenario.name)
        self.now = 0.0
        #: what a broker that lost its memory must be told again, by topic
        self.retained: dict[str, Published] = {}
        #: log lines so far: they are not retained, so a desk that joins is told them again
        self.log: list[Published] = []
        self._rate = rate
        self._seed = seed
        self._agencies = {agency.id for agency in scenario.agencies}
        self.players = cast(scenario, seed, Region.load(resources / "region", scenario))
        self._units = {(player.agency.id, player.id): player for player in self.players}
        self._callsigns = {(player.agency.id, player.callsign): player for player in self.players}
        self._places: dict[tuple[str, str], Place] = {(i.agency, i.id): i.place for i in scenario.incidents}
        self._foreign = _foreign_objects(scenario)
        self._scripted = {(line.agency, line.id) for line in scenario.tasks}
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self._out: list[Published] = []
        self._ear = CopJson(Feed(name="exercise", format="cop-json", topic=f"{self.root}/#"))
        self._revs: dict[Key, int] = {}
        self._earlier: dict[Key, Report] = {}  # what an earlier run left behind
        self._earlier_answers: dict[tuple[str, str, str], Answer] = {}
        self._taken_over: set[Key] = set()  # what people have changed: theirs from then on
        self._desks: dict[str, set[str]] = {}
        self._opening = True  # what units are is said once, after all of it is settled
        self.tasking = Tasking(
            schedule=self._at,
            now=lambda: self.now,
            say=self._say_answer,
            show=self._show,
            staffed=lambda agency: bool(self._desks.get(agency)),
            spare=self._spare,
            consented=consents_of(resources / "agreements"),
        )
        self.neighbours = Neighbours(
            {agency.id: agency for agency in scenario.agencies},
            schedule=self._at,
            now=lambda: self.now,
            say=lambda agency, body: self._say(agency, body, self.now),
            staffed=lambda agency: bool(self._desks.get(agency)),
            seed=seed,
        )
        self._at(0.0, self._open)

    def until(self, t: float) -> list[Published]:
        """Everything said after the last call, up to and including simulated second `t`, in order."""
        while self._events and self._events[0][0] <= t:
            self.now, _order, event = heapq.heappop(self._events)
            event()
        self.now = max(self.now, t)
        said, self._out = self._out, []
        return said

    def hear(self, topic: str, payload: bytes, received_at: datetime) -> None:
        """Take in what somebody published below our root; what cannot be read is not for us."""
        try:
            reports = self._ear.decode(Message(topic, payload, received_at))
        except BadMessage:
            return
        for report in reports:
            self._take(report)

    def moment(self, t: float) -> datetime:
        """The moment of a simulated second; what lies before the start keeps real seconds."""
        at = self.base + timedelta(seconds=t if t < 0 else t / self._rate)
        return at.replace(microsecond=at.microsecond // 1000 * 1000)

    # What is said ----------------------------------------------------------------------------------------------

    def _open(self) -> None:
        before = set(self._revs)
        self._play(script.profiles(self.scenario, self.moment))
        for player in self.players:
            self._begin(player)
        self._play(script.resources(self.scenario, self.moment))
        self._play(script.incidents(self.scenario, self.moment))
        self._play(script.zones(self.scenario, self.moment))
        self._play(script.warnings(self.scenario, self.moment))
        for line in self.scenario.tasks:
            self._ask(line)
        self._play(script.commands(self.scenario, self.moment))
        self._play(script.requests(self.scenario, self.moment))
        self._play(script.log(self.scenario, self.moment))
        self._opening = False
        for player in self.players:
            self._show(player)
        self._clear_away(before)

    def _play(self, lines: Iterable[script.Line]) -> None:
        """Say each object's last word of before the start now, and the later ones when they are due."""
        latest: dict[Key, tuple[str, Statement]] = {}
        for t, agency, body in lines:
            if t > 0.0:
                self._at(t, lambda agency=agency, body=body, t=t: self._say(agency, body, t))  # type: ignore[misc]  # the defaults bind
            else:
                latest[agency, kind_of(body), body.id] = (agency, body)
        for agency, body in latest.values():
            if not body.deleted:
                self._say(agency, body, None)

    def _begin(self, player: Player) -> None:
        phase = INTERVAL_S * self._rate * self.players.index(player) / len(self.players)
        if player.callsign not in player.agency.starts:
            lot = player.rng.random()
            if lot < 0.04:
                player.status = "out_of_service"
                player.motion.put(player.motion.place)
            elif lot < 0.2:
                player.status = "busy"
        self._at(phase, lambda: self._report_position(player))
        self._at(player.rng.uniform(*_FIRST_ROUND_S), lambda: self._change_status(player))

    def _ask(self, line: TaskLine) -> None:
        line = self._with_ids(line)
        player = self._callsigns[line.asked, line.unit]
        incident = next(one for one in self.scenario.incidents if one.id == line.incident)
        body = script.task(line, incident, player.id, player.kind, self.moment)
        assignment = Assignment(
            requester=line.agency,
            task=body,
            player=player,
            place=self._places[incident.agency, line.incident],
            rng=self._dice(line.id),
            script=line,
        )
        spoken = [step for step in line.answers if line.at_s + step.after_s <= 0.0]
        if line.at_s <= 0.0:
            self._say(line.agency, body, None)
            self.tasking.script(assignment, len(spoken))
            if spoken:
                last = spoken[-1]
                at = self.moment(line.at_s + last.after_s)
                said = Answer(
                    id=line.id,
                    at=at,
                    requester=line.agency,
                    state=last.state,
                    reason=last.reason,
                    offers=last.offers,
                )
                self._say(line.asked, said, None)
        else:

            def ask() -> None:
                self._say(line.agency, body, line.at_s)
                self.tasking.script(assignment, 0)

            self._at(line.at_s, ask)

    def _report_position(self, player: Player) -> None:
        interval = INTERVAL_S * self._rate
        t = self.now
        self._at(t + interval, lambda: self._report_position(player))
        if player.silent_after_s is not None and t >= player.silent_after_s:
            return
        player.motion.paused = player.status == "busy"
        player.motion.step(interval)
        if player.motion.arrived:
            self.tasking.arrived(player)
        self._publish_position(player, t)

    def _publish_position(self, player: Player, t: float) -> None:
        agency, fix, at = player.agency.id, player.motion.fix(), self.moment(t)
        speech = tongue(player.agency.format)
        if speech is not None:
            for one in speech.position(player.speaker, fix, at, STALE_S):
                self._publish(t, agency, f"{self._foreign_root}/{one.topic}", one.payload, retain=one.retain)
            return
        body = Position(
            id=player.id,
            at=at,
            lat=round(fix.place[0], 6),
            lon=round(fix.place[1], 6),
            alt_m=fix.alt_m,
            course_deg=None if fix.course_deg is None else round(fix.course_deg, 1),
            speed_mps=round(fix.speed_mps, 1),
            accuracy_m=6.0,
        )
        qos, retain = KINDS["position"]
        topic = object_topic(self.root, agency, "position", player.id)
        self._publish(t, agency, topic, encode(body), qos=qos, retain=retain, expiry_s=_POSITION_EXPIRY_S)

    def _change_status(self, player: Player) -> None:
        flipped = {"available": "busy", "busy": "available"}.get(player.status)
        if player.assignment is None and flipped is not None:
            player.status = flipped
            self._show(player)
        mean_s = _STATUS_MEAN_S.get(player.status, 120.0)
        self._at(self.now + 20.0 + player.rng.expovariate(1 / mean_s), lambda: self._change_status(player))

    def _show(self, player: Player) -> None:
        """Say what a unit is and does, where its agency's format does not say it with each position."""
        speech = tongue(player.agency.format)
        if self._opening or (speech is not None and speech.has_words):
            return
        body = Unit(
            id=player.id,
            at=self.moment(self.now),
            callsign=player.callsign,
            kind=player.kind,
            capabilities=player.capabilities,
            status=player.status,
            crew=player.crew,
        )
        self._say(player.agency.id, body, self.now)

    def _say_answer(self, answer: Answer, owner: str) -> None:
        eta_s = None if answer.eta_s is None else round(answer.eta_s / self._rate)
        self._say(owner, msgspec.structs.replace(answer, eta_s=eta_s), self.now)

    def _say(self, agency: str, body: Statement, t: float | None) -> None:
        """Publish a statement as the next revision of its object; `t` None keeps the body's own time."""
        kind = kind_of(body)
        key = (agency, kind, body.id)
        if key in self._taken_over:
            return
        foreign = self._foreign.get(key)
        if foreign is not None:
            form, same_as = foreign
            self._say_in(form, agency, body if t is None else msgspec.structs.replace(body, at=self.moment(t)), same_as)
            return
        rev = self._revs[key] = self._revs.get(key, 0) + 1
        at = body.at if t is None else self.moment(t)
        body = msgspec.structs.replace(
            body, at=at, rev=rev, by=OPERATOR, role=_ROLES.get(kind, "system"), agency=agency
        )
        qos, retain = KINDS[kind]
        topic = topic_of(self.root, agency, body)
        message = Published(self.now, agency, topic, encode(body), qos, retain)
        self._out.append(message)
        if kind == "log":
            self.log.append(message)
        elif body.deleted:
            self._out.append(Published(self.now, agency, topic, b"", qos, retain))
            self.retained.pop(topic, None)
        else:
            self.retained[topic] = message

    def _say_in(self, form: str, agency: str, body: Statement, same_as: str) -> None:
        """Publish a statement in another format; a broker that lost its memory is told it again."""
        speech = object_tongue(form)
        assert speech is not None
        said = speech.say(agency, body, same_as)
        topic = f"{self._foreign_root}/{said.topic}"
        message = Published(self.now, agency, topic, said.payload, 1, said.retain)
        self._out.append(message)
        if said.retain:
            self.retained[topic] = message

    def _publish(
        self,
        t: float,
        agency: str,
        topic: str,
        payload: bytes,
        *,
        qos: int = 0,
        retain: bool = False,
        expiry_s: int = 0,
    ) -> None:
        self._out.append(Published(t, agency, topic, payload, qos, retain, expiry_s))

    def _clear_away(self, before: set[Key]) -> None:
        """Take back what an earlier run said and this one has not said yet."""
        said = set(self.retained)
        for key, report in self._earlier.items():
            agency, kind, object_id = key
            if key not in before or kind not in _RESET or topic_of(self.root, agency, report.body) in said:
                continue
            if kind == "answer" and (getattr(report.body, "requester", ""), object_id) not in self._scripted:
                continue
            self._say(agency, msgspec.structs.replace(report.body, deleted=True), self.now)

    # What is heard ---------------------------------------------------------------------------------------------

    def _take(self, report: Report) -> None:
        body, kind = report.body, kind_of(report.body)
        if isinstance(body, Retraction) or kind not in _HEARD:
            return
        if isinstance(body, Incident) and body.lat is not None and body.lon is not None:
            self._places[report.agency, body.id] = (body.lat, body.lon)
        ours = report.agency in self._agencies
        if isinstance(body, Presence):
            if ours and body.id != DESK:
                self._take_presence(report.agency, body)
            return
        key = (report.agency, kind, body.id)
        known_rev = self._revs.get(key, 0)
        if ours:
            self._revs[key] = max(known_rev, body.rev)
            if body.by == OPERATOR and body.rev > known_rev and not body.deleted:
                self._earlier[key] = report
            elif body.by != OPERATOR and body.rev >= known_rev:
                self._earlier.pop(key, None)
                self._taken_over.add(key)
                self.retained.pop(topic_of(self.root, report.agency, body), None)
        if isinstance(body, Answer) and ours:
            self._take_answer(report.agency, body, known_rev)
        elif isinstance(body, Task):
            self._take_task(report.agency, body)
        elif body.by == OPERATOR:
            return
        elif isinstance(body, IncidentCommand):
            self.neighbours.hear_command(report.agency, body)
        elif isinstance(body, ResourceRequest):
            self.neighbours.hear_request(report.agency, body)

    def _take_presence(self, agency: str, body: Presence) -> None:
        desks = self._desks.setdefault(agency, set())
        if body.online and not body.deleted:
            if body.id not in desks:
                desks.add(body.id)
                self._out.extend(msgspec.structs.replace(line, t=self.now) for line in self.log)
        elif body.id in desks:
            desks.discard(body.id)
            if not desks:
                self.tasking.left_alone(agency)

    def _take_answer(self, owner: str, body: Answer, known_rev: int) -> None:
        if body.by != OPERATOR:
            self.tasking.people_said(body.requester, body.id, body.state)
        elif body.rev > known_rev:
            self.tasking.resume(body.requester, body.id, body.state)
        if (body.requester, body.id) not in self.tasking.assignments:
            self._earlier_answers[owner, body.requester, body.id] = body

    def _take_task(self, requester: str, body: Task) -> None:
        if body.assignee_agency not in self._agencies or body.deleted:
            return
        if body.by == OPERATOR and (requester, body.id) in self._scripted:
            return
        earlier = self._earlier_answers.get((body.assignee_agency, requester, body.id))
        assignment = Assignment(
            requester=requester,
            task=body,
            player=self._units.get((body.assignee_agency, body.unit)),
            place=self._places.get((body.incident_agency, body.incident)),
            rng=self._dice(f"{requester}/{body.id}"),
            state=earlier.state if earlier is not None else "requested",
            by_people=earlier is not None and earlier.by != OPERATOR,
        )
        self.tasking.take(assignment)

    def _with_ids(self, line: TaskLine) -> TaskLine:
        """The line with the ids of the units that counters offer, not their callsigns."""
        answers = (
            msgspec.structs.replace(step, offers=self._callsigns[line.asked, step.offers].id) if step.offers else step
            for step in line.answers
        )
        return msgspec.structs.replace(line, answers=tuple(answers))

    def _spare(self, player: Player) -> Player | None:
        """Another unit of the same agency and kind that is free."""
        alike = (one for one in self.players if one.agency is player.agency and one.kind == player.kind)
        return next((one for one in alike if one.status == "available" and one.assignment is None), None)

    def _dice(self, what: str) -> random.Random:
        return random.Random(f"{self._seed}/task/{what}")  # noqa: S311 - a game's dice, no secret

    def _at(self, t: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (t, next(self._order), event))


def _foreign_objects(scenario: Scenario) -> dict[Key, tuple[str, str]]:
    """Which objects are said in another format than ours: the format, and what an incident is the same as."""
    resources = (
        ((agency.id, "resource", resource.id), agency.resource_format, "")
        for agency in scenario.agencies
        for resource in agency.resources
        if resource.kind == "beds"
    )
    incidents = (((line.agency, "incident", line.id), line.format, line.same_as) for line in scenario.incidents)
    zones = (((line.agency, "zone", line.id), line.format, "") for line in scenario.zones)
    warnings = (((line.agency, "alert", line.id), line.format, "") for line in scenario.warnings)
    every = (*resources, *incidents, *zones, *warnings)
    return {key: (form, same_as) for key, form, same_as in every if form != "cop-json"}
