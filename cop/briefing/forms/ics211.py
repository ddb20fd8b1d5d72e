"""ICS 211, Incident Check-In List: each unit that was first heard, or came on scene, in the period."""

from datetime import UTC, datetime

from cop.briefing.forms.blocks import (
    BLANK,
    agency,
    columns,
    form,
    full,
    incident_name,
    incident_of,
    name_box,
    number_box,
    prepared,
    row,
    short,
    unit_kind,
    unit_name,
)
from cop.briefing.forms.form import Box, Form, Part, Table
from cop.briefing.forms.hazards import zones_of
from cop.briefing.forms.ics204 import contact_of, crew
from cop.briefing.forms.situation import About, Situation
from cop.briefing.forms.work import Work
from cop.domain.resource import Resource
from cop.domain.unit import Unit
from cop.domain.words import DISCIPLINES, UNIT_KINDS, label, unit_discipline
from cop.picture.change import Key
from cop.picture.names import one_line

_CHECK_IN = "Check-In Information (* first heard by this desk: nobody says when it came on a scene)"


def fill(ground: Situation, about: About | None = None) -> list[Form]:
    """Of an incident who came on its scene; of the operation also whoever was heard for the first time."""
    incident = about.key if about is not None else None
    works = ground.works if incident is None else ground.works_of.get(ground.picture.same.lead(incident), ())
    came: dict[Key, tuple[datetime, Work]] = {}
    for one in works:
        at = one.arrived
        # who was there before the record began is told where it was heard of first
        since = datetime.min.replace(tzinfo=UTC) if one.unit in ground.said.first_heard else ground.period.begins
        if at is not None and since <= at <= ground.period.ends:
            came[one.unit] = min(came.get(one.unit, (at, one)), (at, one), key=lambda pair: (pair[0], pair[1].key))
    times: dict[Key, tuple[datetime, str]] = {}
    if incident is None:
        times |= {unit: (at, "*") for unit, at in ground.said.first_heard.items()}
        for report in reversed(list(ground.said.of(Unit))):  # the first that says so stays
            if isinstance(report.body, Unit) and report.body.status == "on_scene":
                times[report.key] = (report.reported_at, "")
    times |= {unit: (at, "") for unit, (at, _work) in came.items()}
    types = _types(ground)
    # first those that came on scene, as they came; then the others, agency by agency
    order = sorted(
        times,
        key=lambda one: (
            bool(times[one][1]),
            times[one] if not times[one][1] else (agency(ground, one[0]).casefold(), one[0]),
            one,
        ),
    )
    rows = []
    for unit in order:
        at, how = times[unit]
        when = f"{short(ground, at)}{how}"
        rows.append(_row(ground, unit, when, came[unit][1] if unit in came else None, types.get(unit, "")))
    body = incident_of(ground, incident)
    staging = ", ".join(
        one_line(one.name) for one in zones_of(ground, incident, frozenset({"staging_area"})) if one.name
    )
    parts: list[Part] = [
        row(
            name_box(ground, incident, share=0.25),
            number_box(ground, incident, share=0.2),
            Box(
                number="3",
                label="Check-In Location (complete all that apply)",
                text=f"☐ Base   ☐ Staging Area{f': {staging}' if staging else ''}   ☐ ICP   ☐ Helibase   ☐ Other",
                share=0.35,
            ),
            Box(
                number="4",
                label="Start Date/Time",
                text=full(ground, (body.opened_at if body is not None else None) or ground.period.begins),
                share=0.2,
            ),
        ),
        Table(
            label=_CHECK_IN,
            columns=columns(
                ("5. State", 0.035),
                ("Agency", 0.075),
                ("Category", 0.05),
                ("Kind", 0.065),
                ("Type", 0.03),
                ("Resource Name or Identifier", 0.065),
                ("ST or TF", 0.03),
                ("6. Order Request #", 0.06),
                ("7. Date/Time Check-In", 0.06),
                ("8. Leader’s Name", 0.05),
                ("9. Total Number of Personnel", 0.055),
                ("10. Incident Contact Information", 0.065),
                ("11. Home Unit or Agency", 0.06),
                ("12. Departure Point, Date and Time", 0.055),
                ("13. Method of Travel", 0.05),
                ("14. Incident Assignment", 0.075),
                ("15. Other Qualifications", 0.065),
                ("16. Data Provided to Resources Unit", 0.055),
            ),
            rows=tuple(rows),
            blank=BLANK,
        ),
    ]
    return [form(ground, "211", "Incident Check-In List", parts, [prepared(ground, "17")], landscape=True)]


def _row(ground: Situation, unit: Key, when: str, work: Work | None, nims_type: str) -> tuple[str, ...]:
    body = ground.unit(unit)
    kind = body.kind if body is not None else ""
    able = ", ".join(map(one_line, body.capabilities)) if body is not None else ""
    task = work.task if work is not None else None
    where = incident_name(ground, work.incident) if work is not None and work.incident is not None else ""
    assignment = " · ".join(filter(None, (where, one_line(task.objective)))) if task is not None else ""
    return (
        "",
        agency(ground, unit[0]),
        label(DISCIPLINES, unit_discipline(kind)) if kind in UNIT_KINDS and kind != "unknown" else "",
        unit_kind(ground, unit, task.unit_kind if task is not None else ""),
        nims_type,
        unit_name(ground, unit),
        "",
        one_line(task.id) if task is not None else "",
        when,
        "",
        crew(ground, unit),
        one_line(task.channel) if task is not None and task.channel else contact_of(ground, unit[0]),
        agency(ground, unit[0]),
        "",
        "",
        assignment,
        able,
        "",
    )


def _types(ground: Situation) -> dict[Key, str]:
    """The NIMS types of units, where their agencies say them of the resource that a unit is."""
    found = {}
    for (owner, _), report in sorted(ground.picture.resources.items()):
        body = report.body
        if isinstance(body, Resource) and body.unit and body.nims_type:
            found[(owner, body.unit)] = one_line(body.nims_type)
    return found
