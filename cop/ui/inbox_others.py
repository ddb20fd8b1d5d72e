"""What the inbox holds beside tasks: command that is offered to us, and requests for resources that we could fill."""

from cop.domain.desk import Refusal
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.request import ResourceRequest
from cop.domain.resource import Resource
from cop.domain.words import INCIDENT_TYPES, ROLES, label
from cop.ui import wording
from cop.ui.acts.command import Asked as CommandAsked
from cop.ui.desk import Desk
from cop.ui.facts import Fact
from cop.ui.inbox_pane import Sheet
from cop.ui.inbox_words import Asked
from cop.ui.reasons import DECLINE_COMMAND, DECLINE_RESOURCES
from cop.ui.snoozes import Item

_MOST = 400


def others(desk: Desk) -> dict[Item, Asked]:
    """The lines that are no tasks."""
    found = [_of_command(desk, one) for one in desk.command.waiting_for_us()]
    found += [_of_request(desk, report) for report in desk.requests.open_for_us()]
    return {one.item: one for one in found}


def sheet_of_other(desk: Desk, asked: Asked) -> Sheet:
    """What stands in the pane for one of them."""
    command = _command(desk, asked.item)
    if command is not None:
        return _command_sheet(desk, asked, command)
    report = _request(desk, asked.item)
    return _request_sheet(desk, asked, report) if report is not None else Sheet(asked, (), "Gone", "It is gone.")


def yes_to_other(desk: Desk, item: Item) -> Refusal | None:
    """Take command, command together, or give what stands on the button."""
    command = _command(desk, item)
    if command is not None:
        if command.offer is not None:
            return desk.command.accept(command.incident, command.offer)
        return desk.command.unify(command.incident, (command.agency,))
    report = _request(desk, item)
    gift = _gift(desk, report) if report is not None else None
    if report is None or gift is None:
        return desk.do(Refusal("Nothing of ours fits: open it to offer something else."))
    resource, quantity = gift
    return desk.requests.offer(report, quantity, resource.key)


def no_to_other(desk: Desk, item: Item, reason: str) -> Refusal | None:
    """Say no, with the reason."""
    command = _command(desk, item)
    if command is not None:
        if command.offer is not None:
            return desk.command.decline(command.incident, command.offer, reason)
        return desk.command.decline_unified(command.incident, command.agency, reason)
    report = _request(desk, item)
    return desk.requests.decline(report, reason) if report is not None else desk.do(Refusal("This request is gone."))


def shown_as(desk: Desk, item: Item) -> tuple[str, str, str]:
    """What is shown where one of them is: the incident that it is about; kind, agency and id."""
    report = _request(desk, item)
    if report is None:
        return ("incident", item[1], item[2])
    body = report.body
    assert isinstance(body, ResourceRequest)
    return ("incident", body.incident_agency, body.incident)


# command


def _of_command(desk: Desk, one: CommandAsked) -> Asked:
    incident = desk.picture.incidents.get(one.incident)
    name = wording.agency_name(desk.picture, one.agency)
    hand_over = one.kind == "hand_over"
    return Asked(
        item=(f"{one.kind}:{one.agency}", *one.incident),
        what="Take over command" if hand_over else "Command together",
        who=f"{name} hands command over to us" if hand_over else f"{name} asks us into unified command",
        about=wording.incident_title(incident) if incident is not None else "",
        since=one.since,
        priority=incident.body.priority if incident is not None and isinstance(incident.body, Incident) else 0,
        pending=desk.is_pending("command", desk.operator.agency, f"{one.incident[0]}~{one.incident[1]}"),
    )


def _command(desk: Desk, item: Item) -> CommandAsked | None:
    waiting = desk.command.waiting_for_us()
    return next((one for one in waiting if (f"{one.kind}:{one.agency}", *one.incident) == item), None)


def _command_sheet(desk: Desk, asked: Asked, one: CommandAsked) -> Sheet:
    refusal = desk.command.may()
    incident, hand_over = desk.picture.incidents.get(one.incident), one.kind == "hand_over"
    body = incident.body if incident is not None else None
    tasks = desk.command.tasks_of(one.incident, one.agency) if hand_over else []
    facts: list[Fact] = [
        ("Incident", f"P{asked.priority} {asked.about}" if asked.about else "not in our picture"),
        ("Kind", label(INCIDENT_TYPES, body.type) if isinstance(body, Incident) else ""),
        ("Where", wording.one_line(body.address) if isinstance(body, Incident) else ""),
        ("With it come", f"{len(tasks)} open task{'s' if len(tasks) != 1 else ''} of theirs" if hand_over else ""),
        ("Reason", wording.shortened(wording.one_line(one.reason), _MOST)),
        ("Since", wording.clock_or_date(one.since, desk.now())),
        ("In our name", f"{wording.one_line(desk.operator.name)}, {ROLES.get(desk.operator.role, '').lower()}"),
    ]
    return Sheet(
        asked,
        tuple(facts),
        "Take command" if hand_over else "Command together",
        refusal.reason if refusal is not None else None,
        refusal.reason if refusal is not None else None,
        reasons=DECLINE_COMMAND,
        said_so_far=one.offer,
    )


# resources


def _of_request(desk: Desk, report: Report) -> Asked:
    body = report.body
    assert isinstance(body, ResourceRequest)
    incident = desk.picture.incidents.get((body.incident_agency, body.incident))
    missing = desk.requests.standing(report).missing
    return Asked(
        item=("request", *report.key),
        what=f"{wording.drill(report, desk.exercise)}{missing} × {wording.one_line(body.what)}",
        who=f"{wording.agency_name(desk.picture, report.agency)} asks for resources",
        about=wording.incident_title(incident) if incident is not None else "",
        since=body.asked_at or body.at,
        priority=body.priority,
        pending=desk.is_pending("fill", desk.operator.agency, body.id),
    )


def _request(desk: Desk, item: Item) -> Report | None:
    return desk.picture.requests.get((item[1], item[2])) if item[0] == "request" else None


def _gift(desk: Desk, report: Report) -> tuple[Report, int] | None:
    """What of ours is surely meant, and how many of it: as many as are missing, or as we have.

    One key sends it: what only might do is offered in the dock of requests, by who has read it.
    """
    missing = desk.requests.standing(report).missing
    for resource in desk.requests.fitting(report, surely=True):
        quantity = min(missing, desk.requests.free(resource, report))
        if quantity > 0:
            return resource, quantity
    return None


def _request_sheet(desk: Desk, asked: Asked, report: Report) -> Sheet:
    body, now = report.body, desk.now()
    assert isinstance(body, ResourceRequest)
    refusal = desk.may("fill_request")
    stands, gift = desk.requests.standing(report), _gift(desk, report)
    due = wording.clock_or_date(body.needed_by, now) if body.needed_by is not None else ""
    name = _named(gift[0]) if gift is not None else ""
    why = (
        refusal.reason
        if refusal is not None
        else None
        if gift is not None
        else "Nothing of ours is surely what they need, or free: offer something else in Requests (Ctrl+Shift+R)."
    )
    facts: list[Fact] = [
        ("Incident", asked.about or "none named"),
        ("Wanted", f"{stands.wanted} in all, {stands.missing} still missing"),
        ("Type", wording.one_line(body.nims_type)),
        ("Needed by", due, "bad" if stands.overdue else ""),
        ("Deliver to", wording.shortened(wording.one_line(body.deliver_to), _MOST)),
        ("We have", f"{desk.requests.free(gift[0], report)} free: {name}" if gift is not None else "nothing called so"),
        ("Note", wording.shortened(wording.one_line(body.note), _MOST)),
    ]
    return Sheet(
        asked,
        tuple(facts),
        f"Offer {gift[1]} × {wording.shortened(name, 24)}" if gift is not None else "Nothing to offer",
        why,
        reasons=DECLINE_RESOURCES,
        refusal_of_no=refusal.reason if refusal is not None else None,
        said_so_far=(body.what, body.quantity, body.incident, gift[1] if gift else 0, gift[0].key if gift else None),
    )


def _named(report: Report) -> str:
    assert isinstance(report.body, Resource)
    return wording.resource_name(report.body)
