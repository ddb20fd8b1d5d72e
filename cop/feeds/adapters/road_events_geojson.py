"""Road events as GeoJSON features: the properties of each publisher."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from cop.feeds.adapters import plain_text, road_places
from cop.feeds.adapters.fields import Fields
from cop.feeds.adapters.road_event import RoadEvent, is_over, named, said_of
from cop.feeds.message import BadMessage


def event(feature: dict[str, Any], zone: tzinfo, language: str) -> RoadEvent:
    """The event of a feature. Raises BadMessage for properties of no publisher that is known."""
    properties = feature["properties"]
    reader = next((one for one, names in _READERS if all(name in properties for name in names)), None)
    if reader is None:
        raise BadMessage("a structure of road events that is not known")
    found = reader(Fields(properties, zone), language)
    found.id = found.id or Fields(feature).text("id")
    found.geometry = road_places.of_geojson(feature.get("geometry")) or found.geometry
    return found


def _queensland(said: Fields, _language: str) -> RoadEvent:
    road, impact, duration = said.part("road_summary"), said.part("impact"), said.part("duration")
    kind, status = said.text("event_type"), said.text("status")
    means, subtype = impact.text("impact_type"), impact.text("impact_subtype")
    texts = [said.text(key) for key in ("description", "information", "advice")]
    return RoadEvent(
        id=said.text("id"),
        type=" / ".join(filter(None, (kind, said.text("event_subtype")))),
        at=said.moment("last_updated", "published"),
        impacts=(means, subtype),
        types=(kind,),
        road=named(road.text("road_name"), impact.text("direction")),
        headline=subtype or means,
        description=_lines(*texts),
        starts_at=duration.moment("start"),
        ends_at=duration.moment("end"),
        over=is_over(status),
        losses=said.losses() | said_of(status=status, impact_type=means),
    )


def _victoria(said: Fields, _language: str) -> RoadEvent:
    impact, duration = said.part("impact"), said.part("duration")
    kind, status, means = said.text("eventType"), said.text("status"), impact.text("impactType")
    begin, end = said.text("startIntersectionRoadName"), said.text("endIntersectionRoadName")
    return RoadEvent(
        id=said.text("id"),
        type=" / ".join(filter(None, (kind, said.text("eventSubtype")))),
        at=said.moment("lastUpdated"),
        impacts=(means,),
        types=(kind,),
        road=named(said.text("closedRoadName"), impact.text("direction")),
        headline=" – ".join(filter(None, (begin, end))),
        description=_lines(said.text("description")),
        starts_at=duration.moment("start"),
        ends_at=duration.moment("end"),
        over=is_over(status),
        losses=said.losses() | said_of(status=status, impactType=means),
    )


def _new_south_wales(said: Fields, _language: str) -> RoadEvent:
    roads, headline = said.parts("roads"), said.text("displayName", "headline")
    kind, ended = said.text("mainCategory"), said.flag("ended")
    # A period's closureType is ROAD_CLOSURE for any work; what is closed stands in the lanes.
    lanes = [lane for road in roads for lane in road.parts("impactedLanes")]
    extents, counts = [lane.text("extent") for lane in lanes], [lane.text("closedLanes") or "0" for lane in lanes]
    advice = [said.text(key) for key in ("adviceA", "adviceB", "adviceC", "otherAdvice")]
    street = [named(road.text("mainStreet"), road.text("direction")) for road in roads]
    return RoadEvent(
        id=said.text("id"),  # else the feature's own
        type=" / ".join(filter(None, (kind, said.text("subCategoryA").removesuffix("null")))),
        at=said.milliseconds("lastUpdated", "created"),
        impacts=(*extents, *("lane closed" for count in counts if count != "0"), *advice[:2]),
        types=(kind,),
        road=", ".join(dict.fromkeys(filter(None, street))),
        headline=headline,
        description=_lines(*advice, said.text("diversions")),
        starts_at=said.milliseconds("start"),
        ends_at=said.milliseconds("end"),
        over=ended is True,
        losses=said.losses() | said_of(extent=", ".join(extents), closedLanes=", ".join(counts)),
    )


def _western_australia(said: Fields, _language: str) -> RoadEvent:
    kind, status, means = said.text("WorkType"), said.text("WorkStatus"), said.text("TrafficImp")
    return RoadEvent(
        id=said.text("Id", "GlobalID"),
        type=kind,
        at=said.moment("EntryDate"),
        impacts=(means,),
        types=(kind,),
        road=said.text("LocalRoadName") or said.text("Road"),
        description=_lines(said.text("Descriptio"), means),
        starts_at=said.moment("DateStarte"),
        ends_at=said.moment("EstimatedC"),
        over=is_over(status),
        losses=said.losses() | said_of(WorkStatus=status),
    )


def _new_zealand(said: Fields, _language: str) -> RoadEvent:
    kind, what = said.text("eventType"), said.text("eventDescription")
    means, status = said.text("impact"), said.text("status")
    said.value("GDB_GEOMATTR_DATA")
    return RoadEvent(
        id=said.text("eventId"),  # the feature's own is a row's number, another after each load
        type=" / ".join(filter(None, (kind, what))),
        at=said.milliseconds("eventModified", "eventCreated"),
        impacts=(means,),
        types=(kind,),
        road=said.text("locationArea"),
        headline=means,
        description=_lines(said.text("eventComments"), said.text("alternativeRoute")),
        starts_at=said.milliseconds("startDate"),
        ends_at=said.milliseconds("endDate"),
        over=is_over(status),
        losses=said.losses() | said_of(status=status),
    )


def _finland(said: Fields, language: str) -> RoadEvent:
    announcements = said.parts("announcements")
    told = [(one, one.text("language")) for one in announcements]
    chosen = next(
        (one for one, spoken in told if spoken == language), announcements[0] if announcements else Fields({})
    )
    kind, subtype = said.text("situationType"), said.text("trafficAnnouncementType")
    location, title = chosen.part("location"), chosen.text("title")
    restrictions = [
        restriction.text("type")
        for phase in chosen.parts("roadWorkPhases")
        for restriction in phase.parts("restrictions")
    ]
    features = [one.text("name") for one in chosen.parts("features")]
    time, closing = chosen.part("timeAndDuration"), chosen.text("earlyClosing")
    return RoadEvent(
        id=said.text("situationId"),
        type=" / ".join(filter(None, (kind, subtype))),
        at=said.moment("versionTime", "releaseTime"),
        impacts=[restriction.replace("_", " ") for restriction in restrictions],
        types=(subtype, kind.replace("_", " ")),
        road=title.partition(",")[0],
        headline=title,
        description=_lines(location.text("description"), *features, chosen.text("comment")),
        starts_at=time.moment("startTime"),
        ends_at=time.moment("endTime"),
        over=bool(closing),
        losses=said.losses() | said_of(earlyClosing=closing, restrictions=", ".join(dict.fromkeys(restrictions))),
    )


def _brussels(said: Fields, language: str) -> RoadEvent:
    spoken = language if f"type_{language}" in said else "fr"
    kind, what = said.text("datex_codes"), said.text(f"type_{spoken}")
    means = plain_text.of_html(said.text(f"consequences_{spoken}"))
    return RoadEvent(
        id="",  # the feature's own
        type=" / ".join(filter(None, (kind, what))),
        at=said.moment("last_update"),
        impacts=(means,),
        types=(kind, what),
        road=said.text(f"location_{spoken}"),  # its direction is a place
        headline=what,
        description=_lines(means),
        starts_at=said.moment("start_time"),
        ends_at=said.moment("end_time"),
        losses=said.losses(),
    )


def _lines(*texts: str) -> str:
    """Texts that may be HTML, one below the other, each once."""
    return "\n".join(dict.fromkeys(filter(None, map(plain_text.of_html, texts))))


#: The reader of a publisher's features, and the properties that tell it.
_READERS: tuple[tuple[Callable[[Fields, str], RoadEvent], tuple[str, ...]], ...] = (
    (_queensland, ("event_type", "road_summary")),
    (_victoria, ("closedRoadName", "eventType")),
    (_new_south_wales, ("mainCategory", "roads")),
    (_western_australia, ("DateStarte", "WorkType")),
    (_new_zealand, ("eventModified", "locationArea")),
    (_finland, ("situationId", "announcements")),
    (_brussels, ("datex_codes", "last_update")),
)
