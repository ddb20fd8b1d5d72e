"""Road events as XML: DATEX II in its wrappings, the status of CARS (New England Compass), RSS with georss."""

from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from email.utils import parsedate_to_datetime
from functools import partial
from itertools import islice
from typing import Any

from cop.feeds.adapters import fields, plain_text, readings, road_events_datex, road_places, strict_xml
from cop.feeds.adapters.road_event import RoadEvent, is_over, named, said_of
from cop.feeds.message import BadMessage

_MICRODEGREES = 1e6
_MOST_MIDPOINTS = 10_000
_CARS = ("incident", "laneClosure")
_CARS_READ = frozenset(
    {
        *("desc", "startLocation", "endLocation", "midpoints", "status", "eventType", "lastUpdatedTimestamp"),
        *("startDate", "startTime", "endDate", "endTime", "type"),
    }
)


def events(root: Any, zone: tzinfo, language: str) -> Iterator[Callable[[], RoadEvent]]:
    """A reader for every event of a document, so that a bad one is refused alone. Raises BadMessage."""
    name = strict_xml.local_name(root)
    if name == "rss":
        for item in strict_xml.all_at(root, "channel/item"):
            yield partial(_of_rss, item, zone)
        return
    if name == "status":
        for element in root.iter(*(f"{{*}}{one}" for one in _CARS)):
            yield partial(_of_cars, element, zone)
        return
    if not any(
        True for _ in root.iter("{*}situation", "{*}SituationPublication", "{*}payloadPublication", "{*}payload")
    ):
        raise BadMessage("a structure of road events that is not known")
    for situation, record in road_events_datex.records(root):
        yield partial(road_events_datex.event, situation, record, zone, language)


def _of_cars(element: Any, zone: tzinfo) -> RoadEvent:
    """An incident or lane closure of the center-to-center interface of CARS: places in millionths of a degree."""
    said = _texts(element)
    start = element.find("{*}startLocation")
    midpoints = islice(element.iterfind("{*}midpoints/{*}point"), _MOST_MIDPOINTS)
    way = [_in_microdegrees(one) for one in (start, *midpoints, element.find("{*}endLocation"))]
    known = [one for one in way if one is not None]
    line = {"type": "LineString", "coordinates": known}
    is_way = len(known) > 2  # two ends alone are no way
    status, lanes = said.get("status", ""), said.get("affectedLanesDescription", "")
    kind = said.get("eventType", "")
    types = element.find("{*}type")
    more = [key for key, value in types.items() if value == "true"] if types is not None else []
    losses = {key: words for key, words in said.items() if key not in _CARS_READ}
    return RoadEvent(
        id=element.get("id") or "",
        type=" / ".join(dict.fromkeys(filter(None, (strict_xml.local_name(element), kind, *more)))),
        at=fields.moment(said.get("lastUpdatedTimestamp", "") or said.get("createdTimestamp", ""), zone),
        impacts=(lanes, *_blocked(element)),
        types=(*more, kind),
        road=_road_of(start),
        headline=lanes,
        description=plain_text.of_html(said.get("desc", "")),
        geometry=line if is_way else road_places.of_ends(*known),
        starts_at=_in_the_states(said.get("startDate", ""), said.get("startTime", ""), zone),
        ends_at=_in_the_states(said.get("endDate", ""), said.get("endTime", ""), zone),
        over=is_over(status),
        losses={readings.loss(key): readings.loss(words) for key, words in islice(losses.items(), 40)}
        | said_of(status=status),
    )


def _blocked(element: Any) -> Iterator[str]:
    """Whether some or all main lanes are blocked."""
    lanes = [
        strict_xml.text_of(one, "isBlocked").lower() == "true"
        for one in islice(element.iterfind("{*}affectedLanes2/{*}lane"), 100)
        if strict_xml.text_of(one, "laneType") in {"MainLane", "AlternatingOneWay"}
    ]
    if lanes and any(lanes):
        yield "closed" if all(lanes) else "lane closed"


def _in_microdegrees(element: Any) -> list[float] | None:
    if element is None:
        return None
    lat, lon = (readings.figure(strict_xml.text_of(element, name)) for name in ("lat", "lon"))
    if lat is None or lon is None:
        return None
    return road_places.of_figures(lat / _MICRODEGREES, lon / _MICRODEGREES)


def _in_the_states(day: str, time: str, zone: tzinfo) -> datetime | None:
    """A day with the month first, and a time of day, on the feed's clocks."""
    try:
        month, date, year = day.split("/")
        return fields.of_day(year, month, date, time or "0:00", zone)
    except (BadMessage, ValueError, OverflowError):
        return None


def _road_of(location: Any) -> str:
    if location is None:
        return ""
    return named(strict_xml.text_of(location, "roadway"), strict_xml.text_of(location, "direction"))


def _of_rss(item: Any, zone: tzinfo) -> RoadEvent:
    """An item of RSS 2.0 with a georss place; Traffic Wales writes times and severity into the description."""
    said = _texts(item)
    title, description = said.get("title", ""), plain_text.of_html(said.get("description", ""))
    details = _details(description)
    line, spot = said.get("line", ""), road_places.of_pair(said.get("point", ""))
    parts = [words for part in title.split(":")[:50] if (words := part.strip())]
    at = _mail_date(said.get("pubDate", ""))
    read = {"title", "description", "guid", "point", "line"} | ({"pubDate"} if at is not None else set())
    return RoadEvent(
        id=said.get("guid") or said.get("link") or "",
        type=details.get("severity", ""),
        at=at or fields.moment(details.get("last updated", ""), zone),
        impacts=(details.get("severity", ""), *parts),
        types=("road work" if "work" in title.lower() else "",),
        road=" ".join(parts[:2]),
        headline=title,
        description=description,
        geometry={"type": "LineString", "coordinates": road_places.of_pos_list(line)}
        if line
        else road_places.of_ends(spot),
        starts_at=fields.moment(details.get("start time", ""), zone),
        ends_at=fields.moment(details.get("end date", "") or details.get("end time", ""), zone),
        losses={key: readings.loss(words) for key, words in islice(said.items(), 40) if key not in read},
    )


def _details(description: str) -> dict[str, str]:
    """`Start time: 04/05/2026 20:00 , Severity: Moderate` by its small-letter names."""
    found = {}
    for part in description[-1_000:].split(","):
        name, colon, value = part.strip().partition(":")
        if colon and len(name) <= 20:
            found[name.strip().lower()] = value.strip()
    return found


def _mail_date(text: str) -> datetime | None:
    """A date as in mails (RFC 822)."""
    if not 0 < len(text) <= 60:
        return None
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return fields.moment(at.isoformat(), at.tzinfo) if at.tzinfo is not None else None


def _texts(element: Any) -> dict[str, str]:
    """The words of the elements inside, each by its local name; the first of a name."""
    found: dict[str, str] = {}
    for one in islice(element, 200):
        words = " ".join(text for part in islice(one.itertext(), 100) if (text := part.strip()))
        if words:
            found.setdefault(strict_xml.local_name(one), words)
    return found
