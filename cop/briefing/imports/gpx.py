"""GPX 1.1 and 1.0: tracks and routes as lines, waypoints as points."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from cop.briefing.imports.feature import MOST_FEATURES, BadFile, Feature
from cop.feeds.adapters import readings, strict_xml
from cop.feeds.message import BadMessage


def read_gpx(content: bytes) -> list[Feature]:
    """Waypoints, routes, and each segment of each track. Raises BadFile."""
    try:
        root = strict_xml.document(content)
    except BadMessage as bad:
        raise BadFile(f"This is no GPX that can be read: {bad.reason}.") from None
    if strict_xml.local_name(root) != "gpx":
        raise BadFile("This is no GPX.")
    return list(islice(_features(root), MOST_FEATURES + 1))


def _features(root: Any) -> Iterator[Feature]:
    for one in root.iterfind("{*}wpt"):
        place = _place(one)
        yield _named(one, {"type": "Point", "coordinates": place} if place else {})
    for one in root.iterfind("{*}rte"):
        yield _named(one, _line(one.iterfind("{*}rtept")))
    for one in root.iterfind("{*}trk"):
        segments = strict_xml.all_at(one, "trkseg")
        for number, segment in enumerate(segments, 1):
            feature = _named(one, _line(segment.iterfind("{*}trkpt")))
            of = f" ({number} of {len(segments)})" if len(segments) > 1 else ""
            yield feature._replace(name=readings.name(f"{feature.name}{of}") if feature.name else of.strip(" ()"))


def _named(one: Any, geometry: dict[str, Any]) -> Feature:
    said = {name: strict_xml.text_of(one, name) for name in ("name", "desc", "cmt", "type")}
    return Feature(
        name=readings.name(said["name"]),
        summary=readings.prose(said["desc"] or said["cmt"]),
        geometry=geometry,
        fields={name: words for name, words in said.items() if words},
        wrong="" if geometry else "it has no place that can be read",
    )


def _line(points: Iterable[Any]) -> dict[str, Any]:
    places = [_place(one) for one in points]
    if not places or None in places:
        return {}
    if len(places) == 1:
        return {"type": "Point", "coordinates": places[0]}
    return {"type": "LineString", "coordinates": places}


def _place(one: Any) -> list[float] | None:
    lat, lon = readings.figure(one.get("lat")), readings.figure(one.get("lon"))
    return [lon, lat] if lat is not None and lon is not None else None
