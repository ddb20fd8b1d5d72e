"""ICS 215, Operational Planning Worksheet: for each piece of work, and each request, what is required, had, lacking."""

from collections.abc import Iterator
from typing import NamedTuple

from cop.briefing.forms.blocks import (
    BLANK,
    agency,
    columns,
    form,
    incident_name,
    incident_of,
    lines,
    name_box,
    period_box,
    prepared,
    row,
    short,
    unit_kind,
    unit_name,
)
from cop.briefing.forms.form import Box, Form, Part, Table
from cop.briefing.forms.requested import asked
from cop.briefing.forms.situation import About, Situation
from cop.briefing.forms.work import Work
from cop.picture.change import Key
from cop.picture.names import one_line


class _Line(NamedTuple):
    division: str
    work: str
    resource: str
    required: int
    have: int
    need: int
    supplies: str
    reporting: str
    arrival: str


def fill(ground: Situation, about: About | None = None) -> list[Form]:
    """The plan as tasks and requests make it: what is asked for is required, who accepted it is at hand."""
    incident = about.key if about is not None else None
    told = [*_works(ground, incident), *_requests(ground, incident)]
    parts: list[Part] = [
        row(name_box(ground, incident, share=0.5), period_box(ground, share=0.5)),
        Table(
            label="Work Assignments and Resources",
            columns=columns(
                ("3. Branch", 0.06),
                ("4. Division, Group, or Other", 0.12),
                ("5. Work Assignment & Special Instructions", 0.21),
                ("6. Resources", 0.11),
                ("Req.", 0.05),
                ("Have", 0.05),
                ("Need", 0.05),
                ("7. Overhead Position(s)", 0.08),
                ("8. Special Equipment & Supplies", 0.09),
                ("9. Reporting Location", 0.1),
                ("10. Requested Arrival Time", 0.08),
            ),
            rows=tuple(_row(one) for one in told),
            blank=BLANK,
        ),
        row(
            Box(number="11", label="Total Resources Required", text=_total(told, "required"), share=1 / 3),
            Box(number="12", label="Total Resources Have on Hand", text=_total(told, "have"), share=1 / 3),
            Box(number="13", label="Total Resources Need To Order", text=_total(told, "need"), share=1 / 3),
        ),
    ]
    return [form(ground, "215", "Operational Planning Worksheet", parts, [prepared(ground, "14")], landscape=True)]


def _row(one: _Line) -> tuple[str, ...]:
    figures = (str(one.required), str(one.have), str(one.need))
    return ("", one.division, one.work, one.resource, *figures, "", one.supplies, one.reporting, one.arrival)


def _total(told: list[_Line], of: str) -> str:
    return str(sum(getattr(one, of) for one in told)) if told else ""


def _works(ground: Situation, incident: Key | None) -> Iterator[_Line]:
    """The same work of the same kind of unit for one incident is one line."""
    works = ground.works if incident is None else ground.works_of.get(ground.picture.same.lead(incident), ())
    groups: dict[tuple[Key | None, str, str], list[Work]] = {}
    for one in works:
        if one.is_open or one.state in {"declined", "expired"}:
            key = ground.picture.same.lead(one.incident) if one.incident is not None else None
            kind = unit_kind(ground, one.unit, one.task.unit_kind) or "Unit"
            groups.setdefault((key, one_line(one.task.objective), kind), []).append(one)
    place: dict[Key | None, int] = {key: number for number, key in enumerate(ground.incidents)}
    order = sorted(groups.items(), key=lambda one: (place.get(one[0][0], len(place)), one[1][0].asked_at, one[0][1:]))
    for (key, objective, kind), some in order:
        have = [one for one in some if one.is_at_work]
        notes = dict.fromkeys(filter(None, (lines(one.task.note) for one in some)))
        hazards = dict.fromkeys(f"Hazard: {one_line(hazard)}" for one in some for hazard in one.task.hazards)
        named = ", ".join(f"{unit_name(ground, one.unit)} ({agency(ground, one.unit[0])})" for one in have)
        body = incident_of(ground, key)
        due = min((one.task.due_at for one in some if one.task.due_at is not None), default=None)
        # who declined leaves the work undone, unless another was asked for it in that place
        yield _Line(
            division=incident_name(ground, key) if key is not None else "",
            work="\n".join(filter(None, (objective, named, *hazards, *notes))),
            resource=kind,
            required=len(some),
            have=len(have),
            need=len(some) - len(have),
            supplies="",
            reporting=one_line(body.address) if body is not None else "",
            arrival=short(ground, due),
        )


def _requests(ground: Situation, incident: Key | None) -> Iterator[_Line]:
    for one in asked(ground, incident):
        request = one.request
        if request.cancelled:
            continue
        about = (request.incident_agency, request.incident) if request.incident else None
        known = about is not None and ground.report(about) is not None
        kind = one_line(request.nims_type) or one_line(request.kind.replace("_", " ").capitalize())
        yield _Line(
            division=incident_name(ground, about) if known else "",
            work="\n".join(filter(None, (one_line(request.what), lines(request.note), one.words))),
            resource=kind,
            required=request.quantity,
            have=min(one.standing.promised, request.quantity),
            need=one.standing.missing,
            supplies=one_line(request.what) if request.kind == "equipment" else "",
            reporting=one_line(request.deliver_to),
            arrival=short(ground, request.needed_by),
        )
