"""An hour of a hazmat derailment and a bus crash, as reports: what forms are filled from in tests."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from cop.briefing.forms.situation import Situation
from cop.domain.agency import Agency, Presence
from cop.domain.agreement import Agreement, Agreements, AidClause, LeadClause, Term
from cop.domain.area import Alert, Jurisdiction, Zone
from cop.domain.command import IncidentCommand, command_id
from cop.domain.details import IncidentDetails
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.domain.request import Fill, ResourceRequest
from cop.domain.rules.site import Lead, Site
from cop.domain.statement import Statement
from tests import reports as r
from tests.briefing.form_text import OURS, ground_of, picture_of

GASTONIA, EMS, PD, HOSPITAL = "gastonia-fd", "mecklenburg-ems", "charlotte-pd", "atrium"
RAIL, BUS = (OURS, "rail"), (EMS, "bus")
HOT = {"type": "Polygon", "coordinates": [[[-81, 35], [-80.9, 35], [-80.9, 35.1], [-81, 35]]]}


def paper() -> Agreements:
    parties = (OURS, GASTONIA, EMS, PD)
    clauses = (
        LeadClause(number="3.1", says="Charlotte leads.", leads=OURS),
        AidClause(number="2.4", says="Ambulances.", giver=EMS, takers=(OURS,), mode="direct"),
    )
    paper = Agreement(id="mou", title="Hazmat MOU", parties=parties, in_force_from=date(2020, 1, 1), clauses=clauses)
    return Agreements([Term(paper, one) for one in clauses])


def _rail(**fields: Any) -> dict[str, Any]:
    return {"incident_agency": OURS, "incident": "rail", **fields}


def busy_hour() -> list[Report]:
    """An hour of a hazmat derailment and a bus crash, each word once, in no order that matters."""
    words: list[tuple[str, Statement]] = [
        (OURS, Agency(id=OURS, at=r.at(0), name="Charlotte Fire", contact="555-0100")),
        (GASTONIA, Agency(id=GASTONIA, at=r.at(0), name="Gastonia Fire", contact="Chief Dunn")),
        (EMS, Agency(id=EMS, at=r.at(0), name="Mecklenburg EMS")),
        (OURS, Presence(id="d1", at=r.at(0), online=True, operator="Ames", role="liaison")),
        (OURS, r.unit("engine-30", kind="engine", callsign="Engine 30", crew=4, status="on_scene", seconds=900)),
        (GASTONIA, r.unit("hazmat-4", kind="hazmat", callsign="Hazmat 4", crew=5)),
        (EMS, r.unit("medic-17", kind="ambulance", callsign="Medic 17", crew=2, capabilities=("ALS",))),
        (EMS, r.unit("medic-24", kind="ambulance", callsign="Medic 24", crew=2)),
        (
            OURS,
            r.incident(
                "rail",
                type="hazmat",
                priority=1,
                status="active",
                title="Derailment",
                address="Old Dowd Rd",
                summary="14 cars off the rails.",
                lat=35.05,
                lon=-80.92,
                opened_at=r.at(-7200),
            ),
        ),
        (EMS, r.incident("bus", type="mass_casualty", priority=2, title="Bus crash", status="open", seconds=60)),
        (
            OURS,
            r.task(
                "t1",
                objective="Fire attack",
                kind="dispatch",
                assignee_agency=OURS,
                unit="engine-30",
                hazards=("Chlorine",),
                channel="TAC 7",
                seconds=120,
                checklist=("Read placards",),
                **_rail(),
            ),
        ),
        (OURS, r.answer("t1", "on_scene", seconds=900)),
        (OURS, r.task("t2", objective="Decon corridor", unit="hazmat-4", seconds=180, due_at=r.at(5400), **_rail())),
        (GASTONIA, r.answer("t2", "declined", seconds=300, reason="Only team of the county")),
        (OURS, r.task("t3", objective="Triage", assignee_agency=EMS, unit="medic-17", seconds=240, **_rail())),
        (EMS, r.answer("t3", "complete", seconds=2400, reason="6 carried")),
        (OURS, r.task("t4", objective="Not asked yet", assignee_agency=EMS, unit="medic-24", draft=True, **_rail())),
        (
            OURS,
            IncidentCommand(
                id=command_id(*RAIL),
                at=r.at(200),
                rev=1,
                incident_agency=OURS,
                incident="rail",
                holds=True,
                commander="Chief Reyes",
                since=r.at(200),
            ),
        ),
        (OURS, Zone(id="z1", at=r.at(400), kind="hot_zone", name="Hot zone 1 km", geometry=HOT, **_rail())),
        (OURS, Zone(id="z2", at=r.at(400), kind="staging_area", name="Harlee Avenue", geometry=HOT, **_rail())),
        (OURS, Zone(id="z3", at=r.at(400), kind="hot_zone", name="Over by now", expires_at=r.at(500), **_rail())),
        (
            "nws",
            Alert(
                id="a1",
                at=r.at(100),
                event="Flood Warning",
                headline="Flood warning",
                severity="Severe",
                instruction="Turn around.",
                expires_at=r.at(7200),
            ),
        ),
        (
            OURS,
            ResourceRequest(
                id="q1",
                at=r.at(600),
                kind="team",
                what="Evacuation teams",
                quantity=6,
                priority=1,
                needed_by=r.at(3600 + 8 * 3600),
                deliver_to="Gate 2",
                asked_of=(PD,),
                **_rail(),
            ),
        ),
        (PD, Fill(id="q1", at=r.at(700), requester=OURS, state="en_route", quantity=4, resource="evac", eta_s=1800)),
        (
            HOSPITAL,
            r.resource(
                "h-beds",
                name="Atrium Main · Burn beds",
                kind="beds",
                nims_type="burn",
                quantity=8,
                available=3,
                availability="available",
                lat=35.2,
                lon=-80.84,
            ),
        ),
        (EMS, r.resource("m17", name="Medic 17", kind="unit", nims_type="Type 1", unit="medic-17")),
        (
            OURS,
            LogEntry(
                id="l1", at=r.at(1000), text="Hot zone set by Battalion 3", by="Reyes", role="commander", **_rail()
            ),
        ),
        (PD, LogEntry(id="l2", at=r.at(1100), text="For Gastonia alone", to=(GASTONIA,))),
        (OURS, IncidentDetails(id="rail", at=r.at(0), to=OURS, medical="Two burns")),
    ]
    return [r.report(agency, body, received_s=60.0) for agency, body in words]


class _Leads:
    """Who leads, as an authority tells it."""

    def __init__(self, agreements: Agreements) -> None:
        self._term = agreements.term("mou", "3.1")
        ground = SimpleNamespace()
        ground.county = Jurisdiction("c", "Gaston County", "county", "law", "gaston-so", None, 900.0, "NC")
        self._site = Site(inside=(ground.county,))

    def lead(self, key: tuple[str, str]) -> Lead | None:
        return Lead((OURS,), "a clause", self._term) if key == RAIL else None

    def site(self, key: tuple[str, str]) -> Site | None:
        return self._site if key == RAIL else None


def busy_ground(reports: list[Report] | None = None, **fields: Any) -> Situation:
    agreements = paper()
    picture = picture_of(reports if reports is not None else busy_hour(), agreements)
    return ground_of(picture, authority=_Leads(agreements), **fields)
