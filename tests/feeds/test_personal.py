"""Who called, and who was hurt, is nobody's business on a shared picture: formats of incidents, and members that no
standard names."""

import json
from typing import Any

import msgspec
import pytest

from cop.domain.incident import Incident
from cop.feeds.adapters import personal
from cop.feeds.message import BadMessage, Message

from .payloads import RECEIVED_AT, adapter_of

PERSON = {"name": "Jane Roe", "telephone": "704-555-0199"}
EIDO: dict[str, Any] = {
    "$id": "urn:emergency:uid:incidentid:5aa1:cad.meck.example",
    "lastUpdateTimeStamp": "2026-05-04T11:00:00Z",
    "eidoVersion": "1.0",
    "incidentComponent": {
        "incidentTypeCommonRegistryText": "FSTRU",
        "callerName": "Jane Roe",
        "remark": "ask for (704) 555-0199",
    },
    "alarmsSensorsComponent": [{"alarmContact": PERSON}],
    "externalInformationSourceComponent": [PERSON],
    "vendorCaller": PERSON,
    "locationComponent": [
        {
            "locationTypeDescriptionRegistryText": "Caller",
            "locationByValue": "<civicAddress><HNO>12</HNO><RD>Trade</RD><NAM>Jane Roe</NAM></civicAddress>",
        }
    ],
    "emergencyResourceComponent": [{"$id": "m4", "emergencyResourceName": "Medic 4", "patientName": "Jane Roe"}],
}
UCRI2 = {
    "sharedIncidentId": "S-1",
    "sentByDispatcherAt": "2026-05-04T11:00:00Z",
    "contactPerson": PERSON,
    "callbackNumber": "+1 704 555-0199",
    "requestedResources": [{"resourceRequestId": "r1", "resourceType": "RTW", "patient": PERSON}],
}
NIEM = b"""<Payload xmlns="http://niem.gov/niem/niem-core/2.0">
  <ServiceCall>
    <ServiceCallAugmentation>
      <InternalAgencyCFSNumber><IdentificationID>C-1</IdentificationID></InternalAgencyCFSNumber>
      <CallbackNumber>704-555-0199</CallbackNumber>
    </ServiceCallAugmentation>
    <Involved><PersonFullName>Jane Roe</PersonFullName></Involved>
  </ServiceCall>
  <ServiceCallOriginator>
    <PersonFullName>Jane Roe</PersonFullName>
    <LocationAddress><AddressFullText>7 Roe Lane</AddressFullText></LocationAddress>
  </ServiceCallOriginator>
  <Person><PersonFullName>Jane Roe</PersonFullName></Person>
  <ContactInformation><Number>704-555-0199</Number></ContactInformation>
</Payload>"""
MESSAGES = {"eido": json.dumps(EIDO).encode(), "ucri2": json.dumps(UCRI2).encode(), "niem-cfs": NIEM}


@pytest.mark.parametrize("form", MESSAGES)
def test_that_no_person_is_named_by_a_report_of_an_incident(form: str) -> None:
    try:
        reports = adapter_of(form).decode(Message("", MESSAGES[form], RECEIVED_AT))
    except BadMessage as bad:
        reports = list(bad.reports)
    assert any(isinstance(one.body, Incident) for one in reports)
    said = msgspec.json.encode(reports).decode()
    assert "Roe" not in said
    assert "0199" not in said
    assert "not shown" in said


def test_that_what_is_about_no_person_is_kept() -> None:
    losses = {
        "beatOrDispatchGroupText": "North 2",
        "incidentStatusInternalText": "['WRK']",
        "SubmissionDateTime": "2026-05-04T11:00:00Z",
        "place": "place outside the feed's bounds: 35.2271, 80.8431",
        "case": "2026-004-0199",
    }
    assert personal.withheld(losses) == losses
