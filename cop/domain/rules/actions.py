"""What each desk may do. Every function returns the command to send, or a refusal that says why."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import msgspec

from cop.domain.area import Zone
from cop.domain.desk import Command, Operator, Refusal
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.domain.resource import Resource
from cop.domain.words import AVAILABILITIES, ROLES
from cop.domain.zone_forms import BadForm, geometry_of

#: action -> (roles that may, what it is called in a refusal)
ALLOWED: Mapping[str, tuple[frozenset[str], str]] = MappingProxyType(
    {
        "open_incident": (frozenset({"dispatcher", "commander"}), "opens an incident"),
        "change_incident": (frozenset({"dispatcher", "commander"}), "changes an incident"),
        "draft_task": (frozenset({"commander"}), "drafts a task"),
        "assign_task": (frozenset({"commander"}), "assigns a task"),
        "cancel_task": (frozenset({"commander"}), "cancels a task"),
        "answer_task": (frozenset({"dispatcher", "commander", "liaison"}), "answers a request"),
        "mark_resource": (frozenset({"liaison"}), "marks a resource"),
        "draw_zone": (frozenset({"dispatcher", "commander"}), "draws a zone"),
        "change_zone": (frozenset({"dispatcher", "commander"}), "changes a zone"),
        "end_zone": (frozenset({"dispatcher", "commander"}), "ends a zone"),
        "pause_clause": (frozenset({"commander", "liaison"}), "pauses what is given"),
        "withdraw_clause": (frozenset({"commander", "liaison"}), "withdraws what is given"),
        "take_command": (frozenset({"commander"}), "takes or hands over command"),
        "request_resource": (frozenset({"dispatcher", "commander", "liaison"}), "requests resources"),
        "fill_request": (frozenset({"commander", "liaison"}), "gives towards a request"),
        "link_incidents": (frozenset({"dispatcher", "commander"}), "merges incidents"),
        "write_log": (frozenset(ROLES), "writes in the log"),
    }
)


def may(operator: Operator, action: str) -> Refusal | None:
    """Whether this role may do this at all; None if so."""
    roles, doing = ALLOWED[action]
    if operator.role in roles:
        return None
    able = " or ".join(sorted(ROLES[role].lower() for role in roles))
    own = ROLES.get(operator.role, operator.role).lower()
    article = "an" if able[0] in "aeiou" else "a"
    return Refusal(f"Only {article} {able} {doing}; this desk is signed in as {own}.")


def open_incident(operator: Operator, incident: Incident, at: datetime) -> Command | Refusal:
    """A desk opens an incident of its own agency."""
    refusal = may(operator, "open_incident")
    if refusal is not None:
        return refusal
    if not incident.title.strip():
        return Refusal("An incident needs a title.")
    if (incident.lat is None) != (incident.lon is None):
        return Refusal("A place needs both latitude and longitude.")
    return Command(
        msgspec.structs.replace(incident, at=at, rev=1, by=operator.name, opened_at=incident.opened_at or at)
    )


def change_incident(operator: Operator, known: Report, changed: Incident, at: datetime) -> Command | Refusal:
    """A desk changes an incident; only the agency that reported it may."""
    refusal = may(operator, "change_incident")
    if refusal is not None:
        return refusal
    if known.agency != operator.agency:
        return Refusal(f"This incident is {known.agency}'s; only they change it.")
    return Command(msgspec.structs.replace(changed, id=known.body.id, at=at, rev=known.body.rev + 1, by=operator.name))


def mark_resource(
    operator: Operator, known: Report, *, availability: str, available: int, until: datetime | None, at: datetime
) -> Command | Refusal:
    """A liaison says what its own agency can give, how many, until when."""
    refusal = may(operator, "mark_resource")
    if refusal is not None:
        return refusal
    body = known.body
    assert isinstance(body, Resource)
    if known.agency != operator.agency:
        return Refusal(f"This resource is {known.agency}'s; only they mark it.")
    if availability not in AVAILABILITIES:
        return Refusal("Choose available, committed or out of service.")
    if not 0 <= available <= body.quantity:
        return Refusal(f"There are {body.quantity} in all; {available} cannot be available.")
    if until is not None and until <= at:
        return Refusal("Until-when is in the past.")
    return Command(
        msgspec.structs.replace(
            body, availability=availability, available=available, until=until, at=at, rev=body.rev + 1, by=operator.name
        )
    )


def draw_zone(operator: Operator, zone: Zone, at: datetime) -> Command | Refusal:
    """A desk publishes a zone that it drew; its geometry is made from its form, so that both say the same."""
    refusal = may(operator, "draw_zone")
    if refusal is not None:
        return refusal
    return _drawn(operator, zone, at, rev=1)


def change_zone(
    operator: Operator, known: Report, changed: Zone, at: datetime, *, seen_rev: int, owner: str = ""
) -> Command | Refusal:
    """A desk changes a zone of its own agency; `seen_rev` is the revision that it looked at, `owner` a name to say."""
    refusal = may_change_zone(operator, known, owner=owner)
    if refusal is not None:
        return refusal
    if known.body.rev != seen_rev:
        by = f" ({known.body.by})" if known.body.by else ""
        return Refusal(f"Another desk of your agency{by} has changed this zone meanwhile: look at it before you do.")
    assert isinstance(known.body, Zone)
    changed = msgspec.structs.replace(changed, id=known.body.id)
    if changed.form is None:  # it cannot be drawn by hand: it keeps its place
        changed = msgspec.structs.replace(changed, geometry=known.body.geometry)
    return _drawn(operator, changed, at, rev=known.body.rev + 1)


def end_zone(operator: Operator, known: Report, at: datetime, *, owner: str = "") -> Command | Refusal:
    """A desk takes a zone of its own agency back: it leaves every map."""
    refusal = may(operator, "end_zone") or _others_zone(operator, known, owner)
    if refusal is not None:
        return refusal
    return Command(msgspec.structs.replace(known.body, at=at, rev=known.body.rev + 1, by=operator.name, deleted=True))


def may_change_zone(operator: Operator, known: Report, *, owner: str = "") -> Refusal | None:
    """Whether this role changes zones, and this one; None if so."""
    return may(operator, "change_zone") or _others_zone(operator, known, owner)


def _others_zone(operator: Operator, known: Report, owner: str) -> Refusal | None:
    if known.agency == operator.agency:
        return None
    return Refusal(f"This zone is {owner or known.agency}'s; only they change it.")


def _drawn(operator: Operator, zone: Zone, at: datetime, *, rev: int) -> Command | Refusal:
    geometry = zone.geometry
    if zone.form is not None:
        try:
            geometry = geometry_of(zone.form)
        except BadForm as bad:
            return Refusal(str(bad))
    if not geometry:
        return Refusal("Draw where the zone is.")
    if zone.kind == "reference_grid" and (zone.form is None or zone.form.shape != "grid"):
        return Refusal("A lettered grid is drawn as a grid: two opposite corners, columns and rows.")
    if zone.expires_at is not None and zone.expires_at <= at:
        return Refusal("The zone's end is in the past.")
    if zone.starts_at is not None and zone.expires_at is not None and zone.expires_at <= zone.starts_at:
        return Refusal("The zone would end before it begins.")
    return Command(msgspec.structs.replace(zone, geometry=geometry, at=at, rev=rev, by=operator.name))


def write_log(operator: Operator, entry: LogEntry, at: datetime) -> Command | Refusal:
    """Any desk writes for the record, or to other agencies."""
    refusal = may(operator, "write_log")
    if refusal is not None:
        return refusal
    if not entry.text.strip():
        return Refusal("Write what is to stand in the log.")
    return Command(msgspec.structs.replace(entry, text=entry.text.strip(), at=at, rev=1, by=operator.name))
