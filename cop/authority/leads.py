"""Who leads each incident, kept up as incidents, zones, tasks and the clock change; whose lead passes is told.

What is looked at again after a pulse are the incidents that it touched, and no more than `_MOST` of them at once: the
rest is done with the next ones, or when it is asked for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Thread
from typing import NamedTuple

import numpy as np

from cop.authority.drawn_zones import NEVER, DrawnZones
from cop.authority.engaged import Engaged
from cop.authority.how_near import HowNear
from cop.authority.sites import Sites
from cop.authority.units_on import UnitsOn
from cop.domain.agreement import Agreements, EscalateClause, LeadClause
from cop.domain.incident import Incident
from cop.domain.rules.clause_times import next_turn
from cop.domain.rules.lead import Lead, Site, who_leads
from cop.domain.words import INCIDENT_OVER
from cop.picture.change import Change, Key
from cop.picture.ground import Ground
from cop.picture.names import agency_name, incident_title, one_line
from cop.picture.picture import Picture

#: so many incidents are looked at anew after one pulse: some ten milliseconds
_MOST = 500


@dataclass(frozen=True, slots=True)
class LeadChange:
    """Who leads an incident is no longer who did: announced, never silent."""

    incident: Key
    before: Lead
    after: Lead
    words: str


class _Asked(NamedTuple):
    """What of an incident decides who leads it."""

    type: str
    priority: int
    lat: float
    lon: float
    exercise: bool


@dataclass(slots=True)
class _Known:
    asked: _Asked
    site: Site
    lead: Lead


class Leads:
    """Answers who leads each incident of a picture. Of several reports of one incident the leading one speaks."""

    def __init__(
        self, picture: Picture, ground: Ground, agreements: Agreements, engaged: Engaged, now: Callable[[], datetime]
    ) -> None:
        self._picture = picture
        self._agreements = agreements
        self._now = now
        self._sites = Sites(ground, agreements)
        if self._sites.is_large:
            Thread(target=self._sites.prepare_edges, name="lead-boundaries", daemon=True).start()
        self._near = HowNear(picture, ground, agreements)
        leads = [one.clause for one in agreements.terms if isinstance(one.clause, LeadClause)]
        self._units = UnitsOn(engaged)
        self._counts_units = any(one.when.more_units_than is not None for one in leads)
        self._zones = DrawnZones(picture, ground, frozenset(one.when.zone_active for one in leads) - {""})
        self._known: dict[Key, _Known] = {}
        #: the last that was said of an incident, also while it has no place
        self._said: dict[Key, Lead] = {}
        self._stale: dict[Key, None] = dict.fromkeys(picture.incidents)
        self._told: list[LeadChange] = []
        self._looked_at = now()
        self._clauses_turn_at = self._clauses_turn(self._looked_at)
        self._zones_turn_at = self._zones.turns_at(self._looked_at)

    def lead(self, incident: Key) -> Lead | None:
        """Who leads; None while the incident is not known, has no place, or a doubtful one."""
        known = self._fresh(incident)
        return known.lead if known is not None else None

    def site(self, incident: Key) -> Site | None:
        """What lies under and around an incident; None as for `lead`."""
        known = self._fresh(incident)
        return known.site if known is not None else None

    def take(self, change: Change, tasks: Iterable[Key] = ()) -> list[LeadChange]:
        """Look at what a pulse changed, `tasks` that may stand differently among it; whose lead passed to others."""
        touched: set[Key] = set()
        if change.incidents or change.links:
            touched |= self._picture.same.touched(change)
        if change.zones:
            asked_for, drawn_for = self._zones.take(change.zones)
            touched |= drawn_for
            if asked_for:  # it may lie over any of them
                touched.update(self._known)
            self._zones_turn_at = self._zones.turns_at(self._now())
        if self._counts_units:
            touched |= self._units.take(tasks)
        self._forget(touched)
        return self._work()

    def tick(self, tasks: Iterable[Key] = ()) -> list[LeadChange]:
        """A second has passed: clauses and zones begin and end by the clock, and it has moved these tasks."""
        now = self._now()
        if now >= min(self._clauses_turn_at, self._zones_turn_at) or now < self._looked_at:
            self._forget(self._known)
            self._clauses_turn_at = self._clauses_turn(now)
            self._zones_turn_at = self._zones.turns_at(now)
        self._looked_at = now
        if self._counts_units:
            self._forget(self._units.take(tasks))
        return self._work()

    def forget(self) -> None:
        """All that was said of leads is over: what is said next passes from nobody."""
        for one in (self._known, self._said, self._stale, self._told):
            one.clear()

    def _forget(self, keys: Iterable[Key]) -> None:
        same = self._picture.same
        self._stale.update(dict.fromkeys([lead for key in list(keys) for lead in (key, same.lead(key))]))

    def _fresh(self, incident: Key) -> _Known | None:
        key = self._picture.same.lead(incident)
        if key in self._stale or (key not in self._known and key in self._picture.incidents):
            self._look_at([key])
        return self._known.get(key)

    def _work(self) -> list[LeadChange]:
        if self._stale:
            self._look_at([key for key, _ in zip(self._stale, range(_MOST), strict=False)])
        told, self._told = self._told, []
        return told

    def _look_at(self, keys: list[Key]) -> None:
        """Who leads these; what was known of them is over."""
        asked: dict[Key, tuple[Incident, _Asked]] = {}
        for key in keys:
            self._stale.pop(key, None)
            found = self._asked(key)
            if found is not None:
                asked[key] = found
            else:
                self._let_go(key)
        if not asked:
            return
        now = self._now()
        self._looked_at = max(self._looked_at, now)
        lat = np.array([one.lat for _, one in asked.values()])
        lon = np.array([one.lon for _, one in asked.values()])
        reaches = [self._zones.reaches(self._picture.same.of(key), now) for key in asked]
        sites = self._sites.of_many(lat, lon, reaches)
        for (key, (incident, one)), site in zip(asked.items(), sites, strict=True):
            self._resolve(key, incident, one, self._furnished(key, one, site, now), now)

    def _let_go(self, key: Key) -> None:
        """Nobody is said to lead it: it is gone, has no place, or another report speaks for it."""
        self._known.pop(key, None)
        speaks = self._picture.same.lead(key)
        if speaks != key and (said := self._said.pop(key, None)) is not None:
            self._said.setdefault(speaks, said)
        if key not in self._picture.incidents:
            self._said.pop(key, None)

    def _furnished(self, key: Key, asked: _Asked, site: Site, now: datetime) -> Site:
        """The site with what is no matter of ground: units, active zones, distances."""
        units = self._units.count(self._picture.same.of(key)) if self._counts_units else 0
        active = self._zones.active(asked.lat, asked.lon, now, exercise=asked.exercise)
        before = self._known.get(key)
        if before is not None and (before.asked.type, *before.asked[2:]) == (asked.type, *asked[2:]):
            metres = before.site.metres  # who is closest is settled by the place, not anew by each unit that drives by
        else:
            metres = self._near.metres(asked.type, asked.lat, asked.lon, now, exercise=asked.exercise)
        if not (units or active or metres):
            return site
        return Site(
            site.inside,
            site.beside,
            site.reached,
            site.terms,
            site.terms_beside,
            site.terms_reached,
            units,
            active,
            metres,
            site.reached_by,
        )

    def _resolve(self, key: Key, incident: Incident, asked: _Asked, site: Site, now: datetime) -> None:
        lead = who_leads(incident, site, self._agreements, now)
        self._known[key] = _Known(asked, site, lead)
        before = self._said.get(key)
        self._said[key] = lead
        over = incident.status in INCIDENT_OVER
        if before is not None and not over and _passes(before, lead):
            self._told.append(LeadChange(key, before, lead, self._words(key, before, lead)))

    def _asked(self, key: Key) -> tuple[Incident, _Asked] | None:
        """What decides who leads an incident; None where none is to be said."""
        report = self._picture.incidents.get(key)
        body = report.body if report is not None else None
        if report is None or not isinstance(body, Incident) or body.lat is None or body.lon is None:
            return None
        if self._picture.same.lead(key) != key or self._picture.home.doubt(key[0], body.lat, body.lon) is not None:
            return None
        return body, _Asked(body.type, body.priority, body.lat, body.lon, report.exercise)

    def _clauses_turn(self, now: datetime) -> datetime:
        """When the next clause may begin or end to hold."""
        terms = [one for one in self._agreements.terms if isinstance(one.clause, LeadClause | EscalateClause)]
        alike = {(one.agreement.id, one.clause.times): one for one in terms}
        turns = [turn for one in alike.values() if (turn := next_turn(one, now)) is not None]
        return min(turns, default=NEVER)

    def _words(self, key: Key, before: Lead, after: Lead) -> str:
        report = self._picture.incidents[key]
        passes = f"passes from {self._who(before)} to {self._who(after)}"
        return one_line(f"Lead of {incident_title(report)} {passes}: {_cause(after)}")

    def _who(self, lead: Lead) -> str:
        names = [agency_name(self._picture, agency) for agency in lead.agencies]
        if not names:
            return "nobody"
        together = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
        if lead.contested:
            return f"{together}, contested"
        return f"unified command of {together}" if lead.unified else together


def _passes(before: Lead, after: Lead) -> bool:
    return (set(before.agencies), before.contested, before.decides) != (
        set(after.agencies),
        after.contested,
        after.decides,
    )


def _cause(lead: Lead) -> str:
    if lead.contested or lead.term is None:
        return lead.reason
    return f"{lead.reason} ({lead.term.words})"
