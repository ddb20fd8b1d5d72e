"""Cursor on Target 2.0 as XML: TAK clients and servers, one event a message (MITRE, Event-PUBLIC.xsd)."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from cop.domain.area import Alert, Zone
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.report import Body, Report, Retraction, Source
from cop.domain.rules.plausible import refuse_time
from cop.domain.unit import Unit
from cop.feeds.adapters import cot_event, cot_shapes, cot_types, outlines, readings, strict_xml
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.cot_event import Event
from cop.feeds.message import BadMessage, Feed, Message
from cop.feeds.topics import is_exercise

#: Conversations between TAK clients and servers, file transfers, receipts of chats: never objects.
_NEVER_OBJECTS = ("t-x-c-", "t-x-takp", "t-x-m-", "b-f-t", "b-t-f-d", "b-t-f-r", "b-t-f-p", "b-t-f-s", "y-")
_EMERGENCY_SUFFIX = "-9-1-1"
_EMERGENCIES_REMEMBERED = 10_000


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    kind: str = "unknown"
    kinds: dict[str, str] = {}
    units: dict[str, str] = {}


class _Words(NamedTuple):
    callsign: str
    kind: str
    status: str
    type: str
    remarks: str


class CotXml:
    """Decodes CoT XML.

    Options: `kind` for units whose type says none, `kinds` by type or its beginning (`a-f-G-U-C`), `units` by uid.
    """

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._feed = feed
        self._kind, self._units = options.kind, options.units
        self._zone = readings.zone_of(feed)
        own = {key[4:] if key.startswith("a-") else key: kind for key, kind in options.kinds.items()}
        self._kinds = cot_types.TypeTable({**cot_types.UNIT_KINDS, **own})
        self._incident_types = cot_types.TypeTable(cot_types.INCIDENT_TYPES)
        self._stale_after = timedelta(seconds=feed.stale_after_s)
        self._said: readings.LastWords[_Words] = readings.LastWords()
        #: unit -> when it last called or cancelled, and whether it is in an emergency since
        self._emergencies: dict[str, tuple[datetime, bool]] = {}

    def decode(self, message: Message) -> list[Report]:
        """What one event says, or several one after another; of several, those that can be used."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        elements = strict_xml.documents(message.payload, "event")
        if len(elements) == 1:
            return self._reports(message, elements[0])
        reports: list[Report] = []
        refused: BadMessage | None = None
        for element in elements:
            try:
                reports += self._reports(message, element)
            except BadMessage as bad:
                refused = bad
        if refused is not None and not reports:
            raise refused
        return reports

    def _reports(self, message: Message, element: Any) -> list[Report]:
        event_type = element.get("type")
        if not event_type:
            raise BadMessage("no type")
        if event_type.startswith(_NEVER_OBJECTS):
            return []
        event = cot_event.read(element, event_type, self._zone, exercise=is_exercise(message.topic))
        if event_type.startswith("a-"):
            if self._incident_types.get(event_type[4:]) is not None:
                return [self._incident(message, event)]
            return self._unit(message, event)
        if event_type == "t-x-d-d":
            return self._deletions(message, event)
        if event_type.startswith("b-t-f"):
            return self._chat(message, event)
        if event_type.startswith("b-a-o"):
            return self._emergency(message, event)
        if event_type.startswith(("b-a", "b-l")):
            return [self._alert(message, event)]
        if event_type.startswith("b-r-f-h"):
            return [self._medevac(message, event)]
        if event_type.startswith("t-"):
            return []  # tasking between machines
        return self._zone_or_line(message, event)

    def _unit(self, message: Message, event: Event) -> list[Report]:
        place = cot_event.place(event.element, strict=True)
        emergency = self._emergencies.get(event.id)
        in_emergency = emergency is not None and emergency[1]
        words = _Words(
            callsign=event.callsign,
            kind=readings.name(event.said("cop", "kind")) or self._kind_of(event.uid, event.type),
            status="emergency" if in_emergency else readings.name(event.said("cop", "status")) or "unknown",
            type=event.type,
            remarks=event.text("remarks"),
        )
        reports = []
        if self._said.is_news(event.id, event.at, words, message.received_at):
            unit = Unit(id=event.id, at=event.at, callsign=words.callsign, kind=words.kind, status=words.status)
            reports.append(self._report(message, event, unit, losses=cot_event.losses(event)))
        if place is not None:
            stale_at = event.stale_at or event.at + self._stale_after
            reports.append(self._report(message, event, cot_event.position(event, event.id, place), stale_at=stale_at))
        return reports

    def _kind_of(self, uid: str, event_type: str) -> str:
        return self._units.get(uid) or self._kinds.get(event_type[4:]) or self._kind

    def _emergency(self, message: Message, event: Event) -> list[Report]:
        """Somebody calls for help, or takes it back: said of the unit itself, whose uid the link holds."""
        place = cot_event.place(event.element, strict=False)  # a call for help is heard without one
        link = next((one for one in event.element.iterfind("detail/link") if one.get("uid")), None)
        uid = link.get("uid") if link is not None else event.uid.removesuffix(_EMERGENCY_SUFFIX)
        unit = readings.identifier(uid)
        known = self._emergencies.get(unit)
        if known is not None and event.at < known[0]:
            return []  # late: the call that it ends, or the end that it precedes, is known already
        ended = event.type.startswith("b-a-o-can") or event.said("emergency", "cancel").lower() == "true"
        if not refuse_time(event.at, message.received_at):  # one of a time to come will not be believed
            if known is None and len(self._emergencies) >= _EMERGENCIES_REMEMBERED:
                self._emergencies.pop(next(iter(self._emergencies)))
            self._emergencies[unit] = (event.at, not ended)
        last = self._said.get(unit)
        if last is None:
            event_type = link.get("type", "") if link is not None else ""
            callsign = readings.name(event.text("emergency")) or event.callsign.removesuffix("-Alert")
            last = _Words(callsign, self._kind_of(uid, event_type), "unknown", event_type, "")
        words = last._replace(status="unknown" if ended else "emergency")
        reports = []
        if self._said.is_news(unit, event.at, words, message.received_at):
            body = Unit(id=unit, at=event.at, callsign=words.callsign, kind=words.kind, status=words.status)
            losses = cot_event.losses(event)
            losses["emergency"] = "ended" if ended else readings.loss(event.said("emergency", "type") or "called")
            reports.append(self._report(message, event, body, losses=losses))
        if place is not None:
            # The call itself is stale after seconds; where the unit was then holds as long as any fix.
            stale_at = max(event.stale_at or event.at, event.at + self._stale_after)
            reports.append(self._report(message, event, cot_event.position(event, unit, place), stale_at=stale_at))
        return reports

    def _deletions(self, message: Message, event: Event) -> list[Report]:
        """What the links name is taken back, never the event's own uid; a link to the sender itself is a log-off."""
        reports = []
        for link in event.element.iterfind("detail/link"):
            uid, event_type = link.get("uid"), link.get("type") or ""
            if not uid:
                continue
            unit = readings.identifier(uid)
            kind = self._kind_of_object(event_type)
            if kind == "unit":
                self._said.forget(unit)
            reports.append(self._report(message, event, Retraction(id=unit, at=event.at, kind=kind)))
        if not reports:
            raise BadMessage("a deletion names no object")
        return reports

    def _kind_of_object(self, event_type: str) -> str:
        if event_type.startswith(("u-", "b-m", "b-i")):
            return "zone"
        if event_type.startswith("b-r-f-h") or self._incident_types.get(event_type[4:]) is not None:
            return "incident"
        return "alert" if event_type.startswith(("b-a", "b-l")) and not event_type.startswith("b-a-o") else "unit"

    def _chat(self, message: Message, event: Event) -> list[Report]:
        text = readings.prose(event.text("remarks"))
        if not text:
            return []
        sender = event.said("__chat", "senderCallsign") or event.callsign or event.said("remarks", "source")
        entry = LogEntry(id=event.id, at=event.at, by=readings.name(sender), text=text)
        return [self._report(message, event, entry, losses=cot_event.losses(event, "remarks"))]

    def _alert(self, message: Message, event: Event) -> Report:
        if event.said("emergency", "cancel").lower() == "true":
            return self._report(message, event, Retraction(id=event.id, at=event.at, kind="alert"))
        place = cot_event.place(event.element, strict=False)
        alert = Alert(
            id=event.id,
            at=event.at,
            event=readings.name(event.said("emergency", "type")) or event.callsign or readings.name(event.type),
            headline=event.callsign,
            description=readings.prose(event.text("remarks")),
            geometry=outlines.point(place.lat, place.lon) if place is not None else None,
            expires_at=event.stale_at,
        )
        return self._report(message, event, alert, losses=cot_event.losses(event, "remarks"))

    def _incident(self, message: Message, event: Event) -> Report:
        place = cot_event.place(event.element, strict=False)
        incident = Incident(
            id=event.id,
            at=event.at,
            type=self._incident_types.get(event.type[4:]) or "unknown",
            title=event.callsign,
            summary=readings.prose(event.text("remarks")),
            lat=place.lat if place is not None else None,
            lon=place.lon if place is not None else None,
        )
        return self._report(message, event, incident, losses=cot_event.losses(event, "remarks"))

    def _medevac(self, message: Message, event: Event) -> Report:
        """A request to evacuate casualties is a medical incident; its nine lines are kept as they came."""
        place = cot_event.place(event.element, strict=False)
        urgent, priority = (readings.figure(event.said("_medevac_", key)) or 0.0 for key in ("urgent", "priority"))
        incident = Incident(
            id=event.id,
            at=event.at,
            type="medical",
            priority=1 if urgent > 0.0 else 2 if priority > 0.0 else 3,
            title=readings.name(event.said("_medevac_", "title")) or event.callsign,
            summary=readings.prose(event.said("_medevac_", "medline_remarks") or event.text("remarks")),
            lat=place.lat if place is not None else None,
            lon=place.lon if place is not None else None,
        )
        return self._report(message, event, incident, losses=cot_event.losses(event))

    def _zone_or_line(self, message: Message, event: Event) -> list[Report]:
        """Drawings, routes and markers; what has no place and is no drawing is a line in the log if it has words."""
        place = cot_event.place(event.element, strict=False)
        detail = event.element.find("detail")
        drawn: dict[str, Any] = {}
        left_out = ""
        if detail is not None:
            drawn, left_out = cot_shapes.geometry(event.type, detail, place[:2] if place is not None else None)
        elif place is not None:
            drawn = outlines.point(place.lat, place.lon)
        losses = cot_event.losses(event, "range", "bearing")
        if left_out:
            losses["vertices"] = left_out
        waypoints = [link.get("callsign") for link in event.element.iterfind("detail/link[@point]")]
        if any(waypoints):
            losses["waypoints"] = readings.loss(", ".join(one for one in waypoints if one))
        if not drawn and not event.type.startswith(("u-", "b-m")):
            text = " — ".join(part for part in (event.callsign, readings.prose(event.text("remarks"))) if part)
            entry = LogEntry(id=event.id, at=event.at, text=readings.prose(text))
            return [self._report(message, event, entry, losses=losses)] if text else []
        kept = "archive" in event.parts or event.stale_at is None or event.stale_at <= event.at
        zone = Zone(
            id=event.id,
            at=event.at,
            kind=readings.name(event.said("cop", "kind")) or _zone_kind(event),
            name=event.callsign,
            geometry=drawn,
            expires_at=None if kept else event.stale_at,
        )
        return [self._report(message, event, zone, losses=losses)]

    def _report(
        self,
        message: Message,
        event: Event,
        body: Body,
        *,
        stale_at: datetime | None = None,
        losses: dict[str, str] | None = None,
    ) -> Report:
        return Report(
            agency=self._feed.agency,
            body=body,
            source=Source(
                feed=self._feed.name,
                format="cot-xml",
                original_id=readings.loss(event.uid),
                original_type=readings.loss(event.type),
            ),
            received_at=message.received_at,
            stale_at=stale_at or event.stale_at,
            exercise=event.exercise,
            losses=losses or {},
        )


def _zone_kind(event: Event) -> str:
    if event.type.startswith("b-m-r"):
        return "route"
    if "__geofence" in event.parts:
        return "geofence"
    return "drawing" if event.type.startswith("u-") else "marker"


def sniff(_topic: str, payload: bytes) -> int:
    """An `event` element with a uid or a type."""
    begin = payload[:1024]
    return 90 if b"<event" in begin and (b"uid=" in begin or b"type=" in begin) else 0


FORMAT = Format(
    name="cot-xml",
    summary="Cursor on Target 2.0 in XML (TAK)",
    make=CotXml,
    sniff=sniff,
    topic="tak/#",
    limits="1,000 events a message, 30,000 parts a detail",
    outbound=True,
)
