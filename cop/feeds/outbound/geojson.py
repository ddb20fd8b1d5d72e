"""What we know as GeoJSON (RFC 7946): one Feature an object, for web maps and geographic information systems."""

from typing import Any

import msgspec

from cop.domain.flat import flat, rfc3339
from cop.domain.incident import Incident
from cop.domain.report import Report, Retraction, kind_of
from cop.domain.resource import Resource
from cop.domain.unit import Position, Unit
from cop.feeds.outbound import Outgoing

_UNITS_REMEMBERED = 100_000
_KINDS = frozenset({"unit", "position", "incident", "resource", "zone", "alert"})
_PLACE = ("lat", "lon")
_Fields = dict[str, Any]


class GeoJsonWriter:
    """Writes every object that has, or may have, a place; a unit's words and its newest fix make one Feature."""

    def __init__(self) -> None:
        #: agency, unit, and whether in an exercise -> its words and its fix
        self._units: dict[tuple[str, str, bool], tuple[Report | None, Report | None]] = {}

    def take(self, report: Report) -> list[Outgoing]:
        """One Feature; none for what has no place on a map (tasks, answers, logs …)."""
        body = report.body
        kind = body.kind if isinstance(body, Retraction) else kind_of(body)
        if kind not in _KINDS:
            return []
        if kind == "position" and (isinstance(body, Retraction) or body.deleted):
            return self._lost(report)
        if isinstance(body, Retraction) or body.deleted:
            return self._gone(report, kind)
        if isinstance(body, Unit | Position):
            return self._unit(report)
        fields = flat(report)
        geometry = fields.pop("geometry", None)
        if isinstance(body, Incident | Resource):
            geometry = _point(body.lat, body.lon, None)
            fields = _without_place(fields)
        return [_feature(report, kind, geometry or None, fields)]

    def _unit(self, report: Report) -> list[Outgoing]:
        body = report.body
        key = (report.agency, body.id, report.exercise)
        words, fix = self._units.pop(key, (None, None))
        if len(self._units) >= _UNITS_REMEMBERED:
            del self._units[next(iter(self._units))]
        before = words if isinstance(body, Unit) else fix
        if before is not None and body.at < before.body.at:
            self._units[key] = (words, fix)
            return []  # late
        words, fix = (report, fix) if isinstance(body, Unit) else (words, report)
        self._units[key] = (words, fix)
        return [_unit(report, words, fix)]

    def _lost(self, report: Report) -> list[Outgoing]:
        """A unit whose position was taken back is not located; of one that is known by it alone, nothing is left."""
        key = (report.agency, report.body.id, report.exercise)
        words, _ = self._units.get(key, (None, None))
        if words is None:
            return self._gone(report, "unit")
        self._units[key] = (words, None)
        return [_unit(report, words, None)]

    def _gone(self, report: Report, kind: str) -> list[Outgoing]:
        if kind == "unit":
            self._units.pop((report.agency, report.body.id, report.exercise), None)
        fields = {
            "report": kind,
            "agency": report.agency,
            "unit" if kind == "unit" else "id": report.body.id,
            "reported_at": rfc3339(report.body.at),
            "deleted": True,
        }
        if report.exercise:
            fields["exercise"] = True
        return [_feature(report, kind, None, fields)]


def _unit(report: Report, words: Report | None, fix: Report | None) -> Outgoing:
    """One Feature of what was said of a unit and where it was; it is as old as its place."""
    fields = flat(words) if words is not None else {}
    geometry = None
    if fix is not None and isinstance(fix.body, Position):
        if words is not None:
            fields["words_reported_at"] = fields["reported_at"]
        losses = {**fields.get("losses", {}), **fix.losses}
        fields |= _without_place(flat(fix))
        if losses:
            fields["losses"] = losses
        geometry = _point(fix.body.lat, fix.body.lon, fix.body.alt_m)
    return _feature(report, "unit", geometry, {**fields, "report": "unit"})


def _feature(report: Report, kind: str, geometry: _Fields | None, properties: _Fields) -> Outgoing:
    """A Feature; its id is unique over agencies, kinds, exercises and live work."""
    name = f"{report.agency}/{kind}/{report.body.id}"
    feature = {
        "type": "Feature",
        "id": f"exercise/{name}" if report.exercise else name,
        "geometry": geometry,
        "properties": properties,
    }
    return Outgoing(report.body.id, msgspec.json.encode(feature))


def _point(lat: float | None, lon: float | None, alt_m: float | None) -> _Fields | None:
    if lat is None or lon is None:
        return None
    return {"type": "Point", "coordinates": [lon, lat] if alt_m is None else [lon, lat, alt_m]}


def _without_place(fields: _Fields) -> _Fields:
    return {name: value for name, value in fields.items() if name not in _PLACE}
