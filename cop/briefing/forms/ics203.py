"""ICS 203, Organization Assignment List."""

import numpy as np

from cop.briefing.forms.blocks import (
    BLANK,
    agency,
    columns,
    form,
    incident_name,
    name_box,
    period_box,
    prepared,
    row,
    wide,
)
from cop.briefing.forms.form import Box, Form, Part, Table
from cop.briefing.forms.people import commanders, commanders_of_all, lead_words
from cop.briefing.forms.situation import About, Situation
from cop.domain.agency import Agency, Presence
from cop.domain.words import ROLES, label
from cop.picture.change import Key
from cop.picture.names import one_line

_COMMAND_STAFF = ("Deputy", "Safety Officer", "Public Info. Officer", "Liaison Officer")
_PLANNING = (
    *("Chief", "Deputy", "Resources Unit", "Situation Unit", "Documentation Unit", "Demobilization Unit"),
    "Technical Specialists",
)
_LOGISTICS = (
    *("Chief", "Deputy", "Support Branch Director", "Supply Unit", "Facilities Unit", "Ground Support Unit"),
    *("Service Branch Director", "Communications Unit", "Medical Unit", "Food Unit"),
)
_FINANCE = ("Chief", "Deputy", "Time Unit", "Procurement Unit", "Comp/Claims Unit", "Cost Unit")


def fill(ground: Situation, about: About | None = None) -> list[Form]:
    """Who commands and who leads, incident by incident, and who speaks for each agency; the sections are filled in."""
    incident = about.key if about is not None else None
    incidents = list(ground.incidents) if incident is None else [ground.picture.same.lead(incident)]
    parts: list[Part] = [
        row(name_box(ground, incident, share=0.5), period_box(ground, share=0.5)),
        wide("3", "Incident Commander(s) and Command Staff: IC/UCs", commanders_of_all(ground, incident)),
        row(*(Box(label=one, share=1 / len(_COMMAND_STAFF)) for one in _COMMAND_STAFF)),
        Table(
            number="4",
            label="Agency/Organization Representatives",
            columns=columns(("Agency/Organization", 0.35), ("Name", 0.65)),
            rows=tuple(_representatives(ground, incident)),
            blank=BLANK,
        ),
        _section("5", "Planning Section", _PLANNING),
        _section("6", "Logistics Section", _LOGISTICS),
        _section("7", "Operations Section", ("Chief", "Deputy", "Staging Area", "Air Operations Branch Dir.")),
        Table(
            number="7",
            label="Operations Section: Branches and Divisions/Groups (incidents)",
            columns=columns(("Division/Group", 0.3), ("In command", 0.3), ("Leads", 0.18), ("Under", 0.22)),
            rows=tuple(
                (incident_name(ground, key), commanders(ground, key), *lead_words(ground, key)) for key in incidents
            ),
            blank=BLANK,
        ),
        _section("8", "Finance/Administration Section", _FINANCE),
    ]
    return [form(ground, "203", "Organization Assignment List", parts, [prepared(ground, "9")])]


def _section(number: str, heading: str, positions: tuple[str, ...]) -> Table:
    return Table(
        number=number,
        label=heading,
        columns=columns(("Position", 0.35), ("Name", 0.65)),
        rows=tuple((one, "") for one in positions),
    )


def _representatives(ground: Situation, incident: Key | None) -> list[tuple[str, str]]:
    """Each agency with the contact that it names, and who sits at its desks."""
    picture = ground.picture
    desks: dict[str, list[str]] = {}
    for (giver, _desk), report in sorted(picture.presence.items()):
        body = report.body
        if isinstance(body, Presence) and body.online and (name := one_line(body.operator)):
            role = f" ({label(ROLES, body.role)})" if body.role in ROLES else ""
            desks.setdefault(giver, []).append(f"{name}{role}")
    told = []
    for key in sorted(_taking_part(ground, incident), key=lambda one: (agency(ground, one).casefold(), one)):
        report_of = picture.agencies.get(key)
        profile = report_of.body if report_of is not None else None
        contact = one_line(profile.contact) if isinstance(profile, Agency) else ""
        names = dict.fromkeys(filter(None, (contact, *desks.get(key, ()))))
        told.append((agency(ground, key), "\n".join(names)))
    return told


def _taking_part(ground: Situation, incident: Key | None) -> set[str]:
    """The agencies of an incident: who reports, commands, leads, asks or sends there; of the operation all."""
    if incident is None:
        tracks = ground.picture.tracks
        rows = np.unique(tracks.agency[tracks.present]) if tracks.count else ()
        return {tracks.agencies[code] for code in rows} | set(ground.picture.agencies)
    found = {key[0] for key in ground.picture.same.of(incident)} | set(ground.command(incident).agencies)
    lead = ground.leads.get(ground.picture.same.lead(incident))
    found |= set(lead.agencies) if lead is not None else set()
    for work in ground.works_of.get(ground.picture.same.lead(incident), ()):
        found |= {work.key[0], work.unit[0]}
    return found
