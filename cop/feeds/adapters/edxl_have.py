"""EDXL Hospital Availability Exchange: hospitals, their beds and their emergency departments (OASIS HAVE 1.0, 2.0)."""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from cop.domain.report import Report
from cop.domain.resource import Resource
from cop.feeds.adapters import edxl, parts, readings, strict_xml
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.readings import Place
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

#: a message: 1.0 and 2.0
MESSAGES = frozenset({"HospitalStatus", "HAVE"})
_HOSPITALS = frozenset({"hospital", "facility"})
_HOSPITALS_LIMIT = 300
_BEDS_LIMIT = 60
_MOST_BEDS = 1_000_000
_SHORT = 20
_READ = frozenset(
    {
        *("Organization", "facilityInformation", "HospitalBedCapacityStatus", "EmergencyDepartmentStatus"),
        *("LastUpdateTime", "lastUpdateTime", "HospitalFacilityStatus", "facilityColourStatus"),
    }
)


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    bounds: readings.Bounds | None = None

    def __post_init__(self) -> None:
        if self.bounds is not None:
            self.bounds.check()


class _Hospital(NamedTuple):
    """What one hospital says of itself."""

    element: Any
    id: str
    name: str
    at: datetime
    place: Place
    facility: str
    closed: bool
    losses: dict[str, str]


class EdxlHave:
    """Decodes EDXL-HAVE: a resource for each hospital, its emergency department and each type of its beds."""

    def __init__(self, feed: Feed) -> None:
        self._bounds = readings.options_of(feed, _Options).bounds
        self._voice = Voice(feed, "edxl-have")
        self._words = Vocabulary(feed, "edxl-have")
        self._zone = readings.zone_of(feed)

    def decode(self, message: Message) -> list[Report]:
        """Every hospital of the document, wherever in it its message stands."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        tree = edxl.document(message.payload)
        found = list(islice(edxl.elements(tree, MESSAGES), _HOSPITALS_LIMIT + 1))
        if not found:
            raise BadMessage("no message of EDXL-HAVE in the document")
        return parts.of_parts(found, partial(self._decode_element, message), limit=_HOSPITALS_LIMIT)

    def decode_element(self, message: Message, element: Any, *, exercise: bool) -> list[Report]:
        """The hospitals of one message's element; `exercise` where its envelope says so. Raises BadMessage."""
        exercise = exercise or edxl.is_exercise(element)
        hospitals = [child for child in element if strict_xml.local_name(child).casefold() in _HOSPITALS]
        if not hospitals:
            raise BadMessage("no hospital in the message")
        return parts.of_parts(hospitals, partial(self._hospital, message, exercise), limit=_HOSPITALS_LIMIT)

    def _decode_element(self, message: Message, element: Any) -> list[Report]:
        edxl.refuse_answers(element)
        return self.decode_element(message, element, exercise=False)

    def _hospital(self, message: Message, exercise: bool, element: Any) -> list[Report]:
        hospital = self._read(message, element)

        def report(resource: Resource, losses: dict[str, str]) -> Report:
            original = (hospital.name, strict_xml.local_name(element))
            return self._voice.report(message, resource, original=original, exercise=exercise, losses=losses)

        def read(part: Any) -> list[Report]:
            if part is element:
                return [
                    report(self._itself(hospital), hospital.losses),
                    *(report(department, losses) for department, losses in self._emergency_department(hospital)),
                ]
            return [report(*self._beds(hospital, *part))]

        beds = islice(_capacities(element), _BEDS_LIMIT + 1)
        return parts.of_parts([element, *beds], read, limit=_BEDS_LIMIT)

    def _read(self, message: Message, element: Any) -> _Hospital:
        name = _first_text(element, _NAMES)
        identity = _first_text(element, _IDENTITIES) or name
        if not identity:
            raise BadMessage("a hospital without a name")
        place = edxl.place_below(next(element.iter(*_GEO_LOCATIONS), element), self._bounds)
        losses = strict_xml.unread(element, _READ)
        if place.doubt:
            losses["place"] = place.doubt
        updated = _first_text(element, _UPDATED)
        if not updated:
            updated = edxl.sent_at(element)
            losses["LastUpdateTime"] = "no time of the hospital: the envelope's stands for it"
        if updated:
            at = readings.moment_of_text(updated, self._zone)
        elif message.retained:
            raise BadMessage("a retained message without a time")
        else:
            at = message.received_at
            losses["LastUpdateTime"] = "no time in the message: the time of receipt stands for it"
        facility = _first_text(element, _FACILITY_STATUSES)
        closed = self._words.find("availabilities", facility) == "out_of_service"
        return _Hospital(element, identity, readings.name(name or identity), at, place, facility, closed, losses)

    def _itself(self, hospital: _Hospital) -> Resource:
        """The hospital as a whole: whether it takes anybody, and what it says of its state."""
        return self._resource(
            hospital,
            "",
            "",
            kind="hospital",
            availability=self._words.word("availabilities", hospital.facility),
            conditions="\n".join(_conditions(hospital.element)),
        )

    def _emergency_department(self, hospital: _Hospital) -> Iterator[tuple[Resource, dict[str, str]]]:
        """The emergency department, where the hospital says how it takes ambulances."""
        found = next(hospital.element.iter("{*}EmergencyDepartmentStatus", "{*}emergencyDepartmentStatus"), None)
        if found is None:
            found = next(hospital.element.iter("{*}EMSTraffic"), None)
        if found is None:
            return
        traffic = _first_text(found, ("EMSTrafficStatus", "emsTrafficStatus"))
        availability = self._words.word("availabilities", traffic)
        lines = (
            ("EMS traffic", traffic),
            ("", _first_text(found, ("EMSTrafficReason", "emsTrafficReason"))),
            ("offload", _first_text(found, ("EMSOffloadStatus",))),
            ("facility", hospital.facility),
        )
        yield (
            self._resource(
                hospital,
                "emergency-department",
                "Emergency department",
                kind="emergency_department",
                availability="out_of_service" if hospital.closed else availability,
                conditions="\n".join(f"{label}: {text}" if label else text for label, text in lines if text),
            ),
            strict_xml.unread(found, frozenset({"EMSTraffic"})),
        )

    def _beds(self, hospital: _Hospital, label: str, capacity: Any) -> tuple[Resource, dict[str, str]]:
        """The beds of one type; a count that nobody gives is none that can be asked for."""
        said = _texts(capacity)
        counts = {word: said.get(name, "") for word, name in _COUNTS.items()}
        available, baseline = _count(counts["available"]), _count(counts["baseline"])
        status = said.get("capacitystatus", "")
        losses = {word: readings.loss(text) for word, text in counts.items() if text and _count(text) is None}
        if baseline is None:
            baseline = available or 0
            losses["BaselineCount"] = "not said: the free ones are shown as all"
        usual = "unknown" if available is None else "available" if available else "committed"
        availability = self._words.word("availabilities", status, usual)
        if hospital.closed:
            status, availability = hospital.facility, "out_of_service"
        if available is None:
            losses["AvailableCount"] = "not said: none is shown as free"
        elif available and availability in ("committed", "out_of_service"):
            losses["AvailableCount"] = readings.loss(f"{available}, yet {status}: none is shown as free")
            available = 0
        more = (
            f"{text} {when}"
            for text, when in ((counts["in 24 h"], "more in 24 h"), (counts["in 72 h"], "in 72 h"))
            if text
        )
        resource = self._resource(
            hospital,
            label,
            self._words.find("bed_types", label)
            or self._words.find("bed_types", label.rpartition(" ")[2])
            or f"{readings.name(label)} beds",
            kind="beds",
            availability=availability,
            conditions="\n".join(filter(None, (", ".join(more), said.get("commenttext")))),
            nims_type=readings.name(label),
            quantity=baseline,
            available=available or 0,
        )
        return resource, losses

    def _resource(
        self,
        hospital: _Hospital,
        part: str,
        called: str,
        *,
        kind: str,
        availability: str,
        conditions: str,
        nims_type: str = "",
        quantity: int = 1,
        available: int | None = None,
    ) -> Resource:
        if available is None:
            available = quantity if availability == "available" else 0
        return Resource(
            id=readings.identifier(f"{hospital.id}-{part}" if part else hospital.id),
            at=hospital.at,
            name=readings.name(f"{hospital.name} · {called}" if called else hospital.name),
            kind=kind,
            nims_type=nims_type,
            quantity=quantity,
            available=available,
            availability=availability,
            conditions=readings.prose(conditions),
            lat=hospital.place.lat,
            lon=hospital.place.lon,
        )


_NAMES = (
    *("OrganisationName/NameElement", "OrganizationName/NameElement", "facilityName"),
    *("OrganisationName", "OrganizationName", "organizationName"),
)
_IDENTITIES = ("facilityID", "OrganizationID", "organizationID", "HospitalID")
_UPDATED = ("LastUpdateTime", "lastUpdateTime", "lastUpdated")
_FACILITY_STATUSES = ("FacilityStatus", "facilityStatus", "facilityColourStatus/colourCode/Value")
_GEO_LOCATIONS = ("{*}OrganizationGeoLocation", "{*}facilityGeoLocation", "{*}OrganizationLocation")
_COUNTS = {
    "available": "availablecount",
    "baseline": "baselinecount",
    "in 24 h": "additionalcapacitycount24hr",
    "in 72 h": "additionalcapacitycount72hr",
}
_STATES = (
    ("facility", _FACILITY_STATUSES),
    ("clinical", ("ClinicalStatus",)),
    ("security", ("SecurityStatus",)),
    ("emergency operations centre", ("HospitalEOCStatus",)),
    ("emergency plan", ("HospitalEOCPlan",)),
    ("decontamination", ("DeconCapacity",)),
    ("morgue", ("MorgueCapacityStatus",)),
    ("", ("CommentText",)),
)


def _first_text(element: Any, names: tuple[str, ...]) -> str:
    """The text of the first element of these names (or paths of them) anywhere below; empty if there is none."""
    for name in names:
        top, _, below = name.partition("/")
        for found in islice(element.iter(f"{{*}}{top}"), _SHORT):
            text = strict_xml.text_of(found, below) if below else (found.text or "").strip()
            if text:
                return text
    return ""


def _texts(element: Any) -> dict[str, str]:
    """The texts of a few elements, by local name whatever its case: 1.0 and 2.0 differ in that."""
    return {
        strict_xml.local_name(one).casefold(): one.text.strip() for one in islice(element.iter(), _SHORT) if one.text
    }


def _count(text: str) -> int | None:
    figure = readings.within(readings.figure(text or None), 0.0, _MOST_BEDS)
    return int(figure) if figure is not None and figure.is_integer() else None


def _conditions(element: Any) -> Iterator[str]:
    """What a hospital says of its state, a line each."""
    address = edxl.address_below(element)
    if address:
        yield address
    for label, names in _STATES:
        text = _first_text(element, names)
        if text:
            yield f"{label}: {text}" if label else text


def _capacities(element: Any) -> Iterator[tuple[str, Any]]:
    """Every type of beds with the element that counts them; a sub-category's stand behind it or inside it."""
    above, service = None, ""
    for beds in element.iter("{*}BedCapacity", "{*}bedCapacity"):
        if beds.getparent() is not above:
            above, service = beds.getparent(), _enclosing_service(beds)
        of_type, label, seen = "", "", False
        for child in beds:
            name = strict_xml.local_name(child).casefold()
            text = (child.text or "").strip()
            if name == "bedtype":
                of_type = label = text or strict_xml.text_of(child, "Value")
            elif name == "subcategorybedtype":
                label = f"{of_type} {text or strict_xml.text_of(child, 'SubCategoryBedType')}".strip()
                if len(child):
                    seen = True
                    yield label, child
            elif name == "capacity":
                seen = True
                yield label or service, child
        if not seen:
            yield label or service, beds


def _enclosing_service(beds: Any) -> str:
    """HAVE 2.0 counts beds by the service that they serve."""
    for above in beds.iterancestors():
        if name := strict_xml.text_of(above, "serviceName"):
            return name
    return "other"


_ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:HospitalStatus|HAVE)[\s>]")


def sniff(_topic: str, payload: bytes) -> int:
    """Its namespace and root; inside an envelope the envelope's own format is as sure, and opens it."""
    head = payload[:8192]
    if b"emergency:EDXL:HAVE:1.0" not in head and b"emergency:edxl:have:2.0" not in head.lower():
        return 0
    if b"EDXLDistribution" in head:
        return 60 if b"HospitalStatus" in head or _ROOT.search(head) else 0
    return 92 if _ROOT.search(head) else 0


FORMAT = Format(
    name="edxl-have",
    summary="EDXL Hospital Availability Exchange: beds and emergency departments (XML)",
    make=EdxlHave,
    sniff=sniff,
    topic="edxl/have/#",
    limits=f"{_HOSPITALS_LIMIT:,} hospitals a message, {_BEDS_LIMIT} bed types a hospital",
)
