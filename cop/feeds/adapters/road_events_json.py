"""Road events as JSON: one small reader a publisher's structure, and how each is told from its fields."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Any

from cop.feeds.adapters import fields, geometries, plain_text, readings, road_events_geojson, road_places
from cop.feeds.adapters.fields import Fields
from cop.feeds.adapters.road_event import RoadEvent, is_over, named, said_of
from cop.feeds.message import BadMessage

_DAY_ALONE = len("2026-05-04")
_MOST_INTERVALS = 100
#: Lists of events by the member that holds them.
_LISTS = ("events", "features", "response", "roadworks", "warning", "warnings", "closure", "closures")


def records(said: Any) -> list[Any]:
    """The events of a document, each as it came. Raises BadMessage for a document that holds no list of them."""
    if isinstance(said, list):
        return said
    if not isinstance(said, dict):
        raise BadMessage("no road events")
    if "RESPONSE" in said:
        return list(_deviations(said["RESPONSE"]))
    listed = next((said[key] for key in _LISTS if isinstance(said.get(key), list)), None)
    return [said] if listed is None else listed


def event(record: Any, around: Any, zone: tzinfo, language: str) -> RoadEvent:
    """One event of the document `around`. Raises BadMessage for a structure that is not known."""
    if not isinstance(record, dict):
        raise BadMessage("a road event is no JSON object")
    if isinstance(record.get("properties"), dict):
        found = road_events_geojson.event(record, zone, language)
    else:
        reader = next((one for one, names in _READERS if all(name in record for name in names)), None)
        if reader is None:
            raise BadMessage("a structure of road events that is not known")
        found = reader(Fields(record, zone))
    if found.geometry and (near := geometries.reference_system(found.geometry, record, around)):
        found.losses["crs"] = readings.loss(near)
    return found


def _open511(said: Fields) -> RoadEvent:
    roads = said.parts("roads")
    schedule = said.part("schedule")
    intervals = schedule.texts("intervals")
    recurring = schedule.parts("recurring_schedules") or said.parts("schedules")
    start, end = _interval(intervals, said.zone) if intervals else _recurring(recurring, said.zone)
    status, kind = said.text("status"), said.text("event_type")
    subtypes, states = said.texts("event_subtypes"), [road.text("state") for road in roads]
    headline = said.text("headline")
    return RoadEvent(
        id=said.text("id", "url"),
        type=" / ".join([kind, *subtypes]),
        at=said.moment("updated", "created"),
        impacts=states,
        types=(kind,),
        road=", ".join(dict.fromkeys(named(road.text("name"), road.text("direction")) for road in roads)),
        headline="" if headline == kind else headline,
        description=plain_text.of_html(said.text("description")),
        geometry=road_places.of_geojson(said.value("geography")),
        starts_at=start,
        ends_at=end,
        over=is_over(status),
        losses=said.losses() | said_of(status=status, states=", ".join(filter(None, states))),
    )


def _na511(said: Fields) -> RoadEvent:
    lanes, full = said.text("LanesAffected"), said.flag("IsFullClosure")
    impact = "closed" if full else "lane closed" if "lane" in lanes.lower() and "no " not in lanes.lower() else ""
    kind, subtype = said.text("EventType"), said.text("EventSubType")
    line = road_places.of_polyline(said.text("EncodedPolyline"))
    first = road_places.of_figures(said.figure("Latitude"), said.figure("Longitude"))
    second = road_places.of_figures(said.figure("LatitudeSecondary"), said.figure("LongitudeSecondary"))
    description, details = said.text("Description"), said.text("Details", "Comment")
    return RoadEvent(
        id=said.text("ID", "Id", "SourceId"),
        type=" / ".join(filter(None, (kind, subtype))),
        at=said.seconds("LastUpdated", "Reported"),
        impacts=(impact, lanes),
        types=(kind, subtype),
        road=named(said.text("RoadwayName"), said.text("DirectionOfTravel")),
        description="\n".join(dict.fromkeys(map(plain_text.of_html, filter(None, (description, details))))),
        geometry=line or road_places.of_ends(first, second),
        starts_at=said.seconds("StartDate"),
        ends_at=said.seconds("PlannedEndDate"),
        losses=said.losses() | said_of(LanesAffected="" if lanes == "No Data" else lanes),
    )


def _tfl(said: Fields) -> RoadEvent:
    kind, status, closes = said.text("category"), said.text("status"), said.flag("hasClosures")
    streets = [street.text("closure") for street in said.parts("streets")]
    place = said.value("geometry") or said.value("geography")
    said.value("point")  # the same place once more
    comments, now = said.text("comments"), said.text("currentUpdate")
    return RoadEvent(
        id=said.text("id"),
        type=" / ".join(filter(None, (kind, said.text("subCategory")))),
        at=said.moment("lastModifiedTime", "currentUpdateDateTime"),
        impacts=("closed" if closes else "", *streets),
        types=(kind,),
        road=said.text("location"),
        description="\n".join(filter(None, (comments, now))),
        geometry=road_places.of_geojson(place),
        starts_at=said.moment("startDateTime"),
        ends_at=said.moment("endDateTime"),
        over=is_over(status),
        losses=said.losses() | said_of(status=status, closures=", ".join(filter(None, streets))),
    )


def _northern_territory(said: Fields) -> RoadEvent:
    what, restriction, status = said.text("obstructionType"), said.text("restrictionType"), said.text("status")
    ends = [road_places.of_pair(said.value("startPoint")), road_places.of_pair(said.value("endPoint"))]
    return RoadEvent(
        id=said.text("obstructionId", "recordId"),
        type=" / ".join(filter(None, (what, restriction))),
        at=said.moment("dateLastUpdated", "dateActive"),
        impacts=(restriction,),
        types=(what, restriction),
        road=said.text("roadName"),
        headline=" / ".join(filter(None, (what, restriction))),
        description="\n".join(filter(None, (said.text("comment"), said.text("locationComment")))),
        geometry=road_places.of_geojson(said.value("geometry")) or road_places.of_ends(*ends),
        starts_at=said.moment("dateFrom"),
        ends_at=said.moment("dateTo"),
        over=is_over(status),
        losses=said.losses() | said_of(status=status),
    )


def _autobahn(said: Fields) -> RoadEvent:
    kind, title = said.text("display_type"), said.text("title")
    place = said.part("coordinate")
    spot = road_places.of_figures(place.figure("lat"), place.figure("long"))
    return RoadEvent(
        id=said.text("identifier"),
        type=kind,
        impacts=("closed" if said.flag("isBlocked") else "",),
        types=(kind, kind.rpartition("_")[2]),
        road=title.partition(" | ")[0],
        headline=title,
        description="\n".join(filter(None, [said.text("subtitle"), *said.texts("description")])),
        geometry=road_places.of_geojson(said.value("geometry")) or road_places.of_ends(spot),
        starts_at=said.moment("startTimestamp"),
        losses=said.losses(),
    )


def _trafikverket(said: Fields) -> RoadEvent:
    kind, place = said.text("MessageCode"), said.part("Geometry")
    header = said.text("Header")
    return RoadEvent(
        id=said.text("Id"),
        type=kind,
        at=said.moment("ModifiedTime", "VersionTime", "CreationTime"),
        impacts=(said.text("TrafficRestrictionType"),),
        types=(kind, said.text("MessageType")),
        road=said.text("RoadNumber"),
        headline=header,
        description=said.text("Message"),
        geometry=road_places.of_wkt(place.text("WGS84", "Line", "Point")),
        starts_at=said.moment("StartTime"),
        ends_at=said.moment("EndTime"),
        over=said.flag("Deleted") is True,
        losses=said.losses(),
    )


def _deviations(response: Any) -> Iterator[Any]:
    """What Trafikverket calls deviations, in situations of results."""
    results = response.get("RESULT") if isinstance(response, dict) else None
    for result in results if isinstance(results, list) else ():
        situations = result.get("Situation") if isinstance(result, dict) else None
        for situation in situations if isinstance(situations, list) else ():
            found = situation.get("Deviation") if isinstance(situation, dict) else None
            yield from found if isinstance(found, list) else ()


def _interval(said: list[str], zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """From the begin of the first to the end of the last of ISO 8601 intervals; open where one is."""
    said = [*said[:_MOST_INTERVALS], *said[_MOST_INTERVALS:][-1:]]
    starts = [fields.moment(one.partition("/")[0], zone) for one in said]
    ends = [fields.moment(one.partition("/")[2], zone) for one in said]
    start = None if None in starts else min(filter(None, starts), default=None)
    return start, None if None in ends else max(filter(None, ends), default=None)


def _recurring(said: list[Fields], zone: tzinfo) -> tuple[datetime | None, datetime | None]:
    """From the first day to the end of the last day of schedules; open where one is."""
    starts = [one.moment("start_date") for one in said]
    days = [one.text("end_date") for one in said]
    ends = [at + timedelta(days=len(day) <= _DAY_ALONE) if (at := fields.moment(day, zone)) else None for day in days]
    return min(filter(None, starts), default=None), None if None in ends else max(filter(None, ends), default=None)


#: The reader of a structure, and the members that tell it.
_READERS: tuple[tuple[Callable[[Fields], RoadEvent], tuple[str, ...]], ...] = (
    (_na511, ("RoadwayName", "EventType")),
    (_tfl, ("corridorIds", "category")),
    (_northern_territory, ("obstructionId", "roadName")),
    (_autobahn, ("identifier", "display_type")),
    (_trafikverket, ("Id", "MessageCode")),
    (_open511, ("event_type", "status")),
)
