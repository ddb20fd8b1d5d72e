"""What forms are filled from: a picture that may leave, who leads, and what was said in an operational period.

It is made once and then only looked at: forms can be filled on a thread of their own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Literal, NamedTuple

import msgspec
import shapely
from shapely.geometry.base import BaseGeometry

from cop.briefing.forms.said import Said, told
from cop.briefing.forms.work import Work, works
from cop.briefing.leaving import Leaving
from cop.briefing.occasion import Occasion, Period
from cop.domain.area import Alert, Zone
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.rules.command import Standing
from cop.domain.rules.site import Lead, Site
from cop.domain.unit import Unit
from cop.domain.words import INCIDENT_OVER
from cop.picture.change import Key
from cop.picture.picture import Picture

What = Literal["incident", "unit", "message", "request"]


class About(NamedTuple):
    """What a form is to be about: the kind of object, its agency and id."""

    what: What
    agency: str
    id: str

    @property
    def key(self) -> Key:
        """Agency and id."""
        return (self.agency, self.id)


@dataclass(frozen=True)
class Situation:
    """The ground of all forms. Every name in it is as a feed said it: forms put it on paper as plain text.

    `leads` and `sites` are of the leading reports of the incidents; `zone` None is this computer's. `sketch` is a PNG
    of the map, for the forms that have room for one.
    """

    picture: Picture
    occasion: Occasion
    period: Period
    said: Said
    leads: Mapping[Key, Lead]
    sites: Mapping[Key, Site]
    zone: tzinfo | None = None
    sketch: bytes = b""
    applied: tuple[str, ...] = ()

    @property
    def at(self) -> datetime:
        """The moment that the picture is of."""
        return self.occasion.at

    @cached_property
    def incidents(self) -> dict[Key, Report]:
        """One report for each incident that was open in the period, the most urgent first."""
        found = {key: self.picture.incidents[key] for key in self.picture.same.leads()}
        ordered = sorted(found.items(), key=lambda one: _urgency(one[1], one[0]))
        return {key: report for key, report in ordered if self._was_open(report)}

    @cached_property
    def works(self) -> tuple[Work, ...]:
        """Every task that was open in the period, also one that is gone by now, the first asked first."""
        return works(self.picture, self.said, self.period.begins, self.at)

    @cached_property
    def works_of(self) -> Mapping[Key, tuple[Work, ...]]:
        """The tasks by incident: by its leading report."""
        found: dict[Key, list[Work]] = {}
        for one in self.works:
            key = one.incident
            if key is not None:
                found.setdefault(self.picture.same.lead(key), []).append(one)
        return {key: tuple(some) for key, some in found.items()}

    def unit(self, unit: Key) -> Unit | None:
        """What a unit says of itself; also of one that is gone by now, where that was said in the period."""
        report = self.picture.units.get(unit)
        return report.body if report is not None and isinstance(report.body, Unit) else self.said.units.get(unit)

    @cached_property
    def zones_of(self) -> Mapping[Key, tuple[Zone, ...]]:
        """The zones that hold at the moment, by incident: by its leading report."""
        found: dict[Key, list[Zone]] = {}
        for zone in self.zones:
            if zone.incident:
                found.setdefault(self.picture.same.lead((zone.incident_agency, zone.incident)), []).append(zone)
        return {key: tuple(some) for key, some in found.items()}

    @cached_property
    def zones(self) -> tuple[Zone, ...]:
        """The zones that hold at the moment."""
        bodies = (report.body for _key, report in sorted(self.picture.zones.items()))
        return tuple(one for one in bodies if isinstance(one, Zone) and _holds(one, self.at))

    @cached_property
    def alerts(self) -> tuple[tuple[str, Alert, BaseGeometry | None], ...]:
        """The alerts in force, with who gave them and for which ground (None: it is not drawn)."""
        found = []
        for (giver, _), report in sorted(self.picture.alerts.items()):
            body = report.body
            if isinstance(body, Alert) and (body.expires_at is None or body.expires_at > self.at):
                found.append((giver, body, _ground(body)))
        return tuple(found)

    def report(self, incident: Key) -> Report | None:
        """An incident's leading report; None for one that is not there."""
        return self.picture.incidents.get(self.picture.same.lead(incident))

    def command(self, incident: Key) -> Standing:
        """Who is in command of an incident."""
        return self.picture.commanding.standing(incident)

    def of_incident(self, said: Key, incident: Key) -> bool:
        """Whether what somebody says to be of an incident is of this one, or of one that is the same."""
        return bool(said[1]) and self.picture.same.lead(said) == self.picture.same.lead(incident)

    def _was_open(self, report: Report) -> bool:
        body = report.body
        assert isinstance(body, Incident)
        ended = max(body.closed_at or report.reported_at, report.reported_at)
        return body.status not in INCIDENT_OVER or ended >= self.period.begins


def situation(
    leaves: Leaving,
    occasion: Occasion,
    period: Period,
    said: Said,
    *,
    leads: Mapping[Key, Lead] | None = None,
    sites: Mapping[Key, Site] | None = None,
    zone: tzinfo | None = None,
    sketch: bytes = b"",
) -> Situation:
    """The ground of the forms of a period, of what may leave alone: of what was `said` the rest is put aside here.

    The picture that leaves is to be the one of the period's end: what came later would be told as of the period.
    """
    applied = tuple(f"{one.words}: {one.what} ({one.count})" for one in leaves.applied)
    return Situation(
        leaves.picture, occasion, period, told(said, leaves), leads or {}, sites or {}, zone, sketch, applied
    )


def leads_of(
    picture: Picture, lead: Callable[[Key], Lead | None], site: Callable[[Key], Site | None]
) -> tuple[dict[Key, Lead], dict[Key, Site]]:
    """Who leads each incident, and on whose ground it lies: asked of an `Authority` once, where that is at home."""
    leads, sites = {}, {}
    for key in picture.same.leads():
        if (found := lead(key)) is not None:
            leads[key] = found
        if (there := site(key)) is not None:
            sites[key] = there
    return leads, sites


def _holds(zone: Zone, at: datetime) -> bool:
    return (zone.starts_at is None or zone.starts_at <= at) and (zone.expires_at is None or zone.expires_at > at)


def _ground(alert: Alert) -> BaseGeometry | None:
    if alert.geometry is None:
        return None
    try:
        found = shapely.from_geojson(msgspec.json.encode(alert.geometry))
    except (shapely.GEOSException, TypeError, ValueError):  # then it may hold anywhere
        return None
    shapely.prepare(found)
    return found


def _urgency(report: Report, key: Key) -> tuple[bool, int, float, Key]:
    body = report.body
    assert isinstance(body, Incident)
    began = body.opened_at or report.reported_at
    return (body.status in INCIDENT_OVER, body.priority, began.timestamp(), key)
