"""Areas with a meaning: zones that somebody drew, alerts, and the jurisdictions of agencies."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from shapely.geometry.base import BaseGeometry

from cop.domain.statement import Identifier, Latitude, Longitude, LongText, Moment, ShortText, Statement


class ZoneForm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a zone was drawn, so that it can be changed by hand; its `geometry` says the same to who reads only that.

    `points` are (longitude, latitude) in degrees: the corners of a polygon, a line's or a corridor's course, a circle's
    one middle, two opposite corners of a lettered grid. `radius_m` is a circle's, `width_m` a corridor's from edge to
    edge, `columns` and `rows` are a grid's.
    """

    shape: Literal["polygon", "circle", "corridor", "line", "grid"]
    points: Annotated[tuple[tuple[Longitude, Latitude], ...], msgspec.Meta(min_length=1, max_length=2000)]
    radius_m: Annotated[float, msgspec.Meta(gt=0, le=1_000_000)] | None = None
    width_m: Annotated[float, msgspec.Meta(gt=0, le=100_000)] | None = None
    columns: Annotated[int, msgspec.Meta(ge=1, le=702)] | None = None
    rows: Annotated[int, msgspec.Meta(ge=1, le=999)] | None = None


class Zone(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="zone"):
    """Hot zone, perimeter, staging area, road closure: topic `zone/<zone>`; `geometry` is GeoJSON (RFC 7946).

    It holds from `starts_at` to `expires_at`; either may be open.
    """

    kind: ShortText = "perimeter"
    name: ShortText = ""
    summary: LongText = ""
    geometry: dict[str, Any] = msgspec.field(default_factory=dict)
    form: ZoneForm | None = None
    incident_agency: ShortText = ""
    incident: ShortText = ""
    starts_at: Moment | None = None
    expires_at: Moment | None = None


class Alert(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="alert"):
    """An alert with area and expiry: topic `alert/<alert>`; severity, urgency, certainty as in CAP 1.2 §3.2.2.

    `status` other than Actual never alarms (§3.2.1). `supersedes` and `cancels` name alerts of the same agency that it
    takes the place of, or calls off; one that cancels is no alarm itself.
    """

    event: ShortText
    headline: ShortText = ""
    description: LongText = ""
    instruction: LongText = ""
    area: LongText = ""
    status: ShortText = "Actual"
    severity: ShortText = "Unknown"
    urgency: ShortText = "Unknown"
    certainty: ShortText = "Unknown"
    geometry: dict[str, Any] | None = None
    starts_at: Moment | None = None
    expires_at: Moment | None = None
    supersedes: tuple[Identifier, ...] = ()
    cancels: tuple[Identifier, ...] = ()


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
