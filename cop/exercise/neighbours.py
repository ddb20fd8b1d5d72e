"""What simulated agencies say when somebody offers them command, or asks everybody for resources."""

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from cop.domain.command import IncidentCommand, command_id
from cop.domain.request import Fill, ResourceRequest
from cop.domain.statement import Statement
from cop.exercise.lines import Participant
from cop.exercise.tasking import Schedule

_ACKNOWLEDGES_S = (6.0, 14.0)
_OFFERS_S = (8.0, 40.0)
#: so many agencies answer a request for resources
_GIVERS = 3
_STAMPED_LATER = datetime(2000, 1, 1, tzinfo=UTC)


class Neighbours:
    """Unstaffed agencies take command that is offered to them, and give of what they have."""

    def __init__(
        self,
        agencies: Mapping[str, Participant],
        *,
        schedule: Schedule,
        now: Callable[[], float],
        say: Callable[[str, Statement], object],
        staffed: Callable[[str], bool],
        seed: int,
    ) -> None:
        self._agencies = agencies
        self._schedule = schedule
        self._now = now
        self._say = say
        self._staffed = staffed
        self._seed = seed
        #: the newest revision heard of each giver's word about an incident
        self._offers: dict[tuple[str, str], int] = {}
        self._asked: set[tuple[str, str]] = set()

    def hear_command(self, giver: str, word: IncidentCommand) -> None:
        """An offer of command is acknowledged after a while, unless it was taken back or people sit there."""
        if word.rev <= self._offers.get((giver, word.id), -1):
            return
        self._offers[giver, word.id] = word.rev
        taker = self._agencies.get(word.offered_to)
        if taker is None or word.deleted or not word.holds:
            return

        def acknowledge() -> None:
            if self._offers[giver, word.id] == word.rev and not self._staffed(taker.id):
                self._say(taker.id, _taken(giver, taker, word))

        wait_s = self._dice(f"{giver}/{word.id}/{word.rev}").uniform(*_ACKNOWLEDGES_S)
        self._schedule(self._now() + wait_s, acknowledge)

    def hear_request(self, asker: str, request: ResourceRequest) -> None:
        """Who has what is asked for offers of it: the first few agencies, until there is enough."""
        if (asker, request.id) in self._asked or request.cancelled or request.deleted:
            return
        self._asked.add((asker, request.id))
        dice = self._dice(f"{asker}/{request.id}")
        missing, givers = request.quantity, 0
        for agency in self._agencies.values():
            if agency.id == asker or (request.asked_of and agency.id not in request.asked_of):
                continue
            for line in agency.resources:
                has = line.quantity if line.available is None else line.available
                if line.kind != request.kind or not has or not missing or givers >= _GIVERS:
                    continue
                gives = min(has, missing)
                missing, givers = missing - gives, givers + 1
                fill = Fill(id=request.id, at=_STAMPED_LATER, requester=asker, quantity=gives, resource=line.id)
                self._schedule(self._now() + dice.uniform(*_OFFERS_S), self._offer(agency.id, fill))
                break

    def _offer(self, agency: str, fill: Fill) -> Callable[[], None]:
        def offer() -> None:
            if not self._staffed(agency):
                self._say(agency, fill)

        return offer

    def _dice(self, what: str) -> random.Random:
        return random.Random(f"{self._seed}/{what}")  # noqa: S311 - a game's dice, no secret


def _taken(giver: str, taker: Participant, word: IncidentCommand) -> IncidentCommand:
    return IncidentCommand(
        id=command_id(word.incident_agency, word.incident),
        at=_STAMPED_LATER,
        incident_agency=word.incident_agency,
        incident=word.incident,
        holds=True,
        commander=taker.operator,
        taken_from=giver,
        taken_rev=word.rev,
    )
