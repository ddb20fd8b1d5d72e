"""ICS 209, Incident Status Summary."""

from collections import Counter

from cop.briefing.forms.activity import activity
from cop.briefing.forms.blocks import (
    agency,
    columns,
    form,
    full,
    incident_name,
    incident_of,
    lines,
    name_box,
    number_box,
    prepared,
    row,
    short,
    unit_kind,
    unit_name,
    wide,
)
from cop.briefing.forms.form import Box, Form, Part, Signature, Table
from cop.briefing.forms.hazards import alert_words, alerts_in_force, named_hazards, zone_words, zones_of
from cop.briefing.forms.ics201 import initiated, objectives
from cop.briefing.forms.people import commanders_of_all, lead_line
from cop.briefing.forms.requested import Asked, asked
from cop.briefing.forms.situation import About, Situation
from cop.briefing.forms.work import AT_WORK, Work
from cop.domain.incident import Incident
from cop.domain.place_words import degrees, usng, utm
from cop.domain.words import INCIDENT_STATUSES, INCIDENT_TYPES, label
from cop.picture.change import Key
from cop.picture.names import one_line

_CITIES = frozenset({"municipal", "city", "municipality", "town"})
_WITHIN_H = (12, 24, 48, 72)


def fill(ground: Situation, about: About | None = None) -> list[Form]:
    """How an incident, or the operation, stands: who commands, where, what happened, who is on it, what is lacking."""
    incident = about.key if about is not None else None
    body = incident_of(ground, incident)
    parts: list[Part] = [
        *_head(ground, incident, body),
        *_location(ground, incident, body),
        *_summary(ground, incident, body),
        *_people(ground, incident),
        *_outlook(ground, incident),
        *_committed(ground, incident),
    ]
    signatures = [prepared(ground, "12"), Signature(label="14. Approved by")]
    return [form(ground, "209", "Incident Status Summary", parts, signatures)]


def _head(ground: Situation, incident: Key | None, body: Incident | None) -> list[Part]:
    until = min(ground.at, ground.period.ends)
    kind = one_line(label(INCIDENT_TYPES, body.type)) if body is not None else ""
    status = one_line(label(INCIDENT_STATUSES, body.status)) if body is not None else ""
    kind = f"{kind}, {status.lower()}, priority {body.priority}" if body is not None else ""
    return [
        row(name_box(ground, incident, share=0.6), number_box(ground, incident, share=0.4)),
        row(
            Box(number="3", label="Report Version", text="☐ Initial   ☐ Update   ☐ Final   Rpt #", share=0.3),
            Box(
                number="4",
                label="Incident Commander(s) & Agency or Organization",
                text=commanders_of_all(ground, incident),
                share=0.4,
                lines=2,
            ),
            Box(number="5", label="Incident Management Organization", share=0.3),
        ),
        row(
            Box(number="6", label="Incident Start Date/Time", text=initiated(ground, incident), share=0.3),
            Box(number="7", label="Current Incident Size or Area Involved", share=0.35),
            Box(number="8", label="Percent (%) Contained / Completed", share=0.35),
        ),
        row(
            Box(number="9", label="Incident Definition", text=kind, share=0.3),
            Box(number="10", label="Incident Complexity Level", share=0.2),
            Box(
                number="11",
                label="For Time Period",
                text=f"From {full(ground, ground.period.begins)}\nTo {full(ground, until)}",
                share=0.5,
                lines=2,
            ),
        ),
        row(
            Box(number="13", label="Date/Time Submitted", share=0.4),
            Box(number="15", label="Primary Location, Organization, or Agency Sent To", share=0.6),
        ),
    ]


def _location(ground: Situation, incident: Key | None, body: Incident | None) -> list[Part]:
    keys = list(ground.incidents) if incident is None else [ground.picture.same.lead(incident)]
    inside = [one for key in keys if key in ground.sites for one in ground.sites[key].inside]
    states = sorted({one.state for one in inside if one.state})
    counties = sorted({one.name for one in inside if one.level == "county"})
    cities = sorted({one.name for one in inside if one.level in _CITIES})
    spot = (body.lat, body.lon) if body is not None and body.lat is not None and body.lon is not None else None
    address = one_line(body.address) if body is not None else ""
    if body is None:
        address = "\n".join(
            f"{incident_name(ground, key)}: {one_line(one.body.address)}"
            for key, one in ground.incidents.items()
            if isinstance(one.body, Incident) and one.body.address
        )
    lead = lead_line(ground, incident) if incident is not None else ""
    return [
        row(
            Box(number="16", label="State", text=", ".join(map(one_line, states)), share=0.15),
            Box(number="17", label="County/Parish/Borough", text=", ".join(map(one_line, counties)), share=0.3),
            Box(number="18", label="City", text=", ".join(map(one_line, cities)), share=0.25),
            Box(number="19", label="Unit or Other", share=0.3),
        ),
        row(
            Box(number="20", label="Incident Jurisdiction", text=lead, share=0.5),
            Box(number="21", label="Incident Location Ownership (if different than jurisdiction)", share=0.5),
        ),
        row(
            Box(number="22", label="Latitude/Longitude", text=degrees(*spot) if spot else "", share=0.35),
            Box(number="23", label="US National Grid Reference", text=usng(*spot) if spot else "", share=0.3),
            Box(number="24", label="Legal Description (township, section, range)", share=0.35),
        ),
        row(
            Box(number="25", label="Short Location or Area Description", text=address, share=0.6, lines=2),
            Box(number="26", label="UTM Coordinates", text=utm(*spot) if spot else "", share=0.4),
        ),
        wide("27", "Electronic geospatial data included or attached", least=1),
    ]


def _summary(ground: Situation, incident: Key | None, body: Incident | None) -> list[Part]:
    told = activity(ground, incident)
    events = [f"{short(ground, one.at)}  {agency(ground, one.agency)}: {one.words}" for one in told]
    hazards = [*named_hazards(ground, incident), *(zone_words(ground, one) for one in zones_of(ground, incident))]
    return [
        Table(
            number="28",
            label="Significant Events for the Time Period Reported",
            columns=columns(("", 1.0)),
            rows=tuple((one,) for one in events),
            blank=0 if events else 3,
        ),
        wide("29", "Primary Materials or Hazards Involved", "\n".join(hazards)),
        Table(
            number="30",
            label="Damage Assessment Information",
            columns=columns(
                ("A. Structural Summary", 0.4),
                ("B. # Threatened (72 hrs)", 0.2),
                ("C. # Damaged", 0.2),
                ("D. # Destroyed", 0.2),
            ),
            rows=tuple(
                (one, "", "", "")
                for one in (
                    "E. Single Residences",
                    "F. Nonresidential Commercial Property",
                    "Other Minor Structures",
                    "Other",
                )
            ),
        ),
        *([wide("", "Situation", lines(body.summary))] if body is not None and body.summary else []),
    ]


def _people(ground: Situation, incident: Key | None) -> list[Part]:
    def _status(number: str, heading: str, rows: tuple[str, ...]) -> Table:
        return Table(
            number=number,
            label=heading,
            columns=columns(
                ("C. Indicate Number Below", 0.6), ("A. # This Reporting Period", 0.2), ("B. Total # to Date", 0.2)
            ),
            rows=tuple((one, "", "") for one in rows),
        )

    threats = [alert_words(ground, giver, one) for giver, one in alerts_in_force(ground, incident)]
    evacuation = [zone_words(ground, one) for one in zones_of(ground, incident, frozenset({"evacuation"}))]
    common = ("D. Fatalities", "E. With Injuries/Illness", "F. Trapped/In Need of Rescue", "G. Missing")
    return [
        _status(
            "31",
            "Public Status Summary",
            (
                *common,
                *(
                    "H. Evacuated",
                    "I. Sheltering in Place",
                    "J. In Temporary Shelters",
                    "K. Have Received Mass Immunizations",
                ),
                *("L. Require Immunizations", "M. In Quarantine", "N. Total # Civilians (Public) Affected"),
            ),
        ),
        _status(
            "32",
            "Responder Status Summary",
            (
                *common,
                *(
                    "H. Sheltering in Place",
                    "I. Have Received Immunizations",
                    "J. Require Immunizations",
                    "K. In Quarantine",
                ),
                "N. Total # Responders Affected",
            ),
        ),
        wide("33", "Life, Safety, and Health Status/Threat Remarks", "\n".join(threats)),
        wide("34", "Life, Safety, and Health Threat Management", "\n".join(evacuation)),
        wide("35", "Weather Concerns"),
    ]


def _outlook(ground: Situation, incident: Key | None) -> list[Part]:
    frames = (*(f"{one} hours" for one in _WITHIN_H), "Anticipated after 72 hours")

    def _frames(number: str, heading: str, texts: tuple[str, ...] = ("",) * 5) -> Table:
        rows = tuple(zip(frames, texts, strict=True))
        return Table(number=number, label=heading, columns=columns(("Within", 0.2), ("", 0.8)), rows=rows)

    return [
        _frames("36", "Projected Incident Activity, Potential, Movement, Escalation, or Spread"),
        wide("37", "Strategic Objectives", objectives(ground, incident)),
        _frames("38", "Current Incident Threat Summary and Risk Information"),
        _frames("39", "Critical Resource Needs", _needs(ground, asked(ground, incident))),
        wide("40", "Strategic Discussion"),
        wide("41", "Planned Actions for Next Operational Period"),
        row(
            Box(number="42", label="Projected Final Incident Size/Area", share=0.5),
            Box(number="43", label="Anticipated Incident Management Completion Date", share=0.5),
        ),
        row(
            Box(number="44", label="Projected Significant Resource Demobilization Start Date", share=0.34),
            Box(number="45", label="Estimated Incident Costs to Date", share=0.33),
            Box(number="46", label="Projected Final Incident Cost Estimate", share=0.33),
        ),
        wide("47", "Remarks", _declines(ground, incident)),
    ]


def _needs(ground: Situation, requests: list[Asked]) -> tuple[str, ...]:
    """What nobody has promised yet, by when it is needed; what has no time is needed now."""
    told: list[list[str]] = [[], [], [], [], []]
    for one in requests:
        if not one.standing.missing:
            continue
        hours = (one.request.needed_by - ground.at).total_seconds() / 3600 if one.request.needed_by is not None else 0.0
        place = next((number for number, within in enumerate(_WITHIN_H) if hours <= within), len(_WITHIN_H))
        due = f", by {short(ground, one.request.needed_by)}" if one.request.needed_by is not None else ""
        nims = f" ({one_line(one.request.nims_type)})" if one.request.nims_type else ""
        told[place].append(
            f"{one.standing.missing} of {one.request.quantity} × {one_line(one.request.what)}{nims}{due}"
        )
    return tuple("\n".join(one) for one in told)


def _declines(ground: Situation, incident: Key | None) -> str:
    """What was asked and not given in the period, and why: what a plan cannot count on."""
    works = ground.works if incident is None else ground.works_of.get(ground.picture.same.lead(incident), ())
    told = []
    for one in works:
        if one.state not in {"declined", "expired"}:
            continue
        says = "declined" if one.state == "declined" else "no answer"
        why = f": {lines(one.why)}" if one.why else ""
        objective = one_line(one.task.objective)
        told.append(f"{agency(ground, one.unit[0])}, {unit_name(ground, one.unit)}, {says} ({objective}){why}")
    return "\n".join(told)


def _committed(ground: Situation, incident: Key | None) -> list[Part]:
    """Units at work, by agency and kind, with the people on them as far as agencies say so."""
    works = ground.works if incident is None else ground.works_of.get(ground.picture.same.lead(incident), ())
    units: dict[Key, Work] = {one.unit: one for one in works if one.is_at_work}
    many: Counter[tuple[str, str]] = Counter()
    people: Counter[tuple[str, str]] = Counter()
    for unit, work in units.items():
        group = (unit[0], unit_kind(ground, unit, work.task.unit_kind) or "Unit")
        body = ground.unit(unit)
        many[group] += 1
        people[group] += (body.crew or 0) if body is not None else 0
    there = {key for key, _kind in many}
    helped = {one.unit[0] for one in works if one.left is not None or not AT_WORK.isdisjoint(one.moments)}
    helped |= {given.agency for one in asked(ground, incident) for given in one.standing.given if given.quantity}
    rows = tuple(
        (agency(ground, key), kind, str(many[key, kind]), str(people[key, kind] or ""))
        for key, kind in sorted(many, key=lambda one: (agency(ground, one[0]).casefold(), one))
    )
    return [
        Table(
            number="48–49",
            label="Resources (summarize by agency, kind, and/or type)",
            columns=columns(
                ("48. Agency or Organization", 0.35),
                ("49. Resources (kind and/or type)", 0.35),
                ("# of Resources", 0.15),
                ("# of Personnel", 0.15),
            ),
            rows=rows,
            blank=0 if rows else 3,
        ),
        row(
            Box(number="50", label="Additional Personnel not assigned to a resource", share=0.34),
            Box(number="51", label="Total Personnel", text=str(people.total() or ""), share=0.33),
            Box(number="52", label="Total Resources", text=str(many.total() or ""), share=0.33),
        ),
        wide(
            "53",
            "Additional Cooperating and Assisting Organizations Not Listed Above",
            ", ".join(sorted(agency(ground, one) for one in helped - there)),
        ),
    ]
