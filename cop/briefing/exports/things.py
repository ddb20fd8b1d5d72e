"""What stands in the picture that leaves, object by object: its name, its fields, its place as GeoJSON has it."""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from cop.briefing.exports.export import Export
from cop.briefing.state import state
from cop.domain.flat import rfc3339
from cop.domain.words import INCIDENT_TYPES, label, zone_label
from cop.feeds.adapters.geometries import checked
from cop.feeds.message import BadMessage
from cop.picture.names import one_line
from cop.picture.trails import Trail

#: kind -> the list of the state document that it stands in
_LISTS = {
    "unit": "units",
    "incident": "incidents",
    "resource": "resources",
    "zone": "zones",
    "alert": "alerts",
    "task": "tasks",
    "log": "log",
}
_DIGITS = 7  # of a degree: a centimetre


class Thing(NamedTuple):
    """One object: `fields` as the state document has them, its place apart; `geometry` None where it has none."""

    kind: str
    agency: str
    id: str
    name: str
    fields: dict[str, Any]
    geometry: dict[str, Any] | None

    @property
    def key(self) -> str:
        """Its name among all objects of the file."""
        return f"{self.kind}/{self.agency}/{self.id}"


class Way(NamedTuple):
    """Where a unit had been, in stretches that are known all the way."""

    agency: str
    unit: str
    callsign: str
    kind: str
    trail: Trail

    def stretches(self) -> Iterator[slice]:
        """The parts of the trail that are one line each; one place alone is one too."""
        begin = 0
        for at in range(1, len(self.trail.at) + 1):
            if at == len(self.trail.at) or not self.trail.joined[at]:
                yield slice(begin, at)
                begin = at


def things(export: Export, kinds: frozenset[str]) -> Iterator[Thing]:
    """The objects of these kinds that are wanted, kind by kind."""
    whole = state(export.leaving.picture, export.at)
    held_back = export.leaving.held_back
    for kind, name in _LISTS.items():
        if kind not in kinds:
            continue
        for entry in whole[name]:
            object_id = str(entry.get("unit") if kind == "unit" else entry["id"])
            if not export.has(kind, entry["agency"], object_id):
                continue
            fields = dict(entry)
            if kind == "unit" and (shown := held_back.get((entry["agency"], object_id))) is not None:
                fields["withheld"] = ", ".join(term.words for term in shown.terms) or "agreements not applied"
            geometry = _geometry(fields)
            yield Thing(kind, entry["agency"], object_id, _name(kind, entry, object_id), fields, geometry)


def ways(export: Export) -> Iterator[Way]:
    """Where the wanted units had been, as far as the reader may know; those of which nothing is known are left out."""
    tracks = export.leaving.picture.tracks
    for row, (agency, unit) in enumerate(tracks.keys):
        if tracks.present[row] and export.has("trail", agency, unit):
            trail = export.leaving.trail((agency, unit), export.wanted.since)
            if len(trail.at):
                said = export.leaving.picture.units.get((agency, unit))
                kind = str(getattr(said.body, "kind", "unknown")) if said is not None else "unknown"
                yield Way(agency, unit, one_line(tracks.callsigns[row]), kind, trail)


def moment_words(at: float) -> str:
    """A time in epoch seconds as RFC 3339; empty for one that no calendar knows."""
    try:
        return rfc3339(datetime.fromtimestamp(at, UTC))
    except (ValueError, OverflowError, OSError):
        return ""


def _geometry(fields: dict[str, Any]) -> dict[str, Any] | None:
    """Takes the place out of the fields."""
    drawn = fields.pop("geometry", None)
    if drawn:
        try:
            return checked(drawn)[0] or None
        except (BadMessage, AttributeError):  # no adapter let it in: it came with a file
            return None
    lat, lon = fields.pop("lat", None), fields.pop("lon", None)
    if not (_is_degrees(lat, 90.0) and _is_degrees(lon, 180.0)):
        return None
    return {"type": "Point", "coordinates": [round(lon, _DIGITS), round(lat, _DIGITS)]}


def _is_degrees(value: Any, most: float) -> bool:
    return isinstance(value, float | int) and math.isfinite(value) and abs(value) <= most


def _name(kind: str, entry: Mapping[str, Any], object_id: str) -> str:
    names = {
        "unit": entry.get("callsign"),
        "incident": entry.get("title") or label(INCIDENT_TYPES, str(entry.get("type", "unknown"))),
        "resource": entry.get("name"),
        "zone": entry.get("name") or zone_label(str(entry.get("kind", ""))),
        "alert": entry.get("headline") or entry.get("event"),
        "task": entry.get("objective"),
        "log": entry.get("text", "")[:80],
    }
    return one_line(str(names[kind] or object_id))
