"""GeoJSON (RFC 7946): feature collections, features and bare geometries, as zones or what the feed says they are."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from cop.domain.area import Zone
from cop.domain.incident import Incident
from cop.domain.report import BODY_KINDS, Body, Report
from cop.domain.resource import Resource
from cop.domain.unit import Position, Unit
from cop.feeds.adapters import geometries, readings, strict_json
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.fields import Fields
from cop.feeds.adapters.parts import most_of, of_parts
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

MOST_FEATURES = 1_000
_GEOMETRIES = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)
#: Where a property of the option's name is lacking, the names that are usual.
_USUAL = {
    "id": ("id", "uuid"),
    "name": ("name", "title", "NAME", "Name"),
    "kind": ("kind",),
    "status": ("status",),
    "summary": ("summary", "description"),
    "time": ("time", "reported_at", "updated", "updated_at", "timestamp", "datetime", "at"),
    "starts": ("starts_at", "start", "onset"),
    "expires": ("expires_at", "expires", "end", "ends"),
}
_TIMES_OF_ALL = ("as_of", "time", "updated", "timestamp", "generated")
#: Seconds since the epoch have fewer digits than thousandths have in any year of ours.
_THOUSANDTHS = 1e11
_KINDS = {"Point": "marker", "MultiPoint": "marker", "LineString": "line", "MultiLineString": "line"}


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    report: str = "zone"
    id: str = "id"
    name: str = "name"
    kind: str = "kind"
    status: str = "status"
    summary: str = "summary"
    time: str = "time"
    starts: str = "starts_at"
    expires: str = "expires_at"


class _Feature(msgspec.Struct):
    """What every kind of report is made of."""

    id: str
    original: tuple[str, str]
    at: datetime
    name: str
    geometry: dict[str, Any]
    said: Fields
    losses: dict[str, str]


class GeoJson:
    """Decodes GeoJSON. Option `report` says what a feature is, the others which property is which."""

    def __init__(self, feed: Feed) -> None:
        """Raises ValueError for a `report` that no feature can be."""
        options = readings.options_of(feed, _Options)
        self._makers: dict[str, Callable[[Message, _Feature], list[Report]]] = {
            "zone": self._zone,
            "unit": self._unit,
            "incident": self._incident,
            "resource": self._resource,
        }
        if options.report not in self._makers:
            raise ValueError(f"options of feed {feed.name}: report is none of {', '.join(self._makers)}")
        self._report = options.report
        self._names = {key: (getattr(options, key), *usual) for key, usual in _USUAL.items()}
        self._voice, self._words = Voice(feed, "geojson"), Vocabulary(feed, "geojson")
        self._clock = readings.zone_of(feed)
        self._most = most_of(feed, MOST_FEATURES)

    def decode(self, message: Message) -> list[Report]:
        """A report for every feature; a unit's position beside it."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        said = strict_json.quick(message.payload)
        kind = said.get("type") if isinstance(said, dict) else None
        if kind == "FeatureCollection":
            features = said.get("features")
            if not isinstance(features, list):
                raise BadMessage("a feature collection holds no list of features")
        elif kind == "Feature":
            features = [said]
        elif isinstance(kind, str) and kind in _GEOMETRIES:
            features = [{"type": "Feature", "geometry": said, "properties": None}]
        else:
            raise BadMessage("not GeoJSON")
        near = geometries.reference_system(said)
        told_at = self._moment(Fields(said, self._clock), *_TIMES_OF_ALL) if kind == "FeatureCollection" else None

        def read(feature: Any) -> list[Report]:
            return self._reports(message, feature, near, told_at)

        return of_parts(features, read, limit=self._most)

    def _reports(self, message: Message, said: Any, near: str, told_at: datetime | None) -> list[Report]:
        if not isinstance(said, dict) or said.get("type") != "Feature":
            raise BadMessage("a feature is none of GeoJSON")
        geometry, fields = said.get("geometry"), Fields(said.get("properties"), self._clock)
        losses: dict[str, str] = {}
        if geometry is not None and not isinstance(geometry, dict):
            raise BadMessage("geometry is none of GeoJSON")
        if near := geometries.reference_system(geometry, said) or near:
            losses["crs"] = readings.loss(near)
        ours = fields.text("report", "kind_of_object")
        report = ours if ours in self._makers or ours == "position" else self._report
        if ours and report != ours:
            if ours in BODY_KINDS:
                raise BadMessage("a feature reports what no feature can be")
            losses["report"] = readings.loss(ours)  # a word of theirs
        at = self._moment(fields, *self._names["time"]) or told_at
        if at is None:
            if message.retained:
                raise BadMessage("no time, and the message was kept by the broker")
            at = message.received_at
            losses["time"] = "no time in the message: the time of receipt stands for it"
        name = fields.text("callsign") if report in {"unit", "position"} else ""
        name = readings.name(name or fields.text(*self._names["name"]))
        own = fields.text("unit", "id") if report == ours else ""
        identity = own or Fields(said).text("id") or fields.text(*self._names["id"])
        if not identity:
            identity = geometries.fingerprint(geometry, name)
        feature = _Feature(
            id=readings.identifier(identity),
            original=(identity, fields.text("type") if report != "incident" else ""),
            at=at,
            name=name,
            geometry=geometry or {},
            said=fields,
            losses=losses,
        )
        return self._unit(message, feature) if report == "position" else self._makers[report](message, feature)

    def _zone(self, message: Message, feature: _Feature) -> list[Report]:
        said, drawn = feature.said, feature.geometry
        if drawn:
            drawn, left_out = geometries.checked(drawn)
            if left_out:
                feature.losses["geometry"] = left_out
        kind = said.text(*self._names["kind"])
        zone = Zone(
            id=feature.id,
            at=feature.at,
            deleted=said.flag("deleted") is True,
            kind=self._words.word("zone_kinds", kind, _KINDS.get(str(feature.geometry.get("type")), "area")),
            name=feature.name,
            summary=readings.prose(said.text(*self._names["summary"])),
            geometry=drawn,
            starts_at=self._moment(said, *self._names["starts"]),
            expires_at=self._moment(said, *self._names["expires"]),
        )
        return [self._told(message, feature, zone)]

    def _unit(self, message: Message, feature: _Feature) -> list[Report]:
        said = feature.said
        lat, lon, alt_m = self._place(feature)
        unit = Unit(
            id=feature.id,
            at=feature.at,
            callsign=feature.name,
            kind=self._words.word("unit_kinds", said.text(*self._names["kind"])),
            status=self._words.word("unit_statuses", said.text(*self._names["status"])),
        )
        course, speed, accuracy = said.figure("course_deg"), said.figure("speed_mps"), said.figure("accuracy_m")
        stale_at, exercise = self._moment(said, "stale_at"), said.flag("exercise") is True
        losses = feature.losses | said.losses()
        original = feature.original
        reports = self._voice.unit(message, unit, lambda: losses, original=original, exercise=exercise)
        if lat is None or lon is None:
            return reports
        position = Position(
            id=feature.id,
            at=feature.at,
            lat=lat,
            lon=lon,
            alt_m=readings.within(alt_m, -12_000.0, 1e6),
            course_deg=readings.course(course),
            speed_mps=readings.within(speed, 0.0, 12_000.0),
            accuracy_m=readings.within(accuracy, 0.0, 1e7),
        )
        told = self._voice.position(message, position, original=original, stale_at=stale_at, exercise=exercise)
        return [*reports, told]

    def _incident(self, message: Message, feature: _Feature) -> list[Report]:
        said = feature.said
        lat, lon, _ = self._place(feature)
        urgency = said.figure("priority")
        priority = readings.within(urgency, 1.0, 5.0)
        if urgency is not None and priority is None:
            feature.losses["priority"] = readings.loss(urgency)
        kind = said.text("type", *self._names["kind"])
        feature.original = (feature.original[0], kind)
        incident = Incident(
            id=feature.id,
            at=feature.at,
            type=self._words.word("incident_types", kind),
            priority=3 if priority is None else int(priority),
            status=self._words.word("incident_statuses", said.text(*self._names["status"]), "open"),
            title=feature.name,
            address=readings.name(said.text("address")),
            summary=readings.prose(said.text(*self._names["summary"])),
            lat=lat,
            lon=lon,
            opened_at=self._moment(said, "opened_at", *self._names["starts"]),
            closed_at=self._moment(said, "closed_at"),
        )
        return [self._told(message, feature, incident)]

    def _resource(self, message: Message, feature: _Feature) -> list[Report]:
        said = feature.said
        lat, lon, _ = self._place(feature)
        quantity = _count(said.figure("quantity"), 1)
        resource = Resource(
            id=feature.id,
            at=feature.at,
            name=feature.name,
            kind=self._words.word("resource_kinds", said.text(*self._names["kind"])),
            quantity=quantity,
            available=_count(said.figure("available"), quantity),
            availability=self._words.word("availabilities", said.text("availability", *self._names["status"])),
            conditions=readings.prose(said.text("conditions", *self._names["summary"])),
            until=self._moment(said, "until", *self._names["expires"]),
            lat=lat,
            lon=lon,
        )
        return [self._told(message, feature, resource)]

    def _told(self, message: Message, feature: _Feature, body: Body) -> Report:
        exercise = feature.said.flag("exercise") is True
        losses = feature.losses | feature.said.losses()
        return self._voice.report(message, body, original=feature.original, exercise=exercise, losses=losses)

    def _place(self, feature: _Feature) -> tuple[float | None, float | None, float | None]:
        """Latitude, longitude and height of a point; what is no point is no place for a thing that has one."""
        if not feature.geometry:
            return None, None, None
        checked, _ = geometries.checked(feature.geometry)
        if checked.get("type") != "Point":
            feature.losses["geometry"] = "no point: not located"
            return None, None, None
        lon, lat, *height = (float(figure) for figure in checked["coordinates"])
        return lat, lon, height[0] if height else None

    def _moment(self, said: Fields, *names: str) -> datetime | None:
        """A time as a text of ISO 8601, or as seconds or thousandths since the epoch."""
        for name in names:
            if name not in said:
                continue
            if (at := said.moment(name)) is not None:
                return at
            figure = said.figure(name)
            if figure is not None:
                try:
                    return readings.moment_of_seconds(figure / 1000.0 if figure >= _THOUSANDTHS else figure)
                except BadMessage:
                    continue
        return None


def _count(figure: float | None, default: int) -> int:
    return int(figure) if figure is not None and 0.0 <= figure <= 1e6 else default


def sniff(_topic: str, payload: bytes) -> int:
    """What every GeoJSON says; formats that are GeoJSON with names of their own are surer of theirs."""
    begin = payload[:4096]
    if payload.lstrip()[:1] != b"{" or b'"type"' not in begin:
        return 0
    if b'"FeatureCollection"' in begin or (b'"Feature"' in begin and b'"geometry"' in payload[:65_536]):
        return 60
    return 50 if b'"coordinates"' in begin and any(b'"%s"' % name.encode() in begin for name in _GEOMETRIES) else 0


FORMAT = Format(
    name="geojson",
    summary="GeoJSON features (RFC 7946)",
    make=GeoJson,
    split=strict_json.lines,
    sniff=sniff,
    topic="gis/#",
    limits=f"{MOST_FEATURES:,} features a mebibyte of `max_bytes`",
    outbound=True,
)
