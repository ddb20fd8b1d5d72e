"""What happened: an incident, and the links between incidents."""

from typing import Annotated

import msgspec

from cop.domain.statement import Latitude, Longitude, LongText, Moment, ShortText, Statement


class Incident(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="incident"):
    """One agency's word about an incident: topic `incident/<incident>`. Priority 1 is the most urgent."""

    type: ShortText = "unknown"
    priority: Annotated[int, msgspec.Meta(ge=1, le=5)] = 3
    status: ShortText = "open"
    title: ShortText = ""
    address: ShortText = ""
    summary: LongText = ""
    lat: Latitude | None = None
    lon: Longitude | None = None
    opened_at: Moment | None = None
    closed_at: Moment | None = None
    lead: ShortText = ""


class Link(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="link"):
    """Two incidents are the same, or related: topic `link/<link>`. Ends are `agency/incident`."""

    first: ShortText
    second: ShortText
    relation: ShortText = "same"
