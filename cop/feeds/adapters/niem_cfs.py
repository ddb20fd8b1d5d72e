"""Detailed Call For Service: a dispatch system's call and its units (LEITSC CAD-to-CAD on NIEM 2.0)."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec

from cop.domain.incident import Incident
from cop.domain.report import Report
from cop.domain.unit import Unit
from cop.domain.words import INCIDENT_OVER
from cop.feeds.adapters import edxl, niem, parts, personal, readings, strict_xml
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

_CALLS = frozenset({"ServiceCall"})
_CALLS_LIMIT, _UNITS_LIMIT = 200, 200
_STEPS_LIMIT = 40
_READ_OF_CALL = frozenset(
    {
        *("ActivityIdentification", "ActivityStatus", "ActivityDescriptionText", "ActivityName"),
        *("ServiceCallAugmentation", "ServiceCallResponseLocation"),
    }
)
_READ_OF_AUGMENTATION = frozenset(
    {
        *("ServiceCallArrivedDate", "CallTypeText", "InternalAgencyCFSNumber", "Comment"),
        *("ServiceCallClearedDate", "CallPriorityText"),
    }
)
_READ_OF_PAYLOAD = frozenset({"ServiceCall", "ServiceCallOriginator", "Location", "ServiceCallAssignedUnit"})
_PRIORITIES = ("CallPriorityText", "ServiceCallPriorityText", "PriorityText", "PriorityNumeric")
_USUAL_PRIORITY = 3
_SUBMITTED = "ExchangeMetadata/TransactionMetadata/MetadataAugmentation/SubmissionDateTime/DateTime"


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    bounds: readings.Bounds | None = None
    units: dict[str, str] = {}

    def __post_init__(self) -> None:
        if self.bounds is not None:
            self.bounds.check()


class NiemCfs:
    """Decodes calls for service. Option `units` is the kind of single units, `bounds` the ground calls lie on."""

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._bounds, self._kinds = options.bounds, options.units
        self._voice = Voice(feed, "niem-cfs")
        self._words = Vocabulary(feed, "niem-cfs")
        self._zone = readings.zone_of(feed)

    def decode(self, message: Message) -> list[Report]:
        """Every call of the document as incident, with the units that are assigned to it."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        tree = edxl.document(message.payload)
        found = list(islice(edxl.elements(tree, _CALLS), _CALLS_LIMIT + 1))
        if not found:
            raise BadMessage("no call for service in the document")

        payload, left = None, dict[str, str]()

        def read(call: Any) -> list[Report]:
            nonlocal payload, left
            above = call.getparent()
            above = call if above is None else above
            if above is not payload:  # many calls in one payload have the same beside them
                payload, left = above, personal.withheld(strict_xml.unread(above, _READ_OF_PAYLOAD))
            return self._call(message, call, payload, left)

        return parts.of_parts(found, read, limit=_CALLS_LIMIT)

    def _call(self, message: Message, call: Any, payload: Any, left: dict[str, str]) -> list[Report]:
        """The call as incident and its units; `left` is what stands beside it and nobody reads."""
        exercise = edxl.is_exercise(call)
        losses = dict(left)
        at = self._at(message, call, losses)
        units = payload.findall("{*}ServiceCallAssignedUnit")

        def incident() -> list[Report]:
            return self._incident(message, call, payload, at, losses, exercise=exercise)

        def unit(element: Any) -> list[Report]:
            return self._unit(message, element, at, exercise=exercise)

        return parts.of_readers(incident, lambda: parts.of_parts(units, unit, limit=_UNITS_LIMIT))

    def _at(self, message: Message, call: Any, losses: dict[str, str]) -> datetime:
        """When the message was made, else when the call came in, else its receipt."""
        for above in call.iterancestors():
            if text := strict_xml.text_of(above, _SUBMITTED):
                return readings.moment_of_text(text, self._zone)
        arrived = strict_xml.text_of(call, "ServiceCallAugmentation/ServiceCallArrivedDate/DateTime")
        if message.retained:
            if not arrived:
                raise BadMessage("a retained message without a time")
            losses["SubmissionDateTime"] = "no time in the message: that of the call stands for it"
            return readings.moment_of_text(arrived, self._zone)
        losses["SubmissionDateTime"] = "no time in the message: the time of receipt stands for it"
        return message.received_at

    def _incident(
        self, message: Message, call: Any, payload: Any, at: datetime, losses: dict[str, str], *, exercise: bool
    ) -> list[Report]:
        def said(path: str) -> str:
            return strict_xml.text_of(call, path)

        number = said("ServiceCallAugmentation/InternalAgencyCFSNumber/IdentificationID")
        activity = said("ActivityIdentification/IdentificationID") or said("ActivityIdentification")
        if not number and not activity:
            raise BadMessage("a call without a number")
        call_type, text = said("ServiceCallAugmentation/CallTypeText"), said("ActivityStatus/StatusText")
        status = self._words.word("incident_statuses", text, "open")
        place = niem.first_coordinate(call, self._bounds)
        for element, read in (
            (call, _READ_OF_CALL),
            (call.find("{*}ServiceCallAugmentation"), _READ_OF_AUGMENTATION),
        ):
            if element is not None:
                losses |= personal.withheld(strict_xml.unread(element, read))
        if number and activity:
            losses["ActivityIdentification"] = readings.loss(activity)
        if place.doubt:
            losses["place"] = place.doubt
        if payload.find("{*}ServiceCallOriginator") is not None:
            losses["ServiceCallOriginator"] = "not shown: who called"
        comments = strict_xml.all_at(call, "ServiceCallAugmentation/Comment/CommentText")[:_STEPS_LIMIT]
        description = said("ActivityDescriptionText")
        body = Incident(
            id=readings.identifier(number or activity),
            at=at,
            type=self._words.word("incident_types", call_type),
            priority=self._priority(call, losses),
            status=status,
            title=readings.name(said("ActivityName")) or readings.name(call_type),
            address=niem.address(call) or _address_beside(payload),
            summary=readings.prose(
                "\n".join(filter(None, (description, *((one.text or "").strip() for one in comments))))
            ),
            lat=place.lat,
            lon=place.lon,
            opened_at=niem.moment(
                said("ServiceCallAugmentation/ServiceCallArrivedDate/DateTime"), self._zone, losses, "DateTime"
            ),
            closed_at=niem.moment(
                said("ServiceCallAugmentation/ServiceCallClearedDate/DateTime"), self._zone, losses, "DateTime"
            )
            if status in INCIDENT_OVER
            else None,
        )
        return [
            self._voice.report(
                message, body, original=(activity or number, call_type), exercise=exercise, losses=losses
            )
        ]

    def _priority(self, call: Any, losses: dict[str, str]) -> int:
        for name in _PRIORITIES:
            found = next(call.iter(f"{{*}}{name}"), None)
            word = (found.text or "").strip() if found is not None else ""
            if word:
                priority = self._words.number("priorities", word)
                if priority is not None and 1 <= priority <= 5:
                    return priority
                losses[name] = readings.loss(word)
        return _USUAL_PRIORITY

    def _unit(self, message: Message, element: Any, at: datetime, *, exercise: bool) -> list[Report]:
        """A unit and its latest step; it is as old as that step."""
        identity = strict_xml.text_of(element, "OrganizationIdentification/IdentificationID") or strict_xml.text_of(
            element, "UnitIdentification/IdentificationID"
        )
        name = strict_xml.text_of(element, "OrganizationName") or identity
        if not name:
            raise BadMessage("a unit without an id")
        latest, step, losses = None, "", {}
        for moment, what, text in self._steps(element):
            losses[readings.loss(what)] = readings.loss(text)
            if moment is not None and (latest is None or moment >= latest):
                latest, step = moment, what
        unit_id = readings.identifier(identity or name)
        unit = Unit(
            id=unit_id,
            at=latest or at,
            callsign=readings.name(name),
            kind=self._kinds.get(unit_id, "unknown"),
            status=self._words.word("unit_statuses", step),
        )
        return self._voice.unit(message, unit, lambda: losses, original=(identity, step), exercise=exercise)

    def _steps(self, element: Any) -> Iterator[tuple[datetime | None, str, str]]:
        """What a unit did and when, in the order of the message."""
        for step in islice(element.iterfind("{*}ServiceCallAssignedUnitAugmentation/*"), _STEPS_LIMIT):
            text = strict_xml.text_of(step, "StatusDate/DateTime") or strict_xml.text_of(step, "DateTime")
            if text:
                yield niem.moment(text, self._zone, {}, "DateTime"), strict_xml.local_name(step), text


def _address_beside(payload: Any) -> str:
    """The address of a location beside the call; never one of a person, who may have called from anywhere."""
    return next(filter(None, map(niem.address, strict_xml.all_at(payload, "Location")[:_STEPS_LIMIT])), "")


def sniff(_topic: str, payload: bytes) -> int:
    """The names of LEITSC, or a call below NIEM."""
    head = payload[:4096]
    if b"<" not in head[:64]:
        return 0
    if b"leitsc-lib" in head or b"LEITSCService" in head:
        return 95
    return 75 if b"ServiceCall" in head and b"niem" in head else 0


FORMAT = Format(
    name="niem-cfs",
    summary="Detailed Call For Service, CAD to CAD (LEITSC, NIEM 2.0 XML)",
    make=NiemCfs,
    sniff=sniff,
    topic="cad/cfs/#",
    limits=f"{_CALLS_LIMIT} calls a message, {_UNITS_LIMIT} units a call",
)
