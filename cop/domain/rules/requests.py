"""Resource requests: how much of one is promised, on its way and delivered, and what a giver has left.

Asker and givers each speak for themselves. How a request stands is read from the asker's newest word and each giver's;
the order in which they came changes nothing, and time alone makes it overdue.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from cop.domain.report import Report
from cop.domain.request import Fill, ResourceRequest
from cop.domain.resource import Resource
from cop.domain.rules.newer import is_newer

State = Literal["open", "part_filled", "filled", "over_filled", "delivered", "cancelled"]
#: so long before its time an unfilled request is pressing
SOON = timedelta(minutes=30)
#: states in which something is given
GIVING = frozenset({"offered", "en_route", "delivered"})


@dataclass(frozen=True, slots=True)
class Given:
    """What one agency gives: `quantity` in all, of that `delivered`; `arrives` is when the rest should be there."""

    agency: str
    state: str
    quantity: int
    delivered: int
    resource: str = ""
    arrives: datetime | None = None
    reason: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a request stands: how many are `wanted`, `promised` (delivered ones among them), `on_way`, `delivered`.

    `overdue`: the time is past and not all has been delivered. `pressing`: it is near and not all is promised, or what
    is promised comes too late. `late` are the agencies whose part does.
    """

    state: State
    wanted: int
    promised: int = 0
    on_way: int = 0
    delivered: int = 0
    overdue: bool = False
    pressing: bool = False
    given: tuple[Given, ...] = ()
    late: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        """How many nobody has promised; none of a cancelled one."""
        return 0 if self.state == "cancelled" else max(0, self.wanted - self.promised)

    @property
    def over(self) -> int:
        """How many too many are promised."""
        return max(0, self.promised - (0 if self.state == "cancelled" else self.wanted))

    def of(self, agency: str) -> Given | None:
        """What this agency said to it."""
        return next((one for one in self.given if one.agency == agency), None)


def standing(asker: str, request: ResourceRequest, fills: Iterable[tuple[str, Fill]], now: datetime) -> Standing:
    """How a request stands now; words about other requests, older ones and copies change nothing."""
    return at_time(said(asker, request, fills), request, now)


def said(asker: str, request: ResourceRequest, fills: Iterable[tuple[str, Fill]]) -> Standing:
    """How a request stands by what was said, the clock left out of account."""
    newest: dict[str, Fill] = {}
    for agency, fill in fills:
        known = newest.get(agency)
        if (fill.requester, fill.id) == (asker, request.id) and (known is None or is_newer(fill, known)):
            newest[agency] = fill
    given = tuple(_given(agency, newest[agency]) for agency in sorted(newest) if not newest[agency].deleted)
    delivered = sum(one.delivered for one in given)
    promised = sum(one.quantity for one in given)
    on_way = sum(one.quantity - one.delivered for one in given if one.state == "en_route")
    due, open_ = request.needed_by, _is_open(request, delivered)
    late = tuple(
        one.agency for one in given if due is not None and one.arrives is not None and one.arrives > due and open_
    )
    return Standing(
        _state(request, promised, delivered),
        request.quantity,
        promised,
        on_way,
        delivered,
        given=given,
        late=late,
    )


def at_time(stands: Standing, request: ResourceRequest, now: datetime) -> Standing:
    """The same, with what the clock makes of it."""
    due = request.needed_by
    if due is None or not _is_open(request, stands.delivered):
        return stands
    in_time = stands.promised - sum(one.quantity - one.delivered for one in stands.given if one.agency in stands.late)
    near = bool(stands.late) or due - now <= SOON
    return replace(stands, overdue=now > due, pressing=near and in_time < request.quantity)


def free(owner: str, resource: Resource, fills: Iterable[tuple[str, Fill]], now: datetime, but: str = "") -> int:
    """How many of a resource its owner can still give: what it says is available, less what it promised besides.

    `but` names a request, `asker/id`, whose promise is left out of account.
    """
    if resource.availability == "out_of_service" or (resource.until is not None and resource.until <= now):
        return 0
    fills = list(fills)
    promised = sum(
        max(0, fill.quantity - fill.delivered - fill.marked)
        for agency, fill in fills
        if (agency, fill.resource) == (owner, resource.id)
        and fill.state in {"offered", "en_route"}
        and f"{fill.requester}/{fill.id}" != but
    )
    return max(0, min(resource.available, resource.quantity) - promised - gone(owner, resource, fills))


def gone(owner: str, resource: Resource, fills: Iterable[tuple[str, Fill]]) -> int:
    """How many were delivered without being marked, since the owner last said how many are available."""
    return sum(
        max(0, fill.quantity - fill.delivered - fill.marked)
        for agency, fill in fills
        if (agency, fill.resource, fill.state) == (owner, resource.id, "delivered") and fill.at >= resource.at
    )


def request_of(report: Report) -> ResourceRequest:
    """The request that a report of the request table tells of."""
    assert isinstance(report.body, ResourceRequest)
    return report.body


def resource_of(report: Report) -> Resource:
    """The resource that a report of the resource table tells of."""
    assert isinstance(report.body, Resource)
    return report.body


def _given(agency: str, fill: Fill) -> Given:
    delivered = min(fill.delivered, fill.quantity)
    if fill.state == "delivered":
        delivered = fill.quantity
    quantity = fill.quantity if fill.state in GIVING else delivered
    comes = fill.state in {"offered", "en_route"} and fill.eta_s is not None
    arrives = fill.at + timedelta(seconds=fill.eta_s or 0) if comes else None
    return Given(agency, fill.state, quantity, delivered, fill.resource, arrives, fill.reason, fill.at)


def _is_open(request: ResourceRequest, delivered: int) -> bool:
    return not request.cancelled and delivered < request.quantity


def _state(request: ResourceRequest, promised: int, delivered: int) -> State:
    if request.cancelled:
        return "cancelled"
    if promised > request.quantity:
        return "over_filled"
    if delivered == request.quantity:
        return "delivered"
    if promised == request.quantity:
        return "filled"
    return "part_filled" if promised else "open"
