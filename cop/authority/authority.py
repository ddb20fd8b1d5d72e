"""The one place that screens ask: who leads an incident, and whom may this desk ask."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cop.authority.candidates import Candidate, Need
from cop.authority.conflicts import Conflicts
from cop.authority.engaged import Engaged
from cop.authority.suggest import Suggestions
from cop.domain.agreement import Agreements
from cop.domain.desk import Operator
from cop.domain.incident import Incident
from cop.domain.rules.conflict import Conflict
from cop.domain.rules.lead import Lead, Site, who_leads
from cop.domain.rules.tasking import Direct, Request, Tasking
from cop.picture.change import Change, Key
from cop.picture.ground import Ground
from cop.picture.picture import Picture


@dataclass(frozen=True, slots=True)
class LeadChange:
    """Who leads an incident is no longer who did: announced, never silent."""

    incident: Key
    before: Lead
    after: Lead
    words: str


class Authority:
    """Rules and agreements over one picture, for one desk. `take` first what a pulse changed, then ask."""

    def __init__(
        self,
        picture: Picture,
        ground: Ground,
        agreements: Agreements,
        operator: Operator,
        now: Callable[[], datetime],
        *,
        live: bool = True,
    ) -> None:
        self.picture = picture
        self.ground = ground
        self.agreements = agreements
        self.operator = operator
        self.now = now
        self.live = live
        self.engaged = Engaged(picture)
        self.suggestions = Suggestions(picture, ground, self.engaged, own=operator.agency, live=live)
        self.standing = Conflicts(picture, ground, self.engaged, own=operator.agency, live=live, lead=self.lead)

    def take(self, change: Change) -> list[LeadChange]:
        """Look at what a pulse changed; whose lead changed by it."""
        self.engaged.take(change)
        self.suggestions.take(change)
        self.standing.take(change, self.now())
        return []

    def tick(self) -> list[LeadChange]:
        """A second has passed: clauses begin and end by the clock."""
        self.standing.tick(self.now())
        return []

    def lead(self, incident: Key) -> Lead | None:
        """Who leads; None while the incident is not known, has no place, or a doubtful one."""
        report = self.picture.incidents.get(incident)
        body = report.body if report is not None else None
        if not isinstance(body, Incident) or body.lat is None or body.lon is None:
            return None
        return who_leads(body, Site(inside=tuple(self.ground.at(body.lat, body.lon))), self.agreements, self.now())

    def site(self, incident: Key) -> Site | None:
        """What lies under and around an incident; None as for `lead`."""
        return None

    def may_task(self, unit: Key, incident: Key | None) -> Tasking:
        """Whether this desk may send a unit to an incident: directly, by asking, or not."""
        if unit[0] == self.operator.agency:
            return Direct("our own unit")
        return Request("no agreement covers this: its owner is asked")

    def suggest(self, incident: Key, need: Need | None = None, *, limit: int = 6) -> list[Candidate]:
        """Who could be sent, the best first."""
        return self.suggestions.rank(incident, need, self.may_task, self.now(), limit=limit)

    def leaves_uncovered(self, unit: Key) -> str:
        """What a unit's going takes from home: "last available engine of Gastonia FD"; empty if nothing."""
        return self.suggestions.leaves_uncovered(unit, self.now())

    def conflicts(self) -> list[Conflict]:
        """What stands open, the most urgent first, ours before others'; what was set aside comes last."""
        return self.standing.standing()
