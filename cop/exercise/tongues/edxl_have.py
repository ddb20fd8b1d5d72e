"""EDXL-HAVE 1.0 (OASIS): a hospital's beds of one type, as its bed board sends them."""

from collections.abc import Sequence
from typing import Any, ClassVar

from lxml import etree

from cop.domain.resource import Resource
from cop.domain.statement import Statement
from cop.exercise.tongues import Spoken, rfc3339

_HAVE = "urn:oasis:names:tc:emergency:EDXL:HAVE:1.0"
_NAMES = "urn:oasis:names:tc:ciq:xnl:3"
_GML = "http://www.opengis.net/gml"


class _EdxlHave:
    words: ClassVar[dict[str, dict[str, str | int]]] = {}

    def options(self, agencies: Sequence[str]) -> dict[str, Any]:
        return {}

    def say(self, agency: str, body: Statement, same_as: str) -> Spoken:
        """One hospital with one type of beds; the resource's id is `<hospital>-<bed type>`."""
        assert isinstance(body, Resource)
        hospital_id, _, bed_type = body.id.partition("-")
        status = etree.Element(f"{{{_HAVE}}}HospitalStatus", nsmap={None: _HAVE, "xnl": _NAMES, "gml": _GML})
        hospital = _below(status, "Hospital")
        organization = _below(hospital, "Organization")
        information = _below(organization, "OrganizationInformation")
        name = etree.SubElement(information, f"{{{_NAMES}}}OrganisationName")
        etree.SubElement(name, f"{{{_NAMES}}}NameElement").text = body.conditions
        _below(organization, "OrganizationID", hospital_id)
        if body.lat is not None and body.lon is not None:
            place = etree.SubElement(_below(organization, "OrganizationGeoLocation"), f"{{{_GML}}}Point")
            etree.SubElement(place, f"{{{_GML}}}pos").text = f"{body.lat:.4f} {body.lon:.4f}"
        beds = _below(_below(hospital, "HospitalBedCapacityStatus"), "BedCapacity")
        _below(beds, "BedType", bed_type)
        capacity = _below(beds, "Capacity")
        _below(capacity, "CapacityStatus", "Vacant/Available" if body.available else "NotAvailable")
        _below(capacity, "AvailableCount", str(body.available))
        _below(capacity, "BaselineCount", str(body.quantity))
        _below(hospital, "LastUpdateTime", rfc3339(body.at))
        payload: bytes = etree.tostring(status, xml_declaration=True, encoding="UTF-8")
        return Spoken(f"edxl-have/{agency}/{body.id}", payload, retain=True)


def _below(element: Any, name: str, text: str = "") -> Any:
    child = etree.SubElement(element, f"{{{_HAVE}}}{name}")
    child.text = text or None
    return child


TONGUE = _EdxlHave()
