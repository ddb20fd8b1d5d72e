"""ICS 201, Incident Briefing."""

from cop.briefing.forms.activity import activity, rows
from cop.briefing.forms.blocks import (
    BLANK,
    agency,
    columns,
    form,
    full,
    incident_name,
    incident_number,
    incident_of,
    lines,
    name_box,
    number_box,
    prepared,
    row,
    short,
    unit_kind,
    unit_name,
    where,
    wide,
)
from cop.briefing.forms.form import Box, Form, Part, Sketch, Table
from cop.briefing.forms.hazards import safety_words
from cop.briefing.forms.people import commanders_of_all, lead_line
from cop.briefing.forms.requested import asked
from cop.briefing.forms.situation import About, Situation
from cop.briefing.forms.work import Work
from cop.domain.incident import Incident
from cop.domain.words import INCIDENT_STATUSES, INCIDENT_TYPES, TASK_STATES, label
from cop.picture.change import Key
from cop.picture.names import one_line


def fill(ground: Situation, about: About | None = None) -> list[Form]:
    """The briefing of one incident, or of the operation."""
    incident = about.key if about is not None else None
    works = ground.works if incident is None else ground.works_of.get(ground.picture.same.lead(incident), ())
    parts: list[Part] = [
        row(
            name_box(ground, incident, share=0.4),
            number_box(ground, incident, share=0.3),
            Box(number="3", label="Date/Time Initiated", text=initiated(ground, incident), share=0.3),
        ),
        Sketch(number="4", label="Map/Sketch", png=ground.sketch),
        wide("5", "Situation Summary and Health and Safety Briefing", _summary(ground, incident), least=6),
        *_incidents(ground, incident),
        wide("7", "Current and Planned Objectives", objectives(ground, incident), least=5),
        Table(
            number="8",
            label="Current and Planned Actions, Strategies, and Tactics",
            columns=columns(("Time", 0.18), ("Actions", 0.82)),
            rows=rows(ground, activity(ground, incident)),
            blank=BLANK,
        ),
        *_organization(ground, incident),
        Table(
            number="10",
            label="Resource Summary",
            columns=columns(
                ("Resource", 0.15),
                ("Resource Identifier", 0.21),
                ("Date/Time Ordered", 0.12),
                ("ETA", 0.11),
                ("Arrived", 0.11),
                ("Notes (location/assignment/status)", 0.3),
            ),
            rows=(*(_resource(ground, one, incident is None) for one in works), *_ordered(ground, incident)),
            blank=BLANK,
        ),
    ]
    return [form(ground, "201", "Incident Briefing", parts, [prepared(ground, "6")])]


def objectives(ground: Situation, incident: Key | None) -> str:
    """What open tasks are to reach, each once, the incidents in their order."""
    told = []
    for key in ground.incidents if incident is None else [ground.picture.same.lead(incident)]:
        works = [one for one in ground.works_of.get(key, ()) if one.is_open]
        mine = dict.fromkeys(filter(None, (one_line(one.task.objective) for one in works)))
        head = f"{incident_name(ground, key)}: " if incident is None else ""
        told += [f"{head}{objective}" for objective in mine]
    if incident is None:
        loose = (one_line(one.task.objective) for one in ground.works if one.is_open and one.incident is None)
        told += [one for one in dict.fromkeys(loose) if one]
    return "\n".join(f"{number}. {one}" for number, one in enumerate(told, 1))


def initiated(ground: Situation, incident: Key | None) -> str:
    """When an incident began, or the first of them."""
    body = incident_of(ground, incident)
    if body is not None:
        return full(ground, body.opened_at or body.at)
    bodies = [one.body for one in ground.incidents.values()]
    opened = [one.opened_at or one.at for one in bodies if isinstance(one, Incident)]
    return full(ground, min(opened, default=None))


def _summary(ground: Situation, incident: Key | None) -> str:
    body = incident_of(ground, incident)
    told = []
    if body is not None and incident is not None:
        told.append(_state(body))
        told += [where(body), lines(body.summary)]
        lead = lead_line(ground, incident)
        told.append(f"Leads: {lead}" if lead else "")
    told.append(safety_words(ground, incident))
    return "\n".join(filter(None, told))


def _state(body: Incident) -> str:
    kind = one_line(label(INCIDENT_TYPES, body.type))
    return f"{kind}, {one_line(label(INCIDENT_STATUSES, body.status)).lower()}, priority {body.priority}"


def _incidents(ground: Situation, incident: Key | None) -> list[Part]:
    """Of the whole operation each incident has a line of its own."""
    if incident is not None or not ground.incidents:
        return []
    told = []
    for key, report in ground.incidents.items():
        body = report.body
        assert isinstance(body, Incident)
        told.append(
            (
                f"{incident_name(ground, key)}\n{incident_number(ground, key)}",
                _state(body),
                "\n".join(filter(None, (where(body), lines(body.summary)))),
                lead_line(ground, key),
            )
        )
    return [
        Table(
            number="5",
            label="Situation Summary (each incident)",
            columns=columns(("Incident", 0.25), ("Status", 0.17), ("Place and summary", 0.38), ("Leads, under", 0.2)),
            rows=tuple(told),
        )
    ]


def _organization(ground: Situation, incident: Key | None) -> list[Part]:
    return [
        wide("9", "Current Organization: Incident Commander(s)", commanders_of_all(ground, incident)),
        row(
            *(
                Box(label=one, share=1 / 3, lines=2)
                for one in ("Liaison Officer", "Safety Officer", "Public Information Officer")
            )
        ),
        row(
            *(
                Box(label=f"{one} Section Chief", share=0.25, lines=2)
                for one in ("Operations", "Planning", "Logistics", "Finance/Admin")
            )
        ),
    ]


def _resource(ground: Situation, work: Work, names_incident: bool) -> tuple[str, ...]:
    notes = [one_line(label(TASK_STATES, work.state)), one_line(work.task.objective)]
    if names_incident and work.incident is not None and ground.report(work.incident) is not None:
        notes.append(incident_name(ground, work.incident))
    if work.why:
        notes.append(lines(work.why))
    return (
        unit_kind(ground, work.unit, work.task.unit_kind),
        f"{unit_name(ground, work.unit)} ({agency(ground, work.unit[0])})",
        short(ground, work.asked_at),
        short(ground, work.eta or work.task.due_at if not work.arrived else work.eta),
        short(ground, work.arrived),
        " · ".join(notes),
    )


def _ordered(ground: Situation, incident: Key | None) -> list[tuple[str, ...]]:
    """What was requested beside units: how much of it, and how it stands."""
    told: list[tuple[str, ...]] = []
    for one in asked(ground, incident):
        notes = [one.words, one_line(one.request.deliver_to)]
        told.append(
            (
                one_line(one.request.kind.replace("_", " ").capitalize()),
                f"{one.request.quantity} × {one_line(one.request.what)} ({agency(ground, one.report.agency)})",
                short(ground, one.request.asked_at or one.report.reported_at),
                short(ground, one.eta),
                f"{one.standing.delivered} of {one.request.quantity}" if one.standing.delivered else "",
                " · ".join(filter(None, notes)),
            )
        )
    return told
