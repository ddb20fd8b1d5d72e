"""ICS 206, Medical Plan: ambulances, hospitals and beds as they say them; medical details only as a clause allows."""

from collections.abc import Iterator

import numpy as np

from cop.briefing.forms.blocks import (
    BLANK,
    agency,
    columns,
    form,
    incident_name,
    lines,
    name_box,
    period_box,
    place,
    prepared,
    row,
    wide,
)
from cop.briefing.forms.form import Form, Part, Signature, Table
from cop.briefing.forms.ics204 import contact_of
from cop.briefing.forms.situation import About, Situation
from cop.domain.details import IncidentDetails
from cop.domain.report import Report
from cop.domain.resource import Resource
from cop.domain.words import AVAILABILITIES, label
from cop.picture.change import Key
from cop.picture.names import called, one_line
from cop.picture.tracks import KIND_CODES, STATUS_CODES

_AID_STATIONS = frozenset({"aid_station", "first_aid", "medical_station", "casualty_collection"})
_OF_HOSPITALS = frozenset({"hospital", "emergency_department", "beds"})


def fill(ground: Situation, about: About | None = None) -> list[Form]:
    """Where people can be brought, by whom, and who has beds."""
    incident = about.key if about is not None else None
    parts: list[Part] = [
        row(name_box(ground, incident, share=0.5), period_box(ground, share=0.5)),
        Table(
            number="3",
            label="Medical Aid Stations",
            columns=columns(
                ("Name", 0.3), ("Location", 0.3), ("Contact Number(s)/Frequency", 0.25), ("Paramedics on Site?", 0.15)
            ),
            rows=tuple(_station(ground, one) for one in _resources(ground, _AID_STATIONS)),
            blank=BLANK,
        ),
        Table(
            number="4",
            label="Transportation (indicate air or ground)",
            columns=columns(
                ("Ambulance Service", 0.3),
                ("Location", 0.3),
                ("Contact Number(s)/Frequency", 0.25),
                ("Level of Service", 0.15),
            ),
            rows=tuple(_ambulances(ground)),
            blank=BLANK,
        ),
        Table(
            number="5",
            label="Hospitals",
            columns=columns(
                ("Hospital Name", 0.17),
                ("Address, Latitude & Longitude if Helipad", 0.17),
                ("Contact Number(s)/Frequency", 0.12),
                ("Travel Time Air", 0.06),
                ("Travel Time Ground", 0.07),
                ("Trauma Center", 0.07),
                ("Burn Center", 0.06),
                ("Helipad", 0.06),
                ("Beds and state, as said", 0.22),
            ),
            rows=tuple(_hospitals(ground)),
            blank=BLANK,
        ),
        wide("6", "Special Medical Emergency Procedures", _details(ground, incident), least=4),
    ]
    signatures = [
        prepared(ground, "7", "Prepared by (Medical Unit Leader)"),
        Signature(label="8. Approved by (Safety Officer)"),
    ]
    return [form(ground, "206", "Medical Plan", parts, signatures, landscape=True)]


def _resources(ground: Situation, kinds: frozenset[str]) -> list[Report]:
    found = [one for _key, one in sorted(ground.picture.resources.items()) if isinstance(one.body, Resource)]
    return [one for one in found if isinstance(one.body, Resource) and one.body.kind in kinds]


def _station(ground: Situation, report: Report) -> tuple[str, ...]:
    body = report.body
    assert isinstance(body, Resource)
    name = f"{called(body.name, body.id)} ({agency(ground, report.agency)})"
    return (name, place(body.lat, body.lon), contact_of(ground, report.agency), "")


def _ambulances(ground: Situation) -> Iterator[tuple[str, ...]]:
    """One line an agency and way: how many ambulances it has, and how many of them are free."""
    tracks = ground.picture.tracks
    for kind, way in (("ambulance", "ground"), ("air_ambulance", "air")):
        of_kind = tracks.present & (tracks.kind == KIND_CODES[kind])
        for code in np.unique(tracks.agency[of_kind]).tolist():
            mine = of_kind & (tracks.agency == code)
            free = int((mine & (tracks.status == STATUS_CODES["available"])).sum())
            key = tracks.agencies[code]
            many = f"{int(mine.sum())} ambulance{'s' if mine.sum() > 1 else ''}, {way}, {free} available"
            yield (f"{agency(ground, key)}: {many}", "", contact_of(ground, key), "☐ ALS   ☐ BLS")


def _hospitals(ground: Situation) -> Iterator[tuple[str, ...]]:
    """One line a hospital; what it says of its beds in one place."""
    by_hospital: dict[tuple[str, str], list[Resource]] = {}
    for report in _resources(ground, _OF_HOSPITALS):
        body = report.body
        assert isinstance(body, Resource)
        # EDXL-HAVE says hospital and part in one name; an agency that names beds alone is the hospital itself
        name, _, part = one_line(body.name).partition(" · ")
        hospital = name if part or body.kind == "hospital" else agency(ground, report.agency)
        by_hospital.setdefault((report.agency, hospital), []).append(body)
    for (giver, name), some in sorted(by_hospital.items()):
        spot = next((one for one in some if one.lat is not None), None)
        told = [_beds(one) for one in some]
        owner = f" ({agency(ground, giver)})" if agency(ground, giver) != name else ""
        yield (
            f"{name}{owner}",
            place(spot.lat, spot.lon) if spot is not None else "",
            contact_of(ground, giver),
            "",
            "",
            "☐ Yes   Level:",
            "☐ Yes   ☐ No",
            "☐ Yes   ☐ No",
            "\n".join(filter(None, told)),
        )


def _beds(body: Resource) -> str:
    name, _, part = one_line(body.name).partition(" · ")
    part = part or ("" if body.kind == "hospital" else name)
    state = one_line(label(AVAILABILITIES, body.availability)).lower()
    many = f"{body.available} of {body.quantity} free, {state}" if body.kind == "beds" else state
    more = f"; {one_line(body.conditions)}" if body.conditions else ""
    return f"{part}: {many}{more}" if part else f"State: {many}{more}"


def _details(ground: Situation, incident: Key | None) -> str:
    """Medical details of incidents: the picture holds those alone that the reader may have."""
    by_incident: dict[Key, IncidentDetails] = {}
    reader = ground.occasion.reader or ground.occasion.operator.agency
    for _key, report in sorted(ground.picture.details.items()):
        body, about = report.body, (report.agency, report.body.id)
        if isinstance(body, IncidentDetails) and body.medical and (about not in by_incident or body.to == reader):
            by_incident[about] = body
    told = []
    for about, body in by_incident.items():
        if incident is None or ground.of_incident(about, incident):
            under = f" (shown under {', '.join(map(one_line, body.under))})" if body.under else ""
            told.append(f"{incident_name(ground, about)}: {lines(body.medical)}{under}")
    return "\n".join(told)
