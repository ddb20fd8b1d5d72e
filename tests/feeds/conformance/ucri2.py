"""UCRI2: the examples of its specification, read beside a plain JSON reading."""

import json
from datetime import datetime
from typing import Any

from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.domain.task import Answer, Task
from cop.domain.unit import Position, Unit

from . import Marks, Row, bodies, decode, only

#: texts of the samples that are about persons
PERSONAL = ("Musterfrau", "Mustermann", "+49", "@example.com", "S123456789", "1980", "X1234567890", "Musterkasse")


def check(row: Row, marks: Marks) -> None:
    """Whatever a message says of an incident or a request comes out; catalogues and transport give nothing."""
    fields = json.loads(row.bytes)
    with marks.message(row.file):
        reports = decode("ucri2", row)
        assert not bodies(reports, Position)
        if "sentByDispatcherAt" in fields:
            check_incident(row, fields, reports)
        elif "resourceRequestId" in fields:
            check_request(row, fields, reports)
        elif "sharedIncidentId" in fields:
            check_about_incident(row, fields, reports)
        else:
            assert row.says == ""
            assert reports == []
        for report in reports:
            shown = str(report.losses) + str(report.body)
            assert not any(personal in shown for personal in PERSONAL)


def moment(text: str | None) -> datetime | None:
    """A time of the row."""
    return datetime.fromisoformat(text) if text else None


def check_incident(row: Row, fields: dict[str, Any], reports: list[Report]) -> None:
    """An incident handed over, its remarks, and what is requested for it."""
    incident = only(reports, Incident)
    assert incident.id == row.said("sharedIncidentId")
    assert incident.at == moment(row.said("sentByDispatcherAt"))
    assert incident.opened_at == moment(row.said("startTimestamp"))
    assert row.said("issue") in incident.title
    assert (incident.lat, incident.lon) == (row.number("lat"), row.number("lon"))
    codes = row.said("classifications")
    for code in json.loads(codes.replace("'", '"')) if codes else ():
        assert code in incident.title
    assert incident.priority == (2 if row.said("flashingLights") == "True" else 3)
    assert any(report.source.original_id == row.said("internalId") for report in reports)
    remarks = fields.get("protocolRemarks", [])
    assert [entry.text for entry in bodies(reports, LogEntry)] == [remark["message"] for remark in remarks]
    wanted = fields.get("requestedResources", [])
    assert [(task.id, task.unit) for task in bodies(reports, Task)] == [
        (one["resourceRequestId"], one["resourceName"]) for one in wanted
    ]
    assert {task.incident for task in bodies(reports, Task)} <= {incident.id}


def check_request(row: Row, fields: dict[str, Any], reports: list[Report]) -> None:
    """What is said to a request, and the resources that it names."""
    answer = only(reports, Answer)
    assert answer.id == row.said("resourceRequestId")
    assert answer.at == moment(row.said("acknowledgedAt") or row.said("deployedAt"))
    state = {"rejected": "declined", "accepted": "accepted", None: "en_route" if row.said("deployedAt") else "accepted"}
    assert answer.state == state[row.said("acknowledgementStatus")]
    assert fields.get("comment", "") in answer.reason
    given = fields.get("acknowledgedResources", [fields] if "resourceId" in fields else [])
    assert [(unit.id, unit.callsign) for unit in bodies(reports, Unit)] == [
        (one["resourceId"], one["resourceName"]) for one in given
    ]
    assert {unit.kind for unit in bodies(reports, Unit)} <= {"ambulance"}


def check_about_incident(row: Row, fields: dict[str, Any], reports: list[Report]) -> None:
    """Acknowledgements and notifications are lines of the log; an end ends the incident."""
    if "completedAt" in fields:
        incident = only(reports, Incident)
        assert incident.id == row.said("sharedIncidentId")
        assert (incident.status, incident.closed_at) == ("cancelled", moment(fields["completedAt"]))
        return
    entries = bodies(reports, LogEntry)
    assert len(entries) == len(reports) == len(fields.get("notifications", [fields]))
    assert {entry.incident for entry in entries} == {row.said("sharedIncidentId")}
    said = [one["message"] for one in fields.get("notifications", [])] or [
        fields[name] for name in ("status", "cause", "plannedPickupTime", "alternativeProposal") if name in fields
    ]
    assert all(text in entry.text for entry in entries for text in said)


CHECKS = {"ucri2-json": check}
