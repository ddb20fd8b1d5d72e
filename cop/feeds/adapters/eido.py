"""EIDO: incidents as NG9-1-1 systems hand them on (NENA-STA-021.1, Emergency Incident Data Object, JSON)."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec

from cop.domain.area import Zone
from cop.domain.incident import Incident, Link
from cop.domain.log import LogEntry
from cop.domain.report import Report, Retraction
from cop.domain.words import INCIDENT_OVER
from cop.feeds.adapters import parts, personal, readings, strict_json
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.eido_document import Component, Document, plain, reference_of, references_of, text_of, texts_of
from cop.feeds.adapters.eido_locations import Located, best_of, located_in, not_shown
from cop.feeds.adapters.eido_units import Units
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

_URN = "urn:emergency:uid:incidentid:"
_INCIDENTS_REMEMBERED = 20_000
_MOST = 40
_USUAL_PRIORITY = 3
PARTS_LIMIT = 1_000
#: components that are about callers and bystanders: counted, never shown
_PERSONAL = {
    "callComponent": "caller data not shown",
    "callbackComponent": "telephone numbers not shown",
    "personComponent": "personal data not shown",
    "vehicleComponent": "vehicle data not shown",
    "additionalDataComponent": "data of the call not shown",
    "organizationComponent": "not shown",
    "externalInformationSourceComponent": "not shown",
}
_READ = frozenset(
    {
        *("$id", "lastUpdateTimeStamp", "LastUpdateTimeStamp", "updatedByAgencyReference", "updatedByAgentReference"),
        *("eidoVersion", "EIDOVersion", "@context", "incidentComponent", "mergeComponent", "linkComponent"),
        *("notesComponent", "cautionComponent", "emergencyResourceComponent", "dispatchComponent", "agencyComponent"),
        *("agentComponent", "locationComponent", "locationInformationComponent", "incidentTrackingIdentifier"),
        *("OwningAgencyIdentifier", "UpdatedByAgentIdentifier", *_PERSONAL),
    }
)
_INCIDENT_READ = frozenset(
    {
        *("$id", "lastUpdateTimeStamp", "LastUpdateTimeStamp", "updatedByAgencyReference", "updatedByAgentReference"),
        *("OwningAgencyIdentifier", "UpdatedByAgentIdentifier", "incidentTypeCommonRegistryText", "locationReference"),
        *("incidentTypeInternalText", "incidentStatusCommonRegistryText", "notesReference", "personReference"),
        *("agentReference", "vehicleReference", "organizationReference"),
    }
)
_PRIORITY_READ = _INCIDENT_READ | {"incidentCommonPriorityNumber", "incidentPriorityInternalText"}
#: nobody may take an incident for closed of which one word says that work goes on
_INCIDENT_ORDER = ("contained", "active", "open", "closed", "cancelled")
_TEST_CALLS = frozenset({"test", "testcall", "exercise", "drill", "training"})


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    agencies: dict[str, str] = {}
    units: bool = True


class _Known(NamedTuple):
    """What is known of an incident: its words, and when the component that says them was updated; whether it is one."""

    words_at: datetime
    place_at: datetime
    incident: Incident
    exercise: bool


class Eido:
    """Decodes EIDOs. Option `agencies` says whose incidents and units an agency's id in the message means."""

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._voice = Voice(feed, "eido")
        self._words = Vocabulary(feed, "eido")
        self._zone = readings.zone_of(feed)
        self._agencies = options.agencies
        self._speaks_of_units = options.units
        self._known: dict[str, _Known] = {}
        self._noted: readings.LastWords[str] = readings.LastWords()

    def decode(self, message: Message) -> list[Report]:
        """The incident, its links, the units sent to it, staging areas and notes."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        fields = strict_json.quick(message.payload)
        if not isinstance(fields, dict) or not isinstance(fields.get("$id"), str) or not fields["$id"].strip():
            raise BadMessage("no EIDO: no $id")
        if not any(name.endswith("Component") for name in fields) and "eidoVersion" not in fields:
            raise BadMessage("no EIDO: no component")
        return _Reading(self, message, Document(fields, self._zone)).reports()

    def agency_of(self, identifier: str) -> str:
        """Whose an agency's id of the message, or the authority of a urn, is: the feed's agency if nothing is said."""
        return self._agencies.get(identifier, self._voice.agency)

    def words(self, table: str, word: str) -> str | None:
        """Our word for one of a registry, whose words come with blanks, hyphens and underscores as well."""
        return self._words.find(table, word) or self._words.find(
            table, word.replace(" ", "").replace("-", "").replace("_", "")
        )


class _Reading:
    """One EIDO on its way to reports."""

    def __init__(self, eido: Eido, message: Message, document: Document) -> None:
        self._eido, self._message, self._document = eido, message, document
        self._voice, self._words = eido._voice, eido._words
        self._losses: dict[str, str] = {}
        self._tracking = document.text("$id")
        drafted = document.text("incidentTrackingIdentifier")  # of 2020's draft, whose $id is the header's own
        if _number_of(drafted) not in ("", "0"):
            self._tracking = drafted
        elif drafted:
            self._losses["incidentTrackingIdentifier"] = readings.loss(drafted)
        self._incident_id = readings.identifier(self._tracking)
        #: unique string "0" of a tracking identifier: no incident is meant
        self._unplaced = _number_of(self._tracking) == "0"
        self._at = self._time()
        calls = document.components("callComponent")
        self._exercise = bool(calls) and any(
            text_of(call, name).lower().replace(" ", "") in _TEST_CALLS
            for call in calls[:_MOST]
            for name in ("standardPrimaryCallType", "standardSecondaryCallType", "localCallType")
        )
        if not calls and not self._unplaced:  # an update leaves out the call that said so
            known = eido._known.get(self._incident_id)
            self._exercise = known is not None and known.exercise

        self._units = Units(
            self._voice,
            message,
            document,
            words=eido.words,
            agency_of=eido.agency_of,
            tracking="" if self._unplaced else self._tracking,
            at=self._at,
            exercise=self._exercise,
        )

    def reports(self) -> list[Report]:
        located = located_in(self._document, lambda word: self._eido.words("location_kinds", word), self._losses)
        unplaced = self._unplaced
        for kind, why in _PERSONAL.items():
            if persons := self._document.components(kind):
                self._losses[kind] = f"{len(persons)}: {why}"
        left = personal.withheld(readings.unread(self._document.fields, _READ))
        self._losses = dict(list({**self._losses, **left}.items())[:_MOST])
        found: list[Report] = []
        if unplaced:
            found += self._no_incident()
        else:
            best = best_of(located, self._document)
            self._losses.update(not_shown(located, best, self._document))
            found += [*self._incident(best), *self._areas(located, best)]
        notes = [("note", one) for one in self._notes()]
        resources = self._document.components("emergencyResourceComponent") if self._eido._speaks_of_units else []
        pieces = [
            *(("merge", one) for one in self._document.components("mergeComponent") if not unplaced),
            *(("link", one) for one in self._document.components("linkComponent") if not unplaced),
            *(("unit", one) for one in resources),
            *(("caution", one) for one in self._document.components("cautionComponent")),
            *notes,
        ]
        try:
            return found + parts.of_parts(pieces, self._piece, limit=PARTS_LIMIT)
        except BadMessage as bad:
            raise BadMessage(bad.reason, [*found, *bad.reports]) from None

    def _piece(self, piece: tuple[str, Component]) -> Iterable[Report]:
        kind, component = piece
        if kind == "merge":
            return self._merge(component)
        if kind == "link":
            return self._link(component)
        if kind == "unit":
            return self._units.reports(component)
        if kind == "caution":
            return self._caution(component)
        return self._note(component)

    def _time(self) -> datetime:
        at = self._document.updated_at(self._document.fields)
        if at is not None:
            return at
        if self._message.retained:
            raise BadMessage("a retained EIDO without a time")
        self._losses["lastUpdateTimeStamp"] = "no time in the message: the time of receipt stands for it"
        return self._message.received_at

    # ---- the incident

    def _incident(self, place: Located | None) -> list[Report]:
        known = self._eido._known.get(self._incident_id)
        component = next(iter(self._document.components("incidentComponent")), None)
        incident = Incident(id=self._incident_id, at=self._at, by=self._updated_by(), opened_at=self._opened_at())
        words_at = place_at = datetime.min.replace(tzinfo=self._at.tzinfo)
        if component is not None:
            words_at = self._document.updated_at(component) or self._at
            incident = self._worded(incident, component, words_at, known.incident if known is not None else None)
            if known is not None and known.words_at > words_at:
                component = None  # an agency that sends on an older word about it
        if component is None and known is not None:
            words_at = known.words_at
            incident = msgspec.structs.replace(
                known.incident, at=incident.at, by=incident.by, opened_at=incident.opened_at or known.incident.opened_at
            )
            incident = msgspec.structs.replace(incident, lat=None, lon=None, address="")
        if place is not None:
            place_at = self._document.time(place.component, "lastUpdateTimeStamp") or self._at
        if place is not None and (known is None or place_at >= known.place_at):
            incident = self._placed(incident, place)
        elif known is not None:
            place_at = known.place_at
            incident = msgspec.structs.replace(
                incident, lat=known.incident.lat, lon=known.incident.lon, address=known.incident.address
            )
        incident = self._ended(incident)
        if known is None or known.incident.at <= incident.at:
            if known is None and len(self._eido._known) >= _INCIDENTS_REMEMBERED:
                self._eido._known.clear()
            self._eido._known[self._incident_id] = _Known(words_at, place_at, incident, self._exercise)
        original = (self._tracking, "incident")
        return [
            self._voice.report(
                self._message, incident, original=original, exercise=self._exercise, losses=dict(self._losses)
            )
        ]

    def _worded(self, incident: Incident, component: Component, words_at: datetime, known: Incident | None) -> Incident:
        kind = text_of(component, "incidentTypeCommonRegistryText")
        text = text_of(component, "incidentTypeInternalText")
        said = texts_of(component, "incidentStatusCommonRegistryText")
        if known is not None and not said:
            status, closed_at = known.status, known.closed_at
        else:
            status = self._status(said)
            closed_at = words_at if status in INCIDENT_OVER else None
        if len(said) > 1 or (said and self._eido.words("incident_statuses", said[0]) is None):
            self._losses["incidentStatusCommonRegistryText"] = readings.loss(", ".join(said))
        if kind and self._words.find("incident_types", kind) is not None:
            self._losses["incidentTypeCommonRegistryText"] = readings.loss(kind)
        number = component.get("incidentCommonPriorityNumber")
        own = text_of(component, "incidentPriorityInternalText")
        common = self._words.number("common_priorities", str(number)) if type(number) is int else None
        priority = self._words.number("priorities", own) if common is None else common
        usual = known.priority if known is not None and number is None and not own else _USUAL_PRIORITY
        left = readings.unread(component, _INCIDENT_READ if common is not None or priority is None else _PRIORITY_READ)
        self._losses.update(personal.withheld(left))
        self._losses = dict(list(self._losses.items())[:_MOST])
        return msgspec.structs.replace(
            incident,
            type=self._words.word("incident_types", kind or text_of(component, "incidentTypeInternalCode")),
            title=readings.name(text),
            status=status,
            priority=priority if priority is not None and 1 <= priority <= 5 else usual,
            closed_at=closed_at,
            lead=self._lead(),
        )

    def _status(self, said: list[str]) -> str:
        found = {self._eido.words("incident_statuses", one) or "" for one in said} - {""}
        for status in _INCIDENT_ORDER:
            if status in found:
                return status
        if found:
            return min(found)
        return readings.name(said[0]) or "open" if said else "open"

    def _lead(self) -> str:
        """The agency that owns the incident, where the feed says which of ours that is."""
        for one in self._document.components("agencyComponent")[:_MOST]:
            if one.get("incidentOwningAgencyIndicator") is True:
                owner = text_of(one, "$id")
                if owner in self._eido._agencies:
                    return readings.name(self._eido._agencies[owner])
                self._losses["incidentOwningAgency"] = readings.loss(owner)
        return ""

    def _placed(self, incident: Incident, located: Located) -> Incident:
        place = located.place
        address = place.address
        if located.kind == "routing":
            if place.lat is not None:
                self._losses["location"] = f"where the call was routed by, {place.lat:.6g} {place.lon:.6g}: not shown"
            address = readings.name(f"{address} (where the call was routed by)") if address else ""
            return msgspec.structs.replace(incident, address=address)
        if place.area is not None:
            self._losses["location"] = f"{place.shape}: its middle stands for the place"
        if located.kind != "incident":
            self._losses["locationType"] = f"the place is that of type {readings.loss(located.kind)[:40]}"
        if place.alt_m is not None:
            self._losses["altitude"] = f"{place.alt_m:.1f} m"
        return msgspec.structs.replace(incident, lat=place.lat, lon=place.lon, address=address)

    def _ended(self, incident: Incident) -> Incident:
        """An incident that another one replaces is over (§2.7: the code tells what the named incident is to it)."""
        merges = self._document.components("mergeComponent")[:_MOST]
        # of what was merged and split again, the last word holds
        merges.sort(key=lambda one: self._document.time(one, "lastUpdateTimeStamp") or self._at)
        last = {text_of(one, "incidentTrackingIdentifier"): one for one in merges}
        for tracking, one in last.items():
            if text_of(one, "incidentMergeDirectionCode").upper() == "REPLACING":
                other = readings.name(tracking)
                return msgspec.structs.replace(
                    incident, status="closed", closed_at=self._at, summary=f"Merged into {other}"
                )
        return incident

    def _opened_at(self) -> datetime | None:
        calls = self._document.components("callComponent")[:_MOST]
        return min(filter(None, (self._document.time(call, "callStartTimestamp") for call in calls)), default=None)

    def _updated_by(self) -> str:
        head = self._document.fields
        return readings.name(reference_of(head, "updatedByAgencyReference") or text_of(head, "OwningAgencyIdentifier"))

    def _no_incident(self) -> list[Report]:
        """Unique string "0": no incident is meant. What is said of one all the same goes to the log, not the map."""
        component = next(iter(self._document.components("incidentComponent")), None)
        if component is None:
            return []
        said = [text_of(component, f"incidentType{part}") for part in ("CommonRegistryText", "InternalText")]
        text = readings.prose("No incident number yet: " + ", ".join(filter(None, said)) or "no type")
        return self._entry(text_of(component, "$id") or self._tracking, self._at, text, self._losses)

    # ---- locations

    def _areas(self, located: list[Located], best: Located | None) -> list[Report]:
        """Staging areas, and what the incident's location may lie in where the sender knows no better."""
        zones = []
        for one in located:
            component, place = one.component, one.place
            if one.kind == "staging" and place.lat is not None and place.lon is not None:
                kind, geometry = "staging", place.area or {"type": "Point", "coordinates": [place.lon, place.lat]}
            elif one is best and place.area is not None:
                kind, geometry = "uncertainty", place.area
            else:
                continue
            name = text_of(component, "locationDescriptionText") or place.address or place.shape
            zone = Zone(
                id=readings.identifier(text_of(component, "$id") or f"{self._incident_id}-{kind}"),
                at=self._document.time(component, "lastUpdateTimeStamp") or self._at,
                kind=kind,
                name=readings.name(name),
                geometry=geometry,
                incident_agency=self._voice.agency,
                incident=self._incident_id,
            )
            original = (text_of(component, "$id"), text_of(component, "locationTypeDescriptionRegistryText"))
            zones.append(self._voice.report(self._message, zone, original=original, exercise=self._exercise))
        return zones

    # ---- merges and links

    def _merge(self, component: Component) -> list[Report]:
        code = text_of(component, "incidentMergeDirectionCode").upper()
        other = text_of(component, "incidentTrackingIdentifier")
        if not other or code not in ("REPLACED", "REPLACING", "SPLIT"):
            raise BadMessage("a merge names no incident, or no direction that is known")
        at = self._document.updated_at(component) or self._at
        reports = [self._linked(component, at, other, "split" if code == "SPLIT" else "same")]
        if code == "REPLACED" and self._eido.agency_of(_authority_of(other)) == self._voice.agency:
            ended = readings.identifier(other)
            known = self._eido._known.get(ended)
            incident = known.incident if known is not None else Incident(id=ended, at=at)
            losses = {} if known is not None else {"merge": "nothing else is known of the incident that ended"}
            incident = msgspec.structs.replace(
                incident, at=at, status="closed", closed_at=at, summary=f"Merged into {readings.name(self._tracking)}"
            )
            if known is None or known.incident.at <= at:
                if known is not None:
                    self._eido._known[ended] = known._replace(incident=incident)
                reports.append(
                    self._voice.report(
                        self._message, incident, original=(other, "merge"), exercise=self._exercise, losses=losses
                    )
                )
        return reports

    def _link(self, component: Component) -> list[Report]:
        code = text_of(component, "linkDirectionCode").upper()
        other = text_of(component, "incidentTrackingIdentifier")
        if not other or code not in ("PARENT", "CHILD", "RELATED", "UNLINK"):
            raise BadMessage("a link names no incident, or no direction that is known")
        at = self._document.updated_at(component) or self._at
        if code == "UNLINK":
            gone = Retraction(id=self._link_id(other), at=at, kind="link")
            original = (text_of(component, "$id"), "UNLINK")
            return [self._voice.report(self._message, gone, original=original, exercise=self._exercise)]
        return [self._linked(component, at, other, {"PARENT": "parent", "CHILD": "parent"}.get(code, "related"), code)]

    def _linked(self, component: Component, at: datetime, other: str, relation: str, code: str = "") -> Report:
        first = f"{self._voice.agency}/{self._incident_id}"
        agency = self._eido.agency_of(reference_of(component, "involvedAgencyReference"))
        if agency == self._voice.agency:
            agency = self._eido.agency_of(_authority_of(other))
        second = f"{agency}/{readings.identifier(other)}"
        if code == "PARENT":  # the named one is the parent, and a parent stands first
            first, second = second, first
        link = Link(id=self._link_id(other), at=at, first=first[:256], second=second[:256], relation=relation)
        reason = text_of(component, "transactionReasonText")
        return self._voice.report(
            self._message,
            link,
            original=(text_of(component, "$id"), code or text_of(component, "incidentMergeDirectionCode")),
            exercise=self._exercise,
            losses={"transactionReasonText": readings.loss(reason)} if reason else None,
        )

    def _link_id(self, other: str) -> str:
        """The same for both ends, so that what one says of the other's link is said of the same link."""
        ends = sorted((self._tracking, other))
        return readings.identifier(f"{ends[0]}~{ends[1]}")

    # ---- notes

    def _notes(self) -> list[Component]:
        """Notes that are not about persons or vehicles."""
        personal = {
            reference
            for kind in ("personComponent", "vehicleComponent")
            for one in self._document.components(kind)[:PARTS_LIMIT]
            for reference in references_of(one, "notesReference")
        }
        notes = self._document.components("notesComponent")
        return [one for one in notes if text_of(one, "$id") not in personal] if personal else notes

    def _note(self, component: Component) -> list[Report]:
        text = plain(text_of(component, "notesActionComments"))
        if not text:
            return []
        at = self._document.updated_at(component) or self._at
        by = reference_of(component, "agentReference") or reference_of(component, "updatedByAgentReference")
        return self._entry(text_of(component, "$id") or f"{self._tracking}-{at.timestamp()}", at, text, {}, by)

    def _caution(self, component: Component) -> list[Report]:
        """A danger to responders: it goes to the log in full, with how grave it is."""
        what = [text_of(component, f"cautionType{part}") for part in ("CommonRegistryText", "InternalText")]
        severity = readings.name(text_of(component, "cautionSeverity")) or "no severity said"
        text = readings.prose(f"CAUTION ({severity}): {'; '.join(filter(None, what)) or 'no text'}")
        at = self._document.updated_at(component) or self._at
        by = text_of(component, "cautionSource")
        return self._entry(text_of(component, "$id") or f"{self._tracking}-caution", at, text, {}, by)

    def _entry(self, identifier: str, at: datetime, text: str, losses: dict[str, str], by: str = "") -> list[Report]:
        """A line of the log, once: an EIDO brings all notes each time."""
        entry = LogEntry(
            id=readings.identifier(identifier),
            at=at,
            by=readings.name(by),
            text=text,
            incident_agency="" if self._unplaced else self._voice.agency,
            incident="" if self._unplaced else self._incident_id,
        )
        if not self._eido._noted.is_news(entry.id, at, text[:256], self._message.received_at):
            return []
        original = (identifier, "notes")
        return [self._voice.report(self._message, entry, original=original, exercise=self._exercise, losses=losses)]


def _number_of(tracking: str) -> str:
    """The unique string of an incident tracking identifier (NENA-STA-010); "" for an id of another form."""
    return tracking.removeprefix(_URN).partition(":")[0] if tracking.startswith(_URN) else ""


def _authority_of(tracking: str) -> str:
    """Who gave an incident tracking identifier: what follows its unique string."""
    return tracking.removeprefix(_URN).partition(":")[2] if tracking.startswith(_URN) else ""


def sniff(topic: str, payload: bytes) -> int:
    """A `$id` and a name that only an EIDO has."""
    head = payload[:4096]
    if b'"$id"' not in head:
        return 0
    if b"eidoVersion" in head or b"EIDOVersion" in head or b"issuingElementIdentification" in head:
        return 95
    return 85 if b"urn:emergency:uid:incidentid:" in head or "eido" in topic else 0


FORMAT = Format(
    name="eido",
    summary="NENA emergency incident data objects (NG9-1-1, JSON)",
    make=Eido,
    split=strict_json.lines,
    sniff=sniff,
    topic="eido/#",
    limits=f"{PARTS_LIMIT:,} notes, units, links in one document; 40 locations",
)
