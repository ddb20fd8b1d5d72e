"""A request for resources, after ICS-213RR, and what agencies give towards it."""

from typing import Annotated, Literal

import msgspec

from cop.domain.statement import Count, Latitude, Longitude, LongText, Moment, ShortText, Statement


class ResourceRequest(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="request"):
    """What, how many, by when, for whom: topic `request/<request>`. `asked_of` are agencies, empty means all."""

    kind: ShortText = "unknown"
    what: ShortText
    nims_type: ShortText = ""
    quantity: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1
    priority: Annotated[int, msgspec.Meta(ge=1, le=5)] = 3
    incident_agency: ShortText = ""
    incident: ShortText = ""
    asked_at: Moment | None = None
    needed_by: Moment | None = None
    deliver_to: ShortText = ""
    lat: Latitude | None = None
    lon: Longitude | None = None
    asked_of: Annotated[tuple[ShortText, ...], msgspec.Meta(max_length=200)] = ()
    cancelled: bool = False
    reason: LongText = ""
    note: LongText = ""


class Fill(Statement, frozen=True, kw_only=True, omit_defaults=True, tag="fill"):
    """What an agency gives: topic `fill/<requester>~<request>`; `id` is the request's, `requester` who asked.

    `quantity` is all that it gives of its `resource`; of that `delivered` came earlier, `state` tells of the rest, and
    `marked` of the rest its owner has taken off the resource's `available`. `eta_s` is counted from `at`.
    """

    requester: ShortText
    state: Literal["offered", "en_route", "delivered", "declined", "withdrawn"] = "offered"
    quantity: Count = 0
    delivered: Count = 0
    marked: Count = 0
    resource: ShortText = ""
    eta_s: Annotated[int, msgspec.Meta(ge=0, le=30 * 86400)] | None = None
    reason: LongText = ""
