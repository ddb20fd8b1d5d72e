"""Who tells the details of an incident, and to whom they go."""

from collections.abc import Collection
from datetime import datetime

import msgspec

from cop.domain.desk import Command, Operator, Refusal
from cop.domain.details import IncidentDetails
from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.rules.actions import may
from cop.domain.rules.newer import revision_of_time
from cop.domain.rules.share import Case, Sharing, as_shown
from cop.domain.statement import Statement


def tell_details(
    operator: Operator,
    incident: Report,
    details: IncidentDetails,
    sharing: Sharing,
    at: datetime,
    *,
    told: Collection[str] = (),
    operation: str = "",
) -> Command | Refusal:
    """The details of an incident of our own: a copy for ourselves, one for each party that a clause lets read.

    Who was `told` before and may not read them any longer has its copy taken back.
    """
    refusal = may(operator, "change_incident")
    if refusal is not None:
        return refusal
    if incident.agency != operator.agency:
        return Refusal(f"This incident is {incident.agency}'s; only they tell its details.")
    body = incident.body
    assert isinstance(body, Incident)
    own = msgspec.structs.replace(
        details, id=body.id, at=at, rev=revision_of_time(at), by=operator.name, to=operator.agency, under=()
    )
    case = Case(incident_type=body.type, lat=body.lat, lon=body.lon)
    copies: list[Statement] = []
    for party in sorted({*sharing.parties(operator.agency), *told} - {operator.agency}):
        copy = msgspec.structs.replace(own, to=party)
        shown = sharing.shown_to(party, operator.agency, case, at, operation=operation)
        seen = as_shown(_said(incident, copy), shown)
        if seen is not None:
            copies.append(seen.body)
        elif party in told:
            copies.append(msgspec.structs.replace(copy, medical="", personal="", deleted=True))
    return Command(own, tuple(copies))


def _said(incident: Report, body: IncidentDetails) -> Report:
    return Report(agency=incident.agency, body=body, source=incident.source, received_at=incident.received_at)
