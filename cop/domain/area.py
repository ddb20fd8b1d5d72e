"""Areas with a meaning: zones that somebody drew, alerts, and the jurisdictions of agencies."""

from dataclasses import dataclass
from typing import Any

import msgspec
from shapely.geometry.base import BaseGeometry

from cop.domain.statement import LongText, Moment, ShortText, Statement


class Zone(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="zone"):
    """Hot zone, perimeter, staging area, road closure: topic `zone/<zone>`; `geometry` is GeoJSON (RFC 7946)."""

    kind: ShortText = "perimeter"
    name: ShortText = ""
    geometry: dict[str, Any] = msgspec.field(default_factory=dict)
    incident_agency: ShortText = ""
    incident: ShortText = ""
    expires_at: Moment | None = None


class Alert(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="alert"):
    """An alert with area and expiry: topic `alert/<alert>`; severity, urgency, certainty as in CAP 1.2 §3.2.2."""

    event: ShortText
    headline: ShortText = ""
    description: LongText = ""
    severity: ShortText = "Unknown"
    urgency: ShortText = "Unknown"
    certainty: ShortText = "Unknown"
    geometry: dict[str, Any] | None = None
    expires_at: Moment | None = None


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """An agency's ground. `geometry` is in WGS 84 degrees (x = longitude); `area_km2` orders small before large."""

    id: str
    name: str
    level: str
    discipline: str
    agency: str
    geometry: BaseGeometry
    area_km2: float
    state: str = ""
