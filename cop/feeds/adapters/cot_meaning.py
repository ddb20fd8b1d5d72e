"""What a Cursor on Target event says in our words, by its type: the same for every encoding of it."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import msgspec

from cop.domain.area import Alert, Zone
from cop.domain.incident import Incident
from cop.domain.log import LogEntry
from cop.domain.report import Body, Report, Retraction
from cop.domain.rules.plausible import refuse_time
from cop.domain.rules.skew import WILDEST_S
from cop.domain.unit import Unit
from cop.feeds import cot_uids
from cop.feeds.adapters import cot_event, cot_extension, cot_shapes, cot_types, outlines, parts, readings
from cop.feeds.adapters.cot_event import Event
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message, NotTheirs

_EMERGENCY_SUFFIX = "-9-1-1"
_EMERGENCIES_REMEMBERED = 10_000
_MAX_WAYPOINTS_KEPT = 100


#: a time further to come is no clock that is ahead: nobody will believe it
_CLOCK_AHEAD = timedelta(seconds=WILDEST_S)
_BEFORE_ANY = datetime(2000, 1, 1, tzinfo=UTC)


class Options(msgspec.Struct, forbid_unknown_fields=True):
    """What a feed says of its units: `kind` where a type has none, `kinds` by type or its beginning, `units` by uid."""

    kind: str = "unknown"
    kinds: dict[str, str] = {}
    units: dict[str, str] = {}


class Meaning:
    """Makes reports of the events of one feed, and remembers its units' last words and emergencies."""

    def __init__(self, feed: Feed, form: str) -> None:
        options = readings.options_of(feed, Options)
        self._voice = Voice(feed, form)
        self._kind, self._units = options.kind, options.units
        kinds, incident_types = cot_types.words_of(feed)
        self._kinds = cot_types.TypeTable({**kinds, **cot_types.below_affiliation(options.kinds)})
        self._incident_types = cot_types.TypeTable(incident_types)
        #: unit, and whether in an exercise -> when it last called or cancelled, and whether it is in an emergency since
        self._emergencies: dict[tuple[str, bool], tuple[datetime, bool]] = {}

    def recall(self, unit: str, *, exercise: bool) -> None:
        """This unit was in an emergency when another process read the feed."""
        self._emergencies[unit, exercise] = (_BEFORE_ANY, True)

    def reports(self, message: Message, event: Event) -> list[Report]:
        """What one event says. Raises BadMessage; NotTheirs for what a desk wrote of another agency's object."""
        owner = cot_uids.agency_of(event.uid)
        if owner and owner != self._voice.agency:
            raise NotTheirs(owner)
        event_type = event.type
        if event_type.startswith("a-"):
            if self._incident_types.get(event_type[4:]) is not None:
                return [self._incident(message, event)]
            return self._unit(message, event)
        if event_type == "t-x-d-d":
            return self._deletions(message, event)
        if (ours := cot_extension.report_of(event)) in ("incident", "zone", "alert"):
            return [self._ours(message, event, ours)]
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

    def _ours(self, message: Message, event: Event, kind: str) -> Report:
        """What another desk wrote for clients of TAK, read whole."""
        place = event.place
        drawn, left_out = event.drawn or cot_shapes.geometry(
            event.type, event.detail.element, place[:2] if place is not None else None
        )
        losses = cot_event.losses(event, *cot_extension.FOR_OTHERS)
        if left_out:
            losses["vertices"] = left_out
        body: Body
        if kind == "incident":
            body = cot_extension.incident(event)
        elif kind == "zone":
            body = cot_extension.zone(event, drawn)
        else:
            body = cot_extension.alert(event, drawn or None)
        return self._report(message, event, body, losses=losses)

    def _unit(self, message: Message, event: Event) -> list[Report]:
        if event.misplaced:
            raise BadMessage("coordinates are outside the globe")
        # by the sender's clock, which may be ahead of ours
        if event.starts_at is not None and refuse_time(event.starts_at, max(message.received_at, event.at)):
            raise BadMessage("valid only from a time to come")  # where it will be is not where it is
        unit_id, exercise = event.id, event.exercise
        emergency = self._emergencies.get((unit_id, exercise)) if self._emergencies else None
        unit = Unit(
            id=unit_id,
            at=event.at,
            # Only who knows our words marks a callsign.
            callsign=cot_extension.callsign_of(event) if event.kind else event.callsign,
            kind=event.kind or self._kind_of(event.uid, event.type),
            status="emergency" if emergency is not None and emergency[1] else event.status or "unknown",
        )
        original = (event.uid, event.type)
        reports = self._say(message, event, unit, (event.type, event.remarks, exercise))
        if event.place is not None:
            position = cot_event.position(event, unit_id, event.place)
            reports.append(
                self._voice.position(message, position, original=original, stale_at=event.stale_at, exercise=exercise)
            )
        return reports

    def _say(
        self,
        message: Message,
        event: Event,
        unit: Unit,
        beside: tuple[str, str, bool],
        more: dict[str, str] | None = None,
    ) -> list[Report]:
        """The unit if its words are news. `beside` are its type, its remarks, and whether it is in an exercise."""

        def losses() -> dict[str, str]:
            return {**cot_event.losses(event), **(more or {})}

        return self._voice.unit(
            message,
            unit,
            losses,
            beside=beside,
            original=(event.uid, event.type),
            stale_at=event.stale_at,
            exercise=event.exercise,
        )

    def _kind_of(self, uid: str, event_type: str) -> str:
        return self._units.get(uid) or self._kinds.get(event_type[4:]) or self._kind

    def _emergency(self, message: Message, event: Event) -> list[Report]:
        """Somebody calls for help, or takes it back: said of the unit itself, whose uid the link holds."""
        link = next((one for one in event.detail.element.iterfind("link") if one.get("uid")), None)
        uid = link.get("uid") if link is not None else event.uid.removesuffix(_EMERGENCY_SUFFIX)
        unit = readings.identifier(uid)
        who = (unit, event.exercise)  # a call in an exercise is none of the unit's live work
        known = self._emergencies.get(who)
        if known is not None and event.at < known[0]:
            return []  # late: the call that it ends, or the end that it precedes, is known already
        ended = event.type.startswith("b-a-o-can") or event.detail.said("emergency", "cancel").lower() == "true"
        received_at = message.received_at
        if event.at - received_at <= _CLOCK_AHEAD and not refuse_time(min(event.at, received_at), received_at):
            if known is None and len(self._emergencies) >= _EMERGENCIES_REMEMBERED:
                self._emergencies.pop(next(iter(self._emergencies)))
            # a clock may be ahead, and be put right before it is over
            self._emergencies[who] = (min(event.at, received_at), not ended)
        if event.place is not None and cot_extension.report_of(event) == "unit":
            return []  # another desk's: the unit's own event goes with it, with its words and the time of its fix
        last: Any = self._voice.last_words(unit)
        if last is not None:
            callsign, kind, _, _, (event_type, remarks, _) = last
        else:
            event_type, remarks = link.get("type", "") if link is not None else "", ""
            callsign = readings.name(event.detail.text("emergency")) or event.callsign.removesuffix("-Alert")
            if event.exercise and event.kind:
                callsign = callsign.removeprefix(cot_extension.EXERCISE_PREFIX)
            kind = event.kind or self._kind_of(uid, event_type)
        body = Unit(id=unit, at=event.at, callsign=callsign, kind=kind, status="unknown" if ended else "emergency")
        called = readings.loss(event.detail.said("emergency", "type") or "called")
        reports = self._say(
            message,
            event,
            body,
            (event_type, remarks, event.exercise),
            {"emergency": "ended" if ended else called},
        )
        if event.place is not None:  # a call for help is heard without one
            # The call itself is stale after seconds; where the unit was then holds as long as any fix.
            stale_at = max(event.stale_at or event.at, event.at + self._voice.stale_after)
            position = cot_event.position(event, unit, event.place)
            original = (event.uid, event.type)
            reports.append(
                self._voice.position(message, position, original=original, stale_at=stale_at, exercise=event.exercise)
            )
        return reports

    def _deletions(self, message: Message, event: Event) -> list[Report]:
        """What the links name is taken back, never the event's own uid; a link to the sender itself is a log-off."""
        said = cot_extension.report_of(event)

        def retraction(link: Any) -> list[Report]:
            unit = readings.identifier(link.get("uid"))
            kind = said if said in cot_extension.TAKEN_BACK else self._kind_of_object(link.get("type") or "")
            if kind == "unit":
                self._voice.forget(unit)
            return [self._report(message, event, Retraction(id=unit, at=event.at, kind=kind))]

        named = (link for link in event.detail.element.iterfind("link") if link.get("uid"))
        reports = parts.of_parts(named, retraction)
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
        text = readings.prose(event.remarks)
        if not text:
            return []
        sender = (
            event.detail.said("__chat", "senderCallsign") or event.callsign or event.detail.said("remarks", "source")
        )
        entry = LogEntry(id=event.id, at=event.at, by=readings.name(sender), text=text)
        return [self._report(message, event, entry, losses=cot_event.losses(event, "remarks"))]

    def _alert(self, message: Message, event: Event) -> Report:
        if event.detail.said("emergency", "cancel").lower() == "true":
            return self._report(message, event, Retraction(id=event.id, at=event.at, kind="alert"))
        place = event.place
        alert = Alert(
            id=event.id,
            at=event.at,
            event=readings.name(event.detail.said("emergency", "type")) or event.callsign or readings.name(event.type),
            headline=event.callsign,
            description=readings.prose(event.remarks),
            geometry=outlines.point(place.lat, place.lon) if place is not None else None,
            starts_at=event.starts_at,
            expires_at=event.stale_at,
        )
        return self._report(message, event, alert, losses=cot_event.losses(event, "remarks"))

    def _incident(self, message: Message, event: Event) -> Report:
        place = event.place
        incident = Incident(
            id=event.id,
            at=event.at,
            type=self._incident_types.get(event.type[4:]) or "unknown",
            title=event.callsign,
            summary=readings.prose(event.remarks),
            lat=place.lat if place is not None else None,
            lon=place.lon if place is not None else None,
        )
        return self._report(message, event, incident, losses=cot_event.losses(event, "remarks"))

    def _medevac(self, message: Message, event: Event) -> Report:
        """A request to evacuate casualties is a medical incident; its nine lines are kept as they came."""
        place = event.place
        urgent, priority = (
            readings.figure(event.detail.said("_medevac_", key)) or 0.0 for key in ("urgent", "priority")
        )
        incident = Incident(
            id=event.id,
            at=event.at,
            type="medical",
            priority=1 if urgent > 0.0 else 2 if priority > 0.0 else 3,
            title=readings.name(event.detail.said("_medevac_", "title")) or event.callsign,
            summary=readings.prose(event.detail.said("_medevac_", "medline_remarks") or event.remarks),
            lat=place.lat if place is not None else None,
            lon=place.lon if place is not None else None,
        )
        return self._report(message, event, incident, losses=cot_event.losses(event))

    def _zone_or_line(self, message: Message, event: Event) -> list[Report]:
        """Drawings, routes and markers; what has no place and is no drawing is a line in the log if it has words."""
        place = event.place
        drawn, left_out = event.drawn or cot_shapes.geometry(
            event.type, event.detail.element, place[:2] if place is not None else None
        )
        losses = cot_event.losses(event, "range", "bearing")
        if left_out:
            losses["vertices"] = left_out
        waypoints = islice(
            (link.get("callsign") for link in event.detail.element.iterfind("link") if link.get("point")),
            _MAX_WAYPOINTS_KEPT,
        )
        if named := ", ".join(one for one in waypoints if one):
            losses["waypoints"] = readings.loss(named)
        if not drawn and not event.type.startswith(("u-", "b-m")):
            text = " — ".join(part for part in (event.callsign, readings.prose(event.remarks)) if part)
            entry = LogEntry(id=event.id, at=event.at, text=readings.prose(text))
            return [self._report(message, event, entry, losses=losses)] if text else []
        kept = "archive" in event.detail.parts or event.stale_at is None or event.stale_at <= event.at
        zone = Zone(
            id=event.id,
            at=event.at,
            kind=event.kind or _zone_kind(event),
            name=event.callsign,
            geometry=drawn,
            starts_at=event.starts_at,
            expires_at=None if kept else event.stale_at,
        )
        return [self._report(message, event, zone, losses=losses)]

    def _report(self, message: Message, event: Event, body: Body, *, losses: dict[str, str] | None = None) -> Report:
        return self._voice.report(
            message,
            body,
            original=(event.uid, event.type),
            stale_at=event.stale_at,
            exercise=event.exercise,
            losses=losses,
        )


def _zone_kind(event: Event) -> str:
    if event.type.startswith("b-m-r"):
        return "route"
    if "__geofence" in event.detail.parts:
        return "geofence"
    return "drawing" if event.type.startswith("u-") else "marker"
