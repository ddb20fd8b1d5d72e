"""What a simulated exercise hears: people at their desks, and what an earlier run has left at the broker."""

from datetime import datetime

import msgspec

from cop.domain.agency import Presence
from cop.domain.command import IncidentCommand
from cop.domain.incident import Incident
from cop.domain.report import Report, Retraction, kind_of
from cop.domain.request import ResourceRequest
from cop.domain.task import Answer, Task
from cop.exercise.stage import Stage
from cop.exercise.voices import OPERATOR, Key
from cop.feeds.adapters.cop_json import CopJson
from cop.feeds.message import BadMessage, Feed, Message
from cop.feeds.topics import topic_of

#: the desk under which a simulated agency is present
DESK = "exercise"
#: the kinds that it listens to
HEARD = ("unit", "resource", "incident", "zone", "task", "answer", "presence", "command", "request", "fill")
_RESET = frozenset({"incident", "zone", "task", "answer", "command", "request", "fill"})


class Hearing:
    """Takes in messages below the exercise's root, and tells the stage what follows."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._agencies = {agency.id for agency in stage.scenario.speakers}
        self._ear = CopJson(Feed(name="exercise", format="cop-json", topic=f"{stage.voices.root}/#"))
        self._earlier: dict[Key, Report] = {}  # what an earlier run left behind
        self._earlier_answers: dict[tuple[str, str, str], Answer] = {}

    def take(self, topic: str, payload: bytes, received_at: datetime) -> None:
        """Take in what somebody published; what cannot be read is not for us."""
        for report in self._reports(topic, payload, received_at):
            self._take(report)

    def remember(self, topic: str, payload: bytes, received_at: datetime) -> None:
        """Take in of an earlier run only which words are people's, and up to where ours were numbered."""
        for report in self._reports(topic, payload, received_at):
            body, kind = report.body, kind_of(report.body)
            if report.agency not in self._agencies or isinstance(body, Presence | Retraction):
                continue
            if isinstance(body, Answer) and (body.requester, body.id) not in self._stage.scripted:
                continue  # whoever takes its request in again must find it new
            key = (report.agency, kind, body.id)
            self._stage.voices.revs[key] = max(self._stage.voices.revs.get(key, 0), body.rev)
            if body.by != OPERATOR:
                self._stage.voices.taken.add(key)

    def clear_away(self, before: set[Key]) -> None:
        """Take back what an earlier run said and this one has not said yet."""
        said = set(self._stage.voices.retained)
        for key, report in self._earlier.items():
            agency, kind, object_id = key
            if (
                key not in before
                or kind not in _RESET
                or topic_of(self._stage.voices.root, agency, report.body) in said
            ):
                continue
            if kind == "answer" and (getattr(report.body, "requester", ""), object_id) not in self._stage.scripted:
                continue
            self._stage.say(agency, msgspec.structs.replace(report.body, deleted=True))

    def _reports(self, topic: str, payload: bytes, received_at: datetime) -> list[Report]:
        try:
            return self._ear.decode(Message(topic, payload, received_at))
        except BadMessage:
            return []

    def _take(self, report: Report) -> None:
        body, kind, stage = report.body, kind_of(report.body), self._stage
        if isinstance(body, Retraction) or kind not in HEARD:
            return
        if isinstance(body, Incident) and body.lat is not None and body.lon is not None:
            stage.places[report.agency, body.id] = (body.lat, body.lon)
        ours = report.agency in self._agencies
        if isinstance(body, Presence):
            if ours and body.id != DESK:
                self._take_presence(report.agency, body)
            return
        key = (report.agency, kind, body.id)
        revs = stage.voices.revs
        known_rev = revs.get(key, 0)
        if ours:
            revs[key] = max(known_rev, body.rev)
            if body.by == OPERATOR and body.rev > known_rev and not body.deleted:
                self._earlier[key] = report
            elif body.by != OPERATOR and body.rev >= known_rev:
                self._earlier.pop(key, None)
                stage.voices.taken.add(key)
                stage.voices.retained.pop(topic_of(stage.voices.root, report.agency, body), None)
        if body.by != OPERATOR and body.rev >= known_rev:
            stage.course.hear(report.agency, body)
        if isinstance(body, Answer) and ours:
            self._take_answer(report.agency, body, known_rev)
        elif isinstance(body, Task):
            self._take_task(report.agency, body)
        elif body.by == OPERATOR:
            return
        elif isinstance(body, IncidentCommand):
            stage.neighbours.hear_command(report.agency, body)
        elif isinstance(body, ResourceRequest):
            stage.neighbours.hear_request(report.agency, body)

    def _take_presence(self, agency: str, body: Presence) -> None:
        desks = self._stage.desks.setdefault(agency, set())
        if body.online and not body.deleted:
            if body.id not in desks:
                desks.add(body.id)
                self._stage.voices.repeat_log()
        elif body.id in desks:
            desks.discard(body.id)
            if not desks and agency not in self._stage.by_hand:
                self._stage.tasking.left_alone(agency)

    def _take_answer(self, owner: str, body: Answer, known_rev: int) -> None:
        if body.by != OPERATOR:
            self._stage.tasking.people_said(body.requester, body.id, body.state)
        elif body.rev > known_rev:
            self._stage.tasking.resume(body.requester, body.id, body.state)
        if (body.requester, body.id) not in self._stage.tasking.assignments:
            self._earlier_answers[owner, body.requester, body.id] = body

    def _take_task(self, requester: str, body: Task) -> None:
        if body.assignee_agency not in self._agencies or body.deleted:
            return
        if body.by == OPERATOR and (requester, body.id) in self._stage.scripted:
            return
        self._stage.assign(requester, body, self._earlier_answers.get((body.assignee_agency, requester, body.id)))
