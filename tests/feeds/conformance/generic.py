"""What no adapter knows, read by mappings as a liaison would write them: a vendor's CAD and an OGC observation."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.task import Task
from cop.domain.unit import Position, Unit

from . import Marks, Row, bodies, decode, only

ZONE = "America/Denver"
CAD = {
    "after": "project.snapshot =",
    "reports": [
        {
            "report": "incident",
            "each": "package.calls[]",
            "fields": {
                "id": "id.callNumber",
                "at": "timeOpened",
                "opened_at": "timeOpened",
                "type": "callType",
                "title": "nature",
                "status": "responseState",
                "priority": "priority.code",
                "address": "{location.address}, {location.city}",
                "lat": "location.latitude",
                "lon": "location.longitude",
            },
        },
        {
            "report": "log",
            "each": "package.calls[].comments[]",
            "fields": {"at": "timestamp", "text": "text", "by": "username", "incident": "^.id.callNumber"},
        },
        {
            "report": "unit",
            "each": "package.units[]",
            "fields": {
                "id": "{id.agency}-{id.unitNumber}",
                "callsign": "id.description",
                "at": "status.timestamp",
                "status": "status.code",
                "kind": "unitType",
                "lat": "location.latitude",
                "lon": "location.longitude",
            },
        },
        {
            "report": "task",
            "each": "package.interops[].calls[].assignedUnits[]",
            "fields": {
                "id": "{^.id.callNumber}-{agency}-{unitNumber}",
                "incident": "^.id.callNumber",
                "unit": "{agency}-{unitNumber}",
            },
        },
    ],
}
WORDS = {
    "incident_types": {"FIRE": "fire", "EMS": "medical"},
    "incident_statuses": {
        "CallPending": "open",
        "CallDispatched": "active",
        "CallEnroute": "active",
        "CallAtScene": "active",
        "CallTransporting": "active",
        "CallCleared": "closed",
    },
    "unit_statuses": {
        "AVAIL": "available",
        "DISP": "assigned",
        "ENR": "en_route",
        "SCENE": "on_scene",
        "TRANS": "transporting",
    },
    "unit_kinds": {"Fire": "engine", "Cruiser": "patrol"},
    "priorities": {"6": 5, "7": 5},
}
OBSERVATION = {
    "report": "log",
    "fields": {"id": '"@iot.id"', "at": "phenomenonTime", "text": 'Observation {"@iot.id"}: {result}'},
}


def check_cad(row: Row, marks: Marks) -> None:
    """Every call, comment, unit and assignment of the snapshot, beside a plain reading of its JSON."""
    text = row.bytes.decode()
    package = json.loads(text[text.index("= {") + 2 :].rstrip().rstrip(";"))["package"]
    reports = decode("json", row, options=CAD, words=WORDS, zone=ZONE)
    incidents = {incident.id: incident for incident in bodies(reports, Incident)}
    entries = bodies(reports, LogEntry)
    for call in package["calls"]:
        with marks.message(call["id"]["callNumber"]):
            check_call(incidents[call["id"]["callNumber"]], call, entries)
    assert len(incidents) == len(package["calls"])
    units = {unit.id: unit for unit in bodies(reports, Unit)}
    positions = {position.id: position for position in bodies(reports, Position)}
    for unit in package["units"]:
        name = f"{unit['id']['agency']}-{unit['id']['unitNumber']}"
        with marks.message(name):
            assert units[name].callsign == unit["id"]["description"]
            assert units[name].status == WORDS["unit_statuses"][unit["status"]["code"]]
            assert units[name].at == positions[name].at == local(unit["status"]["timestamp"])
            place = unit["location"]
            assert (positions[name].lat, positions[name].lon) == (place["latitude"], place["longitude"])
    assert len(units) == len({(one["id"]["agency"], one["id"]["unitNumber"]) for one in package["units"]})
    with marks.message("assignments"):
        assigned = {
            (call["id"]["callNumber"], f"{unit['agency']}-{unit['unitNumber']}")
            for interop in package["interops"]
            for call in interop["calls"]
            for unit in call.get("assignedUnits", [])
        }
        assert assigned
        assert {(task.incident, task.unit) for task in bodies(reports, Task)} == assigned


def check_call(incident: Incident, call: dict[str, Any], entries: list[LogEntry]) -> None:
    """What came out of one call: times without an offset are the feed's zone."""
    place = call["location"]
    assert (incident.lat, incident.lon) == (place["latitude"], place["longitude"])
    assert incident.address == f"{place['address']}, {place['city']}"
    assert incident.at == incident.opened_at == local(call["timeOpened"])
    assert incident.type == {"FIRE": "fire", "EMS": "medical"}.get(call["callType"], call["callType"])
    assert incident.title == call["nature"]
    assert incident.status == WORDS["incident_statuses"][call["responseState"]]
    assert incident.priority == min(5, int(call["priority"]["code"]))
    assert [(entry.text, entry.by) for entry in entries if entry.incident == incident.id] == [
        (comment["text"].strip(), comment["username"]) for comment in call["comments"]
    ]


def local(text: str) -> datetime:
    """A time of the snapshot."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE))


def check_observation(row: Row, marks: Marks) -> None:
    """Its result at its own time; the place hangs on other objects behind links, so nothing has one."""
    fields = json.loads(row.bytes)
    with marks.message(row.file):
        reports = decode("json", row, options=OBSERVATION)
        entry = only(reports, LogEntry)
        assert entry.id == "1"
        assert entry.text == f"Observation 1: {fields['result']}"
        assert "result 200 at 2023-03-01T00:30:01Z" in row.says
        assert entry.at == datetime.fromisoformat("2023-03-01T00:30:01Z")
        assert len(reports) == 1  # no position
        assert "validTime" in reports[0].losses


CHECKS = {"vendor-cad-json": check_cad, "sensorthings": check_observation}
