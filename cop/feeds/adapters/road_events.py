"""Road events of many publishers: Open511, 511 sites, GeoJSON of road authorities, DATEX II, CARS, RSS.

One mapping serves them all: each reader says what it found as a `RoadEvent`, which becomes a zone. Which reader it is
follows from the structure of the message.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from cop.domain.report import Report
from cop.feeds.adapters import readings, road_events_json, road_events_xml, strict_json, strict_xml
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.parts import most_of, of_parts
from cop.feeds.adapters.road_event import RoadEvent, RoadZones
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Feed, Message

MOST_EVENTS, MOST_ELEMENTS = 450, 20_000
_MARKS = {
    b"situationRecord": 90,
    b'"jurisdiction_url"': 90,
    b'"event_subtypes"': 85,
    b'"RoadwayName"': 90,
    b"Tfl.Api.Presentation.Entities.RoadDisruption": 95,
    b'"obstructionTypeCode"': 90,
    b'"road_summary"': 90,
    b'"closedRoadName"': 90,
    b'"mainCategory"': 80,
    b'"DateStarte"': 85,
    b'"locationArea"': 80,
    b'"situationType"': 85,
    b'"datex_codes"': 90,
    b'"display_type"': 75,
    b'"Deviation"': 80,
    b"<incidentData>": 85,
    b"<laneClosureData>": 85,
}
_BEGIN = 65_536


class _Options(msgspec.Struct, forbid_unknown_fields=True):
    language: str = "en"
    snapshot: bool = False


class RoadEvents:
    """Decodes road events. Option `language` is whose words are taken where there are several, `snapshot` says
    whether a message is the whole list of its topic."""

    def __init__(self, feed: Feed) -> None:
        options = readings.options_of(feed, _Options)
        self._language = options.language
        self._zone = readings.zone_of(feed)
        self._most = most_of(feed, MOST_EVENTS)
        self._most_elements = most_of(feed, MOST_ELEMENTS)
        self._zones = RoadZones(Voice(feed, "road-events"), Vocabulary(feed, "road-events"), snapshot=options.snapshot)

    def decode(self, message: Message) -> list[Report]:
        """A zone for every event of the message."""
        if message.payload.lstrip()[:1] in {b"{", b"["}:
            said = strict_json.quick(message.payload)

            def of_json(record: Any) -> list[Report]:
                found = road_events_json.event(record, said, self._zone, self._language)
                return self._zones.reports(message, found)

            reports = of_parts(road_events_json.records(said), of_json, limit=self._most)
        else:
            if message.payload.count(b"<") > 2 * self._most_elements:
                raise BadMessage(f"more than {self._most_elements:,} elements in one message")
            root = strict_xml.document(message.payload)

            def of_xml(read: Callable[[], RoadEvent]) -> list[Report]:
                return self._zones.reports(message, read())

            reports = of_parts(road_events_xml.events(root, self._zone, self._language), of_xml, limit=self._most)
        return reports + self._zones.gone(message, reports, None)


def sniff(_topic: str, payload: bytes) -> int:
    """Names that only one publisher's structure has."""
    begin = payload[:_BEGIN]
    if b"feed_info" in begin or b'"core_details"' in begin:
        return 0  # WZDx
    if b"<rss" in begin[:1_024] and b"<georss:" in begin and b"cap:" not in begin:
        return 55
    return max((sure for mark, sure in _MARKS.items() if mark in begin), default=0)


FORMAT = Format(
    name="road-events",
    summary="road events: Open511, 511 sites, GeoJSON of road authorities, DATEX II, CARS, RSS",
    make=RoadEvents,
    sniff=sniff,
    topic="roads/#",
    limits=f"{MOST_EVENTS:,} events and {MOST_ELEMENTS:,} elements a mebibyte of `max_bytes`",
)
