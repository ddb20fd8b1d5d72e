"""What a person does about command of an incident: take it, hand it over, answer an offer, share it, give it up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from cop.domain.desk import Command, Refusal
from cop.domain.rules import commanding
from cop.domain.rules.command import Offer, Standing
from cop.domain.rules.commanding import Here
from cop.domain.task import Task
from cop.domain.words import TASK_OVER
from cop.picture.change import Key
from cop.picture.names import agency_name

if TYPE_CHECKING:
    from cop.ui.desk import Desk


@dataclass(frozen=True, slots=True)
class Asked:
    """What waits for our answer: `hand_over` (command is offered to us) or `unified` (they would command with us)."""

    incident: Key
    kind: Literal["hand_over", "unified"]
    agency: str
    since: datetime
    reason: str = ""
    offer: Offer | None = None


class CommandActs:
    """Every act returns None when it was taken, else the refusal, as all of the desk do."""

    def __init__(self, desk: "Desk") -> None:
        self._desk = desk

    def standing(self, incident: Key) -> Standing:
        """Who is in command of an incident."""
        return self._desk.picture.commanding.standing(incident)

    def may(self) -> Refusal | None:
        """Whether this desk's role takes and gives command; the reason if not."""
        return self._desk.may("take_command")

    def take(self, incident: Key, *, name: str = "", reason: str = "") -> Refusal | None:
        """We are in command from now on."""
        return self._do(incident, lambda here: commanding.take(here, name=name, reason=reason))

    def name_commander(self, incident: Key, name: str) -> Refusal | None:
        """Another person of ours commands from now on."""
        return self._do(incident, lambda here: commanding.name_commander(here, name))

    def offer(self, incident: Key, to: str, reason: str = "") -> Refusal | None:
        """Offer command to another agency; we command until it accepts."""
        return self._do(incident, lambda here: commanding.offer(here, to=to, reason=reason))

    def withdraw(self, incident: Key) -> Refusal | None:
        """Take our offer back."""
        return self._do(incident, commanding.withdraw)

    def accept(self, incident: Key, seen: Offer, *, name: str = "") -> Refusal | None:
        """Take over what is offered, and with it, in the same breath, the giver's open tasks."""
        return self._do(incident, lambda here: self._accepted(here, seen, name))

    def decline(self, incident: Key, seen: Offer, reason: str) -> Refusal | None:
        """Say no to what is offered, and why."""
        return self._do(incident, lambda here: commanding.decline(here, seen=seen, reason=reason))

    def relinquish(self, incident: Key, reason: str) -> Refusal | None:
        """Give command up, or leave a unified one."""
        return self._do(incident, lambda here: commanding.relinquish(here, reason))

    def unify(self, incident: Key, others: Iterable[str], *, name: str = "") -> Refusal | None:
        """Ask others to command with us, or say yes to those who ask."""
        return self._do(incident, lambda here: commanding.unify(here, others=others, name=name))

    def decline_unified(self, incident: Key, other: str, reason: str = "") -> Refusal | None:
        """Say no to who would command with us, or take our own asking back."""
        return self._do(incident, lambda here: commanding.decline_unified(here, other=other, reason=reason))

    def tasks_of(self, incident: Key, giver: str) -> list[Task]:
        """The giver's open tasks for an incident: what goes with command."""
        picture, now = self._desk.picture, self._desk.now()
        about = picture.same.of(incident)
        return [
            body
            for report in sorted(picture.tasks.values(), key=lambda one: one.key)
            if report.agency == giver
            and isinstance(body := report.body, Task)
            and (body.incident_agency, body.incident) in about
            and not body.draft
            and picture.task_state(report, now) not in TASK_OVER - {"expired"}  # an answer may still come
        ]

    def waiting_for_us(self) -> list[Asked]:
        """What waits for our agency's answer about command, the longest waiting first."""
        return sorted(self._asked(), key=lambda one: (one.since, one.incident, one.agency))

    def _asked(self) -> Iterable[Asked]:
        own, command = self._desk.operator.agency, self._desk.picture.commanding
        for incident in command.incidents():
            standing = command.standing(incident)
            for offer in standing.offers:
                if offer.taker == own:
                    yield Asked(incident, "hand_over", offer.giver, offer.at, offer.reason, offer)
            for one in standing.proposals:
                if one.other == own:
                    yield Asked(incident, "unified", one.agency, one.at, one.reason)

    def _accepted(self, here: Here, seen: Offer, name: str) -> Command | Refusal:
        decided = commanding.accept(here, seen=seen, name=name)
        if isinstance(decided, Refusal):
            return decided
        theirs = [(seen.giver, task) for task in self.tasks_of(here.incident, seen.giver)]
        ours = commanding.adopted(here.operator, theirs, here.at, lambda: self._desk.new_id("task"))
        return Command(decided.body, (*decided.also, *ours))

    def _do(self, incident: Key, decide: Callable[[Here], Command | Refusal]) -> Refusal | None:
        desk = self._desk
        here = Here(
            desk.operator,
            incident,
            desk.picture.commanding.words(incident),
            desk.now(),
            lambda agency: agency_name(desk.picture, agency),
        )
        return desk.do(decide(here))
