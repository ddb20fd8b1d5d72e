"""One road event, whatever format told of it: work, closures, crashes and hazards, as a zone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cop.domain.area import Zone
from cop.domain.report import Report, Retraction
from cop.feeds.adapters import geometries, readings
from cop.feeds.adapters.vocabulary import Vocabulary
from cop.feeds.adapters.voice import Voice
from cop.feeds.message import BadMessage, Message

_TOPICS_REMEMBERED = 1_000
_OVER = frozenset(
    {"archived", "cancelled", "canceled", "completed", "ended", "expired", "inactive", "resolved", "cleared"}
)
_NO_WAY = frozenset({"none", "unknown", "undefined", "no direction"})
_WAYS = {
    **{"both": "both directions", "all": "all directions"},
    **{"n": "northbound", "e": "eastbound", "s": "southbound", "w": "westbound"},
}


@dataclass(slots=True)
class RoadEvent:
    """What every format says of an event on a road, each in its own way.

    `impacts` are its words for what that means for traffic, `types` those for what it is, the surest first;
    `at` is when it was last changed, None where the format does not say.
    """

    id: str
    type: str
    at: datetime | None = None
    impacts: Iterable[str] = ()
    types: Iterable[str] = ()
    road: str = ""
    headline: str = ""
    description: str = ""
    geometry: dict[str, Any] = field(default_factory=dict)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    over: bool = False
    exercise: bool = False
    losses: dict[str, str] = field(default_factory=dict)


class RoadZones:
    """Makes zones of road events in the words of one feed.

    With `snapshot`, each message is the whole list of its topic: what the next one leaves out is over.
    """

    def __init__(self, voice: Voice, words: Vocabulary, *, snapshot: bool = False) -> None:
        self._voice = voice
        self._words = words
        self._lists: dict[str, dict[str, str]] | None = {} if snapshot else None

    def reports(self, message: Message, event: RoadEvent) -> list[Report]:
        """The zone of an event. Raises BadMessage for an event without an id, or none of a time in a kept message."""
        if not event.id:
            raise BadMessage("a road event has no id")
        losses = dict(event.losses)
        at = event.at
        if at is None:
            if message.retained:
                raise BadMessage("no time, and the message was kept by the broker")
            at = message.received_at
            losses["at"] = "no time in the message: the time of receipt stands for it"
        geometry: dict[str, Any] = {}
        if event.geometry:
            geometry, left_out = geometries.checked(event.geometry)
            if left_out:
                losses["geometry"] = left_out
        headline, description = readings.name(event.headline), readings.prose(event.description)
        road = readings.name(event.road)
        zone = Zone(
            id=readings.identifier(event.id),
            at=at,
            deleted=event.over,
            kind=self._kind(event),
            name=road or headline,
            summary=_together(headline if road else "", description),
            geometry=geometry,
            starts_at=event.starts_at,
            expires_at=event.ends_at,
        )
        return [
            self._voice.report(message, zone, original=(event.id, event.type), exercise=event.exercise, losses=losses)
        ]

    def gone(self, message: Message, reports: Iterable[Report], at: datetime | None) -> list[Report]:
        """Retractions of what the topic's last list held and this one does not; none without option `snapshot`.

        To be asked only when every part of the list could be read.
        """
        if self._lists is None:
            return []
        now = {report.body.id: report.source.original_id for report in reports}
        before = self._lists.get(message.topic)
        if before is None and len(self._lists) >= _TOPICS_REMEMBERED:
            self._lists.pop(next(iter(self._lists)))
        self._lists[message.topic] = now
        return [
            self._voice.report(
                message, Retraction(id=zone, at=at or message.received_at, kind="zone"), original=(original, "")
            )
            for zone, original in (before or {}).items()
            if zone not in now
        ]

    def _kind(self, event: RoadEvent) -> str:
        """What it means for traffic where that closes anything, else what it is."""
        impacts = {self._words.find("impacts", word) for word in event.impacts}
        for closed in ("road_closure", "lane_closure"):
            if closed in impacts:
                return closed
        types = [word for word in event.types if word]
        known = (self._words.find("zone_kinds", word) for word in types)
        return next(filter(None, known), None) or readings.name(next(iter(types), "")) or "road_event"


def is_over(status: str) -> bool:
    """Whether an event of this status is over. "Closed" is no such word: it may be said of the road."""
    return status.strip().lower() in _OVER


def named(road: str, direction: str = "") -> str:
    """A road and which way it is met."""
    way = direction.strip().lower()
    return f"{road} {_WAYS.get(way, way)}" if road and way and way not in _NO_WAY else road


def said_of(**words: str) -> dict[str, str]:
    """Words that were read for what they mean, and are lost as they came; blank ones say nothing."""
    return {key: readings.loss(word) for key, word in words.items() if word}


def _together(headline: str, description: str) -> str:
    """The headline above the description, unless that begins with it."""
    if not headline or description.startswith(headline):
        return description
    return readings.prose(f"{headline}\n{description}")
