"""Messages of UCRI2 that belong together."""

import json
from typing import Any

import pytest

from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.task import Answer, Task
from cop.domain.unit import Unit
from cop.feeds.adapters.adapter import Adapter
from cop.feeds.message import BadMessage, Message

from .payloads import RECEIVED_AT, adapter_of

SHARED = {"sharedIncidentId": "8c1f0b52"}
TRANSFER = {
    **SHARED,
    "sentByDispatcherAt": "2026-05-04T11:00:00Z",
    "classifications": ["B9"],
    "missionLocation": {"coordinate": {"lat": 35.2, "lon": -80.8}, "address": {"street": "Tryon Street"}},
}


def said(adapter: Adapter, fields: dict[str, Any]) -> list[Report]:
    return adapter.decode(Message("", json.dumps(fields).encode(), RECEIVED_AT))


def test_that_an_incident_ends_with_all_that_is_known_of_it() -> None:
    adapter = adapter_of("ucri2")
    said(adapter, TRANSFER)
    (report,) = said(adapter, {**SHARED, "completedAt": "2026-05-04T11:30:00Z", "status": "completed_sucessfully"})
    assert isinstance(report.body, Incident)
    assert (report.body.status, report.body.lat, report.body.address) == ("closed", 35.2, "Tryon Street")
    assert report.body.closed_at == report.body.at


def test_that_a_catalogue_says_what_the_keywords_of_later_incidents_mean() -> None:
    adapter = adapter_of("ucri2", words={"incident_types": {"Brand gross": "fire"}})
    said(adapter, {"requestId": "1", "catalogue": [{"abbreviation": "B9", "description": "Brand gross"}, 7, {}]})
    (report,) = said(adapter, TRANSFER)
    assert isinstance(report.body, Incident)
    assert (report.body.type, report.body.title) == ("fire", "B9 Brand gross")


def test_that_request_acknowledgement_and_departure_are_one_task() -> None:
    adapter = adapter_of("ucri2")
    wanted = {"resourceRequestId": "70011", "resourceType": "RTW", "resourceName": "RTW 1"}
    given = {"resourceId": "9001", "resourceName": "RTW 1", "resourceType": "RTW"}
    number = {"resourceRequestId": "70011"}
    _, asked = said(adapter, {**TRANSFER, "requestedResources": [wanted]})
    accepted, assigned = said(
        adapter, {**number, "acknowledgedResources": [given], "acknowledgedAt": "2026-05-04T11:10:00Z"}
    )
    left, en_route = said(adapter, {**number, **given, "deployedAt": "2026-05-04T11:12:00Z"})
    assert isinstance(asked.body, Task)
    answers = [one.body for one in (accepted, left) if isinstance(one.body, Answer)]
    assert [answer.state for answer in answers] == ["accepted", "en_route"]
    assert {answer.id for answer in answers} == {asked.body.id}
    assert {answer.requester for answer in answers} == {asked.agency}
    units = [one.body for one in (assigned, en_route) if isinstance(one.body, Unit)]
    assert [unit.status for unit in units] == ["assigned", "en_route"]


def test_that_a_refusal_gives_no_resource_and_an_acknowledgement_of_another_word_is_none() -> None:
    given = {"resourceId": "9001", "resourceName": "RTW 1", "resourceType": "RTW"}
    fields = {
        "resourceRequestId": "70011",
        "acknowledgedResources": [given],
        "acknowledgedAt": "2026-05-04T11:10:00Z",
    }
    (refused,) = said(adapter_of("ucri2"), {**fields, "acknowledgementStatus": "rejected"})
    assert isinstance(refused.body, Answer)
    assert refused.body.state == "declined"
    with pytest.raises(BadMessage):
        said(adapter_of("ucri2"), {**fields, "acknowledgementStatus": "forwarded"})
