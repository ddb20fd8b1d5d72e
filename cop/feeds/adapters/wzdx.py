"""WZDx: work zones, detours, restrictions and devices on the road, as GeoJSON (Work Zone Data Exchange 3.1 to 4.2)."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec

from cop.domain.report import Report
from cop.feeds.adapters import geometries, readings, strict_json
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.fields import Fields
from cop.feeds.adapters.parts import most_of, of_parts
from cop.feeds.adapters.road_event import RoadEvent, RoadZones
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

MOST_FEATURES = 800
#: An event that is over: it leaves the picture.
_OVER = frozenset({"completed", "cancelled", "canceled"})
_HEADS = ("feed_info", "road_event_feed_info")
_CAPITAL = re.compile(r"(?<=[a-z0-9])[A-Z]")
_LONGEST_NAME = 64


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    snapshot: bool = False


class Wzdx:
    """Decodes WZDx feeds. With option `snapshot` a feature that the next message of its topic lacks is over."""

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._zone = readings.zone_of(feed)
        self._most = most_of(feed, MOST_FEATURES)
        self._zones = RoadZones(Voice(feed, "wzdx"), Vocabulary(feed, "wzdx"), snapshot=options.snapshot)

    def decode(self, message: Message) -> list[Report]:
        """A zone for every feature of the feed."""
        said = strict_json.quick(message.payload)
        features = said.get("features") if isinstance(said, dict) else None
        if not isinstance(features, list):
            raise BadMessage("no GeoJSON feature collection")
        heads = [Fields(said.get(head), self._zone) for head in (*_HEADS, *map(_camel, _HEADS))]
        updated = next((at for head in heads if (at := head.moment("update_date", "updateDate"))), None)

        def read(feature: Any) -> list[Report]:
            return self._zones.reports(message, self._event(feature, said, updated))

        reports = of_parts(features, read, limit=self._most)
        return reports + self._zones.gone(message, reports, updated)

    def _event(self, feature: Any, feed: dict[str, Any], updated: datetime | None) -> RoadEvent:
        if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
            raise BadMessage("a feature is none of GeoJSON")
        fields = Fields(_snake(feature["properties"]), self._zone)
        core = fields.part("core_details") if "core_details" in fields else fields
        geometry = feature.get("geometry") or {}
        if not isinstance(geometry, dict):
            raise BadMessage("geometry is none of GeoJSON")
        near = geometries.reference_system(geometry, feature, feed)
        device = core.text("device_type")
        kind = device or core.text("event_type") or fields.text("type")
        if not kind:
            raise BadMessage("a feature is no road event and no device")
        direction = core.text("direction", "road_direction")
        roads = core.texts("road_names") or core.texts("road_name")
        impact, status = fields.text("vehicle_impact"), fields.text("event_status")
        event = RoadEvent(
            id=_id(feature, fields, core) or geometries.fingerprint(geometry, kind, roads, direction),
            type=kind,
            at=core.moment("update_date") or fields.moment("update_date") or updated or core.moment("creation_date"),
            impacts=() if device or kind == "detour" else (impact,),  # what is detoured is another event
            types=(kind, "field-device") if device else (kind,),
            road=_road(roads, direction),
            headline=core.text("name"),
            description=core.text("description"),
            geometry=geometry,
            starts_at=fields.moment("start_date"),
            ends_at=fields.moment("end_date"),
            over=status.lower() in _OVER,
        )
        said = {"vehicle_impact": impact, "event_status": status, "crs": near}
        event.losses = {key: readings.loss(value) for key, value in said.items() if value and value != "unknown"}
        event.losses |= core.losses() if core is not fields else {}
        event.losses |= {key: value for key, value in fields.losses().items() if key != "core_details"}
        return event


def _id(feature: dict[str, Any], fields: Fields, core: Fields) -> str:
    """The feature's own id; that of the event inside in WZDx 3."""
    inside = fields.text("road_event_id") or core.text("road_event_id") or fields.text("id")
    return Fields(feature).text("id") or inside


def _road(roads: list[str], direction: str) -> str:
    way = "" if direction in {"unknown", "undefined"} else direction
    return f"{', '.join(roads)} {way}".strip() if roads else ""


def _snake(fields: dict[str, Any]) -> dict[str, Any]:
    """The names of a feed that writes `startDate` for `start_date`, as the standard has them."""
    return {
        _snake_name(key): _snake(value) if key == "coreDetails" and isinstance(value, dict) else value
        for key, value in fields.items()
    }


@lru_cache(maxsize=1_000)
def _snake_name(name: str) -> str:
    if len(name) > _LONGEST_NAME:
        return name
    return _CAPITAL.sub(lambda letter: f"_{letter[0].lower()}", name)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


def sniff(_topic: str, payload: bytes) -> int:
    """A feature collection whose head or features bear names that only WZDx has."""
    begin = payload[:8192]
    if b'"FeatureCollection"' not in payload[:65_536] and b"feed_info" not in begin:
        return 0
    if any(name in begin for name in (b'"core_details"', b'"coreDetails"', b'"vehicle_impact"', b'"device_type"')):
        return 95
    return 85 if b"feed_info" in begin or b'"feedInfo"' in begin else 0


FORMAT = Format(
    name="wzdx",
    summary="work zones and devices on the road (WZDx, GeoJSON)",
    make=Wzdx,
    sniff=sniff,
    topic="wzdx/#",
    limits=f"{MOST_FEATURES:,} features a mebibyte of `max_bytes`",
)
