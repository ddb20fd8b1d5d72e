"""Cursor on Target 2.0 as XML: TAK clients and servers, one event a message (MITRE, Event-PUBLIC.xsd)."""

from datetime import tzinfo
from typing import Any

from cop.domain.report import Report
from cop.feeds.adapters import cot_event, cot_meaning, parts, readings, strict_xml
from cop.feeds.adapters.adapter import Format
from cop.feeds.adapters.cot_layouts import Layouts
from cop.feeds.adapters.cot_meaning import Meaning
from cop.feeds.message import BadMessage, Feed, Message
from cop.feeds.topics import is_exercise

_Options = cot_meaning.Options

#: of one payload
MAX_EVENTS = 500
#: An element has at least one "<", and what opens mostly two.
_MAX_ANGLES = 2 * cot_event.MAX_PARTS + 10_000


class CotXml:
    """Decodes CoT XML; its options are those of every encoding of these events (`cot_meaning.Options`)."""

    def __init__(self, feed: Feed) -> None:
        self._meaning = Meaning(feed, "cot-xml")
        self._zone = readings.zone_of(feed)
        self._layouts = Layouts()
        self._most = parts.most_of(feed, MAX_EVENTS)

    def recall(self, unit: str, *, exercise: bool) -> None:
        """This unit was in an emergency, and is until it is said to be over."""
        self._meaning.recall(unit, exercise=exercise)

    def decode(self, message: Message) -> list[Report]:
        """What one event says, or several one after another; of several, a bad one does not take the others along."""
        if not message.payload and message.topic:
            return []  # a retained message was cleared
        return of_payload(self._meaning, self._layouts, message, self._zone, self._most)


def of_payload(
    meaning: Meaning, layouts: Layouts, message: Message, zone: tzinfo, most: int = MAX_EVENTS
) -> list[Report]:
    """The reports of the XML events in a message. Raises BadMessage."""
    payload, exercise = message.payload, is_exercise(message.topic)
    event = layouts.event(payload, zone, exercise=exercise)
    if event is not None:
        return meaning.reports(message, event)
    if len(payload) > _MAX_ANGLES and payload.count(b"<") > _MAX_ANGLES:
        raise BadMessage("more elements than an event may have")
    elements = strict_xml.documents(payload, "event")
    if len(elements) == 1:
        event = cot_event.of_element(elements[0], zone, exercise=exercise)
        if event is None:
            return []
        layouts.learn(payload, elements[0])
        return meaning.reports(message, event)

    def reports(element: Any) -> list[Report]:
        event = cot_event.of_element(element, zone, exercise=exercise)
        return meaning.reports(message, event) if event is not None else []

    return parts.of_parts(elements, reports, limit=most)


def sniff(_topic: str, payload: bytes) -> int:
    """An `event` element with a uid or a type."""
    begin = payload[:1024]
    return 90 if b"<event" in begin and (b"uid=" in begin or b"type=" in begin) else 0


FORMAT = Format(
    name="cot-xml",
    summary="Cursor on Target 2.0 in XML (TAK)",
    make=CotXml,
    sniff=sniff,
    topic="tak/#",
    limits="500 events a message, 25,000 parts a detail, 4,000 deletions an event",
    outbound=True,
)
