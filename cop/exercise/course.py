"""What has become of an exercise so far, as far as injects wait for it: incidents, requests and answers, arrivals."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cop.domain.incident import Incident
from cop.domain.statement import Statement
from cop.domain.task import Answer, Task

Unit = tuple[str, str]


@dataclass(slots=True)
class Asked:
    """A request for a unit: who asked, since when, and where it stands."""

    asker: str
    task: Task
    since_s: float
    state: str = "requested"
    answered: bool = False

    @property
    def unit(self) -> Unit:
        """Whose unit, and which one (id)."""
        return (self.task.assignee_agency, self.task.unit)


class Course:
    """Listens to everything that is said; `is_news` until somebody has looked."""

    def __init__(self, now: Callable[[], float], consented: Callable[[Task], bool]) -> None:
        """`consented`: whether a task needs no answer."""
        self.is_news = False
        self.incidents: dict[tuple[str, str], str] = {}
        self.asked: dict[tuple[str, str], Asked] = {}
        #: units that have come to where they were sent: with the incident, empty where there is none
        self.arrived: set[tuple[str, str, str]] = set()
        self._answers: dict[tuple[str, str], Answer] = {}
        self._now, self._consented = now, consented

    def hear(self, agency: str, body: Statement) -> None:
        """Take in a statement of an agency."""
        if isinstance(body, Incident):
            self._note_status((agency, body.id), "cancelled" if body.deleted else body.status)
        elif isinstance(body, Task):
            self._ask((agency, body.id), body)
        elif isinstance(body, Answer):
            self._answers[body.requester, body.id] = body
            self._answer((body.requester, body.id), body)

    def arrives(self, unit: Unit, incident: str) -> None:
        """A unit has come to where it was sent."""
        if (*unit, incident) not in self.arrived:
            self.arrived.add((*unit, incident))
            self.is_news = True

    def on_scene(self, incident: tuple[str, str]) -> Iterator[Asked]:
        """The requests for this incident whose unit is on scene."""
        for one in self.asked.values():
            if (one.task.incident_agency, one.task.incident) == incident and one.state == "on_scene":
                yield one

    def waiting(self) -> Iterator[Asked]:
        """The requests that have had no answer."""
        return (one for one in self.asked.values() if one.state == "requested" and not one.answered)

    def _note_status(self, key: tuple[str, str], status: str) -> None:
        if self.incidents.get(key) != status:
            self.incidents[key] = status
            self.is_news = True

    def _ask(self, key: tuple[str, str], task: Task) -> None:
        if task.draft:
            return
        known = self.asked.get(key)
        if known is None:
            known = self.asked[key] = Asked(key[0], task, self._now(), answered=self._consented(task))
            if key in self._answers:
                self._answer(key, self._answers[key])
        known.task = task
        if task.cancelled or task.deleted:
            known.state = "cancelled"
        self.is_news = True

    def _answer(self, key: tuple[str, str], answer: Answer) -> None:
        asked = self.asked.get(key)
        if asked is None or asked.state in ("cancelled", answer.state):
            return
        asked.state, asked.answered = answer.state, True
        if answer.state == "on_scene":
            self.arrives(asked.unit, asked.task.incident)
        self.is_news = True
