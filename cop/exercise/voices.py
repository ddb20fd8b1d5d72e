"""What the agencies say, as it leaves them: numbered, in their formats, below their topics; and what fails there."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import msgspec

from cop.domain.report import kind_of
from cop.domain.statement import Statement
from cop.domain.unit import Position
from cop.exercise.cast import Player
from cop.exercise.faults import Faults
from cop.exercise.feeds import STALE_S
from cop.exercise.movement import Fix
from cop.exercise.scenario import Scenario
from cop.exercise.tongues import foreign_root, object_tongue, tongue
from cop.feeds.adapters.cop_json import encode
from cop.feeds.topics import KINDS, exercise_root, object_topic, topic_of

#: who speaks in the simulation's statements (`by`); anybody else is a person at a desk
OPERATOR = "exercise"
_POSITION_EXPIRY_S = 300
#: who of an agency says what: people bind people, machines tell what happens
_ROLES = {
    "task": "commander",
    "answer": "dispatcher",
    "command": "commander",
    "request": "commander",
    "fill": "liaison",
}

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


class Voices:
    """Takes statements and positions; what is to be published is fetched."""

    def __init__(
        self,
        scenario: Scenario,
        *,
        now: Callable[[], float],
        moment: Callable[[], datetime],
        listen: Callable[[str, Statement], None],
    ) -> None:
        """`now` is the exercise's second, `moment` what clocks show; `listen` hears every statement."""
        self.root = exercise_root(scenario.name)
        self.foreign_root = foreign_root(scenario.name)
        #: what a broker that lost its memory must be told again, by topic
        self.retained: dict[str, Published] = {}
        #: log lines so far: they are not retained, so a desk that joins is told them again
        self.log: list[Published] = []
        #: the newest revision of each object, whoever said it
        self.revs: dict[Key, int] = {}
        #: what people have changed: theirs from then on
        self.taken: set[Key] = set()
        #: the last word about each object, where it was ours
        self.said: dict[Key, Statement] = {}
        self.faults = Faults()
        #: nothing leaves while an earlier run is gone over
        self.is_still = False
        self._foreign = _foreign_objects(scenario)
        self._now, self._moment, self._listen = now, moment, listen
        self._out: list[Published] = []
        self._unsaid: dict[str, list[Published]] = {}

    def fetch(self) -> list[Published]:
        """Everything said since the last call, in order."""
        said, self._out = self._out, []
        return said

    def say(self, agency: str, body: Statement, *, as_of_then: bool = False) -> bool:
        """Publish a statement as the next revision of its object, said now, or `as_of_then`: of its own time.

        False where it is not the exercise's to say: people have changed that object.
        """
        kind = kind_of(body)
        key = (agency, kind, body.id)
        if key in self.taken:
            return False
        at = body.at if as_of_then else self._moment()
        body = msgspec.structs.replace(body, at=at + self.faults.clock_of(agency, self._now()))
        foreign = self._foreign.get(key)
        if foreign is not None:
            self._say_in(foreign[0], agency, body, foreign[1])
        else:
            rev = self.revs[key] = self.revs.get(key, 0) + 1
            body = msgspec.structs.replace(body, rev=rev, by=OPERATOR, role=_ROLES.get(kind, "system"), agency=agency)
            self._say(agency, kind, body)
        self.said[key] = body
        self._listen(agency, body)
        return True

    def repeat_log(self) -> None:
        """Say all log lines again."""
        for line in self.log:
            self._publish(msgspec.structs.replace(line, t=self._now()))

    def place(self, player: Player, fix: Fix) -> None:
        """Publish where a unit is, in its agency's format."""
        if self.is_still:
            return
        agency = player.agency.id
        if player.says_place is not None:
            fix = replace(fix, place=player.says_place)
        garbage = self.faults.is_garbled(agency, self._now())
        at = self._moment() + self.faults.clock_of(agency, self._now())
        speech = tongue(player.agency.format)
        if speech is not None:
            spoken = speech.position(player.speaker, fix, at, STALE_S)
            for one in spoken:
                self._place(agency, f"{self.foreign_root}/{one.topic}", one.payload, retain=one.retain, garbage=garbage)
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
        self._place(agency, topic, encode(body), qos=qos, retain=retain, expiry_s=_POSITION_EXPIRY_S, garbage=garbage)

    def blare(self, agency: str, topic: str, payload: bytes) -> None:
        """Publish something as it is, kept by nobody."""
        self._publish(Published(self._now(), agency, topic, payload, 0, False))

    def speak_up(self, agency: str) -> None:
        """An agency that could not be heard can be again: what it has said meanwhile is said."""
        for message in self._unsaid.pop(agency, ()):
            self._publish(msgspec.structs.replace(message, t=self._now()))

    def _say(self, agency: str, kind: str, body: Statement) -> None:
        qos, retain = KINDS[kind]
        topic = topic_of(self.root, agency, body)
        message = Published(self._now(), agency, topic, encode(body), qos, retain)
        self._publish(message)
        if kind == "log":
            self.log.append(message)
        elif body.deleted:
            self._publish(Published(self._now(), agency, topic, b"", qos, retain))
            self.retained.pop(topic, None)
        else:
            self.retained[topic] = message

    def _say_in(self, form: str, agency: str, body: Statement, same_as: str) -> None:
        """Publish a statement in another format; a broker that lost its memory is told it again."""
        speech = object_tongue(form)
        assert speech is not None
        said = speech.say(agency, body, same_as)
        topic = f"{self.foreign_root}/{said.topic}"
        message = Published(self._now(), agency, topic, said.payload, 1, said.retain)
        self._publish(message)
        if said.retain:
            self.retained[topic] = message

    def _place(
        self,
        agency: str,
        topic: str,
        payload: bytes,
        *,
        garbage: bool,
        qos: int = 0,
        retain: bool = False,
        expiry_s: int = 0,
    ) -> None:
        if garbage:
            self._publish(Published(self._now(), agency, topic, self.faults.garbled(payload), 0, False))
        else:
            self._publish(Published(self._now(), agency, topic, payload, qos, retain, expiry_s))

    def _publish(self, message: Published) -> None:
        if self.is_still:
            return
        if not self.faults.is_mute(message.agency, self._now()):
            self._out.append(message)
        elif message.qos:
            self._unsaid.setdefault(message.agency, []).append(message)


def _foreign_objects(scenario: Scenario) -> dict[Key, tuple[str, str]]:
    """Which objects are said in another format than ours: the format, and what an incident is the same as."""
    resources = (
        ((agency.id, "resource", resource.id), agency.resource_format, "")
        for agency in scenario.agencies
        for resource in agency.resources
        if resource.kind == "beds"
    )
    incidents = (((line.agency, "incident", line.id), line.format, line.same_as) for line in scenario.all_incidents)
    zones = (((line.agency, "zone", line.id), line.format, "") for line in scenario.all_zones)
    warnings = (((line.agency, "alert", line.id), line.format, "") for line in scenario.all_warnings)
    every = (*resources, *incidents, *zones, *warnings)
    return {key: (form, same_as) for key, form, same_as in every if form != "cop-json"}
