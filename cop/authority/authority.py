"""The one place that screens ask: who leads an incident, and whom may this desk ask."""

from collections.abc import Callable, Collection
from datetime import datetime

from cop.authority.candidates import Candidate, Need
from cop.authority.conflicts import Conflicts
from cop.authority.engaged import Engaged
from cop.authority.leads import LeadChange, Leads
from cop.authority.modes import Mode, Modes
from cop.authority.suggest import Suggestions
from cop.domain.agreement import Agreements
from cop.domain.desk import Operator
from cop.domain.rules.conflict import Conflict
from cop.domain.rules.lead import Lead, Site
from cop.domain.rules.tasking import Tasking
from cop.picture.change import Change, Key
from cop.picture.ground import Ground
from cop.picture.picture import Picture
from cop.picture.whereabouts import Whereabouts

__all__ = ["Authority", "LeadChange"]


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
        whereabouts: Whereabouts | None = None,
    ) -> None:
        """`whereabouts` of the units, where the desk has them already: to make them takes a second on large ground."""
        self.picture = picture
        self.ground = ground
        self.agreements = agreements
        self.operator = operator
        self.now = now
        self.live = live
        self._modes = Modes(picture, agreements, operator, live=live)
        self.engaged = Engaged(picture, now)
        self.leads = Leads(picture, ground, agreements, self.engaged, now)
        self.suggestions = Suggestions(picture, ground, self.engaged, own=operator.agency, live=live)
        whereabouts = whereabouts or Whereabouts(ground)
        self.standing = Conflicts(picture, self.engaged, whereabouts, own=operator.agency, live=live, lead=self.lead)

    def take(self, change: Change) -> list[LeadChange]:
        """Look at what a pulse changed; whose lead changed by it."""
        self._modes.take(change)
        looked_at = self.engaged.take(change)
        passed = self.leads.take(change, looked_at.tasks)
        self.suggestions.take(change)
        self.standing.take(change, self.now(), touched=looked_at, moved_leads=[one.incident for one in passed])
        return passed

    def forget(self) -> None:
        """The next change tells of another moment: no lead passes by that, and nothing that stands is set aside."""
        self.leads.forget()
        self.standing.forget()

    def tick(self) -> list[LeadChange]:
        """A second has passed: clauses begin and end by the clock."""
        moved_on = self.engaged.tick()
        passed = self.leads.take(Change(), moved_on.tasks) if moved_on else []
        passed += self.leads.tick()
        self.standing.tick(self.now(), touched=moved_on, moved_leads=[one.incident for one in passed])
        return passed

    def lead(self, incident: Key) -> Lead | None:
        """Who leads; None while the incident is not known, has no place, or a doubtful one."""
        return self.leads.lead(incident)

    def site(self, incident: Key) -> Site | None:
        """What lies under and around an incident; None as for `lead`."""
        return self.leads.site(incident)

    def may_task(
        self, unit: Key, incident: Key | None, *, beside: Collection[Key] = (), instead_of: Key | None = None
    ) -> Tasking:
        """Whether this desk may send a unit to an incident: directly, by asking, or not.

        `beside` are units that are sent in the same breath: they use up a clause as well. `instead_of` is the task
        whose place this takes: it uses it up no longer.
        """
        return self._modes.may_task(unit, incident, self.now(), beside, instead_of)

    def modes(self, incident: Key | None) -> Mode:
        """How we get a unit of an agency and kind for an incident, whoever sits at this desk; cheap to ask often."""
        return self._modes.of(incident, self.now())

    def mode_of(self, unit: Key, incident: Key | None) -> Tasking:
        """How we get a unit for an incident as far as agreements go, whoever sits at this desk."""
        return self._modes.of_unit(unit, incident, self.now())

    def suggest(self, incident: Key, need: Need | None = None, *, limit: int = 6) -> list[Candidate]:
        """Who could be sent, the best first."""
        return self.suggestions.rank(incident, need, self.mode_of, self.now(), limit=limit)

    def leaves_uncovered(self, unit: Key, *, gone: bool = False) -> str:
        """What a unit's going takes from home: "last available engine of Gastonia FD"; empty if nothing.

        `gone`: it has been sent already.
        """
        return self.suggestions.leaves_uncovered(unit, self.now(), gone=gone)

    def conflicts(self) -> list[Conflict]:
        """What stands open, the most urgent first, ours before others'; what was set aside comes last."""
        return self.standing.standing()
