"""Our extension of Cursor on Target: `<cop report=…>`, by which what one desk writes for TAK another reads whole."""

from datetime import UTC, datetime
from typing import Any

from cop.domain.area import Alert, Zone
from cop.domain.incident import Incident
from cop.feeds.adapters import readings
from cop.feeds.adapters.cot_event import Event
from cop.feeds.message import BadMessage

#: before a callsign in an exercise, for clients that show no `opex`
EXERCISE_PREFIX = "EXERCISE "
#: what a deletion may take back
TAKEN_BACK = frozenset({"unit", "incident", "zone", "alert"})
#: parts of our events that are for other clients' eyes
FOR_OTHERS = ("remarks", "color", "usericon", "strokeColor", "strokeWeight", "fillColor", "labels_on", "__chat")


def report_of(event: Event) -> str:
    """What an event reports in our own words, empty where it has none."""
    return event.detail.said("cop", "report")


def callsign_of(event: Event) -> str:
    """A callsign without the mark of an exercise, which the report bears itself."""
    return event.callsign.removeprefix(EXERCISE_PREFIX) if event.exercise else event.callsign


def incident(event: Event) -> Incident:
    """The incident that a marker of ours shows."""
    place = event.place
    priority = _said(event, "priority")
    return Incident(
        id=event.id,
        at=event.at,
        type=readings.name(_said(event, "type")) or "unknown",
        priority=int(priority) if priority in ("1", "2", "3", "4", "5") else 3,
        status=event.status or "open",
        title=callsign_of(event),
        address=readings.name(_said(event, "address")),
        summary=_text(event),
        lat=place.lat if place is not None else None,
        lon=place.lon if place is not None else None,
    )


def zone(event: Event, geometry: dict[str, Any]) -> Zone:
    """The zone that a drawing or marker of ours shows; it ends when our words say so, not when the event goes stale."""
    return Zone(
        id=event.id,
        at=event.at,
        kind=event.kind or "perimeter",
        name=callsign_of(event),
        summary=_text(event),
        geometry=geometry,
        starts_at=_moment(event, "starts_at"),
        expires_at=_moment(event, "expires_at"),
    )


def alert(event: Event, geometry: dict[str, Any] | None) -> Alert:
    """The alert that a drawing, marker or chat of ours tells of."""
    return Alert(
        id=event.id,
        at=event.at,
        event=readings.name(_said(event, "event")) or callsign_of(event) or "alert",
        headline=callsign_of(event),
        description=_text(event),
        area=readings.prose(_said(event, "area")),
        status=event.status or "Actual",
        geometry=geometry,
        severity=readings.name(_said(event, "severity")) or "Unknown",
        urgency=readings.name(_said(event, "urgency")) or "Unknown",
        certainty=readings.name(_said(event, "certainty")) or "Unknown",
        starts_at=_moment(event, "starts_at"),
        expires_at=_moment(event, "expires_at"),
    )


def _said(event: Event, attribute: str) -> str:
    return event.detail.said("cop", attribute)


def _text(event: Event) -> str:
    return readings.prose(event.detail.text("cop"))


def _moment(event: Event, attribute: str) -> datetime | None:
    try:
        return readings.moment_of_text(_said(event, attribute), UTC) if _said(event, attribute) else None
    except BadMessage:
        return None
