"""ICS 204, Assignment List: one for each incident that has open tasks."""

from cop.briefing.forms.blocks import (
    BLANK,
    agency,
    columns,
    form,
    full,
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
    where,
    wide,
)
from cop.briefing.forms.form import Box, Form, Part, Table
from cop.briefing.forms.hazards import safety_words, zones_of
from cop.briefing.forms.people import commanders, lead_line
from cop.briefing.forms.situation import About, Situation
from cop.briefing.forms.work import Work
from cop.domain.agency import Agency
from cop.domain.words import TASK_KINDS, TASK_STATES, label
from cop.picture.change import Key
from cop.picture.names import one_line


def fill(ground: Situation, about: About | None = None) -> list[Form]:
    """The assignments of one incident; without one, of each incident in its order; a blank one where there are none."""
    if about is not None:
        lead = ground.picture.same.lead(about.key)
        return [_one(ground, lead, _open(ground.works_of.get(lead, ())))]
    found = [(key, _open(ground.works_of.get(key, ()))) for key in ground.incidents]
    forms = [_one(ground, key, works) for key, works in found if works]
    loose = _open(tuple(one for one in ground.works if one.incident is None))
    if loose or not forms:
        forms.append(_one(ground, None, loose))
    return forms


def _open(works: tuple[Work, ...]) -> tuple[Work, ...]:
    return tuple(one for one in works if one.is_open)


def _one(ground: Situation, incident: Key | None, works: tuple[Work, ...]) -> Form:
    staging = "\n".join(
        one_line(one.name) for one in zones_of(ground, incident, frozenset({"staging_area"})) if one.name
    )
    division = incident_name(ground, incident) if incident is not None else ""
    parts: list[Part] = [
        row(name_box(ground, share=0.4), period_box(ground, share=0.6)),
        row(
            Box(number="3", label="Branch", share=0.2),
            Box(label="Division", text=division, share=0.3),
            Box(label="Group", share=0.2),
            Box(label="Staging Area", text=staging if incident is not None else "", share=0.3),
        ),
        Table(
            number="4",
            label="Operations Personnel",
            columns=columns(("", 0.3), ("Name", 0.4), ("Contact Number(s)", 0.3)),
            rows=(
                ("Incident Commander(s)", commanders(ground, incident) if incident is not None else "", ""),
                ("Operations Section Chief", "", ""),
                ("Branch Director", "", ""),
                ("Division/Group Supervisor", "", ""),
            ),
        ),
        Table(
            number="5",
            label="Resources Assigned",
            columns=columns(
                ("Resource Identifier", 0.25),
                ("Leader", 0.13),
                ("# of Persons", 0.08),
                ("Contact (e.g., phone, pager, radio frequency, etc.)", 0.2),
                ("Reporting Location, Special Equipment and Supplies, Remarks, Notes, Information", 0.34),
            ),
            rows=tuple(_resource(ground, one) for one in works),
            blank=BLANK,
        ),
        Table(
            number="6",
            label="Work Assignments",
            columns=columns(("Resource", 0.25), ("Work", 0.55), ("Due", 0.2)),
            rows=tuple(_work(ground, one) for one in works),
            blank=2,
        ),
        wide("7", "Special Instructions", _instructions(ground, incident, works), least=4),
        Table(
            number="8",
            label="Communications (radio and/or phone contact numbers needed for this assignment)",
            columns=columns(
                ("Name/Function", 0.5),
                ("Primary Contact: indicate cell, pager, or radio (frequency/system/channel)", 0.5),
            ),
            rows=tuple(_channels(ground, works)),
            blank=BLANK,
        ),
    ]
    return form(ground, "204", "Assignment List", parts, [prepared(ground, "9")])


def crew(ground: Situation, unit: Key) -> str:
    """How many people are on a unit, where its agency says so."""
    body = ground.unit(unit)
    return str(body.crew) if body is not None and body.crew is not None else ""


def contact_of(ground: Situation, key: str) -> str:
    """The contact that an agency names in its profile."""
    report = ground.picture.agencies.get(key)
    return one_line(report.body.contact) if report is not None and isinstance(report.body, Agency) else ""


def _resource(ground: Situation, work: Work) -> tuple[str, ...]:
    kind = unit_kind(ground, work.unit, work.task.unit_kind)
    named = unit_name(ground, work.unit)
    arrived = f" since {short(ground, work.arrived)}" if work.arrived and work.state == "on_scene" else ""
    remarks = [one_line(label(TASK_STATES, work.state)) + arrived]
    if work.eta and not work.arrived:
        remarks.append(f"ETA {short(ground, work.eta)}")
    if work.why:
        remarks.append(lines(work.why))
    return (
        f"{named}{f', {kind}' if kind else ''} ({agency(ground, work.unit[0])})",
        "",
        crew(ground, work.unit),
        one_line(work.task.channel),
        " · ".join(remarks),
    )


def _work(ground: Situation, work: Work) -> tuple[str, ...]:
    task = work.task
    kind = one_line(label(TASK_KINDS, task.kind))
    told = [f"{kind}: {one_line(task.objective)}" if task.kind not in {"custom", ""} else one_line(task.objective)]
    if task.note:
        told.append(lines(task.note))
    told += [f"☐ {one_line(line)}" for line in task.checklist]
    return (unit_name(ground, work.unit), "\n".join(told), full(ground, task.due_at))


def _instructions(ground: Situation, incident: Key | None, works: tuple[Work, ...]) -> str:
    told = []
    body = incident_of(ground, incident)
    if body is not None and incident is not None:
        told.append(where(body))
        lead = lead_line(ground, incident)
        told.append(f"Leads: {lead}" if lead else "")
        told.append(safety_words(ground, incident))
    else:
        told += [f"Hazard: {one}" for one in dict.fromkeys(one_line(h) for work in works for h in work.task.hazards)]
    return "\n".join(filter(None, told))


def _channels(ground: Situation, works: tuple[Work, ...]) -> list[tuple[str, str]]:
    """Each channel once, with the units that are to use it; then the contacts of their agencies."""
    using: dict[str, list[str]] = {}
    for one in works:
        if channel := one_line(one.task.channel):
            using.setdefault(channel, []).append(unit_name(ground, one.unit))
    told = [(", ".join(dict.fromkeys(units)), channel) for channel, units in sorted(using.items())]
    contacts = ((agency(ground, key), contact_of(ground, key)) for key in sorted({one.unit[0] for one in works}))
    return [*told, *(pair for pair in contacts if pair[1])]
