"""ICS 221, Demobilization Check-Out: one for each unit that was released in the period."""

from cop.briefing.forms.blocks import (
    agency,
    columns,
    form,
    full,
    incident_name,
    incident_number,
    lines,
    name_box,
    number_box,
    prepared,
    row,
    unit_kind,
    unit_name,
    wide,
)
from cop.briefing.forms.form import Box, Form, Part, Table
from cop.briefing.forms.ics204 import contact_of
from cop.briefing.forms.situation import About, Situation
from cop.briefing.forms.work import Work
from cop.domain.words import TASK_STATES, label
from cop.picture.change import Key
from cop.picture.names import one_line

_SIGN_OFF = (
    (
        "Logistics Section",
        ("Supply Unit", "Communications Unit", "Facilities Unit", "Ground Support Unit", "Security Manager"),
    ),
    ("Finance/Administration Section", ("Time Unit",)),
    ("Other Section/Staff", ("", "")),
    ("Planning Section", ("Documentation Leader", "Demobilization Leader")),
)


def fill(ground: Situation, about: About | None = None) -> list[Form]:
    """Of one unit, of the units that left an incident, or of all that were released; a blank one where none was."""
    released = _released(ground)
    if about is not None and about.what == "unit":
        return [_one(ground, about.key, released.get(about.key))]
    if about is not None:
        lead = ground.picture.same.lead(about.key)
        released = {
            unit: one
            for unit, one in released.items()
            if one.incident is not None and ground.picture.same.lead(one.incident) == lead
        }
    ordered = sorted(released, key=lambda one: (released[one].since, one))
    return [_one(ground, unit, released[unit]) for unit in ordered] or [_one(ground, None, None)]


def _released(ground: Situation) -> dict[Key, Work]:
    """Units that left their work in the period and have no other, by the work that they left last."""
    found: dict[Key, Work] = {}
    busy = {one.unit for one in ground.works if one.is_at_work}
    for one in ground.works:
        if one.left is None or one.unit in busy or not ground.period.begins <= one.left <= ground.period.ends:
            continue
        known = found.get(one.unit)
        if known is None or (known.since, known.key) < (one.since, one.key):
            found[one.unit] = one
    return found


def _one(ground: Situation, unit: Key | None, work: Work | None) -> Form:
    incident = work.incident if work is not None else None
    incident = ground.picture.same.lead(incident) if incident is not None and ground.report(incident) else None
    # where it goes on to, it was sent after it was free
    onward = next((one for one in ground.works if unit is not None and one.unit == unit and one.is_open), None)
    kind = unit_kind(ground, unit, work.task.unit_kind if work is not None else "") if unit is not None else ""
    named = (
        f"{unit_name(ground, unit)}{f', {kind}' if kind else ''} ({agency(ground, unit[0])})"
        if unit is not None
        else ""
    )
    parts: list[Part] = [
        row(name_box(ground, incident, share=0.6), number_box(ground, incident, share=0.4)),
        row(
            Box(number="3", label="Planned Release Date/Time", share=0.3),
            Box(number="4", label="Resource or Personnel Released", text=named, share=0.45),
            Box(
                number="5",
                label="Order Request Number",
                text=one_line(work.task.id) if work is not None else "",
                share=0.25,
            ),
        ),
        *(
            Table(
                number="6" if not place else "",
                label=f"Resource or Personnel: {section}" if not place else section,
                columns=columns(("☐ Unit/Leader", 0.3), ("Remarks", 0.3), ("Name", 0.2), ("Signature", 0.2)),
                rows=tuple((f"☐ {one}", "", "", "") for one in units),
            )
            for place, (section, units) in enumerate(_SIGN_OFF)
        ),
        wide("7", "Remarks", _remarks(ground, work), least=3),
        row(
            Box(number="8", label="Travel Information: Room Overnight", text="☐ Yes   ☐ No", share=0.34),
            Box(label="Estimated Time of Departure", share=0.33),
            Box(
                label="Actual Release Date/Time",
                text=full(ground, work.left) if work is not None else "",
                share=0.33,
            ),
        ),
        row(Box(label="Destination", share=0.5), Box(label="Estimated Time of Arrival", share=0.5)),
        row(
            Box(label="Travel Method", share=0.5),
            Box(
                label="Contact Information While Traveling",
                text=contact_of(ground, unit[0]) if unit is not None else "",
                share=0.5,
            ),
        ),
        row(
            Box(label="Manifest", text="☐ Yes   ☐ No   Number:", share=0.5),
            Box(label="Area/Agency/Region Notified", share=0.5),
        ),
        row(
            Box(
                number="9",
                label="Reassignment Information",
                text="☒ Yes   ☐ No" if onward is not None else "☐ Yes   ☐ No",
                share=0.25,
            ),
            Box(label="Incident Name", text=_onward(ground, onward, "name"), share=0.35),
            Box(label="Incident Number", text=_onward(ground, onward, "number"), share=0.4),
        ),
        row(
            Box(label="Location", share=0.5),
            Box(label="Order Request Number", text=one_line(onward.task.id) if onward is not None else "", share=0.5),
        ),
    ]
    return form(ground, "221", "Demobilization Check-Out", parts, [prepared(ground, "10")])


def _onward(ground: Situation, onward: Work | None, what: str) -> str:
    if onward is None or onward.incident is None:
        return ""
    return incident_name(ground, onward.incident) if what == "name" else incident_number(ground, onward.incident)


def _remarks(ground: Situation, work: Work | None) -> str:
    if work is None:
        return ""
    told = [f"{one_line(work.task.objective)}: {one_line(label(TASK_STATES, work.state)).lower()}"]
    if work.why:
        told.append(lines(work.why))
    if work.arrived is not None:
        told.append(f"On scene {full(ground, work.arrived)}")
    return "\n".join(told)
