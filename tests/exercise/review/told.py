"""A record written by a test, word by word, at seconds of its own; and what a review makes of it."""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from cop.domain.agency import Agency, Presence
from cop.domain.agreement import Agreement, Agreements, AidClause, ShareClause, Term
from cop.domain.batch import BrokerState
from cop.domain.command import IncidentCommand, command_id
from cop.domain.incident import Incident
from cop.domain.statement import Statement
from cop.domain.task import Answer, Task
from cop.domain.unit import Position, Unit
from cop.exercise.control_words import CONTROL, Act, written
from cop.exercise.objectives import Objective
from cop.exercise.review.figures import Review
from cop.exercise.review.review import review
from cop.feeds.message import Feed
from cop.journal.record import BROKER, STARTED
from cop.picture.ground import Ground
from cop.replay.recall import Recall
from tests.replay.stage import NOON, OPERATION, OPERATOR, OWN, Stage

THEIRS, OTHERS = "gastonia-fd", "charlotte-pd"
INCIDENT = "inc-1"


class Record:
    """A desk hears, second by second; `second` is the world's since noon."""

    def __init__(self, folder: Path, *, root: str = "cop/v1", pace: float = 1.0) -> None:
        self.folder = folder
        self.root = root
        feeds = [
            Feed(name=agency, format="cop-json", topic=f"{root}/{agency}/#", agency=agency) for agency in _AGENCIES
        ]
        self.stage = Stage(folder, feeds, root=root)
        self._revisions = itertools.count(1)
        if pace != 1.0:
            begun = {"feeds": feeds, "root": root, "reader": OWN, "operator": OPERATOR, "fresh": True, "pace": pace}
            self.stage.journal.note(STARTED, msgspec.json.encode(begun))
        self.broker("online")

    def at(self, second: float) -> datetime:
        """The moment of a second."""
        return datetime.fromtimestamp(NOON, UTC) + timedelta(seconds=second)

    def go_to(self, second: float) -> None:
        """Time passes until then."""
        self.stage.pulse()
        self.stage.wait(NOON + second - self.stage.now)

    def say(self, agency: str, body: Statement, *, heard: float | None = None, retained: bool = False) -> None:
        """An agency's word, heard as it is said, or at another second."""
        second = body.at.timestamp() - NOON if heard is None else heard
        self.go_to(second)
        self.stage.say(agency, body, retained=retained)

    def word(self, kind: type[Statement], object_id: str, second: float, /, **fields: Any) -> Any:
        """A word that is said at a second; revisions count on."""
        rev = fields.pop("rev", next(self._revisions))
        role = {Task: "commander", Answer: "liaison", Incident: "dispatcher"}.get(kind, "system")
        return kind(id=object_id, at=self.at(second), rev=rev, by="Test", role=fields.pop("role", role), **fields)

    def unit(self, agency: str, unit: str, second: float, kind: str = "engine", **fields: Any) -> None:
        """What a unit is."""
        self.say(agency, self.word(Unit, unit, second, callsign=unit.title(), kind=kind, **fields))

    def place(self, agency: str, unit: str, second: float, lat: float = 35.2, lon: float = -80.9) -> None:
        """Where it is."""
        self.say(agency, self.word(Position, unit, second, lat=lat, lon=lon))

    def incident(self, second: float, status: str = "open", **fields: Any) -> None:
        """Our incident."""
        said = {"type": "fire", "title": "Warehouse fire", "lat": 35.2, "lon": -80.9, "status": status, **fields}
        self.say(OWN, self.word(Incident, INCIDENT, second, **said))

    def ask(self, second: float, task: str = "t-1", owner: str = THEIRS, unit: str = "engine-2", **fields: Any) -> None:
        """We ask another agency for a unit, for the incident."""
        self.say(OWN, self.asking(second, task, owner, unit, **fields))

    def asking(self, second: float, task: str, owner: str, unit: str, **fields: Any) -> Any:
        """The word by which we do."""
        said = {"objective": f"Do {task}", "incident_agency": OWN, "incident": INCIDENT, **fields}
        return self.word(Task, task, second, assignee_agency=owner, unit=unit, **said)

    def answer(self, second: float, state: str, task: str = "t-1", owner: str = THEIRS, **fields: Any) -> None:
        """The owner answers."""
        self.say(owner, self.answering(second, state, task, **fields))

    def answering(self, second: float, state: str, task: str = "t-1", **fields: Any) -> Any:
        """The word by which it does."""
        return self.word(Answer, task, second, requester=OWN, state=state, **fields)

    def command(self, second: float, agency: str, *, holds: bool = True) -> None:
        """An agency says that it commands the incident, or that it does not."""
        word = self.word(
            IncidentCommand,
            command_id(OWN, INCIDENT),
            second,
            incident_agency=OWN,
            incident=INCIDENT,
            holds=holds,
            commander="Chief",
            role="commander",
        )
        self.say(agency, word)

    def online(self, second: float, agency: str) -> None:
        """A desk of theirs is there, and says who they are."""
        self.say(agency, self.word(Agency, agency, second, name=agency.replace("-", " ").title()))
        self.say(agency, self.word(Presence, "desk", second, online=True))

    def broker(self, state: str) -> None:
        """How the connection is now."""
        self.stage.journal.note(BROKER, msgspec.json.encode(BrokerState(state=state, url="mqtt://here")))

    def control(self, second: float, act: str, t: float, **fields: Any) -> None:
        """The controller's note of what became of the exercise."""
        self.go_to(second)
        said = Act(at=self.at(second), t=t, act=act, **fields)  # type: ignore[arg-type]  # one of its words
        self.stage.journal.note(CONTROL, written(said))

    def end(self, second: float) -> None:
        """The record ends there."""
        self.go_to(second)
        self.stage.stopped()
        self.stage.journal.close()


_AGENCIES = (OWN, THEIRS, OTHERS)


def reviewed(
    folder: Path,
    *,
    agreements: Agreements | None = None,
    objectives: Sequence[Objective] = (),
    ground: Ground | None = None,
    **given: Any,
) -> Review:
    """The review of a folder's record."""
    recall = Recall(folder, OPERATION)
    try:
        return review(
            recall,
            ground=ground or Ground([]),
            agreements=agreements or Agreements(),
            objectives=objectives,
            **given,
        )
    finally:
        recall.close()


def agreements_of(*clauses: AidClause | ShareClause) -> Agreements:
    """One agreement between all."""
    agreement = Agreement(
        id="aid", title="Aid", parties=_AGENCIES, in_force_from=datetime(2020, 1, 1, tzinfo=UTC).date(), clauses=clauses
    )
    return Agreements([Term(agreement, clause) for clause in clauses])


def goal(measure: str, within_s: float, **fields: Any) -> Objective:
    """An objective."""
    return Objective(id=measure, text=f"The {measure} of it", measure=measure, within_s=within_s, **fields)  # type: ignore[arg-type]
