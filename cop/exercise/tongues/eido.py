"""EIDO (NENA-STA-021.1): what the call-taking of a 911 centre tells of an incident."""

import json
from collections.abc import Sequence
from typing import Any, ClassVar

from cop.domain.incident import Incident
from cop.domain.statement import Statement
from cop.exercise.tongues import Spoken, rfc3339

#: APCO common incident types, by ours
_TYPES = {
    "hazmat": "HAZMAT",
    "fire": "FSMOKE",
    "flood": "WATER",
    "disturbance": "DISORD",
    "active_threat": "SHOOT",
    "missing_person": "PERMISS",
    "medical": "SICK",
    "mass_casualty": "MCI",
    "crash": "MVA",
}
_STATUSES = {"open": "Active", "active": "Active", "contained": "FireUnderControl", "closed": "Closed"}
_PIDF = (
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:gp="urn:ietf:params:xml:ns:pidf:geopriv10"'
    ' xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:gml="http://www.opengis.net/gml"'
    ' entity="pres:exercise"><dm:device id="d"><gp:geopriv><gp:location-info>'
    '<gml:Point srsName="urn:ogc:def:crs:EPSG::4326"><gml:pos>{lat:.6f} {lon:.6f}</gml:pos></gml:Point>'
    "</gp:location-info><gp:usage-rules/></gp:geopriv></dm:device></presence>"
)


class _Eido:
    words: ClassVar[dict[str, dict[str, str | int]]] = {}

    def options(self, agencies: Sequence[str]) -> dict[str, Any]:
        return {"agencies": {f"{agency}.exercise": agency for agency in agencies}}

    def say(self, agency: str, body: Statement, same_as: str) -> Spoken:
        """One document; `same_as` is another incident that was merged into this one, by its tracking id."""
        assert isinstance(body, Incident)
        stamp = {"lastUpdateTimeStamp": rfc3339(body.at), "updatedByAgencyReference": {"$ref": f"{agency}.exercise"}}
        document: dict[str, object] = {
            "$id": body.id,
            **stamp,
            "eidoVersion": "1.0",
            "issuingElementIdentification": f"cad.{agency}.exercise",
            "agencyComponent": [{"$id": f"{agency}.exercise", **stamp, "agencyType": ["psap"]}],
            "incidentComponent": {
                "$id": f"{body.id}.incident",
                **stamp,
                "incidentTypeCommonRegistryText": _TYPES.get(body.type, body.type.upper()),
                "incidentTypeInternalText": body.title,
                "incidentStatusCommonRegistryText": [_STATUSES[body.status]],
                "locationReference": [{"$ref": f"{body.id}.place"}],
            },
            "notesComponent": [{"$id": f"{body.id}.note", **stamp, "notesActionComments": body.summary}],
        }
        if body.lat is not None and body.lon is not None:
            place = {
                "$id": f"{body.id}.place",
                **stamp,
                "locationTypeDescriptionRegistryText": "CurrentIncident",
                "locationDescriptionText": body.address,
                "locationByValue": _PIDF.format(lat=body.lat, lon=body.lon),
            }
            document["locationComponent"] = [place]
        if same_as:
            merge = {"incidentMergeDirectionCode": "REPLACED", "incidentTrackingIdentifier": same_as}
            document["mergeComponent"] = [{"$id": f"{body.id}.merge", **stamp, **merge}]
        payload = json.dumps(document, separators=(",", ":")).encode()
        return Spoken(f"eido/{agency}/{body.id}", payload, retain=True)


TONGUE = _Eido()
