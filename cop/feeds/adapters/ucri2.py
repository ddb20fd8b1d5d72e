"""UCRI2: German control centres hand over incidents and ask for each other's resources (PMeV, UCRI 2, JSON)."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.report import Body, Report
from cop.domain.task import Answer, Task
from cop.domain.unit import Unit
from cop.domain.words import INCIDENT_OVER
from cop.feeds.adapters import parts, personal, readings, strict_json
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

_Fields = dict[str, Any]
_REMEMBERED = 20_000
_MOST = 40
PARTS_LIMIT = 2_000
#: persons: counted, never shown
_PERSONAL = {
    "patients": "patients: personal data not shown",
    "patient": "patient: personal data not shown",
    "informers": "callers: personal data not shown",
    "accusedPersons": "accused: personal data not shown",
    "victimPersons": "victims: personal data not shown",
}
_INCIDENT_READ = frozenset(
    {
        *("sharedIncidentId", "sentByDispatcherAt", "startTimestamp", "missionLocation", "pickupLocation", "issue"),
        *("destinationLocation", "flashingLights", "additionalInformation", "classifications", "protocolRemarks"),
        *("requestedResources", "eCallData", *_PERSONAL),
    }
)
#: messages between the exchange's own nodes, and catalogues: no object of ours
_TRANSPORT = (
    frozenset({"refMessageId", "destination", "statusCode", "statusMessage", "cause"}),
    frozenset({"requestId", "catalogueVersion"}),
    frozenset({"id", "status"}),
)


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    partner: str = ""


class Ucri2:
    """Decodes UCRI2. Option `partner` is the agency at the other end: whom requests ask, and whom answers answer."""

    def __init__(self, feed: Feed) -> None:
        self._voice = Voice(feed, "ucri2")
        self._words = Vocabulary(feed, "ucri2")
        self._zone = readings.zone_of(feed)
        self._partner = readings.options_of(feed, _Options).partner or feed.agency
        self._known: dict[str, Incident] = {}
        self._meanings: dict[str, str] = {}

    def decode(self, message: Message) -> list[Report]:
        """The incident, task, answer, unit or log lines of a message; nothing for transport and catalogues."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        fields = strict_json.quick(message.payload)
        if not isinstance(fields, dict):
            raise BadMessage("not a message of UCRI2")
        if "sentByDispatcherAt" in fields:
            return self._incident(message, fields)
        if "acknowledgedByDispatcherAt" in fields:
            return self._transfer_acknowledged(message, fields)
        if "completedAt" in fields:
            return self._completed(message, fields)
        if "notifications" in fields:
            return self._remarks(message, fields, "notifications")
        if "acknowledgementStatus" in fields or "acknowledgedResources" in fields:
            return self._request_acknowledged(message, fields)
        if "deployedAt" in fields:
            return self._deployed(message, fields)
        if "catalogue" in fields:
            return self._catalogue(fields)
        if fields and any(fields.keys() <= names for names in _TRANSPORT):
            return []
        raise BadMessage("not a message of UCRI2")

    # ---- incidents

    def _incident(self, message: Message, fields: _Fields) -> list[Report]:
        incident_id = self._shared(fields)
        at = self._moment(fields, "sentByDispatcherAt")
        losses = readings.unread(fields, _INCIDENT_READ)
        codes = [one for one in _list(fields, "classifications")[:_MOST] if isinstance(one, str)]
        found = next((kind for code in codes if (kind := self._type_of(code))), None)
        lights = fields.get("flashingLights")
        urgency = {True: "flashing lights", False: "no flashing lights"}.get(lights) if type(lights) is bool else None
        place, place_losses, off = self._place(fields)
        losses.update(place_losses)
        if len(codes) > 1 or found:
            losses["classifications"] = readings.loss(", ".join(codes))
        for name, what in _PERSONAL.items():
            if persons := fields.get(name):
                losses[name] = f"{len(persons) if isinstance(persons, list) else 1} {what}"
        meaning = next((self._meanings[code] for code in codes if code in self._meanings), "")
        opened_at = self._moment(fields, "startTimestamp") if fields.get("startTimestamp") is not None else None
        incident = Incident(
            id=incident_id,
            at=at,
            type=found or (readings.name(codes[0]) if codes else "") or "unknown",
            priority=min(5, max(1, self._words.number("priorities", urgency) or 3)),
            title=readings.name(" ".join(filter(None, (", ".join(codes[:3]), meaning, _text(fields, "issue"))))),
            summary=readings.prose(_text(fields, "additionalInformation")),
            opened_at=opened_at,
            **place,
        )
        self._remember(incident)
        original = (_text(fields, "internalId") or _text(fields, "sharedIncidentId"), "incident")
        reports = [self._report(message, incident, original, losses)]
        try:
            reports += self._requests(message, fields, incident_id, at)
            reports += self._remarks(message, fields, "protocolRemarks")
        except BadMessage as bad:
            raise BadMessage(bad.reason, [*reports, *bad.reports]) from None
        if off:
            raise BadMessage(off, reports)
        return reports

    def _type_of(self, code: str) -> str | None:
        """By the code, else by what the catalogue says it means."""
        return self._words.find("incident_types", code) or self._words.find(
            "incident_types", self._meanings.get(code, "")
        )

    def _place(self, fields: _Fields) -> tuple[dict[str, Any], dict[str, str], str]:
        """Where the incident is, and what is wrong with that.

        A destination is a loss: it is where a patient goes, not where anything happened.
        """
        location = _object(fields, "missionLocation") or _object(fields, "pickupLocation")
        place: dict[str, Any] = {"address": _address_of(location)}
        losses = {}
        where, off = None, ""
        try:
            where = _coordinate(_object(location, "coordinate"))
        except BadMessage as bad:
            off = losses["coordinate"] = bad.reason  # the incident is reported without a place, and the fault counted
        call = _object(fields, "eCallData")
        if where is None and call.get("positionCanBeTrusted") is True:
            try:
                where = _coordinate(_object(call, "vehiclePosition"))
            except BadMessage as bad:
                off = bad.reason
            if where is not None:
                losses["coordinate"] = "from the vehicle's own eCall"
        if where is not None:
            place["lat"], place["lon"] = where
        if call:
            losses["eCallData"] = "vehicle data not shown"
        if destination := _object(fields, "destinationLocation"):
            losses["destinationLocation"] = readings.loss(_address_of(destination) or "said, without an address")
        if extra := _text(location, "additionalInformation"):
            losses["location.additionalInformation"] = readings.loss(extra)
        return place, losses, off

    def _transfer_acknowledged(self, message: Message, fields: _Fields) -> list[Report]:
        """Whether the other centre takes the incident over: a line of the log."""
        status = _text(fields, "status")
        if not status:
            raise BadMessage("an acknowledgement without a status")
        text = f"Transfer {readings.name(status)}"
        if planned := _text(fields, "plannedPickupTime"):
            text += f", pick-up planned for {readings.name(planned)}"
        for name in ("cause", "alternativeProposal", "additionalInformation"):
            if said := _text(fields, name):
                text += f": {said}"
        at = self._moment(fields, "acknowledgedByDispatcherAt")
        return [self._log(message, fields, at, text, "acknowledgement")]

    def _completed(self, message: Message, fields: _Fields) -> list[Report]:
        """The end of an incident, with all that is known of it."""
        incident_id, at = self._shared(fields), self._moment(fields, "completedAt")
        status = self._words.word("incident_statuses", _text(fields, "status"), default="closed")
        known = self._known.get(incident_id)
        incident = known if known is not None else Incident(id=incident_id, at=at)
        said = readings.prose(_text(fields, "additionalInformation"))
        incident = msgspec.structs.replace(
            incident,
            at=at,
            status=status,
            closed_at=at if status in INCIDENT_OVER else None,
            summary=readings.prose("\n".join(filter(None, (incident.summary, said)))),
        )
        self._remember(incident)
        losses = readings.unread(
            fields, frozenset({"sharedIncidentId", "completedAt", "status", "additionalInformation"})
        )
        if known is None:
            losses["incident"] = "nothing else is known of the incident that ended"
        return [self._report(message, incident, (_text(fields, "sharedIncidentId"), "completion"), losses)]

    def _remarks(self, message: Message, fields: _Fields, name: str) -> list[Report]:
        remarks = _list(fields, name)
        if remarks:
            self._shared(fields)
        return parts.of_parts(remarks, lambda one: self._remark(message, fields, one), limit=PARTS_LIMIT)

    def _remark(self, message: Message, fields: _Fields, remark: object) -> Iterable[Report]:
        text = _text(remark, "message") if isinstance(remark, dict) else ""
        if not isinstance(remark, dict) or not text:
            raise BadMessage("a notification without a text")
        losses = readings.unread(remark, frozenset({"timestamp", "message"}))
        return [self._log(message, fields, self._moment(remark, "timestamp"), text, "notification", losses=losses)]

    # ---- requests

    def _requests(self, message: Message, fields: _Fields, incident_id: str, at: datetime) -> list[Report]:
        def request(one: object) -> list[Report]:
            wanted = one if isinstance(one, dict) else {}
            number, kind = _text(wanted, "resourceRequestId"), _text(wanted, "resourceType")
            name = _text(wanted, "resourceName")
            if not number or not (kind or name):
                raise BadMessage("a requested resource without an id, or of no type")
            task = Task(
                id=readings.identifier(number),
                at=at,
                objective=readings.name(f"{kind or name} requested"),
                incident_agency=self._voice.agency,
                incident=incident_id,
                assignee_agency=self._partner,
                unit=readings.name(name or kind),
            )
            read = frozenset({"resourceRequestId", "resourceType", "resourceName"})
            return [self._report(message, task, (number, "resource_request"), readings.unread(wanted, read))]

        return parts.of_parts(_list(fields, "requestedResources"), request, limit=PARTS_LIMIT)

    def _request_acknowledged(self, message: Message, fields: _Fields) -> list[Report]:
        """What the other centre says to a request; resources that it names are the units it gives."""
        number, at = self._request_number(fields), self._moment(fields, "acknowledgedAt")
        given = _list(fields, "acknowledgedResources")
        status = _text(fields, "acknowledgementStatus")
        if status not in ("accepted", "rejected") and (status or not given):
            raise BadMessage("an acknowledgement neither accepts nor rejects")
        names = ", ".join(filter(None, (_text(one, "resourceName") for one in given[:_MOST] if isinstance(one, dict))))
        answer = Answer(
            id=readings.identifier(number),
            at=at,
            requester=self._partner,
            state="declined" if status == "rejected" else "accepted",
            reason=readings.prose("; ".join(filter(None, (names, _text(fields, "comment"))))),
        )
        read = frozenset({"resourceRequestId", "acknowledgementStatus", "acknowledgedAt", "acknowledgedResources"})
        losses = readings.unread(fields, read | {"comment"})
        reports = [self._report(message, answer, (number, "acknowledgement"), losses)]
        if status == "rejected":
            return reports  # it gives nothing, whatever it names
        try:
            return reports + parts.of_parts(
                given, lambda one: self._unit(message, one, at, "assigned", number), limit=PARTS_LIMIT
            )
        except BadMessage as bad:
            raise BadMessage(bad.reason, [*reports, *bad.reports]) from None

    def _deployed(self, message: Message, fields: _Fields) -> list[Report]:
        """A resource has left for the incident."""
        number, at = self._request_number(fields), self._moment(fields, "deployedAt")
        said = (_text(fields, "resourceName"), _text(fields, "comment"))
        answer = Answer(
            id=readings.identifier(number),
            at=at,
            requester=self._partner,
            state="en_route",
            reason=readings.prose("; ".join(filter(None, said))),
        )
        return [
            self._report(message, answer, (number, "resource_deployed"), {}),
            *self._unit(message, fields, at, "en_route", number),
        ]

    def _unit(self, message: Message, resource: object, at: datetime, status: str, number: str) -> list[Report]:
        said = resource if isinstance(resource, dict) else {}
        identifier = _text(said, "resourceId")
        if not identifier:
            raise BadMessage("a resource without an id")
        kind = _text(said, "resourceType")
        unit = Unit(
            id=readings.identifier(identifier),
            at=at,
            callsign=readings.name(_text(said, "resourceName") or identifier),
            kind=self._words.find("unit_kinds", kind)
            or self._words.find("unit_kinds", self._meanings.get(kind, ""))
            or readings.name(kind)
            or "unknown",
            status=status,
        )
        return self._voice.unit(
            message,
            unit,
            lambda: {"resourceRequestId": readings.loss(number), "resourceType": readings.loss(kind)},
            beside=number,
            original=(identifier, "resource"),
        )

    def _catalogue(self, fields: _Fields) -> list[Report]:
        """What a centre's codes mean: words for the titles of its incidents, no report."""
        for one in _list(fields, "catalogue")[:PARTS_LIMIT]:
            code, meaning = (
                _text(one, name) if isinstance(one, dict) else "" for name in ("abbreviation", "description")
            )
            if code and meaning and len(code) <= readings.SHORT:
                if len(self._meanings) >= _REMEMBERED:
                    self._meanings.clear()
                self._meanings[code] = readings.name(meaning)
        return []

    # ---- what all share

    def _report(self, message: Message, body: Body, original: tuple[str, str], losses: dict[str, str]) -> Report:
        bounded = personal.withheld(dict(list(losses.items())[:_MOST]))
        return self._voice.report(message, body, original=original, losses=bounded)

    def _log(
        self,
        message: Message,
        fields: _Fields,
        at: datetime,
        text: str,
        kind: str,
        *,
        losses: dict[str, str] | None = None,
    ) -> Report:
        shared = self._shared(fields)
        digest = hashlib.sha256(f"{at.isoformat()} {text[:2000]}".encode()).hexdigest()[:16]
        entry = LogEntry(
            id=readings.identifier(f"{shared}-{digest}"),
            at=at,
            text=readings.prose(text) or "no text",
            incident_agency=self._voice.agency,
            incident=shared,
        )
        return self._report(message, entry, (_text(fields, "sharedIncidentId"), kind), losses or {})

    def _remember(self, incident: Incident) -> None:
        known = self._known.get(incident.id)
        if known is not None and known.at > incident.at:
            return
        if known is None and len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[incident.id] = incident

    def _shared(self, fields: _Fields) -> str:
        shared = _text(fields, "sharedIncidentId")
        if not shared:
            raise BadMessage("no sharedIncidentId")
        return readings.identifier(shared)

    def _request_number(self, fields: _Fields) -> str:
        number = _text(fields, "resourceRequestId")
        if not number:
            raise BadMessage("no resourceRequestId")
        return number

    def _moment(self, fields: _Fields, name: str) -> datetime:
        text = fields.get(name)
        if not isinstance(text, str) or not text:
            raise BadMessage("no time")
        return readings.moment_of_text(text, self._zone)


def _text(fields: object, name: str) -> str:
    found = fields.get(name) if isinstance(fields, dict) else None
    return found.strip() if isinstance(found, str) else ""


def _object(fields: _Fields, name: str) -> _Fields:
    found = fields.get(name)
    return found if isinstance(found, dict) else {}


def _list(fields: _Fields, name: str) -> list[Any]:
    found = fields.get(name)
    return found if isinstance(found, list) else []


def _coordinate(said: _Fields) -> tuple[float, float] | None:
    lat, lon = said.get("lat"), said.get("lon")
    if not isinstance(lat, int | float) or not isinstance(lon, int | float) or isinstance(lat, bool):
        return None
    if isinstance(lon, bool):
        return None
    readings.check_coordinates(lat, lon)
    return float(lat), float(lon)


def _address_of(location: _Fields) -> str:
    """Street and number, postal code and town, then the object, floor and room: as a German address is read."""
    address = _object(location, "address")
    named = (_text(_object(location, one), "name") for one in ("superiorObject", "object"))
    town = " ".join(filter(None, (_text(address, "postalCode"), _text(address, "city"))))
    said = (
        " ".join(filter(None, (_text(address, "street"), _text(address, "houseNumber")))),
        " ".join(filter(None, (town, _text(address, "cityDistrict")))),
        *named,
        _text(location, "floor"),
        _text(location, "room"),
    )
    return readings.name(", ".join(filter(None, said)))


_SNIFFED = (b'"sharedIncidentId"', b'"resourceRequestId"')


def sniff(topic: str, payload: bytes) -> int:
    """The ids that every message about an incident or a request has; the rest is told by the topic alone."""
    head = payload[:2048]
    if any(name in head for name in _SNIFFED):
        return 90
    return 70 if "ucri" in topic and head.lstrip()[:1] == b"{" else 0


FORMAT = Format(
    name="ucri2",
    summary="UCRI 2: incidents and requests between German control centres (JSON)",
    make=Ucri2,
    split=strict_json.lines,
    sniff=sniff,
    topic="ucri2/#",
    limits=f"{PARTS_LIMIT:,} requests, resources, remarks in one message",
)
