"""EIDOs of one incident, one after another."""

import json
from typing import Any

from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.report import Report
from cop.domain.unit import Unit
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import Message

from .payloads import RECEIVED_AT, adapter_of

URN = "urn:emergency:uid:incidentid:"
POINT = (
    '<gml:Point xmlns:gml="http://www.opengis.net/gml" srsName="urn:ogc:def:crs:EPSG::4326">'
    "<gml:pos>{} {}</gml:pos></gml:Point>"
)


def eido(at: str, number: str = "5aa1", **components: Any) -> bytes:
    """An EIDO of an incident, as of a minute of the last hour."""
    head = {"$id": f"{URN}{number}:cad.meck.example", "lastUpdateTimeStamp": time(at), "eidoVersion": "1.0"}
    return json.dumps({**head, **components}).encode()


def time(at: str) -> str:
    return f"2026-05-04T11:{at}:00Z"


def words(at: str, kind: str = "FSTRU", status: str = "Active") -> dict[str, Any]:
    return {
        "$id": "inc",
        "lastUpdateTimeStamp": time(at),
        "incidentTypeCommonRegistryText": kind,
        "incidentStatusCommonRegistryText": [status],
    }


def location(at: str, lat: float) -> dict[str, Any]:
    return {
        "$id": "loc",
        "lastUpdateTimeStamp": time(at),
        "locationTypeDescriptionRegistryText": "CurrentIncident",
        "locationByValue": POINT.format(lat, -80.8),
    }


def said(adapter: Adapter, payload: bytes) -> list[Report]:
    return adapter.decode(Message("", payload, RECEIVED_AT))


def incidents(reports: list[Report]) -> list[Incident]:
    return [one.body for one in reports if isinstance(one.body, Incident)]


def test_that_an_update_without_the_incidents_words_or_place_takes_neither_away() -> None:
    adapter = adapter_of("eido")
    said(adapter, eido("10", incidentComponent=words("10"), locationComponent=[location("10", 35.2)]))
    (incident,) = incidents(said(adapter, eido("20", callComponent=[{"$id": "call"}])))
    assert (incident.type, incident.status, incident.lat) == ("fire", "active", 35.2)
    assert incident.at.minute == 20


def test_that_an_older_word_in_a_newer_document_does_not_replace_a_newer_one() -> None:
    adapter = adapter_of("eido")
    said(adapter, eido("10", incidentComponent=words("10", "MCI"), locationComponent=[location("10", 35.2)]))
    older = eido("20", incidentComponent=words("05", "MVA"), locationComponent=[location("05", 35.9)])
    (incident,) = incidents(said(adapter, older))
    assert (incident.type, incident.lat) == ("mass_casualty", 35.2)


def test_that_a_late_document_is_not_what_is_known_afterwards() -> None:
    adapter = adapter_of("eido")
    said(adapter, eido("20", incidentComponent=words("20", status="Closed")))
    said(adapter, eido("10", incidentComponent=words("10")))
    (incident,) = incidents(said(adapter, eido("30")))
    assert incident.status == "closed"


def test_that_an_incident_merged_into_another_ends_with_all_that_is_known_of_it() -> None:
    adapter = adapter_of("eido")
    said(adapter, eido("10", "5aa2", incidentComponent=words("10"), locationComponent=[location("10", 35.2)]))
    merge = {
        "$id": "m",
        "lastUpdateTimeStamp": time("20"),
        "incidentMergeDirectionCode": "REPLACED",
        "incidentTrackingIdentifier": f"{URN}5aa2:cad.meck.example",
    }
    _, ended = incidents(said(adapter, eido("20", incidentComponent=words("20"), mergeComponent=[merge])))
    assert (ended.id, ended.status, ended.type, ended.lat) == (f"{URN}5aa2:cad.meck.example", "closed", "fire", 35.2)
    assert "5aa1" in ended.summary
    (still,) = incidents(said(adapter, eido("30", "5aa2", callComponent=[{"$id": "call"}])))
    assert still.status == "closed"


def test_that_a_note_is_said_once_and_again_when_it_changes() -> None:
    adapter = adapter_of("eido")
    note = {"$id": "note", "lastUpdateTimeStamp": time("10"), "notesActionComments": "Two trapped"}
    changed = {**note, "lastUpdateTimeStamp": time("20"), "notesActionComments": "All out"}
    texts = [
        [one.body.text for one in said(adapter, payload) if isinstance(one.body, LogEntry)]
        for payload in (
            eido("10", notesComponent=[note]),
            eido("15", notesComponent=[note]),
            eido("20", notesComponent=[changed]),
            eido("25", notesComponent=[note]),
        )
    ]
    assert texts == [["Two trapped"], [], ["All out"], []]


def test_that_a_unit_is_said_when_its_status_changes() -> None:
    adapter = adapter_of("eido")

    def unit(at: str, status: str) -> dict[str, Any]:
        return {"$id": "e8", "lastUpdateTimeStamp": time(at), "secondaryUnitStatusRegistryText": [status]}

    statuses = [
        [one.body.status for one in said(adapter, payload) if isinstance(one.body, Unit)]
        for payload in (
            eido("10", emergencyResourceComponent=[unit("10", "EnRoute")]),
            eido("11", emergencyResourceComponent=[unit("10", "EnRoute")]),
            eido("12", emergencyResourceComponent=[unit("12", "OnScene")]),
        )
    ]
    assert statuses == [["en_route"], [], ["on_scene"]]


def test_that_an_update_without_a_status_or_priority_does_not_open_what_is_closed() -> None:
    adapter = adapter_of("eido")
    closed = {**words("10", status="Closed"), "incidentCommonPriorityNumber": 9}
    said(adapter, eido("10", incidentComponent=closed))
    silent = {key: value for key, value in words("20").items() if "Status" not in key}
    (incident,) = incidents(said(adapter, eido("20", incidentComponent=silent)))
    assert (incident.status, incident.priority) == ("closed", 1)
    assert incident.closed_at is not None
    assert incident.closed_at.minute == 10


def test_that_an_exercise_stays_one_when_an_update_leaves_out_the_call_that_said_so() -> None:
    adapter = adapter_of("eido")
    call = {"$id": "c", "standardPrimaryCallType": "test"}
    said(adapter, eido("10", incidentComponent=words("10"), callComponent=[call]))
    unit = {"$id": "e8", "lastUpdateTimeStamp": time("20")}
    update = said(adapter, eido("20", incidentComponent=words("20"), emergencyResourceComponent=[unit]))
    assert [one.exercise for one in update] == [True, True]
    real = {**call, "standardPrimaryCallType": "emergency"}
    assert not said(adapter, eido("30", incidentComponent=words("30"), callComponent=[real]))[0].exercise


def test_that_an_incident_split_from_the_one_it_was_merged_into_goes_on() -> None:
    def merge(at: str, code: str) -> dict[str, Any]:
        return {
            "$id": code,
            "lastUpdateTimeStamp": time(at),
            "incidentMergeDirectionCode": code,
            "incidentTrackingIdentifier": f"{URN}5aa2:cad.meck.example",
        }

    for merges in (
        [merge("10", "REPLACING"), merge("20", "SPLIT")],
        [merge("20", "SPLIT"), merge("10", "REPLACING")],
    ):
        (incident,) = incidents(
            said(adapter_of("eido"), eido("30", incidentComponent=words("30"), mergeComponent=merges))
        )
        assert incident.status == "active"
    again = [merge("20", "SPLIT"), merge("25", "REPLACING")]
    (incident,) = incidents(said(adapter_of("eido"), eido("30", incidentComponent=words("30"), mergeComponent=again)))
    assert incident.status == "closed"
