"""Conflicts of incidents: two that look like one, and one that two want to lead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from cop.domain.distance import distance_m
from cop.domain.incident import Incident
from cop.domain.rules.command import Standing
from cop.domain.rules.conflict import About, Conflict, Proposal
from cop.domain.rules.conflict_tasks import Names
from cop.domain.rules.lead import Lead
from cop.domain.rules.same import End
from cop.domain.words import INCIDENT_OVER, is_of_type

#: two callers of one event place it so far apart, and so long after each other
NEAR_M = 400.0
WITHIN = timedelta(minutes=45)
_EVER = datetime.min.replace(tzinfo=UTC)
#: what callers may call the same event: type -> others, both ways
_ALSO_CALLED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "crash": frozenset({"medical", "mass_casualty", "hazmat", "fire", "pursuit", "traffic"}),
        "rail": frozenset({"hazmat", "crash", "mass_casualty", "medical", "fire", "explosion"}),
        "aircraft": frozenset({"fire", "mass_casualty", "crash", "explosion", "medical"}),
        "fire": frozenset({"explosion", "outage", "medical"}),
        "hazmat": frozenset({"explosion", "medical"}),
        "flood": frozenset({"weather", "water_rescue"}),
        "outage": frozenset({"weather"}),
        "disturbance": frozenset({"medical", "mass_casualty"}),
        "explosion": frozenset({"mass_casualty"}),
    }
)


@dataclass(frozen=True, slots=True)
class Told:
    """An agency's word about an incident that is not over and has a place that can be believed."""

    key: End
    incident: Incident
    exercise: bool = False

    @property
    def opened(self) -> datetime:
        """When it began, as far as it says."""
        return self.incident.opened_at or self.incident.at


def compatible(first: str, second: str) -> bool:
    """Whether two types of incident may be told of one event."""
    if "unknown" in {first, second} or is_of_type(first, second) or is_of_type(second, first):
        return True
    return _called(first, second) or _called(second, first)


def look_like_one(first: Told, second: Told) -> bool:
    """Same place, same time, compatible type, of different agencies; whether they are linked is not looked at."""
    one, other = first.incident, second.incident
    if first.key[0] == second.key[0] or first.exercise != second.exercise:
        return False
    if {one.status, other.status} & INCIDENT_OVER or abs(first.opened - second.opened) > WITHIN:
        return False
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return False
    return compatible(one.type, other.type) and float(distance_m(one.lat, one.lon, other.lat, other.lon)) <= NEAR_M


def same_incident(first: Told, second: Told, names: Names) -> Conflict:
    """Two that look like one; who told of it later proposes to link them, either of the two may."""
    before, after = sorted((first, second), key=lambda one: (one.opened, one.key))
    one, other = before.incident, after.incident
    assert one.lat is not None
    assert one.lon is not None
    assert other.lat is not None
    assert other.lon is not None
    metres = float(distance_m(one.lat, one.lon, other.lat, other.lon))
    minutes = round(abs(after.opened - before.opened).total_seconds() / 60)
    apart = f"{round(metres / 10) * 10} m and {minutes} min apart"
    about: tuple[About, About] = (("incident", *before.key), ("incident", *after.key))
    return Conflict(
        key=("same_incident", *before.key, *after.key),
        kind="same_incident",
        owner=after.key[0],
        words=f"{names.incident(after.key)} ({names.agency(after.key[0])}) looks like "
        f"{names.incident(before.key)} ({names.agency(before.key[0])}): {apart}",
        about=about,
        since=after.opened,
        proposal=Proposal("Link as one", "link_incidents", about),
    )


def two_commands(incident: End, standing: Standing, lead: Lead | None, names: Names) -> Conflict | None:
    """Agencies that each claim command of an incident, and do not command together."""
    if standing.state != "contested":
        return None
    sides = [" with ".join(names.agency(one) for one in side) for side in standing.sides]
    agencies = standing.agencies
    said = [one.since for one in standing.commanders if one.since is not None]
    decides = lead.decides or (lead.agency if lead.agency in agencies else "") if lead is not None else ""
    about: About = ("incident", *incident)
    return Conflict(
        key=("two_leads", "command", *incident),
        kind="two_leads",
        owner=decides or agencies[0],
        words=f"{' and '.join(sides)} each claim command of {names.incident(incident)}"
        + (f"; {names.agency(decides)} decides" if decides else ""),
        about=(about,),
        since=max(said, default=_EVER),
        proposal=Proposal("Settle command", "open_incident_page", (about,)),
    )


def two_leads(incident: End, body: Incident, lead: Lead | None, names: Names) -> Conflict | None:
    """Clauses of equal precedence that name different leads for an incident."""
    if lead is None or not lead.contested:
        return None
    about: About = ("incident", *incident)
    named = " and ".join(names.agency(one) for one in lead.agencies)
    decides = f"; {names.agency(lead.decides)} decides" if lead.decides else ""
    return Conflict(
        key=("two_leads", "clause", *incident),
        kind="two_leads",
        owner=lead.decides or incident[0],
        words=f"Agreements name {named} to lead {names.incident(incident)}{decides}",
        about=(about,),
        since=body.opened_at or body.at,
        proposal=Proposal("Who leads here", "open_incident_page", (about,)),
    )


def _called(first: str, second: str) -> bool:
    return any(
        is_of_type(first, known) and any(is_of_type(second, other) for other in others)
        for known, others in _ALSO_CALLED.items()
    )
