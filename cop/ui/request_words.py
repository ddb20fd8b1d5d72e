"""How a resource request stands, in words: what, how many of how many, by when, who gives."""

from datetime import datetime

from cop.domain.report import Report
from cop.domain.request import ResourceRequest
from cop.domain.resource import Resource
from cop.domain.rules.requests import Given, Standing, request_of
from cop.picture.picture import Picture
from cop.ui import wording

STATES = {
    "open": "Open",
    "part_filled": "Part filled",
    "filled": "Filled",
    "over_filled": "Over-filled",
    "delivered": "Delivered",
    "cancelled": "Cancelled",
}
GIVEN = {
    "offered": "offered",
    "en_route": "on the way",
    "delivered": "delivered",
    "declined": "declined",
    "withdrawn": "withdrawn",
}


def what(request: ResourceRequest) -> str:
    """What is needed and how many: "10 × Type 1 engines"."""
    named = wording.one_line(request.what) or "something"
    kind = wording.one_line(request.nims_type)
    more = f" ({kind})" if kind and kind.casefold() not in named.casefold() else ""
    return f"{request.quantity:,} × {wording.shortened(named + more, 120)}"


def for_whom(picture: Picture, report: Report) -> str:
    """Who asks, and for which incident."""
    request = request_of(report)
    asker = wording.agency_name(picture, report.agency)
    incident = picture.incidents.get((request.incident_agency, request.incident))
    title = wording.incident_title(incident) if incident is not None else wording.one_line(request.incident)
    return " · ".join(part for part in (asker, title) if part)


def filled(stands: Standing) -> str:
    """How many of how many are promised: "7 of 10"."""
    return f"{stands.promised:,} of {stands.wanted:,}"


def missing(stands: Standing) -> str:
    """What is still to be found: "3 missing", "2 too many", "all promised"."""
    if stands.state == "cancelled":
        return f"{stands.promised - stands.delivered:,} still given" if stands.promised > stands.delivered else ""
    if stands.missing:
        return f"{stands.missing:,} missing"
    if stands.over:
        return f"{stands.over:,} too many"
    return "all delivered" if stands.delivered >= stands.wanted else "all promised"


def by_when(request: ResourceRequest, stands: Standing, now: datetime) -> str:
    """When it is needed, and how long that is: "14:30 · in 25 min", "14:30 · 12 min over"."""
    due = request.needed_by
    if due is None:
        return "no time said"
    at = wording.clock_or_date(due, now)
    if stands.state in {"delivered", "cancelled"} or (stands.delivered >= stands.wanted):
        return at
    left = (due - now).total_seconds()
    return f"{at} · in {wording.span(left)}" if left >= 0 else f"{at} · {wording.span(-left)} over"


def tone(stands: Standing) -> str:
    """The tone of its time: `bad` when overdue, `warn` when it presses, else empty."""
    return "bad" if stands.overdue else "warn" if stands.pressing else ""


def given_words(picture: Picture, one: Given, stands: Standing, now: datetime) -> str:
    """What one agency gives: "Gastonia FD: 4 on the way, there 14:20 · Foam trailer"."""
    who = wording.agency_name(picture, one.agency)
    reason = wording.shortened(wording.one_line(one.reason), 200)
    rest = one.quantity - one.delivered
    if one.state in {"declined", "withdrawn"}:
        came = f", {one.delivered:,} delivered before" if one.delivered else ""
        return f"{who}: {GIVEN[one.state]}{came}{f' — {reason}' if reason else ''}"
    parts = [f"{one.delivered:,} delivered"] if one.delivered else []
    if rest:
        there = f", there {wording.clock_or_date(one.arrives, now)}" if one.arrives is not None else ""
        late = " ⚠ too late" if one.agency in stands.late else ""
        parts.append(f"{rest:,} {GIVEN.get(one.state, wording.one_line(one.state))}{there}{late}")
    named = picture.resources.get((one.agency, one.resource)) if one.resource else None
    name = wording.resource_name(named.body, who) if named is not None and isinstance(named.body, Resource) else ""
    words = f"{who}: {' · '.join(parts) or 'nothing'}"
    return " · ".join(part for part in (words, name or "not on their board", reason) if part)


def summary(picture: Picture, stands: Standing) -> str:
    """Who gives, on one line: "Gastonia FD 4 on the way, Matthews FD 3"."""
    parts = []
    for one in stands.given:
        if one.quantity:
            state = "" if one.state == "offered" else f" {GIVEN.get(one.state, '')}"
            parts.append(f"{wording.agency_name(picture, one.agency)} {one.quantity:,}{state.rstrip()}")
    declined = sum(one.state == "declined" for one in stands.given)
    if declined:
        parts.append(f"{declined} declined")
    return ", ".join(parts) or "nobody yet"
