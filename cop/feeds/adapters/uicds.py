"""UICDS: incidents on NIEM 2.0, sensors and map features, as its services exchange them."""

from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Any

import msgspec

from cop.domain.area import Zone
from cop.domain.incident import Incident
from cop.domain.report import Report, Retraction
from cop.domain.unit import Position, Unit
from cop.domain.words import INCIDENT_OVER
from cop.feeds.adapters import edxl, geometries, niem, outlines, parts, readings, strict_xml
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.readings import Place
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

_REQUESTS = frozenset({"CreateIncidentRequest", "UpdateIncidentRequest"})
_OBJECTS = frozenset({"Incident", *_REQUESTS, "SensorInfo", "entry"})
_OBJECTS_LIMIT, _AREAS_LIMIT = 50, 10
_INCIDENTS_REMEMBERED = 10_000
_READ = frozenset(
    {
        *("ActivityIdentification", "ActivityCategoryText", "ActivityDate", "ActivityDateRepresentation"),
        *("ActivityDescriptionText", "ActivityName", "ActivityStatus", "IncidentLocation"),
    }
)
_READ_OF_SENSOR = frozenset({"id", "name", "latitude", "longitude"})
_READ_OF_FEATURE = frozenset({"title", "id", "updated", "summary", "where"})


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    bounds: readings.Bounds | None = None

    def __post_init__(self) -> None:
        if self.bounds is not None:
            self.bounds.check()


class Uicds:
    """Decodes UICDS. Option `bounds` is the ground that places lie on; what lies elsewhere is not located."""

    def __init__(self, feed: Feed) -> None:
        self._bounds = readings.options_of(feed, _Options).bounds
        self._voice = Voice(feed, "uicds")
        self._words = Vocabulary(feed, "uicds")
        self._zone = readings.zone_of(feed)
        self._areas: dict[str, int] = {}

    def decode(self, message: Message) -> list[Report]:
        """Every incident with its areas, every sensor with its position, every map feature of the document."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        tree = edxl.document(message.payload)
        found = [_within_request(element) for element in islice(edxl.elements(tree, _OBJECTS), _OBJECTS_LIMIT + 1)]
        if not found:
            raise BadMessage("no incident, sensor or feature in the document")
        return parts.of_parts(found, partial(self._object, message), limit=_OBJECTS_LIMIT)

    def _object(self, message: Message, element: Any) -> list[Report]:
        name = strict_xml.local_name(element)
        if name == "SensorInfo":
            return self._sensor(message, element)
        if name == "entry":
            return self._feature(message, element)
        return self._incident(message, element)

    def _incident(self, message: Message, element: Any) -> list[Report]:
        def said(path: str) -> str:
            return strict_xml.text_of(element, path)

        losses = strict_xml.unread(element, _READ)
        title = readings.name(said("ActivityName"))
        when = said("ActivityDate/DateTime") or said("ActivityDate/Date") or said("ActivityDateRepresentation")
        opened = niem.moment(when, self._zone, losses, "ActivityDate")
        at = self._at(message, element, opened, losses)
        identity = said("ActivityIdentification/IdentificationID") or _product(element)
        if not identity:
            if not title:
                raise BadMessage("an incident without id and name")
            identity = f"{title} {when}".strip()
            losses["id"] = "none in the message: name and date stand for it"
        elif (product := _product(element)) not in ("", identity):
            losses["WorkProduct"] = readings.loss(product)
        incident = readings.identifier(identity)
        status = self._status(element)
        location = element.find("{*}IncidentLocation")
        place, areas = self._where(location, losses) if location is not None else (Place(), [])
        category = said("ActivityCategoryText")
        body = Incident(
            id=incident,
            at=at,
            type=self._words.word("incident_types", category),
            status=status,
            title=title,
            address=niem.address(location) if location is not None else "",
            summary=readings.prose(said("ActivityDescriptionText")),
            lat=place.lat,
            lon=place.lon,
            opened_at=opened,
        )
        original, exercise = (identity, category), edxl.is_exercise(element)
        reports = [self._voice.report(message, body, original=original, exercise=exercise, losses=losses)]
        before = self._areas.get(incident, 0)
        if status in INCIDENT_OVER:
            areas = []
        elif location is None or location.find("{*}LocationArea") is None:
            before = 0  # nothing is said of its areas
        for number, outline in enumerate(areas, 1):
            geometry, thinned = geometries.checked(outline)
            zone = Zone(
                id=_area(incident, number),
                at=at,
                kind="incident_area",
                name=title,
                geometry=geometry,
                incident_agency=self._voice.agency,
                incident=incident,
            )
            cut = {"geometry": thinned} if thinned else None
            reports.append(self._voice.report(message, zone, original=original, exercise=exercise, losses=cut))
        for number in range(len(areas) + 1, before + 1):
            gone = Retraction(id=_area(incident, number), at=at, kind="zone")
            reports.append(self._voice.report(message, gone, original=original, exercise=exercise))
        if areas or before:
            if incident not in self._areas and len(self._areas) >= _INCIDENTS_REMEMBERED:
                self._areas.clear()  # a hostile sender may invent incidents without end
            self._areas[incident] = len(areas)
        return reports

    def _at(self, message: Message, element: Any, opened: datetime | None, losses: dict[str, str]) -> datetime:
        """When this was said. ActivityDate is when it happened: every update of an incident repeats it."""
        changed = _of_product(element, "WorkProductProperties/LastUpdated")
        if changed:
            return readings.moment_of_text(changed, self._zone)
        is_new = strict_xml.local_name(element) == "CreateIncidentRequest" or any(
            strict_xml.local_name(above) == "CreateIncidentRequest" for above in element.iterancestors()
        )
        if opened is not None and (is_new or message.retained):
            return opened
        if message.retained:
            raise BadMessage("a retained message without a time")
        losses["at"] = "no time of this word in the message: the time of receipt stands for it"
        return message.received_at

    def _status(self, element: Any) -> str:
        said = strict_xml.text_of(element, "ActivityStatus/StatusText")
        said = said or _of_product(element, "WorkProductIdentification/State")
        return self._words.word("incident_statuses", said, "open")

    def _where(self, location: Any, losses: dict[str, str]) -> tuple[Place, list[dict[str, Any]]]:
        """The point of an incident and the outlines of its areas: circles first, whose centre is the point."""
        areas: list[dict[str, Any]] = []
        places: list[Place] = []
        circles = strict_xml.all_at(location, "LocationArea/AreaCircularRegion")
        if len(circles) > _AREAS_LIMIT:
            losses["AreaCircularRegion"] = f"{len(circles)} circles, {_AREAS_LIMIT} are drawn"
        for circle in circles[:_AREAS_LIMIT]:
            centre = niem.first_coordinate(circle, self._bounds)
            places.append(centre)
            measure = circle.find("{*}CircularRegionRadiusLengthMeasure")
            radius_m = niem.radius_m(measure) if measure is not None else None
            if centre.lat is None or centre.lon is None:
                continue
            if radius_m:
                areas.append(outlines.circle(centre.lat, centre.lon, radius_m))
            elif measure is not None:
                losses["radius"] = readings.loss(" ".join(text.strip() for text in measure.itertext()).strip())
        corners = [
            niem.coordinate(corner, self._bounds)
            for corner in strict_xml.all_at(location, "LocationArea/AreaPolygonGeographicCoordinate")
        ]
        ring = [[corner.lon, corner.lat] for corner in corners if corner.lat is not None and corner.lon is not None]
        if corners and len(ring) < len(corners):
            places.append(next(corner for corner in corners if corner.lat is None))
            losses["polygon"] = f"{len(corners) - len(ring)} of {len(corners)} corners are no place: not drawn"
        elif len(ring) >= 3:
            if ring[0] != ring[-1]:
                ring.append(ring[0])
            if len(ring) >= 4:
                areas.append({"type": "Polygon", "coordinates": [ring]})
                if not places:
                    places.append(_middle(ring))
                    losses["place"] = "the middle of the area"
        if not places:
            places.append(niem.first_coordinate(location, self._bounds))
        place = next((one for one in places if one.lat is not None), places[0])
        if place.doubt:
            losses["place"] = place.doubt
        return place, areas

    def _sensor(self, message: Message, element: Any) -> list[Report]:
        """A sensor where it stands. Its message has no time: it is said to stand there when it comes in."""
        if message.retained:
            raise BadMessage("a retained message without a time")
        identity = strict_xml.text_of(element, "id")
        if not identity:
            raise BadMessage("a sensor without an id")
        losses = strict_xml.unread(element, _READ_OF_SENSOR)
        if (above := element.getparent()) is not None:
            losses |= strict_xml.unread(above, frozenset({"SensorInfo"}))
        losses["at"] = "no time in the message: the time of receipt stands for it"
        lat, lon = (readings.figure(strict_xml.text_of(element, name) or None) for name in ("latitude", "longitude"))
        place = readings.place(lat, lon, self._bounds)
        if place.doubt:
            losses["place"] = place.doubt
        sensor = readings.identifier(identity)
        called = readings.name(strict_xml.text_of(element, "name")) or readings.name(identity)
        unit = Unit(id=sensor, at=message.received_at, callsign=called, kind="sensor")
        original, exercise = (identity, "SensorInfo"), edxl.is_exercise(element)
        reports = self._voice.unit(message, unit, lambda: losses, original=original, exercise=exercise)
        if place.lat is not None and place.lon is not None:
            position = Position(id=sensor, at=message.received_at, lat=place.lat, lon=place.lon)
            reports.append(self._voice.position(message, position, original=original, exercise=exercise))
        return reports

    def _feature(self, message: Message, element: Any) -> list[Report]:
        """A map feature as a marker."""
        identity = strict_xml.text_of(element, "id")
        if not identity:
            raise BadMessage("a feature without an id")
        losses = strict_xml.unread(element, _READ_OF_FEATURE)
        updated = strict_xml.text_of(element, "updated")
        if updated:
            at = readings.moment_of_text(updated.removesuffix("GMT").strip(), UTC if "GMT" in updated else self._zone)
        elif message.retained:
            raise BadMessage("a retained message without a time")
        else:
            at = message.received_at
            losses["updated"] = "no time in the message: the time of receipt stands for it"
        place = edxl.place_below(element, self._bounds)
        if place.lat is None or place.lon is None:
            raise BadMessage("a feature without a place inside the feed's bounds")
        incident = edxl.incident_id(element)
        zone = Zone(
            id=readings.identifier(identity),
            at=at,
            kind="marker",
            name=readings.name(strict_xml.text_of(element, "title")),
            summary=readings.prose(strict_xml.text_of(element, "summary")),
            geometry=outlines.point(place.lat, place.lon),
            incident_agency=self._voice.agency if incident else "",
            incident=readings.identifier(incident) if incident else "",
        )
        exercise = edxl.is_exercise(element)
        return [self._voice.report(message, zone, original=(identity, "entry"), exercise=exercise, losses=losses)]


def _within_request(element: Any) -> Any:
    """A request holds its incident, or is one itself."""
    if strict_xml.local_name(element) in _REQUESTS:
        inside = next(element.iter("{*}Incident"), None)
        return element if inside is None else inside
    return element


def _product(element: Any) -> str:
    """The id of the work product that an incident is, as it says itself or its package does."""
    own = next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "id"), "")
    return own or _of_product(element, "WorkProductIdentification/Identifier")


def _of_product(element: Any, path: str) -> str:
    """What the work product around an element says, in its package or beside it; empty if there is none."""
    for above in element.iterancestors():
        if said := strict_xml.text_of(above, f"PackageMetadata/{path}") or strict_xml.text_of(above, path):
            return said
    return ""


def _area(incident: str, number: int) -> str:
    return readings.identifier(f"{incident}-area" if number == 1 else f"{incident}-area-{number}")


def _middle(ring: list[list[float]]) -> Place:
    corners = ring[:-1]
    return Place(
        round(sum(corner[1] for corner in corners) / len(corners), 7),
        round(sum(corner[0] for corner in corners) / len(corners), 7),
    )


_IN_PRODUCTS = (b"w3.org/2005/Atom", b"uicds.org/incident", b"uicds.org/SensorService")


def sniff(_topic: str, payload: bytes) -> int:
    """The services and schemas of UICDS that hold incidents, sensors and features."""
    head = payload[:4096]
    if b"CreateIncidentFromCap" in head:
        return 0  # an alert in one of its requests
    if b"uicds.org/WorkProduct" in head and any(name in head for name in _IN_PRODUCTS):
        return 97  # an envelope of EDXL stands inside, which is surer of itself than of what it holds
    for name in (b"uicds.org/incident", b"uicds.org/IncidentManagementService", b"uicds.org/SensorService"):
        if name in head:
            return 92
    return 0


FORMAT = Format(
    name="uicds",
    summary="UICDS incidents, sensors and map features (NIEM 2.0 XML)",
    make=Uicds,
    sniff=sniff,
    topic="uicds/#",
    limits=f"{_OBJECTS_LIMIT} objects a message, {_AREAS_LIMIT} areas an incident",
)
