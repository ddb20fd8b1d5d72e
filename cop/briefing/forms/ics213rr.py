"""ICS 213RR, Resource Request Message: one for each request."""

from cop.briefing.forms.blocks import agencies, agency, form, full, incident_name, name_box, place, row, short, wide
from cop.briefing.forms.blocks import columns as headed
from cop.briefing.forms.blocks import lines as text_lines
from cop.briefing.forms.form import Box, Form, Part, Signature, Table
from cop.briefing.forms.requested import Asked, asked
from cop.briefing.forms.situation import About, Situation
from cop.domain.words import ROLES, label
from cop.picture.names import one_line

_PRIORITIES = {1: "Urgent", 2: "Urgent", 3: "Routine", 4: "Low", 5: "Low"}


def fill(ground: Situation, about: About | None = None) -> list[Form]:
    """One request, those of an incident, or all of the period; a blank one where there are none."""
    found = asked(ground, about.key if about is not None and about.what == "incident" else None)
    if about is not None and about.what == "request":
        found = [one for one in found if one.report.key == about.key]
        if not found:
            raise ValueError(f"there is no request {about.id!r} of {about.agency}")
    return [_one(ground, one) for one in found] or [_one(ground, None)]


def _one(ground: Situation, one: Asked | None) -> Form:
    request = one.request if one is not None else None
    incident = (request.incident_agency, request.incident) if request is not None and request.incident else None
    incident = incident if incident is not None and ground.report(incident) is not None else None
    name = Box(number="1", label="Incident Name", text=incident_name(ground, incident), share=0.4)
    asked_at = (request.asked_at or request.at) if request is not None else None
    parts: list[Part] = [
        row(
            name if incident is not None else name_box(ground, share=0.4),
            Box(number="2", label="Date/Time", text=full(ground, asked_at), share=0.3),
            Box(number="3", label="Resource Request Number", text=one_line(request.id) if request else "", share=0.3),
        ),
        Table(
            number="4",
            label="Order (use additional forms when requesting different resource sources of supply)",
            columns=headed(
                ("Qty.", 0.08),
                ("Kind", 0.12),
                ("Type", 0.14),
                ("Detailed Item Description", 0.3),
                ("Arrival Requested", 0.13),
                ("Arrival Estimated", 0.13),
                ("Cost", 0.1),
            ),
            rows=(_order(ground, one),) if one is not None else (),
            blank=0 if one is not None else 4,
        ),
        wide("5", "Requested Delivery/Reporting Location", _deliver(one)),
        wide("6", "Suitable Substitutes and/or Suggested Sources", _sources(ground, one)),
        row(
            Box(number="7", label="Requested by Name/Position", text=_asker(ground, one), share=0.4),
            Box(number="8", label="Priority", text=_priority(one), share=0.3),
            Box(number="9", label="Section Chief Approval", share=0.3),
        ),
        row(
            Box(number="10", label="Logistics Order Number", share=0.3),
            Box(number="11", label="Supplier Phone/Fax/Email", share=0.35),
            Box(number="12", label="Name of Supplier/POC", text=_suppliers(ground, one), share=0.35),
        ),
        wide("13", "Notes", _notes(ground, one), least=4),
        row(
            Box(number="14", label="Approval Signature of Auth Logistics Rep", share=0.6),
            Box(number="15", label="Date/Time", share=0.4),
        ),
        wide("16", "Order placed by (check box)", "☐ SPUL   ☐ PROC", least=1),
        wide("17", "Reply/Comments from Finance", least=3),
        row(
            Box(number="18", label="Finance Section Signature", share=0.6),
            Box(number="19", label="Date/Time", share=0.4),
        ),
    ]
    return form(
        ground, "213RR", "Resource Request Message", parts, [Signature(label="7. Requested by", name=_person(one))]
    )


def _order(ground: Situation, one: Asked) -> tuple[str, ...]:
    request = one.request
    return (
        str(request.quantity),
        one_line(request.kind.replace("_", " ").capitalize()) if request.kind != "unknown" else "",
        one_line(request.nims_type),
        one_line(request.what),
        short(ground, request.needed_by),
        short(ground, one.eta),
        "",
    )


def _deliver(one: Asked | None) -> str:
    if one is None:
        return ""
    return " · ".join(filter(None, (one_line(one.request.deliver_to), place(one.request.lat, one.request.lon))))


def _sources(ground: Situation, one: Asked | None) -> str:
    if one is None:
        return ""
    return f"Asked of {agencies(ground, one.request.asked_of)}" if one.request.asked_of else "Asked of all agencies"


def _asker(ground: Situation, one: Asked | None) -> str:
    if one is None:
        return ""
    role = label(ROLES, one.request.role) if one.request.role else ""
    return ", ".join(filter(None, (one_line(one.request.by), one_line(role), agency(ground, one.report.agency))))


def _person(one: Asked | None) -> str:
    return one_line(one.request.by) if one is not None else ""


def _priority(one: Asked | None) -> str:
    chosen = _PRIORITIES[one.request.priority] if one is not None else ""
    return "   ".join(f"{'☒' if name == chosen else '☐'} {name}" for name in ("Urgent", "Routine", "Low"))


def _suppliers(ground: Situation, one: Asked | None) -> str:
    giving = [given.agency for given in one.standing.given if given.quantity] if one is not None else []
    return agencies(ground, giving)


def _notes(ground: Situation, one: Asked | None) -> str:
    if one is None:
        return ""
    told = [text_lines(one.request.note), f"Status: {one.words}"]
    for report in one.fills:
        reason = text_lines(getattr(report.body, "reason", ""))
        if reason:
            told.append(f"{agency(ground, report.agency)}: {reason}")
    if one.request.cancelled:
        told.append(f"Cancelled{f': {text_lines(one.request.reason)}' if one.request.reason else ''}")
    elif one.request.reason:
        told.append(text_lines(one.request.reason))
    return "\n".join(filter(None, told))
