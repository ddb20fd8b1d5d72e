"""What a briefing map tells, as plain data: every word as it was said; the page's script sets it as text."""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import shapely

from cop.briefing.exports.export import Export, Wanted
from cop.briefing.exports.looks import agency_colour, look_of
from cop.briefing.exports.things import Thing, things, ways
from cop.briefing.leaving import Leaving
from cop.briefing.occasion import Occasion
from cop.briefing.page.carried import data_uri
from cop.briefing.page.grid import Box, lines, reference
from cop.briefing.page.order import PageOrder, Tiles
from cop.domain.words import (
    AVAILABILITIES,
    INCIDENT_OVER,
    INCIDENT_STATUSES,
    INCIDENT_TYPES,
    ROLES,
    TASK_STATES,
    UNIT_KINDS,
    UNIT_STATUSES,
    label,
    zone_label,
)
from cop.picture.ground import Ground
from cop.picture.names import agency_name, one_line
from cop.picture.picture import Picture

_OF_KIND = {"units": "unit", "incidents": "incident", "resources": "resource", "zones": "zone", "alerts": "alert"}
_DIGITS = 5
#: boundaries of the ground are drawn to some twenty metres
_SIMPLER_DEG = 0.0002
_MOST_LOG = 300
_THE_WORLD = (-180.0, -60.0, 180.0, 75.0)
#: of the whole page; nearest in time first
_MOST_TRAIL_POINTS = 60_000


def content_of(leaving: Leaving, occasion: Occasion, order: PageOrder) -> dict[str, Any]:
    """All that the page tells. Raises what `order.go_on` raises, OSError where the region cannot be read."""
    picture, at = leaving.picture, leaving.at
    kinds = frozenset(_OF_KIND[name] for name in order.kinds if name in _OF_KIND)
    export = Export(leaving, occasion, Wanted(kinds=kinds, since=at.timestamp() - order.trails_s))
    album = _Album(order)
    objects: dict[str, list[dict[str, Any]]] = {kind: [] for kind in _OF_KIND.values()}
    for thing in things(export, kinds):
        order.go_on()
        entry = _common(thing, at)
        if thing.kind in {"unit", "incident", "resource", "alert"} and thing.geometry is not None:
            colour = agency_colour(picture, thing.agency)
            look = look_of(thing, colour)
            if occasion.exercise:  # as on the desk's map: marked is what is not of the work itself
                look = look._replace(exercise=False)
            entry["icon"] = album.place_of(look)
        objects[thing.kind].append({**entry, **_OWN[thing.kind](thing, picture, at)})
    for incident in objects["incident"]:
        incident.update(_led(order, incident))
    _put_tasks(objects["incident"], picture, at)
    agencies = sorted({entry["agency"] for every in objects.values() for entry in every})
    box, view = _box(order, objects), first_view(picture, order.ground)
    return {
        "title": " · ".join(filter(None, (one_line(occasion.operation), "briefing map"))),
        "occasion": _occasion(occasion, leaving, picture),
        "agencies": [
            {"id": one, "name": agency_name(picture, one), "colour": agency_colour(picture, one)} for one in agencies
        ],
        "icons": album.images,
        "objects": objects,
        "trails": _trails(export) if order.trails_s and "unit" in kinds else [],
        "log": _log(picture, at) if "log" in order.kinds else [],
        "jurisdictions": _jurisdictions(order, picture) if "jurisdictions" in order.kinds else [],
        "region": _region(order.region),
        "grid": lines(box),
        "box": box,
        "view": view,
        "centre": [(view[1] + view[3]) / 2, (view[0] + view[2]) / 2],
        "tiles": _tiles(order.tiles),
    }


class _Album:
    """Each look drawn once; objects name it by its place."""

    def __init__(self, order: PageOrder) -> None:
        self.images: list[str] = []
        self._draw = order.draw
        self._places: dict[Any, int] = {}

    def place_of(self, look: Any) -> int:
        """Where a look's image is in `images`."""
        place = self._places.get(look)
        if place is None:
            place = self._places[look] = len(self.images)
            self.images.append(data_uri(self._draw(look)))
        return place


def moment_words(at: datetime) -> str:
    """A time for people: on the wall where it was made, and in UTC."""
    local = at.astimezone()
    if not local.utcoffset():
        return f"{local:%a %d %b %Y %H:%M}Z"
    return f"{local:%a %d %b %Y %H:%M} {local.tzname() or ''} ({at.astimezone(UTC):%H:%M}Z)".replace("  ", " ")


def _occasion(occasion: Occasion, leaving: Leaving, picture: Picture) -> dict[str, Any]:
    for_whom = agency_name(picture, occasion.reader) if occasion.reader else "anybody"
    operator = occasion.operator
    made_by = ", ".join(
        filter(None, (one_line(operator.name), label(ROLES, operator.role), agency_name(picture, operator.agency)))
    )
    return {
        "operation": one_line(occasion.operation),
        "exercise": one_line(occasion.exercise),
        "past": occasion.past,
        "classification": one_line(occasion.classification),
        "period": one_line(occasion.period_words),
        "at": moment_words(leaving.at),
        "at_s": leaving.at.timestamp(),
        "made": moment_words(occasion.made_at),
        "by": made_by,
        "for": for_whom,
        "whole": leaving.whole,
        "applied": [
            {"giver": agency_name(picture, one.giver), "clause": one.words, "what": one.what, "count": one.count}
            for one in leaving.applied
        ],
    }


def _common(thing: Thing, at: datetime) -> dict[str, Any]:
    fields = thing.fields
    entry: dict[str, Any] = {"kind": thing.kind, "agency": thing.agency, "id": thing.id, "name": thing.name}
    if thing.geometry is not None:
        if thing.geometry["type"] == "Point":
            lon, lat = thing.geometry["coordinates"][:2]
            entry.update(lat=round(lat, _DIGITS), lon=round(lon, _DIGITS), grid=reference(lat, lon))
        else:
            entry["geometry"] = _rounded(thing.geometry)
    said_at = fields.get("reported_at")
    if said_at:
        said = datetime.fromisoformat(said_at)
        entry["said"] = moment_words(said)
        entry["age_s"] = round((at - said).total_seconds())
    for name in ("stale", "doubtful", "withheld"):
        if fields.get(name):
            entry[name] = fields[name]
    return entry


def _unit(thing: Thing, _picture: Picture, _at: datetime) -> dict[str, Any]:
    fields, said = thing.fields, thing.fields.get("said") or {}
    facts = {
        "what": label(UNIT_KINDS, str(said.get("kind", "unknown"))),
        "status": label(UNIT_STATUSES, str(said.get("status", "unknown"))),
        "status_word": str(said.get("status", "unknown")),
        "crew": said.get("crew"),
        "can": ", ".join(map(str, said.get("capabilities", ()))),
        "course": _whole(fields.get("course_deg")),
        "speed_mps": _whole(fields.get("speed_mps"), 1),
        "accuracy_m": _whole(fields.get("accuracy_m")),
        "feed": (fields.get("source") or {}).get("format", ""),
    }
    return {name: value for name, value in facts.items() if value not in (None, "")}


def _incident(thing: Thing, _picture: Picture, _at: datetime) -> dict[str, Any]:
    fields = thing.fields
    opened = fields.get("opened_at")
    return {
        "what": label(INCIDENT_TYPES, str(fields.get("type", "unknown"))),
        "priority": fields.get("priority", 3),
        "status": label(INCIDENT_STATUSES, str(fields.get("status", "unknown"))),
        "over": fields.get("status") in INCIDENT_OVER,
        "address": fields.get("address", ""),
        "summary": fields.get("summary", ""),
        "opened": moment_words(datetime.fromisoformat(opened)) if opened else "",
        "details": _details(thing, _picture),
        "tasks": [],
    }


def _details(thing: Thing, picture: Picture) -> list[dict[str, str]]:
    """What of it is for this reader alone, with the clauses that say so."""
    found = []
    for report in picture.details.values():
        if report.agency == thing.agency and report.body.id == thing.id:
            body: Any = report.body
            found.append({"medical": body.medical, "personal": body.personal, "under": ", ".join(body.under)})
    return found


def _resource(thing: Thing, _picture: Picture, _at: datetime) -> dict[str, Any]:
    fields = thing.fields
    return {
        "what": fields.get("nims_type") or str(fields.get("kind", "")),
        "status": label(AVAILABILITIES, str(fields.get("availability", "unknown"))),
        "quantity": fields.get("quantity"),
        "available": fields.get("available"),
        "conditions": fields.get("conditions", ""),
    }


def _zone(thing: Thing, _picture: Picture, at: datetime) -> dict[str, Any]:
    fields = thing.fields
    kind = str(fields.get("kind", "perimeter"))
    ends = fields.get("expires_at")
    return {
        "zone": kind,
        "what": zone_label(kind),
        "summary": fields.get("summary", ""),
        "over": bool(ends and datetime.fromisoformat(ends) <= at),
        "until": moment_words(datetime.fromisoformat(ends)) if ends else "",
    }


def _alert(thing: Thing, _picture: Picture, at: datetime) -> dict[str, Any]:
    fields = thing.fields
    ends = fields.get("expires_at")
    return {
        "what": fields.get("event", ""),
        "status": str(fields.get("severity", "Unknown")),
        "summary": "\n".join(str(fields[name]) for name in ("description", "instruction") if fields.get(name)),
        "area": fields.get("area", ""),
        "over": bool(ends and datetime.fromisoformat(ends) <= at),
        "until": moment_words(datetime.fromisoformat(ends)) if ends else "",
    }


_OWN = {"unit": _unit, "incident": _incident, "resource": _resource, "zone": _zone, "alert": _alert}


def _led(order: PageOrder, incident: Mapping[str, Any]) -> dict[str, Any]:
    """Who leads, and under which clause."""
    if order.authority is None:
        return {}
    key = (incident["agency"], incident["id"])
    lead = order.authority.lead(key)
    picture = order.authority.picture
    if lead is None:
        return {}
    who = [agency_name(picture, one) for one in lead.agencies]
    in_command = [
        " ".join(filter(None, (one_line(one.name), f"({agency_name(picture, one.agency)})")))
        for one in picture.commanding.standing(key).commanders
    ]
    return {
        "lead": " and ".join(who) or "nobody",
        "contested": lead.contested,
        "under": lead.term.words if lead.term is not None else "",
        "why": lead.reason,
        "command": ", ".join(in_command),
    }


def _put_tasks(incidents: Iterable[dict[str, Any]], picture: Picture, at: datetime) -> None:
    """Under each incident its tasks: who was asked for what, where that stands, and on what ground."""
    by_key = {(one["agency"], one["id"]): one for one in incidents}
    for report in sorted(picture.tasks.values(), key=lambda one: (one.reported_at, one.key)):
        body: Any = report.body
        incident = by_key.get((body.incident_agency, body.incident))
        if incident is None:
            continue
        stands = picture.standings.of(report, at)
        unit = (body.assignee_agency, body.unit)
        row = picture.tracks.row_of(*unit)
        callsign = one_line(picture.tracks.callsigns[row]) if row is not None else body.unit
        incident["tasks"].append(
            {
                "objective": body.objective,
                "asked": callsign or "nobody yet",
                "whose": agency_name(picture, body.assignee_agency) if body.assignee_agency else "",
                "by": agency_name(picture, report.agency),
                "state": label(TASK_STATES, stands.state),
                "since": moment_words(stands.since),
                "reason": stands.reason,
                "ground": stands.why,
                "hazards": ", ".join(body.hazards),
            }
        )


def _trails(export: Export) -> list[dict[str, Any]]:
    """Where units had been: [seconds before the moment, lat, lon, joined to the one before], oldest first."""
    at_s = export.at.timestamp()
    every = list(ways(export))
    points = sum(len(way.trail.at) for way in every)
    step = max(1, math.ceil(points / _MOST_TRAIL_POINTS))
    found = []
    for way in every:
        trail = way.trail
        kept = range(len(trail.at) % step, len(trail.at), step) if step > 1 else range(len(trail.at))
        rows = []
        before = -1
        for index in kept:
            joined = bool(trail.joined[before + 1 : index + 1].all()) if before >= 0 else False
            before = index
            place = (round(float(trail.lat[index]), _DIGITS), round(float(trail.lon[index]), _DIGITS))
            rows.append([round(float(trail.at[index]) - at_s), *place, int(joined)])
        if rows:
            found.append({"agency": way.agency, "id": way.unit, "points": rows})
    return found


def _log(picture: Picture, at: datetime) -> list[dict[str, str]]:
    newest = sorted(picture.log, key=lambda one: one.reported_at, reverse=True)[:_MOST_LOG]
    return [
        {
            "at": moment_words(one.reported_at),
            "agency": agency_name(picture, one.agency),
            "by": one_line(one.body.by),
            "text": getattr(one.body, "text", ""),
        }
        for one in newest
    ]


def _jurisdictions(order: PageOrder, picture: Picture) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "agency": one.agency,
            "whose": agency_name(picture, one.agency),
            "discipline": one.discipline,
            "level": one.level or "other",
            "colour": agency_colour(picture, one.agency),
            "geometry": _rounded(shapely.geometry.mapping(one.geometry.simplify(_SIMPLER_DEG))),
        }
        for one in reversed(order.ground.jurisdictions)
    ]


def _region(folder: Path) -> dict[str, Any]:
    """The vectors of the region: what is there of them."""
    found = {}
    for name in ("water", "roads", "places"):
        path = folder / f"{name}.geojson"
        if path.is_file():
            document = json.loads(path.read_text(encoding="utf-8"))
            found[name] = [
                {**_words(feature.get("properties") or {}), "geometry": _rounded(feature["geometry"])}
                for feature in document.get("features", [])
                if feature.get("geometry")
            ]
    return found


def _words(properties: Mapping[str, Any]) -> dict[str, str]:
    kind = next((str(value) for name, value in properties.items() if name.endswith("_class")), "")
    return {"name": str(properties.get("name", "")), "class": kind}


def _tiles(tiles: Tiles | None) -> dict[str, Any] | None:
    if tiles is None or not tiles.images:
        return None
    zooms = [zoom for zoom, _, _ in tiles.images]
    images = {f"{zoom}/{x}/{y}": data_uri(image) for (zoom, x, y), image in tiles.images.items()}
    return {
        "images": images,
        "least": min(zooms),
        "most": max(zooms),
        "px": tiles.tile_px,
        "attribution": tiles.attribution,
    }


def _box(order: PageOrder, objects: Mapping[str, list[dict[str, Any]]]) -> Box:
    """Where the grid lies: the ground, else where things are."""
    boxes = [one.geometry.bounds for one in order.ground.jurisdictions if not one.geometry.is_empty]
    if not boxes:
        placed = [(one["lon"], one["lat"]) for every in objects.values() for one in every if "lat" in one]
        boxes = [(lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1) for lon, lat in placed] or [_THE_WORLD]
    return _around(boxes)


def first_view(picture: Picture, ground: Ground) -> Box:
    """The ground about the open incidents, else all of it: west, south, east, north in degrees."""
    bodies: list[Any] = [report.body for report in picture.incidents.values()]
    places = [
        (one.lon, one.lat)
        for one in bodies
        if one.status not in INCIDENT_OVER and one.lat is not None and one.lon is not None
    ]
    if not places:
        boxes = [one.geometry.bounds for one in ground.jurisdictions if not one.geometry.is_empty]
        return _around(boxes) if boxes else _THE_WORLD
    west, south, east, north = _around([(lon, lat, lon, lat) for lon, lat in places])
    wide, high = max(0.02, (east - west) * 0.25), max(0.02, (north - south) * 0.25)
    return west - wide, south - high, east + wide, north + high


def _around(boxes: Sequence[Box]) -> Box:
    return (
        min(one[0] for one in boxes),
        min(one[1] for one in boxes),
        max(one[2] for one in boxes),
        max(one[3] for one in boxes),
    )


def _rounded(geometry: Any) -> Any:
    """GeoJSON with no more figures than a metre needs."""
    if isinstance(geometry, Mapping):
        return {name: _rounded(one) if name != "type" else one for name, one in geometry.items()}
    if isinstance(geometry, list | tuple):
        return [_rounded(one) for one in geometry]
    return round(geometry, _DIGITS) if isinstance(geometry, float) else geometry


def _whole(value: Any, digits: int = 0) -> float | int | None:
    if not isinstance(value, float | int) or not math.isfinite(value):
        return None
    return round(value, digits) if digits else round(value)
