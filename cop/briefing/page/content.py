"""What a briefing map tells, as plain data: every word as it was said; the page's script sets it as text."""

import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cop.briefing.exports.export import Export, Wanted
from cop.briefing.exports.looks import Look, agency_colour, look_of
from cop.briefing.exports.things import Thing, things
from cop.briefing.leaving import Leaving
from cop.briefing.occasion import Occasion
from cop.briefing.page.backdrop import (
    DIGITS,
    area_looks,
    carried_tiles,
    first_view,
    jurisdictions,
    region,
    rounded,
    whole_box,
)
from cop.briefing.page.carried import data_uri
from cop.briefing.page.grid import lines
from cop.briefing.page.incidents import authority_of, incident_words, led, put_tasks
from cop.briefing.page.moments import age_s, moment_words
from cop.briefing.page.order import PageOrder
from cop.briefing.page.shared_ground import overlaps
from cop.briefing.page.trails import trails
from cop.domain.agency import Agency
from cop.domain.area import Alert, Zone
from cop.domain.lettered_grid import bounds_of, grid_of
from cop.domain.place_words import usng
from cop.domain.rules.alarm import SEVERITIES, phase, severity_rank, tag_of
from cop.domain.words import (
    AVAILABILITIES,
    DISCIPLINES,
    ROLES,
    UNIT_KINDS,
    UNIT_STATUSES,
    label,
    zone_label,
)
from cop.picture.names import agency_name, one_line
from cop.picture.picture import Picture

_OF_KIND = {"units": "unit", "incidents": "incident", "resources": "resource", "zones": "zone", "alerts": "alert"}
_MOST_LOG = 300


def content_of(leaving: Leaving, occasion: Occasion, order: PageOrder) -> dict[str, Any]:
    """All that the page tells. Raises what `order.go_on` raises, OSError where the region cannot be read."""
    picture, at = leaving.picture, leaving.at
    kinds = frozenset(_OF_KIND[name] for name in order.kinds if name in _OF_KIND)
    export = Export(leaving, occasion, Wanted(kinds=kinds, since=at.timestamp() - order.trails_s))
    album = _Album(order)
    objects: dict[str, list[dict[str, Any]]] = {kind: [] for kind in _OF_KIND.values()}
    for thing in things(export, kinds):
        order.go_on()
        entry = {**_common(thing, at), **_OWN[thing.kind](thing, picture, at)}
        if thing.kind == "alert":
            entry |= _alarm(picture, thing, playing=bool(occasion.exercise))
        if thing.kind != "zone" and thing.geometry is not None:
            look = _look(thing, picture, occasion, quiet=bool(entry.get("tag")))
            entry["icon"] = album.place_of(look)
        objects[thing.kind].append(entry)
    if objects["incident"]:
        authority = authority_of(leaving, occasion, order.ground)
        for incident in objects["incident"]:
            order.go_on()
            incident.update(led(authority, incident))
    others = put_tasks(objects["incident"], picture, at)
    agencies = sorted({entry["agency"] for every in objects.values() for entry in every})
    box, view = whole_box(order, objects), first_view(picture, order.ground)
    return {
        "title": " · ".join(filter(None, (one_line(occasion.operation), "briefing map"))),
        "occasion": _occasion(occasion, leaving, picture),
        "agencies": [
            {
                "id": one,
                "name": agency_name(picture, one),
                "colour": agency_colour(picture, one),
                "contact": _contact(picture, one),
            }
            for one in agencies
        ],
        "icons": album.images,
        "looks": area_looks(),
        "objects": objects,
        "tasks": others if "incidents" in order.kinds else [],
        "trails": trails(export) if order.trails_s and "unit" in kinds else [],
        "log": _log(picture) if "log" in order.kinds else [],
        "jurisdictions": jurisdictions(order, picture) if "jurisdictions" in order.kinds else [],
        "overlaps": overlaps(order, picture) if "jurisdictions" in order.kinds else [],
        "region": region(order.region),
        "grid": lines(box),
        "box": box,
        "view": view,
        "centre": [(view[1] + view[3]) / 2, (view[0] + view[2]) / 2],
        "tiles": carried_tiles(order.tiles),
    }


class _Album:
    """Each look drawn once in each theme; objects name it by its place."""

    def __init__(self, order: PageOrder) -> None:
        self._draws = [draw for draw in (order.draw, order.draw_dark) if draw is not None]
        self.images: list[list[str]] = [[] for _ in self._draws]
        self._places: dict[Look, int] = {}

    def place_of(self, look: Look) -> int:
        """Where a look's image is in each list of `images`."""
        place = self._places.get(look)
        if place is None:
            place = self._places[look] = len(self._places)
            for draw, images in zip(self._draws, self.images, strict=True):
                images.append(data_uri(draw(look)))
        return place


def _look(thing: Thing, picture: Picture, occasion: Occasion, *, quiet: bool) -> Look:
    """How the desk's map shows it."""
    look = look_of(thing, agency_colour(picture, thing.agency))
    if thing.kind == "alert":
        return look._replace(status=SEVERITIES[severity_rank(_alert_body(picture, thing))], exercise=quiet)
    if occasion.exercise:  # as on the desk's map: marked is what is not of the work itself
        look = look._replace(exercise=False)
    if thing.kind == "unit" and (look.shape == "unknown" or look.shape not in UNIT_KINDS):
        profile = picture.agencies.get(thing.agency)
        body = profile.body if profile is not None else None
        known = [one for one in (body.disciplines if isinstance(body, Agency) else ()) if one in DISCIPLINES]
        look = look._replace(shape=known[0] if known else "unknown")
    return look


def _contact(picture: Picture, agency: str) -> str:
    """How an agency says that it is reached."""
    profile = picture.agencies.get(agency)
    return profile.body.contact if profile is not None and isinstance(profile.body, Agency) else ""


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
            entry.update(lat=round(lat, DIGITS), lon=round(lon, DIGITS), grid=usng(lat, lon, 4))
        else:
            entry["geometry"] = rounded(thing.geometry)
    said_at = fields.get("reported_at")
    if said_at:
        said = datetime.fromisoformat(said_at)
        entry["said"] = moment_words(said)
        entry["age_s"] = age_s(said, at)
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
        "promised_s": _promised_s(fields),
    }
    return {name: value for name, value in facts.items() if value not in (None, "")}


def _promised_s(fields: Mapping[str, Any]) -> int | None:
    """How long after a word it takes until it is old."""
    if not (fields.get("stale_at") and fields.get("reported_at")):
        return None
    return age_s(datetime.fromisoformat(fields["reported_at"]), datetime.fromisoformat(fields["stale_at"]))


def _resource(thing: Thing, _picture: Picture, _at: datetime) -> dict[str, Any]:
    fields = thing.fields
    return {
        "what": fields.get("nims_type") or str(fields.get("kind", "")),
        "status": label(AVAILABILITIES, str(fields.get("availability", "unknown"))),
        "quantity": fields.get("quantity"),
        "available": fields.get("available"),
        "conditions": fields.get("conditions", ""),
        "until": moment_words(datetime.fromisoformat(fields["until"])) if fields.get("until") else "",
    }


def _zone(thing: Thing, picture: Picture, at: datetime) -> dict[str, Any]:
    fields = thing.fields
    kind = str(fields.get("kind", "perimeter"))
    told = {"zone": kind, "what": zone_label(kind), "summary": fields.get("summary", ""), **_times(fields, at)}
    body = picture.zones[thing.agency, thing.id].body
    form = grid_of(body) if isinstance(body, Zone) else None
    if form is not None:
        told["cells"] = [*(round(edge, DIGITS) for edge in bounds_of(form)), form.columns, form.rows]
    return told


def _alert(thing: Thing, _picture: Picture, at: datetime) -> dict[str, Any]:
    fields = thing.fields
    return {
        "what": fields.get("event", ""),
        "status": str(fields.get("severity", "Unknown")),
        "summary": "\n".join(str(fields[name]) for name in ("description", "instruction") if fields.get(name)),
        "area": fields.get("area", ""),
        **_times(fields, at),
    }


def _alarm(picture: Picture, thing: Thing, *, playing: bool) -> dict[str, Any]:
    """How grave an alert is, and what must stand beside one that alarms nobody: a test, a draft, an exercise."""
    body = _alert_body(picture, thing)
    tag = tag_of(body, exercise=bool(thing.fields.get("exercise")), playing=playing)
    return {"severity": SEVERITIES[severity_rank(body)], "tag": tag}


def _alert_body(picture: Picture, thing: Thing) -> Alert:
    body = picture.alerts[thing.agency, thing.id].body
    assert isinstance(body, Alert)
    return body


def _times(fields: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Whether it holds at the moment, and from when until when."""
    begins, ends = (
        datetime.fromisoformat(fields[name]) if fields.get(name) else None for name in ("starts_at", "expires_at")
    )
    stands = phase(begins, ends, at)
    return {
        "over": stands == "over",
        "coming": stands == "coming",
        "from": moment_words(begins) if begins is not None and stands == "coming" else "",
        "until": moment_words(ends) if ends is not None else "",
    }


_OWN = {"unit": _unit, "incident": incident_words, "resource": _resource, "zone": _zone, "alert": _alert}


def _log(picture: Picture) -> list[dict[str, str]]:
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


def _whole(value: Any, digits: int = 0) -> float | int | None:
    if not isinstance(value, float | int) or not math.isfinite(value):
        return None
    return round(value, digits) if digits else round(value)
